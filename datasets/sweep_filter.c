/* Keys `where`, `extra` and `n` of loops over lists: which combinations stay, and what comes behind
 * them. */
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "datasets/quantity.h"
#include "datasets/sweep.h"

struct filter {
  struct assay_sweep *sweep;
  const struct assay_generator *generator;
  const void *base;
  void *params; /* scratch */
};

/* Ends are included, to 12 digits: 0.1 * 0.02 / 1e-4 is 20. */
static bool within(double value, double lo, double hi)
{
  const double slack = 1e-12;
  return value >= lo - slack * fabs(lo) && value <= hi + slack * fabs(hi);
}

static int read_ends(double ends[2], const struct assay_node *range)
{
  int rc = ASSAY_OK;
  if (range->kind != ASSAY_NODE_SEQUENCE || range->n != 2)
    return assay_node_fail(range, ASSAY_EPARSE, "where: %s: expected [lowest, highest]",
                           range->key);
  ASSAY_TRY(assay_node_double(&ends[0], range->first));
  ASSAY_TRY(assay_node_double(&ends[1], range->first->next));
done:
  return rc;
}

/* Whether point i satisfies all ranges, with the parameters that no loop sets at their fixed value.
 */
static int satisfies(bool *out, const struct filter *f, const struct assay_node *where, long i)
{
  int rc = ASSAY_OK;
  double value, ends[2];
  memcpy(f->params, f->base, f->generator->params_size);
  ASSAY_TRY(assay_sweeps_apply(f->sweep, 1, f->generator->params, f->params, i,
                               (struct assay_sweep_key){0}));
  *out = true;
  for (const struct assay_node *range = where->first; range; range = range->next) {
    ASSAY_TRY(read_ends(ends, range));
    ASSAY_TRY(assay_err_prefix(assay_quantity_value(&value, f->generator, f->params, range->key),
                               "%s:%d:%d: ", range->file, range->line, range->column));
    *out = *out && within(value, ends[0], ends[1]);
  }
done:
  return rc;
}

static int keep(struct filter *f, const struct assay_node *where)
{
  int rc = ASSAY_OK;
  struct assay_sweep *s = f->sweep;
  long *kept = NULL, n = 0;
  if (where->kind != ASSAY_NODE_MAPPING || where->n == 0)
    return assay_node_fail(where, ASSAY_EPARSE, "where: expected 'quantity: [lowest, highest]'");
  ASSAY_TRY(ASSAY_NEW(&kept, (size_t)s->n, "sweep"));
  for (long i = 0; i < s->n; i++) {
    bool stays = false;
    ASSAY_TRY(satisfies(&stays, f, where, i));
    if (stays) kept[n++] = i;
  }
  s->kept = kept;
  s->n = n;
  kept = NULL;
done:
  assay_free(kept);
  return rc;
}

/* {parameter: value, ...} of all columns, and perhaps an origin */
static int read_extra(struct assay_sweep *s, const struct assay_node *row, long i)
{
  if (row->kind != ASSAY_NODE_MAPPING)
    return assay_node_fail(row, ASSAY_EPARSE, "extra: expected {parameter: value, ...}");
  for (const struct assay_node *node = row->first; node; node = node->next) {
    bool known = strcmp(node->key, "origin") == 0;
    if (node->kind != ASSAY_NODE_SCALAR)
      return assay_node_fail(node, ASSAY_EPARSE, "%s: expected a plain value", node->key);
    if (known && (!*node->text || strpbrk(node->text, " \t\n")))
      return assay_node_fail(node, ASSAY_EPARSE, "origin: expected one word");
    if (known) s->extra_origin[i] = node->text;
    for (int c = 0; c < s->n_columns; c++)
      if (strcmp(s->columns[c].row->name, node->key) == 0) {
        s->extra[i * s->n_columns + c] = node;
        known = true;
      }
    if (!known)
      return assay_node_fail(node, ASSAY_ENOTFOUND, "extra: this loop does not set '%s'",
                             node->key);
  }
  for (int c = 0; c < s->n_columns; c++)
    if (!s->extra[i * s->n_columns + c])
      return assay_node_fail(row, ASSAY_EPARSE, "extra: a value of '%s' is missing",
                             s->columns[c].row->name);
  return ASSAY_OK;
}

static int add_extra(struct assay_sweep *s, const struct assay_node *list)
{
  int rc = ASSAY_OK;
  long i = 0;
  if (list->kind != ASSAY_NODE_SEQUENCE || list->n == 0)
    return assay_node_fail(list, ASSAY_EPARSE, "extra: expected a list of {parameter: value}");
  ASSAY_TRY(ASSAY_NEW(&s->extra, (size_t)list->n * (size_t)s->n_columns, "sweep values"));
  ASSAY_TRY(ASSAY_NEW(&s->extra_origin, (size_t)list->n, "sweep values"));
  for (const struct assay_node *row = list->first; row; row = row->next)
    ASSAY_TRY(read_extra(s, row, i++));
  s->n_extra = list->n;
done:
  return rc;
}

/* The number of cases is part of the recipe: a filter must not change it unnoticed. */
static int check_count(const struct assay_sweep *s, bool required)
{
  int rc = ASSAY_OK;
  double n = 0;
  const struct assay_node *count = assay_node_get(s->node, "n");
  if (!count && required)
    return assay_node_fail(s->node, ASSAY_EPARSE,
                           "key 'n' is missing: with 'where' a loop states its number of cases "
                           "(here %ld)",
                           s->n + s->n_extra);
  if (count) ASSAY_TRY(assay_node_double(&n, count));
  if (count && n != (double)(s->n + s->n_extra))
    return assay_node_fail(count, ASSAY_EARG, "n: the loop has %ld cases, not %s",
                           s->n + s->n_extra, count->text);
  if (s->n + s->n_extra == 0)
    return assay_node_fail(s->node, ASSAY_EARG, "where: no combination is left");
done:
  return rc;
}

static int filter(struct filter *f)
{
  int rc = ASSAY_OK;
  struct assay_sweep *s = f->sweep;
  const struct assay_node *where = assay_node_get(s->node, "where");
  const struct assay_node *extra = assay_node_get(s->node, "extra");
  if (where) ASSAY_TRY(keep(f, where));
  if (extra) ASSAY_TRY(add_extra(s, extra));
  ASSAY_TRY(check_count(s, where != NULL));
  s->n_listed = s->n;
  s->n += s->n_extra;
done:
  return rc;
}

int assay_sweeps_filter(struct assay_sweep *sweeps, int n, const struct assay_generator *g,
                        const void *base)
{
  int rc = ASSAY_OK;
  struct filter f = {.generator = g, .base = base};
  ASSAY_TRY(assay_alloc(&f.params, g->params_size, 1, "sweep parameters"));
  for (int i = 0; i < n; i++) {
    f.sweep = &sweeps[i];
    if (assay_sweep_is_listed(f.sweep)) ASSAY_TRY(filter(&f));
  }
done:
  assay_free(f.params);
  return rc;
}

const char *assay_sweeps_origin(const struct assay_sweep *sweeps, int n, long i)
{
  const char *origin = NULL;
  for (int s = n - 1; s >= 0; s--) {
    const long own = i % sweeps[s].n;
    i /= sweeps[s].n;
    if (sweeps[s].n_extra > 0 && own >= sweeps[s].n_listed &&
        sweeps[s].extra_origin[own - sweeps[s].n_listed])
      origin = sweeps[s].extra_origin[own - sweeps[s].n_listed];
  }
  return origin;
}
