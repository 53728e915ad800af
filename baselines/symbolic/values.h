/* Values of an expression on the columns of a table, compiled for this one use. Invalid operations
 * give NaN or infinity as IEEE arithmetic has it; nothing is protected (core/expr/program.h). */
#ifndef ASSAY_BASELINES_SYMBOLIC_VALUES_H
#define ASSAY_BASELINES_SYMBOLIC_VALUES_H
#include <stddef.h>

#include "core/expr/expr.h"

/* out [n] = e at x [e->n_vars or more, stride] (column j starts at x + j * stride). ASSAY_ENOMEM.
 */
int assay_sr_values(double *out, const struct assay_expr *e, const double *x, ptrdiff_t stride,
                    ptrdiff_t n);

#endif
