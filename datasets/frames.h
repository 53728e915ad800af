/* Which frames of a data set a task is about: what is given and what is asked, as frame indices.
 *
 *   forecast  context: first, first + stride, ... (task->context of them); leads: every stride-th
 * frame behind the last context frame, task->horizon of them or all operator  no context; leads:
 * task->frames in their order, or all frames but frame 0 (which is all there is where there is only
 * one)
 *
 * The harness cuts train.nc, inputs.nc and the truth by it, methods pair frames by it: the k-th
 * lead of a case is the k-th time asked for. */
#ifndef ASSAY_DATASETS_FRAMES_H
#define ASSAY_DATASETS_FRAMES_H
#include "datasets/task.h"

struct assay_task_frames {
  int n_context, *context; /* [n_context] frame indices */
  int n_leads, *lead;      /* [n_leads] */
};

/* For a file of n_times frames (0: no time dimension, one frame). The caller frees the arrays with
 * assay_task_frames_clear. ASSAY_EARG: the task asks for frames that are not there, or for none;
 * ASSAY_EUNSUPPORTED: a kind without frames. */
int assay_task_frames(struct assay_task_frames *out, const struct assay_task *task, int n_times);
void assay_task_frames_clear(struct assay_task_frames *frames);

#endif
