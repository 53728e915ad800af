/* Proper orthogonal decomposition of training data by the method of snapshots.
 *
 * A snapshot is one frame, or several frames of one case taken together: a vector over fields,
 * frames and points. With s_n the snapshots minus their mean, each field divided by its rms about
 * the mean (so that pascals do not outweigh metres per second), the Gram matrix
 *
 *     K_nm = <s_n, s_m>,    K v_i = sigma_i^2 v_i
 *
 * has the mode phi_i = sum_n s_n v_ni / sigma_i for every singular value, and snapshot n the
 * coefficients a_ni = <s_n, phi_i> = (K v_i)_n / sigma_i. Only K is held whole: the data are read
 * in blocks, once for K and once for the modes. Reference: Sirovich (1987). */
#ifndef ASSAY_BASELINES_POD_H
#define ASSAY_BASELINES_POD_H
#include "baselines/training.h"

/* Which snapshots: borrowed arrays. */
struct assay_snapshots {
  const struct assay_training *training;
  long n, n_fit;     /* the first n_fit make mean and modes, all n get coefficients */
  const long *cases; /* [n] position in the file */
  int n_frames;      /* of one snapshot */
  const int *frames; /* [n, n_frames] */
};

struct assay_pod {
  int n_fields, n_frames;
  size_t points;
  long n, n_fit;
  int rank;      /* modes with a singular value above rounding, at most max_rank */
  double *scale; /* [n_fields] rms about the mean of the fitted snapshots; 1 when that is 0 */
  double *mean;  /* [n_fields, n_frames, points] */
  double *sigma; /* [rank] descending */
  double *coefficients; /* [n, rank] */
  double *energy;       /* [n] squared norm of the scaled, centred snapshot */
  double *combination;  /* [n_fit, rank] v_ni / sigma_i */
};

/* ASSAY_ENOMEM, what reading returns. */
int assay_pod_create(struct assay_pod **out, const struct assay_snapshots *s, int max_rank);
void assay_pod_destroy(struct assay_pod *pod);

/* modes [rank, n_fields, n_frames, points] in the units of the fields: scale * phi. rank is at most
 * that of pod. */
int assay_pod_modes(double *modes, const struct assay_pod *pod, const struct assay_snapshots *s,
                    int rank);

#endif
