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
 * any more, and stays there: with every step the velocity walks one row down the memory. */
#include "core/flow/mac_batch_kernels.h"

#include "core/num/choose_lanes.h"

#define POISSON ASSAY_ISA_NAME(assay_poisson_lanes_kernels)

struct numbers {
  vec ix, iy, nu_xx, nu_yy, centre, cx, cy, now, before;
  vec half, two, sixth, minus; /* in memory, lest 2 a become a + a: additions are what is scarce */
};

/* The limiter of mac_kernels.c between values w and e in the flow c: d = e - w, and the differences
 * before and behind that one. */
INLINE vec limited_flux(vec c, vec w, vec e, vec before, vec d, vec behind, const struct numbers *q)
{
  const vec zero = {0}, sign = vec_sign(d), size = vec_abs(d);
  const struct vec_side side = vec_side_of(c);
  const vec r = vec_flip(vec_choose(side, before, behind), sign);
  const vec slope = vec_most(zero, vec_least(r, vec_least((r + q->two * size) * q->sixth, size)));
  const vec up = vec_flip(sign, vec_choose(side, zero, q->minus));
  return c * (vec_choose(side, w, e) + vec_flip(slope, up));
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

INLINE vec number(const struct assay_mac_lanes *s, enum mac_lane_number k)
{
  return vec_load(s->number + (ptrdiff_t)k * VL);
}

/* A value and its neighbours. */
struct cross {
  vec c, e, w, n, s;
};

/* w_out = w + now h - before h_old,  h = nu lap w - conv */
INLINE void update(vec *out, vec *h_row, int i, const struct cross *x, vec ew, vec ns, vec conv,
                   const struct numbers *q)
{
  const vec h = q->nu_xx * ew + q->nu_yy * ns - q->centre * x->c - conv;
  out[i] = x->c + q->now * h - q->before * h_row[i];
  h_row[i] = h;
}

/* u at face i: fluxes through the corners below and above and, limited, through the sides. */
INLINE void u_face(const struct row *r, int i, const struct cross *x, vec below, vec above,
                   vec west, vec east, const struct numbers *q, const int limited)
{
  const vec ew = x->e + x->w, ns = x->n + x->s;
  const vec fx = limited ? east - west : (x->e - x->w) * (ew + q->two * x->c);
  update(r->u_out, r->hu, i, x, ew, ns, q->cx * fx + q->cy * (above - below), q);
}

INLINE void v_face(const struct row *r, int i, const struct cross *x, vec left, vec right,
                   vec under, vec over, const struct numbers *q, const int limited)
{
  const vec ew = x->e + x->w, ns = x->n + x->s;
  const vec fy = limited ? over - under : (x->n - x->s) * (ns + q->two * x->c);
  update(r->v_out, r->hv, i, x, ew, ns, q->cy * fy + q->cx * (right - left), q);
}

/* Values that the step from one cell to the next hands on: crosses of u at face i+1 and of v in
 * cell i, and fluxes at their western sides. */
struct hand {
  struct cross u, v;
  vec below, west, left;
  vec du, du_next, dv, dv_next; /* limited: differences of u and v along x */
};

/* Corner i+1 above: u from this row to the next. */
INLINE vec corner_above(const struct row *r, int i, const struct hand *a, vec v_east,
                        const struct numbers *q, const int limited)
{
  if (!limited) return (a->u.c + a->u.n) * (a->v.n + v_east);
  return limited_flux(q->half * (a->v.n + v_east), a->u.c, a->u.n, a->u.c - a->u.s, a->u.n - a->u.c,
                      r->u[i + 1 + 2 * r->st] - a->u.n, q);
}

INLINE vec v_above(const struct row *r, int i, const struct hand *a, const struct numbers *q)
{
  return limited_flux(q->half * (a->v.c + a->v.n), a->v.c, a->v.n, a->v.c - a->v.s, a->v.n - a->v.c,
                      r->v[i + 2 * r->st] - a->v.n, q);
}

/* v in cell i and u at face i+1. lowest: v lies in the wall. last: so does u. */
INLINE void sweep_cell(const struct row *r, int i, struct hand *a, const struct numbers *q,
                       const int limited, const int lowest, const int last)
{
  const vec *u = r->u, *v = r->v;
  const ptrdiff_t st = r->st;
  vec right = {0}, over = {0}, under = {0}, east = {0};
  const vec v_east = v[i + 1 + st], next_below = r->corner[i + 1];
  a->u.n = u[i + 1 + st], a->u.s = u[i + 1 - st], a->u.e = u[i + 2];
  a->v.s = v[i - st], a->v.e = v[i + 1];
  const vec above = corner_above(r, i, a, v_east, q, limited);
  if (limited) {
    over = v_above(r, i, a, q);
    under = r->under[i];
    r->under[i] = over;
  }
  if (limited && !lowest) {
    const vec d = v[i + 2] - a->v.e;
    right = limited_flux(q->half * (a->u.s + a->u.c), a->v.c, a->v.e, a->dv, a->dv_next, d, q);
    a->dv = a->dv_next, a->dv_next = d;
  }
  if (limited && !last) {
    const vec d = u[i + 3] - a->u.e;
    east = limited_flux(q->half * (a->u.c + a->u.e), a->u.c, a->u.e, a->du, a->du_next, d, q);
    a->du = a->du_next, a->du_next = d;
  }
  if (lowest)
    r->v_out[i] = a->v.c;
  else
    v_face(r, i, &a->v, limited ? a->left : a->below, limited ? right : next_below, under, over, q,
           limited);
  if (!last) u_face(r, i + 1, &a->u, next_below, above, a->west, east, q, limited);
  r->corner[i + 1] = above;
  a->below = next_below, a->west = east, a->left = right;
  a->u.w = a->u.c, a->u.c = a->u.e;
  a->v.w = a->v.c, a->v.c = a->v.e, a->v.n = v_east;
}

/* What lies west of the first cell. */
INLINE struct hand start_row(const struct row *r, const struct numbers *q, const int limited)
{
  const vec *u = r->u, *v = r->v;
  const ptrdiff_t st = r->st;
  struct hand a = {.u = {.w = u[0], .c = u[1]}, .v = {.w = v[-1], .c = v[0], .n = v[st]}};
  a.below = r->corner[0];
  r->corner[0] = (u[0] + u[st]) * (v[-1 + st] + v[st]); /* limited: nothing needs it */
  if (!limited) return a;
  a.du = u[1] - u[0], a.du_next = u[2] - u[1];
  a.dv = v[0] - v[-1], a.dv_next = v[1] - v[0];
  a.west = limited_flux(q->half * (u[0] + u[1]), u[0], u[1], u[0] - u[-1], a.du, a.du_next, q);
  a.left = limited_flux(q->half * (u[-st] + u[0]), v[-1], v[0], v[-1] - v[-2], a.dv, a.dv_next, q);
  return a;
}

/* Both components of a row; lowest: the first one. */
INLINE void sweep_row(const struct row *r, int nx, const struct numbers *q, const int limited,
                      const int lowest)
{
  struct hand a = start_row(r, q, limited);
  r->u_out[0] = r->u[0];
  for (int i = 0; i < nx - 1; i++) sweep_cell(r, i, &a, q, limited, lowest, 0);
  const vec wall = r->u[nx];
  sweep_cell(r, nx - 1, &a, q, limited, lowest, 1);
  r->u_out[nx] = wall;
}

INLINE void divergence_row(vec *restrict div, const vec *u, const vec *south, const vec *north,
                           int nx, vec ix, vec iy)
{
  for (int i = 0; i < nx; i++) div[i] = ix * (u[i + 1] - u[i]) + iy * (north[i] - south[i]);
}

/* Fluxes through the bottom wall, where v is zero. */
INLINE void start_rows(const struct row *first, int nx, const struct numbers *q, const int limited)
{
  const vec *u = first->u, *v = first->v;
  const ptrdiff_t st = first->st;
  for (int i = 0; i <= nx; i++) {
    const vec c = v[i - 1] + v[i], s = u[i - st], n = u[i];
    first->corner[i] =
        limited ? limited_flux(q->half * c, s, n, s - u[i - 2 * st], n - s, u[i + st] - n, q)
                : (s + n) * c;
  }
}

INLINE struct numbers numbers(const struct assay_mac_lanes *s)
{
  return (struct numbers){number(s, MAC_IX),    number(s, MAC_IY),     number(s, MAC_NU_XX),
                          number(s, MAC_NU_YY), number(s, MAC_CENTRE), number(s, MAC_CX),
                          number(s, MAC_CY),    number(s, MAC_NOW),    number(s, MAC_BEFORE),
                          number(s, MAC_HALF),  number(s, MAC_TWO),    number(s, MAC_SIXTH),
                          number(s, MAC_MINUS)};
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
  start_rows(&r, nx, &q, limited);
  sweep_row(&r, nx, &q, limited, 1);
  for (int j = 1; j < ny; j++) {
    r.u += st, r.v += st, r.hu += st, r.hv += st, r.u_out += st, r.v_out += st;
    sweep_row(&r, nx, &q, limited, 0);
    divergence_row(div, r.u_out - st, r.v_out - st, r.v_out, nx, q.ix, q.iy);
    POISSON.up(s->poisson, s->g, j - 1, (const double *)div, s->work);
  }
  vec *ceiling = r.v_out + st;
  for (int i = -2; i < nx + 2; i++) ceiling[i] = ceiling[i + st];
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

/* The new velocity, one row below the old one. */
struct field {
  vec *u, *v;
  ptrdiff_t st;
};

INLINE struct field new_field(const struct assay_mac_lanes *s)
{
  const ptrdiff_t st = s->stride / VL;
  return (struct field){(vec *)s->u - st, (vec *)s->v - st, st};
}

/* Rows beyond bottom and top, with their halo columns. */
INLINE void close_rows(const struct assay_mac_lanes *s, struct field w)
{
  const int nx = s->nx, ny = s->ny;
  const vec bottom = number(s, MAC_BOTTOM), top = number(s, MAC_TOP);
  vec *u = w.u, *v = w.v;
  for (ptrdiff_t k = 1; k <= 2; k++) {
    for (int i = -2; i <= nx + 2; i++) {
      u[i - k * w.st] = -1 * u[i + (k - 1) * w.st] + bottom;
      u[i + (ny - 1 + k) * w.st] = -1 * u[i + (ny - k) * w.st] + top;
    }
    for (int i = -2; i < nx + 2; i++) {
      v[i - k * w.st] = 2 * v[i] - v[i + k * w.st];
      v[i + (ny + k) * w.st] = 2 * v[i + ny * w.st] - v[i + (ny - k) * w.st];
    }
  }
}

/* A row of u, and of v unless that is the bottom wall; phi of this row and of the one below. From
 * the end, as the rows are: so memory is one stream. */
INLINE vec project_row(vec *u, vec *v, int nx, const vec *phi, const vec *south, vec ix, vec iy,
                       vec rate, const int bottom)
{
  vec here = phi[nx - 1];
  for (int i = nx - 1; i >= 0; i--) {
    vec new_u = u[i], new_v = v[i];
    if (!bottom) v[i] = new_v = new_v - iy * (here - south[i]);
    if (i > 0) {
      const vec west = phi[i - 1];
      u[i] = new_u = new_u - ix * (here - west);
      here = west;
    }
    rate = vec_most(vec_abs(new_u) * ix + vec_abs(new_v) * iy, rate);
  }
  return rate;
}

/* Second pass: pressure, row by row, and the velocity that is free of divergence. */
static void pass_down(const struct assay_mac_lanes *s)
{
  const int nx = s->nx, ny = s->ny;
  const struct field w = new_field(s);
  const vec ix = number(s, MAC_IX), iy = number(s, MAC_IY);
  const vec left = number(s, MAC_LEFT), right = number(s, MAC_RIGHT);
  vec *phi = (vec *)s->rows, *south = phi + nx + 2, rate = {0};
  POISSON.turn(s->poisson, s->g, s->carry);
  POISSON.down(s->poisson, (double *)phi, s->g, ny - 1, s->carry, s->work);
  for (int j = ny - 1; j >= 0; j--) {
    vec *u = w.u + j * w.st, *v = w.v + j * w.st;
    if (j > 0) {
      POISSON.down(s->poisson, (double *)south, s->g, j - 1, s->carry, s->work);
      rate = project_row(u, v, nx, phi, south, ix, iy, rate, 0);
    } else {
      rate = project_row(u, v, nx, phi, NULL, ix, iy, rate, 1);
    }
    close_u_row(u, nx);
    close_v_row(v, nx, left, right);
    vec *t = south;
    south = phi, phi = t;
  }
  close_rows(s, w);
  vec_store(s->rate, rate);
}

static void up_central(const struct assay_mac_lanes *s)
{
  pass_up(s, 0);
}

static void up_limited(const struct assay_mac_lanes *s)
{
  pass_up(s, 1);
}

const struct assay_mac_batch_kernels ASSAY_ISA_NAME(assay_mac_batch_kernels) = {
    .vl = VL,
    .up_central = up_central,
    .up_limited = up_limited,
    .down = pass_down,
};
