/* How many laws of a built-in table a search finds: rows drawn by the laws of the inputs (10,000;
 * 8:1:1 by position), one search per equation with a budget of node-evaluations, and for each the
 * seconds of processor time, the work, the equation found, its share of test rows within 1e-6 of
 * the truth and R2 there, its normalised edit distance and its size. By hand:
 *
 *   ninja tests/symbolic_solve
 *   tests/symbolic_solve srsd 4e9 [by=gp] [noise=0.1] [rows=200] [units=1] [id or difficulty ...]
 *
 * by: the structured search if not said. noise: normal noise on the rows that fit and choose, over
 * the rms of y. units: the units of the columns are told. The last line tells node-evaluations per
 * second. */
#include <stdlib.h>
#include <time.h>

#include "baselines/symbolic/buckingham.h"
#include "baselines/symbolic/ensemble.h"
#include "baselines/symbolic/genetic.h"
#include "baselines/symbolic/linear.h"
#include "baselines/symbolic/product.h"
#include "core/expr/canonical.h"
#include "datasets/dimension.h"
#include "datasets/equation.h"
#include "tests/baselines/symbolic/laws.h"

enum { ROWS = 10000, TRAIN = 8, VALID = 1 /* of ten */ };

static const struct engine {
  const char *name;
  int (*search)(struct assay_sr_front *front, struct assay_sr_budget *budget, uint64_t seed);
} engines[] = {
    {"structured", assay_sr_search_table},
    {"gp", assay_sr_genetic},
    {"ensemble", assay_sr_ensemble},
    {"polynomial", assay_sr_fit_polynomial},
    {"stlsq", assay_sr_fit_stlsq},
    {"lasso", assay_sr_fit_lasso},
    {"product", assay_sr_fit_product},
    {"buckingham", assay_sr_search_buckingham},
    {NULL, NULL},
};

static struct options {
  const struct engine *by;
  double noise;
  int rows;
  bool units;
} options = {engines, 0, ROWS, false};

/* rows that fit, rows that choose */
static int n_train(void)
{
  return options.rows * TRAIN / 10;
}
static int n_valid(void)
{
  return options.rows * VALID / 10;
}

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
  for (int i = 0; i < options.rows; i++) do {
      for (int j = 0; j < q->n_inputs; j++) x[j * ROWS + i] = draw(&q->input[j].law, &rng);
      assert_ok(assay_sr_values(y + i, e, x + i, ROWS, 1));
    } while (!(fabs(y[i]) >= 1.1754944e-38 && fabs(y[i]) <= 3.4028235e38));
  assay_expr_free(e);
}

static void disturb(double *y, const struct assay_equation *q)
{
  struct assay_rng rng = assay_rng_init(2385, (uint64_t)q->number, 8);
  const int n = n_train() + n_valid();
  double sum = 0;
  for (int i = 0; i < n; i++) sum += y[i] * y[i] / n;
  for (int i = 0; i < n; i++) y[i] += options.noise * sqrt(sum) * assay_rng_normal(&rng);
}

/* dim [inputs and target, 7]; false: a unit is not known */
static bool read_units(double *dim, const struct assay_equation *q)
{
  for (int j = 0; j <= q->n_inputs; j++) {
    const char *unit = j < q->n_inputs ? q->input[j].unit : q->target_unit;
    struct assay_dimension d;
    if (!*unit || assay_dimension_parse(&d, unit) < 0) return false;
    memcpy(dim + j * ASSAY_SR_DIMS, d.e, sizeof d.e);
  }
  return true;
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

struct fidelity {
  double share, r2; /* rows within 1e-6; both on the test rows */
};

static struct fidelity compare(const struct assay_expr *found, const double *x, const double *y)
{
  static double f[ROWS];
  const int first = n_train() + n_valid(), n = options.rows - first;
  double within = 0, mean = 0, error = 0, spread = 0;
  assert_ok(assay_sr_values(f, found, x, ROWS, options.rows));
  for (int i = first; i < options.rows; i++) mean += y[i] / n;
  for (int i = first; i < options.rows; i++) {
    within += fabs(f[i] - y[i]) <= 1e-6 * fabs(y[i]);
    error += (f[i] - y[i]) * (f[i] - y[i]);
    spread += (y[i] - mean) * (y[i] - mean);
  }
  return (struct fidelity){within / n, 1 - error / spread};
}

struct sum {
  int laws, found, same, accurate;
  double ned, seconds, work;
};

static void report(struct sum *sum, const struct assay_equation *q, const struct assay_sr_model *m,
                   const double *x, const double *y, double seconds, double work)
{
  char *text = NULL;
  if (m) assert_ok(assay_expr_print(&text, m->expr, ASSAY_EXPR_INFIX));
  const struct fidelity fit = m ? compare(m->expr, x, y) : (struct fidelity){0, -INFINITY};
  const double ned = m ? distance(m->expr, q) : 1;
  sum->laws++;
  sum->found += fit.share >= 0.99;
  sum->accurate += fit.r2 > 0.999;
  sum->same += ned == 0;
  sum->ned += ned;
  sum->seconds += seconds;
  sum->work += work;
  printf("%s\t%s\t%s\t%.2f s\t%.2e\t%.3f\t%.9f\t%.3f\t%d\t%s\t%s\n",
         fit.share >= 0.99 ? "found" : "open", q->difficulty, q->id, seconds, work, fit.share,
         fit.r2, ned, m ? m->complexity : 0, m ? m->source : "-", text ? text : "-");
  fflush(stdout);
  assay_free(text);
}

static double now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void solve(struct sum *sum, const struct assay_equation *q, double limit)
{
  static double x[ASSAY_INPUTS_MAX * ROWS], y[ROWS];
  static ptrdiff_t row[ROWS];
  double dim[(ASSAY_INPUTS_MAX + 1) * ASSAY_SR_DIMS];
  struct assay_sr_table *t = NULL;
  struct assay_sr_front *front = NULL;
  fill(x, y, q);
  disturb(y, q);
  for (int i = 0; i < options.rows; i++) row[i] = i;
  const struct assay_sr_source from = {.n_vars = q->n_inputs,
                                       .n = ROWS,
                                       .x = x,
                                       .y = y,
                                       .train = row,
                                       .valid = row + n_train(),
                                       .n_train = n_train(),
                                       .n_valid = n_valid(),
                                       .dim = options.units && read_units(dim, q) ? dim : NULL};
  const double start = now();
  struct assay_sr_budget b = assay_sr_budget_start((uint64_t)limit, 0);
  assert_ok(assay_sr_table_create(&t, &from));
  assert_ok(assay_sr_front_create(&front, t));
  assert_ok(options.by->search(front, &b, 1));
  report(sum, q, assay_sr_front_select(front), x, y, now() - start, (double)b.used);
  assay_sr_front_destroy(front);
  assay_sr_table_destroy(t);
}

/* "noise=0.1"; false: it is not an option */
static bool set_option(const char *text)
{
  const char *value = strchr(text, '=');
  if (!value) return false;
  value++;
  if (!strncmp(text, "noise=", 6)) options.noise = atof(value);
  if (!strncmp(text, "rows=", 5)) options.rows = (int)fmin(ROWS, atof(value));
  if (!strncmp(text, "units=", 6)) options.units = atoi(value) != 0;
  if (!strncmp(text, "by=", 3))
    for (options.by = engines; options.by->name && strcmp(options.by->name, value) != 0;)
      options.by++;
  return true;
}

int main(int argc, char **argv)
{
  struct assay_equations *table = NULL;
  struct sum sum = {0};
  int first = 3;
  while (first < argc && set_option(argv[first])) first++;
  if (argc < 3 || !options.by->name || assay_equations_open(&table, argv[1]) < 0) {
    fprintf(stderr,
            "usage: symbolic_solve TABLE WORK [OPTION=VALUE ...] [ID | DIFFICULTY ...]\n%s\n",
            assay_err_last());
    return 1;
  }
  for (long i = 0; i < assay_equations_count(table); i++) {
    const struct assay_equation *q = assay_equations_at(table, i);
    bool wanted = first == argc;
    for (int k = first; k < argc; k++)
      wanted = wanted || !strcmp(argv[k], q->id) || !strcmp(argv[k], q->difficulty);
    if (wanted && !q->system) solve(&sum, q, atof(argv[2]));
  }
  printf("# %d laws, %d found, %d with the same tree, %d with R2 > 0.999, mean edit distance %.4f, "
         "%.1f s, %.2e/s\n",
         sum.laws, sum.found, sum.same, sum.accurate, sum.ned / sum.laws, sum.seconds,
         sum.work / sum.seconds);
  assay_equations_close(table);
  return 0;
}
