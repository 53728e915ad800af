/* Would stretched cells pay? Steady lid-driven cavities on uniform cells, on stretched rows (the
 * transform in x stays) and on stretched rows and columns (dense products instead): how far their
 * centre lines are from converged ones, and what a unit of time (side / lid speed) costs.
 *
 * All three run in tests/core/stretched.h, one kernel for all, viscosity explicit: `own_us`. `us`
 * is what the project's solver takes for it, viscosity explicit or implicit, whichever is faster:
 * time of a step of core/flow/mac.h, minus that of its transform solver, plus that of the Poisson
 * solver that the grid needs, for lines, or of two products by OpenBLAS and tridiagonal systems,
 * all measured here. Its kernels are taken to cost the same on stretched cells, and OpenBLAS fuses
 * operations, which code that makes data may not: both flatter the stretched grids.
 *
 *   bench_stretched [CLUSTER [RE [GRID]]]  processor time, one core, one JSON line per figure
 *   bench_stretched reference   profiles at Re 1000 from uniform grids of the project's solver */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/flow/mac.h"
#include "tests/core/stretched.h"

/* Centre lines at Re 1000: 192^2 and 256^2 cells continued to none, which is what `reference`
 * prints. */
static const double u_1000[STRETCHED_STATIONS] = {
    1,        0.66447,  0.58086,  0.51695,  0.47234,  0.33719,  0.18864,  0.05700, -0.06205,
    -0.10819, -0.28035, -0.38855, -0.30043, -0.22288, -0.20231, -0.18127, 0};
static const double v_1000[STRETCHED_STATIONS] = {
    0,       -0.22789, -0.29365, -0.35528, -0.41033, -0.52641, -0.42644, -0.32019, 0.02579,
    0.32534, 0.33397,  0.37690,  0.33303,  0.30990,  0.29627,  0.28070,  0};

static double seconds(void)
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static struct assay_mac_settings cavity(int n, double reynolds)
{
  struct assay_mac_settings s = {
      .nx = n, .ny = n, .width = 1, .height = 1, .density = 1, .viscosity = 1 / reynolds};
  s.scheme = ASSAY_MAC_CENTRAL;
  s.viscous = ASSAY_MAC_EXPLICIT;
  s.side[ASSAY_MAC_TOP].velocity = 1;
  return s;
}

/* ---- what parts of a step take -------------------------------------------------------------- */

enum grid { UNIFORM, ROWS, BOTH, GRIDS };
static const char *const grid_names[GRIDS] = {"uniform", "rows", "rows and columns"};

/* s per call, the lowest of some */
struct times {
  double step[2];        /* of core/flow/mac.h, viscosity explicit and implicit, all included */
  double poisson[GRIDS]; /* transform on uniform cells, on lines, dense products */
};

struct parts {
  struct assay_mac *m[2]; /* explicit, implicit */
  struct assay_poisson *uniform;
  struct stretched rows, both;
  double *phi, *work;
  double dt;
};

static void drop_parts(struct parts *p)
{
  for (int k = 0; k < 2; k++) assay_mac_destroy(p->m[k]);
  assay_poisson_destroy(p->uniform);
  stretched_destroy(&p->rows);
  stretched_destroy(&p->both);
  assay_free(p->phi);
  assay_free(p->work);
}

static int make_parts(struct parts *p, int n)
{
  int rc = ASSAY_OK;
  struct assay_mac_settings s = cavity(n, 1000);
  const struct stretched_settings rows = {n, 0, 1, 1, 1e-3, 0.5, false, NULL};
  const struct stretched_settings both = {n, 1, 1, 1, 1e-3, 0.5, false, NULL};
  ASSAY_TRY(assay_mac_create(&p->m[0], &s));
  s.viscous = ASSAY_MAC_IMPLICIT;
  ASSAY_TRY(assay_mac_create(&p->m[1], &s));
  p->dt = 0.9 * assay_mac_dt_limit(p->m[0]);
  ASSAY_TRY(assay_poisson_create(&p->uniform, n, n, 1.0 / n, 1.0 / n, ASSAY_BC_NEUMANN,
                                 ASSAY_BC_NEUMANN));
  ASSAY_TRY(stretched_create(&p->rows, &rows));
  ASSAY_TRY(stretched_create(&p->both, &both));
  ASSAY_TRY(ASSAY_NEW(&p->phi, (size_t)n * (size_t)n, "bench"));
  ASSAY_TRY(ASSAY_NEW(&p->work, assay_poisson_work(p->uniform), "bench"));
  for (int k = 0; k < n * n; k++) p->phi[k] = p->rows.phi[k] = p->both.phi[k] = k % 7 - 3;
done:
  return rc;
}

static void solve(struct parts *p, enum grid grid)
{
  struct stretched *r = &p->rows;
  if (grid == UNIFORM) assay_poisson_solve(p->uniform, p->phi, p->phi, p->work);
  if (grid == ROWS) assay_poisson_solve(r->rows, r->phi, r->phi, r->work);
  if (grid == BOTH) stretched_solve_dense(&p->both);
}

static int measure(struct times *out, int n)
{
  enum { REPEATS = 9 };
  int rc = ASSAY_OK;
  struct parts p = {0};
  const int calls = 4 + 400000 / (n * n);
  const double never = (double)INFINITY;
  *out = (struct times){{never, never}, {never, never, never}};
  ASSAY_TRY(make_parts(&p, n));
  for (int k = 0; k < REPEATS; k++) {
    for (int v = 0; v < 2; v++) {
      const double start = seconds(), end = assay_mac_time(p.m[v]) + calls * p.dt;
      ASSAY_TRY(assay_mac_run(p.m[v], end));
      out->step[v] = fmin(out->step[v], (seconds() - start) / calls);
    }
    for (int g = 0; g < GRIDS; g++) {
      const double start = seconds();
      for (int i = 0; i < calls; i++) solve(&p, (enum grid)g);
      out->poisson[g] = fmin(out->poisson[g], (seconds() - start) / calls);
    }
  }
  const double per_cell = 1e9 / (n * n);
  printf("{\"bench\": \"stretched\", \"n\": %d, \"explicit_ns_per_cell\": %.3f, \"implicit_ns\": "
         "%.3f, "
         "\"transform_ns\": %.3f, \"lines_ns\": %.3f, \"dense_ns\": %.3f}\n",
         n, per_cell * out->step[0], per_cell * out->step[1], per_cell * out->poisson[UNIFORM],
         per_cell * out->poisson[ROWS], per_cell * out->poisson[BOTH]);
done:
  drop_parts(&p);
  return rc;
}

/* ---- how good a grid is --------------------------------------------------------------------- */

struct steady {
  double deviation[2];        /* largest, rms */
  double rate, rate_implicit; /* steps per unit of time */
  double own;                 /* s per step */
};

static int settle(struct steady *out, const struct stretched_settings *set, bool high)
{
  int rc = ASSAY_OK;
  struct stretched s;
  const double end = high ? 70 : 15;
  ASSAY_TRY(stretched_create(&s, set));
  const double start = seconds();
  stretched_run(&s, end);
  out->own = (seconds() - start) / (double)s.steps;
  out->rate = 1 / stretched_limit(&s, false);
  out->rate_implicit = 1 / stretched_limit(&s, true);
  stretched_deviation(out->deviation, &s, high ? u_1000 : stretched_u_100,
                      high ? v_1000 : stretched_v_100);
done:
  stretched_destroy(&s);
  return rc;
}

static int compare(const struct times *t, enum grid grid, int n, double cluster, bool high)
{
  int rc = ASSAY_OK;
  const double reynolds = high ? 1000 : 100;
  struct steady s = {{0}, 0, 0, 0};
  const struct stretched_settings set = {
      n,   grid == BOTH ? cluster : 0, grid == UNIFORM ? 0 : cluster, 1, 1 / reynolds, 0.5, false,
      NULL};
  ASSAY_TRY(settle(&s, &set, high));
  const double solve = t->poisson[grid] - t->poisson[UNIFORM];
  const double with[2] = {(t->step[0] + solve) * s.rate, (t->step[1] + solve) * s.rate_implicit};
  printf("{\"bench\": \"stretched\", \"re\": %g, \"grid\": \"%s\", \"n\": %d, "
         "\"cluster\": %g, \"largest\": %.5f, \"rms\": %.5f, \"steps_explicit\": %.1f, "
         "\"steps_implicit\": %.1f, \"us\": %.0f, \"viscous\": \"%s\", \"own_us\": %.0f}\n",
         reynolds, grid_names[grid], n, grid == UNIFORM ? 0 : cluster, s.deviation[0],
         s.deviation[1], s.rate, s.rate_implicit, 1e6 * fmin(with[0], with[1]),
         with[0] < with[1] ? "explicit" : "implicit", 1e6 * s.own * s.rate);
  fflush(stdout);
done:
  return rc;
}

/* reynolds: 100, 1000, or 0 for both; one: a grid, or GRIDS for all */
static int compare_all(double cluster, double reynolds, int one)
{
  enum { SIZES = 4 };
  static const int sizes[SIZES] = {48, 64, 96, 128};
  int rc = ASSAY_OK;
  struct times t[SIZES];
  for (int k = 0; k < SIZES; k++) ASSAY_TRY(measure(&t[k], sizes[k]));
  for (int high = 1; high >= 0; high--)
    for (int g = 0; g < GRIDS && (reynolds == 0 || (reynolds > 500) == high); g++)
      for (int k = 0; k < SIZES - (g != UNIFORM || !high); k++)
        if (one == GRIDS || one == g)
          ASSAY_TRY(compare(&t[k], (enum grid)g, sizes[k], cluster, high));
done:
  return rc;
}

/* ---- reference ------------------------------------------------------------------------------ */

/* Centre lines [2, 17] of a steady cavity by the project's solver. */
static int centre_lines(double *out, int n, double reynolds)
{
  int rc = ASSAY_OK, steady = 0;
  const struct assay_mac_settings settings = cavity(n, reynolds);
  const struct stretched_settings set = {n, 0, 0, 1, 1 / reynolds, 0.5, false, NULL};
  struct assay_mac *m = NULL;
  struct stretched s = {0};
  ASSAY_TRY(assay_mac_create(&m, &settings));
  ASSAY_TRY(assay_mac_run_until(m, 120, 2e-6, &steady));
  ASSAY_TRY(stretched_create(&s, &set));
  const struct assay_mac_view u = assay_mac_u(m), v = assay_mac_v(m);
  for (int j = 0; j < n; j++)
    for (int i = 0; i < n; i++) {
      *stretched_at(&s, s.u, j, i) = u.data[j * u.stride + i];
      *stretched_at(&s, s.v, j, i) = v.data[j * v.stride + i];
    }
  for (int k = 0; k < STRETCHED_STATIONS; k++) {
    out[k] = stretched_profile(&s, false, stretched_y[k]);
    out[STRETCHED_STATIONS + k] = stretched_profile(&s, true, stretched_x[k]);
  }
done:
  stretched_destroy(&s);
  assay_mac_destroy(m);
  return rc;
}

static int print_reference(void)
{
  enum { GRIDS_OF_IT = 3, VALUES = 2 * STRETCHED_STATIONS };
  static const int n[GRIDS_OF_IT] = {128, 192, 256};
  int rc = ASSAY_OK;
  double line[GRIDS_OF_IT][VALUES];
  for (int k = 0; k < GRIDS_OF_IT; k++) ASSAY_TRY(centre_lines(line[k], n[k], 1000));
  for (int i = 0; i < VALUES; i++) {
    const double near = (9 * line[1][i] - 4 * line[0][i]) / 5,
                 best = (16 * line[2][i] - 9 * line[1][i]) / 7;
    printf("{\"bench\": \"stretched\", \"reference\": %d, \"n_256\": %.5f, \"near\": %.5f, "
           "\"best\": %.5f}\n",
           i, line[2][i], near, best);
  }
done:
  return rc;
}

int main(int argc, char **argv)
{
  openblas_set_num_threads(1);
  const bool reference = argc > 1 && strcmp(argv[1], "reference") == 0;
  const double cluster = argc > 1 && !reference ? strtod(argv[1], NULL) : 1.2;
  const double reynolds = argc > 2 ? strtod(argv[2], NULL) : 0;
  const int one = argc > 3 ? atoi(argv[3]) : GRIDS;
  const int rc = reference ? print_reference() : compare_all(cluster, reynolds, one);
  if (rc < 0) fprintf(stderr, "bench_stretched: %s\n", assay_err_last());
  return rc < 0;
}
