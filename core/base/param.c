#include "core/base/param.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"

/* How each type is read from text, written as text, and turned into JSON. */
struct type_ops {
  const char *name;
  int (*parse)(const struct assay_param *row, void *member, const char *text);
  int (*text)(char **out, const struct assay_param *row, const void *member);
  json_t *(*json)(const struct assay_param *row, const void *member);
};
static const struct type_ops types[ASSAY_PT_LIST + 1];

static const void *member_of(const struct assay_param *row, const void *obj)
{
  return (const char *)obj + row->offset;
}

static void *member_in(const struct assay_param *row, void *obj)
{
  return (char *)obj + row->offset;
}

static int check_range(const struct assay_param *row, double v)
{
  int rc = ASSAY_OK;
  char value[32], lo[32], hi[32];
  if (row->min == row->max) goto done;
  ASSAY_CHECK(v >= row->min && v <= row->max, ASSAY_EARG, "%s = %s is outside [%s, %s]", row->name,
              assay_text_double(value, v), assay_text_double(lo, row->min),
              assay_text_double(hi, row->max));
done:
  return rc;
}

static int parse_int(const struct assay_param *row, void *member, const char *text)
{
  int rc = ASSAY_OK;
  double v = 0;
  ASSAY_CHECK(assay_text_to_double(&v, text) == ASSAY_OK && v == floor(v) && fabs(v) <= INT_MAX,
              ASSAY_EPARSE, "%s: expected a whole number, got '%s'", row->name, text);
  ASSAY_TRY(check_range(row, v));
  *(int *)member = (int)v;
done:
  return rc;
}

static int parse_u64(const struct assay_param *row, void *member, const char *text)
{
  int rc = ASSAY_OK;
  char *end = NULL;
  errno = 0;
  const unsigned long long v = strtoull(text, &end, 0);
  ASSAY_CHECK(end != text && *end == '\0' && errno == 0 && !strchr(text, '-'), ASSAY_EPARSE,
              "%s: expected a whole number from 0 to 2^64 - 1, got '%s'", row->name, text);
  ASSAY_TRY(check_range(row, (double)v));
  *(uint64_t *)member = v;
done:
  return rc;
}

static int parse_double(const struct assay_param *row, void *member, const char *text)
{
  int rc = ASSAY_OK;
  double v = 0;
  ASSAY_CHECK(assay_text_to_double(&v, text) == ASSAY_OK && isfinite(v), ASSAY_EPARSE,
              "%s: expected a number, got '%s'", row->name, text);
  ASSAY_TRY(check_range(row, v));
  *(double *)member = v;
done:
  return rc;
}

static int parse_bool(const struct assay_param *row, void *member, const char *text)
{
  static const char *const words[] = {"false", "true", "no", "yes", "off", "on", "0", "1"};
  int rc = ASSAY_OK;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcmp(text, words[i]) == 0) {
      *(bool *)member = i % 2;
      goto done;
    }
  ASSAY_FAIL(ASSAY_EPARSE, "%s: expected true or false, got '%s'", row->name, text);
done:
  return rc;
}

static int parse_choice(const struct assay_param *row, void *member, const char *text)
{
  int rc = ASSAY_OK;
  char hint[512];
  for (int i = 0; row->choices[i]; i++)
    if (strcmp(row->choices[i], text) == 0) {
      *(int *)member = i;
      goto done;
    }
  ASSAY_FAIL(ASSAY_EPARSE, "%s: no choice '%s'%s", row->name, text,
             assay_text_suggest(hint, sizeof hint, text, row->choices));
done:
  return rc;
}

static int parse_string(const struct assay_param *row, void *member, const char *text)
{
  (void)row;
  *(const char **)member = text;
  return ASSAY_OK;
}

static int parse_list(const struct assay_param *row, void *member, const char *text)
{
  int rc = ASSAY_OK;
  struct assay_list *list = member;
  ASSAY_CHECK(list->n < ASSAY_LIST_MAX, ASSAY_EARG, "%s: more than %d items", row->name,
              ASSAY_LIST_MAX);
  list->item[list->n++] = text;
done:
  return rc;
}

static int text_int(char **out, const struct assay_param *row, const void *member)
{
  (void)row;
  return assay_asprintf(out, "%d", *(const int *)member);
}

static int text_u64(char **out, const struct assay_param *row, const void *member)
{
  (void)row;
  return assay_asprintf(out, "%" PRIu64, *(const uint64_t *)member);
}

static int text_double(char **out, const struct assay_param *row, const void *member)
{
  (void)row;
  char digits[32];
  return assay_strdup(out, assay_text_double(digits, *(const double *)member));
}

static int text_bool(char **out, const struct assay_param *row, const void *member)
{
  (void)row;
  return assay_strdup(out, *(const bool *)member ? "true" : "false");
}

static int text_choice(char **out, const struct assay_param *row, const void *member)
{
  return assay_strdup(out, row->choices[*(const int *)member]);
}

static int text_string(char **out, const struct assay_param *row, const void *member)
{
  (void)row;
  const char *text = *(const char *const *)member;
  return assay_strdup(out, text ? text : "");
}

static int text_list(char **out, const struct assay_param *row, const void *member)
{
  (void)row;
  int rc = ASSAY_OK;
  const struct assay_list *list = member;
  size_t size = 1, at = 0;
  for (int i = 0; i < list->n; i++) size += strlen(list->item[i]) + 1;
  ASSAY_TRY(ASSAY_NEW(out, size, "string"));
  for (int i = 0; i < list->n; i++)
    at += (size_t)snprintf(*out + at, size - at, "%s%s", i ? "," : "", list->item[i]);
done:
  return rc;
}

static json_t *json_int(const struct assay_param *row, const void *member)
{
  (void)row;
  return json_integer(*(const int *)member);
}

static json_t *json_u64(const struct assay_param *row, const void *member)
{
  (void)row; /* JSON readers lose whole numbers beyond 2^53: those go as text */
  const uint64_t v = *(const uint64_t *)member;
  char digits[24];
  if (v <= (UINT64_C(1) << 53)) return json_integer((json_int_t)v);
  snprintf(digits, sizeof digits, "%" PRIu64, v);
  return json_string(digits);
}

static json_t *json_number_or_null(const struct assay_param *row, const void *member)
{
  (void)row;
  const double v = *(const double *)member;
  return isfinite(v) ? json_real(v) : json_null();
}

static json_t *json_bool(const struct assay_param *row, const void *member)
{
  (void)row;
  return json_boolean(*(const bool *)member);
}

static json_t *json_choice(const struct assay_param *row, const void *member)
{
  return json_string(row->choices[*(const int *)member]);
}

static json_t *json_text(const struct assay_param *row, const void *member)
{
  (void)row;
  const char *text = *(const char *const *)member;
  return text ? json_string(text) : json_null();
}

static json_t *json_list(const struct assay_param *row, const void *member)
{
  (void)row;
  const struct assay_list *list = member;
  json_t *array = json_array();
  for (int i = 0; array && i < list->n; i++)
    json_array_append_new(array, json_string(list->item[i]));
  return array;
}

static const struct type_ops types[ASSAY_PT_LIST + 1] = {
    [ASSAY_PT_INT] = {"int", parse_int, text_int, json_int},
    [ASSAY_PT_U64] = {"seed", parse_u64, text_u64, json_u64},
    [ASSAY_PT_DOUBLE] = {"number", parse_double, text_double, json_number_or_null},
    [ASSAY_PT_BOOL] = {"bool", parse_bool, text_bool, json_bool},
    [ASSAY_PT_CHOICE] = {"choice", parse_choice, text_choice, json_choice},
    [ASSAY_PT_STRING] = {"text", parse_string, text_string, json_text},
    [ASSAY_PT_LIST] = {"list", parse_list, text_list, json_list},
};

const struct assay_param *assay_param_find(const struct assay_param *table, const char *key)
{
  for (const struct assay_param *row = table; row && row->name; row++)
    if (strcmp(row->name, key) == 0) return row;
  return NULL;
}

static int unknown_key(const struct assay_param *table, const char *key)
{
  enum { MANY = 128 };
  const char *names[MANY + 1] = {NULL};
  char hint[1024];
  int n = 0;
  for (const struct assay_param *row = table; row && row->name && n < MANY; row++)
    names[n++] = row->name;
  return assay_err_set(ASSAY_ENOTFOUND, __FILE__, __LINE__, "no parameter '%s'%s", key,
                       assay_text_suggest(hint, sizeof hint, key, names));
}

int assay_param_set(const struct assay_param *table, void *obj, const char *key, const char *text)
{
  const struct assay_param *row = assay_param_find(table, key);
  if (!row) return unknown_key(table, key);
  return types[row->type].parse(row, member_in(row, obj), text);
}

int assay_param_assign(const struct assay_param *table, void *obj, const char *assignment)
{
  int rc = ASSAY_OK;
  char key[64];
  const char *equals = strchr(assignment, '=');
  ASSAY_CHECK(equals && equals > assignment && equals - assignment < (ptrdiff_t)sizeof key,
              ASSAY_EPARSE, "expected key=value, got '%s'", assignment);
  memcpy(key, assignment, (size_t)(equals - assignment));
  key[equals - assignment] = '\0';
  ASSAY_TRY(assay_param_set(table, obj, key, equals + 1));
done:
  return rc;
}

int assay_param_each_assignment(char **store, const struct assay_list *set, void *user,
                                int (*assign)(void *user, const char *key, const char *value))
{
  int rc = ASSAY_OK;
  size_t size = 1;
  for (int i = 0; set && i < set->n; i++) size += strlen(set->item[i]) + 1;
  ASSAY_TRY(ASSAY_NEW(store, size, "assignments"));
  char *at = *store;
  for (int i = 0; set && i < set->n; i++) {
    strcpy(at, set->item[i]);
    char *equals = strchr(at, '=');
    ASSAY_CHECK(equals && equals > at, ASSAY_EPARSE, "--set %s: expected key=value", at);
    *equals = '\0';
    ASSAY_TRY(assay_err_prefix(assign(user, at, equals + 1), "--set %s: ", set->item[i]));
    at += strlen(set->item[i]) + 1;
  }
done:
  return rc;
}

static int check_row(const struct assay_param *row, const void *obj)
{
  int rc = ASSAY_OK;
  switch (row->type) {
  case ASSAY_PT_INT:
  case ASSAY_PT_U64:
  case ASSAY_PT_DOUBLE:
    ASSAY_TRY(check_range(row, assay_param_number(row, obj)));
    break;
  case ASSAY_PT_STRING: {
    const char *text = *(const char *const *)member_of(row, obj);
    ASSAY_CHECK(!(row->flags & ASSAY_PARAM_REQUIRED) || (text && *text), ASSAY_EARG,
                "%s is required", row->name);
    break;
  }
  case ASSAY_PT_LIST:
    ASSAY_CHECK(!(row->flags & ASSAY_PARAM_REQUIRED) ||
                    ((const struct assay_list *)member_of(row, obj))->n > 0,
                ASSAY_EARG, "%s is required", row->name);
    break;
  case ASSAY_PT_BOOL:
  case ASSAY_PT_CHOICE:
    break;
  }
done:
  return rc;
}

int assay_param_check(const struct assay_param *table, const void *obj)
{
  int rc = ASSAY_OK;
  for (const struct assay_param *row = table; row->name; row++) ASSAY_TRY(check_row(row, obj));
done:
  return rc;
}

double assay_param_number(const struct assay_param *row, const void *obj)
{
  const void *member = member_of(row, obj);
  switch (row->type) {
  case ASSAY_PT_INT:
  case ASSAY_PT_CHOICE:
    return *(const int *)member;
  case ASSAY_PT_U64:
    return (double)*(const uint64_t *)member;
  case ASSAY_PT_DOUBLE:
    return *(const double *)member;
  case ASSAY_PT_BOOL:
    return *(const bool *)member;
  case ASSAY_PT_STRING:
  case ASSAY_PT_LIST:
    break;
  }
  return (double)NAN;
}

int assay_param_put(const struct assay_param *row, void *obj, double value)
{
  int rc = ASSAY_OK;
  char digits[32];
  assay_text_double(digits, value);
  ASSAY_CHECK(row->type == ASSAY_PT_INT || row->type == ASSAY_PT_DOUBLE ||
                  row->type == ASSAY_PT_BOOL,
              ASSAY_EARG, "%s: a %s cannot be set to the number %s", row->name,
              types[row->type].name, digits);
  ASSAY_TRY(types[row->type].parse(row, member_in(row, obj), digits));
done:
  return rc;
}

int assay_param_text(char **out, const struct assay_param *row, const void *obj)
{
  return types[row->type].text(out, row, member_of(row, obj));
}

static void print_limits(const struct assay_param *row, FILE *to)
{
  char lo[32], hi[32];
  if (row->min != row->max)
    fprintf(to, " [%s, %s]", assay_text_double(lo, row->min), assay_text_double(hi, row->max));
  for (int i = 0; row->choices && row->choices[i]; i++)
    fprintf(to, "%s%s", i ? "|" : " ", row->choices[i]);
}

void assay_param_print(const struct assay_param *table, const void *defaults, FILE *to)
{
  for (const struct assay_param *row = table; row->name; row++) {
    char *value = NULL;
    if (assay_param_text(&value, row, defaults) < 0) return;
    fprintf(to, "  %-18s %s", row->name, row->doc);
    if (row->unit && strcmp(row->unit, "1") != 0) fprintf(to, ", in %s", row->unit);
    print_limits(row, to);
    if (row->flags & ASSAY_PARAM_REQUIRED)
      fprintf(to, " (required)");
    else if (*value)
      fprintf(to, " (default %s)", value);
    fprintf(to, "\n");
    assay_free(value);
  }
}

static json_t *describe_row(const struct assay_param *row, const void *defaults)
{
  json_t *j = json_object();
  json_object_set_new(j, "name", json_string(row->name));
  json_object_set_new(j, "type", json_string(types[row->type].name));
  if (row->unit) json_object_set_new(j, "unit", json_string(row->unit));
  json_object_set_new(j, "default", types[row->type].json(row, member_of(row, defaults)));
  if (row->min != row->max) {
    json_object_set_new(j, "min", json_real(row->min));
    json_object_set_new(j, "max", json_real(row->max));
  }
  if (row->choices) {
    json_t *choices = json_array();
    for (int i = 0; row->choices[i]; i++)
      json_array_append_new(choices, json_string(row->choices[i]));
    json_object_set_new(j, "choices", choices);
  }
  if (row->flags & ASSAY_PARAM_FIXED) json_object_set_new(j, "fixed", json_true());
  if (row->flags & ASSAY_PARAM_REQUIRED) json_object_set_new(j, "required", json_true());
  json_object_set_new(j, "doc", json_string(row->doc));
  return j;
}

json_t *assay_param_describe(const struct assay_param *table, const void *defaults)
{
  json_t *rows = json_array();
  for (const struct assay_param *row = table; rows && row->name; row++)
    json_array_append_new(rows, describe_row(row, defaults));
  return rows;
}

json_t *assay_param_json(const struct assay_param *table, const void *obj)
{
  json_t *j = json_object();
  for (const struct assay_param *row = table; j && row->name; row++)
    json_object_set_new(j, row->name, types[row->type].json(row, member_of(row, obj)));
  return j;
}
