/* POD + linear propagator: the best linear step in time, steered by the parameters.
 *
 * Single frames are the snapshots; the coefficients a of a frame in their modes (pod.h), each
 * divided by its spread, are the state z. One step of the task's stride is
 *
 *     z' = z + b + W^T (z, phi)          or, with the rates depending on the parameters,
 *     z' = z + b + W^T (z, phi, phi z)
 *
 * with polynomials phi of the standardised parameters (polynomial.h), W by ridge regression on all
 * pairs of training frames (propagator.h). A roll-out starts from the projection of the last
 * context frame; what the modes cannot express is lost. Number of modes, terms, degree, logarithms
 * and penalty are those whose roll-outs over the validation cases have the smallest squared error,
 * the simplest first among equals.
 *
 * References: dynamic mode decomposition, Schmid (2010); with control, Proctor, Brunton and Kutz
 * (2016). */
#include <math.h>
#include <string.h>

#include "baselines/album.h"
#include "baselines/model.h"
#include "baselines/polynomial.h"
#include "baselines/propagator.h"
#include "baselines/question.h"
#include "baselines/ridge.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/mem.h"

extern const struct assay_baseline assay_baseline_pod_dmd;

struct settings {
  int modes;
};
static const struct settings defaults = {.modes = 64};
#define S settings
static const struct assay_param rows[] = {
    {ASSAY_P_INT(S, modes), .unit = "1", .doc = "most modes to keep", .min = 1, .max = 1000}, {0}};

enum {
  PAIRS_MAX = 4000,
  COLUMNS_MAX = 256, /* of the regression */
};

/* ---- learning the step -------------------------------------------------------------------- */

/* Pairs of training frames one stride apart, in z. */
struct pairs {
  long n;
  double *now, *next; /* [n, rank] */
  long *of;           /* [n] case */
};

static void clear_pairs(struct pairs *p)
{
  assay_free(p->now);
  assay_free(p->next);
  assay_free(p->of);
}

/* Root mean square of a mode's coefficient over the snapshots: the unit of z. */
static double unit_of(const struct assay_pod *pod, int mode)
{
  return pod->sigma[mode] / sqrt((double)pod->n_fit);
}

static int list_pairs(struct pairs *p, const struct assay_album *b, int stride)
{
  int rc = ASSAY_OK;
  long total = 0, at = 0;
  const int rank = b->pod->rank;
  for (long i = 0; i < b->n_fit; i++)
    if (b->there[i] > stride) total += b->there[i] - stride;
  ASSAY_CHECK(total > 0, ASSAY_EARG, "no training case has two frames a stride of %d apart",
              stride);
  const long every = (total + PAIRS_MAX - 1) / PAIRS_MAX;
  const size_t room = (size_t)(total / every + 1);
  ASSAY_TRY(ASSAY_NEW(&p->now, room * (size_t)rank, "pairs"));
  ASSAY_TRY(ASSAY_NEW(&p->next, room * (size_t)rank, "pairs"));
  ASSAY_TRY(ASSAY_NEW(&p->of, room, "pairs"));
  for (long i = 0; i < b->n_fit; i++)
    for (int k = 0; k + stride < b->there[i]; k++, at++) {
      if (at % every != 0) continue;
      const double *a = b->a + (i * b->n_frames + k) * rank;
      for (int j = 0; j < rank; j++) {
        p->now[p->n * rank + j] = a[j] / unit_of(b->pod, j);
        p->next[p->n * rank + j] = a[(long)stride * rank + j] / unit_of(b->pod, j);
      }
      p->of[p->n++] = i;
    }
done:
  return rc;
}

/* One way to do it, and its squared error over the roll-outs of the validation cases. */
struct choice {
  const double *logarithm; /* borrowed */
  int degree;              /* of the polynomials; 0: no parameters */
  bool bilinear;
  int rank;
  double penalty, error;
};

/* Squared error of the roll-out of case i: what the modes leave out, plus what is wrong in them. */
static double roll_out_error(const struct assay_album *b, const struct assay_propagator *p, long i,
                             const double *phi, double *z, double *work)
{
  const struct assay_task_frames *frames = &b->training.frames;
  const int rank = b->pod->rank, start = frames->context[frames->n_context - 1] - b->first;
  double error = 0;
  if (start >= b->there[i]) return 0;
  for (int j = 0; j < p->rank; j++)
    z[j] = b->a[(i * b->n_frames + start) * rank + j] / unit_of(b->pod, j);
  for (int l = 0; l < frames->n_leads; l++) {
    const int frame = frames->lead[l] - b->first;
    if (frame >= b->there[i]) break;
    assay_propagator_step(p, z, phi, work);
    error += b->energy[i * b->n_frames + frame];
    for (int j = 0; j < p->rank; j++) {
      const double a = b->a[(i * b->n_frames + frame) * rank + j];
      const double d = z[j] * unit_of(b->pod, j) - a;
      error += d * d - a * a;
    }
  }
  return error;
}

/* All penalties for one design; phi [n, n_inputs] of all cases. */
static int try_penalties(struct choice *best, struct choice now, const struct assay_album *b,
                         const struct assay_design *d, const double *phi, int n_inputs)
{
  int rc = ASSAY_OK;
  struct assay_propagator p = {0};
  double *z = NULL, *work = NULL;
  const int n = assay_propagator_columns(now.rank, n_inputs, now.bilinear);
  ASSAY_TRY(ASSAY_NEW(&z, (size_t)now.rank, "roll-out"));
  ASSAY_TRY(ASSAY_NEW(&work, (size_t)(n + now.rank), "roll-out"));
  for (int k = 0; k < ASSAY_RIDGE_PENALTIES; k++) {
    now.penalty = assay_ridge_penalties[k];
    now.error = 0;
    ASSAY_TRY(assay_propagator_fit(&p, d, now.penalty));
    for (long i = b->n_fit; i < b->n; i++)
      now.error += roll_out_error(b, &p, i, phi + i * n_inputs, z, work);
    now.error = fmax(now.error, 0);
    if (now.error < best->error * (1 - 1e-9)) *best = now; /* false for NaN */
  }
done:
  assay_propagator_clear(&p);
  assay_free(z);
  assay_free(work);
  return rc;
}

/* phi [n, n_inputs] of all cases, and of all pairs. */
struct inputs {
  struct assay_polynomial polynomial;
  double *of_case, *of_pair;
};

static void clear_inputs(struct inputs *in)
{
  assay_polynomial_clear(&in->polynomial);
  assay_free(in->of_case);
  assay_free(in->of_pair);
}

static int make_inputs(struct inputs *in, const struct assay_album *b, const struct pairs *pairs,
                       const struct choice *c)
{
  int rc = ASSAY_OK;
  const int n_params = b->training.view.n_params;
  ASSAY_TRY(assay_polynomial_fit(&in->polynomial, b->params, b->n_fit, n_params, c->degree,
                                 c->logarithm));
  const size_t n = (size_t)in->polynomial.n;
  ASSAY_TRY(ASSAY_NEW(&in->of_case, (size_t)b->n * n, "inputs"));
  ASSAY_TRY(ASSAY_NEW(&in->of_pair, (size_t)pairs->n * n, "inputs"));
  ASSAY_TRY(assay_polynomial_of(in->of_case, &in->polynomial, b->params, b->n));
  for (long i = 0; i < pairs->n; i++)
    memcpy(in->of_pair + (size_t)i * n, in->of_case + (size_t)pairs->of[i] * n,
           n * sizeof *in->of_pair);
done:
  return rc;
}

/* Numbers of modes that are tried. */
static const int ranks[] = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128};

/* Numbers of modes and penalties for one set of terms. */
static int try_terms(struct choice *best, struct choice now, const struct assay_album *b,
                     const struct pairs *pairs)
{
  int rc = ASSAY_OK;
  struct inputs in = {{0}, NULL, NULL};
  struct assay_design *d = NULL;
  const int full = b->pod->rank;
  ASSAY_TRY(make_inputs(&in, b, pairs, &now));
  for (size_t k = 0; k < sizeof ranks / sizeof *ranks && (k == 0 || ranks[k - 1] < full); k++) {
    now.rank = ranks[k] < full ? ranks[k] : full;
    const int columns = assay_propagator_columns(now.rank, in.polynomial.n, now.bilinear);
    if (now.rank == 0 || columns > COLUMNS_MAX || columns > pairs->n) break;
    ASSAY_TRY(assay_design_create(&d, pairs->now, pairs->next, full, in.of_pair, pairs->n, now.rank,
                                  in.polynomial.n, now.bilinear));
    ASSAY_TRY(try_penalties(best, now, b, d, in.of_case, in.polynomial.n));
    assay_design_destroy(d);
    d = NULL;
  }
done:
  assay_design_destroy(d);
  clear_inputs(&in);
  return rc;
}

/* logarithms [2, n_params]: none, and all that are possible */
static int choose(struct choice *best, const struct assay_album *b, const struct pairs *pairs,
                  double *logarithms)
{
  int rc = ASSAY_OK;
  const int n_params = b->training.view.n_params, most = n_params > 0 ? 2 : 0;
  bool any = false;
  assay_polynomial_choose_logarithms(logarithms + n_params, b->params, b->n_fit, n_params);
  for (int j = 0; j < n_params; j++) any = any || logarithms[n_params + j] != 0;
  *best = (struct choice){.logarithm = logarithms, .error = HUGE_VAL};
  for (int degree = 0; degree <= most; degree++)
    for (int bilinear = 0; bilinear <= (degree > 0 ? 1 : 0); bilinear++)
      for (int log = 0; log <= (any && degree > 0 ? 1 : 0); log++) {
        if (assay_polynomial_count(n_params, degree) > COLUMNS_MAX) continue;
        const struct choice now = {
            .logarithm = logarithms + log * n_params, .degree = degree, .bilinear = bilinear != 0};
        ASSAY_TRY(try_terms(best, now, b, pairs));
      }
done:
  return rc;
}

/* ---- the model ---------------------------------------------------------------------------- */

static int save_step(struct assay_model *m, const struct assay_propagator *p)
{
  int rc = ASSAY_OK;
  const size_t n = (size_t)p->n, rank = (size_t)p->rank;
  ASSAY_TRY(assay_model_put_number(m, "rank", p->rank));
  ASSAY_TRY(assay_model_put_number(m, "bilinear", p->bilinear));
  ASSAY_TRY(assay_model_put(m, "weights", 2, (size_t[]){n, rank}, p->weights));
  ASSAY_TRY(assay_model_put(m, "offset", 1, &rank, p->offset));
done:
  return rc;
}

static int save_modes(struct assay_model *m, const struct assay_album *b, int rank)
{
  int rc = ASSAY_OK;
  const struct assay_pod *pod = b->pod;
  double *unit = NULL;
  const size_t dims[] = {(size_t)rank, (size_t)pod->n_fields, pod->points};
  ASSAY_TRY(ASSAY_NEW(&unit, (size_t)rank, "units"));
  for (int j = 0; j < rank; j++) unit[j] = unit_of(pod, j);
  ASSAY_TRY(assay_model_put(m, "unit", 1, dims, unit));
  ASSAY_TRY(assay_model_put(m, "scale", 1, dims + 1, pod->scale));
  ASSAY_TRY(assay_model_put(m, "mean", 2, dims + 1, pod->mean));
  ASSAY_TRY(assay_model_put(m, "modes", 3, dims, b->modes));
done:
  assay_free(unit);
  return rc;
}

static int save(const struct assay_train_job *job, const struct assay_album *b,
                const struct pairs *pairs, const struct choice *best)
{
  int rc = ASSAY_OK;
  struct inputs in = {{0}, NULL, NULL};
  struct assay_design *d = NULL;
  struct assay_propagator p = {.rank = best->rank};
  struct assay_model *m = NULL;
  ASSAY_TRY(make_inputs(&in, b, pairs, best));
  if (best->rank > 0) {
    ASSAY_TRY(assay_design_create(&d, pairs->now, pairs->next, b->pod->rank, in.of_pair, pairs->n,
                                  best->rank, in.polynomial.n, best->bilinear));
    ASSAY_TRY(assay_propagator_fit(&p, d, best->penalty));
  }
  ASSAY_TRY(assay_model_create(&m, job->model_dir, &assay_baseline_pod_dmd, job->task));
  ASSAY_TRY(assay_model_put_params(m, &b->training.view));
  ASSAY_TRY(assay_polynomial_save(m, &in.polynomial));
  ASSAY_TRY(assay_model_put_number(m, "penalty", best->penalty));
  ASSAY_TRY(save_step(m, &p));
  ASSAY_TRY(save_modes(m, b, best->rank));
  rc = assay_model_commit(m);
  m = NULL;
done:
  assay_model_close(m);
  assay_propagator_clear(&p);
  assay_design_destroy(d);
  clear_inputs(&in);
  return rc;
}

/* Modes that fit into half of the memory that the task allows. */
static int affordable_modes(const struct assay_train_job *job, int wanted)
{
  const struct assay_shape *shape = &assay_dataset_info(job->data)->shape;
  const double budget = job->task->memory_mb > 0 ? job->task->memory_mb * 0.5e6 : 1e9;
  const double mode = 8.0 * job->task->fields.n * (double)assay_shape_points(shape);
  return budget / mode < wanted ? (int)fmax(1, budget / mode) : wanted;
}

static int train(const struct assay_train_job *job)
{
  int rc = ASSAY_OK;
  const struct settings *set = job->params ? job->params : &defaults;
  struct assay_album b = {.n = 0};
  struct pairs pairs = {0};
  struct choice best;
  double *logarithms = NULL;
  ASSAY_TRY(assay_album_open(&b, job, affordable_modes(job, set->modes)));
  ASSAY_TRY(ASSAY_NEW(&logarithms, 2 * (size_t)b.training.view.n_params, "logarithms"));
  ASSAY_TRY(list_pairs(&pairs, &b, job->task->stride));
  ASSAY_TRY(choose(&best, &b, &pairs, logarithms));
  assay_log(ASSAY_LOG_INFO, "pod_dmd", "%d of %d modes, degree %d%s%s, penalty %g", best.rank,
            b.pod->rank, best.degree, best.bilinear ? ", bilinear" : "",
            best.logarithm == logarithms ? "" : " in logarithms", best.penalty);
  ASSAY_TRY(save(job, &b, &pairs, &best));
done:
  assay_album_close(&b);
  clear_pairs(&pairs);
  assay_free(logarithms);
  return rc;
}

/* ---- prediction --------------------------------------------------------------------------- */

struct learned {
  const struct assay_model *model;
  struct assay_polynomial polynomial;
  struct assay_propagator step;
  size_t dims[3];                      /* rank, n_fields, points */
  double *unit, *scale, *mean, *modes; /* [rank], [n_fields], [n_fields, points], [dims] */
};

static int load(struct learned *l, const struct assay_model *m, int n_fields)
{
  int rc = ASSAY_OK;
  double rank = 0, bilinear = 0;
  struct assay_propagator *p = &l->step;
  ASSAY_TRY(assay_polynomial_load(&l->polynomial, m));
  ASSAY_TRY(assay_model_number(&rank, m, "rank"));
  ASSAY_TRY(assay_model_number(&bilinear, m, "bilinear"));
  p->rank = (int)rank;
  p->n_inputs = l->polynomial.n;
  p->bilinear = bilinear != 0;
  p->n = assay_propagator_columns(p->rank, p->n_inputs, p->bilinear);
  size_t *dims = l->dims, columns[] = {(size_t)p->n, (size_t)p->rank};
  dims[0] = (size_t)p->rank;
  dims[1] = (size_t)n_fields;
  ASSAY_TRY(assay_model_get(&p->weights, m, "weights", 2, columns));
  ASSAY_TRY(assay_model_get(&p->offset, m, "offset", 1, dims));
  ASSAY_TRY(assay_model_get(&l->unit, m, "unit", 1, dims));
  ASSAY_TRY(assay_model_get(&l->scale, m, "scale", 1, dims + 1));
  ASSAY_TRY(assay_model_get(&l->mean, m, "mean", 2, dims + 1));
  ASSAY_TRY(assay_model_get(&l->modes, m, "modes", 3, dims));
done:
  return rc;
}

static void unload(struct learned *l)
{
  assay_polynomial_clear(&l->polynomial);
  assay_propagator_clear(&l->step);
  assay_free(l->unit);
  assay_free(l->scale);
  assay_free(l->mean);
  assay_free(l->modes);
}

/* z of a frame [n_fields, points], which is spoilt */
static void enter(double *z, const struct learned *l, double *frame)
{
  const int rank = l->step.rank;
  const size_t points = l->dims[2];
  memset(z, 0, (size_t)rank * sizeof *z);
  for (size_t f = 0; f < l->dims[1]; f++)
    assay_album_project(z, NULL, frame + f * points, 1, l->mean + f * points, l->modes + f * points,
                        points, l->dims[1] * points, rank, l->scale[f]);
  for (int j = 0; j < rank; j++) z[j] /= l->unit[j];
}

/* Lead `lead` of answer [n_fields, n_leads, points] = mean + sum_j z_j unit_j mode_j */
static void leave(double *answer, const struct learned *l, const double *z, int lead, int n_leads)
{
  const size_t points = l->dims[2];
  for (size_t f = 0; f < l->dims[1]; f++) {
    double *restrict out = answer + (f * (size_t)n_leads + (size_t)lead) * points;
    memcpy(out, l->mean + f * points, points * sizeof *out);
    for (int j = 0; j < l->step.rank; j++) {
      const double *restrict mode = l->modes + ((size_t)j * l->dims[1] + f) * points;
      const double a = z[j] * l->unit[j];
      for (size_t i = 0; i < points; i++) out[i] += a * mode[i];
    }
  }
}

static int roll_out(double *answer, const struct assay_question *q, void *context)
{
  int rc = ASSAY_OK;
  const struct learned *l = context;
  double *phi = NULL, *z = NULL, *work = NULL, *frame = NULL;
  const size_t state = l->dims[1] * l->dims[2];
  ASSAY_TRY(assay_model_check_params(l->model, q->view));
  ASSAY_CHECK(q->view->points == l->dims[2], ASSAY_EARG,
              "frames have %zu points, but the model knows %zu", q->view->points, l->dims[2]);
  ASSAY_TRY(ASSAY_NEW(&phi, (size_t)l->polynomial.n, "roll-out"));
  ASSAY_TRY(ASSAY_NEW(&z, (size_t)l->step.rank, "roll-out"));
  ASSAY_TRY(ASSAY_NEW(&work, (size_t)(l->step.n + l->step.rank), "roll-out"));
  ASSAY_TRY(ASSAY_NEW(&frame, state, "roll-out"));
  ASSAY_TRY(assay_polynomial_of(phi, &l->polynomial, q->params, 1));
  memcpy(frame, q->context, state * sizeof *frame);
  enter(z, l, frame);
  for (int k = 0; k < q->n_leads; k++) {
    assay_propagator_step(&l->step, z, phi, work);
    leave(answer, l, z, k, q->n_leads);
  }
done:
  assay_free(phi);
  assay_free(z);
  assay_free(work);
  assay_free(frame);
  return rc;
}

static int predict(const struct assay_predict_job *job)
{
  int rc = ASSAY_OK;
  struct assay_model *m = NULL;
  struct learned l = {.model = NULL};
  assay_single_threaded();
  ASSAY_TRY(assay_model_open(&m, job->model_dir, &assay_baseline_pod_dmd, job->task));
  l.model = m;
  ASSAY_TRY(load(&l, m, job->task->fields.n));
  ASSAY_TRY(assay_question_each(job, roll_out, &l));
done:
  assay_model_close(m);
  unload(&l);
  return rc;
}

const struct assay_baseline assay_baseline_pod_dmd = {
    .name = "pod_dmd",
    .version = 1,
    .doc = "modes of the training frames (POD), moved by one linear step in time that the "
           "parameters steer (DMD)",
    .reference = "Schmid (2010); Proctor, Brunton and Kutz (2016)",
    .kinds = 1u << ASSAY_TASK_FORECAST,
    .params = rows,
    .params_size = sizeof(struct settings),
    .defaults = &defaults,
    .train = train,
    .predict = predict,
};
