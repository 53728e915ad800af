#include "baselines/symbolic/genetic_select.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

enum { SHORT = 64 }; /* what insertion sorts quickly */

int assay_sr_selection_open(struct assay_sr_selection *s, int room)
{
  int rc = ASSAY_OK;
  const size_t n = (size_t)room;
  ASSAY_TRY(ASSAY_NEW(&s->key, n, "symbolic selection"));
  ASSAY_TRY(ASSAY_NEW(&s->sorted, n, "symbolic selection"));
  ASSAY_TRY(ASSAY_NEW(&s->all, n, "symbolic selection"));
  ASSAY_TRY(ASSAY_NEW(&s->least, n, "symbolic selection"));
  ASSAY_TRY(ASSAY_NEW(&s->first, (n > ASSAY_SR_TREE_NODES ? n : ASSAY_SR_TREE_NODES) + 2,
                      "symbolic selection"));
done:
  return rc;
}

void assay_sr_selection_close(struct assay_sr_selection *s)
{
  assay_free(s->key);
  assay_free(s->sorted);
  assay_free(s->all);
  assay_free(s->least);
  assay_free(s->first);
}

/* ---- orders ------------------------------------------------------------------------------- */

static int by_error(const void *pa, const void *pb)
{
  const struct assay_sr_key *a = pa, *b = pb;
  if (a->error != b->error) return a->error < b->error ? -1 : 1;
  return a->from < b->from ? -1 : 1;
}

static int by_crowd(const void *pa, const void *pb)
{
  const struct assay_sr_key *a = pa, *b = pb;
  if (a->crowd != b->crowd) return a->crowd > b->crowd ? -1 : 1;
  if (a->nodes != b->nodes) return a->nodes < b->nodes ? -1 : 1;
  return by_error(pa, pb);
}

static void sort(struct assay_sr_key *key, int n, int (*order)(const void *, const void *))
{
  if (n > SHORT) {
    qsort(key, (size_t)n, sizeof *key, order);
    return;
  }
  for (int i = 1; i < n; i++) {
    const struct assay_sr_key one = key[i];
    int at = i;
    for (; at > 0 && order(&one, &key[at - 1]) < 0; at--) key[at] = key[at - 1];
    key[at] = one;
  }
}

/* out = keys by nodes or by rank, in the order they came; first [groups + 1]: where each begins */
static void distribute(struct assay_sr_key *out, int *first, int groups,
                       const struct assay_sr_key *key, int n, bool by_rank)
{
  memset(first, 0, (size_t)(groups + 1) * sizeof *first);
  for (int i = 0; i < n; i++) first[1 + (by_rank ? key[i].rank : key[i].nodes)]++;
  for (int g = 0; g < groups; g++) first[g + 1] += first[g];
  for (int i = 0; i < n; i++) out[first[by_rank ? key[i].rank : key[i].nodes]++] = key[i];
  memmove(first + 1, first, (size_t)groups * sizeof *first);
  first[0] = 0;
}

/* ---- ranks and crowding ------------------------------------------------------------------- */

/* In the order of nodes an individual is dominated by some one of rank r just if the least error of
 * that rank so far is not above its own; these errors grow with r. Returns the number of ranks. */
static int rank(struct assay_sr_key *key, int n, double *least)
{
  int ranks = 0;
  for (int i = 0; i < n; i++) {
    int lo = 0, hi = ranks;
    while (lo < hi) {
      const int middle = (lo + hi) / 2;
      if (least[middle] <= key[i].error)
        lo = middle + 1;
      else
        hi = middle;
    }
    key[i].rank = lo;
    least[lo] = key[i].error;
    if (lo == ranks) ranks++;
  }
  return ranks;
}

/* One rank in the order of nodes: the sides of the rectangle between the neighbours, errors by
 * their logarithm */
static void crowd(struct assay_sr_key *key, int n)
{
  const struct assay_sr_key first = key[0], last = key[n - 1];
  const double nodes = last.nodes > first.nodes ? last.nodes - first.nodes : 1;
  const double error = fmax(1e-9, first.log_error - last.log_error);
  for (int i = 0; i < n; i++) {
    key[i].crowd = (double)INFINITY;
    if (i == 0 || i == n - 1) continue;
    key[i].crowd = (key[i + 1].nodes - key[i - 1].nodes) / nodes +
                   (key[i - 1].log_error - key[i + 1].log_error) / error;
  }
}

void assay_sr_select(struct assay_sr_individual **all, int n, struct assay_sr_selection *s)
{
  for (int i = 0; i < n; i++) {
    const struct assay_sr_individual *one = all[i];
    s->key[i] = (struct assay_sr_key){
        .error = one->error, .log_error = log(one->error), .nodes = one->tree.nodes, .from = i};
  }
  distribute(s->sorted, s->first, ASSAY_SR_TREE_NODES + 1, s->key, n, false);
  for (int g = 0; g <= ASSAY_SR_TREE_NODES; g++)
    sort(s->sorted + s->first[g], s->first[g + 1] - s->first[g], by_error);
  const int ranks = rank(s->sorted, n, s->least);
  distribute(s->key, s->first, ranks, s->sorted, n, true);
  for (int g = 0; g < ranks; g++) {
    crowd(s->key + s->first[g], s->first[g + 1] - s->first[g]);
    sort(s->key + s->first[g], s->first[g + 1] - s->first[g], by_crowd);
  }
  memcpy(s->all, all, (size_t)n * sizeof(struct assay_sr_individual *));
  for (int i = 0; i < n; i++) {
    all[i] = s->all[s->key[i].from];
    all[i]->rank = s->key[i].rank;
    all[i]->crowd = s->key[i].crowd;
  }
}
