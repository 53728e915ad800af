#include "baselines/symbolic/genetic_nursery.h"

#include <math.h>

#include "baselines/symbolic/fit.h"
#include "core/base/err.h"
#include "core/base/mem.h"

static const double KIN = 32; /* columns this close in scale share one */

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
  double *w, *ww, *wy, sum = 0;
  ASSAY_TRY(ASSAY_NEW(&n->w[kind], (size_t)n->m, "symbolic nursery"));
  ASSAY_TRY(ASSAY_NEW(&n->ww[kind], (size_t)n->m, "symbolic nursery"));
  ASSAY_TRY(ASSAY_NEW(&n->wy[kind], (size_t)n->m, "symbolic nursery"));
  w = n->w[kind];
  ww = n->ww[kind];
  wy = n->wy[kind];
  for (ptrdiff_t i = 0; i < n->m; i++) w[i] = 1;
  if (kind == 1) ASSAY_TRY(assay_sr_fit_weights(w, n->y, n->m));
  for (ptrdiff_t i = 0; i < n->m; i++) sum += w[i] * w[i];
  for (ptrdiff_t i = 0; i < n->m; i++) {
    w[i] /= sqrt(sum);
    ww[i] = w[i] * w[i];
    n->mean[kind] += ww[i] * n->y[i];
  }
  for (ptrdiff_t i = 0; i < n->m; i++) {
    wy[i] = ww[i] * (n->y[i] - n->mean[kind]);
    n->variance[kind] += wy[i] * (n->y[i] - n->mean[kind]);
  }
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
  struct assay_sr_nursery *n = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&n, 1, "symbolic nursery"));
  n->options = *options;
  n->alphabet.nodes = options->nodes;
  ASSAY_TRY(assay_sr_alphabet_functions(&n->alphabet, options->functions));
  choose_variables(&n->alphabet, table);
  choose_scales(n, table);
  ASSAY_TRY(fill(n, table, seed));
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
    assay_free(n->wy[k]);
  }
  assay_free(n->x);
  assay_free(n->y);
  assay_free(n);
}
