/* Is a case resolved? From what a file stores of it, so that all files are judged alike, whichever
 * version wrote their flag. With e_f,k the estimated rms error of field f in frame k, and s the
 * state (datasets/certify.c), the relative error of the state is
 *
 *     e_k = sqrt(sum_f e_f,k^2) / max(rms(s_k), 1e-3 max_k rms(s_k)),
 *
 * sums over the fields of the state. Resolved: e_k < 2 % in all frames; where the runs at both
 * resolutions part (t_pred), all differences of their statistics below 2 %. */
#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "datasets/certify.h"

static const double limit = 0.02, floor_share = 1e-3;

/* All vector components are state 0; where there are none, each field is a state. */
static bool in_state(const struct assay_case *c, int field, int state)
{
  bool vectors = false;
  for (int f = 0; f < c->n_fields; f++)
    vectors = vectors || (assay_case_wants(c, f) && c->fields[f].vector != 0);
  if (!assay_case_wants(c, field) || c->fields[field].kind != ASSAY_FIELD_FRAME) return false;
  return vectors ? c->fields[field].vector != 0 && state == 0 : field == state;
}

/* Largest e_k of one state over the frames with an estimate; NaN: there is none. error, norm
 * [n_frames]; work [points] */
static double worst_error(const struct assay_case *c, int state, double *error, double *norm,
                          double *work)
{
  double largest = 0, worst = (double)NAN;
  for (int k = 0; k < c->n_frames; k++) {
    error[k] = norm[k] = 0;
    bool any = false;
    for (int f = 0; f < c->n_fields; f++) {
      if (!in_state(c, f, state)) continue;
      const double e = c->error[(ptrdiff_t)f * c->shape.n_frames + k];
      error[k] += e * e;
      norm[k] += assay_case_mean_square(c, f, k, work);
      any = true;
    }
    error[k] = any ? sqrt(error[k]) : (double)NAN;
    norm[k] = sqrt(norm[k]);
    if (!isnan(error[k])) largest = fmax(largest, norm[k]);
  }
  for (int k = 0; k < c->n_frames; k++) {
    const double base = fmax(norm[k], floor_share * largest);
    const double e = error[k] > 0 ? error[k] / base : error[k];
    if (!(e <= worst) && !isnan(e)) worst = e;
  }
  return worst;
}

static int errors_are_small(bool *out, const struct assay_case *c)
{
  int rc = ASSAY_OK;
  double *block = NULL, worst = (double)NAN;
  const size_t frames = (size_t)c->n_frames;
  ASSAY_TRY(ASSAY_NEW(&block, 2 * frames + assay_shape_points(&c->shape), "certificate"));
  for (int s = 0; s < c->n_fields; s++)
    worst = fmax(worst, worst_error(c, s, block, block + frames, block + 2 * frames));
  *out = worst < limit;
done:
  assay_free(block);
  return rc;
}

static bool statistics_agree(const struct assay_certificate *c)
{
  return c->mean_difference < limit && c->rms_difference < limit && c->energy_difference < limit &&
         (isnan(c->frequency_difference) || c->frequency_difference < limit);
}

int assay_certify_resolved(bool *out, const struct assay_case *c)
{
  *out = false;
  switch (c->certificate.error_kind) {
  case ASSAY_ERROR_EXACT:
    *out = c->certificate.resolved;
    return ASSAY_OK;
  case ASSAY_ERROR_RICHARDSON:
    return errors_are_small(out, c);
  case ASSAY_ERROR_STATISTICS:
    *out = statistics_agree(&c->certificate);
    return ASSAY_OK;
  default:
    return ASSAY_OK;
  }
}
