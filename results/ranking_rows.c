/* Rows of a ranking: what the records of one method come to. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/stats.h"
#include "results/ranking_parts.h"

static bool is_ok(const struct assay_record *r)
{
  return r->status == ASSAY_RECORD_OK;
}

/* ---- columns ---- */

static bool has_column(const struct assay_rank_column *columns, int n,
                       const struct assay_record_score *s)
{
  for (int i = 0; i < n; i++)
    if (strcmp(columns[i].metric, s->metric) == 0 && strcmp(columns[i].field, s->field) == 0)
      return true;
  return false;
}

/* All scores of all records; those of the metric that ranks first. */
int assay_rank_columns(struct assay_ranking_work *w, struct assay_rank_table *t,
                       const struct assay_record *const *records, int n)
{
  int rc = ASSAY_OK, most = 0;
  struct assay_rank_column *columns = NULL;
  for (int i = 0; i < n; i++) most += is_ok(records[i]) ? records[i]->n_scores : 0;
  ASSAY_TRY(ASSAY_TAKE(&w->arena, &columns, most));
  for (int pass = 0; pass < 2; pass++) {
    for (int i = 0; i < n; i++) {
      for (int j = 0; is_ok(records[i]) && j < records[i]->n_scores; j++) {
        const struct assay_record_score *s = &records[i]->scores[j];
        const bool ranks = strcmp(s->metric, t->metric) == 0;
        if (ranks == (pass == 0) && !has_column(columns, t->n_columns, s))
          columns[t->n_columns++] = (struct assay_rank_column){
              s->metric, s->field, s->unit, s->doc, s->higher_is_better, s->floor};
      }
    }
  }
  t->columns = columns;
done:
  return rc;
}

/* ---- rows ---- */

static bool finished(const struct assay_rank_table *t, const struct assay_record *r)
{
  if (!is_ok(r)) return false;
  for (int i = 0; i < r->n_scores; i++)
    if (assay_rank_is_score(t, &r->scores[i])) return true;
  return false;
}

static double mean_of(double sum, int n)
{
  return n > 0 ? sum / n : (double)NAN;
}

static int fill_columns(struct assay_ranking_work *w, const struct assay_rank_table *t,
                        struct assay_rank_row *row)
{
  int rc = ASSAY_OK;
  double *columns = NULL;
  ASSAY_TRY(ASSAY_TAKE(&w->arena, &columns, t->n_columns));
  for (int c = 0; c < t->n_columns; c++) {
    double sum = 0;
    int n = 0;
    for (int s = 0; s < row->n_seeds; s++) {
      const struct assay_record_score *score =
          is_ok(row->records[s])
              ? assay_record_score(row->records[s], t->columns[c].metric, t->columns[c].field)
              : NULL;
      if (!score) continue;
      sum += score->value;
      n++;
    }
    columns[c] = mean_of(sum, n);
  }
  row->columns = columns;
done:
  return rc;
}

static int fill_cases(struct assay_ranking_work *w, const struct assay_rank_table *t,
                      struct assay_rank_row *row)
{
  int rc = ASSAY_OK;
  double *cases = NULL;
  ASSAY_TRY(ASSAY_TAKE(&w->arena, &cases, t->n_cases));
  for (int k = 0; k < t->n_cases; k++) {
    double sum = 0;
    int n = 0;
    for (int s = 0; s < row->n_seeds; s++) {
      if (!finished(t, row->records[s])) continue;
      sum += assay_rank_case_value(t, row->records[s], k);
      n++;
    }
    cases[k] = mean_of(sum, n);
  }
  row->cases = cases;
done:
  return rc;
}

static double largest(double a, double b)
{
  return isnan(a) ? b : isnan(b) ? a : fmax(a, b);
}

static void fill_costs(const struct assay_rank_table *t, struct assay_rank_row *row)
{
  double train = 0, predict = 0, memory = (double)NAN;
  int n = 0;
  for (int s = 0; s < row->n_seeds; s++) {
    const struct assay_record *r = row->records[s];
    if (!finished(t, r)) continue;
    train += isnan(r->train.wall_s) ? 0 : r->train.wall_s; /* nothing to learn */
    predict += r->n_cases > 0 ? r->predict.wall_s / r->n_cases : (double)NAN;
    memory = largest(memory, largest(r->train.peak_rss_mb, r->predict.peak_rss_mb));
    n++;
  }
  row->train_s = mean_of(train, n);
  row->predict_s = mean_of(predict, n);
  row->memory_mb = memory;
}

static int fill_row(struct assay_ranking_work *w, const struct assay_rank_table *t,
                    struct assay_rank_row *row)
{
  int rc = ASSAY_OK;
  row->reason = "";
  row->value = row->low = row->high = row->seed_deviation = row->skill = (double)NAN;
  row->identifiable_value = (double)NAN;
  for (int s = 0; s < row->n_seeds; s++) {
    const struct assay_record *r = row->records[s];
    const bool good = finished(t, r);
    row->floor = row->floor || r->floor;
    if (!row->example || (good && !finished(t, row->example))) row->example = r;
    if (good) continue;
    if (row->n_failed++ == 0) row->reason = *r->reason ? r->reason : "has no such score";
  }
  ASSAY_TRY(fill_cases(w, t, row));
  ASSAY_TRY(fill_columns(w, t, row));
  fill_costs(t, row);
done:
  return rc;
}

static int by_method_and_seed(const void *a, const void *b)
{
  const struct assay_record *x = *(const struct assay_record *const *)a;
  const struct assay_record *y = *(const struct assay_record *const *)b;
  const int order = strcmp(x->key.method, y->key.method);
  return order ? order : (x->key.seed > y->key.seed) - (x->key.seed < y->key.seed);
}

int assay_rank_rows(struct assay_ranking_work *w, struct assay_rank_work *t,
                    const struct assay_record **records, int n)
{
  int rc = ASSAY_OK;
  qsort(records, (size_t)n, sizeof *records, by_method_and_seed);
  ASSAY_TRY(ASSAY_TAKE(&w->arena, &t->rows, n));
  for (int i = 0; i < n; i++) {
    struct assay_rank_row *row = t->table.n_rows > 0 ? &t->rows[t->table.n_rows - 1] : NULL;
    if (!row || strcmp(row->method, records[i]->key.method) != 0) {
      row = &t->rows[t->table.n_rows++];
      row->method = records[i]->key.method;
      row->records = records + i;
    }
    row->n_seeds++;
  }
  for (int i = 0; i < t->table.n_rows; i++) ASSAY_TRY(fill_row(w, &t->table, &t->rows[i]));
  t->table.rows = t->rows;
done:
  return rc;
}

/* The mean over counted cases of one number per case; all of them, or those that can be
 * identified. */
static double counted_mean(const struct assay_rank_table *t, const double *cases, bool all)
{
  double sum = 0;
  for (int k = 0; k < t->n_cases; k++)
    if (t->counted[k] && (all || assay_rank_identifiable(t, k))) sum += cases[k];
  return mean_of(sum, all ? t->n_counted : t->n_identifiable);
}

static double seed_value(const struct assay_rank_table *t, const struct assay_record *r)
{
  double sum = 0;
  for (int k = 0; k < t->n_cases; k++)
    if (t->counted[k]) sum += assay_rank_case_value(t, r, k);
  return mean_of(sum, t->n_counted);
}

int assay_rank_value(const struct assay_rank_table *t, struct assay_rank_row *row)
{
  int rc = ASSAY_OK, n = 0;
  double *values = NULL;
  row->value = counted_mean(t, row->cases, true);
  row->identifiable_value = counted_mean(t, row->cases, false);
  ASSAY_TRY(ASSAY_NEW(&values, (size_t)row->n_seeds, "ranking"));
  for (int s = 0; s < row->n_seeds; s++)
    if (finished(t, row->records[s])) values[n++] = seed_value(t, row->records[s]);
  if (n > 1) row->seed_deviation = sqrt(assay_stats_variance(values, n));
done:
  assay_free(values);
  return rc;
}
