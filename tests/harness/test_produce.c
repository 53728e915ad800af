/* Making data sets: the same file whatever the number of workers and shards, and through every kind
 * of trouble. */
#include "tests/datasets/toy.h"

#include <hdf5.h>
#include <netcdf.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "datasets/check.h"
#include "datasets/dataset_case.h"
#include "datasets/merge.h"
#include "harness/produce.h"
#include "tests/harness/same_files.h"

static const char twelve[] = "generator: toy\nseed: 7\nparams: {n: 16}\n"
                             "sweep: [{kind: linspace, n: 12, ranges: {amplitude: [1, 12]}}]\n"
                             "splits: {random: {kind: random, train: 0.5, test: 0.5}}\n";

static struct assay_recipe *recipe(const char *text)
{
  struct assay_recipe *r = NULL;
  assert_ok(assay_recipe_parse(&r, "toy.yaml", text, strlen(text), NULL, toy_find));
  return r;
}

static struct assay_produce job(const struct assay_recipe *r, const char *path)
{
  return (struct assay_produce){
      .recipe = r, .path = path, .last = assay_recipe_cases(r), .jobs = 2};
}

static int clean(void **state)
{
  (void)state;
  if (system("rm -rf ./*") != 0) return 1;
  return 0;
}

static void make(const char *text, const char *path, int jobs)
{
  struct assay_produce_report report;
  struct assay_recipe *r = recipe(text);
  struct assay_produce p = job(r, path);
  p.jobs = jobs;
  assert_ok(assay_produce(&report, &p));
  assay_recipe_destroy(r);
}

/* Problems that check finds, joined; "" when all is well. */
static void check(char out[2048], const char *path, int regenerate)
{
  json_t *report = NULL, *item;
  size_t i;
  const struct assay_check options = {.regenerate = regenerate, .seed = 3, .find = toy_find};
  assert_ok(assay_check_file(&report, path, &options));
  out[0] = '\0';
  json_array_foreach(json_object_get(report, "problems"), i, item)
      snprintf(out + strlen(out), 2048 - strlen(out), "%s\n", json_string_value(item));
  assert_true(json_is_true(json_object_get(report, "ok")) == (out[0] == '\0'));
  json_decref(report);
}

static void assert_good(const char *path, int regenerate)
{
  char problems[2048];
  check(problems, path, regenerate);
  assert_string_equal(problems, "");
}

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

/* ---- what check finds ----------------------------------------------------------------------- */

static void edit(const char *path, void (*change)(int nc))
{
  int nc;
  assert_int_equal(nc_open(path, NC_WRITE, &nc), NC_NOERR);
  change(nc);
  assert_int_equal(nc_close(nc), NC_NOERR);
}

static void put_value(int nc, const char *group_name, const char *name, double value)
{
  int group = nc, var, n_dims;
  const size_t at[3] = {4, 2, 3};
  if (*group_name) assert_int_equal(nc_inq_grp_ncid(nc, group_name, &group), NC_NOERR);
  assert_int_equal(nc_inq_varid(group, name, &var), NC_NOERR);
  assert_int_equal(nc_inq_varndims(group, var, &n_dims), NC_NOERR);
  assert_int_equal(nc_put_var1_double(group, var, at, &value), NC_NOERR);
}

static void change_field(int nc)
{
  put_value(nc, "", "u", 0.125);
}
static void put_nan(int nc)
{
  put_value(nc, "", "q", (double)NAN);
}
static void change_parameter(int nc)
{
  put_value(nc, "parameters", "amplitude", 5.5);
}
static void change_split(int nc)
{
  put_value(nc, "splits", "random", 7);
}
static void mark_diverged(int nc)
{
  put_value(nc, "certificate", "diverged", 1);
}
static void change_id(int nc)
{
  put_value(nc, "", "case_id", 3);
}
static void drop_title(int nc)
{
  nc_del_att(nc, NC_GLOBAL, "title");
}
static void drop_unit(int nc)
{
  int var;
  nc_inq_varid(nc, "q", &var);
  nc_del_att(nc, var, "units");
}

static void check_finds_every_kind_of_damage(void **state)
{
  (void)state;
  static const struct {
    void (*change)(int nc);
    const char *problem;
  } rows[] = {{change_field, "case 4: its data do not fit its SHA-256"},
              {put_nan, "case 4: field 'q' has a value that is not finite among its 5 frames"},
              {change_parameter, "case 4: its data do not fit its SHA-256"},
              {change_split, "split 'random': case 4 has the unknown code 7"},
              {mark_diverged, "split 'random': case 4 diverged, but is used"},
              {change_id, "case ids are not in order: 3 comes before 3"},
              {drop_title, "no attribute 'title'"},
              {drop_unit, "variable 'q' has neither units nor flag meanings"}};
  char problems[2048];
  make(twelve, "good.nc", 2);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    assert_int_equal(system("cp good.nc bad.nc"), 0);
    edit("bad.nc", rows[i].change);
    check(problems, "bad.nc", 0);
    if (!strstr(problems, rows[i].problem))
      fail_msg("damage %zu: found '%s', expected '%s'", i, problems, rows[i].problem);
  }
  const hid_t file = H5Fopen("bad.nc", H5F_ACC_RDWR, H5P_DEFAULT);
  assert_true(file >= 0 && H5Ldelete(file, "certificate/dt_min", H5P_DEFAULT) >= 0);
  H5Fclose(file);
  check(problems, "bad.nc", 0);
  assert_non_null(strstr(problems, "variable 'certificate/dt_min' is missing"));
}

static json_t *report_of(const char *path)
{
  json_t *report = NULL;
  const struct assay_check options = {.find = toy_find};
  assert_ok(assay_check_file(&report, path, &options));
  return report;
}

/* Amplitudes 1, 2, ..., 12; the toy is central below 4.2. Files from before the rows tell nothing.
 */
static void check_counts_the_schemes_that_are_told(void **state)
{
  (void)state;
  make(twelve, "s.nc", 1);
  json_t *report = report_of("s.nc");
  const json_t *count = json_object_get(report, "convection_scheme");
  assert_int_equal(json_integer_value(json_object_get(count, "central")), 4);
  assert_int_equal(json_integer_value(json_object_get(count, "limited")), 8);
  assert_int_equal(json_object_size(count), 2);
  count = json_object_get(report, "viscous_scheme");
  assert_int_equal(json_integer_value(json_object_get(count, "implicit")), 12);
  json_decref(report);
  const hid_t file = H5Fopen("s.nc", H5F_ACC_RDWR, H5P_DEFAULT);
  assert_true(file >= 0 && H5Ldelete(file, "certificate/convection_scheme", H5P_DEFAULT) >= 0);
  assert_true(H5Ldelete(file, "certificate/viscous_scheme", H5P_DEFAULT) >= 0);
  H5Fclose(file);
  report = report_of("s.nc");
  assert_null(json_object_get(report, "convection_scheme"));
  assert_true(json_is_true(json_object_get(report, "ok")));
  json_decref(report);
  struct assay_dataset *ds = NULL;
  struct assay_case *c = NULL;
  assert_ok(assay_dataset_open(&ds, "s.nc"));
  assert_ok(assay_dataset_case(&c, ds, 3, NULL, NULL));
  assert_int_equal(c->certificate.convection_scheme, ASSAY_CONVECTION_UNSTATED);
  assert_close(c->certificate.max_divergence, 4e-14, 1e-12, 0);
  assay_case_destroy(c);
  assay_dataset_close(ds);
}

static void clear_resolved(int nc)
{
  put_value(nc, "certificate", "resolved", 0);
}

/* A flag by another rule is mentioned; estimates of the file count. */
static void check_judges_by_the_estimates(void **state)
{
  (void)state;
  make(twelve, "r.nc", 1);
  json_t *report = report_of("r.nc");
  assert_int_equal(json_integer_value(json_object_get(report, "resolved")), 12);
  assert_int_equal(json_array_size(json_object_get(report, "notices")), 0);
  json_decref(report);
  edit("r.nc", clear_resolved);
  report = report_of("r.nc");
  assert_true(json_is_true(json_object_get(report, "ok")));
  assert_int_equal(json_integer_value(json_object_get(report, "resolved")), 12);
  assert_non_null(strstr(json_string_value(json_array_get(json_object_get(report, "notices"), 0)),
                         "'resolved' is stored by another rule in 1 of 12 cases"));
  json_decref(report);
}

/* Two cases with the same parameters, one trains, one tests. */
static void check_finds_the_same_data_in_two_parts(void **state)
{
  (void)state;
  char problems[2048];
  make("generator: toy\nfields: [u]\n"
       "sweep: [{kind: grid, values: {amplitude: [1, 2, 1]}}]\n"
       "splits: {leaky: {kind: cases, test: [2]}, clean: {kind: cases, test: [1]}}\n",
       "dup.nc", 1);
  check(problems, "dup.nc", 0);
  assert_string_equal(problems, "split 'leaky': cases 0 and 2 are the same data in two parts\n");
}

/* A published rule that does so is repeated, and mentioned: of ten cases 3 and 6 validate and test.
 */
static void check_mentions_what_a_published_split_repeats(void **state)
{
  (void)state;
  char problems[2048];
  json_t *report = NULL;
  const struct assay_check options = {.find = toy_find};
  make("generator: toy\nfields: [u]\nparams: {flag: yes}\n"
       "sweep: [{kind: grid, values: {amplitude: [5, 1, 5, 2, 3, 4, 6, 7, 8, 5]}}]\n"
       "splits: {cfd: {kind: cfdbench}, own: {kind: stratified, by: error, train: 0.5, test: "
       "0.5}}\n",
       "dup.nc", 1);
  check(problems, "dup.nc", 0);
  assert_string_equal(problems, "");
  assert_ok(assay_check_file(&report, "dup.nc", &options));
  const json_t *notices = json_object_get(report, "notices");
  assert_int_equal(json_array_size(notices), 1);
  assert_string_equal(
      json_string_value(json_array_get(notices, 0)),
      "split 'cfd': its published rule puts cases 2 and 9, the same data, in two parts");
  json_decref(report);
}

static int other_version_find(const struct assay_generator **out, const char *name)
{
  static struct assay_generator other;
  const int rc = toy_find(out, name);
  other = toy_generator;
  other.version = 4;
  *out = &other;
  return rc;
}

static int changed_run(struct assay_case *out, const void *params, struct assay_case_key key)
{
  struct toy p = *(const struct toy *)params;
  p.amplitude *= 1 + 1e-7;
  return toy_run(out, &p, key);
}

static int changed_find(const struct assay_generator **out, const char *name)
{
  static struct assay_generator other;
  const int rc = toy_find(out, name);
  other = toy_generator;
  other.run = changed_run;
  *out = &other;
  return rc;
}

static void check_finds_other_bits_and_other_versions(void **state)
{
  (void)state;
  json_t *report = NULL;
  struct assay_check options = {.regenerate = 2, .seed = 1, .find = changed_find};
  make(twelve, "v.nc", 2);
  assert_ok(assay_check_file(&report, "v.nc", &options));
  const json_t *problems = json_object_get(report, "problems");
  assert_int_equal(json_array_size(problems), 2);
  assert_non_null(strstr(json_string_value(json_array_get(problems, 0)), "it has other bits"));
  json_decref(report);
  options.find = other_version_find;
  assert_ok(assay_check_file(&report, "v.nc", &options));
  problems = json_object_get(report, "problems");
  assert_non_null(strstr(json_string_value(json_array_get(problems, 0)),
                         "made by version 3 of generator 'toy', this program has version 4"));
  json_decref(report);
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
      cmocka_unit_test_setup(check_finds_every_kind_of_damage, clean),
      cmocka_unit_test_setup(check_counts_the_schemes_that_are_told, clean),
      cmocka_unit_test_setup(check_judges_by_the_estimates, clean),
      cmocka_unit_test_setup(check_finds_the_same_data_in_two_parts, clean),
      cmocka_unit_test_setup(check_mentions_what_a_published_split_repeats, clean),
      cmocka_unit_test_setup(check_finds_other_bits_and_other_versions, clean),
      cmocka_unit_test_setup(everything_is_freed, clean),
  };
  char folder[] = "test_produce-XXXXXX";
  assay_log_setup(ASSAY_LOG_ERROR, stderr);
  if (!mkdtemp(folder) || chdir(folder) != 0) return 1;
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  if (chdir("..") == 0) assay_dir_remove(folder);
  return failed;
}
