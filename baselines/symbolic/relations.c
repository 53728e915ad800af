/* Which features, targets and prefactors the rational laws of relation.h are tried with. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "baselines/symbolic/relation.h"
#include "baselines/symbolic/values.h"
#include "core/base/err.h"
#include "core/base/mem.h"

enum { MAX_ROWS = 1600, MAX_DEGREE = 8, MAX_CHANGES = 120, MAX_SETS = 300 };

/* node-evaluations, beside half of what was spent, to look for a shorter form of a law */
static const uint64_t AGAIN = 20000000;

/* Targets: with z in the denominator too, 1/y needs no row of its own. */
static const struct look {
  const char *target;
  enum assay_sr_relation_kind kind;
  bool root, pure; /* pure: y is compared with numbers */
} looks[] = {
    {"y", ASSAY_SR_QUOTIENT, false, false},        {"y^2", ASSAY_SR_QUOTIENT, true, false},
    {"log(y)", ASSAY_SR_POLYNOMIAL, false, false}, {"cos(y)", ASSAY_SR_QUOTIENT, false, true},
    {"sin(y)", ASSAY_SR_QUOTIENT, false, true},    {"exp(y)", ASSAY_SR_QUOTIENT, false, true},
    {"tan(y)", ASSAY_SR_QUOTIENT, false, true},
};
enum { LOOKS = sizeof looks / sizeof *looks };

/* Functions that may stand in for columns a (and b). */
enum kind { ANGLE = 1, POSITIVE = 2, PURE = 4, ORDERED = 8, KEEP = 16, ALL = 32, LENGTH = 64 };
static const struct stand_in {
  const char *text;
  int letters, kind;
} stand_ins[] = {
    {"sin(a)", 1, ANGLE},
    {"cos(a)", 1, ANGLE},
    {"cos(a - b)", 2, ANGLE | ORDERED},
    {"sin(a - b)", 2, ANGLE | ORDERED},
    {"sqrt(a)", 1, POSITIVE | ALL | LENGTH},
    {"sqrt(a*b)", 2, POSITIVE | ORDERED | KEEP},
    {"log(a)", 1, POSITIVE},
    {"log(a)", 1, POSITIVE | KEEP},
    {"exp(a)", 1, PURE},
    {"exp(-a)", 1, PURE},
    {"cos(a*b)", 2, PURE | ORDERED},
    {"sin(a*b)", 2, PURE | ORDERED},
};
enum { STAND_INS = sizeof stand_ins / sizeof *stand_ins };

/* features in place of the columns of a mask */
struct change {
  uint64_t replaced;
  int n;
  char text[ASSAY_SR_FEATURES][24];
};

struct set {
  int n;
  char text[ASSAY_SR_FEATURES][24];
};

struct field {
  struct assay_sr_search *s;
  struct assay_sr_sample *rows;
  int n_changes, n_sets;
  struct change *change;
  struct set *set;
  struct assay_sr_features features;
  double *v;           /* [ASSAY_SR_FEATURES, m] */
  double *z, *q;       /* [LOOKS, m] scaled targets, [m] divided by the prefactor */
  double scale[LOOKS]; /* of z; 0: not possible */
  int m;
};

static bool suits(const struct assay_sr_column *c, int kind)
{
  const bool angle =
      !c->integers && c->hi - c->lo > 0.5 && c->lo >= -6.4 && c->hi <= 6.4 && c->scale > 0.05;
  return c->usable && (!(kind & ANGLE) || angle) && (!(kind & LENGTH) || !angle) &&
         (!(kind & POSITIVE) || c->sign > 0) && (!(kind & PURE) || c->plain);
}

static void add_change(struct field *f, const struct stand_in *t, const int *v)
{
  struct change *c = &f->change[f->n_changes];
  if (c->n == ASSAY_SR_FEATURES) return;
  assay_sr_fill_in(c->text[c->n++], sizeof c->text[0], t->text, v);
  for (int i = 0; i < t->letters && !(t->kind & KEEP); i++) c->replaced |= UINT64_C(1) << v[i];
  if (!(t->kind & ALL)) f->n_changes++;
}

static void make_changes(struct field *f)
{
  const struct assay_sr_table *table = f->s->table;
  for (const struct stand_in *t = stand_ins; t < stand_ins + STAND_INS; t++) {
    for (int a = 0; a < table->n_vars; a++)
      for (int b = 0; b < (t->letters == 2 ? table->n_vars : 1); b++) {
        const int v[4] = {a, b};
        if (!suits(&table->column[a], t->kind) || f->n_changes == MAX_CHANGES - 1) continue;
        if (t->letters == 2 && (a >= b || !suits(&table->column[b], t->kind))) continue;
        add_change(f, t, v);
      }
    f->n_changes += f->change[f->n_changes].n > 0; /* one that took all columns */
  }
}

/* usable columns with up to two changes; false: too many features or two changes that clash */
static bool compose(struct set *set, const struct field *f, const struct change *a,
                    const struct change *b)
{
  const struct assay_sr_table *table = f->s->table;
  set->n = 0;
  if (a && b && a->replaced & b->replaced && a->replaced != b->replaced) return false;
  const uint64_t replaced = (a ? a->replaced : 0) | (b ? b->replaced : 0);
  for (int j = 0; j < table->n_vars; j++) {
    if (!table->column[j].usable || replaced >> j & 1) continue;
    if (set->n == ASSAY_SR_FEATURES) return false;
    snprintf(set->text[set->n++], sizeof set->text[0], "x%d", j);
  }
  for (int which = 0; which < 2; which++) {
    const struct change *c = which ? b : a;
    for (int i = 0; c && i < c->n; i++) {
      if (set->n == ASSAY_SR_FEATURES) return false;
      memcpy(set->text[set->n++], c->text[i], sizeof c->text[i]);
    }
  }
  return set->n > 0;
}

static void make_sets(struct field *f)
{
  f->n_sets += compose(&f->set[f->n_sets], f, NULL, NULL);
  for (int i = 0; i < f->n_changes && f->n_sets < MAX_SETS; i++)
    f->n_sets += compose(&f->set[f->n_sets], f, &f->change[i], NULL);
  for (int i = 0; i < f->n_changes; i++)
    for (int j = i + 1; j < f->n_changes && f->n_sets < MAX_SETS; j++)
      f->n_sets += compose(&f->set[f->n_sets], f, &f->change[i], &f->change[j]);
}

static double geometric_mean(const double *v, ptrdiff_t n)
{
  double sum = 0;
  ptrdiff_t count = 0;
  for (ptrdiff_t i = 0; i < n; i++)
    if (v[i] != 0) {
      sum += log(fabs(v[i]));
      count++;
    }
  return count ? exp(sum / (double)count) : 1;
}

static void make_targets(struct field *f)
{
  for (int k = 0; k < LOOKS; k++) {
    double *z = f->z + k * f->m;
    if (looks[k].pure && !f->s->table->column[f->s->table->n_vars].plain) continue;
    if (!assay_sr_target_apply(z, assay_sr_target_find(looks[k].target), f->rows->y, f->m))
      continue;
    f->scale[k] = geometric_mean(z, f->m);
    for (int i = 0; i < f->m; i++) z[i] /= f->scale[k];
  }
}

static int field_open(struct field *f, struct assay_sr_search *s)
{
  int rc = ASSAY_OK;
  f->s = s;
  ASSAY_TRY(assay_sr_sample_create(&f->rows, s->table, MAX_ROWS, s->seed + 1));
  f->m = (int)f->rows->m;
  const size_t m = (size_t)f->m;
  ASSAY_TRY(ASSAY_NEW(&f->change, MAX_CHANGES, "symbolic relations"));
  ASSAY_TRY(ASSAY_NEW(&f->set, MAX_SETS + 1, "symbolic relations"));
  ASSAY_TRY(ASSAY_NEW(&f->v, ASSAY_SR_FEATURES * m, "symbolic relations"));
  ASSAY_TRY(ASSAY_NEW(&f->z, LOOKS * m, "symbolic relations"));
  ASSAY_TRY(ASSAY_NEW(&f->q, m, "symbolic relations"));
  make_changes(f);
  make_sets(f);
  make_targets(f);
done:
  return rc;
}

static void field_close(struct field *f)
{
  assay_sr_sample_destroy(f->rows);
  assay_free(f->change);
  assay_free(f->set);
  assay_free(f->v);
  assay_free(f->z);
  assay_free(f->q);
}

/* values of the set's features; *valid false: not finite somewhere */
static int load(bool *valid, struct field *f, const struct set *set)
{
  int rc = ASSAY_OK;
  struct assay_expr *e = NULL;
  *valid = true;
  f->features.n = set->n;
  for (int k = 0; k < set->n; k++) {
    struct assay_sr_feature *u = &f->features.feature[k];
    double *v = f->v + k * f->m;
    memcpy(u->text, set->text[k], sizeof set->text[k]);
    ASSAY_TRY(assay_expr_parse(&e, u->text, NULL));
    *valid = *valid && assay_sr_spend(f->s->budget, (double)e->n * f->m);
    if (!*valid) goto done;
    ASSAY_TRY(assay_sr_values(v, e, f->rows->x, f->m, f->m));
    u->unit = e->n == 2 && e->node[1].op == ASSAY_EXPR_SQRT ? 0.5 : 1;
    if (u->unit != 1) snprintf(u->text, sizeof u->text, "x%d", e->node[0].var);
    u->scale = e->n == 1 ? geometric_mean(v, f->m) : 1;
    u->positive = true;
    u->v = v;
    for (int i = 0; i < f->m; i++) {
      *valid = *valid && isfinite(v[i]);
      u->positive = u->positive && v[i] > 0;
      v[i] /= u->scale;
    }
    assay_expr_free(e);
    e = NULL;
  }
done:
  assay_expr_free(e);
  return rc;
}

static int offer(bool *exact, struct field *f, const struct assay_sr_relation *r, int look)
{
  int rc = ASSAY_OK;
  const enum assay_sr_wording first = looks[look].root ? ASSAY_SR_ROOT : ASSAY_SR_AS_IT_IS;
  const enum assay_sr_wording end = looks[look].root ? ASSAY_SR_WORDINGS : ASSAY_SR_ROOT;
  for (enum assay_sr_wording w = first; w < end; w++)
    for (int sign = 0; sign < (looks[look].root ? 2 : 1); sign++) {
      struct assay_sr_phrase z = {0}, y = {0};
      bool now;
      assay_sr_relation_say(&z, r, &f->features, f->scale[look], w);
      if (looks[look].root)
        assay_sr_put(&y, sign ? "-(%s)" : "%s", z.text);
      else
        assay_sr_target_undo(&y, assay_sr_target_find(looks[look].target), z.text);
      if (z.overflow || y.overflow) continue;
      ASSAY_TRY(assay_sr_front_offer_text(&now, f->s->front, y.text, "relation", f->s->budget));
      *exact = *exact || now;
    }
done:
  return rc;
}

/* q = z / prefactor; false: not finite */
static bool divide(struct field *f, int look)
{
  memcpy(f->q, f->z + look * f->m, (size_t)f->m * sizeof *f->q);
  for (int k = 0; k < f->features.n; k++) {
    const double p = f->features.prefactor[k], *u = f->features.feature[k].v;
    if (p == 0) continue;
    for (int i = 0; i < f->m; i++)
      f->q[i] *= p == 1 ? 1 / u[i] : p == -1 ? u[i] : p == 2 ? 1 / (u[i] * u[i]) : u[i] * u[i];
  }
  for (int i = 0; i < f->m; i++)
    if (!isfinite(f->q[i])) return false;
  return true;
}

static int attempt(bool *exact, struct field *f, int look, int columns, int beyond)
{
  int rc = ASSAY_OK, degree = 0;
  struct assay_sr_relation r;
  bool found;
  while (degree < MAX_DEGREE &&
         assay_sr_relation_columns(&f->features, degree + 1, ASSAY_SR_QUOTIENT) <= columns)
    degree++;
  const double n = assay_sr_relation_columns(&f->features, degree, ASSAY_SR_QUOTIENT);
  const int rows = (int)fmin(f->m, 60 + 1.6 * n);
  if (degree == 0 || n <= beyond || 1.5 * n > rows || !divide(f, look)) goto done;
  ASSAY_TRY(assay_sr_relation_find(&found, &r, &f->features, f->q, rows, degree, looks[look].kind,
                                   f->s->budget));
  if (found) ASSAY_TRY(offer(exact, f, &r, look));
done:
  return rc;
}

/* all prefactors with `factors` features of power 1 or -1 */
static int attempt_prefactors(bool *exact, struct field *f, int look, int columns, int beyond,
                              int factors)
{
  int rc = ASSAY_OK, total = 1;
  for (int k = 0; k < f->features.n; k++) total *= 3;
  for (int code = 0; code < total && !assay_sr_over(f->s->budget); code++) {
    int used = 0;
    for (int k = 0, rest = code; k < f->features.n; k++, rest /= 3) {
      static const double power[3] = {0, 1, -1};
      f->features.prefactor[k] = power[rest % 3] * (looks[look].root ? 2 : 1);
      used += rest % 3 != 0;
    }
    if (used == factors && used < f->features.n)
      ASSAY_TRY(attempt(exact, f, look, columns, beyond));
  }
done:
  return rc;
}

int assay_sr_search_relations(struct assay_sr_search *s, int columns, int beyond, int factors)
{
  int rc = ASSAY_OK;
  struct field f = {0};
  uint64_t end = 0;
  bool valid, exact = false;
  const uint64_t before = s->budget->used;
  ASSAY_TRY(field_open(&f, s));
  for (int i = 0; i < f.n_sets && !assay_sr_over(s->budget); i++) {
    ASSAY_TRY(load(&valid, &f, &f.set[i]));
    for (int look = 0; valid && look < LOOKS; look++)
      if (f.scale[look] != 0 && !(looks[look].kind == ASSAY_SR_POLYNOMIAL && factors) &&
          !(looks[look].pure && (factors || beyond)))
        ASSAY_TRY(attempt_prefactors(&exact, &f, look, columns, beyond, factors));
    if (!exact) continue;
    if (!end) end = s->budget->used + (s->budget->used - before) / 2 + AGAIN;
    if (s->budget->used > end) break;
  }
done:
  field_close(&f);
  return rc;
}

/* ---- quadratics ---------------------------------------------------------------------------- */

static int offer_roots(bool *exact, struct field *f, const struct assay_sr_relation *r)
{
  int rc = ASSAY_OK;
  for (enum assay_sr_wording w = ASSAY_SR_ROOT; w < ASSAY_SR_WORDINGS; w++)
    for (int form = 0; form < 4; form++) {
      struct assay_sr_phrase y = {0};
      bool now;
      const int sign = form / 2 ? -1 : 1;
      assay_sr_relation_say_root(&y, r, &f->features, f->scale[0], sign, form % 2, w);
      if (y.overflow) continue;
      ASSAY_TRY(assay_sr_front_offer_text(&now, f->s->front, y.text, "relation", f->s->budget));
      *exact = *exact || now;
    }
done:
  return rc;
}

static int attempt_quadratic(bool *exact, struct field *f, int columns)
{
  int rc = ASSAY_OK, degree = 0, functions = 0;
  struct assay_sr_relation r;
  bool found;
  for (int k = 0; k < f->features.n; k++) functions += f->features.feature[k].text[0] != 'x';
  while (degree < MAX_DEGREE &&
         assay_sr_relation_columns(&f->features, degree + 1, ASSAY_SR_QUADRATIC) <= columns)
    degree++;
  const double n = assay_sr_relation_columns(&f->features, degree, ASSAY_SR_QUADRATIC);
  const int rows = (int)fmin(f->m, 60 + 1.6 * n);
  if (functions > 1 || degree == 0 || 1.5 * n > rows) goto done;
  ASSAY_TRY(assay_sr_relation_find(&found, &r, &f->features, f->z, rows, degree, ASSAY_SR_QUADRATIC,
                                   f->s->budget));
  if (found && r.n_square > 0) ASSAY_TRY(offer_roots(exact, f, &r));
done:
  return rc;
}

int assay_sr_search_quadratics(struct assay_sr_search *s, int columns, double share)
{
  int rc = ASSAY_OK;
  struct field f = {0};
  struct assay_sr_budget *whole = s->budget, part = assay_sr_budget_share(whole, share);
  bool valid, exact = false;
  s->budget = &part;
  ASSAY_TRY(field_open(&f, s));
  for (int i = 0; i < f.n_sets && f.scale[0] != 0 && !exact && !assay_sr_over(s->budget); i++) {
    ASSAY_TRY(load(&valid, &f, &f.set[i]));
    if (valid) ASSAY_TRY(attempt_quadratic(&exact, &f, columns));
  }
done:
  s->budget = whole;
  assay_sr_budget_join(whole, &part);
  field_close(&f);
  return rc;
}
