#include "baselines/propagator.h"

#include <string.h>

#include "baselines/ridge.h"
#include "core/base/err.h"
#include "core/base/mem.h"

struct assay_design {
  long n_pairs;
  int rank, n_inputs, n;
  bool bilinear;
  struct assay_ridge *ridge; /* of the centred rows */
  double *x_mean, *y_mean;   /* [n], [rank] */
  double *y;                 /* [n_pairs, rank] centred increments */
};

int assay_propagator_columns(int rank, int n_inputs, bool bilinear)
{
  return rank + n_inputs * (bilinear ? 1 + rank : 1);
}

/* x [n] of a state and its inputs */
static void features(double *x, const double *z, const double *phi, int rank, int n_inputs,
                     bool bilinear)
{
  int n = 0;
  for (int i = 0; i < rank; i++) x[n++] = z[i];
  for (int j = 0; j < n_inputs; j++) x[n++] = phi[j];
  for (int j = 0; j < n_inputs && bilinear; j++)
    for (int i = 0; i < rank; i++) x[n++] = phi[j] * z[i];
}

/* Columns of x [rows, n] get mean zero. */
static void centre(double *x, double *mean, long rows, int n)
{
  for (int j = 0; j < n; j++) {
    double sum = 0;
    for (long i = 0; i < rows; i++) sum += x[i * n + j];
    mean[j] = sum / (double)rows;
    for (long i = 0; i < rows; i++) x[i * n + j] -= mean[j];
  }
}

int assay_design_create(struct assay_design **out, const double *now, const double *next,
                        int stride, const double *phi, long n_pairs, int rank, int n_inputs,
                        bool bilinear)
{
  int rc = ASSAY_OK;
  struct assay_design *d = NULL;
  double *x = NULL;
  *out = NULL;
  const int n = assay_propagator_columns(rank, n_inputs, bilinear);
  ASSAY_TRY(ASSAY_NEW(&d, 1, "design"));
  *d = (struct assay_design){
      .n_pairs = n_pairs, .rank = rank, .n_inputs = n_inputs, .n = n, .bilinear = bilinear};
  ASSAY_TRY(ASSAY_NEW(&x, (size_t)n_pairs * (size_t)n, "design"));
  ASSAY_TRY(ASSAY_NEW(&d->y, (size_t)n_pairs * (size_t)rank, "design"));
  ASSAY_TRY(ASSAY_NEW(&d->x_mean, (size_t)n, "design"));
  ASSAY_TRY(ASSAY_NEW(&d->y_mean, (size_t)rank, "design"));
  for (long i = 0; i < n_pairs; i++) {
    features(x + i * n, now + i * stride, phi + i * n_inputs, rank, n_inputs, bilinear);
    for (int j = 0; j < rank; j++) d->y[i * rank + j] = next[i * stride + j] - now[i * stride + j];
  }
  centre(x, d->x_mean, n_pairs, n);
  centre(d->y, d->y_mean, n_pairs, rank);
  ASSAY_TRY(assay_ridge_create(&d->ridge, x, n_pairs, n));
  *out = d;
  d = NULL;
done:
  assay_free(x);
  assay_design_destroy(d);
  return rc;
}

void assay_design_destroy(struct assay_design *d)
{
  if (!d) return;
  assay_ridge_destroy(d->ridge);
  assay_free(d->x_mean);
  assay_free(d->y_mean);
  assay_free(d->y);
  assay_free(d);
}

int assay_propagator_fit(struct assay_propagator *out, const struct assay_design *d, double lambda)
{
  int rc = ASSAY_OK;
  out->rank = d->rank;
  out->n_inputs = d->n_inputs;
  out->bilinear = d->bilinear;
  out->n = d->n;
  if (!out->weights)
    ASSAY_TRY(ASSAY_NEW(&out->weights, (size_t)d->n * (size_t)d->rank, "propagator"));
  if (!out->offset) ASSAY_TRY(ASSAY_NEW(&out->offset, (size_t)d->rank, "propagator"));
  ASSAY_TRY(assay_ridge_solve(out->weights, d->ridge, d->y, d->rank, lambda));
  for (int j = 0; j < d->rank; j++) { /* b = mean y - W^T mean x */
    out->offset[j] = d->y_mean[j];
    for (int i = 0; i < d->n; i++) out->offset[j] -= d->x_mean[i] * out->weights[i * d->rank + j];
  }
done:
  return rc;
}

void assay_propagator_clear(struct assay_propagator *p)
{
  assay_free(p->weights);
  assay_free(p->offset);
  *p = (struct assay_propagator){0};
}

void assay_propagator_step(const struct assay_propagator *p, double *z, const double *phi,
                           double *work)
{
  double *x = work, *dz = work + p->n;
  features(x, z, phi, p->rank, p->n_inputs, p->bilinear);
  memcpy(dz, p->offset, (size_t)p->rank * sizeof *dz);
  for (int i = 0; i < p->n; i++)
    for (int j = 0; j < p->rank; j++) dz[j] += x[i] * p->weights[i * p->rank + j];
  for (int j = 0; j < p->rank; j++) z[j] += dz[j];
}
