/* JSON files through jansson: read with a position in the message, written whole or not at all. */
#ifndef ASSAY_CORE_IO_JSON_H
#define ASSAY_CORE_IO_JSON_H
#include <jansson.h>

/* The caller owns *out (json_decref). ASSAY_EIO, ASSAY_EPARSE "file:line:column: ...". */
int assay_json_read(json_t **out, const char *path);

/* Pretty-printed, keys in insertion order, numbers with 17 digits; atomic. ASSAY_EIO. */
int assay_json_write(const json_t *value, const char *path);

/* One line of text without the newline; the caller owns *out (assay_free). */
int assay_json_line(char **out, const json_t *value);

/* Members of an object that must be there with this type; `where` names the file in the message.
 * Texts are borrowed from the object. ASSAY_EPARSE. */
int assay_json_text(const char **out, const json_t *object, const char *key, const char *where);
int assay_json_number(double *out, const json_t *object, const char *key, const char *where);

/* Members of an object that may be missing or of another type: "", 0 and NaN stand for those. Texts
 * are borrowed from the object. */
const char *assay_json_get_text(const json_t *object, const char *key);
long assay_json_get_whole(const json_t *object, const char *key);
double assay_json_get_number(const json_t *object, const char *key);

/* A double as JSON: NaN and infinities become the strings "nan", "inf", "-inf". */
json_t *assay_json_double(double value);
/* The same back; NaN for anything else. */
double assay_json_to_double(const json_t *value);

#endif
