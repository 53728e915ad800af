/* Making data sets: the same file whatever the number of workers and shards, and through every kind
 * of trouble. */
#include <sys/resource.h>
#include <sys/wait.h>

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "datasets/dataset_case.h"
#include "datasets/merge.h"
#include "tests/harness/same_files.h"
#include "tests/harness/toy_sets.h"

static void the_file_does_not_depend_on_the_workers(void **state)
{
  (void)state;
  make(twelve, "a.nc", 1);
  make(twelve, "b.nc", 2);
  make(twelve, "c.nc", 5);
  assert_same_files("a.nc", "b.nc");
  assert_same_files("a.nc", "c.nc");
  assert_good("a.nc", 12);
  assert_false(assay_file_exists("a.parts"));
  assert_true(assay_file_exists("a.journal.jsonl"));
}

static void shard(const struct assay_recipe *r, const char *path, long first, long last)
{
  struct assay_produce_report report;
  struct assay_produce p = job(r, path);
  p.first = first;
  p.last = last;
  assert_ok(assay_produce(&report, &p));
}

static int merge(const char *path, int n, const char *const *shards, bool manifest)
{
  const struct assay_merge m = {
      .path = path, .shards = shards, .n_shards = n, .manifest = manifest, .find = toy_find};
  return assay_merge(&m);
}

static void any_shards_merge_to_the_same_file(void **state)
{
  (void)state;
  struct assay_recipe *r = recipe(twelve);
  struct assay_dataset *one = NULL, *many = NULL;
  double u[16], v[16];
  char *a = NULL, *b = NULL;
  make(twelve, "whole.nc", 2);
  shard(r, "x.nc", 0, 1);
  shard(r, "y.nc", 1, 9);
  shard(r, "z.nc", 9, 12);
  assert_ok(merge("m.nc", 3, (const char *[]){"z.nc", "x.nc", "y.nc"}, false));
  assert_same_files("whole.nc", "m.nc");
  assert_ok(merge("m.json", 3, (const char *[]){"y.nc", "z.nc", "x.nc"}, true));
  assert_good("m.json", 1);
  assert_ok(assay_dataset_open(&one, "whole.nc"));
  assert_ok(assay_dataset_open(&many, "m.json"));
  assert_int_equal(assay_dataset_info(many)->n_cases, 12);
  assert_ok(assay_dataset_text(&a, one, "content_sha256"));
  assert_ok(assay_dataset_text(&b, many, "content_sha256"));
  assert_string_equal(a, b);
  for (long k = 0; k < 12; k++) {
    assert_ok(assay_dataset_read(one, u, k, 0, 3, 1));
    assert_ok(assay_dataset_read(many, v, k, 0, 3, 1));
    assert_memory_equal(u, v, sizeof u);
  }
  assay_free(a);
  assay_free(b);
  assay_dataset_close(one);
  assay_dataset_close(many);
  assay_recipe_destroy(r);
}

static void shards_that_do_not_fit_are_refused(void **state)
{
  (void)state;
  struct assay_recipe *r = recipe(twelve), *other = recipe("generator: toy\n");
  shard(r, "x.nc", 0, 5);
  shard(r, "y.nc", 4, 8);
  shard(r, "z.nc", 8, 12);
  shard(other, "o.nc", 0, 1);
  assert_fails(merge("m.nc", 2, (const char *[]){"x.nc", "y.nc"}, false), ASSAY_EARG,
               "case 4 is in x.nc and in y.nc");
  assert_fails(merge("m.nc", 2, (const char *[]){"z.nc", "x.nc"}, false), ASSAY_EARG,
               "cases 5 to 7 are in none of the shards");
  assert_fails(merge("m.nc", 2, (const char *[]){"z.nc", "o.nc"}, false), ASSAY_EARG,
               "different recipes");
  assert_false(assay_file_exists("m.nc"));
  assay_recipe_destroy(r);
  assay_recipe_destroy(other);
}

/* Cases 2 and 5 have the given trouble, the others none. */
static struct assay_recipe *troubled(int trouble)
{
  char text[512];
  snprintf(text, sizeof text,
           "generator: toy\nparams: {n: 16}\nsweep: [{kind: zip, values: {amplitude: [1, 2, 3, 4, "
           "5, 6, 7], trouble: [0, 0, %d, 0, 0, %d, 0]}}]\n"
           "splits: {all: {kind: random, train: 1}}\n",
           trouble, trouble);
  return recipe(text);
}

static void trouble_leaves_a_marked_case_in_a_whole_file(void **state)
{
  (void)state;
  static const struct {
    int trouble, frames;
    long failed;
    const char *reason;
  } rows[] = {{TOY_DIVERGES, 3, 0, "the toy diverged at 0.3 s"},
              {TOY_BLOWS_UP, 2, 0, "u is not finite in frame 2"},
              {TOY_FAILS, 0, 2, "no memory for the toy"},
              {TOY_DIES, 0, 2, "worker process ended by signal 9 (Killed)"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct assay_recipe *r = troubled(rows[i].trouble);
    struct assay_produce p = job(r, "t.nc");
    struct assay_produce_report report;
    json_t *check_report = NULL;
    const struct assay_check options = {.find = toy_find};
    p.force = true;
    assert_int_equal(assay_produce(&report, &p), ASSAY_EJOB);
    assert_int_equal(report.failed, rows[i].failed);
    assert_int_equal(report.diverged, 2 - rows[i].failed);
    assert_ok(assay_check_file(&check_report, "t.nc", &options));
    assert_true(json_is_true(json_object_get(check_report, "ok")));
    const json_t *list = json_object_get(check_report, "diverged");
    assert_int_equal(json_array_size(list), 2);
    const json_t *second = json_array_get(list, 1);
    assert_int_equal(json_integer_value(json_object_get(second, "case")), 5);
    assert_int_equal(json_integer_value(json_object_get(second, "frames")), rows[i].frames);
    assert_string_equal(json_string_value(json_object_get(second, "reason")), rows[i].reason);
    const json_t *split = json_array_get(json_object_get(check_report, "splits"), 0);
    assert_int_equal(json_integer_value(json_object_get(split, "train")), 5);
    assert_int_equal(json_integer_value(json_object_get(split, "unused")), 2);
    assert_true(assay_file_exists("t.parts") == (rows[i].failed > 0));
    json_decref(check_report);
    assay_recipe_destroy(r);
  }
}

static void a_worker_that_dies_once_costs_nothing(void **state)
{
  (void)state;
  struct assay_recipe *r = troubled(TOY_DIES_ONCE);
  struct assay_produce p = job(r, "once.nc");
  struct assay_produce_report report;
  p.jobs = 1;
  assert_ok(assay_produce(&report, &p));
  assert_true(assay_file_exists("toy-died"));
  p.path = "again.nc";
  assert_ok(assay_produce(&report, &p));
  assert_same_files("once.nc", "again.nc");
  assay_recipe_destroy(r);
}

static void failed_cases_can_be_tried_again(void **state)
{
  (void)state;
  struct assay_recipe *r = troubled(TOY_DIES_ONCE);
  struct assay_produce p = job(r, "f.nc");
  struct assay_produce_report report;
  assert_int_equal(system("mkdir toy-died && chmod 000 toy-died"), 0); /* seen: never dies */
  assert_ok(assay_produce(&report, &p));
  assert_int_equal(rename("f.nc", "good.nc"), 0);
  assay_recipe_destroy(r);
  r = troubled(TOY_DIES);
  p = job(r, "f.nc");
  assert_int_equal(assay_produce(&report, &p), ASSAY_EJOB);
  assert_non_null(strstr(assay_err_last(), "--resume tries the failed cases again"));
  p.resume = true;
  assert_int_equal(assay_produce(&report, &p), ASSAY_EJOB);
  assert_int_equal(report.reused, 5);
  assert_int_equal(report.made, 2);
  assay_recipe_destroy(r);
}

static void nothing_is_overwritten_unasked(void **state)
{
  (void)state;
  struct assay_recipe *r = recipe(twelve), *other = recipe("generator: toy\n");
  struct assay_produce p = job(r, "n.nc");
  struct assay_produce_report report;
  make(twelve, "n.nc", 2);
  assert_fails(assay_produce(&report, &p), ASSAY_EARG, "n.nc exists; --force replaces it");
  p.resume = true;
  assert_ok(assay_produce(&report, &p));
  assert_true(report.complete_before);
  p.recipe = other;
  p.last = 1;
  assert_fails(assay_produce(&report, &p), ASSAY_EARG, "made with another recipe");
  assert_int_equal(unlink("n.nc"), 0);
  assert_ok(assay_dir_make("n.parts"));
  p = job(r, "n.nc");
  assert_fails(assay_produce(&report, &p), ASSAY_EARG, "--resume goes on with it");
  p.force = true;
  assert_ok(assay_produce(&report, &p));
  assay_recipe_destroy(r);
  assay_recipe_destroy(other);
}

static void damage(const char *path)
{
  char *bytes = NULL;
  size_t n;
  assert_ok(assay_file_read(&bytes, &n, path));
  bytes[n - 300] ^= 1;
  assert_ok(assay_file_write(path, bytes, n));
  assay_free(bytes);
}

static void resume_uses_good_parts_only(void **state)
{
  (void)state;
  struct assay_recipe *r = recipe(twelve);
  struct assay_produce p = job(r, "p.nc");
  struct assay_produce_report report;
  make(twelve, "whole.nc", 2);
  p.keep_parts = true;
  assert_ok(assay_produce(&report, &p));
  assert_int_equal(unlink("p.nc") | unlink("p.parts/case-7"), 0);
  damage("p.parts/case-3");
  assert_int_equal(truncate("p.parts/case-9", 500), 0);
  assert_ok(assay_file_write("p.parts/case-1.tmp-12345", "half", 4));
  p.resume = true;
  assay_log_setup(ASSAY_LOG_ERROR, stderr);
  assert_ok(assay_produce(&report, &p));
  assert_int_equal(report.reused, 9);
  assert_int_equal(report.made, 3);
  assert_same_files("whole.nc", "p.nc");
  assert_false(assay_file_exists("p.parts/case-1.tmp-12345"));
  assay_recipe_destroy(r);
}

static void resume_refuses_other_recipes(void **state)
{
  (void)state;
  struct assay_recipe *r = recipe(twelve);
  struct assay_produce p = job(r, "p.nc");
  struct assay_produce_report report;
  char text[sizeof twelve];
  p.keep_parts = true;
  assert_ok(assay_produce(&report, &p));
  assert_int_equal(unlink("p.nc"), 0);
  memcpy(text, twelve, sizeof text);
  *strstr(text, "7") = '8';
  struct assay_recipe *other = recipe(text);
  p.recipe = other;
  p.resume = true;
  assert_fails(assay_produce(&report, &p), ASSAY_EARG, "'seed: 7' there, 'seed: 8' now");
  assert_false(assay_file_exists("p.nc"));
  assay_recipe_destroy(r);
  assay_recipe_destroy(other);
}

/* In a process of its own, whose files may not grow beyond `limit` bytes. */
static void run_limited(rlim_t limit, int expected_rc, const char *expected)
{
  fflush(NULL);
  const pid_t pid = fork();
  if (pid == 0) {
    const struct rlimit r = {limit, limit};
    struct assay_recipe *recipe_ = recipe(twelve);
    struct assay_produce p = job(recipe_, "full.nc");
    struct assay_produce_report report;
    signal(SIGXFSZ, SIG_DFL);
    setrlimit(RLIMIT_FSIZE, &r);
    const int rc = assay_produce(&report, &p);
    const bool good = rc == expected_rc && strstr(assay_err_last(), expected);
    if (!good) fprintf(stderr, "# rc %d, message '%s'\n", rc, assay_err_last());
    _exit(good ? 0 : 1);
  }
  int status = 1;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  assert_int_equal(status, 0);
}

static void a_full_disk_stops_the_run_and_leaves_nothing_half(void **state)
{
  (void)state;
  long long size = 0;
  make(twelve, "whole.nc", 1);
  assert_ok(assay_file_size(&size, "whole.nc"));
  run_limited(1500, ASSAY_EIO, "File too large"); /* not even one part */
  assert_false(assay_file_exists("full.nc") || assay_file_exists("full.parts"));
  /* room for parts, but not for the file */
  run_limited((rlim_t)size - 500, ASSAY_EIO, "12 of 12 cases are kept in full.parts");
  assert_false(assay_file_exists("full.nc"));
  assert_int_not_equal(system("ls full*tmp* full.parts/*tmp* >/dev/null 2>&1"), 0);
  struct assay_recipe *r = recipe(twelve);
  struct assay_produce p = job(r, "full.nc");
  struct assay_produce_report report;
  p.resume = true;
  assert_ok(assay_produce(&report, &p));
  assert_int_equal(report.reused, 12);
  assay_recipe_destroy(r);
  assert_same_files("whole.nc", "full.nc");
}

static void everything_is_freed(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(the_file_does_not_depend_on_the_workers, clean),
      cmocka_unit_test_setup(any_shards_merge_to_the_same_file, clean),
      cmocka_unit_test_setup(shards_that_do_not_fit_are_refused, clean),
      cmocka_unit_test_setup(trouble_leaves_a_marked_case_in_a_whole_file, clean),
      cmocka_unit_test_setup(a_worker_that_dies_once_costs_nothing, clean),
      cmocka_unit_test_setup(failed_cases_can_be_tried_again, clean),
      cmocka_unit_test_setup(nothing_is_overwritten_unasked, clean),
      cmocka_unit_test_setup(resume_uses_good_parts_only, clean),
      cmocka_unit_test_setup(resume_refuses_other_recipes, clean),
      cmocka_unit_test_setup(a_full_disk_stops_the_run_and_leaves_nothing_half, clean),
      cmocka_unit_test_setup(everything_is_freed, clean),
  };
  char folder[] = "test_produce-XXXXXX";
  assay_log_setup(ASSAY_LOG_ERROR, stderr);
  if (!mkdtemp(folder) || chdir(folder) != 0) return 1;
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  if (chdir("..") == 0) assay_dir_remove(folder);
  return failed;
}
