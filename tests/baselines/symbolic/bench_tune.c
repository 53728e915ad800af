/* Constants of individuals of genetic programming: microseconds for each and how many are found,
 * by baselines/symbolic/genetic_tune.c, by GSL's Levenberg-Marquardt (gsl_multifit_nlinear, solvers
 * QR and Cholesky) on the same residuals and derivatives with offset and factor eliminated, and by
 * the fit to the last digit of fit.h. Constants start within a quarter of their true values. */
#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <time.h>

#include "baselines/symbolic/fit.h"
#include "baselines/symbolic/genetic_island.h"
#include "core/num/moments.h"
#include "tests/baselines/symbolic/laws.h"

enum { STARTS = 60, STEPS = 10, CONSTANTS = 8 };
static const double FOUND = 1e-12;

/* the law a + b f, and f with the constants that are looked for */
static const struct problem {
  struct law law;
  const char *f;
} problems[] = {
    {{"21.5 - 7*(exp(-1.5*x0) + 0.4*sin(2.2*x1))", {{0, 2, 'u'}, {0, 3, 'u'}}},
     "exp(-1.5*x0) + 0.4*sin(2.2*x1)"},
    {{"1.5 + 24.3*x1/(x0 + 3.3)", {{1, 10, 'u'}, {-5, 5, 'u'}}}, "x1/(x0 + 3.3)"},
    {{"sqrt(x0*x0 + 2.6*x1*x1 + 0.7)", {{0.2, 3, 'u'}, {0.2, 3, 'u'}}},
     "sqrt(x0*x0 + 2.6*x1*x1 + 0.7)"},
    {{"4.7*log(1.3*x0 + 0.45*x1 + 2.1)/(0.6 + x2)", {{0.1, 4, 'u'}, {0.1, 4, 'u'}, {0.2, 2, 'u'}}},
     "log(1.3*x0 + 0.45*x1 + 2.1)/(0.6 + x2)"},
};
enum { PROBLEMS = sizeof problems / sizeof *problems };

struct bench {
  struct assay_sr_table *table;
  struct assay_sr_nursery *nursery;
  struct assay_sr_meter *meter;
  struct assay_sr_tree tree;
  int n; /* constants */
};

static double now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); /* other processes do not count */
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void set_up(struct bench *s, const struct problem *p)
{
  static double x[LAW_COLUMNS * LAW_ROWS], y[LAW_ROWS];
  struct assay_expr *e = NULL;
  law_fill(x, y, &p->law, 3);
  *s = (struct bench){.table = law_table(x, y, law_columns(&p->law))};
  assert_ok(assay_sr_nursery_create(&s->nursery, s->table, &assay_sr_genetic_defaults, 3));
  assert_ok(assay_sr_meter_create(&s->meter, s->nursery, 0));
  assert_ok(assay_expr_parse(&e, p->f, NULL));
  for (int i = 0; i < e->n; i++) {
    const struct assay_expr_node *node = &e->node[i];
    s->n += node->op == ASSAY_EXPR_CONST;
    s->tree.gene[s->tree.n++] =
        (struct assay_sr_gene){(unsigned char)node->op, (unsigned char)node->var, node->value};
  }
  s->tree.nodes = s->tree.n;
  assay_expr_free(e);
}

static void tear_down(struct bench *s)
{
  assay_sr_meter_destroy(s->meter);
  assay_sr_nursery_destroy(s->nursery);
  assay_sr_table_destroy(s->table);
}

static struct assay_sr_individual start(const struct bench *s, struct assay_sr_dice *dice)
{
  struct assay_sr_individual one = {.error = (double)INFINITY};
  struct assay_sr_budget b = assay_sr_budget_start(UINT64_MAX / 2, 0);
  assay_sr_tree_copy(&one.tree, &s->tree);
  for (int i = 0; i < one.tree.n; i++)
    if (one.tree.gene[i].op == ASSAY_EXPR_CONST)
      one.tree.gene[i].value *= 0.75 + 0.5 * assay_sr_dice_uniform(dice);
  assert_ok(assay_sr_meter_measure(&one, s->meter, &b));
  return one;
}

/* ---- ways to tune; each returns the error that is left ------------------------------------- */

static double by_projection(struct bench *s, struct assay_sr_individual *one)
{
  struct assay_sr_budget b = assay_sr_budget_start(UINT64_MAX / 2, 0);
  assert_ok(assay_sr_meter_tune(one, s->meter, STEPS, &b));
  return one->error;
}

/* Weighted deviations u of the values, residuals r, 1/(u u); returns the factor. */
static double residuals(struct assay_sr_meter *m, double *per_uu)
{
  const struct assay_sr_nursery *n = m->nursery;
  const double *w = n->w[m->weights];
  const struct assay_moments_line sum =
      assay_moments_line(m->f, n->ww[m->weights], n->wy[m->weights], n->m);
  const double uu = sum.dd - sum.d * sum.d, factor = sum.dz / uu;
  for (ptrdiff_t i = 0; i < n->m; i++) {
    m->u[i] = w[i] * (m->f[i] - m->f[0] - sum.d);
    m->r[i] = w[i] * (n->y[i] - n->mean[m->weights]) - factor * m->u[i];
  }
  *per_uu = 1 / uu;
  return factor;
}

static int gsl_values(const gsl_vector *c, void *context, gsl_vector *out)
{
  struct assay_sr_meter *m = context;
  const ptrdiff_t n = m->nursery->m;
  double per_uu;
  assay_expr_eval(m->f, m->program, c->data, m->nursery->columns, n, m->work);
  residuals(m, &per_uu);
  for (ptrdiff_t i = 0; i < n; i++) out->data[(size_t)i * out->stride] = m->r[i];
  return isfinite(per_uu) ? GSL_SUCCESS : GSL_EDOM;
}

static int gsl_jacobian(const gsl_vector *c, void *context, gsl_matrix *out)
{
  struct assay_sr_meter *m = context;
  const ptrdiff_t n = m->nursery->m;
  const double *w = m->nursery->w[m->weights];
  double per_uu;
  assay_expr_jacobian(m->f, m->jac, m->program, c->data, m->nursery->columns, n, m->work);
  const double factor = residuals(m, &per_uu);
  for (size_t k = 0; k < c->size; k++) {
    double *d = m->jac + (ptrdiff_t)k * n;
    for (ptrdiff_t i = 0; i < n; i++) d[i] *= w[i];
    const double dw = assay_moments_dot(d, w, n), du = assay_moments_dot(d, m->u, n) * per_uu;
    for (ptrdiff_t i = 0; i < n; i++)
      out->data[(size_t)i * out->tda + k] = -factor * (d[i] - dw * w[i] - du * m->u[i]);
  }
  return isfinite(per_uu) ? GSL_SUCCESS : GSL_EDOM;
}

static double by_gsl(struct bench *s, struct assay_sr_individual *one,
                     const gsl_multifit_nlinear_solver *solver)
{
  struct assay_sr_meter *m = s->meter;
  const size_t n = (size_t)s->nursery->m, p = (size_t)s->n;
  gsl_multifit_nlinear_parameters options = gsl_multifit_nlinear_default_parameters();
  gsl_multifit_nlinear_fdf fdf = {.f = gsl_values, .df = gsl_jacobian, .n = n, .p = p, .params = m};
  struct assay_expr e = {one->tree.nodes, assay_sr_tree_express(m->node, &one->tree), m->node};
  double c[CONSTANTS], cost;
  int reason, k = 0;
  options.solver = solver;
  for (int i = 0; i < one->tree.n; i++)
    if (one->tree.gene[i].op == ASSAY_EXPR_CONST) c[k++] = one->tree.gene[i].value;
  assert_ok(assay_expr_recompile(m->program, &e, NULL));
  gsl_multifit_nlinear_workspace *w =
      gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &options, n, p);
  const gsl_vector_view first = gsl_vector_view_array(c, p);
  gsl_multifit_nlinear_init(&first.vector, &fdf, w);
  gsl_multifit_nlinear_driver(STEPS, 1e-10, 1e-10, 0, NULL, NULL, &reason, w);
  gsl_blas_ddot(w->f, w->f, &cost);
  gsl_multifit_nlinear_free(w);
  return cost / s->nursery->variance[m->weights];
}

static double by_gsl_qr(struct bench *s, struct assay_sr_individual *one)
{
  return by_gsl(s, one, gsl_multifit_nlinear_solver_qr);
}

static double by_gsl_cholesky(struct bench *s, struct assay_sr_individual *one)
{
  return by_gsl(s, one, gsl_multifit_nlinear_solver_cholesky);
}

/* offset and factor are constants like others */
static double by_fit(struct bench *s, struct assay_sr_individual *one)
{
  const struct assay_sr_nursery *n = s->nursery;
  struct assay_expr_node node[ASSAY_SR_TREE_NODES + 4];
  int at = one->tree.nodes;
  struct assay_expr e = {at + 4, assay_sr_tree_express(node, &one->tree), node};
  const struct assay_sr_fit_data data = {n->x, n->y, n->w[s->meter->weights], n->m};
  struct assay_sr_budget b = assay_sr_budget_start(UINT64_MAX / 2, 0);
  bool free[ASSAY_SR_TREE_NODES + 4];
  double rms;
  node[at++] = (struct assay_expr_node){ASSAY_EXPR_CONST, 0, false, one->factor};
  node[at++] = (struct assay_expr_node){ASSAY_EXPR_MUL, 0, false, 0};
  node[at++] = (struct assay_expr_node){ASSAY_EXPR_CONST, 0, false, one->offset};
  node[at++] = (struct assay_expr_node){ASSAY_EXPR_ADD, 0, false, 0};
  for (int i = 0; i < e.n; i++) free[i] = node[i].op == ASSAY_EXPR_CONST;
  assert_ok(assay_sr_fit(&e, &rms, &data, free, STEPS, &b));
  return rms * rms * (double)n->m / n->variance[s->meter->weights];
}

static const struct way {
  const char *name;
  double (*tune)(struct bench *s, struct assay_sr_individual *one);
} ways[] = {{"projection", by_projection},
            {"gsl-qr", by_gsl_qr},
            {"gsl-cholesky", by_gsl_cholesky},
            {"fit", by_fit}};
enum { WAYS = sizeof ways / sizeof *ways };

int main(void)
{
  gsl_set_error_handler_off();
  for (int k = 0; k < WAYS; k++) {
    int found = 0;
    double seconds = 0;
    for (int i = 0; i < PROBLEMS; i++) {
      struct bench s;
      struct assay_sr_dice dice;
      assay_sr_dice_init(&dice, 2385, (uint64_t)i, 0);
      set_up(&s, &problems[i]);
      for (int r = 0; r < STARTS; r++) {
        struct assay_sr_individual one = start(&s, &dice);
        const double begin = now();
        const double error = ways[k].tune(&s, &one);
        seconds += now() - begin;
        found += error < FOUND;
      }
      tear_down(&s);
    }
    printf("{\"bench\":\"tune\",\"way\":\"%s\",\"microseconds\":%.1f,\"found\":%.3f}\n",
           ways[k].name, 1e6 * seconds / (PROBLEMS * STARTS), found / (double)(PROBLEMS * STARTS));
  }
  return 0;
}
