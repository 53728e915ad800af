/* Pictures of fields: the right colour at the right place, shared scales, masks, labels apart. */
#include <stdlib.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/draw/figure.h"
#include "core/draw/figure_layout.h"
#include "tests/test.h"

enum { NX = 20, NY = 10 };
static double x[NX], y[NY], values[NX * NY], other[NX * NY], mask[NX * NY];
static const struct assay_figure_grid grid = {
    .nx = NX, .ny = NY, .x = x, .y = y, .x_label = "x (m)", .y_label = "y (m)"};
static const struct assay_figure_grid masked = {.nx = NX, .ny = NY, .x = x, .y = y, .mask = mask};

static int fill(void **state)
{
  (void)state;
  for (int i = 0; i < NX; i++) x[i] = 0.4 + 0.05 * i;
  for (int j = 0; j < NY; j++) y[j] = 3 + 0.05 * j;
  for (int k = 0; k < NX * NY; k++) {
    values[k] = k % NX + 100.0 * (k / NX);
    other[k] = 919 - values[k];
    mask[k] = 1;
  }
  return 0;
}

struct rgb8 {
  int c[3];
};

/* Pixel of panel k at fractions from its left and lower edge. */
static struct rgb8 look(const struct assay_figure *f, int k, double fx, double fy)
{
  struct assay_image image;
  struct figure_layout l;
  struct rgb8 out;
  const double scale = f->scale > 0 ? f->scale : 1.5;
  assert_ok(assay_figure_image(&image, f));
  assert_ok(assay_figure_layout(&l, f));
  const struct figure_place *p = &l.place[k];
  const int px = (int)((p->x + fx * p->w) * scale), py = (int)((p->y + (1 - fy) * p->h) * scale);
  assert_true(px >= 0 && px < image.width && py >= 0 && py < image.height);
  for (int i = 0; i < 3; i++) out.c[i] = image.rgba[4 * (py * image.width + px) + i];
  assay_image_destroy(&image);
  assay_free(l.place);
  return out;
}

static void assert_colour(struct rgb8 seen, enum assay_map map, double t)
{
  uint8_t table[256][3];
  assay_map_table(table, map);
  const uint8_t *c = table[(int)(t * 255 + 0.5)];
  for (int i = 0; i < 3; i++)
    if (abs(seen.c[i] - c[i]) > 5)
      fail_msg("saw %d %d %d, expected %d %d %d", seen.c[0], seen.c[1], seen.c[2], c[0], c[1],
               c[2]);
}

static struct assay_figure one(const struct assay_panel *panel)
{
  return (struct assay_figure){.rows = 1, .columns = 1, .panels = panel};
}

static void cells_stand_where_their_coordinates_say(void **state)
{
  const struct assay_panel panel = {.grid = &grid, .values = values};
  const struct assay_figure f = one(&panel);
  (void)state;
  for (int j = 0; j < NY; j += 3)
    for (int i = 0; i < NX; i += 6)
      assert_colour(look(&f, 0, (i + 0.5) / NX, (j + 0.5) / NY), ASSAY_MAP_SEQUENTIAL,
                    (i + 100.0 * j) / 919);
}

static void smooth_pictures_are_linear_between_centres(void **state)
{
  struct assay_panel panel = {.grid = &grid, .values = values};
  struct assay_figure f = one(&panel);
  (void)state;
  f.smooth = true;
  /* on the line between two rows of cells: their mean */
  assert_colour(look(&f, 0, 10.5 / NX, 4.0 / NY), ASSAY_MAP_SEQUENTIAL, (10 + 350.0) / 919);
  assert_colour(look(&f, 0, 10.5 / NX, 4.5 / NY), ASSAY_MAP_SEQUENTIAL, (10 + 400.0) / 919);
}

static void lengths_are_equal_on_both_axes(void **state)
{
  const struct assay_panel panel = {.grid = &grid, .values = values};
  struct assay_figure f = one(&panel);
  struct figure_layout l;
  (void)state;
  f.width = 300;
  assert_ok(assay_figure_layout(&l, &f));
  assert_close(l.place[0].w, 300, 0, 0);
  assert_close(l.place[0].h, 150, 0, 0.5);
  assert_close(l.place[0].x0, 0.375, 1e-12, 0);
  assert_close(l.place[0].y1, 3.475, 1e-12, 0);
  assay_free(l.place);
}

static void signed_values_get_the_diverging_map_about_zero(void **state)
{
  double w[NX * NY];
  const struct assay_panel panel = {.grid = &grid, .values = w};
  const struct assay_figure f = one(&panel);
  struct figure_layout l;
  (void)state;
  for (int k = 0; k < NX * NY; k++) w[k] = k % NX < 7 ? -2.385 : 7.1;
  assert_ok(assay_figure_layout(&l, &f));
  assert_int_equal(l.place[0].map, ASSAY_MAP_DIVERGING);
  assert_close(l.place[0].lo, -7.1, 0, 0);
  assert_close(l.place[0].hi, 7.1, 0, 0);
  assay_free(l.place);
  assert_colour(look(&f, 0, 3.5 / NX, 0.55), ASSAY_MAP_DIVERGING, 0.5 - 2.385 / 7.1 / 2);
}

static void panels_of_one_scale_share_range_and_bar(void **state)
{
  double error[NX * NY];
  for (int k = 0; k < NX * NY; k++) error[k] = 0.01 * (k % 7) - 0.02;
  const struct assay_panel panels[3] = {
      {.title = "truth", .grid = &grid, .values = values, .bar_label = "T (K)"},
      {.title = "prediction", .grid = &grid, .values = other},
      {.title = "error", .grid = &grid, .values = error, .scale = 1, .bar_label = "error (K)"},
  };
  const struct assay_figure f = {.rows = 1, .columns = 3, .panels = panels};
  struct figure_layout l;
  (void)state;
  assert_ok(assay_figure_layout(&l, &f));
  assert_false(l.place[0].bar);
  assert_true(l.place[1].bar);
  assert_true(l.place[2].bar);
  assert_true(l.place[0].y_labels);
  assert_false(l.place[1].y_labels);
  assert_close(l.place[0].lo, 0, 0, 0);
  assert_close(l.place[1].hi, 919, 0, 0);
  assert_close(l.place[2].hi, 0.04, 1e-12, 0);
  /* the bar and its labels end before the next panel begins */
  assert_true(l.place[1].x + l.place[1].w + assay_figure_bar_gap + assay_figure_bar_width +
                  l.place[1].bar_label_x <
              l.place[2].x);
  assay_free(l.place);
  assert_colour(look(&f, 0, 4.5 / NX, 0.55), ASSAY_MAP_SEQUENTIAL, 504.0 / 919);
  assert_colour(look(&f, 1, 4.5 / NX, 0.55), ASSAY_MAP_SEQUENTIAL, 415.0 / 919);
}

static void labels_of_neighbours_do_not_touch(void **state)
{
  double at[NX]; /* edges at 0 and 0.01: wide labels right at the corners */
  const struct assay_figure_grid wide = {.nx = NX, .ny = NY, .x = at, .y = at};
  struct assay_panel panels[12];
  const struct assay_figure f = {.rows = 2, .columns = 6, .panels = panels, .width = 90};
  struct figure_layout l;
  (void)state;
  for (int i = 0; i < NX; i++) at[i] = 0.01 * (i + 0.5) / NX;
  for (int k = 0; k < 12; k++) panels[k] = (struct assay_panel){.grid = &wide, .values = values};
  assert_ok(assay_figure_layout(&l, &f));
  for (int k = 0; k < 12; k++) {
    const struct figure_place *p = &l.place[k];
    assert_int_equal(p->x_labels, k >= 6);
    if (k % 6 == 5) continue;
    const struct assay_ticks *t = &p->tx;
    const double scale = p->w / (p->x1 - p->x0);
    const double end = p->x + (t->at[t->n - 1] - p->x0) * scale +
                       assay_text_width(t->text[t->n - 1], assay_figure_font, false) / 2;
    const double begin = p[1].x + (t->at[0] - p->x0) * scale -
                         assay_text_width(t->text[0], assay_figure_font, false) / 2;
    assert_true(end + 4 < begin);
  }
  assay_free(l.place);
}

static void solids_are_grey_and_gaps_are_hatched(void **state)
{
  const struct assay_panel panel = {.grid = &masked, .values = other};
  struct assay_figure f = one(&panel);
  int light = 0, dark = 0;
  (void)state;
  fill(NULL);
  for (int j = 2; j < 6; j++)
    for (int i = 3; i < 9; i++) {
      mask[j * NX + i] = 0;
      other[j * NX + i] = 1e30; /* must count neither for the range nor for its neighbours */
    }
  for (int j = 2; j < 6; j++)
    for (int i = 12; i < 18; i++) other[j * NX + i] = i % 2 ? (double)NAN : (double)INFINITY;
  for (int smooth = 0; smooth < 2; smooth++) {
    f.smooth = smooth;
    const struct rgb8 solid = look(&f, 0, 6.0 / NX, 0.4);
    assert_true(solid.c[0] == solid.c[1] && solid.c[1] == solid.c[2]);
    assert_true(solid.c[0] > 120 && solid.c[0] < 200);
    assert_colour(look(&f, 0, 9.02 / NX, 0.35), ASSAY_MAP_SEQUENTIAL,
                  (919 - 309) / 919.0); /* right beside the solid */
    for (int i = 0; i < 12; i++) {
      const struct rgb8 gap = look(&f, 0, (13 + 0.2 * i) / NX, 0.4);
      assert_true(gap.c[0] == gap.c[1] && gap.c[1] == gap.c[2]);
      light += gap.c[0] > 220;
      dark += gap.c[0] < 205;
    }
  }
  assert_true(light >= 4 && dark >= 4);
  fill(NULL);
}

static void fixed_ranges_clip_and_say_so(void **state)
{
  const struct assay_panel panel = {.grid = &grid, .values = values, .lo = 100, .hi = 500};
  const struct assay_figure f = one(&panel);
  struct figure_layout l;
  (void)state;
  assert_ok(assay_figure_layout(&l, &f));
  assert_true(l.place[0].below && l.place[0].above);
  assay_free(l.place);
  assert_colour(look(&f, 0, 0.525, 0.95), ASSAY_MAP_SEQUENTIAL, 1);
  assert_colour(look(&f, 0, 0.525, 0.35), ASSAY_MAP_SEQUENTIAL, (310 - 100) / 400.0);
}

static void constant_and_empty_fields_can_be_drawn(void **state)
{
  double same[NX * NY], none[NX * NY];
  const struct assay_panel panels[2] = {{.grid = &grid, .values = same},
                                        {.grid = &grid, .values = none, .scale = 1}};
  const struct assay_figure f = {.rows = 1, .columns = 2, .panels = panels};
  (void)state;
  for (int k = 0; k < NX * NY; k++) {
    same[k] = 2.385;
    none[k] = NAN;
  }
  assert_colour(look(&f, 0, 0.525, 0.55), ASSAY_MAP_SEQUENTIAL, 0.5);
  const struct rgb8 gap = look(&f, 1, 0.525, 0.55);
  assert_true(gap.c[0] == gap.c[1] && gap.c[1] == gap.c[2]);
}

static void flow_lines_change_the_picture_and_repeat(void **state)
{
  double u[NX * NY], v[NX * NY];
  struct assay_panel panel = {.grid = &grid, .values = values, .u = u, .v = v};
  const struct assay_figure f = one(&panel);
  struct assay_image plain, drawn, again;
  (void)state;
  for (int k = 0; k < NX * NY; k++) {
    u[k] = 0.05 * (k / NX - 4.5);
    v[k] = -0.02 * (k % NX - 9.5);
  }
  assert_ok(assay_figure_image(&plain, &f));
  for (int kind = ASSAY_FLOW_STREAMLINES; kind <= ASSAY_FLOW_ARROWS + 1; kind++) {
    panel.flow = kind <= ASSAY_FLOW_ARROWS ? (enum assay_flow_lines)kind : ASSAY_FLOW_NONE;
    panel.contours = kind <= ASSAY_FLOW_ARROWS ? 0 : 4;
    assert_ok(assay_figure_image(&drawn, &f));
    assert_ok(assay_figure_image(&again, &f));
    const size_t bytes = (size_t)(4 * plain.width * plain.height);
    assert_int_equal(drawn.width, plain.width);
    int changed = 0;
    for (size_t i = 0; i < bytes; i += 4) changed += memcmp(plain.rgba + i, drawn.rgba + i, 4) != 0;
    assert_true(changed > 1000);
    assert_memory_equal(drawn.rgba, again.rgba, bytes);
    assay_image_destroy(&drawn);
    assay_image_destroy(&again);
  }
  assay_image_destroy(&plain);
}

static void long_texts_are_broken_at_blanks(void **state)
{
  const char *rest = "Re = 1000, lid speed = 2.385 m/s, density = 1.1 kg/m3";
  const double width = assay_text_width("Re = 1000, lid speed =", assay_figure_font, false) + 2;
  (void)state;
  assert_int_equal(assay_text_break(&rest, rest, assay_figure_font, width), 22);
  assert_string_equal(rest, "2.385 m/s, density = 1.1 kg/m3");
  assert_int_equal(assay_text_break(&rest, "unbreakable", 11, 3), 11);
  assert_string_equal(rest, "");
}

static void ranges_join_and_become_drawable(void **state)
{
  double lo = 1, hi = 0;
  enum assay_map map = ASSAY_MAP_AUTO;
  const double first[] = {2.5, NAN, 3.75}, second[] = {-1.25, INFINITY, 9}, hide[] = {1, 1, 0};
  (void)state;
  assay_figure_range(&lo, &hi, first, NULL, 3);
  assay_figure_range(&lo, &hi, second, hide, 3);
  assert_close(lo, -1.25, 0, 0);
  assert_close(hi, 3.75, 0, 0);
  assay_figure_scale(&lo, &hi, &map);
  assert_int_equal(map, ASSAY_MAP_DIVERGING);
  assert_close(lo, -3.75, 0, 0);
  lo = -0.001, hi = 7, map = ASSAY_MAP_AUTO; /* a little undershoot is no sign */
  assay_figure_scale(&lo, &hi, &map);
  assert_int_equal(map, ASSAY_MAP_SEQUENTIAL);
}

static void impossible_figures_are_refused(void **state)
{
  const struct assay_figure_grid backwards = {.nx = 2, .ny = 2, .x = (double[]){2, 1}, .y = y};
  const struct assay_panel panel = {.grid = &backwards, .values = values};
  struct assay_figure f = one(&panel);
  struct assay_image image;
  (void)state;
  assert_fails(assay_figure_image(&image, &f), ASSAY_EARG, "panel 0 do not ascend");
  const struct assay_panel good = {.grid = &grid, .values = values};
  f = one(&good);
  f.rows = 0;
  assert_fails(assay_figure_image(&image, &f), ASSAY_EARG, "0 x 1 panels");
  f.rows = 1;
  f.scale = 1e4;
  assert_fails(assay_figure_image(&image, &f), ASSAY_EARG, "outside 1..20000");
  f.scale = 1;
  assert_fails(assay_figure_png(&f, "no/such/place.png", NULL), ASSAY_EIO, "place.png");
}

static void title_and_texts_go_into_the_file(void **state)
{
  const struct assay_panel panel = {.grid = &grid, .values = values};
  struct assay_figure f = one(&panel);
  const struct assay_png_text texts[] = {{"Source", "assay view FILE"}, {NULL, NULL}};
  char folder[] = "assay_figure_XXXXXX", path[64], *bytes = NULL;
  size_t size = 0;
  int found = 0;
  (void)state;
  assert_non_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/a.png", folder);
  f.title = "heat, case 3";
  assert_ok(assay_figure_png(&f, path, texts));
  assert_ok(assay_file_read(&bytes, &size, path));
  for (size_t i = 0; i + 30 < size; i++) {
    found += memcmp(bytes + i, "Title\0heat, case 3", 18) == 0;
    found += memcmp(bytes + i, "Source\0assay view FILE", 22) == 0;
  }
  assert_int_equal(found, 2);
  assay_free(bytes);
  assert_ok(assay_dir_remove(folder));
}

static void nothing_is_left_in_memory(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cells_stand_where_their_coordinates_say),
      cmocka_unit_test(smooth_pictures_are_linear_between_centres),
      cmocka_unit_test(lengths_are_equal_on_both_axes),
      cmocka_unit_test(signed_values_get_the_diverging_map_about_zero),
      cmocka_unit_test(panels_of_one_scale_share_range_and_bar),
      cmocka_unit_test(labels_of_neighbours_do_not_touch),
      cmocka_unit_test(solids_are_grey_and_gaps_are_hatched),
      cmocka_unit_test(fixed_ranges_clip_and_say_so),
      cmocka_unit_test(constant_and_empty_fields_can_be_drawn),
      cmocka_unit_test(flow_lines_change_the_picture_and_repeat),
      cmocka_unit_test(long_texts_are_broken_at_blanks),
      cmocka_unit_test(ranges_join_and_become_drawable),
      cmocka_unit_test(impossible_figures_are_refused),
      cmocka_unit_test(title_and_texts_go_into_the_file),
      cmocka_unit_test(nothing_is_left_in_memory),
  };
  return cmocka_run_group_tests(tests, fill, NULL);
}
