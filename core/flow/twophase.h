/* Two immiscible incompressible fluids in a rectangle on a uniform staggered grid, as one fluid
 * whose density and viscosity jump where the fraction c of the marked fluid does,
 *
 *   d(rho u)/dt + div(rho u u) = -grad p + div(mu (grad u + grad u^T)) + rho g + G + sigma k grad
 * c, div u = 0,    dc/dt + div(c u) = 0,    rho = c rho_1 + (1 - c) rho_2,
 *
 * planar, or axisymmetric with y = r counted from the axis (then "per depth" means per radian).
 * u lives on the vertical cell faces, [ny, nx+1], v on the horizontal ones, [ny+1, nx], p and c in
 * the cells, [ny, nx]. Row 0 is the bottom.
 *
 * Mass and momentum are carried by the same fluxes, so that a drop keeps its momentum at any
 * density ratio. The divergence is zero to rounding after every step and the volume of the marked
 * fluid is kept to rounding. Away from the interface second order in space and time. Method:
 * core/flow/twophase_step.c; sides: twophase_boundary.c; pressure: twophase_pressure.c. */
#ifndef ASSAY_CORE_FLOW_TWOPHASE_H
#define ASSAY_CORE_FLOW_TWOPHASE_H
#include "core/flow/mac.h"

enum assay_twophase_kind {
  ASSAY_TWOPHASE_WALL,     /* fluid sticks to it, or slips at the contact line */
  ASSAY_TWOPHASE_SLIP,     /* impermeable, no shear stress; also the axis r = 0 */
  ASSAY_TWOPHASE_INFLOW,   /* given velocity and fraction */
  ASSAY_TWOPHASE_OPENING,  /* given pressure; what flows back has the given fraction */
  ASSAY_TWOPHASE_PERIODIC, /* this whole side and the whole opposite one are the same */
};

enum assay_twophase_profile {
  ASSAY_TWOPHASE_UNIFORM,
  /* zero at both ends of the segment; symmetric about the axis where it touches it */
  ASSAY_TWOPHASE_PARABOLIC,
};

/* A piece of a side, [from, to] in m along it (x for bottom and top, y for left and right), ending
 * on cell faces. from == to == 0: the whole side. */
struct assay_twophase_segment {
  double from, to;
  enum assay_twophase_kind kind;
  double
      velocity; /* m/s; inflow: mean normal velocity into the domain; wall: its own, in +x or +y */
  enum assay_twophase_profile profile; /* inflow */
  double fraction;                     /* of the marked fluid in what flows in */
  double slip_length; /* m, Navier; wall, within two cells of the contact line only */
  double pressure;    /* Pa; opening: far outside. To it comes the weight of the unmarked fluid at
                         rest, zero at the lower left corner of the domain; where fluid flows back
                         its dynamic pressure goes off */
};

enum { ASSAY_TWOPHASE_SEGMENTS = 8, ASSAY_TWOPHASE_BLOCKS = 4 };

/* Parts of a side that no segment covers are no-slip walls. */
struct assay_twophase_side {
  int n;
  struct assay_twophase_segment segment[ASSAY_TWOPHASE_SEGMENTS];
};

/* A solid rectangle with sides on cell faces (to 1e-6 of a cell), no-slip. */
struct assay_twophase_block {
  double x0, x1, y0, y1; /* m */
};

struct assay_twophase_fluid {
  double density;   /* kg/m^3 */
  double viscosity; /* dynamic, Pa s */
};

/* How the pressure is found; the divergence is zero to rounding after each (twophase_pressure.c).
 */
enum assay_twophase_pressure {
  ASSAY_TWOPHASE_AUTO,      /* splitting up to a density ratio of 3 without surface tension, else
                               iterated */
  ASSAY_TWOPHASE_CONVERGED, /* conjugate gradients with the true density to 1e-8, then splitting */
  ASSAY_TWOPHASE_SPLITTING, /* constant-coefficient splitting: one direct solve a step */
  ASSAY_TWOPHASE_ITERATED   /* as converged, to 1e-2 */
};

struct assay_twophase_kernels;

/* Zero is the default of every member that has one. */
struct assay_twophase_settings {
  int nx, ny;                           /* cells, at least 4 each */
  double width, height;                 /* m */
  int axisymmetric;                     /* bottom must be ASSAY_TWOPHASE_SLIP: the axis */
  struct assay_twophase_fluid marked;   /* c = 1 */
  struct assay_twophase_fluid unmarked; /* c = 0 */
  double surface_tension;               /* N/m */
  double gravity[2];                    /* m/s^2 in x and y */
  double force[2]; /* N/m^3, a uniform pressure gradient G that drives the flow */
  struct assay_twophase_side side[ASSAY_MAC_SIDES]; /* enum assay_mac_side */
  int n_blocks;
  struct assay_twophase_block block[ASSAY_TWOPHASE_BLOCKS];
  enum assay_twophase_pressure pressure;
  double tolerance;      /* of the residual, relative; 0: as above; not with splitting */
  double cfl;            /* largest Courant number, at most 0.5; 0: 0.4 */
  double dt_max;         /* s; 0: none */
  double (*clock)(void); /* s; for benchmarks: NULL: nothing is timed */
  const struct assay_twophase_kernels *kernels; /* NULL: those of assay_isa() */
};

struct assay_twophase;

/* A solver at t = 0 with the unmarked fluid at rest everywhere. Caller owns *out.
 * ASSAY_EARG: a setting makes no sense (message says which); ASSAY_ENOMEM. */
int assay_twophase_create(struct assay_twophase **out, const struct assay_twophase_settings *s);
void assay_twophase_destroy(struct assay_twophase *m);

/* Start anew at time t from contiguous arrays: fraction [ny, nx] in 0..1, u [ny, nx+1], v [ny+1,
 * nx] in m/s; NULL: zero. Values on impermeable sides and in blocks are ignored, inflow is imposed,
 * the field is made divergence-free (weighted with the density), and the pressure is that of the
 * start, converged. ASSAY_EARG: a value is not finite or a fraction outside 0..1. */
int assay_twophase_start(struct assay_twophase *m, double t, const double *fraction,
                         const double *u, const double *v);

/* The longest step that is stable from the present state, in s; may be infinite. */
double assay_twophase_dt_limit(const struct assay_twophase *m);

/* One step. ASSAY_EDIVERGED: not finite or hopelessly fast; the state is then useless. */
int assay_twophase_step(struct assay_twophase *m, double dt);

/* Step to exactly t_end in equal steps; the rest is divided anew when they get too long, or far
 * shorter than they need be. ASSAY_EDIVERGED with time and reason. */
int assay_twophase_run(struct assay_twophase *m, double t_end);

double assay_twophase_time(const struct assay_twophase *m); /* s */

/* Borrowed, valid until the next call that changes m. */
struct assay_mac_view assay_twophase_u(const struct assay_twophase *m);        /* m/s, [ny, nx+1] */
struct assay_mac_view assay_twophase_v(const struct assay_twophase *m);        /* m/s, [ny+1, nx] */
struct assay_mac_view assay_twophase_pressure(const struct assay_twophase *m); /* Pa, [ny, nx] */
struct assay_mac_view assay_twophase_fraction(const struct assay_twophase *m); /* 1, [ny, nx] */

/* Vorticity dv/dx - du/dy in 1/s at the grid corners, out [ny+1, nx+1] contiguous. */
void assay_twophase_vorticity(const struct assay_twophase *m, double *out);

/* Where assay_twophase_sample writes, each [ny, nx] contiguous; NULL: not wanted. */
struct assay_twophase_frame {
  double *u, *v;     /* m/s: exact fluxes through the sides of the stored cells, centred */
  double *p;         /* Pa: mean over the stored cell; zero at openings, else zero mean */
  double *vorticity; /* 1/s: mean over the stored cell */
  double *fraction;  /* mean over the stored cell */
};

/* The present state on a stored grid of nx x ny cells over the same rectangle, which need not
 * divide the solver's (core/flow/remap.h). Means over cells leave blocks out. ASSAY_ENOMEM. */
int assay_twophase_sample(const struct assay_twophase *m, int nx, int ny,
                          const struct assay_twophase_frame *out);

struct assay_twophase_diagnostics {
  double divergence;    /* max |div u| over the fluid cells, 1/s */
  double boundary_flux; /* net volume flux through the boundary, m^2/s */
  double volume;        /* of the marked fluid, m^2 */
  double volume_in;     /* of the marked fluid through the boundary since the start, m^2 */
  double volume_error;  /* volume - volume at the start - volume_in, m^2 */
  double fraction_min, fraction_max;
  double kinetic_energy;                 /* J per m of depth */
  double potential_energy;               /* -rho g . x, J per m of depth */
  double mass_flux[ASSAY_MAC_SIDES];     /* into the domain, kg/s per m of depth */
  double mean_pressure[ASSAY_MAC_SIDES]; /* over the part of the side that is no wall, Pa; 0: all
                                            wall */
  double change;                         /* max |u(t) - u(t - dt)| / dt of the last step, m/s^2 */
  double courant;                        /* of the last step */
  double cell_reynolds;                  /* max over faces of rho max(|u| dx, |v| dy) / mu */
};
void assay_twophase_diagnose(const struct assay_twophase *m,
                             struct assay_twophase_diagnostics *out);

/* Force of the fluid on a block (pressure and viscous stress), N per m of depth, in x and y. */
void assay_twophase_block_force(const struct assay_twophase *m, int block, double force[2]);

/* What was done so far. */
struct assay_twophase_account {
  long long steps, iterations; /* iterations: of conjugate gradients */
  double dt_min, dt_max;       /* s; 0 before the first step */
  double seconds[4]; /* spent in fraction, advection, viscosity, pressure: only if timed */
};
struct assay_twophase_account assay_twophase_account(const struct assay_twophase *m);

#endif
