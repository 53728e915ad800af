#include "baselines/ridge.h"

#include <cblas.h>
#include <lapacke.h>
#include <string.h>

#include "baselines/training.h"
#include "core/base/err.h"
#include "core/base/mem.h"

const double assay_ridge_penalties[ASSAY_RIDGE_PENALTIES] = {0,    1e-8, 1e-6, 1e-4,
                                                             1e-3, 1e-2, 1e-1, 1};

struct assay_ridge {
  long n;
  int m, q;          /* q = min(n, m) */
  double *u, *s, *v; /* [n, q], [q], [q, m] (transposed) */
};

int assay_ridge_create(struct assay_ridge **out, const double *x, long n, int m)
{
  int rc = ASSAY_OK;
  struct assay_ridge *r = NULL;
  double *copy = NULL;
  *out = NULL;
  assay_single_threaded();
  ASSAY_TRY(ASSAY_NEW(&r, 1, "ridge"));
  r->n = n;
  r->m = m;
  r->q = n < m ? (int)n : m;
  ASSAY_TRY(ASSAY_NEW(&r->u, (size_t)n * (size_t)r->q, "ridge"));
  ASSAY_TRY(ASSAY_NEW(&r->s, (size_t)r->q, "ridge"));
  ASSAY_TRY(ASSAY_NEW(&r->v, (size_t)r->q * (size_t)m, "ridge"));
  if (r->q > 0) {
    ASSAY_TRY(ASSAY_NEW(&copy, (size_t)n * (size_t)m, "ridge"));
    memcpy(copy, x, (size_t)n * (size_t)m * sizeof *copy);
    const int info =
        (int)LAPACKE_dgesdd(LAPACK_ROW_MAJOR, 'S', (int)n, m, copy, m, r->s, r->u, r->q, r->v, m);
    ASSAY_CHECK(info == 0, ASSAY_EDIVERGED, "the singular values of the features do not converge");
  }
  *out = r;
  r = NULL;
done:
  assay_free(copy);
  assay_ridge_destroy(r);
  return rc;
}

void assay_ridge_destroy(struct assay_ridge *r)
{
  if (!r) return;
  assay_free(r->u);
  assay_free(r->s);
  assay_free(r->v);
  assay_free(r);
}

/* s / (s^2 + lambda n) */
static double filter(const struct assay_ridge *r, int i, double lambda)
{
  const double s = r->s[i];
  if (!(s > 1e-11 * r->s[0])) return 0;
  return s / (s * s + lambda * (double)r->n);
}

int assay_ridge_solve(double *w, const struct assay_ridge *r, const double *y, int p, double lambda)
{
  int rc = ASSAY_OK;
  double *z = NULL; /* U^T Y, [q, p] */
  memset(w, 0, (size_t)r->m * (size_t)p * sizeof *w);
  if (r->q == 0 || p == 0) goto done;
  ASSAY_TRY(ASSAY_NEW(&z, (size_t)r->q * (size_t)p, "ridge"));
  cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, r->q, p, (int)r->n, 1, r->u, r->q, y, p, 0,
              z, p);
  for (int i = 0; i < r->q; i++)
    for (int j = 0; j < p; j++) z[i * p + j] *= filter(r, i, lambda);
  cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, r->m, p, r->q, 1, r->v, r->m, z, p, 0, w, p);
done:
  assay_free(z);
  return rc;
}
