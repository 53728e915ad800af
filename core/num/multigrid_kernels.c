#include "core/num/lanes.h"
#include "core/num/multigrid.h"

struct row {
  const double *x, *west, *south, *north;
  int stride;
};

static struct row row_of(const struct assay_multigrid_level *l, const double *x, ptrdiff_t j)
{
  return (struct row){x + j * l->stride, l->east + j * (l->nx + 1), l->north + j * l->nx,
                      l->north + (j + 1) * l->nx, l->stride};
}

/* E x of the four neighbours */
INLINE vec around(const struct row *w, int i)
{
  return (vec_load(w->west + i + 1) * vec_load(w->x + i + 1) +
          vec_load(w->west + i) * vec_load(w->x + i - 1)) +
         (vec_load(w->north + i) * vec_load(w->x + i + w->stride) +
          vec_load(w->south + i) * vec_load(w->x + i - w->stride));
}

INLINE double around_one(const struct row *w, int i)
{
  return (w->west[i + 1] * w->x[i + 1] + w->west[i] * w->x[i - 1]) +
         (w->north[i] * w->x[i + w->stride] + w->south[i] * w->x[i - w->stride]);
}

static void sweep(const struct assay_multigrid_level *l, double *restrict y,
                  const double *restrict x, double w, ptrdiff_t j)
{
  const struct row from = row_of(l, x, j);
  const double *inverse = l->inverse + j * l->nx, *b = l->b + j * l->nx;
  double *to = y + j * l->stride;
  int i = 0;
  for (; i + VL <= l->nx; i += VL)
    vec_store(to + i, vec_load(from.x + i) * (1 - w) +
                          (vec_load(inverse + i) * w) * (vec_load(b + i) + around(&from, i)));
  for (; i < l->nx; i++)
    to[i] = from.x[i] * (1 - w) + (inverse[i] * w) * (b[i] + around_one(&from, i));
}

static void residual(const struct assay_multigrid_level *l, const double *restrict x, ptrdiff_t j)
{
  const struct row from = row_of(l, x, j);
  const double *diagonal = l->diagonal + j * l->nx, *b = l->b + j * l->nx;
  double *r = l->r;
  int i = 0;
  for (; i + VL <= l->nx; i += VL)
    vec_store(r + i,
              (vec_load(b + i) + around(&from, i)) - vec_load(diagonal + i) * vec_load(from.x + i));
  for (; i < l->nx; i++) r[i] = (b[i] + around_one(&from, i)) - diagonal[i] * from.x[i];
}

const struct assay_multigrid_kernels ASSAY_ISA_NAME(assay_multigrid_kernels) = {sweep, residual};
