/* Answers to regressions: round trip, and files that are none. */
#include <netcdf.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/file.h"
#include "datasets/answer.h"
#include "tests/test.h"

static char path[] = "/tmp/assay-answer-XXXXXX";

static void what_is_written_is_read(void **state)
{
  (void)state;
  char first[] = "x0*x1", second[] = "2.385*x0^2 + sin(x1)", third[] = "7";
  char *equations[] = {first, second, third};
  int complexity[] = {3, 8, 1};
  double y[] = {2.385, -1e-300, 7.25, 1e300};
  const struct assay_answer a = {
      .n = 3, .equation = equations, .complexity = complexity, .selected = 1, .n_rows = 4, .y = y};
  struct assay_answer b;
  assert_ok(assay_answer_write(&a, path));
  assert_ok(assay_answer_read(&b, path));
  assert_int_equal(b.n, 3);
  assert_int_equal(b.selected, 1);
  for (int i = 0; i < 3; i++) assert_string_equal(b.equation[i], equations[i]);
  assert_memory_equal(b.complexity, complexity, sizeof complexity);
  assert_int_equal(b.n_rows, 4);
  assert_memory_equal(b.y, y, sizeof y);
  assay_answer_release(&b);
}

static void equations_alone_are_enough(void **state)
{
  (void)state;
  char only[] = "x3", *equations[] = {only};
  const struct assay_answer a = {.n = 1, .equation = equations};
  struct assay_answer b;
  assert_ok(assay_answer_write(&a, path));
  assert_ok(assay_answer_read(&b, path));
  assert_int_equal(b.n, 1);
  assert_null(b.complexity);
  assert_null(b.y);
  assay_answer_release(&b);
}

static void nothing_and_nonsense_are_not_written(void **state)
{
  (void)state;
  char only[] = "x3", *equations[] = {only};
  const struct assay_answer none = {.equation = equations};
  const struct assay_answer off = {.n = 1, .equation = equations, .selected = 1};
  assert_fails(assay_answer_write(&none, path), ASSAY_EARG, "0 equations");
  assert_fails(assay_answer_write(&off, path), ASSAY_EARG, "expected 1 to 1000");
}

/* A file with one variable `name` of this type over a dimension `over`, and this selection. */
static void write_other(const char *name, nc_type type, const char *over, int selected)
{
  int nc, dim, var;
  const char *text[] = {"x0", "x1"};
  const int number[] = {3, 4};
  assert_int_equal(nc_create(path, NC_NETCDF4 | NC_CLOBBER, &nc), NC_NOERR);
  assert_int_equal(nc_def_dim(nc, over, 2, &dim), NC_NOERR);
  assert_int_equal(nc_def_var(nc, name, type, 1, &dim, &var), NC_NOERR);
  nc_put_att_int(nc, NC_GLOBAL, "selected", NC_INT, 1, &selected);
  const int status =
      type == NC_STRING ? nc_put_var_string(nc, var, text) : nc_put_var_int(nc, var, number);
  assert_int_equal(status, NC_NOERR);
  assert_int_equal(nc_close(nc), NC_NOERR);
}

static void files_that_are_none_are_refused(void **state)
{
  (void)state;
  struct assay_answer a;
  write_other("equations", NC_STRING, "candidate", 0);
  assert_fails(assay_answer_read(&a, path), ASSAY_ECORRUPT, "no variable 'equation'");
  write_other("equation", NC_INT, "candidate", 0);
  assert_fails(assay_answer_read(&a, path), ASSAY_ECORRUPT, "has the wrong type");
  write_other("equation", NC_STRING, "case", 0);
  assert_fails(assay_answer_read(&a, path), ASSAY_ECORRUPT, "the one dimension 'candidate'");
  write_other("equation", NC_STRING, "candidate", 2);
  assert_fails(assay_answer_read(&a, path), ASSAY_ECORRUPT, "one index of the 2 equations");
  assert_ok(assay_file_write(path, "x0*x1", 5));
  assert_fails(assay_answer_read(&a, path), ASSAY_EIO, "cannot read the answer");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_written_is_read),
      cmocka_unit_test(equations_alone_are_enough),
      cmocka_unit_test(nothing_and_nonsense_are_not_written),
      cmocka_unit_test(files_that_are_none_are_refused),
  };
  close(mkstemp(path));
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  unlink(path);
  return failed;
}
