/* A training run on disk: an HDF5 file with the parameters (one data set for each, by name), the
 * best ones, averages, the state of the optimiser and where the run stands. Written under another
 * name and renamed, with checksums. */
#ifndef ASSAY_BASELINES_NEURAL_CHECKPOINT_H
#define ASSAY_BASELINES_NEURAL_CHECKPOINT_H
#include "baselines/neural/trainer.h"

/* ASSAY_EIO. */
int assay_nn_checkpoint_write(const char *path, const struct assay_nn_trainer *t);

/* Put a trainer that was opened for the same model, settings and seed where the file says.
 * ASSAY_EIO: there is none; ASSAY_ECORRUPT: damaged or cut off, of another model, or made with
 * other settings; the message says what differs. The trainer is then as it was or must be closed.
 */
int assay_nn_checkpoint_read(struct assay_nn_trainer *t, const char *path);

#endif
