/* What a check of a data set finds: damage of every kind, schemes, resolution, repeated data, other
 * versions. */
#include <hdf5.h>
#include <netcdf.h>

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "datasets/dataset_case.h"
#include "tests/harness/toy_sets.h"

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
      cmocka_unit_test_setup(check_finds_every_kind_of_damage, clean),
      cmocka_unit_test_setup(check_counts_the_schemes_that_are_told, clean),
      cmocka_unit_test_setup(check_judges_by_the_estimates, clean),
      cmocka_unit_test_setup(check_finds_the_same_data_in_two_parts, clean),
      cmocka_unit_test_setup(check_mentions_what_a_published_split_repeats, clean),
      cmocka_unit_test_setup(check_finds_other_bits_and_other_versions, clean),
      cmocka_unit_test_setup(everything_is_freed, clean),
  };
  char folder[] = "test_produce_check-XXXXXX";
  assay_log_setup(ASSAY_LOG_ERROR, stderr);
  if (!mkdtemp(folder) || chdir(folder) != 0) return 1;
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  if (chdir("..") == 0) assay_dir_remove(folder);
  return failed;
}
