/* Random stream functions in a rectangle: fluid starts that are at rest on the walls. */
#ifndef ASSAY_CORE_FLOW_RANDOM_STREAM_H
#define ASSAY_CORE_FLOW_RANDOM_STREAM_H
#include "core/num/random.h"

enum { ASSAY_RANDOM_STREAM_MODES = 64 };

struct assay_random_stream {
  int nx, ny;           /* cells */
  double width, height; /* m */
  int modes;    /* largest wave number, in half waves per side: 1 .. ASSAY_RANDOM_STREAM_MODES */
  double speed; /* m/s, root of the mean square speed */
};

/* psi [ny+1, nx+1] in m^2/s at the grid corners, zero with its normal derivative on the boundary.
 * It depends on the place, the settings and the start of the stream rng only: another grid gets the
 * same function at its own corners. ASSAY_ENOMEM, ASSAY_EARG. */
int assay_random_stream(double *psi, const struct assay_random_stream *s,
                        const struct assay_rng *rng);

/* Mean velocities over the faces of an [ny, nx] grid, which are exactly divergence-free: u [ny,
 * nx+1] = d psi/dy, v [ny+1, nx] = -d psi/dx. */
void assay_stream_to_faces(double *u, double *v, const double *psi, int nx, int ny, double dx,
                           double dy);

#endif
