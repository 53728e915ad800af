/* Plots of series: lines, ribbons, points with error bars. One description, two outputs: SVG text
 * for report pages (no fonts needed, follows light and dark mode, tool tips on points) and pixels.
 *
 * SVG colours are CSS variables with defaults for both modes; a page may set --assay-ink,
 * --assay-soft (labels), --assay-grid, --assay-paper (ground) and --assay-s0 ... --assay-s7
 * (series). Every series differs in colour, marker and dash. All texts are UTF-8 and escaped here.
 */
#ifndef ASSAY_CORE_DRAW_PLOT_H
#define ASSAY_CORE_DRAW_PLOT_H
#include <stdbool.h>
#include <stdio.h>

#include "core/draw/ticks.h"
#include "core/io/png.h"

struct assay_plot_axis {
  const char *label; /* "lead time (s)"; NULL: none */
  enum assay_scale scale;
  double lo, hi;                 /* fixed limits; lo == hi: from the data, widened to marks */
  const char *const *categories; /* names at 0, 1, 2, ... instead of numbers, NULL-terminated; the
                                    y axis then runs downwards */
};

enum assay_plot_draw {
  ASSAY_PLOT_LINE,   /* a line; markers when there is room for them */
  ASSAY_PLOT_POINTS, /* markers only */
  ASSAY_PLOT_STAIRS, /* constant until the next x: Pareto fronts, profiles */
};

struct assay_series {
  const char *name; /* in the legend; NULL: not there */
  int n;
  const double *x, *y; /* [n] NaN (or <= 0 on a log axis) leaves a gap */
  const double *lo,
      *hi; /* [n] interval of y, both or neither: a ribbon round a line, bars on points */
  const double *x_lo, *x_hi; /* [n] interval of x: bars on points */
  const char *const *labels; /* [n] written beside the points where they fit; NULL: none */
  const char *const *tips;   /* [n] tool tips; NULL: "name: x, y [lo, hi]" */
  enum assay_plot_draw draw;
  int style;  /* 1 ... 8: colour, marker and dash; 0: by position in the list */
  bool bare;  /* a line without symbols */
  bool faint; /* grey and dashed: a floor or a reference, not a competitor */
};

enum assay_plot_legend {
  ASSAY_LEGEND_AUTO, /* names at the ends of lines if they fit without overlap, else below */
  ASSAY_LEGEND_BELOW,
  ASSAY_LEGEND_NONE,
};

/* Zeros are good defaults. Nothing is kept after the call. */
struct assay_plot {
  const char *title, *subtitle; /* NULL: none */
  const char *alt;              /* one sentence for screen readers; NULL: the title */
  int width, height;            /* CSS pixels; 0: 640 x 400 */
  struct assay_plot_axis x, y;
  const struct assay_series *series;
  int n_series;
  enum assay_plot_legend legend;
};

/* One <svg> element, ready for a file or for the middle of an HTML page. An empty plot says "no
 * data". ASSAY_EARG when limits make no sense, ASSAY_EIO when `to` failed, ASSAY_ENOMEM. */
int assay_plot_svg(const struct assay_plot *plot, FILE *to);
/* The same to a file, atomically. */
int assay_plot_svg_file(const struct assay_plot *plot, const char *path);
/* The same as pixels (light mode), `scale` pixels per CSS pixel. The caller owns out->rgba. */
int assay_plot_image(struct assay_image *out, const struct assay_plot *plot, double scale);
/* The same to a PNG file, atomically. */
int assay_plot_png(const struct assay_plot *plot, double scale, const char *path);

#endif
