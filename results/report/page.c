/* What every page is made of: head, foot, and the small marks in tables. */
#include <math.h>
#include <string.h>

#include "core/draw/ticks.h"
#include "results/report/parts.h"

static void nav_link(const struct report *r, const char *href, const char *text, const char *title)
{
  assay_html(r->to, "<a href=\"%s\"", href);
  if (strcmp(text, *title ? title : "Overview") == 0) fputs(" aria-current=\"page\"", r->to);
  assay_html(r->to, ">%s</a>\n", text);
}

void assay_report_head(const struct report *r, const char *title)
{
  char file[ASSAY_SLUG + 16];
  assay_html(
      r->to,
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"generator\" content=\"assay report\">\n<title>%s%s%s</title>\n"
      "<link rel=\"stylesheet\" href=\"site.css\">\n<script src=\"site.js\" defer></script>\n"
      "</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to content</a>\n"
      "<header class=\"bar\"><a class=\"brand\" href=\"index.html\">assay</a>\n"
      "<nav aria-label=\"Pages\">\n",
      title, *title ? " · " : "", r->options->title);
  nav_link(r, "index.html", "Overview", title);
  for (int i = 0; i < r->ranking->n_tables; i++) {
    snprintf(file, sizeof file, "task-%s.html", r->tasks[i].slug);
    nav_link(r, file, r->tasks[i].table->task, title);
  }
  fputs("</nav></header>\n<main id=\"main\">\n", r->to);
}

void assay_report_foot(const struct report *r)
{
  fputs("</main>\n<footer>\n", r->to);
  if (r->options->repeat && *r->options->repeat)
    assay_html(r->to, "Made by <code>%s</code>. ", r->options->repeat);
  assay_html(r->to,
             "Numbers: <a href=\"data/ranking.json\">ranking.json</a>, "
             "<a href=\"data/ranking.csv\">ranking.csv</a>. Intervals: %g&#8201;%%, %d bootstrap "
             "resamples.\n</footer>\n</body>\n</html>\n",
             100 * r->ranking->level, r->ranking->resamples);
}

const struct report_method *assay_report_method(const struct report *r, const char *name)
{
  for (int i = 0; i < r->n_methods; i++)
    if (strcmp(r->methods[i].name, name) == 0) return &r->methods[i];
  return NULL;
}

/* ---- marks ---- */

/* CSS variable of a method's colour, as the plots use it */
static const char *colour_of(char out[16], const struct report *r, const char *method)
{
  const struct report_method *m = assay_report_method(r, method);
  if (m->floor)
    snprintf(out, 16, "soft");
  else
    snprintf(out, 16, "assay-s%d", (m->style - 1) % ASSAY_SERIES_STYLES);
  return out;
}

void assay_report_swatch(const struct report *r, const char *method)
{
  char colour[16];
  fprintf(r->to,
          "<svg class=\"swatch\" viewBox=\"0 0 10 10\" aria-hidden=\"true\"><circle cx=\"5\" "
          "cy=\"5\" r=\"4\" fill=\"var(--%s)\"/></svg>",
          colour_of(colour, r, method));
}

void assay_report_cell(const struct report *r, double value, double low, double high)
{
  char text[ASSAY_NUMBER_TEXT];
  if (isnan(value)) {
    fputs("<td data-v=\"\"><span class=\"soft\">–</span></td>", r->to);
    return;
  }
  fprintf(r->to, "<td data-v=\"%.9g\">", value);
  assay_html_number(r->to, assay_value_text(text, value, low, high));
  fputs("</td>", r->to);
}

void assay_report_bounds(const struct report *r, double value, double low, double high)
{
  char text[2 * ASSAY_NUMBER_TEXT];
  assay_interval_text(text, value, low, high);
  char *comma = strchr(text, ','), *end = strchr(text, ']');
  if (!comma || !end) return;
  *comma = *end = '\0';
  fputs("<small>[", r->to);
  assay_html_number(r->to, text + 1);
  fputs(", ", r->to);
  assay_html_number(r->to, comma + 2);
  fputs("]</small>", r->to);
}

void assay_report_chance(const struct report *r, double p)
{
  char text[32];
  snprintf(text, sizeof text, p < 1e-3 ? "%.1e" : "%.2g", p);
  assay_html_number(r->to, text);
}

void assay_report_unit(const struct report *r, const char *unit)
{
  char label[128];
  assay_label_text(label, sizeof label, "", unit);
  assay_html_text(r->to, label);
}

/* An axis for intervals: logarithmic when they span more than one decade. */
struct report_scale assay_report_scale(const double *low, const double *high, int n)
{
  struct report_scale s = {(double)INFINITY, -(double)INFINITY, false};
  for (int i = 0; i < n; i++) {
    if (!isfinite(low[i]) || !isfinite(high[i])) continue;
    s.lo = fmin(s.lo, low[i]);
    s.hi = fmax(s.hi, high[i]);
  }
  s.log = s.lo > 0 && s.hi > 8 * s.lo;
  if (!s.log && s.lo > 0) s.lo = 0;
  return s;
}

static double scale_at(const struct report_scale *s, double value, double width)
{
  const double a = s->log ? log(s->lo) : s->lo, b = s->log ? log(s->hi) : s->hi;
  const double x = s->log ? log(value) : value;
  return b > a ? 5 + (width - 10) * (x - a) / (b - a) : width / 2;
}

void assay_report_interval(const struct report *r, const struct report_scale *s, const char *method,
                           double value, double low, double high)
{
  enum { WIDTH = 150 };
  if (!isfinite(value) || (s->log && !(value > 0))) return;
  char colour[16];
  colour_of(colour, r, method);
  fprintf(r->to, "<svg class=\"interval\" viewBox=\"0 0 %d 16\" aria-hidden=\"true\">", WIDTH);
  if (isfinite(low) && isfinite(high))
    fprintf(r->to,
            "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"8\" y2=\"8\" stroke=\"var(--%s)\" "
            "stroke-linecap=\"round\" opacity=\".6\"/>",
            scale_at(s, low, WIDTH), scale_at(s, high, WIDTH), colour);
  fprintf(r->to, "<circle cx=\"%.1f\" cy=\"8\" r=\"4\" fill=\"var(--%s)\"/></svg>",
          scale_at(s, value, WIDTH), colour);
}
