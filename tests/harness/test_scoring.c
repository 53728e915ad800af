/* Predictions that are right, wrong by a known amount, or cannot be scored. */
#include "harness/scoring.h"
#include "tests/harness/small_set.h"

#include <netcdf.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "harness/scoring_json.h"

static char folder[64], data[128], inputs[128], prediction[128];
static struct assay_dataset *ds, *given;
static struct assay_task task;
static struct assay_cut *cut;

static int make_folder(void **state)
{
  (void)state;
  snprintf(folder, sizeof folder, "/tmp/assay-scoring-XXXXXX");
  if (!mkdtemp(folder)) return -1;
  snprintf(data, sizeof data, "%s/data.nc", folder);
  snprintf(inputs, sizeof inputs, "%s/inputs.nc", folder);
  snprintf(prediction, sizeof prediction, "%s/pred.nc", folder);
  set_write(data);
  task = set_task(ASSAY_TASK_FORECAST);
  assert_ok(assay_dataset_open(&ds, data));
  assert_ok(assay_cut_create(&cut, ds, &task));
  assert_ok(assay_cut_inputs(cut, inputs));
  return assay_dataset_open(&given, inputs);
}

static int remove_folder(void **state)
{
  (void)state;
  assay_cut_destroy(cut);
  assay_dataset_close(given);
  assay_dataset_close(ds);
  return assay_dir_remove(folder) == 0 ? 0 : -1;
}

/* truth + change(case, field, lead, cell) */
static void predict(double (*change)(long i, int field, int lead, int j))
{
  struct assay_prediction *p = NULL;
  double v[SET_TIMES * SET_POINTS];
  assert_ok(assay_prediction_create(&p, prediction, &task, given));
  for (long i = 0; i < 2; i++)
    for (int f = 0; f < 2; f++) {
      for (int l = 0; l < cut->n_leads[i]; l++)
        for (int j = 0; j < SET_POINTS; j++)
          v[l * SET_POINTS + j] = set_value(3 + i, f, 2 + l, j) + change(i, f, l, j);
      assert_ok(assay_prediction_put(p, i, f, v));
    }
  assert_ok(assay_prediction_commit(p));
}

static struct assay_scores *score(struct assay_list metrics)
{
  struct assay_dataset *p = NULL;
  struct assay_flaw flaw;
  struct assay_scores *scores = NULL;
  bool good[2];
  assert_ok(assay_validate(&flaw, &p, good, cut, prediction));
  assert_string_equal(flaw.text, "");
  assert_true(good[0] && good[1]);
  assert_ok(assay_scores_create(&scores, cut, p, &metrics, NULL));
  assay_dataset_close(p);
  return scores;
}

static double none(long i, int field, int lead, int j)
{
  (void)i, (void)field, (void)lead, (void)j;
  return 0;
}

/* the solid cell holds nonsense that must not matter */
static double offset(long i, int field, int lead, int j)
{
  if (j == 0) return (double)NAN;
  return (field == 0 ? 0.3 : -0.05) * (double)(i + 1) * (lead + 1);
}

static void the_truth_scores_zero(void **state)
{
  (void)state;
  predict(none);
  struct assay_scores *s = score((struct assay_list){3, {"rmse", "vrmse", "max_error"}});
  assert_int_equal(s->n, 6);
  for (int i = 0; i < s->n; i++) assert_close(assay_score_mean(s, &s->score[i]), 0, 0, 0);
  assay_scores_destroy(s);
}

static void known_errors_give_known_scores(void **state)
{
  (void)state;
  predict(offset);
  struct assay_scores *s = score((struct assay_list){2, {"rmse", "mse"}});
  const struct assay_score *u = &s->score[0], *v = &s->score[1];
  assert_string_equal(u->metric->name, "rmse");
  assert_string_equal(u->unit, "m s-1");
  assert_string_equal(s->score[2].unit, "(m s-1)2");
  assert_true(u->field == 0 && v->field == 1);
  /* leads 1, 2, 3 times 0.3 in the first case; 1, 2 times 0.6 in the second */
  assert_close(u->cases[0], 0.3 * sqrt(14.0 / 3), 1e-13, 0);
  assert_close(u->cases[1], 0.6 * sqrt(5.0 / 2), 1e-13, 0);
  assert_close(v->cases[0], 0.05 * sqrt(14.0 / 3), 1e-12, 0);
  assert_close(assay_score_mean(s, u), (0.3 * sqrt(14.0 / 3) + 0.6 * sqrt(2.5)) / 2, 1e-13, 0);
  assert_close(u->by_lead[1], 0.6, 1e-13, 0);
  assert_close(u->by_lead[3 + 1], 1.2, 1e-13, 0);
  assert_true(isnan(u->by_lead[3 + 2]));
  for (int l = 0; l < 3; l++) assert_close(s->lead_times[l], 0.5 + 0.25 * l, 1e-14, 0);
  assert_true(isnan(u->floor));
  assay_scores_destroy(s);
}

static void floors_are_the_values_of_the_truth(void **state)
{
  (void)state;
  predict(none);
  struct assay_scores *s = score((struct assay_list){2, {"divergence", "boundary"}});
  for (int i = 0; i < s->n; i++) {
    assert_int_equal(s->score[i].field, -1);
    const double value = assay_score_mean(s, &s->score[i]);
    assert_true(value > 1e-3);
    assert_close(s->score[i].floor, value, 1e-14, 0);
  }
  assay_scores_destroy(s);
}

static void json_has_the_form_of_records(void **state)
{
  (void)state;
  predict(offset);
  struct assay_scores *s = score((struct assay_list){1, {"rmse"}});
  json_t *json = NULL;
  double value = 0;
  assert_ok(assay_scores_json(&json, s, &task.fields));
  assert_int_equal(
      json_unpack(json, "{s{s{s{s{sf}}}}}", "scores", "rmse", "fields", "u", "value", &value), 0);
  assert_close(value, assay_score_mean(s, &s->score[0]), 1e-15, 0);
  json_decref(json);
  assay_scores_destroy(s);
}

/* ---- flaws ---- */

static double nan_late(long i, int field, int lead, int j)
{
  return i == 1 && field == 1 && lead == 1 && j == 7 ? (double)NAN : 0;
}

static double infinite(long i, int field, int lead, int j)
{
  return i == 0 && field == 0 && lead == 2 && j == 23 ? (double)INFINITY : 0;
}

static void assert_flaw(int kind, const char *text)
{
  struct assay_dataset *p = NULL;
  struct assay_flaw flaw;
  bool good[2] = {false};
  assert_ok(assay_validate(&flaw, &p, good, cut, prediction));
  if (flaw.kind != kind || !strstr(flaw.text, text))
    fail_msg("flaw %s '%s', expected %s with '%s'", assay_flaw_names[flaw.kind], flaw.text,
             assay_flaw_names[kind], text);
  assert_true((kind == ASSAY_FLAW_NONFINITE) == (p != NULL));
  assay_dataset_close(p);
}

static void values_that_are_not_finite_are_placed(void **state)
{
  (void)state;
  predict(nan_late);
  assert_flaw(ASSAY_FLAW_NONFINITE, "v of case 1 at time 1 is nan (cell 7 of 24)");
  struct assay_dataset *p = NULL;
  struct assay_flaw flaw;
  bool good[2];
  assert_ok(assay_validate(&flaw, &p, good, cut, prediction));
  assert_true(good[0] && !good[1]);
  struct assay_scores *s = NULL;
  assert_ok(assay_scores_create(&s, cut, p, &(struct assay_list){1, {"rmse"}}, good));
  assert_close(s->score[1].cases[0], 0, 0, 0);
  assert_true(isnan(s->score[1].cases[1]));
  assay_scores_destroy(s);
  assay_dataset_close(p);
  predict(infinite);
  assert_flaw(ASSAY_FLAW_NONFINITE, "u of case 0 at time 2 is infinite (cell 23 of 24)");
}

/* A file as somebody's script might write it. */
struct foreign {
  size_t n_cases, n_times, ny, nx;
  const char *second; /* name of the second field */
  int type;
  double t0, step;   /* times; step 0: none */
  size_t fill_cases; /* how many cases are written */
};

static void write_foreign(const struct foreign *f)
{
  int nc, dim[4], var[2], time;
  assert_int_equal(nc_create(prediction, NC_NETCDF4 | NC_CLOBBER, &nc), 0);
  assert_int_equal(nc_def_dim(nc, "case", f->n_cases, &dim[0]), 0);
  assert_int_equal(nc_def_dim(nc, "time", f->n_times, &dim[1]), 0);
  assert_int_equal(nc_def_dim(nc, "y", f->ny, &dim[2]), 0);
  assert_int_equal(nc_def_dim(nc, "x", f->nx, &dim[3]), 0);
  assert_int_equal(nc_def_var(nc, "u", NC_FLOAT, 4, dim, &var[0]), 0);
  assert_int_equal(nc_def_var(nc, f->second, f->type, 4, dim, &var[1]), 0);
  if (f->step > 0) assert_int_equal(nc_def_var(nc, "time", NC_DOUBLE, 1, &dim[1], &time), 0);
  for (size_t l = 0; f->step > 0 && l < f->n_times; l++) {
    const double t = f->t0 + f->step * (double)l;
    assert_int_equal(nc_put_var1_double(nc, time, &l, &t), 0);
  }
  const size_t start[4] = {0}, count[4] = {f->fill_cases, f->n_times, f->ny, f->nx};
  double *zeros = NULL;
  assert_ok(ASSAY_NEW(&zeros, count[0] * count[1] * count[2] * count[3], "test"));
  for (int v = 0; v < 2; v++)
    assert_int_equal(nc_put_vara_double(nc, var[v], start, count, zeros), 0);
  assay_free(zeros);
  assert_int_equal(nc_close(nc), 0);
}

static void foreign_files_are_judged_by_their_shape(void **state)
{
  (void)state;
  const struct {
    struct foreign f;
    int kind;
    const char *text;
  } row[] = {
      {{2, 3, 4, 6, "v", NC_FLOAT, 0.5, 0.25, 2}, ASSAY_FLAW_NONE, ""},
      {{2, 3, 4, 6, "v", NC_DOUBLE, 0, 0, 2}, ASSAY_FLAW_NONE, ""},
      {{3, 3, 4, 6, "v", NC_FLOAT, 0, 0, 3}, ASSAY_FLAW_SHAPE, "has 3 cases, expected 2"},
      {{2, 2, 4, 6, "v", NC_FLOAT, 0, 0, 2}, ASSAY_FLAW_SHAPE, "has 2 times, expected 3"},
      {{2, 3, 5, 6, "v", NC_FLOAT, 0, 0, 2},
       ASSAY_FLAW_SHAPE,
       "'y' of the prediction is 5, expected 4"},
      {{2, 3, 4, 3, "v", NC_FLOAT, 0, 0, 2},
       ASSAY_FLAW_SHAPE,
       "'x' of the prediction is 3, expected 6"},
      {{2, 3, 4, 6, "w", NC_FLOAT, 0, 0, 2}, ASSAY_FLAW_SHAPE, "no variable 'v'"},
      {{2, 3, 4, 6, "v", NC_INT, 0, 0, 2}, ASSAY_FLAW_SHAPE, "no variable 'v' of type float"},
      {{2, 3, 4, 6, "v", NC_FLOAT, 0.25, 0.25, 2},
       ASSAY_FLAW_SHAPE,
       "time 0 of case 0 of the prediction is 0.25 s, expected 0.5 s"},
      {{2, 3, 4, 6, "v", NC_FLOAT, 0, 0, 1},
       ASSAY_FLAW_NONFINITE,
       "u of case 1 at time 0 is never written"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    write_foreign(&row[i].f);
    if (row[i].kind != ASSAY_FLAW_NONE) {
      assert_flaw(row[i].kind, row[i].text);
      continue;
    }
    struct assay_dataset *p = NULL;
    struct assay_flaw flaw;
    bool good[2];
    assert_ok(assay_validate(&flaw, &p, good, cut, prediction));
    assert_string_equal(flaw.text, "");
    assert_non_null(p);
    assay_dataset_close(p);
  }
}

static void what_is_no_prediction_is_no_crash(void **state)
{
  (void)state;
  assert_flaw(ASSAY_FLAW_MISSING, "no prediction was written");
  assert_ok(assay_file_write(prediction, "no netcdf, this", 15));
  assert_flaw(ASSAY_FLAW_SHAPE, "cannot be read");
  predict(none);
  assert_int_equal(truncate(prediction, 700), 0);
  assert_flaw(ASSAY_FLAW_SHAPE, "cannot be read");
}

static void unknown_metrics_are_named(void **state)
{
  (void)state;
  struct assay_dataset *p = NULL;
  struct assay_scores *s = NULL;
  struct assay_flaw flaw;
  bool good[2];
  predict(none);
  assert_ok(assay_validate(&flaw, &p, good, cut, prediction));
  assert_fails(assay_scores_create(&s, cut, p, &(struct assay_list){1, {"rsme"}}, NULL),
               ASSAY_ENOTFOUND, "did you mean 'rmse'");
  assay_dataset_close(p);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
  const struct CMUnitTest tests[] = {
      TEST(the_truth_scores_zero),
      TEST(known_errors_give_known_scores),
      TEST(floors_are_the_values_of_the_truth),
      TEST(json_has_the_form_of_records),
      TEST(values_that_are_not_finite_are_placed),
      TEST(foreign_files_are_judged_by_their_shape),
      TEST(what_is_no_prediction_is_no_crash),
      TEST(unknown_metrics_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
