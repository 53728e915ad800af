#include "datasets/fill.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

int assay_fill_create(struct assay_fill *f, const struct assay_case *c, size_t points)
{
  int rc = ASSAY_OK;
  *f = (struct assay_fill){0};
  ASSAY_TRY(ASSAY_NEW(&f->field, (size_t)c->n_fields, "frame of a case"));
  f->n_fields = c->n_fields;
  for (int k = 0; k < c->n_fields; k++)
    if (c->fields[k].kind == ASSAY_FIELD_FRAME && assay_case_wants(c, k))
      ASSAY_TRY(ASSAY_NEW(&f->field[k], points, "frame of a case"));
done:
  return rc;
}

void assay_fill_destroy(struct assay_fill *f)
{
  for (int k = 0; k < f->n_fields; k++) assay_free(f->field[k]);
  assay_free(f->field);
  *f = (struct assay_fill){0};
}

void assay_fill_put(struct assay_case *c, int frame, const struct assay_fill *f)
{
  for (int k = 0; k < f->n_fields; k++)
    if (f->field[k]) assay_case_put(c, k, frame, f->field[k]);
  c->n_frames = frame + 1;
}

void assay_fill_repeat(struct assay_case *c)
{
  const size_t last = (size_t)c->n_frames - 1, end = (size_t)c->shape.n_frames;
  for (int f = 0; f < c->n_fields; f++) {
    if (c->fields[f].kind == ASSAY_FIELD_STATIC || !assay_case_wants(c, f)) continue;
    const size_t size = assay_case_elements(c, f) * assay_dtype_size(c->dtype);
    char *data = c->data[f];
    for (size_t k = last + 1; k < end; k++) memcpy(data + k * size, data + last * size, size);
  }
  c->n_frames = c->shape.n_frames;
}

int assay_fill_map(struct assay_case *c, const int field[3],
                   struct assay_fill_cell (*cell)(const void *context, int j, int i),
                   const void *context)
{
  int rc = ASSAY_OK;
  const int ny = c->shape.axis[0].n, nx = c->shape.axis[1].n;
  const ptrdiff_t points = (ptrdiff_t)ny * nx;
  double *map = NULL;
  ASSAY_TRY(ASSAY_NEW(&map, 3 * (size_t)points, "static fields"));
  for (int j = 0; j < ny; j++)
    for (int i = 0; i < nx; i++) {
      const struct assay_fill_cell here = cell(context, j, i);
      double *to = map + (ptrdiff_t)j * nx + i;
      to[0] = here.mask;
      to[points] = here.distance;
      to[2 * points] = here.tag;
    }
  for (int f = 0; f < 3; f++) assay_case_put(c, field[f], 0, map + f * points);
done:
  assay_free(map);
  return rc;
}

void assay_fill_raise(double *row, double value)
{
  if (isnan(*row) || value > *row) *row = value;
}

void assay_fill_lower(double *row, double value)
{
  if (isnan(*row) || value < *row) *row = value;
}

void assay_fill_steady(struct assay_certificate *c, int frame, bool steady)
{
  if (!steady)
    c->steady_from = -1;
  else if (c->steady_from < 0)
    c->steady_from = frame;
}

void assay_fill_diverged(struct assay_certificate *c, double t)
{
  c->diverged = true;
  c->diverged_time = t;
  snprintf(c->reason, sizeof c->reason, "%s", assay_err_last());
}
