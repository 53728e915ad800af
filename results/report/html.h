/* HTML text. Whatever comes from outside passes through assay_html or assay_html_text. */
#ifndef ASSAY_RESULTS_REPORT_HTML_H
#define ASSAY_RESULTS_REPORT_HTML_H
#include <stddef.h>
#include <stdio.h>

/* & < > " ' become references, so that the text is safe between tags and in quoted attributes;
 * control characters are left out. */
void assay_html_text(FILE *to, const char *text);

/* printf in which every %s is escaped; the format itself is HTML. Knows %s (also %.10s: so many
 * bytes at most), %d, %ld, %lld, %zu and floating point with any flags, and %%. */
void assay_html(FILE *to, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A number that assay_value_text made: "8.3e-05" becomes 8.3 x 10 to the -5. */
void assay_html_number(FILE *to, const char *text);

/* A name for files and anchors: letters, digits, '-' and '_' of the name; where something else was
 * in it, part of its SHA-256 keeps it unique. */
enum { ASSAY_SLUG = 80 };
int assay_slug(char out[ASSAY_SLUG], const char *name);

#endif
