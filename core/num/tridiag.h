/* Many tridiagonal systems with the same constant coefficients, as implicit diffusion needs them:
 *
 *   off f[i-1] + diag f[i] + off f[i+1] = r[i],      0 <= i < n,
 *
 * without f[-1] and f[n], and with `first` and `last` in place of diag at the ends. Common ends:
 *   f = 0 on a node outside (f[-1] = 0)              first = diag
 *   f = 0 on the face between (f[-1] = -f[0])        first = diag - off
 *   zero slope on the face (f[-1] = f[0])            first = diag + off
 * The systems shall be diagonally dominant; there is no pivoting. */
#ifndef ASSAY_CORE_NUM_TRIDIAG_H
#define ASSAY_CORE_NUM_TRIDIAG_H
#include <stddef.h>

struct assay_tridiag;

/* A plan for systems of n >= 1 unknowns, to be filled by one of the functions below. Caller owns
 * *out. ASSAY_EARG, ASSAY_ENOMEM, and what assay_isa_init returns. */
int assay_tridiag_create(struct assay_tridiag **out, int n);
void assay_tridiag_destroy(struct assay_tridiag *p);

/* Factor anew, O(n), no allocation. A pivot that is zero makes the solution infinite or NaN. */
void assay_tridiag_set(struct assay_tridiag *p, double diag, double off, double first, double last);
/* f[-1] = f[n-1], f[n] = f[0] */
void assay_tridiag_set_periodic(struct assay_tridiag *p, double diag, double off);

/* Solve along the rows of [lines, n] or along the columns of [n, lines]; rows are `stride` doubles
 * apart in both arrays, which may be the same. Re-entrant; a line's bits depend neither on its
 * place nor on the instruction set, and are the same along x and y. */
void assay_tridiag_x(const struct assay_tridiag *p, double *out, const double *in, int lines,
                     ptrdiff_t stride);
void assay_tridiag_y(const struct assay_tridiag *p, double *out, const double *in, int lines,
                     ptrdiff_t stride);

#endif
