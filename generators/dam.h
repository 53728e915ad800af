/* Shared by dam.c and dam_evidence.c. */
#ifndef ASSAY_GENERATORS_DAM_H
#define ASSAY_GENERATORS_DAM_H
#include "core/flow/twophase.h"
#include "generators/generator.h"

enum assay_dam_start {
  ASSAY_DAM_AIR,   /* air at rest everywhere; water comes in through the inlet only */
  ASSAY_DAM_COLUMN /* air and a column of water on the floor, both at rest */
};

struct assay_dam {
  double length, height, simulated_height, cell;
  double inlet_velocity, inlet_height;
  double water_density, water_viscosity, air_density, air_viscosity;
  double gravity, surface_tension, slip_length;
  double barrier_position, barrier_height, barrier_width;
  int start; /* enum assay_dam_start */
  double column_position, column_width, column_height;
  int nx, ny, frames;
  double frame_interval;
  int pressure; /* enum assay_twophase_pressure */
  double tolerance, cfl;
};

/* Fields in the order of the generator's table. */
enum assay_dam_field {
  ASSAY_DAM_U,
  ASSAY_DAM_V,
  ASSAY_DAM_P,
  ASSAY_DAM_VORTICITY,
  ASSAY_DAM_FRACTION,
  ASSAY_DAM_MASK,
  ASSAY_DAM_DISTANCE,
  ASSAY_DAM_TAG,
  ASSAY_DAM_ENERGY,
  ASSAY_DAM_FLUX_WEST,
  ASSAY_DAM_FLUX_EAST,
  ASSAY_DAM_VOLUME,
  ASSAY_DAM_FRONT,
  ASSAY_DAM_FORCE_X,
  ASSAY_DAM_FORCE_Y,
  ASSAY_DAM_FIELDS
};

/* Values of the field boundary_tag. */
enum assay_dam_tag {
  ASSAY_DAM_INTERIOR,
  ASSAY_DAM_WALL,
  ASSAY_DAM_INFLOW,
  ASSAY_DAM_OPENING,
  ASSAY_DAM_SOLID
};

/* Height of the domain, m. */
double assay_dam_top(const struct assay_dam *p);
int assay_dam_has_barrier(const struct assay_dam *p);

/* Part of the box from (x, y), dx by dy, that the rectangle [x0, x1] x [0, y1] covers. */
double assay_dam_covered(double x, double y, double dx, double dy, double x0, double x1, double y1);

/* The static fields of a case. ASSAY_ENOMEM. */
int assay_dam_put_static(struct assay_case *c, const struct assay_dam *p);

/* The generator's boundary and boundary_profile: the inlet is the lower part of the left side,
 * which is open above. */
enum assay_boundary_type assay_dam_boundary(double *value, const void *params, int field,
                                            enum assay_side side, double t);
double assay_dam_boundary_profile(const void *params, int field, enum assay_side side, double s);

/* What the solver is told. */
struct assay_twophase_settings assay_dam_settings(const struct assay_dam *p);

/* Start of the solver; ASSAY_ENOMEM, what assay_twophase_start returns. */
int assay_dam_fill(struct assay_twophase *m, const struct assay_dam *p);

/* x of the foremost water in the lowest row of cells, m; 0 where there is none. */
double assay_dam_front(const struct assay_twophase *m, double dx);

extern const struct assay_evidence assay_dam_evidence[];
extern const struct assay_illustration assay_dam_illustrations[];
extern const struct assay_generator assay_generator_dam;

#endif
