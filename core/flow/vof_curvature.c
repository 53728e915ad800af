/* Curvature of the interface by height functions, and its straight pieces.
 *
 * Where three neighbouring columns of up to nine cells run from full to empty, their sums are the
 * heights H of the interface at three places a distance d apart, exact means, and
 *
 *   kappa = -H'' / (1 + H'^2)^(3/2),   H' = (H+ - H-) / 2d,   H'' = (H+ - 2 H + H-) / d^2
 *
 * is second-order (Cummins, Francois & Kothe 2005). On an axisymmetric grid the other principal
 * curvature n_r / r is added, n the normal out of the marked fluid. Columns lie along the larger
 * component of the normal, else along the other one; where neither gives heights, a parabola is
 * fitted to the middles of the pieces of interface in the 3 x 3 cells around. */
#include <math.h>

#include "core/flow/vof_geometry.h"
#include "core/flow/vof_internal.h"

enum { REACH = VOF_HALO };

static double at(const struct assay_vof *f, int j, int i)
{
  return f->work[j * f->stride + i];
}

static int inside(const struct assay_vof *f, int j, int i)
{
  return i >= 0 && i < f->nx && j >= 0 && j < f->ny;
}

static int solid(const struct assay_vof *f, int j, int i)
{
  return inside(f, j, i) && vof_is_blocked(f, j, i);
}

/* Whether the interface runs through the cell or along one of its faces. */
static int has_interface(const struct assay_vof *f, int j, int i)
{
  static const int step[4][2] = {{0, -1}, {0, 1}, {-1, 0}, {1, 0}};
  const double c = at(f, j, i);
  if (vof_is_blocked(f, j, i)) return 0;
  if (c > 0 && c < 1) return 1;
  for (int k = 0; k < 4; k++) {
    const int jj = j + step[k][0], ii = i + step[k][1];
    if (!solid(f, jj, ii) && fabs(at(f, jj, ii) - c) == 1) return 1;
  }
  return 0;
}

/* A column through cell (j, i), upright or lying; `sign` points to its full end. */
struct column {
  int j, i, upright, sign;
};

/* Amount of fluid in each of the nine cells, c[REACH + k] at distance k upwards or to the right.
 * Beyond the first full or empty cell all are that. Returns 0 where the column does not run from
 * full to empty. */
static int read_column(double *c, const struct assay_vof *f, const struct column *p)
{
  for (int way = -1; way <= 1; way += 2) {
    const double end = way == p->sign ? 1 : 0;
    double last = at(f, p->j, p->i);
    c[REACH] = last;
    for (int k = 1; k <= REACH; k++) {
      const int j = p->j + (p->upright ? way * k : 0), i = p->i + (p->upright ? 0 : way * k);
      if (last != end) {
        if (solid(f, j, i)) return 0;
        last = at(f, j, i);
      }
      c[REACH + way * k] = last;
    }
    if (last != end) return 0;
  }
  return 1;
}

/* Height in m, measured from the full end. Upright columns of an axisymmetric grid hold volumes:
 * r of the interface from r^2/2; *radius is that r, or the one of a lying column. */
static int height(double *h, double *radius, const struct assay_vof *f, const struct column *p)
{
  double c[2 * REACH + 1], sum = 0, volume = 0;
  if (!read_column(c, f, p)) return 0;
  for (int k = -REACH; k <= REACH; k++) {
    const double r = (p->j + k + 0.5) * f->dy;
    sum += c[REACH + k];
    if (r > 0) volume += c[REACH + k] * r * f->dy;
  }
  *h = sum * (p->upright ? f->dy : f->dx);
  *radius = (p->j + 0.5) * f->dy;
  if (!f->axisymmetric || !p->upright) return 1;
  const double low = p->j > REACH ? (p->j - REACH) * f->dy : 0, high = (p->j + REACH + 1) * f->dy;
  const double square = p->sign < 0 ? low * low + 2 * volume : high * high - 2 * volume;
  *radius = sqrt(square > 0 ? square : 0);
  *h = p->sign < 0 ? *radius : high - *radius;
  return *radius > 0;
}

/* kappa from columns of this kind through (j, i) and its two neighbours; a solid neighbour counts
 * as the mirror image. Returns 0 where heights are missing. */
static int from_heights(double *kappa, const struct assay_vof *f, struct column p)
{
  double h[3], radius[3];
  const struct column middle = p;
  if (!height(&h[1], &radius[1], f, &middle)) return 0;
  for (int k = -1; k <= 1; k += 2) {
    p = middle;
    if (p.upright)
      p.i += k;
    else
      p.j += k;
    if (solid(f, p.j, p.i)) {
      h[1 + k] = h[1];
      continue;
    }
    if (!height(&h[1 + k], &radius[1 + k], f, &p)) return 0;
  }
  const double d = p.upright ? f->dx : f->dy;
  const double slope = (h[2] - h[0]) / (2 * d), bend = (h[2] - 2 * h[1] + h[0]) / (d * d);
  const double length = sqrt(1 + slope * slope);
  *kappa = -bend / (length * length * length);
  if (!f->axisymmetric) return 1;
  const double normal_r = p.upright ? (middle.sign < 0 ? 1 : -1) : -slope;
  *kappa += normal_r / (length * radius[1]);
  return 1;
}

/* Ends of the piece of interface in (j, i), in m. */
static int segment(const struct assay_vof *f, int j, int i, double x[2], double y[2])
{
  const double c = at(f, j, i);
  if (!(c > 0 && c < 1)) return 0;
  const double slant = f->axisymmetric ? 1 / (j + 0.5) : 0;
  const struct vof_normal m = vof_normal_of(f->work + j * f->stride + i, f->stride);
  const double alpha = vof_line(m, c, slant), mx = fabs(m.x), my = fabs(m.y);
  for (int k = 0; k < 2; k++) {
    double a, b;
    if (my >= mx) {
      a = mx > 0 ? vof_unit((alpha - (k == 0 ? my : 0)) / mx) : k;
      b = vof_unit((alpha - mx * a) / my);
    } else {
      b = my > 0 ? vof_unit((alpha - (k == 0 ? mx : 0)) / my) : k;
      a = vof_unit((alpha - my * b) / mx);
    }
    x[k] = (i + (m.x < 0 ? 1 - a : a)) * f->dx;
    y[k] = (j + (m.y < 0 ? 1 - b : b)) * f->dy;
  }
  return 1;
}

int assay_vof_segment(const struct assay_vof *f, int j, int i, double x[2], double y[2])
{
  if (!inside(f, j, i) || vof_is_blocked(f, j, i)) return 0;
  const double c = f->c[j * f->stride + i];
  if (!(c > 0 && c < 1)) return 0;
  assay_vof_prepare(f);
  return segment(f, j, i, x, y);
}

/* Unit normal in space, out of the marked fluid. */
static struct vof_normal direction(const struct assay_vof *f, int j, int i)
{
  struct vof_normal m = vof_normal_of(f->work + j * f->stride + i, f->stride);
  m.x /= f->dx;
  m.y /= f->dy;
  const double length = sqrt(m.x * m.x + m.y * m.y);
  return (struct vof_normal){m.x / length, m.y / length};
}

/* Middles of the pieces in the 3 x 3 cells around (j, i), from the one in the middle, as height b
 * over a along the interface; weights are lengths. */
struct points {
  int count;
  double a[9], b[9], weight[9];
  double y; /* of the one in the middle */
};

static void collect(struct points *p, const struct assay_vof *f, int j, int i, struct vof_normal n)
{
  double x[2], y[2], x0 = (i + 0.5) * f->dx, y0 = (j + 0.5) * f->dy;
  if (segment(f, j, i, x, y)) {
    x0 = 0.5 * (x[0] + x[1]);
    y0 = 0.5 * (y[0] + y[1]);
  }
  *p = (struct points){.y = y0};
  for (int dj = -1; dj <= 1; dj++)
    for (int di = -1; di <= 1; di++) {
      if (solid(f, j + dj, i + di) || !segment(f, j + dj, i + di, x, y)) continue;
      const struct vof_normal other = direction(f, j + dj, i + di);
      if (other.x * n.x + other.y * n.y <= 0) continue; /* the other side of a film */
      const double px = 0.5 * (x[0] + x[1]) - x0, py = 0.5 * (y[0] + y[1]) - y0;
      const double lx = x[1] - x[0], ly = y[1] - y[0];
      p->a[p->count] = n.y * px - n.x * py;
      p->b[p->count] = n.x * px + n.y * py;
      p->weight[p->count++] = sqrt(lx * lx + ly * ly);
    }
}

/* Least squares b = q0 + q1 a + q2 a^2; returns 0 where the points do not determine it. */
static int fit(double q[3], const struct points *p, double scale)
{
  double s[5] = {0}, t[3] = {0};
  for (int k = 0; k < p->count; k++) {
    const double a = p->a[k] / scale, b = p->b[k] / scale, w = p->weight[k] / scale;
    const double a2 = a * a;
    const double power[5] = {w, w * a, w * a2, w * a2 * a, w * a2 * a2};
    for (int m = 0; m < 5; m++) s[m] += power[m];
    for (int m = 0; m < 3; m++) t[m] += power[m] * b;
  }
  const double c0 = s[2] * s[4] - s[3] * s[3], c1 = s[2] * s[3] - s[1] * s[4];
  const double c2 = s[1] * s[3] - s[2] * s[2];
  const double det = s[0] * c0 + s[1] * c1 + s[2] * c2;
  if (p->count < 3 || !(det > 1e-6 * s[0] * s[0] * s[0])) return 0;
  const double d1 = s[0] * s[4] - s[2] * s[2], d12 = s[1] * s[2] - s[0] * s[3];
  q[0] = (c0 * t[0] + c1 * t[1] + c2 * t[2]) / det;
  q[1] = (c1 * t[0] + d1 * t[1] + d12 * t[2]) / det;
  q[2] = (c2 * t[0] + d12 * t[1] + (s[0] * s[2] - s[1] * s[1]) * t[2]) / det / scale;
  return 1;
}

/* Where heights fail. A drop or bubble that no parabola fits is taken as round. */
static double from_pieces(const struct assay_vof *f, int j, int i)
{
  static const double pi = 3.14159265358979324;
  const double scale = f->dx < f->dy ? f->dx : f->dy, most = (f->axisymmetric ? 2 : 1) / scale;
  const struct vof_normal n = direction(f, j, i);
  struct points p;
  double q[3], kappa;
  collect(&p, f, j, i, n);
  if (fit(q, &p, scale)) {
    const double length = sqrt(1 + q[1] * q[1]);
    kappa = -2 * q[2] / (length * length * length);
    if (f->axisymmetric) kappa += (n.y + q[1] * n.x) / (length * p.y);
  } else {
    const double c = at(f, j, i), part = c > 0.5 ? 1 - c : c;
    kappa = part > 0 ? sqrt(pi / (part * f->dx * f->dy)) : 0;
    if (c > 0.5) kappa = -kappa;
  }
  return kappa > most ? most : kappa < -most ? -most : kappa;
}

static double curvature(const struct assay_vof *f, int j, int i)
{
  const struct vof_normal n = direction(f, j, i);
  double kappa;
  struct column upright = {j, i, 1, n.y > 0 ? -1 : 1}, lying = {j, i, 0, n.x > 0 ? -1 : 1};
  const int first = fabs(n.y) >= fabs(n.x);
  if (from_heights(&kappa, f, first ? upright : lying)) return kappa;
  if (from_heights(&kappa, f, first ? lying : upright)) return kappa;
  return from_pieces(f, j, i);
}

void assay_vof_curvature(const struct assay_vof *f, double *out)
{
  assay_vof_prepare(f);
  for (int j = 0; j < f->ny; j++)
    for (int i = 0; i < f->nx; i++)
      out[(ptrdiff_t)j * f->nx + i] = has_interface(f, j, i) ? curvature(f, j, i) : (double)NAN;
}
