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
  if (rc == ASSAY_OK && assay_verb_wants_help(argc - 2, argv + 2) && !verb->raw) {
    assay_verb_help(verb, stdout);
    return 0;
  }
  if (rc == ASSAY_OK) rc = assay_verb_execute(verb, argc - 2, argv + 2, stdout);
  rc = flush_results(rc);
  if (rc < 0) fprintf(stderr, "assay: %s\n", assay_err_last());
  if (rc < 0 && assay_log_shows(ASSAY_LOG_DEBUG)) fprintf(stderr, "  at %s\n", assay_err_where());
  return rc > 0 ? rc : assay_rc_exit(rc);
}
