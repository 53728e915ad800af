/* Kernels of the two-phase solver, compiled once per instruction set. On the control volume of a
 * face, which is half of each neighbouring cell, with the mass fluxes M of the step through its
 * sides (means of those through the neighbouring cell faces),
 *
 *   rho_new u* = rho u - sum M u_f   and   rho_new = rho - sum M,   hence
 *   u* - u = - sum M (u_f - u) / rho_new,
 *
 * which keeps a uniform velocity at any ratio of densities. u_f is the carried velocity,
 *
 *   u_f = C + 1/2 (1 - n) L(C - U, D - C),
 *
 * U, C, D the values two upwind, upwind and downwind, L the limited slope of Koren (1993).
 * Away from the interface they are those at t + dt/2 and n = 0: second order in time whatever else
 * accelerates the fluid. Where one of the 3 x 3 cells around holds both fluids they are those at t
 * and n = |M| / m_C, m_C the mass of the control volume upwind: a step of a total-variation
 * diminishing scheme, so that what leaves a control volume has no other velocity than what is left.
 *
 * Stresses: normal ones in the cells, shear at the corners. Viscosities mix harmonically, in a cell
 * by the fractions and at a corner over the four cells, as in layers under the same shear stress;
 * the arithmetic mean lets a viscous liquid tear at the light fluid next to it. At a wall the
 * difference spans half a cell and, with slip length l, l more: factor dy / (dy/2 + l).
 *
 * Axisymmetric: M holds the factor r, fluxes through sides weigh with their r, and v, which points
 * away from the axis, feels the hoop stress 2 mu v / r^2. */
#include "core/flow/twophase_kernels.h"

#include <math.h>

#include "core/flow/twophase_lines.h"

enum { MARGIN = 8 };

static const double mixed_above = 1e-6; /* fraction */

static inline double least(double a, double b)
{
  return a < b ? a : b;
}

static inline double most(double a, double b)
{
  return a > b ? a : b;
}

/* Koren's slope times two for upwind difference a and downwind difference b. */
static inline double koren(double a, double b)
{
  const double third = (a + 2 * b) * (1.0 / 3.0), a2 = 2 * a, b2 = 2 * b;
  return most(0, least(a2, least(third, b2))) + least(0, most(a2, most(third, b2)));
}

/* Momentum through a side between w and e: mass m, per_w and per_e one over the mass of the control
 * volumes beside it, pure 1 or 0. */
static inline double carry(double m, double ww, double w, double e, double ee, double per_w,
                           double per_e, double pure)
{
  const double here = m >= 0 ? w : e, down = m >= 0 ? e : w, up = m >= 0 ? ww : ee;
  const double share = least(1, fabs(m) * (m >= 0 ? per_w : per_e));
  return m * (here + (0.5 - 0.5 * (1 - pure) * share) * koren(here - up, down - here));
}

/* ---- before the step ----------------------------------------------------------------------- */

static inline void extrapolate_row(const struct assay_twophase_sweep *s, ptrdiff_t row, int n,
                                   const double *now, const double *old, ptrdiff_t back,
                                   double *restrict half, double *restrict ahead,
                                   double *restrict lag)
{
  const double *pure = s->pure + row, reach = s->reach;
#pragma omp simd
  for (int i = 0; i < n; i++) {
    const double u = now[row + i], d = reach * (u - old[row + i]);
    const double q = pure[i] * pure[i - back] * d;
    half[row + i] = u + d;
    ahead[row + i] = u + q;
    lag[row + i] = u - q;
  }
}

static void extrapolate(const struct assay_twophase_sweep *s)
{
  for (int j = 0; j <= s->ny; j++) {
    const ptrdiff_t row = j * s->stride;
    if (j < s->ny)
      extrapolate_row(s, row, s->nx + 1, s->now.u, s->old.u, 1, s->half.u, s->ahead.u, s->lag.u);
    extrapolate_row(s, row, s->nx, s->now.v, s->old.v, s->stride, s->half.v, s->ahead.v, s->lag.v);
  }
}

/* ---- the mixture ---------------------------------------------------------------------------- */

/* Cells first .. end - 1 of a row: the extremes of three rows; then the mixture, whether pure. */
static inline void extremes(const struct assay_twophase_sweep *s, const double *c,
                            double *restrict lo, double *restrict hi, int first, int end)
{
  const double *below = c - s->stride, *above = c + s->stride;
#pragma omp simd
  for (int i = first; i < end; i++) {
    lo[i] = least(c[i], least(below[i], above[i]));
    hi[i] = most(c[i], most(below[i], above[i]));
  }
}

static inline void mix(const struct assay_twophase_sweep *s, ptrdiff_t row, const double *lo,
                       const double *hi, int first, int end)
{
  const double rho = s->density, rho1 = s->density_jump, thin = s->fluidity,
               thin1 = s->fluidity_jump, eps = mixed_above;
  const double *c = s->c + row;
  double *restrict r = s->rho + row, *restrict m = s->mu + row, *restrict f = s->thin + row;
  double *restrict pure = s->pure + row;
#pragma omp simd
  for (int i = first; i < end; i++) {
    const double a = least(lo[i], least(lo[i - 1], lo[i + 1]));
    const double b = most(hi[i], most(hi[i - 1], hi[i + 1]));
    r[i] = rho + rho1 * c[i];
    f[i] = thin + thin1 * c[i];
    m[i] = 1 / f[i];
    pure[i] = b < eps || a > 1 - eps ? 1 : 0;
  }
}

/* Halo cells for themselves, so that vectors of the others lie in lines of the cache. */
static void mixture(const struct assay_twophase_sweep *s)
{
  const ptrdiff_t st = s->stride;
  const int nx = s->nx;
  double *restrict lo = s->rows + MARGIN, *restrict hi = lo + st;
  for (int j = -1; j <= s->ny; j++) {
    const double *c = s->c + j * st;
    extremes(s, c, lo, hi, -2, 0);
    extremes(s, c, lo, hi, 0, nx + 2);
    mix(s, j * st, lo, hi, -1, 0);
    mix(s, j * st, lo, hi, 0, nx + 1);
  }
}

static void faces(const struct assay_twophase_sweep *s)
{
  const ptrdiff_t st = s->stride;
  for (int j = 0; j <= s->ny; j++) {
    const ptrdiff_t row = j * st;
    const double *rho = s->rho + row, *thin = s->thin + row;
    const double here = s->row[j].cell, below = s->row[j - 1].cell;
    const double *mask_u = s->mask.u + row, *mask_v = s->mask.v + row;
    double *restrict light_u = s->light.u + row, *restrict light_v = s->light.v + row;
    const double sum = here + below;
#pragma omp simd
    for (int i = 0; i <= s->nx; i++) {
      light_u[i] = 2 * mask_u[i] / (rho[i - 1] + rho[i]);
      light_v[i] = sum * mask_v[i] / (below * rho[i - st] + here * rho[i]);
    }
    const double *stick_u = s->stick.u + row, *stick_v = s->stick.v + row;
    double *restrict shear_u = s->shear.u + row, *restrict shear_v = s->shear.v + row;
    double *restrict corner = s->corner + row;
#pragma omp simd
    for (int i = 0; i <= s->nx; i++) {
      const double m = 4 / ((thin[i - st - 1] + thin[i - st]) + (thin[i - 1] + thin[i]));
      corner[i] = m;
      shear_u[i] = m * stick_u[i];
      shear_v[i] = m * stick_v[i];
    }
  }
}

static void per_density(const struct assay_twophase_sweep *s, double *bx, double *by)
{
  const ptrdiff_t st = s->stride, nx = s->nx;
  for (int j = 0; j <= s->ny; j++) {
    const double *rho = s->rho + j * st, above = s->row[j].cell, below = s->row[j - 1].cell;
    double *restrict x = bx + j * (nx + 1), *restrict y = by + j * nx;
    if (j < s->ny)
#pragma omp simd
      for (int i = 0; i <= s->nx; i++) x[i] = 2 / (rho[i - 1] + rho[i]);
#pragma omp simd
    for (int i = 0; i < s->nx; i++) y[i] = (above + below) / (below * rho[i - st] + above * rho[i]);
  }
}

static void mass(const struct assay_twophase_sweep *s, const double *fx, const double *fy,
                 ptrdiff_t stride, double per_cell)
{
  const double jump = s->density_jump * per_cell;
  for (int j = 0; j <= s->ny; j++) {
    const ptrdiff_t row = j * s->stride, from = j * stride;
    const double kx = s->density * s->dt * s->inv_dx * s->row[j].cell;
    const double ky = s->density * s->dt * s->inv_dy * s->row[j].face;
    const double *u = s->half.u + row, *v = s->half.v + row;
    double *restrict mx = s->mass.u + row, *restrict my = s->mass.v + row;
    if (j < s->ny)
#pragma omp simd
      for (int i = 0; i <= s->nx; i++) mx[i] = kx * u[i] + jump * fx[from + i];
#pragma omp simd
    for (int i = 0; i < s->nx; i++) my[i] = ky * v[i] + jump * fy[from + i];
  }
}

/* ---- momentum ------------------------------------------------------------------------------- */

/* u through the vertical sides in row j: cells -1..nx. */
static inline void u_right(double *restrict q, const struct assay_twophase_sweep *s, int j)
{
  const ptrdiff_t row = j * s->stride;
  const double *u = s->ahead.u + row, *m = s->mass.u + row, *w = s->light_old.u + row;
  const double *pure = s->pure + row, per = s->row[j].per_cell;
#pragma omp simd
  for (int i = -1; i <= s->nx; i++)
    q[i] = carry(0.5 * (m[i] + m[i + 1]), u[i - 1], u[i], u[i + 1], u[i + 2], per * w[i],
                 per * w[i + 1], pure[i]);
}

/* u through the horizontal sides below row j: corners 0..nx. */
static inline void u_below(double *restrict q, const struct assay_twophase_sweep *s, int j)
{
  const ptrdiff_t st = s->stride, row = j * st;
  const double *u = s->ahead.u + row, *m = s->mass.v + row, *w = s->light_old.u + row;
  const double *pure = s->pure + row;
  const double here = s->row[j].per_cell, below = s->row[j - 1].per_cell;
#pragma omp simd
  for (int i = 0; i <= s->nx; i++)
    q[i] =
        carry(0.5 * (m[i - 1] + m[i]), u[i - 2 * st], u[i - st], u[i], u[i + st], below * w[i - st],
              here * w[i], (pure[i - st - 1] * pure[i - st]) * (pure[i - 1] * pure[i]));
}

/* v through the vertical sides left of its faces in row j: corners 0..nx. */
static inline void v_left(double *restrict q, const struct assay_twophase_sweep *s, int j)
{
  const ptrdiff_t st = s->stride, row = j * st;
  const double *v = s->ahead.v + row, *m = s->mass.u + row, *w = s->light_old.v + row;
  const double *pure = s->pure + row, per = s->row[j].per_face;
#pragma omp simd
  for (int i = 0; i <= s->nx; i++)
    q[i] = carry(0.5 * (m[i - st] + m[i]), v[i - 2], v[i - 1], v[i], v[i + 1], per * w[i - 1],
                 per * w[i], (pure[i - st - 1] * pure[i - st]) * (pure[i - 1] * pure[i]));
}

/* v through the horizontal sides in row j of cells, between faces j and j+1. */
static inline void v_above(double *restrict q, const struct assay_twophase_sweep *s, int j)
{
  const ptrdiff_t st = s->stride, row = j * st;
  const double *v = s->ahead.v + row, *m = s->mass.v + row, *w = s->light_old.v + row;
  const double *pure = s->pure + row;
  const double here = s->row[j].per_face, above = s->row[j + 1].per_face;
#pragma omp simd
  for (int i = 0; i < s->nx; i++)
    q[i] = carry(0.5 * (m[i] + m[i + st]), v[i - st], v[i], v[i + st], v[i + 2 * st], here * w[i],
                 above * w[i + st], pure[i]);
}

/* Shear stress at the corners below row j, divided by the spacing across which the component takes
 * its difference: for u dy, for v dx. The part of the other component is wholly explicit. */
static inline void shear_row(double *restrict tu, double *restrict tv,
                             const struct assay_twophase_sweep *s, int j)
{
  const ptrdiff_t st = s->stride, row = j * st;
  const double *u = s->lag.u + row, *v = s->lag.v + row, *mu = s->corner + row;
  const double *u1 = s->ahead.u + row, *v1 = s->ahead.v + row;
  const double *ku = s->shear.u + row, *kv = s->shear.v + row;
  const double xx = s->inv_dx * s->inv_dx, yy = s->inv_dy * s->inv_dy, xy = s->inv_dx * s->inv_dy;
#pragma omp simd
  for (int i = 0; i <= s->nx; i++) {
    const double du = u[i] - u[i - st], dv = v[i] - v[i - 1];
    tu[i] = yy * ku[i] * du + xy * mu[i] * (v1[i] - v1[i - 1]);
    tv[i] = xx * kv[i] * dv + xy * mu[i] * (u1[i] - u1[i - st]);
  }
}

struct rows {
  double *u_right, *u_below, *u_above, *v_left, *v_under, *v_over;
  double *shear_below, *shear_above, *shear_left, *shear_left_next;
};

static inline void momentum_u(const struct assay_twophase_sweep *s, int j, const struct rows *f)
{
  const ptrdiff_t st = s->stride, row = j * st;
  const double *u = s->now.u + row, *lag = s->lag.u + row, *w = s->light.u + row;
  const double *mx = s->mass.u + row, *my = s->mass.v + row, *mu = s->mu + row, *p = s->p_hat + row;
  const double *mask = s->mask.u + row;
  const double *right = f->u_right, *below = f->u_below, *above = f->u_above;
  const double *t0 = f->shear_below, *t1 = f->shear_above;
  const double xx = 2 * s->inv_dx * s->inv_dx, ix = s->inv_dx, dt = s->dt;
  const double per = s->row[j].per_cell, up = s->row[j].above, down = s->row[j].below;
  const double g = dt * s->gravity[0], force = s->force[0];
  double *restrict out = s->rate.u + row;
#pragma omp simd
  for (int i = 0; i <= s->nx; i++) {
    const double gain =
        (mx[i + 1] - mx[i - 1]) + ((my[i + st - 1] - my[i - 1]) + (my[i + st] - my[i]));
    const double carried = (right[i] - right[i - 1]) + (above[i] - below[i]) - 0.5 * u[i] * gain;
    const double normal = xx * (mu[i] * (lag[i + 1] - lag[i]) - mu[i - 1] * (lag[i] - lag[i - 1]));
    const double stress = normal + (up * t1[i] - down * t0[i]);
    out[i] = w[i] * (dt * (stress + force - ix * (p[i] - p[i - 1])) - per * carried) + g * mask[i];
  }
}

static inline void momentum_v(const struct assay_twophase_sweep *s, int j, const struct rows *f)
{
  const ptrdiff_t st = s->stride, row = j * st;
  const double *v = s->now.v + row, *lag = s->lag.v + row, *w = s->light.v + row;
  const double *mx = s->mass.u + row, *my = s->mass.v + row, *mu = s->mu + row, *p = s->p_hat + row;
  const double *mask = s->mask.v + row;
  const double *left = f->v_left, *under = f->v_under, *over = f->v_over, *t = f->shear_left;
  const double yy = 2 * s->inv_dy * s->inv_dy, iy = s->inv_dy, dt = s->dt;
  const double hoop = 0.5 * yy * s->row[j].hoop;
  const double per = s->row[j].per_face, up = s->row[j].over, down = s->row[j].under;
  const double g = dt * s->gravity[1], force = s->force[1];
  double *restrict out = s->rate.v + row;
#pragma omp simd
  for (int i = 0; i < s->nx; i++) {
    const double gain =
        (my[i + st] - my[i - st]) + ((mx[i + 1 - st] - mx[i - st]) + (mx[i + 1] - mx[i]));
    const double carried = (over[i] - under[i]) + (left[i + 1] - left[i]) - 0.5 * v[i] * gain;
    const double normal =
        yy * (up * mu[i] * (lag[i + st] - lag[i]) - down * mu[i - st] * (lag[i] - lag[i - st]));
    const double stress = normal + (t[i + 1] - t[i]) - hoop * (mu[i] + mu[i - st]) * lag[i];
    out[i] = w[i] * (dt * (stress + force - iy * (p[i] - p[i - st])) - per * carried) + g * mask[i];
  }
}

/* Surface tension: kappa is NaN-free, zero where there is no interface; between two cells that have
 * one the mean, else the one. */
static inline double between(double a, double b)
{
  return a == 0 ? b : b == 0 ? a : 0.5 * (a + b);
}

static void tension(const struct assay_twophase_sweep *s)
{
  const ptrdiff_t st = s->stride;
  for (int j = 0; j <= s->ny; j++) {
    const ptrdiff_t row = j * st;
    const double *c = s->c + row, *k = s->curvature + row;
    const double *wu = s->light.u + row, *wv = s->light.v + row;
    double *restrict u = s->rate.u + row, *restrict v = s->rate.v + row;
    const double ax = s->dt * s->inv_dx, ay = s->dt * s->inv_dy;
#pragma omp simd
    for (int i = 0; i <= s->nx; i++)
      u[i] += ax * wu[i] * between(k[i - 1], k[i]) * (c[i] - c[i - 1]);
#pragma omp simd
    for (int i = 0; i < s->nx; i++)
      v[i] += ay * wv[i] * between(k[i - st], k[i]) * (c[i] - c[i - st]);
  }
}

static inline void swap(double **a, double **b)
{
  double *t = *a;
  *a = *b;
  *b = t;
}

static void momentum(const struct assay_twophase_sweep *s)
{
  const ptrdiff_t st = s->stride;
  double *r = s->rows + MARGIN;
  struct rows f = {r,          r + st,     r + 2 * st, r + 3 * st, r + 4 * st,
                   r + 5 * st, r + 6 * st, r + 7 * st, r + 8 * st, r + 9 * st};
  u_below(f.u_below, s, 0);
  v_above(f.v_under, s, -1);
  shear_row(f.shear_below, f.shear_left, s, 0);
  for (int j = 0; j <= s->ny; j++) {
    v_left(f.v_left, s, j);
    v_above(f.v_over, s, j);
    if (j < s->ny) {
      u_below(f.u_above, s, j + 1);
      u_right(f.u_right, s, j);
      shear_row(f.shear_above, f.shear_left_next, s, j + 1);
      momentum_u(s, j, &f);
    }
    momentum_v(s, j, &f);
    swap(&f.u_below, &f.u_above);
    swap(&f.v_under, &f.v_over);
    swap(&f.shear_below, &f.shear_above);
    swap(&f.shear_left, &f.shear_left_next);
  }
  if (s->curvature) tension(s);
}

/* ---- pressure ------------------------------------------------------------------------------- */

static inline void divergence_row(const struct assay_twophase_sweep *s, int j)
{
  const ptrdiff_t st = s->stride;
  const double *u = s->out.u + j * st, *v = s->out.v + j * st, ix = s->inv_dx;
  const double above = s->inv_dy * s->row[j].above, below = s->inv_dy * s->row[j].below;
  double *restrict div = s->div + (ptrdiff_t)j * s->nx;
#pragma omp simd
  for (int i = 0; i < s->nx; i++)
    div[i] = ix * (u[i + 1] - u[i]) + (above * v[i + st] - below * v[i]);
}

static void add(const struct assay_twophase_sweep *s)
{
  const ptrdiff_t st = s->stride;
  for (int j = 0; j <= s->ny; j++) {
    const ptrdiff_t row = j * st;
    const double *u = s->now.u + row, *v = s->now.v + row, *du = s->rate.u + row,
                 *dv = s->rate.v + row;
    double *restrict ou = s->out.u + row, *restrict ov = s->out.v + row;
#pragma omp simd
    for (int i = 0; i <= s->nx; i++) {
      ou[i] = u[i] + du[i];
      ov[i] = v[i] + dv[i];
    }
    if (j > 0) divergence_row(s, j - 1);
  }
}

/* The largest Courant rate of the cells of row j so far, per column; lost: 0, or NaN for ever. */
static inline void rate_row(const struct assay_twophase_sweep *s, int j, double *restrict rate,
                            double *restrict lost)
{
  const ptrdiff_t st = s->stride;
  const double *u = s->out.u + j * st, *v = s->out.v + j * st, ix = s->inv_dx, iy = s->inv_dy;
#pragma omp simd
  for (int i = 0; i < s->nx; i++) {
    const double x = most(fabs(u[i]), fabs(u[i + 1])), y = most(fabs(v[i]), fabs(v[i + st]));
    rate[i] = most(rate[i], x * ix + y * iy);
    lost[i] += (u[i + 1] - u[i + 1]) + (v[i + st] - v[i + st]);
  }
}

static double project(const struct assay_twophase_sweep *s)
{
  const ptrdiff_t st = s->stride;
  const double ax = s->dt / s->splitting * s->inv_dx, ay = s->dt / s->splitting * s->inv_dy;
  double *restrict rate = s->rows + MARGIN, *restrict lost = rate + st, top = 0;
  for (int i = 0; i < s->nx; i++) rate[i] = lost[i] = 0;
  for (int j = 0; j <= s->ny; j++) {
    const ptrdiff_t row = j * st;
    const double *phi = s->phi + row, *mu = s->mask.u + row, *mv = s->mask.v + row;
    const double *hat = s->p_hat + row;
    double *restrict u = s->out.u + row, *restrict v = s->out.v + row, *restrict p = s->p_old + row;
#pragma omp simd
    for (int i = 0; i < s->nx; i++) {
      u[i] -= ax * mu[i] * (phi[i] - phi[i - 1]);
      v[i] -= ay * mv[i] * (phi[i] - phi[i - st]);
      p[i] = hat[i] + phi[i];
    }
    u[s->nx] -= ax * mu[s->nx] * (phi[s->nx] - phi[s->nx - 1]);
    if (j > 0) rate_row(s, j - 1, rate, lost);
  }
  for (int i = 0; i < s->nx; i++) top = most(top, rate[i]);
  for (int i = 0; i < s->nx; i++) top += lost[i];
  return top;
}

static void project_true(const struct assay_twophase_sweep *s)
{
  const ptrdiff_t st = s->stride;
  const double ax = s->dt * s->inv_dx, ay = s->dt * s->inv_dy;
  for (int j = 0; j <= s->ny; j++) {
    const ptrdiff_t row = j * st;
    const double *phi = s->phi + row, *wu = s->light.u + row, *wv = s->light.v + row;
    double *restrict u = s->out.u + row, *restrict v = s->out.v + row, *restrict p = s->p_hat + row;
#pragma omp simd
    for (int i = 0; i < s->nx; i++) {
      u[i] -= ax * wu[i] * (phi[i] - phi[i - 1]);
      v[i] -= ay * wv[i] * (phi[i] - phi[i - st]);
      p[i] += phi[i];
    }
    u[s->nx] -= ax * wu[s->nx] * (phi[s->nx] - phi[s->nx - 1]);
    if (j > 0) divergence_row(s, j - 1);
  }
}

/* The shear stress in the equation of v once more, now with u at the end of the step: what u -
 * ahead becomes. Without it the two components, each implicit for itself, could trade momentum
 * across a viscous interface for ever. */
static void couple(const struct assay_twophase_sweep *s)
{
  const ptrdiff_t st = s->stride;
  const double xy = s->dt * s->inv_dx * s->inv_dy;
  double *restrict t = s->rows + MARGIN;
  for (int j = 0; j <= s->ny; j++) {
    const ptrdiff_t row = j * st;
    const double *lag = s->lag.u + row, *ahead = s->ahead.u + row, *d = s->rate.u + row;
    const double *mu = s->corner + row, *w = s->light.v + row;
    double *restrict v = s->rate.v + row;
#pragma omp simd
    for (int i = 0; i <= s->nx; i++) {
      const double here = (lag[i] - ahead[i]) + d[i];
      const double below = (lag[i - st] - ahead[i - st]) + d[i - st];
      t[i] = mu[i] * (here - below);
    }
#pragma omp simd
    for (int i = 0; i < s->nx; i++) v[i] += xy * w[i] * (t[i + 1] - t[i]);
  }
}

const struct assay_twophase_kernels ASSAY_ISA_NAME(assay_twophase_kernels) = {
    extrapolate, mixture, faces,   per_density, mass,    momentum,
    couple,      lines_x, lines_y, add,         project, project_true};
