/* Frames on disk are those in memory: one by one, read ahead, and for whole trainings. */
#include "baselines/neural/store.h"

#include "baselines/neural/data.h"
#include "core/num/random.h"
#include "tests/baselines/small_world.h"

enum { FRAMES = 200, SIZE = 37, SLOTS = 4 * ASSAY_NN_STORE_HELD };

static float number(long frame, int i)
{
  return (float)frame * 2.385F + (float)i * 0.7F;
}

static struct assay_nn_store *filled(double bytes)
{
  struct assay_nn_store *s = NULL;
  assert_ok(assay_nn_store_open(&s, toy_dir, FRAMES, SIZE, bytes));
  for (long k = 0; k < FRAMES; k++) {
    float *x = assay_nn_store_edit(s, k);
    for (int i = 0; i < SIZE; i++) {
      assert_true(x[i] == 0);
      x[i] = number(k, i);
    }
    assay_nn_store_put(s, k);
  }
  return s;
}

static void assert_frame(const float *x, long k)
{
  for (int i = 0; i < SIZE; i++) assert_true(x[i] == number(k, i));
}

static void memory_where_it_fits_else_disk(void **state)
{
  (void)state;
  static const double bytes[] = {FRAMES * SIZE * 4, FRAMES * SIZE * 4 - 1, 1, 50 * SIZE * 4 + 3};
  static const long slots[] = {FRAMES, FRAMES - 1, SLOTS, 50};
  for (int b = 0; b < 4; b++) {
    struct assay_nn_store *s = filled(bytes[b]);
    const struct assay_nn_store_info info = assay_nn_store_info(s);
    assert_int_equal(info.on_disk, b > 0);
    assert_int_equal(info.slots, slots[b]);
    for (long k = 0; k < FRAMES; k++)
      assert_frame(assay_nn_store_get(s, (k * 61) % FRAMES), (k * 61) % FRAMES);
    assert_ok(assay_nn_store_check(s));
    assay_nn_store_close(s);
  }
}

/* Frames handed out stay what they are while others come and the reader is busy. */
static void what_is_held_stays(void **state)
{
  (void)state;
  struct assay_nn_store *s = filled(1);
  struct assay_rng rng = assay_rng_init(5, 0, 0);
  long wanted[SLOTS], held[ASSAY_NN_STORE_HELD];
  const float *at[ASSAY_NN_STORE_HELD];
  for (int round = 0; round < 400; round++) {
    for (int i = 0; i < SLOTS; i++) wanted[i] = (long)assay_rng_below(&rng, FRAMES);
    assay_nn_store_ahead(s, wanted, SLOTS);
    for (int i = 0; i < ASSAY_NN_STORE_HELD; i++) {
      held[i] = wanted[(size_t)i * 3];
      at[i] = assay_nn_store_get(s, held[i]);
    }
    for (int i = 0; i < ASSAY_NN_STORE_HELD; i++) assert_frame(at[i], held[i]);
  }
  assay_nn_store_close(s);
}

static void what_is_asked_for_ahead_is_there(void **state)
{
  (void)state;
  struct assay_nn_store *s = filled(1);
  long wanted[12];
  for (int i = 0; i < 12; i++) wanted[i] = 16 * i + 3;
  assay_nn_store_ahead(s, wanted, 12);
  usleep(200000);
  const long before = assay_nn_store_info(s).waited;
  for (int i = 0; i < 12; i++) assert_frame(assay_nn_store_get(s, wanted[i]), wanted[i]);
  assert_true(assay_nn_store_info(s).waited - before <= 1); /* even on a busy machine */
  assert_frame(assay_nn_store_get(s, 11), 11);
  assert_true(assay_nn_store_info(s).waited > before);
  assay_nn_store_close(s);
}

static void where_nothing_can_be_written(void **state)
{
  (void)state;
  struct assay_nn_store *s = NULL;
  assert_fails(assay_nn_store_open(&s, toy_path("nowhere"), FRAMES, SIZE, 1), ASSAY_EIO,
               "nowhere/frames-");
  assert_null(s);
}

/* ---- data and trainings -------------------------------------------------------------------- */

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

static int frames_of(long k)
{
  return k == 3 ? 4 : 6;
}

static struct toy world(int kind)
{
  return (struct toy){
      .kind = kind,
      .first = 1,
      .stride = 1,
      .n_train = 12,
      .n_valid = 3,
      .n_test = 2,
      .n_times = 6,
      .dt = 0.1,
      .n_axes = 2,
      .axis = {{"y", "m", "y", ASSAY_AXIS_CENTRES, 8, 0, 1},
               {"x", "m", "x", ASSAY_AXIS_CENTRES, 11, 0, 2}},
      .n_fields = 2,
      .fields = {{.name = "u", .unit = "m s-1", .doc = "u"},
                 {.name = "p", .unit = "Pa", .doc = "p"}},
      .n_params = 2,
      .params = {{.name = "a", .unit = "1", .doc = "a"}, {.name = "b", .unit = "1", .doc = "b"}},
      .param = param,
      .value = value,
      .frames = frames_of,
      .lid = 1.25};
}

static void open_data(struct assay_nn_data *d, struct assay_dataset *data,
                      const struct assay_task *task)
{
  const struct assay_train_job job = {.task = task, .data = data, .model_dir = toy_dir, .seed = 7};
  assert_ok(assay_nn_data_open(d, &job, &(struct assay_nn_data_options){.ring = true}));
}

static void data_are_the_same_numbers(void **state)
{
  (void)state;
  struct toy toy = world(ASSAY_TASK_FORECAST);
  struct assay_nn_data memory, disk;
  struct assay_dataset *data;
  toy_files(&toy);
  assert_ok(assay_dataset_open(&data, toy_path("train.nc")));
  struct assay_task task = toy_task(&toy);
  open_data(&memory, data, &task);
  task.memory_mb = 1e-3;
  open_data(&disk, data, &task);
  assert_false(assay_nn_store_info(memory.frames).on_disk);
  assert_true(assay_nn_store_info(disk.frames).on_disk);
  assert_true(disk.n_cases == 15 && disk.n_kept == 5 && disk.there[3] == 3);
  const size_t bytes = 2 * memory.ring.points * sizeof(float);
  for (long i = 0; i < disk.n_cases; i++)
    for (int j = 0; j < disk.there[i]; j++)
      assert_memory_equal(assay_nn_data_frame(&disk, i, j), assay_nn_data_frame(&memory, i, j),
                          bytes);
  assay_nn_data_close(&memory);
  assay_nn_data_close(&disk);
  assay_dataset_close(data);
}

static void trainings_are_the_same_bits(void **state)
{
  (void)state;
  static const struct {
    const char *method, *how[8];
    int kind;
  } one[] = {
      {"ffn", {"width=6", "depth=2", "points=20", "epochs=3", "batch=8"}, ASSAY_TASK_OPERATOR},
      {"auto_ffn",
       {"width=6", "depth=2", "points=20", "epochs=3", "batch=8", "published=yes"},
       ASSAY_TASK_FORECAST},
      {"unet", {"width=2", "levels=1", "epochs=2", "batch=50"}, ASSAY_TASK_FORECAST},
  };
  for (int m = 0; m < 3; m++) {
    char *bytes[2];
    size_t size[2];
    void *params = toy_params(one[m].method, one[m].how);
    for (int disk = 0; disk < 2; disk++) {
      struct toy toy = world(one[m].kind);
      toy.memory_mb = disk ? 1e-3 : 0;
      toy_files(&toy);
      assert_ok(toy_train(&toy, one[m].method, params));
      assert_ok(assay_file_read(&bytes[disk], &size[disk], toy_path("model/model.nc")));
    }
    assert_int_equal(size[0], size[1]);
    assert_memory_equal(bytes[0], bytes[1], size[0]);
    assay_free(bytes[0]);
    assay_free(bytes[1]);
    assay_free(params);
  }
}

static void nothing_is_left(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(memory_where_it_fits_else_disk),
      cmocka_unit_test(what_is_held_stays),
      cmocka_unit_test(what_is_asked_for_ahead_is_there),
      cmocka_unit_test(where_nothing_can_be_written),
      cmocka_unit_test(data_are_the_same_numbers),
      cmocka_unit_test(trainings_are_the_same_bits),
      cmocka_unit_test(nothing_is_left),
  };
  toy_open();
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  toy_close();
  return failed;
}
