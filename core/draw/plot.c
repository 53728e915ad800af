#include "core/draw/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/draw/plot_layout.h"

struct drawing {
  struct assay_pen *pen;
  const struct assay_plot *plot;
  struct plot_layout l;
  struct assay_point *run; /* room for one polyline */
};

static const struct assay_font label_font = {.size = 12, .ink = ASSAY_INK_SOFT};

static struct assay_font font_with(enum assay_anchor anchor)
{
  struct assay_font font = label_font;
  font.anchor = anchor;
  return font;
}

static int style_of(const struct assay_plot *plot, int i)
{
  return plot->series[i].style > 0 ? plot->series[i].style - 1 : i;
}

static int ink_of(const struct assay_plot *plot, int i)
{
  if (plot->series[i].faint) return ASSAY_INK_FAINT;
  return ASSAY_INK_SERIES + style_of(plot, i) % ASSAY_SERIES_STYLES;
}

/* ---- frame, marks, titles ----------------------------------------------------------------------
 */

static void draw_x_axis(const struct drawing *d)
{
  const struct plot_layout *l = &d->l;
  const struct assay_font font = font_with(ASSAY_ANCHOR_MIDDLE);
  for (int i = 0; i < l->x.n_categories; i++)
    assay_pen_text(d->pen, assay_plot_at(&l->x, i), l->bottom + 18, font, l->x.categories[i]);
  for (int i = 0; i < l->x.ticks.n; i++) {
    const double x = assay_plot_at(&l->x, l->x.ticks.at[i]);
    const bool major = l->x.ticks.text[i][0] != '\0';
    if (major) assay_pen_line(d->pen, x, l->top, x, l->bottom, ASSAY_INK_GRID, 1);
    assay_pen_line(d->pen, x, l->bottom, x, l->bottom + (major ? 5 : 3), ASSAY_INK_SOFT, 1);
    assay_pen_text(d->pen, x, l->bottom + 18, font, l->x.ticks.text[i]);
  }
  if (l->x.ticks.exponent != 0) {
    char text[32];
    assay_exponent_text(text, sizeof text, l->x.ticks.exponent);
    assay_pen_text(d->pen, l->right, l->bottom + 35, font_with(ASSAY_ANCHOR_END), text);
  }
}

static void draw_y_axis(const struct drawing *d)
{
  const struct plot_layout *l = &d->l;
  const struct assay_font font = font_with(ASSAY_ANCHOR_END);
  for (int i = 0; i < l->y.n_categories; i++) {
    const double y = assay_plot_at(&l->y, i);
    assay_pen_line(d->pen, l->left, y, l->right, y, ASSAY_INK_GRID, 1);
    assay_pen_text(d->pen, l->left - 8, y + 4, font, l->y.categories[i]);
  }
  for (int i = 0; i < l->y.ticks.n; i++) {
    const double y = assay_plot_at(&l->y, l->y.ticks.at[i]);
    const bool major = l->y.ticks.text[i][0] != '\0';
    if (major) assay_pen_line(d->pen, l->left, y, l->right, y, ASSAY_INK_GRID, 1);
    assay_pen_line(d->pen, l->left - (major ? 5 : 3), y, l->left, y, ASSAY_INK_SOFT, 1);
    assay_pen_text(d->pen, l->left - 8, y + 4, font, l->y.ticks.text[i]);
  }
  if (l->y.ticks.exponent != 0) {
    char text[32];
    assay_exponent_text(text, sizeof text, l->y.ticks.exponent);
    assay_pen_text(d->pen, l->left - 5, l->top - 9, label_font, text);
  }
}

static void draw_titles(const struct drawing *d)
{
  const struct plot_layout *l = &d->l;
  const struct assay_font title = {.size = 15, .bold = true, .ink = ASSAY_INK_TEXT};
  struct assay_font side = font_with(ASSAY_ANCHOR_MIDDLE);
  double y = 12;
  if (d->plot->title) {
    y += 12;
    assay_pen_text(d->pen, 12, y, title, d->plot->title);
    y += 6;
  }
  assay_pen_lines(d->pen, 12, y + 12, 16, l->width - 24, label_font, d->plot->subtitle);
  assay_pen_text(d->pen, (l->left + l->right) / 2, l->bottom + 36, side, d->plot->x.label);
  side.angle = 90;
  assay_pen_text(d->pen, 20, (l->top + l->bottom) / 2, side, d->plot->y.label);
}

static void draw_frame(const struct drawing *d)
{
  const struct plot_layout *l = &d->l;
  draw_x_axis(d);
  draw_y_axis(d);
  assay_pen_line(d->pen, l->left, l->bottom, l->right, l->bottom, ASSAY_INK_SOFT, 1);
  assay_pen_line(d->pen, l->left, l->top, l->left, l->bottom, ASSAY_INK_SOFT, 1);
  draw_titles(d);
}

/* ---- series ------------------------------------------------------------------------------------
 */

static bool has_point(const struct drawing *d, const struct assay_series *s, int i)
{
  return assay_plot_has(&d->l.x, s->x[i]) && assay_plot_has(&d->l.y, s->y[i]);
}

static struct assay_point point_at(const struct drawing *d, const struct assay_series *s, int i)
{
  return (struct assay_point){assay_plot_at(&d->l.x, s->x[i]), assay_plot_at(&d->l.y, s->y[i])};
}

static bool in_frame(const struct drawing *d, struct assay_point p)
{
  return p.x >= d->l.left - 0.5 && p.x <= d->l.right + 0.5 && p.y >= d->l.top - 0.5 &&
         p.y <= d->l.bottom + 0.5;
}

/* Shorten p..q to the part inside lo..hi of one coordinate: t in [t[0], t[1]] stays. */
static bool clip_axis(double t[2], double p, double q, double lo, double hi)
{
  const double step = q - p;
  if (step == 0) return p >= lo && p <= hi;
  const double a = ((step > 0 ? lo : hi) - p) / step, b = ((step > 0 ? hi : lo) - p) / step;
  t[0] = fmax(t[0], a);
  t[1] = fmin(t[1], b);
  return t[0] <= t[1];
}

static void flush_run(struct drawing *d, int *n, struct assay_stroke stroke)
{
  d->pen->kind->path(d->pen, d->run, *n, false, stroke, NULL);
  *n = 0;
}

/* Add a segment to the polyline, cut to the frame; a cut ends it. */
static void add_segment(struct drawing *d, int *n, struct assay_point p, struct assay_point q,
                        struct assay_stroke stroke)
{
  double t[2] = {0, 1};
  const struct plot_layout *l = &d->l;
  if (!clip_axis(t, p.x, q.x, l->left, l->right) || !clip_axis(t, p.y, q.y, l->top, l->bottom)) {
    flush_run(d, n, stroke);
    return;
  }
  const double dx = q.x - p.x, dy = q.y - p.y;
  if (*n == 0 || t[0] > 0) {
    flush_run(d, n, stroke);
    d->run[(*n)++] = (struct assay_point){p.x + t[0] * dx, p.y + t[0] * dy};
  }
  d->run[(*n)++] = (struct assay_point){p.x + t[1] * dx, p.y + t[1] * dy};
}

static void draw_line(struct drawing *d, int series)
{
  const struct assay_series *s = &d->plot->series[series];
  const struct assay_stroke stroke = {
      .ink = ink_of(d->plot, series), .width = s->faint ? 1.5 : 2, .dashed = s->faint};
  struct assay_point last = {0};
  bool joined = false;
  int n = 0;
  for (int i = 0; i < s->n; i++) {
    if (!has_point(d, s, i)) {
      joined = false;
      flush_run(d, &n, stroke);
      continue;
    }
    const struct assay_point now = point_at(d, s, i);
    if (joined && s->draw == ASSAY_PLOT_STAIRS) {
      const struct assay_point corner = {now.x, last.y};
      add_segment(d, &n, last, corner, stroke);
      last = corner;
    }
    if (joined) add_segment(d, &n, last, now, stroke);
    last = now;
    joined = true;
  }
  flush_run(d, &n, stroke);
}

static double clamp_to(const struct plot_side *side, double value)
{
  const double v = fmin(fmax(value, side->lo), side->hi);
  return assay_plot_at(side, v);
}

/* Band between lo and hi, one polygon per unbroken run of points. */
static void draw_ribbon(struct drawing *d, int series)
{
  const struct assay_series *s = &d->plot->series[series];
  const struct assay_stroke stroke = {.fill = ink_of(d->plot, series), .fill_alpha = 0.17};
  for (int i = 0; i < s->n;) {
    int n = 0, j = i;
    for (; j < s->n && has_point(d, s, j) && isfinite(s->lo[j]) && isfinite(s->hi[j]); j++)
      d->run[n++] = (struct assay_point){clamp_to(&d->l.x, s->x[j]), clamp_to(&d->l.y, s->hi[j])};
    for (int k = j - 1; k >= i; k--)
      d->run[n++] = (struct assay_point){clamp_to(&d->l.x, s->x[k]), clamp_to(&d->l.y, s->lo[k])};
    if (n >= 4) d->pen->kind->path(d->pen, d->run, n, true, stroke, NULL);
    i = j > i ? j : i + 1;
  }
}

static void draw_bar(const struct drawing *d, struct assay_point a, struct assay_point b, int ink)
{
  const double cap = 3, across = a.x == b.x ? cap : 0, along = a.x == b.x ? 0 : cap;
  assay_pen_line(d->pen, a.x, a.y, b.x, b.y, ink, 1.3);
  assay_pen_line(d->pen, a.x - across, a.y - along, a.x + across, a.y + along, ink, 1.3);
  assay_pen_line(d->pen, b.x - across, b.y - along, b.x + across, b.y + along, ink, 1.3);
}

static void draw_bars(const struct drawing *d, int series)
{
  const struct assay_series *s = &d->plot->series[series];
  const int ink = ink_of(d->plot, series);
  for (int i = 0; i < s->n; i++) {
    if (!has_point(d, s, i)) continue;
    const struct assay_point at = point_at(d, s, i);
    if (!in_frame(d, at)) continue;
    if (s->lo && s->hi && isfinite(s->lo[i]) && isfinite(s->hi[i]))
      draw_bar(d, (struct assay_point){at.x, clamp_to(&d->l.y, s->lo[i])},
               (struct assay_point){at.x, clamp_to(&d->l.y, s->hi[i])}, ink);
    if (s->x_lo && s->x_hi && isfinite(s->x_lo[i]) && isfinite(s->x_hi[i]))
      draw_bar(d, (struct assay_point){clamp_to(&d->l.x, s->x_lo[i]), at.y},
               (struct assay_point){clamp_to(&d->l.x, s->x_hi[i]), at.y}, ink);
  }
}

static const char *tip_of(char *out, size_t size, const struct drawing *d,
                          const struct assay_series *s, int i)
{
  char x[40], y[40], lo[40], hi[40];
  if (s->tips && s->tips[i]) return s->tips[i];
  const bool named_x = d->l.x.categories && s->x[i] >= 0 && s->x[i] < d->l.x.n_categories;
  const bool named_y = d->l.y.categories && s->y[i] >= 0 && s->y[i] < d->l.y.n_categories;
  const int n =
      snprintf(out, size, "%s%s%s, %s", s->name ? s->name : "", s->name ? ": " : "",
               named_x ? d->l.x.categories[(int)s->x[i]] : assay_number_text(x, sizeof x, s->x[i]),
               named_y ? d->l.y.categories[(int)s->y[i]] : assay_number_text(y, sizeof y, s->y[i]));
  if (s->lo && s->hi && n > 0 && (size_t)n < size)
    snprintf(out + n, size - (size_t)n, " [%s, %s]", assay_number_text(lo, sizeof lo, s->lo[i]),
             assay_number_text(hi, sizeof hi, s->hi[i]));
  return out;
}

/* Every point answers to the pointer; on crowded lines only some carry a symbol, and different
 * lines at different points. */
static void draw_points(const struct drawing *d, int series)
{
  const struct assay_series *s = &d->plot->series[series];
  const bool lone = s->draw == ASSAY_PLOT_POINTS;
  const double room = d->l.right - d->l.left;
  const int every = lone || s->n * 16 < room ? 1 : (int)ceil(s->n * 70 / room);
  if (s->draw == ASSAY_PLOT_STAIRS || (s->faint && !lone)) return;
  const struct assay_stroke seen = {
      .fill = ink_of(d->plot, series), .ink = ASSAY_INK_PAPER, .width = 0.8};
  for (int i = 0; i < s->n; i++) {
    char tip[512];
    if (!has_point(d, s, i)) continue;
    const struct assay_point at = point_at(d, s, i);
    if (!in_frame(d, at)) continue;
    tip_of(tip, sizeof tip, d, s, i);
    const char *shown = s->tips && s->tips[i] ? s->tips[i] : tip;
    if (!s->bare && (i + series * every / 4) % every == 0)
      assay_pen_marker(d->pen, at, style_of(d->plot, series), lone ? 9 : 7, seen, shown);
    else if (s->n <= 400)
      d->pen->kind->circle(d->pen, at, 5, (struct assay_stroke){0}, shown);
  }
}

/* ---- names and labels --------------------------------------------------------------------------
 */

static void draw_names_at_ends(const struct drawing *d)
{
  for (int i = 0; i < d->plot->n_series; i++) {
    const struct assay_series *s = &d->plot->series[i];
    struct assay_point end;
    if (!s->name || !assay_plot_line_end(&end, &d->l, s)) continue;
    struct assay_font font = label_font;
    font.ink = ink_of(d->plot, i);
    const double x = d->l.right + 8, y = d->l.label_y[i];
    if (fabs(y - end.y) > 3) assay_pen_line(d->pen, end.x + 3, end.y, x - 2, y, font.ink, 0.7);
    assay_pen_text(d->pen, x, y + 4, font, s->name);
  }
}

static void draw_legend_entry(void *payload, int series, double x, double y)
{
  const struct drawing *d = payload;
  const struct assay_series *s = &d->plot->series[series];
  const int ink = ink_of(d->plot, series);
  const struct assay_point at[2] = {{x, y - 4}, {x + 20, y - 4}}, middle = {x + 10, y - 4};
  if (s->draw != ASSAY_PLOT_POINTS)
    d->pen->kind->path(d->pen, at, 2, false,
                       (struct assay_stroke){.ink = ink, .width = 2, .dashed = s->faint}, NULL);
  if (s->draw == ASSAY_PLOT_POINTS || (s->draw == ASSAY_PLOT_LINE && !s->faint && !s->bare))
    assay_pen_marker(d->pen, middle, style_of(d->plot, series), 8,
                     (struct assay_stroke){.fill = ink, .ink = ASSAY_INK_PAPER, .width = 0.8},
                     NULL);
  assay_pen_text(d->pen, x + 26, y, label_font, s->name);
}

struct box {
  double x0, y0, x1, y1;
};

static bool overlap(struct box a, struct box b)
{
  return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
}

enum { BOXES_MAX = 512 };

static bool is_clear(const struct drawing *d, struct box b, const struct box *taken, int n)
{
  if (b.x0 < d->l.left + 2 || b.x1 > d->l.width - 2 || b.y0 < d->l.top || b.y1 > d->l.bottom)
    return false;
  for (int i = 0; i < n; i++)
    if (overlap(b, taken[i])) return false;
  return true;
}

static bool crosses(struct box b, struct assay_point p, struct assay_point q)
{
  double t[2] = {0, 1};
  return clip_axis(t, p.x, q.x, b.x0, b.x1) && clip_axis(t, p.y, q.y, b.y0, b.y1);
}

/* Whether a line, or the error bars of a point, run through the box. */
static bool is_crossed_by(const struct drawing *d, struct box b, const struct assay_series *s)
{
  for (int i = 0; i < s->n; i++) {
    if (!has_point(d, s, i)) continue;
    const struct assay_point p = point_at(d, s, i);
    if (s->draw == ASSAY_PLOT_POINTS) {
      if (s->lo && s->hi &&
          crosses(b, (struct assay_point){p.x, clamp_to(&d->l.y, s->lo[i])},
                  (struct assay_point){p.x, clamp_to(&d->l.y, s->hi[i])}))
        return true;
      if (s->x_lo && s->x_hi &&
          crosses(b, (struct assay_point){clamp_to(&d->l.x, s->x_lo[i]), p.y},
                  (struct assay_point){clamp_to(&d->l.x, s->x_hi[i]), p.y}))
        return true;
    } else if (i + 1 < s->n && has_point(d, s, i + 1)) {
      const struct assay_point q = point_at(d, s, i + 1);
      const struct assay_point corner =
          s->draw == ASSAY_PLOT_STAIRS ? (struct assay_point){q.x, p.y} : p;
      if (crosses(b, p, corner) || crosses(b, corner, q)) return true;
    }
  }
  return false;
}

static bool is_crossed(const struct drawing *d, struct box b)
{
  for (int k = 0; k < d->plot->n_series; k++)
    if (is_crossed_by(d, b, &d->plot->series[k])) return true;
  return false;
}

/* Boxes of all symbols and of the names at line ends. */
static int take_points(const struct drawing *d, struct box *taken)
{
  int n = 0;
  for (int k = 0; k < d->plot->n_series; k++) {
    const struct assay_series *s = &d->plot->series[k];
    for (int i = 0; i < s->n && n < BOXES_MAX / 2 && s->draw == ASSAY_PLOT_POINTS; i++) {
      if (!has_point(d, s, i)) continue;
      const struct assay_point p = point_at(d, s, i);
      taken[n++] = (struct box){p.x - 5, p.y - 5, p.x + 5, p.y + 5};
    }
    if (d->l.direct && s->name && n < BOXES_MAX / 2)
      taken[n++] =
          (struct box){d->l.right + 4, d->l.label_y[k] - 8, d->l.width, d->l.label_y[k] + 8};
  }
  return n;
}

/* Put one label at the first of eight places beside its point that is free of text and symbols, if
 * possible also of lines; else leave it out: the tool tip still names the point. */
static void place_label(const struct drawing *d, struct assay_point at, const char *text, int ink,
                        struct box *taken, int *n)
{
  static const double places[8][3] = {{9, 4, 0},   {7, -6, 0},  {7, 15, 0}, {-9, 4, 2},
                                      {-7, -6, 2}, {-7, 15, 2}, {0, -9, 1}, {0, 17, 1}};
  const double w = assay_text_width(text, label_font.size, false);
  for (int k = 0; k < 16; k++) {
    const double *place = places[k % 8];
    const double x = at.x + place[0], y = at.y + place[1];
    const double left = x - w * 0.5 * place[2];
    const struct box box = {left - 1, y - 10, left + w + 1, y + 3};
    if (!is_clear(d, box, taken, *n) || *n == BOXES_MAX || (k < 8 && is_crossed(d, box))) continue;
    struct assay_font font = font_with((enum assay_anchor)(int)place[2]);
    font.ink = ink;
    assay_pen_text(d->pen, x, y, font, text);
    taken[(*n)++] = box;
    return;
  }
}

static void draw_point_labels(const struct drawing *d)
{
  struct box taken[BOXES_MAX];
  int n = take_points(d, taken);
  for (int k = 0; k < d->plot->n_series; k++) {
    const struct assay_series *s = &d->plot->series[k];
    for (int i = 0; s->labels && i < s->n; i++)
      if (s->labels[i] && has_point(d, s, i) && in_frame(d, point_at(d, s, i)))
        place_label(d, point_at(d, s, i), s->labels[i], ink_of(d->plot, k), taken, &n);
  }
}

/* ---- all ---------------------------------------------------------------------------------------
 */

static bool is_empty(const struct drawing *d)
{
  for (int k = 0; k < d->plot->n_series; k++)
    for (int i = 0; i < d->plot->series[k].n; i++)
      if (has_point(d, &d->plot->series[k], i)) return false;
  return true;
}

static void draw_all(struct drawing *d)
{
  const struct assay_plot *plot = d->plot;
  draw_frame(d);
  if (is_empty(d)) {
    assay_pen_text(d->pen, (d->l.left + d->l.right) / 2, (d->l.top + d->l.bottom) / 2,
                   font_with(ASSAY_ANCHOR_MIDDLE), "no data");
    return;
  }
  for (int i = 0; i < plot->n_series; i++)
    if (plot->series[i].lo && plot->series[i].hi && plot->series[i].draw != ASSAY_PLOT_POINTS)
      draw_ribbon(d, i);
  for (int i = 0; i < plot->n_series; i++)
    if (plot->series[i].draw == ASSAY_PLOT_POINTS) draw_bars(d, i);
  for (int i = 0; i < plot->n_series; i++)
    if (plot->series[i].draw != ASSAY_PLOT_POINTS) draw_line(d, i);
  for (int i = 0; i < plot->n_series; i++) draw_points(d, i);
  draw_point_labels(d);
  if (d->l.direct)
    draw_names_at_ends(d);
  else if (plot->legend != ASSAY_LEGEND_NONE)
    assay_plot_legend_walk(&d->l, plot, draw_legend_entry, d);
}

static int prepare(struct drawing *d, const struct assay_plot *plot)
{
  int rc = ASSAY_OK;
  int longest = 1;
  *d = (struct drawing){.plot = plot};
  for (int i = 0; i < plot->n_series; i++)
    if (plot->series[i].n > longest) longest = plot->series[i].n;
  ASSAY_TRY(assay_plot_layout_make(&d->l, plot));
  ASSAY_TRY(ASSAY_NEW(&d->run, 2 * (size_t)longest + 2, "plot"));
done:
  return rc;
}

int assay_plot_svg(const struct assay_plot *plot, FILE *to)
{
  int rc = ASSAY_OK;
  struct drawing d = {0};
  struct assay_pen_svg svg;
  ASSAY_TRY(prepare(&d, plot));
  const char *alt = plot->alt ? plot->alt : plot->title ? plot->title : "plot";
  assay_pen_svg_begin(&svg, to, d.l.width, d.l.height, alt);
  d.pen = &svg.pen;
  draw_all(&d);
  ASSAY_TRY(assay_pen_svg_end(&svg));
done:
  assay_free(d.run);
  return rc;
}

int assay_plot_svg_file(const struct assay_plot *plot, const char *path)
{
  int rc = ASSAY_OK;
  struct assay_outfile file = {0};
  ASSAY_TRY(assay_outfile_open(&file, path, true));
  ASSAY_TRY(assay_plot_svg(plot, file.stream));
  ASSAY_TRY(assay_outfile_commit(&file));
done:
  assay_outfile_abort(&file);
  return rc;
}

int assay_plot_image(struct assay_image *out, const struct assay_plot *plot, double scale)
{
  int rc = ASSAY_OK;
  struct drawing d = {0};
  *out = (struct assay_image){0};
  ASSAY_TRY(prepare(&d, plot));
  ASSAY_TRY(assay_pen_pixels_create(&d.pen, d.l.width, d.l.height, scale));
  draw_all(&d);
  struct assay_pen *const pen = d.pen;
  d.pen = NULL; /* finish frees it */
  ASSAY_TRY(assay_pen_pixels_finish(out, pen));
done:
  assay_pen_pixels_abort(d.pen);
  assay_free(d.run);
  return rc;
}

int assay_plot_png(const struct assay_plot *plot, double scale, const char *path)
{
  int rc = ASSAY_OK;
  struct assay_image image = {0};
  const struct assay_png_text texts[] = {{"Title", plot->title ? plot->title : ""}, {0}};
  ASSAY_TRY(assay_plot_image(&image, plot, scale));
  ASSAY_TRY(assay_png_write(path, &image, plot->title ? texts : NULL));
done:
  assay_image_destroy(&image);
  return rc;
}
