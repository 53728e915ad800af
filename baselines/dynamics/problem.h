/* The linear problem that a right-hand side leads to: for every state
 *
 *     b_i = sum_k c_k g_ki,   rows i,
 *
 * with rows from points (derivative.h) or from test functions (weak.h). */
#ifndef ASSAY_BASELINES_DYNAMICS_PROBLEM_H
#define ASSAY_BASELINES_DYNAMICS_PROBLEM_H
#include "baselines/dynamics/library.h"
#include "baselines/dynamics/observed.h"

struct assay_dynamics_problem {
  int n_terms, n_states, n_folds;
  int m, capacity;                        /* rows, most rows */
  double *g;                              /* [n_terms, capacity] */
  double *b;                              /* [n_states, capacity] */
  int *fold;                              /* [capacity] piece from which the row is, from 0 */
  double independent;                     /* rows that carry information of their own, at most m */
  double error[ASSAY_LIBRARY_STATES_MAX]; /* what b of a state must be expected to be off */
};

/* Room; ASSAY_ENOMEM. */
int assay_dynamics_problem_create(struct assay_dynamics_problem **out, int n_terms, int n_states,
                                  int n_folds, long capacity);
void assay_dynamics_problem_destroy(struct assay_dynamics_problem *p); /* NULL allowed */

#endif
