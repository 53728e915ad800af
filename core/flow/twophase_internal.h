/* Inside of the two-phase solver: shared by twophase.c (life), twophase_check.c (settings),
 * twophase_boundary.c (sides and blocks), twophase_step.c (time), twophase_pressure.c and
 * twophase_diagnose.c (what can be asked). */
#ifndef ASSAY_CORE_FLOW_TWOPHASE_INTERNAL_H
#define ASSAY_CORE_FLOW_TWOPHASE_INTERNAL_H
#include "core/flow/twophase.h"
#include "core/flow/twophase_kernels.h"
#include "core/flow/vof.h"
#include "core/num/capacitance.h"
#include "core/num/poisson.h"
#include "core/num/varpoisson.h"

#define TWOPHASE_CONVERGED_TO 1e-8

enum twophase_part {
  TWOPHASE_FRACTION,
  TWOPHASE_ADVECTION,
  TWOPHASE_VISCOSITY,
  TWOPHASE_PRESSURE,
  TWOPHASE_PARTS
};

/* One cell face of a side. */
struct twophase_face {
  enum assay_twophase_kind kind;
  double velocity; /* inflow: normal, in +x or +y; wall: along itself */
  double fraction, slip_length, pressure;
};

/* Value beyond a side of a velocity along it: a times the inner one plus b. */
struct twophase_mirror {
  double a, b;
};

/* Halos differ with what they are for. */
enum twophase_purpose {
  TWOPHASE_SEEN,    /* linear through the wall */
  TWOPHASE_CARRIED, /* what an inflow brings along */
  TWOPHASE_STRESSED /* value on the wall itself, for the shear factors */
};

struct twophase_side {
  int n, periodic, open;              /* faces; open: how many of them are openings */
  struct twophase_face *face;         /* [n] */
  const struct twophase_face **along; /* [n + 1]: the face that rules a velocity along the side */
};

/* A solid cell takes its material from up to four fluid neighbours, for the viscosity at its
 * corners. */
struct twophase_graft {
  ptrdiff_t cell, from[4];
  int n;
};

struct assay_twophase {
  struct assay_twophase_settings set;
  const struct assay_twophase_kernels *kernels;
  struct assay_vof *vof;
  struct assay_poisson *poisson;
  struct assay_capacitance *capacitance; /* NULL: the sides are uniform and there is no block */
  struct assay_varpoisson *varpoisson;
  struct assay_capacitance_cell *open_cell; /* openings of sides that are not all open */
  int n_open_cells;
  struct twophase_side side[ASSAY_MAC_SIDES];
  unsigned char *solid; /* [ny, nx] */
  struct twophase_graft *graft;
  int n_grafts;

  double *block; /* holds all arrays below */
  struct assay_twophase_row *row;
  struct assay_twophase_sweep s;
  double *phi, *work, *line_scratch, *curvature; /* phi, curvature [ny, nx] contiguous */
  double *beta_x, *beta_y, *open_values;
  double *along_y[4]; /* lo, hi of u and of v along columns, [ny + 1] */
  double *spin;

  enum assay_twophase_pressure pressure; /* the choice */
  double dx, dy, cfl, tolerance, t, dt;
  int levels; /* 0: nothing known of the past, 1: velocity, 2: velocity and pressure */
  double rate, volume_start;
  struct assay_twophase_account account;
};

int assay_twophase_check(const struct assay_twophase_settings *s);

/* Faces of all sides, masks, shear factors, solid cells. */
int assay_twophase_sides_create(struct assay_twophase *m);
void assay_twophase_sides_destroy(struct assay_twophase *m);
void assay_twophase_lay_faces(struct assay_twophase *m);
int assay_twophase_vof_sides(struct assay_twophase *m);
void assay_twophase_impose(const struct assay_twophase *m, struct assay_twophase_pair w);
void assay_twophase_fill_velocity(const struct assay_twophase *m, struct assay_twophase_pair w,
                                  enum twophase_purpose purpose);
/* Halo of a cell array: the nearest cell, or around. */
void assay_twophase_fill_cells(const struct assay_twophase *m, double *a);
void assay_twophase_fill_fraction(const struct assay_twophase *m);
/* Pressure beyond openings such that it has the given value on the face; hold: zero there. */
void assay_twophase_fill_pressure(const struct assay_twophase *m, double *p, int hold);
void assay_twophase_slip_near_interface(const struct assay_twophase *m);

int assay_twophase_pressure_create(struct assay_twophase *m);
void assay_twophase_pressure_destroy(struct assay_twophase *m);
size_t assay_twophase_pressure_work(const struct assay_twophase *m);
/* Settle how, from the settings. */
void assay_twophase_choose_pressure(struct assay_twophase *m);
/* s.out becomes divergence-free, s.p_old the new pressure, m->rate the Courant rate. Residual of
 * the solve with the true density; 0: splitting only. */
int assay_twophase_project(struct assay_twophase *m, double tolerance);

void assay_twophase_material(struct assay_twophase *m);
int assay_twophase_first_pressure(struct assay_twophase *m);

#endif
