/* The case tables of the cylinder recipes, counted anew from their rules. */
#include <stdlib.h>

#include "generators/cylinder.h"
#include "tests/generators/built_in.h"

static struct assay_cylinder params_of(const struct assay_recipe *r, long id)
{
  struct assay_cylinder p;
  assert_ok(assay_recipe_params(r, &p, id));
  return p;
}

static double reynolds(const struct assay_cylinder *p)
{
  return p->density * p->inlet_velocity * p->diameter / p->viscosity;
}

static void inflow_speeds_are_fifty(void **state)
{
  (void)state;
  struct assay_recipe *r = built_in("cfdbench/cylinder-bc", NULL);
  assert_int_equal(assay_recipe_cases(r), 50);
  for (long id = 0; id < 50; id++) {
    const struct assay_cylinder p = params_of(r, id);
    assert_close(p.inlet_velocity, 0.1 * (double)(id + 1), 1e-13, 0);
    assert_close(reynolds(&p), 20 * (double)(id + 1), 1e-12, 0);
    assert_int_equal(p.frames, 1000);
    assert_close(p.frame_interval, 1e-3, 0, 0);
    assert_true(p.start == ASSAY_CYLINDER_REST && p.perturbation >= 0.01 && p.perturbation <= 0.05);
  }
  assay_recipe_destroy(r);
}

/* The published lists. */
static int densities(double *out)
{
  int n = 0;
  for (int k = 1; k <= 10; k++) out[n++] = k / 10.0;
  for (int k = 3; k <= 10; k++) out[n++] = k / 2.0;
  for (int k = 6; k <= 10; k++) out[n++] = k;
  for (int k = 20; k <= 250; k += 10) out[n++] = k;
  for (int k = 300; k <= 500; k += 100) out[n++] = k;
  return n;
}

static void fluids_are_the_rule_and_one_of_our_own(void **state)
{
  (void)state;
  static const double viscosity[5] = {1e-4, 5e-4, 1e-3, 5e-3, 1e-2};
  static const int known[5] = {18, 20, 18, 30, 28};
  int count[5] = {0};
  double density[64];
  struct assay_recipe *r = built_in("cfdbench/cylinder-prop", NULL);
  const int n = densities(density);
  long id = 0;
  assert_int_equal(assay_recipe_cases(r), 115);
  for (int a = 0; a < n; a++)
    for (int b = 0; b < 5; b++) {
      const double re = density[a] * 0.02 / viscosity[b];
      if (re < 20 * (1 - 1e-12) || re > 1000 * (1 + 1e-12)) continue;
      const struct assay_cylinder p = params_of(r, id++);
      assert_close(p.density, density[a], 1e-14, 0);
      assert_close(p.viscosity, viscosity[b], 1e-14, 0);
      assert_int_equal(p.frames, 1000);
      count[b]++;
    }
  assert_int_equal(id, 114);
  for (int b = 0; b < 5; b++) assert_int_equal(count[b], known[b]);
  const struct assay_cylinder last = params_of(r, 114);
  assert_close(last.density, 15, 0, 0);
  assert_close(last.viscosity, 1e-3, 0, 0);
  assert_non_null(strstr(assay_recipe_text(r), "name: origin-assay"));
  assay_recipe_destroy(r);
}

static void geometries_change_one_length_at_a_time(void **state)
{
  (void)state;
  static const double base[5] = {0.02, 0.06, 0.06, 0.06, 0.16};
  struct assay_recipe *r = built_in("cfdbench/cylinder-geo", NULL);
  int changes[5] = {0};
  assert_int_equal(assay_recipe_cases(r), 20);
  for (long id = 0; id < 20; id++) {
    const struct assay_cylinder p = params_of(r, id);
    const double here[5] = {p.diameter, p.upstream, p.below, p.above, p.downstream};
    int changed = 0;
    for (int k = 0; k < 5; k++)
      if (here[k] != base[k]) changed++, changes[k]++;
    assert_int_equal(changed, 1);
    assert_int_equal(p.frames, 2000);
    assert_true(reynolds(&p) >= 100 * (1 - 1e-12) && reynolds(&p) <= 500 * (1 + 1e-12));
  }
  for (int k = 0; k < 5; k++) assert_int_equal(changes[k], 4);
  assay_recipe_destroy(r);
}

static void the_three_sets_have_205000_frames(void **state)
{
  (void)state;
  static const char *const names[] = {"cfdbench/cylinder-bc", "cfdbench/cylinder-prop",
                                      "cfdbench/cylinder-geo"};
  long frames = 0;
  for (int k = 0; k < 3; k++) {
    struct assay_recipe *r = built_in(names[k], NULL);
    for (long id = 0; id < assay_recipe_cases(r); id++) frames += params_of(r, id).frames;
    assay_recipe_destroy(r);
  }
  assert_int_equal(frames, 205000);
}

/* Nothing but its place tells a case of the joined set from that of the set with its subset alone:
 * all quantities that enter its hash are the same bits. */
static void the_joined_set_has_the_cases_of_the_three(void **state)
{
  (void)state;
  static const char *const names[] = {"cfdbench/cylinder-prop", "cfdbench/cylinder-bc",
                                      "cfdbench/cylinder-geo"};
  struct assay_recipe *all = built_in("cfdbench/cylinder", NULL);
  const size_t size = (size_t)assay_recipe_layout(all)->n_params * sizeof(double);
  double *a = NULL, *b = NULL;
  long id = 0, frames = 0;
  assert_ok(ASSAY_NEW(&a, size / sizeof *a, "values"));
  assert_ok(ASSAY_NEW(&b, size / sizeof *b, "values"));
  for (int k = 0; k < 3; k++) {
    struct assay_recipe *one = built_in(names[k], NULL);
    assert_int_equal(assay_recipe_head(one)->seed, assay_recipe_head(all)->seed);
    assert_int_equal(assay_recipe_layout(one)->n_fields, assay_recipe_layout(all)->n_fields);
    for (long i = 0; i < assay_recipe_cases(one); i++, id++) {
      assert_ok(assay_recipe_values(a, all, id));
      assert_ok(assay_recipe_values(b, one, i));
      assert_memory_equal(a, b, size);
      frames += assay_recipe_frames(all, id);
    }
    assay_recipe_destroy(one);
  }
  assert_int_equal(id, assay_recipe_cases(all));
  assert_int_equal(frames, 205000);
  assay_free(a);
  assay_free(b);
  assay_recipe_destroy(all);
}

/* SHA-256 of a case that is made here and now. */
static void hash_of(char hex[ASSAY_SHA256_HEX], const struct assay_recipe *r, long id)
{
  struct assay_case *c = NULL;
  const struct assay_cylinder p = params_of(r, id);
  const struct assay_case_key key = {assay_recipe_head(r)->seed, id};
  assert_ok(assay_recipe_case(&c, r, id));
  assert_ok(assay_recipe_generator(r)->run(c, &p, key));
  assert_ok(assay_recipe_hash(hex, r, c));
  assay_case_destroy(c);
}

static void cases_have_one_hash_joined_and_alone(void **state)
{
  (void)state;
  static const char alone[] =
      "generator: cylinder\nseed: 1\n"
      "fields: [u, v, p, mask, drag_coefficient, lift_coefficient]\n"
      "params: {nx: 24, ny: 16, cells_per_diameter: 10, frames: 36, frame_interval: 5e-3}\n"
      "sweep: [{kind: zip, values: {diameter: [0.03, 0.02], upstream: [0.06, 0.04]}}]\n";
  struct assay_recipe *all = built_in("cfdbench/cylinder-tiny", NULL), *geo = NULL;
  char a[ASSAY_SHA256_HEX], b[ASSAY_SHA256_HEX];
  assert_ok(assay_recipe_parse(&geo, "g.yaml", alone, strlen(alone), NULL, assay_generator_find));
  for (long i = 0; i < 2; i++) {
    hash_of(a, all, 12 + i);
    hash_of(b, geo, i);
    assert_string_equal(a, b);
  }
  hash_of(a, all, 12);
  assert_string_not_equal(a, b);
  assay_recipe_destroy(all);
  assay_recipe_destroy(geo);
}

/* Each of n strata of log Re, of diameter and of offset is used once. */
static void joint_sets_are_latin_hypercubes_on_square_cells(void **state)
{
  (void)state;
  static const struct {
    const char *name;
    int n;
  } sets[] = {{"flow/cylinder-64", 96}, {"flow/cylinder-128", 48}, {"flow/cylinder-256", 24}};
  for (int s = 0; s < 3; s++) {
    struct assay_recipe *r = built_in(sets[s].name, NULL);
    const int n = sets[s].n;
    int seen[3][96] = {{0}}, profile[2] = {0}, start[3] = {0};
    assert_int_equal(assay_recipe_cases(r), n);
    for (long id = 0; id < n; id++) {
      const struct assay_cylinder p = params_of(r, id);
      const struct assay_cylinder_geometry g = assay_cylinder_geometry(&p);
      const double place[3] = {log(reynolds(&p) / 40) / log(10), (p.diameter - 0.015) / 0.015,
                               (p.offset + 0.016) / 0.032};
      for (int k = 0; k < 3; k++) seen[k][(int)fmin(fmax(place[k] * n, 0), n - 1)]++;
      assert_close(p.frame_interval, p.diameter / 4, 1e-4, 0);
      assert_close((g.x1 - g.x0) / p.nx, (g.y1 - g.y0) / p.ny, 1e-12, 0);
      profile[p.inlet_profile]++;
      start[p.start]++;
    }
    /* rounding to four digits moves a few over the edge of their stratum */
    for (int k = 0; k < 3; k++) {
      int wrong = 0;
      for (int i = 0; i < n; i++) wrong += seen[k][i] != 1;
      if (wrong > n / 8) fail_msg("%s, axis %d: %d strata of %d", sets[s].name, k, wrong, n);
    }
    assert_int_equal(profile[0], profile[1]);
    assert_true(start[0] == n / 3 && start[1] == n / 3 && start[2] == n / 3);
    assay_recipe_destroy(r);
  }
}

/* Walls that stick and walls that do not in one set: it states nothing of u there, but v is zero at
 * both; the inflow is the same. */
static void conditions_that_differ_are_not_stated(void **state)
{
  (void)state;
  static const char text[] = "generator: cylinder\n"
                             "sweep: [{kind: grid, values: {walls: [no-slip, free-slip]}}]\n";
  struct assay_recipe *mixed = NULL, *pure = built_in("cylinder-tiny", NULL);
  assert_ok(
      assay_recipe_parse(&mixed, "mixed.yaml", text, strlen(text), NULL, assay_generator_find));
  const int *a = assay_recipe_layout(mixed)->boundary, *b = assay_recipe_layout(pure)->boundary;
  assert_int_equal(a[0 * ASSAY_SIDES + ASSAY_NORTH], ASSAY_BOUNDARY_NONE);
  assert_int_equal(a[1 * ASSAY_SIDES + ASSAY_NORTH], ASSAY_BOUNDARY_DIRICHLET);
  assert_int_equal(a[0 * ASSAY_SIDES + ASSAY_WEST], ASSAY_BOUNDARY_DIRICHLET);
  assert_int_equal(b[0 * ASSAY_SIDES + ASSAY_NORTH], ASSAY_BOUNDARY_NEUMANN);
  assay_recipe_destroy(mixed);
  assay_recipe_destroy(pure);
}

/* 2.2 m x 0.41 m, centre at (0.2, 0.2) m, probes at the ends of the diameter. */
static void the_benchmark_channels_are_set_up(void **state)
{
  (void)state;
  static const char *const names[] = {"flow/channel-cylinder-steady",
                                      "flow/channel-cylinder-periodic"};
  for (int k = 0; k < 2; k++) {
    struct assay_recipe *r = built_in(names[k], NULL);
    const struct assay_cylinder p = params_of(r, 0);
    assert_close(p.upstream + p.downstream, 2.2, 1e-14, 0);
    assert_close(p.below + p.above, 0.41, 1e-14, 0);
    assert_close(reynolds(&p), k == 0 ? 20 : 100, 1e-13, 0);
    assert_close(assay_cylinder_speed(&p), p.inlet_velocity, 0, 0);
    assert_close(p.probe1_x, -0.05, 0, 0);
    assert_close(p.probe2_x, 0.05, 0, 0);
    assert_int_equal(p.inlet_profile, ASSAY_CYLINDER_PARABOLIC);
    assay_recipe_destroy(r);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(inflow_speeds_are_fifty),
      cmocka_unit_test(fluids_are_the_rule_and_one_of_our_own),
      cmocka_unit_test(geometries_change_one_length_at_a_time),
      cmocka_unit_test(the_three_sets_have_205000_frames),
      cmocka_unit_test(the_joined_set_has_the_cases_of_the_three),
      cmocka_unit_test(cases_have_one_hash_joined_and_alone),
      cmocka_unit_test(joint_sets_are_latin_hypercubes_on_square_cells),
      cmocka_unit_test(conditions_that_differ_are_not_stated),
      cmocka_unit_test(the_benchmark_channels_are_set_up),
  };
  return cmocka_run_group_tests_name("generators/cylinder recipes", tests, NULL, NULL);
}
