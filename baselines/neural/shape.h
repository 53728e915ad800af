/* The shape of one item: what a value holds beside the leading axis, which is the batch (or a fixed
 * number of rows for values that all samples share). Row-major: [n], [c, h, w], [points, n]. */
#ifndef ASSAY_BASELINES_NEURAL_SHAPE_H
#define ASSAY_BASELINES_NEURAL_SHAPE_H
#include <stdbool.h>
#include <stddef.h>

enum { ASSAY_NN_DIMS = 5, ASSAY_NN_SHAPE_TEXT = 64 };

struct assay_nn_shape {
  int n;                /* dimensions; 0: a single number */
  int d[ASSAY_NN_DIMS]; /* [n] lengths, all at least 1 */
};

/* assay_nn_shape(3, (int[]){c, h, w}) */
struct assay_nn_shape assay_nn_shape(int n, const int *d);

/* Numbers that it holds. */
size_t assay_nn_shape_size(const struct assay_nn_shape *s);

/* Product of the lengths before dimension d, and behind it. */
size_t assay_nn_shape_before(const struct assay_nn_shape *s, int d);
size_t assay_nn_shape_behind(const struct assay_nn_shape *s, int d);

/* Length of the last dimension; 1 for a single number. */
int assay_nn_shape_last(const struct assay_nn_shape *s);

bool assay_nn_shape_equal(const struct assay_nn_shape *a, const struct assay_nn_shape *b);

/* ASSAY_EARG: more dimensions than there may be, a length below 1, or 2^31 numbers and more. */
int assay_nn_shape_check(const struct assay_nn_shape *s);

/* "[3, 64, 64]" into out (ASSAY_NN_SHAPE_TEXT bytes); returns out. */
const char *assay_nn_shape_text(char *out, const struct assay_nn_shape *s);

#endif
