/* Genetic programming: laws found to rounding, within the budget, the same twice. */
#include "baselines/symbolic/genetic.h"

#include "baselines/symbolic/genetic_crew.h"
#include "baselines/symbolic/genetic_island.h"
#include "baselines/symbolic/genetic_prune.h"
#include "tests/baselines/symbolic/laws.h"

struct outcome {
  char *text;  /* of the selected model */
  char *front; /* all of them */
  bool exact;
  uint64_t used;
};

static struct outcome run_on(const double *x, const double *y, int n, double limit, uint64_t seed,
                             int threads, enum assay_sr_tuner tuner)
{
  struct assay_sr_genetic_options options = assay_sr_genetic_defaults;
  struct assay_sr_table *t = law_table(x, y, n);
  struct assay_sr_front *front = NULL;
  struct assay_sr_budget b = assay_sr_budget_start((uint64_t)limit, 0);
  struct outcome o = {0};
  assert_ok(assay_sr_front_create(&front, t));
  options.threads = threads;
  options.tuner = tuner;
  assert_ok(assay_sr_genetic_with(front, &b, seed, &options));
  const struct assay_sr_model *m = assay_sr_front_select(front);
  if (m) {
    assert_ok(assay_expr_print(&o.text, m->expr, ASSAY_EXPR_INFIX));
    o.exact = assay_sr_model_exact(m);
  }
  for (int i = 0; i < front->n; i++) {
    char *text = NULL;
    assert_ok(assay_expr_print(&text, front->model[i].expr, ASSAY_EXPR_INFIX));
    assert_ok(assay_text_append(&o.front, "\n", text));
    assay_free(text);
  }
  o.used = b.used;
  assay_sr_front_destroy(front);
  assay_sr_table_destroy(t);
  return o;
}

static struct outcome run(const double *x, const double *y, int n, double limit, uint64_t seed)
{
  return run_on(x, y, n, limit, seed, 1, ASSAY_SR_TUNER_OWN);
}

static void finish(struct outcome *o)
{
  assay_free(o->text);
  assay_free(o->front);
}

/* sums, functions and constants inside, SI scales */
static const struct law laws[] = {
    {"x0*x1 + x2^2", {{-3, 3, 'u'}, {-3, 3, 'u'}, {-3, 3, 'u'}}},
    {"x0^3 + x0^2 + x0", {{-1, 1, 'u'}}},
    {"sin(x0^2)*cos(x0) - 1", {{-1, 1, 'u'}}},
    {"sin(x0) + sin(x1^2)", {{-1, 1, 'u'}, {-1, 1, 'u'}}},
    {"1.5 + 24.3*x1/(x0 + 3.3)", {{1, 10, 'u'}, {-5, 5, 'u'}}},
    {"6.6743e-11*x0*x1*(1/x2 - 1/x3)",
     {{1e23, 1e25, 'l'}, {1e23, 1e25, 'l'}, {1e8, 1e10, 'l'}, {1e8, 1e10, 'l'}}},
};
enum { LAWS = sizeof laws / sizeof *laws };

static void laws_are_found_to_rounding(void **state)
{
  (void)state;
  for (int k = 0; k < LAWS; k++) {
    static double x[LAW_COLUMNS * LAW_ROWS], y[LAW_ROWS];
    law_fill(x, y, &laws[k], 3);
    struct outcome o = run(x, y, law_columns(&laws[k]), 1e9, 5);
    if (!o.exact) fail_msg("%s: found %s", laws[k].text, o.text);
    finish(&o);
  }
}

static void same_seed_gives_the_same_front(void **state)
{
  (void)state;
  static double x[LAW_COLUMNS * LAW_ROWS], y[LAW_ROWS];
  struct assay_rng rng = assay_rng_init(8, 0, 9);
  law_fill(x, y, &laws[4], 3);
  for (int i = 0; i < LAW_ROWS; i++) y[i] += 0.3 * assay_rng_normal(&rng);
  struct outcome a = run(x, y, 2, 1e8, 5), b = run(x, y, 2, 1e8, 5), c = run(x, y, 2, 1e8, 6);
  assert_non_null(strchr(a.front, '\n'));
  assert_string_equal(a.front, b.front);
  assert_int_equal(a.used, b.used);
  assert_string_not_equal(a.front, c.front);
  finish(&a);
  finish(&b);
  finish(&c);
}

static void threads_give_the_same_front(void **state)
{
  (void)state;
  static double x[LAW_COLUMNS * LAW_ROWS], y[LAW_ROWS];
  struct assay_rng rng = assay_rng_init(8, 0, 9);
  law_fill(x, y, &laws[4], 3);
  for (int noisy = 0; noisy < 2; noisy++) { /* a law that is found early, and none */
    struct outcome one = run_on(x, y, 2, 1e8, 5, 1, ASSAY_SR_TUNER_OWN);
    assert_true(noisy || one.exact);
    for (int threads = 2; threads <= 4; threads++) {
      struct outcome other = run_on(x, y, 2, 1e8, 5, threads, ASSAY_SR_TUNER_OWN);
      assert_string_equal(one.front, other.front);
      assert_string_equal(one.text, other.text);
      assert_int_equal(one.used, other.used);
      finish(&other);
    }
    finish(&one);
    for (int i = 0; i < LAW_ROWS; i++) y[i] += 0.3 * assay_rng_normal(&rng);
  }
}

/* another way to the same law, which is the same with threads; never beyond the budget */
static void gsl_tunes_just_as_well(void **state)
{
  (void)state;
  static double x[LAW_COLUMNS * LAW_ROWS], y[LAW_ROWS];
  law_fill(x, y, &laws[4], 3);
  struct outcome own = run(x, y, 2, 1e9, 5);
  struct outcome one = run_on(x, y, 2, 1e9, 5, 1, ASSAY_SR_TUNER_GSL);
  struct outcome three = run_on(x, y, 2, 1e9, 5, 3, ASSAY_SR_TUNER_GSL);
  assert_true(own.exact && one.exact);
  assert_true(one.used != own.used);
  assert_string_equal(one.front, three.front);
  assert_int_equal(one.used, three.used);
  finish(&own);
  finish(&one);
  finish(&three);
  for (double limit = 1234; limit < 2e7; limit = 3 * limit) {
    one = run_on(x, y, 2, limit, 5, 1, ASSAY_SR_TUNER_GSL);
    assert_true((double)one.used <= limit);
    finish(&one);
  }
}

struct tally {
  int n[7]; /* how often each piece was done */
};

static int do_piece(void *context, int k)
{
  int rc = ASSAY_OK;
  struct tally *t = context;
  t->n[k]++;
  ASSAY_CHECK(k != 3 && k != 5, ASSAY_EJOB, "piece %d is hard", k);
done:
  return rc;
}

static void crews_do_all_pieces_and_tell_the_first_failure(void **state)
{
  (void)state;
  for (int threads = 1; threads <= 5; threads++) {
    struct tally t = {{0}};
    assert_fails(assay_sr_crew(do_piece, &t, 7, threads), ASSAY_EJOB, "piece 3 is hard");
    for (int k = 0; k < 7; k++) assert_int_equal(t.n[k], 1);
    assert_ok(assay_sr_crew(do_piece, &t, 3, threads));
  }
}

static void budget_is_never_exceeded(void **state)
{
  (void)state;
  static double x[LAW_COLUMNS * LAW_ROWS], y[LAW_ROWS];
  law_fill(x, y, &laws[5], 3);
  for (double limit = 0; limit < 2e7; limit = 3 * limit + 1234) {
    struct outcome o = run(x, y, 4, limit, 5);
    assert_true((double)o.used <= limit);
    finish(&o);
  }
}

static void useless_columns_do_no_harm(void **state)
{
  (void)state;
  static double x[4 * LAW_ROWS], y[LAW_ROWS];
  const struct law law = {"3.5*x0/x1", {{0.1, 10, 'l'}, {0.1, 10, 's'}}};
  law_fill(x, y, &law, 3);
  for (int i = 0; i < LAW_ROWS; i++) {
    x[2 * LAW_ROWS + i] = 2.385;
    x[3 * LAW_ROWS + i] = i == 17 ? NAN : 0.1 + i;
  }
  y[4] = INFINITY;
  struct outcome o = run(x, y, 4, 1e8, 5);
  assert_string_equal(o.text, "x0/x1*3.5");
  finish(&o);
}

static void constant_target_is_a_constant(void **state)
{
  (void)state;
  static double x[2 * LAW_ROWS], y[LAW_ROWS];
  const struct law law = {"x0*x1", {{0.1, 10, 'l'}, {0.1, 10, 's'}}};
  law_fill(x, y, &law, 3);
  for (int i = 0; i < LAW_ROWS; i++) y[i] = 2.385;
  struct outcome o = run(x, y, 2, 1e8, 5);
  assert_string_equal(o.text, "2.385");
  finish(&o);
}

static void options_are_checked(void **state)
{
  (void)state;
  static double x[LAW_ROWS], y[LAW_ROWS];
  const struct law law = {"x0", {{0.1, 10, 'l'}}};
  law_fill(x, y, &law, 3);
  struct assay_sr_table *t = law_table(x, y, 1);
  struct assay_sr_front *front = NULL;
  struct assay_sr_budget b = assay_sr_budget_start(10000000, 0);
  struct assay_sr_genetic_options o = assay_sr_genetic_defaults;
  assert_ok(assay_sr_front_create(&front, t));
  o.nodes = 61;
  assert_fails(assay_sr_genetic_with(front, &b, 5, &o), ASSAY_EARG, "3 to 60 nodes, not 61");
  o = assay_sr_genetic_defaults;
  o.functions = "exp gamma";
  assert_fails(assay_sr_genetic_with(front, &b, 5, &o), ASSAY_EARG, "no function 'gamma'");
  o = assay_sr_genetic_defaults;
  o.islands = 65;
  assert_fails(assay_sr_genetic_with(front, &b, 5, &o), ASSAY_EARG, "1 to 64 islands, not 65");
  o = assay_sr_genetic_defaults;
  o.threads = 0;
  assert_fails(assay_sr_genetic_with(front, &b, 5, &o), ASSAY_EARG, "1 to 64 threads, not 0");
  o = assay_sr_genetic_defaults;
  o.tuner = 2;
  assert_fails(assay_sr_genetic_with(front, &b, 5, &o), ASSAY_EARG, "no tuner has the number 2");
  assay_sr_front_destroy(front);
  assay_sr_table_destroy(t);
}

/* ---- parts -------------------------------------------------------------------------------- */

static struct assay_sr_alphabet alphabet(int n_vars, int nodes)
{
  struct assay_sr_alphabet a = {.n_vars = n_vars, .nodes = nodes};
  for (int j = 0; j < n_vars; j++) a.var[j] = (unsigned char)j;
  assert_ok(assay_sr_alphabet_functions(&a, assay_sr_genetic_defaults.functions));
  return a;
}

static struct assay_sr_dice dice_of(uint64_t seed)
{
  struct assay_sr_dice dice;
  assay_sr_dice_init(&dice, seed, 0, 0);
  return dice;
}

/* the expression of a tree, which checks that it is one */
static struct assay_expr *express(const struct assay_sr_tree *t)
{
  struct assay_expr_node node[ASSAY_SR_TREE_NODES];
  struct assay_expr *e = NULL;
  assert_in_range(t->n, 1, ASSAY_SR_TREE_NODES);
  assay_sr_tree_express(node, t);
  assert_ok(assay_expr_make(&e, node, t->nodes));
  return e;
}

static void changes_leave_trees_within_their_limit(void **state)
{
  (void)state;
  const struct assay_sr_alphabet a = alphabet(3, 25);
  struct assay_sr_dice dice = dice_of(4);
  struct assay_sr_tree one, other;
  int largest = 0;
  assay_sr_tree_random(&one, 15, &a, &dice);
  for (int i = 0; i < 20000; i++) {
    assay_sr_tree_random(&other, 1 + i % 15, &a, &dice);
    assay_sr_tree_cross(&one, &other, &a, &dice);
    assay_sr_tree_mutate(&one, &a, &dice);
    if (i % 3 == 0) assay_sr_tree_fold(&one);
    assert_true(one.nodes <= 25 && other.nodes <= 25);
    if (one.nodes > largest) largest = one.nodes;
    assay_expr_free(express(&one));
  }
  assert_int_equal(largest, 25);
}

static void hashes_tell_trees_apart(void **state)
{
  (void)state;
  enum { N = 300 };
  const struct assay_sr_alphabet a = alphabet(3, 25);
  struct assay_sr_dice dice = dice_of(4);
  static struct assay_sr_tree t[N];
  int different = 0;
  for (int i = 0; i < N; i++) assay_sr_tree_random(&t[i], 1 + i % 9, &a, &dice);
  for (int i = 0; i < N; i++)
    for (int j = 0; j < i; j++) {
      struct assay_expr *p = express(&t[i]), *q = express(&t[j]);
      const bool same = assay_sr_tree_hash(&t[i]) == assay_sr_tree_hash(&t[j]);
      assert_int_equal(same, assay_expr_equal(p, q));
      different += !same;
      assay_expr_free(p);
      assay_expr_free(q);
    }
  assert_true(different > N * N / 4 && different < N * (N - 1) / 2);
}

static void folding_keeps_values(void **state)
{
  (void)state;
  const struct assay_sr_alphabet a = alphabet(2, 30);
  struct assay_sr_dice dice = dice_of(4);
  const double x[2] = {1.385, 2.17};
  int folded = 0;
  for (int i = 0; i < 2000; i++) {
    struct assay_sr_tree t;
    double before, after;
    assay_sr_tree_random(&t, 15, &a, &dice);
    const int n = t.nodes;
    struct assay_expr *e = express(&t);
    assert_ok(assay_sr_values(&before, e, x, 1, 1));
    assay_expr_free(e);
    assay_sr_tree_fold(&t);
    folded += t.nodes < n;
    e = express(&t);
    assert_ok(assay_sr_values(&after, e, x, 1, 1));
    assay_expr_free(e);
    if (isfinite(before) && fabs(before) < 1e6) assert_close(after, before, 1e-6, 1e-9);
  }
  assert_true(folded > 200);
}

/* scales that are undone give the values of the scaled tree */
static void undone_scales_give_the_same_values(void **state)
{
  (void)state;
  const struct assay_sr_alphabet a = alphabet(3, 30);
  struct assay_sr_dice dice = dice_of(4);
  const double scale[3] = {0x1p-70, 1, 0x1p40}, z[3] = {1.385, 0.77, 2.17};
  const double x[3] = {z[0] * scale[0], z[1] * scale[1], z[2] * scale[2]};
  int compared = 0;
  for (int i = 0; i < 3000; i++) {
    struct assay_sr_tree t;
    double f, y;
    assay_sr_tree_random(&t, 1 + i % 15, &a, &dice);
    struct assay_expr *e = express(&t);
    assert_ok(assay_sr_values(&f, e, z, 1, 1));
    assay_expr_free(e);
    if (!isfinite(f) || fabs(f) > 1e6 || fabs(f) < 1e-3) continue;
    assert_ok(assay_sr_tree_undo(&e, &t, scale, 0, -3.25e20));
    assert_ok(assay_sr_values(&y, e, x, 1, 1));
    assay_expr_free(e);
    if (isfinite(y)) {
      if (!(fabs(y + 3.25e20 * f) <= 1e-6 * 3.25e20 * fabs(f))) compared -= 20;
      compared++;
    }
  }
  assert_true(compared > 1500);
}

static void products_carry_scales_in_one_factor(void **state)
{
  (void)state;
  const double scale[2] = {0x1p-70, 0x1p-70};
  const struct assay_sr_tree t = {7,
                                  8,
                                  {{ASSAY_EXPR_VAR, 0, 0},
                                   {ASSAY_EXPR_VAR, 1, 0},
                                   {ASSAY_EXPR_SUB, 0, 0},
                                   {ASSAY_SR_GENE_SQUARE, 0, 0},
                                   {ASSAY_EXPR_VAR, 1, 0},
                                   {ASSAY_EXPR_DIV, 0, 0},
                                   {ASSAY_EXPR_SQRT, 0, 0}}};
  struct assay_expr *e = NULL;
  char *text = NULL;
  assert_ok(assay_sr_tree_undo(&e, &t, scale, 0, 2.5));
  assert_ok(assay_expr_print(&text, e, ASSAY_EXPR_INFIX));
  assert_string_equal(text, "sqrt((x0 - x1)^2/x1)*85899345920.0");
  assay_free(text);
  assay_expr_free(e);
}

static struct assay_sr_individual individual(int nodes, double error)
{
  return (struct assay_sr_individual){.tree = {.nodes = nodes}, .error = error};
}

static void ranks_are_those_of_dominance(void **state)
{
  (void)state;
  enum { N = 300 };
  static struct assay_sr_individual one[N], *all[N];
  struct assay_sr_selection selection = {0};
  struct assay_sr_dice dice = dice_of(4);
  for (int i = 0; i < N; i++) {
    const int nodes = 1 + assay_sr_dice_below(&dice, 20);
    one[i] = individual(nodes, (1 - assay_sr_dice_uniform(&dice)));
    all[i] = &one[i];
  }
  assert_ok(assay_sr_selection_open(&selection, N));
  assay_sr_select(all, N, &selection);
  assay_sr_selection_close(&selection);
  for (int i = 0; i < N; i++) {
    int above = -1; /* largest rank among those that dominate this one */
    for (int j = 0; j < N; j++) {
      const bool dominates = one[j].tree.nodes <= one[i].tree.nodes && one[j].error < one[i].error;
      if (dominates && one[j].rank > above) above = one[j].rank;
    }
    assert_int_equal(one[i].rank, above + 1);
  }
  for (int i = 1; i < N; i++) {
    assert_true(all[i]->rank >= all[i - 1]->rank);
    if (all[i]->rank == all[i - 1]->rank) assert_true(all[i]->crowd <= all[i - 1]->crowd);
  }
}

struct measuring {
  struct assay_sr_table *table;
  struct assay_sr_nursery *nursery;
  struct assay_sr_meter *meter;
  struct assay_sr_budget budget;
};

static struct measuring measure_law(const struct law *law, int weights)
{
  static double x[LAW_COLUMNS * LAW_ROWS], y[LAW_ROWS];
  struct measuring m = {.budget = assay_sr_budget_start(10000000, 0)};
  law_fill(x, y, law, 3);
  m.table = law_table(x, y, law_columns(law));
  assert_ok(assay_sr_nursery_create(&m.nursery, m.table, &assay_sr_genetic_defaults, 3));
  assert_ok(assay_sr_meter_create(&m.meter, m.nursery, weights));
  return m;
}

static void end_measuring(struct measuring *m)
{
  assay_sr_meter_destroy(m->meter);
  assay_sr_nursery_destroy(m->nursery);
  assay_sr_table_destroy(m->table);
}

/* weighted squares of y - a - b f about the weighted mean of y, relative to those without b f */
static double error_by_rows(const struct measuring *m, double a, double b)
{
  const struct assay_sr_nursery *n = m->nursery;
  const double *w = n->w[m->meter->weights];
  double sse = 0, mean = 0, variance = 0;
  for (ptrdiff_t i = 0; i < n->m; i++) mean += w[i] * w[i] * n->y[i];
  for (ptrdiff_t i = 0; i < n->m; i++) {
    const double r = w[i] * (n->y[i] - a - b * m->meter->f[i]), d = w[i] * (n->y[i] - mean);
    sse += r * r;
    variance += d * d;
  }
  return sse / variance;
}

static void errors_are_those_of_the_best_line(void **state)
{
  (void)state;
  const struct law law = {"2.5 - 3.25*x0^2 + 0.01*x0", {{1, 4, 'u'}}};
  for (int weights = 0; weights < ASSAY_SR_WEIGHTS; weights++) {
    struct measuring m = measure_law(&law, weights);
    struct assay_sr_individual one = {
        .tree = {2, 3, {{ASSAY_EXPR_VAR, 0, 0}, {ASSAY_SR_GENE_SQUARE, 0, 0}}}};
    double factor, error;
    assert_ok(assay_sr_meter_measure(&one, m.meter, &m.budget));
    assert_int_equal(m.budget.used, 3 * assay_sr_genetic_defaults.rows);
    assert_close(one.factor * m.nursery->y_scale, -3.25, 1e-2, 0);
    const double least = error_by_rows(&m, one.offset, one.factor);
    assert_close(one.error, least, 1e-6, 0);
    assert_true(error_by_rows(&m, one.offset * 1.001, one.factor) > least);
    assert_true(error_by_rows(&m, one.offset, one.factor * 1.001) > least);
    assay_sr_meter_through_zero(&factor, &error, m.meter);
    assert_close(error, error_by_rows(&m, 0, factor), 1e-9, 0);
    assert_true(error_by_rows(&m, 0, factor * 1.01) > error);
    assert_true(error_by_rows(&m, 0, factor * 0.99) > error);
    end_measuring(&m);
  }
}

/* exp(-1.5 x0) + 0.4 sin(2.2 x1) from constants nearby; offset and factor come by themselves */
static void tuning_finds_constants_and_never_harms(void **state)
{
  (void)state;
  const struct law law = {"21.5 - 7*(exp(-1.5*x0) + 0.4*sin(2.2*x1))", {{0, 2, 'u'}, {0, 3, 'u'}}};
  struct assay_sr_dice dice = dice_of(4);
  int found = 0;
  for (int weights = 0; weights < ASSAY_SR_WEIGHTS; weights++) {
    struct measuring m = measure_law(&law, weights);
    for (int k = 0; k < 20; k++) {
      struct assay_sr_individual one = {.tree = {10,
                                                 10,
                                                 {{ASSAY_EXPR_CONST, 0, -1.5},
                                                  {ASSAY_EXPR_VAR, 0, 0},
                                                  {ASSAY_EXPR_MUL, 0, 0},
                                                  {ASSAY_EXPR_EXP, 0, 0},
                                                  {ASSAY_EXPR_CONST, 0, 0.4},
                                                  {ASSAY_EXPR_CONST, 0, 2.2},
                                                  {ASSAY_EXPR_VAR, 1, 0},
                                                  {ASSAY_EXPR_MUL, 0, 0},
                                                  {ASSAY_EXPR_SIN, 0, 0},
                                                  {ASSAY_EXPR_MUL, 0, 0}}}};
      one.tree.gene[one.tree.n++] = (struct assay_sr_gene){ASSAY_EXPR_ADD, 0, 0};
      one.tree.nodes = one.tree.n;
      for (int i = 0; i < one.tree.n; i++)
        if (one.tree.gene[i].op == ASSAY_EXPR_CONST)
          one.tree.gene[i].value *= 0.8 + 0.4 * assay_sr_dice_uniform(&dice);
      assert_ok(assay_sr_meter_measure(&one, m.meter, &m.budget));
      const double before = one.error;
      assert_ok(assay_sr_meter_tune(&one, m.meter, 10, &m.budget));
      assert_true(one.error <= before);
      assert_close(one.error, error_by_rows(&m, one.offset, one.factor), 1e-6, 1e-14);
      found += one.error < 1e-12 && fabs(one.tree.gene[5].value - 2.2) < 1e-6;
    }
    end_measuring(&m);
  }
  assert_true(found >= 36);
}

static void pruning_takes_out_what_makes_no_difference(void **state)
{
  (void)state;
  static double x[2 * LAW_ROWS], y[LAW_ROWS], w[LAW_ROWS];
  const struct law law = {"x0/(1.25 + x1)", {{1, 4, 'u'}, {1, 4, 'u'}}};
  const struct assay_sr_fit_data data = {x, y, w, LAW_ROWS};
  struct assay_sr_budget b = assay_sr_budget_start(1000000000, 0);
  struct assay_expr *e = NULL;
  double rms;
  law_fill(x, y, &law, 3);
  assert_ok(assay_sr_fit_weights(w, y, LAW_ROWS));
  assert_ok(assay_expr_parse(&e, "(1e-20*x1 + x0)/(x0/x0 + x1) + 0.0001*sin(x1)", NULL));
  assert_ok(assay_sr_prune(&e, &rms, 1e-13, &data, 10, &b));
  assert_true(rms < 1e-13);
  assert_int_equal(e->n, 5);
  assay_expr_free(e);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(laws_are_found_to_rounding),
      cmocka_unit_test(same_seed_gives_the_same_front),
      cmocka_unit_test(threads_give_the_same_front),
      cmocka_unit_test(gsl_tunes_just_as_well),
      cmocka_unit_test(crews_do_all_pieces_and_tell_the_first_failure),
      cmocka_unit_test(budget_is_never_exceeded),
      cmocka_unit_test(useless_columns_do_no_harm),
      cmocka_unit_test(constant_target_is_a_constant),
      cmocka_unit_test(options_are_checked),
      cmocka_unit_test(changes_leave_trees_within_their_limit),
      cmocka_unit_test(hashes_tell_trees_apart),
      cmocka_unit_test(folding_keeps_values),
      cmocka_unit_test(undone_scales_give_the_same_values),
      cmocka_unit_test(products_carry_scales_in_one_factor),
      cmocka_unit_test(ranks_are_those_of_dominance),
      cmocka_unit_test(errors_are_those_of_the_best_line),
      cmocka_unit_test(tuning_finds_constants_and_never_harms),
      cmocka_unit_test(pruning_takes_out_what_makes_no_difference),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
