/* Error estimates against differences of two runs that are known in closed form. */
#include "tests/datasets/toy.h"

#include "core/base/file.h"
#include "core/base/mem.h"
#include "datasets/certify.h"
#include "datasets/part.h"

static struct assay_recipe *recipe(const char *params)
{
  char text[512];
  struct assay_recipe *r = NULL;
  snprintf(text, sizeof text, "generator: toy\nprecision: float64\nparams: %s\n", params);
  assert_ok(assay_recipe_parse(&r, "r.yaml", text, strlen(text), NULL, toy_find));
  return r;
}

static struct assay_case *make(const char *params)
{
  struct assay_case *c = NULL;
  struct assay_recipe *r = recipe(params);
  assert_ok(assay_recipe_make(&c, r, 0));
  assay_recipe_destroy(r);
  return c;
}

/* Stored on 8 cells by both runs: f_h - f_2h = -3 error h^2 t sin(2 pi x). */
static void richardson_gives_the_error_of_the_scheme(void **state)
{
  (void)state;
  struct assay_case *c = make("{n: 64, stored: 8, frames: 6, error: 2.385, amplitude: 7.1}");
  for (int k = 0; k < 6; k++) {
    const double e = 2.385 / 64 / 64 * (0.1 * k) / sqrt(2.0);
    assert_close(c->error[k], e, 1e-10, 1e-17);
  }
  assert_int_equal(c->certificate.error_kind, ASSAY_ERROR_RICHARDSON);
  assert_true(isnan(c->certificate.t_pred) && c->certificate.resolved);
  assert_true(isnan(c->error[2 * 6 + 1])); /* static field */
  assert_close(c->error[6 + 1], 0, 0, 0);  /* tracer: the same in both runs */
  assay_case_destroy(c);
}

/* In the last of six frames, f_h - f_2h = -3 e a with e = error h^2 t / a: u has the amplitude
 * a sqrt(1 + e^2). The case is resolved where e is below 2 %, t_pred comes where 3 e passes 10 %.
 */
static void resolved_is_judged_by_the_error_and_t_pred_by_the_difference(void **state)
{
  (void)state;
  static const struct {
    double e;
    bool resolved, predictable;
  } rows[] = {{0.0067, true, true},
              {0.0199, true, true},
              {0.0201, false, true},
              {0.0331, false, true},
              {0.0336, false, false}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char params[128];
    const double a = 2.385, slope = rows[i].e / sqrt(1 - rows[i].e * rows[i].e);
    snprintf(params, sizeof params, "{n: 16, stored: 8, frames: 6, error: %.17g, amplitude: %g}",
             slope * a * 256 / 0.5, a);
    struct assay_case *c = make(params);
    assert_int_equal(c->certificate.resolved, rows[i].resolved);
    assert_int_equal(c->certificate.error_kind,
                     rows[i].predictable ? ASSAY_ERROR_RICHARDSON : ASSAY_ERROR_STATISTICS);
    assert_int_equal(isnan(c->certificate.t_pred), rows[i].predictable);
    assay_case_destroy(c);
  }
}

/* (e_u, e_v) = (0.3, 0.4) of a speed of 26 is 1.92 %, of one of 24 2.08 %; frames without an
 * estimate do not count, nor does the tracer, which is no part of a state with a velocity. */
static void the_error_of_the_state_is_that_of_the_velocity(void **state)
{
  (void)state;
  static const struct assay_field fields[] = {
      {"u", "m s-1", "velocity", NULL, ASSAY_FIELD_FRAME, 'x', false},
      {"v", "m s-1", "velocity", NULL, ASSAY_FIELD_FRAME, 'y', false},
      {"q", "1", "tracer", NULL, ASSAY_FIELD_FRAME, 0, false},
      {0}};
  const struct assay_shape shape = {
      .n_frames = 3, .frame_interval = 0.5, .n_axes = 1, .axis = {{"x", "m", "x", 0, 2, 0, 1}}};
  for (double speed = 24; speed <= 26; speed += 2) {
    struct assay_case *c = NULL;
    bool resolved;
    assert_ok(assay_case_create(&c, 0, &shape, fields, NULL, ASSAY_F64));
    c->n_frames = 3;
    for (int k = 0; k < 3; k++) {
      assay_case_put(c, 0, k, (double[]){5 * speed / 13, -5 * speed / 13});
      assay_case_put(c, 1, k, (double[]){12 * speed / 13, 12 * speed / 13});
      c->error[6 + k] = 8.7;
    }
    c->error[1] = 0.3, c->error[3 + 1] = 0.4;
    assert_ok(assay_certify_resolved(&resolved, c));
    assert_false(resolved); /* no kind of estimate yet */
    c->certificate.error_kind = ASSAY_ERROR_RICHARDSON;
    assert_ok(assay_certify_resolved(&resolved, c));
    assert_int_equal(resolved, speed > 25);
    c->error[1] = (double)NAN;
    assert_ok(assay_certify_resolved(&resolved, c));
    assert_false(resolved); /* no frame is known */
    assay_case_destroy(c);
  }
}

/* Cells of the finer grid are averaged in pairs before they are compared. */
static void finer_grids_are_restricted_by_cell_averages(void **state)
{
  (void)state;
  enum { N = 16 };
  const struct toy fine = {.n = N, .length = 1, .amplitude = 1.5, .error = 3.1};
  struct toy coarse = fine;
  struct assay_case *c = make("{n: 16, frames: 4, error: 3.1, amplitude: 1.5}");
  coarse.n = N / 2;
  for (int k = 0; k < 3; k++) {
    double sum = 0;
    for (int i = 0; i < N / 2; i++) {
      const double x = (i + 0.5) * 2 / N, t = 0.1 * k;
      const double average =
          0.5 * (toy_value(&fine, x - 0.5 / N, t) + toy_value(&fine, x + 0.5 / N, t));
      const double d = average - toy_value(&coarse, x, t);
      sum += d * d / (N / 2);
    }
    assert_close(c->error[k], sqrt(sum) / 3, 1e-10, 0);
  }
  assay_case_destroy(c);
}

/* d_k = 3 error h^2 t_k / amplitude passes 10 % between frames 2 and 3. */
static void behind_t_pred_come_statistics(void **state)
{
  (void)state;
  struct assay_case *c = make("{n: 16, stored: 8, frames: 12, error: 20, amplitude: 0.6}");
  const struct assay_certificate *t = &c->certificate;
  int k = 0;
  while (3 * 20.0 / 256 * 0.1 * k <=
         0.1 * hypot(0.6 * cos(0.2 * M_PI * k), 0.6 * sin(0.2 * M_PI * k) + 20. / 256 * 0.1 * k))
    k++;
  assert_int_equal(t->error_kind, ASSAY_ERROR_STATISTICS);
  assert_close(t->t_pred, 0.1 * k, 1e-12, 0);
  assert_true(k > 1 && k < 6);
  assert_true(isfinite(c->error[k - 1]) && isnan(c->error[k]));
  assert_true(isfinite(t->mean_difference) && isfinite(t->rms_difference));
  assert_false(t->resolved);
  assay_case_destroy(c);
}

/* Two realisations of one statistically steady flow: a standing wave at other phases. */
static void equal_statistics_resolve_what_cannot_be_predicted(void **state)
{
  (void)state;
  enum { FRAMES = 80, N = 8 };
  struct assay_shape shape = {.n_frames = FRAMES, .frame_interval = 0.25, .n_axes = 1};
  shape.axis[0] = (struct assay_axis){"x", "m", "", ASSAY_AXIS_CENTRES, N, 0, 1};
  struct assay_case *run[2] = {NULL, NULL};
  for (int r = 0; r < 2; r++) {
    assert_ok(assay_case_create(&run[r], 0, &shape, toy_fields, NULL, ASSAY_F64));
    for (int k = 0; k < FRAMES; k++) {
      double u[N];
      for (int i = 0; i < N; i++)
        u[i] = (2 + sin(2 * M_PI * (k + 7 * r) / 10)) * cos(2 * M_PI * (i + 0.5) / N);
      assay_case_put(run[r], 0, k, u);
    }
    run[r]->n_frames = FRAMES;
  }
  assert_ok(assay_certify(run[0], run[1], 2));
  const struct assay_certificate *t = &run[0]->certificate;
  assert_int_equal(t->error_kind, ASSAY_ERROR_STATISTICS);
  assert_close(t->t_pred, 0, 0, 0);
  assert_close(t->frequency_difference, 0, 0, 0);
  assert_close(t->mean_difference, 0, 0, 1e-12);
  assert_true(t->resolved);
  run[1]->time[1] = 9; /* times are not compared; amplitudes are */
  for (int k = 0; k < FRAMES; k++) {
    double u[N];
    for (int i = 0; i < N; i++)
      u[i] = (2.2 + sin(2 * M_PI * 2 * k / 10)) * cos(2 * M_PI * (i + 0.5) / N);
    assay_case_put(run[1], 0, k, u);
  }
  assert_ok(assay_certify(run[0], run[1], 2));
  assert_close(t->frequency_difference, 1, 1e-12, 0);
  /* <(2 + s)^2> = 4.5, <(2.2 + s)^2> = 5.34 */
  assert_close(t->energy_difference, (5.34 - 4.5) / 4.5, 1e-9, 0);
  assert_close(t->mean_difference, 0.2 / sqrt(4.5), 1e-9, 0);
  assert_false(t->resolved);
  for (int r = 0; r < 2; r++) assay_case_destroy(run[r]);
}

static void what_cannot_be_estimated_says_why(void **state)
{
  (void)state;
  struct assay_recipe *r = NULL;
  struct assay_case *c = NULL;
  const char *const texts[][2] = {
      {"generator: toy\ncertificate: none\n", "the recipe asks for none"},
      {"generator: toy\nparams: {trouble: 1}\n", "the toy diverged at 0.3 s"},
      {"generator: toy\nparams: {n: 9}\n", "cannot be compared"},
  };
  for (int i = 0; i < 3; i++) {
    assert_ok(assay_recipe_parse(&r, "r", texts[i][0], strlen(texts[i][0]), NULL, toy_find));
    assert_ok(assay_recipe_make(&c, r, 0));
    assert_int_equal(c->certificate.error_kind, ASSAY_ERROR_UNAVAILABLE);
    assert_non_null(strstr(c->certificate.reason, texts[i][1]));
    assert_false(c->certificate.resolved);
    assay_case_destroy(c);
    assay_recipe_destroy(r);
  }
}

static void divergence_is_a_case_not_a_failure(void **state)
{
  (void)state;
  struct assay_case *c = make("{trouble: 1}");
  assert_true(c->certificate.diverged);
  assert_int_equal(c->n_frames, 3);
  assert_close(c->certificate.diverged_time, 0.3, 1e-15, 0);
  assay_case_destroy(c);
  c = make("{trouble: 2}");
  assert_true(c->certificate.diverged);
  assert_int_equal(c->n_frames, 2);
  assert_string_equal(c->certificate.reason, "u is not finite in frame 2");
  assay_case_destroy(c);
  struct assay_recipe *r = recipe("{trouble: 3}");
  assert_fails(assay_recipe_make(&c, r, 0), ASSAY_ENOMEM, "no memory for the toy");
  assay_recipe_destroy(r);
}

/* ---- parts ---------------------------------------------------------------------------------- */

static const struct assay_part_cost cost = {1.25, 2.5, 33.75};

static void a_part_gives_back_its_case(void **state)
{
  (void)state;
  char hash[ASSAY_SHA256_HEX], again[ASSAY_SHA256_HEX];
  struct assay_part_cost read_cost;
  struct assay_case *c = NULL, *back = NULL;
  struct assay_recipe *r = recipe("{n: 32, trouble: 1}");
  assert_ok(assay_recipe_make(&c, r, 0));
  assert_ok(assay_recipe_hash(hash, r, c));
  assert_ok(assay_part_write(".", r, c, hash, &cost));
  assert_ok(assay_part_read(&back, again, &read_cost, ".", r, 0, true));
  assert_string_equal(hash, again);
  assert_close(read_cost.peak_mb, 33.75, 0, 0);
  assert_int_equal(back->n_frames, 3);
  assert_memory_equal(back->data[1], c->data[1], 3 * 32 * sizeof(double));
  assert_memory_equal(back->data[2], c->data[2], 32 * sizeof(double));
  assert_true(back->certificate.diverged && back->certificate.steady_from == -1);
  assert_string_equal(back->certificate.reason, c->certificate.reason);
  assert_true(isnan(back->certificate.dt_min));
  assert_ok(assay_recipe_hash(again, r, back));
  assert_string_equal(hash, again);
  assay_case_destroy(back);
  assay_case_destroy(c);
  assay_recipe_destroy(r);
}

/* Bytes of a part with all certificate rows as the version before wrote it: the first ones. */
static size_t with_first_rows_only(char *to, const char *bytes, size_t size)
{
  char hex[ASSAY_SHA256_HEX];
  struct assay_sha256 *sha = NULL;
  size_t rows = 0;
  while (assay_certificate_rows[rows].name) rows++;
  const char *header = strchr(bytes, '\n') + 1, *values = strchr(header, '\n') + 1;
  const size_t kept = (size_t)(values - bytes) + ASSAY_CERTIFICATE_FIRST_ROWS * sizeof(double);
  const size_t later = kept + (rows - ASSAY_CERTIFICATE_FIRST_ROWS) * sizeof(double);
  const size_t body = kept + size - later - ASSAY_SHA256_HEX;
  memcpy(to, bytes, kept);
  memcpy(to + kept, bytes + later, body - kept);
  to[strlen("assay-part ")] = '2';
  assert_ok(assay_sha256_create(&sha));
  assay_sha256_add(sha, to, body);
  assay_sha256_finish(sha, hex);
  assay_sha256_destroy(sha);
  memcpy(to + body, hex, ASSAY_SHA256_HEX - 1);
  to[body + ASSAY_SHA256_HEX - 1] = '\n';
  return body + ASSAY_SHA256_HEX;
}

static void parts_from_before_the_schemes_are_read(void **state)
{
  (void)state;
  char hash[ASSAY_SHA256_HEX], again[ASSAY_SHA256_HEX], *bytes = NULL, *old = NULL;
  size_t size;
  struct assay_case *c = NULL, *back = NULL;
  struct assay_recipe *r = recipe("{n: 32, amplitude: 3.1}");
  assert_ok(assay_recipe_make(&c, r, 0));
  assert_ok(assay_recipe_hash(hash, r, c));
  assert_ok(assay_part_write(".", r, c, hash, &cost));
  assert_ok(assay_part_read(&back, again, NULL, ".", r, 0, true));
  assert_int_equal(back->certificate.convection_scheme, ASSAY_CONVECTION_CENTRAL);
  assay_case_destroy(back);
  assert_ok(assay_file_read(&bytes, &size, "case-0"));
  assert_ok(ASSAY_NEW(&old, size, "part"));
  assert_ok(assay_file_write("case-0", old, with_first_rows_only(old, bytes, size)));
  assert_ok(assay_part_read(&back, again, NULL, ".", r, 0, true));
  assert_int_equal(back->certificate.convection_scheme, ASSAY_CONVECTION_UNSTATED);
  assert_close(back->certificate.steps, 5, 0, 0);
  assert_memory_equal(back->data[0], c->data[0], 5 * 32 * sizeof(double));
  assay_case_destroy(back);
  assay_case_destroy(c);
  assay_free(bytes);
  assay_free(old);
  assay_recipe_destroy(r);
}

static void damaged_and_foreign_parts_are_refused(void **state)
{
  (void)state;
  char hash[ASSAY_SHA256_HEX], *bytes = NULL;
  size_t size;
  struct assay_case *c = NULL, *back = NULL;
  struct assay_recipe *r = recipe("{n: 32}"), *other = recipe("{n: 32, error: 1}");
  assert_ok(assay_recipe_make(&c, r, 0));
  assert_ok(assay_recipe_hash(hash, r, c));
  assert_ok(assay_part_write(".", r, c, hash, &cost));
  assert_fails(assay_part_read(&back, hash, NULL, ".", other, 0, true), ASSAY_EARG,
               "made with another recipe, seed or generator version");
  assert_ok(assay_file_read(&bytes, &size, "case-0"));
  bytes[size / 2] ^= 4;
  assert_ok(assay_file_write("case-0", bytes, size));
  assert_fails(assay_part_read(&back, hash, NULL, ".", r, 0, true), ASSAY_ECORRUPT, "SHA-256");
  assert_ok(assay_file_write("case-0", bytes, size - 70));
  assert_fails(assay_part_read(&back, hash, NULL, ".", r, 0, true), ASSAY_ECORRUPT, "truncated");
  assert_ok(assay_file_write("case-0", "something else\n", 15));
  assert_fails(assay_part_read(&back, hash, NULL, ".", r, 0, true), ASSAY_ECORRUPT, "not a part");
  unlink("case-0");
  assert_fails(assay_part_read(&back, hash, NULL, ".", r, 0, true), ASSAY_EIO, "cannot open");
  assert_null(back);
  assay_free(bytes);
  assay_case_destroy(c);
  assay_recipe_destroy(r);
  assay_recipe_destroy(other);
}

static void everything_is_freed(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(richardson_gives_the_error_of_the_scheme),
      cmocka_unit_test(resolved_is_judged_by_the_error_and_t_pred_by_the_difference),
      cmocka_unit_test(the_error_of_the_state_is_that_of_the_velocity),
      cmocka_unit_test(finer_grids_are_restricted_by_cell_averages),
      cmocka_unit_test(behind_t_pred_come_statistics),
      cmocka_unit_test(equal_statistics_resolve_what_cannot_be_predicted),
      cmocka_unit_test(what_cannot_be_estimated_says_why),
      cmocka_unit_test(divergence_is_a_case_not_a_failure),
      cmocka_unit_test(a_part_gives_back_its_case),
      cmocka_unit_test(parts_from_before_the_schemes_are_read),
      cmocka_unit_test(damaged_and_foreign_parts_are_refused),
      cmocka_unit_test(everything_is_freed),
  };
  char folder[] = "test_certify-XXXXXX";
  if (!mkdtemp(folder) || chdir(folder) != 0) return 1;
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  if (chdir("..") == 0) assay_dir_remove(folder);
  return failed;
}
