#include "harness/diff.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "harness/diff_match.h"
#include "harness/validate.h"
#include "metrics/reduce.h"

static const double floor_share = 1e-3, fill = 9e36;

/* What one pair is worked out in. Fields are those of the first set, [n_fields, n_times]. */
struct bench {
  struct assay_diff *d;
  size_t points, times;
  double *fluid, *one;         /* [points] weights: of the fluid; of a number {1} */
  double *now;                 /* of the frame that is looked at, where a field weighs the cells */
  bool empty;                  /* all of these are zero */
  double *a, *b;               /* one frame */
  double *sum_a, *sum_b, *sum; /* over the frames, of a, b and 1 with their weights, [points] */
  double *norm, *gap;          /* rms of a_k, of a_k - b_k */
  double *mean_gap;            /* [n_fields] rms(<a> - <b>) */
  int *first, *second;         /* [n_times] frames of both */
  int *n, *n_empty;            /* [n_fields] frames that count; that have no weight */
};

static int make_room(struct bench *w, struct assay_diff *d)
{
  int rc = ASSAY_OK;
  const struct assay_dataset_info *info = d->a.info;
  const size_t fields = (size_t)info->n_fields;
  w->d = d;
  w->points = assay_shape_points(&info->shape);
  w->times = (size_t)(info->n_times > 0 ? info->n_times : 1);
  double **const plane[] = {&w->fluid, &w->one,   &w->now,   &w->a,
                            &w->b,     &w->sum_a, &w->sum_b, &w->sum};
  for (size_t i = 0; i < sizeof plane / sizeof *plane; i++)
    ASSAY_TRY(ASSAY_NEW(plane[i], w->points, "differences"));
  w->one[0] = 1;
  ASSAY_TRY(ASSAY_NEW(&w->norm, fields * w->times, "differences"));
  ASSAY_TRY(ASSAY_NEW(&w->gap, fields * w->times, "differences"));
  ASSAY_TRY(ASSAY_NEW(&w->mean_gap, fields, "differences"));
  ASSAY_TRY(ASSAY_NEW(&w->first, w->times, "frames"));
  ASSAY_TRY(ASSAY_NEW(&w->second, w->times, "frames"));
  ASSAY_TRY(ASSAY_NEW(&w->n, fields, "frames"));
  ASSAY_TRY(ASSAY_NEW(&w->n_empty, fields, "frames"));
done:
  return rc;
}

static void drop_room(struct bench *w)
{
  void *const block[] = {w->fluid,    w->one,   w->now,    w->a,   w->b,
                         w->sum_a,    w->sum_b, w->sum,    w->n,   w->norm,
                         w->mean_gap, w->first, w->second, w->gap, w->n_empty};
  for (size_t i = 0; i < sizeof block / sizeof *block; i++) assay_free(block[i]);
}

/* ---- one frame ------------------------------------------------------------------------------ */

static size_t elements(const struct bench *w, int field)
{
  return w->d->a.info->fields[field].kind == ASSAY_FIELD_SCALAR ? 1 : w->points;
}

/* Whether the cells of a field are weighed by another one. */
static bool is_weighed(const struct bench *w, int field)
{
  return w->d->where >= 0 && w->d->a.info->fields[field].kind == ASSAY_FIELD_FRAME;
}

static const double *weights(const struct bench *w, int field)
{
  if (w->d->a.info->fields[field].kind == ASSAY_FIELD_SCALAR) return w->one;
  return is_weighed(w, field) ? w->now : w->fluid;
}

/* now = fluid * field `where`, sum 1; negative values and such that are not finite weigh nothing */
static int weigh_frame(struct bench *w, const struct assay_diff_pair *pair, int field, int k)
{
  int rc = ASSAY_OK;
  struct assay_sum sum = {0};
  w->empty = false;
  if (!is_weighed(w, field)) goto done;
  ASSAY_TRY(assay_dataset_read(w->d->a.ds, w->now, pair->a, w->d->where, w->first[k], 1));
  for (size_t i = 0; i < w->points; i++) {
    w->now[i] = w->fluid[i] > 0 && w->now[i] > 0 && w->now[i] < fill ? w->fluid[i] * w->now[i] : 0;
    assay_sum_add(&sum, w->now[i]);
  }
  w->empty = !(assay_sum_value(&sum) > 0);
  for (size_t i = 0; i < w->points && !w->empty; i++) w->now[i] /= assay_sum_value(&sum);
done:
  return rc;
}

static bool is_usable(const double *v, const double *weight, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (weight[i] > 0 && !(fabs(v[i]) < fill)) return false;
  return true;
}

static double rms(const double *weight, const double *x, const double *y, size_t n)
{
  const struct assay_span s = {
      .weights = weight, .first = x, .second = y, .points = n, .n_leads = 1};
  return assay_span_rms(&s);
}

static void add_to_means(struct bench *w, const double *weight, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    if (!(weight[i] > 0)) continue;
    w->sum_a[i] += weight[i] * w->a[i];
    w->sum_b[i] += weight[i] * w->b[i];
    w->sum[i] += weight[i];
  }
}

/* Norm and, if both are to be compared, gap of a frame: NaN where it cannot be used. */
static void measure(struct bench *w, int field, size_t k, bool both)
{
  const size_t n = elements(w, field), at = (size_t)field * w->times + k;
  const double *weight = weights(w, field);
  w->norm[at] = w->gap[at] = (double)NAN;
  w->n_empty[field] += w->empty;
  if (w->empty || !is_usable(w->a, weight, n) || (both && !is_usable(w->b, weight, n))) return;
  w->norm[at] = rms(weight, w->a, NULL, n);
  if (!both) return;
  w->gap[at] = rms(weight, w->a, w->b, n);
  add_to_means(w, weight, n);
  w->n[field]++;
}

/* ---- one field of a pair -------------------------------------------------------------------- */

static int used_frames(const struct assay_diff_pair *pair, const struct assay_field *field)
{
  return field->kind == ASSAY_FIELD_STATIC ? 1 : pair->n_used;
}

static int read_both(struct bench *w, const struct assay_diff_pair *pair,
                     const struct assay_diff_field *f, int k)
{
  int rc = ASSAY_OK;
  const bool fixed = f->field->kind == ASSAY_FIELD_STATIC;
  const int first = fixed ? 0 : w->first[k], second = fixed ? 0 : w->second[k];
  ASSAY_TRY(assay_dataset_read(w->d->a.ds, w->a, pair->a, f->a, first, 1));
  ASSAY_TRY(assay_dataset_read(w->d->b.ds, w->b, pair->b, f->b, second, 1));
done:
  return rc;
}

/* rms of the difference of both means, from their sums over frames. */
static double compare_means(struct bench *w, int field)
{
  const size_t n = elements(w, field);
  if (w->n[field] == 0) return (double)NAN;
  for (size_t i = 0; i < n; i++) {
    if (!(w->sum[i] > 0)) continue;
    w->sum_a[i] /= w->sum[i];
    w->sum_b[i] /= w->sum[i];
    w->sum[i] /= w->n[field];
  }
  return rms(w->sum, w->sum_a, w->sum_b, n);
}

static int scan_field(struct bench *w, const struct assay_diff_pair *pair,
                      const struct assay_diff_field *f, struct assay_diff_value *value)
{
  int rc = ASSAY_OK;
  const bool fixed = f->field->kind == ASSAY_FIELD_STATIC;
  const size_t n = elements(w, f->a);
  const int frames = fixed ? 1 : pair->n_frames;
  w->n[f->a] = w->n_empty[f->a] = 0;
  double *const sums[] = {w->sum_a, w->sum_b, w->sum};
  for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) memset(sums[i], 0, n * sizeof *sums[i]);
  value->same = fixed || pair->whole;
  for (int k = 0; k < frames; k++) {
    ASSAY_TRY(read_both(w, pair, f, k));
    if (memcmp(w->a, w->b, n * sizeof *w->a) != 0) value->same = false;
    if (k >= used_frames(pair, f->field)) continue;
    ASSAY_TRY(weigh_frame(w, pair, f->a, k));
    measure(w, f->a, (size_t)k, true);
  }
  w->mean_gap[f->a] = compare_means(w, f->a);
done:
  return rc;
}

/* Components of the velocity that are only there to measure by. */
static int scan_norms(struct bench *w, const struct assay_diff_pair *pair)
{
  int rc = ASSAY_OK;
  for (int f = 0; f < w->d->a.info->n_fields; f++) {
    const struct assay_field *field = &w->d->a.info->fields[f];
    bool compared = !field->vector || field->kind != ASSAY_FIELD_FRAME;
    for (int i = 0; i < w->d->n_fields; i++) compared = compared || w->d->fields[i].a == f;
    for (int k = 0; !compared && k < pair->n_used; k++) {
      ASSAY_TRY(assay_dataset_read(w->d->a.ds, w->a, pair->a, f, w->first[k], 1));
      ASSAY_TRY(weigh_frame(w, pair, f, k));
      measure(w, f, (size_t)k, false);
    }
  }
done:
  return rc;
}

/* rms(s_k) of what the field is measured by. */
static double scale_of(const struct bench *w, int field, size_t k)
{
  const struct assay_dataset_info *info = w->d->a.info;
  double sum = 0;
  if (!info->fields[field].vector || info->fields[field].kind != ASSAY_FIELD_FRAME)
    return w->norm[(size_t)field * w->times + k];
  for (int f = 0; f < info->n_fields; f++) {
    const double x = w->norm[(size_t)f * w->times + k];
    if (info->fields[f].vector && info->fields[f].kind == ASSAY_FIELD_FRAME) sum += x * x;
  }
  return sqrt(sum);
}

static void judge(const struct bench *w, const struct assay_diff_pair *pair,
                  const struct assay_diff_field *f, struct assay_diff_value *value,
                  double *by_frame)
{
  const size_t frames = (size_t)used_frames(pair, f->field);
  const double *gap = w->gap + (size_t)f->a * w->times;
  struct assay_sum gap2 = {0}, scale2 = {0};
  double largest = 0;
  int n = 0;
  for (size_t k = 0; k < frames; k++) largest = fmax(largest, scale_of(w, f->a, k));
  value->relative = value->worst = value->mean = (double)NAN;
  value->worst_frame = -1;
  for (size_t k = 0; k < frames; k++) {
    const double scale = scale_of(w, f->a, k);
    if (isnan(scale) || isnan(gap[k])) continue;
    const int frame = f->field->kind == ASSAY_FIELD_STATIC ? 0 : w->first[k];
    const double d = assay_ratio(gap[k], scale, floor_share * largest);
    assay_sum_add(&gap2, gap[k] * gap[k]);
    assay_sum_add(&scale2, scale * scale);
    by_frame[frame] = d;
    n++;
    if (!(value->worst >= d)) value->worst = d, value->worst_frame = frame;
  }
  value->unusable = (int)frames - n - w->n_empty[f->a];
  if (n == 0) return;
  value->relative = assay_ratio(sqrt(assay_sum_value(&gap2)), sqrt(assay_sum_value(&scale2)), 0);
  if (f->field->kind == ASSAY_FIELD_STATIC) return;
  value->mean = assay_ratio(w->mean_gap[f->a], sqrt(assay_sum_value(&scale2) / n), 0);
}

/* ---- all pairs ------------------------------------------------------------------------------ */

static int compare_pair(struct bench *w, long i)
{
  int rc = ASSAY_OK;
  struct assay_diff *d = w->d;
  struct assay_diff_pair *pair = &d->pairs[i];
  ASSAY_TRY(assay_fluid_weights(d->a.ds, w->fluid, pair->a));
  ASSAY_TRY(assay_diff_pair_frames(pair, w->first, w->second, d));
  for (int f = 0; f < d->n_fields; f++)
    ASSAY_TRY(scan_field(w, pair, &d->fields[f], &d->fields[f].values[i]));
  ASSAY_TRY(scan_norms(w, pair));
  for (int f = 0; f < d->n_fields; f++)
    judge(w, pair, &d->fields[f], &d->fields[f].values[i],
          d->fields[f].by_frame + (size_t)i * w->times);
done:
  return rc;
}

static int open_side(struct assay_diff_side *s, const struct assay_dataset *ds)
{
  int rc = ASSAY_OK;
  s->ds = ds;
  s->info = assay_dataset_info(ds);
  const size_t n = (size_t)s->info->n_params, cases = (size_t)s->info->n_cases;
  ASSAY_TRY(ASSAY_NEW(&s->params, cases * n, "parameters"));
  ASSAY_TRY(ASSAY_NEW(&s->steady, cases, "steady frames"));
  for (size_t k = 0; k < cases; k++)
    ASSAY_TRY(assay_dataset_params(ds, s->params + k * n, (long)k));
  rc = assay_dataset_certificate(ds, s->steady, "steady_from");
  if (rc == ASSAY_ENOTFOUND) { /* not a set of ours */
    for (size_t k = 0; k < cases; k++) s->steady[k] = (double)NAN;
    rc = ASSAY_OK;
  }
done:
  return rc;
}

int assay_diff_create(struct assay_diff **out, const struct assay_dataset *a,
                      const struct assay_dataset *b, const struct assay_diff_options *options)
{
  int rc = ASSAY_OK;
  struct assay_diff *d = NULL;
  struct bench w = {0};
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&d, 1, "differences"));
  ASSAY_TRY(open_side(&d->a, a));
  ASSAY_TRY(open_side(&d->b, b));
  ASSAY_TRY(assay_diff_check_grid(d));
  ASSAY_TRY(assay_diff_pair_cases(d, &options->match));
  ASSAY_TRY(assay_diff_pair_fields(d, &options->fields));
  ASSAY_TRY(assay_diff_find_where(d, options->where));
  ASSAY_TRY(make_room(&w, d));
  for (long i = 0; i < d->n_pairs; i++) {
    ASSAY_TRY(compare_pair(&w, i));
    if (options->progress) options->progress(options->user, i + 1, d->n_pairs);
  }
  *out = d;
  d = NULL;
done:
  drop_room(&w);
  assay_diff_destroy(d);
  return rc;
}

static void close_side(struct assay_diff_side *s)
{
  assay_free(s->params);
  assay_free(s->steady);
}

void assay_diff_destroy(struct assay_diff *d)
{
  if (!d) return;
  for (int f = 0; f < d->n_fields; f++) {
    assay_free(d->fields[f].values);
    assay_free(d->fields[f].by_frame);
  }
  assay_free(d->fields);
  assay_free(d->pairs);
  close_side(&d->a);
  close_side(&d->b);
  assay_free(d);
}
