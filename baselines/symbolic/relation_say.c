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

/* The power of a feature that all terms share comes out: the one nearest to 0 if all have one sign,
 * none otherwise (x0 + x1/x2 keeps its quotient). Added to `power` x sign. */
static void take_monomial(struct polynomial *p, double *power, double sign, int features)
{
  for (int k = 0; k < features; k++) {
    int low = p->term[0].power[k], high = low;
    for (int i = 1; i < p->n; i++) {
      if (p->term[i].power[k] < low) low = p->term[i].power[k];
      if (p->term[i].power[k] > high) high = p->term[i].power[k];
    }
    const int common = low > 0 ? low : high < 0 ? high : 0;
    for (int i = 0; i < p->n; i++) p->term[i].power[k] -= common;
    power[k] += sign * common;
  }
}

/* how simple the coefficients are when divided by c */
static int simplicity(const struct polynomial *p, double c)
{
  int score = 0;
  for (int i = 0; i < p->n; i++) {
    const double value = fabs(assay_sr_snap(p->term[i].c / c, TOLERANCE));
    score += value == 1 ? 3 : value == floor(value) && value < 100 ? 2 : 0;
  }
  return score;
}

/* the coefficient that leaves the simplest ones comes out; the first of equals */
static double take_coefficient(struct polynomial *p)
{
  int best = 0, most = -1;
  for (int i = 0; i < p->n; i++) {
    const int score = simplicity(p, p->term[i].c);
    if (score <= most) continue;
    most = score;
    best = i;
  }
  const double c = p->term[best].c;
  for (int i = 0; i < p->n; i++) p->term[i].c /= c;
  return c;
}

/* above / below with a single term below: one polynomial with negative powers */
static void merge(struct polynomial *above, struct polynomial *below, int features)
{
  for (int i = 0; i < above->n; i++) {
    above->term[i].c /= below->term[0].c;
    for (int k = 0; k < features; k++) above->term[i].power[k] -= below->term[0].power[k];
  }
  below->term[0] = (struct assay_sr_term){.c = 1};
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
 * product of two roots. Coefficients come from the weightiest square and its products. */
static bool square_root(struct polynomial *root, const struct polynomial *p, int features)
{
  const struct assay_sr_term *square[ASSAY_SR_TERMS];
  int n = 0;
  for (int i = 0; i < p->n; i++) {
    if (!is_even(&p->term[i], features)) continue;
    square[n++] = &p->term[i];
    if (p->term[i].share <= square[0]->share) continue;
    square[n - 1] = square[0];
    square[0] = &p->term[i];
  }
  if (n == 0 || n * (n + 1) / 2 != p->n) return false;
  root->n = n;
  for (int i = 0; i < n; i++) {
    const struct assay_sr_term *cross = i ? find_cross(p, square[0], square[i], features) : NULL;
    if (i && !cross) return false;
    root->term[i] = *square[i];
    root->term[i].c = i ? cross->c / (2 * root->term[0].c) : sqrt(square[0]->c);
    for (int k = 0; k < features; k++) root->term[i].power[k] /= 2; /* even, also when negative */
  }
  for (int i = 1; i < n; i++)
    for (int j = 1; j <= i; j++) {
      const struct assay_sr_term *cross =
          j == i ? square[i] : find_cross(p, square[i], square[j], features);
      const double expected = (j == i ? 1 : 2) * root->term[i].c * root->term[j].c;
      if (!cross || fabs(cross->c - expected) > 0.01 * fabs(expected)) return false;
    }
  return true;
}

/* columns first, then functions */
static int factors(struct assay_sr_factor *factor, const struct assay_sr_term *t,
                   const struct assay_sr_features *f)
{
  int n = 0;
  for (int column = 1; column >= 0; column--)
    for (int k = 0; k < f->n; k++)
      if (t->power[k] && (f->feature[k].text[0] == 'x') == column)
        factor[n++] =
            (struct assay_sr_factor){f->feature[k].text, t->power[k] * f->feature[k].unit, false};
  return n;
}

/* the term that is c u_k u_l (k = l: c u_k^2) and nothing else, -1: none that is not used */
static int find_term(const struct polynomial *p, const bool *used, int k, int l, int features)
{
  for (int i = 0; i < p->n; i++) {
    bool same = !used[i];
    for (int j = 0; j < features; j++) same = same && p->term[i].power[j] == (j == k) + (j == l);
    if (same) return i;
  }
  return -1;
}

/* c u_k^2 - 2 c u_k u_l + c u_l^2 = c (u_k - u_l)^2; such terms are put and marked */
static int put_squares(struct assay_sr_phrase *out, const struct polynomial *p, bool *used,
                       const struct assay_sr_features *f)
{
  int put = 0;
  for (int k = 0; k < f->n; k++)
    for (int l = k + 1; l < f->n; l++) {
      const int a = find_term(p, used, k, k, f->n), b = find_term(p, used, l, l, f->n);
      const int cross = find_term(p, used, k, l, f->n);
      if (a < 0 || b < 0 || cross < 0 || f->feature[k].unit != 1 || f->feature[l].unit != 1)
        continue;
      const double c = p->term[a].c, twice = p->term[cross].c;
      if (!(c > 0) || fabs(p->term[b].c - c) > 1e-9 * c || fabs(fabs(twice) - 2 * c) > 1e-9 * c)
        continue;
      struct assay_sr_phrase sum = {0};
      assay_sr_put(&sum, "%s %c %s", f->feature[k].text, twice < 0 ? '-' : '+', f->feature[l].text);
      const struct assay_sr_factor square = {sum.text, 2, false};
      if (put++) assay_sr_put(out, " + ");
      assay_sr_put_product(out, c, TOLERANCE, &square, 1);
      used[a] = used[b] = used[cross] = true;
    }
  return put;
}

static void put_polynomial(struct assay_sr_phrase *out, const struct polynomial *p,
                           const struct assay_sr_features *f)
{
  bool used[ASSAY_SR_TERMS] = {false};
  int begun = put_squares(out, p, used, f);
  for (int pass = 0; pass < 2; pass++) /* positive terms first */
    for (int i = 0; i < p->n; i++) {
      struct assay_sr_factor factor[ASSAY_SR_FEATURES];
      if (used[i] || (p->term[i].c > 0) == (pass == 1)) continue;
      const int n = factors(factor, &p->term[i], f);
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
                     const struct assay_sr_features *f, double power, enum assay_sr_wording wording)
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
  if (below.n == 1) merge(&above, &below, f->n);
  take_monomial(&above, power, 1, f->n);
  take_monomial(&below, power, -1, f->n);
  c *= take_coefficient(&above) / take_coefficient(&below);
  if (wording != ASSAY_SR_AS_IT_IS && c < 0) { /* the root of a square: its sign belongs inside */
    for (int i = 0; i < above.n; i++) above.term[i].c = -above.term[i].c;
    c = -c;
  }
  say_part(&part[0], &above, f, 1, wording);
  say_part(&part[1], &below, f, -1, wording);
  for (int k = 0; k < f->n; k++) {
    const double p = wording == ASSAY_SR_AS_IT_IS ? power[k] : power[k] / 2;
    const bool absolute = !f->feature[k].positive && wording == ASSAY_SR_ROOT && fmod(p, 2) != 0;
    if (p != 0)
      factor[n++] = (struct assay_sr_factor){f->feature[k].text, p * f->feature[k].unit, absolute};
  }
  for (int k = 0; k < 2; k++)
    if (part[k].power != 0)
      factor[n++] = (struct assay_sr_factor){part[k].text.text, part[k].power, false};
  if (wording != ASSAY_SR_AS_IT_IS) c = sqrt(c);
  if (part[0].text.overflow || part[1].text.overflow) out->overflow = true;
  assay_sr_put_product(out, c, TOLERANCE, factor, n);
}
