/* What a run will take: counts of subsets, and what a random sample says about the whole. */
#include "tests/datasets/toy.h"

#include "core/base/file.h"
#include "core/base/mem.h"
#include "harness/estimate.h"

/* 40 and 10 cases; every fifth has an estimate of its own */
static const char two[] = "generator: toy\nname: dir/two\nseed: 7\nparams: {frames: %d}\n"
                          "certificate: {sample: 0.2}\nsubsets:\n"
                          "  - {name: a, sweep: [{kind: linspace, n: 40, ranges: {amplitude: [1, "
                          "9]}}]}\n"
                          "  - {name: b, params: {trouble: %d}, sweep: [{kind: linspace, n: 10, "
                          "ranges: {amplitude: [1, 9]}}]}\n";

static struct assay_recipe *recipe(int frames, int trouble)
{
  char text[1024];
  struct assay_recipe *r = NULL;
  snprintf(text, sizeof text, two, frames, trouble);
  assert_ok(assay_recipe_parse(&r, "toy.yaml", text, strlen(text), NULL, toy_find));
  return r;
}

static json_t *rows_of(const struct assay_recipe *r, long first, long last, double share)
{
  json_t *rows = json_array();
  const struct assay_produce p = {
      .recipe = r, .path = "none.nc", .first = first, .last = last, .jobs = 2};
  assert_ok(assay_estimate_rows(rows, &p, share));
  return rows;
}

static double value(const json_t *rows, size_t i, const char *key)
{
  const json_t *v = json_object_get(json_array_get(rows, i), key);
  return json_is_number(v) ? json_number_value(v) : (double)NAN;
}

static void rows_are_the_subsets_of_the_run(void **state)
{
  (void)state;
  struct assay_recipe *r = recipe(5, 0);
  json_t *rows = rows_of(r, 30, 50, 0), *total = NULL;
  assert_int_equal(json_array_size(rows), 2);
  assert_true(value(rows, 0, "cases") == 10 && value(rows, 1, "cases") == 10);
  assert_true(value(rows, 1, "frames") == 50);
  assert_true(value(rows, 1, "bytes") == 10 * (double)assay_recipe_case_bytes(r, 40));
  /* 16 ms a case, 8 more for the two with a run at half resolution */
  assert_close(value(rows, 1, "predicted_seconds"), 10 * 0.016 + 2 * 0.008, 1e-12, 0);
  assert_true(isnan(value(rows, 1, "sampled")));
  assert_ok(assay_estimate_total(&total, rows));
  assert_true(json_integer_value(json_object_get(total, "frames")) == 100);
  json_decref(rows);
  json_decref(total);
  assay_recipe_destroy(r);
}

/* a: 8 of 40 with an estimate, b: 2 of 10; a quarter of each, and one at least */
static void samples_are_drawn_from_both_kinds_of_cases(void **state)
{
  (void)state;
  struct assay_recipe *r = recipe(40, 0);
  json_t *rows = rows_of(r, 0, 50, 0.25), *total = NULL;
  assert_true(value(rows, 0, "sampled") == 2 + 8);
  assert_true(value(rows, 1, "sampled") == 1 + 2);
  for (size_t i = 0; i < 2; i++) {
    assert_true(value(rows, i, "total_seconds") > 0 && value(rows, i, "deviation_seconds") >= 0);
    assert_close(value(rows, i, "mean_seconds") * value(rows, i, "cases"),
                 value(rows, i, "total_seconds"), 1e-12, 0);
  }
  assert_true(value(rows, 0, "error_seconds") > 0);
  assert_true(isnan(value(rows, 1, "error_seconds"))); /* one of two says nothing about spread */
  assert_ok(assay_estimate_total(&total, rows));
  assert_close(json_number_value(json_object_get(total, "total_seconds")),
               value(rows, 0, "total_seconds") + value(rows, 1, "total_seconds"), 1e-12, 0);
  assert_true(json_is_null(json_object_get(total, "error_seconds")));
  json_decref(rows);
  json_decref(total);
  assay_recipe_destroy(r);
}

static void all_cases_leave_no_error(void **state)
{
  (void)state;
  struct assay_recipe *r = recipe(5, 0);
  json_t *rows = rows_of(r, 0, 50, 1);
  assert_true(value(rows, 0, "sampled") == 40 && value(rows, 1, "sampled") == 10);
  assert_true(value(rows, 0, "error_seconds") == 0 && value(rows, 1, "error_seconds") == 0);
  json_decref(rows);
  assay_recipe_destroy(r);
}

static void nothing_is_kept_whatever_happens(void **state)
{
  (void)state;
  struct assay_recipe *r = recipe(5, TOY_FAILS);
  const struct assay_produce p = {.recipe = r, .path = "none.nc", .last = 50, .jobs = 1};
  json_t *rows = json_array();
  assert_ok(assay_dir_make("tmp"));
  assert_int_equal(setenv("TMPDIR", "tmp", 1), 0);
  assert_fails(assay_estimate_rows(rows, &p, 0.1), ASSAY_EJOB, "no memory for the toy");
  json_decref(rows);
  assay_recipe_destroy(r);
  r = recipe(5, 0);
  json_decref(rows_of(r, 0, 50, 0.1));
  assay_recipe_destroy(r);
  assert_int_equal(rmdir("tmp"), 0); /* it is empty */
  assert_int_equal(setenv("TMPDIR", "no/such/place", 1), 0);
  r = recipe(5, 0);
  rows = json_array();
  assert_fails(assay_estimate_rows(rows, &(struct assay_produce){.recipe = r, .last = 50}, 0.1),
               ASSAY_EENV, "no temporary folder");
  json_decref(rows);
  assay_recipe_destroy(r);
  unsetenv("TMPDIR");
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_are_the_subsets_of_the_run),
      cmocka_unit_test(samples_are_drawn_from_both_kinds_of_cases),
      cmocka_unit_test(all_cases_leave_no_error),
      cmocka_unit_test(nothing_is_kept_whatever_happens),
  };
  char folder[] = "assay_estimate_XXXXXX";
  if (!mkdtemp(folder) || chdir(folder) != 0) return 1;
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  return chdir("..") != 0 || rmdir(folder) != 0 ? 1 : failed;
}
