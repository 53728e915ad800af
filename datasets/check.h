/* Is a data-set file what it says it is? Structure, finiteness, hashes, splits, certificates, and,
 * on request, whether cases made anew have the same bits. */
#ifndef ASSAY_DATASETS_CHECK_H
#define ASSAY_DATASETS_CHECK_H
#include <jansson.h>

#include "datasets/recipe.h"
#include "datasets/summary.h"

struct assay_check {
  int regenerate;                                        /* cases to make again, chosen at random */
  uint64_t seed;                                         /* of that choice */
  assay_generator_finder *find;                          /* for regenerate */
  void (*progress)(void *user, long done, long n_cases); /* NULL: none */
  void *user;
  struct assay_summary *summary; /* gets the file and its cases; NULL: none */
};

/* The caller owns *report: {file, cases, ok, content_sha256, problems: [text], notices:
 * [text], certificate: [{row, unit, cases, min, median, max, worst}], estimates: {kind: cases},
 * convection_scheme, viscous_scheme: {scheme: cases}, resolved: cases (by their
 * estimates), diverged: [{case, time,
 * reason}], splits: [{name, train, validation, test, unused}], regenerated: [case]}. Schemes are
 * left out for files that do not tell them. Problems do not fail; ASSAY_EIO, ASSAY_ECORRUPT
 * when the file cannot be opened as a data set at all. */
int assay_check_file(json_t **report, const char *path, const struct assay_check *options);

#endif
