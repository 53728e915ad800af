#include "baselines/symbolic/target.h"

#include <math.h>
#include <string.h>

static double same(double y)
{
  return y;
}
static double reciprocal(double y)
{
  return 1 / y;
}
static double square(double y)
{
  return y * y;
}
static double inverse_square(double y)
{
  return 1 / (y * y);
}
static double logarithm(double y)
{
  return log(y);
}
static double square_less_one(double y)
{
  return (y - 1) * (y + 1);
}
static double inverse_square_less_one(double y)
{
  return (1 - y) * (1 + y) / (y * y);
}
static double reciprocal_less_one(double y)
{
  return (1 - y) / y;
}
static double reciprocal_and_one(double y)
{
  return (1 + y) / y;
}
static double less_one(double y)
{
  return y - 1;
}
static double and_one(double y)
{
  return y + 1;
}
static double log_and_one(double y)
{
  return log1p(y);
}
static double log_reciprocal_and_one(double y)
{
  return log1p(1 / y);
}
static double log_reciprocal_less_one(double y)
{
  return log(1 / y - 1);
}
static double arc_sine_root(double y)
{
  return asin(sqrt(y));
}

const struct assay_sr_target assay_sr_targets[] = {
    {"y", same, "", "", false, true},
    {"1/y", reciprocal, "1/(", ")", false, true},
    {"y^2", square, "sqrt(", ")", false, true},
    {"1/y^2", inverse_square, "1/sqrt(", ")", false, true},
    {"log(y)", logarithm, "exp(", ")", false, false},
    {"y - 1", less_one, "1 + ", "", true, false},
    {"y^2 - 1", square_less_one, "sqrt(1 + ", ")", true, false},
    {"1/y - 1", reciprocal_less_one, "1/(1 + ", ")", true, false},
    {"1/y^2 - 1", inverse_square_less_one, "1/sqrt(1 + ", ")", true, false},
    {"log(1/y + 1)", log_reciprocal_and_one, "1/(exp(", ") - 1)", false, false},
    {"log(y + 1)", log_and_one, "exp(", ") - 1", true, false},
    {"log(1/y - 1)", log_reciprocal_less_one, "1/(exp(", ") + 1)", true, false},
    {"asin(y)", asin, "sin(", ")", true, false},
    {"acos(y)", acos, "cos(", ")", true, false},
    {"asin(sqrt(y))", arc_sine_root, "sin(", ")^2", true, false},
    {"atanh(y)", atanh, "tanh(", ")", true, false},
    {"y + 1", and_one, "-1 + ", "", true, false},
    {"1/y + 1", reciprocal_and_one, "1/(-1 + ", ")", true, false},
    {"exp(y)", exp, "log(", ")", true, false},
    {"sin(y)", sin, "asin(", ")", true, false},
    {"tan(y)", tan, "atan(", ")", true, false},
    {"cos(y)", cos, "acos(", ")", true, false},
    {NULL, NULL, NULL, NULL, false, false},
};

const struct assay_sr_target *assay_sr_target_find(const char *name)
{
  for (const struct assay_sr_target *t = assay_sr_targets; t->name; t++)
    if (!strcmp(t->name, name)) return t;
  return NULL;
}

bool assay_sr_target_apply(double *z, const struct assay_sr_target *target, const double *y,
                           ptrdiff_t n)
{
  bool varies = false;
  for (ptrdiff_t i = 0; i < n; i++) {
    z[i] = target->forward(y[i]);
    if (!isfinite(z[i])) return false;
    varies = varies || z[i] != z[0];
  }
  return varies;
}

void assay_sr_target_undo(struct assay_sr_phrase *y, const struct assay_sr_target *target,
                          const char *z)
{
  assay_sr_put(y, "%s%s%s", target->before, z, target->after);
}
