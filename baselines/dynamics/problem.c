#include "baselines/dynamics/problem.h"

#include "core/base/err.h"
#include "core/base/mem.h"

int assay_dynamics_problem_create(struct assay_dynamics_problem **out, int n_terms, int n_states,
                                  int n_folds, long capacity)
{
  int rc = ASSAY_OK;
  struct assay_dynamics_problem *p = NULL;
  *out = NULL;
  ASSAY_CHECK(n_states <= ASSAY_LIBRARY_STATES_MAX, ASSAY_EARG, "%d states, at most %d", n_states,
              ASSAY_LIBRARY_STATES_MAX);
  ASSAY_TRY(ASSAY_NEW(&p, 1, "linear problem"));
  p->n_terms = n_terms;
  p->n_states = n_states;
  p->n_folds = n_folds;
  p->capacity = (int)capacity;
  ASSAY_TRY(ASSAY_NEW(&p->g, (size_t)n_terms * (size_t)capacity, "linear problem"));
  ASSAY_TRY(ASSAY_NEW(&p->b, (size_t)n_states * (size_t)capacity, "linear problem"));
  ASSAY_TRY(ASSAY_NEW(&p->fold, (size_t)capacity, "linear problem"));
  *out = p;
  p = NULL;
done:
  assay_dynamics_problem_destroy(p);
  return rc;
}

void assay_dynamics_problem_destroy(struct assay_dynamics_problem *p)
{
  if (!p) return;
  assay_free(p->g);
  assay_free(p->b);
  assay_free(p->fold);
  assay_free(p);
}
