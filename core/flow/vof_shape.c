/* Fractions of cells inside a shape: each cell is halved until its corners and centre agree or it
 * is 1/32 of the cell; there the level function is taken as linear in the four triangles between
 * the sides and the centre. */
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/flow/vof_internal.h"

enum { COARSE = 2, FINE = 5 };

struct shape {
  assay_vof_level *level;
  void *context;
  int axisymmetric;
};

struct box {
  double x, y, w, h;
  double at[4]; /* level at the corners: lower left, lower right, upper right, upper left */
  int depth;
};

/* Part of a triangle where the linear function with positive value p at one corner and b, c <= 0 at
 * the others is positive. */
static double tip(double p, double b, double c)
{
  return p / (p - b) * (p / (p - c));
}

static double triangle(double a, double b, double c)
{
  const int count = (a > 0) + (b > 0) + (c > 0);
  if (count == 0) return 0;
  if (count == 3) return 1;
  if (count == 1) return a > 0 ? tip(a, b, c) : b > 0 ? tip(b, a, c) : tip(c, a, b);
  return 1 - (a <= 0 ? tip(-a, -b, -c) : b <= 0 ? tip(-b, -a, -c) : tip(-c, -a, -b));
}

static double measure(const struct shape *s, const struct box *b);

static double measure_quarters(const struct shape *s, const struct box *b, double centre)
{
  const double w = 0.5 * b->w, h = 0.5 * b->h, x = b->x + w, y = b->y + h;
  const double south = s->level(s->context, x, b->y), north = s->level(s->context, x, b->y + b->h);
  const double west = s->level(s->context, b->x, y), east = s->level(s->context, b->x + b->w, y);
  const int d = b->depth + 1;
  const struct box part[4] = {{b->x, b->y, w, h, {b->at[0], south, centre, west}, d},
                              {x, b->y, w, h, {south, b->at[1], east, centre}, d},
                              {x, y, w, h, {centre, east, b->at[2], north}, d},
                              {b->x, y, w, h, {west, centre, north, b->at[3]}, d}};
  double sum = 0;
  for (int k = 0; k < 4; k++) sum += measure(s, &part[k]);
  return sum;
}

/* Area or volume per radian of the part inside. */
static double measure(const struct shape *s, const struct box *b)
{
  const double *at = b->at;
  const double centre = s->level(s->context, b->x + 0.5 * b->w, b->y + 0.5 * b->h);
  const int inside = (at[0] > 0) + (at[1] > 0) + (at[2] > 0) + (at[3] > 0) + (centre > 0);
  const double whole = b->w * b->h * (s->axisymmetric ? b->y + 0.5 * b->h : 1);
  if (b->depth >= COARSE && inside == 0) return 0;
  if (b->depth >= COARSE && inside == 5) return whole;
  if (b->depth < FINE) return measure_quarters(s, b, centre);
  double sum = 0;
  for (int k = 0; k < 4; k++) sum += triangle(at[k], at[(k + 1) % 4], centre);
  return 0.25 * sum * whole;
}

void assay_vof_shape(double *c, int nx, int ny, double x0, double y0, double dx, double dy,
                     int axisymmetric, assay_vof_level *level, void *context)
{
  const struct shape s = {level, context, axisymmetric};
  for (int j = 0; j < ny; j++)
    for (int i = 0; i < nx; i++) {
      const double x = x0 + i * dx, y = y0 + j * dy;
      const struct box b = {x,
                            y,
                            dx,
                            dy,
                            {level(context, x, y), level(context, x + dx, y),
                             level(context, x + dx, y + dy), level(context, x, y + dy)},
                            0};
      const double part = measure(&s, &b) / (dx * dy * (axisymmetric ? y + 0.5 * dy : 1));
      c[(ptrdiff_t)j * nx + i] = part < 0 ? 0 : part > 1 ? 1 : part;
    }
}

int assay_vof_fill(struct assay_vof *f, assay_vof_level *level, void *context)
{
  int rc = ASSAY_OK;
  double *c = NULL;
  ASSAY_TRY(ASSAY_NEW(&c, (size_t)f->nx * (size_t)f->ny, "volume of fluid"));
  assay_vof_shape(c, f->nx, f->ny, 0, 0, f->dx, f->dy, f->axisymmetric, level, context);
  ASSAY_TRY(assay_vof_start(f, c));
done:
  assay_free(c);
  return rc;
}
