#include <inttypes.h>
#include <stdlib.h>

#include "core/base/mem.h"
#include "core/base/param.h"
#include "core/base/text.h"
#include "tests/test.h"

struct flow {
  double viscosity;
  int nx;
  uint64_t seed;
  bool steady;
  int start;
  const char *title;
  struct assay_list fields;
};

static const struct assay_param rows[] = {
    {ASSAY_P_DOUBLE(flow, viscosity), .unit = "Pa s", .doc = "dynamic viscosity", .min = 1e-6,
     .max = 50},
    {ASSAY_P_INT(flow, nx), .unit = "1", .doc = "cells in x", .min = 4, .max = 4096,
     .flags = ASSAY_PARAM_FIXED},
    {ASSAY_P_U64(flow, seed), .doc = "seed"},
    {ASSAY_P_BOOL(flow, steady), .doc = "stop when steady"},
    {ASSAY_P_CHOICE(flow, start, "rest", "random"), .doc = "first frame"},
    {ASSAY_P_STRING(flow, title), .doc = "title", .flags = ASSAY_PARAM_REQUIRED},
    {ASSAY_P_LIST(flow, fields), .doc = "fields"},
    {0},
};
static const struct flow defaults = {.viscosity = 2.385e-3, .nx = 64, .seed = 7, .title = "t"};

static const struct {
  const char *key, *text;
  int rc;
  const char *message;
} sets[] = {
    {"viscosity", "1e-5", ASSAY_OK, ""},
    {"viscosity", "1e-5x", ASSAY_EPARSE, "viscosity: expected a number, got '1e-5x'"},
    {"viscosity", "nan", ASSAY_EPARSE, "expected a number, got 'nan'"},
    {"viscosity", "inf", ASSAY_EPARSE, "expected a number, got 'inf'"},
    {"viscosity", "", ASSAY_EPARSE, "expected a number, got ''"},
    {"viscosity", " 1", ASSAY_EPARSE, "got ' 1'"},
    {"viscosity", "60", ASSAY_EARG, "viscosity = 60 is outside [1e-06, 50]"},
    {"nx", "128", ASSAY_OK, ""},
    {"nx", "12.5", ASSAY_EPARSE, "nx: expected a whole number, got '12.5'"},
    {"nx", "3", ASSAY_EARG, "nx = 3 is outside [4, 4096]"},
    {"nx", "99999999999", ASSAY_EPARSE, "expected a whole number"},
    {"seed", "18446744073709551615", ASSAY_OK, ""},
    {"seed", "18446744073709551616", ASSAY_EPARSE, "from 0 to 2^64 - 1"},
    {"seed", "-3", ASSAY_EPARSE, "got '-3'"},
    {"steady", "yes", ASSAY_OK, ""},
    {"steady", "maybe", ASSAY_EPARSE, "steady: expected true or false, got 'maybe'"},
    {"start", "random", ASSAY_OK, ""},
    {"start", "randon", ASSAY_EPARSE,
     "no choice 'randon' (did you mean 'random'? known: rest, random)"},
    {"viscosty", "1", ASSAY_ENOTFOUND, "no parameter 'viscosty' (did you mean 'viscosity'?"},
    {"zzzzzz", "1", ASSAY_ENOTFOUND, "no parameter 'zzzzzz' (known: viscosity, nx"},
};

static void values_are_parsed_or_refused_with_a_reason(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
    struct flow f = defaults;
    const int rc = assay_param_set(rows, &f, sets[i].key, sets[i].text);
    if (rc != sets[i].rc || (rc < 0 && !strstr(assay_err_last(), sets[i].message)))
      fail_msg("row %zu: %s=%s gave %d '%s'", i, sets[i].key, sets[i].text, rc, assay_err_last());
    if (rc < 0) assert_memory_equal(&f, &defaults, sizeof f);
  }
}

static void every_type_survives_text(void **state)
{
  (void)state;
  struct flow f = defaults, g = {.title = "x"};
  f.viscosity = 0.1 + 0.2;
  f.seed = UINT64_MAX - 1;
  f.steady = true;
  f.start = 1;
  for (const struct assay_param *r = rows; r->name; r++) {
    char *text = NULL;
    assert_ok(assay_param_text(&text, r, &f));
    if (r->type == ASSAY_PT_STRING || r->type == ASSAY_PT_LIST) {
      assay_free(text);
      continue;
    }
    assert_ok(assay_param_set(rows, &g, r->name, text));
    assay_free(text);
  }
  assert_true(g.viscosity == f.viscosity && g.seed == f.seed && g.nx == 64);
  assert_true(g.steady && g.start == 1);
}

static void random_doubles_read_back_to_the_same_bits(void **state)
{
  (void)state;
  uint64_t x = UINT64_C(0x9e3779b97f4a7c15);
  for (int i = 0; i < 20000; i++) {
    x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    double v, back;
    memcpy(&v, &x, sizeof v);
    char text[32];
    if (!isfinite(v)) continue;
    assert_ok(assay_text_to_double(&back, assay_text_double(text, v)));
    if (memcmp(&v, &back, sizeof v) != 0) fail_msg("%a came back as %a through %s", v, back, text);
  }
  char text[32];
  assert_string_equal(assay_text_double(text, 0.1), "0.1");
  assert_string_equal(assay_text_double(text, 1e22), "1e+22");
}

static void assignments_and_lists(void **state)
{
  (void)state;
  struct flow f = defaults;
  assert_ok(assay_param_assign(rows, &f, "title=a=b"));
  assert_string_equal(f.title, "a=b");
  assert_fails(assay_param_assign(rows, &f, "title"), ASSAY_EPARSE, "expected key=value");
  assert_fails(assay_param_assign(rows, &f, "=3"), ASSAY_EPARSE, "expected key=value");
  assert_ok(assay_param_set(rows, &f, "fields", "u"));
  assert_ok(assay_param_set(rows, &f, "fields", "p"));
  char *text = NULL;
  assert_ok(assay_param_text(&text, assay_param_find(rows, "fields"), &f));
  assert_string_equal(text, "u,p");
  assay_free(text);
  while (f.fields.n < ASSAY_LIST_MAX) assert_ok(assay_param_set(rows, &f, "fields", "v"));
  assert_fails(assay_param_set(rows, &f, "fields", "v"), ASSAY_EARG, "fields: more than 64 items");
}

static void checks_find_what_is_missing_or_out_of_range(void **state)
{
  (void)state;
  struct flow f = defaults;
  assert_ok(assay_param_check(rows, &f));
  f.viscosity = 1e-7;
  assert_fails(assay_param_check(rows, &f), ASSAY_EARG, "viscosity = 1e-07 is outside");
  f = defaults;
  f.title = "";
  assert_fails(assay_param_check(rows, &f), ASSAY_EARG, "title is required");
}

static void numbers_are_put_by_type(void **state)
{
  (void)state;
  struct flow f = defaults;
  assert_ok(assay_param_put(assay_param_find(rows, "nx"), &f, 33));
  assert_int_equal(f.nx, 33);
  assert_fails(assay_param_put(assay_param_find(rows, "nx"), &f, 33.25), ASSAY_EPARSE,
               "whole number");
  assert_fails(assay_param_put(assay_param_find(rows, "start"), &f, 1), ASSAY_EARG,
               "start: a choice");
  assert_close(assay_param_number(assay_param_find(rows, "nx"), &f), 33, 0, 0);
  assert_true(isnan(assay_param_number(assay_param_find(rows, "title"), &f)));
}

static void descriptions_name_units_ranges_and_defaults(void **state)
{
  (void)state;
  char *text = NULL;
  size_t size = 0;
  FILE *to = open_memstream(&text, &size);
  assay_param_print(rows, &defaults, to);
  fclose(to);
  assert_non_null(strstr(text, "dynamic viscosity, in Pa s [1e-06, 50] (default 0.002385)"));
  assert_non_null(strstr(text, "rest|random"));
  free(text);
  json_t *j = assay_param_describe(rows, &defaults);
  assert_int_equal(json_array_size(j), 7);
  const json_t *nx = json_array_get(j, 1);
  assert_true(json_is_true(json_object_get(nx, "fixed")));
  assert_close(json_number_value(json_object_get(nx, "max")), 4096, 0, 0);
  json_decref(j);
  struct flow f = defaults;
  f.seed = UINT64_MAX;
  j = assay_param_json(rows, &f);
  assert_string_equal(json_string_value(json_object_get(j, "seed")), "18446744073709551615");
  assert_string_equal(json_string_value(json_object_get(j, "start")), "rest");
  json_decref(j);
}

static void near_names_are_found_and_far_ones_are_not(void **state)
{
  (void)state;
  static const char *const names[] = {"cavity", "heat", "cylinder", NULL};
  assert_string_equal(assay_text_nearest("cavtiy", names), "cavity");
  assert_string_equal(assay_text_nearest("haet", names), "heat");
  assert_null(assay_text_nearest("burgers", names));
  assert_int_equal(assay_text_distance("cavtiy", "cavity"), 1);
  assert_int_equal(assay_text_distance("", "abc"), 3);
  assert_int_equal(assay_text_distance("kitten", "sitting"), 3);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_are_parsed_or_refused_with_a_reason),
      cmocka_unit_test(every_type_survives_text),
      cmocka_unit_test(random_doubles_read_back_to_the_same_bits),
      cmocka_unit_test(assignments_and_lists),
      cmocka_unit_test(checks_find_what_is_missing_or_out_of_range),
      cmocka_unit_test(numbers_are_put_by_type),
      cmocka_unit_test(descriptions_name_units_ranges_and_defaults),
      cmocka_unit_test(near_names_are_found_and_far_ones_are_not),
  };
  return cmocka_run_group_tests_name("core/base/param", tests, NULL, NULL);
}
