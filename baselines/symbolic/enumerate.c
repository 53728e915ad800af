#include "baselines/symbolic/enumerate.h"

#include <math.h>
#include <string.h>

#include "baselines/symbolic/phrase.h"
#include "baselines/symbolic/target.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/stats.h"

enum { ROWS = 24, PROBES = 4, TARGETS = 8, BEAM = 150, ROUNDS = 2, SMALL = 3, MAX_NODES = 15 };
static const double SAME = 1e-9; /* relative difference of ratios that agree */

/* an expression: an operator and its operands, which are earlier ones */
struct item {
  signed char op; /* of operations; -1: column `left`, -2: the number 1 */
  int nodes, left, right;
  double merit; /* how well it correlates with y */
};

static double add(double a, double b)
{
  return a + b;
}
static double subtract(double a, double b)
{
  return a - b;
}
static double multiply(double a, double b)
{
  return a * b;
}
static double divide(double a, double b)
{
  return a / b;
}
static double root(double a, double b)
{
  (void)b;
  return sqrt(a);
}
static double square(double a, double b)
{
  (void)b;
  return a * a;
}
static double exponential(double a, double b)
{
  (void)b;
  return exp(a);
}
static double logarithm(double a, double b)
{
  (void)b;
  return log(a);
}
static double sine(double a, double b)
{
  (void)b;
  return sin(a);
}
static double cosine(double a, double b)
{
  (void)b;
  return cos(a);
}

static const struct operation {
  const char *text; /* of the operands */
  int arity;
  bool symmetric, pure; /* pure: the argument should be of order one */
  double (*f)(double, double);
} operations[] = {
    {"(%s + %s)", 2, true, false, add},       {"(%s - %s)", 2, false, false, subtract},
    {"(%s*%s)", 2, true, false, multiply},    {"(%s/%s)", 2, false, false, divide},
    {"sqrt(%s)", 1, false, false, root},      {"(%s)^2", 1, false, false, square},
    {"exp(%s)", 1, false, true, exponential}, {"log(%s)", 1, false, true, logarithm},
    {"sin(%s)", 1, false, true, sine},        {"cos(%s)", 1, false, true, cosine},
};
enum { OPERATIONS = sizeof operations / sizeof *operations };

struct pool {
  struct assay_sr_front *front;
  struct assay_sr_budget *b;
  int n, most, m;
  int start[MAX_NODES + 2]; /* items of size s are start[s] .. start[s + 1] - 1 (before the beam) */
  struct item *item;        /* [most] */
  double *v;                /* [most + 1, ROWS] */
  int *slot;                /* [n_slots] items by their values, -1: free */
  int n_slots;              /* a power of 2 */
  int n_targets;
  const struct assay_sr_target *target[TARGETS];
  double z[TARGETS][ROWS];
  double best; /* merit so far */
  bool solved;
};

static uint64_t mix(uint64_t h)
{
  h ^= h >> 31;
  h *= UINT64_C(0x9e3779b97f4a7c15);
  return h ^ h >> 29;
}

/* the number to 9 digits or so; `up` takes the neighbouring one, for values at a border */
static uint64_t coarse(double x)
{
  int exponent;
  const double mantissa = frexp(x, &exponent);
  return mix((uint64_t)(int64_t)nearbyint(mantissa * 1e9) * 4096 + (uint64_t)(exponent + 2048));
}

static uint64_t fingerprint(const double *v)
{
  uint64_t h = 0;
  for (int i = 0; i < PROBES; i++) h = mix(h ^ coarse(v[i]));
  return h;
}

static bool equal(const double *a, const double *b, int m)
{
  for (int i = 0; i < m; i++)
    if (!(fabs(a[i] - b[i]) <= SAME * fabs(b[i]))) return false;
  return true;
}

/* the item with these values, or where it would go */
static int find(const struct pool *p, const double *v, int *where)
{
  int at = (int)(fingerprint(v) & (uint64_t)(p->n_slots - 1));
  for (; p->slot[at] >= 0; at = (at + 1) & (p->n_slots - 1))
    if (equal(p->v + (size_t)p->slot[at] * ROWS, v, p->m)) return p->slot[at];
  *where = at;
  return -1;
}

static void put_item(struct assay_sr_phrase *t, const struct pool *p, int which)
{
  const struct item *i = &p->item[which];
  if (i->op == -2)
    assay_sr_put(t, "1");
  else if (i->op == -1)
    assay_sr_put(t, "x%d", i->left);
  else {
    const char *c = operations[(int)i->op].text;
    for (int operand = 0; *c; c++)
      if (*c == '%') {
        put_item(t, p, operand++ ? i->right : i->left);
        c++;
      } else
        assay_sr_put(t, "%c", *c);
  }
}

/* y from z = text */
static int offer(struct pool *p, const struct assay_sr_target *target, const char *z)
{
  struct assay_sr_phrase y = {0};
  bool exact = false;
  assay_sr_target_undo(&y, target, z);
  if (y.overflow) return ASSAY_OK;
  const int rc = assay_sr_front_offer_text(&exact, p->front, y.text, "small", p->b);
  p->solved = p->solved || exact;
  return rc;
}

/* z = a + b f, a left out where 0 */
static int offer_line(struct pool *p, const struct assay_sr_target *target, double a, double b,
                      int which)
{
  struct assay_sr_phrase f = {0}, z = {0};
  put_item(&f, p, which);
  const struct assay_sr_factor factor = {f.text, 1, false};
  if (f.overflow) return ASSAY_OK;
  if (a != 0) {
    assay_sr_put_number(&z, a, 1e-11);
    assay_sr_put(&z, " + ");
  }
  assay_sr_put_product(&z, b, 1e-11, &factor, 1);
  return z.overflow ? ASSAY_OK : offer(p, target, z.text);
}

/* of the first target, y itself, which is kept in units of it */
static double target_scale(const struct pool *p)
{
  return p->front->table->column[p->front->table->n_vars].scale;
}

/* does every T(y) differ from c f, and from a + b f? */
static int compare(struct pool *p, int which)
{
  int rc = ASSAY_OK;
  const double *f = p->v + (size_t)which * ROWS;
  for (int k = 0; k < p->n_targets; k++) {
    const double *z = p->z[k], b = (z[1] - z[0]) / (f[1] - f[0]), c = z[0] / f[0];
    bool line = isfinite(b) && b != 0, multiple = isfinite(c) && c != 0;
    double largest = 0;
    for (int i = 0; i < p->m && (line || multiple); i++) {
      largest = fmax(largest, fmax(fabs(z[i]), fabs(b * f[i])));
      multiple = multiple && fabs(z[i] - c * f[i]) <= SAME * fabs(z[i]);
      line = line && fabs(z[i] - z[0] - b * (f[i] - f[0])) <= SAME * largest;
    }
    const double scale = k == 0 ? target_scale(p) : 1;
    if (multiple)
      ASSAY_TRY(offer_line(p, p->target[k], 0, c * scale, which));
    else if (line)
      ASSAY_TRY(offer_line(p, p->target[k], (z[0] - b * f[0]) * scale, b * scale, which));
  }
done:
  return rc;
}

/* |correlation| of f and y by value or by logarithm, whichever is larger; a, b: y ~ a + b f */
static double correlate(const struct pool *p, const double *f, double *a, double *b)
{
  double sf = 0, sy = 0, ff = 0, fy = 0, yy = 0, size = 0;
  const double *y = p->z[0];
  for (int i = 0; i < p->m; i++) size = fmax(size, fabs(f[i]));
  for (int i = 0; i < p->m; i++) {
    sf += f[i] / size;
    sy += y[i];
  }
  sf /= p->m;
  sy /= p->m;
  for (int i = 0; i < p->m; i++) {
    ff += (f[i] / size - sf) * (f[i] / size - sf);
    fy += (f[i] / size - sf) * (y[i] - sy);
    yy += (y[i] - sy) * (y[i] - sy);
  }
  *b = fy / ff / size;
  *a = sy - *b * sf * size;
  return fabs(fy) / sqrt(ff * yy);
}

/* the item whose values are at the end of p->v */
static int admit(struct pool *p, struct item item)
{
  int rc = ASSAY_OK, where;
  const double *v = p->v + (size_t)p->n * ROWS;
  bool varies = item.op < 0;
  double a = 0, b = 0;
  for (int i = 0; i < p->m; i++) {
    if (!isfinite(v[i]) || fabs(v[i]) > 1e150 || (v[i] != 0 && fabs(v[i]) < 1e-150)) goto done;
    varies = varies || fabs(v[i] - v[0]) > 1e-7 * fabs(v[0]);
  }
  if (!varies || find(p, v, &where) >= 0) goto done;
  item.merit = item.op == -2 ? 0 : correlate(p, v, &a, &b);
  if (isnan(item.merit)) item.merit = 0;
  p->slot[where] = p->n;
  p->item[p->n++] = item;
  ASSAY_TRY(compare(p, p->n - 1));
  if (item.merit > p->best * 1.0001 && item.op != -2 && !p->solved) {
    p->best = item.merit;
    const double scale = target_scale(p);
    ASSAY_TRY(offer_line(p, assay_sr_targets, a * scale, b * scale, p->n - 1));
  }
done:
  return rc;
}

static bool full(const struct pool *p)
{
  return p->n == p->most || p->solved || assay_sr_over(p->b);
}

static int apply(struct pool *p, int op, int left, int right)
{
  const struct operation *o = &operations[op];
  const double *a = p->v + (size_t)left * ROWS, *b = p->v + (size_t)right * ROWS;
  double *v = p->v + (size_t)p->n * ROWS;
  if (full(p) || !assay_sr_spend(p->b, 4.0 * p->m + 4 * TARGETS)) return ASSAY_OK;
  if (o->pure && !(fabs(a[0]) < 300 && fabs(a[0]) > 1e-4)) return ASSAY_OK;
  for (int i = 0; i < p->m; i++) v[i] = o->f(a[i], b[i]);
  const int nodes = 1 + p->item[left].nodes + (o->arity == 2 ? p->item[right].nodes : 0);
  return admit(p, (struct item){(signed char)op, nodes, left, right, 0});
}

/* all expressions of this size by one operation with two operands */
static int grow_pairs(struct pool *p, int op, int nodes)
{
  int rc = ASSAY_OK;
  for (int left = 1; left <= nodes - 2; left++) {
    const int right = nodes - 1 - left;
    if (operations[op].symmetric && left > right) break;
    for (int i = p->start[left]; i < p->start[left + 1] && !full(p); i++) {
      const bool same = operations[op].symmetric && left == right;
      for (int j = same ? i : p->start[right]; j < p->start[right + 1] && !full(p); j++)
        ASSAY_TRY(apply(p, op, i, j));
    }
  }
done:
  return rc;
}

/* all expressions of this size */
static int grow(struct pool *p, int nodes)
{
  int rc = ASSAY_OK;
  for (int op = 0; op < OPERATIONS; op++)
    if (operations[op].arity == 2)
      ASSAY_TRY(grow_pairs(p, op, nodes));
    else
      for (int i = p->start[nodes - 1]; i < p->start[nodes] && !full(p); i++)
        ASSAY_TRY(apply(p, op, i, i));
  p->start[nodes + 1] = p->n;
done:
  return rc;
}

/* the best ones combined with the small ones */
static int beam_round(struct pool *p)
{
  int rc = ASSAY_OK, best[BEAM], kept = 0;
  const int n = p->n;
  for (int i = 0; i < n; i++) {
    int at = kept;
    if (kept == BEAM && p->item[i].merit <= p->item[best[BEAM - 1]].merit) continue;
    if (kept < BEAM) kept++;
    for (at = kept - 1; at > 0 && p->item[best[at - 1]].merit < p->item[i].merit; at--)
      best[at] = best[at - 1];
    best[at] = i;
  }
  for (int k = 0; k < kept && !full(p); k++)
    for (int op = 0; op < OPERATIONS && !full(p); op++) {
      if (operations[op].arity == 1) ASSAY_TRY(apply(p, op, best[k], best[k]));
      for (int j = 0; operations[op].arity == 2 && j < p->start[SMALL + 1]; j++) {
        ASSAY_TRY(apply(p, op, best[k], j));
        if (!operations[op].symmetric) ASSAY_TRY(apply(p, op, j, best[k]));
      }
    }
done:
  return rc;
}

/* ---- pairs ---------------------------------------------------------------------------------- */

/* values without their scale */
static bool normalise(double *out, const double *v, int m)
{
  for (int i = 0; i < m; i++) {
    out[i] = v[i] / v[0];
    if (!isfinite(out[i])) return false;
  }
  return true;
}

struct index {
  int n_slots, *slot;
};

static uint64_t scale_free(const double *v)
{
  double ratio[PROBES + 1];
  if (!normalise(ratio, v, PROBES + 1)) return 0;
  return fingerprint(ratio + 1);
}

static int index_make(struct index *x, const struct pool *p)
{
  int rc = ASSAY_OK;
  x->n_slots = p->n_slots;
  ASSAY_TRY(ASSAY_NEW(&x->slot, (size_t)x->n_slots, "symbolic pairs"));
  for (int i = 0; i < x->n_slots; i++) x->slot[i] = -1;
  for (int i = 0; i < p->n; i++) {
    const uint64_t h = scale_free(p->v + (size_t)i * ROWS);
    int at = (int)(h & (uint64_t)(x->n_slots - 1));
    while (x->slot[at] >= 0) at = (at + 1) & (x->n_slots - 1);
    if (h) x->slot[at] = i;
  }
done:
  return rc;
}

/* the smallest item that is proportional to v on the first rows, -1: none; items were entered by
 * size
 */
static int index_find(const struct index *x, const struct pool *p, const double *v)
{
  double wanted[PROBES + 1], has[PROBES + 1];
  const uint64_t h = scale_free(v);
  if (!h || !normalise(wanted, v, PROBES + 1)) return -1;
  for (int at = (int)(h & (uint64_t)(x->n_slots - 1)); x->slot[at] >= 0;
       at = (at + 1) & (x->n_slots - 1)) {
    const double *f = p->v + (size_t)x->slot[at] * ROWS;
    if (normalise(has, f, PROBES + 1) && equal(has, wanted, PROBES + 1)) return x->slot[at];
  }
  return -1;
}

/* z = c f g, c g / f, f + c g */
static int offer_pair(struct pool *p, int target, int kind, int f, int g, double c)
{
  struct assay_sr_phrase tf = {0}, tg = {0}, z = {0};
  put_item(&tf, p, f);
  put_item(&tg, p, g);
  const struct assay_sr_factor factor[2] = {{tg.text, 1, false},
                                            {tf.text, kind == 1 ? -1 : 1, false}};
  if (tf.overflow || tg.overflow) return ASSAY_OK;
  if (kind == 2) assay_sr_put(&z, "%s + ", tf.text);
  assay_sr_put_product(&z, c, 1e-11, factor, kind == 2 ? 1 : 2);
  return z.overflow ? ASSAY_OK : offer(p, p->target[target], z.text);
}

/* z / f, z f or z - f on rows 0..m-1 */
static void other_part(double *v, const struct pool *p, int target, int kind, int f, int m)
{
  const double *a = p->v + (size_t)f * ROWS, *z = p->z[target];
  const double scale = target == 0 ? target_scale(p) : 1;
  for (int i = 0; i < m; i++)
    v[i] = kind == 0 ? z[i] / a[i] : kind == 1 ? z[i] * a[i] : z[i] * scale - a[i];
}

static int try_pair(struct pool *p, const struct index *x, int target, int kind, int f)
{
  double v[ROWS], wanted[ROWS], has[ROWS];
  other_part(v, p, target, kind, f, PROBES + 1);
  const int g = index_find(x, p, v);
  if (g < 0) return ASSAY_OK;
  other_part(v, p, target, kind, f, p->m);
  if (!normalise(wanted, v, p->m) || !normalise(has, p->v + (size_t)g * ROWS, p->m))
    return ASSAY_OK;
  if (!equal(has, wanted, p->m)) return ASSAY_OK;
  const double scale = target == 0 && kind != 2 ? target_scale(p) : 1;
  return offer_pair(p, target, kind, f, g, v[0] / p->v[(size_t)g * ROWS] * scale);
}

static int meet(struct pool *p)
{
  int rc = ASSAY_OK;
  struct index x = {0};
  ASSAY_TRY(index_make(&x, p));
  for (int f = 0; f < p->n && !p->solved; f++)
    for (int k = 0; k < p->n_targets; k++)
      for (int kind = 0; kind < 3; kind++) {
        if (!assay_sr_spend(p->b, 4 * (PROBES + 1))) goto done;
        ASSAY_TRY(try_pair(p, &x, k, kind, f));
      }
done:
  assay_free(x.slot);
  return rc;
}

/* ---- the whole ------------------------------------------------------------------------------ */

static void add_target(struct pool *p, const struct assay_sr_target *t, const double *y)
{
  const struct assay_sr_column *c = &p->front->table->column[p->front->table->n_vars];
  double *z = p->z[p->n_targets];
  if (p->n_targets == TARGETS || (t->pure && !c->plain)) return;
  if (!assay_sr_target_apply(z, t, y, p->m)) return;
  for (int i = 0; i < p->m && p->n_targets == 0; i++) z[i] /= c->scale;
  p->target[p->n_targets++] = t;
}

static int leaves(struct pool *p, const struct assay_sr_sample *s)
{
  int rc = ASSAY_OK;
  const struct assay_sr_table *t = p->front->table;
  bool plain = false;
  for (int j = 0; j < t->n_vars && !full(p); j++) {
    if (!t->column[j].usable) continue;
    plain = plain || t->column[j].plain;
    for (int i = 0; i < p->m; i++) p->v[(size_t)p->n * ROWS + (size_t)i] = s->x[j * s->m + i];
    ASSAY_TRY(admit(p, (struct item){-1, 1, j, 0, 0}));
  }
  if (!plain || full(p)) goto done;
  for (int i = 0; i < p->m; i++) p->v[(size_t)p->n * ROWS + (size_t)i] = 1;
  ASSAY_TRY(admit(p, (struct item){-2, 1, 0, 0, 0}));
done:
  return rc;
}

static int pool_open(struct pool *p, const struct assay_sr_sample *s)
{
  int rc = ASSAY_OK;
  p->m = (int)s->m;
  for (p->n_slots = 1024; p->n_slots < 3 * p->most; p->n_slots *= 2) continue;
  ASSAY_TRY(ASSAY_NEW(&p->item, (size_t)p->most + 1, "symbolic enumeration"));
  ASSAY_TRY(ASSAY_NEW(&p->v, ((size_t)p->most + 1) * ROWS, "symbolic enumeration"));
  ASSAY_TRY(ASSAY_NEW(&p->slot, (size_t)p->n_slots, "symbolic enumeration"));
  for (int i = 0; i < p->n_slots; i++) p->slot[i] = -1;
  for (const struct assay_sr_target *t = assay_sr_targets; t->name; t++)
    if (!t->power || t == assay_sr_targets || !strcmp(t->name, "y^2")) add_target(p, t, s->y);
done:
  return rc;
}

int assay_sr_search_small(struct assay_sr_front *f, struct assay_sr_budget *b, uint64_t seed,
                          struct assay_sr_enumeration limits)
{
  int rc = ASSAY_OK;
  struct pool *p = NULL;
  struct assay_sr_sample *s = NULL;
  ASSAY_TRY(assay_sr_sample_create(&s, f->table, ROWS, seed + 3));
  ASSAY_TRY(ASSAY_NEW(&p, 1, "symbolic enumeration"));
  *p = (struct pool){.front = f, .b = b, .most = limits.most};
  ASSAY_TRY(pool_open(p, s));
  p->most -= p->most / 5; /* the rest is for the beam */
  if (p->m <= PROBES + 1 || p->n_targets == 0 || p->target[0] != assay_sr_targets) goto done;
  ASSAY_TRY(leaves(p, s));
  p->start[2] = p->n;
  for (int nodes = 2; nodes <= SMALL || (nodes <= limits.nodes && nodes <= MAX_NODES && !full(p));
       nodes++)
    ASSAY_TRY(grow(p, nodes));
  if (!p->solved) ASSAY_TRY(meet(p));
  p->most = limits.most;
  for (int round = 0; round < ROUNDS && !full(p); round++) ASSAY_TRY(beam_round(p));
done:
  if (p) {
    assay_free(p->item);
    assay_free(p->v);
    assay_free(p->slot);
  }
  assay_free(p);
  assay_sr_sample_destroy(s);
  return rc;
}
