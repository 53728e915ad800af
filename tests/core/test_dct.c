#include <fftw3.h>
#include <stdlib.h>

#include "core/num/dct.h"
#include "tests/core/numbers.h"

static const int lengths[] = {1,  2,  3,  4,  5,  6,  7,   8,   9,   10,  12,  14,  15,  16,  18,
                              20, 22, 24, 26, 28, 30, 32,  34,  36,  37,  40,  44,  48,  52,  56,
                              60, 64, 72, 80, 96, 98, 100, 120, 128, 136, 144, 160, 192, 224, 256};
enum { LENGTHS = sizeof lengths / sizeof *lengths };

/* arrays [n, lines] with rows `stride` apart, everything else NaN */
struct block {
  int n, lines;
  ptrdiff_t stride;
  double *in, *out, *work;
  struct assay_dct *plan;
};

static struct block make_block(int n, int lines)
{
  struct block b = {n, lines, lines + 3};
  const size_t size = (size_t)n * (size_t)b.stride;
  uint64_t seed = 2385 + (uint64_t)n;
  assert_ok(assay_dct_create(&b.plan, n));
  assert_ok(ASSAY_NEW(&b.in, size, "test"));
  assert_ok(ASSAY_NEW(&b.out, size, "test"));
  assert_ok(ASSAY_NEW(&b.work, assay_dct_work(b.plan) + 1, "test"));
  for (size_t i = 0; i < size; i++) {
    const double value = noise(&seed);
    b.in[i] = (ptrdiff_t)i % b.stride < lines ? value : (double)NAN;
    b.out[i] = (double)NAN;
  }
  for (size_t i = 0; i < assay_dct_work(b.plan); i++) b.work[i] = (double)NAN;
  b.work[assay_dct_work(b.plan)] = 8.125;
  return b;
}

static void check_margins(const struct block *b)
{
  assert_true(b->work[assay_dct_work(b->plan)] == 8.125);
  for (int j = 0; j < b->n; j++)
    for (ptrdiff_t i = 0; i < b->stride; i++)
      assert_true(isnan(b->out[j * b->stride + i]) == (i >= b->lines));
}

static void free_block(struct block *b)
{
  assay_free(b->in);
  assay_free(b->out);
  assay_free(b->work);
  assay_dct_destroy(b->plan);
}

static long double cosine(int k, int j, int n)
{
  const long double pi = 3.14159265358979323846264338327950288L;
  const long long turn = (long long)k * (2 * j + 1) % (4 * n);
  return cosl(pi * (long double)turn / (2.0L * n));
}

/* 2-norm of the errors of one line over that of the line, in units of 2^-53 sqrt(log2 n + 1) */
static double relative_error(const struct block *b, int line, int inverse)
{
  long double error = 0, norm = 0;
  for (int a = 0; a < b->n; a++) {
    long double s = 0;
    for (int c = 0; c < b->n; c++)
      s += (long double)b->in[c * b->stride + line] *
           (inverse ? cosine(c, a, b->n) : cosine(a, c, b->n));
    const long double d = s - (long double)b->out[a * b->stride + line];
    error += d * d;
    norm += s * s;
  }
  return (double)(sqrtl(error / norm) * 9007199254740992.0L) / sqrt(log2(b->n) + 1);
}

static void check_sums(int inverse)
{
  const double limit = 1.5;
  for (int l = 0; l < LENGTHS; l++) {
    struct block b = make_block(lengths[l], 1 + lengths[l] % 21);
    (inverse ? assay_dct_3 : assay_dct_2)(b.plan, b.out, b.in, b.lines, b.stride, b.work);
    check_margins(&b);
    for (int i = 0; i < b.lines; i += 5) {
      const double error = relative_error(&b, i, inverse);
      if (!(error < limit)) fail_msg("length %d line %d: %g", b.n, i, error);
    }
    free_block(&b);
  }
}

static void dct_2_is_the_sum_it_stands_for(void **state)
{
  (void)state;
  check_sums(0);
}

static void dct_3_is_the_sum_it_stands_for(void **state)
{
  (void)state;
  check_sums(1);
}

static void a_single_cosine_gives_a_single_coefficient(void **state)
{
  (void)state;
  for (int n = 8; n <= 96; n += 8) {
    struct block b = make_block(n, 7);
    for (int j = 0; j < n; j++)
      for (int i = 0; i < 7; i++) b.in[j * b.stride + i] = 2.385 * (double)cosine(i + 1, j, n);
    assay_dct_2(b.plan, b.out, b.in, b.lines, b.stride, b.work);
    for (int k = 0; k < n; k++)
      for (int i = 0; i < 7; i++)
        assert_close(b.out[k * b.stride + i], k == i + 1 ? 2.385 * n / 2 : 0, 1e-14, 2e-15 * n);
    free_block(&b);
  }
}

static void dct_3_undoes_dct_2(void **state)
{
  (void)state;
  for (int l = 0; l < LENGTHS; l++) {
    struct block b = make_block(lengths[l], 13);
    assay_dct_2(b.plan, b.out, b.in, b.lines, b.stride, b.work);
    for (int k = 0; k < b.n; k++)
      for (int i = 0; i < b.lines; i++) b.out[k * b.stride + i] *= (k ? 2.0 : 1.0) / b.n;
    double *back = NULL;
    assert_ok(ASSAY_NEW(&back, (size_t)b.n * (size_t)b.stride, "test"));
    assay_dct_3(b.plan, back, b.out, b.lines, b.stride, b.work);
    for (int j = 0; j < b.n; j++)
      for (int i = 0; i < b.lines; i++)
        assert_close(back[j * b.stride + i], b.in[j * b.stride + i], 0, 4e-15);
    assay_free(back);
    free_block(&b);
  }
}

/* FFTW's REDFT10 is twice the DCT-II; its REDFT01 twice the DCT-III but for the first term */
static void fftw_agrees(void **state)
{
  (void)state;
  for (int l = 0; l < LENGTHS; l++) {
    struct block b = make_block(lengths[l], 1);
    double *line = fftw_alloc_real((size_t)b.n), *out = fftw_alloc_real((size_t)b.n);
    fftw_plan two = fftw_plan_r2r_1d(b.n, line, out, FFTW_REDFT10, FFTW_ESTIMATE);
    fftw_plan three = fftw_plan_r2r_1d(b.n, line, out, FFTW_REDFT01, FFTW_ESTIMATE);
    for (int j = 0; j < b.n; j++) line[j] = b.in[j * b.stride];
    fftw_execute(two);
    assay_dct_2(b.plan, b.out, b.in, b.lines, b.stride, b.work);
    for (int j = 0; j < b.n; j++) assert_close(b.out[j * b.stride], out[j] / 2, 0, 3e-14);
    line[0] *= 2;
    fftw_execute(three);
    assay_dct_3(b.plan, b.out, b.in, b.lines, b.stride, b.work);
    for (int j = 0; j < b.n; j++) assert_close(b.out[j * b.stride], out[j] / 2, 0, 3e-14);
    fftw_destroy_plan(two);
    fftw_destroy_plan(three);
    fftw_free(line);
    fftw_free(out);
    free_block(&b);
  }
}

/* bits of one line, alone or as neighbour of others, on every instruction set */
static void bits_depend_on_the_line_only(void **state)
{
  (void)state;
  const enum assay_isa before = assay_isa();
  for (int l = 0; l < LENGTHS; l++) {
    struct block first = make_block(lengths[l], 21);
    assay_dct_2(first.plan, first.out, first.in, 21, first.stride, first.work);
    for (int isa = 0; isa < assay_isa_count(); isa++) {
      if (!assay_isa_available((enum assay_isa)isa)) continue;
      assert_ok(assay_isa_force((enum assay_isa)isa));
      struct block b = make_block(lengths[l], 21);
      for (int from = 0; from < 21; from += 5) {
        assay_dct_2(b.plan, b.out, b.in + from, 21 - from, b.stride, b.work);
        for (int k = 0; k < b.n; k++)
          assert_memory_equal(b.out + k * b.stride, first.out + k * b.stride + from,
                              (size_t)(21 - from) * sizeof(double));
      }
      free_block(&b);
    }
    assert_ok(assay_isa_force(before));
    free_block(&first);
  }
}

static void impossible_length_is_refused(void **state)
{
  (void)state;
  struct assay_dct *p = NULL;
  assert_fails(assay_dct_create(&p, -3), ASSAY_EARG, "length -3");
  assert_null(p);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(dct_2_is_the_sum_it_stands_for),
      cmocka_unit_test(dct_3_is_the_sum_it_stands_for),
      cmocka_unit_test(a_single_cosine_gives_a_single_coefficient),
      cmocka_unit_test(dct_3_undoes_dct_2),
      cmocka_unit_test(fftw_agrees),
      cmocka_unit_test(bits_depend_on_the_line_only),
      cmocka_unit_test(impossible_length_is_refused),
      cmocka_unit_test(nothing_is_leaked),
  };
  return cmocka_run_group_tests_name("core/num/dct", tests, NULL, NULL);
}
