#include <stdlib.h>

#include "core/base/mem.h"
#include "core/expr/parse.h"
#include "core/expr/program.h"
#include "core/num/isa.h"
#include "tests/core/expr/trees.h"
#include "tests/test.h"

enum { ROWS = 1000, VARS = 3, MANY = 20000 };

static float table[VARS][ROWS], out[ROWS], again[ROWS], target[ROWS];
static const float *const columns[VARS] = {table[0], table[1], table[2]};
static struct assay_expr_work *work;

static uint32_t bits_of(float x)
{
  uint32_t u;
  memcpy(&u, &x, sizeof u);
  return u;
}

static int make_world(void **state)
{
  static const float special[] = {0.0f, -0.0f, INFINITY, -INFINITY, NAN, 1e-40f, 3e38f, 1e6f};
  uint64_t seed = 5;
  (void)state;
  for (int v = 0; v < VARS; v++)
    for (int i = 0; i < ROWS; i++) {
      table[v][i] = (float)(8.0 * tree_uniform(&seed) - 3.0);
      if (i % 89 == 17 * v) table[v][i] = special[(i / 89 + v) % 8];
    }
  for (int i = 0; i < ROWS; i++) target[i] = (float)tree_uniform(&seed);
  return assay_expr_work_create(&work);
}

static int end_world(void **state)
{
  (void)state;
  assay_expr_work_free(work);
  return 0;
}

static struct assay_expr_program *compiled(const char *text)
{
  struct assay_expr *e;
  struct assay_expr_program *p;
  assert_ok(assay_expr_parse(&e, text, NULL));
  assert_ok(assay_expr_compile(&p, e, NULL));
  assay_expr_free(e);
  return p;
}

static void functions_keep_their_bounds(void **state)
{
  (void)state;
  static const struct {
    const char *text;
    double (*exact)(double);
    double from, to, bound;
  } cases[] = {
      {"exp(x0)", exp, -86.0, 88.0, 1.1},     {"exp(x0)", exp, -1.0, 1.0, 1.1},
      {"log(x0)", log, 0.5, 2.0, 1.2},        {"log(x0)", log, 1e-3, 1e6, 1.2},
      {"sin(x0)", sin, -3.2, 3.2, 2.2},       {"sin(x0)", sin, -8192.0, 8192.0, 2.2},
      {"sin(x0)", sin, 1e4, 1e7, 0.6},        {"cos(x0)", cos, -3.2, 3.2, 2.2},
      {"cos(x0)", cos, -8192.0, 8192.0, 2.2}, {"tan(x0)", tan, -3.2, 3.2, 0.51},
      {"asin(x0)", asin, -1.0, 1.0, 0.51},    {"acos(x0)", acos, -1.0, 1.0, 0.51},
      {"atan(x0)", atan, -9.0, 9.0, 0.51},    {"sinh(x0)", sinh, -20.0, 20.0, 0.51},
      {"cosh(x0)", cosh, -20.0, 20.0, 0.51},  {"tanh(x0)", tanh, -9.0, 9.0, 0.51},
      {"sqrt(x0)", sqrt, 0.0, 9.0, 0.51},
  };
  float *x, *y;
  assert_ok(ASSAY_NEW(&x, MANY, "test"));
  assert_ok(ASSAY_NEW(&y, MANY, "test"));
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    struct assay_expr_program *p = compiled(cases[k].text);
    uint64_t seed = 100 + k;
    const float *const column[] = {x};
    for (int i = 0; i < MANY; i++)
      x[i] = (float)(cases[k].from + (cases[k].to - cases[k].from) * tree_uniform(&seed));
    assert_ok(assay_expr_eval_float(y, p, NULL, column, MANY, work));
    double worst = 0.0, at = 0.0;
    for (int i = 0; i < MANY; i++) {
      int e;
      const double exact = cases[k].exact((double)x[i]);
      frexp(exact, &e);
      const double error = fabs((double)y[i] - exact) / ldexp(1.0, e - 24 < -149 ? -149 : e - 24);
      if (error > worst) worst = error, at = (double)x[i];
      if (cases[k].exact == sin || cases[k].exact == cos) assert_true(fabsf(y[i]) <= 1.0f);
    }
    if (getenv("ASSAY_TEST_MULTIPLIER")) print_message("%s: %.3f\n", cases[k].text, worst);
    if (!(worst <= cases[k].bound) || worst < 0.4)
      fail_msg("%s: %.3f ulp at %a", cases[k].text, worst, at);
    assay_expr_program_free(p);
  }
  assay_free(x);
  assay_free(y);
}

static void special_values(void **state)
{
  (void)state;
  static const struct {
    const char *text;
    float x, y;
  } cases[] = {
      {"exp(x0)", 89.0f, INFINITY},    {"exp(x0)", -104.0f, 0.0f},
      {"exp(x0)", -103.0f, 0x1p-149f}, {"exp(x0)", -INFINITY, 0.0f},
      {"exp(x0)", NAN, NAN},           {"log(x0)", 0.0f, -INFINITY},
      {"log(x0)", -1.0f, NAN},         {"log(x0)", INFINITY, INFINITY},
      {"log(x0)", 1.0f, 0.0f},         {"sin(x0)", -0.0f, -0.0f},
      {"sin(x0)", INFINITY, NAN},      {"cos(x0)", 0.0f, 1.0f},
      {"1/x0", -0.0f, -INFINITY},      {"x0^0", NAN, 1.0f},
      {"x0^0.3", -2.0f, NAN},          {"x0^3", 1.1f, 1.1f * 1.1f * 1.1f},
      {"cosh(x0)", 100.0f, INFINITY},  {"0.1*x0", 3.0f, 0.1f * 3.0f},
  };
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    struct assay_expr_program *p = compiled(cases[k].text);
    const float *const column[] = {&cases[k].x};
    float y;
    assert_ok(assay_expr_eval_float(&y, p, NULL, column, 1, work));
    if (bits_of(y) != bits_of(cases[k].y))
      fail_msg("%s at %a: %a, not %a", cases[k].text, (double)cases[k].x, (double)y,
               (double)cases[k].y);
    assay_expr_program_free(p);
  }
  /* subnormal arguments of the logarithm */
  struct assay_expr_program *p = compiled("log(x0)");
  const float tiny = 1e-40f;
  const float *const column[] = {&tiny};
  float y;
  assert_ok(assay_expr_eval_float(&y, p, NULL, column, 1, work));
  assert_close((double)y, log((double)tiny), 1e-7, 0.0);
  assay_expr_program_free(p);
}

static void the_bits_do_not_depend_on_set_or_place(void **state)
{
  (void)state;
  const enum assay_isa before = assay_isa();
  uint64_t seed = 8;
  for (int round = 0; round < 300; round++) {
    struct assay_expr_node node[64];
    struct assay_expr *e;
    struct assay_expr_program *p;
    double sse[3] = {0};
    int n_sets = 0;
    assert_ok(assay_expr_make(&e, node,
                              tree_nodes(node, 0, 1 + round % 25, VARS, ASSAY_EXPR_N_OPS, &seed)));
    assert_ok(assay_expr_compile(&p, e, NULL));
    for (int isa = 0; isa < assay_isa_count(); isa++) {
      if (!assay_isa_available((enum assay_isa)isa)) continue;
      assert_ok(assay_isa_force((enum assay_isa)isa));
      assert_ok(assay_expr_eval_float(n_sets ? again : out, p, NULL, columns, ROWS, work));
      if (n_sets) assert_memory_equal(out, again, sizeof out);
      assert_ok(assay_expr_sse_float(&sse[n_sets], p, NULL, columns, target, ROWS, (double)INFINITY,
                                     work));
      assert_memory_equal(&sse[0], &sse[n_sets], sizeof sse[0]);
      n_sets++;
    }
    const float *const shifted[] = {table[0] + 13, table[1] + 13, table[2] + 13};
    assert_ok(assay_expr_eval_float(again, p, NULL, shifted, ROWS - 13, work));
    assert_memory_equal(out + 13, again, (ROWS - 13) * sizeof *out);
    assay_expr_program_free(p);
    assay_expr_free(e);
  }
  assert_ok(assay_isa_force(before));
}

static void single_precision_is_near_double(void **state)
{
  (void)state;
  struct assay_expr_program *p =
      compiled("0.7*sin(1.3*x0) + exp(0.2*x1)/(2.5 + x2^2) - sqrt(abs(x1) + 0.4)^1.7");
  static double wide[VARS][ROWS], exact[ROWS];
  const double *const from[] = {wide[0], wide[1], wide[2]};
  double sum = 0.0, sse;
  for (int v = 0; v < VARS; v++)
    for (int i = 0; i < ROWS; i++) {
      wide[v][i] = (double)(table[v][i] = (float)(i % 37) * 0.11f - 1.5f + (float)v);
    }
  assert_ok(assay_expr_eval(exact, p, NULL, from, ROWS, work));
  assert_ok(assay_expr_eval_float(out, p, NULL, columns, ROWS, work));
  for (int i = 0; i < ROWS; i++) {
    assert_close((double)out[i], exact[i], 2e-6, 2e-6);
    sum += ((double)out[i] - (double)target[i]) * ((double)out[i] - (double)target[i]);
  }
  assert_ok(assay_expr_sse_float(&sse, p, NULL, columns, target, ROWS, (double)INFINITY, work));
  assert_close(sse, sum, 1e-5, 0.0);
  assert_ok(assay_expr_sse_float(&sse, p, NULL, columns, target, ROWS, 0.5, work));
  assert_true(sse > 0.5 && sse < sum);
  assay_expr_program_free(p);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(functions_keep_their_bounds),
      cmocka_unit_test(special_values),
      cmocka_unit_test(the_bits_do_not_depend_on_set_or_place),
      cmocka_unit_test(single_precision_is_near_double),
  };
  return cmocka_run_group_tests_name("core/expr/program_float", tests, make_world, end_world);
}
