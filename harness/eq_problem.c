#include "harness/eq_problem.h"

#include <math.h>
#include <string.h>

#include "baselines/symbolic/table.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/expr/parse.h"
#include "core/num/random.h"

enum { STREAM_ROWS = 1, FIT_LEAST = 4, OTHER_LEAST = 2, NAMES_SHOWN = 20 };

void assay_eq_problem_destroy(struct assay_eq_problem *p)
{
  if (!p) return;
  for (int j = 0; p->name && j < p->n_inputs; j++) assay_free(p->name[j]);
  assay_free(p->name);
  assay_free(p->x);
  assay_free(p->y);
  assay_free(p);
}

/* ---- what cannot be used ------------------------------------------------------------------ */

static int check_values(const struct assay_eq_columns *c, const char *path)
{
  int rc = ASSAY_OK;
  for (int i = 0; i < c->n_rows; i++)
    for (int j = 0; j < c->n_columns; j++)
      ASSAY_CHECK(isfinite(c->value[j][i]), ASSAY_EPARSE,
                  "%s:%d: column %s: not a finite number in double precision", path, c->line[i],
                  c->name[j]);
done:
  return rc;
}

static int check_names(const struct assay_eq_columns *c, const char *path)
{
  int rc = ASSAY_OK;
  for (int j = 0; j < c->n_columns; j++)
    for (int k = 0; k < j; k++)
      ASSAY_CHECK(strcmp(c->name[j], c->name[k]) != 0, ASSAY_EARG,
                  "%s: columns %d and %d are both called '%s'", path, k + 1, j + 1, c->name[j]);
done:
  return rc;
}

static int check_size(const struct assay_eq_columns *c, const char *path, double held_share)
{
  int rc = ASSAY_OK;
  const int least = FIT_LEAST + OTHER_LEAST * (held_share > 0 ? 2 : 1);
  ASSAY_CHECK(c->n_columns >= 2, ASSAY_EARG,
              "%s: only one column, '%s': a target needs an input beside it", path, c->name[0]);
  ASSAY_CHECK(c->n_columns - 1 <= ASSAY_SR_MAX_VARS, ASSAY_EARG,
              "%s: %d inputs, %d are the most that are searched", path, c->n_columns - 1,
              ASSAY_SR_MAX_VARS);
  ASSAY_CHECK(c->n_rows >= least, ASSAY_EARG, "%s: too few rows: %d, at least %d are needed", path,
              c->n_rows, least);
done:
  return rc;
}

static int find_target(int *out, const struct assay_eq_columns *c, const char *path,
                       const char *target)
{
  int rc = ASSAY_OK;
  char known[600];
  const char *names[NAMES_SHOWN + 1] = {0};
  *out = *target ? -1 : c->n_columns - 1;
  for (int j = 0; j < c->n_columns; j++) {
    if (j < NAMES_SHOWN) names[j] = c->name[j];
    if (*target && strcmp(c->name[j], target) == 0) *out = j;
  }
  ASSAY_CHECK(*out >= 0, ASSAY_ENOTFOUND, "%s: no column '%s'%s", path, target,
              assay_text_suggest(known, sizeof known, target, names));
done:
  return rc;
}

static bool is_constant(const double *x, int n)
{
  for (int i = 1; i < n; i++)
    if (x[i] != x[0]) return false;
  return true;
}

static int check_spread(const struct assay_eq_columns *c, const char *path, int target)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(!is_constant(c->value[target], c->n_rows), ASSAY_EARG,
              "%s: the target '%s' is constant: there is nothing to find", path, c->name[target]);
  for (int j = 0; j < c->n_columns; j++)
    if (j != target && is_constant(c->value[j], c->n_rows))
      assay_log(ASSAY_LOG_WARN, "fit", "%s: column '%s' is constant: it cannot matter", path,
                c->name[j]);
done:
  return rc;
}

/* ---- what can ----------------------------------------------------------------------------- */

static bool parses(const char *format, const char *name, const struct assay_expr_style *style)
{
  char *text = NULL;
  struct assay_expr *e = NULL;
  if (assay_asprintf(&text, format, name) < 0) return false;
  const bool good = assay_expr_parse(&e, text, style) == ASSAY_OK;
  assay_free(text);
  assay_expr_free(e);
  return good;
}

/* An equation could call its column so: it is read as a variable of this name (x0 if all are
 * numbered) and as nothing else, neither a function nor a constant. */
static bool is_readable(const char *name)
{
  const struct assay_expr_style style = {.stem = "x", .columns = &name, .n_columns = 1};
  struct assay_expr *e = NULL;
  const bool variable = assay_expr_parse(&e, name, &style) == ASSAY_OK && e->n == 1 &&
                        e->node[0].op == ASSAY_EXPR_VAR;
  assay_expr_free(e);
  if (!variable || parses("%s(2)", name, &style) || parses("%s(2, 3)", name, &style)) return false;
  e = NULL;
  const bool known = assay_expr_parse(&e, name, NULL) == ASSAY_OK;
  const bool numbered = known && e->n == 1 && e->node[0].op == ASSAY_EXPR_VAR;
  assay_expr_free(e);
  return !known || numbered;
}

static bool is_taken(const struct assay_eq_columns *c, const char *name)
{
  for (int j = 0; j < c->n_columns; j++)
    if (strcmp(c->name[j], name) == 0) return true;
  return false;
}

/* The name of column j, or another one that an equation can bear: x3, column_x3, ... */
static int name_input(char **out, const struct assay_eq_columns *c, int j)
{
  int rc = ASSAY_OK;
  char *longer;
  if (is_readable(c->name[j])) return assay_strdup(out, c->name[j]);
  ASSAY_TRY(assay_asprintf(out, "x%d", j));
  while (is_taken(c, *out)) {
    ASSAY_TRY(assay_asprintf(&longer, "column_%s", *out));
    assay_free(*out);
    *out = longer;
  }
  assay_log(ASSAY_LOG_WARN, "fit", "column '%s' is called %s in equations", c->name[j], *out);
done:
  return rc;
}

static void share_rows(struct assay_eq_problem *p, double held_share)
{
  const double wanted = held_share > 0 ? held_share : 0.1;
  const ptrdiff_t part = (ptrdiff_t)fmax(OTHER_LEAST, floor(wanted * (double)p->n + 0.5));
  p->held = held_share > 0 ? part : 0;
  p->choose = part;
  p->fit = p->n - p->choose - p->held;
}

static int copy_columns(struct assay_eq_problem *p, const struct assay_eq_columns *c, int target,
                        const ptrdiff_t *order)
{
  int rc = ASSAY_OK, to = 0;
  for (int j = 0; j < c->n_columns; j++) {
    double *values = j == target ? p->y : p->x + to * p->n;
    for (ptrdiff_t i = 0; i < p->n; i++) values[i] = c->value[j][order[i]];
    if (j != target) ASSAY_TRY(name_input(&p->name[to++], c, j));
  }
done:
  return rc;
}

static int fill(struct assay_eq_problem *p, const struct assay_eq_columns *c, int target,
                uint64_t seed)
{
  int rc = ASSAY_OK;
  struct assay_rng rng = assay_rng_init(seed, 0, STREAM_ROWS);
  ptrdiff_t *order = NULL;
  p->n_inputs = c->n_columns - 1;
  ASSAY_TRY(ASSAY_NEW(&p->x, (size_t)p->n_inputs * (size_t)p->n, "table"));
  ASSAY_TRY(ASSAY_NEW(&p->y, (size_t)p->n, "table"));
  ASSAY_TRY(ASSAY_NEW(&p->name, (size_t)p->n_inputs, "table"));
  ASSAY_TRY(ASSAY_NEW(&order, (size_t)p->n, "table"));
  assay_rng_permutation(&rng, order, p->n);
  ASSAY_TRY(copy_columns(p, c, target, order));
done:
  assay_free(order);
  return rc;
}

int assay_eq_problem_create(struct assay_eq_problem **out, const struct assay_eq_columns *from,
                            const char *path, const char *target, double held_share, uint64_t seed)
{
  int rc = ASSAY_OK, y;
  struct assay_eq_problem *p = NULL;
  *out = NULL;
  ASSAY_TRY(check_values(from, path));
  ASSAY_TRY(check_names(from, path));
  ASSAY_TRY(check_size(from, path, held_share));
  ASSAY_TRY(find_target(&y, from, path, target));
  ASSAY_TRY(check_spread(from, path, y));
  ASSAY_TRY(ASSAY_NEW(&p, 1, "table"));
  p->n = from->n_rows;
  p->target = from->name[y];
  p->target_column = y;
  share_rows(p, held_share);
  ASSAY_TRY(fill(p, from, y, seed));
  *out = p;
  p = NULL;
done:
  assay_eq_problem_destroy(p);
  return rc;
}
