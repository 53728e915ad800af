/* Rankings with known answers. */
#include "results/ranking.h"

#include "core/base/log.h"
#include "core/base/mem.h"
#include "results/store.h"
#include "results/withdraw.h"
#include "tests/results/sample.h"
#include "tests/test.h"

/* ---- small records ---- */

struct small {
  const char *task, *method;
  int seed, n;
  double cases[8];
  bool higher;
  const char *task_hash;
  bool floor;
};

static struct assay_record *small_record(const struct small *s, long line)
{
  json_t *json = NULL, *ids = json_array();
  struct assay_record *r = NULL;
  const struct assay_record_key key = {
      "suite", s->task, s->method, s->seed, s->task_hash ? s->task_hash : "t", "d", s->method};
  assert_ok(assay_record_create(&json, &key, ASSAY_RECORD_OK));
  for (int k = 0; k < s->n; k++) json_array_append_new(ids, json_integer(k));
  sample_set(json, "cases", json_pack("{s:o}", "ids", ids));
  sample_set(json, "task", json_pack("{s:s}", "primary", "err"));
  sample_set(json, "method", json_pack("{s:b}", "floor", s->floor));
  const struct assay_record_values v = {"err",       "u",  "1", s->higher, 1,   NULL,
                                        (double)NAN, s->n, 0,   s->cases,  NULL};
  assert_ok(assay_record_add_score(json, &v));
  assert_ok(assay_record_decode(&r, json));
  r->line = line;
  json_decref(json);
  return r;
}

enum { MOST = 16 };
struct setting {
  struct assay_record *records[MOST];
  struct assay_ranking *ranking;
  int n;
};

static void rank_small(struct setting *s, const struct small *rows, int n)
{
  const struct assay_ranking_options options = {.resamples = 4000};
  s->n = n;
  for (int i = 0; i < n; i++) s->records[i] = small_record(&rows[i], i + 1);
  assert_ok(assay_ranking_create(&s->ranking, s->records, n, &options));
}

static void drop(struct setting *s)
{
  assay_ranking_destroy(s->ranking);
  for (int i = 0; i < s->n; i++) assay_record_destroy(s->records[i]);
}

#define RANK(s, rows) rank_small((s), (rows), (int)(sizeof(rows) / sizeof *(rows)))

/* Two cases can be drawn as (1,1), (1,2), (2,1), (2,2): A wins the first only, so it is first in
 * one resample of four; the mean of two numbers lies between them. */
static void two_cases_have_four_resamples(void **state)
{
  (void)state;
  static const struct small rows[] = {{"t", "A", 1, 2, {1.1, 4.3}}, {"t", "B", 1, 2, {2.2, 2.6}}};
  struct setting s;
  RANK(&s, rows);
  const struct assay_rank_table *t = &s.ranking->tables[0];
  assert_string_equal(t->rows[0].method, "B");
  assert_close(t->rows[0].value, 2.4, 1e-15, 0);
  assert_close(t->rows[0].low, 2.2, 1e-15, 0);
  assert_close(t->rows[0].high, 2.6, 1e-15, 0);
  assert_close(t->rows[1].best_share, 0.25, 0, 0.03);
  assert_close(t->rows[0].best_share + t->rows[1].best_share, 1, 1e-12, 0);
  assert_int_equal(t->rows[0].place, 1);
  assert_int_equal(t->rows[0].place_low, 1);
  assert_int_equal(t->rows[0].place_high, 2);
  assert_non_null(strstr(t->notes[0], "2 test cases are few"));
  assert_string_equal(t->test.why_not, "2 test cases, at least 6 are needed");
  drop(&s);
}

/* A is worse than B only where its bad case is drawn four times in eight, with a probability of
 * P(Binomial(8, 1/8) >= 4) = 0.01124: inside the tail of 2.5 %, outside that of 0.5 %. */
static void place_interval_leaves_out_the_tails(void **state)
{
  (void)state;
  static const struct small rows[] = {{"t", "A", 1, 8, {0, 0, 0, 10, 0, 0, 0, 0}},
                                      {"t", "B", 1, 8, {4, 4, 4, 4, 4, 4, 4, 4}}};
  struct setting s;
  RANK(&s, rows);
  const struct assay_rank_row *a = &s.ranking->tables[0].rows[0];
  assert_string_equal(a->method, "A");
  assert_close(1 - a->best_share, 0.01124, 0, 0.005);
  assert_int_equal(a->place_high, 1);
  assert_int_equal(a[1].place_low, 2);
  assay_ranking_destroy(s.ranking);
  const struct assay_ranking_options wider = {.level = 0.99};
  assert_ok(assay_ranking_create(&s.ranking, s.records, s.n, &wider));
  assert_int_equal(s.ranking->tables[0].rows[0].place_high, 2);
  assert_int_equal(s.ranking->tables[0].rows[1].place_low, 1);
  drop(&s);
}

static void one_case_has_no_interval(void **state)
{
  (void)state;
  static const struct small rows[] = {{"t", "A", 1, 1, {1.1}}, {"t", "B", 1, 1, {2.2}}};
  struct setting s;
  RANK(&s, rows);
  const struct assay_rank_row *a = &s.ranking->tables[0].rows[0];
  assert_close(a->value, 1.1, 0, 0);
  assert_true(isnan(a->low) && isnan(a->high));
  assert_int_equal(a->place, 1);
  assert_int_equal(a->place_low, 0);
  drop(&s);
}

static void equal_methods_share_a_place(void **state)
{
  (void)state;
  static const struct small rows[] = {{"t", "A", 1, 3, {1.5, 2.5, 3.5}},
                                      {"t", "B", 1, 3, {3.5, 1.5, 2.5}},
                                      {"t", "C", 1, 3, {0.5, 0.5, 0.25}},
                                      {"t", "D", 1, 3, {8.5, 7.5, 9.25}}};
  struct setting s;
  RANK(&s, rows);
  const struct assay_rank_row *r = s.ranking->tables[0].rows;
  const char order[] = {*r[0].method, *r[1].method, *r[2].method, *r[3].method};
  assert_memory_equal(order, "CABD", 4);
  assert_int_equal(r[1].place, 2);
  assert_int_equal(r[2].place, 2);
  assert_int_equal(r[3].place, 4);
  assert_close(r[1].rank, 2.5, 0, 0);
  drop(&s);
}

static void higher_can_be_better(void **state)
{
  (void)state;
  static const struct small rows[] = {{"t", "A", 1, 2, {1.5, 2.5}, true},
                                      {"t", "B", 1, 2, {3.5, 1.5}, true}};
  struct setting s;
  RANK(&s, rows);
  assert_string_equal(s.ranking->tables[0].rows[0].method, "B");
  assert_true(s.ranking->tables[0].higher_is_better);
  drop(&s);
}

/* Seeds 1.2 and 1.8 around 1.5: standard deviation sqrt(0.18). */
static void seeds_are_averaged_per_case_and_their_spread_shown(void **state)
{
  (void)state;
  static const struct small rows[] = {{"t", "A", 1, 2, {1.0, 1.4}}, {"t", "A", 7, 2, {1.5, 2.1}}};
  struct setting s;
  RANK(&s, rows);
  const struct assay_rank_row *a = &s.ranking->tables[0].rows[0];
  assert_int_equal(s.ranking->tables[0].n_rows, 1);
  assert_int_equal(a->n_seeds, 2);
  assert_close(a->value, 1.5, 1e-15, 0);
  assert_close(a->cases[0], 1.25, 1e-15, 0);
  assert_close(a->seed_deviation, sqrt(0.18), 1e-14, 0);
  drop(&s);
}

static void cases_without_a_value_count_for_nobody(void **state)
{
  (void)state;
  static const double none = (double)NAN;
  const struct small rows[] = {{"t", "A", 1, 3, {1.5, none, 2.25}},
                               {"t", "B", 1, 3, {2.5, 0.1, 3.5}}};
  struct setting s;
  RANK(&s, rows);
  const struct assay_rank_table *t = &s.ranking->tables[0];
  assert_int_equal(t->n_counted, 2);
  assert_string_equal(t->rows[0].method, "A");
  assert_close(t->rows[1].value, 3.0, 1e-15, 0);
  assert_false(t->counted[1]);
  assert_string_equal(t->notes[0], "2 of 3 cases count: in the others a method has no value");
  drop(&s);
}

static void newest_definition_and_newest_record_count(void **state)
{
  (void)state;
  static const struct small rows[] = {{"t", "A", 1, 2, {9.5, 9.25}, false, "old"},
                                      {"t", "B", 1, 2, {5.5, 5.25}},
                                      {"t", "B", 1, 2, {3.5, 3.25}},
                                      {"t", "C", 1, 3, {0.5, 0.5, 0.5}},
                                      {"t", "D", 1, 2, {4.5, 4.25}}};
  struct setting s;
  RANK(&s, rows);
  const struct assay_rank_table *t = &s.ranking->tables[0];
  assert_int_equal(t->n_rows, 2); /* A: old definition; C: other test cases */
  assert_string_equal(t->rows[0].method, "B");
  assert_close(t->rows[0].value, 3.375, 1e-15, 0);
  assert_string_equal(t->notes[0],
                      "2 records of another definition of the task or its data left out");
  drop(&s);
}

/* Newest is by line, whatever the order of the array. */
static void later_line_wins(void **state)
{
  (void)state;
  static const struct small rows[] = {{"t", "A", 1, 2, {3.5, 3.25}}, {"t", "A", 1, 2, {5.5, 5.25}}};
  const struct assay_ranking_options options = {0};
  struct setting s = {.n = 2};
  s.records[0] = small_record(&rows[0], 9);
  s.records[1] = small_record(&rows[1], 4);
  assert_ok(assay_ranking_create(&s.ranking, s.records, 2, &options));
  assert_close(s.ranking->tables[0].rows[0].value, 3.375, 1e-15, 0);
  drop(&s);
}

static void order_of_the_journal_does_not_matter(void **state)
{
  (void)state;
  static const struct small rows[] = {{"t", "A", 1, 4, {1.1, 4.3, 2.2, 0.7}},
                                      {"t", "B", 1, 4, {2.2, 2.6, 1.7, 1.9}},
                                      {"t", "A", 2, 4, {1.2, 4.1, 2.7, 0.6}}};
  static const struct small turned[] = {{"t", "A", 2, 4, {1.2, 4.1, 2.7, 0.6}},
                                        {"t", "B", 1, 4, {2.2, 2.6, 1.7, 1.9}},
                                        {"t", "A", 1, 4, {1.1, 4.3, 2.2, 0.7}}};
  struct setting s, t;
  RANK(&s, rows);
  RANK(&t, turned);
  json_t *a = NULL, *b = NULL;
  assert_ok(assay_ranking_json(&a, s.ranking));
  assert_ok(assay_ranking_json(&b, t.ranking));
  assert_true(json_equal(a, b));
  json_decref(a);
  json_decref(b);
  drop(&s);
  drop(&t);
}

/* Order of the overall table as one letter per method. */
static void overall_order(char *out, const struct setting *s)
{
  for (int i = 0; i < s->ranking->n_overall; i++) *out++ = *s->ranking->overall[i].method;
  *out = '\0';
}

/* A leads with one task only where nobody but the floor answers both. */
static void answering_fewer_tasks_does_not_lead(void **state)
{
  (void)state;
  static const struct small all[] = {{"t1", "A", 1, 2, {1.5, 1.25}},
                                     {"t1", "B", 1, 2, {2.5, 2.25}},
                                     {"t1", "F", 1, 2, {3.5, 3.25}, false, NULL, true},
                                     {"t2", "B", 1, 2, {1.5, 1.25}},
                                     {"t2", "F", 1, 2, {2.5, 2.25}, false, NULL, true}};
  static const struct small apart[] = {{"t1", "A", 1, 2, {1.5, 1.25}},
                                       {"t1", "F", 1, 2, {3.5, 3.25}, false, NULL, true},
                                       {"t2", "B", 1, 2, {1.5, 1.25}},
                                       {"t2", "F", 1, 2, {2.5, 2.25}, false, NULL, true}};
  struct setting s;
  char order[8];
  RANK(&s, all);
  overall_order(order, &s);
  assert_string_equal(order, "BFA");
  drop(&s);
  RANK(&s, apart);
  overall_order(order, &s);
  assert_string_equal(order, "ABF");
  drop(&s);
}

/* ---- the sample suite ---- */

struct suite {
  struct assay_store *store;
  struct assay_record **records;
  struct assay_ranking *ranking;
  int n;
};

static void open_suite(struct suite *s, const char *dir,
                       const struct assay_ranking_options *options)
{
  const struct assay_store_filter all = {0};
  assert_ok(assay_store_open(&s->store, dir, false));
  assert_ok(assay_store_select(&s->records, &s->n, s->store, &all));
  assert_ok(assay_ranking_create(&s->ranking, s->records, s->n, options));
}

static void close_suite(struct suite *s)
{
  assay_ranking_destroy(s->ranking);
  assay_store_release(s->records, s->n);
  assay_store_close(s->store);
}

static double expected_value(int task, int method)
{
  double sum = 0;
  for (int seed = 1; seed <= 2; seed++)
    for (int f = 0; f < 3; f++)
      for (int k = 0; k < SAMPLE_CASES; k++) sum += sample_value(task, method, seed, f, k);
  return sum / (6 * SAMPLE_CASES);
}

static void sample_suite_ranks_as_made(void **state)
{
  struct suite s;
  const struct assay_ranking_options options = {0};
  sample_journal(*state);
  open_suite(&s, *state, &options);
  assert_int_equal(s.ranking->n_tables, 2);
  const struct assay_rank_table *t = &s.ranking->tables[0];
  assert_string_equal(t->fields, "u, v, p");
  assert_int_equal(t->n_counted, SAMPLE_CASES);
  static const char *const order[] = {NULL, NULL, "knn", "persistence", "mean"};
  for (int i = 2; i < 5; i++) {
    assert_string_equal(t->rows[i].method, order[i]);
    assert_int_equal(t->rows[i].place, i + 1);
    assert_int_equal(t->rows[i].place_low, i + 1);
    assert_int_equal(t->rows[i].place_high, i + 1);
  }
  for (int i = 0; i < 2; i++) { /* made to be indistinguishable */
    assert_int_equal(t->rows[i].place_low, 1);
    assert_int_equal(t->rows[i].place_high, 2);
    assert_true(t->rows[i].best_share > 0.1 && t->rows[i].best_share < 0.9);
  }
  assert_close(t->rows[4].value, expected_value(0, 1), 1e-13, 0);
  assert_close(t->rows[2].skill, 1 - expected_value(0, 4) / expected_value(0, 0), 1e-12, 0);
  assert_true(t->rows[3].floor && !t->rows[2].floor);
  assert_close(t->rows[2].predict_s, 0.44 * 1.075 / SAMPLE_CASES, 1e-12, 0);
  assert_close(t->rows[2].memory_mb, 97 * 1.3, 1e-12, 0);
  assert_true(t->rows[2].low < t->rows[2].value && t->rows[2].value < t->rows[2].high);
  close_suite(&s);
}

static void failed_methods_are_last_and_the_test_counts_them(void **state)
{
  struct suite s;
  const struct assay_ranking_options options = {0};
  sample_journal(*state);
  open_suite(&s, *state, &options);
  const struct assay_rank_table *t = &s.ranking->tables[1];
  assert_int_equal(t->n_rows, 4);
  assert_string_equal(t->rows[3].method, "knn");
  assert_int_equal(t->rows[3].place, 0);
  assert_true(isnan(t->rows[3].value));
  assert_string_equal(t->rows[3].reason, "predict ended with exit status 1");
  /* the same order in all 24 cases: chi2 = n (k - 1) */
  assert_int_equal(t->test.n_blocks, SAMPLE_CASES);
  assert_close(t->test.friedman.chi2, 72, 1e-12, 0);
  assert_close(t->test.mean_ranks[3], 4, 0, 0);
  close_suite(&s);
}

static void overall_table_is_by_mean_rank(void **state)
{
  struct suite s;
  const struct assay_ranking_options options = {0};
  sample_journal(*state);
  open_suite(&s, *state, &options);
  assert_int_equal(s.ranking->n_overall, 5);
  const struct assay_rank_overall_row *o = s.ranking->overall;
  /* knn: 3rd of 5, and failed as 4th of 4 */
  assert_string_equal(o[2].method, "knn");
  assert_close(o[2].mean_rank, 3.5, 0, 0);
  assert_int_equal(o[2].n_failed, 1);
  /* persistence was run on one task only: behind those that were run on both */
  assert_string_equal(o[4].method, "persistence");
  assert_int_equal(o[4].n_tasks, 1);
  assert_false(s.ranking->tasks_resampled);
  assert_int_equal(s.ranking->test.n_methods, 4);
  assert_int_equal(s.ranking->test.n_blocks, 2 * SAMPLE_CASES);
  close_suite(&s);
}

static void method_with_a_failed_seed_ranks_behind_all_without(void **state)
{
  struct suite s;
  const struct assay_ranking_options options = {0};
  sample_journal(*state);
  json_t *json = sample_record(0, 2, 2);
  json_object_set_new(json, "status", json_string("failed"));
  sample_set(json, "failure", json_pack("{s:s}", "reason", "nan in case 7"));
  assert_ok(assay_journal_append(*state, json));
  json_decref(json);
  open_suite(&s, *state, &options);
  const struct assay_rank_row *last = &s.ranking->tables[0].rows[4];
  assert_string_equal(last->method, "coarse");
  assert_int_equal(last->place, 5);
  assert_int_equal(last->place_low, 5);
  assert_int_equal(last->n_failed, 1);
  assert_string_equal(last->reason, "nan in case 7");
  assert_true(last->value < s.ranking->tables[0].rows[3].value); /* though its other seed is best */
  close_suite(&s);
}

static void other_metrics_and_fields_can_rank(void **state)
{
  struct suite s;
  sample_journal(*state);
  const struct assay_ranking_options by_time = {.metric = "correlation-time"};
  open_suite(&s, *state, &by_time);
  assert_true(s.ranking->tables[0].higher_is_better);
  assert_string_equal(s.ranking->tables[0].rows[4].method, "mean");
  assert_int_equal(s.ranking->tables[0].n_counted, SAMPLE_CASES - 1);
  close_suite(&s);
  const struct assay_ranking_options by_rmse = {.metric = "rmse"};
  open_suite(&s, *state, &by_rmse);
  assert_string_equal(s.ranking->tables[0].field, "u");
  assert_string_equal(s.ranking->tables[0].unit, "m s-1");
  assert_string_equal(s.ranking->tables[0].notes[0],
                      "the fields of rmse differ in unit: u alone ranks");
  close_suite(&s);
  const struct assay_ranking_options by_pressure = {.metric = "rmse", .field = "p"};
  open_suite(&s, *state, &by_pressure);
  assert_string_equal(s.ranking->tables[0].unit, "Pa");
  assert_int_equal(s.ranking->tables[0].n_notes, 0);
  close_suite(&s);
}

static void unknown_metric_and_field_are_named(void **state)
{
  struct assay_store *store = NULL;
  struct assay_record **records = NULL;
  struct assay_ranking *ranking = NULL;
  int n = 0;
  const struct assay_store_filter all = {0};
  const struct assay_ranking_options metric = {.metric = "vrms"}, field = {.field = "w"};
  sample_journal(*state);
  assert_ok(assay_store_open(&store, *state, false));
  assert_ok(assay_store_select(&records, &n, store, &all));
  assert_fails(assay_ranking_create(&ranking, records, n, &metric), ASSAY_ENOTFOUND,
               "no record has the metric 'vrms' (did you mean 'vrmse'?");
  assert_fails(assay_ranking_create(&ranking, records, n, &field), ASSAY_ENOTFOUND,
               "no record has the field 'w'");
  assert_null(ranking);
  assay_store_release(records, n);
  assay_store_close(store);
}

static void withdrawn_records_are_out_but_named(void **state)
{
  struct suite s;
  struct assay_store *store = NULL;
  int n = 0;
  const struct assay_ranking_options options = {0};
  const struct assay_store_filter knn = {.method = "knn"}, none = {.method = "fno"};
  const int64_t seeds[] = {2};
  sample_journal(*state);
  assert_ok(assay_store_open(&store, *state, false));
  assert_fails(assay_withdraw(&n, store, &none, NULL, 0, "why"), ASSAY_ENOTFOUND,
               "no record of fno to withdraw");
  assert_fails(assay_withdraw(&n, store, &knn, NULL, 0, ""), ASSAY_EARG, "needs a reason");
  assert_ok(assay_withdraw(&n, store, &knn, seeds, 1, "saw the test cases"));
  assert_int_equal(n, 2); /* seed 2 of both tasks */
  assay_store_close(store);
  open_suite(&s, *state, &options);
  assert_int_equal(s.ranking->n_withdrawn, 2);
  assert_string_equal(s.ranking->withdrawn[0]->reason, "saw the test cases");
  assert_string_equal(s.ranking->tables[0].rows[2].method, "knn");
  assert_int_equal(s.ranking->tables[0].rows[2].n_seeds, 1);
  close_suite(&s);
  /* running again puts it back */
  sample_append(*state, 0, 4, 2);
  open_suite(&s, *state, &options);
  assert_int_equal(s.ranking->n_withdrawn, 1);
  assert_int_equal(s.ranking->tables[0].rows[2].n_seeds, 2);
  close_suite(&s);
}

/* ---- output ---- */

static char *written(const struct assay_ranking *ranking, enum assay_ranking_format format)
{
  char *text = NULL;
  size_t size = 0;
  FILE *to = open_memstream(&text, &size);
  assert_ok(assay_ranking_write(ranking, format, 0, to));
  fclose(to);
  return text;
}

static int commas(const char *line)
{
  int n = 0;
  for (bool quoted = false; *line && *line != '\n'; line++) {
    quoted ^= *line == '"';
    n += *line == ',' && !quoted;
  }
  return n;
}

static void formats_agree(void **state)
{
  struct suite s;
  const struct assay_ranking_options options = {0};
  sample_journal(*state);
  open_suite(&s, *state, &options);
  char *csv = written(s.ranking, ASSAY_RANKING_CSV);
  int lines = 0;
  for (const char *line = csv; *line; line = strchr(line, '\n') + 1, lines++)
    assert_int_equal(commas(line), commas(csv));
  assert_int_equal(lines, 1 + 5 + 4);
  assert_non_null(
      strstr(csv, "\ncavity-operator,knn,0,failed,2,2,vrmse,\"u, v, p\",1,lower,24,,,"));
  char *table = written(s.ranking, ASSAY_RANKING_TABLE);
  assert_non_null(strstr(table, "\n-  knn           failed"));
  assert_non_null(
      strstr(table, "failed: knn, seed 2: predict: predict ended with exit status 1\n"));
  assert_non_null(strstr(table, "persistence (floor)"));
  assert_non_null(strstr(table, "the truth itself has divergence 9.70e-05 s⁻¹"));
  char *markdown = written(s.ranking, ASSAY_RANKING_MARKDOWN);
  assert_non_null(strstr(markdown, "### over 2 tasks"));
  char *text = written(s.ranking, ASSAY_RANKING_JSON);
  json_t *json = json_loads(text, 0, NULL);
  assert_string_equal(json_string_value(json_object_get(json, "schema")), "assay-ranking/1");
  json_t *rows = json_object_get(json_array_get(json_object_get(json, "tables"), 1), "rows");
  assert_int_equal(json_array_size(rows), 4);
  assert_true(json_is_null(json_object_get(json_array_get(rows, 3), "place")));
  assert_close(json_number_value(json_object_get(json_array_get(rows, 0), "value")),
               s.ranking->tables[1].rows[0].value, 0, 0);
  json_decref(json);
  free(csv);
  free(table);
  free(markdown);
  free(text);
  close_suite(&s);
}

static void nothing_leaks(void **state)
{
  const size_t before = assay_mem_in_use().blocks;
  formats_agree(state);
  unknown_metric_and_field_are_named(state);
  withdrawn_records_are_out_but_named(state);
  assert_int_equal(assay_mem_in_use().blocks, before);
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, sample_folder, sample_cleanup)
int main(void)
{
  assay_log_setup(ASSAY_LOG_ERROR, stderr);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(two_cases_have_four_resamples),
      cmocka_unit_test(place_interval_leaves_out_the_tails),
      cmocka_unit_test(one_case_has_no_interval),
      cmocka_unit_test(equal_methods_share_a_place),
      cmocka_unit_test(higher_can_be_better),
      cmocka_unit_test(seeds_are_averaged_per_case_and_their_spread_shown),
      cmocka_unit_test(cases_without_a_value_count_for_nobody),
      cmocka_unit_test(newest_definition_and_newest_record_count),
      cmocka_unit_test(later_line_wins),
      cmocka_unit_test(order_of_the_journal_does_not_matter),
      cmocka_unit_test(answering_fewer_tasks_does_not_lead),
      IN_FOLDER(sample_suite_ranks_as_made),
      IN_FOLDER(failed_methods_are_last_and_the_test_counts_them),
      IN_FOLDER(overall_table_is_by_mean_rank),
      IN_FOLDER(method_with_a_failed_seed_ranks_behind_all_without),
      IN_FOLDER(other_metrics_and_fields_can_rank),
      IN_FOLDER(unknown_metric_and_field_are_named),
      IN_FOLDER(withdrawn_records_are_out_but_named),
      IN_FOLDER(formats_agree),
      IN_FOLDER(nothing_leaks),
  };
  return cmocka_run_group_tests_name("results/ranking", tests, NULL, NULL);
}
