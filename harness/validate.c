#include "harness/validate.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "datasets/prediction.h"

const char *const assay_flaw_names[] = {"none", "missing", "shape", "nonfinite", NULL};

__attribute__((format(printf, 3, 4))) static bool flawed(struct assay_flaw *flaw, int kind,
                                                         const char *fmt, ...)
{
  va_list args;
  va_start(args, fmt);
  flaw->kind = kind;
  vsnprintf(flaw->text, sizeof flaw->text, fmt, args);
  va_end(args);
  return true;
}

int assay_fluid_weights(const struct assay_dataset *ds, double *weights, long k)
{
  int rc = ASSAY_OK;
  const struct assay_dataset_info *info = assay_dataset_info(ds);
  const size_t n = assay_shape_points(&info->shape);
  const int mask = assay_dataset_field(ds, "mask");
  size_t fluid = 0;
  for (size_t j = 0; j < n; j++) weights[j] = 1;
  if (mask >= 0 && info->fields[mask].kind == ASSAY_FIELD_STATIC)
    ASSAY_TRY(assay_dataset_read(ds, weights, k, mask, 0, 1));
  for (size_t j = 0; j < n; j++) fluid += weights[j] >= 0.5;
  ASSAY_CHECK(fluid > 0, ASSAY_ECORRUPT, "%s: case %ld is all solid", info->path, info->case_id[k]);
  for (size_t j = 0; j < n; j++) weights[j] = weights[j] >= 0.5 ? 1.0 / (double)fluid : 0;
done:
  return rc;
}

int assay_cut_weights(const struct assay_cut *cut, double *weights, long i)
{
  return assay_fluid_weights(cut->ds, weights, cut->test[i]);
}

/* Cases, fields, axes, number of times. */
static bool other_shape(struct assay_flaw *flaw, const struct assay_cut *cut,
                        const struct assay_dataset *p)
{
  const struct assay_dataset_info *want = assay_dataset_info(cut->ds), *got = assay_dataset_info(p);
  const int n_leads = cut->frames.n_leads;
  if (got->n_cases != cut->n_test)
    return flawed(flaw, ASSAY_FLAW_SHAPE, "the prediction has %ld cases, expected %ld",
                  got->n_cases, cut->n_test);
  for (int a = 0; a < want->shape.n_axes; a++)
    if (a >= got->shape.n_axes || got->shape.axis[a].n != want->shape.axis[a].n)
      return flawed(flaw, ASSAY_FLAW_SHAPE, "dimension '%s' of the prediction is %d, expected %d",
                    want->shape.axis[a].name, a < got->shape.n_axes ? got->shape.axis[a].n : 0,
                    want->shape.axis[a].n);
  if (got->n_times != n_leads && !(got->n_times == 0 && n_leads == 1))
    return flawed(flaw, ASSAY_FLAW_SHAPE, "the prediction has %d times, expected %d", got->n_times,
                  n_leads);
  for (int f = 0; f < cut->task->fields.n; f++) {
    const char *name = cut->task->fields.item[f];
    const int at = assay_dataset_field(p, name);
    if (at < 0 || got->fields[at].kind != ASSAY_FIELD_FRAME)
      return flawed(flaw, ASSAY_FLAW_SHAPE,
                    "the prediction has no variable '%s' of type float or double with the "
                    "dimensions case, time and those of the grid",
                    name);
  }
  return false;
}

/* Where a prediction states its times they must be those asked for. */
static int other_times(struct assay_flaw *flaw, const struct assay_cut *cut,
                       const struct assay_dataset *p)
{
  int rc = ASSAY_OK;
  const int n = assay_dataset_info(p)->n_times, n_all = assay_dataset_info(cut->ds)->n_times;
  double *got = NULL, *all = NULL;
  if (n == 0 || n_all == 0) goto done;
  ASSAY_TRY(ASSAY_NEW(&got, (size_t)n, "times"));
  ASSAY_TRY(ASSAY_NEW(&all, (size_t)n_all, "times"));
  for (long i = 0; i < cut->n_test && !flaw->kind; i++) {
    if (assay_dataset_times(p, got, i) < 0) break; /* it does not say */
    ASSAY_TRY(assay_dataset_times(cut->ds, all, cut->test[i]));
    double span = 0;
    for (int l = 0; l < cut->n_leads[i]; l++) span = fmax(span, fabs(all[cut->frames.lead[l]]));
    for (int l = 0; l < cut->n_leads[i] && !flaw->kind; l++) {
      const double want = all[cut->frames.lead[l]];
      if (!(fabs(got[l] - want) <= 1e-6 * span))
        flawed(flaw, ASSAY_FLAW_SHAPE,
               "time %d of case %ld of the prediction is %g s, expected %g s", l, i, got[l], want);
    }
  }
done:
  assay_free(got);
  assay_free(all);
  return rc;
}

/* Look at all fluid cells of one frame. */
static bool frame_is_finite(struct assay_flaw *flaw, const double *v, const double *w, size_t n,
                            const char *field, long i, int lead)
{
  for (size_t j = 0; j < n; j++) {
    if (!(w[j] > 0) || (isfinite(v[j]) && fabs(v[j]) < 9e36)) continue;
    if (!flaw->kind)
      flawed(flaw, ASSAY_FLAW_NONFINITE, "%s of case %ld at time %d is %s (cell %zu of %zu)", field,
             i, lead,
             isfinite(v[j]) ? "never written"
             : isnan(v[j])  ? "nan"
                            : "infinite",
             j, n);
    return false;
  }
  return true;
}

static int check_case(struct assay_flaw *flaw, bool *good, const struct assay_cut *cut,
                      const struct assay_dataset *p, long i, double *v, const double *w)
{
  int rc = ASSAY_OK;
  const size_t n = assay_shape_points(&assay_dataset_info(cut->ds)->shape);
  *good = true;
  for (int f = 0; f < cut->task->fields.n && *good; f++)
    for (int l = 0; l < cut->n_leads[i] && *good; l++) {
      const char *name = cut->task->fields.item[f];
      ASSAY_TRY(assay_dataset_read(p, v, i, assay_dataset_field(p, name), l, 1));
      *good = frame_is_finite(flaw, v, w, n, name, i, l);
    }
done:
  return rc;
}

static int check_values(struct assay_flaw *flaw, bool *good, const struct assay_cut *cut,
                        const struct assay_dataset *p)
{
  int rc = ASSAY_OK;
  const size_t n = assay_shape_points(&assay_dataset_info(cut->ds)->shape);
  double *v = NULL, *w = NULL;
  ASSAY_TRY(ASSAY_NEW(&v, n, "prediction"));
  ASSAY_TRY(ASSAY_NEW(&w, n, "weights"));
  for (long i = 0; i < cut->n_test; i++) {
    ASSAY_TRY(assay_cut_weights(cut, w, i));
    ASSAY_TRY(check_case(flaw, &good[i], cut, p, i, v, w));
  }
done:
  assay_free(v);
  assay_free(w);
  return rc;
}

/* n_frames of the prediction may say that frames are not there. */
static bool lacks_frames(struct assay_flaw *flaw, const struct assay_cut *cut,
                         const struct assay_dataset *p)
{
  for (long i = 0; i < cut->n_test; i++)
    if (assay_dataset_frames(p, i) < cut->n_leads[i])
      return flawed(flaw, ASSAY_FLAW_SHAPE, "case %ld of the prediction has %d frames, expected %d",
                    i, assay_dataset_frames(p, i), cut->n_leads[i]);
  return false;
}

int assay_validate(struct assay_flaw *flaw, struct assay_dataset **out, bool *good,
                   const struct assay_cut *cut, const char *prediction)
{
  int rc = ASSAY_OK;
  struct assay_dataset *p = NULL;
  *flaw = (struct assay_flaw){0};
  *out = NULL;
  if (!assay_file_exists(prediction)) {
    flawed(flaw, ASSAY_FLAW_MISSING, "no prediction was written");
    goto done;
  }
  rc = assay_prediction_open(&p, prediction);
  if (rc == ASSAY_ENOMEM) goto done;
  if (rc < 0) {
    flawed(flaw, ASSAY_FLAW_SHAPE, "the prediction cannot be read: %s", assay_err_last());
    rc = ASSAY_OK;
    goto done;
  }
  if (other_shape(flaw, cut, p) || lacks_frames(flaw, cut, p)) goto done;
  ASSAY_TRY(other_times(flaw, cut, p));
  if (flaw->kind) goto done;
  ASSAY_TRY(check_values(flaw, good, cut, p));
  *out = p;
  p = NULL;
done:
  assay_dataset_close(p);
  return rc;
}
