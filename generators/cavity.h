/* Shared by cavity.c, cavity_flow.c and cavity_evidence.c. */
#ifndef ASSAY_GENERATORS_CAVITY_H
#define ASSAY_GENERATORS_CAVITY_H
#include "core/flow/mac.h"
#include "generators/generator.h"

enum assay_cavity_until {
  ASSAY_CAVITY_FRAMES, /* all frames are computed */
  ASSAY_CAVITY_STEADY, /* the case ends with the first steady frame */
  ASSAY_CAVITY_REPEAT  /* the first steady frame is repeated up to the last */
};
enum assay_cavity_start { ASSAY_CAVITY_REST, ASSAY_CAVITY_RANDOM };

struct assay_cavity {
  double width, height, lid_velocity, density, viscosity;
  int nx, ny, refine, frames;
  double frame_interval, frame_turnovers;
  int until; /* enum assay_cavity_until */
  double steady_tolerance;
  int start; /* enum assay_cavity_start */
  double start_speed;
  int start_modes;
  int scheme;    /* enum assay_mac_scheme */
  int diffusion; /* enum assay_mac_viscous */
  double cfl;
};

/* Fields in the order of the generator's table. */
enum assay_cavity_field {
  ASSAY_CAVITY_U,
  ASSAY_CAVITY_V,
  ASSAY_CAVITY_P,
  ASSAY_CAVITY_VORTICITY,
  ASSAY_CAVITY_STREAM,
  ASSAY_CAVITY_MASK, /* from here on demand */
  ASSAY_CAVITY_DISTANCE,
  ASSAY_CAVITY_TAG,
  ASSAY_CAVITY_ENERGY,
  ASSAY_CAVITY_LID_FORCE,
  ASSAY_CAVITY_FIELDS
};

/* Solver cells per stored cell: p->refine, or what 0 stands for. */
int assay_cavity_refine(const struct assay_cavity *p);

/* What the solver is told; the grid is refine times the stored one. */
struct assay_mac_settings assay_cavity_settings(const struct assay_cavity *p);

/* U of all non-dimensional numbers: the lid, or the start where the lid stands still. */
double assay_cavity_speed(const struct assay_cavity *p);

/* The generator's run and run_group. */
int assay_cavity_run(struct assay_case *out, const void *params, struct assay_case_key key);
int assay_cavity_run_group(const struct assay_case_stream *stream);

extern const struct assay_evidence assay_cavity_evidence[];
extern const struct assay_illustration assay_cavity_illustrations[];

#endif
