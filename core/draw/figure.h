/* Pictures of fields: panels in rows and columns with axes, units, colour bars, streamlines or
 * arrows, contour lines and masks, as pixels. Panels that share a scale share a colour bar: truth
 * and prediction side by side, the error behind them.
 *
 * Text is drawn by cairo with the fonts of the machine, so the bytes of a picture may differ from
 * machine to machine; on one machine they do not. */
#ifndef ASSAY_CORE_DRAW_FIGURE_H
#define ASSAY_CORE_DRAW_FIGURE_H
#include <stdbool.h>

#include "core/draw/colour.h"
#include "core/io/png.h"

/* Where the values of panels stand. Rows go upwards (y[0] is the bottom row). */
struct assay_figure_grid {
  int nx, ny;
  const double *x, *y;           /* [nx], [ny] cell centres, uniform, ascending */
  const char *x_label, *y_label; /* "x (m)"; NULL: none */
  const double *mask;            /* [ny, nx] below 0.5: not fluid, drawn grey; NULL: all fluid */
  const double *distance;        /* [ny, nx] from solid surfaces, negative inside: where solids end
                                    in smooth figures; NULL: the mask says so, cell by cell */
  bool free_aspect; /* x and y are different quantities (space-time): the panel takes `width` x
                       0.75 `width` instead of equal lengths on both axes */
};

enum assay_flow_lines { ASSAY_FLOW_NONE, ASSAY_FLOW_STREAMLINES, ASSAY_FLOW_ARROWS };

struct assay_panel {
  const char *title; /* NULL: none */
  const struct assay_figure_grid *grid;
  const double *values;  /* [ny, nx]; NaN and infinity are hatched. NULL: an empty place, which may
                            hold a title as text */
  const char *bar_label; /* "u (m s⁻¹)"; of the first panel of a scale in a row */
  int scale;             /* panels with the same number share range and map, and in a row the bar */
  enum assay_map map;    /* of the first panel with this scale; AUTO looks at the values */
  double lo, hi; /* fixed range (of the first panel with this scale); lo == hi: from values */
  int contours;  /* number of contour levels, 0: none */
  enum assay_flow_lines flow;
  const double *u, *v; /* [ny, nx] for flow lines; NULL without */
  const double
      *interface; /* [ny, nx] part of one of two fluids, whose line 1/2 is drawn; or NULL */
};

struct assay_figure {
  const char *title, *subtitle; /* NULL: none */
  int rows, columns;
  const struct assay_panel *panels; /* [rows, columns] */
  int width;    /* longer side of one panel's field in CSS pixels; 0: by number of columns */
  double scale; /* pixels per CSS pixel; 0: 1.5 */
  bool smooth;  /* bilinear between cell centres instead of one square per cell */
};

/* The caller owns out->rgba. ASSAY_EARG, ASSAY_ENOMEM. */
int assay_figure_image(struct assay_image *out, const struct assay_figure *figure);
/* Straight to a PNG with the title and these texts inside. */
int assay_figure_png(const struct assay_figure *figure, const char *path,
                     const struct assay_png_text *texts);

/* For ranges that several figures share, as the frames of an animation do. Widen [*lo, *hi] to all
 * finite values under the mask; start with *lo > *hi. n values, mask NULL: all. */
void assay_figure_range(double *lo, double *hi, const double *values, const double *mask, int n);
/* Make a range that can be drawn: choose the map if it is AUTO, symmetric about zero when it is
 * DIVERGING, never empty. */
void assay_figure_scale(double *lo, double *hi, enum assay_map *map);

#endif
