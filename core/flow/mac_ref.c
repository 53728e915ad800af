/* The kernels of mac_kernels.c, one equation at a time over the whole grid: the specification that
 * the fast ones must reproduce bit for bit. Equations: mac_kernels.c. */
#include <math.h>

#include "core/flow/mac_kernels.h"

/* Limited flux of w through the side between w[-step] and w[0] in the flow c. */
static double carried(double c, const double *w, ptrdiff_t step)
{
  const double here = c >= 0 ? w[-step] : w[0], down = c >= 0 ? w[0] : w[-step];
  const double up = c >= 0 ? w[-2 * step] : w[step];
  const double a = here - up, b = down - here, third = (a + 2 * b) * (1.0 / 3.0);
  double slope = 0;
  if (a > 0 && b > 0) slope = fmin(2 * a, fmin(third, 2 * b));
  if (a < 0 && b < 0) slope = fmax(2 * a, fmax(third, 2 * b));
  return c * (here + 0.5 * slope);
}

/* div(u u) at face (j, i) of u. */
static double convection_u(const struct assay_mac_sweep *s, int j, int i, int limited)
{
  const ptrdiff_t st = s->stride;
  const double *u = s->u + j * st + i, *v = s->v + j * st + i;
  const double *n = v + st;
  if (!limited)
    return 0.25 * s->inv_dx * ((u[1] - u[-1]) * ((u[1] + u[-1]) + 2 * u[0])) +
           0.25 * s->inv_dy * ((u[0] + u[st]) * (n[-1] + n[0]) - (u[-st] + u[0]) * (v[-1] + v[0]));
  const double east = carried(0.5 * (u[0] + u[1]), u + 1, 1);
  const double west = carried(0.5 * (u[-1] + u[0]), u, 1);
  const double north = carried(0.5 * (n[-1] + n[0]), u + st, st);
  const double south = carried(0.5 * (v[-1] + v[0]), u, st);
  return s->inv_dx * (east - west) + s->inv_dy * (north - south);
}

/* div(u v) at face (j, i) of v. */
static double convection_v(const struct assay_mac_sweep *s, int j, int i, int limited)
{
  const ptrdiff_t st = s->stride;
  const double *u = s->u + j * st + i, *v = s->v + j * st + i;
  if (!limited)
    return 0.25 * s->inv_dy * ((v[st] - v[-st]) * ((v[st] + v[-st]) + 2 * v[0])) +
           0.25 * s->inv_dx *
               ((u[1 - st] + u[1]) * (v[0] + v[1]) - (u[-st] + u[0]) * (v[-1] + v[0]));
  const double north = carried(0.5 * (v[0] + v[st]), v + st, st);
  const double south = carried(0.5 * (v[-st] + v[0]), v, st);
  const double east = carried(0.5 * (u[1 - st] + u[1]), v + 1, 1);
  const double west = carried(0.5 * (u[-st] + u[0]), v, 1);
  return s->inv_dy * (north - south) + s->inv_dx * (east - west);
}

static double viscous(const struct assay_mac_sweep *s, const double *w)
{
  const ptrdiff_t st = s->stride;
  return s->nu_xx * (w[1] + w[-1]) + s->nu_yy * (w[st] + w[-st]) - 2 * (s->nu_xx + s->nu_yy) * w[0];
}

struct component {
  const double *w, *h_old, *force;
  double *out, *h_out;
  ptrdiff_t behind; /* offset of the pressure cell on the lower side of the face */
  double grad;
  double (*convection)(const struct assay_mac_sweep *s, int j, int i, int limited);
};

static void advance(const struct assay_mac_sweep *s, const struct component *c, int j, int i,
                    int limited, int implicit)
{
  const ptrdiff_t k = j * s->stride + i;
  const double conv = c->convection(s, j, i, limited), lap = viscous(s, c->w + k);
  const double h = implicit ? -conv : lap - conv, old = c->h_old[k];
  if (implicit)
    c->out[k] = s->keep * (c->w[k] - c->out[k]) + s->now * h - s->before * old + s->visc * lap -
                c->grad * (s->p[k] - s->p[k - c->behind]);
  else
    c->out[k] = s->keep * c->w[k] + s->now * h - s->before * old;
  c->h_out[k] = h;
  if (!c->force) return;
  c->out[k] += s->now * c->force[k];
  c->h_out[k] += c->force[k];
}

static void divergence(const struct assay_mac_sweep *s)
{
  const ptrdiff_t st = s->stride;
  for (int j = 0; j < s->ny; j++)
    for (int i = 0; i < s->nx; i++) {
      const double *u = s->u_out + j * st + i, *v = s->v_out + j * st + i;
      s->div[(ptrdiff_t)j * s->nx + i] = s->inv_dx * (u[1] - u[0]) + s->inv_dy * (v[st] - v[0]);
    }
}

/* Walls and copies: what is prescribed times keep, nothing for an increment. */
static void close_sides(const struct assay_mac_sweep *s, double keep)
{
  const ptrdiff_t st = s->stride, top = s->ny * st;
  for (int j = 0; j < s->ny; j++) {
    double *row = s->u_out + j * st;
    if (!s->periodic_x) row[0] = keep * s->u[j * st];
    row[s->nx] = s->periodic_x ? row[0] : keep * s->u[j * st + s->nx];
  }
  for (int i = 0; i < s->nx; i++) {
    if (!s->periodic_y) s->v_out[i] = keep * s->v[i];
    s->v_out[top + i] = s->periodic_y ? s->v_out[i] : keep * s->v[top + i];
  }
}

static void sweep(const struct assay_mac_sweep *s, int limited, int implicit)
{
  const struct component u = {
      s->u, s->hu, s->fx, s->u_out, s->hu_out, 1, s->grad * s->inv_dx, convection_u};
  const struct component v = {
      s->v, s->hv, s->fy, s->v_out, s->hv_out, s->stride, s->grad * s->inv_dy, convection_v};
  for (int j = 0; j < s->ny; j++)
    for (int i = 0; i < s->nx; i++) advance(s, &u, j, i, limited, implicit);
  for (int j = s->periodic_y ? 0 : 1; j < s->ny; j++)
    for (int i = 0; i < s->nx; i++) advance(s, &v, j, i, limited, implicit);
  close_sides(s, implicit ? 0 : s->keep);
  if (!implicit) divergence(s);
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
  for (int j = 0; j < s->ny; j++)
    for (int i = 0; i < s->nx; i++) {
      s->u_out[j * st + i] += s->u[j * st + i];
      s->v_out[j * st + i] += s->v[j * st + i];
    }
  close_sides(s, 1);
  divergence(s);
}

static double project(const struct assay_mac_sweep *s, double *u, double *v, const double *phi,
                      double *p, double gain, double loss)
{
  const ptrdiff_t st = s->stride, n = s->nx;
  double most = 0;
  for (int j = 0; j < s->ny; j++)
    for (int i = 0; i < s->nx; i++) {
      const ptrdiff_t k = j * st + i;
      const ptrdiff_t west = i > 0 ? i - 1 : s->periodic_x ? n - 1 : i;
      const ptrdiff_t south = j > 0 ? j - 1 : s->periodic_y ? s->ny - 1 : j;
      u[k] -= s->inv_dx * (phi[j * n + i] - phi[j * n + west]);
      v[k] -= s->inv_dy * (phi[j * n + i] - phi[south * n + i]);
      most = fmax(most, fabs(u[k]) * s->inv_dx + fabs(v[k]) * s->inv_dy);
      if (p) p[k] += gain * phi[j * n + i] - loss * s->div[j * n + i];
    }
  for (int j = 0; j < s->ny && s->periodic_x; j++) u[j * st + n] = u[j * st];
  for (int i = 0; i < s->nx && s->periodic_y; i++) v[s->ny * st + i] = v[i];
  return most;
}

const struct assay_mac_kernels assay_mac_kernels_ref = {
    .explicit_central = explicit_central,
    .explicit_limited = explicit_limited,
    .implicit_central = implicit_central,
    .implicit_limited = implicit_limited,
    .add_increment = add_increment,
    .project = project,
};
