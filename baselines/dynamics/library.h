/* Libraries of terms for right-hand sides: all monomials of the states to a degree, in the order of
 * degrees, and on demand their sines and cosines behind. */
#ifndef ASSAY_BASELINES_DYNAMICS_LIBRARY_H
#define ASSAY_BASELINES_DYNAMICS_LIBRARY_H
#include <stdbool.h>

enum { ASSAY_LIBRARY_DEGREE_MAX = 8, ASSAY_LIBRARY_STATES_MAX = 16 };

struct assay_library_term {
  int power[ASSAY_LIBRARY_STATES_MAX]; /* of x0, x1, ... */
  int wave, of;                        /* 0: none, 1: sin(x_of), 2: cos(x_of) instead */
};

struct assay_library {
  int n_states, n;
  struct assay_library_term *term;             /* [n] the first is 1 */
  int of_degree[ASSAY_LIBRARY_DEGREE_MAX + 1]; /* monomials to this degree */
};

/* ASSAY_EARG: too many states or too high a degree; ASSAY_ENOMEM. */
int assay_library_create(struct assay_library **out, int n_states, int degree, bool waves);
void assay_library_destroy(struct assay_library *l); /* NULL allowed */

/* v [n rows] = term k at states x [n_states, stride] */
void assay_library_values(double *v, const struct assay_library *l, int k, const double *x,
                          long stride, long n);

/* sum of c_k term_k as text, c [n]; terms with c_k = 0 are left out. The caller owns *out. */
int assay_library_print(char **out, const struct assay_library *l, const double *c);

#endif
