/* What the writer stores, the reader gives back, bit for bit; and what is no data set is refused.
 */
#include "tests/test.h"

#include <hdf5.h>
#include <netcdf.h>
#include <netcdf_filter.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "datasets/dataset.h"
#include "datasets/hash.h"
#include "datasets/nc.h"
#include "datasets/writer.h"

enum { CASES = 3, TIMES = 19, NY = 4, NX = 6, POINTS = NY * NX, FIELDS = 4 };

static const struct assay_field fields[] = {
    {"u", "m s-1", "velocity along x", "sea_water_x_velocity", ASSAY_FIELD_FRAME, 'x', false},
    {"q", "1", "tracer", NULL, ASSAY_FIELD_FRAME, 0, false},
    {"mask", "1", "one in the fluid", NULL, ASSAY_FIELD_STATIC, 0, false},
    {"drag", "N", "force", NULL, ASSAY_FIELD_SCALAR, 0, false},
    {0}};
static const char *const shapes[] = {"round", "square", NULL};
static const struct assay_quantity params[] = {
    {"viscosity", "Pa s", "dynamic viscosity", NULL},
    {"obstacle", NULL, "its shape", shapes},
};
static const char *const splits[] = {"random", "high"};
static const int8_t codes[CASES][2] = {{0, 2}, {1, -1}, {2, 0}};
static const int boundary[FIELDS * ASSAY_SIDES] = {1, 1, 2, 1, 0, 0, 0, 0};
static const int frames[CASES] = {TIMES, 7, 0};

static char path[64];

static double sample(long k, int f, int t, int i)
{
  return 0.37 * (double)k - 1.0 / 3 + 0.11 * f + sin(0.7 * t + 0.013 * i * (f + 1));
}

static struct assay_layout make_layout(bool varies, enum assay_dtype dtype)
{
  struct assay_layout l = {.n_cases = CASES,
                           .n_times = TIMES,
                           .n_axes = 2,
                           .axis = {{"y", "m", "height", ASSAY_AXIS_CENTRES, NY, 0, 0.73},
                                    {"x", "m", "length", ASSAY_AXIS_PERIODIC, NX, -1.1, 2.9}},
                           .dtype = dtype,
                           .n_fields = FIELDS,
                           .fields = fields,
                           .n_params = 2,
                           .params = params,
                           .n_splits = 2,
                           .splits = splits,
                           .boundary = boundary,
                           .n_leads = 4,
                           .identity = true,
                           .certificate = true,
                           .recipe = "name: toy\n"};
  static double times[TIMES];
  for (int t = 0; t < TIMES; t++) times[t] = t * 0.21;
  l.time = varies ? NULL : times;
  l.axis_varies[0] = l.axis_varies[1] = varies;
  return l;
}

static void fill_case(struct assay_case *c, long k)
{
  double values[POINTS];
  for (int f = 0; f < FIELDS; f++)
    for (int t = 0; t < assay_case_frames(c, f); t++) {
      for (int i = 0; i < POINTS; i++) values[i] = sample(k, f, t, i);
      assay_case_put(c, f, t, values);
    }
  c->n_frames = frames[k];
  c->certificate.max_divergence = 3.7e-14 * (double)(k + 1);
  c->certificate.steady_from = (int)k - 1;
  c->certificate.fraction_max = 1.0625 + (double)k;
  if (k == 2) c->certificate.volume_balance = 5.3e-12;
  c->certificate.error_kind = ASSAY_ERROR_RICHARDSON;
  c->certificate.diverged = k == 1;
  if (k == 1) snprintf(c->certificate.reason, sizeof c->certificate.reason, "blew up at 1.5 s");
  for (int t = 0; t < c->n_frames; t++) c->error[TIMES + t] = 0.017 * t + 0.001;
}

static void put_case(struct assay_writer *w, const struct assay_layout *l, long k, bool varies)
{
  struct assay_case *c = NULL;
  struct assay_shape shape = {.n_frames = TIMES, .frame_interval = 0.21, .n_axes = 2};
  double bc[FIELDS * TIMES * ASSAY_SIDES], leads[4] = {0.61, 0.83, 1.27, 2.9};
  char hash[ASSAY_SHA256_HEX];
  double *block = NULL;
  const double *x[ASSAY_AXES_MAX];
  memcpy(shape.axis, l->axis, sizeof shape.axis);
  if (varies) shape.axis[1].hi += 0.1 * (double)k, shape.frame_interval *= (double)k + 1;
  for (int i = 0; i < FIELDS * TIMES * ASSAY_SIDES; i++) bc[i] = 0.01 * i + (double)k;
  assert_ok(assay_case_create(&c, 10 + k, &shape, fields, NULL, l->dtype));
  fill_case(c, k);
  const double values[2] = {1.83e-5 * (double)(k + 1), (double)(k % 2)};
  assert_ok(assay_hash_coordinates(&block, x, &shape));
  const struct assay_hash_source source = {c, true, x, 2, params, values};
  assert_ok(assay_hash_case(hash, &source));
  assay_free(block);
  const struct assay_writer_record record = {.c = c,
                                             .params = values,
                                             .splits = codes[k],
                                             .boundary = bc,
                                             .leads = leads,
                                             .n_leads = (int)k + 2,
                                             .hash = hash};
  assert_ok(assay_writer_put(w, &record));
  assay_case_destroy(c);
}

static void write_set(const char *to, const struct assay_layout *l, bool varies)
{
  struct assay_writer *w = NULL;
  assert_ok(assay_writer_create(&w, to, l));
  for (long k = 0; k < CASES; k++) put_case(w, l, k, varies);
  assert_ok(assay_writer_commit(w));
}

static void check_info(const struct assay_dataset *ds)
{
  const struct assay_dataset_info *info = assay_dataset_info(ds);
  assert_int_equal(info->n_cases, CASES);
  assert_int_equal(info->n_times, TIMES);
  assert_int_equal(info->n_fields, FIELDS);
  assert_int_equal(info->shape.n_axes, 2);
  assert_string_equal(info->shape.axis[0].name, "y");
  assert_int_equal(info->shape.axis[1].kind, ASSAY_AXIS_PERIODIC);
  assert_close(info->shape.axis[1].lo, -1.1, 1e-14, 0);
  assert_close(info->shape.axis[1].hi, 2.9, 1e-14, 0);
  assert_close(info->shape.frame_interval, 0.21, 1e-14, 0);
  assert_string_equal(info->fields[0].standard_name, "sea_water_x_velocity");
  assert_int_equal(info->fields[0].vector, 'x');
  for (int f = 0; f < FIELDS; f++) assert_int_equal(info->fields[f].kind, fields[f].kind);
  assert_string_equal(info->fields[3].unit, "N");
  assert_int_equal(info->n_params, 2);
  assert_string_equal(info->params[1].choices[1], "square");
  assert_null(info->params[1].choices[2]);
  assert_int_equal(info->case_id[2], 12);
}

static void check_values(const struct assay_dataset *ds, enum assay_dtype dtype)
{
  static double got[TIMES * POINTS];
  for (long k = 0; k < CASES; k++)
    for (int f = 0; f < FIELDS; f++) {
      const bool fixed = fields[f].kind == ASSAY_FIELD_STATIC;
      const int per = fields[f].kind == ASSAY_FIELD_SCALAR ? 1 : POINTS;
      const int n = fixed ? 1 : TIMES;
      assert_ok(assay_dataset_read(ds, got, k, f, 0, n));
      for (int i = 0; i < n * per; i++) {
        const double v = sample(k, f, i / per, i % per);
        const double stored = dtype == ASSAY_F32 ? (double)(float)v : v;
        if (fixed || i / per < frames[k])
          assert_true(got[i] == stored);
        else
          assert_true(isnan(got[i]));
      }
    }
}

static void check_tables(const struct assay_dataset *ds)
{
  int8_t split[CASES];
  double v[CASES], error[TIMES], bc[TIMES];
  int type, n;
  assert_ok(assay_dataset_split(ds, split, "high"));
  for (int k = 0; k < CASES; k++) assert_int_equal(split[k], codes[k][1]);
  assert_fails(assay_dataset_split(ds, split, "hihg"), ASSAY_ENOTFOUND, "did you mean 'high'");
  assert_ok(assay_dataset_certificate(ds, v, "max_divergence"));
  assert_true(v[2] == 3.7e-14 * 3);
  assert_ok(assay_dataset_certificate(ds, v, "volume_balance"));
  assert_true(isnan(v[0]) && v[2] == 5.3e-12);
  assert_ok(assay_dataset_certificate(ds, v, "fraction_max"));
  assert_true(v[1] == 2.0625);
  assert_ok(assay_dataset_certificate(ds, v, "fraction_min"));
  assert_true(isnan(v[1]));
  assert_ok(assay_dataset_certificate(ds, v, "t_pred"));
  assert_true(isnan(v[0]));
  assert_ok(assay_dataset_certificate(ds, v, "diverged"));
  assert_true(v[0] == 0 && v[1] == 1);
  assert_ok(assay_dataset_error(ds, error, 1, 1));
  assert_true(error[6] == 0.017 * 6 + 0.001 && isnan(error[7]));
  assert_ok(assay_dataset_boundary(ds, &type, bc, 1, 0, ASSAY_SOUTH));
  assert_int_equal(type, ASSAY_BOUNDARY_NEUMANN);
  assert_true(bc[3] == 0.01 * (3 * ASSAY_SIDES + ASSAY_SOUTH) + 1);
  assert_ok(assay_dataset_boundary(ds, &type, bc, 1, 1, ASSAY_SOUTH));
  assert_int_equal(type, ASSAY_BOUNDARY_NONE);
  assert_ok(assay_dataset_lead_times(ds, v, &n, 1));
  assert_int_equal(n, 3);
  assert_true(v[2] == 1.27);
  assert_ok(assay_dataset_params(ds, v, 2));
  assert_true(v[0] == 1.83e-5 * 3 && v[1] == 0);
}

static void reader_gives_back_what_the_writer_stored(void **state)
{
  (void)state;
  for (int variant = 0; variant < 4; variant++) {
    const bool varies = variant & 1;
    const enum assay_dtype dtype = variant & 2 ? ASSAY_F64 : ASSAY_F32;
    struct assay_layout l = make_layout(varies, dtype);
    struct assay_dataset *ds = NULL;
    double times[TIMES], x[NX];
    write_set(path, &l, varies);
    assert_ok(assay_dataset_open(&ds, path));
    check_info(ds);
    check_values(ds, dtype);
    check_tables(ds);
    assert_ok(assay_dataset_times(ds, times, 1));
    assert_true(times[3] == 3 * (varies ? 0.42 : 0.21));
    assert_ok(assay_dataset_coordinate(ds, x, 2, 1));
    const struct assay_axis a = {
        "x", "m", "", ASSAY_AXIS_PERIODIC, NX, -1.1, varies ? 2.9 + 0.1 * 2 : 2.9};
    assert_true(x[5] == assay_axis_at(&a, 5));
    assay_dataset_close(ds);
  }
}

static void compressed_files_are_smaller_and_read_the_same(void **state)
{
  (void)state;
  long long plain, packed;
  struct assay_layout l = make_layout(false, ASSAY_F32);
  write_set(path, &l, false);
  assert_ok(assay_file_size(&plain, path));
  for (int c = ASSAY_COMPRESS_DEFLATE; c <= ASSAY_COMPRESS_ZSTD; c++) {
    struct assay_dataset *ds = NULL;
    l.compression = (enum assay_compression)c;
    write_set(path, &l, false);
    assert_ok(assay_file_size(&packed, path));
    assert_true(packed < plain);
    assert_ok(assay_dataset_open(&ds, path));
    check_values(ds, ASSAY_F32);
    assay_dataset_close(ds);
  }
}

/* The filter in the file is the registered number, once, behind shuffle. */
static void zstd_chunks_carry_filter_32015(void **state)
{
  (void)state;
  struct assay_layout l = make_layout(false, ASSAY_F32);
  l.compression = ASSAY_COMPRESS_ZSTD;
  l.level = 3;
  write_set(path, &l, false);
  int nc, var, shuffle, deflate, level;
  unsigned value = 0;
  size_t n = 1, ids = 0;
  unsigned id[4];
  assert_int_equal(nc_open(path, NC_NOWRITE, &nc), NC_NOERR);
  assert_int_equal(nc_inq_varid(nc, "u", &var), NC_NOERR);
  assert_int_equal(nc_inq_var_filter_info(nc, var, ASSAY_FILTER_ZSTD, &n, &value), NC_NOERR);
  assert_int_equal(value, 3);
  assert_int_equal(nc_inq_var_deflate(nc, var, &shuffle, &deflate, &level), NC_NOERR);
  assert_true(shuffle && !deflate);
  assert_int_equal(nc_inq_var_filter_ids(nc, var, &ids, id), NC_NOERR);
  nc_close(nc);
}

static char *slurp(const char *from, size_t *size)
{
  char *bytes = NULL;
  assert_ok(assay_file_read(&bytes, size, from));
  return bytes;
}

static void same_records_give_the_same_file(void **state)
{
  (void)state;
  size_t a, b;
  struct assay_layout l = make_layout(true, ASSAY_F32);
  write_set(path, &l, true);
  char *first = slurp(path, &a);
  write_set(path, &l, true);
  char *second = slurp(path, &b);
  assert_int_equal(a, b);
  assert_memory_equal(first, second, a);
  assay_free(first);
  assay_free(second);
}

static void refuses_what_is_not_a_data_set(void **state)
{
  (void)state;
  struct assay_dataset *ds = NULL;
  struct assay_layout l = make_layout(false, ASSAY_F32);
  int nc, dim;
  size_t size;
  unlink(path);
  assert_fails(assay_dataset_open(&ds, path), ASSAY_ENOTFOUND, "No such file");
  assert_ok(assay_file_write(path, "hello, this is text\n", 20));
  assert_fails(assay_dataset_open(&ds, path), ASSAY_ECORRUPT, "not a data set");
  write_set(path, &l, false);
  char *bytes = slurp(path, &size);
  assert_ok(assay_file_write(path, bytes, size * 2 / 3));
  assay_free(bytes);
  assert_fails(assay_dataset_open(&ds, path), ASSAY_ECORRUPT, "truncated or damaged");
  assert_int_equal(nc_create(path, NC_NETCDF4 | NC_CLOBBER, &nc), NC_NOERR);
  assert_int_equal(nc_def_dim(nc, "case", 3, &dim), NC_NOERR);
  nc_close(nc);
  assert_fails(assay_dataset_open(&ds, path), ASSAY_ECORRUPT, "no attribute 'assay_format'");
  assert_null(ds);
}

static void a_missing_variable_is_named(void **state)
{
  (void)state;
  struct assay_dataset *ds = NULL;
  struct assay_layout l = make_layout(false, ASSAY_F32);
  write_set(path, &l, false);
  const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
  assert_true(file >= 0 && H5Ldelete(file, "n_frames", H5P_DEFAULT) >= 0);
  H5Fclose(file);
  assert_fails(assay_dataset_open(&ds, path), ASSAY_ECORRUPT, "no variable 'n_frames'");
}

static void an_unfinished_file_never_appears(void **state)
{
  (void)state;
  struct assay_writer *w = NULL;
  struct assay_layout l = make_layout(false, ASSAY_F32);
  unlink(path);
  assert_ok(assay_writer_create(&w, path, &l));
  put_case(w, &l, 0, false);
  assert_false(assay_file_exists(path));
  assert_fails(assay_writer_commit(w), ASSAY_EARG, "only 1 of 3 cases");
  assert_false(assay_file_exists(path));
}

static void a_case_that_does_not_fit_is_refused(void **state)
{
  (void)state;
  struct assay_writer *w = NULL;
  struct assay_case *c = NULL;
  struct assay_layout l = make_layout(false, ASSAY_F32);
  struct assay_shape shape = {.n_frames = TIMES, .frame_interval = 0.22, .n_axes = 2};
  memcpy(shape.axis, l.axis, sizeof shape.axis);
  assert_ok(assay_writer_create(&w, path, &l));
  assert_ok(assay_case_create(&c, 5, &shape, fields, NULL, ASSAY_F32));
  c->n_frames = 2;
  const struct assay_writer_record record = {.c = c};
  assert_fails(assay_writer_put(w, &record), ASSAY_EARG, "case 5: frame 1 is at 0.22");
  c->shape.axis[1].n = 5;
  assert_fails(assay_writer_put(w, &record), ASSAY_EARG, "5 points along x, the file 6");
  assay_case_destroy(c);
  assay_writer_abort(w);
}

/* One frame, no interval: no time dimension anywhere. */
static void sets_without_time_have_no_time_dimension(void **state)
{
  (void)state;
  struct assay_layout l = make_layout(false, ASSAY_F64);
  struct assay_shape shape = {.n_frames = 1, .n_axes = 2};
  struct assay_writer *w = NULL;
  struct assay_dataset *ds = NULL;
  double v[POINTS], bc[FIELDS * ASSAY_SIDES], got[POINTS];
  int type, nc, id;
  const double values[2] = {0.31, 1};
  l.n_times = l.n_leads = 0;
  l.time = NULL;
  l.identity = false;
  memcpy(shape.axis, l.axis, sizeof shape.axis);
  for (int i = 0; i < FIELDS * ASSAY_SIDES; i++) bc[i] = 0.3 * i;
  assert_ok(assay_writer_create(&w, path, &l));
  for (long k = 0; k < CASES; k++) {
    struct assay_case *c = NULL;
    assert_ok(assay_case_create(&c, k, &shape, fields, NULL, ASSAY_F64));
    for (int f = 0; f < FIELDS; f++) {
      for (int i = 0; i < POINTS; i++) v[i] = sample(k, f, 0, i);
      assay_case_put(c, f, 0, v);
    }
    c->n_frames = 1;
    c->error[1] = 0.125 * (double)(k + 1);
    const struct assay_writer_record r = {
        .c = c, .params = values, .splits = codes[k], .boundary = bc};
    assert_ok(assay_writer_put(w, &r));
    assay_case_destroy(c);
  }
  assert_ok(assay_writer_commit(w));
  assert_int_equal(nc_open(path, NC_NOWRITE, &nc), NC_NOERR);
  assert_int_equal(nc_inq_dimid(nc, "time", &id), NC_EBADDIM);
  nc_close(nc);
  assert_ok(assay_dataset_open(&ds, path));
  assert_int_equal(assay_dataset_info(ds)->n_times, 0);
  assert_int_equal(assay_dataset_info(ds)->n_fields, FIELDS);
  for (int f = 0; f < FIELDS; f++) {
    assert_int_equal(assay_dataset_info(ds)->fields[f].kind, fields[f].kind);
    assert_ok(assay_dataset_read(ds, got, 2, f, 0, 1));
    const int per = fields[f].kind == ASSAY_FIELD_SCALAR ? 1 : POINTS;
    for (int i = 0; i < per; i++) assert_true(got[i] == sample(2, f, 0, i));
  }
  assert_ok(assay_dataset_error(ds, got, 2, 1));
  assert_true(got[0] == 0.375);
  assert_ok(assay_dataset_boundary(ds, &type, got, 1, 0, ASSAY_NORTH));
  assert_int_equal(type, ASSAY_BOUNDARY_DIRICHLET);
  assert_true(got[0] == 0.3 * ASSAY_NORTH);
  assay_dataset_close(ds);
}

static void everything_is_freed(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reader_gives_back_what_the_writer_stored),
      cmocka_unit_test(compressed_files_are_smaller_and_read_the_same),
      cmocka_unit_test(zstd_chunks_carry_filter_32015),
      cmocka_unit_test(same_records_give_the_same_file),
      cmocka_unit_test(refuses_what_is_not_a_data_set),
      cmocka_unit_test(a_missing_variable_is_named),
      cmocka_unit_test(an_unfinished_file_never_appears),
      cmocka_unit_test(a_case_that_does_not_fit_is_refused),
      cmocka_unit_test(sets_without_time_have_no_time_dimension),
      cmocka_unit_test(everything_is_freed),
  };
  snprintf(path, sizeof path, "test_dataset-%ld.nc", (long)getpid());
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  unlink(path);
  return failed;
}
