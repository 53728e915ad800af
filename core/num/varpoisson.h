/* Poisson's equation with a coefficient that varies,
 *
 *   div(beta grad phi) = rhs,
 *
 *   (beta_x[j,i+1] (phi[j,i+1] - phi[j,i]) - beta_x[j,i] (phi[j,i] - phi[j,i-1])) / dx^2 + the same
 *   in y = rhs[j,i],
 *
 * on the grid and with the conditions of an assay_poisson plan, with closed or narrowed faces if
 * given, by conjugate gradients with one of two preconditioners: a multigrid cycle, with which a
 * jump of 1 : 1000 takes 12 to 15 iterations to 1e-8 on any grid; or the direct solver for beta = 1
 * between two factors 1 / sqrt(b), b the mean of beta over the faces of a cell, which is twice as
 * fast, needs one iteration for a constant beta and some 20 for smooth ones of any ratio, but 90 on
 * 64 x 64 cells for that jump, and 160 on 128 x 128. */
#ifndef ASSAY_CORE_NUM_VARPOISSON_H
#define ASSAY_CORE_NUM_VARPOISSON_H
#include <stddef.h>

#include "core/num/capacitance.h"
#include "core/num/poisson.h"

struct assay_varpoisson;

/* A plan that refers to p and c, which must outlive it. c: made from p, or NULL for the whole box.
 * The plan's shift must be zero. Caller owns *out. ASSAY_EARG, ASSAY_ENOMEM. */
int assay_varpoisson_create(struct assay_varpoisson **out, const struct assay_poisson *p,
                            const struct assay_capacitance *c);
void assay_varpoisson_destroy(struct assay_varpoisson *v);

/* Number of doubles assay_varpoisson_solve needs in work. */
size_t assay_varpoisson_work(const struct assay_varpoisson *v);

enum assay_varpoisson_method {
  ASSAY_VARPOISSON_AUTO, /* multigrid where b is somewhere more than 10 times as large as elsewhere
                          */
  ASSAY_VARPOISSON_MULTIGRID,
  ASSAY_VARPOISSON_DIRECT
};

struct assay_varpoisson_problem {
  const double *rhs;    /* [ny, nx] */
  const double *beta_x; /* [ny, nx+1] > 0; periodic: the last column is not read */
  const double *beta_y; /* [ny+1, nx] > 0; periodic: the last row is not read */
  const double *values; /* what c adds to the diagonal of its cells, now times beta; NULL: what c
                           was made with, times b of the cell */
  double tolerance;     /* of the residual's 2-norm against that of rhs */
  int max_iterations;
  enum assay_varpoisson_method method;
};

struct assay_varpoisson_result {
  int iterations;
  double residual; /* 2-norm of what is left, over that of rhs */
};

/* phi [ny, nx]: the start on entry (zeros, or an old solution), the solution on return. Where the
 * equation is singular, means as in assay_capacitance_solve. out may be NULL. Re-entrant; the same
 * bits on every instruction set. ASSAY_EDIVERGED: not within max_iterations, or not finite; phi
 * then holds the last iterate. */
int assay_varpoisson_solve(const struct assay_varpoisson *v, double *phi,
                           const struct assay_varpoisson_problem *problem, double *work,
                           struct assay_varpoisson_result *out);

#endif
