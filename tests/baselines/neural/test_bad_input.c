/* What learned methods say of files, settings and budgets that are wrong, what they leave, and what
 * they do not look at. */
#include <hdf5.h>

#include "tests/baselines/small_world.h"

static double param(long k, int j)
{
  const double golden = j ? 0.7548776662466927 : 0.5698402909980532,
               place = (double)(k + 1) * golden;
  return (j ? 30.0 : -0.4) + (j ? 500.0 : 1.3) * (place - floor(place));
}

static double value(const double *params, int field, double x, double y, double t)
{
  return (1 + field) * exp(-1.5 * t) * sin(2 * x + params[0]) * cos(y) * params[1] / 100;
}

/* One case has a value that is not a number. */
static double torn(const double *params, int field, double x, double y, double t)
{
  const bool bad = params[0] == param(3, 0) && t > 0.25 && x < 0.2 && y < 0.2;
  return bad ? NAN : value(params, field, x, y, t);
}

static struct toy world(int kind)
{
  return (struct toy){
      .kind = kind,
      .first = 1,
      .stride = 1,
      .n_train = 10,
      .n_valid = 2,
      .n_test = 2,
      .n_times = 5,
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

static const char *const little[] = {"width=6",  "depth=2", "points=20",
                                     "epochs=2", "batch=8", NULL};

/* An operator task and a method for it with few numbers; the caller frees the parameters. */
static void *opened(struct toy *toy, const char *method)
{
  *toy = world(ASSAY_TASK_OPERATOR);
  assert_ok(assay_dir_make(toy_path("model")));
  assert_ok(assay_dir_remove(toy_path("model")));
  toy_files(toy);
  return toy_params(method, little);
}

static void data_without_what_is_asked_for(void **state)
{
  (void)state;
  struct toy toy, other;
  void *params = opened(&toy, "ffn");
  other = toy;
  other.fields[1].name = "w";
  assert_fails(toy_train(&other, "ffn", params), ASSAY_ENOTFOUND,
               "no field 'w', which the task asks for");
  assert_false(assay_file_exists(toy_path("model/model.nc")));
  assert_ok(toy_train(&toy, "ffn", params));
  assert_fails(toy_predict(&other, "ffn", params), ASSAY_ECORRUPT,
               "the model's fields is 'u p', expected 'u w'");
  other = toy;
  other.params[1].name = "c";
  toy_files(&other);
  assert_fails(toy_predict(&other, "ffn", params), ASSAY_ECORRUPT,
               "the model's params is 'a b', expected 'a c'");
  toy.value = torn;
  toy_files(&toy);
  assert_fails(toy_train(&toy, "ffn", params), ASSAY_ECORRUPT, "not finite");
  assay_free(params);
}

static void frames_too_far_apart(void **state)
{
  (void)state;
  struct toy toy = world(ASSAY_TASK_FORECAST);
  void *params = toy_params("auto_ffn", little);
  toy_files(&toy);
  toy.stride = 4; /* frames 1 to 4 */
  assert_fails(toy_train(&toy, "auto_ffn", params), ASSAY_EARG,
               "1 frame behind frame 1 at a stride of 4, but the file has 5 frames");
  assay_free(params);
}

static void slopes_of_points(void **state)
{
  (void)state;
  struct toy toy;
  static const char *const how[] = {"loss=h1", "epochs=1", NULL};
  void *params = toy_params("ffn", how);
  assay_free(opened(&toy, "ffn"));
  assert_fails(toy_train(&toy, "ffn", params), ASSAY_EARG, "slopes need planes");
  assay_free(params);
}

/* ---- models -------------------------------------------------------------------------------- */

static void without(const char *name)
{
  const hid_t file = H5Fopen(toy_path("model/model.nc"), H5F_ACC_RDWR, H5P_DEFAULT);
  assert_true(file >= 0);
  assert_true(H5Lmove(file, name, H5L_SAME_LOC, "gone", H5P_DEFAULT, H5P_DEFAULT) >= 0);
  assert_true(H5Fclose(file) >= 0);
}

static void with_number(const char *name, double x)
{
  double numbers[2] = {x, x};
  const hid_t file = H5Fopen(toy_path("model/model.nc"), H5F_ACC_RDWR, H5P_DEFAULT);
  const hid_t d = H5Dopen2(file, name, H5P_DEFAULT);
  assert_true(H5Dwrite(d, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers) >= 0);
  assert_true(H5Dclose(d) >= 0 && H5Fclose(file) >= 0);
}

static void models_without_their_normalisation(void **state)
{
  (void)state;
  static const char *const names[] = {"fields_mean",   "fields_spread", "params_mean",
                                      "params_spread", "time_mean",     "time_spread"};
  struct toy toy;
  void *params = opened(&toy, "ffn");
  for (int i = 0; i < 6; i++) {
    char message[64];
    assert_ok(toy_train(&toy, "ffn", params));
    without(names[i]);
    snprintf(message, sizeof message, "the model lacks '%s'", names[i]);
    assert_fails(toy_predict(&toy, "ffn", params), ASSAY_ECORRUPT, message);
  }
  assert_ok(toy_train(&toy, "ffn", params));
  with_number("fields_spread", 0);
  assert_fails(toy_predict(&toy, "ffn", params), ASSAY_ECORRUPT, "'fields_spread' is 0");
  with_number("fields_spread", 2.385);
  assert_ok(toy_predict(&toy, "ffn", params));
  with_number("params_mean", NAN);
  assert_fails(toy_predict(&toy, "ffn", params), ASSAY_ECORRUPT, "'params_mean' is nan");
  assay_free(params);
}

static void models_cut_off_or_of_others(void **state)
{
  (void)state;
  struct toy toy;
  char *bytes = NULL;
  size_t size = 0;
  void *params = opened(&toy, "ffn"), *rival = toy_params("deeponet", little);
  assert_fails(toy_predict(&toy, "ffn", params), ASSAY_EIO, "there is no trained model");
  assert_ok(toy_train(&toy, "deeponet", rival));
  assert_fails(toy_predict(&toy, "ffn", params), ASSAY_ECORRUPT,
               "the model's method is 'deeponet', expected 'ffn'");
  assert_ok(toy_train(&toy, "ffn", params));
  assert_ok(assay_file_read(&bytes, &size, toy_path("model/model.nc")));
  assert_ok(assay_file_write(toy_path("model/model.nc"), bytes, size / 2));
  assert_fails(toy_predict(&toy, "ffn", params), ASSAY_ECORRUPT, "not a model");
  assay_free(bytes);
  assay_free(params);
  assay_free(rival);
}

/* ---- training ------------------------------------------------------------------------------ */

static void checkpoints_that_do_not_fit(void **state)
{
  (void)state;
  struct toy toy;
  char *bytes = NULL, *left = NULL;
  size_t size = 0, kept = 0;
  static const char *const wild[] = {"width=6", "depth=2",       "points=20", "epochs=2",
                                     "batch=8", "optimiser=sgd", "rate=10",   NULL},
                           *const as_published[] = {"width=6",  "depth=2",       "points=20",
                                                    "epochs=2", "batch=8",       "optimiser=sgd",
                                                    "rate=10",  "published=yes", NULL};
  void *params = opened(&toy, "ffn"), *diverging = toy_params("ffn", wild),
       *published = toy_params("ffn", as_published);
  assert_true(toy_train(&toy, "ffn", diverging) < 0); /* leaves its checkpoint */
  assert_fails(toy_train(&toy, "ffn", params), ASSAY_ECORRUPT, "of another run: its settings is");
  assert_fails(toy_train(&toy, "ffn", published), ASSAY_ECORRUPT, "defects 0, lag 0");
  assert_ok(assay_file_read(&bytes, &size, toy_path("model/checkpoint.h5")));
  assert_ok(assay_file_write(toy_path("model/checkpoint.h5"), bytes, size / 2));
  assert_fails(toy_train(&toy, "ffn", diverging), ASSAY_ECORRUPT, "not a checkpoint, or cut off");
  assert_ok(assay_file_read(&left, &kept, toy_path("model/checkpoint.h5")));
  assert_int_equal(kept, size / 2); /* nobody's work is thrown away */
  assay_free(bytes);
  assay_free(left);
  assay_free(params);
  assay_free(diverging);
  assay_free(published);
}

/* It says where, keeps the best weights before, and says the same when it goes on from there. */
static void a_loss_that_explodes(void **state)
{
  (void)state;
  struct toy toy;
  char first[512];
  static const char *const wild[] = {"width=6", "depth=2",       "points=20", "epochs=40",
                                     "batch=8", "optimiser=sgd", "rate=10",   NULL};
  assay_free(opened(&toy, "ffn"));
  void *params = toy_params("ffn", wild);
  assert_fails(toy_train(&toy, "ffn", params), ASSAY_EDIVERGED, "in step ");
  snprintf(first, sizeof first, "%s", assay_err_last());
  if (!strstr(first, "layer layers.") && !strstr(first, "gradient of layers."))
    fail_msg("%s", first);
  assert_false(assay_file_exists(toy_path("model/model.nc")));
  assert_true(assay_file_exists(toy_path("model/checkpoint.h5")));
  assert_fails(toy_train(&toy, "ffn", params), ASSAY_EDIVERGED, first);
  assay_free(params);
}

static int train_within(double seconds, const struct toy *toy, const void *params)
{
  const struct assay_task task = toy_task(toy);
  const struct assay_baseline *b;
  struct assay_dataset *data;
  assert_ok(assay_baseline_find(&b, "ffn"));
  assert_ok(assay_dataset_open(&data, toy_path("train.nc")));
  assert_ok(assay_dir_make(toy_path("model")));
  const int rc = b->train(&(struct assay_train_job){.task = &task,
                                                    .data = data,
                                                    .model_dir = toy_path("model"),
                                                    .seed = 7,
                                                    .time_limit = seconds,
                                                    .params = params});
  assay_dataset_close(data);
  return rc;
}

/* train.nc with the test cases behind the others, as no method ever gets it. */
static void write_with_tests(const struct toy *toy)
{
  static const int all[] = {0, 1, 2, 3, 4};
  toy_write(toy, "train.nc", 0, toy->n_train + toy->n_valid + toy->n_test, all, 5, NULL, 0);
}

static double otherwise_behind_training(const double *params, int field, double x, double y,
                                        double t)
{
  const bool behind = params[0] == param(12, 0) || params[0] == param(13, 0);
  return behind ? 1e6 * x : value(params, field, x, y, t);
}
static double otherwise_to_judge(const double *params, int field, double x, double y, double t)
{
  const bool judged = params[0] == param(10, 0) || params[0] == param(11, 0);
  return judged ? 3 - value(params, field, x, y, t) : value(params, field, x, y, t);
}

static char *learned(size_t *size, const struct toy *toy)
{
  char *bytes = NULL;
  static const char *const how[] = {"width=9", "depth=2",   "points=20",  "epochs=30",
                                    "batch=8", "rate=0.02", "patience=3", NULL};
  void *params = toy_params("ffn", how);
  write_with_tests(toy);
  assert_ok(toy_train(toy, "ffn", params));
  assert_ok(assay_file_read(&bytes, size, toy_path("model/model.nc")));
  assay_free(params);
  return bytes;
}

/* What is kept, and when training ends, depends on the validation cases and on no test case. */
static void test_cases_are_never_looked_at(void **state)
{
  (void)state;
  struct toy toy;
  size_t size[3];
  char *bytes[3];
  assay_free(opened(&toy, "ffn"));
  bytes[0] = learned(&size[0], &toy);
  toy.value = otherwise_behind_training;
  bytes[1] = learned(&size[1], &toy);
  assert_int_equal(size[0], size[1]);
  assert_memory_equal(bytes[0], bytes[1], size[0]);
  toy.value = otherwise_to_judge;
  bytes[2] = learned(&size[2], &toy);
  assert_true(size[2] != size[0] || memcmp(bytes[2], bytes[0], size[0]) != 0);
  for (int i = 0; i < 3; i++) assay_free(bytes[i]);
}

static void budgets_below_an_epoch(void **state)
{
  (void)state;
  struct toy toy;
  static const char *const some[] = {"width=6", "depth=2",    "points=20", "epochs=0",
                                     "batch=8", "samples=17", NULL};
  void *params = opened(&toy, "ffn"), *few = toy_params("ffn", some);
  assert_fails(train_within(1e-6, &toy, params), ASSAY_EJOB,
               "the time limit ended training after 0 of the 5 steps of its first epoch");
  assert_false(assay_file_exists(toy_path("model/model.nc")));
  assert_ok(train_within(100, &toy, few)); /* what was asked for: 3 of 5 steps */
  assert_ok(toy_predict(&toy, "ffn", few));
  assay_free(params);
  assay_free(few);
}

static void nothing_is_left(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(data_without_what_is_asked_for),
      cmocka_unit_test(frames_too_far_apart),
      cmocka_unit_test(slopes_of_points),
      cmocka_unit_test(models_without_their_normalisation),
      cmocka_unit_test(models_cut_off_or_of_others),
      cmocka_unit_test(checkpoints_that_do_not_fit),
      cmocka_unit_test(a_loss_that_explodes),
      cmocka_unit_test(test_cases_are_never_looked_at),
      cmocka_unit_test(budgets_below_an_epoch),
      cmocka_unit_test(nothing_is_left),
  };
  toy_open();
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  toy_close();
  return failed;
}
