/* Packed journals: the same answers as the plain one, never written, damage is told. */
#include "results/packed.h"

#include <limits.h>
#include <unistd.h>
#include <zlib.h>

#include "core/base/mem.h"
#include "results/store.h"
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

/* Replace the plain journal by a packed one. */
static void pack(const char *dir)
{
  char *text = NULL;
  size_t size = 0;
  assert_ok(assay_file_read(&text, &size, file_of(dir, ASSAY_JOURNAL_NAME)));
  gzFile to = gzopen(file_of(dir, ASSAY_PACKED_NAME), "wb");
  assert_non_null(to);
  assert_int_equal(gzwrite(to, text, (unsigned)size), (int)size);
  assert_int_equal(gzclose(to), Z_OK);
  assay_free(text);
  assert_int_equal(unlink(file_of(dir, ASSAY_JOURNAL_NAME)), 0);
}

/* All current records as one text, the index freshly built or not. */
static void answers(char *out, size_t size, const char *dir, enum assay_store_state state)
{
  struct assay_store *store = NULL;
  struct assay_record **records = NULL;
  const struct assay_store_filter all = {0};
  int n = 0;
  assert_ok(assay_store_open(&store, dir, false));
  assert_int_equal(assay_store_info(store)->state, state);
  assert_ok(assay_store_select(&records, &n, store, &all));
  *out = '\0';
  for (int i = 0; i < n; i++) {
    const size_t used = strlen(out);
    snprintf(out + used, size - used, "%ld %s %s %lld\n", records[i]->line, records[i]->key.task,
             records[i]->key.method, (long long)records[i]->key.seed);
  }
  assert_true(n > 8);
  assay_store_release(records, n);
  assay_store_close(store);
}

static void packed_journal_gives_the_same_answers(void **state)
{
  const char *dir = *state;
  static char plain[8000], packed[8000];
  sample_journal(dir);
  answers(plain, sizeof plain, dir, ASSAY_STORE_BUILT);
  pack(dir);
  assert_true(assay_journal_is_packed(dir));
  answers(packed, sizeof packed, dir, ASSAY_STORE_FRESH); /* the index covers the same bytes */
  assert_string_equal(packed, plain);
  assert_int_equal(unlink(file_of(dir, ASSAY_STORE_NAME)), 0);
  answers(packed, sizeof packed, dir, ASSAY_STORE_BUILT);
  assert_string_equal(packed, plain);
  assert_false(assay_file_exists(file_of(dir, ASSAY_JOURNAL_NAME)));
}

static void packed_journal_is_never_written(void **state)
{
  const char *dir = *state;
  sample_append(dir, 0, 2, 1);
  pack(dir);
  json_t *json = sample_record(0, 3, 1);
  assert_fails(assay_journal_append(dir, json), ASSAY_EARG, "its journal is packed");
  json_decref(json);
  assert_false(assay_file_exists(file_of(dir, ASSAY_JOURNAL_NAME)));
}

static int count_line(void *context, const struct assay_journal_line *line)
{
  assert_non_null(line->record);
  ++*(int *)context;
  return ASSAY_OK;
}

static void plain_journal_comes_first(void **state)
{
  const char *dir = *state;
  int n = 0;
  sample_append(dir, 0, 2, 1);
  pack(dir);
  char *text = NULL;
  size_t size = 0;
  assert_ok(assay_file_read(&text, &size, file_of(dir, ASSAY_PACKED_NAME)));
  assert_int_equal(unlink(file_of(dir, ASSAY_PACKED_NAME)), 0);
  sample_append(dir, 0, 2, 1);
  sample_append(dir, 0, 3, 1);
  assert_ok(assay_file_write(file_of(dir, ASSAY_PACKED_NAME), text, size));
  assay_free(text);
  assert_false(assay_journal_is_packed(dir));
  assert_ok(assay_journal_walk(dir, 0, 0, NULL, NULL, count_line, &n));
  assert_int_equal(n, 2);
}

/* Two packed parts one behind the other are one journal, as for gunzip. */
static void parts_are_joined(void **state)
{
  const char *dir = *state;
  static char plain[8000], packed[8000];
  char *first = NULL, *text = NULL;
  size_t n_first = 0, size = 0;
  sample_journal(dir);
  answers(plain, sizeof plain, dir, ASSAY_STORE_BUILT);
  assert_ok(assay_file_read(&text, &size, file_of(dir, ASSAY_JOURNAL_NAME)));
  const size_t half = size / 2 - 7; /* in the middle of a line */
  assert_ok(assay_file_write(file_of(dir, ASSAY_JOURNAL_NAME), text, half));
  pack(dir);
  assert_ok(assay_file_read(&first, &n_first, file_of(dir, ASSAY_PACKED_NAME)));
  assert_ok(assay_file_write(file_of(dir, ASSAY_JOURNAL_NAME), text + half, size - half));
  pack(dir);
  assay_free(text);
  assert_ok(assay_file_read(&text, &size, file_of(dir, ASSAY_PACKED_NAME)));
  FILE *both = fopen(file_of(dir, ASSAY_PACKED_NAME), "wb");
  assert_non_null(both);
  assert_int_equal(fwrite(first, 1, n_first, both), n_first);
  assert_int_equal(fwrite(text, 1, size, both), size);
  assert_int_equal(fclose(both), 0);
  assay_free(text);
  assay_free(first);
  answers(packed, sizeof packed, dir, ASSAY_STORE_FRESH);
  assert_string_equal(packed, plain);
}

/* The first keep bytes of a packed journal, one of them other than it was. */
struct damage {
  long keep, flip; /* counted from the end where negative; flip 0: none */
  const char *message;
};

static void damaged_ones_are_refused(void **state)
{
  static const struct damage all[] = {
      {-237, 0, "journal.jsonl.gz: cannot unpack: unexpected end of file"},
      {-3, 0, "journal.jsonl.gz: cannot unpack: unexpected end of file"}, /* inside the length */
      {5, 0, "journal.jsonl.gz: cannot unpack: unexpected end of file"},  /* inside the header */
      {LONG_MAX, -6, "journal.jsonl.gz: cannot unpack: incorrect data check"},
      {LONG_MAX, -2, "journal.jsonl.gz: cannot unpack: incorrect length check"},
      {LONG_MAX, 2, "journal.jsonl.gz: cannot unpack: unknown compression method"},
      {LONG_MAX, 1, "journal.jsonl.gz: is not packed by gzip"},
      {0, 0, "journal.jsonl.gz: is not packed by gzip"},
  };
  const char *dir = *state;
  const char *path = file_of(dir, ASSAY_PACKED_NAME);
  FILE *in = NULL;
  struct assay_store *store = NULL;
  char *text = NULL;
  size_t size = 0;
  sample_journal(dir);
  pack(dir);
  assert_ok(assay_file_read(&text, &size, path));
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    const struct damage *d = &all[i];
    char *at = d->flip ? text + d->flip + (d->flip < 0 ? (long)size : 0) : NULL;
    const long keep = d->keep < 0 ? (long)size + d->keep : d->keep;
    if (at) *at ^= 0x21;
    assert_ok(assay_file_write(path, text, keep < (long)size ? (size_t)keep : size));
    if (at) *at ^= 0x21;
    assert_fails(assay_journal_read(&in, dir), ASSAY_ECORRUPT, d->message);
    assert_null(in);
    assert_fails(assay_store_open(&store, dir, false), ASSAY_ECORRUPT, d->message);
    assert_null(store);
  }
  assay_free(text);
  assert_int_equal(unlink(path), 0);
  assert_fails(assay_journal_read(&in, dir), ASSAY_ENOTFOUND, "no results here");
}

static void runs_ask_first(void **state)
{
  const char *dir = *state;
  assert_ok(assay_journal_check_open(dir)); /* nothing there yet */
  sample_append(dir, 0, 2, 1);
  assert_ok(assay_journal_check_open(dir));
  pack(dir);
  assert_fails(assay_journal_check_open(dir), ASSAY_EARG, "gunzip");
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, sample_folder, sample_cleanup)
int main(void)
{
  const struct CMUnitTest tests[] = {
      IN_FOLDER(packed_journal_gives_the_same_answers),
      IN_FOLDER(packed_journal_is_never_written),
      IN_FOLDER(plain_journal_comes_first),
      IN_FOLDER(parts_are_joined),
      IN_FOLDER(damaged_ones_are_refused),
      IN_FOLDER(runs_ask_first),
  };
  return cmocka_run_group_tests_name("results/packed", tests, NULL, NULL);
}
