/* Ways to look at a target: z = T(y) and the equation that undoes it. A law that is hard for y may
 * be a product of powers, or a sum of few terms, for z. */
#ifndef ASSAY_BASELINES_SYMBOLIC_TARGET_H
#define ASSAY_BASELINES_SYMBOLIC_TARGET_H
#include <stdbool.h>
#include <stddef.h>

#include "baselines/symbolic/phrase.h"

struct assay_sr_target {
  const char *name;
  double (*forward)(double y);
  const char *before, *after; /* y = before z after */
  bool pure;                  /* compares y with pure numbers: only for targets of order one */
  bool power;                 /* a power of y: products gain nothing by it */
};

/* The first one is y itself; ends with a row whose name is NULL. */
extern const struct assay_sr_target assay_sr_targets[];
const struct assay_sr_target *assay_sr_target_find(const char *name);

/* z [n] = T(y) (z may be y); false if a value is not finite or all are equal. */
bool assay_sr_target_apply(double *z, const struct assay_sr_target *target, const double *y,
                           ptrdiff_t n);

/* The equation of y for an equation of z. */
void assay_sr_target_undo(struct assay_sr_phrase *y, const struct assay_sr_target *target,
                          const char *z);

#endif
