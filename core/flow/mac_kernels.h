/* Kernels of the MAC solver, one table per instruction set (core/num/isa.h) and one plain
 * reference. All tables give the same bits. Arrays with halo: element (j, i) at [j * stride + i]
 * with at least two rows and columns of valid values beyond the faces on every side. */
#ifndef ASSAY_CORE_FLOW_MAC_KERNELS_H
#define ASSAY_CORE_FLOW_MAC_KERNELS_H
#include <stddef.h>

#include "core/num/isa.h"

/* One evaluation of the momentum equations and what follows from it. */
struct assay_mac_sweep {
  int nx, ny;
  ptrdiff_t stride;
  int periodic_x, periodic_y;
  double inv_dx, inv_dy;                /* 1/dx, 1/dy */
  double nu_xx, nu_yy;                  /* nu/dx^2, nu/dy^2 */
  const double *u, *v;                  /* present level, halo filled */
  double *u_out, *v_out;                /* see below; implicit: velocity one level back on entry */
  const double *hu, *hv;                /* right-hand side one level back */
  double *hu_out, *hv_out;              /* right-hand side of the present level; may be hu, hv */
  const double *p;                      /* implicit only: pressure over density */
  const double *fx, *fy;                /* body force on the faces, or NULL */
  double keep, now, before, visc, grad; /* coefficients, see below */
  double *div;  /* explicit only: divergence of the result, [ny, nx] contiguous */
  double *rows; /* scratch of assay_mac_scratch(stride) doubles */
};

struct assay_mac_kernels {
  /* u_out = keep u + now h - before h_old,  h = -div(u u) + nu lap u + f;   then div */
  void (*explicit_central)(const struct assay_mac_sweep *s);
  void (*explicit_limited)(const struct assay_mac_sweep *s);
  /* u_out = keep (u - u_out) + now h - before h_old + visc lap_nu u - grad (p_i - p_i-1),
   * h = -div(u u) + f, lap_nu u = nu lap u */
  void (*implicit_central)(const struct assay_mac_sweep *s);
  void (*implicit_limited)(const struct assay_mac_sweep *s);
  /* s->u_out += s->u, likewise v, then div: velocity from the increment of the implicit step */
  void (*add_increment)(const struct assay_mac_sweep *s);
  /* u -= grad phi, v likewise (phi [ny, nx] contiguous, phi[-1] readable), p += gain phi - loss div
   * where p is not NULL; returns the largest |u|/dx + |v|/dy over faces (j, i) of equal index */
  double (*project)(const struct assay_mac_sweep *s, double *u, double *v, const double *phi,
                    double *p, double gain, double loss);
};

static inline size_t assay_mac_scratch(ptrdiff_t stride)
{
  return 8 * (size_t)stride;
}

ASSAY_ISA_DECLARE(struct assay_mac_kernels, assay_mac_kernels)
extern const struct assay_mac_kernels assay_mac_kernels_ref;

#endif
