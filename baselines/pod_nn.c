/* POD-NN: a small network from parameters and time to the coefficients of the modes of a frame.
 *
 *     s(p, t) = mean + sum_i a_i(p, t) phi_i ,   (a_i) = network of p and t
 *
 * Modes of single frames (album.h); parameters standardised, by logarithms where they are positive
 * and spread far; the network has `depth` hidden layers. Every coefficient is predicted in units of
 * its spread and weighs in the loss with the square of that, so that the loss is the error of the
 * fields as far as the modes reach, each field in units of its own spread. The validation cases
 * choose the best parameters, with what the modes cannot show added.
 *
 * References: Hesthaven and Ubbiali, Journal of Computational Physics 363 (2018); with time as an
 * input: Wang, Hesthaven and Ray, ibid. 384 (2019). */
#include <math.h>
#include <string.h>

#include "baselines/album.h"
#include "baselines/neural/op_linear.h"
#include "baselines/neural/op_pointwise.h"
#include "baselines/neural/run.h"
#include "baselines/neural/trained.h"
#include "baselines/polynomial.h"
#include "baselines/question.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/mem.h"

extern const struct assay_baseline assay_baseline_pod_nn;

enum { ROOM = 64, JUDGED = 4096 }; /* rows of an answer; validation rows that a score looks at */

struct settings {
  int modes, width, depth, activation;
  struct assay_nn_settings training;
};
static const struct settings defaults = {
    .modes = 64,
    .width = 64,
    .depth = 3,
    .training = {.batch = 64,
                 .samples = 4e6,
                 .threads = 1,
                 .rate = 2e-3,
                 .schedule = ASSAY_NN_COSINE,
                 .step_epochs = 20,
                 .step_factor = 0.01},
};
static const struct assay_param rows[] = {
    {ASSAY_P_INT(settings, modes), .unit = "1", .doc = "most modes to keep", .min = 1, .max = 1000},
    {ASSAY_P_INT(settings, width), .unit = "1", .doc = "of the hidden layers", .min = 1,
     .max = 8192},
    {ASSAY_P_INT(settings, depth), .unit = "1", .doc = "hidden layers", .min = 0, .max = 100},
    {ASSAY_P_CHOICE(settings, activation, "gelu", "tanh", "relu"), .doc = "between the layers"},
    ASSAY_NN_SETTINGS_ROWS(settings),
    {0}};

/* ---- network ------------------------------------------------------------------------------- */

struct net {
  struct assay_nn_params params;
  struct assay_nn_graph *graph;
  struct assay_nn_run *learning, *answering;
};

static void clear_net(struct net *n)
{
  assay_nn_run_destroy(n->learning);
  assay_nn_run_destroy(n->answering);
  assay_nn_graph_destroy(n->graph);
  assay_nn_params_clear(&n->params);
}

/* "x" [n_inputs] to "prediction" [rank], compared with "target" by "weight". */
static int build_net(struct net *n, const struct settings *s, int n_inputs, int rank, uint64_t seed)
{
  int rc = ASSAY_OK;
  static int (*const activation[])(struct assay_nn_graph *, int) = {assay_nn_gelu, assay_nn_tanh,
                                                                    assay_nn_relu};
  ASSAY_TRY(assay_nn_graph_create(&n->graph, &n->params));
  struct assay_nn_graph *g = n->graph;
  int y = assay_nn_input(g, "x", 1, &n_inputs);
  for (int i = 0; i <= s->depth; i++) {
    char name[32];
    snprintf(name, sizeof name, "layers.%d", i);
    if (i > 0) y = activation[s->activation](g, y);
    y = assay_nn_linear(g, name, y, i < s->depth ? s->width : rank);
  }
  assay_nn_output(g, "prediction", y);
  assay_nn_settings_loss(g, &s->training, y, assay_nn_input(g, "target", 1, &rank),
                         assay_nn_input(g, "weight", 1, &rank));
  ASSAY_TRY(assay_nn_graph_finish(g));
  ASSAY_TRY(assay_nn_params_allocate(&n->params, seed));
  ASSAY_TRY(assay_nn_run_create(&n->answering, g, &(struct assay_nn_run_options){.batch = ROOM}));
done:
  return rc;
}

/* ---- what is learned ----------------------------------------------------------------------- */

/* Frames that are asked for of the training cases, then of the validation cases. */
struct lesson {
  struct assay_album album;
  struct assay_polynomial inputs;
  struct assay_scaling time, coefficients;
  int n_inputs, rank;
  long n, n_fit;
  float *x, *y;   /* [n, n_inputs], [n, rank] */
  float *weight;  /* [rank] */
  double *beyond; /* [n] squared norm that the modes cannot show */
  struct net net;
};

static void close_lesson(struct lesson *l)
{
  clear_net(&l->net);
  assay_album_close(&l->album);
  assay_polynomial_clear(&l->inputs);
  assay_scaling_clear(&l->time);
  assay_scaling_clear(&l->coefficients);
  assay_free(l->x);
  assay_free(l->y);
  assay_free(l->weight);
  assay_free(l->beyond);
}

/* Raw rows: params and time in x [n, n_inputs], coefficients in y [n, rank]; NULL: only count. */
static int list_rows(struct lesson *l, double *x, double *y)
{
  int rc = ASSAY_OK;
  const struct assay_album *b = &l->album;
  const struct assay_view *v = &b->training.view;
  const size_t n_params = (size_t)v->n_params, rank = (size_t)l->rank;
  double *times = NULL;
  l->n = l->n_fit = 0;
  ASSAY_TRY(ASSAY_NEW(&times, (size_t)v->info->n_times, "times"));
  for (long i = 0; i < b->n; i++) {
    if (i == b->n_fit) l->n_fit = l->n;
    if (x) ASSAY_TRY(assay_dataset_times(v->data, times, b->cases[i]));
    for (int k = 0; k < b->training.frames.n_leads; k++) {
      const int frame = b->training.frames.lead[k] - b->first;
      if (frame < 0 || frame >= b->there[i]) continue;
      const size_t at = (size_t)l->n++, from = (size_t)i * (size_t)b->n_frames + (size_t)frame;
      if (!x) continue;
      memcpy(x + at * (n_params + 1), b->params + (size_t)i * n_params, n_params * sizeof *x);
      x[at * (n_params + 1) + n_params] = times[frame + b->first];
      memcpy(y + at * rank, b->a + from * rank, rank * sizeof *y);
      l->beyond[at] = b->energy[from];
      for (size_t c = 0; c < rank; c++) l->beyond[at] -= y[at * rank + c] * y[at * rank + c];
    }
  }
done:
  assay_free(times);
  return rc;
}

/* Row of raw inputs x [n_params + 1] as the network sees it; spoils x. */
static int see(float *out, double *x, const struct assay_polynomial *inputs,
               const struct assay_scaling *time)
{
  int rc = ASSAY_OK;
  const int n = inputs->n_params;
  double seen[ASSAY_LIST_MAX] = {0};
  ASSAY_TRY(assay_polynomial_of(seen, inputs, x, 1));
  assay_scaling_apply(time, x + n, 1);
  for (int j = 0; j < n; j++) out[j] = (float)seen[j];
  out[n] = (float)x[n];
done:
  return rc;
}

/* Scales from the training rows. */
static int fit_scales(struct lesson *l, const double *x, const double *y)
{
  int rc = ASSAY_OK;
  const struct assay_album *b = &l->album;
  const int n_params = l->n_inputs - 1;
  double *log = NULL, *times = NULL;
  ASSAY_TRY(ASSAY_NEW(&log, (size_t)n_params, "logarithms"));
  ASSAY_TRY(ASSAY_NEW(&times, (size_t)l->n_fit, "times"));
  assay_polynomial_choose_logarithms(log, b->params, b->n_fit, n_params);
  ASSAY_TRY(assay_polynomial_fit(&l->inputs, b->params, b->n_fit, n_params, 1, log));
  for (long i = 0; i < l->n_fit; i++) times[i] = x[(i + 1) * l->n_inputs - 1];
  ASSAY_TRY(assay_scaling_fit(&l->time, times, l->n_fit, 1));
  ASSAY_TRY(assay_scaling_fit(&l->coefficients, y, l->n_fit, l->rank));
done:
  assay_free(log);
  assay_free(times);
  return rc;
}

static int fill_rows(struct lesson *l)
{
  int rc = ASSAY_OK;
  double *x = NULL, *y = NULL;
  ASSAY_TRY(list_rows(l, NULL, NULL));
  const size_t n = (size_t)l->n, inputs = (size_t)l->n_inputs, rank = (size_t)l->rank;
  ASSAY_CHECK(l->n_fit > 0, ASSAY_EARG, "no training case has a frame that is asked for");
  ASSAY_TRY(ASSAY_NEW(&x, n * inputs, "samples"));
  ASSAY_TRY(ASSAY_NEW(&y, n * rank, "samples"));
  ASSAY_TRY(ASSAY_NEW(&l->x, n * inputs, "samples"));
  ASSAY_TRY(ASSAY_NEW(&l->y, n * rank, "samples"));
  ASSAY_TRY(ASSAY_NEW(&l->weight, rank, "samples"));
  ASSAY_TRY(ASSAY_NEW(&l->beyond, n, "samples"));
  ASSAY_TRY(list_rows(l, x, y));
  ASSAY_TRY(fit_scales(l, x, y));
  for (size_t i = 0; i < n; i++)
    ASSAY_TRY(see(l->x + i * inputs, x + i * inputs, &l->inputs, &l->time));
  assay_scaling_apply(&l->coefficients, y, l->n);
  for (size_t i = 0; i < n * rank; i++) l->y[i] = (float)y[i];
  for (size_t c = 0; c < rank; c++) {
    const double share = l->coefficients.spread[c] / l->coefficients.spread[0];
    l->weight[c] = (float)(share * share);
  }
done:
  assay_free(x);
  assay_free(y);
  return rc;
}

static int open_lesson(struct lesson *l, const struct assay_train_job *job,
                       const struct settings *s)
{
  int rc = ASSAY_OK;
  *l = (struct lesson){0};
  ASSAY_TRY(assay_album_open(&l->album, job, s->modes));
  l->rank = l->album.pod->rank;
  l->n_inputs = l->album.training.view.n_params + 1;
  ASSAY_TRY(fill_rows(l));
done:
  return rc;
}

static void fill(int *items, void *context, struct assay_nn_run *run, const long *sample, int n,
                 uint64_t draw)
{
  (void)draw;
  const struct lesson *l = context;
  const size_t inputs = (size_t)l->n_inputs, rank = (size_t)l->rank;
  float *x = assay_nn_run_named(run, "x"), *target = assay_nn_run_named(run, "target"),
        *weight = assay_nn_run_named(run, "weight");
  for (size_t j = 0; j < (size_t)n; j++) {
    memcpy(x + j * inputs, l->x + (size_t)sample[j] * inputs, inputs * sizeof *x);
    memcpy(target + j * rank, l->y + (size_t)sample[j] * rank, rank * sizeof *x);
    memcpy(weight + j * rank, l->weight, rank * sizeof *x);
  }
  *items = n;
}

/* Squared error of validation row j added to *error, its square norm to *square. */
static void compare(double *error, double *square, const struct lesson *l, const float *p, long j)
{
  *error += l->beyond[j];
  *square += l->beyond[j];
  for (int c = 0; c < l->rank; c++) {
    const double spread = l->coefficients.spread[c], y = (double)l->y[j * l->rank + c],
                 d = spread * ((double)p[c] - y), a = l->coefficients.mean[c] + spread * y;
    *error += d * d;
    *square += a * a;
  }
}

/* Squared error of the frames over their square about the mean. */
static int score(double *out, void *context)
{
  int rc = ASSAY_OK;
  const struct lesson *l = context;
  const long n = l->n - l->n_fit, looked = n < JUDGED ? n : JUDGED;
  const size_t inputs = (size_t)l->n_inputs;
  float *x = assay_nn_run_named(l->net.answering, "x");
  double error = 0, square = 0;
  for (long from = 0; from < looked; from += ROOM) {
    const long count = from + ROOM < looked ? ROOM : looked - from;
    for (long j = 0; j < count; j++)
      memcpy(x + (size_t)j * inputs, l->x + (size_t)(l->n_fit + (from + j) * n / looked) * inputs,
             inputs * sizeof *x);
    ASSAY_TRY(assay_nn_run_forward(l->net.answering, (int)count));
    const float *p = assay_nn_run_named(l->net.answering, "prediction");
    for (long j = 0; j < count; j++)
      compare(&error, &square, l, p + j * l->rank, l->n_fit + (from + j) * n / looked);
  }
  *out = square > 0 ? fmax(error, 0) / square : error;
done:
  return rc;
}

/* ---- training ------------------------------------------------------------------------------ */

static int save(const struct assay_train_job *job, const struct lesson *l,
                const struct assay_nn_trainer *t)
{
  int rc = ASSAY_OK;
  struct assay_model *m = NULL;
  const struct assay_pod *pod = l->album.pod;
  const size_t dims[] = {(size_t)l->rank, (size_t)pod->n_fields, pod->points}, one = 1;
  ASSAY_TRY(assay_model_create(&m, job->model_dir, &assay_baseline_pod_nn, job->task));
  ASSAY_TRY(assay_model_put_params(m, &l->album.training.view));
  ASSAY_TRY(assay_polynomial_save(m, &l->inputs));
  ASSAY_TRY(assay_model_put_number(m, "rank", l->rank));
  ASSAY_TRY(assay_model_put(m, "time_mean", 1, &one, l->time.mean));
  ASSAY_TRY(assay_model_put(m, "time_spread", 1, &one, l->time.spread));
  ASSAY_TRY(assay_model_put(m, "coefficients_mean", 1, dims, l->coefficients.mean));
  ASSAY_TRY(assay_model_put(m, "coefficients_spread", 1, dims, l->coefficients.spread));
  ASSAY_TRY(assay_model_put(m, "mean", 2, dims + 1, pod->mean));
  ASSAY_TRY(assay_model_put(m, "modes", 3, dims, l->album.modes));
  if (l->rank > 0) ASSAY_TRY(assay_nn_trained_save(m, t));
  rc = assay_model_commit(m);
  m = NULL;
done:
  assay_model_close(m);
  return rc;
}

static int learn(struct assay_nn_trainer *t, struct lesson *l, const struct assay_train_job *job,
                 const struct settings *s, double started)
{
  int rc = ASSAY_OK;
  const struct assay_nn_problem problem = {
      .context = l, .n_samples = l->n_fit, .fill = fill, .score = score};
  const struct assay_nn_run_options learning = {.batch = s->training.batch,
                                                .training = true,
                                                .threads = s->training.threads,
                                                .bf16 = s->training.bfloat16,
                                                .seed = job->seed};
  ASSAY_TRY(build_net(&l->net, s, l->n_inputs, l->rank, job->seed));
  ASSAY_TRY(assay_nn_run_create(&l->net.learning, l->net.graph, &learning));
  ASSAY_TRY(
      assay_nn_trainer_open(t, &s->training, l->net.learning, &l->net.params, &problem, job->seed));
  ASSAY_TRY(assay_nn_train_within(t, &problem, job, "pod_nn", started));
done:
  return rc;
}

static int train(const struct assay_train_job *job)
{
  int rc = ASSAY_OK;
  const struct settings *s = job->params ? job->params : &defaults;
  const double started = assay_clock();
  struct lesson l;
  struct assay_nn_trainer t = {0};
  ASSAY_TRY(open_lesson(&l, job, s));
  if (l.rank > 0) ASSAY_TRY(learn(&t, &l, job, s, started)); /* else all frames are alike */
  ASSAY_TRY(save(job, &l, &t));
  assay_nn_train_done(job);
done:
  assay_nn_trainer_close(&t);
  close_lesson(&l);
  return rc;
}

/* ---- prediction ---------------------------------------------------------------------------- */

struct learned {
  const struct assay_model *model;
  const struct settings *settings;
  struct assay_polynomial inputs;
  struct assay_scaling time, coefficients;
  size_t dims[3];       /* rank, n_fields, points */
  double *mean, *modes; /* [dims 1..2], [dims] */
  struct net net;
  double *a; /* [ROOM, rank] */
};

static int load_scaling(struct assay_scaling *s, const struct assay_model *m, const char *mean,
                        const char *spread, size_t n)
{
  int rc = ASSAY_OK;
  *s = (struct assay_scaling){.n = (int)n};
  if (n == 0) return ASSAY_OK;
  ASSAY_TRY(assay_model_get(&s->mean, m, mean, 1, &n));
  ASSAY_TRY(assay_model_get(&s->spread, m, spread, 1, &n));
done:
  return rc;
}

static int load(struct learned *l, int n_fields)
{
  int rc = ASSAY_OK;
  double rank = 0;
  size_t *dims = l->dims;
  const struct assay_model *m = l->model;
  ASSAY_TRY(assay_polynomial_load(&l->inputs, m));
  ASSAY_TRY(assay_model_number(&rank, m, "rank"));
  dims[0] = (size_t)rank;
  dims[1] = (size_t)n_fields;
  ASSAY_TRY(load_scaling(&l->time, m, "time_mean", "time_spread", 1));
  ASSAY_TRY(load_scaling(&l->coefficients, m, "coefficients_mean", "coefficients_spread", dims[0]));
  ASSAY_TRY(assay_model_get(&l->mean, m, "mean", 2, dims + 1));
  if (dims[0] == 0) goto done;
  ASSAY_TRY(assay_model_get(&l->modes, m, "modes", 3, dims));
  ASSAY_TRY(ASSAY_NEW(&l->a, ROOM * dims[0], "coefficients"));
  ASSAY_TRY(build_net(&l->net, l->settings, l->inputs.n_params + 1, (int)dims[0], 0));
  ASSAY_TRY(assay_nn_trained_load(&l->net.params, m));
done:
  return rc;
}

static void unload(struct learned *l)
{
  assay_polynomial_clear(&l->inputs);
  assay_scaling_clear(&l->time);
  assay_scaling_clear(&l->coefficients);
  assay_free(l->mean);
  assay_free(l->modes);
  assay_free(l->a);
  clear_net(&l->net);
}

/* Coefficients a [count, rank] of the leads from `from` on. */
static int find_coefficients(struct learned *l, const struct assay_question *q, int from, int count)
{
  int rc = ASSAY_OK;
  const int n = l->inputs.n_params, rank = (int)l->dims[0];
  float *x = assay_nn_run_named(l->net.answering, "x");
  double raw[ASSAY_LIST_MAX + 1];
  for (int j = 0; j < count; j++) {
    memcpy(raw, q->params, (size_t)n * sizeof *raw);
    raw[n] = q->times[from + j];
    ASSAY_TRY(see(x + j * (n + 1), raw, &l->inputs, &l->time));
  }
  ASSAY_TRY(assay_nn_run_forward(l->net.answering, count));
  const float *p = assay_nn_run_named(l->net.answering, "prediction");
  for (int i = 0; i < count * rank; i++)
    l->a[i] = l->coefficients.mean[i % rank] + l->coefficients.spread[i % rank] * (double)p[i];
done:
  return rc;
}

/* One field at one lead: out [points] = mean + sum_i a_i mode_i */
static void sum_modes(double *restrict out, const struct learned *l, const double *a, size_t f)
{
  const size_t points = l->dims[2];
  memcpy(out, l->mean + f * points, points * sizeof *out);
  for (size_t i = 0; i < l->dims[0]; i++) {
    const double *restrict mode = l->modes + (i * l->dims[1] + f) * points;
    for (size_t k = 0; k < points; k++) out[k] += a[i] * mode[k];
  }
}

static int guess(double *answer, const struct assay_question *q, void *context)
{
  int rc = ASSAY_OK;
  struct learned *l = context;
  const size_t points = l->dims[2];
  ASSAY_TRY(assay_model_check_params(l->model, q->view));
  ASSAY_CHECK(q->view->points == points, ASSAY_EARG,
              "%zu points are asked for, but the model knows %zu", q->view->points, points);
  for (int from = 0; from < q->n_leads; from += ROOM) {
    const int count = from + ROOM < q->n_leads ? ROOM : q->n_leads - from;
    if (l->dims[0] > 0) ASSAY_TRY(find_coefficients(l, q, from, count));
    for (size_t f = 0; f < l->dims[1]; f++)
      for (int j = 0; j < count; j++)
        sum_modes(answer + (f * (size_t)q->n_leads + (size_t)(from + j)) * points, l,
                  l->a + (size_t)j * l->dims[0], f);
  }
done:
  return rc;
}

static int predict(const struct assay_predict_job *job)
{
  int rc = ASSAY_OK;
  struct assay_model *m = NULL;
  struct learned l = {.settings = job->params ? job->params : &defaults};
  ASSAY_TRY(assay_model_open(&m, job->model_dir, &assay_baseline_pod_nn, job->task));
  l.model = m;
  assay_single_threaded();
  ASSAY_TRY(load(&l, job->task->fields.n));
  ASSAY_TRY(assay_question_each(job, guess, &l));
done:
  assay_model_close(m);
  unload(&l);
  return rc;
}

const struct assay_baseline assay_baseline_pod_nn = {
    .name = "pod_nn",
    .version = 1,
    .doc = "network from parameters and time to the coefficients of the modes of single frames "
           "(POD)",
    .reference = "Hesthaven and Ubbiali (2018); Wang, Hesthaven and Ray (2019)",
    .kinds = 1u << ASSAY_TASK_OPERATOR,
    .params = rows,
    .params_size = sizeof(struct settings),
    .defaults = &defaults,
    .train = train,
    .predict = predict,
};
