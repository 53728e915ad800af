/* Learned methods from files to predictions: what they learn, the sizes that CFDBench prints, the
 * units of samples, and the roll-out with an exact propagator. */
#include "baselines/neural/models.h"
#include "tests/baselines/small_world.h"

static double param(long k, int j)
{
  const double golden = j ? 0.7548776662466927 : 0.5698402909980532,
               place = (double)(k + 1) * golden;
  return (j ? 30.0 : -0.4) + (j ? 500.0 : 1.3) * (place - floor(place));
}

/* Smooth in the parameters, decaying in time; field 1 is a thousand times larger. */
static double smooth(const double *params, int field, double x, double y, double t)
{
  const double a = params[0], b = params[1] / 500;
  const double value = exp(-1.5 * t) * (sin(3 * x * a) * y + b * cos(2 * y) * x);
  return field ? 1e3 * (value + 0.7 * a) : value;
}

/* What is left after time t is known from what was before: u' = exp(-1.5 dt) u. */
static double decaying(const double *params, int field, double x, double y, double t)
{
  const double u = sin(2 * x + params[0]) * cos(y * (1 + field)) * params[1] / 100;
  return exp(-1.5 * t) * u;
}

static struct toy world(int kind, double (*value)(const double *, int, double, double, double))
{
  return (struct toy){
      .kind = kind,
      .first = 1,
      .stride = 1,
      .n_train = 24,
      .n_valid = 4,
      .n_test = 3,
      .n_times = 6,
      .dt = 0.1,
      .n_axes = 2,
      .axis = {{"y", "m", "y", ASSAY_AXIS_CENTRES, 8, 0, 1},
               {"x", "m", "x", ASSAY_AXIS_CENTRES, 11, 0, 2}},
      .n_fields = 2,
      .fields = {{.name = "u", .unit = "m s-1", .doc = "u"},
                 {.name = "p", .unit = "Pa", .doc = "p"}},
      .n_params = 2,
      .params = {{.name = "a", .unit = "1", .doc = "a"}, {.name = "b", .unit = "1", .doc = "b"}},
      .param = param,
      .value = value};
}

/* Root mean square of error over that of the truth, over the test cases and leads. */
static double relative_error(const struct toy *toy, int field, int leads, int first_lead)
{
  const struct assay_shape shape = toy_shape(toy, 1);
  const size_t n = assay_shape_points(&shape);
  double error = 0, size = 0, got[256], truth[256];
  assert_true(n <= 256);
  for (long k = 0; k < toy->n_test; k++)
    for (int l = 0; l < leads; l++) {
      toy_answer(got, toy, k, field, l);
      toy_values(truth, toy, toy->n_train + toy->n_valid + k, field,
                 (first_lead + l * toy->stride) * toy->dt);
      for (size_t i = 0; i < n; i++) {
        error += (got[i] - truth[i]) * (got[i] - truth[i]);
        size += truth[i] * truth[i];
      }
    }
  return sqrt(error / size);
}

static void ffn_learns_a_smooth_map(void **state)
{
  (void)state;
  const struct toy toy = world(ASSAY_TASK_OPERATOR, smooth);
  static const char *const how[] = {
      "width=24",   "depth=3",         "points=40",       "epochs=80",     "batch=12",
      "rate=0.005", "activation=tanh", "schedule=cosine", "step_factor=0", NULL};
  void *params = toy_params("ffn", how);
  toy_files(&toy);
  assert_ok(toy_train(&toy, "ffn", params));
  assert_ok(toy_predict(&toy, "ffn", params));
  for (int f = 0; f < 2; f++) {
    const double error = relative_error(&toy, f, 5, 1);
    if (!(error < 0.12)) fail_msg("field %d: relative error %g", f, error);
  }
  assay_free(params);
}

static void auto_ffn_learns_a_decay(void **state)
{
  (void)state;
  struct toy toy = world(ASSAY_TASK_FORECAST, decaying);
  static const char *const how[] = {"width=24",        "depth=2",       "points=40",
                                    "epochs=60",       "batch=12",      "rate=0.02",
                                    "schedule=cosine", "step_factor=0", NULL};
  void *params = toy_params("auto_ffn", how);
  toy_files(&toy);
  assert_ok(toy_train(&toy, "auto_ffn", params));
  assert_ok(toy_predict(&toy, "auto_ffn", params));
  assert_true(relative_error(&toy, 0, 4, 2) < 0.15); /* persistence: 0.35 */
  toy.lid = 1.25;                                    /* with imposed values around the frame */
  toy_files(&toy);
  assert_ok(toy_train(&toy, "auto_ffn", params));
  assert_ok(toy_predict(&toy, "auto_ffn", params));
  assert_true(relative_error(&toy, 0, 4, 2) < 0.2);
  assay_free(params);
}

/* With frames of other samples it can only learn to change nothing, or by the mean. */
static void mixed_up_samples_teach_less(void **state)
{
  (void)state;
  const struct toy toy = world(ASSAY_TASK_FORECAST, decaying);
  static const char *const how[] = {"published=yes", "width=24", "depth=2",    "points=40",
                                    "epochs=60",     "batch=12", "rate=0.003", NULL};
  void *params = toy_params("auto_ffn", how);
  toy_files(&toy);
  assert_ok(toy_train(&toy, "auto_ffn", params));
  assert_ok(toy_predict(&toy, "auto_ffn", params));
  assert_true(relative_error(&toy, 0, 4, 2) > 0.2);
  assay_free(params);
}

static void deeponets_learn_too(void **state)
{
  (void)state;
  static const char *const methods[] = {"deeponet", "auto_deeponet", "auto_edeeponet",
                                        "auto_deeponetcnn"};
  struct toy toy = world(ASSAY_TASK_OPERATOR, smooth);
  static const char *const how[] = {"width=24",    "depth=3",    "points=40",       "epochs=80",
                                    "batch=12",    "rate=0.005", "schedule=cosine", "step_factor=0",
                                    "?channels=6", "?head=24",   "?levels=1",       NULL};
  for (int i = 0; i < 4; i++) {
    const bool forecast = i > 0;
    void *params = toy_params(methods[i], how);
    if (forecast) toy = world(ASSAY_TASK_FORECAST, decaying);
    toy_files(&toy);
    assert_ok(toy_train(&toy, methods[i], params));
    assert_ok(toy_predict(&toy, methods[i], params));
    const double error = relative_error(&toy, 0, forecast ? 4 : 5, forecast ? 2 : 1);
    if (!(error < 0.2)) fail_msg("%s: relative error %g", methods[i], error);
    assay_free(params);
  }
}

/* With the activation as published, what is said about a point depends on the company it is asked
 * in: other numbers of points for the same parameters of the network give other fields. */
static double largest_change(const struct toy *toy, const char *published)
{
  static const char *const points[] = {"points=40", "points=88"};
  double got[2][256], largest = 0;
  for (int i = 0; i < 2; i++) {
    const char *const how[] = {"width=6", "depth=3", "epochs=1", published, points[0], NULL};
    const char *const asked[] = {"width=6", "depth=3", "epochs=1", published, points[i], NULL};
    void *learned = toy_params("deeponet", how), *answered = toy_params("deeponet", asked);
    assert_ok(toy_train(toy, "deeponet", learned));
    assert_ok(toy_predict(toy, "deeponet", answered));
    toy_answer(got[i], toy, 1, 0, 2);
    assay_free(learned);
    assay_free(answered);
  }
  for (int i = 0; i < 88; i++) largest = fmax(largest, fabs(got[0][i] - got[1][i]));
  return largest;
}

static void company_matters_only_as_published(void **state)
{
  (void)state;
  const struct toy toy = world(ASSAY_TASK_OPERATOR, smooth);
  toy_files(&toy);
  assert_true(largest_change(&toy, "published=no") < 1e-6);
  assert_true(largest_change(&toy, "published=yes") > 1e-4);
}

/* ---- sizes -------------------------------------------------------------------------------- */

/* The parameters of a model; the two numbers of a complex weight (`.weights`) are one. */
static size_t count_of(const struct assay_nn_model *model, const struct assay_nn_sizes *z)
{
  struct assay_nn_params params = {0};
  struct assay_nn_graph *g;
  assert_ok(assay_nn_graph_create(&g, &params));
  const int y = model->build(g, z, model->baseline->defaults);
  assert_ok(assay_nn_graph_finish(g));
  const int frame[] = {z->n_fields, z->rows, z->columns};
  for (int d = 0; z->points == 0 && d < 3; d++) assert_int_equal(g->value[y].shape.d[d], frame[d]);
  size_t n = params.count;
  for (int i = 0; i < params.n; i++)
    if (strstr(params.row[i].name, ".weights")) n -= params.row[i].size / 2;
  assay_nn_graph_destroy(g);
  assay_nn_params_clear(&params);
  return n;
}

static size_t count(const struct assay_nn_model *model, int n_params, int rows, int columns)
{
  return count_of(model, &(struct assay_nn_sizes){.n_fields = 1,
                                                  .n_params = n_params,
                                                  .n_axes = 2,
                                                  .rows = rows,
                                                  .columns = columns,
                                                  .points = 10});
}

static size_t count_fno(int n_params, int rows, int columns)
{
  return count_of(
      &assay_nn_model_fno,
      &(struct assay_nn_sizes){
          .n_fields = 2, .n_params = n_params, .n_axes = 2, .rows = rows, .columns = columns});
}

/* Two fields go in, one is learned. */
static size_t count_cnn(int n_params, int rows, int columns)
{
  return count_of(&assay_nn_model_auto_deeponetcnn,
                  &(struct assay_nn_sizes){.n_fields = 2,
                                           .n_params = n_params,
                                           .n_axes = 2,
                                           .rows = rows,
                                           .columns = columns,
                                           .points = 10,
                                           .defects = ASSAY_NN_ONE_FIELD});
}

/* Planes in, planes out: also where there is one row, and without parameters. */
static void frames_of_one_dimension_are_frames(void **state)
{
  (void)state;
  static const struct assay_nn_model *const models[] = {&assay_nn_model_fno, &assay_nn_model_resnet,
                                                        &assay_nn_model_unet};
  for (int i = 0; i < 3; i++)
    for (int n_params = 0; n_params <= 3; n_params += 3) {
      struct assay_nn_sizes z = {
          .n_fields = 2, .n_params = n_params, .n_axes = 1, .rows = 1, .columns = 37};
      const size_t line = count_of(models[i], &z);
      z.n_axes = 2;
      z.rows = 41;
      assert_true(count_of(models[i], &z) > line);
    }
}

static void parameters_are_as_many_as_published(void **state)
{
  (void)state;
  assert_int_equal(count(&assay_nn_model_ffn, 5, 64, 64), 71701);
  assert_int_equal(count(&assay_nn_model_ffn, 8, 66, 65), 72001);
  assert_int_equal(count(&assay_nn_model_deeponet, 5, 64, 64), 142501);
  assert_int_equal(count(&assay_nn_model_deeponet, 8, 66, 65), 142801);
  assert_int_equal(count(&assay_nn_model_auto_deeponet, 5, 64, 64), 551901);
  assert_int_equal(count(&assay_nn_model_auto_deeponet, 5, 66, 65), 571301);
  assert_int_equal(count(&assay_nn_model_auto_deeponet, 8, 66, 65), 571601);
  assert_int_equal(count_cnn(5, 64, 64), 742730);
  assert_int_equal(count_cnn(5, 66, 65), 742730);
  assert_int_equal(count_cnn(8, 66, 65), 745130);
  assert_int_equal(count(&assay_nn_model_auto_edeeponet, 5, 64, 64), 622701);
  assert_int_equal(count(&assay_nn_model_auto_edeeponet, 5, 66, 65), 642101);
  assert_int_equal(count(&assay_nn_model_auto_edeeponet, 8, 66, 65), 642401);
  assert_int_equal(count(&assay_nn_model_auto_ffn, 5, 64, 64), 1102401);
  assert_int_equal(count(&assay_nn_model_auto_ffn, 5, 66, 65), 1141201);
  assert_int_equal(count(&assay_nn_model_auto_ffn, 8, 66, 65), 1141801);
  assert_int_equal(count_fno(5, 66, 64), 1188706);
  assert_int_equal(count_fno(5, 66, 65), 1188706);
  assert_int_equal(count_fno(8, 66, 65), 1188802);
}

/* ---- roll-out ------------------------------------------------------------------------------ */

struct exact {
  double factor; /* of one step */
  double lid, mean, spread;
  struct assay_nn_ring ring;
  int steps;
};

static int decay(float *next, const float *state, void *context)
{
  struct exact *e = context;
  const struct assay_nn_ring *r = &e->ring;
  for (size_t i = 0; i < 2 * r->points; i++)
    next[i] = (float)((e->factor * (e->mean + e->spread * (double)state[i]) - e->mean) / e->spread);
  /* the ring holds what is imposed, before every step: the lid above the corner rows of u, nothing
   * moves at the other sides */
  for (int j = 1; j + 1 < r->all_columns && r->side[ASSAY_NORTH]; j++) {
    const double above =
        (double)state[(size_t)(r->all_rows - 1) * (size_t)r->all_columns + (size_t)j];
    assert_close(e->mean + e->spread * above, e->lid, 1e-6, 0);
    assert_close(e->mean + e->spread * (double)state[j], 0, 0, 1e-6);
  }
  e->steps++;
  return ASSAY_OK;
}

static int roll(double *answer, const struct assay_question *q, void *context)
{
  int rc = ASSAY_OK;
  struct exact *e = context;
  double mean[2] = {e->mean, e->mean}, spread[2] = {e->spread, e->spread};
  const struct assay_nn_scales scales = {.fields = {.n = 2, .mean = mean, .spread = spread}};
  ASSAY_TRY(assay_nn_ring_find(&e->ring, q->view, true));
  ASSAY_TRY(assay_nn_roll(answer, q, &e->ring, &scales, NULL,
                          &(struct assay_nn_stepper){.step = decay, .context = e}));
done:
  return rc;
}

static void an_exact_propagator_is_exact_at_every_lead(void **state)
{
  (void)state;
  for (int stride = 1; stride <= 2; stride++) {
    struct toy toy = world(ASSAY_TASK_FORECAST, decaying);
    struct assay_dataset *inputs;
    toy.stride = stride;
    toy.n_times = 8;
    toy.lid = 1.25;
    toy_files(&toy);
    const struct assay_task task = toy_task(&toy);
    struct exact e = {
        .factor = exp(-1.5 * toy.dt * stride), .lid = 1.25, .mean = 0.4, .spread = 3.1};
    assert_ok(assay_dataset_open(&inputs, toy_path("inputs.nc")));
    assert_ok(assay_question_each(
        &(struct assay_predict_job){.task = &task, .inputs = inputs, .output = toy_path("pred.nc")},
        roll, &e));
    assay_dataset_close(inputs);
    const int leads = 6 / stride;
    assert_int_equal(e.steps, leads * toy.n_test);
    assert_int_equal(e.ring.all_rows, 10);
    assert_int_equal(e.ring.all_columns, 13);
    for (long k = 0; k < toy.n_test; k++)
      for (int f = 0; f < 2; f++)
        for (int l = 0; l < leads; l++)
          assert_true(toy_error(&toy, k, f, l, 1 + (l + 1) * stride) < 5e-6);
  }
}

/* A pattern of few bits that moves by one column a frame, around the end. */
static double moving(const double *params, int field, double x, double y, double t)
{
  const int column = (int)floor(x * 11 / 2), moved = column - (int)lround(t / 0.1) + 11 * 100;
  return (double)(moved % 11 * (moved % 11) % 7 + 3 * field) / 8 + floor(8 * y) / 4 +
         floor(8 * params[0]) / 16;
}

static int shift(float *next, const float *state, void *context)
{
  const struct assay_nn_ring *r = context;
  for (size_t i = 0; i < 2 * r->points; i++) next[i] = state[i % 11 > 0 ? i - 1 : i + 10];
  return ASSAY_OK;
}

struct shifts {
  struct assay_nn_ring ring;
  unsigned defects;
};

static int roll_shifts(double *answer, const struct assay_question *q, void *context)
{
  int rc = ASSAY_OK;
  struct shifts *s = context;
  double mean[2] = {0}, spread[2] = {1, 1};
  const struct assay_nn_scales scales = {.fields = {.n = 2, .mean = mean, .spread = spread}};
  ASSAY_TRY(assay_nn_ring_find(&s->ring, q->view, false));
  ASSAY_TRY(assay_nn_roll(
      answer, q, &s->ring, &scales, NULL,
      &(struct assay_nn_stepper){.step = shift, .context = &s->ring, .defects = s->defects}));
done:
  return rc;
}

/* Zero, not small: and nowhere zero as soon as the roll-out is one step off. */
static void an_exact_shift_has_no_error_at_all(void **state)
{
  (void)state;
  struct toy toy = world(ASSAY_TASK_FORECAST, moving);
  toy.n_times = 9;
  toy.first = 2;
  toy_files(&toy);
  const struct assay_task task = toy_task(&toy);
  for (int off = 0; off < 2; off++) {
    struct assay_dataset *inputs;
    struct shifts s = {.defects = off ? ASSAY_NN_AHEAD : 0};
    assert_ok(assay_dataset_open(&inputs, toy_path("inputs.nc")));
    assert_ok(assay_question_each(
        &(struct assay_predict_job){.task = &task, .inputs = inputs, .output = toy_path("pred.nc")},
        roll_shifts, &s));
    assay_dataset_close(inputs);
    for (long k = 0; k < toy.n_test; k++)
      for (int f = 0; f < 2; f++)
        for (int l = 0; l < 6; l++) {
          const double error = toy_error(&toy, k, f, l, 3 + l);
          assert_true(off ? error > 0.1 : error == 0);
        }
  }
}

/* ---- bad input ----------------------------------------------------------------------------- */

static void models_of_other_grids_are_refused(void **state)
{
  (void)state;
  struct toy toy = world(ASSAY_TASK_FORECAST, decaying);
  static const char *const how[] = {"width=5", "depth=1", "points=7", "epochs=1", NULL};
  void *params = toy_params("auto_ffn", how);
  toy_files(&toy);
  assert_ok(toy_train(&toy, "auto_ffn", params));
  toy.axis[1].n = 12;
  toy_files(&toy);
  assert_fails(toy_predict(&toy, "auto_ffn", params), ASSAY_EARG,
               "the model was trained on 8 x 11 points, here are 8 x 12");
  toy.axis[1].n = 11;
  toy_files(&toy);
  assert_fails(toy_predict(&toy, "auto_ffn", NULL), ASSAY_ECORRUPT, "layers.0.weight");
  assay_free(params);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ffn_learns_a_smooth_map),
      cmocka_unit_test(auto_ffn_learns_a_decay),
      cmocka_unit_test(mixed_up_samples_teach_less),
      cmocka_unit_test(deeponets_learn_too),
      cmocka_unit_test(company_matters_only_as_published),
      cmocka_unit_test(frames_of_one_dimension_are_frames),
      cmocka_unit_test(parameters_are_as_many_as_published),
      cmocka_unit_test(an_exact_propagator_is_exact_at_every_lead),
      cmocka_unit_test(an_exact_shift_has_no_error_at_all),
      cmocka_unit_test(models_of_other_grids_are_refused),
  };
  toy_open();
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  toy_close();
  return failed;
}
