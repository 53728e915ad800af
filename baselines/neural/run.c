#include "baselines/neural/run.h"

#include <string.h>

#include "baselines/neural/bf16.h"
#include "baselines/neural/kernels.h"
#include "baselines/neural/run_parts.h"
#include "baselines/training.h"
#include "core/base/err.h"
#include "core/base/mem.h"

/* ---- creation ----------------------------------------------------------------------------- */

static int take(float **out, struct assay_nn_run *run, size_t n, const char *tag)
{
  run->bytes += n * sizeof **out;
  return ASSAY_NEW(out, n, tag);
}

static int create_inputs(struct assay_nn_run *run)
{
  int rc = ASSAY_OK;
  const struct assay_nn_graph *g = run->graph;
  ASSAY_TRY(ASSAY_NEW(&run->input, (size_t)g->n_values, "run"));
  for (int v = 0; v < g->n_values; v++) {
    const size_t items = (size_t)(g->value[v].items > 0 ? g->value[v].items : run->options.batch);
    if (g->value[v].input)
      ASSAY_TRY(take(&run->input[v], run, items * assay_nn_shape_size(&g->value[v].shape), "run"));
  }
done:
  return rc;
}

static int create_sums(struct assay_nn_run *run, int j)
{
  int rc = ASSAY_OK;
  const struct assay_nn_op *op = run->graph->node[j].op;
  struct assay_nn_equipment *e = &run->node[j];
  const struct assay_nn_graph *g = run->graph;
  e->n_sums[ASSAY_NN_AHEAD_SUMS] = op->n_ahead;
  if (op->n_sums) e->n_sums[ASSAY_NN_FORWARD_SUMS] = op->n_sums(g, &g->node[j]);
  if (op->n_sums_back) e->n_sums[ASSAY_NN_BACK_SUMS] = op->n_sums_back(g, &g->node[j]);
  for (int k = 0; k < ASSAY_NN_SUM_KINDS; k++)
    ASSAY_TRY(ASSAY_NEW(&e->sums[k], (size_t)(run->plan.shards * e->n_sums[k]), "run"));
done:
  return rc;
}

static int equip(struct assay_nn_run *run)
{
  int rc = ASSAY_OK;
  const struct assay_nn_graph *g = run->graph;
  ASSAY_TRY(ASSAY_NEW(&run->node, (size_t)g->n_nodes, "run"));
  for (int j = 0; j < g->n_nodes; j++) {
    const struct assay_nn_node *node = &g->node[j];
    const int items = node->out >= 0 ? g->value[node->out].items : 0;
    const struct assay_nn_planning p = {.graph = g,
                                        .node = node,
                                        .tile = items > 0 ? items : run->plan.tile,
                                        .training = run->options.training,
                                        .bf16 = run->options.bf16};
    size_t scratch = 0;
    if (run->options.training) ASSAY_TRY(create_sums(run, j));
    if (node->op->plan)
      ASSAY_TRY(
          assay_err_prefix(node->op->plan(&run->node[j].state, &scratch, &p), "%s: ", node->name));
    if (scratch > run->scratch_length) run->scratch_length = scratch;
  }
done:
  return rc;
}

static int create_blocks(struct assay_nn_run *run)
{
  int rc = ASSAY_OK;
  const struct assay_nn_plan *p = &run->plan;
  const int threads = run->options.threads;
  ASSAY_TRY(take(&run->whole, run, p->whole_length, "run"));
  ASSAY_TRY(ASSAY_NEW(&run->tile, (size_t)threads, "run"));
  ASSAY_TRY(ASSAY_NEW(&run->scratch, (size_t)threads, "run"));
  for (int t = 0; t < threads; t++) {
    ASSAY_TRY(take(&run->tile[t], run, p->tile_length, "run"));
    ASSAY_TRY(take(&run->scratch[t], run, run->scratch_length, "run"));
  }
  ASSAY_TRY(ASSAY_NEW(&run->d_param, (size_t)p->shards, "run"));
  ASSAY_TRY(ASSAY_NEW(&run->d_shared, (size_t)p->shards, "run"));
  run->d_param[0] = run->graph->params->gradient;
  for (int s = 0; run->options.training && s < p->shards; s++) {
    if (s > 0) ASSAY_TRY(take(&run->d_param[s], run, run->graph->params->length, "gradients"));
    ASSAY_TRY(take(&run->d_shared[s], run, p->shared_length, "gradients"));
  }
done:
  return rc;
}

/* Floats [from, from + n) in pieces. */
static int add_pieces(struct assay_nn_run *run, size_t from, size_t n)
{
  int rc = ASSAY_OK;
  for (size_t i = 0; i < n; i += ASSAY_NN_PIECE) {
    ASSAY_TRY(ASSAY_GROW(&run->piece, (size_t)run->n_pieces + 1, "run"));
    run->piece[run->n_pieces++] =
        (struct assay_nn_piece){from + i, n - i < ASSAY_NN_PIECE ? n - i : ASSAY_NN_PIECE};
  }
done:
  return rc;
}

/* Parameters that only nodes without a batch read have their gradients in the first shard. */
static int create_pieces(struct assay_nn_run *run)
{
  int rc = ASSAY_OK;
  const struct assay_nn_graph *g = run->graph;
  bool *parted = NULL;
  ASSAY_TRY(ASSAY_NEW(&parted, (size_t)g->params->n + 1, "run"));
  for (int j = 0; j < g->n_nodes; j++) {
    const struct assay_nn_node *node = &g->node[j];
    if (node->out >= 0 && g->value[node->out].items > 0) continue;
    for (int i = 0; i < node->n_param; i++) parted[node->param[i]] = true;
  }
  for (int i = 0; i < g->params->n; i++)
    if (parted[i] && g->params->row[i].learned)
      ASSAY_TRY(add_pieces(run, g->params->row[i].offset, g->params->row[i].size));
done:
  assay_free(parted);
  return rc;
}

int assay_nn_run_create(struct assay_nn_run **out, const struct assay_nn_graph *graph,
                        const struct assay_nn_run_options *options)
{
  int rc = ASSAY_OK;
  struct assay_nn_run *run = NULL;
  *out = NULL;
  ASSAY_TRY(assay_nn_graph_finish(graph));
  ASSAY_CHECK(graph->params->value, ASSAY_EARG, "the parameters of the model are not allocated");
  ASSAY_TRY(assay_isa_init());
  if (options->bf16) ASSAY_TRY(assay_nn_bf16_check());
  assay_single_threaded();
  ASSAY_TRY(ASSAY_NEW(&run, 1, "run"));
  run->graph = graph;
  run->options = *options;
  if (options->threads < 1) run->options.threads = 1;
  ASSAY_TRY(assay_nn_plan_make(&run->plan, graph, options->batch, options->tile, options->shards,
                               options->training));
  ASSAY_TRY(assay_nn_workers_create(&run->workers, run->options.threads));
  ASSAY_TRY(create_inputs(run));
  ASSAY_TRY(equip(run));
  ASSAY_TRY(create_blocks(run));
  ASSAY_TRY(create_pieces(run));
  *out = run;
  run = NULL;
done:
  assay_nn_run_destroy(run);
  return rc;
}

static void release_nodes(struct assay_nn_run *run)
{
  for (int j = 0; run->node && j < run->graph->n_nodes; j++) {
    const struct assay_nn_op *op = run->graph->node[j].op;
    if (op->unplan && run->node[j].state) op->unplan(run->node[j].state);
    for (int k = 0; k < ASSAY_NN_SUM_KINDS; k++) assay_free(run->node[j].sums[k]);
  }
  assay_free(run->node);
}

void assay_nn_run_destroy(struct assay_nn_run *run)
{
  if (!run) return;
  release_nodes(run);
  for (int v = 0; run->input && v < run->graph->n_values; v++) assay_free(run->input[v]);
  for (int t = 0; run->tile && t < run->options.threads; t++) assay_free(run->tile[t]);
  for (int t = 0; run->scratch && t < run->options.threads; t++) assay_free(run->scratch[t]);
  for (int s = 1; run->d_param && s < run->plan.shards; s++) assay_free(run->d_param[s]);
  for (int s = 0; run->d_shared && s < run->plan.shards; s++) assay_free(run->d_shared[s]);
  assay_free(run->input);
  assay_free(run->tile);
  assay_free(run->scratch);
  assay_free(run->d_param);
  assay_free(run->d_shared);
  assay_free(run->piece);
  assay_free(run->whole);
  assay_nn_workers_destroy(run->workers);
  assay_nn_plan_clear(&run->plan);
  assay_free(run);
}

/* ---- where a tile's numbers stand ---------------------------------------------------------- */

/* Items [first, first + n) of the batch, done by shard and worker. */
struct tile {
  int shard, worker;
  bool opens; /* the first of its shard */
  long first;
  int n;
};

static float *in_room(const struct assay_nn_run *run, int room, const struct tile *t)
{
  if (room < 0) return NULL;
  const struct assay_nn_room *r = &run->plan.room[room];
  if (r->first < 0) return NULL;
  if (r->tile) return run->tile[t->worker] + r->offset;
  return run->whole + r->offset + (r->items > 0 ? 0 : (size_t)t->first * r->size);
}

static float *value_at(const struct assay_nn_run *run, int v, const struct tile *t)
{
  const struct assay_nn_value *value = &run->graph->value[v];
  if (!value->input) return in_room(run, run->plan.value[v], t);
  return run->input[v] +
         (value->items > 0 ? 0 : (size_t)t->first * assay_nn_shape_size(&value->shape));
}

static float *gradient_at(const struct assay_nn_run *run, int v, const struct tile *t)
{
  const long shared = run->plan.shared_gradient[v];
  if (shared >= 0) return run->d_shared[t->shard] + shared;
  return in_room(run, run->plan.gradient[v], t);
}

static void fill_parameters(struct assay_nn_call *c, const struct assay_nn_run *run, int shard)
{
  const struct assay_nn_params *params = run->graph->params;
  for (int i = 0; i < c->node->n_param; i++) {
    const struct assay_nn_row *row = &params->row[c->node->param[i]];
    c->param[i] = params->value + row->offset;
    c->d_param[i] = row->learned ? run->d_param[shard] + row->offset : NULL;
  }
}

static void fill_call(struct assay_nn_call *c, const struct assay_nn_run *run,
                      const struct assay_nn_step *step, const struct tile *t)
{
  const struct assay_nn_graph *g = run->graph;
  const struct assay_nn_node *node = &g->node[step->node];
  const struct assay_nn_equipment *e = &run->node[step->node];
  const bool back = step->act == ASSAY_NN_BACKWARD || step->act == ASSAY_NN_GATHER_BACK;
  *c = (struct assay_nn_call){.graph = g,
                              .node = node,
                              .state = e->state,
                              .n = t->n,
                              .first = t->first,
                              .batch = run->n,
                              .training = run->options.training,
                              .held = run->held,
                              .seed = run->options.seed,
                              .step = run->steps,
                              .saved = in_room(run, run->plan.saved[step->node], t),
                              .scratch = run->scratch[t->worker],
                              .ahead = e->sums[ASSAY_NN_AHEAD_SUMS],
                              .sums = e->sums[ASSAY_NN_FORWARD_SUMS],
                              .sums_back = e->sums[ASSAY_NN_BACK_SUMS]};
  for (int i = 0; i < node->n_in; i++) {
    c->in[i] = value_at(run, node->in[i], t);
    c->shared[i] = g->value[node->in[i]].items;
    c->add[i] = step->add[i] || (c->shared[i] && !t->opens);
    if (back) c->d_in[i] = gradient_at(run, node->in[i], t);
  }
  if (node->out >= 0) {
    c->out = value_at(run, node->out, t);
    if (back) c->d_out = gradient_at(run, node->out, t);
    if (g->value[node->out].items > 0) c->n = g->value[node->out].items;
  }
  fill_parameters(c, run, t->shard);
}

/* ---- steps -------------------------------------------------------------------------------- */

static double *sums_of(const struct assay_nn_run *run, int node, int kind, int shard)
{
  const struct assay_nn_equipment *e = &run->node[node];
  return e->sums[kind] + (size_t)shard * (size_t)e->n_sums[kind];
}

static void search(struct assay_nn_run *run, int s, const struct assay_nn_call *c)
{
  const struct assay_nn_step *step = &run->plan.step[s];
  if (step->act == ASSAY_NN_FORWARD && (run->bad < 0 || s < run->bad) &&
      !assay_nn_run_all_finite(c->out, assay_nn_call_out_size(c)))
    run->bad = s;
}

static void do_step(struct assay_nn_run *run, int s, const struct tile *t)
{
  const struct assay_nn_step *step = &run->plan.step[s];
  const struct assay_nn_op *op = run->graph->node[step->node].op;
  struct assay_nn_call c;
  fill_call(&c, run, step, t);
  switch (step->act) {
  case ASSAY_NN_AHEAD:
    op->gather_ahead(sums_of(run, step->node, ASSAY_NN_AHEAD_SUMS, t->shard), &c);
    break;
  case ASSAY_NN_FORWARD:
    op->forward(&c);
    break;
  case ASSAY_NN_GATHER:
    op->gather(sums_of(run, step->node, ASSAY_NN_FORWARD_SUMS, t->shard), &c);
    break;
  case ASSAY_NN_BACKWARD:
    op->backward(&c);
    break;
  case ASSAY_NN_GATHER_BACK:
    op->gather_back(sums_of(run, step->node, ASSAY_NN_BACK_SUMS, t->shard), &c);
    break;
  }
  if (run->searching) search(run, s, &c);
}

static void do_tile(struct assay_nn_run *run, const struct tile *t)
{
  const struct assay_nn_phase *phase = &run->plan.phase[run->phase];
  for (int s = phase->first; s < phase->first + phase->n; s++) do_step(run, s, t);
}

/* The first tile of a shard. */
static int begin_of(const struct assay_nn_run *run, int shard)
{
  const struct assay_nn_plan *p = &run->plan;
  return shard * ((run->n + p->tile - 1) / p->tile) / p->shards;
}

/* All tiles of a shard, in order. */
static void do_shard(void *context, int shard, int worker)
{
  struct assay_nn_run *run = context;
  const struct assay_nn_plan *p = &run->plan;
  const int begin = begin_of(run, shard);
  for (int k = begin; k < begin_of(run, shard + 1); k++) {
    const int left = run->n - k * p->tile;
    const struct tile t = {.shard = shard,
                           .worker = worker,
                           .opens = k == begin,
                           .first = (long)k * p->tile,
                           .n = left < p->tile ? left : p->tile};
    do_tile(run, &t);
  }
}

/* ---- joining ------------------------------------------------------------------------------ */

/* (0 + 1) + (2 + 3) ..., into row 0 */
static void join_sums(struct assay_nn_run *run, int node, int kind)
{
  const int shards = run->plan.shards, n = run->node[node].n_sums[kind];
  for (int half = 1; half < shards; half *= 2)
    for (int s = 0; s + half < shards; s += 2 * half)
      for (int i = 0; i < n; i++)
        sums_of(run, node, kind, s)[i] += sums_of(run, node, kind, s + half)[i];
}

static void settle(struct assay_nn_run *run, int node)
{
  struct assay_nn_params *params = run->graph->params;
  float *buffer[ASSAY_NN_WEIGHTS] = {NULL};
  const struct assay_nn_op *op = run->graph->node[node].op;
  if (!op->settle || run->searching) return;
  struct assay_nn_call c;
  const struct assay_nn_step step = {.act = ASSAY_NN_GATHER, .node = node};
  fill_call(&c, run, &step, &(struct tile){.n = run->n});
  for (int i = 0; i < c.node->n_param; i++)
    buffer[i] = params->value + params->row[c.node->param[i]].offset;
  op->settle(buffer, &c);
}

static void join_phase(struct assay_nn_run *run)
{
  const struct assay_nn_phase *phase = &run->plan.phase[run->phase];
  for (int s = phase->first; s < phase->first + phase->n; s++) {
    const struct assay_nn_step *step = &run->plan.step[s];
    if (step->act == ASSAY_NN_AHEAD) join_sums(run, step->node, ASSAY_NN_AHEAD_SUMS);
    if (step->act == ASSAY_NN_GATHER) join_sums(run, step->node, ASSAY_NN_FORWARD_SUMS);
    if (step->act == ASSAY_NN_GATHER) settle(run, step->node);
    if (step->act == ASSAY_NN_GATHER_BACK) join_sums(run, step->node, ASSAY_NN_BACK_SUMS);
  }
}

static void join_blocks(float *const *block, int shards, size_t from, size_t n)
{
  for (int half = 1; half < shards; half *= 2)
    for (int s = 0; s + half < shards; s += 2 * half)
      assay_nn_kernels()->add(block[s] + from, block[s] + from, block[s + half] + from, n);
}

/* Gradients piece by piece: every piece through the same tree. */
static void join_piece(void *context, int i, int worker)
{
  const struct assay_nn_run *run = context;
  (void)worker;
  join_blocks(run->d_param, run->plan.shards, run->piece[i].from, run->piece[i].n);
}

static void join_gradients(struct assay_nn_run *run)
{
  if (run->plan.shards > 1) assay_nn_workers_run(run->workers, run->n_pieces, join_piece, run);
}

static void join_shared_piece(void *context, int i, int worker)
{
  const struct assay_nn_run *run = context;
  const size_t from = (size_t)i * ASSAY_NN_PIECE, length = run->plan.shared_length;
  (void)worker;
  join_blocks(run->d_shared, run->plan.shards, from,
              length - from < ASSAY_NN_PIECE ? length - from : ASSAY_NN_PIECE);
}

static void join_shared(struct assay_nn_run *run)
{
  if (run->plan.shards > 1)
    assay_nn_workers_run(run->workers,
                         (int)((run->plan.shared_length + ASSAY_NN_PIECE - 1) / ASSAY_NN_PIECE),
                         join_shared_piece, run);
}

/* ---- calls -------------------------------------------------------------------------------- */

/* Gradients of shared values are set by the first tile of a shard, if it has one. */
static void clear_shard(void *context, int shard, int worker)
{
  const struct assay_nn_run *run = context;
  float *d = run->d_param[shard];
  (void)worker;
  if (shard == 0) memset(d, 0, run->graph->params->length * sizeof *d);
  for (int i = 0; shard > 0 && i < run->n_pieces; i++)
    memset(d + run->piece[i].from, 0, run->piece[i].n * sizeof *d);
  if (begin_of(run, shard) == begin_of(run, shard + 1))
    memset(run->d_shared[shard], 0, run->plan.shared_length * sizeof *d);
}

static void clear_sums(struct assay_nn_run *run)
{
  const struct assay_nn_plan *p = &run->plan;
  assay_nn_workers_run(run->workers, p->shards, clear_shard, run);
  for (int j = 0; j < run->graph->n_nodes; j++)
    for (int k = 0; k < ASSAY_NN_SUM_KINDS; k++)
      memset(run->node[j].sums[k], 0,
             (size_t)(p->shards * run->node[j].n_sums[k]) * sizeof(double));
}

/* The first phase behind the last one of the batch: gradients of shared values are complete. */
static int phase_of_shared_backward(const struct assay_nn_plan *p)
{
  int i = p->n_phases;
  while (i > 0 && p->phase[i - 1].shared) i--;
  return i;
}

void assay_nn_run_phases(struct assay_nn_run *run, int n)
{
  const struct assay_nn_plan *p = &run->plan;
  const int complete = run->options.training ? phase_of_shared_backward(p) : -1;
  run->n = n;
  for (run->phase = 0; run->phase < p->n_phases; run->phase++) {
    if (run->phase == complete) join_shared(run);
    /* forward all else is one phase, in which what the shared ones made is in use to the end */
    if (!p->phase[run->phase].shared)
      assay_nn_workers_run(run->workers, p->shards, do_shard, run);
    else if (!run->settled)
      do_tile(run, &(struct tile){.opens = true, .n = n});
    join_phase(run);
  }
  if (run->phase == complete) join_shared(run);
}

int assay_nn_run_check_samples(const struct assay_nn_run *run, int n)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(n >= 1 && n <= run->options.batch, ASSAY_EARG, "%d samples; 1 to %d are possible", n,
              run->options.batch);
done:
  return rc;
}

int assay_nn_run_forward(struct assay_nn_run *run, int n)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_nn_run_check_samples(run, n));
  ASSAY_CHECK(!run->options.training, ASSAY_EARG, "made for training steps");
  assay_nn_run_phases(run, n);
  run->settled = run->options.frozen;
done:
  return rc;
}

void assay_nn_run_hold(struct assay_nn_run *run)
{
  run->held = true;
}

void assay_nn_run_thaw(struct assay_nn_run *run)
{
  run->settled = false;
}

void assay_nn_run_train(double *loss, struct assay_nn_run *run, int n)
{
  const int node = run->graph->loss;
  run->n = n;
  clear_sums(run);
  assay_nn_run_phases(run, n);
  join_gradients(run);
  *loss = run->graph->node[node].op->loss(run->node[node].sums[ASSAY_NN_AHEAD_SUMS],
                                          run->node[node].sums[ASSAY_NN_FORWARD_SUMS], n);
}

int assay_nn_run_step(double *loss, struct assay_nn_run *run, int n)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_nn_run_check_samples(run, n));
  ASSAY_CHECK(run->options.training, ASSAY_EARG, "not made for training steps");
  assay_nn_run_train(loss, run, n);
  run->steps++;
done:
  return rc;
}

/* ---- looking in --------------------------------------------------------------------------- */

float *assay_nn_run_value(struct assay_nn_run *run, int value)
{
  if (value < 0 || value >= run->graph->n_values) return NULL;
  const struct assay_nn_value *v = &run->graph->value[value];
  return v->input || v->output ? value_at(run, value, &(struct tile){0}) : NULL;
}

float *assay_nn_run_named(struct assay_nn_run *run, const char *name)
{
  return assay_nn_run_value(run, assay_nn_graph_find(run->graph, name));
}

const float *assay_nn_run_gradient(const struct assay_nn_run *run, int value)
{
  if (value < 0 || value >= run->graph->n_values || !run->options.training) return NULL;
  if (!run->graph->value[value].wants_gradient) return NULL;
  return gradient_at(run, value, &(struct tile){0});
}

void assay_nn_run_seek(struct assay_nn_run *run, uint64_t step)
{
  run->steps = step;
}

struct assay_nn_run_info assay_nn_run_info(const struct assay_nn_run *run)
{
  struct assay_nn_run_info info = {.shards = run->plan.shards,
                                   .tile = run->plan.tile,
                                   .phases = run->plan.n_phases,
                                   .bytes = run->bytes};
  for (int j = 0; j < run->graph->n_nodes; j++) {
    const struct assay_nn_node *node = &run->graph->node[j];
    if (node->out < 0 || run->graph->value[node->out].items == 0) info.work += node->work;
  }
  return info;
}
