#include "core/num/stats.h"

#include "core/base/mem.h"
#include "core/num/random.h"
#include "tests/test.h"

static const double sample[12] = {2.1, 3.9, 0.4, 8.8, 1.7, 2.2, 5.0, 12.9, 0.9, 3.1, 2.6, 4.4};
static const double inf = (double)INFINITY;

static void sums_do_not_lose_small_terms(void **state)
{
  (void)state;
  const double x[] = {1e100, 2.385, -1e100, 1.0, 0x1p-60};
  assert_true(assay_stats_sum(x, 5) == 3.385);
  double many[1000];
  for (int i = 0; i < 1000; i++) many[i] = 0.1;
  assert_true(assay_stats_sum(many, 1000) == 100.0);
  const double far[] = {2.5, inf, -3.0};
  assert_true(assay_stats_sum(far, 3) == inf && assay_stats_sum(far, 0) == 0.0);
}

static void moments(void **state)
{
  (void)state;
  assert_close(assay_stats_mean(sample, 12), 4.0, 1e-15, 0.0);
  assert_close(assay_stats_variance(sample, 12), 12.809090909090912, 1e-15, 0.0);
  /* a large offset must not eat the variance */
  double x[12];
  for (int i = 0; i < 12; i++) x[i] = round(sample[i] * 10.0) + (i == 0) + 1e15;
  assert_close(assay_stats_variance(x, 12), 1277.5378787878788, 1e-14, 0.0);
  assert_true(isnan(assay_stats_variance(sample, 1)));
}

static void quantiles_follow_definition_seven(void **state)
{
  (void)state;
  double x[12];
  memcpy(x, sample, sizeof x);
  assert_close(assay_stats_median(x, 12), 2.85, 1e-15, 0.0);
  const double expected[][2] = {{0.0, 0.4},    {0.025, 0.5375},  {0.1, 0.98},
                                {0.77, 4.682}, {0.975, 11.7725}, {1.0, 12.9}};
  for (int i = 0; i < 6; i++)
    assert_close(assay_stats_quantile(x, 12, expected[i][0]), expected[i][1], 1e-14, 0.0);
  assert_true(assay_stats_quantile(x, 1, 0.3) == 0.4);
}

static void infinities_are_values_and_nan_is_not(void **state)
{
  (void)state;
  double x[] = {inf, 2.385, inf, -inf, 7.0};
  assert_true(assay_stats_median(x, 5) == 7.0);
  assert_true(assay_stats_quantile(x, 5, 0.25) == 2.385);
  assert_true(assay_stats_quantile(x, 5, 0.6) == inf && assay_stats_quantile(x, 5, 1.0) == inf);
  assert_true(assay_stats_quantile(x, 5, 0.1) == -inf);
  double y[] = {2.0, (double)NAN, 1.0};
  assert_true(isnan(assay_stats_median(y, 3)) && y[0] == 1.0 && isnan(y[2]));
}

static void equal_values_share_their_ranks(void **state)
{
  (void)state;
  const double x[] = {0.3, inf, 0.1, 0.3, inf, 0.3, -2.0};
  const double expected[] = {4.0, 6.5, 2.0, 4.0, 6.5, 4.0, 1.0};
  double rank[7], ties = 0.0;
  assert_ok(assay_stats_ranks(rank, &ties, x, 7));
  for (int i = 0; i < 7; i++) assert_true(rank[i] == expected[i]);
  assert_true(ties == 24.0 + 6.0);
  const double bad[] = {1.0, (double)NAN};
  assert_fails(assay_stats_ranks(rank, NULL, bad, 2), ASSAY_EARG, "value 1 of 2");
}

/* Limits from SciPy 1.10 with 200000 replicates; the spread is that of 20000 other draws. */
static void bootstrap_intervals_agree_with_scipy(void **state)
{
  (void)state;
  struct assay_bootstrap o = {
      .kind = ASSAY_BOOTSTRAP_PERCENTILE, .level = 0.95, .replicates = 20000, .seed = 3};
  struct assay_interval i;
  assert_ok(assay_bootstrap_mean(&i, sample, 12, &o));
  assert_close(i.estimate, 4.0, 1e-15, 0.0);
  assert_close(i.deviation, 0.98921, 0.02, 0.0);
  assert_close(i.lo, 2.2917, 0.0, 0.04);
  assert_close(i.hi, 6.1333, 0.0, 0.06);
  assert_ok(assay_bootstrap_median(&i, sample, 12, &o));
  assert_close(i.lo, 1.9, 1e-14, 0.0);
  assert_close(i.hi, 4.7, 1e-14, 0.0);
  o.kind = ASSAY_BOOTSTRAP_BCA;
  assert_ok(assay_bootstrap_mean(&i, sample, 12, &o));
  assert_close(i.lo, 2.5417, 0.0, 0.04);
  assert_close(i.hi, 6.7333, 0.0, 0.08);
  o.level = 0.5;
  struct assay_interval narrow;
  assert_ok(assay_bootstrap_mean(&narrow, sample, 12, &o));
  assert_true(narrow.lo > i.lo && narrow.hi < i.hi && narrow.lo < 4.0 && narrow.hi > 4.0);
}

/* the interval contains the true mean about as often as it says: 400 samples of 25 exponentials */
static void bca_intervals_cover(void **state)
{
  (void)state;
  const struct assay_bootstrap o = {
      .kind = ASSAY_BOOTSTRAP_BCA, .level = 0.9, .replicates = 500, .seed = 4};
  int covered = 0;
  for (uint64_t t = 0; t < 400; t++) {
    struct assay_rng rng = assay_rng_init(90, t, 0);
    struct assay_interval i;
    double x[25];
    for (int k = 0; k < 25; k++) x[k] = -log(assay_rng_uniform_positive(&rng));
    assert_ok(assay_bootstrap_mean(&i, x, 25, &o));
    covered += i.lo <= 1.0 && 1.0 <= i.hi;
  }
  assert_close(covered / 400.0, 0.88, 0.0, 0.05);
}

static void draws_depend_on_seed_and_replicate_and_reach_every_unit(void **state)
{
  (void)state;
  ptrdiff_t a[9], b[9];
  int counts[9] = {0};
  for (int r = 0; r < 3000; r++) {
    assay_bootstrap_draw(a, 9, 5, r);
    for (int i = 0; i < 9; i++) counts[a[i]]++;
  }
  for (int i = 0; i < 9; i++) assert_close(counts[i], 3000.0, 0.0, 4.0 * sqrt(3000.0));
  assay_bootstrap_draw(b, 9, 5, 2999);
  assert_memory_equal(a, b, sizeof a);
  assay_bootstrap_draw(b, 9, 6, 2999);
  assert_memory_not_equal(a, b, sizeof a);
}

static void one_unit_and_equal_units_give_a_point(void **state)
{
  (void)state;
  const struct assay_bootstrap o = {
      .kind = ASSAY_BOOTSTRAP_BCA, .level = 0.95, .replicates = 50, .seed = 1};
  const double same[] = {2.385, 2.385, 2.385, 2.385};
  struct assay_interval i;
  assert_ok(assay_bootstrap_median(&i, same, 4, &o));
  assert_true(i.lo == 2.385 && i.hi == 2.385 && i.deviation == 0.0);
  assert_ok(assay_bootstrap_mean(&i, same, 1, &o));
  assert_true(i.lo == 2.385 && i.hi == 2.385 && i.estimate == 2.385);
}

static void bad_options_are_refused(void **state)
{
  (void)state;
  struct assay_interval i;
  struct assay_bootstrap o = {.level = 0.95, .replicates = 100};
  assert_fails(assay_bootstrap_mean(&i, sample, 0, &o), ASSAY_EARG, "0 units");
  o.level = 1.0;
  assert_fails(assay_bootstrap_mean(&i, sample, 12, &o), ASSAY_EARG, "level 1");
  o.level = 0.9;
  o.replicates = 1;
  assert_fails(assay_bootstrap_mean(&i, sample, 12, &o), ASSAY_EARG, "1 replicates");
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sums_do_not_lose_small_terms),
      cmocka_unit_test(moments),
      cmocka_unit_test(quantiles_follow_definition_seven),
      cmocka_unit_test(infinities_are_values_and_nan_is_not),
      cmocka_unit_test(equal_values_share_their_ranks),
      cmocka_unit_test(bootstrap_intervals_agree_with_scipy),
      cmocka_unit_test(bca_intervals_cover),
      cmocka_unit_test(draws_depend_on_seed_and_replicate_and_reach_every_unit),
      cmocka_unit_test(one_unit_and_equal_units_give_a_point),
      cmocka_unit_test(bad_options_are_refused),
  };
  return cmocka_run_group_tests_name("core/stats", tests, NULL, NULL);
}
