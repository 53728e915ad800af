/* `assay rank` and `assay report` as users call them. */
#include "core/base/log.h"
#include "harness/report_artist.h"
#include "tests/harness/assay_program.h"
#include "tests/harness/small_set.h"
#include "tests/results/sample.h"

static void results(void)
{
  sample_journal("results");
}

static void leaderboard_is_printed_in_four_formats(void **state)
{
  (void)state;
  results();
  assert_assay(0, "1  coarse", "rank");
  assert_said("failed: knn, seed 1: predict: predict ended with exit status 1");
  assert_assay(0, "| 1 | coarse |", "rank", "cavity-demo", "--format", "markdown");
  assert_assay(0, "\ncavity-forecast,coarse,0,ok,2,0,vrmse,", "rank", "--format", "csv");
  assert_assay(0, "\"schema\": \"assay-ranking/1\"", "rank", "--format=json");
  assert_assay(0, "not shown at this width: ", "rank", "--width", "60");
  assert_assay(0, "rmse of p (lower is better)", "rank", "--metric", "rmse", "--field", "p");
  assert_assay(0, "80 % interval", "rank", "--level", "0.8", "--resamples", "200");
}

static void wrong_names_are_told_with_what_there_is(void **state)
{
  (void)state;
  assert_assay(1, "results: no results here", "rank");
  assert_assay(1, "elsewhere: no results here", "report", "-o", "site", "--results", "elsewhere");
  results();
  assert_assay(1, "no records of suite 'cavity-dem' (did you mean 'cavity-demo'?", "rank",
               "cavity-dem");
  assert_assay(1, "no records of task 'cavity' (", "rank", "--task", "cavity");
  assert_assay(1, "no record has the metric 'vrmsee' (did you mean 'vrmse'?", "rank", "--metric",
               "vrmsee");
  assert_assay(1, "level", "rank", "--level", "1.5");
  assert_assay(1, "output", "report");
  assert_assay(1, "no records of suite", "report", "nothing", "-o", "site");
  assert_false(assay_file_exists("site"));
}

static void bad_lines_and_a_damaged_index_are_survived(void **state)
{
  (void)state;
  results();
  assert_assay(0, "coarse", "rank");
  FILE *f = fopen("results/journal.jsonl", "a");
  fputs("{\"schema\": \"assay-record/1\"\n{\"half", f);
  fclose(f);
  write_text("results/index.sqlite", "not an index");
  assert_assay(0, "index built anew: it is damaged", "rank");
  assert_said("results: line 19: column");
  assert_said("results: line 20: the last line is cut off after 6 bytes");
  assert_said("1  coarse");
  assert_assay(0, "index built anew: asked for", "rank", "--rebuild");
}

static void withdrawing_needs_a_method_that_is_there_and_a_reason(void **state)
{
  (void)state;
  results();
  assert_assay(1, "--withdraw needs a --reason", "rank", "--withdraw", "knn");
  assert_assay(1, "go with --withdraw only", "rank", "--reason", "why");
  assert_assay(1, "expected a whole number, got 'two'", "rank", "--withdraw", "knn", "--seed",
               "two", "--reason", "why");
  assert_assay(1, "no record of fno to withdraw", "rank", "--withdraw", "fno", "--reason", "why");
  assert_assay(0, "1 record of knn withdrawn", "rank", "cavity-demo", "--withdraw", "knn", "--task",
               "cavity-forecast", "--seed", "2", "--reason", "saw the truth");
  assert_assay(0, "withdrawn: cavity-forecast, knn, seed 2: saw the truth", "rank");
}

static void report_is_made_and_replaced_but_nothing_else_is(void **state)
{
  (void)state;
  results();
  assert_assay(0, "site/index.html", "report", "-o", "site/");
  char *page = NULL;
  assert_ok(assay_file_read(&page, NULL, "site/task-cavity-forecast.html"));
  assert_non_null(strstr(page, "No picture: the record names no truth that was kept."));
  assay_free(page);
  assert_assay(0, "site/index.html", "report", "cavity-demo", "-o", "site", "--no-pictures",
               "--title", "Fish & chips");
  assert_ok(assay_file_read(&page, NULL, "site/index.html"));
  assert_non_null(strstr(page, "<h1>Fish &amp; chips</h1>"));
  assert_non_null(strstr(page, "<code>assay report cavity-demo -o site</code>"));
  assay_free(page);
  assert_assay(1, "results: exists and is no report", "report", "-o", "results");
  assert_true(assay_file_exists("results/journal.jsonl"));
}

/* A record whose artefacts are this file, with case ids of the small set. */
static struct assay_record *record_with(const char *file)
{
  struct assay_record *r = NULL;
  json_t *json = sample_record(0, 2, 1), *id = NULL;
  size_t k;
  json_t *ids = json_object_get(json_object_get(json, "cases"), "ids");
  json_array_foreach(ids, k, id)
      json_array_set_new(ids, k, json_integer((json_int_t)(100 + k % SET_CASES)));
  sample_set(json, "artefacts", json_pack("{s:s, s:s}", "prediction", file, "truth", file));
  assert_ok(assay_record_decode(&r, json));
  json_decref(json);
  return r;
}

static void artist_draws_kept_predictions_and_says_what_is_missing(void **state)
{
  (void)state;
  struct assay_report_artist artist = {0};
  struct assay_record *r = record_with("pred.nc"), *gone = record_with("gone.nc");
  char caption[200];
  char *png = NULL;
  assert_ok(assay_dir_make("results"));
  set_write("results/pred.nc");
  assert_ok(assay_artist_create(&artist, "results"));
  assert_ok(artist.draw(artist.context, r, 3, "3.png", caption, sizeof caption));
  assert_string_equal(caption, "At lead time = 5 s, the last of 20");
  assert_ok(assay_file_read(&png, NULL, "3.png"));
  assert_memory_equal(png, "\x89PNG", 4);
  assay_free(png);
  assert_true(artist.draw(artist.context, gone, 3, "4.png", caption, sizeof caption) < 0);
  assert_non_null(strstr(assay_err_last(), "results/gone.nc"));
  assert_false(assay_file_exists("4.png"));
  assert_ok(artist.draw(artist.context, r, 1, "5.png", caption, sizeof caption));
  assay_artist_destroy(&artist);
  assay_artist_destroy(&artist);
  assay_record_destroy(r);
  assay_record_destroy(gone);
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)
int main(void)
{
  assay_log_setup(ASSAY_LOG_ERROR, stderr);
  if (find_programs() != 0) return 77;
  const struct CMUnitTest tests[] = {
      IN_FOLDER(leaderboard_is_printed_in_four_formats),
      IN_FOLDER(wrong_names_are_told_with_what_there_is),
      IN_FOLDER(bad_lines_and_a_damaged_index_are_survived),
      IN_FOLDER(withdrawing_needs_a_method_that_is_there_and_a_reason),
      IN_FOLDER(report_is_made_and_replaced_but_nothing_else_is),
      IN_FOLDER(artist_draws_kept_predictions_and_says_what_is_missing),
  };
  return cmocka_run_group_tests_name("harness/rank", tests, NULL, NULL);
}
