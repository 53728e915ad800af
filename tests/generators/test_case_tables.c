/* The parameters of all 739 compatible cases, from the published rules and bit by bit. The lists of
 * the cylinder's fluids are in test_cylinder_recipes.c. */
#include "tests/generators/built_in.h"

/* What a case of a subset differs in from the base case: two parameters at most. */
struct variation {
  double first, second;
};

static struct variation lid_speed(int i)
{
  return (struct variation){i + 1, 0};
}

static struct variation cavity_fluid(int i)
{
  static const double density[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0.1, 0.5};
  static const double viscosity[7] = {1e-5, 5e-5, 1e-4, 5e-4, 1e-3, 5e-3, 1e-2};
  return (struct variation){density[i / 7], viscosity[i % 7]};
}

static struct variation sides(int i)
{
  return (struct variation){(1 + i / 5) / 100.0, (1 + i % 5) / 100.0};
}

static struct variation tenths(int i)
{
  return (struct variation){(i + 1) / 10.0, 0};
}

static struct variation liquid(int i)
{
  static const double density[10] = {10, 120, 230, 340, 450, 560, 670, 780, 890, 1000};
  static const double viscosity[10] = {0.01, 0.12, 0.23, 0.34, 0.45, 0.56, 0.67, 0.78, 0.89, 1};
  return (struct variation){density[i / 10], viscosity[i % 10]};
}

/* ten to twenty diameters long; in hundredths, so that the quotients are the nearest numbers */
static struct variation tube_shape(int i)
{
  static const int diameter[5] = {1, 5, 10, 30, 50};
  static const int half_lengths[5] = {20, 25, 30, 35, 40};
  return (struct variation){diameter[i / 5] / 100.0, diameter[i / 5] * half_lengths[i % 5] / 200.0};
}

static struct variation dam_speed(int i)
{
  return (struct variation){(i < 20 ? 5 * (i + 1) : 100 + 2 * (i - 19)) / 100.0, 0};
}

static struct variation barrier(int i)
{
  return (struct variation){(11 + i / 10) / 100.0, (1 + i % 10) / 100.0};
}

struct subset {
  const char *problem, *subset;
  int cases;
  const char *params[2]; /* the second NULL: one varies */
  struct variation (*rule)(int i);
};

static const struct subset subsets[] = {
    {"cavity", "prop", 84, {"density", "viscosity"}, cavity_fluid},
    {"cavity", "bc", 50, {"lid_velocity"}, lid_speed},
    {"cavity", "geo", 25, {"width", "height"}, sides},
    {"tube", "prop", 100, {"water_density", "water_viscosity"}, liquid},
    {"tube", "bc", 50, {"inlet_velocity"}, tenths},
    {"tube", "geo", 25, {"diameter", "length"}, tube_shape},
    {"dam", "prop", 100, {"water_density", "water_viscosity"}, liquid},
    {"dam", "bc", 70, {"inlet_velocity"}, dam_speed},
    {"dam", "geo", 50, {"barrier_height", "barrier_width"}, barrier},
    {"cylinder", "bc", 50, {"inlet_velocity"}, tenths},
};
enum { SUBSETS = sizeof subsets / sizeof *subsets };

/* The base cases. */
static const struct {
  const char *problem, *param;
  double value;
} base[] = {
    {"cavity", "width", 0.01},
    {"cavity", "height", 0.01},
    {"cavity", "lid_velocity", 10},
    {"cavity", "density", 1},
    {"cavity", "viscosity", 1e-5},
    {"cavity", "frames", 218},
    {"cavity", "frame_interval", 0.1},
    {"cavity", "start", 0},
    {"tube", "length", 1},
    {"tube", "diameter", 0.1},
    {"tube", "inlet_velocity", 1},
    {"tube", "water_density", 100},
    {"tube", "water_viscosity", 0.1},
    {"tube", "frames", 226},
    {"tube", "frame_interval", 0.1},
    {"tube", "surface_tension", 0},
    {"dam", "length", 1.5},
    {"dam", "height", 0.4},
    {"dam", "inlet_velocity", 1},
    {"dam", "inlet_height", 0.1},
    {"dam", "water_density", 100},
    {"dam", "water_viscosity", 0.1},
    {"dam", "barrier_position", 0.5},
    {"dam", "barrier_height", 0.1},
    {"dam", "barrier_width", 0.05},
    {"dam", "frames", 100},
    {"dam", "frame_interval", 0.1},
    {"dam", "gravity", 9.81},
    {"cylinder", "density", 10},
    {"cylinder", "viscosity", 1e-3},
    {"cylinder", "diameter", 0.02},
    {"cylinder", "upstream", 0.06},
    {"cylinder", "downstream", 0.16},
    {"cylinder", "below", 0.06},
    {"cylinder", "above", 0.06},
    {"cylinder", "frames", 1000},
    {"cylinder", "inlet_velocity", 1},
    {"cylinder", "frame_interval", 1e-3},
};
enum { BASE = sizeof base / sizeof *base };

static int column(const struct assay_layout *l, const char *param)
{
  for (int q = 0; q < l->n_params; q++)
    if (strcmp(l->params[q].name, param) == 0) return q;
  fail_msg("no parameter '%s'", param);
  return -1;
}

static int varies(const struct subset *s, const char *param)
{
  return strcmp(s->params[0], param) == 0 || (s->params[1] && strcmp(s->params[1], param) == 0);
}

static void check_case(const struct assay_recipe *r, long id, const struct subset *s, int i)
{
  const struct assay_layout *l = assay_recipe_layout(r);
  const struct variation v = s->rule(i);
  double values[128];
  assert_true(l->n_params <= 128);
  assert_ok(assay_recipe_values(values, r, id));
  assert_close(values[column(l, s->params[0])], v.first, 0, 0);
  if (s->params[1]) assert_close(values[column(l, s->params[1])], v.second, 0, 0);
  for (int b = 0; b < BASE; b++)
    if (strcmp(base[b].problem, s->problem) == 0 && !varies(s, base[b].param))
      assert_close(values[column(l, base[b].param)], base[b].value, 0, 0);
  assert_close(values[column(l, "nx")], 64, 0, 0);
  assert_close(values[column(l, "ny")], 64, 0, 0);
}

static void subsets_follow_the_published_rules(void **state)
{
  (void)state;
  for (int k = 0; k < SUBSETS; k++) {
    const struct subset *s = &subsets[k];
    char name[64];
    snprintf(name, sizeof name, "cfdbench/%s-%s", s->problem, s->subset);
    struct assay_recipe *r = built_in(name, NULL);
    assert_int_equal(assay_recipe_cases(r), s->cases);
    for (int i = 0; i < s->cases; i++) check_case(r, i, s, i);
    assay_recipe_destroy(r);
  }
}

/* In the order prop, bc, geo, as in the table above. */
static void joined_sets_hold_the_same_cases(void **state)
{
  (void)state;
  for (int k = 0; k < 9; k += 3) {
    char name[64];
    long first = 0;
    snprintf(name, sizeof name, "cfdbench/%s", subsets[k].problem);
    struct assay_recipe *r = built_in(name, NULL);
    for (int s = k; s < k + 3; s++) {
      for (int i = 0; i < subsets[s].cases; i++) check_case(r, first + i, &subsets[s], i);
      first += subsets[s].cases;
    }
    assert_int_equal(assay_recipe_cases(r), first);
    assay_recipe_destroy(r);
  }
}

/* 301,212, the number that is printed everywhere */
static void frames_are_counted(void **state)
{
  (void)state;
  static const char *const names[] = {"cfdbench/cavity", "cfdbench/tube", "cfdbench/dam",
                                      "cfdbench/cylinder"};
  long cases = 0, frames = 0;
  for (int k = 0; k < 4; k++) {
    struct assay_recipe *r = built_in(names[k], NULL);
    cases += assay_recipe_cases(r);
    for (long id = 0; id < assay_recipe_cases(r); id++) frames += assay_recipe_frames(r, id);
    assay_recipe_destroy(r);
  }
  assert_int_equal(cases, 739);
  assert_int_equal(frames, 301212);
}

static void everything_is_freed(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(subsets_follow_the_published_rules),
      cmocka_unit_test(joined_sets_hold_the_same_cases),
      cmocka_unit_test(frames_are_counted),
      cmocka_unit_test(everything_is_freed),
  };
  return cmocka_run_group_tests_name("generators/case_tables", tests, NULL, NULL);
}
