#include "baselines/kernel.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

#include "baselines/training.h"
#include "core/base/err.h"
#include "core/base/mem.h"

static double gauss(double r2)
{
  return exp(-0.5 * r2);
}

static double matern52(double r2)
{
  const double a = sqrt(5 * r2);
  return (1 + a + a * a / 3) * exp(-a);
}

static double matern32(double r2)
{
  const double a = sqrt(3 * r2);
  return (1 + a) * exp(-a);
}

static double (*const shapes[ASSAY_KERNEL_KINDS])(double r2) = {
    [ASSAY_KERNEL_GAUSS] = gauss,
    [ASSAY_KERNEL_MATERN52] = matern52,
    [ASSAY_KERNEL_MATERN32] = matern32,
};

void assay_kernel_matrix(double *out, const struct assay_kernel *k, const double *x, long n,
                         const double *y, long m)
{
  const int inputs = k->n_inputs;
  for (long i = 0; i < n; i++)
    for (long j = 0; j < m; j++) {
      double r2 = 0;
      for (int c = 0; c < inputs; c++) {
        const double d = k->sharpness[c] * (x[i * inputs + c] - y[j * inputs + c]);
        r2 += d * d;
      }
      out[i * m + j] = shapes[k->kind](r2);
    }
}

/* errors = weights / diagonal of the inverse, whose factor is c [n, n] */
static int leave_one_out(double *errors, const double *weights, double *c, long n, int p)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(LAPACKE_dpotri(LAPACK_ROW_MAJOR, 'L', (int)n, c, (int)n) == 0, ASSAY_EDIVERGED,
              "the kernel matrix has no inverse");
  for (long i = 0; i < n; i++)
    for (int j = 0; j < p; j++) errors[i * p + j] = weights[i * p + j] / c[i * n + i];
done:
  return rc;
}

int assay_kernel_solve(double *weights, double *errors, const double *k, long n, const double *y,
                       int p, double lambda)
{
  int rc = ASSAY_OK;
  double *c = NULL;
  assay_single_threaded();
  ASSAY_TRY(ASSAY_NEW(&c, (size_t)n * (size_t)n, "kernel matrix"));
  memcpy(c, k, (size_t)n * (size_t)n * sizeof *c);
  for (long i = 0; i < n; i++) c[i * n + i] += lambda;
  ASSAY_CHECK(LAPACKE_dpotrf(LAPACK_ROW_MAJOR, 'L', (int)n, c, (int)n) == 0, ASSAY_EDIVERGED,
              "the kernel matrix of %ld rows is not positive definite with lambda %g", n, lambda);
  memcpy(weights, y, (size_t)n * (size_t)p * sizeof *weights);
  if (p > 0) LAPACKE_dpotrs(LAPACK_ROW_MAJOR, 'L', (int)n, p, c, (int)n, weights, p);
  if (errors) ASSAY_TRY(leave_one_out(errors, weights, c, n, p));
done:
  assay_free(c);
  return rc;
}
