/* Running a program in one precision. The file that includes this defines REAL and KERNELS, the
 * struct of the block operations. Registers and scalars live in the workspace, whose memory serves
 * either precision. */

struct block {
  const struct assay_expr_program *p;
  const KERNELS *k;
  const REAL *scalar, *registers;
  const REAL *const *columns;
  ptrdiff_t row, m;
};

static void scalar_operation(REAL *s, const struct assay_expr_program *p, const KERNELS *k,
                             const struct assay_expr_value *v)
{
  const REAL *a = &s[p->value[v->a].index];
  if (v->b < 0)
    k->unary[v->op](&s[v->index], a, 1);
  else
    k->vs[v->op](&s[v->index], a, s[p->value[v->b].index], 1);
}

/* s [n_scalars] from params (NULL: the expression's) */
static void run_scalars(REAL *s, const struct assay_expr_program *p, const double *params,
                        const KERNELS *k)
{
  for (int i = 0; i < p->n_scalars; i++) s[i] = (REAL)p->scalar[i];
  for (int i = 0; params && i < p->n_params; i++) s[i] = (REAL)params[i];
  for (int i = 0; i < p->n_scalar_ops; i++) scalar_operation(s, p, k, &p->value[p->scalar_op[i]]);
}

static const REAL *operand(const struct block *b, const struct assay_expr_value *v)
{
  return v->place == ASSAY_EXPR_COLUMN ? b->columns[v->index] + b->row
                                       : b->registers + (ptrdiff_t)v->index * ASSAY_EXPR_BLOCK;
}

static void operate(REAL *out, const struct block *b, const struct assay_expr_value *v)
{
  const struct assay_expr_value *value = b->p->value, *x = &value[v->a];
  if (v->b < 0) {
    b->k->unary[v->op](out, operand(b, x), b->m);
    return;
  }
  const struct assay_expr_value *y = &value[v->b];
  if (y->place == ASSAY_EXPR_SCALAR)
    b->k->vs[v->op](out, operand(b, x), b->scalar[y->index], b->m);
  else if (x->place == ASSAY_EXPR_SCALAR)
    b->k->sv[v->op](out, b->scalar[x->index], operand(b, y), b->m);
  else
    b->k->vv[v->op](out, operand(b, x), operand(b, y), b->m);
}

/* The value on the rows of the block: a pointer into a column, or to out, where the last operation
 * writes. */
static const REAL *run_block(REAL *out, const struct block *b)
{
  const struct assay_expr_program *p = b->p;
  const struct assay_expr_value *root = &p->value[p->root];
  if (root->place == ASSAY_EXPR_COLUMN) return operand(b, root);
  if (root->place == ASSAY_EXPR_SCALAR) {
    for (ptrdiff_t i = 0; i < b->m; i++) out[i] = b->scalar[root->index];
    return out;
  }
  for (int i = 0; i < p->n_ops - 1; i++) {
    const struct assay_expr_value *v = &p->value[p->op[i]];
    operate((REAL *)operand(b, v), b, v);
  }
  operate(out, b, &p->value[p->op[p->n_ops - 1]]);
  return out;
}

static ptrdiff_t block_rows(ptrdiff_t row, ptrdiff_t n)
{
  return n - row < ASSAY_EXPR_BLOCK ? n - row : ASSAY_EXPR_BLOCK;
}

/* Scalars, and registers with room for `extra` more blocks behind them. */
static int prepare(struct block *b, const struct assay_expr_program *p, const double *params,
                   const KERNELS *k, const REAL *const *columns, size_t extra,
                   struct assay_expr_work *w)
{
  int rc = assay_expr_work_scalars(w, (size_t)p->n_scalars + 1);
  if (rc == ASSAY_OK)
    rc = assay_expr_work_blocks(w, ((size_t)p->n_registers + extra) * ASSAY_EXPR_BLOCK);
  if (rc < 0) return rc;
  REAL *scalar = (REAL *)(void *)w->scalar;
  run_scalars(scalar, p, params, k);
  *b = (struct block){.p = p, .k = k, .columns = columns, .scalar = scalar};
  b->registers = (REAL *)(void *)w->block;
  return rc;
}

/* the block behind the registers */
static REAL *extra_block(const struct block *b)
{
  return (REAL *)b->registers + (ptrdiff_t)b->p->n_registers * ASSAY_EXPR_BLOCK;
}

static int run_eval(REAL *out, const struct assay_expr_program *p, const double *params,
                    const REAL *const *columns, ptrdiff_t n, const KERNELS *k,
                    struct assay_expr_work *w)
{
  int rc = ASSAY_OK;
  struct block b;
  ASSAY_TRY(prepare(&b, p, params, k, columns, 0, w));
  for (; b.row < n; b.row += ASSAY_EXPR_BLOCK) {
    b.m = block_rows(b.row, n);
    const REAL *f = run_block(out + b.row, &b);
    if (f != out + b.row) memcpy(out + b.row, f, (size_t)b.m * sizeof *f);
    k->clean(out + b.row, b.m);
  }
done:
  return rc;
}

static int run_sse(double *out, const struct assay_expr_program *p, const double *params,
                   const REAL *const *columns, const REAL *y, ptrdiff_t n, double limit,
                   const KERNELS *k, struct assay_expr_work *w)
{
  int rc = ASSAY_OK;
  double total = 0.0;
  struct block b;
  ASSAY_TRY(prepare(&b, p, params, k, columns, 1, w));
  for (; b.row < n && total <= limit; b.row += ASSAY_EXPR_BLOCK) {
    b.m = block_rows(b.row, n);
    total += (double)k->sse(run_block(extra_block(&b), &b), y + b.row, b.m);
  }
  *out = isnan(total) ? (double)NAN : total;
done:
  return rc;
}
