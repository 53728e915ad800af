/* What plans and kernels of the Poisson solver share; for core/num only.
 *
 * A transform along x leaves one tridiagonal system along y per wavenumber k,
 *
 *   - f[j-1] + b f[j] - f[j+1] = s r[j],    b = 2 + lambda_k dy^2 / dx^2,    s = -dy^2 / norm_k,
 *
 * whose ends have b - 1 (zero slope) or b + 1 (zero value). With e[j] = 1 / (b - e[j-1]) it is
 * solved by
 *
 *   up     G[j] = e[j] (r[j] + G[j-1]),
 *   down   f[j] = e[j] f[j+1] + s G[j].
 *
 * Periodic: f[n-1] = c is eliminated last. With P[j] = e[0] ... e[j] (the ends without
 * corrections),
 *
 *   up     G[n-1] = e[n-1] (r[n-1] + G[n-2] + sum_{j<n-1} P[j-1] G[j]),
 *   down   f[j] = e[j] f[j+1] + s G[j] + P[j] c,     c = s G[n-1],
 *   1 / e[n-1] = b - e[n-2] - 2 P[n-2] - sum_{j<n-1} P[j-1] P[j].
 *
 * The solver walks once over the rows of rhs, 8 at a time: transposition in registers, transform
 * with the rows in lanes, transposition, step `up` with the wavenumbers in lanes; and once
 * backwards. So every array is read and written row by row, twice. Between the two walks G is kept
 * in tiles of 8 rows by 8 wavenumbers, one stream of memory: in phi, whose 8 rows a row of tiles
 * fills, or in work, if the grid does not consist of such.
 *
 * e approaches a constant as j grows, the sooner the larger k. So of every group of 8 wavenumbers
 * only the first tiles are kept, the row that then repeats, and the tile of the last block.
 * Likewise P goes to zero. Rows that fill up the last block have e = 0, hence f = 0.
 *
 * Singular case (k = 0, the first lane of all): with e[n-1] = 1 the step up gives the sum of r in
 * G[n-1]. Before the step down r loses its mean, G[j] -= h[j] sum / n, and G[n-1] becomes minus the
 * mean of the rest of the solution, - sum w[j] G[j] / n.
 *
 * Rows of any height (poisson.h, lines) have instead, with d[j] = 1 / e[j],
 *
 *   - w[j] f[j-1] + (vol[j] lambda_k + w[j] + w[j+1]) f[j] - w[j+1] f[j+1] = s vol[j] r[j],
 *   up     G[j] = e[j] (vol[j] r[j] + w[j] G[j-1]),
 *   down   f[j] = e[j] w[j+1] f[j+1] + s G[j],
 *   d[j] = g[j] + w[j+1],   g[j] = vol[j] lambda_k + w[j] e[j-1] g[j-1],
 *
 * where every term is positive, so that nothing cancels however large the cells' aspect ratio is.
 *
 * Both sweeps are linear in rhs. So the solution can be had in two steps, as capacitance.c needs
 * it: `up` for rhs; `values`, the sweep down with transforms of some blocks only; `add`, the sweep
 * up for a right-hand side that is zero but in those blocks, added to G; then `down`. Where rhs is
 * zero G decays, and what is below TINY becomes zero, so that no number is denormal. */
#ifndef ASSAY_CORE_NUM_POISSON_PLAN_H
#define ASSAY_CORE_NUM_POISSON_PLAN_H
#include "core/num/dct_plan.h"
#include "core/num/poisson.h"

enum { ASSAY_TILE = 64 }; /* doubles in a tile of 8 x 8 */
#define ASSAY_POISSON_TINY 1e-200

struct assay_poisson_group {
  const double *e;             /* [tiles, 8, 8] */
  const double *e_rest;        /* [8] every row behind them */
  const double *e_end;         /* [8, 8] the tile of the last block, zero beyond n-1 */
  const double *p_up, *p_down; /* [p_tiles, 8, 8]: P[j-1] and P[j] for j < n-1, zero behind */
  const double *s;             /* [8] */
  int tiles, p_tiles;
  double *tables; /* all of them */
};

struct assay_poisson {
  int nx, ny;
  int groups, blocks; /* nx and ny in units of 8, rounded up */
  int periodic, singular;
  int in_phi; /* G is kept in phi, else in work */
  struct assay_dct *dct;
  double *sign;                      /* [nx], NULL: cosines */
  double *h, *w, total;              /* [ny], singular only; n, or the sum of vol */
  struct assay_poisson_group *group; /* [groups] */
  enum assay_isa isa;

  /* rows of any height, else NULL; [8 blocks], zero beyond n-1: vol[j], w[j], w[j+1] */
  double *vol, *lo, *hi;

  /* The operator times the volumes, which is symmetric: volume [ny] (1 on uniform grids); faces
   * between rows link_y [ny+1], between columns link_x volume[j]; with value on a side, the outer
   * faces have twice that, else nothing. */
  double *volume, *link_y, link_x, shift;
  double *extra; /* [ny] or NULL */
  enum assay_bc x, y;
};

/* whether a condition is one of zero value on the left or lower (0), or the other side (1) */
static inline int assay_bc_is_value(enum assay_bc bc, int upper)
{
  return bc == ASSAY_BC_DIRICHLET ||
         bc == (upper ? ASSAY_BC_NEUMANN_DIRICHLET : ASSAY_BC_DIRICHLET_NEUMANN);
}

/* 8 rows each; ascending */
struct assay_poisson_blocks {
  int n;
  const int *block;
};

struct assay_poisson_kernels {
  /* All with the same phi and work; the state between them is in both. Of the blocks b rows
   * [b.n, 8, nx] take the place of rhs. */
  void (*up)(const struct assay_poisson *p, double *phi, const double *rhs,
             struct assay_poisson_blocks b, const double *rows, double *work);
  void (*down)(const struct assay_poisson *p, double *phi, double *work);
  /* up for zeros, so that what is added stands alone */
  void (*zero)(const struct assay_poisson *p, double *phi, double *work);
  /* rows [b.n, 8, nx] of the solution; those beyond ny-1 are zero */
  void (*values)(const struct assay_poisson *p, double *phi, struct assay_poisson_blocks b,
                 double *rows, double *work);
  /* rows [b.n, 8, nx] of a right-hand side; those beyond ny-1 shall be zero */
  void (*add)(const struct assay_poisson *p, double *phi, struct assay_poisson_blocks b,
              const double *rows, double *work);
};
ASSAY_ISA_DECLARE(struct assay_poisson_kernels, assay_poisson_kernels)

#endif
