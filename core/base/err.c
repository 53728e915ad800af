#include "core/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MESSAGE_MAX = 2048 };

static _Thread_local char message[MESSAGE_MAX];
static _Thread_local char where[128];

const char *assay_rc_text(int rc)
{
  switch (rc) {
  case ASSAY_OK:
    return "ok";
#define X(name, value, text) \
  case name:                 \
    return text;
    ASSAY_RC_LIST(X)
#undef X
  }
  return "unknown error";
}

int assay_rc_exit(int rc)
{
  switch (rc) {
  case ASSAY_OK:
    return 0;
  case ASSAY_EDIVERGED:
  case ASSAY_EJOB:
    return 2;
  case ASSAY_ENOMEM:
  case ASSAY_EIO:
  case ASSAY_EENV:
    return 5;
  }
  return rc > 0 ? 0 : 1;
}

const char *assay_err_last(void)
{
  return message;
}

const char *assay_err_where(void)
{
  return where;
}

int assay_err_set(int rc, const char *file, int line, const char *fmt, ...)
{
  /* format first into a scratch buffer: an argument may be the previous message */
  char text[MESSAGE_MAX];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  memcpy(message, text, sizeof text);
  while (strncmp(file, "../", 3) == 0) file += 3;
  snprintf(where, sizeof where, "%s:%d", file, line);
  return rc;
}

int assay_err_prefix(int rc, const char *fmt, ...)
{
  if (rc >= 0) return rc;
  char text[MESSAGE_MAX];
  va_list ap;
  va_start(ap, fmt);
  int used = vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  size_t at = used < 0 ? 0 : (size_t)used < sizeof text ? (size_t)used : sizeof text - 1;
  size_t rest = strnlen(message, sizeof message - 1);
  if (rest > sizeof text - 1 - at) rest = sizeof text - 1 - at;
  memcpy(text + at, message, rest);
  text[at + rest] = '\0';
  memcpy(message, text, at + rest + 1);
  return rc;
}
