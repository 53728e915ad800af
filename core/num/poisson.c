#include "core/num/poisson.h"

#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/dct.h"
#include "core/num/poisson_plan.h"
#include "core/num/trig.h"

enum { LINES = ASSAY_DCT_LINES, TILE = ASSAY_TILE };

/* what the ends add to b */
static const double end_value[] = {
    [ASSAY_BC_NEUMANN] = -1, [ASSAY_BC_DIRICHLET] = 1, [ASSAY_BC_PERIODIC] = 0};

/* One group of 8 wavenumbers while its tables are made, all columns of them. */
struct draft {
  double *e, *p; /* [8 blocks, 8] */
  double b[LINES], s[LINES];
};

/* Position i of the transform is wavenumber order[i], counted from the other end with signs. The
 * vectors of all wavenumbers have norm n / 2 but those of constant magnitude n. */
static void wavenumbers(struct draft *d, const struct assay_poisson *p, int group, double dx2,
                        double dy2)
{
  const int n = p->ny;
  for (int l = 0; l < LINES; l++) {
    const int i = group * LINES + l, order = i < n ? p->dct->order[i] : 0;
    const int fourier = p->dct->kind == ASSAY_DCT_FOURIER;
    const double sine = assay_sinpi(p->sign ? n - order : order, fourier ? n : 2LL * n);
    const int whole = order == 0 || (fourier && 2 * order == n);
    d->b[l] = 2 + 4 * sine * sine * (dx2 / dy2);
    d->s[l] = -dx2 * (whole ? 1.0 : 2.0) / n;
  }
}

/* e[x], and P[x] of periodic systems, of lane l */
static void pivots(struct draft *d, int l, int n, enum assay_bc bc)
{
  const double b = d->b[l], first = b + end_value[bc];
  double e = 0;
  for (int x = 0; x < n; x++) {
    e = 1 / (x == 0 ? first : b - e);
    d->e[x * LINES + l] = e;
  }
}

/* the pivot of the last column */
static void last_pivot(struct draft *d, int l, int n, enum assay_bc bc, int singular)
{
  double *e = d->e + l, *p = d->p + l, pivot = d->b[l] + end_value[bc];
  if (n == 1) pivot += end_value[bc];
  if (n > 1) pivot -= e[(n - 2) * LINES];
  if (bc == ASSAY_BC_PERIODIC) {
    double before = 1;
    for (int x = 0; x < n - 1; before = p[x++ * LINES]) {
      p[x * LINES] = before * e[x * LINES];
      pivot -= before * p[x * LINES];
    }
    pivot -= n == 1 ? 2 : 2 * before;
  }
  e[(n - 1) * LINES] = singular ? 1 : 1 / pivot;
}

/* rows 8 t .. 8 t + 7 repeat the row before: so do all that follow */
static int at_rest(const struct draft *d, int t)
{
  for (int i = 0; i < TILE; i++)
    if (d->e[t * TILE + i] != d->e[t * TILE - LINES + i % LINES]) return 0;
  return 1;
}

/* number of leading tiles in which P is not negligible; the rest becomes zero */
static int p_tiles(struct draft *d, int n)
{
  int last = -1;
  for (int i = 0; i < (n - 1) * LINES; i++) {
    if (d->p[i] > 1e-20) last = i + LINES; /* P[x-1] is wanted at x */
    if (d->p[i] < 1e-30) d->p[i] = 0;
  }
  return last < 0 ? 0 : last / TILE + 1;
}

static int finish(struct assay_poisson_group *g, struct draft *d, int n, int blocks, int periodic)
{
  int rc = ASSAY_OK;
  g->tiles = blocks - 1;
  for (int t = blocks - 2; t > 0 && at_rest(d, t); t--) g->tiles = t + 1;
  g->p_tiles = periodic ? p_tiles(d, n) : 0;
  const size_t e_size = (size_t)g->tiles * TILE, p_size = (size_t)g->p_tiles * TILE;
  ASSAY_TRY(ASSAY_NEW(&g->tables, e_size + TILE + 2 * p_size + LINES, "poisson"));
  double *e = g->tables, *e_end = e + e_size, *up = e_end + TILE, *down = up + p_size;
  memcpy(e, d->e, e_size * sizeof *e);
  memcpy(e_end, d->e + (blocks - 1) * TILE, TILE * sizeof *e);
  memcpy(down, d->p, p_size * sizeof *e);
  for (size_t i = 0; i < p_size; i++) /* P[-1] = 1; none at n-1 */
    up[i] = i >= (size_t)(n - 1) * LINES ? 0 : i < LINES ? 1 : d->p[i - LINES];
  memcpy(down + p_size, d->s, LINES * sizeof *e);
  g->e = e, g->e_end = e_end, g->p_up = up, g->p_down = down, g->s = down + p_size;
done:
  return rc;
}

static int make_groups(struct assay_poisson *p, double dx, double dy, enum assay_bc bc)
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
    wavenumbers(&d, p, k, dx * dx, dy * dy);
    for (int l = 0; l < LINES && k * LINES + l < p->ny; l++) {
      pivots(&d, l, p->nx, bc);
      last_pivot(&d, l, p->nx, bc, p->singular && k == 0 && l == 0);
    }
    ASSAY_TRY(finish(&p->group[k], &d, p->nx, p->blocks, p->periodic));
  }
done:
  assay_free(d.e);
  assay_free(d.p);
  return rc;
}

/* h[x] = e[x] (1 + h[x-1]): the G of r = 1. w[x] = 1 + e[x-1] w[x-1]: sum f = s sum w G. */
static int make_means(struct assay_poisson *p)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(&p->h, (size_t)p->nx, "poisson"));
  ASSAY_TRY(ASSAY_NEW(&p->w, (size_t)p->nx, "poisson"));
  for (int x = 0; x < p->nx; x++) {
    p->h[x] = p->periodic ? 0.5 * (x + 1) : x + 1;
    p->w[x] = p->periodic ? 0.5 * (x + 2) : x + 1;
  }
done:
  return rc;
}

static int make_signs(struct assay_poisson *p)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(&p->sign, (size_t)p->ny, "poisson"));
  for (int j = 0; j < p->ny; j++) p->sign[j] = j % 2 ? -1 : 1;
done:
  return rc;
}

int assay_poisson_create(struct assay_poisson **out, int nx, int ny, double dx, double dy,
                         enum assay_bc x, enum assay_bc y)
{
  int rc = ASSAY_OK;
  struct assay_poisson *p = NULL;
  *out = NULL;
  ASSAY_CHECK(nx >= 1 && ny >= 1, ASSAY_EARG, "poisson: %d x %d cells", nx, ny);
  ASSAY_CHECK(dx > 0 && dy > 0, ASSAY_EARG, "poisson: cells of %g x %g", dx, dy);
  ASSAY_TRY(ASSAY_NEW(&p, 1, "poisson"));
  ASSAY_TRY(assay_dct_create_kind(&p->dct, ny,
                                  y == ASSAY_BC_PERIODIC ? ASSAY_DCT_FOURIER : ASSAY_DCT_COSINE));
  p->isa = p->dct->isa;
  p->nx = nx;
  p->ny = ny;
  p->blocks = (nx + LINES - 1) / LINES;
  p->groups = (ny + LINES - 1) / LINES;
  p->periodic = x == ASSAY_BC_PERIODIC;
  p->singular = x != ASSAY_BC_DIRICHLET && y != ASSAY_BC_DIRICHLET;
  if (y == ASSAY_BC_DIRICHLET) ASSAY_TRY(make_signs(p));
  if (p->singular) ASSAY_TRY(make_means(p));
  ASSAY_TRY(make_groups(p, dx, dy, x));
  *out = p;
done:
  if (rc < 0) assay_poisson_destroy(p);
  return rc;
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
  const size_t rows = (size_t)p->groups * LINES;
  return 8 + (size_t)p->blocks * (size_t)p->groups * TILE + (5 * LINES + 2) * rows;
}

void assay_poisson_solve(const struct assay_poisson *p, double *restrict phi,
                         const double *restrict rhs, double *restrict work)
{
  ASSAY_ISA_PICK(assay_poisson_kernels, p->isa)->solve(p, phi, rhs, work);
}
