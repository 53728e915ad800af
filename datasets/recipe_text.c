/* The resolved recipe as text: keys in one order, defaults written out, numbers in their shortest
 * form, so that two recipes that mean the same read the same. */
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "datasets/recipe_internal.h"

/* A scalar that YAML reads back as this text. */
static void put_scalar(FILE *to, const char *text)
{
  double number;
  char digits[32];
  if (assay_text_to_double(&number, text) == ASSAY_OK && isfinite(number) &&
      fabs(number) < 9007199254740992.0) {
    fputs(assay_text_double(digits, number), to);
    return;
  }
  bool plain = isalpha((unsigned char)text[0]) != 0;
  for (const char *c = text; *c; c++)
    plain = plain && (isalnum((unsigned char)*c) || strchr("_./+-", *c));
  if (plain) {
    fputs(text, to);
    return;
  }
  fputc('"', to);
  for (const char *c = text; *c; c++) {
    if (*c == '"' || *c == '\\')
      fprintf(to, "\\%c", *c);
    else if ((unsigned char)*c < 0x20)
      fprintf(to, "\\x%02x", (unsigned)(unsigned char)*c);
    else
      fputc(*c, to);
  }
  fputc('"', to);
}

static void indent(FILE *to, int depth)
{
  fprintf(to, "%*s", 2 * depth, "");
}

static bool all_scalars(const struct assay_node *node)
{
  for (const struct assay_node *n = node->first; n; n = n->next)
    if (n->kind != ASSAY_NODE_SCALAR) return false;
  return true;
}

static void put_flow(FILE *to, const struct assay_node *list)
{
  fputc('[', to);
  for (const struct assay_node *n = list->first; n; n = n->next) {
    if (n != list->first) fputs(", ", to);
    put_scalar(to, n->text);
  }
  fputs("]\n", to);
}

static void put_children(FILE *to, const struct assay_node *node, int depth, bool first_inline);

/* What stands behind "key:" or "-" */
static void put_value(FILE *to, const struct assay_node *node, int depth)
{
  if (node->kind == ASSAY_NODE_SCALAR) {
    fputc(' ', to);
    put_scalar(to, node->text);
    fputc('\n', to);
  } else if (node->kind == ASSAY_NODE_SEQUENCE && all_scalars(node)) {
    fputc(' ', to);
    put_flow(to, node);
  } else if (node->n == 0) {
    fputs(" {}\n", to);
  } else {
    fputc('\n', to);
    put_children(to, node, depth + 1, false);
  }
}

static void put_children(FILE *to, const struct assay_node *node, int depth, bool first_inline)
{
  for (const struct assay_node *n = node->first; n; n = n->next) {
    if (!(first_inline && n == node->first)) indent(to, depth);
    if (node->kind == ASSAY_NODE_MAPPING) {
      put_scalar(to, n->key);
      fputc(':', to);
      put_value(to, n, depth);
    } else if (n->kind == ASSAY_NODE_MAPPING) {
      fputs("- ", to);
      put_children(to, n, depth + 1, true);
    } else {
      fputc('-', to);
      put_value(to, n, depth);
    }
  }
}

static void put_pair(FILE *to, const char *key, const char *text)
{
  if (!*text) return;
  fprintf(to, "%s: ", key);
  put_scalar(to, text);
  fputc('\n', to);
}

static void put_section(FILE *to, const struct assay_node *root, const char *key)
{
  const struct assay_node *node = assay_node_get(root, key);
  if (!node) return;
  fprintf(to, "%s:", key);
  put_value(to, node, 0);
}

static void put_certificate(FILE *to, const struct assay_recipe *r)
{
  char digits[32];
  if (r->certify == ASSAY_CERTIFY_SAMPLED)
    fprintf(to, "certificate:\n  sample: %s\n", assay_text_double(digits, r->sample));
  else
    fprintf(to, "certificate: %s\n", r->certify == ASSAY_CERTIFY_REFINE ? "refine" : "none");
}

/* Parameters that no loop sets, with their values. */
static int put_params(FILE *to, const struct assay_recipe *r)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  bool any = false;
  for (const struct assay_param *row = r->generator->params; row->name; row++) {
    if (r->n_subsets == 1 && !r->subsets[0].name &&
        assay_sweeps_set(r->subsets[0].sweeps, r->subsets[0].n_sweeps, row->name))
      continue;
    ASSAY_TRY(assay_param_text(&text, row, r->base));
    if (*text) {
      if (!any) fputs("params:\n", to);
      any = true;
      fprintf(to, "  %s: ", row->name);
      put_scalar(to, text);
      fputc('\n', to);
    }
    assay_free(text);
    text = NULL;
  }
done:
  assay_free(text);
  return rc;
}

static int put_recipe(FILE *to, const struct assay_recipe *r)
{
  int rc = ASSAY_OK;
  const struct assay_node *root = assay_config_root(r->config);
  put_pair(to, "name", r->head.name);
  put_pair(to, "title", r->head.title);
  put_pair(to, "description", r->head.description);
  put_pair(to, "license", r->head.license);
  put_pair(to, "generator", r->head.generator);
  fprintf(to, "generator_version: %d\n", r->generator->version);
  fprintf(to, "seed: %" PRIu64 "\n", r->head.seed);
  fprintf(to, "precision: %s\n",
          r->head.precision == ASSAY_PRECISION_FLOAT32 ? "float32" : "float64");
  fputs("fields: [", to);
  for (int f = 0; r->select[f]; f++) fprintf(to, "%s%s", f ? ", " : "", r->select[f]);
  fputs("]\n", to);
  put_certificate(to, r);
  ASSAY_TRY(put_params(to, r));
  put_section(to, root, "sweep");
  put_section(to, root, "subsets");
  put_section(to, root, "splits");
done:
  return rc;
}

int assay_recipe_emit(struct assay_recipe *r)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  size_t size = 0;
  FILE *to = open_memstream(&text, &size);
  ASSAY_CHECK(to, ASSAY_ENOMEM, "no memory for the text of the recipe");
  rc = put_recipe(to, r);
  const bool bad = ferror(to) != 0;
  if ((fclose(to) != 0 || bad) && rc == ASSAY_OK)
    rc = assay_err_set(ASSAY_ENOMEM, __FILE__, __LINE__, "no memory for the text of the recipe");
  ASSAY_TRY(rc);
  ASSAY_TRY(assay_strdup(&r->text, text));
done:
  free(text); /* open_memstream's own allocation */
  return rc;
}
