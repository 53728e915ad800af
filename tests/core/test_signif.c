#include "core/num/signif.h"

#include "core/base/mem.h"
#include "core/num/random.h"
#include "tests/test.h"

static const double inf = (double)INFINITY;

/* Hamilton depression scale before and after, Hollander and Wolfe (1973) p. 29; R gives V = 40 and
 * p = 0.03906 */
static void wilcoxon_is_exact_for_small_samples(void **state)
{
  (void)state;
  const double before[] = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
  const double after[] = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
  double d[9];
  for (int i = 0; i < 9; i++) d[i] = before[i] - after[i];
  struct assay_wilcoxon w;
  assert_ok(assay_wilcoxon(&w, d, 9, ASSAY_ZEROS_PRATT));
  assert_true(w.exact && w.n == 9 && w.plus == 40.0 && w.minus == 5.0);
  assert_close(w.p, 0.0390625, 1e-15, 0.0);
}

/* least p that n differences can reach: 2 / 2^n */
static void five_cases_can_never_be_significant(void **state)
{
  (void)state;
  const double d[] = {0.1, 0.2, 0.35, 0.47, 0.58, 0.7};
  struct assay_wilcoxon w;
  assert_ok(assay_wilcoxon(&w, d, 5, ASSAY_ZEROS_PRATT));
  assert_close(w.p, 0.0625, 1e-15, 0.0);
  assert_ok(assay_wilcoxon(&w, d, 6, ASSAY_ZEROS_PRATT));
  assert_close(w.p, 0.03125, 1e-15, 0.0);
  double p = 0.0;
  assert_ok(assay_permutation_paired(&p, d, 6, 0, 0));
  assert_close(p, 0.03125, 1e-15, 0.0);
}

/* SciPy 1.10, wilcoxon(correction=True, mode="approx") */
static void wilcoxon_handles_zeros_and_ties(void **state)
{
  (void)state;
  const double d[] = {1.5, -0.5, 0.0, 2.5, 0.5, -3.5, 4.5, 0.0, 2.5, 1.25, -0.75, 3.0};
  struct assay_wilcoxon w;
  assert_ok(assay_wilcoxon(&w, d, 12, ASSAY_ZEROS_PRATT));
  assert_true(!w.exact && w.n == 10 && w.minus == 19.5);
  assert_close(w.p, 0.1678351907328154, 1e-13, 0.0);
  assert_ok(assay_wilcoxon(&w, d, 12, ASSAY_ZEROS_DROP));
  assert_true(w.minus == 13.5);
  assert_close(w.p, 0.1682533168062098, 1e-13, 0.0);
  const double zeros[4] = {0.0};
  assert_ok(assay_wilcoxon(&w, zeros, 4, ASSAY_ZEROS_PRATT));
  assert_true(w.p == 1.0 && w.n == 0);
  const double bad[] = {1.0, (double)NAN};
  assert_fails(assay_wilcoxon(&w, bad, 2, ASSAY_ZEROS_PRATT), ASSAY_EARG, "not a number");
}

/* exact and normal answers meet where both are good */
static void wilcoxon_changes_over_smoothly(void **state)
{
  (void)state;
  double d[51];
  struct assay_rng rng = assay_rng_init(12, 0, 0);
  for (int i = 0; i < 51; i++) d[i] = assay_rng_normal(&rng) + 0.25;
  struct assay_wilcoxon exact, normal;
  assert_ok(assay_wilcoxon(&exact, d, 50, ASSAY_ZEROS_PRATT));
  d[50] = 0.0; /* adds nothing but the normal approximation */
  assert_ok(assay_wilcoxon(&normal, d, 51, ASSAY_ZEROS_DROP));
  assert_true(exact.exact && !normal.exact && exact.plus == normal.plus);
  assert_close(normal.p, exact.p, 0.03, 0.0);
}

/* 0.462890625 by SciPy's permutation_test over all signs */
static void permutations_of_signs(void **state)
{
  (void)state;
  const double x[] = {2.1, 3.9, 0.4, 8.8, 1.7, 2.2, 5.0, 12.9, 0.9, 3.1};
  double d[40], p = 0.0, again = 0.0;
  for (int i = 0; i < 10; i++) d[i] = x[i] - 3.0;
  assert_ok(assay_permutation_paired(&p, d, 10, 0, 0));
  assert_close(p, 0.462890625, 1e-15, 0.0);
  /* many: the mean of 40 against its normal limit */
  struct assay_rng rng = assay_rng_init(13, 0, 0);
  double sum = 0.0, squares = 0.0;
  for (int i = 0; i < 40; i++) {
    d[i] = assay_rng_normal(&rng) + 0.2;
    sum += d[i];
    squares += d[i] * d[i];
  }
  assert_ok(assay_permutation_paired(&p, d, 40, 20000, 5));
  assert_ok(assay_permutation_paired(&again, d, 40, 20000, 5));
  assert_close(p, erfc(fabs(sum) / sqrt(2.0 * squares)), 0.0, 0.02);
  assert_true(p == again && p > 0.01);
  /* the observed signs count as one of the replicates: p is never 0 */
  for (int i = 0; i < 40; i++) d[i] = 2.385 + i;
  assert_ok(assay_permutation_paired(&p, d, 40, 999, 5));
  assert_close(p, 1e-3, 1e-14, 0.0);
  assert_fails(assay_permutation_paired(&p, d, 0, 10, 0), ASSAY_EARG, "0 differences");
  d[3] = inf;
  assert_fails(assay_permutation_paired(&p, d, 40, 10, 0), ASSAY_EARG, "not finite");
}

/* Demsar (2006), section 3.2.2 */
static void friedman_of_published_ranks(void **state)
{
  (void)state;
  const double ranks[] = {3.143, 2.000, 2.893, 1.964};
  struct assay_friedman f;
  assert_ok(assay_friedman_of_ranks(&f, ranks, 14, 4));
  assert_close(f.chi2, 9.28, 0.0, 0.01);
  assert_close(f.f, 3.69, 0.0, 0.01);
  assert_true(f.f_p < 0.05 && f.f_p > 0.01 && f.chi2_p < 0.05);
  assert_fails(assay_friedman_of_ranks(&f, ranks, 1, 4), ASSAY_EARG, "on 1 blocks");
}

/* SciPy 1.10, friedmanchisquare; one failed method, two kinds of ties */
static void friedman_of_errors_with_ties(void **state)
{
  (void)state;
  const double v[6][4] = {{2.385, 1.2, 3.3, 1.2}, {0.5, 0.7, 0.9, 0.4}, {11.0, 12.5, 12.5, 12.5},
                          {4.4, 4.1, 4.9, 3.8},   {1.0, 0.2, inf, 0.9}, {7.1, 6.2, 7.3, 6.9}};
  const double expected[] = {2.5, 11.5 / 6.0, 23.0 / 6.0, 1.75};
  double mean_rank[4];
  struct assay_friedman f;
  assert_ok(assay_friedman(&f, mean_rank, v[0], 6, 4));
  for (int j = 0; j < 4; j++) assert_close(mean_rank[j], expected[j], 1e-14, 0.0);
  assert_close(f.chi2, 10.527272727272734, 1e-13, 0.0);
  assert_close(f.chi2_p, 0.014577027228287862, 1e-11, 0.0);
  assert_close(f.f, 5.0 * f.chi2 / (18.0 - f.chi2), 1e-13, 0.0);
}

static void friedman_at_its_ends(void **state)
{
  (void)state;
  double mean_rank[3];
  struct assay_friedman f;
  const double same[3][3] = {{5, 5, 5}, {7, 7, 7}, {2.385, 2.385, 2.385}};
  assert_ok(assay_friedman(&f, mean_rank, same[0], 3, 3));
  assert_true(f.chi2 == 0.0 && f.chi2_p == 1.0 && f.f == 0.0);
  const double agreed[3][3] = {{1, 2, 3}, {4, 5, 6}, {0.1, 0.2, inf}};
  assert_ok(assay_friedman(&f, mean_rank, agreed[0], 3, 3));
  assert_close(f.chi2, 6.0, 1e-14, 0.0);
  assert_true(isinf(f.f) && f.f_p == 0.0 && mean_rank[2] == 3.0);
}

/* SciPy 1.10, studentized_range.cdf(q, k, inf) */
static void range_of_normal_variables(void **state)
{
  (void)state;
  assert_close(assay_normal_range_cdf(3.5, 4), 0.9361236661430967, 1e-12, 0.0);
  assert_close(assay_normal_range_cdf(1.2, 2), 0.6038560908479259, 1e-12, 0.0);
  assert_close(assay_normal_range_cdf(5.1, 10), 0.9884405415102091, 1e-12, 0.0);
  assert_close(assay_normal_range_cdf(4.0, 25), 0.5661350262364045, 1e-12, 0.0);
  /* two variables: the range is a folded normal one of variance 2 */
  for (double q = 0.1; q < 9.0; q += 0.37)
    assert_close(assay_normal_range_cdf(q, 2), erf(q / 2.0), 1e-13, 0.0);
  assert_close(assay_normal_range_cdf(60.0, 5), 1.0, 1e-13, 0.0);
  assert_true(assay_normal_range_cdf(0.0, 5) == 0.0);
}

/* Demsar (2006), table 5a */
static void nemenyi_reaches_the_published_table(void **state)
{
  (void)state;
  const double at_05[] = {1.960, 2.344, 2.569, 2.728, 2.850, 2.948, 3.031, 3.102, 3.164};
  const double at_10[] = {1.645, 2.052, 2.291, 2.460, 2.589, 2.693, 2.780, 2.855, 2.920};
  for (int k = 2; k <= 10; k++) {
    /* the table is cut or rounded at the third decimal */
    assert_close(assay_normal_range_quantile(0.95, k) * M_SQRT1_2, at_05[k - 2], 0.0, 1.1e-3);
    assert_close(assay_normal_range_quantile(0.90, k) * M_SQRT1_2, at_10[k - 2], 0.0, 1.1e-3);
  }
  const double difference = assay_nemenyi_difference(0.05, 4, 14);
  assert_close(difference, 1.2536, 0.0, 1e-4);
  assert_close(assay_nemenyi_p(difference, 4, 14), 0.05, 1e-9, 0.0);
  assert_true(assay_nemenyi_p(-1.5, 4, 14) < 0.05 && assay_nemenyi_p(0.0, 4, 14) == 1.0);
}

static void holm_steps_down(void **state)
{
  (void)state;
  const double p[] = {0.067, 0.001, 0.2, 0.016, 0.012};
  const double expected[] = {0.134, 0.005, 0.2, 0.048, 0.048};
  double adjusted[5];
  assert_ok(assay_holm(adjusted, p, 5));
  for (int i = 0; i < 5; i++) assert_close(adjusted[i], expected[i], 1e-14, 0.0);
  const double large[] = {0.9, 0.6, 0.7};
  assert_ok(assay_holm(adjusted, large, 3));
  for (int i = 0; i < 3; i++) assert_true(adjusted[i] == 1.0);
  const double bad[] = {0.5, (double)NAN};
  assert_fails(assay_holm(adjusted, bad, 2), ASSAY_EARG, "p-value 1");
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(wilcoxon_is_exact_for_small_samples),
      cmocka_unit_test(five_cases_can_never_be_significant),
      cmocka_unit_test(wilcoxon_handles_zeros_and_ties),
      cmocka_unit_test(wilcoxon_changes_over_smoothly),
      cmocka_unit_test(permutations_of_signs),
      cmocka_unit_test(friedman_of_published_ranks),
      cmocka_unit_test(friedman_of_errors_with_ties),
      cmocka_unit_test(friedman_at_its_ends),
      cmocka_unit_test(range_of_normal_variables),
      cmocka_unit_test(nemenyi_reaches_the_published_table),
      cmocka_unit_test(holm_steps_down),
  };
  return cmocka_run_group_tests_name("core/signif", tests, NULL, NULL);
}
