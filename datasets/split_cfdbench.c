/* The split of CFDBench (Luo, Chen, Zhang, arXiv 2310.05963): the list of cases - subsets prop, bc,
 * geo one after another, each in the order of its folders - is shuffled by CPython's `random` with
 * seed 0; the first 80 % train, the next 10 % validate, the rest tests. Its loaders round these
 * numbers in two ways: to the nearest whole number, halves to the even one, or downwards. */
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/num/mt19937.h"
#include "datasets/split_internal.h"

static const double share_train = 0.8, share_validation = 0.1;

static double round_half_even(double x)
{
  const double down = floor(x), rest = x - down;
  if (rest != 0.5) return floor(x + 0.5);
  return fmod(down, 2) == 0 ? down : down + 1;
}

static const struct rounding {
  const char *name;
  double (*round)(double);
} roundings[] = {{"round-half-even", round_half_even}, {"truncate", floor}};

static int find_rounding(const struct rounding **out, const struct assay_split *s)
{
  int rc = ASSAY_OK;
  const char *name = NULL;
  ASSAY_TRY(assay_split_text(&name, s, "rounding", roundings[0].name));
  for (int i = 0; i < 2; i++) {
    *out = &roundings[i];
    if (strcmp(name, roundings[i].name) == 0) return ASSAY_OK;
  }
  return assay_node_fail(assay_node_get(s->node, "rounding"), ASSAY_EPARSE,
                         "rounding: expected %s or %s, got '%s'", roundings[0].name,
                         roundings[1].name, name);
done:
  return rc;
}

int assay_split_cfdbench(const struct assay_split *s)
{
  int rc = ASSAY_OK;
  static const uint32_t seed[] = {0};
  const struct rounding *rounding = NULL;
  struct assay_mt19937 mt;
  long *ids = NULL, n = 0;
  ASSAY_TRY(find_rounding(&rounding, s));
  ASSAY_TRY(assay_split_members(&ids, &n, s));
  const long train = (long)rounding->round(share_train * (double)n);
  const long validation = (long)rounding->round(share_validation * (double)n);
  assay_mt19937_seed(&mt, seed, 1);
  assay_mt19937_shuffle(&mt, ids, n);
  for (long i = 0; i < n; i++)
    s->codes[ids[i]] = i < train                ? ASSAY_SPLIT_TRAIN
                       : i < train + validation ? ASSAY_SPLIT_VALIDATION
                                                : ASSAY_SPLIT_TEST;
done:
  assay_free(ids);
  return rc;
}
