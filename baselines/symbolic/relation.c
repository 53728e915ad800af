#include "baselines/symbolic/relation.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

static const double DEPENDENT = 1e-10; /* what remains of a column that closes a relation */
static const double NEGLIGIBLE[2] = {1e-12, 1e-7}; /* share of a term, below which it goes: first
                                                      timidly, then boldly */
static const double CLEAN = 1e-14;                 /* and when it is beyond doubt */
static const double EXACT = 1e-11; /* what remains of it when only its terms are fitted */

enum { MAX_COLUMNS = 1400, MAX_REFUSED = 12 };

/* one column of the library: z^z prod feature^power; degree in the features, of a quadratic in
 * those that are columns */
struct monomial {
  signed char power[ASSAY_SR_FEATURES];
  signed char z, degree;
};

struct library {
  int n, m, n_powers;
  struct monomial *monomial; /* [n] */
  double *powers;            /* [features, degree + 1, m] */
  const double *z;
  double *weight; /* [m] of rows */
};

static bool is_function(const struct assay_sr_feature *u)
{
  return u->text[0] != 'x';
}

double assay_sr_relation_columns(const struct assay_sr_features *f, int degree,
                                 enum assay_sr_relation_kind kind)
{
  const bool quadratic = kind == ASSAY_SR_QUADRATIC;
  double count = 1;
  int n = 0, functions = 0;
  for (int k = 0; k < f->n; k++) {
    const bool function = quadratic && is_function(&f->feature[k]);
    n += f->prefactor[k] == 0 && !function;
    functions += function;
  }
  for (int k = 1; k <= degree; k++) count *= (double)(n + k) / k;
  return count * (quadratic ? (functions + 2) * (functions + 3) / 2 : 2);
}

/* the monomial with all powers of z that go with it */
static void list_powers(struct library *lib, struct monomial *now, int most)
{
  for (int z = 0; z <= most && lib->n < MAX_COLUMNS; z++) {
    now->z = (signed char)z;
    lib->monomial[lib->n++] = *now;
  }
}

/* all powers of functions k.. of a quadratic that leave this degree for z */
static void list_functions(struct library *lib, const struct assay_sr_features *f,
                           struct monomial *now, int k, int left)
{
  while (k < f->n && !is_function(&f->feature[k])) k++;
  if (k == f->n) {
    list_powers(lib, now, left);
    return;
  }
  for (int p = 0; p <= left; p++) {
    now->power[k] = (signed char)p;
    list_functions(lib, f, now, k + 1, left - p);
  }
  now->power[k] = 0;
}

/* all monomials of exactly this degree in features k.., with the powers so far */
static void list_degree(struct library *lib, const struct assay_sr_features *f,
                        struct monomial *now, int k, int degree, enum assay_sr_relation_kind kind)
{
  const bool quadratic = kind == ASSAY_SR_QUADRATIC;
  while (k < f->n && (f->prefactor[k] != 0 || (quadratic && is_function(&f->feature[k])))) k++;
  if (k == f->n) {
    if (degree == 0 && quadratic)
      list_functions(lib, f, now, 0, 2);
    else if (degree == 0)
      list_powers(lib, now, kind == ASSAY_SR_POLYNOMIAL && now->degree > 0 ? 0 : 1);
    return;
  }
  for (int p = degree; p >= 0; p--) {
    now->power[k] = (signed char)p;
    list_degree(lib, f, now, k + 1, degree - p, kind);
  }
  now->power[k] = 0;
}

static int library_make(struct library *lib, const struct assay_sr_features *f, const double *z,
                        int m, int degree, enum assay_sr_relation_kind kind)
{
  int rc = ASSAY_OK;
  const bool quadratic = kind == ASSAY_SR_QUADRATIC;
  const int highest = quadratic && degree < 2 ? 2 : degree;
  lib->m = m;
  lib->n_powers = highest + 1;
  lib->z = z;
  ASSAY_TRY(ASSAY_NEW(&lib->monomial, MAX_COLUMNS, "symbolic relation"));
  ASSAY_TRY(ASSAY_NEW(&lib->powers, (size_t)(f->n * lib->n_powers * m), "symbolic relation"));
  ASSAY_TRY(ASSAY_NEW(&lib->weight, (size_t)m, "symbolic relation"));
  for (int d = 0; d <= degree; d++) {
    struct monomial now = {.degree = (signed char)d};
    list_degree(lib, f, &now, 0, d, kind);
  }
  for (int k = 0; k < f->n; k++)
    for (int p = 0; p <= highest; p++) {
      double *to = lib->powers + (k * lib->n_powers + p) * m;
      for (int i = 0; i < m; i++) to[i] = p == 0 ? 1 : to[i - m] * f->feature[k].v[i];
    }
  for (int i = 0; i < m; i++) lib->weight[i] = 1 / (1 + (quadratic ? z[i] * z[i] : fabs(z[i])));
done:
  return rc;
}

static void library_free(struct library *lib)
{
  assay_free(lib->monomial);
  assay_free(lib->powers);
  assay_free(lib->weight);
}

/* v [m] = the column, of length one; returns its length before */
static double column(double *v, const struct library *lib, int which, int n_features)
{
  const struct monomial *c = &lib->monomial[which];
  double sum = 0;
  for (int i = 0; i < lib->m; i++) v[i] = lib->weight[i] * (c->z ? lib->z[i] : 1);
  for (int i = 0; i < lib->m && c->z == 2; i++) v[i] *= lib->z[i];
  for (int k = 0; k < n_features; k++) {
    const double *power = lib->powers + (k * lib->n_powers + c->power[k]) * lib->m;
    if (c->power[k] == 0) continue;
    for (int i = 0; i < lib->m; i++) v[i] *= power[i];
  }
  for (int i = 0; i < lib->m; i++) sum += v[i] * v[i];
  for (int i = 0; i < lib->m; i++) v[i] /= sqrt(sum);
  return sqrt(sum);
}

/* least squares of column `last` on the n others; c [n] in terms of columns of length one */
static int refit(double *c, double *left, const struct library *lib, const int *which, int n,
                 int last, int n_features, double *v)
{
  int rc = ASSAY_OK;
  struct assay_sr_basis *basis = NULL;
  ASSAY_TRY(assay_sr_basis_create(&basis, lib->m, n > 0 ? n : 1));
  *left = INFINITY;
  for (int k = 0; k < n; k++) {
    column(v, lib, which[k], n_features);
    if (!assay_sr_basis_push(basis, v, 1e-13)) goto done;
  }
  column(v, lib, last, n_features);
  *left = assay_sr_basis_project(basis, v);
  assay_sr_basis_solve(c, basis);
done:
  assay_sr_basis_destroy(basis);
  return rc;
}

struct terms {
  int n, which[ASSAY_SR_TERMS];
  double c[ASSAY_SR_TERMS], left;
};

/* without the smallest term if that is no worse; false: it is needed */
static int drop_least(bool *dropped, struct terms *t, const struct library *lib, int last,
                      int n_features, double *v)
{
  int rc = ASSAY_OK, least = 0;
  struct terms fewer = {0};
  *dropped = false;
  for (int k = 1; k < t->n; k++)
    if (fabs(t->c[k]) < fabs(t->c[least])) least = k;
  if (t->n == 0 || fabs(t->c[least]) > 1e-3) goto done;
  for (int k = 0; k < t->n; k++)
    if (k != least) fewer.which[fewer.n++] = t->which[k];
  ASSAY_TRY(refit(fewer.c, &fewer.left, lib, fewer.which, fewer.n, last, n_features, v));
  *dropped = fewer.left <= fmax(3 * t->left, 1e-15);
  if (*dropped) *t = fewer;
done:
  return rc;
}

/* the terms of the dependence c [n] over columns `which` that matter */
static int prune(bool *sparse, struct terms *t, const int *which, const double *c, int n,
                 double negligible, const struct library *lib, int last, int n_features, double *v)
{
  int rc = ASSAY_OK;
  bool dropped = true;
  *sparse = false;
  t->n = 0;
  for (int k = 0; k < n; k++) {
    if (fabs(c[k]) <= negligible) continue;
    if (t->n + 1 == ASSAY_SR_TERMS) goto done;
    t->which[t->n++] = which[k];
  }
  if (3 * t->n > lib->m) goto done;
  ASSAY_TRY(refit(t->c, &t->left, lib, t->which, t->n, last, n_features, v));
  while (dropped && t->left <= EXACT) ASSAY_TRY(drop_least(&dropped, t, lib, last, n_features, v));
  *sparse = t->left <= EXACT;
done:
  return rc;
}

static void put_term(struct assay_sr_relation *r, const struct monomial *m, double c, int n)
{
  struct assay_sr_term *t = m->z == 2 ? &r->square[r->n_square++]
                            : m->z    ? &r->below[r->n_below++]
                                      : &r->above[r->n_above++];
  t->c = m->z == 1 ? -c : c;
  t->share = fabs(c);
  for (int k = 0; k < n; k++) t->power[k] = m->power[k];
}

/* Does the denominator vanish in many rows? (z - a)(1 - u^2) = 0 is a relation where u = 1 or -1
 * now and then, and says nothing about z there. */
static bool vanishes(const struct assay_sr_relation *r, const struct library *lib, int n_features)
{
  int rows = 0;
  for (int i = 0; i < lib->m; i++) {
    double sum = 0, size = 0;
    for (int t = 0; t < r->n_below; t++) {
      double value = r->below[t].c;
      for (int k = 0; k < n_features; k++)
        value *= lib->powers[(k * lib->n_powers + r->below[t].power[k]) * lib->m + i];
      sum += value;
      size += fabs(value);
    }
    rows += fabs(sum) <= 1e-9 * size;
  }
  return 20 * rows > lib->m;
}

/* the relation that column `last` closes; false: it is not one for z */
static bool assemble(struct assay_sr_relation *r, const struct library *lib, const struct terms *t,
                     int last, int n_features, double *v)
{
  *r = (struct assay_sr_relation){0};
  for (int k = 0; k < t->n; k++)
    put_term(r, &lib->monomial[t->which[k]], t->c[k] / column(v, lib, t->which[k], n_features),
             n_features);
  put_term(r, &lib->monomial[last], -1 / column(v, lib, last, n_features), n_features);
  if (r->n_square > 0) return r->n_above > 0;
  return r->n_above > 0 && r->n_below > 0 && !vanishes(r, lib, n_features);
}

struct scan {
  double *v, *c;
  int *pushed, refused;
  double best; /* what remained of the relation kept so far */
};

/* Smooth functions are nearly dependent long before they are: a relation that is not clean is kept
 * while the search for a better one goes on. */
static int close_relation(bool *clean, struct assay_sr_relation *r, struct scan *s,
                          struct assay_sr_basis *basis, const struct library *lib, int last, int n)
{
  int rc = ASSAY_OK;
  struct assay_sr_relation now;
  struct terms t;
  bool sparse = false;
  *clean = false;
  assay_sr_basis_solve(s->c, basis);
  for (int bold = 0; bold < 2 && !sparse; bold++)
    ASSAY_TRY(prune(&sparse, &t, s->pushed, s->c, basis->n, NEGLIGIBLE[bold], lib, last, n, s->v));
  s->refused += !sparse || t.left > CLEAN; /* but not one among the features alone, x^3 = x */
  if (!sparse || !assemble(&now, lib, &t, last, n, s->v) || t.left >= s->best) goto done;
  s->best = t.left;
  *r = now;
  *clean = t.left <= CLEAN;
done:
  return rc;
}

/* column k joins the basis or closes a relation */
static int step(bool *clean, struct assay_sr_relation *r, struct scan *s,
                struct assay_sr_basis *basis, const struct library *lib, int k, int n)
{
  int rc = ASSAY_OK;
  double *keep = s->c + lib->n + 1;
  *clean = false;
  column(s->v, lib, k, n);
  s->pushed[basis->n] = k;
  const double left = assay_sr_basis_project(basis, s->v);
  if (left <= DEPENDENT) {
    memcpy(keep, s->v, (size_t)lib->m * sizeof *keep);
    ASSAY_TRY(close_relation(clean, r, s, basis, lib, k, n));
    if (*clean || !(left > CLEAN)) goto done;
    memcpy(s->v, keep, (size_t)lib->m * sizeof *keep);
  }
  if (basis->n < basis->capacity) assay_sr_basis_append(basis, s->v, left);
done:
  return rc;
}

static int walk(bool *found, struct assay_sr_relation *r, struct scan *s,
                struct assay_sr_basis *basis, const struct library *lib, int n,
                struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  bool clean = false;
  for (int k = 0; k < lib->n && !clean && s->refused < MAX_REFUSED; k++) {
    const double work = assay_sr_basis_flops(basis) + lib->m * 8.0;
    if (3 * basis->n > 2 * lib->m || !assay_sr_spend_flops(b, work)) break;
    ASSAY_TRY(step(&clean, r, s, basis, lib, k, n));
  }
  *found = s->best < INFINITY;
done:
  return rc;
}

int assay_sr_relation_find(bool *found, struct assay_sr_relation *r,
                           const struct assay_sr_features *f, const double *z, int m, int degree,
                           enum assay_sr_relation_kind kind, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  struct library lib = {0};
  struct assay_sr_basis *basis = NULL;
  struct scan s = {.best = INFINITY};
  *found = false;
  ASSAY_TRY(library_make(&lib, f, z, m, degree, kind));
  const size_t n = (size_t)lib.n + 1;
  ASSAY_TRY(assay_sr_basis_create(&basis, m, lib.n));
  ASSAY_TRY(ASSAY_NEW(&s.v, (size_t)m, "symbolic relation"));
  ASSAY_TRY(ASSAY_NEW(&s.c, n + (size_t)m, "symbolic relation"));
  ASSAY_TRY(ASSAY_NEW(&s.pushed, n, "symbolic relation"));
  ASSAY_TRY(walk(found, r, &s, basis, &lib, f->n, b));
done:
  library_free(&lib);
  assay_sr_basis_destroy(basis);
  assay_free(s.v);
  assay_free(s.c);
  assay_free(s.pushed);
  return rc;
}
