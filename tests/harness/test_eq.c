#include "tests/harness/assay_program.h"

static void expressions_are_evaluated_at_points(void **state)
{
  (void)state;
  assert_assay(0, "0.16934400967184066\n", "eq", "eval", "x0*sin(x1)", "--at", "x0=1.2,x1=3");
  assert_assay(0, "2.246887946842044e+17\n", "eq", "eval", "m*c^2", "--at", "m=2.5,c=299792458");
  assert_assay(0, "nan\n", "eq", "eval", "log(x0)", "--at", "x0=-1");
  assert_assay(0, "-inf\n", "eq", "eval", "--at", "x0=-0.0", "--", "1/x0");
  assert_assay(0, "6.283185307179586\n", "eq", "eval", "2*pi");
  assert_assay(0, "5\n", "eq", "eval", "add(X0, mul(2, X1))", "--style", "gplearn", "--at",
               "a=1,b=2");
  assert_assay(1, "give them by --at or --table", "eq", "eval", "x0 + x1");
  assert_assay(1, "unknown name 'x1'", "eq", "eval", "x0 + x1", "--at", "x0=1");
  assert_assay(1, "the expression has 3 variables, there are values for only 2", "eq", "eval", "X2",
               "--style", "gplearn", "--at", "a=1,b=2");
  assert_assay(1, "expected name=value, got '1.2'", "eq", "eval", "x0", "--at", "1.2");
  assert_assay(1, "--at: x0: expected a number, got 'one'", "eq", "eval", "x0", "--at", "x0=one");
}

static void expressions_are_evaluated_over_tables(void **state)
{
  (void)state;
  write_text("named.csv", "height, width\r\n1.5,2\r\n\r\n2.5, nan\r\n");
  assert_assay(0, "3\nnan\n", "eq", "eval", "height*width", "--table", "named.csv");
  assert_assay(1, "unknown name 'depth' (known: height, width)", "eq", "eval", "depth", "--table",
               "named.csv");
  assert_assay(0, "2.25\n6.25\n", "eq", "eval", "X0^2", "--style", "gplearn", "--table",
               "named.csv");
  write_text("plain.csv", "1,2\n3,4");
  assert_assay(0, "3\n7\n", "eq", "eval", "x0 + x1", "--table", "plain.csv");
  write_text("ragged.csv", "a,b\n1,2\n3\n");
  assert_assay(1, "ragged.csv:3: expected 2 fields, found 1", "eq", "eval", "a", "--table",
               "ragged.csv");
  write_text("words.csv", "a,b\n1,2\n3,four\n");
  assert_assay(1, "words.csv:3: column b: expected a number, got 'four'", "eq", "eval", "a",
               "--table", "words.csv");
  write_text("empty.csv", "\n");
  assert_assay(1, "empty.csv: empty", "eq", "eval", "a", "--table", "empty.csv");
  assert_assay(1, "missing.csv", "eq", "eval", "a", "--table", "missing.csv");
  assert_assay(1, "exclude each other", "eq", "eval", "a", "--table", "plain.csv", "--at", "a=1");
}

static void expressions_are_printed(void **state)
{
  (void)state;
  assert_assay(0, "add(x0, mul(2, x1))\n", "eq", "print", "x0+2*x1", "--as", "prefix");
  assert_assay(0, "\\frac{m v^{2}}{2}\n", "eq", "print", "m*v^2/2", "--names", "m,v", "--as",
               "latex");
  assert_assay(0, "neg\n`- ^\n   |- x0\n   `- 2\n", "eq", "print", "--as", "tree", "--", "-x0^2");
  assert_assay(0, "x0 + x1^2\n", "eq", "print", "add(X0, square(X1))", "--style", "gplearn");
}

static void expressions_are_differentiated(void **state)
{
  (void)state;
  assert_assay(0, "x0*cos(x1)\n", "eq", "diff", "x0*sin(x1)", "x1");
  assert_assay(0, "m*(2*v)/2\n", "eq", "diff", "m*v^2/2", "v", "--names", "m,v");
  assert_assay(1, "variable 'y': line 1, column 1: unknown name", "eq", "diff", "x0", "y");
  assert_assay(1, "'2' is no variable", "eq", "diff", "x0", "2");
}

static void faults_are_pointed_at(void **state)
{
  (void)state;
  assert_assay(1, "unknown function 'sine' (did you mean 'sin'?", "eq", "print", "x0*sine(x1)");
  assert_said("x0*sine(x1)\n   ^\n");
  assert_assay(1, "no style 'gpl' of expressions", "eq", "print", "x0", "--style", "gpl");
  assert_assay(1, "no sub-verb 'prnt' of eq (did you mean 'print'?", "eq", "prnt");
  assert_assay(1, "usage: assay eq SUBVERB", "eq");
  assert_assay(1, "usage: assay eq diff EXPRESSION VARIABLE", "eq", "diff", "x0");
  assert_assay(0, "usage: assay eq eval EXPRESSION [options]", "eq", "eval", "--help");
  assert_assay(0, "  diff      the derivative", "eq", "--help");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
  const struct CMUnitTest tests[] = {
      IN_FOLDER(expressions_are_evaluated_at_points),
      IN_FOLDER(expressions_are_evaluated_over_tables),
      IN_FOLDER(expressions_are_printed),
      IN_FOLDER(expressions_are_differentiated),
      IN_FOLDER(faults_are_pointed_at),
  };
  if (find_programs() != 0) {
    fprintf(stderr, "the program assay is not built\n");
    return 77;
  }
  const int failed = cmocka_run_group_tests_name("harness/eq", tests, NULL, NULL);
  assay_free(said);
  return failed;
}
