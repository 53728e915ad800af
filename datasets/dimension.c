#include "datasets/dimension.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

const char *const assay_si_units[] = {"m", "kg", "s", "A", "K", "mol", "cd", NULL};

/*                       m  kg   s   A   K mol cd */
static const struct {
  const char *symbol;
  struct assay_dimension dimension;
} symbols[] = {
    {"1", {{0}}},
    {"rad", {{0}}},
    {"m", {{1}}},
    {"kg", {{0, 1}}},
    {"s", {{0, 0, 1}}},
    {"A", {{0, 0, 0, 1}}},
    {"K", {{0, 0, 0, 0, 1}}},
    {"mol", {{0, 0, 0, 0, 0, 1}}},
    {"cd", {{0, 0, 0, 0, 0, 0, 1}}},
    {"Hz", {{0, 0, -1}}},
    {"N", {{1, 1, -2}}},
    {"Pa", {{-1, 1, -2}}},
    {"J", {{2, 1, -2}}},
    {"W", {{2, 1, -3}}},
    {"C", {{0, 0, 1, 1}}},
    {"V", {{2, 1, -3, -1}}},
    {"F", {{-2, -1, 4, 2}}},
    {"ohm", {{2, 1, -3, -2}}},
    {"S", {{-2, -1, 3, 2}}},
    {"Wb", {{2, 1, -2, -1}}},
    {"T", {{0, 1, -2, -1}}},
    {"H", {{2, 1, -2, -2}}},
};

/* Constants of nature as the SRSD and AI-Feynman formulas write them. */
static const struct {
  double value;
  const char *unit;
} constants[] = {
    {6.67430e-11, "m3 kg-1 s-2"}, /* of gravitation */
    {9.80665, "m s-2"},           /* standard gravity */
    {2.99792458e8, "m s-1"},      /* speed of light */
    {8.854e-12, "F m-1"},         /* of the electric field */
    {6.626e-34, "J s"},           /* Planck */
    {1.054571817e-34, "J s"},     /* reduced Planck */
    {1.380649e-23, "J K-1"},      /* Boltzmann */
    {9.2740100783e-24, "J T-1"},  /* Bohr magneton */
    {9.10938356e-31, "kg"},       /* mass of the electron */
    {1.602176634e-19, "C"},       /* elementary charge */
};

enum { LARGEST = 99 }; /* exponent of a unit that is read */

bool assay_dimension_equal(const struct assay_dimension *a, const struct assay_dimension *b)
{
  for (int u = 0; u < ASSAY_SI_UNITS; u++)
    if (fabs(a->e[u] - b->e[u]) > 1e-9) return false;
  return true;
}

/* out += power * d */
static void add(struct assay_dimension *out, const struct assay_dimension *d, double power)
{
  for (int u = 0; u < ASSAY_SI_UNITS; u++) out->e[u] += power * d->e[u];
}

/* One factor: "s-2", "kg", "m2" */
static int parse_factor(struct assay_dimension *out, const char *factor, size_t n, const char *unit)
{
  int rc = ASSAY_OK;
  size_t letters = 0;
  while (letters < n && isalpha((unsigned char)factor[letters])) letters++;
  if (letters == 0 && n == 1 && factor[0] == '1') letters = 1;
  char power[16] = "1", *end = power;
  ASSAY_CHECK(letters > 0 && n - letters < sizeof power, ASSAY_EPARSE,
              "unit '%s': expected SI symbols with exponents, like kg m2 s-2", unit);
  if (n > letters) snprintf(power, sizeof power, "%.*s", (int)(n - letters), factor + letters);
  const double exponent = strtod(power, &end);
  ASSAY_CHECK(end != power && !*end && !power[strspn(power, "+-.0123456789e")], ASSAY_EPARSE,
              "unit '%s': '%s' is not an exponent", unit, power);
  for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
    if (strlen(symbols[i].symbol) != letters || strncmp(symbols[i].symbol, factor, letters) != 0)
      continue;
    add(out, &symbols[i].dimension, exponent);
    goto done;
  }
  ASSAY_FAIL(ASSAY_EPARSE, "unit '%s': no SI unit '%.*s'", unit, (int)letters, factor);
done:
  return rc;
}

int assay_dimension_parse(struct assay_dimension *out, const char *unit)
{
  int rc = ASSAY_OK;
  bool any = false;
  *out = (struct assay_dimension){{0}};
  for (const char *at = unit + strspn(unit, " "); *at; any = true) {
    const size_t n = strcspn(at, " ");
    ASSAY_TRY(parse_factor(out, at, n, unit));
    at += n;
    at += strspn(at, " ");
  }
  ASSAY_CHECK(any, ASSAY_EPARSE, "an empty unit; a number without one has the unit 1");
  for (int u = 0; u < ASSAY_SI_UNITS; u++)
    ASSAY_CHECK(fabs(out->e[u]) <= LARGEST, ASSAY_EPARSE, "unit '%s': an exponent above %d", unit,
                LARGEST);
done:
  return rc;
}

const char *assay_dimension_text(char *out, const struct assay_dimension *d)
{
  int n = 0;
  out[0] = '\0';
  for (int u = 0; u < ASSAY_SI_UNITS; u++) {
    if (d->e[u] == 0) continue;
    n += snprintf(out + n, 96 - (size_t)n, "%s%s", n ? " " : "", assay_si_units[u]);
    if (d->e[u] != 1) n += snprintf(out + n, 96 - (size_t)n, "%.4g", d->e[u]);
  }
  if (n == 0) snprintf(out, 96, "1");
  return out;
}

/* ---- of a formula --------------------------------------------------------------------------- */

/* What is known of a subtree: its dimension, and its value where it is a number. Zero fits any. */
struct known {
  struct assay_dimension d;
  bool number;
  double value;
};

static int of_constant(struct known *out, double value)
{
  int rc = ASSAY_OK;
  *out = (struct known){.number = true, .value = value};
  for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
    if (fabs(fabs(value) - constants[i].value) <= 1e-9 * constants[i].value)
      ASSAY_TRY(assay_dimension_parse(&out->d, constants[i].unit));
done:
  return rc;
}

static bool is_plain(const struct known *k)
{
  static const struct assay_dimension none = {{0}};
  return assay_dimension_equal(&k->d, &none);
}

static int clash(const char *what, const struct known *a, const struct known *b)
{
  char left[96], right[96];
  return assay_err_set(ASSAY_EARG, __FILE__, __LINE__, "%s of %s and %s", what,
                       assay_dimension_text(left, &a->d), assay_dimension_text(right, &b->d));
}

static int of_sum(struct known *a, const struct known *b, const char *what)
{
  if (!assay_dimension_equal(&a->d, &b->d)) return clash(what, a, b);
  return ASSAY_OK;
}

static int of_power(struct known *a, const struct known *b)
{
  struct assay_dimension d = {{0}};
  if (!is_plain(b)) return clash("a power", a, b);
  if (!is_plain(a) && !b->number) return clash("a power that varies", a, b);
  if (b->number) add(&d, &a->d, b->value);
  a->d = d;
  return ASSAY_OK;
}

/* What a number becomes, as far as exponents need it: 1/2, -2, 3/2. */
static void fold(struct known *a, const struct known *b, enum assay_expr_op op)
{
  a->number = a->number && b->number;
  if (op == ASSAY_EXPR_ADD) a->value += b->value;
  if (op == ASSAY_EXPR_SUB) a->value -= b->value;
  if (op == ASSAY_EXPR_MUL) a->value *= b->value;
  if (op == ASSAY_EXPR_DIV) a->value /= b->value;
  if (op == ASSAY_EXPR_POW) a->number = false;
}

static int of_two(struct known *a, const struct known *b, enum assay_expr_op op)
{
  int rc = ASSAY_OK;
  switch (op) {
  case ASSAY_EXPR_MUL:
    add(&a->d, &b->d, 1);
    break;
  case ASSAY_EXPR_DIV:
    add(&a->d, &b->d, -1);
    break;
  case ASSAY_EXPR_POW:
    ASSAY_TRY(of_power(a, b));
    break;
  case ASSAY_EXPR_SUB:
    ASSAY_TRY(of_sum(a, b, "a difference"));
    break;
  default:
    ASSAY_TRY(of_sum(a, b, op == ASSAY_EXPR_ADD ? "a sum" : "an extreme"));
    break;
  }
  fold(a, b, op);
done:
  return rc;
}

static int of_one(struct known *a, enum assay_expr_op op)
{
  int rc = ASSAY_OK;
  char text[96];
  if (op == ASSAY_EXPR_NEG) {
    a->value = -a->value;
  } else if (op == ASSAY_EXPR_SQRT) {
    for (int u = 0; u < ASSAY_SI_UNITS; u++) a->d.e[u] *= 0.5;
    a->number = false;
  } else if (op == ASSAY_EXPR_ABS) {
    a->value = fabs(a->value);
  } else {
    ASSAY_CHECK(is_plain(a), ASSAY_EARG, "%s of %s", assay_expr_ops[op].name,
                assay_dimension_text(text, &a->d));
    a->number = false;
  }
done:
  return rc;
}

int assay_dimension_of(struct assay_dimension *out, const struct assay_expr *e,
                       const struct assay_dimension *var)
{
  int rc = ASSAY_OK, n = 0;
  struct known *stack = NULL;
  ASSAY_TRY(ASSAY_NEW(&stack, (size_t)e->n, "dimensions"));
  for (int i = 0; i < e->n; i++) {
    const struct assay_expr_node *node = &e->node[i];
    if (node->op == ASSAY_EXPR_VAR) {
      stack[n++] = (struct known){.d = var[node->var]};
    } else if (node->op == ASSAY_EXPR_CONST) {
      ASSAY_TRY(of_constant(&stack[n++], node->value));
    } else if (assay_expr_ops[node->op].arity == 0) {
      stack[n++] = (struct known){.number = false};
    } else if (assay_expr_ops[node->op].arity == 1) {
      ASSAY_TRY(of_one(&stack[n - 1], node->op));
    } else {
      n--;
      ASSAY_TRY(of_two(&stack[n - 1], &stack[n], node->op));
    }
  }
  *out = stack[0].d;
done:
  assay_free(stack);
  return rc;
}
