/* What it costs to keep frames on disk: the same training with all frames in memory and with a
 * twentieth of them, one JSON line per method; times of a whole training, reading included. */
#include "core/base/log.h"
#include "tests/baselines/small_world.h"

static double param(long k, int j)
{
  return fmod((double)(k + 1) * (j ? 0.7548776662466927 : 0.5698402909980532), 1);
}

static double value(const double *params, int field, double x, double y, double t)
{
  return (1 + field) * (params[0] * x * (1 - y) + params[1] * y * t);
}

static struct toy world(int kind)
{
  return (struct toy){
      .kind = kind,
      .first = 1,
      .stride = 1,
      .n_train = 10,
      .n_valid = 2,
      .n_test = 1,
      .n_times = 11,
      .dt = 0.1,
      .n_axes = 2,
      .axis = {{"y", "m", "y", ASSAY_AXIS_CENTRES, 64, 0, 1},
               {"x", "m", "x", ASSAY_AXIS_CENTRES, 64, 0, 1}},
      .n_fields = 2,
      .fields = {{.name = "u", .unit = "m s-1", .doc = "u"},
                 {.name = "p", .unit = "Pa", .doc = "p"}},
      .n_params = 2,
      .params = {{.name = "a", .unit = "1", .doc = "a"}, {.name = "b", .unit = "1", .doc = "b"}},
      .param = param,
      .value = value};
}

static const struct {
  const char *method;
  int kind;
  const char *how[4];
} trainings[] = {
    {"ffn", ASSAY_TASK_OPERATOR, {"points=1000", "epochs=1"}},
    {"ffn", ASSAY_TASK_OPERATOR, {"points=64", "epochs=3"}},
    {"unet", ASSAY_TASK_FORECAST, {"width=4", "epochs=1"}},
};

static void measure(int i)
{
  double seconds[2];
  struct toy toy = world(trainings[i].kind);
  void *params = toy_params(trainings[i].method, trainings[i].how);
  toy_files(&toy);
  for (int disk = 0; disk < 2; disk++) {
    toy.memory_mb = disk ? 12 * 10 * 64 * 64 * 2 * 4e-6 / 4 / 0.6 : 0;
    const double start = assay_clock();
    assert_ok(toy_train(&toy, trainings[i].method, params));
    seconds[disk] = assay_clock() - start;
  }
  printf("{\"method\": \"%s\", \"setting\": \"%s\", \"memory_s\": %.3f, \"disk_s\": %.3f, "
         "\"ratio\": %.3f}\n",
         trainings[i].method, trainings[i].how[0], seconds[0], seconds[1], seconds[1] / seconds[0]);
  assay_free(params);
}

int main(void)
{
  toy_open();
  for (int i = 0; i < 3; i++) measure(i);
  toy_close();
  return 0;
}
