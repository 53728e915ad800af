/* Symbolic search for the right-hand sides of a system: rates by differentiating the trajectories
 * (baselines/dynamics/derivative.h), then, state by state, a table of states and one rate that
 * everything in baselines/symbolic is searched on (ensemble.h). The few terms that `sindy` finds
 * join the front, since a sum of terms is the plainest law of a system.
 *
 * Rates are off by d, the error of the differences, so no law matches them to rounding and a longer
 * one can always be made to match better. Models are therefore judged by e^2 + d^2, not by e^2. */
#include <math.h>

#include "baselines/discovery.h"
#include "baselines/dynamics/derivative.h"
#include "baselines/symbolic/ensemble.h"
#include "baselines/symbolic/settle.h"
#include "core/base/err.h"
#include "core/base/mem.h"

struct params {
  int window;
};
#define PARAMS params
static const struct assay_param rows[] = {
    {ASSAY_P_INT(PARAMS, window),
     .doc = "points of the windows that polynomials of degree 6 are fitted to; 0: differences of "
            "order 8",
     .max = 2 * ASSAY_FILTER_HALF_MAX + 1},
    {0}};
static const struct params defaults = {0};

enum { ORDER = 8, SMOOTH = 6 };
static const struct assay_discovery_params sparse = {.degree = 4, .waves = true, .most = 20};
static const double GUARD = 0.9;  /* of the time */
static const double SEARCH = 0.9; /* of the work; the rest settles */
static const uint64_t NO_LIMIT = UINT64_MAX / 2;

static int make_rows(struct assay_dynamics_problem **out, const struct assay_library *l,
                     const struct assay_observed *o, const void *params)
{
  int rc = ASSAY_OK;
  struct assay_filter f;
  const int window = ((const struct params *)params)->window;
  ASSAY_TRY(assay_filter_make(&f, window ? window / 2 : ORDER / 2, window ? SMOOTH : ORDER));
  ASSAY_TRY(assay_derivative_problem(out, l, o, &f));
done:
  return rc;
}

/* ---- one state ---------------------------------------------------------------------------- */

/* Every third trajectory validates; of fewer than three, every third row. */
static void sort_rows(struct assay_sr_source *from, ptrdiff_t *train, ptrdiff_t *valid,
                      const struct assay_dynamics_problem *p)
{
  for (int i = 0; i < p->m; i++)
    if ((p->n_folds < 3 ? i : p->fold[i]) % 3 == 2)
      valid[from->n_valid++] = i;
    else
      train[from->n_train++] = i;
  from->train = train;
  from->valid = valid;
}

/* The states, which are terms 1 .. n_states of the library, and the rate of state k. */
static int make_table(struct assay_sr_table **out, const struct assay_dynamics_problem *p, int k)
{
  int rc = ASSAY_OK;
  ptrdiff_t *row = NULL;
  double *x = NULL;
  const size_t m = (size_t)p->m;
  ASSAY_TRY(ASSAY_NEW(&row, 2 * m, "rows"));
  ASSAY_TRY(ASSAY_NEW(&x, (size_t)p->n_states * m, "states"));
  for (int j = 0; j < p->n_states; j++)
    for (int i = 0; i < p->m; i++)
      x[(size_t)j * m + (size_t)i] = p->g[(long)(1 + j) * p->capacity + i];
  struct assay_sr_source from = {
      .n_vars = p->n_states, .n = p->m, .x = x, .y = p->b + (long)k * p->capacity};
  sort_rows(&from, row, row + m, p);
  ASSAY_TRY(assay_sr_table_create(out, &from));
done:
  assay_free(row);
  assay_free(x);
  return rc;
}

/* Whether the rates of state k are rounding errors of its values, or the same everywhere. */
static bool is_still(const struct assay_sr_table *t, int k, const struct assay_observed *o)
{
  const struct assay_sr_column *x = &t->column[k], *rate = &t->column[t->n_vars];
  const double size = fmax(fabs(x->lo), fabs(x->hi)) / o->piece[0].step;
  return !rate->usable || fmax(fabs(rate->lo), fabs(rate->hi)) <= 1e-13 * size;
}

/* Mean and mean square of the rates. */
static void moments(double *mean, double *square, const struct assay_sr_table *t)
{
  *mean = *square = 0;
  for (ptrdiff_t i = 0; i < t->n; i++) {
    *mean += t->y[i] / (double)t->n;
    *square += t->y[i] * t->y[i] / (double)t->n;
  }
}

/* The model with the least n log(e^2 + d^2) + nodes log(n), e on the trajectories that validate, n
 * all rows, d the error of the rates and a millionth of them at least. */
static const struct assay_sr_model *choose(const struct assay_sr_front *f, double error)
{
  const struct assay_sr_model *best = NULL;
  const double n = (double)f->table->n;
  double mean, square, least = 0;
  moments(&mean, &square, f->table);
  const double off = (error * error + 1e-12 * square) / fmax(square - mean * mean, 1e-24 * square);
  for (int i = 0; i < f->n; i++) {
    const double score = n * log(f->model[i].valid_nmse + off) + f->model[i].complexity * log(n);
    if (best && score >= least) continue;
    best = &f->model[i];
    least = score;
  }
  return best;
}

/* What is there, what is found, and plain numbers for both. */
static int search(struct assay_sr_front *front, const char *sparse_text,
                  struct assay_sr_budget *budget, uint64_t seed)
{
  int rc = ASSAY_OK;
  struct assay_sr_budget part = assay_sr_budget_share(budget, SEARCH);
  ASSAY_TRY(assay_sr_ensemble(front, &part, seed));
  assay_sr_budget_join(budget, &part);
  ASSAY_TRY(assay_sr_front_offer_text(NULL, front, sparse_text, "sparse", budget));
  ASSAY_TRY(assay_sr_settle(front, budget, seed));
done:
  return rc;
}

/* a->equation[k], which has few terms, by the best of the front that it is in. */
static int search_state(struct assay_answer *a, int k, const struct assay_discovery *d,
                        struct assay_sr_budget *budget, uint64_t seed)
{
  int rc = ASSAY_OK;
  struct assay_sr_table *table = NULL;
  struct assay_sr_front *front = NULL;
  char *text = NULL;
  ASSAY_TRY(make_table(&table, d->problem, k));
  if (is_still(table, k, d->observed)) goto done;
  ASSAY_TRY(assay_sr_front_create(&front, table));
  ASSAY_TRY(search(front, a->equation[k], budget, seed));
  const struct assay_sr_model *best = choose(front, d->problem->error[k]);
  if (!best) goto done;
  ASSAY_TRY(assay_expr_print(&text, best->expr, ASSAY_EXPR_INFIX));
  assay_free(a->equation[k]);
  a->equation[k] = text;
  a->complexity[k] = best->complexity;
done:
  assay_sr_front_destroy(front);
  assay_sr_table_destroy(table);
  return rc;
}

/* ---- all of them -------------------------------------------------------------------------- */

static int search_all(struct assay_answer *a, const struct assay_discovery *d,
                      const struct assay_train_job *job)
{
  int rc = ASSAY_OK;
  const double work = job->task->work;
  struct assay_sr_budget budget =
      assay_sr_budget_start(work > 0 ? (uint64_t)work : NO_LIMIT, GUARD * job->time_limit);
  for (int k = 0; k < a->n; k++) {
    struct assay_sr_budget part = assay_sr_budget_share(&budget, 1.0 / (a->n - k));
    ASSAY_TRY(search_state(a, k, d, &part, job->seed));
    assay_sr_budget_join(&budget, &part);
  }
done:
  return rc;
}

static int train(const struct assay_train_job *job)
{
  int rc = ASSAY_OK;
  struct assay_discovery d;
  struct assay_answer answer = {0};
  ASSAY_TRY(assay_discovery_open(&d, job, sparse.degree, sparse.waves, make_rows));
  ASSAY_TRY(assay_discovery_fit(&d, &sparse));
  ASSAY_TRY(assay_discovery_say(&answer, &d));
  ASSAY_TRY(search_all(&answer, &d, job));
  ASSAY_TRY(assay_discovery_keep(job, &answer));
done:
  assay_answer_release(&answer);
  assay_discovery_close(&d);
  return rc;
}

const struct assay_baseline assay_baseline_sr_ode = {
    .name = "sr_ode",
    .version = 1,
    .doc = "differentiated trajectories, then few terms and symbolic search for every rate",
    .reference = "docs/discovery.md",
    .kinds = 1u << ASSAY_TASK_DISCOVERY,
    .params = rows,
    .params_size = sizeof(struct params),
    .defaults = &defaults,
    .train = train,
    .predict = assay_discovery_predict,
};
