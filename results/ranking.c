/* From records to rows: which records are compared, which score ranks, and in which order. */
#include "results/ranking.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/num/stats.h"
#include "results/ranking_parts.h"

enum { ENOUGH_CASES = 20 }; /* below, intervals are rough */

int assay_rank_note(struct assay_ranking_work *w, struct assay_rank_work *t, const char *fmt, ...)
{
  int rc = ASSAY_OK;
  char text[512];
  const char **notes = NULL;
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  ASSAY_TRY(ASSAY_TAKE(&w->arena, &notes, t->table.n_notes + 1));
  if (t->notes) memcpy(notes, t->notes, (size_t)t->table.n_notes * sizeof *notes);
  ASSAY_TRY(assay_arena_text(&w->arena, &notes[t->table.n_notes], "%s", text));
  t->table.notes = t->notes = notes;
  t->table.n_notes++;
done:
  return rc;
}

/* ---- which records ---- */

static bool same_definition(const struct assay_record *a, const struct assay_record *b)
{
  return strcmp(a->key.task_hash, b->key.task_hash) == 0 &&
         strcmp(a->key.data_hash, b->key.data_hash) == 0;
}

static bool same_cases(const struct assay_record *a, const struct assay_record *b)
{
  return a->n_cases == b->n_cases &&
         (a->n_cases == 0 ||
          memcmp(a->case_ids, b->case_ids, (size_t)a->n_cases * sizeof *a->case_ids) == 0);
}

static bool newer(const struct assay_record *a, const struct assay_record *b)
{
  return a->line >= b->line;
}

static bool is_ok(const struct assay_record *r)
{
  return r->status == ASSAY_RECORD_OK;
}

/* The newest record that is not withdrawn; a finished one of the same definition where there is. */
static const struct assay_record *choose_example(struct assay_record *const *records, int n)
{
  const struct assay_record *newest = NULL, *finished = NULL;
  for (int i = 0; i < n; i++)
    if (records[i]->status != ASSAY_RECORD_WITHDRAWN && (!newest || newer(records[i], newest)))
      newest = records[i];
  for (int i = 0; newest && i < n; i++)
    if (is_ok(records[i]) && same_definition(records[i], newest) &&
        (!finished || newer(records[i], finished)))
      finished = records[i];
  return finished ? finished : newest;
}

static bool comparable(const struct assay_record *r, const struct assay_record *example)
{
  return r->status != ASSAY_RECORD_WITHDRAWN && same_definition(r, example) &&
         (!is_ok(r) || !is_ok(example) || same_cases(r, example));
}

static bool same_job(const struct assay_record *a, const struct assay_record *b)
{
  return a->key.seed == b->key.seed && strcmp(a->key.method, b->key.method) == 0;
}

/* Comparable records, of each method and seed the newest; the rest is counted. */
static int choose_records(struct assay_ranking_work *w, struct assay_rank_work *t,
                          const struct assay_record ***out, int *n_out,
                          struct assay_record *const *records, int n)
{
  int rc = ASSAY_OK, left_out = 0, m = 0;
  const struct assay_record **chosen = NULL;
  ASSAY_TRY(ASSAY_TAKE(&w->arena, &chosen, n));
  for (int i = 0; i < n; i++) {
    if (records[i]->status == ASSAY_RECORD_WITHDRAWN) continue;
    if (!comparable(records[i], t->table.example)) {
      left_out++;
      continue;
    }
    int at = 0;
    while (at < m && !same_job(chosen[at], records[i])) at++;
    if (at == m || newer(records[i], chosen[at])) chosen[at] = records[i];
    m += at == m;
  }
  if (left_out > 0)
    ASSAY_TRY(assay_rank_note(w, t,
                              "%d record%s of another definition of the task or its data left out",
                              left_out, left_out == 1 ? "" : "s"));
  *out = chosen;
  *n_out = m;
done:
  return rc;
}

/* ---- which score ---- */

static bool counts_field(const struct assay_rank_table *t, const char *field)
{
  return !t->field || strcmp(t->field, field) == 0;
}

bool assay_rank_is_score(const struct assay_rank_table *t, const struct assay_record_score *s)
{
  return strcmp(s->metric, t->metric) == 0 && counts_field(t, s->field);
}

double assay_rank_case_value(const struct assay_rank_table *t, const struct assay_record *r, int k)
{
  double sum = 0;
  int n = 0;
  for (int i = 0; i < r->n_scores; i++) {
    if (!assay_rank_is_score(t, &r->scores[i])) continue;
    sum += r->scores[i].cases[k];
    n++;
  }
  return n > 0 ? sum / n : (double)NAN;
}

static const struct assay_record_score *first_score(const struct assay_rank_table *t)
{
  for (int i = 0; i < t->example->n_scores; i++)
    if (assay_rank_is_score(t, &t->example->scores[i])) return &t->example->scores[i];
  return NULL;
}

/* Names of the fields that are averaged, in the order of the record. */
static int name_fields(struct assay_ranking_work *w, struct assay_rank_table *t)
{
  int rc = ASSAY_OK;
  t->fields = "";
  for (int i = 0; i < t->example->n_scores; i++)
    if (assay_rank_is_score(t, &t->example->scores[i]))
      ASSAY_TRY(assay_arena_text(&w->arena, &t->fields, "%s%s%s", t->fields, *t->fields ? ", " : "",
                                 t->example->scores[i].field));
done:
  return rc;
}

static bool units_differ(const struct assay_rank_table *t, const char *unit)
{
  for (int i = 0; i < t->example->n_scores; i++)
    if (assay_rank_is_score(t, &t->example->scores[i]) &&
        strcmp(t->example->scores[i].unit, unit) != 0)
      return true;
  return false;
}

static int choose_score(struct assay_ranking_work *w, struct assay_rank_work *t)
{
  int rc = ASSAY_OK;
  struct assay_rank_table *table = &t->table;
  table->metric = w->options.metric ? w->options.metric : table->example->primary;
  table->field = w->options.field;
  table->unit = "1";
  const struct assay_record_score *first = first_score(table);
  if (!first && table->field) { /* a metric of the whole state has no fields to choose from */
    table->field = NULL;
    first = first_score(table);
    if (first && strcmp(first->field, ASSAY_RECORD_WHOLE) != 0) first = NULL;
  }
  if (first && units_differ(table, first->unit)) {
    table->field = first->field;
    ASSAY_TRY(assay_rank_note(w, t, "the fields of %s differ in unit: %s alone ranks",
                              table->metric, first->field));
  }
  if (first) {
    table->unit = first->unit;
    table->higher_is_better = first->higher_is_better;
  } else if (is_ok(table->example)) {
    ASSAY_TRY(assay_rank_note(w, t, "no record has %s%s%s", table->metric,
                              table->field ? " of " : "", table->field ? table->field : ""));
  }
  ASSAY_TRY(name_fields(w, table));
done:
  return rc;
}

bool assay_rank_identifiable(const struct assay_rank_table *t, int k)
{
  return !t->identifiable || t->identifiable[k];
}

int assay_rank_class(const struct assay_rank_row *row)
{
  return row->n_failed == 0 ? 0 : row->n_failed < row->n_seeds ? 1 : 2;
}

/* Cases in which every method that has finished seeds has a value. */
static int count_cases(struct assay_ranking_work *w, struct assay_rank_work *t)
{
  int rc = ASSAY_OK;
  struct assay_rank_table *table = &t->table;
  bool *counted = NULL, any = false;
  ASSAY_TRY(ASSAY_TAKE(&w->arena, &counted, table->n_cases));
  for (int i = 0; i < table->n_rows; i++) any = any || assay_rank_class(&t->rows[i]) < 2;
  for (int k = 0; k < table->n_cases; k++) {
    counted[k] = true;
    for (int i = 0; i < table->n_rows; i++)
      if (assay_rank_class(&t->rows[i]) < 2 && isnan(t->rows[i].cases[k])) counted[k] = false;
    table->n_counted += counted[k];
    table->n_identifiable += counted[k] && assay_rank_identifiable(table, k);
  }
  table->counted = counted;
  if (!any) goto done;
  if (table->n_counted < table->n_cases)
    ASSAY_TRY(assay_rank_note(w, t, "%d of %d cases count: in the others a method has no value",
                              table->n_counted, table->n_cases));
  if (table->n_counted > 0 && table->n_counted < ENOUGH_CASES)
    ASSAY_TRY(assay_rank_note(w, t, "%d test cases are few: intervals are rough below %d",
                              table->n_counted, ENOUGH_CASES));
done:
  return rc;
}

/* What a record that was joined from parts (results/gather.h) tells of them: "a, seed 3: 2 of 7
 * failed and count as the worst". */
static int note_parts_of(struct assay_ranking_work *w, struct assay_rank_work *t,
                         const struct assay_record *r)
{
  int rc = ASSAY_OK;
  static const struct {
    const char *member, *of, *text;
  } notes[] = {
      {"failed", "done", "failed and count as the worst"},
      {"missing", "of", "were not run and count as the worst"},
      {"differ", "done", "gave values that differ from those of the equation; the equation counts"},
  };
  const json_t *parts = json_object_get(r->json, "parts");
  for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
    const long long n = json_integer_value(json_object_get(parts, notes[i].member));
    if (n > 0)
      ASSAY_TRY(assay_rank_note(
          w, t, "%s, seed %lld: %lld of %lld %s", r->key.method, (long long)r->key.seed, n,
          (long long)json_integer_value(json_object_get(parts, notes[i].of)), notes[i].text));
  }
done:
  return rc;
}

static int note_parts(struct assay_ranking_work *w, struct assay_rank_work *t)
{
  int rc = ASSAY_OK;
  for (int i = 0; i < t->table.n_rows; i++)
    for (int k = 0; k < t->rows[i].n_seeds; k++)
      ASSAY_TRY(note_parts_of(w, t, t->rows[i].records[k]));
done:
  return rc;
}

/* ---- order ---- */

static int compare_double(double a, double b)
{
  return (a > b) - (a < b);
}

int assay_rank_compare(const struct assay_rank_table *t, const struct assay_rank_row *a,
                       double value_a, const struct assay_rank_row *b, double value_b)
{
  const int class_a = assay_rank_class(a), class_b = assay_rank_class(b);
  if (class_a != class_b || class_a == 2) return class_a - class_b;
  if (a->n_failed != b->n_failed) return a->n_failed - b->n_failed;
  const int order = compare_double(value_a, value_b);
  return t->higher_is_better ? -order : order;
}

/* Insertion sort: rows are few, and it needs the table beside them. Equal ones stay by name. */
static void sort_rows(struct assay_rank_work *t)
{
  for (int i = 1; i < t->table.n_rows; i++) {
    const struct assay_rank_row row = t->rows[i];
    int at = i;
    while (at > 0 && assay_rank_compare(&t->table, &row, row.value, &t->rows[at - 1],
                                        t->rows[at - 1].value) < 0) {
      t->rows[at] = t->rows[at - 1];
      at--;
    }
    t->rows[at] = row;
  }
}

static void give_places(struct assay_rank_work *t)
{
  const int n = t->table.n_rows;
  for (int i = 0; i < n; i++) {
    int before = 0, equal = 0;
    for (int j = 0; j < n; j++) {
      const int order = assay_rank_compare(&t->table, &t->rows[j], t->rows[j].value, &t->rows[i],
                                           t->rows[i].value);
      before += order < 0;
      equal += order == 0;
    }
    t->rows[i].rank = before + 0.5 * (equal + 1);
    t->rows[i].place = assay_rank_class(&t->rows[i]) < 2 && t->table.n_counted > 0 ? before + 1 : 0;
  }
}

/* Share of the best floor's error that a method avoids. */
static void give_skill(struct assay_rank_work *t)
{
  double floor = (double)NAN;
  for (int i = 0; i < t->table.n_rows; i++)
    if (t->rows[i].floor && t->rows[i].n_failed == 0 && isnan(floor)) floor = t->rows[i].value;
  if (t->table.higher_is_better || !(floor > 0)) return;
  for (int i = 0; i < t->table.n_rows; i++) t->rows[i].skill = 1 - t->rows[i].value / floor;
}

int assay_rank_collect(struct assay_ranking_work *w, struct assay_rank_work *t,
                       struct assay_record *const *records, int n)
{
  int rc = ASSAY_OK, n_chosen = 0;
  struct assay_rank_table *table = &t->table;
  const struct assay_record **chosen = NULL;
  const struct assay_record *example = choose_example(records, n);
  if (!example) goto done; /* all withdrawn */
  table->example = example;
  table->task = example->key.task;
  table->title = *example->task_title ? example->task_title : table->task;
  table->kind = example->task_kind;
  table->task_hash = example->key.task_hash;
  table->data_hash = example->key.data_hash;
  table->n_cases = example->n_cases;
  table->identifiable = example->identifiable;
  ASSAY_TRY(choose_records(w, t, &chosen, &n_chosen, records, n));
  ASSAY_TRY(choose_score(w, t));
  ASSAY_TRY(assay_rank_columns(w, table, chosen, n_chosen));
  ASSAY_TRY(assay_rank_rows(w, t, chosen, n_chosen));
  ASSAY_TRY(count_cases(w, t));
  ASSAY_TRY(note_parts(w, t));
  for (int i = 0; i < table->n_rows; i++)
    if (assay_rank_class(&t->rows[i]) < 2) ASSAY_TRY(assay_rank_value(table, &t->rows[i]));
  sort_rows(t);
  give_places(t);
  give_skill(t);
done:
  return rc;
}

/* ---- all tasks ---- */

static const char *asked_name(const struct assay_record_score *s, bool field)
{
  return field ? s->field : s->metric;
}

/* The metric (or field) that was asked for must be in some record. */
static int check_asked(const char *wanted, bool field, struct assay_record *const *records, int n)
{
  enum { MOST = 64 };
  int rc = ASSAY_OK, known = 0;
  const char *names[MOST + 1] = {NULL};
  char hint[1024];
  for (int i = 0; wanted && i < n; i++) {
    for (int j = 0; j < records[i]->n_scores; j++) {
      const char *name = asked_name(&records[i]->scores[j], field);
      if (strcmp(name, wanted) == 0) goto done;
      bool there = false;
      for (int m = 0; m < known; m++) there = there || strcmp(names[m], name) == 0;
      if (!there && known < MOST) names[known++] = name;
    }
  }
  ASSAY_CHECK(!wanted, ASSAY_ENOTFOUND, "no record has the %s '%s'%s", field ? "field" : "metric",
              wanted, assay_text_suggest(hint, sizeof hint, wanted, names));
done:
  return rc;
}

static int collect_withdrawn(struct assay_ranking_work *w, struct assay_record *const *records,
                             int n)
{
  int rc = ASSAY_OK;
  const struct assay_record **withdrawn = NULL;
  ASSAY_TRY(ASSAY_TAKE(&w->arena, &withdrawn, n));
  for (int i = 0; i < n; i++)
    if (records[i]->status == ASSAY_RECORD_WITHDRAWN)
      withdrawn[w->ranking.n_withdrawn++] = records[i];
  w->ranking.withdrawn = withdrawn;
done:
  return rc;
}

static int make_tables(struct assay_ranking_work *w, struct assay_record *const *records, int n)
{
  int rc = ASSAY_OK;
  struct assay_rank_table *tables = NULL;
  ASSAY_TRY(ASSAY_TAKE(&w->arena, &w->tables, n));
  for (int i = 0, end = 0; i < n; i = end) {
    for (end = i; end < n && strcmp(records[end]->key.task, records[i]->key.task) == 0;) end++;
    struct assay_rank_work *t = &w->tables[w->ranking.n_tables];
    ASSAY_TRY(assay_rank_collect(w, t, records + i, end - i));
    if (!t->table.example) continue;
    ASSAY_TRY(assay_rank_intervals(w, t));
    ASSAY_TRY(assay_rank_table_test(w, t));
    w->ranking.n_tables++;
  }
  ASSAY_TRY(ASSAY_TAKE(&w->arena, &tables, w->ranking.n_tables));
  for (int i = 0; i < w->ranking.n_tables; i++) tables[i] = w->tables[i].table;
  w->ranking.tables = tables;
done:
  return rc;
}

int assay_ranking_create(struct assay_ranking **out, struct assay_record *const *records, int n,
                         const struct assay_ranking_options *options)
{
  int rc = ASSAY_OK;
  struct assay_ranking_work *w = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&w, 1, "ranking"));
  w->options = *options;
  if (w->options.resamples == 0) w->options.resamples = 4000;
  if (w->options.level == 0) w->options.level = 0.95;
  w->ranking.level = w->options.level;
  w->ranking.resamples = w->options.resamples;
  ASSAY_TRY(check_asked(options->metric, false, records, n));
  ASSAY_TRY(check_asked(options->field, true, records, n));
  ASSAY_TRY(collect_withdrawn(w, records, n));
  ASSAY_TRY(make_tables(w, records, n));
  ASSAY_TRY(assay_rank_overall(w));
  *out = &w->ranking;
  w = NULL;
done:
  if (w) assay_ranking_destroy(&w->ranking);
  return rc;
}

void assay_ranking_destroy(struct assay_ranking *ranking)
{
  struct assay_ranking_work *w = (struct assay_ranking_work *)ranking;
  if (!w) return;
  assay_arena_release(&w->arena);
  assay_free(w);
}
