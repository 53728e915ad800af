/* Conservative remapping between grids that do not divide each other. */
#include "core/base/mem.h"
#include "core/flow/remap.h"
#include "tests/test.h"

enum { NX = 14, NY = 9, MX = 5, MY = 4 };

static double noise(int k)
{
  return sin(12.9898 * k + 0.731) * 2.385;
}

static void means_keep_the_integral(void **state)
{
  (void)state;
  struct assay_remap *p = NULL;
  double in[NX * NY], out[MX * MY], weight[NY], face[NY + 1], sum_in = 0, sum_out = 0;
  for (int j = 0; j < NY; j++) weight[j] = j + 0.5;
  for (int j = 0; j <= NY; j++) face[j] = j;
  for (int k = 0; k < NX * NY; k++) in[k] = noise(k);
  assert_ok(assay_remap_create(&p, NX, NY, MX, MY));
  assay_remap_mean(p, out, (struct assay_mac_view){in, NX, NX, NY}, NULL, 0);
  for (int k = 0; k < NX * NY; k++) sum_in += in[k] / (NX * NY);
  for (int k = 0; k < MX * MY; k++) sum_out += out[k] / (MX * MY);
  assert_close(sum_out, sum_in, 1e-13, 0);
  /* about an axis: the weight of a new row is that of its parts */
  assay_remap_weigh_y(p, weight, face);
  assay_remap_mean(p, out, (struct assay_mac_view){in, NX, NX, NY}, NULL, 0);
  sum_in = sum_out = 0;
  for (int k = 0; k < NX * NY; k++) sum_in += in[k] * weight[k / NX] / NX;
  for (int l = 0; l < MY; l++) {
    double w = 0;
    for (int j = 0; j < NY; j++)
      w += weight[j] * fmax(0, fmin(j + 1, (l + 1.0) * NY / MY) - fmax(j, (double)l * NY / MY));
    for (int k = 0; k < MX; k++) sum_out += out[l * MX + k] * w / MX;
  }
  assert_close(sum_out, sum_in, 1e-13, 0);
  assay_remap_destroy(p);
}

static void solid_cells_are_left_out(void **state)
{
  (void)state;
  struct assay_remap *p = NULL;
  double in[NX * NY], out[MX * MY];
  unsigned char solid[NX * NY] = {0};
  for (int k = 0; k < NX * NY; k++) {
    in[k] = 1.377;
    if (k % NX < 6 && k / NX < 4) {
      solid[k] = 1;
      in[k] = 1e9;
    }
  }
  assert_ok(assay_remap_create(&p, NX, NY, MX, MY));
  assay_remap_mean(p, out, (struct assay_mac_view){in, NX, NX, NY}, solid, -7.5);
  for (int k = 0; k < MX * MY; k++)
    assert_close(out[k], k % MX < 2 && k / MX < 1 ? -7.5 : 1.377, 1e-14, 0);
  assay_remap_destroy(p);
}

/* u, v from a stream function with r = y: u r = dpsi/dy, v r = -dpsi/dx. */
static void check_divergence(int radial)
{
  double psi[(NX + 1) * (NY + 1)], u[(NX + 1) * NY], v[NX * (NY + 1)], weight[NY], face[NY + 1];
  double cu[(MX + 1) * MY], cv[MX * (MY + 1)];
  struct assay_remap *p = NULL;
  for (int k = 0; k < (NX + 1) * (NY + 1); k++) psi[k] = k < NX + 1 ? 0.3 : noise(k);
  for (int j = 0; j < NY; j++) weight[j] = radial ? (j + 0.5) / NY : 1;
  for (int j = 0; j <= NY; j++) face[j] = radial ? (double)j / NY : 1;
  for (int j = 0; j < NY; j++)
    for (int i = 0; i <= NX; i++)
      u[j * (NX + 1) + i] = (psi[(j + 1) * (NX + 1) + i] - psi[j * (NX + 1) + i]) * NY / weight[j];
  for (int j = 0; j <= NY; j++)
    for (int i = 0; i < NX; i++)
      v[j * NX + i] =
          face[j] == 0 ? 0 : -(psi[j * (NX + 1) + i + 1] - psi[j * (NX + 1) + i]) * NX / face[j];
  assert_ok(assay_remap_create(&p, NX, NY, MX, MY));
  assay_remap_weigh_y(p, weight, face);
  assay_remap_faces(p, cu, cv, (struct assay_mac_view){u, NX + 1, NX + 1, NY},
                    (struct assay_mac_view){v, NX, NX, NY + 1});
  for (int l = 0; l < MY; l++) {
    double area = 0;
    for (int j = 0; j < NY; j++)
      area +=
          weight[j] / NY * fmax(0, fmin(j + 1, (l + 1.0) * NY / MY) - fmax(j, (double)l * NY / MY));
    const double lower = radial ? (double)l / MY : 1, upper = radial ? (l + 1.0) / MY : 1;
    for (int k = 0; k < MX; k++)
      assert_close(area * (cu[l * (MX + 1) + k + 1] - cu[l * (MX + 1) + k]) +
                       (upper * cv[(l + 1) * MX + k] - lower * cv[l * MX + k]) / MX,
                   0, 0, 1e-12);
  }
  assay_remap_destroy(p);
}

static void what_has_no_divergence_keeps_none(void **state)
{
  (void)state;
  check_divergence(0);
  check_divergence(1);
}

static void a_multiple_is_sampled_exactly(void **state)
{
  (void)state;
  enum { R = 3 };
  double u[(NX * R + 1) * NY * R], v[NX * R * (NY * R + 1)], cu[NX * NY], cv[NX * NY];
  struct assay_remap *p = NULL;
  for (int k = 0; k < (NX * R + 1) * NY * R; k++) u[k] = noise(k);
  for (int k = 0; k < NX * R * (NY * R + 1); k++) v[k] = noise(k + 77);
  assert_ok(assay_remap_create(&p, NX * R, NY * R, NX, NY));
  assay_remap_centred(p, cu, cv, (struct assay_mac_view){u, NX * R + 1, NX * R + 1, NY * R},
                      (struct assay_mac_view){v, NX * R, NX * R, NY * R + 1});
  for (int l = 0; l < NY; l++)
    for (int k = 0; k < NX; k++) {
      double a = 0, b = 0;
      for (int q = 0; q < R; q++) {
        const double *row = u + (l * R + q) * (NX * R + 1) + k * R,
                     *low = v + l * R * NX * R + k * R + q;
        a += 0.5 / R * (row[0] + row[R]);
        b += 0.5 / R * (low[0] + low[R * NX * R]);
      }
      assert_close(cu[l * NX + k], a, 0, 1e-14);
      assert_close(cv[l * NX + k], b, 0, 1e-14);
    }
  assay_remap_destroy(p);
  assert_fails(assay_remap_create(&p, 0, 3, 2, 2), ASSAY_EARG, "0 x 3");
  assert_null(p);
  assay_remap_destroy(NULL);
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(means_keep_the_integral),
      cmocka_unit_test(solid_cells_are_left_out),
      cmocka_unit_test(what_has_no_divergence_keeps_none),
      cmocka_unit_test(a_multiple_is_sampled_exactly),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
