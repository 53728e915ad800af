#include "core/base/embed.h"

#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/text.h"

int assay_embedded_is_path(const char *name)
{
  const size_t n = strlen(name);
  return (n > 5 && strcmp(name + n - 5, ".yaml") == 0) || name[0] == '/' ||
         strncmp(name, "./", 2) == 0 || strncmp(name, "../", 3) == 0;
}

static int find(const struct assay_embedded **out, const struct assay_embedded *table,
                const char *kind, const char *name)
{
  int rc = ASSAY_OK, n = 0;
  const char **names = NULL;
  char hint[2048];
  *out = NULL;
  for (; table[n].name; n++)
    if (strcmp(table[n].name, name) == 0) *out = &table[n];
  if (*out) goto done;
  ASSAY_TRY(ASSAY_NEW(&names, (size_t)n + 1, "names"));
  for (int i = 0; i < n; i++) names[i] = table[i].name;
  ASSAY_FAIL(ASSAY_ENOTFOUND, "no %s '%s'%s%s", kind, name,
             assay_text_suggest(hint, sizeof hint, name, names),
             strchr(name, '/') ? "; a file is named with .yaml or ./" : "");
done:
  assay_free(names);
  return rc;
}

static int join(char **out, const char *const *lines)
{
  int rc = ASSAY_OK;
  size_t size = 0;
  for (int i = 0; lines[i]; i++) size += strlen(lines[i]) + 1;
  ASSAY_TRY(ASSAY_NEW(out, size + 1, "embedded text"));
  char *end = *out;
  for (int i = 0; lines[i]; i++) {
    const size_t n = strlen(lines[i]);
    memcpy(end, lines[i], n);
    end[n] = '\n';
    end += n + 1;
  }
done:
  return rc;
}

int assay_embedded_text(char **out, const struct assay_embedded *table, const char *kind,
                        const char *name)
{
  int rc = ASSAY_OK;
  const struct assay_embedded *e;
  size_t size;
  *out = NULL;
  if (assay_embedded_is_path(name)) return assay_file_read(out, &size, name);
  ASSAY_TRY(find(&e, table, kind, name));
  ASSAY_TRY(join(out, e->lines));
done:
  return rc;
}

int assay_embedded_read(struct assay_config **out, const struct assay_embedded *table,
                        const char *kind, const char *name)
{
  int rc = ASSAY_OK;
  const struct assay_embedded *e;
  char *text = NULL;
  *out = NULL;
  if (assay_embedded_is_path(name)) return assay_config_read(out, name);
  ASSAY_TRY(find(&e, table, kind, name));
  ASSAY_TRY(join(&text, e->lines));
  ASSAY_TRY(assay_config_parse(out, e->file, text, strlen(text)));
done:
  assay_free(text);
  return rc;
}
