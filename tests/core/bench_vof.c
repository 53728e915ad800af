/* Speed of the volume-of-fluid step: a disc in a vortex, every instruction set; processor time per
 * step, medians and lowest of interleaved repeats, and the share of the cells that the interface
 * crosses. One JSON line per figure. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/flow/vof.h"
#include "core/num/isa.h"

enum { REPEATS = 15, ISAS = 3 };

struct bench {
  int n, axisymmetric;
  struct assay_vof *vof[ISAS];
  double *u, *v, *kappa, dt;
  struct assay_mac_view uv, vv;
};

static double seconds(void)
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double disc(void *context, double x, double y)
{
  (void)context;
  return 0.15 - sqrt((x - 0.5) * (x - 0.5) + (y - 0.75) * (y - 0.75));
}

static double stream(double x, double y)
{
  return x * x * (1 - x) * (1 - x) * y * y * (1 - y) * (1 - y);
}

static void set_flow(struct bench *b)
{
  const int n = b->n;
  const double h = 1.0 / n;
  for (int j = 0; j <= n; j++)
    for (int i = 0; i <= n; i++) {
      const double psi = stream(i * h, j * h);
      if (j < n)
        b->u[j * (n + 1) + i] =
            (stream(i * h, (j + 1) * h) - psi) / h / (b->axisymmetric ? (j + 0.5) * h : 1);
      if (i < n)
        b->v[j * n + i] =
            (psi - stream((i + 1) * h, j * h)) / h / (b->axisymmetric && j > 0 ? j * h : 1);
    }
}

static int create(struct bench *b, int n, int axisymmetric)
{
  int rc = ASSAY_OK;
  const size_t faces = (size_t)(n + 1) * (size_t)n;
  *b = (struct bench){.n = n, .axisymmetric = axisymmetric};
  ASSAY_TRY(ASSAY_NEW(&b->u, faces, "bench"));
  ASSAY_TRY(ASSAY_NEW(&b->v, faces, "bench"));
  ASSAY_TRY(ASSAY_NEW(&b->kappa, (size_t)n * (size_t)n, "bench"));
  b->uv = (struct assay_mac_view){b->u, n + 1, n + 1, n};
  b->vv = (struct assay_mac_view){b->v, n, n, n + 1};
  set_flow(b);
  for (int isa = 0; isa < assay_isa_count(); isa++) {
    if (!assay_isa_available((enum assay_isa)isa)) continue;
    ASSAY_TRY(assay_isa_force((enum assay_isa)isa));
    ASSAY_TRY(
        assay_vof_create(&b->vof[isa], &(struct assay_vof_settings){n, n, 1.0 / n, 1.0 / n,
                                                                    .axisymmetric = axisymmetric}));
    ASSAY_TRY(assay_vof_fill(b->vof[isa], disc, NULL));
    b->dt = 0.45 / assay_vof_rate(b->vof[isa], b->uv, b->vv);
  }
done:
  return rc;
}

static void destroy(struct bench *b)
{
  for (int isa = 0; isa < ISAS; isa++) assay_vof_destroy(b->vof[isa]);
  assay_free(b->u);
  assay_free(b->v);
  assay_free(b->kappa);
}

static int ascending(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static int mixed(const struct assay_vof *f)
{
  const struct assay_mac_view c = assay_vof_fraction(f);
  int n = 0;
  for (int j = 0; j < c.ny; j++)
    for (int i = 0; i < c.nx; i++)
      n += c.data[j * c.stride + i] > 0 && c.data[j * c.stride + i] < 1;
  return n;
}

static void print(struct bench *b, const char *what, int isa, double us[REPEATS])
{
  const double cells = (double)b->n * b->n;
  qsort(us, REPEATS, sizeof *us, ascending);
  printf("{\"bench\": \"vof\", \"what\": \"%s\", \"axisymmetric\": %d, \"isa\": \"%s\", \"n\": %d, "
         "\"mixed\": %d, \"us_median\": %.2f, \"us_min\": %.2f, \"mcells_per_s\": %.1f}\n",
         what, b->axisymmetric, assay_isa_name((enum assay_isa)isa), b->n, mixed(b->vof[isa]),
         us[REPEATS / 2], us[0], cells / us[0]);
}

static int measure(struct bench *b)
{
  int rc = ASSAY_OK;
  static double step[ISAS][REPEATS], bend[ISAS][REPEATS];
  const int calls = 400000 / (b->n * b->n) + 1;
  for (int r = 0; r < REPEATS; r++)
    for (int isa = 0; isa < ISAS; isa++) {
      if (!b->vof[isa]) continue;
      double start = seconds();
      for (int k = 0; k < calls; k++) ASSAY_TRY(assay_vof_step(b->vof[isa], b->dt, b->uv, b->vv));
      step[isa][r] = 1e6 * (seconds() - start) / calls;
      start = seconds();
      for (int k = 0; k < calls; k++) assay_vof_curvature(b->vof[isa], b->kappa);
      bend[isa][r] = 1e6 * (seconds() - start) / calls;
    }
  for (int isa = 0; isa < ISAS; isa++) {
    if (!b->vof[isa]) continue;
    print(b, "step", isa, step[isa]);
    print(b, "curvature", isa, bend[isa]);
  }
done:
  return rc;
}

int main(void)
{
  static const int sizes[] = {64, 128, 256};
  int rc = ASSAY_OK;
  for (size_t k = 0; k < 2 * sizeof sizes / sizeof *sizes; k++) {
    struct bench b;
    ASSAY_TRY(create(&b, sizes[k / 2], k % 2));
    ASSAY_TRY(measure(&b));
    destroy(&b);
    fflush(stdout);
  }
done:
  if (rc < 0) fprintf(stderr, "%s\n", assay_err_last());
  return rc < 0;
}
