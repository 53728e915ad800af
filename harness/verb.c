/* Help and a run of one verb, or of a sub-verb of `assay eq`. */
#include "harness/verb.h"

#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

static const struct assay_param no_rows[] = {{0}};

static void print_option(const struct assay_param *row, const void *defaults, FILE *out)
{
  char name[64], flag[80];
  snprintf(name, sizeof name, "%s", row->name);
  for (char *c = name; *c; c++)
    if (*c == '_') *c = '-';
  if (row->letter)
    snprintf(flag, sizeof flag, "-%c, --%s", row->letter, name);
  else
    snprintf(flag, sizeof flag, "    --%s", name);
  fprintf(out, "  %-24s %s", flag, row->doc);
  char *value = NULL;
  if (row->type != ASSAY_PT_BOOL && assay_param_text(&value, row, defaults) == ASSAY_OK && *value)
    fprintf(out, " (default %s)", value);
  assay_free(value);
  for (int i = 0; row->choices && row->choices[i]; i++)
    fprintf(out, "%s%s%s", i ? "|" : " [", row->choices[i], row->choices[i + 1] ? "" : "]");
  fprintf(out, "\n");
}

void assay_verb_help(const struct assay_verb *verb, FILE *out)
{
  fprintf(out, "%s\n\nusage: assay %s %s\n", verb->doc, verb->name, verb->usage);
  const struct assay_param *rows = verb->options ? verb->options : no_rows;
  if (rows->name) fprintf(out, "\noptions:\n");
  for (; rows->name; rows++) print_option(rows, verb->defaults, out);
  if (verb->detail) fprintf(out, "\n%s\n", verb->detail);
}

bool assay_verb_wants_help(int argc, char **argv)
{
  for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
    if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) return true;
  return false;
}

int assay_verb_execute(const struct assay_verb *verb, int argc, char **argv, FILE *out)
{
  int rc = ASSAY_OK;
  char *options = NULL, **args = NULL;
  int n_args = 0;
  ASSAY_TRY(ASSAY_NEW(&options, verb->options_size + 1, "options"));
  ASSAY_TRY(ASSAY_NEW(&args, (size_t)argc + 1, "arguments"));
  if (verb->defaults) memcpy(options, verb->defaults, verb->options_size);
  if (verb->raw) {
    memcpy(args, argv, (size_t)argc * sizeof *args);
    n_args = argc;
  } else {
    ASSAY_TRY(assay_options_parse(verb->options ? verb->options : no_rows, options, argc, argv,
                                  args, &n_args));
    ASSAY_CHECK(n_args >= verb->min_args && (verb->max_args < 0 || n_args <= verb->max_args),
                ASSAY_EARG, "usage: assay %s %s", verb->name, verb->usage);
    if (verb->options) ASSAY_TRY(assay_param_check(verb->options, options));
  }
  ASSAY_TRY(verb->run(options, n_args, args, out));
done:
  assay_free(args);
  assay_free(options);
  return rc;
}
