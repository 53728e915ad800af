#include "datasets/case.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

#define CERT assay_certificate
/* In the order of files and parts: new rows go to the end. */
const struct assay_param assay_certificate_rows[] = {
    {ASSAY_P_BOOL(CERT, diverged), .doc = "the solver diverged"},
    {ASSAY_P_DOUBLE(CERT, diverged_time), .unit = "s", .doc = "time of divergence"},
    {ASSAY_P_DOUBLE(CERT, max_divergence), .unit = "1",
     .doc = "largest velocity divergence on solver faces times L / U"},
    {ASSAY_P_DOUBLE(CERT, mass_imbalance), .unit = "1",
     .doc = "net boundary flux over the flux scale"},
    {ASSAY_P_DOUBLE(CERT, energy_residual), .unit = "1",
     .doc = "residual of the discrete kinetic-energy budget over its largest term"},
    {ASSAY_P_DOUBLE(CERT, steady_change), .unit = "1",
     .doc = "rate of change at the last frame times L / U^2"},
    {ASSAY_P_INT(CERT, steady_from), .unit = "1",
     .doc = "first frame that repeats the steady state, -1: never"},
    {ASSAY_P_DOUBLE(CERT, dt_min), .unit = "s", .doc = "smallest time step"},
    {ASSAY_P_DOUBLE(CERT, dt_max), .unit = "s", .doc = "largest time step"},
    {ASSAY_P_DOUBLE(CERT, cell_reynolds), .unit = "1", .doc = "largest cell Reynolds number"},
    {ASSAY_P_DOUBLE(CERT, steps), .unit = "1", .doc = "time steps taken"},
    {ASSAY_P_CHOICE(CERT, error_kind, "unavailable", "exact", "richardson", "statistics",
                    "sampled"),
     .doc = "kind of the error estimate"},
    {ASSAY_P_DOUBLE(CERT, t_pred), .unit = "s",
     .doc = "time up to which two resolutions agree within 10 %, NaN: all of it"},
    {ASSAY_P_BOOL(CERT, resolved),
     .doc = "estimated error of the state, or differences of statistics, below 2 %"},
    {ASSAY_P_DOUBLE(CERT, mean_difference), .unit = "1",
     .doc = "difference of time means behind t_pred over the rms"},
    {ASSAY_P_DOUBLE(CERT, rms_difference), .unit = "1",
     .doc = "difference of temporal rms behind t_pred over the rms"},
    {ASSAY_P_DOUBLE(CERT, energy_difference), .unit = "1",
     .doc = "relative difference of mean energy behind t_pred"},
    {ASSAY_P_DOUBLE(CERT, frequency_difference), .unit = "1",
     .doc = "relative difference of the dominant frequency behind t_pred"},
    {ASSAY_P_DOUBLE(CERT, volume_balance), .unit = "1",
     .doc = "change of the marked fluid's volume minus inflow plus outflow, over the domain"},
    {ASSAY_P_DOUBLE(CERT, fraction_min), .unit = "1", .doc = "smallest volume fraction of a cell"},
    {ASSAY_P_DOUBLE(CERT, fraction_max), .unit = "1", .doc = "largest volume fraction of a cell"},
    {ASSAY_P_CHOICE(CERT, convection_scheme, "unstated", "central", "limited",
                    "limited_upwind_near_bodies"),
     .doc = "convection; limited: for cell Reynolds numbers that central differences do not bear"},
    {ASSAY_P_CHOICE(CERT, viscous_scheme, "unstated", "explicit", "implicit"),
     .doc = "viscous terms in time"},
    {0}};

void assay_certificate_clear(struct assay_certificate *c)
{
  memset(c, 0, sizeof *c);
  for (const struct assay_param *row = assay_certificate_rows; row->name; row++)
    if (row->type == ASSAY_PT_DOUBLE) *(double *)(void *)((char *)c + row->offset) = (double)NAN;
  c->steady_from = -1;
}

size_t assay_dtype_size(enum assay_dtype type)
{
  return type == ASSAY_F32 ? sizeof(float) : sizeof(double);
}

int assay_profile_room(int n_axes, const struct assay_axis *axis)
{
  int room = 0;
  for (int a = 0; a < n_axes; a++) room = axis[a].n > room ? axis[a].n : room;
  return room;
}

int assay_side_axis(int n_axes, int side)
{
  if (n_axes != 2) return -1;
  return side == ASSAY_WEST || side == ASSAY_EAST ? 0 : 1;
}

double assay_axis_at(const struct assay_axis *axis, int i)
{
  switch (axis->kind) {
  case ASSAY_AXIS_CENTRES:
    return axis->lo + (i + 0.5) * ((axis->hi - axis->lo) / axis->n);
  case ASSAY_AXIS_PERIODIC:
    return axis->lo + i * ((axis->hi - axis->lo) / axis->n);
  case ASSAY_AXIS_INDEX:
    break;
  }
  return i;
}

size_t assay_shape_points(const struct assay_shape *shape)
{
  size_t points = 1;
  for (int a = 0; a < shape->n_axes; a++) points *= (size_t)shape->axis[a].n;
  return points;
}

static int count_fields(const struct assay_field *fields)
{
  int n = 0;
  while (fields[n].name) n++;
  return n;
}

/* wanted[f] for every field of the table */
static int mark_wanted(bool *wanted, const struct assay_field *fields, const char *const *select)
{
  int rc = ASSAY_OK;
  for (int f = 0; !select && fields[f].name; f++) wanted[f] = !fields[f].optional;
  for (; select && *select; select++) {
    bool found = false;
    for (int f = 0; fields[f].name; f++)
      if (strcmp(fields[f].name, *select) == 0) found = wanted[f] = true;
    ASSAY_CHECK(found, ASSAY_ENOTFOUND, "no field '%s'", *select);
  }
done:
  return rc;
}

static int allocate_fields(struct assay_case *c, const bool *wanted)
{
  int rc = ASSAY_OK;
  for (int f = 0; f < c->n_fields; f++)
    if (wanted[f])
      ASSAY_TRY(assay_alloc(&c->data[f],
                            assay_case_elements(c, f) * (size_t)assay_case_frames(c, f),
                            assay_dtype_size(c->dtype), "case field"));
done:
  return rc;
}

int assay_case_create(struct assay_case **out, long id, const struct assay_shape *shape,
                      const struct assay_field *fields, const char *const *select,
                      enum assay_dtype dtype)
{
  int rc = ASSAY_OK;
  struct assay_case *c = NULL;
  bool *wanted = NULL;
  const int n = count_fields(fields);
  const size_t frames = (size_t)shape->n_frames;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&wanted, (size_t)n, "wanted fields"));
  ASSAY_TRY(mark_wanted(wanted, fields, select));
  ASSAY_TRY(ASSAY_NEW(&c, 1, "case"));
  *c = (struct assay_case){
      .id = id, .dtype = dtype, .shape = *shape, .fields = fields, .n_fields = n};
  assay_certificate_clear(&c->certificate);
  ASSAY_TRY(ASSAY_NEW(&c->data, (size_t)n, "case fields"));
  ASSAY_TRY(ASSAY_NEW(&c->time, frames, "case time"));
  ASSAY_TRY(ASSAY_NEW(&c->error, (size_t)n * frames, "case error"));
  for (size_t i = 0; i < (size_t)n * frames; i++) c->error[i] = (double)NAN;
  for (int k = 0; k < shape->n_frames; k++) c->time[k] = k * shape->frame_interval;
  ASSAY_TRY(allocate_fields(c, wanted));
  *out = c;
  c = NULL;
done:
  assay_case_destroy(c);
  assay_free(wanted);
  return rc;
}

void assay_case_destroy(struct assay_case *c)
{
  if (!c) return;
  for (int f = 0; c->data && f < c->n_fields; f++) assay_free(c->data[f]);
  assay_free(c->data);
  assay_free(c->time);
  assay_free(c->error);
  assay_free(c);
}

int assay_case_field(const struct assay_case *c, const char *name)
{
  for (int f = 0; f < c->n_fields; f++)
    if (strcmp(c->fields[f].name, name) == 0) return f;
  return -1;
}

bool assay_case_wants(const struct assay_case *c, int field)
{
  return field >= 0 && c->data[field] != NULL;
}

size_t assay_case_elements(const struct assay_case *c, int field)
{
  return c->fields[field].kind == ASSAY_FIELD_SCALAR ? 1 : assay_shape_points(&c->shape);
}

int assay_case_frames(const struct assay_case *c, int field)
{
  return c->fields[field].kind == ASSAY_FIELD_STATIC ? 1 : c->shape.n_frames;
}

static size_t frame_start(const struct assay_case *c, int field, int frame)
{
  const bool one = c->fields[field].kind == ASSAY_FIELD_STATIC;
  return one ? 0 : (size_t)frame * assay_case_elements(c, field);
}

void assay_case_put(struct assay_case *c, int field, int frame, const double *values)
{
  if (!assay_case_wants(c, field)) return;
  const size_t n = assay_case_elements(c, field), start = frame_start(c, field, frame);
  if (c->dtype == ASSAY_F64) {
    memcpy((double *)c->data[field] + start, values, n * sizeof *values);
    return;
  }
  float *to = (float *)c->data[field] + start;
  for (size_t i = 0; i < n; i++) to[i] = (float)values[i];
}

void assay_case_get(const struct assay_case *c, int field, int frame, double *values)
{
  if (!assay_case_wants(c, field)) return;
  const size_t n = assay_case_elements(c, field), start = frame_start(c, field, frame);
  if (c->dtype == ASSAY_F64) {
    memcpy(values, (const double *)c->data[field] + start, n * sizeof *values);
    return;
  }
  const float *from = (const float *)c->data[field] + start;
  for (size_t i = 0; i < n; i++) values[i] = (double)from[i];
}

double assay_case_mean_square(const struct assay_case *c, int field, int frame, double *work)
{
  const size_t n = assay_case_elements(c, field);
  double sum = 0;
  assay_case_get(c, field, frame, work);
  for (size_t i = 0; i < n; i++) sum += work[i] * work[i];
  return sum / (double)n;
}
