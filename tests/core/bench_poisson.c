/* Microseconds per Neumann Poisson solve: this solver on every instruction set, FFTW's 2-D REDFT10
 * and REDFT01 with a division between, and FFTW's 1-D transforms of all lines with a tridiagonal
 * solve between; and microseconds per sweep of tridiagonal systems. Processor time, all
 * interleaved, medians and lowest of the repeats, one JSON line per figure. FFTW plans with
 * MEASURE, or PATIENT if the argument is `patient`. */
#include <fftw3.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/isa.h"
#include "core/num/poisson.h"
#include "core/num/tridiag.h"

enum { REPEATS = 25, WAYS = 8 };

struct bench {
  int n;
  double *phi, *rhs, *work, *lambda, *inverse; /* inverse: [n, n] pivots of the peer */
  struct assay_poisson *plan[3];
  struct assay_tridiag *line;
  fftw_plan forward, backward, lines_forward, lines_backward;
};

static double now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return 1e6 * (double)t.tv_sec + 1e-3 * (double)t.tv_nsec;
}

/* work <- rhs transformed in both directions, divided, transformed back into phi */
static void fftw_2d(const struct bench *b)
{
  const int n = b->n;
  fftw_execute(b->forward);
  for (int j = 0; j < n; j++)
    for (int i = 0; i < n; i++) b->work[j * n + i] *= b->lambda[j * n + i];
  fftw_execute(b->backward);
}

/* transforms along x, elimination along y with the wavenumbers in vectors */
static void fftw_1d(const struct bench *b)
{
  const int n = b->n;
  double *restrict f = b->work;
  fftw_execute(b->lines_forward);
  for (int i = 0; i < n; i++) f[i] *= b->inverse[i];
  for (int j = 1; j < n; j++)
    for (int i = 0; i < n; i++)
      f[j * n + i] = (f[j * n + i] + f[(j - 1) * n + i]) * b->inverse[j * n + i];
  for (int j = n - 2; j >= 0; j--)
    for (int i = 0; i < n; i++) f[j * n + i] += f[(j + 1) * n + i] * b->inverse[j * n + i];
  fftw_execute(b->lines_backward);
}

static void ours(const struct bench *b, int isa)
{
  assay_poisson_solve(b->plan[isa], b->phi, b->rhs, b->work);
}

static const char *const names[WAYS] = {"assay-base", "assay-v3",  "assay-v4",  "fftw-2d",
                                        "fftw-1d",    "tridiag-x", "tridiag-y", "copy"};

static void run(const struct bench *b, int way)
{
  switch (way) {
  case 0:
  case 1:
  case 2:
    ours(b, way);
    break;
  case 3:
    fftw_2d(b);
    break;
  case 4:
    fftw_1d(b);
    break;
  case 5:
    assay_tridiag_x(b->line, b->phi, b->rhs, b->n, b->n);
    break;
  case 6:
    assay_tridiag_y(b->line, b->phi, b->rhs, b->n, b->n);
    break;
  default:
    memcpy(b->phi, b->rhs, sizeof(double) * (size_t)b->n * (size_t)b->n);
    break;
  }
}

static void plan_peers(struct bench *b, unsigned flags)
{
  const int n = b->n;
  const fftw_r2r_kind two = FFTW_REDFT10, three = FFTW_REDFT01;
  b->forward = fftw_plan_r2r_2d(n, n, b->rhs, b->work, two, two, flags);
  b->backward = fftw_plan_r2r_2d(n, n, b->work, b->phi, three, three, flags);
  b->lines_forward =
      fftw_plan_many_r2r(1, &n, n, b->rhs, NULL, 1, n, b->work, NULL, 1, n, &two, flags);
  b->lines_backward =
      fftw_plan_many_r2r(1, &n, n, b->work, NULL, 1, n, b->phi, NULL, 1, n, &three, flags);
  const double pi = 3.14159265358979323846;
  for (int i = 0; i < n; i++) {
    const double kx = 2 - 2 * cos(pi * i / n);
    double before = 0;
    for (int j = 0; j < n; j++) {
      const double l = kx + 2 - 2 * cos(pi * j / n);
      const double pivot = kx + (j == 0 || j == n - 1 ? 1 : 2) - before;
      b->lambda[j * n + i] = l > 0 ? -1 / (4.0 * n * n * n * n * l) : 0;
      before = b->inverse[j * n + i] = 1 / (pivot > 1e-9 ? pivot : 1);
    }
  }
}

static int create(struct bench *b, int n, unsigned flags)
{
  int rc = ASSAY_OK;
  const size_t size = (size_t)n * (size_t)n;
  memset(b, 0, sizeof *b);
  b->n = n;
  for (int isa = 0; isa < assay_isa_count(); isa++) {
    if (!assay_isa_available((enum assay_isa)isa)) continue;
    ASSAY_TRY(assay_isa_force((enum assay_isa)isa));
    ASSAY_TRY(assay_poisson_create(&b->plan[isa], n, n, 1.0 / n, 1.0 / n, ASSAY_BC_NEUMANN,
                                   ASSAY_BC_NEUMANN));
  }
  ASSAY_TRY(assay_tridiag_create(&b->line, n));
  assay_tridiag_set(b->line, 2.385, -0.6925, 2.385, 2.385);
  ASSAY_TRY(ASSAY_NEW(&b->phi, size, "bench"));
  ASSAY_TRY(ASSAY_NEW(&b->rhs, size, "bench"));
  ASSAY_TRY(ASSAY_NEW(&b->work, size + assay_poisson_work(b->plan[0]), "bench"));
  ASSAY_TRY(ASSAY_NEW(&b->lambda, size, "bench"));
  ASSAY_TRY(ASSAY_NEW(&b->inverse, size, "bench"));
  plan_peers(b, flags);
  for (size_t i = 0; i < size; i++) b->rhs[i] = sin((double)(i * i % 1009));
done:
  return rc;
}

static void destroy(struct bench *b)
{
  for (int isa = 0; isa < 3; isa++) assay_poisson_destroy(b->plan[isa]);
  assay_tridiag_destroy(b->line);
  fftw_destroy_plan(b->forward);
  fftw_destroy_plan(b->backward);
  fftw_destroy_plan(b->lines_forward);
  fftw_destroy_plan(b->lines_backward);
  assay_free(b->phi);
  assay_free(b->rhs);
  assay_free(b->work);
  assay_free(b->lambda);
  assay_free(b->inverse);
}

static int ascending(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void measure(const struct bench *b)
{
  double time[WAYS][REPEATS];
  const int calls = 400000 / (b->n * b->n) + 1;
  for (int r = 0; r < REPEATS; r++)
    for (int way = 0; way < WAYS; way++) {
      if (way < 3 && !b->plan[way]) continue;
      run(b, way);
      const double start = now();
      for (int c = 0; c < calls; c++) run(b, way);
      time[way][r] = (now() - start) / calls;
    }
  for (int way = 0; way < WAYS; way++) {
    if (way < 3 && !b->plan[way]) continue;
    qsort(time[way], REPEATS, sizeof(double), ascending);
    printf("{\"bench\": \"poisson\", \"way\": \"%s\", \"n\": %d, \"us_median\": %.2f, "
           "\"us_min\": %.2f}\n",
           names[way], b->n, time[way][REPEATS / 2], time[way][0]);
  }
}

int main(int argc, char **argv)
{
  const int sizes[] = {64, 96, 128, 256, 512};
  const unsigned flags = argc > 1 && strcmp(argv[1], "patient") == 0 ? FFTW_PATIENT : FFTW_MEASURE;
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    struct bench b;
    if (create(&b, sizes[i], flags) < 0) {
      fprintf(stderr, "%s\n", assay_err_last());
      return 1;
    }
    measure(&b);
    destroy(&b);
  }
  return 0;
}
