/* assay eq distance: tree edit distance of two equations in canonical form, singly or by file. */
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/expr/canonical.h"
#include "core/expr/normal.h"
#include "harness/eq.h"

struct distance_options {
  const char *style, *batch;
};

static const struct assay_param rows[] = {
    {ASSAY_P_STRING(distance_options, style), .doc = "dialect of the predictions"},
    {ASSAY_P_STRING(distance_options, batch),
     .doc = "file of pairs: predicted, tab, true; no header"},
    {0},
};

static const struct distance_options defaults = {.style = "native", .batch = ""};

/* One pair: what was read, what came of it, or why nothing did. */
struct pair {
  struct assay_canonical *predicted, *truth;
  struct assay_ned ned;
  char *reason; /* NULL: all is well */
};

static void free_pair(struct pair *p)
{
  assay_canonical_free(p->predicted);
  assay_canonical_free(p->truth);
  assay_free(p->reason);
  *p = (struct pair){0};
}

/* no prediction was made */
static bool is_missing(const char *text)
{
  static const char *const words[] = {"", "-", "none", "None", "(none)"};
  char word[16];
  if (sscanf(text, " %15s", word) != 1) word[0] = 0;
  if (strspn(text, " ") + strlen(word) + strspn(text + strcspn(text, " "), " ") < strlen(text))
    return false;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcmp(word, words[i]) == 0) return true;
  return false;
}

/* Distances of the trees with values, by what is left out (enum assay_tree_freedom). */
static int ned2(double *out, struct assay_tree_space *space, const struct assay_expr *predicted,
                const struct assay_expr *truth)
{
  int rc = ASSAY_OK;
  struct assay_canonical *p = NULL, *q = NULL;
  struct assay_ned ned;
  for (int i = ASSAY_FREE_NOTHING; i <= ASSAY_FREE_AFFINE; i++) {
    const enum assay_tree_freedom freedom = (enum assay_tree_freedom)i;
    ASSAY_TRY(assay_canonical_make_as(&p, predicted, ASSAY_TREE_VALUES, freedom));
    ASSAY_TRY(assay_canonical_make_as(&q, truth, ASSAY_TREE_VALUES, freedom));
    ASSAY_TRY(assay_canonical_distance(&ned, space, p, q));
    out[i] = ned.ned;
    assay_canonical_free(p);
    assay_canonical_free(q);
    p = q = NULL;
  }
done:
  assay_canonical_free(p);
  assay_canonical_free(q);
  return rc;
}

static int canonical_of(struct assay_canonical **out, const char *text,
                        const struct assay_expr_style *style)
{
  int rc = ASSAY_OK;
  struct assay_expr *e = NULL;
  ASSAY_TRY(assay_expr_parse(&e, text, style));
  ASSAY_TRY(assay_canonical_make(out, e));
done:
  assay_expr_free(e);
  return rc;
}

/* reason = the last message on one line */
static int take_reason(struct pair *p)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_strdup(&p->reason, assay_err_last()));
  for (char *c = p->reason; *c; c++)
    if (*c == '\n' || *c == '\t' || *c == '\r') *c = ' ';
done:
  return rc;
}

/* A prediction that cannot be read or compared is a reason; a truth that cannot is a failure. */
static int compare(struct pair *p, struct assay_tree_space *space, const char *predicted,
                   const char *truth, const struct assay_expr_style *style)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_err_prefix(canonical_of(&p->truth, truth, &assay_expr_styles[0]),
                             "the true equation cannot be used: "));
  if (is_missing(predicted)) {
    ASSAY_TRY(assay_strdup(&p->reason, "no prediction"));
  } else {
    rc = canonical_of(&p->predicted, predicted, style);
    if (rc == ASSAY_ENOMEM) goto done;
    if (rc < 0) ASSAY_TRY(take_reason(p));
  }
  ASSAY_TRY(assay_canonical_distance(&p->ned, space, p->predicted, p->truth));
  if (p->predicted && p->predicted->limited)
    ASSAY_TRY(assay_strdup(&p->reason, "simplification cut short"));
done:
  return rc;
}

static void print_form(FILE *out, const char *name, const struct assay_canonical *c)
{
  fprintf(out, "%-9s  %s\n%-9s  %s\n%-9s  %d nodes%s\n", name, c->text, "", c->tree, "", c->n,
          c->limited ? ", simplification cut short" : "");
}

/* What the trees do not say: values of constants, and whether it is the same law. */
static int more_about(const char *predicted, const char *truth,
                      const struct assay_expr_style *style, struct assay_tree_space *space,
                      FILE *out)
{
  int rc = ASSAY_OK;
  double ned[3];
  struct assay_sameness_found found;
  struct assay_expr *p = NULL, *q = NULL;
  ASSAY_TRY(assay_expr_parse(&p, predicted, style));
  ASSAY_TRY(assay_expr_parse(&q, truth, &assay_expr_styles[0]));
  ASSAY_TRY(ned2(ned, space, p, q));
  ASSAY_TRY(assay_normal_same(&found, p, q, NULL));
  fprintf(out, "%-9s  %.6g strict, %.6g scale-free, %.6g affine-free\n", "NED-2", ned[0], ned[1],
          ned[2]);
  fprintf(out, "%-9s  %s\n", "law", assay_sameness_name(found.verdict));
done:
  assay_expr_free(p);
  assay_expr_free(q);
  return rc;
}

static int one_pair(const char *predicted, const char *truth, const struct assay_expr_style *style,
                    FILE *out)
{
  int rc = ASSAY_OK;
  struct pair p = {0};
  struct assay_tree_space *space = NULL;
  ASSAY_TRY(assay_tree_space_create(&space));
  ASSAY_TRY(compare(&p, space, predicted, truth, style));
  if (p.predicted)
    print_form(out, "predicted", p.predicted);
  else
    fprintf(out, "%-9s  - (%s)\n", "predicted", p.reason);
  print_form(out, "true", p.truth);
  fprintf(out, "%-9s  %d\n%-9s  %.6g\n", "distance", p.ned.distance, "NED", p.ned.ned);
  if (p.predicted) ASSAY_TRY(more_about(predicted, truth, style, space, out));
done:
  free_pair(&p);
  assay_tree_space_destroy(space);
  return rc;
}

/* ---- files -------------------------------------------------------------------------------- */

static void print_row(FILE *out, const struct pair *p)
{
  if (p->predicted)
    fprintf(out, "%d\t", p->predicted->n);
  else
    fputs("-\t", out);
  fprintf(out, "%d\t", p->truth->n);
  if (p->predicted)
    fprintf(out, "%d\t", p->ned.distance);
  else
    fputs("-\t", out);
  fprintf(out, "%.17g\t%s\t%s\t%s\n", p->ned.ned, p->predicted ? p->predicted->tree : "-",
          p->truth->tree, p->reason ? p->reason : "-");
}

/* Next line without its end, NULL after the last. */
static char *next_line(char **rest)
{
  char *line = *rest;
  if (!line || !*line) return NULL;
  const size_t n = strcspn(line, "\n");
  *rest = line[n] ? line + n + 1 : line + n;
  line[n] = 0;
  if (n && line[n - 1] == '\r') line[n - 1] = 0;
  return line;
}

/* Compare all pairs of the text; rows go to out. Lines of blanks only are passed over. */
static int all_pairs(char *text, const char *path, const struct assay_expr_style *style, FILE *out)
{
  int rc = ASSAY_OK, number = 0;
  struct pair p = {0};
  struct assay_tree_space *space = NULL;
  ASSAY_TRY(assay_tree_space_create(&space));
  for (char *line; (line = next_line(&text));) {
    number++;
    if (line[strspn(line, " \t")] == 0) continue;
    char *tab = strchr(line, '\t');
    ASSAY_CHECK(tab && !strchr(tab + 1, '\t'), ASSAY_EJOB,
                "%s:%d: expected a prediction, a tab and the true equation", path, number);
    *tab = 0;
    rc = assay_err_prefix(compare(&p, space, line, tab + 1, style), "%s:%d: ", path, number);
    if (rc < 0) {
      if (rc != ASSAY_ENOMEM) rc = ASSAY_EJOB;
      goto done;
    }
    print_row(out, &p);
    free_pair(&p);
  }
done:
  free_pair(&p);
  assay_tree_space_destroy(space);
  return rc;
}

/* The table appears whole or not at all. */
static int batch(const char *path, const struct assay_expr_style *style, FILE *out)
{
  int rc = ASSAY_OK;
  char *text = NULL, *table = NULL;
  size_t size = 0, length = 0;
  FILE *f = NULL;
  ASSAY_TRY(assay_file_read(&text, &size, path));
  ASSAY_CHECK(strlen(text) == size, ASSAY_EPARSE, "%s: a zero byte in a text file", path);
  f = open_memstream(&table, &length);
  ASSAY_CHECK(f, ASSAY_ENOMEM, "no memory for a table");
  rc = all_pairs(text, path, style, f);
  if (fclose(f) != 0 && rc >= 0) rc = ASSAY_ENOMEM;
  if (rc >= 0)
    fprintf(out,
            "predicted_nodes\ttrue_nodes\tedit_distance\tned\tpredicted_tree\ttrue_tree\treason\n"
            "%s",
            table);
done:
  free(table);
  assay_free(text);
  return rc;
}

static int run(const void *options, int n_args, char **args, FILE *out)
{
  int rc = ASSAY_OK;
  const struct distance_options *o = options;
  const struct assay_expr_style *style;
  ASSAY_TRY(assay_expr_style_find(&style, o->style));
  ASSAY_CHECK(n_args == (*o->batch ? 0 : 2), ASSAY_EARG,
              "expected a predicted and a true equation, or --batch FILE");
  rc = *o->batch ? batch(o->batch, style, out) : one_pair(args[0], args[1], style, out);
done:
  return rc;
}

const struct assay_verb assay_eq_distance = {
    .name = "eq distance",
    .doc = "normalised edit distance of two equations in canonical form",
    .usage = "PREDICTED TRUE | --batch FILE.tsv [options]",
    .detail =
        "Both equations are brought into canonical form (`assay eq simplify`); the distance is\n"
        "the number of nodes that are inserted, deleted or relabelled to make one tree the other,\n"
        "and NED is min(distance, nodes of the true tree) / (nodes of the true tree). The true\n"
        "equation is in the native dialect. A prediction `none` has NED 1.\n\n"
        "NED-2 also compares exponents and whole numbers up to 10, and does not multiply out sums\n"
        "of squares. `law` says whether both are the same law (exact, up to a factor, an offset,\n"
        "both), taking all variables as positive and of scale 1.\n\n"
        "With --batch a table with header goes to standard output, one row per pair. A prediction\n"
        "that cannot be read has `-`, NED 1 and a reason; a true equation that cannot ends the\n"
        "program with code 2. What the metric sees and what not: docs/equation-metrics.md.\n\n"
        "  assay eq distance '3.7*x0*x1' '9.80665*x0*x1'\n"
        "  assay eq distance --style gplearn 'mul(X0, X1)' 'x0*x1*sin(x2)'\n"
        "  assay eq distance --batch pairs.tsv > distances.tsv",
    .options = rows,
    .options_size = sizeof defaults,
    .defaults = &defaults,
    .max_args = 2,
    .run = run,
};
