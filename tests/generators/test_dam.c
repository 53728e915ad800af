/* What the conformance battery cannot know about the dam. */
#include "core/base/mem.h"
#include "datasets/recipe.h"
#include "generators/dam.h"
#include "tests/generators/built_in.h"
#include "tests/generators/case_run.h"

/* The tiny case, whose column falls over the barrier. */
static struct assay_dam small(void)
{
  struct assay_dam p;
  memcpy(&p, g->defaults, sizeof p);
  g->tiny(&p);
  return p;
}

static void impossible_geometry_is_refused_before_any_work(void **state)
{
  (void)state;
  static const struct {
    size_t member;
    double value;
    const char *message;
  } rows[] = {
      {offsetof(struct assay_dam, barrier_height), 0.4,
       "barrier_height 0.4 m: the domain is 0.4 m"},
      {offsetof(struct assay_dam, barrier_height), 0.09, "barrier_height 0.09 m is not a multiple"},
      {offsetof(struct assay_dam, barrier_width), 0.05, "barrier_width 0.05 m is not a multiple"},
      {offsetof(struct assay_dam, barrier_width), 0, "barrier_width 0 m of a barrier of 0.08 m"},
      {offsetof(struct assay_dam, barrier_position), 0.33, "barrier_position 0.33 m is not"},
      {offsetof(struct assay_dam, barrier_position), 0.78, "barrier from 0.78 to 0.82 m"},
      {offsetof(struct assay_dam, inlet_height), 0.42, "inlet_height 0.42 m: the domain"},
      {offsetof(struct assay_dam, inlet_height), 0.0731, "inlet_height 0.0731 m is not a multiple"},
      {offsetof(struct assay_dam, simulated_height), 0.3, "simulated_height 0.3 m is below"},
      {offsetof(struct assay_dam, simulated_height), 0.5, "does not consist of stored cells"},
      {offsetof(struct assay_dam, length), 0.79, "0.79 m x 0.4 m does not consist of"},
      {offsetof(struct assay_dam, cell), 0.4, "does not consist of 4 to 16384 cells"},
      {offsetof(struct assay_dam, column_width), 0.91, "column from 0 to 0.91 m"},
      {offsetof(struct assay_dam, column_height), 0.41, "column_height 0.41 m"},
      {offsetof(struct assay_dam, air_density), 123.7, "air_density 123.7 kg/m3 is above"},
  };
  for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
    struct assay_dam p = small();
    memcpy((char *)&p + rows[k].member, &rows[k].value, sizeof(double));
    assert_fails(g->check(&p), ASSAY_EARG, rows[k].message);
  }
  struct assay_dam p = small();
  p.start = ASSAY_DAM_AIR;
  p.inlet_velocity = 0;
  assert_fails(g->check(&p), ASSAY_EARG, "nothing moves");
  p = small();
  p.barrier_height = p.barrier_width = 0;
  assert_ok(g->check(&p));
  p.pressure = ASSAY_TWOPHASE_SPLITTING;
  assert_ok(g->check(&p));
  p.air_density = 2.385e-5;
  assert_fails(g->check(&p), ASSAY_EARG, "splitting is unstable at a density ratio of");
  p.pressure = ASSAY_TWOPHASE_ITERATED;
  assert_ok(g->check(&p));
  p = small();
  p.water_density = -2.385;
  assert_fails(assay_param_check(g->params, &p), ASSAY_EARG, "water_density");
}

/* Area of the barrier to rounding, its centre, distances by hand. */
static void static_fields_describe_the_barrier(void **state)
{
  (void)state;
  struct assay_dam p = small();
  p.nx = 37, p.ny = 29, p.frames = 1;
  struct assay_case *c = made(&p);
  const double dx = p.length / p.nx, dy = p.height / p.ny;
  double area = 0, moment_x = 0, moment_y = 0;
  for (int j = 0; j < p.ny; j++)
    for (int i = 0; i < p.nx; i++) {
      const double solid = 1 - value(c, ASSAY_DAM_MASK, 0, j, i);
      const double x = (i + 0.5) * dx, y = (j + 0.5) * dy;
      const double distance = value(c, ASSAY_DAM_DISTANCE, 0, j, i);
      const int tag = (int)value(c, ASSAY_DAM_TAG, 0, j, i);
      area += solid * dx * dy;
      moment_x += solid * dx * dy * x;
      moment_y += solid * dx * dy * y;
      assert_true((tag == ASSAY_DAM_SOLID) == (solid > 0.5));
      if (solid == 0) assert_true(distance > 0 && tag != ASSAY_DAM_SOLID);
      if (solid > 0.999) assert_true(distance < 0);
      if (i == 0 && j > 0 && j < p.ny - 1)
        assert_int_equal(tag, y < p.inlet_height ? ASSAY_DAM_INFLOW : ASSAY_DAM_OPENING);
    }
  assert_close(area, p.barrier_width * p.barrier_height, 1e-12, 0);
  assert_close(moment_x / area, p.barrier_position + p.barrier_width / 2, 0, dx / 4);
  assert_close(moment_y / area, p.barrier_height / 2, 0, dy / 4);
  /* above the left corner of the barrier, and over the middle of the floor behind it */
  const int i = (int)(0.29 / dx), j = (int)(0.12 / dy);
  assert_close(value(c, ASSAY_DAM_DISTANCE, 0, j, i),
               hypot(p.barrier_position - (i + 0.5) * dx, (j + 0.5) * dy - p.barrier_height), 1e-12,
               0);
  assert_close(value(c, ASSAY_DAM_DISTANCE, 0, 2, 30), 2.5 * dy, 1e-12, 0);
  assert_int_equal((int)value(c, ASSAY_DAM_TAG, 0, 0, 3), ASSAY_DAM_WALL);
  assert_int_equal((int)value(c, ASSAY_DAM_TAG, 0, p.ny - 1, 3), ASSAY_DAM_WALL);
  assert_int_equal((int)value(c, ASSAY_DAM_TAG, 0, 5, p.nx - 1), ASSAY_DAM_OPENING);
  assert_int_equal((int)value(c, ASSAY_DAM_TAG, 0, 9, 11), ASSAY_DAM_INTERIOR);
  assay_case_destroy(c);
}

/* What is stored on cells that do not divide the solver's holds the same water. */
static void stored_water_is_the_water(void **state)
{
  (void)state;
  struct assay_dam p = small();
  p.nx = 23, p.ny = 17;
  p.column_position = 0.1;
  struct assay_case *c = made(&p);
  const double cell = p.length / p.nx * p.height / p.ny;
  for (int k = 0; k < p.frames; k++) {
    double volume = 0;
    for (int j = 0; j < p.ny; j++)
      for (int i = 0; i < p.nx; i++)
        volume += value(c, ASSAY_DAM_FRACTION, k, j, i) * value(c, ASSAY_DAM_MASK, 0, j, i) * cell;
    assert_close(volume, scalar(c, ASSAY_DAM_VOLUME, k), 1e-12, 0);
  }
  assert_close(scalar(c, ASSAY_DAM_VOLUME, 0), p.column_width * p.column_height, 1e-12, 0);
  /* the start throws less than a per cent of a cell out over the upper edge of the inlet */
  const double in = p.frame_interval * p.inlet_velocity * p.inlet_height;
  const double spilt = p.column_width * p.column_height + in - scalar(c, ASSAY_DAM_VOLUME, 1);
  assert_true(spilt > 0 && spilt < 0.01 * p.cell * p.cell);
  for (int k = 2; k < p.frames; k++)
    assert_close(scalar(c, ASSAY_DAM_VOLUME, k) - scalar(c, ASSAY_DAM_VOLUME, k - 1), in, 1e-10, 0);
  assert_close(scalar(c, ASSAY_DAM_FRONT, 0), p.column_position + p.column_width, 0, 1e-9);
  assert_true(scalar(c, ASSAY_DAM_FRONT, 3) > scalar(c, ASSAY_DAM_FRONT, 1));
  assert_true(scalar(c, ASSAY_DAM_ENERGY, 3) > scalar(c, ASSAY_DAM_ENERGY, 1));
  assert_close(scalar(c, ASSAY_DAM_FLUX_WEST, 3),
               p.water_density * p.inlet_velocity * p.inlet_height, 0.05, 0);
  assay_case_destroy(c);
}

static void a_higher_domain_stores_the_same_window(void **state)
{
  (void)state;
  struct assay_dam p = small();
  p.ny = 8;
  p.simulated_height = 0.8; /* twice as high: 16 rows of the stored kind */
  struct assay_case *high = made(&p);
  assert_int_equal(high->shape.axis[0].n, 8);
  assert_close(high->shape.axis[0].hi, 0.4, 0, 0);
  p.simulated_height = 0;
  struct assay_case *low = made(&p);
  /* the same column at the start; the water, at first, hardly feels the lid */
  for (int j = 0; j < p.ny; j++)
    for (int i = 0; i < p.nx; i++) {
      assert_close(value(high, ASSAY_DAM_FRACTION, 0, j, i),
                   value(low, ASSAY_DAM_FRACTION, 0, j, i), 1e-12, 1e-14);
      assert_close(value(high, ASSAY_DAM_FRACTION, 2, j, i),
                   value(low, ASSAY_DAM_FRACTION, 2, j, i), 0, 0.1);
    }
  assert_int_equal((int)value(high, ASSAY_DAM_TAG, 0, p.ny - 1, 4), ASSAY_DAM_INTERIOR);
  assert_int_equal((int)value(low, ASSAY_DAM_TAG, 0, p.ny - 1, 4), ASSAY_DAM_WALL);
  assert_true(value(high, ASSAY_DAM_U, 3, p.ny - 1, 4) != value(low, ASSAY_DAM_U, 3, p.ny - 1, 4));
  assay_case_destroy(high);
  assay_case_destroy(low);
}

static void frames_do_not_depend_on_how_many_follow(void **state)
{
  (void)state;
  struct assay_dam p = small();
  struct assay_case *four = made(&p);
  p.frames = 2;
  struct assay_case *two = made(&p);
  for (int f = 0; f < ASSAY_DAM_FIELDS; f++) {
    const int frames = g->fields[f].kind == ASSAY_FIELD_STATIC ? 1 : 2;
    assert_memory_equal(four->data[f], two->data[f],
                        (size_t)frames * assay_case_elements(four, f) * sizeof(double));
  }
  assay_case_destroy(four);
  assay_case_destroy(two);
}

/* The same flow in other units: powers of two give the same bits. */
static void results_scale_with_the_units(void **state)
{
  (void)state;
  struct assay_dam p = small(), q = p;
  struct {
    double *a;
    double by;
  } scale[] = {{&q.length, 4},         {&q.height, 4},           {&q.cell, 4},
               {&q.inlet_height, 4},   {&q.barrier_position, 4}, {&q.barrier_height, 4},
               {&q.barrier_width, 4},  {&q.column_width, 4},     {&q.column_height, 4},
               {&q.slip_length, 4},    {&q.inlet_velocity, 2},   {&q.frame_interval, 2},
               {&q.water_density, 16}, {&q.air_density, 16},     {&q.water_viscosity, 128},
               {&q.air_viscosity, 128}};
  for (size_t k = 0; k < sizeof scale / sizeof *scale; k++) *scale[k].a *= scale[k].by;
  struct assay_case *a = made(&p), *b = made(&q);
  const double factor[ASSAY_DAM_FIELDS] = {
      [ASSAY_DAM_U] = 2,           [ASSAY_DAM_V] = 2,        [ASSAY_DAM_P] = 64,
      [ASSAY_DAM_VORTICITY] = 0.5, [ASSAY_DAM_FRACTION] = 1, [ASSAY_DAM_ENERGY] = 1024,
      [ASSAY_DAM_FLUX_WEST] = 128, [ASSAY_DAM_VOLUME] = 16,  [ASSAY_DAM_FORCE_X] = 256};
  for (int f = 0; f < ASSAY_DAM_FIELDS; f++) {
    const size_t n = assay_case_elements(a, f) * 4;
    for (size_t k = 0; k < n && factor[f] > 0; k++)
      assert_close(((double *)b->data[f])[k], factor[f] * ((double *)a->data[f])[k], 1e-9,
                   1e-9 * factor[f]);
  }
  for (int d = 0; d < 5; d++)
    assert_close(g->derived[d].value(&q), g->derived[d].value(&p), 1e-12, 0);
  assert_close(g->derived[5].value(&q), 2 * g->derived[5].value(&p), 1e-12, 0);
  assay_case_destroy(a);
  assay_case_destroy(b);
}

static void derived_groups_are_those_of_the_set(void **state)
{
  (void)state;
  const struct assay_dam *p = g->defaults;
  assert_close(g->derived[0].value(p), 100, 1e-12, 0);                  /* Re */
  assert_close(g->derived[1].value(p), 1 / sqrt(9.81 * 0.1), 1e-12, 0); /* Fr */
  assert_close(g->derived[2].value(p), 100 / 1.225, 1e-12, 0);          /* density_ratio */
  assert_close(g->derived[3].value(p), 0.1 / 1.7894e-5, 1e-12, 0);      /* viscosity_ratio */
  assert_close(g->derived[4].value(p), 1, 1e-12, 0);                    /* barrier_ratio */
  struct assay_dam q = *p;
  q.inlet_velocity = 0;
  q.start = ASSAY_DAM_COLUMN;
  assert_close(g->derived[0].value(&q), 100 * sqrt(9.81 * 0.2) * 0.1 / 0.1, 1e-12, 0);
  assert_true(g->cost(p) > 1 && g->cost(p) < 1000);
}

static void half_resolution_needs_the_barrier_on_its_cells(void **state)
{
  (void)state;
  struct assay_dam p = *(const struct assay_dam *)g->defaults;
  assert_ok(g->coarsen(&p));
  assert_close(p.cell, 0.01, 1e-14, 0);
  assert_int_equal(p.nx, 64);
  assert_fails(g->coarsen(&p), ASSAY_EARG, "half resolution: barrier_width 0.05 m");
  assert_close(p.cell, 0.01, 1e-14, 0);
}

static void other_sides_say_what_they_impose(void **state)
{
  (void)state;
  struct assay_dam p = small();
  double value_at = -1;
  assert_int_equal(g->boundary(&value_at, &p, ASSAY_DAM_V, ASSAY_SOUTH, 0),
                   ASSAY_BOUNDARY_DIRICHLET);
  assert_close(value_at, 0, 0, 0);
  assert_int_equal(g->boundary(&value_at, &p, ASSAY_DAM_V, ASSAY_NORTH, 0),
                   ASSAY_BOUNDARY_DIRICHLET);
  assert_int_equal(g->boundary(&value_at, &p, ASSAY_DAM_U, ASSAY_EAST, 0), ASSAY_BOUNDARY_NONE);
  assert_int_equal(g->boundary(&value_at, &p, ASSAY_DAM_P, ASSAY_WEST, 0), ASSAY_BOUNDARY_NONE);
  p.simulated_height = 0.8; /* the stored window ends below the top */
  assert_int_equal(g->boundary(&value_at, &p, ASSAY_DAM_V, ASSAY_NORTH, 0), ASSAY_BOUNDARY_NONE);
}

static void certificate_is_filled(void **state)
{
  (void)state;
  const struct assay_dam p = small();
  struct assay_case *c = made(&p);
  const struct assay_certificate *e = &c->certificate;
  assert_true(e->max_divergence > 0 && e->max_divergence < 1e-10);
  assert_true(e->mass_imbalance >= 0 && e->mass_imbalance < 1e-12);
  assert_true(e->volume_balance >= 0 && e->volume_balance < 1e-12);
  assert_true(e->fraction_min >= 0 && e->fraction_max <= 1 && e->fraction_max == 1);
  assert_true(e->dt_min > 0 && e->dt_min <= e->dt_max && e->steps >= 3);
  assert_true(e->steps * e->dt_max >= 3 * p.frame_interval * (1 - 1e-12));
  assert_true(e->cell_reynolds > 1);
  assert_int_equal(e->convection_scheme, ASSAY_CONVECTION_LIMITED);
  assert_int_equal(e->viscous_scheme, ASSAY_VISCOUS_IMPLICIT);
  assay_case_destroy(c);
}

static void recipes_have_the_published_cases(void **state)
{
  (void)state;
  static const struct {
    const char *name;
    long cases;
    double re_min, re_max;
  } rows[] = {{"cfdbench/dam-bc", 70, 5, 200},     {"cfdbench/dam-prop", 100, 1, 10000},
              {"cfdbench/dam-geo", 50, 100, 100},  {"cfdbench/dam", 220, 1, 10000},
              {"cfdbench/dam-tiny", 16, 24, 8000}, {"flow/dam-64", 120, 1, 16000},
              {"flow/dam-128", 120, 1, 16000}};
  for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
    struct assay_recipe *r = built_in(rows[k].name, NULL);
    double lo = HUGE_VAL, hi = 0;
    assert_int_equal(assay_recipe_cases(r), rows[k].cases);
    for (long id = 0; id < rows[k].cases; id++) {
      struct assay_dam p;
      assert_ok(assay_recipe_params(r, &p, id));
      assert_ok(g->check(&p));
      assert_ok(g->coarsen(&p));
      lo = fmin(lo, g->derived[0].value(&p));
      hi = fmax(hi, g->derived[0].value(&p));
    }
    print_message("# %s: Re %g to %g\n", rows[k].name, lo, hi);
    assert_true(lo >= rows[k].re_min * (1 - 1e-12) && hi <= rows[k].re_max * (1 + 1e-12));
    assay_recipe_destroy(r);
  }
}

/* up to inlet_height (0.08 m); above, nothing is imposed */
static void the_inlet_is_a_part_of_its_side(void **state)
{
  (void)state;
  struct assay_dam p = small();
  double v;
  p.inlet_velocity = 2.385;
  assert_int_equal(g->boundary(&v, &p, ASSAY_DAM_U, ASSAY_WEST, 0.1), ASSAY_BOUNDARY_DIRICHLET);
  assert_close(v, 2.385, 0, 0);
  assert_int_equal(g->boundary(&v, &p, ASSAY_DAM_FRACTION, ASSAY_WEST, 0.1),
                   ASSAY_BOUNDARY_DIRICHLET);
  assert_close(v, 1, 0, 0);
  assert_int_equal(g->boundary(&v, &p, ASSAY_DAM_P, ASSAY_WEST, 0.1), ASSAY_BOUNDARY_NONE);
  assert_close(g->boundary_profile(&p, ASSAY_DAM_U, ASSAY_WEST, 0.07), 1, 0, 0);
  assert_true(isnan(g->boundary_profile(&p, ASSAY_DAM_U, ASSAY_WEST, 0.09)));
  assert_close(g->boundary_profile(&p, ASSAY_DAM_U, ASSAY_SOUTH, 0.3), 1, 0, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(impossible_geometry_is_refused_before_any_work),
      cmocka_unit_test(the_inlet_is_a_part_of_its_side),
      cmocka_unit_test(static_fields_describe_the_barrier),
      cmocka_unit_test(stored_water_is_the_water),
      cmocka_unit_test(a_higher_domain_stores_the_same_window),
      cmocka_unit_test(frames_do_not_depend_on_how_many_follow),
      cmocka_unit_test(results_scale_with_the_units),
      cmocka_unit_test(derived_groups_are_those_of_the_set),
      cmocka_unit_test(half_resolution_needs_the_barrier_on_its_cells),
      cmocka_unit_test(other_sides_say_what_they_impose),
      cmocka_unit_test(certificate_is_filled),
      cmocka_unit_test(recipes_have_the_published_cases),
  };
  if (assay_generator_find(&g, "dam") < 0) return 1;
  return cmocka_run_group_tests_name("generators/dam", tests, NULL, NULL);
}
