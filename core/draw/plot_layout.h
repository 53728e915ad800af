/* Where everything of a plot stands: private to core/draw/plot*.c. */
#ifndef ASSAY_CORE_DRAW_PLOT_LAYOUT_H
#define ASSAY_CORE_DRAW_PLOT_LAYOUT_H
#include "core/draw/pen.h"
#include "core/draw/plot.h"

enum { PLOT_DIRECT_MAX = 12 };

/* An axis in use: values lo..hi stand at pixels from..to. */
struct plot_side {
  enum assay_scale scale;
  double lo, hi, from, to;
  const char *const *categories;
  int n_categories;
  struct assay_ticks ticks; /* without categories */
};

struct plot_layout {
  double width, height;
  double left, right, top, bottom; /* of the frame, px */
  struct plot_side x, y;
  bool direct;                     /* names at the ends of lines */
  double label_y[PLOT_DIRECT_MAX]; /* of series i when direct */
  double legend_top;               /* first base line when below */
};

extern const double assay_plot_label_size; /* px */

/* Whether a value has a place on the axis (finite, and positive on a log scale). */
bool assay_plot_has(const struct plot_side *side, double value);
/* Its pixel; also beyond the limits. */
double assay_plot_at(const struct plot_side *side, double value);

int assay_plot_layout_make(struct plot_layout *out, const struct assay_plot *plot);

/* Last point of a line that is inside the frame; false when there is none. */
bool assay_plot_line_end(struct assay_point *out, const struct plot_layout *layout,
                         const struct assay_series *series);
/* Walk over the legend's entries: the place of each, and the height of all. visit may be NULL. */
double assay_plot_legend_walk(const struct plot_layout *layout, const struct assay_plot *plot,
                              void (*visit)(void *payload, int series, double x, double y),
                              void *payload);

#endif
