/* Rankings for programs: CSV and JSON, numbers with all their digits. */
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/text.h"
#include "results/ranking_parts.h"

/* ---- CSV ---- */

static void csv_text(const char *text, FILE *to)
{
  if (!strpbrk(text, ",\"\r\n")) {
    fputs(text, to);
    return;
  }
  fputc('"', to);
  for (; *text; text++) {
    if (*text == '"') fputc('"', to);
    fputc(*text, to);
  }
  fputc('"', to);
}

/* An empty field for NaN. */
static void csv_number(double value, FILE *to)
{
  char text[32];
  fprintf(to, ",%s", isnan(value) ? "" : assay_text_double(text, value));
}

static const char *row_status(const struct assay_rank_row *row)
{
  static const char *const names[] = {"ok", "partly failed", "failed"};
  return names[assay_rank_class(row)];
}

static void csv_row(const struct assay_rank_table *t, const struct assay_rank_row *row, FILE *to)
{
  csv_text(t->task, to);
  fputc(',', to);
  csv_text(row->method, to);
  fprintf(to, ",%d,%s,%d,%d,", row->floor, row_status(row), row->n_seeds, row->n_failed);
  csv_text(t->metric, to);
  fputc(',', to);
  csv_text(t->fields, to);
  fputc(',', to);
  csv_text(t->unit, to);
  fprintf(to, ",%s,%d", t->higher_is_better ? "higher" : "lower", t->n_counted);
  csv_number(row->place > 0 ? row->place : (double)NAN, to);
  csv_number(row->place_low > 0 ? row->place_low : (double)NAN, to);
  csv_number(row->place_high > 0 ? row->place_high : (double)NAN, to);
  const double numbers[] = {row->value, row->low,     row->high,      row->seed_deviation,
                            row->skill, row->train_s, row->predict_s, row->memory_mb};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) csv_number(numbers[i], to);
  fprintf(to, ",%d", t->n_identifiable);
  csv_number(row->identifiable_value, to);
  fputc(',', to);
  csv_text(row->reason, to);
}

/* Columns of all tables together, each once. */
struct csv_columns {
  int n;
  const struct assay_rank_column **columns;
};

static bool same_column(const struct assay_rank_column *a, const struct assay_rank_column *b)
{
  return strcmp(a->metric, b->metric) == 0 && strcmp(a->field, b->field) == 0;
}

static int csv_collect(struct csv_columns *out, struct assay_arena *arena,
                       const struct assay_ranking *ranking)
{
  int rc = ASSAY_OK, most = 0;
  for (int i = 0; i < ranking->n_tables; i++) most += ranking->tables[i].n_columns;
  ASSAY_TRY(ASSAY_TAKE(arena, &out->columns, most));
  for (int i = 0; i < ranking->n_tables; i++) {
    for (int c = 0; c < ranking->tables[i].n_columns; c++) {
      const struct assay_rank_column *column = &ranking->tables[i].columns[c];
      int at = 0;
      while (at < out->n && !same_column(out->columns[at], column)) at++;
      if (at == out->n) out->columns[out->n++] = column;
    }
  }
done:
  return rc;
}

static double column_value(const struct assay_rank_table *t, const struct assay_rank_row *row,
                           const struct assay_rank_column *wanted)
{
  for (int c = 0; c < t->n_columns; c++)
    if (same_column(&t->columns[c], wanted)) return row->columns[c];
  return (double)NAN;
}

static int write_csv(const struct assay_ranking *ranking, FILE *to)
{
  int rc = ASSAY_OK;
  struct assay_arena arena = {0};
  struct csv_columns all = {0};
  ASSAY_TRY(csv_collect(&all, &arena, ranking));
  fputs(
      "task,method,floor,status,seeds,failed_seeds,metric,fields,unit,better,cases,place,place_low,"
      "place_high,value,low,high,seed_deviation,skill,train_s,predict_s_per_case,memory_mb,"
      "cases_identifiable,value_identifiable,reason",
      to);
  for (int c = 0; c < all.n; c++) {
    char name[256];
    snprintf(name, sizeof name, "%s:%s", all.columns[c]->metric, all.columns[c]->field);
    fputc(',', to);
    csv_text(name, to);
  }
  fputc('\n', to);
  for (int i = 0; i < ranking->n_tables; i++) {
    const struct assay_rank_table *t = &ranking->tables[i];
    for (int r = 0; r < t->n_rows; r++) {
      csv_row(t, &t->rows[r], to);
      for (int c = 0; c < all.n; c++) csv_number(column_value(t, &t->rows[r], all.columns[c]), to);
      fputc('\n', to);
    }
  }
done:
  assay_arena_release(&arena);
  return rc;
}

/* ---- JSON ---- */

static json_t *number(double value)
{
  return isfinite(value) ? json_real(value) : json_null();
}

static json_t *place(int value)
{
  return value > 0 ? json_integer(value) : json_null();
}

/* Takes the reference of value. */
static int set(json_t *object, const char *key, json_t *value)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(json_object_set_new(object, key, value) == 0, ASSAY_ENOMEM,
              "no memory for the ranking, or '%s' is not UTF-8", key);
done:
  return rc;
}

static int append(json_t *array, json_t *value)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(json_array_append_new(array, value) == 0, ASSAY_ENOMEM,
              "no memory for the ranking, or a text is not UTF-8");
done:
  return rc;
}

static int json_test(json_t *object, const struct assay_rank_test *test)
{
  int rc = ASSAY_OK;
  json_t *ranks = json_object();
  for (int m = 0; m < test->n_methods && rc == ASSAY_OK; m++)
    rc = set(ranks, test->methods[m], number(test->mean_ranks[m]));
  if (rc < 0) {
    json_decref(ranks);
    goto done;
  }
  ASSAY_TRY(
      set(object, "test",
          json_pack("{s:s*, s:i, s:o, s:o, s:o, s:o, s:o, s:o}", "why_not", test->why_not, "blocks",
                    test->n_blocks, "chi2", number(test->friedman.chi2), "chi2_p",
                    number(test->friedman.chi2_p), "f", number(test->friedman.f), "f_p",
                    number(test->friedman.f_p), "critical_difference",
                    test->why_not ? json_null() : number(test->difference), "mean_ranks", ranks)));
done:
  return rc;
}

static int json_scores(json_t *object, const struct assay_rank_table *t,
                       const struct assay_rank_row *row)
{
  int rc = ASSAY_OK;
  json_t *scores = json_object();
  for (int c = 0; c < t->n_columns && rc == ASSAY_OK; c++) {
    json_t *metric = json_object_get(scores, t->columns[c].metric);
    if (!metric) {
      ASSAY_TRY(set(scores, t->columns[c].metric, json_object()));
      metric = json_object_get(scores, t->columns[c].metric);
    }
    ASSAY_TRY(set(metric, t->columns[c].field, number(row->columns[c])));
  }
  ASSAY_TRY(set(object, "scores", json_incref(scores)));
done:
  json_decref(scores);
  return rc;
}

static int json_failures(json_t *object, const struct assay_rank_row *row)
{
  int rc = ASSAY_OK;
  json_t *failures = json_array();
  for (int s = 0; s < row->n_seeds; s++) {
    const struct assay_record *r = row->records[s];
    if (r->status == ASSAY_RECORD_FAILED)
      ASSAY_TRY(
          append(failures, json_pack("{s:I, s:s, s:s, s:s}", "seed", (json_int_t)r->key.seed,
                                     "phase", r->phase, "kind", r->kind, "reason", r->reason)));
  }
  ASSAY_TRY(set(object, "failures", json_incref(failures)));
done:
  json_decref(failures);
  return rc;
}

static int json_cases(json_t *object, const struct assay_rank_table *t,
                      const struct assay_rank_row *row)
{
  int rc = ASSAY_OK;
  json_t *cases = json_array();
  for (int k = 0; k < t->n_cases; k++) ASSAY_TRY(append(cases, number(row->cases[k])));
  ASSAY_TRY(set(object, "cases", json_incref(cases)));
done:
  json_decref(cases);
  return rc;
}

static int json_row(json_t *rows, const struct assay_rank_table *t,
                    const struct assay_rank_row *row)
{
  int rc = ASSAY_OK;
  json_t *object = json_pack(
      "{s:s, s:b, s:s, s:i, s:i, s:o, s:o, s:o, s:f, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o,"
      " s:s, s:s}",
      "method", row->method, "floor", row->floor, "status", row_status(row), "seeds", row->n_seeds,
      "failed_seeds", row->n_failed, "place", place(row->place), "place_low", place(row->place_low),
      "place_high", place(row->place_high), "best_share", row->best_share, "value",
      number(row->value), "low", number(row->low), "high", number(row->high), "seed_deviation",
      number(row->seed_deviation), "skill", number(row->skill), "train_s", number(row->train_s),
      "predict_s_per_case", number(row->predict_s), "memory_mb", number(row->memory_mb),
      "value_identifiable", number(row->identifiable_value), "command", row->example->command,
      "reason", row->reason);
  ASSAY_CHECK(object, ASSAY_ENOMEM, "no memory for the ranking");
  ASSAY_TRY(json_scores(object, t, row));
  ASSAY_TRY(json_cases(object, t, row));
  ASSAY_TRY(json_failures(object, row));
  ASSAY_TRY(append(rows, json_incref(object)));
done:
  json_decref(object);
  return rc;
}

static int json_case_names(json_t *object, const struct assay_rank_table *t)
{
  int rc = ASSAY_OK;
  json_t *cases = json_array();
  for (int k = 0; k < t->n_cases; k++)
    ASSAY_TRY(
        append(cases, json_pack("{s:I, s:s, s:b, s:b}", "id", (json_int_t)t->example->case_ids[k],
                                "label", t->example->case_labels[k], "counted", t->counted[k],
                                "identifiable", assay_rank_identifiable(t, k))));
  ASSAY_TRY(set(object, "cases", json_incref(cases)));
done:
  json_decref(cases);
  return rc;
}

int assay_ranking_table_json(json_t **out, const struct assay_rank_table *t)
{
  int rc = ASSAY_OK;
  json_t *rows = json_array(), *notes = json_array();
  *out = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:i}", "task", t->task,
                   "title", t->title, "kind", t->kind, "task_hash", t->task_hash, "data_hash",
                   t->data_hash, "metric", t->metric, "fields", t->fields, "unit", t->unit,
                   "better", t->higher_is_better ? "higher" : "lower", "cases_counted",
                   t->n_counted, "cases_identifiable", t->n_identifiable);
  ASSAY_CHECK(*out && rows && notes, ASSAY_ENOMEM, "no memory for the ranking");
  ASSAY_TRY(json_case_names(*out, t));
  for (int i = 0; i < t->n_rows; i++) ASSAY_TRY(json_row(rows, t, &t->rows[i]));
  for (int i = 0; i < t->n_notes; i++) ASSAY_TRY(append(notes, json_string(t->notes[i])));
  ASSAY_TRY(set(*out, "rows", json_incref(rows)));
  ASSAY_TRY(set(*out, "notes", json_incref(notes)));
  ASSAY_TRY(json_test(*out, &t->test));
done:
  json_decref(rows);
  json_decref(notes);
  return rc;
}

static int json_overall(json_t *object, const struct assay_ranking *ranking)
{
  int rc = ASSAY_OK;
  json_t *rows = json_array(), *overall = NULL;
  for (int i = 0; i < ranking->n_overall; i++) {
    const struct assay_rank_overall_row *row = &ranking->overall[i];
    ASSAY_TRY(append(rows, json_pack("{s:s, s:b, s:i, s:i, s:i, s:o, s:o, s:o}", "method",
                                     row->method, "floor", row->floor, "tasks", row->n_tasks,
                                     "first_places", row->n_first, "failed", row->n_failed,
                                     "mean_rank", number(row->mean_rank), "low", number(row->low),
                                     "high", number(row->high))));
  }
  overall = json_pack("{s:O, s:b}", "rows", rows, "tasks_resampled", ranking->tasks_resampled);
  ASSAY_CHECK(overall, ASSAY_ENOMEM, "no memory for the ranking");
  ASSAY_TRY(json_test(overall, &ranking->test));
  ASSAY_TRY(set(object, "overall", json_incref(overall)));
done:
  json_decref(rows);
  json_decref(overall);
  return rc;
}

static int json_withdrawn(json_t *object, const struct assay_ranking *ranking)
{
  int rc = ASSAY_OK;
  json_t *list = json_array();
  for (int i = 0; i < ranking->n_withdrawn; i++) {
    const struct assay_record *r = ranking->withdrawn[i];
    ASSAY_TRY(append(list, json_pack("{s:s, s:s, s:s, s:I, s:s}", "suite", r->key.suite, "task",
                                     r->key.task, "method", r->key.method, "seed",
                                     (json_int_t)r->key.seed, "reason", r->reason)));
  }
  ASSAY_TRY(set(object, "withdrawn", json_incref(list)));
done:
  json_decref(list);
  return rc;
}

int assay_ranking_json(json_t **out, const struct assay_ranking *ranking)
{
  int rc = ASSAY_OK;
  json_t *tables = json_array(), *table = NULL;
  *out = json_pack("{s:s, s:f, s:i}", "schema", "assay-ranking/1", "level", ranking->level,
                   "resamples", ranking->resamples);
  ASSAY_CHECK(*out && tables, ASSAY_ENOMEM, "no memory for the ranking");
  for (int i = 0; i < ranking->n_tables; i++) {
    rc = assay_ranking_table_json(&table, &ranking->tables[i]);
    if (rc < 0) json_decref(table);
    ASSAY_TRY(rc);
    ASSAY_TRY(append(tables, table));
  }
  ASSAY_TRY(set(*out, "tables", json_incref(tables)));
  ASSAY_TRY(json_overall(*out, ranking));
  ASSAY_TRY(json_withdrawn(*out, ranking));
done:
  json_decref(tables);
  return rc;
}

static int write_json(const struct assay_ranking *ranking, FILE *to)
{
  int rc = ASSAY_OK;
  json_t *json = NULL;
  ASSAY_TRY(assay_ranking_json(&json, ranking));
  ASSAY_CHECK(json_dumpf(json, to, JSON_INDENT(2) | JSON_REAL_PRECISION(17)) == 0 &&
                  fputc('\n', to) == '\n',
              ASSAY_EIO, "cannot write the ranking");
done:
  json_decref(json);
  return rc;
}

int assay_ranking_write(const struct assay_ranking *ranking, enum assay_ranking_format format,
                        int width, FILE *to)
{
  switch (format) {
  case ASSAY_RANKING_TABLE:
    return assay_ranking_print(ranking, false, width, to);
  case ASSAY_RANKING_MARKDOWN:
    return assay_ranking_print(ranking, true, width, to);
  case ASSAY_RANKING_CSV:
    return write_csv(ranking, to);
  case ASSAY_RANKING_JSON:
    return write_json(ranking, to);
  }
  return ASSAY_EARG;
}
