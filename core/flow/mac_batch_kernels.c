/* Explicit step of several cases in vector lanes; the equations are those of mac_kernels.c, in the
 * same order. What a case alone needs several passes and transpositions for takes two passes here,
 * since neighbours along x are neighbouring vectors:
 *
 *   up the rows     fluxes, both components, divergence of the row below, its cosine transform,
 *                   and the first half of the tridiagonal elimination along y;
 *   down the rows   the second half, the transform back, projection, Courant number, walls.
 *
 * A row stays in the cache from one stage to the next, and neither divergence nor pressure is ever
 * stored as a field. Eight cases of 64^2 cells are 256 KiB a field: the velocity is therefore
 * updated in place. Row j of the new one goes where row j-1 of the old one was, which nothing needs
 * any more, and the way down puts it right. */
#include "core/flow/mac_batch_kernels.h"

#include "core/num/choose_lanes.h"

#define POISSON ASSAY_ISA_NAME(assay_poisson_lanes_kernels)

/* Koren's slope times two for upwind difference a and downwind difference b. */
INLINE vec koren(vec a, vec b)
{
  const vec zero = {0}, a2 = 2 * a, b2 = 2 * b, third = (a + b2) * (1.0 / 3.0);
  return vec_most(zero, vec_least(a2, vec_least(third, b2))) +
         vec_least(zero, vec_most(a2, vec_most(third, b2)));
}

/* Flux of q between w and e in the flow c; ww and ee are the next ones outwards. */
INLINE vec limited_flux(vec c, vec ww, vec w, vec e, vec ee)
{
  const struct vec_side side = vec_side_of(c);
  const vec here = vec_choose(side, w, e), down = vec_choose(side, e, w),
            up = vec_choose(side, ww, ee);
  return c * (here + 0.5 * koren(here - up, down - here));
}

/* What one row needs: rows of the present level, of the right-hand side and of the result, and the
 * fluxes between this row and the one below, which are replaced by those above. */
struct row {
  const vec *u, *v;
  vec *hu, *hv, *u_out, *v_out;
  vec *corner; /* [nx+1] of u through horizontal sides; central: four times that, also of v */
  vec *under;  /* [nx] of v through horizontal sides; limited only */
  ptrdiff_t st;
};

struct numbers {
  vec ix, iy, nu_xx, nu_yy, centre, cx, cy, now, before;
};

INLINE vec number(const struct assay_mac_lanes *s, enum mac_lane_number k)
{
  return vec_load(s->number + (ptrdiff_t)k * VL);
}

INLINE struct numbers numbers(const struct assay_mac_lanes *s)
{
  return (struct numbers){number(s, MAC_IX),    number(s, MAC_IY),     number(s, MAC_NU_XX),
                          number(s, MAC_NU_YY), number(s, MAC_CENTRE), number(s, MAC_CX),
                          number(s, MAC_CY),    number(s, MAC_NOW),    number(s, MAC_BEFORE)};
}

/* u + now h - before h_old */
INLINE void update(vec *out, vec *h_row, int i, vec c, vec lap, vec conv, const struct numbers *q)
{
  const vec h = lap - conv;
  out[i] = c + q->now * h - q->before * h_row[i];
  h_row[i] = h;
}

/* nu lap of a field w at element i, with sums of its neighbours at hand */
INLINE vec laplacian(vec ew, vec ns, vec c, const struct numbers *q)
{
  return q->nu_xx * ew + q->nu_yy * ns - q->centre * c;
}

/* Corner i above the row. */
INLINE vec corner(const struct row *r, int i, const int limited)
{
  const vec *u = r->u, *v = r->v + r->st;
  const ptrdiff_t st = r->st;
  if (limited)
    return limited_flux(0.5 * (v[i - 1] + v[i]), u[i - st], u[i], u[i + st], u[i + 2 * st]);
  return (u[i] + u[i + st]) * (v[i - 1] + v[i]);
}

INLINE vec u_right(const struct row *r, int i)
{
  const vec *u = r->u;
  return limited_flux(0.5 * (u[i] + u[i + 1]), u[i - 1], u[i], u[i + 1], u[i + 2]);
}

INLINE vec v_left(const struct row *r, int i)
{
  const vec *u = r->u, *v = r->v;
  return limited_flux(0.5 * (u[i - r->st] + u[i]), v[i - 2], v[i - 1], v[i], v[i + 1]);
}

INLINE vec v_above(const struct row *r, int i)
{
  const vec *v = r->v;
  const ptrdiff_t st = r->st;
  return limited_flux(0.5 * (v[i] + v[i + st]), v[i - st], v[i], v[i + st], v[i + 2 * st]);
}

/* u at face i: fluxes through the corners below and above and, limited, through the sides. */
INLINE void u_face(const struct row *r, int i, vec below, vec above, vec west, vec east,
                   const struct numbers *q, const int limited)
{
  const vec *u = r->u;
  const ptrdiff_t st = r->st;
  const vec c = u[i], ew = u[i + 1] + u[i - 1], ns = u[i + st] + u[i - st];
  const vec fx = limited ? east - west : (u[i + 1] - u[i - 1]) * (ew + 2 * c);
  const vec conv = q->cx * fx + q->cy * (above - below);
  update(r->u_out, r->hu, i, c, laplacian(ew, ns, c, q), conv, q);
}

INLINE void v_face(const struct row *r, int i, vec left, vec right, vec under, vec over,
                   const struct numbers *q, const int limited)
{
  const vec *v = r->v;
  const ptrdiff_t st = r->st;
  const vec c = v[i], ew = v[i + 1] + v[i - 1], ns = v[i + st] + v[i - st];
  const vec fy = limited ? over - under : (v[i + st] - v[i - st]) * (ns + 2 * c);
  const vec conv = q->cy * fy + q->cx * (right - left);
  update(r->v_out, r->hv, i, c, laplacian(ew, ns, c, q), conv, q);
}

/* Both components of a row; lowest: that of the wall, where v stays. */
INLINE void sweep_row(const struct row *r, int nx, const struct numbers *q, const int limited,
                      const int lowest)
{
  vec below = r->corner[0], west = {0}, left = {0};
  if (limited) west = u_right(r, 0);
  if (limited && !lowest) left = v_left(r, 0);
  r->u_out[0] = r->u[0];
  r->corner[0] = corner(r, 0, limited);
  for (int i = 0; i < nx; i++) {
    vec east = {0}, right = {0}, over = {0}, under = {0};
    const vec next_below = r->corner[i + 1], above = corner(r, i + 1, limited);
    if (limited) over = v_above(r, i);
    if (limited && i + 1 < nx) east = u_right(r, i + 1);
    if (!lowest) {
      if (limited) right = v_left(r, i + 1), under = r->under[i];
      v_face(r, i, limited ? left : below, limited ? right : next_below, under, over, q, limited);
    } else {
      r->v_out[i] = r->v[i];
    }
    if (limited) r->under[i] = over;
    if (i + 1 < nx) u_face(r, i + 1, next_below, above, west, east, q, limited);
    r->corner[i + 1] = above;
    below = next_below, west = east, left = right;
  }
  r->u_out[nx] = r->u[nx];
}

INLINE void divergence_row(vec *restrict div, const vec *u, const vec *south, const vec *north,
                           int nx, vec ix, vec iy)
{
  for (int i = 0; i < nx; i++) div[i] = ix * (u[i + 1] - u[i]) + iy * (north[i] - south[i]);
}

/* Fluxes through the bottom wall, for the first row. */
INLINE void start_rows(const struct row *first, int nx, const int limited)
{
  const struct row below = {.u = first->u - first->st, .v = first->v - first->st, .st = first->st};
  for (int i = 0; i <= nx; i++) first->corner[i] = corner(&below, i, limited);
}

/* First pass: velocity without pressure, one row too low, and G. */
INLINE void pass_up(const struct assay_mac_lanes *s, const int limited)
{
  const int nx = s->nx, ny = s->ny;
  const ptrdiff_t st = s->stride / VL;
  const struct numbers q = numbers(s);
  vec *u = (vec *)s->u, *v = (vec *)s->v, *rows = (vec *)s->rows;
  vec *div = rows + 2 * (nx + 2);
  struct row r = {u, v, (vec *)s->hu, (vec *)s->hv, u - st, v - st, rows, rows + nx + 2, st};
  start_rows(&r, nx, limited);
  sweep_row(&r, nx, &q, limited, 1);
  for (int j = 1; j < ny; j++) {
    r.u += st, r.v += st, r.hu += st, r.hv += st, r.u_out += st, r.v_out += st;
    sweep_row(&r, nx, &q, limited, 0);
    divergence_row(div, r.u_out - st, r.v_out - st, r.v_out, nx, q.ix, q.iy);
    POISSON.up(s->poisson, s->g, j - 1, (const double *)div, s->work);
  }
  vec *ceiling = r.v_out + st;
  for (int i = 0; i < nx; i++) ceiling[i] = ceiling[i + st];
  divergence_row(div, r.u_out, r.v_out, ceiling, nx, q.ix, q.iy);
  POISSON.up(s->poisson, s->g, ny - 1, (const double *)div, s->work);
}

/* Columns beyond the side walls: normal velocity odd, tangential one with the wall's as mean. */
INLINE void close_u_row(vec *row, int n)
{
  for (int k = 1; k <= 2; k++) {
    row[-k] = 2 * row[0] - row[k];
    row[n + k] = 2 * row[n] - row[n - k];
  }
}

INLINE void close_v_row(vec *row, int n, vec left, vec right)
{
  for (int k = 1; k <= 2; k++) {
    row[-k] = -1 * row[k - 1] + left;
    row[n - 1 + k] = -1 * row[n - k] + right;
  }
}

/* Rows beyond bottom and top, with their halo columns. */
INLINE void close_rows(const struct assay_mac_lanes *s)
{
  const int nx = s->nx, ny = s->ny;
  const ptrdiff_t st = s->stride / VL;
  vec *u = (vec *)s->u, *v = (vec *)s->v;
  const vec bottom = number(s, MAC_BOTTOM), top = number(s, MAC_TOP);
  for (ptrdiff_t k = 1; k <= 2; k++) {
    for (int i = -2; i <= nx + 2; i++) {
      u[i - k * st] = -1 * u[i + (k - 1) * st] + bottom;
      u[i + (ny - 1 + k) * st] = -1 * u[i + (ny - k) * st] + top;
    }
    for (int i = -2; i < nx + 2; i++) {
      v[i - k * st] = 2 * v[i] - v[i + k * st];
      v[i + (ny + k) * st] = 2 * v[i + ny * st] - v[i + (ny - k) * st];
    }
  }
}

/* Row j of u and of v above, from where the way up left them; phi of this row and of that above.
 * Rates are complete one row higher. */
INLINE vec project_row(const struct assay_mac_lanes *s, int j, const vec *phi, const vec *north,
                       vec ix, vec iy, vec rate)
{
  const int nx = s->nx;
  const ptrdiff_t st = s->stride / VL;
  vec *u = (vec *)s->u + j * st, *v = (vec *)s->v + (j + 1) * st;
  u[0] = u[-st];
  v[0] = v[-st] - iy * (north[0] - phi[0]);
  rate = vec_most(vec_abs(u[st]) * ix + vec_abs(v[0]) * iy, rate);
  for (int i = 1; i < nx; i++) {
    u[i] = u[i - st] - ix * (phi[i] - phi[i - 1]);
    v[i] = v[i - st] - iy * (north[i] - phi[i]);
    rate = vec_most(vec_abs(u[i + st]) * ix + vec_abs(v[i]) * iy, rate);
  }
  u[nx] = u[nx - st];
  return rate;
}

/* The uppermost row has no v above it that moves. */
INLINE void project_top_row(const struct assay_mac_lanes *s, const vec *phi, vec ix)
{
  const ptrdiff_t st = s->stride / VL;
  vec *u = (vec *)s->u + (s->ny - 1) * st;
  u[0] = u[-st];
  for (int i = 1; i < s->nx; i++) u[i] = u[i - st] - ix * (phi[i] - phi[i - 1]);
  u[s->nx] = u[s->nx - st];
}

/* Second pass: pressure, row by row, and the velocity that is free of divergence. */
static void pass_down(const struct assay_mac_lanes *s)
{
  const int nx = s->nx, ny = s->ny;
  const ptrdiff_t st = s->stride / VL;
  const vec ix = number(s, MAC_IX), iy = number(s, MAC_IY);
  const vec left = number(s, MAC_LEFT), right = number(s, MAC_RIGHT);
  vec *u = (vec *)s->u, *v = (vec *)s->v, *rows = (vec *)s->rows;
  vec *phi = rows, *north = rows + nx + 2, rate = {0};
  const vec *floor = v - st; /* of the bottom wall, one row too low */
  POISSON.turn(s->poisson, s->g, s->carry);
  POISSON.down(s->poisson, (double *)phi, s->g, ny - 1, s->carry, s->work);
  project_top_row(s, phi, ix);
  close_u_row(u + (ny - 1) * st, nx);
  for (int j = ny - 2; j >= 0; j--) {
    vec *t = north;
    north = phi, phi = t;
    POISSON.down(s->poisson, (double *)phi, s->g, j, s->carry, s->work);
    rate = project_row(s, j, phi, north, ix, iy, rate);
    close_u_row(u + j * st, nx);
    close_v_row(v + (j + 1) * st, nx, left, right);
  }
  for (int i = 0; i < nx; i++) {
    v[i] = floor[i];
    rate = vec_most(vec_abs(u[i]) * ix + vec_abs(v[i]) * iy, rate);
  }
  close_v_row(v, nx, left, right);
  close_rows(s);
  vec_store(s->rate, rate);
}

static void step_central(const struct assay_mac_lanes *s)
{
  pass_up(s, 0);
  pass_down(s);
}

static void step_limited(const struct assay_mac_lanes *s)
{
  pass_up(s, 1);
  pass_down(s);
}

const struct assay_mac_batch_kernels ASSAY_ISA_NAME(assay_mac_batch_kernels) = {
    .vl = VL,
    .step_central = step_central,
    .step_limited = step_limited,
};
