/* Speed of the flow solver with an obstacle: whole steps of a channel of 512 x 256 cells with a
 * cylinder of 32 cells across, explicit and implicit, and what the plain Poisson solve, the change
 * of its operator around the body and the faces near the body take of it. Processor time, lowest of
 * the repeats, one JSON line per mode. */
#include <stdio.h>
#include <time.h>

#include "core/base/err.h"
#include "core/flow/mac_body.h"

enum { REPEATS = 9, CALLS = 12 };

static double seconds(void)
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static const struct assay_circle circle = {4.0, 4.03, 0.5};
static const struct assay_body body = {.shape = assay_circle_distance, .data = &circle};

static struct assay_mac_settings channel(enum assay_mac_viscous viscous)
{
  struct assay_mac_settings s = {.nx = 512,
                                 .ny = 256,
                                 .width = 16,
                                 .height = 8,
                                 .density = 1,
                                 .viscosity = viscous == ASSAY_MAC_EXPLICIT ? 0.01 : 0.05,
                                 .body = &body,
                                 .bodies = 1,
                                 .viscous = viscous};
  s.side[ASSAY_MAC_LEFT].wall = ASSAY_MAC_INFLOW;
  s.side[ASSAY_MAC_LEFT].inflow = 1;
  s.side[ASSAY_MAC_RIGHT].wall = ASSAY_MAC_OUTFLOW;
  return s;
}

enum part { STEP, POISSON, CAPACITANCE, FACES, PARTS };

static int call(struct assay_mac *m, enum part part, double dt)
{
  struct assay_mac_sweep s = assay_mac_sweep_of(m, m->now);
  switch (part) {
  case STEP:
    return assay_mac_step(m, dt);
  case POISSON:
    assay_poisson_solve(m->poisson, m->trial.u, m->div, m->work);
    break;
  case CAPACITANCE:
    assay_capacitance_solve(m->bodies->capacitance, m->trial.u, m->div, m->work);
    break;
  default:
    s.u_out = m->trial.u, s.v_out = m->trial.v;
    s.hu_out = m->trial_rhs.u, s.hv_out = m->trial_rhs.v;
    s.now = 1;
    assay_mac_amend_body_rates(m, &s);
    assay_mac_settle_bodies(m, m->trial, 1);
  }
  return ASSAY_OK;
}

static int measure(enum assay_mac_viscous viscous, const char *mode)
{
  int rc = ASSAY_OK;
  struct assay_mac *m = NULL;
  double us[PARTS] = {1e30, 1e30, 1e30, 1e30};
  const struct assay_mac_settings s = channel(viscous);
  ASSAY_TRY(assay_mac_create(&m, &s));
  const double dt = 0.7 * assay_mac_dt_limit(m);
  for (int r = 0; r < REPEATS; r++)
    for (int part = 0; part < PARTS; part++) {
      const double start = seconds();
      for (int k = 0; k < CALLS; k++) ASSAY_TRY(call(m, (enum part)part, dt));
      const double t = 1e6 * (seconds() - start) / CALLS;
      if (t < us[part]) us[part] = t;
    }
  printf("{\"bench\": \"mac-body\", \"mode\": \"%s\", \"nx\": %d, \"ny\": %d, \"rank\": %d, "
         "\"us_min\": %.1f, \"mcells_per_s_max\": %.1f, \"poisson_share\": %.3f, "
         "\"capacitance_share\": %.3f, \"faces_share\": %.3f}\n",
         mode, s.nx, s.ny, assay_capacitance_rank(m->bodies->capacitance), us[STEP],
         s.nx * s.ny / us[STEP], us[POISSON] / us[STEP], (us[CAPACITANCE] - us[POISSON]) / us[STEP],
         us[FACES] / us[STEP]);
done:
  assay_mac_destroy(m);
  return rc;
}

int main(void)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(measure(ASSAY_MAC_EXPLICIT, "explicit-central"));
  ASSAY_TRY(measure(ASSAY_MAC_IMPLICIT, "implicit-central"));
done:
  if (rc < 0) fprintf(stderr, "%s\n", assay_err_last());
  return rc < 0;
}
