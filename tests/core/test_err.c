#include "core/base/mem.h"
#include "tests/test.h"

static int inner(int fail)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(!fail, ASSAY_EPARSE, "expected a whole number, got '%s'", "abc");
done:
  return rc;
}

static void message_keeps_the_first_cause_and_gains_positions(void **state)
{
  (void)state;
  assert_int_equal(inner(0), ASSAY_OK);
  int rc = inner(1);
  rc = assay_err_prefix(rc, "case %d: ", 118);
  rc = assay_err_prefix(rc, "%s:%d: ", "cavity.yaml", 3);
  assert_int_equal(rc, ASSAY_EPARSE);
  assert_string_equal(assay_err_last(),
                      "cavity.yaml:3: case 118: expected a whole number, got 'abc'");
  assert_non_null(strstr(assay_err_where(), "tests/core/test_err.c:"));
}

static void message_may_quote_the_previous_one(void **state)
{
  (void)state;
  inner(1);
  assay_err_set(ASSAY_EIO, __FILE__, __LINE__, "retry failed: %s", assay_err_last());
  assert_string_equal(assay_err_last(), "retry failed: expected a whole number, got 'abc'");
}

static void overlong_prefix_is_cut_not_overrun(void **state)
{
  (void)state;
  inner(1);
  char big[5000];
  memset(big, 'x', sizeof big - 1);
  big[sizeof big - 1] = '\0';
  assay_err_prefix(ASSAY_EPARSE, "%s", big);
  assert_true(strlen(assay_err_last()) < 2048);
}

static void exit_codes_follow_the_kind_of_failure(void **state)
{
  (void)state;
  assert_int_equal(assay_rc_exit(ASSAY_OK), 0);
  assert_int_equal(assay_rc_exit(ASSAY_EPARSE), 1);
  assert_int_equal(assay_rc_exit(ASSAY_ECORRUPT), 1);
  assert_int_equal(assay_rc_exit(ASSAY_EDIVERGED), 2);
  assert_int_equal(assay_rc_exit(ASSAY_EIO), 5);
}

static void memory_is_zeroed_aligned_and_counted(void **state)
{
  (void)state;
  const struct assay_mem_use before = assay_mem_in_use();
  double *a = NULL;
  assert_ok(ASSAY_NEW(&a, 13, "test"));
  assert_int_equal((uintptr_t)a % 64, 0);
  for (int i = 0; i < 13; i++) assert_true(a[i] == 0.0);
  a[12] = 2.385;
  assert_ok(ASSAY_GROW(&a, 4000, "test"));
  assert_true(a[12] == 2.385 && a[13] == 0.0 && a[3999] == 0.0);
  assert_int_equal(assay_mem_in_use().blocks, before.blocks + 1);
  assert_int_equal(assay_mem_in_use().bytes, before.bytes + 4000 * sizeof *a);
  assay_free(a);
  assay_free(NULL);
  assert_int_equal(assay_mem_in_use().bytes, before.bytes);
}

static void impossible_sizes_are_refused(void **state)
{
  (void)state;
  double *a = NULL;
  assert_fails(ASSAY_NEW(&a, SIZE_MAX / 4, "flow field"), ASSAY_ENOMEM, "flow field");
  assert_null(a);
}

static void text_is_formatted_to_any_length(void **state)
{
  (void)state;
  char *text = NULL;
  assert_ok(assay_asprintf(&text, "%0300d|%s", 7, "end"));
  assert_int_equal(strlen(text), 304);
  assert_string_equal(text + 299, "7|end");
  assay_free(text);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(message_keeps_the_first_cause_and_gains_positions),
      cmocka_unit_test(message_may_quote_the_previous_one),
      cmocka_unit_test(overlong_prefix_is_cut_not_overrun),
      cmocka_unit_test(exit_codes_follow_the_kind_of_failure),
      cmocka_unit_test(memory_is_zeroed_aligned_and_counted),
      cmocka_unit_test(impossible_sizes_are_refused),
      cmocka_unit_test(text_is_formatted_to_any_length),
  };
  return cmocka_run_group_tests_name("core/base", tests, NULL, NULL);
}
