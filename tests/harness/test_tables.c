/* Making, keeping and reading tables: the same bytes whatever the workers, through every kind of
 * trouble, and what is damaged is noticed. */
#include "harness/tables.h"

#include <netcdf.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "datasets/exporters/exporter.h"
#include "tests/test.h"

static char folder[64] = "assay_tables_XXXXXX";

static int enter(void **state)
{
  (void)state;
  assay_log_setup(ASSAY_LOG_ERROR, stderr);
  return !mkdtemp(folder) || chdir(folder) != 0;
}

static int leave(void **state)
{
  (void)state;
  return chdir("..") != 0 || assay_dir_remove(folder) < 0;
}

static int clean(void **state)
{
  (void)state;
  const struct assay_mem_use use = assay_mem_in_use();
  if (use.blocks > 0) print_error("%zu blocks left, of '%s'\n", use.blocks, use.oldest);
  return system("rm -rf ./*") != 0 || use.blocks > 0;
}

static struct assay_table_recipe *recipe(const char *name, const char *set)
{
  struct assay_table_recipe *r = NULL;
  const struct assay_list list = {.n = 1, .item = {set}};
  assert_ok(assay_tables_recipe(&r, name, &list));
  assert_non_null(r);
  return r;
}

static struct assay_tables_job job_of(const struct assay_table_recipe *r, const char *path)
{
  const int n = assay_table_recipe_count(r);
  return (struct assay_tables_job){
      .recipe = r, .path = path, .folder = n > 1, .last = n, .jobs = 1};
}

static int shell(const char *command)
{
  const int status = system(command);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* ---- the same bytes ------------------------------------------------------------------------- */

static void workers_do_not_matter(void **state)
{
  (void)state;
  struct assay_tables_report report;
  struct assay_table_recipe *r = recipe("srsd/feynman-easy_dummy", "rows=300");
  struct assay_tables_job job = job_of(r, "one");
  assert_ok(assay_tables_produce(&report, &job));
  assert_int_equal(report.made, 30);
  job.path = "three";
  job.jobs = 3;
  assert_ok(assay_tables_produce(&report, &job));
  assert_int_equal(shell("diff -r one three"), 0);
  assert_int_equal(shell("test -f one/set.json && test $(ls one | wc -l) = 31"), 0);
  assay_table_recipe_destroy(r);
}

static void a_single_table_is_that_of_the_set(void **state)
{
  (void)state;
  struct assay_tables_report report;
  struct assay_table_recipe *set = recipe("srsd/feynman-easy", "rows=300");
  struct assay_table_recipe *one = recipe("srsd/feynman-i.18.12", "rows=300");
  struct assay_tables_job job = job_of(set, "set");
  assert_ok(assay_tables_produce(&report, &job));
  job = job_of(one, "one.nc");
  assert_false(job.folder);
  assert_ok(assay_tables_produce(&report, &job));
  assert_int_equal(shell("cmp one.nc set/feynman-i.18.12.nc"), 0);
  assay_table_recipe_destroy(set);
  assay_table_recipe_destroy(one);
}

/* ---- interruptions -------------------------------------------------------------------------- */

static void what_is_there_is_used_again(void **state)
{
  (void)state;
  struct assay_tables_report report;
  struct assay_table_recipe *r = recipe("srsd/feynman-medium", "rows=300");
  struct assay_tables_job job = job_of(r, "whole");
  assert_ok(assay_tables_produce(&report, &job));
  /* as after a kill: no manifest, a table missing, one cut short, a temporary file */
  assert_int_equal(shell("cp -r whole part && cd part && rm set.json feynman-i.8.14.nc && "
                         "truncate -s 5000 feynman-i.10.7.nc && touch x.nc.tmp-77"),
                   0);
  job.path = "part";
  assert_fails(assay_tables_produce(&report, &job), ASSAY_EARG, "exists; --force");
  job.resume = true;
  assay_log_setup(ASSAY_LOG_ERROR, stderr);
  assert_ok(assay_tables_produce(&report, &job));
  assert_int_equal(report.made, 2);
  assert_int_equal(report.reused, 38);
  assert_int_equal(shell("diff -r whole part"), 0);
  assay_table_recipe_destroy(r);
}

static void a_killed_run_is_gone_on_with(void **state)
{
  (void)state;
  struct assay_tables_report report;
  struct assay_table_recipe *r = recipe("srsd/feynman-hard", "rows=2000");
  struct assay_tables_job job = job_of(r, "killed");
  const pid_t child = fork();
  if (child == 0) {
    job.jobs = 2;
    assay_tables_produce(&report, &job);
    _exit(0);
  }
  while (shell("test -e killed && ls killed | grep -q '[.]nc$'") != 0) usleep(2000);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  job.resume = true;
  int rc = ASSAY_EARG; /* its workers die with it, but not at once: they still hold the folder */
  for (int i = 0; i < 600 && rc == ASSAY_EARG; i++) {
    usleep(50000);
    rc = assay_tables_produce(&report, &job);
  }
  assert_ok(rc);
  assert_int_equal(report.made + report.reused, 50);
  job.path = "whole";
  assert_ok(assay_tables_produce(&report, &job));
  assert_int_equal(shell("diff -r whole killed"), 0);
  assay_table_recipe_destroy(r);
}

static void another_recipe_is_not_mixed_in(void **state)
{
  (void)state;
  struct assay_tables_report report;
  struct assay_table_recipe *r = recipe("srsd/feynman-easy", "rows=100");
  struct assay_table_recipe *other = recipe("srsd/feynman-easy", "seed=2");
  struct assay_tables_job job = job_of(r, "set");
  job.last = 3;
  assert_ok(assay_tables_produce(&report, &job));
  job.recipe = other;
  job.resume = true;
  assert_fails(assay_tables_produce(&report, &job), ASSAY_EARG, "made from another recipe");
  job.resume = false;
  job.force = true;
  job.last = 2;
  assert_ok(assay_tables_produce(&report, &job));
  assert_int_equal(shell("test $(ls set | wc -l) = 3"), 0);
  assay_table_recipe_destroy(r);
  assay_table_recipe_destroy(other);
}

/* Rows that can hardly be had: log(0) in all of them. */
static void what_cannot_be_made_is_said(void **state)
{
  (void)state;
  struct assay_tables_report report;
  struct assay_table_recipe *r = NULL;
  assert_int_equal(
      shell("printf 'id\\tdifficulty\\ttarget\\tinputs\\texpression\\ttruth\\treference\\tnotes\\n"
            "good\\t-\\tF [N]\\ta [N] uniform pos 1 2\\tx0\\t-\\t-\\t-\\n"
            "bad\\t-\\tF [N]\\ta [N] uniform pos 1 2\\tlog(x0 - x0)\\t-\\t-\\t-\\n' > mine.tsv; "
            "printf 'equations: mine.tsv\\nseed: 4\\n' > mine.yaml"),
      0);
  assert_ok(assay_tables_recipe(&r, "./mine.yaml", NULL));
  struct assay_tables_job job = job_of(r, "mine");
  job.jobs = 2;
  assay_log_setup(ASSAY_LOG_ERROR, stderr);
  assert_fails(assay_tables_produce(&report, &job), ASSAY_EJOB,
               "1 of 2 tables could not be made: equation bad: bad: only 0 of");
  assert_int_equal(shell("test -f mine/good.nc && ! test -e mine/set.json"), 0);
  assay_table_recipe_destroy(r);
}

/* ---- reading -------------------------------------------------------------------------------- */

static void damage_is_noticed(void **state)
{
  (void)state;
  struct assay_tables_report report;
  struct assay_table_set *set = NULL;
  struct assay_table *t = NULL;
  int nc, var;
  struct assay_table_recipe *r = recipe("srsd/feynman-easy", "rows=100");
  struct assay_tables_job job = job_of(r, "set");
  job.last = 3;
  assert_ok(assay_tables_produce(&report, &job));
  assert_ok(assay_table_set_open(&set, "set"));
  assert_int_equal(set->n, 3);
  assert_ok(assay_table_set_read(&t, set, 1));
  assay_table_destroy(t);
  /* one number changed */
  assert_int_equal(nc_open("set/feynman-i.12.4.nc", NC_WRITE, &nc), NC_NOERR);
  assert_int_equal(nc_inq_varid(nc, "y", &var), NC_NOERR);
  const size_t at = 57;
  const double value = 2.385;
  assert_int_equal(nc_put_var1_double(nc, var, &at, &value), NC_NOERR);
  nc_close(nc);
  assert_fails(assay_table_set_read(&t, set, 1), ASSAY_ECORRUPT, "do not fit its data_sha256");
  /* another table in its place */
  assert_int_equal(shell("cp set/feynman-i.12.1.nc set/feynman-i.12.5.nc"), 0);
  assert_fails(assay_table_set_read(&t, set, 2), ASSAY_ECORRUPT, "not the table that set names");
  assay_table_set_close(set);
  assert_int_equal(shell("sed -i 's/feynman-i.12.4\",/feynman-i.12.6\",/' set/set.json"), 0);
  assert_fails(assay_table_set_open(&set, "set"), ASSAY_ECORRUPT, "does not fit the list");
  assert_fails(assay_table_read(&t, "absent.nc"), ASSAY_ENOTFOUND, "absent.nc: cannot open");
  assert_fails(assay_table_read(&t, "set/set.json"), ASSAY_ECORRUPT, "no NetCDF-4 file");
  assay_table_recipe_destroy(r);
}

static void unknown_names_get_a_hint(void **state)
{
  (void)state;
  struct assay_table_recipe *r = NULL;
  assert_fails(assay_tables_recipe(&r, "srsd/feynman-i.12.2b", NULL), ASSAY_ENOTFOUND,
               "did you mean 'srsd/feynman-i.12.");
  assert_fails(assay_tables_recipe(&r, "srsd/feynman-eesy", NULL), ASSAY_ENOTFOUND,
               "did you mean 'srsd/feynman-easy'");
  assert_ok(assay_tables_recipe(&r, "heat-tiny", NULL)); /* of cases: not ours */
  assert_null(r);
}

/* ---- exporting ------------------------------------------------------------------------------ */

static void the_srsd_layout_reads_back(void **state)
{
  (void)state;
  const struct assay_exporter *e = NULL;
  struct assay_tables_report report;
  struct assay_table_set *set = NULL;
  struct assay_table *t = NULL;
  struct assay_table_recipe *r = recipe("srsd/feynman-easy", "rows=200");
  struct assay_tables_job job = job_of(r, "set");
  job.last = 4;
  assert_ok(assay_tables_produce(&report, &job));
  assert_ok(assay_table_set_open(&set, "set"));
  assert_ok(assay_exporter_find(&e, "srsd"));
  const struct assay_export export = {.tables = set, .target = "text"};
  assert_ok(assay_export_run(e, &export));
  assert_ok(assay_table_set_read(&t, set, 3));
  FILE *in = fopen("text/val/feynman-i.14.3.txt", "r");
  assert_non_null(in);
  char line[256], expected[256];
  for (long i = 160; i < 180; i++) {
    snprintf(expected, sizeof expected, "%.18e %.18e %.18e\n", assay_table_x(t, 0)[i],
             assay_table_x(t, 1)[i], t->y[i]);
    assert_non_null(fgets(line, sizeof line, in));
    assert_string_equal(line, expected);
  }
  assert_null(fgets(line, sizeof line, in));
  fclose(in);
  assert_int_equal(shell("grep -qx '9.80665[*]x0[*]x1' text/true_eq/feynman-i.14.3.txt"), 0);
  assert_int_equal(shell("test $(cat text/train/*.txt | wc -l) = 640"), 0);
  assert_ok(assay_exporter_find(&e, "npy"));
  const struct assay_export wrong = {.tables = set, .target = "arrays"};
  assert_fails(assay_export_run(e, &wrong), ASSAY_EUNSUPPORTED, "not for tables");
  assay_table_destroy(t);
  assay_table_set_close(set);
  assay_table_recipe_destroy(r);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(workers_do_not_matter, NULL, clean),
      cmocka_unit_test_setup_teardown(a_single_table_is_that_of_the_set, NULL, clean),
      cmocka_unit_test_setup_teardown(what_is_there_is_used_again, NULL, clean),
      cmocka_unit_test_setup_teardown(a_killed_run_is_gone_on_with, NULL, clean),
      cmocka_unit_test_setup_teardown(another_recipe_is_not_mixed_in, NULL, clean),
      cmocka_unit_test_setup_teardown(what_cannot_be_made_is_said, NULL, clean),
      cmocka_unit_test_setup_teardown(damage_is_noticed, NULL, clean),
      cmocka_unit_test_setup_teardown(unknown_names_get_a_hint, NULL, clean),
      cmocka_unit_test_setup_teardown(the_srsd_layout_reads_back, NULL, clean),
  };
  return cmocka_run_group_tests(tests, enter, leave);
}
