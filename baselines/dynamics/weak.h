/* The weak form: no derivative of data. With a test function phi that vanishes at a and b,
 * integration by parts of dx/dt = f(x) gives
 *
 *     - int_a^b phi'(t) x(t) dt = int_a^b phi(t) f(x(t)) dt,
 *
 * linear in the coefficients of f. Here
 *
 *     phi(t) = (t - a)^p (b - t)^q / its largest value,
 *
 * and integrals are trapezoidal sums over the points, which converge faster than any power h^p
 * below p because phi and its derivatives vanish at the ends. Noise of standard deviation s on the
 * points is noise of s h |phi'| on the left side, and on the right, f changing at a rate w, about
 * s h w |phi| (Euclidean lengths). So rows are divided by h sqrt(|phi'|^2 + w^2 |phi|^2): windows
 * weigh more the more they average, until they are longer than what happens in them. w is the
 * fastest of the states, the rms of its rate over its standard deviation.
 *
 * Reference: Messenger, Bortz, Weak SINDy, Multiscale Modeling and Simulation 19 (2021) 1474-1497;
 * Reinbold, Gurevich, Grigoriev, Physical Review E 101 (2020) 010203. */
#ifndef ASSAY_BASELINES_DYNAMICS_WEAK_H
#define ASSAY_BASELINES_DYNAMICS_WEAK_H
#include "baselines/dynamics/problem.h"

struct assay_weak {
  int p, q; /* exponents, at least 2 */
  int n_widths;
  const int *width; /* [n_widths] b - a in steps */
  int overlap;      /* windows begin every width / overlap steps, at least every step */
};

/* Rows: test functions along all pieces. Windows that are longer than a piece are left out.
 * ASSAY_EARG: exponents, or no window fits. */
int assay_weak_problem(struct assay_dynamics_problem **out, const struct assay_library *l,
                       const struct assay_observed *o, const struct assay_weak *w);

/* phi and phi' (per step) at the n + 1 points of a window of n steps. */
void assay_weak_test(double *phi, double *slope, int n, int p, int q);

#endif
