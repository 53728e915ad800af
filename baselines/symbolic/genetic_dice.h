/* Uniform deviates of one stream, drawn many at a time. */
#ifndef ASSAY_BASELINES_SYMBOLIC_GENETIC_DICE_H
#define ASSAY_BASELINES_SYMBOLIC_GENETIC_DICE_H
#include "core/num/random.h"

enum { ASSAY_SR_DICE = 512 };

struct assay_sr_dice {
  struct assay_rng rng;
  int left; /* of those that were drawn */
  double u[ASSAY_SR_DICE];
};

static inline void assay_sr_dice_init(struct assay_sr_dice *d, uint64_t seed, uint64_t case_id,
                                      uint32_t stream)
{
  d->rng = assay_rng_init(seed, case_id, stream);
  d->left = 0;
}

/* in [0, 1) */
static inline double assay_sr_dice_uniform(struct assay_sr_dice *d)
{
  if (d->left == 0) {
    assay_rng_fill_uniform(&d->rng, d->u, ASSAY_SR_DICE);
    d->left = ASSAY_SR_DICE;
  }
  return d->u[--d->left];
}

/* one of 0 .. n-1 */
static inline int assay_sr_dice_below(struct assay_sr_dice *d, int n)
{
  return (int)(assay_sr_dice_uniform(d) * n);
}

/* a normal deviate: rare, from the stream itself */
static inline double assay_sr_dice_normal(struct assay_sr_dice *d)
{
  return assay_rng_normal(&d->rng);
}

#endif
