#include "baselines/symbolic/front.h"

#include <math.h>
#include <string.h>

#include "baselines/symbolic/values.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/stats.h"

static const double EXACT = 1e-9;   /* relative error of an exact law, at most */
static const double SOLVED = 1e-12; /* nothing better needs to be looked for */
static const double ENOUGH = 200;   /* validation rows that judge alone */

int assay_sr_front_create(struct assay_sr_front **out, const struct assay_sr_table *table)
{
  int rc = ASSAY_OK;
  struct assay_sr_front *f = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&f, 1, "symbolic front"));
  f->table = table;
  ASSAY_TRY(ASSAY_NEW(&f->work, 2 * (size_t)table->n, "symbolic front"));
  *out = f;
  f = NULL;
done:
  assay_sr_front_destroy(f);
  return rc;
}

void assay_sr_front_destroy(struct assay_sr_front *f)
{
  if (!f) return;
  for (int i = 0; i < f->n; i++) assay_expr_free(f->model[i].expr);
  assay_free(f->model);
  assay_free(f->work);
  assay_free(f);
}

/* 1 - R2 of rows; scaled so that 1e37 squared does not overflow */
static double nmse(const double *f, const double *y, ptrdiff_t n)
{
  double largest = 0, mean = 0, error = 0, spread = 0;
  for (ptrdiff_t i = 0; i < n; i++) largest = fmax(largest, fabs(y[i]));
  if (largest == 0) largest = 1;
  for (ptrdiff_t i = 0; i < n; i++) mean += y[i] / largest / (double)n;
  for (ptrdiff_t i = 0; i < n; i++) {
    const double d = (f[i] - y[i]) / largest, v = y[i] / largest - mean;
    error += d * d;
    spread += v * v;
  }
  if (!isfinite(error)) return INFINITY;
  return error == 0 ? 0 : error / spread;
}

static double relative(double *work, const double *f, const double *y, ptrdiff_t n)
{
  for (ptrdiff_t i = 0; i < n; i++) work[i] = f[i] == y[i] ? 0 : fabs((f[i] - y[i]) / y[i]);
  return assay_stats_median(work, n);
}

bool assay_sr_model_exact(const struct assay_sr_model *m)
{
  return m->relative <= EXACT && m->valid_nmse <= EXACT && m->nmse <= EXACT;
}

bool assay_sr_front_solved(const struct assay_sr_front *f, int complexity)
{
  for (int i = 0; i < f->n; i++)
    if (assay_sr_model_exact(&f->model[i]) && f->model[i].relative <= SOLVED)
      return f->model[i].complexity <= complexity;
  return false;
}

/* a is at least as good as b in all that counts */
static bool beats(const struct assay_sr_model *a, const struct assay_sr_model *b)
{
  return a->complexity <= b->complexity && a->nmse <= b->nmse && a->valid_nmse <= b->valid_nmse &&
         a->relative <= b->relative;
}

static int insert(struct assay_sr_front *f, struct assay_sr_model *m)
{
  int rc = ASSAY_OK, kept = 0, at = 0;
  for (int i = 0; i < f->n; i++)
    if (beats(&f->model[i], m)) goto done;
  for (int i = 0; i < f->n; i++)
    if (beats(m, &f->model[i]))
      assay_expr_free(f->model[i].expr);
    else
      f->model[kept++] = f->model[i];
  f->n = kept;
  if (f->n == f->capacity) {
    ASSAY_TRY(ASSAY_GROW(&f->model, (size_t)(2 * f->capacity + 8), "symbolic front"));
    f->capacity = 2 * f->capacity + 8;
  }
  while (at < f->n && f->model[at].complexity <= m->complexity) at++;
  memmove(f->model + at + 1, f->model + at, (size_t)(f->n - at) * sizeof *f->model);
  f->model[at] = *m;
  f->n++;
  m->expr = NULL;
done:
  return rc;
}

void assay_sr_front_remove(struct assay_sr_front *f, int which)
{
  assay_expr_free(f->model[which].expr);
  f->n--;
  memmove(f->model + which, f->model + which + 1, (size_t)(f->n - which) * sizeof *f->model);
}

int assay_sr_model_measure(struct assay_sr_model *out, const struct assay_sr_table *t, double *work,
                           const struct assay_expr *e, const char *source,
                           struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  const ptrdiff_t n = t->n, train = t->n_train;
  struct assay_sr_model m = {.complexity = e->n, .source = source};
  out->expr = NULL;
  if (e->n_vars > t->n_vars || !assay_sr_spend(b, (double)(e->n * n))) goto done;
  ASSAY_TRY(assay_sr_values(work, e, t->x, n, n));
  m.nmse = nmse(work, t->y, train);
  m.valid_nmse = nmse(work + train, t->y + train, n - train);
  if (!isfinite(m.nmse) || !isfinite(m.valid_nmse)) goto done;
  m.relative = relative(work + n, work + train, t->y + train, n - train);
  if (!(m.relative >= 0)) goto done;
  ASSAY_TRY(assay_expr_copy(&m.expr, e));
  *out = m;
done:
  return rc;
}

int assay_sr_front_take(struct assay_sr_front *f, struct assay_sr_model *m)
{
  const int rc = m->expr ? insert(f, m) : ASSAY_OK;
  assay_expr_free(m->expr);
  m->expr = NULL;
  return rc;
}

int assay_sr_front_offer(bool *exact, struct assay_sr_front *f, const struct assay_expr *e,
                         const char *source, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  struct assay_sr_model m = {0};
  if (exact) *exact = false;
  ASSAY_TRY(assay_sr_model_measure(&m, f->table, f->work, e, source, b));
  if (exact && m.expr) *exact = assay_sr_model_exact(&m);
  ASSAY_TRY(assay_sr_front_take(f, &m));
done:
  return rc;
}

int assay_sr_front_offer_text(bool *exact, struct assay_sr_front *f, const char *text,
                              const char *source, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  struct assay_expr *e = NULL;
  ASSAY_TRY(assay_expr_parse(&e, text, NULL));
  ASSAY_TRY(assay_sr_front_offer(exact, f, e, source, b));
done:
  assay_expr_free(e);
  return rc;
}

static const struct assay_sr_model *select_exact(const struct assay_sr_front *f)
{
  double best = INFINITY;
  for (int i = 0; i < f->n; i++)
    if (assay_sr_model_exact(&f->model[i])) best = fmin(best, f->model[i].relative);
  for (int i = 0; i < f->n; i++)
    if (assay_sr_model_exact(&f->model[i]) && f->model[i].relative <= fmax(100 * best, 1e-13))
      return &f->model[i];
  return NULL;
}

/* rows that judge */
static double judges(const struct assay_sr_front *f)
{
  const double valid = (double)(f->table->n - f->table->n_train);
  return valid >= ENOUGH ? valid : (double)f->table->n;
}

double assay_sr_node_score(const struct assay_sr_front *f)
{
  return log(judges(f));
}

double assay_sr_model_score(const struct assay_sr_front *f, const struct assay_sr_model *m)
{
  const double n = judges(f), train = (double)f->table->n_train;
  const double valid = (double)f->table->n - train, constants = 0.5 * m->complexity;
  double error = m->valid_nmse;
  if (valid < ENOUGH) {
    if (constants >= train) return INFINITY;
    const double expected = m->nmse * (train + constants) / (train - constants);
    error = (train * expected + valid * m->valid_nmse) / n;
  }
  return n * log(fmax(error, 1e-30)) + m->complexity * log(n);
}

const struct assay_sr_model *assay_sr_front_select(const struct assay_sr_front *f)
{
  const struct assay_sr_model *best = select_exact(f);
  double least = INFINITY;
  if (best) return best;
  for (int i = 0; i < f->n; i++) {
    const struct assay_sr_model *m = &f->model[i];
    const double score = assay_sr_model_score(f, m);
    if (score < least || !best) {
      best = m;
      least = score;
    }
  }
  return best;
}
