/* A baseline is a built-in method: it answers tasks through the same protocol as anybody's program
 * (`assay method NAME train|predict ...`, docs/protocol.md).
 *
 * To add one: write baselines/NAME.c that defines `const struct assay_baseline assay_baseline_NAME`
 * and put 'NAME' into the list in baselines/meson.build. */
#ifndef ASSAY_BASELINES_BASELINE_H
#define ASSAY_BASELINES_BASELINE_H
#include <stdint.h>

#include "core/base/param.h"
#include "datasets/dataset.h"
#include "datasets/table.h"
#include "datasets/task.h"

/* What `train` is called with. */
struct assay_train_job {
  const struct assay_task *task;
  const struct assay_dataset *data; /* training and validation cases; split "task" says which */
  const struct assay_table *table;  /* regression, discovery: rows instead of cases; data is NULL */
  const char *model_dir;            /* exists, empty, writable */
  uint64_t seed;
  double time_limit;  /* s */
  const void *params; /* the baseline's own parameters */
};

/* What `predict` is called with. model_dir is read-only. */
struct assay_predict_job {
  const struct assay_task *task;
  const struct assay_dataset *inputs;
  const struct assay_table *table; /* regression: test rows, discovery: held-out states; y is NaN,
                                      inputs is NULL then */
  const char *model_dir;
  const char *output; /* NetCDF file to write: datasets/prediction.h, with a table: answer.h */
  uint64_t seed;
  const void *params;
};

struct assay_baseline {
  const char *name;
  int version;
  const char *doc;
  const char *reference;
  unsigned kinds;                   /* bit 1 << enum assay_task_kind for each kind it answers */
  bool floor;                       /* a no-learning floor: shown in every table */
  const struct assay_param *params; /* NULL: none */
  size_t params_size;
  const void *defaults;
  int (*train)(const struct assay_train_job *job); /* NULL: nothing to learn */
  int (*predict)(const struct assay_predict_job *job);
};

extern const struct assay_baseline *const assay_baselines[]; /* NULL-terminated */
int assay_baseline_find(const struct assay_baseline **out, const char *name);

#endif
