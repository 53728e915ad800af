/* Heat (and constant advection) in a periodic line or square, from its exact solution.
 *
 *   du/dt + c . grad u = kappa laplacian u,   u periodic with length L in x (and y)
 *
 * The start is a random field of finitely many Fourier modes m = (mx, my), 1 <= |m| <= `modes`,
 *
 *   u(x, 0) = mean + sum over m of a_m cos(k_m . x) + b_m sin(k_m . x),   k_m = 2 pi m / L,
 *
 * a_m and b_m normal deviates times |m|^-decay, scaled to the wanted rms. Each mode then moves with
 * c and decays like exp(-kappa |k_m|^2 t), so every frame is evaluated directly at its exact time:
 * no time step, no grid error, only rounding. A mode's deviates have a fixed place in the random
 * stream, so that resolution, dimensions and number of modes do not change its phase.
 *
 * Reference: J. Fourier, Theorie analytique de la chaleur (1822), ch. IV; any text on PDEs. */
#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/random.h"
#include "core/num/trig.h"
#include "core/num/vmath.h"
#include "generators/generator.h"

struct heat {
  int dimensions, n, modes, frames;
  double length, diffusivity, velocity_x, velocity_y;
  double mean, amplitude, decay, frame_interval;
};

static const struct assay_param params[] = {
    {ASSAY_P_INT(heat, dimensions), .unit = "1", .doc = "1: a line, 2: a square", .min = 1,
     .max = 2, .flags = ASSAY_PARAM_FIXED},
    {ASSAY_P_INT(heat, n), .unit = "1", .doc = "points in each direction", .min = 4, .max = 16384,
     .flags = ASSAY_PARAM_FIXED},
    {ASSAY_P_INT(heat, frames), .unit = "1", .doc = "frames, the start included", .min = 1,
     .max = 1000000},
    {ASSAY_P_DOUBLE(heat, frame_interval), .unit = "s", .doc = "time between frames", .min = 1e-12,
     .max = 1e12},
    {ASSAY_P_DOUBLE(heat, length), .unit = "m", .doc = "period in each direction", .min = 1e-9,
     .max = 1e9},
    {ASSAY_P_DOUBLE(heat, diffusivity), .unit = "m2 s-1", .doc = "kappa", .min = 0, .max = 1e6},
    {ASSAY_P_DOUBLE(heat, velocity_x), .unit = "m s-1",
     .doc = "velocity that carries the field along x", .min = -1e6, .max = 1e6},
    {ASSAY_P_DOUBLE(heat, velocity_y), .unit = "m s-1", .doc = "the same along y; 0 on a line",
     .min = -1e6, .max = 1e6},
    {ASSAY_P_DOUBLE(heat, mean), .unit = "K", .doc = "mean temperature", .min = -1e6, .max = 1e6},
    {ASSAY_P_DOUBLE(heat, amplitude), .unit = "K", .doc = "rms of the start about the mean",
     .min = 0, .max = 1e6},
    {ASSAY_P_INT(heat, modes), .unit = "1",
     .doc = "largest wave number, in periods per length; less than n / 2", .min = 1, .max = 1024},
    {ASSAY_P_DOUBLE(heat, decay), .unit = "1",
     .doc = "amplitudes of the modes fall with wave number to this power", .min = 0, .max = 20},
    {0}};

static const struct heat defaults = {
    .dimensions = 2,
    .n = 64,
    .frames = 21,
    .frame_interval = 20.0,
    .length = 1.0,
    .diffusivity = 1e-4,
    .amplitude = 10.0,
    .modes = 8,
    .decay = 1.0,
};

static const struct assay_field fields[] = {
    {.name = "u", .unit = "K", .doc = "temperature", .kind = ASSAY_FIELD_FRAME}, {0}};

/* ---- the solution ------------------------------------------------------------------------- */

/* One Fourier mode; a and b at t = 0. */
struct mode {
  int x, y;
  double a, b;
};

struct solution {
  const struct heat *p;
  int ny; /* rows: n, or 1 on a line */
  int n_modes;
  struct mode *mode; /* [n_modes], x ascending, so that the modes of one column are together */
  double *now;       /* [n_modes, 2] a and b at the time asked for */
  double *cos, *sin; /* [modes + 1, n] of 2 pi m i / n */
};

static void solution_free(struct solution *s)
{
  assay_free(s->mode);
  assay_free(s->now);
  assay_free(s->cos);
  assay_free(s->sin);
}

static int square(int v)
{
  return v * v;
}

static double square_of(double v)
{
  return v * v;
}

/* Half of the disc |m| <= modes: m and -m are the same mode. On a line y = 0. */
static int in_half_disc(const struct heat *p, int x, int y)
{
  return square(x) + square(y) <= square(p->modes) && (x > 0 || y > 0);
}

/* Calls of this with mode == NULL only count. */
static int list_modes(struct mode *mode, const struct heat *p)
{
  const int reach = p->dimensions == 2 ? p->modes : 0;
  int count = 0;
  for (int x = 0; x <= p->modes; x++)
    for (int y = -reach; y <= reach; y++) {
      if (!in_half_disc(p, x, y)) continue;
      if (mode) mode[count] = (struct mode){.x = x, .y = y};
      count++;
    }
  return count;
}

/* Two deviates per mode, at places that depend on the mode only. */
static void draw(struct solution *s, struct assay_case_key key)
{
  enum { STREAM = 0, COLUMN = 4096 };
  const struct assay_rng start = assay_rng_init(key.seed, key.id, STREAM);
  double energy = 0.0;
  for (int i = 0; i < s->n_modes; i++) {
    struct mode *m = &s->mode[i];
    struct assay_rng rng =
        assay_rng_at(&start, 2 * ((uint64_t)m->x * COLUMN + (uint64_t)(m->y + COLUMN / 2)));
    const double size = assay_math_pow(square(m->x) + square(m->y), -0.5 * s->p->decay);
    m->a = size * assay_rng_normal(&rng);
    m->b = size * assay_rng_normal(&rng);
    energy += 0.5 * (m->a * m->a + m->b * m->b);
  }
  const double scale = s->p->amplitude / sqrt(energy);
  for (int i = 0; i < s->n_modes; i++) {
    s->mode[i].a *= scale;
    s->mode[i].b *= scale;
  }
}

static int solution_make(struct solution *s, const struct heat *p, struct assay_case_key key)
{
  int rc = ASSAY_OK;
  const size_t n = (size_t)p->n, rows = (size_t)p->modes + 1;
  *s = (struct solution){.p = p, .ny = p->dimensions == 2 ? p->n : 1};
  s->n_modes = list_modes(NULL, p);
  ASSAY_TRY(ASSAY_NEW(&s->mode, (size_t)s->n_modes, "heat"));
  ASSAY_TRY(ASSAY_NEW(&s->now, 2 * (size_t)s->n_modes, "heat"));
  ASSAY_TRY(ASSAY_NEW(&s->cos, rows * n, "heat"));
  ASSAY_TRY(ASSAY_NEW(&s->sin, rows * n, "heat"));
  list_modes(s->mode, p);
  draw(s, key);
  for (int i = 0; i < p->n; i++) {
    s->cos[n + (size_t)i] = assay_cospi(2 * i, p->n);
    s->sin[n + (size_t)i] = assay_sinpi(2 * i, p->n);
  }
  for (size_t m = 0; m < rows; m++)
    for (size_t i = 0; i < n; i++) {
      s->cos[m * n + i] = m == 0 ? 1.0 : s->cos[n + m * i % n];
      s->sin[m * n + i] = m == 0 ? 0.0 : s->sin[n + m * i % n];
    }
done:
  return rc;
}

/* a cos(k.x - theta) + b sin(k.x - theta), theta = k.c t, times exp(-kappa k^2 t) */
static void advance_modes(struct solution *s, double t)
{
  const struct heat *p = s->p;
  const double wave = 2.0 * M_PI / p->length;
  for (int i = 0; i < s->n_modes; i++) {
    const struct mode *m = &s->mode[i];
    const double periods = (m->x * p->velocity_x + m->y * p->velocity_y) * t / p->length;
    const double k2 = wave * wave * (square(m->x) + square(m->y));
    const double size = assay_math_exp(-p->diffusivity * k2 * t);
    double sine = 0.0, cosine = 0.0;
    assay_math_sincos(&sine, &cosine, 2.0 * M_PI * (periods - floor(periods)));
    s->now[2 * i] = size * (m->a * cosine - m->b * sine);
    s->now[2 * i + 1] = size * (m->a * sine + m->b * cosine);
  }
}

/* u [n] += P cos(2 pi m x / L) + Q sin(2 pi m x / L) */
static void add_wave(double *restrict u, const double *restrict c, const double *restrict s,
                     double P, double Q, int n)
{
  for (int i = 0; i < n; i++) u[i] += P * c[i] + Q * s[i];
}

/* Row j: the modes of one mx are first summed over my, which leaves one wave along x. */
static void evaluate_row(double *u, const struct solution *s, int j)
{
  const size_t n = (size_t)s->p->n;
  for (size_t i = 0; i < n; i++) u[i] = s->p->mean;
  for (int i = 0; i < s->n_modes;) {
    const int x = s->mode[i].x;
    double P = 0.0, Q = 0.0;
    for (; i < s->n_modes && s->mode[i].x == x; i++) {
      const int y = s->mode[i].y;
      const size_t at = (size_t)(y < 0 ? -y : y) * n + (size_t)j;
      const double a = s->now[2 * i], b = s->now[2 * i + 1];
      const double c = s->cos[at], sine = y < 0 ? -s->sin[at] : s->sin[at];
      P += a * c + b * sine;
      Q += b * c - a * sine;
    }
    add_wave(u, s->cos + (size_t)x * n, s->sin + (size_t)x * n, P, Q, s->p->n);
  }
}

/* u [ny, n] at time t */
static void evaluate(double *u, struct solution *s, double t)
{
  advance_modes(s, t);
  for (int j = 0; j < s->ny; j++) evaluate_row(u + (size_t)j * (size_t)s->p->n, s, j);
}

/* ---- the generator ------------------------------------------------------------------------ */

static int check(const void *params_)
{
  int rc = ASSAY_OK;
  const struct heat *p = params_;
  ASSAY_CHECK(2 * p->modes < p->n, ASSAY_EARG,
              "modes = %d cannot be seen on n = %d points; expected less than n / 2", p->modes,
              p->n);
  ASSAY_CHECK(p->dimensions == 2 || p->velocity_y == 0.0, ASSAY_EARG,
              "velocity_y = %g on a line; expected 0 when dimensions is 1", p->velocity_y);
done:
  return rc;
}

static int shape(struct assay_shape *out, const void *params_)
{
  const struct heat *p = params_;
  const struct assay_axis x = {.name = "x",
                               .unit = "m",
                               .doc = "position",
                               .kind = ASSAY_AXIS_PERIODIC,
                               .n = p->n,
                               .hi = p->length};
  struct assay_axis y = x;
  y.name = "y";
  *out = (struct assay_shape){
      .n_frames = p->frames, .frame_interval = p->frame_interval, .n_axes = p->dimensions};
  if (p->dimensions == 2) out->axis[0] = y;
  out->axis[p->dimensions - 1] = x;
  return ASSAY_OK;
}

static double rms(const double *u, size_t n, double mean)
{
  double sum = 0.0;
  for (size_t i = 0; i < n; i++) sum += (u[i] - mean) * (u[i] - mean);
  return sqrt(sum / (double)n);
}

/* rms error of a frame: half a unit in the last place of the stored type, the rounding of the sums
 * of modes, and that of the angle k.c t, which grows with the way gone. */
static double rounding_error(const struct heat *p, enum assay_dtype stored, const double *u,
                             size_t n, double t)
{
  const double unit = 0x1p-53, way = (fabs(p->velocity_x) + fabs(p->velocity_y)) * t / p->length;
  const double values = (stored == ASSAY_F32 ? 0x1p-24 : unit) + unit * sqrt(4.0 * p->modes + 8.0);
  return rms(u, n, 0.0) * values + rms(u, n, p->mean) * unit * 2.0 * M_PI * p->modes * way;
}

static int run(struct assay_case *out, const void *params_, struct assay_case_key key)
{
  int rc = ASSAY_OK;
  const struct heat *p = params_;
  struct solution s = {0};
  double *u = NULL;
  const size_t points = assay_shape_points(&out->shape);
  ASSAY_TRY(solution_make(&s, p, key));
  ASSAY_TRY(ASSAY_NEW(&u, points, "heat"));
  for (int k = 0; k < p->frames; k++) {
    out->time[k] = k * p->frame_interval;
    evaluate(u, &s, out->time[k]);
    assay_case_put(out, 0, k, u);
    out->error[k] = rounding_error(p, out->dtype, u, points, out->time[k]);
  }
  out->n_frames = p->frames;
  out->certificate.error_kind = ASSAY_ERROR_EXACT;
  out->certificate.resolved = true;
done:
  assay_free(u);
  solution_free(&s);
  return rc;
}

static enum assay_boundary_type boundary(double *value, const void *params_, int field,
                                         enum assay_side side, double t)
{
  (void)params_, (void)field, (void)side, (void)t;
  *value = 0.0;
  return ASSAY_BOUNDARY_PERIODIC;
}

static void tiny(void *params_)
{
  struct heat *p = params_;
  p->n = 8;
  p->modes = 3;
  p->frames = 3;
}

static double cost(const void *params_)
{
  const struct heat *p = params_;
  const double points = p->dimensions == 2 ? (double)p->n * p->n : p->n;
  return 1e-9 * points * p->frames * (p->modes + 4.0);
}

static double decay_rate(const void *params_)
{
  const struct heat *p = params_;
  return p->diffusivity * square_of(2.0 * M_PI / p->length);
}

static double fourier_number(const void *params_)
{
  const struct heat *p = params_;
  return p->diffusivity * (p->frames - 1) * p->frame_interval / (p->length * p->length);
}

static const struct assay_derived derived[] = {
    {"decay_rate", "s-1", "kappa (2 pi / L)^2: decay rate of the longest wave", decay_rate},
    {"fourier_number", "1", "kappa t / L^2 at the last frame", fourier_number},
    {0}};

/* ---- evidence ----------------------------------------------------------------------------- */

enum { EVIDENCE_N = 64 };
static const struct assay_case_key evidence_key = {.seed = 2385, .id = 7};

/* The solution on its grid at one time, rows*n values that the caller frees. */
static int at_time(double **u, const struct heat *p, double t)
{
  int rc = ASSAY_OK;
  struct solution s = {0};
  *u = NULL;
  ASSAY_TRY(solution_make(&s, p, evidence_key));
  ASSAY_TRY(ASSAY_NEW(u, (size_t)s.ny * (size_t)p->n, "heat"));
  evaluate(*u, &s, t);
done:
  solution_free(&s);
  return rc;
}

static double mean_of(const double *u, size_t n)
{
  double sum = 0.0;
  for (size_t i = 0; i < n; i++) sum += u[i];
  return sum / (double)n;
}

/* -log(rms(t) / rms(0)) / t of the longest wave on a line, carried along meanwhile */
static int measured_decay_rate(double *out)
{
  int rc = ASSAY_OK;
  double *first = NULL, *last = NULL;
  const struct heat p = {.dimensions = 1,
                         .n = 48,
                         .modes = 1,
                         .length = 1.7,
                         .amplitude = 2.385,
                         .diffusivity = 0.0238,
                         .velocity_x = 0.31};
  const double t = 3.25;
  ASSAY_TRY(at_time(&first, &p, 0.0));
  ASSAY_TRY(at_time(&last, &p, t));
  *out = -assay_math_log(rms(last, 48, 0.0) / rms(first, 48, 0.0)) / t;
done:
  assay_free(first);
  assay_free(last);
  return rc;
}

static const struct heat square_case = {.dimensions = 2,
                                        .n = EVIDENCE_N,
                                        .modes = 3,
                                        .length = 1.7,
                                        .diffusivity = 0.0238,
                                        .velocity_x = 0.31,
                                        .velocity_y = -0.17,
                                        .mean = 11.5,
                                        .amplitude = 2.385,
                                        .decay = 0.5};

static int measured_mean_drift(double *out)
{
  int rc = ASSAY_OK;
  double *u = NULL;
  *out = 0.0;
  for (int k = 0; k < 5; k++) {
    ASSAY_TRY(at_time(&u, &square_case, 0.7 * k));
    const double mean = mean_of(u, (size_t)EVIDENCE_N * EVIDENCE_N);
    *out = fmax(*out, fabs(mean / square_case.mean - 1.0));
    assay_free(u);
    u = NULL;
  }
done:
  assay_free(u);
  return rc;
}

static int wrapped(int i, int n)
{
  return (i + n) % n;
}

/* Sixth-order central difference along stride (the axis on which `at` has index i) */
static double slope(const double *u, int row, int i, int stride, int n, double h)
{
  static const double weight[3] = {45.0 / 60.0, -9.0 / 60.0, 1.0 / 60.0};
  double sum = 0.0;
  for (int d = 1; d <= 3; d++)
    sum +=
        weight[d - 1] * (u[row + wrapped(i + d, n) * stride] - u[row + wrapped(i - d, n) * stride]);
  return sum / h;
}

static double gradient_square(const double *u, int n, double h)
{
  double sum = 0.0;
  for (int j = 0; j < n; j++)
    for (int i = 0; i < n; i++)
      sum += square_of(slope(u, j * n, i, 1, n, h)) + square_of(slope(u, i, j, n, n, h));
  return sum / ((double)n * n);
}

/* d/dt <u^2> / (-2 kappa <|grad u|^2>), by differences in time and space */
static int measured_energy_budget(double *out)
{
  int rc = ASSAY_OK;
  enum { N = EVIDENCE_N };
  double *before = NULL, *now = NULL, *after = NULL;
  const struct heat *p = &square_case;
  const double t = 0.4, dt = 1e-4;
  ASSAY_TRY(at_time(&before, p, t - dt));
  ASSAY_TRY(at_time(&now, p, t));
  ASSAY_TRY(at_time(&after, p, t + dt));
  const double rate =
      (square_of(rms(after, N * N, p->mean)) - square_of(rms(before, N * N, p->mean))) / (2.0 * dt);
  *out = rate / (-2.0 * p->diffusivity * gradient_square(now, N, p->length / N));
done:
  assay_free(before);
  assay_free(now);
  assay_free(after);
  return rc;
}

/* An independent solver: second-order central differences, classical Runge-Kutta. du = rhs(u) */
static void rate_of_change(double *du, const double *u, const struct heat *p)
{
  const int n = p->n;
  const double h = p->length / n, d = p->diffusivity / (h * h);
  const double cx = p->velocity_x / (2.0 * h), cy = p->velocity_y / (2.0 * h);
  for (int j = 0; j < n; j++)
    for (int i = 0; i < n; i++) {
      const double here = u[j * n + i];
      const double east = u[j * n + wrapped(i + 1, n)], west = u[j * n + wrapped(i - 1, n)];
      const double north = u[wrapped(j + 1, n) * n + i], south = u[wrapped(j - 1, n) * n + i];
      du[j * n + i] = d * (east + west + north + south - 4.0 * here) - cx * (east - west) -
                      cy * (north - south);
    }
}

/* u advances by dt; work [3, n, n] */
static void runge_kutta_step(double *u, double *work, const struct heat *p, double dt)
{
  static const double reach[4] = {0.0, 0.5, 0.5, 1.0}, weight[4] = {1.0, 2.0, 2.0, 1.0};
  const int points = p->n * p->n;
  double *stage = work, *k = work + points, *sum = work + 2 * points;
  for (int s = 0; s < 4; s++) {
    for (int i = 0; i < points; i++) stage[i] = s == 0 ? u[i] : u[i] + reach[s] * dt * k[i];
    rate_of_change(k, stage, p);
    for (int i = 0; i < points; i++) sum[i] = (s == 0 ? 0.0 : sum[i]) + weight[s] * k[i];
  }
  for (int i = 0; i < points; i++) u[i] += dt / 6.0 * sum[i];
}

/* rms difference at time t between that solver and the exact solution on n^2 points */
static int difference_error(double *out, int n)
{
  int rc = ASSAY_OK;
  double *u = NULL, *exact = NULL, *work = NULL;
  struct heat p = square_case;
  p.n = n;
  p.modes = 2;
  const size_t points = (size_t)n * (size_t)n;
  const int steps = n * n / 8;
  const double t = 0.9;
  ASSAY_TRY(at_time(&u, &p, 0.0));
  ASSAY_TRY(at_time(&exact, &p, t));
  ASSAY_TRY(ASSAY_NEW(&work, 3 * points, "heat"));
  for (int k = 0; k < steps; k++) runge_kutta_step(u, work, &p, t / steps);
  for (size_t i = 0; i < points; i++) u[i] -= exact[i];
  *out = rms(u, points, 0.0);
done:
  assay_free(u);
  assay_free(exact);
  assay_free(work);
  return rc;
}

static int measured_order_of_differences(double *out)
{
  int rc = ASSAY_OK;
  double coarse = 0.0, fine = 0.0;
  ASSAY_TRY(difference_error(&coarse, 24));
  ASSAY_TRY(difference_error(&fine, 48));
  *out = assay_math_log(coarse / fine) / assay_math_log(2.0);
done:
  return rc;
}

static const struct assay_evidence evidence[] = {
    {.name = "decay of one wave",
     .doc = "decay rate of the longest wave, kappa (2 pi / L)^2, s-1",
     .reference = "exact",
     .kind = ASSAY_EVIDENCE_EXACT,
     .expected = 0.3251163802711789,
     .limit = 1e-13,
     .measure = measured_decay_rate},
    {.name = "mean",
     .doc = "largest relative change of the mean over time",
     .reference = "conservation of heat",
     .kind = ASSAY_EVIDENCE_CONSERVED,
     .expected = 0.0,
     .limit = 1e-14,
     .measure = measured_mean_drift},
    {.name = "energy budget",
     .doc = "d<u^2>/dt over -2 kappa <|grad u|^2>, by differences",
     .reference = "energy method",
     .kind = ASSAY_EVIDENCE_CONSERVED,
     .expected = 1.0,
     .limit = 1e-5,
     .measure = measured_energy_budget},
    {.name = "order of a difference scheme",
     .doc = "order with which central differences converge to this solution, 24^2 to 48^2 points",
     .reference = "Taylor expansion",
     .kind = ASSAY_EVIDENCE_EXACT,
     .expected = 2.0,
     .limit = 0.05,
     .measure = measured_order_of_differences},
    {0}};

static bool draws(const void *params_)
{
  (void)params_;
  return true;
}

const struct assay_generator assay_generator_heat = {
    .name = "heat",
    .version = 1,
    .doc = "heat equation with constant velocity, periodic in one or two dimensions, evaluated "
           "from its exact Fourier solution",
    .reference = "J. Fourier, Theorie analytique de la chaleur, 1822",
    .params = params,
    .params_size = sizeof(struct heat),
    .defaults = &defaults,
    .fields = fields,
    .derived = derived,
    .evidence = evidence,
    .order = 0,
    .check = check,
    .shape = shape,
    .run = run,
    .draws = draws,
    .boundary = boundary,
    .tiny = tiny,
    .golden = "ba54364248fd98b860e3288e9d68b4f2712679f7a7cb586e2a2987c03abe897b",
    .cost = cost,
};
