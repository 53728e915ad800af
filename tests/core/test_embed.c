#include "tests/test.h"

#include "core/base/embed.h"
#include "core/base/mem.h"

static const struct assay_embedded table[] = {
    {"first", "here/first.yaml", (const char *const[]){"alpha: 2.385", "beta: \"a \\\\ b\"", NULL}},
    {"second", "here/second.yaml", (const char *const[]){"alpha: 1", "  beta: 2", NULL}},
    {"folder/first", "here/folder/first.yaml", (const char *const[]){"alpha: 7.25", NULL}},
    {0}};

static void a_built_in_file_reads_like_a_file(void **state)
{
  (void)state;
  char *text;
  struct assay_config *config;
  assert_ok(assay_embedded_text(&text, table, "thing", "first"));
  assert_string_equal(text, "alpha: 2.385\nbeta: \"a \\\\ b\"\n");
  assay_free(text);
  assert_ok(assay_embedded_read(&config, table, "thing", "first"));
  const struct assay_node *root = assay_config_root(config);
  assert_string_equal(assay_node_get(root, "alpha")->text, "2.385");
  assert_string_equal(assay_node_get(root, "beta")->text, "a \\ b");
  assay_config_destroy(config);
}

static void messages_name_the_file_and_the_nearest_name(void **state)
{
  (void)state;
  struct assay_config *config;
  char *text;
  assert_fails(assay_embedded_read(&config, table, "thing", "frist"), ASSAY_ENOTFOUND,
               "no thing 'frist' (did you mean 'first'?");
  assert_fails(assay_embedded_text(&text, table, "thing", "third"), ASSAY_ENOTFOUND,
               "known: first, second");
  assert_fails(assay_embedded_read(&config, table, "thing", "second"), ASSAY_EPARSE,
               "here/second.yaml:2:");
}

static void paths_are_files_of_the_user(void **state)
{
  (void)state;
  struct assay_config *config;
  assert_true(assay_embedded_is_path("./first"));
  assert_true(assay_embedded_is_path("first.yaml"));
  assert_false(assay_embedded_is_path("first"));
  assert_true(assay_embedded_is_path("../folder/first"));
  assert_true(assay_embedded_is_path("/first"));
  assert_true(assay_embedded_is_path("folder/first.yaml"));
  assert_false(assay_embedded_is_path(".yaml"));
  assert_false(assay_embedded_is_path("folder/first"));
  assert_fails(assay_embedded_read(&config, table, "thing", "./first"), ASSAY_ENOTFOUND, "./first");
}

static void names_may_have_folders(void **state)
{
  (void)state;
  struct assay_config *config;
  assert_ok(assay_embedded_read(&config, table, "thing", "folder/first"));
  const struct assay_node *root = assay_config_root(config);
  assert_string_equal(root->file, "here/folder/first.yaml");
  assert_string_equal(assay_node_get(root, "alpha")->text, "7.25");
  assay_config_destroy(config);
  assert_fails(assay_embedded_read(&config, table, "thing", "folder/frist"), ASSAY_ENOTFOUND,
               "did you mean 'folder/first'");
  assert_fails(assay_embedded_read(&config, table, "thing", "elsewhere/x"), ASSAY_ENOTFOUND,
               "a file is named with .yaml or ./");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_built_in_file_reads_like_a_file),
      cmocka_unit_test(messages_name_the_file_and_the_nearest_name),
      cmocka_unit_test(paths_are_files_of_the_user),
      cmocka_unit_test(names_may_have_folders),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
