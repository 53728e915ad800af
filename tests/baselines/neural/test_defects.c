/* Every defect of CFDBench that can be brought back does what is said of it, and nothing else does:
 * docs/neural-published.md. Here: names, samples, roll-out and networks;
 * test_defects_answers.c: whole methods. */
#include "baselines/neural/models.h"
#include "baselines/neural/op_conv.h"
#include "baselines/neural/op_loss.h"
#include "baselines/neural/op_norm.h"
#include "baselines/neural/op_pointwise.h"
#include "core/num/random.h"
#include "tests/baselines/neural/defect_world.h"

static double of_time_alone(const double *params, int field, double x, double y, double t)
{
  (void)params;
  (void)field;
  (void)x;
  (void)y;
  return exp(-30 * t);
}

/* ---- names ---------------------------------------------------------------------------------- */

static void names_are_read(void **state)
{
  (void)state;
  const struct assay_nn_history history = {.possible = ASSAY_NN_STEPPING | ASSAY_NN_HELD,
                                           .published = ASSAY_NN_UNITS | ASSAY_NN_HELD};
  unsigned bits;
  assert_ok(assay_nn_defects_of(&bits, &(struct assay_nn_original){0}, &history, "m"));
  assert_int_equal(bits, 0);
  assert_ok(
      assay_nn_defects_of(&bits, &(struct assay_nn_original){.published = true}, &history, "m"));
  assert_int_equal(bits, ASSAY_NN_UNITS | ASSAY_NN_HELD);
  assert_ok(assay_nn_defects_of(&bits, &(struct assay_nn_original){.defects = "ahead+blind"},
                                &history, "m"));
  assert_int_equal(bits, ASSAY_NN_AHEAD | ASSAY_NN_BLIND);
  assert_ok(assay_nn_defects_of(
      &bits, &(struct assay_nn_original){.published = true, .defects = "faded, steady"}, &history,
      "m"));
  assert_int_equal(bits, ASSAY_NN_UNITS | ASSAY_NN_HELD | ASSAY_NN_FADED | ASSAY_NN_STEADY);
}

static void names_of_other_methods_are_refused(void **state)
{
  (void)state;
  static const char *const how[] = {"defects=units+mixed", NULL}, *const typo[] = {"defects=unit",
                                                                                   NULL};
  const struct toy toy = world(ASSAY_TASK_FORECAST);
  void *params = toy_params("unet", how), *wrong = toy_params("unet", typo);
  toy_files(&toy);
  assert_fails(toy_train(&toy, "unet", params), ASSAY_EARG,
               "unet has no defect 'mixed'; it has: units blind steady held restless faded ahead");
  assert_fails(toy_train(&toy, "unet", wrong), ASSAY_EARG, "unet has no defect 'unit'");
  assay_free(params);
  assay_free(wrong);
}

/* What a method had when it was published, it can have. */
static void histories_agree(void **state)
{
  (void)state;
  static const struct assay_nn_model *const models[] = {&assay_nn_model_auto_deeponet,
                                                        &assay_nn_model_auto_deeponetcnn,
                                                        &assay_nn_model_auto_edeeponet,
                                                        &assay_nn_model_auto_ffn,
                                                        &assay_nn_model_deeponet,
                                                        &assay_nn_model_ffn,
                                                        &assay_nn_model_fno,
                                                        &assay_nn_model_resnet,
                                                        &assay_nn_model_unet};
  for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
    const struct assay_nn_history *h = &models[i]->history;
    assert_int_equal(h->published & ~h->possible, 0);
    assert_true(h->published & ASSAY_NN_UNITS);
    assert_non_null(assay_param_find(models[i]->baseline->params, "defects"));
  }
}

/* ---- data and samples ----------------------------------------------------------------------- */

struct set {
  struct toy toy;
  struct assay_task task;
  struct assay_dataset *file;
  struct assay_nn_data data;
};

static void open_set(struct set *s, const struct toy *toy, unsigned defects, int lag)
{
  *s = (struct set){.toy = *toy, .task = toy_task(toy)};
  toy_files(toy);
  assert_ok(assay_dataset_open(&s->file, toy_path("train.nc")));
  assert_ok(assay_nn_data_open(
      &s->data, &(struct assay_train_job){.task = &s->task, .data = s->file},
      &(struct assay_nn_data_options){.ring = toy->lid != 0, .defects = defects, .lag = lag}));
}

static void close_set(struct set *s)
{
  assay_nn_data_close(&s->data);
  assay_dataset_close(s->file);
}

static struct assay_nn_sizes sizes_of(const struct set *s, int points, unsigned defects)
{
  return (struct assay_nn_sizes){.n_fields = 2,
                                 .n_params = 3,
                                 .n_axes = 2,
                                 .rows = s->data.ring.all_rows,
                                 .columns = s->data.ring.all_columns,
                                 .points = points,
                                 .timed = s->task.kind == ASSAY_TASK_OPERATOR,
                                 .defects = defects};
}

static void units_are_constants_of_one_problem(void **state)
{
  (void)state;
  static const double expected[] = {248.75, 199.524, -0.498};
  struct toy toy = world(ASSAY_TASK_OPERATOR);
  struct set s;
  toy.params[0].name = "density";
  toy.params[1].name = "viscosity";
  toy.params[2].name = "inlet_velocity";
  open_set(&s, &toy, ASSAY_NN_UNITS, 0);
  const double given[] = {1000, 1, 0.1};
  for (int j = 0; j < 3; j++) {
    const struct assay_scaling *k = &s.data.scales.params;
    assert_close((given[j] - k->mean[j]) / k->spread[j], expected[j], 1e-12, 0);
  }
  for (int f = 0; f < 2; f++) {
    assert_true(s.data.scales.fields.mean[f] == 0 && s.data.scales.fields.spread[f] == 1);
  }
  assert_close((double)s.data.times[3], 4, 1e-6, 0); /* the number of the frame */
  close_set(&s);
}

static double sum_of_weights(const struct set *s)
{
  double sum = 0;
  for (size_t p = 0; p < s->data.ring.points; p++) sum += (double)s->data.weight[p];
  return sum;
}

static void blind_sees_nothing_solid(void **state)
{
  (void)state;
  struct toy toy = world(ASSAY_TASK_FORECAST);
  struct set s;
  toy.lid = 1.25;
  open_set(&s, &toy, 0, 0);
  assert_int_equal((int)s.data.ring.points, 130);
  assert_int_equal((int)sum_of_weights(&s), POINTS - SOLID);
  close_set(&s);
  open_set(&s, &toy, ASSAY_NN_BLIND, 0);
  assert_int_equal((int)sum_of_weights(&s), POINTS);
  close_set(&s);
}

/* 30 dt: exp(-30 t) falls by less than 0.001 from the third frame on. */
static void steady_cases_are_cut(void **state)
{
  (void)state;
  struct toy toy = world(ASSAY_TASK_FORECAST);
  struct assay_nn_sampler sampler;
  struct set s;
  toy.value = of_time_alone;
  toy.n_static = 0;
  toy.first = 0;
  toy.n_times = 8;
  open_set(&s, &toy, ASSAY_NN_UNITS, 0);
  for (int cut = 0; cut < 2; cut++) {
    const struct assay_nn_sizes z = sizes_of(&s, 0, cut ? ASSAY_NN_STEADY : 0);
    assert_ok(assay_nn_sampler_open(&sampler, &s.data, &s.task, &z, 1, 1));
    /* exp(-3 k) (1 - exp(-3)) is 0.95, 0.047, 0.0024, 0.0001 ... */
    assert_int_equal(sampler.n_train, 8 * (cut ? 3 : 7));
    assay_nn_sampler_close(&sampler);
  }
  close_set(&s);
}

static void pairs_may_lie_further_apart(void **state)
{
  (void)state;
  const struct toy toy = world(ASSAY_TASK_FORECAST);
  struct assay_nn_sampler sampler;
  struct set s;
  open_set(&s, &toy, 0, 3);
  const struct assay_nn_sizes z = sizes_of(&s, 0, 0);
  assert_ok(assay_nn_sampler_open(&sampler, &s.data, &s.task, &z, 1, 1));
  assert_int_equal(sampler.n_train, 8 * 2); /* frames 1 to 5 */
  for (long i = 0; i < sampler.n_train; i++)
    assert_int_equal(sampler.pair[i].to - sampler.pair[i].from, 3);
  assay_nn_sampler_close(&sampler);
  close_set(&s);
  open_set(&s, &toy, 0, 100);
  assert_fails(assay_nn_sampler_open(&sampler, &s.data, &s.task, &z, 1, 1), ASSAY_EARG,
               "no training case has two frames that are 100 apart");
  assay_nn_sampler_close(&sampler);
  close_set(&s);
}

/* A graph of points for what the sampler gives, filled once; weights summed, rows of the ring seen.
 */
static void look_at_points(double *weight, int *on_ring, const struct set *s, unsigned defects)
{
  enum { BATCH = 6, N = 50 };
  const struct assay_nn_sizes z = sizes_of(s, N, defects);
  struct assay_nn_params params = {0};
  struct assay_nn_graph *g;
  struct assay_nn_run *run;
  struct assay_nn_sampler sampler;
  const long sample[BATCH] = {0, 1, 2, 3, 4, 5};
  int items;
  assert_ok(assay_nn_graph_create(&g, &params));
  const int y = assay_nn_model_auto_ffn.build(g, &z, assay_nn_model_auto_ffn.baseline->defaults);
  const int target = assay_nn_input(g, "target", 2, (int[]){N, 2}),
            weights = assay_nn_input(g, "weight", 2, (int[]){N, 2});
  assay_nn_mse(g, y, target, weights);
  assert_ok(assay_nn_graph_finish(g));
  assert_ok(assay_nn_params_allocate(&params, 1));
  assert_ok(assay_nn_run_create(&run, g,
                                &(struct assay_nn_run_options){.batch = BATCH, .training = true}));
  assert_ok(assay_nn_sampler_open(&sampler, &s->data, &s->task, &z, 1, 1));
  assay_nn_sampler_fill(&items, &sampler, run, sample, BATCH, 7);
  *weight = 0;
  *on_ring = 0;
  for (int i = 0; i < 2 * N * BATCH; i++) *weight += (double)assay_nn_run_named(run, "weight")[i];
  for (int i = 0; i < N * BATCH; i++)
    *on_ring += fabs((double)assay_nn_run_named(run, "points")[2 * i]) > 1;
  assay_nn_sampler_close(&sampler);
  assay_nn_run_destroy(run);
  assay_nn_graph_destroy(g);
  assay_nn_params_clear(&params);
}

static void padding_counts_in_the_loss(void **state)
{
  (void)state;
  struct toy toy = world(ASSAY_TASK_FORECAST);
  struct set s;
  double weight;
  int on_ring;
  toy.lid = 1.25;
  open_set(&s, &toy, 0, 0);
  look_at_points(&weight, &on_ring, &s, 0);
  assert_int_equal(on_ring, 0);
  assert_true(weight > 400 && weight < 560); /* 600 less those in the solid */
  look_at_points(&weight, &on_ring, &s, ASSAY_NN_PADDING);
  assert_true(on_ring > 30 && on_ring < 90); /* a fifth of 300 */
  assert_int_equal((int)weight, 600);
  close_set(&s);
}

/* ---- roll-out ------------------------------------------------------------------------------- */

struct watch {
  struct assay_nn_ring ring;
  const float *mask;
  bool faded;
  int steps;
};

static int keep(float *next, const float *state, void *context)
{
  struct watch *w = context;
  const size_t top = (size_t)(w->ring.all_rows - 1) * (size_t)w->ring.all_columns + 3;
  const double raw = 0.4 + 3.1 * (double)state[top];
  assert_close(raw, w->faded && w->steps > 0 ? 0 : 1.25, 1e-6, 1e-6);
  memcpy(next, state, 2 * w->ring.points * sizeof *next);
  w->steps++;
  return ASSAY_OK;
}

static int roll(double *answer, const struct assay_question *q, void *context)
{
  int rc = ASSAY_OK;
  struct watch *w = context;
  double mean[2] = {0.4, 0.4}, spread[2] = {3.1, 3.1};
  float mask[130];
  const struct assay_nn_scales scales = {.fields = {.n = 2, .mean = mean, .spread = spread}};
  ASSAY_TRY(assay_nn_ring_find(&w->ring, q->view, true));
  ASSAY_TRY(assay_nn_weight_read(mask, q->view, &w->ring, q->k, false));
  w->steps = 0;
  ASSAY_TRY(assay_nn_roll(answer, q, &w->ring, &scales, mask,
                          &(struct assay_nn_stepper){.step = keep,
                                                     .context = w,
                                                     .defects = w->faded ? ASSAY_NN_FADED : 0}));
done:
  return rc;
}

/* Nothing happens but that what is imposed, and what stands in the solid, turns to 0. */
static void imposed_values_fade(void **state)
{
  (void)state;
  struct toy toy = world(ASSAY_TASK_FORECAST);
  toy.lid = 1.25;
  toy_files(&toy);
  const struct assay_task task = toy_task(&toy);
  for (int faded = 0; faded < 2; faded++) {
    struct assay_dataset *inputs;
    struct watch w = {.faded = faded};
    double got[POINTS], truth[POINTS];
    assert_ok(assay_dataset_open(&inputs, toy_path("inputs.nc")));
    assert_ok(assay_question_each(
        &(struct assay_predict_job){.task = &task, .inputs = inputs, .output = toy_path("pred.nc")},
        roll, &w));
    assay_dataset_close(inputs);
    assert_int_equal(w.steps, 4);
    toy_answer(got, &toy, 1, 0, 3);
    toy_values(truth, &toy, toy.n_train + toy.n_valid + 1, 0, toy.dt);
    for (int i = 0; i < POINTS; i++) {
      const bool solid = i / 11 < 2 && i % 11 < 4;
      assert_close(got[i], faded && solid ? 0 : truth[i], 1e-6, 1e-6);
    }
  }
}

/* ---- networks ------------------------------------------------------------------------------- */

static void unmasked_predictions_reach_into_the_solid(void **state)
{
  (void)state;
  for (int unmasked = 0; unmasked < 2; unmasked++) {
    const struct assay_nn_sizes z = {.n_fields = 2,
                                     .n_params = 1,
                                     .n_axes = 2,
                                     .rows = 8,
                                     .columns = 10,
                                     .defects = unmasked ? ASSAY_NN_UNMASKED : 0};
    struct assay_nn_params params = {0};
    struct assay_nn_graph *g;
    struct assay_nn_run *run;
    double inside = 0;
    assert_ok(assay_nn_graph_create(&g, &params));
    assay_nn_output(g, "y", assay_nn_model_fno.build(g, &z, assay_nn_model_fno.baseline->defaults));
    assert_ok(assay_nn_graph_finish(g));
    assert_ok(assay_nn_params_allocate(&params, 2385));
    assert_ok(assay_nn_run_create(&run, g, &(struct assay_nn_run_options){.batch = 1}));
    for (int i = 0; i < 80; i++) assay_nn_run_named(run, "mask")[i] = i % 3 > 0;
    for (int i = 0; i < 160; i++) assay_nn_run_named(run, "state")[i] = sinf(0.3f * (float)i);
    assay_nn_run_named(run, "parameters")[0] = 0.7f;
    assert_ok(assay_nn_run_forward(run, 1));
    for (int i = 0; i < 80; i += 3) inside += fabs((double)assay_nn_run_named(run, "y")[i]);
    assert_true(unmasked ? inside > 0.1 : inside == 0);
    assay_nn_run_destroy(run);
    assay_nn_graph_destroy(g);
    assay_nn_params_clear(&params);
  }
}

/* All numbers 0: what is left of the answer is what the network's is added to. */
static void the_published_fno_starts_from_nothing(void **state)
{
  (void)state;
  static const char *const how[][2] = {{"published=no"}, {"published=yes"}};
  for (int published = 0; published < 2; published++) {
    const struct assay_nn_sizes z = {
        .n_fields = 2, .n_params = 1, .n_axes = 2, .rows = 8, .columns = 10};
    struct assay_nn_params params = {0};
    struct assay_nn_graph *g;
    struct assay_nn_run *run;
    void *settings = toy_params("fno", how[published]);
    assert_ok(assay_nn_graph_create(&g, &params));
    assay_nn_output(g, "y", assay_nn_model_fno.build(g, &z, settings));
    assert_ok(assay_nn_graph_finish(g));
    assert_ok(assay_nn_params_allocate(&params, 2385));
    memset(params.value, 0, params.length * sizeof *params.value);
    assert_ok(assay_nn_run_create(&run, g, &(struct assay_nn_run_options){.batch = 1}));
    for (int i = 0; i < 80; i++) assay_nn_run_named(run, "mask")[i] = 1;
    for (int i = 0; i < 160; i++) assay_nn_run_named(run, "state")[i] = 0.25f * (float)i;
    assert_ok(assay_nn_run_forward(run, 1));
    for (int i = 0; i < 160; i++)
      assert_close((double)assay_nn_run_named(run, "y")[i], published ? 0 : 0.25 * i, 1e-6, 1e-6);
    assay_nn_run_destroy(run);
    assay_nn_graph_destroy(g);
    assay_nn_params_clear(&params);
    assay_free(settings);
  }
}

/* x [2, 5] through conv, batch norm, gelu, dropout to y [3, 5], and its distance from a target */
static void build_normed(struct assay_nn_graph **g, struct assay_nn_params *params)
{
  assert_ok(assay_nn_graph_create(g, params));
  const struct assay_nn_conv conv = {.channels = 3, .kernel = 3, .padding = 1};
  int x = assay_nn_conv(*g, "conv", assay_nn_input(*g, "x", 2, (int[]){2, 5}), &conv);
  x = assay_nn_dropout(*g, assay_nn_gelu(*g, assay_nn_batch_norm(*g, "norm", x)), 0.4);
  x = assay_nn_conv(*g, "last", x, &conv);
  assay_nn_output(*g, "y", x);
  assay_nn_mse(*g, x, assay_nn_input(*g, "target", 2, (int[]){3, 5}), -1);
  assert_ok(assay_nn_graph_finish(*g));
  assert_ok(assay_nn_params_allocate(params, 2385));
}

static void draw(float *x, int n, uint64_t stream)
{
  struct assay_rng rng = assay_rng_init(2385, stream, 0);
  for (int i = 0; i < n; i++) x[i] = (float)assay_rng_normal(&rng);
}

/* Once held, a step has the loss of answers, and its gradient; running statistics rest. */
static void held_norms_are_those_of_answers(void **state)
{
  (void)state;
  enum { BATCH = 4 };
  struct assay_nn_params params = {0};
  struct assay_nn_graph *g;
  struct assay_nn_run *learning, *answering;
  double free_loss, loss, again, expected = 0;
  build_normed(&g, &params);
  assert_ok(assay_nn_run_create(&learning, g,
                                &(struct assay_nn_run_options){.batch = BATCH, .training = true}));
  assert_ok(assay_nn_run_create(&answering, g, &(struct assay_nn_run_options){.batch = BATCH}));
  draw(assay_nn_run_named(learning, "x"), BATCH * 10, 1);
  draw(assay_nn_run_named(learning, "target"), BATCH * 15, 2);
  draw(assay_nn_run_named(answering, "x"), BATCH * 10, 1);
  assert_ok(assay_nn_run_step(&free_loss, learning, BATCH));
  assay_nn_run_hold(learning);
  const size_t mean = params.row[assay_nn_params_find(&params, "norm.running_mean")].offset;
  const float before = params.value[mean];
  assert_ok(assay_nn_run_step(&loss, learning, BATCH));
  assert_true(before == params.value[mean] && fabs(loss - free_loss) > 1e-3);
  assert_ok(assay_nn_run_forward(answering, BATCH));
  for (int i = 0; i < BATCH * 15; i++) {
    const double d = (double)assay_nn_run_named(answering, "y")[i] -
                     (double)assay_nn_run_named(learning, "target")[i];
    expected += d * d / (BATCH * 15);
  }
  assert_close(loss, expected, 1e-5, 0);
  for (int r = 0; r < params.n; r++) { /* the first number of every parameter */
    const struct assay_nn_row *row = &params.row[r];
    if (!row->learned) continue;
    const float at = params.value[row->offset], slope = params.gradient[row->offset], h = 4e-3f;
    double side[2];
    for (int i = 0; i < 2; i++) {
      params.value[row->offset] = at + (i ? h : -h);
      assert_ok(assay_nn_run_step(&side[i], learning, BATCH));
    }
    params.value[row->offset] = at;
    assert_ok(assay_nn_run_step(&again, learning, BATCH));
    assert_close((side[1] - side[0]) / (2 * (double)h), (double)slope, 2e-3, 2e-4);
  }
  assay_nn_run_destroy(learning);
  assay_nn_run_destroy(answering);
  assay_nn_graph_destroy(g);
  assay_nn_params_clear(&params);
}

static void nothing_is_left(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_are_read),
      cmocka_unit_test(names_of_other_methods_are_refused),
      cmocka_unit_test(histories_agree),
      cmocka_unit_test(units_are_constants_of_one_problem),
      cmocka_unit_test(blind_sees_nothing_solid),
      cmocka_unit_test(steady_cases_are_cut),
      cmocka_unit_test(pairs_may_lie_further_apart),
      cmocka_unit_test(padding_counts_in_the_loss),
      cmocka_unit_test(imposed_values_fade),
      cmocka_unit_test(unmasked_predictions_reach_into_the_solid),
      cmocka_unit_test(the_published_fno_starts_from_nothing),
      cmocka_unit_test(held_norms_are_those_of_answers),
      cmocka_unit_test(nothing_is_left),
  };
  toy_open();
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  toy_close();
  return failed;
}
