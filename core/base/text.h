/* Small text helpers: names that are nearly right, numbers that read back exactly. */
#ifndef ASSAY_CORE_BASE_TEXT_H
#define ASSAY_CORE_BASE_TEXT_H
#include <stddef.h>

/* Restricted edit distance (insert, delete, replace, swap neighbours) of two short names. */
int assay_text_distance(const char *a, const char *b);

/* The name among names (NULL-terminated) nearest to wanted, or NULL when none is near. */
const char *assay_text_nearest(const char *wanted, const char *const *names);

/* " (did you mean 'nx'? known: height, nx, ny)" for an unknown name, into out; returns out. */
const char *assay_text_suggest(char *out, size_t size, const char *wanted,
                               const char *const *names);

/* Shortest decimal that strtod reads back to the same bits ("0.1", "1e+300", "nan", "inf");
 * out holds at least 32 bytes; returns out. */
const char *assay_text_double(char *out, double value);

/* "1.3 MB" (powers of 1000) into out (32 bytes); returns out. */
const char *assay_text_bytes(char *out, double bytes);

/* A finite or infinite number that is the whole text; ASSAY_EPARSE. Independent of the locale. */
int assay_text_to_double(double *out, const char *text);

#endif
