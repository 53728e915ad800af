/* Node-evaluations per second of the squared error of random trees (mix.h), per instruction set and
 * precision, of the plain recursion over libm, of gradients and of compilation; then ns per value
 * of every operation. `--trees FILE` writes the trees for tests/compare/numpy_expr.py instead and
 * prints the figure of the best set only. */
#include "core/expr/program.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/base/mem.h"
#include "core/expr/program_kernels.h"
#include "core/num/isa.h"
#include "tests/core/expr/mix.h"

enum { TREES = 200, REPEATS = 9 };

static double table[MIX_VARS][MIX_ROWS], y[MIX_ROWS];
static const double *const columns[MIX_VARS] = {table[0], table[1], table[2], table[3], table[4]};
static float table_float[MIX_VARS][MIX_ROWS], y_float[MIX_ROWS];
static const float *const columns_float[MIX_VARS] = {table_float[0], table_float[1], table_float[2],
                                                     table_float[3], table_float[4]};
static struct assay_expr *tree[TREES];
static struct assay_expr_program *program[TREES];
static struct assay_expr_work *work;
static double checksum;

static double now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); /* other processes do not count */
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int is_finite_tree(const struct assay_expr_program *p)
{
  double sse;
  assay_expr_sse(&sse, p, NULL, columns, y, MIX_ROWS, (double)INFINITY, work);
  return isfinite(sse);
}

static void make_trees(int functions)
{
  uint64_t seed = 2385;
  for (int v = 0; v < MIX_VARS; v++)
    for (int i = 0; i < MIX_ROWS; i++) table[v][i] = 0.5 + tree_uniform(&seed);
  for (int i = 0; i < MIX_ROWS; i++) y[i] = tree_uniform(&seed);
  for (int v = 0; v < MIX_VARS; v++)
    for (int i = 0; i < MIX_ROWS; i++) table_float[v][i] = (float)table[v][i];
  for (int i = 0; i < MIX_ROWS; i++) y_float[i] = (float)y[i];
  for (int k = 0; k < TREES;) {
    struct assay_expr_node node[MIX_NODES];
    mix_nodes(node, functions, &seed);
    assay_expr_free(tree[k]);
    assay_expr_program_free(program[k]);
    if (assay_expr_make(&tree[k], node, MIX_NODES) < 0) continue;
    const struct assay_expr_compile_options o = {.no_share = true};
    if (assay_expr_compile(&program[k], tree[k], &o) < 0) continue;
    k += is_finite_tree(program[k]); /* trees that are NaN somewhere would stop early */
  }
}

static void evaluate_all(void)
{
  for (int k = 0; k < TREES; k++) {
    double sse;
    assay_expr_sse(&sse, program[k], NULL, columns, y, MIX_ROWS, (double)INFINITY, work);
    checksum += sse;
  }
}

static void evaluate_all_float(void)
{
  for (int k = 0; k < TREES; k++) {
    double sse;
    assay_expr_sse_float(&sse, program[k], NULL, columns_float, y_float, MIX_ROWS, (double)INFINITY,
                         work);
    checksum += sse;
  }
}

static double jacobian[MIX_LEAVES * MIX_LEAVES], gradient[MIX_LEAVES];

static void gradients_all(void)
{
  for (int k = 0; k < TREES; k++) {
    double sse;
    assay_expr_normal_equations(jacobian, gradient, &sse, program[k], NULL, columns, y, MIX_ROWS,
                                work);
    checksum += sse;
  }
}

static void compile_all(void)
{
  const struct assay_expr_compile_options o = {.no_share = false};
  for (int round = 0; round < 20; round++)
    for (int k = 0; k < TREES; k++) assay_expr_recompile(program[0], tree[k], &o);
}

/* lowest time of some repeats */
static double lowest(void (*f)(void))
{
  double best = 1e300;
  for (int r = 0; r < REPEATS; r++) {
    const double start = now();
    f();
    const double t = now() - start;
    if (t < best) best = t;
  }
  return best;
}

static double giga_nodes(double seconds)
{
  return 1e-9 * (double)TREES * MIX_NODES * MIX_ROWS / seconds;
}

static double by_recursion(const struct assay_expr *e, const int *first, int i, int row)
{
  const struct assay_expr_node *node = &e->node[i];
  switch (node->op) {
  case ASSAY_EXPR_CONST:
    return node->value;
  case ASSAY_EXPR_VAR:
    return table[node->var][row];
  case ASSAY_EXPR_SIN:
    return sin(by_recursion(e, first, i - 1, row));
  case ASSAY_EXPR_COS:
    return cos(by_recursion(e, first, i - 1, row));
  case ASSAY_EXPR_EXP:
    return exp(by_recursion(e, first, i - 1, row));
  case ASSAY_EXPR_LOG:
    return log(by_recursion(e, first, i - 1, row));
  case ASSAY_EXPR_SQRT:
    return sqrt(by_recursion(e, first, i - 1, row));
  default:
    break;
  }
  const double a = by_recursion(e, first, first[i - 1] - 1, row);
  const double b = by_recursion(e, first, i - 1, row);
  return node->op == ASSAY_EXPR_ADD   ? a + b
         : node->op == ASSAY_EXPR_SUB ? a - b
         : node->op == ASSAY_EXPR_MUL ? a * b
                                      : a / b;
}

static void recursion_all(void)
{
  for (int k = 0; k < TREES; k++) {
    int first[MIX_NODES];
    assay_expr_firsts(first, tree[k]);
    for (int row = 0; row < MIX_ROWS; row++) {
      const double f = by_recursion(tree[k], first, MIX_NODES - 1, row);
      checksum += (f - y[row]) * (f - y[row]);
    }
  }
}

static void report(const char *what, const char *set, double value, const char *unit)
{
  printf("{\"bench\": \"expr\", \"what\": \"%s\", \"set\": \"%s\", \"value\": %.4g, "
         "\"unit\": \"%s\"}\n",
         what, set, value, unit);
}

static void time_operations(enum assay_isa isa)
{
  static double out[ASSAY_EXPR_BLOCK];
  const struct assay_expr_kernels *k = ASSAY_ISA_PICK(assay_expr_kernels, isa);
  for (int op = ASSAY_EXPR_ADD; op < ASSAY_EXPR_N_OPS; op++) {
    double best = 1e300;
    for (int r = 0; r < REPEATS; r++) {
      const double start = now();
      for (int i = 0; i < 200; i++)
        if (assay_expr_ops[op].arity == 2)
          k->vv[op](out, table[0], table[1], ASSAY_EXPR_BLOCK);
        else
          k->unary[op](out, table[0], ASSAY_EXPR_BLOCK);
      const double t = (now() - start) / 200 / ASSAY_EXPR_BLOCK;
      if (t < best) best = t;
    }
    checksum += out[3];
    const struct assay_expr_op_info *info = &assay_expr_ops[op];
    report(info->precedence ? info->alias[0] : info->name, assay_isa_name(isa), 1e9 * best,
           "ns/value");
  }
}

static void write_trees(const char *path)
{
  FILE *f = fopen(path, "w");
  for (int k = 0; f && k < TREES; k++) {
    char *text = NULL;
    if (assay_expr_print(&text, tree[k], ASSAY_EXPR_POLISH) == 0) fprintf(f, "%s\n", text);
    assay_free(text);
  }
  if (f) fclose(f);
}

int main(int argc, char **argv)
{
  if (assay_expr_work_create(&work) < 0) return 1;
  make_trees(1);
  if (argc == 3 && strcmp(argv[1], "--trees") == 0) {
    write_trees(argv[2]);
    printf("%.6g %.6g\n", giga_nodes(lowest(evaluate_all)), giga_nodes(lowest(evaluate_all_float)));
    return 0;
  }
  for (int isa = 0; isa < assay_isa_count(); isa++) {
    if (!assay_isa_available((enum assay_isa)isa)) continue;
    assay_isa_force((enum assay_isa)isa);
    report("sse", assay_isa_name((enum assay_isa)isa), giga_nodes(lowest(evaluate_all)), "Gnode/s");
    report("sse float", assay_isa_name((enum assay_isa)isa), giga_nodes(lowest(evaluate_all_float)),
           "Gnode/s");
    report("normal equations", assay_isa_name((enum assay_isa)isa),
           giga_nodes(lowest(gradients_all)), "Gnode/s");
  }
  report("recursion over libm", "scalar", giga_nodes(lowest(recursion_all)), "Gnode/s");
  report("compile", "scalar", 1e9 * lowest(compile_all) / TREES / 20, "ns/tree");
  for (int isa = 0; isa < assay_isa_count(); isa++)
    if (assay_isa_available((enum assay_isa)isa)) time_operations((enum assay_isa)isa);
  make_trees(0);
  report("sse, sqrt only", assay_isa_name(assay_isa()), giga_nodes(lowest(evaluate_all)),
         "Gnode/s");
  report("sse float, sqrt only", assay_isa_name(assay_isa()),
         giga_nodes(lowest(evaluate_all_float)), "Gnode/s");
  assay_expr_work_free(work);
  return checksum == 0.5;
}
