/* Tests over many methods: the Friedman test with Nemenyi's critical difference.
 *   M. Friedman, JASA 32 (1937) 675; R. Iman and J. Davenport, Commun. Stat. A9 (1980) 571;
 *   P. Nemenyi, thesis, Princeton (1963); J. Demsar, JMLR 7 (2006) 1-30. */
#ifndef ASSAY_RESULTS_RANKTEST_H
#define ASSAY_RESULTS_RANKTEST_H

/* k methods ranked in each of n blocks. chi2 is corrected for ties and has k - 1 degrees of
 * freedom; f = (n - 1) chi2 / (n (k - 1) - chi2) (Iman and Davenport) has k - 1 and (k - 1)(n - 1).
 */
struct assay_friedman {
  int n_blocks, n_methods;
  double chi2, chi2_p, f, f_p; /* p: probability of at least this if all methods were equal */
};
/* ranks [n_blocks, n_methods] as assay_stats_ranks gives them, n_blocks >= 2, n_methods >= 2. All
 * ranks equal: chi2 = f = 0 and p = 1. */
void assay_friedman_test(struct assay_friedman *out, const double *ranks, int n_blocks,
                         int n_methods);

/* P(range of k standard normal deviates <= q), k >= 2: the studentised range with infinitely many
 * degrees of freedom, by quadrature (error below 1e-12). */
double assay_range_probability(double q, int k);
/* q / sqrt 2 with P(range > q) = alpha: the constant of Nemenyi's test (alpha in (0, 1)). */
double assay_nemenyi_constant(int k, double alpha);
/* Mean ranks over n blocks that lie further apart than this differ at level alpha:
 * constant sqrt(k (k + 1) / (6 n)). */
double assay_nemenyi_difference(int k, int n, double alpha);

#endif
