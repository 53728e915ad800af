/* Individuals of genetic programming whose constants are to be found, on a meter of their own. */
#ifndef ASSAY_TESTS_BASELINES_SYMBOLIC_TUNE_H
#define ASSAY_TESTS_BASELINES_SYMBOLIC_TUNE_H
#include "baselines/symbolic/genetic_island.h"
#include "tests/baselines/symbolic/laws.h"

/* the law a + b f, and f with the constants that are looked for */
struct tune_problem {
  struct law law;
  const char *f;
};

static const struct tune_problem tune_problems[] = {
    {{"21.5 - 7*(exp(-1.5*x0) + 0.4*sin(2.2*x1))", {{0, 2, 'u'}, {0, 3, 'u'}}},
     "exp(-1.5*x0) + 0.4*sin(2.2*x1)"},
    {{"1.5 + 24.3*x1/(x0 + 3.3)", {{1, 10, 'u'}, {-5, 5, 'u'}}}, "x1/(x0 + 3.3)"},
    {{"sqrt(x0*x0 + 2.6*x1*x1 + 0.7)", {{0.2, 3, 'u'}, {0.2, 3, 'u'}}},
     "sqrt(x0*x0 + 2.6*x1*x1 + 0.7)"},
    {{"4.7*log(1.3*x0 + 0.45*x1 + 2.1)/(0.6 + x2)", {{0.1, 4, 'u'}, {0.1, 4, 'u'}, {0.2, 2, 'u'}}},
     "log(1.3*x0 + 0.45*x1 + 2.1)/(0.6 + x2)"},
};
enum { TUNE_PROBLEMS = sizeof tune_problems / sizeof *tune_problems };

struct tune_bench {
  struct assay_sr_table *table;
  struct assay_sr_nursery *nursery;
  struct assay_sr_meter *meter;
  struct assay_sr_tree tree;
};

/* as infix text, of operations that are one gene each */
static inline void tune_read(struct assay_sr_tree *tree, const char *text)
{
  struct assay_expr *e = NULL;
  assert_ok(assay_expr_parse(&e, text, NULL));
  tree->n = tree->nodes = e->n;
  for (int i = 0; i < e->n; i++)
    tree->gene[i] = (struct assay_sr_gene){(unsigned char)e->node[i].op,
                                           (unsigned char)e->node[i].var, e->node[i].value};
  assay_expr_free(e);
}

/* noise: normal, absolute */
static inline void tune_set_up(struct tune_bench *s, const struct tune_problem *p, int weights,
                               int rows, double noise)
{
  static double x[LAW_COLUMNS * LAW_ROWS], y[LAW_ROWS];
  struct assay_sr_genetic_options options = assay_sr_genetic_defaults;
  struct assay_rng rng = assay_rng_init(8, 0, 9);
  options.rows = rows;
  law_fill(x, y, &p->law, 3);
  for (int i = 0; i < LAW_ROWS && noise > 0; i++) y[i] += noise * assay_rng_normal(&rng);
  *s = (struct tune_bench){.table = law_table(x, y, law_columns(&p->law))};
  assert_ok(assay_sr_nursery_create(&s->nursery, s->table, &options, 3));
  assert_ok(assay_sr_meter_create(&s->meter, s->nursery, weights));
  tune_read(&s->tree, p->f);
}

static inline void tune_tear_down(struct tune_bench *s)
{
  assay_sr_meter_destroy(s->meter);
  assay_sr_nursery_destroy(s->nursery);
  assay_sr_table_destroy(s->table);
}

static inline struct assay_sr_budget tune_plenty(void)
{
  return assay_sr_budget_start(UINT64_MAX / 2, 0);
}

/* measured, with constants up to this share off */
static inline struct assay_sr_individual tune_start(const struct tune_bench *s, double off,
                                                    struct assay_sr_dice *dice)
{
  struct assay_sr_individual one = {.error = (double)INFINITY};
  struct assay_sr_budget b = tune_plenty();
  assay_sr_tree_copy(&one.tree, &s->tree);
  for (int i = 0; i < one.tree.n; i++)
    if (one.tree.gene[i].op == ASSAY_EXPR_CONST)
      one.tree.gene[i].value *= 1 - off + 2 * off * assay_sr_dice_uniform(dice);
  assert_ok(assay_sr_meter_measure(&one, s->meter, &b));
  return one;
}

/* at most so many steps by one of the tuners; *b: NULL: as much as it takes */
static inline void tune_by(struct assay_sr_individual *one, struct tune_bench *s,
                           enum assay_sr_tuner tuner, int steps, struct assay_sr_budget *b)
{
  struct assay_sr_budget plenty = tune_plenty();
  s->nursery->options.tuner = tuner;
  assert_ok(assay_sr_meter_tune(one, s->meter, steps, b ? b : &plenty));
}

#endif
