#include "results/ranktest.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

/* Friedman's statistic in the form that needs no separate tie correction:
 *   chi2 = (k - 1) sum_j (R_j - n (k + 1) / 2)^2 / sum_ij (r_ij - (k + 1) / 2)^2
 * with r_ij the ranks and R_j their sums; without ties the denominator is n k (k^2 - 1) / 12 and
 * 12 / (n k (k + 1)) sum R_j^2 - 3 n (k + 1) comes out. */
void assay_friedman_test(struct assay_friedman *out, const double *ranks, int n_blocks,
                         int n_methods)
{
  const double n = n_blocks, k = n_methods, middle = 0.5 * (k + 1);
  double between = 0, total = 0;
  for (int j = 0; j < n_methods; j++) {
    double sum = 0;
    for (int i = 0; i < n_blocks; i++) {
      const double r = ranks[i * n_methods + j] - middle;
      sum += r;
      total += r * r;
    }
    between += sum * sum;
  }
  *out = (struct assay_friedman){n_blocks, n_methods, 0, 1, 0, 1};
  if (!(total > 0)) return;
  out->chi2 = (k - 1) * between / total;
  out->chi2_p = gsl_cdf_chisq_Q(out->chi2, k - 1);
  const double rest = n * (k - 1) - out->chi2;
  out->f = rest > 1e-9 * n ? (n - 1) * out->chi2 / rest : (double)INFINITY;
  out->f_p = isinf(out->f) ? 0 : gsl_cdf_fdist_Q(out->f, k - 1, (k - 1) * (n - 1));
}

static double normal_density(double z)
{
  return exp(-0.5 * z * z) / sqrt(2 * M_PI);
}

static double normal_probability(double z)
{
  return 0.5 * erfc(-z / sqrt(2));
}

/* P(q) = k integral phi(z) (Phi(z) - Phi(z - q))^(k-1) dz over the largest deviate z. The integrand
 * is smooth and dies off on both sides, so the trapezoidal rule converges geometrically. */
double assay_range_probability(double q, int k)
{
  const double step = 1.0 / 16, reach = 10;
  double sum = 0;
  if (!(q > 0)) return 0;
  for (int i = 0; i <= (int)(2 * reach / step); i++) {
    const double z = -reach + i * step;
    sum += normal_density(z) * pow(normal_probability(z) - normal_probability(z - q), k - 1);
  }
  return fmin(1, k * step * sum);
}

double assay_nemenyi_constant(int k, double alpha)
{
  double low = 0, high = 40;
  for (int i = 0; i < 80; i++) {
    const double q = 0.5 * (low + high);
    if (assay_range_probability(q, k) < 1 - alpha)
      low = q;
    else
      high = q;
  }
  return 0.5 * (low + high) / sqrt(2);
}

double assay_nemenyi_difference(int k, int n, double alpha)
{
  return assay_nemenyi_constant(k, alpha) * sqrt(k * (k + 1.0) / (6.0 * n));
}
