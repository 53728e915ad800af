/* HTML text: nothing from outside becomes markup. */
#include "results/report/html.h"

#include "tests/test.h"

static char buffer[1000];

#define WRITTEN(statement)                           \
  do {                                               \
    memset(buffer, 0, sizeof buffer);                \
    FILE *to = fmemopen(buffer, sizeof buffer, "w"); \
    statement;                                       \
    fclose(to);                                      \
  } while (0)

static void markup_becomes_references(void **state)
{
  (void)state;
  WRITTEN(assay_html_text(to, "<b a=\"1\" b='2'>&amp;</b>\n\x01\x1b[0m é"));
  assert_string_equal(buffer, "&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;amp;&lt;/b&gt;\n[0m é");
}

static void format_is_markup_and_arguments_are_text(void **state)
{
  (void)state;
  WRITTEN(assay_html(to, "<p class=\"%s\">%d %lld %5.2f%% %.4s %ld|%zu</p>", "a\"><i>", -7,
                     1234567890123LL, 2.385, "<<abcdef", 12L, (size_t)3));
  assert_string_equal(
      buffer, "<p class=\"a&quot;&gt;&lt;i&gt;\">-7 1234567890123  2.38% &lt;&lt;ab 12|3</p>");
}

static const struct {
  const char *text, *html;
} numbers[] = {
    {"0.0957", "0.0957"},
    {"-0.527", "\u2212"
               "0.527"},
    {"8.32e-05", "8.32\u00a0\u00d7\u00a0"
                 "10<sup>\u2212"
                 "5</sup>"},
    {"2.4e+12", "2.4\u00a0\u00d7\u00a0"
                "10<sup>12</sup>"},
    {"-", "-"},
    {"inf", "inf"},
    {"<e>", "&lt;e&gt;"},
};

static void powers_of_ten_are_set(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    WRITTEN(assay_html_number(to, numbers[i].text));
    assert_string_equal(buffer, numbers[i].html);
  }
}

static void slugs_are_plain_and_differ(void **state)
{
  (void)state;
  char a[ASSAY_SLUG], b[ASSAY_SLUG], longest[ASSAY_SLUG], name[200];
  assert_ok(assay_slug(a, "pod-ridge_2"));
  assert_string_equal(a, "pod-ridge_2");
  assert_ok(assay_slug(a, "../../etc/passwd"));
  assert_memory_equal(a, "------etc-passwd-", 17);
  assert_ok(assay_slug(b, "..-..-etc-passwd"));
  assert_string_not_equal(a, b);
  assert_ok(assay_slug(a, ""));
  assert_int_equal(strlen(a), 9);
  memset(name, 'x', sizeof name - 1);
  name[sizeof name - 1] = '\0';
  assert_ok(assay_slug(longest, name));
  name[150] = 'y';
  assert_ok(assay_slug(b, name));
  assert_string_not_equal(longest, b);
  assert_int_equal(strspn(longest, "x"), 48);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(markup_becomes_references),
      cmocka_unit_test(format_is_markup_and_arguments_are_text),
      cmocka_unit_test(powers_of_ten_are_set),
      cmocka_unit_test(slugs_are_plain_and_differ),
  };
  return cmocka_run_group_tests_name("results/report/html", tests, NULL, NULL);
}
