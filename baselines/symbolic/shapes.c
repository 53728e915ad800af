/* Products with one factor of unknown scale: y = c prod x_i^a_i h(k M)^b, M a product of small
 * powers of columns, h one of a few shapes, k to be found. For given h, M and k the logarithm is
 * linear in everything else, so that what remains to be searched is one number:
 *
 *   1. for every M and h a coarse grid in k, all exponents free: the best pairs are kept;
 *   2. for those, b from a short list, k by golden section on the remaining residual (which has a
 *      sharp minimum at an exact law);
 *   3. the exponents are snapped and k is fitted to the last digit with all constants.
 *
 * Shapes that are periodic are compared only on rows with |k M| <= 3, where they are not yet. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "baselines/symbolic/product.h"
#include "baselines/symbolic/search.h"
#include "core/base/err.h"
#include "core/base/mem.h"

enum { ROWS = 96, MIN_ROWS = 40, MAX_MONOMIALS = 1500, KEPT = 60, GRID = 16, GOLDEN = 55 };

static double shape_plus(double z)
{
  return 1 + z;
}
static double shape_minus(double z)
{
  return 1 - z;
}
static double shape_expm1(double z)
{
  return expm1(z);
}
static double shape_one_less(double z)
{
  return -expm1(-z);
}
static double shape_fermi(double z)
{
  return exp(z) + 1;
}
static double shape_log(double z)
{
  return log1p(z);
}

/* the grid runs over log10 of the largest |k M| (periodic: of the median) */
static const struct shape {
  const char *text; /* of z */
  double (*f)(double z);
  double low, high;
  bool periodic;
} shapes[] = {
    {"1 + %s", shape_plus, -4, 4, false},
    {"1 - %s", shape_minus, -4, 2, false},
    {"exp(%s) - 1", shape_expm1, -3, 2.8, false},
    {"1 - exp(-%s)", shape_one_less, -3, 2.8, false},
    {"exp(%s) + 1", shape_fermi, -2, 2.8, false},
    {"tanh(%s)", tanh, -2, 1.5, false},
    {"sin(%s)", sin, -2, 1, true},
    {"cos(%s)", cos, -2, 1, true},
    {"cosh(%s)", cosh, -2, 2.8, false},
    {"sinh(%s)", sinh, -2, 2.8, false},
    {"log(1 + %s)", shape_log, -3, 4, false},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

struct pair {
  const struct shape *shape;
  signed char power[ASSAY_SR_MAX_VARS];
  double k, left; /* of scaled columns; residual relative to that without the shape */
};

struct field {
  struct assay_sr_search *s;
  int m, n;                             /* rows, base columns */
  struct assay_sr_basis *whole, *basis; /* of 1 and the columns: all rows, some of them */
  double *log_x;                        /* [n, m] */
  int *sign;                            /* [n, m] of the columns */
  double *t;                            /* [m] log |y / scale| */
  double *rest, before;                 /* [m] what of t is outside the base, its length */
  double *monomial, *v, *u;             /* [m] */
  int n_pairs;
  struct pair pair[KEPT];
};

static bool set_monomial(struct field *f, const signed char *power)
{
  double largest = 0;
  for (int i = 0; i < f->m; i++) {
    double sum = 0;
    int sign = 1;
    for (int j = 0; j < f->n; j++) {
      sum += power[j] * f->log_x[j * f->m + i];
      if (power[j] % 2) sign *= f->sign[j * f->m + i];
    }
    f->monomial[i] = sign * exp(sum);
    largest = fmax(largest, fabs(f->monomial[i]));
  }
  return isfinite(largest) && largest > 0;
}

static int ascending(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double reference_size(const struct field *f, bool periodic)
{
  double size[ROWS];
  for (int i = 0; i < f->m; i++) size[i] = fabs(f->monomial[i]);
  qsort(size, (size_t)f->m, sizeof *size, ascending);
  return size[periodic ? f->m / 2 : f->m - 1];
}

/* u [count] = log |h(k M)| and v = log |y| on the rows that count; the count, 0 if not possible */
static int shape_column(struct field *f, const struct shape *h, double k, bool all, int *rows)
{
  int n = 0;
  for (int i = 0; i < f->m; i++) {
    const double z = k * f->monomial[i];
    if (h->periodic && !all && fabs(z) > 3) continue;
    const double value = log(fabs(h->f(z)));
    if (!isfinite(value)) return 0;
    rows[n] = i;
    f->u[n++] = value;
  }
  return n >= MIN_ROWS ? n : 0;
}

/* 1 and the columns on these rows */
static void make_base(const struct field *f, struct assay_sr_basis *basis, const int *rows, int n)
{
  double w[ROWS];
  basis->n = 0;
  basis->m = n;
  for (int i = 0; i < n; i++) w[i] = 1;
  assay_sr_basis_push(basis, w, 0);
  for (int j = 0; j < f->n; j++) {
    for (int i = 0; i < n; i++) w[i] = f->log_x[j * f->m + (rows ? rows[i] : i)];
    assay_sr_basis_push(basis, w, 1e-9);
  }
}

static double dot(const double *a, const double *b, int n)
{
  double sum = 0;
  for (int i = 0; i < n; i++) sum += a[i] * b[i];
  return sum;
}

/* length of v - b u (b NAN: the best one) relative to that of v, both outside the base */
static double compare(const double *v, double before, const double *u, double left, double b, int n)
{
  double sum = 0;
  if (!(left > 1e-9) || !(before > 0)) return INFINITY;
  const double c = isnan(b) ? dot(u, v, n) / (left * left) : b;
  for (int i = 0; i < n; i++) sum += (v[i] - c * u[i]) * (v[i] - c * u[i]);
  return sqrt(sum) / before;
}

/* rms of t - b u outside the base (b NAN: fitted) relative to that of t */
static double residual(struct field *f, const struct shape *h, double k, double b, bool all)
{
  int rows[ROWS];
  const int n = shape_column(f, h, k, all, rows);
  const double base = f->n + 1.0;
  if (!n || !assay_sr_spend(f->s->budget, 2.0 * n)) return INFINITY;
  if (n == f->m) {
    if (!assay_sr_spend_flops(f->s->budget, (4 * base + 2) * n)) return INFINITY;
    const double left = assay_sr_basis_project(f->whole, f->u);
    return compare(f->rest, f->before, f->u, left, b, n);
  }
  if (!assay_sr_spend_flops(f->s->budget, (base + 4) * base * 4 * n)) return INFINITY;
  make_base(f, f->basis, rows, n);
  for (int i = 0; i < n; i++) f->v[i] = f->t[rows[i]];
  const double before = assay_sr_basis_project(f->basis, f->v);
  const double left = assay_sr_basis_project(f->basis, f->u);
  return compare(f->v, before, f->u, left, b, n);
}

static void keep(struct field *f, const struct pair *p)
{
  int at = f->n_pairs;
  if (at == KEPT && p->left >= f->pair[KEPT - 1].left) return;
  if (at < KEPT) f->n_pairs++;
  at = f->n_pairs - 1;
  for (; at > 0 && f->pair[at - 1].left > p->left; at--) f->pair[at] = f->pair[at - 1];
  f->pair[at] = *p;
}

static double golden(struct field *f, const struct pair *p, double b, double low, double high)
{
  const double ratio = 0.61803398874989485;
  double a = log(low), c = log(high), x1 = c - ratio * (c - a), x2 = a + ratio * (c - a);
  double f1 = residual(f, p->shape, exp(x1), b, false),
         f2 = residual(f, p->shape, exp(x2), b, false);
  for (int i = 0; i < GOLDEN; i++) {
    if (f1 < f2) {
      c = x2;
      x2 = x1;
      f2 = f1;
      x1 = c - ratio * (c - a);
      f1 = residual(f, p->shape, exp(x1), b, false);
    } else {
      a = x1;
      x1 = x2;
      f1 = f2;
      x2 = a + ratio * (c - a);
      f2 = residual(f, p->shape, exp(x2), b, false);
    }
  }
  return exp((a + c) / 2);
}

/* k for a given b near the coarse one */
static void refine(struct field *f, struct pair *p, double b)
{
  double best = p->k, least = INFINITY;
  for (double step = -1.5; step <= 1.5; step += 0.1) {
    const double k = p->k * pow(10, step), left = residual(f, p->shape, k, b, false);
    if (left < least) {
      least = left;
      best = k;
    }
  }
  p->k = golden(f, p, b, best * 0.75, best * 1.33);
  p->left = residual(f, p->shape, p->k, b, false);
}

/* the shape as an atom with its column on the pool's rows, and the product offered */
static int offer(struct field *f, const struct pair *p)
{
  int rc = ASSAY_OK;
  struct assay_sr_search *s = f->s;
  struct assay_sr_atom atom = {.exponential = false};
  struct assay_sr_phrase z = {0};
  struct assay_sr_factor factor[ASSAY_SR_MAX_VARS];
  char name[ASSAY_SR_MAX_VARS][16];
  double *column = NULL, k = p->k;
  bool exact;
  int n = 0;
  for (int j = 0; j < f->n; j++) {
    if (!p->power[j]) continue;
    snprintf(name[n], sizeof name[n], "x%d", s->pool->base[j]);
    factor[n] = (struct assay_sr_factor){name[n], p->power[j], false};
    n++;
    k /= pow(s->table->column[s->pool->base[j]].scale, p->power[j]);
  }
  assay_sr_put_product(&z, k, 1e-9, factor, n);
  if (snprintf(atom.text, sizeof atom.text, p->shape->text, z.text) >= (int)sizeof atom.text)
    goto done;
  ASSAY_TRY(ASSAY_NEW(&column, (size_t)s->pool->m, "symbolic shapes"));
  ASSAY_TRY(assay_sr_pool_column(&exact, column, &atom, s->sample, s->budget));
  if (!exact) goto done;
  const struct assay_sr_product product = {.n = 1, .atom = {&atom}, .log = {column}};
  ASSAY_TRY(assay_sr_product_offer(&exact, s, &product, assay_sr_targets, s->sample->y, true));
done:
  assay_free(column);
  return rc;
}

/* Periodic shapes of an argument without a constant, or with a usual one: sin(2 pi x0 x1), on all
 * rows. */
static int plain_argument(struct field *f, const struct shape *h, const signed char *power)
{
  static const double usual[] = {
      1, 0.5, 2, 3.14159265358979312, 6.28318530717958623, 1.57079632679489656};
  int rc = ASSAY_OK;
  double scale = 1;
  for (int j = 0; j < f->n; j++)
    scale *= pow(f->s->table->column[f->s->pool->base[j]].scale, power[j]);
  if (!(scale > 1e-4 && scale < 1e4)) goto done;
  for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
    struct pair p = {.shape = h, .k = usual[i] * scale};
    memcpy(p.power, power, (size_t)f->n);
    p.left = residual(f, h, p.k, NAN, true);
    if (p.left < 1e-7) ASSAY_TRY(offer(f, &p));
  }
done:
  return rc;
}

/* the best k on the grid for every shape of this monomial */
static int coarse(struct field *f, const signed char *power)
{
  int rc = ASSAY_OK;
  if (!set_monomial(f, power)) return ASSAY_OK;
  for (const struct shape *h = shapes; h < shapes + SHAPES; h++) {
    struct pair best = {.shape = h, .left = INFINITY};
    const double size = reference_size(f, h->periodic);
    memcpy(best.power, power, (size_t)f->n);
    for (int i = 0; i < GRID && !assay_sr_over(f->s->budget); i++) {
      const double k = pow(10, h->low + (h->high - h->low) * i / (GRID - 1)) / size;
      const double left = residual(f, h, k, NAN, false);
      if (left < best.left) {
        best.left = left;
        best.k = k;
      }
    }
    if (best.left < 0.7) keep(f, &best);
    if (h->periodic) ASSAY_TRY(plain_argument(f, h, power));
  }
done:
  return rc;
}

/* all exponents of this sum of absolute values, from column j on */
static int enumerate(struct field *f, signed char *power, int j, int left, int *count)
{
  int rc = ASSAY_OK;
  if (*count >= MAX_MONOMIALS || assay_sr_over(f->s->budget)) return ASSAY_OK;
  if (j == f->n) {
    if (left) return ASSAY_OK;
    (*count)++;
    return coarse(f, power);
  }
  for (int p = -2; p <= 2; p++) {
    if (abs(p) > left) continue;
    power[j] = (signed char)p;
    ASSAY_TRY(enumerate(f, power, j + 1, left - abs(p), count));
  }
done:
  power[j] = 0;
  return rc;
}

static int field_open(struct field *f, struct assay_sr_search *s)
{
  int rc = ASSAY_OK;
  const struct assay_sr_pool *p = s->pool;
  f->s = s;
  f->m = p->m < ROWS ? p->m : ROWS;
  f->n = p->n_base;
  const size_t m = (size_t)f->m, n = (size_t)f->n;
  ASSAY_TRY(assay_sr_basis_create(&f->basis, f->m, f->n + 1));
  ASSAY_TRY(assay_sr_basis_create(&f->whole, f->m, f->n + 1));
  ASSAY_TRY(ASSAY_NEW(&f->log_x, m * n, "symbolic shapes"));
  ASSAY_TRY(ASSAY_NEW(&f->sign, m * n, "symbolic shapes"));
  ASSAY_TRY(ASSAY_NEW(&f->t, 5 * m, "symbolic shapes"));
  f->monomial = f->t + m;
  f->v = f->t + 2 * m;
  f->u = f->t + 3 * m;
  f->rest = f->t + 4 * m;
  for (int j = 0; j < f->n; j++)
    for (int i = 0; i < f->m; i++) {
      f->log_x[j * f->m + i] = p->base_log[j * p->m + i];
      f->sign[j * f->m + i] = s->sample->x[p->base[j] * s->sample->m + i] < 0 ? -1 : 1;
    }
  const double scale = s->table->column[s->table->n_vars].scale;
  for (int i = 0; i < f->m; i++) f->rest[i] = f->t[i] = log(fabs(s->sample->y[i] / scale));
  make_base(f, f->whole, NULL, f->m);
  f->before = assay_sr_basis_project(f->whole, f->rest);
done:
  return rc;
}

static void field_close(struct field *f)
{
  assay_sr_basis_destroy(f->basis);
  assay_sr_basis_destroy(f->whole);
  assay_free(f->log_x);
  assay_free(f->sign);
  assay_free(f->t);
}

/* Near an exact law of one shape others come close too: all that do are offered, and the front
 * keeps the simplest. */
static int refine_all(struct field *f)
{
  static const double powers[] = {1, -1, 2, -2, 0.5, -0.5};
  int rc = ASSAY_OK;
  for (int i = 0; i < f->n_pairs && !assay_sr_over(f->s->budget); i++) {
    double least = 1e-2;
    if (!set_monomial(f, f->pair[i].power)) continue;
    for (size_t b = 0; b < sizeof powers / sizeof *powers; b++) {
      struct pair now = f->pair[i];
      refine(f, &now, powers[b]);
      if (now.left >= least && now.left >= 1e-5) continue;
      least = fmin(least, now.left);
      ASSAY_TRY(offer(f, &now));
    }
  }
done:
  return rc;
}

int assay_sr_search_shapes(struct assay_sr_search *s)
{
  int rc = ASSAY_OK, count = 0;
  struct field *f = NULL;
  signed char power[ASSAY_SR_MAX_VARS] = {0};
  ASSAY_TRY(ASSAY_NEW(&f, 1, "symbolic shapes"));
  ASSAY_TRY(field_open(f, s));
  for (int i = 0; i < f->m; i++)
    if (!isfinite(f->t[i])) goto done;
  for (int size = 1; size <= 4; size++) ASSAY_TRY(enumerate(f, power, 0, size, &count));
  ASSAY_TRY(refine_all(f));
done:
  if (f) field_close(f);
  assay_free(f);
  return rc;
}
