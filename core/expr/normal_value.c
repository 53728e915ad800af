/* Products of powers, and how they are added. */
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/expr/normal_value.h"

static void *take(struct normal *s, size_t n, size_t size)
{
  return assay_alg_take(s->memory, n * size + 1);
}

struct value assay_normal_number(double v, double size)
{
  return (struct value){.c = {v, fmax(size, fabs(v))}};
}

bool assay_normal_is_number(struct value a)
{
  return a.m.n == 0 && a.n == 0;
}

bool assay_normal_is_zero(struct value a)
{
  return !(fabs(a.c.v) > 0.0);
}

struct value assay_normal_atom(struct normal *s, int atom, int e)
{
  struct power_of *f = take(s, 1, sizeof *f);
  *f = (struct power_of){atom, e};
  return (struct value){.c = {1.0, 1.0}, .m = {1, f}};
}

bool assay_normal_exponent(int *e, double x)
{
  for (int q = 1; q <= 6; q++) {
    const double p = round(x * q);
    if (fabs(p / q - x) <= NORMAL_TOLERANCE && fabs(p) < 1000.0) {
      *e = (int)p * (UNIT / q);
      return true;
    }
  }
  *e = (int)lround(fmax(-1000.0, fmin(1000.0, x)) * UNIT);
  return fabs(x) < 1000.0;
}

/* ---- products ----------------------------------------------------------------------------- */

/* list a with p^e taken in; c may lose a sign to it */
static int enter(struct sum_power *list, int n, struct sum_power x, struct number *c)
{
  for (int i = 0; i < n; i++) {
    int sign = 1;
    if (!assay_normal_same_polynomial(list[i].p, x.p, &sign)) continue;
    if (sign < 0 && x.e % UNIT && list[i].e % UNIT) continue;
    if (sign < 0 && x.e % UNIT) { /* keep the sign of the one under the root */
      if (list[i].e / UNIT % 2) c->v = -c->v;
      list[i].p = x.p;
    } else if (sign < 0 && x.e / UNIT % 2) {
      c->v = -c->v;
    }
    list[i].e += x.e;
    if (list[i].e == 0) {
      memmove(&list[i], &list[i + 1], sizeof(*list) * (size_t)(n - 1 - i));
      return n - 1;
    }
    return n;
  }
  list[n] = x;
  return n + 1;
}

struct value assay_normal_product(struct normal *s, struct value a, struct value b)
{
  struct value out = {.c = {a.c.v * b.c.v, a.c.size * b.c.size}};
  struct sum_power *list = take(s, (size_t)(a.n + b.n), sizeof *list);
  assay_alg_tick(s->memory, 1);
  if (assay_normal_is_zero(a) || assay_normal_is_zero(b)) return assay_normal_number(0.0, 0.0);
  out.m = assay_normal_times(s, a.m, b.m);
  for (int i = 0; i < a.n; i++) out.n = enter(list, out.n, a.s[i], &out.c);
  for (int i = 0; i < b.n; i++) out.n = enter(list, out.n, b.s[i], &out.c);
  out.s = list;
  return out;
}

static bool is_positive(const struct normal *s, int atom)
{
  const struct atom *a = &s->atom[atom];
  const struct assay_normal_variables *v = s->variables;
  if (a->kind == ATOM_SUM) return true;
  if (a->kind == ATOM_FUNCTION) return a->fn == ASSAY_EXPR_EXP || a->fn == ASSAY_EXPR_ABS;
  return a->var < v->n && (!v->positive || v->positive[a->var]);
}

static int absolute_of(struct normal *s, int atom)
{
  const struct atom a = {
      .kind = ATOM_FUNCTION, .fn = ASSAY_EXPR_ABS, .arg = assay_normal_atom(s, atom, UNIT)};
  return assay_normal_new_atom(s, a);
}

/* e e'/UNIT, rounded; false: too large */
static bool times_exponent(int *out, int e, int other)
{
  const double x = (double)e * (double)other / UNIT;
  *out = (int)lround(fmax(-1e9, fmin(1e9, x)));
  return fabs(x) < 1e9 && *out != 0;
}

/* x^(k/UNIT) to the power e/UNIT; an even k leaves |x| */
static bool power_of_atom(struct normal *s, struct power_of *f, int e)
{
  int power;
  if (!times_exponent(&power, f->e, e)) return false;
  if (e % UNIT && !is_positive(s, f->atom)) {
    if (f->e % (2 * UNIT)) return false;
    if (power % (2 * UNIT)) f->atom = absolute_of(s, f->atom);
  }
  f->e = power;
  return true;
}

/* all terms positive: no sign to lose */
static bool is_positive_sum(const struct normal *s, struct polynomial p)
{
  for (int i = 0; i < p.n; i++) {
    if (p.c[i].v < 0.0) return false;
    for (int k = 0; k < p.m[i].n; k++)
      if (!is_positive(s, p.m[i].f[k].atom) && p.m[i].f[k].e % (2 * UNIT)) return false;
  }
  return true;
}

/* |p|^(e/UNIT) */
static struct value absolute_sum(struct normal *s, struct polynomial p, int e)
{
  struct sum_power *arg = take(s, 1, sizeof *arg);
  *arg = (struct sum_power){p, UNIT};
  if (p.c[0].v < 0.0) arg->p = assay_normal_add(s, (struct polynomial){0}, p, -1.0);
  const struct atom atom = {
      .kind = ATOM_FUNCTION, .fn = ASSAY_EXPR_ABS, .arg = {.c = {1.0, 1.0}, .n = 1, .s = arg}};
  return assay_normal_atom(s, assay_normal_new_atom(s, atom), e);
}

static bool power_of_monomial(struct normal *s, struct monomial *out, struct monomial m, int e)
{
  struct monomial all = {0};
  for (int i = 0; i < m.n; i++) {
    struct power_of *f = take(s, 1, sizeof *f);
    *f = m.f[i];
    if (!power_of_atom(s, f, e)) return false;
    all = assay_normal_times(s, all, (struct monomial){1, f});
  }
  *out = all;
  return true;
}

/* an opaque a^x */
static struct value power_atom(struct normal *s, struct value a, double x)
{
  const struct atom atom = {.kind = ATOM_FUNCTION,
                            .fn = ASSAY_EXPR_POW,
                            .arg = a,
                            .arg2 = assay_normal_number(x, fabs(x))};
  return assay_normal_atom(s, assay_normal_new_atom(s, atom), UNIT);
}

struct value assay_normal_power(struct normal *s, struct value a, int e)
{
  struct value out = {.c = {1.0, 1.0}};
  const double x = (double)e / UNIT;
  struct sum_power *list = take(s, (size_t)a.n, sizeof *list);
  if (e == 0) return assay_normal_number(1.0, 1.0);
  if (assay_normal_is_zero(a)) return assay_normal_number(e > 0 ? 0.0 : (double)NAN, 0.0);
  double size = fabs(a.c.v);
  if (e % UNIT && a.c.v < 0.0) { /* the sign goes into one sum, if there is one */
    int at = 0;
    while (at < a.n && a.s[at].e != UNIT) at++;
    if (at == a.n) return power_atom(s, a, x);
    struct sum_power *turned = take(s, (size_t)a.n, sizeof *turned);
    memcpy(turned, a.s, sizeof *turned * (size_t)a.n);
    turned[at].p = assay_normal_add(s, (struct polynomial){0}, turned[at].p, -1.0);
    a.s = turned;
    a.c.v = -a.c.v;
  }
  out.c.v = pow(fabs(a.c.v), x) * (a.c.v < 0.0 && e / UNIT % 2 ? -1.0 : 1.0);
  out.c.size = fabs(out.c.v) * fmax(1.0, a.c.size / size);
  if (!power_of_monomial(s, &out.m, a.m, e)) return power_atom(s, a, x);
  for (int i = 0; i < a.n; i++) {
    int power;
    const struct polynomial p = a.s[i].p;
    if (!times_exponent(&power, a.s[i].e, e)) return power_atom(s, a, x);
    if (e % UNIT && a.s[i].e % (2 * UNIT) == 0 && power % (2 * UNIT) && !is_positive_sum(s, p))
      out.m = assay_normal_times(s, out.m, absolute_sum(s, p, power).m); /* (p^2)^(1/2) = |p| */
    else
      list[out.n++] = (struct sum_power){p, power};
  }
  out.s = list;
  return out;
}

/* ---- sums --------------------------------------------------------------------------------- */

static int atom_of_sum(struct normal *s, struct polynomial p)
{
  return assay_normal_new_atom(s, (struct atom){.kind = ATOM_SUM, .p = p});
}

/* p^(e/UNIT), e >= 0, as a polynomial */
static struct polynomial expanded(struct normal *s, struct sum_power x)
{
  struct polynomial out = assay_normal_whole_power(s, x.p, x.e / UNIT);
  if (x.e / UNIT > 40) assay_alg_leave(s->memory, ASSAY_EUNSUPPORTED);
  if (x.e % UNIT) {
    struct power_of *f = take(s, 1, sizeof *f);
    *f = (struct power_of){atom_of_sum(s, x.p), x.e % UNIT};
    out = assay_normal_mul(
        s, out, assay_normal_term(s, (struct number){1.0, 1.0}, (struct monomial){1, f}));
  }
  return out;
}

static int exponent_in(struct value a, struct polynomial p)
{
  for (int i = 0; i < a.n; i++) {
    int sign;
    if (assay_normal_same_polynomial(a.s[i].p, p, a.s[i].e % UNIT ? NULL : &sign)) return a.s[i].e;
  }
  return 0;
}

static int exponent_of(struct monomial m, int atom)
{
  for (int i = 0; i < m.n; i++)
    if (m.f[i].atom == atom) return m.f[i].e;
  return 0;
}

/* lowest exponent of every atom over n monomials */
static struct monomial lowest_monomial(struct normal *s, const struct monomial *m, int n)
{
  int room = 0, k = 0;
  for (int i = 0; i < n; i++) room += m[i].n;
  assay_alg_tick(s->memory, 1 + s->n_atoms * n / 8);
  struct power_of *f = take(s, (size_t)room, sizeof *f);
  for (int atom = 0; atom < s->n_atoms && k < room; atom++) {
    int least = n ? exponent_of(m[0], atom) : 0;
    for (int i = 1; i < n; i++)
      if (exponent_of(m[i], atom) < least) least = exponent_of(m[i], atom);
    if (least) f[k++] = (struct power_of){atom, least};
  }
  return (struct monomial){k, f};
}

/* lowest power of every atom and sum over all values */
static struct value lowest(struct normal *s, const struct value *in, int n)
{
  struct value out = {.c = {1.0, 1.0}};
  struct monomial *m = take(s, (size_t)n, sizeof *m);
  int room = 0, present = 0;
  for (int i = 0; i < n; i++)
    if (!assay_normal_is_zero(in[i])) m[present++] = in[i].m;
  out.m = lowest_monomial(s, m, present);
  for (int i = 0; i < n; i++) room += in[i].n;
  struct sum_power *list = take(s, (size_t)room, sizeof *list);
  for (int i = 0; i < n; i++)
    for (int k = 0; k < in[i].n; k++) {
      const struct polynomial p = in[i].s[k].p;
      int least = in[i].s[k].e;
      bool seen = false;
      for (int j = 0; j < out.n && !seen; j++) {
        int sign;
        seen = assay_normal_same_polynomial(list[j].p, p, list[j].e % UNIT ? NULL : &sign);
      }
      if (seen) continue;
      for (int j = 0; j < n; j++) {
        const int e = exponent_in(in[j], p);
        if (e < least) least = e;
      }
      if (least) list[out.n++] = (struct sum_power){p, least};
    }
  out.s = list;
  return out;
}

void assay_normal_expand(struct normal *s, struct polynomial *out, const struct value *in, int n,
                         struct value *common)
{
  *common = lowest(s, in, n);
  const struct value inverse = assay_normal_power(s, *common, -UNIT);
  for (int i = 0; i < n; i++) {
    const struct value rest = assay_normal_product(s, in[i], inverse);
    out[i] = (struct polynomial){0};
    if (assay_normal_is_zero(in[i])) continue;
    out[i] = assay_normal_mul(s, assay_normal_constant(s, (struct number){1.0, 1.0}),
                              assay_normal_term(s, rest.c, rest.m));
    for (int k = 0; k < rest.n; k++) {
      if (rest.s[k].e < 0) assay_alg_leave(s->memory, ASSAY_EUNSUPPORTED);
      out[i] = assay_normal_mul(s, out[i], expanded(s, rest.s[k]));
    }
  }
}

/* Fractional powers of sums stand among the powers of sums, not among the atoms. */
static struct value lifted(struct normal *s, struct value a)
{
  struct value out = a;
  struct power_of *f = take(s, (size_t)a.m.n, sizeof *f);
  out.m = (struct monomial){0, f};
  for (int i = 0; i < a.m.n; i++)
    if (s->atom[a.m.f[i].atom].kind != ATOM_SUM) f[out.m.n++] = a.m.f[i];
  for (int i = 0; i < a.m.n; i++) {
    const struct atom *atom = &s->atom[a.m.f[i].atom];
    if (atom->kind != ATOM_SUM) continue;
    struct sum_power *p = take(s, 1, sizeof *p);
    *p = (struct sum_power){atom->p, a.m.f[i].e};
    out = assay_normal_product(s, out, (struct value){.c = {1.0, 1.0}, .n = 1, .s = p});
  }
  return out;
}

struct value assay_normal_of(struct normal *s, struct polynomial p)
{
  struct value out = {.c = {1.0, 1.0}};
  if (p.n == 0) return assay_normal_number(0.0, 0.0);
  if (p.n == 1) {
    out.c = p.c[0];
    out.m = p.m[0];
    return lifted(s, out);
  }
  struct value m = {.c = {1.0, 1.0}, .m = lowest_monomial(s, p.m, p.n)};
  const struct value inverse = assay_normal_power(s, m, -UNIT);
  struct monomial *mono = take(s, (size_t)p.n, sizeof *mono);
  struct number *c = take(s, (size_t)p.n, sizeof *c);
  const double lead = fabs(p.c[0].v);
  for (int i = 0; i < p.n; i++) {
    mono[i] = assay_normal_times(s, p.m[i], inverse.m);
    c[i] = (struct number){p.c[i].v / lead, p.c[i].size / lead};
  }
  const struct polynomial q = {p.n, mono, c};
  struct sum_power *list = take(s, 1, sizeof *list);
  *list = (struct sum_power){q, UNIT};
  out.c = (struct number){lead, lead};
  out.m = m.m;
  out.n = 1;
  out.s = list;
  return lifted(s, out);
}

struct value assay_normal_sum(struct normal *s, struct value a, struct value b, double f)
{
  const struct value in[2] = {a, b};
  struct polynomial p[2];
  struct value common;
  if (assay_normal_is_zero(b)) return a;
  if (assay_normal_is_zero(a)) return assay_normal_product(s, assay_normal_number(f, fabs(f)), b);
  assay_normal_expand(s, p, in, 2, &common);
  return assay_normal_product(s, common, assay_normal_of(s, assay_normal_add(s, p[0], p[1], f)));
}

/* may multiplying out change the monomial? */
static bool has_law(const struct normal *s, struct monomial m)
{
  for (int i = 0; i < m.n; i++) {
    const struct atom *a = &s->atom[m.f[i].atom];
    if (a->kind == ATOM_FUNCTION && (a->fn == ASSAY_EXPR_SIN || a->fn == ASSAY_EXPR_ABS))
      return true;
  }
  return false;
}

bool assay_normal_proportional(struct normal *s, struct value a, struct value b, struct number *c)
{
  if (assay_normal_is_zero(a) || assay_normal_is_zero(b)) return false;
  const struct value q = assay_normal_product(s, a, assay_normal_power(s, b, -UNIT));
  *c = q.c;
  if (assay_normal_is_number(q)) return true;
  if (q.n == 0 && !has_law(s, q.m)) return false;
  struct polynomial p[2];
  struct value common;
  const struct value in[2] = {a, b};
  assay_normal_expand(s, p, in, 2, &common);
  if (p[0].n != p[1].n || p[0].n == 0) return false;
  c->v = p[0].c[0].v / p[1].c[0].v;
  c->size = fabs(c->v);
  for (int i = 0; i < p[0].n; i++) {
    const struct number x = {c->v * p[1].c[i].v, fabs(c->v) * p[1].c[i].size};
    if (!assay_normal_same_monomial(p[0].m[i], p[1].m[i]) || !assay_normal_close(p[0].c[i], x))
      return false;
  }
  return true;
}

/* ---- atoms -------------------------------------------------------------------------------- */

static bool same_value(struct normal *s, struct value a, struct value b)
{
  struct number c;
  if (assay_normal_is_zero(a) || assay_normal_is_zero(b))
    return assay_normal_is_zero(a) && assay_normal_is_zero(b);
  return assay_normal_proportional(s, a, b, &c) && assay_normal_close(c, (struct number){1.0, 1.0});
}

static bool same_atom(struct normal *s, const struct atom *a, const struct atom *b)
{
  if (a->kind != b->kind || a->fn != b->fn || a->var != b->var) return false;
  if (a->kind == ATOM_VARIABLE) return true;
  if (a->kind == ATOM_SUM) return assay_normal_same_polynomial(a->p, b->p, NULL);
  if (!same_value(s, a->arg, b->arg)) return false;
  const bool two = a->fn == ASSAY_EXPR_POW || a->fn == ASSAY_EXPR_MIN || a->fn == ASSAY_EXPR_MAX;
  return !two || same_value(s, a->arg2, b->arg2);
}

int assay_normal_new_atom(struct normal *s, struct atom atom)
{
  for (int i = 0; i < s->n_atoms; i++)
    if (same_atom(s, &s->atom[i], &atom)) return i;
  if (s->n_atoms == s->room) {
    const int room = s->room ? 2 * s->room : 32;
    struct atom *grown = take(s, (size_t)room, sizeof *grown);
    if (s->n_atoms) memcpy(grown, s->atom, sizeof *grown * (size_t)s->n_atoms);
    s->atom = grown;
    s->room = room;
  }
  s->atom[s->n_atoms] = atom;
  return s->n_atoms++;
}
