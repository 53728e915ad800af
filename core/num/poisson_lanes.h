/* Poisson systems of one grid side by side in vector lanes, every lane with cells of its own shape,
 * row by row: for callers that make a row of the right-hand side and use one of the solution while
 * it is in the cache. A lane's bits are those of assay_poisson_solve with its plan alone
 * (poisson_plan.h has the equations).
 *
 * Zero slope on all sides. Arrays are interleaved: [.., vl] with the vl lanes of the instruction
 * set innermost, 64-byte aligned. */
#ifndef ASSAY_CORE_NUM_POISSON_LANES_H
#define ASSAY_CORE_NUM_POISSON_LANES_H
#include "core/num/isa.h"
#include "core/num/poisson.h"

struct assay_dct;

struct assay_poisson_lanes {
  int nx, ny, vl;
  struct assay_dct *dct;
  double *e;      /* [ny, nx, vl] */
  double *common; /* [ny, nx]: e where all lanes have the same */
  double *s;      /* [2, vl]: of the constant and of all other wavenumbers */
  double *h, *w;  /* [ny] */
  int shared;     /* all lanes have the same e */
};

/* Room for vl systems; nothing may be solved before one is put. Caller owns *out. ASSAY_EARG,
 * ASSAY_ENOMEM. */
int assay_poisson_lanes_create(struct assay_poisson_lanes **out, int nx, int ny, int vl);
void assay_poisson_lanes_destroy(struct assay_poisson_lanes *p);

/* The system of a plan (grid as above, zero slope on all sides) in a lane; all lanes whose bit in
 * `busy` is clear get it too. The plan is not needed afterwards. */
void assay_poisson_lanes_put(struct assay_poisson_lanes *p, int lane, unsigned busy,
                             const struct assay_poisson *plan);

/* Doubles in work and in carry. */
size_t assay_poisson_lanes_work(const struct assay_poisson_lanes *p);
size_t assay_poisson_lanes_carry(const struct assay_poisson_lanes *p);

struct assay_poisson_lanes_kernels {
  int vl;
  /* g [ny, nx, vl]: row j from rhs [nx, vl], for j = 0 .. ny-1 in this order */
  void (*up)(const struct assay_poisson_lanes *p, double *g, int j, const double *rhs,
             double *work);
  /* once between the two */
  void (*turn)(const struct assay_poisson_lanes *p, double *g, double *carry);
  /* phi [nx, vl]: row j of the solution, for j = ny-1 .. 0 in this order */
  void (*down)(const struct assay_poisson_lanes *p, double *phi, const double *g, int j,
               double *carry, double *work);
};
ASSAY_ISA_DECLARE(struct assay_poisson_lanes_kernels, assay_poisson_lanes_kernels)

#endif
