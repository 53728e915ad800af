#include "harness/cut_table.h"

#include <math.h>

#include "core/base/err.h"

enum { TRAINING = 1u << 0, VALIDATION = 1u << 1, TEST = 1u << 2 };

static bool wanted(int8_t code, unsigned codes)
{
  return code >= 0 && codes & 1u << code;
}

int assay_cut_table_rows(struct assay_table **out, const struct assay_table *t, const char *split,
                         unsigned codes)
{
  int rc = ASSAY_OK;
  long n = 0;
  const int8_t *code;
  struct assay_table *cut = NULL;
  *out = NULL;
  ASSAY_TRY(assay_table_split(&code, t, split));
  for (long i = 0; i < t->n_rows; i++) n += wanted(code[i], codes);
  ASSAY_CHECK(n > 0, ASSAY_EARG, "table '%s': no %s rows in split '%s'",
              assay_table_get(t, ASSAY_TABLE_ID), codes & TEST ? "test" : "training", split);
  ASSAY_TRY(assay_table_create(&cut, n, t->n_columns));
  for (int c = 0; c <= t->n_columns; c++) {
    const double *from = c < t->n_columns ? assay_table_x(t, c) : t->y;
    double *to = c < t->n_columns ? assay_table_x(cut, c) : cut->y;
    for (long i = 0; i < t->n_rows; i++)
      if (wanted(code[i], codes)) *to++ = from[i];
  }
  *out = cut;
  cut = NULL;
done:
  assay_table_destroy(cut);
  return rc;
}

static int tell_units(struct assay_table *to, const struct assay_table *t,
                      const struct assay_task *task)
{
  int rc = ASSAY_OK;
  if (!task->units) goto done;
  for (int c = 0; c < t->n_columns; c++)
    ASSAY_TRY(assay_table_describe(&to->column[c], "", t->column[c].unit, ""));
  ASSAY_TRY(assay_table_describe(&to->target, "", t->target.unit, ""));
done:
  return rc;
}

static int add_split(struct assay_table *to, const struct assay_table *t, const char *split)
{
  int rc = ASSAY_OK;
  const int8_t *code;
  int8_t *told;
  ASSAY_TRY(assay_table_split(&code, t, split));
  ASSAY_TRY(assay_table_add_split(&told, to, "task"));
  for (long i = 0; i < t->n_rows; i++)
    if (wanted(code[i], TRAINING | VALIDATION)) *told++ = code[i];
done:
  return rc;
}

int assay_cut_table_train(const struct assay_table *t, const struct assay_task *task,
                          const char *path)
{
  int rc = ASSAY_OK;
  struct assay_table *train = NULL;
  ASSAY_TRY(assay_cut_table_rows(&train, t, task->split, TRAINING | VALIDATION));
  ASSAY_TRY(add_split(train, t, task->split));
  ASSAY_TRY(tell_units(train, t, task));
  ASSAY_TRY(assay_table_write(train, path, false));
done:
  assay_table_destroy(train);
  return rc;
}

int assay_cut_table_inputs(const struct assay_table *t, const struct assay_task *task,
                           const char *path)
{
  int rc = ASSAY_OK;
  struct assay_table *inputs = NULL;
  ASSAY_TRY(assay_cut_table_rows(&inputs, t, task->split, TEST));
  for (long i = 0; i < inputs->n_rows; i++) inputs->y[i] = (double)NAN;
  ASSAY_TRY(tell_units(inputs, t, task));
  ASSAY_TRY(assay_table_write(inputs, path, false));
done:
  assay_table_destroy(inputs);
  return rc;
}
