#include <math.h>
#include <string.h>

#include "baselines/symbolic/fit.h"
#include "baselines/symbolic/genetic_island.h"
#include "core/base/err.h"
#include "core/base/mem.h"

enum { LANES = 4, PROBES = 8 };

static const double KIN = 32;         /* columns this close in scale share one */
static const double ROUNDING = 1e-15; /* errors cannot be told apart below */

/* ---- scales ------------------------------------------------------------------------------- */

/* Powers of two, so that nothing is rounded. Columns that may stand beside pure numbers stay as
 * they are; the others are divided by the smallest scale near their own, so that sums of like
 * quantities need no factors. */
static void choose_scales(struct assay_sr_nursery *n, const struct assay_sr_table *t)
{
  for (int j = 0; j < t->n_vars; j++) {
    double scale = t->column[j].scale;
    for (int k = 0; k < t->n_vars; k++)
      if (!t->column[k].plain && t->column[k].scale < scale &&
          t->column[k].scale * KIN > t->column[j].scale)
        scale = t->column[k].scale;
    n->scale[j] = t->column[j].plain ? 1 : exp2(nearbyint(log2(scale)));
  }
  n->y_scale = exp2(nearbyint(log2(t->column[t->n_vars].scale)));
}

static void choose_variables(struct assay_sr_alphabet *a, const struct assay_sr_table *t)
{
  for (int j = 0; j < t->n_vars; j++)
    if (t->column[j].usable) a->var[a->n_vars++] = (unsigned char)j;
}

/* ---- weights ------------------------------------------------------------------------------ */

static int weigh(struct assay_sr_nursery *n, int kind)
{
  int rc = ASSAY_OK;
  double *w, *ww, sum = 0;
  ASSAY_TRY(ASSAY_NEW(&n->w[kind], (size_t)n->m, "symbolic nursery"));
  ASSAY_TRY(ASSAY_NEW(&n->ww[kind], (size_t)n->m, "symbolic nursery"));
  w = n->w[kind];
  ww = n->ww[kind];
  for (ptrdiff_t i = 0; i < n->m; i++) w[i] = 1;
  if (kind == 1) ASSAY_TRY(assay_sr_fit_weights(w, n->y, n->m));
  for (ptrdiff_t i = 0; i < n->m; i++) sum += w[i] * w[i];
  for (ptrdiff_t i = 0; i < n->m; i++) {
    w[i] /= sqrt(sum);
    ww[i] = w[i] * w[i];
    n->mean[kind] += ww[i] * n->y[i];
  }
  for (ptrdiff_t i = 0; i < n->m; i++)
    n->variance[kind] += ww[i] * (n->y[i] - n->mean[kind]) * (n->y[i] - n->mean[kind]);
done:
  return rc;
}

static int fill(struct assay_sr_nursery *n, const struct assay_sr_table *t, uint64_t seed)
{
  int rc = ASSAY_OK;
  struct assay_sr_sample *s = NULL;
  ASSAY_TRY(assay_sr_sample_create(&s, t, n->options.rows, seed));
  n->m = s->m;
  ASSAY_TRY(ASSAY_NEW(&n->x, (size_t)(s->n_vars * s->m), "symbolic nursery"));
  ASSAY_TRY(ASSAY_NEW(&n->y, (size_t)s->m, "symbolic nursery"));
  ASSAY_TRY(ASSAY_NEW(&n->f, (size_t)s->m, "symbolic nursery"));
  for (int j = 0; j < s->n_vars; j++) {
    n->columns[j] = n->x + j * s->m;
    for (ptrdiff_t i = 0; i < s->m; i++) n->x[j * s->m + i] = s->x[j * s->m + i] / n->scale[j];
  }
  for (ptrdiff_t i = 0; i < s->m; i++) n->y[i] = s->y[i] / n->y_scale;
  for (int kind = 0; kind < ASSAY_SR_WEIGHTS; kind++) ASSAY_TRY(weigh(n, kind));
done:
  assay_sr_sample_destroy(s);
  return rc;
}

int assay_sr_nursery_create(struct assay_sr_nursery **out, const struct assay_sr_table *table,
                            const struct assay_sr_genetic_options *options, uint64_t seed)
{
  int rc = ASSAY_OK;
  static const struct assay_expr_node leaf = {ASSAY_EXPR_CONST, 0, true, 1};
  struct assay_expr one = {1, 0, NULL};
  struct assay_sr_nursery *n = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&n, 1, "symbolic nursery"));
  n->options = *options;
  n->alphabet.nodes = options->nodes;
  ASSAY_TRY(assay_sr_alphabet_functions(&n->alphabet, options->functions));
  choose_variables(&n->alphabet, table);
  choose_scales(n, table);
  ASSAY_TRY(fill(n, table, seed));
  n->node[0] = leaf;
  one.node = n->node;
  ASSAY_TRY(assay_expr_compile(&n->program, &one, NULL));
  ASSAY_TRY(assay_expr_work_create(&n->work));
  *out = n;
  n = NULL;
done:
  assay_sr_nursery_destroy(n);
  return rc;
}

void assay_sr_nursery_destroy(struct assay_sr_nursery *n)
{
  if (!n) return;
  for (int k = 0; k < ASSAY_SR_WEIGHTS; k++) {
    assay_free(n->w[k]);
    assay_free(n->ww[k]);
  }
  assay_expr_program_free(n->program);
  assay_expr_work_free(n->work);
  assay_free(n->x);
  assay_free(n->y);
  assay_free(n->f);
  assay_free(n);
}

/* ---- errors ------------------------------------------------------------------------------- */

/* Weighted moments of d = f - f_0 in lanes, so that they are computed side by side and always in
 * the same order. */
struct moments {
  double d, dd, dy; /* sums of w d, w d^2, w d (y - mean y) */
};

static struct moments gather(const double *f, const double *y, const double *w, double mean,
                             ptrdiff_t m)
{
  double d[LANES] = {0}, dd[LANES] = {0}, dy[LANES] = {0};
  struct moments s = {0};
  const double f0 = f[0];
  ptrdiff_t i = 0;
  for (; i + LANES <= m; i += LANES)
    for (int k = 0; k < LANES; k++) {
      const double v = f[i + k] - f0, wv = w[i + k] * v;
      d[k] += wv;
      dd[k] += wv * v;
      dy[k] += wv * (y[i + k] - mean);
    }
  for (int k = 0; i + k < m; k++) {
    const double v = f[i + k] - f0, wv = w[i + k] * v;
    d[k] += wv;
    dd[k] += wv * v;
    dy[k] += wv * (y[i + k] - mean);
  }
  for (int k = 0; k < LANES; k++) {
    s.d += d[k];
    s.dd += dd[k];
    s.dy += dy[k];
  }
  return s;
}

static uint64_t mix(uint64_t h, int64_t k)
{
  h = (h ^ (uint64_t)k) * UINT64_C(0x9e3779b97f4a7c15);
  return h ^ h >> 32;
}

/* Values without offset and factor to a few digits, and the error: equal for equal individuals. */
static uint64_t fingerprint(const struct assay_sr_nursery *n, double mean, double factor,
                            double error)
{
  uint64_t h = mix(0, (int64_t)floor(4 * log10(error)));
  for (int k = 0; k < PROBES; k++) {
    const double z = factor * (n->f[k * n->m / PROBES] - mean);
    h = mix(h, llrint(fmax(fmin(z * 1e4, 1e15), -1e15)));
  }
  return h;
}

static void scale(struct assay_sr_individual *one, const struct assay_sr_nursery *n, int kind)
{
  const double y_mean = n->mean[kind], variance = n->variance[kind];
  const struct moments s = gather(n->f, n->y, n->ww[kind], y_mean, n->m);
  const double ff = s.dd - s.d * s.d; /* weights sum to 1; the mean of y - mean y is 0 */
  const double f_mean = n->f[0] + s.d;
  if (!isfinite(ff) || !(ff > 1e-13 * s.dd) || !(s.dd > 0) || !(s.dd > 1e-24 * f_mean * f_mean))
    return;
  const double error = 1 - s.dy / ff * s.dy / variance;
  one->factor = s.dy / ff;
  one->offset = y_mean - one->factor * f_mean;
  if (!isfinite(one->factor) || !isfinite(one->offset)) return;
  one->error = fmax(error, ROUNDING);
  one->hash = fingerprint(n, f_mean, (s.dy < 0 ? -1 : 1) / sqrt(ff), one->error);
}

int assay_sr_nursery_measure(struct assay_sr_individual *one, struct assay_sr_nursery *n,
                             int weights, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  struct assay_expr e = {one->tree.nodes, 0, n->node};
  one->error = INFINITY;
  if (!assay_sr_spend(b, (double)(e.n * n->m))) goto done;
  e.n_vars = assay_sr_tree_express(n->node, &one->tree);
  if (e.n_vars == 0) goto done;
  ASSAY_TRY(assay_expr_recompile(n->program, &e, NULL));
  ASSAY_TRY(assay_expr_eval(n->f, n->program, NULL, n->columns, n->m, n->work));
  scale(one, n, weights);
done:
  return rc;
}
