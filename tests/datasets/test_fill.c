/* Filling a case frame by frame. */
#include "datasets/fill.h"
#include "tests/datasets/toy.h"

enum { U, Q, MASK, ENERGY, EXTRA, N = 7, FRAMES = 5 };

static struct assay_case *room(enum assay_dtype dtype, const char *const *select)
{
  const struct toy p = {.n = N, .frames = FRAMES, .length = 1, .interval = 0.1};
  const struct assay_generator *toy = NULL;
  struct assay_shape shape;
  struct assay_case *c = NULL;
  assert_ok(toy_find(&toy, "toy"));
  assert_ok(toy->shape(&shape, &p));
  assert_ok(assay_case_create(&c, 3, &shape, toy->fields, select, dtype));
  return c;
}

static double stored(const struct assay_case *c, int field, int frame, int i)
{
  double values[N];
  assay_case_get(c, field, frame, values);
  return values[i];
}

static void only_wanted_grids_have_buffers(void **state)
{
  (void)state;
  struct assay_case *c = room(ASSAY_F32, NULL);
  struct assay_fill f;
  assert_ok(assay_fill_create(&f, c, N));
  assert_int_equal(f.n_fields, 5);
  assert_non_null(f.field[U]);
  assert_non_null(f.field[Q]);
  assert_null(f.field[MASK]);
  assert_null(f.field[ENERGY]);
  assert_null(f.field[EXTRA]);
  assay_fill_destroy(&f);
  assert_null(f.field);
  assay_case_destroy(c);
  c = room(ASSAY_F32, (const char *const[]){"q", "energy", "extra", NULL});
  assert_ok(assay_fill_create(&f, c, N));
  assert_null(f.field[U]);
  assert_non_null(f.field[Q]);
  assert_non_null(f.field[EXTRA]);
  assay_fill_destroy(&f);
  assay_fill_destroy(&f);
  assay_case_destroy(c);
}

static void put_stores_what_the_grid_holds(void **state)
{
  (void)state;
  struct assay_case *c = room(ASSAY_F64, NULL);
  struct assay_fill f;
  assert_ok(assay_fill_create(&f, c, N + 4)); /* sampled beyond the stored grid */
  for (int k = 0; k < 3; k++) {
    for (int i = 0; i < N + 4; i++) f.field[U][i] = 2.385 * k + i, f.field[Q][i] = -0.7 * i;
    assay_fill_put(c, k, &f);
    assert_int_equal(c->n_frames, k + 1);
  }
  assert_close(stored(c, U, 1, 6), 2.385 + 6, 0, 0);
  assert_close(stored(c, U, 2, 0), 2 * 2.385, 0, 0);
  assert_close(stored(c, Q, 2, 5), -0.7 * 5, 0, 0);
  assert_close(stored(c, U, 3, 0), 0, 0, 0);
  assay_fill_destroy(&f);
  assay_case_destroy(c);
}

static void repeat_continues_all_but_static_fields(void **state)
{
  (void)state;
  static const enum assay_dtype types[] = {ASSAY_F32, ASSAY_F64};
  for (int t = 0; t < 2; t++) {
    struct assay_case *c = room(types[t], NULL);
    double values[N];
    for (int k = 0; k < 3; k++)
      for (int field = U; field <= ENERGY; field++) {
        for (int i = 0; i < N; i++) values[i] = 0.375 * field + 11 * k + i;
        assay_case_put(c, field, k, values);
      }
    c->n_frames = 3;
    assay_fill_repeat(c);
    assert_int_equal(c->n_frames, FRAMES);
    for (int k = 2; k < FRAMES; k++) {
      for (int i = 0; i < N; i++) assert_close(stored(c, Q, k, i), 0.375 + 22 + i, 0, 0);
      assert_close(stored(c, ENERGY, k, 0), 3 * 0.375 + 22, 0, 0);
    }
    assert_close(stored(c, U, 1, 4), 11 + 4, 0, 0);
    assert_close(stored(c, ENERGY, 1, 0), 3 * 0.375 + 11, 0, 0);
    assert_close(stored(c, MASK, 0, 6), 2 * 0.375 + 22 + 6, 0, 0);
    assay_fill_repeat(c); /* nothing left */
    assert_int_equal(c->n_frames, FRAMES);
    assay_case_destroy(c);
  }
}

static void rows_keep_their_extremes(void **state)
{
  (void)state;
  struct assay_certificate c;
  assay_certificate_clear(&c);
  static const double values[] = {-2.25, -3.5, 0.125, -1};
  for (int k = 0; k < 4; k++) {
    assay_fill_raise(&c.fraction_max, values[k]);
    assay_fill_lower(&c.fraction_min, values[k]);
    assert_close(c.fraction_max, k < 2 ? -2.25 : 0.125, 0, 0);
    assert_close(c.fraction_min, k < 1 ? -2.25 : -3.5, 0, 0);
  }
}

static void a_flow_is_steady_from_the_first_of_the_last_still_frames(void **state)
{
  (void)state;
  struct assay_certificate c;
  assay_certificate_clear(&c);
  static const struct {
    bool steady;
    int from;
  } frame[] = {{false, -1}, {true, 1}, {true, 1}, {false, -1}, {true, 4}, {true, 4}};
  for (int k = 0; k < 6; k++) {
    assay_fill_steady(&c, k, frame[k].steady);
    assert_int_equal(c.steady_from, frame[k].from);
  }
}

static void divergence_has_its_time_and_reason(void **state)
{
  (void)state;
  struct assay_certificate c;
  assay_certificate_clear(&c);
  char text[400];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = 0;
  assay_err_set(ASSAY_EDIVERGED, __FILE__, __LINE__, "speed %g m/s", 7.5e3);
  assay_fill_diverged(&c, 2.385);
  assert_true(c.diverged);
  assert_close(c.diverged_time, 2.385, 0, 0);
  assert_string_equal(c.reason, "speed 7500 m/s");
  assay_err_set(ASSAY_EDIVERGED, __FILE__, __LINE__, "%s", text);
  assay_fill_diverged(&c, 2.385);
  assert_int_equal(strlen(c.reason), sizeof c.reason - 1);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(only_wanted_grids_have_buffers),
      cmocka_unit_test(put_stores_what_the_grid_holds),
      cmocka_unit_test(repeat_continues_all_but_static_fields),
      cmocka_unit_test(rows_keep_their_extremes),
      cmocka_unit_test(a_flow_is_steady_from_the_first_of_the_last_still_frames),
      cmocka_unit_test(divergence_has_its_time_and_reason),
  };
  return cmocka_run_group_tests_name("datasets/fill", tests, NULL, NULL);
}
