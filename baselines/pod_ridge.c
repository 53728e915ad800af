/* POD + ridge regression: the best linear guess of a field from its parameters.
 *
 * All asked frames of a training case together are one snapshot s(p); with modes phi_i (pod.h) and
 * polynomial features x(p) of the standardised parameters (polynomial.h),
 *
 *     s(p) = mean + sum_i phi_i sum_j x_j(p) W_ji ,
 *
 * W by ridge regression of the training coefficients (ridge.h). As time is part of the snapshot its
 * influence is not modelled: every lead has its own coefficients. Degree, logarithms, penalty and
 * number of modes are those with the smallest squared error on the validation cases, the simplest
 * first among equals; everything follows from the Gram matrix, without touching the fields again.
 *
 * Reference: non-intrusive reduced basis, Hesthaven and Ubbiali (2018), with polynomials in place
 * of a network. */
#include <math.h>
#include <string.h>

#include "baselines/case_modes.h"
#include "baselines/polynomial.h"
#include "baselines/ridge.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/mem.h"

extern const struct assay_baseline assay_baseline_pod_ridge;

struct settings {
  int modes, degree;
};
static const struct settings defaults = {.modes = 64, .degree = 3};
#define S settings
static const struct assay_param rows[] = {
    {ASSAY_P_INT(S, modes), .unit = "1", .doc = "most modes to keep", .min = 1, .max = 1000},
    {ASSAY_P_INT(S, degree), .unit = "1", .doc = "highest degree of the polynomials", .min = 1,
     .max = 6},
    {0}};

/* ---- training ----------------------------------------------------------------------------- */

/* One way to do it, and its squared error on the validation cases. */
struct choice {
  double *logarithm; /* borrowed */
  int degree, rank;
  double penalty, error;
};

/* Squared error of the validation cases for every number of modes; keeps the best in *best. guess
 * [n_valid, rank] are the predicted coefficients. */
static void weigh(struct choice *best, struct choice now, const struct assay_case_modes *t,
                  const double *guess)
{
  const struct assay_pod *pod = t->pod;
  const long n_valid = t->n - t->n_fit;
  double error = 0;
  for (long i = 0; i < n_valid; i++) error += pod->energy[t->n_fit + i];
  for (int r = 0; r <= pod->rank; r++) {
    if (r > 0)
      for (long i = 0; i < n_valid; i++) {
        const double a = pod->coefficients[(t->n_fit + i) * pod->rank + r - 1];
        const double d = guess[i * pod->rank + r - 1] - a;
        error += d * d - a * a;
      }
    now.rank = r;
    now.error = fmax(error, 0);
    if (now.error < best->error * (1 - 1e-9)) *best = now;
  }
}

/* All penalties for one set of features. */
static int try_features(struct choice *best, struct choice now, const struct assay_case_modes *t)
{
  int rc = ASSAY_OK;
  struct assay_polynomial f = {0};
  struct assay_ridge *ridge = NULL;
  double *x = NULL, *w = NULL, *guess = NULL;
  const int n_params = t->training.view.n_params, rank = t->pod->rank;
  const long n_valid = t->n - t->n_fit;
  ASSAY_TRY(assay_polynomial_fit(&f, t->params, t->n_fit, n_params, now.degree, now.logarithm));
  ASSAY_TRY(ASSAY_NEW(&x, (size_t)t->n * (size_t)f.n, "features"));
  ASSAY_TRY(ASSAY_NEW(&w, (size_t)f.n * (size_t)rank, "weights"));
  ASSAY_TRY(ASSAY_NEW(&guess, (size_t)n_valid * (size_t)rank, "guess"));
  ASSAY_TRY(assay_polynomial_of(x, &f, t->params, t->n));
  ASSAY_TRY(assay_ridge_create(&ridge, x, t->n_fit, f.n));
  for (int k = 0; k < ASSAY_RIDGE_PENALTIES; k++) {
    now.penalty = assay_ridge_penalties[k];
    ASSAY_TRY(assay_ridge_solve(w, ridge, t->pod->coefficients, rank, now.penalty));
    for (long i = 0; i < n_valid; i++)
      for (int r = 0; r < rank; r++) {
        double sum = 0;
        for (int j = 0; j < f.n; j++) sum += x[(t->n_fit + i) * f.n + j] * w[j * rank + r];
        guess[i * rank + r] = sum;
      }
    weigh(best, now, t, guess);
  }
done:
  assay_ridge_destroy(ridge);
  assay_polynomial_clear(&f);
  assay_free(x);
  assay_free(w);
  assay_free(guess);
  return rc;
}

/* logarithms [2, n_params]: none, and all that are possible */
static int choose(struct choice *best, const struct assay_case_modes *t, double *logarithms,
                  int max_degree)
{
  int rc = ASSAY_OK;
  const int n_params = t->training.view.n_params;
  bool any = false;
  *best = (struct choice){.logarithm = logarithms, .degree = 1, .error = HUGE_VAL};
  assay_polynomial_choose_logarithms(logarithms + n_params, t->params, t->n_fit, n_params);
  for (int j = 0; j < n_params; j++) any = any || logarithms[n_params + j] != 0;
  for (int degree = 1; degree <= max_degree; degree++)
    for (int log = 0; log <= (any ? 1 : 0); log++) {
      if (assay_polynomial_count(n_params, degree) > ASSAY_POLYNOMIAL_MAX) continue;
      const struct choice now = {.logarithm = logarithms + log * n_params, .degree = degree};
      ASSAY_TRY(try_features(best, now, t));
    }
done:
  return rc;
}

/* Weights of the chosen way, [n_features, rank]. */
static int final_weights(double **out, struct assay_polynomial *f, const struct assay_case_modes *t,
                         const struct choice *best)
{
  int rc = ASSAY_OK;
  struct assay_ridge *ridge = NULL;
  double *x = NULL, *w = NULL, *a = NULL;
  ASSAY_TRY(assay_polynomial_fit(f, t->params, t->n_fit, t->training.view.n_params, best->degree,
                                 best->logarithm));
  ASSAY_TRY(ASSAY_NEW(&x, (size_t)t->n_fit * (size_t)f->n, "features"));
  ASSAY_TRY(ASSAY_NEW(&w, (size_t)f->n * (size_t)best->rank, "weights"));
  ASSAY_TRY(ASSAY_NEW(&a, (size_t)t->n_fit * (size_t)best->rank, "coefficients"));
  ASSAY_TRY(assay_polynomial_of(x, f, t->params, t->n_fit));
  for (long i = 0; i < t->n_fit; i++)
    memcpy(a + i * best->rank, t->pod->coefficients + i * t->pod->rank,
           (size_t)best->rank * sizeof *a);
  ASSAY_TRY(assay_ridge_create(&ridge, x, t->n_fit, f->n));
  ASSAY_TRY(assay_ridge_solve(w, ridge, a, best->rank, best->penalty));
  *out = w;
  w = NULL;
done:
  assay_ridge_destroy(ridge);
  assay_free(x);
  assay_free(w);
  assay_free(a);
  return rc;
}

static int save(const struct assay_train_job *job, const struct assay_case_modes *t,
                const struct choice *best)
{
  int rc = ASSAY_OK;
  struct assay_model *m = NULL;
  struct assay_polynomial f = {0};
  double *w = NULL;
  ASSAY_TRY(final_weights(&w, &f, t, best));
  ASSAY_TRY(assay_model_create(&m, job->model_dir, &assay_baseline_pod_ridge, job->task));
  ASSAY_TRY(assay_model_put_params(m, &t->training.view));
  ASSAY_TRY(assay_polynomial_save(m, &f));
  ASSAY_TRY(assay_model_put_number(m, "penalty", best->penalty));
  ASSAY_TRY(assay_model_put(m, "weights", 2, (size_t[]){(size_t)f.n, (size_t)best->rank}, w));
  ASSAY_TRY(assay_expansion_save(m, t, best->rank));
  rc = assay_model_commit(m);
  m = NULL;
done:
  assay_model_close(m);
  assay_polynomial_clear(&f);
  assay_free(w);
  return rc;
}

static int train(const struct assay_train_job *job)
{
  int rc = ASSAY_OK;
  const struct settings *set = job->params ? job->params : &defaults;
  struct assay_case_modes t;
  struct choice best;
  double *logarithms = NULL;
  ASSAY_TRY(assay_case_modes_open(&t, job, set->modes));
  ASSAY_TRY(ASSAY_NEW(&logarithms, 2 * (size_t)t.training.view.n_params, "logarithms"));
  ASSAY_TRY(choose(&best, &t, logarithms, set->degree));
  assay_log(ASSAY_LOG_INFO, "pod_ridge", "%d of %d modes, degree %d%s, penalty %g", best.rank,
            t.pod->rank, best.degree, best.logarithm == logarithms ? "" : " in logarithms",
            best.penalty);
  ASSAY_TRY(save(job, &t, &best));
done:
  assay_case_modes_close(&t);
  assay_free(logarithms);
  return rc;
}

/* ---- prediction --------------------------------------------------------------------------- */

struct learned {
  const struct assay_model *model;
  struct assay_polynomial features;
  struct assay_expansion expansion;
  double *weights; /* [n_features, rank] */
};

static int load(struct learned *l, const struct assay_model *m, int n_fields)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_polynomial_load(&l->features, m));
  ASSAY_TRY(assay_expansion_load(&l->expansion, m, n_fields));
  ASSAY_TRY(assay_model_get(&l->weights, m, "weights", 2,
                            (size_t[]){(size_t)l->features.n, l->expansion.dims[0]}));
done:
  return rc;
}

static void unload(struct learned *l)
{
  assay_polynomial_clear(&l->features);
  assay_expansion_clear(&l->expansion);
  assay_free(l->weights);
}

static int guess(double *answer, const struct assay_question *q, void *context)
{
  int rc = ASSAY_OK;
  const struct learned *l = context;
  const size_t rank = l->expansion.dims[0], n = (size_t)l->features.n;
  double *x = NULL, *a = NULL;
  ASSAY_TRY(assay_model_check_params(l->model, q->view));
  ASSAY_TRY(assay_expansion_check(&l->expansion, q));
  ASSAY_TRY(ASSAY_NEW(&x, n, "features"));
  ASSAY_TRY(ASSAY_NEW(&a, rank, "coefficients"));
  ASSAY_TRY(assay_polynomial_of(x, &l->features, q->params, 1));
  for (size_t i = 0; i < rank; i++)
    for (size_t j = 0; j < n; j++) a[i] += x[j] * l->weights[j * rank + i];
  assay_expansion_sum(answer, &l->expansion, a, q->n_leads);
done:
  assay_free(x);
  assay_free(a);
  return rc;
}

static int predict(const struct assay_predict_job *job)
{
  int rc = ASSAY_OK;
  struct assay_model *m = NULL;
  struct learned l = {0};
  ASSAY_TRY(assay_model_open(&m, job->model_dir, &assay_baseline_pod_ridge, job->task));
  l.model = m;
  ASSAY_TRY(load(&l, m, job->task->fields.n));
  ASSAY_TRY(assay_question_each(job, guess, &l));
done:
  assay_model_close(m);
  unload(&l);
  return rc;
}

const struct assay_baseline assay_baseline_pod_ridge = {
    .name = "pod_ridge",
    .version = 1,
    .doc = "modes of the training cases (POD), their coefficients by ridge regression on "
           "polynomials of the parameters",
    .reference = "Hesthaven and Ubbiali (2018), with polynomials in place of a network",
    .kinds = 1u << ASSAY_TASK_OPERATOR,
    .params = rows,
    .params_size = sizeof(struct settings),
    .defaults = &defaults,
    .train = train,
    .predict = predict,
};
