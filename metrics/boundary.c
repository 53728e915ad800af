/* Boundary violation: whether a prediction meets the conditions that the truth was made with.
 *
 * Fields live at cell centres, h/2, 3h/2, 5h/2, ... from a wall. A quadratic through the first
 * three centres f0, f1, f2 gives, at the wall itself,
 *
 *     value              (15 f0 - 10 f1 + 3 f2) / 8
 *     outward derivative (2 f0 - 3 f1 + f2) / h
 *
 * both exact for quadratics. The violation of a Neumann condition is multiplied by h, so that it is
 * a difference of field values like that of a Dirichlet condition. What is left of a smooth truth
 * is of third order (derivative times h too); at a corner where two walls contradict each other
 * (a moving lid) it does not vanish: hence the truth's own value is printed as the floor. */
#include <math.h>

#include "core/base/err.h"
#include "metrics/answer.h"
#include "metrics/metric.h"
#include "metrics/reduce.h"

/* One side of a grid: where its faces are and how to walk inwards. */
struct side {
  size_t first;         /* cell behind the first face */
  ptrdiff_t inward;     /* to the next cell away from the wall */
  int axis, other[2];   /* normal axis; tangential axes, -1: none */
  double spacing, area; /* h, area of a face */
};

/* False when the grid has no such side or no room for the quadratic. */
static bool find_side(struct side *out, const struct assay_shape *shape, enum assay_side which)
{
  const int axis = shape->n_axes - 1 - (int)which / 2;
  if (axis < 0 || shape->axis[axis].kind != ASSAY_AXIS_CENTRES || shape->axis[axis].n < 3)
    return false;
  const ptrdiff_t stride = (ptrdiff_t)assay_axis_stride(shape, axis);
  const bool upper = which == ASSAY_EAST || which == ASSAY_NORTH;
  *out = (struct side){.first = upper ? (size_t)(stride * (shape->axis[axis].n - 1)) : 0,
                       .inward = upper ? -stride : stride,
                       .axis = axis,
                       .other = {-1, -1},
                       .spacing = assay_axis_spacing(&shape->axis[axis]),
                       .area = 1};
  for (int a = 0, k = 0; a < shape->n_axes; a++)
    if (a != axis) {
      out->other[k++] = a;
      out->area *= assay_axis_spacing(&shape->axis[a]);
    }
  return true;
}

static int faces_along(const struct side *s, const struct assay_shape *shape, int k)
{
  return s->other[k] >= 0 ? shape->axis[s->other[k]].n : 1;
}

static size_t step_along(const struct side *s, const struct assay_shape *shape, int k)
{
  return s->other[k] >= 0 ? assay_axis_stride(shape, s->other[k]) : 0;
}

/* Squares of violations (of scaled values) times face area, and the area they stand for. */
struct tally {
  struct assay_sum squares, area;
};

static double violation(const double *f, ptrdiff_t in, enum assay_boundary_type type, double scale,
                        double value)
{
  const double f0 = scale * f[0], f1 = scale * f[in], f2 = scale * f[2 * in];
  const double found =
      type == ASSAY_BOUNDARY_DIRICHLET ? (15 * f0 - 10 * f1 + 3 * f2) / 8 : 2 * f0 - 3 * f1 + f2;
  return found - scale * value;
}

/* What is imposed on a side: the value times its profile, NULL: 1. */
struct condition {
  enum assay_boundary_type type;
  double value;
  const double *profile;
};

/* One side at one lead; faces whose first three cells are not all fluid, or where nothing is
 * imposed, are left out. */
static void add_side(struct tally *out, const struct assay_metric_case *c, int field,
                     const struct side *s, const struct condition *b, int lead, double scale)
{
  const double *frame = c->predicted[field] + (size_t)lead * assay_shape_points(&c->shape);
  const double whole = b->type == ASSAY_BOUNDARY_NEUMANN ? b->value * s->spacing : b->value;
  for (int j = 0; j < faces_along(s, &c->shape, 0); j++)
    for (int i = 0; i < faces_along(s, &c->shape, 1); i++) {
      const size_t cell = s->first + (size_t)j * step_along(s, &c->shape, 0) +
                          (size_t)i * step_along(s, &c->shape, 1);
      const double *w = c->weights + cell;
      const double factor = b->profile ? b->profile[j] : 1;
      if (!(w[0] > 0 && w[s->inward] > 0 && w[2 * s->inward] > 0) || isnan(factor)) continue;
      const double e = violation(frame + cell, s->inward, b->type, scale, factor * whole);
      assay_sum_add(&out->squares, s->area * e * e);
      assay_sum_add(&out->area, s->area);
    }
}

/* Conditions of a field at a lead. */
static void add_field(struct tally *out, const struct assay_metric_case *c, int field, int lead,
                      double scale)
{
  for (int k = 0; k < ASSAY_SIDES; k++) {
    struct side s;
    const int type = c->boundary_type[field * ASSAY_SIDES + k];
    if (type != ASSAY_BOUNDARY_DIRICHLET && type != ASSAY_BOUNDARY_NEUMANN) continue;
    if (!find_side(&s, &c->shape, (enum assay_side)k)) continue;
    const int at = field * ASSAY_SIDES + k;
    const struct condition b = {(enum assay_boundary_type)type,
                                c->boundary_value[at * c->n_leads + lead],
                                c->boundary_profile ? c->boundary_profile[at] : NULL};
    add_side(out, c, field, &s, &b, lead, scale);
  }
}

/* Largest number that enters the violations of a field. */
static double largest_value(const struct assay_metric_case *c, int field)
{
  const struct assay_span p = assay_span_predicted(c, field, 0, c->n_leads);
  double largest = assay_span_max(&p);
  for (int k = 0; k < ASSAY_SIDES * c->n_leads; k++)
    if (isfinite(c->boundary_value[field * ASSAY_SIDES * c->n_leads + k]))
      largest = fmax(largest, fabs(c->boundary_value[field * ASSAY_SIDES * c->n_leads + k]));
  return largest;
}

/* What the violation of a field is measured by: a component of the velocity by the whole speed, so
 * that one which nearly vanishes is not blown up. */
static double field_scale(const struct assay_metric_case *c, int field, int lead, int n)
{
  double rms = 0, least = 0;
  for (int f = 0; f < c->n_fields; f++) {
    if (f != field && !(c->fields[f].vector && c->fields[field].vector)) continue;
    const struct assay_span t = assay_span_truth(c, f, lead, n);
    rms = hypot(rms, assay_span_rms(&t));
    least = hypot(least, c->floor[f]);
  }
  return fmax(rms, least);
}

/* Root mean square over fields of their relative violations at leads [lead, lead + n); NaN when no
 * field has a condition. */
static double score(const struct assay_metric_case *c, int lead, int n)
{
  struct assay_sum sum = {0};
  int fields = 0;
  for (int f = 0; f < c->n_fields; f++) {
    struct tally t = {{0}, {0}};
    const double scale = assay_scale_of(largest_value(c, f));
    for (int l = lead; l < lead + n; l++) add_field(&t, c, f, l, scale);
    const double area = assay_sum_value(&t.area);
    if (!(area > 0)) continue;
    const double rms = sqrt(assay_sum_value(&t.squares) / area) / scale;
    const double relative = assay_ratio(rms, field_scale(c, f, lead, n), 0);
    assay_sum_add(&sum, relative * relative);
    fields++;
  }
  return sqrt(assay_sum_value(&sum) / fields); /* 0/0: NaN */
}

static int eval_boundary(double *value, double *by_lead, const struct assay_metric_case *c)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(c->boundary_type && c->boundary_value, ASSAY_EUNSUPPORTED,
              "the case does not say what is imposed at its boundaries");
  *value = score(c, 0, c->n_leads);
  ASSAY_CHECK(!isnan(*value), ASSAY_EUNSUPPORTED,
              "no field has a Dirichlet or Neumann condition at a wall of at least 3 cells");
  for (int l = 0; l < c->n_leads; l++) by_lead[l] = score(c, l, 1);
done:
  return rc;
}

/* Worked examples. */

static const struct assay_answer_axis rod[] = {{ASSAY_AXIS_CENTRES, 16, 0, 1}};
static const struct assay_answer_axis plate[] = {{ASSAY_AXIS_CENTRES, 10, -0.4, 0.6},
                                                 {ASSAY_AXIS_CENTRES, 8, 0, 1.6}};

static double parabola(double x, double y, double t)
{
  (void)y, (void)t;
  return x * (1 - x);
}

static double paraboloid(double x, double y, double t)
{
  return 1.5 + 0.25 * t + 2 * x - 0.7 * x * x + 3 * y * y;
}

static void fill_with(const struct assay_metric_case *c, int field,
                      double (*f)(double x, double y, double t), double truth)
{
  const size_t n = (size_t)c->n_leads * assay_shape_points(&c->shape);
  assay_answer_fill(assay_answer_predicted(field), c, f);
  for (size_t i = 0; i < n; i++) assay_answer_truth(field)[i] = truth;
}

/* x (1 - x): 0 at both ends, outward derivatives -1 and -1. */
static void parabola_met(struct assay_metric_case *c)
{
  assay_answer_start(c, 1, 2, 0.5, rod, 1);
  fill_with(c, 0, parabola, 0.4);
  assay_answer_boundary(0, ASSAY_WEST, ASSAY_BOUNDARY_DIRICHLET, 0);
  assay_answer_boundary(0, ASSAY_EAST, ASSAY_BOUNDARY_NEUMANN, -1);
}

/* The same asked for 0.3 in the west and +1 in the east: violations 0.3 and 2 h = 0.125 over 0.4.
 */
static void parabola_missed(struct assay_metric_case *c)
{
  parabola_met(c);
  assay_answer_boundary(0, ASSAY_WEST, ASSAY_BOUNDARY_DIRICHLET, 0.3);
  assay_answer_boundary(0, ASSAY_EAST, ASSAY_BOUNDARY_NEUMANN, 1);
}

static double slope(double x, double y, double t)
{
  (void)y;
  return 0.8 * x + x * x - t;
}

/* 0.8 x + x^2 - t with t = 0.5 asked for -0.5 in the west and 1.3 in the east: met. */
static void slope_met(struct assay_metric_case *c)
{
  assay_answer_start(c, 1, 1, 0.5, rod, 1);
  fill_with(c, 0, slope, 0.4);
  assay_answer_boundary(0, ASSAY_WEST, ASSAY_BOUNDARY_DIRICHLET, -0.5);
  assay_answer_boundary(0, ASSAY_EAST, ASSAY_BOUNDARY_DIRICHLET, 1.3);
}

/* On a plate (x in [0, 1.6], y in [-0.4, 0.6], h = 0.2 and 0.1), p alone has conditions: outward
 * derivatives in the west -2, met; in the north 3.6, asked for 0.6: violation 0.3 on 1.6 m of the
 * 2.6 m; truth of rms 0.5. */
static void plate_half_met(struct assay_metric_case *c)
{
  assay_answer_start(c, 3, 2, 0.5, plate, 2);
  fill_with(c, 2, paraboloid, -0.5);
  assay_answer_boundary(2, ASSAY_WEST, ASSAY_BOUNDARY_NEUMANN, -2);
  assay_answer_boundary(2, ASSAY_NORTH, ASSAY_BOUNDARY_NEUMANN, 0.6);
}

/* Velocity 0.9 and 0 in a box without slip, truth of speed 1.3 and 0: both components count by the
 * speed, (0.9/1.3)^2 and 0, mean of the two. */
static void slipping(struct assay_metric_case *c)
{
  assay_answer_start(c, 2, 1, 0.5, plate, 2);
  for (int i = 0; i < 80; i++) {
    assay_answer_predicted(0)[i] = 0.9;
    assay_answer_truth(0)[i] = 1.3;
  }
  for (int f = 0; f < 2; f++)
    for (int k = 0; k < ASSAY_SIDES; k++)
      assay_answer_boundary(f, (enum assay_side)k, ASSAY_BOUNDARY_DIRICHLET, 0);
}

/* A solid at the west wall holding nonsense: its faces do not count. */
static void plate_with_solid(struct assay_metric_case *c)
{
  plate_half_met(c);
  assay_answer_boundary(2, ASSAY_NORTH, ASSAY_BOUNDARY_NONE, 0);
  assay_answer_boundary(2, ASSAY_WEST, ASSAY_BOUNDARY_NEUMANN, -1);
  for (int j = 2; j < 5; j++) {
    assay_answer_weights()[8 * j + 1] = 0;
    assay_answer_predicted(2)[8 * j + 1] = 9.969e36;
    assay_answer_truth(2)[8 * j + 1] = (double)NAN;
  }
  for (int i = 0; i < 80; i++)
    if (assay_answer_weights()[i] > 0) assay_answer_weights()[i] = 1.0 / 77;
}

static double jet(double x, double y, double t)
{
  (void)t;
  return 2.5 * (1 - y * y) + 0.3 * x * x;
}

/* 1 - y^2 in the west, nothing above y = 0.2 */
static double *jet_profile(struct assay_metric_case *c)
{
  double *factor = assay_answer_profile(c, 2, ASSAY_WEST);
  for (int j = 0; j < 10; j++) {
    const double y = -0.35 + 0.1 * j;
    factor[j] = y < 0.2 ? 1 - y * y : (double)NAN;
  }
  return factor;
}

/* On the plate a parabola is asked for in the west, and met. */
static void jet_met(struct assay_metric_case *c)
{
  assay_answer_start(c, 3, 1, 0.5, plate, 2);
  fill_with(c, 2, jet, 0.8);
  assay_answer_boundary(2, ASSAY_WEST, ASSAY_BOUNDARY_DIRICHLET, 2.5);
  jet_profile(c);
}

/* Six faces are asked for something; one of them for 0.4 less: 0.4 / sqrt(6) over 0.8. */
static void jet_missed(struct assay_metric_case *c)
{
  jet_met(c);
  double *factor = jet_profile(c);
  factor[3] -= 0.4 / 2.5;
}

const struct assay_metric assay_metric_boundary = {
    .name = "boundary",
    .version = 1,
    .doc = "how far the prediction is from its boundary conditions",
    .formula =
        "Per field: root of the mean over wall faces (weights: area) and leads of violation^2, "
        "over the "
        "rms of the truth (of the whole speed for a velocity component); then the root mean square "
        "over the fields that have conditions; per case. The wall value is extrapolated from the "
        "three cell centres nearest to the wall, (15 f0 - 10 f1 + 3 f2)/8; the outward derivative "
        "is (2 f0 - 3 f1 + f2)/h and its violation counts times h. Values that change along a side "
        "are compared face by face. Faces whose three cells are not all fluid, or where nothing is "
        "imposed, are left out. The denominator is at least the field's floor; if both are zero "
        "the score is 0 for no violation, else infinite. Absent where no condition is known. The "
        "truth's own value is the floor.",
    .reference = "one-sided quadratic extrapolation; docs/metrics.md",
    .unit = "1",
    .needs_truth = true,
    .has_floor = true,
    .eval = eval_boundary,
    .answers =
        (const struct assay_metric_answer[]){
            {"x (1 - x) meets 0 and slope -1", parabola_met, 0, 0, 1e-14},
            {"a slope meets both its ends", slope_met, 0, 0, 1e-14},
            {"x (1 - x) misses by 0.3 and 2", parabola_missed, 0, 0.5745242597140698, 1e-13},
            {"slope of a paraboloid, half of it wrong", plate_half_met, 0, 0.47067872433164165,
             1e-13},
            {"a jet meets its profile", jet_met, 0, 0, 1e-14},
            {"a jet misses it on one face of six", jet_missed, 0, 0.20412414523193154, 1e-13},
            {"a box that slips", slipping, 0, 0.48953546389837904, 1e-14},
            {"the paraboloid around a solid", plate_with_solid, 0, 0.4, 1e-13},
            {0}},
};
