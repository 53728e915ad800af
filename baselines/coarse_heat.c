/* Heat carried by a constant velocity on a periodic line or square,
 *
 *   du/dt = kappa laplacian u - c . grad u,
 *
 * by central differences and the classical Runge-Kutta method. A wave of phase angle theta changes
 * at the rate -(L/2)(1 - cos theta) + i A sin theta, L = sum over the axes of 4 kappa / h^2, A that
 * of |c| / h: an ellipse, which steps of at most 2.5 / L and 1.5 / A keep inside the region of
 * stability. */
#include <math.h>
#include <string.h>

#include "baselines/coarse.h"
#include "core/base/err.h"
#include "core/base/mem.h"

struct heat {
  int ny, nx;                                /* ny = 1 on a line */
  double kappa_x, kappa_y, speed_x, speed_y; /* kappa / h^2, c / (2 h) */
  double t, longest;                         /* s; longest step */
  double *u, *stage, *rate, *sum;            /* [ny, nx] */
};

static void finish(void *state)
{
  struct heat *s = state;
  if (!s) return;
  assay_free(s->u);
  assay_free(s->stage);
  assay_free(s->rate);
  assay_free(s->sum);
  assay_free(s);
}

static double spacing(const struct assay_axis *a)
{
  return (a->hi - a->lo) / a->n;
}

static int set_coefficients(struct heat *s, const struct assay_coarse *c)
{
  int rc = ASSAY_OK;
  double kappa = 0, cx = 0, cy = 0;
  const int axes = c->coarse.n_axes;
  const double hx = spacing(&c->coarse.axis[axes - 1]);
  const double hy = axes > 1 ? spacing(&c->coarse.axis[axes - 2]) : HUGE_VAL;
  ASSAY_TRY(assay_coarse_need(&kappa, c, "diffusivity"));
  if (!assay_coarse_param(&cx, c, "velocity_x")) cx = 0;
  if (!assay_coarse_param(&cy, c, "velocity_y")) cy = 0;
  s->kappa_x = kappa / (hx * hx);
  s->kappa_y = kappa / (hy * hy);
  s->speed_x = cx / (2 * hx);
  s->speed_y = cy / (2 * hy);
  const double stiff = 4 * (s->kappa_x + s->kappa_y);
  const double carried = 2 * (fabs(s->speed_x) + fabs(s->speed_y));
  s->longest = fmin(stiff > 0 ? 2.5 / stiff : HUGE_VAL, carried > 0 ? 1.5 / carried : HUGE_VAL);
done:
  return rc;
}

/* The points of the coarse grid, from the frame. */
static int set_start(struct heat *s, const struct assay_coarse *c)
{
  int rc = ASSAY_OK;
  const int axes = c->coarse.n_axes, u = assay_coarse_field(c, "u");
  double *xs = NULL, *ys = NULL;
  ASSAY_CHECK(u >= 0 && c->given, ASSAY_EUNSUPPORTED,
              "heat needs a frame of the field u to start from");
  ASSAY_TRY(ASSAY_NEW(&xs, (size_t)s->nx, "points"));
  ASSAY_TRY(ASSAY_NEW(&ys, (size_t)s->ny, "points"));
  for (int i = 0; i < s->nx; i++) xs[i] = assay_axis_at(&c->coarse.axis[axes - 1], i);
  for (int j = 0; j < s->ny && axes > 1; j++) ys[j] = assay_axis_at(&c->coarse.axis[axes - 2], j);
  assay_coarse_sample(s->u, s->ny, ys, s->nx, xs,
                      c->given + (size_t)u * assay_shape_points(&c->fine), &c->fine, NULL);
done:
  assay_free(xs);
  assay_free(ys);
  return rc;
}

static int start(void **state, const struct assay_coarse *c)
{
  int rc = ASSAY_OK;
  struct heat *s = NULL;
  const int axes = c->coarse.n_axes;
  *state = NULL;
  ASSAY_TRY(ASSAY_NEW(&s, 1, "coarse heat"));
  s->nx = c->coarse.axis[axes - 1].n;
  s->ny = axes > 1 ? c->coarse.axis[axes - 2].n : 1;
  s->t = c->start_time;
  const size_t points = (size_t)s->ny * (size_t)s->nx;
  ASSAY_TRY(ASSAY_NEW(&s->u, points, "coarse heat"));
  ASSAY_TRY(ASSAY_NEW(&s->stage, points, "coarse heat"));
  ASSAY_TRY(ASSAY_NEW(&s->rate, points, "coarse heat"));
  ASSAY_TRY(ASSAY_NEW(&s->sum, points, "coarse heat"));
  ASSAY_TRY(set_coefficients(s, c));
  ASSAY_TRY(set_start(s, c));
  *state = s;
  s = NULL;
done:
  finish(s);
  return rc;
}

/* rate = kappa (u_e - 2 u + u_w) / hx^2 - cx (u_e - u_w) / (2 hx) + the same along y */
static void rate_of_change(double *restrict rate, const double *restrict u, const struct heat *s)
{
  for (int j = 0; j < s->ny; j++) {
    const double *row = u + (ptrdiff_t)j * s->nx;
    const double *north = u + (ptrdiff_t)(j + 1 < s->ny ? j + 1 : 0) * s->nx;
    const double *south = u + (ptrdiff_t)(j > 0 ? j - 1 : s->ny - 1) * s->nx;
    for (int i = 0; i < s->nx; i++) {
      const double e = row[i + 1 < s->nx ? i + 1 : 0], w = row[i > 0 ? i - 1 : s->nx - 1];
      rate[(ptrdiff_t)j * s->nx + i] = s->kappa_x * (e - 2 * row[i] + w) - s->speed_x * (e - w) +
                                       s->kappa_y * (north[i] - 2 * row[i] + south[i]) -
                                       s->speed_y * (north[i] - south[i]);
    }
  }
}

static void step(struct heat *s, double dt)
{
  static const double reach[4] = {0, 0.5, 0.5, 1}, weight[4] = {1, 2, 2, 1};
  const size_t n = (size_t)s->ny * (size_t)s->nx;
  memset(s->rate, 0, n * sizeof *s->rate);
  memset(s->sum, 0, n * sizeof *s->sum);
  for (int k = 0; k < 4; k++) {
    for (size_t i = 0; i < n; i++) s->stage[i] = s->u[i] + reach[k] * dt * s->rate[i];
    rate_of_change(s->rate, s->stage, s);
    for (size_t i = 0; i < n; i++) s->sum[i] += weight[k] * s->rate[i];
  }
  for (size_t i = 0; i < n; i++) s->u[i] += dt / 6 * s->sum[i];
}

/* In equal steps to exactly t. */
static int advance(void *state, double t)
{
  struct heat *s = state;
  const double span = t - s->t;
  if (!(span > 0)) return ASSAY_OK;
  const double steps = fmax(1, ceil(span / s->longest));
  for (double k = 0; k < steps; k++) step(s, span / steps);
  s->t = t;
  return ASSAY_OK;
}

static int read(double *out, void *state, const struct assay_coarse *c, int field)
{
  int rc = ASSAY_OK;
  const struct heat *s = state;
  const char *name = c->question->task->fields.item[field];
  ASSAY_CHECK(strcmp(name, "u") == 0, ASSAY_EUNSUPPORTED, "the heat equation has no field '%s'",
              name);
  memcpy(out, s->u, (size_t)s->ny * (size_t)s->nx * sizeof *out);
done:
  return rc;
}

const struct assay_coarse_equation assay_coarse_heat = {
    .name = "heat",
    .doc = "heat equation with constant velocity, periodic",
    .params = (const char *const[]){"diffusivity", NULL},
    .axes = ASSAY_AXIS_PERIODIC,
    .min_axes = 1,
    .max_axes = 2,
    .start = start,
    .advance = advance,
    .read = read,
    .finish = finish,
};
