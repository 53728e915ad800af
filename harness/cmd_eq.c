/* assay eq: expressions on the command line. */
#include <string.h>

#include "core/base/err.h"
#include "core/base/text.h"
#include "harness/eq.h"

#define DOC "read, print, evaluate and compare equations"
#define USAGE "SUBVERB [options] [arguments]"

/* in the order of the help */
static const struct assay_verb *const subverbs[] = {
    &assay_eq_eval,     &assay_eq_print,    &assay_eq_diff,
    &assay_eq_simplify, &assay_eq_distance, &assay_eq_fit,
};
enum { N_SUBVERBS = sizeof subverbs / sizeof *subverbs };

static const char *short_name(const struct assay_verb *verb)
{
  return verb->name + strlen("eq ");
}

static void print_overview(FILE *out)
{
  fprintf(out, "%s\n\nusage: assay eq %s\n\n", DOC, USAGE);
  for (int i = 0; i < N_SUBVERBS; i++)
    fprintf(out, "  %-9s %s\n", short_name(subverbs[i]), subverbs[i]->doc);
  fprintf(out, "\n`assay eq SUBVERB --help` explains one; docs/expressions.md the grammar.\n"
               "An expression that begins with a minus goes behind `--`.\n");
}

static int find(const struct assay_verb **out, const char *name)
{
  int rc = ASSAY_OK;
  char known[400];
  const char *names[N_SUBVERBS + 1] = {0};
  *out = NULL;
  for (int i = 0; i < N_SUBVERBS; i++) {
    names[i] = short_name(subverbs[i]);
    if (strcmp(names[i], name) == 0) *out = subverbs[i];
  }
  ASSAY_CHECK(*out, ASSAY_ENOTFOUND, "no sub-verb '%s' of eq%s", name,
              assay_text_suggest(known, sizeof known, name, names));
done:
  return rc;
}

static int run(const void *options, int n_args, char **args, FILE *out)
{
  int rc = ASSAY_OK;
  const struct assay_verb *verb;
  (void)options;
  ASSAY_CHECK(n_args > 0, ASSAY_EARG, "usage: assay eq %s (`assay eq --help` lists them)", USAGE);
  if (strcmp(args[0], "--help") == 0 || strcmp(args[0], "-h") == 0) {
    print_overview(out);
    return ASSAY_OK;
  }
  ASSAY_TRY(find(&verb, args[0]));
  if (assay_verb_wants_help(n_args - 1, args + 1)) {
    assay_verb_help(verb, out);
    return ASSAY_OK;
  }
  ASSAY_TRY(assay_verb_execute(verb, n_args - 1, args + 1, out));
done:
  return rc;
}

const struct assay_verb assay_verb_eq = {
    .name = "eq",
    .doc = DOC,
    .usage = USAGE,
    .raw = true,
    .run = run,
};
