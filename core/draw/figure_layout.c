#include "core/draw/figure_layout.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

const double assay_figure_font = 11, assay_figure_bar_gap = 9, assay_figure_bar_width = 11;

static const double margin = 12, title_height = 22, line_height = 15, tick_room = 20,
                    label_room = 16, panel_title_room = 19, between = 14;

/* ---- ranges ------------------------------------------------------------------------------------
 */

void assay_figure_range(double *lo, double *hi, const double *values, const double *mask, int n)
{
  for (int i = 0; i < n; i++) {
    if (!isfinite(values[i]) || (mask && mask[i] < 0.5)) continue;
    if (!(*lo <= *hi)) *lo = *hi = values[i];
    *lo = fmin(*lo, values[i]);
    *hi = fmax(*hi, values[i]);
  }
}

void assay_figure_scale(double *lo, double *hi, enum assay_map *map)
{
  if (!(*lo <= *hi)) {
    *lo = 0;
    *hi = 1;
  }
  const bool signs = *lo < 0 && *hi > 0 && fmin(-*lo, *hi) > 0.02 * fmax(-*lo, *hi);
  if (*map == ASSAY_MAP_AUTO) *map = signs ? ASSAY_MAP_DIVERGING : ASSAY_MAP_SEQUENTIAL;
  if (*map == ASSAY_MAP_DIVERGING) {
    *hi = fmax(fabs(*lo), fabs(*hi));
    *lo = -*hi;
  }
  if (*hi - *lo <= 1e-9 * fmax(fabs(*lo), fabs(*hi))) { /* constant: the middle of the map */
    const double room = *hi == 0 ? 1 : 0.1 * fabs(*hi);
    *lo -= room;
    *hi += room;
  }
}

static bool has_field(const struct assay_panel *panel)
{
  return panel->values && panel->grid;
}

static int points_of(const struct assay_panel *panel)
{
  return panel->grid->nx * panel->grid->ny;
}

/* Range and map of the scale that panel k is the first of. */
static void find_scale(struct figure_place *p, const struct assay_figure *f, int k)
{
  const struct assay_panel *panel = &f->panels[k];
  double lo = 1, hi = 0;
  enum assay_map map = panel->map;
  for (int m = k; m < f->rows * f->columns; m++)
    if (has_field(&f->panels[m]) && f->panels[m].scale == panel->scale)
      assay_figure_range(&lo, &hi, f->panels[m].values, f->panels[m].grid->mask,
                         points_of(&f->panels[m]));
  if (panel->lo < panel->hi) {
    lo = panel->lo;
    hi = panel->hi;
    if (map == ASSAY_MAP_AUTO) map = lo < 0 && hi > 0 ? ASSAY_MAP_DIVERGING : ASSAY_MAP_SEQUENTIAL;
  } else {
    assay_figure_scale(&lo, &hi, &map);
  }
  p->lo = lo;
  p->hi = hi;
  p->map = map;
}

static void find_scales(struct figure_layout *l, const struct assay_figure *f)
{
  for (int k = 0; k < f->rows * f->columns; k++) {
    struct figure_place *p = &l->place[k];
    int first = 0;
    if (!has_field(&f->panels[k])) continue;
    while (!has_field(&f->panels[first]) || f->panels[first].scale != f->panels[k].scale) first++;
    if (first < k)
      *p = (struct figure_place){
          .lo = l->place[first].lo, .hi = l->place[first].hi, .map = l->place[first].map};
    else
      find_scale(p, f, k);
    p->first = first;
  }
}

/* Does any panel of the row that shares this bar have values outside the range? */
static void find_outside(struct figure_layout *l, const struct assay_figure *f, int row, int column)
{
  struct figure_place *p = &l->place[row * f->columns + column];
  const double slack = 1e-6 * (p->hi - p->lo);
  for (int k = row * f->columns; k <= row * f->columns + column; k++) {
    if (!has_field(&f->panels[k]) || l->place[k].first != p->first) continue;
    double lo = p->lo, hi = p->hi;
    assay_figure_range(&lo, &hi, f->panels[k].values, f->panels[k].grid->mask,
                       points_of(&f->panels[k]));
    p->below = p->below || lo < p->lo - slack;
    p->above = p->above || hi > p->hi + slack;
  }
}

/* ---- panels ------------------------------------------------------------------------------------
 */

static void edges(double *lo, double *hi, const double *at, int n)
{
  const double half = n > 1 ? (at[n - 1] - at[0]) / (n - 1) / 2 : 0.5;
  *lo = at[0] - half;
  *hi = at[n - 1] + half;
}

static double longer_side(const struct assay_figure *f)
{
  static const double by_columns[] = {430, 430, 320, 250};
  if (f->width > 0) return f->width;
  return f->columns < 4 ? by_columns[f->columns] : 190;
}

static int size_panel(struct figure_place *p, const struct assay_panel *panel, double longer, int k)
{
  int rc = ASSAY_OK;
  const struct assay_figure_grid *g = panel->grid;
  ASSAY_CHECK(g->nx >= 1 && g->ny >= 1, ASSAY_EARG, "figure: panel %d has %d x %d values", k, g->nx,
              g->ny);
  edges(&p->x0, &p->x1, g->x, g->nx);
  edges(&p->y0, &p->y1, g->y, g->ny);
  ASSAY_CHECK(p->x1 > p->x0 && p->y1 > p->y0 && isfinite(p->x1 - p->x0) && isfinite(p->y1 - p->y0),
              ASSAY_EARG, "figure: the coordinates of panel %d do not ascend", k);
  const double ratio = g->free_aspect ? 0.75 : (p->y1 - p->y0) / (p->x1 - p->x0);
  p->w = ratio > 1 ? longer / ratio : longer;
  p->h = ratio > 1 ? longer : longer * ratio;
  p->w = floor(fmax(p->w, 40) + 0.5);
  p->h = floor(fmax(p->h, 30) + 0.5);
  assay_ticks_make(&p->tx, ASSAY_SCALE_LINEAR, p->x0, p->x1, (int)fmax(1, p->w / 65));
  assay_ticks_make(&p->ty, ASSAY_SCALE_LINEAR, p->y0, p->y1, (int)fmax(1, p->h / 45));
done:
  return rc;
}

static double widest(const struct assay_ticks *t)
{
  double w = 0;
  for (int i = 0; i < t->n; i++)
    w = fmax(w, assay_text_width(t->text[i], assay_figure_font, false));
  return w;
}

/* Which panels are labelled on the left and below, and which have a bar behind. */
static void share(struct figure_layout *l, const struct assay_figure *f)
{
  for (int r = 0; r < f->rows; r++)
    for (int c = 0; c < f->columns; c++) {
      const int k = r * f->columns + c;
      const struct assay_panel *panel = &f->panels[k];
      struct figure_place *p = &l->place[k];
      if (!has_field(panel)) continue;
      const struct assay_panel *before = c > 0 ? panel - 1 : NULL;
      const struct assay_panel *under = r + 1 < f->rows ? panel + f->columns : NULL;
      const struct assay_panel *after = c + 1 < f->columns ? panel + 1 : NULL;
      p->y_labels = !before || !has_field(before) || before->grid != panel->grid;
      p->x_labels = !under || !has_field(under) || under->grid != panel->grid;
      p->bar = !after || !has_field(after) || after->scale != panel->scale;
      if (!p->bar) continue;
      find_outside(l, f, r, c);
      assay_ticks_make(&p->tb, ASSAY_SCALE_LINEAR, p->lo, p->hi, (int)fmax(1, p->h / 42));
      p->bar_label_x = 6 + widest(&p->tb) + 15;
    }
}

static double left_room(const struct figure_place *p, const struct assay_panel *panel)
{
  if (!has_field(panel) || !p->y_labels) return 0;
  return 9 + widest(&p->ty) + (panel->grid->y_label ? label_room : 0);
}

static double right_room(const struct figure_place *p, const struct assay_figure *f)
{
  if (!p->bar) return 0;
  const bool label = f->panels[p->first].bar_label;
  return assay_figure_bar_gap + assay_figure_bar_width +
         (label ? p->bar_label_x + 3 : p->bar_label_x - 12);
}

static double below_room(const struct figure_place *p, const struct assay_panel *panel)
{
  if (!has_field(panel) || !p->x_labels) return 0;
  return tick_room + (panel->grid->x_label || p->tx.exponent != 0 ? label_room : 0);
}

/* How far the first (last) label below sticks out over the panel's left (right) edge. */
static double overhang(const struct figure_place *p, bool right)
{
  if (!p->x_labels || p->tx.n == 0) return 0;
  const int i = right ? p->tx.n - 1 : 0;
  const double inside =
      (right ? p->x1 - p->tx.at[i] : p->tx.at[i] - p->x0) / (p->x1 - p->x0) * p->w;
  return fmax(0, assay_text_width(p->tx.text[i], assay_figure_font, false) / 2 - inside);
}

/* Columns from left to right: each as wide as its widest field, with the room its labels need. */
static double place_columns(struct figure_layout *l, const struct assay_figure *f)
{
  double x = margin;
  for (int c = 0; c < f->columns; c++) {
    double left = 0, width = 0, right = 0, apart = between;
    for (int r = 0; r < f->rows; r++) {
      const int k = r * f->columns + c;
      if (c > 0)
        apart = fmax(apart, overhang(&l->place[k - 1], true) + overhang(&l->place[k], false) + 13);
      left = fmax(left, left_room(&l->place[k], &f->panels[k]));
      width = fmax(width, l->place[k].w);
      right = fmax(right, right_room(&l->place[k], f));
    }
    if (c > 0) x += apart;
    for (int r = 0; r < f->rows; r++) l->place[r * f->columns + c].x = floor(x + left + 0.5);
    x += left + width + right;
  }
  return x + margin;
}

static double place_rows(struct figure_layout *l, const struct assay_figure *f, double y)
{
  for (int r = 0; r < f->rows; r++) {
    double above = 0, height = 0, below = 0;
    for (int c = 0; c < f->columns; c++) {
      const int k = r * f->columns + c;
      const struct figure_place *p = &l->place[k];
      const bool exponent = p->ty.exponent != 0 || p->tb.exponent != 0;
      if (f->panels[k].title || exponent) above = panel_title_room;
      height = fmax(height, p->h);
      below = fmax(below, below_room(p, &f->panels[k]));
    }
    if (r > 0) y += 10;
    for (int c = 0; c < f->columns; c++) l->place[r * f->columns + c].y = floor(y + above + 0.5);
    y += above + height + below;
  }
  return y + margin;
}

/* ---- all ------------------------------------------------------------------------------------ */

int assay_figure_layout(struct figure_layout *l, const struct assay_figure *f)
{
  int rc = ASSAY_OK;
  *l = (struct figure_layout){0};
  ASSAY_CHECK(f->rows >= 1 && f->columns >= 1 && f->rows * f->columns <= 4096, ASSAY_EARG,
              "figure: %d x %d panels", f->rows, f->columns);
  ASSAY_TRY(ASSAY_NEW(&l->place, (size_t)f->rows * (size_t)f->columns, "figure"));
  find_scales(l, f);
  for (int k = 0; k < f->rows * f->columns; k++)
    if (has_field(&f->panels[k]))
      ASSAY_TRY(size_panel(&l->place[k], &f->panels[k], longer_side(f), k));
  share(l, f);
  l->width = place_columns(l, f);
  if (f->title) l->width = fmax(l->width, 2 * margin + assay_text_width(f->title, 14, true));
  double y = margin;
  l->title_y = y + 13;
  if (f->title) y += title_height;
  l->subtitle_y = y + 10;
  l->n_lines = assay_text_lines(f->subtitle, assay_figure_font, l->width - 2 * margin);
  y += l->n_lines * line_height + (l->n_lines > 0 ? 6 : 0);
  l->height = place_rows(l, f, y);
done:
  if (rc < 0) {
    assay_free(l->place);
    l->place = NULL;
  }
  return rc;
}
