/* Records of parts, joined into one per method and seed. */
#include <math.h>

#include "results/gather.h"
#include "results/ranking.h"
#include "tests/results/sample.h"
#include "tests/test.h"

struct row {
  const char *method;
  int seed, index;
  double ned, seconds;
  bool failed;
  const char *set, *version;
  double differ;   /* of the answer's values */
  bool old;        /* written before records had the worst value */
  bool hidden;     /* nobody can find it */
  double aptitude; /* of a second metric, which has a value only where this is not 0 */
};
enum { OF = 4, MOST = 12 };

static const char *const table_name[OF] = {"i.12.1", "i.14.4", "ii.3.24", "b4"};

static struct assay_record *part_record(const struct row *row, long line)
{
  json_t *json = NULL;
  struct assay_record *r = NULL;
  const char *name = table_name[row->index];
  const struct assay_record_key key = {
      "s", "laws", row->method, row->seed, "t", name, row->version ? row->version : "m"};
  assert_ok(assay_record_create(&json, &key, row->failed ? ASSAY_RECORD_FAILED : ASSAY_RECORD_OK));
  if (row->failed) sample_set(json, "failure", json_pack("{ss}", "reason", "fell over"));
  sample_set(json, "cases", json_pack("{s[i],s[s]}", "ids", row->index, "labels", name));
  sample_set(json, "task", json_pack("{s:s}", "primary", "ned"));
  sample_set(json, "command", json_sprintf("assay run s --task laws --table %s --seed 3", name));
  sample_set(json, "answer", json_pack("{ss,sf}", "equation", "x0", "values_differ", row->differ));
  json_t *part = json_pack("{si,ss,si,ss}", "index", row->index, "id", name, "of", OF, "set",
                           row->set ? row->set : "set");
  if (!row->old) sample_set(part, "identifiable", json_boolean(!row->hidden));
  sample_set(json, "part", part);
  sample_set(json, "dataset", json_pack("{s:s}", "name", "laws/four"));
  sample_set(json, "cost",
             json_pack("{s{sf,sf,sf}}", "train", "wall_s", row->seconds, "cpu_s", row->seconds / 2,
                       "peak_rss_mb", 10 * row->seconds));
  const struct assay_record_values v = {.metric = "ned",
                                        .field = ASSAY_RECORD_WHOLE,
                                        .unit = "1",
                                        .version = 1,
                                        .floor = (double)NAN,
                                        .has_worst = !row->old,
                                        .worst = 0.9375,
                                        .n_cases = 1,
                                        .cases = &row->ned};
  struct assay_record_values aptitude = v;
  aptitude.metric = "aptitude";
  aptitude.higher_is_better = true;
  aptitude.worst = 0.0625;
  aptitude.cases = &row->aptitude;
  assert_ok(assay_record_add_score(json, &v));
  if (row->aptitude != 0) assert_ok(assay_record_add_score(json, &aptitude));
  assert_ok(assay_record_decode(&r, json));
  r->line = line;
  json_decref(json);
  return r;
}

struct pile {
  struct assay_record *records[MOST];
  int n;
};

static void heap(struct pile *p, const struct row *rows, int n)
{
  p->n = n;
  for (int i = 0; i < n; i++) p->records[i] = part_record(&rows[i], i + 1);
}
#define HEAP(p, rows) heap((p), (rows), (int)(sizeof(rows) / sizeof *(rows)))

static void drop(struct pile *p)
{
  for (int i = 0; i < p->n; i++) assay_record_destroy(p->records[i]);
}

static void parts_become_cases_in_the_order_of_the_set(void **state)
{
  (void)state;
  static const struct row rows[] = {{"a", 3, 2, 0.25, 3.5},
                                    {"a", 3, 0, 0.75, 1.25},
                                    {"a", 4, 0, 0.5, 1},
                                    {"a", 3, 3, 0.125, 2},
                                    {"a", 3, 1, 1, 0.5}};
  struct pile p;
  HEAP(&p, rows);
  assert_ok(assay_records_gather(p.records, &p.n, NULL));
  assert_int_equal(p.n, 2);
  const struct assay_record *r = p.records[0];
  assert_int_equal(r->key.seed, 3);
  assert_string_equal(r->key.data_hash, "set");
  assert_int_equal(r->n_cases, OF);
  for (int k = 0; k < OF; k++) assert_string_equal(r->case_labels[k], table_name[k]);
  const struct assay_record_score *s = assay_record_score(r, "ned", ASSAY_RECORD_WHOLE);
  static const double expected[OF] = {0.75, 1, 0.25, 0.125};
  for (int k = 0; k < OF; k++) assert_close(s->cases[k], expected[k], 0, 0);
  assert_close(s->value, 2.125 / 4, 1e-15, 0);
  assert_close(r->train.wall_s, 7.25, 1e-15, 0);
  assert_close(r->train.peak_rss_mb, 35, 1e-15, 0);
  assert_string_equal(r->command, "assay run s --task laws --seed 3");
  assert_null(json_object_get(r->json, "answer"));
  drop(&p);
}

static void what_only_others_were_run_on_counts_as_the_worst(void **state)
{
  (void)state;
  static const struct row rows[] = {{"a", 3, 1, 0.25, 1}, {"b", 3, 2, 0.5, 1}};
  struct pile p;
  HEAP(&p, rows);
  assert_ok(assay_records_gather(p.records, &p.n, NULL));
  assert_int_equal(p.n, 2);
  const struct assay_record_score *s = assay_record_score(p.records[0], "ned", ASSAY_RECORD_WHOLE);
  assert_true(isnan(s->cases[0]) && isnan(s->cases[3])); /* nobody was asked */
  assert_close(s->cases[1], 0.25, 0, 0);
  assert_close(s->cases[2], 0.9375, 0, 0);
  assert_close(s->value, (0.25 + 0.9375) / 2, 1e-15, 0);
  s = assay_record_score(p.records[1], "ned", ASSAY_RECORD_WHOLE);
  assert_close(s->cases[1], 0.9375, 0, 0);
  assert_string_equal(p.records[0]->case_labels[2], "ii.3.24"); /* the other method has it */
  assert_string_equal(p.records[0]->case_labels[0], "table 0");
  drop(&p);
}

static void a_metric_without_a_value_anywhere_has_no_worst(void **state)
{
  (void)state;
  static const struct row rows[] = {{"a", 3, 0, 0.25, 1, .aptitude = 0.5},
                                    {"b", 3, 1, 0.5, 1},
                                    {"b", 3, 2, 0.5, 1, .aptitude = 0.75}};
  struct pile p;
  HEAP(&p, rows);
  assert_ok(assay_records_gather(p.records, &p.n, NULL));
  const struct assay_record_score *s =
      assay_record_score(p.records[0], "aptitude", ASSAY_RECORD_WHOLE);
  assert_close(s->cases[0], 0.5, 0, 0);
  assert_true(isnan(s->cases[1])); /* not even b, which was run there, has one */
  assert_close(s->cases[2], 0.0625, 0, 0);
  drop(&p);
}

static void old_records_know_no_worst(void **state)
{
  (void)state;
  static const struct row rows[] = {{"a", 3, 1, 0.25, 1, .old = true}, {"b", 3, 2, 0.5, 1}};
  struct pile p;
  HEAP(&p, rows);
  assert_ok(assay_records_gather(p.records, &p.n, NULL));
  const struct assay_record_score *s = assay_record_score(p.records[0], "ned", ASSAY_RECORD_WHOLE);
  assert_true(isnan(s->cases[2]));
  drop(&p);
}

static bool is_told(const struct assay_rank_table *t, const char *note)
{
  for (int i = 0; i < t->n_notes; i++)
    if (strcmp(t->notes[i], note) == 0) return true;
  return false;
}

/* Three tables of two methods; b leaves one out, which it had failed in any other way. */
static void the_ranking_counts_and_tells_them(void **state)
{
  (void)state;
  static const struct row rows[] = {{"a", 3, 0, 0.5, 1, .differ = 1.1e-6},
                                    {"a", 3, 1, 0.5, 1, .differ = 0.9e-6},
                                    {"a", 3, 3, 0.25, 1, .differ = 7},
                                    {"b", 3, 0, 0.125, 1},
                                    {"b", 3, 3, 0.125, 1}};
  const struct assay_ranking_options options = {.resamples = 2000};
  struct pile p;
  struct assay_ranking *ranking;
  HEAP(&p, rows);
  assert_ok(assay_records_gather(p.records, &p.n, NULL));
  assert_ok(assay_ranking_create(&ranking, p.records, p.n, &options));
  const struct assay_rank_table *t = &ranking->tables[0];
  assert_int_equal(t->n_counted, 3);
  assert_string_equal(t->rows[0].method, "b");
  assert_close(t->rows[0].value, (0.125 + 0.9375 + 0.125) / 3, 1e-15, 0);
  assert_close(t->rows[1].value, 1.25 / 3, 1e-15, 0);
  assert_true(is_told(t, "b, seed 3: 1 of 4 were not run and count as the worst"));
  assert_true(is_told(t, "a, seed 3: 2 of 3 gave values that differ from those of the equation; "
                         "the equation counts"));
  assay_ranking_destroy(ranking);
  drop(&p);
}

/* ---- what cannot be found ----------------------------------------------------------------- */

static int ask_nobody(bool *out, void *self, const char *dataset, const char *table)
{
  *out = strcmp(table, "ii.3.24") != 0 || strcmp(dataset, "laws/four") != 0;
  ++*(int *)self;
  return ASSAY_OK;
}

static void what_records_do_not_say_is_asked(void **state)
{
  (void)state;
  static const struct row rows[] = {{"a", 3, 0, 0.5, 1},
                                    {"a", 3, 1, 0.5, 1, .hidden = true},
                                    {"a", 3, 2, 0.5, 1, .old = true},
                                    {"a", 4, 2, 0.5, 1, .old = true}};
  int asked = 0;
  const struct assay_table_marks marks = {ask_nobody, &asked};
  struct pile p;
  HEAP(&p, rows);
  assert_ok(assay_records_gather(p.records, &p.n, &marks));
  static const bool expected[OF] = {true, false, false, true};
  for (int i = 0; i < 2; i++)
    for (int k = 0; k < OF; k++) assert_int_equal(p.records[i]->identifiable[k], expected[k]);
  assert_true(asked > 0);
  drop(&p);
}

static void rates_are_told_without_them(void **state)
{
  (void)state;
  static const struct row rows[] = {{"a", 3, 0, 0.5, 1},   {"a", 3, 1, 1, 1, .hidden = true},
                                    {"a", 3, 2, 0.25, 1},  {"a", 3, 3, 0.75, 1, .hidden = true},
                                    {"b", 3, 0, 0.625, 1}, {"b", 3, 1, 0.5, 1, .hidden = true},
                                    {"b", 3, 2, 0.125, 1}, {"b", 3, 3, 0.125, 1, .hidden = true}};
  const struct assay_ranking_options options = {.resamples = 2000};
  struct pile p;
  struct assay_ranking *ranking;
  char *text = NULL;
  size_t size;
  HEAP(&p, rows);
  assert_ok(assay_records_gather(p.records, &p.n, NULL));
  assert_ok(assay_ranking_create(&ranking, p.records, p.n, &options));
  const struct assay_rank_table *t = &ranking->tables[0];
  assert_int_equal(t->n_counted, 4);
  assert_int_equal(t->n_identifiable, 2);
  assert_string_equal(t->rows[0].method, "b");
  assert_close(t->rows[0].value, 1.375 / 4, 1e-15, 0);
  assert_close(t->rows[0].identifiable_value, 0.375, 1e-15, 0);
  assert_close(t->rows[1].identifiable_value, 0.375, 1e-15, 0);
  FILE *to = open_memstream(&text, &size);
  assert_ok(assay_ranking_write(ranking, ASSAY_RANKING_MARKDOWN, 0, to));
  assert_ok(assay_ranking_write(ranking, ASSAY_RANKING_CSV, 0, to));
  fclose(to);
  assert_non_null(strstr(text, "| ned | ned (identifiable) |"));
  assert_non_null(strstr(text, "- identifiable: the 2 of 4 cases"));
  assert_non_null(strstr(text, ",2,0.375,,"));
  free(text);
  assay_ranking_destroy(ranking);
  drop(&p);
}

static void failed_parts_count_and_are_told(void **state)
{
  (void)state;
  static const struct row rows[] = {
      {"a", 3, 0, 0.5, 1}, {"a", 3, 1, 1, 1, .failed = true}, {"b", 3, 0, 1, 1, .failed = true}};
  const struct assay_ranking_options options = {.resamples = 2000};
  struct pile p;
  struct assay_ranking *ranking;
  HEAP(&p, rows);
  assert_ok(assay_records_gather(p.records, &p.n, NULL));
  assert_int_equal(p.records[0]->status, ASSAY_RECORD_OK);
  assert_int_equal(p.records[1]->status, ASSAY_RECORD_FAILED); /* nothing went well */
  assert_string_equal(p.records[1]->reason, "fell over");
  const struct assay_record_score *s = assay_record_score(p.records[0], "ned", ASSAY_RECORD_WHOLE);
  assert_close(s->cases[1], 1, 0, 0);
  assert_ok(assay_ranking_create(&ranking, p.records, p.n, &options));
  assert_true(is_told(&ranking->tables[0], "a, seed 3: 1 of 2 failed and count as the worst"));
  assay_ranking_destroy(ranking);
  drop(&p);
}

static void the_newest_set_and_version_count(void **state)
{
  (void)state;
  static const struct row rows[] = {
      {"a", 3, 0, 0.75, 1},
      {"a", 3, 1, 0.75, 1},
      {"a", 3, 2, 0.5, 1, .version = "m2"},  /* another version of the method: those before go */
      {"a", 3, 2, 0.25, 1, .version = "m2"}, /* again */
      {"b", 3, 0, 0.5, 1, .set = "old"},
      {"b", 3, 1, 0.5, 1}};
  struct pile p;
  HEAP(&p, rows);
  assert_ok(assay_records_gather(p.records, &p.n, NULL));
  const struct assay_record_score *s = assay_record_score(p.records[0], "ned", ASSAY_RECORD_WHOLE);
  assert_close(s->cases[0], 0.9375, 0, 0);
  assert_close(s->cases[1], 0.9375, 0, 0);
  assert_close(s->cases[2], 0.25, 0, 0);
  s = assay_record_score(p.records[1], "ned", ASSAY_RECORD_WHOLE);
  assert_true(s->cases[0] == 0.9375 && s->cases[1] == 0.5);
  drop(&p);
}

static void a_part_without_sense_is_refused(void **state)
{
  (void)state;
  struct row row = {"a", 3, 0, 0.75, 1};
  struct pile p;
  heap(&p, &row, 1);
  json_t *part = json_object_get((json_t *)(uintptr_t)p.records[0]->json, "part");
  json_object_set_new(part, "index", json_integer(OF));
  assert_fails(assay_records_gather(p.records, &p.n, NULL), ASSAY_EPARSE, "0 <= index < of");
  assert_int_equal(p.n, 1);
  drop(&p);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(parts_become_cases_in_the_order_of_the_set),
      cmocka_unit_test(what_only_others_were_run_on_counts_as_the_worst),
      cmocka_unit_test(a_metric_without_a_value_anywhere_has_no_worst),
      cmocka_unit_test(old_records_know_no_worst),
      cmocka_unit_test(the_ranking_counts_and_tells_them),
      cmocka_unit_test(what_records_do_not_say_is_asked),
      cmocka_unit_test(rates_are_told_without_them),
      cmocka_unit_test(failed_parts_count_and_are_told),
      cmocka_unit_test(the_newest_set_and_version_count),
      cmocka_unit_test(a_part_without_sense_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
