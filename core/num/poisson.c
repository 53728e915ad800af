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
  double lambda[ROWS], b[ROWS], s[ROWS];
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
                        double dy2)
{
  const int n = p->nx;
  for (int l = 0; l < ROWS; l++) {
    const int i = group * ROWS + l, order = i < n ? p->dct->order[i] : 0;
    const enum assay_dct_kind kind = p->dct->kind;
    const double sine = sine_of(p, order);
    const int whole =
        kind != ASSAY_DCT_QUARTER && (order == 0 || (kind == ASSAY_DCT_FOURIER && 2 * order == n));
    d->lambda[l] = 4 * sine * sine / dx2 + p->shift;
    d->b[l] = 2 + (4 * sine * sine * (dy2 / dx2) + p->shift * dy2);
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

/* e[j] of lane l for rows of any height, see poisson_plan.h; link_y is w, twice it or zero at the
 * ends */
static void pivots_of_lines(struct draft *d, int l, const struct assay_poisson *p, int singular)
{
  const int n = p->ny;
  double g = p->link_y[0], e = 0;
  for (int j = 0; j < n; j++) {
    if (j > 0) g *= p->link_y[j] * e;
    g += p->volume[j] * d->lambda[l] + (p->extra ? p->extra[j] : 0);
    e = 1 / (g + p->link_y[j + 1]);
    d->e[j * ROWS + l] = e;
  }
  if (singular) d->e[(n - 1) * ROWS + l] = 1;
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

static int finish(struct assay_poisson_group *g, struct draft *d, const struct assay_poisson *p)
{
  int rc = ASSAY_OK;
  const int n = p->ny, blocks = p->blocks, uniform = !p->vol;
  g->tiles =
      blocks - 1; /* as the map from e to the next is monotonic, one copy is followed by more */
  while (uniform && g->tiles > 0 && at_rest(d, g->tiles - 1)) g->tiles--;
  g->p_tiles = p->periodic ? p_tiles(d, n) : 0;
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

/* dx2, dy2: of uniform grids; else dy2 is 1 */
static int make_groups(struct assay_poisson *p, double dx2, double dy2)
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
    wavenumbers(&d, p, k, dx2, dy2);
    for (int l = 0; l < ROWS && k * ROWS + l < p->nx; l++) {
      const int singular = p->singular && k == 0 && l == 0;
      if (p->vol) {
        pivots_of_lines(&d, l, p, singular);
        continue;
      }
      pivots(&d, l, p->ny, p->y);
      last_pivot(&d, l, p->ny, p->y, singular);
    }
    ASSAY_TRY(finish(&p->group[k], &d, p));
  }
done:
  assay_free(d.e);
  assay_free(d.p);
  return rc;
}

/* h[j] = e[j] (vol[j] + w[j] h[j-1]): the G of r = 1. w[j] = 1 + e[j-1] w[j-1], or the volume up to
 * j: sum f = s sum w G. */
static int make_means(struct assay_poisson *p)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(&p->h, (size_t)p->ny, "poisson"));
  ASSAY_TRY(ASSAY_NEW(&p->w, (size_t)p->ny, "poisson"));
  for (int j = 0; j < p->ny; j++) {
    p->total += p->volume[j];
    p->h[j] = p->periodic ? 0.5 * (j + 1) : j + 1;
    p->w[j] = p->periodic ? 0.5 * (j + 2) : j + 1;
    if (!p->vol) continue;
    p->h[j] = j < p->ny - 1 ? p->total / p->link_y[j + 1] : 0;
    p->w[j] = p->total;
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

/* the operator's volumes and links; outer faces with a value have twice the link, with a slope none
 */
static int make_links(struct assay_poisson *p, const struct assay_poisson_lines *l, double dy)
{
  int rc = ASSAY_OK;
  const struct condition *y = &conditions[p->y];
  const int n = p->ny;
  p->link_x = 1 / (l->dx * l->dx);
  ASSAY_TRY(ASSAY_NEW(&p->volume, (size_t)n, "poisson"));
  ASSAY_TRY(ASSAY_NEW(&p->link_y, (size_t)n + 1, "poisson"));
  for (int j = 0; j < n; j++) p->volume[j] = l->vol ? l->vol[j] : 1;
  for (int j = 0; j <= n; j++) p->link_y[j] = l->w ? l->w[j] : 1 / (dy * dy);
  p->link_y[0] *= 1 + y->first;
  p->link_y[n] *= 1 + y->last;
done:
  return rc;
}

/* and what kernels read of them */
static int make_rows(struct assay_poisson *p, const double *extra)
{
  int rc = ASSAY_OK;
  const size_t n = (size_t)p->ny, rows = (size_t)p->blocks * ROWS;
  ASSAY_TRY(ASSAY_NEW(&p->vol, 3 * rows, "poisson"));
  p->lo = p->vol + rows;
  p->hi = p->lo + rows;
  memcpy(p->vol, p->volume, n * sizeof *p->vol);
  memcpy(p->lo + 1, p->link_y + 1, (n - 1) * sizeof *p->lo);
  memcpy(p->hi, p->link_y + 1, (n - 1) * sizeof *p->hi);
  if (!extra) goto done;
  ASSAY_TRY(ASSAY_NEW(&p->extra, n, "poisson"));
  memcpy(p->extra, extra, n * sizeof *extra);
done:
  return rc;
}

static int is_singular(const struct assay_poisson *p)
{
  int zero = conditions[p->x].constant && p->shift == 0;
  if (!p->vol) return zero && conditions[p->y].constant;
  for (int j = 0; p->extra && j < p->ny; j++) zero = zero && p->extra[j] == 0;
  return zero && p->link_y[0] == 0 && p->link_y[p->ny] == 0;
}

/* dy > 0: a uniform grid, the arrays are NULL */
static int create(struct assay_poisson **out, const struct assay_poisson_lines *l, double dy)
{
  int rc = ASSAY_OK;
  struct assay_poisson *p = NULL;
  *out = NULL;
  ASSAY_CHECK(l->nx >= 1 && l->ny >= 1, ASSAY_EARG, "poisson: %d x %d cells", l->nx, l->ny);
  ASSAY_CHECK(l->dx > 0 && dy >= 0, ASSAY_EARG, "poisson: cells of %g x %g", l->dx, dy);
  ASSAY_CHECK(l->shift >= 0, ASSAY_EARG, "helmholtz: shift %g is negative", l->shift);
  ASSAY_TRY(ASSAY_NEW(&p, 1, "poisson"));
  ASSAY_TRY(assay_dct_create_kind(&p->dct, l->nx, conditions[l->x].kind));
  p->isa = p->dct->isa;
  p->nx = l->nx;
  p->ny = l->ny;
  p->x = l->x;
  p->y = l->y;
  p->shift = l->shift;
  p->groups = (p->nx + ROWS - 1) / ROWS;
  p->blocks = (p->ny + ROWS - 1) / ROWS;
  p->periodic = l->y == ASSAY_BC_PERIODIC;
  p->in_phi = p->nx % ROWS == 0 && p->ny % ROWS == 0;
  ASSAY_TRY(make_links(p, l, dy));
  if (l->vol) ASSAY_TRY(make_rows(p, l->extra));
  p->singular = is_singular(p);
  if (conditions[l->x].sign) ASSAY_TRY(make_signs(p));
  if (p->singular) ASSAY_TRY(make_means(p));
  ASSAY_TRY(make_groups(p, l->dx * l->dx, l->vol ? 1 : dy * dy));
  *out = p;
done:
  if (rc < 0) assay_poisson_destroy(p);
  return rc;
}

int assay_helmholtz_create(struct assay_poisson **out, int nx, int ny, double dx, double dy,
                           enum assay_bc x, enum assay_bc y, double shift)
{
  int rc = ASSAY_OK;
  const struct assay_poisson_lines l = {
      .nx = nx, .ny = ny, .dx = dx, .x = x, .y = y, .shift = shift};
  *out = NULL;
  ASSAY_CHECK(dy > 0, ASSAY_EARG, "poisson: cells of %g x %g", dx, dy);
  ASSAY_TRY(create(out, &l, dy));
done:
  return rc;
}

int assay_poisson_lines_create(struct assay_poisson **out, const struct assay_poisson_lines *l)
{
  int rc = ASSAY_OK;
  *out = NULL;
  ASSAY_CHECK(l->y != ASSAY_BC_PERIODIC, ASSAY_EUNSUPPORTED,
              "poisson: rows of any height are not solved with periodic sides");
  for (int j = 0; j < l->ny; j++) {
    ASSAY_CHECK(l->vol[j] > 0, ASSAY_EARG, "poisson: volume %g of row %d", l->vol[j], j);
    ASSAY_CHECK(!l->extra || l->extra[j] >= 0, ASSAY_EARG, "poisson: extra %g of row %d",
                l->extra[j], j);
  }
  for (int j = 0; j <= l->ny; j++)
    ASSAY_CHECK(l->w[j] >= 0 && (l->w[j] > 0 || j == 0 || j == l->ny), ASSAY_EARG,
                "poisson: w = %g below row %d", l->w[j], j);
  ASSAY_TRY(create(out, l, 0));
done:
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
  assay_free(p->vol);
  assay_free(p->volume);
  assay_free(p->link_y);
  assay_free(p->extra);
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
  const struct assay_poisson_kernels *kernels = ASSAY_ISA_PICK(assay_poisson_kernels, p->isa);
  kernels->up(p, phi, rhs, (struct assay_poisson_blocks){0, NULL}, NULL, work);
  kernels->down(p, phi, work);
}
