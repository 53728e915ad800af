/* What the built-in recipes say of their tables, for records that do not say it themselves. */
#ifndef ASSAY_HARNESS_MARKS_H
#define ASSAY_HARNESS_MARKS_H
#include "results/gather.h"

struct assay_table_recipe;

/* The recipe that was asked about last; starts as zero. */
struct assay_marks {
  char *dataset;
  struct assay_table_recipe *recipe; /* NULL: none of that name */
};

/* struct assay_table_marks.identifiable; self is a struct assay_marks. */
int assay_marks_identifiable(bool *out, void *self, const char *dataset, const char *table);
void assay_marks_release(struct assay_marks *marks);

#endif
