/* A time step of the two-phase solver, from t to t + dt, r = dt / dt_previous:
 *
 *   u_half = u + r/2 (u - u_previous)                              divergence-free, carries
 *   c, volumes F of marked fluid through the faces                 core/flow/vof.h, with u_half
 *   M = rho_2 (u_half dt) + (rho_1 - rho_2) F                      mass through the faces
 *   rho_new u~ = rho u - sum M u_f                                 twophase_kernels.c
 *   D = u~ - u + dt/rho_new (div tau(u_lag) - grad p^ + rho g + G + sigma k grad c)
 *   (1 - dt/rho_new L_x)(1 - dt/rho_new L_y) d = D,  u* = u + d
 *   u_new, p_new                                                   twophase_pressure.c
 *
 * tau = mu (grad u + grad u^T), L_x and L_y its derivatives of the same component along x and y,
 * u_lag = u - r/2 (u - u_previous), p^ = p, or p + r (p - p_previous) where it
 * is corrected by iteration. The other component in the shear
 * stress is that at t + dt/2, explicit. With d implicit, the viscous terms
 * are L (u_new - 1/2 u + 1/2 u_previous) for r = 1: second order, and stiff modes shrink by 0.7 a
 * step. A steady state does not depend on dt. The first step is of first order.
 *
 * Near the interface u_f and u_lag take u instead of extrapolating: what was one fluid may have
 * become the other.
 *
 * Longest step: (C + max |g|/h dt) dt = cfl with C = max(|u|/dx + |v|/dy), so that fluid falling
 * from rest is followed, and with surface tension sqrt((rho_1 + rho_2) h^3 / (4 pi sigma))
 * (Brackbill, Kothe & Zemach 1992). */
#include <math.h>

#include "core/base/err.h"
#include "core/flow/twophase_internal.h"

static const double pi = 3.141592653589793;
static const double longest_ratio = 2;
static const double replan_at = 1.15;
static const double lengthen_at = 1.5, lengthen_after = 8; /* steps */
static const double most_courant = 0.5;                    /* of the volume-of-fluid method */

/* Courant number per second of the fastest wall: fluid at rest is soon as fast. */
static double wall_rate(const struct assay_twophase *m)
{
  double rate = 0;
  for (int k = 0; k < ASSAY_MAC_SIDES; k++)
    for (int i = 0; i < m->set.side[k].n; i++) {
      const struct assay_twophase_segment *g = &m->set.side[k].segment[i];
      if (g->kind == ASSAY_TWOPHASE_WALL)
        rate = fmax(rate, fabs(g->velocity) / (k < ASSAY_MAC_BOTTOM ? m->dy : m->dx));
    }
  return rate;
}

double assay_twophase_dt_limit(const struct assay_twophase *m)
{
  const struct assay_twophase_settings *s = &m->set;
  const double h = fmin(m->dx, m->dy);
  const double g = fabs(s->gravity[0]) / m->dx + fabs(s->gravity[1]) / m->dy +
                   (fabs(s->force[0]) / m->dx + fabs(s->force[1]) / m->dy) / m->s.splitting;
  /* positive root of g dt^2 + C dt = cfl */
  const double rate = fmax(m->rate, wall_rate(m));
  double dt = 2 * m->cfl / (rate + sqrt(rate * rate + 4 * g * m->cfl));
  if (s->surface_tension > 0)
    dt = fmin(dt, sqrt((s->marked.density + s->unmarked.density) * h * h * h /
                       (4 * pi * s->surface_tension)));
  return s->dt_max > 0 ? fmin(dt, s->dt_max) : dt;
}

static void lap_time(struct assay_twophase *m, double *since, enum twophase_part part)
{
  if (!m->set.clock) return;
  const double now = m->set.clock();
  m->account.seconds[part] += now - *since;
  *since = now;
}

static struct assay_mac_view view(const struct assay_twophase *m, const double *a, int nx, int ny)
{
  return (struct assay_mac_view){a, m->s.stride, nx, ny};
}

/* Density, viscosity and what follows from the present fractions. */
void assay_twophase_material(struct assay_twophase *m)
{
  const struct assay_mac_view c = assay_vof_fraction(m->vof);
  for (int j = 0; j < m->set.ny; j++) {
    double *to = m->s.c + j * m->s.stride;
    const double *from = c.data + j * c.stride;
    for (int i = 0; i < m->set.nx; i++) to[i] = from[i];
  }
  assay_twophase_fill_fraction(m);
  m->kernels->mixture(&m->s);
  assay_twophase_slip_near_interface(m);
  m->kernels->faces(&m->s);
  if (m->side[ASSAY_MAC_LEFT].periodic || m->side[ASSAY_MAC_BOTTOM].periodic)
    assay_twophase_fill_velocity(m, m->s.light, TWOPHASE_SEEN);
}

/* No viscous force from beyond an opening: its normal stress is that of the face. */
static void close_openings(struct assay_twophase *m)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const ptrdiff_t st = m->s.stride;
  if (!m->side[ASSAY_MAC_LEFT].periodic)
    for (int j = -1; j <= ny; j++) m->s.mu[j * st - 1] = m->s.mu[j * st + nx] = 0;
  if (!m->side[ASSAY_MAC_BOTTOM].periodic)
    for (int i = -1; i <= nx; i++) m->s.mu[-st + i] = m->s.mu[ny * st + i] = 0;
}

static void surface(struct assay_twophase *m)
{
  if (m->set.surface_tension == 0) return;
  const int nx = m->set.nx;
  assay_vof_curvature(m->vof, m->curvature);
  for (int j = 0; j < m->set.ny; j++)
    for (int i = 0; i < nx; i++) {
      const double k = m->curvature[(ptrdiff_t)j * nx + i];
      m->s.curvature[j * m->s.stride + i] = isnan(k) ? 0 : m->set.surface_tension * k;
    }
  assay_twophase_fill_cells(m, m->s.curvature);
}

static void extrapolate_pressure(struct assay_twophase *m)
{
  const double b = m->s.blend;
  for (int j = 0; j < m->set.ny; j++) {
    const double *p = m->s.p + j * m->s.stride, *old = m->s.p_old + j * m->s.stride;
    double *hat = m->s.p_hat + j * m->s.stride;
    for (int i = 0; i < m->set.nx; i++) hat[i] = p[i] + b * (p[i] - old[i]);
  }
  assay_twophase_fill_pressure(m, m->s.p_hat, 0);
}

static void extrapolate(struct assay_twophase *m)
{
  m->kernels->extrapolate(&m->s);
  assay_twophase_fill_velocity(m, m->s.ahead, TWOPHASE_CARRIED);
  assay_twophase_fill_velocity(m, m->s.lag, TWOPHASE_STRESSED);
}

static int move_fraction(struct assay_twophase *m)
{
  int rc = ASSAY_OK;
  const int nx = m->set.nx, ny = m->set.ny;
  const struct assay_mac_view u = view(m, m->s.half.u, nx + 1, ny);
  const struct assay_mac_view v = view(m, m->s.half.v, nx, ny + 1);
  rc = assay_vof_step(m->vof, m->s.dt, u, v);
  if (rc == ASSAY_EDIVERGED && m->s.reach > 0) { /* extrapolated too far: try the present one */
    m->s.reach = 0;
    extrapolate(m);
    rc = assay_vof_step(m->vof, m->s.dt, u, v);
  }
  ASSAY_TRY(rc);
  const struct assay_mac_view fx = assay_vof_flux_x(m->vof), fy = assay_vof_flux_y(m->vof);
  m->kernels->mass(&m->s, fx.data, fy.data, fx.stride, 1 / (m->dx * m->dy));
done:
  return rc;
}

static void swap_pair(struct assay_twophase_pair *a, struct assay_twophase_pair *b)
{
  const struct assay_twophase_pair t = *a;
  *a = *b;
  *b = t;
}

/* The copies at the far ends of periodic lines. */
static void copy_around(const struct assay_twophase *m, struct assay_twophase_pair w)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const ptrdiff_t st = m->s.stride;
  if (m->side[ASSAY_MAC_LEFT].periodic)
    for (int j = 0; j < ny; j++) w.u[j * st + nx] = w.u[j * st];
  if (m->side[ASSAY_MAC_BOTTOM].periodic)
    for (int i = 0; i < nx; i++) w.v[ny * st + i] = w.v[i];
}

/* Rows of the increment of u beyond the lower and upper side, where it counts as that of the wall
 * or the nearest one. */
static void fill_increment(const struct assay_twophase *m)
{
  const ptrdiff_t st = m->s.stride, top = m->set.ny * st;
  double *d = m->s.rate.u;
  const int around = m->side[ASSAY_MAC_BOTTOM].periodic;
  for (int i = 0; i <= m->set.nx; i++) {
    d[i - st] = d[around ? top - st + i : i];
    d[top + i] = d[around ? i : top - st + i];
  }
}

static void solve_viscous(const struct assay_twophase *m)
{
  const struct assay_twophase_sweep *s = &m->s;
  const int nx = s->nx, ny = s->ny;
  const int around_x = m->side[ASSAY_MAC_LEFT].periodic,
            around_y = m->side[ASSAY_MAC_BOTTOM].periodic;
  const double xx = s->dt * s->inv_dx * s->inv_dx, yy = s->dt * s->inv_dy * s->inv_dy;
  const ptrdiff_t st = s->stride;
  struct assay_twophase_lines l = {.stride = st, .scratch = m->line_scratch};
  l.periodic = around_x;
  l.n = around_x ? nx : nx + 1, l.lines = ny, l.scale = 2 * xx;
  l.w = s->light.u, l.k = s->mu - 1, l.x = s->rate.u;
  m->kernels->lines_x(&l);
  l.periodic = around_y;
  l.n = ny, l.lines = nx + 1, l.scale = yy;
  l.w = s->light.u, l.k = s->shear.u, l.x = s->rate.u;
  l.lo = m->along_y[0], l.hi = m->along_y[1], l.spin = m->spin + ny + 1;
  m->kernels->lines_y(&l);
  copy_around(m, s->rate);
  fill_increment(m);
  m->kernels->couple(s);
  l.periodic = around_x;
  l.n = nx, l.lines = ny + 1, l.scale = xx;
  l.w = s->light.v, l.k = s->shear.v, l.x = s->rate.v;
  m->kernels->lines_x(&l);
  l.periodic = around_y;
  l.n = around_y ? ny : ny + 1, l.lines = nx, l.scale = 2 * yy;
  l.w = s->light.v, l.k = s->mu - st, l.x = s->rate.v;
  l.lo = m->along_y[2], l.hi = m->along_y[3], l.spin = m->spin;
  m->kernels->lines_y(&l);
}

static void predict(struct assay_twophase *m)
{
  assay_twophase_fill_velocity(m, m->s.mass, TWOPHASE_SEEN);
  close_openings(m);
  m->kernels->momentum(&m->s);
}

static int advance(struct assay_twophase *m, double dt)
{
  int rc = ASSAY_OK;
  struct assay_twophase_sweep *s = &m->s;
  const double ratio = m->levels > 0 ? dt / m->dt : 0;
  double since = m->set.clock ? m->set.clock() : 0;
  s->dt = dt;
  s->reach = 0.5 * ratio;
  s->blend = m->levels > 1 && m->tolerance > 0 ? ratio : 0;
  extrapolate(m);
  extrapolate_pressure(m);
  lap_time(m, &since, TWOPHASE_ADVECTION);
  ASSAY_TRY(move_fraction(m));
  swap_pair(&s->light, &s->light_old);
  lap_time(m, &since, TWOPHASE_FRACTION);
  assay_twophase_material(m);
  surface(m);
  predict(m);
  lap_time(m, &since, TWOPHASE_ADVECTION);
  solve_viscous(m);
  copy_around(m, s->rate);
  lap_time(m, &since, TWOPHASE_VISCOSITY);
  s->out = s->old;
  m->kernels->add(s);
  ASSAY_TRY(assay_twophase_project(m, m->levels == 0 ? TWOPHASE_CONVERGED_TO : m->tolerance));
  copy_around(m, s->out);
  s->old = s->now;
  s->now = s->out;
  double *p = s->p;
  s->p = s->p_old;
  s->p_old = p;
  assay_twophase_fill_velocity(m, s->now, TWOPHASE_SEEN);
  lap_time(m, &since, TWOPHASE_PRESSURE);
done:
  return rc;
}

int assay_twophase_step(struct assay_twophase *m, double dt)
{
  int rc = ASSAY_OK;
  struct assay_twophase_account *a = &m->account;
  ASSAY_CHECK(dt > 0 && isfinite(dt), ASSAY_EARG, "a time step must be positive, got %g", dt);
  if (m->levels > 0 && dt > longest_ratio * m->dt) m->levels = 0;
  rc = advance(m, dt);
  if (rc < 0) {
    assay_err_prefix(rc, "two-phase flow at t = %.6g s, step %lld: ", m->t, a->steps + 1);
    goto done;
  }
  if (m->levels < 2) m->levels++;
  m->t += dt;
  m->dt = dt;
  a->dt_min = a->steps == 0 ? dt : fmin(a->dt_min, dt);
  a->dt_max = fmax(a->dt_max, dt);
  a->steps++;
  ASSAY_CHECK(isfinite(m->rate), ASSAY_EDIVERGED,
              "two-phase flow diverged: velocity not finite at t = %.6g s, step %lld", m->t,
              a->steps);
done:
  return rc;
}

/* Whether the steps planned are neither too long by now nor, after the first few, far too short. */
static int still_fits(const struct assay_twophase *m, double dt, double done)
{
  if (done == 0) return 1;
  if (m->rate * dt > fmin(replan_at * m->cfl, most_courant)) return 0;
  return done < lengthen_after || assay_twophase_dt_limit(m) < lengthen_at * dt;
}

int assay_twophase_run(struct assay_twophase *m, double t_end)
{
  int rc = ASSAY_OK;
  const double shortest = 1e-8 * (t_end - m->t), rounding = 1e-9;
  ASSAY_CHECK(t_end >= m->t && isfinite(t_end), ASSAY_EARG, "cannot run from t = %g s back to %g s",
              m->t, t_end);
  while (m->t < t_end) {
    const double stable = assay_twophase_dt_limit(m);
    const double limit = m->levels > 0 ? fmin(stable, longest_ratio * m->dt) : stable;
    ASSAY_CHECK(limit > shortest, ASSAY_EDIVERGED,
                "two-phase flow diverged, or more than 1e8 steps to a frame: step of %.3g s at t = "
                "%.6g s",
                limit, m->t);
    const double n = fmax(ceil((t_end - m->t) / limit * (1 - rounding)), 1);
    const double dt = (t_end - m->t) / n;
    double k = 0;
    for (; k < n && still_fits(m, dt, k); k++) ASSAY_TRY(assay_twophase_step(m, dt));
    if (k == n) m->t = t_end;
  }
done:
  return rc;
}

/* The pressure of the start: that which keeps the acceleration of the present velocity free of
 * divergence. The mass flux takes the fractions upwind, the step is short beyond notice. */
int assay_twophase_first_pressure(struct assay_twophase *m)
{
  int rc = ASSAY_OK;
  struct assay_twophase_sweep *s = &m->s;
  const int nx = m->set.nx, ny = m->set.ny;
  const ptrdiff_t st = s->stride;
  s->dt = 1e-3 * fmin(assay_twophase_dt_limit(m), 1);
  s->reach = s->blend = 0;
  extrapolate(m);
  extrapolate_pressure(m);
  for (int j = 0; j <= ny; j++)
    for (int i = 0; i <= nx; i++) {
      const ptrdiff_t k = j * st + i;
      const double u = s->half.u[k] * s->dt * s->inv_dx, v = s->half.v[k] * s->dt * s->inv_dy;
      s->mass.u[k] = u * m->row[j].cell * s->rho[u >= 0 ? k - 1 : k];
      s->mass.v[k] = v * m->row[j].face * s->rho[v >= 0 ? k - st : k];
    }
  surface(m);
  predict(m);
  copy_around(m, s->rate);
  s->out = s->old;
  m->kernels->add(s);
  const double rate = m->rate;
  ASSAY_TRY(assay_twophase_project(m, TWOPHASE_CONVERGED_TO));
  m->rate = rate;
  double *p = s->p;
  s->p = s->p_old;
  s->p_old = p;
  for (int j = -2; j <= ny + 2; j++)
    for (int i = -2; i <= nx + 2; i++) {
      s->old.u[j * st + i] = s->now.u[j * st + i];
      s->old.v[j * st + i] = s->now.v[j * st + i];
    }
done:
  return rc;
}
