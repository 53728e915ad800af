/* Sets of the toy generator, made and checked by the library. */
#ifndef ASSAY_TESTS_HARNESS_TOY_SETS_H
#define ASSAY_TESTS_HARNESS_TOY_SETS_H
#include "datasets/check.h"
#include "harness/produce.h"
#include "tests/datasets/toy.h"

static const char twelve[] = "generator: toy\nseed: 7\nparams: {n: 16}\n"
                             "sweep: [{kind: linspace, n: 12, ranges: {amplitude: [1, 12]}}]\n"
                             "splits: {random: {kind: random, train: 0.5, test: 0.5}}\n";

static inline struct assay_recipe *recipe(const char *text)
{
  struct assay_recipe *r = NULL;
  assert_ok(assay_recipe_parse(&r, "toy.yaml", text, strlen(text), NULL, toy_find));
  return r;
}

static inline struct assay_produce job(const struct assay_recipe *r, const char *path)
{
  return (struct assay_produce){
      .recipe = r, .path = path, .last = assay_recipe_cases(r), .jobs = 2};
}

static inline int clean(void **state)
{
  (void)state;
  if (system("rm -rf ./*") != 0) return 1;
  return 0;
}

static inline void make(const char *text, const char *path, int jobs)
{
  struct assay_produce_report report;
  struct assay_recipe *r = recipe(text);
  struct assay_produce p = job(r, path);
  p.jobs = jobs;
  assert_ok(assay_produce(&report, &p));
  assay_recipe_destroy(r);
}

/* Problems that check finds, joined; "" when all is well. */
static inline void check(char out[2048], const char *path, int regenerate)
{
  json_t *report = NULL, *item;
  size_t i;
  const struct assay_check options = {.regenerate = regenerate, .seed = 3, .find = toy_find};
  assert_ok(assay_check_file(&report, path, &options));
  out[0] = '\0';
  json_array_foreach(json_object_get(report, "problems"), i, item)
      snprintf(out + strlen(out), 2048 - strlen(out), "%s\n", json_string_value(item));
  assert_true(json_is_true(json_object_get(report, "ok")) == (out[0] == '\0'));
  json_decref(report);
}

static inline void assert_good(const char *path, int regenerate)
{
  char problems[2048];
  check(problems, path, regenerate);
  assert_string_equal(problems, "");
}

#endif
