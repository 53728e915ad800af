/* A test program that is the outside method as well: its method.yaml calls it with the name of a
 * behaviour. And the records that come of it. */
#ifndef ASSAY_TESTS_HARNESS_OUTSIDE_PROGRAM_H
#define ASSAY_TESTS_HARNESS_OUTSIDE_PROGRAM_H
#include <jansson.h>

#include "tests/harness/assay_program.h"

/* ---- as the method ------------------------------------------------------------------------ */

/* The value behind an option; "" if it is not there. */
static inline const char *argument(int argc, char **argv, const char *name)
{
  for (int i = 1; i + 1 < argc; i++)
    if (strcmp(argv[i], name) == 0) return argv[i + 1];
  return "";
}

/* ./HOW/method.yaml: a method of that name and behaviour for tasks of that kind. */
static inline void put_outside(const char *how, const char *kind)
{
  char path[128], text[9000];
  assert_ok(assay_dir_make(how));
  snprintf(path, sizeof path, "%s/method.yaml", how);
  snprintf(text, sizeof text,
           "name: %s\nversion: 1\nkinds: [%s]\ntrain: '%s %s train'\npredict: '%s %s predict'\n",
           how, kind, test_program, how, test_program, how);
  write_text(path, text);
}

/* ---- records ------------------------------------------------------------------------------- */

/* Every line of DIR/journal.jsonl. */
static inline json_t *read_journal(const char *dir)
{
  char path[200], line[200000];
  json_t *list = json_array();
  snprintf(path, sizeof path, "%s/journal.jsonl", dir);
  FILE *f = fopen(path, "r");
  assert_non_null(f);
  while (fgets(line, sizeof line, f)) {
    json_t *record = json_loads(line, 0, NULL);
    assert_non_null(record);
    json_array_append_new(list, record);
  }
  fclose(f);
  return list;
}

/* The newest record of ./results. */
static inline json_t *last_record(void)
{
  json_t *journal = read_journal("results");
  assert_true(json_array_size(journal) > 0);
  json_t *last = json_incref(json_array_get(journal, json_array_size(journal) - 1));
  json_decref(journal);
  return last;
}

static inline const char *text_at(const json_t *record, const char *a, const char *b)
{
  const char *text = json_string_value(json_object_get(json_object_get(record, a), b));
  return text ? text : "";
}

/* Value of a metric over all fields. */
static inline double score_of(const json_t *record, const char *metric)
{
  const json_t *fields =
      json_object_get(json_object_get(json_object_get(record, "scores"), metric), "fields");
  return json_number_value(json_object_get(json_object_get(fields, "all"), "value"));
}

#endif
