/* Physical dimensions: exponents of the seven SI base units, and what they are of a formula. */
#ifndef ASSAY_DATASETS_DIMENSION_H
#define ASSAY_DATASETS_DIMENSION_H
#include <stdbool.h>

#include "core/expr/expr.h"

enum { ASSAY_SI_UNITS = 7 };
extern const char *const assay_si_units[]; /* m kg s A K mol cd, NULL-terminated */

struct assay_dimension {
  double e[ASSAY_SI_UNITS];
};

/* Of a UDUNITS text of SI units: "kg m2 s-2", "J T-1", "1". ASSAY_EPARSE. */
int assay_dimension_parse(struct assay_dimension *out, const char *unit);
bool assay_dimension_equal(const struct assay_dimension *a, const struct assay_dimension *b);
/* "kg m2 s-2" ("1" for none) into out (96 bytes); returns out. */
const char *assay_dimension_text(char *out, const struct assay_dimension *d);

/* The dimension of a formula over variables x0, x1, ... with the dimensions `var`. A constant whose
 * value is within 1e-9 of that of a constant of nature (as the published formulas round them) has
 * its dimension, all others have none. ASSAY_EARG: it is not consistent, with the operation in the
 * message. */
int assay_dimension_of(struct assay_dimension *out, const struct assay_expr *e,
                       const struct assay_dimension *var);

#endif
