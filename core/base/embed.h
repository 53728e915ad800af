/* YAML files that are built into the program (recipes, tasks, suites), so that it works wherever it
 * is copied. A folder lists its files by name in its meson.build; core/base/embed_files.c makes the
 * table. Names may have folders: cfdbench/cavity-bc. */
#ifndef ASSAY_CORE_BASE_EMBED_H
#define ASSAY_CORE_BASE_EMBED_H
#include "core/base/config.h"

struct assay_embedded {
  const char *name; /* NULL ends a table; the file is called name.yaml */
  const char *file; /* path from the root, for messages */
  const char *const *lines;
};

/* Whether the text names a file of the user instead of a built-in: it ends in .yaml, or starts with
 * '/', './' or '../'. */
int assay_embedded_is_path(const char *name);

/* The whole text of a built-in, or of the user's file. The caller owns *out. ASSAY_ENOTFOUND: "no
 * KIND 'name'" with the nearest name and the full list; ASSAY_EIO. */
int assay_embedded_text(char **out, const struct assay_embedded *table, const char *kind,
                        const char *name);

/* The same, parsed: messages say FILE:LINE:COLUMN. */
int assay_embedded_read(struct assay_config **out, const struct assay_embedded *table,
                        const char *kind, const char *name);

#endif
