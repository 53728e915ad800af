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

/* The same of a longer character: its bytes begin at c. */
static double advance_wide(const char *c)
{
  static const struct {
    const char *bytes;
    double ems;
  } known[] = {{"−", 0.84}, {"×", 0.84}, {"·", 0.34}, {"\u00a0", 0.34},
               {"²", 0.42}, {"³", 0.42}, {"¹", 0.42}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strncmp(c, known[i].bytes, strlen(known[i].bytes)) == 0) return known[i].ems;
  return strncmp(c, "\xe2\x81", 2) == 0 ? 0.46 : 0.65; /* other superscripts; letters */
}

double assay_text_width(const char *text, double size, bool bold)
{
  double ems = 0;
  for (const char *c = text; *c; c++) {
    const unsigned char byte = (unsigned char)*c;
    if (byte < 0x80)
      ems += advance(byte);
    else if (byte >= 0xc0) /* not one of the bytes that follow */
      ems += advance_wide(c);
  }
  return ems * size * (bold ? 1.1 : 1.0);
}

int assay_text_break(const char **next, const char *text, double size, double width)
{
  char line[512];
  size_t end = 0;
  for (size_t i = 0; i < sizeof line; i++) {
    if (text[i] != ' ' && text[i] != '\0') continue;
    memcpy(line, text, i);
    line[i] = '\0';
    if (end > 0 && assay_text_width(line, size, false) > width) break;
    end = i;
    if (text[i] == '\0') break;
  }
  if (end == 0) end = strlen(text); /* one word longer than everything */
  *next = text + end;
  while (**next == ' ') ++*next;
  return (int)end;
}

int assay_text_lines(const char *text, double size, double width)
{
  int n = 0;
  for (; text && *text; n++) assay_text_break(&text, text, size, width);
  return n;
}

void assay_pen_lines(struct assay_pen *pen, double x, double y, double apart, double width,
                     struct assay_font font, const char *text)
{
  for (; text && *text; y += apart) {
    char line[512];
    const char *from = text;
    const int n = assay_text_break(&text, from, font.size, width);
    snprintf(line, sizeof line, "%.*s", n, from);
    assay_pen_text(pen, x, y, font, line);
  }
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
