#include "core/num/signif.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/random.h"
#include "core/num/stats.h"

/* ---- Wilcoxon ----------------------------------------------------------------------------- */

enum { EXACT_MAX = 50 }; /* 2^50 sign patterns are still counted exactly by doubles */

/* P(sum of a random subset of 1 .. n <= w), from the number of subsets of every sum */
static double signed_rank_cdf(double w, int n)
{
  double count[EXACT_MAX * (EXACT_MAX + 1) / 2 + 1] = {1.0}, below = 0.0;
  int largest = 0;
  for (int r = 1; r <= n; r++) {
    largest += r;
    for (int s = largest; s >= r; s--) count[s] += count[s - r];
  }
  for (int s = 0; s <= largest && s <= w; s++) below += count[s];
  return ldexp(below, -n);
}

/* Under the null hypothesis the sum over signs of ranks has variance sum rank^2 (ties and Pratt's
 * zeros included, as the ranks are those in use). */
static double normal_statistic(double plus, double minus, double squares)
{
  const double excess = fabs(plus - minus) - 1.0; /* 1/2 in each sum */
  return squares > 0.0 ? copysign(fmax(excess, 0.0) / sqrt(squares), plus - minus) : 0.0;
}

/* magnitude [*kept] and its signs from d [n] without what is dropped */
static void keep(double *magnitude, double *sign, ptrdiff_t *kept, const double *d, ptrdiff_t n,
                 enum assay_zeros zeros)
{
  *kept = 0;
  for (ptrdiff_t i = 0; i < n; i++) {
    if (zeros == ASSAY_ZEROS_DROP && d[i] == 0.0) continue;
    magnitude[*kept] = fabs(d[i]);
    sign[*kept] = d[i] > 0.0 ? 1.0 : d[i] < 0.0 ? -1.0 : 0.0;
    ++*kept;
  }
}

static void sum_ranks(struct assay_wilcoxon *out, double *squares, const double *rank,
                      const double *sign, ptrdiff_t n)
{
  *squares = 0.0;
  for (ptrdiff_t i = 0; i < n; i++) {
    if (sign[i] == 0.0) continue;
    out->n++;
    *squares += rank[i] * rank[i];
    *(sign[i] > 0.0 ? &out->plus : &out->minus) += rank[i];
  }
}

int assay_wilcoxon(struct assay_wilcoxon *out, const double *d, ptrdiff_t n, enum assay_zeros zeros)
{
  int rc = ASSAY_OK;
  double *magnitude = NULL, *sign = NULL, *rank = NULL, ties = 0.0, squares = 0.0;
  ptrdiff_t kept = 0;
  *out = (struct assay_wilcoxon){.z = (double)NAN, .p = 1.0};
  ASSAY_TRY(ASSAY_NEW(&magnitude, (size_t)n, "signed ranks"));
  ASSAY_TRY(ASSAY_NEW(&sign, (size_t)n, "signed ranks"));
  ASSAY_TRY(ASSAY_NEW(&rank, (size_t)n, "signed ranks"));
  keep(magnitude, sign, &kept, d, n, zeros);
  ASSAY_TRY(assay_stats_ranks(rank, &ties, magnitude, kept));
  sum_ranks(out, &squares, rank, sign, kept);
  out->exact = ties == 0.0 && out->n == n && n <= EXACT_MAX;
  if (out->exact) {
    out->p = fmin(1.0, 2.0 * signed_rank_cdf(fmin(out->plus, out->minus), (int)n));
  } else {
    out->z = normal_statistic(out->plus, out->minus, squares);
    out->p = fmin(1.0, 2.0 * gsl_cdf_ugaussian_Q(fabs(out->z)));
  }
done:
  assay_free(magnitude);
  assay_free(sign);
  assay_free(rank);
  return rc;
}

/* ---- paired permutations ------------------------------------------------------------------ */

enum { ALL_SIGNS_MAX = 16 };

/* |sum of d with the signs of the bits of `signs`|: of bit i mod 64 */
static double flipped_sum(const double *d, ptrdiff_t n, uint64_t signs)
{
  double sum = 0.0;
  for (ptrdiff_t i = 0; i < n; i++) sum += signs >> i & 1 ? -d[i] : d[i];
  return fabs(sum);
}

static double random_sum(const double *d, ptrdiff_t n, struct assay_rng *rng)
{
  double sum = 0.0;
  for (ptrdiff_t i = 0; i < n; i += 64) {
    const uint64_t signs = assay_rng_bits(rng);
    for (ptrdiff_t k = i; k < n && k < i + 64; k++) sum += signs >> (k - i) & 1 ? -d[k] : d[k];
  }
  return fabs(sum);
}

int assay_permutation_paired(double *p, const double *d, ptrdiff_t n, int replicates, uint64_t seed)
{
  int rc = ASSAY_OK;
  double scale = 0.0, as_large = 0.0;
  ASSAY_CHECK(n >= 1, ASSAY_EARG, "permutation test of %td differences", n);
  for (ptrdiff_t i = 0; i < n; i++) scale += fabs(d[i]);
  ASSAY_CHECK(isfinite(scale), ASSAY_EARG, "permutation test: a difference is not finite");
  /* sums in another order may differ by rounding and still count as equal */
  const double observed = flipped_sum(d, n, 0) - 1e-12 * scale;
  if (n <= ALL_SIGNS_MAX) {
    const uint64_t all = UINT64_C(1) << n;
    for (uint64_t s = 0; s < all; s++) as_large += flipped_sum(d, n, s) >= observed;
    *p = as_large / (double)all;
  } else {
    struct assay_rng rng = assay_rng_init(seed, 0, 0x7065726d);
    for (int b = 0; b < replicates; b++) as_large += random_sum(d, n, &rng) >= observed;
    *p = (1.0 + as_large) / (1.0 + replicates);
  }
done:
  return rc;
}

/* ---- Friedman ----------------------------------------------------------------------------- */

/* chi2 = 12 n / (k (k+1)) sum (R_j - (k+1)/2)^2, divided by 1 - ties / (n (k^3 - k)) */
static int friedman_statistics(struct assay_friedman *out, const double *mean_rank, double ties,
                               ptrdiff_t n_blocks, int k)
{
  int rc = ASSAY_OK;
  const double n = (double)n_blocks, dof = k - 1.0;
  double spread = 0.0;
  ASSAY_CHECK(n_blocks >= 2 && k >= 2, ASSAY_EARG,
              "Friedman test of %d methods on %td blocks, expected at least 2 of both", k,
              n_blocks);
  for (int j = 0; j < k; j++) {
    const double d = mean_rank[j] - 0.5 * (k + 1.0);
    spread += d * d;
  }
  const double untied = 1.0 - ties / (n * ((double)k * k * k - k));
  out->chi2 = untied > 0.0 ? 12.0 * n / (k * (k + 1.0)) * spread / untied : 0.0;
  out->chi2_p = gsl_cdf_chisq_Q(out->chi2, dof);
  const double left = n * dof - out->chi2;
  out->f = left > 1e-12 * n * dof ? (n - 1.0) * out->chi2 / left : (double)INFINITY;
  out->f_p = isinf(out->f) ? 0.0 : gsl_cdf_fdist_Q(out->f, dof, dof * (n - 1.0));
done:
  return rc;
}

int assay_friedman(struct assay_friedman *out, double *mean_rank, const double *value,
                   ptrdiff_t n_blocks, int k)
{
  int rc = ASSAY_OK;
  double *rank = NULL, ties = 0.0, all_ties = 0.0;
  ASSAY_CHECK(k >= 2, ASSAY_EARG, "Friedman test of %d methods, expected at least 2", k);
  ASSAY_TRY(ASSAY_NEW(&rank, (size_t)k, "ranks"));
  for (int j = 0; j < k; j++) mean_rank[j] = 0.0;
  for (ptrdiff_t b = 0; b < n_blocks; b++) {
    ASSAY_TRY(assay_stats_ranks(rank, &ties, value + b * k, k));
    all_ties += ties;
    for (int j = 0; j < k; j++) mean_rank[j] += rank[j];
  }
  for (int j = 0; j < k; j++) mean_rank[j] /= (double)n_blocks;
  ASSAY_TRY(friedman_statistics(out, mean_rank, all_ties, n_blocks, k));
done:
  assay_free(rank);
  return rc;
}

int assay_friedman_of_ranks(struct assay_friedman *out, const double *mean_rank, ptrdiff_t n_blocks,
                            int k)
{
  return friedman_statistics(out, mean_rank, 0.0, n_blocks, k);
}

/* ---- studentised range -------------------------------------------------------------------- */

/* k times the integral over the smallest variable z of phi(z) (Phi(z + q) - Phi(z))^(k-1): the
 * trapezoidal rule, which converges exponentially for such integrands */
double assay_normal_range_cdf(double q, int k)
{
  const double step = 1.0 / 32, reach = 9.0;
  if (!(q > 0.0)) return isnan(q) ? q : 0.0;
  const double from = -reach - fmin(q, 20.0);
  const int steps = (int)((reach - from) / step);
  double sum = 0.0;
  for (int i = 0; i <= steps; i++) {
    const double z = from + i * step;
    const double inside = z > 0.0 ? gsl_cdf_ugaussian_Q(z) - gsl_cdf_ugaussian_Q(z + q)
                                  : gsl_cdf_ugaussian_P(z + q) - gsl_cdf_ugaussian_P(z);
    sum += gsl_ran_ugaussian_pdf(z) * pow(inside, k - 1);
  }
  return fmin(1.0, k * sum * step);
}

/* bisection: the distribution function rises, and 60 halvings leave nothing */
double assay_normal_range_quantile(double p, int k)
{
  double lo = 0.0, hi = 40.0;
  for (int i = 0; i < 60; i++) {
    const double mid = 0.5 * (lo + hi);
    *(assay_normal_range_cdf(mid, k) < p ? &lo : &hi) = mid;
  }
  return 0.5 * (lo + hi);
}

static double rank_unit(int k, ptrdiff_t n_blocks)
{
  return sqrt(k * (k + 1.0) / (6.0 * (double)n_blocks));
}

double assay_nemenyi_difference(double alpha, int k, ptrdiff_t n_blocks)
{
  return assay_normal_range_quantile(1.0 - alpha, k) * M_SQRT1_2 * rank_unit(k, n_blocks);
}

double assay_nemenyi_p(double difference, int k, ptrdiff_t n_blocks)
{
  return 1.0 - assay_normal_range_cdf(fabs(difference) / rank_unit(k, n_blocks) * M_SQRT2, k);
}

/* ---- Holm --------------------------------------------------------------------------------- */

struct hypothesis {
  double p;
  ptrdiff_t index;
};

static int by_p(const void *a, const void *b)
{
  const double x = ((const struct hypothesis *)a)->p, y = ((const struct hypothesis *)b)->p;
  return (x > y) - (x < y);
}

/* adjusted p of the i-th smallest: the largest of (m - j) p_j over j <= i, at most 1 */
int assay_holm(double *adjusted, const double *p, ptrdiff_t m)
{
  int rc = ASSAY_OK;
  struct hypothesis *h = NULL;
  ASSAY_TRY(ASSAY_NEW(&h, (size_t)m, "Holm"));
  for (ptrdiff_t i = 0; i < m; i++) {
    ASSAY_CHECK(!isnan(p[i]), ASSAY_EARG, "Holm: p-value %td is not a number", i);
    h[i] = (struct hypothesis){p[i], i};
  }
  qsort(h, (size_t)m, sizeof *h, by_p);
  double largest = 0.0;
  for (ptrdiff_t i = 0; i < m; i++) {
    largest = fmax(largest, (double)(m - i) * h[i].p);
    adjusted[h[i].index] = fmin(1.0, largest);
  }
done:
  assay_free(h);
  return rc;
}
