/* Records: what is written reads back; what is wrong is named. */
#include "core/base/mem.h"
#include "core/io/json.h"
#include "results/record.h"
#include "tests/results/sample.h"
#include "tests/test.h"

static void record_reads_back_what_was_put_in(void **state)
{
  (void)state;
  json_t *json = sample_record(0, 3, 2);
  struct assay_record *r = NULL;
  assert_ok(assay_record_decode(&r, json));
  json_decref(json); /* the record keeps its own reference */
  assert_string_equal(r->key.method, "pod-dmd");
  assert_int_equal(r->key.seed, 2);
  assert_int_equal(r->status, ASSAY_RECORD_OK);
  assert_string_equal(r->primary, "vrmse");
  assert_int_equal(r->n_cases, SAMPLE_CASES);
  assert_string_equal(r->case_labels[2], "Re = 220");
  assert_int_equal(r->case_ids[2], 106);
  assert_int_equal(r->n_leads, SAMPLE_LEADS);
  assert_close(r->lead_times[6], 1.75, 0, 0);
  assert_close(r->train.wall_s, 2.61 * 1.1, 1e-15, 0);
  assert_int_equal(r->n_scores, 8);
  const struct assay_record_score *p = assay_record_score(r, "vrmse", "p");
  assert_non_null(p);
  assert_close(p->cases[5], sample_value(0, 3, 2, 2, 5), 0, 0);
  assert_string_equal(assay_record_score(r, "rmse", "v")->unit, "m s-1");
  assert_true(assay_record_score(r, "correlation-time", "all")->higher_is_better);
  assert_true(isnan(assay_record_score(r, "correlation-time", "all")->cases[3]));
  assert_close(assay_record_score(r, "divergence", "all")->floor, 9.7e-5, 0, 0);
  assert_null(assay_record_score(r, "vrmse", "all"));
  assay_record_destroy(r);
}

/* Five cases with 4, 1, none, 3 and 2 at one lead: mean 2.5, quantiles 1.3 and 3.7 of 1, 2, 3, 4.
 */
static void summaries_over_cases_are_means_and_quantiles(void **state)
{
  (void)state;
  json_t *json = sample_record(0, 0, 1);
  const double cases[SAMPLE_CASES] = {4.25, 1.25, (double)NAN, 3.25, 2.25};
  double all[SAMPLE_CASES], by_lead[SAMPLE_CASES * 2];
  for (int k = 0; k < SAMPLE_CASES; k++) {
    all[k] = k < 5 ? cases[k] : (double)NAN;
    by_lead[2 * k] = k < 5 ? cases[k] : (double)NAN;
    by_lead[2 * k + 1] = (double)NAN;
  }
  json_object_set_new(json_object_get(json, "leads"), "times", json_pack("[f, f]", 0.5, 0.75));
  json_object_del(json, "scores");
  const struct assay_record_values v = {"vrmse", "q",          "1", false, 1,      NULL,
                                        2.385,   SAMPLE_CASES, 2,   all,   by_lead};
  assert_ok(assay_record_add_score(json, &v));
  struct assay_record *r = NULL;
  assert_ok(assay_record_decode(&r, json));
  const struct assay_record_score *s = assay_record_score(r, "vrmse", "q");
  assert_close(s->value, 2.75, 0, 0);
  assert_close(s->leads[0], 2.75, 0, 0);
  assert_close(s->leads_low[0], 1.55, 1e-15, 0);
  assert_close(s->leads_high[0], 3.95, 1e-15, 0);
  assert_true(isnan(s->leads[1]) && isnan(s->leads_low[1]) && isnan(s->leads_high[1]));
  assay_record_destroy(r);
  json_decref(json);
}

static void infinite_scores_are_refused_and_empty_ones_left_out(void **state)
{
  (void)state;
  json_t *json = sample_record(0, 0, 1);
  const double infinite[] = {0.5, (double)INFINITY}, none[] = {(double)NAN, (double)NAN};
  struct assay_record_values v = {"mass",      "q", "kg", false,    1,   NULL,
                                  (double)NAN, 2,   0,    infinite, NULL};
  assert_fails(assay_record_add_score(json, &v), ASSAY_EARG, "mass of q is infinite in case 1");
  v.cases = none;
  assert_ok(assay_record_add_score(json, &v));
  assert_null(json_object_get(json_object_get(json, "scores"), "mass"));
  json_decref(json);
}

static void job_identity_depends_on_every_member_of_the_key(void **state)
{
  (void)state;
  const struct assay_record_key key = {"s", "t", "m", 7, "th", "dh", "mh"};
  char first[ASSAY_SHA256_HEX], other[ASSAY_SHA256_HEX];
  assert_ok(assay_record_job(first, &key));
  struct assay_record_key changed[7];
  for (int i = 0; i < 7; i++) changed[i] = key;
  changed[0].suite = "s2";
  changed[1].task = "t2";
  changed[2].method = "m2";
  changed[3].seed = 8;
  changed[4].task_hash = "th2";
  changed[5].data_hash = "dh2";
  changed[6].method_hash = "mh2";
  for (int i = 0; i < 7; i++) {
    assert_ok(assay_record_job(other, &changed[i]));
    assert_string_not_equal(first, other);
  }
  /* the border between members counts */
  const struct assay_record_key shifted = {"st", "", "m", 7, "th", "dh", "mh"};
  assert_ok(assay_record_job(other, &shifted));
  assert_string_not_equal(first, other);
}

/* Put a value at a dotted path (delete it when value is NULL) and expect this message. */
struct fault {
  const char *path, *value, *message;
};

static const struct fault faults[] = {
    {"schema", "\"assay-record/9\"", "schema: expected assay-record/1, got assay-record/9"},
    {"schema", NULL, "schema: expected assay-record/1, got nothing"},
    {"status", "\"done\"", "status: expected ok, failed or withdrawn, got done"},
    {"status", "\"failed\"", "failure.reason: a record that is failed needs one"},
    {"key", "[]", "key: expected an object, got an array"},
    {"key.task", NULL, "key.task: expected text, got nothing"},
    {"key.task", "\"\"", "key.task: is empty"},
    {"key.method_hash", "12", "key.method_hash: expected text, got a whole number"},
    {"key.seed", "-3", "key.seed: expected a whole number that is not negative"},
    {"key.seed", "1.5", "key.seed: expected a whole number that is not negative, got a number"},
    {"cost.train.wall_s", "\"2 s\"", "cost.train.wall_s: expected a number or null, got text"},
    {"cost.predict.cpu_s", "-0.25", "cost.predict.cpu_s: is negative"},
    {"cost.train", "3", "cost.train: expected an object, got a whole number"},
    {"method.floor", "\"yes\"", "method.floor: expected true or false, got text"},
    {"method.flags", "[\"quoted\", 4]", "method.flags[1]: expected text, got a whole number"},
    {"task.primary", NULL, "task.primary: a record that is ok needs it"},
    {"task.primary", "\"nrmse\"", "the primary metric 'nrmse' is not among them"},
    {"cases.ids", "[1, 2]", "cases.labels: expected 2 texts, got 24"},
    {"cases.ids", NULL, "cases.ids: expected an array, got nothing"},
    {"cases.labels", "{}", "cases.labels: expected an array, got an object"},
    {"cases.identifiable", "[true]", "cases.identifiable: expected 24 values, got 1"},
    {"cases.identifiable",
     "[1, true, true, true, true, true, true, true, true, true, true, true, true, true, true, true,"
     " true, true, true, true, true, true, true, true]",
     "cases.identifiable[0]: expected true or false"},
    {"scores.rmse.fields.v.worst", "\"1\"",
     "scores.rmse.fields.v.worst: expected a number or null, got text"},
    {"leads.times", "[0.5]", "scores.vrmse.fields.u.leads: expected 1 numbers, got 20"},
    {"leads.times", NULL, "leads.times: expected an array, got nothing"},
    {"scores", "[]", "scores: expected an object, got an array"},
    {"scores.vrmse.better", "\"smaller\"",
     "scores.vrmse.better: expected lower or higher, got smaller"},
    {"scores.vrmse.better", NULL, "scores.vrmse.better: expected lower or higher, got nothing"},
    {"scores.vrmse.fields", NULL, "scores.vrmse.fields: expected an object, got nothing"},
    {"scores.rmse.fields.v", "0.5", "scores.rmse.fields.v: expected an object, got a number"},
    {"scores.rmse.fields.v.value", "null",
     "scores.rmse.fields.v.value: expected a number, got null"},
    {"scores.rmse.fields.v.value", "0.75",
     "scores.rmse.fields.v.value: 0.75 is not the mean of its cases"},
    {"scores.rmse.fields.v.cases", NULL,
     "scores.rmse.fields.v.cases: expected an array, got nothing"},
    {"scores.vrmse.fields.u.leads", "[\"a\"]",
     "scores.vrmse.fields.u.leads: expected 20 numbers, got 1"},
    {"failure", "{\"output\": [[]]}", "failure.output[0]: expected text, got an array"},
    {"provenance", "\"here\"", "provenance: expected an object, got text"},
};

static void put(json_t *root, const struct fault *f)
{
  char name[64];
  const char *p = f->path;
  json_t *object = root;
  for (const char *dot = strchr(p, '.'); dot; p = dot + 1, dot = strchr(p, '.')) {
    snprintf(name, sizeof name, "%.*s", (int)(dot - p), p);
    if (!json_object_get(object, name)) json_object_set_new(object, name, json_object());
    object = json_object_get(object, name);
  }
  if (f->value)
    assert_int_equal(json_object_set_new(object, p, json_loads(f->value, JSON_DECODE_ANY, NULL)),
                     0);
  else
    assert_int_equal(json_object_del(object, p), 0);
}

static void what_is_wrong_is_named_with_its_path(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
    json_t *json = sample_record(0, 2, 1);
    struct assay_record *r = NULL;
    put(json, &faults[i]);
    assert_fails(assay_record_decode(&r, json), ASSAY_EPARSE, faults[i].message);
    assert_null(r);
    json_decref(json);
  }
}

static void null_element_is_no_value_but_text_is_wrong(void **state)
{
  (void)state;
  json_t *json = sample_record(0, 2, 1);
  struct assay_record *r = NULL;
  json_t *scores = json_object_get(json, "scores");
  json_t *field = json_object_get(json_object_get(json_object_get(scores, "vrmse"), "fields"), "u");
  json_array_set_new(json_object_get(field, "cases"), 3, json_string("many"));
  assert_fails(assay_record_decode(&r, json), ASSAY_EPARSE,
               "scores.vrmse.fields.u.cases[3]: expected a number or null, got text");
  json_decref(json);
}

static void unknown_members_are_passed_over(void **state)
{
  (void)state;
  json_t *json = sample_record(0, 2, 1);
  struct assay_record *r = NULL;
  sample_set(json, "weather", json_string("fine"));
  sample_set(json_object_get(json, "key"), "colour", json_integer(4));
  assert_ok(assay_record_decode(&r, json));
  assay_record_destroy(r);
  json_decref(json);
}

static void shortest_failed_record_is_enough(void **state)
{
  (void)state;
  const char text[] =
      "{\"schema\":\"assay-record/1\",\"status\":\"failed\",\"failure\":{\"reason\":\"out of "
      "time\"},"
      "\"key\":{\"suite\":\"s\",\"task\":\"t\",\"method\":\"m\",\"seed\":0,\"task_hash\":\"a\","
      "\"data_hash\":\"b\",\"method_hash\":\"c\"}}";
  struct assay_record *r = NULL;
  assert_ok(assay_record_parse(&r, text, strlen(text)));
  assert_string_equal(r->reason, "out of time");
  assert_string_equal(r->task_title, "");
  assert_true(isnan(r->train.wall_s));
  assert_int_equal(r->n_cases, 0);
  assay_record_destroy(r);
}

static void nothing_leaks_from_good_and_bad_records(void **state)
{
  (void)state;
  const size_t before = assay_mem_in_use().blocks;
  record_reads_back_what_was_put_in(state);
  what_is_wrong_is_named_with_its_path(state);
  assert_int_equal(assay_mem_in_use().blocks, before);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(record_reads_back_what_was_put_in),
      cmocka_unit_test(summaries_over_cases_are_means_and_quantiles),
      cmocka_unit_test(infinite_scores_are_refused_and_empty_ones_left_out),
      cmocka_unit_test(job_identity_depends_on_every_member_of_the_key),
      cmocka_unit_test(what_is_wrong_is_named_with_its_path),
      cmocka_unit_test(null_element_is_no_value_but_text_is_wrong),
      cmocka_unit_test(unknown_members_are_passed_over),
      cmocka_unit_test(shortest_failed_record_is_enough),
      cmocka_unit_test(nothing_leaks_from_good_and_bad_records),
  };
  return cmocka_run_group_tests_name("results/record", tests, NULL, NULL);
}
