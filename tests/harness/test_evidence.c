/* assay evidence: every quick measurement of a generator is there, holds, and pictures are drawn.
 */
#include "tests/harness/assay_program.h"

#include <jansson.h>

#include "core/io/png.h"
#include "generators/generator.h"

static int quick_evidence(const char *name)
{
  const struct assay_generator *g;
  int n = 0;
  assert_ok(assay_generator_find(&g, name));
  for (const struct assay_evidence *e = g->evidence; e->name; e++) n += !e->slow;
  return n;
}

static void every_measurement_is_reported_with_its_verdict(void **state)
{
  (void)state;
  assert_int_equal(assay((const char *const[]){"evidence", "heat", "--json", NULL}), 0);
  json_t *all = json_loads(said, 0, NULL), *item;
  size_t i;
  assert_int_equal(json_array_size(all), quick_evidence("heat"));
  json_array_foreach(all, i, item)
  {
    const double value = json_number_value(json_object_get(item, "value"));
    const double expected = json_number_value(json_object_get(item, "expected"));
    const double limit = json_number_value(json_object_get(item, "limit"));
    assert_true(json_is_true(json_object_get(item, "holds")));
    assert_true(fabs(value - expected) <= limit);
  }
  json_decref(all);
}

static void pictures_are_drawn_and_linked(void **state)
{
  (void)state;
  struct assay_image image = {0};
  assert_int_equal(assay((const char *const[]){"evidence", "cavity", "-o", "pictures", "--markdown",
                                               "-j", "2", NULL}),
                   0);
  assert_non_null(strstr(said, "| Taylor-Green, explicit |"));
  assert_non_null(strstr(said, "](pictures/cavity-re100.png)"));
  assert_ok(assay_png_read(&image, "pictures/cavity-re100.png"));
  assert_in_range(image.width, 600, 4000);
  assay_image_destroy(&image);
}

static void a_picture_that_cannot_be_written_is_told(void **state)
{
  (void)state;
  assert_ok(assay_dir_make("pictures/cavity-re100.png"));
  assert_int_equal(assay((const char *const[]){"evidence", "cavity", "-o", "pictures", NULL}), 2);
  assert_non_null(strstr(said, "cavity, re100"));
  assert_non_null(strstr(said, "1 of"));
}

static void an_unknown_generator_is_refused(void **state)
{
  (void)state;
  assert_int_equal(assay((const char *const[]){"evidence", "caviti", NULL}), 1);
  assert_non_null(strstr(said, "no generator 'caviti'"));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(every_measurement_is_reported_with_its_verdict, make_folder,
                                      remove_folder),
      cmocka_unit_test_setup_teardown(pictures_are_drawn_and_linked, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(a_picture_that_cannot_be_written_is_told, make_folder,
                                      remove_folder),
      cmocka_unit_test_setup_teardown(an_unknown_generator_is_refused, make_folder, remove_folder),
  };
  if (find_programs() != 0) return 77;
  return cmocka_run_group_tests(tests, NULL, NULL);
}
