/* What the conformance battery cannot know about the tube. */
#include "generators/tube.h"
#include "tests/generators/case_run.h"

static struct assay_tube small(int geometry, int profile)
{
  struct assay_tube p;
  memcpy(&p, g->defaults, sizeof p);
  g->tiny(&p);
  p.inlet_velocity = 2.385;
  p.geometry = geometry;
  p.profile = profile;
  return p;
}

static void sides_say_what_they_impose(void **state)
{
  (void)state;
  for (int profile = ASSAY_TWOPHASE_UNIFORM; profile <= ASSAY_TWOPHASE_PARABOLIC; profile++) {
    const struct assay_tube p = small(ASSAY_TUBE_PLANE, profile);
    double v;
    assert_int_equal(g->boundary(&v, &p, ASSAY_TUBE_U, ASSAY_WEST, 0.1), ASSAY_BOUNDARY_DIRICHLET);
    assert_close(v, 2.385, 0, 0);
    assert_int_equal(g->boundary(&v, &p, ASSAY_TUBE_FRACTION, ASSAY_WEST, 0.1),
                     ASSAY_BOUNDARY_DIRICHLET);
    assert_close(v, 1, 0, 0);
    assert_int_equal(g->boundary(&v, &p, ASSAY_TUBE_P, ASSAY_WEST, 0.1), ASSAY_BOUNDARY_NONE);
    assert_int_equal(g->boundary(&v, &p, ASSAY_TUBE_U, ASSAY_EAST, 0.1), ASSAY_BOUNDARY_NONE);
    assert_int_equal(g->boundary(&v, &p, ASSAY_TUBE_U, ASSAY_SOUTH, 0.1), ASSAY_BOUNDARY_DIRICHLET);
    assert_close(v, 0, 0, 0);
  }
  const struct assay_tube pipe = small(ASSAY_TUBE_AXISYMMETRIC, ASSAY_TWOPHASE_UNIFORM);
  double v;
  assert_int_equal(g->boundary(&v, &pipe, ASSAY_TUBE_U, ASSAY_SOUTH, 0.1), ASSAY_BOUNDARY_NEUMANN);
}

static void only_a_parabola_varies_along_the_inlet(void **state)
{
  (void)state;
  const struct assay_tube even = small(ASSAY_TUBE_PLANE, ASSAY_TWOPHASE_UNIFORM);
  const struct assay_tube gap = small(ASSAY_TUBE_PLANE, ASSAY_TWOPHASE_PARABOLIC);
  const struct assay_tube pipe = small(ASSAY_TUBE_AXISYMMETRIC, ASSAY_TWOPHASE_PARABOLIC);
  const double s = 0.3 * gap.diameter, r = 0.15 * pipe.diameter; /* 0.3 of the height each */
  assert_close(g->boundary_profile(&even, ASSAY_TUBE_U, ASSAY_WEST, s), 1, 0, 0);
  assert_close(g->boundary_profile(&gap, ASSAY_TUBE_U, ASSAY_WEST, s), 6 * 0.3 * 0.7, 1e-12, 0);
  assert_close(g->boundary_profile(&pipe, ASSAY_TUBE_U, ASSAY_WEST, r), 2 * 0.91, 1e-12, 0);
  assert_close(g->boundary_profile(&gap, ASSAY_TUBE_V, ASSAY_WEST, s), 1, 0, 0);
  assert_close(g->boundary_profile(&gap, ASSAY_TUBE_FRACTION, ASSAY_WEST, s), 1, 0, 0);
  assert_close(g->boundary_profile(&gap, ASSAY_TUBE_U, ASSAY_NORTH, s), 1, 0, 0);
}

/* Mean of the imposed velocity over the part a..b of the inlet: Simpson's rule is exact. */
static double mean_imposed(const struct assay_tube *p, double a, double b)
{
  const double at[3] = {a, 0.5 * (a + b), b}, weight[3] = {1, 4, 1};
  double sum = 0, area = 0, value;
  g->boundary(&value, p, ASSAY_TUBE_U, ASSAY_WEST, 0);
  for (int k = 0; k < 3; k++) {
    const double w = weight[k] * (p->geometry == ASSAY_TUBE_AXISYMMETRIC ? at[k] : 1);
    sum += w * value * g->boundary_profile(p, ASSAY_TUBE_U, ASSAY_WEST, at[k]);
    area += w;
  }
  return sum / area;
}

static void the_solver_lets_in_what_is_said(void **state)
{
  (void)state;
  for (int geometry = ASSAY_TUBE_PLANE; geometry <= ASSAY_TUBE_AXISYMMETRIC; geometry++)
    for (int profile = ASSAY_TWOPHASE_UNIFORM; profile <= ASSAY_TWOPHASE_PARABOLIC; profile++) {
      const struct assay_tube p = small(geometry, profile);
      const struct assay_twophase_settings s = assay_tube_settings(&p);
      const double dy = s.height / s.ny;
      struct assay_twophase *m = NULL;
      assert_ok(assay_twophase_create(&m, &s));
      assert_ok(assay_twophase_start(m, 0, NULL, NULL, NULL));
      const struct assay_mac_view u = assay_twophase_u(m);
      for (int j = 0; j < s.ny; j++)
        assert_close(u.data[j * u.stride], mean_imposed(&p, j * dy, (j + 1) * dy), 1e-12, 0);
      assay_twophase_destroy(m);
    }
}

static void the_schemes_taken_are_told(void **state)
{
  (void)state;
  const struct assay_tube p = small(ASSAY_TUBE_PLANE, ASSAY_TWOPHASE_UNIFORM);
  struct assay_case *c = made(&p);
  assert_int_equal(c->certificate.convection_scheme, ASSAY_CONVECTION_LIMITED);
  assert_int_equal(c->certificate.viscous_scheme, ASSAY_VISCOUS_IMPLICIT);
  assay_case_destroy(c);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sides_say_what_they_impose),
      cmocka_unit_test(only_a_parabola_varies_along_the_inlet),
      cmocka_unit_test(the_solver_lets_in_what_is_said),
      cmocka_unit_test(the_schemes_taken_are_told),
  };
  if (assay_generator_find(&g, "tube") < 0) return 1;
  return cmocka_run_group_tests_name("generators/tube", tests, NULL, NULL);
}
