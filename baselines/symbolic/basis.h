/* An orthonormal basis that grows by one column at a time (Gram and Schmidt, each projection done
 * twice): least squares for searches that add and compare columns. Column k of what was pushed is
 *
 *     a_k = sum_(j <= k) r_jk q_j.
 */
#ifndef ASSAY_BASELINES_SYMBOLIC_BASIS_H
#define ASSAY_BASELINES_SYMBOLIC_BASIS_H
#include <stdbool.h>
#include <stddef.h>

struct assay_sr_basis {
  int m, n, capacity; /* rows, columns now, most columns */
  double *q;          /* [capacity, m] orthonormal */
  double *r;          /* [capacity, capacity] r[k * capacity + j] = r_jk */
  double *part;       /* [capacity] coefficients of the last projection */
};

int assay_sr_basis_create(struct assay_sr_basis **out, int m, int capacity);
void assay_sr_basis_destroy(struct assay_sr_basis *b);

/* v [m] loses its part in the basis; part [n] (in the struct) becomes its coefficients. Returns the
 * norm of what remains. */
double assay_sr_basis_project(struct assay_sr_basis *b, double *v);

/* Add column v [m], which becomes its remainder. False and nothing added if that is not longer than
 * tolerance x |v|, v has no finite length or the basis is full. */
bool assay_sr_basis_push(struct assay_sr_basis *b, double *v, double tolerance);

/* Add what remained of a column after _project (v and the length it returned, which is not 0); the
 * basis is not full. */
void assay_sr_basis_append(struct assay_sr_basis *b, const double *v, double left);

/* c [n]: coefficients of the pushed columns for the combination whose coefficients of q are in
 * part (after _project of a target): least squares. */
void assay_sr_basis_solve(double *c, const struct assay_sr_basis *b);

/* multiply-adds of one projection */
double assay_sr_basis_flops(const struct assay_sr_basis *b);

#endif
