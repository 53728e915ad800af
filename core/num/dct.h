/* Fast cosine transforms of many lines side by side, the lines in vector lanes: the transform runs
 * along the first axis of arrays [n, lines], so that neighbours in memory are different lines.
 *
 *   DCT-II   X[k] = sum_j x[j] cos(pi k (2j+1) / 2n)
 *   DCT-III  x[j] = sum_k X[k] cos(pi k (2j+1) / 2n),      0 <= j, k < n
 *
 * DCT-III of (X[0] / n, 2 X[1] / n, 2 X[2] / n, ...) undoes DCT-II. */
#ifndef ASSAY_CORE_NUM_DCT_H
#define ASSAY_CORE_NUM_DCT_H
#include <stddef.h>

struct assay_dct;

/* Any n >= 1; fast if n has no prime factors but 2, 3 and 5, otherwise O(n^2 / 2^m) per line with
 * 2^m the power of two in n. Caller owns *out. ASSAY_EARG, ASSAY_ENOMEM, and as assay_isa_init. */
int assay_dct_create(struct assay_dct **out, int n);
void assay_dct_destroy(struct assay_dct *p);

/* Number of doubles that the transforms need in work. */
size_t assay_dct_work(const struct assay_dct *p);

/* out and in: n rows of `lines` values, the rows `stride` doubles apart in both. Re-entrant; the
 * same bits on every instruction set and for every place of a line in the array. */
void assay_dct_2(const struct assay_dct *p, double *restrict out, const double *restrict in,
                 int lines, ptrdiff_t stride, double *restrict work);
void assay_dct_3(const struct assay_dct *p, double *restrict out, const double *restrict in,
                 int lines, ptrdiff_t stride, double *restrict work);

#endif
