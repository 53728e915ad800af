/* Inside of the MAC solver: shared by mac.c (life), mac_boundary.c (walls), mac_open.c (in- and
 * outflow), mac_step.c (time), mac_lines.c (implicit viscosity), mac_diagnose.c and mac_sample.c
 * (what can be asked). */
#ifndef ASSAY_CORE_FLOW_MAC_INTERNAL_H
#define ASSAY_CORE_FLOW_MAC_INTERNAL_H
#include "core/flow/mac.h"
#include "core/flow/mac_kernels.h"
#include "core/num/poisson.h"
#include "core/num/tridiag.h"

/* One velocity field or right-hand side; both point at element (0, 0) of an array with halo. */
struct mac_pair {
  double *u, *v;
};

/* Line solvers of (1 - a d2/dx2) and (1 - a d2/dy2) for one component. */
struct mac_factors {
  struct assay_tridiag *x, *y;
};

struct assay_mac {
  struct assay_mac_settings set;
  const struct assay_mac_kernels *kernels;
  struct assay_poisson *poisson;
  struct mac_bodies *bodies; /* NULL: none; mac_body.h */
  ptrdiff_t stride;
  int periodic_x, periodic_y;
  int open;    /* some side lets fluid through */
  int outflow; /* at least one side has p = 0 */
  double dx, dy, nu, cfl, wall_rate;

  double *block;                    /* holds every array below */
  struct mac_pair now, other;       /* velocity at t, and one step back or under construction */
  struct mac_pair rhs;              /* right-hand side one step back */
  struct mac_pair trial, trial_rhs; /* scratch of evaluations outside the sequence of steps */
  struct mac_pair force;            /* NULL without body force */
  double *p;                        /* implicit: pressure over density of the splitting */
  double *pressure;                 /* what assay_mac_pressure shows, Pa */
  double *div, *phi, *work, *rows;
  double *saved;             /* open: velocities or increments on the sides, by side;
                                then their right-hand sides one step back */
  struct mac_factors fu, fv; /* NULL with explicit viscosity */
  double factored;           /* the a for which fu, fv hold, 0: none */

  double t, dt;     /* dt: of the last step */
  int levels;       /* right-hand sides known: 0 at the start, else 1 */
  double phi_scale; /* phi of the last step times this is pressure over density; 0: not yet */
  double rate;      /* max |u|/dx + |v|/dy now */
  double energy_residual;
  struct assay_mac_account account;
};

/* All numbers that follow from the settings (mac.c). */
void assay_mac_derive(struct assay_mac *m, const struct assay_mac_settings *s);

/* Settle scheme, viscosity and Courant number from the settings (mac_step.c). */
void assay_mac_choose(struct assay_mac *m);

/* Fill the halo of a velocity field from its interior and the walls. */
void assay_mac_fill_halo(const struct assay_mac *m, struct mac_pair w);

/* Set the faces on impermeable walls to zero, on inflow sides to the inflow at time t, and the
 * copies of periodic ones; outflow faces keep their values. */
void assay_mac_fix_boundary(const struct assay_mac *m, struct mac_pair w, double t);

/* A sweep over the present velocity with everything filled in but the outputs and coefficients. */
struct assay_mac_sweep assay_mac_sweep_of(const struct assay_mac *m, struct mac_pair w);

/* phi from m->div, both [ny, nx]. */
void assay_mac_solve_poisson(const struct assay_mac *m, double *phi);

/* w -= grad phi with lap phi = m->div; returns the Courant rate. Bodies count `load` times what phi
 * does to them. */
double assay_mac_project(struct assay_mac *m, struct mac_pair w, double *p, double gain,
                         double loss, double load);

/* Solve lap p = div(right-hand side of w), p [ny, nx]. */
void assay_mac_solve_pressure(struct assay_mac *m, double *p, struct mac_pair w);

/* Open sides (mac_open.c). Inflow at time t onto the faces of w; net inflow in m^2/s, and the sum
 * of the amounts; is it finite, and balanced if it must be. */
void assay_mac_set_inflow(const struct assay_mac *m, struct mac_pair w, double t);
double assay_mac_inflow_sum(const struct assay_mac *m, double t, double *gross);
int assay_mac_check_inflow(const struct assay_mac *m, double t);

/* Ghosts beyond outflow sides: left and right, or bottom and top. */
void assay_mac_outflow_halo(const struct assay_mac *m, struct mac_pair w, int vertical);

/* Keep the values on outflow faces, which the kernels overwrite: of the older velocity before an
 * implicit sweep, of the increments before they are added. */
void assay_mac_save_outflow(const struct assay_mac *m, struct mac_pair w);

/* After a sweep from t to t_new: what the kernels left on the open sides and in the divergence. The
 * second: the sweep took time derivatives (keep = 0, now = 1). */
void assay_mac_amend_sides(const struct assay_mac *m, const struct assay_mac_sweep *s, double t,
                           double t_new);
void assay_mac_amend_rates(const struct assay_mac *m, const struct assay_mac_sweep *s, double t);

/* After add_increment: out = now + the saved increments on outflow faces; inflow; divergence. */
void assay_mac_add_outflow(const struct assay_mac *m, struct mac_pair now, struct mac_pair out,
                           double t_new);

/* After a projection: minus the slope of phi on outflow faces; returns the larger of rate and the
 * Courant rates on open sides. */
double assay_mac_project_sides(const struct assay_mac *m, struct mac_pair w, double rate);

/* Ask for the body force at time t. */
void assay_mac_fill_force(const struct assay_mac *m, double t);

/* The line solvers, still without coefficients. */
int assay_mac_create_lines(struct assay_mac *m);
void assay_mac_destroy_lines(struct assay_mac *m);

/* Factor the line solvers for 1 - a lap, unless they hold already. */
void assay_mac_factor(struct assay_mac *m, double a);

/* Diagonal at both ends of the lines of a component along an axis, a over h^2 given. */
struct mac_ends {
  double first, last;
};
struct mac_ends assay_mac_line_ends(const struct assay_mac *m, int component, int axis, double a);

/* r <- (1 - a d2/dx2)^-1 (1 - a d2/dy2)^-1 r for both components, whose values on walls are 0
 * before and after. */
void assay_mac_solve_lines(const struct assay_mac *m, struct mac_pair r);

/* Does a coarse cell of refine_x x refine_y divide the grid? ASSAY_EARG. */
int assay_mac_check_ratio(const struct assay_mac *m, int refine_x, int refine_y);

/* Divergence of the present velocity, [ny, nx] contiguous. */
void assay_mac_divergence(const struct assay_mac *m, double *out);

/* Kinetic energy of the present velocity and what changes it, per depth. */
struct mac_energy {
  double kinetic, wall_power, force_power, dissipation;
  double carried; /* through open sides, by velocity and viscosity */
};
struct mac_energy assay_mac_energy(const struct assay_mac *m);

/* Through open sides, W/m: by velocity and viscosity, and by the pressure of the last step; and
 * what the sums over the grid miss of kinetic energy, J/m, and dissipation on them (mac_power.c).
 */
struct mac_passage {
  double carried, pressure, kinetic, dissipation;
};
struct mac_passage assay_mac_passage(const struct assay_mac *m);

/* With bodies, in the form of the Laplacian, over density and cell area: the power of their
 * surfaces, and what is dissipated beyond the slopes of the plain operator (mac_body_power.c). */
struct mac_surface {
  double power, dissipation;
};
struct mac_surface assay_mac_surface(const struct assay_mac *m);

/* A step of dt whose first stage knows nothing of the past. */
int assay_mac_restarts(const struct assay_mac *m, double dt);

/* Time, step count and Courant number after the fields have gone a step of dt further and m->rate
 * is set. ASSAY_EDIVERGED. */
int assay_mac_account_step(struct assay_mac *m, double dt);

/* m->energy_residual of a step of dt from a state with energy a to the present one. */
void assay_mac_balance(struct assay_mac *m, struct mac_energy a, double dt);

/* max |u(t) - u(t - dt)| / dt of the last step, m/s^2. */
double assay_mac_change(const struct assay_mac *m);

/* The way to the end of a run (mac_step.c): who steps, here or in lanes (mac_batch.c), asks what
 * comes next. */
struct mac_plan {
  double start, end; /* s */
  double dt;         /* of the next step */
  double n, k;       /* the next step is number k of n equal ones; k = 0: to be divided anew */
  long long count;   /* steps since start */
  double tolerance;  /* m/s^2: the run ends early below this change; 0: never */
  int last;          /* the next step ends the run */
  int measured;      /* its energy balance and change are wanted */
  int steady, done;
};

/* A run of m from now to t_end. ASSAY_EARG: t_end lies behind. */
int assay_mac_plan(struct mac_plan *p, const struct assay_mac *m, double t_end, double tolerance);
/* The step that comes next, from the state of m. ASSAY_EDIVERGED. */
int assay_mac_next(struct mac_plan *p, const struct assay_mac *m);
/* After a measured step, with m->t = p->end if it was the last one. */
void assay_mac_judge(struct mac_plan *p, const struct assay_mac *m);

/* The copy of row 0 or column 0 does not count twice. */
static inline int mac_first_v_row(const struct assay_mac *m)
{
  return m->periodic_y ? 0 : 1;
}

static inline int mac_first_u_column(const struct assay_mac *m)
{
  return m->periodic_x ? 0 : 1;
}

/* Unknown faces lie in [first, last] of a direction. */
struct mac_range {
  int first, last;
};

static inline struct mac_range mac_u_columns(const struct assay_mac *m)
{
  const int left = m->periodic_x || m->set.side[ASSAY_MAC_LEFT].wall == ASSAY_MAC_OUTFLOW;
  const int right = m->set.side[ASSAY_MAC_RIGHT].wall == ASSAY_MAC_OUTFLOW;
  return (struct mac_range){left ? 0 : 1, right ? m->set.nx : m->set.nx - 1};
}

static inline struct mac_range mac_v_rows(const struct assay_mac *m)
{
  const int bottom = m->periodic_y || m->set.side[ASSAY_MAC_BOTTOM].wall == ASSAY_MAC_OUTFLOW;
  const int top = m->set.side[ASSAY_MAC_TOP].wall == ASSAY_MAC_OUTFLOW;
  return (struct mac_range){bottom ? 0 : 1, top ? m->set.ny : m->set.ny - 1};
}

#endif
