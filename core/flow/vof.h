/* Geometric volume of fluid on a uniform grid, plane or axisymmetric (y = r, the axis at y = 0).
 *
 * c [ny, nx] is the part of each cell filled by the marked fluid; where it moves with the face
 * velocities u [ny, nx+1], v [ny+1, nx] of a staggered grid (core/flow/mac.h). The interface in a
 * cell is a straight line whose normal comes from the 3 x 3 cells around (mixed Youngs-centred,
 * Aulisa et al. 2007); what crosses a face is cut out of the donating cell exactly. The directions
 * are swept one after the other, in alternating order, by the method of Weymouth & Yue (2010): with
 * divergence-free velocities the volume is kept and 0 <= c <= 1.
 *
 * Volumes are m^2 (per m of depth) in the plane and m^3 per radian in an axisymmetric grid.
 * Equations: core/flow/vof_kernels.c. The same bits on every processor. */
#ifndef ASSAY_CORE_FLOW_VOF_H
#define ASSAY_CORE_FLOW_VOF_H
#include <stddef.h>

#include "core/flow/mac.h"

struct assay_vof_kernels;

/* Zero is the default of every member that has one. */
struct assay_vof_settings {
  int nx, ny;    /* cells, at least 2 each */
  double dx, dy; /* m */
  int axisymmetric;
  int periodic_x, periodic_y;              /* periodic_y not with axisymmetric */
  const unsigned char *blocked;            /* [ny, nx], 1: solid; copied; NULL: none */
  const struct assay_vof_kernels *kernels; /* NULL: those of assay_isa() */
};

struct assay_vof;

/* A grid without marked fluid, closed on all sides that are not periodic. Caller owns *out.
 * ASSAY_EARG: a setting makes no sense; ASSAY_ENOMEM. */
int assay_vof_create(struct assay_vof **out, const struct assay_vof_settings *settings);
void assay_vof_destroy(struct assay_vof *f);

/* What lies beyond a piece of the boundary for the shape of the interface. */
enum assay_vof_beyond {
  ASSAY_VOF_SAME, /* the mirror image: walls met at right angles, outlets */
  ASSAY_VOF_GIVEN /* the given fraction: inlets */
};

/* Whatever flows in through faces [first, first + count) of this side holds this fraction of marked
 * fluid; what flows out is cut from the cell inside. Faces count from the left or from the bottom.
 * Initially fraction 0 and ASSAY_VOF_SAME everywhere. ASSAY_EARG: no such faces, a fraction outside
 * [0, 1]. */
int assay_vof_boundary(struct assay_vof *f, enum assay_mac_side side, int first, int count,
                       double fraction, enum assay_vof_beyond beyond);

/* Start anew from c0 [ny, nx] contiguous; solid cells are emptied, the accounts cleared. Fractions
 * closer than ASSAY_VOF_PURE to 0 or 1 become 0 or 1 here and after every step; the difference is
 * spread over the cells that the interface crosses. ASSAY_EARG: a fraction outside [0, 1]. */
#define ASSAY_VOF_PURE 1e-12
int assay_vof_start(struct assay_vof *f, const double *c0);

/* A continuous function that is positive inside the marked fluid; best a distance in m. */
typedef double assay_vof_level(void *context, double x, double y);

/* Fractions [ny, nx], contiguous, of the shape level > 0 in cells of dx by dy from (x0, y0): exact
 * up to the curvature of the interface below a 1/32 cell. Axisymmetric cells weigh with y. Solid
 * shapes and masks can use it, too. */
void assay_vof_shape(double *c, int nx, int ny, double x0, double y0, double dx, double dy,
                     int axisymmetric, assay_vof_level *level, void *context);

/* assay_vof_start from the shape on this grid, whose corner is (0, 0). */
int assay_vof_fill(struct assay_vof *f, assay_vof_level *level, void *context);

/* Rate in 1/s whose product with a step is the Courant number: half the volume through all faces of
 * a cell over its volume, the largest. */
double assay_vof_rate(const struct assay_vof *f, struct assay_mac_view u, struct assay_mac_view v);

/* Move the fluid by dt with the face velocities u [ny, nx+1], v [ny+1, nx] in m/s, which are taken
 * as zero on the faces of solid cells; periodic ones are equal at both ends. A Courant number above
 * 1/2 is divided into equal parts. ASSAY_EDIVERGED: it exceeds 4 or is not finite, nothing has
 * moved then; ASSAY_ENOMEM. */
int assay_vof_step(struct assay_vof *f, double dt, struct assay_mac_view u,
                   struct assay_mac_view v);

/* Borrowed; the arrays stay in place for the life of f. */
struct assay_mac_view assay_vof_fraction(const struct assay_vof *f); /* [ny, nx]; solid: 0 */
/* Volume of marked fluid through each face during the last step, in +x [ny, nx+1] and in +y
 * [ny+1, nx]. c changed by exactly their differences over the cell volume, up to dt times the
 * divergence of the velocity in more than half full cells and 1e-12. */
struct assay_mac_view assay_vof_flux_x(const struct assay_vof *f);
struct assay_mac_view assay_vof_flux_y(const struct assay_vof *f);

/* Volume of a cell of row j, and of all the marked fluid. */
double assay_vof_cell(const struct assay_vof *f, int j);
double assay_vof_volume(const struct assay_vof *f);

/* Sums since the start, in volumes. volume = that at the start + inflow - outflow + nothing else,
 * but for rounding and for `unplaced`. */
struct assay_vof_account {
  long long steps;
  double inflow[ASSAY_MAC_SIDES]; /* marked fluid in through each side, net */
  double redistributed;           /* moved between cells because of rounding, absolute values */
  double unplaced;                /* still to be moved: no cell had an interface; signed */
  double last_redistributed;      /* in the last step */
};
struct assay_vof_account assay_vof_account(const struct assay_vof *f);

/* Curvature of the interface in 1/m in the cells that it crosses or borders, NaN elsewhere; out
 * [ny, nx] contiguous. Positive where the marked fluid is convex: 1/R in a disc of radius R, 2/R in
 * a sphere on an axisymmetric grid. Second-order by heights over 3 x 9 cells where these are
 * defined, else from a parabola through the pieces of interface around. */
void assay_vof_curvature(const struct assay_vof *f, double *out);

/* The straight piece of interface in cell (j, i), in m from the corner of the grid; returns 0 where
 * there is none. For pictures and for the position of a front. */
int assay_vof_segment(const struct assay_vof *f, int j, int i, double x[2], double y[2]);

#endif
