/* What plans and kernels of the Poisson solver share; for core/num only.
 *
 * A transform along y leaves one tridiagonal system along x per wavenumber k,
 *
 *   - f[x-1] + b f[x] - f[x+1] = s r[x],    b = 2 + lambda_k dx^2 / dy^2,    s = -dx^2 / norm_k,
 *
 * whose ends have b - 1 (Neumann) or b + 1 (Dirichlet). With e[x] = 1 / (b - e[x-1]) it is solved
 * by
 *
 *   up     G[x] = e[x] (r[x] + G[x-1]),
 *   down   f[x] = e[x] f[x+1] + s G[x].
 *
 * Periodic: f[n-1] = c is eliminated last. With P[x] = e[0] ... e[x] (the rows without
 * corrections),
 *
 *   up     G[n-1] = e[n-1] (r[n-1] + G[n-2] + sum_{x<n-1} P[x-1] G[x]),
 *   down   f[x] = e[x] f[x+1] + s G[x] + P[x] c,     c = s G[n-1],
 *   1 / e[n-1] = b - e[n-2] - 2 P[n-2] - sum_{x<n-1} P[x-1] P[x].
 *
 * The solver walks once over the columns of rhs, 8 at a time: transform along y with the columns in
 * lanes, transposition in registers, step `up` with the wavenumbers in lanes; and once backwards.
 * In between G lies in tiles of 8 x by 8 wavenumbers, [blocks][groups][8][8].
 *
 * e approaches a constant as x grows, the sooner the larger k. So of every group of 8 wavenumbers
 * only the first tiles are kept, up to the one that repeats, and that of the last block. Likewise P
 * goes to zero. Columns that fill up the last block have e = 0, hence f = 0.
 *
 * Singular case (k = 0, the first lane of all): with e[n-1] = 1 the step up gives the sum of
 * r in G[n-1]. Before the step down r loses its mean, G[x] -= h[x] sum / n, and G[n-1] becomes
 * minus the mean of the rest of the solution, - sum w[x] G[x] / n. */
#ifndef ASSAY_CORE_NUM_POISSON_PLAN_H
#define ASSAY_CORE_NUM_POISSON_PLAN_H
#include "core/num/dct_plan.h"
#include "core/num/poisson.h"

enum { ASSAY_TILE = 64 }; /* doubles in a tile of 8 x 8 */

struct assay_poisson_group {
  const double *e;             /* [tiles, 8, 8], the last tile stands for all that follow */
  const double *e_end;         /* [8, 8] the tile of the last block, zero beyond n-1 */
  const double *p_up, *p_down; /* [p_tiles, 8, 8]: P[x-1] and P[x] for x < n-1, zero behind */
  const double *s;             /* [8] */
  int tiles, p_tiles;
  double *tables; /* all of them */
};

struct assay_poisson {
  int nx, ny;
  int blocks, groups; /* nx and ny in units of 8, rounded up */
  int periodic, singular;
  struct assay_dct *dct;
  double *sign;                      /* [ny], NULL: cosines */
  double *h, *w;                     /* [nx], singular only */
  struct assay_poisson_group *group; /* [groups] */
  enum assay_isa isa;
};

struct assay_poisson_kernels {
  void (*solve)(const struct assay_poisson *p, double *restrict phi, const double *restrict rhs,
                double *restrict work);
};
ASSAY_ISA_DECLARE(struct assay_poisson_kernels, assay_poisson_kernels)

#endif
