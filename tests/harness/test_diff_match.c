/* Which cases, frames, parameters and fields of two sets go together, and `assay diff` as users
 * call it. */
#include <netcdf.h>

#include "tests/harness/diff_sets.h"

/* ---- cases, frames, parameters, fields ------------------------------------------------------ */

static json_int_t whole(const struct compared *c, const char *object, const char *list, size_t i)
{
  return json_integer_value(
      json_array_get(json_object_get(json_object_get(c->json, object), list), i));
}

static void cases_are_found_by_their_ids(void **state)
{
  (void)state;
  static const long order[] = {4, 1, 3};
  const struct variant b = {.first_id = 100, .n_cases = 3, .order = order};
  struct compared c = compare(&plain, &b);
  assert_int_equal(c.diff->n_pairs, 3);
  assert_true(c.diff->pairs[0].a == 1 && c.diff->pairs[0].b == 1);
  assert_true(c.diff->pairs[2].a == 4 && c.diff->pairs[2].b == 0);
  assert_true(at(&c, "p", "same") == 3);
  assert_true(whole(&c, "cases", "only_a", 0) == 100 && whole(&c, "cases", "only_a", 1) == 102);
  assert_false(json_is_true(json_object_get(c.json, "identical")));
  drop(&c);
}

static void or_by_their_parameters(void **state)
{
  (void)state;
  static const long order[] = {3, 0, 4, 1};
  const struct variant b = {
      .first_id = 700, .n_cases = 4, .order = order, .solver = 1, .depth = 0.9};
  struct compared c;
  struct assay_diff_options options = {0};
  assert_fails(compare_with(&c, &plain, &b, &options), ASSAY_EARG,
               "no case in common (by their ids");
  drop(&c);
  options.match = (struct assay_list){1, {"parameters"}}; /* depth and solver do not vary */
  assert_ok(compare_with(&c, &plain, &b, &options));
  assert_int_equal(c.diff->n_pairs, 4);
  assert_int_equal(c.diff->pairs[0].b, 1);
  assert_int_equal(c.diff->pairs[3].a, 4);
  assert_true(of(&c, "p", 3)->same);
  drop(&c);
  options.match = (struct assay_list){2, {"speed", "depth"}};
  assert_fails(compare_with(&c, &plain, &b, &options), ASSAY_EARG, "by their parameters");
  drop(&c);
  options.match = (struct assay_list){1, {"sped"}};
  assert_fails(compare_with(&c, &plain, &b, &options), ASSAY_ENOTFOUND,
               "no parameter 'sped' (did you mean 'speed'?");
  drop(&c);
}

static void a_case_is_paired_once(void **state)
{
  (void)state;
  static const long twice[] = {2, 2, 2, 1};
  const struct variant a = {.n_cases = 4, .order = twice}, b = {.n_cases = 3, .order = twice + 1};
  struct compared c = compare(&a, &b);
  assert_int_equal(c.diff->n_pairs, 3);
  assert_int_equal(c.diff->pairs[1].b, 1);
  assert_int_equal(c.diff->pairs[2].a, 3);
  drop(&c);
}

static void frames_are_found_by_their_times(void **state)
{
  (void)state;
  const struct variant b = {.first_id = 100, .n_times = 4, .interval = 0.5, .frames = 3};
  struct compared c = compare(&plain, &b);
  /* b has the frames 0, 1, 2 at 0, 0.5, 1: 0, 2, 4 of a; its values are those of its own index */
  assert_int_equal(c.diff->pairs[0].n_frames, 3);
  assert_false(c.diff->pairs[0].whole);
  const double *d = c.diff->fields[ENERGY].by_frame;
  assert_true(d[0] == 0 && isnan(d[1]) && isnan(d[3]) && isnan(d[5]));
  assert_close(d[2], 1 - value(0, ENERGY, 1, 0) / value(0, ENERGY, 2, 0), 1e-12, 0);
  assert_close(d[4], 1 - value(0, ENERGY, 2, 0) / value(0, ENERGY, 4, 0), 1e-12, 0);
  const json_t *frames = json_array_get(json_object_get(c.json, "frames"), 0);
  assert_int_equal(json_integer_value(json_object_get(frames, "a")), 6);
  assert_int_equal(json_integer_value(json_object_get(frames, "b")), 3);
  drop(&c);
}

static void the_last_frame(double *v, int n, long c, int field, int frame)
{
  (void)c;
  for (int j = 0; j < n && field == P && frame >= 4; j++) v[j] += 0.6;
}

static void a_steady_state_counts_once(void **state)
{
  (void)state;
  const struct variant a = {.first_id = 100, .steady = 2},
                       b = {.first_id = 100, .steady = 3, .change = the_last_frame},
                       late = {.first_id = 100, .steady = 4, .change = the_last_frame};
  struct compared c = compare(&a, &b);
  assert_int_equal(c.diff->pairs[0].n_used, 4);
  assert_int_equal(c.diff->pairs[0].n_frames, 6);
  assert_true(of(&c, "p", 0)->relative == 0 && !of(&c, "p", 0)->same);
  drop(&c);
  c = compare(&a, &late);
  assert_int_equal(c.diff->pairs[0].n_used, 5);
  assert_close(of(&c, "p", 0)->worst, 0.6 / sqrt(square(0, P, 4)), 1e-12, 0);
  drop(&c);
  c = compare(&plain, &late); /* the other one never gets there */
  assert_int_equal(c.diff->pairs[0].n_used, 6);
  drop(&c);
}

static void a_case_without_frames_has_no_difference(void **state)
{
  (void)state;
  const struct variant b = {.first_id = 100, .n_times = 6, .interval = 0.17};
  struct compared c = compare(&plain, &b);
  assert_int_equal(c.diff->pairs[0].n_frames, 1); /* the start */
  drop(&c);
  struct variant none = b;
  none.frames = 1;
  c = compare(&none, &plain);
  assert_true(isnan(c.diff->fields[P].by_frame[1]));
  assert_false(of(&c, "p", 0)->same);
  drop(&c);
}

static void parameters_that_differ_are_named(void **state)
{
  (void)state;
  static const struct assay_quantity renamed[] = {{"speed", "m s-1", "of the inlet", NULL},
                                                  {"level", "m", "the same in all cases", NULL},
                                                  {"pressure", "1", "solver", swapped}};
  const struct variant b = {.first_id = 100, .solver = 1, .params = renamed, .length = 1.9};
  struct compared c = compare(&plain, &b);
  const json_t *list = json_object_get(c.json, "parameters");
  assert_int_equal(json_array_size(list), 2); /* "iterated" has another index: the same */
  assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "only")), "a");
  assert_string_equal(json_string_value(json_object_get(json_array_get(list, 1), "name")), "level");
  const json_t *axis = json_array_get(json_object_get(c.json, "coordinates"), 0);
  assert_string_equal(json_string_value(json_object_get(axis, "name")), "x");
  assert_int_equal(json_integer_value(json_object_get(axis, "cases")), CASES);
  drop(&c);
  const struct variant other = {.first_id = 100, .solver = 1};
  c = compare(&plain, &other);
  const json_t *p = json_array_get(json_object_get(c.json, "parameters"), 0);
  assert_string_equal(json_string_value(json_object_get(p, "a")), "iterated");
  assert_string_equal(json_string_value(json_object_get(p, "b")), "converged");
  assert_int_equal(json_integer_value(json_object_get(p, "cases")), CASES);
  assert_false(json_is_true(json_object_get(c.json, "identical")));
  drop(&c);
}

static const struct assay_field odd[] = {
    {"u", "m s-1", "velocity in x", NULL, ASSAY_FIELD_FRAME, 'x', false},
    {"w", "m s-1", "velocity in z", NULL, ASSAY_FIELD_FRAME, 0, false},
    {"p", "kPa", "pressure", NULL, ASSAY_FIELD_FRAME, 0, false},
    {"energy", "J", "kinetic energy", NULL, ASSAY_FIELD_STATIC, 0, false},
    {0}};

static void fields_that_do_not_fit_are_named(void **state)
{
  (void)state;
  const struct variant b = {.first_id = 100, .fields = odd};
  struct compared c = compare(&plain, &b);
  assert_int_equal(c.diff->n_fields, 1);
  const json_t *f = json_object_get(c.json, "fields");
  assert_string_equal(json_string_value(json_array_get(json_object_get(f, "only_a"), 0)), "v");
  assert_string_equal(json_string_value(json_array_get(json_object_get(f, "only_b"), 0)), "w");
  const json_t *not = json_object_get(f, "not_compared");
  assert_string_equal(json_string_value(json_object_get(json_array_get(not, 0), "reason")),
                      "another unit");
  assert_string_equal(json_string_value(json_object_get(json_array_get(not, 1), "reason")),
                      "other dimensions");
  drop(&c);
  struct assay_diff_options options = {.fields = {1, {"p"}}};
  assert_fails(compare_with(&c, &plain, &b, &options), ASSAY_EARG, "'p' has another unit in a.nc");
  drop(&c);
  options.fields = (struct assay_list){1, {"v"}};
  assert_fails(compare_with(&c, &plain, &b, &options), ASSAY_ENOTFOUND, "b.nc: no field 'v' (");
  drop(&c);
  const struct variant alien = {.first_id = 100, .fields = odd + 1};
  options.fields.n = 0;
  assert_fails(compare_with(&c, &plain, &alien, &options), ASSAY_EARG, "no field in common");
  drop(&c);
}

static void another_grid_is_refused(void **state)
{
  (void)state;
  struct compared c;
  const struct variant b = {.first_id = 100, .nx = 2 * NX};
  const struct assay_diff_options options = {0};
  assert_fails(compare_with(&c, &plain, &b, &options), ASSAY_EARG,
               "a.nc has y 3 x x 5 in frames, b.nc has y 3 x x 10 in frames");
  drop(&c);
}

/* ---- as users call it ----------------------------------------------------------------------- */

/* p(case, time, y, x) and nothing else: no ids, times, hashes, units, or parameters */
static void write_outside_file(const char *path)
{
  int nc, dims[4], var;
  static double v[CASES][TIMES][POINTS];
  for (long c = 0; c < CASES; c++)
    for (int k = 0; k < TIMES; k++)
      for (int j = 0; j < POINTS; j++) v[c][k][j] = 1.05 * value(c, P, k, j);
  assert_int_equal(nc_create(path, NC_NETCDF4 | NC_CLOBBER, &nc), NC_NOERR);
  assert_int_equal(nc_def_dim(nc, "case", CASES, &dims[0]), NC_NOERR);
  assert_int_equal(nc_def_dim(nc, "time", TIMES, &dims[1]), NC_NOERR);
  assert_int_equal(nc_def_dim(nc, "y", NY, &dims[2]), NC_NOERR);
  assert_int_equal(nc_def_dim(nc, "x", NX, &dims[3]), NC_NOERR);
  assert_int_equal(nc_def_var(nc, "p", NC_DOUBLE, 4, dims, &var), NC_NOERR);
  assert_int_equal(nc_put_var_double(nc, var, &v[0][0][0]), NC_NOERR);
  assert_int_equal(nc_close(nc), NC_NOERR);
}

static void a_file_of_somebody_else_is_compared_as_well(void **state)
{
  (void)state;
  const struct variant a = {0};
  make("ours.nc", &a);
  write_outside_file("theirs.nc");
  assert_assay(0, "5 in both, 0 of them the same", "diff", "ours.nc", "theirs.nc");
  assert_said("1 compared; only in A: 4 (u, v, energy, mask)");
  assert_said("0.05");
}

static void the_verb_says_what_differs(void **state)
{
  (void)state;
  const struct variant b = {.first_id = 100, .solver = 1, .change = three_per_cent_of_case_3};
  make("a.nc", &plain);
  make("b.nc", &b);
  assert_assay(0, "5 in both, 4 of them the same", "diff", "a.nc", "b.nc");
  assert_said("pressure: iterated in A, converged in B (case 100; 5 cases differ)");
  assert_assay(0, "| p | 5 | 4 | 0 | 0.018 | 0.03 | 103 | 0.03 | 103 |", "diff", "a.nc", "b.nc",
               "--markdown");
  assert_assay(0, "| 5 | 5 | 0 |", "diff", "a.nc", "b.nc", "--field", "p,mask", "--frames", "2",
               "--markdown");
  assert_assay(0, "cells count by p of A", "diff", "a.nc", "b.nc", "--where", "p");
  assert_assay(0, "\"identical\": false", "diff", "a.nc", "b.nc", "--json");
  json_t *json = json_loads(said, 0, NULL);
  assert_non_null(json);
  assert_int_equal(json_array_size(json_object_get(json, "per_case")), CASES);
  json_decref(json);
  assert_assay(0, "identical: all cases", "diff", "a.nc", "a.nc");
  assert_null(strstr(said, "pressure"));
}

static void a_hash_is_not_believed(void **state)
{
  (void)state;
  struct variant b = {.first_id = 100};
  int nc, var;
  const size_t where[] = {2, 1, 1, 1};
  const double other = 6.5;
  make("a.nc", &plain);
  make("b.nc", &b);
  assert_int_equal(nc_open("b.nc", NC_WRITE, &nc), NC_NOERR);
  assert_int_equal(nc_inq_varid(nc, "p", &var), NC_NOERR);
  assert_int_equal(nc_put_var1_double(nc, var, where, &other), NC_NOERR);
  assert_int_equal(nc_close(nc), NC_NOERR);
  assert_assay(0, "same content_sha256 but other data", "diff", "a.nc", "b.nc");
  assert_said("4 of them the same");
}

static void what_cannot_be_compared_is_an_error(void **state)
{
  (void)state;
  const struct variant wide = {.first_id = 100, .nx = 2 * NX};
  make("a.nc", &plain);
  make("wide.nc", &wide);
  write_text("text.nc", "this is no data set");
  assert_assay(1, "different grids", "diff", "a.nc", "wide.nc");
  assert_assay(1, "not a data set", "diff", "a.nc", "text.nc");
  assert_assay(1, "none.nc: cannot open", "diff", "none.nc", "a.nc");
  assert_assay(1, "did you mean 'energy'", "diff", "a.nc", "a.nc", "--field", "enrgy");
  assert_assay(1, "did you mean 'energy'", "diff", "a.nc", "a.nc", "--where", "enrgy");
  assert_assay(1, "cannot be weighed by 'mask'", "diff", "a.nc", "a.nc", "--where", "mask");
  assert_assay(1, "exclude each other", "diff", "a.nc", "a.nc", "--json", "--markdown");
  assert_assay(1, "usage: assay diff A B", "diff", "a.nc");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(cases_are_found_by_their_ids),
      TEST(or_by_their_parameters),
      TEST(a_case_is_paired_once),
      TEST(frames_are_found_by_their_times),
      TEST(a_steady_state_counts_once),
      TEST(a_case_without_frames_has_no_difference),
      TEST(parameters_that_differ_are_named),
      TEST(fields_that_do_not_fit_are_named),
      TEST(another_grid_is_refused),
      TEST(a_file_of_somebody_else_is_compared_as_well),
      TEST(the_verb_says_what_differs),
      TEST(a_hash_is_not_believed),
      TEST(what_cannot_be_compared_is_an_error),
  };
  if (find_programs() != 0) return 77;
  return cmocka_run_group_tests(tests, NULL, NULL);
}
