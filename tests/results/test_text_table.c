/* Tables of texts: digits by uncertainty, columns that fit. */
#include "results/text_table.h"

#include "core/base/mem.h"
#include "tests/test.h"

static const struct {
  double value, low, high;
  const char *text, *interval;
} numbers[] = {
    {0.09571, 0.0857, 0.1053, "0.0957", "[0.0857, 0.1053]"},
    {0.09571, 0.0952, 0.0961, "0.09571", "[0.09520, 0.09610]"},
    {1.0849, 0.971, 1.183, "1.08", "[0.97, 1.18]"},
    {23850.0, 21000.0, 26100.0, "23850", "[21000, 26100]"},
    {2387000.0, 2100000.0, 2610000.0, "2.39e+06", "[2.10e+06, 2.61e+06]"},
    {8.3219e-5, 8.1e-5, 8.5e-5, "8.32e-05", "[8.10e-05, 8.50e-05]"},
    {0.5, 0.0001, 3.9, "0.5", "[0.0, 3.9]"},
    {0.3, 0.3, 0.3, "0.300000", "[0.300000, 0.300000]"},
    {-12.34, -13.1, -11.6, "-12.34", "[-13.10, -11.60]"},
    {9.9961, 9.5, 10.5, "10.00", "[9.50, 10.50]"},
    {1.0 / 3, (double)NAN, (double)NAN, "0.333", ""},
    {0.0, (double)NAN, (double)NAN, "0", ""},
    {(double)NAN, (double)NAN, (double)NAN, "-", ""},
    {(double)INFINITY, 1, 2, "inf", ""},
};

static void digits_follow_the_uncertainty(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    char value[ASSAY_NUMBER_TEXT], interval[2 * ASSAY_NUMBER_TEXT];
    assert_string_equal(assay_value_text(value, numbers[i].value, numbers[i].low, numbers[i].high),
                        numbers[i].text);
    assert_string_equal(
        assay_interval_text(interval, numbers[i].value, numbers[i].low, numbers[i].high),
        numbers[i].interval);
  }
}

static void make(struct assay_text_table *t)
{
  assert_ok(assay_text_table_create(t, 4, 2));
  t->columns[0] = (struct assay_text_table_column){.head = "method", .left = true};
  t->columns[1] = (struct assay_text_table_column){.head = "ν", .unit = "m²"};
  t->columns[2] = (struct assay_text_table_column){.head = "memory", .drop = 2};
  t->columns[3] = (struct assay_text_table_column){.head = "time", .drop = 1};
  assert_ok(assay_text_table_put(t, 0, 0, "a|%s", "b*"));
  assert_ok(assay_text_table_put(t, 1, 0, "é"));
  assert_ok(assay_text_table_put(t, 0, 1, "%d", 2385));
  assert_ok(assay_text_table_put(t, 1, 3, "7"));
}

static void print(char *out, size_t size, const struct assay_text_table *t, int width,
                  bool markdown)
{
  FILE *to = fmemopen(out, size, "w");
  if (markdown)
    assay_text_table_markdown(t, to);
  else
    assay_text_table_print(t, width, to);
  fclose(to);
}

static void columns_are_aligned_by_characters(void **state)
{
  (void)state;
  char text[2000];
  struct assay_text_table t;
  make(&t);
  print(text, sizeof text, &t, 0, false);
  assert_string_equal(text, "method     ν  memory  time\n"
                            "          m²              \n"
                            "──────────────────────────\n"
                            "a|b*    2385              \n"
                            "é                        7\n");
  assay_arena_release(&t.arena);
}

static void narrow_tables_leave_columns_out_and_say_so(void **state)
{
  (void)state;
  char text[2000];
  struct assay_text_table t;
  make(&t);
  print(text, sizeof text, &t, 26, false);
  assert_null(strstr(text, "not shown"));
  print(text, sizeof text, &t, 25, false);
  assert_string_equal(strstr(text, "not shown"), "not shown at this width: memory\n");
  assert_non_null(strstr(text, "method     ν  time\n"));
  print(text, sizeof text, &t, 5, false);
  assert_string_equal(strstr(text, "not shown"), "not shown at this width: memory, time\n");
  assay_arena_release(&t.arena);
}

static void markdown_escapes_what_means_something_there(void **state)
{
  (void)state;
  char text[2000];
  struct assay_text_table t;
  make(&t);
  print(text, sizeof text, &t, 0, true);
  assert_string_equal(text, "| method | ν (m²) | memory | time |\n"
                            "|:---|---:|---:|---:|\n"
                            "| a\\|b\\* | 2385 |  |  |\n"
                            "| é |  |  | 7 |\n");
  assay_arena_release(&t.arena);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(digits_follow_the_uncertainty),
      cmocka_unit_test(columns_are_aligned_by_characters),
      cmocka_unit_test(narrow_tables_leave_columns_out_and_say_so),
      cmocka_unit_test(markdown_escapes_what_means_something_there),
  };
  return cmocka_run_group_tests_name("results/text_table", tests, NULL, NULL);
}
