/* Few waves of a periodic grid, of many: transforms as matrix products. For planes x [h, w], first
 * along columns, with cosines and sines apart,
 *
 *   S = A x,   A = [cos(2 pi k i / h), k = 0 .. m1; sin(2 pi k i / h), k = 1 .. m1],
 *
 * so that +k and -k share their products; rows i and h - i are folded into sum and difference
 * first, which halves them again. Then along rows,
 *
 *   G = B S^T,   B = [cos(2 pi k j / w); -sin(2 pi k j / w)], k = 0 .. m2 - 1,
 *
 * and F(+k1), F(-k1) are sums of cosine and sine parts of G. The transpose of all that goes back.
 * The inverse of the transform is its transpose with weighted B: B' = a(k) B / (h w), a = 1 for the
 * waves that are their own conjugates and 2 for the others. */
#ifndef ASSAY_BASELINES_NEURAL_SPECTRAL_TRANSFORM_H
#define ASSAY_BASELINES_NEURAL_SPECTRAL_TRANSFORM_H
#include <stdbool.h>
#include <stddef.h>

struct assay_nn_transform;

/* Waves -m1 <= k1 < m1 and 0 <= k2 < m2 of planes [h, w]; m1 0: of rows, h is 1. For `planes` of
 * them at most; scratch: floats that the calls need. */
int assay_nn_transform_create(struct assay_nn_transform **out, size_t *scratch, size_t planes,
                              size_t h, size_t w, size_t m1, size_t m2);
void assay_nn_transform_destroy(struct assay_nn_transform *t);

enum assay_nn_way { ASSAY_NN_TO, ASSAY_NN_FRO }; /* with B, with B' */

/* f [waves, 2, n] of n planes x: real, then imaginary parts; rows of waves k1 = 0 .. m1 - 1, then
 * -m1 .. -1, each with all k2. */
void assay_nn_transform_analyse(const struct assay_nn_transform *t, float *f, const float *x,
                                enum assay_nn_way way, size_t n, float *scratch);
/* Its transpose: x = or += */
void assay_nn_transform_synthesise(const struct assay_nn_transform *t, float *x, float *f,
                                   enum assay_nn_way way, size_t n, bool add, float *scratch);

#endif
