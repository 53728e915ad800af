#include "core/io/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"

static const size_t number_digits = JSON_REAL_PRECISION(17);

int assay_json_read(json_t **out, const char *path)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  size_t size = 0;
  json_error_t error;
  *out = NULL;
  ASSAY_TRY(assay_file_read(&text, &size, path));
  *out = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
  ASSAY_CHECK(*out, ASSAY_EPARSE, "%s:%d:%d: %s", path, error.line, error.column, error.text);
done:
  assay_free(text);
  return rc;
}

int assay_json_write(const json_t *value, const char *path)
{
  int rc = ASSAY_OK;
  struct assay_outfile f = {0};
  ASSAY_TRY(assay_outfile_open(&f, path, true));
  ASSAY_CHECK(json_dumpf(value, f.stream, JSON_INDENT(2) | JSON_ENCODE_ANY | number_digits) == 0 &&
                  fputc('\n', f.stream) == '\n',
              ASSAY_EIO, "%s: cannot write", path);
  ASSAY_TRY(assay_outfile_commit(&f));
done:
  assay_outfile_abort(&f);
  return rc;
}

int assay_json_line(char **out, const json_t *value)
{
  int rc = ASSAY_OK;
  *out = NULL;
  char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | number_digits);
  ASSAY_CHECK(text, ASSAY_ENOMEM, "JSON value cannot be written");
  ASSAY_TRY(assay_strdup(out, text));
done:
  free(text); /* jansson's own allocation */
  return rc;
}

int assay_json_text(const char **out, const json_t *object, const char *key, const char *where)
{
  int rc = ASSAY_OK;
  const json_t *value = json_object_get(object, key);
  ASSAY_CHECK(json_is_string(value), ASSAY_EPARSE, "%s: key '%s': expected a text%s", where, key,
              value ? "" : ", but it is missing");
  *out = json_string_value(value);
done:
  return rc;
}

int assay_json_number(double *out, const json_t *object, const char *key, const char *where)
{
  int rc = ASSAY_OK;
  const json_t *value = json_object_get(object, key);
  ASSAY_CHECK(json_is_number(value), ASSAY_EPARSE, "%s: key '%s': expected a number%s", where, key,
              value ? "" : ", but it is missing");
  *out = json_number_value(value);
done:
  return rc;
}

json_t *assay_json_double(double value)
{
  if (isfinite(value)) return json_real(value);
  return json_string(isnan(value) ? "nan" : value > 0 ? "inf" : "-inf");
}

double assay_json_to_double(const json_t *value)
{
  if (json_is_number(value)) return json_number_value(value);
  const char *text = json_string_value(value);
  if (text && strcmp(text, "inf") == 0) return (double)INFINITY;
  if (text && strcmp(text, "-inf") == 0) return -(double)INFINITY;
  return (double)NAN;
}

const char *assay_json_get_text(const json_t *object, const char *key)
{
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

long assay_json_get_whole(const json_t *object, const char *key)
{
  return (long)json_integer_value(json_object_get(object, key));
}

double assay_json_get_number(const json_t *object, const char *key)
{
  const json_t *value = json_object_get(object, key);
  return json_is_number(value) ? json_number_value(value) : (double)NAN;
}
