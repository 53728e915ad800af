/* The table of `assay check`: counts, certificates, relative errors and costs of subsets. */
#include <stdlib.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "datasets/summary.h"
#include "datasets/writer.h"
#include "tests/test.h"

/* Files with no field: only what the summary looks up by name is needed. */
static struct assay_dataset *file_with(const char *path, int n_subsets)
{
  static const struct assay_subset subsets[] = {{"slow", 0, 2}, {"fast", 2, 3}};
  const struct assay_attribute name = {"recipe_name", "dir/waves"};
  const struct assay_layout l = {.n_cases = 1,
                                 .n_subsets = n_subsets,
                                 .subsets = subsets,
                                 .n_attributes = n_subsets ? 1 : 0,
                                 .attributes = &name};
  struct assay_shape shape = {.n_frames = 1};
  static const struct assay_field none[] = {{0}};
  struct assay_case *c = NULL;
  struct assay_writer *w = NULL;
  struct assay_dataset *ds = NULL;
  assert_ok(assay_case_create(&c, 0, &shape, none, NULL, ASSAY_F32));
  assert_ok(assay_writer_create(&w, path, &l));
  assert_ok(assay_writer_put(w, &(struct assay_writer_record){.c = c}));
  assert_ok(assay_writer_commit(w));
  assay_case_destroy(c);
  assert_ok(assay_dataset_open(&ds, path));
  return ds;
}

/* Four frames of u = 3, v = 4 (speed 5) and q = 2; errors e in frames 1 and 2 of u, e / 5 of q. */
static void put(struct assay_summary *s, long id, int subset, int kind, double e)
{
  static const struct assay_field fields[] = {
      {"u", "m s-1", "velocity", NULL, ASSAY_FIELD_FRAME, 'x', false},
      {"v", "m s-1", "velocity", NULL, ASSAY_FIELD_FRAME, 'y', false},
      {"q", "1", "tracer", NULL, ASSAY_FIELD_FRAME, 0, false},
      {0}};
  const struct assay_shape shape = {
      .n_frames = 4, .frame_interval = 0.5, .n_axes = 1, .axis = {{"x", "m", "x", 0, 2, 0, 1}}};
  struct assay_case *c = NULL;
  assert_ok(assay_case_create(&c, id, &shape, fields, NULL, ASSAY_F64));
  for (int k = 0; k < 4; k++) {
    assay_case_put(c, 0, k, (double[]){3, -3});
    assay_case_put(c, 1, k, (double[]){4, 4});
    assay_case_put(c, 2, k, (double[]){2, 2});
  }
  c->n_frames = id == 3 ? 3 : 4;
  for (int k = 1; k < 3; k++) c->error[k] = e, c->error[2 * 4 + k] = e / 5;
  c->certificate.error_kind = kind;
  c->certificate.resolved = id % 2 == 0;
  c->certificate.diverged = id == 3;
  c->certificate.steady_from = id == 4 ? 1 : -1;
  c->certificate.max_divergence = 1e-15 * (double)(id + 1);
  if (id == 2) c->certificate.volume_balance = 3.7e-12;
  if (subset >= 0)
    c->certificate.convection_scheme = id == 2   ? ASSAY_CONVECTION_CENTRAL
                                       : id == 3 ? ASSAY_CONVECTION_LIMITED_UPWIND
                                                 : ASSAY_CONVECTION_LIMITED;
  if (kind == ASSAY_ERROR_STATISTICS) c->certificate.mean_difference = 0.031;
  assert_ok(assay_summary_case(s, c, subset));
  assay_case_destroy(c);
}

static double value(const json_t *row, const char *key)
{
  const json_t *v = json_object_get(row, key);
  return json_is_number(v) ? json_number_value(v) : (double)NAN;
}

static const json_t *error_of(const json_t *row, const char *field)
{
  return json_object_get(json_object_get(row, "errors"), field);
}

static void subsets_of_files_and_the_total_are_rows(void **state)
{
  (void)state;
  struct assay_summary *s = NULL;
  struct assay_dataset *named = file_with("named.nc", 2), *plain = file_with("plain.nc", 0);
  json_t *table = NULL;
  assert_ok(assay_summary_create(&s));
  assert_ok(assay_summary_file(s, named));
  put(s, 0, 0, ASSAY_ERROR_RICHARDSON, 0.1);
  put(s, 1, 0, ASSAY_ERROR_SAMPLED, 0.9);
  put(s, 2, 1, ASSAY_ERROR_RICHARDSON, 0.3);
  put(s, 3, 1, ASSAY_ERROR_UNAVAILABLE, 0.9);
  put(s, 4, 1, ASSAY_ERROR_STATISTICS, 0.2);
  assert_ok(assay_summary_file(s, plain));
  put(s, 0, -1, ASSAY_ERROR_EXACT, 0.7);
  for (int id = 0; id < 5; id++) assay_summary_cost(s, 0, id, 1.5 + id);
  assay_summary_cost(s, 0, 77, 1000);
  assert_ok(assay_summary_json(&table, s));
  const json_t *rows = json_object_get(table, "rows"), *total = json_object_get(table, "total");
  assert_int_equal(json_array_size(rows), 3);
  const json_t *slow = json_array_get(rows, 0), *fast = json_array_get(rows, 1);
  assert_string_equal(json_string_value(json_object_get(slow, "set")), "dir/waves");
  assert_string_equal(json_string_value(json_object_get(slow, "subset")), "slow");
  assert_string_equal(json_string_value(json_object_get(json_array_get(rows, 2), "file")),
                      "plain.nc");
  assert_true(value(fast, "cases") == 3 && value(fast, "frames") == 11);
  assert_true(value(fast, "limited") == 2 && value(slow, "limited") == 2);
  assert_true(isnan(value(total, "limited"))); /* one case does not tell */
  assert_true(value(fast, "unique_frames") == 9 && value(fast, "diverged") == 1);
  assert_true(value(fast, "estimated") == 2 && value(fast, "resolved") == 2);
  assert_true(value(slow, "estimated") == 1 && value(slow, "resolved") == 1);
  assert_close(value(slow, "cpu_seconds"), 1.5 + 2.5, 1e-15, 0);
  assert_true(isnan(value(total, "cpu_seconds"))); /* one is not known */
  assert_close(value(fast, "max_divergence"), 5e-15, 1e-12, 0);
  assert_close(value(total, "volume_balance"), 3.7e-12, 0, 0);
  assert_true(isnan(value(slow, "volume_balance")));
  /* e / 5 for u, a component of a speed of 5; e / 5 / 2 for q */
  assert_close(value(error_of(slow, "u"), "median"), 0.1 / 5, 1e-14, 0);
  assert_close(value(error_of(fast, "u"), "median"), 0.25 / 5, 1e-14, 0);
  assert_close(value(error_of(fast, "u"), "max"), 0.3 / 5, 1e-14, 0);
  assert_close(value(error_of(total, "q"), "max"), 0.7 / 10, 1e-14, 0);
  assert_close(value(error_of(total, "q"), "cases"), 4, 0, 0);
  assert_close(value(error_of(total, "time_mean"), "p90"), 0.031, 0, 0);
  assert_null(error_of(slow, "time_mean"));
  assert_null(error_of(slow, "v"));
  json_decref(table);
  assay_summary_destroy(s);
  assay_dataset_close(named);
  assay_dataset_close(plain);
  remove("named.nc");
  remove("plain.nc");
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(subsets_of_files_and_the_total_are_rows),
  };
  char folder[] = "assay_summary_XXXXXX";
  if (!mkdtemp(folder) || chdir(folder) != 0) return 1;
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  return chdir("..") != 0 || rmdir(folder) != 0 ? 1 : failed;
}
