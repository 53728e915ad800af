/* Obstacles on a grid: distances of the shapes, open parts of segments, areas and centroids. */
#include "core/flow/body.h"
#include "tests/test.h"

static const double pi = 3.14159265358979323846;

static const struct assay_circle circle = {0.731, 0.417, 0.2385};
static const struct assay_ellipse flat = {0.731, 0.417, 0.31, 0.17},
                                  tall = {0.731, 0.417, 0.17, 0.31};
static const struct assay_rectangle square = {0.513, 0.217, 0.913, 0.631, 0},
                                    rounded = {0.513, 0.217, 0.913, 0.631, 0.071};
static const double star_corner[6][2] = {{0.41, 0.217},  {0.62, 0.257},  {0.877, 0.181},
                                         {0.713, 0.431}, {0.651, 0.688}, {0.535, 0.409}};
static const struct assay_polygon star = {6, star_corner};
static const struct assay_circle left = {0.55, 0.417, 0.17}, right = {0.84, 0.45, 0.11};
static const struct assay_body parts[2] = {{.shape = assay_circle_distance, .data = &left},
                                           {.shape = assay_circle_distance, .data = &right}};
static const struct assay_union pair = {2, parts};

struct shape_case {
  const char *name;
  struct assay_body body;
  double area, x, y; /* of the solid, and its centroid */
};

static double polygon_moment(const double (*c)[2], int n, int axis)
{
  double s = 0;
  for (int k = 0; k < n; k++) {
    const double *a = c[k], *b = c[(k + 1) % n];
    s += 0.5 * (a[0] * b[1] - a[1] * b[0]) * (axis < 0 ? 1 : (a[axis] + b[axis]) / 3);
  }
  return s;
}

enum { SHAPES = 7 };

static void fill(struct shape_case c[SHAPES])
{
  const double star_area = polygon_moment(star_corner, 6, -1);
  const double r = rounded.rounding, side = 0.4 * 0.414;
  const double discs = pi * (left.radius * left.radius + right.radius * right.radius);
  const struct shape_case all[SHAPES] = {
      {"circle", {assay_circle_distance, &circle}, pi * 0.2385 * 0.2385, 0.731, 0.417},
      {"flat ellipse", {assay_ellipse_distance, &flat}, pi * 0.31 * 0.17, 0.731, 0.417},
      {"tall ellipse", {assay_ellipse_distance, &tall}, pi * 0.31 * 0.17, 0.731, 0.417},
      {"rectangle", {assay_rectangle_distance, &square}, side, 0.713, 0.424},
      {"rounded", {assay_rectangle_distance, &rounded}, side - (4 - pi) * r * r, 0.713, 0.424},
      {"star",
       {assay_polygon_distance, &star},
       star_area,
       polygon_moment(star_corner, 6, 0) / star_area,
       polygon_moment(star_corner, 6, 1) / star_area},
      {"two discs",
       {assay_union_distance, &pair},
       discs,
       pi * (left.radius * left.radius * left.x + right.radius * right.radius * right.x) / discs,
       pi * (left.radius * left.radius * left.y + right.radius * right.radius * right.y) / discs}};
  memcpy(c, all, sizeof all);
}

/* Area and centroid over an 11 x 7 grid of cells that fits nothing. */
static void areas_and_centroids_are_exact(void **state)
{
  (void)state;
  struct shape_case c[SHAPES];
  fill(c);
  for (int k = 0; k < SHAPES; k++) {
    const double dx = 1.31 / 11, dy = 0.83 / 7;
    double solid = 0, mx = 0, my = 0;
    for (int j = 0; j < 7; j++)
      for (int i = 0; i < 11; i++) {
        double g[2];
        const double x = i * dx, y = j * dy;
        const double f = assay_body_fraction(&c[k].body, x, y, dx, dy, g);
        assert_true(f >= 0 && f <= 1);
        solid += (1 - f) * dx * dy;
        mx += dx * dy * (x + 0.5 * dx - f * g[0]);
        my += dx * dy * (y + 0.5 * dy - f * g[1]);
      }
    if (fabs(solid - c[k].area) > 1e-10 * c[k].area)
      fail_msg("%s: area %.15g, expected %.15g", c[k].name, solid, c[k].area);
    assert_close(mx / solid, c[k].x, 1e-9, 0);
    assert_close(my / solid, c[k].y, 1e-9, 0);
  }
}

/* Turned inside out, solid and fluid change places; a fraction is additive. */
static void inside_out_is_the_complement(void **state)
{
  (void)state;
  struct shape_case c[SHAPES];
  fill(c);
  for (int k = 0; k < SHAPES; k++) {
    struct assay_body out = c[k].body;
    out.inside_out = 1;
    const double here = assay_body_fraction(&c[k].body, 0.45, 0.2, 0.23, 0.21, NULL);
    assert_close(here + assay_body_fraction(&out, 0.45, 0.2, 0.23, 0.21, NULL), 1, 0, 1e-10);
    double quarters = 0;
    for (int q = 0; q < 4; q++)
      quarters += 0.25 * assay_body_fraction(&c[k].body, 0.45 + 0.115 * (q & 1),
                                             0.2 + 0.105 * (q >> 1), 0.115, 0.105, NULL);
    assert_close(quarters, here, 0, 1e-10);
  }
}

static void open_parts_of_segments(void **state)
{
  (void)state;
  const struct assay_body b = {.shape = assay_circle_distance, .data = &circle};
  const double from[2] = {0.1, 0.417}, to[2] = {0.731, 0.417}, far[2] = {1.4, 0.417};
  double mid;
  assert_close(assay_body_open(&b, from, to, &mid), (0.631 - 0.2385) / 0.631, 1e-13, 0);
  assert_close(mid, 0.5 * (0.631 - 0.2385) / 0.631, 1e-13, 0);
  const double open = 1.3 - 2 * 0.2385, a = 0.631 - 0.2385, c = 1.4 - 0.731 - 0.2385;
  assert_close(assay_body_open(&b, from, far, &mid), open / 1.3, 1e-13, 0);
  assert_close(mid, (0.5 * a * a + c * (1.3 - 0.5 * c)) / open / 1.3, 1e-13, 0);
  const double above[2] = {0.1, 0.66}, beside[2] = {1.4, 0.66};
  assert_close(assay_body_open(&b, above, beside, NULL), 1, 0, 0);
}

/* The distance to the surface along the normal: stepping back by it lands on the surface. */
static void distances_are_distances(void **state)
{
  (void)state;
  struct shape_case c[SHAPES];
  fill(c);
  for (int k = 0; k < SHAPES; k++)
    for (int j = 0; j < 23; j++)
      for (int i = 0; i < 23; i++) {
        const double x = 0.2 + 0.0473 * i, y = 0.05 + 0.0331 * j;
        const double d = assay_body_distance(&c[k].body, x, y);
        double n[2];
        if (d < 0.02 && k > 4) continue; /* inside, a union's smallest distance is a bound only */
        if (fabs(d) < 0.01 || d < -0.09) continue;
        assay_body_normal(n, &c[k].body, x, y, 1e-6);
        assert_close(assay_body_distance(&c[k].body, x - d * n[0], y - d * n[1]), 0, 0, 1e-7);
      }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(areas_and_centroids_are_exact),
      cmocka_unit_test(inside_out_is_the_complement),
      cmocka_unit_test(open_parts_of_segments),
      cmocka_unit_test(distances_are_distances),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
