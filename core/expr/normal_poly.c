/* Sums of monomials with numbers that know the size of what they are made of. */
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/expr/normal_value.h"

static void *take(struct normal *s, size_t n, size_t size)
{
  return assay_alg_take(s->memory, n * size + 1);
}

bool assay_normal_close(struct number a, struct number b)
{
  return fabs(a.v - b.v) <= NORMAL_TOLERANCE * fmax(a.size, b.size);
}

/* Lexicographic, higher powers first; so a common factor does not change the order. */
int assay_normal_compare_monomials(struct monomial a, struct monomial b)
{
  int i = 0, k = 0;
  for (; i < a.n && k < b.n; i++, k++) {
    if (a.f[i].atom < b.f[k].atom) return a.f[i].e > 0 ? -1 : 1;
    if (a.f[i].atom > b.f[k].atom) return b.f[k].e > 0 ? 1 : -1;
    if (a.f[i].e != b.f[k].e) return a.f[i].e > b.f[k].e ? -1 : 1;
  }
  if (i < a.n) return a.f[i].e > 0 ? -1 : 1;
  return k < b.n ? (b.f[k].e > 0 ? 1 : -1) : 0;
}

bool assay_normal_same_monomial(struct monomial a, struct monomial b)
{
  return a.n == b.n && (a.n == 0 || memcmp(a.f, b.f, sizeof(*a.f) * (size_t)a.n) == 0);
}

struct monomial assay_normal_times(struct normal *s, struct monomial a, struct monomial b)
{
  struct power_of *f = take(s, (size_t)(a.n + b.n), sizeof *f);
  int n = 0;
  for (int i = 0, k = 0; i < a.n || k < b.n;) {
    const int first = i == a.n                    ? b.f[k].atom
                      : k == b.n                  ? a.f[i].atom
                      : a.f[i].atom < b.f[k].atom ? a.f[i].atom
                                                  : b.f[k].atom;
    int e = 0;
    if (i < a.n && a.f[i].atom == first) e += a.f[i++].e;
    if (k < b.n && b.f[k].atom == first) e += b.f[k++].e;
    if (e) f[n++] = (struct power_of){first, e};
  }
  return (struct monomial){n, f};
}

struct polynomial assay_normal_term(struct normal *s, struct number c, struct monomial m)
{
  struct monomial *mm = take(s, 1, sizeof *mm);
  struct number *cc = take(s, 1, sizeof *cc);
  *mm = m;
  *cc = c;
  return (struct polynomial){fabs(c.v) > 0.0, mm, cc};
}

struct polynomial assay_normal_constant(struct normal *s, struct number c)
{
  return assay_normal_term(s, c, (struct monomial){0});
}

struct polynomial assay_normal_add(struct normal *s, struct polynomial a, struct polynomial b,
                                   double f)
{
  if (a.n + b.n > MOST_MONOMIALS) assay_alg_leave(s->memory, ASSAY_EUNSUPPORTED);
  assay_alg_tick(s->memory, 1 + (a.n + b.n) / 2);
  struct monomial *m = take(s, (size_t)(a.n + b.n), sizeof *m);
  struct number *c = take(s, (size_t)(a.n + b.n), sizeof *c);
  int n = 0;
  for (int i = 0, k = 0; i < a.n || k < b.n;) {
    const int order = i == a.n ? 1 : k == b.n ? -1 : assay_normal_compare_monomials(a.m[i], b.m[k]);
    struct number x = {0};
    m[n] = order <= 0 ? a.m[i] : b.m[k];
    if (order <= 0) x = a.c[i++];
    if (order >= 0) {
      x.v += f * b.c[k].v;
      x.size += fabs(f) * b.c[k].size;
      k++;
    }
    if (fabs(x.v) > NORMAL_CANCELLED * x.size) c[n++] = x;
  }
  return (struct polynomial){n, m, c};
}

/* Exponents of atoms with a law of their own: what has to be multiplied in as a polynomial. */
static bool excess(const struct atom *a, int e, int *rest, int *whole)
{
  *whole = 0;
  *rest = e;
  if (a->kind == ATOM_SUM) {
    *whole = e >= 0 ? e / UNIT : -((-e + UNIT - 1) / UNIT);
    *rest = e - *whole * UNIT;
  } else if (a->kind == ATOM_FUNCTION && (a->fn == ASSAY_EXPR_SIN || a->fn == ASSAY_EXPR_ABS) &&
             e >= 2 * UNIT && e % UNIT == 0) {
    *whole = e / (2 * UNIT);
    *rest = e - *whole * 2 * UNIT;
  }
  return *whole > 0;
}

static int cosine_of(struct normal *s, int sine)
{
  struct atom cosine = s->atom[sine];
  cosine.fn = ASSAY_EXPR_COS;
  return assay_normal_new_atom(s, cosine);
}

/* polynomial that stands for sum^1, sin^2, |x|^2 */
static struct polynomial law(struct normal *s, int atom)
{
  const struct number one = {1.0, 1.0}, minus = {-1.0, 1.0};
  if (s->atom[atom].kind == ATOM_SUM) return s->atom[atom].p;
  if (s->atom[atom].fn == ASSAY_EXPR_ABS) { /* of one atom or of a sum */
    const struct value arg = s->atom[atom].arg;
    if (arg.n == 1) return assay_normal_whole_power(s, arg.s[0].p, 2);
    const struct value square = assay_normal_power(s, s->atom[atom].arg, 2 * UNIT);
    return assay_normal_term(s, square.c, square.m);
  }
  struct power_of *f = take(s, 1, sizeof *f);
  *f = (struct power_of){cosine_of(s, atom), 2 * UNIT};
  return assay_normal_add(s, assay_normal_constant(s, one),
                          assay_normal_term(s, minus, (struct monomial){1, f}), 1.0);
}

/* one term with the laws put in */
static struct polynomial reduced(struct normal *s, struct number c, struct monomial m)
{
  struct power_of *f = take(s, (size_t)m.n, sizeof *f);
  struct polynomial extra = {0};
  int n = 0;
  for (int i = 0; i < m.n; i++) {
    int rest, whole;
    if (excess(&s->atom[m.f[i].atom], m.f[i].e, &rest, &whole)) {
      const struct polynomial p = assay_normal_whole_power(s, law(s, m.f[i].atom), whole);
      extra = extra.n ? assay_normal_mul(s, extra, p) : p;
    } else {
      rest = m.f[i].e;
    }
    if (rest) f[n++] = (struct power_of){m.f[i].atom, rest};
  }
  const struct polynomial t = assay_normal_term(s, c, (struct monomial){n, f});
  return extra.n ? assay_normal_mul(s, extra, t) : t;
}

static struct polynomial times_range(struct normal *s, struct polynomial a, struct polynomial b,
                                     int low, int high)
{
  if (high - low > 1) {
    const int mid = (low + high) / 2;
    return assay_normal_add(s, times_range(s, a, b, low, mid), times_range(s, a, b, mid, high),
                            1.0);
  }
  struct polynomial out = {0};
  for (int i = 0; i < a.n; i++) {
    const struct number c = {a.c[i].v * b.c[low].v, a.c[i].size * b.c[low].size};
    out = assay_normal_add(s, out, reduced(s, c, assay_normal_times(s, a.m[i], b.m[low])), 1.0);
  }
  return out;
}

struct polynomial assay_normal_mul(struct normal *s, struct polynomial a, struct polynomial b)
{
  if (a.n == 0 || b.n == 0) return (struct polynomial){0};
  return a.n < b.n ? times_range(s, a, b, 0, b.n) : times_range(s, b, a, 0, a.n);
}

struct polynomial assay_normal_whole_power(struct normal *s, struct polynomial a, int e)
{
  struct polynomial out = assay_normal_constant(s, (struct number){1.0, 1.0});
  for (; e > 0; e >>= 1) {
    if (e & 1) out = assay_normal_mul(s, out, a);
    if (e > 1) a = assay_normal_mul(s, a, a);
  }
  return out;
}

bool assay_normal_same_polynomial(struct polynomial a, struct polynomial b, int *sign)
{
  int same = 1, opposite = sign != NULL;
  if (a.n != b.n) return false;
  for (int i = 0; i < a.n && (same || opposite); i++) {
    const struct number minus = {-b.c[i].v, b.c[i].size};
    if (!assay_normal_same_monomial(a.m[i], b.m[i])) return false;
    if (!assay_normal_close(a.c[i], b.c[i])) same = 0;
    if (!assay_normal_close(a.c[i], minus)) opposite = 0;
  }
  if (sign) *sign = same ? 1 : -1;
  return same || opposite;
}
