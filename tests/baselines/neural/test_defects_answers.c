/* Defects of CFDBench that can be brought back, seen from outside: what methods learn and answer
 * with them. test_defects.c: one by one, from inside. */
#include "tests/baselines/neural/defect_world.h"

/* Parameters in another order, as a file of other habits would have them. */
static double turned_param(long k, int j)
{
  return param(k, (j + 1) % 3);
}

static double still(const double *params, int field, double x, double y, double t)
{
  (void)params;
  return (1 + field) * (x - y + 0 * t);
}

/* ---- answers -------------------------------------------------------------------------------- */

static void learn(const struct toy *toy, const char *method, const char *const *how)
{
  void *params = toy_params(method, how);
  assert_ok(toy_train(toy, method, params));
  assay_free(params);
}

/* The prediction of case 1, field 0 and a lead. */
static void told(double *got, const struct toy *toy, const char *method, const char *const *how,
                 int lead)
{
  void *params = toy_params(method, how);
  assert_ok(toy_predict(toy, method, params));
  toy_answer(got, toy, 1, 0, lead);
  assay_free(params);
}

static double largest_difference(const double *a, const double *b)
{
  double largest = 0;
  for (int i = 0; i < POINTS; i++) largest = fmax(largest, fabs(a[i] - b[i]));
  return largest;
}

#define UNET "width=3", "levels=1", "epochs=6", "batch=5"
#define RESNET "blocks=2", "channels=3", "hidden=4", "kernel=3", "epochs=6", "batch=5"

static void restless_answers_are_those_of_training(void **state)
{
  (void)state;
  const struct toy toy = world(ASSAY_TASK_FORECAST);
  static const struct {
    const char *method;
    bool changes;
    const char *quiet[9], *restless[9]; /* ended by NULL */
  } cases[] = {{"unet", true, {UNET}, {UNET, "defects=restless"}},
               {"resnet", true, {RESNET}, {RESNET, "defects=restless"}},
               {"resnet", false, {RESNET, "dropout=0"}, {RESNET, "dropout=0", "defects=restless"}}};
  toy_files(&toy);
  for (int i = 0; i < 3; i++) {
    double quiet[POINTS], restless[POINTS];
    learn(&toy, cases[i].method, cases[i].quiet);
    told(quiet, &toy, cases[i].method, cases[i].quiet, 2);
    told(restless, &toy, cases[i].method, cases[i].restless, 2);
    const double difference = largest_difference(quiet, restless);
    if (cases[i].changes ? difference < 1e-3 : difference > 1e-5)
      fail_msg("%s: %g", cases[i].method, difference);
  }
}

static void answers_may_be_one_step_ahead(void **state)
{
  (void)state;
  static const char *const plain[] = {UNET, NULL}, *const ahead[] = {UNET, "defects=ahead", NULL};
  const struct toy toy = world(ASSAY_TASK_FORECAST);
  double expected[POINTS], got[POINTS];
  toy_files(&toy);
  learn(&toy, "unet", plain);
  told(expected, &toy, "unet", plain, 3);
  told(got, &toy, "unet", ahead, 2);
  assert_true(largest_difference(expected, got) == 0);
}

/* One field is learned: the other stays what it was in the beginning. */
static void one_field_stays_what_it_was(void **state)
{
  (void)state;
  static const char *const how[] = {"defects=one_field", "channels=3", "levels=1", "head=5",
                                    "epochs=2",          "batch=5",    NULL};
  const struct toy toy = world(ASSAY_TASK_FORECAST);
  void *params = toy_params("auto_deeponetcnn", how);
  toy_files(&toy);
  assert_ok(toy_train(&toy, "auto_deeponetcnn", params));
  assert_ok(toy_predict(&toy, "auto_deeponetcnn", params));
  for (int lead = 0; lead < 4; lead++)
    assert_true(toy_error(&toy, 1, 1, lead, 1) < 1e-6 && toy_error(&toy, 1, 0, lead, 1) > 1e-3);
  assay_free(params);
}

/* With units of their own (unknown names: as they are) another order of the file is the same. */
static void parameters_come_in_another_order(void **state)
{
  (void)state;
  static const char *const plain[] = {"defects=units", "width=7", "depth=2", "epochs=2", NULL},
                           *const other[] = {"defects=units+order", "width=7", "depth=2",
                                             "epochs=2", NULL};
  struct toy toy = world(ASSAY_TASK_OPERATOR);
  double quiet[POINTS], turned[POINTS], expected[POINTS];
  toy_files(&toy);
  learn(&toy, "ffn", plain);
  told(quiet, &toy, "ffn", plain, 2);
  told(turned, &toy, "ffn", other, 2);
  toy.param = turned_param; /* b, c, a under the names a, b, c */
  toy_files(&toy);
  told(expected, &toy, "ffn", plain, 2);
  assert_true(largest_difference(quiet, turned) > 1e-4);
  assert_true(largest_difference(expected, turned) == 0);
}

/* In training: it begins alike and parts after the first score. */
static void held_training_goes_another_way(void **state)
{
  (void)state;
  static const char *const plain[][8] = {{UNET, "epochs=1"}, {UNET}}, *const held[][8] = {
                                                                          {UNET, "epochs=1",
                                                                           "defects=held"},
                                                                          {UNET, "defects=held"}};
  const struct toy toy = world(ASSAY_TASK_FORECAST);
  double a[POINTS], b[POINTS];
  toy_files(&toy);
  for (int longer = 0; longer < 2; longer++) {
    learn(&toy, "unet", plain[longer]);
    told(a, &toy, "unet", plain[longer], 1);
    learn(&toy, "unet", held[longer]);
    told(b, &toy, "unet", held[longer], 1);
    assert_true(longer ? largest_difference(a, b) > 1e-4 : largest_difference(a, b) == 0);
  }
}

/* All of them at once, as published: every method learns and answers. */
static void all_methods_run_as_published(void **state)
{
  (void)state;
  static const char *const methods[] = {"ffn",           "deeponet",       "auto_ffn",
                                        "auto_deeponet", "auto_edeeponet", "auto_deeponetcnn",
                                        "fno",           "unet",           "resnet"};
  static const char *const how[] = {"published=yes", "epochs=2",      "batch=5",   "?points=30",
                                    "?width=4",      "?depth=2",      "?levels=1", "?blocks=2",
                                    "?channels=3",   "?hidden=3",     "?kernel=3", "?head=5",
                                    "?modes=2",      "?projection=5", NULL};
  for (int i = 0; i < 9; i++) {
    struct toy toy = world(i < 2 ? ASSAY_TASK_OPERATOR : ASSAY_TASK_FORECAST);
    void *params = toy_params(methods[i], how);
    toy.lid = 1.25;
    toy_files(&toy);
    assert_ok(toy_train(&toy, methods[i], params));
    assert_ok(toy_predict(&toy, methods[i], params));
    assert_true(isfinite(toy_error(&toy, 1, 0, 3, 4)));
    assay_free(params);
  }
}

static void nothing_to_learn_from_is_said(void **state)
{
  (void)state;
  static const char *const how[] = {UNET, "defects=steady", NULL};
  struct toy toy = world(ASSAY_TASK_FORECAST);
  void *params = toy_params("unet", how);
  toy.value = still;
  toy.n_static = 0;
  toy_files(&toy);
  assert_fails(toy_train(&toy, "unet", params), ASSAY_EARG,
               "no training case has two frames that are 1 apart");
  assay_free(params);
}

static void answers_want_the_settings_of_training(void **state)
{
  (void)state;
  static const char *const plain[] = {UNET, NULL}, *const units[] = {UNET, "published=yes", NULL};
  const struct toy toy = world(ASSAY_TASK_FORECAST);
  void *params = toy_params("unet", plain);
  toy_files(&toy);
  learn(&toy, "unet", units);
  assert_fails(toy_predict(&toy, "unet", params), ASSAY_EARG,
               "the model was trained with other settings of `published` and `defects`");
  assay_free(params);
}

static void nothing_is_left(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(restless_answers_are_those_of_training),
      cmocka_unit_test(answers_may_be_one_step_ahead),
      cmocka_unit_test(one_field_stays_what_it_was),
      cmocka_unit_test(parameters_come_in_another_order),
      cmocka_unit_test(held_training_goes_another_way),
      cmocka_unit_test(all_methods_run_as_published),
      cmocka_unit_test(nothing_to_learn_from_is_said),
      cmocka_unit_test(answers_want_the_settings_of_training),
      cmocka_unit_test(nothing_is_left),
  };
  toy_open();
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  toy_close();
  return failed;
}
