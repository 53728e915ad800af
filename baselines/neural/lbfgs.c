/* L-BFGS: descent along d = -H g, H the approximate inverse of the second derivatives that the last
 * m changes of parameters s_k and gradients y_k give,
 *
 *   q = g;  for k = newest .. oldest:  a_k = s_k q / s_k y_k,  q -= a_k y_k
 *   r = s y / y y q of the newest;  for k = oldest .. newest:  r += (a_k - y_k r / s_k y_k) s_k
 *   d = -r
 *
 * and a search along d for a length a with the strong conditions of Wolfe,
 *
 *   f(a) <= f(0) + c1 a f'(0),   |f'(a)| <= c2 |f'(0)| ,
 *
 * through brackets and minima of cubics. As single precision blurs f near a minimum, there the
 * first condition may be replaced by f(a) <= f(0) + e |f(0)|, f'(a) <= 0.8 |f'(0)| (Hager and
 * Zhang).
 *
 * Unlike the text books' one, this search does not call the function: a step takes the loss and the
 * gradient of the parameters as they stand, and leaves the parameters of which it wants them next.
 * So a step costs one gradient like that of any other optimiser, and what is remembered - two dozen
 * blocks and a few numbers - can be stored between any two. All of them must be of the same
 * samples.
 *
 * References: Nocedal and Wright, Numerical Optimization, 2nd ed., algorithms 7.4, 3.5, 3.6,
 * equation 3.59; Hager and Zhang, SIAM J. Optim. 16 (2005) 170. */
#include "baselines/neural/lbfgs.h"

#include <math.h>
#include <string.h>

#include "baselines/neural/kernels.h"

enum { START, SLOPE, DIRECTION, MOVES, TURNS = MOVES + ASSAY_NN_LBFGS_PAIRS }; /* blocks */
enum { PAIRS = ASSAY_NN_LBFGS_PAIRS, TRIES = 25 };
enum phase { FRESH, REACHING, CLOSING, ANYHOW, FINISHED };

/* A place on the line: length, value and slope there. */
struct place {
  double a, f, d;
};

/* Numbers that it remembers, in optimiser->mark. */
struct memory {
  double phase, pairs, newest, tries;
  struct place start, low, high;
  double a; /* length that is being tried */
};
_Static_assert(sizeof(struct memory) <= sizeof(double[ASSAY_NN_MARKS]), "the memory fits");

/* ---- blocks ------------------------------------------------------------------------------- */

static double dot(const struct assay_nn_params *p, const float *a, const float *b)
{
  double sum = 0;
  for (int i = 0; i < p->n; i++)
    if (p->row[i].learned)
      sum += assay_nn_kernels()->dot(a + p->row[i].offset, b + p->row[i].offset, p->row[i].size);
  return sum;
}

/* out = x + factor y for what is learned; out may be x or y */
static void blend(const struct assay_nn_params *p, float *out, const float *x, double factor,
                  const float *y)
{
  for (int i = 0; i < p->n; i++)
    for (size_t j = p->row[i].offset; p->row[i].learned && j < p->row[i].offset + p->row[i].size;
         j++)
      out[j] = (float)((double)x[j] + factor * (double)y[j]);
}

static void copy(const struct assay_nn_params *p, float *out, const float *x)
{
  memcpy(out, x, p->length * sizeof *out);
}

/* ---- direction ---------------------------------------------------------------------------- */

/* The pair that was stored k changes ago. */
static int pair_at(const struct memory *m, int k)
{
  return ((int)m->newest - k + PAIRS) % PAIRS;
}

static void remember(struct assay_nn_optimiser *o, struct memory *m)
{
  const struct assay_nn_params *p = o->params;
  const int next = ((int)m->newest + 1) % PAIRS;
  float *s = o->state[MOVES + next], *y = o->state[TURNS + next];
  blend(p, s, p->value, -1, o->state[START]);
  blend(p, y, p->gradient, -1, o->state[SLOPE]);
  if (dot(p, s, y) > 1e-10 * dot(p, y, y)) {
    m->newest = next;
    m->pairs = fmin(m->pairs + 1, PAIRS);
  } else /* not convex here; what stood at this place is lost */
    m->pairs = fmin(m->pairs, PAIRS - 1);
}

static void multiply_by_inverse(struct assay_nn_optimiser *o, const struct memory *m, float *q)
{
  const struct assay_nn_params *p = o->params;
  double a[PAIRS], curvature[PAIRS];
  const int n = (int)m->pairs;
  for (int k = 0; k < n; k++) {
    const float *s = o->state[MOVES + pair_at(m, k)], *y = o->state[TURNS + pair_at(m, k)];
    curvature[k] = dot(p, s, y);
    a[k] = dot(p, s, q) / curvature[k];
    blend(p, q, q, -a[k], y);
  }
  if (n > 0) {
    const float *y = o->state[TURNS + pair_at(m, 0)];
    blend(p, q, q, curvature[0] / dot(p, y, y) - 1, q);
  }
  for (int k = n - 1; k >= 0; k--) {
    const float *s = o->state[MOVES + pair_at(m, k)], *y = o->state[TURNS + pair_at(m, k)];
    blend(p, q, q, a[k] - dot(p, y, q) / curvature[k], s);
  }
}

/* Parameters at length a from the start; what is not learned is as it was there, so that statistics
 * that go along with training count every line once and forget places that were too far. */
static void go_to(struct assay_nn_optimiser *o, struct memory *m, double a)
{
  m->a = a;
  copy(o->params, o->params->value, o->state[START]);
  blend(o->params, o->params->value, o->state[START], a, o->state[DIRECTION]);
}

/* A new line from the parameters as they stand, with their loss and gradient. */
static void set_out(struct assay_nn_optimiser *o, struct memory *m, double rate, double loss)
{
  const struct assay_nn_params *p = o->params;
  float *d = o->state[DIRECTION];
  copy(p, o->state[START], p->value);
  copy(p, o->state[SLOPE], p->gradient);
  copy(p, d, p->gradient);
  multiply_by_inverse(o, m, d);
  double slope = -dot(p, p->gradient, d);
  if (!(slope < 0) || !isfinite(slope)) { /* rounding: down the gradient */
    m->pairs = 0;
    copy(p, d, p->gradient);
    slope = -dot(p, d, d);
  }
  blend(p, d, d, -2, d);
  m->start = (struct place){0, loss, slope};
  m->low = m->start;
  m->tries = 0;
  m->phase = slope < 0 ? REACHING : FINISHED;
  if (slope < 0) go_to(o, m, m->pairs > 0 ? 1 : rate / sqrt(-slope));
}

/* ---- search ------------------------------------------------------------------------------- */

static bool low_enough(const struct assay_nn_optimiser *o, const struct memory *m,
                       const struct place *x)
{
  return x->f <= m->start.f + o->settings.beta1 * x->a * m->start.d;
}

static bool good_enough(const struct assay_nn_optimiser *o, const struct memory *m,
                        const struct place *x)
{
  const double slope = fabs(m->start.d), flat = o->settings.beta2;
  const bool level = x->f <= m->start.f + o->settings.epsilon * fabs(m->start.f);
  return fabs(x->d) <= flat * slope && (low_enough(o, m, x) || (level && x->d <= 0.8 * slope));
}

/* Minimum of the cubic through two places, NaN if it has none. */
static double cubic(const struct place *u, const struct place *v)
{
  const double e = u->d + v->d - 3 * (u->f - v->f) / (u->a - v->a);
  const double root = copysign(sqrt(e * e - u->d * v->d), v->a - u->a);
  return v->a - (v->a - u->a) * (v->d + root - e) / (v->d - u->d + 2 * root);
}

static double within(double x, double a, double b)
{
  return fmin(fmax(x, fmin(a, b)), fmax(a, b));
}

/* Between low and high, not too near to either. */
static double next_between(const struct memory *m)
{
  const double span = m->high.a - m->low.a;
  if (!isfinite(m->high.f)) return m->low.a + 0.2 * span;
  const double best = cubic(&m->low, &m->high);
  return isfinite(best) ? within(best, m->low.a + 0.1 * span, m->high.a - 0.1 * span)
                        : m->low.a + 0.5 * span;
}

static double next_beyond(const struct memory *m, const struct place *x)
{
  const double best = cubic(&m->low, x);
  return isfinite(best) && best > x->a ? within(best, 2 * x->a, 10 * x->a) : 10 * x->a;
}

/* Back to where the line began, down the gradient; when it came from there already, that is all. */
static void give_up(struct assay_nn_optimiser *o, struct memory *m, double rate)
{
  const struct assay_nn_params *p = o->params;
  const bool steepest = m->pairs == 0;
  copy(p, o->params->value, o->state[START]);
  copy(p, o->params->gradient, o->state[SLOPE]);
  m->pairs = 0;
  if (steepest)
    m->phase = FINISHED;
  else
    set_out(o, m, rate, m->start.f);
}

/* The bracket shrinks to a side of x. */
static void narrow(const struct assay_nn_optimiser *o, struct memory *m, const struct place *x)
{
  if (!low_enough(o, m, x) || x->f >= m->low.f) {
    m->high = *x;
    return;
  }
  if (m->phase == REACHING || x->d * (m->high.a - m->low.a) >= 0) m->high = m->low;
  m->low = *x;
}

/* Where to look next, x being no place to stay. */
static double next_length(const struct assay_nn_optimiser *o, struct memory *m,
                          const struct place *x)
{
  const bool turned = !low_enough(o, m, x) || x->f >= m->low.f || x->d >= 0;
  if (m->phase == REACHING && !turned) {
    const double beyond = next_beyond(m, x);
    m->low = *x;
    return beyond;
  }
  narrow(o, m, x);
  m->phase = CLOSING;
  return next_between(m);
}

static void search_on(struct assay_nn_optimiser *o, struct memory *m, const struct place *x,
                      double rate)
{
  const double next = next_length(o, m, x);
  if (m->tries < TRIES)
    go_to(o, m, next);
  else if (m->low.a > 0) { /* no better than that */
    m->phase = ANYHOW;
    go_to(o, m, m->low.a);
  } else
    give_up(o, m, rate);
}

void assay_nn_lbfgs_step(struct assay_nn_optimiser *o, double rate, double loss)
{
  const struct assay_nn_params *p = o->params;
  struct memory m;
  memcpy(&m, o->mark, sizeof m);
  if (o->settings.decay > 0) {
    loss += 0.5 * o->settings.decay * dot(p, p->value, p->value);
    blend(p, o->params->gradient, p->gradient, o->settings.decay, p->value);
  }
  struct place x = {m.a, loss, m.phase == FRESH ? 0 : dot(p, p->gradient, o->state[DIRECTION])};
  if (!isfinite(x.f) || !isfinite(x.d)) x = (struct place){m.a, HUGE_VAL, HUGE_VAL};
  m.tries++;
  if (m.phase == FRESH)
    set_out(o, &m, rate, loss);
  else if (m.phase == ANYHOW || (m.phase != FINISHED && good_enough(o, &m, &x))) {
    remember(o, &m);
    set_out(o, &m, rate, loss);
  } else if (m.phase != FINISHED)
    search_on(o, &m, &x, rate);
  memcpy(o->mark, &m, sizeof m);
}

bool assay_nn_lbfgs_finished(const struct assay_nn_optimiser *o)
{
  return o->mark[0] == FINISHED;
}
