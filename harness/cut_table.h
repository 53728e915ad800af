/* What a method gets to see of a table: docs/protocol.md, "Regression".
 *
 *   train.nc   x and y of the training and validation rows, split "task" says which is which
 *   inputs.nc  x of the test rows; y is NaN there
 *
 * Both are tables (docs/format.md) without id, law, recipe or certificate; columns are x0, x1, ...;
 * their units are told if the task says so. */
#ifndef ASSAY_HARNESS_CUT_TABLE_H
#define ASSAY_HARNESS_CUT_TABLE_H
#include "datasets/table.h"
#include "datasets/task.h"

/* ASSAY_ENOTFOUND: the table has no split of the task's name; ASSAY_EARG: a split without training
 * or test rows; ASSAY_EIO. */
int assay_cut_table_train(const struct assay_table *t, const struct assay_task *task,
                          const char *path);
int assay_cut_table_inputs(const struct assay_table *t, const struct assay_task *task,
                           const char *path);

/* Rows of the split with these codes (bit 1 << code), in order: a table of its own without splits,
 * texts or certificate. */
int assay_cut_table_rows(struct assay_table **out, const struct assay_table *t, const char *split,
                         unsigned codes);

#endif
