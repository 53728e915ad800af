#include "baselines/symbolic/values.h"

#include "baselines/symbolic/table.h"
#include "core/base/err.h"
#include "core/expr/program.h"

int assay_sr_values(double *out, const struct assay_expr *e, const double *x, ptrdiff_t stride,
                    ptrdiff_t n)
{
  int rc = ASSAY_OK;
  struct assay_expr_program *p = NULL;
  struct assay_expr_work *w = NULL;
  const double *columns[ASSAY_SR_MAX_VARS];
  static const struct assay_expr_compile_options options = {.fixed = true, .no_share = true};
  ASSAY_CHECK(e->n_vars <= ASSAY_SR_MAX_VARS, ASSAY_EARG, "at most %d columns, not %d",
              ASSAY_SR_MAX_VARS, e->n_vars);
  for (int j = 0; j < e->n_vars; j++) columns[j] = x + j * stride;
  ASSAY_TRY(assay_expr_compile(&p, e, &options));
  ASSAY_TRY(assay_expr_work_create(&w));
  ASSAY_TRY(assay_expr_eval(out, p, NULL, columns, n, w));
done:
  assay_expr_program_free(p);
  assay_expr_work_free(w);
  return rc;
}
