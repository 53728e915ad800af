/* Velocity fields: whether they conserve volume, and whether they carry the right energy.
 *
 * The operator of `divergence` is the central difference on cell centres,
 *
 *     r_ij = (u_i+1,j - u_i-1,j) / (2 dx) + (v_i,j+1 - v_i,j-1) / (2 dy),
 *
 * at cells all of whose neighbours are fluid (periodic axes wrap; cells beside walls and solids are
 * left out, so that no assumption about the wall enters). Solvers conserve volume on cell faces;
 * fields that were centred, coarsened or interpolated do not satisfy this operator exactly. The
 * truth's own value is therefore the floor below which a score says nothing. */
#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "metrics/answer.h"
#include "metrics/metric.h"
#include "metrics/reduce.h"

/* Offset of the neighbour of a cell at position k along an axis, step -1 or +1; false at a wall. */
static bool neighbour(ptrdiff_t *offset, const struct assay_shape *shape, int axis, size_t cell,
                      int step)
{
  const struct assay_axis *a = &shape->axis[axis];
  const ptrdiff_t stride = (ptrdiff_t)assay_axis_stride(shape, axis);
  const int k = (int)(cell / (size_t)stride % (size_t)a->n), to = k + step;
  *offset = step * stride;
  if (to >= 0 && to < a->n) return true;
  *offset -= step * stride * a->n;
  return a->kind == ASSAY_AXIS_PERIODIC;
}

/* Weights of the cells where the operator has all it needs, sum 1. ASSAY_EUNSUPPORTED: none. */
static int operator_weights(double *weights, const struct assay_metric_case *c,
                            const struct assay_velocity *v)
{
  int rc = ASSAY_OK;
  struct assay_sum sum = {0};
  const size_t points = assay_shape_points(&c->shape);
  for (size_t i = 0; i < points; i++) {
    weights[i] = c->weights[i];
    for (int k = 0; k < v->n; k++)
      for (int step = -1; step <= 1; step += 2) {
        ptrdiff_t to = 0;
        const bool there = neighbour(&to, &c->shape, v->axis[k], i, step);
        if (!there || !(c->weights[(ptrdiff_t)i + to] > 0)) weights[i] = 0;
      }
    assay_sum_add(&sum, weights[i]);
  }
  const double total = assay_sum_value(&sum);
  ASSAY_CHECK(total > 0, ASSAY_EUNSUPPORTED, "no cell has fluid on all sides");
  for (size_t i = 0; i < points; i++) weights[i] /= total;
done:
  return rc;
}

/* r = scale * div u of one frame, where weights > 0; the rest is left */
static void divergence(double *r, const double *weights, const struct assay_metric_case *c,
                       const struct assay_velocity *v, int lead, double scale)
{
  const size_t points = assay_shape_points(&c->shape);
  for (size_t i = 0; i < points; i++) {
    if (!(weights[i] > 0)) continue;
    r[i] = 0;
    for (int k = 0; k < v->n; k++) {
      const double *u = c->predicted[v->field[k]] + (size_t)lead * points;
      ptrdiff_t west = 0, east = 0;
      neighbour(&west, &c->shape, v->axis[k], i, -1);
      neighbour(&east, &c->shape, v->axis[k], i, +1);
      const double dx = assay_axis_spacing(&c->shape.axis[v->axis[k]]);
      r[i] += (scale * u[(ptrdiff_t)i + east] - scale * u[(ptrdiff_t)i + west]) / (2 * dx);
    }
  }
}

/* Length of the side of a cell with the same volume. */
static double cell_length(const struct assay_shape *shape)
{
  double volume = 1;
  for (int a = 0; a < shape->n_axes; a++) volume *= assay_axis_spacing(&shape->axis[a]);
  return shape->n_axes == 2 ? sqrt(volume) : cbrt(volume);
}

static double largest_component(const struct assay_metric_case *c, const struct assay_velocity *v)
{
  double largest = 0;
  for (int k = 0; k < v->n; k++) {
    const struct assay_span s = assay_span_predicted(c, v->field[k], 0, c->n_leads);
    largest = fmax(largest, assay_span_max(&s));
  }
  return largest;
}

static int eval_divergence(double *value, double *by_lead, const struct assay_metric_case *c)
{
  int rc = ASSAY_OK;
  struct assay_velocity v;
  double *weights = NULL, *r = NULL;
  const size_t points = assay_shape_points(&c->shape);
  ASSAY_CHECK(c->shape.n_axes > 1, ASSAY_EUNSUPPORTED, "divergence needs a grid of 2 or 3 axes");
  ASSAY_TRY(assay_velocity_find(&v, c));
  ASSAY_TRY(ASSAY_NEW(&weights, points, "divergence"));
  ASSAY_TRY(ASSAY_NEW(&r, points * (size_t)c->n_leads, "divergence"));
  ASSAY_TRY(operator_weights(weights, c, &v));

  const double scale = assay_scale_of(largest_component(c, &v)), h = cell_length(&c->shape);
  const double least = assay_velocity_floor(c, &v);
  for (int l = 0; l < c->n_leads; l++) {
    divergence(r + (size_t)l * points, weights, c, &v, l, scale);
    const struct assay_span s = {weights, r + (size_t)l * points, NULL, points, 1};
    by_lead[l] =
        assay_ratio(assay_span_rms(&s) * h / scale, assay_velocity_rms(c, &v, true, l, 1), least);
  }
  const struct assay_span s = {weights, r, NULL, points, c->n_leads};
  *value = assay_ratio(assay_span_rms(&s) * h / scale,
                       assay_velocity_rms(c, &v, true, 0, c->n_leads), least);
done:
  assay_free(weights);
  assay_free(r);
  return rc;
}

/* Energies are compared in units of the largest speed of the truth, U, so that nothing overflows:
 * e = (rms |u| / U)^2 = E / (U^2 / 2). */
static int eval_kinetic_energy(double *value, double *by_lead, const struct assay_metric_case *c)
{
  int rc = ASSAY_OK;
  struct assay_velocity v;
  struct assay_sum wrong = {0}, whole = {0};
  double unit = 0;
  ASSAY_TRY(assay_velocity_find(&v, c));
  const double least = assay_velocity_floor(c, &v);
  for (int l = 0; l < c->n_leads; l++) unit = fmax(unit, assay_velocity_rms(c, &v, true, l, 1));
  unit = fmax(unit, least);
  const double floor_energy = unit > 0 ? (least / unit) * (least / unit) : 0;
  for (int l = 0; l < c->n_leads; l++) {
    const double p = assay_ratio(assay_velocity_rms(c, &v, false, l, 1), unit, 0);
    const double t = assay_ratio(assay_velocity_rms(c, &v, true, l, 1), unit, 0);
    const double error = fabs(p * p - t * t);
    by_lead[l] = assay_ratio(error, t * t, floor_energy);
    assay_sum_add(&wrong, error * error);
    assay_sum_add(&whole, t * t * t * t);
  }
  *value = assay_ratio(sqrt(assay_sum_value(&wrong) / c->n_leads),
                       sqrt(assay_sum_value(&whole) / c->n_leads), floor_energy);
done:
  return rc;
}

/* Worked examples. */

#define PI 3.14159265358979323846
static const struct assay_answer_axis torus[] = {{ASSAY_AXIS_PERIODIC, 32, 0, 2 * PI},
                                                 {ASSAY_AXIS_PERIODIC, 32, 0, 2 * PI}};
static const struct assay_answer_axis box[] = {{ASSAY_AXIS_CENTRES, 12, 0, 0.6},
                                               {ASSAY_AXIS_CENTRES, 20, 0, 2}};

static double vortex_u(double x, double y, double t)
{
  return 1.3 * cos(x) * sin(y) * exp(-0.2 * t);
}

static double vortex_v(double x, double y, double t)
{
  return -1.3 * sin(x) * cos(y) * exp(-0.2 * t);
}

static double sine_x(double x, double y, double t)
{
  (void)y, (void)t;
  return sin(x);
}

static double tilted_u(double x, double y, double t)
{
  return 0.7 * x + 2 * y - t;
}

static double tilted_v(double x, double y, double t)
{
  return 3 * x + 1.1 * y + t;
}

static void set_truth_to_prediction(const struct assay_metric_case *c)
{
  const size_t n = (size_t)c->n_leads * assay_shape_points(&c->shape);
  for (int f = 0; f < c->n_fields; f++)
    for (size_t i = 0; i < n; i++) assay_answer_truth(f)[i] = assay_answer_predicted(f)[i];
}

/* A decaying vortex of equal spacing: the two central differences cancel cell by cell. */
static void vortex(struct assay_metric_case *c)
{
  assay_answer_start(c, 2, 3, 0.5, torus, 2);
  assay_answer_fill(assay_answer_predicted(0), c, vortex_u);
  assay_answer_fill(assay_answer_predicted(1), c, vortex_v);
  set_truth_to_prediction(c);
}

/* u = sin x, v = 0 on 32 x 32: rms r = (sin h / h) / sqrt 2 = 0.7025720; rms |u| = 1 / sqrt 2, so
 * the score is sin h with h = 2 pi / 32. */
static void compression(struct assay_metric_case *c)
{
  assay_answer_start(c, 2, 2, 0.5, torus, 2);
  assay_answer_fill(assay_answer_predicted(0), c, sine_x);
  set_truth_to_prediction(c);
}

/* Between walls, dx = 0.1, dy = 0.05: div u = 0.7 + 1.1 everywhere, truth of rms speed 5: 1.8
 * sqrt(0.1 0.05) / 5. */
static void stretching(struct assay_metric_case *c)
{
  assay_answer_start(c, 2, 2, 0.5, box, 2);
  assay_answer_fill(assay_answer_predicted(0), c, tilted_u);
  assay_answer_fill(assay_answer_predicted(1), c, tilted_v);
  for (int i = 0; i < 2 * 240; i++) {
    assay_answer_truth(0)[i] = 3;
    assay_answer_truth(1)[i] = -4;
  }
}

/* The same around a solid cell that holds nonsense: its neighbours do not count either. */
static void stretching_around_a_solid(struct assay_metric_case *c)
{
  stretching(c);
  const int cell = 5 * 20 + 7;
  assay_answer_weights()[cell] = 0;
  for (int i = 0; i < 240; i++)
    if (i != cell) assay_answer_weights()[i] = 1.0 / 239;
  assay_answer_predicted(0)[cell] = 9.969e36;
  assay_answer_predicted(1)[cell] = (double)NAN;
}

/* No truth to speak of, floors 3 and 4: the floor of |u| is 5. */
static void stretching_of_nothing(struct assay_metric_case *c)
{
  stretching(c);
  for (int i = 0; i < 2 * 240; i++) assay_answer_truth(0)[i] = assay_answer_truth(1)[i] = 0;
  assay_answer_floor()[0] = 3;
  assay_answer_floor()[1] = 4;
}

/* Everything 3 % too fast: energy 1.03^2 - 1 too high at all leads. */
static void fast_vortex(struct assay_metric_case *c)
{
  vortex(c);
  for (int f = 0; f < 2; f++)
    for (int i = 0; i < 3 * 1024; i++) assay_answer_predicted(f)[i] *= 1.03;
}

/* Prediction that forgets to decay: E = 1.3^2/4 e^-0.4t at t = 0.5, 1, 1.5 against its first
 * value: with q = e^-0.2, errors 0, 1 - q, 1 - q^2 over 1, q, q^2 in the L2 norm. */
static void undecayed_vortex(struct assay_metric_case *c)
{
  vortex(c);
  for (int f = 0; f < 2; f++)
    for (int i = 1024; i < 3 * 1024; i++)
      assay_answer_predicted(f)[i] = assay_answer_predicted(f)[i % 1024];
}

/* Speeds 3, 4 predicted where nothing moves, floors 6 and 8: 25 / 100. */
static void energy_from_nothing(struct assay_metric_case *c)
{
  stretching_of_nothing(c);
  for (int i = 0; i < 2 * 240; i++) {
    assay_answer_predicted(0)[i] = -3;
    assay_answer_predicted(1)[i] = 4;
  }
  assay_answer_floor()[0] = 6;
  assay_answer_floor()[1] = 8;
}

const struct assay_metric assay_metric_divergence = {
    .name = "divergence",
    .version = 1,
    .doc = "how far the velocity is from conserving volume",
    .formula =
        "rms(div u) h / rms(|u_truth|): root of the mean over leads and cells, then the ratio, per "
        "case. div u by central differences on cell centres, only at cells whose neighbours along "
        "every axis are fluid (periodic axes wrap, cells beside walls are left out); h = (cell "
        "volume)^(1/dimension). Weights: fluid volume, normalised over these cells. The "
        "denominator is at least the root of the summed squares of the components' floors; if "
        "both are zero the score is 0 for a divergence of exactly zero, else infinite. Absent "
        "on grids of one axis and where a component is not among the fields. The truth's own "
        "value is the floor.",
    .reference = "central differences; decision on the operator in docs/metrics.md",
    .unit = "1",
    .needs_truth = true,
    .has_floor = true,
    .eval = eval_divergence,
    .answers =
        (const struct assay_metric_answer[]){
            {"Taylor-Green vortex on equal spacing", vortex, 0, 0, 1e-14},
            {"u = sin x: sin(h), h = 2 pi / 32", compression, 0, 0.19509032201612825, 1e-14},
            {"linear field between walls", stretching, 0, 0.02545584412271571, 1e-14},
            {"the same around a solid cell", stretching_around_a_solid, 0, 0.02545584412271571,
             1e-14},
            {"the same for a truth of zero with floors 3 and 4", stretching_of_nothing, 0,
             0.02545584412271571, 1e-14},
            {0}},
};

const struct assay_metric assay_metric_kinetic_energy = {
    .name = "kinetic_energy",
    .version = 1,
    .doc = "error of the kinetic energy over time",
    .formula =
        "sqrt(sum over leads of (E_P - E_T)^2) / sqrt(sum over leads of E_T^2) with E = 1/2 sum w "
        "|u|^2 (per unit mass), roots and ratio per case; by lead |E_P - E_T| / E_T. Weights: "
        "fluid volume, sum 1. The denominator (as root mean square over leads) is at least half "
        "the summed squares of the components' floors; if both are zero the score is 0 for an "
        "exact energy, else infinite. Absent where a component is not among the fields.",
    .reference = "relative L2 norm in time",
    .unit = "1",
    .needs_truth = true,
    .eval = eval_kinetic_energy,
    .answers =
        (const struct assay_metric_answer[]){
            {"3 % too fast everywhere", fast_vortex, 0, 0.0609, 1e-14},
            {"a vortex that does not decay", undecayed_vortex, 0, 0.2584157562924411, 1e-14},
            {"3, -4 m/s where nothing moves, floors 6 and 8", energy_from_nothing, 0, 0.25, 1e-14},
            {0}},
};
