/* Tests of whether methods differ: Wilcoxon's signed ranks and paired permutations for two methods,
 * Friedman and Nemenyi for many, Holm's correction. For results and reports; distributions from
 * GSL. */
#ifndef ASSAY_CORE_NUM_SIGNIF_H
#define ASSAY_CORE_NUM_SIGNIF_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- two methods, paired ------------------------------------------------------------------ */

enum assay_zeros {
  ASSAY_ZEROS_PRATT, /* zero differences get ranks, then are left out of the sums */
  ASSAY_ZEROS_DROP,  /* zero differences are dropped before ranking (Wilcoxon 1945) */
};

struct assay_wilcoxon {
  double plus, minus; /* sums of the ranks of positive and negative differences */
  double z;           /* normal statistic, continuity and tie corrected; NaN where exact */
  double p;           /* two-sided; 1 when all differences are zero */
  bool exact;
  ptrdiff_t n; /* differences that are not zero */
};

/* Signed ranks of d [n] (values of A minus those of B). Exact where no difference is zero and no
 * two magnitudes are equal and n <= 50, else normal with continuity correction 1/2. ASSAY_EARG: a
 * NaN; ASSAY_ENOMEM. */
int assay_wilcoxon(struct assay_wilcoxon *out, const double *d, ptrdiff_t n,
                   enum assay_zeros zeros);

/* Two-sided p of the mean of d [n] against random signs: all 2^n of them for n <= 16, else
 * `replicates` random ones plus the observed. ASSAY_EARG: n < 1 or a value that is not
 * finite. */
int assay_permutation_paired(double *p, const double *d, ptrdiff_t n, int replicates,
                             uint64_t seed);

/* ---- many methods ------------------------------------------------------------------------- */

struct assay_friedman {
  double chi2, chi2_p; /* k - 1 degrees of freedom, tie-corrected */
  double f, f_p;       /* Iman and Davenport (1980): k - 1 and (k - 1)(n - 1); inf when all agree */
};

/* value [n_blocks, k]: errors, smaller is better, +inf for failed. mean_rank [k], 1 is best.
 * ASSAY_EARG: n_blocks < 2, k < 2 or a NaN; ASSAY_ENOMEM. */
int assay_friedman(struct assay_friedman *out, double *mean_rank, const double *value,
                   ptrdiff_t n_blocks, int k);

/* The same from published mean ranks without ties. ASSAY_EARG. */
int assay_friedman_of_ranks(struct assay_friedman *out, const double *mean_rank, ptrdiff_t n_blocks,
                            int k);

/* P(range of k standard normal variables <= q), by quadrature, to 1e-12; k >= 2. */
double assay_normal_range_cdf(double q, int k);
/* Its inverse, 0 < p < 1. */
double assay_normal_range_quantile(double p, int k);

/* Two methods differ at level alpha when their mean ranks differ by more than
 * q sqrt(k (k + 1) / (6 n)), q the studentised range over sqrt 2 (Nemenyi 1963, Demsar 2006). */
double assay_nemenyi_difference(double alpha, int k, ptrdiff_t n_blocks);
/* p of one observed difference of mean ranks among k methods. */
double assay_nemenyi_p(double difference, int k, ptrdiff_t n_blocks);

/* Holm's step-down: adjusted [m] = smallest level at which hypothesis i is rejected with the
 * family-wise error controlled; reject where adjusted[i] <= alpha. ASSAY_EARG: a NaN;
 * ASSAY_ENOMEM. */
int assay_holm(double *adjusted, const double *p, ptrdiff_t m);

#endif
