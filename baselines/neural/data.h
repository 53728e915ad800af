/* What a network learns from: frames of the training and validation cases in units of their spread
 * over the training cases, with a ring of imposed values around them; in memory, or on disk where
 * they take more than six tenths of the memory of the task. */
#ifndef ASSAY_BASELINES_NEURAL_DATA_H
#define ASSAY_BASELINES_NEURAL_DATA_H
#include "baselines/model.h"
#include "baselines/neural/border.h"
#include "baselines/neural/store.h"

/* (x - mean) / spread, from the training cases alone. Stored with the model. */
struct assay_nn_scales {
  struct assay_scaling fields, params, time; /* time: one column */
  double change; /* rms of the change until the next frame (forecasts), in spreads of the fields */
};
void assay_nn_scales_clear(struct assay_nn_scales *s);
int assay_nn_scales_save(struct assay_model *m, const struct assay_nn_scales *s);
int assay_nn_scales_load(struct assay_nn_scales *s, const struct assay_model *m, int n_fields,
                         int n_params);

struct assay_nn_data {
  struct assay_training set;
  struct assay_nn_ring ring;
  struct assay_nn_scales scales;
  long n_cases, n_fit; /* training cases first, then validation cases (or none of their own) */
  int n_kept, *kept;   /* frames by index: those asked for, or all from the first context on */
  struct assay_nn_store *frames; /* [n_cases, n_kept] of [n_fields, ring.points] */
  float *params;                 /* [n_cases, n_params] */
  float *times;                  /* [n_cases, n_kept] */
  float *weight;                 /* [n_cases, ring.points] 1: fluid, 0: solid or ring */
  int *there;                    /* [n_cases] kept frames that the case has */
  int lag;                       /* frames between the two of a pair; 0: as the task steps */
};

struct assay_nn_data_options {
  bool change;      /* find the usual change; else 1 */
  bool ring;        /* keep imposed values around the fields */
  unsigned defects; /* defects.h; units: raw fields, fixed constants for parameters, the index of a
                       frame as its time */
  int lag;          /* as above */
};

/* ASSAY_EUNSUPPORTED: more than two dimensions; what assay_training_open and assay_nn_store_open
 * (in the folder of the model) return. */
int assay_nn_data_open(struct assay_nn_data *d, const struct assay_train_job *job,
                       const struct assay_nn_data_options *options);
void assay_nn_data_close(struct assay_nn_data *d);

/* [n_fields, ring.points], as long as assay_nn_store_get says */
const float *assay_nn_data_frame(const struct assay_nn_data *d, long i, int frame);

/* The number of a frame in the store. */
long assay_nn_data_number(const struct assay_nn_data *d, long i, int frame);

/* Weight [ring.points] of case k of any file: 0 in solid cells (field "mask") and on the ring.
 * blind: as if nothing were solid. */
int assay_nn_weight_read(float *weight, const struct assay_view *v, const struct assay_nn_ring *r,
                         long k, bool blind);

/* A frame as it comes from a file, x [points], into out [ring.points] in units of field f. */
void assay_nn_frame_put(float *out, const double *x, const struct assay_nn_ring *r,
                        const struct assay_nn_scales *s, int f);
/* And back: out [points]. */
void assay_nn_frame_get(double *out, const float *x, const struct assay_nn_ring *r,
                        const struct assay_nn_scales *s, int f);

#endif
