/* How many laws of a built-in table a search finds: rows drawn by the laws of the inputs (10,000;
 * 8:1:1 by position), one search per equation with a budget of node-evaluations, and for each the
 * seconds of processor time, the work, the equation found, its share of test rows within 1e-6 of
 * the truth and its normalised edit distance. By hand:
 *
 *   ninja tests/symbolic_solve && tests/symbolic_solve srsd 4e9 [by=gp] [id or difficulty ...]
 *
 * Without by= the structured search. The last line tells node-evaluations per second. */
#include <stdlib.h>
#include <time.h>

#include "baselines/symbolic/ensemble.h"
#include "baselines/symbolic/genetic.h"
#include "baselines/symbolic/linear.h"
#include "baselines/symbolic/product.h"
#include "core/expr/canonical.h"
#include "datasets/equation.h"
#include "tests/baselines/symbolic/laws.h"

enum { ROWS = 10000, TRAIN = 8000, VALID = 1000 };

static const struct engine {
  const char *name;
  int (*search)(struct assay_sr_front *front, struct assay_sr_budget *budget, uint64_t seed);
} engines[] = {
    {"structured", assay_sr_search_table}, {"gp", assay_sr_genetic},
    {"ensemble", assay_sr_ensemble},       {"polynomial", assay_sr_fit_polynomial},
    {"stlsq", assay_sr_fit_stlsq},         {"lasso", assay_sr_fit_lasso},
    {"product", assay_sr_fit_product},     {NULL, NULL},
};

static double draw(const struct assay_law *law, struct assay_rng *rng)
{
  const double u = assay_rng_uniform(rng), side = assay_rng_uniform(rng);
  double x = law->lo + u * (law->hi - law->lo);
  if (law->kind == ASSAY_LAW_LOGUNIFORM) x = law->lo * pow(law->hi / law->lo, u);
  if (law->kind == ASSAY_LAW_INTUNIFORM) x = floor(x);
  if (law->sign == ASSAY_SIGN_NEG || (law->sign == ASSAY_SIGN_ANY && side < 0.5)) x = -x;
  return x;
}

/* rows whose target is finite and within the range of single precision */
static void fill(double *x, double *y, const struct assay_equation *q)
{
  struct assay_rng rng = assay_rng_init(2385, (uint64_t)q->number, 7);
  struct assay_expr *e = NULL;
  assert_ok(assay_expr_parse(&e, q->expression, NULL));
  for (int i = 0; i < ROWS; i++) do {
      for (int j = 0; j < q->n_inputs; j++) x[j * ROWS + i] = draw(&q->input[j].law, &rng);
      assert_ok(assay_sr_values(y + i, e, x + i, ROWS, 1));
    } while (!(fabs(y[i]) >= 1.1754944e-38 && fabs(y[i]) <= 3.4028235e38));
  assay_expr_free(e);
}

static double distance(const struct assay_expr *found, const struct assay_equation *q)
{
  const char *text = *q->truth ? q->truth : q->expression;
  struct assay_expr *truth = NULL;
  struct assay_canonical *a = NULL, *b = NULL;
  struct assay_tree_space *space = NULL;
  struct assay_ned ned = {0, 1};
  assert_ok(assay_expr_parse(&truth, text, NULL));
  assert_ok(assay_canonical_make(&a, truth));
  assert_ok(assay_tree_space_create(&space));
  if (assay_canonical_make(&b, found) >= 0) assert_ok(assay_canonical_distance(&ned, space, b, a));
  assay_tree_space_destroy(space);
  assay_canonical_free(a);
  assay_canonical_free(b);
  assay_expr_free(truth);
  return ned.ned;
}

static double share_within(const struct assay_expr *found, const double *x, const double *y)
{
  static double f[ROWS];
  int within = 0;
  assert_ok(assay_sr_values(f, found, x, ROWS, ROWS));
  for (int i = TRAIN + VALID; i < ROWS; i++) within += fabs(f[i] - y[i]) <= 1e-6 * fabs(y[i]);
  return (double)within / (ROWS - TRAIN - VALID);
}

struct sum {
  int laws, found, same;
  double ned, seconds, work;
};

static void report(struct sum *sum, const struct assay_equation *q, const struct assay_sr_model *m,
                   const double *x, const double *y, double seconds, double work)
{
  char *text = NULL;
  if (m) assert_ok(assay_expr_print(&text, m->expr, ASSAY_EXPR_INFIX));
  const double share = m ? share_within(m->expr, x, y) : 0, ned = m ? distance(m->expr, q) : 1;
  sum->laws++;
  sum->found += share >= 0.99;
  sum->same += ned == 0;
  sum->ned += ned;
  sum->seconds += seconds;
  sum->work += work;
  printf("%s\t%s\t%s\t%.2f s\t%.2e\t%.3f\t%.3f\t%s\t%s\n", share >= 0.99 ? "found" : "open",
         q->difficulty, q->id, seconds, work, share, ned, m ? m->source : "-", text ? text : "-");
  fflush(stdout);
  assay_free(text);
}

static double now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void solve(struct sum *sum, const struct assay_equation *q, const struct engine *by,
                  double limit)
{
  static double x[ASSAY_INPUTS_MAX * ROWS], y[ROWS];
  static ptrdiff_t row[ROWS];
  struct assay_sr_table *t = NULL;
  struct assay_sr_front *front = NULL;
  fill(x, y, q);
  for (int i = 0; i < ROWS; i++) row[i] = i;
  const struct assay_sr_source from = {q->n_inputs, ROWS,  x,     y,   row,
                                       row + TRAIN, TRAIN, VALID, NULL};
  const double start = now();
  struct assay_sr_budget b = assay_sr_budget_start((uint64_t)limit, 0);
  assert_ok(assay_sr_table_create(&t, &from));
  assert_ok(assay_sr_front_create(&front, t));
  assert_ok(by->search(front, &b, 1));
  report(sum, q, assay_sr_front_select(front), x, y, now() - start, (double)b.used);
  assay_sr_front_destroy(front);
  assay_sr_table_destroy(t);
}

/* the engine that `by=NAME` asks for, which may be the first of the arguments; NULL: none such */
static const struct engine *choose(int *n, char ***argument)
{
  const struct engine *e = engines;
  if (*n == 0 || strncmp(**argument, "by=", 3) != 0) return e;
  while (e->name && strcmp(e->name, **argument + 3) != 0) e++;
  (*n)--;
  (*argument)++;
  return e->name ? e : NULL;
}

int main(int argc, char **argv)
{
  struct assay_equations *table = NULL;
  struct sum sum = {0};
  char **name = argv + 3;
  int names = argc - 3;
  const struct engine *by = argc < 3 ? NULL : choose(&names, &name);
  if (!by || assay_equations_open(&table, argv[1]) < 0) {
    fprintf(stderr, "usage: symbolic_solve TABLE WORK [by=ENGINE] [ID | DIFFICULTY ...]\n%s\n",
            assay_err_last());
    return 1;
  }
  for (long i = 0; i < assay_equations_count(table); i++) {
    const struct assay_equation *q = assay_equations_at(table, i);
    bool wanted = names == 0;
    for (int k = 0; k < names; k++)
      wanted = wanted || !strcmp(name[k], q->id) || !strcmp(name[k], q->difficulty);
    if (wanted && !q->system) solve(&sum, q, by, atof(argv[2]));
  }
  printf("# %d laws, %d found, %d with the same tree, mean edit distance %.4f, %.1f s, %.2e/s\n",
         sum.laws, sum.found, sum.same, sum.ned / sum.laws, sum.seconds, sum.work / sum.seconds);
  assay_equations_close(table);
  return 0;
}
