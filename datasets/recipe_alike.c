/* Which cases of a recipe are the same: the base case of a set may occur in several subsets. */
#include <stdlib.h>
#include <string.h>

#include "datasets/quantity.h"
#include "datasets/recipe_internal.h"

struct row {
  const double *values; /* [n] of the layout, then the class of texts */
  int n;
  long at; /* place in the list of cases */
};

static int same_texts(bool *same, const struct assay_recipe *r, const void *a, const void *b)
{
  int rc = ASSAY_OK;
  char *x = NULL, *y = NULL;
  *same = true;
  for (const struct assay_param *row = r->generator->params; row->name && *same; row++) {
    if (row->type != ASSAY_PT_STRING && row->type != ASSAY_PT_LIST) continue;
    ASSAY_TRY(assay_param_text(&x, row, a));
    ASSAY_TRY(assay_param_text(&y, row, b));
    *same = strcmp(x, y) == 0;
    assay_free(x);
    assay_free(y);
    x = y = NULL;
  }
done:
  assay_free(x);
  assay_free(y);
  return rc;
}

/* The first subset whose parameters that are texts are those of this one: loops do not set them. */
static int class_of_texts(double *out, const struct assay_recipe *r, int subset)
{
  int rc = ASSAY_OK;
  bool same = false;
  for (int i = 0; i <= subset && !same; i++) {
    ASSAY_TRY(same_texts(&same, r, r->subsets[i].base, r->subsets[subset].base));
    *out = i;
  }
done:
  return rc;
}

static int compare_values(const struct row *a, const struct row *b)
{
  for (int i = 0; i < a->n; i++)
    if (a->values[i] != b->values[i]) return a->values[i] < b->values[i] ? -1 : 1;
  return 0;
}

static int compare(const void *a, const void *b)
{
  const struct row *p = a, *q = b;
  const int order = compare_values(p, q);
  return order ? order : p->at < q->at ? -1 : p->at > q->at;
}

/* Quantity p of the layout says which case it is: neither how much of it is stored, nor a derived
 * group, which follows from the parameters and may count frames. */
static bool identifies(const struct assay_recipe *r, int p)
{
  const char *name = r->params[p].name;
  return assay_param_find(r->generator->params, name) && !assay_quantity_is_extent(name);
}

static int fill_rows(struct row *rows, double *values, const struct assay_recipe *r,
                     const long *ids, long n)
{
  int rc = ASSAY_OK;
  const int width = r->layout.n_params + 1;
  for (long i = 0; i < n; i++) {
    double *v = values + i * width;
    const int subset = (int)(assay_recipe_subset_of(r, ids[i]) - r->subsets);
    ASSAY_TRY(assay_recipe_values(v, r, ids[i]));
    for (int p = 0; p < width - 1; p++)
      if (!identifies(r, p)) v[p] = 0;
    ASSAY_TRY(class_of_texts(&v[width - 1], r, subset));
    rows[i] = (struct row){v, width, i};
  }
done:
  return rc;
}

int assay_recipe_first_alike(long *out, const struct assay_recipe *r, const long *ids, long n)
{
  int rc = ASSAY_OK;
  double *values = NULL;
  struct row *rows = NULL;
  const struct assay_generator *g = r->generator;
  ASSAY_TRY(ASSAY_NEW(&values, (size_t)n * (size_t)(r->layout.n_params + 1), "cases"));
  ASSAY_TRY(ASSAY_NEW(&rows, (size_t)n, "cases"));
  ASSAY_TRY(fill_rows(rows, values, r, ids, n));
  qsort(rows, (size_t)n, sizeof *rows, compare);
  for (long i = 0, first = 0; i < n; i++) {
    if (compare_values(&rows[first], &rows[i]) != 0) first = i;
    ASSAY_TRY(assay_recipe_params(r, r->scratch, ids[rows[i].at]));
    const bool own = g->draws && g->draws(r->scratch);
    out[rows[i].at] = ids[rows[own ? i : first].at];
  }
done:
  assay_free(values);
  assay_free(rows);
  return rc;
}
