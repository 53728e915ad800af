#include "baselines/symbolic/terms.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "baselines/symbolic/pool.h"
#include "baselines/symbolic/values.h"
#include "core/base/err.h"
#include "core/base/mem.h"

enum need { ANY = 0, POSITIVE = 1, PURE = 2 };
static const struct {
  const char *text;
  int letters, need;
} templates[] = {
    {"1/a", 1, ANY},           {"sqrt(a)", 1, POSITIVE},
    {"log(a)", 1, POSITIVE},   {"sin(a)", 1, PURE},
    {"cos(a)", 1, PURE},       {"exp(a)", 1, PURE},
    {"exp(-a)", 1, PURE},      {"1/a^2", 1, ANY},
    {"a/b", 2, ANY},           {"a/b^2", 2, ANY},
    {"a*sin(b)", 2, PURE},     {"a*cos(b)", 2, PURE},
    {"a*exp(-b)", 2, PURE},    {"a*exp(b)", 2, PURE},
    {"a*log(b)", 2, POSITIVE}, {"sqrt(a*b)", 2, POSITIVE},
};
enum { TEMPLATES = sizeof templates / sizeof *templates };

static int add(struct assay_sr_terms *t, const char *text, const struct assay_sr_sample *s,
               int most, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  struct assay_expr *e = NULL;
  double *v = t->v + (size_t)t->n * (size_t)t->m, largest = 0, sum = 0;
  if (t->n == most) goto done;
  ASSAY_TRY(assay_expr_parse(&e, text, NULL));
  if (!assay_sr_spend(b, (double)e->n * t->m)) goto done;
  ASSAY_TRY(assay_sr_values(v, e, s->x, s->m, t->m));
  for (int i = 0; i < t->m; i++) {
    if (!isfinite(v[i])) goto done;
    largest = fmax(largest, fabs(v[i]));
  }
  if (!(largest > 1e-290)) goto done;
  for (int i = 0; i < t->m; i++) sum += v[i] / largest * (v[i] / largest);
  t->length[t->n] = largest * sqrt(sum);
  if (!isfinite(t->length[t->n])) goto done;
  for (int i = 0; i < t->m; i++) v[i] /= t->length[t->n];
  snprintf(t->text[t->n++], sizeof t->text[0], "%s", text);
done:
  assay_expr_free(e);
  return rc;
}

/* monomials of exactly this degree in columns j.. */
static int add_monomials(struct assay_sr_terms *t, const char *so_far, int j, int degree,
                         const struct assay_sr_table *table, const struct assay_sr_sample *s,
                         int most, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  char text[128];
  while (j < table->n_vars && !table->column[j].usable) j++;
  if (degree == 0) return add(t, so_far, s, most, b);
  if (j == table->n_vars) return ASSAY_OK;
  for (int p = degree; p >= 0; p--) {
    const char *times = *so_far && p ? "*" : "";
    if (p == 0)
      snprintf(text, sizeof text, "%s", so_far);
    else if (p == 1)
      snprintf(text, sizeof text, "%s%sx%d", so_far, times, j);
    else
      snprintf(text, sizeof text, "%s%sx%d^%d", so_far, times, j, p);
    ASSAY_TRY(add_monomials(t, text, j + 1, degree - p, table, s, most, b));
  }
done:
  return rc;
}

static bool suits(const struct assay_sr_column *c, int need)
{
  return c->usable && (!(need & POSITIVE) || c->sign > 0) && (!(need & PURE) || c->plain);
}

static int add_functions(struct assay_sr_terms *t, const struct assay_sr_table *table,
                         const struct assay_sr_sample *s, int most, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  for (int i = 0; i < TEMPLATES; i++)
    for (int u = 0; u < table->n_vars; u++)
      for (int w = 0; w < (templates[i].letters == 2 ? table->n_vars : 1); w++) {
        const int v[4] = {u, w};
        char text[128];
        if (!suits(&table->column[u], templates[i].need)) continue;
        if (templates[i].letters == 2 && (u == w || !suits(&table->column[w], templates[i].need)))
          continue;
        assay_sr_fill_in(text, sizeof text, templates[i].text, v);
        ASSAY_TRY(add(t, text, s, most, b));
      }
done:
  return rc;
}

int assay_sr_terms_create(struct assay_sr_terms **out, const struct assay_sr_table *table,
                          const struct assay_sr_sample *s, struct assay_sr_terms_choice choice,
                          struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  struct assay_sr_terms *t = NULL;
  const size_t most = (size_t)choice.most;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&t, 1, "symbolic terms"));
  t->m = (int)s->m;
  ASSAY_TRY(ASSAY_NEW(&t->text, most, "symbolic terms"));
  ASSAY_TRY(ASSAY_NEW(&t->length, most, "symbolic terms"));
  ASSAY_TRY(ASSAY_NEW(&t->v, (most + 1) * (size_t)t->m, "symbolic terms"));
  ASSAY_TRY(add(t, "1", s, choice.most, b));
  for (int d = 1; d <= choice.degree; d++)
    ASSAY_TRY(add_monomials(t, "", 0, d, table, s, choice.most, b));
  if (choice.functions) ASSAY_TRY(add_functions(t, table, s, choice.most, b));
  *out = t;
  t = NULL;
done:
  assay_sr_terms_destroy(t);
  return rc;
}

void assay_sr_terms_destroy(struct assay_sr_terms *t)
{
  if (!t) return;
  assay_free(t->text);
  assay_free(t->length);
  assay_free(t->v);
  assay_free(t);
}

void assay_sr_terms_say(struct assay_sr_phrase *p, const struct assay_sr_terms *t, const double *c)
{
  bool begun = false;
  for (int k = 0; k < t->n; k++) {
    const double value = c[k] / t->length[k];
    const struct assay_sr_factor one = {t->text[k], 1, false};
    if (value == 0) continue;
    if (begun) assay_sr_put(p, value < 0 ? " - " : " + ");
    assay_sr_put_product(p, begun ? fabs(value) : value, 1e-13, &one, strcmp(one.text, "1") != 0);
    begun = true;
  }
  if (!begun) assay_sr_put(p, "0");
}
