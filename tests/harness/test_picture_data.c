/* What pictures show of a file: numbers, and which frames and cases are paired. */
#include "harness/picture.h"
#include "harness/picture_data.h"
#include "harness/picture_map.h"
#include "harness/picture_plot.h"
#include "tests/harness/view_files.h"

static void speed_and_vorticity_are_those_of_the_flow(void **state)
{
  double speed[POINTS], vorticity[POINTS];
  struct picture_data d;
  struct assay_dataset *ds = open_set("flow.nc");
  struct assay_picture p = {.truth = ds, .k = 1, .first = 0, .last = -1};
  (void)state;
  assert_ok(assay_picture_data_open(&d, &p));
  assert_string_equal(d.name, "speed");
  assert_string_equal(d.label, "speed (m s⁻¹)");
  assert_int_equal(d.n_frames, TIMES);
  assert_ok(assay_picture_data_read(&d, &d.truth, 4, speed));
  assay_picture_data_close(&d);
  p.field = "vorticity";
  assert_ok(assay_picture_data_open(&d, &p));
  assert_ok(assay_picture_data_read(&d, &d.truth, 4, vorticity));
  for (int k = 0; k < POINTS; k++) {
    const double x = d.x[k % NX] - 0.8, y = d.y[k / NX] - 0.5;
    assert_close(speed[k], 1.4 * omega(1) * hypot(x, y), 1e-13, 0);
    if (d.mask[k] >= 0.5) assert_close(vorticity[k], 2 * 1.4 * omega(1), 1e-12, 0);
  }
  assay_picture_data_close(&d);
  assay_dataset_close(ds);
}

static void frames_are_picked_evenly(void **state)
{
  struct picture_data d;
  struct assay_dataset *ds = open_set("flow.nc");
  const struct assay_picture p = {.truth = ds, .first = 0, .last = -1};
  static const struct {
    int n, got, frame[5];
  } known[] = {
      {1, 1, {8}}, {0, 1, {8}}, {2, 2, {0, 8}}, {5, 5, {0, 2, 4, 6, 8}}, {4, 4, {0, 3, 5, 8}}};
  (void)state;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    assert_ok(assay_picture_data_open(&d, &p));
    assay_picture_data_thin(&d, known[i].n);
    assert_int_equal(d.n_frames, known[i].got);
    for (int k = 0; k < d.n_frames; k++) assert_int_equal(d.frame[k], known[i].frame[k]);
    assay_picture_data_close(&d);
  }
  assay_dataset_close(ds);
}

/* The prediction has the times 0.5, 1.25 and 2 s: frames 2, 5 and 8 of the truth. */
static void predictions_are_paired_by_time(void **state)
{
  struct picture_data d;
  struct picture_range r;
  struct assay_dataset *truth = open_set("flow.nc"), *pred = open_set("test.nc");
  struct assay_picture p = {
      .truth = truth, .prediction = pred, .k = 1, .k_prediction = 0, .last = -1, .field = "p"};
  (void)state;
  assert_ok(assay_picture_data_open(&d, &p));
  assert_int_equal(d.n_frames, 3);
  for (int i = 0; i < 3; i++) {
    assert_int_equal(d.frame[i], 2 + 3 * i);
    assert_int_equal(d.partner[i], i);
  }
  assert_ok(assay_picture_map_range(&r, &d)); /* p does not depend on the case: no error */
  assert_close(r.error_hi, 1, 0, 0);
  assert_close(r.lo, 20, 1e-12, 0);
  assert_close(r.hi, 80.15, 1e-12, 0);
  assay_picture_data_close(&d);
  p.first = p.last = 3;
  assert_fails(assay_picture_data_open(&d, &p), ASSAY_EARG, "no time of the frames 3 to 3");
  assay_dataset_close(truth);
  assay_dataset_close(pred);
}

static void errors_are_prediction_minus_truth(void **state)
{
  struct picture_data d;
  struct picture_range r;
  struct picture_map m;
  struct assay_dataset *truth = open_set("flow.nc"), *pred = open_set("same.nc");
  const struct assay_picture p = {
      .truth = truth, .prediction = pred, .first = 4, .last = 4, .field = "u"};
  (void)state;
  assert_ok(assay_picture_data_open(&d, &p));
  assert_ok(assay_picture_map_range(&r, &d));
  assert_close(r.error_lo, -0.75, 1e-12, 0);
  assert_close(r.hi, 1.4 * omega(0) * 0.45, 1e-12, 0); /* of the truth alone */
  assert_ok(assay_picture_map_make(&m, &d, 0, 1, &r));
  assert_int_equal(m.figure.columns, 3);
  for (int k = 0; k < POINTS; k++) {
    assert_close(m.panels[2].values[k], 0.75, 1e-12, 0);
    assert_close(m.panels[1].values[k] - m.panels[0].values[k], 0.75, 1e-12, 0);
  }
  assert_string_equal(m.panels[2].bar_label, "error (m s⁻¹)");
  assert_true(m.panels[0].scale == m.panels[1].scale && m.panels[2].scale != m.panels[0].scale);
  assay_picture_map_free(&m);
  assay_picture_data_close(&d);
  assay_dataset_close(truth);
  assay_dataset_close(pred);
}

static void test_cases_find_their_prediction(void **state)
{
  long at;
  struct assay_dataset *truth = open_set("flow.nc"), *pred = open_set("test.nc");
  (void)state;
  assert_ok(assay_picture_partner(&at, truth, truth, 2, NULL));
  assert_int_equal(at, 2);
  assert_ok(
      assay_picture_partner(&at, truth, pred, 3, NULL)); /* only "random" has two test cases */
  assert_int_equal(at, 1);
  assert_ok(assay_picture_partner(&at, truth, pred, 1, "random"));
  assert_int_equal(at, 0);
  assert_fails(assay_picture_partner(&at, truth, pred, 0, NULL), ASSAY_EARG,
               "case 10 is not a test case of split 'random'");
  assert_fails(assay_picture_partner(&at, truth, pred, 0, "odd"), ASSAY_EARG, "split 'odd' of");
  assert_fails(assay_picture_partner(&at, truth, pred, 0, "rnadom"), ASSAY_ENOTFOUND, "'random'");
  assay_dataset_close(truth);
  assay_dataset_close(pred);
}

static void planes_are_cut_out_of_three_dimensions(void **state)
{
  double values[POINTS];
  struct picture_data d;
  char *text = NULL;
  struct assay_dataset *ds = open_set("cube.nc");
  struct assay_picture p = {.truth = ds, .last = -1, .field = "p", .plane = -1};
  (void)state;
  assert_ok(assay_picture_data_open(&d, &p));
  assert_ok(assay_picture_data_read(&d, &d.truth, 1, values));
  assert_close(values[3 * NX + 7], 10 + 2 + 0.07, 1e-13, 0);
  assert_ok(assay_picture_subtitle(&text, &d, 1));
  assert_non_null(strstr(text, "z\u00a0=\u00a01\u00a0m"));
  assert_non_null(strstr(text, "t\u00a0=\u00a00.25\u00a0s"));
  assay_free(text);
  assay_picture_data_close(&d);
  p.plane = 5;
  assert_fails(assay_picture_data_open(&d, &p), ASSAY_EARG, "plane 5 is outside 0..4");
  assay_dataset_close(ds);
}

static void lines_are_drawn_over_space_or_time(void **state)
{
  struct picture_data d;
  struct picture_plot plot;
  struct assay_dataset *line = open_set("line.nc"), *states = open_set("states.nc"),
                       *flow = open_set("flow.nc");
  const struct assay_picture over_x = {.truth = line, .last = -1, .field = "p"};
  const struct assay_picture over_t = {.truth = states, .last = -1, .field = "p"};
  const struct assay_picture drag = {
      .truth = flow, .prediction = flow, .k = 1, .k_prediction = 2, .last = -1, .field = "drag"};
  (void)state;
  assert_ok(assay_picture_data_open(&d, &over_x));
  assay_picture_data_thin(&d, 3);
  assert_ok(assay_picture_plot_make(&plot, &d));
  assert_int_equal(plot.plot.n_series, 3);
  assert_int_equal(plot.series[1].n, NX);
  assert_close(plot.series[1].y[5], 40.05, 1e-13, 0);
  assert_close(plot.series[1].x[5], 0.55, 1e-13, 0);
  assert_string_equal(plot.series[1].name, "t = 1 s");
  assay_picture_plot_free(&plot);
  assay_picture_data_close(&d);

  assert_ok(assay_picture_data_open(&d, &over_t));
  assert_ok(assay_picture_plot_make(&plot, &d));
  assert_int_equal(plot.plot.n_series, PICTURE_SERIES_MAX);
  assert_int_equal(plot.series[6].n, TIMES);
  assert_close(plot.series[6].y[3], 30.06, 1e-13, 0);
  assert_close(plot.series[6].x[3], 0.75, 1e-13, 0);
  assay_picture_plot_free(&plot);
  assay_picture_data_close(&d);

  assert_ok(assay_picture_data_open(&d, &drag));
  assert_ok(assay_picture_plot_make(&plot, &d));
  assert_int_equal(plot.plot.n_series, 2);
  assert_close(plot.series[0].y[3], 1.9, 1e-13, 0);
  assert_close(plot.series[1].y[3], 2.9, 1e-13, 0);
  assert_int_equal(plot.series[1].draw, ASSAY_PLOT_POINTS);
  assert_non_null(strstr(plot.plot.subtitle, "symbols: prediction"));
  assay_picture_plot_free(&plot);
  assay_picture_data_close(&d);
  assay_dataset_close(line);
  assay_dataset_close(states);
  assay_dataset_close(flow);
}

static void titles_name_what_differs(void **state)
{
  struct picture_data d;
  char *title = NULL, *subtitle = NULL;
  struct assay_dataset *ds = open_set("flow.nc");
  const struct assay_picture p = {.truth = ds, .k = 2, .last = -1};
  (void)state;
  assert_ok(assay_picture_data_open(&d, &p));
  assert_ok(assay_picture_title(&title, &d));
  assert_ok(assay_picture_subtitle(&subtitle, &d, 8));
  assert_string_equal(title, "flow, case 12");
  assert_string_equal(subtitle, "Re\u00a0=\u00a01100\u00a0· t\u00a0=\u00a02\u00a0s");
  assay_free(title);
  assay_free(subtitle);
  assay_picture_data_close(&d);
  assay_dataset_close(ds);
}

static void nothing_is_left_in_memory(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(speed_and_vorticity_are_those_of_the_flow),
      cmocka_unit_test(frames_are_picked_evenly),
      cmocka_unit_test(predictions_are_paired_by_time),
      cmocka_unit_test(errors_are_prediction_minus_truth),
      cmocka_unit_test(test_cases_find_their_prediction),
      cmocka_unit_test(planes_are_cut_out_of_three_dimensions),
      cmocka_unit_test(lines_are_drawn_over_space_or_time),
      cmocka_unit_test(titles_name_what_differs),
      cmocka_unit_test(nothing_is_left_in_memory),
  };
  return cmocka_run_group_tests(tests, make_flow_files, remove_files);
}
