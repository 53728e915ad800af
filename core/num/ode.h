/* Solutions of dx/dt = f(t, x) with control of the step: the pair of order 5(4) of Dormand and
 * Prince with local extrapolation,
 *
 *   k_i = f(t + c_i h, x + h sum_(j < i) a_ij k_j),   x(t + h) = x + h sum b_i k_i + O(h^6),
 *
 * whose last stage is the first of the next step. A step counts when
 *
 *   max_k |error_k| / (absolute + relative max(|x_k(t)|, |x_k(t + h)|)) <= 1.
 *
 * For equations that are not stiff. Not for data sets: steps follow from rounded errors, so bits
 * are those of one order of operations, but f may be anybody's.
 *
 * Reference: Dormand, Prince, J. Comput. Appl. Math. 6 (1980) 19-26; Hairer, Norsett, Wanner,
 * Solving ODEs I, II.4-5. */
#ifndef ASSAY_CORE_NUM_ODE_H
#define ASSAY_CORE_NUM_ODE_H

enum { ASSAY_ODE_STATES_MAX = 64 };

struct assay_ode {
  int n; /* states, at most ASSAY_ODE_STATES_MAX */
  /* f [n] at t, x [n]; values may be infinite or NaN. 0 or an error, which ends everything. */
  int (*rate)(double *f, double t, const double *x, void *context);
  void *context;
  double relative, absolute; /* tolerances of one step */
  long steps;                /* most tried steps of one call */
};

/* x [n] moves from t to end > t. *step: what to try first, 0 to be guessed; what to try next.
 * ASSAY_EDIVERGED, x as far as it came: not finite, no step is small enough, or too many steps. */
int assay_ode_advance(double *x, double *step, const struct assay_ode *ode, double t, double end);

#endif
