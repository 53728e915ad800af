/* Kernels of the MAC solver for several cases in the lanes of a vector: element (j, i) of all cases
 * side by side. One table per instruction set; a lane's bits are those of mac_kernels.c. */
#ifndef ASSAY_CORE_FLOW_MAC_BATCH_KERNELS_H
#define ASSAY_CORE_FLOW_MAC_BATCH_KERNELS_H
#include <stddef.h>

#include "core/num/isa.h"
#include "core/num/poisson_lanes.h"

/* Numbers of every lane, [.., vl]; with those of an idle lane zero its fields stay as they are. */
enum mac_lane_number {
  MAC_IX, /* 1/dx */
  MAC_IY,
  MAC_NU_XX, /* nu/dx^2 */
  MAC_NU_YY,
  MAC_CENTRE, /* 2 (nu/dx^2 + nu/dy^2) */
  MAC_CX,     /* of convection: 1/dx, a quarter of it for central fluxes */
  MAC_CY,
  MAC_NOW, /* u_new = u + now h - before h_old, then projected */
  MAC_BEFORE,
  MAC_LEFT, /* twice the speed of the wall along itself */
  MAC_RIGHT,
  MAC_BOTTOM,
  MAC_TOP,
  MAC_HALF, /* the same in all lanes: 1/2, 2, 1/6, -0 */
  MAC_TWO,
  MAC_SIXTH,
  MAC_MINUS,
  MAC_LANE_NUMBERS
};

/* vl cases of nx x ny cells between no-slip walls. Fields with halo: lane l of element (j, i) at
 * [j * stride + i * vl + l], two valid values beyond the walls on every side; below those of u and
 * v is room for one more row. */
struct assay_mac_lanes {
  int nx, ny;
  ptrdiff_t stride;     /* doubles between rows */
  double *u, *v;        /* at t; that at t + dt comes one row lower, u - stride and v - stride */
  double *hu, *hv;      /* right-hand side one level back, then of the present one */
  const double *number; /* [MAC_LANE_NUMBERS, vl] */
  const struct assay_poisson_lanes *poisson;
  double *g;    /* [ny, nx, vl] */
  double *rows; /* [6, nx + 2, vl] */
  double *carry, *work;
  double *rate; /* [vl] largest |u|/dx + |v|/dy of the new velocity */
};

struct assay_mac_batch_kernels {
  int vl;
  /* An explicit step, all that assay_mac_step does with fields, is one pass up the rows, with
   * central or limited convection, and one down. */
  void (*up_central)(const struct assay_mac_lanes *s);
  void (*up_limited)(const struct assay_mac_lanes *s);
  void (*down)(const struct assay_mac_lanes *s);
};

ASSAY_ISA_DECLARE(struct assay_mac_batch_kernels, assay_mac_batch_kernels)

#endif
