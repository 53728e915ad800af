#include "baselines/symbolic/ensemble.h"

#include "baselines/symbolic/buckingham.h"
#include "baselines/symbolic/genetic.h"
#include "baselines/symbolic/linear.h"
#include "baselines/symbolic/search.h"
#include "baselines/symbolic/settle.h"
#include "core/base/err.h"
#include "core/base/log.h"

static const struct member {
  int (*search)(struct assay_sr_front *front, struct assay_sr_budget *budget, uint64_t seed);
  double share; /* of what is left */
  bool alike;   /* does what it would do with all of it, until its share is spent */
} members[] = {
    {assay_sr_search_groups, 0.3, false}, {assay_sr_search_table, 0.3, true},
    {assay_sr_fit_line, 0.2, false},      {assay_sr_fit_polynomial, 0.2, false},
    {assay_sr_fit_stlsq, 0.2, false},     {assay_sr_fit_lasso, 0.2, false},
    {assay_sr_genetic, 0.93, false},      {assay_sr_settle, 1, false},
};
enum { MEMBERS = sizeof members / sizeof *members };

static double elapsed(const struct assay_sr_budget *b)
{
  return assay_clock() - b->started;
}

/* A part of the work and of the time. */
static struct assay_sr_budget part_of(const struct assay_sr_budget *b, const struct member *m)
{
  struct assay_sr_budget part = assay_sr_budget_share(b, m->share);
  const double spent = elapsed(b);
  if (m->alike) part.whole = b->limit;
  if (b->wall > spent) part.wall = spent + m->share * (b->wall - spent);
  return part;
}

/* That a part was late does not make the whole so. */
static void give_back(struct assay_sr_budget *b, const struct assay_sr_budget *part)
{
  b->used = part->used;
  b->spent = b->used >= b->limit || (part->spent && part->limit == b->limit);
  b->late = b->wall > 0 && elapsed(b) >= b->wall;
}

static bool is_done(const struct assay_sr_front *front, const struct assay_sr_budget *budget)
{
  const struct assay_sr_model *best = assay_sr_front_select(front);
  return assay_sr_over(budget) || (best && assay_sr_model_exact(best));
}

int assay_sr_ensemble(struct assay_sr_front *front, struct assay_sr_budget *budget, uint64_t seed)
{
  int rc = ASSAY_OK;
  bool spent = false, late = false;
  for (const struct member *m = members; m < members + MEMBERS; m++) {
    if (is_done(front, budget)) break;
    struct assay_sr_budget part = part_of(budget, m);
    ASSAY_TRY(m->search(front, &part, seed));
    give_back(budget, &part);
    spent = spent || part.spent;
    late = late || part.late;
  }
  if (!is_done(front, budget)) { /* parts had more to do */
    budget->spent = spent;
    budget->late = late;
  }
done:
  return rc;
}
