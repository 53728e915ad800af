/* Incompressible Navier-Stokes in a rectangle on a uniform staggered (MAC) grid,
 *
 *   du/dt + div(u u) = -grad p / rho + nu lap u + f,    div u = 0.
 *
 * u lives on the vertical cell faces, [ny, nx+1], face (j, i) at (i dx, (j+1/2) dy); v on the
 * horizontal ones, [ny+1, nx], at ((i+1/2) dx, j dy); p in the cells, [ny, nx]. Row 0 is the
 * bottom.
 *
 * Second order in space and time; the divergence of every step is zero to rounding (direct Poisson
 * solver). What is chosen for a run (convective scheme, treatment of viscosity) follows from the
 * settings alone and the step from settings and state, so a run gives the same bits everywhere.
 * Equations and choices: core/flow/mac_step.c; kernels: core/flow/mac_kernels.c. */
#ifndef ASSAY_CORE_FLOW_MAC_H
#define ASSAY_CORE_FLOW_MAC_H
#include <stddef.h>

enum assay_mac_wall {
  ASSAY_MAC_NO_SLIP,   /* fluid sticks to the wall, which may slide along itself */
  ASSAY_MAC_FREE_SLIP, /* no shear stress */
  ASSAY_MAC_PERIODIC   /* this side and the opposite one are the same */
};

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
  } side[ASSAY_MAC_SIDES];
  enum assay_mac_scheme scheme;
  enum assay_mac_viscous viscous;
  double cfl;             /* largest Courant number max(|u|/dx + |v|/dy) dt; 0: 0.5 */
  double velocity_scale;  /* m/s, for the automatic choices beside the fastest wall; may be 0 */
  assay_mac_force *force; /* NULL: none */
  void *force_context;
  const struct assay_mac_kernels *kernels; /* NULL: those of assay_isa() */
};

struct assay_mac;

/* A solver at t = 0 with the fluid at rest. Caller owns *out.
 * ASSAY_EARG: a setting makes no sense; ASSAY_ENOMEM; what assay_poisson_create returns. */
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

double assay_mac_time(const struct assay_mac *m); /* s */

/* Velocities in m/s; borrowed, valid until the next call that changes m. */
struct assay_mac_view assay_mac_u(const struct assay_mac *m); /* [ny, nx+1] */
struct assay_mac_view assay_mac_v(const struct assay_mac *m); /* [ny+1, nx] */

/* The pressure that belongs to the present velocity, in Pa, zero mean: costs one evaluation and
 * one Poisson solve. Borrowed, as above; [ny, nx]. */
struct assay_mac_view assay_mac_pressure(struct assay_mac *m);

/* Vorticity dv/dx - du/dy in 1/s at the grid corners, out [ny+1, nx+1] contiguous. */
void assay_mac_vorticity(const struct assay_mac *m, double *out);

/* Stream function in m^2/s at the grid corners, out [ny+1, nx+1] contiguous, from the exact face
 * fluxes: u = d psi/dy, v = -d psi/dx, psi = 0 in the lower left corner. */
void assay_mac_stream(const struct assay_mac *m, double *out);

/* Where assay_mac_sample writes, each [ny/refine, nx/refine] contiguous; NULL: not wanted. */
struct assay_mac_frame {
  double *u, *v;     /* m/s: exact fluxes through the sides of the coarse cells, centred */
  double *p;         /* Pa: mean over the coarse cell; zero mean over all */
  double *vorticity; /* 1/s: mean over the coarse cell, from the corners by the trapezoidal rule */
  double *stream;    /* m^2/s: mean of the four corners of the coarse cell */
};

/* The present state at the centres of coarse cells of refine x refine cells each; refine must
 * divide nx and ny (ASSAY_EARG). */
int assay_mac_sample(struct assay_mac *m, int refine, const struct assay_mac_frame *out);

struct assay_mac_diagnostics {
  double divergence;      /* max |div u| over the cells, 1/s */
  double boundary_flux;   /* net volume flux through the boundary, m^2/s */
  double kinetic_energy;  /* of the fluid, J per m of depth */
  double wall_power;      /* done by the sliding walls, W/m */
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
  double cell_reynolds; /* by which the scheme was chosen: wall speed or scale times cell / nu */
  long long steps;
  double dt_min, dt_max; /* s; 0 before the first step */
};
struct assay_mac_account assay_mac_account(const struct assay_mac *m);

#endif
