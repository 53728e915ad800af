#include "baselines/symbolic/linear.h"

#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "baselines/symbolic/basis.h"
#include "baselines/symbolic/terms.h"
#include "core/base/err.h"
#include "core/base/mem.h"

enum {
  MAX_DEGREE = 6,
  MAX_TERMS = 300,
  FOLDS = 5,
  SPARSE_TERMS = 200,
  SPARSE_MOST = 15, /* terms of a sparse equation */
  THRESHOLDS = 8,
  ROUNDS = 10,
  PENALTIES = 40,
  SWEEPS = 60
};

/* what every regression works on */
struct work {
  struct assay_sr_sample *s;
  struct assay_sr_terms *t;
  double *y; /* [m] divided by its length */
  double y_length;
  double *v, *c; /* [m], [n terms] */
};

static void work_close(struct work *w)
{
  assay_sr_sample_destroy(w->s);
  assay_sr_terms_destroy(w->t);
  assay_free(w->y);
  assay_free(w->v);
  assay_free(w->c);
}

static int work_open(struct work *w, const struct assay_sr_front *f,
                     struct assay_sr_terms_choice choice, struct assay_sr_budget *b, uint64_t seed)
{
  int rc = ASSAY_OK;
  double largest = 0, sum = 0;
  ASSAY_TRY(assay_sr_sample_create(&w->s, f->table, ASSAY_SR_LINEAR_ROWS, seed));
  ASSAY_TRY(assay_sr_terms_create(&w->t, f->table, w->s, choice, b));
  const size_t m = (size_t)w->s->m;
  ASSAY_TRY(ASSAY_NEW(&w->y, m, "symbolic regression"));
  ASSAY_TRY(ASSAY_NEW(&w->v, m, "symbolic regression"));
  ASSAY_TRY(ASSAY_NEW(&w->c, (size_t)w->t->n + 1, "symbolic regression"));
  for (size_t i = 0; i < m; i++) largest = fmax(largest, fabs(w->s->y[i]));
  if (largest == 0) largest = 1;
  for (size_t i = 0; i < m; i++) sum += w->s->y[i] / largest * (w->s->y[i] / largest);
  w->y_length = sum > 0 ? largest * sqrt(sum) : 1;
  for (size_t i = 0; i < m; i++) w->y[i] = w->s->y[i] / w->y_length;
done:
  return rc;
}

/* least squares of y over the chosen terms (all if which is NULL) on rows outside a fold (-1: all);
 * c [n terms], 0 for those not chosen. Rows of the fold are set to 0, which leaves them out. */
static int solve(bool *done_, double *c, struct work *w, const int *which, int n, int fold,
                 struct assay_sr_budget *b)
{
  int rc = ASSAY_OK, pushed = 0;
  struct assay_sr_basis *basis = NULL;
  int *from = NULL;
  double *part = NULL;
  const int m = w->t->m;
  *done_ = false;
  if (!assay_sr_spend_flops(b, 2.0 * m * n * n + 1)) goto done;
  ASSAY_TRY(assay_sr_basis_create(&basis, m, n ? n : 1));
  ASSAY_TRY(ASSAY_NEW(&from, (size_t)n + 1, "symbolic regression"));
  ASSAY_TRY(ASSAY_NEW(&part, (size_t)n + 1, "symbolic regression"));
  for (int k = 0; k < n; k++) {
    const int term = which ? which[k] : k;
    for (int i = 0; i < m; i++)
      w->v[i] = i % FOLDS == fold ? 0 : w->t->v[(size_t)term * (size_t)m + (size_t)i];
    if (assay_sr_basis_push(basis, w->v, 1e-12)) from[pushed++] = term;
  }
  for (int i = 0; i < m; i++) w->v[i] = i % FOLDS == fold ? 0 : w->y[i];
  assay_sr_basis_project(basis, w->v);
  assay_sr_basis_solve(part, basis);
  memset(c, 0, (size_t)w->t->n * sizeof *c);
  for (int k = 0; k < pushed; k++) c[from[k]] = part[k];
  *done_ = true;
done:
  assay_sr_basis_destroy(basis);
  assay_free(from);
  assay_free(part);
  return rc;
}

static int offer(struct assay_sr_front *f, struct work *w, const double *c, const char *source,
                 struct assay_sr_budget *b)
{
  struct assay_sr_phrase p = {0};
  for (int k = 0; k < w->t->n; k++) w->c[k] = c[k] * w->y_length;
  assay_sr_terms_say(&p, w->t, w->c);
  return p.overflow ? ASSAY_OK : assay_sr_front_offer_text(NULL, f, p.text, source, b);
}

static int fit_all(struct assay_sr_front *f, struct assay_sr_terms_choice choice,
                   const char *source, struct assay_sr_budget *b, uint64_t seed)
{
  int rc = ASSAY_OK;
  struct work w = {0};
  double *c = NULL;
  bool solved;
  ASSAY_TRY(work_open(&w, f, choice, b, seed));
  ASSAY_TRY(ASSAY_NEW(&c, (size_t)w.t->n + 1, "symbolic regression"));
  ASSAY_TRY(solve(&solved, c, &w, NULL, w.t->n, -1, b));
  if (solved) ASSAY_TRY(offer(f, &w, c, source, b));
done:
  assay_free(c);
  work_close(&w);
  return rc;
}

int assay_sr_fit_constant(struct assay_sr_front *f, struct assay_sr_budget *b, uint64_t seed)
{
  return fit_all(f, (struct assay_sr_terms_choice){0, false, 1}, "constant", b, seed);
}

int assay_sr_fit_line(struct assay_sr_front *f, struct assay_sr_budget *b, uint64_t seed)
{
  const struct assay_sr_terms_choice choice = {1, false, ASSAY_SR_MAX_VARS + 1};
  return fit_all(f, choice, "linear", b, seed);
}

int assay_sr_fit_product(struct assay_sr_front *f, struct assay_sr_budget *b, uint64_t seed)
{
  int rc = ASSAY_OK;
  const struct assay_sr_table *t = f->table;
  struct assay_sr_sample *s = NULL;
  struct assay_sr_phrase p = {0};
  struct assay_sr_factor factor[ASSAY_SR_MAX_VARS];
  char name[ASSAY_SR_MAX_VARS][16];
  double above = 0, below = 0, scale = t->column[t->n_vars].scale;
  int n = 0;
  ASSAY_TRY(assay_sr_sample_create(&s, t, ASSAY_SR_LINEAR_ROWS, seed));
  if (!assay_sr_spend(b, (double)s->m * (t->n_vars + 2))) goto done;
  for (ptrdiff_t i = 0; i < s->m; i++) {
    double product = 1;
    for (int j = 0; j < t->n_vars; j++)
      if (t->column[j].usable) product *= s->x[j * s->m + i] / t->column[j].scale;
    above += product * (s->y[i] / scale);
    below += product * product;
  }
  for (int j = 0; j < t->n_vars; j++) {
    if (!t->column[j].usable) continue;
    snprintf(name[n], sizeof name[n], "x%d", j);
    factor[n] = (struct assay_sr_factor){name[n], 1, false};
    n++;
    scale /= t->column[j].scale;
  }
  assay_sr_put_product(&p, above / below * scale, 1e-13, factor, n);
  if (n && isfinite(above / below * scale))
    ASSAY_TRY(assay_sr_front_offer_text(NULL, f, p.text, "product", b));
done:
  assay_sr_sample_destroy(s);
  return rc;
}

/* squared error of the polynomial in the rows of all folds, each predicted from the others */
static int cross_validate(double *error, struct work *w, double *c, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  const int m = w->t->m;
  *error = 0;
  for (int fold = 0; fold < FOLDS; fold++) {
    bool solved;
    ASSAY_TRY(solve(&solved, c, w, NULL, w->t->n, fold, b));
    if (!solved) *error = INFINITY;
    for (int i = fold; i < m && solved; i += FOLDS) {
      double sum = -w->y[i];
      for (int k = 0; k < w->t->n; k++) sum += c[k] * w->t->v[(size_t)k * (size_t)m + (size_t)i];
      *error += sum * sum;
    }
  }
done:
  return rc;
}

int assay_sr_fit_polynomial(struct assay_sr_front *f, struct assay_sr_budget *b, uint64_t seed)
{
  int rc = ASSAY_OK, best = 0;
  double least = INFINITY, *c = NULL;
  struct work w = {0};
  ASSAY_TRY(ASSAY_NEW(&c, MAX_TERMS + 1, "symbolic regression"));
  for (int degree = 1; degree <= MAX_DEGREE; degree++) {
    double error;
    ASSAY_TRY(work_open(&w, f, (struct assay_sr_terms_choice){degree, false, MAX_TERMS}, b, seed));
    const bool full = w.t->n == MAX_TERMS || 2 * w.t->n > w.t->m;
    if (full && degree > 1) break;
    ASSAY_TRY(cross_validate(&error, &w, c, b));
    if (error < 0.99 * least) {
      least = error;
      best = degree;
    }
    work_close(&w);
    w = (struct work){0};
  }
  if (best) {
    const struct assay_sr_terms_choice choice = {best, false, MAX_TERMS};
    ASSAY_TRY(fit_all(f, choice, "polynomial", b, seed));
  }
done:
  work_close(&w);
  assay_free(c);
  return rc;
}

/* keep terms above threshold x largest; true if some went */
static bool drop(int *which, int *n, const double *c, double threshold)
{
  double largest = 0;
  int kept = 0;
  for (int k = 0; k < *n; k++) largest = fmax(largest, fabs(c[which[k]]));
  for (int k = 0; k < *n; k++)
    if (fabs(c[which[k]]) >= threshold * largest && largest > 0) which[kept++] = which[k];
  const bool went = kept < *n;
  *n = kept;
  return went;
}

static int threshold_once(struct assay_sr_front *f, struct work *w, double threshold, int *which,
                          double *c, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK, n = w->t->n;
  bool solved = true;
  for (int k = 0; k < n; k++) which[k] = k;
  for (int round = 0; round < ROUNDS; round++) {
    ASSAY_TRY(solve(&solved, c, w, which, n, -1, b));
    if (!solved || !drop(which, &n, c, threshold)) break;
  }
  if (solved && n > 0 && n <= SPARSE_MOST) ASSAY_TRY(offer(f, w, c, "stlsq", b));
done:
  return rc;
}

int assay_sr_fit_stlsq(struct assay_sr_front *f, struct assay_sr_budget *b, uint64_t seed)
{
  int rc = ASSAY_OK, *which = NULL;
  struct work w = {0};
  double *c = NULL, threshold = 0.1;
  ASSAY_TRY(work_open(&w, f, (struct assay_sr_terms_choice){3, true, SPARSE_TERMS}, b, seed));
  ASSAY_TRY(ASSAY_NEW(&which, (size_t)w.t->n + 1, "symbolic regression"));
  ASSAY_TRY(ASSAY_NEW(&c, (size_t)w.t->n + 1, "symbolic regression"));
  for (int i = 0; i < THRESHOLDS && !assay_sr_over(b); i++, threshold /= 10)
    ASSAY_TRY(threshold_once(f, &w, threshold, which, c, b));
done:
  assay_free(which);
  assay_free(c);
  work_close(&w);
  return rc;
}

/* one penalty: sweeps of coordinate descent on gram [n, n], right [n] until nothing moves */
static void descend(double *c, const double *gram, const double *right, int n, double penalty)
{
  for (int sweep = 0; sweep < SWEEPS; sweep++) {
    double moved = 0;
    for (int k = 0; k < n; k++) {
      const double *row = gram + (size_t)k * (size_t)n;
      const double free = right[k] - cblas_ddot(n, row, 1, c, 1) + c[k] * row[k];
      const bool constant = k == 0; /* not penalised */
      const double size = fabs(free) - (constant ? 0 : penalty);
      const double next = size > 0 ? copysign(size, free) / row[k] : 0;
      moved = fmax(moved, fabs(next - c[k]));
      c[k] = next;
    }
    if (moved < 1e-7) break;
  }
}

static int support(int *which, const double *c, int n)
{
  int count = 0;
  for (int k = 0; k < n; k++)
    if (c[k] != 0) which[count++] = k;
  return count;
}

/* the terms that carry something once they are not shrunk any more */
static int relax(struct assay_sr_front *f, struct work *w, int *which, int n, double *c,
                 struct assay_sr_budget *b)
{
  int rc = ASSAY_OK;
  bool solved = true;
  while (solved && drop(which, &n, c, 0.02)) ASSAY_TRY(solve(&solved, c, w, which, n, -1, b));
  if (solved && n > 0) ASSAY_TRY(offer(f, w, c, "lasso", b));
done:
  return rc;
}

static int lasso_path(struct assay_sr_front *f, struct work *w, double *gram, double *c,
                      double *refit, int *which, struct assay_sr_budget *b)
{
  int rc = ASSAY_OK, before = 0;
  const int n = w->t->n, m = w->t->m;
  double *right = refit + n, penalty = 1;
  if (!assay_sr_spend_flops(b, (double)n * n * m)) goto done;
  openblas_set_num_threads(1); /* the same bits for any number of threads */
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, n, m, 1, w->t->v, m, w->t->v, m, 0, gram,
              n);
  cblas_dgemv(CblasRowMajor, CblasNoTrans, n, m, 1, w->t->v, m, w->y, 1, 0, right, 1);
  for (int i = 0; i < PENALTIES; i++, penalty *= 0.7) {
    bool solved;
    if (!assay_sr_spend_flops(b, (double)SWEEPS * n * n)) goto done;
    descend(c, gram, right, n, penalty);
    const int count = support(which, c, n);
    if (count > SPARSE_MOST) break;
    if (count == before || count == 0) continue;
    before = count;
    ASSAY_TRY(solve(&solved, refit, w, which, count, -1, b));
    if (solved) ASSAY_TRY(offer(f, w, refit, "lasso", b));
    ASSAY_TRY(relax(f, w, which, count, refit, b));
  }
done:
  return rc;
}

int assay_sr_fit_lasso(struct assay_sr_front *f, struct assay_sr_budget *b, uint64_t seed)
{
  int rc = ASSAY_OK, *which = NULL;
  struct work w = {0};
  double *c = NULL, *gram = NULL, *refit = NULL;
  ASSAY_TRY(work_open(&w, f, (struct assay_sr_terms_choice){3, true, SPARSE_TERMS}, b, seed));
  const size_t n = (size_t)w.t->n + 1;
  ASSAY_TRY(ASSAY_NEW(&which, n, "symbolic regression"));
  ASSAY_TRY(ASSAY_NEW(&c, n, "symbolic regression"));
  ASSAY_TRY(ASSAY_NEW(&refit, 2 * n, "symbolic regression"));
  ASSAY_TRY(ASSAY_NEW(&gram, n * n, "symbolic regression"));
  ASSAY_TRY(lasso_path(f, &w, gram, c, refit, which, b));
done:
  assay_free(which);
  assay_free(c);
  assay_free(gram);
  assay_free(refit);
  work_close(&w);
  return rc;
}
