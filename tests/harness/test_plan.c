/* Suites become jobs: names, selections, seeds, commands. */
#include "tests/test.h"

#include "core/base/mem.h"
#include "harness/plan.h"

static struct assay_plan *plan_of(const struct assay_plan_request *request)
{
  struct assay_plan *plan = NULL;
  assert_ok(assay_plan_create(&plan, request));
  return plan;
}

/* its tasks have their recipes and metrics, its methods are there, each is used */
static void every_built_in_suite_can_be_run(void **state)
{
  (void)state;
  for (const struct assay_embedded *e = assay_suite_files; e->name; e++) {
    struct assay_plan *plan = plan_of(&(struct assay_plan_request){.suite = e->name});
    assert_string_equal(plan->suite.name, e->name);
    for (int m = 0; m < plan->n_methods; m++) {
      int used = 0;
      for (int j = 0; j < plan->n_jobs; j++) used += plan->jobs[j].method == m;
      if (used == 0) fail_msg("%s answers no task of %s", plan->methods[m].method->name, e->name);
    }
    assay_plan_destroy(plan);
  }
}

static void every_built_in_task_can_be_planned(void **state)
{
  (void)state;
  for (const struct assay_embedded *e = assay_task_files; e->name; e++) {
    const struct assay_plan_request request = {.tasks = {1, {e->name}},
                                               .methods = {3, {"mean", "sr_constant", "ode_zero"}}};
    struct assay_plan *plan = plan_of(&request);
    assert_string_equal(plan->tasks[0].task.name, e->name);
    assert_int_equal(plan->n_jobs, plan->tasks[0].n_parts); /* one of the three answers its kind */
    assay_plan_destroy(plan);
  }
}

/* A job for each table; some of them by name, and the command says which. */
static void tables_of_a_regression_are_jobs(void **state)
{
  (void)state;
  const struct assay_plan_request all = {.suite = "srsd-tiny", .methods = {1, {"sr_linear"}}};
  const struct assay_plan_request one = {
      .suite = "srsd-tiny", .methods = {1, {"sr_linear"}}, .parts = {1, {"feynman-i.25.13"}}};
  const struct assay_plan_request none = {.suite = "srsd-tiny", .parts = {1, {"feynman-x"}}};
  char *command;
  struct assay_plan *plan = plan_of(&all);
  assert_int_equal(plan->n_jobs, 4);
  assay_plan_destroy(plan);
  plan = plan_of(&one);
  assert_int_equal(plan->n_jobs, 1);
  assert_int_equal(plan->jobs[0].part, 2);
  assert_ok(assay_plan_command(&command, plan, &plan->jobs[0]));
  assert_string_equal(command, "assay run srsd-tiny --task srsd-tiny --table feynman-i.25.13 "
                               "--method sr_linear --seed 0");
  assay_free(command);
  assay_plan_destroy(plan);
  assert_fails(assay_plan_create(&plan, &none), ASSAY_ENOTFOUND,
               "none of the tasks has a table 'feynman-x'");
}

/* mean answers both kinds, persistence only forecasts and has nothing to learn: one seed */
static void jobs_are_what_methods_answer(void **state)
{
  (void)state;
  const struct assay_plan_request request = {.suite = "tiny", .seeds = {3, {"0", "7", "23"}}};
  struct assay_plan *plan = plan_of(&request);
  int mean = 0, persistence = 0;
  int64_t seeds = 0;
  for (int j = 0; j < plan->n_jobs; j++) {
    const char *name = plan->methods[plan->jobs[j].method].method->name;
    mean += strcmp(name, "mean") == 0;
    persistence += strcmp(name, "persistence") == 0;
    if (plan->jobs[j].task == 0) seeds = 100 * seeds + plan->jobs[j].seed;
  }
  assert_int_equal(mean, 6);
  assert_int_equal(persistence, 1);
  assert_int_equal(seeds, 723);
  assay_plan_destroy(plan);
}

static void selections_narrow_a_suite(void **state)
{
  (void)state;
  const struct assay_plan_request request = {
      .suite = "tiny", .tasks = {1, {"heat-forecast-tiny"}}, .methods = {1, {"persistence"}}};
  struct assay_plan *plan = plan_of(&request);
  assert_int_equal(plan->n_tasks, 1);
  assert_int_equal(plan->n_methods, 1);
  assert_int_equal(plan->n_jobs, 1);
  assert_string_equal(plan->tasks[0].task.name, "heat-forecast-tiny");
  assay_plan_destroy(plan);
  const struct assay_plan_request none = {
      .suite = "tiny", .tasks = {1, {"heat-operator-tiny"}}, .methods = {1, {"persistence"}}};
  assert_fails(assay_plan_create(&plan, &none), ASSAY_EARG,
               "none of the methods answers a task of kind 'operator'");
}

static void assert_command(const struct assay_plan_request *request, const char *wanted)
{
  char *command = NULL;
  struct assay_plan *plan = plan_of(request);
  assert_ok(assay_plan_command(&command, plan, &plan->jobs[plan->n_jobs - 1]));
  assert_string_equal(command, wanted);
  assay_free(command);
  assay_plan_destroy(plan);
}

static void commands_can_be_pasted_into_a_shell(void **state)
{
  (void)state;
  assert_command(&(struct assay_plan_request){.suite = "tiny"},
                 "assay run tiny --task heat-forecast-tiny --method persistence --seed 0");
  assert_command(&(struct assay_plan_request){.tasks = {1, {"heat-operator-tiny"}},
                                              .methods = {1, {"pod_ridge"}},
                                              .seeds = {1, {"9007199254740991"}}},
                 "assay run --task heat-operator-tiny --method pod_ridge --seed 9007199254740991");
}

static void definitions_decide_the_hash(void **state)
{
  (void)state;
  const struct assay_plan_request a = {.tasks = {2, {"heat-operator-tiny", "heat-forecast-tiny"}},
                                       .methods = {1, {"mean"}}};
  struct assay_plan *first = plan_of(&a), *second = plan_of(&a);
  assert_string_equal(first->tasks[0].hash, second->tasks[0].hash);
  assert_string_not_equal(first->tasks[0].hash, first->tasks[1].hash);
  assay_plan_destroy(first);
  assay_plan_destroy(second);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_built_in_suite_can_be_run),
      cmocka_unit_test(every_built_in_task_can_be_planned),
      cmocka_unit_test(tables_of_a_regression_are_jobs),
      cmocka_unit_test(jobs_are_what_methods_answer),
      cmocka_unit_test(selections_narrow_a_suite),
      cmocka_unit_test(commands_can_be_pasted_into_a_shell),
      cmocka_unit_test(definitions_decide_the_hash),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
