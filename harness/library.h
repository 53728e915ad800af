/* Tasks, suites and recipes by name: built into the program from harness/tasks, harness/suites and
 * datasets/recipes, or YAML files of the user. */
#ifndef ASSAY_HARNESS_LIBRARY_H
#define ASSAY_HARNESS_LIBRARY_H
#include "core/base/embed.h"
#include "datasets/recipe.h"
#include "datasets/task.h"

extern const struct assay_embedded assay_task_files[], assay_suite_files[];

/* tasks x methods x seeds. Methods that do not answer the kind of a task are left out for it. */
struct assay_suite {
  const char *name; /* of the file, without .yaml */
  const char *title;
  struct assay_list tasks;   /* names or files; a file is relative to the suite's own folder */
  struct assay_list methods; /* method.h says how they are written; folders likewise relative */
  struct assay_list seeds;   /* whole numbers */
  double cpu_factor;         /* CPU limit = wall limit of the task times this */
};
extern const struct assay_param assay_suite_rows[];
extern const struct assay_suite assay_suite_defaults;

/* A task or suite; the texts live in *config, which the caller destroys. ASSAY_ENOTFOUND,
 * ASSAY_EIO, ASSAY_EPARSE with FILE:LINE:COLUMN. */
int assay_library_task(struct assay_task *out, struct assay_config **config, const char *name);
int assay_library_suite(struct assay_suite *out, struct assay_config **config, const char *name);

/* A recipe by name or file, with assignments of --set (NULL: none). The caller owns *out. */
int assay_library_recipe(struct assay_recipe **out, const char *name, const struct assay_list *set);

/* `name` as seen from the folder of the file `from`, when both are paths. The caller owns *out. */
int assay_library_relative(char **out, const char *from, const char *name, bool is_path);

#endif
