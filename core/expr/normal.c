#include "core/expr/normal.h"

#include <limits.h>
#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/expr/canonical.h"
#include "core/expr/normal_value.h"

enum { MOST_NODES = 2000, MOST_DEPTH = 200, STEPS = 1500000 };
static const size_t most_bytes = (size_t)256 << 20;

const char *assay_sameness_name(enum assay_sameness s)
{
  static const char *const names[] = {"exact",     "factor",    "offset",   "affine",
                                      "exponents", "variables", "different"};
  return names[s];
}

/* ---- a = c b + k -------------------------------------------------------------------------- */

/* One monomial of a, b and 1 over a common denominator. */
struct row {
  struct number a, b, one;
};

static struct number coefficient(struct polynomial p, struct monomial m)
{
  for (int i = 0; i < p.n; i++)
    if (assay_normal_same_monomial(p.m[i], m)) return p.c[i];
  return (struct number){0};
}

static bool among(struct polynomial p, struct monomial m)
{
  for (int i = 0; i < p.n; i++)
    if (assay_normal_same_monomial(p.m[i], m)) return true;
  return false;
}

static int rows_of(struct normal *s, struct row **out, const struct polynomial *p)
{
  int n = 0;
  struct row *row =
      assay_alg_take(s->memory, sizeof(*row) * (size_t)(p[0].n + p[1].n + p[2].n + 1));
  for (int side = 0; side < 3; side++)
    for (int i = 0; i < p[side].n; i++) {
      const struct monomial m = p[side].m[i];
      if ((side > 0 && among(p[0], m)) || (side > 1 && among(p[1], m))) continue;
      row[n++] = (struct row){coefficient(p[0], m), coefficient(p[1], m), coefficient(p[2], m)};
    }
  *out = row;
  return n;
}

static bool holds(const struct row *row, int n, double c, double k)
{
  for (int i = 0; i < n; i++) {
    const double size = row[i].a.size + fabs(c) * row[i].b.size + fabs(k) * row[i].one.size;
    if (!(fabs(row[i].a.v - c * row[i].b.v - k * row[i].one.v) <= NORMAL_TOLERANCE * size))
      return false;
  }
  return true;
}

static double weight(const struct row *r)
{
  return 1.0 / (r->a.size + r->b.size + r->one.size);
}

/* c for k = 0, every row weighted by its size */
static double best_factor(const struct row *row, int n)
{
  double above = 0.0, below = 0.0;
  for (int i = 0; i < n; i++) {
    const double w = weight(&row[i]), b = w * row[i].b.v;
    above += b * w * row[i].a.v;
    below += b * b;
  }
  return above / below;
}

/* k for c = 1 */
static double best_offset(const struct row *row, int n)
{
  double above = 0.0, below = 0.0;
  for (int i = 0; i < n; i++) {
    const double w = weight(&row[i]), q = w * row[i].one.v;
    above += q * w * (row[i].a.v - row[i].b.v);
    below += q * q;
  }
  return above / below;
}

/* least squares for both */
static bool best_pair(const struct row *row, int n, double *c, double *k)
{
  double bb = 0.0, bq = 0.0, qq = 0.0, ab = 0.0, aq = 0.0;
  for (int i = 0; i < n; i++) {
    const double w = weight(&row[i]);
    const double a = w * row[i].a.v, b = w * row[i].b.v, q = w * row[i].one.v;
    bb += b * b;
    bq += b * q;
    qq += q * q;
    ab += a * b;
    aq += a * q;
  }
  const double det = bb * qq - bq * bq;
  if (!(det > 1e-14 * bb * qq)) return false;
  *c = (ab * qq - aq * bq) / det;
  *k = (aq * bb - ab * bq) / det;
  return fabs(*c) > 0.0;
}

static void found(struct assay_sameness_found *out, enum assay_sameness verdict, double c, double k)
{
  out->verdict = verdict;
  out->factor = c;
  out->offset = k;
}

/* a and b multiplied out over one denominator, monomial by monomial */
static void relate_terms(struct normal *s, struct assay_sameness_found *out, struct value a,
                         struct value b)
{
  struct polynomial p[3];
  struct value common;
  struct row *row;
  double c, k;
  const struct value all[3] = {a, b, assay_normal_number(1.0, 1.0)};
  assay_normal_expand(s, p, all, 3, &common);
  const int n = rows_of(s, &row, p);
  if (holds(row, n, 1.0, 0.0)) {
    found(out, ASSAY_SAME_EXACT, 1.0, 0.0);
  } else if (c = best_factor(row, n), fabs(c) > 0.0 && holds(row, n, c, 0.0)) {
    found(out, ASSAY_SAME_FACTOR, c, 0.0);
  } else if (k = best_offset(row, n), holds(row, n, 1.0, k)) {
    found(out, ASSAY_SAME_OFFSET, 1.0, k);
  } else if (best_pair(row, n, &c, &k) && holds(row, n, c, k)) {
    found(out, ASSAY_SAME_AFFINE, c, k);
  }
}

static void relate(struct normal *s, struct assay_sameness_found *out, struct value a,
                   struct value b)
{
  struct number c;
  if (assay_normal_is_zero(a) && assay_normal_is_zero(b)) {
    out->verdict = ASSAY_SAME_EXACT;
    return;
  }
  if (!isfinite(a.c.v) || !isfinite(b.c.v)) return;
  if (assay_normal_proportional(s, a, b, &c)) {
    const bool equal = assay_normal_close(c, (struct number){1.0, 1.0});
    found(out, equal ? ASSAY_SAME_EXACT : ASSAY_SAME_FACTOR, equal ? 1.0 : c.v, 0.0);
  } else if (!assay_normal_is_number(a) && !assay_normal_is_number(b)) {
    relate_terms(s, out, a, b);
  }
}

/* ---- weaker statements -------------------------------------------------------------------- */

static bool same_variables(const struct assay_expr *a, const struct assay_expr *b)
{
  for (int turn = 0; turn < 2; turn++) {
    const struct assay_expr *x = turn ? b : a, *y = turn ? a : b;
    for (int i = 0; i < x->n; i++) {
      bool found = x->node[i].op != ASSAY_EXPR_VAR;
      for (int k = 0; k < y->n && !found; k++)
        found = y->node[k].op == ASSAY_EXPR_VAR && y->node[k].var == x->node[i].var;
      if (!found) return false;
    }
  }
  return true;
}

static int weaker(struct assay_sameness_found *out, const struct assay_expr *a,
                  const struct assay_expr *b)
{
  int rc = ASSAY_OK, distance = 1;
  struct assay_tree_space *space = NULL;
  struct assay_canonical *x = NULL, *y = NULL;
  ASSAY_TRY(assay_tree_space_create(&space));
  rc = assay_canonical_make_as(&x, a, ASSAY_TREE_EXPONENTS, ASSAY_FREE_AFFINE);
  if (rc == ASSAY_OK) rc = assay_canonical_make_as(&y, b, ASSAY_TREE_EXPONENTS, ASSAY_FREE_AFFINE);
  if (rc == ASSAY_ENOMEM) goto done;
  if (rc == ASSAY_OK) {
    const struct assay_label_tree p = assay_canonical_tree(x), q = assay_canonical_tree(y);
    ASSAY_TRY(assay_tree_distance(&distance, space, &p, &q));
  }
  rc = ASSAY_OK;
  if (distance == 0)
    out->verdict = ASSAY_SAME_EXPONENTS;
  else if (same_variables(a, b))
    out->verdict = ASSAY_SAME_VARIABLES;
done:
  assay_canonical_free(x);
  assay_canonical_free(y);
  assay_tree_space_destroy(space);
  return rc;
}

/* ---- both expressions --------------------------------------------------------------------- */

/* Twice: the first pass finds out of which angles the others are multiples. */
static void read_both(struct normal *s, struct value *v, const struct assay_expr *a,
                      const struct assay_expr *b)
{
  for (int pass = 0; pass < 2; pass++) {
    s->collecting = pass == 0;
    v[0] = assay_normal_read(s, a);
    v[1] = assay_normal_read(s, b);
  }
}

static int run(struct assay_sameness_found *out, struct normal *s, const struct assay_expr *a,
               const struct assay_expr *b)
{
  jmp_buf jump;
  struct value v[2];
  s->memory->out = &jump;
  if (setjmp(jump)) {
    out->limited = true;
    return s->memory->rc == ASSAY_ENOMEM ? ASSAY_ENOMEM : ASSAY_OK;
  }
  read_both(s, v, a, b);
  relate(s, out, v[0], v[1]);
  return ASSAY_OK;
}

static int check(const struct assay_expr *e)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(e->n <= MOST_NODES, ASSAY_EARG, "an expression of %d nodes, at most %d are compared",
              e->n, MOST_NODES);
  ASSAY_CHECK(assay_expr_depth(e) <= MOST_DEPTH, ASSAY_EARG,
              "nested deeper than %d, too deep to compare", MOST_DEPTH);
done:
  return rc;
}

static const struct assay_normal_variables plain = {.n = INT_MAX};

/* What both comparisons begin with. */
static int begin(struct normal *s, const struct assay_expr *a, const struct assay_expr *b,
                 const struct assay_normal_variables *variables)
{
  int rc = ASSAY_OK;
  *s = (struct normal){.variables = variables ? variables : &plain};
  ASSAY_TRY(check(a));
  ASSAY_TRY(check(b));
  for (int i = 0; variables && variables->scale && i < variables->n; i++)
    ASSAY_CHECK(variables->scale[i] > 0.0 && isfinite(variables->scale[i]), ASSAY_EARG,
                "the scale of x%d is %g", i, variables->scale[i]);
  ASSAY_TRY(assay_alg_create(&s->memory, STEPS, most_bytes));
done:
  return rc;
}

int assay_normal_same(struct assay_sameness_found *out, const struct assay_expr *a,
                      const struct assay_expr *b, const struct assay_normal_variables *variables)
{
  int rc = ASSAY_OK;
  struct normal s;
  *out = (struct assay_sameness_found){.verdict = ASSAY_SAME_NOT, .factor = 1.0};
  ASSAY_TRY(begin(&s, a, b, variables));
  ASSAY_TRY(run(out, &s, a, b));
  if (out->verdict == ASSAY_SAME_NOT) ASSAY_TRY(weaker(out, a, b));
done:
  assay_alg_destroy(s.memory);
  return rc;
}

/* ---- terms -------------------------------------------------------------------------------- */

static void count_terms(struct normal *s, struct assay_terms_found *out, struct value a,
                        struct value b)
{
  struct polynomial p[3];
  struct value common;
  double error = 0.0;
  /* the 1 keeps common factors in */
  const struct value both[3] = {a, b, assay_normal_number(1.0, 1.0)};
  assay_normal_expand(s, p, both, 3, &common);
  struct assay_terms_found t = {.found = p[0].n, .needed = p[1].n};
  for (int i = 0; i < p[0].n; i++) {
    if (!isfinite(p[0].c[i].v)) return;
    if (!among(p[1], p[0].m[i])) continue;
    const double truth = coefficient(p[1], p[0].m[i]).v;
    error += fmin(1.0, fabs(p[0].c[i].v - truth) / fabs(truth));
    t.right++;
  }
  const int all = t.found + t.needed - t.right;
  t.error = all > 0 ? (error + (all - t.right)) / all : 0.0;
  *out = t;
}

static int run_terms(struct assay_terms_found *out, struct normal *s, const struct assay_expr *a,
                     const struct assay_expr *b)
{
  jmp_buf jump;
  struct value v[2];
  s->memory->out = &jump;
  if (setjmp(jump)) return s->memory->rc == ASSAY_ENOMEM ? ASSAY_ENOMEM : ASSAY_OK;
  read_both(s, v, a, b);
  if (isfinite(v[0].c.v) && isfinite(v[1].c.v)) count_terms(s, out, v[0], v[1]);
  return ASSAY_OK;
}

int assay_normal_terms(struct assay_terms_found *out, const struct assay_expr *a,
                       const struct assay_expr *b, const struct assay_normal_variables *variables)
{
  int rc = ASSAY_OK;
  struct normal s;
  *out = (struct assay_terms_found){.error = 1.0, .limited = true};
  ASSAY_TRY(begin(&s, a, b, variables));
  ASSAY_TRY(run_terms(out, &s, a, b));
done:
  assay_alg_destroy(s.memory);
  return rc;
}
