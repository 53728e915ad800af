/* Equations that the coarse solver knows. To add one: write its functions and put it into the table
 * in baselines/coarse_solver.c. */
#ifndef ASSAY_BASELINES_COARSE_H
#define ASSAY_BASELINES_COARSE_H
#include <stdbool.h>

#include "baselines/question.h"

/* One case on its coarse grid. Arrays are borrowed. */
struct assay_coarse {
  const struct assay_question *question;
  struct assay_shape fine, coarse; /* axes with the ends of this case */
  const double *given;             /* [n_fields, fine points] start, NULL: none */
  double start_time;               /* s */
};

/* A parameter of the case by name; false when it is not given. */
bool assay_coarse_param(double *out, const struct assay_coarse *c, const char *name);
/* The same, ASSAY_ENOTFOUND when it is not given. */
int assay_coarse_need(double *out, const struct assay_coarse *c, const char *name);
/* Position in the task of the field with this name, -1 when it is not asked for. */
int assay_coarse_field(const struct assay_coarse *c, const char *name);

/* Values [ny, nx] at the places (ys, xs) from values on the points of a grid, linear along every
 * axis. Between a wall and the first centres: linear to the wall's value, walls [ASSAY_SIDES], or
 * extrapolated where walls is NULL or NaN. A grid of one axis has ny = 1. */
void assay_coarse_sample(double *out, int ny, const double *ys, int nx, const double *xs,
                         const double *values, const struct assay_shape *from, const double *walls);

struct assay_coarse_equation {
  const char *name, *doc;
  /* Parameters that must be given: NULL-terminated. */
  const char *const *params;
  enum assay_axis_kind axes;
  int min_axes, max_axes;
  /* State at start_time, from c->given or from rest. ASSAY_EUNSUPPORTED: the task does not give
   * what the equation needs. */
  int (*start)(void **state, const struct assay_coarse *c);
  /* On to time t. ASSAY_EDIVERGED. */
  int (*advance)(void *state, double t);
  /* A field (position in the task) on the coarse points. ASSAY_EUNSUPPORTED: not known. */
  int (*read)(double *out, void *state, const struct assay_coarse *c, int field);
  /* walls [ASSAY_SIDES]: what the equation imposes on a field, NaN nothing. NULL: nothing at all.
   */
  void (*walls)(double *walls, const struct assay_coarse *c, int field);
  void (*finish)(void *state); /* NULL is allowed */
};
extern const struct assay_coarse_equation *const assay_coarse_equations[]; /* NULL-terminated */

extern const struct assay_coarse_equation assay_coarse_flow, assay_coarse_heat;

#endif
