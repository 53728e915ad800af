/* assay eq distance and simplify, by running the program. */
#include "tests/harness/assay_program.h"

#include "tests/test.h"

static const char header[] =
    "predicted_nodes\ttrue_nodes\tedit_distance\tned\tpredicted_tree\ttrue_tree\treason\n";

static int batch(const char *text)
{
  assert_ok(assay_file_write("pairs.tsv", text, strlen(text)));
  return assay((const char *[]){"eq", "distance", "--batch", "pairs.tsv", NULL});
}

static void one_pair(void **state)
{
  (void)state;
  assert_int_equal(assay((const char *[]){"eq", "distance", "x0*x1 + 1.2", "x1*x0", NULL}), 0);
  assert_non_null(strstr(said, "predicted  x0*x1 + 1.2\n           Add(Const,Mul(x0,x1))\n"));
  assert_non_null(strstr(said, "distance   2\nNED        0.666667\n"));
  assert_non_null(strstr(said, "NED-2      0.666667 strict, 0.666667 scale-free, 0 affine-free\n"));
  assert_non_null(strstr(said, "law        offset\n"));
  assert_int_equal(assay((const char *[]){"eq", "distance", "none", "x1*x0", NULL}), 0);
  assert_non_null(strstr(said, "predicted  - (no prediction)"));
  assert_non_null(strstr(said, "distance   3\nNED        1\n"));
  assert_int_equal(
      assay((const char *[]){"eq", "distance", "--style", "gplearn", "mul(X1, X0)", "x0*x1", NULL}),
      0);
  assert_non_null(strstr(said, "NED        0\n"));
  assert_int_equal(assay((const char *[]){"eq", "distance", "x0", NULL}), 1);
  assert_non_null(strstr(said, "expected a predicted and a true equation"));
}

static void rows_in_order(void **state)
{
  (void)state;
  char expected[1000];
  snprintf(expected, sizeof expected, "%s%s", header,
           "6\t6\t0\t0\tMul(Const,x0,Pow(x1,Const))\tMul(Const,x0,Pow(x1,Const))\t-\n"
           "-\t3\t-\t1\t-\tMul(x0,x1)\tno prediction\n"
           "1\t3\t3\t1\tConst\tMul(x0,x1)\t-\n"
           "-\t1\t-\t1\t-\tx0\tline 1, column 4: expected a number, a variable, a function or "
           "'(', found the end\n"
           "1\t3\t2\t0.66666666666666663\tx0\tMul(x0,x1)\t-\n");
  /* blank lines are passed over, line ends may be those of Windows, the last may lack its own */
  assert_int_equal(batch("x0*x1**2/2\t0.5*x1^2*x0\n\nnone\tx0*x1\r\n \t \nnan\tx0*x1\nx0+\tx0\n"
                         "x0\tx0*x1"),
                   0);
  assert_string_equal(said, expected);
  assert_int_equal(batch(""), 0);
  assert_string_equal(said, header);
}

/* A true equation that cannot be used ends it with code 2, without a table. */
static void bad_truths(void **state)
{
  (void)state;
  static const char *const text[] = {"x0\tx0\nx0\tx0 +\n", "x0\tx0\nx0*x1\n", "x0\tx0\tx0\n",
                                     "x0\t\n"};
  static const char *const message[] = {
      "pairs.tsv:2: the true equation cannot be used: line 1, column",
      "pairs.tsv:2: expected a prediction, a tab and the true equation",
      "pairs.tsv:1: expected a prediction, a tab", "pairs.tsv:1: the true equation cannot be used"};
  for (int i = 0; i < 4; i++) {
    assert_int_equal(batch(text[i]), 2);
    assert_non_null(strstr(said, message[i]));
    assert_null(strstr(said, "predicted_nodes"));
  }
  assert_int_equal(assay((const char *[]){"eq", "distance", "--batch", "missing.tsv", NULL}), 1);
}

static void canonical_forms(void **state)
{
  (void)state;
  assert_int_equal(assay((const char *[]){"eq", "simplify", "x0*x1 + x0*x2*x3*sin(x4)", NULL}), 0);
  assert_string_equal(said, "x0*(x1 + x2*x3*sin(x4))\n");
  assert_int_equal(
      assay((const char *[]){"eq", "simplify", "(x0^2 - x1^2)/(x0 - x1)", "--as", "tree", NULL}),
      0);
  assert_string_equal(said, "Add(x0,x1)\n");
}

int main(void)
{
  if (find_programs() != 0) return 77;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(one_pair, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(rows_in_order, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(bad_truths, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(canonical_forms, make_folder, remove_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
