/* A verb of the program: `assay NAME [options] [arguments]`. One file per verb defines
 * `const struct assay_verb assay_verb_NAME`; the list is in harness/meson.build. */
#ifndef ASSAY_HARNESS_VERB_H
#define ASSAY_HARNESS_VERB_H
#include <stdio.h>

#include "core/base/param.h"

struct assay_verb {
  const char *name;
  const char *doc;    /* one line */
  const char *usage;  /* arguments after the name: "RECIPE [options]" */
  const char *detail; /* paragraphs and examples for --help; NULL: none */
  const struct assay_param *options;
  size_t options_size;
  const void *defaults;
  int min_args, max_args; /* positional arguments; max_args < 0: any number */
  bool raw;               /* options and arguments are not parsed: all go to run() (sub-verbs) */
  /* Results go to out (standard output), everything else to standard error. Returns a return code,
   * or a positive exit code (3: speed regression, 4: accuracy regression). */
  int (*run)(const void *options, int n_args, char **args, FILE *out);
};

extern const struct assay_verb *const assay_verbs[];
int assay_verb_find(const struct assay_verb **out, const char *name);

/* The text of `assay NAME --help`. */
void assay_verb_help(const struct assay_verb *verb, FILE *out);
/* Whether --help or -h is among the options. */
bool assay_verb_wants_help(int argc, char **argv);
/* Parse options and arguments by the verb's rows (unless it is raw) and run it. */
int assay_verb_execute(const struct assay_verb *verb, int argc, char **argv, FILE *out);

/* Parse argv by rows: --name value, --name=value, -x value; a BOOL row takes no value (--no-name
 * clears it). Positional arguments are collected in args [argc]. Used by main and by raw verbs. */
int assay_options_parse(const struct assay_param *rows, void *options, int argc, char **argv,
                        char **args, int *n_args);

/* Names that were given as "a,b" become a and b. Their texts are in *store, which the caller frees;
 * it may be NULL before. ASSAY_EARG: too many. */
int assay_options_split(struct assay_list *names, char **store);

#endif
