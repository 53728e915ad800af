#include "baselines/regression.h"

#include "baselines/symbolic/linear.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/expr/program.h"
#include "datasets/answer.h"
#include "datasets/dimension.h"

/* Without a budget of work there is one of time alone. */
static const double GUARD = 0.9;
static const uint64_t NO_LIMIT = UINT64_MAX / 2;

/* ---- the problem -------------------------------------------------------------------------- */

struct rows {
  ptrdiff_t *train, *valid, n_train, n_valid;
  double *dim; /* [n_columns + 1, 7]; NULL: units are not told */
};

static void release_rows(struct rows *r)
{
  assay_free(r->train);
  assay_free(r->valid);
  assay_free(r->dim);
}

static int sort_rows(struct rows *r, const struct assay_table *t)
{
  int rc = ASSAY_OK;
  const int8_t *code;
  ASSAY_TRY(assay_table_split(&code, t, "task"));
  ASSAY_TRY(ASSAY_NEW(&r->train, (size_t)t->n_rows, "rows"));
  ASSAY_TRY(ASSAY_NEW(&r->valid, (size_t)t->n_rows, "rows"));
  for (long i = 0; i < t->n_rows; i++) {
    if (code[i] == 0) r->train[r->n_train++] = (ptrdiff_t)i;
    if (code[i] == 1) r->valid[r->n_valid++] = (ptrdiff_t)i;
  }
done:
  return rc;
}

/* Only where every column has a unit. */
static int read_units(struct rows *r, const struct assay_table *t)
{
  int rc = ASSAY_OK;
  struct assay_dimension d;
  for (int c = 0; c <= t->n_columns; c++) {
    const struct assay_table_column *column = c < t->n_columns ? &t->column[c] : &t->target;
    if (!column->unit || !*column->unit) return ASSAY_OK;
  }
  ASSAY_TRY(ASSAY_NEW(&r->dim, (size_t)(t->n_columns + 1) * ASSAY_SR_DIMS, "units"));
  for (int c = 0; c <= t->n_columns; c++) {
    const struct assay_table_column *column = c < t->n_columns ? &t->column[c] : &t->target;
    static const int base[ASSAY_SR_DIMS] = {0, 1, 2, 3, 4, 5, 6}; /* m kg s A K mol cd in both */
    ASSAY_TRY(assay_dimension_parse(&d, column->unit));
    for (int u = 0; u < ASSAY_SR_DIMS; u++) r->dim[c * ASSAY_SR_DIMS + u] = d.e[base[u]];
  }
done:
  return rc;
}

static int make_problem(struct assay_sr_table **out, const struct assay_table *t)
{
  int rc = ASSAY_OK;
  struct rows r = {0};
  ASSAY_TRY(sort_rows(&r, t));
  ASSAY_TRY(read_units(&r, t));
  const struct assay_sr_source from = {.n_vars = t->n_columns,
                                       .n = (ptrdiff_t)t->n_rows,
                                       .x = t->x,
                                       .y = t->y,
                                       .train = r.train,
                                       .valid = r.valid,
                                       .n_train = r.n_train,
                                       .n_valid = r.n_valid,
                                       .dim = r.dim};
  ASSAY_TRY(assay_sr_table_create(out, &from));
done:
  release_rows(&r);
  return rc;
}

/* ---- the answer --------------------------------------------------------------------------- */

static int print_front(struct assay_answer *a, const struct assay_sr_front *f)
{
  int rc = ASSAY_OK;
  const struct assay_sr_model *selected = assay_sr_front_select(f);
  ASSAY_CHECK(selected, ASSAY_EJOB, "the search has found no equation");
  const int n = f->n < ASSAY_ANSWER_MAX ? f->n : ASSAY_ANSWER_MAX;
  ASSAY_TRY(ASSAY_NEW(&a->equation, (size_t)n, "equations"));
  ASSAY_TRY(ASSAY_NEW(&a->complexity, (size_t)n, "equations"));
  for (int i = 0; i < n; i++, a->n++) {
    ASSAY_TRY(assay_expr_print(&a->equation[i], f->model[i].expr, ASSAY_EXPR_INFIX));
    a->complexity[i] = f->model[i].complexity;
    if (&f->model[i] == selected) a->selected = i;
  }
done:
  return rc;
}

static int model_path(char **out, const char *dir)
{
  return assay_asprintf(out, "%s/answer.nc", dir);
}

/* What is always there to be said. */
static int offer_mean(struct assay_sr_front *front)
{
  struct assay_sr_budget own = assay_sr_budget_start(NO_LIMIT, 0);
  return assay_sr_fit_constant(front, &own, 0);
}

int assay_regression_train_with(const struct assay_train_job *job,
                                int (*search)(struct assay_sr_front *front,
                                              struct assay_sr_budget *budget, uint64_t seed,
                                              const void *options),
                                const void *options)
{
  int rc = ASSAY_OK;
  const double work = job->task->work;
  struct assay_sr_table *table = NULL;
  struct assay_sr_front *front = NULL;
  struct assay_answer answer = {0};
  char *path = NULL;
  struct assay_sr_budget budget =
      assay_sr_budget_start(work > 0 ? (uint64_t)work : NO_LIMIT, GUARD * job->time_limit);
  ASSAY_TRY(make_problem(&table, job->table));
  ASSAY_TRY(assay_sr_front_create(&front, table));
  ASSAY_TRY(search(front, &budget, job->seed, options));
  if (!assay_sr_front_select(front)) ASSAY_TRY(offer_mean(front));
  ASSAY_TRY(print_front(&answer, front));
  ASSAY_TRY(model_path(&path, job->model_dir));
  ASSAY_TRY(assay_answer_write(&answer, path));
done:
  assay_answer_release(&answer);
  assay_sr_front_destroy(front);
  assay_sr_table_destroy(table);
  assay_free(path);
  return rc;
}

struct plain {
  int (*search)(struct assay_sr_front *front, struct assay_sr_budget *budget, uint64_t seed);
};

static int search_plainly(struct assay_sr_front *front, struct assay_sr_budget *budget,
                          uint64_t seed, const void *plain)
{
  return ((const struct plain *)plain)->search(front, budget, seed);
}

int assay_regression_train(const struct assay_train_job *job,
                           int (*search)(struct assay_sr_front *front,
                                         struct assay_sr_budget *budget, uint64_t seed))
{
  const struct plain plain = {search};
  return assay_regression_train_with(job, search_plainly, &plain);
}

/* y on the rows asked for */
static int evaluate(struct assay_answer *a, const struct assay_table *t)
{
  int rc = ASSAY_OK;
  const double *columns[ASSAY_TABLE_COLUMNS_MAX];
  struct assay_expr *e = NULL;
  struct assay_expr_program *program = NULL;
  struct assay_expr_work *work = NULL;
  for (int c = 0; c < t->n_columns; c++) columns[c] = assay_table_x(t, c);
  ASSAY_TRY(assay_expr_parse(&e, a->equation[a->selected], NULL));
  ASSAY_TRY(assay_expr_compile(&program, e, &(struct assay_expr_compile_options){.fixed = true}));
  ASSAY_TRY(assay_expr_work_create(&work));
  ASSAY_TRY(ASSAY_NEW(&a->y, (size_t)t->n_rows, "values"));
  a->n_rows = t->n_rows;
  ASSAY_TRY(assay_expr_eval(a->y, program, NULL, columns, (ptrdiff_t)t->n_rows, work));
done:
  assay_expr_program_free(program);
  assay_expr_work_free(work);
  assay_expr_free(e);
  return rc;
}

int assay_regression_predict(const struct assay_predict_job *job)
{
  int rc = ASSAY_OK;
  struct assay_answer answer = {0};
  char *path = NULL;
  ASSAY_TRY(model_path(&path, job->model_dir));
  ASSAY_TRY(assay_answer_read(&answer, path));
  ASSAY_TRY(evaluate(&answer, job->table));
  ASSAY_TRY(assay_answer_write(&answer, job->output));
done:
  assay_answer_release(&answer);
  assay_free(path);
  return rc;
}
