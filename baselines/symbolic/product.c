#include "baselines/symbolic/product.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "baselines/symbolic/values.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/stats.h"

static const double EXACT = 1e-7;  /* rms of log z - fit, below which exponents are snapped */
static const double SNAP = 2e-4;   /* how near an exponent must be to a fraction */
static const double SPREAD = 1e-9; /* relative spread of z / product of an exact product */

enum { MAX_FACTORS = ASSAY_SR_MAX_VARS + ASSAY_SR_PRODUCT_ATOMS };

struct fit {
  int n;                     /* terms: columns, then atoms */
  double power[MAX_FACTORS]; /* exponents */
  double rms;
};

static const double *term(const struct assay_sr_pool *p, const struct assay_sr_product *product,
                          int k)
{
  return k < p->n_base ? p->base_log + k * p->m : product->log[k - p->n_base];
}

/* least squares of t [m] over 1 and those terms whose power is not fixed */
static int least_squares(struct fit *f, const struct assay_sr_pool *p,
                         const struct assay_sr_product *product, const double *t, const bool *fixed,
                         double *work)
{
  int rc = ASSAY_OK, pushed = 0, which[MAX_FACTORS + 1];
  struct assay_sr_basis *basis = NULL;
  double c[MAX_FACTORS + 1], *rest = work, *v = work + p->m;
  const int m = p->m;
  ASSAY_TRY(assay_sr_basis_create(&basis, m, f->n + 1));
  memcpy(rest, t, (size_t)m * sizeof *rest);
  for (int i = 0; i < m; i++) v[i] = 1;
  assay_sr_basis_push(basis, v, 0);
  for (int k = 0; k < f->n; k++) {
    const double *a = term(p, product, k);
    if (fixed[k])
      for (int i = 0; i < m; i++) rest[i] -= f->power[k] * a[i];
    else {
      memcpy(v, a, (size_t)m * sizeof *v);
      f->power[k] = 0;
      if (assay_sr_basis_push(basis, v, 1e-11)) which[++pushed] = k;
    }
  }
  f->rms = assay_sr_basis_project(basis, rest) / sqrt(m);
  assay_sr_basis_solve(c, basis);
  for (int k = 1; k <= pushed; k++) f->power[which[k]] = c[k];
done:
  assay_sr_basis_destroy(basis);
  return rc;
}

/* exponents near fractions become fractions, the others are fitted again */
static int snap(struct fit *f, const struct assay_sr_pool *p,
                const struct assay_sr_product *product, const double *t, double *work)
{
  int rc = ASSAY_OK;
  bool fixed[MAX_FACTORS] = {false};
  for (int k = 0; k < f->n; k++) {
    int above, below;
    if (k >= p->n_base && product->atom[k - p->n_base]->exponential) continue;
    if (!assay_sr_snap_fraction(&above, &below, f->power[k], SNAP)) continue;
    f->power[k] = (double)above / below;
    fixed[k] = true;
  }
  ASSAY_TRY(least_squares(f, p, product, t, fixed, work));
done:
  return rc;
}

/* the factors of the product; names needs room for a column's name each, `exponent` for the sum in
 * the exponential */
struct wording {
  int n;
  struct assay_sr_factor factor[MAX_FACTORS + 1];
  char name[MAX_FACTORS][16];
  struct assay_sr_phrase exponent;
};

static void word_exponential(struct wording *w, const char *text, double k)
{
  struct assay_sr_phrase *e = &w->exponent;
  if (!e->n) {
    assay_sr_put(e, "exp(");
    w->factor[w->n++] = (struct assay_sr_factor){e->text, 1, false};
  } else
    assay_sr_put(e, " + ");
  const struct assay_sr_factor one = {text, 1, false};
  assay_sr_put_product(e, k, 1e-10, &one, 1);
}

static void word(struct wording *w, const struct fit *f, const struct assay_sr_pool *p,
                 const struct assay_sr_product *product)
{
  w->n = 0;
  w->exponent = (struct assay_sr_phrase){0};
  for (int k = 0; k < f->n; k++) {
    const struct assay_sr_atom *atom = k < p->n_base ? NULL : product->atom[k - p->n_base];
    if (fabs(f->power[k]) < 1e-12) continue;
    if (!atom) {
      snprintf(w->name[k], sizeof w->name[k], "x%d", p->base[k]);
      w->factor[w->n++] = (struct assay_sr_factor){w->name[k], f->power[k], false};
    } else if (!atom->exponential)
      w->factor[w->n++] = (struct assay_sr_factor){atom->text, f->power[k], false};
    else
      word_exponential(w, atom->text, f->power[k]);
  }
  if (w->exponent.n) assay_sr_put(&w->exponent, ")");
}

/* factors that are negative in places cannot have broken powers */
static int guard(struct wording *w, const struct assay_sr_search *s, double *work, int *mixed,
                 int *n_mixed)
{
  int rc = ASSAY_OK;
  struct assay_expr *e = NULL;
  *n_mixed = 0;
  for (int k = 0; k < w->n; k++) {
    ptrdiff_t negative = 0;
    const double power = w->factor[k].power;
    ASSAY_TRY(assay_expr_parse(&e, w->factor[k].text, NULL));
    if (!assay_sr_spend(s->budget, (double)(e->n * s->sample->m))) goto done;
    ASSAY_TRY(assay_sr_values(work, e, s->sample->x, s->sample->m, s->sample->m));
    for (ptrdiff_t i = 0; i < s->sample->m; i++) negative += work[i] < 0;
    assay_expr_free(e);
    e = NULL;
    if (!negative) continue;
    if (power != floor(power))
      w->factor[k].absolute = true;
    else if (fmod(power, 2) != 0 && *n_mixed < 5)
      mixed[(*n_mixed)++] = k;
  }
done:
  assay_expr_free(e);
  return rc;
}

/* ratio z / product with coefficient 1: its median and relative spread (median deviation) */
struct ratio {
  double median, spread;
};

static int measure(struct ratio *r, const struct wording *w, const struct assay_sr_search *s,
                   const double *z, double *work)
{
  int rc = ASSAY_OK;
  struct assay_sr_phrase text = {0};
  struct assay_expr *e = NULL;
  const ptrdiff_t m = s->sample->m;
  *r = (struct ratio){NAN, INFINITY};
  assay_sr_put_product(&text, 1, 0, w->factor, w->n);
  if (text.overflow) goto done;
  ASSAY_TRY(assay_expr_parse(&e, text.text, NULL));
  if (!assay_sr_spend(s->budget, (double)(e->n * m))) goto done;
  ASSAY_TRY(assay_sr_values(work, e, s->sample->x, m, m));
  for (ptrdiff_t i = 0; i < m; i++) work[i] = z[i] / work[i];
  r->median = assay_stats_median(work, m);
  for (ptrdiff_t i = 0; i < m; i++) work[i] = fabs(work[i] / r->median - 1);
  r->spread = assay_stats_median(work, m);
done:
  assay_expr_free(e);
  return rc;
}

/* choose absolute values among the factors of mixed sign so that z / product keeps its sign */
static int settle_signs(struct ratio *best, struct wording *w, const struct assay_sr_search *s,
                        const double *z, double *work)
{
  int rc = ASSAY_OK, mixed[5], n_mixed, choice = 0;
  *best = (struct ratio){NAN, INFINITY};
  ASSAY_TRY(guard(w, s, work, mixed, &n_mixed));
  for (int trial = 0; trial < 1 << n_mixed; trial++) {
    struct ratio r;
    for (int k = 0; k < n_mixed; k++) w->factor[mixed[k]].absolute = trial >> k & 1;
    ASSAY_TRY(measure(&r, w, s, z, work));
    if (!(r.spread < best->spread)) continue;
    *best = r;
    choice = trial;
  }
  for (int k = 0; k < n_mixed; k++) w->factor[mixed[k]].absolute = choice >> k & 1;
done:
  return rc;
}

static int say(bool *exact, struct assay_sr_search *s, const struct wording *w,
               const struct assay_sr_target *target, struct ratio r)
{
  struct assay_sr_phrase z = {0}, y = {0};
  assay_sr_put_product(&z, r.median, fmax(10 * r.spread, 1e-14), w->factor, w->n);
  assay_sr_target_undo(&y, target, z.text);
  if (z.overflow || y.overflow) return ASSAY_OK;
  return assay_sr_front_offer_text(exact, s->front, y.text, "product", s->budget);
}

int assay_sr_product_offer(bool *exact, struct assay_sr_search *s,
                           const struct assay_sr_product *product,
                           const struct assay_sr_target *target, const double *z, bool approximate)
{
  int rc = ASSAY_OK;
  const struct assay_sr_pool *p = s->pool;
  struct fit f = {.n = p->n_base + product->n};
  struct wording *w = NULL;
  struct ratio r;
  double *t = NULL;
  const bool fixed[MAX_FACTORS] = {false};
  *exact = false;
  if (!assay_sr_spend_flops(s->budget, 8.0 * p->m * (f.n + 1) * (f.n + 1))) goto done;
  ASSAY_TRY(ASSAY_NEW(&t, 3 * (size_t)p->m, "symbolic product"));
  ASSAY_TRY(ASSAY_NEW(&w, 1, "symbolic product"));
  const double scale = fabs(z[0]);
  for (int i = 0; i < p->m; i++) t[i] = log(fabs(z[i] / scale));
  ASSAY_TRY(least_squares(&f, p, product, t, fixed, t + p->m));
  const bool near = f.rms < EXACT;
  if (!near && !approximate) goto done;
  if (near) ASSAY_TRY(snap(&f, p, product, t, t + p->m));
  word(w, &f, p, product);
  ASSAY_TRY(settle_signs(&r, w, s, z, t + p->m));
  if (isfinite(r.median) && r.median != 0 && (approximate || r.spread < SPREAD))
    ASSAY_TRY(say(exact, s, w, target, r));
done:
  assay_free(t);
  assay_free(w);
  return rc;
}
