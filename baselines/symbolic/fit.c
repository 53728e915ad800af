#include "baselines/symbolic/fit.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "baselines/symbolic/basis.h"
#include "baselines/symbolic/phrase.h"
#include "baselines/symbolic/table.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/expr/program.h"
#include "core/num/stats.h"

static const double FIRST_DAMPING = 1e-3, LARGEST_DAMPING = 1e8;
static const double WHOLE = 1e-5;   /* how near a whole number is worth a try */
static const double SIMPLE = 1e-10; /* and any other simple number */

int assay_sr_fit_weights(double *w, const double *y, ptrdiff_t n)
{
  for (ptrdiff_t i = 0; i < n; i++) w[i] = fabs(y[i]);
  const double median = assay_stats_median(w, n), small = median > 0 ? 1e-3 * median : 1;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double size = fmax(fabs(y[i]), small), other = fmin(fabs(y[i]), small) / size;
    w[i] = 1 / (size * sqrt(1 + other * other));
  }
  return ASSAY_OK;
}

struct work {
  struct assay_expr_program *p;
  struct assay_expr_work *ew;
  int n_params, n_free;               /* of the program; those that are fitted */
  int which[ASSAY_SR_FIT_PARAMS];     /* [n_free] */
  double *params, *trial;             /* [n_params] */
  double *f, *r;                      /* [n] values, weighted residuals */
  double *jac, *v;                    /* [n_params, n], [n] */
  double length[ASSAY_SR_FIT_PARAMS]; /* of the Jacobian's columns */
  const double *columns[ASSAY_SR_MAX_VARS];
};

static bool is_simple(double value)
{
  int p, q;
  if (assay_sr_snap_fraction(&p, &q, value, 0)) return true;
  if (value == 0 || !isfinite(value)) return true;
  const double scale = pow(10, 2 - floor(log10(fabs(value))));
  return value * scale == nearbyint(value * scale);
}

static void choose(struct work *w, const struct assay_expr *e, const bool *free)
{
  const int *node = assay_expr_program_param_nodes(w->p);
  for (int k = 0; k < w->n_params && w->n_free < ASSAY_SR_FIT_PARAMS; k++)
    if (free ? free[node[k]] : !is_simple(e->node[node[k]].value)) w->which[w->n_free++] = k;
}

static int open(struct work *w, const struct assay_expr *e, const struct assay_sr_fit_data *d,
                const bool *free)
{
  int rc = ASSAY_OK;
  const size_t n = (size_t)d->n;
  ASSAY_CHECK(e->n_vars <= ASSAY_SR_MAX_VARS, ASSAY_EARG, "a fit takes at most %d columns",
              ASSAY_SR_MAX_VARS);
  ASSAY_TRY(assay_expr_compile(&w->p, e, NULL));
  ASSAY_TRY(assay_expr_work_create(&w->ew));
  w->n_params = assay_expr_program_n_params(w->p);
  choose(w, e, free);
  const size_t k = (size_t)w->n_params;
  ASSAY_TRY(ASSAY_NEW(&w->params, k, "symbolic fit"));
  ASSAY_TRY(ASSAY_NEW(&w->trial, k, "symbolic fit"));
  ASSAY_TRY(ASSAY_NEW(&w->f, n, "symbolic fit"));
  ASSAY_TRY(ASSAY_NEW(&w->r, n, "symbolic fit"));
  ASSAY_TRY(ASSAY_NEW(&w->v, n, "symbolic fit"));
  ASSAY_TRY(ASSAY_NEW(&w->jac, k * n, "symbolic fit"));
  memcpy(w->params, assay_expr_program_params(w->p), k * sizeof *w->params);
  for (int j = 0; j < e->n_vars; j++) w->columns[j] = d->x + j * d->n;
done:
  return rc;
}

static void close(struct work *w)
{
  assay_expr_program_free(w->p);
  assay_expr_work_free(w->ew);
  assay_free(w->params);
  assay_free(w->trial);
  assay_free(w->f);
  assay_free(w->r);
  assay_free(w->v);
  assay_free(w->jac);
}

/* weighted residuals of these values; their mean square */
static double residuals(double *r, const double *f, const struct assay_sr_fit_data *d)
{
  double sum = 0;
  for (ptrdiff_t i = 0; i < d->n; i++) {
    r[i] = d->w[i] * (f[i] - d->y[i]);
    sum += r[i] * r[i];
  }
  return sum / (double)d->n;
}

static double nodes(const struct work *w, const struct assay_sr_fit_data *d)
{
  return (double)assay_expr_program_n_nodes(w->p) * (double)d->n;
}

static int cost_of(double *cost, struct work *w, const double *params,
                   const struct assay_sr_fit_data *d)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_expr_eval(w->f, w->p, params, w->columns, d->n, w->ew));
  *cost = residuals(w->v, w->f, d);
done:
  return rc;
}

/* Jacobian at params, weighted, its free columns of length one; false: not finite */
static int linearise(bool *finite, struct work *w, const struct assay_sr_fit_data *d)
{
  int rc = ASSAY_OK;
  const ptrdiff_t n = d->n;
  ASSAY_TRY(assay_expr_jacobian(w->f, w->jac, w->p, w->params, w->columns, n, w->ew));
  residuals(w->r, w->f, d);
  *finite = true;
  for (int k = 0; k < w->n_free; k++) {
    double *column = w->jac + w->which[k] * n, sum = 0, largest = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
      column[i] *= d->w[i];
      largest = fmax(largest, fabs(column[i]));
    }
    if (!(largest > 0)) largest = 1;
    for (ptrdiff_t i = 0; i < n; i++) sum += column[i] / largest * (column[i] / largest);
    w->length[k] = largest * (sum > 0 ? sqrt(sum) : 1);
    *finite = *finite && isfinite(w->length[k]);
    for (ptrdiff_t i = 0; i < n; i++) column[i] /= w->length[k];
  }
done:
  return rc;
}

/* (J^T J + damping) step = -J^T r with columns of length one, by Cholesky */
static bool damped_step(double *step, const struct work *w, double damping, ptrdiff_t n)
{
  double a[ASSAY_SR_FIT_PARAMS][ASSAY_SR_FIT_PARAMS];
  const int m = w->n_free;
  for (int i = 0; i < m; i++) {
    const double *ci = w->jac + w->which[i] * n;
    step[i] = -cblas_ddot((int)n, ci, 1, w->r, 1);
    for (int j = 0; j <= i; j++) {
      a[i][j] = cblas_ddot((int)n, ci, 1, w->jac + w->which[j] * n, 1) + (i == j ? damping : 0);
      for (int k = 0; k < j; k++) a[i][j] -= a[i][k] * a[j][k];
      if (i == j && !(a[i][i] > 0)) return false;
      a[i][j] = i == j ? sqrt(a[i][i]) : a[i][j] / a[j][j];
    }
    for (int k = 0; k < i; k++) step[i] -= a[i][k] * step[k];
    step[i] /= a[i][i];
  }
  for (int i = m - 1; i >= 0; i--) {
    for (int k = i + 1; k < m; k++) step[i] -= a[k][i] * step[k];
    step[i] /= a[i][i];
  }
  return true;
}

/* the undamped step by orthogonal columns; those that depend on others stay */
static int full_step(double *step, struct work *w, ptrdiff_t n)
{
  int rc = ASSAY_OK, from[ASSAY_SR_FIT_PARAMS], pushed = 0;
  struct assay_sr_basis *basis = NULL;
  double c[ASSAY_SR_FIT_PARAMS];
  ASSAY_TRY(assay_sr_basis_create(&basis, (int)n, w->n_free));
  memset(step, 0, ASSAY_SR_FIT_PARAMS * sizeof *step);
  for (int k = 0; k < w->n_free; k++) {
    memcpy(w->v, w->jac + w->which[k] * n, (size_t)n * sizeof *w->v);
    if (assay_sr_basis_push(basis, w->v, 1e-13)) from[pushed++] = k;
  }
  memcpy(w->v, w->r, (size_t)n * sizeof *w->v);
  assay_sr_basis_project(basis, w->v);
  assay_sr_basis_solve(c, basis);
  for (int k = 0; k < pushed; k++) step[from[k]] = -c[k];
done:
  assay_sr_basis_destroy(basis);
  return rc;
}

/* params + step if that lowers the cost */
static int try_step(bool *better, double *cost, struct work *w, const double *step,
                    const struct assay_sr_fit_data *d)
{
  int rc = ASSAY_OK;
  double next;
  memcpy(w->trial, w->params, (size_t)w->n_params * sizeof *w->trial);
  for (int k = 0; k < w->n_free; k++) w->trial[w->which[k]] += step[k] / w->length[k];
  ASSAY_TRY(cost_of(&next, w, w->trial, d));
  *better = next < *cost;
  if (*better) {
    *cost = next;
    memcpy(w->params, w->trial, (size_t)w->n_params * sizeof *w->trial);
  }
done:
  return rc;
}

static int improve(bool *better, double *cost, double *damping, struct work *w,
                   const struct assay_sr_fit_data *d, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  double step[ASSAY_SR_FIT_PARAMS];
  const double linear = (double)d->n * w->n_free * w->n_free;
  bool finite;
  *better = false;
  if (!assay_sr_spend(b, 4 * nodes(w, d)) || !assay_sr_spend_flops(b, 6 * linear)) goto done;
  ASSAY_TRY(linearise(&finite, w, d));
  if (!finite) goto done;
  ASSAY_TRY(full_step(step, w, d->n));
  ASSAY_TRY(try_step(better, cost, w, step, d));
  for (; !*better && *damping < LARGEST_DAMPING; *damping *= 10) {
    if (!assay_sr_spend(b, nodes(w, d)) || !assay_sr_spend_flops(b, linear)) goto done;
    if (damped_step(step, w, *damping, d->n)) ASSAY_TRY(try_step(better, cost, w, step, d));
  }
  *damping = fmax(*damping / 100, 1e-12);
done:
  return rc;
}

int assay_sr_fit(struct assay_expr *e, double *rms, const struct assay_sr_fit_data *data,
                 const bool *free, int iterations, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  struct work w = {0};
  double cost = NAN, damping = FIRST_DAMPING;
  bool better = true;
  *rms = NAN;
  ASSAY_TRY(open(&w, e, data, free));
  if (!assay_sr_spend(b, nodes(&w, data))) goto done;
  ASSAY_TRY(cost_of(&cost, &w, w.params, data));
  for (int i = 0; i < iterations && better && isfinite(cost) && w.n_free > 0; i++) {
    const double before = cost;
    ASSAY_TRY(improve(&better, &cost, &damping, &w, data, b));
    if (cost > before * (1 - 1e-6) || cost == 0) break;
  }
  if (isfinite(cost)) ASSAY_TRY(assay_expr_set_params(e, w.p, w.params));
  *rms = sqrt(cost);
done:
  close(&w);
  return rc;
}

/* one constant becomes a simpler number, the other free ones are fitted again */
static int snap_one(struct assay_expr *e, bool *free, int k, double simple, double *rms,
                    const struct assay_sr_fit_data *data, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  struct assay_expr *trial = NULL;
  double now;
  if (simple == e->node[k].value) goto done;
  ASSAY_TRY(assay_expr_copy(&trial, e));
  trial->node[k].value = simple;
  trial->node[k].exact = simple == floor(simple) && fabs(simple) < 1e6;
  free[k] = false;
  ASSAY_TRY(assay_sr_fit(trial, &now, data, free, 4, b));
  if (now <= fmax(1.5 * *rms, 4e-16)) {
    for (int i = 0; i < e->n; i++) e->node[i] = trial->node[i];
    *rms = now;
  } else
    free[k] = true;
done:
  assay_expr_free(trial);
  return rc;
}

int assay_sr_fit_snap(struct assay_expr *e, double *rms, const struct assay_sr_fit_data *data,
                      struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  bool *free = NULL;
  ASSAY_TRY(ASSAY_NEW(&free, (size_t)e->n, "symbolic fit"));
  for (int k = 0; k < e->n; k++)
    free[k] =
        e->node[k].op == ASSAY_EXPR_CONST && !e->node[k].exact && !is_simple(e->node[k].value);
  ASSAY_TRY(assay_sr_fit(e, rms, data, free, 20, b));
  for (int k = 0; k < e->n && !assay_sr_over(b);
       k++) { /* 0.99999 x0 - 3.4 x1: which scale is free */
    const double whole = nearbyint(e->node[k].value);
    if (free[k] && whole != 0 && fabs(e->node[k].value - whole) <= WHOLE)
      ASSAY_TRY(snap_one(e, free, k, whole, rms, data, b));
  }
  for (int k = 0; k < e->n && !assay_sr_over(b); k++)
    if (free[k])
      ASSAY_TRY(snap_one(e, free, k, assay_sr_snap(e->node[k].value, SIMPLE), rms, data, b));
done:
  assay_free(free);
  return rc;
}
