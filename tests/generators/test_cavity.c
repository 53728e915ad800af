/* What the conformance battery cannot know about the cavity. */
#include "core/base/mem.h"
#include "generators/cavity.h"
#include "tests/generators/case_run.h"

static struct assay_cavity small(double reynolds)
{
  struct assay_cavity p;
  memcpy(&p, g->defaults, sizeof p);
  p.nx = p.ny = 12;
  p.frames = 6;
  p.viscosity = p.density * p.lid_velocity * p.width / reynolds;
  return p;
}

static void steady_cases_end_early_or_repeat(void **state)
{
  (void)state;
  struct assay_cavity p = small(1);
  p.frames = 40;
  p.frame_interval = 0.1 * p.width / p.lid_velocity;
  p.steady_tolerance = 1e-7;
  struct assay_case *all = made(&p);
  p.until = ASSAY_CAVITY_STEADY;
  struct assay_case *ended = made(&p);
  p.until = ASSAY_CAVITY_REPEAT;
  struct assay_case *repeated = made(&p);
  const int steady = ended->certificate.steady_from;
  assert_in_range(steady, 3, 35);
  assert_int_equal(ended->n_frames, steady + 1);
  assert_int_equal(all->certificate.steady_from, steady);
  assert_int_equal(repeated->certificate.steady_from, steady);
  assert_int_equal(all->n_frames, 40);
  assert_int_equal(repeated->n_frames, 40);
  assert_true(ended->certificate.steady_change < 1e-7);
  assert_true(all->certificate.steady_change < ended->certificate.steady_change);
  for (int f = 0; f <= ASSAY_CAVITY_STREAM; f++) {
    const double last = value(ended, f, steady, 7, 5);
    assert_true(value(repeated, f, steady, 7, 5) == last && value(repeated, f, 39, 7, 5) == last);
    assert_close(value(all, f, 39, 7, 5), last, 1e-5, 0);
  }
  assay_case_destroy(all);
  assay_case_destroy(ended);
  assay_case_destroy(repeated);
}

/* A frame far beyond the time at which the flow comes to rest costs no more than getting there. */
static void long_intervals_end_where_the_flow_is_steady(void **state)
{
  (void)state;
  struct assay_cavity p = small(40);
  p.frames = 3;
  p.frame_interval = 400 * p.width / p.lid_velocity;
  struct assay_case *all = made(&p);
  p.until = ASSAY_CAVITY_REPEAT;
  struct assay_case *early = made(&p);
  assert_int_equal(early->certificate.steady_from, 1);
  assert_true(early->certificate.steady_change < p.steady_tolerance);
  assert_int_equal(fmod(early->certificate.steps, 256), 0);
  assert_true(early->certificate.steps < 0.2 * all->certificate.steps);
  assert_true(early->certificate.energy_residual < 1e-6);
  for (int f = 0; f <= ASSAY_CAVITY_STREAM; f++)
    for (int k = 1; k < 3; k++)
      assert_close(value(early, f, k, 7, 5), value(all, f, k, 7, 5), 2e-6, 0);
  assay_case_destroy(all);
  assay_case_destroy(early);
}

static void frames_follow_the_lid(void **state)
{
  (void)state;
  struct assay_cavity p = small(300);
  p.frame_turnovers = 0.23;
  p.width *= 3, p.lid_velocity *= -0.7;
  struct assay_case *c = made(&p);
  assert_close(c->time[4], 4 * 0.23 * p.width / 0.7, 1e-14, 0);
  assert_int_equal(c->n_frames, 6);
  p.frame_turnovers = 0;
  struct assay_case *d = made(&p);
  assert_close(d->time[4], 4 * p.frame_interval, 1e-14, 0);
  assay_case_destroy(c);
  assay_case_destroy(d);
}

static void grid_follows_the_reynolds_number(void **state)
{
  (void)state;
  struct assay_cavity p = small(8000);
  assert_int_equal(assay_cavity_refine(&p), 2);
  p.refine = 0;
  assert_int_equal(assay_cavity_refine(&p), 2);
  assert_int_equal(assay_cavity_settings(&p).ny, 24);
  p.density *= 1.001;
  assert_int_equal(assay_cavity_refine(&p), 1);
  assert_ok(g->coarsen(&p));
  assert_int_equal(assay_cavity_refine(&p), 1);
  assert_int_equal(p.nx, 6);
  p = small(300);
  p.refine = 0;
  assert_ok(g->coarsen(&p));
  assert_int_equal(p.refine, 1);
  assert_int_equal(p.nx, 12);
}

static void frames_do_not_depend_on_how_many_follow(void **state)
{
  (void)state;
  struct assay_cavity p = small(300);
  struct assay_case *six = made(&p);
  p.frames = 3;
  struct assay_case *three = made(&p);
  for (int f = 0; f <= ASSAY_CAVITY_STREAM; f++)
    assert_memory_equal(six->data[f], three->data[f],
                        3 * assay_case_elements(six, f) * sizeof(double));
  assay_case_destroy(six);
  assay_case_destroy(three);
}

/* The same fluid in other units: lengths, speeds and densities scaled by powers of two give fields
 * scaled by powers of two, bit for bit. */
static void results_scale_with_the_units(void **state)
{
  (void)state;
  struct assay_cavity p = small(250), q;
  p.start = ASSAY_CAVITY_RANDOM;
  q = p;
  q.width *= 4, q.height *= 4, q.lid_velocity *= 0.5, q.start_speed *= 0.5, q.density *= 8;
  q.viscosity = p.viscosity * 16;
  q.frame_interval *= 8;
  struct assay_case *a = made(&p), *b = made(&q);
  static const double factor[ASSAY_CAVITY_FIELDS] = {0.5, 0.5, 2, 0.125, 2};
  for (int f = 0; f <= ASSAY_CAVITY_STREAM; f++)
    for (int k = 0; k < p.frames; k++)
      assert_close(value(b, f, k, 4, 9), factor[f] * value(a, f, k, 4, 9), 1e-12, 0);
  assert_close(g->derived[0].value(&p), 250, 1e-12, 0);
  assert_close(g->derived[1].value(&q), 8 * g->derived[1].value(&p), 1e-12, 0);
  assay_case_destroy(a);
  assay_case_destroy(b);
}

static void random_starts_differ_by_case_and_have_the_wanted_speed(void **state)
{
  (void)state;
  struct assay_cavity p = small(500);
  p.nx = p.ny = 32;
  p.frames = 1;
  p.start = ASSAY_CAVITY_RANDOM;
  p.lid_velocity = 0;
  struct assay_case *a = made(&p);
  double square = 0;
  for (int j = 0; j < 32; j++)
    for (int i = 0; i < 32; i++)
      square +=
          pow(value(a, ASSAY_CAVITY_U, 0, j, i), 2) + pow(value(a, ASSAY_CAVITY_V, 0, j, i), 2);
  assert_close(sqrt(square / 1024), p.start_speed, 0.05, 0);
  struct assay_case *b = NULL;
  struct assay_shape shape;
  assert_ok(g->shape(&shape, &p));
  assert_ok(assay_case_create(&b, 5, &shape, g->fields, NULL, ASSAY_F64));
  assert_ok(g->run(b, &p, (struct assay_case_key){.seed = 2385, .id = 5}));
  assert_true(value(a, 0, 0, 10, 10) != value(b, 0, 0, 10, 10));
  assay_case_destroy(a);
  assay_case_destroy(b);
}

static void halving_keeps_the_choices_of_the_fine_run(void **state)
{
  (void)state;
  struct assay_cavity p = small(24 * 39.0); /* cell Reynolds number 39: central; halved: 78 */
  assert_ok(g->coarsen(&p));
  assert_int_equal(p.refine, 1);
  assert_int_equal(p.nx, 12);
  assert_int_equal(p.scheme, ASSAY_MAC_CENTRAL);
  assert_int_equal(p.diffusion, ASSAY_MAC_EXPLICIT);
  assert_ok(g->coarsen(&p));
  assert_int_equal(p.nx, 6);
  p.nx = 7;
  assert_fails(g->coarsen(&p), ASSAY_EARG, "7 x 6 cells cannot be halved");
}

static void nothing_moving_is_refused(void **state)
{
  (void)state;
  struct assay_cavity p = small(100);
  p.lid_velocity = 0;
  assert_fails(g->check(&p), ASSAY_EARG, "nothing moves");
  p.lid_velocity = 1;
  p.refine = 64;
  p.nx = 4096;
  assert_fails(g->check(&p), ASSAY_EARG, "262144 x 768");
}

/* Halving the grid twice: the error estimate of the certificate needs order 2 on the stored grid.
 */
static void stored_fields_converge_at_second_order(void **state)
{
  (void)state;
  struct assay_cavity p = small(60);
  p.start = ASSAY_CAVITY_RANDOM;
  p.lid_velocity = 0;
  p.start_modes = 2;
  p.frames = 2;
  struct assay_case *c[3];
  for (int k = 0; k < 3; k++) {
    p.refine = 2 << k;
    c[k] = made(&p);
  }
  for (int f = 0; f <= ASSAY_CAVITY_STREAM; f++) {
    double first = 0, second = 0;
    for (int j = 0; j < 12; j++)
      for (int i = 0; i < 12; i++) {
        first += pow(value(c[0], f, 1, j, i) - value(c[1], f, 1, j, i), 2);
        second += pow(value(c[1], f, 1, j, i) - value(c[2], f, 1, j, i), 2);
      }
    const double order = 0.5 * log2(first / second);
    print_message("# %s: order %.3f\n", g->fields[f].name, order);
    if (!(fabs(order - 2) < 0.3)) fail_msg("%s: order %.3f", g->fields[f].name, order);
  }
  for (int k = 0; k < 3; k++) assay_case_destroy(c[k]);
}

static void certificate_is_filled(void **state)
{
  (void)state;
  const struct assay_cavity p = small(400);
  struct assay_case *c = made(&p);
  const struct assay_certificate *e = &c->certificate;
  assert_true(e->max_divergence > 0 && e->max_divergence < 1e-12);
  assert_true(e->mass_imbalance >= 0 && e->mass_imbalance < 1e-14);
  assert_true(e->energy_residual > 0 && e->energy_residual < 1e-2);
  assert_true(e->steady_change > 1e-3);
  assert_int_equal(e->steady_from, -1);
  assert_close(e->dt_min, e->dt_max, 1e-12, 0);
  assert_close(e->steps * e->dt_max, 5 * p.frame_interval, 1e-12, 0);
  assert_true(e->cell_reynolds > 5 && e->cell_reynolds < 400.0 / 24);
  assert_true(g->cost(&p) > 0);
  assay_case_destroy(c);
}

/* Explicit and central, limited above a cell Reynolds number of 40, implicit where it is small. */
static void the_schemes_taken_are_told(void **state)
{
  (void)state;
  static const struct {
    double cell_reynolds;
    int diffusion, convection, viscous;
  } rows[] = {{39, 0, ASSAY_CONVECTION_CENTRAL, ASSAY_VISCOUS_EXPLICIT},
              {41, 0, ASSAY_CONVECTION_LIMITED, ASSAY_VISCOUS_EXPLICIT},
              {41, 2, ASSAY_CONVECTION_LIMITED, ASSAY_VISCOUS_IMPLICIT},
              {0.7, 0, ASSAY_CONVECTION_CENTRAL, ASSAY_VISCOUS_IMPLICIT}};
  for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
    struct assay_cavity p = small(24 * rows[k].cell_reynolds);
    p.refine = 2;
    p.frames = 2;
    p.diffusion = rows[k].diffusion;
    struct assay_case *c = made(&p);
    assert_int_equal(c->certificate.convection_scheme, rows[k].convection);
    assert_int_equal(c->certificate.viscous_scheme, rows[k].viscous);
    assay_case_destroy(c);
  }
}

/* A case with all that is on demand, in lanes or not. */
static struct assay_case *complete(const struct assay_cavity *p)
{
  static const char *const names[] = {
      "u", "v", "mask", "signed_distance", "boundary_tag", "kinetic_energy", "lid_force", NULL};
  struct assay_shape shape;
  struct assay_case *c = NULL;
  assert_ok(g->shape(&shape, p));
  assert_ok(assay_case_create(&c, (long)key.id, &shape, g->fields, names, ASSAY_F64));
  assert_ok(g->run(c, p, key));
  return c;
}

static void walls_are_told_on_demand(void **state)
{
  (void)state;
  struct assay_cavity p = small(100);
  p.ny = 8, p.width = 0.06, p.height = 0.02;
  struct assay_case *c = complete(&p);
  for (int j = 0; j < 8; j++)
    for (int i = 0; i < 12; i++) {
      const int wall = i == 0 || i == 11 || j == 0;
      assert_close(value(c, ASSAY_CAVITY_MASK, 0, j, i), 1, 0, 0);
      assert_close(value(c, ASSAY_CAVITY_TAG, 0, j, i), j == 7 ? 2 : wall, 0, 0);
    }
  /* cells of 5 mm x 2.5 mm */
  assert_close(value(c, ASSAY_CAVITY_DISTANCE, 0, 4, 6), 0.00875, 1e-13, 0);
  assert_close(value(c, ASSAY_CAVITY_DISTANCE, 0, 4, 1), 0.0075, 1e-13, 0);
  assert_close(value(c, ASSAY_CAVITY_DISTANCE, 0, 1, 11), 0.0025, 1e-13, 0);
  assert_close(value(c, ASSAY_CAVITY_DISTANCE, 0, 7, 5), 0.00125, 1e-13, 0);
  assay_case_destroy(c);
}

/* Against what the solver says of the same flow: the lid does the power -force * speed. */
static void energy_and_force_are_told_on_demand(void **state)
{
  (void)state;
  struct assay_cavity p = small(30);
  p.density = 1.3;
  p.lid_velocity = -1.7;
  p.frame_interval = 0.2 * p.width;
  const struct assay_mac_settings settings = assay_cavity_settings(&p);
  struct assay_case *c = complete(&p);
  struct assay_mac *m = NULL;
  struct assay_mac_diagnostics d;
  assert_ok(assay_mac_create(&m, &settings));
  assert_close(scalar(c, ASSAY_CAVITY_ENERGY, 0), 0, 0, 0);
  for (int k = 1; k < p.frames; k++) {
    assert_ok(assay_mac_run(m, c->time[k]));
    assay_mac_diagnose(m, &d);
    assert_close(scalar(c, ASSAY_CAVITY_ENERGY, k), d.kinetic_energy, 0, 0);
    assert_close(scalar(c, ASSAY_CAVITY_LID_FORCE, k) * -p.lid_velocity, d.wall_power, 1e-12, 0);
  }
  assert_true(scalar(c, ASSAY_CAVITY_LID_FORCE, 1) > 0 && d.kinetic_energy > 0);
  assay_mac_destroy(m);
  assay_case_destroy(c);
}

/* A flow that stands still keeps them, too. */
static void scalars_are_repeated(void **state)
{
  (void)state;
  struct assay_cavity p = small(1);
  p.frames = 30;
  p.frame_interval = p.width / p.lid_velocity;
  p.until = ASSAY_CAVITY_REPEAT;
  struct assay_case *c = complete(&p);
  const int steady = c->certificate.steady_from;
  assert_in_range(steady, 1, 20);
  for (int f = ASSAY_CAVITY_ENERGY; f <= ASSAY_CAVITY_LID_FORCE; f++)
    assert_true(scalar(c, f, 29) == scalar(c, f, steady) && scalar(c, f, 29) != 0);
  assay_case_destroy(c);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(steady_cases_end_early_or_repeat),
      cmocka_unit_test(long_intervals_end_where_the_flow_is_steady),
      cmocka_unit_test(frames_follow_the_lid),
      cmocka_unit_test(grid_follows_the_reynolds_number),
      cmocka_unit_test(frames_do_not_depend_on_how_many_follow),
      cmocka_unit_test(results_scale_with_the_units),
      cmocka_unit_test(random_starts_differ_by_case_and_have_the_wanted_speed),
      cmocka_unit_test(halving_keeps_the_choices_of_the_fine_run),
      cmocka_unit_test(nothing_moving_is_refused),
      cmocka_unit_test(stored_fields_converge_at_second_order),
      cmocka_unit_test(certificate_is_filled),
      cmocka_unit_test(the_schemes_taken_are_told),
      cmocka_unit_test(walls_are_told_on_demand),
      cmocka_unit_test(energy_and_force_are_told_on_demand),
      cmocka_unit_test(scalars_are_repeated),
  };
  if (assay_generator_find(&g, "cavity") < 0) return 1;
  return cmocka_run_group_tests_name("generators/cavity", tests, NULL, NULL);
}
