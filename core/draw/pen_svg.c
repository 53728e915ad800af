/* SVG text. Every colour is written twice: as a plain attribute for simple readers, and as a class
 * whose rule uses CSS variables, which browsers prefer, for dark mode and for the page's own theme.
 */
#include <string.h>

#include "core/base/err.h"
#include "core/draw/pen.h"

void assay_svg_escape(FILE *to, const char *text)
{
  for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
    switch (*c) {
    case '&':
      fputs("&amp;", to);
      break;
    case '<':
      fputs("&lt;", to);
      break;
    case '>':
      fputs("&gt;", to);
      break;
    case '"':
      fputs("&quot;", to);
      break;
    default:
      if (*c >= 0x20 || *c == '\n' || *c == '\t') fputc(*c, to);
    }
  }
}

/* CSS variable of an ink, without the leading "--assay-". */
static const char *variable(int ink)
{
  static const char *const names[ASSAY_INKS] = {"",      "ink",   "soft", "grid", "faint", "paper",
                                                "white", "black", "s0",   "s1",   "s2",    "s3",
                                                "s4",    "s5",    "s6",   "s7"};
  return names[ink];
}

static void rules(FILE *to, bool dark)
{
  char hex[8];
  for (int ink = ASSAY_INK_TEXT; ink < ASSAY_INKS; ink++) {
    const char *name = variable(ink);
    assay_colour_hex(hex, assay_ink_colour(ink, dark));
    fprintf(
        to,
        ".assay-plot .l-%s{stroke:var(--assay-%s,%s)}.assay-plot .f-%s{fill:var(--assay-%s,%s)}",
        name, name, hex, name, name, hex);
  }
}

/* %.2f without trailing zeros; the decimal point does not follow the locale, which stays "C" */
static void number(FILE *to, double value)
{
  char text[32];
  int n = snprintf(text, sizeof text, "%.2f", value);
  while (n > 0 && text[n - 1] == '0') text[--n] = '\0';
  if (n > 0 && text[n - 1] == '.') text[--n] = '\0';
  fputs(strcmp(text, "-0") == 0 ? "0" : text, to);
}

static void attribute(FILE *to, const char *name, double value)
{
  fprintf(to, " %s=\"", name);
  number(to, value);
  fputc('"', to);
}

static void paint(FILE *to, struct assay_stroke s)
{
  char hex[8];
  if (s.ink || s.fill) {
    fputs(" class=\"", to);
    if (s.ink) fprintf(to, "l-%s", variable(s.ink));
    if (s.fill) fprintf(to, "%sf-%s", s.ink ? " " : "", variable(s.fill));
    fputc('"', to);
  }
  fprintf(to, " fill=\"%s\"",
          s.fill ? assay_colour_hex(hex, assay_ink_colour(s.fill, false)) : "none");
  if (s.fill_alpha > 0 && s.fill_alpha < 1) attribute(to, "fill-opacity", s.fill_alpha);
  if (!s.ink) return;
  fprintf(to, " stroke=\"%s\"", assay_colour_hex(hex, assay_ink_colour(s.ink, false)));
  attribute(to, "stroke-width", s.width);
  if (s.alpha > 0 && s.alpha < 1) attribute(to, "stroke-opacity", s.alpha);
  if (s.dashed) fputs(" stroke-dasharray=\"5 3\"", to);
}

static void finish(FILE *to, const char *element, const char *tip)
{
  if (!tip) {
    fputs("/>\n", to);
    return;
  }
  fputs("><title>", to);
  assay_svg_escape(to, tip);
  fprintf(to, "</title></%s>\n", element);
}

static void svg_path(struct assay_pen *pen, const struct assay_point *at, int n, bool closed,
                     struct assay_stroke stroke, const char *tip)
{
  FILE *to = ((struct assay_pen_svg *)pen)->to;
  if (n < 2) return;
  fputs("<path", to);
  paint(to, stroke);
  fputs(" d=\"", to);
  for (int i = 0; i < n; i++) {
    fputc(i == 0 ? 'M' : 'L', to);
    number(to, at[i].x);
    fputc(' ', to);
    number(to, at[i].y);
  }
  fputs(closed ? "Z\"" : "\"", to);
  finish(to, "path", tip);
}

static void svg_circle(struct assay_pen *pen, struct assay_point at, double r,
                       struct assay_stroke stroke, const char *tip)
{
  FILE *to = ((struct assay_pen_svg *)pen)->to;
  fputs("<circle", to);
  attribute(to, "cx", at.x);
  attribute(to, "cy", at.y);
  attribute(to, "r", r);
  paint(to, stroke);
  if (!stroke.ink && !stroke.fill) fputs(" pointer-events=\"all\"", to); /* only carries its tip */
  finish(to, "circle", tip);
}

static void svg_text(struct assay_pen *pen, struct assay_point at, struct assay_font font,
                     const char *text)
{
  static const char *const anchors[] = {"start", "middle", "end"};
  FILE *to = ((struct assay_pen_svg *)pen)->to;
  fputs("<text", to);
  attribute(to, "x", at.x);
  attribute(to, "y", at.y);
  attribute(to, "font-size", font.size);
  if (font.anchor != ASSAY_ANCHOR_START) fprintf(to, " text-anchor=\"%s\"", anchors[font.anchor]);
  if (font.bold) fputs(" font-weight=\"600\"", to);
  if (font.angle != 0) {
    fputs(" transform=\"rotate(", to);
    number(to, -font.angle);
    fputc(' ', to);
    number(to, at.x);
    fputc(' ', to);
    number(to, at.y);
    fputs(")\"", to);
  }
  paint(to, (struct assay_stroke){.fill = font.ink});
  fputc('>', to);
  assay_svg_escape(to, text);
  fputs("</text>\n", to);
}

static const struct assay_pen_kind svg_kind = {svg_path, svg_circle, svg_text};

void assay_pen_svg_begin(struct assay_pen_svg *svg, FILE *to, double width, double height,
                         const char *alt)
{
  *svg = (struct assay_pen_svg){.pen.kind = &svg_kind, .to = to};
  fputs(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"assay-plot\" role=\"img\" viewBox=\"0 0 ",
      to);
  number(to, width);
  fputc(' ', to);
  number(to, height);
  fputc('"', to);
  attribute(to, "width", width);
  attribute(to, "height", height);
  fputs(" aria-label=\"", to);
  assay_svg_escape(to, alt);
  fputs("\" font-family=\"system-ui, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', "
        "sans-serif\" stroke-linejoin=\"round\" stroke-linecap=\"round\">\n<style>",
        to);
  fputs(".assay-plot{max-width:100%;height:auto}", to);
  rules(to, false);
  fputs("@media (prefers-color-scheme:dark){", to);
  rules(to, true);
  fputs("}</style>\n", to);
  assay_pen_rect(&svg->pen, 0, 0, width, height, (struct assay_stroke){.fill = ASSAY_INK_PAPER});
}

int assay_pen_svg_end(struct assay_pen_svg *svg)
{
  int rc = ASSAY_OK;
  fputs("</svg>\n", svg->to);
  ASSAY_CHECK(fflush(svg->to) == 0 && !ferror(svg->to), ASSAY_EIO, "a plot could not be written");
done:
  return rc;
}
