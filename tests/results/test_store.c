/* The store: whatever happens to the index, the answers are those of the journal. */
#include "results/store.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/base/mem.h"
#include "tests/results/sample.h"
#include "tests/test.h"

static const char *file_of(const char *dir, const char *name)
{
  static char path[2][128];
  static int turn;
  turn = !turn;
  snprintf(path[turn], sizeof path[turn], "%s/%s", dir, name);
  return path[turn];
}

/* Everything current as one text. */
static void answers(char *out, size_t size, const struct assay_store *store)
{
  struct assay_record **records = NULL;
  int n = 0;
  const struct assay_store_filter all = {0};
  assert_ok(assay_store_select(&records, &n, store, &all));
  *out = '\0';
  for (int i = 0; i < n; i++) {
    const size_t used = strlen(out);
    snprintf(out + used, size - used, "%s %s %lld %s %.17g\n", records[i]->key.task,
             records[i]->key.method, (long long)records[i]->key.seed,
             assay_record_statuses[records[i]->status],
             records[i]->n_scores > 0 ? records[i]->scores[0].value : -1.0);
  }
  assay_store_release(records, n);
}

static struct assay_store *opened(const char *dir, enum assay_store_state state)
{
  struct assay_store *store = NULL;
  assert_ok(assay_store_open(&store, dir, false));
  assert_int_equal(assay_store_info(store)->state, state);
  return store;
}

static void folder_without_a_journal_is_refused(void **state)
{
  struct assay_store *store = NULL;
  assert_fails(assay_store_open(&store, *state, false), ASSAY_ENOTFOUND, "no results here");
  assert_null(store);
  assert_false(assay_file_exists(file_of(*state, ASSAY_STORE_NAME)));
}

static void selection_is_ordered_and_filtered(void **state)
{
  sample_journal(*state);
  struct assay_store *store = opened(*state, ASSAY_STORE_BUILT);
  char text[4000];
  answers(text, sizeof text, store);
  const char *first = "cavity-forecast coarse 1 ok ", *last = "cavity-operator pod-dmd 2 ok ";
  assert_memory_equal(text, first, strlen(first));
  assert_non_null(strstr(text, "cavity-forecast pod-dmd 2 ok "));
  assert_non_null(
      strstr(text, "cavity-operator knn 1 failed -1\ncavity-operator knn 2 failed -1\n"));
  assert_true(strstr(text, last) > strstr(text, "cavity-operator mean"));
  struct assay_record **records = NULL;
  int n = 0;
  const struct assay_store_filter some = {.task = "cavity-operator", .method = "mean"};
  assert_ok(assay_store_select(&records, &n, store, &some));
  assert_int_equal(n, 2);
  assay_store_release(records, n);
  const struct assay_store_filter none = {.suite = "cavity"};
  assert_ok(assay_store_select(&records, &n, store, &none));
  assert_int_equal(n, 0);
  assay_store_release(records, n);
  assert_string_equal(assay_store_suites(store)[0], "cavity-demo");
  assert_null(assay_store_suites(store)[1]);
  assert_string_equal(assay_store_tasks(store)[1], "cavity-operator");
  assay_store_close(store);
}

static void deleted_index_is_built_again_with_the_same_answers(void **state)
{
  char before[4000], after[4000];
  sample_journal(*state);
  struct assay_store *store = opened(*state, ASSAY_STORE_BUILT);
  answers(before, sizeof before, store);
  assay_store_close(store);
  store = opened(*state, ASSAY_STORE_FRESH);
  answers(after, sizeof after, store);
  assay_store_close(store);
  assert_string_equal(before, after);
  assert_int_equal(unlink(file_of(*state, ASSAY_STORE_NAME)), 0);
  store = opened(*state, ASSAY_STORE_BUILT);
  answers(after, sizeof after, store);
  assay_store_close(store);
  assert_string_equal(before, after);
}

static void overwrite(const char *path, long at, const char *text)
{
  FILE *f = fopen(path, "r+");
  assert_non_null(f);
  fseek(f, at, SEEK_SET);
  fwrite(text, 1, strlen(text), f);
  fclose(f);
}

static void damaged_index_is_built_again(void **state)
{
  char before[4000], after[4000];
  sample_journal(*state);
  const char *index = file_of(*state, ASSAY_STORE_NAME);
  struct assay_store *store = opened(*state, ASSAY_STORE_BUILT);
  answers(before, sizeof before, store);
  assay_store_close(store);
  long long size = 0;
  assert_ok(assay_file_size(&size, index));
  /* a foreign file, a damaged page in the middle, a cut */
  for (int damage = 0; damage < 3; damage++) {
    char noise[4097];
    memset(noise, 'Z', sizeof noise - 1);
    noise[sizeof noise - 1] = '\0';
    if (damage == 0) overwrite(index, 0, "this is no data base");
    if (damage == 1) overwrite(index, 4096, noise);
    if (damage == 2) assert_int_equal(truncate(index, size / 2), 0);
    store = opened(*state, ASSAY_STORE_REBUILT);
    assert_string_equal(assay_store_info(store)->why, "it is damaged");
    answers(after, sizeof after, store);
    assay_store_close(store);
    assert_string_equal(before, after);
  }
}

static void index_of_another_version_or_journal_is_built_again(void **state)
{
  sample_journal(*state);
  assay_store_close(opened(*state, ASSAY_STORE_BUILT));
  sqlite3 *db = NULL;
  assert_int_equal(sqlite3_open(file_of(*state, ASSAY_STORE_NAME), &db), SQLITE_OK);
  assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 77", NULL, NULL, NULL), SQLITE_OK);
  sqlite3_close(db);
  struct assay_store *store = opened(*state, ASSAY_STORE_REBUILT);
  assert_string_equal(assay_store_info(store)->why, "it has another version");
  assay_store_close(store);
  /* one byte of the journal changed: the same length, another hash */
  char *text = NULL;
  assert_ok(assay_file_read(&text, NULL, file_of(*state, ASSAY_JOURNAL_NAME)));
  const long at = strstr(text, "5f2c81ab93") - text;
  assay_free(text);
  overwrite(file_of(*state, ASSAY_JOURNAL_NAME), at, "6");
  store = opened(*state, ASSAY_STORE_REBUILT);
  assert_string_equal(assay_store_info(store)->why, "the journal is not the same");
  assay_store_close(store);
  assert_int_equal(truncate(file_of(*state, ASSAY_JOURNAL_NAME), at), 0);
  store = opened(*state, ASSAY_STORE_REBUILT);
  assert_string_equal(assay_store_info(store)->why, "the journal is shorter than it was");
  assert_int_equal(assay_store_info(store)->n_problems, 1);
  assay_store_close(store);
}

static void rebuild_can_be_asked_for(void **state)
{
  struct assay_store *store = NULL;
  sample_append(*state, 0, 1, 1);
  assay_store_close(opened(*state, ASSAY_STORE_BUILT));
  assert_ok(assay_store_open(&store, *state, true));
  assert_int_equal(assay_store_info(store)->state, ASSAY_STORE_REBUILT);
  assert_string_equal(assay_store_info(store)->why, "asked for");
  assay_store_close(store);
}

static void newest_record_of_a_job_counts(void **state)
{
  sample_append(*state, 1, 4, 1); /* failed */
  assay_store_close(opened(*state, ASSAY_STORE_BUILT));
  json_t *json = sample_record(1, 4, 1);
  json_object_set_new(json_object_get(json, "failure"), "reason", json_string("again"));
  assert_ok(assay_journal_append(*state, json));
  sample_append(*state, 1, 1, 1);
  struct assay_store *store = opened(*state, ASSAY_STORE_EXTENDED);
  assert_int_equal(assay_store_info(store)->records, 3);
  assert_int_equal(assay_store_info(store)->current, 2);
  struct assay_record *r = NULL, **all = NULL;
  assert_ok(assay_record_decode(&r, json));
  char job[ASSAY_SHA256_HEX];
  memcpy(job, r->job, sizeof job);
  assay_record_destroy(r);
  assert_ok(assay_store_find(&r, store, job));
  assert_string_equal(r->reason, "again");
  assay_record_destroy(r);
  assert_fails(assay_store_find(&r, store, "abc"), ASSAY_ENOTFOUND, "no record of job abc");
  int n = 0;
  const struct assay_store_filter history = {.method = "knn", .history = true};
  assert_ok(assay_store_select(&all, &n, store, &history));
  assert_int_equal(n, 2);
  assert_string_equal(all[0]->reason, "predict ended with exit status 1");
  assay_store_release(all, n);
  assay_store_close(store);
  json_decref(json);
}

/* A replacing record whose line is later completed, or overtaken, must not count twice. */
static void unfinished_last_line_is_indexed_again(void **state)
{
  sample_append(*state, 1, 4, 1);
  sample_append(*state, 1, 4, 1);
  const char *journal = file_of(*state, ASSAY_JOURNAL_NAME);
  long long size = 0;
  assert_ok(assay_file_size(&size, journal));
  assert_int_equal(truncate(journal, size - 1), 0); /* only the newline is missing */
  struct assay_store *store = opened(*state, ASSAY_STORE_BUILT);
  assert_int_equal(assay_store_info(store)->records, 2);
  assert_int_equal(assay_store_info(store)->current, 1);
  assay_store_close(store);
  assert_int_equal(truncate(journal, size - 40), 0); /* now it is torn */
  store = opened(*state, ASSAY_STORE_EXTENDED);
  assert_int_equal(assay_store_info(store)->records, 1);
  assert_int_equal(assay_store_info(store)->current, 1);
  assert_int_equal(assay_store_info(store)->n_problems, 1);
  assert_non_null(strstr(assay_store_info(store)->problems[0], "line 2: the last line is cut off"));
  assay_store_close(store);
  sample_append(*state, 1, 4, 2);
  store = opened(*state, ASSAY_STORE_EXTENDED);
  assert_int_equal(assay_store_info(store)->current, 2);
  assert_int_equal(assay_store_info(store)->n_problems, 1);
  assert_non_null(strstr(assay_store_info(store)->problems[0], "line 2: column"));
  assay_store_close(store);
}

static void index_answers_sql(void **state)
{
  sample_journal(*state);
  assay_store_close(opened(*state, ASSAY_STORE_BUILT));
  sqlite3 *db = NULL;
  sqlite3_stmt *q = NULL;
  assert_int_equal(sqlite3_open(file_of(*state, ASSAY_STORE_NAME), &db), SQLITE_OK);
  assert_int_equal(
      sqlite3_prepare_v2(db,
                         "SELECT count(*), min(unit), avg(floor) FROM record JOIN score"
                         " USING(line) WHERE metric = 'divergence' AND status = 'ok'",
                         -1, &q, NULL),
      SQLITE_OK);
  assert_int_equal(sqlite3_step(q), SQLITE_ROW);
  assert_int_equal(sqlite3_column_int(q, 0), 16);
  assert_string_equal((const char *)sqlite3_column_text(q, 1), "s-1");
  assert_close(sqlite3_column_double(q, 2), 9.7e-5, 1e-12, 0);
  sqlite3_finalize(q);
  sqlite3_close(db);
}

/* Somebody else's results: in a folder that cannot be written the index is made in memory. */
static void read_only_folder_is_indexed_in_memory(void **state)
{
  sample_journal(*state);
  assert_int_equal(chmod(*state, 0555), 0);
  const pid_t child = fork();
  if (child == 0) {
    if (getuid() == 0 && setuid(65534) != 0) _exit(9);
    struct assay_store *store = NULL;
    int failed = assay_store_open(&store, *state, false) != ASSAY_OK;
    failed =
        failed || !assay_store_info(store)->in_memory || assay_store_info(store)->records != 18;
    assay_store_close(store);
    _exit(failed);
  }
  int status = -1;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
  assert_int_equal(chmod(*state, 0755), 0);
  assert_false(assay_file_exists(file_of(*state, ASSAY_STORE_NAME)));
}

static void openers_at_the_same_time_agree(void **state)
{
  enum { N = 6 };
  sample_journal(*state);
  assay_store_close(opened(*state, ASSAY_STORE_BUILT));
  sample_append(*state, 0, 2, 3);
  pid_t children[N];
  for (int i = 0; i < N; i++) {
    children[i] = fork();
    if (children[i] != 0) continue;
    struct assay_store *store = NULL;
    const int failed = assay_store_open(&store, *state, false) != ASSAY_OK ||
                       assay_store_info(store)->records != 19 ||
                       assay_store_info(store)->state == ASSAY_STORE_REBUILT;
    assay_store_close(store);
    _exit(failed);
  }
  for (int i = 0; i < N; i++) {
    int status = -1;
    assert_int_equal(waitpid(children[i], &status, 0), children[i]);
    assert_int_equal(status, 0);
  }
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, sample_folder, sample_cleanup)
int main(void)
{
  assay_log_setup(ASSAY_LOG_ERROR, stderr);
  const struct CMUnitTest tests[] = {
      IN_FOLDER(folder_without_a_journal_is_refused),
      IN_FOLDER(selection_is_ordered_and_filtered),
      IN_FOLDER(deleted_index_is_built_again_with_the_same_answers),
      IN_FOLDER(damaged_index_is_built_again),
      IN_FOLDER(index_of_another_version_or_journal_is_built_again),
      IN_FOLDER(rebuild_can_be_asked_for),
      IN_FOLDER(newest_record_of_a_job_counts),
      IN_FOLDER(unfinished_last_line_is_indexed_again),
      IN_FOLDER(index_answers_sql),
      IN_FOLDER(read_only_folder_is_indexed_in_memory),
      IN_FOLDER(openers_at_the_same_time_agree),
  };
  return cmocka_run_group_tests_name("results/store", tests, NULL, NULL);
}
