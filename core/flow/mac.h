/* Incompressible Navier-Stokes in a rectangle, with obstacles if wanted, on a uniform staggered
 * (MAC) grid,
 *
 *   du/dt + div(u u) = -grad p / rho + nu lap u + f,    div u = 0.
 *
 * u lives on the vertical cell faces, [ny, nx+1], face (j, i) at (i dx, (j+1/2) dy); v on the
 * horizontal ones, [ny+1, nx], at ((i+1/2) dx, j dy); p in the cells, [ny, nx]. Row 0 is the
 * bottom.
 *
 * Second order in space and time; the divergence of every step is zero to rounding (direct Poisson
 * solver), with obstacles that of the fluxes through the open parts of the faces. What is chosen
 * for a run (convective scheme, treatment of viscosity) follows from the settings alone and the
 * step from settings and state, so a run gives the same bits everywhere. Equations and choices:
 * core/flow/mac_step.c; kernels: core/flow/mac_kernels.c. */
#ifndef ASSAY_CORE_FLOW_MAC_H
#define ASSAY_CORE_FLOW_MAC_H
#include <stddef.h>

#include "core/flow/body.h"

enum assay_mac_wall {
  ASSAY_MAC_NO_SLIP,   /* fluid sticks to the wall, which may slide along itself */
  ASSAY_MAC_FREE_SLIP, /* no shear stress */
  ASSAY_MAC_PERIODIC,  /* this side and the opposite one are the same */
  ASSAY_MAC_INFLOW,    /* normal velocity given, tangential velocity zero */
  ASSAY_MAC_OUTFLOW    /* p = 0 and no normal slope of the velocity; fluid that comes back in brings
                          no momentum along */
};

enum assay_mac_profile {
  ASSAY_MAC_UNIFORM,
  ASSAY_MAC_PARABOLIC, /* zero at both ends of the side; `inflow` is the peak, the mean is 2/3 */
  ASSAY_MAC_CUSTOM     /* what the callback says, times `inflow` */
};

/* Normal velocity into the domain, over `inflow`, at the distance s [m] from the left or lower end
 * of the side, at time t [s]. */
typedef double assay_mac_shape(void *context, double s, double t);

enum assay_mac_side {
  ASSAY_MAC_LEFT,
  ASSAY_MAC_RIGHT,
  ASSAY_MAC_BOTTOM,
  ASSAY_MAC_TOP,
  ASSAY_MAC_SIDES
};

enum assay_mac_scheme {
  ASSAY_MAC_SCHEME_AUTO,
  ASSAY_MAC_CENTRAL, /* conserves momentum and, but for time stepping, kinetic energy */
  ASSAY_MAC_LIMITED  /* third-order upwind-biased with Koren's limiter: no ringing */
};

enum assay_mac_viscous {
  ASSAY_MAC_VISCOUS_AUTO,
  ASSAY_MAC_EXPLICIT, /* Adams-Bashforth 2 */
  ASSAY_MAC_IMPLICIT  /* backward differences 2, factored */
};

/* A borrowed array: element (j, i) is data[j * stride + i], 0 <= j < ny, 0 <= i < nx. */
struct assay_mac_view {
  const double *data;
  ptrdiff_t stride;
  int nx, ny;
};

/* The same to be written. */
struct assay_mac_array {
  double *data;
  ptrdiff_t stride;
  int nx, ny;
};

/* Fill the body force [m/s^2] on the faces of u, fx [ny, nx+1], and of v, fy [ny+1, nx], at time t.
 */
typedef void assay_mac_force(void *context, double t, struct assay_mac_array fx,
                             struct assay_mac_array fy);

struct assay_mac_kernels;

/* Zero is the default of every member that has one. */
struct assay_mac_settings {
  int nx, ny;           /* cells, at least 2 each */
  double width, height; /* m */
  double density;       /* kg/m^3 */
  double viscosity;     /* dynamic, Pa s */
  struct {
    enum assay_mac_wall wall;
    double velocity; /* m/s along the wall: in +x for bottom and top, in +y for left and right */
    double inflow;   /* m/s into the domain; inflow sides only, negative: suction */
    enum assay_mac_profile profile;
    assay_mac_shape *shape; /* of a custom profile */
    void *shape_context;
  } side[ASSAY_MAC_SIDES];       /* without an outflow side the inflows must balance at all times */
  const struct assay_body *body; /* [bodies] or NULL; borrowed */
  int bodies;
  enum assay_mac_scheme scheme;
  enum assay_mac_viscous viscous;
  double cfl;             /* largest Courant number max(|u|/dx + |v|/dy) dt; 0: 0.5 */
  double velocity_scale;  /* m/s, for the automatic choices beside the fastest wall and inflow */
  assay_mac_force *force; /* NULL: none */
  void *force_context;
  const struct assay_mac_kernels *kernels; /* NULL: those of assay_isa() */
};

enum { ASSAY_MAC_CELLS_ACROSS = 8 };

struct assay_mac;

/* A solver at t = 0 with the fluid at rest, or, where something flows in, in the potential flow
 * that starts at once. Caller owns *out. ASSAY_EARG: a setting makes no sense: among others a body
 * that crosses a side or lies outside, has fewer than ASSAY_MAC_CELLS_ACROSS cells across, or
 * leaves less than two cells to the next one or to a side; ASSAY_ENOMEM; what assay_poisson_create
 * returns. */
int assay_mac_create(struct assay_mac **out, const struct assay_mac_settings *settings);
void assay_mac_destroy(struct assay_mac *m);

/* Start anew at time t from u [ny, nx+1], v [ny+1, nx], contiguous, in m/s. Values on walls are
 * ignored, the field is made divergence-free. ASSAY_EARG: a value is not finite. */
int assay_mac_start(struct assay_mac *m, double t, const double *u, const double *v);

/* The longest step that is stable and accurate from the present state, in s; infinite when nothing
 * moves and viscosity is implicit. Rule: core/flow/mac_step.c. */
double assay_mac_dt_limit(const struct assay_mac *m);

/* One step of length dt. ASSAY_EDIVERGED: the velocity is no longer finite or exceeds the Courant
 * number at which nothing is stable; the state is then useless. */
int assay_mac_step(struct assay_mac *m, double dt);

/* Step to exactly t_end in ceil((t_end - t) / dt_limit) equal steps; when the flow meanwhile gets
 * so fast that the Courant number passes 1.2 times the limit, the rest is divided anew. Measures
 * the energy budget over the last step. ASSAY_EDIVERGED. */
int assay_mac_run(struct assay_mac *m, double t_end);

/* The same, but every 256 steps look whether the flow is steady, max |u(t) - u(t - dt)| / dt below
 * tolerance [m/s^2, > 0], and stop where it is: *steady, and the state stands for all later times.
 * Steps, and so the states before, are those of assay_mac_run. */
int assay_mac_run_until(struct assay_mac *m, double t_end, double tolerance, int *steady);

double assay_mac_time(const struct assay_mac *m); /* s */

/* Velocities in m/s; borrowed, valid until the next call that changes m. */
struct assay_mac_view assay_mac_u(const struct assay_mac *m); /* [ny, nx+1] */
struct assay_mac_view assay_mac_v(const struct assay_mac *m); /* [ny+1, nx] */

/* The pressure that belongs to the present velocity, in Pa, zero mean over the fluid or, with an
 * outflow side, zero there: costs one evaluation and one Poisson solve. Inside of bodies it is a
 * continuation without meaning. Borrowed, as above; [ny, nx]. */
struct assay_mac_view assay_mac_pressure(struct assay_mac *m);

/* The pressure in Pa at n points [n, 2] (x, y), as above: bilinear between four cell centres in the
 * fluid, beside bodies and sides a plane fitted to the nearest ones. ASSAY_EARG: a point outside of
 * the fluid. */
int assay_mac_probe(double *p, struct assay_mac *m, int n, const double (*point)[2]);

/* Volume flux in m^2/s through the fluid part of the vertical line at column `face`, 0..nx. */
double assay_mac_flux(const struct assay_mac *m, int face);

/* What the fluid exerts on a body, per m of depth: exactly what the momentum of the discrete fluid
 * lost there over the last step, or with implicit viscosity loses at its end. All zero before the
 * first step. */
struct assay_mac_load {
  double fx, fy;                 /* N/m */
  double pressure_x, pressure_y; /* the part of the pressure; the rest is of viscosity */
  double torque;                 /* N, counter-clockwise about the centroid of the body */
  double power;                  /* W/m, done by the sliding surface on the fluid */
  double time;                   /* s to which this belongs: middle or end of the last step */
};

/* ASSAY_EARG: no body of this number. */
int assay_mac_load(struct assay_mac_load *out, const struct assay_mac *m, int body);

/* Vorticity dv/dx - du/dy in 1/s at the grid corners, out [ny+1, nx+1] contiguous; 0 at corners in
 * bodies. */
void assay_mac_vorticity(const struct assay_mac *m, double *out);

/* Stream function in m^2/s at the grid corners, out [ny+1, nx+1] contiguous, from the exact face
 * fluxes: u = d psi/dy, v = -d psi/dx, psi = 0 in the lower left corner. Constant in bodies. */
void assay_mac_stream(const struct assay_mac *m, double *out);

/* Where assay_mac_sample writes, each [ny/refine_y, nx/refine_x] contiguous; NULL: not wanted.
 * Means are over the fluid part of the coarse cell; where that is empty everything but p is 0. */
struct assay_mac_frame {
  double *u, *v;     /* m/s: exact fluxes through both sides of the coarse cell over what is open of
                        both; away from bodies the mean of the two */
  double *p;         /* Pa: mean over the coarse cell; zero mean over all, or zero at the outflow */
  double *vorticity; /* 1/s: mean over the coarse cell, from the corners by the trapezoidal rule */
  double *stream;    /* m^2/s: mean of the four corners of the coarse cell */
};

/* The present state at the centres of coarse cells of refine_x x refine_y cells each, which must
 * divide nx and ny (ASSAY_EARG); the first with equal refinement both ways. */
int assay_mac_sample(struct assay_mac *m, int refine, const struct assay_mac_frame *out);
int assay_mac_sample_xy(struct assay_mac *m, int refine_x, int refine_y,
                        const struct assay_mac_frame *out);

/* Bits of a boundary tag. */
enum assay_mac_tag {
  ASSAY_MAC_TAG_LEFT = 1 << ASSAY_MAC_LEFT, /* the cell touches this side, whatever it is */
  ASSAY_MAC_TAG_RIGHT = 1 << ASSAY_MAC_RIGHT,
  ASSAY_MAC_TAG_BOTTOM = 1 << ASSAY_MAC_BOTTOM,
  ASSAY_MAC_TAG_TOP = 1 << ASSAY_MAC_TOP,
  ASSAY_MAC_TAG_SURFACE = 16, /* it holds fluid and solid, or fluid and the surface on its border */
  ASSAY_MAC_TAG_SOLID = 32    /* it holds no fluid */
};

/* Where the fluid is, on coarse cells as above; NULL: not wanted. */
struct assay_mac_map {
  double *fraction; /* of the cell's area that is fluid: mean of the exact fractions */
  double *distance; /* m, of the centre to the nearest body or no-slip or free-slip side; negative
                       in bodies; infinite where there is neither */
  signed char *tag; /* bits of enum assay_mac_tag */
};
int assay_mac_map(const struct assay_mac *m, int refine_x, int refine_y,
                  const struct assay_mac_map *out);

struct assay_mac_diagnostics {
  double divergence;      /* max |div u| over the cells, 1/s: fluxes through the open faces */
  double boundary_flux;   /* net volume flux through the boundary, m^2/s: outflow minus inflow */
  double inflow;          /* volume flux through the inflow sides, m^2/s */
  double kinetic_energy;  /* of the fluid, J per m of depth */
  double wall_power;      /* done by the sliding walls and surfaces, W/m */
  double open_power;      /* brought in through in- and outflow sides, W/m */
  double force_power;     /* done by the body force, W/m */
  double dissipation;     /* by viscosity, W/m */
  double energy_residual; /* |dE/dt - powers + dissipation| over the last step of the last run, over
                             the larger of total power and dissipation; 0 before a run */
  double change;          /* max |u(t) - u(t - dt)| / dt of the last step, m/s^2 */
  double courant;         /* of the last step */
  double cell_reynolds;   /* max(|u| dx, |v| dy) / nu */
};
void assay_mac_diagnose(const struct assay_mac *m, struct assay_mac_diagnostics *out);

/* What was chosen and done so far. */
struct assay_mac_account {
  enum assay_mac_scheme scheme;
  enum assay_mac_viscous viscous;
  double cell_reynolds; /* by which the scheme was chosen: highest speed of walls, inflow, surfaces
                           and scale, times cell / nu */
  long long steps;
  double dt_min, dt_max; /* s; 0 before the first step */
};
struct assay_mac_account assay_mac_account(const struct assay_mac *m);

#endif
