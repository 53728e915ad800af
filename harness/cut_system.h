/* What a method gets to see of a system of differential equations: docs/protocol.md, "Discovery".
 *
 *   train.nc   the states over time, training and validation rows; split "task" says which is which
 *   inputs.nc  the held-out states from which the answer will be followed
 *
 * Both are tables (docs/format.md): the states x0, x1, ..., then time and number of the trajectory
 * (role coordinate); y is NaN. No id, recipe or certificate; units if the task says so. */
#ifndef ASSAY_HARNESS_CUT_SYSTEM_H
#define ASSAY_HARNESS_CUT_SYSTEM_H
#include "datasets/table.h"
#include "datasets/task.h"
#include "metrics/metric.h"

/* From the table of any state. ASSAY_EARG: it has no trajectories, or none that can be tested on;
 * otherwise as harness/cut_table.h. */
int assay_cut_system_train(const struct assay_table *t, const struct assay_task *task,
                           const char *path);
int assay_cut_system_inputs(const struct assay_table *t, const struct assay_task *task,
                            const char *path);

/* Columns that are states; -1: the table has no trajectories. */
int assay_cut_system_states(const struct assay_table *t);

/* The held-out rows of a split, in order, and their windows: every trajectory in pieces of
 * `horizon` steps (0: in one), each beginning where the last one ends; a rest of at least one step
 * is a piece. The caller frees the windows and destroys the rows. Errors as above. */
int assay_cut_system_windows(struct assay_table **rows, struct assay_metric_window **windows,
                             int *n, const struct assay_table *t, const struct assay_task *task);

#endif
