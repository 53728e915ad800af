/* Speed of the flow solver: whole time steps of a cavity, boundary values and Poisson solve
 * included, in double precision on one core, for every instruction set; the part of the Poisson
 * solve; and how two processes with a case each compare with one. Processor time except for the
 * last; medians and lowest of interleaved repeats, one JSON line per figure. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/flow/mac.h"
#include "core/num/isa.h"
#include "core/num/poisson.h"

enum { REPEATS = 21, MODES = 3, ISAS = 3 };

static const struct {
  const char *name;
  double cell_reynolds;
  enum assay_mac_scheme scheme;
  enum assay_mac_viscous viscous;
} modes[MODES] = {
    {"explicit-central", 8, ASSAY_MAC_CENTRAL, ASSAY_MAC_EXPLICIT},
    {"explicit-limited", 100, ASSAY_MAC_LIMITED, ASSAY_MAC_EXPLICIT},
    {"implicit-central", 0.5, ASSAY_MAC_CENTRAL, ASSAY_MAC_IMPLICIT},
};

struct bench {
  int n;
  struct assay_mac *flow[ISAS][MODES];
  double dt[MODES];
  struct assay_poisson *poisson[ISAS];
  double *phi, *rhs, *work;
};

static double seconds(clockid_t clock)
{
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static struct assay_mac_settings cavity(int n, int mode)
{
  struct assay_mac_settings s = {.nx = n, .ny = n, .width = 1, .height = 1, .density = 1};
  s.viscosity = 1 / (modes[mode].cell_reynolds * n);
  s.scheme = modes[mode].scheme;
  s.viscous = modes[mode].viscous;
  s.side[ASSAY_MAC_TOP].velocity = 1;
  return s;
}

static int create_isa(struct bench *b, enum assay_isa isa)
{
  int rc = ASSAY_OK;
  const int n = b->n;
  ASSAY_TRY(assay_isa_force(isa));
  for (int mode = 0; mode < MODES; mode++) {
    const struct assay_mac_settings s = cavity(n, mode);
    ASSAY_TRY(assay_mac_create(&b->flow[isa][mode], &s));
    b->dt[mode] = 0.9 * assay_mac_dt_limit(b->flow[isa][mode]);
  }
  ASSAY_TRY(assay_poisson_create(&b->poisson[isa], n, n, 1.0 / n, 1.0 / n, ASSAY_BC_NEUMANN,
                                 ASSAY_BC_NEUMANN));
done:
  return rc;
}

static int create(struct bench *b, int n)
{
  int rc = ASSAY_OK;
  const size_t cells = (size_t)n * (size_t)n;
  *b = (struct bench){.n = n};
  for (int isa = 0; isa < assay_isa_count(); isa++)
    if (assay_isa_available((enum assay_isa)isa)) ASSAY_TRY(create_isa(b, (enum assay_isa)isa));
  ASSAY_TRY(ASSAY_NEW(&b->phi, cells, "bench"));
  ASSAY_TRY(ASSAY_NEW(&b->rhs, cells, "bench"));
  ASSAY_TRY(ASSAY_NEW(&b->work, assay_poisson_work(b->poisson[0]), "bench"));
  for (size_t k = 0; k < cells; k++) b->rhs[k] = (double)(k * k % 1009) - 504;
done:
  return rc;
}

static void destroy(struct bench *b)
{
  for (int isa = 0; isa < ISAS; isa++) {
    for (int mode = 0; mode < MODES; mode++) assay_mac_destroy(b->flow[isa][mode]);
    assay_poisson_destroy(b->poisson[isa]);
  }
  assay_free(b->phi);
  assay_free(b->rhs);
  assay_free(b->work);
}

/* Microseconds per step; mode MODES is the Poisson solve alone. */
static int time_steps(double *us, struct bench *b, int isa, int mode, int calls)
{
  int rc = ASSAY_OK;
  const double start = seconds(CLOCK_PROCESS_CPUTIME_ID);
  for (int k = 0; k < calls; k++) {
    if (mode < MODES)
      ASSAY_TRY(assay_mac_step(b->flow[isa][mode], b->dt[mode]));
    else
      assay_poisson_solve(b->poisson[isa], b->phi, b->rhs, b->work);
  }
  *us = 1e6 * (seconds(CLOCK_PROCESS_CPUTIME_ID) - start) / calls;
done:
  return rc;
}

static int ascending(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void print(const struct bench *b, int isa, double us[MODES + 1][REPEATS])
{
  for (int mode = 0; mode <= MODES; mode++) qsort(us[mode], REPEATS, sizeof(double), ascending);
  for (int mode = 0; mode < MODES; mode++) {
    const double median = us[mode][REPEATS / 2], least = us[mode][0];
    const double cells = (double)b->n * b->n;
    printf(
        "{\"bench\": \"mac\", \"mode\": \"%s\", \"isa\": \"%s\", \"n\": %d, \"us_median\": %.2f, "
        "\"us_min\": %.2f, \"mcells_per_s_median\": %.1f, \"mcells_per_s_max\": %.1f, "
        "\"poisson_us_min\": %.2f, \"poisson_share\": %.3f}\n",
        modes[mode].name, assay_isa_name((enum assay_isa)isa), b->n, median, least, cells / median,
        cells / least, us[MODES][0], us[MODES][0] / least);
  }
}

static int measure(struct bench *b)
{
  int rc = ASSAY_OK;
  static double us[ISAS][MODES + 1][REPEATS];
  const int calls = 400000 / (b->n * b->n) + 1;
  for (int r = 0; r < REPEATS; r++)
    for (int isa = 0; isa < ISAS; isa++)
      for (int mode = 0; mode <= MODES && b->poisson[isa]; mode++) {
        ASSAY_TRY(time_steps(&us[isa][mode][r], b, isa, mode, 3)); /* into the cache */
        ASSAY_TRY(time_steps(&us[isa][mode][r], b, isa, mode, calls));
      }
  for (int isa = 0; isa < ISAS; isa++)
    if (b->poisson[isa]) print(b, isa, us[isa]);
done:
  return rc;
}

/* One case from rest in a process of its own. */
static void run_case(int n, int steps)
{
  struct assay_mac *m = NULL;
  const struct assay_mac_settings s = cavity(n, 0);
  int rc = assay_mac_create(&m, &s);
  for (int k = 0; k < steps && rc == ASSAY_OK; k++)
    rc = assay_mac_step(m, 0.9 * assay_mac_dt_limit(m));
  _exit(rc == ASSAY_OK ? 0 : 1);
}

/* Wall time until all cases are done, and processor time per case. */
static int time_cases(double *wall, double *cpu, int processes, int n, int steps)
{
  int rc = ASSAY_OK, status = 0;
  const double start = seconds(CLOCK_MONOTONIC);
  for (int k = 0; k < processes; k++) {
    const pid_t child = fork();
    ASSAY_CHECK(child >= 0, ASSAY_EENV, "fork failed");
    if (child == 0) run_case(n, steps);
  }
  *cpu = 0;
  for (int k = 0; k < processes; k++) {
    struct rusage use;
    ASSAY_CHECK(wait4(-1, &status, 0, &use) > 0 && status == 0, ASSAY_EJOB, "a case failed");
    *cpu += ((double)use.ru_utime.tv_sec + 1e-6 * (double)use.ru_utime.tv_usec) / processes;
  }
  *wall = seconds(CLOCK_MONOTONIC) - start;
done:
  return rc;
}

/* Speed-up of two processes over one by wall time, and what it would be on idle processors, from
 * the processor time alone: below 2 by what the processes take from each other. */
static int scaling(int n)
{
  int rc = ASSAY_OK;
  enum { ROUNDS = 5 };
  const int steps = 80000000 / (n * n);
  double wall[2][ROUNDS], cpu[2][ROUNDS];
  for (int r = 0; r < ROUNDS; r++)
    for (int k = 0; k < 2; k++) ASSAY_TRY(time_cases(&wall[k][r], &cpu[k][r], k + 1, n, steps));
  for (int k = 0; k < 2; k++) {
    qsort(wall[k], ROUNDS, sizeof(double), ascending);
    qsort(cpu[k], ROUNDS, sizeof(double), ascending);
  }
  printf("{\"bench\": \"mac-scaling\", \"n\": %d, \"one_s\": %.4f, \"two_s\": %.4f, \"speedup\": "
         "%.3f, "
         "\"one_cpu_s\": %.4f, \"two_cpu_s\": %.4f, \"speedup_cpu\": %.3f}\n",
         n, wall[0][0], wall[1][0], 2 * wall[0][0] / wall[1][0], cpu[0][ROUNDS / 2],
         cpu[1][ROUNDS / 2], 2 * cpu[0][ROUNDS / 2] / cpu[1][ROUNDS / 2]);
done:
  return rc;
}

int main(void)
{
  static const int sizes[] = {64, 128, 256};
  int rc = ASSAY_OK;
  for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
    struct bench b;
    ASSAY_TRY(create(&b, sizes[k]));
    ASSAY_TRY(measure(&b));
    destroy(&b);
    fflush(stdout);
  }
  ASSAY_TRY(scaling(64));
  ASSAY_TRY(scaling(128));
done:
  if (rc < 0) fprintf(stderr, "%s\n", assay_err_last());
  return rc < 0;
}
