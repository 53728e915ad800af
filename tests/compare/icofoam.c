/* The cavity solver beside OpenFOAM's icoFoam: same grid, step and end time. Started by icofoam.sh,
 * which has run icoFoam and timed it.
 *
 *   icofoam N DT STEPS U_FILE CPU_SECONDS
 *
 * N: cells per side; U_FILE: icoFoam's velocity at the end, ASCII, cell by cell. The deviations are
 * of centred velocities from an own solution on a grid four times finer, over the lid speed. Prints
 * one JSON line. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/flow/mac.h"

enum { REFINE = 4 };

static const double reynolds = 1000;

static int create(struct assay_mac **out, int n)
{
  const struct assay_mac_settings s = {
      .nx = n,
      .ny = n,
      .width = 1,
      .height = 1,
      .density = 1,
      .viscosity = 1 / reynolds,
      .side = {[ASSAY_MAC_TOP] = {ASSAY_MAC_NO_SLIP, 1}},
      .scheme = ASSAY_MAC_CENTRAL,
  };
  return assay_mac_create(out, &s);
}

/* Cell averages of the velocity on n x n cells out of a solution on (n r)^2, out [n, n, 2]. */
static void centred(double *out, const struct assay_mac *m, int n, int r)
{
  const struct assay_mac_view u = assay_mac_u(m), v = assay_mac_v(m);
  for (int j = 0; j < n; j++)
    for (int i = 0; i < n; i++) {
      double su = 0, sv = 0;
      for (int k = 0; k < r; k++) {
        const double *row = u.data + (j * r + k) * u.stride;
        su += row[i * r] + row[(i + 1) * r];
        sv += v.data[j * r * v.stride + i * r + k] + v.data[(j + 1) * r * v.stride + i * r + k];
      }
      out[2 * (j * n + i)] = su / (2 * r);
      out[2 * (j * n + i) + 1] = sv / (2 * r);
    }
}

static double cpu_seconds(void)
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int own(double *out, double *seconds, int n, int r, double dt, int steps)
{
  int rc = ASSAY_OK;
  struct assay_mac *m = NULL;
  const double started = cpu_seconds();
  ASSAY_TRY(create(&m, n * r));
  for (int k = 0; k < steps; k++) ASSAY_TRY(assay_mac_step(m, dt));
  *seconds = cpu_seconds() - started;
  centred(out, m, n, r);
done:
  assay_mac_destroy(m);
  return rc;
}

static int read_foam(double *out, int n, const char *path)
{
  int rc = ASSAY_OK;
  char line[256];
  int count = 0;
  FILE *in = fopen(path, "re");
  ASSAY_CHECK(in, ASSAY_EIO, "%s: cannot open", path);
  while (fgets(line, sizeof line, in) && !strstr(line, "internalField")) continue;
  ASSAY_CHECK(fscanf(in, "%d (", &count) == 1 && count == n * n, ASSAY_EPARSE,
              "%s: expected %d cells, found %d", path, n * n, count);
  for (int k = 0; k < count; k++)
    ASSAY_CHECK(fscanf(in, " (%lf %lf %*f)", out + 2 * k, out + 2 * k + 1) == 2, ASSAY_EPARSE,
                "%s: cell %d cannot be read", path, k);
done:
  if (in) fclose(in);
  return rc;
}

static void deviation(double *largest, double *rms, const double *a, const double *b, int n)
{
  double sum = 0;
  *largest = 0;
  for (int k = 0; k < 2 * n * n; k++) {
    *largest = fmax(*largest, fabs(a[k] - b[k]));
    sum += (a[k] - b[k]) * (a[k] - b[k]);
  }
  *rms = sqrt(sum / (2 * n * n));
}

int main(int argc, char **argv)
{
  int rc = ASSAY_OK;
  double *fine = NULL, *ours = NULL, *foam = NULL;
  double seconds = 0, fine_seconds = 0, max_ours, max_foam, rms_ours, rms_foam;
  ASSAY_CHECK(argc == 6, ASSAY_EARG, "usage: icofoam N DT STEPS U_FILE CPU_SECONDS");
  const int n = atoi(argv[1]), steps = atoi(argv[3]);
  const double dt = atof(argv[2]), foam_seconds = atof(argv[5]);
  const size_t size = 2 * (size_t)n * (size_t)n;
  ASSAY_TRY(ASSAY_NEW(&fine, size, "velocity"));
  ASSAY_TRY(ASSAY_NEW(&ours, size, "velocity"));
  ASSAY_TRY(ASSAY_NEW(&foam, size, "velocity"));
  ASSAY_TRY(read_foam(foam, n, argv[4]));
  ASSAY_TRY(own(ours, &seconds, n, 1, dt, steps));
  ASSAY_TRY(own(fine, &fine_seconds, n, REFINE, dt / REFINE, steps * REFINE));
  deviation(&max_ours, &rms_ours, ours, fine, n);
  deviation(&max_foam, &rms_foam, foam, fine, n);
  printf("{\"cells\": %d, \"dt\": %g, \"steps\": %d, \"assay_s\": %.4f, \"icofoam_s\": %.3f, "
         "\"ratio\": %.1f, \"assay_max\": %.4f, \"icofoam_max\": %.4f, \"assay_rms\": %.4f, "
         "\"icofoam_rms\": %.4f}\n",
         n, dt, steps, seconds, foam_seconds, foam_seconds / seconds, max_ours, max_foam, rms_ours,
         rms_foam);
done:
  if (rc < 0) fprintf(stderr, "icofoam: %s\n", assay_err_last());
  assay_free(fine);
  assay_free(ours);
  assay_free(foam);
  return assay_rc_exit(rc);
}
