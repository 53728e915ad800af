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
  sample_set(json, "answer", json_pack("{ss}", "equation", "x0"));
  sample_set(json, "part",
             json_pack("{si,ss,si,ss}", "index", row->index, "id", name, "of", OF, "set",
                       row->set ? row->set : "set"));
  sample_set(json, "cost",
             json_pack("{s{sf,sf,sf}}", "train", "wall_s", row->seconds, "cpu_s", row->seconds / 2,
                       "peak_rss_mb", 10 * row->seconds));
  const struct assay_record_values v = {.metric = "ned",
                                        .field = ASSAY_RECORD_WHOLE,
                                        .unit = "1",
                                        .version = 1,
                                        .floor = (double)NAN,
                                        .n_cases = 1,
                                        .cases = &row->ned};
  assert_ok(assay_record_add_score(json, &v));
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
  assert_ok(assay_records_gather(p.records, &p.n));
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

static void what_was_not_run_has_no_value(void **state)
{
  (void)state;
  static const struct row rows[] = {{"a", 3, 1, 0.25, 1}, {"b", 3, 2, 0.5, 1}};
  struct pile p;
  HEAP(&p, rows);
  assert_ok(assay_records_gather(p.records, &p.n));
  assert_int_equal(p.n, 2);
  const struct assay_record_score *s = assay_record_score(p.records[0], "ned", ASSAY_RECORD_WHOLE);
  for (int k = 0; k < OF; k++) assert_true(isnan(s->cases[k]) == (k != 1));
  assert_string_equal(p.records[0]->case_labels[2], "ii.3.24"); /* the other method has it */
  assert_string_equal(p.records[0]->case_labels[0], "table 0");
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
  assert_ok(assay_records_gather(p.records, &p.n));
  assert_int_equal(p.records[0]->status, ASSAY_RECORD_OK);
  assert_int_equal(p.records[1]->status, ASSAY_RECORD_FAILED); /* nothing went well */
  assert_string_equal(p.records[1]->reason, "fell over");
  const struct assay_record_score *s = assay_record_score(p.records[0], "ned", ASSAY_RECORD_WHOLE);
  assert_close(s->cases[1], 1, 0, 0);
  assert_ok(assay_ranking_create(&ranking, p.records, p.n, &options));
  bool told = false;
  for (int i = 0; i < ranking->tables[0].n_notes; i++)
    told = told || strcmp(ranking->tables[0].notes[i],
                          "a, seed 3: 1 of 2 failed and count as the worst") == 0;
  assert_true(told);
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
  assert_ok(assay_records_gather(p.records, &p.n));
  const struct assay_record_score *s = assay_record_score(p.records[0], "ned", ASSAY_RECORD_WHOLE);
  assert_true(isnan(s->cases[0]) && isnan(s->cases[1]));
  assert_close(s->cases[2], 0.25, 0, 0);
  s = assay_record_score(p.records[1], "ned", ASSAY_RECORD_WHOLE);
  assert_true(isnan(s->cases[0]) && s->cases[1] == 0.5);
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
  assert_fails(assay_records_gather(p.records, &p.n), ASSAY_EPARSE, "0 <= index < of");
  assert_int_equal(p.n, 1);
  drop(&p);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(parts_become_cases_in_the_order_of_the_set),
      cmocka_unit_test(what_was_not_run_has_no_value),
      cmocka_unit_test(failed_parts_count_and_are_told),
      cmocka_unit_test(the_newest_set_and_version_count),
      cmocka_unit_test(a_part_without_sense_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
