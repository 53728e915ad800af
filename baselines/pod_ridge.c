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

#include "baselines/model.h"
#include "baselines/pod.h"
#include "baselines/polynomial.h"
#include "baselines/question.h"
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

/* The cases of a set: training first, then validation, with their parameters. */
struct table {
  struct assay_training training;
  long n, n_fit;
  long *cases;    /* [n] */
  int *frames;    /* [n, n_leads] */
  double *params; /* [n, n_params] */
  struct assay_pod *pod;
};

static int fill_table(struct table *t, const struct assay_train_job *job)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_training_open(&t->training, job));
  const struct assay_training *set = &t->training;
  const int leads = set->frames.n_leads;
  t->n_fit = set->n_train;
  t->n = set->n_train + set->n_valid;
  ASSAY_TRY(ASSAY_NEW(&t->cases, (size_t)t->n, "cases"));
  ASSAY_TRY(ASSAY_NEW(&t->frames, (size_t)t->n * (size_t)leads, "cases"));
  ASSAY_TRY(ASSAY_NEW(&t->params, (size_t)t->n * (size_t)set->view.n_params, "cases"));
  memcpy(t->cases, set->train, (size_t)set->n_train * sizeof *t->cases);
  memcpy(t->cases + set->n_train, set->valid, (size_t)set->n_valid * sizeof *t->cases);
  for (long i = 0; i < t->n; i++)
    memcpy(t->frames + i * leads, set->frames.lead, (size_t)leads * sizeof *t->frames);
  ASSAY_TRY(assay_training_params(set, t->params, t->cases, t->n));
done:
  return rc;
}

static struct assay_snapshots snapshots_of(const struct table *t)
{
  return (struct assay_snapshots){.training = &t->training,
                                  .n = t->n,
                                  .n_fit = t->n_fit,
                                  .cases = t->cases,
                                  .n_frames = t->training.frames.n_leads,
                                  .frames = t->frames};
}

static void clear_table(struct table *t)
{
  assay_pod_destroy(t->pod);
  assay_free(t->cases);
  assay_free(t->frames);
  assay_free(t->params);
  assay_training_close(&t->training);
}

/* One way to do it, and its squared error on the validation cases. */
struct choice {
  double *logarithm; /* borrowed */
  int degree, rank;
  double penalty, error;
};

/* Squared error of the validation cases for every number of modes; keeps the best in *best. guess
 * [n_valid, rank] are the predicted coefficients. */
static void weigh(struct choice *best, struct choice now, const struct table *t,
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
static int try_features(struct choice *best, struct choice now, const struct table *t)
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
static int choose(struct choice *best, const struct table *t, double *logarithms, int max_degree)
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

/* Modes that fit into half of the memory that the task allows. */
static int affordable_modes(const struct assay_train_job *job, const struct table *t, int wanted)
{
  const struct assay_training *set = &t->training;
  const double budget = job->task->memory_mb > 0 ? job->task->memory_mb * 0.5e6 : 1e9;
  const double mode = 8.0 * set->view.n_fields * set->frames.n_leads * (double)set->view.points;
  return budget / mode < wanted ? (int)fmax(1, budget / mode) : wanted;
}

/* Weights of the chosen way, [n_features, rank]. */
static int final_weights(double **out, struct assay_polynomial *f, const struct table *t,
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

static int save(const struct assay_train_job *job, const struct table *t, const struct choice *best)
{
  int rc = ASSAY_OK;
  struct assay_model *m = NULL;
  struct assay_polynomial f = {0};
  double *w = NULL, *modes = NULL;
  const struct assay_pod *pod = t->pod;
  const struct assay_snapshots s = snapshots_of(t);
  const size_t dims[] = {(size_t)best->rank, (size_t)pod->n_fields, (size_t)pod->n_frames,
                         pod->points};
  ASSAY_TRY(final_weights(&w, &f, t, best));
  ASSAY_TRY(ASSAY_NEW(&modes, dims[0] * dims[1] * dims[2] * dims[3], "modes"));
  ASSAY_TRY(assay_pod_modes(modes, pod, &s, best->rank));
  ASSAY_TRY(assay_model_create(&m, job->model_dir, &assay_baseline_pod_ridge, job->task));
  ASSAY_TRY(assay_model_put_params(m, &t->training.view));
  ASSAY_TRY(assay_polynomial_save(m, &f));
  ASSAY_TRY(assay_model_put_number(m, "penalty", best->penalty));
  ASSAY_TRY(assay_model_put_number(m, "rank", best->rank));
  ASSAY_TRY(assay_model_put(m, "weights", 2, (size_t[]){(size_t)f.n, dims[0]}, w));
  ASSAY_TRY(assay_model_put(m, "mean", 3, dims + 1, pod->mean));
  ASSAY_TRY(assay_model_put(m, "modes", 4, dims, modes));
  rc = assay_model_commit(m);
  m = NULL;
done:
  assay_model_close(m);
  assay_polynomial_clear(&f);
  assay_free(w);
  assay_free(modes);
  return rc;
}

static int train(const struct assay_train_job *job)
{
  int rc = ASSAY_OK;
  const struct settings *set = job->params ? job->params : &defaults;
  struct table t = {0};
  struct choice best;
  double *logarithms = NULL;
  ASSAY_TRY(fill_table(&t, job));
  const struct assay_snapshots s = snapshots_of(&t);
  ASSAY_TRY(ASSAY_NEW(&logarithms, 2 * (size_t)t.training.view.n_params, "logarithms"));
  ASSAY_TRY(assay_pod_create(&t.pod, &s, affordable_modes(job, &t, set->modes)));
  ASSAY_TRY(choose(&best, &t, logarithms, set->degree));
  assay_log(ASSAY_LOG_INFO, "pod_ridge", "%d of %d modes, degree %d%s, penalty %g", best.rank,
            t.pod->rank, best.degree, best.logarithm == logarithms ? "" : " in logarithms",
            best.penalty);
  ASSAY_TRY(save(job, &t, &best));
done:
  clear_table(&t);
  assay_free(logarithms);
  return rc;
}

/* ---- prediction --------------------------------------------------------------------------- */

struct learned {
  const struct assay_model *model;
  struct assay_polynomial features;
  int rank;
  size_t dims[4];                 /* rank, n_fields, n_leads, points */
  double *weights, *mean, *modes; /* [n_features, rank], [dims 1..3], [dims] */
};

static int load(struct learned *l, const struct assay_model *m, int n_fields)
{
  int rc = ASSAY_OK;
  double rank = 0;
  ASSAY_TRY(assay_polynomial_load(&l->features, m));
  ASSAY_TRY(assay_model_number(&rank, m, "rank"));
  l->rank = (int)rank;
  ASSAY_TRY(assay_model_get(&l->weights, m, "weights", 2,
                            (size_t[]){(size_t)l->features.n, (size_t)l->rank}));
  size_t *dims = l->dims;
  dims[0] = (size_t)l->rank;
  dims[1] = (size_t)n_fields;
  ASSAY_TRY(assay_model_get(&l->mean, m, "mean", 3, dims + 1));
  ASSAY_TRY(assay_model_get(&l->modes, m, "modes", 4, dims));
done:
  return rc;
}

static void unload(struct learned *l)
{
  assay_polynomial_clear(&l->features);
  assay_free(l->weights);
  assay_free(l->mean);
  assay_free(l->modes);
}

/* answer [n_fields, n_leads, points] = mean + sum_i a_i mode_i, the first leads of the model */
static void combine(double *answer, const struct learned *l, const double *a, size_t n_leads)
{
  const size_t row = n_leads * l->dims[3], whole = l->dims[2] * l->dims[3];
  for (size_t f = 0; f < l->dims[1]; f++) {
    double *restrict out = answer + f * row;
    memcpy(out, l->mean + f * whole, row * sizeof *out);
    for (int i = 0; i < l->rank; i++) {
      const double *restrict mode = l->modes + ((size_t)i * l->dims[1] + f) * whole;
      for (size_t j = 0; j < row; j++) out[j] += a[i] * mode[j];
    }
  }
}

static int guess(double *answer, const struct assay_question *q, void *context)
{
  int rc = ASSAY_OK;
  const struct learned *l = context;
  double *x = NULL, *a = NULL;
  ASSAY_TRY(assay_model_check_params(l->model, q->view));
  ASSAY_CHECK((size_t)q->n_leads <= l->dims[2] && q->view->points == l->dims[3], ASSAY_EARG,
              "%d leads of %zu points are asked for, but the model knows %zu of %zu", q->n_leads,
              q->view->points, l->dims[2], l->dims[3]);
  ASSAY_TRY(ASSAY_NEW(&x, (size_t)l->features.n, "features"));
  ASSAY_TRY(ASSAY_NEW(&a, (size_t)l->rank, "coefficients"));
  ASSAY_TRY(assay_polynomial_of(x, &l->features, q->params, 1));
  for (int i = 0; i < l->rank; i++)
    for (int j = 0; j < l->features.n; j++) a[i] += x[j] * l->weights[j * l->rank + i];
  combine(answer, l, a, (size_t)q->n_leads);
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
