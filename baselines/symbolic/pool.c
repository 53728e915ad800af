#include "baselines/symbolic/pool.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "baselines/symbolic/values.h"
#include "core/base/err.h"
#include "core/base/mem.h"

/* letters a.. stand for different columns */
enum need {
  ANY,
  PURE = 1,        /* columns of order one: arguments of functions, sums with numbers */
  LIKE = 2,        /* columns of similar size: they are added */
  EXPONENTIAL = 4, /* enters as exp(k atom) */
  UP2 = 8,         /* only with a < b (symmetric) */
  UP3 = 16,        /* a < b < c */
  UP_BC = 32,      /* b < c */
  UP_CD = 64,      /* c < d */
};

static const struct pattern {
  const char *text;
  int letters, need;
  const char *negative; /* minus the text, for atoms that are negative in every row */
} patterns[] = {
    {"1 + a", 1, PURE},
    {"1 - a", 1, PURE, "a - 1"},
    {"sin(a)", 1, PURE},
    {"cos(a)", 1, PURE},
    {"a", 1, EXPONENTIAL},
    {"a^2", 1, EXPONENTIAL},
    {"1/a", 1, EXPONENTIAL},
    {"sin(a/2)", 1, PURE},
    {"cos(a/2)", 1, PURE},
    {"1 + a^2", 1, PURE},
    {"1 - a^2", 1, PURE, "a^2 - 1"},
    {"2 + a", 1, PURE},
    {"2 - a", 1, PURE, "a - 2"},
    {"1 + 2*a", 1, PURE},
    {"1 - 2*a", 1, PURE, "2*a - 1"},
    {"exp(a) - 1", 1, PURE},
    {"exp(a) + 1", 1, PURE},
    {"log(a)", 1, PURE},
    {"cosh(a)", 1, PURE},
    {"tanh(a)", 1, PURE},
    {"sin(2*a)", 1, PURE},
    {"cos(2*a)", 1, PURE},
    {"1 + sin(a)", 1, PURE},
    {"sqrt(a)", 1, EXPONENTIAL},
    {"a + b", 2, LIKE | UP2},
    {"a - b", 2, LIKE | UP2, "b - a"},
    {"a^2 + b^2", 2, LIKE | UP2},
    {"a^2 - b^2", 2, LIKE | UP2, "b^2 - a^2"},
    {"sin(a - b)", 2, PURE | UP2},
    {"cos(a - b)", 2, PURE | UP2},
    {"sin(a*b)", 2, PURE | UP2},
    {"cos(a*b)", 2, PURE | UP2},
    {"sin(a*b/2)", 2, PURE | UP2},
    {"cos(a*b/2)", 2, PURE | UP2},
    {"sin(a/b)", 2, PURE},
    {"cos(a/b)", 2, PURE},
    {"a*b", 2, EXPONENTIAL | UP2},
    {"a/b", 2, EXPONENTIAL},
    {"a^2/b^2", 2, EXPONENTIAL},
    {"a^2*b^2", 2, EXPONENTIAL | UP2},
    {"(a - b)^2", 2, EXPONENTIAL | LIKE | UP2},
    {"log(a/b)", 2, UP2},
    {"1 + a*b", 2, PURE | UP2},
    {"1 - a*b", 2, PURE | UP2, "a*b - 1"},
    {"1 + a*cos(b)", 2, PURE},
    {"1 + a*sin(b)", 2, PURE},
    {"a + b^2", 2, PURE},
    {"a - b^2", 2, PURE, "b^2 - a"},
    {"a + 2*b", 2, LIKE},
    {"a - 2*b", 2, LIKE, "2*b - a"},
    {"a^3 + b^3", 2, LIKE | UP2},
    {"a^3 - b^3", 2, LIKE | UP2, "b^3 - a^3"},
    {"sqrt(a) + sqrt(b)", 2, LIKE | UP2},
    {"sqrt(a) - sqrt(b)", 2, LIKE | UP2, "sqrt(b) - sqrt(a)"},
    {"exp(a*b) - 1", 2, PURE | UP2},
    {"exp(a/b) - 1", 2, PURE},
    {"exp(a/b) + 1", 2, PURE},
    {"sin((a - b)/2)", 2, PURE | UP2},
    {"cos((a - b)/2)", 2, PURE | UP2},
    {"sin(a + b)", 2, PURE | UP2},
    {"cos(a + b)", 2, PURE | UP2},
    {"a + b + c", 3, LIKE | UP3},
    {"a + b - c", 3, LIKE | UP2, "c - a - b"},
    {"a^2 + b^2 + c^2", 3, LIKE | UP3},
    {"a^2 + b^2 - c^2", 3, LIKE | UP2, "c^2 - a^2 - b^2"},
    {"a + b*c", 3, UP_BC},
    {"a - b*c", 3, UP_BC, "b*c - a"},
    {"a + b/c", 3, ANY},
    {"a - b/c", 3, ANY, "b/c - a"},
    {"a^2 + b*c", 3, UP_BC},
    {"a^2 - b*c", 3, UP_BC, "b*c - a^2"},
    {"a*b/c", 3, EXPONENTIAL | UP2},
    {"a/(b*c)", 3, EXPONENTIAL | UP_BC},
    {"(a - b)^2/c^2", 3, EXPONENTIAL | LIKE | UP2},
    {"a^2 + b^2 + 2*a*b*cos(c)", 3, LIKE | UP2},
    {"a^2 + b^2 - 2*a*b*cos(c)", 3, LIKE | UP2},
    {"sin(a*(b - c))", 3, PURE | UP_BC},
    {"sin(a*(b - c)/2)", 3, PURE | UP_BC},
    {"1 + a*cos(b - c)", 3, PURE | UP_BC},
    {"sin(a*b*c)", 3, PURE | UP3},
    {"a*b + c*d", 4, UP2 | UP_CD},
    {"a*b - c*d", 4, UP2 | UP_CD, "c*d - a*b"},
    {"a*b/(c*d)", 4, EXPONENTIAL | UP2 | UP_CD},
    {"(a - b)^2 + (c - d)^2", 4, LIKE | UP2 | UP_CD},
    {"(a + b)/(c + d)", 4, UP2 | UP_CD},
};
enum { PATTERNS = sizeof patterns / sizeof *patterns, MAX_LETTERS = 4 };

static bool ordered(const int *v, int need)
{
  return !((need & (UP2 | UP3) && v[0] > v[1]) || (need & (UP3 | UP_BC) && v[1] > v[2]) ||
           (need & UP_CD && v[2] > v[3]));
}

/* may these columns stand for the letters? */
static bool suits(const struct pattern *t, const int *v, const struct assay_sr_table *table)
{
  for (int i = 0; i < t->letters; i++) {
    const struct assay_sr_column *c = &table->column[v[i]];
    for (int j = 0; j < i; j++) {
      const double ratio = c->scale / table->column[v[j]].scale;
      if (v[i] == v[j]) return false;
      if (t->need & LIKE && (ratio > 1e4 || ratio < 1e-4)) return false;
    }
    if (!c->usable || (t->need & PURE && !c->plain)) return false;
  }
  return ordered(v, t->need);
}

/* a letter beside another is part of a function's name */
void assay_sr_fill_in(char *out, size_t size, const char *text, const int *v)
{
  size_t n = 0;
  for (const char *c = text; *c && n + 8 < size; c++) {
    const bool word = (c > text && c[-1] >= 'a' && c[-1] <= 'z') || (c[1] >= 'a' && c[1] <= 'z');
    if (*c >= 'a' && *c <= 'd' && !word)
      n += (size_t)snprintf(out + n, size - n, "x%d", v[*c - 'a']);
    else
      out[n++] = *c;
  }
  out[n] = '\0';
}

static double length(const double *v, int m)
{
  double sum = 0;
  for (int i = 0; i < m; i++) sum += v[i] * v[i];
  return sqrt(sum);
}

/* v = the atom's column; not valid: 0 or not finite somewhere */
static int column(bool *valid, bool *negative, double *v, const struct assay_sr_atom *atom,
                  const struct assay_sr_sample *s, int m, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  struct assay_expr *e = NULL;
  *valid = false;
  ASSAY_TRY(assay_expr_parse(&e, atom->text, NULL));
  if (!assay_sr_spend(b, (e->n + 1.0) * m)) goto done;
  ASSAY_TRY(assay_sr_values(v, e, s->x, s->m, m));
  *valid = *negative = true;
  for (int i = 0; i < m; i++) {
    *negative = *negative && v[i] < 0;
    if (!atom->exponential) v[i] = log(fabs(v[i]));
    *valid = *valid && isfinite(v[i]) && fabs(v[i]) < 1e150;
  }
done:
  assay_expr_free(e);
  return rc;
}

int assay_sr_pool_column(bool *valid, double *v, const struct assay_sr_atom *atom,
                         const struct assay_sr_sample *s, struct assay_sr_budget *b)
{
  bool negative;
  return column(valid, &negative, v, atom, s, (int)s->m, b);
}

static int reserve(struct assay_sr_pool *p, int most)
{
  int rc = ASSAY_OK;
  const size_t m = (size_t)p->m;
  if (p->n < p->capacity) goto done;
  p->capacity = p->capacity ? 2 * p->capacity : 256;
  if (p->capacity > most) p->capacity = most;
  const size_t n = (size_t)p->capacity;
  ASSAY_TRY(ASSAY_GROW(&p->atom, n, "symbolic pool"));
  ASSAY_TRY(ASSAY_GROW(&p->log, n * m, "symbolic pool"));
  ASSAY_TRY(ASSAY_GROW(&p->rest, n * m, "symbolic pool"));
done:
  return rc;
}

static int add(struct assay_sr_pool *p, const struct assay_sr_atom *atom,
               const struct assay_sr_atom *opposite, const struct assay_sr_sample *s, int most,
               struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  bool valid, negative;
  ASSAY_TRY(reserve(p, most));
  double *v = p->log + (size_t)p->n * (size_t)p->m, *rest = p->rest + (size_t)p->n * (size_t)p->m;
  ASSAY_TRY(column(&valid, &negative, v, atom, s, p->m, b));
  if (!valid || !assay_sr_spend_flops(b, assay_sr_basis_flops(p->basis))) goto done;
  memcpy(rest, v, (size_t)p->m * sizeof *v);
  const double before = length(v, p->m), after = assay_sr_basis_project(p->basis, rest);
  if (!(after > 1e-7 * before)) goto done;
  for (int i = 0; i < p->m; i++) rest[i] /= after;
  p->atom[p->n++] = negative && opposite->text[0] ? *opposite : *atom;
done:
  return rc;
}

static int instantiate(struct assay_sr_pool *p, const struct pattern *t,
                       const struct assay_sr_table *table, const struct assay_sr_sample *s,
                       int most, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK, total = 1;
  for (int i = 0; i < t->letters; i++) total *= table->n_vars;
  for (int code = 0; code < total && p->n < most && !assay_sr_over(b); code++) {
    int v[MAX_LETTERS] = {0};
    struct assay_sr_atom atom = {.exponential = (t->need & EXPONENTIAL) != 0}, opposite = {0};
    for (int i = 0, rest = code; i < t->letters; i++, rest /= table->n_vars)
      v[i] = rest % table->n_vars;
    if (!suits(t, v, table)) continue;
    assay_sr_fill_in(atom.text, sizeof atom.text, t->text, v);
    if (t->negative) assay_sr_fill_in(opposite.text, sizeof opposite.text, t->negative, v);
    ASSAY_TRY(add(p, &atom, &opposite, s, most, b));
  }
done:
  return rc;
}

/* 1 and the logarithms of the columns that have one */
static int make_base(struct assay_sr_pool *p, const struct assay_sr_table *table,
                     const struct assay_sr_sample *s)
{
  int rc = ASSAY_OK;
  double *v = NULL;
  const int m = p->m;
  ASSAY_TRY(assay_sr_basis_create(&p->basis, m, table->n_vars + 1));
  ASSAY_TRY(ASSAY_NEW(&p->base_log, (size_t)(table->n_vars * m), "symbolic pool"));
  ASSAY_TRY(ASSAY_NEW(&v, (size_t)m, "symbolic pool"));
  for (int i = 0; i < m; i++) v[i] = 1;
  assay_sr_basis_push(p->basis, v, 0);
  for (int j = 0; j < table->n_vars; j++) {
    const struct assay_sr_column *c = &table->column[j];
    double *log_x = p->base_log + p->n_base * m;
    if (!c->usable || c->zeros) continue;
    for (int i = 0; i < m; i++) v[i] = log_x[i] = log(fabs(s->x[j * s->m + i] / c->scale));
    if (assay_sr_basis_push(p->basis, v, 1e-9)) p->base[p->n_base++] = j;
  }
done:
  assay_free(v);
  return rc;
}

int assay_sr_pool_create(struct assay_sr_pool **out, const struct assay_sr_table *table,
                         const struct assay_sr_sample *s, int most, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  struct assay_sr_pool *p = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&p, 1, "symbolic pool"));
  p->m = (int)s->m;
  ASSAY_TRY(make_base(p, table, s));
  for (int i = 0; i < PATTERNS; i++) ASSAY_TRY(instantiate(p, &patterns[i], table, s, most, b));
  *out = p;
  p = NULL;
done:
  assay_sr_pool_destroy(p);
  return rc;
}

void assay_sr_pool_destroy(struct assay_sr_pool *p)
{
  if (!p) return;
  assay_sr_basis_destroy(p->basis);
  assay_free(p->base_log);
  assay_free(p->atom);
  assay_free(p->log);
  assay_free(p->rest);
  assay_free(p);
}
