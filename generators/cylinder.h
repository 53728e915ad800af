/* Shared by cylinder.c (description), cylinder_flow.c (one case), cylinder_evidence.c and tests. */
#ifndef ASSAY_GENERATORS_CYLINDER_H
#define ASSAY_GENERATORS_CYLINDER_H
#include "core/flow/mac.h"
#include "generators/generator.h"

enum assay_cylinder_shape {
  ASSAY_CYLINDER_CIRCLE,
  ASSAY_CYLINDER_ELLIPSE,  /* axes chord and diameter */
  ASSAY_CYLINDER_RECTANGLE /* sides chord and diameter */
};
enum assay_cylinder_profile { ASSAY_CYLINDER_UNIFORM, ASSAY_CYLINDER_PARABOLIC };
enum assay_cylinder_walls {
  ASSAY_CYLINDER_NO_SLIP,
  ASSAY_CYLINDER_FREE_SLIP,
  ASSAY_CYLINDER_MOVING /* with the mean speed of the inflow */
};
enum assay_cylinder_start {
  ASSAY_CYLINDER_REST,
  ASSAY_CYLINDER_STREAM, /* the inflow profile everywhere */
  ASSAY_CYLINDER_RANDOM  /* that plus a random field */
};
enum assay_cylinder_probes {
  ASSAY_CYLINDER_AT_BODY, /* front and back of the obstacle on the line y = 0 */
  ASSAY_CYLINDER_AT_POINTS
};

struct assay_cylinder {
  double inlet_velocity, density, viscosity;
  int shape; /* enum assay_cylinder_shape */
  double diameter, chord, angle, rotation_rate;
  double upstream, downstream, below, above, offset;
  int inlet_profile; /* enum assay_cylinder_profile */
  double ramp_time;
  int walls; /* enum assay_cylinder_walls */
  int nx, ny;
  double cells_per_diameter;
  int refine_x, refine_y; /* 0: by the rule */
  int frames;
  double frame_interval;
  int start; /* enum assay_cylinder_start */
  double start_speed;
  int start_modes;
  double perturbation, perturbation_time;
  double reference_speed, reference_length;
  int probes; /* enum assay_cylinder_probes */
  double probe1_x, probe1_y, probe2_x, probe2_y;
  double steady_tolerance;
  int scheme;    /* enum assay_mac_scheme */
  int diffusion; /* enum assay_mac_viscous */
  double cfl;
};

/* Fields in the order of the generator's table. */
enum assay_cylinder_field {
  ASSAY_CYLINDER_U,
  ASSAY_CYLINDER_V,
  ASSAY_CYLINDER_P,
  ASSAY_CYLINDER_VORTICITY,
  ASSAY_CYLINDER_MASK,
  ASSAY_CYLINDER_DISTANCE,
  ASSAY_CYLINDER_TAG,
  ASSAY_CYLINDER_DRAG,
  ASSAY_CYLINDER_LIFT,
  ASSAY_CYLINDER_TORQUE,
  ASSAY_CYLINDER_CD,
  ASSAY_CYLINDER_CL,
  ASSAY_CYLINDER_DP,
  ASSAY_CYLINDER_MASS_FLUX,
  ASSAY_CYLINDER_ENERGY,
  ASSAY_CYLINDER_FIELDS
};

/* Values of boundary_tag: what a stored cell is or touches; of several, the last in this list. */
enum assay_cylinder_tag {
  ASSAY_CYLINDER_TAG_INTERIOR,
  ASSAY_CYLINDER_TAG_WALL,
  ASSAY_CYLINDER_TAG_INFLOW,
  ASSAY_CYLINDER_TAG_OUTFLOW,
  ASSAY_CYLINDER_TAG_SURFACE, /* holds fluid and obstacle */
  ASSAY_CYLINDER_TAG_SOLID    /* holds no fluid */
};

/* The rectangle in the frame of the obstacle's centre, and what must lie in it. */
struct assay_cylinder_geometry {
  double x0, x1, y0, y1;  /* m */
  double half_x, half_y;  /* of the obstacle's bounding box, m */
  double thickness;       /* smallest width of the obstacle, m */
  int nx, ny;             /* solver cells */
  int refine_x, refine_y; /* solver cells per stored cell */
  double dx, dy;          /* of a solver cell, m */
};
struct assay_cylinder_geometry assay_cylinder_geometry(const struct assay_cylinder *p);

/* Speed of the inflow at time t over its final value: smooth from 0 to 1 within ramp_time. */
double assay_cylinder_ramp(const struct assay_cylinder *p, double t);

/* Speed and length that make coefficients: the parameters, or inlet_velocity and diameter. */
double assay_cylinder_speed(const struct assay_cylinder *p);
double assay_cylinder_length(const struct assay_cylinder *p);

/* A shape turned about the point (x, y). */
struct assay_cylinder_turned {
  double x, y, cosine, sine;
  assay_shape *shape;
  const void *data; /* of the shape about the origin */
};

/* The obstacle in the solver's frame, whose origin is the lower left corner. Must stay where it is
 * while a solver uses it. */
struct assay_cylinder_flow {
  const struct assay_cylinder *p;
  struct assay_cylinder_geometry g;
  struct assay_circle circle;
  struct assay_ellipse ellipse;
  struct assay_rectangle rectangle;
  struct assay_cylinder_turned turned;
  struct assay_body body;
};

/* What the solver is told; *flow and *p are borrowed by the settings. */
struct assay_mac_settings assay_cylinder_settings(struct assay_cylinder_flow *flow,
                                                  const struct assay_cylinder *p);

/* Both points of pressure_difference in the solver's frame. */
void assay_cylinder_probes(double point[2][2], const struct assay_cylinder_flow *flow);

/* Pressure at the first point less that at the second, Pa; on the surface of the obstacle continued
 * from the fluid. ASSAY_EARG: a point is not in the fluid. */
int assay_cylinder_pressure_difference(double *out, struct assay_mac *m,
                                       const struct assay_cylinder_flow *flow);

/* One case (cylinder_flow.c): struct assay_generator.run and .coarsen. */
int assay_cylinder_run(struct assay_case *out, const void *params, struct assay_case_key key);
int assay_cylinder_coarsen(void *params);

extern const struct assay_evidence assay_cylinder_evidence[];
extern const struct assay_illustration assay_cylinder_illustrations[];

#endif
