#include "baselines/symbolic/genetic.h"

#include <math.h>
#include <string.h>

#include "baselines/symbolic/fit.h"
#include "baselines/symbolic/genetic_crew.h"
#include "baselines/symbolic/genetic_harvest.h"
#include "baselines/symbolic/genetic_prune.h"
#include "baselines/symbolic/linear.h"
#include "core/base/err.h"
#include "core/base/mem.h"

enum { MAX_ISLANDS = 64, LAST_ITERATIONS = 20, TRUST = 24, SHORT_EPOCHS = 4, SHORT_EPOCH = 2 };

static const double BREEDING = 0.9; /* share of the budget; the rest fits what was found */
static const double NEAR = 1e-10;   /* error that hurries */

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
    .threads = 1,
    .fitted = 0.05,
    .tuner = ASSAY_SR_TUNER_OWN,
    .functions = "square cube sqrt exp log sin cos",
};

struct world {
  const struct assay_sr_genetic_options *options;
  struct assay_sr_front *front;
  struct assay_sr_budget *budget;
  struct assay_sr_nursery *nursery;
  struct assay_sr_island *island[MAX_ISLANDS];
  struct assay_sr_basket *basket[MAX_ISLANDS];
  struct assay_sr_budget part[MAX_ISLANDS]; /* of each island for the epoch */
  struct assay_sr_sample *sample;           /* rows of the nursery, as they are */
  double *w[ASSAY_SR_WEIGHTS];              /* [m] for fits on them */
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
  ASSAY_CHECK(o->threads >= 1 && o->threads <= ASSAY_SR_MAX_THREADS, ASSAY_EARG,
              "1 to %d threads, not %d", ASSAY_SR_MAX_THREADS, o->threads);
  ASSAY_CHECK(o->tuner == ASSAY_SR_TUNER_OWN || o->tuner == ASSAY_SR_TUNER_GSL, ASSAY_EARG,
              "no tuner has the number %d", o->tuner);
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
  for (int k = 0; k < w->options->islands; k++) {
    ASSAY_TRY(assay_sr_island_create(&w->island[k], w->nursery, k, seed));
    const double *weights = w->w[w->island[k]->weights];
    const struct assay_sr_fit_data data = {w->sample->x, w->sample->y, weights, w->sample->m};
    ASSAY_TRY(assay_sr_basket_create(&w->basket[k], t, &data));
  }
done:
  return rc;
}

static void close(struct world *w)
{
  for (int k = 0; k < MAX_ISLANDS; k++) {
    assay_sr_island_destroy(w->island[k]);
    assay_sr_basket_destroy(w->basket[k]);
  }
  for (int k = 0; k < ASSAY_SR_WEIGHTS; k++) assay_free(w->w[k]);
  assay_sr_nursery_destroy(w->nursery);
  assay_sr_sample_destroy(w->sample);
}

/* ---- islands side by side ----------------------------------------------------------------- */

/* Every island its share of what is left. */
static void hand_out(struct world *w)
{
  const int islands = w->options->islands;
  const uint64_t share = (w->budget->limit - w->budget->used) / (uint64_t)islands;
  for (int k = 0; k < islands; k++) {
    w->part[k] = *w->budget;
    w->part[k].watch = NULL;
    w->part[k].limit = w->budget->used + share;
  }
}

/* Work of all islands is counted, in any case no more than there was. The end is near when a share
 * was too small for what an island had to do. */
static void collect(struct world *w)
{
  struct assay_sr_budget *b = w->budget;
  const uint64_t before = b->used;
  for (int k = 0; k < w->options->islands; k++) {
    b->used += w->part[k].used - before;
    b->spent = b->spent || w->part[k].spent;
    b->late = b->late || w->part[k].late;
  }
  if (b->watch) b->watch(b->watcher, b);
}

/* What islands have in common: the least error that was offered with as many nodes. */
static int empty_baskets(struct world *w)
{
  int rc = ASSAY_OK;
  double least[ASSAY_SR_WEIGHTS][ASSAY_SR_TREE_NODES + 1];
  for (int k = 0; k < ASSAY_SR_WEIGHTS; k++)
    for (int i = 0; i <= ASSAY_SR_TREE_NODES; i++) least[k][i] = (double)INFINITY;
  for (int k = 0; k < w->options->islands; k++) {
    const int kind = w->island[k]->weights;
    for (int i = 0; i <= ASSAY_SR_TREE_NODES; i++)
      least[kind][i] = fmin(least[kind][i], w->basket[k]->offered[i]);
    ASSAY_TRY(assay_sr_basket_empty(w->basket[k], w->front));
  }
  for (int k = 0; k < w->options->islands; k++)
    memcpy(w->basket[k]->offered, least[w->island[k]->weights], sizeof least[0]);
done:
  return rc;
}

/* One epoch of an island; nothing is changed that others see. */
static int live(void *context, int k)
{
  int rc = ASSAY_OK;
  struct world *w = context;
  struct assay_sr_island *s = w->island[k];
  struct assay_sr_basket *basket = w->basket[k];
  struct assay_sr_budget *b = &w->part[k];
  const int generations = w->epochs < SHORT_EPOCHS ? SHORT_EPOCH : w->options->epoch;
  const double below = w->epochs < SHORT_EPOCHS ? (double)INFINITY : NEAR;
  if (s->n == 0 || s->idle >= w->options->patience) ASSAY_TRY(assay_sr_island_populate(s, b));
  s->progress = 0;
  for (int g = 0; g < generations && !basket->solved && !assay_sr_over(b); g++) {
    ASSAY_TRY(assay_sr_island_breed(s, b));
    ASSAY_TRY(assay_sr_harvest(basket, s, below, b));
  }
  if (!basket->solved) ASSAY_TRY(assay_sr_harvest(basket, s, (double)INFINITY, b));
  s->idle = s->progress > 0 ? 0 : s->idle + 1;
  s->age++;
done:
  return rc;
}

static int gather(void *context, int k)
{
  struct world *w = context;
  return assay_sr_harvest(w->basket[k], w->island[k], (double)INFINITY, &w->part[k]);
}

static int side_by_side(struct world *w, int (*work)(void *world, int k))
{
  int rc = ASSAY_OK;
  hand_out(w);
  ASSAY_TRY(assay_sr_crew(work, w, w->options->islands, w->options->threads));
  collect(w);
  ASSAY_TRY(empty_baskets(w));
done:
  return rc;
}

/* ---- epochs ------------------------------------------------------------------------------- */

/* Whether to end: a short law was found, or a long one and twice the work it took was done. */
static bool enough(struct world *w)
{
  if (assay_sr_over(w->budget) || assay_sr_front_solved(w->front, TRUST)) return true;
  if (w->solved == 0 && assay_sr_front_solved(w->front, ASSAY_EXPR_MAX_NODES))
    w->solved = w->budget->used;
  return w->solved > 0 && w->budget->used >= 2 * w->solved;
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
    ASSAY_TRY(side_by_side(w, live));
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
    if (!strcmp(front->model[i].source, assay_sr_genetic_source) &&
        !assay_sr_model_exact(&front->model[i])) {
      ASSAY_TRY(assay_expr_copy(&e[n], front->model[i].expr));
      n++;
    }
  const struct assay_sr_fit_data data = {s->x, s->y, w, s->m};
  for (int i = 0; i < n && !assay_sr_over(b); i++) {
    ASSAY_TRY(assay_sr_prune(&e[i], &rms, 0, &data, LAST_ITERATIONS, b));
    ASSAY_TRY(assay_sr_front_offer(NULL, front, e[i], assay_sr_genetic_source, b));
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
  if (!enough(&w)) ASSAY_TRY(side_by_side(&w, gather));
  ASSAY_TRY(refine(front, budget, seed));
done:
  close(&w);
  return rc;
}

int assay_sr_genetic(struct assay_sr_front *front, struct assay_sr_budget *budget, uint64_t seed)
{
  return assay_sr_genetic_with(front, budget, seed, &assay_sr_genetic_defaults);
}
