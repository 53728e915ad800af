/* What the files of the capacitance solver share; for core/num only.
 *
 * Times the volumes V of the cells the box operator is symmetric, A = V L. The changes add
 * U D U^T: a column of U per face is e_a - e_b with d = (1 - factor) link, the link being V / dx^2
 * or that of poisson_plan.h; per cell it is e_a with d = V value. With the unknowns
 * y = D U^T phi (what flows through a face in L but not in L') and b = V rhs,
 *
 *   A phi = b - U y,    S y = U^T A^-1 b,    S = D^-1 + U^T A^-1 U,
 *
 * (M. A. Woodbury; as "capacitance matrix" B. L. Buzbee, F. W. Dorr, J. A. George, G. H. Golub,
 * SIAM J. Numer. Anal. 8 (1971) 722). A is negative definite. Put first, the cells (d < 0) give S a
 * negative definite block; what is left for the faces (d > 0) is then positive definite if and only
 * if L' is regular. So S can be eliminated without pivoting, and the signs of the pivots prove that
 * the problem is one. S^-1 is kept: the product streams through it.
 *
 * U^T A^-1 b needs the solution at the changed cells only. These lie in a few blocks of 8 rows, so
 * the first solution is a sweep up, a sweep down with transforms of these blocks, and the second
 * one adds to the first the sweep up of U y (poisson_plan.h).
 *
 * Pockets. A part of the grid that closed faces cut off from every zero value makes L' singular. If
 * its rhs has zero mean, nothing would flow through a single open face. So one face of every such
 * part, its bridge, stays open; bridges form a tree, so that this holds for pockets in pockets.
 *
 * Singular box with changed cells. A^-1 is the pseudo-inverse; phi gets a constant c,
 *
 *   S y = U^T A^-1 b + c q,    q^T y = sum b,    q = U^T 1 (1 for cells, 0 for faces). */
#ifndef ASSAY_CORE_NUM_CAPACITANCE_PLAN_H
#define ASSAY_CORE_NUM_CAPACITANCE_PLAN_H
#include "core/num/capacitance.h"
#include "core/num/poisson_plan.h"

enum { ASSAY_CAPACITANCE_STRIP = 32, ASSAY_CAPACITANCE_PANEL = 8 };

/* neighbouring cells of one row */
struct assay_run {
  int start, count;
  double volume; /* of a cell */
};

/* the parts of the grid where rhs loses its mean; part k has runs first[k] .. first[k+1] - 1 */
struct assay_parts {
  int n;
  int *first; /* [n+1] */
  struct assay_run *run;
  double *total; /* [n] volume */
};

/* one unknown */
struct assay_change {
  int a, b;                   /* b is the right or upper neighbour of a; -1: the diagonal of a */
  int along_y, closed, index; /* in the caller's list */
  double d;
};

struct assay_capacitance {
  const struct assay_poisson *p;
  int rank, n_cells; /* the first n_cells unknowns belong to cells */
  int n_changes;
  struct assay_change *change; /* [n_changes], bridges behind the `rank` unknowns */
  double *inverse;             /* [strips, rank, 32], columns of S^-1 in strips of rows */
  struct assay_poisson_blocks blocks;
  int *block;                   /* [blocks.n] */
  int *place;                   /* [rank, 2] where a and b lie in [blocks.n, 8, nx], or -1 */
  double *border, border_pivot; /* singular box with cells: S^-1 q, q^T S^-1 q; else NULL */
  struct assay_parts parts;
  struct assay_poisson_blocks patch; /* that hold cells of the parts */
  int *patch_block;                  /* [patch.n] */
  struct assay_run *patch_run;       /* as parts.run, in rows [patch.n, 8, nx] */
  struct assay_run *rows;            /* [ny] the whole grid, for the sum of b */
};

/* Find the parts, and move the bridges to the end of the changes [*n], whose first n_cells are
 * cells; *n becomes the number of the others. */
int assay_capacitance_parts(struct assay_parts *parts, const struct assay_poisson *p,
                            struct assay_change *change, int *n, int n_cells);

/* Every part of x [ny, nx] loses its mean. find: set zero[k] [parts] to 1 for parts that are zero
 * all over, else to 0; otherwise x becomes zero where it is 1. */
void assay_capacitance_remove_means(const struct assay_capacitance *c, double *x, double *zero,
                                    int find);

struct assay_capacitance_kernels {
  /* Lower triangle of a [n, n] by columns, n a multiple of 8: a[i,j] -= sum_k w[k,i] c[k,j], k < 8;
   * w and c are [8, n]. */
  void (*eliminate)(double *restrict a, const double *restrict w, const double *restrict c, int n);
  /* y [strips of 32] = strips [strips, n, 32] times x [n] */
  void (*product)(double *restrict y, const double *restrict strips, const double *restrict x,
                  int strip_count, int n);
  /* sum of volume times x over runs */
  double (*sum)(const double *x, const struct assay_run *run, int n);
};
ASSAY_ISA_DECLARE(struct assay_capacitance_kernels, assay_capacitance_kernels)

#endif
