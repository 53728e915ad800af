/* Shared by table.c (the order of things), table_sample.c, table_variants.c and table_certify.c. */
#ifndef ASSAY_GENERATORS_TABLE_INTERNAL_H
#define ASSAY_GENERATORS_TABLE_INTERNAL_H
#include "core/num/random.h"
#include "datasets/formula.h"
#include "generators/table.h"

/* Streams of random numbers; those of columns are numbered from these on. Part of what a data set
 * promises. */
enum {
  STREAM_VALUE = 0x000, /* + column */
  STREAM_SIGN = 0x100,  /* + column */
  STREAM_DUMMY = 0x200, /* how many, where, which laws */
  STREAM_DUMMY_VALUE = 0x300,
  STREAM_DUMMY_SIGN = 0x400,
  STREAM_SHUFFLE = 0x500, /* + column: effect of an input */
  STREAM_TARGET_NOISE = 0x600,
  STREAM_FEATURE_NOISE = 0x700, /* + column */
  STREAM_OUTLIERS = 0x800,
  STREAM_SPLIT = 0x900,
};

/* Names the random numbers of one table. */
struct table_key {
  uint64_t seed, number;
};

/* A column that is being drawn; batches go on where the last one ended. */
struct column_rng {
  struct assay_rng value, sign;
};
/* Next n values of a law into out. */
void assay_table_draw(double *out, long n, const struct assay_law *law, struct column_rng *rng);

/* Rows of x and y of `t` by the rule of docs/symbolic.md; row[ACCEPTANCE]. ASSAY_EDIVERGED. */
int assay_table_sample(struct assay_table *t, const struct assay_equation *e,
                       const struct assay_formula *f, struct table_key key);

/* Rows that a system gives: no more than its trajectories have points. */
long assay_table_system_rows(const struct assay_system *s, long most);
/* Rows of x and y of `t` along the trajectories of the system of e. ASSAY_EDIVERGED. */
int assay_table_integrate(struct assay_table *t, const struct assay_equation *e,
                          const struct assay_formula *f, const struct assay_table_params *p);

/* A table with dummies among the columns of *t, which it replaces. */
int assay_table_mix_dummies(struct assay_table **t, const struct assay_equation *e,
                            const struct assay_table_params *p, struct table_key key);

/* Noise and outliers on the rows that split `position` gives, of trajectories `extrapolation`; time
 * and number of a trajectory stay as they are. */
int assay_table_disturb(struct assay_table *t, const struct assay_table_params *p,
                        struct table_key key);

/* Rounding noise, effects and ranges of the rows as they are, by the formula of the table. */
int assay_table_certify(struct assay_table *t, struct table_key key);

#endif
