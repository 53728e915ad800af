/* Where everything of a figure stands, and the ranges of its scales: private to
 * core/draw/figure*.c. */
#ifndef ASSAY_CORE_DRAW_FIGURE_LAYOUT_H
#define ASSAY_CORE_DRAW_FIGURE_LAYOUT_H
#include "core/draw/figure.h"
#include "core/draw/pen.h"
#include "core/draw/ticks.h"

/* One panel, in place. */
struct figure_place {
  double x, y, w, h;         /* of the field, px; y downwards from its upper edge */
  double x0, x1, y0, y1;     /* coordinates of its edges */
  struct assay_ticks tx, ty; /* x and y marks */
  bool y_labels, x_labels;   /* false: the neighbour's count for this one too */
  bool bar;                  /* a colour bar stands behind it */
  struct assay_ticks tb;     /* its marks */
  double bar_label_x;        /* px from the bar's right edge to the label's base line */
  int first;                 /* panel that gives the scale's map, range and label */
  double lo, hi;
  enum assay_map map;
  bool below, above; /* values outside lo..hi: the bar gets points */
};

struct figure_layout {
  double width, height;
  double title_y, subtitle_y;
  int n_lines;                /* of the subtitle */
  struct figure_place *place; /* [rows, columns] */
};

extern const double assay_figure_font, assay_figure_bar_gap, assay_figure_bar_width;

/* ASSAY_EARG, ASSAY_ENOMEM. Free place with assay_free. */
int assay_figure_layout(struct figure_layout *out, const struct assay_figure *figure);

#endif
