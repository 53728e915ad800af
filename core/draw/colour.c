/* Colour maps as curves in OKLab, walked at constant speed.
 *
 * Sequential: lightness L(s) = 0.25 + 0.70 s; (a, b)(s) is a cubic Bezier curve from dark indigo
 * over blue and green to yellow. Its control points were chosen by a search for the most colour
 * that stays inside sRGB. Diverging: L falls linearly with |t|, hue is constant on either side,
 * chroma follows a sine. Both are then re-parametrised by arc length, because distance in OKLab is
 * what the eye takes for difference: ds/dt = length / |d(L,a,b)/ds|. */
#include "core/draw/colour.h"

#include <math.h>
#include <stdio.h>

const char *const assay_map_names[] = {"auto", "sequential", "diverging", NULL};

static double encode(double linear)
{
  if (linear <= 0.0031308) return 12.92 * linear;
  return 1.055 * pow(linear, 1 / 2.4) - 0.055;
}

static double decode(double code)
{
  if (code <= 0.04045) return code / 12.92;
  return pow((code + 0.055) / 1.055, 2.4);
}

/* Matrices: B. Ottosson, "A perceptual color space for image processing" (2020). */
struct assay_rgb assay_colour_from_oklab(struct assay_oklab lab)
{
  const double p = lab.l + 0.3963377774 * lab.a + 0.2158037573 * lab.b;
  const double q = lab.l - 0.1055613458 * lab.a - 0.0638541728 * lab.b;
  const double r = lab.l - 0.0894841775 * lab.a - 1.2914855480 * lab.b;
  const double l = p * p * p, m = q * q * q, s = r * r * r;
  return (struct assay_rgb){
      encode(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
      encode(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
      encode(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s),
  };
}

struct assay_oklab assay_colour_to_oklab(struct assay_rgb rgb)
{
  const double r = decode(rgb.r), g = decode(rgb.g), b = decode(rgb.b);
  const double l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const double m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const double s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return (struct assay_oklab){
      0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
      1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s,
  };
}

static int byte_of(double c)
{
  return (int)(fmin(fmax(c, 0), 1) * 255 + 0.5);
}

const char *assay_colour_hex(char out[8], struct assay_rgb c)
{
  snprintf(out, 8, "#%02x%02x%02x", (unsigned)byte_of(c.r) & 255u, (unsigned)byte_of(c.g) & 255u,
           (unsigned)byte_of(c.b) & 255u);
  return out;
}

static const double degree = 3.14159265358979323846 / 180;

static struct assay_oklab polar(double l, double chroma, double hue)
{
  return (struct assay_oklab){l, chroma * cos(hue * degree), chroma * sin(hue * degree)};
}

static struct assay_oklab sequential(double s)
{
  static const double control[4][2] = {
      {0.029, -0.107}, {0.136, -0.395}, {-0.279, 0.034}, {-0.039, 0.144}};
  const double r = 1 - s, weight[4] = {r * r * r, 3 * s * r * r, 3 * s * s * r, s * s * s};
  struct assay_oklab lab = {0.25 + 0.70 * s, 0, 0};
  for (int i = 0; i < 4; i++) {
    lab.a += weight[i] * control[i][0];
    lab.b += weight[i] * control[i][1];
  }
  return lab;
}

static struct assay_oklab diverging(double s)
{
  const double t = 2 * s - 1;
  const double chroma = 0.140 * sin(0.62 * 180 * degree * fabs(t));
  return polar(0.97 - 0.57 * fabs(t), chroma, t < 0 ? 256 : 34);
}

static double distance(struct assay_oklab p, struct assay_oklab q)
{
  const double dl = p.l - q.l, da = p.a - q.a, db = p.b - q.b;
  return sqrt(dl * dl + da * da + db * db);
}

/* out[i] = colour at fraction i / (n - 1) of the length of the map's curve; n >= 2 */
static void walk(struct assay_rgb *out, int n, enum assay_map map)
{
  struct assay_oklab (*const curve)(double) = map == ASSAY_MAP_DIVERGING ? diverging : sequential;
  enum { STEPS = 4096 };
  double length = 0;
  for (int k = 0; k < STEPS; k++)
    length += distance(curve((double)k / STEPS), curve((k + 1.0) / STEPS));
  double gone = 0, step = 0;
  int k = 0;
  for (int i = 0; i < n; i++) {
    const double target = length * i / (n - 1);
    while (k < STEPS) {
      step = distance(curve((double)k / STEPS), curve((k + 1.0) / STEPS));
      if (gone + step >= target) break;
      gone += step;
      k++;
    }
    const double within = step > 0 ? fmin((target - gone) / step, 1) : 0;
    out[i] = assay_colour_from_oklab(curve(fmin((k + within) / STEPS, 1)));
  }
}

struct assay_rgb assay_map_at(enum assay_map map, double t)
{
  enum { N = 257 };
  struct assay_rgb at[N];
  walk(at, N, map);
  const double x = fmin(fmax(t, 0), 1) * (N - 1);
  const int i = x < N - 1 ? (int)x : N - 2;
  const double f = x - i;
  return (struct assay_rgb){at[i].r + f * (at[i + 1].r - at[i].r),
                            at[i].g + f * (at[i + 1].g - at[i].g),
                            at[i].b + f * (at[i + 1].b - at[i].b)};
}

void assay_map_table(uint8_t table[256][3], enum assay_map map)
{
  struct assay_rgb at[256];
  walk(at, 256, map);
  for (int i = 0; i < 256; i++) {
    table[i][0] = (uint8_t)byte_of(at[i].r);
    table[i][1] = (uint8_t)byte_of(at[i].g);
    table[i][2] = (uint8_t)byte_of(at[i].b);
  }
}

/* Lightness, chroma, hue in degrees: the largest smallest distance, to normal and to colour-blind
 * eyes, that a search found with contrast to the ground and moderate chroma. */
static const double series_light[ASSAY_SERIES_STYLES][3] = {
    {0.449, 0.099, 271.8}, {0.696, 0.161, 57.7},  {0.539, 0.100, 177.1}, {0.371, 0.142, 28.9},
    {0.341, 0.198, 286.1}, {0.680, 0.129, 248.4}, {0.547, 0.109, 90.1},  {0.667, 0.112, 338.9},
};
static const double series_dark[ASSAY_SERIES_STYLES][3] = {
    {0.618, 0.089, 274.5}, {0.795, 0.149, 63.2},  {0.688, 0.096, 177.6}, {0.551, 0.122, 25.2},
    {0.537, 0.198, 281.4}, {0.818, 0.099, 242.7}, {0.682, 0.121, 84.3},  {0.805, 0.071, 343.0},
};

struct assay_rgb assay_colour_series(int i, bool dark)
{
  const double *c = (dark ? series_dark : series_light)[(unsigned)i % ASSAY_SERIES_STYLES];
  return assay_colour_from_oklab(polar(c[0], c[1], c[2]));
}
