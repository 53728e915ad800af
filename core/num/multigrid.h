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

/* All rows lie stride apart and begin on a cache line. Behind nx (nx + 1) numbers east, north,
 * extra, diagonal hold anything, the others zeros. */
struct assay_multigrid_level {
  int nx, ny, stride;       /* at least nx + 2, a multiple of 8 */
  double *east, *north;     /* [ny, nx+1], [ny+1, nx] faces on the left and below */
  double *extra, *diagonal; /* [ny, nx] */
  double *inverse;          /* [ny, nx] 1 / D; 0 where D is */
  double *b;                /* [ny, nx] */
  double *r;                /* [nx] */
  double *x, *y;            /* [ny, nx], a margin of one cell all around */
};

/* The finest level of a preconditioner in scaled units: b = volume weight r, and the cycle also
 * takes the product sum volume r z with its result z = - weight x. */
struct assay_multigrid_ends {
  const double *r, *weight; /* as the arrays of the level; r NULL: b is given, no product */
  const double *volume;     /* [ny] */
};

struct assay_multigrid {
  int n, around_x, around_y; /* levels; periodic directions */
  enum assay_isa isa;
  struct assay_multigrid_ends ends;
  struct assay_multigrid_level level[ASSAY_MULTIGRID_LEVELS];
};

/* Number of doubles for nx x ny cells. */
size_t assay_multigrid_work(int nx, int ny);
/* Lay out all levels in work. The caller fills east and north of level 0 (of periodic directions
 * the last faces as well), extra where it is not zero, and then calls _prepare; or fills diagonal
 * and inverse, too, and calls _coarsen. */
void assay_multigrid_lay_out(struct assay_multigrid *m, int nx, int ny, int around_x, int around_y,
                             enum assay_isa isa, double *work);
void assay_multigrid_prepare(struct assay_multigrid *m);
void assay_multigrid_coarsen(struct assay_multigrid *m);
/* x of level 0 = an approximation of A^-1 b. Returns the product of the ends, else 0. */
double assay_multigrid_cycle(struct assay_multigrid *m);

struct assay_multigrid_kernels {
  /* D and its inverse from east, north, extra */
  void (*diagonal)(const struct assay_multigrid_level *l);
  /* weights of a level from those of the next finer one */
  void (*coarsen)(const struct assay_multigrid_level *to, const struct assay_multigrid_level *from);
  /* from level k to b of the next coarser one, and back */
  void (*down)(const struct assay_multigrid *m, int k);
  double (*up)(struct assay_multigrid *m, int k);
};
ASSAY_ISA_DECLARE(struct assay_multigrid_kernels, assay_multigrid_kernels)

#endif
