/* Streamlines and contour lines against flows whose lines are known. */
#include <stdlib.h>

#include "core/base/mem.h"
#include "core/draw/contour.h"
#include "core/draw/stream.h"
#include "tests/test.h"

enum { NX = 48, NY = 40 };
static double u[NX * NY], v[NX * NY], mask[NX * NY], distance[NX * NY];

/* 2.4 m x 2 m around the origin */
static const struct assay_flow frame = {.nx = NX,
                                        .ny = NY,
                                        .x0 = -1.2 + 0.025,
                                        .y0 = -1 + 0.025,
                                        .dx = 0.05,
                                        .dy = 0.05,
                                        .u = u,
                                        .v = v};

static double x_of(int k)
{
  return frame.x0 + k % NX * frame.dx;
}

static double y_of(int k)
{
  return frame.y0 + k / NX * frame.dy;
}

static void rotation(double omega)
{
  for (int k = 0; k < NX * NY; k++) {
    u[k] = -omega * y_of(k);
    v[k] = omega * x_of(k);
  }
}

static void interpolation_is_exact_for_linear_flows(void **state)
{
  double a, b;
  (void)state;
  rotation(2.385);
  assert_true(assay_flow_at(&a, &b, &frame, 0.337, -0.271));
  assert_close(a, 2.385 * 0.271, 1e-13, 0);
  assert_close(b, 2.385 * 0.337, 1e-13, 0);
  assert_true(assay_flow_at(&a, &b, &frame, 1.19, 0.99)); /* outer half cell: as at its centre */
  assert_close(a, -2.385 * 0.975, 1e-13, 0);
  assert_false(assay_flow_at(&a, &b, &frame, 1.21, 0.5));
  assert_false(assay_flow_at(&a, &b, &frame, NAN, 0.5));
}

static void lines_of_a_rigid_rotation_are_closed_circles(void **state)
{
  struct assay_streamlines s;
  int circles = 0;
  (void)state;
  for (int sense = -1; sense <= 1; sense += 2) {
    rotation(sense * 2.385);
    assert_ok(assay_streamlines_create(&s, &frame, 0.11));
    for (int k = 0; k < s.n_lines; k++) {
      const struct assay_streamline *line = &s.line[k];
      const double(*at)[2] = (const double(*)[2])s.at + line->first;
      const double r = hypot(at[0][0], at[0][1]);
      if (r > 0.95) continue; /* cut by the walls */
      assert_true(line->closed);
      assert_close(at[0][0], at[line->n - 1][0], 0, 0);
      assert_close(at[0][1], at[line->n - 1][1], 0, 0);
      double turn = 0;
      for (int i = 0; i < line->n; i++) {
        assert_close(hypot(at[i][0], at[i][1]), r, 2e-5, 0);
        if (i > 0)
          turn += atan2(at[i - 1][0] * at[i][1] - at[i - 1][1] * at[i][0],
                        at[i - 1][0] * at[i][0] + at[i - 1][1] * at[i][1]);
      }
      assert_close(turn, sense * 2 * 3.14159265358979, 1e-9, 0); /* once around, downstream */
      circles++;
    }
    assay_streamlines_destroy(&s);
  }
  assert_true(circles >= 10);
}

/* No two lines nearer than half the separation, no place farther than it can be. */
static void lines_are_evenly_spaced(void **state)
{
  const double separation = 0.13;
  struct assay_streamlines s;
  (void)state;
  for (int k = 0; k < NX * NY; k++) { /* two vortices and a stagnation point */
    u[k] = sin(2.1 * x_of(k)) * cos(1.7 * y_of(k)) / 2.1;
    v[k] = -cos(2.1 * x_of(k)) * sin(1.7 * y_of(k)) / 1.7;
  }
  assert_ok(assay_streamlines_create(&s, &frame, separation));
  assert_true(s.n_lines >= 8);
  for (int a = 0; a < s.n_lines; a++)
    for (int b = 0; b < a; b++)
      for (int i = 0; i < s.line[a].n; i++)
        for (int j = 0; j < s.line[b].n; j++) {
          const double *p = s.at[s.line[a].first + i], *q = s.at[s.line[b].first + j];
          if (hypot(p[0] - q[0], p[1] - q[1]) < 0.4 * separation)
            fail_msg("lines %d and %d are %g apart", a, b, hypot(p[0] - q[0], p[1] - q[1]));
        }
  for (int k = 0; k < NX * NY; k++) {
    double nearest = INFINITY;
    for (int i = 0; i < s.n_points; i++)
      nearest = fmin(nearest, hypot(s.at[i][0] - x_of(k), s.at[i][1] - y_of(k)));
    if (nearest > 2.2 * separation) fail_msg("nothing within %g of cell %d", nearest, k);
  }
  assay_streamlines_destroy(&s);
}

static void lines_stay_out_of_solids_and_of_still_fluid(void **state)
{
  struct assay_flow flow = frame;
  struct assay_streamlines s;
  (void)state;
  flow.mask = mask;
  for (int k = 0; k < NX * NY; k++) {
    mask[k] = hypot(x_of(k), y_of(k)) > 0.4;
    u[k] = x_of(k) < 0.6 ? 1.3 : 0;
    v[k] = 0;
  }
  assert_ok(assay_streamlines_create(&s, &flow, 0.1));
  assert_true(s.n_lines > 10);
  for (int i = 0; i < s.n_points; i++) {
    assert_true(hypot(s.at[i][0], s.at[i][1]) > 0.36);
    assert_true(s.at[i][0] < 0.66);
  }
  assay_streamlines_destroy(&s);
}

/* a uniform flow that the file stores inside the disc as well */
static void lines_end_where_the_distance_says(void **state)
{
  struct assay_streamlines s;
  struct assay_flow flow = frame;
  double nearest = 9;
  (void)state;
  for (int k = 0; k < NX * NY; k++) {
    u[k] = 1.7;
    v[k] = 0;
    mask[k] = 1;
    distance[k] = hypot(x_of(k) - 0.113, y_of(k) + 0.071) - 0.385;
  }
  flow.mask = mask;
  flow.distance = distance;
  assert_ok(assay_streamlines_create(&s, &flow, 0.1));
  assert_true(s.n_lines > 10);
  for (int i = 0; i < s.n_points; i++)
    nearest = fmin(nearest, hypot(s.at[i][0] - 0.113, s.at[i][1] + 0.071));
  assert_true(nearest > 0.384 && nearest < 0.42);
  assay_streamlines_destroy(&s);
}

static void cubics_run_through_curves(void **state)
{
  const double line[5] = {1.3, 1.5, 1.7, 1.9, 2.1}, square[5] = {0, 1, 4, 9, 16};
  double worst = 0;
  (void)state;
  assert_close(assay_bicubic(line, 5, 1, 2.35, 0), 1.77, 1e-14, 0);
  assert_close(assay_bicubic(line, 1, 5, 0, 1.7), 1.64, 1e-14, 0);
  assert_close(assay_bicubic(line, 5, 1, 7.7, -3), 2.1 - 0.2 / 18, 1e-14, 0); /* flat outside */
  assert_close(assay_bicubic(square, 5, 1, 2.35, 0), 2.35 * 2.35 + 1.0 / 9, 1e-14, 0);
  for (int k = 0; k < NX * NY; k++) u[k] = hypot(k % NX - 20.2, k / NX - 19.7);
  for (int i = 0; i < 100; i++) {
    const double x = 20.2 + 4.3 * cos(0.0628 * i), y = 19.7 + 4.3 * sin(0.0628 * i);
    worst = fmax(worst, fabs(assay_bicubic(u, NX, NY, x, y) - 4.3));
  }
  assert_true(worst < 0.016); /* bilinear: 0.03, and with kinks */
}

static void same_flow_gives_same_lines(void **state)
{
  struct assay_streamlines a, b;
  (void)state;
  rotation(1.7);
  assert_ok(assay_streamlines_create(&a, &frame, 0.17));
  assert_ok(assay_streamlines_create(&b, &frame, 0.17));
  assert_int_equal(a.n_points, b.n_points);
  assert_memory_equal(a.at, b.at, (size_t)a.n_points * sizeof *a.at);
  assay_streamlines_destroy(&a);
  assay_streamlines_destroy(&b);
}

static void still_or_broken_flows_have_no_lines(void **state)
{
  struct assay_streamlines s;
  (void)state;
  memset(u, 0, sizeof u);
  memset(v, 0, sizeof v);
  assert_ok(assay_streamlines_create(&s, &frame, 0.1));
  assert_int_equal(s.n_lines, 0);
  assay_streamlines_destroy(&s);
  for (int k = 0; k < NX * NY; k++) u[k] = NAN;
  assert_ok(assay_streamlines_create(&s, &frame, 0.1));
  assert_int_equal(s.n_lines, 0);
  assay_streamlines_destroy(&s);
  assert_fails(assay_streamlines_create(&s, &frame, 0), ASSAY_EARG, "separation 0 m");
  assert_fails(assay_streamlines_create(&s, &frame, 1e-5), ASSAY_EARG, "too fine");
}

struct pieces {
  int n;
  double worst, length;
  double (*miss)(double x, double y); /* distance from where the line should be */
};

static void measure(void *payload, double x0, double y0, double x1, double y1)
{
  struct pieces *p = payload;
  p->n++;
  p->worst = fmax(p->worst, fmax(p->miss(x0, y0), p->miss(x1, y1)));
  p->length += hypot(x1 - x0, y1 - y0);
}

static double from_line(double x, double y)
{
  return fabs(0.3 * x + 0.7 * y - 11.3) / hypot(0.3, 0.7);
}

static double from_circle(double x, double y)
{
  return fabs(hypot(x - 20.2, y - 19.7) - 13.6);
}

static void contours_lie_on_the_level(void **state)
{
  struct pieces line = {.miss = from_line}, circle = {.miss = from_circle};
  (void)state;
  for (int k = 0; k < NX * NY; k++) u[k] = 0.3 * (k % NX) + 0.7 * (k / NX);
  assay_contour(u, NX, NY, 11.3, measure, &line);
  assert_true(line.worst < 1e-12);
  /* from (0, 16.14) to (37.67, 0) */
  assert_close(line.length, hypot(11.3 / 0.7, 11.3 / 0.3), 1e-12, 0);
  for (int k = 0; k < NX * NY; k++) u[k] = hypot(k % NX - 20.2, k / NX - 19.7);
  assay_contour(u, NX, NY, 13.6, measure, &circle);
  assert_true(circle.worst < 0.01);
  assert_close(circle.length, 2 * 3.14159265358979 * 13.6, 2e-3, 0);
}

static int n_across;
static void count_across(void *payload, double x0, double y0, double x1, double y1)
{
  (void)payload;
  /* cuts off the corner (0, 0) or (1, 1): both ends have x + y on the same side of 1 */
  n_across += (x0 + y0 < 1) == (x1 + y1 < 1);
}

/* On a saddle the lines part the corners that the mean does not join. */
static void saddles_follow_the_mean(void **state)
{
  const double high[4] = {1, 0.2, 0.3, 1}, low[4] = {1, -0.9, -0.8, 1};
  (void)state;
  n_across = 0; /* mean 0.625 > 0.5: (0,0) and (1,1) belong together */
  assay_contour(high, 2, 2, 0.5, count_across, NULL);
  assert_int_equal(n_across, 0);
  assay_contour(low, 2, 2, 0.5, count_across, NULL); /* mean 0.075: they do not */
  assert_int_equal(n_across, 2);
}

static void contours_stop_at_gaps(void **state)
{
  struct pieces line = {.miss = from_line};
  (void)state;
  for (int k = 0; k < NX * NY; k++)
    u[k] = k % NX < 20 ? 0.3 * (k % NX) + 0.7 * (k / NX) : (double)NAN;
  assay_contour(u, NX, NY, 11.3, measure, &line);
  assert_close(line.length, 19 * hypot(1, 3.0 / 7), 1e-12, 0);
}

static void nothing_is_left_in_memory(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(interpolation_is_exact_for_linear_flows),
      cmocka_unit_test(lines_of_a_rigid_rotation_are_closed_circles),
      cmocka_unit_test(lines_are_evenly_spaced),
      cmocka_unit_test(lines_stay_out_of_solids_and_of_still_fluid),
      cmocka_unit_test(lines_end_where_the_distance_says),
      cmocka_unit_test(cubics_run_through_curves),
      cmocka_unit_test(same_flow_gives_same_lines),
      cmocka_unit_test(still_or_broken_flows_have_no_lines),
      cmocka_unit_test(contours_lie_on_the_level),
      cmocka_unit_test(saddles_follow_the_mean),
      cmocka_unit_test(contours_stop_at_gaps),
      cmocka_unit_test(nothing_is_left_in_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
