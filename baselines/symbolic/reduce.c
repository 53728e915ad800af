#include "baselines/symbolic/reduce.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "baselines/symbolic/basis.h"
#include "baselines/symbolic/phrase.h"
#include "baselines/symbolic/tidy.h"
#include "core/base/err.h"
#include "core/base/mem.h"

enum { ROWS = 1200, MAX_TERMS = 180, MAX_LOGS = 10 };
/* F of a reduction that is believed: where the surrogate leaves much, and where it follows y
 * closely (its misfit is no noise then: F of true reductions reaches 2, that of wrong ones 1e3 and
 * more) */
static const double MAX_F = 1.7, MAX_F_CLOSE = 5, CLOSE = 1e-4;
static const double NEAR_HALF = 0.12; /* how far an exponent may be from a multiple of 1/2 */

/* logarithms of columns that can have them, or of products of them */
struct logs {
  int n, m;
  int column[MAX_LOGS];
  double *u[MAX_LOGS]; /* [m] each */
  double *t;           /* [m] log |y| */
  double *block;
};

struct fit {
  int terms;
  double rest;  /* sum of squares that is left */
  double slope; /* of the variable that enters linearly */
  bool close;   /* little is left: twice that is still believed */
};

static int logs_open(struct logs *l, const struct assay_sr_table *t, uint64_t seed)
{
  int rc = ASSAY_OK;
  struct assay_sr_sample *s = NULL;
  ASSAY_TRY(assay_sr_sample_create(&s, t, ROWS, seed + 2));
  const int m = (int)s->m;
  ASSAY_TRY(ASSAY_NEW(&l->block, (size_t)(MAX_LOGS + 1) * (size_t)m, "symbolic reduction"));
  l->t = l->block + MAX_LOGS * m;
  for (int i = 0; i < m; i++) {
    if (s->y[i] == 0) break; /* rows with 0 come last */
    l->t[l->m++] = log(fabs(s->y[i] / t->column[t->n_vars].scale));
  }
  for (int j = 0; j < t->n_vars && l->n < MAX_LOGS; j++) {
    const struct assay_sr_column *c = &t->column[j];
    if (!c->usable || c->zeros) continue;
    l->column[l->n] = j;
    l->u[l->n] = l->block + l->n * m;
    for (int i = 0; i < l->m; i++) l->u[l->n][i] = log(fabs(s->x[j * s->m + i] / c->scale));
    l->n++;
  }
done:
  assay_sr_sample_destroy(s);
  return rc;
}

static double count_terms(int n, int degree)
{
  double count = 1;
  for (int k = 1; k <= degree; k++) count *= (double)(n + k) / k;
  return count;
}

static int choose_degree(int n)
{
  int degree = 2;
  while (degree < 6 && count_terms(n, degree + 1) <= MAX_TERMS) degree++;
  return degree;
}

/* all monomials of u[k..] of at most this degree times v join the basis */
static void push_monomials(struct assay_sr_basis *basis, double *const *u, int n, int k, int degree,
                           const double *v, double *work)
{
  const int m = basis->m;
  if (k == n || degree == 0) {
    memcpy(work, v, (size_t)m * sizeof *work);
    assay_sr_basis_push(basis, work, 1e-8);
    return;
  }
  double *next = work + m;
  memcpy(next, v, (size_t)m * sizeof *next);
  for (int p = 0; p <= degree; p++) {
    push_monomials(basis, u, n, k + 1, degree - p, next, next + m);
    for (int i = 0; i < m; i++) next[i] *= u[k][i];
  }
}

/* t by a polynomial in u [n] and, unless NULL, one more variable that only enters linearly */
static int surrogate(struct fit *f, const struct logs *l, double *const *u, int n, int degree,
                     const double *linear, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  struct assay_sr_basis *basis = NULL;
  double *work = NULL;
  const int m = l->m, most = (int)count_terms(n, degree) + 1;
  *f = (struct fit){.rest = NAN};
  if (!assay_sr_spend_flops(b, 2.0 * m * most * most)) goto done;
  ASSAY_TRY(assay_sr_basis_create(&basis, m, most));
  ASSAY_TRY(ASSAY_NEW(&work, (size_t)(2 * n + 6) * (size_t)m, "symbolic reduction"));
  double *one = work, *rest = work + m;
  for (int i = 0; i < m; i++) one[i] = 1;
  push_monomials(basis, u, n, 0, degree, one, work + 2 * m);
  const int before = basis->n;
  if (linear) {
    memcpy(rest, linear, (size_t)m * sizeof *rest);
    if (!assay_sr_basis_push(basis, rest, 1e-8)) goto done;
  }
  memcpy(rest, l->t, (size_t)m * sizeof *rest);
  const double left = assay_sr_basis_project(basis, rest);
  f->terms = basis->n;
  f->rest = left * left;
  if (linear) f->slope = basis->part[before] / basis->r[before * basis->capacity + before];
done:
  assay_sr_basis_destroy(basis);
  assay_free(work);
  return rc;
}

static double f_ratio(const struct fit *full, const struct fit *less, int m)
{
  const double noise = fmax(full->rest, 1e-24) / (m - full->terms);
  if (full->terms <= less->terms || m <= 2 * full->terms) return INFINITY;
  const double more = less->rest - full->rest, f = more / (full->terms - less->terms) / noise;
  return full->close ? fmin(f, MAX_F_CLOSE * more / fmax(full->rest, 1e-24)) : f;
}

struct best {
  int i, j; /* j < 0: x_i is a power */
  double f, power;
};

/* variable i out of the polynomial */
static int try_power(struct best *best, const struct logs *l, int i, const struct fit *full,
                     int degree, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK, n = 0;
  double *u[MAX_LOGS];
  struct fit less;
  for (int k = 0; k < l->n; k++)
    if (k != i) u[n++] = l->u[k];
  ASSAY_TRY(surrogate(&less, l, u, n, degree, l->u[i], b));
  const double f = f_ratio(full, &less, l->m), half = nearbyint(2 * less.slope) / 2;
  if (f < best->f && fabs(less.slope - half) <= NEAR_HALF) *best = (struct best){i, -1, f, half};
done:
  return rc;
}

/* variables i and j as one, u_i + s u_j */
static int try_merger(struct best *best, const struct logs *l, int i, int j, double s,
                      const struct fit *full, int degree, double *sum, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK, n = 0;
  double *u[MAX_LOGS];
  struct fit less;
  for (int k = 0; k < l->m; k++) sum[k] = l->u[i][k] + s * l->u[j][k];
  for (int k = 0; k < l->n; k++)
    if (k != j) u[n++] = k == i ? sum : l->u[k];
  ASSAY_TRY(surrogate(&less, l, u, n, degree, NULL, b));
  const double f = f_ratio(full, &less, l->m);
  if (f < best->f) *best = (struct best){i, j, f, s};
done:
  return rc;
}

static int try_mergers(struct best *best, const struct logs *l, const struct fit *full, int degree,
                       struct assay_sr_budget *b)
{
  static const double powers[] = {1, -1, 2, -2, 0.5, -0.5};
  int rc = ASSAY_OK;
  double *sum = NULL;
  ASSAY_TRY(ASSAY_NEW(&sum, (size_t)l->m, "symbolic reduction"));
  for (int i = 0; i < l->n; i++)
    for (int j = i + 1; j < l->n; j++)
      for (size_t s = 0; s < sizeof powers / sizeof *powers; s++)
        ASSAY_TRY(try_merger(best, l, i, j, powers[s], full, degree, sum, b));
done:
  assay_free(sum);
  return rc;
}

/* rows of r->power [n_vars] by the column that keeps its place; -1 where a column went */
static void apply(struct assay_sr_reduction *r, struct logs *l, const struct best *best)
{
  const int i = l->column[best->i];
  int gone = best->i;
  if (best->j < 0) {
    for (int c = 0; c < ASSAY_SR_MAX_VARS; c++) r->prefactor[c] += best->power * r->power[i][c];
    for (int k = 0; k < l->m; k++) l->t[k] -= best->power * l->u[best->i][k];
  } else {
    const int j = l->column[best->j];
    for (int c = 0; c < ASSAY_SR_MAX_VARS; c++) r->power[i][c] += best->power * r->power[j][c];
    for (int k = 0; k < l->m; k++) l->u[best->i][k] += best->power * l->u[best->j][k];
    gone = best->j;
  }
  memset(r->power[l->column[gone]], 0, sizeof r->power[0]);
  l->n--;
  for (int k = gone; k < l->n; k++) {
    l->column[k] = l->column[k + 1];
    l->u[k] = l->u[k + 1];
  }
  r->steps++;
}

/* sum of squares of t about its mean */
static double spread(const struct logs *l)
{
  double mean = 0, sum = 0;
  for (int i = 0; i < l->m; i++) mean += l->t[i] / l->m;
  for (int i = 0; i < l->m; i++) sum += (l->t[i] - mean) * (l->t[i] - mean);
  return sum;
}

/* one more reduction; *again false: none is believed */
static int reduce_once(bool *again, struct assay_sr_reduction *r, struct logs *l,
                       struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  const int degree = choose_degree(l->n);
  struct fit full;
  struct best best = {.j = -1};
  *again = false;
  ASSAY_TRY(surrogate(&full, l, l->u, l->n, degree, NULL, b));
  full.close = full.rest < CLOSE * spread(l);
  const double limit = full.close ? MAX_F_CLOSE : MAX_F;
  best.f = limit;
  for (int i = 0; i < l->n; i++) ASSAY_TRY(try_power(&best, l, i, &full, degree, b));
  if (best.f == limit) ASSAY_TRY(try_mergers(&best, l, &full, degree, b));
  *again = best.f < limit && !assay_sr_over(b);
  if (*again) apply(r, l, &best);
done:
  return rc;
}

int assay_sr_reduce_find(struct assay_sr_reduction *r, const struct assay_sr_table *table,
                         uint64_t seed, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  struct logs l = {0};
  bool again = true;
  *r = (struct assay_sr_reduction){0};
  for (int k = 0; k < table->n_vars; k++) r->power[k][k] = 1;
  ASSAY_TRY(logs_open(&l, table, seed));
  while (again && l.n > 1 && l.m > 200) ASSAY_TRY(reduce_once(&again, r, &l, b));
  for (int k = 0; k < table->n_vars; k++) { /* close the gaps */
    bool used = false;
    for (int c = 0; c < table->n_vars; c++) used = used || r->power[k][c] != 0;
    if (used) memmove(r->power[r->n_vars++], r->power[k], sizeof r->power[0]);
  }
done:
  assay_free(l.block);
  return rc;
}

static double product(const double *power, const double *x, const struct assay_sr_table *t,
                      ptrdiff_t i)
{
  double value = 1;
  for (int j = 0; j < t->n_vars; j++) {
    const double v = x[j * t->n + i];
    if (power[j] != 0)
      value *= power[j] == floor(power[j]) ? pow(v, power[j]) : pow(fabs(v), power[j]);
  }
  return value;
}

void assay_sr_reduce_target(double *y, const struct assay_sr_reduction *r,
                            const struct assay_sr_table *t)
{
  for (ptrdiff_t i = 0; i < t->n; i++) y[i] = t->y[i] / product(r->prefactor, t->x, t, i);
}

int assay_sr_reduce_table(struct assay_sr_table **out, const struct assay_sr_reduction *r,
                          const struct assay_sr_table *t)
{
  int rc = ASSAY_OK;
  double *x = NULL, *y = NULL;
  ptrdiff_t *row = NULL;
  const size_t n = (size_t)t->n;
  ASSAY_TRY(ASSAY_NEW(&x, n * (size_t)r->n_vars, "symbolic reduction"));
  ASSAY_TRY(ASSAY_NEW(&y, n, "symbolic reduction"));
  ASSAY_TRY(ASSAY_NEW(&row, n, "symbolic reduction"));
  assay_sr_reduce_target(y, r, t);
  for (ptrdiff_t i = 0; i < t->n; i++) {
    row[i] = i;
    for (int k = 0; k < r->n_vars; k++) x[k * t->n + i] = product(r->power[k], t->x, t, i);
  }
  const struct assay_sr_source from = {.n_vars = r->n_vars,
                                       .n = t->n,
                                       .x = x,
                                       .y = y,
                                       .train = row,
                                       .n_train = t->n_train,
                                       .valid = row + t->n_train,
                                       .n_valid = t->n - t->n_train};
  ASSAY_TRY(assay_sr_table_create(out, &from));
done:
  assay_free(x);
  assay_free(y);
  assay_free(row);
  return rc;
}

/* "x0*x2/x3" */
static void put_powers(struct assay_sr_phrase *p, const double *power, const bool *positive,
                       int n_vars, const char *last)
{
  struct assay_sr_factor factor[ASSAY_SR_MAX_VARS + 1];
  char name[ASSAY_SR_MAX_VARS][16];
  int n = 0;
  for (int j = 0; j < n_vars; j++) {
    if (power[j] == 0) continue;
    snprintf(name[n], sizeof name[n], "x%d", j);
    const bool absolute = power[j] != floor(power[j]) && !positive[j];
    factor[n] = (struct assay_sr_factor){name[n], power[j], absolute};
    n++;
  }
  if (last) factor[n++] = (struct assay_sr_factor){last, 1, false};
  assay_sr_put_product(p, 1, 0, factor, n);
}

/* e with its variables replaced by these expressions */
static int substitute(struct assay_expr **out, const struct assay_expr *e,
                      struct assay_expr *const *of)
{
  int rc = ASSAY_OK, n = 0, at = 0;
  struct assay_expr_node *node = NULL;
  for (int i = 0; i < e->n; i++) n += e->node[i].op == ASSAY_EXPR_VAR ? of[e->node[i].var]->n : 1;
  ASSAY_TRY(ASSAY_NEW(&node, (size_t)n, "symbolic reduction"));
  for (int i = 0; i < e->n; i++) {
    const struct assay_expr *in = e->node[i].op == ASSAY_EXPR_VAR ? of[e->node[i].var] : NULL;
    if (in) memcpy(node + at, in->node, (size_t)in->n * sizeof *node);
    if (!in) node[at] = e->node[i];
    at += in ? in->n : 1;
  }
  ASSAY_TRY(assay_expr_make(out, node, n));
done:
  assay_free(node);
  return rc;
}

int assay_sr_reduce_undo(struct assay_expr **out, const struct assay_sr_reduction *r, int n_vars,
                         const struct assay_expr *e)
{
  int rc = ASSAY_OK;
  struct assay_expr *of[ASSAY_SR_MAX_VARS] = {NULL}, *inner = NULL;
  struct assay_sr_phrase p;
  char *text = NULL;
  *out = NULL;
  for (int k = 0; k < r->n_vars; k++) {
    p = (struct assay_sr_phrase){0};
    put_powers(&p, r->power[k], r->positive, n_vars, NULL);
    ASSAY_TRY(assay_expr_parse(&of[k], p.text, NULL));
  }
  ASSAY_TRY(substitute(&inner, e, of));
  ASSAY_TRY(assay_expr_print(&text, inner, ASSAY_EXPR_INFIX));
  p = (struct assay_sr_phrase){0};
  put_powers(&p, r->prefactor, r->positive, n_vars, text);
  if (!p.overflow) ASSAY_TRY(assay_expr_parse(out, p.text, NULL));
done:
  for (int k = 0; k < r->n_vars; k++) assay_expr_free(of[k]);
  assay_expr_free(inner);
  assay_free(text);
  return rc;
}

int assay_sr_reduce_bring_back(struct assay_sr_front *front, const struct assay_sr_reduction *r,
                               const struct assay_sr_front *found, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  struct assay_expr *e = NULL;
  for (int i = 0; i < found->n; i++) {
    ASSAY_TRY(assay_sr_reduce_undo(&e, r, front->table->n_vars, found->model[i].expr));
    if (!e) continue;
    ASSAY_TRY(assay_sr_tidy(&e));
    ASSAY_TRY(assay_sr_front_offer(NULL, front, e, found->model[i].source, b));
    assay_expr_free(e);
    e = NULL;
  }
done:
  assay_expr_free(e);
  return rc;
}
