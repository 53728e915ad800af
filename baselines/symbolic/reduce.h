/* Fewer variables: what the data say about how y depends on its columns, found with a surrogate and
 * used before the search itself.
 *
 *   power      y = x_i^a f(others): x_i is divided out
 *   merger     y depends on x_i and x_j only through x_i x_j^s: one column takes their place
 *
 * The surrogate is a polynomial in the logarithms of the columns for log |y|. A reduction restricts
 * it: cross terms of log x_i vanish, or log x_i and log x_j enter as one sum. If that is how things
 * are, the restricted polynomial leaves hardly more of log |y| than the full one, as the F ratio
 *
 *     F = (r'^2 - r^2) / (L - L') / (r^2 / (m - L)),   L, L' terms, m rows
 *
 * tells (1 if the reduction holds, large if not). Searches on the reduced table are then far
 * smaller, and what they find is put back into the columns of the original. Reference for the idea:
 * Udrescu and Tegmark (2020), who test symmetries with a neural network. */
#ifndef ASSAY_BASELINES_SYMBOLIC_REDUCE_H
#define ASSAY_BASELINES_SYMBOLIC_REDUCE_H
#include "baselines/symbolic/front.h"

/* x_k of the reduced table is product_j x_j^power[k][j]; y of it is y / product_j x_j^prefactor[j].
 */
struct assay_sr_reduction {
  int n_vars; /* of the reduced table; its rows and split are those of the original */
  int steps;  /* how many reductions were made, 0: none */
  double power[ASSAY_SR_MAX_VARS][ASSAY_SR_MAX_VARS];
  double prefactor[ASSAY_SR_MAX_VARS];
  bool positive[ASSAY_SR_MAX_VARS]; /* broken powers of x_j are written without absolute value */
};

/* Find the reductions on a sample. ASSAY_ENOMEM. */
int assay_sr_reduce_find(struct assay_sr_reduction *r, const struct assay_sr_table *table,
                         uint64_t seed, struct assay_sr_budget *b);

/* y [n rows] of the reduced table. */
void assay_sr_reduce_target(double *y, const struct assay_sr_reduction *r,
                            const struct assay_sr_table *table);

/* The reduced table. */
int assay_sr_reduce_table(struct assay_sr_table **out, const struct assay_sr_reduction *r,
                          const struct assay_sr_table *table);

/* e of the reduced table in the columns of the original; *out NULL: it would be too long. */
int assay_sr_reduce_undo(struct assay_expr **out, const struct assay_sr_reduction *r, int n_vars,
                         const struct assay_expr *e);

/* All models of a front of the reduced table, offered to one of the original. */
int assay_sr_reduce_bring_back(struct assay_sr_front *front, const struct assay_sr_reduction *r,
                               const struct assay_sr_front *found, struct assay_sr_budget *b);

#endif
