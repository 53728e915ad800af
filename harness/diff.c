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
  double *weights, *one;        /* [points]; of a number: {1} */
  double *a, *b;                /* one frame */
  double *mean_a, *mean_b;      /* sums over frames, [points] */
  double *norm, *gap;           /* rms of a_k, of a_k - b_k */
  double *mean_gap;             /* [n_fields] rms(<a> - <b>) */
  int *first, *second, *usable; /* [n_times] frames of both; [n_fields] frames that count */
};

static int make_room(struct bench *w, struct assay_diff *d)
{
  int rc = ASSAY_OK;
  const struct assay_dataset_info *info = d->a.info;
  const size_t fields = (size_t)info->n_fields;
  w->d = d;
  w->points = assay_shape_points(&info->shape);
  w->times = (size_t)(info->n_times > 0 ? info->n_times : 1);
  double **const plane[] = {&w->weights, &w->one, &w->a, &w->b, &w->mean_a, &w->mean_b};
  for (size_t i = 0; i < sizeof plane / sizeof *plane; i++)
    ASSAY_TRY(ASSAY_NEW(plane[i], w->points, "differences"));
  w->one[0] = 1;
  ASSAY_TRY(ASSAY_NEW(&w->norm, fields * w->times, "differences"));
  ASSAY_TRY(ASSAY_NEW(&w->gap, fields * w->times, "differences"));
  ASSAY_TRY(ASSAY_NEW(&w->mean_gap, fields, "differences"));
  ASSAY_TRY(ASSAY_NEW(&w->first, w->times, "frames"));
  ASSAY_TRY(ASSAY_NEW(&w->second, w->times, "frames"));
  ASSAY_TRY(ASSAY_NEW(&w->usable, fields, "frames"));
done:
  return rc;
}

static void drop_room(struct bench *w)
{
  void *const block[] = {w->weights, w->one, w->a,        w->b,     w->mean_a, w->mean_b,
                         w->norm,    w->gap, w->mean_gap, w->first, w->second, w->usable};
  for (size_t i = 0; i < sizeof block / sizeof *block; i++) assay_free(block[i]);
}

/* ---- one frame ------------------------------------------------------------------------------ */

static size_t elements(const struct bench *w, int field)
{
  return w->d->a.info->fields[field].kind == ASSAY_FIELD_SCALAR ? 1 : w->points;
}

static const double *weights(const struct bench *w, int field)
{
  return w->d->a.info->fields[field].kind == ASSAY_FIELD_SCALAR ? w->one : w->weights;
}

static bool is_usable(const double *v, const double *weight, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (weight[i] > 0 && !(fabs(v[i]) < fill)) return false;
  return true;
}

static double rms(const struct bench *w, int field, const double *x, const double *y)
{
  const struct assay_span s = {.weights = weights(w, field),
                               .first = x,
                               .second = y,
                               .points = elements(w, field),
                               .n_leads = 1};
  return assay_span_rms(&s);
}

/* Norm and, with b, gap of a frame: NaN where it cannot be used. */
static void measure(struct bench *w, int field, size_t k, const double *b)
{
  const size_t n = elements(w, field), at = (size_t)field * w->times + k;
  const double *weight = weights(w, field);
  w->norm[at] = w->gap[at] = (double)NAN;
  if (!is_usable(w->a, weight, n) || (b && !is_usable(b, weight, n))) return;
  w->norm[at] = rms(w, field, w->a, NULL);
  if (!b) return;
  w->gap[at] = rms(w, field, w->a, b);
  for (size_t i = 0; i < n; i++) w->mean_a[i] += w->a[i], w->mean_b[i] += b[i];
  w->usable[field]++;
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
  const int frames = w->usable[field];
  for (size_t i = 0; frames > 0 && i < n; i++) w->mean_a[i] /= frames, w->mean_b[i] /= frames;
  return frames > 0 ? rms(w, field, w->mean_a, w->mean_b) : (double)NAN;
}

static int scan_field(struct bench *w, const struct assay_diff_pair *pair,
                      const struct assay_diff_field *f, struct assay_diff_value *value)
{
  int rc = ASSAY_OK;
  const bool fixed = f->field->kind == ASSAY_FIELD_STATIC;
  const size_t n = elements(w, f->a);
  const int frames = fixed ? 1 : pair->n_frames;
  w->usable[f->a] = 0;
  memset(w->mean_a, 0, n * sizeof *w->mean_a);
  memset(w->mean_b, 0, n * sizeof *w->mean_b);
  value->same = fixed || pair->whole;
  for (int k = 0; k < frames; k++) {
    ASSAY_TRY(read_both(w, pair, f, k));
    if (memcmp(w->a, w->b, n * sizeof *w->a) != 0) value->same = false;
    if (k < used_frames(pair, f->field)) measure(w, f->a, (size_t)k, w->b);
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
      measure(w, f, (size_t)k, NULL);
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
  value->unusable = (int)frames - n;
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
  ASSAY_TRY(assay_fluid_weights(d->a.ds, w->weights, pair->a));
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
