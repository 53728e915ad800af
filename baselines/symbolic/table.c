#include "baselines/symbolic/table.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/random.h"

enum { STREAM_ROWS = 1 };

static void describe(struct assay_sr_column *c, const double *x, ptrdiff_t n)
{
  double logs = 0;
  ptrdiff_t finite = 0, other = 0, positive = 0, negative = 0, whole = 0;
  c->lo = INFINITY;
  c->hi = -INFINITY;
  for (ptrdiff_t i = 0; i < n; i++) {
    if (!isfinite(x[i])) continue;
    finite++;
    c->lo = fmin(c->lo, x[i]);
    c->hi = fmax(c->hi, x[i]);
    whole += x[i] == floor(x[i]);
    positive += x[i] > 0;
    negative += x[i] < 0;
    if (x[i] != 0) {
      logs += log(fabs(x[i]));
      other++;
    }
  }
  c->scale = other ? exp(logs / (double)other) : 1;
  c->sign = positive == n ? 1 : negative == n ? -1 : 0;
  c->usable = finite == n && c->hi > c->lo;
  c->zeros = other < finite;
  c->integers = whole == n;
  c->plain = c->scale >= 1e-3 && c->scale <= 1e3;
}

/* rows of `from` with a finite target, train first */
static ptrdiff_t keep(ptrdiff_t *rows, const struct assay_sr_source *from, const ptrdiff_t *which,
                      ptrdiff_t n)
{
  ptrdiff_t kept = 0;
  for (ptrdiff_t i = 0; i < n; i++)
    if (isfinite(from->y[which[i]])) rows[kept++] = which[i];
  return kept;
}

static int fill(struct assay_sr_table *t, const struct assay_sr_source *from, const ptrdiff_t *rows)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(&t->x, (size_t)(t->n * t->n_vars), "symbolic table"));
  ASSAY_TRY(ASSAY_NEW(&t->y, (size_t)t->n, "symbolic table"));
  ASSAY_TRY(ASSAY_NEW(&t->column, (size_t)t->n_vars + 1, "symbolic table"));
  for (int j = 0; j < t->n_vars; j++)
    for (ptrdiff_t i = 0; i < t->n; i++) t->x[j * t->n + i] = from->x[j * from->n + rows[i]];
  for (ptrdiff_t i = 0; i < t->n; i++) t->y[i] = from->y[rows[i]];
  for (int j = 0; j <= t->n_vars; j++) {
    struct assay_sr_column *c = &t->column[j];
    describe(c, j < t->n_vars ? t->x + j * t->n : t->y, t->n);
    c->dimensions = from->dim != NULL;
    if (from->dim) memcpy(c->dim, from->dim + j * ASSAY_SR_DIMS, sizeof c->dim);
  }
done:
  return rc;
}

int assay_sr_table_create(struct assay_sr_table **out, const struct assay_sr_source *from)
{
  int rc = ASSAY_OK;
  ptrdiff_t *rows = NULL;
  *out = NULL;
  ASSAY_CHECK(from->n_vars >= 1 && from->n_vars <= ASSAY_SR_MAX_VARS, ASSAY_EARG,
              "a symbolic search takes 1 to %d columns, not %d", ASSAY_SR_MAX_VARS, from->n_vars);
  ASSAY_TRY(ASSAY_NEW(out, 1, "symbolic table"));
  ASSAY_TRY(ASSAY_NEW(&rows, (size_t)(from->n_train + from->n_valid), "symbolic table"));
  (*out)->n_vars = from->n_vars;
  (*out)->n_train = keep(rows, from, from->train, from->n_train);
  (*out)->n = (*out)->n_train + keep(rows + (*out)->n_train, from, from->valid, from->n_valid);
  ASSAY_CHECK((*out)->n_train >= 4, ASSAY_EARG, "only %td fitting rows have a finite target",
              (*out)->n_train);
  ASSAY_CHECK((*out)->n > (*out)->n_train, ASSAY_EARG, "no validation row has a finite target");
  ASSAY_TRY(fill(*out, from, rows));
done:
  assay_free(rows);
  if (rc < 0) {
    assay_sr_table_destroy(*out);
    *out = NULL;
  }
  return rc;
}

void assay_sr_table_destroy(struct assay_sr_table *t)
{
  if (!t) return;
  assay_free(t->x);
  assay_free(t->y);
  assay_free(t->column);
  assay_free(t);
}

int assay_sr_sample_create(struct assay_sr_sample **out, const struct assay_sr_table *t,
                           ptrdiff_t m, uint64_t seed)
{
  int rc = ASSAY_OK;
  ptrdiff_t *order = NULL, taken = 0;
  struct assay_rng rng = assay_rng_init(seed, 0, STREAM_ROWS);
  struct assay_sr_sample *s = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&s, 1, "symbolic sample"));
  s->n_vars = t->n_vars;
  s->m = m < t->n_train ? m : t->n_train;
  ASSAY_TRY(ASSAY_NEW(&s->x, (size_t)(s->n_vars * s->m), "symbolic sample"));
  ASSAY_TRY(ASSAY_NEW(&s->y, (size_t)s->m, "symbolic sample"));
  ASSAY_TRY(ASSAY_NEW(&order, (size_t)t->n_train, "symbolic sample"));
  assay_rng_permutation(&rng, order, t->n_train);
  for (int zero = 0; zero < 2; zero++)
    for (ptrdiff_t i = 0; i < t->n_train && taken < s->m; i++) {
      if ((t->y[order[i]] == 0) != zero) continue;
      for (int j = 0; j < t->n_vars; j++) s->x[j * s->m + taken] = t->x[j * t->n + order[i]];
      s->y[taken++] = t->y[order[i]];
    }
  *out = s;
  s = NULL;
done:
  assay_free(order);
  assay_sr_sample_destroy(s);
  return rc;
}

void assay_sr_sample_destroy(struct assay_sr_sample *s)
{
  if (!s) return;
  assay_free(s->x);
  assay_free(s->y);
  assay_free(s);
}
