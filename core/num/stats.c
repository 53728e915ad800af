#include "core/num/stats.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/random.h"

double assay_stats_sum(const double *x, ptrdiff_t n)
{
  double sum = 0.0, lost = 0.0;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double next = sum + x[i];
    lost += fabs(sum) >= fabs(x[i]) ? (sum - next) + x[i] : (x[i] - next) + sum;
    sum = next;
  }
  return isfinite(sum) ? sum + lost : sum;
}

double assay_stats_mean(const double *x, ptrdiff_t n)
{
  return assay_stats_sum(x, n) / (double)n;
}

/* the second sum removes what the rounding of the mean brought in */
double assay_stats_variance(const double *x, ptrdiff_t n)
{
  const double mean = assay_stats_mean(x, n);
  double squares = 0.0, deviations = 0.0;
  if (n < 2) return (double)NAN;
  for (ptrdiff_t i = 0; i < n; i++) {
    squares += (x[i] - mean) * (x[i] - mean);
    deviations += x[i] - mean;
  }
  return (squares - deviations * deviations / (double)n) / (double)(n - 1);
}

static int compare(double x, double y)
{
  if (isnan(x) || isnan(y)) return isnan(x) - isnan(y);
  return (x > y) - (x < y);
}

static int ascending(const void *a, const void *b)
{
  return compare(*(const double *)a, *(const double *)b);
}

void assay_stats_sort(double *x, ptrdiff_t n)
{
  qsort(x, (size_t)n, sizeof *x, ascending);
}

double assay_stats_quantile(const double *sorted, ptrdiff_t n, double p)
{
  if (n < 1 || isnan(sorted[n - 1])) return (double)NAN;
  const double at = p * (double)(n - 1);
  ptrdiff_t below = (ptrdiff_t)at;
  if (below > n - 2) below = n - 2;
  if (below < 0) return sorted[0];
  const double lo = sorted[below], hi = sorted[below + 1], part = at - (double)below;
  /* without arithmetic where there is nothing to interpolate: infinities stay what they are */
  if (part == 0.0 || lo == hi) return lo;
  if (part == 1.0) return hi;
  return isinf(lo) ? (1.0 - part) * lo + part * hi : lo + part * (hi - lo);
}

double assay_stats_median(double *x, ptrdiff_t n)
{
  assay_stats_sort(x, n);
  return assay_stats_quantile(x, n, 0.5);
}

struct entry {
  double value;
  ptrdiff_t index;
};

static int by_value(const void *a, const void *b)
{
  return compare(((const struct entry *)a)->value, ((const struct entry *)b)->value);
}

int assay_stats_ranks(double *rank, double *ties, const double *x, ptrdiff_t n)
{
  int rc = ASSAY_OK;
  struct entry *entry = NULL;
  double cubes = 0.0;
  ASSAY_TRY(ASSAY_NEW(&entry, (size_t)n, "ranks"));
  for (ptrdiff_t i = 0; i < n; i++) {
    ASSAY_CHECK(!isnan(x[i]), ASSAY_EARG, "value %td of %td is not a number and has no rank", i, n);
    entry[i] = (struct entry){x[i], i};
  }
  qsort(entry, (size_t)n, sizeof *entry, by_value);
  for (ptrdiff_t i = 0, end; i < n; i = end) {
    for (end = i; end < n && entry[end].value == entry[i].value; end++) {
    }
    const double t = (double)(end - i), shared = 0.5 * (double)(i + 1 + end);
    for (ptrdiff_t k = i; k < end; k++) rank[entry[k].index] = shared;
    cubes += t * t * t - t;
  }
  if (ties) *ties = cubes;
done:
  assay_free(entry);
  return rc;
}

/* ---- bootstrap ---------------------------------------------------------------------------- */

void assay_bootstrap_draw(ptrdiff_t *unit, ptrdiff_t n, uint64_t seed, int replicate)
{
  enum { STREAM = 0x626f6f74 };
  struct assay_rng rng = assay_rng_init(seed, (uint64_t)replicate, STREAM);
  for (ptrdiff_t i = 0; i < n; i++) unit[i] = (ptrdiff_t)assay_rng_below(&rng, (uint64_t)n);
}

struct resampling {
  ptrdiff_t n;
  double (*statistic)(const ptrdiff_t *unit, ptrdiff_t m, void *context);
  void *context;
  ptrdiff_t *unit;   /* [n] scratch */
  double *replicate; /* [B], ascending */
  int n_replicates;
};

/* a = sum d^3 / (6 (sum d^2)^(3/2)) over the deviations d of the n values without one unit each */
static double acceleration(struct resampling *r, double *without)
{
  double squares = 0.0, cubes = 0.0;
  for (ptrdiff_t out = 0; out < r->n; out++) {
    for (ptrdiff_t i = 0; i < r->n - 1; i++) r->unit[i] = i < out ? i : i + 1;
    without[out] = r->statistic(r->unit, r->n - 1, r->context);
  }
  const double mean = assay_stats_mean(without, r->n);
  for (ptrdiff_t i = 0; i < r->n; i++) {
    const double d = mean - without[i];
    squares += d * d;
    cubes += d * d * d;
  }
  return squares > 0.0 ? cubes / (6.0 * squares * sqrt(squares)) : 0.0;
}

/* z such that the normal distribution has the share of replicates below the estimate (half of the
 * equal ones counted) below z */
static double bias(const struct resampling *r, double estimate)
{
  double below = 0.0;
  for (int b = 0; b < r->n_replicates; b++)
    below += r->replicate[b] < estimate ? 1.0 : r->replicate[b] == estimate ? 0.5 : 0.0;
  const double least = 0.5 / r->n_replicates;
  const double share = fmin(fmax(below / r->n_replicates, least), 1.0 - least);
  return gsl_cdf_ugaussian_Pinv(share);
}

/* Phi(z0 + (z0 + z) / (1 - a (z0 + z))), z = Phi^-1(p): the quantile to read instead of p */
static double bca_level(double p, double z0, double a)
{
  const double z = z0 + gsl_cdf_ugaussian_Pinv(p), stretch = 1.0 - a * z;
  if (stretch <= 0.0) return z > 0.0 ? 1.0 : 0.0;
  return gsl_cdf_ugaussian_P(z0 + z / stretch);
}

static void resample(struct assay_interval *out, struct resampling *r, uint64_t seed)
{
  for (ptrdiff_t i = 0; i < r->n; i++) r->unit[i] = i;
  out->estimate = r->statistic(r->unit, r->n, r->context);
  for (int b = 0; b < r->n_replicates; b++) {
    assay_bootstrap_draw(r->unit, r->n, seed, b);
    r->replicate[b] = r->statistic(r->unit, r->n, r->context);
  }
  out->deviation = sqrt(assay_stats_variance(r->replicate, r->n_replicates));
  assay_stats_sort(r->replicate, r->n_replicates);
}

static int check_options(ptrdiff_t n, const struct assay_bootstrap *o)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(n >= 1, ASSAY_EARG, "bootstrap: %td units, expected at least 1", n);
  ASSAY_CHECK(o->level > 0.0 && o->level < 1.0, ASSAY_EARG,
              "bootstrap: level %g, expected one between 0 and 1", o->level);
  ASSAY_CHECK(o->replicates >= 2, ASSAY_EARG, "bootstrap: %d replicates, expected 2 or more",
              o->replicates);
done:
  return rc;
}

int assay_bootstrap_interval(struct assay_interval *out, ptrdiff_t n,
                             double (*statistic)(const ptrdiff_t *unit, ptrdiff_t m, void *context),
                             void *context, const struct assay_bootstrap *options)
{
  int rc = ASSAY_OK;
  struct resampling r = {.n = n, .statistic = statistic, .context = context};
  double *without = NULL, lo = 0.5 * (1.0 - options->level), hi = 1.0 - lo;
  ASSAY_TRY(check_options(n, options));
  r.n_replicates = options->replicates;
  ASSAY_TRY(ASSAY_NEW(&r.unit, (size_t)n, "bootstrap"));
  ASSAY_TRY(ASSAY_NEW(&r.replicate, (size_t)r.n_replicates, "bootstrap"));
  ASSAY_TRY(ASSAY_NEW(&without, (size_t)n, "bootstrap"));
  resample(out, &r, options->seed);
  if (options->kind == ASSAY_BOOTSTRAP_BCA && n > 1) {
    const double a = acceleration(&r, without), z0 = bias(&r, out->estimate);
    lo = bca_level(lo, z0, a);
    hi = bca_level(hi, z0, a);
  }
  out->lo = assay_stats_quantile(r.replicate, r.n_replicates, lo);
  out->hi = assay_stats_quantile(r.replicate, r.n_replicates, hi);
done:
  assay_free(r.unit);
  assay_free(r.replicate);
  assay_free(without);
  return rc;
}

/* one value per unit */
struct values {
  const double *x;
  double *picked; /* [n] */
};

static double mean_of_units(const ptrdiff_t *unit, ptrdiff_t m, void *context)
{
  const struct values *v = context;
  for (ptrdiff_t i = 0; i < m; i++) v->picked[i] = v->x[unit[i]];
  return assay_stats_mean(v->picked, m);
}

static double median_of_units(const ptrdiff_t *unit, ptrdiff_t m, void *context)
{
  const struct values *v = context;
  for (ptrdiff_t i = 0; i < m; i++) v->picked[i] = v->x[unit[i]];
  return assay_stats_median(v->picked, m);
}

static int of_values(struct assay_interval *out, const double *x, ptrdiff_t n,
                     double (*statistic)(const ptrdiff_t *, ptrdiff_t, void *),
                     const struct assay_bootstrap *options)
{
  int rc = ASSAY_OK;
  struct values v = {.x = x};
  ASSAY_TRY(check_options(n, options));
  ASSAY_TRY(ASSAY_NEW(&v.picked, (size_t)n, "bootstrap"));
  ASSAY_TRY(assay_bootstrap_interval(out, n, statistic, &v, options));
done:
  assay_free(v.picked);
  return rc;
}

int assay_bootstrap_mean(struct assay_interval *out, const double *x, ptrdiff_t n,
                         const struct assay_bootstrap *options)
{
  return of_values(out, x, n, mean_of_units, options);
}

int assay_bootstrap_median(struct assay_interval *out, const double *x, ptrdiff_t n,
                           const struct assay_bootstrap *options)
{
  return of_values(out, x, n, median_of_units, options);
}
