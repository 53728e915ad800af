#include "core/draw/contour.h"

#include <math.h>

/* Corners of a square: 0 (0,0), 1 (1,0), 2 (1,1), 3 (0,1); side k joins corners k and k + 1. */
static const int corner_x[5] = {0, 1, 1, 0, 0}, corner_y[5] = {0, 0, 1, 1, 0};

static void cross_side(double at[2], const double value[5], int side, double level)
{
  const double f = (level - value[side]) / (value[side + 1] - value[side]);
  at[0] = corner_x[side] + f * (corner_x[side + 1] - corner_x[side]);
  at[1] = corner_y[side] + f * (corner_y[side + 1] - corner_y[side]);
}

/* Up to two pieces in one square. On a saddle the mean says which corners belong together. */
static void square(const double value[5], double level, double x, double y,
                   assay_contour_visit *visit, void *payload)
{
  double at[4][2];
  int n = 0;
  for (int side = 0; side < 4; side++)
    if ((value[side] >= level) != (value[side + 1] >= level))
      cross_side(at[n++], value, side, level);
  if (n == 2) {
    visit(payload, x + at[0][0], y + at[0][1], x + at[1][0], y + at[1][1]);
  } else if (n == 4) {
    const double mean = (value[0] + value[1] + value[2] + value[3]) / 4;
    const int cut = (mean >= level) == (value[0] >= level) ? 1 : 3; /* corner 1 and 3, or 0 and 2 */
    visit(payload, x + at[0][0], y + at[0][1], x + at[cut][0], y + at[cut][1]);
    visit(payload, x + at[2][0], y + at[2][1], x + at[4 - cut][0], y + at[4 - cut][1]);
  }
}

void assay_contour(const double *values, int nx, int ny, double level, assay_contour_visit *visit,
                   void *payload)
{
  for (int j = 0; j + 1 < ny; j++)
    for (int i = 0; i + 1 < nx; i++) {
      const double *v = values + (long)j * nx + i;
      const double value[5] = {v[0], v[1], v[nx + 1], v[nx], v[0]};
      if (isfinite(v[0] + v[1] + v[nx] + v[nx + 1])) square(value, level, i, j, visit, payload);
    }
}

/* Between f[1] at t = 0 and f[2] at t = 1, with B = C = 1/3 in the family of D. P. Mitchell and
 * A. N. Netravali (Computer Graphics 22 (1988) 221): 18 times
 *   f[0] (1 - 9 t + 15 t^2 - 7 t^3) + f[1] (16 - 36 t^2 + 21 t^3) + the same from the other end. */
static double end_weight(double t)
{
  return (1 + t * (-9 + t * (15 - 7 * t))) / 18;
}

static double middle_weight(double t)
{
  return (16 + t * t * (21 * t - 36)) / 18;
}

static double cubic(const double f[4], double t)
{
  return (f[0] * end_weight(t) + f[3] * end_weight(1 - t)) +
         (f[1] * middle_weight(t) + f[2] * middle_weight(1 - t));
}

static int between(int i, int n)
{
  return i < 0 ? 0 : i < n ? i : n - 1;
}

double assay_bicubic(const double *values, int nx, int ny, double x, double y)
{
  double column[4], row[4];
  const double cx = fmin(fmax(x, 0), nx - 1), cy = fmin(fmax(y, 0), ny - 1);
  const int i = (int)cx, j = (int)cy;
  for (int b = 0; b < 4; b++) {
    for (int a = 0; a < 4; a++)
      row[a] = values[between(j - 1 + b, ny) * nx + between(i - 1 + a, nx)];
    column[b] = cubic(row, cx - i);
  }
  return cubic(column, cy - j);
}
