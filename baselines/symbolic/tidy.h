/* Small clean-ups of found equations that change no value: factors, divisors and powers of 1,
 * powers of 0, sums with 0, double minus. */
#ifndef ASSAY_BASELINES_SYMBOLIC_TIDY_H
#define ASSAY_BASELINES_SYMBOLIC_TIDY_H
#include "core/expr/expr.h"

/* *e may be replaced by a smaller expression (the old one is freed). */
int assay_sr_tidy(struct assay_expr **e);

#endif
