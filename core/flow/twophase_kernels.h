/* Kernels of the two-phase solver, one table per instruction set (core/num/isa.h). All give the
 * same bits. Arrays with halo: element (j, i) at [j * stride + i], with two valid rows and columns
 * beyond the faces on every side. Equations: core/flow/twophase_kernels.c. */
#ifndef ASSAY_CORE_FLOW_TWOPHASE_KERNELS_H
#define ASSAY_CORE_FLOW_TWOPHASE_KERNELS_H
#include <stddef.h>

#include "core/num/isa.h"

struct assay_twophase_pair {
  double *u, *v;
};

/* Factors of one row of cells and of the horizontal faces below it, r in units of m (axisymmetric)
 * or 1. Index -1..ny+1. */
struct assay_twophase_row {
  double cell, face;         /* r of the centre and of the face */
  double per_cell, per_face; /* their inverses; 0 on the axis */
  double above, below;       /* r of the faces over r of the cell: for u and the divergence */
  double over, under;        /* r of the cells above and below over r of the face: for v */
  double hoop;               /* dy^2 / r^2 of the face; plane: 0 */
};

struct assay_twophase_sweep {
  int nx, ny;
  ptrdiff_t stride;
  double dt, inv_dx, inv_dy;
  double density, density_jump;   /* of c = 0, and what c = 1 adds */
  double fluidity, fluidity_jump; /* one over the viscosity, likewise */
  double reach;                   /* of the extrapolation by half a step, over the last one */
  double blend;                   /* of the extrapolated pressure */
  double gravity[2], force[2];
  double splitting;                     /* rho_0 */
  const struct assay_twophase_row *row; /* [-1..ny+1] */
  struct assay_twophase_pair now, old;  /* velocity at t and a step back */
  struct assay_twophase_pair half;      /* at t + dt/2, carries */
  struct assay_twophase_pair ahead;     /* at t + dt/2 away from the interface, is carried */
  struct assay_twophase_pair lag;       /* at t - dt/2 away from the interface, for stresses */
  struct assay_twophase_pair mask;      /* 1: unknown face, 0: prescribed */
  struct assay_twophase_pair light;     /* mask / density at t + dt */
  struct assay_twophase_pair light_old; /* at t */
  struct assay_twophase_pair mass;      /* through the faces in this step, over dx dy */
  struct assay_twophase_pair rate;      /* right-hand side, then increment of the velocity */
  struct assay_twophase_pair shear;     /* [corners] viscosity times shear factor of u and v */
  struct assay_twophase_pair stick;     /* [corners] shear factors: 1 inside, 2 no-slip, 0 slip */
  struct assay_twophase_pair out;       /* the new velocity */
  double *c, *rho, *mu, *thin, *pure;   /* cells; thin: one over the viscosity */
  double *corner;                       /* viscosity at the corners */
  double *p, *p_old, *p_hat, *phi;      /* cells */
  double *curvature;                    /* cells, times surface tension; NULL: none */
  double *div;                          /* [ny, nx] contiguous */
  double *rows;                         /* scratch, assay_twophase_scratch(stride) doubles */
};

static inline size_t assay_twophase_scratch(ptrdiff_t stride)
{
  return 10 * (size_t)stride;
}

/* Tridiagonal systems along lines, variable coefficients:
 *   x[j] - w[j] (hi[j] k[j+1] (x[j+1] - x[j]) - lo[j] k[j] (x[j] - x[j-1]))
 *        + w[j] spin[j] (k[j] + k[j+1]) x[j] = r[j]
 * and x = 0 beyond the ends, or periodic. */
struct assay_twophase_lines {
  int n, lines; /* unknowns per line */
  ptrdiff_t stride;
  int periodic;
  double scale;    /* times w */
  const double *w; /* at the unknowns */
  const double *k; /* k[0] before unknown 0, k[n] behind unknown n - 1 */
  const double *lo, *hi,
      *spin;       /* [n] along the line; along x they are not read and count as 1, 0 */
  double *x;       /* r on entry */
  double *scratch; /* assay_twophase_lines_scratch(n) doubles, 64-byte aligned */
};

static inline size_t assay_twophase_lines_scratch(int n)
{
  return 64 * ((size_t)n + 8);
}

struct assay_twophase_kernels {
  /* half, ahead, lag from now, old, pure */
  void (*extrapolate)(const struct assay_twophase_sweep *s);
  /* rho, mu, pure from c on cells and one halo cell */
  void (*mixture)(const struct assay_twophase_sweep *s);
  /* light, corner, shear */
  void (*faces)(const struct assay_twophase_sweep *s);
  /* one over the density of every face, also of prescribed ones: bx [ny, nx+1], by [ny+1, nx] */
  void (*per_density)(const struct assay_twophase_sweep *s, double *bx, double *by);
  /* mass from half and the volumes of marked fluid fx [ny, nx+1], fy [ny+1, nx] over dx dy */
  void (*mass)(const struct assay_twophase_sweep *s, const double *fx, const double *fy,
               ptrdiff_t stride, double per_cell);
  /* rate = dt times all accelerations */
  void (*momentum)(const struct assay_twophase_sweep *s);
  /* after rate.u has become the increment: its shear stress, into rate.v */
  void (*couple)(const struct assay_twophase_sweep *s);
  void (*lines_x)(const struct assay_twophase_lines *l);
  void (*lines_y)(const struct assay_twophase_lines *l);
  /* out = now + rate, div = its divergence */
  void (*add)(const struct assay_twophase_sweep *s);
  /* out -= dt/rho_0 grad phi, p_old = p_hat + phi; returns the largest |u|/dx + |v|/dy, NaN if any
   * is not finite */
  double (*project)(const struct assay_twophase_sweep *s);
  /* out -= dt light grad phi, div, p_hat += phi: with the true density */
  void (*project_true)(const struct assay_twophase_sweep *s);
};

ASSAY_ISA_DECLARE(struct assay_twophase_kernels, assay_twophase_kernels)

#endif
