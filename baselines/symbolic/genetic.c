#include "baselines/symbolic/genetic.h"

#include <math.h>
#include <string.h>

#include "baselines/symbolic/fit.h"
#include "baselines/symbolic/genetic_island.h"
#include "baselines/symbolic/genetic_prune.h"
#include "baselines/symbolic/linear.h"
#include "baselines/symbolic/tidy.h"
#include "core/base/err.h"
#include "core/base/mem.h"

enum { MAX_ISLANDS = 64, FIT_ITERATIONS = 8, LAST_ITERATIONS = 20, TRUST = 24 };

static const char SOURCE[] = "genetic";
static const double BREEDING = 0.9; /* share of the budget; the rest fits what was found */
static const double BETTER = 0.9;   /* error over the one offered before that is offered again */
static const double NEAR = 1e-10;   /* error that hurries */
static const double CLOSE = 1e-6;   /* square root of the error of what may be exact */
static const double EXACT = 1e-13;  /* and of what is */

const struct assay_sr_genetic_options assay_sr_genetic_defaults = {
    .population = 200,
    .islands = 6,
    .nodes = 30,
    .first_nodes = 10,
    .tournament = 6,
    .rows = 256,
    .epoch = 8,
    .patience = 6,
    .visitors = 4,
    .fitted = 0.05,
    .functions = "square cube sqrt exp log sin cos",
};

struct world {
  const struct assay_sr_genetic_options *options;
  struct assay_sr_front *front;
  struct assay_sr_budget *budget;
  struct assay_sr_nursery *nursery;
  struct assay_sr_island *island[MAX_ISLANDS];
  struct assay_sr_sample *sample;                            /* rows of the nursery, as they are */
  double *w[ASSAY_SR_WEIGHTS];                               /* [m] for fits on them */
  double offered[ASSAY_SR_WEIGHTS][ASSAY_SR_TREE_NODES + 1]; /* least error by nodes */
  int epochs;
  uint64_t solved; /* work done when a law was found, 0: none was */
};

static int check(const struct assay_sr_genetic_options *o)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(o->population >= 8 && o->population <= 100000, ASSAY_EARG,
              "a population has 8 to 100000 individuals, not %d", o->population);
  ASSAY_CHECK(o->islands >= 1 && o->islands <= MAX_ISLANDS, ASSAY_EARG, "1 to %d islands, not %d",
              MAX_ISLANDS, o->islands);
  ASSAY_CHECK(o->nodes >= 3 && o->nodes <= ASSAY_SR_TREE_NODES, ASSAY_EARG,
              "individuals have 3 to %d nodes, not %d", ASSAY_SR_TREE_NODES, o->nodes);
  ASSAY_CHECK(o->first_nodes >= 1 && o->tournament >= 1 && o->rows >= 8 && o->epoch >= 1 &&
                  o->patience >= 1 && o->visitors >= 0,
              ASSAY_EARG, "genetic programming needs positive numbers");
done:
  return rc;
}

/* ---- life of the world -------------------------------------------------------------------- */

static int weigh(struct world *w)
{
  int rc = ASSAY_OK;
  const struct assay_sr_nursery *n = w->nursery;
  const double deviation = n->y_scale * sqrt(n->variance[0]);
  for (int k = 0; k < ASSAY_SR_WEIGHTS; k++)
    ASSAY_TRY(ASSAY_NEW(&w->w[k], (size_t)w->sample->m, "symbolic world"));
  for (ptrdiff_t i = 0; i < w->sample->m; i++) w->w[0][i] = 1 / deviation;
  ASSAY_TRY(assay_sr_fit_weights(w->w[1], w->sample->y, w->sample->m));
done:
  return rc;
}

static int open(struct world *w, uint64_t seed)
{
  int rc = ASSAY_OK;
  const struct assay_sr_table *t = w->front->table;
  ASSAY_TRY(assay_sr_nursery_create(&w->nursery, t, w->options, seed));
  ASSAY_TRY(assay_sr_sample_create(&w->sample, t, w->options->rows, seed));
  ASSAY_TRY(weigh(w));
  for (int k = 0; k < w->options->islands; k++)
    ASSAY_TRY(assay_sr_island_create(&w->island[k], w->nursery, k, seed));
  for (int k = 0; k < ASSAY_SR_WEIGHTS; k++)
    for (int i = 0; i <= ASSAY_SR_TREE_NODES; i++) w->offered[k][i] = INFINITY;
done:
  return rc;
}

static void close(struct world *w)
{
  for (int k = 0; k < MAX_ISLANDS; k++) assay_sr_island_destroy(w->island[k]);
  for (int k = 0; k < ASSAY_SR_WEIGHTS; k++) assay_free(w->w[k]);
  assay_sr_nursery_destroy(w->nursery);
  assay_sr_sample_destroy(w->sample);
}

/* ---- what is found ------------------------------------------------------------------------ */

/* Pruned and made simple: the law seems exact. */
static int simplify(struct world *w, struct assay_expr **e, double *rms,
                    const struct assay_sr_fit_data *data)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_sr_prune(e, rms, EXACT, data, FIT_ITERATIONS, w->budget));
  ASSAY_TRY(assay_sr_fit_snap(*e, rms, data, w->budget));
  ASSAY_TRY(assay_sr_tidy(e));
  for (int i = 0; i < (*e)->n; i++) {
    struct assay_expr_node *node = &(*e)->node[i];
    if (node->op == ASSAY_EXPR_CONST && fabs(node->value) <= 100)
      node->exact = node->value == floor(node->value);
  }
done:
  return rc;
}

/* Constants fitted to the rows as they are. */
static int fit_and_offer(struct world *w, struct assay_expr **e, int weights)
{
  int rc = ASSAY_OK;
  const struct assay_sr_fit_data data = {w->sample->x, w->sample->y, w->w[weights], w->sample->m};
  bool free[ASSAY_SR_PRUNE_NODES];
  double rms;
  for (int i = 0; i < (*e)->n; i++)
    free[i] = (*e)->node[i].op == ASSAY_EXPR_CONST && !(*e)->node[i].exact;
  ASSAY_TRY(assay_sr_fit(*e, &rms, &data, free, FIT_ITERATIONS, w->budget));
  if (rms <= CLOSE)
    ASSAY_TRY(simplify(w, e, &rms, &data));
  else
    ASSAY_TRY(assay_sr_tidy(e));
  ASSAY_TRY(assay_sr_front_offer(NULL, w->front, *e, SOURCE, w->budget));
done:
  return rc;
}

/* a + b f, and b f */
static int offer(struct world *w, const struct assay_sr_individual *one, int weights)
{
  int rc = ASSAY_OK;
  const struct assay_sr_nursery *n = w->nursery;
  struct assay_expr *e = NULL;
  for (int with = 0; with < 2; with++) {
    ASSAY_TRY(assay_sr_tree_undo(&e, &one->tree, n->scale, with * n->y_scale * one->offset,
                                 n->y_scale * one->factor));
    ASSAY_TRY(fit_and_offer(w, &e, weights));
    assay_expr_free(e);
    e = NULL;
  }
done:
  assay_expr_free(e);
  return rc;
}

/* Individuals that lead with their number of nodes go to the front. */
static int harvest(struct world *w, const struct assay_sr_island *s, double below)
{
  int rc = ASSAY_OK;
  for (int i = 0; i < s->n && s->all[i]->rank == 0 && !assay_sr_over(w->budget); i++) {
    const struct assay_sr_individual *one = s->all[i];
    double *offered = &w->offered[s->weights][one->tree.nodes];
    if (one->error > below || !(one->error < BETTER * *offered)) continue;
    *offered = one->error;
    ASSAY_TRY(offer(w, one, s->weights));
  }
done:
  return rc;
}

/* Whether to end: a short law was found, or a long one and twice the work it took was done. */
static bool enough(struct world *w)
{
  if (assay_sr_over(w->budget) || assay_sr_front_solved(w->front, TRUST)) return true;
  if (w->solved == 0 && assay_sr_front_solved(w->front, ASSAY_EXPR_MAX_NODES))
    w->solved = w->budget->used;
  return w->solved > 0 && w->budget->used >= 2 * w->solved;
}

/* ---- generations -------------------------------------------------------------------------- */

static int live(struct world *w, struct assay_sr_island *s)
{
  int rc = ASSAY_OK;
  if (s->n == 0 || s->idle >= w->options->patience)
    ASSAY_TRY(assay_sr_island_populate(s, w->budget));
  s->progress = 0;
  for (int g = 0; g < w->options->epoch && !enough(w); g++) {
    ASSAY_TRY(assay_sr_island_breed(s, w->budget));
    ASSAY_TRY(harvest(w, s, w->epochs == 0 ? INFINITY : NEAR));
  }
  ASSAY_TRY(harvest(w, s, INFINITY));
  s->idle = s->progress > 0 ? 0 : s->idle + 1;
  s->age++;
done:
  return rc;
}

/* Some of those who lead on an island come to the next one, unless that is still young. */
static int migrate(struct world *w)
{
  int rc = ASSAY_OK;
  const int islands = w->options->islands;
  for (int k = 0; k < islands && islands > 1; k++) {
    struct assay_sr_island *from = w->island[k], *to = w->island[(k + 1) % islands];
    if (to->age <= w->options->patience / 2) continue;
    for (int v = 0; v < w->options->visitors; v++) {
      const int i = assay_sr_dice_below(&from->dice, ASSAY_SR_TREE_NODES);
      if (i < from->n && from->all[i]->rank == 0)
        ASSAY_TRY(assay_sr_island_visit(to, from->all[i], w->budget));
    }
  }
done:
  return rc;
}

static int evolve(struct world *w)
{
  int rc = ASSAY_OK;
  while (!enough(w)) {
    for (int k = 0; k < w->options->islands && !enough(w); k++) ASSAY_TRY(live(w, w->island[k]));
    ASSAY_TRY(migrate(w));
    w->epochs++;
  }
done:
  return rc;
}

/* Constants of what was found, fitted to all rows for fitting. */
static int refine(struct assay_sr_front *front, struct assay_sr_budget *b, uint64_t seed)
{
  int rc = ASSAY_OK, n = 0;
  const int most = front->n;
  struct assay_expr **e = NULL;
  struct assay_sr_sample *s = NULL;
  double *w = NULL, rms;
  ASSAY_TRY(ASSAY_NEW(&e, (size_t)most, "symbolic world"));
  ASSAY_TRY(assay_sr_sample_create(&s, front->table, front->table->n_train, seed));
  ASSAY_TRY(ASSAY_NEW(&w, (size_t)s->m, "symbolic world"));
  const double scale = front->table->column[front->table->n_vars].scale;
  for (ptrdiff_t i = 0; i < s->m; i++) w[i] = 1 / scale;
  for (int i = most - 1; i >= 0; i--)
    if (!strcmp(front->model[i].source, SOURCE) && !assay_sr_model_exact(&front->model[i])) {
      ASSAY_TRY(assay_expr_copy(&e[n], front->model[i].expr));
      n++;
    }
  const struct assay_sr_fit_data data = {s->x, s->y, w, s->m};
  for (int i = 0; i < n && !assay_sr_over(b); i++) {
    ASSAY_TRY(assay_sr_prune(&e[i], &rms, 0, &data, LAST_ITERATIONS, b));
    ASSAY_TRY(assay_sr_front_offer(NULL, front, e[i], SOURCE, b));
  }
done:
  for (int i = 0; i < n; i++) assay_expr_free(e[i]);
  assay_free(e);
  assay_free(w);
  assay_sr_sample_destroy(s);
  return rc;
}

int assay_sr_genetic_with(struct assay_sr_front *front, struct assay_sr_budget *budget,
                          uint64_t seed, const struct assay_sr_genetic_options *options)
{
  int rc = ASSAY_OK;
  struct assay_sr_budget part;
  struct world w = {.options = options, .front = front, .budget = &part};
  ASSAY_TRY(check(options));
  ASSAY_TRY(assay_sr_fit_constant(front, budget, seed));
  part = assay_sr_budget_share(budget, BREEDING);
  ASSAY_TRY(open(&w, seed));
  if (w.nursery->alphabet.n_vars > 0 && front->table->column[front->table->n_vars].usable)
    ASSAY_TRY(evolve(&w));
  assay_sr_budget_join(budget, &part);
  w.budget = budget;
  for (int k = 0; k < options->islands && !enough(&w); k++)
    ASSAY_TRY(harvest(&w, w.island[k], INFINITY));
  ASSAY_TRY(refine(front, budget, seed));
done:
  close(&w);
  return rc;
}

int assay_sr_genetic(struct assay_sr_front *front, struct assay_sr_budget *budget, uint64_t seed)
{
  return assay_sr_genetic_with(front, budget, seed, &assay_sr_genetic_defaults);
}
