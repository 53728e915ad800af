/* A generator made for tests: a travelling wave with an error of known size,
 *
 *   u = a cos(2 pi (x - t)) + error h^2 t sin(2 pi x),   h = length / n,
 *
 * and, on request, every way in which a case can go wrong. */
#ifndef ASSAY_TESTS_DATASETS_TOY_H
#define ASSAY_TESTS_DATASETS_TOY_H
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "generators/generator.h"
#include "tests/test.h"

enum toy_trouble {
  TOY_FINE,
  TOY_DIVERGES,  /* says so at frame 3 */
  TOY_BLOWS_UP,  /* stores a NaN in frame 2 and says nothing */
  TOY_FAILS,     /* returns an error */
  TOY_DIES,      /* kills its process */
  TOY_DIES_ONCE, /* the same, but only while the file toy-died is not there */
};

struct toy {
  int n, stored, frames, trouble, kind;
  double length, amplitude, error, interval;
  bool flag;
};

static const struct assay_param toy_params[] = {
    {ASSAY_P_INT(toy, n), .unit = "1", .doc = "cells", .min = 4, .max = 4096,
     .flags = ASSAY_PARAM_FIXED},
    {ASSAY_P_INT(toy, stored), .unit = "1", .doc = "stored cells, 0: n", .max = 4096,
     .flags = ASSAY_PARAM_FIXED},
    {ASSAY_P_INT(toy, frames), .unit = "1", .doc = "frames", .min = 1, .max = 1000},
    {ASSAY_P_INT(toy, trouble), .unit = "1", .doc = "enum toy_trouble", .max = 10},
    {ASSAY_P_CHOICE(toy, kind, "round", "square"), .doc = "a choice"},
    {ASSAY_P_DOUBLE(toy, length), .unit = "m", .doc = "domain", .min = 0.1, .max = 10},
    {ASSAY_P_DOUBLE(toy, amplitude), .unit = "m s-1", .doc = "of the wave", .min = 0, .max = 100},
    {ASSAY_P_DOUBLE(toy, error), .unit = "1", .doc = "of the scheme", .min = -1e6, .max = 1e6},
    {ASSAY_P_DOUBLE(toy, interval), .unit = "s", .doc = "between frames", .min = 1e-3, .max = 10},
    {ASSAY_P_BOOL(toy, flag), .doc = "cases do not depend on their ids"},
    {0}};
static const struct toy toy_defaults = {
    .n = 16, .frames = 5, .length = 1, .amplitude = 1.5, .error = 2, .interval = 0.1};
static const struct assay_field toy_fields[] = {
    {"u", "m s-1", "velocity", NULL, ASSAY_FIELD_FRAME, 'x', false},
    {"q", "1", "tracer", NULL, ASSAY_FIELD_FRAME, 0, false},
    {"mask", "1", "fluid", NULL, ASSAY_FIELD_STATIC, 0, false},
    {"energy", "m2 s-2", "mean square", NULL, ASSAY_FIELD_SCALAR, 0, false},
    {"extra", "1", "on demand", NULL, ASSAY_FIELD_FRAME, 0, true},
    {0}};

static int toy_shape(struct assay_shape *out, const void *params)
{
  const struct toy *p = params;
  *out = (struct assay_shape){.n_frames = p->frames,
                              .frame_interval = p->interval,
                              .n_axes = 1,
                              .axis = {{"x", "m", "position", ASSAY_AXIS_CENTRES,
                                        p->stored ? p->stored : p->n, 0, p->length}}};
  return ASSAY_OK;
}

/* mean of cos or sin over the cell around x is that at x times a constant near 1: left out */
static double toy_value(const struct toy *p, double x, double t)
{
  const double k = 2 * M_PI, h = p->length / p->n;
  return p->amplitude * cos(k * (x - t)) + p->error * h * h * t * sin(k * x);
}

static void toy_frame(struct assay_case *out, const struct toy *p, struct assay_case_key key, int k)
{
  double u[4096], q[4096], energy = 0;
  const struct assay_axis *x = &out->shape.axis[0];
  for (int i = 0; i < x->n; i++) {
    u[i] = toy_value(p, assay_axis_at(x, i), out->time[k]);
    q[i] = 0.1 * i + (p->flag ? 0 : (double)key.id) + (double)(key.seed % 100) / 7;
    energy += u[i] * u[i] / x->n;
  }
  if (p->trouble == TOY_BLOWS_UP && k == 2) u[1] = (double)NAN;
  assay_case_put(out, 0, k, u);
  assay_case_put(out, 1, k, q);
  assay_case_put(out, 3, k, &energy);
  assay_case_put(out, 4, k, q);
}

static int toy_run(struct assay_case *out, const void *params, struct assay_case_key key)
{
  const struct toy *p = params;
  double ones[4096];
  if (p->trouble == TOY_DIES || (p->trouble == TOY_DIES_ONCE && access("toy-died", F_OK) != 0)) {
    if (p->trouble == TOY_DIES_ONCE) fclose(fopen("toy-died", "w"));
    kill(getpid(), SIGKILL);
  }
  if (p->trouble == TOY_FAILS)
    return assay_err_set(ASSAY_ENOMEM, __FILE__, __LINE__, "no memory for the toy");
  for (int i = 0; i < out->shape.axis[0].n; i++) ones[i] = 1;
  assay_case_put(out, 2, 0, ones);
  for (int k = 0; k < p->frames; k++) {
    if (p->trouble == TOY_DIVERGES && k == 3) {
      out->certificate.diverged_time = out->time[k];
      return assay_err_set(ASSAY_EDIVERGED, __FILE__, __LINE__, "the toy diverged at 0.3 s");
    }
    toy_frame(out, p, key, k);
    out->n_frames = k + 1;
  }
  out->certificate.max_divergence = 1e-14 * (double)(key.id + 1);
  out->certificate.steps = p->frames;
  out->certificate.convection_scheme =
      p->amplitude < 4.2 ? ASSAY_CONVECTION_CENTRAL : ASSAY_CONVECTION_LIMITED;
  out->certificate.viscous_scheme = ASSAY_VISCOUS_IMPLICIT;
  return ASSAY_OK;
}

static int toy_coarsen(void *params)
{
  struct toy *p = params;
  p->n /= 2;
  if (p->stored) p->stored = p->stored < p->n ? p->stored : p->n;
  return ASSAY_OK;
}

static int toy_check(const void *params)
{
  const struct toy *p = params;
  if (p->amplitude == 13.13)
    return assay_err_set(ASSAY_EARG, __FILE__, __LINE__, "an amplitude of 13.13 brings bad luck");
  return ASSAY_OK;
}

static enum assay_boundary_type toy_boundary(double *value, const void *params, int field,
                                             enum assay_side side, double t)
{
  const struct toy *p = params;
  *value = p->amplitude + t + (double)side;
  return field == 0 && side <= ASSAY_EAST ? ASSAY_BOUNDARY_DIRICHLET : ASSAY_BOUNDARY_NONE;
}

static double toy_cost(const void *params)
{
  return 1e-3 * ((const struct toy *)params)->n;
}

static bool toy_draws(const void *params)
{
  return !((const struct toy *)params)->flag;
}

static double toy_square(const void *params)
{
  const struct toy *p = params;
  return p->amplitude * p->amplitude;
}

static double toy_ratio(const void *params)
{
  const struct toy *p = params;
  return p->error * p->length / p->amplitude;
}

static double toy_reynolds(const void *params)
{
  return ((const struct toy *)params)->amplitude;
}

static const struct assay_derived toy_derived[] = {
    {"Re", "1", "what a Reynolds number is to others", toy_reynolds},
    {"amplitude2", "m2 s-2", "amplitude squared", toy_square},
    {"ratio", "1", "error * length / amplitude", toy_ratio},
    {0}};

static const struct assay_generator toy_generator = {.name = "toy",
                                                     .version = 3,
                                                     .doc = "waves for tests",
                                                     .reference = "none",
                                                     .params = toy_params,
                                                     .params_size = sizeof(struct toy),
                                                     .defaults = &toy_defaults,
                                                     .fields = toy_fields,
                                                     .derived = toy_derived,
                                                     .order = 2,
                                                     .check = toy_check,
                                                     .shape = toy_shape,
                                                     .run = toy_run,
                                                     .draws = toy_draws,
                                                     .coarsen = toy_coarsen,
                                                     .boundary = toy_boundary,
                                                     .cost = toy_cost};

static int toy_find(const struct assay_generator **out, const char *name)
{
  *out = &toy_generator;
  if (strcmp(name, "toy") == 0) return ASSAY_OK;
  return assay_err_set(ASSAY_ENOTFOUND, __FILE__, __LINE__, "no generator '%s'", name);
}

#endif
