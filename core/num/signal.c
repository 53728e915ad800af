#include "core/num/signal.h"

#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/trig.h"
#include "core/num/vmath.h"

static int check_signal(const double *x, ptrdiff_t n, ptrdiff_t least, double dt)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(n >= least, ASSAY_EARG, "a signal of %td samples; expected at least %td", n, least);
  ASSAY_CHECK(dt > 0 && isfinite(dt), ASSAY_EARG, "samples %g apart; expected a positive time", dt);
  for (ptrdiff_t i = 0; i < n; i++)
    ASSAY_CHECK(isfinite(x[i]), ASSAY_EARG, "sample %td of a signal is %g", i, x[i]);
done:
  return rc;
}

/* A place and a value, the place in samples. */
struct point {
  double at, value;
};

/* Top of the parabola through samples i - 1, i, i + 1. */
static struct point parabola_top(const double *x, ptrdiff_t i)
{
  const double slope = 0.5 * (x[i + 1] - x[i - 1]), bend = x[i + 1] - 2 * x[i] + x[i - 1];
  const double shift = bend != 0 ? fmax(-1, fmin(1, -slope / bend)) : 0;
  return (struct point){(double)i + shift, x[i] + shift * (slope + 0.5 * bend * shift)};
}

/* ---- oscillation ---------------------------------------------------------------------------- */

/* Walks over the upward crossings of a level. */
struct crossings {
  const double *x;
  ptrdiff_t n, next;
  double level, depth; /* how far below the level it must have been */
  int armed;
};

/* The next crossing in samples, or -1. */
static double next_crossing(struct crossings *c)
{
  for (ptrdiff_t i = c->next; i < c->n; i++) {
    if (c->x[i] < c->level - c->depth) c->armed = 1;
    if (!c->armed || c->x[i] < c->level || i == 0) continue;
    c->armed = 0;
    c->next = i + 1;
    return (double)(i - 1) + (c->level - c->x[i - 1]) / (c->x[i] - c->x[i - 1]);
  }
  c->next = c->n;
  return -1;
}

struct span {
  double first, last; /* in samples */
  int periods;
};

static struct span whole_periods(const double *x, ptrdiff_t n, double level, double depth)
{
  struct crossings c = {x, n, 0, level, depth, 0};
  struct span s = {next_crossing(&c), 0, 0};
  s.last = s.first;
  if (s.first < 0) return s;
  for (double at = next_crossing(&c); at >= 0; at = next_crossing(&c)) s.last = at, s.periods++;
  return s;
}

/* Mean over a span of ((x - centre)^power, power 1 or 2) joined by straight lines. */
static double mean_over(const double *x, struct span s, double centre, int power)
{
  double sum = 0, left = s.first;
  const ptrdiff_t stop = (ptrdiff_t)ceil(s.last);
  for (ptrdiff_t i = (ptrdiff_t)floor(s.first); i < stop; i++) {
    const double right = fmin((double)(i + 1), s.last);
    const double a = x[i] + (left - (double)i) * (x[i + 1] - x[i]) - centre;
    const double b = x[i] + (right - (double)i) * (x[i + 1] - x[i]) - centre;
    sum += 0.5 * (right - left) * (power == 1 ? a + b : a * a + b * b);
    left = right;
  }
  return sum / (s.last - s.first);
}

/* Highest value (of sign * x) of the samples in (first, last), refined. */
static double highest(const double *x, ptrdiff_t n, double first, double last, double sign)
{
  ptrdiff_t best = (ptrdiff_t)ceil(first);
  for (ptrdiff_t i = best; (double)i < last; i++)
    if (sign * x[i] > sign * x[best]) best = i;
  return best > 0 && best < n - 1 ? parabola_top(x, best).value : x[best];
}

static void measure_heights(struct assay_oscillation *out, const double *x, ptrdiff_t n,
                            double depth)
{
  struct crossings c = {x, n, 0, out->mean, depth, 0};
  double from = next_crossing(&c), sum = 0;
  out->highest = -(double)INFINITY;
  out->lowest = (double)INFINITY;
  for (int k = 0; k < out->periods; k++) {
    const double to = next_crossing(&c);
    const double top = highest(x, n, from, to, 1), bottom = highest(x, n, from, to, -1);
    out->highest = fmax(out->highest, top);
    out->lowest = fmin(out->lowest, bottom);
    sum += 0.5 * (top - bottom);
    from = to;
  }
  out->amplitude = sum / out->periods;
}

int assay_signal_oscillation(struct assay_oscillation *out, const double *x, ptrdiff_t n, double dt)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(check_signal(x, n, 3, dt));
  double low = x[0], high = x[0];
  for (ptrdiff_t i = 1; i < n; i++) low = fmin(low, x[i]), high = fmax(high, x[i]);
  const double depth = 0.05 * (high - low);
  ASSAY_CHECK(high > low, ASSAY_ENOTFOUND, "the signal is constant");
  double level = 0.5 * (low + high);
  struct span s = {0};
  enum { ROUNDS = 3 }; /* middle of the range, then twice the mean over whole periods */
  for (int k = 0; k < ROUNDS; k++) {
    if (k > 0) level += mean_over(x, s, level, 1);
    s = whole_periods(x, n, level, depth);
    ASSAY_CHECK(s.periods > 0, ASSAY_ENOTFOUND,
                "the signal crosses its mean upwards %d times; two are needed", s.first >= 0);
  }
  *out = (struct assay_oscillation){.frequency = s.periods / ((s.last - s.first) * dt),
                                    .periods = s.periods,
                                    .mean = level,
                                    .rms = sqrt(mean_over(x, s, level, 2))};
  measure_heights(out, x, n, depth);
done:
  return rc;
}

/* ---- growth --------------------------------------------------------------------------------- */

/* Sums of a straight line fitted to points (t, y). */
struct line_fit {
  double n, t, y, tt, ty;
};

static void add_point(struct line_fit *f, double t, double y)
{
  f->n += 1;
  f->t += t;
  f->y += y;
  f->tt += t * t;
  f->ty += t * y;
}

static double slope_of(const struct line_fit *f)
{
  return (f->n * f->ty - f->t * f->y) / (f->n * f->tt - f->t * f->t);
}

int assay_signal_growth(struct assay_growth *out, const double *x, ptrdiff_t n, double dt)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(check_signal(x, n, 3, dt));
  struct line_fit fit = {0};
  struct point last = {0}, first = {0};
  int extremes = 0;
  for (ptrdiff_t i = 1; i < n - 1; i++) {
    if (!((x[i] > x[i - 1] && x[i] >= x[i + 1]) || (x[i] < x[i - 1] && x[i] <= x[i + 1]))) continue;
    const struct point top = parabola_top(x, i);
    if (extremes == 0) first = top;
    if (extremes > 0 && top.value != last.value)
      add_point(&fit, 0.5 * (top.at + last.at), assay_math_log(fabs(top.value - last.value)));
    last = top;
    extremes++;
  }
  ASSAY_CHECK(extremes >= 4 && fit.n >= 2, ASSAY_ENOTFOUND,
              "the signal has %d turning points; four are needed", extremes);
  *out = (struct assay_growth){.rate = slope_of(&fit) / dt,
                               .frequency = 0.5 * (extremes - 1) / ((last.at - first.at) * dt),
                               .extremes = extremes};
done:
  return rc;
}

/* ---- spectrum ------------------------------------------------------------------------------- */

/* Power of line m of (x - mean) (1 - cos(2 pi i / n)); cosine, sine [n] of 2 pi i / n. */
static double power_of(const double *x, ptrdiff_t n, double mean, const double *cosine,
                       const double *sine, ptrdiff_t m)
{
  double re = 0, im = 0;
  ptrdiff_t turn = 0;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double value = (x[i] - mean) * (1 - cosine[i]);
    re += value * cosine[turn];
    im += value * sine[turn];
    turn += m;
    if (turn >= n) turn -= n;
  }
  return re * re + im * im;
}

static double top_of_line(const double *power, ptrdiff_t m, ptrdiff_t lines)
{
  if (m + 1 >= lines || !(power[m - 1] > 0 && power[m + 1] > 0)) return (double)m;
  const double around[3] = {assay_math_log(power[m - 1]), assay_math_log(power[m]),
                            assay_math_log(power[m + 1])};
  return (double)(m - 1) + parabola_top(around, 1).at;
}

int assay_signal_peak(double *frequency, const double *x, ptrdiff_t n, double dt)
{
  int rc = ASSAY_OK;
  double *cosine = NULL, *sine = NULL, *power = NULL;
  ASSAY_TRY(check_signal(x, n, 8, dt));
  const ptrdiff_t lines = n / 2 + 1;
  double mean = 0, total = 0;
  ptrdiff_t best = 1;
  for (ptrdiff_t i = 0; i < n; i++) mean += x[i] / (double)n;
  for (ptrdiff_t i = 0; i < n; i++) total += (x[i] - mean) * (x[i] - mean);
  ASSAY_CHECK(total > 1e-24 * (double)n * mean * mean, ASSAY_ENOTFOUND, "the signal is constant");
  ASSAY_TRY(ASSAY_NEW(&cosine, (size_t)n, "spectrum"));
  ASSAY_TRY(ASSAY_NEW(&sine, (size_t)n, "spectrum"));
  ASSAY_TRY(ASSAY_NEW(&power, (size_t)lines, "spectrum"));
  for (ptrdiff_t i = 0; i < n; i++) {
    cosine[i] = assay_cospi(2 * i, n);
    sine[i] = assay_sinpi(2 * i, n);
  }
  for (ptrdiff_t m = 0; m < lines; m++) {
    power[m] = power_of(x, n, mean, cosine, sine, m);
    if (m > 0 && power[m] > power[best]) best = m;
  }
  *frequency = top_of_line(power, best, lines) / ((double)n * dt);
done:
  assay_free(cosine);
  assay_free(sine);
  assay_free(power);
  return rc;
}

/* ---- tabulated functions -------------------------------------------------------------------- */

/* Where the parabola through three points (Newton's form about point b) is zero between a and b:
 * one step of the secant, two of Newton. */
static double zero_between(const double t[3], const double y[3])
{
  const double ab = (y[1] - y[0]) / (t[1] - t[0]), bc = (y[2] - y[1]) / (t[2] - t[1]);
  const double bend = (bc - ab) / (t[2] - t[0]);
  double at = t[0] - y[0] / ab;
  for (int k = 0; k < 3; k++) {
    const double value = y[0] + (at - t[0]) * (ab + bend * (at - t[1]));
    const double slope = ab + bend * (2 * at - t[0] - t[1]);
    if (slope > 0) at -= value / slope;
  }
  return fmax(t[0], fmin(t[1], at));
}

int assay_signal_crossing(double *at, const double *t, const double *y, ptrdiff_t n, double level)
{
  int rc = ASSAY_OK;
  for (ptrdiff_t i = 1; i < n; i++) {
    if (!(y[i - 1] < level && y[i] >= level)) continue;
    const ptrdiff_t third = i + 1 < n ? i + 1 : i - 2;
    const double a = y[i - 1] - level, b = y[i] - level;
    if (third < 0)
      *at = t[i - 1] - a * (t[i] - t[i - 1]) / (b - a);
    else
      *at = zero_between((double[]){t[i - 1], t[i], t[third]}, (double[]){a, b, y[third] - level});
    goto done;
  }
  ASSAY_FAIL(ASSAY_ENOTFOUND, "%td values never pass %g upwards", n, level);
done:
  return rc;
}
