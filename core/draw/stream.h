/* Streamlines of a plane velocity field, evenly spaced (after B. Jobard and W. Lefer, "Creating
 * evenly-spaced streamlines of arbitrary density", 1997): new lines start at a fixed distance
 * beside old ones and end where they come nearer than half of it. No chance is involved. */
#ifndef ASSAY_CORE_DRAW_STREAM_H
#define ASSAY_CORE_DRAW_STREAM_H
#include <stdbool.h>

struct assay_flow {
  int nx, ny;
  double x0, y0;          /* first cell centre, m */
  double dx, dy;          /* m, positive */
  const double *u, *v;    /* [ny, nx] m/s, at cell centres */
  const double *mask;     /* [ny, nx] below 0.5: not fluid; NULL: all fluid */
  const double *distance; /* [ny, nx] from solid surfaces, negative inside; NULL: the mask counts */
};

/* Velocity by bilinear interpolation; constant in the outer half cells. False outside the domain,
 * in solids and where it is not finite. */
bool assay_flow_at(double *u, double *v, const struct assay_flow *flow, double x, double y);

struct assay_streamline {
  int first, n; /* its points are at[first ... first + n - 1], downstream */
  bool closed;  /* the last point is the first one again */
};
struct assay_streamlines {
  int n_lines, n_points;
  struct assay_streamline *line;
  double (*at)[2]; /* [n_points] x, y in m */
};
/* Lines about `separation` m apart. Free with assay_streamlines_destroy. ASSAY_EARG, ASSAY_ENOMEM.
 */
int assay_streamlines_create(struct assay_streamlines *out, const struct assay_flow *flow,
                             double separation);
void assay_streamlines_destroy(struct assay_streamlines *s);

#endif
