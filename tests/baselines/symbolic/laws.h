/* Tables made from a law: columns drawn uniformly in the logarithm (or in the value), the target by
 * evaluating the equation. */
#ifndef ASSAY_TESTS_BASELINES_SYMBOLIC_LAWS_H
#define ASSAY_TESTS_BASELINES_SYMBOLIC_LAWS_H
#include "baselines/symbolic/search.h"
#include "baselines/symbolic/values.h"
#include "core/base/mem.h"
#include "core/num/random.h"
#include "tests/test.h"

enum { LAW_ROWS = 1200, LAW_TRAIN = 900, LAW_COLUMNS = 8 };

struct law_column {
  double lo, hi;
  char kind; /* l: by the logarithm, s: so with either sign, u: uniform, i: whole numbers */
};

struct law {
  const char *text;
  struct law_column column[LAW_COLUMNS];
};

static inline int law_columns(const struct law *law)
{
  int n = 0;
  while (n < LAW_COLUMNS && law->column[n].kind) n++;
  return n;
}

static inline double law_draw(const struct law_column *c, struct assay_rng *rng)
{
  const double u = assay_rng_uniform(rng), side = assay_rng_uniform(rng);
  const double magnitude = exp(log(fabs(c->lo)) + u * log(c->hi / fabs(c->lo)));
  switch (c->kind) {
  case 'u':
    return c->lo + u * (c->hi - c->lo);
  case 'i':
    return floor(c->lo + u * (c->hi - c->lo));
  case 's':
    return side < 0.5 ? -magnitude : magnitude;
  default:
    return magnitude;
  }
}

/* x [n_columns, LAW_ROWS], y [LAW_ROWS] of the law; rows without a finite value are drawn again */
static inline void law_fill(double *x, double *y, const struct law *law, uint64_t seed)
{
  const int n = law_columns(law);
  struct assay_rng rng = assay_rng_init(seed, 0, 7);
  struct assay_expr *e = NULL;
  assert_ok(assay_expr_parse(&e, law->text, NULL));
  for (int i = 0; i < LAW_ROWS; i++) do {
      for (int j = 0; j < n; j++) x[j * LAW_ROWS + i] = law_draw(&law->column[j], &rng);
      assert_ok(assay_sr_values(y + i, e, x + i, LAW_ROWS, 1));
    } while (!isfinite(y[i]));
  assay_expr_free(e);
}

/* the same as a table; the arrays stay the caller's */
static inline struct assay_sr_table *law_table(const double *x, const double *y, int n_columns)
{
  ptrdiff_t row[LAW_ROWS];
  struct assay_sr_table *t = NULL;
  for (int i = 0; i < LAW_ROWS; i++) row[i] = i;
  const struct assay_sr_source from = {.n_vars = n_columns,
                                       .n = LAW_ROWS,
                                       .x = x,
                                       .y = y,
                                       .train = row,
                                       .n_train = LAW_TRAIN,
                                       .valid = row + LAW_TRAIN,
                                       .n_valid = LAW_ROWS - LAW_TRAIN};
  assert_ok(assay_sr_table_create(&t, &from));
  return t;
}

#endif
