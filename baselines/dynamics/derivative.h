/* Rates from points: filters along a trajectory with step h,
 *
 *   rate(t_i) = 1/h sum_j d_j x_(i+j),   state(t_i) = sum_j s_j x_(i+j),   j = -m .. m,
 *
 * with d antisymmetric and s symmetric. A polynomial of degree p is fitted to the 2 m + 1 points by
 * least squares; state and rate are its value and its slope in the middle (Savitzky and Golay,
 * Analytical Chemistry 36 (1964) 1627-1639). With p = 2 m it goes through all points: s_0 = 1
 * alone, and d are the central differences of order 2 m. The m points at the ends of a piece have
 * no rate.
 */
#ifndef ASSAY_BASELINES_DYNAMICS_DERIVATIVE_H
#define ASSAY_BASELINES_DYNAMICS_DERIVATIVE_H
#include "baselines/dynamics/problem.h"

enum { ASSAY_FILTER_HALF_MAX = 50 };

struct assay_filter {
  int half, degree;                            /* m, p */
  double value[2 * ASSAY_FILTER_HALF_MAX + 1]; /* s_(j - m) */
  double slope[2 * ASSAY_FILTER_HALF_MAX + 1]; /* d_(j - m) */
};

/* ASSAY_EARG: no such window or degree. */
int assay_filter_make(struct assay_filter *out, int half, int degree);

/* Rows: points that have a rate. What a rate must be expected to be off shows in its difference
 * from that of a filter one order lower (degree p - 2; of differences, m - 1 points on both sides):
 * the error of the lower order where curves are smooth, about that of noise where they are not.
 * Points where it is more than ten times its median in any state are left out, the rms of the
 * others is the error of the problem. ASSAY_EARG: no trajectory is long enough. */
int assay_derivative_problem(struct assay_dynamics_problem **out, const struct assay_library *l,
                             const struct assay_observed *o, const struct assay_filter *f);

#endif
