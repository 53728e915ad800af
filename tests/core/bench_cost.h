/* Costs of kernels, counted, against what the processor can do, measured; see bench_roofline.c. */
#ifndef ASSAY_TESTS_CORE_BENCH_COST_H
#define ASSAY_TESTS_CORE_BENCH_COST_H
#include <stdio.h>

#include "core/num/dct_plan.h"
#include "core/num/poisson_plan.h"
#include "tests/core/bench_machine.h"

struct machine {
  enum assay_isa isa;
  double rate[BENCH_RATES];
};

/* per cell */
struct cost {
  double add, multiply, other, shuffle, divide, store, bytes, load, across;
};

struct kernel {
  const char *name;
  double time;   /* s per call */
  double calls;  /* per step */
  double cells;  /* that the cost is meant for */
  double fields; /* bytes that the kernel goes through */
  struct cost cost;
  double apart; /* s of the bound for what cannot be done at the same time */
};

/* ---- bounds --------------------------------------------------------------------------------- */

static inline int bound(double *time, const char **name, const struct kernel *k,
                        const struct machine *m)
{
  int rc = ASSAY_OK;
  const struct cost *c = &k->cost;
  double bandwidth = 1;
  if (k->cost.bytes > 0) ASSAY_TRY(bench_bandwidth(&bandwidth, m->isa, BENCH_UPDATE, k->fields));
  const struct {
    const char *name;
    double time;
  } all[] = {{"additions", c->add / m->rate[BENCH_ADD]},
             {"additions and shuffles", (c->add + c->shuffle) / m->rate[BENCH_ADD_AND_SHUFFLE]},
             {"multiplications", c->multiply / m->rate[BENCH_MULTIPLY]},
             {"arithmetic", (c->add + c->multiply + c->other + c->shuffle) / m->rate[BENCH_BOTH]},
             {"divisions", c->divide / m->rate[BENCH_DIVIDE]},
             {"loads",
              (c->load - c->across) / m->rate[BENCH_LOAD] + c->across / m->rate[BENCH_LOAD_ACROSS]},
             {"stores", c->store / m->rate[BENCH_STORE]},
             {"bandwidth", c->bytes / bandwidth}};
  *time = 0;
  *name = "none";
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (all[i].time * k->cells > *time) {
      *time = all[i].time * k->cells;
      *name = all[i].name;
    }
  *time += k->apart;
done:
  return rc;
}

static inline int report(const char *what, const struct kernel *k, int count, double step,
                         double per, const struct machine *m)
{
  int rc = ASSAY_OK;
  for (int i = 0; i < count; i++) {
    const struct cost *c = &k[i].cost;
    double least;
    const char *name;
    if (!(k[i].time > 0)) continue;
    ASSAY_TRY(bound(&least, &name, &k[i], m));
    printf("{\"bench\": \"roofline\", \"isa\": \"%s\", \"case\": \"%s\", \"kernel\": \"%s\", "
           "\"ns_per_cell\": %.3f, \"share\": %.3f, \"add\": %.2f, \"multiply\": %.2f, \"other\": "
           "%.1f, \"shuffle\": %.1f, \"divide\": %.1f, \"store\": %.2f, \"load\": %.1f, "
           "\"across\": %.1f, \"bytes\": %.0f, "
           "\"fields_kib\": %.0f, \"bound\": \"%s\", \"bound_ns\": %.3f, \"reached\": %.2f}\n",
           assay_isa_name(m->isa), what, k[i].name, 1e9 * k[i].time / k[i].cells,
           k[i].calls * k[i].time / (step * per), c->add, c->multiply, c->other, c->shuffle,
           c->divide, c->store, c->load, c->across, c->bytes, k[i].fields / 1024, name,
           1e9 * least / k[i].cells, least / k[i].time);
  }
done:
  return rc;
}

/* ---- the cosine transform ------------------------------------------------------------------- */

static inline struct cost plus(struct cost a, double times, struct cost b)
{
  return (struct cost){
      a.add + times * b.add,         a.multiply + times * b.multiply, a.other + times * b.other,
      a.shuffle + times * b.shuffle, a.divide + times * b.divide,     a.store + times * b.store,
      a.bytes + times * b.bytes,     a.load + times * b.load,         a.across + times * b.across};
}

static inline struct cost butterfly(int radix)
{
  static const struct cost table[17] = {[2] = {.add = 4},
                                        [3] = {.add = 12, .multiply = 4},
                                        [4] = {.add = 16},
                                        [5] = {.add = 32, .multiply = 16},
                                        [8] = {.add = 52, .multiply = 4},
                                        [16] = {.add = 144, .multiply = 24, .store = 16}};
  return table[radix];
}

/* DCT-IV of length m: two rotations around the passes */
static inline struct cost quarter(const struct assay_dct4 *p)
{
  const double half = p->m / 2.0;
  struct cost sum = {.add = 4 * half, .multiply = 8 * half};
  for (int i = 0; i < p->passes; i++) {
    struct cost one = butterfly(p->radix[i]);
    one.store += 2 * p->radix[i], one.load += 2 * p->radix[i];
    if (i < p->passes - 1) one.add += 2 * (p->radix[i] - 1), one.multiply += 4 * (p->radix[i] - 1);
    sum = plus(sum, half / p->radix[i], one);
  }
  return sum;
}

/* the codelet of length n = 2, 4 .. 32 */
static inline struct cost codelet(int n)
{
  if (n == 2) return (struct cost){.add = 2, .multiply = 1};
  struct cost sum = codelet(n / 2);
  const double half = n / 4.0;
  sum.add += n;
  if (n == 4) return plus(sum, 1, (struct cost){.add = 2, .multiply = 4});
  sum.add += 4 * half, sum.multiply += 8 * half;
  return plus(sum, 1, butterfly(n / 4));
}

/* per number, one way */
static inline struct cost transform(const struct assay_dct *p)
{
  struct cost sum = {0};
  if (p->kind == ASSAY_DCT_QUARTER)
    sum = quarter(&p->level[0]);
  else
    sum = codelet(p->base), sum.store = (p->base > 16 ? 1.5 : 1) * p->base;
  for (int l = 0; l < p->levels && p->kind != ASSAY_DCT_QUARTER; l++) {
    sum = plus(sum, 1, quarter(&p->level[l]));
    sum.add += 2 * p->level[l].m, sum.store += p->level[l].m;
  }
  return plus((struct cost){0}, 1.0 / p->n, sum);
}

/* There and back, elimination and substitution, rows turned into lanes four times, with signs where
 * the transform wants them. */
static inline struct cost direct(const struct assay_poisson *p, const struct machine *m)
{
  const double turns = log2(bench_widths[m->isa]);
  const struct cost rest = {
      .add = 2, .multiply = 4, .shuffle = 4 * turns, .store = 3, .bytes = 40, .load = 8};
  const struct cost signs = {.multiply = 2}, odd_signs = {.other = 1};
  const struct cost sum = plus(rest, 2, transform(p->dct));
  return p->sign ? plus(sum, 1, p->dct->in_parts ? odd_signs : signs) : sum;
}

#endif
