/* Colours: OKLab (B. Ottosson, 2020) for what the eye sees, sRGB for what files hold; colour maps
 * for fields, and styles for series of plots.
 *
 * The maps are curves in OKLab walked at constant speed: equal steps of the value are equal steps
 * to the eye. Lightness rises all along the sequential map, and falls from the middle of the
 * diverging one by the same amount on both sides, so both survive grey printing and colour
 * blindness. */
#ifndef ASSAY_CORE_DRAW_COLOUR_H
#define ASSAY_CORE_DRAW_COLOUR_H
#include <stdbool.h>
#include <stdint.h>

struct assay_rgb {
  double r, g, b; /* sRGB, 0..1 */
};
struct assay_oklab {
  double l, a, b; /* l: 0 black, 1 white */
};
struct assay_rgb assay_colour_from_oklab(struct assay_oklab lab); /* outside sRGB: outside 0..1 */
struct assay_oklab assay_colour_to_oklab(struct assay_rgb rgb);
/* "#rrggbb" into out; returns out */
const char *assay_colour_hex(char out[8], struct assay_rgb c);

enum assay_map {
  ASSAY_MAP_AUTO,       /* diverging when the values have both signs */
  ASSAY_MAP_SEQUENTIAL, /* dark blue, teal, yellow */
  ASSAY_MAP_DIVERGING,  /* blue, white, red; symmetric about zero */
};
extern const char *const assay_map_names[]; /* in this order, NULL-terminated */

/* Colour at 0 <= t <= 1 (clamped); map is not AUTO. */
struct assay_rgb assay_map_at(enum assay_map map, double t);
/* The same at i / 255, rounded to 8 bits. */
void assay_map_table(uint8_t table[256][3], enum assay_map map);

/* Colour of series i of a plot on a light or dark ground; repeats after ASSAY_SERIES_STYLES. They
 * differ in lightness as well as in hue. */
enum { ASSAY_SERIES_STYLES = 8 };
struct assay_rgb assay_colour_series(int i, bool dark);

#endif
