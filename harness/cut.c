#include "harness/cut.h"

#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "datasets/quantity.h"

static int find_field(int *out, const struct assay_dataset *ds, const char *name)
{
  int rc = ASSAY_OK;
  const struct assay_dataset_info *info = assay_dataset_info(ds);
  const char *names[128] = {NULL};
  char hint[512];
  for (int f = 0; f < info->n_fields && f < 127; f++) names[f] = info->fields[f].name;
  *out = assay_dataset_field(ds, name);
  ASSAY_CHECK(*out >= 0, ASSAY_ENOTFOUND, "%s: no field '%s'%s", info->path, name,
              assay_text_suggest(hint, sizeof hint, name, names));
done:
  return rc;
}

/* Asked for, or static. */
static int select_fields(struct assay_cut *c)
{
  int rc = ASSAY_OK, at;
  const struct assay_dataset_info *info = assay_dataset_info(c->ds);
  ASSAY_TRY(ASSAY_NEW(&c->field, (size_t)info->n_fields, "fields of a task"));
  for (int i = 0; i < c->task->fields.n; i++) {
    ASSAY_TRY(find_field(&at, c->ds, c->task->fields.item[i]));
    ASSAY_CHECK(info->fields[at].kind == ASSAY_FIELD_FRAME, ASSAY_EARG,
                "%s: field '%s' has not one value per time and cell: a task cannot ask for it",
                info->path, info->fields[at].name);
  }
  for (int f = 0; f < info->n_fields; f++) {
    bool given = info->fields[f].kind == ASSAY_FIELD_STATIC;
    for (int i = 0; i < c->task->fields.n; i++)
      given = given || strcmp(info->fields[f].name, c->task->fields.item[i]) == 0;
    if (given) c->field[c->n_fields++] = f;
  }
done:
  return rc;
}

static int select_named_params(struct assay_cut *c)
{
  int rc = ASSAY_OK;
  const struct assay_dataset_info *info = assay_dataset_info(c->ds);
  const char *names[ASSAY_LIST_MAX + 1] = {NULL};
  char hint[1024];
  for (int p = 0; p < info->n_params && p < ASSAY_LIST_MAX; p++) names[p] = info->params[p].name;
  for (int i = 0; i < c->task->params.n; i++) {
    const int at = assay_dataset_param(c->ds, c->task->params.item[i]);
    ASSAY_CHECK(at >= 0, ASSAY_ENOTFOUND, "%s: no parameter '%s'%s", info->path,
                c->task->params.item[i],
                assay_text_suggest(hint, sizeof hint, c->task->params.item[i], names));
    c->param[c->n_params++] = at;
  }
done:
  return rc;
}

/* Those that are not the same in all cases of the task; how many frames are stored is none. */
static int select_varying_params(struct assay_cut *c)
{
  int rc = ASSAY_OK;
  const int n = assay_dataset_info(c->ds)->n_params;
  double *first = NULL, *other = NULL;
  bool *varies = NULL;
  ASSAY_TRY(ASSAY_NEW(&first, (size_t)n, "parameters"));
  ASSAY_TRY(ASSAY_NEW(&other, (size_t)n, "parameters"));
  ASSAY_TRY(ASSAY_NEW(&varies, (size_t)n, "parameters"));
  ASSAY_TRY(assay_dataset_params(c->ds, first, c->train[0]));
  for (long i = 0; i < c->n_train + c->n_test; i++) {
    const long k = i < c->n_train ? c->train[i] : c->test[i - c->n_train];
    ASSAY_TRY(assay_dataset_params(c->ds, other, k));
    for (int p = 0; p < n; p++) varies[p] = varies[p] || first[p] != other[p];
  }
  for (int p = 0; p < n; p++)
    if (varies[p] && !assay_quantity_is_extent(assay_dataset_info(c->ds)->params[p].name))
      c->param[c->n_params++] = p;
done:
  assay_free(first);
  assay_free(other);
  assay_free(varies);
  return rc;
}

static int select_params(struct assay_cut *c)
{
  int rc = ASSAY_OK;
  const size_t room = (size_t)assay_dataset_info(c->ds)->n_params + (size_t)c->task->params.n;
  ASSAY_TRY(ASSAY_NEW(&c->param, room, "parameters of a task"));
  ASSAY_TRY(c->task->params.n > 0 ? select_named_params(c) : select_varying_params(c));
done:
  return rc;
}

/* How many of the frames asked for the case has. */
static int count_leads(const struct assay_cut *c, long k)
{
  int n = 0;
  const int frames = assay_dataset_frames(c->ds, k);
  while (n < c->frames.n_leads && c->frames.lead[n] < frames) n++;
  return n;
}

/* A test case must have its context and something to predict; the rest of the split is for training
 * and validation. */
static int select_cases(struct assay_cut *c)
{
  int rc = ASSAY_OK;
  const struct assay_dataset_info *info = assay_dataset_info(c->ds);
  ASSAY_TRY(ASSAY_NEW(&c->codes, (size_t)info->n_cases, "split"));
  ASSAY_TRY(ASSAY_NEW(&c->train, (size_t)info->n_cases, "cases"));
  ASSAY_TRY(ASSAY_NEW(&c->test, (size_t)info->n_cases, "cases"));
  ASSAY_TRY(ASSAY_NEW(&c->n_leads, (size_t)info->n_cases, "cases"));
  ASSAY_TRY(assay_dataset_split(c->ds, c->codes, c->task->split));
  for (long k = 0; k < info->n_cases; k++) {
    if (assay_dataset_frames(c->ds, k) == 0) continue;
    if (c->codes[k] == 0 || c->codes[k] == 1) c->train[c->n_train++] = k;
    if (c->codes[k] != 2 || count_leads(c, k) == 0) continue;
    c->n_leads[c->n_test] = count_leads(c, k);
    c->test[c->n_test++] = k;
  }
  ASSAY_CHECK(c->n_train > 0 && c->n_test > 0, ASSAY_EARG,
              "%s: split '%s' has %ld training and %ld test cases that task '%s' can use",
              info->path, c->task->split, c->n_train, c->n_test, c->task->name);
done:
  return rc;
}

int assay_cut_create(struct assay_cut **out, const struct assay_dataset *ds,
                     const struct assay_task *task)
{
  int rc = ASSAY_OK;
  struct assay_cut *c = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&c, 1, "cut of a task"));
  c->ds = ds;
  c->task = task;
  ASSAY_TRY(assay_task_frames(&c->frames, task, assay_dataset_info(ds)->n_times));
  ASSAY_TRY(select_fields(c));
  ASSAY_TRY(select_cases(c));
  ASSAY_TRY(select_params(c));
  *out = c;
  c = NULL;
done:
  assay_cut_destroy(c);
  return rc;
}

int assay_cut_whole(struct assay_cut **out, const struct assay_dataset *ds,
                    const struct assay_task *task)
{
  int rc = ASSAY_OK;
  struct assay_cut *c = NULL;
  const struct assay_dataset_info *info = assay_dataset_info(ds);
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&c, 1, "cut of a task"));
  c->ds = ds;
  c->task = task;
  c->frames.n_leads = info->n_times > 0 ? info->n_times : 1;
  ASSAY_TRY(ASSAY_NEW(&c->frames.lead, (size_t)c->frames.n_leads, "frames"));
  for (int i = 0; i < c->frames.n_leads; i++) c->frames.lead[i] = i;
  ASSAY_TRY(ASSAY_NEW(&c->test, (size_t)info->n_cases, "cases"));
  ASSAY_TRY(ASSAY_NEW(&c->n_leads, (size_t)info->n_cases, "cases"));
  for (long k = 0; k < info->n_cases; k++) {
    c->n_leads[k] = count_leads(c, k);
    c->test[c->n_test++] = k;
  }
  ASSAY_TRY(select_fields(c));
  *out = c;
  c = NULL;
done:
  assay_cut_destroy(c);
  return rc;
}

void assay_cut_destroy(struct assay_cut *c)
{
  if (!c) return;
  assay_task_frames_clear(&c->frames);
  assay_free(c->train);
  assay_free(c->test);
  assay_free(c->codes);
  assay_free(c->field);
  assay_free(c->param);
  assay_free(c->n_leads);
  assay_free(c);
}

int assay_cut_axis(struct assay_axis *out, const struct assay_dataset *ds, long k, int a)
{
  int rc = ASSAY_OK;
  double *x = NULL;
  *out = assay_dataset_info(ds)->shape.axis[a];
  const int n = out->n;
  if (out->kind == ASSAY_AXIS_INDEX || n < 2) goto done;
  ASSAY_TRY(ASSAY_NEW(&x, (size_t)n, "coordinates"));
  ASSAY_TRY(assay_dataset_coordinate(ds, x, k, a));
  const double h = (x[n - 1] - x[0]) / (n - 1);
  out->lo = out->kind == ASSAY_AXIS_CENTRES ? x[0] - h / 2 : x[0];
  out->hi = out->lo + h * n;
done:
  assay_free(x);
  return rc;
}

int assay_cut_read_truth(const struct assay_cut *c, double *values, long i, int field)
{
  int rc = ASSAY_OK;
  const int at = assay_dataset_field(c->ds, c->task->fields.item[field]);
  const struct assay_dataset_info *info = assay_dataset_info(c->ds);
  const size_t n = assay_shape_points(&info->shape);
  for (int l = 0; l < c->n_leads[i]; l++)
    ASSAY_TRY(
        assay_dataset_read(c->ds, values + (size_t)l * n, c->test[i], at, c->frames.lead[l], 1));
done:
  return rc;
}
