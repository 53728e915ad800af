/* Sums of rows in an order that does not depend on the width of the vectors: eight sums of every
 * eighth element, then those. For kernel sources. */
#ifndef ASSAY_CORE_NUM_SUM_LANES_H
#define ASSAY_CORE_NUM_SUM_LANES_H
#include "core/num/lanes.h"

enum { SUM_LANES = 8, SUM_VECS = SUM_LANES / VL };

/* vector h of every eight elements goes to lanes[h] */
struct sums {
  vec lanes[SUM_VECS];
};

INLINE double sums_total(const struct sums *s)
{
  double part[SUM_LANES];
  for (int h = 0; h < SUM_VECS; h++) vec_store(part + h * VL, s->lanes[h]);
  return ((part[0] + part[4]) + (part[2] + part[6])) + ((part[1] + part[5]) + (part[3] + part[7]));
}

#endif
