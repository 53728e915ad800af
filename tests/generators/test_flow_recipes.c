/* What the flow/ sets promise: joint samples on square cells, frames at the flow's own pace,
 * several starts, and parts of their splits that lie apart in the Reynolds number. */
#include <math.h>

#include "generators/generator.h"
#include "tests/generators/built_in.h"

enum { CASES_MAX = 256 };

static const char *const names[] = {
    "flow/cavity-64",      "flow/cavity-128",   "flow/cavity-256",  "flow/cavity-wide-64",
    "flow/cavity-tall-64", "flow/cavity-tiny",  "flow/tube-64",     "flow/tube-128",
    "flow/tube-256",       "flow/tube-tiny",    "flow/dam-64",      "flow/dam-128",
    "flow/dam-256",        "flow/dam-tiny",     "flow/cylinder-64", "flow/cylinder-128",
    "flow/cylinder-256",   "flow/cylinder-tiny"};
enum { N_NAMES = sizeof names / sizeof *names };

/* A parameter or derived group of a case. */
static double value(const struct assay_recipe *r, long id, const char *name)
{
  const struct assay_layout *l = assay_recipe_layout(r);
  double values[128] = {0};
  assert_true(l->n_params <= 128);
  assert_ok(assay_recipe_values(values, r, id));
  for (int q = 0; q < l->n_params; q++)
    if (strcmp(l->params[q].name, name) == 0) return values[q];
  fail_msg("no '%s' in %s", name, assay_recipe_head(r)->name);
  return 0;
}

static struct assay_shape shape_of(const struct assay_recipe *r, long id)
{
  struct assay_shape shape = {0};
  const struct assay_generator *g = assay_recipe_generator(r);
  void *params = NULL;
  assert_ok(assay_alloc(&params, 1, g->params_size, "parameters"));
  assert_ok(assay_recipe_params(r, params, id));
  assert_ok(g->shape(&shape, params));
  assay_free(params);
  return shape;
}

static bool is_kind(const char *name, const char *problem)
{
  return strncmp(name + strlen("flow/"), problem, strlen(problem)) == 0;
}

static void stored_cells_are_square(void **state)
{
  (void)state;
  for (int k = 0; k < N_NAMES; k++) {
    struct assay_recipe *r = built_in(names[k], NULL);
    for (long id = 0; id < assay_recipe_cases(r); id++) {
      const struct assay_shape shape = shape_of(r, id);
      const struct assay_axis *y = &shape.axis[0], *x = &shape.axis[1];
      assert_close((x->hi - x->lo) / x->n, (y->hi - y->lo) / y->n, 1e-12, 0);
    }
    assay_recipe_destroy(r);
  }
}

/* The time in which the flow passes its length, or in which water falls the height of the inlet. */
static double time_scale(const struct assay_recipe *r, long id, const char *name)
{
  if (is_kind(name, "cavity")) return value(r, id, "turnover");
  if (is_kind(name, "dam")) return value(r, id, "fall_time");
  return value(r, id, "diameter") / value(r, id, "inlet_velocity");
}

static void frames_follow_the_time_scale_of_the_flow(void **state)
{
  (void)state;
  for (int k = 0; k < N_NAMES; k++) {
    struct assay_recipe *r = built_in(names[k], NULL);
    double first = 0;
    for (long id = 0; id < assay_recipe_cases(r); id++) {
      const double share = shape_of(r, id).frame_interval / time_scale(r, id, names[k]);
      if (id == 0) first = share;
      assert_true(share > 0.1 && share < 0.6);
      assert_close(share, first, 1e-4, 0); /* rows of the cylinder have five digits */
    }
    assay_recipe_destroy(r);
  }
}

/* Every parameter that varies takes as many values as there are cases, in every n-th of its range
 * one; those that are rounded, chosen or tied do not. */
static void samples_are_joint(void **state)
{
  (void)state;
  static const struct {
    const char *name, *param;
    double lo, hi;
    bool log;
  } rows[] = {{"flow/cavity-64", "lid_velocity", 0.5, 2, false},
              {"flow/cavity-64", "viscosity", 1e-3, 2e-2, true},
              {"flow/cavity-64", "start_speed", 0.1, 0.5, false},
              {"flow/tube-128", "diameter", 0.05, 0.2, true},
              {"flow/tube-128", "inlet_velocity", 0.2, 2, false},
              {"flow/tube-128", "start_length", 0, 0.15, false},
              {"flow/dam-256", "column_width", 0.05, 0.3, false},
              {"flow/dam-256", "water_density", 50, 1000, true},
              {"flow/cylinder-tiny", "offset", -0.01, 0.01, false}};
  for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
    struct assay_recipe *r = built_in(rows[k].name, NULL);
    const long n = assay_recipe_cases(r);
    int seen[CASES_MAX] = {0};
    assert_true(n <= CASES_MAX);
    for (long id = 0; id < n; id++) {
      const double v = value(r, id, rows[k].param);
      const double at = rows[k].log ? log(v / rows[k].lo) / log(rows[k].hi / rows[k].lo)
                                    : (v - rows[k].lo) / (rows[k].hi - rows[k].lo);
      assert_true(at >= 0 && at < 1);
      seen[(int)(at * (double)n)]++;
    }
    for (long s = 0; s < n; s++) assert_int_equal(seen[s], 1);
    assay_recipe_destroy(r);
  }
}

struct range {
  int n;
  double lo, hi;
};

/* The part of a split that a case is in. */
static int part_of(const struct assay_recipe *r, const char *split, long id)
{
  const struct assay_layout *l = assay_recipe_layout(r);
  const struct assay_case c = {.id = id}; /* no frames: nothing was made */
  struct assay_writer_record record;
  int s = 0;
  while (s < l->n_splits && strcmp(l->splits[s], split) != 0) s++;
  assert_true(s < l->n_splits);
  assert_ok(assay_recipe_record(&record, r, &c));
  const int part = record.splits[s];
  assay_recipe_record_free(&record);
  return part;
}

/* Cases of a part of a split with a Reynolds number from lo to hi, and the ends of their own range.
 */
static struct range reynolds(const struct assay_recipe *r, const char *split, int part, double lo,
                             double hi)
{
  struct range range = {0, 1e300, 0};
  for (long id = 0; id < assay_recipe_cases(r); id++) {
    const double re = value(r, id, "Re");
    if (part_of(r, split, id) != part || re < lo || re > hi) continue;
    range.n++;
    range.lo = fmin(range.lo, re);
    range.hi = fmax(range.hi, re);
  }
  return range;
}

static struct range all(const struct assay_recipe *r, const char *split, int part)
{
  return reynolds(r, split, part, 0, 1e300);
}

static void splits_lie_apart_in_the_reynolds_number(void **state)
{
  (void)state;
  for (int k = 0; k < N_NAMES; k++) {
    struct assay_recipe *r = built_in(names[k], NULL);
    const struct range in = all(r, "interpolation", 2), out = all(r, "extrapolation", 2);
    const struct range learnt = all(r, "interpolation", 0);
    assert_true(in.n >= 1 && all(r, "interpolation", 1).n >= 1);
    assert_true(out.n >= 2 && all(r, "extrapolation", 1).n >= 1);
    assert_true(learnt.lo < in.lo && in.hi < learnt.hi);
    assert_int_equal(reynolds(r, "interpolation", 0, in.lo, in.hi).n, 0);
    assert_true(all(r, "extrapolation", 0).hi < out.lo);
    assert_true(all(r, "stratified", 2).n >= 2 && all(r, "stratified", 1).n >= 1);
    assay_recipe_destroy(r);
  }
}

static void everything_is_freed(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(stored_cells_are_square),
      cmocka_unit_test(frames_follow_the_time_scale_of_the_flow),
      cmocka_unit_test(samples_are_joint),
      cmocka_unit_test(splits_lie_apart_in_the_reynolds_number),
      cmocka_unit_test(everything_is_freed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
