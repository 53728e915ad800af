#include "core/base/mem.h"
#include "datasets/frames.h"
#include "tests/test.h"

static void assert_frames(const struct assay_task *task, int n_times, int n_context,
                          const int *context, int n_leads, const int *lead)
{
  struct assay_task_frames f;
  const size_t before = assay_mem_in_use().blocks;
  assert_ok(assay_task_frames(&f, task, n_times));
  assert_int_equal(f.n_context, n_context);
  assert_int_equal(f.n_leads, n_leads);
  for (int i = 0; i < n_context; i++) assert_int_equal(f.context[i], context[i]);
  for (int i = 0; i < n_leads; i++) assert_int_equal(f.lead[i], lead[i]);
  assay_task_frames_clear(&f);
  assert_int_equal(assay_mem_in_use().blocks, before);
}

static void forecast_follows_its_context_at_the_stride(void **state)
{
  (void)state;
  struct assay_task t = {.kind = ASSAY_TASK_FORECAST, .first = 2, .context = 3, .stride = 4};
  assert_frames(&t, 23, 3, (int[]){2, 6, 10}, 3, (int[]){14, 18, 22});
  assert_frames(&t, 22, 3, (int[]){2, 6, 10}, 2, (int[]){14, 18});
  t.horizon = 1;
  assert_frames(&t, 23, 3, (int[]){2, 6, 10}, 1, (int[]){14});
}

static void operator_asks_for_all_but_the_start_or_for_what_is_named(void **state)
{
  (void)state;
  struct assay_task t = {.kind = ASSAY_TASK_OPERATOR, .stride = 1};
  assert_frames(&t, 4, 0, NULL, 3, (int[]){1, 2, 3});
  assert_frames(&t, 1, 0, NULL, 1, (int[]){0});
  assert_frames(&t, 0, 0, NULL, 1, (int[]){0});
  t.frames = (struct assay_list){.n = 3, .item = {"7", "0", "3"}};
  assert_frames(&t, 8, 0, NULL, 3, (int[]){7, 0, 3});
}

static void frames_that_are_not_there_are_refused(void **state)
{
  (void)state;
  struct assay_task_frames f;
  const size_t before = assay_mem_in_use().blocks;
  struct assay_task t = {.kind = ASSAY_TASK_FORECAST, .first = 5, .context = 1, .stride = 2};
  assert_fails(assay_task_frames(&f, &t, 7), ASSAY_EARG, "behind frame 5");
  assert_fails(assay_task_frames(&f, &t, 3), ASSAY_EARG, "the file has 3 frames");
  t.horizon = 4;
  assert_fails(assay_task_frames(&f, &t, 12), ASSAY_EARG, "asks for 4 frames");
  t = (struct assay_task){.kind = ASSAY_TASK_OPERATOR, .frames = {2, {"3", "8"}}};
  assert_fails(assay_task_frames(&f, &t, 8), ASSAY_EARG, "frame 8");
  t.kind = ASSAY_TASK_REGRESSION;
  assert_fails(assay_task_frames(&f, &t, 8), ASSAY_EUNSUPPORTED, "regression");
  assert_int_equal(assay_mem_in_use().blocks, before);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(forecast_follows_its_context_at_the_stride),
      cmocka_unit_test(operator_asks_for_all_but_the_start_or_for_what_is_named),
      cmocka_unit_test(frames_that_are_not_there_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
