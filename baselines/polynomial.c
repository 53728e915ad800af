#include "baselines/polynomial.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

/* (p + d)! / (p! d!) - 1 */
int assay_polynomial_count(int n_params, int degree)
{
  double count = 1;
  for (int k = 1; k <= degree; k++) count = count * (n_params + k) / k;
  return count - 1 > ASSAY_POLYNOMIAL_MAX ? ASSAY_POLYNOMIAL_MAX + 1 : (int)lround(count) - 1;
}

void assay_polynomial_choose_logarithms(double *logarithm, const double *params, long rows,
                                        int n_params)
{
  for (int j = 0; j < n_params; j++) {
    double least = HUGE_VAL, most = 0;
    for (long i = 0; i < rows; i++) {
      least = fmin(least, params[i * n_params + j]);
      most = fmax(most, params[i * n_params + j]);
    }
    logarithm[j] = least > 0 && most >= 3 * least;
  }
}

static int take_logarithms(double *params, const double *logarithm, long rows, int n_params)
{
  int rc = ASSAY_OK;
  for (long i = 0; i < rows; i++)
    for (int j = 0; j < n_params; j++) {
      double *p = &params[i * n_params + j];
      if (logarithm[j] == 0) continue;
      ASSAY_CHECK(*p > 0, ASSAY_EARG, "parameter %d is %g, but was positive in training", j, *p);
      *p = log(*p);
    }
done:
  return rc;
}

/* Monomials of one row behind those of lower degree: x_i times all of degree d - 1 whose first
 * factor is not before i. out [n], start [n_params + 1] of the last degree by first factor. */
static void monomials(double *out, const double *x, int n_params, int degree)
{
  int begin[ASSAY_LIST_MAX + 1], end = 0;
  for (int j = 0; j < n_params && degree > 0; j++) {
    begin[j] = end;
    out[end++] = x[j];
  }
  for (int d = 2; d <= degree; d++) {
    const int last = end;
    for (int j = 0; j < n_params; j++) {
      const int from = begin[j];
      begin[j] = end;
      for (int k = from; k < last; k++) out[end++] = x[j] * out[k];
    }
  }
}

/* Monomials that are not yet standardised. */
static int raw_features(double *out, const struct assay_polynomial *f, const double *params,
                        long rows)
{
  int rc = ASSAY_OK;
  double *x = NULL;
  const size_t n = (size_t)rows * (size_t)f->n_params;
  ASSAY_TRY(ASSAY_NEW(&x, n, "features"));
  memcpy(x, params, n * sizeof *x);
  ASSAY_TRY(take_logarithms(x, f->logarithm, rows, f->n_params));
  assay_scaling_apply(&f->params, x, rows);
  for (long i = 0; i < rows; i++)
    monomials(out + i * f->n, x + i * f->n_params, f->n_params, f->degree);
done:
  assay_free(x);
  return rc;
}

static int fit_params(struct assay_polynomial *f, const double *params, long rows)
{
  int rc = ASSAY_OK;
  double *x = NULL;
  const size_t n = (size_t)rows * (size_t)f->n_params;
  ASSAY_TRY(ASSAY_NEW(&x, n, "features"));
  memcpy(x, params, n * sizeof *x);
  ASSAY_TRY(take_logarithms(x, f->logarithm, rows, f->n_params));
  ASSAY_TRY(assay_scaling_fit(&f->params, x, rows, f->n_params));
done:
  assay_free(x);
  return rc;
}

int assay_polynomial_fit(struct assay_polynomial *f, const double *params, long rows, int n_params,
                         int degree, const double *logarithm)
{
  int rc = ASSAY_OK;
  double *raw = NULL;
  *f = (struct assay_polynomial){
      .n_params = n_params, .degree = degree, .n = assay_polynomial_count(n_params, degree)};
  ASSAY_CHECK(f->n <= ASSAY_POLYNOMIAL_MAX, ASSAY_EUNSUPPORTED,
              "%d parameters to degree %d make more than %d features", n_params, degree,
              ASSAY_POLYNOMIAL_MAX);
  ASSAY_TRY(ASSAY_NEW(&f->logarithm, (size_t)n_params, "features"));
  memcpy(f->logarithm, logarithm, (size_t)n_params * sizeof *logarithm);
  ASSAY_TRY(fit_params(f, params, rows));
  ASSAY_TRY(ASSAY_NEW(&raw, (size_t)rows * (size_t)f->n, "features"));
  ASSAY_TRY(raw_features(raw, f, params, rows));
  ASSAY_TRY(assay_scaling_fit(&f->monomials, raw, rows, f->n));
done:
  assay_free(raw);
  if (rc < 0) assay_polynomial_clear(f);
  return rc;
}

int assay_polynomial_of(double *out, const struct assay_polynomial *f, const double *params,
                        long rows)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(raw_features(out, f, params, rows));
  assay_scaling_apply(&f->monomials, out, rows);
done:
  return rc;
}

int assay_polynomial_save(struct assay_model *m, const struct assay_polynomial *f)
{
  int rc = ASSAY_OK;
  const size_t p = (size_t)f->n_params, n = (size_t)f->n;
  ASSAY_TRY(assay_model_put_number(m, "n_params", f->n_params));
  ASSAY_TRY(assay_model_put_number(m, "degree", f->degree));
  ASSAY_TRY(assay_model_put(m, "logarithm", 1, &p, f->logarithm));
  ASSAY_TRY(assay_model_put(m, "param_mean", 1, &p, f->params.mean));
  ASSAY_TRY(assay_model_put(m, "param_spread", 1, &p, f->params.spread));
  ASSAY_TRY(assay_model_put(m, "feature_mean", 1, &n, f->monomials.mean));
  ASSAY_TRY(assay_model_put(m, "feature_spread", 1, &n, f->monomials.spread));
done:
  return rc;
}

static int load_scaling(struct assay_scaling *s, const struct assay_model *m, int n,
                        const char *mean, const char *spread)
{
  int rc = ASSAY_OK;
  s->n = n;
  ASSAY_TRY(assay_model_get(&s->mean, m, mean, 1, (size_t[]){(size_t)n}));
  ASSAY_TRY(assay_model_get(&s->spread, m, spread, 1, (size_t[]){(size_t)n}));
done:
  return rc;
}

int assay_polynomial_load(struct assay_polynomial *f, const struct assay_model *m)
{
  int rc = ASSAY_OK;
  double n_params = 0, degree = 0;
  *f = (struct assay_polynomial){0};
  ASSAY_TRY(assay_model_number(&n_params, m, "n_params"));
  ASSAY_TRY(assay_model_number(&degree, m, "degree"));
  f->n_params = (int)n_params;
  f->degree = (int)degree;
  f->n = assay_polynomial_count(f->n_params, f->degree);
  ASSAY_TRY(assay_model_get(&f->logarithm, m, "logarithm", 1, (size_t[]){(size_t)f->n_params}));
  ASSAY_TRY(load_scaling(&f->params, m, f->n_params, "param_mean", "param_spread"));
  ASSAY_TRY(load_scaling(&f->monomials, m, f->n, "feature_mean", "feature_spread"));
done:
  if (rc < 0) assay_polynomial_clear(f);
  return rc;
}

void assay_polynomial_clear(struct assay_polynomial *f)
{
  assay_free(f->logarithm);
  assay_scaling_clear(&f->params);
  assay_scaling_clear(&f->monomials);
  *f = (struct assay_polynomial){0};
}
