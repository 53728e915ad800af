#include "core/num/random.h"

#include <gsl/gsl_cdf.h>
#include <stdlib.h>

#include "core/num/isa.h"
#include "core/num/random_kernels.h"
#include "tests/test.h"

static void published_blocks(void **state)
{
  (void)state;
  /* the known answers that come with Random123 */
  const struct {
    uint32_t counter[4], key[2], out[4];
  } rows[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
       {0xffffffff, 0xffffffff},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    uint32_t out[4];
    assay_philox(out, rows[i].counter, rows[i].key);
    assert_memory_equal(out, rows[i].out, sizeof out);
  }
}

/* the stream is the published one at the documented places of key and counter */
static void layout_is_the_documented_one(void **state)
{
  (void)state;
  const struct assay_rng start =
      assay_rng_init(UINT64_C(0x299f31d0a4093822), UINT64_C(0x0370734413198a2e), 0x85a308d3);
  struct assay_rng rng = assay_rng_at(&start, UINT64_C(2) * 0x243f6a88);
  assert_int_equal(assay_rng_bits(&rng), UINT64_C(0x94fdccebd16cfe09));
  assert_int_equal(assay_rng_bits(&rng), UINT64_C(0x24126ea15001e420));
  rng = assay_rng_at(&start, UINT64_C(2) * 0x243f6a88 + 1);
  assert_int_equal(assay_rng_bits(&rng), UINT64_C(0x24126ea15001e420));
}

static void any_number_can_be_reached_directly(void **state)
{
  (void)state;
  struct assay_rng rng = assay_rng_init(2385, 118, 7);
  uint64_t bits[101];
  for (int i = 0; i < 101; i++) bits[i] = assay_rng_bits(&rng);
  for (int i = 100; i >= 0; i -= 7) {
    struct assay_rng at = assay_rng_at(&rng, (uint64_t)i);
    for (int k = i; k < 101; k++) assert_int_equal(assay_rng_bits(&at), bits[k]);
  }
  /* the last number of a stream */
  struct assay_rng last = assay_rng_at(&rng, (UINT64_C(1) << 33) - 1);
  assert_int_not_equal(assay_rng_bits(&last), bits[100]);
}

/* Kolmogorov's D_n sqrt(n) of u [n], uniform in [0, 1] if all is well; 1.95 is the 0.1 % level */
static int ascending(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double kolmogorov(double *u, int n)
{
  double worst = 0.0;
  qsort(u, (size_t)n, sizeof *u, ascending);
  for (int i = 0; i < n; i++) {
    const double above = (i + 1.0) / n - u[i], below = u[i] - (double)i / n;
    worst = fmax(worst, fmax(above, below));
  }
  return worst * sqrt(n);
}

enum { N = 200000 };
static double sample[N];

static void uniform_numbers_are_uniform(void **state)
{
  (void)state;
  struct assay_rng rng = assay_rng_init(41, 3, 1);
  double lowest = 1.0, highest = 0.0, mean = 0.0, square = 0.0, lag = 0.0, before = 0.5;
  for (int i = 0; i < N; i++) {
    struct assay_rng same = rng;
    const double u = sample[i] = assay_rng_uniform(&rng);
    assert_true(u >= 0.0 && u < 1.0 && u == (double)(assay_rng_bits(&same) >> 11) * 0x1p-53);
    lowest = fmin(lowest, u);
    highest = fmax(highest, u);
    mean += u / N;
    square += (u - 0.5) * (u - 0.5) / N;
    lag += (u - 0.5) * (before - 0.5) / N;
    before = u;
  }
  assert_true(lowest < 1e-4 && highest > 1.0 - 1e-4);
  assert_close(mean, 0.5, 0.0, 4.0 * sqrt(1.0 / 12.0 / N));
  assert_close(square, 1.0 / 12.0, 0.0, 4.0 * sqrt(1.0 / 180.0 / N));
  assert_close(lag, 0.0, 0.0, 4.0 / 12.0 / sqrt(N));
  const double d = kolmogorov(sample, N);
  if (!(d > 0.3 && d < 1.95)) fail_msg("Kolmogorov statistic %.3f", d);
}

static void normal_numbers_follow_the_normal_distribution(void **state)
{
  (void)state;
  struct assay_rng rng = assay_rng_init(41, 3, 2);
  double m[5] = {0.0};
  for (int i = 0; i < N; i++) {
    const double z = assay_rng_normal(&rng);
    for (int k = 1; k <= 4; k++) m[k] += pow(z, k) / N;
    sample[i] = gsl_cdf_ugaussian_P(z);
  }
  assert_close(m[1], 0.0, 0.0, 4.0 / sqrt(N));
  assert_close(m[2], 1.0, 0.0, 4.0 * sqrt(2.0 / N));
  assert_close(m[3], 0.0, 0.0, 4.0 * sqrt(15.0 / N));
  assert_close(m[4], 3.0, 0.0, 4.0 * sqrt(96.0 / N));
  const double d = kolmogorov(sample, N);
  if (!(d > 0.3 && d < 1.95)) fail_msg("Kolmogorov statistic %.3f", d);
}

/* every range of the quotients against GSL, and the identity of the deviate with its number */
static void normal_numbers_invert_the_distribution(void **state)
{
  (void)state;
  const struct assay_rng start = assay_rng_init(5, 6, 7);
  int central = 0, tail = 0;
  for (uint64_t i = 0; i < 20000; i++) {
    struct assay_rng a = assay_rng_at(&start, i), b = a;
    const double p = ((double)(assay_rng_bits(&a) >> 12) + 0.5) * 0x1p-52;
    const double z = assay_rng_normal(&b);
    const double expected = p < 0.5 ? gsl_cdf_ugaussian_Pinv(p) : gsl_cdf_ugaussian_Qinv(1.0 - p);
    assert_close(z, expected, 4e-15, 0.0);
    if (fabs(p - 0.5) <= 0.425)
      central++;
    else
      tail++;
  }
  assert_true(central > 16000 && tail > 2500);
}

/* the far tails, which no sample reaches: k = 0, 2, 200 ... and their mirror images */
static void normal_numbers_are_right_to_the_ends(void **state)
{
  (void)state;
  const uint64_t k[] = {0, 2, 200, 50000, 62000, 63000, 100000, 33333333, UINT64_C(0x800000000)};
  for (size_t i = 0; i < sizeof k / sizeof *k; i++) {
    const uint64_t bits[2] = {k[i] << 12, ~(k[i] << 12)};
    double z[2];
    ASSAY_ISA_PICK(assay_random_kernels, ASSAY_ISA_BASE)->normal(z, bits, 2);
    assert_close(z[0], gsl_cdf_ugaussian_Pinv(((double)k[i] + 0.5) * 0x1p-52), 4e-15, 0.0);
    assert_true(z[1] == -z[0]);
  }
}

/* (0, 1] never gives 0 and is the other one moved by its resolution */
static void positive_uniform_numbers_can_be_one_but_not_zero(void **state)
{
  (void)state;
  struct assay_rng a = assay_rng_init(9, 9, 9), b = a;
  for (int i = 0; i < 1000; i++) {
    const double u = assay_rng_uniform(&a), v = assay_rng_uniform_positive(&b);
    assert_true(v > 0.0 && v <= 1.0 && v - u == 0x1p-53);
  }
  struct assay_rng c = assay_rng_at(&a, 500), d = c;
  const double x = assay_rng_between(&c, -2.385, 7.5);
  assert_true(x == -2.385 + 9.885 * assay_rng_uniform(&d));
}

static double correlation(struct assay_rng a, struct assay_rng b)
{
  double sum = 0.0;
  for (int i = 0; i < 20000; i++)
    sum += (assay_rng_uniform(&a) - 0.5) * (assay_rng_uniform(&b) - 0.5);
  return sum * 12.0 / sqrt(20000.0);
}

static void seeds_cases_and_streams_are_unrelated(void **state)
{
  (void)state;
  const struct assay_rng base = assay_rng_init(1, 2, 3);
  const struct assay_rng others[] = {assay_rng_init(2, 2, 3),
                                     assay_rng_init(1, 3, 3),
                                     assay_rng_init(1, 2, 4),
                                     assay_rng_init(1 + (UINT64_C(1) << 32), 2, 3),
                                     assay_rng_init(1, 2 + (UINT64_C(1) << 32), 3),
                                     assay_rng_init(3, 2, 1),
                                     assay_rng_init(2, 1, 3),
                                     assay_rng_at(&base, 20000),
                                     assay_rng_at(&base, 1),
                                     assay_rng_init(~UINT64_C(0), 2, 3)};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    const double c = correlation(base, others[i]);
    if (!(fabs(c) < 4.0)) fail_msg("row %zu: correlation of %.2f standard deviations", i, c);
    struct assay_rng a = base, b = others[i];
    assert_int_not_equal(assay_rng_bits(&a), assay_rng_bits(&b));
  }
}

static void integers_have_no_bias(void **state)
{
  (void)state;
  struct assay_rng rng = assay_rng_init(77, 0, 0);
  int counts[7] = {0};
  for (int i = 0; i < 70000; i++) {
    const uint64_t k = assay_rng_below(&rng, 7);
    assert_true(k < 7);
    counts[k]++;
  }
  double chi2 = 0.0;
  for (int k = 0; k < 7; k++) chi2 += (counts[k] - 1e4) * (counts[k] - 1e4) / 1e4;
  if (!(chi2 > 0.4 && chi2 < 22.5)) fail_msg("chi-square %.2f with 6 degrees of freedom", chi2);
  /* with n = 3/4 2^64 a plain product would give multiples of 3 twice as often */
  const uint64_t n = UINT64_C(3) << 62;
  int thirds[3] = {0};
  for (int i = 0; i < 30000; i++) thirds[assay_rng_below(&rng, n) % 3]++;
  for (int k = 0; k < 3; k++) assert_close(thirds[k], 1e4, 0.0, 4.0 * sqrt(1e4 * 2.0 / 3.0));
  assert_int_equal(assay_rng_below(&rng, 1), 0);
}

static void permutations_are_fair(void **state)
{
  (void)state;
  struct assay_rng rng = assay_rng_init(78, 0, 0);
  int counts[4][4] = {{0}}, n = 24000;
  for (int t = 0; t < n; t++) {
    ptrdiff_t p[4];
    int seen = 0;
    assay_rng_permutation(&rng, p, 4);
    for (int i = 0; i < 4; i++) {
      counts[i][p[i]]++;
      seen |= 1 << p[i];
    }
    assert_int_equal(seen, 15);
  }
  for (int i = 0; i < 16; i++)
    assert_close(counts[i / 4][i % 4], n / 4.0, 0.0, 4.0 * sqrt(n * 3.0 / 16.0));

  struct assay_rng a = assay_rng_init(79, 0, 0), b = a;
  ptrdiff_t p[9];
  char text[10] = "abcdefghi";
  assay_rng_permutation(&a, p, 9);
  assay_rng_shuffle(&b, text, 9, 1);
  for (int i = 0; i < 9; i++) assert_int_equal(text[i], 'a' + p[i]);
}

static void arrays_hold_the_single_draws_on_every_set(void **state)
{
  (void)state;
  const enum assay_isa before = assay_isa();
  static double out[3000];
  for (int isa = 0; isa < assay_isa_count(); isa++) {
    if (!assay_isa_available((enum assay_isa)isa)) continue;
    assert_ok(assay_isa_force((enum assay_isa)isa));
    for (int n = 1; n < 3000; n = n * 2 + 1) {
      struct assay_rng a = assay_rng_init(80, (uint64_t)n, 1), b = a;
      if (n % 4 == 3) assay_rng_bits(&a), assay_rng_bits(&b); /* start in mid-block */
      assay_rng_fill_uniform(&a, out, n);
      for (int i = 0; i < n; i++) assert_true(out[i] == assay_rng_uniform(&b));
      assay_rng_fill_normal(&a, out, n);
      for (int i = 0; i < n; i++) assert_true(out[i] == assay_rng_normal(&b));
      assert_int_equal(assay_rng_bits(&a), assay_rng_bits(&b));
    }
  }
  assert_ok(assay_isa_force(before));
}

/* Part of what data sets promise: a change here needs new generator versions. */
static void bits_are_pinned(void **state)
{
  (void)state;
  struct assay_rng rng = assay_rng_init(2385, 118, 7);
  assert_true(assay_rng_uniform(&rng) == 0x1.2e11f707f9aap-2);
  assert_true(assay_rng_normal(&rng) == -0x1.52cc918ea90dp-3);
  assert_int_equal(assay_rng_below(&rng, 1000003), 330918);
  double sum = 0.0;
  for (int i = 0; i < 100000; i++) sum += assay_rng_normal(&rng);
  assert_true(sum == -0x1.fb08eb10ac003p+6);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(published_blocks),
      cmocka_unit_test(layout_is_the_documented_one),
      cmocka_unit_test(any_number_can_be_reached_directly),
      cmocka_unit_test(uniform_numbers_are_uniform),
      cmocka_unit_test(normal_numbers_follow_the_normal_distribution),
      cmocka_unit_test(normal_numbers_invert_the_distribution),
      cmocka_unit_test(normal_numbers_are_right_to_the_ends),
      cmocka_unit_test(positive_uniform_numbers_can_be_one_but_not_zero),
      cmocka_unit_test(seeds_cases_and_streams_are_unrelated),
      cmocka_unit_test(integers_have_no_bias),
      cmocka_unit_test(permutations_are_fair),
      cmocka_unit_test(arrays_hold_the_single_draws_on_every_set),
      cmocka_unit_test(bits_are_pinned),
  };
  return cmocka_run_group_tests_name("core/random", tests, NULL, NULL);
}
