#include "datasets/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "hashes and part files are little-endian; swap the bytes here on other machines");

/* Items of one class go into the hash in the byte order of their names. */
struct item {
  const char *name;
  int index;
};

static int by_name(const void *a, const void *b)
{
  return strcmp(((const struct item *)a)->name, ((const struct item *)b)->name);
}

static void add_header(struct assay_sha256 *s, const char *class, const char *name,
                       const char *type, const char *shape)
{
  assay_sha256_add_text(s, class);
  assay_sha256_add_text(s, name);
  assay_sha256_add_text(s, type);
  assay_sha256_add_text(s, shape);
}

/* "20x32x32": the realised frames, then the axes */
static void shape_text(char *out, size_t size, const struct assay_case *c, int field, bool has_time)
{
  const enum assay_field_kind kind = c->fields[field].kind;
  size_t at = 0;
  out[0] = '\0';
  if (has_time && kind != ASSAY_FIELD_STATIC) at += (size_t)snprintf(out, size, "%d", c->n_frames);
  for (int a = 0; kind != ASSAY_FIELD_SCALAR && a < c->shape.n_axes; a++)
    at += (size_t)snprintf(out + at, size - at, "%s%d", at ? "x" : "", c->shape.axis[a].n);
}

static void add_field(struct assay_sha256 *s, const struct assay_case *c, int field, bool has_time)
{
  char shape[64];
  const bool fixed = c->fields[field].kind == ASSAY_FIELD_STATIC;
  const size_t frames = fixed ? 1 : (size_t)c->n_frames;
  shape_text(shape, sizeof shape, c, field, has_time);
  add_header(s, "field", c->fields[field].name, c->dtype == ASSAY_F32 ? "f4" : "f8", shape);
  assay_sha256_add(s, c->data[field],
                   frames * assay_case_elements(c, field) * assay_dtype_size(c->dtype));
}

static void add_axis(struct assay_sha256 *s, const struct assay_axis *axis, const double *x)
{
  char shape[16];
  if (!x) return;
  snprintf(shape, sizeof shape, "%d", axis->n);
  add_header(s, "coordinate", axis->name, "f8", shape);
  assay_sha256_add(s, x, (size_t)axis->n * sizeof *x);
}

static void add_time(struct assay_sha256 *s, const struct assay_case *c)
{
  char shape[16];
  snprintf(shape, sizeof shape, "%d", c->n_frames);
  add_header(s, "coordinate", "time", "f8", shape);
  assay_sha256_add(s, c->time, (size_t)c->n_frames * sizeof *c->time);
}

static void add_param(struct assay_sha256 *s, const struct assay_quantity *q, double value)
{
  add_header(s, "parameter", q->name, q->choices ? "i1" : "f8", "");
  const int8_t choice = (int8_t)(q->choices ? value : 0);
  if (q->choices)
    assay_sha256_add(s, &choice, sizeof choice);
  else
    assay_sha256_add(s, &value, sizeof value);
}

static void add_case(struct assay_sha256 *s, struct item *items,
                     const struct assay_hash_source *from)
{
  size_t n = 0;
  const struct assay_case *c = from->c;
  assay_sha256_add_text(s, "assay-case/1");
  for (int f = 0; f < c->n_fields; f++)
    if (c->data[f]) items[n++] = (struct item){c->fields[f].name, f};
  qsort(items, n, sizeof *items, by_name);
  for (size_t i = 0; i < n; i++) add_field(s, c, items[i].index, from->has_time);
  if (from->has_time) add_time(s, c);
  for (int a = 0; a < c->shape.n_axes; a++) add_axis(s, &c->shape.axis[a], from->coordinates[a]);
  for (int p = 0; p < from->n_params; p++) items[p] = (struct item){from->params[p].name, p};
  qsort(items, (size_t)from->n_params, sizeof *items, by_name);
  for (int p = 0; p < from->n_params; p++)
    add_param(s, &from->params[items[p].index], from->values[items[p].index]);
}

int assay_hash_case(char hex[ASSAY_SHA256_HEX], const struct assay_hash_source *source)
{
  int rc = ASSAY_OK;
  struct assay_sha256 *s = NULL;
  struct item *items = NULL;
  ASSAY_TRY(ASSAY_NEW(&items, (size_t)(source->c->n_fields + source->n_params), "hash items"));
  ASSAY_TRY(assay_sha256_create(&s));
  add_case(s, items, source);
  assay_sha256_finish(s, hex);
done:
  assay_sha256_destroy(s);
  assay_free(items);
  return rc;
}

int assay_hash_coordinates(double **block, const double *x[ASSAY_AXES_MAX],
                           const struct assay_shape *shape)
{
  int rc = ASSAY_OK;
  size_t n = 0;
  for (int a = 0; a < shape->n_axes; a++) n += (size_t)shape->axis[a].n;
  ASSAY_TRY(ASSAY_NEW(block, n, "coordinates"));
  double *at = *block;
  for (int a = 0; a < shape->n_axes; a++) {
    const struct assay_axis *axis = &shape->axis[a];
    x[a] = axis->kind == ASSAY_AXIS_INDEX ? NULL : at;
    for (int i = 0; i < axis->n; i++) *at++ = assay_axis_at(axis, i);
  }
done:
  return rc;
}

int assay_hash_set(char hex[ASSAY_SHA256_HEX], const char *recipe, long n_cases, const long *ids,
                   char *const *case_hashes)
{
  int rc = ASSAY_OK;
  struct assay_sha256 *s = NULL;
  char id[24];
  ASSAY_TRY(assay_sha256_create(&s));
  assay_sha256_add_text(s, "assay-set/1");
  assay_sha256_add_text(s, recipe);
  for (long k = 0; k < n_cases; k++) {
    snprintf(id, sizeof id, "%ld", ids[k]);
    assay_sha256_add_text(s, id);
    assay_sha256_add_text(s, case_hashes[k]);
  }
  assay_sha256_finish(s, hex);
done:
  assay_sha256_destroy(s);
  return rc;
}
