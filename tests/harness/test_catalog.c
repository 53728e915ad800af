/* Everything that has a name can be listed, found and described. */
#include "tests/test.h"

#include <stdlib.h>

#include "harness/catalog.h"

static void every_name_has_a_description(void **state)
{
  (void)state;
  for (const struct assay_catalog_kind *k = assay_catalog; k->plural; k++)
    for (int i = 0; k->name(i); i++) {
      json_t *d = NULL;
      assert_ok(k->describe(&d, k->name(i)));
      assert_string_equal(json_string_value(json_object_get(d, "kind")), k->singular);
      assert_string_equal(json_string_value(json_object_get(d, "name")), k->name(i));
      if (!*assay_catalog_line(d))
        fail_msg("%s %s has neither title nor doc", k->singular, k->name(i));
      json_decref(d);
    }
}

static void names_find_their_kind(void **state)
{
  (void)state;
  const struct assay_catalog_kind *kind;
  for (const struct assay_catalog_kind *k = assay_catalog; k->plural; k++) {
    assert_ok(assay_catalog_kind(&kind, k->plural));
    assert_ptr_equal(kind, k);
    assert_ok(assay_catalog_kind(&kind, k->singular));
    assert_ptr_equal(kind, k);
  }
  assert_ok(assay_catalog_find(&kind, "vrmse"));
  assert_string_equal(kind->singular, "metric");
  assert_ok(assay_catalog_find(&kind, "cavity-operator"));
  assert_string_equal(kind->singular, "task");
}

static void unknown_names_get_a_hint(void **state)
{
  (void)state;
  const struct assay_catalog_kind *kind;
  assert_fails(assay_catalog_find(&kind, "vrmes"), ASSAY_ENOTFOUND, "did you mean 'vrmse'");
  assert_fails(assay_catalog_find(&kind, "zzzzzzzzz"), ASSAY_ENOTFOUND, "assay list");
  assert_fails(assay_catalog_kind(&kind, "metrcs"), ASSAY_ENOTFOUND, "did you mean 'metrics'");
}

static char *print(const json_t *value)
{
  char *text = NULL;
  size_t size;
  FILE *f = open_memstream(&text, &size);
  assay_catalog_print(value, f);
  fclose(f);
  return text;
}

static void a_description_prints_labels_and_tables(void **state)
{
  (void)state;
  json_t *d = json_pack("{ss,sb,sf,s[ss],s[],s[{ss,sf}{ss,ss}]}", "name", "x", "flag", 1, "size",
                        2.385, "list", "a", "b", "none", "rows", "doc", "first row", "value", 0.5,
                        "doc", "second", "unit", "m s-1");
  char *text = print(d);
  assert_string_equal(text, "name           x\n"
                            "flag           yes\n"
                            "size           2.385\n"
                            "list           a, b\n"
                            "\n"
                            "rows:\n"
                            "  value  unit   doc\n"
                            "  0.5           first row\n"
                            "         m s-1  second\n");
  free(text);
  json_decref(d);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_name_has_a_description),
      cmocka_unit_test(names_find_their_kind),
      cmocka_unit_test(unknown_names_get_a_hint),
      cmocka_unit_test(a_description_prints_labels_and_tables),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
