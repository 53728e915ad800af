/* The geometry of a straight interface against polygons clipped point by point. */
#include "core/flow/vof_geometry.h"
#include "tests/test.h"

static uint64_t noise_state = 2385;

/* in [0, 1) */
static double noise(void)
{
  noise_state = noise_state * 6364136223846793005u + 1442695040888963407u;
  return (double)(noise_state >> 11) * 0x1p-53;
}

enum { MOST = 8 };
struct polygon {
  int n;
  double x[MOST], y[MOST];
};

/* The part of p where a x + b y <= c (Sutherland & Hodgman 1974). */
static struct polygon clipped(const struct polygon *p, double a, double b, double c)
{
  struct polygon out = {0};
  for (int k = 0; k < p->n; k++) {
    const int next = (k + 1) % p->n;
    const double here = a * p->x[k] + b * p->y[k] - c, there = a * p->x[next] + b * p->y[next] - c;
    if (here <= 0) {
      out.x[out.n] = p->x[k];
      out.y[out.n++] = p->y[k];
    }
    if ((here < 0 && there > 0) || (here > 0 && there < 0)) {
      const double t = here / (here - there);
      out.x[out.n] = p->x[k] + t * (p->x[next] - p->x[k]);
      out.y[out.n++] = p->y[k] + t * (p->y[next] - p->y[k]);
    }
  }
  return out;
}

/* Integral of 1 + (y - 1/2) slant. */
static double weighed(const struct polygon *p, double slant)
{
  double area = 0, moment = 0;
  for (int k = 0; k < p->n; k++) {
    const int next = (k + 1) % p->n;
    const double cross = p->x[k] * p->y[next] - p->x[next] * p->y[k];
    area += 0.5 * cross;
    moment += cross * (p->y[k] + p->y[next]) / 6;
  }
  return area + slant * (moment - 0.5 * area);
}

static struct polygon box(double x0, double x1, double y0, double y1)
{
  return (struct polygon){4, {x0, x1, x1, x0}, {y0, y0, y1, y1}};
}

/* Marked fluid of the line (m, alpha) in a box of the cell; alpha counts in reflected coordinates.
 */
static double marked(struct polygon p, struct vof_normal m, double alpha, double slant)
{
  const double c = alpha + (m.x < 0 ? m.x : 0) + (m.y < 0 ? m.y : 0);
  const struct polygon part = clipped(&p, m.x, m.y, c);
  return weighed(&part, slant);
}

struct draw {
  struct vof_normal m;
  double c, slant;
};

/* Normals in all quadrants, also along the axes and nearly so; fractions also near 0 and 1; cells
 * of the plane, of a pipe and beside the axis. */
static struct draw draw_line(int k)
{
  static const double slants[] = {0, 2, 0.6666, 0.0731};
  struct draw d = {{noise() - 0.5, noise() - 0.5}, noise(), slants[k % 4]};
  if (k % 7 == 1) d.m.x = 0;
  if (k % 7 == 2) d.m.y = 0;
  if (k % 7 == 3) d.m.x *= 1e-9;
  if (k % 7 == 4) d.m.y *= 1e-9;
  if (k % 5 == 1) d.c *= 1e-6;
  if (k % 5 == 2) d.c = 1 - 1e-6 * d.c;
  const double sum = fabs(d.m.x) + fabs(d.m.y);
  d.m.x /= sum;
  d.m.y /= sum;
  return d;
}

static void the_line_cuts_off_the_given_fraction(void **state)
{
  (void)state;
  for (int k = 0; k < 20000; k++) {
    const struct draw d = draw_line(k);
    const double alpha = vof_line(d.m, d.c, d.slant);
    const double c = marked(box(0, 1, 0, 1), d.m, alpha, d.slant);
    if (!(fabs(c - d.c) <= 2e-15))
      fail_msg("line %d: normal %.9g %.9g, slant %g: fraction %.17g, not %.17g", k, d.m.x, d.m.y,
               d.slant, c, d.c);
  }
}

static void slabs_hold_what_the_polygon_holds(void **state)
{
  (void)state;
  for (int k = 0; k < 20000; k++) {
    const struct draw d = draw_line(k);
    const double alpha = vof_line(d.m, d.c, d.slant), w = k % 3 ? noise() : 1e-7 * noise();
    const struct polygon boxes[4] = {box(0, w, 0, 1), box(1 - w, 1, 0, 1), box(0, 1, 0, w),
                                     box(0, 1, 1 - w, 1)};
    const double slab[4] = {
        vof_slab_x(d.m, alpha, d.slant, w, 0), vof_slab_x(d.m, alpha, d.slant, w, 1),
        vof_slab_y(d.m, alpha, d.slant, w, 0), vof_slab_y(d.m, alpha, d.slant, w, 1)};
    for (int side = 0; side < 4; side++) {
      const double expected = marked(boxes[side], d.m, alpha, d.slant);
      if (!(fabs(slab[side] - expected) <= 2e-15))
        fail_msg("line %d, side %d, thickness %g: %.17g, not %.17g", k, side, w, slab[side],
                 expected);
    }
  }
}

static void slabs_have_the_wanted_volume(void **state)
{
  (void)state;
  for (int k = 0; k < 2000; k++) {
    const double slant = draw_line(k).slant, q = 0.9 * noise();
    for (int high = 0; high < 2; high++) {
      if (slant == 2 && !high) continue; /* the axis: nothing flows through it */
      const double h = vof_slab_height(q, slant, high);
      const struct polygon p = high ? box(0, 1, 1 - h, 1) : box(0, 1, 0, h);
      assert_close(weighed(&p, slant), q, 0, 2e-15);
    }
  }
}

/* 3 x 3 fractions of a straight line through the middle cell, not too oblique: its normal is found
 * exactly where the sums of three columns are heights. */
static void straight_lines_keep_their_normal(void **state)
{
  (void)state;
  for (int k = 0; k < 2000; k++) {
    struct vof_normal m = {0.45 * (noise() - 0.5), k % 2 ? 1 : -1};
    if (k % 4 > 1) m = (struct vof_normal){m.y, m.x};
    const double sum = fabs(m.x) + fabs(m.y), offset = 0.2 * (noise() - 0.5);
    double c[9];
    m.x /= sum;
    m.y /= sum;
    for (int n = 0; n < 9; n++) {
      const double x = n % 3 - 1.5, y = n / 3 - 1.5;
      const struct polygon cell = box(x, x + 1, y, y + 1), part = clipped(&cell, m.x, m.y, offset);
      c[n] = weighed(&part, 0);
    }
    const struct vof_normal found = vof_normal_of(c + 4, 3);
    assert_close(found.x, m.x, 0, 1e-14);
    assert_close(found.y, m.y, 0, 1e-14);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_line_cuts_off_the_given_fraction),
      cmocka_unit_test(slabs_hold_what_the_polygon_holds),
      cmocka_unit_test(slabs_have_the_wanted_volume),
      cmocka_unit_test(straight_lines_keep_their_normal),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
