/* Shared by the evidence and the pictures of the cylinder. */
#ifndef ASSAY_GENERATORS_CYLINDER_WATCH_H
#define ASSAY_GENERATORS_CYLINDER_WATCH_H
#include "generators/cylinder.h"

/* A case whose frames are the samples of its signals; what is measured starts at time `from`. */
struct assay_cylinder_setup {
  struct assay_cylinder p;
  double from; /* s */
};

struct assay_cylinder_signals {
  int first, n;         /* samples from `from` on: first .. n - 1 */
  double *cd, *cl, *dp; /* [n] drag and lift coefficient, pressure difference in Pa */
  double length;        /* of the bubble behind the obstacle at the end, m; NaN: none */
  double flux;          /* largest |flux through a column - inflow| over the inflow, any sample */
};

/* Run a setup. The caller frees with assay_cylinder_forget, also after a failure. */
int assay_cylinder_watch(struct assay_cylinder_signals *w, const struct assay_cylinder_setup *s);
void assay_cylinder_forget(struct assay_cylinder_signals *w);

/* What can be said of a flow. Over whole periods of the lift behind `from` where it oscillates;
 * of a steady flow at its last sample. */
enum assay_cylinder_quantity {
  ASSAY_CYLINDER_MEAN_CD,
  ASSAY_CYLINDER_HIGHEST_CD,
  ASSAY_CYLINDER_LAST_CL,
  ASSAY_CYLINDER_CL_AMPLITUDE,
  ASSAY_CYLINDER_HIGHEST_CL,
  ASSAY_CYLINDER_STROUHAL,
  ASSAY_CYLINDER_LAST_DP, /* Pa */
  ASSAY_CYLINDER_HALF_DP, /* Pa, half a period after the highest lift */
  ASSAY_CYLINDER_BUBBLE,  /* its length over the diameter */
  ASSAY_CYLINDER_GROWTH,  /* rate of the lift, 1/s */
  ASSAY_CYLINDER_QUANTITIES
};

/* Run a setup and measure everything; what does not apply is NaN. */
int assay_cylinder_measure(double out[ASSAY_CYLINDER_QUANTITIES],
                           const struct assay_cylinder_setup *s);

/* A circle of diameter 1 in a stream of speed 1, `cells` solver cells per diameter, free-slip walls
 * at -half and half. */
#define ASSAY_CYLINDER_OPEN(re, cells, up, down, half)                                         \
  .inlet_velocity = 1, .density = 1, .viscosity = 1.0 / (re), .diameter = 1, .upstream = (up), \
  .downstream = (down), .below = (half), .above = (half), .nx = ((up) + (down)) * (cells),     \
  .ny = 2 * (half) * (cells), .refine_x = 1, .refine_y = 1, .cells_per_diameter = (cells),     \
  .walls = ASSAY_CYLINDER_FREE_SLIP

/* The channel of Schaefer and Turek: 2.2 m x 0.41 m, circle of 0.1 m at (0.2, 0.2) m, parabolic
 * inflow of mean u, rho 1, nu 1e-3. */
#define ASSAY_CYLINDER_BENCHMARK(u, columns, rows)                                           \
  .inlet_velocity = (u), .density = 1, .viscosity = 1e-3, .diameter = 0.1, .upstream = 0.2,  \
  .downstream = 2.0, .below = 0.2, .above = 0.21, .inlet_profile = ASSAY_CYLINDER_PARABOLIC, \
  .nx = (columns), .ny = (rows), .refine_x = 1, .refine_y = 1, .cells_per_diameter = 10,     \
  .start = ASSAY_CYLINDER_STREAM

#endif
