/* Units and the dimension of a formula: a line per unit of x0, x1, ... and the formula behind the
 * last newline. What can be read prints and reads back to the same dimension; a formula has one or
 * says where it has none. */
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/expr/parse.h"
#include "datasets/dimension.h"
#include "tests/fuzz/fuzz.h"

enum { UNITS = 8 };

static bool unit_reads_back(struct assay_dimension *out, const char *text)
{
  struct assay_dimension again;
  char printed[96];
  const int rc = assay_dimension_parse(out, text);
  MUST(rc == ASSAY_OK || (rc == ASSAY_EPARSE && *assay_err_last()));
  if (rc < 0) return false;
  MUST(assay_dimension_text(printed, out) == printed && strlen(printed) < sizeof printed);
  MUST(assay_dimension_parse(&again, printed) == ASSAY_OK);
  for (int u = 0; u < ASSAY_SI_UNITS; u++) /* printed with four digits */
    MUST(fabs(out->e[u] - again.e[u]) <= 6e-4 * fabs(out->e[u]));
  return true;
}

static void has_a_dimension(const char *formula, const struct assay_dimension *unit, int n)
{
  struct assay_expr *e = NULL;
  struct assay_dimension d;
  if (assay_expr_parse(&e, formula, NULL) == ASSAY_OK && e->n_vars <= n) {
    const int rc = assay_dimension_of(&d, e, unit);
    MUST(rc == ASSAY_OK || (rc == ASSAY_EARG && *assay_err_last()));
  }
  assay_expr_free(e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct assay_dimension unit[UNITS];
  char *text = NULL, *line, *end;
  int n = 0;
  MUST(ASSAY_NEW(&text, size + 1, "fuzz") == ASSAY_OK);
  if (size) memcpy(text, data, size);
  if (size && text[size - 1] == '\n') text[size - 1] = 0;
  for (line = text; n < UNITS && (end = strchr(line, '\n')); line = end + 1) {
    *end = 0;
    if (!unit_reads_back(&unit[n++], line)) goto done;
  }
  has_a_dimension(line, unit, n);
done:
  assay_free(text);
  return 0;
}
