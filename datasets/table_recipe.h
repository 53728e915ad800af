/* A recipe for tables: which equations of a table of equations, how many rows, what is done to
 * them. It makes one file per equation; each carries the recipe that makes it alone. The keys are
 * described in docs/symbolic.md. */
#ifndef ASSAY_DATASETS_TABLE_RECIPE_H
#define ASSAY_DATASETS_TABLE_RECIPE_H
#include "datasets/equation.h"

enum { ASSAY_TABLE_VERSION_NOW = 1 }; /* of the generator of tables */

enum assay_dummies {
  ASSAY_DUMMIES_NONE,
  ASSAY_DUMMIES_PUBLISHED,   /* one to three, as the SRSD sets have them, all values float32 */
  ASSAY_DUMMIES_INDEPENDENT, /* the same laws, `dummy_count` of them, values as they are */
  ASSAY_DUMMIES_CORRELATED,  /* each follows an input */
};
enum assay_noise_on { ASSAY_NOISE_LEARNING, ASSAY_NOISE_ALL };

enum assay_observe { ASSAY_OBSERVE_RATES, ASSAY_OBSERVE_TRAJECTORIES };
enum assay_integrate_by { ASSAY_INTEGRATE_AS_LISTED, ASSAY_INTEGRATE_ACCURATELY };

struct assay_table_params {
  int rows;
  int dummies; /* enum assay_dummies */
  int dummy_count;
  double dummy_correlation;
  double target_noise, feature_noise;
  double outliers, outlier_size;
  int noise_on; /* enum assay_noise_on */
  bool units;
  int integrator; /* enum assay_integrate_by */
  int observe;    /* enum assay_observe */
};
extern const struct assay_param assay_table_param_rows[];
extern const struct assay_table_params assay_table_param_defaults;

/* Texts are borrowed from the recipe. */
struct assay_table_head {
  const char *name, *title, *description, *license, *equations;
  int version;
  uint64_t seed;
};

struct assay_table_recipe;

/* Whether a recipe text is one for tables: it has the key `equations` at the left margin. */
bool assay_table_recipe_is(const char *text);

/* Parse, apply "key=value" assignments (set may be NULL). ASSAY_EPARSE, ASSAY_EARG, ASSAY_ENOTFOUND
 * with file:line:column. */
int assay_table_recipe_parse(struct assay_table_recipe **out, const char *name, const char *text,
                             size_t size, const struct assay_list *set);
void assay_table_recipe_destroy(struct assay_table_recipe *r); /* NULL allowed */

/* The text of a recipe for one equation that is named TABLE/ID ("srsd/feynman-i.12.1"), when there
 * is such a built-in table; else NULL in *out. *table: the name of the table, NULL without. The
 * caller owns both. ASSAY_ENOTFOUND: the table has no such equation. */
int assay_table_recipe_named(char **out, char **table, const char *name);

const struct assay_table_head *assay_table_recipe_head(const struct assay_table_recipe *r);
const struct assay_table_params *assay_table_recipe_params(const struct assay_table_recipe *r);
/* Equations that it makes, and the k-th of them. */
int assay_table_recipe_count(const struct assay_table_recipe *r);
const struct assay_equation *assay_table_recipe_equation(const struct assay_table_recipe *r, int k);

/* The resolved recipe; k >= 0: that of the k-th equation alone, which its file carries; k = -1: of
 * all. The caller owns *out. */
int assay_table_recipe_text(char **out, const struct assay_table_recipe *r, int k);
/* "srsd/feynman-i.12.1" of the k-th equation. The caller owns *out. */
int assay_table_recipe_name(char **out, const struct assay_table_recipe *r, int k);

#endif
