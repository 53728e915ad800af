/* By how much two sets differ. */
#include <netcdf.h>

#include "metrics/metric.h"
#include "tests/harness/diff_sets.h"

/* ---- what differs by how much --------------------------------------------------------------- */

static void a_set_is_identical_to_itself(void **state)
{
  (void)state;
  const size_t before = assay_mem_in_use().blocks;
  struct compared c = compare(&plain, &plain);
  assert_true(json_is_true(json_object_get(c.json, "identical")));
  assert_int_equal(c.diff->n_pairs, CASES);
  assert_int_equal(c.diff->n_fields, FIELDS);
  for (int f = 0; f < FIELDS; f++) {
    const char *name = fields[f].name;
    assert_true(at(&c, name, "same") == CASES && at(&c, name, "largest") == 0 &&
                at(&c, name, "worst") == 0);
    assert_true(json_is_null(json_object_get(row(&c, name), "largest_case")));
  }
  drop(&c);
  assert_int_equal(assay_mem_in_use().blocks, before);
}

static void a_share_is_found_where_it_is(void **state)
{
  (void)state;
  const struct variant b = {.first_id = 100, .change = three_per_cent_of_case_3};
  struct compared c = compare(&plain, &b);
  for (int f = P; f <= ENERGY; f++) {
    const char *name = fields[f].name;
    assert_close(of(&c, name, 3)->relative, 0.03, 1e-12, 0);
    assert_close(of(&c, name, 3)->worst, 0.03, 1e-12, 0);
    assert_close(at(&c, name, "largest"), 0.03, 1e-12, 0);
    assert_true(at(&c, name, "median") == 0 && at(&c, name, "largest_case") == 103);
    assert_close(at(&c, name, "p90"), 0.6 * 0.03, 1e-12, 0); /* rank 0.9 * 4 = 3.6 */
    assert_true(at(&c, name, "same") == CASES - 1);
  }
  assert_true(of(&c, "u", 3)->same && !of(&c, "p", 3)->same && of(&c, "p", 2)->same);
  assert_false(json_is_true(json_object_get(c.json, "identical")));
  assert_int_equal(json_integer_value(json_object_get(json_object_get(c.json, "cases"), "same")),
                   CASES - 1);
  drop(&c);
}

static void a_shift_in_one_frame(double *v, int n, long c, int field, int frame)
{
  for (int j = 0; j < n && c == 1 && field == P && frame == 4; j++) v[j] += 0.4;
}

static void the_worst_frame_is_named(void **state)
{
  (void)state;
  double sum = 0;
  const struct variant b = {.first_id = 100, .change = a_shift_in_one_frame};
  struct compared c = compare(&plain, &b);
  for (int k = 0; k < TIMES; k++) sum += square(1, P, k);
  assert_close(of(&c, "p", 1)->relative, 0.4 / sqrt(sum), 1e-12, 0);
  assert_close(of(&c, "p", 1)->worst, 0.4 / sqrt(square(1, P, 4)), 1e-12, 0);
  assert_close(of(&c, "p", 1)->mean, 0.4 / TIMES / sqrt(sum / TIMES), 1e-12, 0);
  assert_int_equal(of(&c, "p", 1)->worst_frame, 4);
  assert_true(at(&c, "p", "worst_case") == 101 && at(&c, "p", "worst_time") == 1);
  const double *frames = c.diff->fields[P].by_frame + TIMES;
  assert_close(frames[4], 0.4 / sqrt(square(1, P, 4)), 1e-12, 0);
  assert_true(frames[3] == 0);
  drop(&c);
}

static void seven_per_cent_of_the_velocity(double *v, int n, long c, int field, int frame)
{
  (void)c, (void)frame;
  for (int j = 0; j < n && (field == U || field == V); j++) v[j] *= 1.07;
}

/* d_u^2 + d_v^2 = 0.07^2, also when only one of them is asked for */
static void components_are_measured_by_the_velocity(void **state)
{
  (void)state;
  const struct variant b = {.first_id = 100, .change = seven_per_cent_of_the_velocity};
  struct compared c = compare(&plain, &b), one;
  double u2 = 0, v2 = 0;
  for (int k = 0; k < TIMES; k++) u2 += square(2, U, k), v2 += square(2, V, k);
  const double expected = 0.07 * sqrt(u2 / (u2 + v2));
  assert_close(of(&c, "u", 2)->relative, expected, 1e-12, 0);
  assert_close(hypot(of(&c, "u", 2)->relative, of(&c, "v", 2)->relative), 0.07, 1e-12, 0);
  const struct assay_diff_options options = {.fields = {1, {"u"}}};
  assert_ok(compare_with(&one, &plain, &b, &options));
  assert_int_equal(one.diff->n_fields, 1);
  assert_close(of(&one, "u", 2)->relative, expected, 1e-12, 0);
  drop(&one);
  drop(&c);
}

static void something(double *v, int n, long c, int field, int frame)
{
  for (int j = 0; j < n && field != MASK; j++)
    v[j] += 0.013 * (double)((7 * j + 3 * frame + 5 * (int)c + field) % 11);
}

/* of fields that are no vectors the number over a case is the metric rel_l2 */
static void it_is_the_metric_rel_l2(void **state)
{
  (void)state;
  enum { N = TIMES * POINTS };
  double truth[N], predicted[N], times[TIMES], weights[POINTS], score, by_lead[TIMES], zero = 0;
  const struct assay_metric *m;
  const struct variant b = {.first_id = 100, .change = something};
  struct compared c = compare(&plain, &b);
  for (int j = 0; j < POINTS; j++) weights[j] = j == 0 ? 0 : 1.0 / (POINTS - 1);
  for (int k = 0; k < TIMES; k++) times[k] = 0.25 * k;
  assert_ok(assay_dataset_read(c.a, truth, 3, P, 0, TIMES));
  assert_ok(assay_dataset_read(c.b, predicted, 3, P, 0, TIMES));
  const double *const t = truth, *const p = predicted;
  const struct assay_metric_case one = {.n_fields = 1,
                                        .fields = &fields[P],
                                        .n_leads = TIMES,
                                        .times = times,
                                        .shape = assay_dataset_info(c.a)->shape,
                                        .weights = weights,
                                        .predicted = &p,
                                        .truth = &t,
                                        .floor = &zero};
  assert_ok(assay_metric_find(&m, "rel_l2"));
  assert_ok(m->eval(&score, by_lead, &one));
  assert_true(score > 0.01);
  assert_close(of(&c, "p", 3)->relative, score, 1e-13, 0);
  drop(&c);
}

static void a_solid_cell(double *v, int n, long c, int field, int frame)
{
  (void)n, (void)c, (void)frame;
  if (field == P) v[0] = 1e30;
  if (field == U) v[0] = (double)NAN;
}

static void solid_cells_do_not_count_but_are_not_the_same(void **state)
{
  (void)state;
  const struct variant b = {.first_id = 100, .change = a_solid_cell};
  struct compared c = compare(&plain, &b);
  assert_true(of(&c, "p", 0)->relative == 0 && of(&c, "u", 0)->relative == 0);
  assert_true(of(&c, "p", 0)->mean == 0 && of(&c, "u", 0)->mean == 0);
  assert_int_equal(of(&c, "u", 0)->unusable, 0);
  assert_false(of(&c, "p", 0)->same);
  assert_false(of(&c, "u", 0)->same);
  assert_true(of(&c, "v", 0)->same);
  drop(&c);
}

static void no_number(double *v, int n, long c, int field, int frame)
{
  if (c == 2 && field == P && frame == 1) v[n - 1] = (double)NAN;
  if (c == 2 && field == P && frame == 3) v[2] = NC_FILL_DOUBLE;
  for (int j = 0; j < n && c == 2 && field == P && frame == 5; j++) v[j] *= 1.2;
}

static void frames_that_are_not_finite_are_counted_and_left_out(void **state)
{
  (void)state;
  double sum = 0;
  const struct variant b = {.first_id = 100, .change = no_number};
  struct compared c = compare(&plain, &b);
  for (int k = 0; k < TIMES; k++) sum += k == 1 || k == 3 ? 0 : square(2, P, k);
  assert_int_equal(of(&c, "p", 2)->unusable, 2);
  assert_close(of(&c, "p", 2)->relative, 0.2 * sqrt(square(2, P, 5) / sum), 1e-12, 0);
  assert_close(of(&c, "p", 2)->worst, 0.2, 1e-12, 0);
  assert_true(at(&c, "p", "unusable_frames") == 2);
  assert_true(isnan(c.diff->fields[P].by_frame[2 * TIMES + 1]));
  drop(&c);
}

static void no_speed(double *v, int n, long c, int field, int frame)
{
  if (c == 0 && field == V && frame == 2) v[n - 1] = (double)INFINITY;
}

/* what a component is measured by must be finite as well */
static void a_component_needs_the_others(void **state)
{
  (void)state;
  const struct variant a = {.first_id = 100, .change = no_speed};
  struct compared c;
  const struct assay_diff_options options = {.fields = {2, {"u", "p"}}};
  assert_ok(compare_with(&c, &a, &plain, &options));
  assert_int_equal(of(&c, "u", 0)->unusable, 1);
  assert_int_equal(of(&c, "p", 0)->unusable, 0);
  assert_true(of(&c, "u", 0)->relative == 0);
  drop(&c);
}

static void nothing_but_a_little(double *v, int n, long c, int field, int frame)
{
  (void)frame;
  for (int j = 0; j < n && field == P; j++) v[j] = c == 1 ? 0 : v[j];
}

static void of_nothing_everything_is_infinitely_much(void **state)
{
  (void)state;
  const struct variant a = {.first_id = 100, .change = nothing_but_a_little};
  struct compared c = compare(&a, &plain);
  assert_true(isinf(of(&c, "p", 1)->relative) && isinf(of(&c, "p", 1)->worst));
  assert_string_equal(json_string_value(json_object_get(row(&c, "p"), "largest")), "inf");
  drop(&c);
  c = compare(&a, &a);
  assert_true(of(&c, "p", 1)->relative == 0 && of(&c, "p", 1)->same);
  drop(&c);
}

static void rest(double *v, int n, long c, int field, int frame)
{
  (void)c;
  for (int j = 0; j < n && field == P && frame == 0; j++) v[j] = 0;
}

static void hardly_rest(double *v, int n, long c, int field, int frame)
{
  (void)c;
  for (int j = 0; j < n && field == P && frame == 0; j++) v[j] = 0.0037;
}

/* a frame of nothing is measured by a thousandth of the largest one */
static void frames_of_next_to_nothing_do_not_count_for_much(void **state)
{
  (void)state;
  double largest = 0;
  const struct variant a = {.first_id = 100, .change = rest},
                       b = {.first_id = 100, .change = hardly_rest};
  struct compared c = compare(&a, &b);
  for (int k = 1; k < TIMES; k++) largest = fmax(largest, sqrt(square(4, P, k)));
  assert_close(of(&c, "p", 4)->worst, 3.7 / largest, 1e-12, 0);
  assert_int_equal(of(&c, "p", 4)->worst_frame, 0);
  drop(&c);
}

/* The upper half of p holds another fluid; b moves only that one, by 20 %. */
static void two_fluids(double *v, int n, long c, int field, int frame)
{
  (void)c;
  for (int j = 0; j < n && field == P; j++) v[j] = frame == 1 ? 0 : j < n / 2 ? 0.3 : j == n - 1;
}

static void the_first_fluid_moves(double *v, int n, long c, int field, int frame)
{
  two_fluids(v, n, c, field, frame);
  for (int j = 0; j < n && field == U; j++)
    if (j < n / 2) v[j] *= 1.2;
}

/* of the velocity in the cells 1..6 with 0.3 and in the last cell with 1; frame 1 has none */
static void cells_can_be_weighed_by_a_field(void **state)
{
  (void)state;
  double part = 0, all = 0, mean = 0;
  const struct variant a = {.first_id = 100, .change = two_fluids},
                       b = {.first_id = 100, .change = the_first_fluid_moves};
  struct compared c;
  const struct assay_diff_options options = {.where = "p"};
  assert_ok(compare_with(&c, &a, &b, &options));
  for (int j = 1; j < POINTS; j++) {
    const double w = j < POINTS / 2 ? 0.3 : j == POINTS - 1 ? 1 : 0;
    double sum = 0;
    for (int k = 0; k < TIMES; k++) {
      const double u = value(2, U, k, j), v = value(2, V, k, j);
      if (k == 1) continue;
      sum += j < POINTS / 2 ? 0.2 * u / (TIMES - 1) : 0;
      part += j < POINTS / 2 ? w * 0.04 * u * u : 0;
      all += w * (u * u + v * v);
    }
    mean += w * sum * sum;
  }
  assert_close(of(&c, "u", 2)->relative, sqrt(part / all), 1e-12, 0);
  assert_close(of(&c, "u", 2)->mean, sqrt(mean / (all / (TIMES - 1))), 1e-12, 0);
  assert_int_equal(of(&c, "u", 2)->unusable, 0);
  assert_true(isnan(c.diff->fields[U].by_frame[2 * TIMES + 1]));
  assert_false(isnan(c.diff->fields[ENERGY].by_frame[2 * TIMES + 1]));
  assert_true(of(&c, "v", 2)->relative == 0 && of(&c, "mask", 2)->relative == 0);
  drop(&c);
}

static void few_digits(double *v, int n, long c, int field, int frame)
{
  (void)c, (void)field, (void)frame;
  for (int j = 0; j < n; j++) v[j] = (double)(float)v[j];
}

static void single_precision_is_close_but_not_identical(void **state)
{
  (void)state;
  const struct variant b = {.first_id = 100, .single = true};
  struct compared c = compare(&plain, &b);
  assert_true(at(&c, "p", "largest") > 1e-9 && at(&c, "p", "largest") < 6e-8);
  assert_true(at(&c, "mask", "same") == CASES);
  drop(&c);
  const struct variant a = {.first_id = 100, .change = few_digits};
  c = compare(&a, &b); /* the same numbers, other bytes */
  assert_true(at(&c, "p", "same") == CASES);
  assert_false(json_is_true(json_object_get(c.json, "identical")));
  drop(&c);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(a_set_is_identical_to_itself),
      TEST(a_share_is_found_where_it_is),
      TEST(the_worst_frame_is_named),
      TEST(components_are_measured_by_the_velocity),
      TEST(it_is_the_metric_rel_l2),
      TEST(solid_cells_do_not_count_but_are_not_the_same),
      TEST(frames_that_are_not_finite_are_counted_and_left_out),
      TEST(a_component_needs_the_others),
      TEST(of_nothing_everything_is_infinitely_much),
      TEST(frames_of_next_to_nothing_do_not_count_for_much),
      TEST(cells_can_be_weighed_by_a_field),
      TEST(single_precision_is_close_but_not_identical),
  };
  if (find_programs() != 0) return 77;
  return cmocka_run_group_tests(tests, NULL, NULL);
}
