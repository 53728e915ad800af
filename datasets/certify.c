/* Richardson estimate on the stored grid. With f_h, f_2h the runs at full and half resolution and p
 * the nominal order, the error of f_h at frame k is
 *
 *     e_k = rms(f_h - f_2h) / (2^p - 1)        rms over the points of one frame, per field
 *
 * and the two runs differ, relatively, by
 *
 *     d_k = rms(s_h - s_2h) / max(rms(s_h), 1e-3 max_k rms(s_h))
 *
 * where s is the state: the velocity vector, or every field in turn where there is none. (Vorticity
 * and the like follow from the state and are singular at corners.) The first frame with d_k > 10 %
 * is the prediction horizon t_pred: behind it the runs are different realisations, and differences
 * of their time statistics are given instead. `resolved` follows from the estimates:
 * datasets/resolved.c.
 *
 * Before they are compared, frames of f_h go to the grid of f_2h: averages of two cells, every
 * second periodic node. */
#include "datasets/certify.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/vmath.h"

static const double limit_predictable = 0.10, floor_share = 1e-3;

static int unavailable(struct assay_case *c, const char *reason)
{
  c->certificate.error_kind = ASSAY_ERROR_UNAVAILABLE;
  if (!c->certificate.reason[0])
    snprintf(c->certificate.reason, sizeof c->certificate.reason, "%s", reason);
  return ASSAY_OK;
}

/* ---- frames of both runs on the coarser grid ------------------------------------------------ */

struct pair {
  const struct assay_case *fine, *coarse;
  int n_frames;
  size_t points; /* of the coarser grid */
  double *wide;  /* one frame of the finer grid */
  double *a, *b; /* frames of both on the coarser grid */
};

static bool comparable(const struct assay_case *fine, const struct assay_case *coarse)
{
  if (fine->shape.n_axes != coarse->shape.n_axes) return false;
  for (int a = 0; a < fine->shape.n_axes; a++) {
    const struct assay_axis *f = &fine->shape.axis[a], *c = &coarse->shape.axis[a];
    const bool halved = f->n == 2 * c->n && f->kind != ASSAY_AXIS_INDEX;
    if ((f->n != c->n && !halved) || f->kind != c->kind) return false;
  }
  return true;
}

/* Halve one axis: lengths [outer, 2 n, inner] -> [outer, n, inner]; in place is fine. */
static void halve(double *to, const double *from, size_t outer, size_t n, size_t inner,
                  bool average)
{
  for (size_t o = 0; o < outer; o++)
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j < inner; j++) {
        const double *pair = from + (2 * (o * n + i)) * inner + j;
        to[(o * n + i) * inner + j] = average ? 0.5 * (pair[0] + pair[inner]) : pair[0];
      }
}

/* One frame of the finer run, brought to the grid of the coarser one, in p->a. */
static void get_restricted(struct pair *p, int field, int frame)
{
  const struct assay_shape *s = &p->fine->shape, *t = &p->coarse->shape;
  size_t outer = 1, inner = assay_shape_points(s);
  assay_case_get(p->fine, field, frame, p->wide);
  const bool scalar = p->fine->fields[field].kind == ASSAY_FIELD_SCALAR;
  for (int a = 0; !scalar && a < s->n_axes; a++) {
    const size_t n = (size_t)t->axis[a].n;
    inner /= (size_t)s->axis[a].n;
    if (s->axis[a].n != t->axis[a].n)
      halve(p->wide, p->wide, outer, n, inner, s->axis[a].kind == ASSAY_AXIS_CENTRES);
    outer *= n;
  }
  memcpy(p->a, p->wide, (scalar ? 1 : p->points) * sizeof *p->a);
}

static void get_both(struct pair *p, int field, int frame)
{
  get_restricted(p, field, frame);
  assay_case_get(p->coarse, field, frame, p->b);
}

static size_t elements(const struct pair *p, int field)
{
  return p->fine->fields[field].kind == ASSAY_FIELD_SCALAR ? 1 : p->points;
}

/* mean square of x, and of x - y */
static void squares(double *x2, double *d2, const double *x, const double *y, size_t n)
{
  *x2 = *d2 = 0;
  for (size_t i = 0; i < n; i++) {
    *x2 += x[i] * x[i];
    *d2 += (x[i] - y[i]) * (x[i] - y[i]);
  }
  *x2 /= (double)n;
  *d2 /= (double)n;
}

/* ---- errors of all fields ------------------------------------------------------------------- */

static bool has_both(const struct pair *p, int f)
{
  return assay_case_wants(p->fine, f) && assay_case_wants(p->coarse, f) &&
         p->fine->fields[f].kind != ASSAY_FIELD_STATIC;
}

static void estimate_errors(struct pair *p, double *error, int order)
{
  const double gain = (double)((1 << order) - 1);
  for (int f = 0; f < p->fine->n_fields; f++)
    for (int k = 0; has_both(p, f) && k < p->n_frames; k++) {
      double x2, d2;
      get_both(p, f, k);
      squares(&x2, &d2, p->a, p->b, elements(p, f));
      error[(ptrdiff_t)f * p->fine->shape.n_frames + k] = sqrt(d2) / gain;
    }
}

/* ---- relative difference of the state ------------------------------------------------------- */

/* Fields of state s: all vector components together (s = 0), else one field. */
static bool in_state(const struct pair *p, int f, int s, bool vectors)
{
  if (!has_both(p, f) || p->fine->fields[f].kind != ASSAY_FIELD_FRAME) return false;
  return vectors ? p->fine->fields[f].vector != 0 : f == s;
}

static bool has_vectors(const struct pair *p)
{
  for (int f = 0; f < p->fine->n_fields; f++)
    if (has_both(p, f) && p->fine->fields[f].vector) return true;
  return false;
}

/* difference[k] = max(difference[k], d_k) for one state; work [2 n_frames] */
static void compare_state(struct pair *p, double *difference, double *work, int s, bool vectors)
{
  double largest = 0;
  double *norm = work, *gap = work + p->n_frames;
  for (int k = 0; k < p->n_frames; k++) {
    norm[k] = gap[k] = 0;
    for (int f = 0; f < p->fine->n_fields; f++) {
      double x2, d2;
      if (!in_state(p, f, s, vectors)) continue;
      get_both(p, f, k);
      squares(&x2, &d2, p->a, p->b, p->points);
      norm[k] += x2;
      gap[k] += d2;
    }
    norm[k] = sqrt(norm[k]), gap[k] = sqrt(gap[k]);
    largest = norm[k] > largest ? norm[k] : largest;
  }
  for (int k = 0; k < p->n_frames; k++) {
    const double base = fmax(norm[k], floor_share * largest);
    const double d = base > 0 ? gap[k] / base : gap[k] > 0 ? (double)INFINITY : 0;
    if (!(d <= difference[k])) difference[k] = d; /* NaN counts as different */
  }
}

/* ---- statistics behind t_pred --------------------------------------------------------------- */

/* Index of the largest line of the spectrum of x [n] without its mean; 0: nothing oscillates. */
static int dominant_line(const double *x, int n)
{
  double mean = 0, variance = 0, best = 0;
  int line = 0;
  for (int k = 0; k < n; k++) mean += x[k] / n;
  for (int k = 0; k < n; k++) variance += (x[k] - mean) * (x[k] - mean) / n;
  if (!(variance > 1e-12 * mean * mean)) return 0;
  for (int m = 1; m <= n / 2; m++) {
    double re = 0, im = 0;
    for (int k = 0; k < n; k++) {
      const double angle = 6.283185307179586 * (double)((long)m * k % n) / n;
      re += (x[k] - mean) * assay_math_cos(angle);
      im += (x[k] - mean) * assay_math_sin(angle);
    }
    if (re * re + im * im > best) best = re * re + im * im, line = m;
  }
  return line;
}

struct moments {
  double *sum[2], *sum2[2]; /* over frames, [points], of both runs */
  double *energy[2];        /* [frames], summed over the fields of the state */
};

static void add_frame(struct moments *m, struct pair *p, int frame_index)
{
  const double *values[2] = {p->a, p->b};
  for (int run = 0; run < 2; run++)
    for (size_t i = 0; i < p->points; i++) {
      const double v = values[run][i];
      m->sum[run][i] += v;
      m->sum2[run][i] += v * v;
      m->energy[run][frame_index] += v * v / (double)p->points;
    }
}

static double deviation(double sum, double sum2, int n)
{
  const double variance = sum2 / n - (sum / n) * (sum / n);
  return variance > 0 ? sqrt(variance) : 0;
}

/* mean and rms differences of one field, relative to its own rms */
static void compare_moments(struct assay_certificate *c, const struct moments *m,
                            const struct pair *p, int n)
{
  double mean2 = 0, rms2 = 0, norm2 = 0;
  for (size_t i = 0; i < p->points; i++) {
    const double dm = (m->sum[0][i] - m->sum[1][i]) / n;
    const double ds =
        deviation(m->sum[0][i], m->sum2[0][i], n) - deviation(m->sum[1][i], m->sum2[1][i], n);
    mean2 += dm * dm;
    rms2 += ds * ds;
    norm2 += m->sum2[0][i] / n;
  }
  if (!(norm2 > 0)) return;
  c->mean_difference = fmax(c->mean_difference, sqrt(mean2 / norm2));
  c->rms_difference = fmax(c->rms_difference, sqrt(rms2 / norm2));
}

static void compare_series(struct assay_certificate *c, const struct moments *m, int n)
{
  enum { FEW = 8 }; /* below, a spectrum says nothing */
  double total[2] = {0, 0};
  for (int run = 0; run < 2; run++)
    for (int k = 0; k < n; k++) total[run] += m->energy[run][k];
  if (total[0] > 0) c->energy_difference = fabs(total[0] - total[1]) / total[0];
  if (n < FEW) return;
  const int a = dominant_line(m->energy[0], n), b = dominant_line(m->energy[1], n);
  if (a > 0) c->frequency_difference = fabs((double)(a - b)) / a;
}

static int compare_statistics(struct assay_certificate *c, struct pair *p, int from)
{
  int rc = ASSAY_OK;
  const int n = p->n_frames - from;
  const bool vectors = has_vectors(p);
  struct moments m = {0};
  double *block = NULL;
  if (n < 2) goto done;
  ASSAY_TRY(ASSAY_NEW(&block, 4 * p->points + 2 * (size_t)n, "statistics"));
  for (int run = 0; run < 2; run++) {
    m.sum[run] = block + (size_t)run * p->points;
    m.sum2[run] = block + (size_t)(2 + run) * p->points;
    m.energy[run] = block + 4 * p->points + (size_t)(run * n);
  }
  for (int f = 0; f < p->fine->n_fields; f++) {
    if (!in_state(p, f, f, vectors)) continue;
    memset(block, 0, 4 * p->points * sizeof *block);
    for (int k = 0; k < n; k++) {
      get_both(p, f, from + k);
      add_frame(&m, p, k);
    }
    compare_moments(c, &m, p, n);
  }
  compare_series(c, &m, n);
done:
  assay_free(block);
  return rc;
}

/* ---- verdict -------------------------------------------------------------------------------- */

static void forget_errors_from(struct assay_case *c, int frame)
{
  for (int f = 0; f < c->n_fields; f++)
    for (int k = frame; k < c->shape.n_frames; k++)
      c->error[(ptrdiff_t)f * c->shape.n_frames + k] = (double)NAN;
}

static int judge(struct assay_case *fine, struct pair *p, const double *difference)
{
  int rc = ASSAY_OK;
  struct assay_certificate *c = &fine->certificate;
  int k = 0;
  while (k < p->n_frames && difference[k] <= limit_predictable) k++;
  c->error_kind = ASSAY_ERROR_RICHARDSON;
  c->t_pred = (double)NAN;
  if (k < p->n_frames) {
    c->error_kind = ASSAY_ERROR_STATISTICS;
    c->t_pred = fine->time[k];
    forget_errors_from(fine, k);
    ASSAY_TRY(compare_statistics(c, p, k));
  }
  ASSAY_TRY(assay_certify_resolved(&c->resolved, fine));
done:
  return rc;
}

static int compare_runs(struct assay_case *fine, struct pair *p, int order)
{
  int rc = ASSAY_OK;
  const bool vectors = has_vectors(p);
  double *difference = NULL;
  ASSAY_TRY(ASSAY_NEW(&difference, 3 * (size_t)p->n_frames, "certificate"));
  ASSAY_TRY(ASSAY_NEW(&p->wide, assay_shape_points(&fine->shape), "certificate"));
  ASSAY_TRY(ASSAY_NEW(&p->a, p->points, "certificate"));
  ASSAY_TRY(ASSAY_NEW(&p->b, p->points, "certificate"));
  estimate_errors(p, fine->error, order);
  for (int s = 0; s < (vectors ? 1 : fine->n_fields); s++)
    compare_state(p, difference, difference + p->n_frames, s, vectors);
  ASSAY_TRY(judge(fine, p, difference));
done:
  assay_free(difference);
  assay_free(p->wide);
  assay_free(p->a);
  assay_free(p->b);
  return rc;
}

int assay_certify(struct assay_case *fine, const struct assay_case *coarse, int order)
{
  char reason[128];
  struct pair p = {.fine = fine, .coarse = coarse};
  if (coarse->certificate.diverged) {
    snprintf(reason, sizeof reason, "the run at half resolution diverged at %.6g s",
             coarse->certificate.diverged_time);
    return unavailable(fine, reason);
  }
  if (order < 1 || order > 16) return unavailable(fine, "the generator states no order");
  if (!comparable(fine, coarse))
    return unavailable(fine, "the grids of both resolutions cannot be compared");
  p.n_frames = fine->n_frames < coarse->n_frames ? fine->n_frames : coarse->n_frames;
  p.points = assay_shape_points(&coarse->shape);
  if (p.n_frames < 1) return unavailable(fine, "no frame to compare");
  return compare_runs(fine, &p, order);
}

/* ---- one case of a recipe ------------------------------------------------------------------- */

static bool all_finite(const struct assay_case *c, int field, int frame)
{
  const size_t n = assay_case_elements(c, field), start = (size_t)frame * n;
  bool finite = true;
  if (c->dtype == ASSAY_F32)
    for (size_t i = 0; i < n; i++)
      finite &= isfinite(((const float *)c->data[field])[start + i]) != 0;
  else
    for (size_t i = 0; i < n; i++)
      finite &= isfinite(((const double *)c->data[field])[start + i]) != 0;
  return finite;
}

/* A solver that blew up unnoticed, or left the range of float32, has diverged all the same. */
static void cut_at_non_finite(struct assay_case *c)
{
  for (int k = 0; k < c->n_frames; k++)
    for (int f = 0; f < c->n_fields; f++) {
      if (!assay_case_wants(c, f) || c->fields[f].kind == ASSAY_FIELD_STATIC) continue;
      if (all_finite(c, f, k)) continue;
      c->n_frames = k;
      c->certificate.diverged = true;
      c->certificate.diverged_time = c->time[k];
      snprintf(c->certificate.reason, sizeof c->certificate.reason, "%s is not finite in frame %d",
               c->fields[f].name, k);
      return;
    }
}

/* After the generator has returned rc; divergence goes into the certificate. */
static int settle(struct assay_case *c, int rc)
{
  if (rc < 0 && rc != ASSAY_EDIVERGED) return rc;
  cut_at_non_finite(c);
  if (rc == ASSAY_EDIVERGED && !c->certificate.diverged) {
    c->certificate.diverged = true;
    if (!c->certificate.reason[0])
      snprintf(c->certificate.reason, sizeof c->certificate.reason, "%s", assay_err_last());
  }
  return ASSAY_OK;
}

static struct assay_case_key key_of(const struct assay_recipe *r, long id)
{
  return (struct assay_case_key){assay_recipe_head(r)->seed, (uint64_t)id};
}

static int run(struct assay_case *c, const struct assay_recipe *r, const void *params)
{
  c->n_frames = 0;
  return settle(c, assay_recipe_generator(r)->run(c, params, key_of(r, c->id)));
}

static int run_coarse(struct assay_case *fine, const struct assay_recipe *r, void *params)
{
  int rc = ASSAY_OK;
  const struct assay_generator *g = assay_recipe_generator(r);
  struct assay_shape shape = {0};
  struct assay_case *coarse = NULL;
  if (g->coarsen(params) < 0) {
    unavailable(fine, assay_err_last());
    goto done;
  }
  ASSAY_TRY(g->shape(&shape, params));
  ASSAY_TRY(
      assay_case_create(&coarse, fine->id, &shape, g->fields, assay_recipe_fields(r), fine->dtype));
  ASSAY_TRY(assay_err_prefix(run(coarse, r, params), "run at half resolution: "));
  ASSAY_TRY(assay_certify(fine, coarse, g->order));
done:
  assay_case_destroy(coarse);
  return rc;
}

static int certify_case(struct assay_case *c, const struct assay_recipe *r, void *params)
{
  const struct assay_generator *g = assay_recipe_generator(r);
  if (c->certificate.error_kind == ASSAY_ERROR_EXACT) return ASSAY_OK;
  if (c->certificate.diverged) return unavailable(c, "the case diverged");
  switch (assay_recipe_certify(r, c->id)) {
  case ASSAY_CERTIFY_NONE:
    return unavailable(c, "the recipe asks for none");
  case ASSAY_CERTIFY_SAMPLED:
    c->certificate.error_kind = ASSAY_ERROR_SAMPLED;
    return ASSAY_OK;
  case ASSAY_CERTIFY_REFINE:
    break;
  }
  if (!g->coarsen) return unavailable(c, "the generator cannot run at half resolution");
  return run_coarse(c, r, params);
}

int assay_recipe_run(struct assay_case **out, const struct assay_recipe *r, long id)
{
  int rc = ASSAY_OK;
  struct assay_case *c = NULL;
  char *params = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&params, assay_recipe_generator(r)->params_size, "case parameters"));
  ASSAY_TRY(assay_recipe_params(r, params, id));
  ASSAY_TRY(assay_recipe_case(&c, r, id));
  ASSAY_TRY(run(c, r, params));
  *out = c;
  c = NULL;
done:
  assay_case_destroy(c);
  assay_free(params);
  return rc;
}

int assay_recipe_make(struct assay_case **out, const struct assay_recipe *r, long id)
{
  int rc = ASSAY_OK;
  struct assay_case *c = NULL;
  char *params = NULL;
  *out = NULL;
  ASSAY_TRY(assay_recipe_run(&c, r, id));
  ASSAY_TRY(ASSAY_NEW(&params, assay_recipe_generator(r)->params_size, "case parameters"));
  ASSAY_TRY(assay_recipe_params(r, params, id));
  ASSAY_TRY(certify_case(c, r, params));
  *out = c;
  c = NULL;
done:
  assay_case_destroy(c);
  assay_free(params);
  return rc;
}

/* ---- several cases side by side ------------------------------------------------------------- */

/* A case that the generator has; its parameters follow. */
struct lent {
  struct lent *next;
  struct assay_case *c;
  void *params;
};

struct group {
  const struct assay_recipe *recipe;
  const struct assay_make_stream *stream;
  struct lent *lent;
};

static void forget(struct group *g, const struct assay_case *c)
{
  struct lent **p = &g->lent;
  while (*p && (*p)->c != c) p = &(*p)->next;
  struct lent *l = *p;
  if (!l) return;
  *p = l->next;
  assay_case_destroy(l->c);
  assay_free(l->params);
  assay_free(l);
}

static int lend(void *user, struct assay_case **c, const void **params, struct assay_case_key *key)
{
  int rc = ASSAY_OK;
  struct group *g = user;
  struct lent *l = NULL;
  const long id = g->stream->next(g->stream->user);
  *c = NULL;
  if (id < 0) goto done;
  ASSAY_TRY(ASSAY_NEW(&l, 1, "case"));
  l->next = g->lent;
  g->lent = l;
  ASSAY_TRY(ASSAY_NEW((char **)&l->params, assay_recipe_generator(g->recipe)->params_size,
                      "case parameters"));
  ASSAY_TRY(assay_recipe_params(g->recipe, l->params, id));
  ASSAY_TRY(assay_recipe_case(&l->c, g->recipe, id));
  *c = l->c;
  *params = l->params;
  *key = key_of(g->recipe, id);
done:
  return rc;
}

static int take_back(void *user, struct assay_case *c, int rc)
{
  struct group *g = user;
  struct lent *l = g->lent;
  while (l->c != c) l = l->next;
  rc = settle(c, rc);
  if (rc == ASSAY_OK) rc = certify_case(c, g->recipe, l->params);
  rc = g->stream->done(g->stream->user, c->id, rc < 0 ? NULL : c, rc);
  forget(g, c);
  return rc;
}

int assay_recipe_make_group(const struct assay_recipe *r, const struct assay_make_stream *stream)
{
  struct group g = {.recipe = r, .stream = stream};
  const struct assay_case_stream cases = {&g, lend, take_back};
  const int rc = assay_recipe_generator(r)->run_group(&cases);
  while (g.lent) forget(&g, g.lent->c);
  return rc;
}
