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
};

/* What selection knows of one: individuals are large, so sorting does not touch them. */
struct assay_sr_key {
  double error, log_error, crowd;
  int nodes, rank, from;
};

struct assay_sr_selection {
  struct assay_sr_key *key, *sorted; /* [room] */
  struct assay_sr_individual **all;  /* [room] */
  double *least;                     /* [room] */
  int *first;                        /* [room + 1] */
};
int assay_sr_selection_open(struct assay_sr_selection *s, int room);
void assay_sr_selection_close(struct assay_sr_selection *s);

/* Ranks and crowding of all; then they are put in order, the best first. n <= room */
void assay_sr_select(struct assay_sr_individual **all, int n, struct assay_sr_selection *s);

#endif
