/* Operators near bodies as the steps and the diagnostics see them, and the energy balance at their
 * surfaces. Let q be the velocity on all faces, closed ones included, L the operator near the
 * surface and P the plain one of the kernels. Summation by parts turns sum q P q over everything
 * into the sum of squared slopes. With W the velocity of the surface, continued to the faces on
 * both sides,
 *
 *   sum over open faces q L q = - slopes + sum near W (L - P) q - sum closed W P q
 *                               + sum near (q - W)(L - P) q;
 *
 * the middle is the power of the surface, the last lowers the dissipation. Slopes between closed
 * faces are left out of both. (This is the power of the stress mu du/dn; on a curved moving surface
 * it differs from that of the true stress, and so does the dissipation. assay_mac_load has the
 * latter.)
 */
#include "core/flow/mac_body.h"

struct mac_component assay_mac_component(const struct assay_mac *m, const struct assay_mac_sweep *s,
                                         int index)
{
  struct mac_bodies *b = m->bodies;
  return (struct mac_component){.shell = &b->shell[index],
                                .n = index ? m->stride : 1,
                                .t = index ? 1 : m->stride,
                                .q = index ? s->v : s->u,
                                .w = index ? s->u : s->v,
                                .open_q = index ? b->ay : b->ax,
                                .open_w = index ? b->ax : b->ay,
                                .out = index ? s->v_out : s->u_out,
                                .h_out = index ? s->hv_out : s->hu_out,
                                .force = index ? s->fy : s->fx,
                                .inv_n = index ? s->inv_dy : s->inv_dx,
                                .inv_t = index ? s->inv_dx : s->inv_dy,
                                .index = index};
}

double assay_mac_linked(const struct mac_shell *s, const struct mac_near *f, const double *q)
{
  double sum = 0;
  for (int k = f->first; k < f->first + f->links; k++) sum += s->link[k].weight * q[s->link[k].at];
  return sum;
}

double assay_mac_viscous(const struct mac_shell *s, const struct mac_near *f, const double *q)
{
  return f->constant - f->diagonal * q[f->at] + assay_mac_linked(s, f, q);
}

/* nu times the plain stencil, as the kernels have it. */
double assay_mac_plain(const struct mac_component *c, const struct assay_mac_sweep *s, ptrdiff_t at)
{
  const double *q = c->q + at;
  const double nn = c->index ? s->nu_yy : s->nu_xx, tt = c->index ? s->nu_xx : s->nu_yy;
  return nn * (q[c->n] - 2 * q[0] + q[-c->n]) + tt * (q[c->t] - 2 * q[0] + q[-c->t]);
}

/* nu times the sum over the neighbours of a closed face that are open, of their difference to it.
 */
static double towards_open(const struct mac_component *c, const struct assay_mac_sweep *s,
                           ptrdiff_t at)
{
  const double nn = c->index ? s->nu_yy : s->nu_xx, tt = c->index ? s->nu_xx : s->nu_yy;
  const double *q = c->q + at, *a = c->open_q + at;
  const ptrdiff_t step[4] = {c->n, -c->n, c->t, -c->t};
  double sum = 0;
  for (int k = 0; k < 4; k++)
    if (a[step[k]] > 0) sum += (k < 2 ? nn : tt) * (q[step[k]] - q[0]);
  return sum;
}

/* nu times the squared slopes between a closed face and the closed ones after it. */
static double inner_slopes(const struct mac_component *c, const struct assay_mac_sweep *s,
                           ptrdiff_t at)
{
  const double nn = c->index ? s->nu_yy : s->nu_xx, tt = c->index ? s->nu_xx : s->nu_yy;
  const double *q = c->q + at, *a = c->open_q + at;
  const double dn = a[c->n] == 0 ? q[c->n] - q[0] : 0, dt = a[c->t] == 0 ? q[c->t] - q[0] : 0;
  return nn * dn * dn + tt * dt * dt;
}

struct mac_surface assay_mac_surface(const struct assay_mac *m)
{
  const struct assay_mac_sweep s = assay_mac_sweep_of(m, m->now);
  struct mac_surface sum = {0};
  for (int index = 0; index < 2; index++) {
    const struct mac_component c = assay_mac_component(m, &s, index);
    for (int k = 0; k < c.shell->nears; k++) {
      const struct mac_near *f = &c.shell->near[k];
      const double gain =
          m->nu * assay_mac_viscous(c.shell, f, c.q) - assay_mac_plain(&c, &s, f->at);
      sum.power += f->wall * gain;
      sum.dissipation -= (c.q[f->at] - f->wall) * gain;
    }
    for (int k = 0; k < c.shell->sliders; k++) {
      const ptrdiff_t at = c.shell->slider[k].at;
      sum.power -= c.q[at] * towards_open(&c, &s, at);
    }
    if (c.shell->sliders == 0) continue;
    for (int k = 0; k < c.shell->runs; k++)
      for (int i = 0; i < c.shell->run[k].n; i++)
        sum.dissipation -= inner_slopes(&c, &s, c.shell->run[k].at + i);
  }
  return sum;
}
