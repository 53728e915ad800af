/* Shapes and their intersections with segments and rectangles. Only + - * / and sqrt: the same bits
 * everywhere. */
#include "core/flow/body.h"

#include <math.h>

double assay_circle_distance(const void *data, double x, double y)
{
  const struct assay_circle *c = data;
  return sqrt((x - c->x) * (x - c->x) + (y - c->y) * (y - c->y)) - c->radius;
}

/* Point of the ellipse x^2/a^2 + y^2/b^2 = 1, a >= b, next to (x, y) in the first quadrant:
 * (a^2 x/(t + a^2), b^2 y/(t + b^2)) with the largest root t of
 * g(t) = (a x/(t + a^2))^2 + (b y/(t + b^2))^2 - 1, which is convex and falls: Newton's iteration
 * from the left never oversteps. */
static void ellipse_foot(double foot[2], double a, double b, double x, double y)
{
  const double aa = a * a, bb = b * b;
  if (y == 0 && a * x < aa - bb) {
    foot[0] = aa * x / (aa - bb);
    foot[1] = b * sqrt(fmax(0, 1 - foot[0] * foot[0] / aa));
    return;
  }
  double t = fmax(a * x - aa, b * y - bb);
  for (int k = 0; k < 100; k++) {
    const double p = a * x / (t + aa), q = b * y / (t + bb);
    const double g = p * p + q * q - 1, slope = -2 * (p * p / (t + aa) + q * q / (t + bb));
    const double next = t - g / slope;
    if (!(next > t)) break;
    t = next;
  }
  foot[0] = aa * x / (t + aa);
  foot[1] = bb * y / (t + bb);
}

double assay_ellipse_distance(const void *data, double px, double py)
{
  const struct assay_ellipse *e = data;
  const double x = fabs(px - e->x), y = fabs(py - e->y);
  const double inside = x * x / (e->a * e->a) + y * y / (e->b * e->b) - 1;
  double foot[2], d;
  if (e->a >= e->b) {
    ellipse_foot(foot, e->a, e->b, x, y);
    d = sqrt((x - foot[0]) * (x - foot[0]) + (y - foot[1]) * (y - foot[1]));
  } else {
    ellipse_foot(foot, e->b, e->a, y, x);
    d = sqrt((x - foot[1]) * (x - foot[1]) + (y - foot[0]) * (y - foot[0]));
  }
  return inside < 0 ? -d : d;
}

double assay_rectangle_distance(const void *data, double x, double y)
{
  const struct assay_rectangle *r = data;
  const double dx = fabs(x - 0.5 * (r->x0 + r->x1)) - (0.5 * (r->x1 - r->x0) - r->rounding);
  const double dy = fabs(y - 0.5 * (r->y0 + r->y1)) - (0.5 * (r->y1 - r->y0) - r->rounding);
  const double px = fmax(dx, 0), py = fmax(dy, 0);
  return sqrt(px * px + py * py) + fmin(fmax(dx, dy), 0) - r->rounding;
}

double assay_polygon_distance(const void *data, double x, double y)
{
  const struct assay_polygon *p = data;
  double least = (double)INFINITY;
  int inside = 0;
  for (int k = 0; k < p->n; k++) {
    const double *a = p->corner[k], *b = p->corner[(k + 1) % p->n];
    const double ex = b[0] - a[0], ey = b[1] - a[1], rx = x - a[0], ry = y - a[1];
    const double along = fmin(fmax((rx * ex + ry * ey) / (ex * ex + ey * ey), 0), 1);
    const double nx = rx - along * ex, ny = ry - along * ey;
    least = fmin(least, nx * nx + ny * ny);
    if ((a[1] > y) != (b[1] > y) && rx < ry * ex / ey) inside = !inside;
  }
  return inside ? -sqrt(least) : sqrt(least);
}

double assay_union_distance(const void *data, double x, double y)
{
  const struct assay_union *u = data;
  double least = (double)INFINITY;
  for (int k = 0; k < u->n; k++) least = fmin(least, assay_body_distance(&u->part[k], x, y));
  return least;
}

double assay_body_distance(const struct assay_body *b, double x, double y)
{
  const double d = b->shape(b->data, x, y);
  return b->inside_out ? -d : d;
}

void assay_body_normal(double normal[2], const struct assay_body *b, double x, double y, double h)
{
  const double gx = assay_body_distance(b, x + h, y) - assay_body_distance(b, x - h, y);
  const double gy = assay_body_distance(b, x, y + h) - assay_body_distance(b, x, y - h);
  const double g = sqrt(gx * gx + gy * gy);
  normal[0] = g > 0 ? gx / g : 1;
  normal[1] = g > 0 ? gy / g : 0;
}

struct point {
  double x, y;
};

static struct point between(struct point a, struct point b, double t)
{
  return (struct point){a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)};
}

static double distance_at(const struct assay_body *b, struct point p)
{
  return assay_body_distance(b, p.x, p.y);
}

/* Root between t0 and t1 on the line from p to q, where the distances f0 and f1 differ in sign:
 * false position in the Illinois variant. */
static double crossing(const struct assay_body *b, struct point p, struct point q, double t0,
                       double f0, double t1, double f1)
{
  for (int k = 0; k < 60 && fabs(t1 - t0) > 1e-15; k++) {
    const double t = k % 8 == 7 ? 0.5 * (t0 + t1) : (t0 * f1 - t1 * f0) / (f1 - f0);
    const double f = distance_at(b, between(p, q, t));
    if (f == 0) return t;
    if ((f < 0) != (f1 < 0))
      t0 = t1, f0 = f1;
    else
      f0 *= 0.5;
    t1 = t, f1 = f;
  }
  return t1;
}

/* Crossings of the surface with the line from p to q, ascending; at most `most` of them are found,
 * more are counted. */
static int crossings(double *out, int most, const struct assay_body *b, struct point p,
                     struct point q, int pieces)
{
  int n = 0;
  double before = distance_at(b, p);
  for (int k = 0; k < pieces; k++) {
    const double t0 = (double)k / pieces, t1 = (double)(k + 1) / pieces;
    const double after = distance_at(b, between(p, q, t1));
    if ((before < 0) != (after < 0)) {
      if (n < most) out[n] = crossing(b, p, q, t0, before, t1, after);
      n++;
    }
    before = after;
  }
  return n;
}

double assay_body_open(const struct assay_body *b, const double from[2], const double to[2],
                       double *mid)
{
  enum { MOST = 16 };
  const struct point p = {from[0], from[1]}, q = {to[0], to[1]};
  double t[MOST + 2] = {0}, open = 0, moment = 0;
  int fluid = distance_at(b, p) >= 0, n = crossings(t + 1, MOST, b, p, q, MOST);
  t[++n] = 1;
  for (int k = 0; k < n; k++, fluid = !fluid) {
    if (!fluid) continue;
    open += t[k + 1] - t[k];
    moment += 0.5 * (t[k + 1] - t[k]) * (t[k + 1] + t[k]);
  }
  if (mid) *mid = open > 0 ? moment / open : 0.5;
  return open;
}

/* Area and first moments. */
struct area {
  double a, x, y;
};

static struct area plus(struct area s, struct area t)
{
  return (struct area){s.a + t.a, s.x + t.x, s.y + t.y};
}

struct box {
  double x, y, dx, dy;
};

static struct area whole(const struct box *r)
{
  const double a = r->dx * r->dy;
  return (struct area){a, a * (r->x + 0.5 * r->dx), a * (r->y + 0.5 * r->dy)};
}

static struct area polygon_area(const struct point *c, int n)
{
  struct area s = {0};
  for (int k = 0; k < n; k++) {
    /* about the first corner, against cancellation */
    const struct point p = {c[k].x - c[0].x, c[k].y - c[0].y};
    const struct point q = {c[(k + 1) % n].x - c[0].x, c[(k + 1) % n].y - c[0].y};
    const double cross = 0.5 * (p.x * q.y - p.y * q.x);
    s.a += cross;
    s.x += cross * (p.x + q.x) / 3;
    s.y += cross * (p.y + q.y) / 3;
  }
  s.x += s.a * c[0].x;
  s.y += s.a * c[0].y;
  return s;
}

/* Gauss-Legendre nodes on [-1, 1], the positive ones, and their weights. */
static const double gauss4[2][2] = {{0.33998104358485626, 0.65214515486254614},
                                    {0.86113631159405258, 0.34785484513745386}};
static const double gauss8[4][2] = {{0.18343464249564980, 0.36268378337836198},
                                    {0.52553240991632899, 0.31370664587788729},
                                    {0.79666647741362674, 0.22238103445337447},
                                    {0.96028985649753623, 0.10122853629037626}};

/* Height of the surface over the chord from p to q at t in [0, 1], along the left normal. */
static int height(double *eta, const struct assay_body *b, struct point p, struct point q, double t)
{
  const double tx = q.x - p.x, ty = q.y - p.y, reach = 0.6;
  const struct point c = between(p, q, t);
  const struct point low = {c.x + reach * ty, c.y - reach * tx};
  const struct point high = {c.x - reach * ty, c.y + reach * tx};
  const double f0 = distance_at(b, low), f1 = distance_at(b, high);
  if (!(f0 < 0 && f1 >= 0)) return 0;
  *eta = reach * (2 * crossing(b, low, high, 0, f0, 1, f1) - 1);
  return 1;
}

/* What lies between the chord and the surface on the left of it. In units of the chord, eta is the
 * height: dA = L^2 eta dt. Returns 0 if the surface is no graph over the chord. */
static int segment_area(struct area *out, const struct assay_body *b, struct point p,
                        struct point q, const double (*rule)[2], int pairs)
{
  const double tx = q.x - p.x, ty = q.y - p.y, square = tx * tx + ty * ty;
  *out = (struct area){0};
  for (int k = 0; k < 2 * pairs; k++) {
    const double t = 0.5 + (k & 1 ? 0.5 : -0.5) * rule[k / 2][0];
    double eta;
    if (!height(&eta, b, p, q, t)) return 0;
    const struct point c = between(p, q, t);
    const double a = 0.5 * rule[k / 2][1] * square * eta;
    out->a += a;
    out->x += a * (c.x - 0.5 * eta * ty);
    out->y += a * (c.y + 0.5 * eta * tx);
  }
  return 1;
}

/* The open part of a rectangle through which one piece of surface goes: corners in the fluid and
 * crossings, counter-clockwise, the chord from corner `leave` to the next. Returns the number of
 * corners, 0 if there are not exactly two crossings. */
static int open_polygon(struct point *c, int *leave, const struct assay_body *b,
                        const struct box *r)
{
  const struct point corner[5] = {{r->x, r->y},
                                  {r->x + r->dx, r->y},
                                  {r->x + r->dx, r->y + r->dy},
                                  {r->x, r->y + r->dy},
                                  {r->x, r->y}};
  int n = 0, total = 0;
  for (int k = 0; k < 4; k++) {
    double t[2];
    const int found = crossings(t, 2, b, corner[k], corner[k + 1], 4);
    int fluid = distance_at(b, corner[k]) >= 0;
    total += found;
    if (total > 2) return 0;
    if (fluid) c[n++] = corner[k];
    for (int i = 0; i < found; i++, fluid = !fluid) {
      if (fluid) *leave = n;
      c[n++] = between(corner[k], corner[k + 1], t[i]);
    }
  }
  return total == 2 ? n : 0;
}

/* Does the surface turn steadily between its crossings p and q? A corner close to one of them
 * escapes the quadrature, but not this: the normals at both ends and in the middle. */
static int is_smooth(const struct assay_body *b, struct point p, struct point q)
{
  const double tx = q.x - p.x, ty = q.y - p.y, step = 1e-3 * sqrt(tx * tx + ty * ty);
  double eta, n[3][2];
  if (!height(&eta, b, p, q, 0.5)) return 0;
  const struct point m = {p.x + 0.5 * tx - eta * ty, p.y + 0.5 * ty + eta * tx};
  const struct point at[3] = {p, m, q};
  for (int k = 0; k < 3; k++) assay_body_normal(n[k], b, at[k].x, at[k].y, step);
  const double bend = fabs(n[0][0] - 2 * n[1][0] + n[2][0]) + fabs(n[0][1] - 2 * n[1][1] + n[2][1]);
  return bend < 1e-4;
}

static int simple_area(struct area *out, const struct assay_body *b, const struct box *r,
                       double tolerance)
{
  struct point c[6];
  struct area coarse, fine;
  int leave = 0;
  const int n = open_polygon(c, &leave, b, r);
  if (n < 2) return 0;
  const struct point p = c[leave], q = c[(leave + 1) % n];
  if (!is_smooth(b, p, q)) return 0;
  if (!segment_area(&coarse, b, p, q, gauss4, 2) || !segment_area(&fine, b, p, q, gauss8, 4))
    return 0;
  if (fabs(fine.a - coarse.a) > tolerance) return 0;
  *out = polygon_area(c, n);
  out->a -= fine.a;
  out->x -= fine.x;
  out->y -= fine.y;
  return 1;
}

static struct area open_area(const struct assay_body *b, const struct box *r, double tolerance,
                             int depth)
{
  const struct point middle = {r->x + 0.5 * r->dx, r->y + 0.5 * r->dy};
  const double d = distance_at(b, middle), radius = 0.5 * sqrt(r->dx * r->dx + r->dy * r->dy);
  struct area sum = {0};
  if (fabs(d) >= radius || depth == 0) return d >= 0 ? whole(r) : sum;
  if (simple_area(&sum, b, r, tolerance)) return sum;
  for (int k = 0; k < 4; k++) {
    const struct box part = {r->x + 0.5 * r->dx * (k & 1), r->y + 0.5 * r->dy * (k >> 1),
                             0.5 * r->dx, 0.5 * r->dy};
    sum = plus(sum, open_area(b, &part, tolerance, depth - 1));
  }
  return sum;
}

double assay_body_fraction(const struct assay_body *b, double x, double y, double dx, double dy,
                           double centroid[2])
{
  enum { DEEPEST = 20 };
  const struct box r = {x, y, dx, dy};
  const struct area s = open_area(b, &r, 1e-13 * dx * dy, DEEPEST);
  if (centroid) {
    centroid[0] = s.a > 0 ? s.x / s.a : x + 0.5 * dx;
    centroid[1] = s.a > 0 ? s.y / s.a : y + 0.5 * dy;
  }
  return fmin(fmax(s.a / (dx * dy), 0), 1);
}
