#include "core/base/text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"

enum { NAME_MAX_LENGTH = 63 };

static int min3(int a, int b, int c)
{
  const int m = a < b ? a : b;
  return m < c ? m : c;
}

int assay_text_distance(const char *a, const char *b)
{
  int d[3][NAME_MAX_LENGTH + 2]; /* rows i, i - 1, i - 2 */
  const int n = (int)strnlen(a, NAME_MAX_LENGTH), m = (int)strnlen(b, NAME_MAX_LENGTH);
  for (int j = 0; j <= m; j++) d[0][j] = j;
  for (int i = 1; i <= n; i++) {
    int *now = d[i % 3], *before = d[(i + 2) % 3], *earlier = d[(i + 1) % 3];
    now[0] = i;
    for (int j = 1; j <= m; j++) {
      now[j] = min3(before[j] + 1, now[j - 1] + 1, before[j - 1] + (a[i - 1] != b[j - 1]));
      const int swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped && earlier[j - 2] + 1 < now[j]) now[j] = earlier[j - 2] + 1;
    }
  }
  return d[n % 3][m];
}

const char *assay_text_nearest(const char *wanted, const char *const *names)
{
  const char *best = NULL;
  int best_distance = (int)strlen(wanted) / 3 + 2; /* farther is no likeness */
  for (; *names; names++) {
    const int d = assay_text_distance(wanted, *names);
    if (d < best_distance) {
      best_distance = d;
      best = *names;
    }
  }
  return best;
}

const char *assay_text_suggest(char *out, size_t size, const char *wanted, const char *const *names)
{
  const char *near = assay_text_nearest(wanted, names);
  size_t at = 0;
  out[0] = '\0';
  at += (size_t)snprintf(out, size, near ? " (did you mean '%s'? known: " : " (known: ", near);
  for (int i = 0; names[i] && at < size; i++)
    at += (size_t)snprintf(out + at, size - at, "%s%s", i ? ", " : "", names[i]);
  if (!names[0] && at < size) at += (size_t)snprintf(out + at, size - at, "none");
  if (at < size) snprintf(out + at, size - at, ")");
  return out;
}

const char *assay_text_double(char *out, double value)
{
  if (isnan(value)) return strcpy(out, "nan");
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(out, 32, "%.*g", digits, value);
    if (strtod(out, NULL) == value) break;
  }
  return out;
}

int assay_text_to_double(double *out, const char *text)
{
  int rc = ASSAY_OK;
  char *end = NULL;
  *out = strtod(text, &end);
  ASSAY_CHECK(end != text && *end == '\0' && !isspace((unsigned char)*text) && !isnan(*out),
              ASSAY_EPARSE, "expected a number, got '%s'", text);
done:
  return rc;
}

const char *assay_text_bytes(char *out, double bytes)
{
  static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  int u = 0;
  for (; bytes >= 999.5 && u < 5; u++) bytes /= 1000;
  snprintf(out, 32, bytes < 9.95 && u > 0 ? "%.1f %s" : "%.0f %s", bytes, units[u]);
  return out;
}
