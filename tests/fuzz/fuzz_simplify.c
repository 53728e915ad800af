/* Canonical form, tree distance, normal form and its terms: two expressions separated by a newline
 * (one is compared with itself). Whatever can be read has a form or is refused with a message; the
 * form can be read, has the tree it says, distance 0 to itself, and distances are those of a
 * metric. */
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/expr/canonical.h"
#include "core/expr/normal.h"
#include "core/expr/parse.h"
#include "tests/fuzz/fuzz.h"

static int nodes_in(const char *tree)
{
  int n = 1;
  for (; *tree; tree++) n += *tree == '(' || *tree == ',';
  return n;
}

static struct assay_canonical *form_of(const struct assay_expr *e)
{
  struct assay_canonical *c = NULL;
  struct assay_expr *again = NULL;
  const int rc = assay_canonical_make(&c, e);
  MUST(rc == ASSAY_OK || (rc == ASSAY_EARG && *assay_err_last()));
  if (rc < 0) return NULL;
  MUST(c->n >= 1 && c->n == nodes_in(c->tree));
  /* numbers may be larger or smaller than a double can be */
  MUST(assay_expr_parse(&again, c->text, &assay_expr_styles[0]) == ASSAY_OK ||
       strstr(c->text, "e+") || strstr(c->text, "e-"));
  assay_expr_free(again);
  return c;
}

static int distance(struct assay_tree_space *space, const struct assay_canonical *a,
                    const struct assay_canonical *b)
{
  struct assay_ned ned;
  MUST(assay_canonical_distance(&ned, space, a, b) == ASSAY_OK);
  MUST(ned.ned >= 0.0 && ned.ned <= 1.0);
  return ned.distance;
}

/* Terms of both are not more than those of each, and an expression has its own. */
static void count_terms(const struct assay_expr *a, const struct assay_expr *b)
{
  struct assay_terms_found t;
  const int rc = assay_normal_terms(&t, a, b, NULL);
  MUST(rc == ASSAY_OK || (rc == ASSAY_EARG && *assay_err_last()));
  if (rc < 0) return;
  MUST(t.right >= 0 && t.right <= t.found && t.right <= t.needed);
  MUST(t.error >= 0 && t.error <= 1);
  if (a == b && !t.limited) MUST(t.right == t.found && t.right == t.needed && t.error == 0);
}

static void compare(const struct assay_expr *a, const struct assay_expr *b)
{
  struct assay_sameness_found found;
  struct assay_canonical *p = form_of(a), *q = form_of(b);
  if (p && q) {
    struct assay_tree_space *space;
    MUST(assay_tree_space_create(&space) == ASSAY_OK);
    const int d = distance(space, p, q);
    MUST(d == distance(space, q, p) && d >= abs(p->n - q->n) && d < p->n + q->n);
    MUST(distance(space, p, p) == 0);
    assay_tree_space_destroy(space);
  }
  assay_canonical_free(p);
  assay_canonical_free(q);
  const int rc = assay_normal_same(&found, a, b, NULL);
  MUST(rc == ASSAY_OK || (rc == ASSAY_EARG && *assay_err_last()));
  if (rc == ASSAY_OK) MUST(found.verdict <= ASSAY_SAME_NOT);
  count_terms(a, b);
  if (a != b) count_terms(a, a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct assay_expr *a = NULL, *b = NULL;
  char *text = NULL;
  MUST(ASSAY_NEW(&text, size + 1, "fuzz") == ASSAY_OK);
  if (size) memcpy(text, data, size);
  if (size && text[size - 1] == '\n') text[size - 1] = 0;
  char *second = strchr(text, '\n');
  if (second) *second++ = 0;
  if (assay_expr_parse(&a, text, &assay_expr_styles[0]) == ASSAY_OK &&
      (!second || assay_expr_parse(&b, second, &assay_expr_styles[0]) == ASSAY_OK))
    compare(a, b ? b : a);
  assay_expr_free(a);
  assay_expr_free(b);
  assay_free(text);
  return 0;
}
