#include "harness/cut_system.h"

#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "harness/cut_table.h"

enum { LEARNING = 1u << 0 | 1u << 1, TEST = 1u << 2, COORDINATES = 2 };

int assay_cut_system_states(const struct assay_table *t)
{
  const int n = t->n_columns - COORDINATES;
  if (n < 1) return -1;
  for (int c = 0; c < t->n_columns; c++)
    if (t->column[c].role != (c < n ? ASSAY_COLUMN_INPUT : ASSAY_COLUMN_COORDINATE)) return -1;
  return n;
}

/* Rows with these codes; no target, but the roles of the columns. */
static int cut_rows(struct assay_table **out, const struct assay_table *t,
                    const struct assay_task *task, unsigned codes)
{
  int rc = ASSAY_OK;
  struct assay_table *cut = NULL;
  ASSAY_CHECK(assay_cut_system_states(t) > 0, ASSAY_EARG,
              "table '%s' has no trajectories: a discovery needs states, time and their number",
              assay_table_get(t, ASSAY_TABLE_ID));
  ASSAY_TRY(assay_cut_table_rows(&cut, t, task->split, codes));
  for (long i = 0; i < cut->n_rows; i++) cut->y[i] = (double)NAN;
  for (int c = 0; c < t->n_columns; c++) {
    cut->column[c].role = t->column[c].role;
    if (task->units) ASSAY_TRY(assay_table_describe(&cut->column[c], "", t->column[c].unit, ""));
  }
  *out = cut;
  cut = NULL;
done:
  assay_table_destroy(cut);
  return rc;
}

int assay_cut_system_train(const struct assay_table *t, const struct assay_task *task,
                           const char *path)
{
  int rc = ASSAY_OK;
  struct assay_table *train = NULL;
  const int8_t *code;
  int8_t *told;
  ASSAY_TRY(cut_rows(&train, t, task, LEARNING));
  ASSAY_TRY(assay_table_split(&code, t, task->split));
  ASSAY_TRY(assay_table_add_split(&told, train, "task"));
  for (long i = 0; i < t->n_rows; i++)
    if (code[i] == 0 || code[i] == 1) *told++ = code[i];
  ASSAY_TRY(assay_table_write(train, path, false));
done:
  assay_table_destroy(train);
  return rc;
}

/* ---- windows ------------------------------------------------------------------------------ */

/* Rows of the trajectory that begins at `first`. */
static long run_length(const double *number, long first, long n)
{
  long length = 1;
  while (first + length < n && number[first + length] == number[first]) length++;
  return length;
}

static int add_window(struct assay_metric_window **list, int *n, long first, long rows)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_GROW(list, (size_t)*n + 1, "windows"));
  (*list)[(*n)++] = (struct assay_metric_window){first, rows};
done:
  return rc;
}

int assay_cut_system_windows(struct assay_table **rows, struct assay_metric_window **windows,
                             int *n, const struct assay_table *t, const struct assay_task *task)
{
  int rc = ASSAY_OK;
  struct assay_table *test = NULL;
  struct assay_metric_window *list = NULL;
  *rows = NULL;
  *windows = NULL;
  *n = 0;
  ASSAY_TRY(cut_rows(&test, t, task, TEST));
  const double *number = assay_table_x(test, test->n_columns - 1);
  for (long first = 0, length; first < test->n_rows; first += length) {
    length = run_length(number, first, test->n_rows);
    const long step = task->horizon > 0 ? task->horizon : length;
    for (long i = 0; i + 1 < length; i += step)
      ASSAY_TRY(add_window(&list, n, first + i, (i + step < length ? step + 1 : length - i)));
  }
  ASSAY_CHECK(*n > 0, ASSAY_EARG, "table '%s': no held-out trajectory in split '%s'",
              assay_table_get(t, ASSAY_TABLE_ID), task->split);
  *rows = test;
  *windows = list;
  test = NULL;
  list = NULL;
done:
  assay_table_destroy(test);
  assay_free(list);
  return rc;
}

int assay_cut_system_inputs(const struct assay_table *t, const struct assay_task *task,
                            const char *path)
{
  int rc = ASSAY_OK, n;
  struct assay_table *test = NULL, *starts = NULL;
  struct assay_metric_window *windows = NULL;
  ASSAY_TRY(assay_cut_system_windows(&test, &windows, &n, t, task));
  ASSAY_TRY(assay_table_create(&starts, n, test->n_columns));
  for (int c = 0; c < test->n_columns; c++) {
    starts->column[c].role = test->column[c].role;
    if (task->units) ASSAY_TRY(assay_table_describe(&starts->column[c], "", t->column[c].unit, ""));
    for (int w = 0; w < n; w++)
      assay_table_x(starts, c)[w] = assay_table_x(test, c)[windows[w].first];
  }
  for (int w = 0; w < n; w++) starts->y[w] = (double)NAN;
  ASSAY_TRY(assay_table_write(starts, path, false));
done:
  assay_table_destroy(test);
  assay_table_destroy(starts);
  assay_free(windows);
  return rc;
}
