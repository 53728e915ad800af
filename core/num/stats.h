/* Descriptive statistics and bootstrap intervals. Sums are compensated and in index order, random
 * numbers are own (core/num/random.h): the same bits everywhere, except where the normal
 * distribution enters (BCa intervals, GSL).
 *
 * Values are finite or infinite; where a NaN comes in, NaN comes out. n >= 1 unless said. */
#ifndef ASSAY_CORE_NUM_STATS_H
#define ASSAY_CORE_NUM_STATS_H
#include <stddef.h>
#include <stdint.h>

/* Neumaier's compensated sum: error of one rounding plus n^2 eps^2 of sum |x|. 0 for n = 0. */
double assay_stats_sum(const double *x, ptrdiff_t n);

double assay_stats_mean(const double *x, ptrdiff_t n);

/* Sum of squared deviations over n - 1, two passes, corrected; NaN for n = 1. */
double assay_stats_variance(const double *x, ptrdiff_t n);

/* Sort ascending, -inf first, NaN last. */
void assay_stats_sort(double *x, ptrdiff_t n);

/* Quantile of x [n] in ascending order, 0 <= p <= 1: definition 7 of Hyndman and Fan (1996), the
 * one of R and NumPy: linear between the order statistics at (n - 1) p. */
double assay_stats_quantile(const double *sorted, ptrdiff_t n, double p);

/* Median; x is sorted on the way. */
double assay_stats_median(double *x, ptrdiff_t n);

/* rank [n] = 1 for the smallest; equal values share the mean of their ranks. Infinite values are
 * values (a failed method has +inf). ties, unless NULL, gets the sum of t^3 - t over groups of t
 * equal values. ASSAY_EARG: a NaN; ASSAY_ENOMEM. */
int assay_stats_ranks(double *rank, double *ties, const double *x, ptrdiff_t n);

/* ---- bootstrap ---------------------------------------------------------------------------- */

/* What is resampled are units: trajectories, cases, problems, seeds - whatever is independent;
 * never grid cells. */

enum assay_bootstrap_kind {
  ASSAY_BOOTSTRAP_PERCENTILE,
  ASSAY_BOOTSTRAP_BCA, /* bias-corrected and accelerated, Efron (1987) */
};

struct assay_bootstrap {
  enum assay_bootstrap_kind kind;
  double level;   /* coverage, as 0.95 */
  int replicates; /* B; at least 2000 for published intervals */
  uint64_t seed;
};

struct assay_interval {
  double estimate, lo, hi;
  double deviation; /* standard deviation of the replicates */
};

/* unit [n] = the units of one replicate: n draws with replacement from 0 .. n-1. Depends on
 * (seed, replicate, n) only, so that several statistics can share their draws. */
void assay_bootstrap_draw(ptrdiff_t *unit, ptrdiff_t n, uint64_t seed, int replicate);

/* Interval of a statistic of n units. statistic gets m indices of units (with repetitions; m = n,
 * or n - 1 for the jackknife of BCa) and what `context` points to. Where all replicates agree the
 * interval is that one value. ASSAY_EARG: n < 1, level not in (0, 1), replicates < 2;
 * ASSAY_ENOMEM. */
int assay_bootstrap_interval(struct assay_interval *out, ptrdiff_t n,
                             double (*statistic)(const ptrdiff_t *unit, ptrdiff_t m, void *context),
                             void *context, const struct assay_bootstrap *options);

/* The same for mean and median of x [n], one value per unit. */
int assay_bootstrap_mean(struct assay_interval *out, const double *x, ptrdiff_t n,
                         const struct assay_bootstrap *options);
int assay_bootstrap_median(struct assay_interval *out, const double *x, ptrdiff_t n,
                           const struct assay_bootstrap *options);

#endif
