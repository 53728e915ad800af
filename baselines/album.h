/* Single frames of a training set as coefficients in their modes (pod.h): what a method that steps
 * in time learns from. */
#ifndef ASSAY_BASELINES_ALBUM_H
#define ASSAY_BASELINES_ALBUM_H
#include "baselines/pod.h"

/* Frames first, first + 1, ... of every training and validation case as coefficients. */
struct assay_album {
  struct assay_training training;
  int first, n_frames; /* frames from `first` to the end */
  long n, n_fit;       /* cases; the first n_fit are for training */
  long *cases;         /* [n] */
  int *there;          /* [n] frames from `first` that a case has */
  double *params;      /* [n, n_params] */
  struct assay_pod *pod;
  double *modes;  /* [rank, n_fields, points] in units of the fields */
  double *a;      /* [n, n_frames, rank] coefficients */
  double *energy; /* [n, n_frames] squared norm of the scaled, centred frame */
};

/* Read all of it. Every so many-th frame of the training cases makes the modes when there are very
 * many. ASSAY_EARG: no training case reaches the first frame. Close it also after a failure. */
int assay_album_open(struct assay_album *b, const struct assay_train_job *job, int max_rank);
void assay_album_close(struct assay_album *b);

/* a [n, rank] += coefficients of one field of n frames, x [n, points], which is spoilt: the mean
 * [points] is taken off. energy [n], unless NULL, grows by the squared norms. modes [rank, points]
 * are `whole` numbers apart. */
void assay_album_project(double *a, double *energy, double *x, int n, const double *mean,
                         const double *modes, size_t points, size_t whole, int rank, double scale);

#endif
