/* Who lives: ranks and crowding over (error, nodes). */
#ifndef ASSAY_BASELINES_SYMBOLIC_GENETIC_SELECT_H
#define ASSAY_BASELINES_SYMBOLIC_GENETIC_SELECT_H
#include "baselines/symbolic/genetic_tree.h"

struct assay_sr_individual {
  struct assay_sr_tree tree;
  double error;          /* of a + b f, relative to the variance: 0 .. 1 */
  double offset, factor; /* a, b in the units of the scaled target */
  uint64_t hash;         /* of its values but for a and b */
  int rank;              /* 0: nobody has less error with as few nodes */
  double crowd;          /* room to the neighbours of its rank */
  int at;                /* breaks ties */
};

/* Ranks and crowding of all; then they are put in order, the best first. work [n] */
void assay_sr_select(struct assay_sr_individual **all, int n, double *work);

#endif
