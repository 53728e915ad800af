#include "harness/diff_match.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"

/* ---- grid ----------------------------------------------------------------------------------- */

/* "64 y x 64 x in 226 frames" */
static const char *grid_text(char *out, size_t size, const struct assay_dataset_info *info)
{
  size_t at = 0;
  out[0] = '\0';
  for (int a = 0; a < info->shape.n_axes && at < size; a++)
    at += (size_t)snprintf(out + at, size - at, "%s%s %d", a ? " x " : "", info->shape.axis[a].name,
                           info->shape.axis[a].n);
  if (at < size)
    snprintf(out + at, size - at, "%s", info->n_times > 0 ? " in frames" : " without time");
  return out;
}

int assay_diff_check_grid(const struct assay_diff *d)
{
  int rc = ASSAY_OK;
  char one[256], other[256];
  const struct assay_dataset_info *a = d->a.info, *b = d->b.info;
  bool same = a->shape.n_axes == b->shape.n_axes && (a->n_times > 0) == (b->n_times > 0);
  for (int i = 0; same && i < a->shape.n_axes; i++)
    same = a->shape.axis[i].n == b->shape.axis[i].n &&
           strcmp(a->shape.axis[i].name, b->shape.axis[i].name) == 0;
  ASSAY_CHECK(same, ASSAY_EARG, "sets on different grids cannot be compared: %s has %s, %s has %s",
              a->path, grid_text(one, sizeof one, a), b->path, grid_text(other, sizeof other, b));
done:
  return rc;
}

/* ---- cases ---------------------------------------------------------------------------------- */

struct matching {
  const struct assay_diff *d;
  int n;            /* parameters that must agree; 0: ids */
  int *in_a, *in_b; /* [n] their indices */
};

static bool same_number(double x, double y)
{
  if (isnan(x) || isnan(y)) return isnan(x) && isnan(y);
  return x == y || fabs(x - y) <= 1e-12 * fmax(fabs(x), fabs(y));
}

static const char *choice_of(const struct assay_quantity *q, double value)
{
  int n = 0;
  while (q->choices[n]) n++;
  return value >= 0 && value < n ? q->choices[(int)value] : "";
}

static bool same_value(const struct assay_quantity *p, double x, const struct assay_quantity *q,
                       double y)
{
  if (!p->choices != !q->choices) return false;
  return p->choices ? strcmp(choice_of(p, x), choice_of(q, y)) == 0 : same_number(x, y);
}

static double value_of(const struct assay_diff_side *s, long k, int param)
{
  return s->params[k * s->info->n_params + param];
}

bool assay_diff_same_parameter(const struct assay_diff *d, const struct assay_diff_pair *pair,
                               int in_a, int in_b)
{
  return same_value(&d->a.info->params[in_a], value_of(&d->a, pair->a, in_a),
                    &d->b.info->params[in_b], value_of(&d->b, pair->b, in_b));
}

static bool belong_together(const struct matching *m, long i, long j)
{
  const struct assay_diff_pair pair = {.a = i, .b = j};
  if (m->n == 0) return m->d->a.info->case_id[i] == m->d->b.info->case_id[j];
  for (int p = 0; p < m->n; p++)
    if (!assay_diff_same_parameter(m->d, &pair, m->in_a[p], m->in_b[p])) return false;
  return true;
}

static bool varies(const struct assay_diff_side *s, int param)
{
  for (long k = 1; k < s->info->n_cases; k++)
    if (!same_number(value_of(s, 0, param), value_of(s, k, param))) return true;
  return false;
}

static void add_parameter(struct matching *m, int in_a, int in_b)
{
  m->in_a[m->n] = in_a;
  m->in_b[m->n++] = in_b;
}

static int use_all_parameters(struct matching *m)
{
  int rc = ASSAY_OK;
  const struct assay_diff_side *a = &m->d->a, *b = &m->d->b;
  for (int p = 0; p < a->info->n_params; p++) {
    const int q = assay_dataset_param(b->ds, a->info->params[p].name);
    if (q >= 0 && (varies(a, p) || varies(b, q))) add_parameter(m, p, q);
  }
  ASSAY_CHECK(m->n > 0, ASSAY_EARG, "%s and %s: no parameter varies that both have", a->info->path,
              b->info->path);
done:
  return rc;
}

static int find_parameter(int *out, const struct assay_diff_side *s, const char *name)
{
  int rc = ASSAY_OK;
  char hint[1024];
  const struct assay_dataset_info *info = s->info;
  const char **names = NULL;
  *out = assay_dataset_param(s->ds, name);
  if (*out >= 0) goto done;
  ASSAY_TRY(ASSAY_NEW(&names, (size_t)info->n_params + 1, "names"));
  for (int p = 0; p < info->n_params; p++) names[p] = info->params[p].name;
  ASSAY_FAIL(ASSAY_ENOTFOUND, "%s: no parameter '%s'%s", info->path, name,
             assay_text_suggest(hint, sizeof hint, name, names));
done:
  assay_free(names);
  return rc;
}

static int choose_parameters(struct matching *m, const struct assay_list *match)
{
  int rc = ASSAY_OK, p, q;
  const size_t room = (size_t)(m->d->a.info->n_params + match->n);
  ASSAY_TRY(ASSAY_NEW(&m->in_a, room, "parameters"));
  ASSAY_TRY(ASSAY_NEW(&m->in_b, room, "parameters"));
  if (match->n == 0) goto done;
  if (match->n == 1 && strcmp(match->item[0], "parameters") == 0) {
    ASSAY_TRY(use_all_parameters(m));
    goto done;
  }
  for (int i = 0; i < match->n; i++) {
    ASSAY_TRY(find_parameter(&p, &m->d->a, match->item[i]));
    ASSAY_TRY(find_parameter(&q, &m->d->b, match->item[i]));
    add_parameter(m, p, q);
  }
done:
  return rc;
}

/* Every case of the second set goes with one of the first at most. The search goes on where it left
 * off, so that sets in the same order are walked through once. */
static int find_pairs(struct assay_diff *d, const struct matching *m)
{
  int rc = ASSAY_OK;
  bool *taken = NULL;
  long next = 0;
  const long n = d->b.info->n_cases;
  ASSAY_TRY(ASSAY_NEW(&taken, (size_t)n, "cases"));
  for (long i = 0; i < d->a.info->n_cases; i++) {
    long j = next, tried = 0;
    for (; tried < n && (taken[j] || !belong_together(m, i, j)); tried++) j = (j + 1) % n;
    if (tried == n) continue;
    taken[j] = true;
    d->pairs[d->n_pairs++] = (struct assay_diff_pair){.a = i, .b = j};
    next = (j + 1) % n;
  }
done:
  assay_free(taken);
  return rc;
}

int assay_diff_pair_cases(struct assay_diff *d, const struct assay_list *match)
{
  int rc = ASSAY_OK;
  struct matching m = {.d = d};
  ASSAY_TRY(ASSAY_NEW(&d->pairs, (size_t)d->a.info->n_cases, "cases"));
  ASSAY_TRY(choose_parameters(&m, match));
  ASSAY_TRY(find_pairs(d, &m));
  ASSAY_CHECK(d->n_pairs > 0, ASSAY_EARG, "%s and %s have no case in common (by their %s)",
              d->a.info->path, d->b.info->path,
              m.n == 0 ? "ids; --match pairs them by parameters" : "parameters");
done:
  assay_free(m.in_a);
  assay_free(m.in_b);
  return rc;
}

/* ---- fields --------------------------------------------------------------------------------- */

const char *assay_diff_obstacle(const struct assay_field *a, const struct assay_field *b)
{
  const bool stated = *a->unit && *b->unit;
  if (a->kind != b->kind) return "other dimensions";
  return stated && strcmp(a->unit, b->unit) != 0 ? "another unit" : NULL;
}

static int add_field(struct assay_diff *d, int a, int b)
{
  int rc = ASSAY_OK;
  const struct assay_dataset_info *info = d->a.info;
  const size_t pairs = (size_t)d->n_pairs, times = (size_t)(info->n_times > 0 ? info->n_times : 1);
  struct assay_diff_field *f = &d->fields[d->n_fields];
  *f = (struct assay_diff_field){.a = a, .b = b, .field = &info->fields[a]};
  d->n_fields++;
  ASSAY_TRY(ASSAY_NEW(&f->values, pairs, "differences"));
  ASSAY_TRY(ASSAY_NEW(&f->by_frame, pairs * times, "differences"));
  for (size_t i = 0; i < pairs * times; i++) f->by_frame[i] = (double)NAN;
done:
  return rc;
}

static int find_field(int *out, const struct assay_diff_side *s, const char *name)
{
  int rc = ASSAY_OK;
  char hint[1024];
  const struct assay_dataset_info *info = s->info;
  const char **names = NULL;
  *out = assay_dataset_field(s->ds, name);
  if (*out >= 0) goto done;
  ASSAY_TRY(ASSAY_NEW(&names, (size_t)info->n_fields + 1, "names"));
  for (int f = 0; f < info->n_fields; f++) names[f] = info->fields[f].name;
  ASSAY_FAIL(ASSAY_ENOTFOUND, "%s: no field '%s'%s", info->path, name,
             assay_text_suggest(hint, sizeof hint, name, names));
done:
  assay_free(names);
  return rc;
}

static int add_wanted(struct assay_diff *d, const char *name)
{
  int rc = ASSAY_OK, a, b;
  const struct assay_dataset_info *of_a = d->a.info, *of_b = d->b.info;
  ASSAY_TRY(find_field(&a, &d->a, name));
  ASSAY_TRY(find_field(&b, &d->b, name));
  const char *obstacle = assay_diff_obstacle(&of_a->fields[a], &of_b->fields[b]);
  ASSAY_CHECK(!obstacle, ASSAY_EARG, "%s: field '%s' has %s in %s", of_b->path, name, obstacle,
              of_a->path);
  ASSAY_TRY(add_field(d, a, b));
done:
  return rc;
}

int assay_diff_pair_fields(struct assay_diff *d, const struct assay_list *wanted)
{
  int rc = ASSAY_OK;
  const struct assay_dataset_info *a = d->a.info, *b = d->b.info;
  ASSAY_TRY(ASSAY_NEW(&d->fields, (size_t)(a->n_fields + wanted->n), "fields"));
  for (int i = 0; i < wanted->n; i++) ASSAY_TRY(add_wanted(d, wanted->item[i]));
  for (int f = 0; wanted->n == 0 && f < a->n_fields; f++) {
    const int g = assay_dataset_field(d->b.ds, a->fields[f].name);
    if (g >= 0 && !assay_diff_obstacle(&a->fields[f], &b->fields[g])) ASSAY_TRY(add_field(d, f, g));
  }
  ASSAY_CHECK(d->n_fields > 0, ASSAY_EARG, "%s and %s have no field in common", a->path, b->path);
done:
  return rc;
}

int assay_diff_find_where(struct assay_diff *d, const char *name)
{
  int rc = ASSAY_OK;
  d->where = -1;
  if (!name || !*name) goto done;
  ASSAY_TRY(find_field(&d->where, &d->a, name));
  ASSAY_CHECK(d->a.info->fields[d->where].kind == ASSAY_FIELD_FRAME, ASSAY_EARG,
              "%s: cells cannot be weighed by '%s', which is not a field of every frame",
              d->a.info->path, name);
done:
  return rc;
}

/* ---- frames --------------------------------------------------------------------------------- */

/* Times of a case; false where the file does not state them. */
static int read_times(bool *stated, double **times, const struct assay_diff_side *s, long k)
{
  int rc = ASSAY_OK;
  const int n = s->info->n_times;
  ASSAY_TRY(ASSAY_NEW(times, (size_t)n + 1, "times"));
  *stated = n > 0 && assay_dataset_times(s->ds, *times, k) == ASSAY_OK;
done:
  return rc;
}

/* The first steady frame, or one behind all n. */
static int steady_frame(const struct assay_diff_side *s, long k, int n)
{
  return s->steady[k] >= 0 && s->steady[k] < n ? (int)s->steady[k] : n;
}

/* Walk along both; times within 1e-6 of the longer span are the same. */
static int walk(int *first, int *second, const double *t, int n, const double *u, int m)
{
  int i = 0, j = 0, found = 0;
  const double span = fmax(n > 0 ? fabs(t[n - 1]) : 0, m > 0 ? fabs(u[m - 1]) : 0);
  while (i < n && j < m) {
    if (fabs(t[i] - u[j]) <= 1e-6 * span) {
      first[found] = i++;
      second[found++] = j++;
    } else if (t[i] < u[j]) {
      i++;
    } else {
      j++;
    }
  }
  return found;
}

int assay_diff_pair_frames(struct assay_diff_pair *pair, int *first, int *second,
                           const struct assay_diff *d)
{
  int rc = ASSAY_OK;
  double *t = NULL, *u = NULL;
  bool stated[2] = {false};
  const int n = assay_dataset_frames(d->a.ds, pair->a), m = assay_dataset_frames(d->b.ds, pair->b);
  ASSAY_TRY(read_times(&stated[0], &t, &d->a, pair->a));
  ASSAY_TRY(read_times(&stated[1], &u, &d->b, pair->b));
  if (stated[0] && stated[1]) {
    pair->n_frames = walk(first, second, t, n, u, m);
  } else {
    pair->n_frames = n < m ? n : m;
    for (int k = 0; k < pair->n_frames; k++) first[k] = second[k] = k;
  }
  pair->whole = pair->n_frames == n && n == m;
  const int steady_a = steady_frame(&d->a, pair->a, n), steady_b = steady_frame(&d->b, pair->b, m);
  pair->n_used = 0;
  while (pair->n_used < pair->n_frames &&
         (pair->n_used == 0 || first[pair->n_used - 1] < steady_a ||
          second[pair->n_used - 1] < steady_b))
    pair->n_used++;
done:
  assay_free(t);
  assay_free(u);
  return rc;
}
