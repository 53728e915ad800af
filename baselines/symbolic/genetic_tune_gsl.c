/* Constants c of an individual f(x; c) by Levenberg's and Marquardt's method as GSL has it
 * (gsl_multifit_nlinear: trust region, Cholesky of the normal equations). As in genetic_tune.c
 * offset and factor are eliminated: GSL sees
 *
 *   r = t - b u,   u = w (f - mean f),   t = w (y - mean y),   b = (u t)/(u u),
 *   J_k = -b P (w df/dc_k),   P: without its part along w and u,
 *
 * and |r|^2 over the variance of y is the individual's error.
 *
 * Constants whose values are not finite or vary by nothing explain nothing: r = t. No r is longer
 * than that, so GSL takes no such step. */
#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>
#include <string.h>

#include "baselines/symbolic/genetic_tune.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/moments.h"

/* one of each for a meter; workspaces by number of constants, as they are needed */
struct assay_sr_gsl {
  gsl_multifit_nlinear_workspace *workspace[ASSAY_SR_TUNED + 1];
  double *first; /* [m] values of the individual as it came */
};

struct fit {
  struct assay_sr_meter *s;
  struct assay_sr_budget *b;
  int nodes, rc;
  bool ended;                         /* no derivatives, or no budget for them */
  double params[ASSAY_SR_TREE_NODES]; /* the first ones are GSL's */
  double factor, per_uu;              /* b and 1/(u u) of s->trial; 0 where f explains nothing */
};

/* ---- memory ------------------------------------------------------------------------------- */

void assay_sr_gsl_free(struct assay_sr_gsl *g)
{
  if (!g) return;
  for (int p = 1; p <= ASSAY_SR_TUNED; p++)
    if (g->workspace[p]) gsl_multifit_nlinear_free(g->workspace[p]);
  assay_free(g->first);
  assay_free(g);
}

static int create(struct assay_sr_gsl **out, ptrdiff_t m)
{
  int rc = ASSAY_OK;
  struct assay_sr_gsl *g = NULL;
  gsl_set_error_handler_off();
  ASSAY_TRY(ASSAY_NEW(&g, 1, "symbolic tuner"));
  ASSAY_TRY(ASSAY_NEW(&g->first, (size_t)m, "symbolic tuner"));
  *out = g;
  g = NULL;
done:
  assay_sr_gsl_free(g);
  return rc;
}

static int workspace_for(gsl_multifit_nlinear_workspace **out, struct assay_sr_meter *s, int p)
{
  int rc = ASSAY_OK;
  const ptrdiff_t m = s->nursery->m;
  gsl_multifit_nlinear_parameters options = gsl_multifit_nlinear_default_parameters();
  options.solver = gsl_multifit_nlinear_solver_cholesky;
  if (!s->gsl) ASSAY_TRY(create(&s->gsl, m));
  gsl_multifit_nlinear_workspace **w = &s->gsl->workspace[p];
  if (!*w)
    *w = gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &options, (size_t)m, (size_t)p);
  ASSAY_CHECK(*w, ASSAY_ENOMEM, "no memory for GSL to fit %d constants to %td rows", p, m);
  *out = *w;
done:
  return rc;
}

/* ---- what GSL asks for -------------------------------------------------------------------- */

/* u and r of the values s->trial */
static void line_up(struct fit *t)
{
  struct assay_sr_meter *s = t->s;
  const struct assay_sr_nursery *n = s->nursery;
  const double *w = n->w[s->weights], y_mean = n->mean[s->weights], *f = s->trial;
  const struct assay_moments_line sum =
      assay_moments_line(f, n->ww[s->weights], n->wy[s->weights], n->m);
  const double uu = sum.dd - sum.d * sum.d, f_mean = f[0] + sum.d;
  const bool explains = isfinite(sum.dz / uu) && isfinite(1 / uu);
  t->factor = explains ? sum.dz / uu : 0;
  t->per_uu = explains ? 1 / uu : 0;
  for (ptrdiff_t i = 0; i < n->m; i++) {
    s->u[i] = explains ? w[i] * (f[i] - f_mean) : 0;
    s->r[i] = w[i] * (n->y[i] - y_mean) - t->factor * s->u[i];
  }
}

static int values(const gsl_vector *c, void *context, gsl_vector *out)
{
  struct fit *t = context;
  struct assay_sr_meter *s = t->s;
  const struct assay_sr_nursery *n = s->nursery;
  if (!assay_sr_spend(t->b, (double)(t->nodes * n->m))) return GSL_EFAILED;
  for (size_t k = 0; k < c->size; k++) t->params[k] = gsl_vector_get(c, k);
  t->rc = assay_expr_eval(s->trial, s->program, t->params, n->columns, n->m, s->work);
  if (t->rc < 0) return GSL_EFAILED;
  line_up(t);
  for (ptrdiff_t i = 0; i < n->m; i++) out->data[(size_t)i * out->stride] = s->r[i];
  return GSL_SUCCESS;
}

/* df/dc_k to J_k; whether they are numbers */
static bool project(gsl_matrix *out, const struct fit *t, size_t k)
{
  const struct assay_sr_meter *s = t->s;
  const ptrdiff_t m = s->nursery->m;
  const double *w = s->nursery->w[s->weights];
  double *d = s->jac + (ptrdiff_t)k * m;
  for (ptrdiff_t i = 0; i < m; i++) d[i] *= w[i];
  const double along_w = assay_moments_dot(d, w, m);
  const double along_u = assay_moments_dot(d, s->u, m) * t->per_uu;
  for (ptrdiff_t i = 0; i < m; i++)
    out->data[(size_t)i * out->tda + k] = -t->factor * (d[i] - along_w * w[i] - along_u * s->u[i]);
  return isfinite(t->factor * assay_moments_dot(d, d, m));
}

/* GSL asks for derivatives only at constants that it keeps, and where it asked for values last:
 * from here on s->f are those values. Where there are none it still keeps the constants, but must
 * not go on. */
static int derivatives(const gsl_vector *c, void *context, gsl_matrix *out)
{
  struct fit *t = context;
  struct assay_sr_meter *s = t->s;
  const struct assay_sr_nursery *n = s->nursery;
  double *f = s->f;
  s->f = s->trial;
  s->trial = f;
  t->ended = t->factor == 0 ||
             !assay_sr_spend(t->b, (double)(ASSAY_SR_JACOBIAN * t->nodes * n->m)) ||
             !assay_sr_spend_flops(t->b, assay_sr_tune_flops((int)c->size, n->m));
  if (!t->ended)
    t->rc = assay_expr_jacobian(NULL, s->jac, s->program, t->params, n->columns, n->m, s->work);
  if (t->rc < 0) return GSL_EFAILED;
  for (size_t k = 0; k < c->size && !t->ended; k++) t->ended = !project(out, t, k);
  if (t->ended) gsl_matrix_set_zero(out);
  return GSL_SUCCESS;
}

/* ---- steps -------------------------------------------------------------------------------- */

static double error_of(const gsl_multifit_nlinear_workspace *w, const struct assay_sr_meter *s)
{
  double sum = 0;
  gsl_blas_ddot(w->f, w->f, &sum);
  return sum / s->nursery->variance[s->weights];
}

/* The constants where GSL ends into t->params, their values into s->f. */
static int descend(struct fit *t, gsl_multifit_nlinear_workspace *w, int steps)
{
  int rc = ASSAY_OK;
  gsl_multifit_nlinear_fdf problem = {
      .f = values, .df = derivatives, .n = w->f->size, .p = w->x->size, .params = t};
  const gsl_vector_const_view first = gsl_vector_const_view_array(t->params, w->x->size);
  int status = gsl_multifit_nlinear_init(&first.vector, &problem, w);
  for (int i = 0; i < steps && status == GSL_SUCCESS && !t->ended; i++) {
    const double before = error_of(w, t->s);
    status = gsl_multifit_nlinear_iterate(w);
    if (!assay_sr_tune_goes_on(error_of(w, t->s), before)) break;
  }
  ASSAY_TRY(t->rc);
  for (size_t k = 0; k < w->x->size; k++) t->params[k] = gsl_vector_get(w->x, k);
done:
  return rc;
}

int assay_sr_tune_by_gsl(struct assay_sr_individual *one, struct assay_sr_meter *s, int steps,
                         struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  const size_t m = (size_t)s->nursery->m;
  struct fit t = {.s = s, .b = b, .nodes = one->tree.nodes};
  struct assay_expr e = {t.nodes, assay_sr_tree_express(s->node, &one->tree), s->node};
  const struct assay_sr_individual before = *one;
  gsl_multifit_nlinear_workspace *w = NULL;
  const int n = assay_sr_tune_gather(t.params, &one->tree);
  const int most = m < ASSAY_SR_TUNED ? (int)m : ASSAY_SR_TUNED;
  if (n == 0 || steps < 1) goto done;
  ASSAY_TRY(workspace_for(&w, s, n < most ? n : most));
  ASSAY_TRY(assay_expr_recompile(s->program, &e, NULL));
  memcpy(s->gsl->first, s->f, m * sizeof *s->f);
  ASSAY_TRY(descend(&t, w, steps));
  assay_sr_tune_scatter(&one->tree, t.params);
  assay_sr_meter_judge(one, s);
  if (one->error < before.error) goto done;
  *one = before;
  memcpy(s->f, s->gsl->first, m * sizeof *s->f);
done:
  return rc;
}
