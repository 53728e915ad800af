/* What plots and figures draw with: one set of strokes, two outputs (SVG text, pixels by cairo).
 * Coordinates are CSS pixels, y downwards. Colours are named by role, so that SVG can follow light
 * and dark mode. Strokes cannot fail; what went wrong shows when the drawing is finished. */
#ifndef ASSAY_CORE_DRAW_PEN_H
#define ASSAY_CORE_DRAW_PEN_H
#include <stdbool.h>
#include <stdio.h>

#include "core/draw/colour.h"
#include "core/io/png.h"

enum assay_ink {
  ASSAY_INK_NONE,
  ASSAY_INK_TEXT,  /* titles, axis lines */
  ASSAY_INK_SOFT,  /* labels */
  ASSAY_INK_GRID,  /* grid lines */
  ASSAY_INK_FAINT, /* reference series */
  ASSAY_INK_PAPER, /* ground */
  ASSAY_INK_WHITE, /* over colour maps, in both modes */
  ASSAY_INK_BLACK,
  ASSAY_INK_SERIES, /* + 0 ... ASSAY_SERIES_STYLES - 1 */
  ASSAY_INKS = ASSAY_INK_SERIES + ASSAY_SERIES_STYLES
};
struct assay_rgb assay_ink_colour(int ink, bool dark); /* not of NONE */

struct assay_point {
  double x, y;
};

/* How a shape is drawn; zeros: not at all. */
struct assay_stroke {
  int ink;      /* line, enum assay_ink */
  double width; /* of the line */
  double alpha; /* of the line; 0 means 1 */
  bool dashed;
  int fill;          /* area, enum assay_ink */
  double fill_alpha; /* 0 means 1 */
};

enum assay_anchor { ASSAY_ANCHOR_START, ASSAY_ANCHOR_MIDDLE, ASSAY_ANCHOR_END };
struct assay_font {
  double size; /* px */
  bool bold;
  int ink;
  enum assay_anchor anchor;
  double angle; /* degrees, anticlockwise */
};

struct assay_pen;
struct assay_pen_kind {
  /* n points, joined; closed: back to the first. tip: shown under the pointer (SVG only) or NULL.
   */
  void (*path)(struct assay_pen *pen, const struct assay_point *at, int n, bool closed,
               struct assay_stroke stroke, const char *tip);
  void (*circle)(struct assay_pen *pen, struct assay_point at, double r, struct assay_stroke stroke,
                 const char *tip);
  /* at: on the base line, at the anchor */
  void (*text)(struct assay_pen *pen, struct assay_point at, struct assay_font font,
               const char *text);
};
struct assay_pen {
  const struct assay_pen_kind *kind;
};

/* SVG on `to`, which must stay open; alt is the accessible name. */
struct assay_pen_svg {
  struct assay_pen pen;
  FILE *to;
};
void assay_pen_svg_begin(struct assay_pen_svg *svg, FILE *to, double width, double height,
                         const char *alt);
/* ASSAY_EIO when anything could not be written */
int assay_pen_svg_end(struct assay_pen_svg *svg);
/* text with & < > " escaped and control characters left out */
void assay_svg_escape(FILE *to, const char *text);

/* Pixels on PAPER, scale pixels per CSS pixel. */
int assay_pen_pixels_create(struct assay_pen **out, double width, double height, double scale);
/* Device pixels [height, pitch] 0xffRRGGBB for filling in rasters before strokes are drawn. */
struct assay_raster {
  uint32_t *pixel;
  int width, height, pitch;
};
struct assay_raster assay_pen_pixels_raster(struct assay_pen *pen);
/* The picture; the caller owns out->rgba. Frees the pen whatever happens. */
int assay_pen_pixels_finish(struct assay_image *out, struct assay_pen *pen);
void assay_pen_pixels_abort(struct assay_pen *pen); /* NULL allowed */

/* Width of a text in common sans-serif fonts, px; a little generous. */
double assay_text_width(const char *text, double size, bool bold);

/* The part of a text that fits into `width`, broken at a blank: its bytes and, in *next, where the
 * rest begins. */
int assay_text_break(const char **next, const char *text, double size, double width);
/* Lines that takes; 0 for NULL and "". */
int assay_text_lines(const char *text, double size, double width);

/* Shorthands. */
void assay_pen_line(struct assay_pen *pen, double x0, double y0, double x1, double y1, int ink,
                    double width);
void assay_pen_rect(struct assay_pen *pen, double x, double y, double w, double h,
                    struct assay_stroke stroke);
void assay_pen_text(struct assay_pen *pen, double x, double y, struct assay_font font,
                    const char *text);
/* A text broken into lines `apart` px from each other, the first on y. */
void assay_pen_lines(struct assay_pen *pen, double x, double y, double apart, double width,
                     struct assay_font font, const char *text);
/* Symbol of series style 0 ... 7, about `size` across: circle, square, triangle ... */
void assay_pen_marker(struct assay_pen *pen, struct assay_point at, int style, double size,
                      struct assay_stroke stroke, const char *tip);

#endif
