/* Kernels of the MAC solver, compiled once per instruction set. Momentum equation for u at face
 * (j, i), with the neighbours named after the compass,
 *
 *   h = nu (E - 2 u + W)/dx^2 + nu (N - 2 u + S)/dy^2 - (Fe - Fw)/dx - (Fn - Fs)/dy
 *
 * and likewise for v with x and y exchanged. F are the fluxes of momentum through the sides of the
 * control volume of that face: interpolated advecting velocity times carried velocity. The carried
 * velocity is either
 *
 *   central: the mean of its two neighbours. Fe = (u+E)^2/4, Fn = (u+N)(v_w+v_e)/4, the latter
 * being at once the flux of v through the vertical side at the same corner. With div u = 0 this
 * form conserves momentum and kinetic energy (Harlow & Welch 1965; Lilly 1965). limited:
 * third-order upwind-biased with the limiter of Koren (1993), u_f = C + 1/2 max(0, min(2 a, (a + 2
 * b)/3, 2 b)),  a = C - U,  b = D - C, C, U the values upwind and one further, D downwind, and
 * mirrored for a, b < 0.
 *
 * One pass over the rows evaluates both components, updates them and takes the divergence, so that
 * everything a row needs is still in the first-level cache; a second pass, after the Poisson solve,
 * subtracts the pressure gradient and finds the Courant number. Sums have a fixed order and nothing
 * is contracted: the bits do not depend on the instruction set. Reference: mac_ref.c. */
#include "core/flow/mac_kernels.h"

#include <math.h>

#include "core/num/choose_lanes.h"

/* Columns before element 0 in a scratch row: fluxes reach back to index -1. */
enum { MARGIN = 8 };

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

/* Flux of q between w and e in the flow c; ww and ee are the next ones outwards. */
static inline double limited_flux(double c, double ww, double w, double e, double ee)
{
  const double here = c >= 0 ? w : e, down = c >= 0 ? e : w, up = c >= 0 ? ww : ee;
  return c * (here + 0.5 * koren(here - up, down - here));
}

/* Four times the central flux of u through the horizontal side, and of v through the vertical side,
 * at the corners below row j. */
static inline void corner_row(double *restrict q, const struct assay_mac_sweep *s, int j)
{
  const ptrdiff_t st = s->stride;
  const double *u = s->u + j * st, *v = s->v + j * st;
#pragma omp simd
  for (int i = 0; i <= s->nx; i++) q[i] = (u[i - st] + u[i]) * (v[i - 1] + v[i]);
}

/* Flux of u through the horizontal sides below row j: corners 0..nx. */
static inline void limited_u_below(double *restrict q, const struct assay_mac_sweep *s, int j)
{
  const ptrdiff_t st = s->stride;
  const double *u = s->u + j * st, *v = s->v + j * st;
#pragma omp simd
  for (int i = 0; i <= s->nx; i++)
    q[i] = limited_flux(0.5 * (v[i - 1] + v[i]), u[i - 2 * st], u[i - st], u[i], u[i + st]);
}

/* Flux of u through the vertical sides in row j: cells -1..nx-1, between faces i and i+1. */
static inline void limited_u_right(double *restrict f, const struct assay_mac_sweep *s, int j)
{
  const double *u = s->u + j * s->stride;
#pragma omp simd
  for (int i = -1; i < s->nx; i++)
    f[i] = limited_flux(0.5 * (u[i] + u[i + 1]), u[i - 1], u[i], u[i + 1], u[i + 2]);
}

/* Flux of v through the vertical sides left of its faces in row j: corners 0..nx. */
static inline void limited_v_left(double *restrict q, const struct assay_mac_sweep *s, int j)
{
  const ptrdiff_t st = s->stride;
  const double *u = s->u + j * st, *v = s->v + j * st;
#pragma omp simd
  for (int i = 0; i <= s->nx; i++)
    q[i] = limited_flux(0.5 * (u[i - st] + u[i]), v[i - 2], v[i - 1], v[i], v[i + 1]);
}

/* Flux of v through the horizontal sides in row j of cells, between faces j and j+1. */
static inline void limited_v_above(double *restrict f, const struct assay_mac_sweep *s, int j)
{
  const ptrdiff_t st = s->stride;
  const double *v = s->v + j * st;
#pragma omp simd
  for (int i = 0; i < s->nx; i++)
    f[i] = limited_flux(0.5 * (v[i] + v[i + st]), v[i - st], v[i], v[i + st], v[i + 2 * st]);
}

/* Flux rows around row j; for central ones only the corner products below and above. */
struct fluxes {
  const double *below, *above; /* of u, corners; central: four times that */
  const double *right;         /* of u, cells */
  const double *left;          /* of v, corners; central: four times that */
  const double *under, *over;  /* of v, cells of rows j-1 and j */
};

/* Row j of u. The last two arguments are literals: each caller gets its own loop. */
static inline void u_row(const struct assay_mac_sweep *s, int j, const struct fluxes *f,
                         const int limited, const int implicit)
{
  const ptrdiff_t st = s->stride, row = j * st;
  const double *u = s->u + row, *old = s->hu + row, *p = s->p + (implicit ? row : 0);
  double *out = s->u_out + row, *h_out = s->hu_out + row;
  const double *below = f->below, *above = f->above, *right = f->right;
  const double nx = s->nu_xx, ny = s->nu_yy, nc = 2 * (nx + ny);
  const double cx = limited ? s->inv_dx : 0.25 * s->inv_dx,
               cy = limited ? s->inv_dy : 0.25 * s->inv_dy;
  const double keep = s->keep, now = s->now, before = s->before, visc = s->visc;
  const double grad = s->grad * s->inv_dx;
#pragma omp simd
  for (int i = 0; i < s->nx; i++) {
    const double c = u[i], ew = u[i + 1] + u[i - 1], ns = u[i + st] + u[i - st];
    const double fx = limited ? right[i] - right[i - 1] : (u[i + 1] - u[i - 1]) * (ew + 2 * c);
    const double conv = cx * fx + cy * (above[i] - below[i]);
    const double lap = nx * ew + ny * ns - nc * c;
    const double h = implicit ? -conv : lap - conv;
    if (implicit)
      out[i] =
          keep * (c - out[i]) + now * h - before * old[i] + visc * lap - grad * (p[i] - p[i - 1]);
    else
      out[i] = keep * c + now * h - before * old[i];
    h_out[i] = h;
  }
}

/* Row j of v. */
static inline void v_row(const struct assay_mac_sweep *s, int j, const struct fluxes *f,
                         const int limited, const int implicit)
{
  const ptrdiff_t st = s->stride, row = j * st;
  const double *v = s->v + row, *old = s->hv + row, *p = s->p + (implicit ? row : 0);
  double *out = s->v_out + row, *h_out = s->hv_out + row;
  const double *left = f->left, *under = f->under, *over = f->over;
  const double nx = s->nu_xx, ny = s->nu_yy, nc = 2 * (nx + ny);
  const double cx = limited ? s->inv_dx : 0.25 * s->inv_dx,
               cy = limited ? s->inv_dy : 0.25 * s->inv_dy;
  const double keep = s->keep, now = s->now, before = s->before, visc = s->visc;
  const double grad = s->grad * s->inv_dy;
#pragma omp simd
  for (int i = 0; i < s->nx; i++) {
    const double c = v[i], ew = v[i + 1] + v[i - 1], ns = v[i + st] + v[i - st];
    const double fy = limited ? over[i] - under[i] : (v[i + st] - v[i - st]) * (ns + 2 * c);
    const double conv = cy * fy + cx * (left[i + 1] - left[i]);
    const double lap = nx * ew + ny * ns - nc * c;
    const double h = implicit ? -conv : lap - conv;
    if (implicit)
      out[i] =
          keep * (c - out[i]) + now * h - before * old[i] + visc * lap - grad * (p[i] - p[i - st]);
    else
      out[i] = keep * c + now * h - before * old[i];
    h_out[i] = h;
  }
}

static inline void add_force_row(const struct assay_mac_sweep *s, int j, double *out, double *h,
                                 const double *f)
{
  const ptrdiff_t row = j * s->stride;
  const double now = s->now;
#pragma omp simd
  for (int i = 0; i < s->nx; i++) {
    out[row + i] += now * f[row + i];
    h[row + i] += f[row + i];
  }
}

/* Outermost columns of u: on walls what is prescribed there (nothing for an increment). */
static inline void close_u_row(const struct assay_mac_sweep *s, int j, const int implicit)
{
  double *out = s->u_out + j * s->stride;
  const double *u = s->u + j * s->stride;
  if (!s->periodic_x) out[0] = implicit ? 0 : s->keep * u[0];
  out[s->nx] = s->periodic_x ? out[0] : implicit ? 0 : s->keep * u[s->nx];
}

/* Row j of v on a wall. */
static inline void wall_v_row(const struct assay_mac_sweep *s, int j, const int implicit)
{
  double *out = s->v_out + j * s->stride;
  const double *v = s->v + j * s->stride, keep = implicit ? 0 : s->keep;
#pragma omp simd
  for (int i = 0; i < s->nx; i++) out[i] = keep * v[i];
}

static inline void copy_row(double *restrict out, const double *restrict in, int n)
{
#pragma omp simd
  for (int i = 0; i < n; i++) out[i] = in[i];
}

static inline void divergence_row(const struct assay_mac_sweep *s, int j)
{
  const ptrdiff_t st = s->stride;
  const double *u = s->u_out + j * st, *v = s->v_out + j * st, ix = s->inv_dx, iy = s->inv_dy;
  double *restrict div = s->div + (ptrdiff_t)j * s->nx;
#pragma omp simd
  for (int i = 0; i < s->nx; i++) div[i] = ix * (u[i + 1] - u[i]) + iy * (v[i + st] - v[i]);
}

/* Everything at one row: fluxes, both components, and the divergence of the row below. */
static inline void sweep_row(const struct assay_mac_sweep *s, int j, const struct fluxes *f,
                             const int limited, const int implicit)
{
  u_row(s, j, f, limited, implicit);
  if (s->fx) add_force_row(s, j, s->u_out, s->hu_out, s->fx);
  close_u_row(s, j, implicit);
  if (j == 0 && !s->periodic_y) {
    wall_v_row(s, 0, implicit);
  } else {
    v_row(s, j, f, limited, implicit);
    if (s->fy) add_force_row(s, j, s->v_out, s->hv_out, s->fy);
  }
  if (!implicit && j > 0) divergence_row(s, j - 1);
}

static inline void sweep(const struct assay_mac_sweep *s, const int limited, const int implicit)
{
  double *below = s->rows + MARGIN, *above = below + s->stride, *under = above + s->stride;
  double *over = under + s->stride, *right = over + s->stride, *left = right + s->stride;
  if (limited) {
    limited_u_below(below, s, 0);
    limited_v_above(under, s, -1);
  } else {
    corner_row(below, s, 0);
  }
  for (int j = 0; j < s->ny; j++) {
    if (limited) {
      limited_u_below(above, s, j + 1);
      limited_v_above(over, s, j);
      limited_u_right(right, s, j);
      limited_v_left(left, s, j);
    } else {
      corner_row(above, s, j + 1);
    }
    const struct fluxes f = {below, above, right, limited ? left : below, under, over};
    sweep_row(s, j, &f, limited, implicit);
    double *t = below;
    below = above, above = t;
    t = under, under = over, over = t;
  }
  if (s->periodic_y)
    copy_row(s->v_out + s->ny * s->stride, s->v_out, s->nx);
  else
    wall_v_row(s, s->ny, implicit);
  if (!implicit) divergence_row(s, s->ny - 1);
}

static void explicit_central(const struct assay_mac_sweep *s)
{
  sweep(s, 0, 0);
}

static void explicit_limited(const struct assay_mac_sweep *s)
{
  sweep(s, 1, 0);
}

static void implicit_central(const struct assay_mac_sweep *s)
{
  sweep(s, 0, 1);
}

static void implicit_limited(const struct assay_mac_sweep *s)
{
  sweep(s, 1, 1);
}

static void add_increment(const struct assay_mac_sweep *s)
{
  const ptrdiff_t st = s->stride;
  for (int j = 0; j < s->ny; j++) {
    double *uo = s->u_out + j * st, *vo = s->v_out + j * st;
    const double *u = s->u + j * st, *v = s->v + j * st;
#pragma omp simd
    for (int i = 0; i < s->nx; i++) {
      uo[i] += u[i];
      vo[i] += v[i];
    }
    if (j == 0 && !s->periodic_y) copy_row(vo, v, s->nx);
    if (!s->periodic_x) uo[0] = u[0];
    uo[s->nx] = s->periodic_x ? uo[0] : u[s->nx];
    if (j > 0) divergence_row(s, j - 1);
  }
  copy_row(s->v_out + s->ny * st, (s->periodic_y ? s->v_out : s->v + s->ny * st), s->nx);
  divergence_row(s, s->ny - 1);
}

/* A row of velocities and potentials, and that of the potential below. */
struct projection {
  double *u, *v;
  const double *phi, *south;
  double ix, iy;
};

/* VL faces from i on; slope weighs the difference along x. Returns max(m, Courant rates). */
static inline vec project_lanes(const struct projection *r, int i, vec slope, vec m)
{
  const vec here = vec_load(r->phi + i);
  const vec u = vec_load(r->u + i) - r->ix * (slope * (here - vec_load(r->phi + i - 1)));
  const vec v = vec_load(r->v + i) - r->iy * (here - vec_load(r->south + i));
  vec_store(r->u + i, u);
  vec_store(r->v + i, v);
  return vec_most(vec_abs(u) * r->ix + vec_abs(v) * r->iy, m);
}

static inline double project_face(const struct projection *r, int i, double west, double m)
{
  r->u[i] -= r->ix * (r->phi[i] - west);
  r->v[i] -= r->iy * (r->phi[i] - r->south[i]);
  return most(m, fabs(r->u[i]) * r->ix + fabs(r->v[i]) * r->iy);
}

/* The faces that follow whole vectors; all of a narrow row. */
static inline double project_rest(const struct projection *r, int i, int n, double west, double m)
{
  for (; i < n; i++) {
    m = project_face(r, i, west, m);
    west = r->phi[i];
  }
  return m;
}

/* On a wall the difference to the cell beyond is nothing: the first lane of the first vector has no
 * weight (what it reads there is the end of the row below, or what lies before phi). */
static inline double project_row(const struct projection *r, int n, int periodic, vec *lanes,
                                 double m)
{
  const vec all = (vec){0} + 1;
  vec inner = all, top = *lanes;
  inner[0] = 0;
  if (periodic || n < VL) return project_rest(r, 0, n, periodic ? r->phi[n - 1] : r->phi[0], m);
  top = project_lanes(r, 0, inner, top);
  int i = VL;
  for (; i + VL <= n; i += VL) top = project_lanes(r, i, all, top);
  *lanes = top;
  return i < n ? project_rest(r, i, n, r->phi[i - 1], m) : m;
}

static inline void update_pressure_row(double *restrict p, const double *restrict phi,
                                       const double *restrict div, int n, double gain, double loss)
{
#pragma omp simd
  for (int i = 0; i < n; i++) p[i] += gain * phi[i] - loss * div[i];
}

static double project(const struct assay_mac_sweep *s, double *u, double *v, const double *phi,
                      double *p, double gain, double loss)
{
  const ptrdiff_t st = s->stride, n = s->nx;
  double m = 0;
  vec lanes = {0};
  for (int j = 0; j < s->ny; j++) {
    const double *row = phi + j * n;
    const double *south = j > 0 ? row - n : s->periodic_y ? phi + (s->ny - 1) * n : row;
    const struct projection r = {u + j * st, v + j * st, row, south, s->inv_dx, s->inv_dy};
    m = project_row(&r, s->nx, s->periodic_x, &lanes, m);
    if (s->periodic_x) u[j * st + n] = u[j * st];
    if (p) update_pressure_row(p + j * st, row, s->div + j * n, s->nx, gain, loss);
  }
  if (s->periodic_y) copy_row(v + s->ny * st, v, s->nx);
  for (int k = 0; k < VL; k++) m = most(m, lanes[k]);
  return m;
}

const struct assay_mac_kernels ASSAY_ISA_NAME(assay_mac_kernels) = {
    .explicit_central = explicit_central,
    .explicit_limited = explicit_limited,
    .implicit_central = implicit_central,
    .implicit_limited = implicit_limited,
    .add_increment = add_increment,
    .project = project,
};
