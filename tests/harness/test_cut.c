/* What is cut out of a data set for a method, and what must not be in it. */
#include "harness/cut.h"
#include "tests/harness/small_set.h"

#include <stdlib.h>

#include "core/base/file.h"
#include "core/base/mem.h"

static char folder[64], data[128], path[128], other[128];
static struct assay_dataset *ds;

static int make_folder(void **state)
{
  (void)state;
  snprintf(folder, sizeof folder, "/tmp/assay-cut-XXXXXX");
  if (!mkdtemp(folder)) return -1;
  snprintf(data, sizeof data, "%s/data.nc", folder);
  snprintf(path, sizeof path, "%s/cut.nc", folder);
  snprintf(other, sizeof other, "%s/truth.nc", folder);
  set_write(data);
  return assay_dataset_open(&ds, data);
}

static int remove_folder(void **state)
{
  (void)state;
  assay_dataset_close(ds);
  return assay_dir_remove(folder) == 0 ? 0 : -1;
}

/* open what a function cuts for the task */
static struct assay_dataset *cut_file(const struct assay_task *task,
                                      int (*make)(const struct assay_cut *, const char *))
{
  struct assay_cut *cut = NULL;
  struct assay_dataset *out = NULL;
  assert_ok(assay_cut_create(&cut, ds, task));
  assert_ok(make(cut, path));
  assay_cut_destroy(cut);
  assert_ok(assay_dataset_open(&out, path));
  return out;
}

static void assert_frame(const struct assay_dataset *got, long at, const char *field, int frame,
                         long k, int original_field, int original_frame)
{
  double v[SET_POINTS];
  assert_ok(assay_dataset_read(got, v, at, assay_dataset_field(got, field), frame, 1));
  for (int j = 0; j < SET_POINTS; j++)
    assert_close(v[j], set_value(k, original_field, original_frame, j), 0, 0);
}

static void assert_coordinates(const struct assay_dataset *got, long at, long k)
{
  double x[SET_NX], y[SET_NY];
  assert_ok(assay_dataset_coordinate(got, x, at, 1));
  assert_ok(assay_dataset_coordinate(got, y, at, 0));
  for (int i = 0; i < SET_NX; i++) assert_close(x[i], set_width(k) * (i + 0.5) / SET_NX, 1e-14, 0);
  for (int i = 0; i < SET_NY; i++) assert_close(y[i], 0.8 * (i + 0.5) / SET_NY, 1e-14, 0);
}

/* nothing tells which data set, which case, or what the task does not ask for */
static void assert_stripped(const struct assay_dataset *got)
{
  char *text = NULL;
  const char *const hidden[] = {"recipe", "content_sha256", "generator", "seed"};
  for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
    assert_int_equal(assay_dataset_text(&text, got, hidden[i]), ASSAY_ENOTFOUND);
  for (long k = 0; k < assay_dataset_info(got)->n_cases; k++)
    assert_int_equal(assay_dataset_info(got)->case_id[k], k);
  double v[SET_CASES];
  assert_int_equal(assay_dataset_certificate(got, v, "max_divergence"), ASSAY_ENOTFOUND);
  assert_int_equal(assay_dataset_field(got, "p"), -1);
  assert_true(assay_dataset_field(got, "mask") >= 0);
  assert_int_equal(assay_dataset_param(got, "depth"), -1);
}

static void train_has_training_and_validation_cases(void **state)
{
  (void)state;
  const struct assay_task task = set_task(ASSAY_TASK_OPERATOR);
  struct assay_dataset *got = cut_file(&task, assay_cut_train);
  int8_t codes[3];
  double params[2];
  assert_int_equal(assay_dataset_info(got)->n_cases, 3);
  assert_stripped(got);
  assert_ok(assay_dataset_split(got, codes, "task"));
  assert_true(codes[0] == 0 && codes[1] == 0 && codes[2] == 1);
  for (long k = 0; k < 3; k++) {
    assert_coordinates(got, k, k);
    for (int i = 0; i < SET_TIMES; i++) {
      assert_frame(got, k, "u", i, k, SET_U, i);
      assert_frame(got, k, "v", i, k, SET_V, i);
    }
    assert_frame(got, k, "mask", 0, k, SET_MASK, 0);
    assert_ok(assay_dataset_params(got, params, k));
    assert_close(params[assay_dataset_param(got, "width")], set_width(k), 0, 0);
  }
  assay_dataset_close(got);
}

static void operator_inputs_have_times_but_no_frames(void **state)
{
  (void)state;
  const struct assay_task task = set_task(ASSAY_TASK_OPERATOR);
  struct assay_dataset *got = cut_file(&task, assay_cut_inputs);
  double leads[SET_TIMES], times[SET_TIMES], v[SET_POINTS];
  int n;
  assert_int_equal(assay_dataset_info(got)->n_cases, 2);
  assert_int_equal(assay_dataset_info(got)->n_times, 4);
  assert_stripped(got);
  for (long i = 0; i < 2; i++) {
    assert_coordinates(got, i, 3 + i);
    assert_int_equal(assay_dataset_frames(got, i), 0);
    assert_ok(assay_dataset_lead_times(got, leads, &n, i));
    assert_int_equal(n, i == 0 ? 4 : 3); /* the last case is a frame short */
    assert_ok(assay_dataset_times(got, times, i));
    for (int l = 0; l < n; l++) assert_close(leads[l], set_interval * (l + 1), 0, 0);
    for (int l = 0; l < n; l++) assert_close(times[l], leads[l], 0, 0);
    assert_ok(assay_dataset_read(got, v, i, assay_dataset_field(got, "u"), 0, 1));
    for (int j = 0; j < SET_POINTS; j++) assert_true(isnan(v[j]));
    assert_frame(got, i, "mask", 0, 3 + i, SET_MASK, 0);
  }
  assay_dataset_close(got);
}

static void forecast_inputs_have_context_and_boundaries_to_the_horizon(void **state)
{
  (void)state;
  struct assay_task task = set_task(ASSAY_TASK_FORECAST);
  struct assay_dataset *got = cut_file(&task, assay_cut_inputs);
  double leads[SET_TIMES], times[SET_TIMES], walls[SET_TIMES], v[SET_POINTS];
  int n, type;
  const int u = assay_dataset_field(got, "u");
  assert_int_equal(assay_dataset_info(got)->n_times, 1 + 3);
  for (long i = 0; i < 2; i++) {
    assert_int_equal(assay_dataset_frames(got, i), 1);
    assert_frame(got, i, "u", 0, 3 + i, SET_U, 1);
    assert_frame(got, i, "v", 0, 3 + i, SET_V, 1);
    assert_ok(assay_dataset_read(got, v, i, u, 1, 1));
    assert_true(isnan(v[5])); /* the truth is not there */
    assert_ok(assay_dataset_lead_times(got, leads, &n, i));
    assert_int_equal(n, i == 0 ? 3 : 2);
    assert_ok(assay_dataset_times(got, times, i));
    for (int l = 0; l < n; l++) assert_close(leads[l], 0.5 + set_interval * l, 0, 0);
    for (int l = 0; l < n; l++) assert_close(times[1 + l], leads[l], 0, 0);
    assert_ok(assay_dataset_boundary(got, &type, walls, i, u, ASSAY_NORTH));
    assert_int_equal(type, ASSAY_BOUNDARY_DIRICHLET);
    for (int l = 0; l < 4; l++) assert_close(walls[l], set_wall(3 + i, 1 + l), 0, 0);
  }
  assay_dataset_close(got);
}

static void stride_and_named_frames_are_followed(void **state)
{
  (void)state;
  struct assay_task task = set_task(ASSAY_TASK_FORECAST);
  double leads[SET_TIMES];
  int n;
  task.first = 0;
  task.stride = 2;
  struct assay_dataset *got = cut_file(&task, assay_cut_inputs);
  assert_frame(got, 0, "u", 0, 3, SET_U, 0);
  assert_ok(assay_dataset_lead_times(got, leads, &n, 0));
  assert_int_equal(n, 2);
  assert_close(leads[0], 0.5, 0, 0);
  assert_close(leads[1], 1.0, 0, 0);
  assay_dataset_close(got);
  task = set_task(ASSAY_TASK_OPERATOR);
  task.frames = (struct assay_list){2, {"1", "3"}};
  got = cut_file(&task, assay_cut_inputs);
  assert_ok(assay_dataset_lead_times(got, leads, &n, 1));
  assert_int_equal(n, 2);
  assert_close(leads[1], 0.75, 0, 0);
  assay_dataset_close(got);
}

static void parameters_are_those_named_or_those_that_vary(void **state)
{
  (void)state;
  struct assay_task task = set_task(ASSAY_TASK_OPERATOR);
  struct assay_dataset *got = cut_file(&task, assay_cut_inputs);
  assert_int_equal(assay_dataset_info(got)->n_params, 2);
  assay_dataset_close(got);
  task.params = (struct assay_list){2, {"depth", "speed"}};
  got = cut_file(&task, assay_cut_inputs);
  double params[2];
  assert_int_equal(assay_dataset_info(got)->n_params, 2);
  assert_ok(assay_dataset_params(got, params, 1));
  assert_close(params[assay_dataset_param(got, "depth")], 0.7, 0, 0);
  assert_close(params[assay_dataset_param(got, "speed")], 2.785, 1e-15, 0);
  assay_dataset_close(got);
}

static void the_truth_is_laid_out_like_a_prediction(void **state)
{
  (void)state;
  const struct assay_task task = set_task(ASSAY_TASK_FORECAST);
  struct assay_cut *cut = NULL;
  struct assay_dataset *got = NULL;
  assert_ok(assay_cut_create(&cut, ds, &task));
  assert_ok(assay_cut_inputs(cut, path));
  assert_ok(assay_cut_truth(cut, other, path));
  assert_ok(assay_prediction_open(&got, other));
  assert_int_equal(assay_dataset_info(got)->n_cases, 2);
  for (long i = 0; i < 2; i++)
    for (int l = 0; l < cut->n_leads[i]; l++) {
      assert_frame(got, i, "u", l, 3 + i, SET_U, 2 + l);
      assert_frame(got, i, "v", l, 3 + i, SET_V, 2 + l);
    }
  assert_int_equal(assay_dataset_frames(got, 1), 2);
  assay_dataset_close(got);
  assay_cut_destroy(cut);
}

static void mistakes_of_a_task_are_named(void **state)
{
  (void)state;
  struct assay_cut *cut = NULL;
  struct assay_task task = set_task(ASSAY_TASK_OPERATOR);
  task.split = "halv";
  assert_fails(assay_cut_create(&cut, ds, &task), ASSAY_ENOTFOUND, "did you mean 'half'");
  task = set_task(ASSAY_TASK_OPERATOR);
  task.fields.item[1] = "w";
  assert_fails(assay_cut_create(&cut, ds, &task), ASSAY_ENOTFOUND, "no field 'w'");
  task.fields.item[1] = "mask";
  assert_fails(assay_cut_create(&cut, ds, &task), ASSAY_EARG, "cannot ask for it");
  task = set_task(ASSAY_TASK_OPERATOR);
  task.params = (struct assay_list){1, {"hight"}};
  assert_fails(assay_cut_create(&cut, ds, &task), ASSAY_ENOTFOUND, "no parameter 'hight'");
  task = set_task(ASSAY_TASK_FORECAST);
  task.horizon = 9;
  assert_fails(assay_cut_create(&cut, ds, &task), ASSAY_EARG, "asks for 9 frames");
  task = set_task(ASSAY_TASK_REGRESSION);
  assert_fails(assay_cut_create(&cut, ds, &task), ASSAY_EUNSUPPORTED, "regression");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
  const struct CMUnitTest tests[] = {
      TEST(train_has_training_and_validation_cases),
      TEST(operator_inputs_have_times_but_no_frames),
      TEST(forecast_inputs_have_context_and_boundaries_to_the_horizon),
      TEST(stride_and_named_frames_are_followed),
      TEST(parameters_are_those_named_or_those_that_vary),
      TEST(the_truth_is_laid_out_like_a_prediction),
      TEST(mistakes_of_a_task_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
