/* The layout of docs/format.md, one small function per kind of variable. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"
#include "datasets/writer_internal.h"

int assay_chunk_frames(int n_times)
{
  enum { MOST = 16 };
  const int chunks = (n_times + MOST - 1) / MOST;
  return chunks ? (n_times + chunks - 1) / chunks : 1;
}

size_t assay_writer_type_size(nc_type type)
{
  switch (type) {
  case NC_BYTE:
    return 1;
  case NC_INT:
    return 4;
  case NC_STRING:
    return sizeof(char *);
  default:
    return 8;
  }
}

static void fill_column(struct assay_writer_column *c, size_t n)
{
  for (size_t i = 0; c->type == NC_DOUBLE && i < n; i++) ((double *)c->data)[i] = NC_FILL_DOUBLE;
  for (size_t i = 0; c->type == NC_BYTE && i < n; i++) ((int8_t *)c->data)[i] = -1;
}

/* Define a variable (case, dims...) and its column; *index is the new column. */
static int add_column(struct assay_writer *w, int *index, int group, const char *name, nc_type type,
                      int n_dims, const int *dims)
{
  int rc = ASSAY_OK;
  int all[4] = {w->dim_case};
  struct assay_writer_column *c = &w->columns[w->n_columns];
  *c = (struct assay_writer_column){.group = group, .type = type, .per_case = 1};
  for (int d = 0; d < n_dims; d++) {
    size_t length;
    all[d + 1] = dims[d];
    ASSAY_WRITER_NC(nc_inq_dimlen(w->nc, dims[d], &length), "define the layout");
    c->per_case *= length;
  }
  ASSAY_WRITER_NC(nc_def_var(group, name, type, n_dims + 1, all, &c->var), "define a variable");
  const size_t n = (size_t)w->layout.n_cases * c->per_case;
  ASSAY_TRY(assay_alloc(&c->data, n, assay_writer_type_size(type), "writer table"));
  fill_column(c, n);
  *index = w->n_columns++;
done:
  return rc;
}

static int put_text(struct assay_writer *w, int group, int var, const char *name, const char *text)
{
  return text ? assay_nc_put_text(group, var, w->shown, name, text) : ASSAY_OK;
}

static int describe(struct assay_writer *w, int index, const char *unit, const char *doc)
{
  int rc = ASSAY_OK;
  const struct assay_writer_column *c = &w->columns[index];
  ASSAY_TRY(put_text(w, c->group, c->var, "units", unit));
  ASSAY_TRY(put_text(w, c->group, c->var, "long_name", doc));
done:
  return rc;
}

/* A double column whose missing values are marked. */
static int add_table(struct assay_writer *w, int *index, int group, const char *name,
                     const char *unit, const char *doc, int n_dims, const int *dims)
{
  int rc = ASSAY_OK;
  const double fill = NC_FILL_DOUBLE;
  ASSAY_TRY(add_column(w, index, group, name, NC_DOUBLE, n_dims, dims));
  ASSAY_WRITER_NC(nc_def_var_fill(group, w->columns[*index].var, NC_FILL, &fill),
                  "define a variable");
  ASSAY_TRY(describe(w, *index, unit, doc));
done:
  return rc;
}

/* flag_values 0, 1, ... (after an optional -1 "unused") and their meanings */
static int put_flags(struct assay_writer *w, int group, int var, const char *const *meanings,
                     int first)
{
  int rc = ASSAY_OK;
  char text[2048];
  int8_t values[64];
  size_t at = 0;
  int n = 0;
  for (; meanings[n] && n < 64; n++) {
    values[n] = (int8_t)(first + n);
    at += (size_t)snprintf(text + at, sizeof text - at, "%s%s", n ? " " : "", meanings[n]);
    ASSAY_CHECK(at < sizeof text, ASSAY_EARG, "too many choices for a flag variable");
  }
  ASSAY_WRITER_NC(nc_put_att_schar(group, var, "flag_values", NC_BYTE, (size_t)n, values),
                  "write an attribute");
  ASSAY_TRY(put_text(w, group, var, "flag_meanings", text));
done:
  return rc;
}

static int add_flags(struct assay_writer *w, int *index, int group, const char *name,
                     const char *doc, const char *const *meanings, int first)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(add_column(w, index, group, name, NC_BYTE, 0, NULL));
  ASSAY_TRY(put_text(w, group, w->columns[*index].var, "long_name", doc));
  ASSAY_TRY(put_flags(w, group, w->columns[*index].var, meanings, first));
done:
  return rc;
}

static int define_dims(struct assay_writer *w)
{
  int rc = ASSAY_OK;
  const struct assay_layout *l = &w->layout;
  ASSAY_WRITER_NC(nc_def_dim(w->nc, ASSAY_DIM_CASE, (size_t)l->n_cases, &w->dim_case),
                  "define the layout");
  if (l->n_times > 0)
    ASSAY_WRITER_NC(nc_def_dim(w->nc, ASSAY_DIM_TIME, (size_t)l->n_times, &w->dim_time),
                    "define the layout");
  for (int a = 0; a < l->n_axes; a++)
    ASSAY_WRITER_NC(nc_def_dim(w->nc, l->axis[a].name, (size_t)l->axis[a].n, &w->dim_axis[a]),
                    "define the layout");
  if (l->n_leads > 0)
    ASSAY_WRITER_NC(nc_def_dim(w->nc, ASSAY_DIM_LEAD, (size_t)l->n_leads, &w->dim_lead),
                    "define the layout");
  if (l->boundary)
    ASSAY_WRITER_NC(nc_def_dim(w->nc, ASSAY_DIM_SIDE, ASSAY_SIDES, &w->dim_side),
                    "define the layout");
done:
  return rc;
}

static int define_time(struct assay_writer *w)
{
  int rc = ASSAY_OK, var;
  const char *doc = "time since the start of the case";
  if (w->layout.n_times == 0) goto done;
  if (!w->layout.time) {
    ASSAY_TRY(add_table(w, &w->time, w->nc, "t", "s", doc, 1, &w->dim_time));
    goto done;
  }
  ASSAY_WRITER_NC(nc_def_var(w->nc, ASSAY_DIM_TIME, NC_DOUBLE, 1, &w->dim_time, &var),
                  "define a variable");
  ASSAY_TRY(put_text(w, w->nc, var, "units", "s"));
  ASSAY_TRY(put_text(w, w->nc, var, "long_name", doc));
  ASSAY_WRITER_NC(nc_put_var_double(w->nc, var, w->layout.time), "write the times");
done:
  return rc;
}

static int write_shared_axis(struct assay_writer *w, int var, const struct assay_axis *axis)
{
  int rc = ASSAY_OK;
  double *x = NULL;
  const double domain[2] = {axis->lo, axis->hi};
  ASSAY_TRY(ASSAY_NEW(&x, (size_t)axis->n, "coordinate"));
  for (int i = 0; i < axis->n; i++) x[i] = assay_axis_at(axis, i);
  ASSAY_WRITER_NC(nc_put_att_double(w->nc, var, "domain", NC_DOUBLE, 2, domain),
                  "write an attribute");
  ASSAY_WRITER_NC(nc_put_var_double(w->nc, var, x), "write a coordinate");
done:
  assay_free(x);
  return rc;
}

static int define_axis(struct assay_writer *w, int a)
{
  int rc = ASSAY_OK, var;
  const struct assay_axis *axis = &w->layout.axis[a];
  const char letter[2] = {axis->name[0] == 'x'   ? 'X'
                          : axis->name[0] == 'y' ? 'Y'
                          : axis->name[0] == 'z' ? 'Z'
                                                 : '\0'};
  if (axis->kind == ASSAY_AXIS_INDEX) goto done;
  if (w->layout.axis_varies[a]) {
    char name[64];
    snprintf(name, sizeof name, "%sc", axis->name);
    ASSAY_TRY(add_table(w, &w->axis[a], w->nc, name, axis->unit, axis->doc, 1, &w->dim_axis[a]));
    var = w->columns[w->axis[a]].var;
  } else {
    ASSAY_WRITER_NC(nc_def_var(w->nc, axis->name, NC_DOUBLE, 1, &w->dim_axis[a], &var),
                    "define a variable");
    ASSAY_TRY(put_text(w, w->nc, var, "units", axis->unit));
    ASSAY_TRY(put_text(w, w->nc, var, "long_name", axis->doc));
    if (letter[0] && letter[0] - 'X' + 'x' == axis->name[0] && !axis->name[1])
      ASSAY_TRY(put_text(w, w->nc, var, "axis", letter));
    ASSAY_TRY(write_shared_axis(w, var, axis));
  }
  ASSAY_TRY(put_text(w, w->nc, var, "sampling",
                     axis->kind == ASSAY_AXIS_CENTRES ? "cell centres" : "periodic nodes"));
done:
  return rc;
}

/* "t yc xc" for the CF attribute `coordinates`; empty when all coordinates are shared */
static void auxiliary_names(const struct assay_writer *w, const struct assay_field *field,
                            char *out, size_t size)
{
  size_t at = 0;
  out[0] = '\0';
  if (w->time >= 0 && field->kind != ASSAY_FIELD_STATIC) at += (size_t)snprintf(out, size, "t");
  for (int a = 0; field->kind != ASSAY_FIELD_SCALAR && a < w->layout.n_axes; a++)
    if (w->axis[a] >= 0 && at < size)
      at += (size_t)snprintf(out + at, size - at, "%s%sc", at ? " " : "", w->layout.axis[a].name);
}

static int field_dims(const struct assay_writer *w, const struct assay_field *field, int *dims,
                      size_t *chunk)
{
  int n = 0;
  dims[n] = w->dim_case, chunk[n++] = 1;
  if (w->layout.n_times > 0 && field->kind != ASSAY_FIELD_STATIC) {
    const bool whole = field->kind == ASSAY_FIELD_SCALAR;
    dims[n] = w->dim_time;
    chunk[n++] = (size_t)(whole ? w->layout.n_times : assay_chunk_frames(w->layout.n_times));
  }
  for (int a = 0; field->kind != ASSAY_FIELD_SCALAR && a < w->layout.n_axes; a++)
    dims[n] = w->dim_axis[a], chunk[n++] = (size_t)w->layout.axis[a].n;
  return n;
}

static int describe_field(struct assay_writer *w, int var, const struct assay_field *field)
{
  static const char *const kinds[] = {"frame", "static", "scalar"};
  int rc = ASSAY_OK;
  char names[128];
  const char vector[2] = {field->vector};
  auxiliary_names(w, field, names, sizeof names);
  ASSAY_TRY(put_text(w, w->nc, var, "units", field->unit));
  ASSAY_TRY(put_text(w, w->nc, var, "long_name", field->doc));
  ASSAY_TRY(put_text(w, w->nc, var, "standard_name", field->standard_name));
  ASSAY_TRY(put_text(w, w->nc, var, "kind", kinds[field->kind]));
  if (field->vector) ASSAY_TRY(put_text(w, w->nc, var, "vector_component", vector));
  if (names[0]) ASSAY_TRY(put_text(w, w->nc, var, "coordinates", names));
done:
  return rc;
}

static int compress_field(struct assay_writer *w, int var)
{
  int rc = ASSAY_OK;
  const int level = w->layout.level ? w->layout.level : 1;
  const unsigned zstd_level = (unsigned)level;
  switch (w->layout.compression) {
  case ASSAY_COMPRESS_NONE:
    break;
  case ASSAY_COMPRESS_DEFLATE:
    ASSAY_WRITER_NC(nc_def_var_deflate(w->nc, var, 1, 1, level), "compress");
    break;
  case ASSAY_COMPRESS_ZSTD:
    ASSAY_WRITER_NC(nc_def_var_deflate(w->nc, var, 1, 0, 0), "compress"); /* shuffle alone */
    ASSAY_WRITER_NC(nc_def_var_filter(w->nc, var, ASSAY_FILTER_ZSTD, 1, &zstd_level), "compress");
    break;
  }
done:
  return rc;
}

static int define_field(struct assay_writer *w, int f)
{
  int rc = ASSAY_OK, dims[NC_MAX_DIMS > 8 ? 8 : NC_MAX_DIMS];
  size_t chunk[8];
  const float fill32 = NC_FILL_FLOAT;
  const double fill64 = NC_FILL_DOUBLE;
  const struct assay_field *field = &w->layout.fields[f];
  const bool f32 = w->layout.dtype == ASSAY_F32;
  int *var = &w->field_var[f];
  const int n = field_dims(w, field, dims, chunk);
  ASSAY_WRITER_NC(nc_def_var(w->nc, field->name, f32 ? NC_FLOAT : NC_DOUBLE, n, dims, var),
                  "define a variable");
  ASSAY_WRITER_NC(nc_def_var_chunking(w->nc, *var, NC_CHUNKED, chunk), "define a variable");
  ASSAY_WRITER_NC(nc_def_var_fill(w->nc, *var, NC_FILL, f32 ? (const void *)&fill32 : &fill64),
                  "define a variable");
  ASSAY_TRY(compress_field(w, *var));
  /* whole chunks are written at once: without a cache they go straight to the file */
  if (w->layout.compression == ASSAY_COMPRESS_NONE)
    ASSAY_WRITER_NC(nc_set_var_chunk_cache(w->nc, *var, 0, 0, 0), "define a variable");
  ASSAY_TRY(describe_field(w, *var, field));
  w->range[2 * f] = (double)INFINITY;
  w->range[2 * f + 1] = -(double)INFINITY;
done:
  return rc;
}

static int define_params(struct assay_writer *w)
{
  int rc = ASSAY_OK, index;
  if (w->layout.n_params == 0) goto done;
  ASSAY_WRITER_NC(nc_def_grp(w->nc, "parameters", &w->group_params), "define a group");
  w->params = w->n_columns;
  for (int p = 0; p < w->layout.n_params; p++) {
    const struct assay_quantity *q = &w->layout.params[p];
    if (q->choices) {
      ASSAY_TRY(add_flags(w, &index, w->group_params, q->name, q->doc, q->choices, 0));
      continue;
    }
    ASSAY_TRY(add_column(w, &index, w->group_params, q->name, NC_DOUBLE, 0, NULL));
    ASSAY_TRY(describe(w, index, q->unit, q->doc));
  }
done:
  return rc;
}

static int define_splits(struct assay_writer *w)
{
  static const char *const codes[] = {"unused", "train", "validation", "test", NULL};
  int rc = ASSAY_OK, index;
  if (w->layout.n_splits == 0) goto done;
  ASSAY_WRITER_NC(nc_def_grp(w->nc, "splits", &w->group_splits), "define a group");
  w->splits = w->n_columns;
  for (int s = 0; s < w->layout.n_splits; s++)
    ASSAY_TRY(add_flags(w, &index, w->group_splits, w->layout.splits[s],
                        "part of the split that the case belongs to", codes, -1));
done:
  return rc;
}

static int define_row(struct assay_writer *w, const struct assay_param *row)
{
  static const char *const no_yes[] = {"false", "true", NULL};
  int rc = ASSAY_OK, index;
  const int group = w->group_certificate;
  if (row->type == ASSAY_PT_DOUBLE) {
    ASSAY_TRY(add_table(w, &index, group, row->name, row->unit, row->doc, 0, NULL));
  } else if (row->type == ASSAY_PT_INT) {
    ASSAY_TRY(add_column(w, &index, group, row->name, NC_INT, 0, NULL));
    ASSAY_TRY(describe(w, index, row->unit, row->doc));
  } else {
    ASSAY_TRY(
        add_flags(w, &index, group, row->name, row->doc, row->choices ? row->choices : no_yes, 0));
  }
done:
  return rc;
}

static int define_certificate(struct assay_writer *w)
{
  int rc = ASSAY_OK, index;
  char name[96], doc[160];
  if (!w->layout.certificate) goto done;
  ASSAY_WRITER_NC(nc_def_grp(w->nc, "certificate", &w->group_certificate), "define a group");
  w->rows = w->n_columns;
  for (const struct assay_param *row = assay_certificate_rows; row->name; row++)
    ASSAY_TRY(define_row(w, row));
  ASSAY_TRY(add_column(w, &w->reason, w->group_certificate, "reason", NC_STRING, 0, NULL));
  ASSAY_TRY(describe(w, w->reason, NULL, "why the case failed or has no error estimate"));
  w->error = w->n_columns;
  for (int f = 0; f < w->layout.n_fields; f++) {
    const struct assay_field *field = &w->layout.fields[f];
    snprintf(name, sizeof name, "error_%s", field->name);
    snprintf(doc, sizeof doc, "estimated rms error of %s", field->name);
    ASSAY_TRY(add_table(w, &index, w->group_certificate, name, field->unit, doc,
                        w->layout.n_times > 0, &w->dim_time));
  }
done:
  return rc;
}

bool assay_writer_has_boundary(const struct assay_layout *l, int field)
{
  for (int side = 0; l->boundary && side < ASSAY_SIDES; side++)
    if (l->boundary[field * ASSAY_SIDES + side] != ASSAY_BOUNDARY_NONE) return true;
  return false;
}

static int define_boundary_type(struct assay_writer *w, int f)
{
  static const char *const types[] = {"none", "dirichlet", "neumann", "periodic", NULL};
  int rc = ASSAY_OK, var;
  char name[96];
  snprintf(name, sizeof name, "%s_type", w->layout.fields[f].name);
  ASSAY_WRITER_NC(nc_def_var(w->group_boundary, name, NC_BYTE, 1, &w->dim_side, &var),
                  "define a variable");
  ASSAY_TRY(put_text(w, w->group_boundary, var, "long_name", "kind of boundary condition"));
  ASSAY_TRY(put_flags(w, w->group_boundary, var, types, 0));
  ASSAY_WRITER_NC(
      nc_put_var_int(w->group_boundary, var, w->layout.boundary + (ptrdiff_t)f * ASSAY_SIDES),
      "write the boundary");
done:
  return rc;
}

static const char *const side_names[ASSAY_SIDES] = {"west", "east", "south", "north"};

/* u_profile_west(case, y) */
static int define_profile(struct assay_writer *w, int *index, int f, int side)
{
  int rc = ASSAY_OK;
  char name[96], doc[192];
  const char *field = w->layout.fields[f].name;
  const int axis = assay_side_axis(w->layout.n_axes, side);
  snprintf(name, sizeof name, "%s_profile_%s", field, side_names[side]);
  snprintf(doc, sizeof doc, "factor of %s_value along the side; missing: nothing is imposed",
           field);
  ASSAY_TRY(add_table(w, index, w->group_boundary, name, "1", doc, 1, &w->dim_axis[axis]));
done:
  return rc;
}

static int define_profiles(struct assay_writer *w)
{
  int rc = ASSAY_OK, index;
  w->profiles = w->n_columns;
  for (int i = 0; w->layout.profiled && i < w->layout.n_fields * ASSAY_SIDES; i++)
    if (w->layout.profiled[i])
      ASSAY_TRY(define_profile(w, &index, i / ASSAY_SIDES, i % ASSAY_SIDES));
done:
  return rc;
}

static int define_boundary(struct assay_writer *w)
{
  int rc = ASSAY_OK, index, side;
  char name[96], doc[160];
  if (!w->layout.boundary) goto done;
  ASSAY_WRITER_NC(nc_def_grp(w->nc, "boundary", &w->group_boundary), "define a group");
  ASSAY_WRITER_NC(nc_def_var(w->nc, ASSAY_DIM_SIDE, NC_STRING, 1, &w->dim_side, &side),
                  "define a variable");
  ASSAY_TRY(put_text(w, w->nc, side, "long_name", "side of the domain"));
  ASSAY_WRITER_NC(nc_put_var_string(w->nc, side, (const char **)(uintptr_t)side_names),
                  "write the sides");
  w->boundary = w->n_columns;
  for (int f = 0; f < w->layout.n_fields; f++) {
    const int dims[2] = {w->layout.n_times > 0 ? w->dim_time : w->dim_side, w->dim_side};
    if (!assay_writer_has_boundary(&w->layout, f)) continue;
    ASSAY_TRY(define_boundary_type(w, f));
    snprintf(name, sizeof name, "%s_value", w->layout.fields[f].name);
    snprintf(doc, sizeof doc, "imposed value or outward normal derivative of %s",
             w->layout.fields[f].name);
    ASSAY_TRY(add_table(w, &index, w->group_boundary, name, w->layout.fields[f].unit, doc,
                        w->layout.n_times > 0 ? 2 : 1, dims));
  }
  ASSAY_TRY(define_profiles(w));
done:
  return rc;
}

/* Names as flags; where each subset begins and how long it is, also for a file with few of its
 * cases. */
static int define_subset(struct assay_writer *w)
{
  int rc = ASSAY_OK;
  const char *names[ASSAY_SUBSETS_MAX + 1] = {NULL};
  long long first[ASSAY_SUBSETS_MAX], count[ASSAY_SUBSETS_MAX];
  const int n = w->layout.n_subsets;
  if (n == 0) goto done;
  ASSAY_CHECK(n <= ASSAY_SUBSETS_MAX, ASSAY_EARG, "%s: more than %d subsets", w->shown,
              ASSAY_SUBSETS_MAX);
  for (int i = 0; i < n; i++) {
    names[i] = w->layout.subsets[i].name;
    first[i] = w->layout.subsets[i].first;
    count[i] = w->layout.subsets[i].n;
  }
  ASSAY_TRY(add_flags(w, &w->subset, w->nc, "subset", "subset of the recipe", names, 0));
  const int var = w->columns[w->subset].var;
  ASSAY_WRITER_NC(nc_put_att_longlong(w->nc, var, "first_case", NC_INT64, (size_t)n, first),
                  "write an attribute");
  ASSAY_WRITER_NC(nc_put_att_longlong(w->nc, var, "cases", NC_INT64, (size_t)n, count),
                  "write an attribute");
done:
  return rc;
}

static int define_identity(struct assay_writer *w)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(add_column(w, &w->frames, w->nc, "n_frames", NC_INT, 0, NULL));
  ASSAY_TRY(describe(w, w->frames, "1", "frames the case has; those behind are fill"));
  if (w->layout.identity) {
    ASSAY_TRY(add_column(w, &w->id, w->nc, "case_id", NC_INT64, 0, NULL));
    ASSAY_TRY(describe(w, w->id, "1", "index of the case in the recipe"));
    ASSAY_TRY(add_column(w, &w->hash, w->nc, "case_sha256", NC_STRING, 0, NULL));
    ASSAY_TRY(describe(w, w->hash, NULL, "SHA-256 of the data of the case"));
  }
  ASSAY_TRY(define_subset(w));
  if (w->layout.origins)
    ASSAY_TRY(
        add_flags(w, &w->origin, w->nc, "origin", "who chose the case", w->layout.origins, 0));
  if (w->layout.n_leads > 0)
    ASSAY_TRY(add_table(w, &w->leads, w->nc, "lead_time", "s", "time asked for", 1, &w->dim_lead));
done:
  return rc;
}

static int define_root(struct assay_writer *w)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(put_text(w, w->nc, NC_GLOBAL, "Conventions", "CF-1.11"));
  ASSAY_TRY(put_text(w, w->nc, NC_GLOBAL, "assay_format", ASSAY_FORMAT));
  for (int i = 0; i < w->layout.n_attributes; i++)
    ASSAY_TRY(
        put_text(w, w->nc, NC_GLOBAL, w->layout.attributes[i].name, w->layout.attributes[i].text));
  ASSAY_TRY(put_text(w, w->nc, NC_GLOBAL, "recipe", w->layout.recipe));
done:
  return rc;
}

int assay_writer_define(struct assay_writer *w)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(define_root(w));
  ASSAY_TRY(define_dims(w));
  ASSAY_TRY(define_identity(w));
  ASSAY_TRY(define_time(w));
  for (int a = 0; a < w->layout.n_axes; a++) ASSAY_TRY(define_axis(w, a));
  for (int f = 0; f < w->layout.n_fields; f++) ASSAY_TRY(define_field(w, f));
  ASSAY_TRY(define_params(w));
  ASSAY_TRY(define_certificate(w));
  ASSAY_TRY(define_splits(w));
  ASSAY_TRY(define_boundary(w));
done:
  return rc;
}
