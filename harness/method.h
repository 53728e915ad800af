/* A method as the harness sees it: what it is called, what it answers, and its two command lines.
 *
 * Written as NAME (built in), NAME:key=value,key=value (built in, with parameters), or the path of
 * a folder with a method.yaml (an outside program, which may take parameters the same way):
 *
 *   name: nearest            # for tables
 *   version: 1.2             # any text
 *   doc: one line            # optional, as are reference, deterministic, pretrained
 *   kinds: [operator]        # tasks it answers
 *   train: python3 nearest.py train       # optional: nothing to learn without it
 *   predict: python3 nearest.py predict
 *
 * Commands are split at blanks, with '...' and "..." around words that have some; no shell sees
 * them. They run in the method's folder; all paths given to them are absolute. */
#ifndef ASSAY_HARNESS_METHOD_H
#define ASSAY_HARNESS_METHOD_H
#include <stdbool.h>
#include <stdint.h>

#include "baselines/baseline.h"
#include "core/io/sha256.h"

struct assay_method {
  const char *name; /* with its parameters: "pod_ridge:modes=8" */
  const char *doc, *reference, *version;
  unsigned kinds; /* bit 1 << enum assay_task_kind */
  bool floor, deterministic, pretrained;
  const struct assay_baseline *builtin; /* NULL: outside */
  const char *dir;                      /* absolute: where its commands run */
  char hash[ASSAY_SHA256_HEX]; /* name, version, parameters; outside: of the files of its folder */
  struct assay_list sets;      /* "key=value" */
  /* words of the commands up to the arguments of the protocol, NULL-terminated; train may be NULL
   */
  const char *const *train, *const *predict;
};

/* Everything in *out is its own. ASSAY_ENOTFOUND, ASSAY_EPARSE, ASSAY_EIO, ASSAY_EARG. */
int assay_method_open(struct assay_method **out, const char *spec);
void assay_method_close(struct assay_method *m);

/* Path of this program. ASSAY_EENV. */
int assay_program_path(char **out);

#endif
