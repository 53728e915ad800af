/* The site: whole, consistent, the same every time, and safe against what is in the records. */
#include "results/report/report.h"

#include <ctype.h>
#include <dirent.h>
#include <sys/stat.h>

#include "core/base/log.h"
#include "core/base/mem.h"
#include "results/store.h"
#include "tests/results/sample.h"
#include "tests/test.h"

enum { NAME = 257 };

struct bench {
  struct assay_store *store;
  struct assay_record **records;
  struct assay_ranking *ranking;
  int n;
  char site[128];
};

static void open_bench(struct bench *b, const char *dir)
{
  const struct assay_store_filter all = {0};
  const struct assay_ranking_options options = {.resamples = 500};
  assert_ok(assay_store_open(&b->store, dir, false));
  assert_ok(assay_store_select(&b->records, &b->n, b->store, &all));
  assert_ok(assay_ranking_create(&b->ranking, b->records, b->n, &options));
  snprintf(b->site, sizeof b->site, "%s/site", dir);
}

static void close_bench(struct bench *b)
{
  assay_ranking_destroy(b->ranking);
  assay_store_release(b->records, b->n);
  assay_store_close(b->store);
}

/* ---- artists ---- */

static int good_artist(void *context, const struct assay_record *record, int k, const char *path,
                       char *caption, size_t size)
{
  int *drawn = context;
  char text[64];
  (*drawn)++;
  snprintf(caption, size, "seed <%lld>", (long long)record->key.seed);
  snprintf(text, sizeof text, "a picture of %s %d", record->key.method, k);
  return assay_file_write(path, text, strlen(text));
}

static int blind_artist(void *context, const struct assay_record *record, int k, const char *path,
                        char *caption, size_t size)
{
  (void)context, (void)record, (void)k, (void)path, (void)caption, (void)size;
  return assay_err_set(ASSAY_ENOTFOUND, __FILE__, __LINE__, "pred.nc is <gone>");
}

static int starving_artist(void *context, const struct assay_record *record, int k,
                           const char *path, char *caption, size_t size)
{
  (void)context, (void)record, (void)k, (void)path, (void)caption, (void)size;
  return assay_err_set(ASSAY_ENOMEM, __FILE__, __LINE__, "no memory for a picture");
}

static void write_site(struct bench *b, const struct assay_report_artist *artist)
{
  const struct assay_report_options options = {
      .title = "demo & more", .repeat = "assay report -o site", .artist = artist};
  assert_ok(assay_report_write(b->site, b->ranking, &options));
}

/* ---- looking at a site ---- */

static char *read_page(const char *site, const char *name)
{
  char *path = NULL, *text = NULL;
  assert_ok(assay_asprintf(&path, "%s/%s", site, name));
  assert_ok(assay_file_read(&text, NULL, path));
  assay_free(path);
  return text;
}

static bool is_void(const char *tag)
{
  static const char *const names[] = {"meta", "link", "br", "img", "!DOCTYPE", NULL};
  for (int i = 0; names[i]; i++)
    if (strcmp(names[i], tag) == 0) return true;
  return false;
}

/* Every element that is opened is closed, in order. */
static void check_nesting(const char *page, const char *name)
{
  char open[64][32], tag[32];
  int depth = 0;
  for (const char *p = page; (p = strchr(p, '<')); p++) {
    const bool closing = p[1] == '/';
    snprintf(tag, sizeof tag, "%.*s", (int)strcspn(p + 1 + closing, " >/\n"), p + 1 + closing);
    const char *end = strchr(p, '>');
    if (!end) fail_msg("%s: a tag does not end: %.60s", name, p);
    if (is_void(tag) || end[-1] == '/') continue;
    if (!closing) {
      assert_true(depth < 64);
      memcpy(open[depth++], tag, sizeof tag);
    } else if (depth == 0 || strcmp(open[--depth], tag) != 0) {
      fail_msg("%s: </%s> closes <%s>: %.80s", name, tag, open[depth], p - 40);
    }
  }
  if (depth != 0) fail_msg("%s: <%s> is never closed", name, open[depth - 1]);
}

/* href and src lead to files of the site, anchors to ids of that page. */
static void check_links(const char *site, const char *page, const char *name)
{
  static const char *const attributes[] = {"href=\"", "src=\""};
  for (int a = 0; a < 2; a++) {
    for (const char *p = page; (p = strstr(p, attributes[a]));) {
      char target[256], id[300];
      p += strlen(attributes[a]);
      snprintf(target, sizeof target, "%.*s", (int)strcspn(p, "\""), p);
      char *hash = strchr(target, '#');
      if (hash) *hash = '\0';
      assert_null(strstr(target, "://"));
      char *text = *target ? read_page(site, target) : NULL;
      snprintf(id, sizeof id, "id=\"%s\"", hash ? hash + 1 : "main");
      if (hash && !strstr(text ? text : page, id)) fail_msg("%s: no %s", name, id);
      assay_free(text);
    }
  }
}

static int count(const char *text, const char *part)
{
  int n = 0;
  for (const char *p = text; (p = strstr(p, part)); p += strlen(part)) n++;
  return n;
}

/* Names of the pages of a site, sorted by nothing; returns how many. */
static int list_pages(char names[32][NAME], const char *site)
{
  int n = 0;
  DIR *folder = opendir(site);
  assert_non_null(folder);
  for (struct dirent *entry; (entry = readdir(folder));)
    if (strstr(entry->d_name, ".html")) snprintf(names[n++], NAME, "%s", entry->d_name);
  closedir(folder);
  return n;
}

static void nothing_half_made_is_left(const char *dir)
{
  DIR *folder = opendir(dir);
  for (struct dirent *entry; (entry = readdir(folder));)
    if (strstr(entry->d_name, ".tmp-") || strstr(entry->d_name, ".old-"))
      fail_msg("%s is left behind", entry->d_name);
  closedir(folder);
}

/* ---- tests ---- */

static void pages_are_whole_and_linked(void **state)
{
  struct bench b;
  int drawn = 0;
  const struct assay_report_artist artist = {good_artist, &drawn};
  char names[32][NAME];
  sample_journal(*state);
  open_bench(&b, *state);
  write_site(&b, &artist);
  assert_int_equal(drawn, 3 * (5 + 3)); /* knn failed on the second task */
  const int n = list_pages(names, b.site);
  assert_int_equal(n, 3);
  for (int i = 0; i < n; i++) {
    char *page = read_page(b.site, names[i]);
    check_nesting(page, names[i]);
    check_links(b.site, page, names[i]);
    assert_int_equal(count(page, "<img "), count(page, " alt=\""));
    assert_int_equal(count(page, "role=\"img\""), count(page, "role=\"img\" "));
    assert_int_equal(count(page, "role=\"img\""),
                     count(page, "aria-label=\"") - 1); /* and the nav */
    assay_free(page);
  }
  nothing_half_made_is_left(*state);
  close_bench(&b);
}

static void page_of_a_task_shows_all_that_is_asked_of_it(void **state)
{
  struct bench b;
  int drawn = 0;
  const struct assay_report_artist artist = {good_artist, &drawn};
  sample_journal(*state);
  open_bench(&b, *state);
  write_site(&b, &artist);
  char *page = read_page(b.site, "task-cavity-operator.html");
  static const char *const parts[] = {
      "<title>cavity-operator · demo &amp; more</title>",
      "id=\"leaderboard\"",
      "id=\"leads\"",
      "id=\"cost\"",
      "id=\"cases\"",
      "id=\"pictures\"",
      "id=\"scores\"",
      "id=\"failures\"",
      "id=\"repeat\"",
      "id=\"data\"",
      "id=\"provenance\"",
      "<code>assay run --task cavity-operator --method knn --seed 2</code>",
      "ValueError: could not broadcast &lt;input&gt; array",
      "<code class=\"hash\">d1f3a55e77</code>",
      "assay generate cavity-small -o cavity-small.nc",
      "gcc 12.2.0",
      "fftw 3.3.10",
      "src=\"img/cavity-operator/pod-dmd-worst.png\"",
      "seed &lt;1&gt;",
      "the truth itself",
      "<span class=\"tag\" title=\"learns nothing",
      "href=\"data/cavity-operator-cases.csv\""};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (!strstr(page, parts[i])) fail_msg("the page does not have: %s", parts[i]);
  assert_null(strstr(page, "http://fonts"));
  assay_free(page);
  /* 3 finished methods x 2 seeds x 24 cases x 8 scores, and a head */
  char *csv = read_page(b.site, "data/cavity-operator-cases.csv");
  assert_int_equal(count(csv, "\n"), 1 + 3 * 2 * SAMPLE_CASES * 8);
  assay_free(csv);
  close_bench(&b);
}

static void read_all(char *out, size_t size, const char *site)
{
  static const char *const names[] = {"index.html",
                                      "task-cavity-forecast.html",
                                      "task-cavity-operator.html",
                                      "data/ranking.json",
                                      "data/ranking.csv",
                                      "data/cavity-forecast-cases.csv",
                                      "site.css",
                                      "site.js"};
  *out = '\0';
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char *page = read_page(site, names[i]);
    const size_t used = strlen(out);
    assert_true(used + strlen(page) + 1 < size);
    memcpy(out + used, page, strlen(page) + 1);
    assay_free(page);
  }
}

static void same_journal_gives_the_same_bytes(void **state)
{
  enum { ROOM = 1 << 22 };
  static char first[ROOM], second[ROOM];
  struct bench b;
  sample_journal(*state);
  open_bench(&b, *state);
  write_site(&b, NULL);
  read_all(first, ROOM, b.site);
  close_bench(&b);
  open_bench(&b, *state);
  write_site(&b, NULL); /* replaces the first */
  read_all(second, ROOM, b.site);
  close_bench(&b);
  assert_true(strlen(first) > 100000);
  assert_string_equal(first, second);
  nothing_half_made_is_left(*state);
}

static const char hostile[] = "<script>alert('x')</script>\" onload=bad '><img src=q onerror=z>";

/* The same text in every place of a record that a page may show. */
static void append_hostile(const char *dir, int failed)
{
  json_t *json = sample_record(0, failed ? 4 : 2, 7), *label = NULL;
  json_t *key = json_object_get(json, "key");
  size_t i;
  sample_set(key, "method", json_string(hostile));
  sample_set(key, "task", json_string(hostile));
  if (failed) sample_set(key, "method", json_string("other"));
  sample_set(json, "command", json_string(hostile));
  json_t *labels = json_object_get(json_object_get(json, "cases"), "labels");
  json_array_foreach(labels, i, label) json_array_set_new(labels, i, json_string(hostile));
  sample_set(json_object_get(json, "leads"), "label", json_string(hostile));
  sample_set(json_object_get(json, "leads"), "unit", json_string(hostile));
  sample_set(json_object_get(json, "task"), "title", json_string(hostile));
  sample_set(json_object_get(json, "task"), "kind", json_string(hostile));
  sample_set(json_object_get(json, "method"), "doc", json_string(hostile));
  sample_set(json_object_get(json, "method"), "flags", json_pack("[s]", hostile));
  sample_set(json_object_get(json, "method"), "version", json_string(hostile));
  json_t *dataset = json_object_get(json, "dataset");
  sample_set(dataset, "name", json_string(hostile));
  sample_set(dataset, "regenerate", json_string(hostile));
  sample_set(dataset, "fields", json_pack("[{s:s, s:s}]", "name", hostile, "unit", hostile));
  sample_set(json_object_get(json, "provenance"), hostile, json_string(hostile));
  sample_set(json_object_get(json, "provenance"), "libraries",
             json_pack("{s:s}", hostile, hostile));
  json_t *metric = json_object_get(json_object_get(json, "scores"), "vrmse");
  if (metric) {
    sample_set(metric, "doc", json_string(hostile));
    sample_set(metric, "unit", json_string(hostile));
    sample_set(json_object_get(metric, "fields"), hostile,
               json_incref(json_object_get(json_object_get(metric, "fields"), "u")));
    json_object_del(json_object_get(metric, "fields"), "u");
  }
  if (failed) {
    json_object_set_new(json, "status", json_string("failed"));
    sample_set(json, "failure",
               json_pack("{s:s, s:s, s:s, s:[s]}", "reason", hostile, "kind", hostile, "phase",
                         hostile, "output", hostile));
  }
  assert_ok(assay_journal_append(dir, json));
  json_decref(json);
}

static void hostile_records_stay_text(void **state)
{
  struct bench b;
  int drawn = 0;
  const struct assay_report_artist artist = {good_artist, &drawn};
  char names[32][NAME];
  append_hostile(*state, 0);
  append_hostile(*state, 1);
  open_bench(&b, *state);
  write_site(&b, &artist);
  const int n = list_pages(names, b.site);
  assert_int_equal(n, 2);
  int seen = 0;
  for (int i = 0; i < n; i++) {
    char *page = read_page(b.site, names[i]);
    assert_null(strstr(page, "<script>alert"));
    assert_null(strstr(page, "<img src=q"));
    assert_null(strstr(page, "\" onload=bad"));
    seen += count(page, "&lt;script&gt;alert(");
    check_nesting(page, names[i]);
    check_links(b.site, page, names[i]);
    assay_free(page);
  }
  assert_true(seen > 60);
  close_bench(&b);
}

static void missing_pictures_say_why(void **state)
{
  struct bench b;
  const struct assay_report_artist artist = {blind_artist, NULL};
  sample_journal(*state);
  open_bench(&b, *state);
  write_site(&b, &artist);
  char *page = read_page(b.site, "task-cavity-forecast.html");
  assert_int_equal(count(page, "No picture: pred.nc is &lt;gone&gt;."), 15);
  assert_null(strstr(page, "<img "));
  assay_free(page);
  close_bench(&b);
}

static void failure_leaves_the_older_site_and_nothing_else(void **state)
{
  struct bench b;
  const struct assay_report_artist artist = {starving_artist, NULL};
  const struct assay_report_options options = {.title = "t", .artist = &artist};
  sample_journal(*state);
  open_bench(&b, *state);
  assert_fails(assay_report_write(b.site, b.ranking, &options), ASSAY_ENOMEM,
               "no memory for a picture");
  assert_false(assay_file_exists(b.site));
  write_site(&b, NULL);
  assert_fails(assay_report_write(b.site, b.ranking, &options), ASSAY_ENOMEM,
               "no memory for a picture");
  char *page = read_page(b.site, "index.html");
  assert_non_null(strstr(page, "demo &amp; more"));
  assay_free(page);
  nothing_half_made_is_left(*state);
  close_bench(&b);
}

static void folder_of_something_else_is_refused(void **state)
{
  struct bench b;
  char file[256], *text = NULL;
  const struct assay_report_options options = {.title = "t"};
  sample_journal(*state);
  open_bench(&b, *state);
  assert_int_equal(mkdir(b.site, 0755), 0);
  write_site(&b, NULL); /* an empty folder is fine */
  assert_ok(assay_dir_remove(b.site));
  assert_int_equal(mkdir(b.site, 0755), 0);
  snprintf(file, sizeof file, "%s/thesis.tex", b.site);
  assert_ok(assay_file_write(file, "years of work", 13));
  assert_fails(assay_report_write(b.site, b.ranking, &options), ASSAY_EARG,
               "exists and is no report");
  assert_ok(assay_file_read(&text, NULL, file));
  assert_string_equal(text, "years of work");
  assay_free(text);
  assert_fails(assay_report_write("", b.ranking, &options), ASSAY_EARG, "a folder for the report");
  snprintf(file, sizeof file, "%s/thesis.tex/site", b.site);
  assert_fails(assay_report_write(file, b.ranking, &options), ASSAY_EIO, "thesis.tex");
  close_bench(&b);
}

static void nothing_leaks(void **state)
{
  const size_t before = assay_mem_in_use().blocks;
  failure_leaves_the_older_site_and_nothing_else(state);
  missing_pictures_say_why(state);
  assert_int_equal(assay_mem_in_use().blocks, before);
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, sample_folder, sample_cleanup)
int main(void)
{
  assay_log_setup(ASSAY_LOG_ERROR, stderr);
  const struct CMUnitTest tests[] = {
      IN_FOLDER(pages_are_whole_and_linked),
      IN_FOLDER(page_of_a_task_shows_all_that_is_asked_of_it),
      IN_FOLDER(same_journal_gives_the_same_bytes),
      IN_FOLDER(hostile_records_stay_text),
      IN_FOLDER(missing_pictures_say_why),
      IN_FOLDER(failure_leaves_the_older_site_and_nothing_else),
      IN_FOLDER(folder_of_something_else_is_refused),
      IN_FOLDER(nothing_leaks),
  };
  return cmocka_run_group_tests_name("results/report", tests, NULL, NULL);
}
