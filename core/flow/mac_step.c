/* Time stepping. With h = -div(u u) + f, L = nu lap, r = dt / dt_previous:
 *
 * explicit (second-order Adams-Bashforth, exact projection):
 *   u* = u + dt [(1 + r/2) (h + L u) - r/2 (h + L u)_previous],   u_new = u* - grad phi,
 *   lap phi = div u*.
 *   First step: the predictor-corrector of Heun, both stages projected.
 *
 * implicit (second-order backward differences, factored, incremental pressure in rotational form;
 * Guermond, Minev & Shen 2006; the stiff modes are damped, not reflected):
 *   a0 = (1 + 2 r)/(1 + r), a2 = r^2/(1 + r),  d = u* - u,
 *   (1 - nu dt/a0 lap) d = [a2 (u - u_previous) + dt ((1 + r) h - r h_previous + L u - grad p)] /
 * a0, u_new = u* - grad phi, lap phi = div u*,  p_new = p + a0/dt phi - nu div u* (with bodies
 * without the last term: in cut cells, where viscosity is not nu div grad, it oscillates). First
 * step: backward Euler (a0 = 1, a2 = 0, r = 0) from the pressure of the initial field; one step of
 * a first-order method leaves an error of second order.
 *
 * A step more than twice as long as the one before restarts the sequence.
 *
 * Choices, all from the settings. U is the fastest wall or inflow or velocity_scale, h the longer
 * side of a cell, R = U h / nu.
 * - scheme: central up to R = 40, limited above. Central differences are exact in energy and most
 *   accurate while the flow is resolved; above, they fill the field with two-cell waves.
 * - viscosity: implicit where the explicit limit is below half of the convective one.
 *
 * Longest step, C = max(|u|/dx + |v|/dy) now, walls included, lambda = 4 nu (1/dx^2 + 1/dy^2):
 * - central: cfl / C, with cfl lowered to (6.75 / R)^(1/3) where that is less: Adams-Bashforth 2
 *   amplifies a pure oscillation by (omega dt)^4 / 4 a step, central differences have
 *   omega dt <= C dt sin(kh), viscosity removes 2 nu dt (1 - cos kh)/h^2, and this is where the
 *   former wins for some k;
 * - limited: cfl / C, and 0.8 / (2 C + lambda) since upwind differences reach the negative real
 * axis;
 * - explicit viscosity: 0.8 / lambda (the limit on the real axis is 1, and at 0.8 there is room for
 *   |omega| dt <= 0.56 on the other);
 * - implicit viscosity: a tenth of the time in which the slowest mode decays. */
#include <math.h>

#include "core/base/err.h"
#include "core/flow/mac_body.h"
#include "core/flow/mac_internal.h"

static const double central_up_to = 40;     /* cell Reynolds number */
static const double explicit_reach = 0.8;   /* of Adams-Bashforth 2 along the negative real axis */
static const double growth_constant = 6.75; /* 8 / max (1 - c)(1 + c)^2 */
static const double pi_squared = 9.869604401089358;
static const double hopeless_courant = 4;
static const double replan_at = 1.2;
static const double longest_ratio = 2;
enum { steps_between_checks = 256 }; /* whether the flow is steady */

static double scale_of(const struct assay_mac *m)
{
  double u = m->set.velocity_scale;
  for (int k = 0; k < ASSAY_MAC_SIDES; k++)
    u = fmax(u, fmax(fabs(m->set.side[k].velocity), fabs(m->set.side[k].inflow)));
  for (int k = 0; k < m->set.bodies; k++) u = fmax(u, fabs(m->set.body[k].slide));
  return u;
}

static double viscous_rate(const struct assay_mac *m)
{
  return 4 * m->nu * (1 / (m->dx * m->dx) + 1 / (m->dy * m->dy));
}

/* By Newton's method from above: libm's cbrt need not give the same bits everywhere. */
static double cube_root(double a)
{
  double x = fmax(a, 1), last = (double)INFINITY;
  while (x < last) {
    last = x;
    x = (2 * x + a / (x * x)) / 3;
  }
  return last;
}

void assay_mac_choose(struct assay_mac *m)
{
  const double h = fmax(m->dx, m->dy), scale = scale_of(m);
  struct assay_mac_account *a = &m->account;
  a->cell_reynolds = scale * h / m->nu;
  a->scheme = m->set.scheme;
  a->viscous = m->set.viscous;
  if (a->scheme == ASSAY_MAC_SCHEME_AUTO)
    a->scheme = a->cell_reynolds > central_up_to ? ASSAY_MAC_LIMITED : ASSAY_MAC_CENTRAL;
  if (a->viscous == ASSAY_MAC_VISCOUS_AUTO) {
    const double convective = m->cfl * fmin(m->dx, m->dy) / scale; /* inf without a scale */
    const int binding = explicit_reach / viscous_rate(m) < 0.5 * convective;
    a->viscous = binding ? ASSAY_MAC_IMPLICIT : ASSAY_MAC_EXPLICIT;
  }
  if (a->scheme == ASSAY_MAC_CENTRAL && a->cell_reynolds > 0)
    m->cfl = fmin(m->cfl, cube_root(growth_constant / a->cell_reynolds));
}

double assay_mac_dt_limit(const struct assay_mac *m)
{
  const double rate = fmax(m->rate, m->wall_rate), lambda = viscous_rate(m);
  const int upwind = m->account.scheme == ASSAY_MAC_LIMITED;
  double dt = m->cfl / rate;
  if (m->account.viscous == ASSAY_MAC_EXPLICIT)
    return fmin(dt, explicit_reach / (upwind ? lambda + 2 * rate : lambda));
  const double w = m->set.width, h = m->set.height;
  if (upwind) dt = fmin(dt, explicit_reach / (2 * rate));
  return fmin(dt, 0.1 / (m->nu * pi_squared * (1 / (w * w) + 1 / (h * h))));
}

/* Body force at the present time, into the sweep. */
static void with_force(struct assay_mac *m, struct assay_mac_sweep *s, double t)
{
  if (!m->set.force) return;
  assay_mac_fill_force(m, t);
  s->fx = m->force.u;
  s->fy = m->force.v;
}

static void evaluate(const struct assay_mac *m, const struct assay_mac_sweep *s)
{
  const struct assay_mac_kernels *k = m->kernels;
  const int limited = m->account.scheme == ASSAY_MAC_LIMITED;
  (limited ? k->explicit_limited : k->explicit_central)(s);
}

void assay_mac_solve_pressure(struct assay_mac *m, double *p, struct mac_pair w)
{
  struct assay_mac_sweep s = assay_mac_sweep_of(m, w);
  s.u_out = m->trial.u, s.v_out = m->trial.v;
  s.hu = m->trial_rhs.u, s.hv = m->trial_rhs.v;
  s.hu_out = m->trial_rhs.u, s.hv_out = m->trial_rhs.v;
  s.keep = 0, s.now = 1, s.before = 0;
  with_force(m, &s, m->t);
  evaluate(m, &s);
  if (m->open) assay_mac_amend_rates(m, &s, m->t);
  if (m->bodies) assay_mac_amend_body_rates(m, &s);
  assay_mac_solve_poisson(m, p);
}

static void swap(struct mac_pair *a, struct mac_pair *b)
{
  const struct mac_pair t = *a;
  *a = *b;
  *b = t;
}

/* u_out = u + now h - before h_old, projected; h of w goes to h_out. */
static void explicit_stage(struct assay_mac *m, struct mac_pair out, struct mac_pair w,
                           struct mac_pair h_out, double t, double dt, double now, double before)
{
  struct assay_mac_sweep s = assay_mac_sweep_of(m, w);
  s.u_out = out.u, s.v_out = out.v;
  s.hu = m->rhs.u, s.hv = m->rhs.v;
  s.hu_out = h_out.u, s.hv_out = h_out.v;
  s.keep = 1, s.now = now, s.before = before;
  with_force(m, &s, t);
  if (m->bodies) assay_mac_keep_before(m, out);
  evaluate(m, &s);
  if (m->open) assay_mac_amend_sides(m, &s, t, m->t + dt);
  if (m->bodies) assay_mac_amend_bodies(m, &s, dt);
  m->rate = assay_mac_project(m, out, NULL, 0, 0, 1);
  assay_mac_fill_halo(m, out);
}

static void explicit_step(struct assay_mac *m, double dt, double ratio)
{
  if (m->bodies && m->phi_scale == 0) {
    assay_mac_solve_pressure(m, m->phi, m->now);
    m->phi_scale = 1;
  }
  if (m->levels > 0) {
    explicit_stage(m, m->other, m->now, m->rhs, m->t, dt, dt * (1 + 0.5 * ratio), dt * 0.5 * ratio);
    m->phi_scale = 1 / dt;
    swap(&m->now, &m->other);
    return;
  }
  explicit_stage(m, m->other, m->now, m->rhs, m->t, dt, dt, 0);
  m->phi_scale = 0; /* the second stage corrects: neither it nor phi has the whole pressure */
  explicit_stage(m, m->trial, m->other, m->trial_rhs, m->t + dt, dt, 0.5 * dt, 0.5 * dt);
  swap(&m->other, &m->trial);
  swap(&m->now, &m->other);
}

/* The pressure of the splitting starts as that of the present velocity. */
static void start_pressure(struct assay_mac *m)
{
  assay_mac_solve_pressure(m, m->phi, m->now);
  for (int j = 0; j < m->set.ny; j++)
    for (int i = 0; i < m->set.nx; i++)
      m->p[j * m->stride + i] = m->phi[(ptrdiff_t)j * m->set.nx + i];
}

/* One column and row beyond the periodic sides, as the gradient needs. */
static void fill_pressure_halo(struct assay_mac *m)
{
  const int nx = m->set.nx, ny = m->set.ny;
  for (int j = 0; j < ny; j++) m->p[j * m->stride - 1] = m->p[j * m->stride + nx - 1];
  for (int i = 0; i < nx; i++) m->p[-m->stride + i] = m->p[(ny - 1) * m->stride + i];
}

static void implicit_step(struct assay_mac *m, double dt, double ratio)
{
  const double a0 = (1 + 2 * ratio) / (1 + ratio), a2 = ratio * ratio / (1 + ratio);
  if (m->levels == 0) start_pressure(m);
  fill_pressure_halo(m);
  assay_mac_factor(m, m->nu * dt / a0);
  struct assay_mac_sweep s = assay_mac_sweep_of(m, m->now);
  s.u_out = m->other.u, s.v_out = m->other.v;
  s.hu = s.hu_out = m->rhs.u, s.hv = s.hv_out = m->rhs.v;
  s.p = m->p;
  s.keep = a2 / a0, s.now = dt * (1 + ratio) / a0, s.before = dt * ratio / a0;
  s.visc = s.grad = dt / a0;
  with_force(m, &s, m->t);
  const int limited = m->account.scheme == ASSAY_MAC_LIMITED;
  if (m->open) assay_mac_save_outflow(m, m->other);
  if (m->bodies) assay_mac_keep_before(m, m->other);
  (limited ? m->kernels->implicit_limited : m->kernels->implicit_central)(&s);
  if (m->open) assay_mac_amend_sides(m, &s, m->t, m->t + dt);
  if (m->bodies) assay_mac_amend_bodies(m, &s, dt);
  assay_mac_solve_lines(m, m->other);
  if (m->open) assay_mac_save_outflow(m, m->other);
  m->kernels->add_increment(&s);
  if (m->open) assay_mac_add_outflow(m, m->now, m->other, m->t + dt);
  if (m->bodies) {
    assay_mac_fill_solids(m, m->other);
    assay_mac_body_divergence(m, m->other, m->div);
  }
  const double rotational = m->bodies ? 0 : m->nu;
  m->rate = assay_mac_project(m, m->other, m->p, a0 / dt, rotational, 0);
  assay_mac_fill_halo(m, m->other);
  swap(&m->now, &m->other);
}

int assay_mac_account_step(struct assay_mac *m, double dt)
{
  int rc = ASSAY_OK;
  struct assay_mac_account *a = &m->account;
  m->levels = 1;
  m->t += dt;
  m->dt = dt;
  a->dt_min = a->steps == 0 ? dt : fmin(a->dt_min, dt);
  a->dt_max = fmax(a->dt_max, dt);
  a->steps++;
  ASSAY_CHECK(m->rate * dt < hopeless_courant, ASSAY_EDIVERGED,
              "flow diverged: Courant number %.3g at t = %.6g s, step %lld", m->rate * dt, m->t,
              a->steps);
done:
  return rc;
}

int assay_mac_restarts(const struct assay_mac *m, double dt)
{
  return m->levels == 0 || dt > longest_ratio * m->dt;
}

int assay_mac_step(struct assay_mac *m, double dt)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(dt > 0 && isfinite(dt), ASSAY_EARG, "a time step must be positive, got %g", dt);
  if (m->open && !m->outflow) ASSAY_TRY(assay_mac_check_inflow(m, m->t + dt));
  if (assay_mac_restarts(m, dt)) m->levels = 0;
  const double ratio = m->levels > 0 ? dt / m->dt : 0;
  if (m->bodies) assay_mac_begin_loads(m);
  if (m->account.viscous == ASSAY_MAC_EXPLICIT)
    explicit_step(m, dt, ratio);
  else
    implicit_step(m, dt, ratio);
  if (m->bodies) assay_mac_end_loads(m, dt, ratio);
  ASSAY_TRY(assay_mac_account_step(m, dt));
done:
  return rc;
}

void assay_mac_balance(struct assay_mac *m, struct mac_energy a, double dt)
{
  const struct mac_energy b = assay_mac_energy(m);
  double gain = 0.5 * (a.wall_power + a.force_power + b.wall_power + b.force_power);
  if (m->open) gain += 0.5 * (a.carried + b.carried) + assay_mac_passage(m).pressure;
  const double loss = 0.5 * (a.dissipation + b.dissipation);
  const double scale = fmax(fabs(gain), loss);
  const double residual = (b.kinetic - a.kinetic) / dt - gain + loss;
  m->energy_residual = scale > 0 ? fabs(residual) / scale : 0;
}

/* The last step of a run, with the energy balance over it. */
static int measured_step(struct assay_mac *m, double dt)
{
  int rc = ASSAY_OK;
  const struct mac_energy before = assay_mac_energy(m);
  ASSAY_TRY(assay_mac_step(m, dt));
  assay_mac_balance(m, before, dt);
done:
  return rc;
}

int assay_mac_next(struct mac_plan *p, const struct assay_mac *m)
{
  int rc = ASSAY_OK;
  const double rest = p->end - m->t, limit = assay_mac_dt_limit(m), rounding = 1e-9;
  if (p->k > 0 && p->k + 1 < p->n && !(p->dt <= replan_at * limit)) p->k = 0;
  if (p->k == 0) {
    ASSAY_CHECK(limit > 1e-9 * (p->end - p->start), ASSAY_EDIVERGED,
                "flow diverged, or more than 1e9 steps to a frame: step of %.3g s at t = %.6g s",
                limit, m->t);
    p->n = fmax(ceil(rest / limit * (1 - rounding)), 1);
    p->dt = rest / p->n;
  }
  p->k++;
  p->count++;
  p->last = p->k >= p->n;
  p->measured = p->last || (p->tolerance > 0 && p->count % steps_between_checks == 0);
done:
  return rc;
}

void assay_mac_judge(struct mac_plan *p, const struct assay_mac *m)
{
  p->steady = p->tolerance > 0 && assay_mac_change(m) < p->tolerance;
  p->done = p->last || p->steady;
}

int assay_mac_plan(struct mac_plan *p, const struct assay_mac *m, double t_end, double tolerance)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(t_end >= m->t && isfinite(t_end), ASSAY_EARG, "cannot run from t = %g s back to %g s",
              m->t, t_end);
  *p = (struct mac_plan){.start = m->t, .end = t_end, .tolerance = tolerance};
  p->done = t_end == m->t;
done:
  return rc;
}

int assay_mac_run_until(struct assay_mac *m, double t_end, double tolerance, int *steady)
{
  int rc = ASSAY_OK;
  struct mac_plan p = {0};
  ASSAY_TRY(assay_mac_plan(&p, m, t_end, tolerance));
  while (!p.done) {
    ASSAY_TRY(assay_mac_next(&p, m));
    if (!p.measured) {
      ASSAY_TRY(assay_mac_step(m, p.dt));
      continue;
    }
    ASSAY_TRY(measured_step(m, p.dt));
    if (p.last) m->t = t_end;
    assay_mac_judge(&p, m);
  }
  *steady = p.steady;
done:
  return rc;
}

int assay_mac_run(struct assay_mac *m, double t_end)
{
  int steady;
  return assay_mac_run_until(m, t_end, 0, &steady);
}
