#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "harness/supervise.h"
#include <stdbool.h>

const char *const assay_end_names[] = {"ok",   "exit",      "signal",      "start",
                                       "wall", "cpu",       "memory",      "output",
                                       "file", "processes", "interrupted", NULL};

int assay_outcome_text(char **out, const struct assay_outcome *o, const struct assay_limits *l)
{
  char text[32];
  switch ((enum assay_end)o->end) {
  case ASSAY_END_OK:
    return assay_strdup(out, "ok");
  case ASSAY_END_EXIT:
    return assay_asprintf(out, "exit status %d", o->code);
  case ASSAY_END_SIGNAL:
    return assay_asprintf(out, "signal %d (%s)", o->code, strsignal(o->code));
  case ASSAY_END_START:
    return assay_asprintf(out, "cannot be started: %s", strerror(o->code));
  case ASSAY_END_WALL:
    return assay_asprintf(out, "ran past its limit of %g s of wall time", l->wall);
  case ASSAY_END_CPU:
    return assay_asprintf(out, "ran past its limit of %g s of CPU time", l->cpu);
  case ASSAY_END_MEMORY:
    return assay_asprintf(out, "took more than its limit of %s of memory",
                          assay_text_bytes(text, l->memory));
  case ASSAY_END_OUTPUT:
    return assay_asprintf(out, "printed more than its limit of %s",
                          assay_text_bytes(text, l->output));
  case ASSAY_END_FILE:
    return assay_asprintf(out, "wrote a file larger than its limit of %s",
                          assay_text_bytes(text, l->file));
  case ASSAY_END_PROCESSES:
    return assay_asprintf(out, "had more than its limit of %d processes", l->processes);
  case ASSAY_END_INTERRUPTED:
    return assay_strdup(out, "interrupted");
  }
  return assay_strdup(out, "unknown");
}

/* Length of the well-formed UTF-8 sequence at s (of n bytes), 0 when it is not one. */
static size_t sequence(const unsigned char *s, size_t n)
{
  const size_t length = s[0] < 0x80   ? 1
                        : s[0] < 0xc2 ? 0
                        : s[0] < 0xe0 ? 2
                        : s[0] < 0xf0 ? 3
                        : s[0] < 0xf5 ? 4
                                      : 0;
  if (length == 0 || length > n) return 0;
  for (size_t i = 1; i < length; i++)
    if ((s[i] & 0xc0) != 0x80) return 0;
  const bool overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
  const bool outside = (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf4 && s[1] > 0x8f);
  return overlong || outside ? 0 : length;
}

static void make_printable(char *text, size_t n)
{
  unsigned char *s = (unsigned char *)text;
  for (size_t i = 0; i < n;) {
    const size_t length = sequence(s + i, n - i);
    const bool control = length == 1 && (s[i] < 0x20 || s[i] == 0x7f);
    if (control ? s[i] != '\n' && s[i] != '\t' : length == 0) s[i] = '?';
    i += length ? length : 1;
  }
}

/* Where the last max_lines lines of the text begin. */
static size_t last_lines(const char *text, size_t n, int max_lines)
{
  size_t i = n && text[n - 1] == '\n' ? n - 1 : n;
  for (int lines = 0; i > 0; i--)
    if (text[i - 1] == '\n' && ++lines == max_lines) break;
  return i;
}

int assay_log_tail(char **out, const char *path, int max_lines, size_t max_bytes)
{
  int rc = ASSAY_OK;
  char *block = NULL;
  size_t n = 0;
  FILE *f = fopen(path, "rb");
  if (!f) return assay_strdup(out, "");
  ASSAY_TRY(ASSAY_NEW(&block, max_bytes + 1, "log tail"));
  if (fseek(f, -(long)max_bytes, SEEK_END) != 0) rewind(f);
  n = fread(block, 1, max_bytes, f);
  make_printable(block, n);
  ASSAY_TRY(assay_strdup(out, block + last_lines(block, n, max_lines)));
done:
  assay_free(block);
  fclose(f);
  return rc;
}
