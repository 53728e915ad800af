/* Speed of the two-phase step: water over a barrier on 300 x 80 cells, a partly open side and a
 * block included, by every instruction set and every way to solve for the pressure. Processor time
 * per step and the share of its parts, one JSON line per figure. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/err.h"
#include "core/flow/twophase.h"
#include "core/num/isa.h"

static double seconds(void)
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static struct assay_twophase_settings dam(enum assay_twophase_pressure pressure)
{
  struct assay_twophase_settings s = {.nx = 300,
                                      .ny = 80,
                                      .width = 1.5,
                                      .height = 0.4,
                                      .marked = {100, 0.1},
                                      .unmarked = {1.225, 1.7894e-5},
                                      .gravity = {0, -9.81},
                                      .pressure = pressure,
                                      .n_blocks = 1,
                                      .block = {{0.5, 0.55, 0, 0.1}},
                                      .clock = seconds};
  s.side[ASSAY_MAC_LEFT].n = 2;
  s.side[ASSAY_MAC_LEFT].segment[0] =
      (struct assay_twophase_segment){0, 0.1, ASSAY_TWOPHASE_INFLOW, .velocity = 1, .fraction = 1};
  s.side[ASSAY_MAC_LEFT].segment[1] =
      (struct assay_twophase_segment){0.1, 0.4, ASSAY_TWOPHASE_OPENING};
  s.side[ASSAY_MAC_RIGHT].n = 1;
  s.side[ASSAY_MAC_RIGHT].segment[0] =
      (struct assay_twophase_segment){.kind = ASSAY_TWOPHASE_OPENING};
  return s;
}

static int measure(const char *isa, const char *name, enum assay_twophase_pressure pressure)
{
  int rc = ASSAY_OK;
  const struct assay_twophase_settings s = dam(pressure);
  struct assay_twophase *m = NULL;
  ASSAY_TRY(assay_twophase_create(&m, &s));
  ASSAY_TRY(assay_twophase_run(m, 0.2));
  const struct assay_twophase_account a = assay_twophase_account(m);
  const double since = seconds();
  ASSAY_TRY(assay_twophase_run(m, 0.4));
  const double spent = seconds() - since;
  const struct assay_twophase_account b = assay_twophase_account(m);
  const double steps = (double)(b.steps - a.steps), cells = 300 * 80;
  double part[4];
  for (int k = 0; k < 4; k++) part[k] = 1e9 * (b.seconds[k] - a.seconds[k]) / (steps * cells);
  printf(
      "{\"bench\": \"twophase\", \"isa\": \"%s\", \"pressure\": \"%s\", \"nx\": 300, \"ny\": 80, "
      "\"steps\": %.0f, \"us_per_step\": %.1f, \"mcell_per_s\": %.1f, \"iterations\": %.1f, "
      "\"ns_fraction\": %.2f, \"ns_advection\": %.2f, \"ns_viscosity\": %.2f, \"ns_pressure\": "
      "%.2f}\n",
      isa, name, steps, 1e6 * spent / steps, 1e-6 * cells * steps / spent,
      (double)(b.iterations - a.iterations) / steps, part[0], part[1], part[2], part[3]);
done:
  assay_twophase_destroy(m);
  return rc;
}

int main(void)
{
  int rc = ASSAY_OK;
  static const struct {
    const char *name;
    enum assay_twophase_pressure pressure;
  } ways[] = {{"splitting", ASSAY_TWOPHASE_SPLITTING},
              {"iterated", ASSAY_TWOPHASE_ITERATED},
              {"converged", ASSAY_TWOPHASE_CONVERGED}};
  for (int isa = 0; isa < assay_isa_count(); isa++) {
    if (!assay_isa_available((enum assay_isa)isa)) continue;
    ASSAY_TRY(assay_isa_force((enum assay_isa)isa));
    for (int k = 0; k < 3; k++)
      ASSAY_TRY(measure(assay_isa_name((enum assay_isa)isa), ways[k].name, ways[k].pressure));
  }
done:
  if (rc < 0) fprintf(stderr, "%s\n", assay_err_last());
  return rc < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
