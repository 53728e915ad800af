#include "core/draw/figure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/draw/contour.h"
#include "core/draw/figure_layout.h"
#include "core/draw/figure_raster.h"
#include "core/draw/stream.h"

enum { TEXTS_MAX = 16 };

struct drawing {
  struct assay_pen *pen;
  const struct assay_figure *figure;
  struct figure_layout l;
};

static struct assay_font font_of(enum assay_anchor anchor)
{
  return (struct assay_font){.size = assay_figure_font, .ink = ASSAY_INK_SOFT, .anchor = anchor};
}

static double px(const struct figure_place *p, double x)
{
  return p->x + (x - p->x0) / (p->x1 - p->x0) * p->w;
}

static double py(const struct figure_place *p, double y)
{
  return p->y + (p->y1 - y) / (p->y1 - p->y0) * p->h;
}

/* ---- lines over the field ----------------------------------------------------------------------
 */

/* Ink that is seen on the map: white on the dark sequential one, dark on the light diverging one.
 */
static int line_ink(const struct figure_place *p)
{
  return p->map == ASSAY_MAP_DIVERGING ? ASSAY_INK_BLACK : ASSAY_INK_WHITE;
}

/* A thin line; white ones get a dark shadow for the light end of the map. */
static void draw_over(const struct drawing *d, const struct figure_place *p,
                      const struct assay_point *at, int n)
{
  const bool white = line_ink(p) == ASSAY_INK_WHITE;
  if (white)
    d->pen->kind->path(d->pen, at, n, false,
                       (struct assay_stroke){.ink = ASSAY_INK_BLACK, .width = 2, .alpha = 0.22},
                       NULL);
  d->pen->kind->path(d->pen, at, n, false,
                     (struct assay_stroke){.ink = line_ink(p),
                                           .width = white ? 0.9 : 0.8,
                                           .alpha = white ? 0.9 : 0.6},
                     NULL);
}

/* A slim triangle at `at` that points along (dx, dy), pixels. */
static void draw_head(const struct drawing *d, const struct figure_place *p, struct assay_point at,
                      double dx, double dy, double size)
{
  const double length = hypot(dx, dy);
  if (!(length > 0)) return;
  const double ex = dx / length * size, ey = dy / length * size;
  const struct assay_point corner[3] = {{at.x + ex * 0.6, at.y + ey * 0.6},
                                        {at.x - ex * 0.4 - ey * 0.4, at.y - ey * 0.4 + ex * 0.4},
                                        {at.x - ex * 0.4 + ey * 0.4, at.y - ey * 0.4 - ex * 0.4}};
  const bool white = line_ink(p) == ASSAY_INK_WHITE;
  d->pen->kind->path(d->pen, corner, 3, true,
                     (struct assay_stroke){.fill = line_ink(p),
                                           .fill_alpha = white ? 0.95 : 0.7,
                                           .ink = white ? ASSAY_INK_BLACK : 0,
                                           .alpha = 0.25,
                                           .width = 0.6},
                     NULL);
}

static struct assay_flow flow_of(const struct drawing *d, const struct figure_place *p,
                                 const struct assay_panel *panel)
{
  const struct assay_figure_grid *g = panel->grid;
  return (struct assay_flow){.nx = g->nx,
                             .ny = g->ny,
                             .x0 = g->x[0],
                             .y0 = g->y[0],
                             .dx = (p->x1 - p->x0) / g->nx,
                             .dy = (p->y1 - p->y0) / g->ny,
                             .u = panel->u,
                             .v = panel->v,
                             .mask = g->mask,
                             .distance = d->figure->smooth ? g->distance : NULL};
}

/* Heads along a line: one in the middle of a short one, more on a long one. */
static void draw_heads(const struct drawing *d, const struct figure_place *p,
                       const struct assay_point *at, int n)
{
  double length = 0, gone = 0;
  for (int i = 1; i < n; i++) length += hypot(at[i].x - at[i - 1].x, at[i].y - at[i - 1].y);
  if (length < 36) return;
  const int heads = (int)fmax(1, floor(length / 220 + 0.5));
  int k = 0;
  for (int i = 1; i < n && k < heads; i++) {
    gone += hypot(at[i].x - at[i - 1].x, at[i].y - at[i - 1].y);
    if (gone < length * (k + 0.5) / heads) continue;
    draw_head(d, p, at[i], at[i].x - at[i - 1].x, at[i].y - at[i - 1].y, 7.5);
    k++;
  }
}

static int draw_streamlines(const struct drawing *d, const struct figure_place *p,
                            const struct assay_panel *panel)
{
  int rc = ASSAY_OK;
  struct assay_streamlines lines = {0};
  struct assay_point *at = NULL;
  const struct assay_flow flow = flow_of(d, p, panel);
  const double px_apart = fmin(fmax(fmax(p->w, p->h) / 24, 9), 18);
  ASSAY_TRY(assay_streamlines_create(&lines, &flow, px_apart * (p->x1 - p->x0) / p->w));
  ASSAY_TRY(ASSAY_NEW(&at, (size_t)lines.n_points + 1, "streamlines"));
  for (int i = 0; i < lines.n_points; i++)
    at[i] = (struct assay_point){px(p, lines.at[i][0]), py(p, lines.at[i][1])};
  for (int k = 0; k < lines.n_lines; k++)
    draw_over(d, p, at + lines.line[k].first, lines.line[k].n);
  for (int k = 0; k < lines.n_lines; k++)
    draw_heads(d, p, at + lines.line[k].first, lines.line[k].n);
done:
  assay_streamlines_destroy(&lines);
  assay_free(at);
  return rc;
}

static double fastest(const struct assay_panel *panel)
{
  double most = 0;
  for (int k = 0; k < panel->grid->nx * panel->grid->ny; k++) {
    const double speed = hypot(panel->u[k], panel->v[k]);
    if (isfinite(speed) && (!panel->grid->mask || panel->grid->mask[k] >= 0.5))
      most = fmax(most, speed);
  }
  return most;
}

/* Arrows on a lattice of its own, as long as the speed; the fastest nearly reaches the next one. */
static void draw_arrows(const struct drawing *d, const struct figure_place *p,
                        const struct assay_panel *panel)
{
  const struct assay_flow flow = flow_of(d, p, panel);
  const int columns = (int)fmax(1, p->w / 20), rows = (int)fmax(1, p->h / 20);
  const double most = fastest(panel), longest = 0.92 * fmin(p->w / columns, p->h / rows);
  for (int j = 0; j < rows; j++)
    for (int i = 0; i < columns; i++) {
      double u, v;
      const double x = p->x0 + (i + 0.5) / columns * (p->x1 - p->x0);
      const double y = p->y0 + (j + 0.5) / rows * (p->y1 - p->y0);
      if (!assay_flow_at(&u, &v, &flow, x, y) || !(hypot(u, v) > 0.02 * most)) continue;
      const double dx = u / most * longest, dy = -v / most * longest;
      const struct assay_point tail = {px(p, x) - dx / 2, py(p, y) - dy / 2};
      const struct assay_point line[2] = {tail, {tail.x + dx, tail.y + dy}};
      draw_over(d, p, line, 2);
      draw_head(d, p, line[1], dx, dy, fmin(6, 0.55 * hypot(dx, dy)));
    }
}

/* Lines of values on a grid. */
struct grid_lines {
  const struct drawing *drawing;
  const struct figure_place *place;
  const struct assay_figure_grid *grid;
  struct assay_stroke stroke;
  double origin, step; /* of the values, in cells from the corner */
  bool dry;            /* not in solids */
};

/* The part of the line a to b with 0 <= value <= most in one coordinate; false: nothing. */
static bool clip(double *ax, double *ay, double *bx, double *by, double most)
{
  for (int end = 0; end < 2; end++) { /* the first point, then the other */
    double *x = end ? bx : ax, *y = end ? by : ay;
    const double other_x = end ? *ax : *bx, other_y = end ? *ay : *by;
    if (*x >= 0 && *x <= most) continue;
    const double limit = *x < 0 ? 0 : most;
    if ((*x < 0 && other_x < 0) || (*x > most && other_x > most)) return false;
    *y += (limit - *x) / (other_x - *x) * (other_y - *y);
    *x = limit;
  }
  return true;
}

static void draw_piece(void *payload, double x0, double y0, double x1, double y1)
{
  const struct grid_lines *c = payload;
  const struct figure_place *p = c->place;
  const struct assay_figure_grid *g = c->grid;
  const double w = p->w / g->nx, h = p->h / g->ny;
  x0 = c->origin + c->step * x0, x1 = c->origin + c->step * x1;
  y0 = c->origin + c->step * y0, y1 = c->origin + c->step * y1;
  if (!clip(&x0, &y0, &x1, &y1, g->nx) || !clip(&y0, &x0, &y1, &x1, g->ny)) return;
  if (c->dry && assay_figure_is_solid(g, (x0 + x1) / 2, (y0 + y1) / 2, c->drawing->figure->smooth))
    return;
  const struct assay_point at[2] = {{p->x + x0 * w, p->y + p->h - y0 * h},
                                    {p->x + x1 * w, p->y + p->h - y1 * h}};
  struct assay_pen *pen = c->drawing->pen;
  pen->kind->path(pen, at, 2, false, c->stroke, NULL);
}

/* A copy of values with a margin, which repeats the outer ones, so that lines reach the edges. */
static int widen(double **out, const double *values, const struct assay_figure_grid *g)
{
  int rc = ASSAY_OK;
  const int nx = g->nx + 2, ny = g->ny + 2;
  ASSAY_TRY(ASSAY_NEW(out, (size_t)nx * (size_t)ny, "lines on a grid"));
  for (int j = 0; j < ny; j++)
    for (int i = 0; i < nx; i++) {
      const int from_i = i < 1 ? 0 : i > g->nx ? g->nx - 1 : i - 1;
      const int from_j = j < 1 ? 0 : j > g->ny ? g->ny - 1 : j - 1;
      (*out)[j * nx + i] = values[from_j * g->nx + from_i];
    }
done:
  return rc;
}

/* Contours need values that stop at the mask. */
static int draw_contours(const struct drawing *d, const struct figure_place *p,
                         const struct assay_panel *panel)
{
  int rc = ASSAY_OK;
  double *fluid = NULL, *wide = NULL;
  const struct assay_figure_grid *g = panel->grid;
  /* opaque: pieces overlap where they meet */
  const int ink = line_ink(p) == ASSAY_INK_WHITE ? ASSAY_INK_WHITE : ASSAY_INK_SOFT;
  struct grid_lines lines = {
      .drawing = d, .place = p, .grid = g, .stroke = {ink, 0.8, 0}, .origin = -0.5, .step = 1};
  ASSAY_TRY(ASSAY_NEW(&fluid, (size_t)g->nx * (size_t)g->ny, "contours"));
  for (int k = 0; k < g->nx * g->ny; k++)
    fluid[k] = !g->mask || g->mask[k] >= 0.5 ? panel->values[k] : (double)NAN;
  ASSAY_TRY(widen(&wide, fluid, g));
  for (int i = 1; i <= panel->contours; i++)
    assay_contour(wide, g->nx + 2, g->ny + 2, p->lo + (p->hi - p->lo) * i / (panel->contours + 1),
                  draw_piece, &lines);
done:
  assay_free(fluid);
  assay_free(wide);
  return rc;
}

/* The outline of solids that a distance describes, from values four times as close. */
static int draw_outline(const struct drawing *d, const struct figure_place *p,
                        const struct assay_figure_grid *g)
{
  enum { FINER = 4 };
  int rc = ASSAY_OK;
  double *fine = NULL;
  const int nx = FINER * g->nx + 1, ny = FINER * g->ny + 1;
  struct grid_lines lines = {
      .drawing = d, .place = p, .grid = g, .stroke = {ASSAY_INK_TEXT, 1.1, 0}, .step = 1.0 / FINER};
  if (!g->distance || !d->figure->smooth) goto done;
  ASSAY_TRY(ASSAY_NEW(&fine, (size_t)nx * (size_t)ny, "outline"));
  for (int j = 0; j < ny; j++)
    for (int i = 0; i < nx; i++)
      fine[j * nx + i] =
          assay_bicubic(g->distance, g->nx, g->ny, i * lines.step - 0.5, j * lines.step - 0.5);
  assay_contour(fine, nx, ny, 0, draw_piece, &lines);
done:
  assay_free(fine);
  return rc;
}

/* What solid cells hold of the fluids means nothing: they take the mean of their fluid neighbours,
 * so that lines run straight into the solid, where they are not drawn. */
static void extend_into_solids(double *to, const double *values, const struct assay_figure_grid *g)
{
  const int nx = g->nx, ny = g->ny;
  for (int j = 0; j < ny; j++)
    for (int i = 0; i < nx; i++) {
      double sum = 0, n = 0;
      const int k = j * nx + i;
      to[k] = values[k];
      if (!g->mask || g->mask[k] >= 0.5) continue;
      for (int b = j > 0 ? j - 1 : 0; b <= j + 1 && b < ny; b++)
        for (int a = i > 0 ? i - 1 : 0; a <= i + 1 && a < nx; a++) {
          if (!(g->mask[b * nx + a] >= 0.5)) continue;
          sum += values[b * nx + a];
          n++;
        }
      to[k] = n > 0 ? sum / n : (double)NAN;
    }
}

/* Dark with a light rim: seen on every colour. */
static int draw_interface(const struct drawing *d, const struct figure_place *p,
                          const struct assay_panel *panel)
{
  int rc = ASSAY_OK;
  double *fluid = NULL, *wide = NULL;
  const struct assay_figure_grid *g = panel->grid;
  const struct assay_stroke rim = {ASSAY_INK_WHITE, 3.2, 0}, line = {ASSAY_INK_BLACK, 1.5, 0};
  struct grid_lines lines = {
      .drawing = d, .place = p, .grid = g, .dry = true, .origin = -0.5, .step = 1};
  ASSAY_TRY(ASSAY_NEW(&fluid, (size_t)g->nx * (size_t)g->ny, "interface"));
  extend_into_solids(fluid, panel->interface, g);
  ASSAY_TRY(widen(&wide, fluid, g));
  for (int pass = 0; pass < 2; pass++) { /* all of the rim first */
    lines.stroke = pass == 0 ? rim : line;
    assay_contour(wide, g->nx + 2, g->ny + 2, 0.5, draw_piece, &lines);
  }
done:
  assay_free(fluid);
  assay_free(wide);
  return rc;
}

/* ---- axes, bars, texts -------------------------------------------------------------------------
 */

static void draw_x_marks(const struct drawing *d, const struct figure_place *p,
                         const struct assay_figure_grid *g)
{
  const double bottom = p->y + p->h;
  for (int i = 0; i < p->tx.n; i++) {
    const double x = px(p, p->tx.at[i]);
    assay_pen_line(d->pen, x, bottom, x, bottom + 4, ASSAY_INK_SOFT, 0.9);
    if (p->x_labels)
      assay_pen_text(d->pen, x, bottom + 16, font_of(ASSAY_ANCHOR_MIDDLE), p->tx.text[i]);
  }
  if (!p->x_labels) return;
  char text[32];
  assay_exponent_text(text, sizeof text, p->tx.exponent);
  assay_pen_text(d->pen, p->x + p->w / 2, bottom + 31, font_of(ASSAY_ANCHOR_MIDDLE), g->x_label);
  assay_pen_text(d->pen, p->x + p->w, bottom + 31, font_of(ASSAY_ANCHOR_END), text);
}

static void draw_y_marks(const struct drawing *d, const struct figure_place *p,
                         const struct assay_figure_grid *g)
{
  double widest = 0;
  for (int i = 0; i < p->ty.n; i++) {
    const double y = py(p, p->ty.at[i]);
    assay_pen_line(d->pen, p->x - 4, y, p->x, y, ASSAY_INK_SOFT, 0.9);
    if (p->y_labels)
      assay_pen_text(d->pen, p->x - 7, y + 4, font_of(ASSAY_ANCHOR_END), p->ty.text[i]);
    widest = fmax(widest, assay_text_width(p->ty.text[i], assay_figure_font, false));
  }
  if (!p->y_labels) return;
  char text[32];
  struct assay_font font = font_of(ASSAY_ANCHOR_MIDDLE);
  font.angle = 90;
  assay_exponent_text(text, sizeof text, p->ty.exponent);
  assay_pen_text(d->pen, p->x - 13 - widest, p->y + p->h / 2, font, g->y_label);
  assay_pen_text(d->pen, p->x - 4, p->y - 6, font_of(ASSAY_ANCHOR_END), text);
}

/* The ends of a bar point outwards where values lie beyond the range. */
static void draw_bar_ends(const struct drawing *d, const struct figure_place *p, double x, double w)
{
  const struct assay_stroke fill = {.fill = ASSAY_INK_SOFT};
  const struct assay_point up[3] = {{x, p->y - 1.5}, {x + w, p->y - 1.5}, {x + w / 2, p->y - 7}};
  const double bottom = p->y + p->h + 1.5;
  const struct assay_point down[3] = {{x, bottom}, {x + w, bottom}, {x + w / 2, bottom + 5.5}};
  if (p->above) d->pen->kind->path(d->pen, up, 3, true, fill, NULL);
  if (p->below) d->pen->kind->path(d->pen, down, 3, true, fill, NULL);
}

static void draw_bar(const struct drawing *d, const struct figure_place *p)
{
  const double x = p->x + p->w + assay_figure_bar_gap, w = assay_figure_bar_width;
  const struct assay_stroke frame = {.ink = ASSAY_INK_SOFT, .width = 0.9};
  assay_pen_rect(d->pen, x, p->y, w, p->h, frame);
  draw_bar_ends(d, p, x, w);
  for (int i = 0; i < p->tb.n; i++) {
    const double y = p->y + (p->hi - p->tb.at[i]) / (p->hi - p->lo) * p->h;
    assay_pen_line(d->pen, x + w, y, x + w + 3, y, ASSAY_INK_SOFT, 0.9);
    assay_pen_text(d->pen, x + w + 6, y + 4, font_of(ASSAY_ANCHOR_START), p->tb.text[i]);
  }
  char text[32];
  struct assay_font font = font_of(ASSAY_ANCHOR_MIDDLE);
  font.angle = 90;
  assay_exponent_text(text, sizeof text, p->tb.exponent);
  assay_pen_text(d->pen, x + w + 4, p->y - 6, font_of(ASSAY_ANCHOR_START), text);
  assay_pen_text(d->pen, x + w + p->bar_label_x, p->y + p->h / 2, font,
                 d->figure->panels[p->first].bar_label);
}

static int draw_panel(const struct drawing *d, const struct figure_place *p,
                      const struct assay_panel *panel)
{
  int rc = ASSAY_OK;
  if (panel->contours > 0) ASSAY_TRY(draw_contours(d, p, panel));
  if (panel->flow == ASSAY_FLOW_STREAMLINES) ASSAY_TRY(draw_streamlines(d, p, panel));
  if (panel->flow == ASSAY_FLOW_ARROWS) draw_arrows(d, p, panel);
  if (panel->interface) ASSAY_TRY(draw_interface(d, p, panel));
  ASSAY_TRY(draw_outline(d, p, panel->grid));
  assay_pen_rect(d->pen, p->x, p->y, p->w, p->h,
                 (struct assay_stroke){.ink = ASSAY_INK_SOFT, .width = 0.9});
  draw_x_marks(d, p, panel->grid);
  draw_y_marks(d, p, panel->grid);
  if (p->bar) draw_bar(d, p);
done:
  return rc;
}

static void draw_titles(const struct drawing *d)
{
  const struct assay_font title = {.size = 14, .bold = true, .ink = ASSAY_INK_TEXT};
  assay_pen_text(d->pen, 12, d->l.title_y, title, d->figure->title);
  assay_pen_lines(d->pen, 12, d->l.subtitle_y, 15, d->l.width - 24, font_of(ASSAY_ANCHOR_START),
                  d->figure->subtitle);
}

static int draw_all(const struct drawing *d, double scale)
{
  int rc = ASSAY_OK;
  const struct assay_figure *f = d->figure;
  const struct assay_raster raster = assay_pen_pixels_raster(d->pen);
  for (int k = 0; k < f->rows * f->columns; k++)
    if (f->panels[k].values && f->panels[k].grid)
      assay_figure_paint(raster, scale, &d->l.place[k], &f->panels[k], f->smooth);
  draw_titles(d);
  for (int k = 0; k < f->rows * f->columns; k++) {
    const struct figure_place *p = &d->l.place[k];
    const struct assay_font font = {.size = 12, .ink = ASSAY_INK_TEXT};
    assay_pen_text(d->pen, p->x, p->y - 6, font, f->panels[k].title);
    if (f->panels[k].values && f->panels[k].grid) ASSAY_TRY(draw_panel(d, p, &f->panels[k]));
  }
done:
  return rc;
}

int assay_figure_image(struct assay_image *out, const struct assay_figure *figure)
{
  int rc = ASSAY_OK;
  struct drawing d = {.figure = figure};
  const double scale = figure->scale > 0 ? figure->scale : 1.5;
  *out = (struct assay_image){0};
  ASSAY_TRY(assay_figure_layout(&d.l, figure));
  ASSAY_TRY(assay_pen_pixels_create(&d.pen, d.l.width, d.l.height, scale));
  ASSAY_TRY(draw_all(&d, scale));
  struct assay_pen *const pen = d.pen;
  d.pen = NULL; /* finish frees it */
  ASSAY_TRY(assay_pen_pixels_finish(out, pen));
done:
  assay_pen_pixels_abort(d.pen);
  assay_free(d.l.place);
  return rc;
}

int assay_figure_png(const struct assay_figure *figure, const char *path,
                     const struct assay_png_text *texts)
{
  int rc = ASSAY_OK;
  struct assay_image image = {0};
  struct assay_png_text all[TEXTS_MAX + 2] = {{0}};
  int n = 0;
  if (figure->title) all[n++] = (struct assay_png_text){"Title", figure->title};
  for (; texts && texts->key && n <= TEXTS_MAX; texts++) all[n++] = *texts;
  ASSAY_TRY(assay_figure_image(&image, figure));
  ASSAY_TRY(assay_png_write(path, &image, all));
done:
  assay_image_destroy(&image);
  return rc;
}
