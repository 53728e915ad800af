#include "baselines/dynamics/derivative.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "baselines/symbolic/basis.h"
#include "core/base/err.h"
#include "core/base/mem.h"

/* ---- the filter --------------------------------------------------------------------------- */

/* Powers of the points, made orthonormal one after the other; those of the centre are what matters:
 * the fit is sum_k q_k (q_k, x), and its value and slope at 0 are linear in x. With u = j / m. */
static int fit_weights(struct assay_filter *f, struct assay_sr_basis *b, int degree)
{
  int rc = ASSAY_OK, n = 2 * f->half + 1;
  double c[ASSAY_FILTER_HALF_MAX * 2 + 1], v[ASSAY_FILTER_HALF_MAX * 2 + 1];
  for (int k = 0; k <= degree; k++) {
    for (int i = 0; i < n; i++) v[i] = pow((double)(i - f->half) / f->half, k);
    ASSAY_CHECK(assay_sr_basis_push(b, v, 1e-13), ASSAY_EARG,
                "a polynomial of degree %d through %d points", degree, n);
  }
  for (int i = 0; i < n; i++) { /* coefficients of the fit to a unit in place i */
    for (int j = 0; j < n; j++) v[j] = i == j;
    assay_sr_basis_project(b, v);
    assay_sr_basis_solve(c, b);
    f->value[i] = c[0];
    f->slope[i] = degree > 0 ? c[1] / f->half : 0;
  }
done:
  return rc;
}

int assay_filter_make(struct assay_filter *out, int half, int degree)
{
  int rc = ASSAY_OK;
  struct assay_sr_basis *b = NULL;
  ASSAY_CHECK(half > 0 && half <= ASSAY_FILTER_HALF_MAX && degree > 0 && degree <= 2 * half,
              ASSAY_EARG,
              "a window of %d points and degree %d: expected 3 to %d, degree below that",
              2 * half + 1, degree, 2 * ASSAY_FILTER_HALF_MAX + 1);
  *out = (struct assay_filter){.half = half, .degree = degree};
  ASSAY_TRY(assay_sr_basis_create(&b, 2 * half + 1, degree + 1));
  ASSAY_TRY(fit_weights(out, b, degree));
done:
  assay_sr_basis_destroy(b);
  return rc;
}

/* ---- the problem -------------------------------------------------------------------------- */

enum { OUTLYING = 10 };

/* What is one order lower; *there false if nothing is. */
static int lower(struct assay_filter *out, bool *there, const struct assay_filter *f)
{
  int rc = ASSAY_OK;
  const int degree = f->degree - 2, half = f->degree == 2 * f->half ? f->half - 1 : f->half;
  *there = degree > 0 && half > 0;
  if (*there) ASSAY_TRY(assay_filter_make(out, half, degree));
done:
  return rc;
}

/* At all points that have a rate: */
struct points {
  long n;        /* so far */
  long capacity; /* of all arrays [n_states, capacity] */
  double *x, *rate, *off, *work;
  int *piece; /* [capacity] */
};

static int open_points(struct points *at, const struct assay_observed *o)
{
  int rc = ASSAY_OK;
  const size_t n = (size_t)o->n_rows, all = (size_t)o->n_states * n;
  *at = (struct points){.capacity = o->n_rows};
  ASSAY_TRY(ASSAY_NEW(&at->x, all, "rates"));
  ASSAY_TRY(ASSAY_NEW(&at->rate, all, "rates"));
  ASSAY_TRY(ASSAY_NEW(&at->off, all, "rates"));
  ASSAY_TRY(ASSAY_NEW(&at->work, n, "rates"));
  ASSAY_TRY(ASSAY_NEW(&at->piece, n, "rates"));
done:
  return rc;
}

static void close_points(struct points *at)
{
  assay_free(at->x);
  assay_free(at->rate);
  assay_free(at->off);
  assay_free(at->work);
  assay_free(at->piece);
}

static double dot(const double *a, const double *b, int n)
{
  double sum = 0;
  for (int i = 0; i < n; i++) sum += a[i] * b[i];
  return sum;
}

/* narrow NULL: nothing to compare with */
static void filter_piece(struct points *at, const struct assay_observed *o, int piece,
                         const struct assay_filter *f, const struct assay_filter *narrow)
{
  const struct assay_piece *p = &o->piece[piece];
  const int n = 2 * f->half + 1, margin = narrow ? f->half - narrow->half : 0;
  for (long i = 0; i + n <= p->n; i++) {
    for (int k = 0; k < o->n_states; k++) {
      const double *from = assay_observed_state(o, k) + p->first + i;
      const long to = k * at->capacity + at->n;
      at->x[to] = dot(f->value, from, n);
      at->rate[to] = dot(f->slope, from, n) / p->step;
      if (narrow)
        at->off[to] =
            fabs(at->rate[to] - dot(narrow->slope, from + margin, 2 * narrow->half + 1) / p->step);
    }
    at->piece[at->n++] = piece;
  }
}

static int ascending(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(const double *values, long n, double *work)
{
  memcpy(work, values, (size_t)n * sizeof *work);
  qsort(work, (size_t)n, sizeof *work, ascending);
  return work[n / 2];
}

static double largest(const double *values, long n)
{
  double size = 0;
  for (long i = 0; i < n; i++) size = fmax(size, fabs(values[i]));
  return size;
}

/* Rows of p from the points that are good; their states move to the front of at->x. */
static void take_good(struct assay_dynamics_problem *p, struct points *at)
{
  double limit[ASSAY_LIBRARY_STATES_MAX];
  for (int k = 0; k < p->n_states; k++)
    limit[k] = OUTLYING * median(at->off + k * at->capacity, at->n, at->work) +
               1e-9 * largest(at->rate + k * at->capacity, at->n);
  for (long i = 0; i < at->n; i++) {
    bool good = true;
    for (int k = 0; k < p->n_states; k++) good = good && at->off[k * at->capacity + i] <= limit[k];
    if (!good) continue;
    for (int k = 0; k < p->n_states; k++) {
      const double off = at->off[k * at->capacity + i];
      at->x[k * at->capacity + p->m] = at->x[k * at->capacity + i];
      p->b[(long)k * p->capacity + p->m] = at->rate[k * at->capacity + i];
      p->error[k] += off * off;
    }
    p->fold[p->m++] = at->piece[i];
  }
  for (int k = 0; k < p->n_states && p->m > 0; k++) p->error[k] = sqrt(p->error[k] / p->m);
}

int assay_derivative_problem(struct assay_dynamics_problem **out, const struct assay_library *l,
                             const struct assay_observed *o, const struct assay_filter *f)
{
  int rc = ASSAY_OK;
  bool comparable;
  struct assay_filter narrow;
  struct points at = {0};
  struct assay_dynamics_problem *p = NULL;
  *out = NULL;
  ASSAY_TRY(assay_dynamics_problem_create(&p, l->n, o->n_states, o->n_pieces, o->n_rows));
  ASSAY_TRY(open_points(&at, o));
  ASSAY_TRY(lower(&narrow, &comparable, f));
  for (int i = 0; i < o->n_pieces; i++) filter_piece(&at, o, i, f, comparable ? &narrow : NULL);
  ASSAY_CHECK(at.n > 0, ASSAY_EARG, "no trajectory has %d points", 2 * f->half + 1);
  take_good(p, &at);
  for (int t = 0; t < l->n; t++)
    assay_library_values(p->g + (long)t * p->capacity, l, t, at.x, at.capacity, p->m);
  p->independent = p->m;
  *out = p;
  p = NULL;
done:
  close_points(&at);
  assay_dynamics_problem_destroy(p);
  return rc;
}
