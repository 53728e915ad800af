/* Shared by tube.c, tube_evidence.c and tube_pictures.c. */
#ifndef ASSAY_GENERATORS_TUBE_H
#define ASSAY_GENERATORS_TUBE_H
#include "core/flow/twophase.h"
#include "generators/generator.h"

enum assay_tube_geometry {
  ASSAY_TUBE_PLANE,       /* a gap between two plates, both stored */
  ASSAY_TUBE_AXISYMMETRIC /* a pipe, stored from the axis to the wall */
};

enum assay_tube_start {
  ASSAY_TUBE_EMPTY, /* air at rest */
  ASSAY_TUBE_FULL,  /* water at rest */
  ASSAY_TUBE_PART   /* water at rest up to start_length, air behind */
};

enum assay_tube_until {
  ASSAY_TUBE_FRAMES, /* compute all frames */
  ASSAY_TUBE_STEADY, /* end with the first steady frame */
  ASSAY_TUBE_REPEAT  /* repeat that one */
};

struct assay_tube {
  int geometry; /* enum assay_tube_geometry */
  double length, diameter;
  double inlet_velocity;
  int profile; /* enum assay_twophase_profile */
  double water_density, water_viscosity, air_density, air_viscosity;
  double surface_tension, slip_length;
  int start; /* enum assay_tube_start */
  double start_length;
  int across; /* solver cells over the height of the domain */
  double aspect;
  int nx, ny, frames;
  double frame_interval;
  int until; /* enum assay_tube_until */
  double steady_tolerance;
  int pressure; /* enum assay_twophase_pressure */
  double cfl;
};

/* Fields in the order of the generator's table. */
enum assay_tube_field {
  ASSAY_TUBE_U,
  ASSAY_TUBE_V,
  ASSAY_TUBE_P,
  ASSAY_TUBE_VORTICITY,
  ASSAY_TUBE_FRACTION,
  ASSAY_TUBE_MASK,
  ASSAY_TUBE_DISTANCE,
  ASSAY_TUBE_TAG,
  ASSAY_TUBE_ENERGY,
  ASSAY_TUBE_FLUX_IN,
  ASSAY_TUBE_FLUX_OUT,
  ASSAY_TUBE_VOLUME,
  ASSAY_TUBE_DROP,
  ASSAY_TUBE_FIELDS
};

/* Height of the domain, m: the diameter, or half of it. */
double assay_tube_height(const struct assay_tube *p);

/* What the solver is told. */
struct assay_twophase_settings assay_tube_settings(const struct assay_tube *p);

/* Length to 99 % of the final speed in the middle, after Durst et al. (2005), in diameters. */
double assay_tube_entrance(int geometry, double re);

/* One fluid from rest under a constant pressure gradient, `time` viscous times h^2/nu (pipe:
 * R^2/nu) later: half the gap is h; its speed in the end is assay_tube_top_speed. `across` cells
 * from wall to wall (pipe: from axis to wall) and a few along, all alike. The caller owns *out,
 * also when it fails. */
int assay_tube_start_up(struct assay_twophase **out, int across, int radial, double time,
                        double steps);
double assay_tube_top_speed(int radial);

/* One fluid in a tube with a uniform inlet of speed 1 m/s, steady; *length of the tube in
 * diameters, 1.4 entrances. The caller owns *out, also when it fails. */
int assay_tube_develop(struct assay_twophase **out, double *length, int radial, double re);

/* u in the middle (pipe: on the axis) at column i, fourth order. */
double assay_tube_middle(struct assay_mac_view u, int radial, int i);

extern const struct assay_illustration assay_tube_illustrations[];
extern const struct assay_evidence assay_tube_evidence[];
extern const struct assay_generator assay_generator_tube;

#endif
