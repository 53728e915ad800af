/* Kernel ridge regression from the parameters of a case to all its fields.
 *
 * All asked frames of a case together are one vector, given by the coefficients of its modes
 * (case_modes.h); these are learned from the standardised parameters, or their logarithms, by
 * kernel ridge regression (kernel.h). Kernel, logarithms, sharpness of every parameter, lambda and
 * number of modes are those with the smallest squared error over all cases, each as told by others:
 * the training cases by leaving one out, the validation cases by all training cases. The search
 * starts with equal sharpness and then changes that of one parameter after the other, down to 0:
 * without influence. It looks at `judged` training cases at most, spread evenly; the answer uses
 * all.
 *
 * Reference: Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), 5.4.2. */
#include <math.h>
#include <string.h>

#include "baselines/case_modes.h"
#include "baselines/kernel.h"
#include "baselines/polynomial.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/mem.h"

extern const struct assay_baseline assay_baseline_kernel_ridge;

enum { EVERY_KERNEL = ASSAY_KERNEL_KINDS };

struct settings {
  int modes, kernel, rounds, judged;
};
static const struct settings defaults = {
    .modes = 64, .kernel = EVERY_KERNEL, .rounds = 3, .judged = 500};
#define S settings
static const struct assay_param rows[] = {
    {ASSAY_P_INT(S, modes), .unit = "1", .doc = "most modes to keep", .min = 1, .max = 1000},
    {ASSAY_P_CHOICE(S, kernel, "gauss", "matern52", "matern32", "best"),
     .doc = "best: the one with the smallest error"},
    {ASSAY_P_INT(S, rounds), .unit = "1",
     .doc = "passes over the parameters to fit the sharpness of each", .min = 0, .max = 100},
    {ASSAY_P_INT(S, judged), .unit = "1", .doc = "training cases that the search looks at",
     .min = 2, .max = 1e5},
    {0}};

static const double sharpnesses[] = {0.03, 0.06, 0.12, 0.25, 0.5, 1, 2, 4};
static const double lambdas[] = {1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-3, 1e-2, 1e-1, 1};
enum { SHARPNESSES = sizeof sharpnesses / sizeof *sharpnesses };
enum { LAMBDAS = sizeof lambdas / sizeof *lambdas };

/* ---- search -------------------------------------------------------------------------------- */

/* A way to do it; error over the cases that judge it. */
struct choice {
  int kind, rank;
  bool logarithms;
  double lambda, error;
  double sharpness[ASSAY_LIST_MAX];
};

/* The cases that judge, and room for it. */
struct bench {
  int n_inputs, p;
  long n, n_valid;
  double *x[2];       /* [n + n_valid, n_inputs] inputs, as they are and by logarithms */
  double *y;          /* [n + n_valid, p] coefficients */
  double energy;      /* squared norm of all that is to be told */
  double *k, *across; /* [n, n], [n_valid, n] */
  double *weights, *errors;
};

static void clear_bench(struct bench *b)
{
  assay_free(b->x[0]);
  assay_free(b->x[1]);
  assay_free(b->y);
  assay_free(b->k);
  assay_free(b->across);
  assay_free(b->weights);
  assay_free(b->errors);
}

/* Standardised parameters of all cases, f fitted to the training cases. */
static int inputs_of(double **out, struct assay_polynomial *f, const struct assay_case_modes *t,
                     bool logarithms)
{
  int rc = ASSAY_OK;
  const int n = t->training.view.n_params;
  double *log = NULL;
  ASSAY_TRY(ASSAY_NEW(&log, (size_t)n, "logarithms"));
  ASSAY_TRY(ASSAY_NEW(out, (size_t)t->n * (size_t)n, "inputs"));
  if (logarithms) assay_polynomial_choose_logarithms(log, t->params, t->n_fit, n);
  ASSAY_TRY(assay_polynomial_fit(f, t->params, t->n_fit, n, 1, log));
  ASSAY_TRY(assay_polynomial_of(*out, f, t->params, t->n));
done:
  assay_free(log);
  return rc;
}

/* Case number i of those that judge: training cases spread evenly, then the validation cases. */
static long judge(const struct bench *b, const struct assay_case_modes *t, long i)
{
  return i < b->n ? i * t->n_fit / b->n : t->n_fit + i - b->n;
}

static int copy_cases(struct bench *b, const struct assay_case_modes *t)
{
  int rc = ASSAY_OK;
  const size_t inputs = (size_t)b->n_inputs, p = (size_t)b->p;
  for (int log = 0; log < 2; log++) {
    struct assay_polynomial f = {0};
    double *all = NULL;
    rc = inputs_of(&all, &f, t, log == 1);
    for (long i = 0; rc >= 0 && i < b->n + b->n_valid; i++)
      memcpy(b->x[log] + (size_t)i * inputs, all + (size_t)judge(b, t, i) * inputs,
             inputs * sizeof *all);
    assay_polynomial_clear(&f);
    assay_free(all);
    ASSAY_TRY(rc);
  }
  for (long i = 0; i < b->n + b->n_valid; i++) {
    const size_t from = (size_t)judge(b, t, i);
    memcpy(b->y + (size_t)i * p, t->pod->coefficients + from * p, p * sizeof *b->y);
    b->energy += t->pod->energy[from];
  }
done:
  return rc;
}

static int open_bench(struct bench *b, const struct assay_case_modes *t, int judged)
{
  int rc = ASSAY_OK;
  const struct assay_training *set = &t->training;
  const bool own = set->n_valid != set->n_train || set->valid[0] != set->train[0];
  *b = (struct bench){.n_inputs = set->view.n_params,
                      .p = t->pod->rank,
                      .n = t->n_fit < judged ? t->n_fit : judged,
                      .n_valid = own ? set->n_valid : 0};
  const size_t n = (size_t)b->n, n_valid = (size_t)b->n_valid, p = (size_t)b->p;
  for (int log = 0; log < 2; log++)
    ASSAY_TRY(ASSAY_NEW(&b->x[log], (n + n_valid) * (size_t)b->n_inputs, "inputs"));
  ASSAY_TRY(ASSAY_NEW(&b->y, (n + n_valid) * p, "coefficients"));
  ASSAY_TRY(ASSAY_NEW(&b->k, n * n, "kernel matrix"));
  ASSAY_TRY(ASSAY_NEW(&b->across, n_valid * n, "kernel matrix"));
  ASSAY_TRY(ASSAY_NEW(&b->weights, n * p, "weights"));
  ASSAY_TRY(ASSAY_NEW(&b->errors, (n + n_valid) * p, "errors"));
  ASSAY_TRY(copy_cases(b, t));
done:
  return rc;
}

/* The number of modes with the smallest error; keeps the best choice in *best. errors [all, p] */
static void weigh(struct choice *best, struct choice now, const struct bench *b)
{
  double error = b->energy;
  for (int r = 0; r <= b->p; r++) {
    if (r > 0)
      for (long i = 0; i < b->n + b->n_valid; i++) {
        const double a = b->y[i * b->p + r - 1], e = b->errors[i * b->p + r - 1];
        error += e * e - a * a;
      }
    now.rank = r;
    now.error = fmax(error, 0);
    if (now.error < best->error * (1 - 1e-9)) *best = now;
  }
}

/* One kernel with every lambda that the matrix stands. */
static int try_kernel(struct choice *best, struct choice now, struct bench *b)
{
  int rc = ASSAY_OK;
  const struct assay_kernel kernel = {
      .kind = now.kind, .n_inputs = b->n_inputs, .sharpness = now.sharpness};
  const double *x = b->x[now.logarithms], *valid = x + b->n * b->n_inputs;
  double *told = b->errors + b->n * b->p;
  assay_kernel_matrix(b->k, &kernel, x, b->n, x, b->n);
  assay_kernel_matrix(b->across, &kernel, valid, b->n_valid, x, b->n);
  for (int l = 0; l < LAMBDAS; l++) {
    now.lambda = lambdas[l];
    rc = assay_kernel_solve(b->weights, b->errors, b->k, b->n, b->y, b->p, now.lambda);
    if (rc == ASSAY_EDIVERGED) continue;
    ASSAY_TRY(rc);
    for (long i = 0; i < b->n_valid; i++)
      for (int c = 0; c < b->p; c++) {
        double sum = -b->y[(b->n + i) * b->p + c];
        for (long j = 0; j < b->n; j++) sum += b->across[i * b->n + j] * b->weights[j * b->p + c];
        told[i * b->p + c] = sum;
      }
    weigh(best, now, b);
  }
  rc = ASSAY_OK;
done:
  return rc;
}

static int try_equal_sharpness(struct choice *best, struct choice now, struct bench *b)
{
  int rc = ASSAY_OK;
  for (int s = 0; s < SHARPNESSES; s++) {
    for (int j = 0; j < b->n_inputs; j++) now.sharpness[j] = sharpnesses[s];
    ASSAY_TRY(try_kernel(best, now, b));
  }
done:
  return rc;
}

/* One parameter after the other sharper, smoother, or without influence. */
static int refine(struct choice *best, struct bench *b, int rounds)
{
  int rc = ASSAY_OK;
  static const double factors[] = {0, 0.5, 2};
  for (int round = 0; round < rounds; round++) {
    const double before = best->error;
    for (int j = 0; j < b->n_inputs; j++) {
      const struct choice start = *best;
      for (int f = 0; f < 3; f++) {
        struct choice now = start;
        now.sharpness[j] *= factors[f];
        ASSAY_TRY(try_kernel(best, now, b));
      }
    }
    if (!(best->error < 0.99 * before)) break;
  }
done:
  return rc;
}

static int search(struct choice *best, const struct assay_case_modes *t, const struct settings *set)
{
  int rc = ASSAY_OK;
  struct bench b;
  *best = (struct choice){.error = HUGE_VAL, .lambda = 1};
  ASSAY_TRY(open_bench(&b, t, set->judged));
  for (int kind = 0; kind < ASSAY_KERNEL_KINDS; kind++)
    for (int log = 0; log < 2 && (set->kernel == EVERY_KERNEL || set->kernel == kind); log++)
      ASSAY_TRY(
          try_equal_sharpness(best, (struct choice){.kind = kind, .logarithms = log == 1}, &b));
  ASSAY_TRY(refine(best, &b, set->rounds));
done:
  clear_bench(&b);
  return rc;
}

/* ---- training ------------------------------------------------------------------------------ */

/* Weights [n_fit, rank] of all training cases. */
static int final_weights(double **out, const double *x, const struct assay_case_modes *t,
                         const struct choice *c)
{
  int rc = ASSAY_OK;
  const struct assay_kernel kernel = {
      .kind = c->kind, .n_inputs = t->training.view.n_params, .sharpness = c->sharpness};
  const size_t n = (size_t)t->n_fit, rank = (size_t)c->rank;
  double *k = NULL, *y = NULL;
  ASSAY_TRY(ASSAY_NEW(&k, n * n, "kernel matrix"));
  ASSAY_TRY(ASSAY_NEW(&y, n * rank, "coefficients"));
  ASSAY_TRY(ASSAY_NEW(out, n * rank, "weights"));
  for (size_t i = 0; i < n; i++)
    memcpy(y + i * rank, t->pod->coefficients + i * (size_t)t->pod->rank, rank * sizeof *y);
  assay_kernel_matrix(k, &kernel, x, t->n_fit, x, t->n_fit);
  rc = ASSAY_EDIVERGED; /* more cases than judged: the matrix may need a larger lambda */
  for (double lambda = c->lambda; rc == ASSAY_EDIVERGED && lambda < 10; lambda *= 10)
    rc = assay_kernel_solve(*out, NULL, k, t->n_fit, y, c->rank, lambda);
done:
  assay_free(k);
  assay_free(y);
  return rc;
}

static int save(const struct assay_train_job *job, const struct assay_case_modes *t,
                const struct choice *c)
{
  int rc = ASSAY_OK;
  struct assay_model *m = NULL;
  struct assay_polynomial f = {0};
  double *x = NULL, *w = NULL;
  const size_t n = (size_t)t->n_fit, inputs = (size_t)t->training.view.n_params;
  ASSAY_TRY(inputs_of(&x, &f, t, c->logarithms));
  ASSAY_TRY(final_weights(&w, x, t, c));
  ASSAY_TRY(assay_model_create(&m, job->model_dir, &assay_baseline_kernel_ridge, job->task));
  ASSAY_TRY(assay_model_put_params(m, &t->training.view));
  ASSAY_TRY(assay_polynomial_save(m, &f));
  ASSAY_TRY(assay_model_put_number(m, "kernel", c->kind));
  ASSAY_TRY(assay_model_put_number(m, "lambda", c->lambda));
  ASSAY_TRY(assay_model_put_number(m, "n_rows", (double)n));
  ASSAY_TRY(assay_model_put(m, "sharpness", 1, &inputs, c->sharpness));
  ASSAY_TRY(assay_model_put(m, "inputs", 2, (size_t[]){n, inputs}, x));
  ASSAY_TRY(assay_model_put(m, "weights", 2, (size_t[]){n, (size_t)c->rank}, w));
  ASSAY_TRY(assay_expansion_save(m, t, c->rank));
  rc = assay_model_commit(m);
  m = NULL;
done:
  assay_model_close(m);
  assay_polynomial_clear(&f);
  assay_free(x);
  assay_free(w);
  return rc;
}

static int train(const struct assay_train_job *job)
{
  int rc = ASSAY_OK;
  const struct settings *set = job->params ? job->params : &defaults;
  struct assay_case_modes t;
  struct choice best;
  ASSAY_TRY(assay_case_modes_open(&t, job, set->modes));
  ASSAY_TRY(search(&best, &t, set));
  assay_log(ASSAY_LOG_INFO, "kernel_ridge", "%d of %d modes, %s%s, lambda %g", best.rank,
            t.pod->rank, rows[1].choices[best.kind], best.logarithms ? " of logarithms" : "",
            best.lambda);
  ASSAY_TRY(save(job, &t, &best));
done:
  assay_case_modes_close(&t);
  return rc;
}

/* ---- prediction ---------------------------------------------------------------------------- */

struct learned {
  const struct assay_model *model;
  struct assay_polynomial inputs;
  struct assay_expansion expansion;
  struct assay_kernel kernel;
  size_t n;
  double *sharpness, *x, *weights; /* [n_inputs], [n, n_inputs], [n, rank] */
};

static int load(struct learned *l, const struct assay_model *m, int n_fields)
{
  int rc = ASSAY_OK;
  double kind = 0, n = 0;
  ASSAY_TRY(assay_polynomial_load(&l->inputs, m));
  ASSAY_TRY(assay_expansion_load(&l->expansion, m, n_fields));
  ASSAY_TRY(assay_model_number(&kind, m, "kernel"));
  ASSAY_TRY(assay_model_number(&n, m, "n_rows"));
  ASSAY_CHECK(kind >= 0 && kind < ASSAY_KERNEL_KINDS, ASSAY_ECORRUPT, "the model has kernel %g",
              kind);
  size_t inputs = (size_t)l->inputs.n;
  l->n = (size_t)n;
  ASSAY_TRY(assay_model_get(&l->sharpness, m, "sharpness", 1, &inputs));
  ASSAY_TRY(assay_model_get(&l->x, m, "inputs", 2, (size_t[]){l->n, inputs}));
  ASSAY_TRY(assay_model_get(&l->weights, m, "weights", 2, (size_t[]){l->n, l->expansion.dims[0]}));
  l->kernel =
      (struct assay_kernel){.kind = (int)kind, .n_inputs = l->inputs.n, .sharpness = l->sharpness};
done:
  return rc;
}

static void unload(struct learned *l)
{
  assay_polynomial_clear(&l->inputs);
  assay_expansion_clear(&l->expansion);
  assay_free(l->sharpness);
  assay_free(l->x);
  assay_free(l->weights);
}

static int guess(double *answer, const struct assay_question *q, void *context)
{
  int rc = ASSAY_OK;
  const struct learned *l = context;
  const size_t rank = l->expansion.dims[0];
  double *x = NULL, *k = NULL, *a = NULL;
  ASSAY_TRY(assay_model_check_params(l->model, q->view));
  ASSAY_TRY(assay_expansion_check(&l->expansion, q));
  ASSAY_TRY(ASSAY_NEW(&x, (size_t)l->inputs.n, "inputs"));
  ASSAY_TRY(ASSAY_NEW(&k, l->n, "kernel"));
  ASSAY_TRY(ASSAY_NEW(&a, rank, "coefficients"));
  ASSAY_TRY(assay_polynomial_of(x, &l->inputs, q->params, 1));
  assay_kernel_matrix(k, &l->kernel, x, 1, l->x, (long)l->n);
  for (size_t i = 0; i < l->n; i++)
    for (size_t c = 0; c < rank; c++) a[c] += k[i] * l->weights[i * rank + c];
  assay_expansion_sum(answer, &l->expansion, a, q->n_leads);
done:
  assay_free(x);
  assay_free(k);
  assay_free(a);
  return rc;
}

static int predict(const struct assay_predict_job *job)
{
  int rc = ASSAY_OK;
  struct assay_model *m = NULL;
  struct learned l = {0};
  ASSAY_TRY(assay_model_open(&m, job->model_dir, &assay_baseline_kernel_ridge, job->task));
  l.model = m;
  ASSAY_TRY(load(&l, m, job->task->fields.n));
  ASSAY_TRY(assay_question_each(job, guess, &l));
done:
  assay_model_close(m);
  unload(&l);
  return rc;
}

const struct assay_baseline assay_baseline_kernel_ridge = {
    .name = "kernel_ridge",
    .version = 1,
    .doc = "kernel ridge regression from the parameters of a case to the coefficients of the modes "
           "of its fields",
    .reference = "Rasmussen and Williams (2006), sections 2.3 and 5.4.2",
    .kinds = 1u << ASSAY_TASK_OPERATOR,
    .params = rows,
    .params_size = sizeof(struct settings),
    .defaults = &defaults,
    .train = train,
    .predict = predict,
};
