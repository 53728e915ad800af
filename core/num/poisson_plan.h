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
 * in phi, or in work, in tiles of 8 rows by 8 wavenumbers, if the grid does not consist of such.
 *
 * e approaches a constant as j grows, the sooner the larger k. So of every group of 8 wavenumbers
 * only the first tiles are kept, the row that then repeats, and the tile of the last block.
 * Likewise P goes to zero. Rows that fill up the last block have e = 0, hence f = 0.
 *
 * Singular case (k = 0, the first lane of all): with e[n-1] = 1 the step up gives the sum of r in
 * G[n-1]. Before the step down r loses its mean, G[j] -= h[j] sum / n, and G[n-1] becomes minus the
 * mean of the rest of the solution, - sum w[j] G[j] / n. */
#ifndef ASSAY_CORE_NUM_POISSON_PLAN_H
#define ASSAY_CORE_NUM_POISSON_PLAN_H
#include "core/num/dct_plan.h"
#include "core/num/poisson.h"

enum { ASSAY_TILE = 64 }; /* doubles in a tile of 8 x 8 */

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
  double *h, *w;                     /* [ny], singular only */
  struct assay_poisson_group *group; /* [groups] */
  enum assay_isa isa;
};

struct assay_poisson_kernels {
  void (*solve)(const struct assay_poisson *p, double *phi, const double *rhs, double *work);
};
ASSAY_ISA_DECLARE(struct assay_poisson_kernels, assay_poisson_kernels)

#endif
