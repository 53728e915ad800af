#include "baselines/dynamics/library.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/vmath.h"

static int add(struct assay_library *l, const struct assay_library_term *t)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_GROW(&l->term, (size_t)l->n + 1, "library"));
  l->term[l->n++] = *t;
done:
  return rc;
}

/* All of exactly `left` more degrees in states k .. n_states - 1. */
static int add_monomials(struct assay_library *l, struct assay_library_term t, int k, int left)
{
  int rc = ASSAY_OK;
  if (k == l->n_states) return left == 0 ? add(l, &t) : ASSAY_OK;
  for (t.power[k] = left; t.power[k] >= 0; t.power[k]--)
    ASSAY_TRY(add_monomials(l, t, k + 1, left - t.power[k]));
done:
  return rc;
}

int assay_library_create(struct assay_library **out, int n_states, int degree, bool waves)
{
  int rc = ASSAY_OK;
  struct assay_library *l = NULL;
  *out = NULL;
  ASSAY_CHECK(n_states > 0 && n_states <= ASSAY_LIBRARY_STATES_MAX && degree >= 0 &&
                  degree <= ASSAY_LIBRARY_DEGREE_MAX,
              ASSAY_EARG, "a library of %d states to degree %d: at most %d and %d", n_states,
              degree, ASSAY_LIBRARY_STATES_MAX, ASSAY_LIBRARY_DEGREE_MAX);
  ASSAY_TRY(ASSAY_NEW(&l, 1, "library"));
  l->n_states = n_states;
  for (int d = 0; d <= ASSAY_LIBRARY_DEGREE_MAX; d++) {
    if (d <= degree) ASSAY_TRY(add_monomials(l, (struct assay_library_term){{0}}, 0, d));
    l->of_degree[d] = l->n;
  }
  for (int k = 0; k < n_states && waves; k++)
    for (int wave = 1; wave <= 2; wave++)
      ASSAY_TRY(add(l, &(struct assay_library_term){.wave = wave, .of = k}));
  *out = l;
  l = NULL;
done:
  assay_library_destroy(l);
  return rc;
}

void assay_library_destroy(struct assay_library *l)
{
  if (!l) return;
  assay_free(l->term);
  assay_free(l);
}

void assay_library_values(double *v, const struct assay_library *l, int k, const double *x,
                          long stride, long n)
{
  const struct assay_library_term *t = &l->term[k];
  if (t->wave == 1) assay_vmath_sin(v, x + t->of * stride, n);
  if (t->wave == 2) assay_vmath_cos(v, x + t->of * stride, n);
  if (t->wave) return;
  for (long i = 0; i < n; i++) v[i] = 1;
  for (int s = 0; s < l->n_states; s++)
    for (int p = 0; p < t->power[s]; p++)
      for (long i = 0; i < n; i++) v[i] *= x[s * stride + i];
}

/* ---- text --------------------------------------------------------------------------------- */

enum { NUMBER = 32, FACTOR = 16 };

/* "*x0^2*x3", "*sin(x1)" or "" */
static void print_term(char *out, size_t size, const struct assay_library *l, int k)
{
  size_t n = 0;
  const struct assay_library_term *t = &l->term[k];
  out[0] = 0;
  if (t->wave) snprintf(out, size, "*%s(x%d)", t->wave == 1 ? "sin" : "cos", t->of);
  for (int s = 0; s < l->n_states && n < size && !t->wave; s++) {
    if (t->power[s] == 1) n += (size_t)snprintf(out + n, size - n, "*x%d", s);
    if (t->power[s] > 1) n += (size_t)snprintf(out + n, size - n, "*x%d^%d", s, t->power[s]);
  }
}

int assay_library_print(char **out, const struct assay_library *l, const double *c)
{
  int rc = ASSAY_OK;
  char *text = NULL, term[FACTOR * ASSAY_LIBRARY_STATES_MAX];
  const size_t size = (size_t)(l->n + 1) * (sizeof term + NUMBER);
  size_t n = 0;
  ASSAY_TRY(ASSAY_NEW(&text, size, "equation"));
  for (int k = 0; k < l->n; k++) {
    if (c[k] == 0) continue;
    const char *sign = c[k] < 0 ? (n ? " - " : "-") : (n ? " + " : "");
    print_term(term, sizeof term, l, k);
    n += (size_t)snprintf(text + n, size - n, "%s%.12g%s", sign, fabs(c[k]), term);
  }
  if (n == 0) snprintf(text, size, "0");
  *out = text;
  text = NULL;
done:
  assay_free(text);
  return rc;
}
