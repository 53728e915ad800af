/* Boundary conditions of core/num/poisson.h by their meaning, for the tests. */
#ifndef ASSAY_TESTS_CORE_CONDITIONS_H
#define ASSAY_TESTS_CORE_CONDITIONS_H
#include <stddef.h>

#include "core/num/poisson.h"

enum { CONDITIONS = 5, PAIRS = CONDITIONS * CONDITIONS };

static inline enum assay_bc x_condition(int pair)
{
  return (enum assay_bc)(pair % CONDITIONS);
}

static inline enum assay_bc y_condition(int pair)
{
  return (enum assay_bc)(pair / CONDITIONS);
}

static inline int constant_fits(enum assay_bc bc)
{
  return bc == ASSAY_BC_NEUMANN || bc == ASSAY_BC_PERIODIC;
}

/* whether the value, not the slope, is zero on the lower or upper side */
static inline int value_is_zero(enum assay_bc bc, int upper)
{
  return bc == ASSAY_BC_DIRICHLET ||
         bc == (upper ? ASSAY_BC_NEUMANN_DIRICHLET : ASSAY_BC_DIRICHLET_NEUMANN);
}

/* what lies beside element i of a line of n, `stride` apart; i may lie outside */
static inline double beside(const double *line, int stride, int n, int i, enum assay_bc bc)
{
  if (i >= 0 && i < n) return line[(ptrdiff_t)i * stride];
  if (bc == ASSAY_BC_PERIODIC) return line[(ptrdiff_t)((i + n) % n) * stride];
  const double mirror = line[(ptrdiff_t)(i < 0 ? 0 : n - 1) * stride];
  return value_is_zero(bc, i >= n) ? -mirror : mirror;
}

#endif
