#include "baselines/dynamics/derivative.h"

#include <math.h>

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
  *out = (struct assay_filter){.half = half};
  ASSAY_TRY(assay_sr_basis_create(&b, 2 * half + 1, degree + 1));
  ASSAY_TRY(fit_weights(out, b, degree));
done:
  assay_sr_basis_destroy(b);
  return rc;
}

static double norm_of(const double *w, int n)
{
  double sum = 0;
  for (int i = 0; i < n; i++) sum += w[i] * w[i];
  return sqrt(sum);
}

/* ---- the problem -------------------------------------------------------------------------- */

/* States and rates in the middle of every window of a piece. x [n_states, m] beside p->b. */
static void filter_piece(struct assay_dynamics_problem *p, double *x,
                         const struct assay_observed *o, int piece, const struct assay_filter *f)
{
  const struct assay_piece *at = &o->piece[piece];
  for (long i = 0; i + 2 * f->half < at->n; i++) {
    for (int k = 0; k < o->n_states; k++) {
      const double *from = assay_observed_state(o, k) + at->first + i;
      double value = 0, slope = 0;
      for (int j = 0; j <= 2 * f->half; j++) {
        value += f->value[j] * from[j];
        slope += f->slope[j] * from[j];
      }
      x[(long)k * p->capacity + p->m] = value;
      p->b[(long)k * p->capacity + p->m] = slope / at->step;
    }
    p->fold[p->m++] = piece;
  }
}

int assay_derivative_problem(struct assay_dynamics_problem **out, const struct assay_library *l,
                             const struct assay_observed *o, const struct assay_filter *f)
{
  int rc = ASSAY_OK;
  double *x = NULL;
  struct assay_dynamics_problem *p = NULL;
  *out = NULL;
  ASSAY_TRY(assay_dynamics_problem_create(&p, l->n, o->n_states, o->n_pieces, o->n_rows));
  ASSAY_TRY(ASSAY_NEW(&x, (size_t)o->n_states * (size_t)o->n_rows, "states"));
  for (int k = 0; k < o->n_states; k++) p->error[k] = assay_observed_noise(o, k, x);
  for (int i = 0; i < o->n_pieces; i++) filter_piece(p, x, o, i, f);
  ASSAY_CHECK(p->m > 0, ASSAY_EARG, "no trajectory has %d points", 2 * f->half + 1);
  for (int t = 0; t < l->n; t++)
    assay_library_values(p->g + (long)t * p->capacity, l, t, x, p->capacity, p->m);
  for (int k = 0; k < o->n_states; k++)
    p->error[k] *= norm_of(f->slope, 2 * f->half + 1) / o->piece[0].step;
  p->independent = p->m;
  *out = p;
  p = NULL;
done:
  assay_free(x);
  assay_dynamics_problem_destroy(p);
  return rc;
}
