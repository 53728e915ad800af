#include "baselines/dynamics/sparse.h"

#include <math.h>
#include <string.h>

#include "baselines/symbolic/basis.h"
#include "core/base/err.h"
#include "core/base/mem.h"

/* Thresholds, and how dependent a column may be. */
static const double FIRST = 1e-6, LAST = 1, RISE = 1.5, DEPENDENT = 1e-12;
static const double EXACT = 1e-6; /* relative error that is none */

/* Rows without one fold: g = Q r, z = Q^T b. */
struct factor {
  double *r; /* [s, s] column by column */
  double *z; /* [n_states, s] */
};

/* One library at work. */
struct fit {
  const struct assay_dynamics_problem *p;
  const struct assay_sparse_library *l;
  int s;                                 /* terms of the library */
  double *g;                             /* [s, m] columns of length one */
  double *length;                        /* [s] */
  double *b;                             /* [n_states, m] of length one */
  double size[ASSAY_LIBRARY_STATES_MAX]; /* of b before */
  struct factor *factor;                 /* [n_folds + 1] the last one leaves nothing out */
  double *work;                          /* [m] */
  double *part;                          /* [s] */
  int *which;                            /* [s] */
};

static void close_fit(struct fit *f)
{
  for (int i = 0; i <= f->p->n_folds && f->factor; i++) {
    assay_free(f->factor[i].r);
    assay_free(f->factor[i].z);
  }
  assay_free(f->factor);
  assay_free(f->g);
  assay_free(f->length);
  assay_free(f->b);
  assay_free(f->work);
  assay_free(f->part);
  assay_free(f->which);
}

/* to [m] = from / |from|; returns the length, 1 for zeros */
static double normalise(double *to, const double *from, int m)
{
  double largest = 0, sum = 0;
  for (int i = 0; i < m; i++) largest = fmax(largest, fabs(from[i]));
  if (!(largest > 0) || !isfinite(largest)) largest = 1;
  for (int i = 0; i < m; i++) sum += from[i] / largest * (from[i] / largest);
  const double length = sum > 0 && isfinite(sum) ? largest * sqrt(sum) : 1;
  for (int i = 0; i < m; i++) to[i] = from[i] / length;
  return length;
}

/* ---- factors ------------------------------------------------------------------------------ */

/* Without the rows of a fold, which become zero. */
static void mask(double *to, const double *from, const struct assay_dynamics_problem *p, int fold)
{
  for (int i = 0; i < p->m; i++) to[i] = p->fold[i] == fold ? 0 : from[i];
}

static int make_factor(struct fit *f, int fold)
{
  int rc = ASSAY_OK;
  struct factor *out = &f->factor[fold];
  const size_t s = (size_t)f->s, m = (size_t)f->p->m;
  struct assay_sr_basis *b = NULL;
  ASSAY_TRY(ASSAY_NEW(&out->r, s * s, "factor"));
  ASSAY_TRY(ASSAY_NEW(&out->z, (size_t)f->p->n_states * s, "factor"));
  ASSAY_TRY(assay_sr_basis_create(&b, f->p->m, f->s));
  for (size_t k = 0; k < s; k++) {
    mask(f->work, f->g + k * m, f->p, fold);
    const int before = b->n;
    const double left = assay_sr_basis_project(b, f->work);
    memcpy(out->r + k * s, b->part, (size_t)before * sizeof *b->part);
    if (!(left > DEPENDENT)) continue; /* nothing new: its part in the others is all there is */
    out->r[k * s + (size_t)before] = left;
    assay_sr_basis_append(b, f->work, left);
  }
  for (size_t k = 0; k < (size_t)f->p->n_states; k++) {
    mask(f->work, f->b + k * m, f->p, fold);
    assay_sr_basis_project(b, f->work);
    memcpy(out->z + k * s, b->part, (size_t)b->n * sizeof *b->part);
  }
done:
  assay_sr_basis_destroy(b);
  return rc;
}

static int open_fit(struct fit *f, const struct assay_dynamics_problem *p,
                    const struct assay_sparse_library *l, int first_fold)
{
  int rc = ASSAY_OK;
  const size_t s = (size_t)l->n, m = (size_t)p->m;
  *f = (struct fit){.p = p, .l = l, .s = l->n};
  ASSAY_TRY(ASSAY_NEW(&f->g, s * m, "library"));
  ASSAY_TRY(ASSAY_NEW(&f->length, s, "library"));
  ASSAY_TRY(ASSAY_NEW(&f->b, (size_t)p->n_states * m, "library"));
  ASSAY_TRY(ASSAY_NEW(&f->work, m, "library"));
  ASSAY_TRY(ASSAY_NEW(&f->part, s, "library"));
  ASSAY_TRY(ASSAY_NEW(&f->which, s, "library"));
  ASSAY_TRY(ASSAY_NEW(&f->factor, (size_t)p->n_folds + 1, "library"));
  for (size_t k = 0; k < s; k++)
    f->length[k] = normalise(f->g + k * m, p->g + (size_t)l->term[k] * (size_t)p->capacity, p->m);
  for (size_t k = 0; k < (size_t)p->n_states; k++)
    f->size[k] = normalise(f->b + k * m, p->b + k * (size_t)p->capacity, p->m);
  for (int fold = first_fold; fold <= p->n_folds; fold++) ASSAY_TRY(make_factor(f, fold));
done:
  return rc;
}

/* ---- least squares ------------------------------------------------------------------------ */

/* c [s] for the rows outside a fold; terms that are not chosen, or depend on others: 0. */
static int solve(double *c, struct fit *f, int fold, int state, const int *which, int n)
{
  int rc = ASSAY_OK, pushed = 0;
  struct assay_sr_basis *b = NULL;
  int *from = NULL;
  double *v = NULL;
  const size_t s = (size_t)f->s;
  memset(c, 0, s * sizeof *c);
  if (n == 0) goto done;
  ASSAY_TRY(assay_sr_basis_create(&b, f->s, n));
  ASSAY_TRY(ASSAY_NEW(&from, (size_t)n, "least squares"));
  ASSAY_TRY(ASSAY_NEW(&v, s, "least squares"));
  for (int k = 0; k < n; k++) {
    memcpy(v, f->factor[fold].r + (size_t)which[k] * s, s * sizeof *v);
    if (assay_sr_basis_push(b, v, DEPENDENT)) from[pushed++] = which[k];
  }
  memcpy(v, f->factor[fold].z + (size_t)state * s, s * sizeof *v);
  assay_sr_basis_project(b, v);
  assay_sr_basis_solve(f->part, b);
  for (int k = 0; k < pushed; k++) c[from[k]] = f->part[k];
done:
  assay_sr_basis_destroy(b);
  assay_free(from);
  assay_free(v);
  return rc;
}

/* Sum of squared errors in the rows of a fold. */
static double error_of(struct fit *f, const double *c, int fold, int state, const int *which, int n)
{
  double sum = 0;
  const size_t m = (size_t)f->p->m;
  for (size_t i = 0; i < m; i++) {
    if (f->p->fold[i] != fold) continue;
    double e = -f->b[(size_t)state * m + i];
    for (int k = 0; k < n; k++) e += c[which[k]] * f->g[(size_t)which[k] * m + i];
    sum += e * e;
  }
  return sum;
}

/* Mean squared error of rows that were left out, b being of length one. With one trajectory nothing
 * can be left out. */
static int leave_out(double *error, struct fit *f, double *c, int state, const int *which, int n)
{
  int rc = ASSAY_OK;
  const bool alone = f->p->n_folds < 2;
  *error = 0;
  for (int fold = 0; fold < f->p->n_folds; fold++) {
    ASSAY_TRY(solve(c, f, alone ? f->p->n_folds : fold, state, which, n));
    *error += error_of(f, c, fold, state, which, n);
  }
done:
  return rc;
}

/* ---- the path ----------------------------------------------------------------------------- */

/* The best so far, for one state. */
struct choice {
  double score;
  double *c; /* [n_terms] */
};

static int consider(struct choice *best, struct fit *f, double *c, int state, int n)
{
  int rc = ASSAY_OK;
  double error;
  const double rows = f->p->independent;
  const double off = f->p->error[state] * sqrt((double)f->p->m) / f->size[state];
  ASSAY_TRY(leave_out(&error, f, c, state, f->which, n));
  const double score = rows * log(error + off * off + EXACT * EXACT) + n * log(rows);
  if (!(score < best->score)) goto done;
  best->score = score;
  ASSAY_TRY(solve(c, f, f->p->n_folds, state, f->which, n));
  memset(best->c, 0, (size_t)f->p->n_terms * sizeof *best->c);
  for (int k = 0; k < f->s; k++) best->c[f->l->term[k]] = c[k] * f->size[state] / f->length[k];
done:
  return rc;
}

/* Terms of at least threshold times the largest coefficient stay; whether some went. */
static bool drop(int *which, int *n, const double *c, double threshold)
{
  double largest = 0;
  int kept = 0;
  for (int k = 0; k < *n; k++) largest = fmax(largest, fabs(c[which[k]]));
  for (int k = 0; k < *n; k++)
    if (largest > 0 && fabs(c[which[k]]) >= threshold * largest) which[kept++] = which[k];
  const bool went = kept < *n;
  *n = kept;
  return went;
}

static int follow_path(struct choice *best, struct fit *f, double *c, int state, int most)
{
  int rc = ASSAY_OK, n = f->s;
  bool news = true;
  for (int k = 0; k < n; k++) f->which[k] = k;
  for (double threshold = FIRST; n > 0; threshold *= RISE) {
    do {
      ASSAY_TRY(solve(c, f, f->p->n_folds, state, f->which, n));
      const bool went = drop(f->which, &n, c, fmin(threshold, LAST));
      news = news || went;
      if (!went) break;
    } while (n > 0);
    if (news && n <= most) ASSAY_TRY(consider(best, f, c, state, n));
    news = false;
    if (threshold >= LAST) break;
  }
  ASSAY_TRY(consider(best, f, c, state, 0));
done:
  return rc;
}

int assay_sparse_fit(double *c, const struct assay_dynamics_problem *p,
                     const struct assay_sparse_library *library, int n_libraries, int most)
{
  int rc = ASSAY_OK;
  struct choice best[ASSAY_LIBRARY_STATES_MAX];
  struct fit f = {.p = p};
  double *own = NULL;
  ASSAY_TRY(ASSAY_NEW(&own, (size_t)p->n_terms, "coefficients"));
  for (int k = 0; k < p->n_states; k++)
    best[k] = (struct choice){(double)INFINITY, c + (size_t)k * (size_t)p->n_terms};
  for (int i = 0; i < n_libraries; i++) {
    close_fit(&f);
    ASSAY_TRY(open_fit(&f, p, &library[i], 0));
    for (int k = 0; k < p->n_states; k++) ASSAY_TRY(follow_path(&best[k], &f, own, k, most));
  }
done:
  close_fit(&f);
  assay_free(own);
  return rc;
}

int assay_sparse_fit_all(double *c, const struct assay_dynamics_problem *p,
                         const struct assay_sparse_library *library)
{
  int rc = ASSAY_OK;
  struct fit f = {.p = p};
  double *own = NULL;
  ASSAY_TRY(ASSAY_NEW(&own, (size_t)p->n_terms, "coefficients"));
  ASSAY_TRY(open_fit(&f, p, library, p->n_folds));
  for (int k = 0; k < f.s; k++) f.which[k] = k;
  for (int state = 0; state < p->n_states; state++) {
    double *to = c + (size_t)state * (size_t)p->n_terms;
    ASSAY_TRY(solve(own, &f, p->n_folds, state, f.which, f.s));
    for (int k = 0; k < f.s; k++) to[library->term[k]] = own[k] * f.size[state] / f.length[k];
  }
done:
  close_fit(&f);
  assay_free(own);
  return rc;
}
