#include "datasets/frames.h"

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"

static int forecast(struct assay_task_frames *out, const struct assay_task *task, int n_times)
{
  int rc = ASSAY_OK;
  const int last = task->first + (task->context - 1) * task->stride; /* of the context */
  const int room = last < n_times ? (n_times - 1 - last) / task->stride : 0;
  ASSAY_CHECK(room > 0 && room >= task->horizon, ASSAY_EARG,
              "the task asks for %d frame%s behind frame %d at a stride of %d, but the file has %d "
              "frames",
              task->horizon > 0 ? task->horizon : 1, task->horizon > 1 ? "s" : "", last,
              task->stride, n_times);
  out->n_context = task->context;
  out->n_leads = task->horizon > 0 ? task->horizon : room;
  ASSAY_TRY(ASSAY_NEW(&out->context, (size_t)out->n_context, "context frames"));
  ASSAY_TRY(ASSAY_NEW(&out->lead, (size_t)out->n_leads, "lead frames"));
  for (int i = 0; i < out->n_context; i++) out->context[i] = task->first + i * task->stride;
  for (int i = 0; i < out->n_leads; i++) out->lead[i] = last + (i + 1) * task->stride;
done:
  return rc;
}

static int named_frames(struct assay_task_frames *out, const struct assay_task *task, int n_times)
{
  int rc = ASSAY_OK;
  out->n_leads = task->frames.n;
  ASSAY_TRY(ASSAY_NEW(&out->lead, (size_t)out->n_leads, "lead frames"));
  for (int i = 0; i < out->n_leads; i++) {
    double frame = 0;
    ASSAY_TRY(assay_text_to_double(&frame, task->frames.item[i]));
    ASSAY_CHECK(frame >= 0 && frame < n_times && frame == (double)(int)frame, ASSAY_EARG,
                "the task asks for frame %s, but the file has %d frames", task->frames.item[i],
                n_times);
    out->lead[i] = (int)frame;
  }
done:
  return rc;
}

static int all_frames(struct assay_task_frames *out, int n_times)
{
  int rc = ASSAY_OK;
  const int from = n_times > 1 ? 1 : 0;
  out->n_leads = n_times - from;
  ASSAY_TRY(ASSAY_NEW(&out->lead, (size_t)out->n_leads, "lead frames"));
  for (int i = 0; i < out->n_leads; i++) out->lead[i] = from + i;
done:
  return rc;
}

int assay_task_frames(struct assay_task_frames *out, const struct assay_task *task, int n_times)
{
  int rc = ASSAY_OK;
  const int frames = n_times > 0 ? n_times : 1;
  *out = (struct assay_task_frames){0};
  switch (task->kind) {
  case ASSAY_TASK_FORECAST:
    ASSAY_TRY(forecast(out, task, frames));
    break;
  case ASSAY_TASK_OPERATOR:
    ASSAY_TRY(task->frames.n > 0 ? named_frames(out, task, frames) : all_frames(out, frames));
    break;
  default:
    ASSAY_FAIL(ASSAY_EUNSUPPORTED, "a task of kind '%s' does not ask for frames",
               assay_task_kinds[task->kind]);
  }
done:
  if (rc < 0) assay_task_frames_clear(out);
  return rc;
}

void assay_task_frames_clear(struct assay_task_frames *frames)
{
  assay_free(frames->context);
  assay_free(frames->lead);
  *frames = (struct assay_task_frames){0};
}
