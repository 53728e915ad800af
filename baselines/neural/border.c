#include "baselines/neural/border.h"

#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"

static int side_type(int *type, const struct assay_view *v, int f, int side, double *values, long k)
{
  return assay_dataset_boundary(v->data, type, values, k, v->field[f], side);
}

int assay_nn_ring_find(struct assay_nn_ring *r, const struct assay_view *v, bool wanted)
{
  int rc = ASSAY_OK;
  double *values = NULL;
  const struct assay_shape *s = &v->info->shape;
  const int n = s->n_axes;
  *r = (struct assay_nn_ring){.rows = 1, .columns = (int)v->points};
  if (n == 2) r->rows = s->axis[0].n;
  if (n == 2) r->columns = s->axis[1].n;
  ASSAY_TRY(ASSAY_NEW(&values, (size_t)(v->info->n_times > 0 ? v->info->n_times : 1), "border"));
  for (int side = 0; wanted && n == 2 && side < ASSAY_SIDES; side++)
    for (int f = 0; f < v->n_fields; f++) {
      int type = ASSAY_BOUNDARY_NONE;
      ASSAY_TRY(side_type(&type, v, f, side, values, 0));
      if (type == ASSAY_BOUNDARY_DIRICHLET) r->side[side] = 1;
    }
  r->all_rows = r->rows + r->side[ASSAY_SOUTH] + r->side[ASSAY_NORTH];
  r->all_columns = r->columns + r->side[ASSAY_WEST] + r->side[ASSAY_EAST];
  r->points = (size_t)r->all_rows * (size_t)r->all_columns;
done:
  assay_free(values);
  return rc;
}

size_t assay_nn_ring_place(const struct assay_nn_ring *r, size_t i)
{
  const size_t row = i / (size_t)r->columns, column = i % (size_t)r->columns;
  return (row + (size_t)r->side[ASSAY_SOUTH]) * (size_t)r->all_columns + column +
         (size_t)r->side[ASSAY_WEST];
}

int assay_nn_border_open(struct assay_nn_border *b, const struct assay_view *v,
                         const struct assay_nn_ring *ring)
{
  int rc = ASSAY_OK;
  const size_t sides = (size_t)v->n_fields * ASSAY_SIDES;
  *b = (struct assay_nn_border){.ring = *ring,
                                .n_fields = v->n_fields,
                                .n_times = v->info->n_times > 0 ? v->info->n_times : 1,
                                .longest = ring->rows > ring->columns ? ring->rows : ring->columns};
  ASSAY_TRY(ASSAY_NEW(&b->type, sides, "border"));
  ASSAY_TRY(ASSAY_NEW(&b->value, sides * (size_t)b->n_times, "border"));
  ASSAY_TRY(ASSAY_NEW(&b->profile, sides * (size_t)b->longest, "border"));
done:
  return rc;
}

int assay_nn_border_read(struct assay_nn_border *b, const struct assay_view *v, long k)
{
  int rc = ASSAY_OK;
  for (int f = 0; f < b->n_fields; f++)
    for (int side = 0; side < ASSAY_SIDES; side++) {
      const int at = f * ASSAY_SIDES + side;
      bool varies = false;
      if (!b->ring.side[side]) continue;
      ASSAY_TRY(side_type(&b->type[at], v, f, side, b->value + (size_t)at * (size_t)b->n_times, k));
      ASSAY_TRY(assay_dataset_profile(
          v->data, &varies, b->profile + (size_t)at * (size_t)b->longest, k, v->field[f], side));
    }
done:
  return rc;
}

/* Side as a line of the ring: where it starts, its step, its length, and the way inside. */
struct line {
  size_t start, step;
  int n, along; /* along: index of its first point in the profile, which has no corners */
  long inside;
};

static struct line line_of(const struct assay_nn_ring *r, int side)
{
  const size_t w = (size_t)r->all_columns, h = (size_t)r->all_rows;
  switch (side) {
  case ASSAY_WEST:
    return (struct line){0, w, r->all_rows, r->side[ASSAY_SOUTH], 1};
  case ASSAY_EAST:
    return (struct line){w - 1, w, r->all_rows, r->side[ASSAY_SOUTH], -1};
  case ASSAY_SOUTH:
    return (struct line){0, 1, r->all_columns, r->side[ASSAY_WEST], (long)w};
  default:
    return (struct line){(h - 1) * w, 1, r->all_columns, r->side[ASSAY_WEST], -(long)w};
  }
}

static void put_side(float *x, const struct assay_nn_border *b, int f, int side, int t, double mean,
                     double spread)
{
  const struct line l = line_of(&b->ring, side);
  const int at = f * ASSAY_SIDES + side;
  const int length = side == ASSAY_WEST || side == ASSAY_EAST ? b->ring.rows : b->ring.columns;
  const bool imposed = b->type[at] == ASSAY_BOUNDARY_DIRICHLET;
  const double value =
      b->value[(size_t)at * (size_t)b->n_times + (size_t)(t < b->n_times ? t : b->n_times - 1)];
  for (int i = 0; i < l.n; i++) {
    int j = i - l.along;
    j = j < 0 ? 0 : j >= length ? length - 1 : j;
    float *p = x + l.start + (size_t)i * l.step;
    const double v = value * b->profile[(size_t)at * (size_t)b->longest + (size_t)j];
    *p = imposed && isfinite(v) ? (float)((v - mean) / spread) : p[l.inside];
  }
}

/* South and north last: the corners are theirs. */
void assay_nn_border_put(float *x, const struct assay_nn_border *b, int f, int t, double mean,
                         double spread)
{
  for (int side = 0; side < ASSAY_SIDES; side++)
    if (b->ring.side[side]) put_side(x, b, f, side, t, mean, spread);
}

void assay_nn_border_clear(struct assay_nn_border *b)
{
  assay_free(b->type);
  assay_free(b->value);
  assay_free(b->profile);
  *b = (struct assay_nn_border){0};
}
