#include "core/base/config.h"
#include "core/base/mem.h"
#include "tests/test.h"

struct grid {
  int nx;
  double width;
  struct assay_list fields;
};
static const struct assay_param rows[] = {
    {ASSAY_P_INT(grid, nx), .doc = "cells", .min = 4, .max = 512},
    {ASSAY_P_DOUBLE(grid, width), .doc = "width", .unit = "m"},
    {ASSAY_P_LIST(grid, fields), .doc = "fields"},
    {0},
};
static const char *const others[] = {"sweep", NULL};

static int read_grid(struct grid *g, const char *text)
{
  int rc = ASSAY_OK;
  struct assay_config *c = NULL;
  ASSAY_TRY(assay_config_parse(&c, "g.yaml", text, strlen(text)));
  ASSAY_TRY(assay_node_decode(assay_config_root(c), rows, g, others));
done:
  assay_config_destroy(c);
  return rc;
}

static const struct {
  const char *text;
  int rc;
  const char *message;
} cases[] = {
    {"nx: 32\nwidth: 2.385\n", ASSAY_OK, ""},
    {"nx: 32\nsweep: [1, 2]\n", ASSAY_OK, ""},
    {"{nx: 32, fields: [u, v]}", ASSAY_OK, ""},
    {"nx: abc\n", ASSAY_EPARSE, "g.yaml:1:5: nx: expected a whole number, got 'abc'"},
    {"width: 1\n\nnx: 2\n", ASSAY_EARG, "g.yaml:3:5: nx = 2 is outside [4, 512]"},
    {"width: 1\nnxx: 2\n", ASSAY_ENOTFOUND, "g.yaml:2:6: no parameter 'nxx' (did you mean 'nx'?"},
    {"nx: 32\nnx: 33\n", ASSAY_EPARSE, "g.yaml:2:1: key 'nx' appears twice"},
    {"nx: [1, 2]\n", ASSAY_EPARSE, "g.yaml:1:5: nx: expected a single value"},
    {"fields: [u, {a: b}]\n", ASSAY_EPARSE, "g.yaml:1:13: fields: expected a list of plain values"},
    {"- 1\n- 2\n", ASSAY_EPARSE, "g.yaml:1:1: expected 'key: value' lines"},
    {"", ASSAY_EPARSE, "the file is empty"},
    {"nx: 32\n---\nnx: 33\n", ASSAY_EPARSE, "only one document"},
    {"nx: &a 32\nwidth: *a\n", ASSAY_EPARSE, "g.yaml:1:5: anchors, aliases and tags"},
    {"nx: !!int 32\n", ASSAY_EPARSE, "anchors, aliases and tags"},
    {"nx: {a: [1\n", ASSAY_EPARSE, "g.yaml:2:1: did not find expected ',' or ']'"},
    {"nx: \"\\xzz\"\n", ASSAY_EPARSE, "g.yaml:1:"},
    {"[a, b]: 3\n", ASSAY_EPARSE, "g.yaml:1:1: expected a key"},
    {"nx:\n", ASSAY_EPARSE, "nx: expected a whole number, got ''"},
    {"nx: \"3\\0\"\n", ASSAY_EPARSE, "a zero byte inside text"},
};

static void messages_name_file_line_and_column(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct grid g = {0};
    const size_t before = assay_mem_in_use().blocks;
    const int rc = read_grid(&g, cases[i].text);
    if (rc != cases[i].rc || (rc < 0 && !strstr(assay_err_last(), cases[i].message)))
      fail_msg("row %zu gave %d '%s', expected '%s'", i, rc, assay_err_last(), cases[i].message);
    assert_int_equal(assay_mem_in_use().blocks, before);
  }
}

static void the_row_decides_the_type(void **state)
{
  (void)state;
  static const char text[] = "fields: [no, 012, 1e3]\nnx: 012\n";
  struct assay_config *c = NULL;
  struct grid g = {0};
  assert_ok(assay_config_parse(&c, "g.yaml", text, sizeof text - 1));
  assert_ok(assay_node_decode(assay_config_root(c), rows, &g, NULL));
  assert_int_equal(g.nx, 12);
  assert_int_equal(g.fields.n, 3);
  assert_string_equal(g.fields.item[0], "no");
  assert_string_equal(g.fields.item[1], "012");
  assay_config_destroy(c);
}

static void trees_keep_order_and_positions(void **state)
{
  (void)state;
  static const char text[] = "sweep:\n  - {kind: linspace, from: 2.5}\n  - kind: lhs\n";
  struct assay_config *c = NULL;
  assert_ok(assay_config_parse(&c, "s.yaml", text, sizeof text - 1));
  const struct assay_node *sweep = assay_node_get(assay_config_root(c), "sweep");
  assert_int_equal(sweep->kind, ASSAY_NODE_SEQUENCE);
  assert_int_equal(sweep->n, 2);
  double from = 0;
  assert_ok(assay_node_double(&from, assay_node_get(sweep->first, "from")));
  assert_close(from, 2.5, 0, 0);
  const struct assay_node *kind = assay_node_get(sweep->first->next, "kind");
  assert_string_equal(kind->text, "lhs");
  assert_int_equal(kind->line, 3);
  assert_fails(assay_node_double(&from, kind), ASSAY_EPARSE, "s.yaml:3:11: expected a number");
  assert_null(assay_node_get(sweep, "kind"));
  assay_config_destroy(c);
}

static void a_key_can_be_taken_out_of_its_mapping(void **state)
{
  (void)state;
  static const char text[] = "a: {first: 1, second: 2, third: 3}\n";
  static const char *const order[] = {"second", "none", "third", "first"};
  static const int left[] = {2, 2, 1, 0};
  struct assay_config *c = NULL;
  assert_ok(assay_config_parse(&c, "k.yaml", text, strlen(text)));
  const struct assay_node *a = assay_node_get(assay_config_root(c), "a");
  for (int i = 0; i < 4; i++) {
    assay_config_remove(c, a, order[i]);
    assert_null(assay_node_get(a, order[i]));
    assert_int_equal(a->n, left[i]);
    if (left[i] > 0) assert_string_equal(a->first->key, "first");
  }
  assert_null(a->first);
  assay_config_destroy(c);
}

static void deep_nesting_is_refused_not_followed(void **state)
{
  (void)state;
  char text[4001];
  struct assay_config *c = NULL;
  memset(text, '[', sizeof text - 1);
  memcpy(text, "a: ", 3);
  text[sizeof text - 1] = '\0';
  assert_fails(assay_config_parse(&c, "d.yaml", text, sizeof text - 1), ASSAY_EPARSE,
               "nested too deeply");
  assert_null(c);
}

static void missing_files_are_named(void **state)
{
  (void)state;
  struct assay_config *c = NULL;
  assert_fails(assay_config_read(&c, "no/such/recipe.yaml"), ASSAY_ENOTFOUND,
               "no/such/recipe.yaml: cannot open: No such file");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(messages_name_file_line_and_column),
      cmocka_unit_test(the_row_decides_the_type),
      cmocka_unit_test(trees_keep_order_and_positions),
      cmocka_unit_test(a_key_can_be_taken_out_of_its_mapping),
      cmocka_unit_test(deep_nesting_is_refused_not_followed),
      cmocka_unit_test(missing_files_are_named),
  };
  return cmocka_run_group_tests_name("core/base/config", tests, NULL, NULL);
}
