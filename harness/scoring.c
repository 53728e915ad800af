#include "harness/scoring.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

static const double FLOOR = 1e-6; /* of the rms of a field */

/* What one case is put into, and what metrics work on. */
struct bench {
  const struct assay_cut *cut;
  const struct assay_dataset *prediction;
  struct assay_metric_case c;
  struct assay_field *fields; /* [n_fields] */
  double *weights, *times, *floor, *boundary_value, *one_side;
  int *boundary_type;
  double *profiles;            /* [n_fields, ASSAY_SIDES, room] */
  const double **profile;      /* [n_fields, ASSAY_SIDES], NULL: 1 along the side */
  double **predicted, **truth; /* [n_fields][n_leads, points] */
  double *value, *by_lead;     /* [n_fields], [n_fields, n_leads] */
};

static size_t points_of(const struct bench *b)
{
  return assay_shape_points(&assay_dataset_info(b->cut->ds)->shape);
}

static void close_bench(struct bench *b)
{
  for (int f = 0; f < b->cut->task->fields.n; f++) {
    if (b->predicted) assay_free(b->predicted[f]);
    if (b->truth) assay_free(b->truth[f]);
  }
  void *const block[] = {b->fields,   b->weights,       b->times,     b->floor, b->boundary_value,
                         b->one_side, b->boundary_type, b->predicted, b->truth, b->value,
                         b->by_lead,  b->profiles,      b->profile};
  for (size_t i = 0; i < sizeof block / sizeof *block; i++) assay_free(block[i]);
}

static int make_room(struct bench *b)
{
  int rc = ASSAY_OK;
  const size_t n = (size_t)b->cut->task->fields.n, leads = (size_t)b->cut->frames.n_leads;
  const int n_times = assay_dataset_info(b->cut->ds)->n_times;
  const size_t all_times = (size_t)(n_times > 0 ? n_times : 1);
  ASSAY_TRY(ASSAY_NEW(&b->fields, n + 1, "scores"));
  ASSAY_TRY(ASSAY_NEW(&b->weights, points_of(b), "scores"));
  ASSAY_TRY(ASSAY_NEW(&b->times, all_times, "scores"));
  ASSAY_TRY(ASSAY_NEW(&b->floor, n, "scores"));
  ASSAY_TRY(ASSAY_NEW(&b->boundary_value, n * ASSAY_SIDES * leads, "scores"));
  ASSAY_TRY(ASSAY_NEW(&b->one_side, all_times, "scores"));
  ASSAY_TRY(ASSAY_NEW(&b->boundary_type, n * ASSAY_SIDES, "scores"));
  const struct assay_shape *shape = &assay_dataset_info(b->cut->ds)->shape;
  const size_t room = (size_t)assay_profile_room(shape->n_axes, shape->axis);
  ASSAY_TRY(ASSAY_NEW(&b->profiles, n * ASSAY_SIDES * room, "scores"));
  ASSAY_TRY(ASSAY_NEW(&b->profile, n * ASSAY_SIDES, "scores"));
  ASSAY_TRY(ASSAY_NEW(&b->predicted, n, "scores"));
  ASSAY_TRY(ASSAY_NEW(&b->truth, n, "scores"));
  ASSAY_TRY(ASSAY_NEW(&b->value, n, "scores"));
  ASSAY_TRY(ASSAY_NEW(&b->by_lead, n * leads, "scores"));
  for (size_t f = 0; f < n; f++) {
    ASSAY_TRY(ASSAY_NEW(&b->predicted[f], leads * points_of(b), "scores"));
    ASSAY_TRY(ASSAY_NEW(&b->truth[f], leads * points_of(b), "scores"));
  }
done:
  return rc;
}

static int field_of(const struct bench *b, int f)
{
  return assay_dataset_field(b->cut->ds, b->cut->task->fields.item[f]);
}

static void set_fields(struct bench *b)
{
  const struct assay_dataset_info *info = assay_dataset_info(b->cut->ds);
  for (int f = 0; f < b->cut->task->fields.n; f++) b->fields[f] = info->fields[field_of(b, f)];
  b->c = (struct assay_metric_case){.n_fields = b->cut->task->fields.n,
                                    .fields = b->fields,
                                    .shape = info->shape,
                                    .weights = b->weights,
                                    .floor = b->floor,
                                    .predicted = (const double *const *)b->predicted,
                                    .truth = (const double *const *)b->truth,
                                    .boundary_type = b->boundary_type,
                                    .boundary_value = b->boundary_value,
                                    .boundary_profile = b->profile};
}

/* floor[f] from the truth of all test cases. */
static int set_floors(struct bench *b)
{
  int rc = ASSAY_OK;
  const size_t n = points_of(b);
  for (int f = 0; f < b->c.n_fields; f++) {
    double sum = 0, frames = 0;
    for (long i = 0; i < b->cut->n_test; i++) {
      ASSAY_TRY(assay_cut_weights(b->cut, b->weights, i));
      ASSAY_TRY(assay_cut_read_truth(b->cut, b->truth[f], i, f));
      for (int l = 0; l < b->cut->n_leads[i]; l++, frames++)
        for (size_t j = 0; j < n; j++) {
          const double v = b->truth[f][(size_t)l * n + j];
          if (b->weights[j] > 0) sum += b->weights[j] * v * v;
        }
    }
    b->floor[f] = FLOOR * sqrt(sum / frames);
  }
done:
  return rc;
}

/* [n_fields, 4] and [n_fields, 4, n_leads of this case] */
static int set_boundary(struct bench *b, long i)
{
  int rc = ASSAY_OK;
  const int leads = b->cut->n_leads[i];
  for (int f = 0; f < b->c.n_fields; f++)
    for (int side = 0; side < ASSAY_SIDES; side++) {
      const int at = f * ASSAY_SIDES + side;
      ASSAY_TRY(assay_dataset_boundary(b->cut->ds, &b->boundary_type[at], b->one_side,
                                       b->cut->test[i], field_of(b, f), side));
      for (int l = 0; l < leads; l++)
        b->boundary_value[at * leads + l] = b->one_side[b->cut->frames.lead[l]];
    }
done:
  return rc;
}

static int set_profiles(struct bench *b, long i)
{
  int rc = ASSAY_OK;
  const struct assay_shape *shape = &b->c.shape;
  const int room = assay_profile_room(shape->n_axes, shape->axis);
  for (int at = 0; at < b->c.n_fields * ASSAY_SIDES && shape->n_axes == 2; at++) {
    bool varies = false;
    double *values = b->profiles + (ptrdiff_t)at * room;
    ASSAY_TRY(assay_dataset_profile(b->cut->ds, &varies, values, b->cut->test[i],
                                    field_of(b, at / ASSAY_SIDES), at % ASSAY_SIDES));
    b->profile[at] = varies ? values : NULL;
  }
done:
  return rc;
}

static int load_case(struct bench *b, long i, double *lead_times)
{
  int rc = ASSAY_OK;
  b->c.n_leads = b->cut->n_leads[i];
  b->times[0] = 0;
  if (assay_dataset_info(b->cut->ds)->n_times > 0)
    ASSAY_TRY(assay_dataset_times(b->cut->ds, b->times, b->cut->test[i]));
  for (int l = 0; l < b->c.n_leads; l++) lead_times[l] = b->times[b->cut->frames.lead[l]];
  b->c.times = lead_times;
  for (int a = 0; a < b->c.shape.n_axes; a++)
    ASSAY_TRY(assay_cut_axis(&b->c.shape.axis[a], b->cut->ds, b->cut->test[i], a));
  ASSAY_TRY(assay_cut_weights(b->cut, b->weights, i));
  ASSAY_TRY(set_boundary(b, i));
  ASSAY_TRY(set_profiles(b, i));
  for (int f = 0; f < b->c.n_fields; f++) {
    const int at = assay_dataset_field(b->prediction, b->cut->task->fields.item[f]);
    ASSAY_TRY(assay_cut_read_truth(b->cut, b->truth[f], i, f));
    ASSAY_TRY(assay_dataset_read(b->prediction, b->predicted[f], i, at, 0, b->c.n_leads));
  }
done:
  return rc;
}

/* ---- results ------------------------------------------------------------------------------ */

/* The unit of a metric on a field. A copy: scores outlive the data set. */
static int unit_of(char **out, const struct assay_metric *m, const struct assay_field *field)
{
  const char *unit = m->unit ? m->unit : field ? field->unit : "1";
  if (m->unit || m->unit_power == 1 || strcmp(unit, "1") == 0) return assay_strdup(out, unit);
  const bool compound = strpbrk(unit, " /.0123456789") != NULL;
  return assay_asprintf(out, "%s%s%s%d", compound ? "(" : "", unit, compound ? ")" : "",
                        m->unit_power);
}

static int add_score(struct assay_scores *s, const struct assay_metric *m, int field,
                     const struct assay_field *described)
{
  int rc = ASSAY_OK;
  struct assay_score *score = &s->score[s->n];
  const size_t cases = (size_t)s->n_cases, leads = (size_t)s->n_leads;
  *score =
      (struct assay_score){.metric = m, .field = field, .floor = m->has_floor ? 0 : (double)NAN};
  ASSAY_TRY(ASSAY_NEW(&score->cases, cases, "scores"));
  s->n++;
  ASSAY_TRY(ASSAY_NEW(&score->by_lead, cases * leads, "scores"));
  ASSAY_TRY(unit_of(&score->unit, m, described));
  for (size_t i = 0; i < cases; i++) score->cases[i] = (double)NAN;
  for (size_t i = 0; i < cases * leads; i++) score->by_lead[i] = (double)NAN;
done:
  return rc;
}

static int add_scores(struct assay_scores *s, const struct bench *b, const struct assay_list *names)
{
  int rc = ASSAY_OK;
  const struct assay_metric *m;
  ASSAY_TRY(ASSAY_NEW(&s->score, (size_t)(names->n * b->c.n_fields), "scores"));
  for (int i = 0; i < names->n; i++) {
    ASSAY_TRY(assay_metric_find(&m, names->item[i]));
    ASSAY_CHECK(m->eval, ASSAY_EARG, "metric '%s' is one of equations, not of fields", m->name);
    for (int f = 0; m->per_field && f < b->c.n_fields; f++)
      ASSAY_TRY(add_score(s, m, f, &b->fields[f]));
    if (!m->per_field) ASSAY_TRY(add_score(s, m, -1, NULL));
  }
done:
  return rc;
}

/* Put the outputs of a metric for case i into its scores, which stand together from `at` on. */
static void store(struct assay_scores *s, int at, const struct bench *b, long i)
{
  const int n_out = s->score[at].metric->per_field ? b->c.n_fields : 1;
  for (int o = 0; o < n_out; o++) {
    struct assay_score *score = &s->score[at + o];
    score->cases[i] = b->value[o];
    if (isinf(b->value[o]) && !s->problem[0])
      snprintf(s->problem, sizeof s->problem, "%s of %s is infinite for case %ld",
               score->metric->name,
               score->field < 0 ? "the state" : b->cut->task->fields.item[score->field], i);
    for (int l = 0; l < b->c.n_leads; l++) {
      const double v = b->by_lead[o * b->c.n_leads + l];
      score->by_lead[(size_t)i * (size_t)s->n_leads + (size_t)l] = isinf(v) ? (double)NAN : v;
    }
  }
}

/* The truth beside itself. */
static int add_floor(struct assay_scores *s, int at, struct bench *b)
{
  int rc = ASSAY_OK;
  const struct assay_metric *m = s->score[at].metric;
  const double *const *predicted = b->c.predicted;
  if (!m->has_floor) goto done;
  b->c.predicted = b->c.truth;
  rc = m->eval(b->value, b->by_lead, &b->c);
  b->c.predicted = predicted;
  ASSAY_TRY(rc);
  for (int o = 0; o < (m->per_field ? b->c.n_fields : 1); o++)
    s->score[at + o].floor += b->value[o];
done:
  return rc;
}

static int eval_metric(struct assay_scores *s, int at, struct bench *b, long i)
{
  int rc = s->score[at].metric->eval(b->value, b->by_lead, &b->c);
  if (rc == ASSAY_EUNSUPPORTED) { /* absent, not zero */
    for (int o = 0; o < (s->score[at].metric->per_field ? b->c.n_fields : 1); o++)
      s->score[at + o].floor = (double)NAN;
    return ASSAY_OK;
  }
  ASSAY_TRY(rc);
  store(s, at, b, i);
  ASSAY_TRY(add_floor(s, at, b));
done:
  return rc;
}

static int score_cases(struct assay_scores *s, struct bench *b, const bool *good)
{
  int rc = ASSAY_OK;
  double *times = NULL;
  int *count = NULL;
  long scored = 0;
  ASSAY_TRY(ASSAY_NEW(&times, (size_t)s->n_leads, "lead times"));
  ASSAY_TRY(ASSAY_NEW(&count, (size_t)s->n_leads, "lead times"));
  for (long i = 0; i < s->n_cases; i++) {
    ASSAY_TRY(load_case(b, i, times));
    for (int l = 0; l < b->c.n_leads; l++, count[l - 1]++) s->lead_times[l] += times[l];
    if (b->c.n_leads == 0 || (good && !good[i])) continue;
    scored++;
    for (int at = 0; at < s->n; at += s->score[at].metric->per_field ? b->c.n_fields : 1)
      ASSAY_TRY(eval_metric(s, at, b, i));
  }
  for (int l = 0; l < s->n_leads; l++) s->lead_times[l] /= count[l] > 0 ? count[l] : 1;
  for (int k = 0; k < s->n; k++) s->score[k].floor /= (double)scored; /* 0/0: NaN */
done:
  assay_free(times);
  assay_free(count);
  return rc;
}

int assay_scores_create(struct assay_scores **out, const struct assay_cut *cut,
                        const struct assay_dataset *prediction, const struct assay_list *metrics,
                        const bool *good)
{
  int rc = ASSAY_OK;
  struct assay_scores *s = NULL;
  struct bench b = {.cut = cut, .prediction = prediction};
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&s, 1, "scores"));
  s->n_cases = cut->n_test;
  s->n_leads = cut->frames.n_leads;
  ASSAY_TRY(ASSAY_NEW(&s->lead_times, (size_t)s->n_leads, "lead times"));
  ASSAY_TRY(make_room(&b));
  set_fields(&b);
  ASSAY_TRY(add_scores(s, &b, metrics));
  ASSAY_TRY(set_floors(&b));
  ASSAY_TRY(score_cases(s, &b, good));
  *out = s;
  s = NULL;
done:
  close_bench(&b);
  assay_scores_destroy(s);
  return rc;
}

void assay_scores_destroy(struct assay_scores *s)
{
  if (!s) return;
  for (int i = 0; i < s->n; i++) {
    assay_free(s->score[i].cases);
    assay_free(s->score[i].by_lead);
    assay_free(s->score[i].unit);
  }
  assay_free(s->score);
  assay_free(s->lead_times);
  assay_free(s);
}

double assay_score_mean(const struct assay_scores *s, const struct assay_score *score)
{
  double sum = 0, n = 0;
  for (long i = 0; i < s->n_cases; i++)
    if (!isnan(score->cases[i])) sum += score->cases[i], n++;
  return n > 0 ? sum / n : (double)NAN;
}
