/* Every case of every method as one coloured cell: where methods fail, and whether together. */
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/draw/colour.h"
#include "results/report/parts.h"

enum {
  ROW = 24,
  CHARACTER = 8,
  LEAST_LEFT = 90,
  TOP = 6,
  WIDEST = 40,
  NARROWEST = 3,
  ROOM = 940,
  LABELS = 40,
  LONGEST = 24
};

struct range {
  double lo, hi;
  bool log;
};

static bool shown(const struct assay_rank_row *row)
{
  return row->n_failed < row->n_seeds;
}

/* Room for the longest name. */
static int left_of(const struct assay_rank_table *t)
{
  int longest = 0;
  for (int i = 0; i < t->n_rows; i++) {
    const int n = assay_text_table_text_width(t->rows[i].method);
    if (shown(&t->rows[i]) && n > longest) longest = n;
  }
  const int room = CHARACTER * longest + 14;
  return room > LEAST_LEFT ? room : LEAST_LEFT;
}

static struct range values_range(const struct assay_rank_table *t)
{
  struct range v = {(double)INFINITY, -(double)INFINITY, false};
  for (int i = 0; i < t->n_rows; i++) {
    for (int k = 0; shown(&t->rows[i]) && k < t->n_cases; k++) {
      if (isnan(t->rows[i].cases[k])) continue;
      v.lo = fmin(v.lo, t->rows[i].cases[k]);
      v.hi = fmax(v.hi, t->rows[i].cases[k]);
    }
  }
  v.log = v.lo > 0 && v.hi > 8 * v.lo;
  return v;
}

/* 0: best, 1: worst */
static double badness(const struct assay_rank_table *t, const struct range *v, double x)
{
  const double a = v->log ? log(v->lo) : v->lo, b = v->log ? log(v->hi) : v->hi;
  const double s = b > a ? ((v->log ? log(x) : x) - a) / (b - a) : 0;
  return t->higher_is_better ? 1 - s : s;
}

static int cell_width(int n_cases)
{
  const int width = ROOM / (n_cases > 0 ? n_cases : 1);
  return width > WIDEST ? WIDEST : width < NARROWEST ? NARROWEST : width;
}

static void draw_row(const struct report *r, const struct assay_rank_table *t, int i, int y,
                     const struct range *v)
{
  const struct assay_rank_row *row = &t->rows[i];
  const int width = cell_width(t->n_cases);
  char hex[8], text[ASSAY_NUMBER_TEXT];
  assay_html(r->to, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", left_of(t) - 10,
             y + ROW / 2 + 4, row->method);
  for (int k = 0; k < t->n_cases; k++) {
    const double x = row->cases[k];
    fprintf(r->to, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" ", left_of(t) + k * width, y,
            width, ROW - 2);
    if (isnan(x))
      fputs("class=\"none\">", r->to);
    else
      fprintf(r->to, "fill=\"%s\">",
              assay_colour_hex(hex, assay_map_at(ASSAY_MAP_SEQUENTIAL, badness(t, v, x))));
    assay_html(r->to, "<title>%s, %s: %s</title></rect>\n", row->method, t->example->case_labels[k],
               assay_value_text(text, x, (double)NAN, (double)NAN));
  }
}

/* Labels of three parameters are too long for an axis: then the ids stand there. */
static void axis_label(char *out, size_t size, const struct assay_rank_table *t, int k)
{
  const char *label = t->example->case_labels[k];
  if (assay_text_table_text_width(label) <= LONGEST)
    snprintf(out, size, "%s", label);
  else
    snprintf(out, size, "case %lld", (long long)t->example->case_ids[k]);
}

/* First, middle and last label; the others are in the tool tips. */
static void draw_labels(const struct report *r, const struct assay_rank_table *t, int y)
{
  const int width = cell_width(t->n_cases), last = t->n_cases - 1;
  const int at[] = {0, last / 2, last};
  static const char *const anchors[] = {"start", "middle", "end"};
  char label[256];
  for (int i = 0; i < 3; i++) {
    if ((i == 1 && width * t->n_cases < 420) || (i == 2 && last == 0)) continue;
    const double x = left_of(t) + width * (at[i] + 0.5 * i);
    axis_label(label, sizeof label, t, at[i]);
    assay_html(r->to, "<text class=\"soft\" x=\"%g\" y=\"%d\" text-anchor=\"%s\">%s</text>\n", x, y,
               anchors[i], label);
  }
}

static void draw_key(const struct report *r, const struct assay_rank_table *t,
                     const struct range *v, int y)
{
  enum { STEPS = 24, STEP = 7 };
  char hex[8], text[ASSAY_NUMBER_TEXT];
  const double best = t->higher_is_better ? v->hi : v->lo;
  const double worst = t->higher_is_better ? v->lo : v->hi;
  assay_html(r->to, "<text class=\"soft\" x=\"%d\" y=\"%d\" text-anchor=\"end\">best %s</text>\n",
             left_of(t) + 84, y + 11, assay_value_text(text, best, (double)NAN, (double)NAN));
  for (int i = 0; i < STEPS; i++)
    fprintf(r->to,
            "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"12\" class=\"key\" fill=\"%s\"/>\n",
            left_of(t) + 92 + i * STEP, y, STEP,
            assay_colour_hex(hex, assay_map_at(ASSAY_MAP_SEQUENTIAL, i / (STEPS - 1.0))));
  assay_html(r->to, "<text class=\"soft\" x=\"%d\" y=\"%d\">%s worst%s</text>\n",
             left_of(t) + 100 + STEPS * STEP, y + 11,
             assay_value_text(text, worst, (double)NAN, (double)NAN),
             v->log ? " (logarithmic)" : "");
}

static void case_table(const struct report *r, const struct report_task *task)
{
  const struct assay_rank_table *t = task->table;
  assay_html(
      r->to,
      "<details><summary>Table of all %d cases</summary>\n<div class=\"scroll\"><table "
      "class=\"sortable\"><caption>%s per case, mean over seeds%s. All metrics and seeds: <a "
      "href=\"data/%s-cases.csv\">%s-cases.csv</a></caption>\n<thead><tr><th scope=\"col\" "
      "class=\"t\">case</th>",
      t->n_cases, t->metric, strchr(t->fields, ',') ? " and fields" : "", task->slug, task->slug);
  for (int i = 0; i < t->n_rows; i++)
    if (shown(&t->rows[i])) assay_html(r->to, "<th scope=\"col\">%s</th>", t->rows[i].method);
  fputs("</tr></thead>\n<tbody>\n", r->to);
  for (int k = 0; k < t->n_cases; k++) {
    assay_html(r->to, "<tr><th scope=\"row\" data-v=\"%d\">%s</th>", k, t->example->case_labels[k]);
    for (int i = 0; i < t->n_rows; i++)
      if (shown(&t->rows[i])) assay_report_cell(r, t->rows[i].cases[k], (double)NAN, (double)NAN);
    fputs("</tr>\n", r->to);
  }
  fputs("</tbody></table></div></details>\n", r->to);
}

int assay_report_strip(struct report *r, const struct report_task *task)
{
  const struct assay_rank_table *t = task->table;
  const struct range v = values_range(t);
  int rows = 0;
  for (int i = 0; i < t->n_rows; i++) rows += shown(&t->rows[i]);
  if (rows == 0 || t->n_cases == 0 || !isfinite(v.lo)) return ASSAY_OK;
  const int width = left_of(t) + cell_width(t->n_cases) * t->n_cases + 20;
  const int wide = width > left_of(t) + 420 ? width : left_of(t) + 420;
  const int height = TOP + rows * ROW + LABELS + 16;
  assay_html(
      r->to,
      "<section id=\"cases\"><h2>Case by case</h2>\n<figure class=\"strip\"><svg role=\"img\" "
      "viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" aria-label=\"%s of each method in each "
      "of %d test cases, as colours; the numbers are in the table below\">\n",
      wide, height, wide, height, t->metric, t->n_cases);
  int y = TOP;
  for (int i = 0; i < t->n_rows; i++) {
    if (!shown(&t->rows[i])) continue;
    draw_row(r, t, i, y, &v);
    y += ROW;
  }
  draw_labels(r, t, y + 14);
  draw_key(r, t, &v, y + 28);
  assay_html(r->to,
             "</svg><figcaption>%s of every test case; a cell tells its case and value under the "
             "pointer.</figcaption></figure>\n",
             t->metric);
  case_table(r, task);
  fputs("</section>\n", r->to);
  return ASSAY_OK;
}
