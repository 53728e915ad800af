/* Where a time step goes, alone and in lanes, and how far its kernels are from what the machine can
 * do: the bandwidth of the cache level that holds the data, by a triad of the same size, and the
 * rate of additions and multiplications that are not fused, both measured here. Processor time,
 * the least of several repeats, one JSON line per figure.
 *
 * Operations and bytes are counted from the equations: every array read or written once, + - * and
 * the comparisons of the limiter as one each, 2 n log2 n - n + 2 for a cosine transform. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/flow/mac_batch.h"
#include "core/flow/mac_batch_kernels.h"
#include "core/flow/mac_internal.h"
#include "core/num/isa.h"
#include "core/num/poisson_lanes.h"

enum { REPEATS = 9, LANES = ASSAY_MAC_LANES };

static double seconds(void)
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Least time of a call, in s. */
static double least_time(void (*work)(void *), void *context, int calls)
{
  double best = INFINITY;
  for (int r = 0; r < REPEATS; r++) {
    const double start = seconds();
    for (int k = 0; k < calls; k++) work(context);
    best = fmin(best, (seconds() - start) / calls);
  }
  return best;
}

/* ---- the machine ---------------------------------------------------------------------------- */

/* The widest vectors of an instruction set, whatever this file is compiled for. */
struct triad {
  double *a, *b, *c;
  ptrdiff_t n;
};

#define MACHINE(isa, width, flags)                                                      \
  typedef double vec_##isa __attribute__((vector_size(8 * (width))));                   \
  flags static void triad_##isa(void *context)                                          \
  {                                                                                     \
    const struct triad *t = context;                                                    \
    vec_##isa *a = (vec_##isa *)t->a, *b = (vec_##isa *)t->b, *c = (vec_##isa *)t->c;   \
    for (ptrdiff_t i = 0; i < t->n / (width); i++) a[i] = b[i] + c[i] * 2.385;          \
    __asm__ volatile("" ::: "memory");                                                  \
  }                                                                                     \
  /* eight additions and eight multiplications that do not wait for each other */       \
  flags static void arithmetic_##isa(void *context)                                     \
  {                                                                                     \
    vec_##isa x[8], y[8];                                                               \
    double *out = context;                                                              \
    for (int k = 0; k < 8; k++) x[k] = y[k] = (vec_##isa){0} + (1 + k);                 \
    for (int i = 0; i < 10000; i++) _Pragma("GCC unroll 8") for (int k = 0; k < 8; k++) \
      {                                                                                 \
        x[k] = x[k] + 1.5;                                                              \
        y[k] = y[k] * 0.999;                                                            \
      }                                                                                 \
    for (int k = 0; k < 8; k++) *out += x[k][0] + y[k][1];                              \
  }

MACHINE(base, 2, )
#ifdef ASSAY_ISA_X86
MACHINE(v3, 4, __attribute__((target("avx2"))))
MACHINE(v4, 8, __attribute__((target("avx512f,avx512vl,avx512dq"))))
#else
MACHINE(v3, 2, )
MACHINE(v4, 2, )
#endif

static void (*const triads[])(void *) = {triad_base, triad_v3, triad_v4};
static void (*const arithmetics[])(void *) = {arithmetic_base, arithmetic_v3, arithmetic_v4};
static const int widths[] = {2, 4, 8};

/* Bytes per second of a triad whose three arrays are `bytes` long together. */
static int bandwidth(double *out, enum assay_isa isa, double bytes)
{
  int rc = ASSAY_OK;
  double *block = NULL;
  const size_t n = (size_t)(bytes / 24) / 8 * 8;
  ASSAY_TRY(ASSAY_NEW(&block, 3 * n + 128, "triad"));
  struct triad t = {block, block + n + 40, block + 2 * n + 80, (ptrdiff_t)n};
  *out = 24 * (double)n / least_time(triads[isa], &t, (int)(4e7 / bytes) + 1);
done:
  assay_free(block);
  return rc;
}

static double peak(enum assay_isa isa)
{
  double sum = 0;
  return 10000.0 * 16 * widths[isa] / least_time(arithmetics[isa], &sum, 20);
}

/* ---- one figure ----------------------------------------------------------------------------- */

struct roof {
  enum assay_isa isa;
  double peak, bandwidth;
};

struct kernel {
  const char *name;
  double flops, bytes; /* per cell */
  double time;         /* s per case and step */
};

static double transform_flops(int n)
{
  return 2 * (2 * log2(n) - 1) + 5; /* there and back, and the elimination */
}

static void print(const char *variant, const char *mode, int n, const struct kernel *k, int count,
                  double step, const struct roof *roof)
{
  const double cells = (double)n * n;
  for (int i = 0; i < count; i++) {
    const double flops = k[i].flops * cells / k[i].time, bytes = k[i].bytes * cells / k[i].time;
    printf("{\"bench\": \"mac-kernels\", \"variant\": \"%s\", \"mode\": \"%s\", \"isa\": \"%s\", "
           "\"n\": %d, \"kernel\": \"%s\", \"us\": %.3f, \"share\": %.3f, \"gflops\": %.2f, "
           "\"of_peak\": %.3f, \"gbytes_per_s\": %.1f, \"of_bandwidth\": %.3f}\n",
           variant, mode, assay_isa_name(roof->isa), n, k[i].name, 1e6 * k[i].time,
           k[i].time / step, 1e-9 * flops, flops / roof->peak, 1e-9 * bytes,
           bytes / roof->bandwidth);
  }
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
  double alone, lanes; /* flops per cell of the sweep, divergence included */
} modes[] = {
    {"explicit-central", 8, ASSAY_MAC_CENTRAL, ASSAY_MAC_EXPLICIT, 48, 46},
    {"explicit-limited", 100, ASSAY_MAC_LIMITED, ASSAY_MAC_EXPLICIT, 113, 91},
    {"implicit-central", 0.5, ASSAY_MAC_CENTRAL, ASSAY_MAC_IMPLICIT, 63, 0},
};

/* ---- alone ---------------------------------------------------------------------------------- */

struct solo {
  struct assay_mac *m;
  struct assay_mac_sweep s;
  double dt;
};

static void solo_step(void *context)
{
  const struct solo *a = context;
  if (assay_mac_step(a->m, a->dt) < 0) fprintf(stderr, "%s\n", assay_err_last());
}

static void solo_sweep(void *context)
{
  const struct solo *a = context;
  const struct assay_mac_kernels *k = a->m->kernels;
  const int limited = a->m->account.scheme == ASSAY_MAC_LIMITED;
  if (a->m->account.viscous == ASSAY_MAC_IMPLICIT)
    (limited ? k->implicit_limited : k->implicit_central)(&a->s);
  else
    (limited ? k->explicit_limited : k->explicit_central)(&a->s);
}

static void solo_poisson(void *context)
{
  const struct solo *a = context;
  assay_poisson_solve(a->m->poisson, a->m->phi, a->m->div, a->m->work);
}

static void solo_project(void *context)
{
  const struct solo *a = context;
  a->m->kernels->project(&a->s, a->s.u_out, a->s.v_out, a->m->phi, (double *)a->s.p, 0, 0);
}

static void solo_halo(void *context)
{
  const struct solo *a = context;
  assay_mac_fill_halo(a->m, a->m->now);
}

static void solo_lines(void *context)
{
  const struct solo *a = context;
  assay_mac_solve_lines(a->m, a->m->other);
  a->m->kernels->add_increment(&a->s);
}

static int bench_solo(int n, const struct mode *mode, const struct roof *roof)
{
  int rc = ASSAY_OK;
  const struct assay_mac_settings set = cavity(n, mode->cell_reynolds, mode->scheme, mode->viscous);
  struct solo a = {0};
  const int calls = 400000 / (n * n) + 1;
  ASSAY_TRY(assay_mac_create(&a.m, &set));
  a.dt = 0.9 * assay_mac_dt_limit(a.m);
  ASSAY_TRY(assay_mac_run(a.m, 60 * a.dt));
  const double step = least_time(solo_step, &a, calls);
  a.s = assay_mac_sweep_of(a.m, a.m->now);
  a.s.u_out = a.m->other.u, a.s.v_out = a.m->other.v;
  a.s.hu = a.s.hu_out = a.m->rhs.u, a.s.hv = a.s.hv_out = a.m->rhs.v;
  a.s.keep = 1, a.s.now = 1.5 * a.dt, a.s.before = 0.5 * a.dt, a.s.visc = a.s.grad = a.dt;
  a.s.p = a.m->p;
  const int implicit = mode->viscous == ASSAY_MAC_IMPLICIT;
  struct kernel k[] = {
      {"sweep", mode->alone, implicit ? 88 : 72, least_time(solo_sweep, &a, calls)},
      {"poisson", transform_flops(n), 32, least_time(solo_poisson, &a, calls)},
      {"projection", implicit ? 14 : 10, implicit ? 64 : 40, least_time(solo_project, &a, calls)},
      {"halo", 0, 0, least_time(solo_halo, &a, calls)},
      {"lines", 20 + 7, 2 * 64 + 56, implicit ? least_time(solo_lines, &a, calls) : 0},
  };
  print("alone", mode->name, n, k, implicit ? 5 : 4, step, roof);
done:
  assay_mac_destroy(a.m);
  return rc;
}

/* ---- in lanes ------------------------------------------------------------------------------- */

struct many {
  const struct assay_mac_batch_kernels *kernels;
  const struct assay_poisson_lanes_kernels *rows;
  struct assay_mac_lanes s;
  struct assay_poisson_lanes *poisson;
  int limited;
  double *block;
};

static void many_up(void *context)
{
  const struct many *a = context;
  (a->limited ? a->kernels->up_limited : a->kernels->up_central)(&a->s);
}

static void many_down(void *context)
{
  const struct many *a = context;
  a->kernels->down(&a->s);
}

static void many_step(void *context)
{
  many_up(context);
  many_down(context);
}

/* The Poisson solver's part of both passes, on the same arrays. */
static void many_transform_up(void *context)
{
  const struct many *a = context;
  for (int j = 0; j < a->s.ny; j++) a->rows->up(a->poisson, a->s.g, j, a->s.rows, a->s.work);
}

static void many_transform_down(void *context)
{
  const struct many *a = context;
  a->rows->turn(a->poisson, a->s.g, a->s.carry);
  for (int j = a->s.ny - 1; j >= 0; j--)
    a->rows->down(a->poisson, a->s.rows, a->s.g, j, a->s.carry, a->s.work);
}

/* Fields of a fluid at rest whose walls do not move: the arithmetic is the same. */
static int create_many(struct many *a, int n, const struct mode *mode, enum assay_isa isa)
{
  int rc = ASSAY_OK;
  struct assay_poisson *plan = NULL;
  *a = (struct many){.kernels = ASSAY_ISA_PICK(assay_mac_batch_kernels, isa),
                     .rows = ASSAY_ISA_PICK(assay_poisson_lanes_kernels, isa),
                     .limited = mode->scheme == ASSAY_MAC_LIMITED};
  const int vl = a->kernels->vl;
  const size_t row = (size_t)(n + 6) * (size_t)vl, field = (size_t)(n + 8) * row + 40;
  const size_t line = (size_t)(n + 8) * (size_t)vl;
  ASSAY_TRY(
      assay_poisson_create(&plan, n, n, 1.0 / n, 1.0 / n, ASSAY_BC_NEUMANN, ASSAY_BC_NEUMANN));
  ASSAY_TRY(assay_poisson_lanes_create(&a->poisson, n, n, vl));
  assay_poisson_lanes_put(a->poisson, 0, 0, plan);
  ASSAY_TRY(ASSAY_NEW(&a->block, 5 * field + 40 * line, "bench"));
  double *p = a->block;
  double **fields[] = {&a->s.u, &a->s.v, &a->s.hu, &a->s.hv};
  for (int k = 0; k < 4; k++, p += field) *fields[k] = p + 3 * row + 2 * (size_t)vl;
  double **lines[] = {&a->s.g, &a->s.rows, &a->s.carry, &a->s.work, &a->s.rate};
  const size_t sizes[] = {field, 8 * line, line + 40, 6 * line, line};
  for (int k = 0; k < 5; k++, p += sizes[k - 1]) *lines[k] = p;
  double *number = p;
  a->s.nx = a->s.ny = n, a->s.stride = (ptrdiff_t)row;
  a->s.number = number;
  a->s.poisson = a->poisson;
  for (int k = 0; k < MAC_LANE_NUMBERS * vl; k++) number[k] = k / vl >= MAC_LEFT ? 0 : 1e-3;
done:
  assay_poisson_destroy(plan);
  return rc;
}

static int bench_many(int n, const struct mode *mode, const struct roof *roof)
{
  int rc = ASSAY_OK;
  struct many a;
  const int calls = 60000 / (n * n) + 1;
  ASSAY_TRY(create_many(&a, n, mode, roof->isa));
  const double per = 1.0 / a.kernels->vl, step = per * least_time(many_step, &a, calls);
  const double up = per * least_time(many_transform_up, &a, calls);
  const double down = per * least_time(many_transform_down, &a, calls);
  struct kernel k[] = {
      {"pass-up", mode->lanes + transform_flops(n) / 2, 72, per * least_time(many_up, &a, calls)},
      {"pass-down", 10 + transform_flops(n) / 2, 40, per * least_time(many_down, &a, calls)},
      {"poisson-of-both", transform_flops(n), 16, up + down},
      {"step", mode->lanes + 10 + transform_flops(n), 112, step},
  };
  print("lanes", mode->name, n, k, 4, step, roof);
done:
  assay_free(a.block);
  assay_poisson_lanes_destroy(a.poisson);
  return rc;
}

/* ---- whole runs ----------------------------------------------------------------------------- */

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

/* The fields that a step of one case or of a vector of them goes through. */
static int bench_size(enum assay_isa isa, int n)
{
  int rc = ASSAY_OK;
  struct roof roof = {.isa = isa, .peak = peak(isa)};
  const double field = 8.0 * n * n;
  for (size_t k = 0; k < sizeof modes / sizeof *modes; k++) {
    ASSAY_TRY(bandwidth(&roof.bandwidth, isa, 9 * field));
    ASSAY_TRY(bench_solo(n, &modes[k], &roof));
    if (modes[k].viscous == ASSAY_MAC_IMPLICIT) continue;
    ASSAY_TRY(bandwidth(&roof.bandwidth, isa, 5 * field * widths[isa]));
    ASSAY_TRY(bench_many(n, &modes[k], &roof));
    ASSAY_TRY(bench_runs(n, &modes[k], isa));
  }
done:
  return rc;
}

static int bench_isa(enum assay_isa isa)
{
  int rc = ASSAY_OK;
  static const double kib[] = {24, 256, 768, 4096, 16384, 131072};
  ASSAY_TRY(assay_isa_force(isa));
  printf("{\"bench\": \"machine\", \"isa\": \"%s\", \"peak_gflops\": %.1f}\n", assay_isa_name(isa),
         1e-9 * peak(isa));
  for (size_t k = 0; k < sizeof kib / sizeof *kib; k++) {
    double rate;
    ASSAY_TRY(bandwidth(&rate, isa, 1024 * kib[k]));
    printf("{\"bench\": \"machine\", \"isa\": \"%s\", \"triad_kib\": %.0f, \"gbytes_per_s\": "
           "%.1f}\n",
           assay_isa_name(isa), kib[k], 1e-9 * rate);
  }
  for (int n = 32; n <= 128; n *= 2) ASSAY_TRY(bench_size(isa, n));
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
