/* Polynomial features of parameters: all monomials of degree 1 to d in the standardised parameters,
 * each standardised again on the training cases. A parameter may enter by its logarithm. */
#ifndef ASSAY_BASELINES_POLYNOMIAL_H
#define ASSAY_BASELINES_POLYNOMIAL_H
#include <stdbool.h>

#include "baselines/model.h"
#include "baselines/training.h"

enum { ASSAY_POLYNOMIAL_MAX = 512 };

struct assay_polynomial {
  int n_params, degree, n; /* n features */
  double *logarithm;       /* [n_params] 1: by logarithm, 0: as it is */
  struct assay_scaling params, monomials;
};

/* Number of monomials; more than ASSAY_POLYNOMIAL_MAX counts as that plus one. */
int assay_polynomial_count(int n_params, int degree);

/* Parameters that can enter by logarithm: all positive and spread over a factor of at least 3. */
void assay_polynomial_choose_logarithms(double *logarithm, const double *params, long rows,
                                        int n_params);

/* Fit to params [rows, n_params] of the training cases. */
int assay_polynomial_fit(struct assay_polynomial *f, const double *params, long rows, int n_params,
                         int degree, const double *logarithm);
/* out [rows, n]. ASSAY_EARG: the logarithm of a value that is not positive. */
int assay_polynomial_of(double *out, const struct assay_polynomial *f, const double *params,
                        long rows);
/* Into a model and back. */
int assay_polynomial_save(struct assay_model *m, const struct assay_polynomial *f);
int assay_polynomial_load(struct assay_polynomial *f, const struct assay_model *m);
void assay_polynomial_clear(struct assay_polynomial *f);

#endif
