/* One case in memory: what a generator fills, what a part file holds, what the writer stores.
 *
 * Shapes, here and in files: grids (case, time, z, y, x), slowest first; lengths in axis rows. */
#ifndef ASSAY_DATASETS_CASE_H
#define ASSAY_DATASETS_CASE_H
#include <stdbool.h>
#include <stddef.h>

#include "core/base/param.h"

enum assay_dtype { ASSAY_F32, ASSAY_F64 };
size_t assay_dtype_size(enum assay_dtype type);

enum assay_axis_kind {
  ASSAY_AXIS_CENTRES,  /* lo + (i + 1/2) (hi - lo) / n */
  ASSAY_AXIS_PERIODIC, /* lo + i (hi - lo) / n */
  ASSAY_AXIS_INDEX,    /* i; no coordinate variable (state, particle, component, column) */
};

/* One dimension besides case and time. Names are literals or outlive the case. */
struct assay_axis {
  const char *name, *unit, *doc;
  enum assay_axis_kind kind;
  int n;
  double lo, hi;
};
double assay_axis_at(const struct assay_axis *axis, int i);

enum { ASSAY_AXES_MAX = 3 };
struct assay_shape {
  int n_frames;          /* most frames of a case; 1 when there is no time axis */
  double frame_interval; /* s; frame k is at time k * frame_interval */
  int n_axes;
  struct assay_axis axis[ASSAY_AXES_MAX]; /* slowest first: y, x */
};
/* product of the axis lengths */
size_t assay_shape_points(const struct assay_shape *shape);

enum assay_field_kind {
  ASSAY_FIELD_FRAME,  /* (time, axes...) */
  ASSAY_FIELD_STATIC, /* (axes...): mask, signed distance */
  ASSAY_FIELD_SCALAR, /* (time): drag, kinetic energy */
};

/* A row of a generator's output table; name == NULL ends it. */
struct assay_field {
  const char *name;
  const char *unit;          /* UDUNITS text, "1" for none */
  const char *doc;           /* long_name */
  const char *standard_name; /* CF, or NULL */
  enum assay_field_kind kind;
  char vector;   /* 'x', 'y', 'z': component of the velocity, drawn and checked together; else 0 */
  bool optional; /* not stored unless the recipe asks for it by name */
};

/* Sides of a grid; west and east end the last axis (x), south and north the one before. */
enum assay_side { ASSAY_WEST, ASSAY_EAST, ASSAY_SOUTH, ASSAY_NORTH, ASSAY_SIDES };
/* Index of the axis that runs along a side of a two-dimensional grid; -1 in other dimensions. */
int assay_side_axis(int n_axes, int side);
/* Points of the longest axis: room for the values along any side. */
int assay_profile_room(int n_axes, const struct assay_axis *axis);

enum assay_boundary_type {
  ASSAY_BOUNDARY_NONE, /* nothing is imposed on this field there */
  ASSAY_BOUNDARY_DIRICHLET,
  ASSAY_BOUNDARY_NEUMANN, /* outward normal derivative */
  ASSAY_BOUNDARY_PERIODIC,
};

enum assay_error_kind {
  ASSAY_ERROR_UNAVAILABLE, /* see reason */
  ASSAY_ERROR_EXACT,       /* against an exact solution */
  ASSAY_ERROR_RICHARDSON,  /* |f_h - f_2h| / (2^p - 1) */
  ASSAY_ERROR_STATISTICS,  /* beyond t_pred: differences of time statistics */
  ASSAY_ERROR_SAMPLED,     /* measured on other cases of the set */
};

/* How the solver carries momentum: what `scheme: auto` came to. */
enum assay_convection_scheme {
  ASSAY_CONVECTION_UNSTATED,
  ASSAY_CONVECTION_CENTRAL,        /* second order, for cell Reynolds numbers that it bears */
  ASSAY_CONVECTION_LIMITED,        /* upwind-biased: stable where the flow is not resolved */
  ASSAY_CONVECTION_LIMITED_UPWIND, /* the same, of first order at faces near bodies */
};
/* Viscous terms in time. */
enum assay_viscous_scheme {
  ASSAY_VISCOUS_UNSTATED,
  ASSAY_VISCOUS_EXPLICIT,
  ASSAY_VISCOUS_IMPLICIT,
};

/* How far one case can be trusted. The generator fills what it knows; NaN means "does not apply".
 * Rows for files and reports: assay_certificate_rows (offsets into this struct). */
struct assay_certificate {
  bool diverged;
  double diverged_time;   /* s */
  double max_divergence;  /* max over frames and cells of |div u| L / U on solver faces, 1 */
  double mass_imbalance;  /* net boundary flux over the flux scale, 1 */
  double energy_residual; /* of the discrete kinetic-energy budget over its largest term, 1 */
  double steady_change;   /* |du/dt| L / U^2 at the last frame, 1 */
  int steady_from;        /* first frame that repeats the steady state; -1: never */
  double dt_min, dt_max;  /* s */
  double cell_reynolds;   /* largest |u| h / nu */
  double steps;           /* time steps taken */
  /* of two-phase flows; the marked fluid is the one whose volume fraction is 1 */
  double volume_balance; /* max over frames of |V(t) - V(0) - inflow + outflow| over the volume of
                            the domain, 1 */
  double fraction_min, fraction_max; /* over all frames and solver cells, 1 */
  /* filled by datasets/certify.c */
  int error_kind; /* enum assay_error_kind */
  double t_pred;  /* s; time up to which f_h and f_2h agree within 10 %; NaN: all of it */
  bool resolved;  /* error of the state below 2 %, or the statistics agree (datasets/resolved.c) */
  /* statistics of the frames behind t_pred, largest over the fields: |s_h - s_2h| over the rms of
   * the field for mean and rms, over the value itself for energy and frequency */
  double mean_difference, rms_difference, energy_difference, frequency_difference; /* 1 */
  int convection_scheme; /* enum assay_convection_scheme; by the generator */
  int viscous_scheme;    /* enum assay_viscous_scheme; by the generator */
  char reason[192];      /* of divergence or of an unavailable estimate; "" otherwise */
};
extern const struct assay_param assay_certificate_rows[]; /* without reason */
/* So many rows, the first ones, are in every file and part; those that came later can be missing
 * and are then as after assay_certificate_clear. */
enum { ASSAY_CERTIFICATE_FIRST_ROWS = 21 };
void assay_certificate_clear(struct assay_certificate *c); /* NaN, -1, false, unstated */

struct assay_case {
  long id; /* global 0-based index in the recipe */
  enum assay_dtype dtype;
  struct assay_shape shape;
  const struct assay_field *fields; /* the generator's table, borrowed */
  int n_fields;
  /* per field: [shape.n_frames, points], [points] or [shape.n_frames] of dtype; NULL: not stored */
  void **data;
  double *time; /* [shape.n_frames] s */
  int n_frames; /* realised; frames behind it are fill */
  double
      *error; /* [n_fields, shape.n_frames] rms error estimate in the field's unit; NaN unknown */
  struct assay_certificate certificate;
};

/* Room for all fields named in `select` (NULL-terminated; NULL: all that are not optional). The
 * shape is copied, the table borrowed. ASSAY_ENOTFOUND for an unknown name, ASSAY_ENOMEM. */
int assay_case_create(struct assay_case **out, long id, const struct assay_shape *shape,
                      const struct assay_field *fields, const char *const *select,
                      enum assay_dtype dtype);
void assay_case_destroy(struct assay_case *c);

/* Index of a field in the table, -1 when there is none. */
int assay_case_field(const struct assay_case *c, const char *name);
/* Whether the recipe stores it: a generator need not compute what nobody wants. */
bool assay_case_wants(const struct assay_case *c, int field);
/* Numbers in one frame of a field: points, or 1 for a scalar. */
size_t assay_case_elements(const struct assay_case *c, int field);
/* Frames for which a field has room: shape.n_frames, or 1 for a static field. */
int assay_case_frames(const struct assay_case *c, int field);

/* Store one frame (frame is ignored for static fields), converting from double. values has shape
 * [points], or [1] for scalars. A field that is not stored is skipped. */
void assay_case_put(struct assay_case *c, int field, int frame, const double *values);
/* The same the other way round. */
void assay_case_get(const struct assay_case *c, int field, int frame, double *values);
/* Over the points of one frame; work [points]. */
double assay_case_mean_square(const struct assay_case *c, int field, int frame, double *work);

#endif
