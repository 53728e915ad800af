/* Expressions become values of the normal form. */
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/expr/normal_value.h"

static void *take(struct normal *s, size_t n, size_t size)
{
  return assay_alg_take(s->memory, n * size + 1);
}

static struct value one(void)
{
  return assay_normal_number(1.0, 1.0);
}

static struct value times(struct normal *s, double f, struct value a)
{
  return assay_normal_product(s, assay_normal_number(f, fabs(f)), a);
}

static struct value inverse(struct normal *s, struct value a)
{
  return assay_normal_power(s, a, -UNIT);
}

static struct value function(struct normal *s, enum assay_expr_op fn, struct value a,
                             struct value b)
{
  const struct atom atom = {.kind = ATOM_FUNCTION, .fn = fn, .arg = a, .arg2 = b};
  return assay_normal_atom(s, assay_normal_new_atom(s, atom), UNIT);
}

static struct value variable(struct normal *s, int var)
{
  const struct assay_normal_variables *v = s->variables;
  const double scale = v->scale && var < v->n ? v->scale[var] : 1.0;
  const struct atom atom = {.kind = ATOM_VARIABLE, .var = var};
  return times(s, scale, assay_normal_atom(s, assay_normal_new_atom(s, atom), UNIT));
}

/* The sums in a multiplied out, if there are few terms and no denominators; else false. */
static bool multiplied_out(struct normal *s, struct polynomial *out, struct value a)
{
  double terms = 1.0;
  for (int i = 0; i < a.n; i++) {
    if (a.s[i].e <= 0 || a.s[i].e % UNIT) return false;
    terms *= pow(a.s[i].p.n, (double)a.s[i].e / UNIT);
  }
  if (a.n == 0 || terms > 200.0) return false;
  *out = assay_normal_constant(s, (struct number){1.0, 1.0});
  for (int i = 0; i < a.n; i++)
    *out = assay_normal_mul(s, *out, assay_normal_whole_power(s, a.s[i].p, a.s[i].e / UNIT));
  return true;
}

/* The terms of a sum if a is one without a denominator of several terms; else a itself. */
static int terms_of(struct normal *s, const struct value **out, struct value a)
{
  struct polynomial p;
  const bool sum = multiplied_out(s, &p, a);
  const int n = sum ? p.n : 1;
  struct value *list = take(s, (size_t)n, sizeof *list), outer = a;
  list[0] = a;
  outer.n = 0;
  for (int i = 0; i < n && sum; i++)
    list[i] = assay_normal_product(s, outer, (struct value){.c = p.c[i], .m = p.m[i]});
  *out = list;
  return n;
}

/* ---- exponentials and logarithms ---------------------------------------------------------- */

/* e^a for one term: a power of an exponential that is there already, where the ratio is a fraction
 */
static struct value exp_of_term(struct normal *s, struct value a)
{
  if (assay_normal_is_number(a)) return assay_normal_number(exp(a.c.v), exp(a.c.v));
  /* x^y = e^(y log x) with a number y is a power again */
  if (a.n == 0 && a.m.n == 1 && a.m.f[0].e == UNIT) {
    const struct atom log = s->atom[a.m.f[0].atom];
    int e;
    if (log.kind == ATOM_FUNCTION && log.fn == ASSAY_EXPR_LOG && assay_normal_exponent(&e, a.c.v))
      return assay_normal_power(s, log.arg, e);
  }
  for (int i = 0; i < s->n_atoms; i++) {
    const struct atom known = s->atom[i];
    struct number c;
    int e;
    if (known.kind != ATOM_FUNCTION || known.fn != ASSAY_EXPR_EXP) continue;
    if (!assay_normal_proportional(s, a, known.arg, &c)) continue;
    /* fractions within the relative tolerance of constants */
    for (int q = 1; q <= 6; q++) {
      const double p = round(c.v * q);
      if (fabs(p) > 0.0 && fabs(p) <= 24.0 && fabs(p / q - c.v) <= NORMAL_TOLERANCE * fabs(c.v)) {
        e = (int)p * (UNIT / q);
        return assay_normal_atom(s, i, e);
      }
    }
  }
  return function(s, ASSAY_EXPR_EXP, a, one());
}

static struct value make_exp(struct normal *s, struct value a)
{
  const struct value *term;
  const int n = terms_of(s, &term, a);
  struct value out = one();
  if (assay_normal_is_zero(a)) return out;
  for (int i = 0; i < n; i++) out = assay_normal_product(s, out, exp_of_term(s, term[i]));
  return out;
}

/* log of a product is the sum of logs; with a minus sign in front it stays whole */
static struct value make_log(struct normal *s, struct value a)
{
  if (assay_normal_is_zero(a)) return assay_normal_number((double)NAN, 0.0);
  if (a.c.v < 0.0 && !assay_normal_is_number(a)) return function(s, ASSAY_EXPR_LOG, a, one());
  struct value out = assay_normal_number(log(a.c.v), 1.0);
  if (!(fabs(out.c.v) > NORMAL_CANCELLED)) out = assay_normal_number(0.0, 0.0);
  for (int i = 0; i < a.m.n; i++) {
    const struct atom atom = s->atom[a.m.f[i].atom];
    const struct value l =
        atom.kind == ATOM_FUNCTION && atom.fn == ASSAY_EXPR_EXP
            ? atom.arg
            : function(s, ASSAY_EXPR_LOG, assay_normal_atom(s, a.m.f[i].atom, UNIT), one());
    out = assay_normal_sum(s, out, l, (double)a.m.f[i].e / UNIT);
  }
  for (int i = 0; i < a.n; i++) {
    struct sum_power *p = take(s, 1, sizeof *p);
    *p = (struct sum_power){a.s[i].p, UNIT};
    const struct value l =
        function(s, ASSAY_EXPR_LOG, (struct value){.c = {1.0, 1.0}, .n = 1, .s = p}, one());
    out = assay_normal_sum(s, out, l, (double)a.s[i].e / UNIT);
  }
  return out;
}

/* ---- angles ------------------------------------------------------------------------------- */

struct sines {
  struct value sin, cos;
};

/* the unit of which all angles seen so far along one body are whole multiples */
static double common_unit(double a, double b)
{
  for (int k = 1; k <= 12; k++) {
    const double q = b * k / a, r = round(q);
    if (r > 0.0 && r <= 12.0 && fabs(q - r) <= NORMAL_TOLERANCE * r) return a / k;
  }
  return 0.0;
}

static struct angle *find_angle(struct normal *s, struct value body, double size)
{
  for (int i = 0; i < s->n_angles; i++) {
    struct number c;
    if (!assay_normal_proportional(s, body, s->angle[i].body, &c)) continue;
    if (!assay_normal_close(c, (struct number){1.0, 1.0})) continue;
    const double unit = common_unit(s->angle[i].unit, size);
    if (!(unit > 0.0)) continue;
    if (s->collecting) s->angle[i].unit = unit;
    return &s->angle[i];
  }
  if (s->n_angles == s->angle_room) {
    const int room = s->angle_room ? 2 * s->angle_room : 16;
    struct angle *grown = take(s, (size_t)room, sizeof *grown);
    if (s->n_angles) memcpy(grown, s->angle, sizeof *grown * (size_t)s->n_angles);
    s->angle = grown;
    s->angle_room = room;
  }
  s->angle[s->n_angles] = (struct angle){body, size};
  return &s->angle[s->n_angles++];
}

/* sin(a + b), cos(a + b) */
static struct sines joined(struct normal *s, struct sines a, struct sines b)
{
  return (struct sines){
      assay_normal_sum(s, assay_normal_product(s, a.sin, b.cos),
                       assay_normal_product(s, a.cos, b.sin), 1.0),
      assay_normal_sum(s, assay_normal_product(s, a.cos, b.cos),
                       assay_normal_product(s, a.sin, b.sin), -1.0),
  };
}

/* The sign of a value, which becomes positive: that of the number and of the first coefficient. */
static double take_sign(struct normal *s, struct value *a)
{
  double sign = a->c.v < 0.0 ? -1.0 : 1.0;
  a->c.v = fabs(a->c.v);
  if (a->n > 0 && a->s[0].e == UNIT && a->s[0].p.c[0].v < 0.0) {
    struct sum_power *p = take(s, (size_t)a->n, sizeof *p);
    memcpy(p, a->s, sizeof *p * (size_t)a->n);
    p[0].p = assay_normal_add(s, (struct polynomial){0}, p[0].p, -1.0);
    a->s = p;
    sign = -sign;
  }
  return sign;
}

/* what a relative error of the angle does to them is part of their size */
static struct sines sines_of_number(double x)
{
  const double s = sin(x), c = cos(x);
  return (struct sines){assay_normal_number(s, fabs(s) + fabs(x * c)),
                        assay_normal_number(c, fabs(c) + fabs(x * s))};
}

/* one term of an angle: c * body = k * unit * body */
static struct sines sines_of_term(struct normal *s, struct value a)
{
  if (assay_normal_is_number(a)) return sines_of_number(a.c.v);
  struct value body = a;
  const double size = fabs(a.c.v), sign = take_sign(s, &body);
  body.c = (struct number){1.0, 1.0};
  const struct angle *angle = find_angle(s, body, size);
  const int k = s->collecting ? 1 : (int)lround(size / angle->unit);
  const struct value arg = times(s, k == 1 && s->collecting ? size : angle->unit, body);
  const struct sines unit = {function(s, ASSAY_EXPR_SIN, arg, one()),
                             function(s, ASSAY_EXPR_COS, arg, one())};
  struct sines out = unit;
  for (int i = 1; i < k; i++) out = joined(s, out, unit);
  out.sin = times(s, sign, out.sin);
  return out;
}

static struct sines make_sines(struct normal *s, struct value a)
{
  const struct value *term;
  const int n = terms_of(s, &term, a);
  if (assay_normal_is_zero(a)) return (struct sines){assay_normal_number(0.0, 0.0), one()};
  struct sines out = sines_of_term(s, term[0]);
  for (int i = 1; i < n; i++) out = joined(s, out, sines_of_term(s, term[i]));
  return out;
}

/* ---- all functions ------------------------------------------------------------------------ */

static struct value hyperbolic(struct normal *s, enum assay_expr_op fn, struct value a)
{
  if (assay_normal_is_number(a)) {
    const double v = fn == ASSAY_EXPR_TANH   ? tanh(a.c.v)
                     : fn == ASSAY_EXPR_SINH ? sinh(a.c.v)
                                             : cosh(a.c.v);
    return assay_normal_number(v, fabs(v));
  }
  const struct value up = make_exp(s, a), down = inverse(s, up);
  const struct value plus = assay_normal_sum(s, up, down, 1.0),
                     minus = assay_normal_sum(s, up, down, -1.0);
  if (fn == ASSAY_EXPR_TANH) return assay_normal_product(s, minus, inverse(s, plus));
  return times(s, 0.5, fn == ASSAY_EXPR_SINH ? minus : plus);
}

/* asin, acos, atan: values at numbers, odd ones without a minus sign inside */
static struct value arc(struct normal *s, enum assay_expr_op fn, struct value a)
{
  if (assay_normal_is_number(a)) {
    const double v = fn == ASSAY_EXPR_ASIN   ? asin(a.c.v)
                     : fn == ASSAY_EXPR_ACOS ? acos(a.c.v)
                                             : atan(a.c.v);
    return assay_normal_number(v, fabs(v));
  }
  const double sign = fn == ASSAY_EXPR_ACOS ? 1.0 : take_sign(s, &a);
  return times(s, sign, function(s, fn, a, one()));
}

static struct value absolute(struct normal *s, struct value a)
{
  return assay_normal_power(s, assay_normal_power(s, a, 2 * UNIT), UNIT / 2);
}

static struct value raise(struct normal *s, struct value a, struct value b)
{
  int e;
  if (assay_normal_is_number(b)) {
    if (assay_normal_is_number(a)) {
      const double v = pow(a.c.v, b.c.v);
      return assay_normal_number(v, fabs(v));
    }
    if (assay_normal_is_zero(b)) return one();
    if (assay_normal_exponent(&e, b.c.v)) return assay_normal_power(s, a, e);
    return function(s, ASSAY_EXPR_POW, a, b);
  }
  return make_exp(s, assay_normal_product(s, b, make_log(s, a)));
}

static struct value unary(struct normal *s, enum assay_expr_op fn, struct value a)
{
  switch (fn) {
  case ASSAY_EXPR_NEG:
    return times(s, -1.0, a);
  case ASSAY_EXPR_ABS:
    return absolute(s, a);
  case ASSAY_EXPR_SQRT:
    return assay_normal_power(s, a, UNIT / 2);
  case ASSAY_EXPR_EXP:
    return make_exp(s, a);
  case ASSAY_EXPR_LOG:
    return make_log(s, a);
  case ASSAY_EXPR_SIN:
    return make_sines(s, a).sin;
  case ASSAY_EXPR_COS:
    return make_sines(s, a).cos;
  case ASSAY_EXPR_TAN:
  case ASSAY_EXPR_COT: {
    const struct sines t = make_sines(s, a);
    return fn == ASSAY_EXPR_TAN ? assay_normal_product(s, t.sin, inverse(s, t.cos))
                                : assay_normal_product(s, t.cos, inverse(s, t.sin));
  }
  case ASSAY_EXPR_SINH:
  case ASSAY_EXPR_COSH:
  case ASSAY_EXPR_TANH:
    return hyperbolic(s, fn, a);
  case ASSAY_EXPR_ASIN:
  case ASSAY_EXPR_ACOS:
  case ASSAY_EXPR_ATAN:
    return arc(s, fn, a);
  default:
    return function(s, fn, a, one());
  }
}

static struct value binary(struct normal *s, enum assay_expr_op fn, struct value a, struct value b)
{
  switch (fn) {
  case ASSAY_EXPR_ADD:
    return assay_normal_sum(s, a, b, 1.0);
  case ASSAY_EXPR_SUB:
    return assay_normal_sum(s, a, b, -1.0);
  case ASSAY_EXPR_MUL:
    return assay_normal_product(s, a, b);
  case ASSAY_EXPR_DIV:
    return assay_normal_product(s, a, inverse(s, b));
  case ASSAY_EXPR_POW:
    return raise(s, a, b);
  default:
    return function(s, fn, a, b);
  }
}

struct value assay_normal_read(struct normal *s, const struct assay_expr *e)
{
  struct value *stack = take(s, (size_t)e->n + 1, sizeof *stack);
  int depth = 0;
  for (int i = 0; i < e->n; i++) {
    const struct assay_expr_node *node = &e->node[i];
    const int arity = assay_expr_ops[node->op].arity;
    if (node->op == ASSAY_EXPR_VAR) {
      stack[depth++] = variable(s, node->var);
    } else if (arity == 0) {
      const double v = node->op == ASSAY_EXPR_PI ? 3.14159265358979323846 : node->value;
      stack[depth++] = assay_normal_number(v, fabs(v));
    } else if (arity == 1) {
      stack[depth - 1] = unary(s, node->op, stack[depth - 1]);
    } else {
      depth--;
      stack[depth - 1] = binary(s, node->op, stack[depth - 1], stack[depth]);
    }
  }
  return stack[0];
}
