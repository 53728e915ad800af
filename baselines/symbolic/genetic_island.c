#include "baselines/symbolic/genetic_island.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

enum { STREAM_ISLANDS = 11, STEPS = 4 };

/* ---- a place for everybody ---------------------------------------------------------------- */

static int room(const struct assay_sr_island *s)
{
  return 2 * s->nursery->options.population;
}

int assay_sr_island_create(struct assay_sr_island **out, const struct assay_sr_nursery *nursery,
                           int index, uint64_t seed)
{
  int rc = ASSAY_OK;
  struct assay_sr_island *s = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&s, 1, "symbolic island"));
  s->nursery = nursery;
  assay_sr_dice_init(&s->dice, seed, (uint64_t)index, STREAM_ISLANDS);
  s->weights = index % ASSAY_SR_WEIGHTS;
  ASSAY_TRY(assay_sr_meter_create(&s->meter, nursery, s->weights));
  const size_t n = (size_t)room(s);
  for (s->n_slots = 64; s->n_slots < 2 * room(s);) s->n_slots *= 2;
  ASSAY_TRY(ASSAY_NEW(&s->store, n + 1, "symbolic island"));
  ASSAY_TRY(ASSAY_NEW(&s->all, n + 1, "symbolic island"));
  ASSAY_TRY(ASSAY_NEW(&s->error, n, "symbolic island"));
  ASSAY_TRY(assay_sr_selection_open(&s->selection, room(s)));
  ASSAY_TRY(ASSAY_NEW(&s->seen, ASSAY_SR_SEEN, "symbolic island"));
  ASSAY_TRY(ASSAY_NEW(&s->slot, (size_t)s->n_slots, "symbolic island"));
  for (size_t i = 0; i <= n; i++) s->all[i] = &s->store[i];
  *out = s;
  s = NULL;
done:
  assay_sr_island_destroy(s);
  return rc;
}

void assay_sr_island_destroy(struct assay_sr_island *s)
{
  if (!s) return;
  assay_sr_meter_destroy(s->meter);
  assay_free(s->store);
  assay_free(s->all);
  assay_free(s->error);
  assay_sr_selection_close(&s->selection);
  assay_free(s->seen);
  assay_free(s->slot);
  assay_free(s);
}

static int *find(struct assay_sr_island *s, uint64_t hash)
{
  size_t at = hash & (size_t)(s->n_slots - 1);
  while (s->slot[at] && s->all[s->slot[at] - 1]->hash != hash)
    at = (at + 1) & (size_t)(s->n_slots - 1);
  return &s->slot[at];
}

static void register_all(struct assay_sr_island *s)
{
  memset(s->slot, 0, (size_t)s->n_slots * sizeof *s->slot);
  for (int i = 0; i < s->n; i++) *find(s, s->all[i]->hash) = i + 1;
}

static struct assay_sr_individual *draft(struct assay_sr_island *s)
{
  return s->all[room(s)];
}

/* the draft and the individual at i change places */
static void settle(struct assay_sr_island *s, int i)
{
  struct assay_sr_individual *one = s->all[i];
  s->all[i] = s->all[room(s)];
  s->all[room(s)] = one;
}

static void note_progress(struct assay_sr_island *s, const struct assay_sr_individual *one)
{
  double *best = &s->best[one->tree.nodes];
  if (one->error < 0.99 * *best) {
    *best = one->error;
    s->progress++;
  }
}

/* The draft joins unless somebody with the same values has no more nodes. */
static void join(struct assay_sr_island *s)
{
  const struct assay_sr_individual *one = draft(s);
  if (!(one->error < 1)) return;
  int *slot = find(s, one->hash);
  if (*slot) {
    const struct assay_sr_individual *twin = s->all[*slot - 1];
    const int more = twin->tree.nodes - one->tree.nodes;
    if (more < 0 || (more == 0 && twin->error <= one->error)) return;
    note_progress(s, one);
    settle(s, *slot - 1);
  } else if (s->n + s->born < room(s)) {
    note_progress(s, one);
    settle(s, s->n + s->born);
    *slot = s->n + s->born + 1;
    s->born++;
  }
}

static void survive(struct assay_sr_island *s)
{
  const int n = s->n + s->born, most = s->nursery->options.population;
  assay_sr_select(s->all, n, &s->selection);
  s->n = n < most ? n : most;
  s->born = 0;
  for (int i = 0; i < s->n; i++) s->error[i] = s->all[i]->error;
  register_all(s);
}

/* ---- offspring ---------------------------------------------------------------------------- */

/* Of a few at random the one of best rank, or the one of least error. */
static const struct assay_sr_individual *parent(struct assay_sr_island *s)
{
  const bool by_error = assay_sr_dice_uniform(&s->dice) < 0.4;
  int best = assay_sr_dice_below(&s->dice, s->n);
  for (int k = 1; k < s->nursery->options.tournament; k++) {
    const int i = assay_sr_dice_below(&s->dice, s->n);
    if (by_error ? s->error[i] < s->error[best] : i < best) best = i;
  }
  return s->all[best];
}

/* Whether this tree, gene by gene, was measured before; from now on it was. One place for each
 * hash: what is forgotten is measured again. */
static bool seen(struct assay_sr_island *s, const struct assay_sr_tree *t)
{
  const uint64_t hash = assay_sr_tree_hash(t);
  uint64_t *place = &s->seen[hash & (ASSAY_SR_SEEN - 1)];
  const bool was = *place == hash;
  *place = hash;
  return was;
}

/* Measured, and its constants tuned if it is worth it. */
static int raise(struct assay_sr_island *s, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  struct assay_sr_individual *one = draft(s);
  assay_sr_tree_fold(&one->tree);
  if (seen(s, &one->tree)) goto done;
  ASSAY_TRY(assay_sr_meter_measure(one, s->meter, b));
  if (one->error < 1 && assay_sr_tree_constants(&one->tree)) {
    const bool leads = one->error < 3 * s->best[one->tree.nodes];
    if (assay_sr_dice_uniform(&s->dice) < s->nursery->options.fitted * (leads ? 4 : 1))
      ASSAY_TRY(assay_sr_meter_tune(one, s->meter, STEPS, b));
  }
  join(s);
done:
  return rc;
}

static void conceive(struct assay_sr_island *s)
{
  struct assay_sr_tree *t = &draft(s)->tree;
  const struct assay_sr_alphabet *a = &s->nursery->alphabet;
  assay_sr_tree_copy(t, &parent(s)->tree);
  const double kind = assay_sr_dice_uniform(&s->dice);
  if (kind < 0.55) assay_sr_tree_cross(t, &parent(s)->tree, a, &s->dice);
  if (kind > 0.45) assay_sr_tree_mutate(t, a, &s->dice);
  while (assay_sr_dice_uniform(&s->dice) < 0.2) assay_sr_tree_mutate(t, a, &s->dice);
}

static void draw(struct assay_sr_island *s)
{
  const int most = s->nursery->options.first_nodes;
  assay_sr_tree_random(&draft(s)->tree, 1 + assay_sr_dice_below(&s->dice, most),
                       &s->nursery->alphabet, &s->dice);
}

int assay_sr_island_populate(struct assay_sr_island *s, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  const int n = s->nursery->options.population;
  s->n = s->born = s->progress = s->idle = s->age = 0;
  for (int i = 0; i <= ASSAY_SR_TREE_NODES; i++) s->best[i] = INFINITY;
  register_all(s);
  memset(s->seen, 0, ASSAY_SR_SEEN * sizeof *s->seen);
  for (int attempt = 0; attempt < 8 * n && s->born < n && !assay_sr_over(b); attempt++) {
    draw(s);
    ASSAY_TRY(raise(s, b));
  }
  survive(s);
done:
  return rc;
}

int assay_sr_island_breed(struct assay_sr_island *s, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  const int n = s->nursery->options.population;
  for (int attempt = 0; attempt < 4 * n && s->n + s->born < room(s) && !assay_sr_over(b);
       attempt++) {
    if (s->n > 0 && assay_sr_dice_uniform(&s->dice) < 0.98)
      conceive(s);
    else
      draw(s);
    ASSAY_TRY(raise(s, b));
  }
  survive(s);
done:
  return rc;
}

int assay_sr_island_polish(struct assay_sr_individual *out, struct assay_sr_island *s, int i,
                           int steps, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  struct assay_sr_individual *one = draft(s);
  const double before = s->all[i]->error;
  assay_sr_tree_copy(&one->tree, &s->all[i]->tree);
  ASSAY_TRY(assay_sr_meter_measure(one, s->meter, b));
  if (isfinite(one->error)) ASSAY_TRY(assay_sr_meter_tune(one, s->meter, steps, b));
  *out = *one;
  if (one->error < before) join(s);
done:
  return rc;
}

int assay_sr_island_visit(struct assay_sr_island *s, const struct assay_sr_individual *from,
                          struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  assay_sr_tree_copy(&draft(s)->tree, &from->tree);
  ASSAY_TRY(assay_sr_meter_measure(draft(s), s->meter, b));
  join(s);
done:
  return rc;
}
