/* Drawing rows: the laws of SRSD (docs/symbolic.md) and its rule of acceptance.
 *
 * A row is kept when y is finite and |y| lies between the smallest normal and the largest number
 * of single precision. The first batch has as many rows as are wanted; if some fail, further
 * batches of twice that number are drawn, at most ten, whose good rows are put in front of what is
 * there, until there are enough; the first rows are the table. */
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/vmath.h"
#include "generators/table_internal.h"

static const double least = 0x1p-126, most = 0x1.fffffep127;
enum { BATCHES = 10 };

static void draw_loguniform(double *out, long n, const struct assay_law *law, struct assay_rng *rng)
{
  const double lo = assay_math_log(law->lo), width = assay_math_log(law->hi) - lo;
  assay_rng_fill_uniform(rng, out, n);
  for (long i = 0; i < n; i++) out[i] = lo + width * out[i];
  assay_vmath_exp(out, out, n);
  for (long i = 0; i < n; i++) out[i] = fmin(fmax(out[i], law->lo), law->hi);
}

static void draw_uniform(double *out, long n, const struct assay_law *law, struct assay_rng *rng)
{
  assay_rng_fill_uniform(rng, out, n);
  for (long i = 0; i < n; i++) out[i] = law->lo + (law->hi - law->lo) * out[i];
}

static void draw_intuniform(double *out, long n, const struct assay_law *law, struct assay_rng *rng)
{
  const uint64_t values = (uint64_t)(law->hi - law->lo);
  for (long i = 0; i < n; i++) out[i] = law->lo + (double)assay_rng_below(rng, values);
}

void assay_table_draw(double *out, long n, const struct assay_law *law, struct column_rng *rng)
{
  static void (*const draw[])(double *, long, const struct assay_law *, struct assay_rng *) = {
      draw_loguniform, draw_uniform, draw_intuniform};
  draw[law->kind](out, n, law, &rng->value);
  if (law->sign == ASSAY_SIGN_POS) return;
  for (long i = 0; i < n; i++)
    if (law->sign == ASSAY_SIGN_NEG || assay_rng_uniform(&rng->sign) < 0.5) out[i] = -out[i];
}

/* The rows of all batches so far, the latest in front: [columns + 1, room], y last; those that are
 * there end at `room`. */
struct heap {
  int columns;
  long room, n;
  double *value;
};

static double *heap_front(const struct heap *h, int column)
{
  return h->value + (ptrdiff_t)column * h->room + (h->room - h->n);
}

/* Room for `more` rows in front. */
static int heap_widen(struct heap *h, long more)
{
  int rc = ASSAY_OK;
  struct heap wide = {h->columns, h->room + more, h->n, NULL};
  ASSAY_TRY(ASSAY_NEW(&wide.value, (size_t)(h->columns + 1) * (size_t)wide.room, "drawn rows"));
  for (int c = 0; c <= h->columns && h->n > 0; c++)
    memcpy(heap_front(&wide, c), heap_front(h, c), (size_t)h->n * sizeof *h->value);
  assay_free(h->value);
  *h = wide;
done:
  return rc;
}

/* Whether the row counts. */
static bool acceptable(double y)
{
  return fabs(y) >= least && fabs(y) <= most;
}

/* Draw n rows and put the good ones in front. batch [columns + 1, n] */
static int add_batch(struct heap *h, double *batch, long n, const struct assay_equation *e,
                     const struct assay_formula *f, struct column_rng *rng)
{
  int rc = ASSAY_OK;
  double *y = batch + (ptrdiff_t)h->columns * n;
  long good = 0;
  for (int c = 0; c < h->columns; c++)
    assay_table_draw(batch + (ptrdiff_t)c * n, n, &e->input[c].law, &rng[c]);
  ASSAY_TRY(assay_formula_values(y, f, batch, n, n));
  for (long i = 0; i < n; i++) good += acceptable(y[i]);
  h->n += good;
  for (long i = 0, at = 0; i < n; i++) {
    if (!acceptable(y[i])) continue;
    for (int c = 0; c <= h->columns; c++) heap_front(h, c)[at] = batch[(ptrdiff_t)c * n + i];
    at++;
  }
done:
  return rc;
}

static void take_rows(struct assay_table *t, const struct heap *h)
{
  const size_t bytes = (size_t)t->n_rows * sizeof *t->y;
  for (int c = 0; c < h->columns; c++) memcpy(assay_table_x(t, c), heap_front(h, c), bytes);
  memcpy(t->y, heap_front(h, h->columns), bytes);
}

int assay_table_sample(struct assay_table *t, const struct assay_equation *e,
                       const struct assay_formula *f, struct table_key key)
{
  int rc = ASSAY_OK;
  struct column_rng rng[ASSAY_INPUTS_MAX];
  struct heap h = {.columns = e->n_inputs};
  double *batch = NULL;
  const long wanted = t->n_rows;
  long drawn = 0, size = wanted;
  for (int c = 0; c < e->n_inputs; c++)
    rng[c] = (struct column_rng){assay_rng_init(key.seed, key.number, STREAM_VALUE + (uint32_t)c),
                                 assay_rng_init(key.seed, key.number, STREAM_SIGN + (uint32_t)c)};
  for (int i = 0; i <= BATCHES && h.n < wanted; i++) {
    if (i == 1) size = 2 * (wanted - h.n);
    ASSAY_TRY(heap_widen(&h, size));
    if (i < 2) {
      assay_free(batch);
      batch = NULL;
      ASSAY_TRY(ASSAY_NEW(&batch, (size_t)(h.columns + 1) * (size_t)size, "drawn rows"));
    }
    ASSAY_TRY(add_batch(&h, batch, size, e, f, rng));
    drawn += size;
  }
  ASSAY_CHECK(h.n >= wanted, ASSAY_EDIVERGED,
              "%s: only %ld of %ld drawn rows have a y of acceptable size; %ld are wanted", e->id,
              h.n, drawn, wanted);
  take_rows(t, &h);
  t->row[ASSAY_TABLE_ACCEPTANCE] = (double)h.n / (double)drawn;
done:
  assay_free(h.value);
  assay_free(batch);
  return rc;
}
