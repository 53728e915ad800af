#include "baselines/dynamics/weak.h"

#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"

/* With s = (t - a)/(b - a): phi = s^p (1 - s)^q / top, phi' = phi (p/s - q/(1 - s)). */
void assay_weak_test(double *phi, double *slope, int n, int p, int q)
{
  const double peak = (double)p / (p + q), top = pow(peak, p) * pow(1 - peak, q);
  for (int i = 0; i <= n; i++) {
    const double s = (double)i / n, r = 1 - s;
    phi[i] = pow(s, p) * pow(r, q) / top;
    slope[i] = (p * pow(s, p - 1) * pow(r, q) - q * pow(s, p) * pow(r, q - 1)) / (top * n);
  }
}

/* One width: its test function, divided by sqrt(|phi'|^2 + (w h)^2 |phi|^2). */
struct window {
  int n, stride;
  double *phi, *slope; /* [n + 1] */
};

/* frequency: radians per step */
static int open_window(struct window *w, int width, const struct assay_weak *how, double frequency)
{
  int rc = ASSAY_OK;
  double size = 0;
  *w = (struct window){.n = width, .stride = width / how->overlap > 1 ? width / how->overlap : 1};
  ASSAY_TRY(ASSAY_NEW(&w->phi, (size_t)width + 1, "test function"));
  ASSAY_TRY(ASSAY_NEW(&w->slope, (size_t)width + 1, "test function"));
  assay_weak_test(w->phi, w->slope, width, how->p, how->q);
  for (int i = 0; i <= width; i++)
    size += w->slope[i] * w->slope[i] + frequency * frequency * w->phi[i] * w->phi[i];
  for (int i = 0; i <= width; i++) {
    w->phi[i] /= sqrt(size);
    w->slope[i] /= sqrt(size);
  }
done:
  return rc;
}

static void close_window(struct window *w)
{
  assay_free(w->phi);
  assay_free(w->slope);
}

static double dot(const double *a, const double *b, int n)
{
  double sum = 0;
  for (int i = 0; i < n; i++) sum += a[i] * b[i];
  return sum;
}

/* The same over every second point, and over the others, both for twice the step: half their
 * difference, which is the error of the rule with 2 h. */
static double coarse_error(const double *a, const double *b, int n)
{
  double sum[2] = {0, 0};
  for (int i = 0; i < n; i++) sum[i % 2] += a[i] * b[i];
  return fabs(sum[0] - sum[1]);
}

/* v [n_terms, n_rows]: the library along the trajectories; coarse [n_states]: sums of squares */
static void add_rows(struct assay_dynamics_problem *p, const double *v,
                     const struct assay_observed *o, int piece, const struct window *w,
                     double *coarse)
{
  const struct assay_piece *at = &o->piece[piece];
  for (long i = 0; i + w->n < at->n; i += w->stride) {
    const long first = at->first + i;
    for (int t = 0; t < p->n_terms; t++)
      p->g[(long)t * p->capacity + p->m] =
          at->step * dot(w->phi, v + (long)t * o->n_rows + first, w->n + 1);
    for (int k = 0; k < p->n_states; k++) {
      const double *x = assay_observed_state(o, k) + first, e = coarse_error(w->slope, x, w->n + 1);
      p->b[(long)k * p->capacity + p->m] = -dot(w->slope, x, w->n + 1);
      coarse[k] += e * e;
    }
    p->fold[p->m++] = piece;
  }
}

static long count_rows(const struct assay_observed *o, const struct assay_weak *w)
{
  long n = 0;
  for (int i = 0; i < w->n_widths; i++)
    for (int k = 0; k < o->n_pieces; k++) {
      const int stride = w->width[i] / w->overlap > 1 ? w->width[i] / w->overlap : 1;
      if (o->piece[k].n > w->width[i]) n += (o->piece[k].n - 1 - w->width[i]) / stride + 1;
    }
  return n;
}

/* How fast state k changes, w h: rms of central differences, less that of noise, over the standard
 * deviation. */
static double frequency_of(const struct assay_observed *o, int k, double noise)
{
  const double *x = assay_observed_state(o, k);
  double mean = 0, spread = 0, speed = 0;
  long n = 0;
  for (long i = 0; i < o->n_rows; i++) mean += x[i] / (double)o->n_rows;
  for (long i = 0; i < o->n_rows; i++) spread += (x[i] - mean) * (x[i] - mean) / (double)o->n_rows;
  for (int p = 0; p < o->n_pieces; p++)
    for (long i = o->piece[p].first + 1; i + 1 < o->piece[p].first + o->piece[p].n; i++, n++)
      speed += 0.25 * (x[i + 1] - x[i - 1]) * (x[i + 1] - x[i - 1]);
  const double left = n > 0 ? speed / (double)n - 0.5 * noise * noise : 0;
  return spread > 0 && left > 0 ? sqrt(left / spread) : 0;
}

/* coarse [n_states] */
static int fill(struct assay_dynamics_problem *p, const double *v, const struct assay_observed *o,
                const struct assay_weak *how, double *coarse)
{
  int rc = ASSAY_OK;
  struct window w = {0};
  double fastest = 0;
  for (int k = 0; k < o->n_states; k++) fastest = fmax(fastest, frequency_of(o, k, p->error[k]));
  for (int i = 0; i < how->n_widths; i++) {
    close_window(&w);
    ASSAY_TRY(open_window(&w, how->width[i], how, fastest));
    for (int k = 0; k < o->n_pieces; k++) {
      const int before = p->m;
      add_rows(p, v, o, k, &w, coarse);
      p->independent += (double)(p->m - before) / how->overlap;
    }
  }
done:
  close_window(&w);
  return rc;
}

/* Aliasing falls exponentially with 1/h, so the error relative to b squares when h is halved; noise
 * is added to it. error: in, that of noise. */
static void expect_errors(struct assay_dynamics_problem *p, const double *coarse)
{
  for (int k = 0; k < p->n_states; k++) {
    const double *b = p->b + (long)k * p->capacity, size = sqrt(dot(b, b, p->m));
    const double rule = size > 0 ? coarse[k] / size : 0;
    p->error[k] = hypot(p->error[k], rule / sqrt(p->m));
  }
}

int assay_weak_problem(struct assay_dynamics_problem **out, const struct assay_library *l,
                       const struct assay_observed *o, const struct assay_weak *w)
{
  int rc = ASSAY_OK;
  double *v = NULL, coarse[ASSAY_LIBRARY_STATES_MAX] = {0};
  struct assay_dynamics_problem *p = NULL;
  const long rows = count_rows(o, w);
  *out = NULL;
  ASSAY_CHECK(w->p >= 2 && w->q >= 2 && w->overlap >= 1, ASSAY_EARG,
              "test functions with exponents %d and %d: at least 2", w->p, w->q);
  ASSAY_CHECK(rows > 0, ASSAY_EARG, "no test function fits into a trajectory");
  ASSAY_TRY(assay_dynamics_problem_create(&p, l->n, o->n_states, o->n_pieces, rows));
  ASSAY_TRY(ASSAY_NEW(&v, (size_t)l->n * (size_t)o->n_rows, "library"));
  for (int k = 0; k < o->n_states; k++) p->error[k] = assay_observed_noise(o, k, v);
  for (int t = 0; t < l->n; t++)
    assay_library_values(v + (long)t * o->n_rows, l, t, o->x, o->n_rows, o->n_rows);
  ASSAY_TRY(fill(p, v, o, w, coarse));
  expect_errors(p, coarse);
  *out = p;
  p = NULL;
done:
  assay_free(v);
  assay_dynamics_problem_destroy(p);
  return rc;
}
