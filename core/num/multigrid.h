/* One multigrid cycle for a weighted five-point operator, as a preconditioner; for core/num only.
 *
 *   (A x)[j,i] = D x[j,i] - E[j,i+1] x[j,i+1] - E[j,i] x[j,i-1] - N[j+1,i] x[j+1,i] - N[j,i]
 * x[j-1,i] D = E[j,i+1] + E[j,i] + N[j+1,i] + N[j,i] + extra[j,i],
 *
 * with weights E, N >= 0 of the faces and x = 0 outside, or around the corner in periodic
 * directions.
 *
 * Coarse cells are pairs of cells in each direction. The way down adds what is left in them, the
 * way up gives their value to all of them, and weights of coarse faces are the sums of the weights
 * of their faces, halved in the direction across: differences now reach twice as far. So do those
 * to the zero values on outer faces, and those that `extra` stands for (pieces of a side; a cell
 * held in the middle of the grid is allowed but slow). On each level two sweeps of Jacobi's method
 * before and two after, with the factors 1 / (1.25 +- 0.75 cos 45 degrees) of the Chebyshev
 * polynomial that is least on [0.5, 2], damp what coarse cells do not see. The cycle is symmetric
 * and positive, hence fit for conjugate gradients, for any weights and any sizes; jumps of the
 * weights cost little: the error falls by a factor of 0.23 to 0.38 (P. Wesseling, An Introduction
 * to Multigrid Methods, Wiley 1992, on cell-centred multigrid). */
#ifndef ASSAY_CORE_NUM_MULTIGRID_H
#define ASSAY_CORE_NUM_MULTIGRID_H
#include <stddef.h>

#include "core/num/isa.h"

enum { ASSAY_MULTIGRID_LEVELS = 32 };

struct assay_multigrid_level {
  int nx, ny, stride;       /* x, y: rows `stride` apart, a margin of one cell all around */
  double *east, *north;     /* [ny, nx+1], [ny+1, nx] faces on the left and below */
  double *extra, *diagonal; /* [ny, nx] */
  double *inverse;          /* [ny, nx] 1 / D; 0 where D is */
  double *b;                /* [ny, nx] */
  double *r;                /* [nx] */
  double *x, *y;            /* at cell (0, 0) */
};

struct assay_multigrid {
  int n, around_x, around_y; /* levels; periodic directions */
  enum assay_isa isa;
  struct assay_multigrid_level level[ASSAY_MULTIGRID_LEVELS];
};

/* Number of doubles for nx x ny cells. */
size_t assay_multigrid_work(int nx, int ny);
/* Lay out all levels in work. The caller fills east and north of level 0 (of periodic directions
 * the last faces as well), extra where it is not zero, and then calls _prepare. */
void assay_multigrid_lay_out(struct assay_multigrid *m, int nx, int ny, int around_x, int around_y,
                             enum assay_isa isa, double *work);
void assay_multigrid_prepare(struct assay_multigrid *m);
/* x of level 0 = an approximation of A^-1 b, b being that of level 0. */
void assay_multigrid_cycle(struct assay_multigrid *m);

/* row j of a sweep, y = (1 - w) x + w / D (b + neighbours), and of r [nx] = b - A x */
struct assay_multigrid_kernels {
  void (*sweep)(const struct assay_multigrid_level *l, double *restrict y, const double *restrict x,
                double w, ptrdiff_t j);
  void (*residual)(const struct assay_multigrid_level *l, const double *restrict x, ptrdiff_t j);
};
ASSAY_ISA_DECLARE(struct assay_multigrid_kernels, assay_multigrid_kernels)

#endif
