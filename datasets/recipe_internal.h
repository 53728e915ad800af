/* Shared by recipe.c (parsing), recipe_text.c (canonical text), recipe_layout.c (what files of it
 * look like) and recipe_alike.c (which cases are the same). */
#ifndef ASSAY_DATASETS_RECIPE_INTERNAL_H
#define ASSAY_DATASETS_RECIPE_INTERNAL_H
#include "core/base/err.h"
#include "core/base/mem.h"
#include "datasets/recipe.h"
#include "datasets/sweep.h"

/* Cases [first, first + n): one set of loops over one set of fixed parameters. */
struct assay_recipe_subset {
  const char *name; /* NULL: the recipe has only one */
  void *base;       /* parameters before the loops */
  struct assay_sweep *sweeps;
  int n_sweeps;
  long first, n;
};

struct assay_recipe {
  struct assay_config *config;
  struct assay_recipe_head head;
  char *stem, *set_text; /* what head may point to */
  const struct assay_generator *generator;
  enum assay_certify certify;
  double sample; /* share of cases when certify == ASSAY_CERTIFY_SAMPLED */
  bool *sampled; /* [n_cases] then: those with an estimate of their own */
  void *base;    /* parameters of the recipe, before subsets */
  int n_subsets;
  struct assay_recipe_subset *subsets;
  long n_cases;
  char *text;
  const char *select[ASSAY_LIST_MAX + 1]; /* fields that are stored */
  void *scratch;                          /* parameters of one case */
  /* layout and what it points to */
  struct assay_layout layout;
  struct assay_shape shape; /* of case 0, n_frames the most of all cases */
  double *time;
  struct assay_field *fields;
  struct assay_quantity *params;
  const char **splits;
  int8_t *codes;                              /* [n_splits, n_cases] */
  struct assay_subset *named;                 /* [n_subsets], those of the layout */
  const char *origins[ASSAY_SUBSETS_MAX + 1]; /* "recipe", then those of extra rows */
  int *boundary;                              /* [n_fields, sides] */
  bool *profiled;                             /* the same */
  struct assay_attribute *attributes;
  char *source, *version, *seed, *history;
};

/* recipe_text.c: fills r->text. */
int assay_recipe_emit(struct assay_recipe *r);
/* recipe_layout.c: fills the layout; checks that all cases fit into it. */
int assay_recipe_lay_out(struct assay_recipe *r);
void assay_recipe_layout_free(struct assay_recipe *r);

/* recipe_alike.c: for each of ids [n] (ascending) the first among them that is the same case - same
 * parameters, and nothing drawn at random - itself when there is none. The layout's parameters must
 * be there. ASSAY_ENOMEM. */
int assay_recipe_first_alike(long *out, const struct assay_recipe *r, const long *ids, long n);

/* recipe_profile.c: fills layout.profiled; profiles [n_fields, ASSAY_SIDES, room] of a case; index
 * in the generator's table of a stored field. */
int assay_recipe_lay_out_profiles(struct assay_recipe *r);
int assay_recipe_fill_profiles(double *profiles, const struct assay_recipe *r,
                               const struct assay_case *c);
int assay_recipe_table_index(const struct assay_recipe *r, int i);
/* recipe_sample.c: fills r->sampled. */
int assay_recipe_choose_samples(struct assay_recipe *r);

const struct assay_recipe_subset *assay_recipe_subset_of(const struct assay_recipe *r, long id);

#endif
