/* The published split of CFDBench against the index lists of its release, and stratified splits. */
#include "tests/datasets/toy.h"

#include "core/base/mem.h"
#include "datasets/recipe.h"
#include "datasets/split.h"

/* toy cases that do not depend on their ids: equal parameters are the same data */
static struct assay_recipe *recipe_of(const char *format, ...)
{
  char text[4096];
  struct assay_recipe *r = NULL;
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  assert_ok(assay_recipe_parse(&r, "r.yaml", text, strlen(text), NULL, toy_find));
  return r;
}

static int code_of(const struct assay_recipe *r, int split, long id)
{
  struct assay_writer_record record;
  struct assay_case *c = NULL;
  assert_ok(assay_recipe_case(&c, r, id));
  assert_ok(assay_recipe_record(&record, r, c));
  const int code = record.splits[split];
  assay_recipe_record_free(&record);
  assay_case_destroy(c);
  return code;
}

static void count(const struct assay_recipe *r, int split, int counts[4])
{
  memset(counts, 0, 4 * sizeof *counts);
  for (long id = 0; id < assay_recipe_cases(r); id++) counts[code_of(r, split, id) + 1]++;
}

/* ---- CFDBench ------------------------------------------------------------------------------- */

/* positions in the sorted folder of a single subset; end with -1 */
static const struct {
  int n;
  const char *rounding;
  int validation[12], test[13];
} published[] = {
    {20, "truncate", {8, 1, -1}, {13, 12, -1}},
    {25, "round-half-even", {16, 8, -1}, {1, 13, 12, -1}},
    {50, "round-half-even", {30, 19, 25, 31, 32, -1}, {16, 2, 26, 48, 24, -1}},
    {70, "round-half-even", {37, 22, 30, 19, 68, 50, 58, -1}, {51, 62, 65, 33, 5, 53, 49, -1}},
    {84,
     "round-half-even",
     {32, 12, 71, 36, 17, 64, 27, 45, -1},
     {61, 38, 51, 62, 65, 33, 5, 53, 49, -1}},
    {100,
     "round-half-even",
     {32, 79, 12, 85, 36, 17, 64, 27, 74, 45, -1},
     {61, 38, 51, 62, 65, 33, 5, 53, 97, 49, -1}},
    {115,
     "truncate",
     {68, 32, 79, 12, 98, 36, 17, 64, 27, 74, 45, -1},
     {61, 38, 100, 51, 62, 65, 33, 5, 53, 97, 49, 108, -1}},
};

static bool listed(const int *list, int id)
{
  while (*list >= 0 && *list != id) list++;
  return *list == id;
}

static int published_code(int set, int id)
{
  if (listed(published[set].validation, id)) return ASSAY_SPLIT_VALIDATION;
  return listed(published[set].test, id) ? ASSAY_SPLIT_TEST : ASSAY_SPLIT_TRAIN;
}

static void positions_are_the_published_ones(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
    struct assay_recipe *r =
        recipe_of("generator: toy\n"
                  "sweep: [{kind: linspace, n: %d, ranges: {amplitude: [1, 9]}}]\n"
                  "splits:\n  cfdbench: {kind: cfdbench, rounding: %s}\n",
                  published[i].n, published[i].rounding);
    for (int id = 0; id < published[i].n; id++) {
      const int expected = published_code((int)i, id);
      if (code_of(r, 0, id) != expected)
        fail_msg("n = %d: case %d has code %d, expected %d", published[i].n, id, code_of(r, 0, id),
                 expected);
    }
    assay_recipe_destroy(r);
  }
}

/* parts: train/validation/test of p, b, g, p+b, p+g, b+g, all */
static const struct {
  const char *name, *rounding;
  int prop, bc, geo;
  const char *parts;
} problems[] = {
    {"cavity", "round-half-even", 84, 50, 25,
     "67/8/9 40/5/5 20/2/3 107/13/14 87/11/11 60/8/7 127/16/16"},
    {"tube", "round-half-even", 100, 50, 25,
     "80/10/10 40/5/5 20/2/3 120/15/15 100/12/13 60/8/7 140/18/17"},
    {"tube, auto", "truncate", 100, 50, 25,
     "80/10/10 40/5/5 20/2/3 120/15/15 100/12/13 60/7/8 140/17/18"},
    {"dam", "round-half-even", 100, 70, 50,
     "80/10/10 56/7/7 40/5/5 136/17/17 120/15/15 96/12/12 176/22/22"},
    {"cylinder", "truncate", 115, 50, 20,
     "92/11/12 40/5/5 16/2/2 132/16/17 108/13/14 56/7/7 148/18/19"},
};

static const char combined_text[] =
    "generator: toy\nsubsets:\n"
    "  - {name: prop, sweep: [{kind: linspace, n: %d, ranges: {amplitude: [1, 9]}}]}\n"
    "  - {name: bc, sweep: [{kind: linspace, n: %d, ranges: {error: [1, 9]}}]}\n"
    "  - {name: geo, sweep: [{kind: linspace, n: %d, ranges: {length: [1, 9]}}]}\n"
    "splits:\n"
    "  p: {kind: cfdbench, rounding: %s, subsets: [prop]}\n"
    "  b: {kind: cfdbench, rounding: %s, subsets: [bc]}\n"
    "  g: {kind: cfdbench, rounding: %s, subsets: [geo]}\n"
    "  p+b: {kind: cfdbench, rounding: %s, subsets: [bc, prop]}\n"
    "  p+g: {kind: cfdbench, rounding: %s, subsets: [prop, geo]}\n"
    "  b+g: {kind: cfdbench, rounding: %s, subsets: [bc, geo]}\n"
    "  all: {kind: cfdbench, rounding: %s}\n";

static struct assay_recipe *combined(int problem)
{
  const char *w = problems[problem].rounding;
  return recipe_of(combined_text, problems[problem].prop, problems[problem].bc,
                   problems[problem].geo, w, w, w, w, w, w, w);
}

static void combined_sets_have_the_published_counts(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof problems / sizeof *problems; i++) {
    struct assay_recipe *r = combined((int)i);
    char parts[128] = "";
    for (int s = 0; s < 7; s++) {
      int n[4];
      const size_t end = strlen(parts);
      count(r, s, n);
      snprintf(parts + end, sizeof parts - end, "%s%d/%d/%d", s ? " " : "", n[1], n[2], n[3]);
      assert_int_equal(n[0] + n[1] + n[2] + n[3], assay_recipe_cases(r));
    }
    if (strcmp(parts, problems[i].parts) != 0)
      fail_msg("%s: %s, expected %s", problems[i].name, parts, problems[i].parts);
    assay_recipe_destroy(r);
  }
}

/* a subset of a combined set is split as it is alone; two together are shuffled as one list */
static void combined_sets_are_shuffled_as_one_list(void **state)
{
  (void)state;
  struct assay_recipe *r = combined(3);
  for (int id = 0; id < 70; id++) {
    assert_int_equal(code_of(r, 1, 100 + id), published_code(3, id));
    assert_int_equal(code_of(r, 1, id), ASSAY_SPLIT_UNUSED);
  }
  struct assay_recipe *flat =
      recipe_of("generator: toy\n"
                "sweep: [{kind: linspace, n: 170, ranges: {amplitude: [1, 9]}}]\n"
                "splits:\n  cfdbench: {kind: cfdbench}\n");
  for (int id = 0; id < 170; id++) assert_int_equal(code_of(r, 3, id), code_of(flat, 0, id));
  assay_recipe_destroy(r);
  assay_recipe_destroy(flat);
}

/* ---- stratified ----------------------------------------------------------------------------- */

static void every_bin_is_shared_by_all_parts(void **state)
{
  (void)state;
  enum { N = 200, BINS = 8 };
  struct assay_recipe *r =
      recipe_of("generator: toy\nseed: 12\n"
                "sweep: [{kind: loguniform, n: %d, ranges: {amplitude: [0.1, 90]}}]\n"
                "splits:\n  s: {kind: stratified, by: amplitude2, bins: %d, train: 0.6, "
                "validation: 0.16, test: 0.24}\n",
                N, BINS);
  int counts[4];
  count(r, 0, counts);
  assert_true(counts[0] == 0 && counts[1] == 120 && counts[2] == 32 && counts[3] == 48);
  /* ranks of the cases by amplitude; a bin is 25 of them: 15, 4 and 6, each give or take one */
  int in_bin[BINS][3] = {{0}}, in_order = 0;
  for (long id = 0; id < N; id++) {
    struct toy p, q;
    int rank = 0;
    assert_ok(assay_recipe_params(r, &p, id));
    for (long k = 0; k < N; k++) {
      assert_ok(assay_recipe_params(r, &q, k));
      rank += q.amplitude < p.amplitude;
    }
    in_bin[rank * BINS / N][code_of(r, 0, id)]++;
    in_order += code_of(r, 0, id) == (rank % 25 < 15 ? 0 : rank % 25 < 19 ? 1 : 2);
  }
  for (int b = 0; b < BINS; b++) {
    assert_in_range(in_bin[b][0], 14, 16);
    assert_in_range(in_bin[b][1], 3, 5);
    assert_in_range(in_bin[b][2], 5, 7);
  }
  assert_true(in_order < 140);
  assay_recipe_destroy(r);
}

/* the base case (amplitude 1.5, error 2) is in all three subsets */
static const char repeated_text[] =
    "generator: toy\nseed: 3\nparams: {flag: %s}\nsubsets:\n"
    "  - {name: a, sweep: [{kind: grid, values: {amplitude: [0.5, 1, 1.5, 2, 3, 4, 5, 6]}}]}\n"
    "  - {name: b, sweep: [{kind: grid, values: {error: [1, 2, 3, 4, 5, 6]}}]}\n"
    "  - {name: c, sweep: [{kind: grid, values: {length: [2, 1], error: [2, 7]}}]}\n"
    "splits:\n"
    "  s: {kind: stratified, by: amplitude, train: 0.5, validation: 0.25, test: 0.25}\n"
    "  bc: {kind: stratified, by: error, train: 0.5, test: 0.5, subsets: [b, c]}\n"
    "  own: {kind: subsets, train: [a], test: [b], validation: [c]}\n"
    "  same: {kind: subsets, train: [a, c], test: [b]}\n"
    "  some: {kind: stratified, by: error, bins: 2, train: 0.5, test: 0.2}\n";
enum { FIRST = 2, SECOND = 9, THIRD = 16 }; /* of the base case */

static void repeated_cases_are_used_once(void **state)
{
  (void)state;
  int counts[4];
  struct assay_recipe *r = recipe_of(repeated_text, "yes");
  assert_int_equal(assay_recipe_cases(r), 18);
  assert_int_not_equal(code_of(r, 0, FIRST), ASSAY_SPLIT_UNUSED);
  assert_int_equal(code_of(r, 0, SECOND), ASSAY_SPLIT_UNUSED);
  assert_int_equal(code_of(r, 0, THIRD), ASSAY_SPLIT_UNUSED);
  count(r, 0, counts);
  assert_true(counts[0] == 2 && counts[1] == 8 && counts[2] == 4 && counts[3] == 4);
  /* without a, the one of b is the first */
  assert_int_equal(code_of(r, 1, FIRST), ASSAY_SPLIT_UNUSED);
  assert_int_not_equal(code_of(r, 1, SECOND), ASSAY_SPLIT_UNUSED);
  assert_int_equal(code_of(r, 1, THIRD), ASSAY_SPLIT_UNUSED);
  count(r, 1, counts);
  assert_true(counts[0] == 9 && counts[1] == 4 && counts[3] == 5);
  /* in the part where it comes first */
  assert_int_equal(code_of(r, 2, FIRST), ASSAY_SPLIT_TRAIN);
  assert_int_equal(code_of(r, 2, SECOND), ASSAY_SPLIT_UNUSED);
  assert_int_equal(code_of(r, 2, THIRD), ASSAY_SPLIT_UNUSED);
  assert_int_equal(code_of(r, 3, SECOND), ASSAY_SPLIT_UNUSED);
  assert_int_equal(code_of(r, 3, THIRD), ASSAY_SPLIT_TRAIN);
  count(r, 4, counts); /* 0.5 and 0.2 of 16 */
  assert_true(counts[0] == 2 + 5 && counts[1] == 8 && counts[2] == 0 && counts[3] == 3);
  assay_recipe_destroy(r);
}

static void random_cases_are_never_the_same(void **state)
{
  (void)state;
  int counts[4];
  struct assay_recipe *r = recipe_of(repeated_text, "no");
  count(r, 0, counts);
  assert_int_equal(counts[0], 0);
  assay_recipe_destroy(r);
}

static void wrong_splits_are_refused(void **state)
{
  (void)state;
  static const struct {
    const char *split;
    int code;
    const char *message;
  } rows[] = {
      {"{kind: cfdbench, train: 0.8}", ASSAY_ENOTFOUND, "no key 'train' in a split of kind"},
      {"{kind: cfdbench, rounding: up}", ASSAY_EPARSE, "expected round-half-even or truncate"},
      {"{kind: cfdbench, subsets: [d]}", ASSAY_ENOTFOUND, "r.yaml:3:42: no subset 'd'"},
      {"{kind: cfdbench, subsets: []}", ASSAY_EPARSE, "subsets: expected a list of names"},
      {"{kind: stratified, train: 1}", ASSAY_EPARSE, "key 'by' must be a name"},
      {"{kind: stratified, by: speed, train: 1}", ASSAY_ENOTFOUND, "no parameter or derived group"},
      {"{kind: stratified, by: error, bins: 0, train: 1}", ASSAY_EARG, "bins: expected a whole"},
      {"{kind: stratified, by: error, train: 0.9, test: 0.2}", ASSAY_EARG, "must sum to at most 1"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char text[512];
    struct assay_recipe *r = NULL;
    snprintf(text, sizeof text, "generator: toy\nsubsets: [{name: a}]\nsplits: {cfd: %s}\n",
             rows[i].split);
    assert_fails(assay_recipe_parse(&r, "r.yaml", text, strlen(text), NULL, toy_find), rows[i].code,
                 rows[i].message);
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
      cmocka_unit_test(positions_are_the_published_ones),
      cmocka_unit_test(combined_sets_have_the_published_counts),
      cmocka_unit_test(combined_sets_are_shuffled_as_one_list),
      cmocka_unit_test(every_bin_is_shared_by_all_parts),
      cmocka_unit_test(repeated_cases_are_used_once),
      cmocka_unit_test(random_cases_are_never_the_same),
      cmocka_unit_test(wrong_splits_are_refused),
      cmocka_unit_test(everything_is_freed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
