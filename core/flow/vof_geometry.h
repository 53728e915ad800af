/* Geometry of a straight interface in a unit cell, shared by the kernels and by what looks at the
 * interface afterwards. In coordinates X, Y in [0, 1] of the cell the marked fluid is
 *
 *   mx X + my Y <= alpha,     mx, my >= 0,  mx + my = 1,
 *
 * after X -> 1 - X and Y -> 1 - Y where the normal, which points out of the marked fluid, has
 * negative components. Fractions are measured with the weight 1 + (Y - 1/2) slant: slant = 0 in the
 * plane, dy/r on an axisymmetric grid, of either sign after reflection. */
#ifndef ASSAY_CORE_FLOW_VOF_GEOMETRY_H
#define ASSAY_CORE_FLOW_VOF_GEOMETRY_H
#include <math.h>
#include <stddef.h>

struct vof_normal {
  double x, y; /* |x| + |y| = 1 */
};

struct vof_part {
  double area;   /* of the marked part of the unit square */
  double moment; /* integral of Y - 1/2 over it */
  double growth; /* d(weighted fraction)/d alpha */
};

static inline double vof_unit(double a)
{
  return a < 0 ? 0 : a > 1 ? 1 : a;
}

/* Out of the marked fluid, from the 3 x 3 fractions around c. Two candidates take the interface as
 * a function of x or y by centred differences of the sums of columns or rows; the flatter one is
 * kept. The third is the gradient of Youngs, and replaces it where it is the steeper one. */
static inline struct vof_normal vof_normal_of(const double *c, ptrdiff_t st)
{
  const double *n = c + st, *s = c - st;
  const double west = n[-1] + c[-1] + s[-1], east = n[1] + c[1] + s[1];
  const double north = n[-1] + n[0] + n[1], south = s[-1] + s[0] + s[1];
  const double x_slope = 0.5 * (west - east), y_slope = 0.5 * (south - north);
  const int flat = fabs(x_slope) < fabs(y_slope) ? 1 : 0; /* y as a function of x */
  const double slope = flat ? x_slope : y_slope, norm = 1 / (1 + fabs(slope));
  const double yx = (west + c[-1]) - (east + c[1]), yy = (south + s[0]) - (north + n[0]);
  const double sum = fabs(yx) + fabs(yy);
  const double main = flat ? (south >= north ? norm : -norm) : (west >= east ? norm : -norm);
  const double side = slope * norm;
  if (sum > 0 && norm * sum > fabs(flat ? yy : yx)) return (struct vof_normal){yx / sum, yy / sum};
  return flat ? (struct vof_normal){side, main} : (struct vof_normal){main, side};
}

/* Area and moment of the marked part; mx, my >= 0, not both zero. The line is taken as a function
 * of the coordinate with the smaller component: the region is a rectangle up to a and a trapezium
 * from a to b. */
static inline struct vof_part vof_cut(double mx, double my, double alpha, double slant)
{
  const double tiny = 1e-300;
  struct vof_part p;
  if (my >= mx) {
    const double by = 1 / my, bx = 1 / (mx > tiny ? mx : tiny);
    const double xa = vof_unit((alpha - my) * bx), xb = vof_unit(alpha * bx);
    const double ya = vof_unit((alpha - mx * xa) * by), yb = vof_unit((alpha - mx * xb) * by);
    const double w = xb - xa, sum = ya + yb;
    p.area = xa + 0.5 * w * sum;
    p.moment = w * ((sum * sum - ya * yb) * (1.0 / 6) - 0.25 * sum);
    p.growth = w * by * (1 + slant * (0.5 * sum - 0.5));
  } else {
    const double bx = 1 / mx, by = 1 / (my > tiny ? my : tiny);
    const double ya = vof_unit((alpha - mx) * by), yb = vof_unit(alpha * by);
    const double xa = vof_unit((alpha - my * ya) * bx), xb = vof_unit((alpha - my * yb) * bx);
    const double w = yb - ya, sum = xa + xb;
    p.area = ya + 0.5 * w * sum;
    p.moment = 0.5 * ya * (ya - 1) +
               w * ((xa * (2 * ya + yb) + xb * (ya + 2 * yb)) * (1.0 / 6) - 0.25 * sum);
    p.growth = w * bx * (1 + slant * (0.5 * (ya + yb) - 0.5));
  }
  return p;
}

/* alpha of the plane fraction c, 0 < c < 1: a triangle, else a trapezium, of the smaller part. */
static inline double vof_line_plane(double mx, double my, double c)
{
  const double small = mx < my ? mx : my, large = mx < my ? my : mx;
  const double v = c > 0.5 ? 1 - c : c;
  const double a = 2 * large * v < small ? sqrt(2 * small * large * v) : large * v + 0.5 * small;
  return c > 0.5 ? 1 - a : a;
}

/* alpha of the weighted fraction c: Newton's method inside a bracket, from the plane value. */
static inline double vof_line_slanted(double mx, double my, double c, double slant)
{
  double lo = 0, hi = 1, a = vof_line_plane(mx, my, c);
  for (int k = 0; k < 60; k++) {
    const struct vof_part p = vof_cut(mx, my, a, slant);
    const double excess = p.area + slant * p.moment - c;
    if (excess == 0) break;
    if (excess > 0)
      hi = a;
    else
      lo = a;
    const double next = a - excess / p.growth;
    const double before = a;
    a = next > lo && next < hi ? next : 0.5 * (lo + hi);
    if (fabs(a - before) <= 1e-16 || a <= lo || a >= hi) break;
  }
  return a;
}

/* Line constant of the normal m and the fraction c. */
static inline double vof_line(struct vof_normal m, double c, double slant)
{
  const double mx = fabs(m.x), my = fabs(m.y);
  if (slant == 0) return vof_line_plane(mx, my, c);
  return vof_line_slanted(mx, my, c, m.y < 0 ? -slant : slant);
}

/* Weighted fraction, relative to the whole cell, of the marked fluid in the slab of thickness w
 * along the left (high = 0) or right (high = 1) side. */
static inline double vof_slab_x(struct vof_normal m, double alpha, double slant, double w, int high)
{
  const double mx = fabs(m.x), my = fabs(m.y);
  const double lo = high != (m.x < 0) ? 1 - w : 0;
  const struct vof_part p = vof_cut(mx * w, my, alpha - mx * lo, 0);
  return w * (p.area + (m.y < 0 ? -slant : slant) * p.moment);
}

/* The same along the bottom or the top. */
static inline double vof_slab_y(struct vof_normal m, double alpha, double slant, double w, int high)
{
  const double mx = fabs(m.x), my = fabs(m.y);
  const double lo = high != (m.y < 0) ? 1 - w : 0;
  const double middle = high ? 0.5 - 0.5 * w : 0.5 * w - 0.5; /* of the slab, from the centre */
  const struct vof_part p = vof_cut(mx, my * w, alpha - my * lo, 0);
  return w * (p.area * (1 + slant * middle) + w * (m.y < 0 ? -slant : slant) * p.moment);
}

/* Thickness of the slab along the bottom or top whose weighted fraction of the cell is q: the root
 * of (1 -+ slant/2) w +- slant/2 w^2 = q. */
static inline double vof_slab_height(double q, double slant, int high)
{
  const double half = high ? -0.5 * slant : 0.5 * slant, b = 1 - half;
  return 2 * q / (b + sqrt(b * b + 4 * half * q));
}

#endif
