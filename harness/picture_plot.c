#include "harness/picture_plot.h"

#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

bool assay_picture_is_history(const struct picture_data *d)
{
  return d->n_axes == 0 ||
         (d->n_axes == 1 && d->axis[0].kind == ASSAY_AXIS_INDEX && d->kind == ASSAY_FIELD_FRAME);
}

/* The truth is a line; a prediction is symbols of the same colour on it, without a name. */
static void add_series(struct picture_plot *p, const struct picture_data *d, int i, int n,
                       const double *x, const double *truth, const double *guess)
{
  const char *name = *p->names[i] ? p->names[i] : NULL;
  p->series[p->plot.n_series++] =
      (struct assay_series){.name = name, .n = n, .x = x, .y = truth, .style = i + 1};
  p->series[p->plot.n_series - 1].bare = d->guess.ds != NULL;
  if (d->guess.ds)
    p->series[p->plot.n_series++] = (struct assay_series){
        .n = n, .x = x, .y = guess, .style = i + 1, .draw = ASSAY_PLOT_POINTS};
}

/* One line per frame, over x. */
static int over_x(struct picture_plot *p, const struct picture_data *d)
{
  int rc = ASSAY_OK;
  const size_t n = (size_t)d->nx;
  ASSAY_TRY(ASSAY_NEW(&p->values, 2 * n * (size_t)d->n_frames, "picture lines"));
  for (int i = 0; i < d->n_frames; i++) {
    double *truth = p->values + 2 * n * (size_t)i, *guess = truth + n;
    ASSAY_TRY(assay_picture_data_read(d, &d->truth, i, truth));
    if (d->guess.ds) ASSAY_TRY(assay_picture_data_read(d, &d->guess, i, guess));
    if (d->n_frames > 1) assay_picture_time_text(p->names[i], sizeof p->names[i], d, i);
    add_series(p, d, i, d->nx, d->x, truth, guess);
  }
  assay_label_text(p->x_label, sizeof p->x_label, d->axis[0].name, d->axis[0].unit);
done:
  return rc;
}

/* One line per component (one for scalars), over time. */
static int over_time(struct picture_plot *p, const struct picture_data *d)
{
  int rc = ASSAY_OK;
  double *frame = NULL;
  const int lines = d->nx < PICTURE_SERIES_MAX ? d->nx : PICTURE_SERIES_MAX;
  const size_t n = (size_t)d->n_frames;
  ASSAY_TRY(ASSAY_NEW(&p->values, n * (size_t)(1 + 2 * lines), "picture lines"));
  ASSAY_TRY(ASSAY_NEW(&frame, (size_t)d->nx, "picture lines"));
  double *times = p->values, *truth = times + n, *guess = truth + n * (size_t)lines;
  for (size_t i = 0; i < n; i++) {
    times[i] = d->truth.times ? d->truth.times[d->frame[i]] : d->frame[i];
    ASSAY_TRY(assay_picture_data_read(d, &d->truth, (int)i, frame));
    for (int k = 0; k < lines; k++) truth[(size_t)k * n + i] = frame[k];
    if (!d->guess.ds) continue;
    ASSAY_TRY(assay_picture_data_read(d, &d->guess, (int)i, frame));
    for (int k = 0; k < lines; k++) guess[(size_t)k * n + i] = frame[k];
  }
  for (int k = 0; k < lines; k++) {
    if (d->nx > 1) snprintf(p->names[k], sizeof p->names[k], "%s %d", d->axis[0].name, k);
    add_series(p, d, k, d->n_frames, times, truth + (size_t)k * n, guess + (size_t)k * n);
  }
  snprintf(p->x_label, sizeof p->x_label, "%s", d->truth.times ? "t (s)" : "frame");
done:
  assay_free(frame);
  return rc;
}

/* One line over time of one of several cases. */
static int add_case(struct picture_plot *p, const struct picture_data *d, int i)
{
  int rc = ASSAY_OK;
  struct picture_data one = {0};
  struct assay_picture alone = *d->p;
  alone.k = d->p->cases[i];
  alone.n_cases = 0;
  ASSAY_TRY(assay_picture_data_open(&one, &alone));
  const size_t n = (size_t)one.n_frames;
  ASSAY_TRY(ASSAY_NEW(&p->values_of[i], 2 * n, "picture lines"));
  double *times = p->values_of[i], *values = times + n;
  for (size_t k = 0; k < n; k++) {
    times[k] = one.truth.times ? one.truth.times[one.frame[k]] : one.frame[k];
    ASSAY_TRY(assay_picture_data_read(&one, &one.truth, (int)k, &values[k]));
  }
  ASSAY_TRY(assay_picture_case_text(p->names[i], sizeof p->names[i], &one));
  add_series(p, d, i, one.n_frames, times, values, NULL);
  p->series[p->plot.n_series - 1].bare = true;
done:
  assay_picture_data_close(&one);
  return rc;
}

static int over_cases(struct picture_plot *p, const struct picture_data *d)
{
  int rc = ASSAY_OK;
  const char *path = assay_dataset_info(d->truth.ds)->path;
  ASSAY_CHECK(!d->guess.ds, ASSAY_EARG, "%s: a comparison shows one case", path);
  ASSAY_CHECK(d->p->n_cases <= PICTURE_SERIES_MAX, ASSAY_EARG, "%s: at most %d cases in a plot",
              path, PICTURE_SERIES_MAX);
  for (int i = 0; i < d->p->n_cases; i++) ASSAY_TRY(add_case(p, d, i));
  snprintf(p->x_label, sizeof p->x_label, "%s", d->truth.times ? "t (s)" : "frame");
done:
  return rc;
}

/* What lines and symbols mean, behind the rest. */
static int explain(struct picture_plot *p, const struct picture_data *d)
{
  int rc = ASSAY_OK;
  char *longer = NULL;
  if (!d->guess.ds) goto done;
  ASSAY_TRY(assay_asprintf(&longer, "%s%slines: truth, symbols: prediction", p->subtitle,
                           *p->subtitle ? "\u00a0· " : ""));
  assay_free(p->subtitle);
  p->subtitle = longer;
done:
  return rc;
}

int assay_picture_plot_make(struct picture_plot *p, struct picture_data *d)
{
  int rc = ASSAY_OK;
  const bool history = assay_picture_is_history(d);
  *p = (struct picture_plot){0};
  if (!history && d->n_frames > PICTURE_SERIES_MAX) assay_picture_data_thin(d, PICTURE_SERIES_MAX);
  if (d->p->n_cases > 0)
    ASSAY_TRY(over_cases(p, d));
  else if (history)
    ASSAY_TRY(over_time(p, d));
  else
    ASSAY_TRY(over_x(p, d));
  ASSAY_TRY(assay_picture_title(&p->title, d));
  ASSAY_TRY(assay_picture_subtitle(&p->subtitle, d, !history && d->n_frames == 1 ? 0 : -1));
  ASSAY_TRY(explain(p, d));
  p->plot.title = *p->title ? p->title : NULL;
  p->plot.subtitle = *p->subtitle ? p->subtitle : NULL;
  p->plot.x.label = p->x_label;
  p->plot.y.label = d->label;
  p->plot.series = p->series;
done:
  return rc;
}

void assay_picture_plot_free(struct picture_plot *p)
{
  assay_free(p->values);
  for (int i = 0; i < PICTURE_SERIES_MAX; i++) assay_free(p->values_of[i]);
  assay_free(p->title);
  assay_free(p->subtitle);
  *p = (struct picture_plot){0};
}
