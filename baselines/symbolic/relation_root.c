/* Roots of quadratics in words. With s the one term of the square,
 *
 *     above - z below + z^2 s = 0,   z = A +- sqrt(R),   A = below / (2 s),   R = A^2 - above / s,
 *
 * A and R are sums of terms with whole, also negative, powers. */
#include <math.h>
#include <string.h>

#include "baselines/symbolic/relation.h"

/* terms that cancel leave this, relative to what cancelled */
static const double CANCELLED = 1e-7;

/* a sum whose terms came from coefficients of this size */
struct sum {
  int n;
  bool overflow;
  struct assay_sr_term term[ASSAY_SR_TERMS];
  double size[ASSAY_SR_TERMS];
};

static bool alike(const struct assay_sr_term *a, const struct assay_sr_term *b)
{
  return memcmp(a->power, b->power, sizeof a->power) == 0;
}

static void add(struct sum *s, const struct assay_sr_term *t)
{
  int at = 0;
  while (at < s->n && !alike(&s->term[at], t)) at++;
  if (at == ASSAY_SR_TERMS) {
    s->overflow = true;
    return;
  }
  if (at == s->n) {
    s->term[s->n] = *t;
    s->size[s->n++] = fabs(t->c);
  } else {
    s->term[at].c += t->c;
    s->size[at] = fmax(s->size[at], fabs(t->c));
  }
}

/* c a b^power */
static struct assay_sr_term times(const struct assay_sr_term *a, const struct assay_sr_term *b,
                                  int power, double c)
{
  struct assay_sr_term t = *a;
  t.c = c * a->c * pow(b->c, power);
  for (int k = 0; k < ASSAY_SR_FEATURES; k++) t.power[k] += power * b->power[k];
  return t;
}

static void drop_cancelled(struct sum *s)
{
  int kept = 0;
  for (int i = 0; i < s->n; i++)
    if (fabs(s->term[i].c) > CANCELLED * s->size[i]) s->term[kept++] = s->term[i];
  s->n = kept;
}

/* R, divided by `unit` squared unless NULL */
static void under_root(struct sum *root, const struct sum *a, const struct assay_sr_relation *r,
                       const struct assay_sr_term *unit)
{
  for (int i = 0; i < a->n; i++)
    for (int k = 0; k <= i; k++) {
      const struct assay_sr_term t = times(&a->term[i], &a->term[k], 1, i == k ? 1 : 2);
      add(root, &t);
    }
  for (int i = 0; i < r->n_above; i++) {
    const struct assay_sr_term t = times(&r->above[i], &r->square[0], -1, -1);
    add(root, &t);
  }
  drop_cancelled(root);
  for (int i = 0; i < root->n; i++) {
    if (unit) root->term[i] = times(&root->term[i], unit, -2, 1);
    root->term[i].share = fabs(root->term[i].c);
  }
}

static void say(struct assay_sr_phrase *p, const struct sum *s, const struct assay_sr_features *f,
                double scale, enum assay_sr_wording wording)
{
  struct assay_sr_relation r = {.n_above = s->n, .n_below = 1, .below = {{.c = 1}}};
  memcpy(r.above, s->term, (size_t)s->n * sizeof *s->term);
  assay_sr_relation_say(p, &r, f, scale, wording);
}

void assay_sr_relation_say_root(struct assay_sr_phrase *p, const struct assay_sr_relation *r,
                                const struct assay_sr_features *f, double z_scale, int sign,
                                bool factored, enum assay_sr_wording wording)
{
  struct sum a = {0}, root = {0};
  struct assay_sr_phrase front = {0}, inner = {0};
  for (int i = 0; i < r->n_below && r->n_square == 1; i++) {
    const struct assay_sr_term t = times(&r->below[i], &r->square[0], -1, 0.5);
    add(&a, &t);
  }
  under_root(&root, &a, r, factored && a.n == 1 ? &a.term[0] : NULL);
  p->overflow = p->overflow || r->n_square != 1 || a.n == 0 || (factored && a.n != 1) ||
                root.n == 0 || root.overflow;
  if (p->overflow) return;
  say(&front, &a, f, z_scale, ASSAY_SR_AS_IT_IS);
  say(&inner, &root, f, factored ? 1 : z_scale * z_scale, wording);
  p->overflow = front.overflow || inner.overflow;
  if (factored) {
    struct assay_sr_phrase sum = {0};
    assay_sr_put(&sum, "1 %c %s", sign < 0 ? '-' : '+', inner.text);
    const struct assay_sr_factor factor[2] = {{front.text, 1, false}, {sum.text, 1, false}};
    assay_sr_put_product(p, 1, 0, factor, 2);
  } else
    assay_sr_put(p, "%s %c %s", front.text, sign < 0 ? '-' : '+', inner.text);
}
