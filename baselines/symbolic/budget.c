#include "baselines/symbolic/budget.h"

#include <time.h>

static double now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

enum { LOOK = 1 << 17 }; /* node-evaluations between two looks at the clock: some 0.1 ms */

struct assay_sr_budget assay_sr_budget_start(uint64_t limit, double wall)
{
  return (struct assay_sr_budget){.limit = limit, .wall = wall, .started = now()};
}

bool assay_sr_over(const struct assay_sr_budget *b)
{
  return b->spent || b->late;
}

bool assay_sr_spend(struct assay_sr_budget *b, double n)
{
  if (assay_sr_over(b)) return false;
  if (!(n <= (double)(b->limit - b->used))) {
    b->spent = true;
    return false;
  }
  if (b->wall > 0 && b->used >= b->look) {
    b->late = now() - b->started > b->wall;
    b->look = b->used + LOOK;
    if (b->late) return false;
  }
  b->used += (uint64_t)n;
  if (b->watch) b->watch(b->watcher, b);
  return true;
}

bool assay_sr_spend_flops(struct assay_sr_budget *b, double n)
{
  return assay_sr_spend(b, n / ASSAY_SR_FLOPS_PER_NODE);
}

struct assay_sr_budget assay_sr_budget_share(const struct assay_sr_budget *b, double share)
{
  struct assay_sr_budget part = *b;
  const uint64_t whole = b->whole > b->limit ? b->whole : b->limit;
  part.whole = 0;
  part.limit = b->used + (uint64_t)(share * (double)(whole - b->used));
  if (part.limit > b->limit) part.limit = b->limit;
  return part;
}

void assay_sr_budget_join(struct assay_sr_budget *b, const struct assay_sr_budget *part)
{
  b->used = part->used;
  b->late = b->late || part->late;
  b->spent = b->spent || b->used == b->limit;
}
