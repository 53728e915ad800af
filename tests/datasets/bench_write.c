/* Writing a data set against a raw write and fsync of the same bytes: 48 cases of two fields, 48
 * frames of 64 x 64 float32 (75 MB). Repeats are interleaved; medians. One JSON line per figure. */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "datasets/writer.h"

enum { CASES = 48, FRAMES = 48, N = 64, FIELDS = 2, REPEATS = 5, KINDS = 4 };

static const struct assay_field fields[] = {
    {"u", "m s-1", "velocity", NULL, ASSAY_FIELD_FRAME, 'x', false},
    {"v", "m s-1", "velocity", NULL, ASSAY_FIELD_FRAME, 'y', false},
    {0}};
static const struct assay_shape shape = {.n_frames = FRAMES,
                                         .frame_interval = 0.1,
                                         .n_axes = 2,
                                         .axis = {{"y", "m", "", ASSAY_AXIS_CENTRES, N, 0, 1},
                                                  {"x", "m", "", ASSAY_AXIS_CENTRES, N, 0, 1}}};

/* A smooth flow that drifts: compresses about as well as a simulated one. */
static void fill(struct assay_case *c)
{
  double values[N * N];
  for (int f = 0; f < FIELDS; f++)
    for (int k = 0; k < FRAMES; k++) {
      for (int i = 0; i < N * N; i++)
        values[i] = sin(0.1 * (i % N) + 0.05 * k + f) * cos(0.07 * (double)(i / N) - 0.02 * k) *
                    exp(-0.01 * k);
      assay_case_put(c, f, k, values);
    }
  c->n_frames = FRAMES;
}

static size_t field_bytes(void)
{
  return (size_t)FRAMES * N * N * sizeof(float);
}

static int write_raw(const struct assay_case *c, const char *path)
{
  int rc = ASSAY_OK;
  const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  ASSAY_CHECK(fd >= 0, ASSAY_EIO, "%s: cannot create", path);
  for (int k = 0; k < CASES; k++)
    for (int f = 0; f < FIELDS; f++)
      ASSAY_CHECK(write(fd, c->data[f], field_bytes()) == (ssize_t)field_bytes(), ASSAY_EIO,
                  "%s: cannot write", path);
  ASSAY_CHECK(fsync(fd) == 0, ASSAY_EIO, "%s: cannot sync", path);
done:
  if (fd >= 0) close(fd);
  return rc;
}

static int write_set(const struct assay_case *c, const char *path, enum assay_compression kind)
{
  int rc = ASSAY_OK;
  struct assay_writer *w = NULL;
  struct assay_layout layout = {.n_cases = CASES,
                                .n_times = FRAMES,
                                .time = c->time,
                                .n_axes = 2,
                                .n_fields = FIELDS,
                                .fields = fields,
                                .compression = kind};
  memcpy(layout.axis, shape.axis, sizeof layout.axis);
  const struct assay_writer_record record = {.c = c};
  ASSAY_TRY(assay_writer_create(&w, path, &layout));
  for (int k = 0; k < CASES; k++) ASSAY_TRY(assay_writer_put(w, &record));
  struct assay_writer *whole = w;
  w = NULL;
  ASSAY_TRY(assay_writer_commit(whole));
done:
  assay_writer_abort(w);
  return rc;
}

static int ascending(const void *a, const void *b)
{
  const double p = *(const double *)a, q = *(const double *)b;
  return (p > q) - (p < q);
}

static int measure(const struct assay_case *c, const char *path)
{
  static const char *const names[KINDS] = {"raw", "none", "deflate", "zstd"};
  int rc = ASSAY_OK;
  double seconds[KINDS][REPEATS];
  long long size[KINDS];
  const double bytes = (double)field_bytes() * CASES * FIELDS;
  for (int i = 0; i < REPEATS; i++)
    for (int kind = 0; kind < KINDS; kind++) {
      unlink(path);
      const double started = assay_clock();
      ASSAY_TRY(kind == 0 ? write_raw(c, path)
                          : write_set(c, path, (enum assay_compression)(kind - 1)));
      seconds[kind][i] = assay_clock() - started;
      ASSAY_TRY(assay_file_size(&size[kind], path));
    }
  for (int kind = 0; kind < KINDS; kind++) {
    qsort(seconds[kind], REPEATS, sizeof seconds[kind][0], ascending);
    const double median = seconds[kind][REPEATS / 2];
    printf("{\"name\": \"write/%s\", \"unit\": \"MB/s\", \"value\": %.1f, \"of_raw\": %.3f, "
           "\"ratio\": %.3f}\n",
           names[kind], 1e-6 * bytes / median, seconds[0][REPEATS / 2] / median,
           bytes / (double)size[kind]);
  }
done:
  unlink(path);
  return rc;
}

int main(void)
{
  struct assay_case *c = NULL;
  char path[64];
  snprintf(path, sizeof path, "bench_write-%ld.nc", (long)getpid());
  int rc = assay_case_create(&c, 0, &shape, fields, NULL, ASSAY_F32);
  if (rc == ASSAY_OK) {
    fill(c);
    rc = measure(c, path);
  }
  if (rc < 0) fprintf(stderr, "%s\n", assay_err_last());
  assay_case_destroy(c);
  return rc < 0;
}
