/* Reading and printing of expressions: the first byte chooses the style, the rest is the text. What
 * can be read prints and reads back to the same tree in every form; its derivative, its range and
 * its values can be computed and do not contradict each other, compiled or from the nodes; what
 * cannot be read has a position within the text. */
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/expr/diff.h"
#include "core/expr/domain.h"
#include "core/expr/parse.h"
#include "core/expr/program.h"
#include "tests/fuzz/fuzz.h"

enum { SMALL = 300 }; /* nodes: larger trees are only read and printed */

static const char *const names[] = {"mu", "theta", "E", "x", "I_0"};
static const struct assay_expr_style table = {.name = "table", .columns = names, .n_columns = 5};

static const struct assay_expr_style *style_of(uint8_t byte)
{
  int n = 0;
  while (assay_expr_styles[n].name) n++;
  const int k = byte % (n + 1);
  return k == n ? &table : &assay_expr_styles[k];
}

static bool same_spelling(const struct assay_expr *a, const struct assay_expr *b)
{
  for (int i = 0; i < a->n; i++)
    if (a->node[i].op == ASSAY_EXPR_CONST && a->node[i].exact != b->node[i].exact) return false;
  return true;
}

static void reads_back(const struct assay_expr *e)
{
  const struct assay_expr_style *polish;
  static const enum assay_expr_format formats[] = {ASSAY_EXPR_INFIX, ASSAY_EXPR_PREFIX,
                                                   ASSAY_EXPR_POLISH};
  MUST(assay_expr_style_find(&polish, "polish") == 0);
  for (int k = 0; k < 3; k++) {
    struct assay_expr *again;
    char *text;
    MUST(assay_expr_print(&text, e, formats[k]) == 0);
    MUST(assay_expr_parse(&again, text, formats[k] == ASSAY_EXPR_POLISH ? polish : NULL) == 0);
    MUST(assay_expr_equal(e, again) && same_spelling(e, again));
    assay_expr_free(again);
    assay_free(text);
  }
}

static void prints(const struct assay_expr *e, enum assay_expr_format format)
{
  char *text;
  MUST(assay_expr_print(&text, e, format) == 0);
  MUST(strlen(text) > 0);
  assay_free(text);
}

static void has_values(const struct assay_expr *e)
{
  enum { ROWS = 3 };
  struct assay_expr_program *p;
  struct assay_expr_work *w;
  struct assay_expr_range range;
  double *x, *lo, *hi, y;
  const size_t n = (size_t)e->n_vars;
  MUST(ASSAY_NEW(&x, n, "fuzz") == 0 && ASSAY_NEW(&lo, n, "fuzz") == 0);
  MUST(ASSAY_NEW(&hi, n, "fuzz") == 0 && assay_expr_work_create(&w) == 0);
  for (size_t i = 0; i < n; i++) {
    lo[i] = -0.75 + (double)(i % 3);
    hi[i] = lo[i] + 1.5;
  }
  MUST(assay_expr_compile(&p, e, NULL) == 0);
  MUST(assay_expr_range(&range, NULL, e, lo, hi) == 0);
  for (int k = 0; k < ROWS; k++) {
    for (size_t i = 0; i < n; i++) x[i] = lo[i] + 0.75 * k;
    MUST(assay_expr_eval_point(&y, p, NULL, x, w) == 0);
    MUST(isnan(y) ? range.nan : range.lo <= y && y <= range.hi);
  }
  assay_expr_program_free(p);
  assay_expr_work_free(w);
  assay_free(x);
  assay_free(lo);
  assay_free(hi);
}

/* Compiled and straight from the nodes: the same bits. */
static void has_the_same_values_from_nodes(const struct assay_expr *e)
{
  enum { ROWS = 37 };
  struct assay_expr_program *p;
  struct assay_expr_work *w;
  double x[5][ROWS], compiled[ROWS], direct[ROWS];
  const double **columns;
  for (int j = 0; j < 5; j++)
    for (int i = 0; i < ROWS; i++) x[j][i] = (i - 17) * (0.125 + 0.3 * j) + (j % 2 ? 1e-3 : 1e3);
  MUST(assay_alloc((void **)&columns, (size_t)e->n_vars + 1, sizeof *columns, "fuzz") == 0);
  for (int k = 0; k < e->n_vars; k++) columns[k] = x[k % 5];
  MUST(assay_expr_work_create(&w) == 0 && assay_expr_compile(&p, e, NULL) == 0);
  MUST(assay_expr_eval(compiled, p, NULL, columns, ROWS, w) == 0);
  MUST(assay_expr_eval_nodes(direct, e->node, e->n, columns, ROWS, w) == 0);
  MUST(memcmp(compiled, direct, sizeof direct) == 0);
  assay_expr_program_free(p);
  assay_expr_work_free(w);
  assay_free(columns);
}

static void has_a_derivative(const struct assay_expr *e)
{
  struct assay_expr *d;
  const int rc = assay_expr_diff(&d, e, 0);
  MUST(rc == ASSAY_OK || rc == ASSAY_EARG);
  if (rc == ASSAY_OK) MUST(assay_expr_depth(d) <= ASSAY_EXPR_MAX_DEPTH);
  assay_expr_free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct assay_expr *e = NULL;
  char *text;
  size_t position = 0;
  if (size == 0) return 0;
  MUST(assay_alloc((void **)&text, size, 1, "fuzz") == 0);
  memcpy(text, data + 1, size - 1);
  const int rc = assay_expr_parse_at(&e, text, style_of(data[0]), &position);
  if (rc < 0) {
    char *caret;
    MUST(rc == ASSAY_EPARSE && !e && position <= strlen(text));
    MUST(assay_expr_caret(&caret, text, position) == 0);
    assay_free(caret);
  } else {
    MUST(assay_expr_depth(e) <= ASSAY_EXPR_MAX_DEPTH);
    reads_back(e);
    prints(e, ASSAY_EXPR_LATEX);
    prints(e, ASSAY_EXPR_TREE);
    if (e->n <= SMALL) has_values(e);
    if (e->n <= SMALL) has_the_same_values_from_nodes(e);
    if (e->n <= SMALL) has_a_derivative(e);
  }
  assay_expr_free(e);
  assay_free(text);
  return 0;
}
