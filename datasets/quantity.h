/* Quantities of a case by name: parameters and derived groups of its generator. */
#ifndef ASSAY_DATASETS_QUANTITY_H
#define ASSAY_DATASETS_QUANTITY_H
#include "generators/generator.h"

/* Value of a parameter (choices and switches by index) or derived group. ASSAY_ENOTFOUND with the
 * nearest and all names. */
int assay_quantity_value(double *out, const struct assay_generator *g, const void *params,
                         const char *name);

/* Whether a parameter is stored: texts and lists are not. */
bool assay_quantity_is_stored(const struct assay_param *row);

/* Whether a parameter says how much of a case is stored, not which case it is: `frames`. Cases that
 * differ in nothing else are the same one, and a method learns nothing from it. */
bool assay_quantity_is_extent(const char *name);

#endif
