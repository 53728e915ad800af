/* Time steps of eight cases, one after the other and in vector lanes, whole runs with everything
 * that belongs to them: processor time per case and step, the least of several repeats, one JSON
 * line per figure. What bounds the kernels: bench_roofline.c. */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "core/base/err.h"
#include "core/flow/mac_batch.h"
#include "core/flow/mac_internal.h"
#include "core/num/isa.h"

enum { REPEATS = 9, LANES = ASSAY_MAC_LANES };

static double seconds(void)
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static struct assay_mac_settings cavity(int n, double cell_reynolds, enum assay_mac_scheme scheme,
                                        enum assay_mac_viscous viscous)
{
  struct assay_mac_settings s = {.nx = n, .ny = n, .width = 1, .height = 1, .density = 1};
  s.viscosity = 1 / (cell_reynolds * n);
  s.scheme = scheme;
  s.viscous = viscous;
  s.side[ASSAY_MAC_TOP].velocity = 1;
  return s;
}

static const struct mode {
  const char *name;
  double cell_reynolds;
  enum assay_mac_scheme scheme;
  enum assay_mac_viscous viscous;
} modes[] = {
    {"explicit-central", 8, ASSAY_MAC_CENTRAL, ASSAY_MAC_EXPLICIT},
    {"explicit-limited", 100, ASSAY_MAC_LIMITED, ASSAY_MAC_EXPLICIT},
};

/* Time steps of eight cases, one after the other and side by side, everything included. */
static int bench_runs(int n, const struct mode *mode, enum assay_isa isa)
{
  int rc = ASSAY_OK;
  struct assay_mac *alone = NULL, *m[LANES] = {NULL};
  struct assay_mac_batch *b = NULL;
  const struct assay_mac_settings set = cavity(n, mode->cell_reynolds, mode->scheme, mode->viscous);
  double best_alone = INFINITY, best = INFINITY, t = 0, end = 0;
  ASSAY_TRY(assay_mac_create(&alone, &set));
  ASSAY_TRY(assay_mac_batch_create(&b, &set));
  for (int k = 0, lane; k < LANES; k++) {
    struct assay_mac_settings s = set;
    s.height = 1 + 0.03 * k; /* cells of different shapes */
    ASSAY_TRY(assay_mac_create(&m[k], &s));
    ASSAY_TRY(assay_mac_batch_put(b, &lane, m[k]));
  }
  for (int r = 0; r < REPEATS; r++) {
    long long steps = assay_mac_account(alone).steps, all = 0;
    end += 256.0 / n;
    t = seconds();
    ASSAY_TRY(assay_mac_run(alone, end));
    best_alone =
        fmin(best_alone, (seconds() - t) / (double)(assay_mac_account(alone).steps - steps));
    for (int k = 0; k < LANES; k++) all -= assay_mac_account(m[k]).steps;
    t = seconds();
    for (int k = 0; k < LANES; k++) ASSAY_TRY(assay_mac_batch_aim(b, k, end, 0));
    for (unsigned ended = 0, now; ended != (1U << LANES) - 1; ended |= now)
      assay_mac_batch_run(b, &now);
    t = seconds() - t;
    for (int k = 0; k < LANES; k++) all += assay_mac_account(m[k]).steps;
    best = fmin(best, t / (double)all);
  }
  const double cells = 1e-6 * n * n;
  printf("{\"bench\": \"mac-batch\", \"mode\": \"%s\", \"isa\": \"%s\", \"n\": %d, \"alone_us\": "
         "%.2f, \"alone_mcells_per_s\": %.1f, \"lanes_us\": %.2f, \"lanes_mcells_per_s\": %.1f, "
         "\"speedup\": %.3f, \"least_lanes\": %d}\n",
         mode->name, assay_isa_name(isa), n, 1e6 * best_alone, cells / best_alone, 1e6 * best,
         cells / best, best_alone / best, assay_mac_batch_least(&set));
done:
  assay_mac_batch_destroy(b);
  for (int k = 0; k < LANES; k++) assay_mac_destroy(m[k]);
  assay_mac_destroy(alone);
  return rc;
}

static int bench_isa(enum assay_isa isa)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_isa_force(isa));
  for (int n = 32; n <= 128; n *= 2)
    for (size_t k = 0; k < sizeof modes / sizeof *modes; k++)
      ASSAY_TRY(bench_runs(n, &modes[k], isa));
  fflush(stdout);
done:
  return rc;
}

int main(void)
{
  int rc = ASSAY_OK;
  for (int isa = 0; isa < assay_isa_count(); isa++)
    if (assay_isa_available((enum assay_isa)isa)) ASSAY_TRY(bench_isa((enum assay_isa)isa));
done:
  if (rc < 0) fprintf(stderr, "%s\n", assay_err_last());
  return rc < 0;
}
