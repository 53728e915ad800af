/* How parameters vary over cases. One sweep gives values to a few parameters over n points; sweeps
 * listed one after another are nested loops, the first one slowest. */
#ifndef ASSAY_DATASETS_SWEEP_H
#define ASSAY_DATASETS_SWEEP_H
#include "core/base/config.h"

struct assay_sweep_column {
  const struct assay_param *row;
  const struct assay_node **items; /* values: their nodes, [count] */
  long count;
  double lo, hi; /* ranges */
  bool log;
  double step;                  /* ranges: values are multiples of it; 0: any */
  ptrdiff_t *strata;            /* lhs: [n] permutation */
  const struct assay_node *tie; /* rule by which it follows from others; NULL: it varies itself */
};

struct assay_sweep_kind;
struct assay_generator;
struct assay_sweep {
  const struct assay_sweep_kind *kind;
  const struct assay_node *node;
  long n;
  int n_columns;
  struct assay_sweep_column *columns;
  /* loops over lists: points [0, n_listed) are those that `where` keeps, the rest are `extra` */
  long n_listed, n_extra;
  long *kept;                      /* [n_listed] before the filter; NULL: all */
  const struct assay_node **extra; /* [n_extra, n_columns] */
  const char **extra_origin;       /* [n_extra], NULL: none given */
};

/* Names a sampled value: the data set's seed and the global index of the case. */
struct assay_sweep_key {
  uint64_t seed;
  long id;
};

/* A sequence of sweeps over parameters of `table`; `index` numbers the first sweep of this list in
 * the recipe (it keys Latin hypercubes). ASSAY_EPARSE and others with the position. */
int assay_sweeps_decode(struct assay_sweep **out, int *n, const struct assay_node *list,
                        const struct assay_param *table, uint64_t seed, int index);
void assay_sweeps_destroy(struct assay_sweep *sweeps, int n);

/* Apply `where`, `extra` and `n` of loops over lists; quantities in `where` are those of the fixed
 * parameters `base` and of the loop itself. ASSAY_EARG, ASSAY_ENOTFOUND, ASSAY_EPARSE with the
 * position. */
int assay_sweeps_filter(struct assay_sweep *sweeps, int n, const struct assay_generator *g,
                        const void *base);
/* Whether a loop takes its values from lists (grid, zip, table). */
bool assay_sweep_is_listed(const struct assay_sweep *s);
/* Key `origin` of the extra row that gives point i, NULL: none. Borrowed. */
const char *assay_sweeps_origin(const struct assay_sweep *sweeps, int n, long i);

/* Number of points of all loops together; ASSAY_EARG when more than 10^9. */
int assay_sweeps_count(long *out, const struct assay_sweep *sweeps, int n);
/* Set the parameters of point `i` of the nested loops. */
int assay_sweeps_apply(const struct assay_sweep *sweeps, int n, const struct assay_param *table,
                       void *params, long i, struct assay_sweep_key key);
bool assay_sweeps_set(const struct assay_sweep *sweeps, int n, const char *param);

#endif
