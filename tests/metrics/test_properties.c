/* Relations between metrics and invariances that single answers do not show. */
#include <stdlib.h>

#include "core/base/mem.h"
#include "metrics/answer.h"
#include "metrics/metric.h"
#include "metrics/reduce.h"
#include "tests/test.h"

enum { LEADS = 3, NX = 11, NY = 6, POINTS = NX * NY };
static const struct assay_answer_axis grid[] = {{ASSAY_AXIS_CENTRES, NY, 0, 0.3},
                                                {ASSAY_AXIS_CENTRES, NX, 0, 1.1}};
static const char *const pointwise[] = {"mse",   "rmse",  "mae",    "max_error", "nmse",
                                        "nrmse", "vrmse", "rel_l1", "rel_l2"};

static double random_value(void)
{
  return rand() / (double)RAND_MAX * 3 - 1.1;
}

static void random_scalar(struct assay_metric_case *c, unsigned seed)
{
  double sum = 0;
  srand(seed);
  assay_answer_start(c, 1, LEADS, 0.5, grid, 2);
  for (int i = 0; i < LEADS * POINTS; i++) {
    assay_answer_truth(0)[i] = (1 + i / POINTS) * random_value();
    assay_answer_predicted(0)[i] = assay_answer_truth(0)[i] + 0.4 * random_value();
  }
  for (int i = 0; i < POINTS; i++) sum += assay_answer_weights()[i] = 1.3 + random_value();
  for (int i = 0; i < POINTS; i++) assay_answer_weights()[i] /= sum;
}

static double score(const char *name, const struct assay_metric_case *c, double *by_lead)
{
  double value[ASSAY_ANSWER_FIELDS], leads[ASSAY_ANSWER_FIELDS * ASSAY_ANSWER_LEADS];
  const struct assay_metric *m;
  assert_ok(assay_metric_find(&m, name));
  assert_ok(m->eval(value, by_lead ? by_lead : leads, c));
  return value[0];
}

static void constant_error_scores_its_size_whatever_the_weights(void **state)
{
  (void)state;
  struct assay_metric_case c;
  random_scalar(&c, 3);
  for (int i = 0; i < LEADS * POINTS; i++)
    assay_answer_predicted(0)[i] = assay_answer_truth(0)[i] - 0.625;
  assert_close(score("mse", &c, NULL), 0.390625, 1e-14, 0);
  assert_close(score("rmse", &c, NULL), 0.625, 1e-14, 0);
  assert_close(score("mae", &c, NULL), 0.625, 1e-14, 0);
  assert_close(score("max_error", &c, NULL), 0.625, 1e-14, 0);
}

static void order_of_cells_does_not_matter(void **state)
{
  (void)state;
  for (size_t k = 0; k < sizeof pointwise / sizeof *pointwise; k++) {
    struct assay_metric_case c;
    random_scalar(&c, 5);
    const double before = score(pointwise[k], &c, NULL);
    for (int i = POINTS - 1; i > 0; i--) {
      const int j = rand() % (i + 1);
      double *arrays[] = {assay_answer_weights(), assay_answer_truth(0), assay_answer_predicted(0)};
      for (int a = 0; a < 3; a++)
        for (int l = 0; l < (a ? LEADS : 1); l++) {
          const double kept = arrays[a][l * POINTS + i];
          arrays[a][l * POINTS + i] = arrays[a][l * POINTS + j];
          arrays[a][l * POINTS + j] = kept;
        }
    }
    assert_close(score(pointwise[k], &c, NULL), before, 1e-15, 0);
  }
}

static void pooled_and_per_lead_ratios_are_what_they_say(void **state)
{
  (void)state;
  struct assay_metric_case c;
  double mse[LEADS], nmse[LEADS], nrmse[LEADS], l2[LEADS], vrmse[LEADS], sum = 0, spread = 0;
  random_scalar(&c, 7);
  const double all = score("mse", &c, mse), rms = score("rmse", &c, NULL);
  const double pooled = score("nmse", &c, nmse), relative = score("rel_l2", &c, l2);
  const double mean = score("nrmse", &c, nrmse), mean_spread = score("vrmse", &c, vrmse);
  assert_close(rms * rms, all, 1e-14, 0);
  assert_close((mse[0] + mse[1] + mse[2]) / 3, all, 1e-14, 0);
  assert_close(relative * relative, pooled, 1e-14, 0);
  for (int l = 0; l < LEADS; l++) {
    assert_close(nrmse[l], l2[l], 1e-15, 0);
    assert_close(nrmse[l] * nrmse[l], nmse[l], 1e-14, 0);
    assert_true(vrmse[l] > nrmse[l]);
    sum += nrmse[l] / LEADS;
    spread += vrmse[l] / LEADS;
  }
  assert_close(mean, sum, 1e-14, 0);
  assert_close(mean_spread, spread, 1e-14, 0);
  assert_true(fabs(mean - relative) > 1e-3);
}

/* The size of the mean must not cost digits of the spread around it. */
static void variance_survives_a_large_mean(void **state)
{
  (void)state;
  struct assay_metric_case c;
  random_scalar(&c, 9);
  for (int i = 0; i < LEADS * POINTS; i++) {
    assay_answer_truth(0)[i] = ldexp(nearbyint(ldexp(assay_answer_truth(0)[i], 20)), -20);
    assay_answer_predicted(0)[i] = assay_answer_truth(0)[i] + 0.25;
  }
  const double before = score("vrmse", &c, NULL);
  for (int i = 0; i < LEADS * POINTS; i++) {
    assay_answer_truth(0)[i] += 8388608;
    assay_answer_predicted(0)[i] += 8388608;
  }
  assert_close(score("vrmse", &c, NULL), before, 1e-9, 0);
}

static void floor_replaces_a_smaller_norm_only(void **state)
{
  (void)state;
  struct assay_metric_case c;
  random_scalar(&c, 13);
  const double error = score("rmse", &c, NULL), free = score("rel_l2", &c, NULL);
  const double norm = error / free;
  assay_answer_floor()[0] = 0.999 * norm;
  assert_true(score("rel_l2", &c, NULL) == free);
  assay_answer_floor()[0] = 1.5 * norm;
  assert_close(score("rel_l2", &c, NULL), free / 1.5, 1e-14, 0);
}

static void zero_truth_without_floor_is_infinitely_wrong_or_right(void **state)
{
  (void)state;
  struct assay_metric_case c;
  random_scalar(&c, 15);
  memset(assay_answer_truth(0), 0, LEADS * POINTS * sizeof(double));
  for (int k = 4; k < 9; k++) assert_true(isinf(score(pointwise[k], &c, NULL)));
  memset(assay_answer_predicted(0), 0, LEADS * POINTS * sizeof(double));
  for (int k = 4; k < 9; k++) assert_true(score(pointwise[k], &c, NULL) == 0);
}

/* A constant truth has no spread, although the rounding of its mean leaves some. */
static void constants_have_no_spread(void **state)
{
  (void)state;
  struct assay_metric_case c;
  double rho[LEADS];
  random_scalar(&c, 19);
  for (int i = 0; i < LEADS * POINTS; i++) {
    assay_answer_truth(0)[i] = 0.1;
    assay_answer_predicted(0)[i] = i < POINTS ? 0.1 : 0.7;
  }
  assert_true(isinf(score("vrmse", &c, rho)) && rho[0] == 0 && isinf(rho[1]));
  assert_close(score("correlation_time", &c, rho), LEADS * 0.5, 1e-15, 0); /* equal up to a shift */
  for (int i = 0; i < LEADS * POINTS; i++) assay_answer_truth(0)[i] = random_value();
  score("correlation_time", &c, rho);
  assert_true(rho[0] == 0 && rho[2] == 0);
}

static void sums_keep_what_cancels(void **state)
{
  (void)state;
  static const double terms[] = {1.75, 1e100, 2.5, -1e100, 3e-17};
  struct assay_sum sum = {0};
  for (int i = 0; i < 5; i++) assay_sum_add(&sum, terms[i]);
  assert_true(assay_sum_value(&sum) == 4.25);
  assay_sum_add(&sum, HUGE_VAL);
  assay_sum_add(&sum, 1);
  assert_true(isinf(assay_sum_value(&sum)));
}

static double swirl(double x, double y, double t)
{
  return x * x * y - 0.4 * y + t;
}

static double counter_swirl(double x, double y, double t)
{
  return -x * y * y + 0.9 * x - 2 * t;
}

/* (x^2 y, -x y^2): central differences are exact, except for the neighbours that are not there. */
static void divergence_leaves_out_walls(void **state)
{
  (void)state;
  struct assay_metric_case c;
  double by_lead[LEADS];
  assay_answer_start(&c, 2, LEADS, 0.5, grid, 2);
  assay_answer_fill(assay_answer_predicted(0), &c, swirl);
  assay_answer_fill(assay_answer_predicted(1), &c, counter_swirl);
  c.truth = c.predicted;
  assert_close(score("divergence", &c, by_lead), 0, 0, 1e-14);
  for (int l = 0; l < LEADS; l++)
    for (int i = 0; i < NX; i++) assay_answer_predicted(1)[l * POINTS + (NY - 1) * NX + i] += 100;
  c.truth = c.predicted;
  assert_true(score("divergence", &c, by_lead) > 0.1); /* felt by the row below, not by itself */
}

static void velocity_metrics_say_what_they_miss(void **state)
{
  (void)state;
  struct assay_metric_case c;
  const struct assay_metric *divergence, *energy, *boundary, *time, *spectrum;
  double value[3], by_lead[3 * LEADS];
  assert_ok(assay_metric_find(&divergence, "divergence"));
  assert_ok(assay_metric_find(&energy, "kinetic_energy"));
  assert_ok(assay_metric_find(&boundary, "boundary"));
  assert_ok(assay_metric_find(&time, "correlation_time"));
  random_scalar(&c, 17); /* u alone on a plane */
  assert_fails(divergence->eval(value, by_lead, &c), ASSAY_EUNSUPPORTED, "along y");
  assert_fails(energy->eval(value, by_lead, &c), ASSAY_EUNSUPPORTED, "along y");
  assert_fails(boundary->eval(value, by_lead, &c), ASSAY_EUNSUPPORTED, "no field");
  assert_ok(assay_metric_find(&spectrum, "spectrum"));
  assert_fails(spectrum->eval(value, by_lead, &c), ASSAY_EUNSUPPORTED, "periodic");
  c.boundary_type = NULL;
  assert_fails(boundary->eval(value, by_lead, &c), ASSAY_EUNSUPPORTED, "does not say");
  c.n_leads = 1;
  assert_fails(time->eval(value, by_lead, &c), ASSAY_EUNSUPPORTED, "two leads");
  assay_answer_start(&c, 1, 1, 1, grid, 1);
  assert_fails(divergence->eval(value, by_lead, &c), ASSAY_EUNSUPPORTED, "2 or 3 axes");
  assay_answer_start(&c, 2, 1, 1, (struct assay_answer_axis[]){grid[0], {0, 2, 0, 1}}, 2);
  assert_fails(divergence->eval(value, by_lead, &c), ASSAY_EUNSUPPORTED, "no cell");
}

/* Nothing that a metric allocates outlives it, also where it gives up half-way. */
static void metrics_leave_no_memory_behind(void **state)
{
  (void)state;
  const size_t before = assay_mem_in_use().blocks;
  divergence_leaves_out_walls(NULL);
  velocity_metrics_say_what_they_miss(NULL);
  assert_int_equal(assay_mem_in_use().blocks, before);
}

static void unknown_metric_is_refused_with_a_hint(void **state)
{
  (void)state;
  const struct assay_metric *m;
  assert_fails(assay_metric_find(&m, "vmrse"), ASSAY_ENOTFOUND, "vrmse");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(constant_error_scores_its_size_whatever_the_weights),
      cmocka_unit_test(order_of_cells_does_not_matter),
      cmocka_unit_test(pooled_and_per_lead_ratios_are_what_they_say),
      cmocka_unit_test(variance_survives_a_large_mean),
      cmocka_unit_test(floor_replaces_a_smaller_norm_only),
      cmocka_unit_test(zero_truth_without_floor_is_infinitely_wrong_or_right),
      cmocka_unit_test(constants_have_no_spread),
      cmocka_unit_test(sums_keep_what_cancels),
      cmocka_unit_test(divergence_leaves_out_walls),
      cmocka_unit_test(velocity_metrics_say_what_they_miss),
      cmocka_unit_test(metrics_leave_no_memory_behind),
      cmocka_unit_test(unknown_metric_is_refused_with_a_hint),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
