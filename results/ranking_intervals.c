/* Uncertainty of a ranking. Everything is resampled in units of test cases, the same for all
 * methods (paired): what is hard is hard for all, and only differences between methods count. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/stats.h"
#include "results/ranking_parts.h"

enum {
  FEWEST_BLOCKS = 6, /* with fewer no test can be significant at 5 % */
  FEWEST_TASKS = 5,  /* to resample tasks too */
};

/* Draws of a task depend on its name, not on what else is ranked. */
static uint64_t task_seed(uint64_t seed, const char *task)
{
  uint64_t h = 14695981039346656037u ^ seed; /* FNV-1a */
  for (; *task; task++) h = (h ^ (unsigned char)*task) * 1099511628211u;
  return h;
}

/* ---- one table ---- */

/* cases [n_counted] of a row, without those that do not count */
static void counted_cases(double *out, const struct assay_rank_table *t,
                          const struct assay_rank_row *row)
{
  int n = 0;
  for (int k = 0; k < t->n_cases; k++)
    if (t->counted[k]) out[n++] = row->cases[k];
}

static int value_interval(struct assay_ranking_work *w, const struct assay_rank_table *t,
                          struct assay_rank_row *row, const double *cases)
{
  int rc = ASSAY_OK;
  struct assay_interval interval;
  const struct assay_bootstrap options = {.kind = ASSAY_BOOTSTRAP_BCA,
                                          .level = w->options.level,
                                          .replicates = w->options.resamples,
                                          .seed = task_seed(w->options.seed, t->task)};
  if (t->n_counted < 2) goto done; /* one case says nothing about others */
  ASSAY_TRY(assay_bootstrap_mean(&interval, cases, t->n_counted, &options));
  row->low = interval.lo;
  row->high = interval.hi;
done:
  return rc;
}

static int compare_rows(const struct assay_rank_work *t, const double *values, int i, int j)
{
  return assay_rank_compare(&t->table, &t->rows[i], values[i], &t->rows[j], values[j]);
}

/* Insertion sort of row numbers: a resample changes little in the order of the one before. */
static void sort_order(int *order, const struct assay_rank_work *t, const double *values)
{
  for (int i = 1; i < t->table.n_rows; i++) {
    const int row = order[i];
    int at = i;
    for (; at > 0 && compare_rows(t, values, row, order[at - 1]) < 0; at--)
      order[at] = order[at - 1];
    order[at] = row;
  }
}

/* Mid-ranks [n_rows] of rows with these values; firsts [n_rows] counts the rows that none beats;
 * order [n_rows] is a permutation to start from. */
static void rank_rows(double *ranks, int *firsts, int *order, const struct assay_rank_work *t,
                      const double *values)
{
  const int n = t->table.n_rows;
  sort_order(order, t, values);
  for (int i = 0, end = 0; i < n; i = end) {
    for (end = i + 1; end < n && compare_rows(t, values, order[end], order[i]) == 0;) end++;
    for (int j = i; j < end; j++) {
      ranks[order[j]] = 0.5 * (i + 1 + end);
      firsts[order[j]] += i == 0;
    }
  }
}

struct resampling {
  ptrdiff_t *unit; /* [n_counted] */
  double *values;  /* [n_rows] */
  double *cases;   /* [n_rows, n_counted] */
  double *column;  /* [resamples] */
  int *firsts;     /* [n_rows] resamples in which a row is first */
  int *order;      /* [n_rows] of the last resample */
};

static void resample(struct assay_ranking_work *w, struct assay_rank_work *t,
                     const struct resampling *r)
{
  const int n = t->table.n_counted, rows = t->table.n_rows;
  const uint64_t seed = task_seed(w->options.seed, t->table.task);
  for (int b = 0; b < w->options.resamples; b++) {
    assay_bootstrap_draw(r->unit, n, seed, b);
    for (int i = 0; i < rows; i++) {
      double sum = 0;
      for (int k = 0; k < n; k++) sum += r->cases[(ptrdiff_t)i * n + r->unit[k]];
      r->values[i] = sum / n;
    }
    rank_rows(t->replicate_ranks + (ptrdiff_t)b * rows, r->firsts, r->order, t, r->values);
  }
}

/* Interval of the place: the smallest ranks below which lie the two shares, rounded so that it
 * contains both ends of a tie. */
static void place_interval(const struct assay_ranking_work *w, const struct assay_rank_work *t,
                           int i, const struct resampling *r)
{
  const int resamples = w->options.resamples;
  struct assay_rank_row *row = &t->rows[i];
  const double tail = 0.5 * (1 - w->options.level);
  for (int b = 0; b < resamples; b++)
    r->column[b] = t->replicate_ranks[(ptrdiff_t)b * t->table.n_rows + i];
  assay_stats_sort(r->column, resamples);
  const int low = (int)floor(tail * resamples), high = resamples - 1 - low;
  row->place_low = (int)floor(r->column[low]);
  row->place_high = (int)ceil(r->column[high]);
  row->best_share = (double)r->firsts[i] / resamples;
}

static int prepare(struct assay_ranking_work *w, struct assay_rank_work *t, struct resampling *r)
{
  int rc = ASSAY_OK;
  const size_t n = (size_t)t->table.n_counted, rows = (size_t)t->table.n_rows;
  double *ranks = NULL;
  ASSAY_TRY(ASSAY_NEW(&r->unit, n, "ranking"));
  ASSAY_TRY(ASSAY_NEW(&r->values, rows, "ranking"));
  ASSAY_TRY(ASSAY_NEW(&r->cases, n * rows, "ranking"));
  ASSAY_TRY(ASSAY_NEW(&r->column, (size_t)w->options.resamples, "ranking"));
  ASSAY_TRY(ASSAY_NEW(&r->firsts, rows, "ranking"));
  ASSAY_TRY(ASSAY_NEW(&r->order, rows, "ranking"));
  for (int i = 0; i < t->table.n_rows; i++) r->order[i] = i;
  ASSAY_TRY(ASSAY_TAKE(&w->arena, &ranks, w->options.resamples * t->table.n_rows));
  t->replicate_ranks = ranks;
done:
  return rc;
}

static void release(struct resampling *r)
{
  assay_free(r->unit);
  assay_free(r->values);
  assay_free(r->cases);
  assay_free(r->column);
  assay_free(r->firsts);
  assay_free(r->order);
}

int assay_rank_intervals(struct assay_ranking_work *w, struct assay_rank_work *t)
{
  int rc = ASSAY_OK;
  struct resampling r = {0};
  if (t->table.n_counted == 0) goto done;
  ASSAY_TRY(prepare(w, t, &r));
  for (int i = 0; i < t->table.n_rows; i++) {
    if (assay_rank_class(&t->rows[i]) == 2) continue; /* its cases stay zero and do not matter */
    double *cases = r.cases + (ptrdiff_t)i * t->table.n_counted;
    counted_cases(cases, &t->table, &t->rows[i]);
    ASSAY_TRY(value_interval(w, &t->table, &t->rows[i], cases));
  }
  resample(w, t, &r);
  for (int i = 0; i < t->table.n_rows; i++)
    if (t->rows[i].place > 0 && t->table.n_counted > 1) place_interval(w, t, i, &r);
done:
  release(&r);
  return rc;
}

/* ---- tests ---- */

/* Values of some rows in one case, such that smaller is better and failed is worst. */
static double block_value(const struct assay_rank_table *t, const struct assay_rank_row *row, int k)
{
  if (assay_rank_class(row) > 0) return (double)INFINITY;
  return t->higher_is_better ? -row->cases[k] : row->cases[k];
}

struct blocks {
  int n, n_methods;
  double *values; /* [n, n_methods] */
};

/* Blocks of a table: one per counted case; rows[] are indices into the table's rows. */
static void add_blocks(struct blocks *b, const struct assay_rank_table *t, const int *rows)
{
  for (int k = 0; k < t->n_cases; k++) {
    if (!t->counted[k]) continue;
    for (int j = 0; j < b->n_methods; j++)
      b->values[(ptrdiff_t)b->n * b->n_methods + j] = block_value(t, &t->rows[rows[j]], k);
    b->n++;
  }
}

/* Methods' mean ranks and the test, where there are enough blocks and methods. */
static int run_test(struct assay_ranking_work *w, struct assay_rank_test *test,
                    const struct blocks *b, const char **methods)
{
  int rc = ASSAY_OK;
  double *means = NULL;
  ASSAY_TRY(ASSAY_TAKE(&w->arena, &means, b->n_methods));
  test->n_blocks = b->n;
  if (b->n_methods < 2) {
    test->why_not = "fewer than two methods";
  } else if (b->n < FEWEST_BLOCKS) {
    ASSAY_TRY(assay_arena_text(&w->arena, &test->why_not, "%d test case%s, at least %d are needed",
                               b->n, b->n == 1 ? "" : "s", FEWEST_BLOCKS));
  } else {
    ASSAY_TRY(assay_friedman(&test->friedman, means, b->values, b->n, b->n_methods));
    test->difference = assay_nemenyi_difference(1 - w->options.level, b->n_methods, b->n);
    test->n_methods = b->n_methods;
    test->methods = methods;
    test->mean_ranks = means;
  }
done:
  return rc;
}

int assay_rank_table_test(struct assay_ranking_work *w, struct assay_rank_work *t)
{
  int rc = ASSAY_OK;
  struct blocks b = {0};
  const char **methods = NULL;
  int *rows = NULL;
  ASSAY_TRY(ASSAY_TAKE(&w->arena, &methods, t->table.n_rows));
  ASSAY_TRY(ASSAY_NEW(&rows, (size_t)t->table.n_rows, "ranking"));
  for (int i = 0; i < t->table.n_rows; i++) {
    methods[i] = t->rows[i].method;
    rows[i] = i;
  }
  b.n_methods = t->table.n_rows;
  ASSAY_TRY(ASSAY_NEW(&b.values, (size_t)(t->table.n_counted * b.n_methods), "ranking"));
  if (t->table.n_counted > 0) add_blocks(&b, &t->table, rows);
  ASSAY_TRY(run_test(w, &t->table.test, &b, methods));
done:
  assay_free(rows);
  assay_free(b.values);
  return rc;
}

/* ---- over tasks ---- */

static int row_of(const struct assay_rank_work *t, const char *method)
{
  for (int i = 0; i < t->table.n_rows; i++)
    if (strcmp(t->rows[i].method, method) == 0) return i;
  return -1;
}

static int collect_methods(struct assay_ranking_work *w, struct assay_rank_overall_row **out)
{
  int rc = ASSAY_OK, most = 0;
  struct assay_rank_overall_row *rows = NULL;
  for (int t = 0; t < w->ranking.n_tables; t++) most += w->tables[t].table.n_rows;
  ASSAY_TRY(ASSAY_TAKE(&w->arena, &rows, most));
  for (int t = 0; t < w->ranking.n_tables; t++) {
    for (int i = 0; i < w->tables[t].table.n_rows; i++) {
      const struct assay_rank_row *row = &w->tables[t].rows[i];
      int at = 0;
      while (at < w->ranking.n_overall && strcmp(rows[at].method, row->method) != 0) at++;
      if (at == w->ranking.n_overall) rows[w->ranking.n_overall++].method = row->method;
      rows[at].n_tasks++;
      rows[at].floor = rows[at].floor || row->floor;
      rows[at].n_first += row->place == 1;
      rows[at].n_failed += assay_rank_class(row) > 0;
      rows[at].mean_rank += row->rank;
    }
  }
  for (int m = 0; m < w->ranking.n_overall; m++) rows[m].mean_rank /= rows[m].n_tasks;
  *out = rows;
done:
  return rc;
}

/* Mean rank of a method in resample b, over the drawn tasks that it was run on; NaN when there is
 * none among them. rows [n_tables]: its row in each table, -1: none. */
static double replicate_mean(const struct assay_ranking_work *w, const int *rows,
                             const ptrdiff_t *tasks, int b)
{
  double sum = 0;
  int n = 0;
  for (int t = 0; t < w->ranking.n_tables; t++) {
    const struct assay_rank_work *table = &w->tables[tasks[t]];
    const int i = rows[tasks[t]];
    if (i < 0) continue;
    sum += table->replicate_ranks ? table->replicate_ranks[(ptrdiff_t)b * table->table.n_rows + i]
                                  : table->rows[i].rank;
    n++;
  }
  return n > 0 ? sum / n : (double)NAN;
}

static int overall_intervals(struct assay_ranking_work *w, struct assay_rank_overall_row *rows)
{
  int rc = ASSAY_OK;
  const int n_tasks = w->ranking.n_tables;
  ptrdiff_t *tasks = NULL;
  int *table_rows = NULL;
  double *means = NULL;
  ASSAY_TRY(ASSAY_NEW(&table_rows, (size_t)n_tasks, "ranking"));
  ASSAY_TRY(ASSAY_NEW(&tasks, (size_t)n_tasks, "ranking"));
  ASSAY_TRY(ASSAY_NEW(&means, (size_t)w->options.resamples, "ranking"));
  for (int t = 0; t < n_tasks; t++) tasks[t] = t;
  for (int m = 0; m < w->ranking.n_overall; m++) {
    int n = 0;
    for (int t = 0; t < n_tasks; t++) table_rows[t] = row_of(&w->tables[t], rows[m].method);
    for (int b = 0; b < w->options.resamples; b++) {
      if (w->ranking.tasks_resampled)
        assay_bootstrap_draw(tasks, n_tasks, task_seed(w->options.seed, ""), b);
      const double mean = replicate_mean(w, table_rows, tasks, b);
      if (!isnan(mean)) means[n++] = mean;
    }
    assay_stats_sort(means, n);
    const double tail = 0.5 * (1 - w->options.level);
    rows[m].low = n > 0 ? assay_stats_quantile(means, n, tail) : (double)NAN;
    rows[m].high = n > 0 ? assay_stats_quantile(means, n, 1 - tail) : (double)NAN;
  }
done:
  assay_free(table_rows);
  assay_free(tasks);
  assay_free(means);
  return rc;
}

/* How many tasks a method must answer to stand in the first group: as many as the competitor with
 * the most. (Where no competitor answers all, floors that do would otherwise come first.) */
static int tasks_to_answer(const struct assay_rank_overall_row *rows, int n)
{
  int most = 0;
  for (int m = 0; m < n; m++)
    if (!rows[m].floor && rows[m].n_tasks > most) most = rows[m].n_tasks;
  return most;
}

static int compare_overall(const struct assay_rank_overall_row *x,
                           const struct assay_rank_overall_row *y, int enough)
{
  const int answered_x = x->n_tasks < enough ? x->n_tasks : enough;
  const int answered_y = y->n_tasks < enough ? y->n_tasks : enough;
  if (answered_x != answered_y) return answered_y - answered_x;
  if (x->mean_rank != y->mean_rank) return x->mean_rank < y->mean_rank ? -1 : 1;
  return strcmp(x->method, y->method);
}

/* First group first, then by mean rank, then by name. */
static void sort_overall(struct assay_rank_overall_row *rows, int n)
{
  const int enough = tasks_to_answer(rows, n);
  for (int i = 1; i < n; i++) {
    const struct assay_rank_overall_row row = rows[i];
    int at = i;
    for (; at > 0 && compare_overall(&row, &rows[at - 1], enough) < 0; at--)
      rows[at] = rows[at - 1];
    rows[at] = row;
  }
}

static int overall_test(struct assay_ranking_work *w, const struct assay_rank_overall_row *overall)
{
  int rc = ASSAY_OK, n_blocks = 0, n = 0;
  struct blocks b = {0};
  const char **methods = NULL;
  int *rows = NULL;
  ASSAY_TRY(ASSAY_TAKE(&w->arena, &methods, w->ranking.n_overall));
  ASSAY_TRY(ASSAY_NEW(&rows, (size_t)w->ranking.n_overall, "ranking"));
  for (int m = 0; m < w->ranking.n_overall; m++)
    if (overall[m].n_tasks == w->ranking.n_tables) methods[n++] = overall[m].method;
  for (int t = 0; t < w->ranking.n_tables; t++) n_blocks += w->tables[t].table.n_counted;
  b.n_methods = n;
  ASSAY_TRY(ASSAY_NEW(&b.values, (size_t)(n_blocks * n), "ranking"));
  for (int t = 0; t < w->ranking.n_tables && n > 0; t++) {
    for (int j = 0; j < n; j++) rows[j] = row_of(&w->tables[t], methods[j]);
    add_blocks(&b, &w->tables[t].table, rows);
  }
  ASSAY_TRY(run_test(w, &w->ranking.test, &b, methods));
  if (n < 2) w->ranking.test.why_not = "fewer than two methods were run on all tasks";
done:
  assay_free(rows);
  assay_free(b.values);
  return rc;
}

int assay_rank_overall(struct assay_ranking_work *w)
{
  int rc = ASSAY_OK;
  struct assay_rank_overall_row *rows = NULL;
  w->ranking.tasks_resampled = w->ranking.n_tables >= FEWEST_TASKS;
  if (w->ranking.n_tables == 0) goto done;
  ASSAY_TRY(collect_methods(w, &rows));
  sort_overall(rows, w->ranking.n_overall);
  ASSAY_TRY(overall_intervals(w, rows));
  ASSAY_TRY(overall_test(w, rows));
  w->ranking.overall = rows;
done:
  return rc;
}
