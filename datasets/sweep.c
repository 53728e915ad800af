/* The kinds of sweeps are one table; each takes its numbers from lists (values, rows) or from
 * ranges. Random kinds draw from streams of core/num/random: stream SWEEP_STREAM + parameter row,
 * keyed by the case; so a case has its values whatever else is made. */
#include "datasets/sweep.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/num/random.h"
#include "core/num/vmath.h"
#include "datasets/sweep_tied.h"

enum { CASES_MAX = 1000000000 };
/* streams of generators stay below */
static const uint32_t sweep_stream = 0x80000000u;

enum source { SOURCE_VALUES, SOURCE_ROWS, SOURCE_RANGES };

struct point {
  const struct assay_sweep *sweep;
  const struct assay_sweep_column *column;
  long i; /* within the sweep */
  struct assay_sweep_key key;
  uint32_t stream;
};

struct assay_sweep_kind {
  const char *name;
  enum source source;
  bool log;
  double (*fraction)(const struct point *p); /* ranges: where between lo and hi */
};

static double even(const struct point *p)
{
  return p->sweep->n > 1 ? (double)p->i / (double)(p->sweep->n - 1) : 0;
}

static double random_draw(const struct point *p)
{
  struct assay_rng rng = assay_rng_init(p->key.seed, (uint64_t)p->key.id, p->stream);
  return assay_rng_uniform(&rng);
}

static double stratified(const struct point *p)
{
  return ((double)p->column->strata[p->i] + random_draw(p)) / (double)p->sweep->n;
}

static const struct assay_sweep_kind kinds[] = {
    {"grid", SOURCE_VALUES, false, NULL},
    {"zip", SOURCE_VALUES, false, NULL},
    {"table", SOURCE_ROWS, false, NULL},
    {"linspace", SOURCE_RANGES, false, even},
    {"logspace", SOURCE_RANGES, true, even},
    {"uniform", SOURCE_RANGES, false, random_draw},
    {"loguniform", SOURCE_RANGES, true, random_draw},
    {"lhs", SOURCE_RANGES, false, stratified},
};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

/* 14 digits: even spacings come out as people write them (0.3, not 0.30000000000000004). */
static double tidy(double v)
{
  char text[40];
  snprintf(text, sizeof text, "%.14g", v);
  return strtod(text, NULL);
}

static double range_value(const struct point *p)
{
  const struct assay_sweep_column *c = p->column;
  const double f = p->sweep->kind->fraction(p);
  if (f == 0 || f == 1) return f == 0 ? c->lo : c->hi;
  const double v = c->log ? c->lo * assay_math_exp(f * assay_math_log(c->hi / c->lo))
                          : c->lo + f * (c->hi - c->lo);
  if (c->step > 0) return tidy(floor(v / c->step + 0.5) * c->step);
  return p->sweep->kind->fraction == even ? tidy(v) : v;
}

bool assay_sweep_is_listed(const struct assay_sweep *s)
{
  return s->kind->source != SOURCE_RANGES;
}

/* Which item of a column point i takes: lists of a grid are nested loops, others go in lockstep. */
static const struct assay_node *item_of(const struct assay_sweep *s, int column, long i)
{
  if (s->n_extra > 0 && i >= s->n_listed)
    return s->extra[(i - s->n_listed) * s->n_columns + column];
  if (s->kept) i = s->kept[i];
  if (strcmp(s->kind->name, "grid") != 0) return s->columns[column].items[i];
  for (int c = s->n_columns - 1; c > column; c--) i /= s->columns[c].count;
  return s->columns[column].items[i % s->columns[column].count];
}

static int at(const struct assay_node *node, int rc)
{
  return assay_err_prefix(rc, "%s:%d:%d: ", node->file, node->line, node->column);
}

static int apply_column(const struct assay_sweep *s, int column, const struct assay_param *table,
                        void *params, long i, struct assay_sweep_key key)
{
  const struct assay_sweep_column *c = &s->columns[column];
  if (c->tie) return ASSAY_OK;
  if (s->kind->source != SOURCE_RANGES) {
    const struct assay_node *item = item_of(s, column, i);
    return at(item, assay_param_set(table, params, c->row->name, item->text));
  }
  const struct point p = {s, c, i, key, sweep_stream + (uint32_t)(c->row - table)};
  return at(s->node, assay_param_put(c->row, params, range_value(&p)));
}

/* What follows from the parameters that all loops have set. */
static int apply_tie(const struct assay_sweep_column *c, const struct assay_param *table,
                     void *params)
{
  int rc = ASSAY_OK;
  double value = 0;
  if (!c->tie) goto done;
  ASSAY_TRY(at(c->tie, assay_sweep_tie_value(&value, c->tie, table, params)));
  ASSAY_TRY(at(c->tie, assay_param_put(c->row, params, value)));
done:
  return rc;
}

int assay_sweeps_apply(const struct assay_sweep *sweeps, int n, const struct assay_param *table,
                       void *params, long i, struct assay_sweep_key key)
{
  int rc = ASSAY_OK;
  for (int s = n - 1; s >= 0; s--) {
    const long own = i % sweeps[s].n;
    i /= sweeps[s].n;
    for (int c = 0; c < sweeps[s].n_columns; c++)
      ASSAY_TRY(apply_column(&sweeps[s], c, table, params, own, key));
  }
  for (int s = 0; s < n; s++)
    for (int c = 0; c < sweeps[s].n_columns; c++)
      ASSAY_TRY(apply_tie(&sweeps[s].columns[c], table, params));
done:
  return rc;
}

int assay_sweeps_count(long *out, const struct assay_sweep *sweeps, int n)
{
  int rc = ASSAY_OK;
  *out = 1;
  for (int s = 0; s < n; s++) {
    if (*out > CASES_MAX / sweeps[s].n)
      return assay_node_fail(sweeps[s].node, ASSAY_EARG, "more than %d cases", CASES_MAX);
    *out *= sweeps[s].n;
  }
  return rc;
}

bool assay_sweeps_set(const struct assay_sweep *sweeps, int n, const char *param)
{
  for (int s = 0; s < n; s++)
    for (int c = 0; c < sweeps[s].n_columns; c++)
      if (strcmp(sweeps[s].columns[c].row->name, param) == 0) return true;
  return false;
}

/* A parameter that a sweep may set. */
static int find_row(const struct assay_param **out, const struct assay_node *node, const char *name,
                    const struct assay_param *table)
{
  int rc = ASSAY_OK;
  *out = assay_param_find(table, name);
  if (!*out) return at(node, assay_param_set(table, NULL, name, ""));
  if ((*out)->flags & ASSAY_PARAM_FIXED)
    return assay_node_fail(node, ASSAY_EARG,
                           "%s fixes the shape of the data set and cannot be swept; set it "
                           "under 'params'",
                           name);
  if ((*out)->type == ASSAY_PT_STRING || (*out)->type == ASSAY_PT_LIST)
    return assay_node_fail(node, ASSAY_EARG, "%s is a text and cannot be swept", name);
  return rc;
}

static int add_column(struct assay_sweep *s, struct assay_sweep_column **out,
                      const struct assay_node *node, const char *name,
                      const struct assay_param *table)
{
  int rc = ASSAY_OK;
  const struct assay_param *row = NULL;
  ASSAY_TRY(find_row(&row, node, name, table));
  if (assay_sweeps_set(s, 1, name))
    return assay_node_fail(node, ASSAY_EARG, "%s is set twice", name);
  *out = &s->columns[s->n_columns++];
  (*out)->row = row;
done:
  return rc;
}

static int require(const struct assay_node **out, const struct assay_node *mapping, const char *key,
                   enum assay_node_kind kind)
{
  static const char *const words[] = {"a single value", "a list", "'key: value' lines"};
  *out = assay_node_get(mapping, key);
  if (!*out) return assay_node_fail(mapping, ASSAY_EPARSE, "key '%s' is missing", key);
  if ((*out)->kind != kind)
    return assay_node_fail(*out, ASSAY_EPARSE, "%s: expected %s", key, words[kind]);
  if (kind != ASSAY_NODE_SCALAR && (*out)->n == 0)
    return assay_node_fail(*out, ASSAY_EPARSE, "%s: empty", key);
  return ASSAY_OK;
}

/* values: {name: [a, b, ...], ...} */
static int decode_values(struct assay_sweep *s, const struct assay_param *table)
{
  int rc = ASSAY_OK;
  const struct assay_node *values;
  ASSAY_TRY(require(&values, s->node, "values", ASSAY_NODE_MAPPING));
  const bool grid = strcmp(s->kind->name, "grid") == 0;
  s->n = grid ? 1 : values->first->n;
  for (const struct assay_node *v = values->first; v; v = v->next) {
    struct assay_sweep_column *c = NULL;
    ASSAY_TRY(add_column(s, &c, v, v->key, table));
    if (v->kind != ASSAY_NODE_SEQUENCE || v->n == 0)
      return assay_node_fail(v, ASSAY_EPARSE, "%s: expected a list of values", v->key);
    if (!grid && v->n != s->n)
      return assay_node_fail(v, ASSAY_EPARSE, "%s has %d values, but %s has %ld", v->key, v->n,
                             values->first->key, s->n);
    if (grid && s->n > CASES_MAX / v->n)
      return assay_node_fail(v, ASSAY_EARG, "more than %d cases", CASES_MAX);
    c->count = v->n;
    ASSAY_TRY(ASSAY_NEW(&c->items, (size_t)v->n, "sweep values"));
    long i = 0;
    for (const struct assay_node *item = v->first; item; item = item->next) {
      if (item->kind != ASSAY_NODE_SCALAR)
        return assay_node_fail(item, ASSAY_EPARSE, "%s: expected a plain value", v->key);
      c->items[i++] = item;
    }
    if (grid) s->n *= v->n;
  }
done:
  return rc;
}

static int decode_row(struct assay_sweep *s, const struct assay_node *row, long i)
{
  if (row->kind != ASSAY_NODE_SEQUENCE || row->n != s->n_columns)
    return assay_node_fail(row, ASSAY_EPARSE, "row %ld: expected a list of %d values", i + 1,
                           s->n_columns);
  int c = 0;
  for (const struct assay_node *item = row->first; item; item = item->next) {
    if (item->kind != ASSAY_NODE_SCALAR)
      return assay_node_fail(item, ASSAY_EPARSE, "row %ld: expected plain values", i + 1);
    s->columns[c++].items[i] = item;
  }
  return ASSAY_OK;
}

/* columns: [name, ...], rows: [[...], ...] */
static int decode_rows(struct assay_sweep *s, const struct assay_param *table)
{
  int rc = ASSAY_OK;
  const struct assay_node *names, *rows;
  ASSAY_TRY(require(&names, s->node, "columns", ASSAY_NODE_SEQUENCE));
  ASSAY_TRY(require(&rows, s->node, "rows", ASSAY_NODE_SEQUENCE));
  s->n = rows->n;
  for (const struct assay_node *name = names->first; name; name = name->next) {
    struct assay_sweep_column *c = NULL;
    if (name->kind != ASSAY_NODE_SCALAR)
      return assay_node_fail(name, ASSAY_EPARSE, "columns: expected names of parameters");
    ASSAY_TRY(add_column(s, &c, name, name->text, table));
    c->count = s->n;
    ASSAY_TRY(ASSAY_NEW(&c->items, (size_t)s->n, "sweep values"));
  }
  long i = 0;
  for (const struct assay_node *row = rows->first; row; row = row->next)
    ASSAY_TRY(decode_row(s, row, i++));
done:
  return rc;
}

/* [lo, hi] of a number */
static int decode_range(struct assay_sweep *s, const struct assay_node *node,
                        const struct assay_param *table)
{
  int rc = ASSAY_OK;
  struct assay_sweep_column *c = NULL;
  ASSAY_TRY(add_column(s, &c, node, node->key, table));
  if (c->row->type != ASSAY_PT_DOUBLE && c->row->type != ASSAY_PT_INT)
    return assay_node_fail(node, ASSAY_EARG, "%s is not a number; list its values (grid)",
                           node->key);
  if (node->kind != ASSAY_NODE_SEQUENCE || node->n != 2)
    return assay_node_fail(node, ASSAY_EPARSE, "%s: expected [from, to]", node->key);
  ASSAY_TRY(assay_node_double(&c->lo, node->first));
  ASSAY_TRY(assay_node_double(&c->hi, node->first->next));
  c->log = s->kind->log;
done:
  return rc;
}

/* Latin hypercube: key `log` names the ranges that are spaced by logarithm. */
static int decode_log(struct assay_sweep *s)
{
  const struct assay_node *log = assay_node_get(s->node, "log");
  if (!log) return ASSAY_OK;
  if (log->kind != ASSAY_NODE_SEQUENCE)
    return assay_node_fail(log, ASSAY_EPARSE, "log: expected a list of names");
  for (const struct assay_node *name = log->first; name; name = name->next) {
    bool found = false;
    for (int c = 0; c < s->n_columns; c++)
      if (name->text && strcmp(s->columns[c].row->name, name->text) == 0)
        s->columns[c].log = found = true;
    if (!found)
      return assay_node_fail(name, ASSAY_ENOTFOUND, "log: no range of '%s'",
                             name->text ? name->text : "?");
  }
  return ASSAY_OK;
}

/* Key `round` names steps: values become the nearest multiples of them. */
static int decode_round(struct assay_sweep *s)
{
  const struct assay_node *round = assay_node_get(s->node, "round");
  if (!round) return ASSAY_OK;
  if (round->kind != ASSAY_NODE_MAPPING)
    return assay_node_fail(round, ASSAY_EPARSE, "round: expected 'name: step' lines");
  for (const struct assay_node *node = round->first; node; node = node->next) {
    struct assay_sweep_column *column = NULL;
    for (int c = 0; c < s->n_columns; c++)
      if (strcmp(s->columns[c].row->name, node->key) == 0) column = &s->columns[c];
    if (!column)
      return assay_node_fail(node, ASSAY_ENOTFOUND, "round: no range of '%s'", node->key);
    const int rc = assay_node_double(&column->step, node);
    if (rc < 0) return rc;
    if (!(column->step > 0))
      return assay_node_fail(node, ASSAY_EARG, "round: %s: a step must be positive", node->key);
  }
  return ASSAY_OK;
}

/* Key `tied`: columns behind those of the ranges. */
static int decode_tied(struct assay_sweep *s, const struct assay_param *table)
{
  int rc = ASSAY_OK;
  const struct assay_node *tied = assay_node_get(s->node, "tied");
  if (!tied) return ASSAY_OK;
  if (tied->kind != ASSAY_NODE_MAPPING || tied->n == 0)
    return assay_node_fail(tied, ASSAY_EPARSE, "tied: expected 'name: {...}' lines");
  for (const struct assay_node *rule = tied->first; rule; rule = rule->next) {
    struct assay_sweep_column *c = NULL;
    ASSAY_TRY(add_column(s, &c, rule, rule->key, table));
    if (c->row->type != ASSAY_PT_DOUBLE && c->row->type != ASSAY_PT_INT)
      return assay_node_fail(rule, ASSAY_EARG, "tied: %s is not a number", rule->key);
    ASSAY_TRY(assay_sweep_tie_check(rule, table));
    c->tie = rule;
  }
  ASSAY_TRY(assay_sweep_ties_ordered(tied));
done:
  return rc;
}

/* Permutations depend on the recipe's n and the place of the sweep in it, never on a subset. */
static int draw_strata(struct assay_sweep *s, uint64_t seed, int index)
{
  int rc = ASSAY_OK;
  for (int c = 0; c < s->n_columns; c++) {
    struct assay_rng rng =
        assay_rng_init(seed, UINT64_MAX - (uint64_t)index, sweep_stream + (uint32_t)c);
    ASSAY_TRY(ASSAY_NEW(&s->columns[c].strata, (size_t)s->n, "sweep strata"));
    assay_rng_permutation(&rng, s->columns[c].strata, s->n);
  }
done:
  return rc;
}

/* n, ranges: {name: [lo, hi], ...} */
static int decode_ranges(struct assay_sweep *s, const struct assay_param *table, uint64_t seed,
                         int index)
{
  int rc = ASSAY_OK;
  double n = 0;
  const struct assay_node *count, *ranges;
  ASSAY_TRY(require(&count, s->node, "n", ASSAY_NODE_SCALAR));
  ASSAY_TRY(require(&ranges, s->node, "ranges", ASSAY_NODE_MAPPING));
  ASSAY_TRY(assay_node_double(&n, count));
  if (!(n >= 1 && n <= CASES_MAX && n == floor(n)))
    return assay_node_fail(count, ASSAY_EARG, "n: expected a whole number from 1 to %d, got %s",
                           CASES_MAX, count->text);
  s->n = (long)n;
  for (const struct assay_node *r = ranges->first; r; r = r->next)
    ASSAY_TRY(decode_range(s, r, table));
  ASSAY_TRY(decode_log(s));
  ASSAY_TRY(decode_round(s));
  for (int c = 0; c < s->n_columns; c++)
    if (s->columns[c].log && !(s->columns[c].lo > 0 && s->columns[c].hi > 0))
      return assay_node_fail(ranges, ASSAY_EARG, "%s: a logarithmic range needs positive ends",
                             s->columns[c].row->name);
  if (s->kind->fraction == stratified) ASSAY_TRY(draw_strata(s, seed, index));
  ASSAY_TRY(decode_tied(s, table));
done:
  return rc;
}

static int find_kind(struct assay_sweep *s)
{
  int rc = ASSAY_OK;
  char hint[512];
  const char *names[N_KINDS + 1] = {NULL};
  const struct assay_node *kind;
  ASSAY_TRY(require(&kind, s->node, "kind", ASSAY_NODE_SCALAR));
  for (int k = 0; k < N_KINDS; k++) {
    names[k] = kinds[k].name;
    if (strcmp(kinds[k].name, kind->text) == 0) s->kind = &kinds[k];
  }
  if (!s->kind)
    return assay_node_fail(kind, ASSAY_ENOTFOUND, "no kind of sweep '%s'%s", kind->text,
                           assay_text_suggest(hint, sizeof hint, kind->text, names));
done:
  return rc;
}

static int check_keys(const struct assay_sweep *s)
{
  static const char *const allowed[][6] = {
      [SOURCE_VALUES] = {"kind", "values", "where", "extra", "n"},
      [SOURCE_ROWS] = {"kind", "columns", "rows", "where", "extra", "n"},
      [SOURCE_RANGES] = {"kind", "n", "ranges", "round", "tied"},
  };
  for (const struct assay_node *n = s->node->first; n; n = n->next) {
    bool known = s->kind->fraction == stratified && strcmp(n->key, "log") == 0;
    for (int i = 0; i < 6 && allowed[s->kind->source][i]; i++)
      known = known || strcmp(allowed[s->kind->source][i], n->key) == 0;
    if (!known)
      return assay_node_fail(n, ASSAY_ENOTFOUND, "no key '%s' in a sweep of kind '%s'", n->key,
                             s->kind->name);
  }
  return ASSAY_OK;
}

static size_t count_rows(const struct assay_param *table)
{
  size_t n = 0;
  while (table[n].name) n++;
  return n;
}

static int decode_sweep(struct assay_sweep *s, const struct assay_param *table, uint64_t seed,
                        int index)
{
  int rc = ASSAY_OK;
  if (s->node->kind != ASSAY_NODE_MAPPING)
    return assay_node_fail(s->node, ASSAY_EPARSE, "expected a sweep: 'kind: ...'");
  ASSAY_TRY(find_kind(s));
  ASSAY_TRY(check_keys(s));
  ASSAY_TRY(ASSAY_NEW(&s->columns, count_rows(table), "sweep columns")); /* none is set twice */
  switch (s->kind->source) {
  case SOURCE_VALUES:
    ASSAY_TRY(decode_values(s, table));
    break;
  case SOURCE_ROWS:
    ASSAY_TRY(decode_rows(s, table));
    break;
  case SOURCE_RANGES:
    ASSAY_TRY(decode_ranges(s, table, seed, index));
    break;
  }
done:
  return rc;
}

/* No parameter may be set by two loops. */
static int check_twice(const struct assay_sweep *sweeps, int n)
{
  for (int s = 1; s < n; s++)
    for (int c = 0; c < sweeps[s].n_columns; c++)
      if (assay_sweeps_set(sweeps, s, sweeps[s].columns[c].row->name))
        return assay_node_fail(sweeps[s].node, ASSAY_EARG, "%s is set by two sweeps",
                               sweeps[s].columns[c].row->name);
  return ASSAY_OK;
}

int assay_sweeps_decode(struct assay_sweep **out, int *n, const struct assay_node *list,
                        const struct assay_param *table, uint64_t seed, int index)
{
  int rc = ASSAY_OK, i = 0;
  struct assay_sweep *sweeps = NULL;
  *out = NULL;
  *n = 0;
  if (list->kind != ASSAY_NODE_SEQUENCE)
    return assay_node_fail(list, ASSAY_EPARSE, "sweep: expected a list of sweeps");
  ASSAY_TRY(ASSAY_NEW(&sweeps, (size_t)list->n, "sweeps"));
  for (const struct assay_node *node = list->first; node; node = node->next) {
    sweeps[i].node = node;
    ASSAY_TRY(decode_sweep(&sweeps[i], table, seed, index + i));
    i++;
  }
  ASSAY_TRY(check_twice(sweeps, list->n));
  *out = sweeps;
  *n = list->n;
  sweeps = NULL;
done:
  assay_sweeps_destroy(sweeps, list->n);
  return rc;
}

void assay_sweeps_destroy(struct assay_sweep *sweeps, int n)
{
  for (int s = 0; sweeps && s < n; s++) {
    for (int c = 0; c < sweeps[s].n_columns; c++) {
      assay_free(sweeps[s].columns[c].items);
      assay_free(sweeps[s].columns[c].strata);
    }
    assay_free(sweeps[s].columns);
    assay_free(sweeps[s].kept);
    assay_free(sweeps[s].extra);
    assay_free(sweeps[s].extra_origin);
  }
  assay_free(sweeps);
}
