/* Colour maps: what their header promises, measured with CIELAB (not the space they are made in)
 * and with the colour-blindness matrices of Machado, Oliveira, Fernandes (2009), severity 1. */
#include "core/draw/colour.h"
#include "tests/test.h"

struct linear {
  double c[3];
};

static double decode(double v)
{
  return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static struct linear linear_of(struct assay_rgb rgb)
{
  return (struct linear){{decode(rgb.r), decode(rgb.g), decode(rgb.b)}};
}

/* Relative luminance and CIE 1976 lightness. */
static double luminance(struct linear p)
{
  return 0.2126 * p.c[0] + 0.7152 * p.c[1] + 0.0722 * p.c[2];
}

static double lightness(struct linear p)
{
  const double y = luminance(p);
  return y > 216.0 / 24389 ? 116 * cbrt(y) - 16 : y * 24389.0 / 27;
}

static const double sight[3][3][3] = {
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {{0.152286, 1.052583, -0.204868},
     {0.114503, 0.786281, 0.099216},
     {-0.003882, -0.048116, 1.051998}},
    {{0.367322, 0.860646, -0.227968},
     {0.280085, 0.672501, 0.047413},
     {-0.011820, 0.042940, 0.968881}},
};

static struct linear seen_by(int eye, struct linear p)
{
  struct linear out;
  for (int i = 0; i < 3; i++) {
    double sum = 0;
    for (int j = 0; j < 3; j++) sum += sight[eye][i][j] * p.c[j];
    out.c[i] = fmin(fmax(sum, 0), 1);
  }
  return out;
}

static double encode(double v)
{
  return v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055;
}

static double oklab_distance(struct linear p, struct linear q)
{
  const struct assay_oklab a =
      assay_colour_to_oklab((struct assay_rgb){encode(p.c[0]), encode(p.c[1]), encode(p.c[2])});
  const struct assay_oklab b =
      assay_colour_to_oklab((struct assay_rgb){encode(q.c[0]), encode(q.c[1]), encode(q.c[2])});
  return sqrt((a.l - b.l) * (a.l - b.l) + (a.a - b.a) * (a.a - b.a) + (a.b - b.b) * (a.b - b.b));
}

/* Published pairs: the OKLab of sRGB white, and of XYZ (0.950, 1.000, 1.089) ... through primaries.
 */
static void oklab_knows_the_primaries(void **state)
{
  static const struct {
    struct assay_rgb rgb;
    struct assay_oklab lab;
  } known[] = {
      {{1, 1, 1}, {1.0, 0.0, 0.0}},
      {{1, 0, 0}, {0.62796, 0.22486, 0.12585}},
      {{0, 1, 0}, {0.86644, -0.23389, 0.17950}},
      {{0, 0, 1}, {0.45201, -0.03246, -0.31153}},
  };
  (void)state;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    const struct assay_oklab lab = assay_colour_to_oklab(known[i].rgb);
    assert_close(lab.l, known[i].lab.l, 0, 2e-5);
    assert_close(lab.a, known[i].lab.a, 0, 2e-5);
    assert_close(lab.b, known[i].lab.b, 0, 2e-5);
    const struct assay_rgb back = assay_colour_from_oklab(lab);
    assert_close(back.r, known[i].rgb.r, 0, 1e-4);
    assert_close(back.g, known[i].rgb.g, 0, 1e-4);
    assert_close(back.b, known[i].rgb.b, 0, 1e-4);
  }
}

static void maps_stay_inside_srgb(void **state)
{
  (void)state;
  for (int map = ASSAY_MAP_SEQUENTIAL; map <= ASSAY_MAP_DIVERGING; map++) {
    for (int i = 0; i <= 64; i++) {
      const struct assay_rgb c = assay_map_at((enum assay_map)map, i / 64.0);
      const double least = fmin(c.r, fmin(c.g, c.b)), most = fmax(c.r, fmax(c.g, c.b));
      if (least < -1e-3 || most > 1 + 1e-3)
        fail_msg("map %d at %d/64 is %g %g %g", map, i, c.r, c.g, c.b);
    }
  }
}

static void sequential_map_gets_lighter_for_every_eye(void **state)
{
  (void)state;
  for (int eye = 0; eye < 3; eye++) {
    double last = -1;
    for (int i = 0; i <= 64; i++) {
      const struct linear p = linear_of(assay_map_at(ASSAY_MAP_SEQUENTIAL, i / 64.0));
      const double now = lightness(seen_by(eye, p));
      if (now < last + 0.4) fail_msg("eye %d: L* %g after %g at %d/64", eye, now, last, i);
      last = now;
    }
  }
}

static void maps_step_evenly(void **state)
{
  (void)state;
  for (int map = ASSAY_MAP_SEQUENTIAL; map <= ASSAY_MAP_DIVERGING; map++) {
    double least = INFINITY, most = 0;
    for (int i = 0; i < 64; i++) {
      const double step =
          oklab_distance(linear_of(assay_map_at((enum assay_map)map, i / 64.0)),
                         linear_of(assay_map_at((enum assay_map)map, (i + 1) / 64.0)));
      least = fmin(least, step);
      most = fmax(most, step);
    }
    if (most > 1.06 * least) fail_msg("map %d: steps from %g to %g", map, least, most);
  }
}

static void diverging_map_is_symmetric_about_its_light_middle(void **state)
{
  (void)state;
  const struct assay_oklab middle = assay_colour_to_oklab(assay_map_at(ASSAY_MAP_DIVERGING, 0.5));
  assert_close(middle.l, 0.97, 0, 1e-3);
  assert_close(hypot(middle.a, middle.b), 0, 0, 2e-3);
  double last = 2;
  for (int i = 0; i <= 32; i++) {
    const struct assay_oklab a =
        assay_colour_to_oklab(assay_map_at(ASSAY_MAP_DIVERGING, 0.5 - i / 64.0));
    const struct assay_oklab b =
        assay_colour_to_oklab(assay_map_at(ASSAY_MAP_DIVERGING, 0.5 + i / 64.0));
    assert_close(a.l, b.l, 0, 2e-3);
    assert_close(hypot(a.a, a.b), hypot(b.a, b.b), 0, 3e-3);
    assert_true(a.l < last);
    if (i > 0) assert_true(a.b < 0 && b.a > 0); /* blue below, red above */
    last = a.l;
  }
}

static void table_is_the_map_in_bytes(void **state)
{
  uint8_t table[256][3];
  (void)state;
  assay_map_table(table, ASSAY_MAP_SEQUENTIAL);
  for (int i = 0; i < 256; i += 5) {
    const struct assay_rgb c = assay_map_at(ASSAY_MAP_SEQUENTIAL, i / 255.0);
    assert_close(table[i][0], 255 * c.r, 0, 1.1);
    assert_close(table[i][1], 255 * c.g, 0, 1.1);
    assert_close(table[i][2], 255 * c.b, 0, 1.1);
  }
}

/* Symbols differ too; the colours alone must not be confused by anybody. */
static void series_colours_are_told_apart_and_seen_on_the_ground(void **state)
{
  (void)state;
  for (int dark = 0; dark < 2; dark++) {
    const double ground = dark ? 0.01 : 1.0;
    for (int i = 0; i < ASSAY_SERIES_STYLES; i++) {
      const struct linear p = linear_of(assay_colour_series(i, dark));
      const double y = luminance(p);
      const double contrast = (fmax(y, ground) + 0.05) / (fmin(y, ground) + 0.05);
      if (contrast < 2.6) fail_msg("series %d, dark %d: contrast %g", i, dark, contrast);
      for (int j = 0; j < i; j++)
        for (int eye = 0; eye < 3; eye++) {
          const struct linear q = linear_of(assay_colour_series(j, dark));
          const double apart = oklab_distance(seen_by(eye, p), seen_by(eye, q));
          if (apart < 0.075) fail_msg("series %d and %d, eye %d: %g", i, j, eye, apart);
        }
    }
  }
}

static void hex_rounds_and_clamps(void **state)
{
  char hex[8];
  (void)state;
  assert_string_equal(assay_colour_hex(hex, (struct assay_rgb){0.2385, 1.7, -0.3}), "#3dff00");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(oklab_knows_the_primaries),
      cmocka_unit_test(maps_stay_inside_srgb),
      cmocka_unit_test(sequential_map_gets_lighter_for_every_eye),
      cmocka_unit_test(maps_step_evenly),
      cmocka_unit_test(diverging_map_is_symmetric_about_its_light_middle),
      cmocka_unit_test(table_is_the_map_in_bytes),
      cmocka_unit_test(series_colours_are_told_apart_and_seen_on_the_ground),
      cmocka_unit_test(hex_rounds_and_clamps),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
