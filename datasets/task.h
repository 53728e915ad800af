/* A task: a data set, what is given, what is asked, how far, and how it is scored.
 *
 * Read from YAML by the harness (harness/tasks/NAME.yaml) and passed to methods as task.json. In
 * task.json the data set's name, seed and recipe are absent: a method sees only its own files. */
#ifndef ASSAY_DATASETS_TASK_H
#define ASSAY_DATASETS_TASK_H
#include "core/base/config.h"
#include "core/base/param.h"

enum assay_task_kind {
  ASSAY_TASK_FORECAST,   /* context frames + parameters -> the next `horizon` frames */
  ASSAY_TASK_OPERATOR,   /* parameters (and time) -> fields */
  ASSAY_TASK_REGRESSION, /* table -> equation */
  ASSAY_TASK_DISCOVERY,  /* trajectories -> the equations of all states */
  ASSAY_TASK_INVERSE,
  ASSAY_TASK_LINEAR_SOLVE,
  ASSAY_TASK_GENERATIVE,
};
extern const char *const assay_task_kinds[]; /* names in this order, NULL-terminated */

struct assay_task {
  const char *name; /* in task.json: an opaque id */
  const char *title;
  int kind;                 /* enum assay_task_kind */
  const char *dataset;      /* recipe name; "" in task.json */
  const char *split;        /* named split that defines train, validation, test; "" in task.json */
  struct assay_list fields; /* asked for, scored */
  struct assay_list params; /* given by name; empty: all of the recipe that vary */
  int first;   /* forecast: index of the first context frame (>= 1 when frame 0 is rest) */
  int context; /* forecast: number of context frames */
  int horizon; /* forecast: frames asked for; 0: to the end of the case. Discovery: points for
                  which the system is followed from a held-out state */
  int stride;  /* frames between leads, in training and roll-out alike */
  struct assay_list frames;  /* operator: which frames; empty: all but frame 0 */
  bool units;                /* regression, discovery: the units of the columns are told */
  double work;               /* the same: budget of the search in node-evaluations; 0: time only */
  struct assay_list metrics; /* names; the first is the primary one that ranks */
  double train_seconds, predict_seconds; /* wall limits */
  double memory_mb;
};
extern const struct assay_param assay_task_rows[];
extern const struct assay_task assay_task_defaults;

/* The task in a YAML mapping; texts are borrowed from the config. Checks that the keys go together
 * for the kind. */
int assay_task_decode(struct assay_task *out, const struct assay_node *mapping);

/* task.json: schema "assay-task/1", name = opaque id, no data set, split or title. */
int assay_task_write(const struct assay_task *task, const char *opaque_id, const char *path);
/* Reads what assay_task_write wrote. The caller frees *store with assay_task_release; the task's
 * texts live in it. ASSAY_EIO, ASSAY_EPARSE. */
struct assay_task_store;
int assay_task_read(struct assay_task *out, struct assay_task_store **store, const char *path);
void assay_task_release(struct assay_task_store *store);

#endif
