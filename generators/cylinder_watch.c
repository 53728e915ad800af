/* A flow past a cylinder as its evidence sees it: signals sampled at every frame, and the numbers
 * that follow from them. */
#include "generators/cylinder_watch.h"

#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/signal.h"

void assay_cylinder_forget(struct assay_cylinder_signals *w)
{
  assay_free(w->cd);
  assay_free(w->cl);
  assay_free(w->dp);
  *w = (struct assay_cylinder_signals){0};
}

static int sample(struct assay_cylinder_signals *w, int k, struct assay_mac *m,
                  const struct assay_cylinder_flow *f)
{
  int rc = ASSAY_OK;
  const struct assay_cylinder *p = f->p;
  const double u = assay_cylinder_speed(p);
  const double unit = 0.5 * p->density * u * u * assay_cylinder_length(p);
  const double inflow = p->inlet_velocity * (f->g.y1 - f->g.y0);
  struct assay_mac_load load;
  ASSAY_TRY(assay_mac_load(&load, m, 0));
  ASSAY_TRY(assay_cylinder_pressure_difference(&w->dp[k], m, f));
  w->cd[k] = load.fx / unit;
  w->cl[k] = load.fy / unit;
  for (int i = 0; i <= f->g.nx; i++)
    w->flux = fmax(w->flux, fabs(assay_mac_flux(m, i) - inflow) / inflow);
done:
  return rc;
}

/* Where u on the line y = 0 behind the obstacle turns positive, from the obstacle's back. */
static int measure_bubble(double *length, const struct assay_mac *m,
                          const struct assay_cylinder_flow *f)
{
  int rc = ASSAY_OK;
  const struct assay_mac_view u = assay_mac_u(m);
  const double back = f->circle.radius, row = -f->g.y0 / f->g.dy - 0.5;
  const int j = (int)floor(row), n = u.nx;
  const double share = row - j;
  double *x = NULL, *value = NULL, at;
  int count = 0;
  *length = (double)NAN;
  ASSAY_TRY(ASSAY_NEW(&x, (size_t)n, "wake"));
  ASSAY_TRY(ASSAY_NEW(&value, (size_t)n, "wake"));
  for (int i = 0; i < n; i++) {
    const double *here = u.data + j * u.stride + i;
    if (f->g.x0 + i * f->g.dx < back + 2 * f->g.dx) continue;
    x[count] = f->g.x0 + i * f->g.dx - back;
    value[count++] = (1 - share) * here[0] + share * here[u.stride];
  }
  rc = assay_signal_crossing(&at, x, value, count, 0);
  if (rc == ASSAY_OK) *length = at;
  if (rc == ASSAY_ENOTFOUND) rc = ASSAY_OK;
done:
  assay_free(x);
  assay_free(value);
  return rc;
}

int assay_cylinder_watch(struct assay_cylinder_signals *w, const struct assay_cylinder_setup *s)
{
  int rc = ASSAY_OK;
  struct assay_cylinder_flow flow;
  struct assay_mac_settings settings = assay_cylinder_settings(&flow, &s->p);
  struct assay_mac *m = NULL;
  const size_t n = (size_t)s->p.frames;
  *w = (struct assay_cylinder_signals){.n = s->p.frames,
                                       .first = (int)(s->from / s->p.frame_interval + 0.5)};
  ASSAY_TRY(ASSAY_NEW(&w->cd, n, "signals"));
  ASSAY_TRY(ASSAY_NEW(&w->cl, n, "signals"));
  ASSAY_TRY(ASSAY_NEW(&w->dp, n, "signals"));
  ASSAY_TRY(assay_mac_create(&m, &settings));
  for (int k = 0; k < w->n; k++) {
    ASSAY_TRY(assay_mac_run(m, k * s->p.frame_interval));
    ASSAY_TRY(sample(w, k, m, &flow));
  }
  ASSAY_TRY(measure_bubble(&w->length, m, &flow));
done:
  assay_mac_destroy(m);
  return rc;
}

static int measure_shedding(double out[ASSAY_CYLINDER_QUANTITIES],
                            const struct assay_cylinder_signals *w,
                            const struct assay_cylinder_setup *s)
{
  int rc = ASSAY_OK;
  struct assay_oscillation lift;
  const double dt = s->p.frame_interval;
  const double *cl = w->cl + w->first, *cd = w->cd + w->first, *dp = w->dp + w->first;
  const int n = w->n - w->first;
  ASSAY_TRY(assay_signal_oscillation(&lift, cl, n, dt));
  out[ASSAY_CYLINDER_CL_AMPLITUDE] = lift.amplitude;
  out[ASSAY_CYLINDER_HIGHEST_CL] = lift.highest;
  out[ASSAY_CYLINDER_STROUHAL] =
      lift.frequency * assay_cylinder_length(&s->p) / assay_cylinder_speed(&s->p);
  struct assay_oscillation drag;
  ASSAY_TRY(assay_signal_oscillation(&drag, cd, n, dt));
  out[ASSAY_CYLINDER_MEAN_CD] = drag.mean;
  out[ASSAY_CYLINDER_HIGHEST_CD] = drag.highest;
  int top = 0;
  const double half = 0.5 / (lift.frequency * dt);
  for (int k = 1; k + half + 1 < n; k++)
    if (cl[k] > cl[top]) top = k;
  const int k = (int)(top + half);
  out[ASSAY_CYLINDER_HALF_DP] = dp[k] + (top + half - k) * (dp[k + 1] - dp[k]);
done:
  return rc;
}

/* Everything that can be said of a flow; what cannot is NaN. */
int assay_cylinder_measure(double out[ASSAY_CYLINDER_QUANTITIES],
                           const struct assay_cylinder_setup *s)
{
  int rc = ASSAY_OK;
  struct assay_cylinder_signals w = {0};
  struct assay_growth growth;
  for (int q = 0; q < ASSAY_CYLINDER_QUANTITIES; q++) out[q] = (double)NAN;
  ASSAY_TRY(assay_cylinder_watch(&w, s));
  const int last = w.n - 1;
  out[ASSAY_CYLINDER_MEAN_CD] = out[ASSAY_CYLINDER_HIGHEST_CD] = w.cd[last];
  out[ASSAY_CYLINDER_LAST_CL] = w.cl[last];
  out[ASSAY_CYLINDER_LAST_DP] = w.dp[last];
  out[ASSAY_CYLINDER_BUBBLE] = w.length / s->p.diameter;
  if (s->p.perturbation == 0) goto done;
  if (assay_signal_growth(&growth, w.cl + w.first, w.n - w.first, s->p.frame_interval) == ASSAY_OK)
    out[ASSAY_CYLINDER_GROWTH] = growth.rate;
  rc = measure_shedding(out, &w, s);
  if (rc == ASSAY_ENOTFOUND) rc = ASSAY_OK;
done:
  assay_cylinder_forget(&w);
  return rc;
}
