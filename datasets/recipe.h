/* A recipe: the YAML text from which a data set is made, and the cases that follow from it. The
 * keys are described in docs/recipes.md. A recipe is resolved by giving it its generator; then
 * every case has its parameters, shape, split codes and boundary values without anything being
 * computed. */
#ifndef ASSAY_DATASETS_RECIPE_H
#define ASSAY_DATASETS_RECIPE_H
#include "core/base/embed.h"
#include "core/io/sha256.h"
#include "datasets/writer.h"
#include "generators/generator.h"

/* Registry lookup, given by the caller: assay_generator_find. */
typedef int assay_generator_finder(const struct assay_generator **out, const char *name);

enum assay_precision { ASSAY_PRECISION_FLOAT32, ASSAY_PRECISION_FLOAT64 }; /* = enum assay_dtype */

/* What the YAML says, with defaults filled in. Texts are borrowed from the recipe. */
struct assay_recipe_head {
  const char *name, *title, *description, *license, *generator;
  int generator_version; /* 0: any; in resolved recipes the one that made the data */
  uint64_t seed;
  int precision;
  struct assay_list fields; /* empty: all that are not optional */
};

struct assay_recipe;

/* Built into the program from datasets/recipes. */
extern const struct assay_embedded assay_recipe_files[];

/* Parse, apply "key=value" assignments (set may be NULL), check everything down to the parameters
 * of the last case. `name` stands for the file in messages and, without suffix and folder (but the
 * one below datasets/recipes), for a missing key `name`. ASSAY_EPARSE, ASSAY_EARG, ASSAY_ENOTFOUND
 * with file:line:column. */
int assay_recipe_parse(struct assay_recipe **out, const char *name, const char *text, size_t size,
                       const struct assay_list *set, assay_generator_finder *find);
void assay_recipe_destroy(struct assay_recipe *r);

const struct assay_recipe_head *assay_recipe_head(const struct assay_recipe *r);
/* The name as a part of file names: cfdbench/dam-bc becomes cfdbench-dam-bc. The caller owns *out.
 */
int assay_recipe_slug(char **out, const struct assay_recipe *r);
const struct assay_generator *assay_recipe_generator(const struct assay_recipe *r);
/* The resolved recipe as canonical YAML: parsing it again gives the same text and cases. */
const char *assay_recipe_text(const struct assay_recipe *r);
/* NULL-terminated names for assay_case_create. */
const char *const *assay_recipe_fields(const struct assay_recipe *r);

long assay_recipe_cases(const struct assay_recipe *r);
/* Parameters of a case, [generator->params_size] bytes. */
int assay_recipe_params(const struct assay_recipe *r, void *params, long id);
/* Most frames that a case has, 0 when it cannot be said. */
int assay_recipe_frames(const struct assay_recipe *r, long id);
/* Whether a parameter differs between cases: what a task gives when it names no parameters. */
bool assay_recipe_varies(const struct assay_recipe *r, const char *param);
/* An empty case of the recipe: its shape, the stored fields, the precision. The caller owns *out.
 */
int assay_recipe_case(struct assay_case **out, const struct assay_recipe *r, long id);
/* Whether this case gets its own error estimate (recipe key `certificate`). */
enum assay_certify { ASSAY_CERTIFY_NONE, ASSAY_CERTIFY_REFINE, ASSAY_CERTIFY_SAMPLED };
enum assay_certify assay_recipe_certify(const struct assay_recipe *r, long id);
/* Predicted CPU seconds of a case with its estimate; 1 when the generator does not know. */
double assay_recipe_cost(const struct assay_recipe *r, long id);

/* The file that all cases of the recipe make; for a part of them copy it and change n_cases.
 * Borrowed from the recipe. */
const struct assay_layout *assay_recipe_layout(const struct assay_recipe *r);
/* Bytes of the fields of a case, as many frames as it has. */
long long assay_recipe_case_bytes(const struct assay_recipe *r, long id);

/* Parameter values in layout order [n_params], split codes [n_splits] and boundary values of a case
 * that was made (or failed). The caller frees *out with assay_recipe_record_free. */
int assay_recipe_record(struct assay_writer_record *out, const struct assay_recipe *r,
                        const struct assay_case *c);
void assay_recipe_record_free(struct assay_writer_record *record);
/* The values alone, as they enter the hash. */
int assay_recipe_values(double *values, const struct assay_recipe *r, long id);
/* The hash of a case that was made. */
int assay_recipe_hash(char hex[ASSAY_SHA256_HEX], const struct assay_recipe *r,
                      const struct assay_case *c);

#endif
