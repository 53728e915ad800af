#include "baselines/neural/checkpoint.h"

#include <hdf5.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"

#define SCHEMA "assay-checkpoint/1"

/* ---- what must agree ----------------------------------------------------------------------- */

/* "layers.0.weight [7, 5]; ..." */
static int table_text(char **out, const struct assay_nn_params *p)
{
  int rc = ASSAY_OK;
  char *text = NULL, *row = NULL, shape[ASSAY_NN_SHAPE_TEXT];
  ASSAY_TRY(assay_strdup(&text, ""));
  for (int i = 0; i < p->n; i++) {
    ASSAY_TRY(assay_asprintf(&row, "%s %s", p->row[i].name,
                             assay_nn_shape_text(shape, &p->row[i].shape)));
    ASSAY_TRY(assay_text_append(&text, "; ", row));
    assay_free(row);
    row = NULL;
  }
  *out = text;
  text = NULL;
done:
  assay_free(text);
  assay_free(row);
  return rc;
}

/* All that decides what a step does; not threads, patience or how long. */
static int settings_text(char **out, const struct assay_nn_trainer *t)
{
  const struct assay_nn_settings *s = &t->settings;
  return assay_asprintf(
      out,
      "seed %llu, batch %d, optimiser %d, schedule %d, rate %.17g, steps of %.17g "
      "epochs by %.17g, warm %.17g, decay %.17g, clip %.17g, average %.17g, noise %.17g, loss %d, "
      "bfloat16 %d, defects %u, lag %d, %llu steps in all, %llu an epoch",
      (unsigned long long)t->seed, s->batch, s->optimiser, s->schedule, s->rate, s->step_epochs,
      s->step_factor, s->warm_epochs, s->decay, s->clip, s->average, s->noise, s->loss, s->bfloat16,
      t->defects, t->lag, (unsigned long long)t->total, (unsigned long long)t->per_epoch);
}

/* ---- HDF5 --------------------------------------------------------------------------------- */

/* Numbers of a run, as attributes. */
static const struct {
  const char *name;
  size_t offset;
  bool real;
} marks[] = {{"step", offsetof(struct assay_nn_trainer, step), false},
             {"best_step", offsetof(struct assay_nn_trainer, best_step), false},
             {"best_score", offsetof(struct assay_nn_trainer, best_score), true}};
enum { MARKS = sizeof marks / sizeof *marks };

static bool put_number(hid_t file, const char *name, hid_t type, const void *value)
{
  const hid_t space = H5Screate(H5S_SCALAR);
  const hid_t a = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  const bool ok = a >= 0 && H5Awrite(a, type, value) >= 0;
  if (a >= 0) H5Aclose(a);
  H5Sclose(space);
  return ok;
}

static bool get_number(void *value, hid_t file, const char *name, hid_t type)
{
  const hid_t a = H5Aopen(file, name, H5P_DEFAULT);
  const bool ok = a >= 0 && H5Aread(a, type, value) >= 0;
  if (a >= 0) H5Aclose(a);
  return ok;
}

static bool put_text(hid_t file, const char *name, const char *text)
{
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, strlen(text) + 1);
  const bool ok = put_number(file, name, type, text);
  H5Tclose(type);
  return ok;
}

/* The caller frees *out. */
static int get_text(char **out, hid_t file, const char *name, const char *path)
{
  int rc = ASSAY_OK;
  const hid_t a = H5Aopen(file, name, H5P_DEFAULT), type = a >= 0 ? H5Aget_type(a) : -1;
  *out = NULL;
  ASSAY_CHECK(type >= 0 && H5Tget_class(type) == H5T_STRING, ASSAY_ECORRUPT,
              "%s: not a checkpoint: no text '%s'", path, name);
  ASSAY_TRY(ASSAY_NEW(out, H5Tget_size(type) + 1, "checkpoint"));
  ASSAY_CHECK(H5Aread(a, type, *out) >= 0, ASSAY_ECORRUPT, "%s: text '%s' is damaged", path, name);
done:
  if (type >= 0) H5Tclose(type);
  if (a >= 0) H5Aclose(a);
  return rc;
}

static bool put_floats(hid_t at, const char *name, const float *x, int n_dims, const hsize_t *dims)
{
  const hid_t space = n_dims > 0 ? H5Screate_simple(n_dims, dims, NULL) : H5Screate(H5S_SCALAR);
  const hid_t how = H5Pcreate(H5P_DATASET_CREATE);
  if (n_dims > 0) H5Pset_chunk(how, n_dims, dims);
  if (n_dims > 0) H5Pset_fletcher32(how);
  const hid_t d = H5Dcreate2(at, name, H5T_IEEE_F32LE, space, H5P_DEFAULT, how, H5P_DEFAULT);
  const bool ok = d >= 0 && H5Dwrite(d, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, x) >= 0;
  if (d >= 0) H5Dclose(d);
  H5Pclose(how);
  H5Sclose(space);
  return ok;
}

static int get_floats(float *x, hid_t at, const char *name, size_t n, const char *path)
{
  int rc = ASSAY_OK;
  const hid_t d = H5Dopen2(at, name, H5P_DEFAULT), space = d >= 0 ? H5Dget_space(d) : -1;
  ASSAY_CHECK(space >= 0 && H5Sget_simple_extent_npoints(space) == (hssize_t)n, ASSAY_ECORRUPT,
              "%s: no numbers '%s' of length %zu", path, name, n);
  ASSAY_CHECK(H5Dread(d, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, x) >= 0, ASSAY_ECORRUPT,
              "%s: '%s' is damaged", path, name);
done:
  if (space >= 0) H5Sclose(space);
  if (d >= 0) H5Dclose(d);
  return rc;
}

/* Blocks of the length of the parameters, in groups: one data set for each row. */
struct block {
  char group[32];
  float *x;
};
enum { BLOCKS = 3 + ASSAY_NN_STATES };
static int blocks_of(struct block *b, const struct assay_nn_trainer *t)
{
  const struct block all[3] = {
      {"parameters", t->params->value}, {"best", t->best}, {"average", t->average}};
  int n = 0;
  for (int i = 0; i < 3; i++)
    if (all[i].x) b[n++] = all[i];
  for (int i = 0; i < t->optimiser->kind->n_states; i++) {
    snprintf(b[n].group, sizeof b[n].group, "optimiser_%d", i);
    b[n++].x = t->optimiser->state[i];
  }
  return n;
}

/* Numbers of the optimiser, as attributes. */
static bool each_mark(hid_t file, const struct assay_nn_trainer *t, bool put)
{
  bool ok = true;
  for (int i = 0; ok && i < t->optimiser->kind->n_marks; i++) {
    char name[32];
    snprintf(name, sizeof name, "optimiser_mark_%d", i);
    ok = put ? put_number(file, name, H5T_NATIVE_DOUBLE, &t->optimiser->mark[i])
             : get_number(&t->optimiser->mark[i], file, name, H5T_NATIVE_DOUBLE);
  }
  return ok;
}

static bool put_block(hid_t file, const struct block *b, const struct assay_nn_params *p)
{
  const hid_t group = H5Gcreate2(file, b->group, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  bool ok = group >= 0;
  for (int i = 0; ok && i < p->n; i++) {
    const struct assay_nn_row *row = &p->row[i];
    hsize_t dims[ASSAY_NN_DIMS];
    for (int d = 0; d < row->shape.n; d++) dims[d] = (hsize_t)row->shape.d[d];
    ok = put_floats(group, row->name, b->x + row->offset, row->shape.n, dims);
  }
  if (group >= 0) H5Gclose(group);
  return ok;
}

static int get_block(hid_t file, const struct block *b, const struct assay_nn_params *p,
                     const char *path)
{
  int rc = ASSAY_OK;
  const hid_t group = H5Gopen2(file, b->group, H5P_DEFAULT);
  ASSAY_CHECK(group >= 0, ASSAY_ECORRUPT, "%s: no group '%s'", path, b->group);
  for (int i = 0; i < p->n; i++)
    ASSAY_TRY(get_floats(b->x + p->row[i].offset, group, p->row[i].name, p->row[i].size, path));
done:
  if (group >= 0) H5Gclose(group);
  return rc;
}

/* ---- writing ------------------------------------------------------------------------------ */

static bool put_all(hid_t file, const struct assay_nn_trainer *t, const char *table,
                    const char *settings)
{
  struct block blocks[BLOCKS];
  const int since = t->since_best;
  bool ok = put_text(file, "schema", SCHEMA) && put_text(file, "table", table) &&
            put_text(file, "settings", settings) &&
            put_number(file, "since_best", H5T_NATIVE_INT, &since) &&
            put_number(file, "optimiser_steps", H5T_NATIVE_UINT64, &t->optimiser->steps) &&
            each_mark(file, t, true);
  for (int i = 0; ok && i < MARKS; i++)
    ok = put_number(file, marks[i].name, marks[i].real ? H5T_NATIVE_DOUBLE : H5T_NATIVE_UINT64,
                    (const char *)t + marks[i].offset);
  const int n = blocks_of(blocks, t);
  for (int i = 0; ok && i < n; i++) ok = put_block(file, &blocks[i], t->params);
  return ok;
}

int assay_nn_checkpoint_write(const char *path, const struct assay_nn_trainer *t)
{
  int rc = ASSAY_OK;
  struct assay_outfile out = {0};
  char *table = NULL, *settings = NULL;
  hid_t file = -1;
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  ASSAY_TRY(table_text(&table, t->params));
  ASSAY_TRY(settings_text(&settings, t));
  ASSAY_TRY(assay_outfile_open(&out, path, false));
  file = H5Fcreate(out.temporary, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  ASSAY_CHECK(file >= 0, ASSAY_EIO, "%s: cannot create the checkpoint", path);
  const bool written = put_all(file, t, table, settings);
  const bool closed = H5Fclose(file) >= 0;
  file = -1;
  ASSAY_CHECK(written && closed, ASSAY_EIO, "%s: cannot write the checkpoint", path);
  ASSAY_TRY(assay_outfile_commit(&out));
done:
  assay_outfile_abort(&out);
  assay_free(table);
  assay_free(settings);
  return rc;
}

/* ---- reading ------------------------------------------------------------------------------ */

static int check_text(hid_t file, const char *name, const char *expected, const char *path)
{
  int rc = ASSAY_OK;
  char *found = NULL;
  ASSAY_TRY(get_text(&found, file, name, path));
  ASSAY_CHECK(strcmp(found, expected) == 0, ASSAY_ECORRUPT,
              "%s: of another run: its %s is '%s', here it is '%s'", path, name, found, expected);
done:
  assay_free(found);
  return rc;
}

static int check_origin(hid_t file, const struct assay_nn_trainer *t, const char *path)
{
  int rc = ASSAY_OK;
  char *table = NULL, *settings = NULL;
  ASSAY_TRY(table_text(&table, t->params));
  ASSAY_TRY(settings_text(&settings, t));
  ASSAY_TRY(check_text(file, "schema", SCHEMA, path));
  ASSAY_TRY(check_text(file, "table", table, path));
  ASSAY_TRY(check_text(file, "settings", settings, path));
done:
  assay_free(table);
  assay_free(settings);
  return rc;
}

static int get_all(struct assay_nn_trainer *t, hid_t file, const char *path)
{
  int rc = ASSAY_OK;
  struct block blocks[BLOCKS];
  bool ok = get_number(&t->since_best, file, "since_best", H5T_NATIVE_INT) &&
            get_number(&t->optimiser->steps, file, "optimiser_steps", H5T_NATIVE_UINT64) &&
            each_mark(file, t, false);
  for (int i = 0; ok && i < MARKS; i++)
    ok = get_number((char *)t + marks[i].offset, file, marks[i].name,
                    marks[i].real ? H5T_NATIVE_DOUBLE : H5T_NATIVE_UINT64);
  ASSAY_CHECK(ok, ASSAY_ECORRUPT, "%s: not a checkpoint: where the run stands is missing", path);
  const int n = blocks_of(blocks, t);
  for (int i = 0; i < n; i++) ASSAY_TRY(get_block(file, &blocks[i], t->params, path));
done:
  return rc;
}

int assay_nn_checkpoint_read(struct assay_nn_trainer *t, const char *path)
{
  int rc = ASSAY_OK;
  hid_t file = -1;
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  ASSAY_CHECK(assay_file_exists(path), ASSAY_EIO, "%s: there is no checkpoint", path);
  file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  ASSAY_CHECK(file >= 0, ASSAY_ECORRUPT, "%s: not a checkpoint, or cut off", path);
  ASSAY_TRY(check_origin(file, t, path));
  ASSAY_TRY(get_all(t, file, path));
done:
  if (file >= 0) H5Fclose(file);
  return rc;
}
