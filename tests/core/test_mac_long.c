/* Long runs of the MAC solver over the whole range of Reynolds numbers: bounded energy, divergence
 * at rounding, and the energy budget of the under-resolved ones. */
#include "core/flow/mac.h"
#include "tests/test.h"

static void check_run(int n, double re, enum assay_mac_scheme scheme, double turnovers)
{
  struct assay_mac_settings s = {.nx = n, .ny = n, .width = 1, .height = 1, .density = 1};
  s.viscosity = 1 / re;
  s.scheme = scheme;
  s.side[ASSAY_MAC_TOP].velocity = 1;
  struct assay_mac *m = NULL;
  assert_ok(assay_mac_create(&m, &s));
  double largest = 0, divergence = 0, residual = 0;
  for (int k = 1; k <= 20; k++) {
    struct assay_mac_diagnostics d;
    assert_ok(assay_mac_run(m, turnovers * k / 20));
    assay_mac_diagnose(m, &d);
    largest = fmax(largest, d.kinetic_energy);
    divergence = fmax(divergence, d.divergence);
    residual = d.energy_residual;
  }
  print_message("# %d^2 Re %g scheme %d: energy <= %.4f, divergence %.1e, budget %.1e\n", n, re,
                (int)scheme, largest, divergence, residual);
  /* a steady cavity holds up to 0.048 U^2 L^2; the fluid cannot do much better than that */
  assert_true(largest > 1e-4 && largest < 0.06);
  assert_true(divergence < 1e-12);
  assert_true(residual < (scheme == ASSAY_MAC_CENTRAL ? 1e-3 : 0.5));
  assay_mac_destroy(m);
}

static void every_grid_and_reynolds_number_is_stable(void **state)
{
  (void)state;
  static const double re[] = {1, 10, 100, 1000, 5000, 20000, 100000};
  static const struct {
    int n;
    double turnovers;
  } rows[] = {{32, 400}, {64, 150}, {128, 40}, {256, 8}};
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
    for (size_t k = 0; k < sizeof re / sizeof *re; k++)
      check_run(rows[r].n, re[k], ASSAY_MAC_SCHEME_AUTO, rows[r].turnovers);
}

static void central_differences_stay_bounded_where_nothing_is_resolved(void **state)
{
  (void)state;
  check_run(32, 1e5, ASSAY_MAC_CENTRAL, 400);
  check_run(64, 1e5, ASSAY_MAC_CENTRAL, 60);
  check_run(64, 1e4, ASSAY_MAC_CENTRAL, 150);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_grid_and_reynolds_number_is_stable),
      cmocka_unit_test(central_differences_stay_bounded_where_nothing_is_resolved),
  };
  return cmocka_run_group_tests_name("core/flow long", tests, NULL, NULL);
}
