/* Weights on their way to PyTorch and back, docs/examples/torch_weights.py: a twin there that loads
 * them gives the same answers, nothing changes on a round trip, and what does not fit is refused.
 */
#include <sys/wait.h>

#include "baselines/neural/checkpoint.h"
#include "baselines/neural/op_linear.h"
#include "tests/baselines/small_world.h"

static const char script[] = ASSAY_TEST_SOURCE "/docs/examples/torch_weights.py";
static const char twin[] = ASSAY_TEST_SOURCE "/tests/baselines/neural/twin.py";

static char said_path[160]; /* what the last program said */

/* /usr/bin/python3 ARGS..., what it says going to said_path; the exit status. */
static int python(const char *const *args)
{
  fflush(NULL);
  const pid_t pid = fork();
  if (pid == 0) {
    const char *argv[16] = {"python3"};
    for (int i = 0; i < 14 && args[i]; i++) argv[i + 1] = args[i];
    unsetenv("PYTHONPATH");
    setenv("PYTHONDONTWRITEBYTECODE", "1", 1);
    setenv("OMP_NUM_THREADS", "1", 1);
    if (freopen(said_path, "w", stdout) && dup2(1, 2) == 2)
      execv("/usr/bin/python3", (char *const *)(void *)argv);
    _exit(127);
  }
  int status = 0;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
#define PYTHON(...) python((const char *const[]){__VA_ARGS__, NULL})

/* The caller frees it. */
static char *said(void)
{
  char *text = NULL;
  size_t size = 0;
  assert_ok(assay_file_read(&text, &size, said_path));
  return text;
}

static void assert_said(int status, const char *part)
{
  char *text = said();
  if (status == 0 || !strstr(text, part)) fail_msg("exit %d, not '%s': %s", status, part, text);
  assay_free(text);
}

static void assert_works(int status)
{
  char *text = said();
  if (status != 0) fail_msg("exit %d: %s", status, text);
  assay_free(text);
}

static double param(long k, int j)
{
  const double golden = j ? 0.7548776662466927 : 0.5698402909980532,
               place = (double)(k + 1) * golden;
  return (j ? 30.0 : -0.4) + (j ? 500.0 : 1.3) * (place - floor(place));
}

static double value(const double *params, int field, double x, double y, double t)
{
  const double u = exp(-1.5 * t) * sin(2 * x + params[0]) * cos(y * (1 + field)) * params[1] / 100;
  return field ? 1e3 * u + 20 : u;
}

static struct toy world(int kind)
{
  return (struct toy){
      .kind = kind,
      .first = 1,
      .stride = 1,
      .n_train = 8,
      .n_valid = 2,
      .n_test = 3,
      .n_times = 5,
      .dt = 0.1,
      .n_axes = 2,
      .axis = {{"y", "m", "y", ASSAY_AXIS_CENTRES, 9, 0, 1},
               {"x", "m", "x", ASSAY_AXIS_CENTRES, 14, 0, 2}},
      .n_fields = 2,
      .fields = {{.name = "u", .unit = "m s-1", .doc = "u"},
                 {.name = "p", .unit = "Pa", .doc = "p"}},
      .n_params = 2,
      .params = {{.name = "a", .unit = "1", .doc = "a"}, {.name = "b", .unit = "1", .doc = "b"}},
      .param = param,
      .value = value};
}

static void trained(struct toy *toy, const char *method, const char *const *how)
{
  *toy = world(strcmp(method, "ffn") == 0 ? ASSAY_TASK_OPERATOR : ASSAY_TASK_FORECAST);
  void *params = toy_params(method, how);
  toy_files(toy);
  assert_ok(toy_train(toy, method, params));
  assert_ok(toy_predict(toy, method, params));
  assay_free(params);
}

static const struct {
  const char *method, *option, *how[8];
  double tolerance;
} twins[] = {
    {"ffn", NULL, {"width=12", "depth=3", "points=40", "epochs=6", "activation=gelu"}, 2e-6},
    {"unet", NULL, {"width=3", "levels=2", "epochs=4", "batch=6"}, 2e-6},
    {"fno", "--complex", {"width=4", "depth=2", "modes=3", "projection=7", "epochs=4"}, 2e-6},
};
enum { TWINS = sizeof twins / sizeof *twins };

static void twins_answer_alike(void **state)
{
  (void)state;
  for (int i = 0; i < TWINS; i++) {
    struct toy toy;
    trained(&toy, twins[i].method, twins[i].how);
    assert_works(PYTHON(script, "write", toy_path("model/model.nc"), toy_path("weights.pt"),
                        twins[i].option));
    assert_works(PYTHON(twin, twins[i].method, toy_path("model/model.nc"), toy_path("weights.pt"),
                        toy_path("inputs.nc"), toy_path("pred.nc")));
    char *text = said();
    const double difference = strtod(text, NULL);
    print_message("# %s: %g\n", twins[i].method, difference);
    if (!(difference > 0 && difference < twins[i].tolerance))
      fail_msg("%s: PyTorch differs by %s", twins[i].method, text);
    assay_free(text);
  }
}

/* The method answers from what came back with the same bytes as from what it learned. */
static void a_round_trip_changes_nothing(void **state)
{
  (void)state;
  for (int i = 0; i < TWINS; i++) {
    struct toy toy;
    char *before = NULL, *after = NULL;
    size_t size[2];
    trained(&toy, twins[i].method, twins[i].how);
    void *params = toy_params(twins[i].method, twins[i].how);
    assert_ok(assay_file_read(&before, &size[0], toy_path("pred.nc")));
    assert_works(PYTHON(script, "write", toy_path("model/model.nc"), toy_path("weights.pt"),
                        twins[i].option));
    assert_int_equal(rename(toy_path("model/model.nc"), toy_path("learned.nc")), 0);
    assert_works(PYTHON("-c",
                        "import sys, torch, h5py\n"
                        "w, old, new = sys.argv[1:]\n"
                        "with h5py.File(old) as f, h5py.File(new, 'w') as g:\n"
                        "  for x in f: f.copy(x, g)\n"
                        "  g.attrs.update(f.attrs)\n"
                        "  for x in g:\n"
                        "    if '.' in x and 'CLASS' not in g[x].attrs: g[x][...] = 0\n",
                        toy_path("weights.pt"), toy_path("learned.nc"), toy_path("blank.nc")));
    assert_works(PYTHON(script, "read", toy_path("weights.pt"), toy_path("blank.nc"),
                        toy_path("model/model.nc")));
    assert_works(PYTHON("-c",
                        "import sys, h5py\n"
                        "with h5py.File(sys.argv[1]) as f, h5py.File(sys.argv[2]) as g:\n"
                        "  assert f.keys() == g.keys()\n"
                        "  for x in f: assert f[x][()].tobytes() == g[x][()].tobytes(), x\n",
                        toy_path("learned.nc"), toy_path("model/model.nc")));
    assert_works(PYTHON(script, "read", toy_path("weights.pt"), toy_path("learned.nc"),
                        toy_path("model/model.nc")));
    assert_ok(toy_predict(&toy, twins[i].method, params));
    assert_ok(assay_file_read(&after, &size[1], toy_path("pred.nc")));
    assert_int_equal(size[0], size[1]);
    assert_memory_equal(before, after, size[0]);
    assay_free(before);
    assay_free(after);
    assay_free(params);
  }
}

/* A checkpoint after no step, whose best weights are not those that stand. */
struct halted {
  struct assay_nn_params params;
  struct assay_nn_graph *graph;
  struct assay_nn_trainer trainer;
};

static void halt(struct halted *h)
{
  struct assay_nn_settings how = assay_nn_settings_usual;
  how.average = 0.9;
  *h = (struct halted){0};
  assert_ok(assay_nn_graph_create(&h->graph, &h->params));
  assay_nn_linear(h->graph, "a", assay_nn_input(h->graph, "x", 1, (int[]){3}), 5);
  assert_ok(assay_nn_graph_finish(h->graph));
  assert_ok(assay_nn_params_allocate(&h->params, 5));
  assert_ok(assay_nn_trainer_open(&h->trainer, &how, NULL, &h->params,
                                  &(struct assay_nn_problem){.n_samples = 40}, 1));
  for (size_t i = 0; i < h->params.length; i++) h->trainer.best[i] = 0.1F * (float)i + 0.7F;
}

static void release(struct halted *h)
{
  assay_nn_trainer_close(&h->trainer);
  assay_nn_graph_destroy(h->graph);
  assay_nn_params_clear(&h->params);
}

static void checkpoints_come_and_go_too(void **state)
{
  (void)state;
  struct halted h;
  halt(&h);
  const size_t bytes = h.params.length * sizeof(float);
  float *best = NULL, *stands = NULL;
  assert_ok(ASSAY_NEW(&best, h.params.length, "test"));
  assert_ok(ASSAY_NEW(&stands, h.params.length, "test"));
  memcpy(best, h.trainer.best, bytes);
  memcpy(stands, h.params.value, bytes);
  assert_ok(assay_nn_checkpoint_write(toy_path("run.h5"), &h.trainer));
  assert_works(PYTHON(script, "write", toy_path("run.h5"), toy_path("best.pt")));
  assert_works(PYTHON(script, "read", toy_path("best.pt"), toy_path("run.h5"), toy_path("new.h5"),
                      "--block", "parameters"));
  assert_ok(assay_nn_checkpoint_read(&h.trainer, toy_path("new.h5")));
  for (int i = 0; i < h.params.n; i++) /* what is best stands now; gaps between rows do not count */
    assert_memory_equal(h.params.value + h.params.row[i].offset, best + h.params.row[i].offset,
                        h.params.row[i].size * sizeof(float));
  assert_works(PYTHON(script, "write", toy_path("run.h5"), toy_path("stands.pt"), "--block",
                      "average")); /* as it was in the beginning */
  assert_works(PYTHON(script, "read", toy_path("stands.pt"), toy_path("new.h5"), toy_path("run.h5"),
                      "--block", "parameters"));
  assert_ok(assay_nn_checkpoint_read(&h.trainer, toy_path("run.h5")));
  assert_memory_equal(h.params.value, stands, bytes);
  assay_free(best);
  assay_free(stands);
  release(&h);
}

/* torch.save of the state dictionary s after `change`. */
static void changed(const char *change)
{
  char code[512];
  snprintf(code, sizeof code,
           "import sys, torch\ns = torch.load(sys.argv[1])\n%s\ntorch.save(s, sys.argv[2])\n",
           change);
  assert_works(PYTHON("-c", code, toy_path("weights.pt"), toy_path("other.pt")));
}

static void what_does_not_fit_is_refused(void **state)
{
  (void)state;
  static const struct {
    const char *change, *message;
  } wrong[] = {
      {"del s['in_conv.0.bias']", "in_conv.0.bias: no weight of this name in"},
      {"s['extra.weight'] = torch.ones(3)", "extra.weight: the method has no such weight"},
      {"s['out_conv.weight'] = torch.ones(2, 4, 1, 1)",
       "out_conv.weight: shape (2, 4, 1, 1), the method has (2, 3, 1, 1)"},
      {"s['out_conv.bias'][1] = float('nan')", "out_conv.bias: not finite"},
  };
  struct toy toy;
  trained(&toy, "unet", twins[1].how);
  assert_works(PYTHON(script, "write", toy_path("model/model.nc"), toy_path("weights.pt")));
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    changed(wrong[i].change);
    assert_said(PYTHON(script, "read", toy_path("other.pt"), toy_path("model/model.nc"),
                       toy_path("new.nc")),
                wrong[i].message);
    assert_false(assay_file_exists(toy_path("new.nc")));
  }
  assert_said(PYTHON(script, "write", toy_path("inputs.nc"), toy_path("weights.pt")),
              "no weights of a network in it");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(twins_answer_alike),
      cmocka_unit_test(a_round_trip_changes_nothing),
      cmocka_unit_test(checkpoints_come_and_go_too),
      cmocka_unit_test(what_does_not_fit_is_refused),
  };
  int failed = 0;
  toy_open();
  snprintf(said_path, sizeof said_path, "%s", toy_path("said"));
  if (PYTHON("-c", "import numpy, netCDF4, h5py, torch") == 0)
    failed = cmocka_run_group_tests(tests, NULL, NULL);
  else /* as TAP wants it */
    printf("1..0 # SKIP needs /usr/bin/python3 with numpy, netCDF4, h5py and torch\n");
  toy_close();
  return failed;
}
