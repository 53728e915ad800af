#include "baselines/neural/plan.h"

#include <limits.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

enum {
  LINE = 16,                         /* floats of a cache line */
  TILE_FLOATS = 192 * 1024,          /* of one tile: less than half of a usual second-level cache */
  LEAST_TILE = 4,                    /* weights are packed and read once for so many samples */
  WORK_PER_SHARD = 16 * 1024 * 1024, /* multiply-adds below which cutting does not pay */
};

/* What is known while planning. */
struct draft {
  struct assay_nn_plan *plan;
  const struct assay_nn_graph *g;
  bool training;
  bool *reached; /* [n_values] a gradient arrives here */
  bool *kept;    /* [n_values] backward needs the value */
  int *uses;     /* [n_values] */
};

static bool is_shared(const struct assay_nn_graph *g, const struct assay_nn_node *node)
{
  return node->out >= 0 && g->value[node->out].items > 0;
}

static bool needs_in(const struct assay_nn_op *op, int i)
{
  return op->needs & (unsigned)ASSAY_NN_NEEDS_IN << i;
}

/* ---- who needs what ----------------------------------------------------------------------- */

static bool goes_back(const struct draft *d, const struct assay_nn_node *node)
{
  if (!d->training) return false;
  return node->op->loss ? d->g->value[node->in[0]].depends
                        : node->out >= 0 && d->reached[node->out];
}

static void study(struct draft *d)
{
  const struct assay_nn_graph *g = d->g;
  for (int j = g->n_nodes - 1; j >= 0; j--) {
    const struct assay_nn_node *node = &g->node[j];
    const bool back = goes_back(d, node) && node->op->backward;
    if (d->training || !node->op->loss)
      for (int i = 0; i < node->n_in; i++) d->uses[node->in[i]]++;
    if (!back) continue;
    for (int i = 0; i < node->n_in; i++) {
      if (g->value[node->in[i]].depends) d->reached[node->in[i]] = true;
      if (needs_in(node->op, i)) d->kept[node->in[i]] = true;
    }
    if (node->out >= 0 && node->op->needs & ASSAY_NN_NEEDS_OUT) d->kept[node->out] = true;
  }
}

/* ---- steps and phases --------------------------------------------------------------------- */

static int push(struct draft *d, enum assay_nn_act act, int node)
{
  int rc = ASSAY_OK;
  struct assay_nn_plan *p = d->plan;
  ASSAY_TRY(ASSAY_GROW(&p->step, (size_t)p->n_steps + 1, "plan"));
  p->step[p->n_steps++] = (struct assay_nn_step){.act = act, .node = node};
  p->phase[p->n_phases - 1].n++;
done:
  return rc;
}

/* A new phase, unless the last one is still empty. */
static int cut(struct draft *d, bool shared)
{
  int rc = ASSAY_OK;
  struct assay_nn_plan *p = d->plan;
  if (p->n_phases == 0 || p->phase[p->n_phases - 1].n > 0) {
    ASSAY_TRY(ASSAY_GROW(&p->phase, (size_t)p->n_phases + 1, "plan"));
    p->n_phases++;
  }
  p->phase[p->n_phases - 1] = (struct assay_nn_phase){.first = p->n_steps, .shared = shared};
done:
  return rc;
}

static int push_forward(struct draft *d, bool shared)
{
  int rc = ASSAY_OK;
  const struct assay_nn_graph *g = d->g;
  ASSAY_TRY(cut(d, shared));
  for (int j = 0; j < g->n_nodes; j++) {
    const struct assay_nn_op *op = g->node[j].op;
    if (is_shared(g, &g->node[j]) != shared) continue;
    if (op->gather && d->training) {
      ASSAY_CHECK(!shared, ASSAY_EUNSUPPORTED,
                  "%s: sums over the batch of values that all samples share", g->node[j].name);
      ASSAY_TRY(push(d, ASSAY_NN_GATHER, j));
      if (!op->loss) ASSAY_TRY(cut(d, false));
    }
    if (!op->loss) ASSAY_TRY(push(d, ASSAY_NN_FORWARD, j));
  }
done:
  return rc;
}

static int push_backward(struct draft *d, bool shared)
{
  int rc = ASSAY_OK;
  const struct assay_nn_graph *g = d->g;
  if (shared) ASSAY_TRY(cut(d, true));
  for (int j = g->n_nodes - 1; j >= 0; j--) {
    const struct assay_nn_node *node = &g->node[j];
    if (is_shared(g, node) != shared || !goes_back(d, node) || !node->op->backward) continue;
    if (node->op->gather_back) {
      ASSAY_TRY(push(d, ASSAY_NN_GATHER_BACK, j));
      ASSAY_TRY(cut(d, false));
    }
    ASSAY_TRY(push(d, ASSAY_NN_BACKWARD, j));
  }
done:
  return rc;
}

static int make_steps(struct draft *d)
{
  int rc = ASSAY_OK;
  const struct assay_nn_graph *g = d->g;
  ASSAY_CHECK(!d->training || g->loss >= 0, ASSAY_EARG, "training needs a graph with a loss");
  if (d->training && g->node[g->loss].op->n_ahead > 0) {
    ASSAY_TRY(cut(d, false));
    ASSAY_TRY(push(d, ASSAY_NN_AHEAD, g->loss));
  }
  ASSAY_TRY(push_forward(d, true));
  ASSAY_TRY(push_forward(d, false));
  if (d->training) {
    ASSAY_TRY(push_backward(d, false));
    ASSAY_TRY(push_backward(d, true));
  }
  if (d->plan->phase[d->plan->n_phases - 1].n == 0) d->plan->n_phases--;
done:
  return rc;
}

/* The first step that gives a value its gradient sets it, the others add. */
static int mark_additions(struct draft *d)
{
  int rc = ASSAY_OK;
  bool *begun = NULL;
  ASSAY_TRY(ASSAY_NEW(&begun, (size_t)d->g->n_values, "plan"));
  for (int s = 0; s < d->plan->n_steps; s++) {
    struct assay_nn_step *step = &d->plan->step[s];
    const struct assay_nn_node *node = &d->g->node[step->node];
    if (step->act != ASSAY_NN_BACKWARD) continue;
    for (int i = 0; i < node->n_in; i++) {
      const int v = node->in[i];
      step->add[i] = begun[v];
      begun[v] = true;
    }
  }
done:
  assay_free(begun);
  return rc;
}

/* ---- rooms -------------------------------------------------------------------------------- */

static int new_room(int *out, struct draft *d, size_t size, int items)
{
  int rc = ASSAY_OK;
  struct assay_nn_plan *p = d->plan;
  ASSAY_TRY(ASSAY_GROW(&p->room, (size_t)p->n_rooms + 1, "plan"));
  p->room[p->n_rooms] = (struct assay_nn_room){.size = size, .items = items, .first = -1};
  *out = p->n_rooms++;
done:
  return rc;
}

static size_t value_size(const struct draft *d, int v)
{
  return assay_nn_shape_size(&d->g->value[v].shape);
}

/* Whether a node may write over its first input. */
static bool may_overwrite(const struct draft *d, const struct assay_nn_node *node, const bool *kept)
{
  const struct assay_nn_value *in = &d->g->value[node->in[0]], *out = &d->g->value[node->out];
  return node->op->in_place && in->node >= 0 && !in->output && d->uses[node->in[0]] == 1 &&
         in->items == out->items && value_size(d, node->in[0]) == value_size(d, node->out) &&
         !kept[d->plan->value[node->in[0]]];
}

static int make_value_rooms(struct draft *d)
{
  int rc = ASSAY_OK;
  bool *kept = NULL; /* by room: something in it is needed by backward */
  ASSAY_TRY(ASSAY_NEW(&kept, (size_t)d->g->n_values, "plan"));
  for (int j = 0; j < d->g->n_nodes; j++) {
    const struct assay_nn_node *node = &d->g->node[j];
    const int v = node->out;
    if (v < 0) continue;
    if (may_overwrite(d, node, kept))
      d->plan->value[v] = d->plan->value[node->in[0]];
    else
      ASSAY_TRY(new_room(&d->plan->value[v], d, value_size(d, v), d->g->value[v].items));
    kept[d->plan->value[v]] |= d->kept[v];
  }
done:
  assay_free(kept);
  return rc;
}

/* The gradient of a value that only one node reads may stand where that of the node's output
 * stood. */
static bool may_pass_on(const struct draft *d, const struct assay_nn_node *node)
{
  const struct assay_nn_value *in = &d->g->value[node->in[0]];
  return node->op->in_place && in->node >= 0 && d->uses[node->in[0]] == 1 && in->items == 0 &&
         node->out >= 0 && d->g->value[node->out].items == 0 &&
         value_size(d, node->in[0]) == value_size(d, node->out);
}

static int make_gradient_rooms(struct draft *d)
{
  int rc = ASSAY_OK;
  struct assay_nn_plan *p = d->plan;
  for (int v = 0; v < d->g->n_values; v++) {
    if (!d->reached[v]) continue;
    if (d->g->value[v].items > 0) {
      p->shared_gradient[v] = (long)p->shared_length;
      const size_t length = value_size(d, v) * (size_t)d->g->value[v].items;
      p->shared_length += (length + LINE - 1) / LINE * LINE;
    } else
      ASSAY_TRY(new_room(&p->gradient[v], d, value_size(d, v), 0));
  }
  for (int j = d->g->n_nodes - 1; j >= 0; j--) {
    const struct assay_nn_node *node = &d->g->node[j];
    if (goes_back(d, node) && node->out >= 0 && d->reached[node->in[0]] && may_pass_on(d, node))
      p->gradient[node->in[0]] = p->gradient[node->out];
  }
done:
  return rc;
}

static int make_saved_rooms(struct draft *d)
{
  int rc = ASSAY_OK;
  for (int j = 0; j < d->g->n_nodes; j++) {
    const struct assay_nn_node *node = &d->g->node[j];
    if (node->saved > 0 && goes_back(d, node))
      ASSAY_TRY(new_room(&d->plan->saved[j], d, node->saved,
                         node->out >= 0 ? d->g->value[node->out].items : 0));
  }
done:
  return rc;
}

/* ---- from when to when -------------------------------------------------------------------- */

static void use(struct draft *d, int room, int step)
{
  if (room < 0) return;
  struct assay_nn_room *r = &d->plan->room[room];
  if (r->first < 0 || step < r->first) r->first = step;
  if (step > r->last) r->last = step;
}

static void use_step(struct draft *d, int s)
{
  const struct assay_nn_plan *p = d->plan;
  const struct assay_nn_step *step = &p->step[s];
  const struct assay_nn_node *node = &d->g->node[step->node];
  const bool forward = step->act == ASSAY_NN_FORWARD || step->act == ASSAY_NN_GATHER,
             back = step->act == ASSAY_NN_BACKWARD, gather_back = step->act == ASSAY_NN_GATHER_BACK;
  for (int i = 0; i < node->n_in; i++) {
    if (forward || gather_back || needs_in(node->op, i)) use(d, p->value[node->in[i]], s);
    if (back) use(d, p->gradient[node->in[i]], s);
  }
  if (step->act != ASSAY_NN_GATHER || node->op->loss) use(d, p->saved[step->node], s);
  if (node->out < 0) return;
  if (step->act == ASSAY_NN_FORWARD ||
      ((back || gather_back) && node->op->needs & ASSAY_NN_NEEDS_OUT))
    use(d, p->value[node->out], s);
  if (back || gather_back) use(d, p->gradient[node->out], s);
}

/* Which phase a step belongs to. */
static int phase_of(const struct assay_nn_plan *p, int step)
{
  int i = 0;
  while (i + 1 < p->n_phases && p->phase[i + 1].first <= step) i++;
  return i;
}

/* What stands there for the whole batch is in use all through its phases: while one tile is done
 * with it, others have yet to come. */
static void round_to_phases(const struct assay_nn_plan *p, struct assay_nn_room *r)
{
  r->first = p->phase[phase_of(p, r->first)].first;
  if (r->last == INT_MAX) return;
  const struct assay_nn_phase *last = &p->phase[phase_of(p, r->last)];
  r->last = last->first + last->n - 1;
}

static void find_lifetimes(struct draft *d)
{
  struct assay_nn_plan *p = d->plan;
  for (int s = 0; s < p->n_steps; s++) use_step(d, s);
  for (int v = 0; v < d->g->n_values; v++) { /* what is asked for lives on */
    if (d->g->value[v].output) use(d, p->value[v], INT_MAX);
    if (d->g->value[v].wants_gradient) use(d, p->gradient[v], INT_MAX);
  }
  for (int i = 0; i < p->n_rooms; i++) {
    struct assay_nn_room *r = &p->room[i];
    r->tile = r->first >= 0 && r->items == 0 && r->last < INT_MAX &&
              phase_of(p, r->first) == phase_of(p, r->last);
    if (r->first >= 0 && !r->tile) round_to_phases(p, r);
  }
}

/* ---- where -------------------------------------------------------------------------------- */

static size_t room_length(const struct assay_nn_room *r, size_t items)
{
  const size_t length = r->size * (r->items > 0 ? (size_t)r->items : items);
  return (length + LINE - 1) / LINE * LINE;
}

/* The lowest place for room i that no other of its kind takes at the same time (those before it
 * have their places already). */
static size_t lowest_place(const struct assay_nn_plan *p, int i, size_t items)
{
  const struct assay_nn_room *r = &p->room[i];
  const size_t length = room_length(r, items);
  size_t at = 0;
  for (bool moved = true; moved;) {
    moved = false;
    for (int k = 0; k < i; k++) {
      const struct assay_nn_room *o = &p->room[k];
      if (o->tile != r->tile || o->first < 0 || o->last < r->first || o->first > r->last) continue;
      const size_t behind = o->offset + room_length(o, items);
      if (at < behind && o->offset < at + length) {
        at = behind;
        moved = true;
      }
    }
  }
  return at;
}

/* Length of the block of tiles, or of whole values. */
static size_t lay_out(struct assay_nn_plan *p, bool tile, size_t items)
{
  size_t length = 0;
  for (int i = 0; i < p->n_rooms; i++) {
    struct assay_nn_room *r = &p->room[i];
    if (r->tile != tile || r->first < 0) continue;
    r->offset = lowest_place(p, i, items);
    const size_t end = r->offset + room_length(r, items);
    if (end > length) length = end;
  }
  return length;
}

/* Where every weight is used about once per item, weights and their gradients pass through the
 * cache once per tile: a tile then shall be no smaller than they are. */
static size_t tile_floats(const struct draft *d, double work)
{
  const struct assay_nn_params *params = d->g->params;
  if (work > 4 * (double)params->count || params->length < TILE_FLOATS) return TILE_FLOATS;
  return params->length < 4 * TILE_FLOATS ? params->length : 4 * TILE_FLOATS;
}

/* Shards by work, then tiles by memory: both follow from graph and batch alone. */
static void choose_cuts(struct draft *d, int tile, int shards)
{
  struct assay_nn_plan *p = d->plan;
  double work = 0;
  for (int j = 0; j < d->g->n_nodes; j++)
    if (!is_shared(d->g, &d->g->node[j])) work += d->g->node[j].work;
  const double wanted = work * p->batch * (d->training ? 3 : 1) / WORK_PER_SHARD;
  p->shards = wanted < 1 ? 1 : wanted < ASSAY_NN_SHARDS ? (int)wanted : ASSAY_NN_SHARDS;
  if (shards > 0) p->shards = shards < ASSAY_NN_SHARDS ? shards : ASSAY_NN_SHARDS;
  if (p->shards > p->batch) p->shards = p->batch;
  const int share = (p->batch + p->shards - 1) / p->shards;
  if (tile == 0) { /* 16 items at once: rounding up to cache lines counts little then */
    const size_t floats = lay_out(p, true, 16) / 16;
    tile = floats > 0 ? (int)(tile_floats(d, work) / floats) : share;
    if (tile > 16) tile = tile / 16 * 16;
    if (tile < LEAST_TILE) tile = LEAST_TILE;
  }
  p->tile = tile < 1 ? 1 : tile < share ? tile : share;
}

static int allocate(struct draft *d)
{
  int rc = ASSAY_OK;
  struct assay_nn_plan *p = d->plan;
  const size_t values = (size_t)d->g->n_values, nodes = (size_t)d->g->n_nodes;
  ASSAY_TRY(ASSAY_NEW(&d->reached, values, "plan"));
  ASSAY_TRY(ASSAY_NEW(&d->kept, values, "plan"));
  ASSAY_TRY(ASSAY_NEW(&d->uses, values, "plan"));
  ASSAY_TRY(ASSAY_NEW(&p->value, values, "plan"));
  ASSAY_TRY(ASSAY_NEW(&p->gradient, values, "plan"));
  ASSAY_TRY(ASSAY_NEW(&p->shared_gradient, values, "plan"));
  ASSAY_TRY(ASSAY_NEW(&p->saved, nodes, "plan"));
  for (size_t v = 0; v < values; v++) p->value[v] = p->gradient[v] = -1;
  for (size_t v = 0; v < values; v++) p->shared_gradient[v] = -1;
  for (size_t j = 0; j < nodes; j++) p->saved[j] = -1;
done:
  return rc;
}

int assay_nn_plan_make(struct assay_nn_plan *p, const struct assay_nn_graph *g, int batch, int tile,
                       int shards, bool training)
{
  int rc = ASSAY_OK;
  struct draft d = {.plan = p, .g = g, .training = training};
  *p = (struct assay_nn_plan){.batch = batch};
  ASSAY_CHECK(batch >= 1, ASSAY_EARG, "a batch of %d samples", batch);
  ASSAY_TRY(allocate(&d));
  study(&d);
  ASSAY_TRY(make_steps(&d));
  ASSAY_TRY(mark_additions(&d));
  ASSAY_TRY(make_value_rooms(&d));
  ASSAY_TRY(make_gradient_rooms(&d));
  ASSAY_TRY(make_saved_rooms(&d));
  find_lifetimes(&d);
  choose_cuts(&d, tile, shards);
  p->tile_length = lay_out(p, true, (size_t)p->tile);
  p->whole_length = lay_out(p, false, (size_t)p->batch);
done:
  if (rc < 0) assay_nn_plan_clear(p);
  assay_free(d.reached);
  assay_free(d.kept);
  assay_free(d.uses);
  return rc;
}

void assay_nn_plan_clear(struct assay_nn_plan *p)
{
  assay_free(p->step);
  assay_free(p->phase);
  assay_free(p->room);
  assay_free(p->value);
  assay_free(p->gradient);
  assay_free(p->saved);
  assay_free(p->shared_gradient);
  *p = (struct assay_nn_plan){0};
}
