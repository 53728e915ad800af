/* Obstacles in a time step. After a sweep of the kernels, at every face near a body,
 *
 *   h = -(sum of +-F q_f)/volume + nu (viscous operator of mac_body_stencil.c) + f,
 *
 * where the advecting fluxes F are means of fluxes a u through open faces, so that their sum is
 * zero to rounding in every control volume, and q_f is the mean of both neighbours (central scheme)
 * or the one upwind (limited scheme). Written as sum F q_neighbour / 2 the former produces no
 * energy.
 *
 * Explicit viscosity. Where the diagonal D of the operator exceeds that of the plain stencil by E,
 *
 *   (1 + dt nu E) q_new = q* + dt nu E (q + r (q - q_previous)),   r = dt/dt_previous,
 *
 * which is second order in time and stable for any D (q* includes the last pressure gradient, so
 * that a steady flow does not feel it).
 *
 * Loads. Inside the box the kernels conserve momentum: what their sum over all faces changes comes
 * through the sides. The rest, by body: what the faces above get beyond the kernels' h, minus what
 * the kernels gave to faces in the solid, minus the pressure gradient they did not feel. It is
 * summed as it happens and is the force of the body on the fluid, exactly. The share (1 - a) of the
 * pressure gradient at cut faces acts on the surface, and is counted as pressure. */
#include <math.h>

#include "core/flow/mac_body.h"

static double carried(double flux, double here, double next, int upwind)
{
  if (!upwind) return 0.5 * (here + next) * flux;
  return flux >= 0 ? here * flux : next * flux;
}

/* Outward fluxes of q through the four sides of its control volume. */
static double convection(const struct mac_component *c, ptrdiff_t at, int upwind)
{
  const double *q = c->q + at, *w = c->w + at, *a = c->open_q + at, *b = c->open_w + at;
  const ptrdiff_t n = c->n, t = c->t;
  const double here = a[0] * q[0];
  const double ahead = 0.5 * (here + a[n] * q[n]), back = 0.5 * (here + a[-n] * q[-n]);
  const double above = 0.5 * (b[t - n] * w[t - n] + b[t] * w[t]);
  const double below = 0.5 * (b[-n] * w[-n] + b[0] * w[0]);
  return c->inv_n * (carried(ahead, q[0], q[n], upwind) + carried(-back, q[0], q[-n], upwind)) +
         c->inv_t * (carried(above, q[0], q[t], upwind) + carried(-below, q[0], q[-t], upwind));
}

/* Where a face is: coordinates across the force, relative to the body's centre. */
static double lever(const struct assay_mac *m, int index, int body, int j, int i)
{
  const double *centre = m->bodies->centre[body];
  return index ? (i + 0.5) * m->dx - centre[0] : centre[1] - (j + 0.5) * m->dy;
}

static void push(const struct assay_mac *m, struct mac_push *p, int index, int body, int j, int i,
                 double amount, double wall)
{
  *(index ? &p[body].y : &p[body].x) += amount;
  p[body].torque += amount * lever(m, index, body, j, i);
  p[body].power += amount * wall;
}

/* What the kernels gave to faces in the solid is taken back; a body force there is not the fluid's.
 */
static void empty_solids(const struct assay_mac *m, const struct mac_component *c)
{
  const struct mac_shell *s = c->shell;
  struct mac_push *rate = m->bodies->rate;
  for (int k = 0; k < s->sliders; k++) {
    const struct mac_slider *f = &s->slider[k];
    const double force = c->force ? c->force[f->at] : 0;
    if (f->outermost) rate[f->body].power -= (c->h_out[f->at] - force) * f->value;
  }
  for (int k = 0; k < s->runs; k++) {
    const struct mac_run *r = &s->run[k];
    for (int i = 0; i < r->n; i++) {
      const ptrdiff_t at = r->at + i;
      const double force = c->force ? c->force[at] : 0;
      push(m, rate, c->index, r->body, r->j, r->i + i, force - c->h_out[at], 0);
      c->h_out[at] = 0;
      c->out[at] = 0;
    }
  }
}

static void redo_faces(const struct assay_mac *m, const struct assay_mac_sweep *s,
                       const struct mac_component *c, double ratio)
{
  const struct mac_shell *shell = c->shell;
  const int upwind = m->account.scheme == ASSAY_MAC_LIMITED, implicit = s->p != NULL;
  for (int k = 0; k < shell->nears; k++) {
    const struct mac_near *f = &shell->near[k];
    const double lap = m->nu * assay_mac_viscous(shell, f, c->q);
    double h = -convection(c, f->at, upwind);
    if (!implicit) h += lap;
    if (c->force) h += c->force[f->at];
    const double gain = h - c->h_out[f->at];
    c->out[f->at] += s->now * gain;
    if (implicit) c->out[f->at] += s->visc * (lap - assay_mac_plain(c, s, f->at));
    if (implicit && f->cut)
      c->out[f->at] +=
          s->visc * m->nu * ratio * (assay_mac_linked(shell, f, c->q) - shell->before[k]);
    c->h_out[f->at] = h;
    push(m, m->bodies->rate, c->index, f->body, f->j, f->i, gain, f->wall);
  }
}

static void clear(struct mac_push *p, int n)
{
  for (int k = 0; k < n; k++) p[k] = (struct mac_push){0};
}

/* sum += factor add */
static void add(struct mac_push *sum, const struct mac_push *term, int n, double factor)
{
  for (int k = 0; k < n; k++) {
    sum[k].x += factor * term[k].x;
    sum[k].y += factor * term[k].y;
    sum[k].torque += factor * term[k].torque;
    sum[k].power += factor * term[k].power;
  }
}

void assay_mac_begin_loads(struct assay_mac *m)
{
  clear(m->bodies->impulse, m->bodies->n);
  clear(m->bodies->pressure, m->bodies->n);
}

void assay_mac_keep_before(struct assay_mac *m, struct mac_pair older)
{
  for (int c = 0; c < 2; c++) {
    const struct mac_shell *s = &m->bodies->shell[c];
    const double *q = c ? older.v : older.u;
    for (int k = 0; k < s->nears; k++) {
      const struct mac_near *f = &s->near[k];
      const int profile = f->cut && m->account.viscous == ASSAY_MAC_IMPLICIT;
      s->before[k] = profile ? assay_mac_linked(s, f, q) : q[f->at];
    }
  }
}

/* Slope of the last pressure over density, across a face. */
static double last_slope(const struct assay_mac *m, int index, const struct mac_near *f)
{
  const double *phi = m->phi + (ptrdiff_t)f->j * m->set.nx + f->i;
  const double d = index ? (phi[0] - phi[-m->set.nx]) / m->dy : (phi[0] - phi[-1]) / m->dx;
  return m->phi_scale * d;
}

static void damp_stiff(const struct assay_mac *m, const struct mac_component *c, double dt,
                       double ratio)
{
  const struct mac_shell *s = c->shell;
  for (int k = 0; k < s->nears; k++) {
    const struct mac_near *f = &s->near[k];
    if (f->excess == 0) continue;
    const double q = c->q[f->at], e = dt * m->nu * f->excess,
                 shift = dt * last_slope(m, c->index, f);
    const double aim = q + ratio * (q - s->before[k]), was = c->out[f->at];
    const double now = (was - shift + e * aim) / (1 + e) + shift;
    c->out[f->at] = now;
    push(m, m->bodies->impulse, c->index, f->body, f->j, f->i, now - was, f->wall);
  }
}

void assay_mac_body_divergence(const struct assay_mac *m, struct mac_pair w, double *div)
{
  const struct mac_bodies *b = m->bodies;
  const double ix = 1 / m->dx, iy = 1 / m->dy;
  const ptrdiff_t st = m->stride;
  for (int k = 0; k < b->cells; k++) {
    const ptrdiff_t at = b->cell[k].at;
    const double *u = w.u + at, *v = w.v + at, *ax = b->ax + at, *ay = b->ay + at;
    div[b->cell[k].cell] =
        ix * (ax[1] * u[1] - ax[0] * u[0]) + iy * (ay[st] * v[st] - ay[0] * v[0]);
  }
}

void assay_mac_fill_solids(const struct assay_mac *m, struct mac_pair w)
{
  for (int c = 0; c < 2; c++) {
    const struct mac_shell *s = &m->bodies->shell[c];
    double *q = c ? w.v : w.u;
    for (int k = 0; k < s->runs; k++)
      for (int i = 0; i < s->run[k].n; i++) q[s->run[k].at + i] = 0;
    for (int k = 0; k < s->sliders; k++) q[s->slider[k].at] = s->slider[k].value;
  }
}

static void amend(struct assay_mac *m, const struct assay_mac_sweep *s, double ratio)
{
  clear(m->bodies->rate, m->bodies->n);
  for (int index = 0; index < 2; index++) {
    const struct mac_component c = assay_mac_component(m, s, index);
    empty_solids(m, &c);
    redo_faces(m, s, &c, ratio);
  }
}

void assay_mac_amend_bodies(struct assay_mac *m, const struct assay_mac_sweep *s, double dt)
{
  struct mac_bodies *b = m->bodies;
  const double ratio = m->levels > 0 ? dt / m->dt : 0;
  amend(m, s, ratio);
  add(b->impulse, b->rate, b->n, s->now);
  add(b->impulse, b->old_rate, b->n, -s->before);
  if (s->hu_out == m->rhs.u)
    for (int k = 0; k < b->n; k++) b->old_rate[k] = b->rate[k];
  if (s->p) return;
  for (int index = 0; index < 2; index++) {
    const struct mac_component c = assay_mac_component(m, s, index);
    damp_stiff(m, &c, dt, ratio);
  }
  const struct mac_pair out = {s->u_out, s->v_out};
  assay_mac_body_divergence(m, out, m->div);
}

void assay_mac_amend_body_rates(struct assay_mac *m, const struct assay_mac_sweep *s)
{
  const struct mac_pair out = {s->u_out, s->v_out};
  amend(m, s, 0);
  assay_mac_body_divergence(m, out, m->div);
}

void assay_mac_bridge(const struct assay_mac *m, double *phi)
{
  const struct mac_bodies *b = m->bodies;
  for (int k = 0; k < b->gaps; k++) {
    const struct mac_gap *g = &b->gap[k];
    double *row = phi + (ptrdiff_t)g->j * m->set.nx + g->i;
    const int first = g->i == 0, last = g->i + g->n == m->set.nx;
    /* a solid that reaches the side: one constant, so that loads on it are those of the pressure */
    const double west = first || last ? 0 : row[-1], east = first || last ? 0 : row[g->n];
    for (int i = 0; i < g->n; i++) row[i] = west + (east - west) * (i + 1) / (g->n + 1);
  }
}

/* What the slope of phi [ny, nx] (rows `stride` apart) gives to faces that do not feel it, and its
 * share (1 - a) at cut ones. */
static void push_slopes(struct assay_mac *m, const double *phi, ptrdiff_t stride, double factor)
{
  struct mac_bodies *b = m->bodies;
  for (int index = 0; index < 2; index++) {
    const struct mac_shell *s = &b->shell[index];
    const ptrdiff_t back = index ? stride : 1;
    const double inv = factor / (index ? m->dy : m->dx);
    for (int k = 0; k < s->runs; k++) {
      const struct mac_run *r = &s->run[k];
      for (int i = r->i; i < r->i + r->n; i++) {
        const int place = index ? r->j : i;
        if (place == 0 || place == (index ? m->set.ny : m->set.nx)) continue;
        const double *here = phi + r->j * stride + i;
        const double slope = inv * (here[0] - here[-back]);
        push(m, b->impulse, index, r->body, r->j, i, slope, 0);
        push(m, b->pressure, index, r->body, r->j, i, slope, 0);
      }
    }
    for (int k = 0; k < s->nears; k++) {
      const struct mac_near *f = &s->near[k];
      const double *here = phi + f->j * stride + f->i;
      if (f->open == 1) continue;
      push(m, b->pressure, index, f->body, f->j, f->i,
           (1 - f->open) * inv * (here[0] - here[-back]), 0);
    }
  }
}

void assay_mac_settle_bodies(struct assay_mac *m, struct mac_pair w, double factor)
{
  assay_mac_fill_solids(m, w);
  if (factor != 0) push_slopes(m, m->phi, m->set.nx, factor);
}

static void end_loads(struct assay_mac *m, double scale, double time)
{
  struct mac_bodies *b = m->bodies;
  for (int k = 0; k < b->n; k++)
    b->load[k] = (struct assay_mac_load){.fx = -scale * b->impulse[k].x,
                                         .fy = -scale * b->impulse[k].y,
                                         .pressure_x = -scale * b->pressure[k].x,
                                         .pressure_y = -scale * b->pressure[k].y,
                                         .torque = -scale * b->impulse[k].torque,
                                         .power = scale * b->impulse[k].power,
                                         .time = time};
}

/* Viscous part from the present velocity. */
static void push_viscous(struct assay_mac *m, double factor)
{
  const struct assay_mac_sweep s = assay_mac_sweep_of(m, m->now);
  struct mac_push *sum = m->bodies->impulse;
  for (int index = 0; index < 2; index++) {
    const struct mac_component c = assay_mac_component(m, &s, index);
    for (int k = 0; k < c.shell->nears; k++) {
      const struct mac_near *f = &c.shell->near[k];
      const double gain =
          m->nu * assay_mac_viscous(c.shell, f, c.q) - assay_mac_plain(&c, &s, f->at);
      push(m, sum, index, f->body, f->j, f->i, factor * gain, f->wall);
    }
    for (int k = 0; k < c.shell->runs; k++) {
      const struct mac_run *r = &c.shell->run[k];
      for (int i = 0; i < r->n; i++)
        push(m, sum, index, r->body, r->j, r->i + i, -factor * assay_mac_plain(&c, &s, r->at + i),
             0);
    }
    for (int k = 0; k < c.shell->sliders; k++) {
      const struct mac_slider *f = &c.shell->slider[k];
      if (f->outermost) sum[f->body].power -= factor * assay_mac_plain(&c, &s, f->at) * f->value;
    }
  }
}

void assay_mac_end_loads(struct assay_mac *m, double dt, double ratio)
{
  const double a0 = (1 + 2 * ratio) / (1 + ratio); /* of backward differences */
  if (m->account.viscous == ASSAY_MAC_EXPLICIT) {
    end_loads(m, m->set.density * m->dx * m->dy / dt, m->t + 0.5 * dt);
    return;
  }
  push_viscous(m, dt / a0);
  push_slopes(m, m->p, m->stride, dt / a0);
  end_loads(m, m->set.density * m->dx * m->dy * a0 / dt, m->t + dt);
}
