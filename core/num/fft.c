#include "core/num/fft.h"

#include <assert.h>
#include <complex.h>
#include <fftw3.h>
#include <pthread.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/mem.h"

struct assay_fft {
  size_t points, modes;
  fftw_plan forward, inverse;
};

static pthread_mutex_t planner = PTHREAD_MUTEX_INITIALIZER;

static int aligned(const void *a)
{
  return (uintptr_t)a % 16 == 0;
}

/* both plans on scratch arrays, which ESTIMATE does not touch; PRESERVE_INPUT has no effect on
 * inverse plans of more than one dimension, hence the contract of assay_fft_inverse */
static int make_plans(struct assay_fft *fft, int rank, const int *n)
{
  int rc = ASSAY_OK;
  double *field = NULL;
  fftw_complex *spectrum = NULL;
  ASSAY_TRY(ASSAY_NEW(&field, fft->points, "fft"));
  ASSAY_TRY(ASSAY_NEW(&spectrum, fft->modes, "fft"));
  pthread_mutex_lock(&planner);
  fft->forward = fftw_plan_dft_r2c(rank, n, field, spectrum, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
  fft->inverse = fftw_plan_dft_c2r(rank, n, spectrum, field, FFTW_ESTIMATE | FFTW_DESTROY_INPUT);
  pthread_mutex_unlock(&planner);
  ASSAY_CHECK(fft->forward && fft->inverse, ASSAY_ENOMEM, "fft: FFTW made no plan");
done:
  assay_free(field);
  assay_free(spectrum);
  return rc;
}

int assay_fft_create(struct assay_fft **out, int rank, const int *n)
{
  int rc = ASSAY_OK;
  struct assay_fft *fft = NULL;
  *out = NULL;
  ASSAY_CHECK(rank >= 1 && rank <= 3, ASSAY_EARG, "fft: %d dimensions, expected 1 to 3", rank);
  for (int d = 0; d < rank; d++)
    ASSAY_CHECK(n[d] >= 1, ASSAY_EARG, "fft: length %d in dimension %d", n[d], d);
  ASSAY_TRY(ASSAY_NEW(&fft, 1, "fft"));
  fft->points = fft->modes = 1;
  for (int d = 0; d < rank; d++) {
    fft->points *= (size_t)n[d];
    fft->modes *= (size_t)(d == rank - 1 ? n[d] / 2 + 1 : n[d]);
  }
  ASSAY_TRY(make_plans(fft, rank, n));
  *out = fft;
  fft = NULL;
done:
  assay_fft_destroy(fft);
  return rc;
}

void assay_fft_destroy(struct assay_fft *fft)
{
  if (!fft) return;
  pthread_mutex_lock(&planner);
  if (fft->forward) fftw_destroy_plan(fft->forward);
  if (fft->inverse) fftw_destroy_plan(fft->inverse);
  pthread_mutex_unlock(&planner);
  assay_free(fft);
}

size_t assay_fft_points(const struct assay_fft *fft)
{
  return fft->points;
}

size_t assay_fft_modes(const struct assay_fft *fft)
{
  return fft->modes;
}

void assay_fft_forward(const struct assay_fft *fft, double _Complex *spectrum, const double *field)
{
  assert(aligned(spectrum) && aligned(field));
  /* FFTW's interface lacks the const; PRESERVE_INPUT keeps the promise */
  fftw_execute_dft_r2c(fft->forward, (double *)(uintptr_t)field, spectrum);
}

void assay_fft_inverse(const struct assay_fft *fft, double *field, double _Complex *spectrum)
{
  assert(aligned(spectrum) && aligned(field));
  fftw_execute_dft_c2r(fft->inverse, spectrum, field);
  const double scale = 1.0 / (double)fft->points;
  for (size_t i = 0; i < fft->points; i++) field[i] *= scale;
}
