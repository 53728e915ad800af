/* Maps of an obstacle in two fluids, and numbers of several cases. */
#include "harness/picture.h"
#include "harness/picture_data.h"
#include "harness/picture_map.h"
#include "harness/picture_plot.h"
#include "tests/harness/view_tank.h"

static int make_tanks(void **state)
{
  (void)state;
  if (make_folder() < 0) return -1;
  write_tank("tank.nc", TANK_DISTANCE);
  write_tank("parts.nc", TANK_PARTS);
  write_tank("blocks.nc", TANK_BLOCKS);
  return 0;
}

/* pixels of one colour, and where they are */
struct patch {
  long n;
  double x, y, farthest; /* middle, and the distance of the last one from it */
};

static bool has_colour(const struct assay_image *image, int x, int y, const int rgb[3])
{
  const uint8_t *p = image->rgba + 4 * ((size_t)y * (size_t)image->width + (size_t)x);
  return p[0] == rgb[0] && p[1] == rgb[1] && p[2] == rgb[2];
}

static struct patch find_patch(const struct assay_image *image, const int rgb[3])
{
  struct patch p = {0};
  for (int pass = 0; pass < 2; pass++)
    for (int y = 0; y < image->height; y++)
      for (int x = 0; x < image->width; x++) {
        if (!has_colour(image, x, y, rgb)) continue;
        if (pass) {
          p.farthest = fmax(p.farthest, hypot(x - p.x / (double)p.n, y - p.y / (double)p.n));
        } else {
          p.n++;
          p.x += x;
          p.y += y;
        }
      }
  return p;
}

static const int grey[3] = {166, 166, 166};

static struct assay_image draw_tank(const char *file, const char *field, bool cells)
{
  struct assay_image image;
  struct assay_dataset *ds = open_set(file);
  const struct assay_picture p = {.truth = ds,
                                  .last = -1,
                                  .field = field,
                                  .width = 900,
                                  .scale = 1,
                                  .cells = cells,
                                  .flow = ASSAY_PICTURE_FLOW_NONE};
  assert_ok(assay_picture_image(&image, &p));
  assay_dataset_close(ds);
  return image;
}

static void obstacles_are_round_where_their_distance_is_known(void **state)
{
  const double r = 900 * disc_r / tank_length;
  struct assay_image smooth = draw_tank("tank.nc", "p", false);
  struct assay_image parts = draw_tank("parts.nc", "p", false);
  struct assay_image blocks = draw_tank("blocks.nc", "p", false);
  struct assay_image cells = draw_tank("tank.nc", "p", true);
  (void)state;
  const struct patch a = find_patch(&smooth, grey), b = find_patch(&blocks, grey);
  assert_close((double)a.n, M_PI * r * r, 0.05, 0); /* the outline takes its rim */
  assert_true(a.farthest < r + 0.8);
  const struct patch c = find_patch(&parts, grey); /* by what is fluid of every cell */
  assert_close((double)c.n, M_PI * r * r, 0.06, 0);
  assert_true(c.farthest < r + 1.5);
  assert_true(b.farthest > r + 3); /* corners of cells of 22.5 pixels */
  assert_int_equal(find_patch(&cells, grey).n, b.n);
  assay_image_destroy(&smooth);
  assay_image_destroy(&parts);
  assay_image_destroy(&blocks);
  assay_image_destroy(&cells);
  smooth = draw_tank("tank.nc", "signed_distance", false);
  assert_int_equal(find_patch(&smooth, grey).n, 0); /* drawn itself, it hides nothing */
  assay_image_destroy(&smooth);
}

/* most black pixels in a row: the surface reaches from side to side, but not through the disc */
static int longest_black_row(const struct assay_image *image)
{
  static const int black[3] = {0, 0, 0};
  int most = 0;
  for (int y = 0; y < image->height; y++) {
    int n = 0;
    for (int x = 0; x < image->width; x++) n += has_colour(image, x, y, black);
    most = n > most ? n : most;
  }
  return most;
}

static void interfaces_are_drawn_over_other_fields(void **state)
{
  (void)state;
  struct assay_image other = draw_tank("tank.nc", "p", false);
  struct assay_image own = draw_tank("tank.nc", "volume_fraction", false);
  struct assay_image fixed = draw_tank("tank.nc", "mask", false);
  assert_in_range(longest_black_row(&other), 890, 901);
  assert_in_range(longest_black_row(&own), 0, 200);
  assert_in_range(longest_black_row(&fixed), 0, 200);
  assay_image_destroy(&other);
  assay_image_destroy(&own);
  assay_image_destroy(&fixed);
}

static void solid_cells_do_not_stretch_the_colours(void **state)
{
  struct picture_data d;
  struct picture_range r;
  struct assay_dataset *ds = open_set("tank.nc");
  const struct assay_picture p = {.truth = ds, .last = -1, .field = "p"};
  (void)state;
  assert_ok(assay_picture_data_open(&d, &p));
  assert_ok(assay_picture_map_range(&r, &d));
  assert_close(r.lo, 2.385 * 0.0375, 1e-12, 0);
  assert_close(r.hi, 2.385 * 2.9625 + 2, 1e-12, 0);
  assay_picture_data_close(&d);
  assay_dataset_close(ds);
}

/* 2.5 times as wide as high: three of them below each other */
static void wide_domains_are_stacked(void **state)
{
  struct picture_data d;
  struct picture_range r;
  struct picture_map m;
  struct assay_dataset *ds = open_set("tank.nc");
  const struct assay_picture p = {.truth = ds, .prediction = ds, .last = -1, .field = "p"};
  (void)state;
  assert_ok(assay_picture_data_open(&d, &p));
  assert_ok(assay_picture_map_range(&r, &d));
  assert_ok(assay_picture_map_make(&m, &d, 0, 1, &r));
  assert_true(m.figure.columns == 1 && m.figure.rows == 3);
  assert_non_null(m.panels[0].interface);
  assert_null(m.panels[2].interface); /* of the error */
  assay_picture_map_free(&m);
  assay_picture_data_close(&d);
  assay_dataset_close(ds);
}

static void numbers_of_several_cases_are_several_lines(void **state)
{
  struct picture_data d;
  struct picture_plot plot;
  struct assay_dataset *ds = open_set("tank.nc");
  const long cases[] = {0, 2};
  struct assay_picture p = {.truth = ds, .last = -1, .field = "drag", .cases = cases, .n_cases = 2};
  (void)state;
  assert_ok(assay_picture_data_open(&d, &p));
  assert_ok(assay_picture_plot_make(&plot, &d));
  assert_int_equal(plot.plot.n_series, 2);
  assert_int_equal(plot.series[1].n, 3);
  assert_close(plot.series[1].y[2], 1202, 0, 0);
  assert_close(plot.series[1].x[1], 0.5, 0, 0);
  assert_string_equal(plot.series[1].name, "case 12: Re\u00a0=\u00a01100");
  assert_string_equal(plot.title, "tank: drag");
  assay_picture_plot_free(&plot);
  assay_picture_data_close(&d);
  p.field = "p";
  assert_fails(assay_picture_data_open(&d, &p), ASSAY_EARG, "'p' has 2 dimensions");
  assay_dataset_close(ds);
}

static void nothing_is_left_in_memory(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(obstacles_are_round_where_their_distance_is_known),
      cmocka_unit_test(interfaces_are_drawn_over_other_fields),
      cmocka_unit_test(solid_cells_do_not_stretch_the_colours),
      cmocka_unit_test(wide_domains_are_stacked),
      cmocka_unit_test(numbers_of_several_cases_are_several_lines),
      cmocka_unit_test(nothing_is_left_in_memory),
  };
  return cmocka_run_group_tests(tests, make_tanks, remove_files);
}
