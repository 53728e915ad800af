/* How far a case can be trusted: the comparison of two runs of it, at full and at half resolution.
 */
#ifndef ASSAY_DATASETS_CERTIFY_H
#define ASSAY_DATASETS_CERTIFY_H
#include "datasets/recipe.h"

/* Error estimate, t_pred, resolved and statistics of `fine` from `coarse`, whose stored grid is the
 * same or half as fine; p is the nominal order. What cannot be compared is marked unavailable with
 * a reason. ASSAY_ENOMEM. */
int assay_certify(struct assay_case *fine, const struct assay_case *coarse, int order);

/* Whether a case is resolved, from its fields, error estimates and statistics, as assay_certify
 * judges it; without an estimate it is not, with an exact solution its own flag is taken.
 * Definition: datasets/resolved.c. ASSAY_ENOMEM. */
int assay_certify_resolved(bool *out, const struct assay_case *c);

/* Run the generator for one case of a recipe, without an estimate. A run that diverges is a case,
 * not a failure: its certificate says so. The caller owns *out. */
int assay_recipe_run(struct assay_case **out, const struct assay_recipe *r, long id);

/* Make one case of a recipe: run the generator and, where the recipe asks for it, certify. A run
 * that diverges is a case, not a failure: its certificate says so. The caller owns *out. */
int assay_recipe_make(struct assay_case **out, const struct assay_recipe *r, long id);

/* Cases that the generator runs side by side (struct assay_generator.run_group). */
struct assay_make_stream {
  void *user;
  /* Id of the next case, -1: no more. */
  long (*next)(void *user);
  /* A case is made, as by assay_recipe_make: c is borrowed; NULL and rc negative, with its message:
   * it failed. What is returned ends the group when negative. */
  int (*done)(void *user, long id, const struct assay_case *c, int rc);
};
int assay_recipe_make_group(const struct assay_recipe *r, const struct assay_make_stream *stream);

#endif
