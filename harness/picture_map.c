#include "harness/picture_map.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/draw/ticks.h"

/* ---- ranges ------------------------------------------------------------------------------------
 */

static void finish_ranges(struct picture_range *r, const struct picture_data *d)
{
  const struct assay_picture *p = d->p;
  enum assay_map signs = ASSAY_MAP_DIVERGING;
  r->map = p->map;
  if (p->lo < p->hi) {
    r->lo = p->lo;
    r->hi = p->hi;
    if (r->map == ASSAY_MAP_AUTO)
      r->map = p->lo < 0 && p->hi > 0 ? ASSAY_MAP_DIVERGING : ASSAY_MAP_SEQUENTIAL;
  } else {
    if (d->derived == PICTURE_SPEED && r->lo > 0) r->lo = 0;
    assay_figure_scale(&r->lo, &r->hi, &r->map);
  }
  assay_figure_scale(&r->error_lo, &r->error_hi, &signs);
}

int assay_picture_map_range(struct picture_range *out, const struct picture_data *d)
{
  int rc = ASSAY_OK;
  double *truth = NULL, *guess = NULL;
  const int n = d->nx * d->ny;
  *out = (struct picture_range){.lo = 1, .hi = 0, .error_lo = 1, .error_hi = 0};
  ASSAY_TRY(ASSAY_NEW(&truth, (size_t)n, "picture range"));
  ASSAY_TRY(ASSAY_NEW(&guess, (size_t)n, "picture range"));
  for (int i = 0; i < d->n_frames; i++) {
    ASSAY_TRY(assay_picture_data_read(d, &d->truth, i, truth));
    assay_figure_range(&out->lo, &out->hi, truth, d->mask, n);
    if (!d->guess.ds) continue;
    ASSAY_TRY(assay_picture_data_read(d, &d->guess, i, guess));
    for (int k = 0; k < n; k++) guess[k] -= truth[k];
    assay_figure_range(&out->error_lo, &out->error_hi, guess, d->mask, n);
  }
  finish_ranges(out, d);
done:
  assay_free(truth);
  assay_free(guess);
  return rc;
}

/* ---- panels ------------------------------------------------------------------------------------
 */

enum { PANEL_FIELDS = 4 };
static const char *const kinds[] = {"truth", "prediction", "error"};

static enum assay_flow_lines lines_of(const struct picture_data *d)
{
  static const enum assay_flow_lines chosen[] = {
      [ASSAY_PICTURE_FLOW_NONE] = ASSAY_FLOW_NONE,
      [ASSAY_PICTURE_FLOW_STREAMLINES] = ASSAY_FLOW_STREAMLINES,
      [ASSAY_PICTURE_FLOW_ARROWS] = ASSAY_FLOW_ARROWS,
  };
  if (d->p->flow == ASSAY_PICTURE_FLOW_AUTO)
    return d->derived == PICTURE_SPEED ? ASSAY_FLOW_STREAMLINES : ASSAY_FLOW_NONE;
  return chosen[d->p->flow];
}

static int begin(struct picture_map *m, const struct picture_data *d, int rows, int columns,
                 size_t numbers)
{
  int rc = ASSAY_OK;
  const size_t n = (size_t)rows * (size_t)columns;
  ASSAY_TRY(ASSAY_NEW(&m->panels, n, "picture panels"));
  ASSAY_TRY(ASSAY_NEW(&m->titles, n, "picture panels"));
  ASSAY_TRY(ASSAY_NEW(&m->values, numbers, "picture panels"));
  assay_label_text(m->error_label, sizeof m->error_label, "error", d->unit);
  m->figure = (struct assay_figure){.rows = rows,
                                    .columns = columns,
                                    .panels = m->panels,
                                    .width = d->p->width,
                                    .scale = d->p->scale,
                                    .smooth = !d->p->cells};
done:
  return rc;
}

static int add_titles(struct picture_map *m, const struct picture_data *d, int i)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_picture_title(&m->title, d));
  ASSAY_TRY(assay_picture_subtitle(&m->subtitle, d, i));
  m->figure.title = *m->title ? m->title : NULL;
  m->figure.subtitle = *m->subtitle ? m->subtitle : NULL;
done:
  return rc;
}

/* A panel of kind 0 truth, 1 prediction, 2 error. */
static void set_panel(struct picture_map *m, const struct picture_data *d, int at, int kind,
                      double *values, const struct picture_range *r)
{
  m->panels[at] = (struct assay_panel){
      .title = m->titles[at],
      .grid = &m->grid,
      .values = values,
      .bar_label = kind == 2 ? m->error_label : d->label,
      .scale = kind == 2,
      .map = kind == 2 ? ASSAY_MAP_DIVERGING : r->map,
      .lo = kind == 2 ? r->error_lo : r->lo,
      .hi = kind == 2 ? r->error_hi : r->hi,
      .contours = d->p->contours,
  };
}

static int add_flow(struct picture_map *m, const struct picture_data *d,
                    const struct picture_side *side, int i, int at, double *room)
{
  int rc = ASSAY_OK;
  const size_t n = (size_t)d->nx * (size_t)d->ny;
  struct assay_panel *panel = &m->panels[at];
  if (lines_of(d) == ASSAY_FLOW_NONE || !assay_picture_data_flows(side)) goto done;
  ASSAY_TRY(assay_picture_data_velocity(d, side, i, room, room + n));
  panel->flow = lines_of(d);
  panel->u = room;
  panel->v = room + n;
done:
  return rc;
}

static int add_interface(struct picture_map *m, const struct picture_data *d,
                         const struct picture_side *side, int i, int at, double *room)
{
  int rc = ASSAY_OK;
  if (!assay_picture_data_has_interface(d, side)) goto done;
  ASSAY_TRY(assay_picture_data_fraction(d, side, i, room));
  m->panels[at].interface = room;
done:
  return rc;
}

/* Panel `at` shows frame i. Each panel has room for a field, a velocity and a fraction. */
static int fill_panel(struct picture_map *m, const struct picture_data *d, int at, int kind, int i,
                      const struct picture_range *range)
{
  int rc = ASSAY_OK;
  const int n = d->nx * d->ny;
  double *values = m->values + (size_t)at * PANEL_FIELDS * (size_t)n;
  const struct picture_side *side = kind == 0 ? &d->truth : &d->guess;
  ASSAY_TRY(assay_picture_data_read(d, side, i, values));
  if (kind == 2) {
    double *truth = values + n;
    ASSAY_TRY(assay_picture_data_read(d, &d->truth, i, truth));
    for (int k = 0; k < n; k++) values[k] -= truth[k];
  }
  set_panel(m, d, at, kind, values, range);
  if (kind < 2) ASSAY_TRY(add_flow(m, d, side, i, at, values + n));
  if (kind < 2) ASSAY_TRY(add_interface(m, d, side, i, at, values + 3 * n));
done:
  return rc;
}

static void grid_of(struct picture_map *m, const struct picture_data *d)
{
  const struct assay_axis *x = &d->axis[d->n_axes - 1], *y = &d->axis[d->n_axes - 2];
  assay_label_text(m->x_label, sizeof m->x_label, x->name, x->unit);
  assay_label_text(m->y_label, sizeof m->y_label, y->name, y->unit);
  m->grid = (struct assay_figure_grid){.nx = d->nx,
                                       .ny = d->ny,
                                       .x = d->x,
                                       .y = d->y,
                                       .x_label = m->x_label,
                                       .y_label = m->y_label,
                                       .mask = d->mask,
                                       .distance = d->distance};
}

static void title_panel(struct picture_map *m, const struct picture_data *d, int at, int kind,
                        int i, bool many)
{
  char when[64] = "";
  if (many) assay_picture_time_text(when, sizeof when, d, i);
  snprintf(m->titles[at], sizeof m->titles[at], "%s%s%s", d->guess.ds ? kinds[kind] : "",
           d->guess.ds && *when ? ", " : "", when);
  if (!*m->titles[at]) m->panels[at].title = NULL;
}

/* Rows and columns of n frames: of one kind at most five in a row, fewer where they are wide.
 * Truth, prediction and error of one frame stand side by side, or below each other where they are
 * wide; of several frames they are the rows. */
static void arrange(int *lines, int *columns, const struct picture_data *d, int n_kinds, int n)
{
  const double height = d->ny > 1 ? d->y[d->ny - 1] - d->y[0] : 1;
  const double aspect = d->nx > 1 ? (d->x[d->nx - 1] - d->x[0]) / height : 1;
  const int most = aspect > 2.5 ? 1 : aspect > 1.8 ? 3 : 5;
  const bool stacked = n_kinds > 1 && (n > 1 || most == 1);
  const int panels = n_kinds * n;
  *columns = n_kinds > 1 ? (stacked ? n : panels) : panels < most ? panels : most;
  *lines = (panels + *columns - 1) / *columns;
  if (n_kinds == 1) *columns = (panels + *lines - 1) / *lines;
}

int assay_picture_map_make(struct picture_map *m, const struct picture_data *d, int first, int n,
                           const struct picture_range *range)
{
  int rc = ASSAY_OK;
  const int n_kinds = d->guess.ds ? 3 : 1;
  int lines, columns;
  arrange(&lines, &columns, d, n_kinds, n);
  *m = (struct picture_map){0};
  ASSAY_TRY(begin(m, d, lines, columns,
                  (size_t)lines * (size_t)columns * PANEL_FIELDS * (size_t)d->nx * (size_t)d->ny));
  grid_of(m, d);
  for (int kind = 0; kind < n_kinds; kind++)
    for (int i = 0; i < n; i++) {
      const int at = kind * n + i; /* with one frame the kinds stand side by side */
      ASSAY_TRY(fill_panel(m, d, at, kind, first + i, range));
      title_panel(m, d, at, kind, first + i, n > 1);
    }
  ASSAY_TRY(add_titles(m, d, n == 1 ? first : -1));
done:
  return rc;
}

/* ---- space and time ----------------------------------------------------------------------------
 */

bool assay_picture_times_are_even(const struct picture_data *d)
{
  const double *t = d->truth.times;
  const int n = d->n_frames;
  if (!t || n < 3) return false;
  const double step = (t[d->frame[n - 1]] - t[d->frame[0]]) / (n - 1);
  for (int i = 1; i < n; i++)
    if (!(fabs(t[d->frame[i]] - t[d->frame[i - 1]] - step) <= 1e-3 * step)) return false;
  return true;
}

int assay_picture_map_spacetime(struct picture_map *m, const struct picture_data *d,
                                const struct picture_range *range)
{
  int rc = ASSAY_OK;
  const int n_kinds = d->guess.ds ? 3 : 1;
  const size_t n = (size_t)d->nx * (size_t)d->n_frames;
  double *truth, *guess, *error, *times;
  *m = (struct picture_map){0};
  ASSAY_CHECK(assay_picture_times_are_even(d), ASSAY_EARG,
              "a space-time picture needs three or more evenly spaced times");
  ASSAY_TRY(begin(m, d, 1, n_kinds, 3 * n + (size_t)d->n_frames));
  truth = m->values;
  guess = truth + n;
  error = guess + n;
  times = error + n;
  for (int i = 0; i < d->n_frames; i++) {
    times[i] = d->truth.times[d->frame[i]];
    ASSAY_TRY(assay_picture_data_read(d, &d->truth, i, truth + i * d->nx));
    if (d->guess.ds) ASSAY_TRY(assay_picture_data_read(d, &d->guess, i, guess + i * d->nx));
  }
  for (size_t k = 0; k < n; k++) error[k] = guess[k] - truth[k];
  assay_label_text(m->x_label, sizeof m->x_label, d->axis[0].name, d->axis[0].unit);
  assay_label_text(m->y_label, sizeof m->y_label, "t", "s");
  m->grid = (struct assay_figure_grid){.nx = d->nx,
                                       .ny = d->n_frames,
                                       .x = d->x,
                                       .y = times,
                                       .x_label = m->x_label,
                                       .y_label = m->y_label,
                                       .free_aspect = true};
  for (int kind = 0; kind < n_kinds; kind++) {
    set_panel(m, d, kind, kind, m->values + (size_t)kind * n, range);
    title_panel(m, d, kind, kind, 0, false);
  }
  ASSAY_TRY(add_titles(m, d, -1));
done:
  return rc;
}

void assay_picture_map_free(struct picture_map *m)
{
  assay_free(m->panels);
  assay_free(m->titles);
  assay_free(m->values);
  assay_free(m->title);
  assay_free(m->subtitle);
  *m = (struct picture_map){0};
}
