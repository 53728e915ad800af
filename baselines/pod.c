#include "baselines/pod.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

/* Data held at a time, in numbers. */
static const size_t block_limit = (size_t)1 << 25;

/* sigma^2 below this share of the largest is the rounding of K */
static const double negligible = 1e-13;

/* Frames of a snapshot that fit into a block of n snapshots. */
static int frames_at_once(const struct assay_snapshots *s, long n)
{
  const size_t most = block_limit / ((size_t)n * s->training->view.points);
  if (most < 1) return 1;
  return most < (size_t)s->n_frames ? (int)most : s->n_frames;
}

/* block [n, count * points]: frames [first, first + count) of one field of the first n snapshots */
static int read_block(double *block, const struct assay_snapshots *s, long n, int field, int first,
                      int count)
{
  int rc = ASSAY_OK;
  const size_t row = (size_t)count * s->training->view.points;
  for (long i = 0; i < n; i++)
    ASSAY_TRY(assay_training_read(s->training, block + (size_t)i * row, s->cases[i], field,
                                  s->frames + i * s->n_frames + first, count));
done:
  return rc;
}

/* mean [row] over the first n_fit rows, taken off all n rows */
static void centre(double *block, double *mean, long n, long n_fit, size_t row)
{
  memset(mean, 0, row * sizeof *mean);
  for (long i = 0; i < n_fit; i++)
    for (size_t j = 0; j < row; j++) mean[j] += block[(size_t)i * row + j];
  for (size_t j = 0; j < row; j++) mean[j] /= (double)n_fit;
  for (long i = 0; i < n; i++)
    for (size_t j = 0; j < row; j++) block[(size_t)i * row + j] -= mean[j];
}

/* Lower triangle of gram [n, n] of one field, and its part of the mean. */
static int gram_of_field(double *gram, struct assay_pod *pod, double *block,
                         const struct assay_snapshots *s, int field)
{
  int rc = ASSAY_OK;
  const int step = frames_at_once(s, s->n);
  memset(gram, 0, (size_t)s->n * (size_t)s->n * sizeof *gram);
  for (int first = 0; first < s->n_frames; first += step) {
    const int count = first + step < s->n_frames ? step : s->n_frames - first;
    const size_t row = (size_t)count * pod->points;
    double *mean = pod->mean + ((size_t)field * (size_t)s->n_frames + (size_t)first) * pod->points;
    ASSAY_TRY(read_block(block, s, s->n, field, first, count));
    centre(block, mean, s->n, s->n_fit, row);
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, (int)s->n, (int)row, 1, block, (int)row, 1,
                gram, (int)s->n);
  }
done:
  return rc;
}

/* rms of the fitted snapshots of a field, from the diagonal of its Gram matrix */
static double scale_of(const double *gram, const struct assay_pod *pod)
{
  double sum = 0;
  for (long i = 0; i < pod->n_fit; i++) sum += gram[i * pod->n + i];
  const double count = (double)pod->n_fit * pod->n_frames * (double)pod->points;
  return sum > 0 ? sqrt(sum / count) : 1;
}

/* K [n, n], both triangles, all fields scaled */
static int gram_of_all(double *gram, struct assay_pod *pod, const struct assay_snapshots *s)
{
  int rc = ASSAY_OK;
  double *block = NULL, *part = NULL;
  const long n = s->n;
  const size_t row = (size_t)frames_at_once(s, n) * pod->points;
  ASSAY_TRY(ASSAY_NEW(&block, (size_t)n * row, "snapshots"));
  ASSAY_TRY(ASSAY_NEW(&part, (size_t)n * (size_t)n, "gram matrix"));
  for (int f = 0; f < pod->n_fields; f++) {
    ASSAY_TRY(gram_of_field(part, pod, block, s, f));
    pod->scale[f] = scale_of(part, pod);
    const double weight = 1 / (pod->scale[f] * pod->scale[f]);
    for (long i = 0; i < n; i++)
      for (long j = 0; j <= i; j++) gram[i * n + j] += weight * part[i * n + j];
  }
  for (long i = 0; i < n; i++)
    for (long j = 0; j < i; j++) gram[j * n + i] = gram[i * n + j];
done:
  assay_free(block);
  assay_free(part);
  return rc;
}

/* Eigenvectors of the fitted part of K, largest first: sigma, and combination = v / sigma. */
static int decompose(struct assay_pod *pod, const double *gram, int max_rank)
{
  int rc = ASSAY_OK;
  const long n = pod->n_fit;
  double *vectors = NULL, *values = NULL;
  ASSAY_TRY(ASSAY_NEW(&vectors, (size_t)n * (size_t)n, "modes"));
  ASSAY_TRY(ASSAY_NEW(&values, (size_t)n, "modes"));
  for (long i = 0; i < n; i++)
    memcpy(vectors + i * n, gram + i * pod->n, (size_t)n * sizeof *vectors);
  const int info = (int)LAPACKE_dsyevd(LAPACK_ROW_MAJOR, 'V', 'L', (int)n, vectors, (int)n, values);
  ASSAY_CHECK(info == 0, ASSAY_EDIVERGED, "the eigenvalues of the snapshots do not converge");
  while (pod->rank < n && pod->rank < max_rank && values[n - 1 - pod->rank] > 0 &&
         values[n - 1 - pod->rank] > negligible * values[n - 1])
    pod->rank++;
  ASSAY_TRY(ASSAY_NEW(&pod->sigma, (size_t)pod->rank, "modes"));
  ASSAY_TRY(ASSAY_NEW(&pod->combination, (size_t)n * (size_t)pod->rank, "modes"));
  for (int k = 0; k < pod->rank; k++) {
    pod->sigma[k] = sqrt(values[n - 1 - k]);
    for (long i = 0; i < n; i++)
      pod->combination[i * pod->rank + k] = vectors[i * n + n - 1 - k] / pod->sigma[k];
  }
done:
  assay_free(vectors);
  assay_free(values);
  return rc;
}

/* coefficients [n, rank] = K [n, n_fit] combination [n_fit, rank] */
static int project(struct assay_pod *pod, const double *gram)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(&pod->coefficients, (size_t)pod->n * (size_t)pod->rank, "coefficients"));
  ASSAY_TRY(ASSAY_NEW(&pod->energy, (size_t)pod->n, "coefficients"));
  for (long i = 0; i < pod->n; i++) pod->energy[i] = gram[i * pod->n + i];
  if (pod->rank > 0)
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)pod->n, pod->rank, (int)pod->n_fit,
                1, gram, (int)pod->n, pod->combination, pod->rank, 0, pod->coefficients, pod->rank);
done:
  return rc;
}

int assay_pod_create(struct assay_pod **out, const struct assay_snapshots *s, int max_rank)
{
  int rc = ASSAY_OK;
  struct assay_pod *pod = NULL;
  double *gram = NULL;
  *out = NULL;
  assay_single_threaded();
  ASSAY_TRY(ASSAY_NEW(&pod, 1, "pod"));
  pod->n_fields = s->training->view.n_fields;
  pod->n_frames = s->n_frames;
  pod->points = s->training->view.points;
  pod->n = s->n;
  pod->n_fit = s->n_fit;
  ASSAY_TRY(ASSAY_NEW(&pod->scale, (size_t)pod->n_fields, "pod"));
  ASSAY_TRY(
      ASSAY_NEW(&pod->mean, (size_t)pod->n_fields * (size_t)pod->n_frames * pod->points, "mean"));
  ASSAY_TRY(ASSAY_NEW(&gram, (size_t)s->n * (size_t)s->n, "gram matrix"));
  ASSAY_TRY(gram_of_all(gram, pod, s));
  ASSAY_TRY(decompose(pod, gram, max_rank));
  ASSAY_TRY(project(pod, gram));
  *out = pod;
  pod = NULL;
done:
  assay_pod_destroy(pod);
  assay_free(gram);
  return rc;
}

void assay_pod_destroy(struct assay_pod *pod)
{
  if (!pod) return;
  assay_free(pod->scale);
  assay_free(pod->mean);
  assay_free(pod->sigma);
  assay_free(pod->coefficients);
  assay_free(pod->energy);
  assay_free(pod->combination);
  assay_free(pod);
}

int assay_pod_modes(double *modes, const struct assay_pod *pod, const struct assay_snapshots *s,
                    int rank)
{
  int rc = ASSAY_OK;
  double *block = NULL;
  const int step = frames_at_once(s, s->n_fit);
  const size_t whole = (size_t)pod->n_fields * (size_t)pod->n_frames * pod->points;
  if (rank == 0) return rc;
  ASSAY_TRY(ASSAY_NEW(&block, (size_t)s->n_fit * (size_t)step * pod->points, "snapshots"));
  for (int f = 0; f < pod->n_fields; f++)
    for (int first = 0; first < s->n_frames; first += step) {
      const int count = first + step < s->n_frames ? step : s->n_frames - first;
      const size_t row = (size_t)count * pod->points;
      const size_t at = ((size_t)f * (size_t)pod->n_frames + (size_t)first) * pod->points;
      ASSAY_TRY(read_block(block, s, s->n_fit, f, first, count));
      for (long i = 0; i < s->n_fit; i++)
        for (size_t j = 0; j < row; j++) block[(size_t)i * row + j] -= pod->mean[at + j];
      cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, rank, (int)row, (int)s->n_fit, 1,
                  pod->combination, pod->rank, block, (int)row, 0, modes + at, (int)whole);
    }
done:
  assay_free(block);
  return rc;
}
