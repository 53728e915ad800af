/* Trigonometric identities, in the manner of H. Fu, X. Zhong and Z. Zeng, Automated and readable
 * simplification of trigonometric expressions, Math. Comput. Modelling 44 (2006) 1169-1177.
 *
 * At every node with sine, cosine, tangent or cotangent, then with their hyperbolic sisters, a
 * fixed chain of rules is run (the table `chain`); of some rules only the better outcome is kept,
 * and in the end the better of what went in and what came out. Better: fewer such functions, then
 * fewer operations, then a smaller tree.
 */
#include "core/expr/canonical_trig.h"

typedef const struct term *rule(struct assay_alg *s, const struct term *t);

/* ---- rules -------------------------------------------------------------------------------- */

/* tan = sin/cos, cot = cos/sin */
static const struct term *no_tangent_at(struct assay_alg *s, const struct term *t)
{
  if (is_fun(t, tangent_fn(s))) return assay_alg_div(s, sine(s, t->arg[0]), cosine(s, t->arg[0]));
  if (is_tangent(s, t)) return assay_alg_div(s, cosine(s, t->arg[0]), sine(s, t->arg[0]));
  return t;
}

static const struct term *no_tangent(struct assay_alg *s, const struct term *t)
{
  return assay_alg_bottom_up(s, t, no_tangent_at);
}

struct ratio {
  enum assay_expr_op above, below, becomes;
};
static const struct ratio ratios[] = {
    {ASSAY_EXPR_SIN, ASSAY_EXPR_COS, ASSAY_EXPR_TAN},
    {ASSAY_EXPR_SINH, ASSAY_EXPR_COSH, ASSAY_EXPR_TANH},
};

/* f(x)^n g(x)^-n of a product */
static const struct term *quotient_at(struct assay_alg *s, const struct term *t)
{
  if (t->kind != TERM_MUL) return t;
  for (size_t r = 0; r < sizeof ratios / sizeof *ratios; r++)
    for (int i = 0; i < t->n; i++)
      for (int k = 0; k < t->n; k++) {
        const struct term *a, *ea, *b, *eb;
        assay_alg_base(s, t->arg[i], &a, &ea);
        assay_alg_base(s, t->arg[k], &b, &eb);
        if (!is_fun(a, ratios[r].above) || !is_fun(b, ratios[r].below) || a->arg[0] != b->arg[0] ||
            !is_integer(ea) || !is_integer(eb) || ea->p != -eb->p)
          continue;
        const struct term **arg = assay_alg_take(s, sizeof(*arg) * (size_t)t->n);
        for (int m = 0; m < t->n; m++) arg[m] = m == i || m == k ? s->one : t->arg[m];
        arg[i] = assay_alg_pow(s, of(s, ratios[r].becomes, a->arg[0]), ea);
        return quotient_at(s, assay_alg_mul(s, arg, t->n));
      }
  return t;
}

const struct term *assay_canonical_quotients(struct assay_alg *s, const struct term *t)
{
  return assay_alg_bottom_up(s, t, quotient_at);
}

/* f^n by its sister, f^2 = 1 - g^2, sinh^2 = cosh^2 - 1, cosh^2 = 1 + sinh^2, for n = 2, 3, 4 */
static const struct term *by_other(struct assay_alg *s, const struct term *t, enum assay_expr_op f,
                                   enum assay_expr_op g)
{
  if (t->kind != TERM_POW || !is_fun(t->arg[0], f) || !is_integer(t->arg[1])) return t;
  const int64_t n = t->arg[1]->p;
  if (n < 2 || n > 4) return t;
  const struct term *other = square(s, of(s, g, t->arg[0]->arg[0]));
  const struct term *h =
      f == ASSAY_EXPR_SINH ? assay_alg_sub(s, other, s->one) : minus(s, s->one, other);
  if (n == 3) return assay_alg_mul2(s, t->arg[0], h);
  return n == 2 ? h : square(s, h);
}

static const struct term *sine_by_cosine_at(struct assay_alg *s, const struct term *t)
{
  return by_other(s, t, sine_fn(s), cosine_fn(s));
}
static const struct term *sine_by_cosine(struct assay_alg *s, const struct term *t)
{
  return assay_alg_bottom_up(s, t, sine_by_cosine_at);
}
static const struct term *cosine_by_sine_at(struct assay_alg *s, const struct term *t)
{
  return by_other(s, t, cosine_fn(s), sine_fn(s));
}
static const struct term *cosine_by_sine(struct assay_alg *s, const struct term *t)
{
  return assay_alg_bottom_up(s, t, cosine_by_sine_at);
}

/* 1/sin^2 = 1 + 1/tan^2, 1/sinh^2 = 1/tanh^2 - 1; 1/cos^2 = 1 + tan^2, 1/cosh^2 = 1 - tanh^2 */
static const struct term *inverse_square(struct assay_alg *s, const struct term *t, bool of_sine)
{
  if (t->kind != TERM_POW || !is_fun(t->arg[0], of_sine ? sine_fn(s) : cosine_fn(s)) ||
      !is_integer(t->arg[1]))
    return t;
  const int64_t n = -t->arg[1]->p;
  if (n < 2 || n > 4 || n == 3) return t;
  const struct term *tangent = of(s, tangent_fn(s), t->arg[0]->arg[0]);
  const struct term *g = assay_alg_powi(s, tangent, of_sine ? -2 : 2);
  const struct term *h = !s->hyperbolic ? assay_alg_add2(s, s->one, g)
                         : of_sine      ? assay_alg_sub(s, g, s->one)
                                        : assay_alg_sub(s, s->one, g);
  return n == 2 ? h : square(s, h);
}
static const struct term *inverse_sine_at(struct assay_alg *s, const struct term *t)
{
  return inverse_square(s, t, true);
}
static const struct term *inverse_cosine_at(struct assay_alg *s, const struct term *t)
{
  return inverse_square(s, t, false);
}

static const struct term *expand_products(struct assay_alg *s, const struct term *t)
{
  return assay_alg_expand_mul(s, t, true);
}
static const struct term *sine_expanded(struct assay_alg *s, const struct term *t)
{
  return expand_products(s, sine_by_cosine(s, t));
}
static const struct term *cosine_expanded(struct assay_alg *s, const struct term *t)
{
  return expand_products(s, cosine_by_sine(s, t));
}
static const struct term *cosecant_expanded(struct assay_alg *s, const struct term *t)
{
  return expand_products(s, assay_alg_bottom_up(s, t, inverse_sine_at));
}
static const struct term *secant_expanded(struct assay_alg *s, const struct term *t)
{
  return expand_products(s, assay_alg_bottom_up(s, t, inverse_cosine_at));
}

/* tan^2 = 1/cos^2 - 1, tanh^2 = 1 - 1/cosh^2 */
static const struct term *tangent_square_at(struct assay_alg *s, const struct term *t)
{
  if (t->kind != TERM_POW || t->arg[1] != s->two || !is_tangent(s, t->arg[0])) return t;
  const struct term *f = t->arg[0];
  const struct term *g = is_fun(f, tangent_fn(s)) ? cosine(s, f->arg[0]) : sine(s, f->arg[0]);
  const struct term *h = assay_alg_sub(s, assay_alg_powi(s, g, -2), s->one);
  return s->hyperbolic ? assay_alg_neg(s, h) : h;
}
static const struct term *tangent_expanded(struct assay_alg *s, const struct term *t)
{
  return expand_products(s, assay_alg_bottom_up(s, t, tangent_square_at));
}

/* sin(a + b), cos(a + b) */
static const struct term *angle_sum_at(struct assay_alg *s, const struct term *t)
{
  if (!is_sine_or_cosine(s, t) || t->arg[0]->kind != TERM_ADD) return t;
  const struct term *x = t->arg[0], *b = x->arg[x->n - 1];
  const struct term *a = assay_alg_add(s, x->arg, x->n - 1);
  const struct term *sa = angle_sum_at(s, sine(s, a)), *ca = angle_sum_at(s, cosine(s, a)),
                    *sb = sine(s, b), *cb = cosine(s, b);
  if (is_sine(s, t)) return assay_alg_add2(s, assay_alg_mul2(s, sa, cb), assay_alg_mul2(s, sb, ca));
  return minus(s, assay_alg_mul2(s, ca, cb), assay_alg_mul2(s, sa, sb));
}
static const struct term *angle_sums(struct assay_alg *s, const struct term *t)
{
  return assay_alg_bottom_up(s, t, angle_sum_at);
}

static const struct term *double_angle_of(struct assay_alg *s, const struct term *t,
                                          const struct term *half)
{
  const struct term *a = sine(s, half), *b = cosine(s, half);
  if (is_sine(s, t)) return assay_alg_mul(s, (const struct term *[]){s->two, a, b}, 3);
  return minus(s, square(s, b), square(s, a));
}

/* sin 2a, cos 2a where the factor of the angle is even */
static const struct term *double_angle_at(struct assay_alg *s, const struct term *t)
{
  const struct term *m;
  if (!is_sine_or_cosine(s, t) || is_number(t->arg[0])) return t;
  const struct term *c = assay_alg_coeff(s, t->arg[0], true, &m);
  if (c->p % 2) return t;
  return double_angle_of(s, t, assay_alg_mul2(s, s->half, t->arg[0]));
}
static const struct term *double_angles(struct assay_alg *s, const struct term *t)
{
  return assay_alg_bottom_up(s, t, double_angle_at);
}

/* replace sin x by 2 sin x/2 cos x/2 */
static const struct term *replace(struct assay_alg *s, const struct term *t, const struct term *old,
                                  const struct term *new)
{
  if (t == old) return new;
  if (t->n == 0) return t;
  const struct term **arg = assay_alg_take(s, sizeof(*arg) * (size_t)t->n);
  for (int i = 0; i < t->n; i++) arg[i] = replace(s, t->arg[i], old, new);
  return assay_alg_like(s, t, arg);
}

/* sine above and sine or cosine of half its angle below, or the other way round */
static const struct term *half_below_at(struct assay_alg *s, const struct term *t)
{
  const struct term *part[2];
  int n = 0, m = 0;
  assay_alg_numer_denom(s, t, &part[0], &part[1]);
  for (int side = 0; side < 2; side++) {
    const struct term *const *f = assay_alg_factors(&part[side], &n);
    const struct term *const *g = assay_alg_factors(&part[1 - side], &m);
    for (int i = 0; i < n; i++)
      for (int k = 0; k < m; k++) {
        const struct term *a, *ea, *b, *eb;
        assay_alg_base(s, f[i], &a, &ea);
        assay_alg_base(s, g[k], &b, &eb);
        if (!is_sine(s, a) || !is_sine_or_cosine(s, b) || !is_integer(ea) || !is_integer(eb))
          continue;
        if (b->arg[0] == assay_alg_mul2(s, s->half, a->arg[0]))
          t = replace(s, t, a, double_angle_of(s, a, b->arg[0]));
      }
  }
  return t;
}
static const struct term *halves_below(struct assay_alg *s, const struct term *t)
{
  return assay_alg_bottom_up(s, t, half_below_at);
}

/* ---- the chain ---------------------------------------------------------------------------- */

static const struct term *factored(struct assay_alg *s, const struct term *t)
{
  return t->has & family(s) ? assay_alg_factor(s, t) : t;
}
static const struct term *factored_normal(struct assay_alg *s, const struct term *t)
{
  return t->has & family(s) ? assay_alg_factor(s, assay_alg_normal(s, t)) : t;
}
static const struct term *multiplied_out(struct assay_alg *s, const struct term *t)
{
  return assay_alg_expand_mul(s, assay_alg_expand_multinomial(s, t), true);
}
static const struct term *common_factors(struct assay_alg *s, const struct term *t)
{
  return assay_alg_factor_terms(s, t, true);
}
static const struct term *through_sines(struct assay_alg *s, const struct term *t)
{
  return assay_canonical_quotients(s, no_tangent(s, t));
}

enum choice { ALWAYS, IF_BETTER, BETTER_OF_TWO };
struct link {
  enum choice choice;
  rule *rule, *other;
};
static const struct link chain[] = {
    {ALWAYS, factored},
    {ALWAYS, no_tangent},
    {IF_BETTER, multiplied_out},
    {ALWAYS, assay_canonical_quotients},
    {ALWAYS, factored_normal},
    {ALWAYS, assay_canonical_differences},
    {ALWAYS, sine_by_cosine},
    {ALWAYS, angle_sums},
    {ALWAYS, double_angles},
    {ALWAYS, halves_below},
    {ALWAYS, cosine_by_sine},
    {ALWAYS, factored},
    {ALWAYS, assay_canonical_differences},
    {IF_BETTER, multiplied_out},
    {ALWAYS, assay_canonical_joined},
    {IF_BETTER, assay_canonical_linear},
    {IF_BETTER, through_sines},
    {BETTER_OF_TWO, sine_expanded, cosecant_expanded},
    {BETTER_OF_TWO, cosine_expanded, secant_expanded},
    {IF_BETTER, assay_canonical_quotients},
    {IF_BETTER, tangent_expanded},
    {ALWAYS, no_tangent},
    {ALWAYS, assay_canonical_quotients},
    {IF_BETTER, common_factors},
};

static int functions_in(const struct assay_alg *s, const struct term *t)
{
  int n = t->kind == TERM_FUN && (is_sine_or_cosine(s, t) || is_tangent(s, t));
  if (!(t->has & family(s))) return 0;
  for (int i = 0; i < t->n; i++) n += functions_in(s, t->arg[i]);
  return n;
}

static bool is_better(struct assay_alg *s, const struct term *a, const struct term *b)
{
  const int fa = functions_in(s, a), fb = functions_in(s, b);
  if (fa != fb) return fa < fb;
  const int oa = assay_alg_ops(s, a), ob = assay_alg_ops(s, b);
  if (oa != ob) return oa < ob;
  const long na = assay_alg_size(a), nb = assay_alg_size(b);
  if (na != nb) return na < nb;
  if (a->n != b->n) return a->n < b->n;
  return a->kind != TERM_ADD && b->kind == TERM_ADD;
}

static const struct term *run_chain(struct assay_alg *s, const struct term *t)
{
  for (size_t i = 0; i < sizeof chain / sizeof *chain; i++) {
    const struct term *next = chain[i].rule(s, t);
    if (chain[i].choice == BETTER_OF_TWO) {
      const struct term *other = chain[i].other(s, t);
      t = is_better(s, other, next) ? other : next;
    } else if (chain[i].choice == ALWAYS || is_better(s, next, t)) {
      t = next;
    }
  }
  return t;
}

/* factors without such functions stay outside */
static const struct term *simplify_at(struct assay_alg *s, const struct term *t)
{
  struct list in = {0}, out = {0};
  int n = 0;
  if (!(t->has & family(s))) return t;
  const struct term *const *f = assay_alg_factors(&t, &n);
  for (int i = 0; i < n; i++) assay_list_push(s, f[i]->has & family(s) ? &in : &out, f[i]);
  const struct term *x = assay_alg_mul(s, in.item, in.n), *y = run_chain(s, x);
  if (!is_better(s, y, x)) y = x;
  assay_list_push(s, &out, y);
  return out.n == 1 ? y : assay_alg_mul(s, out.item, out.n);
}

const struct term *assay_canonical_trig(struct assay_alg *s, const struct term *t)
{
  if (t->has & HAS_TRIG) t = assay_alg_bottom_up(s, t, simplify_at);
  if (!(t->has & HAS_HYPER)) return t;
  s->hyperbolic = true;
  t = assay_alg_bottom_up(s, t, simplify_at);
  s->hyperbolic = false;
  return assay_canonical_signs(s, t);
}
