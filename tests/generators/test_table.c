/* The tables of the SRSD sets: which equations, how they are drawn, what is known of them. */
#include "generators/table.h"

#include <stdlib.h>

#include "core/num/dd.h"
#include "datasets/dimension.h"
#include "datasets/formula.h"
#include "datasets/table_check.h"
#include "tests/generators/table_golden.h"
#include "tests/generators/table_made.h"

/* ---- what there is -------------------------------------------------------------------------- */

static void counts_are_those_published(void **state)
{
  (void)state;
  static const int by_inputs[9] = {0, 7, 37, 34, 25, 12, 3, 1, 1};
  int inputs[9] = {0}, difficulty[3] = {0}, laws[3] = {0}, columns = 0, differ = 0;
  static const char *const names[3] = {"easy", "medium", "hard"};
  struct assay_equations *e = NULL;
  assert_ok(assay_equations_open(&e, "srsd"));
  assert_int_equal(assay_equations_count(e), 120);
  for (long i = 0; i < 120; i++) {
    const struct assay_equation *q = assay_equations_at(e, i);
    inputs[q->n_inputs]++;
    columns += q->n_inputs;
    differ += strcmp(q->expression, q->truth) != 0;
    for (int k = 0; k < 3; k++) difficulty[k] += strcmp(q->difficulty, names[k]) == 0;
    for (int c = 0; c < q->n_inputs; c++) laws[q->input[c].law.kind]++;
  }
  assert_memory_equal(inputs, by_inputs, sizeof inputs);
  assert_int_equal(columns, 376);
  assert_int_equal(differ, 3);
  assert_int_equal(difficulty[0], 30);
  assert_int_equal(difficulty[1], 40);
  assert_int_equal(difficulty[2], 50);
  assert_int_equal(laws[ASSAY_LAW_LOGUNIFORM], 327);
  assert_int_equal(laws[ASSAY_LAW_UNIFORM], 37);
  assert_int_equal(laws[ASSAY_LAW_INTUNIFORM], 12);
  assay_equations_close(e);
}

/* The true equation has the units of y. One unit is not known: that of epsilon in bonus.6, which
 * has its first power where the physics has the second. */
static void equations_are_consistent_in_their_units(void **state)
{
  (void)state;
  static const char *const tables[] = {"srsd", "srsd-v2", "feynman"};
  int known = 0;
  for (size_t k = 0; k < sizeof tables / sizeof *tables; k++) {
    struct assay_equations *e = NULL;
    assert_ok(assay_equations_open(&e, tables[k]));
    for (long i = 0; i < assay_equations_count(e); i++) {
      const struct assay_equation *q = assay_equations_at(e, i);
      struct assay_dimension var[ASSAY_INPUTS_MAX], target, of;
      struct assay_formula *f = NULL;
      bool all = *q->target_unit != '\0';
      for (int c = 0; c < q->n_inputs; c++) {
        all = all && *q->input[c].unit;
        if (*q->input[c].unit) assert_ok(assay_dimension_parse(&var[c], q->input[c].unit));
      }
      if (!all) continue;
      assert_ok(assay_dimension_parse(&target, q->target_unit));
      assert_ok(assay_formula_create(&f, q->truth, q->n_inputs));
      if (assay_dimension_of(&of, assay_formula_expr(f), var) < 0)
        fail_msg("%s: %s", q->id, assay_err_last());
      if (!assay_dimension_equal(&of, &target)) fail_msg("%s: another unit than y", q->id);
      assay_formula_destroy(f);
      known++;
    }
    assay_equations_close(e);
  }
  assert_int_equal(known, 119 + 119 + 120);
}

/* ---- how it is drawn ------------------------------------------------------------------------ */

/* mean and variance of the position in the range on the scale of the law, 1/2 and 1/12 */
static void assert_law(const double *x, long n, const struct assay_law *law)
{
  double sum = 0, square = 0;
  long negative = 0;
  for (long i = 0; i < n; i++) {
    const double v = law->sign == ASSAY_SIGN_POS ? x[i] : fabs(x[i]);
    double u = (v - law->lo) / (law->hi - law->lo);
    if (law->kind == ASSAY_LAW_LOGUNIFORM) u = log(v / law->lo) / log(law->hi / law->lo);
    assert_true(v >= law->lo && v <= law->hi);
    if (law->kind == ASSAY_LAW_INTUNIFORM) {
      assert_true(v == floor(v) && v < law->hi);
      u += 0.5 / (law->hi - law->lo);
    }
    sum += u;
    square += u * u;
    negative += x[i] < 0;
  }
  const double mean = sum / (double)n, sd = 5 / sqrt(12.0 * (double)n);
  assert_close(mean, 0.5, 0, sd);
  assert_close(square / (double)n - mean * mean, 1.0 / 12, 0.05, 0);
  if (law->lo < 0) return;
  if (law->sign == ASSAY_SIGN_POS) assert_int_equal(negative, 0);
  if (law->sign == ASSAY_SIGN_NEG) assert_int_equal(negative, n);
  if (law->sign == ASSAY_SIGN_ANY)
    assert_close((double)negative / (double)n, 0.5, 0, 2.5 / sqrt((double)n));
}

/* Equations that reject nothing: the columns follow their laws. */
static void columns_follow_their_laws(void **state)
{
  (void)state;
  static const char *const ids[] = {"feynman-i.12.5",    "feynman-i.30.5",    "feynman-ii.34.11",
                                    "feynman-iii.15.27", "feynman-iii.21.20", "feynman-bonus.1"};
  struct assay_equations *e = NULL;
  assert_ok(assay_equations_open(&e, "srsd"));
  for (size_t k = 0; k < sizeof ids / sizeof *ids; k++) {
    const struct assay_equation *q;
    struct assay_table *t = make("srsd", ids[k], "");
    assert_ok(assay_equations_find(&q, e, ids[k]));
    for (int c = 0; c < q->n_inputs; c++)
      assert_law(assay_table_x(t, c), t->n_rows, &q->input[c].law);
    assert_close(t->row[ASSAY_TABLE_ACCEPTANCE], 1, 0, 0);
    assay_table_destroy(t);
  }
  assay_equations_close(e);
}

/* Whole numbers with either sign from -1 to 1: zero is there, and cannot be negative. */
static void a_range_through_zero_is_signed(void **state)
{
  (void)state;
  struct assay_table *t = make("srsd", "feynman-bonus.7", "");
  long count[3] = {0};
  for (long i = 0; i < t->n_rows; i++) count[(int)assay_table_x(t, 1)[i] + 1]++;
  for (int i = 0; i < 3; i++) assert_true(count[i] > 500);
  assert_int_equal(count[0] + count[1] + count[2], t->n_rows);
  assay_table_destroy(t);
}

/* Shares of drawn rows that are kept: the published ones, measured there on 3000 kept rows. For
 * 2 U (1 - cos(k d)) the cosine must not round to 1, k d > 1.0537e-8, and k d is the product of two
 * loguniform numbers: P = (2 - d)^2 / 8 with d = log10(1.0537e-8) + 9. */
static void acceptance_is_that_of_the_formula(void **state)
{
  (void)state;
  static const struct {
    const char *id;
    double share;
  } known[] = {{"feynman-ii.24.17", 0.133}, {"feynman-i.41.16", 0.283},  {"feynman-bonus.4", 0.492},
               {"feynman-bonus.6", 0.496},  {"feynman-bonus.7", 0.741},  {"feynman-i.6.20b", 0.837},
               {"feynman-i.6.20", 0.909},   {"feynman-iii.14.14", 0.992}};
  for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
    struct assay_table *t = make("srsd", known[k].id, "");
    const double p = known[k].share, ours = p * (1 - p) * p / 10000,
                 theirs = p * (1 - p) * p / 3000;
    assert_close(t->row[ASSAY_TABLE_ACCEPTANCE], p, 0, 4 * sqrt(ours + theirs));
    assay_table_destroy(t);
  }
  struct assay_table *t = make("srsd", "feynman-iii.15.12", "");
  const double d = log10(1.0537e-8) + 9, p = (2 - d) * (2 - d) / 8;
  assert_close(t->row[ASSAY_TABLE_ACCEPTANCE], p, 0, 4 * sqrt(p * p * (1 - p) / 10000));
  for (long i = 0; i < t->n_rows; i++) assert_true(fabs(t->y[i]) >= 0x1p-126);
  assay_table_destroy(t);
}

/* ---- what is known of it -------------------------------------------------------------------- */

/* Inputs without effect on y in the published data, at double precision. */
static void the_degenerate_sets_are_found(void **state)
{
  (void)state;
  static const struct {
    const char *id, *dead;
  } known[] = {{"feynman-iii.17.37", "12"},  {"feynman-iii.9.52", "34"}, {"feynman-bonus.11", "13"},
               {"feynman-bonus.17", "2345"}, {"feynman-bonus.4", "34"},  {"feynman-bonus.16", "34"},
               {"feynman-bonus.13", "0"},    {"feynman-ii.36.38", "1"},  {"feynman-bonus.8", "1"},
               {"feynman-ii.35.18", "123"},  {"feynman-ii.11.28", "01"}, {"feynman-bonus.12", "3"},
               {"feynman-iii.15.12", "012"}, {"feynman-i.12.1", ""},     {"feynman-bonus.20", ""},
               {"feynman-i.15.3t", ""}};
  for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
    size_t i;
    json_t *report = NULL, *c;
    char dead[16] = "";
    struct assay_table *t = make("srsd", known[k].id, "params: {rows: 3000}\n");
    assert_ok(assay_table_check(&report, t));
    json_array_foreach(json_object_get(report, "columns_known"), i, c)
    {
      if (json_is_false(json_object_get(c, "found")))
        strcat(dead, json_string_value(json_object_get(c, "name")) + 1);
    }
    assert_string_equal(dead, known[k].dead);
    assert_int_equal(json_array_size(json_object_get(report, "problems")), 0);
    assert_true(json_real_value(json_object_get(report, "mismatch")) == 0);
    json_decref(report);
    assay_table_destroy(t);
  }
}

static void rounding_is_measured(void **state)
{
  (void)state;
  struct assay_table *clean_one = make("srsd", "feynman-i.12.1", "");
  assert_true(clean_one->row[ASSAY_TABLE_NOISE_MAX] < 0x1p-52);
  assert_true(clean_one->row[ASSAY_TABLE_NOISE_MEDIAN] > 1e-18);
  struct assay_table *cancelled = make("srsd", "feynman-i.41.16", "");
  assert_close(cancelled->row[ASSAY_TABLE_NOISE_MEDIAN], 2.1e-4, 0.5, 0);
  struct assay_table *lost = make("srsd", "feynman-iii.15.12", "");
  assert_close(lost->row[ASSAY_TABLE_NOISE_MEDIAN], 0.15, 0.6, 0);
  assay_table_destroy(clean_one);
  assay_table_destroy(cancelled);
  assay_table_destroy(lost);
}

/* Every input of a corrected equation has an effect of 1 % in half of the rows, and what is left
 * as it was one that is far above rounding; data and true equation are one formula. */
static void corrected_equations_show_all_inputs(void **state)
{
  (void)state;
  struct assay_equations *e = NULL;
  int changed = 0;
  assert_ok(assay_equations_open(&e, "srsd-v2"));
  assert_int_equal(assay_equations_count(e), 120);
  for (long i = 0; i < 120; i++) {
    const struct assay_equation *q = assay_equations_at(e, i);
    struct assay_table *t = make("srsd-v2", q->id, "params: {rows: 2000}\n");
    const double least = q->changed ? 0.01 : 1e-5;
    changed += q->changed;
    assert_int_equal(q->number, i);
    assert_string_equal(q->expression, q->truth);
    for (int c = 0; c < t->n_columns; c++)
      if (!(t->column[c].effect_median > least))
        fail_msg("%s: effect of x%d is %.3g", q->id, c, t->column[c].effect_median);
    assert_true(t->row[ASSAY_TABLE_NOISE_MEDIAN] < (q->changed ? 1e-14 : 1e-11));
    assay_table_destroy(t);
  }
  assert_int_equal(changed, 16);
  assay_equations_close(e);
}

/* ---- AI Feynman ----------------------------------------------------------------------------- */

static void ai_feynman_is_complete(void **state)
{
  (void)state;
  struct assay_equations *e = NULL;
  assert_ok(assay_equations_open(&e, "feynman"));
  assert_int_equal(assay_equations_count(e), 120);
  for (long i = 0; i < 120; i++) {
    const struct assay_equation *q = assay_equations_at(e, i);
    struct assay_table *t = make("feynman", q->id, "params: {rows: 500}\n");
    json_t *report = NULL;
    for (int c = 0; c < q->n_inputs; c++) assert_int_equal(q->input[c].law.kind, ASSAY_LAW_UNIFORM);
    assert_close(t->row[ASSAY_TABLE_ACCEPTANCE], 1, 0, 0);
    assert_ok(assay_table_check(&report, t));
    assert_int_equal(json_array_size(json_object_get(report, "problems")), 0);
    json_decref(report);
    assay_table_destroy(t);
  }
  assay_equations_close(e);
}

/* ---- variants ------------------------------------------------------------------------------- */

static void dummies_leave_the_law(void **state)
{
  (void)state;
  int count[4] = {0};
  struct assay_equations *e = NULL;
  assert_ok(assay_equations_open(&e, "srsd"));
  for (long i = 0; i < 120; i++) {
    const struct assay_equation *q = assay_equations_at(e, i);
    struct assay_table *t = make("srsd", q->id, "params: {dummies: published, rows: 50}\n");
    int dummies = 0;
    json_t *report = NULL;
    for (int c = 0; c < t->n_columns; c++) {
      dummies += t->column[c].role == ASSAY_COLUMN_DUMMY;
      for (long r = 0; r < t->n_rows; r++) {
        const double x = assay_table_x(t, c)[r];
        assert_true(x == (double)(float)x);
      }
    }
    assert_in_range(dummies, 1, 3);
    assert_int_equal(t->n_columns, q->n_inputs + dummies);
    count[dummies]++;
    assert_ok(assay_table_check(&report, t));
    if (json_array_size(json_object_get(report, "problems")) != 0)
      fail_msg("%s: %s", q->id,
               json_string_value(json_array_get(json_object_get(report, "problems"), 0)));
    json_decref(report);
    assay_table_destroy(t);
  }
  for (int k = 1; k <= 3; k++) assert_in_range(count[k], 22, 58); /* 40 +- 3.5 sd */
  assay_equations_close(e);
}

static double correlation(const double *a, const double *b, long n)
{
  double ma = 0, mb = 0, ab = 0, aa = 0, bb = 0;
  for (long i = 0; i < n; i++) {
    ma += log(fabs(a[i])) / (double)n;
    mb += log(fabs(b[i])) / (double)n;
  }
  for (long i = 0; i < n; i++) {
    const double x = log(fabs(a[i])) - ma, y = log(fabs(b[i])) - mb;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / sqrt(aa * bb);
}

static void correlated_dummies_follow_an_input(void **state)
{
  (void)state;
  struct assay_table *t =
      make("srsd", "feynman-i.12.1",
           "params: {dummies: correlated, dummy_count: 3, dummy_correlation: -0.735}\n");
  int followed = 0;
  assert_int_equal(t->n_columns, 5);
  for (int c = 0; c < t->n_columns; c++) {
    int of = -1;
    if (t->column[c].role != ASSAY_COLUMN_DUMMY) continue;
    assert_int_equal(sscanf(t->column[c].law, "follows x%d, correlation -0.735", &of), 1);
    assert_int_equal(t->column[of].role, ASSAY_COLUMN_INPUT);
    assert_close(correlation(assay_table_x(t, c), assay_table_x(t, of), t->n_rows), -0.735, 0.03,
                 0);
    followed++;
  }
  assert_int_equal(followed, 3);
  assay_table_destroy(t);
}

static double rms_difference(const double *a, const double *b, const int8_t *code, int which,
                             long n)
{
  double sum = 0;
  long rows = 0;
  for (long i = 0; i < n; i++) {
    if (code[i] != which) continue;
    sum += (a[i] - b[i]) * (a[i] - b[i]);
    rows++;
  }
  return sqrt(sum / (double)rows);
}

static void noise_has_the_stated_size(void **state)
{
  (void)state;
  const int8_t *code;
  struct assay_table *exact = make("srsd", "feynman-i.12.1", "");
  struct assay_table *t = make("srsd", "feynman-i.12.1", "params: {target_noise: 0.135}\n");
  assert_ok(assay_table_split(&code, t, "position"));
  assert_memory_equal(t->x, exact->x, 2 * sizeof(double) * (size_t)t->n_rows);
  assert_memory_equal(t->y_exact, exact->y, sizeof(double) * (size_t)t->n_rows);
  double size = 0;
  for (long i = 0; i < 8000; i++) size += exact->y[i] * exact->y[i] / 8000;
  const double sd = 0.135 * sqrt(size);
  assert_close(rms_difference(t->y, exact->y, code, 0, t->n_rows), sd, 0.03, 0);
  assert_close(rms_difference(t->y, exact->y, code, 1, t->n_rows), sd, 0.1, 0);
  assert_close(rms_difference(t->y, exact->y, code, 2, t->n_rows), 0, 0, 0);
  assert_close(t->row[ASSAY_TABLE_SIGNAL_TO_NOISE], 1 / 0.135, 1e-14, 0);
  assay_table_destroy(t);
  t = make("srsd", "feynman-i.12.1", "params: {target_noise: 0.135, noise_on: all}\n");
  assert_ok(assay_table_split(&code, t, "position"));
  assert_close(rms_difference(t->y, exact->y, code, 2, t->n_rows), sd, 0.1, 0);
  assay_table_destroy(t);
  assay_table_destroy(exact);
}

static void outliers_are_as_many_as_asked(void **state)
{
  (void)state;
  struct assay_table *t =
      make("srsd", "feynman-i.12.1", "params: {outliers: 0.0385, outlier_size: 25}\n");
  long moved = 0;
  for (long i = 0; i < t->n_rows; i++) {
    moved += t->y[i] != t->y_exact[i];
    if (i >= 9000) assert_true(t->y[i] == t->y_exact[i]);
  }
  assert_int_equal(moved, 347); /* 0.0385 x 9000 = 346.5 */
  assay_table_destroy(t);
}

static void the_extrapolation_split_is_outside(void **state)
{
  (void)state;
  const int8_t *code;
  double inner[2][2] = {{1e300, 0}, {1e300, 0}};
  long tests = 0, outside = 0;
  struct assay_table *t = make("srsd", "feynman-i.12.1", "");
  assert_ok(assay_table_split(&code, t, "extrapolation"));
  for (long i = 0; i < t->n_rows; i++)
    for (int c = 0; c < 2 && code[i] != 2; c++) {
      inner[c][0] = fmin(inner[c][0], assay_table_x(t, c)[i]);
      inner[c][1] = fmax(inner[c][1], assay_table_x(t, c)[i]);
    }
  for (long i = 0; i < t->n_rows; i++) {
    bool out = false;
    for (int c = 0; c < 2; c++) {
      const double x = assay_table_x(t, c)[i];
      out = out || x < inner[c][0] || x > inner[c][1];
    }
    tests += code[i] == 2;
    outside += code[i] == 2 && out;
  }
  assert_int_equal(tests, 1000);
  assert_int_equal(outside, 1000);
  assay_table_destroy(t);
}

/* ---- the same bits -------------------------------------------------------------------------- */

static void data_have_their_golden_hash(void **state)
{
  (void)state;
  for (size_t k = 0; k < sizeof golden / sizeof *golden; k++) {
    char data[ASSAY_SHA256_HEX], content[ASSAY_SHA256_HEX];
    struct assay_table *t = make("srsd", golden[k].id, golden[k].more);
    assert_ok(assay_table_hash(data, content, t));
    if (strcmp(data, golden[k].hash) != 0)
      fail_msg("%s: the data have the hash %s: raise ASSAY_TABLE_VERSION_NOW", golden[k].id, data);
    assay_table_destroy(t);
  }
}

/* Alone or in a set, whatever else is selected. */
static void an_equation_has_its_own_numbers(void **state)
{
  (void)state;
  struct assay_table *alone = make("srsd", "feynman-bonus.20", ""), *among = NULL;
  struct assay_table_recipe *r =
      recipe("equations: srsd\nseed: 1\nselect: {ids: [feynman-i.12.1, feynman-bonus.20]}\n");
  assert_ok(assay_table_make(&among, r, 1));
  assert_memory_equal(alone->x, among->x, 3 * sizeof(double) * (size_t)alone->n_rows);
  assert_string_equal(assay_table_get(alone, ASSAY_TABLE_RECIPE),
                      assay_table_get(among, ASSAY_TABLE_RECIPE));
  assay_table_recipe_destroy(r);
  assay_table_destroy(alone);
  assay_table_destroy(among);
}

/* ---- trouble -------------------------------------------------------------------------------- */

static void bad_recipes_are_refused(void **state)
{
  (void)state;
  static const struct {
    const char *text, *message;
  } bad[] = {
      {"equations: srsd\nselect: {ids: [feynman-i.12.99]}\n", "r.yaml:2:16: datasets/equations"},
      {"equations: srsd\nselect: {ids: [feynman-i.12.1, feynman-i.12.1]}\n", "listed twice"},
      {"equations: srsd\nselect: {difficulty: [gentle]}\n", "no equation is selected"},
      {"equations: srsd\nparams: {rows: 0}\n", "rows = 0 is outside [20, 100000000]"},
      {"equations: srsd\nparams: {target_noise: -0.1}\n", "target_noise = -0.1 is outside"},
      {"equations: srsd\nparams: {outliers: 0.7}\n", "outliers = 0.7 is outside"},
      {"equations: srsd\nparams: {dummies: published, dummy_count: 2}\n", "dummy_count must be 0"},
      {"equations: srsd\nparams: {dummys: none}\n", "dummies"},
      {"equations: sdsr\n", "no table of equations 'sdsr.tsv'"},
      {"equations: srsd\nversion: 99\n", "made by version 99"},
      {"equations: dynamics\nparams: {observe: trajectories, dummies: independent}\n",
       "trajectories have no dummies"},
      {"equations: srsd\nselect: {ids: [feynman-i.12.1], difficulty: [easy]}\n", "either 'ids'"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct assay_table_recipe *r = NULL;
    assert_true(assay_table_recipe_parse(&r, "r.yaml", bad[i].text, strlen(bad[i].text), NULL) < 0);
    if (!strstr(assay_err_last(), bad[i].message))
      fail_msg("'%s' says '%s'", bad[i].text, assay_err_last());
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(counts_are_those_published, mark, clean),
      cmocka_unit_test_setup_teardown(equations_are_consistent_in_their_units, mark, clean),
      cmocka_unit_test_setup_teardown(columns_follow_their_laws, mark, clean),
      cmocka_unit_test_setup_teardown(a_range_through_zero_is_signed, mark, clean),
      cmocka_unit_test_setup_teardown(acceptance_is_that_of_the_formula, mark, clean),
      cmocka_unit_test_setup_teardown(the_degenerate_sets_are_found, mark, clean),
      cmocka_unit_test_setup_teardown(rounding_is_measured, mark, clean),
      cmocka_unit_test_setup_teardown(corrected_equations_show_all_inputs, mark, clean),
      cmocka_unit_test_setup_teardown(ai_feynman_is_complete, mark, clean),
      cmocka_unit_test_setup_teardown(dummies_leave_the_law, mark, clean),
      cmocka_unit_test_setup_teardown(correlated_dummies_follow_an_input, mark, clean),
      cmocka_unit_test_setup_teardown(noise_has_the_stated_size, mark, clean),
      cmocka_unit_test_setup_teardown(outliers_are_as_many_as_asked, mark, clean),
      cmocka_unit_test_setup_teardown(the_extrapolation_split_is_outside, mark, clean),
      cmocka_unit_test_setup_teardown(data_have_their_golden_hash, mark, clean),
      cmocka_unit_test_setup_teardown(an_equation_has_its_own_numbers, mark, clean),
      cmocka_unit_test_setup_teardown(bad_recipes_are_refused, mark, clean),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
