/* Poisson problems of a box some of whose faces are closed or narrowed, exact to rounding:
 * obstacles, cut cells, and pieces of a side with a condition of their own.
 *
 * Let L be the operator of an assay_poisson plan. The flux between the cells a and b, which is
 * (phi[b] - phi[a]) / dx^2 or / dy^2, is multiplied by a factor for some faces, and a value is
 * added to the diagonal of some cells; L' phi = rhs is solved with two sweeps of the plan's solver,
 * of which one is short, and a dense product (Woodbury's formula, see capacitance_plan.h). */
#ifndef ASSAY_CORE_NUM_CAPACITANCE_H
#define ASSAY_CORE_NUM_CAPACITANCE_H
#include <stddef.h>

#include "core/num/poisson.h"

/* Cells are counted j nx + i. */
struct assay_capacitance_face {
  int a, b;      /* neighbours in any order, also across a periodic side */
  double factor; /* 0: closed, below 1: narrowed, 1: no change */
};

/* A zero value on the left side of a cell whose left side has zero slope otherwise: -2 / dx^2. */
struct assay_capacitance_cell {
  int cell;
  double value; /* added to the diagonal, 1/m^2, <= 0 */
};

struct assay_capacitance;

/* A plan that refers to p, which must outlive it. Only the faces between fluid and solid need to be
 * closed, not those inside a solid: its interior is then a pocket, whose faces cost nothing. Each
 * face and cell may appear once. Needs about rank^2 doubles and the time of `rank` short sweeps.
 * Caller owns *out. ASSAY_EARG: not neighbours, a factor outside [0, 1], a value above 0;
 * ASSAY_ENOMEM. */
int assay_capacitance_create(struct assay_capacitance **out, const struct assay_poisson *p,
                             const struct assay_capacitance_face *faces, int n_faces,
                             const struct assay_capacitance_cell *cells, int n_cells);
void assay_capacitance_destroy(struct assay_capacitance *c);

/* Number of unknown fluxes. */
int assay_capacitance_rank(const struct assay_capacitance *c);

/* Number of doubles assay_capacitance_solve needs in work. */
size_t assay_capacitance_work(const struct assay_capacitance *c);

/* phi [ny, nx] from rhs [ny, nx]; both may be the same array. In every part of the grid that closed
 * faces cut off from all zero values, rhs loses its mean and phi has zero mean (weighted with vol,
 * if the plan is one of lines); so phi is zero in pockets where rhs is. Re-entrant; the same bits
 * on every instruction set. */
void assay_capacitance_solve(const struct assay_capacitance *c, double *phi, const double *rhs,
                             double *work);

#endif
