/* Building blocks of laws: small expressions ("atoms") made from templates by putting the columns
 * in for the letters, "sin(a - b)" -> sin(x0 - x3), with the logarithms of their absolute values on
 * the rows of a sample. A law that is a product of powers of columns and atoms is linear in these.
 */
#ifndef ASSAY_BASELINES_SYMBOLIC_POOL_H
#define ASSAY_BASELINES_SYMBOLIC_POOL_H
#include "baselines/symbolic/basis.h"
#include "baselines/symbolic/budget.h"
#include "baselines/symbolic/table.h"

enum { ASSAY_SR_ATOM = 96 };

struct assay_sr_atom {
  char text[ASSAY_SR_ATOM];
  bool exponential; /* enters as exp(k text): its value, not its logarithm, is the column */
};

struct assay_sr_pool {
  int m, n_base;                /* rows; columns that are part of every product */
  int base[ASSAY_SR_MAX_VARS];  /* which ones: usable and nowhere 0 */
  double *base_log;             /* [n_base, m] log |x / scale| */
  struct assay_sr_basis *basis; /* 1 and base_log */
  int n, capacity;              /* atoms */
  struct assay_sr_atom *atom;   /* [n] */
  double *log;                  /* [n, m] log |atom|, or the value where exponential */
  double *rest;                 /* [n, m] orthogonal to the basis, of length one */
};

/* All atoms the templates give for the usable columns, at most `most`, without those that add
 * nothing to the basis or are 0 or not finite in a row. Stops early when the budget is spent. */
int assay_sr_pool_create(struct assay_sr_pool **out, const struct assay_sr_table *table,
                         const struct assay_sr_sample *s, int most, struct assay_sr_budget *b);
/* v [rows of s] = log |atom|, or its value where exponential; not valid: 0 or not finite somewhere.
 */
int assay_sr_pool_column(bool *valid, double *v, const struct assay_sr_atom *atom,
                         const struct assay_sr_sample *s, struct assay_sr_budget *b);

/* The template with columns v [4] in place of its letters a, b, c, d. */
void assay_sr_fill_in(char *out, size_t size, const char *text, const int *v);
void assay_sr_pool_destroy(struct assay_sr_pool *p);

#endif
