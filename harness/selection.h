/* What `rank` and `report` have in common: a results folder, the part of it that is meant, and its
 * ranking. */
#ifndef ASSAY_HARNESS_SELECTION_H
#define ASSAY_HARNESS_SELECTION_H
#include "results/ranking.h"
#include "results/store.h"

struct assay_selection {
  struct assay_store *store;
  int n;
  struct assay_record **records;
  struct assay_ranking *ranking;
};

/* Open the folder, check that suite and task (NULL: all) are in it, select and rank; unreadable
 * lines of the journal are warned of. ASSAY_ENOTFOUND names what there is. */
int assay_selection_open(struct assay_selection *s, const char *dir, bool rebuild,
                         const struct assay_store_filter *filter,
                         const struct assay_ranking_options *options);
void assay_selection_close(struct assay_selection *s);

#endif
