#include "core/draw/figure_raster.h"

#include <math.h>

#include "core/draw/contour.h"

struct painter {
  const struct assay_panel *panel;
  const struct figure_place *place;
  uint8_t table[256][3];
  double stripe; /* width of the hatching, device pixels */
  bool smooth;
};

static uint32_t word(unsigned r, unsigned g, unsigned b)
{
  return 0xff000000u | r << 16 | g << 8 | b;
}

static const unsigned solid_grey = 166, hatch_light = 236, hatch_dark = 190;

static uint32_t colour(const struct painter *p, double value)
{
  const double t = (value - p->place->lo) / (p->place->hi - p->place->lo);
  const int i = (int)(fmin(fmax(t, 0), 1) * 255 + 0.5);
  return word(p->table[i][0], p->table[i][1], p->table[i][2]);
}

static bool is_fluid(const struct assay_figure_grid *g, int k)
{
  return !g->mask || g->mask[k] >= 0.5;
}

bool assay_figure_is_solid(const struct assay_figure_grid *g, double x, double y, bool smooth)
{
  if (smooth && g->distance) return assay_bicubic(g->distance, g->nx, g->ny, x - 0.5, y - 0.5) < 0;
  const int i = x < g->nx ? (int)x : g->nx - 1, j = y < g->ny ? (int)y : g->ny - 1;
  return !is_fluid(g, j * g->nx + i);
}

/* Mean of the fluid cells around cell k, which is none itself but reaches into the fluid; NaN:
 * there are none. */
static double around(const struct assay_panel *panel, int k)
{
  const struct assay_figure_grid *g = panel->grid;
  const int i = k % g->nx, j = k / g->nx;
  double sum = 0, n = 0;
  for (int b = j > 0 ? j - 1 : 0; b <= j + 1 && b < g->ny; b++)
    for (int a = i > 0 ? i - 1 : 0; a <= i + 1 && a < g->nx; a++) {
      const int m = b * g->nx + a;
      if (!is_fluid(g, m) || !isfinite(panel->values[m])) continue;
      sum += panel->values[m];
      n++;
    }
  return n > 0 ? sum / n : (double)NAN;
}

/* Bilinear between the centres around (gx, gy), in cells, over those that are fluid; `own` stands
 * in where a neighbour has no value. */
static double blend(const struct assay_panel *panel, double gx, double gy, double own)
{
  const struct assay_figure_grid *g = panel->grid;
  const double cx = fmin(fmax(gx, 0), g->nx - 1), cy = fmin(fmax(gy, 0), g->ny - 1);
  const int i = (int)cx, j = (int)cy;
  const double a = cx - i, b = cy - j;
  double sum = 0;
  for (int c = 0; c < 4; c++) {
    const int east = c & 1, north = c >> 1;
    const double weight = (east ? a : 1 - a) * (north ? b : 1 - b);
    if (weight == 0) continue;
    const int m = (j + north) * g->nx + i + east;
    const bool good = is_fluid(g, m) && isfinite(panel->values[m]);
    sum += weight * (good ? panel->values[m] : own);
  }
  return sum;
}

/* Colour at fractions (fx, fy) of the panel, from the left and from below. */
static uint32_t colour_at(const struct painter *p, double fx, double fy, int px, int py)
{
  const struct assay_figure_grid *g = p->panel->grid;
  const double gx = fx * g->nx, gy = fy * g->ny;
  const int i = gx < g->nx ? (int)gx : g->nx - 1, j = gy < g->ny ? (int)gy : g->ny - 1;
  const int k = j * g->nx + i;
  if (assay_figure_is_solid(g, gx, gy, p->smooth)) return word(solid_grey, solid_grey, solid_grey);
  const double own = is_fluid(g, k) ? p->panel->values[k] : around(p->panel, k);
  if (!isfinite(own)) {
    const unsigned grey = fmod(px + py, 2 * p->stripe) < p->stripe ? hatch_light : hatch_dark;
    return word(grey, grey, grey);
  }
  return colour(p, p->smooth ? blend(p->panel, gx - 0.5, gy - 0.5, own) : own);
}

static void paint_field(struct assay_raster to, double scale, const struct painter *p)
{
  const struct figure_place *at = p->place;
  const int x0 = (int)(at->x * scale + 0.5), x1 = (int)((at->x + at->w) * scale + 0.5);
  const int y0 = (int)(at->y * scale + 0.5), y1 = (int)((at->y + at->h) * scale + 0.5);
  for (int y = y0; y < y1 && y < to.height; y++) {
    uint32_t *line = to.pixel + (size_t)y * (size_t)to.pitch;
    const double fy = 1 - (y - y0 + 0.5) / (y1 - y0);
    for (int x = x0; x < x1 && x < to.width; x++)
      line[x] = colour_at(p, (x - x0 + 0.5) / (x1 - x0), fy, x, y);
  }
}

static void paint_bar(struct assay_raster to, double scale, const struct painter *p)
{
  const struct figure_place *at = p->place;
  const double left = at->x + at->w + assay_figure_bar_gap;
  const int x0 = (int)(left * scale + 0.5),
            x1 = (int)((left + assay_figure_bar_width) * scale + 0.5);
  const int y0 = (int)(at->y * scale + 0.5), y1 = (int)((at->y + at->h) * scale + 0.5);
  for (int y = y0; y < y1 && y < to.height; y++) {
    uint32_t *line = to.pixel + (size_t)y * (size_t)to.pitch;
    const double t = 1 - (y - y0 + 0.5) / (y1 - y0);
    for (int x = x0; x < x1 && x < to.width; x++)
      line[x] = colour(p, at->lo + t * (at->hi - at->lo));
  }
}

void assay_figure_paint(struct assay_raster to, double scale, const struct figure_place *place,
                        const struct assay_panel *panel, bool smooth)
{
  struct painter p = {.panel = panel, .place = place, .stripe = 4 * scale, .smooth = smooth};
  assay_map_table(p.table, place->map);
  paint_field(to, scale, &p);
  if (place->bar) paint_bar(to, scale, &p);
}
