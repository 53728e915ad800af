#include "baselines/album.h"

#include <cblas.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

/* For the modes: their number cubed is the work. */
enum { SNAPSHOTS_MAX = 1500 };

static int open_cases(struct assay_album *b, const struct assay_train_job *job)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_training_open(&b->training, job));
  const struct assay_training *t = &b->training;
  b->first = job->task->first;
  b->n_frames = t->view.info->n_times - b->first;
  b->n_fit = t->n_train;
  b->n = t->n_train + t->n_valid;
  ASSAY_TRY(ASSAY_NEW(&b->cases, (size_t)b->n, "cases"));
  ASSAY_TRY(ASSAY_NEW(&b->there, (size_t)b->n, "cases"));
  ASSAY_TRY(ASSAY_NEW(&b->params, (size_t)b->n * (size_t)t->view.n_params, "cases"));
  memcpy(b->cases, t->train, (size_t)t->n_train * sizeof *b->cases);
  memcpy(b->cases + t->n_train, t->valid, (size_t)t->n_valid * sizeof *b->cases);
  for (long i = 0; i < b->n; i++) {
    const int there = assay_dataset_frames(job->data, b->cases[i]) - b->first;
    b->there[i] = there > 0 ? there : 0;
  }
  ASSAY_TRY(assay_training_params(t, b->params, b->cases, b->n));
done:
  return rc;
}

void assay_album_close(struct assay_album *b)
{
  assay_pod_destroy(b->pod);
  assay_free(b->cases);
  assay_free(b->there);
  assay_free(b->params);
  assay_free(b->modes);
  assay_free(b->a);
  assay_free(b->energy);
  assay_training_close(&b->training);
}

/* Every so many-th frame of the training cases. */
static int list_snapshots(long **cases, int **frames, long *n, const struct assay_album *b)
{
  int rc = ASSAY_OK;
  long total = 0, at = 0;
  for (long i = 0; i < b->n_fit; i++) total += b->there[i];
  ASSAY_CHECK(total > 0, ASSAY_EARG, "no training case reaches frame %d", b->first);
  const long every = (total + SNAPSHOTS_MAX - 1) / SNAPSHOTS_MAX;
  ASSAY_TRY(ASSAY_NEW(cases, (size_t)(total / every + 1), "snapshots"));
  ASSAY_TRY(ASSAY_NEW(frames, (size_t)(total / every + 1), "snapshots"));
  for (long i = 0; i < b->n_fit; i++)
    for (int k = 0; k < b->there[i]; k++, at++)
      if (at % every == 0) {
        (*cases)[*n] = b->cases[i];
        (*frames)[(*n)++] = b->first + k;
      }
done:
  return rc;
}

static int find_modes(struct assay_album *b, int max_rank)
{
  int rc = ASSAY_OK;
  long *cases = NULL, n = 0;
  int *frames = NULL;
  ASSAY_TRY(list_snapshots(&cases, &frames, &n, b));
  const struct assay_snapshots s = {.training = &b->training,
                                    .n = n,
                                    .n_fit = n,
                                    .cases = cases,
                                    .n_frames = 1,
                                    .frames = frames};
  ASSAY_TRY(assay_pod_create(&b->pod, &s, max_rank));
  ASSAY_TRY(ASSAY_NEW(&b->modes, (size_t)b->pod->rank * (size_t)b->pod->n_fields * b->pod->points,
                      "modes"));
  ASSAY_TRY(assay_pod_modes(b->modes, b->pod, &s, b->pod->rank));
done:
  assay_free(cases);
  assay_free(frames);
  return rc;
}

void assay_album_project(double *a, double *energy, double *x, int n, const double *mean,
                         const double *modes, size_t points, size_t whole, int rank, double scale)
{
  const double weight = 1 / (scale * scale);
  for (int k = 0; k < n; k++) {
    double *row = x + (size_t)k * points;
    for (size_t i = 0; i < points; i++) row[i] -= mean[i];
    if (energy) energy[k] += weight * cblas_ddot((int)points, row, 1, row, 1);
  }
  if (rank > 0)
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, rank, (int)points, weight, x,
                (int)points, modes, (int)whole, 1, a, rank);
}

/* Coefficients of every frame. */
static int fill_frames(struct assay_album *b)
{
  int rc = ASSAY_OK, *frames = NULL;
  double *x = NULL;
  const struct assay_pod *pod = b->pod;
  const size_t frames_all = (size_t)b->n * (size_t)b->n_frames;
  ASSAY_TRY(ASSAY_NEW(&frames, (size_t)b->n_frames, "frames"));
  ASSAY_TRY(ASSAY_NEW(&x, (size_t)b->n_frames * pod->points, "frames"));
  ASSAY_TRY(ASSAY_NEW(&b->a, frames_all * (size_t)pod->rank, "coefficients"));
  ASSAY_TRY(ASSAY_NEW(&b->energy, frames_all, "coefficients"));
  for (int k = 0; k < b->n_frames; k++) frames[k] = b->first + k;
  for (long i = 0; i < b->n; i++)
    for (int f = 0; f < pod->n_fields && b->there[i] > 0; f++) {
      const size_t at = (size_t)f * pod->points;
      ASSAY_TRY(assay_training_read(&b->training, x, b->cases[i], f, frames, b->there[i]));
      assay_album_project(b->a + i * b->n_frames * pod->rank, b->energy + i * b->n_frames, x,
                          b->there[i], pod->mean + at, b->modes + at, pod->points,
                          (size_t)pod->n_fields * pod->points, pod->rank, pod->scale[f]);
    }
done:
  assay_free(frames);
  assay_free(x);
  return rc;
}

int assay_album_open(struct assay_album *b, const struct assay_train_job *job, int max_rank)
{
  int rc = ASSAY_OK;
  *b = (struct assay_album){.n = 0};
  assay_single_threaded();
  ASSAY_TRY(open_cases(b, job));
  ASSAY_TRY(find_modes(b, max_rank));
  ASSAY_TRY(fill_frames(b));
done:
  return rc;
}
