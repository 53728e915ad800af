/* In- and outflow sides. The kernels treat every side that is not periodic as a wall whose normal
 * velocity stays; what follows amends the faces on open sides and the divergence of the cells
 * behind them. With n the outward direction and tau the one along the side:
 *
 * Inflow: the normal velocity is given, as the mean over each face for uniform and parabolic
 * profiles, at its centre for a custom one; the tangential velocity is zero (as on a wall at rest).
 *
 * Outflow: p = 0, and the normal velocity q on the side has its own momentum equation
 *
 *   dq/dt = -q_n dq/dn - w dq/dtau + nu d2q/dtau2 + nu (q_inner - q)/dn^2 - dp/dn
 *
 * with dq/dn = (q - q_inner)/dn where the fluid leaves and (0 - q)/dn where it comes back, w the
 * mean of the two nearest tangential velocities, dp/dn over half a cell. So developed flow leaves
 * undisturbed, and fluid from outside brings neither normal nor tangential momentum: backflow costs
 * energy instead of feeding on it. */
#include <math.h>

#include "core/base/err.h"
#include "core/flow/mac_internal.h"

/* A side seen from its faces: the normal velocity at face k is q[k * along]. */
struct rim {
  double *q;
  ptrdiff_t along;  /* from face to face */
  ptrdiff_t inward; /* from a face to the one behind it */
  ptrdiff_t shift;  /* from q to the same place in other arrays of the normal component */
  int n;            /* faces */
  double sign;      /* of the outward normal */
  double h, length; /* spacing along the side, m */
};

static struct rim rim_of(const struct assay_mac *m, struct mac_pair w, int side)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const ptrdiff_t st = m->stride;
  const int vertical = side <= ASSAY_MAC_RIGHT, far = side & 1;
  const ptrdiff_t shift = far ? (vertical ? nx : ny * st) : 0, step = vertical ? 1 : st;
  return (struct rim){.q = (vertical ? w.u : w.v) + shift,
                      .along = vertical ? st : 1,
                      .inward = far ? -step : step,
                      .shift = shift,
                      .n = vertical ? ny : nx,
                      .sign = far ? 1 : -1,
                      .h = vertical ? m->dy : m->dx,
                      .length = vertical ? m->set.height : m->set.width};
}

static enum assay_mac_wall kind(const struct assay_mac *m, int side)
{
  return m->set.side[side].wall;
}

/* Mean of 4 s (L - s)/L^2 over [s - h/2, s + h/2]. */
static double parabola(double s, double h, double length)
{
  return 4 * (s * (length - s) - h * h / 12) / (length * length);
}

/* Normal velocity into the domain at the middle of face k. */
static double inflow_at(const struct assay_mac *m, int side, const struct rim *r, int k, double t)
{
  const double s = (k + 0.5) * r->h, speed = m->set.side[side].inflow;
  switch (m->set.side[side].profile) {
  case ASSAY_MAC_PARABOLIC:
    return speed * parabola(s, r->h, r->length);
  case ASSAY_MAC_CUSTOM:
    return speed * m->set.side[side].shape(m->set.side[side].shape_context, s, t);
  default:
    return speed;
  }
}

void assay_mac_set_inflow(const struct assay_mac *m, struct mac_pair w, double t)
{
  for (int side = 0; side < ASSAY_MAC_SIDES; side++) {
    if (kind(m, side) != ASSAY_MAC_INFLOW) continue;
    const struct rim r = rim_of(m, w, side);
    for (int k = 0; k < r.n; k++) r.q[k * r.along] = -r.sign * inflow_at(m, side, &r, k, t);
  }
}

/* Change of the inflow from t to t_new on the faces of w. */
static void set_inflow_change(const struct assay_mac *m, struct mac_pair w, double t, double t_new,
                              double factor)
{
  for (int side = 0; side < ASSAY_MAC_SIDES; side++) {
    if (kind(m, side) != ASSAY_MAC_INFLOW) continue;
    const struct rim r = rim_of(m, w, side);
    for (int k = 0; k < r.n; k++)
      r.q[k * r.along] =
          -r.sign * factor * (inflow_at(m, side, &r, k, t_new) - inflow_at(m, side, &r, k, t));
  }
}

double assay_mac_inflow_sum(const struct assay_mac *m, double t, double *gross)
{
  double net = 0;
  *gross = 0;
  for (int side = 0; side < ASSAY_MAC_SIDES; side++) {
    if (kind(m, side) != ASSAY_MAC_INFLOW) continue;
    const struct rim r = rim_of(m, m->now, side);
    for (int k = 0; k < r.n; k++) {
      const double q = inflow_at(m, side, &r, k, t) * r.h;
      net += q;
      *gross += fabs(q);
    }
  }
  return net;
}

int assay_mac_check_inflow(const struct assay_mac *m, double t)
{
  int rc = ASSAY_OK;
  double gross;
  const double net = assay_mac_inflow_sum(m, t, &gross);
  ASSAY_CHECK(isfinite(gross), ASSAY_EARG, "the inflow at t = %g s is not finite", t);
  ASSAY_CHECK(m->outflow || fabs(net) <= 1e-12 * gross, ASSAY_EARG,
              "without an outflow side inflow and suction must balance: %g m^2/s too much at "
              "t = %g s",
              net, t);
done:
  return rc;
}

/* What lies beyond an outflow side: normal velocities go on as they are; tangential ones too where
 * the fluid leaves, and where it comes back they make the carried velocity zero. */
static void halo_of(const struct assay_mac *m, struct mac_pair w, int side)
{
  const int vertical = side <= ASSAY_MAC_RIGHT, limited = m->account.scheme == ASSAY_MAC_LIMITED;
  const struct rim r = rim_of(m, w, side);
  const ptrdiff_t beyond = -r.inward, behind = r.inward < 0 ? r.inward : 0;
  double *t = (vertical ? w.v : w.u) + r.shift + behind;
  for (int k = 0; k < r.n; k++) {
    double *q = r.q + k * r.along;
    for (int layer = 1; layer <= 2; layer++) q[layer * beyond] = *q;
  }
  for (int k = 0; k <= r.n; k++) {
    const double low = r.q[(k > 0 ? k - 1 : 0) * r.along];
    const double high = r.q[(k < r.n ? k : r.n - 1) * r.along];
    const double factor = r.sign * (low + high) >= 0 ? 1 : limited ? 0 : -1;
    double *inner = t + k * r.along;
    for (int layer = 1; layer <= 2; layer++) inner[layer * beyond] = factor * *inner;
  }
}

void assay_mac_outflow_halo(const struct assay_mac *m, struct mac_pair w, int vertical)
{
  for (int k = 0; k < 2; k++) {
    const int side = (vertical ? ASSAY_MAC_LEFT : ASSAY_MAC_BOTTOM) + k;
    if (kind(m, side) == ASSAY_MAC_OUTFLOW) halo_of(m, w, side);
  }
}

static double *saved_of(const struct assay_mac *m, int side)
{
  const int most = m->set.nx > m->set.ny ? m->set.nx : m->set.ny;
  return m->saved + side * (ptrdiff_t)most;
}

/* Right-hand sides one step back; those in the fields are overwritten by the kernels on some sides.
 */
static double *history_of(const struct assay_mac *m, int side)
{
  const int most = m->set.nx > m->set.ny ? m->set.nx : m->set.ny;
  return m->saved + (ASSAY_MAC_SIDES + side) * (ptrdiff_t)most;
}

void assay_mac_save_outflow(const struct assay_mac *m, struct mac_pair w)
{
  for (int side = 0; side < ASSAY_MAC_SIDES; side++) {
    if (kind(m, side) != ASSAY_MAC_OUTFLOW) continue;
    const struct rim r = rim_of(m, w, side);
    double *saved = saved_of(m, side);
    for (int k = 0; k < r.n; k++) saved[k] = r.q[k * r.along];
  }
}

/* Convective term at a face; q points to it, w_here to the tangential velocity at its lower or left
 * end one half cell inside. */
static double outflow_convection(const struct assay_mac *m, const struct rim *r, const double *q,
                                 const double *w_here, double inv_n, double inv_t)
{
  const ptrdiff_t a = r->along;
  const double here = *q, out = r->sign * here, w = 0.5 * (w_here[0] + w_here[a]);
  const double normal = out >= 0 ? out * (here - q[r->inward]) : out * (0 - here);
  const double central = 0.5 * (q[a] - q[-a]);
  const double upwind = w >= 0 ? here - q[-a] : q[a] - here;
  const int limited = m->account.scheme == ASSAY_MAC_LIMITED;
  return normal * inv_n + w * (limited ? upwind : central) * inv_t;
}

/* The update of the kernels on the faces of an outflow side. */
static void outflow_faces(const struct assay_mac *m, const struct assay_mac_sweep *s, int side)
{
  const int vertical = side <= ASSAY_MAC_RIGHT, implicit = s->p != NULL;
  const struct mac_pair w = {(double *)s->u, (double *)s->v}, out = {s->u_out, s->v_out};
  const struct rim r = rim_of(m, w, side), o = rim_of(m, out, side);
  const double inv_n = vertical ? s->inv_dx : s->inv_dy, inv_t = vertical ? s->inv_dy : s->inv_dx;
  const double nn = vertical ? s->nu_xx : s->nu_yy, tt = vertical ? s->nu_yy : s->nu_xx;
  const ptrdiff_t behind = r.inward < 0 ? r.inward : 0; /* face to cell */
  const double *tangential = (vertical ? s->v : s->u) + r.shift + behind;
  const double *saved = saved_of(m, side);
  const double *force = vertical ? s->fx : s->fy;
  double *history = history_of(m, side);
  const int keep = s->hu_out == m->rhs.u;
  for (int k = 0; k < r.n; k++) {
    const ptrdiff_t at = k * r.along;
    const double *q = r.q + at;
    const double lap = nn * (q[r.inward] - *q) + tt * (q[r.along] - 2 * *q + q[-r.along]);
    double h = -outflow_convection(m, &r, q, tangential + at, inv_n, inv_t);
    if (!implicit) h += lap;
    if (force) h += force[r.shift + at];
    o.q[at] = s->now * h - s->before * history[k];
    if (implicit) {
      const double p = s->p[r.shift + behind + at];
      o.q[at] += s->keep * (*q - saved[k]) + s->visc * lap + r.sign * s->grad * 2 * inv_n * p;
    } else {
      o.q[at] += s->keep * *q;
    }
    if (keep) history[k] = h;
  }
}

/* Divergence of w in the cells behind the open sides. */
static void refresh_divergence(const struct assay_mac *m, struct mac_pair w)
{
  const int nx = m->set.nx, ny = m->set.ny;
  const ptrdiff_t st = m->stride;
  const double ix = 1 / m->dx, iy = 1 / m->dy;
  for (int side = 0; side < ASSAY_MAC_SIDES; side++) {
    if (kind(m, side) != ASSAY_MAC_INFLOW && kind(m, side) != ASSAY_MAC_OUTFLOW) continue;
    const int vertical = side <= ASSAY_MAC_RIGHT, far = side & 1;
    for (int k = 0; k < (vertical ? ny : nx); k++) {
      const int i = vertical ? (far ? nx - 1 : 0) : k, j = vertical ? k : (far ? ny - 1 : 0);
      const double *u = w.u + j * st + i, *v = w.v + j * st + i;
      m->div[(ptrdiff_t)j * nx + i] = ix * (u[1] - u[0]) + iy * (v[st] - v[0]);
    }
  }
}

/* What continues the normal velocity on a side before its first face or behind its last. */
static double beyond(const struct assay_mac *m, int side, const struct rim *r, int last)
{
  const int next = (side <= ASSAY_MAC_RIGHT ? ASSAY_MAC_BOTTOM : ASSAY_MAC_LEFT) + last;
  const double lower = r->q[0], upper = r->q[(r->n - 1) * r->along];
  switch (kind(m, next)) {
  case ASSAY_MAC_PERIODIC:
    return last ? lower : upper;
  case ASSAY_MAC_FREE_SLIP:
  case ASSAY_MAC_OUTFLOW:
    return last ? upper : lower;
  default:
    return last ? -upper : -lower;
  }
}

/* The increments d of the inflow enter the equations of the faces next to it: (1 - a d2/dn2)
 * (1 - a d2/dtau2) d has the known value (1 - a d2/dtau2) d on the side. */
static void feed_lines(const struct assay_mac *m, struct mac_pair d)
{
  for (int side = 0; side < ASSAY_MAC_SIDES; side++) {
    if (kind(m, side) != ASSAY_MAC_INFLOW) continue;
    const struct rim r = rim_of(m, d, side);
    const double hn = side <= ASSAY_MAC_RIGHT ? m->dx : m->dy;
    const double an = m->factored / (hn * hn), at = m->factored / (r.h * r.h);
    for (int k = 0; k < r.n; k++) {
      const double *q = r.q + k * r.along;
      const double below = k > 0 ? q[-r.along] : beyond(m, side, &r, 0);
      const double above = k + 1 < r.n ? q[r.along] : beyond(m, side, &r, 1);
      r.q[k * r.along + r.inward] += an * (*q - at * (above - 2 * *q + below));
    }
  }
}

void assay_mac_amend_sides(const struct assay_mac *m, const struct assay_mac_sweep *s, double t,
                           double t_new)
{
  const struct mac_pair out = {s->u_out, s->v_out};
  for (int side = 0; side < ASSAY_MAC_SIDES; side++)
    if (kind(m, side) == ASSAY_MAC_OUTFLOW) outflow_faces(m, s, side);
  if (s->p) {
    set_inflow_change(m, out, t, t_new, 1);
    feed_lines(m, out);
    return;
  }
  assay_mac_set_inflow(m, out, t_new);
  refresh_divergence(m, out);
}

void assay_mac_amend_rates(const struct assay_mac *m, const struct assay_mac_sweep *s, double t)
{
  const struct mac_pair out = {s->u_out, s->v_out};
  const double step = m->dt > 0 ? 1e-3 * m->dt : m->rate > 0 ? 1e-3 / m->rate : 1e-3;
  for (int side = 0; side < ASSAY_MAC_SIDES; side++)
    if (kind(m, side) == ASSAY_MAC_OUTFLOW) outflow_faces(m, s, side);
  set_inflow_change(m, out, t - step, t + step, 0.5 / step);
  refresh_divergence(m, out);
}

void assay_mac_add_outflow(const struct assay_mac *m, struct mac_pair now, struct mac_pair out,
                           double t_new)
{
  for (int side = 0; side < ASSAY_MAC_SIDES; side++) {
    if (kind(m, side) != ASSAY_MAC_OUTFLOW) continue;
    const struct rim r = rim_of(m, now, side), o = rim_of(m, out, side);
    const double *saved = saved_of(m, side);
    for (int k = 0; k < r.n; k++) o.q[k * o.along] = r.q[k * r.along] + saved[k];
  }
  assay_mac_set_inflow(m, out, t_new);
  refresh_divergence(m, out);
}

double assay_mac_project_sides(const struct assay_mac *m, struct mac_pair w, double rate)
{
  for (int side = 0; side < ASSAY_MAC_SIDES; side++) {
    if (kind(m, side) != ASSAY_MAC_INFLOW && kind(m, side) != ASSAY_MAC_OUTFLOW) continue;
    const struct rim r = rim_of(m, w, side);
    const int nx = m->set.nx, ny = m->set.ny;
    const int vertical = side <= ASSAY_MAC_RIGHT, far = side & 1;
    const double *phi = m->phi + (far ? (vertical ? nx - 1 : (ptrdiff_t)(ny - 1) * nx) : 0);
    const ptrdiff_t step = vertical ? nx : 1;
    const double inv = 1 / (vertical ? m->dx : m->dy);
    for (int k = 0; k < r.n; k++) {
      double *q = r.q + k * r.along;
      if (kind(m, side) == ASSAY_MAC_OUTFLOW) *q += r.sign * 2 * inv * phi[k * step];
      rate = fmax(rate, fabs(*q) * inv);
    }
  }
  return rate;
}
