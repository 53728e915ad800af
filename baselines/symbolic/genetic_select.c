#include "baselines/symbolic/genetic_select.h"

#include <math.h>
#include <stdlib.h>

static int by_nodes(const void *pa, const void *pb)
{
  const struct assay_sr_individual *a = *(struct assay_sr_individual *const *)pa;
  const struct assay_sr_individual *b = *(struct assay_sr_individual *const *)pb;
  if (a->tree.nodes != b->tree.nodes) return a->tree.nodes < b->tree.nodes ? -1 : 1;
  if (a->error != b->error) return a->error < b->error ? -1 : 1;
  return a->at < b->at ? -1 : 1;
}

static int by_rank_and_nodes(const void *pa, const void *pb)
{
  const struct assay_sr_individual *a = *(struct assay_sr_individual *const *)pa;
  const struct assay_sr_individual *b = *(struct assay_sr_individual *const *)pb;
  return a->rank != b->rank ? (a->rank < b->rank ? -1 : 1) : by_nodes(pa, pb);
}

static int by_rank_and_crowd(const void *pa, const void *pb)
{
  const struct assay_sr_individual *a = *(struct assay_sr_individual *const *)pa;
  const struct assay_sr_individual *b = *(struct assay_sr_individual *const *)pb;
  if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
  if (a->crowd != b->crowd) return a->crowd > b->crowd ? -1 : 1;
  return by_nodes(pa, pb);
}

/* In the order of nodes an individual is dominated by some one of rank r just if the least error of
 * that rank so far is not above its own; these errors grow with r. */
static void rank(struct assay_sr_individual **all, int n, double *least)
{
  int ranks = 0;
  for (int i = 0; i < n; i++) {
    int lo = 0, hi = ranks;
    while (lo < hi) {
      const int middle = (lo + hi) / 2;
      if (least[middle] <= all[i]->error)
        lo = middle + 1;
      else
        hi = middle;
    }
    all[i]->rank = lo;
    least[lo] = all[i]->error;
    if (lo == ranks) ranks++;
  }
}

/* One rank in the order of nodes: the sides of the rectangle between the neighbours, errors by
 * their logarithm */
static void crowd(struct assay_sr_individual **one, int n)
{
  const struct assay_sr_individual *first = one[0], *last = one[n - 1];
  const double nodes = fmax(1, last->tree.nodes - first->tree.nodes);
  const double error = fmax(1e-9, log(first->error / last->error));
  for (int i = 0; i < n; i++) {
    one[i]->crowd = INFINITY;
    if (i == 0 || i == n - 1) continue;
    one[i]->crowd = (one[i + 1]->tree.nodes - one[i - 1]->tree.nodes) / nodes +
                    log(one[i - 1]->error / one[i + 1]->error) / error;
  }
}

void assay_sr_select(struct assay_sr_individual **all, int n, double *work)
{
  for (int i = 0; i < n; i++) all[i]->at = i;
  qsort(all, (size_t)n, sizeof(struct assay_sr_individual *), by_nodes);
  rank(all, n, work);
  qsort(all, (size_t)n, sizeof(struct assay_sr_individual *), by_rank_and_nodes);
  for (int i = 0, end; i < n; i = end) {
    for (end = i; end < n && all[end]->rank == all[i]->rank;) end++;
    crowd(all + i, end - i);
  }
  qsort(all, (size_t)n, sizeof(struct assay_sr_individual *), by_rank_and_crowd);
}
