/* The named splits of the joined CFDBench recipes: parts as large as the published loaders make
 * them, and drawn from the subsets they name. */
#include "core/base/mem.h"
#include "datasets/recipe.h"
#include "datasets/split.h"
#include "generators/generator.h"
#include "tests/generators/built_in.h"

struct counted {
  const char *recipe, *split;
  int used[3];   /* of prop, bc, geo: whether the split draws on them */
  int counts[3]; /* train, validation, test */
};

static const struct counted rows[] = {
    {"cavity", "cfdbench", {1, 1, 1}, {127, 16, 16}},
    {"cavity", "cfdbench-prop", {1, 0, 0}, {67, 8, 9}},
    {"cavity", "cfdbench-bc", {0, 1, 0}, {40, 5, 5}},
    {"cavity", "cfdbench-geo", {0, 0, 1}, {20, 2, 3}},
    {"cavity", "cfdbench-prop-bc", {1, 1, 0}, {107, 13, 14}},
    {"cavity", "cfdbench-prop-geo", {1, 0, 1}, {87, 11, 11}},
    {"cavity", "cfdbench-bc-geo", {0, 1, 1}, {60, 8, 7}},
    {"tube", "cfdbench", {1, 1, 1}, {140, 18, 17}},
    {"tube", "cfdbench-prop", {1, 0, 0}, {80, 10, 10}},
    {"tube", "cfdbench-bc", {0, 1, 0}, {40, 5, 5}},
    {"tube", "cfdbench-geo", {0, 0, 1}, {20, 2, 3}},
    {"tube", "cfdbench-prop-bc", {1, 1, 0}, {120, 15, 15}},
    {"tube", "cfdbench-prop-geo", {1, 0, 1}, {100, 12, 13}},
    {"tube", "cfdbench-bc-geo", {0, 1, 1}, {60, 8, 7}},
    {"tube", "cfdbench-auto", {1, 1, 1}, {140, 17, 18}},
    {"tube", "cfdbench-auto-bc-geo", {0, 1, 1}, {60, 7, 8}},
    {"dam", "cfdbench", {1, 1, 1}, {176, 22, 22}},
    {"dam", "cfdbench-prop", {1, 0, 0}, {80, 10, 10}},
    {"dam", "cfdbench-bc", {0, 1, 0}, {56, 7, 7}},
    {"dam", "cfdbench-geo", {0, 0, 1}, {40, 5, 5}},
    {"dam", "cfdbench-prop-bc", {1, 1, 0}, {136, 17, 17}},
    {"dam", "cfdbench-prop-geo", {1, 0, 1}, {120, 15, 15}},
    {"dam", "cfdbench-bc-geo", {0, 1, 1}, {96, 12, 12}},
    {"dam", "cfdbench-static", {1, 1, 1}, {176, 22, 22}},
    {"dam", "cfdbench-static-prop", {1, 0, 0}, {80, 10, 10}},
    {"dam", "cfdbench-static-bc", {0, 1, 0}, {56, 7, 7}},
    {"dam", "cfdbench-static-geo", {0, 0, 1}, {40, 5, 5}},
    {"dam", "cfdbench-static-prop-bc", {1, 1, 0}, {136, 17, 17}},
    {"dam", "cfdbench-static-prop-geo", {1, 0, 1}, {120, 15, 15}},
    {"dam", "cfdbench-static-bc-geo", {0, 1, 1}, {96, 12, 12}},
    {"cylinder", "cfdbench", {1, 1, 1}, {148, 18, 19}},
    {"cylinder", "cfdbench-prop", {1, 0, 0}, {92, 11, 12}},
    {"cylinder", "cfdbench-bc", {0, 1, 0}, {40, 5, 5}},
    {"cylinder", "cfdbench-geo", {0, 0, 1}, {16, 2, 2}},
    {"cylinder", "cfdbench-prop-bc", {1, 1, 0}, {132, 16, 17}},
    {"cylinder", "cfdbench-prop-geo", {1, 0, 1}, {108, 13, 14}},
    {"cylinder", "cfdbench-bc-geo", {0, 1, 1}, {56, 7, 7}},
};

enum { ROWS = sizeof rows / sizeof *rows };

/* The joined sets and how many cases their subsets have. */
static const struct {
  const char *recipe;
  int cases[3];
} joined[] = {{"cavity", {84, 50, 25}},
              {"tube", {100, 50, 25}},
              {"dam", {100, 70, 50}},
              {"cylinder", {115, 50, 20}}};

/* With two frames: splits do not depend on them, and the room for a case is small. */
static struct assay_recipe *joined_set(const char *problem)
{
  static const struct assay_list set = {.n = 1, .item = {"frames=2"}};
  char name[64];
  snprintf(name, sizeof name, "cfdbench/%s", problem);
  return built_in(name, &set);
}

static int subset_of(const int cases[3], long id)
{
  return id < cases[0] ? 0 : id < cases[0] + cases[1] ? 1 : 2;
}

static int find_split(const struct assay_recipe *r, const char *name)
{
  const struct assay_layout *l = assay_recipe_layout(r);
  for (int s = 0; s < l->n_splits; s++)
    if (strcmp(l->splits[s], name) == 0) return s;
  fail_msg("no split %s in %s", name, assay_recipe_head(r)->name);
  return -1;
}

/* codes [cases][splits] of all cases */
static int8_t *all_codes(const struct assay_recipe *r)
{
  const int n = assay_recipe_layout(r)->n_splits;
  int8_t *codes = NULL;
  assert_ok(ASSAY_NEW(&codes, (size_t)n * (size_t)assay_recipe_cases(r), "codes"));
  for (long id = 0; id < assay_recipe_cases(r); id++) {
    struct assay_writer_record record;
    struct assay_case *c = NULL;
    assert_ok(assay_recipe_case(&c, r, id));
    assert_ok(assay_recipe_record(&record, r, c));
    for (int s = 0; s < n; s++) codes[id * n + s] = record.splits[s];
    assay_recipe_record_free(&record);
    assay_case_destroy(c);
  }
  return codes;
}

static void check_row(const struct counted *row, const struct assay_recipe *r, const int8_t *codes,
                      const int cases[3])
{
  const int s = find_split(r, row->split), n = assay_recipe_layout(r)->n_splits;
  int counts[3] = {0};
  for (long id = 0; id < assay_recipe_cases(r); id++) {
    const int code = codes[id * n + s];
    assert_int_equal(code != ASSAY_SPLIT_UNUSED, row->used[subset_of(cases, id)]);
    if (code != ASSAY_SPLIT_UNUSED) counts[code]++;
  }
  for (int part = 0; part < 3; part++)
    if (counts[part] != row->counts[part])
      fail_msg("%s of %s: %d in part %d, expected %d", row->split, row->recipe, counts[part], part,
               row->counts[part]);
}

static void joined_recipes_have_the_published_parts(void **state)
{
  (void)state;
  int checked = 0;
  for (size_t k = 0; k < sizeof joined / sizeof *joined; k++) {
    struct assay_recipe *r = joined_set(joined[k].recipe);
    int8_t *codes = all_codes(r);
    for (int i = 0; i < ROWS; i++)
      if (strcmp(rows[i].recipe, joined[k].recipe) == 0)
        check_row(&rows[i], r, codes, joined[k].cases), checked++;
    find_split(r, "stratified");
    assay_free(codes);
    assay_recipe_destroy(r);
  }
  assert_int_equal(checked, ROWS);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(joined_recipes_have_the_published_parts),
  };
  return cmocka_run_group_tests_name("generators/cfdbench", tests, NULL, NULL);
}
