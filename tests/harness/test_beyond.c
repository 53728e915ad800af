/* Rows outside the box of a table. */
#include "harness/beyond.h"

#include <math.h>

#include "core/base/mem.h"
#include "tests/test.h"

enum { ROWS = 40, COLUMNS = 6 };

/* x0 loguniform, x1 uniform of one sign, x2 whole, x3 of either sign, x4 without a law over three
 * decades, x5 without a law. The last 8 rows test; there x5 goes further than in the others. */
static const char *const laws[COLUMNS] = {"loguniform any 0.01 1",
                                          "uniform pos 0.25 1.25",
                                          "intuniform pos 2 10",
                                          "uniform neg -1 2",
                                          "",
                                          "follows x0, correlation 0.9"};

static struct assay_table *make_table(const char *id)
{
  struct assay_table *t;
  int8_t *code;
  assert_ok(assay_table_create(&t, ROWS, COLUMNS));
  assert_ok(assay_table_set(t, ASSAY_TABLE_ID, id));
  assert_ok(assay_table_set(t, ASSAY_TABLE_SEED, "11"));
  assert_ok(assay_table_add_split(&code, t, "position"));
  for (long i = 0; i < ROWS; i++) {
    code[i] = i < 28 ? 0 : i < 32 ? 1 : 2;
    assay_table_x(t, 4)[i] = -pow(10, -2 + 3 * (i % 32) / 31.0);
    assay_table_x(t, 5)[i] = i < 32 ? 3 + 0.125 * i : 100;
  }
  for (int c = 0; c < COLUMNS; c++) assert_ok(assay_table_describe(&t->column[c], "", "", laws[c]));
  return t;
}

static struct assay_beyond *make(const char *id, const char *formula)
{
  struct assay_beyond *b = NULL;
  struct assay_expr *law = NULL;
  struct assay_table *t = make_table(id);
  assert_ok(assay_expr_parse(&law, formula, NULL));
  assert_ok(assay_beyond_create(&b, t, "position", law));
  assay_expr_free(law);
  assay_table_destroy(t);
  return b;
}

/* The box and the wider one, of |x| or of -x where that is what is drawn. */
static const struct {
  double lo, hi, wide_lo, wide_hi;
} known[COLUMNS] = {{0.01, 1, 0.001, 10},
                    {0.25, 1.25, 0, 1.75},
                    {2, 9, 1, 12},
                    {-1, 2, -2.5, 3.5},
                    {0.01, 10, 0.01 / 31.6227766016838, 316.227766016838},
                    {3, 6.875, 1.0625, 8.8125}};

static double drawn(const struct assay_beyond *b, int c, long i)
{
  const double x = b->x[c][i];
  return c == 0 ? fabs(x) : c == 3 || c == 4 ? -x : x;
}

static void rows_lie_around_the_box(void **state)
{
  (void)state;
  struct assay_beyond *b = make("a", "x0*x1 + x5");
  double lo[COLUMNS], hi[COLUMNS];
  int negative = 0, single = 0;
  assert_int_equal(b->n, ASSAY_BEYOND_ROWS);
  for (int c = 0; c < COLUMNS; c++) lo[c] = hi[c] = drawn(b, c, 0);
  for (long i = 0; i < b->n; i++) {
    int outside = 0;
    for (int c = 0; c < COLUMNS; c++) {
      const double x = drawn(b, c, i);
      assert_true(x >= known[c].wide_lo * (1 - 1e-12) - (known[c].wide_lo < 0) * 1e-12);
      assert_true(x <= known[c].wide_hi * (1 + 1e-12));
      outside += x < known[c].lo || x > known[c].hi;
      lo[c] = fmin(lo[c], x);
      hi[c] = fmax(hi[c], x);
    }
    assert_true(outside > 0);
    single += outside == 1;
    negative += b->x[0][i] < 0;
    assert_true(b->x[2][i] == floor(b->x[2][i]));
    assert_close(b->y[i], b->x[0][i] * b->x[1][i] + b->x[5][i], 1e-14, 0);
  }
  assert_true(single > 20);
  assert_true(negative > 400 && negative < 600);
  for (int c = 0; c < COLUMNS; c++) { /* and they fill it to the ends */
    const bool log = c == 0 || c == 4;
    const double width = known[c].wide_hi - known[c].wide_lo;
    assert_true(log ? lo[c] < 1.1 * known[c].wide_lo : lo[c] <= known[c].wide_lo + 0.02 * width);
    assert_true(log ? hi[c] > known[c].wide_hi / 1.1 : hi[c] >= known[c].wide_hi - 0.02 * width);
  }
  assay_beyond_destroy(b);
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

static void the_key_is_the_table(void **state)
{
  (void)state;
  struct assay_beyond *a = make("a", "x0"), *again = make("a", "x0"), *b = make("b", "x0");
  for (int c = 0; c < COLUMNS; c++) {
    assert_memory_equal(a->x[c], again->x[c], sizeof(double[ASSAY_BEYOND_ROWS]));
    assert_true(a->x[c][0] != b->x[c][0] || a->x[c][1] != b->x[c][1]);
  }
  assay_beyond_destroy(a);
  assay_beyond_destroy(again);
  assay_beyond_destroy(b);
}

static void rows_without_a_law_are_not_there(void **state)
{
  (void)state;
  struct assay_beyond *half = make("a", "sqrt(x0)"), *none = make("a", "log(-x1)"),
                      *flat = make("a", "1e-40*x1"), *few = make("a", "sqrt(x5 - 8.79)"),
                      *fewer = make("a", "sqrt(x5 - 8.805)");
  assert_int_equal(half->n, ASSAY_BEYOND_ROWS); /* more were drawn */
  for (long i = 0; i < half->n; i++) assert_true(half->x[0][i] >= 0 && half->y[i] > 0);
  assert_int_equal(none->n, 0);
  assert_int_equal(flat->n, 0);
  assert_true(few->n >= ASSAY_BEYOND_FEWEST && few->n < ASSAY_BEYOND_ROWS);
  assay_beyond_destroy(half);
  assay_beyond_destroy(none);
  assay_beyond_destroy(flat);
  assert_int_equal(fewer->n, 0);
  assay_beyond_destroy(few);
  assay_beyond_destroy(fewer);
}

static void the_split_must_be_there(void **state)
{
  (void)state;
  struct assay_beyond *b = NULL;
  struct assay_expr *law = NULL;
  struct assay_table *t = make_table("a");
  assert_ok(assay_expr_parse(&law, "x0", NULL));
  assert_fails(assay_beyond_create(&b, t, "postion", law), ASSAY_ENOTFOUND, "postion");
  assert_null(b);
  assay_expr_free(law);
  assay_table_destroy(t);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_lie_around_the_box),
      cmocka_unit_test(the_key_is_the_table),
      cmocka_unit_test(rows_without_a_law_are_not_there),
      cmocka_unit_test(the_split_must_be_there),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
