/* Running programs in single precision. */
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/expr/program.h"
#include "core/expr/program_internal.h"

#define REAL float
#define KERNELS struct assay_expr_kernels_float
#include "core/expr/program_run_body.h"

static const struct assay_expr_kernels_float *kernels(void)
{
  return ASSAY_ISA_PICK(assay_expr_kernels_float, assay_isa());
}

int assay_expr_eval_float(float *out, const struct assay_expr_program *p, const double *params,
                          const float *const *columns, ptrdiff_t n, struct assay_expr_work *w)
{
  return run_eval(out, p, params, columns, n, kernels(), w);
}

int assay_expr_sse_float(double *out, const struct assay_expr_program *p, const double *params,
                         const float *const *columns, const float *y, ptrdiff_t n, double limit,
                         struct assay_expr_work *w)
{
  return run_sse(out, p, params, columns, y, n, limit, kernels(), w);
}
