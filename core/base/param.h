/* Typed parameter rows: everything that can be set or described is one table of rows. The same
 * table drives YAML recipes, --set and command-line options, --help, range checks, file attributes,
 * JSON descriptions and the documentation. */
#ifndef ASSAY_CORE_BASE_PARAM_H
#define ASSAY_CORE_BASE_PARAM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

enum assay_ptype {
  ASSAY_PT_INT,    /* int */
  ASSAY_PT_U64,    /* uint64_t: seeds */
  ASSAY_PT_DOUBLE, /* double, always finite */
  ASSAY_PT_BOOL,   /* bool: true/false, yes/no, on/off, 1/0 */
  ASSAY_PT_CHOICE, /* int: index into choices */
  ASSAY_PT_STRING, /* const char *: borrowed from the text it was set from, which must outlive it */
  ASSAY_PT_LIST,   /* struct assay_list: repeated option, YAML sequence or "a,b,c" */
};

enum { ASSAY_LIST_MAX = 64 };
struct assay_list {
  int n;
  const char *item[ASSAY_LIST_MAX]; /* borrowed like ASSAY_PT_STRING */
};

enum {
  ASSAY_PARAM_FIXED = 1,    /* must be the same in all cases of a data set (it fixes shapes) */
  ASSAY_PARAM_REQUIRED = 2, /* has no default */
};

struct assay_param {
  const char *name; /* NULL ends a table */
  enum assay_ptype type;
  size_t offset;
  const char *unit; /* UDUNITS text; "1" when dimensionless, NULL when it is not a quantity */
  const char *doc;  /* one line */
  double min, max;  /* inclusive; no limits when min == max */
  const char *const *choices;
  unsigned flags;
  char letter; /* short command-line option, 0: none */
};

/* offsetof that does not compile when the member has another type */
#define ASSAY_OFFSET(S, f, T) _Generic(((struct S *)0)->f, T : offsetof(struct S, f))
#define ASSAY_P_INT(S, f) .name = #f, .type = ASSAY_PT_INT, .offset = ASSAY_OFFSET(S, f, int)
#define ASSAY_P_U64(S, f) .name = #f, .type = ASSAY_PT_U64, .offset = ASSAY_OFFSET(S, f, uint64_t)
#define ASSAY_P_DOUBLE(S, f) \
  .name = #f, .type = ASSAY_PT_DOUBLE, .offset = ASSAY_OFFSET(S, f, double)
#define ASSAY_P_BOOL(S, f) .name = #f, .type = ASSAY_PT_BOOL, .offset = ASSAY_OFFSET(S, f, bool)
#define ASSAY_P_STRING(S, f) \
  .name = #f, .type = ASSAY_PT_STRING, .offset = ASSAY_OFFSET(S, f, const char *)
#define ASSAY_P_LIST(S, f) \
  .name = #f, .type = ASSAY_PT_LIST, .offset = ASSAY_OFFSET(S, f, struct assay_list)
#define ASSAY_P_CHOICE(S, f, ...)                                         \
  .name = #f, .type = ASSAY_PT_CHOICE, .offset = ASSAY_OFFSET(S, f, int), \
  .choices = (const char *const[])                                        \
  {                                                                       \
    __VA_ARGS__, NULL                                                     \
  }

/* The row called key, or NULL. */
const struct assay_param *assay_param_find(const struct assay_param *table, const char *key);

/* Parse text into the member that key names (a LIST is appended to). ASSAY_ENOTFOUND names the
 * nearest key and all keys; ASSAY_EPARSE says what was expected; ASSAY_EARG: out of range. */
int assay_param_set(const struct assay_param *table, void *obj, const char *key, const char *text);

/* "key=value" as given to --set. */
int assay_param_assign(const struct assay_param *table, void *obj, const char *assignment);

/* Calls assign() for every "key=value" of a list (NULL: none), in order; a failure names the
 * assignment. The texts handed over live in *store, which the caller frees when nothing borrows
 * from it any more. ASSAY_EPARSE, ASSAY_ENOMEM, and what assign returns. */
int assay_param_each_assignment(char **store, const struct assay_list *set, void *user,
                                int (*assign)(void *user, const char *key, const char *value));

/* ASSAY_EARG when a number of obj is out of its range or a required string is missing. */
int assay_param_check(const struct assay_param *table, const void *obj);

/* A number for INT, U64, DOUBLE, BOOL and CHOICE (its index); NaN for the others. */
double assay_param_number(const struct assay_param *row, const void *obj);

/* Write a number into an INT, DOUBLE or BOOL member; ASSAY_EARG when it is out of range, not whole
 * where it must be, or not finite. */
int assay_param_put(const struct assay_param *row, void *obj, double value);

/* Text that assay_param_set reads back to the same value: the shortest decimal that round-trips.
 * The caller owns *out. */
int assay_param_text(char **out, const struct assay_param *row, const void *obj);

/* Help: one line per row: name, type, default, unit, range, doc. */
void assay_param_print(const struct assay_param *table, const void *defaults, FILE *to);

/* [{name, type, unit, default, min, max, choices, fixed, doc}, ...]; NULL when out of memory. The
 * caller owns the reference. */
json_t *assay_param_describe(const struct assay_param *table, const void *defaults);

/* {name: value, ...} of the members of obj in table order. */
json_t *assay_param_json(const struct assay_param *table, const void *obj);

#endif
