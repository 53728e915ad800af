/* One battery for every exporter: test_exporters NAME. The set is the small cavity with the three
 * subsets of CFDBench; for those that write nothing but tables, three equations. */
#include <stdlib.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "datasets/exporters/exporter.h"
#include "harness/library.h"
#include "harness/produce.h"
#include "harness/tables.h"
#include "tests/test.h"

static const struct assay_exporter *e;
static struct assay_dataset *ds;
static struct assay_table_set *tables; /* for exporters of nothing else */
static char folder[64] = "assay_export_XXXXXX";

static int make_tables(void)
{
  struct assay_table_recipe *r = NULL;
  struct assay_tables_report report;
  const struct assay_list set = {.n = 1, .item = {"rows=40"}};
  assert_ok(assay_tables_recipe(&r, "srsd/feynman-easy", &set));
  const struct assay_tables_job job = {
      .recipe = r, .path = "tables", .folder = true, .first = 2, .last = 5, .jobs = 1};
  assert_ok(assay_tables_produce(&report, &job));
  assay_table_recipe_destroy(r);
  return assay_table_set_open(&tables, "tables") < 0;
}

static int make_set(void **state)
{
  (void)state;
  struct assay_recipe *r = NULL;
  struct assay_produce_report report;
  if (!mkdtemp(folder) || chdir(folder) != 0) return 1;
  if (!(e->of & ASSAY_EXPORT_CASES)) return make_tables();
  assay_log_setup(ASSAY_LOG_ERROR, stderr); /* the set is coarser than the original */
  assert_ok(assay_library_recipe(&r, "cfdbench/cavity-tiny", NULL));
  const struct assay_produce p = {
      .recipe = r, .path = "set.nc", .last = assay_recipe_cases(r), .jobs = 1};
  assert_ok(assay_produce(&report, &p));
  assay_recipe_destroy(r);
  return assay_dataset_open(&ds, "set.nc") < 0;
}

static int remove_set(void **state)
{
  (void)state;
  assay_dataset_close(ds);
  assay_table_set_close(tables);
  return chdir("..") != 0 || assay_dir_remove(folder) < 0;
}

static void it_describes_itself(void **state)
{
  (void)state;
  assert_true(e->doc && strlen(e->doc) > 10 && e->layout && strstr(e->layout, "  "));
  assert_true(e->reference && *e->reference && e->check && e->write && e->of);
}

static int shell(const char *format, ...)
{
  char command[512];
  va_list args;
  va_start(args, format);
  vsnprintf(command, sizeof command, format, args);
  va_end(args);
  return system(command);
}

static void counts(void *user, long done, long n)
{
  long *last = user;
  assert_true(done > *last && done <= n);
  *last = done;
}

/* the same twice, nothing hidden left, nothing empty */
static void what_appears_is_whole_and_repeats(void **state)
{
  (void)state;
  long done = 0;
  struct assay_export job = {
      .ds = ds, .tables = tables, .target = "a/b", .progress = counts, .user = &done};
  const size_t before = assay_mem_in_use().blocks;
  assert_ok(assay_export_run(e, &job));
  assert_true(done >= (tables ? tables->n : assay_dataset_info(ds)->n_cases));
  job.target = "again";
  job.progress = NULL;
  assert_ok(assay_export_run(e, &job));
  assert_int_equal(shell("diff -r a/b again"), 0);
  assert_int_equal(shell("[ -z \"$(find a again -name '.*' -o -name '*tmp*' -o -empty)\" ]"), 0);
  assert_int_equal(assay_mem_in_use().blocks, before);
}

static void nothing_is_replaced_unasked(void **state)
{
  (void)state;
  struct assay_export job = {.ds = ds, .tables = tables, .target = "again"};
  assert_int_equal(shell("cp -r again kept && touch again/mine"), 0);
  assert_fails(assay_export_run(e, &job), ASSAY_EARG, "exists; --force replaces it");
  assert_int_equal(shell("rm again/mine && diff -r again kept"), 0);
  /* with force all of it is as new, and what is not of the export stays */
  assert_int_equal(
      shell("find again -name 'u*' -o -name '*.csv' -o -name 'feyn*' | xargs truncate -s 3"), 0);
  assert_int_equal(shell("touch again/mine"), 0);
  job.force = true;
  assert_ok(assay_export_run(e, &job));
  assert_int_equal(shell("rm again/mine && diff -r again kept"), 0);
}

static void a_failure_leaves_nothing(void **state)
{
  (void)state;
  struct assay_export job = {.ds = ds, .tables = tables, .target = "broken"};
  assert_int_equal(shell("touch broken"), 0); /* a file where the folder should be */
  assert_true(assay_export_run(e, &job) < 0);
  assert_int_equal(shell("[ -f broken ] && rm broken"), 0);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_describes_itself),
      cmocka_unit_test(what_appears_is_whole_and_repeats),
      cmocka_unit_test(nothing_is_replaced_unasked),
      cmocka_unit_test(a_failure_leaves_nothing),
  };
  if (argc < 2 || assay_exporter_find(&e, argv[1]) < 0) {
    fprintf(stderr, "usage: test_exporters EXPORTER\n");
    return 1;
  }
  return cmocka_run_group_tests_name(argv[1], tests, make_set, remove_set);
}
