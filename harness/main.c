/* The program: finds the verb, parses its options, turns its return code into an exit code. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/num/isa.h"
#include "harness/verb.h"

static const struct assay_param no_rows[] = {{0}};

static void print_overview(FILE *out)
{
  fprintf(out, "assay: data sets, methods, scores and rankings for scientific machine learning\n\n"
               "usage: assay VERB [options] [arguments]\n\n");
  for (int i = 0; assay_verbs[i]; i++)
    fprintf(out, "  %-9s %s\n", assay_verbs[i]->name, assay_verbs[i]->doc);
  fprintf(out,
          "\n`assay VERB --help` explains a verb; `assay --version` prints the version.\n"
          "Exit codes: 0 ok, 1 usage or bad input, 2 a job or case failed, 3 speed regression,\n"
          "4 accuracy regression, 5 environment problem.\n");
}

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

static void print_help(const struct assay_verb *verb, FILE *out)
{
  fprintf(out, "%s\n\nusage: assay %s %s\n", verb->doc, verb->name, verb->usage);
  const struct assay_param *rows = verb->options ? verb->options : no_rows;
  if (rows->name) fprintf(out, "\noptions:\n");
  for (; rows->name; rows++) print_option(rows, verb->defaults, out);
  if (verb->detail) fprintf(out, "\n%s\n", verb->detail);
}

static bool wants_help(int argc, char **argv)
{
  for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
    if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) return true;
  return false;
}

static int run_verb(const struct assay_verb *verb, int argc, char **argv)
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
  ASSAY_TRY(verb->run(options, n_args, args, stdout));
done:
  assay_free(args);
  assay_free(options);
  return rc;
}

/* Results that did not reach standard output (full disk, closed pipe) are a failure. */
static int flush_results(int rc)
{
  if (fflush(stdout) == 0 && !ferror(stdout)) return rc;
  return rc < 0 ? rc
                : assay_err_set(ASSAY_EIO, __FILE__, __LINE__, "standard output: cannot write");
}

int main(int argc, char **argv)
{
  const struct assay_verb *verb = NULL;
  signal(SIGPIPE, SIG_IGN);
  if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
      strcmp(argv[1], "help") == 0) {
    print_overview(argc < 2 ? stderr : stdout);
    return argc < 2 ? 1 : 0;
  }
  if (strcmp(argv[1], "--version") == 0) {
    printf("assay %s\n", ASSAY_VERSION);
    return 0;
  }
  int rc = assay_verb_find(&verb, argv[1]);
  if (rc == ASSAY_OK) rc = assay_isa_init();
  if (rc == ASSAY_OK && wants_help(argc - 2, argv + 2) && !verb->raw) {
    print_help(verb, stdout);
    return 0;
  }
  if (rc == ASSAY_OK) rc = run_verb(verb, argc - 2, argv + 2);
  rc = flush_results(rc);
  if (rc < 0) fprintf(stderr, "assay: %s\n", assay_err_last());
  if (rc < 0 && assay_log_shows(ASSAY_LOG_DEBUG)) fprintf(stderr, "  at %s\n", assay_err_where());
  return rc > 0 ? rc : assay_rc_exit(rc);
}
