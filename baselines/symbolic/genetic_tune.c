/* Constants c of an individual f(x; c) whose offset and factor follow from them: with the weighted
 * deviations u = w (f - mean f) and t = w (y - mean y), and b = (u t)/(u u), Levenberg's and
 * Marquardt's step on the residual r = t - b u. Offset and factor are eliminated (variable
 * projection, Golub and Pereyra 1973; Kaufman 1975): columns of the Jacobian are
 *
 *   J_k = -b P (w df/dc_k),   P: without its part along w and u,
 *
 * and with d_k = w df/dc_k divided by its length l_k
 *
 *   (D + damping) s = g,   D_jk = d_j d_k - (d_j w)(d_k w) - (d_j u)(d_k u)/(u u),   g_k = d_k r,
 *   c_k += s_k / (b l_k).
 *
 * GSL's Levenberg-Marquardt on the same residuals and derivatives (genetic_tune_gsl.c) finds the
 * same constants and takes 2.3 times as long (tests/baselines/symbolic/bench_tune.c: 12.0
 * microseconds here, 27.5 there, for 256 rows and one to four constants): it keeps matrices row by
 * row and goes through them one element after the other.
 *
 * The normal equations lose half of the digits, which does not matter here: what is found is fitted
 * to the last digit later (fit.h). */
#include <math.h>
#include <string.h>

#include "baselines/symbolic/genetic_tune.h"
#include "core/base/err.h"
#include "core/num/moments.h"

enum { N = ASSAY_SR_TUNED, TRIALS = 4 };

static const double FIRST_DAMPING = 1e-3, LEAST_DAMPING = 1e-9, ENOUGH = 1e-14;
static const double GAIN = 0.99; /* of the error before, or another step is not worth it */

struct tuning {
  int n;     /* constants that are tuned: the first ones */
  int n_all; /* of the individual */
  double params[ASSAY_SR_TREE_NODES], trial[ASSAY_SR_TREE_NODES];
  double a[N][N], g[N], length[N], factor, damping;
};

/* ---- for both tuners ---------------------------------------------------------------------- */

bool assay_sr_tune_goes_on(double error, double before)
{
  return error < GAIN * before && !(error < ENOUGH);
}

int assay_sr_tune_gather(double params[ASSAY_SR_TREE_NODES], const struct assay_sr_tree *tree)
{
  int n = 0;
  for (int i = 0; i < tree->n; i++)
    if (tree->gene[i].op == ASSAY_EXPR_CONST) params[n++] = tree->gene[i].value;
  return n;
}

void assay_sr_tune_scatter(struct assay_sr_tree *tree, const double *params)
{
  for (int i = 0, k = 0; i < tree->n; i++)
    if (tree->gene[i].op == ASSAY_EXPR_CONST) tree->gene[i].value = params[k++];
}

double assay_sr_tune_flops(int n, ptrdiff_t m)
{
  return (double)m * (n + 6) * (n + 1);
}

/* ---- the suite's own ---------------------------------------------------------------------- */

/* u and r from f; 1/(u u), NaN where there is no line */
static double line_up(struct tuning *t, struct assay_sr_meter *s)
{
  const struct assay_sr_nursery *n = s->nursery;
  const int kind = s->weights;
  const double *w = n->w[kind], *y = n->y, y_mean = n->mean[kind];
  const struct assay_moments_line sum = assay_moments_line(s->f, n->ww[kind], n->wy[kind], n->m);
  const double uu = sum.dd - sum.d * sum.d, f_mean = s->f[0] + sum.d;
  t->factor = sum.dz / uu;
  for (ptrdiff_t i = 0; i < n->m; i++) {
    s->u[i] = w[i] * (s->f[i] - f_mean);
    s->r[i] = w[i] * (y[i] - y_mean) - t->factor * s->u[i];
  }
  return isfinite(t->factor) && t->factor != 0 ? 1 / uu : NAN;
}

/* D and g; false: not finite or nothing to be done */
static bool linearise(struct tuning *t, struct assay_sr_meter *s)
{
  const ptrdiff_t m = s->nursery->m;
  const double *w = s->nursery->w[s->weights], per_uu = line_up(t, s);
  double along_w[N], along_u[N];
  bool usable = isfinite(per_uu);
  for (int k = 0; k < t->n && usable; k++) {
    double *d = s->jac + k * m;
    for (ptrdiff_t i = 0; i < m; i++) d[i] *= w[i];
    const double length = sqrt(assay_moments_dot(d, d, m)), per = length > 0 ? 1 / length : 0;
    usable = isfinite(length) && isfinite(per);
    t->length[k] = length;
    along_w[k] = per * assay_moments_dot(d, w, m);
    along_u[k] = per * assay_moments_dot(d, s->u, m);
    t->g[k] = per * assay_moments_dot(d, s->r, m);
    for (int j = 0; j <= k; j++) {
      const double dd = t->length[j] > 0 ? assay_moments_dot(d, s->jac + j * m, m) : 0;
      t->a[k][j] = dd * per / (t->length[j] > 0 ? t->length[j] : 1) - along_w[k] * along_w[j] -
                   along_u[k] * along_u[j] * per_uu;
    }
  }
  return usable;
}

/* (D + damping) s = g by Cholesky, and the constants there into trial */
static bool step(struct tuning *t)
{
  double a[N][N], s[N];
  const int n = t->n;
  for (int i = 0; i < n; i++) {
    s[i] = t->g[i];
    for (int j = 0; j <= i; j++) {
      a[i][j] = t->a[i][j] + (i == j ? t->damping : 0);
      for (int k = 0; k < j; k++) a[i][j] -= a[i][k] * a[j][k];
      if (i == j && !(a[i][i] > 0)) return false;
      a[i][j] = i == j ? sqrt(a[i][i]) : a[i][j] / a[j][j];
    }
    for (int k = 0; k < i; k++) s[i] -= a[i][k] * s[k];
    s[i] /= a[i][i];
  }
  for (int i = n - 1; i >= 0; i--) {
    for (int k = i + 1; k < n; k++) s[i] -= a[k][i] * s[k];
    s[i] /= a[i][i];
  }
  memcpy(t->trial, t->params, (size_t)t->n_all * sizeof *t->trial);
  for (int k = 0; k < n; k++)
    if (t->length[k] > 0) t->trial[k] += s[k] / (t->factor * t->length[k]);
  return true;
}

/* A step that lowers the error, with as little damping as will do. */
static int improve(double *error, struct tuning *t, struct assay_sr_meter *s, int nodes,
                   struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  const struct assay_sr_nursery *n = s->nursery;
  for (int k = 0; k < TRIALS; k++, t->damping *= 30) {
    if (!step(t)) continue;
    if (!assay_sr_spend(b, (double)(nodes * n->m))) break;
    ASSAY_TRY(assay_expr_eval(s->trial, s->program, t->trial, n->columns, n->m, s->work));
    const double now = assay_sr_meter_error(s->trial, s);
    if (!(now < *error)) continue;
    double *f = s->f;
    s->f = s->trial;
    s->trial = f;
    memcpy(t->params, t->trial, (size_t)t->n_all * sizeof *t->params);
    t->damping = t->damping > 10 * LEAST_DAMPING ? t->damping / 10 : LEAST_DAMPING;
    *error = now;
    break;
  }
done:
  return rc;
}

static int tune(struct assay_sr_individual *one, struct assay_sr_meter *s, int steps,
                struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  const struct assay_sr_nursery *n = s->nursery;
  const int nodes = one->tree.nodes;
  struct tuning t = {.damping = FIRST_DAMPING};
  struct assay_expr e = {nodes, assay_sr_tree_express(s->node, &one->tree), s->node};
  double error = one->error;
  t.n_all = assay_sr_tune_gather(t.params, &one->tree);
  t.n = t.n_all < N ? t.n_all : N;
  const double linear = assay_sr_tune_flops(t.n, n->m);
  ASSAY_TRY(assay_expr_recompile(s->program, &e, NULL));
  for (int i = 0; i < steps && t.n > 0; i++) {
    const double before = error;
    if (!assay_sr_spend(b, (double)(ASSAY_SR_JACOBIAN * nodes * n->m)) ||
        !assay_sr_spend_flops(b, linear))
      break;
    ASSAY_TRY(assay_expr_jacobian(s->f, s->jac, s->program, t.params, n->columns, n->m, s->work));
    if (!linearise(&t, s)) break;
    ASSAY_TRY(improve(&error, &t, s, nodes, b));
    if (!assay_sr_tune_goes_on(error, before)) break;
  }
  if (!(error < one->error)) goto done;
  assay_sr_tune_scatter(&one->tree, t.params);
  assay_sr_meter_judge(one, s);
done:
  return rc;
}

int assay_sr_meter_tune(struct assay_sr_individual *one, struct assay_sr_meter *s, int steps,
                        struct assay_sr_budget *b)
{
  static int (*const by[])(struct assay_sr_individual *, struct assay_sr_meter *, int,
                           struct assay_sr_budget *) = {
      [ASSAY_SR_TUNER_OWN] = tune, [ASSAY_SR_TUNER_GSL] = assay_sr_tune_by_gsl};
  return by[s->nursery->options.tuner](one, s, steps, b);
}
