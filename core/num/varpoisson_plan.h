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

/* Fields of the plan and of a solve have rows stride apart that begin on a cache line. */
struct assay_varpoisson {
  const struct assay_poisson *p;
  const struct assay_capacitance *c; /* or NULL */
  double *link_x, *link_y;           /* [ny, nx+1], [ny+1, nx] with factors; outer faces: see p */
  double *diagonal;                  /* [ny, nx] D1 of the faces */
  double *reduced;                   /* [ny, nx] D1, with what changed cells add */
  double *inverse;                   /* [ny] 1 / V */
  int whole;                         /* a single part: the whole grid loses its mean */
  int stride;
  struct assay_run *rows; /* [ny] */
  double *block;          /* what the fields lie in */
};

/* What one solve works with. Behind nx numbers of a row are zeros; x, p and scale have a margin of
 * one cell all around. E and N, and with multigrid all of its weights, are those of the finest
 * level there. */
struct assay_varpoisson_space {
  double *scale, *unscale;    /* s, 1 / s */
  double *b, *x, *r, *q, *p;  /* b: s rhs */
  double *z;                  /* without multigrid */
  double *flat, *zero, *rest; /* [ny * nx], flags of the parts, work of the direct solver */
  struct assay_multigrid *weights;
  struct assay_multigrid *multigrid; /* weights, or NULL: the direct solver */
  int from_zero;                     /* x = 0 so far */
};

/* Where a field comes from or goes to the caller's array, its rows are nx numbers. All sums have a
 * fixed order. */
struct assay_varpoisson_kernels {
  /* E, N, and the sums of a cell's as `diagonal` of the finest level */
  void (*weigh)(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s,
                const struct assay_varpoisson_problem *problem);
  /* s, 1 / s, and one over the diagonal; range of b = 1 / s^2. Cells without any flux have s = 1.
   * Returns 0 where a b is not a positive number up to MOST. */
  int (*scale)(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s,
               double range[2]);
  /* b = s flat, x = phi / s; returns <flat, flat>, and whether phi is zero all over */
  double (*start)(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s,
                  const double *phi, int *from_zero);
  /* r = b - V^-1 s B s x; returns <r/s, r/s> */
  double (*residual)(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s);
  /* <r, z>, without multigrid */
  double (*product)(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s);
  /* p = z + b p, or z + 0 x if first; q = V^-1 s B s p; returns <p, q> */
  double (*apply)(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s,
                  double b, int first);
  /* x += a p, r -= a q; returns <r/s, r/s> */
  double (*advance)(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s,
                    double a);
  /* phi = s x */
  void (*finish)(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s,
                 double *phi);
};
ASSAY_ISA_DECLARE(struct assay_varpoisson_kernels, assay_varpoisson_kernels)

#define ASSAY_VARPOISSON_MOST 1e300 /* of b */

#endif
