#include "results/report/html.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/io/sha256.h"

static const char *reference(char c)
{
  switch (c) {
  case '&':
    return "&amp;";
  case '<':
    return "&lt;";
  case '>':
    return "&gt;";
  case '"':
    return "&quot;";
  case '\'':
    return "&#39;";
  default:
    return NULL;
  }
}

static void escape(FILE *to, const char *text, size_t most)
{
  for (; *text && most > 0; text++, most--) {
    const char *safe = reference(*text);
    if (safe)
      fputs(safe, to);
    else if ((unsigned char)*text >= 0x20 || *text == '\n' || *text == '\t')
      fputc(*text, to);
  }
}

void assay_html_text(FILE *to, const char *text)
{
  escape(to, text, SIZE_MAX);
}

/* Bytes that "%.10s" allows; all for "%s". */
static size_t text_limit(const char *spec)
{
  const char *dot = strchr(spec, '.');
  return dot ? strtoul(dot + 1, NULL, 10) : SIZE_MAX;
}

/* The conversion that starts at *fmt (behind the %), copied to spec; *fmt ends behind it. */
static char take_spec(char spec[16], const char **fmt)
{
  int n = 0;
  spec[n++] = '%';
  while (**fmt && n < 14) {
    const char c = *(*fmt)++;
    spec[n++] = c;
    if (strchr("sdugeEfGxc%", c)) break;
  }
  spec[n] = '\0';
  return spec[n - 1];
}

/* snprintf with a conversion that was cut out of a checked format */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void print_number(FILE *to, const char *spec, char kind, va_list *ap)
{
  if (strchr("gGeEf", kind))
    fprintf(to, spec, va_arg(*ap, double));
  else if (strstr(spec, "ll"))
    fprintf(to, spec, va_arg(*ap, long long));
  else if (strchr(spec, 'l'))
    fprintf(to, spec, va_arg(*ap, long));
  else if (strchr(spec, 'z'))
    fprintf(to, spec, va_arg(*ap, size_t));
  else
    fprintf(to, spec, va_arg(*ap, int));
}
#pragma GCC diagnostic pop

void assay_html(FILE *to, const char *fmt, ...)
{
  char spec[16];
  va_list ap;
  va_start(ap, fmt);
  while (*fmt) {
    if (*fmt != '%') {
      fputc(*fmt++, to);
      continue;
    }
    fmt++;
    const char kind = take_spec(spec, &fmt);
    if (kind == '%')
      fputc('%', to);
    else if (kind == 's')
      escape(to, va_arg(ap, const char *), text_limit(spec));
    else
      print_number(to, spec, kind, &ap);
  }
  va_end(ap);
}

void assay_html_number(FILE *to, const char *text)
{
  const char *e = strchr(text, 'e');
  if (!e || !isdigit((unsigned char)*text)) {
    if (*text == '-' && text[1]) {
      fputs("\xE2\x88\x92", to); /* a minus sign as wide as plus */
      assay_html_number(to, text + 1);
      return;
    }
    assay_html_text(to, text);
    return;
  }
  const char *power = e + 1;
  const bool negative = *power == '-';
  while (*power == '-' || *power == '+' || *power == '0') power++;
  fprintf(to,
          "%.*s\xC2\xA0\xC3\x97\xC2\xA0"
          "10<sup>%s%s</sup>",
          (int)(e - text), text, negative ? "\xE2\x88\x92" : "", *power ? power : "0");
}

int assay_slug(char out[ASSAY_SLUG], const char *name)
{
  enum { LONGEST = 48, HASH = 8 };
  int rc = ASSAY_OK, n = 0;
  struct assay_sha256 *s = NULL;
  char hex[ASSAY_SHA256_HEX];
  const char *p = name;
  bool changed = !*name;
  for (; *p && n < LONGEST; p++) {
    const bool plain =
        (isalnum((unsigned char)*p) && (unsigned char)*p < 128) || *p == '-' || *p == '_';
    changed = changed || !plain;
    out[n++] = plain ? *p : '-';
  }
  out[n] = '\0';
  if (!changed && !*p) goto done;
  ASSAY_TRY(assay_sha256_create(&s));
  assay_sha256_add_text(s, name);
  assay_sha256_finish(s, hex);
  snprintf(out + n, ASSAY_SLUG - (size_t)n, "-%.*s", HASH, hex);
done:
  assay_sha256_destroy(s);
  return rc;
}
