/* Libraries of terms for linear regression: y = sum_k c_k phi_k(x), phi_k monomials of the scaled
 * columns and, on demand, functions of them. Every column of values is divided by its length. */
#ifndef ASSAY_BASELINES_SYMBOLIC_TERMS_H
#define ASSAY_BASELINES_SYMBOLIC_TERMS_H
#include "baselines/symbolic/budget.h"
#include "baselines/symbolic/phrase.h"
#include "baselines/symbolic/table.h"

struct assay_sr_terms {
  int n, m;
  char (*text)[128]; /* [n] in the columns' own units; the first one is "1" */
  double *length;    /* [n] of the values before they were divided by it */
  double *v;         /* [n, m] */
};

struct assay_sr_terms_choice {
  int degree;     /* of the monomials, 0: only the constant */
  bool functions; /* also 1/x, sqrt, log, exp, sin, cos of columns for which they make sense, and
                     their products with columns */
  int most;       /* terms */
};

/* On the rows of a sample; columns that are not usable and terms that are not finite are left out.
 */
int assay_sr_terms_create(struct assay_sr_terms **out, const struct assay_sr_table *table,
                          const struct assay_sr_sample *s, struct assay_sr_terms_choice choice,
                          struct assay_sr_budget *b);
void assay_sr_terms_destroy(struct assay_sr_terms *t);

/* sum of c_k phi_k, c [n] for terms of length one; terms with c_k = 0 are left out. */
void assay_sr_terms_say(struct assay_sr_phrase *p, const struct assay_sr_terms *t, const double *c);

#endif
