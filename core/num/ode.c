#include "core/num/ode.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/err.h"

enum { STAGES = 7 };

static const double c[STAGES] = {0, 1 / 5.0, 3 / 10.0, 4 / 5.0, 8 / 9.0, 1, 1};
/* row 6 is b: the seventh stage is at the new point */
static const double a[STAGES][STAGES - 1] = {
    {0},
    {1 / 5.0},
    {3 / 40.0, 9 / 40.0},
    {44 / 45.0, -56 / 15.0, 32 / 9.0},
    {19372 / 6561.0, -25360 / 2187.0, 64448 / 6561.0, -212 / 729.0},
    {9017 / 3168.0, -355 / 33.0, 46732 / 5247.0, 49 / 176.0, -5103 / 18656.0},
    {35 / 384.0, 0, 500 / 1113.0, 125 / 192.0, -2187 / 6784.0, 11 / 84.0}};
/* b less the weights of order 4 */
static const double difference[STAGES] = {71 / 57600.0,      0,          -71 / 16695.0, 71 / 1920.0,
                                          -17253 / 339200.0, 22 / 525.0, -1 / 40.0};

struct trial {
  double k[STAGES][ASSAY_ODE_STATES_MAX], x[ASSAY_ODE_STATES_MAX], error;
};

/* One step of length h from x; k[0] is there already. */
static int try_step(struct trial *s, const struct assay_ode *o, const double *x, double t, double h)
{
  int rc = ASSAY_OK;
  for (int i = 1; i < STAGES; i++) {
    for (int n = 0; n < o->n; n++) {
      double sum = 0;
      for (int j = 0; j < i; j++) sum += a[i][j] * s->k[j][n];
      s->x[n] = x[n] + h * sum;
    }
    ASSAY_TRY(o->rate(s->k[i], t + c[i] * h, s->x, o->context));
  }
  s->error = 0;
  for (int n = 0; n < o->n; n++) {
    double sum = 0;
    for (int i = 0; i < STAGES; i++) sum += difference[i] * s->k[i][n];
    const double allowed = o->absolute + o->relative * fmax(fabs(x[n]), fabs(s->x[n]));
    s->error = fmax(s->error, fabs(h * sum) / allowed);
    if (!isfinite(sum) || !isfinite(s->x[n])) s->error = (double)INFINITY;
  }
done:
  return rc;
}

/* A step in which the state changes by about a hundredth of its size. */
static double first_step(const struct assay_ode *o, const double *x, const double *f, double most)
{
  double size = 0, speed = 0;
  for (int n = 0; n < o->n; n++) {
    size = fmax(size, fabs(x[n]));
    speed = fmax(speed, fabs(f[n]));
  }
  const double h = 0.01 * (size + o->absolute) / speed;
  return isfinite(h) && h < most ? h : most;
}

/* How the step changes after an error relative to what is allowed. */
static double change(double error)
{
  if (error == 0) return 5;
  if (!isfinite(error)) return 0.1;
  return fmin(5, fmax(0.2, 0.9 * pow(error, -0.2)));
}

int assay_ode_advance(double *x, double *step, const struct assay_ode *o, double t, double end)
{
  int rc = ASSAY_OK;
  struct trial s;
  double h = *step;
  ASSAY_CHECK(o->n > 0 && o->n <= ASSAY_ODE_STATES_MAX, ASSAY_EARG, "%d states, at most %d", o->n,
              ASSAY_ODE_STATES_MAX);
  ASSAY_TRY(o->rate(s.k[0], t, x, o->context));
  if (!(h > 0)) h = first_step(o, x, s.k[0], end - t);
  for (long i = 0; t < end; i++) {
    const bool last = t + 1.01 * h >= end;
    const double now = last ? end - t : h;
    ASSAY_CHECK(i < o->steps && t + now > t, ASSAY_EDIVERGED,
                "the solution cannot be followed beyond t = %g", t);
    ASSAY_TRY(try_step(&s, o, x, t, now));
    if (s.error <= 1) {
      t = last ? end : t + now;
      memcpy(x, s.x, (size_t)o->n * sizeof *x);
      memcpy(s.k[0], s.k[STAGES - 1], sizeof s.k[0]);
    }
    if (!last || s.error > 1 || now >= h) h = now * change(s.error);
  }
  *step = h;
done:
  return rc;
}
