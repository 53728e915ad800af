/* Direct solvers of the 5-point Poisson equation on a uniform grid of cell centres,
 *
 *   (phi[j,i-1] - 2 phi[j,i] + phi[j,i+1]) / dx^2 + (phi[j-1,i] - 2 phi[j,i] + phi[j+1,i]) / dy^2
 *     = rhs[j,i],      0 <= i < nx, 0 <= j < ny,
 *
 * exact to rounding. Values outside the grid follow from the conditions on the outer cell faces. */
#ifndef ASSAY_CORE_NUM_POISSON_H
#define ASSAY_CORE_NUM_POISSON_H
#include <stddef.h>

enum assay_bc {
  ASSAY_BC_NEUMANN,   /* zero slope on the faces: phi[-1] = phi[0] */
  ASSAY_BC_DIRICHLET, /* zero value on the faces: phi[-1] = -phi[0] */
  ASSAY_BC_PERIODIC   /* phi[-1] = phi[n-1] */
};

struct assay_poisson;

/* A plan for nx x ny cells of size dx x dy (nx, ny >= 1; any number works, those with no factors
 * but 2, 3 and 5 are fast), the condition x on the left and right side, y on the lower and upper
 * one. Caller owns *out. ASSAY_EARG, ASSAY_ENOMEM, and what assay_isa_init returns. */
int assay_poisson_create(struct assay_poisson **out, int nx, int ny, double dx, double dy,
                         enum assay_bc x, enum assay_bc y);

/* The same for  laplacian(phi) - shift phi = rhs,  shift >= 0: one step of implicit diffusion with
 * shift = 1 / (nu dt) and rhs = - shift times the old field. Not singular unless shift is 0. */
int assay_helmholtz_create(struct assay_poisson **out, int nx, int ny, double dx, double dy,
                           enum assay_bc x, enum assay_bc y, double shift);
void assay_poisson_destroy(struct assay_poisson *p);

/* Number of doubles assay_poisson_solve needs in work. */
size_t assay_poisson_work(const struct assay_poisson *p);

/* phi [ny, nx] from rhs [ny, nx]; both may be the same array. work: assay_poisson_work(p) doubles.
 * It is fastest if the arrays are 64-byte aligned and nx and ny multiples of 16 and 8. Without a
 * Dirichlet side the equation is singular: phi is then the solution of zero mean for rhs minus its
 * mean. Re-entrant; the same bits on every instruction set. */
void assay_poisson_solve(const struct assay_poisson *p, double *phi, const double *rhs,
                         double *work);

/* The specification: the same problem by dense sums over the eigenvectors of both directions,
 * O(nx ny (nx + ny)). Arguments and codes as above. */
int assay_poisson_ref(double *phi, const double *rhs, int nx, int ny, double dx, double dy,
                      enum assay_bc x, enum assay_bc y);

#endif
