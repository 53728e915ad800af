#include "baselines/neural/shape.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"

struct assay_nn_shape assay_nn_shape(int n, const int *d)
{
  struct assay_nn_shape s = {.n = n};
  for (int i = 0; i < n && i < ASSAY_NN_DIMS; i++) s.d[i] = d[i];
  return s;
}

static size_t product(const struct assay_nn_shape *s, int from, int to)
{
  size_t size = 1;
  for (int i = from; i < to; i++) size *= (size_t)s->d[i];
  return size;
}

size_t assay_nn_shape_size(const struct assay_nn_shape *s)
{
  return product(s, 0, s->n);
}

size_t assay_nn_shape_before(const struct assay_nn_shape *s, int d)
{
  return product(s, 0, d);
}

size_t assay_nn_shape_behind(const struct assay_nn_shape *s, int d)
{
  return product(s, d + 1, s->n);
}

int assay_nn_shape_last(const struct assay_nn_shape *s)
{
  return s->n > 0 ? s->d[s->n - 1] : 1;
}

bool assay_nn_shape_equal(const struct assay_nn_shape *a, const struct assay_nn_shape *b)
{
  return a->n == b->n && memcmp(a->d, b->d, (size_t)a->n * sizeof *a->d) == 0;
}

int assay_nn_shape_check(const struct assay_nn_shape *s)
{
  int rc = ASSAY_OK;
  long long size = 1;
  char text[ASSAY_NN_SHAPE_TEXT];
  ASSAY_CHECK(s->n >= 0 && s->n <= ASSAY_NN_DIMS, ASSAY_EARG,
              "a shape of %d dimensions; at most %d are possible", s->n, ASSAY_NN_DIMS);
  for (int i = 0; i < s->n; i++) {
    ASSAY_CHECK(s->d[i] >= 1, ASSAY_EARG, "shape %s: every length must be at least 1",
                assay_nn_shape_text(text, s));
    size *= s->d[i];
    ASSAY_CHECK(size <= INT_MAX, ASSAY_EARG, "shape %s is too large", assay_nn_shape_text(text, s));
  }
done:
  return rc;
}

const char *assay_nn_shape_text(char *out, const struct assay_nn_shape *s)
{
  int at = snprintf(out, ASSAY_NN_SHAPE_TEXT, "[");
  for (int i = 0; i < s->n; i++)
    at += snprintf(out + at, (size_t)(ASSAY_NN_SHAPE_TEXT - at), "%s%d", i ? ", " : "", s->d[i]);
  snprintf(out + at, (size_t)(ASSAY_NN_SHAPE_TEXT - at), "]");
  return out;
}
