/* Loops over lists that are filtered and extended: keys where, extra, n. Parameters that follow
 * from others: key tied. */
#include "tests/datasets/toy.h"

#include "core/base/mem.h"
#include "datasets/recipe.h"

static struct assay_recipe *good(const char *text)
{
  struct assay_recipe *r = NULL;
  assert_ok(assay_recipe_parse(&r, "dir/r.yaml", text, strlen(text), NULL, toy_find));
  return r;
}

static struct toy params_of(const struct assay_recipe *r, long id)
{
  struct toy p;
  assert_ok(assay_recipe_params(r, &p, id));
  return p;
}

static const char filtered[] =
    "generator: toy\nparams: {length: 2}\nsubsets:\n"
    "  - {name: a, sweep: [{kind: linspace, n: 2, ranges: {error: [1, 2]}}]}\n"
    "  - name: b\n    sweep:\n"
    "      - kind: grid\n        values: {amplitude: [1, 2, 3, 7], kind: [round, square]}\n"
    "        where: {amplitude2: [4, 9], length: [1, 3]}\n"
    "        extra: [{kind: round, amplitude: 5.5, origin: us}, {kind: square, amplitude: 8}]\n"
    "        n: 6\n"
    "      - {kind: grid, values: {error: [30, 40]}}\n";

/* cases 2 to 13: (2, 3) x (round, square), then the two extra rows, each with both errors */
static void lists_are_filtered_and_extended(void **state)
{
  (void)state;
  struct assay_recipe *r = good(filtered);
  assert_int_equal(assay_recipe_cases(r), 2 + 6 * 2);
  static const double amplitude[6] = {2, 2, 3, 3, 5.5, 8};
  for (int i = 0; i < 12; i++) {
    const struct toy p = params_of(r, 2 + i);
    assert_true(p.amplitude == amplitude[i / 2] && p.error == (i % 2 ? 40 : 30));
    assert_int_equal(p.kind, i / 2 == 4 ? 0 : i / 2 % 2);
  }
  const struct assay_layout *l = assay_recipe_layout(r);
  assert_string_equal(l->origins[0], "recipe");
  assert_string_equal(l->origins[1], "us");
  assert_null(l->origins[2]);
  assert_int_equal(l->n_subsets, 2);
  assert_true(l->subsets[1].first == 2 && l->subsets[1].n == 12);
  for (long id = 0; id < 14; id++) {
    struct assay_writer_record record;
    struct assay_case *c = NULL;
    assert_ok(assay_recipe_case(&c, r, id));
    assert_ok(assay_recipe_record(&record, r, c));
    assert_int_equal(record.origin, id == 10 || id == 11);
    assay_recipe_record_free(&record);
    assay_case_destroy(c);
  }
  struct assay_recipe *again = good(assay_recipe_text(r));
  assert_string_equal(assay_recipe_text(again), assay_recipe_text(r));
  assay_recipe_destroy(r);
  assay_recipe_destroy(again);
}

/* the ends count, although 3 * 0.1 * 10 and the like are not whole in binary */
static void ends_of_filters_are_included(void **state)
{
  (void)state;
  struct assay_recipe *r = good("generator: toy\nsweep:\n  - kind: grid\n"
                                "    values: {amplitude: [0.1, 0.3, 0.7, 1.1]}\n"
                                "    where: {amplitude2: [0.09, 0.49]}\n    n: 2\n");
  assert_true(params_of(r, 0).amplitude == 0.3 && params_of(r, 1).amplitude == 0.7);
  assay_recipe_destroy(r);
}

/* The rule of CFDBench's cylinder gives 114 fluids, whatever the sum of its table says. */
static void the_fluids_of_the_cylinder_are_114(void **state)
{
  (void)state;
  char text[2048];
  size_t at = (size_t)snprintf(
      text, sizeof text,
      "generator: toy\nparams: {length: 0.1}\nsweep:\n  - kind: grid\n    values:\n"
      "      amplitude: [0.01, 0.05, 0.1, 0.5, 1]\n      error: [");
  for (int i = 1; i <= 10; i++) at += (size_t)sprintf(text + at, "%g, ", i / 10.0);
  for (int i = 3; i <= 10; i++) at += (size_t)sprintf(text + at, "%g, ", i / 2.0);
  for (int i = 6; i <= 10; i++) at += (size_t)sprintf(text + at, "%d, ", i);
  for (int i = 2; i <= 25; i++) at += (size_t)sprintf(text + at, "%d, ", 10 * i);
  sprintf(text + at, "300, 400, 500]\n    where: {ratio: [1, 50]}\n    n: 114\n");
  assay_recipe_destroy(good(text));
}

/* a length in proportion, a time by a root and an inverse, and one that follows from a tied one */
static void parameters_may_follow_from_others(void **state)
{
  (void)state;
  struct assay_recipe *r =
      good("generator: toy\nseed: 4\nsweep:\n"
           "  - kind: lhs\n    n: 9\n    ranges: {amplitude: [0.1, 2]}\n"
           "    tied: {length: {factor: 4, amplitude: 1}, error: {length: 1.5, amplitude: -2}}\n"
           "  - kind: linspace\n    n: 2\n    ranges: {interval: [0.25, 0.5]}\n"
           "    tied: {frames: {factor: 16, interval: 1, n: -0.5}}\n");
  assert_int_equal(assay_recipe_cases(r), 18);
  for (long id = 0; id < 18; id++) {
    const struct toy p = params_of(r, id);
    assert_close(p.length, 4 * p.amplitude, 1e-13, 0);
    assert_close(p.error, 8 / sqrt(p.amplitude), 1e-13, 0);
    assert_int_equal(p.frames, id % 2 ? 2 : 1);
  }
  struct assay_recipe *again = good(assay_recipe_text(r));
  assert_string_equal(assay_recipe_text(again), assay_recipe_text(r));
  assert_null(strstr(assay_recipe_text(r), "\n  length:"));
  assay_recipe_destroy(r);
  assay_recipe_destroy(again);
}

static void bad_ties_are_refused(void **state)
{
  (void)state;
  static const struct {
    const char *tied;
    int code;
    const char *text;
  } rows[] = {
      {"3", ASSAY_EPARSE, "tied: expected 'name: {...}' lines"},
      {"{length: 3}", ASSAY_EPARSE, "tied: length: expected {factor: c, parameter: power}"},
      {"{lenght: {error: 1}}", ASSAY_ENOTFOUND, "did you mean 'length'"},
      {"{length: {eror: 1}}", ASSAY_ENOTFOUND, "did you mean 'error'"},
      {"{length: {error: x}}", ASSAY_EPARSE, "number"},
      {"{length: {error: 0.4}}", ASSAY_EARG, "power of error: expected a multiple of 1/2"},
      {"{length: {error: 4.5}}", ASSAY_EARG, "from -4 to 4"},
      {"{length: {kind: 1}}", ASSAY_EARG, "tied: kind is not a number"},
      {"{kind: {error: 1}}", ASSAY_EARG, "tied: kind is not a number"},
      {"{error: {length: 1}}", ASSAY_EARG, "error is set twice"},
      {"{length: {error: 1, length: 1}}", ASSAY_EARG, "length is not known before length"},
      {"{length: {amplitude: 1}, amplitude: {error: 1}}", ASSAY_EARG,
       "amplitude is not known before length"},
      {"{frames: {factor: 2.5}}", ASSAY_EPARSE, "frames"},
      {"{length: {factor: 12}}", ASSAY_EARG, "length = 12 is outside"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char text[256];
    snprintf(text, sizeof text,
             "generator: toy\nsweep:\n  - kind: uniform\n    n: 2\n    ranges: {error: [1, 2]}\n"
             "    tied: %s\n",
             rows[i].tied);
    struct assay_recipe *r = NULL;
    assert_fails(assay_recipe_parse(&r, "dir/r.yaml", text, strlen(text), NULL, toy_find),
                 rows[i].code, rows[i].text);
  }
}

static void everything_is_freed(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lists_are_filtered_and_extended),
      cmocka_unit_test(ends_of_filters_are_included),
      cmocka_unit_test(the_fluids_of_the_cylinder_are_114),
      cmocka_unit_test(parameters_may_follow_from_others),
      cmocka_unit_test(bad_ties_are_refused),
      cmocka_unit_test(everything_is_freed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
