/* Kernels of the volume-of-fluid method, one table per instruction set (core/num/isa.h). All give
 * the same bits. */
#ifndef ASSAY_CORE_FLOW_VOF_KERNELS_H
#define ASSAY_CORE_FLOW_VOF_KERNELS_H
#include <stddef.h>

#include "core/num/isa.h"

/* Geometry of one row of cells. */
struct assay_vof_row {
  double volume, inv_volume; /* of a cell */
  double area;               /* of a vertical face */
  double area_below, area_above;
  double slant; /* dy/r: weight of height Y in [0, 1] is 1 + (Y - 1/2) slant; plane: 0 */
};

/* Fractions and fluxes share one stride. */
struct assay_vof_sweep {
  int nx, ny;
  ptrdiff_t stride;
  const struct assay_vof_row *row; /* [ny] */
  double dt;
  const double *u, *v;
  ptrdiff_t u_stride, v_stride;
  double *c;               /* fractions at the start of the step, the result of `finish` */
  double *work;            /* of this sweep, with one row and column of valid values beyond */
  double *flux_x, *flux_y; /* marked volume through the faces, [ny, nx+1] and [ny+1, nx] */
  int *list;               /* scratch, [nx] */
};

struct assay_vof_balance {
  double lost; /* volume that the fluxes left behind and c does not show */
  double room; /* sum of c (1 - c) volume */
};

struct assay_vof_kernels {
  /* the largest half sum of |u| area over the faces of a cell over its volume; infinite when any
   * velocity is not finite */
  double (*rate)(const struct assay_vof_sweep *s);
  /* flux_x from work and u; flux_y from work and v */
  void (*flux_x)(const struct assay_vof_sweep *s);
  void (*flux_y)(const struct assay_vof_sweep *s);
  /* work = c - (difference of flux_x) / volume, plus the dilation of this direction */
  void (*advance_x)(const struct assay_vof_sweep *s);
  void (*advance_y)(const struct assay_vof_sweep *s);
  /* c = work - (difference of the fluxes of this direction) / volume, plus the dilation, where work
   * holds what the other direction's advance left; rounded to 0 or 1 if closer than
   * ASSAY_VOF_PURE */
  struct assay_vof_balance (*finish_x)(const struct assay_vof_sweep *s);
  struct assay_vof_balance (*finish_y)(const struct assay_vof_sweep *s);
  /* c += share c (1 - c) */
  void (*spread)(const struct assay_vof_sweep *s, double share);
};

ASSAY_ISA_DECLARE(struct assay_vof_kernels, assay_vof_kernels)

#endif
