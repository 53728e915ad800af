/* Columns without effect, noise and outliers. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/num/vmath.h"
#include "generators/table_internal.h"

enum { DUMMIES_MAX = 32 };

/* One dummy: where it goes, and what it is. */
struct dummy {
  int position; /* in front of this input; n_inputs: at the end */
  struct assay_law law;
  int follows; /* an input; -1: none */
};

/* ---- dummies -------------------------------------------------------------------------------- */

static int later_first(const void *a, const void *b)
{
  const struct dummy *p = a, *q = b;
  return (q->position > p->position) - (q->position < p->position);
}

/* loguniform over two decades around 10^k, k from -32 to 32, with either sign in half of them */
static int draw_dummy_law(struct assay_law *law, struct assay_rng *rng)
{
  int rc = ASSAY_OK;
  char text[16];
  const int k = (int)assay_rng_below(rng, 65) - 32;
  law->kind = ASSAY_LAW_LOGUNIFORM;
  law->sign = assay_rng_uniform(rng) < 0.5 ? ASSAY_SIGN_ANY : ASSAY_SIGN_POS;
  snprintf(text, sizeof text, "1e%d", k - 1);
  ASSAY_TRY(assay_text_to_double(&law->lo, text));
  snprintf(text, sizeof text, "1e%d", k + 1);
  ASSAY_TRY(assay_text_to_double(&law->hi, text));
done:
  return rc;
}

/* How many, where, which; the last position first. */
static int choose_dummies(struct dummy *d, int *n, const struct assay_equation *e,
                          const struct assay_table_params *p, struct table_key key)
{
  int rc = ASSAY_OK;
  struct assay_rng rng = assay_rng_init(key.seed, key.number, STREAM_DUMMY);
  const int drawn = 1 + (int)assay_rng_below(&rng, 3);
  *n = p->dummy_count > 0 ? p->dummy_count : drawn;
  for (int i = 0; i < *n; i++)
    d[i].position = (int)assay_rng_below(&rng, (uint64_t)e->n_inputs + 1);
  for (int i = 0; i < *n; i++) {
    ASSAY_TRY(draw_dummy_law(&d[i].law, &rng));
    d[i].follows = -1;
    if (p->dummies == ASSAY_DUMMIES_CORRELATED)
      d[i].follows = (int)assay_rng_below(&rng, (uint64_t)e->n_inputs);
  }
  qsort(d, (size_t)*n, sizeof *d, later_first);
done:
  return rc;
}

/* z [n] -> mean 0, standard deviation 1; what they were */
static void standardise(double *z, long n, double *mean, double *sd)
{
  double sum = 0, square = 0;
  for (long i = 0; i < n; i++) sum += z[i];
  *mean = sum / (double)n;
  for (long i = 0; i < n; i++) square += (z[i] - *mean) * (z[i] - *mean);
  *sd = sqrt(square / (double)n);
  for (long i = 0; i < n; i++) z[i] = *sd > 0 ? (z[i] - *mean) / *sd : 0;
}

/* out = a column with the mean and spread of x and this correlation to it, of the logarithms where
 * x is drawn by them (then with the signs of x). */
static void follow(double *out, const double *x, long n, const struct assay_law *law,
                   double correlation, struct assay_rng *rng)
{
  double mean, sd;
  const bool logs = law->kind == ASSAY_LAW_LOGUNIFORM;
  const double rest = sqrt(1 - correlation * correlation);
  for (long i = 0; i < n; i++) out[i] = logs ? assay_math_log(fabs(x[i])) : x[i];
  standardise(out, n, &mean, &sd);
  for (long i = 0; i < n; i++)
    out[i] = mean + sd * (correlation * out[i] + rest * assay_rng_normal(rng));
  if (!logs) return;
  for (long i = 0; i < n; i++) out[i] = copysign(assay_math_exp(out[i]), x[i]);
}

/* x7 -> x<map[7]> in a formula. The caller owns *out. */
static int renumber(char **out, const char *text, const int *map)
{
  int rc = ASSAY_OK;
  size_t n = 0;
  const size_t room = 4 * strlen(text) + 16;
  ASSAY_TRY(ASSAY_NEW(out, room, "formula"));
  for (const char *at = text; *at;) {
    const bool starts = at == text || !isalnum((unsigned char)at[-1]);
    if (*at != 'x' || !starts || !isdigit((unsigned char)at[1])) {
      (*out)[n++] = *at++;
      continue;
    }
    char *end;
    const long k = strtol(at + 1, &end, 10);
    n += (size_t)snprintf(*out + n, room - n, "x%d", map[k]);
    at = end;
  }
done:
  return rc;
}

static int renumber_text(struct assay_table *t, const struct assay_table *from,
                         enum assay_table_text which, const int *map)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  ASSAY_TRY(renumber(&text, assay_table_get(from, which), map));
  ASSAY_TRY(assay_table_set(t, which, text));
done:
  assay_free(text);
  return rc;
}

static int describe_dummy(struct assay_table_column *c, const struct dummy *d,
                          const struct assay_table_params *p, int followed)
{
  int rc = ASSAY_OK;
  char law[96];
  c->role = ASSAY_COLUMN_DUMMY;
  if (d->follows >= 0)
    snprintf(law, sizeof law, "follows x%d, correlation %g", followed, p->dummy_correlation);
  else
    assay_law_text(law, &d->law);
  ASSAY_TRY(assay_table_describe(c, "", "", law));
done:
  return rc;
}

/* Column `at` of the new table becomes dummy number k. */
static int fill_dummy(struct assay_table *t, int at, const struct dummy *d, int k, const int *map,
                      const struct assay_equation *e, const struct assay_table_params *p,
                      struct table_key key)
{
  struct column_rng rng = {assay_rng_init(key.seed, key.number, STREAM_DUMMY_VALUE + (uint32_t)k),
                           assay_rng_init(key.seed, key.number, STREAM_DUMMY_SIGN + (uint32_t)k)};
  double *x = assay_table_x(t, at);
  if (d->follows < 0) {
    assay_table_draw(x, t->n_rows, &d->law, &rng);
    return describe_dummy(&t->column[at], d, p, -1);
  }
  follow(x, assay_table_x(t, map[d->follows]), t->n_rows, &e->input[d->follows].law,
         p->dummy_correlation, &rng.value);
  return describe_dummy(&t->column[at], d, p, map[d->follows]);
}

static void round_to_single(double *values, size_t n)
{
  for (size_t i = 0; i < n; i++) values[i] = (double)(float)values[i];
}

/* map[i]: where input i goes; slot[k]: where dummy k goes, d in falling order of positions. */
static void place(int *map, int *slot, const struct dummy *d, int n_dummies, int n_inputs)
{
  int at = 0;
  for (int i = 0; i <= n_inputs; i++) {
    for (int k = n_dummies - 1; k >= 0; k--)
      if (d[k].position == i) slot[k] = at++;
    if (i < n_inputs) map[i] = at++;
  }
}

static int move_inputs(struct assay_table *t, struct assay_table *from, const int *map)
{
  int rc = ASSAY_OK;
  const size_t bytes = (size_t)t->n_rows * sizeof *t->y;
  memcpy(t->y, from->y, bytes);
  memcpy(t->row, from->row, sizeof t->row);
  for (int c = 0; c < from->n_columns; c++) {
    const struct assay_table_column *old = &from->column[c];
    memcpy(assay_table_x(t, map[c]), assay_table_x(from, c), bytes);
    ASSAY_TRY(assay_table_describe(&t->column[map[c]], old->quantity, old->unit, old->law));
  }
  ASSAY_TRY(assay_table_describe(&t->target, from->target.quantity, from->target.unit, ""));
  ASSAY_TRY(renumber_text(t, from, ASSAY_TABLE_EXPRESSION, map));
  ASSAY_TRY(renumber_text(t, from, ASSAY_TABLE_TRUTH, map));
done:
  return rc;
}

int assay_table_mix_dummies(struct assay_table **t, const struct assay_equation *e,
                            const struct assay_table_params *p, struct table_key key)
{
  int rc = ASSAY_OK, n = 0;
  int map[ASSAY_INPUTS_MAX], slot[DUMMIES_MAX];
  struct dummy d[DUMMIES_MAX];
  struct assay_table *mixed = NULL;
  ASSAY_TRY(choose_dummies(d, &n, e, p, key));
  ASSAY_TRY(assay_table_create(&mixed, (*t)->n_rows, e->n_inputs + n));
  place(map, slot, d, n, e->n_inputs);
  ASSAY_TRY(move_inputs(mixed, *t, map));
  for (int k = 0; k < n; k++) ASSAY_TRY(fill_dummy(mixed, slot[k], &d[k], k, map, e, p, key));
  if (p->dummies == ASSAY_DUMMIES_PUBLISHED) {
    round_to_single(mixed->x, (size_t)mixed->n_rows * (size_t)mixed->n_columns);
    round_to_single(mixed->y, (size_t)mixed->n_rows);
  }
  assay_table_destroy(*t);
  *t = mixed;
  mixed = NULL;
done:
  assay_table_destroy(mixed);
  return rc;
}

/* ---- noise ---------------------------------------------------------------------------------- */

/* Whether a row is disturbed; code: of the split that says what is learned from. */
static bool disturbed(const struct assay_table_params *p, int8_t code)
{
  return p->noise_on == ASSAY_NOISE_ALL || code == 0 || code == 1;
}

/* Root mean square over the training rows. */
static double size_of(const double *values, const int8_t *code, long n)
{
  double sum = 0;
  long rows = 0;
  for (long i = 0; i < n; i++) {
    if (code[i] != 0) continue;
    sum += values[i] * values[i];
    rows++;
  }
  return rows > 0 ? sqrt(sum / (double)rows) : 0;
}

/* Every row takes a deviate, so that noise does not depend on which rows get it. */
static void add_noise(double *values, double sd, const int8_t *code, long n,
                      const struct assay_table_params *p, struct assay_rng rng)
{
  for (long i = 0; i < n; i++) {
    const double deviate = assay_rng_normal(&rng);
    if (disturbed(p, code[i])) values[i] += sd * deviate;
  }
}

static int add_outliers(struct assay_table *t, double size, const int8_t *code,
                        const struct assay_table_params *p, struct table_key key)
{
  int rc = ASSAY_OK;
  ptrdiff_t *order = NULL;
  long rows = 0, left;
  struct assay_rng rng = assay_rng_init(key.seed, key.number, STREAM_OUTLIERS);
  ASSAY_TRY(ASSAY_NEW(&order, (size_t)t->n_rows, "outliers"));
  assay_rng_permutation(&rng, order, t->n_rows);
  for (long i = 0; i < t->n_rows; i++) rows += disturbed(p, code[i]);
  left = (long)floor(p->outliers * (double)rows + 0.5);
  for (long i = 0; i < t->n_rows && left > 0; i++) {
    if (!disturbed(p, code[order[i]])) continue;
    const double way = assay_rng_uniform(&rng) < 0.5 ? -1 : 1;
    t->y[order[i]] += way * p->outlier_size * size;
    left--;
  }
done:
  assay_free(order);
  return rc;
}

/* y before anything is put on it */
static int keep_exact(struct assay_table *t)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(&t->y_exact, (size_t)t->n_rows, "table"));
  memcpy(t->y_exact, t->y, (size_t)t->n_rows * sizeof *t->y);
done:
  return rc;
}

/* Trajectories are learned from or tested on as a whole. */
static const char *learning_split(const struct assay_table *t)
{
  for (int c = 0; c < t->n_columns; c++)
    if (t->column[c].role == ASSAY_COLUMN_COORDINATE) return "extrapolation";
  return "position";
}

int assay_table_disturb(struct assay_table *t, const struct assay_table_params *p,
                        struct table_key key)
{
  int rc = ASSAY_OK;
  const int8_t *code;
  const bool on_target = p->target_noise > 0 || p->outliers > 0;
  ASSAY_TRY(assay_table_split(&code, t, learning_split(t)));
  if (on_target) ASSAY_TRY(keep_exact(t));
  const double size = size_of(t->y, code, t->n_rows);
  if (p->target_noise > 0) {
    add_noise(t->y, p->target_noise * size, code, t->n_rows, p,
              assay_rng_init(key.seed, key.number, STREAM_TARGET_NOISE));
    t->row[ASSAY_TABLE_SIGNAL_TO_NOISE] = 1 / p->target_noise;
  }
  if (p->outliers > 0) ASSAY_TRY(add_outliers(t, size, code, p, key));
  t->row[ASSAY_TABLE_INPUT_NOISE] = p->feature_noise;
  for (int c = 0; c < t->n_columns && p->feature_noise > 0; c++) {
    double *x = assay_table_x(t, c);
    if (t->column[c].role == ASSAY_COLUMN_COORDINATE) continue; /* clocks are exact */
    add_noise(x, p->feature_noise * size_of(x, code, t->n_rows), code, t->n_rows, p,
              assay_rng_init(key.seed, key.number, STREAM_FEATURE_NOISE + (uint32_t)c));
  }
done:
  return rc;
}
