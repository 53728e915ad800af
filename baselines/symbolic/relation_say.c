#include <math.h>
#include <string.h>

#include "baselines/symbolic/relation.h"

/* coefficients are kept to this, relative to the smallest error they can have */
static const double TOLERANCE = 1e-12;

struct polynomial {
  int n;
  struct assay_sr_term term[ASSAY_SR_TERMS];
};

/* in the features' own units */
static struct polynomial unscaled(const struct assay_sr_term *t, int n,
                                  const struct assay_sr_features *f)
{
  struct polynomial p = {.n = n};
  for (int i = 0; i < n; i++) {
    p.term[i] = t[i];
    for (int k = 0; k < f->n; k++) p.term[i].c /= pow(f->feature[k].scale, t[i].power[k]);
  }
  return p;
}

/* the largest monomial that divides every term comes out, its powers added to `power` x sign */
static void take_monomial(struct polynomial *p, double *power, double sign, int features)
{
  for (int k = 0; k < features; k++) {
    int least = p->term[0].power[k];
    for (int i = 1; i < p->n; i++)
      if (p->term[i].power[k] < least) least = p->term[i].power[k];
    for (int i = 0; i < p->n; i++) p->term[i].power[k] -= least;
    power[k] += sign * least;
  }
}

/* the coefficient of the term of least degree comes out */
static double take_coefficient(struct polynomial *p, int features)
{
  int best = 0, least = 1000;
  for (int i = 0; i < p->n; i++) {
    int degree = 0;
    for (int k = 0; k < features; k++) degree += p->term[i].power[k];
    if (degree < least) {
      least = degree;
      best = i;
    }
  }
  const double c = p->term[best].c;
  for (int i = 0; i < p->n; i++) p->term[i].c /= c;
  return c;
}

static bool is_product(const struct assay_sr_term *t, const struct assay_sr_term *a,
                       const struct assay_sr_term *b, int features)
{
  for (int k = 0; k < features; k++)
    if (2 * t->power[k] != a->power[k] + b->power[k]) return false;
  return true;
}

static const struct assay_sr_term *find_cross(const struct polynomial *p,
                                              const struct assay_sr_term *a,
                                              const struct assay_sr_term *b, int features)
{
  for (int i = 0; i < p->n; i++)
    if (&p->term[i] != a && &p->term[i] != b && is_product(&p->term[i], a, b, features))
      return &p->term[i];
  return NULL;
}

static bool is_even(const struct assay_sr_term *t, int features)
{
  for (int k = 0; k < features; k++)
    if (t->power[k] % 2) return false;
  return t->c > 0;
}

/* root^2 = p, if there is one: every even positive term is a square, every other one twice the
 * product of two roots */
static bool square_root(struct polynomial *root, const struct polynomial *p, int features)
{
  const struct assay_sr_term *square[ASSAY_SR_TERMS];
  int n = 0, crosses = 0;
  for (int i = 0; i < p->n; i++)
    if (is_even(&p->term[i], features)) square[n++] = &p->term[i];
  if (n * (n + 1) / 2 != p->n) return false;
  root->n = n;
  for (int i = 0; i < n; i++) {
    double sign = 1;
    const struct assay_sr_term *cross = i ? find_cross(p, square[0], square[i], features) : NULL;
    if (i && !cross) return false;
    if (cross && cross->c < 0) sign = -1;
    root->term[i] = *square[i];
    root->term[i].c = sign * sqrt(square[i]->c);
    for (int k = 0; k < features; k++) root->term[i].power[k] /= 2;
  }
  for (int i = 0; i < n; i++)
    for (int j = 0; j < i; j++) {
      const struct assay_sr_term *cross = find_cross(p, square[i], square[j], features);
      const double expected = 2 * root->term[i].c * root->term[j].c;
      if (!cross || fabs(cross->c - expected) > 1e-6 * fabs(expected)) return false;
      crosses++;
    }
  return n + crosses == p->n;
}

static void put_polynomial(struct assay_sr_phrase *out, const struct polynomial *p,
                           const struct assay_sr_features *f)
{
  for (int pass = 0, begun = 0; pass < 2; pass++) /* positive terms first */
    for (int i = 0; i < p->n; i++) {
      struct assay_sr_factor factor[ASSAY_SR_FEATURES];
      int n = 0;
      if ((p->term[i].c > 0) == (pass == 1)) continue;
      for (int k = 0; k < f->n; k++)
        if (p->term[i].power[k])
          factor[n++] = (struct assay_sr_factor){f->feature[k].text, p->term[i].power[k], false};
      if (begun) assay_sr_put(out, pass ? " - " : " + ");
      assay_sr_put_product(out, begun ? fabs(p->term[i].c) : p->term[i].c, TOLERANCE, factor, n);
      begun = 1;
    }
}

struct part {
  struct assay_sr_phrase text;
  double power; /* 0: it is 1 */
};

/* a polynomial as a factor; under a root its perfect square is taken out on demand */
static void say_part(struct part *part, const struct polynomial *p,
                     const struct assay_sr_features *f, double power,
                     enum assay_sr_wording wording)
{
  struct polynomial root;
  part->text = (struct assay_sr_phrase){0};
  part->power = wording == ASSAY_SR_AS_IT_IS ? power : power / 2;
  if (p->n == 1) {
    part->power = 0; /* its coefficient is 1 and its monomial was taken out */
  } else if (wording == ASSAY_SR_ROOT_SQUARES && square_root(&root, p, f->n)) {
    put_polynomial(&part->text, &root, f);
    part->power = power;
  } else
    put_polynomial(&part->text, p, f);
}

void assay_sr_relation_say(struct assay_sr_phrase *out, const struct assay_sr_relation *r,
                           const struct assay_sr_features *f, double z_scale,
                           enum assay_sr_wording wording)
{
  struct polynomial above = unscaled(r->above, r->n_above, f);
  struct polynomial below = unscaled(r->below, r->n_below, f);
  struct assay_sr_factor factor[ASSAY_SR_FEATURES + 2];
  struct part part[2];
  double power[ASSAY_SR_FEATURES], c = z_scale;
  int n = 0;
  for (int k = 0; k < f->n; k++) {
    power[k] = f->prefactor[k];
    c /= pow(f->feature[k].scale, f->prefactor[k]);
  }
  take_monomial(&above, power, 1, f->n);
  take_monomial(&below, power, -1, f->n);
  c *= take_coefficient(&above, f->n) / take_coefficient(&below, f->n);
  say_part(&part[0], &above, f, 1, wording);
  say_part(&part[1], &below, f, -1, wording);
  for (int k = 0; k < f->n; k++) {
    const double p = wording == ASSAY_SR_AS_IT_IS ? power[k] : power[k] / 2;
    const bool absolute = !f->feature[k].positive && wording == ASSAY_SR_ROOT && fmod(p, 2) != 0;
    if (p != 0) factor[n++] = (struct assay_sr_factor){f->feature[k].text, p, absolute};
  }
  for (int k = 0; k < 2; k++)
    if (part[k].power != 0)
      factor[n++] = (struct assay_sr_factor){part[k].text.text, part[k].power, false};
  if (wording != ASSAY_SR_AS_IT_IS) c = c > 0 ? sqrt(c) : -sqrt(-c);
  if (part[0].text.overflow || part[1].text.overflow) out->overflow = true;
  assay_sr_put_product(out, c, TOLERANCE, factor, n);
}
