/* Pictures of the best, the median and the worst case of each method. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "results/report/parts.h"

static const char *const names[REPORT_PICTURES] = {"best", "median", "worst"};

/* ---- which cases ---- */

struct ordered {
  double value;
  int k;
};

static int by_value(const void *a, const void *b)
{
  const struct ordered *x = a, *y = b;
  if (x->value != y->value) return x->value < y->value ? -1 : 1;
  return x->k - y->k;
}

/* Indices of the cases with the best, the (lower) median and the worst value; *n = how many
 * different ones there are (fewer with fewer than three cases). */
static int choose_cases(int chosen[REPORT_PICTURES], int *n, const struct assay_rank_table *t,
                        const struct assay_rank_row *row)
{
  int rc = ASSAY_OK, m = 0;
  struct ordered *cases = NULL;
  *n = 0;
  ASSAY_TRY(ASSAY_NEW(&cases, (size_t)t->n_cases, "report"));
  for (int k = 0; k < t->n_cases; k++)
    if (!isnan(row->cases[k]))
      cases[m++] = (struct ordered){t->higher_is_better ? -row->cases[k] : row->cases[k], k};
  qsort(cases, (size_t)m, sizeof *cases, by_value);
  if (m == 0) goto done;
  chosen[0] = cases[0].k;
  chosen[1] = cases[(m - 1) / 2].k;
  chosen[2] = cases[m - 1].k;
  *n = m < REPORT_PICTURES ? m : REPORT_PICTURES;
  if (m == 2) chosen[1] = chosen[2];
done:
  assay_free(cases);
  return rc;
}

/* ---- drawing ---- */

static int draw_one(struct report *r, const struct report_task *task,
                    const struct assay_rank_row *row, struct report_picture *p)
{
  int rc = ASSAY_OK;
  const struct assay_report_artist *artist = r->options->artist;
  const char *path = NULL;
  char caption[256] = "";
  ASSAY_TRY(assay_arena_text(&r->arena, &p->file, "img/%s/%s-%s.png", task->slug,
                             assay_report_method(r, row->method)->slug, p->what));
  ASSAY_TRY(assay_arena_text(&r->arena, &path, "%s/%s", r->dir, p->file));
  const int drawn =
      artist->draw(artist->context, row->example, p->k, path, caption, sizeof caption);
  if (drawn == ASSAY_ENOMEM) return drawn;
  ASSAY_TRY(assay_arena_text(&r->arena, &p->caption, "%s", caption));
  ASSAY_TRY(assay_arena_text(&r->arena, &p->problem, "%s", drawn < 0 ? assay_err_last() : ""));
  if (drawn < 0) p->file = NULL;
done:
  return rc;
}

int assay_report_draw(struct report *r, struct report_task *task)
{
  int rc = ASSAY_OK, n = 0, chosen[REPORT_PICTURES];
  const struct assay_rank_table *t = task->table;
  const char *folder = NULL;
  ASSAY_TRY(ASSAY_TAKE(&r->arena, &task->pictures, t->n_rows));
  if (!r->options->artist) goto done;
  ASSAY_TRY(assay_arena_text(&r->arena, &folder, "%s/img/%s", r->dir, task->slug));
  ASSAY_TRY(assay_dir_make(folder));
  for (int i = 0; i < t->n_rows; i++) {
    if (t->rows[i].n_failed == t->rows[i].n_seeds) continue;
    ASSAY_TRY(choose_cases(chosen, &n, t, &t->rows[i]));
    for (int p = 0; p < n; p++) {
      struct report_picture *picture = &task->pictures[i][p];
      *picture = (struct report_picture){
          .what = n < REPORT_PICTURES && p == n - 1 && n > 1 ? names[2] : names[p], .k = chosen[p]};
      ASSAY_TRY(draw_one(r, task, &t->rows[i], picture));
    }
  }
done:
  return rc;
}

/* ---- the section ---- */

static bool any_picture(const struct report_task *task)
{
  for (int i = 0; i < task->table->n_rows; i++)
    for (int p = 0; p < REPORT_PICTURES; p++)
      if (task->pictures[i][p].what) return true;
  return false;
}

static void show_one(const struct report *r, const struct assay_rank_table *t,
                     const struct assay_rank_row *row, const struct report_picture *p)
{
  char text[ASSAY_NUMBER_TEXT];
  const char *label = t->example->case_labels[p->k];
  assay_value_text(text, row->cases[p->k], (double)NAN, (double)NAN);
  fputs("<figure>", r->to);
  if (p->file)
    assay_html(
        r->to,
        "<a href=\"%s\"><img loading=\"lazy\" src=\"%s\" alt=\"Truth, prediction and error of "
        "%s in its %s case, %s\"></a>",
        p->file, p->file, row->method, p->what, label);
  else
    assay_html(r->to, "<p class=\"soft small\">No picture: %s.</p>", p->problem);
  assay_html(r->to, "<figcaption><strong>%s case</strong>: %s, %s ", p->what, label, t->metric);
  assay_html_number(r->to, text);
  if (*p->caption) assay_html(r->to, ". %s", p->caption);
  fputs("</figcaption></figure>\n", r->to);
}

int assay_report_pictures(struct report *r, const struct report_task *task)
{
  const struct assay_rank_table *t = task->table;
  if (!any_picture(task)) return ASSAY_OK;
  fputs("<section id=\"pictures\"><h2>Pictures</h2>\n<p class=\"soft\">Truth, prediction and error "
        "of each method in its best, median and worst test case.</p>\n",
        r->to);
  for (int i = 0; i < t->n_rows; i++) {
    if (!task->pictures[i][0].what) continue;
    assay_html(r->to, "<h3 id=\"pictures-%s\">", assay_report_method(r, t->rows[i].method)->slug);
    assay_report_swatch(r, t->rows[i].method);
    assay_html(r->to, "%s</h3>\n<div class=\"shots\">\n", t->rows[i].method);
    for (int p = 0; p < REPORT_PICTURES; p++)
      if (task->pictures[i][p].what) show_one(r, t, &t->rows[i], &task->pictures[i][p]);
    fputs("</div>\n", r->to);
  }
  fputs("</section>\n", r->to);
  return ASSAY_OK;
}
