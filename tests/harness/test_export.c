/* What exporters write, read back by small readers written from the description of the layouts. */
#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "datasets/exporters/exporter.h"
#include "harness/library.h"
#include "harness/produce.h"
#include "tests/test.h"

static struct assay_dataset *ds;
static char folder[64] = "assay_export_XXXXXX";

static void make(const char *text, const char *path, long first, long last)
{
  struct assay_recipe *r = NULL;
  struct assay_produce_report report;
  assert_ok(assay_recipe_parse(&r, "r.yaml", text, strlen(text), NULL, assay_generator_find));
  const struct assay_produce p = {.recipe = r,
                                  .path = path,
                                  .first = first,
                                  .last = last ? last : assay_recipe_cases(r),
                                  .jobs = 1};
  assert_ok(assay_produce(&report, &p));
  assay_recipe_destroy(r);
}

static int make_set(void **state)
{
  (void)state;
  char *text = NULL;
  if (!mkdtemp(folder) || chdir(folder) != 0) return 1;
  assay_log_setup(ASSAY_LOG_ERROR, stderr); /* the set is coarser than the original */
  assert_ok(assay_embedded_text(&text, assay_recipe_files, "recipe", "cfdbench/cavity-tiny"));
  make(text, "set.nc", 0, 0);
  make(text, "part.nc", 15, 23);
  assay_free(text);
  return assay_dataset_open(&ds, "set.nc") < 0;
}

static int remove_set(void **state)
{
  (void)state;
  assay_dataset_close(ds);
  return chdir("..") != 0 || assay_dir_remove(folder) < 0;
}

static int export_to(const struct assay_dataset *from, const char *name, const char *target)
{
  const struct assay_exporter *e;
  assert_ok(assay_exporter_find(&e, name));
  const struct assay_export job = {.ds = from, .target = target};
  return assay_export_run(e, &job);
}

/* ---- a reader of .npy files ----------------------------------------------------------------- */

struct array {
  char *file;
  char type[4];
  int n_dims;
  size_t shape[8], n;
  const void *values;
};

static struct array load(const char *format, ...)
{
  char path[256];
  va_list args;
  va_start(args, format);
  vsnprintf(path, sizeof path, format, args);
  va_end(args);
  struct array a = {.n = 1};
  size_t size;
  assert_ok(assay_file_read(&a.file, &size, path));
  assert_memory_equal(a.file, "\x93NUMPY\x01\x00", 8);
  const size_t header = (unsigned char)a.file[8] + 256u * (unsigned char)a.file[9];
  const char *descr = strstr(a.file + 10, "'descr': '<"),
             *shape = strstr(a.file + 10, "'shape': (");
  assert_non_null(descr);
  assert_non_null(shape);
  assert_non_null(strstr(a.file + 10, "'fortran_order': False"));
  memcpy(a.type, descr + 11, 2);
  for (char *at = (char *)(uintptr_t)shape + 10; isdigit((unsigned char)*at);) {
    a.shape[a.n_dims] = strtoul(at, &at, 10);
    a.n *= a.shape[a.n_dims++];
    while (*at == ',' || *at == ' ') at++;
  }
  assert_int_equal((10 + header) % 64, 0);
  assert_int_equal(size, 10 + header + a.n * (size_t)(a.type[1] - '0'));
  a.values = a.file + 10 + header;
  return a;
}

/* ---- CFDBench ------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted names of the case folders of a subset. */
static int list_cases(char *names[64], const char *path)
{
  int n = 0;
  DIR *dir = opendir(path);
  assert_non_null(dir);
  for (const struct dirent *e; (e = readdir(dir));)
    if (strncmp(e->d_name, "case", 4) == 0) assert_ok(assay_strdup(&names[n++], e->d_name));
  closedir(dir);
  qsort(names, (size_t)n, sizeof *names, by_name);
  return n;
}

static double number(const json_t *object, const char *key)
{
  const json_t *value = json_object_get(object, key);
  if (!json_is_number(value)) fail_msg("case.json has no number '%s'", key);
  return json_number_value(value);
}

static void check_keys(const char *path, long k)
{
  static const char *const keys[] = {"height", "width", "vel_top", "density", "viscosity"};
  static const char *const names[] = {"height", "width", "lid_velocity", "density", "viscosity"};
  double params[64];
  json_t *object = json_load_file(path, 0, NULL);
  assert_non_null(object);
  assert_ok(assay_dataset_params(ds, params, k));
  for (int i = 0; i < 5; i++)
    assert_true(number(object, keys[i]) == params[assay_dataset_param(ds, names[i])]);
  assert_true(json_is_false(json_object_get(object, "rotated")));
  assert_int_equal(json_object_size(object), 6);
  json_decref(object);
}

static void check_frames(const char *path, const char *field, long k)
{
  enum { FRAMES = 5, N = 16 };
  double *expected;
  struct array a = load("%s/%s.npy", path, field);
  assert_string_equal(a.type, "f8");
  assert_true(a.n_dims == 3 && a.shape[0] == FRAMES && a.shape[1] == N && a.shape[2] == N);
  assert_ok(ASSAY_NEW(&expected, a.n, "frames"));
  assert_ok(assay_dataset_read(ds, expected, k, assay_dataset_field(ds, field), 0, FRAMES));
  assert_memory_equal(a.values, expected, a.n * sizeof(double));
  assay_free(expected);
  assay_free(a.file);
}

/* the lid moves the last row */
static void check_orientation(const char *path)
{
  struct array a = load("%s/u.npy", path);
  const double *last = (const double *)a.values + a.n - 16 * 16;
  assert_true(last[15 * 16 + 8] > 3 * fabs(last[8]));
  assay_free(a.file);
}

static void loaders_of_cfdbench_find_what_they_need(void **state)
{
  (void)state;
  static const struct {
    const char *name;
    long first, n, number;
  } subsets[] = {{"prop", 0, 12, 50}, {"bc", 12, 8, 0}, {"geo", 20, 4, 134}};
  assert_ok(export_to(ds, "cfdbench", "data"));
  for (int s = 0; s < 3; s++) {
    char path[256], *names[64] = {NULL}, expected[32];
    snprintf(path, sizeof path, "data/cavity/%s", subsets[s].name);
    assert_int_equal(list_cases(names, path), subsets[s].n);
    for (long i = 0; i < subsets[s].n; i++) {
      snprintf(expected, sizeof expected, "case%04ld", subsets[s].number + i);
      assert_string_equal(names[i], expected);
      snprintf(path, sizeof path, "data/cavity/%s/%s", subsets[s].name, names[i]);
      check_frames(path, "u", subsets[s].first + i);
      check_frames(path, "v", subsets[s].first + i);
      check_orientation(path);
      snprintf(path, sizeof path, "data/cavity/%s/%s/case.json", subsets[s].name, names[i]);
      check_keys(path, subsets[s].first + i);
      assay_free(names[i]);
    }
  }
}

/* cases 15 to 22: bc 3 to 7, geo 0 to 2, with the numbers that they have in the whole set */
static void parts_of_a_set_keep_their_numbers(void **state)
{
  (void)state;
  struct assay_dataset *part;
  char *names[64] = {NULL};
  assert_ok(assay_dataset_open(&part, "part.nc"));
  assert_ok(export_to(part, "cfdbench", "parts"));
  assert_false(assay_file_exists("parts/cavity/prop"));
  assert_int_equal(list_cases(names, "parts/cavity/bc"), 5);
  assert_string_equal(names[0], "case0003");
  for (int i = 0; i < 5; i++) assay_free(names[i]);
  assert_int_equal(list_cases(names, "parts/cavity/geo"), 3);
  assert_string_equal(names[2], "case0136");
  for (int i = 0; i < 3; i++) assay_free(names[i]);
  assert_int_equal(system("diff -r parts/cavity/bc data/cavity/bc | grep -qv 'Only in data'"), 256);
  assay_dataset_close(part);
}

static void a_set_of_one_subset_may_say_so_in_its_name(void **state)
{
  (void)state;
  struct assay_dataset *prop;
  char *names[64] = {NULL};
  make("name: own/cavity-prop\ngenerator: cavity\nparams: {nx: 4, ny: 4, frames: 2}\n"
       "subsets: [{name: other, sweep: [{kind: linspace, n: 3, ranges: {density: [1, 2]}}]}]\n",
       "prop.nc", 1, 3);
  assert_ok(assay_dataset_open(&prop, "prop.nc"));
  assert_ok(export_to(prop, "cfdbench", "named"));
  assert_int_equal(list_cases(names, "named/cavity/prop"), 2);
  assert_string_equal(names[0], "case0051");
  for (int i = 0; i < 2; i++) assay_free(names[i]);
  assay_dataset_close(prop);
}

static void what_cfdbench_cannot_express_is_refused(void **state)
{
  (void)state;
  static const struct {
    const char *recipe, *message;
  } rows[] = {
      {"generator: heat\nparams: {n: 8, modes: 2, frames: 2}\n", "made by generator 'heat'"},
      {"generator: cavity\nparams: {nx: 4, ny: 4, frames: 2}\n", "must name subsets bc, prop, geo"},
      {"generator: cavity\nparams: {nx: 4, ny: 4, frames: 2}\nsubsets: [{name: other}]\n",
       "must name subsets bc, prop, geo"},
      {"generator: cavity\nfields: [u, p]\nparams: {nx: 4, ny: 4, frames: 2}\n"
       "subsets: [{name: bc}]\n",
       "needs the field v"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct assay_dataset *other;
    make(rows[i].recipe, "other.nc", 0, 0);
    assert_ok(assay_dataset_open(&other, "other.nc"));
    assert_fails(export_to(other, "cfdbench", "none"), ASSAY_EUNSUPPORTED, rows[i].message);
    assert_false(assay_file_exists("none"));
    assay_dataset_close(other);
    assert_int_equal(unlink("other.nc"), 0);
  }
}

/* ---- npy ------------------------------------------------------------------------------------ */

static void arrays_hold_the_fields_and_their_names(void **state)
{
  (void)state;
  double values[16 * 16];
  assert_ok(export_to(ds, "npy", "arrays"));
  struct array p = load("arrays/p.npy"), x = load("arrays/coordinate_x.npy");
  assert_string_equal(p.type, "f4");
  assert_true(p.n_dims == 4 && p.shape[0] == 24 && p.shape[1] == 5 && p.shape[3] == 16);
  assert_ok(assay_dataset_read(ds, values, 17, assay_dataset_field(ds, "p"), 3, 1));
  for (int i = 0; i < 256; i++)
    assert_true(((const float *)p.values)[(17 * 5 + 3) * 256 + i] == (float)values[i]);
  assert_ok(assay_dataset_coordinate(ds, values, 22, 1));
  assert_memory_equal((const double *)x.values + 22 * 16, values, 16 * sizeof(double));
  json_t *set = json_load_file("arrays/set.json", 0, NULL);
  assert_non_null(set);
  const json_t *speed = json_object_get(json_object_get(set, "parameters"), "lid_velocity");
  assert_close(json_number_value(json_array_get(json_object_get(speed, "values"), 19)), 0.2, 0, 0);
  assert_string_equal(json_string_value(json_object_get(speed, "unit")), "m s-1");
  assert_string_equal(json_string_value(json_array_get(json_object_get(set, "subset"), 20)), "geo");
  assert_int_equal(json_array_size(json_object_get(set, "arrays")), 6);
  json_decref(set);
  assay_free(p.file);
  assay_free(x.file);
}

/* ---- csv ------------------------------------------------------------------------------------ */

/* Cell of a table without quoted cells; line 0 is the head. */
static const char *cell(char out[256], const char *path, int line, int column)
{
  char *text = NULL;
  size_t n;
  assert_ok(assay_file_read(&text, &n, path));
  const char *at = text;
  for (int i = 0; i < line; i++) at = strstr(at, "\r\n") + 2;
  for (int i = 0; i < column; i++) at += strcspn(at, ",\r") + 1;
  snprintf(out, 256, "%.*s", (int)strcspn(at, ",\r"), at);
  assay_free(text);
  return out;
}

static int column_of(const char *path, const char *name)
{
  char text[256];
  for (int i = 0; i < 100; i++)
    if (strcmp(cell(text, path, 0, i), name) == 0) return i;
  fail_msg("%s has no column '%s'", path, name);
  return -1;
}

static void tables_hold_cases_and_frames(void **state)
{
  (void)state;
  char text[256];
  double errors[5];
  assert_ok(export_to(ds, "csv", "tables"));
  static const struct {
    int line;
    const char *column, *expected;
  } rows[] = {{1, "subset", "prop"},          {21, "subset", "geo"},    {24, "case_id", "23"},
              {20, "lid_velocity", "0.2"},    {20, "scheme", "auto"},   {3, "viscosity", "5e-05"},
              {1, "split_cfdbench", "train"}, {2, "diverged", "false"}, {2, "volume_balance", ""}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    assert_string_equal(
        cell(text, "tables/cases.csv", rows[i].line, column_of("tables/cases.csv", rows[i].column)),
        rows[i].expected);
  const int f = assay_dataset_field(ds, "v"), column = column_of("tables/frames.csv", "error_v");
  assert_ok(assay_dataset_error(ds, errors, 2, f));
  assert_close(strtod(cell(text, "tables/frames.csv", 1 + 2 * 5 + 1, column), NULL), errors[1], 0,
               0);
  assert_string_equal(cell(text, "tables/frames.csv", 1 + 2 * 5 + 1, 2), "0.02");
  assert_string_equal(cell(text, "tables/frames.csv", 24 * 5, 0), "23");
}

/* ---- names ---------------------------------------------------------------------------------- */

static void unknown_exporters_get_a_hint(void **state)
{
  (void)state;
  const struct assay_exporter *e;
  assert_fails(assay_exporter_find(&e, "cfdbnech"), ASSAY_ENOTFOUND, "did you mean 'cfdbench'");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(loaders_of_cfdbench_find_what_they_need),
      cmocka_unit_test(parts_of_a_set_keep_their_numbers),
      cmocka_unit_test(a_set_of_one_subset_may_say_so_in_its_name),
      cmocka_unit_test(what_cfdbench_cannot_express_is_refused),
      cmocka_unit_test(arrays_hold_the_fields_and_their_names),
      cmocka_unit_test(tables_hold_cases_and_frames),
      cmocka_unit_test(unknown_exporters_get_a_hint),
  };
  return cmocka_run_group_tests(tests, make_set, remove_set);
}
