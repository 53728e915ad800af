/* Constants of individuals of genetic programming: microseconds for each and how many are found, by
 * both tuners (baselines/symbolic/genetic_tune.c and genetic_tune_gsl.c) and by the fit to the last
 * digit of fit.h. Constants start within a quarter of their true values. */
#include <time.h>

#include "baselines/symbolic/fit.h"
#include "tests/baselines/symbolic/tune.h"

enum { STARTS = 60, STEPS = 10 };
static const double FOUND = 1e-12;

static double now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); /* other processes do not count */
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- ways to tune; each returns the error that is left ------------------------------------- */

static double by_own(struct tune_bench *s, struct assay_sr_individual *one)
{
  tune_by(one, s, ASSAY_SR_TUNER_OWN, STEPS, NULL);
  return one->error;
}

static double by_gsl(struct tune_bench *s, struct assay_sr_individual *one)
{
  tune_by(one, s, ASSAY_SR_TUNER_GSL, STEPS, NULL);
  return one->error;
}

/* offset and factor are constants like others */
static double by_fit(struct tune_bench *s, struct assay_sr_individual *one)
{
  const struct assay_sr_nursery *n = s->nursery;
  struct assay_expr_node node[ASSAY_SR_TREE_NODES + 4];
  int at = one->tree.nodes;
  struct assay_expr e = {at + 4, assay_sr_tree_express(node, &one->tree), node};
  const struct assay_sr_fit_data data = {n->x, n->y, n->w[s->meter->weights], n->m};
  struct assay_sr_budget b = assay_sr_budget_start(UINT64_MAX / 2, 0);
  bool free[ASSAY_SR_TREE_NODES + 4];
  double rms;
  node[at++] = (struct assay_expr_node){ASSAY_EXPR_CONST, 0, false, one->factor};
  node[at++] = (struct assay_expr_node){ASSAY_EXPR_MUL, 0, false, 0};
  node[at++] = (struct assay_expr_node){ASSAY_EXPR_CONST, 0, false, one->offset};
  node[at++] = (struct assay_expr_node){ASSAY_EXPR_ADD, 0, false, 0};
  for (int i = 0; i < e.n; i++) free[i] = node[i].op == ASSAY_EXPR_CONST;
  assert_ok(assay_sr_fit(&e, &rms, &data, free, STEPS, &b));
  return rms * rms * (double)n->m / n->variance[s->meter->weights];
}

static const struct way {
  const char *name;
  double (*tune)(struct tune_bench *s, struct assay_sr_individual *one);
} ways[] = {{"own", by_own}, {"gsl", by_gsl}, {"fit", by_fit}};
enum { WAYS = sizeof ways / sizeof *ways };

int main(void)
{
  for (int k = 0; k < WAYS; k++) {
    int found = 0;
    double seconds = 0;
    for (int i = 0; i < TUNE_PROBLEMS; i++) {
      struct tune_bench s;
      struct assay_sr_dice dice;
      assay_sr_dice_init(&dice, 2385, (uint64_t)i, 0);
      tune_set_up(&s, &tune_problems[i], 0, assay_sr_genetic_defaults.rows, 0);
      for (int r = 0; r < STARTS; r++) {
        struct assay_sr_individual one = tune_start(&s, 0.25, &dice);
        const double begin = now();
        const double error = ways[k].tune(&s, &one);
        seconds += now() - begin;
        found += error < FOUND;
      }
      tune_tear_down(&s);
    }
    printf("{\"bench\":\"tune\",\"way\":\"%s\",\"microseconds\":%.1f,\"found\":%.3f}\n",
           ways[k].name, 1e6 * seconds / (TUNE_PROBLEMS * STARTS),
           found / (double)(TUNE_PROBLEMS * STARTS));
  }
  return 0;
}
