#include "baselines/question.h"

#include "core/base/err.h"
#include "core/base/mem.h"
#include "datasets/prediction.h"

/* Room for the questions of one file. */
struct desk {
  struct assay_view view;
  struct assay_prediction *out;
  double *params, *times, *frame_times, *context, *answer;
};

static int open_desk(struct desk *d, const struct assay_predict_job *job)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_view_open(&d->view, job->task, job->inputs));
  ASSAY_TRY(assay_prediction_create(&d->out, job->output, job->task, job->inputs));
  const struct assay_view *v = &d->view;
  const size_t leads = (size_t)assay_prediction_leads(d->out),
               state = (size_t)v->n_fields * v->points;
  ASSAY_TRY(ASSAY_NEW(&d->params, (size_t)v->n_params, "question"));
  ASSAY_TRY(ASSAY_NEW(&d->times, leads, "question"));
  ASSAY_TRY(ASSAY_NEW(&d->frame_times, (size_t)v->info->n_times, "question"));
  ASSAY_TRY(ASSAY_NEW(&d->context, state, "question"));
  ASSAY_TRY(ASSAY_NEW(&d->answer, leads * state, "answer"));
done:
  return rc;
}

static void close_desk(struct desk *d)
{
  assay_prediction_abort(d->out);
  assay_free(d->params);
  assay_free(d->times);
  assay_free(d->frame_times);
  assay_free(d->context);
  assay_free(d->answer);
}

/* The last frame that is given. */
static int read_context(struct desk *d, struct assay_question *q)
{
  int rc = ASSAY_OK;
  const int last = assay_dataset_frames(d->view.data, q->k) - 1;
  ASSAY_CHECK(last >= 0, ASSAY_ECORRUPT, "%s: no context frame", d->view.info->path);
  for (int f = 0; f < d->view.n_fields; f++)
    ASSAY_TRY(assay_dataset_read(d->view.data, d->context + (size_t)f * d->view.points, q->k,
                                 d->view.field[f], last, 1));
  ASSAY_TRY(assay_dataset_times(d->view.data, d->frame_times, q->k));
  q->start_time = d->frame_times[last];
  q->context = d->context;
done:
  return rc;
}

static int ask(struct assay_question *q, struct desk *d, const struct assay_task *task, long k)
{
  int rc = ASSAY_OK;
  *q = (struct assay_question){
      .view = &d->view, .task = task, .k = k, .params = d->params, .times = d->times};
  ASSAY_TRY(assay_view_params(&d->view, d->params, k));
  ASSAY_TRY(assay_dataset_lead_times(d->view.data, d->times, &q->n_leads, k));
  if (task->kind == ASSAY_TASK_FORECAST) ASSAY_TRY(read_context(d, q));
done:
  return rc;
}

int assay_question_each(const struct assay_predict_job *job,
                        int (*one)(double *answer, const struct assay_question *question,
                                   void *context),
                        void *context)
{
  int rc = ASSAY_OK;
  struct desk d = {0};
  struct assay_question q;
  ASSAY_TRY(open_desk(&d, job));
  for (long k = 0; k < d.view.info->n_cases; k++) {
    ASSAY_TRY(assay_err_prefix(ask(&q, &d, job->task, k), "case %ld: ", k));
    ASSAY_TRY(assay_err_prefix(one(d.answer, &q, context), "case %ld: ", k));
    for (int f = 0; f < d.view.n_fields; f++)
      ASSAY_TRY(assay_prediction_put(d.out, k, f,
                                     d.answer + (size_t)f * (size_t)q.n_leads * d.view.points));
  }
  struct assay_prediction *out = d.out;
  d.out = NULL; /* freed by commit whatever happens */
  ASSAY_TRY(assay_prediction_commit(out));
done:
  close_desk(&d);
  return rc;
}
