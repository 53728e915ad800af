/* Tasks from YAML to task.json and back; predictions through the file a method writes. */
#include "tests/test.h"

#include <netcdf.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "datasets/prediction.h"
#include "datasets/task.h"
#include "datasets/writer.h"

static const char json_path[] = "test_task.json", nc_path[] = "test_task.nc",
                  pred_path[] = "test_task_pred.nc";

static const char good[] = "name: cavity-forecast\n"
                           "title: The next frames\n"
                           "kind: forecast\n"
                           "dataset: cavity-small\n"
                           "split: random\n"
                           "fields: [u, v]\n"
                           "params: viscosity\n"
                           "first: 1\n"
                           "context: 2\n"
                           "horizon: 7\n"
                           "stride: 3\n"
                           "metrics: [vrmse, mse]\n"
                           "train_seconds: 12.5\n";

static int decode(struct assay_task *task, struct assay_config **config, const char *text)
{
  const int rc = assay_config_parse(config, "t.yaml", text, strlen(text));
  return rc < 0 ? rc : assay_task_decode(task, assay_config_root(*config));
}

static void yaml_gives_a_task(void **state)
{
  (void)state;
  struct assay_task task;
  struct assay_config *config = NULL;
  assert_ok(decode(&task, &config, good));
  assert_string_equal(task.name, "cavity-forecast");
  assert_int_equal(task.kind, ASSAY_TASK_FORECAST);
  assert_int_equal(task.fields.n, 2);
  assert_string_equal(task.fields.item[1], "v");
  assert_int_equal(task.stride, 3);
  assert_close(task.train_seconds, 12.5, 0, 0);
  assert_close(task.predict_seconds, assay_task_defaults.predict_seconds, 0, 0);
  assay_config_destroy(config);
}

static void bad_tasks_are_refused_with_a_position(void **state)
{
  (void)state;
  static const struct {
    const char *text;
    int code;
    const char *message;
  } rows[] = {
      {"name: a\nkind: forecast\ndataset: d\nsplit: s\nfields: u\n", ASSAY_EPARSE,
       "key 'metrics' is missing"},
      {"name: a\nkinds: forecast\n", ASSAY_ENOTFOUND, "t.yaml:2:8: no parameter 'kinds'"},
      {"name: a\nkind: forcast\n", ASSAY_EPARSE, "t.yaml:2:7: kind: no choice 'forcast' (did you"},
      {"name: a\nkind: operator\ndataset: d\nsplit: s\nfields: u\nmetrics: mse\nhorizon: 3\n",
       ASSAY_EPARSE,
       "t.yaml:7:10: horizon: only for tasks of kind 'forecast' or 'discovery', not 'operator'"},
      {"name: a\nkind: operator\ndataset: d\nsplit: s\nfields: u\nmetrics: mse\nframes: [1, 2.5]\n",
       ASSAY_EPARSE, "whole numbers from 0, got '2.5'"},
      {"name: a\nkind: forecast\ndataset: d\nsplit: s\nfields: u\nmetrics: mse\ncontext: 0\n",
       ASSAY_EARG, "t.yaml:7:10: context: a forecast needs"},
      {"name: a\nkind: forecast\ndataset: d\nsplit: s\nfields: u\nmetrics: mse\nstride: 0\n",
       ASSAY_EARG, "stride = 0 is outside"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct assay_task task;
    struct assay_config *config = NULL;
    assert_fails(decode(&task, &config, rows[i].text), rows[i].code, rows[i].message);
    assay_config_destroy(config);
  }
}

static void task_json_keeps_all_but_the_data_set(void **state)
{
  (void)state;
  struct assay_task task, back;
  struct assay_config *config = NULL;
  struct assay_task_store *store = NULL;
  char *text = NULL;
  assert_ok(decode(&task, &config, good));
  assert_ok(assay_task_write(&task, "t-71c3", json_path));
  assert_ok(assay_task_read(&back, &store, json_path));
  assert_string_equal(back.name, "t-71c3");
  assert_string_equal(back.dataset, "");
  assert_int_equal(back.kind, ASSAY_TASK_FORECAST);
  assert_int_equal(back.horizon, 7);
  assert_string_equal(back.fields.item[1], "v");
  assert_string_equal(back.metrics.item[0], "vrmse");
  assert_close(back.train_seconds, 12.5, 0, 0);
  assert_ok(assay_file_read(&text, NULL, json_path));
  assert_null(strstr(text, "cavity"));
  assert_null(strstr(text, "random"));
  assay_free(text);
  assay_task_release(store);
  assay_config_destroy(config);
}

static void other_json_is_no_task(void **state)
{
  (void)state;
  struct assay_task task;
  struct assay_task_store *store = NULL;
  static const char other[] = "{\"schema\": \"something/2\"}";
  static const char list[] = "{\"schema\": \"assay-task/1\", \"name\": \"a\", \"fields\": [3]}";
  assert_ok(assay_file_write(json_path, other, strlen(other)));
  assert_fails(assay_task_read(&task, &store, json_path), ASSAY_EPARSE, "schema is 'something/2'");
  assert_ok(assay_file_write(json_path, list, strlen(list)));
  assert_fails(assay_task_read(&task, &store, json_path), ASSAY_EPARSE, "expected a list of texts");
  assert_null(store);
}

enum { CASES = 2, POINTS = 5 };
static const struct assay_field fields[] = {
    {"u", "m s-1", "velocity", NULL, ASSAY_FIELD_FRAME, 'x', false},
    {"v", "m s-1", "velocity", NULL, ASSAY_FIELD_FRAME, 'y', false},
    {0}};

/* Inputs that ask case 0 for three times and case 1 for two, and give no frame. */
static void write_inputs(void)
{
  struct assay_layout l = {.n_cases = CASES,
                           .n_times = 4,
                           .n_axes = 1,
                           .axis = {{"x", "m", "length", ASSAY_AXIS_CENTRES, POINTS, 0.2, 1.7}},
                           .n_fields = 2,
                           .fields = fields,
                           .n_leads = 3};
  struct assay_shape shape = {.n_frames = 4, .frame_interval = 0.5, .n_axes = 1};
  struct assay_writer *w = NULL;
  const double leads[3] = {1.1, 1.6, 2.3};
  shape.axis[0] = l.axis[0];
  assert_ok(assay_writer_create(&w, nc_path, &l));
  for (int k = 0; k < CASES; k++) {
    struct assay_case *c = NULL;
    assert_ok(assay_case_create(&c, k, &shape, fields, NULL, ASSAY_F32));
    const struct assay_writer_record r = {.c = c, .leads = leads, .n_leads = 3 - k};
    assert_ok(assay_writer_put(w, &r));
    assay_case_destroy(c);
  }
  assert_ok(assay_writer_commit(w));
}

static void put(struct assay_prediction *p, long k, int field, int leads)
{
  double values[3 * POINTS];
  for (int i = 0; i < leads * POINTS; i++) values[i] = 0.25 * i + 100 * field + 1000.5 * (double)k;
  assert_ok(assay_prediction_put(p, k, field, values));
}

static void a_prediction_has_the_asked_times(void **state)
{
  (void)state;
  struct assay_dataset *inputs = NULL, *pred = NULL;
  struct assay_prediction *p = NULL;
  const struct assay_task task = {.fields = {2, {"v", "u"}}};
  double v[3 * POINTS];
  write_inputs();
  assert_ok(assay_dataset_open(&inputs, nc_path));
  assert_ok(assay_prediction_create(&p, pred_path, &task, inputs));
  assert_int_equal(assay_prediction_leads(p), 3);
  for (int k = 0; k < CASES; k++)
    for (int f = 1; f >= 0; f--) put(p, k, f, 3 - k);
  assert_ok(assay_prediction_commit(p));
  assert_ok(assay_prediction_open(&pred, pred_path));
  assert_int_equal(assay_dataset_info(pred)->n_times, 3);
  assert_int_equal(assay_dataset_frames(pred, 1), 2);
  assert_ok(assay_dataset_read(pred, v, 1, assay_dataset_field(pred, "u"), 1, 1));
  assert_close(v[2], 0.25 * (POINTS + 2) + 100 + 1000.5, 0, 0);
  assert_ok(assay_dataset_times(pred, v, 0));
  assert_close(v[2], 2.3, 0, 0);
  assay_dataset_close(pred);
  assay_dataset_close(inputs);
}

static void an_incomplete_prediction_is_dropped(void **state)
{
  (void)state;
  struct assay_dataset *inputs = NULL;
  struct assay_prediction *p = NULL;
  const struct assay_task task = {.fields = {2, {"u", "v"}}};
  unlink(pred_path);
  write_inputs();
  assert_ok(assay_dataset_open(&inputs, nc_path));
  assert_ok(assay_prediction_create(&p, pred_path, &task, inputs));
  put(p, 0, 0, 3);
  const double v[3 * POINTS] = {0};
  assert_fails(assay_prediction_put(p, 1, 0, v), ASSAY_EARG, "case 0 lacks field 'v'");
  assert_fails(assay_prediction_commit(p), ASSAY_EARG, "only 0 of 2 cases");
  assert_false(assay_file_exists(pred_path));
  const struct assay_task other = {.fields = {1, {"vorticity"}}};
  assert_fails(assay_prediction_create(&p, pred_path, &other, inputs), ASSAY_ENOTFOUND,
               "no field 'vorticity'");
  assay_dataset_close(inputs);
}

/* Somebody's script: no attributes, no n_frames, float64. */
static void a_bare_file_can_be_a_prediction(void **state)
{
  (void)state;
  struct assay_dataset *pred = NULL;
  int nc, dims[3], var;
  double values[2 * 3 * POINTS], got[POINTS];
  for (int i = 0; i < 2 * 3 * POINTS; i++) values[i] = 0.71 * i;
  nc_create(pred_path, NC_NETCDF4 | NC_CLOBBER, &nc);
  nc_def_dim(nc, "case", 2, &dims[0]);
  nc_def_dim(nc, "time", 3, &dims[1]);
  nc_def_dim(nc, "x", POINTS, &dims[2]);
  nc_def_var(nc, "u", NC_DOUBLE, 3, dims, &var);
  nc_put_var_double(nc, var, values);
  assert_int_equal(nc_close(nc), NC_NOERR);
  assert_fails(assay_dataset_open(&pred, pred_path), ASSAY_ECORRUPT, "assay_format");
  assert_ok(assay_prediction_open(&pred, pred_path));
  assert_ok(assay_dataset_read(pred, got, 1, 0, 2, 1));
  assert_close(got[3], 0.71 * (5 * POINTS + 3), 0, 0);
  assay_dataset_close(pred);
}

static void everything_is_freed(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(yaml_gives_a_task),
      cmocka_unit_test(bad_tasks_are_refused_with_a_position),
      cmocka_unit_test(task_json_keeps_all_but_the_data_set),
      cmocka_unit_test(other_json_is_no_task),
      cmocka_unit_test(a_prediction_has_the_asked_times),
      cmocka_unit_test(an_incomplete_prediction_is_dropped),
      cmocka_unit_test(a_bare_file_can_be_a_prediction),
      cmocka_unit_test(everything_is_freed),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  unlink(json_path);
  unlink(nc_path);
  unlink(pred_path);
  return failed;
}
