/* Poisson by definition. With orthonormal eigenvectors q_k(i) and eigenvalues -lambda_k of the
 * second difference in each direction,
 *
 *   phi = - sum_kl  q_k(i) q_l(j) / (lambda_k / dx^2 + lambda_l / dy^2)  sum_mn q_k(m) q_l(n) rhs,
 *
 *   Neumann    q_k(j) ~ cos(pi k (2j+1) / 2n),        lambda_k = 4 sin^2(pi k / 2n)
 *   Dirichlet  q_k(j) ~ sin(pi (k+1) (2j+1) / 2n),    lambda_k = 4 sin^2(pi (k+1) / 2n)
 *   periodic   q_k(j) ~ cos(2 pi m j / n), sin(...),  lambda_k = 4 sin^2(pi m / n)
 *   mixed      q_k(j) ~ cos(pi (2k+1) (2j+1) / 4n),   lambda_k = 4 sin^2(pi (2k+1) / 4n)
 *              (slope, then value) or the same with sin
 *
 * (G. Strang, The discrete cosine transform, SIAM Rev. 41 (1999) 135). */
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/poisson.h"
#include "core/num/trig.h"

struct basis {
  int n;
  double *q;      /* [n, n], row k is eigenvector k */
  double *lambda; /* [n] */
};

static double lambda(long long num, long long den)
{
  double s = assay_sinpi(num, den);
  return 4 * s * s;
}

static void basis_entry(struct basis *b, enum assay_bc bc, int k, int j)
{
  const long long n = b->n;
  double *q = &b->q[(size_t)k * (size_t)n + (size_t)j];
  switch (bc) {
  case ASSAY_BC_NEUMANN:
    *q = assay_cospi(k * (2LL * j + 1), 2 * n);
    b->lambda[k] = lambda(k, 2 * n);
    break;
  case ASSAY_BC_DIRICHLET:
    *q = assay_sinpi((k + 1) * (2LL * j + 1), 2 * n);
    b->lambda[k] = lambda(k + 1, 2 * n);
    break;
  case ASSAY_BC_PERIODIC: /* k = 0, 1, 2, ...: 1, cos, sin, cos 2, sin 2, ... */
    *q = k % 2 || k == 0 ? assay_cospi((k + 1LL) / 2 * 2 * j, n) : assay_sinpi(k * (long long)j, n);
    b->lambda[k] = lambda((k + 1) / 2, n);
    break;
  case ASSAY_BC_NEUMANN_DIRICHLET:
    *q = assay_cospi((2LL * k + 1) * (2LL * j + 1), 4 * n);
    b->lambda[k] = lambda(2 * k + 1, 4 * n);
    break;
  case ASSAY_BC_DIRICHLET_NEUMANN:
    *q = assay_sinpi((2LL * k + 1) * (2LL * j + 1), 4 * n);
    b->lambda[k] = lambda(2 * k + 1, 4 * n);
    break;
  }
}

static int basis_create(struct basis *b, int n, enum assay_bc bc)
{
  int rc = ASSAY_OK;
  b->n = n;
  ASSAY_TRY(ASSAY_NEW(&b->q, (size_t)n * (size_t)n, "eigenvectors"));
  ASSAY_TRY(ASSAY_NEW(&b->lambda, (size_t)n, "eigenvalues"));
  for (int k = 0; k < n; k++) {
    double *q = &b->q[(size_t)k * (size_t)n], norm2 = 0;
    for (int j = 0; j < n; j++) basis_entry(b, bc, k, j);
    for (int j = 0; j < n; j++) norm2 += q[j] * q[j];
    for (int j = 0; j < n; j++) q[j] /= __builtin_sqrt(norm2);
  }
done:
  return rc;
}

static void basis_destroy(struct basis *b)
{
  assay_free(b->q);
  assay_free(b->lambda);
}

/* out[k] = sum_j m[k row + j column] in[j stride], for k < n */
static void apply(double *out, const double *in, int n, const double *m, size_t row, size_t column,
                  size_t stride)
{
  for (int k = 0; k < n; k++) {
    double s = 0;
    for (int j = 0; j < n; j++)
      s += m[(size_t)k * row + (size_t)j * column] * in[(size_t)j * stride];
    out[(size_t)k * stride] = s;
  }
}

/* to eigenvectors in both directions (back = 0) or from them (back = 1) */
static void transform(double *out, const double *in, double *tmp, const struct basis *x,
                      const struct basis *y, int back)
{
  const size_t nx = (size_t)x->n, ny = (size_t)y->n;
  for (size_t j = 0; j < ny; j++)
    apply(tmp + j * nx, in + j * nx, x->n, x->q, back ? 1 : nx, back ? nx : 1, 1);
  for (size_t i = 0; i < nx; i++)
    apply(out + i, tmp + i, y->n, y->q, back ? 1 : ny, back ? ny : 1, nx);
}

int assay_poisson_ref(double *phi, const double *rhs, int nx, int ny, double dx, double dy,
                      enum assay_bc x, enum assay_bc y)
{
  int rc = ASSAY_OK;
  struct basis bx = {0}, by = {0};
  double *tmp = NULL, *hat = NULL;
  ASSAY_CHECK(nx >= 1 && ny >= 1, ASSAY_EARG, "poisson: %d x %d cells", nx, ny);
  ASSAY_TRY(basis_create(&bx, nx, x));
  ASSAY_TRY(basis_create(&by, ny, y));
  ASSAY_TRY(ASSAY_NEW(&tmp, (size_t)nx * (size_t)ny, "poisson"));
  ASSAY_TRY(ASSAY_NEW(&hat, (size_t)nx * (size_t)ny, "poisson"));
  transform(hat, rhs, tmp, &bx, &by, 0);
  for (int j = 0; j < ny; j++)
    for (int i = 0; i < nx; i++) {
      double l = bx.lambda[i] / (dx * dx) + by.lambda[j] / (dy * dy);
      double *h = &hat[(size_t)j * (size_t)nx + (size_t)i];
      *h = l > 0 ? -*h / l : 0;
    }
  transform(phi, hat, tmp, &bx, &by, 1);
done:
  basis_destroy(&bx);
  basis_destroy(&by);
  assay_free(tmp);
  assay_free(hat);
  return rc;
}
