/* What a method for discoveries finds of the built-in systems: their trajectories with noise (share
 * of the rms of a state), one line for each system with the metrics of terms, rates and
 * trajectories, seconds of processor time, and the means. By hand:
 *
 *   ninja tests/dynamics_solve && tests/dynamics_solve 0.01 sindy_weak[:key=value,...] [-v] [system
 * ...]
 *
 * -v prints equations as well. */
#include <stdlib.h>
#include <time.h>

#include "baselines/baseline.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "datasets/answer.h"
#include "generators/table.h"
#include "harness/cut_system.h"
#include "harness/score_system.h"
#include "tests/test.h"

static char folder[] = "/tmp/assay-dynamics-XXXXXX";
static const struct assay_baseline *method;
static char *params;
static bool verbose;

static const char *const metrics[] = {"term_precision", "term_recall",      "coefficient_error",
                                      "rate_error",     "trajectory_error", "valid_time"};
enum { METRICS = sizeof metrics / sizeof *metrics };

static char *path_of(const char *name)
{
  char *path = NULL;
  assert_ok(assay_asprintf(&path, "%s/%s", folder, name));
  return path;
}

/* "name:key=value,key=value" */
static void open_method(char *spec)
{
  char *sets = strchr(spec, ':');
  if (sets) *sets++ = 0;
  assert_ok(assay_baseline_find(&method, spec));
  assert_ok(ASSAY_NEW(&params, method->params_size + 1, "parameters"));
  if (method->params) memcpy(params, method->defaults, method->params_size);
  for (char *set = sets ? strtok(sets, ",") : NULL; set; set = strtok(NULL, ","))
    assert_ok(assay_param_assign(method->params, params, set));
}

static struct assay_table_recipe *open_recipe(double noise)
{
  char text[256];
  struct assay_table_recipe *r;
  snprintf(text, sizeof text,
           "equations: dynamics\nseed: 1\nparams: {observe: trajectories, feature_noise: %g}\n",
           noise);
  assert_ok(assay_table_recipe_parse(&r, "dynamics", text, strlen(text), NULL));
  return r;
}

static double now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Train and predict; seconds of processor time. */
static double answer(const struct assay_task *task, const char *train, const char *inputs,
                     const char *pred)
{
  char *model = path_of("model");
  struct assay_table *data, *starts;
  assert_ok(assay_dir_remove(model));
  assert_ok(assay_dir_make(model));
  assert_ok(assay_table_read(&data, train));
  assert_ok(assay_table_read(&starts, inputs));
  const double start = now();
  if (method->train)
    assert_ok(method->train(&(struct assay_train_job){.task = task,
                                                      .table = data,
                                                      .model_dir = model,
                                                      .seed = 1,
                                                      .time_limit = 600,
                                                      .params = params}));
  assert_ok(method->predict(&(struct assay_predict_job){.task = task,
                                                        .table = starts,
                                                        .model_dir = model,
                                                        .output = pred,
                                                        .seed = 1,
                                                        .params = params}));
  const double seconds = now() - start;
  assay_table_destroy(data);
  assay_table_destroy(starts);
  assay_free(model);
  return seconds;
}

/* value [METRICS] of a system whose first table is `first`. */
static double solve(double *value, const struct assay_table_recipe *r, int first, int n)
{
  struct assay_task task = assay_task_defaults;
  char *train = path_of("train.nc"), *inputs = path_of("inputs.nc"), *pred = path_of("pred.nc");
  char *table[ASSAY_STATES_MAX], name[32];
  struct assay_scores *scores;
  struct assay_flaw flaw;
  json_t *told;
  task.kind = ASSAY_TASK_DISCOVERY;
  task.split = "extrapolation";
  task.horizon = 50;
  task.work = 1e9;
  for (int i = 0; i < METRICS; i++) task.metrics.item[task.metrics.n++] = metrics[i];
  for (int k = 0; k < n; k++) {
    struct assay_table *t;
    snprintf(name, sizeof name, "table%d.nc", k);
    table[k] = path_of(name);
    assert_ok(assay_table_make(&t, r, first + k));
    assert_ok(assay_table_write(t, table[k], true));
    if (k == 0) assert_ok(assay_cut_system_train(t, &task, train));
    if (k == 0) assert_ok(assay_cut_system_inputs(t, &task, inputs));
    assay_table_destroy(t);
  }
  const double seconds = answer(&task, train, inputs, pred);
  assert_ok(assay_score_system(&scores, &told, &flaw, &task, table, n, pred));
  for (int i = 0; i < METRICS; i++) value[i] = scores->score[i].cases[0];
  if (verbose)
    printf("  found %s\n  truth %s\n", json_string_value(json_object_get(told, "equation")),
           json_string_value(json_object_get(told, "truth")));
  json_decref(told);
  assay_scores_destroy(scores);
  for (int k = 0; k < n; k++) assay_free(table[k]);
  assay_free(train);
  assay_free(inputs);
  assay_free(pred);
  return seconds;
}

/* Among the words behind the method, if there are any. */
static bool wanted(const char *name, int n, char **word)
{
  for (int i = 0; i < n; i++)
    if (strcmp(word[i], name) == 0) return true;
  return n == 0;
}

static void print_line(const char *name, const double *value, double seconds)
{
  printf("%-16s", name);
  for (int i = 0; i < METRICS; i++) printf(i < 2 ? " %6.3f" : " %8.1e", value[i]);
  printf(" %6.2f s\n", seconds);
  fflush(stdout);
}

int main(int argc, char **argv)
{
  double sum[METRICS] = {0}, value[METRICS], seconds = 0;
  int n = 0, right = 0;
  if (argc < 3 || !mkdtemp(folder)) {
    fprintf(stderr, "usage: dynamics_solve NOISE METHOD[:key=value,...] [-v] [system ...]\n");
    return 1;
  }
  verbose = argc > 3 && strcmp(argv[3], "-v") == 0;
  const int first_word = verbose ? 4 : 3;
  struct assay_table_recipe *r = open_recipe(strtod(argv[1], NULL));
  open_method(argv[2]);
  for (int i = 0; i < assay_table_recipe_count(r);) {
    const struct assay_system *s = assay_table_recipe_equation(r, i)->system;
    if (wanted(s->name, argc - first_word, argv + first_word)) {
      const double own = solve(value, r, i, s->n_states);
      print_line(s->name, value, own);
      for (int k = 0; k < METRICS; k++) sum[k] += value[k];
      right += value[0] == 1 && value[1] == 1 && value[2] < 1e-3;
      seconds += own;
      n++;
    }
    i += s->n_states;
  }
  for (int k = 0; k < METRICS && n > 0; k++) sum[k] /= n;
  print_line("mean", sum, seconds);
  printf("%d of %d systems with all terms right and coefficients within 1e-3\n", right, n);
  assay_table_recipe_destroy(r);
  assay_free(params);
  assay_dir_remove(folder);
  return 0;
}
