/* A split in which every part sees the whole range of a quantity: in each subset the cases are
 * sorted by it and cut into bins of (nearly) equal numbers of cases, and the cases of every bin,
 * shuffled, are dealt out one after another to the part that lags most behind its share. So after
 * any number of cases each part is within one case of its share, in the end exactly at it.
 *
 * Cases with the same parameters as an earlier one are the same data and stay unused: none of them
 * can be in two parts, and none counts twice. */
#include <math.h>
#include <stdlib.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "datasets/split_internal.h"

struct stratum {
  double by;
  int subset, bin;
  uint64_t bits;
  long id;
};

static int order(double a, double b)
{
  return (a > b) - (a < b);
}

static int by_value(const void *a, const void *b)
{
  const struct stratum *p = a, *q = b;
  if (p->subset != q->subset) return p->subset < q->subset ? -1 : 1;
  if (p->by != q->by) return order(p->by, q->by);
  return p->id < q->id ? -1 : p->id > q->id;
}

static int by_bin(const void *a, const void *b)
{
  const struct stratum *p = a, *q = b;
  if (p->subset != q->subset) return p->subset < q->subset ? -1 : 1;
  if (p->bin != q->bin) return p->bin < q->bin ? -1 : 1;
  if (p->bits != q->bits) return p->bits < q->bits ? -1 : 1;
  return p->id < q->id ? -1 : p->id > q->id;
}

/* Drop what repeats an earlier case; ids [*n] stay in order. */
static int drop_repeats(long *ids, long *n, const struct assay_split_source *source)
{
  int rc = ASSAY_OK;
  long *first = NULL, kept = 0;
  ASSAY_TRY(ASSAY_NEW(&first, (size_t)source->n_cases, "split"));
  ASSAY_TRY(source->first_alike(first, source->user, ids, *n));
  for (long i = 0; i < *n; i++)
    if (first[i] == ids[i]) ids[kept++] = ids[i];
  *n = kept;
done:
  assay_free(first);
  return rc;
}

static int read_bins(int *bins, const struct assay_split *s)
{
  int rc = ASSAY_OK;
  const struct assay_node *node = assay_node_get(s->node, "bins");
  double number = 10;
  if (node) ASSAY_TRY(assay_node_double(&number, node));
  if (!(number >= 1 && number <= 1e6 && number == floor(number)))
    return assay_node_fail(node, ASSAY_EARG, "bins: expected a whole number from 1, got %s",
                           node->text);
  *bins = (int)number;
done:
  return rc;
}

/* cases [n], sorted by subset and value, get their bins */
static void cut(struct stratum *cases, long n, int bins)
{
  for (long from = 0, to = 0; from < n; from = to) {
    while (to < n && cases[to].subset == cases[from].subset) to++;
    for (long i = from; i < to; i++)
      cases[i].bin = (int)((double)(i - from) * bins / (double)(to - from));
  }
}

static void deal_out(const struct assay_split *s, const struct stratum *cases, long n,
                     const double shares[ASSAY_SPLIT_PARTS])
{
  long counts[ASSAY_SPLIT_PARTS];
  double lag[ASSAY_SPLIT_PARTS + 1] = {0}; /* the last: unused */
  assay_split_counts(counts, shares, n);
  for (long i = 0; i < n; i++) {
    int next = 0;
    double rest = 1;
    for (int p = 0; p < ASSAY_SPLIT_PARTS; p++) {
      lag[p] += (double)counts[p] / (double)n;
      rest -= (double)counts[p] / (double)n;
    }
    lag[ASSAY_SPLIT_PARTS] += rest;
    for (int p = 1; p <= ASSAY_SPLIT_PARTS; p++)
      if (lag[p] > lag[next]) next = p;
    lag[next] -= 1;
    if (next < ASSAY_SPLIT_PARTS) s->codes[cases[i].id] = (int8_t)next;
  }
}

int assay_split_stratified(const struct assay_split *s)
{
  int rc = ASSAY_OK, bins = 0;
  double shares[ASSAY_SPLIT_PARTS];
  const char *by = NULL;
  struct stratum *cases = NULL;
  long *ids = NULL, n = 0;
  ASSAY_TRY(assay_split_shares(shares, s));
  ASSAY_TRY(assay_split_text(&by, s, "by", NULL));
  ASSAY_TRY(read_bins(&bins, s));
  ASSAY_TRY(assay_split_members(&ids, &n, s));
  ASSAY_TRY(drop_repeats(ids, &n, s->source));
  ASSAY_TRY(ASSAY_NEW(&cases, (size_t)n, "split"));
  for (long i = 0; i < n; i++) {
    cases[i] = (struct stratum){.id = ids[i],
                                .subset = s->source->subset_of(s->source->user, ids[i]),
                                .bits = assay_split_bits(s, ids[i])};
    ASSAY_TRY(assay_split_value(&cases[i].by, s, by, ids[i]));
  }
  qsort(cases, (size_t)n, sizeof *cases, by_value);
  cut(cases, n, bins);
  qsort(cases, (size_t)n, sizeof *cases, by_bin);
  deal_out(s, cases, n, shares);
done:
  assay_free(cases);
  assay_free(ids);
  return rc;
}
