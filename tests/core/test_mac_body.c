/* Obstacles in the MAC solver: cut cells, their pressure, viscous operator and loads. */
#include "core/base/mem.h"
#include "core/flow/mac.h"
#include "tests/test.h"

static const double pi = 3.14159265358979323846;

static struct assay_mac *solver(const struct assay_mac_settings *s)
{
  struct assay_mac *m = NULL;
  assert_ok(assay_mac_create(&m, s));
  return m;
}

/* Fluid between a turning cylinder and one at rest: u = A r + B/r along the angle. */
struct couette {
  struct assay_circle inner, outer;
  struct assay_body body[2];
  struct assay_mac_settings set;
  double a, b;
};

static void couette_of(struct couette *c, int n, double spin)
{
  const double ri = 0.2, ro = 0.43, x = 0.5123, y = 0.5071;
  c->inner = (struct assay_circle){x, y, ri};
  c->outer = (struct assay_circle){x, y, ro};
  c->body[0] =
      (struct assay_body){assay_circle_distance, &c->inner, .slide = spin * ri, .name = "rotor"};
  c->body[1] = (struct assay_body){assay_circle_distance, &c->outer, .inside_out = 1};
  c->set = (struct assay_mac_settings){.nx = n,
                                       .ny = n,
                                       .width = 1,
                                       .height = 1,
                                       .density = 2.385,
                                       .viscosity = 0.1,
                                       .body = c->body,
                                       .bodies = 2};
  c->a = -spin * ri * ri / (ro * ro - ri * ri);
  c->b = -c->a * ro * ro;
}

struct couette_error {
  double velocity, pressure, torque[2];
};

/* Root mean square of u over the open parts (to second order) and of p over full cells. */
static struct couette_error couette_errors(const struct couette *c, struct assay_mac *m)
{
  const int n = c->set.nx;
  const double h = 1.0 / n, rho = c->set.density, a = c->a, b = c->b;
  struct couette_error e = {0};
  const struct assay_mac_view u = assay_mac_u(m), p = assay_mac_pressure(m);
  double offset = 0;
  int faces = 0, cells = 0;
  for (int j = 0; j < n; j++)
    for (int i = 0; i < n; i++) {
      const double x = i * h - c->inner.x, y = (j + 0.5) * h - c->inner.y, xc = x + 0.5 * h;
      const double r = sqrt(x * x + y * y), rc = sqrt(xc * xc + y * y);
      if (r > c->inner.radius + 0.7 * h && r < c->outer.radius - 0.7 * h) {
        const double d = u.data[j * u.stride + i] + (a + b / (r * r)) * y;
        e.velocity += d * d;
        faces++;
      }
      if (rc < c->inner.radius + 0.8 * h || rc > c->outer.radius - 0.8 * h) continue;
      const double exact =
          rho * (a * a * rc * rc / 2 + 2 * a * b * log(rc) - b * b / (2 * rc * rc));
      const double d = p.data[j * p.stride + i] - exact;
      offset += d, e.pressure += d * d;
      cells++;
    }
  e.velocity = sqrt(e.velocity / faces);
  offset /= cells;
  e.pressure = sqrt(fmax(0, e.pressure / cells - offset * offset));
  for (int k = 0; k < 2; k++) {
    struct assay_mac_load l;
    const double exact = (k ? 1 : -1) * 4 * pi * c->set.viscosity * b;
    assert_ok(assay_mac_load(&l, m, k));
    e.torque[k] = fabs(l.torque / exact - 1);
  }
  return e;
}

static void a_turning_cylinder_drives_couette_flow(void **state)
{
  (void)state;
  struct couette_error e[2];
  for (int k = 0; k < 2; k++) {
    struct couette c;
    couette_of(&c, k ? 60 : 30, 1.7);
    struct assay_mac *m = solver(&c.set);
    const double gap = c.outer.radius - c.inner.radius;
    assert_ok(assay_mac_run(m, 1.3 * gap * gap * c.set.density / c.set.viscosity));
    e[k] = couette_errors(&c, m);
    struct assay_mac_diagnostics d;
    assay_mac_diagnose(m, &d);
    assert_true(d.divergence < 1e-12 * 0.34 / 0.2 * c.set.nx);
    assay_mac_destroy(m);
  }
  assert_true(e[1].velocity < 0.34 * 2e-3);
  assert_true(log2(e[0].velocity / e[1].velocity) > 1.4);
  assert_true(log2(e[0].pressure / e[1].pressure) > 1.4);
  for (int k = 0; k < 2; k++) {
    assert_true(e[1].torque[k] < 5e-3);
    assert_true(log2(e[0].torque[k] / e[1].torque[k]) > 1.3);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_turning_cylinder_drives_couette_flow),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
