#include <assert.h>
#include <string.h>

#include "metrics/answer.h"

static const struct assay_field fields[ASSAY_ANSWER_FIELDS] = {
    {.name = "u", .unit = "m s-1", .doc = "velocity along x", .vector = 'x'},
    {.name = "v", .unit = "m s-1", .doc = "velocity along y", .vector = 'y'},
    {.name = "p", .unit = "Pa", .doc = "pressure"},
};
enum { PROFILE_MAX = 64 }; /* most cells along a side with a profile */
static const char *const axis_names[ASSAY_AXES_MAX] = {"x", "y", "z"}; /* fastest first */

static struct {
  double predicted[ASSAY_ANSWER_FIELDS][ASSAY_ANSWER_LEADS * ASSAY_ANSWER_POINTS];
  double truth[ASSAY_ANSWER_FIELDS][ASSAY_ANSWER_LEADS * ASSAY_ANSWER_POINTS];
  double weights[ASSAY_ANSWER_POINTS], times[ASSAY_ANSWER_LEADS], floor[ASSAY_ANSWER_FIELDS];
  int boundary_type[ASSAY_ANSWER_FIELDS * ASSAY_SIDES];
  double boundary_value[ASSAY_ANSWER_FIELDS * ASSAY_SIDES * ASSAY_ANSWER_LEADS];
  const double *predicted_of[ASSAY_ANSWER_FIELDS], *truth_of[ASSAY_ANSWER_FIELDS];
  double profile[ASSAY_ANSWER_FIELDS * ASSAY_SIDES][PROFILE_MAX];
  const double *profile_of[ASSAY_ANSWER_FIELDS * ASSAY_SIDES];
  int n_leads;
} room;

void assay_answer_start(struct assay_metric_case *c, int n_fields, int n_leads, double dt,
                        const struct assay_answer_axis *axes, int n_axes)
{
  assert(n_fields <= ASSAY_ANSWER_FIELDS && n_leads <= ASSAY_ANSWER_LEADS);
  memset(&room, 0, sizeof room);
  room.n_leads = n_leads;
  *c = (struct assay_metric_case){
      .n_fields = n_fields,
      .fields = fields,
      .n_leads = n_leads,
      .times = room.times,
      .shape = {.n_frames = n_leads, .frame_interval = dt, .n_axes = n_axes},
      .weights = room.weights,
      .predicted = room.predicted_of,
      .truth = room.truth_of,
      .floor = room.floor,
      .boundary_type = room.boundary_type,
      .boundary_value = room.boundary_value,
  };
  for (int a = 0; a < n_axes; a++)
    c->shape.axis[a] = (struct assay_axis){.name = axis_names[n_axes - 1 - a],
                                           .unit = "m",
                                           .kind = axes[a].kind,
                                           .n = axes[a].n,
                                           .lo = axes[a].lo,
                                           .hi = axes[a].hi};
  const size_t points = assay_shape_points(&c->shape);
  assert(points <= ASSAY_ANSWER_POINTS);
  for (size_t i = 0; i < points; i++) room.weights[i] = 1 / (double)points;
  for (int l = 0; l < n_leads; l++) room.times[l] = (l + 1) * dt;
  for (int f = 0; f < n_fields; f++) {
    room.predicted_of[f] = room.predicted[f];
    room.truth_of[f] = room.truth[f];
  }
}

double *assay_answer_predicted(int field)
{
  return room.predicted[field];
}

double *assay_answer_truth(int field)
{
  return room.truth[field];
}

double *assay_answer_weights(void)
{
  return room.weights;
}

double *assay_answer_floor(void)
{
  return room.floor;
}

void assay_answer_boundary(int field, enum assay_side side, enum assay_boundary_type type,
                           double value)
{
  room.boundary_type[field * ASSAY_SIDES + (int)side] = (int)type;
  for (int l = 0; l < room.n_leads; l++)
    room.boundary_value[(field * ASSAY_SIDES + (int)side) * room.n_leads + l] = value;
}

double *assay_answer_profile(struct assay_metric_case *c, int field, enum assay_side side)
{
  const int at = field * ASSAY_SIDES + (int)side;
  for (int j = 0; j < PROFILE_MAX; j++) room.profile[at][j] = 1;
  room.profile_of[at] = room.profile[at];
  c->boundary_profile = room.profile_of;
  return room.profile[at];
}

void assay_answer_fill(double *out, const struct assay_metric_case *c,
                       double (*f)(double x, double y, double t))
{
  const struct assay_axis *x = &c->shape.axis[c->shape.n_axes - 1];
  const struct assay_axis *y = c->shape.n_axes > 1 ? &c->shape.axis[c->shape.n_axes - 2] : NULL;
  const size_t points = assay_shape_points(&c->shape);
  for (int l = 0; l < c->n_leads; l++)
    for (size_t i = 0; i < points; i++) {
      const int ix = (int)(i % (size_t)x->n), iy = y ? (int)(i / (size_t)x->n) % y->n : 0;
      out[(size_t)l * points + i] =
          f(assay_axis_at(x, ix), y ? assay_axis_at(y, iy) : 0, c->times[l]);
    }
}
