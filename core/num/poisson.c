#include "core/num/poisson.h"

#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/dct.h"
#include "core/num/poisson_plan.h"
#include "core/num/trig.h"

enum { ROWS = ASSAY_DCT_LINES, TILE = ASSAY_TILE };

/* What the conditions mean: the first and last end add to b along y; the transform along x, with
 * signs or not; whether the constant satisfies them. */
static const struct condition {
  double first, last;
  enum assay_dct_kind kind;
  int sign, constant;
} conditions[] = {
    [ASSAY_BC_NEUMANN] = {-1, -1, ASSAY_DCT_COSINE, 0, 1},
    [ASSAY_BC_DIRICHLET] = {1, 1, ASSAY_DCT_COSINE, 1, 0},
    [ASSAY_BC_PERIODIC] = {0, 0, ASSAY_DCT_FOURIER, 0, 1},
    [ASSAY_BC_NEUMANN_DIRICHLET] = {-1, 1, ASSAY_DCT_QUARTER, 1, 0},
    [ASSAY_BC_DIRICHLET_NEUMANN] = {1, -1, ASSAY_DCT_QUARTER, 0, 0},
};

/* One group of 8 wavenumbers while its tables are made, all columns of them. */
struct draft {
  double *e, *p; /* [8 blocks, 8] */
  double b[ROWS], s[ROWS];
};

/* Position i of the transform is wavenumber k = order[i], counted from the other end with signs.
 * The vectors of all wavenumbers have norm n / 2 but those of constant magnitude n. The eigenvalue
 * is 4 sin^2 of pi k / 2n, pi k / n (Fourier) or pi (2k+1) / 4n (quarter). */
static double sine_of(const struct assay_poisson *p, int order)
{
  const long long n = p->nx;
  switch (p->dct->kind) {
  case ASSAY_DCT_FOURIER:
    return assay_sinpi(order, n);
  case ASSAY_DCT_QUARTER:
    return assay_sinpi(2 * (p->sign ? n - 1 - order : order) + 1, 4 * n);
  default:
    return assay_sinpi(p->sign ? n - order : order, 2 * n);
  }
}

static void wavenumbers(struct draft *d, const struct assay_poisson *p, int group, double dx2,
                        double dy2, double shift)
{
  const int n = p->nx;
  for (int l = 0; l < ROWS; l++) {
    const int i = group * ROWS + l, order = i < n ? p->dct->order[i] : 0;
    const enum assay_dct_kind kind = p->dct->kind;
    const double sine = sine_of(p, order);
    const int whole =
        kind != ASSAY_DCT_QUARTER && (order == 0 || (kind == ASSAY_DCT_FOURIER && 2 * order == n));
    d->b[l] = 2 + (4 * sine * sine * (dy2 / dx2) + shift * dy2);
    d->s[l] = -dy2 * (whole ? 1.0 : 2.0) / n;
  }
}

/* e[j], and P[j] of periodic systems, of lane l */
static void pivots(struct draft *d, int l, int n, enum assay_bc bc)
{
  const double b = d->b[l], first = b + conditions[bc].first;
  double e = 0;
  for (int j = 0; j < n; j++) {
    e = 1 / (j == 0 ? first : b - e);
    d->e[j * ROWS + l] = e;
  }
}

/* the pivot of the last column */
static void last_pivot(struct draft *d, int l, int n, enum assay_bc bc, int singular)
{
  double *e = d->e + l, *p = d->p + l, pivot = d->b[l] + conditions[bc].last;
  if (n == 1) pivot += conditions[bc].first;
  if (n > 1) pivot -= e[(n - 2) * ROWS];
  if (bc == ASSAY_BC_PERIODIC) {
    double before = 1;
    for (int j = 0; j < n - 1; before = p[j++ * ROWS]) {
      p[j * ROWS] = before * e[j * ROWS];
      pivot -= before * p[j * ROWS];
    }
    pivot -= n == 1 ? 2 : 2 * before;
  }
  e[(n - 1) * ROWS] = singular ? 1 : 1 / pivot;
}

/* tile t consists of copies of its first row */
static int at_rest(const struct draft *d, int t)
{
  for (int i = ROWS; i < TILE; i++)
    if (d->e[t * TILE + i] != d->e[t * TILE + i % ROWS]) return 0;
  return 1;
}

/* number of leading tiles in which P is not negligible; the rest becomes zero */
static int p_tiles(struct draft *d, int n)
{
  int last = -1;
  for (int i = 0; i < (n - 1) * ROWS; i++) {
    if (d->p[i] > 1e-20) last = i + ROWS; /* P[j-1] is wanted at j */
    if (d->p[i] < 1e-30) d->p[i] = 0;
  }
  return last < 0 ? 0 : last / TILE + 1;
}

static int finish(struct assay_poisson_group *g, struct draft *d, int n, int blocks, int periodic)
{
  int rc = ASSAY_OK;
  g->tiles =
      blocks - 1; /* as the map from e to the next is monotonic, one copy is followed by more */
  while (g->tiles > 0 && at_rest(d, g->tiles - 1)) g->tiles--;
  g->p_tiles = periodic ? p_tiles(d, n) : 0;
  const size_t e_size = (size_t)g->tiles * TILE, p_size = (size_t)g->p_tiles * TILE;
  ASSAY_TRY(ASSAY_NEW(&g->tables, e_size + TILE + 2 * p_size + 2 * ROWS, "poisson"));
  double *e = g->tables, *e_end = e + e_size, *up = e_end + TILE, *down = up + p_size;
  double *e_rest = down + p_size, *s = e_rest + ROWS;
  memcpy(e, d->e, e_size * sizeof *e);
  memcpy(e_end, d->e + (blocks - 1) * TILE, TILE * sizeof *e);
  memcpy(e_rest, d->e + e_size, ROWS * sizeof *e);
  memcpy(down, d->p, p_size * sizeof *e);
  for (size_t i = 0; i < p_size; i++) /* P[-1] = 1; none at n-1 */
    up[i] = i >= (size_t)(n - 1) * ROWS ? 0 : i < ROWS ? 1 : d->p[i - ROWS];
  memcpy(s, d->s, ROWS * sizeof *e);
  g->e = e, g->e_end = e_end, g->e_rest = e_rest, g->p_up = up, g->p_down = down, g->s = s;
done:
  return rc;
}

static int make_groups(struct assay_poisson *p, double dx2, double dy2, enum assay_bc bc,
                       double shift)
{
  int rc = ASSAY_OK;
  const size_t size = (size_t)p->blocks * TILE;
  struct draft d = {0};
  ASSAY_TRY(ASSAY_NEW(&p->group, (size_t)p->groups, "poisson"));
  ASSAY_TRY(ASSAY_NEW(&d.e, size, "poisson"));
  ASSAY_TRY(ASSAY_NEW(&d.p, size, "poisson"));
  for (int k = 0; k < p->groups; k++) {
    memset(d.e, 0, size * sizeof *d.e);
    memset(d.p, 0, size * sizeof *d.p);
    wavenumbers(&d, p, k, dx2, dy2, shift);
    for (int l = 0; l < ROWS && k * ROWS + l < p->nx; l++) {
      pivots(&d, l, p->ny, bc);
      last_pivot(&d, l, p->ny, bc, p->singular && k == 0 && l == 0);
    }
    ASSAY_TRY(finish(&p->group[k], &d, p->ny, p->blocks, p->periodic));
  }
done:
  assay_free(d.e);
  assay_free(d.p);
  return rc;
}

/* h[j] = e[j] (1 + h[j-1]): the G of r = 1. w[j] = 1 + e[j-1] w[j-1]: sum f = s sum w G. */
static int make_means(struct assay_poisson *p)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(&p->h, (size_t)p->ny, "poisson"));
  ASSAY_TRY(ASSAY_NEW(&p->w, (size_t)p->ny, "poisson"));
  for (int j = 0; j < p->ny; j++) {
    p->h[j] = p->periodic ? 0.5 * (j + 1) : j + 1;
    p->w[j] = p->periodic ? 0.5 * (j + 2) : j + 1;
  }
done:
  return rc;
}

static int make_signs(struct assay_poisson *p)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(&p->sign, (size_t)p->nx, "poisson"));
  for (int j = 0; j < p->nx; j++) p->sign[j] = j % 2 ? -1 : 1;
done:
  return rc;
}

int assay_helmholtz_create(struct assay_poisson **out, int nx, int ny, double dx, double dy,
                           enum assay_bc x, enum assay_bc y, double shift)
{
  int rc = ASSAY_OK;
  struct assay_poisson *p = NULL;
  *out = NULL;
  ASSAY_CHECK(nx >= 1 && ny >= 1, ASSAY_EARG, "poisson: %d x %d cells", nx, ny);
  ASSAY_CHECK(dx > 0 && dy > 0, ASSAY_EARG, "poisson: cells of %g x %g", dx, dy);
  ASSAY_CHECK(shift >= 0, ASSAY_EARG, "helmholtz: shift %g is negative", shift);
  ASSAY_TRY(ASSAY_NEW(&p, 1, "poisson"));
  ASSAY_TRY(assay_dct_create_kind(&p->dct, nx, conditions[x].kind));
  p->isa = p->dct->isa;
  p->nx = nx;
  p->ny = ny;
  p->groups = (nx + ROWS - 1) / ROWS;
  p->blocks = (ny + ROWS - 1) / ROWS;
  p->periodic = y == ASSAY_BC_PERIODIC;
  p->singular = conditions[x].constant && conditions[y].constant && shift == 0;
  p->in_phi = nx % ROWS == 0 && ny % ROWS == 0;
  if (conditions[x].sign) ASSAY_TRY(make_signs(p));
  if (p->singular) ASSAY_TRY(make_means(p));
  ASSAY_TRY(make_groups(p, dx * dx, dy * dy, y, shift));
  *out = p;
done:
  if (rc < 0) assay_poisson_destroy(p);
  return rc;
}

int assay_poisson_create(struct assay_poisson **out, int nx, int ny, double dx, double dy,
                         enum assay_bc x, enum assay_bc y)
{
  return assay_helmholtz_create(out, nx, ny, dx, dy, x, y, 0);
}

void assay_poisson_destroy(struct assay_poisson *p)
{
  if (!p) return;
  for (int k = 0; p->group && k < p->groups; k++) assay_free(p->group[k].tables);
  assay_free(p->group);
  assay_free(p->sign);
  assay_free(p->h);
  assay_free(p->w);
  assay_dct_destroy(p->dct);
  assay_free(p);
}

/* the pieces of struct space in poisson_kernels.c */
size_t assay_poisson_work(const struct assay_poisson *p)
{
  const size_t rows = (size_t)p->groups * ROWS;
  const size_t tiles = p->in_phi ? 0 : (size_t)p->blocks * (size_t)p->groups;
  return 8 + (5 * ROWS + 2) * rows + tiles * TILE;
}

void assay_poisson_solve(const struct assay_poisson *p, double *phi, const double *rhs,
                         double *work)
{
  ASSAY_ISA_PICK(assay_poisson_kernels, p->isa)->solve(p, phi, rhs, work);
}
