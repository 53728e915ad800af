/* A synthetic journal that looks like a small suite run: two tasks, five methods, two seeds, one
 * crash. Values follow closed formulas, so that the ranking is known:
 *   value of case k, seed s = level(method) * difficulty(k) * (1 + wobble)
 * with a wobble too small to change the order of any two methods in any case, except between
 * "pod-dmd" and "coarse", which are made to be indistinguishable. */
#ifndef ASSAY_TESTS_RESULTS_SAMPLE_H
#define ASSAY_TESTS_RESULTS_SAMPLE_H
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "results/journal.h"
#include "tests/test.h"

enum { SAMPLE_METHODS = 5, SAMPLE_TASKS = 2, SAMPLE_CASES = 24, SAMPLE_LEADS = 20 };

struct sample_method {
  const char *name, *doc;
  double level[SAMPLE_TASKS]; /* relative error; 0: not run on this task, < 0: crashes */
  double train_s, predict_s, memory_mb;
  int floor;
};

static const struct sample_method sample_methods[SAMPLE_METHODS] = {
    {"persistence", "the last given frame, for ever", {0.612, 0}, 0.02, 0.11, 38.2, 1},
    {"mean", "mean of the training cases", {0.935, 0.871}, 0.35, 0.09, 41.7, 1},
    {"coarse",
     "the same equations at a quarter of the resolution",
     {0.0832, 0.0917},
     0,
     7.4,
     55,
     0},
    {"pod-dmd", "POD and a linear propagator", {0.0835, 0.214}, 2.61, 0.17, 143, 0},
    {"knn", "nearest training case, in Python", {0.342, -1}, 0.81, 0.44, 97, 0},
};

static const char *const sample_tasks[SAMPLE_TASKS] = {"cavity-forecast", "cavity-operator"};
static const char *const sample_kinds[SAMPLE_TASKS] = {"forecast", "operator"};
static const char *const sample_titles[SAMPLE_TASKS] = {
    "Lid-driven cavity: the next 20 frames from the first",
    "Lid-driven cavity: all frames from the parameters"};
static const char *const sample_fields[] = {"u", "v", "p"};

/* A number in [-1, 1) that depends on nothing but its arguments. */
static inline double sample_noise(uint64_t a, uint64_t b, uint64_t c)
{
  uint64_t x = a * 0x9E3779B97F4A7C15u + b * 0xBF58476D1CE4E5B9u + c * 0x94D049BB133111EBu + 7;
  for (int i = 0; i < 3; i++) x = (x ^ (x >> 29)) * 0xBF58476D1CE4E5B9u;
  return (double)(x >> 11) / 4503599627370496.0 - 1.0;
}

static inline double sample_value(int task, int method, int seed, int field, int k)
{
  const double difficulty = 0.6 + 0.8 * k / (SAMPLE_CASES - 1);
  const double field_factor = 1.0 + 0.15 * field;
  const int pair = method == 2 || method == 3;
  const double wobble = (pair && task == 0 ? 0.3 : 0.02) *
                        sample_noise((uint64_t)method, (uint64_t)(k + 100 * field), (uint64_t)seed);
  return sample_methods[method].level[task] * difficulty * field_factor * (1 + wobble);
}

static inline void sample_add(json_t *record, const char *metric, const char *field,
                              const char *unit, int higher, double floor, const double *cases,
                              const double *by_lead)
{
  const struct assay_record_values v = {.metric = metric,
                                        .field = field,
                                        .unit = unit,
                                        .higher_is_better = higher,
                                        .version = 1,
                                        .doc = higher ? "leads before the correlation drops"
                                                      : "error relative to the truth",
                                        .floor = floor,
                                        .n_cases = SAMPLE_CASES,
                                        .n_leads = by_lead ? SAMPLE_LEADS : 0,
                                        .cases = cases,
                                        .by_lead = by_lead};
  assert_ok(assay_record_add_score(record, &v));
}

static inline void sample_scores(json_t *record, int task, int method, int seed)
{
  double cases[SAMPLE_CASES], by_lead[SAMPLE_CASES * SAMPLE_LEADS], time[SAMPLE_CASES];
  for (int f = 0; f < 3; f++) {
    for (int k = 0; k < SAMPLE_CASES; k++) {
      cases[k] = sample_value(task, method, seed, f, k);
      for (int lead = 0; lead < SAMPLE_LEADS; lead++)
        by_lead[k * SAMPLE_LEADS + lead] =
            cases[k] * (lead + 1.0) / (0.5 * (SAMPLE_LEADS + 1)) *
            (1 + 0.1 * sample_noise((uint64_t)k, (uint64_t)lead, (uint64_t)method));
    }
    sample_add(record, "vrmse", sample_fields[f], "1", 0, (double)NAN, cases, by_lead);
  }
  for (int k = 0; k < SAMPLE_CASES; k++) cases[k] *= 0.731;
  for (int f = 0; f < 3; f++)
    sample_add(record, "rmse", sample_fields[f], f < 2 ? "m s-1" : "Pa", 0, (double)NAN, cases,
               NULL);
  for (int k = 0; k < SAMPLE_CASES; k++) {
    cases[k] = 1e-4 + 1e-3 * cases[k];
    time[k] = k == 3 ? (double)NAN : 0.5 / (0.05 + sample_methods[method].level[task]) + 0.01 * k;
  }
  sample_add(record, "divergence", ASSAY_RECORD_WHOLE, "s-1", 0, 9.7e-5, cases, NULL);
  sample_add(record, "correlation-time", ASSAY_RECORD_WHOLE, "s", 1, (double)NAN, time, NULL);
}

static inline void sample_set(json_t *record, const char *key, json_t *value)
{
  assert_int_equal(json_object_set_new(record, key, value), 0);
}

static inline void sample_cases(json_t *record)
{
  json_t *ids = json_array(), *labels = json_array(), *times = json_array();
  char label[32];
  for (int k = 0; k < SAMPLE_CASES; k++) {
    snprintf(label, sizeof label, "Re = %d", 100 + 60 * k);
    json_array_append_new(ids, json_integer(100 + 3 * k));
    json_array_append_new(labels, json_string(label));
  }
  for (int lead = 0; lead < SAMPLE_LEADS; lead++)
    json_array_append_new(times, json_real(0.25 * (lead + 1)));
  sample_set(record, "cases", json_pack("{s:o, s:o}", "ids", ids, "labels", labels));
  sample_set(record, "leads",
             json_pack("{s:s, s:s, s:o}", "label", "lead time", "unit", "s", "times", times));
}

static inline void sample_context(json_t *record, int task, int method, int seed)
{
  const struct sample_method *m = &sample_methods[method];
  char command[160];
  snprintf(command, sizeof command, "assay run --task %s --method %s --seed %d", sample_tasks[task],
           m->name, seed);
  sample_set(record, "task",
             json_pack("{s:s, s:s, s:s}", "title", sample_titles[task], "kind", sample_kinds[task],
                       "primary", "vrmse"));
  sample_set(record, "method",
             json_pack("{s:s, s:s, s:b}", "doc", m->doc, "version", "1", "floor", m->floor));
  sample_set(record, "dataset",
             json_pack("{s:s, s:s, s:s, s:s, s:s, s:{s:i, s:i, s:i}}", "name", "cavity-small",
                       "title", "Lid-driven cavity, Re 100 to 1,500", "generator", "cavity 1",
                       "regenerate", "assay generate cavity-small -o cavity-small.nc", "licence",
                       "CC-BY-4.0", "cases", "train", 96, "validation", 8, "test", SAMPLE_CASES));
  const double slow = 1 + 0.05 * seed;
  sample_set(record, "cost",
             json_pack("{s:{s:f, s:f, s:f}, s:{s:f, s:f, s:f}}", "train", "wall_s",
                       m->train_s * slow, "cpu_s", m->train_s * slow * 1.8, "peak_rss_mb",
                       m->memory_mb * 1.3, "predict", "wall_s", m->predict_s * slow, "cpu_s",
                       m->predict_s * slow, "peak_rss_mb", m->memory_mb));
  sample_set(record, "provenance",
             json_pack("{s:s, s:s, s:s, s:s, s:s, s:{s:s, s:s}}", "revision", "5f2c81ab93",
                       "compiler", "gcc 12.2.0", "cpu", "a processor", "isa", "v3", "started",
                       "2026-05-01T12:00:00Z", "libraries", "fftw", "3.3.10", "netcdf", "4.9.0"));
  sample_set(record, "command", json_string(command));
}

/* The record of one job; the caller owns it. */
static inline json_t *sample_record(int task, int method, int seed)
{
  json_t *record = NULL;
  const int crashes = sample_methods[method].level[task] < 0;
  const struct assay_record_key key = {.suite = "cavity-demo",
                                       .task = sample_tasks[task],
                                       .method = sample_methods[method].name,
                                       .seed = seed,
                                       .task_hash = task ? "7b1e09" : "51c0de",
                                       .data_hash = "d1f3a55e77",
                                       .method_hash = sample_methods[method].name};
  assert_ok(assay_record_create(&record, &key, crashes ? ASSAY_RECORD_FAILED : ASSAY_RECORD_OK));
  sample_context(record, task, method, seed);
  sample_cases(record);
  if (crashes)
    sample_set(record, "failure",
               json_pack("{s:s, s:s, s:s, s:[s,s]}", "reason", "predict ended with exit status 1",
                         "kind", "crash", "phase", "predict", "output",
                         "  File \"knn.py\", line 41, in predict",
                         "ValueError: could not broadcast <input> array"));
  else
    sample_scores(record, task, method, seed);
  return record;
}

static inline void sample_append(const char *dir, int task, int method, int seed)
{
  json_t *record = sample_record(task, method, seed);
  assert_ok(assay_journal_append(dir, record));
  json_decref(record);
}

/* The whole journal into dir: 18 records. */
static inline void sample_journal(const char *dir)
{
  for (int task = 0; task < SAMPLE_TASKS; task++)
    for (int method = 0; method < SAMPLE_METHODS; method++)
      for (int seed = 1; seed <= 2; seed++)
        if (sample_methods[method].level[task] != 0) sample_append(dir, task, method, seed);
}

/* A fresh folder as group state; removed by sample_cleanup. */
static inline int sample_folder(void **state)
{
  static char path[64];
  snprintf(path, sizeof path, "/tmp/assay-test-XXXXXX");
  *state = mkdtemp(path);
  return *state ? 0 : -1;
}
static inline int sample_cleanup(void **state)
{
  return assay_dir_remove(*state);
}

#endif
