/* Products of columns and atoms. With t = log |T(y)|, base columns 1, log |x_i| projected out, and
 * unit columns a_k (the atoms' logarithms, projected and scaled alike), the part of |t|^2 that a
 * set S of atoms leaves is
 *
 *     1 - c^T G^-1 c,   c_k = <t, a_k> / |t|,   G_kl = <a_k, a_l>,   k, l in S,
 *
 * so that after one product of matrices every pair costs a few operations. */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "baselines/symbolic/product.h"
#include "baselines/symbolic/search.h"
#include "core/base/err.h"
#include "core/base/mem.h"

enum { DEPTH = 3, TOP = 1000, TRIED = 8, APPROXIMATE = 2, OPERATIONS = 4, PLAIN = 240 };

struct set {
  int n, atom[DEPTH];
  double left;
};

struct shortlist {
  int n, capacity;
  struct set set[TOP]; /* by what is left, ascending */
};

static bool same(const struct set *a, const struct set *b)
{
  return a->n == b->n && !memcmp(a->atom, b->atom, (size_t)a->n * sizeof *a->atom);
}

static void shortlist_add(struct shortlist *list, const struct set *s)
{
  int at = list->n;
  if (list->n == list->capacity && s->left >= list->set[list->n - 1].left) return;
  for (int i = 0; i < list->n; i++)
    if (list->set[i].left == s->left && same(&list->set[i], s)) return;
  if (list->n < list->capacity) list->n++;
  at = list->n - 1;
  for (; at > 0 && list->set[at - 1].left > s->left; at--) list->set[at] = list->set[at - 1];
  list->set[at] = *s;
}

struct work {
  int n;        /* atoms */
  double *c;    /* [n] */
  double *gram; /* [n, n] lower triangle */
  double *z, *t;
  struct shortlist *now, *next;
};

static double gram(const struct work *w, int i, int j)
{
  return i > j ? w->gram[(size_t)i * (size_t)w->n + (size_t)j]
               : w->gram[(size_t)j * (size_t)w->n + (size_t)i];
}

/* Cholesky factor of the set's Gram matrix and L^-1 c; false if it is singular */
static bool factorise(double l[DEPTH][DEPTH], double *e, const struct work *w, const struct set *s)
{
  for (int i = 0; i < s->n; i++) {
    double right = w->c[s->atom[i]];
    for (int j = 0; j <= i; j++) {
      double sum = gram(w, s->atom[i], s->atom[j]);
      for (int k = 0; k < j; k++) sum -= l[i][k] * l[j][k];
      if (i == j && !(sum > 1e-9)) return false;
      l[i][j] = i == j ? sqrt(sum) : sum / l[j][j];
    }
    for (int k = 0; k < i; k++) right -= l[i][k] * e[k];
    e[i] = right / l[i][i];
  }
  return true;
}

static struct set with(const struct set *s, int atom, double left)
{
  struct set out = *s;
  int at = out.n++;
  for (; at > 0 && out.atom[at - 1] > atom; at--) out.atom[at] = out.atom[at - 1];
  out.atom[at] = atom;
  out.left = left;
  return out;
}

/* all sets with one atom more than s, from `from` up to `end` */
static void extend(struct shortlist *list, const struct work *w, const struct set *s, int from,
                   int end)
{
  double l[DEPTH][DEPTH], e[DEPTH], left = 1;
  if (!factorise(l, e, w, s)) return;
  for (int i = 0; i < s->n; i++) left -= e[i] * e[i];
  for (int k = from; k < end; k++) {
    double u[DEPTH], rest = 1, part = w->c[k];
    for (int i = 0; i < s->n; i++) {
      double sum = gram(w, k, s->atom[i]);
      for (int j = 0; j < i; j++) sum -= l[i][j] * u[j];
      u[i] = sum / l[i][i];
      rest -= u[i] * u[i];
      part -= u[i] * e[i];
    }
    if (!(rest > 1e-7)) continue;
    const struct set longer = with(s, k, left - part * part / rest);
    shortlist_add(list, &longer);
  }
}

/* every set of three of the first atoms, which are the plainest */
static bool all_triples(struct work *w, struct assay_sr_budget *b)
{
  const int n = w->n < PLAIN ? w->n : PLAIN;
  if (!assay_sr_spend_flops(b, (double)n * n * n / 6 * DEPTH * OPERATIONS)) return false;
  for (int i = 0; i < n; i++)
    for (int j = i + 1; j < n; j++) {
      const struct set pair = {.n = 2, .atom = {i, j}};
      extend(w->next, w, &pair, j + 1, n);
    }
  return true;
}

static bool grow(struct work *w, int depth, struct assay_sr_budget *b)
{
  const struct set none = {0};
  w->next->n = 0;
  if (depth == 1) {
    extend(w->next, w, &none, 0, w->n);
    return true;
  }
  if (depth == 3 && !all_triples(w, b)) return false;
  const int starts = depth == 2 ? w->n : w->now->n;
  for (int i = 0; i < starts; i++) {
    const struct set one = with(&none, i, 0);
    if (!assay_sr_spend_flops(b, (double)w->n * depth * OPERATIONS)) return false;
    extend(w->next, w, depth == 2 ? &one : &w->now->set[i], depth == 2 ? i + 1 : 0, w->n);
  }
  return true;
}

static int try_list(bool *exact, struct assay_sr_search *s, const struct work *w,
                    const struct assay_sr_target *target)
{
  int rc = ASSAY_OK;
  for (int i = 0; i < w->next->n && i < TRIED && !*exact; i++) {
    const struct set *set = &w->next->set[i];
    struct assay_sr_product product = {.n = set->n};
    for (int k = 0; k < set->n; k++) {
      product.atom[k] = &s->pool->atom[set->atom[k]];
      product.log[k] = s->pool->log + (size_t)set->atom[k] * (size_t)s->pool->m;
    }
    const bool approximate = i < APPROXIMATE && target == assay_sr_targets;
    ASSAY_TRY(assay_sr_product_offer(exact, s, &product, target, w->z, approximate));
  }
done:
  return rc;
}

/* z, and t = the part of log |z| outside the base, of length one; false: nothing to explain */
static int look(bool *open, bool *exact, struct work *w, struct assay_sr_search *s,
                const struct assay_sr_target *target)
{
  int rc = ASSAY_OK;
  const struct assay_sr_pool *p = s->pool;
  const struct assay_sr_product none = {0};
  *open = false;
  if (!assay_sr_target_apply(w->z, target, s->sample->y, p->m)) goto done;
  for (int i = 0; i < p->m; i++)
    if (w->z[i] == 0) goto done;
  ASSAY_TRY(assay_sr_product_offer(exact, s, &none, target, w->z, target == assay_sr_targets));
  if (*exact) goto done;
  const double scale = fabs(w->z[0]);
  for (int i = 0; i < p->m; i++) w->t[i] = log(fabs(w->z[i] / scale));
  const double rest = assay_sr_basis_project(p->basis, w->t);
  if (!(rest > 1e-11)) goto done;
  for (int i = 0; i < p->m; i++) w->t[i] /= rest;
  *open = p->n > 0 && assay_sr_spend_flops(s->budget, (double)p->n * p->m);
  if (*open)
    cblas_dgemv(CblasRowMajor, CblasNoTrans, p->n, p->m, 1, p->rest, p->m, w->t, 1, 0, w->c, 1);
done:
  return rc;
}

static int make_gram(struct work *w, struct assay_sr_search *s)
{
  int rc = ASSAY_OK;
  const struct assay_sr_pool *p = s->pool;
  ASSAY_TRY(ASSAY_NEW(&w->gram, (size_t)p->n * (size_t)p->n, "symbolic products"));
  cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, p->n, p->m, 1, p->rest, p->m, 0, w->gram,
              p->n);
done:
  return rc;
}

static int levels(bool *exact, struct work *w, struct assay_sr_search *s,
                  const struct assay_sr_target *target, int depth)
{
  int rc = ASSAY_OK;
  const double n = s->pool->n;
  for (int d = 1; d <= depth && !*exact; d++) {
    if (d == 2) {
      if (!assay_sr_spend_flops(s->budget, n * n * s->pool->m / 2)) goto done;
      ASSAY_TRY(make_gram(w, s));
    }
    if (!grow(w, d, s->budget)) goto done;
    ASSAY_TRY(try_list(exact, s, w, target));
    struct shortlist *swap = w->now;
    w->now = w->next;
    w->next = swap;
  }
done:
  return rc;
}

int assay_sr_search_products(struct assay_sr_search *s, const struct assay_sr_target *target,
                             int depth)
{
  int rc = ASSAY_OK;
  const size_t m = (size_t)s->pool->m, n = (size_t)s->pool->n;
  struct work w = {.n = s->pool->n};
  bool open, exact = false;
  ASSAY_TRY(ASSAY_NEW(&w.z, m, "symbolic products"));
  ASSAY_TRY(ASSAY_NEW(&w.t, m, "symbolic products"));
  ASSAY_TRY(ASSAY_NEW(&w.c, n, "symbolic products"));
  ASSAY_TRY(ASSAY_NEW(&w.now, 1, "symbolic products"));
  ASSAY_TRY(ASSAY_NEW(&w.next, 1, "symbolic products"));
  w.now->capacity = w.next->capacity = TOP;
  ASSAY_TRY(look(&open, &exact, &w, s, target));
  if (open) ASSAY_TRY(levels(&exact, &w, s, target, depth));
done:
  assay_free(w.z);
  assay_free(w.t);
  assay_free(w.c);
  assay_free(w.gram);
  assay_free(w.now);
  assay_free(w.next);
  return rc;
}
