/* What the built-in recipes say of their tables. */
#include "harness/marks.h"

#include "core/base/mem.h"
#include "tests/test.h"

static bool is_identifiable(struct assay_marks *marks, const char *dataset, const char *table)
{
  bool out;
  assert_ok(assay_marks_identifiable(&out, marks, dataset, table));
  return out;
}

static void recipes_know_their_tables(void **state)
{
  (void)state;
  struct assay_marks marks = {0};
  assert_false(is_identifiable(&marks, "srsd/feynman-hard", "feynman-bonus.13"));
  assert_true(is_identifiable(&marks, "srsd/feynman-hard", "feynman-i.34.14"));
  assert_false(is_identifiable(&marks, "srsd/feynman-medium_dummy", "feynman-iii.15.12"));
  assert_true(is_identifiable(&marks, "srsd-v2/feynman-medium", "feynman-iii.15.12"));
  assert_true(is_identifiable(&marks, "srsd/feynman-easy", "feynman-iii.15.12")); /* not of it */
  assay_marks_release(&marks);
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

static void what_is_no_recipe_is_not_doubted(void **state)
{
  (void)state;
  struct assay_marks marks = {0};
  assert_true(is_identifiable(&marks, "my/own", "feynman-bonus.13"));
  assert_true(is_identifiable(&marks, "heat-tiny", "feynman-bonus.13")); /* one of cases */
  assay_marks_release(&marks);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(recipes_know_their_tables),
      cmocka_unit_test(what_is_no_recipe_is_not_doubted),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
