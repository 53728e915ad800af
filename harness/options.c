#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "harness/verb.h"

static const struct assay_param *row_of_letter(const struct assay_param *rows, char letter)
{
  for (; rows && rows->name; rows++)
    if (rows->letter == letter) return rows;
  return NULL;
}

/* "--frame-interval" names the row frame_interval. */
static void name_of_option(char *out, size_t size, const char *text, size_t length)
{
  size_t n = length < size - 1 ? length : size - 1;
  for (size_t i = 0; i < n; i++) out[i] = text[i] == '-' ? '_' : text[i];
  out[n] = '\0';
}

struct cursor {
  int argc, at;
  char **argv;
};

static int set_row(const struct assay_param *row, const struct assay_param *rows, void *options,
                   const char *shown, const char *value, struct cursor *c)
{
  int rc = ASSAY_OK;
  if (row->type == ASSAY_PT_BOOL && !value) value = "true";
  if (!value) {
    ASSAY_CHECK(c->at + 1 < c->argc, ASSAY_EARG, "option %s needs a value", shown);
    value = c->argv[++c->at];
  }
  ASSAY_TRY(assay_param_set(rows, options, row->name, value));
done:
  return rc;
}

static int parse_long(const struct assay_param *rows, void *options, struct cursor *c)
{
  int rc = ASSAY_OK;
  char name[64];
  const char *text = c->argv[c->at] + 2;
  const char *equals = strchr(text, '=');
  name_of_option(name, sizeof name, text, equals ? (size_t)(equals - text) : strlen(text));
  const struct assay_param *row = assay_param_find(rows, name);
  const struct assay_param *negated =
      strncmp(name, "no_", 3) == 0 && !equals ? assay_param_find(rows, name + 3) : NULL;
  if (!row && negated && negated->type == ASSAY_PT_BOOL) {
    ASSAY_TRY(assay_param_set(rows, options, negated->name, "false"));
    goto done;
  }
  if (!row) { /* reuse the message with its suggestion */
    ASSAY_TRY(assay_err_prefix(assay_param_set(rows, options, name, ""), "option --%s: ", text));
    goto done;
  }
  ASSAY_TRY(set_row(row, rows, options, c->argv[c->at], equals ? equals + 1 : NULL, c));
done:
  return rc;
}

static int parse_short(const struct assay_param *rows, void *options, struct cursor *c)
{
  int rc = ASSAY_OK;
  const char *text = c->argv[c->at];
  const struct assay_param *row = row_of_letter(rows, text[1]);
  ASSAY_CHECK(row, ASSAY_EARG, "no option -%c (see --help)", text[1]);
  ASSAY_TRY(set_row(row, rows, options, text, text[2] ? text + 2 : NULL, c));
done:
  return rc;
}

int assay_options_parse(const struct assay_param *rows, void *options, int argc, char **argv,
                        char **args, int *n_args)
{
  int rc = ASSAY_OK;
  struct cursor c = {.argc = argc, .argv = argv};
  *n_args = 0;
  for (bool only_args = false; c.at < argc; c.at++) {
    char *text = argv[c.at];
    if (!only_args && strcmp(text, "--") == 0)
      only_args = true;
    else if (!only_args && strncmp(text, "--", 2) == 0)
      ASSAY_TRY(parse_long(rows, options, &c));
    else if (!only_args && text[0] == '-' && text[1])
      ASSAY_TRY(parse_short(rows, options, &c));
    else
      args[(*n_args)++] = text;
  }
done:
  return rc;
}

int assay_options_split(struct assay_list *names, char **store)
{
  int rc = ASSAY_OK;
  size_t room = 1, at = 0;
  const struct assay_list given = *names;
  for (int i = 0; i < given.n; i++) room += strlen(given.item[i]) + 1;
  assay_free(*store);
  *store = NULL;
  ASSAY_TRY(ASSAY_NEW(store, room, "names"));
  names->n = 0;
  for (int i = 0; i < given.n; i++) {
    char *copy = *store + at, *rest = NULL;
    strcpy(copy, given.item[i]);
    at += strlen(copy) + 1;
    for (char *name = strtok_r(copy, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
      ASSAY_CHECK(names->n < ASSAY_LIST_MAX, ASSAY_EARG, "more than %d names", ASSAY_LIST_MAX);
      names->item[names->n++] = name;
    }
  }
done:
  return rc;
}
