#include "harness/beyond.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/random.h"
#include "core/num/vmath.h"
#include "datasets/equation.h"
#include "metrics/equation.h"

enum {
  STREAM = 0xB00, /* + column */
  STREAM_SIGN = 0xB80,
  BATCHES = 50,
};
static const double TINIEST = 0x1p-126; /* what tables themselves keep */

/* A side of the box and of the wider one, before the sign: of |x| when `log`. */
struct side {
  bool log, whole;
  enum assay_law_sign sign;
  double lo, hi, wide_lo, wide_hi;
  struct assay_rng value, chance;
};

/* ---- sides ---------------------------------------------------------------------------------- */

static void side_of_law(struct side *s, const struct assay_law *law)
{
  s->log = law->kind == ASSAY_LAW_LOGUNIFORM;
  s->whole = law->kind == ASSAY_LAW_INTUNIFORM;
  s->sign = law->sign;
  s->lo = law->lo;
  s->hi = s->whole ? law->hi - 1 : law->hi;
}

static void side_of_data(struct side *s, const double *x, const int8_t *code, long n)
{
  double lo = (double)INFINITY, hi = -(double)INFINITY;
  for (long i = 0; i < n; i++) {
    if (code[i] != 0 && code[i] != 1) continue;
    lo = fmin(lo, x[i]);
    hi = fmax(hi, x[i]);
  }
  s->sign = hi < 0 ? ASSAY_SIGN_NEG : ASSAY_SIGN_POS;
  s->lo = hi < 0 ? -hi : lo;
  s->hi = hi < 0 ? -lo : hi;
  s->log = s->lo > 0 && s->hi / s->lo > 100;
}

/* Half of the width to either side; never to or over zero for what lies on one side of it. */
static void widen(struct side *s)
{
  if (s->log) {
    const double factor = sqrt(s->hi / s->lo);
    s->wide_lo = s->lo / factor;
    s->wide_hi = s->hi * factor;
    return;
  }
  const double half = 0.5 * (s->hi - s->lo);
  s->wide_lo = s->lo - half;
  s->wide_hi = s->hi + half;
  if (s->whole) {
    s->wide_lo = ceil(s->wide_lo);
    s->wide_hi = floor(s->wide_hi);
  }
  if (s->lo >= 0) s->wide_lo = fmax(s->wide_lo, s->whole && s->lo >= 1 ? 1 : 0);
  if (s->hi <= 0) s->wide_hi = fmin(s->wide_hi, s->whole && s->hi <= -1 ? -1 : 0);
}

/* FNV-1a: tables of one recipe have one seed. */
static uint64_t key_of(const char *id)
{
  uint64_t h = 14695981039346656037u;
  for (; *id; id++) h = (h ^ (unsigned char)*id) * 1099511628211u;
  return h;
}

static void set_side(struct side *s, const struct assay_table *t, int c, const int8_t *code)
{
  struct assay_law law;
  const char *text = t->column[c].law;
  const uint64_t seed = strtoull(assay_table_get(t, ASSAY_TABLE_SEED), NULL, 10),
                 key = key_of(assay_table_get(t, ASSAY_TABLE_ID));
  *s = (struct side){.value = assay_rng_init(seed, key, (uint32_t)(STREAM + c)),
                     .chance = assay_rng_init(seed, key, (uint32_t)(STREAM_SIGN + c))};
  if (text && *text && assay_law_parse(&law, text) == ASSAY_OK)
    side_of_law(s, &law);
  else
    side_of_data(s, assay_table_x(t, c), code, t->n_rows);
  widen(s);
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* A value before the sign. */
static double draw(struct side *s)
{
  if (s->whole) return floor(assay_rng_between(&s->value, s->wide_lo, s->wide_hi + 1));
  if (!s->log) return assay_rng_between(&s->value, s->wide_lo, s->wide_hi);
  const double lo = assay_math_log(s->wide_lo), hi = assay_math_log(s->wide_hi);
  return assay_math_exp(assay_rng_between(&s->value, lo, hi));
}

static bool negates(struct side *s)
{
  const bool odd = assay_rng_bits(&s->chance) >> 63;
  return s->sign == ASSAY_SIGN_NEG || (s->sign == ASSAY_SIGN_ANY && odd);
}

/* The next row of the wider box, whether it lies in the box or not. */
static bool draw_row(double **x, long i, struct side *sides, int n_columns)
{
  bool inside = true;
  for (int c = 0; c < n_columns; c++) {
    struct side *s = &sides[c];
    const double v = draw(s);
    inside = inside && v >= s->lo && v <= s->hi;
    x[c][i] = negates(s) ? -v : v;
  }
  return !inside;
}

/* A batch of rows outside; as many as were drawn that lie there. */
static long draw_batch(double **x, struct side *sides, int n_columns)
{
  long n = 0;
  for (int k = 0; k < ASSAY_BEYOND_ROWS; k++) n += draw_row(x, n, sides, n_columns);
  return n;
}

static void keep(struct assay_beyond *b, double **x, const double *y, long n)
{
  for (long i = 0; i < n && b->n < ASSAY_BEYOND_ROWS; i++) {
    if (!isfinite(y[i]) || fabs(y[i]) < TINIEST) continue;
    for (int c = 0; c < b->n_columns; c++) b->x[c][b->n] = x[c][i];
    b->y[b->n++] = y[i];
  }
}

static int new_columns(double ***out, int n)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(out, (size_t)n, "rows beyond"));
  for (int c = 0; c < n; c++)
    ASSAY_TRY(ASSAY_NEW(&(*out)[c], (size_t)ASSAY_BEYOND_ROWS, "rows beyond"));
done:
  return rc;
}

static void free_columns(double **x, int n)
{
  for (int c = 0; x && c < n; c++) assay_free(x[c]);
  assay_free(x);
}

static int fill(struct assay_beyond *b, struct side *sides, const struct assay_expr *law)
{
  int rc = ASSAY_OK;
  double **x = NULL, *y = NULL;
  ASSAY_TRY(new_columns(&x, b->n_columns));
  for (int batch = 0; batch < BATCHES && b->n < ASSAY_BEYOND_ROWS; batch++) {
    const struct assay_metric_equation q = {.n_columns = b->n_columns,
                                            .n = draw_batch(x, sides, b->n_columns),
                                            .x = (const double *const *)x};
    if (q.n == 0) continue;
    ASSAY_TRY(assay_equation_values(&y, law, &q));
    keep(b, x, y, q.n);
    assay_free(y);
    y = NULL;
  }
  if (b->n < ASSAY_BEYOND_FEWEST) b->n = 0;
done:
  free_columns(x, b->n_columns);
  assay_free(y);
  return rc;
}

int assay_beyond_create(struct assay_beyond **out, const struct assay_table *t, const char *split,
                        const struct assay_expr *law)
{
  int rc = ASSAY_OK;
  struct assay_beyond *b = NULL;
  struct side *sides = NULL;
  const int8_t *code;
  *out = NULL;
  ASSAY_TRY(assay_table_split(&code, t, split));
  ASSAY_TRY(ASSAY_NEW(&b, 1, "rows beyond"));
  ASSAY_TRY(ASSAY_NEW(&sides, (size_t)t->n_columns, "rows beyond"));
  b->n_columns = t->n_columns;
  ASSAY_TRY(new_columns(&b->x, t->n_columns));
  ASSAY_TRY(ASSAY_NEW(&b->y, (size_t)ASSAY_BEYOND_ROWS, "rows beyond"));
  for (int c = 0; c < t->n_columns; c++) set_side(&sides[c], t, c, code);
  ASSAY_TRY(fill(b, sides, law));
  *out = b;
  b = NULL;
done:
  assay_beyond_destroy(b);
  assay_free(sides);
  return rc;
}

void assay_beyond_destroy(struct assay_beyond *b)
{
  if (!b) return;
  free_columns(b->x, b->n_columns);
  assay_free(b->y);
  assay_free(b);
}
