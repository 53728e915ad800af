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

/* ---- operations --------------------------------------------------------------------------- */

static void scalar_operation(double *s, const struct assay_expr_program *p,
                             const struct assay_expr_kernels *k, const struct assay_expr_value *v)
{
  const double *a = &s[p->value[v->a].index];
  if (v->b < 0)
    k->unary[v->op](&s[v->index], a, 1);
  else
    k->vs[v->op](&s[v->index], a, s[p->value[v->b].index], 1);
}

int assay_expr_program_scalars(const struct assay_expr_program *p, const double *params,
                               const struct assay_expr_kernels *k, struct assay_expr_work *w)
{
  const int rc = assay_expr_work_scalars(w, (size_t)p->n_scalars + 1);
  if (rc < 0) return rc;
  memcpy(w->scalar, p->scalar, (size_t)p->n_scalars * sizeof *w->scalar);
  if (params && p->n_params) memcpy(w->scalar, params, (size_t)p->n_params * sizeof *params);
  for (int i = 0; i < p->n_scalar_ops; i++)
    scalar_operation(w->scalar, p, k, &p->value[p->scalar_op[i]]);
  return rc;
}

struct block {
  const struct assay_expr_program *p;
  const struct assay_expr_work *w;
  const double *const *columns;
  ptrdiff_t row, m;
};

static const double *operand(const struct block *b, const struct assay_expr_value *v)
{
  return v->place == ASSAY_EXPR_COLUMN ? b->columns[v->index] + b->row
                                       : b->w->block + (ptrdiff_t)v->index * ASSAY_EXPR_BLOCK;
}

static void operate(double *out, const struct block *b, const struct assay_expr_kernels *k,
                    const struct assay_expr_value *v)
{
  const struct assay_expr_value *value = b->p->value, *x = &value[v->a];
  const double *s = b->w->scalar;
  if (v->b < 0) {
    k->unary[v->op](out, operand(b, x), b->m);
    return;
  }
  const struct assay_expr_value *y = &value[v->b];
  if (y->place == ASSAY_EXPR_SCALAR)
    k->vs[v->op](out, operand(b, x), s[y->index], b->m);
  else if (x->place == ASSAY_EXPR_SCALAR)
    k->sv[v->op](out, s[x->index], operand(b, y), b->m);
  else
    k->vv[v->op](out, operand(b, x), operand(b, y), b->m);
}

const double *assay_expr_program_block(double *out, const struct assay_expr_program *p,
                                       const struct assay_expr_kernels *k,
                                       const double *const *columns, ptrdiff_t row, ptrdiff_t m,
                                       const struct assay_expr_work *w)
{
  const struct block b = {.p = p, .w = w, .columns = columns, .row = row, .m = m};
  const struct assay_expr_value *root = &p->value[p->root];
  if (root->place == ASSAY_EXPR_COLUMN) return operand(&b, root);
  if (root->place == ASSAY_EXPR_SCALAR) {
    for (ptrdiff_t i = 0; i < m; i++) out[i] = w->scalar[root->index];
    return out;
  }
  for (int i = 0; i < p->n_ops - 1; i++) {
    const struct assay_expr_value *v = &p->value[p->op[i]];
    operate(w->block + (ptrdiff_t)v->index * ASSAY_EXPR_BLOCK, &b, k, v);
  }
  operate(out, &b, k, &p->value[p->op[p->n_ops - 1]]);
  return out;
}

/* ---- values ------------------------------------------------------------------------------- */

static const struct assay_expr_kernels *kernels(void)
{
  return ASSAY_ISA_PICK(assay_expr_kernels, assay_isa());
}

/* Scalars, and registers with room for `extra` more blocks behind them. */
static int prepare(struct assay_expr_work *w, const struct assay_expr_program *p,
                   const double *params, size_t extra)
{
  int rc = assay_expr_program_scalars(p, params, kernels(), w);
  if (rc == ASSAY_OK)
    rc = assay_expr_work_blocks(w, ((size_t)p->n_registers + extra) * ASSAY_EXPR_BLOCK);
  return rc;
}

static ptrdiff_t block_rows(ptrdiff_t row, ptrdiff_t n)
{
  return n - row < ASSAY_EXPR_BLOCK ? n - row : ASSAY_EXPR_BLOCK;
}

int assay_expr_eval(double *out, const struct assay_expr_program *p, const double *params,
                    const double *const *columns, ptrdiff_t n, struct assay_expr_work *w)
{
  int rc = ASSAY_OK;
  const struct assay_expr_kernels *k = kernels();
  ASSAY_TRY(prepare(w, p, params, 0));
  for (ptrdiff_t row = 0; row < n; row += ASSAY_EXPR_BLOCK) {
    const ptrdiff_t m = block_rows(row, n);
    const double *f = assay_expr_program_block(out + row, p, k, columns, row, m, w);
    if (f != out + row) memcpy(out + row, f, (size_t)m * sizeof *f);
    k->clean(out + row, m);
  }
done:
  return rc;
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
  int rc = ASSAY_OK;
  double total = 0.0;
  const struct assay_expr_kernels *k = kernels();
  ASSAY_TRY(prepare(w, p, params, 1));
  double *result = w->block + (ptrdiff_t)p->n_registers * ASSAY_EXPR_BLOCK;
  for (ptrdiff_t row = 0; row < n && total <= limit; row += ASSAY_EXPR_BLOCK) {
    const ptrdiff_t m = block_rows(row, n);
    total += k->sse(assay_expr_program_block(result, p, k, columns, row, m, w), y + row, m);
  }
  *out = isnan(total) ? (double)NAN : total;
done:
  return rc;
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
  const struct assay_expr_kernels *k = kernels();
  *out = (struct assay_expr_stats){0};
  ASSAY_TRY(prepare(w, p, params, 1));
  double *result = w->block + (ptrdiff_t)p->n_registers * ASSAY_EXPR_BLOCK;
  for (ptrdiff_t row = 0; row < n; row += ASSAY_EXPR_BLOCK) {
    const ptrdiff_t m = block_rows(row, n);
    merge(out, assay_expr_program_block(result, p, k, columns, row, m, w), y + row, m);
  }
  double *const moments[] = {&out->mean_f, &out->mean_y, &out->ff, &out->fy, &out->yy};
  for (int i = 0; i < 5; i++) k->clean(moments[i], 1);
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
