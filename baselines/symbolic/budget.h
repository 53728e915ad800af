/* The work a search may do, in node-evaluations: one operator of an expression on one row of the
 * table. Everything is counted on this scale, so that a result depends on the budget and the seed
 * and never on the clock:
 *
 *   evaluation   nodes x rows
 *   logarithms, sines of whole columns: one each per row
 *   linear algebra: multiply-adds / ASSAY_SR_FLOPS_PER_NODE
 *
 * What a second of one core comes to: docs/symbolic-search.md.
 *
 * Work is asked for before it is done. The wall clock is only a guard, looked at now and then:
 * when it runs out, the search stops as if the budget were spent, and says so. */
#ifndef ASSAY_BASELINES_SYMBOLIC_BUDGET_H
#define ASSAY_BASELINES_SYMBOLIC_BUDGET_H
#include <stdbool.h>
#include <stdint.h>

enum { ASSAY_SR_FLOPS_PER_NODE = 4 };

struct assay_sr_budget {
  uint64_t limit, used; /* node-evaluations; used <= limit always */
  uint64_t whole;       /* what shares are taken of, if that is more than limit */
  double wall;          /* seconds from start on, 0: no guard */
  double started;       /* monotonic seconds */
  uint64_t look;        /* work done when the clock is read again */
  bool spent, late;     /* refused for lack of work or of time */
  /* told of progress whenever work is done, also by parts (shares); NULL: nobody */
  void (*watch)(void *watcher, const struct assay_sr_budget *b);
  void *watcher;
};

struct assay_sr_budget assay_sr_budget_start(uint64_t limit, double wall);

/* Whether n more node-evaluations may be done; if so they are counted. Once refused, always
 * refused. */
bool assay_sr_spend(struct assay_sr_budget *b, double n);

/* n multiply-adds */
bool assay_sr_spend_flops(struct assay_sr_budget *b, double n);

bool assay_sr_over(const struct assay_sr_budget *b);

/* A part of what is left, 0 < share <= 1, as a budget of its own; give it back with _join. A budget
 * with a `whole` is itself a part that behaves like the whole for as long as it lasts: shares are
 * those of the whole, cut off at its limit. */
struct assay_sr_budget assay_sr_budget_share(const struct assay_sr_budget *b, double share);
void assay_sr_budget_join(struct assay_sr_budget *b, const struct assay_sr_budget *part);

#endif
