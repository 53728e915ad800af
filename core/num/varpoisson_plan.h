/* What the files of the solver with a varying coefficient share; for core/num only.
 *
 * Times the volumes V of the cells (poisson_plan.h) the operator B is symmetric: a flux
 * E (phi[b] - phi[a]) with E = link factor beta through every face, and a diagonal -D phi, D being
 * the sum of the fluxes' coefficients and, with changed cells, minus V value. The same sums for
 * beta = 1 give D1. With
 *
 *   phi = s x,   s = sqrt(D1 / D),   so   (s B s) x = s V rhs,
 *
 * the matrix has the diagonal of the direct solver's, and differs from it only where beta varies
 * from a cell to its neighbour. Conjugate gradients in the inner product <x, y> = sum V x y:
 *
 *   r = s rhs - V^-1 s B s x;   z = L^-1 r;   p = z + (<r, z> / <r', z'>) p;   q = V^-1 s B s p;
 *   a = <r, z> / <p, q>;   x += a p;   r -= a q
 *
 * (M. R. Hestenes, E. Stiefel, J. Res. NBS 49 (1952) 409; Y. Saad, Iterative Methods for Sparse
 * Linear Systems, SIAM 2003, algorithm 9.1). Both operators are negative, so signs cancel. The
 * residual in the units of rhs is r / s. */
#ifndef ASSAY_CORE_NUM_VARPOISSON_PLAN_H
#define ASSAY_CORE_NUM_VARPOISSON_PLAN_H
#include "core/num/capacitance_plan.h"
#include "core/num/multigrid.h"
#include "core/num/poisson_plan.h"
#include "core/num/varpoisson.h"

struct assay_varpoisson {
  const struct assay_poisson *p;
  const struct assay_capacitance *c; /* or NULL */
  double *link_x, *link_y;           /* [ny, nx+1], [ny+1, nx] with factors; outer faces: see p */
  double *diagonal;                  /* [ny, nx] D1 */
  double *inverse;                   /* [ny] 1 / V */
  int whole;                         /* a single part: the whole grid loses its mean */
  int stride;                        /* of rows with a margin */
  struct assay_run *rows;            /* [ny] */
};

/* Arrays of one solve. p has a margin of one cell all around; rows lie stride apart. */
struct assay_varpoisson_space {
  double *east, *north; /* [ny, nx+1], [ny+1, nx]: s E s of the faces on the left and below */
  double *diagonal;     /* [ny, nx]: s D s = D1 */
  double *scale;        /* [ny, nx]: s */
  double *unscale;      /* [ny, nx]: 1 / s */
  double *b, *x, *r, *z, *q, *p;
  double *zero, *rest;               /* flags of the parts, work of the preconditioner */
  struct assay_multigrid *multigrid; /* NULL: the direct solver */
};

/* All sums have a fixed order. */
struct assay_varpoisson_kernels {
  /* q = V^-1 s B s p; returns <p, q> */
  double (*apply)(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s);
  /* x += a p, r -= a q; returns <r/s, r/s> */
  double (*advance)(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s,
                    double a);
  /* <r, z> */
  double (*product)(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s);
  /* p = z + b p, without the margin */
  void (*turn)(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s, double b);
};
ASSAY_ISA_DECLARE(struct assay_varpoisson_kernels, assay_varpoisson_kernels)

#endif
