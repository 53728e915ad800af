/* From a recipe for tables to files: one file, or a folder with a file per equation and a manifest.
 * Workers make whole files, each of which appears at once; a run that was interrupted is gone on
 * with by verifying what is there. */
#ifndef ASSAY_HARNESS_TABLES_H
#define ASSAY_HARNESS_TABLES_H
#include <stdio.h>

#include "datasets/table_recipe.h"
#include "datasets/table_set.h"

struct assay_tables_job {
  const struct assay_table_recipe *recipe;
  const char *path; /* of the file; of the folder when `folder` */
  bool folder;
  int first, last; /* equations [first, last) of the recipe */
  int jobs;        /* worker processes, 0: one per processor */
  bool resume, force;
  FILE *progress; /* NULL: none */
};

struct assay_tables_report {
  int made, reused, failed;
  double wall; /* s */
};

/* A recipe by name or file, with assignments of --set: *out stays NULL when the name is that of a
 * recipe for cases. A name TABLE/ID is one equation of a built-in table. */
int assay_tables_recipe(struct assay_table_recipe **out, const char *name,
                        const struct assay_list *set);

/* ASSAY_EARG: something else is in the way; ASSAY_EJOB: some could not be made (the others are
 * there, without a manifest). */
int assay_tables_produce(struct assay_tables_report *report, const struct assay_tables_job *job);

/* What the recipe would make, as a list; nothing is computed. */
int assay_tables_preview(const struct assay_tables_job *job, FILE *out);

/* The pages of `assay info` and `assay check` about tables; problems: how many. */
int assay_tables_info(const char *path, bool json, bool recipe, FILE *out);
int assay_tables_check(int *problems, const char *path, int regenerate, bool json, FILE *out);
/* The k-th table: y over the input `field` ("" : the one that matters most), written to `output`
 * ("": a name made from the id). */
int assay_tables_view(const char *path, int k, const char *field, const char *output,
                      const char *title, FILE *out);

#endif
