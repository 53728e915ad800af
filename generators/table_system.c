/* Tables along trajectories of ordinary differential equations dx/dt = f(x).
 *
 * The published Strogatz data. Their Simulink model declares a fixed-step method of third order for
 * both states, but the block of the first state has a sample time of its own, so that its rate
 * stays what it was at the beginning of the step. With h the step and kx = f_x(x, y):
 *
 *   x' = x + h kx                                      Euler's method
 *   y' = y + h (2 k1 + 3 k2 + 4 k3) / 9                Bogacki and Shampine's weights, with
 *   k1 = f_y(x, y),  k2 = f_y(x + h kx / 2, y + h k1 / 2),
 *   k3 = f_y(x + 3 h kx / 4, y + 3 h k2 / 4)
 *
 * So the trajectories are not solutions, while every row (state, rate) is exact.
 *
 * Accurate trajectories: extrapolation of the modified midpoint rule to step zero (Bulirsch and
 * Stoer; Hairer, Norsett, Wanner, Solving ODEs I, II.9), with 2, 4, ..., 16 substeps per step and
 * Neville's scheme in h^2. A step is halved until the last two extrapolations agree to
 * 1e-13. */
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "generators/table_internal.h"

enum { LEVELS = 8, HALVINGS_MAX = 8 };

struct system {
  const struct assay_system *s;
  struct assay_formula *rate[ASSAY_STATES_MAX];
};

static void system_free(struct system *system)
{
  for (int k = 0; k < ASSAY_STATES_MAX; k++) assay_formula_destroy(system->rate[k]);
}

static int system_make(struct system *system, const struct assay_system *s)
{
  int rc = ASSAY_OK;
  *system = (struct system){.s = s};
  for (int k = 0; k < s->n_states; k++)
    ASSAY_TRY(assay_formula_create(&system->rate[k], s->rate[k], s->n_states));
done:
  return rc;
}

static int rate_of(double *out, const struct system *system, int k, const double *x)
{
  return assay_formula_values(out, system->rate[k], x, 1, 1);
}

static int rates_of(double *out, const struct system *system, const double *x)
{
  int rc = ASSAY_OK;
  for (int k = 0; k < system->s->n_states; k++) ASSAY_TRY(rate_of(&out[k], system, k, x));
done:
  return rc;
}

/* ---- as published --------------------------------------------------------------------------- */

static int step_split(double *x, const struct system *system, double h)
{
  int rc = ASSAY_OK;
  double kx, k1, k2, k3;
  ASSAY_TRY(rate_of(&kx, system, 0, x));
  ASSAY_TRY(rate_of(&k1, system, 1, x));
  const double half[2] = {x[0] + h * kx / 2, x[1] + h * k1 / 2};
  ASSAY_TRY(rate_of(&k2, system, 1, half));
  const double late[2] = {x[0] + 3 * h * kx / 4, x[1] + 3 * h * k2 / 4};
  ASSAY_TRY(rate_of(&k3, system, 1, late));
  x[0] += h * kx;
  x[1] += h * (2 * k1 + 3 * k2 + 4 * k3) / 9;
done:
  return rc;
}

/* ---- accurate ------------------------------------------------------------------------------- */

/* The modified midpoint rule with n substeps: out = x(t + h) + even powers of h / n */
static int midpoint(double *out, const struct system *system, const double *x, double h, int n)
{
  int rc = ASSAY_OK;
  const int states = system->s->n_states;
  double before[ASSAY_STATES_MAX], now[ASSAY_STATES_MAX], f[ASSAY_STATES_MAX];
  const double d = h / n;
  ASSAY_TRY(rates_of(f, system, x));
  for (int k = 0; k < states; k++) {
    before[k] = x[k];
    now[k] = x[k] + d * f[k];
  }
  for (int i = 1; i < n; i++) {
    ASSAY_TRY(rates_of(f, system, now));
    for (int k = 0; k < states; k++) {
      const double next = before[k] + 2 * d * f[k];
      before[k] = now[k];
      now[k] = next;
    }
  }
  ASSAY_TRY(rates_of(f, system, now));
  for (int k = 0; k < states; k++) out[k] = 0.5 * (now[k] + before[k] + d * f[k]);
done:
  return rc;
}

/* One step by extrapolation; error: the largest change by the last level, relative to 1 + |x|. */
static int extrapolate(double *out, double *error, const struct system *system, const double *x,
                       double h)
{
  int rc = ASSAY_OK;
  const int states = system->s->n_states;
  double table[LEVELS][ASSAY_STATES_MAX], before[ASSAY_STATES_MAX] = {0};
  *error = 0;
  for (int level = 0; level < LEVELS; level++) {
    ASSAY_TRY(midpoint(table[level], system, x, h, 2 * (level + 1)));
    memcpy(before, table[0], sizeof before);
    for (int j = level - 1; j >= 0; j--) {
      const double ratio = (level + 1.0) / (j + 1.0), weight = 1 / (ratio * ratio - 1);
      for (int k = 0; k < states; k++)
        table[j][k] = table[j + 1][k] + weight * (table[j + 1][k] - table[j][k]);
    }
  }
  for (int k = 0; k < states; k++) {
    out[k] = table[0][k];
    *error = fmax(*error, fabs(out[k] - before[k]) / (1 + fabs(out[k])));
    if (!isfinite(out[k])) *error = (double)INFINITY;
  }
done:
  return rc;
}

/* x moves by h, in as many parts as it takes. */
static int step_accurately(double *x, const struct system *system, double h, int halvings)
{
  int rc = ASSAY_OK;
  double next[ASSAY_STATES_MAX], error;
  ASSAY_TRY(extrapolate(next, &error, system, x, h));
  if (error > 1e-13 && halvings < HALVINGS_MAX) {
    ASSAY_TRY(step_accurately(x, system, h / 2, halvings + 1));
    ASSAY_TRY(step_accurately(x, system, h / 2, halvings + 1));
    goto done;
  }
  ASSAY_CHECK(error < 1e-9, ASSAY_EDIVERGED, "the trajectory cannot be followed (error %.3g)",
              error);
  memcpy(x, next, (size_t)system->s->n_states * sizeof *x);
done:
  return rc;
}

/* ---- rows ----------------------------------------------------------------------------------- */

long assay_table_system_rows(const struct assay_system *s, long most)
{
  const long all = (long)s->n_starts * s->points;
  return all < most ? all : most;
}

/* Rows [first, first + n) of one trajectory. */
static int follow(struct assay_table *t, const struct system *system, int trajectory, long n,
                  bool accurately)
{
  int rc = ASSAY_OK;
  double x[ASSAY_STATES_MAX];
  const struct assay_system *s = system->s;
  memcpy(x, s->start[trajectory], sizeof x);
  for (long i = 0; i < n; i++) {
    for (int k = 0; k < s->n_states; k++)
      assay_table_x(t, k)[(long)trajectory * s->points + i] = x[k];
    if (i + 1 == n) break;
    if (accurately)
      ASSAY_TRY(step_accurately(x, system, s->step, 0));
    else
      ASSAY_TRY(step_split(x, system, s->step));
  }
done:
  return rc;
}

int assay_table_integrate(struct assay_table *t, const struct assay_equation *e,
                          const struct assay_formula *f, const struct assay_table_params *p)
{
  int rc = ASSAY_OK;
  struct system system;
  const struct assay_system *s = e->system;
  const bool accurately =
      p->integrator == ASSAY_INTEGRATE_ACCURATELY || s->integrator == ASSAY_INTEGRATE_ACCURATE;
  ASSAY_TRY(system_make(&system, s));
  for (int k = 0; k < s->n_starts && (long)k * s->points < t->n_rows; k++) {
    const long left = t->n_rows - (long)k * s->points;
    ASSAY_TRY(follow(t, &system, k, left < s->points ? left : s->points, accurately));
  }
  ASSAY_TRY(assay_formula_values(t->y, f, t->x, t->n_rows, t->n_rows));
  for (long i = 0; i < t->n_rows; i++)
    ASSAY_CHECK(isfinite(t->y[i]), ASSAY_EDIVERGED, "row %ld: the rate is not a number", i);
  t->row[ASSAY_TABLE_ACCEPTANCE] = 1;
done:
  system_free(&system);
  return rc;
}
