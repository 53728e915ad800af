#include <assert.h>
#include <float.h>
#include <math.h>

#include "core/base/err.h"
#include "metrics/reduce.h"

void assay_sum_add(struct assay_sum *s, double x)
{
  const double total = s->total + x;
  s->lost += fabs(s->total) >= fabs(x) ? (s->total - total) + x : (x - total) + s->total;
  s->total = total;
}

double assay_sum_value(const struct assay_sum *s)
{
  return isfinite(s->total) ? s->total + s->lost : s->total;
}

double assay_scale_of(double largest)
{
  int exponent = 0;
  if (largest == 0 || !isfinite(largest)) return 1;
  frexp(largest, &exponent);
  return ldexp(1, exponent < -1000 ? 1000 : -exponent);
}

static struct assay_span span(const struct assay_metric_case *c, const double *first,
                              const double *second, int lead, int n)
{
  const size_t points = assay_shape_points(&c->shape), skip = (size_t)lead * points;
  return (struct assay_span){.weights = c->weights,
                             .first = first + skip,
                             .second = second ? second + skip : NULL,
                             .points = points,
                             .n_leads = n};
}

struct assay_span assay_span_error(const struct assay_metric_case *c, int field, int lead, int n)
{
  return span(c, c->predicted[field], c->truth[field], lead, n);
}

struct assay_span assay_span_predicted(const struct assay_metric_case *c, int field, int lead,
                                       int n)
{
  return span(c, c->predicted[field], NULL, lead, n);
}

struct assay_span assay_span_truth(const struct assay_metric_case *c, int field, int lead, int n)
{
  return span(c, c->truth[field], NULL, lead, n);
}

/* d at place k of all leads */
static double at(const struct assay_span *s, size_t k)
{
  return s->second ? s->first[k] - s->second[k] : s->first[k];
}

double assay_span_max(const struct assay_span *s)
{
  double largest = 0;
  for (int l = 0; l < s->n_leads; l++)
    for (size_t i = 0; i < s->points; i++)
      if (s->weights[i] > 0) largest = fmax(largest, fabs(at(s, (size_t)l * s->points + i)));
  return largest;
}

double assay_span_abs(const struct assay_span *s)
{
  struct assay_sum sum = {0};
  const double largest = assay_span_max(s), scale = assay_scale_of(largest);
  if (isinf(largest)) return largest;
  for (int l = 0; l < s->n_leads; l++)
    for (size_t i = 0; i < s->points; i++)
      if (s->weights[i] > 0)
        assay_sum_add(&sum, s->weights[i] * fabs(scale * at(s, (size_t)l * s->points + i)));
  return assay_sum_value(&sum) / s->n_leads / scale;
}

/* scale * sum w d over one lead */
static double lead_mean(const struct assay_span *s, int lead, double scale)
{
  struct assay_sum sum = {0};
  for (size_t i = 0; i < s->points; i++)
    if (s->weights[i] > 0)
      assay_sum_add(&sum, s->weights[i] * (scale * at(s, (size_t)lead * s->points + i)));
  return assay_sum_value(&sum);
}

/* A spread below this, relative to values scaled into [1/2, 1), is the rounding of a constant. */
static const double constant = 8 * DBL_EPSILON;

/* sqrt(mean over leads of sum w (d - m)^2) with m = 0 or the mean of the lead */
static double spread(const struct assay_span *s, bool about_mean)
{
  struct assay_sum sum = {0};
  const double largest = assay_span_max(s), scale = assay_scale_of(largest);
  if (isinf(largest)) return largest;
  for (int l = 0; l < s->n_leads; l++) {
    const double mean = about_mean ? lead_mean(s, l, scale) : 0;
    for (size_t i = 0; i < s->points; i++) {
      if (!(s->weights[i] > 0)) continue;
      const double d = scale * at(s, (size_t)l * s->points + i) - mean;
      assay_sum_add(&sum, s->weights[i] * d * d);
    }
  }
  const double root = sqrt(assay_sum_value(&sum) / s->n_leads);
  return about_mean && root <= constant ? 0 : root / scale;
}

double assay_span_rms(const struct assay_span *s)
{
  return spread(s, false);
}

double assay_span_std(const struct assay_span *s)
{
  return spread(s, true);
}

double assay_span_correlation(const struct assay_span *s)
{
  assert(s->n_leads == 1);
  struct assay_span a = *s, b = *s;
  struct assay_sum aa = {0}, bb = {0}, ab = {0};
  a.second = NULL;
  b.first = s->second;
  b.second = NULL;
  const double scale_a = assay_scale_of(assay_span_max(&a));
  const double scale_b = assay_scale_of(assay_span_max(&b));
  const double mean_a = lead_mean(&a, 0, scale_a), mean_b = lead_mean(&b, 0, scale_b);
  for (size_t i = 0; i < s->points; i++) {
    const double w = s->weights[i];
    if (!(w > 0)) continue;
    const double da = scale_a * s->first[i] - mean_a, db = scale_b * s->second[i] - mean_b;
    assay_sum_add(&aa, w * da * da);
    assay_sum_add(&bb, w * db * db);
    assay_sum_add(&ab, w * da * db);
  }
  const double root_a = sqrt(assay_sum_value(&aa)), root_b = sqrt(assay_sum_value(&bb));
  if (root_a <= constant || root_b <= constant) return 0;
  return fmin(1, fmax(-1, assay_sum_value(&ab) / (root_a * root_b)));
}

double assay_ratio(double part, double whole, double least)
{
  const double below = fmax(whole, least);
  if (below > 0) return part / below;
  return part > 0 ? (double)INFINITY : 0;
}

static void single_leads(double *by_lead, const struct assay_metric_case *c,
                         double (*score)(const struct assay_metric_case *, int, int, int))
{
  for (int f = 0; f < c->n_fields; f++)
    for (int l = 0; l < c->n_leads; l++) by_lead[f * c->n_leads + l] = score(c, f, l, 1);
}

int assay_eval_pooled(double *value, double *by_lead, const struct assay_metric_case *c,
                      double (*score)(const struct assay_metric_case *, int, int, int))
{
  single_leads(by_lead, c, score);
  for (int f = 0; f < c->n_fields; f++) value[f] = score(c, f, 0, c->n_leads);
  return ASSAY_OK;
}

int assay_eval_lead_mean(double *value, double *by_lead, const struct assay_metric_case *c,
                         double (*score)(const struct assay_metric_case *, int, int, int))
{
  single_leads(by_lead, c, score);
  for (int f = 0; f < c->n_fields; f++) {
    struct assay_sum sum = {0};
    for (int l = 0; l < c->n_leads; l++) assay_sum_add(&sum, by_lead[f * c->n_leads + l]);
    value[f] = assay_sum_value(&sum) / c->n_leads;
  }
  return ASSAY_OK;
}

static int component_along(const struct assay_metric_case *c, const char *axis)
{
  for (int f = 0; f < c->n_fields; f++)
    if (c->fields[f].vector && c->fields[f].vector == axis[0] && axis[1] == '\0') return f;
  return -1;
}

int assay_velocity_find(struct assay_velocity *v, const struct assay_metric_case *c)
{
  int rc = ASSAY_OK;
  *v = (struct assay_velocity){0};
  for (int a = 0; a < c->shape.n_axes; a++) {
    const int f = component_along(c, c->shape.axis[a].name);
    ASSAY_CHECK(f >= 0, ASSAY_EUNSUPPORTED, "no velocity component along %s among the fields",
                c->shape.axis[a].name);
    v->field[v->n] = f;
    v->axis[v->n++] = a;
  }
  ASSAY_CHECK(v->n > 0, ASSAY_EUNSUPPORTED, "a velocity needs a grid with axes");
done:
  return rc;
}

double assay_velocity_rms(const struct assay_metric_case *c, const struct assay_velocity *v,
                          bool truth, int lead, int n)
{
  double rms = 0;
  for (int k = 0; k < v->n; k++) {
    const struct assay_span s = truth ? assay_span_truth(c, v->field[k], lead, n)
                                      : assay_span_predicted(c, v->field[k], lead, n);
    rms = hypot(rms, assay_span_rms(&s));
  }
  return rms;
}

double assay_velocity_floor(const struct assay_metric_case *c, const struct assay_velocity *v)
{
  double least = 0;
  for (int k = 0; k < v->n; k++) least = hypot(least, c->floor[v->field[k]]);
  return least;
}

double assay_axis_spacing(const struct assay_axis *axis)
{
  return (axis->hi - axis->lo) / axis->n;
}

size_t assay_axis_stride(const struct assay_shape *shape, int axis)
{
  size_t stride = 1;
  for (int a = axis + 1; a < shape->n_axes; a++) stride *= (size_t)shape->axis[a].n;
  return stride;
}
