#include "baselines/symbolic/genetic_meter.h"

#include <math.h>
#include <string.h>

#include "baselines/symbolic/genetic_tune.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/moments.h"

enum { PROBES = 8 };

static const double ROUNDING = 1e-15; /* errors cannot be told apart below */
static const double CANCELS = 1e-8;   /* below, one minus what is explained has lost its digits */

int assay_sr_meter_create(struct assay_sr_meter **out, const struct assay_sr_nursery *nursery,
                          int weights)
{
  int rc = ASSAY_OK;
  static struct assay_expr_node leaf = {ASSAY_EXPR_CONST, 0, true, 1};
  const struct assay_expr one = {1, 0, &leaf};
  const size_t m = (size_t)nursery->m;
  struct assay_sr_meter *s = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&s, 1, "symbolic meter"));
  s->nursery = nursery;
  s->weights = weights;
  ASSAY_TRY(assay_expr_work_create(&s->work));
  ASSAY_TRY(assay_expr_compile(&s->program, &one, NULL));
  ASSAY_TRY(ASSAY_NEW(&s->f, m, "symbolic meter"));
  ASSAY_TRY(ASSAY_NEW(&s->trial, m, "symbolic meter"));
  ASSAY_TRY(ASSAY_NEW(&s->u, m, "symbolic meter"));
  ASSAY_TRY(ASSAY_NEW(&s->r, m, "symbolic meter"));
  ASSAY_TRY(ASSAY_NEW(&s->jac, ASSAY_SR_TREE_NODES * m, "symbolic meter"));
  *out = s;
  s = NULL;
done:
  assay_sr_meter_destroy(s);
  return rc;
}

void assay_sr_meter_destroy(struct assay_sr_meter *s)
{
  if (!s) return;
  assay_sr_gsl_free(s->gsl);
  assay_expr_program_free(s->program);
  assay_expr_work_free(s->work);
  assay_free(s->f);
  assay_free(s->trial);
  assay_free(s->u);
  assay_free(s->r);
  assay_free(s->jac);
  assay_free(s);
}

/* ---- equal values ------------------------------------------------------------------------- */

static uint64_t mix(uint64_t h, int64_t k)
{
  h = (h ^ (uint64_t)k) * UINT64_C(0x9e3779b97f4a7c15);
  return h ^ h >> 32;
}

/* sign, exponent and two more bits */
static int64_t coarse(double x)
{
  int64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits >> 50;
}

static int64_t rounded(double z)
{
  return llrint(z > 1e15 ? 1e15 : z < -1e15 ? -1e15 : z);
}

/* Values without offset and factor to a few digits, and the error: equal for equal individuals. */
static uint64_t fingerprint(const double *f, ptrdiff_t m, double mean, double factor, double error)
{
  uint64_t h = mix(0, coarse(error));
  for (int k = 0; k < PROBES; k++) h = mix(h, rounded(1e4 * factor * (f[k * m / PROBES] - mean)));
  return h;
}

/* ---- errors ------------------------------------------------------------------------------- */

struct line {
  double factor, mean, ff, error; /* b, mean f, <w (f - mean f)^2>; INFINITY where there is none */
};

/* <w (y - mean y - b (f - mean f))^2> row by row */
static double remainder_of(const struct line *l, const double *f, const struct assay_sr_meter *s)
{
  const struct assay_sr_nursery *n = s->nursery;
  const double *ww = n->ww[s->weights], y_mean = n->mean[s->weights];
  double sum = 0;
  for (ptrdiff_t i = 0; i < n->m; i++) {
    const double r = n->y[i] - y_mean - l->factor * (f[i] - l->mean);
    sum += ww[i] * r * r;
  }
  return sum;
}

/* Weights sum to 1 and y - mean y has the mean 0: with d = f - f_0
 *
 *   mean f = f_0 + <w d>,   <w (f - mean f)^2> = <w d^2> - <w d>^2,
 *   b = <w d (y - mean y)> / <w (f - mean f)^2>,   error = 1 - b <w d (y - mean y)> / variance
 */
static struct line line_through(const double *f, const struct assay_sr_meter *s)
{
  const struct assay_sr_nursery *n = s->nursery;
  const int kind = s->weights;
  const struct assay_moments_line sum = assay_moments_line(f, n->ww[kind], n->wy[kind], n->m);
  struct line l = {.ff = sum.dd - sum.d * sum.d, .mean = f[0] + sum.d, .error = INFINITY};
  const bool varies = l.ff > 1e-13 * sum.dd && sum.dd > 0 && sum.dd > 1e-24 * l.mean * l.mean;
  if (!isfinite(l.ff) || !varies) return l;
  l.factor = sum.dz / l.ff;
  double error = 1 - l.factor * sum.dz / n->variance[kind];
  if (!isfinite(l.factor) || !isfinite(l.factor * l.mean)) return l;
  if (error < CANCELS) error = remainder_of(&l, f, s) / n->variance[kind];
  l.error = error > ROUNDING ? error : ROUNDING;
  return l;
}

double assay_sr_meter_error(const double *f, const struct assay_sr_meter *s)
{
  return line_through(f, s).error;
}

void assay_sr_meter_judge(struct assay_sr_individual *one, const struct assay_sr_meter *s)
{
  const struct assay_sr_nursery *n = s->nursery;
  const struct line l = line_through(s->f, s);
  one->error = l.error;
  if (!isfinite(l.error)) return;
  one->factor = l.factor;
  one->offset = n->mean[s->weights] - l.factor * l.mean;
  one->hash = fingerprint(s->f, n->m, l.mean, (l.factor < 0 ? -1 : 1) / sqrt(l.ff), l.error);
}

void assay_sr_meter_through_zero(double *factor, double *error, const struct assay_sr_meter *s)
{
  const struct assay_sr_nursery *n = s->nursery;
  const double *w = n->w[s->weights];
  for (ptrdiff_t i = 0; i < n->m; i++) {
    s->u[i] = w[i] * s->f[i];
    s->r[i] = w[i] * n->y[i];
  }
  *factor = assay_moments_dot(s->u, s->r, n->m) / assay_moments_dot(s->u, s->u, n->m);
  for (ptrdiff_t i = 0; i < n->m; i++) s->r[i] -= *factor * s->u[i];
  *error = assay_moments_dot(s->r, s->r, n->m) / n->variance[s->weights];
}

int assay_sr_meter_measure(struct assay_sr_individual *one, struct assay_sr_meter *s,
                           struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  const struct assay_sr_nursery *n = s->nursery;
  const int nodes = one->tree.nodes;
  one->error = INFINITY;
  if (!assay_sr_spend(b, (double)(nodes * n->m))) goto done;
  if (assay_sr_tree_express(s->node, &one->tree) == 0) goto done;
  ASSAY_TRY(assay_expr_eval_nodes(s->f, s->node, nodes, n->columns, n->m, s->work));
  assay_sr_meter_judge(one, s);
done:
  return rc;
}
