/* What does not move in a case of the dam: mask, distance from solid surfaces, tags, and what the
 * sides impose. */
#include <math.h>

#include "datasets/fill.h"
#include "generators/dam.h"

double assay_dam_top(const struct assay_dam *p)
{
  return p->simulated_height > 0 ? p->simulated_height : p->height;
}

int assay_dam_has_barrier(const struct assay_dam *p)
{
  return p->barrier_height > 0 && p->barrier_width > 0;
}

static double overlap(double a0, double a1, double b0, double b1)
{
  const double w = fmin(a1, b1) - fmax(a0, b0);
  return w > 0 ? w : 0;
}

double assay_dam_covered(double x, double y, double dx, double dy, double x0, double x1, double y1)
{
  return overlap(x, x + dx, x0, x1) * overlap(y, y + dy, 0, y1) / (dx * dy);
}

static double barrier_part(const struct assay_dam *p, double x, double y, double dx, double dy)
{
  if (!assay_dam_has_barrier(p)) return 0;
  return assay_dam_covered(x, y, dx, dy, p->barrier_position,
                           p->barrier_position + p->barrier_width, p->barrier_height);
}

/* From the surface of the barrier, whose foot on the floor is none; negative inside. */
static double barrier_distance(const struct assay_dam *p, double x, double y)
{
  const double left = p->barrier_position - x, right = x - (p->barrier_position + p->barrier_width);
  const double beside = fmax(left, right), above = y - p->barrier_height;
  if (beside > 0 && above > 0) return sqrt(beside * beside + above * above);
  return fmax(beside, above);
}

static double distance(const struct assay_dam *p, double x, double y)
{
  const double walls = fmin(y, assay_dam_top(p) - y);
  if (!assay_dam_has_barrier(p)) return walls;
  const double barrier = barrier_distance(p, x, y);
  return barrier < 0 ? barrier : fmin(barrier, walls);
}

/* The wall wins in corners, the barrier everywhere. */
static int tag(const struct assay_dam *p, int j, int i, double y, double mask)
{
  const int covers_top = assay_dam_top(p) <= p->height * (1 + 1e-9);
  if (mask < 0.5) return ASSAY_DAM_SOLID;
  if (j == 0 || (covers_top && j == p->ny - 1)) return ASSAY_DAM_WALL;
  if (i == 0) return y < p->inlet_height ? ASSAY_DAM_INFLOW : ASSAY_DAM_OPENING;
  return i == p->nx - 1 ? ASSAY_DAM_OPENING : ASSAY_DAM_INTERIOR;
}

static struct assay_fill_cell cell_at(const void *context, int j, int i)
{
  const struct assay_dam *p = context;
  const double dx = p->length / p->nx, dy = p->height / p->ny, y = (j + 0.5) * dy;
  const double mask = 1 - barrier_part(p, i * dx, j * dy, dx, dy);
  return (struct assay_fill_cell){mask, distance(p, (i + 0.5) * dx, y), tag(p, j, i, y, mask)};
}

int assay_dam_put_static(struct assay_case *c, const struct assay_dam *p)
{
  static const int map_fields[3] = {ASSAY_DAM_MASK, ASSAY_DAM_DISTANCE, ASSAY_DAM_TAG};
  return assay_fill_map(c, map_fields, cell_at, p);
}

enum assay_boundary_type assay_dam_boundary(double *value, const void *params_, int field,
                                            enum assay_side side, double t)
{
  (void)t;
  const struct assay_dam *p = params_;
  const int top = side == ASSAY_NORTH && assay_dam_top(p) <= p->height * (1 + 1e-9);
  const int velocity = field == ASSAY_DAM_U || field == ASSAY_DAM_V;
  *value = 0;
  if (velocity && (side == ASSAY_SOUTH || top)) return ASSAY_BOUNDARY_DIRICHLET;
  if (side != ASSAY_WEST || !(velocity || field == ASSAY_DAM_FRACTION)) return ASSAY_BOUNDARY_NONE;
  if (field != ASSAY_DAM_V) *value = field == ASSAY_DAM_U ? p->inlet_velocity : 1;
  return ASSAY_BOUNDARY_DIRICHLET;
}

double assay_dam_boundary_profile(const void *params_, int field, enum assay_side side, double s)
{
  (void)field;
  const struct assay_dam *p = params_;
  return side != ASSAY_WEST || s < p->inlet_height ? 1 : (double)NAN;
}
