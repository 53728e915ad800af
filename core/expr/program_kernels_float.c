/* Block operations in single precision. */
#include <math.h>

#include "core/expr/program_kernels.h"
#include "core/num/fmath.h"
#include "core/num/fmathf_body.h"

#define REAL float
#define FUNCTION(name) assay_fbodyf_##name
#define CAREFUL(name) (float)assay_fmath_##name
#define LIMIT(name) ASSAY_FBODYF_##name
#define BITS uint32_t
#define BITS_OF assay_bodyf_bits
#define FABS fabsf
#define SQRT sqrtf
#include "core/expr/program_kernels_body.h"

const struct assay_expr_kernels_float ASSAY_ISA_NAME(assay_expr_kernels_float) = KERNELS;
