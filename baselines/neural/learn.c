#include "baselines/neural/learn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "baselines/neural/op_pointwise.h"
#include "baselines/neural/trained.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"

enum {
  JUDGED = 128,   /* validation samples that a score looks at */
  ANSWERED = 1024 /* points that are answered together */
};

/* A model as a graph of certain sizes. */
struct view {
  struct assay_nn_sizes sizes;
  struct assay_nn_graph *graph;
  struct assay_nn_run *run;
};

/* A model with its parameters, as it learns and as it answers: with more points at a time. */
struct net {
  struct assay_nn_params params;
  struct view learns, answers;
};

static void clear_net(struct net *n)
{
  assay_nn_run_destroy(n->learns.run);
  assay_nn_run_destroy(n->answers.run);
  assay_nn_graph_destroy(n->learns.graph);
  assay_nn_graph_destroy(n->answers.graph);
  assay_nn_params_clear(&n->params);
}

static const void *settings_of(const void *given, const struct assay_nn_model *m)
{
  return given ? given : m->baseline->defaults;
}

static const struct assay_nn_settings *training_of(const void *given,
                                                   const struct assay_nn_model *m)
{
  return (const struct assay_nn_settings *)(const void *)((const char *)settings_of(given, m) +
                                                          m->training);
}

static const struct assay_nn_original *original_of(const void *given,
                                                   const struct assay_nn_model *m)
{
  return (const struct assay_nn_original *)(const void *)((const char *)settings_of(given, m) +
                                                          m->original);
}

/* How the method is to be presented, and which defects it has. */
static int presentation(struct assay_nn_layout *layout, unsigned *defects, const void *given,
                        const struct assay_nn_model *m)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_nn_defects_of(defects, original_of(given, m), &m->history, m->baseline->name));
  *layout = m->layout(settings_of(given, m), *defects);
done:
  return rc;
}

static struct assay_nn_sizes sizes_of(const struct assay_view *v, const struct assay_nn_ring *ring,
                                      const struct assay_task *task,
                                      const struct assay_nn_layout *layout, unsigned defects,
                                      double change)
{
  return (struct assay_nn_sizes){.n_fields = v->n_fields,
                                 .n_params = v->n_params,
                                 .n_axes = v->info->shape.n_axes,
                                 .rows = ring->all_rows,
                                 .columns = ring->all_columns,
                                 .points = layout->points / layout->parts,
                                 .timed = task->kind == ASSAY_TASK_OPERATOR,
                                 .defects = defects,
                                 .balanced = !(defects & ASSAY_NN_UNITS),
                                 .change = change};
}

int assay_nn_changed(struct assay_nn_graph *g, int before, int said,
                     const struct assay_nn_sizes *sizes)
{
  if (sizes->change != 0) said = assay_nn_affine(g, said, sizes->change, 0);
  return assay_nn_add(g, said, before);
}

/* The grid in equal parts. As published the company of a point matters (ffn.c): as in training. */
static int points_answered(const struct assay_nn_sizes *z, const struct assay_nn_ring *ring)
{
  const int all = ring->rows * ring->columns, parts = (all + ANSWERED - 1) / ANSWERED;
  return z->defects & ASSAY_NN_COMPANY || z->points == 0 ? z->points : (all + parts - 1) / parts;
}

static int build_graph(struct view *v, struct assay_nn_params *params,
                       const struct assay_nn_model *m, const void *given)
{
  int rc = ASSAY_OK;
  const struct assay_nn_sizes *z = &v->sizes;
  ASSAY_TRY(assay_nn_graph_create(&v->graph, params));
  struct assay_nn_graph *g = v->graph;
  const int y = m->build(g, z, settings_of(given, m));
  assay_nn_output(g, "prediction", y);
  const int on_points[] = {z->points, z->n_fields}, on_grid[] = {z->n_fields, z->rows, z->columns};
  const int dims = z->points > 0 ? 2 : 3;
  const int *shape = z->points > 0 ? on_points : on_grid;
  const int target = assay_nn_input(g, "target", dims, shape),
            weight = assay_nn_input(g, "weight", dims, shape);
  assay_nn_settings_loss(g, training_of(given, m), y, target, weight);
  ASSAY_TRY(assay_nn_graph_finish(g));
done:
  return rc;
}

/* ---- training ----------------------------------------------------------------------------- */

struct lesson {
  struct assay_nn_data data;
  struct assay_nn_sampler sampler;
  struct net net;
  bool held;                              /* the defect of this name */
  const struct assay_nn_trainer *trainer; /* NULL before training */
};

static void fill(int *items, void *context, struct assay_nn_run *run, const long *sample, int n,
                 uint64_t draw)
{
  const struct lesson *l = context;
  if (l->held && l->trainer->best_step > 0) assay_nn_run_hold(run);
  assay_nn_sampler_fill(items, &l->sampler, run, sample, n, draw);
}

static void ahead(void *context, const long *sample, int n)
{
  const struct lesson *l = context;
  assay_nn_sampler_ahead(&l->sampler, sample, n);
}

/* NMSE over validation samples spread evenly over all. */
static int score(double *out, void *context)
{
  int rc = ASSAY_OK;
  struct lesson *l = context;
  const long n = l->sampler.n_valid, looked = n < JUDGED ? n : JUDGED;
  double error = 0, square = 0;
  assay_nn_run_thaw(l->net.answers.run);
  for (long j = 0; j < looked; j++)
    ASSAY_TRY(assay_nn_sampler_error(&error, &square, &l->sampler, l->net.answers.run,
                                     &l->net.answers.sizes, j * n / looked));
  ASSAY_TRY(assay_nn_store_check(l->data.frames));
  *out = square > 0 ? error / square : error;
done:
  return rc;
}

static int open_lesson(struct lesson *l, const struct assay_train_job *job,
                       const struct assay_nn_model *m)
{
  int rc = ASSAY_OK;
  const struct assay_nn_settings *s = training_of(job->params, m);
  struct assay_nn_layout layout;
  unsigned defects = 0;
  ASSAY_TRY(presentation(&layout, &defects, job->params, m));
  const bool change = job->task->kind == ASSAY_TASK_FORECAST && !(defects & ASSAY_NN_UNITS);
  const struct assay_nn_data_options options = {.change = change,
                                                .ring = layout.ring,
                                                .defects = defects,
                                                .lag = original_of(job->params, m)->lag};
  ASSAY_TRY(assay_nn_data_open(&l->data, job, &options));
  l->held = defects & ASSAY_NN_HELD;
  defects &= ~(unsigned)ASSAY_NN_RESTLESS; /* scores were always taken as answers should be */
  struct view *learns = &l->net.learns, *answers = &l->net.answers;
  learns->sizes = sizes_of(&l->data.set.view, &l->data.ring, job->task, &layout, defects,
                           l->data.scales.change);
  ASSAY_TRY(assay_nn_sampler_open(&l->sampler, &l->data, job->task, &learns->sizes, layout.parts,
                                  job->seed));
  l->sampler.noise = s->noise * l->data.scales.change;
  ASSAY_TRY(build_graph(learns, &l->net.params, m, job->params));
  answers->sizes = learns->sizes;
  answers->sizes.points = points_answered(&learns->sizes, &l->data.ring);
  ASSAY_TRY(build_graph(answers, &l->net.params, m, job->params));
  ASSAY_TRY(assay_nn_params_allocate(&l->net.params, job->seed));
  const struct assay_nn_run_options learning = {.batch = s->batch * layout.parts,
                                                .training = true,
                                                .threads = s->threads,
                                                .seed = job->seed,
                                                .bf16 = s->bfloat16};
  ASSAY_TRY(assay_nn_run_create(&learns->run, learns->graph, &learning));
  ASSAY_TRY(assay_nn_run_create(&answers->run, answers->graph,
                                &(struct assay_nn_run_options){.batch = 1, .frozen = true}));
done:
  return rc;
}

static int save(const struct assay_train_job *job, const struct assay_nn_model *model,
                const struct lesson *l, const struct assay_nn_trainer *t)
{
  int rc = ASSAY_OK;
  struct assay_model *m = NULL;
  const struct assay_nn_sizes *z = &l->net.learns.sizes;
  ASSAY_TRY(assay_model_create(&m, job->model_dir, model->baseline, job->task));
  ASSAY_TRY(assay_model_put_params(m, &l->data.set.view));
  ASSAY_TRY(assay_model_put_number(m, "rows", z->rows));
  ASSAY_TRY(assay_model_put_number(m, "columns", z->columns));
  ASSAY_TRY(assay_model_put_number(m, "defects", z->defects & ASSAY_NN_SEEN));
  ASSAY_TRY(assay_nn_scales_save(m, &l->data.scales));
  ASSAY_TRY(assay_nn_trained_save(m, t));
  rc = assay_model_commit(m);
  m = NULL;
done:
  assay_model_close(m);
  return rc;
}

int assay_nn_learn(const struct assay_train_job *job, const struct assay_nn_model *model)
{
  int rc = ASSAY_OK;
  struct lesson l = {0};
  struct assay_nn_trainer t = {0};
  const double started = assay_clock();
  ASSAY_TRY(open_lesson(&l, job, model));
  const long n_valid = l.sampler.n_valid;
  const struct assay_nn_problem problem = {.context = &l,
                                           .n_samples = l.sampler.n_train,
                                           .n_judged = n_valid < JUDGED ? n_valid : JUDGED,
                                           .fill = fill,
                                           .ahead = ahead,
                                           .score = score};
  ASSAY_TRY(assay_nn_trainer_open(&t, training_of(job->params, model), l.net.learns.run,
                                  &l.net.params, &problem, job->seed));
  l.trainer = &t;
  t.defects = l.net.learns.sizes.defects;
  t.lag = original_of(job->params, model)->lag;
  ASSAY_TRY(assay_nn_train_within(&t, &problem, job, model->baseline->name, started));
  ASSAY_TRY(save(job, model, &l, &t));
  assay_nn_train_done(job);
done:
  assay_nn_trainer_close(&t);
  clear_net(&l.net);
  assay_nn_sampler_close(&l.sampler);
  assay_nn_data_close(&l.data);
  return rc;
}

/* ---- answering ----------------------------------------------------------------------------- */

struct answerer {
  const struct assay_predict_job *job;
  const struct assay_nn_model *model;
  struct assay_nn_layout layout;
  unsigned defects;
  struct assay_model *file;
  struct assay_nn_ring ring;
  struct assay_nn_scales scales;
  struct net net;
  bool ready;
  float *params, *mask, *fields; /* of the question */
};

static int check_grid(const struct answerer *a)
{
  int rc = ASSAY_OK;
  double rows = 0, columns = 0, defects = 0;
  ASSAY_TRY(assay_model_number(&defects, a->file, "defects"));
  ASSAY_CHECK(defects == (double)(a->defects & ASSAY_NN_SEEN), ASSAY_EARG,
              "the model was trained with other settings of `published` and `defects`");
  ASSAY_TRY(assay_model_number(&rows, a->file, "rows"));
  ASSAY_TRY(assay_model_number(&columns, a->file, "columns"));
  ASSAY_CHECK(rows == a->ring.all_rows && columns == a->ring.all_columns, ASSAY_EARG,
              "the model was trained on %g x %g points, here are %d x %d", rows, columns,
              a->ring.all_rows, a->ring.all_columns);
done:
  return rc;
}

/* With the first question: only then the file's shape is known. */
static int prepare(struct answerer *a, const struct assay_view *v)
{
  int rc = ASSAY_OK;
  if (a->ready) return ASSAY_OK;
  ASSAY_TRY(assay_model_check_params(a->file, v));
  ASSAY_TRY(assay_nn_ring_find(&a->ring, v, a->layout.ring));
  ASSAY_TRY(check_grid(a));
  ASSAY_TRY(assay_nn_scales_load(&a->scales, a->file, v->n_fields, v->n_params));
  struct view *answers = &a->net.answers;
  answers->sizes = sizes_of(v, &a->ring, a->job->task, &a->layout, a->defects, a->scales.change);
  answers->sizes.points = points_answered(&answers->sizes, &a->ring);
  ASSAY_TRY(build_graph(answers, &a->net.params, a->model, a->job->params));
  ASSAY_TRY(assay_nn_params_allocate(&a->net.params, 0));
  ASSAY_TRY(assay_nn_trained_load(&a->net.params, a->file));
  const bool restless = a->defects & ASSAY_NN_RESTLESS;
  const struct assay_nn_run_options answering = {
      .batch = 1, .training = restless, .frozen = !restless, .seed = a->job->seed};
  ASSAY_TRY(assay_nn_run_create(&answers->run, answers->graph, &answering));
  ASSAY_TRY(ASSAY_NEW(&a->params, (size_t)v->n_params, "answer"));
  ASSAY_TRY(ASSAY_NEW(&a->mask, a->ring.points, "answer"));
  ASSAY_TRY(ASSAY_NEW(&a->fields, (size_t)v->n_fields * a->ring.points, "answer"));
  a->ready = true;
done:
  return rc;
}

static int told(struct assay_nn_given *given, struct answerer *a, const struct assay_question *q)
{
  int rc = ASSAY_OK;
  const struct assay_scaling *s = &a->scales.params;
  ASSAY_TRY(prepare(a, q->view));
  const int n = q->view->n_params, turn = a->defects & ASSAY_NN_ORDER ? 2 : 0;
  ASSAY_TRY(assay_nn_weight_read(a->mask, q->view, &a->ring, q->k, a->defects & ASSAY_NN_BLIND));
  for (int j = 0; j < n; j++) /* as published the last two come first */
    a->params[(j + turn) % n] = (float)((q->params[j] - s->mean[j]) / s->spread[j]);
  *given = (struct assay_nn_given){.params = a->params, .mask = a->mask};
done:
  return rc;
}

static void put_lead(double *answer, const struct assay_question *q, int lead, const float *fields,
                     const struct assay_nn_ring *ring, const struct assay_nn_scales *scales)
{
  const size_t points = q->view->points;
  for (int f = 0; f < q->view->n_fields; f++)
    assay_nn_frame_get(answer + ((size_t)f * (size_t)q->n_leads + (size_t)lead) * points,
                       fields + (size_t)f * ring->points, ring, scales, f);
}

static int answer_operator(double *answer, const struct assay_question *q, struct answerer *a)
{
  int rc = ASSAY_OK;
  struct assay_nn_given given;
  ASSAY_TRY(told(&given, a, q));
  for (int l = 0; l < q->n_leads; l++) {
    given.time = (float)((q->times[l] - a->scales.time.mean[0]) / a->scales.time.spread[0]);
    ASSAY_TRY(assay_nn_answer_all(a->fields, a->net.answers.run, &a->net.answers.sizes, &a->ring,
                                  &given));
    put_lead(answer, q, l, a->fields, &a->ring, &a->scales);
  }
done:
  return rc;
}

/* ---- roll-out ------------------------------------------------------------------------------ */

/* Index of the frame of a time, the nearest. */
static int frame_at(const double *times, int n, double t)
{
  int best = 0;
  for (int i = 1; i < n; i++)
    if (times[i] == times[i] &&
        !((times[i] - t) * (times[i] - t) >= (times[best] - t) * (times[best] - t)))
      best = i;
  return best;
}

static void impose(float *state, const struct assay_nn_border *b, const struct assay_nn_scales *s,
                   int frame)
{
  for (int f = 0; f < b->n_fields; f++)
    assay_nn_border_put(state + (size_t)f * b->ring.points, b, f, frame, s->fields.mean[f],
                        s->fields.spread[f]);
}

/* 0 in the units of the fields where mask is 0. */
static void make_nothing(float *state, const float *mask, const struct assay_nn_ring *ring,
                         const struct assay_nn_scales *s)
{
  for (int f = 0; f < s->fields.n; f++)
    for (size_t p = 0; p < ring->points; p++)
      if (!(mask[p] > 0))
        state[(size_t)f * ring->points + p] = (float)(-s->fields.mean[f] / s->fields.spread[f]);
}

int assay_nn_roll(double *answer, const struct assay_question *q, const struct assay_nn_ring *ring,
                  const struct assay_nn_scales *scales, const float *mask,
                  const struct assay_nn_stepper *stepper)
{
  int rc = ASSAY_OK;
  struct assay_nn_border border = {0};
  float *state = NULL, *next = NULL;
  double *times = NULL;
  const struct assay_view *v = q->view;
  const int n_times = v->info->n_times;
  const size_t room = (size_t)v->n_fields * ring->points;
  ASSAY_TRY(assay_nn_border_open(&border, v, ring));
  ASSAY_TRY(assay_nn_border_read(&border, v, q->k));
  ASSAY_TRY(ASSAY_NEW(&state, room, "roll-out"));
  ASSAY_TRY(ASSAY_NEW(&next, room, "roll-out"));
  ASSAY_TRY(ASSAY_NEW(&times, (size_t)n_times, "roll-out"));
  ASSAY_TRY(assay_dataset_times(v->data, times, q->k));
  for (int f = 0; f < v->n_fields; f++)
    assay_nn_frame_put(state + (size_t)f * ring->points, q->context + (size_t)f * v->points, ring,
                       scales, f);
  const int ahead = stepper->defects & ASSAY_NN_AHEAD ? 1 : 0;
  const bool faded = stepper->defects & ASSAY_NN_FADED;
  for (int l = 0; l < q->n_leads + ahead; l++) {
    const double now = l > 0 ? q->times[l - 1] : q->start_time;
    if (l == 0 || !faded) impose(state, &border, scales, frame_at(times, n_times, now));
    ASSAY_TRY(stepper->step(next, state, stepper->context));
    for (size_t i = 0; i < room; i++)
      if (!mask || mask[i % ring->points] > 0) state[i] = next[i];
    if (faded && mask) make_nothing(state, mask, ring, scales);
    if (l >= ahead) put_lead(answer, q, l - ahead, state, ring, scales);
  }
done:
  assay_nn_border_clear(&border);
  assay_free(state);
  assay_free(next);
  assay_free(times);
  return rc;
}

/* One step of the network, whatever was said about the case. */
struct walker {
  struct answerer *a;
  struct assay_nn_given given;
};

static int walk(float *next, const float *state, void *context)
{
  struct walker *w = context;
  w->given.state = state;
  return assay_nn_answer_all(next, w->a->net.answers.run, &w->a->net.answers.sizes, &w->a->ring,
                             &w->given);
}

static int answer_forecast(double *answer, const struct assay_question *q, struct answerer *a)
{
  int rc = ASSAY_OK;
  struct walker w = {.a = a};
  ASSAY_TRY(told(&w.given, a, q));
  ASSAY_TRY(assay_nn_roll(
      answer, q, &a->ring, &a->scales, a->mask,
      &(struct assay_nn_stepper){.step = walk, .context = &w, .defects = a->defects}));
done:
  return rc;
}

static int answer_one(double *answer, const struct assay_question *q, void *context)
{
  return q->context ? answer_forecast(answer, q, context) : answer_operator(answer, q, context);
}

int assay_nn_predict(const struct assay_predict_job *job, const struct assay_nn_model *model)
{
  int rc = ASSAY_OK;
  struct answerer a = {.job = job, .model = model};
  ASSAY_TRY(presentation(&a.layout, &a.defects, job->params, model));
  ASSAY_TRY(assay_model_open(&a.file, job->model_dir, model->baseline, job->task));
  ASSAY_TRY(assay_question_each(job, answer_one, &a));
done:
  assay_model_close(a.file);
  assay_nn_scales_clear(&a.scales);
  clear_net(&a.net);
  assay_free(a.params);
  assay_free(a.mask);
  assay_free(a.fields);
  return rc;
}
