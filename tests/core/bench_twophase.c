/* Speed of the two-phase step: water over a barrier on 300 x 80 cells, a partly open side and a
 * block included, by every instruction set and every way to solve for the pressure. Processor time
 * per step and the share of its parts, one JSON line per figure. */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/err.h"
#include "core/flow/twophase.h"
#include "core/num/isa.h"
#include "tests/core/bench_dam.h"
#include "tests/core/bench_machine.h"

static int measure(const char *isa, const char *name, enum assay_twophase_pressure pressure)
{
  int rc = ASSAY_OK;
  const struct assay_twophase_settings s = bench_dam(pressure);
  struct assay_twophase *m = NULL;
  ASSAY_TRY(assay_twophase_create(&m, &s));
  ASSAY_TRY(assay_twophase_run(m, 0.2));
  const struct assay_twophase_account a = assay_twophase_account(m);
  const double since = bench_seconds();
  ASSAY_TRY(assay_twophase_run(m, 0.4));
  const double spent = bench_seconds() - since;
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
