/* Inside of the volume-of-fluid method: shared by vof.c (life and steps), vof_ghost.c (what lies
 * beyond the fluid) and vof_curvature.c. */
#ifndef ASSAY_CORE_FLOW_VOF_INTERNAL_H
#define ASSAY_CORE_FLOW_VOF_INTERNAL_H
#include "core/flow/vof.h"
#include "core/flow/vof_kernels.h"

enum { VOF_HALO = 4 }; /* rows and columns beyond the grid that vof_ghost.c fills */

/* One face on the boundary of the grid. */
struct vof_face {
  double fraction; /* of what flows in */
  unsigned char given;
};

/* A solid cell that fluid sees: its value is the mean over some fluid cells around it. */
struct vof_solid {
  ptrdiff_t at; /* offset in the arrays of fractions */
  int count;
  ptrdiff_t source[4];
};

struct assay_vof {
  int nx, ny, axisymmetric, periodic_x, periodic_y;
  double dx, dy;
  ptrdiff_t stride;
  const struct assay_vof_kernels *kernels;
  unsigned char *blocked; /* [ny, nx]; NULL: none */
  struct assay_vof_row *row;
  struct vof_face *side[ASSAY_MAC_SIDES];
  struct vof_solid *solid; /* all solid cells beside fluid */
  size_t solids;
  ptrdiff_t *closed_x, *closed_y; /* offsets in the fluxes of the faces of solid cells */
  size_t closed_xs, closed_ys;
  ptrdiff_t *masked; /* offsets of all solid cells */
  size_t maskeds;

  double *block; /* holds the arrays below; those of fractions with halo */
  double *c, *work;
  double *flux_x, *flux_y;
  size_t fluxes; /* length of both, which lie in one piece that starts before face 0 */
  int *list;
  struct assay_vof_account account;
};

/* work <- c with everything beyond the fluid filled in; then, after work has changed, again. */
void assay_vof_prepare(const struct assay_vof *f);
void assay_vof_fill_ghosts(const struct assay_vof *f);

/* The lists of solid cells and their faces, from blocked. ASSAY_ENOMEM. */
int assay_vof_create_solids(struct assay_vof *f);

static inline int vof_is_blocked(const struct assay_vof *f, int j, int i)
{
  return f->blocked && f->blocked[(ptrdiff_t)j * f->nx + i];
}

#endif
