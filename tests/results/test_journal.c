/* The journal: appended lines come back, also after crashes, full disks and many writers. */
#include "results/journal.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "tests/results/sample.h"
#include "tests/test.h"

struct seen {
  int records, problems;
  char problem[256];
  char methods[64];
  long last;
};

static int collect(void *context, const struct assay_journal_line *line)
{
  struct seen *s = context;
  s->last = line->number;
  assert_true(!line->record != !line->problem);
  if (line->problem) {
    s->problems++;
    snprintf(s->problem, sizeof s->problem, "%s", line->problem);
    return ASSAY_OK;
  }
  s->records++;
  const size_t used = strlen(s->methods);
  snprintf(s->methods + used, sizeof s->methods - used, "%.2s%lld ", line->record->key.method,
           (long long)line->record->key.seed);
  return ASSAY_OK;
}

static struct seen walk(const char *dir)
{
  struct seen s = {0};
  assert_ok(assay_journal_walk(dir, 0, 0, NULL, NULL, collect, &s));
  return s;
}

static char *journal_path(const char *dir)
{
  static char path[128];
  snprintf(path, sizeof path, "%s/%s", dir, ASSAY_JOURNAL_NAME);
  return path;
}

static void appended_records_come_back_in_order(void **state)
{
  const char *dir = *state;
  assert_int_equal(walk(dir).records, 0); /* no journal yet */
  sample_append(dir, 0, 2, 1);
  sample_append(dir, 0, 3, 2);
  sample_append(dir, 1, 4, 1);
  const struct seen s = walk(dir);
  assert_string_equal(s.methods, "co1 po2 kn1 ");
  assert_int_equal(s.problems, 0);
}

static void bad_record_is_not_written(void **state)
{
  const char *dir = *state;
  json_t *json = sample_record(0, 2, 1);
  json_object_del(json, "status");
  assert_fails(assay_journal_append(dir, json), ASSAY_EPARSE, "status: expected ok, failed");
  json_decref(json);
  assert_false(assay_file_exists(journal_path(dir)));
}

static void torn_last_line_is_named_and_the_next_one_is_whole(void **state)
{
  const char *dir = *state;
  sample_append(dir, 0, 2, 1);
  sample_append(dir, 0, 3, 1);
  long long size = 0;
  assert_ok(assay_file_size(&size, journal_path(dir)));
  assert_int_equal(truncate(journal_path(dir), size - 300), 0);
  struct seen s = walk(dir);
  assert_string_equal(s.methods, "co1 ");
  assert_int_equal(s.problems, 1);
  assert_non_null(strstr(s.problem, "line 2: the last line is cut off after"));
  sample_append(dir, 0, 4, 2);
  s = walk(dir);
  assert_string_equal(s.methods, "co1 kn2 ");
  assert_int_equal(s.problems, 1);
  assert_non_null(strstr(s.problem, "line 2: column"));
  assert_int_equal(s.last, 3);
}

static void walk_goes_on_where_it_ended(void **state)
{
  const char *dir = *state;
  long long end = -1;
  long lines = -1;
  struct seen s = {0};
  sample_append(dir, 0, 2, 1);
  assert_ok(assay_journal_walk(dir, 0, 0, &end, &lines, collect, &s));
  assert_int_equal(lines, 1);
  FILE *f = fopen(journal_path(dir), "a");
  fprintf(f, "\n{\"schema\": 1}\n{\"sche");
  fclose(f);
  assert_ok(assay_journal_walk(dir, end, lines, &end, &lines, collect, &s));
  assert_int_equal(lines, 3); /* the blank line and the bad one; the torn one may still grow */
  assert_int_equal(s.problems, 2);
  assert_non_null(strstr(s.problem, "line 4: the last line is cut off after 6 bytes"));
  f = fopen(journal_path(dir), "a");
  fprintf(f, "ma\": 2}\n");
  fclose(f);
  s = (struct seen){0};
  assert_ok(assay_journal_walk(dir, end, lines, &end, &lines, collect, &s));
  assert_non_null(strstr(s.problem, "line 4: schema: expected assay-record/1, got a whole number"));
  assert_int_equal(lines, 4);
}

/* Eight processes at once: flock and single writes keep every line whole. */
static void many_writers_do_not_mix_lines(void **state)
{
  const char *dir = *state;
  enum { WRITERS = 8, EACH = 4 };
  pid_t children[WRITERS];
  for (int w = 0; w < WRITERS; w++) {
    children[w] = fork();
    if (children[w] != 0) continue;
    int failed = 0;
    for (int i = 0; i < EACH; i++) {
      json_t *record = sample_record(w % 2, 1, 10 * w + i);
      failed |= assay_journal_append(dir, record) != ASSAY_OK;
      json_decref(record);
    }
    _exit(failed);
  }
  for (int w = 0; w < WRITERS; w++) {
    int status = -1;
    assert_int_equal(waitpid(children[w], &status, 0), children[w]);
    assert_int_equal(status, 0);
  }
  const struct seen s = walk(dir);
  assert_int_equal(s.records, WRITERS * EACH);
  assert_int_equal(s.problems, 0);
}

/* A file that may not grow further is what a full disk looks like. */
static void full_disk_leaves_the_journal_as_it_was(void **state)
{
  const char *dir = *state;
  long long size = 0, after = 0;
  sample_append(dir, 0, 2, 1);
  assert_ok(assay_file_size(&size, journal_path(dir)));
  struct rlimit old, limit;
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
  limit = old;
  limit.rlim_cur = (rlim_t)size + 1000;
  void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
  json_t *record = sample_record(0, 3, 1);
  const int rc = assay_journal_append(dir, record);
  setrlimit(RLIMIT_FSIZE, &old);
  signal(SIGXFSZ, handler);
  assert_int_equal(rc, ASSAY_EIO);
  assert_non_null(strstr(assay_err_last(), "cannot append a record: No space left on device"));
  assert_ok(assay_file_size(&after, journal_path(dir)));
  assert_true(after == size);
  assert_ok(assay_journal_append(dir, record));
  json_decref(record);
  assert_string_equal(walk(dir).methods, "co1 po1 ");
}

static void line_longer_than_the_block_is_read(void **state)
{
  const char *dir = *state;
  enum { LONG = 3 << 20 };
  char *big = NULL;
  assert_ok(ASSAY_NEW(&big, LONG, "test"));
  memset(big, 'x', LONG - 1);
  json_t *record = sample_record(0, 2, 1);
  sample_set(record, "note", json_string(big));
  sample_append(dir, 0, 0, 1);
  assert_ok(assay_journal_append(dir, record));
  sample_append(dir, 0, 1, 1);
  assert_string_equal(walk(dir).methods, "pe1 co1 me1 ");
  json_decref(record);
  assay_free(big);
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, sample_folder, sample_cleanup)
int main(void)
{
  const struct CMUnitTest tests[] = {
      IN_FOLDER(appended_records_come_back_in_order),
      IN_FOLDER(bad_record_is_not_written),
      IN_FOLDER(torn_last_line_is_named_and_the_next_one_is_whole),
      IN_FOLDER(walk_goes_on_where_it_ended),
      IN_FOLDER(many_writers_do_not_mix_lines),
      IN_FOLDER(full_disk_leaves_the_journal_as_it_was),
      IN_FOLDER(line_longer_than_the_block_is_read),
  };
  return cmocka_run_group_tests_name("results/journal", tests, NULL, NULL);
}
