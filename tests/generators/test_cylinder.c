/* What the conformance battery cannot know about the cylinder: geometry, what is refused, what is
 * stored. Recipes: test_cylinder_recipes.c. */
#include "core/base/mem.h"
#include "generators/cylinder.h"
#include "tests/generators/case_run.h"

static struct assay_cylinder base(void)
{
  struct assay_cylinder p;
  memcpy(&p, g->defaults, sizeof p);
  return p;
}

static struct assay_cylinder small(void)
{
  struct assay_cylinder p;
  memcpy(&p, g->defaults, sizeof p);
  g->tiny(&p);
  return p;
}

static double derived(const char *name, const struct assay_cylinder *p)
{
  for (const struct assay_derived *d = g->derived; d->name; d++)
    if (strcmp(d->name, name) == 0) return d->value(p);
  fail_msg("no derived group %s", name);
  return (double)NAN;
}

/* ---- geometry ------------------------------------------------------------------------------- */

static void solver_cells_are_fine_enough_and_nearly_square(void **state)
{
  (void)state;
  static const double diameters[] = {0.01, 0.0137, 0.02, 0.0285, 0.05};
  static const double targets[] = {9, 16, 40, 43.85, 100};
  static const int stored[] = {16, 64, 100, 256};
  for (int a = 0; a < 5; a++)
    for (int b = 0; b < 5; b++)
      for (int c = 0; c < 4; c++) {
        struct assay_cylinder p = base();
        p.diameter = diameters[a];
        p.cells_per_diameter = targets[b];
        p.nx = stored[c];
        const struct assay_cylinder_geometry geo = assay_cylinder_geometry(&p);
        const double long_side = fmax(geo.dx, geo.dy), short_side = fmin(geo.dx, geo.dy);
        assert_true(p.diameter / long_side >= p.cells_per_diameter * (1 - 1e-8));
        assert_true(long_side <= 2 * short_side * (1 + 1e-8));
        assert_int_equal(geo.nx, geo.refine_x * p.nx);
        assert_close(geo.nx * geo.dx, 0.22, 1e-13, 0);
        assert_close(geo.ny * geo.dy, 0.12, 1e-13, 0);
      }
}

static void the_base_case_is_448_by_256(void **state)
{
  (void)state;
  const struct assay_cylinder p = base();
  const struct assay_cylinder_geometry geo = assay_cylinder_geometry(&p);
  assert_int_equal(geo.nx, 448);
  assert_int_equal(geo.ny, 256);
  assert_close(derived("cells_across", &p), 0.02 / (0.22 / 448), 1e-13, 0);
  assert_close(derived("Re", &p), 200, 1e-13, 0);
  assert_close(derived("blockage", &p), 1.0 / 6, 1e-13, 0);
  assert_close(derived("shedding_period", &p), 0.1, 1e-13, 0);
  assert_close(derived("diffusive_time", &p), 4, 1e-13, 0);
  assert_true(g->cost(&p) > 0.1 && g->cost(&p) < 100);
}

static void given_refinement_wins_over_the_rule(void **state)
{
  (void)state;
  struct assay_cylinder p = base();
  p.refine_x = 8;
  p.refine_y = 5;
  assert_close(derived("solver_nx", &p), 512, 0, 0);
  assert_close(derived("solver_ny", &p), 320, 0, 0);
}

static void turned_shapes_have_their_boxes(void **state)
{
  (void)state;
  struct assay_cylinder p = base();
  p.chord = 0.03;
  p.angle = 30;
  const double c = sqrt(0.75), s = 0.5;
  p.shape = ASSAY_CYLINDER_RECTANGLE;
  struct assay_cylinder_geometry geo = assay_cylinder_geometry(&p);
  assert_close(geo.half_x, 0.015 * c + 0.01 * s, 1e-14, 0);
  assert_close(geo.half_y, 0.015 * s + 0.01 * c, 1e-14, 0);
  assert_close(geo.thickness, 0.02, 1e-14, 0);
  p.shape = ASSAY_CYLINDER_ELLIPSE;
  geo = assay_cylinder_geometry(&p);
  assert_close(geo.half_x, hypot(0.015 * c, 0.01 * s), 1e-14, 0);
  assert_close(geo.half_y, hypot(0.015 * s, 0.01 * c), 1e-14, 0);
  p.chord = 0.008;
  assert_close(assay_cylinder_geometry(&p).thickness, 0.008, 1e-14, 0);
  p.shape = ASSAY_CYLINDER_CIRCLE;
  assert_close(assay_cylinder_geometry(&p).half_x, 0.01, 1e-14, 0);
}

/* ---- what is refused ------------------------------------------------------------------------ */

static void impossible_channels_are_refused(void **state)
{
  (void)state;
  struct {
    struct assay_cylinder p;
    const char *message;
  } bad[10];
  for (int k = 0; k < 10; k++) bad[k].p = base();
  bad[0].p.below = 0.008, bad[0].message = "through the lower wall";
  bad[1].p.offset = 0.052, bad[1].message = "through the upper wall";
  bad[2].p.upstream = 0.0101, bad[2].message = "between obstacle and inflow side (upstream)";
  bad[3].p.downstream = 0.005, bad[3].message = "through the outlet";
  bad[4].p.cells_per_diameter = 5, bad[4].p.nx = 32, bad[4].p.ny = 16;
  bad[4].message = "solver cells across the obstacle; expected at least 8";
  bad[5].p.refine_x = 256, bad[5].p.nx = 4096, bad[5].message = "1048576 x";
  bad[6].p.shape = ASSAY_CYLINDER_ELLIPSE, bad[6].p.rotation_rate = 2;
  bad[6].message = "only a circle can turn";
  bad[7].p.probes = ASSAY_CYLINDER_AT_POINTS, bad[7].p.probe1_x = -0.02, bad[7].p.probe2_x = 0.161;
  bad[7].message = "probe2 at (0.161, 0) m lies outside";
  bad[8].p.ramp_time = 0.2, bad[8].p.start = ASSAY_CYLINDER_STREAM;
  bad[8].message = "needs start: rest";
  bad[9].p.probes = ASSAY_CYLINDER_AT_POINTS, bad[9].p.probe2_x = 0.02;
  bad[9].message = "probe1 at (0, 0) m lies in the obstacle";
  for (int k = 0; k < 10; k++) assert_fails(g->check(&bad[k].p), ASSAY_EARG, bad[k].message);
  const struct assay_cylinder good = base();
  assert_ok(g->check(&good));
  struct assay_cylinder p = base();
  assert_fails(assay_param_set(g->params, &p, "density", "-3"), ASSAY_EARG, "density");
}

/* ---- what is imposed ------------------------------------------------------------------------ */

static void sides_say_what_is_imposed(void **state)
{
  (void)state;
  struct assay_cylinder p = base();
  double v;
  p.inlet_velocity = 2.385;
  p.ramp_time = 0.4;
  assert_int_equal(g->boundary(&v, &p, ASSAY_CYLINDER_U, ASSAY_WEST, 0.1),
                   ASSAY_BOUNDARY_DIRICHLET);
  assert_close(v, 2.385 * (3.0 / 16 - 2.0 / 64), 1e-14, 0);
  assert_int_equal(g->boundary(&v, &p, ASSAY_CYLINDER_U, ASSAY_WEST, 0.7),
                   ASSAY_BOUNDARY_DIRICHLET);
  assert_close(v, 2.385, 0, 0);
  assert_int_equal(g->boundary(&v, &p, ASSAY_CYLINDER_U, ASSAY_NORTH, 0.7),
                   ASSAY_BOUNDARY_DIRICHLET);
  assert_close(v, 0, 0, 0);
  assert_int_equal(g->boundary(&v, &p, ASSAY_CYLINDER_V, ASSAY_EAST, 0.7), ASSAY_BOUNDARY_NONE);
  p.walls = ASSAY_CYLINDER_MOVING;
  g->boundary(&v, &p, ASSAY_CYLINDER_U, ASSAY_SOUTH, 0.7);
  assert_close(v, 2.385, 0, 0);
  p.walls = ASSAY_CYLINDER_FREE_SLIP;
  assert_int_equal(g->boundary(&v, &p, ASSAY_CYLINDER_U, ASSAY_SOUTH, 0.7), ASSAY_BOUNDARY_NEUMANN);
  p.inlet_profile = ASSAY_CYLINDER_PARABOLIC;
  assert_int_equal(g->boundary(&v, &p, ASSAY_CYLINDER_U, ASSAY_WEST, 0.7),
                   ASSAY_BOUNDARY_DIRICHLET);
  assert_close(v, 2.385, 0, 0);
  const double low = -p.below, high = p.above, a = low + 0.3 * (high - low);
  assert_close(g->boundary_profile(&p, ASSAY_CYLINDER_U, ASSAY_WEST, a), 6 * 0.3 * 0.7, 1e-12, 0);
  assert_close(g->boundary_profile(&p, ASSAY_CYLINDER_V, ASSAY_WEST, a), 1, 0, 0);
  assert_close(g->boundary_profile(&p, ASSAY_CYLINDER_U, ASSAY_NORTH, a), 1, 0, 0);
  assert_int_equal(g->boundary(&v, &p, ASSAY_CYLINDER_P, ASSAY_WEST, 0.7), ASSAY_BOUNDARY_NONE);
}

/* ---- what is stored ------------------------------------------------------------------------- */

static void mask_distance_and_tags_are_those_of_the_circle(void **state)
{
  (void)state;
  const struct assay_cylinder p = small();
  struct assay_case *c = made(&p);
  double area = 0, moment_x = 0, moment_y = 0;
  const double a = 0.12 / p.nx, b = 0.06 / p.ny, r = 0.01;
  for (int j = 0; j < p.ny; j++)
    for (int i = 0; i < p.nx; i++) {
      const double x = assay_axis_at(&c->shape.axis[1], i), y = assay_axis_at(&c->shape.axis[0], j);
      const double mask = value(c, ASSAY_CYLINDER_MASK, 0, j, i);
      const double tag = value(c, ASSAY_CYLINDER_TAG, 0, j, i);
      assert_close(value(c, ASSAY_CYLINDER_DISTANCE, 0, j, i), hypot(x, y) - r, 1e-12, 1e-15);
      area += (1 - mask) * a * b;
      moment_x += (1 - mask) * a * b * x;
      moment_y += (1 - mask) * a * b * y;
      if (hypot(fabs(x) + a / 2, fabs(y) + b / 2) < r) assert_true(mask == 0 && tag == 5);
      if (mask > 0 && mask < 1) assert_true(tag == 4);
      if (mask == 1) assert_true(tag == (i == p.nx - 1 ? 3 : i == 0 ? 2 : j % (p.ny - 1) == 0));
    }
  /* cells away from the centre in x and y see only whole-cell errors of the moments */
  assert_close(area, acos(-1) * r * r, 1e-9, 0);
  assert_true(fabs(moment_x) < 0.1 * a * area && fabs(moment_y) < 0.1 * b * area);
  assay_case_destroy(c);
}

static void scalars_fit_each_other(void **state)
{
  (void)state;
  struct assay_cylinder p = small();
  p.reference_speed = 1.37;
  p.reference_length = 0.0285;
  p.inlet_profile = ASSAY_CYLINDER_PARABOLIC;
  struct assay_case *c = made(&p);
  const double unit = 0.5 * p.density * 1.37 * 1.37 * 0.0285;
  for (int k = 0; k < p.frames; k++) {
    assert_close(scalar(c, ASSAY_CYLINDER_CD, k), scalar(c, ASSAY_CYLINDER_DRAG, k) / unit, 1e-13,
                 0);
    assert_close(scalar(c, ASSAY_CYLINDER_CL, k), scalar(c, ASSAY_CYLINDER_LIFT, k) / unit, 1e-13,
                 0);
    assert_close(scalar(c, ASSAY_CYLINDER_MASS_FLUX, k), p.density * p.inlet_velocity * 0.06, 1e-11,
                 0);
    assert_true(scalar(c, ASSAY_CYLINDER_ENERGY, k) > 0.5 * p.density * 0.9 * 0.0072);
  }
  assert_true(scalar(c, ASSAY_CYLINDER_DRAG, 2) > 0);
  assert_true(scalar(c, ASSAY_CYLINDER_DP, 2) > 0);
  assert_close(derived("Re", &p), p.density * 1.37 * 0.0285 / p.viscosity, 1e-13, 0);
  assay_case_destroy(c);
}

static void probes_at_points_see_what_probes_at_the_body_see(void **state)
{
  (void)state;
  struct assay_cylinder p = small();
  struct assay_case *body = made(&p);
  p.probes = ASSAY_CYLINDER_AT_POINTS;
  p.probe1_x = -0.01;
  p.probe2_x = 0.01;
  struct assay_case *points = made(&p);
  assert_close(scalar(points, ASSAY_CYLINDER_DP, 2), scalar(body, ASSAY_CYLINDER_DP, 2), 1e-9, 0);
  assay_case_destroy(body);
  assay_case_destroy(points);
}

static void starts_differ(void **state)
{
  (void)state;
  struct assay_cylinder p = small();
  struct assay_case *c[3];
  for (int k = 0; k < 3; k++) {
    p.start = k;
    c[k] = made(&p);
  }
  /* from rest and in the stream an impulsive start is the same potential flow up to vorticity of
   * the perturbation */
  const double rest = value(c[0], ASSAY_CYLINDER_U, 0, 5, 20);
  assert_close(rest, p.inlet_velocity, 0.2, 0);
  assert_true(fabs(value(c[2], ASSAY_CYLINDER_V, 0, 5, 20) -
                   value(c[1], ASSAY_CYLINDER_V, 0, 5, 20)) > 1e-3);
  for (int k = 0; k < 3; k++) assay_case_destroy(c[k]);
}

/* Lengths, speeds and densities in other units. */
static void results_scale_with_the_units(void **state)
{
  (void)state;
  struct assay_cylinder p = small(), q;
  q = p;
  q.diameter *= 4, q.upstream *= 4, q.downstream *= 4, q.below *= 4, q.above *= 4;
  q.inlet_velocity *= 0.5;
  q.density *= 8;
  q.viscosity *= 16;
  q.frame_interval *= 8;
  struct assay_case *a = made(&p), *b = made(&q);
  assert_close(scalar(b, ASSAY_CYLINDER_CD, 2), scalar(a, ASSAY_CYLINDER_CD, 2), 1e-9, 0);
  assert_close(scalar(b, ASSAY_CYLINDER_LIFT, 2), 8 * scalar(a, ASSAY_CYLINDER_LIFT, 2), 1e-8, 0);
  assert_close(scalar(b, ASSAY_CYLINDER_TORQUE, 2), 32 * scalar(a, ASSAY_CYLINDER_TORQUE, 2), 1e-8,
               0);
  assert_close(value(b, ASSAY_CYLINDER_U, 2, 3, 17), 0.5 * value(a, ASSAY_CYLINDER_U, 2, 3, 17),
               1e-9, 0);
  assert_close(value(b, ASSAY_CYLINDER_P, 2, 3, 17), 2 * value(a, ASSAY_CYLINDER_P, 2, 3, 17), 1e-8,
               0);
  assay_case_destroy(a);
  assay_case_destroy(b);
}

/* A rotating circle turns the fluid its own way and is lifted across: Magnus. */
static void rotation_lifts(void **state)
{
  (void)state;
  struct assay_cylinder p = small();
  p.start = ASSAY_CYLINDER_STREAM;
  p.perturbation = 0;
  p.below = p.above = 0.03;
  p.diameter = 0.0213;   /* no face just touches the circle: it would count as solid on one side */
  p.rotation_rate = 150; /* surface speed 1.6 U, anticlockwise */
  struct assay_case *left = made(&p);
  p.rotation_rate = -150;
  struct assay_case *right = made(&p);
  assert_true(scalar(left, ASSAY_CYLINDER_LIFT, 2) < 0);
  /* the length of the steps is not chosen symmetrically */
  assert_close(scalar(right, ASSAY_CYLINDER_LIFT, 2), -scalar(left, ASSAY_CYLINDER_LIFT, 2), 1e-3,
               0);
  assert_true(scalar(left, ASSAY_CYLINDER_TORQUE, 2) < 0);
  assay_case_destroy(left);
  assay_case_destroy(right);
}

static void other_shapes_run(void **state)
{
  (void)state;
  for (int k = ASSAY_CYLINDER_ELLIPSE; k <= ASSAY_CYLINDER_RECTANGLE; k++) {
    struct assay_cylinder p = small();
    p.shape = k;
    p.chord = 0.025;
    p.angle = 20;
    struct assay_case *c = made(&p);
    double area = 0;
    for (int j = 0; j < p.ny; j++)
      for (int i = 0; i < p.nx; i++)
        area += (1 - value(c, ASSAY_CYLINDER_MASK, 0, j, i)) * 0.0072 / (p.nx * p.ny);
    const double box = 0.025 * 0.02;
    assert_close(area, k == ASSAY_CYLINDER_ELLIPSE ? acos(-1) / 4 * box : box, 1e-6, 0);
    assert_true(scalar(c, ASSAY_CYLINDER_DRAG, 2) > 0);
    /* the leading edge points down: the stream pushes the body down */
    assert_true(fabs(scalar(c, ASSAY_CYLINDER_LIFT, 2)) > 1e-3 * scalar(c, ASSAY_CYLINDER_DRAG, 2));
    assay_case_destroy(c);
  }
}

/* Central up to a cell Reynolds number of 40; limited above, and upwind of first order where the
 * body cuts the cells. */
static void the_schemes_taken_are_told(void **state)
{
  (void)state;
  static const struct {
    double cell_reynolds;
    int convection;
  } rows[] = {{39, ASSAY_CONVECTION_CENTRAL}, {41, ASSAY_CONVECTION_LIMITED_UPWIND}};
  for (int k = 0; k < 2; k++) {
    struct assay_cylinder p = small();
    const struct assay_cylinder_geometry geo = assay_cylinder_geometry(&p);
    p.frames = 2;
    p.viscosity = p.density * p.inlet_velocity * fmax(geo.dx, geo.dy) / rows[k].cell_reynolds;
    struct assay_case *c = made(&p);
    assert_int_equal(c->certificate.convection_scheme, rows[k].convection);
    assert_int_equal(c->certificate.viscous_scheme, ASSAY_VISCOUS_EXPLICIT);
    assay_case_destroy(c);
  }
}

static void halving_keeps_the_choices_of_the_fine_run(void **state)
{
  (void)state;
  struct assay_cylinder p = base();
  p.cells_per_diameter = 32;
  const struct assay_cylinder_geometry fine = assay_cylinder_geometry(&p);
  assert_ok(g->coarsen(&p));
  const struct assay_cylinder_geometry coarse = assay_cylinder_geometry(&p);
  assert_int_equal(2 * coarse.nx, fine.nx);
  assert_int_equal(2 * coarse.ny, fine.ny);
  assert_true(p.scheme != ASSAY_MAC_SCHEME_AUTO && p.diffusion != ASSAY_MAC_VISCOUS_AUTO);
  assert_ok(g->coarsen(&p));
  assert_fails(g->coarsen(&p), ASSAY_EARG, "too few to be halved");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(solver_cells_are_fine_enough_and_nearly_square),
      cmocka_unit_test(the_base_case_is_448_by_256),
      cmocka_unit_test(given_refinement_wins_over_the_rule),
      cmocka_unit_test(turned_shapes_have_their_boxes),
      cmocka_unit_test(impossible_channels_are_refused),
      cmocka_unit_test(sides_say_what_is_imposed),
      cmocka_unit_test(mask_distance_and_tags_are_those_of_the_circle),
      cmocka_unit_test(scalars_fit_each_other),
      cmocka_unit_test(probes_at_points_see_what_probes_at_the_body_see),
      cmocka_unit_test(starts_differ),
      cmocka_unit_test(results_scale_with_the_units),
      cmocka_unit_test(rotation_lifts),
      cmocka_unit_test(other_shapes_run),
      cmocka_unit_test(the_schemes_taken_are_told),
      cmocka_unit_test(halving_keeps_the_choices_of_the_fine_run),
  };
  if (assay_generator_find(&g, "cylinder") < 0) return 1;
  return cmocka_run_group_tests_name("generators/cylinder", tests, NULL, NULL);
}
