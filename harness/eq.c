#include "harness/eq.h"

#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

int assay_eq_parse(struct assay_expr **out, const char *text, const struct assay_expr_style *style)
{
  size_t position;
  char *caret = NULL;
  int rc = assay_expr_parse_at(out, text, style, &position);
  if (rc != ASSAY_EPARSE || assay_expr_caret(&caret, text, position) < 0) return rc;
  caret[strlen(caret) - 1] = '\0';
  rc = assay_err_set(rc, __FILE__, __LINE__, "%s\n%s", assay_err_last(), caret);
  assay_free(caret);
  return rc;
}
