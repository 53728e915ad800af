/* Running programs: blocks of rows through the list of operations. */
#include "core/expr/program.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/expr/program_internal.h"

/* ---- workspace ---------------------------------------------------------------------------- */

int assay_expr_work_create(struct assay_expr_work **out)
{
  return ASSAY_NEW(out, 1, "expression workspace");
}

void assay_expr_work_free(struct assay_expr_work *w)
{
  if (!w) return;
  assay_free(w->scalar);
  assay_free(w->block);
  assay_free(w->column);
  assay_free(w->pointer);
  assay_free(w);
}

int assay_expr_work_scalars(struct assay_expr_work *w, size_t n)
{
  if (n <= w->scalar_room) return ASSAY_OK;
  const int rc = ASSAY_GROW(&w->scalar, 2 * n, "expression workspace");
  if (rc == ASSAY_OK) w->scalar_room = 2 * n;
  return rc;
}

int assay_expr_work_blocks(struct assay_expr_work *w, size_t n)
{
  if (n <= w->block_room) return ASSAY_OK;
  const int rc = ASSAY_GROW(&w->block, n + n / 2, "expression workspace");
  if (rc == ASSAY_OK) w->block_room = n + n / 2;
  return rc;
}

/* ---- values ------------------------------------------------------------------------------- */

#define REAL double
#define KERNELS struct assay_expr_kernels
#include "core/expr/program_run_body.h"

static const struct assay_expr_kernels *kernels(void)
{
  return ASSAY_ISA_PICK(assay_expr_kernels, assay_isa());
}

int assay_expr_program_scalars(const struct assay_expr_program *p, const double *params,
                               const struct assay_expr_kernels *k, struct assay_expr_work *w)
{
  const int rc = assay_expr_work_scalars(w, (size_t)p->n_scalars + 1);
  if (rc == ASSAY_OK) run_scalars(w->scalar, p, params, k);
  return rc;
}

int assay_expr_eval(double *out, const struct assay_expr_program *p, const double *params,
                    const double *const *columns, ptrdiff_t n, struct assay_expr_work *w)
{
  return run_eval(out, p, params, columns, n, kernels(), w);
}

int assay_expr_eval_point(double *out, const struct assay_expr_program *p, const double *params,
                          const double *x, struct assay_expr_work *w)
{
  int rc = ASSAY_OK;
  if ((size_t)p->n_vars > w->column_room) {
    ASSAY_TRY(ASSAY_GROW(&w->column, (size_t)p->n_vars, "expression workspace"));
    w->column_room = (size_t)p->n_vars;
  }
  for (int i = 0; i < p->n_vars; i++) w->column[i] = x + i;
  ASSAY_TRY(assay_expr_eval(out, p, params, w->column, 1, w));
done:
  return rc;
}

int assay_expr_sse(double *out, const struct assay_expr_program *p, const double *params,
                   const double *const *columns, const double *y, ptrdiff_t n, double limit,
                   struct assay_expr_work *w)
{
  return run_sse(out, p, params, columns, y, n, limit, kernels(), w);
}

/* ---- moments ------------------------------------------------------------------------------ */

/* The moments of m more rows joined to those so far (Chan, Golub and LeVeque 1979). */
static void merge(struct assay_expr_stats *s, const double *f, const double *y, ptrdiff_t m)
{
  const struct assay_expr_sum_kernels *k = ASSAY_ISA_PICK(assay_expr_sum_kernels, assay_isa());
  const double mean_f = k->sum(f, m) / (double)m, mean_y = k->sum(y, m) / (double)m;
  const double df = mean_f - s->mean_f, dy = mean_y - s->mean_y;
  const double share = (double)m / (s->n + (double)m), weight = s->n * share;
  s->ff += k->dot_about(f, mean_f, f, mean_f, m) + df * df * weight;
  s->fy += k->dot_about(f, mean_f, y, mean_y, m) + df * dy * weight;
  s->yy += k->dot_about(y, mean_y, y, mean_y, m) + dy * dy * weight;
  s->mean_f += df * share;
  s->mean_y += dy * share;
  s->n += (double)m;
}

int assay_expr_stats(struct assay_expr_stats *out, const struct assay_expr_program *p,
                     const double *params, const double *const *columns, const double *y,
                     ptrdiff_t n, struct assay_expr_work *w)
{
  int rc = ASSAY_OK;
  struct block b;
  *out = (struct assay_expr_stats){0};
  ASSAY_TRY(prepare(&b, p, params, kernels(), columns, 1, w));
  for (; b.row < n; b.row += ASSAY_EXPR_BLOCK) {
    b.m = block_rows(b.row, n);
    merge(out, run_block(extra_block(&b), &b), y + b.row, b.m);
  }
  double *const moments[] = {&out->mean_f, &out->mean_y, &out->ff, &out->fy, &out->yy};
  for (int i = 0; i < 5; i++) b.k->clean(moments[i], 1);
done:
  return rc;
}

void assay_expr_linear_scaling(double *a, double *b, double *sse, const struct assay_expr_stats *s)
{
  const bool usable = isfinite(s->ff) && isfinite(s->fy) && s->ff > 0.0;
  const double slope = usable ? s->fy / s->ff : 0.0;
  *b = isfinite(slope) ? slope : 0.0;
  *a = *b != 0.0 ? s->mean_y - *b * s->mean_f : s->mean_y;
  *sse = s->yy - *b * s->fy;
  if (*sse < 0.0) *sse = 0.0;
}
