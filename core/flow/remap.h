/* From a uniform grid of a rectangle to another uniform grid of the same rectangle that need not
 * divide it, conservatively: integrals over the new cells are exact for piecewise constant values,
 * fluxes through the new faces sum up to those through the old ones.
 *
 * Along one axis, old faces at i/n, new ones at k/m: a new cell's integral is the difference of the
 * cumulative sum at its two ends, linear in between. Fluxes through new faces that lie inside an
 * old cell are interpolated linearly between its two faces; a field that is divergence-free on the
 * old cells is then divergence-free on the new ones, to rounding. */
#ifndef ASSAY_CORE_FLOW_REMAP_H
#define ASSAY_CORE_FLOW_REMAP_H
#include "core/flow/mac.h"

struct assay_remap;

/* A plan from old [ny, nx] cells to new [my, mx]. Caller owns *out. ASSAY_EARG, ASSAY_ENOMEM. */
int assay_remap_create(struct assay_remap **out, int nx, int ny, int mx, int my);
void assay_remap_destroy(struct assay_remap *p);

/* Cells along y weigh as weight [ny] says (axisymmetric: the mean radius); NULL: equally, which is
 * the default. Copied. Any positive scale. The flux through a horizontal face weighs as the linear
 * interpolation between face_weight [ny+1]. Inside an old cell the weight counts as constant. */
void assay_remap_weigh_y(struct assay_remap *p, const double *weight, const double *face_weight);

/* out [my, mx]: means of the cell values in [ny, nx]. Cells where solid [ny, nx] is not 0 are left
 * out; solid may be NULL; a new cell that is all solid becomes `otherwise`. */
void assay_remap_mean(const struct assay_remap *p, double *out, struct assay_mac_view in,
                      const unsigned char *solid, double otherwise);

/* Mean velocities through the new faces, out_u [my, mx+1], out_v [my+1, mx], from u [ny, nx+1] and
 * v [ny+1, nx]. */
void assay_remap_faces(const struct assay_remap *p, double *out_u, double *out_v,
                       struct assay_mac_view u, struct assay_mac_view v);

/* The same, centred: means of the two opposite faces, out_u and out_v [my, mx]; NULL: not wanted.
 */
void assay_remap_centred(const struct assay_remap *p, double *out_u, double *out_v,
                         struct assay_mac_view u, struct assay_mac_view v);

#endif
