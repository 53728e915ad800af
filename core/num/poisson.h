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
  ASSAY_BC_NEUMANN,           /* zero slope on the faces: phi[-1] = phi[0] */
  ASSAY_BC_DIRICHLET,         /* zero value on the faces: phi[-1] = -phi[0] */
  ASSAY_BC_PERIODIC,          /* phi[-1] = phi[n-1] */
  ASSAY_BC_NEUMANN_DIRICHLET, /* zero slope on the left or lower side, zero value on the other */
  ASSAY_BC_DIRICHLET_NEUMANN  /* zero value on the left or lower side, zero slope on the other */
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

/* The same on rows of any height or shape, such as stretched grids or, with y = r, those of
 * cylindrical coordinates:
 *
 *   vol[j] (phi[j,i-1] - 2 phi[j,i] + phi[j,i+1]) / dx^2
 *     + w[j+1] (phi[j+1,i] - phi[j,i]) - w[j] (phi[j,i] - phi[j-1,i])
 *     - (shift vol[j] + extra[j]) phi[j,i] = vol[j] rhs[j,i].
 *
 * Heights h[j]: vol = h, w = 1 / distance of the centres. Radii: vol = r h, w = r of the face over
 * that distance, w[0] = 0 on the axis. On the two sides phi[-1] is -phi[0] or phi[0] as above, so a
 * zero value on a face at the distance d needs w = 1 / 2d, d being h / 2 for centres. */
struct assay_poisson_lines {
  int nx, ny;
  double dx;           /* m */
  const double *vol;   /* [ny], > 0 */
  const double *w;     /* [ny+1], > 0 inside and >= 0 at both ends */
  const double *extra; /* [ny], >= 0, or NULL for none: 1/r^2 terms times vol */
  enum assay_bc x, y;  /* y: any but periodic */
  double shift;        /* 1/m^2, >= 0 */
};

/* A plan like the others and nearly as fast; the arrays are copied. If the equation is
 * singular the means are weighted with vol. Codes as above; ASSAY_EUNSUPPORTED: y is periodic. */
int assay_poisson_lines_create(struct assay_poisson **out, const struct assay_poisson_lines *lines);
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
