/* Curvature of shapes that have a known one. */
#include "core/base/mem.h"
#include "core/flow/vof.h"
#include "tests/test.h"

struct round {
  double x, y, radius;
  int bubble; /* the marked fluid is outside */
};

static double round_level(void *context, double x, double y)
{
  const struct round *d = context;
  const double level = d->radius - sqrt((x - d->x) * (x - d->x) + (y - d->y) * (y - d->y));
  return d->bubble ? -level : level;
}

struct errors {
  double rms, max;
  int count;
};

/* Relative to the exact curvature, over cells that the interface crosses. */
static struct errors measure(struct round d, struct assay_vof_settings s)
{
  struct errors e = {0};
  struct assay_vof *f = NULL;
  double *kappa = NULL;
  const double exact = (d.bubble ? -1 : 1) * (s.axisymmetric ? 2 : 1) / d.radius;
  assert_ok(assay_vof_create(&f, &s));
  assert_ok(ASSAY_NEW(&kappa, (size_t)s.nx * (size_t)s.ny, "test"));
  assert_ok(assay_vof_fill(f, round_level, &d));
  assay_vof_curvature(f, kappa);
  const struct assay_mac_view c = assay_vof_fraction(f);
  for (int j = 0; j < s.ny; j++)
    for (int i = 0; i < s.nx; i++) {
      const double k = kappa[j * s.nx + i], here = c.data[j * c.stride + i];
      if (!(here > 0 && here < 1)) continue;
      if (!isfinite(k)) fail_msg("no curvature in (%d, %d)", j, i);
      const double off = fabs(k / exact - 1);
      e.max = fmax(e.max, off);
      e.rms += off * off;
      e.count++;
    }
  e.rms = sqrt(e.rms / e.count);
  assay_vof_destroy(f);
  assay_free(kappa);
  return e;
}

static const struct {
  const char *name;
  struct round shape;
  double width, height;
  int axisymmetric;
} shapes[] = {
    {"disc", {0.5123, 0.4871, 0.2385, 0}, 1, 1, 0},
    {"bubble", {0.5123, 0.4871, 0.2385, 1}, 1, 1, 0},
    {"flat cells", {0.5123, 0.4871, 0.2385, 0}, 1.6, 1, 0},
    {"disc at walls", {0, 0, 0.6137, 0}, 1, 1, 0}, /* a quarter, at right angles to both */
    {"sphere", {0.5123, 0, 0.3385, 0}, 1, 1, 1},
    {"hollow sphere", {0.5123, 0, 0.3385, 1}, 1, 1, 1},
};

static void converges_at_second_order(void **state)
{
  (void)state;
  for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
    struct errors before = {0}, e = {0};
    for (int n = 32; n <= 256; n *= 2) {
      before = e;
      e = measure(shapes[k].shape,
                  (struct assay_vof_settings){n, n, shapes[k].width / n, shapes[k].height / n,
                                              .axisymmetric = shapes[k].axisymmetric});
      print_message("# %s %d: rms %.2e (order %.2f), max %.2e (order %.2f)\n", shapes[k].name, n,
                    e.rms, before.rms > 0 ? log2(before.rms / e.rms) : 0, e.max,
                    before.max > 0 ? log2(before.max / e.max) : 0);
    }
    if (!(log2(before.rms / e.rms) > 1.7 && log2(before.max / e.max) > 1.5 && e.rms < 1e-3))
      fail_msg("%s", shapes[k].name);
  }
}

/* A shell hardly thicker than a cell: no column is ever full, and the pieces of both its sides lie
 * beside each other. What comes out must have the size of 1/R. */
static double shell(void *context, double x, double y)
{
  const struct round *d = context;
  return 0.75 / 64 - fabs(round_level((void *)d, x, y));
}

static void films_get_no_heights(void **state)
{
  (void)state;
  enum { N = 64 };
  struct round d = {0.5123, 0.4871, 0.3185, 0};
  static double kappa[N * N];
  struct assay_vof *f = NULL;
  assert_ok(assay_vof_create(&f, &(struct assay_vof_settings){N, N, 1.0 / N, 1.0 / N}));
  assert_ok(assay_vof_fill(f, shell, &d));
  assay_vof_curvature(f, kappa);
  int count = 0;
  for (int k = 0; k < N * N; k++) {
    if (!isfinite(kappa[k])) continue;
    const double size = fabs(kappa[k]) * d.radius;
    if (!(size > 0.6 && size < 1.4)) fail_msg("|kappa| R = %g", size);
    count++;
  }
  assert_true(count > 250);
  assay_vof_destroy(f);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(converges_at_second_order),
      cmocka_unit_test(films_get_no_heights),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
