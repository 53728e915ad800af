#include "core/num/tridiag.h"

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/tridiag_plan.h"

int assay_tridiag_create(struct assay_tridiag **out, int n)
{
  int rc = ASSAY_OK;
  struct assay_tridiag *p = NULL;
  *out = NULL;
  ASSAY_CHECK(n >= 1, ASSAY_EARG, "tridiagonal system of %d unknowns", n);
  ASSAY_TRY(assay_isa_init());
  ASSAY_TRY(ASSAY_NEW(&p, 1, "tridiag"));
  p->n = n;
  p->isa = assay_isa();
  ASSAY_TRY(ASSAY_NEW(&p->coef, 4 * (size_t)n, "tridiag"));
  *out = p;
done:
  if (rc < 0) assay_tridiag_destroy(p);
  return rc;
}

void assay_tridiag_destroy(struct assay_tridiag *p)
{
  if (!p) return;
  assay_free(p->coef);
  assay_free(p);
}

static void put(struct assay_tridiag *p, int i, double pivot, double off)
{
  p->coef[4 * i] = 1 / pivot;
  p->coef[4 * i + 1] = -off / pivot;
}

void assay_tridiag_set(struct assay_tridiag *p, double diag, double off, double first, double last)
{
  double c = 0;
  p->periodic = 0;
  for (int i = 0; i < p->n; i++) {
    double d = i == 0 ? first : diag;
    if (i == p->n - 1) d += last - diag;
    put(p, i, d + off * c, off);
    c = p->coef[4 * i + 1];
  }
}

void assay_tridiag_set_periodic(struct assay_tridiag *p, double diag, double off)
{
  const int n = p->n;
  double c = 0, product = 1, sum = 0;
  p->periodic = 1;
  for (int i = 0; i < n - 1; i++) {
    put(p, i, diag + off * c, off);
    c = p->coef[4 * i + 1];
    p->coef[4 * i + 2] = product;
    p->coef[4 * i + 3] = product * c;
    sum += product * p->coef[4 * i + 3];
    product = p->coef[4 * i + 3];
    if (product < 1e-30 && product > -1e-30) product = 0;
  }
  put(p, n - 1, diag + off * (n == 1 ? 2 : c + 2 * product + sum), off);
  p->coef[4 * (n - 1) + 2] = p->coef[4 * (n - 1) + 3] = 0;
}

void assay_tridiag_x(const struct assay_tridiag *p, double *out, const double *in, int lines,
                     ptrdiff_t stride)
{
  ASSAY_ISA_PICK(assay_tridiag_kernels, p->isa)->x(p, out, in, lines, stride);
}

void assay_tridiag_y(const struct assay_tridiag *p, double *out, const double *in, int lines,
                     ptrdiff_t stride)
{
  ASSAY_ISA_PICK(assay_tridiag_kernels, p->isa)->y(p, out, in, lines, stride);
}
