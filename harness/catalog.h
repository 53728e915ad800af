/* Everything that has a name, by kind: what `assay list` and `assay show` print comes from the
 * plug-in structs and the built-in YAML files alone. */
#ifndef ASSAY_HARNESS_CATALOG_H
#define ASSAY_HARNESS_CATALOG_H
#include <jansson.h>
#include <stdio.h>

struct assay_catalog_kind {
  const char *plural, *singular;
  const char *(*name)(int i); /* NULL behind the last */
  /* Whole description, "doc" or "title" among it. `name` is one of the above, or for kinds that
   * live in files a path. The caller owns *out. ASSAY_ENOTFOUND and the errors of reading. */
  int (*describe)(json_t **out, const char *name);
};
extern const struct assay_catalog_kind assay_catalog[]; /* ends with plural == NULL */

/* By plural or singular name. ASSAY_ENOTFOUND with the nearest and all kinds. */
int assay_catalog_kind(const struct assay_catalog_kind **out, const char *name);

/* The kind that has something called `name`; ASSAY_ENOTFOUND: none (with the nearest name over all
 * kinds); ASSAY_EARG: several, the message names them. */
int assay_catalog_find(const struct assay_catalog_kind **out, const char *name);

/* One line about a description: its title or its doc. Borrowed. */
const char *assay_catalog_line(const json_t *description);

/* A description for people: labels, and tables for lists of objects. */
void assay_catalog_print(const json_t *description, FILE *to);

#endif
