#include "baselines/symbolic/basis.h"

#include <cblas.h>
#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"

int assay_sr_basis_create(struct assay_sr_basis **out, int m, int capacity)
{
  int rc = ASSAY_OK;
  struct assay_sr_basis *b = NULL;
  const size_t n = (size_t)capacity;
  openblas_set_num_threads(1); /* the same bits for any number of threads */
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&b, 1, "symbolic basis"));
  b->m = m;
  b->capacity = capacity;
  ASSAY_TRY(ASSAY_NEW(&b->q, n * (size_t)m, "symbolic basis"));
  ASSAY_TRY(ASSAY_NEW(&b->r, n * n, "symbolic basis"));
  ASSAY_TRY(ASSAY_NEW(&b->part, 2 * n, "symbolic basis"));
  *out = b;
  b = NULL;
done:
  assay_sr_basis_destroy(b);
  return rc;
}

void assay_sr_basis_destroy(struct assay_sr_basis *b)
{
  if (!b) return;
  assay_free(b->q);
  assay_free(b->r);
  assay_free(b->part);
  assay_free(b);
}

double assay_sr_basis_flops(const struct assay_sr_basis *b)
{
  return 4.0 * b->m * b->n;
}

double assay_sr_basis_project(struct assay_sr_basis *b, double *v)
{
  double *again = b->part + b->capacity;
  for (int pass = 0; pass < 2 && b->n > 0; pass++) {
    double *c = pass ? again : b->part;
    cblas_dgemv(CblasRowMajor, CblasNoTrans, b->n, b->m, 1, b->q, b->m, v, 1, 0, c, 1);
    cblas_dgemv(CblasRowMajor, CblasTrans, b->n, b->m, -1, b->q, b->m, c, 1, 1, v, 1);
    if (pass)
      for (int j = 0; j < b->n; j++) b->part[j] += again[j];
  }
  return cblas_dnrm2(b->m, v, 1);
}

void assay_sr_basis_append(struct assay_sr_basis *b, const double *v, double left)
{
  double *r = b->r + (size_t)b->n * (size_t)b->capacity, *q = b->q + (size_t)b->n * (size_t)b->m;
  for (int j = 0; j < b->n; j++) r[j] = b->part[j];
  r[b->n] = left;
  for (int i = 0; i < b->m; i++) q[i] = v[i] / left;
  b->n++;
}

bool assay_sr_basis_push(struct assay_sr_basis *b, double *v, double tolerance)
{
  const double before = cblas_dnrm2(b->m, v, 1);
  if (!isfinite(before) || before == 0 || b->n == b->capacity) return false;
  const double left = assay_sr_basis_project(b, v);
  if (!(left > tolerance * before)) return false;
  assay_sr_basis_append(b, v, left);
  return true;
}

void assay_sr_basis_solve(double *c, const struct assay_sr_basis *b)
{
  for (int k = b->n - 1; k >= 0; k--) {
    double sum = b->part[k];
    for (int l = k + 1; l < b->n; l++)
      sum -= b->r[(size_t)l * (size_t)b->capacity + (size_t)k] * c[l];
    c[k] = sum / b->r[(size_t)k * (size_t)b->capacity + (size_t)k];
  }
}
