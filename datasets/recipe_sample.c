/* Which cases of a recipe get their own error estimate under `certificate: {sample: share}`: in
 * every subset the cases are ordered by Reynolds number (derived group Re; by index where there is
 * none) and taken at even distances, so that slow and fast flows are there in their proportion. A
 * subset has at least one. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/quantity.h"
#include "datasets/recipe_internal.h"

struct rank {
  double by;
  long id;
};

static int compare(const void *a, const void *b)
{
  const struct rank *p = a, *q = b;
  if (p->by != q->by) return p->by < q->by ? -1 : 1;
  return p->id < q->id ? -1 : p->id > q->id;
}

static bool has_reynolds(const struct assay_generator *g)
{
  for (const struct assay_derived *d = g->derived; d && d->name; d++)
    if (strcmp(d->name, "Re") == 0) return true;
  return false;
}

/* Place i of n is taken where a multiple of 1/share, counted from half of one, falls into it. */
static bool taken(long i, double share)
{
  return floor((double)(i + 1) * share + 0.5) > floor((double)i * share + 0.5);
}

static int choose(struct assay_recipe *r, const struct assay_recipe_subset *s, struct rank *order)
{
  int rc = ASSAY_OK;
  const bool by_reynolds = has_reynolds(r->generator);
  long chosen = 0;
  for (long i = 0; i < s->n; i++) {
    order[i] = (struct rank){0, s->first + i};
    if (!by_reynolds) continue;
    ASSAY_TRY(assay_recipe_params(r, r->scratch, s->first + i));
    ASSAY_TRY(assay_quantity_value(&order[i].by, r->generator, r->scratch, "Re"));
  }
  qsort(order, (size_t)s->n, sizeof *order, compare);
  for (long i = 0; i < s->n; i++) {
    r->sampled[order[i].id] = taken(i, r->sample);
    chosen += r->sampled[order[i].id];
  }
  if (chosen == 0) r->sampled[order[s->n / 2].id] = true;
done:
  return rc;
}

int assay_recipe_choose_samples(struct assay_recipe *r)
{
  int rc = ASSAY_OK;
  struct rank *order = NULL;
  if (r->certify != ASSAY_CERTIFY_SAMPLED) goto done;
  ASSAY_TRY(ASSAY_NEW(&r->sampled, (size_t)r->n_cases, "certificate samples"));
  ASSAY_TRY(ASSAY_NEW(&order, (size_t)r->n_cases, "certificate samples"));
  for (int i = 0; i < r->n_subsets; i++) ASSAY_TRY(choose(r, &r->subsets[i], order));
done:
  assay_free(order);
  return rc;
}
