#include "datasets/writer.h"

#include <limits.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"
#include "datasets/hash.h"
#include "datasets/writer_internal.h"

enum { FIXED_COLUMNS = 10 + ASSAY_AXES_MAX };

static int count_rows(void)
{
  int n = 0;
  while (assay_certificate_rows[n].name) n++;
  return n;
}

static int allocate(struct assay_writer *w)
{
  int rc = ASSAY_OK;
  const struct assay_layout *l = &w->layout;
  const size_t n_columns = (size_t)(FIXED_COLUMNS + l->n_params + l->n_splits + count_rows() +
                                    (2 + ASSAY_SIDES) * l->n_fields);
  ASSAY_TRY(ASSAY_NEW(&w->columns, n_columns, "writer columns"));
  ASSAY_TRY(ASSAY_NEW(&w->field_var, (size_t)l->n_fields, "writer fields"));
  ASSAY_TRY(ASSAY_NEW(&w->range, 2 * (size_t)l->n_fields, "writer ranges"));
  ASSAY_TRY(ASSAY_NEW(&w->ids, (size_t)l->n_cases, "writer ids"));
  ASSAY_TRY(ASSAY_NEW(&w->hashes, (size_t)l->n_cases, "writer hashes"));
done:
  return rc;
}

/* HDF5 allocates and frees a buffer per chunk; glibc would give each back to the system and fault
 * it in again, which costs as much as writing it. The arrays of whole cases are left to the system:
 * on the heap, what HDF5 keeps would settle in their holes, and it would grow with the file. */
static void keep_freed_memory(void)
{
#ifdef __GLIBC__
  enum { CHUNKS = 64 << 20, ARRAYS = 8 << 20 };
  mallopt(M_TRIM_THRESHOLD, CHUNKS);
  mallopt(M_MMAP_THRESHOLD, ARRAYS);
#endif
}

/* Chunks that start on pages are copied to the page cache faster. The alignment divides their size,
 * so that chunks in a row leave no gaps. netCDF's setting is global: it is taken back at once. */
static int create_aligned(int *nc, const char *path, const struct assay_layout *l)
{
  enum { PAGE = 4096 };
  size_t bytes = (size_t)assay_chunk_frames(l->n_times) * assay_dtype_size(l->dtype);
  for (int a = 0; a < l->n_axes; a++) bytes *= (size_t)l->axis[a].n;
  const size_t divisor = bytes & (~bytes + 1); /* largest power of two */
  if (l->compression == ASSAY_COMPRESS_NONE && divisor >= PAGE && bytes <= INT_MAX)
    nc_set_alignment((int)bytes, (int)divisor);
  const int status = nc_create(path, NC_NETCDF4 | NC_CLOBBER, nc);
  nc_set_alignment(1, 1);
  return status;
}

int assay_writer_create(struct assay_writer **out, const char *path,
                        const struct assay_layout *layout)
{
  int rc = ASSAY_OK;
  struct assay_writer *w = NULL;
  *out = NULL;
  ASSAY_CHECK(layout->n_cases > 0, ASSAY_EARG, "%s: a file needs at least one case", path);
  keep_freed_memory();
  ASSAY_TRY(ASSAY_NEW(&w, 1, "writer"));
  w->layout = *layout;
  w->nc = -1;
  w->early.fd = -1;
  w->id = w->frames = w->hash = w->subset = w->origin = w->time = w->leads = w->params = w->splits =
      -1;
  w->rows = w->reason = w->error = w->boundary = w->profiles = -1;
  for (int a = 0; a < ASSAY_AXES_MAX; a++) w->axis[a] = -1;
  ASSAY_TRY(allocate(w));
  if (layout->compression == ASSAY_COMPRESS_ZSTD) ASSAY_TRY(assay_zstd_register());
  ASSAY_TRY(assay_outfile_open(&w->file, path, false));
  w->shown = w->file.path;
  ASSAY_WRITER_NC(create_aligned(&w->nc, w->file.temporary, layout), "create");
  ASSAY_TRY(assay_writer_define(w));
  ASSAY_WRITER_NC(nc_enddef(w->nc), "write");
  assay_writeback_open(&w->early, w->file.temporary);
  *out = w;
  w = NULL;
done:
  assay_writer_abort(w);
  return rc;
}

static void *column_at(const struct assay_writer *w, int index)
{
  const struct assay_writer_column *c = &w->columns[index];
  return (char *)c->data + (size_t)w->n_put * c->per_case * assay_writer_type_size(c->type);
}

static int same_shape(const struct assay_writer *w, const struct assay_case *c)
{
  int rc = ASSAY_OK;
  const struct assay_layout *l = &w->layout;
  ASSAY_CHECK(c->dtype == l->dtype, ASSAY_EARG, "case %ld has another precision", c->id);
  ASSAY_CHECK(c->shape.n_axes == l->n_axes, ASSAY_EARG, "case %ld has %d axes, the file %d", c->id,
              c->shape.n_axes, l->n_axes);
  for (int a = 0; a < l->n_axes; a++)
    ASSAY_CHECK(c->shape.axis[a].n == l->axis[a].n, ASSAY_EARG,
                "case %ld has %d points along %s, the file %d", c->id, c->shape.axis[a].n,
                l->axis[a].name, l->axis[a].n);
  ASSAY_CHECK(c->n_frames >= 0 && c->n_frames <= c->shape.n_frames &&
                  c->shape.n_frames <= (l->n_times ? l->n_times : 1),
              ASSAY_EARG, "case %ld has %d frames, more than the file's %d", c->id, c->n_frames,
              l->n_times);
  for (int k = 0; l->time && k < c->n_frames; k++)
    ASSAY_CHECK(c->time[k] == l->time[k], ASSAY_EARG,
                "case %ld: frame %d is at %.17g s, but all cases share %.17g s", c->id, k,
                c->time[k], l->time[k]);
done:
  return rc;
}

/* Smallest and largest of n numbers; order does not matter, so lanes share the work. */
enum { LANES = 32 };
#define DEFINE_EXTREMES(name, T)                                     \
  static void name(double range[2], const T *v, size_t n)            \
  {                                                                  \
    T lo[LANES], hi[LANES];                                          \
    for (int k = 0; k < LANES; k++) lo[k] = hi[k] = v[0];            \
    for (size_t i = 0; i + LANES <= n; i += LANES)                   \
      for (int k = 0; k < LANES; k++) {                              \
        lo[k] = v[i + (size_t)k] < lo[k] ? v[i + (size_t)k] : lo[k]; \
        hi[k] = v[i + (size_t)k] > hi[k] ? v[i + (size_t)k] : hi[k]; \
      }                                                              \
    for (size_t i = n - n % LANES; i < n; i++) {                     \
      lo[0] = v[i] < lo[0] ? v[i] : lo[0];                           \
      hi[0] = v[i] > hi[0] ? v[i] : hi[0];                           \
    }                                                                \
    for (int k = 0; k < LANES; k++) {                                \
      range[0] = fmin(range[0], (double)lo[k]);                      \
      range[1] = fmax(range[1], (double)hi[k]);                      \
    }                                                                \
  }
DEFINE_EXTREMES(extremes_f32, float)
DEFINE_EXTREMES(extremes_f64, double)

static void note_range(double *range, const struct assay_case *c, int field, size_t n)
{
  if (c->dtype == ASSAY_F32)
    extremes_f32(range, c->data[field], n);
  else
    extremes_f64(range, c->data[field], n);
}

static int put_field(struct assay_writer *w, int f, const struct assay_case *c)
{
  int rc = ASSAY_OK;
  const struct assay_field *field = &w->layout.fields[f];
  const int at = assay_case_field(c, field->name);
  const bool fixed = field->kind == ASSAY_FIELD_STATIC;
  const int frames = fixed ? 1 : c->n_frames;
  size_t start[5] = {(size_t)w->n_put}, count[5] = {1};
  int n = 1;
  if (!assay_case_wants(c, at) || frames == 0) goto done;
  if (w->layout.n_times > 0 && !fixed) count[n++] = (size_t)frames;
  for (int a = 0; field->kind != ASSAY_FIELD_SCALAR && a < w->layout.n_axes; a++)
    count[n++] = (size_t)w->layout.axis[a].n;
  note_range(&w->range[2 * (ptrdiff_t)f], c, at, (size_t)frames * assay_case_elements(c, at));
  ASSAY_WRITER_NC(nc_put_vara(w->nc, w->field_var[f], start, count, c->data[at]), "write a field");
  assay_writeback_add(&w->early,
                      (size_t)frames * assay_case_elements(c, at) * assay_dtype_size(c->dtype));
done:
  return rc;
}

static void put_axes(struct assay_writer *w, const struct assay_case *c)
{
  for (int a = 0; a < w->layout.n_axes; a++) {
    double *x = w->axis[a] < 0 ? NULL : column_at(w, w->axis[a]);
    for (int i = 0; x && i < w->layout.axis[a].n; i++) x[i] = assay_axis_at(&c->shape.axis[a], i);
  }
}

static void put_row(struct assay_writer *w, int index, const struct assay_param *row,
                    const struct assay_certificate *certificate)
{
  const double value = assay_param_number(row, certificate);
  void *to = column_at(w, index);
  if (row->type == ASSAY_PT_DOUBLE)
    *(double *)to = isnan(value) ? NC_FILL_DOUBLE : value;
  else if (row->type == ASSAY_PT_INT)
    *(int *)to = (int)value;
  else
    *(int8_t *)to = (int8_t)value;
}

static int put_certificate(struct assay_writer *w, const struct assay_case *c)
{
  int rc = ASSAY_OK, index = w->rows;
  if (!w->layout.certificate) goto done;
  for (const struct assay_param *row = assay_certificate_rows; row->name; row++)
    put_row(w, index++, row, &c->certificate);
  ASSAY_TRY(assay_strdup(column_at(w, w->reason), c->certificate.reason));
  for (int f = 0; f < w->layout.n_fields; f++) {
    const int at = assay_case_field(c, w->layout.fields[f].name);
    double *to = column_at(w, w->error + f);
    for (int k = 0; at >= 0 && k < c->n_frames; k++) {
      const double e = c->error[(ptrdiff_t)at * c->shape.n_frames + k];
      to[k] = isnan(e) ? NC_FILL_DOUBLE : e;
    }
  }
done:
  return rc;
}

static void put_boundary(struct assay_writer *w, const double *values)
{
  const size_t per_field = (size_t)(w->layout.n_times ? w->layout.n_times : 1) * ASSAY_SIDES;
  int index = w->boundary;
  for (int f = 0; w->layout.boundary && values && f < w->layout.n_fields; f++) {
    if (!assay_writer_has_boundary(&w->layout, f)) continue;
    double *to = column_at(w, index++);
    const double *from = values + (size_t)f * per_field;
    for (size_t i = 0; i < per_field; i++) to[i] = isnan(from[i]) ? NC_FILL_DOUBLE : from[i];
  }
}

static void put_profiles(struct assay_writer *w, const double *profiles)
{
  const struct assay_layout *l = &w->layout;
  const int room = assay_profile_room(l->n_axes, l->axis);
  int index = w->profiles;
  for (int i = 0; l->profiled && profiles && i < l->n_fields * ASSAY_SIDES; i++) {
    if (!l->profiled[i]) continue;
    double *to = column_at(w, index++);
    for (int j = 0; j < l->axis[assay_side_axis(l->n_axes, i % ASSAY_SIDES)].n; j++) {
      const double factor = profiles[(ptrdiff_t)i * room + j];
      to[j] = isnan(factor) ? NC_FILL_DOUBLE : factor;
    }
  }
}

static void put_subset(struct assay_writer *w, long id)
{
  for (int i = 0; w->subset >= 0 && i < w->layout.n_subsets; i++) {
    const struct assay_subset *s = &w->layout.subsets[i];
    if (id >= s->first && id < s->first + s->n) *(int8_t *)column_at(w, w->subset) = (int8_t)i;
  }
}

static void put_tables(struct assay_writer *w, const struct assay_writer_record *r)
{
  const struct assay_layout *l = &w->layout;
  *(int *)column_at(w, w->frames) = r->c->n_frames;
  if (w->time >= 0)
    memcpy(column_at(w, w->time), r->c->time, (size_t)r->c->shape.n_frames * sizeof *r->c->time);
  put_axes(w, r->c);
  for (int p = 0; p < l->n_params; p++) {
    void *to = column_at(w, w->params + p);
    if (l->params[p].choices)
      *(int8_t *)to = (int8_t)r->params[p];
    else
      *(double *)to = r->params[p];
  }
  for (int s = 0; s < l->n_splits; s++) *(int8_t *)column_at(w, w->splits + s) = r->splits[s];
  if (w->leads >= 0)
    memcpy(column_at(w, w->leads), r->leads, (size_t)r->n_leads * sizeof *r->leads);
  put_boundary(w, r->boundary);
  put_profiles(w, r->profiles);
  put_subset(w, r->c->id);
  if (w->origin >= 0) *(int8_t *)column_at(w, w->origin) = (int8_t)r->origin;
}

static int put_identity(struct assay_writer *w, const struct assay_writer_record *r)
{
  int rc = ASSAY_OK;
  if (!w->layout.identity) goto done;
  w->ids[w->n_put] = r->c->id;
  *(long long *)column_at(w, w->id) = r->c->id;
  ASSAY_TRY(assay_strdup(&w->hashes[w->n_put], r->hash));
  ASSAY_TRY(assay_strdup(column_at(w, w->hash), r->hash));
done:
  return rc;
}

int assay_writer_put(struct assay_writer *w, const struct assay_writer_record *record)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(w->n_put < w->layout.n_cases, ASSAY_EARG, "%s: more than %ld cases", w->shown,
              w->layout.n_cases);
  ASSAY_TRY(assay_err_prefix(same_shape(w, record->c), "%s: ", w->shown));
  for (int f = 0; f < w->layout.n_fields; f++) ASSAY_TRY(put_field(w, f, record->c));
  put_tables(w, record);
  ASSAY_TRY(put_identity(w, record));
  ASSAY_TRY(put_certificate(w, record->c));
  w->n_put++;
done:
  return rc;
}

static int write_column(struct assay_writer *w, const struct assay_writer_column *c)
{
  return assay_nc_check(nc_put_var(c->group, c->var, c->data), w->shown, "write a table");
}

static int write_range(struct assay_writer *w, int f)
{
  const double *range = &w->range[2 * (ptrdiff_t)f];
  if (!(range[0] <= range[1])) return ASSAY_OK; /* nothing was stored */
  const nc_type type = w->layout.dtype == ASSAY_F32 ? NC_FLOAT : NC_DOUBLE;
  return assay_nc_check(nc_put_att_double(w->nc, w->field_var[f], "actual_range", type, 2, range),
                        w->shown, "write an attribute");
}

static int write_content_hash(struct assay_writer *w)
{
  int rc = ASSAY_OK;
  char hex[ASSAY_SHA256_HEX];
  if (!w->layout.identity) goto done;
  ASSAY_TRY(assay_hash_set(hex, w->layout.recipe ? w->layout.recipe : "", w->layout.n_cases, w->ids,
                           w->hashes));
  ASSAY_TRY(assay_nc_put_text(w->nc, NC_GLOBAL, w->shown, "content_sha256", hex));
done:
  return rc;
}

static int close_file(struct assay_writer *w)
{
  const int status = nc_close(w->nc);
  w->nc = -1;
  return assay_nc_check(status, w->shown, "write");
}

int assay_writer_commit(struct assay_writer *w)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(w->n_put == w->layout.n_cases, ASSAY_EARG, "%s: only %ld of %ld cases were written",
              w->shown, w->n_put, w->layout.n_cases);
  for (int i = 0; i < w->n_columns; i++) ASSAY_TRY(write_column(w, &w->columns[i]));
  for (int f = 0; f < w->layout.n_fields; f++) ASSAY_TRY(write_range(w, f));
  ASSAY_TRY(write_content_hash(w));
  ASSAY_TRY(close_file(w));
  ASSAY_TRY(assay_outfile_commit(&w->file));
done:
  assay_writer_abort(w);
  return rc;
}

static void free_column(struct assay_writer_column *c, long n_cases)
{
  for (long k = 0; c->type == NC_STRING && c->data && k < n_cases; k++)
    assay_free(((char **)c->data)[k]);
  assay_free(c->data);
}

void assay_writer_abort(struct assay_writer *w)
{
  if (!w) return;
  if (w->nc >= 0) nc_close(w->nc);
  for (int i = 0; i < w->n_columns; i++) free_column(&w->columns[i], w->layout.n_cases);
  for (long k = 0; w->hashes && k < w->layout.n_cases; k++) assay_free(w->hashes[k]);
  assay_free(w->columns);
  assay_free(w->field_var);
  assay_free(w->range);
  assay_free(w->ids);
  assay_free(w->hashes);
  assay_writeback_close(&w->early);
  assay_outfile_abort(&w->file);
  assay_free(w);
}
