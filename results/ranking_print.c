/* Rankings for people: tables for the terminal and Markdown. */
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/draw/ticks.h"
#include "results/ranking_parts.h"
#include "results/text_table.h"

/* Columns that may go where it is narrow, first those with the highest number. */
enum drop {
  KEEP,
  IDENTIFIABLE,
  INTERVAL,
  PREDICT,
  PLACES,
  TRAIN,
  SKILL,
  SEEDS,
  MEMORY,
  FIELD,
  METRIC = 100
};

enum { UNIT_TEXT = 64, LABEL_TEXT = 128 };

/* "m s⁻¹" for "m s-1"; "" for "1" */
static const char *unit_text(char out[UNIT_TEXT], const char *unit)
{
  char label[UNIT_TEXT + 8];
  assay_label_text(label, sizeof label, "", unit);
  const char *open = strchr(label, '(');
  snprintf(out, UNIT_TEXT, "%s", open ? open + 1 : "");
  const size_t n = strlen(out);
  if (n > 0 && out[n - 1] == ')') out[n - 1] = '\0';
  return out;
}

/* ---- one task ---- */

struct printer {
  const struct assay_ranking *ranking;
  const struct assay_rank_table *t;
  struct assay_text_table layout;
  int column; /* the next one */
};

static int add_column(struct printer *p, const char *head, const char *unit, bool left, int drop)
{
  int rc = ASSAY_OK;
  struct assay_text_table_column *c = &p->layout.columns[p->column++];
  c->left = left;
  c->drop = drop;
  ASSAY_TRY(assay_arena_text(&p->layout.arena, &c->head, "%s", head));
  ASSAY_TRY(assay_arena_text(&p->layout.arena, &c->unit, "%s", unit));
done:
  return rc;
}

static int put_number(struct printer *p, int row, double value, double low, double high)
{
  char text[ASSAY_NUMBER_TEXT];
  return assay_text_table_put(&p->layout, row, p->column - 1, "%s",
                              assay_value_text(text, value, low, high));
}

static int name_columns(struct printer *p)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(add_column(p, "#", "", false, KEEP));
  for (int i = 0; i < p->t->n_rows; i++)
    if (p->t->rows[i].place > 0)
      ASSAY_TRY(assay_text_table_put(&p->layout, i, p->column - 1, "%d", p->t->rows[i].place));
    else
      ASSAY_TRY(assay_text_table_put(&p->layout, i, p->column - 1, "-"));
  ASSAY_TRY(add_column(p, "method", "", true, KEEP));
  for (int i = 0; i < p->t->n_rows; i++)
    ASSAY_TRY(assay_text_table_put(&p->layout, i, p->column - 1, "%s%s", p->t->rows[i].method,
                                   p->t->rows[i].floor ? " (floor)" : ""));
done:
  return rc;
}

/* The value without the cases that nobody can answer, where there are some. */
static int identifiable_column(struct printer *p)
{
  int rc = ASSAY_OK;
  char head[LABEL_TEXT], unit[UNIT_TEXT];
  if (p->t->n_identifiable == p->t->n_counted) goto done;
  snprintf(head, sizeof head, "%s (identifiable)", p->t->metric);
  ASSAY_TRY(add_column(p, head, unit_text(unit, p->t->unit), false, IDENTIFIABLE));
  for (int i = 0; i < p->t->n_rows; i++) {
    const struct assay_rank_row *row = &p->t->rows[i];
    if (row->place > 0) ASSAY_TRY(put_number(p, i, row->identifiable_value, row->low, row->high));
  }
done:
  return rc;
}

static int value_columns(struct printer *p)
{
  int rc = ASSAY_OK;
  char head[LABEL_TEXT], unit[UNIT_TEXT], text[2 * ASSAY_NUMBER_TEXT];
  ASSAY_TRY(add_column(p, p->t->metric, unit_text(unit, p->t->unit), false, KEEP));
  for (int i = 0; i < p->t->n_rows; i++) {
    const struct assay_rank_row *row = &p->t->rows[i];
    if (row->place > 0)
      ASSAY_TRY(put_number(p, i, row->value, row->low, row->high));
    else
      ASSAY_TRY(assay_text_table_put(&p->layout, i, p->column - 1, "failed"));
  }
  ASSAY_TRY(identifiable_column(p));
  snprintf(head, sizeof head, "%g %% interval", 100 * p->ranking->level);
  ASSAY_TRY(add_column(p, head, "", false, INTERVAL));
  for (int i = 0; i < p->t->n_rows; i++) {
    const struct assay_rank_row *row = &p->t->rows[i];
    assay_interval_text(text, row->value, row->low, row->high);
    ASSAY_TRY(assay_text_table_put(&p->layout, i, p->column - 1, "%s", text));
  }
  ASSAY_TRY(add_column(p, "places", "", false, PLACES));
  for (int i = 0; i < p->t->n_rows; i++) {
    const struct assay_rank_row *row = &p->t->rows[i];
    if (row->place_low == 0) continue;
    if (row->place_low == row->place_high)
      ASSAY_TRY(assay_text_table_put(&p->layout, i, p->column - 1, "%d", row->place_low));
    else
      ASSAY_TRY(assay_text_table_put(&p->layout, i, p->column - 1, "%d-%d", row->place_low,
                                     row->place_high));
  }
done:
  return rc;
}

static bool any_skill(const struct assay_rank_table *t)
{
  for (int i = 0; i < t->n_rows; i++)
    if (!isnan(t->rows[i].skill)) return true;
  return false;
}

static int skill_column(struct printer *p)
{
  int rc = ASSAY_OK;
  if (!any_skill(p->t)) goto done;
  ASSAY_TRY(add_column(p, "skill", "", false, SKILL));
  for (int i = 0; i < p->t->n_rows; i++)
    if (!isnan(p->t->rows[i].skill))
      ASSAY_TRY(assay_text_table_put(&p->layout, i, p->column - 1, "%.3f", p->t->rows[i].skill));
done:
  return rc;
}

static bool is_ranking_metric(const struct assay_rank_table *t, int c)
{
  return strcmp(t->columns[c].metric, t->metric) == 0;
}

/* The fields behind the mean, when there are several. */
static int field_columns(struct printer *p)
{
  int rc = ASSAY_OK, fields = 0;
  char unit[UNIT_TEXT];
  for (int c = 0; c < p->t->n_columns; c++) fields += is_ranking_metric(p->t, c);
  for (int c = 0; fields > 1 && c < p->t->n_columns; c++) {
    if (!is_ranking_metric(p->t, c)) continue;
    const struct assay_rank_column *column = &p->t->columns[c];
    ASSAY_TRY(add_column(p, column->field, unit_text(unit, column->unit), false, FIELD + c));
    for (int i = 0; i < p->t->n_rows; i++)
      ASSAY_TRY(put_number(p, i, p->t->rows[i].columns[c], (double)NAN, (double)NAN));
  }
done:
  return rc;
}

/* Is column c the first of its metric with its unit? Such columns stand for their like. */
static bool leads_group(const struct assay_rank_table *t, int c)
{
  for (int d = 0; d < c; d++)
    if (strcmp(t->columns[d].metric, t->columns[c].metric) == 0 &&
        strcmp(t->columns[d].unit, t->columns[c].unit) == 0)
      return false;
  return true;
}

static bool same_group(const struct assay_rank_column *a, const struct assay_rank_column *b)
{
  return strcmp(a->metric, b->metric) == 0 && strcmp(a->unit, b->unit) == 0;
}

static double group_mean(const struct assay_rank_table *t, const struct assay_rank_row *row, int c)
{
  double sum = 0;
  int n = 0;
  for (int d = c; d < t->n_columns; d++) {
    if (!same_group(&t->columns[d], &t->columns[c])) continue;
    sum += row->columns[d];
    n++;
  }
  return sum / n;
}

/* "rmse", or "rmse u, v" when other fields of it have another unit */
static void group_name(char *out, size_t size, const struct assay_rank_table *t, int c)
{
  bool alone = true;
  snprintf(out, size, "%s", t->columns[c].metric);
  for (int d = 0; d < t->n_columns; d++)
    if (strcmp(t->columns[d].metric, t->columns[c].metric) == 0 &&
        !same_group(&t->columns[d], &t->columns[c]))
      alone = false;
  for (int d = c; d < t->n_columns && !alone; d++) {
    const size_t used = strlen(out);
    if (same_group(&t->columns[d], &t->columns[c]))
      snprintf(out + used, size - used, "%s %s", d == c ? "" : ",", t->columns[d].field);
  }
}

/* Other metrics: the mean over fields of one unit. */
static int metric_columns(struct printer *p)
{
  int rc = ASSAY_OK;
  char name[LABEL_TEXT], unit[UNIT_TEXT];
  for (int c = 0; c < p->t->n_columns; c++) {
    if (is_ranking_metric(p->t, c) || !leads_group(p->t, c)) continue;
    group_name(name, sizeof name, p->t, c);
    ASSAY_TRY(add_column(p, name, unit_text(unit, p->t->columns[c].unit), false, METRIC + c));
    for (int i = 0; i < p->t->n_rows; i++)
      ASSAY_TRY(put_number(p, i, group_mean(p->t, &p->t->rows[i], c), (double)NAN, (double)NAN));
  }
done:
  return rc;
}

static int cost_columns(struct printer *p)
{
  int rc = ASSAY_OK;
  static const struct {
    const char *head, *unit;
    int drop;
    size_t offset;
  } costs[] = {
      {"train", "s", TRAIN, offsetof(struct assay_rank_row, train_s)},
      {"predict", "s/case", PREDICT, offsetof(struct assay_rank_row, predict_s)},
      {"memory", "MB", MEMORY, offsetof(struct assay_rank_row, memory_mb)},
  };
  for (size_t c = 0; c < sizeof costs / sizeof *costs; c++) {
    ASSAY_TRY(add_column(p, costs[c].head, costs[c].unit, false, costs[c].drop));
    for (int i = 0; i < p->t->n_rows; i++) {
      const char *row = (const char *)&p->t->rows[i];
      ASSAY_TRY(put_number(p, i, *(const double *)(const void *)(row + costs[c].offset),
                           (double)NAN, (double)NAN));
    }
  }
done:
  return rc;
}

/* "3" finished, "1/3" when two of three failed; with their spread when there are several. */
static int seed_column(struct printer *p)
{
  int rc = ASSAY_OK;
  char spread[ASSAY_NUMBER_TEXT];
  ASSAY_TRY(add_column(p, "seeds", "", true, SEEDS));
  for (int i = 0; i < p->t->n_rows; i++) {
    const struct assay_rank_row *row = &p->t->rows[i];
    char count[32];
    if (row->n_failed > 0)
      snprintf(count, sizeof count, "%d/%d", row->n_seeds - row->n_failed, row->n_seeds);
    else
      snprintf(count, sizeof count, "%d", row->n_seeds);
    if (isnan(row->seed_deviation)) {
      ASSAY_TRY(assay_text_table_put(&p->layout, i, p->column - 1, "%s", count));
    } else {
      assay_value_text(spread, row->seed_deviation, 0, 2 * row->seed_deviation);
      ASSAY_TRY(assay_text_table_put(&p->layout, i, p->column - 1, "%s (sd %s)", count, spread));
    }
  }
done:
  return rc;
}

static int make_layout(struct printer *p)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_text_table_create(&p->layout, 16 + p->t->n_columns, p->t->n_rows));
  ASSAY_TRY(name_columns(p));
  ASSAY_TRY(value_columns(p));
  ASSAY_TRY(skill_column(p));
  ASSAY_TRY(cost_columns(p));
  ASSAY_TRY(seed_column(p));
  ASSAY_TRY(field_columns(p));
  ASSAY_TRY(metric_columns(p));
  p->layout.n_used = p->column;
done:
  return rc;
}

static const char *plural(int n)
{
  return n == 1 ? "" : "s";
}

static void print_head(const struct printer *p, bool markdown, FILE *to)
{
  const struct assay_rank_table *t = p->t;
  fprintf(to, "%s%s", markdown ? "### " : "", t->task);
  if (strcmp(t->title, t->task) != 0) fprintf(to, ": %s", t->title);
  fprintf(to, "\n%s", markdown ? "\n" : "");
  if (*t->fields)
    fprintf(to, "%s%s%s (%s is better), %d test case%s, %g %% intervals by bootstrap over cases\n",
            t->metric, strchr(t->fields, ',') ? ", mean over " : " of ", t->fields,
            t->higher_is_better ? "higher" : "lower", t->n_counted, plural(t->n_counted),
            100 * p->ranking->level);
  else
    fprintf(to, "no method has a score\n");
  fputc('\n', to);
}

static void print_failures(const struct printer *p, const char *bullet, FILE *to)
{
  for (int i = 0; i < p->t->n_rows; i++) {
    const struct assay_rank_row *row = &p->t->rows[i];
    for (int s = 0; s < row->n_seeds; s++) {
      const struct assay_record *r = row->records[s];
      if (r->status != ASSAY_RECORD_FAILED) continue;
      fprintf(to, "%sfailed: %s, seed %lld: %s%s%s\n", bullet, row->method, (long long)r->key.seed,
              r->phase, *r->phase ? ": " : "", r->reason);
    }
  }
}

static void print_truth(const struct printer *p, const char *bullet, FILE *to)
{
  char text[ASSAY_NUMBER_TEXT], unit[UNIT_TEXT];
  for (int c = 0; c < p->t->n_columns; c++) {
    const struct assay_rank_column *column = &p->t->columns[c];
    if (isnan(column->floor)) continue;
    fprintf(to, "%sthe truth itself has %s %s%s%s\n", bullet, column->metric,
            assay_value_text(text, column->floor, (double)NAN, (double)NAN),
            *unit_text(unit, column->unit) ? " " : "", unit);
  }
}

static void print_test(const struct assay_rank_test *test, double level, const char *bullet,
                       FILE *to)
{
  if (test->why_not) {
    fprintf(to, "%sno test of all methods: %s\n", bullet, test->why_not);
    return;
  }
  fprintf(to,
          "%sFriedman over %d cases: chi2 = %.2f, p = %.2g; mean ranks further apart than %.2f "
          "differ at %g %% (Nemenyi):",
          bullet, test->n_blocks, test->friedman.chi2, test->friedman.chi2_p, test->difference,
          100 * (1 - level));
  for (int m = 0; m < test->n_methods; m++)
    fprintf(to, "%s %s %.2f", m ? "," : "", test->methods[m], test->mean_ranks[m]);
  fputc('\n', to);
}

static int print_table(const struct assay_ranking *ranking, const struct assay_rank_table *t,
                       bool markdown, int width, FILE *to)
{
  int rc = ASSAY_OK;
  struct printer p = {.ranking = ranking, .t = t};
  const char *bullet = markdown ? "- " : "";
  ASSAY_TRY(make_layout(&p));
  print_head(&p, markdown, to);
  if (markdown)
    assay_text_table_markdown(&p.layout, to);
  else
    assay_text_table_print(&p.layout, width, to);
  if (markdown) fputc('\n', to);
  print_failures(&p, bullet, to);
  print_truth(&p, bullet, to);
  if (t->n_identifiable < t->n_counted)
    fprintf(to, "%sidentifiable: the %d of %d cases whose answer can be found from what is given\n",
            bullet, t->n_identifiable, t->n_counted);
  for (int i = 0; i < t->n_notes; i++) fprintf(to, "%snote: %s\n", bullet, t->notes[i]);
  print_test(&t->test, ranking->level, bullet, to);
  fputc('\n', to);
done:
  assay_arena_release(&p.layout.arena);
  return rc;
}

/* ---- all tasks ---- */

static int fill_overall(struct assay_text_table *l, const struct assay_ranking *ranking)
{
  int rc = ASSAY_OK;
  char text[2 * ASSAY_NUMBER_TEXT];
  for (int i = 0; i < ranking->n_overall; i++) {
    const struct assay_rank_overall_row *row = &ranking->overall[i];
    ASSAY_TRY(assay_text_table_put(l, i, 0, "%s%s", row->method, row->floor ? " (floor)" : ""));
    ASSAY_TRY(assay_text_table_put(l, i, 1, "%.2f", row->mean_rank));
    snprintf(text, sizeof text, "[%.2f, %.2f]", row->low, row->high);
    ASSAY_TRY(assay_text_table_put(l, i, 2, "%s", text));
    ASSAY_TRY(assay_text_table_put(l, i, 3, "%d/%d", row->n_tasks, ranking->n_tables));
    ASSAY_TRY(assay_text_table_put(l, i, 4, "%d", row->n_first));
    ASSAY_TRY(assay_text_table_put(l, i, 5, "%d", row->n_failed));
  }
done:
  return rc;
}

static int print_overall(const struct assay_ranking *ranking, bool markdown, int width, FILE *to)
{
  int rc = ASSAY_OK;
  struct assay_text_table l = {0};
  const char *bullet = markdown ? "- " : "";
  char interval[LABEL_TEXT];
  snprintf(interval, sizeof interval, "%g %% interval", 100 * ranking->level);
  const struct assay_text_table_column columns[] = {
      {"method", "", true},    {"mean rank"},           {interval, "", false, 1}, {"tasks"},
      {"first", "", false, 2}, {"failed", "", false, 3}};
  ASSAY_TRY(assay_text_table_create(&l, 6, ranking->n_overall));
  memcpy(l.columns, columns, sizeof columns);
  ASSAY_TRY(fill_overall(&l, ranking));
  fprintf(to, "%sover %d tasks\n\n", markdown ? "### " : "", ranking->n_tables);
  if (markdown)
    assay_text_table_markdown(&l, to);
  else
    assay_text_table_print(&l, width, to);
  if (markdown) fputc('\n', to);
  fprintf(to, "%sintervals are over test cases%s\n", bullet,
          ranking->tasks_resampled ? " and tasks"
                                   : " of these tasks: they are too few to stand for others");
  print_test(&ranking->test, ranking->level, bullet, to);
  fputc('\n', to);
done:
  assay_arena_release(&l.arena);
  return rc;
}

static void print_withdrawn(const struct assay_ranking *ranking, const char *bullet, FILE *to)
{
  for (int i = 0; i < ranking->n_withdrawn; i++) {
    const struct assay_record *r = ranking->withdrawn[i];
    fprintf(to, "%swithdrawn: %s, %s, seed %lld: %s\n", bullet, r->key.task, r->key.method,
            (long long)r->key.seed, r->reason);
  }
}

int assay_ranking_print(const struct assay_ranking *ranking, bool markdown, int width, FILE *to)
{
  int rc = ASSAY_OK;
  for (int i = 0; i < ranking->n_tables; i++)
    ASSAY_TRY(print_table(ranking, &ranking->tables[i], markdown, width, to));
  if (ranking->n_tables > 1) ASSAY_TRY(print_overall(ranking, markdown, width, to));
  print_withdrawn(ranking, markdown ? "- " : "", to);
done:
  return rc;
}
