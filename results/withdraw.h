/* Taking records back: a line with status "withdrawn" for every job that matches. */
#ifndef ASSAY_RESULTS_WITHDRAW_H
#define ASSAY_RESULTS_WITHDRAW_H
#include "results/store.h"

/* Withdraw the current records that match the filter and, when n_seeds > 0, have one of the seeds;
 * *n is how many. Those withdrawn already are left as they are. ASSAY_ENOTFOUND: none matches;
 * ASSAY_EARG: no reason given; ASSAY_EIO. */
int assay_withdraw(int *n, const struct assay_store *store, const struct assay_store_filter *filter,
                   const int64_t *seeds, int n_seeds, const char *reason);

#endif
