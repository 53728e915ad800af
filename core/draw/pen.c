#include "core/draw/pen.h"

#include <math.h>
#include <string.h>

/* Light and dark value of the inks before the series. */
static const struct assay_rgb fixed_inks[ASSAY_INK_SERIES][2] = {
    [ASSAY_INK_NONE] = {{0, 0, 0}, {0, 0, 0}},
    [ASSAY_INK_TEXT] = {{0.13, 0.14, 0.16}, {0.91, 0.92, 0.93}},
    [ASSAY_INK_SOFT] = {{0.33, 0.35, 0.38}, {0.68, 0.70, 0.73}},
    [ASSAY_INK_GRID] = {{0.89, 0.90, 0.91}, {0.22, 0.24, 0.27}},
    [ASSAY_INK_FAINT] = {{0.52, 0.54, 0.56}, {0.56, 0.58, 0.61}},
    [ASSAY_INK_PAPER] = {{1, 1, 1}, {0.09, 0.10, 0.12}},
    [ASSAY_INK_WHITE] = {{1, 1, 1}, {1, 1, 1}},
    [ASSAY_INK_BLACK] = {{0, 0, 0}, {0, 0, 0}},
};

struct assay_rgb assay_ink_colour(int ink, bool dark)
{
  if (ink >= ASSAY_INK_SERIES) return assay_colour_series(ink - ASSAY_INK_SERIES, dark);
  return fixed_inks[ink][dark];
}

/* Advance of one character in ems, after DejaVu Sans, the widest of the common ones. */
static double advance(unsigned char c)
{
  if (strchr("iljI.,:;'|!", c)) return 0.31;
  if (strchr(" ftr()[]/-", c)) return 0.38;
  if (strchr("mwMW%@", c)) return 0.92;
  if (c >= 'A' && c <= 'Z') return 0.69;
  if (strchr("+=<>_~", c)) return 0.78;
  return 0.62;
}

double assay_text_width(const char *text, double size, bool bold)
{
  double ems = 0;
  for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
    if (*c < 0x80)
      ems += advance(*c);
    else if ((*c & 0xc0) == 0xc0) /* first byte of a longer character: superscripts, signs */
      ems += *c >= 0xe2 ? 0.5 : 0.62;
  }
  return ems * size * (bold ? 1.1 : 1.0);
}

void assay_pen_line(struct assay_pen *pen, double x0, double y0, double x1, double y1, int ink,
                    double width)
{
  const struct assay_point at[2] = {{x0, y0}, {x1, y1}};
  pen->kind->path(pen, at, 2, false, (struct assay_stroke){.ink = ink, .width = width}, NULL);
}

void assay_pen_rect(struct assay_pen *pen, double x, double y, double w, double h,
                    struct assay_stroke stroke)
{
  const struct assay_point at[4] = {{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}};
  pen->kind->path(pen, at, 4, true, stroke, NULL);
}

void assay_pen_text(struct assay_pen *pen, double x, double y, struct assay_font font,
                    const char *text)
{
  if (text && *text) pen->kind->text(pen, (struct assay_point){x, y}, font, text);
}

/* Polygons: corners on a circle, the first at `start` degrees from the right, anticlockwise; area
 * about that of the circle. Stars have every other corner drawn in. */
struct symbol {
  int corners;
  double start, radius, inner;
};
static const struct symbol symbols[ASSAY_SERIES_STYLES] = {
    {0, 0, 1, 0},      {4, 45, 1.22, 0},    {3, 90, 1.38, 0}, {4, 0, 1.28, 0},
    {3, 270, 1.38, 0}, {10, 90, 1.5, 0.65}, {6, 0, 1.12, 0},  {8, 90, 1.4, 0.5},
};

void assay_pen_marker(struct assay_pen *pen, struct assay_point at, int style, double size,
                      struct assay_stroke stroke, const char *tip)
{
  const struct symbol *s = &symbols[(unsigned)style % ASSAY_SERIES_STYLES];
  struct assay_point corner[10];
  if (s->corners == 0) {
    pen->kind->circle(pen, at, size / 2, stroke, tip);
    return;
  }
  for (int i = 0; i < s->corners; i++) {
    const double angle = (s->start + 360.0 * i / s->corners) * 3.14159265358979323846 / 180;
    const double r = size / 2 * (s->inner > 0 && i % 2 ? s->inner : s->radius);
    corner[i] = (struct assay_point){at.x + r * cos(angle), at.y - r * sin(angle)};
  }
  pen->kind->path(pen, corner, s->corners, true, stroke, tip);
}
