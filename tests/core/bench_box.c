/* Microseconds per Poisson solve on 256 x 128 cells beyond the plain box: mixed conditions, rows of
 * any height, discs of closed faces (with the milliseconds of their set-up), and conjugate
 * gradients for a drop of 1000 times the density to 1e-8 (with the iterations), beside the plain
 * box. Processor time, interleaved, medians and lowest of the repeats, one JSON line per figure. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/varpoisson.h"

enum { NX = 256, NY = 128, CELLS = NX * NY, REPEATS = 25, WAYS = 7, CALLS = 12 };

struct bench {
  struct assay_poisson *plain, *mixed, *lines;
  struct assay_capacitance *small, *large;
  struct assay_varpoisson *drop;
  double *phi, *rhs, *beta_x, *beta_y, *work;
  double setup[WAYS]; /* ms */
  int iterations[3];  /* by method */
};

static double now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return 1e6 * (double)t.tv_sec + 1e-3 * (double)t.tv_nsec;
}

static int inside(int i, int j, double diameter)
{
  const double x = i + 0.5 - NX / 3.0, y = j + 0.5 - NY / 2.0;
  return 4 * (x * x + y * y) < diameter * diameter;
}

/* faces around a disc */
static int close_disc(struct assay_capacitance **out, const struct assay_poisson *p,
                      double diameter, double *ms)
{
  int rc = ASSAY_OK, n = 0;
  struct assay_capacitance_face *faces = NULL;
  ASSAY_TRY(ASSAY_NEW(&faces, 2 * (size_t)CELLS, "bench"));
  for (int c = 0; c < CELLS - NX; c++) {
    const int i = c % NX, j = c / NX, here = inside(i, j, diameter);
    if (i < NX - 1 && inside(i + 1, j, diameter) != here)
      faces[n++] = (struct assay_capacitance_face){c, c + 1, 0};
    if (inside(i, j + 1, diameter) != here)
      faces[n++] = (struct assay_capacitance_face){c, c + NX, 0};
  }
  const double start = now();
  ASSAY_TRY(assay_capacitance_create(out, p, faces, n, NULL, 0));
  *ms = 1e-3 * (now() - start);
done:
  assay_free(faces);
  return rc;
}

static int make_lines(struct bench *b)
{
  double vol[NY], w[NY + 1];
  for (int j = 0; j < NY; j++) vol[j] = (j + 0.5) / 16;
  for (int j = 0; j <= NY; j++) w[j] = j / 16.0 * 256;
  const struct assay_poisson_lines l = {
      NX, NY, 1.0 / 16, vol, w, NULL, ASSAY_BC_NEUMANN, ASSAY_BC_NEUMANN_DIRICHLET, 0};
  return assay_poisson_lines_create(&b->lines, &l);
}

static void fill(struct bench *b)
{
  for (int c = 0; c < CELLS; c++) b->rhs[c] = sin((double)(c % 1009 * (c % 1009)));
  for (int j = 0; j <= NY; j++)
    for (int i = 0; i <= NX; i++) {
      if (j < NY) b->beta_x[j * (NX + 1) + i] = inside(i, j, 40) ? 0.001 : 1;
      if (i < NX) b->beta_y[j * NX + i] = inside(i, j, 40) ? 0.001 : 1;
    }
}

static int create(struct bench *b)
{
  int rc = ASSAY_OK;
  const double h = 1.0 / 16;
  const enum assay_bc n = ASSAY_BC_NEUMANN, mixed = ASSAY_BC_NEUMANN_DIRICHLET;
  ASSAY_TRY(assay_poisson_create(&b->plain, NX, NY, h, h, n, n));
  ASSAY_TRY(assay_poisson_create(&b->mixed, NX, NY, h, h, mixed, n));
  ASSAY_TRY(make_lines(b));
  ASSAY_TRY(close_disc(&b->small, b->mixed, 25.3, &b->setup[3]));
  ASSAY_TRY(close_disc(&b->large, b->mixed, 75.3, &b->setup[4]));
  ASSAY_TRY(assay_varpoisson_create(&b->drop, b->mixed, NULL));
  size_t work = assay_varpoisson_work(b->drop);
  if (assay_capacitance_work(b->large) > work) work = assay_capacitance_work(b->large);
  ASSAY_TRY(ASSAY_NEW(&b->phi, CELLS, "bench"));
  ASSAY_TRY(ASSAY_NEW(&b->rhs, CELLS, "bench"));
  ASSAY_TRY(ASSAY_NEW(&b->beta_x, (NX + 1) * NY, "bench"));
  ASSAY_TRY(ASSAY_NEW(&b->beta_y, NX * (NY + 1), "bench"));
  ASSAY_TRY(ASSAY_NEW(&b->work, work, "bench"));
  fill(b);
done:
  return rc;
}

static void destroy(struct bench *b)
{
  assay_varpoisson_destroy(b->drop);
  assay_capacitance_destroy(b->small);
  assay_capacitance_destroy(b->large);
  assay_poisson_destroy(b->plain);
  assay_poisson_destroy(b->mixed);
  assay_poisson_destroy(b->lines);
  assay_free(b->phi);
  assay_free(b->rhs);
  assay_free(b->beta_x);
  assay_free(b->beta_y);
  assay_free(b->work);
}

static void conjugate_gradients(struct bench *b, enum assay_varpoisson_method method)
{
  struct assay_varpoisson_result r;
  const struct assay_varpoisson_problem problem = {b->rhs, b->beta_x, b->beta_y, NULL,
                                                   1e-8,   1000,      method};
  for (int c = 0; c < CELLS; c++) b->phi[c] = 0;
  assay_varpoisson_solve(b->drop, b->phi, &problem, b->work, &r);
  b->iterations[method] = r.iterations;
}

static const char *const names[WAYS] = {"plain",      "mixed",        "lines",    "closed-100",
                                        "closed-300", "cg-multigrid", "cg-direct"};

static void run(struct bench *b, int way)
{
  const struct assay_poisson *const boxes[] = {b->plain, b->mixed, b->lines};
  if (way < 3)
    assay_poisson_solve(boxes[way], b->phi, b->rhs, b->work);
  else if (way < 5)
    assay_capacitance_solve(way == 3 ? b->small : b->large, b->phi, b->rhs, b->work);
  else
    conjugate_gradients(b, way == 5 ? ASSAY_VARPOISSON_MULTIGRID : ASSAY_VARPOISSON_DIRECT);
}

static int ascending(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void measure(struct bench *b)
{
  static double time[WAYS][REPEATS];
  for (int r = 0; r < REPEATS; r++)
    for (int way = 0; way < WAYS; way++) {
      const int calls = way < 5 ? CALLS : 1;
      const double start = now();
      for (int c = 0; c < calls; c++) run(b, way);
      time[way][r] = (now() - start) / calls;
    }
  for (int way = 0; way < WAYS; way++) {
    qsort(time[way], REPEATS, sizeof(double), ascending);
    printf("{\"bench\": \"box\", \"way\": \"%s\", \"nx\": %d, \"ny\": %d, \"us_median\": %.2f, "
           "\"us_min\": %.2f, \"setup_ms\": %.2f, \"rank\": %d, \"iterations\": %d}\n",
           names[way], NX, NY, time[way][REPEATS / 2], time[way][0], b->setup[way],
           way == 3   ? assay_capacitance_rank(b->small)
           : way == 4 ? assay_capacitance_rank(b->large)
                      : 0,
           way >= 5 ? b->iterations[way == 5 ? ASSAY_VARPOISSON_MULTIGRID : ASSAY_VARPOISSON_DIRECT]
                    : 0);
  }
}

int main(void)
{
  struct bench b = {0};
  const int rc = create(&b);
  if (rc < 0)
    fprintf(stderr, "%s\n", assay_err_last());
  else
    measure(&b);
  destroy(&b);
  return rc < 0;
}
