#include "datasets/prediction.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "datasets/dataset_internal.h"
#include "datasets/writer.h"

struct assay_prediction {
  const struct assay_dataset *inputs; /* borrowed */
  struct assay_writer *writer;
  struct assay_case *c;       /* the case being filled */
  struct assay_field *fields; /* [n_fields + 1] */
  int n_fields, n_leads;
  double *leads; /* [n_cases, n_leads] s; NaN behind the last of a case */
  int *leads_of; /* [n_cases] */
  bool *filled;  /* [n_fields] of the current case */
  long at;       /* the current case */
};

int assay_prediction_open(struct assay_dataset **out, const char *path)
{
  return assay_dataset_open_as(out, path, true);
}

static int collect_leads(struct assay_prediction *p)
{
  int rc = ASSAY_OK;
  const long n = assay_dataset_info(p->inputs)->n_cases;
  ASSAY_TRY(ASSAY_NEW(&p->leads_of, (size_t)n, "leads"));
  for (long k = 0; k < n; k++) {
    ASSAY_TRY(assay_dataset_lead_times(p->inputs, NULL, &p->leads_of[k], k));
    if (p->leads_of[k] > p->n_leads) p->n_leads = p->leads_of[k];
  }
  ASSAY_TRY(ASSAY_NEW(&p->leads, (size_t)n * (size_t)p->n_leads, "leads"));
  for (long k = 0; k < n; k++) {
    double *row = p->leads + k * p->n_leads;
    int got;
    ASSAY_TRY(assay_dataset_lead_times(p->inputs, row, &got, k));
    for (int i = got; i < p->n_leads; i++) row[i] = (double)NAN;
  }
done:
  return rc;
}

static int collect_fields(struct assay_prediction *p, const struct assay_task *task)
{
  int rc = ASSAY_OK;
  const struct assay_dataset_info *info = assay_dataset_info(p->inputs);
  p->n_fields = task->fields.n;
  ASSAY_TRY(ASSAY_NEW(&p->fields, (size_t)p->n_fields + 1, "prediction fields"));
  ASSAY_TRY(ASSAY_NEW(&p->filled, (size_t)p->n_fields, "prediction fields"));
  for (int f = 0; f < p->n_fields; f++) {
    const int at = assay_dataset_field(p->inputs, task->fields.item[f]);
    ASSAY_CHECK(at >= 0, ASSAY_ENOTFOUND, "%s: no field '%s'", info->path, task->fields.item[f]);
    p->fields[f] = info->fields[at];
    p->fields[f].optional = false;
  }
done:
  return rc;
}

/* Whether every case asks for the same times, all of them finite. */
static bool leads_are_shared(const struct assay_prediction *p, long n_cases)
{
  for (long k = 0; k < n_cases; k++)
    for (int i = 0; i < p->n_leads; i++)
      if (!(p->leads[k * p->n_leads + i] == p->leads[i])) return false;
  return true;
}

static int create_writer(struct assay_prediction *p, const char *path)
{
  const struct assay_dataset_info *info = assay_dataset_info(p->inputs);
  const struct assay_attribute title = {"title", "prediction"};
  struct assay_layout layout = {.n_cases = info->n_cases,
                                .n_times = p->n_leads,
                                .time = leads_are_shared(p, info->n_cases) ? p->leads : NULL,
                                .n_axes = info->shape.n_axes,
                                .dtype = info->dtype,
                                .n_fields = p->n_fields,
                                .fields = p->fields,
                                .n_attributes = 1,
                                .attributes = &title};
  memcpy(layout.axis, info->shape.axis, sizeof layout.axis);
  return assay_writer_create(&p->writer, path, &layout);
}

static int create_case(struct assay_prediction *p)
{
  struct assay_shape shape = assay_dataset_info(p->inputs)->shape;
  shape.n_frames = p->n_leads;
  return assay_case_create(&p->c, 0, &shape, p->fields, NULL, assay_dataset_info(p->inputs)->dtype);
}

int assay_prediction_create(struct assay_prediction **out, const char *path,
                            const struct assay_task *task, const struct assay_dataset *inputs)
{
  int rc = ASSAY_OK;
  struct assay_prediction *p = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&p, 1, "prediction"));
  p->inputs = inputs;
  ASSAY_TRY(collect_leads(p));
  ASSAY_CHECK(p->n_leads > 0, ASSAY_ENOTFOUND, "%s: no times are asked for",
              assay_dataset_info(inputs)->path);
  ASSAY_TRY(collect_fields(p, task));
  ASSAY_TRY(create_case(p));
  ASSAY_TRY(create_writer(p, path));
  *out = p;
  p = NULL;
done:
  assay_prediction_abort(p);
  return rc;
}

static int finish_case(struct assay_prediction *p)
{
  int rc = ASSAY_OK;
  for (int f = 0; f < p->n_fields; f++) {
    ASSAY_CHECK(p->filled[f], ASSAY_EARG, "prediction: case %ld lacks field '%s'", p->at,
                p->fields[f].name);
    p->filled[f] = false;
  }
  p->c->id = p->at;
  p->c->n_frames = p->leads_of[p->at];
  for (int i = 0; i < p->n_leads; i++) {
    const double t = p->leads[p->at * p->n_leads + i];
    p->c->time[i] = isnan(t) ? NC_FILL_DOUBLE : t;
  }
  const struct assay_writer_record record = {.c = p->c};
  ASSAY_TRY(assay_writer_put(p->writer, &record));
  p->at++;
done:
  return rc;
}

int assay_prediction_put(struct assay_prediction *p, long k, int field, const double *values)
{
  int rc = ASSAY_OK;
  const long n = assay_dataset_info(p->inputs)->n_cases;
  ASSAY_CHECK(field >= 0 && field < p->n_fields && k >= 0 && k < n, ASSAY_EARG,
              "prediction: no field %d of case %ld", field, k);
  if (k == p->at + 1) ASSAY_TRY(finish_case(p));
  ASSAY_CHECK(k == p->at, ASSAY_EARG, "prediction: case %ld comes after case %ld", k, p->at);
  const size_t per_frame = assay_case_elements(p->c, field);
  const int frames = p->fields[field].kind == ASSAY_FIELD_STATIC ? 1 : p->leads_of[k];
  for (int i = 0; i < frames; i++) assay_case_put(p->c, field, i, values + (size_t)i * per_frame);
  p->filled[field] = true;
done:
  return rc;
}

int assay_prediction_leads(const struct assay_prediction *p)
{
  return p->n_leads;
}

int assay_prediction_commit(struct assay_prediction *p)
{
  int rc = ASSAY_OK;
  const long n = assay_dataset_info(p->inputs)->n_cases;
  ASSAY_CHECK(p->at == n - 1, ASSAY_EARG, "prediction: only %ld of %ld cases are there", p->at, n);
  ASSAY_TRY(finish_case(p));
  struct assay_writer *writer = p->writer;
  p->writer = NULL; /* freed by commit whatever happens */
  ASSAY_TRY(assay_writer_commit(writer));
done:
  assay_prediction_abort(p);
  return rc;
}

void assay_prediction_abort(struct assay_prediction *p)
{
  if (!p) return;
  assay_writer_abort(p->writer);
  assay_case_destroy(p->c);
  assay_free(p->fields);
  assay_free(p->leads);
  assay_free(p->leads_of);
  assay_free(p->filled);
  assay_free(p);
}
