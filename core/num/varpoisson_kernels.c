#include "core/num/lanes.h"
#include "core/num/varpoisson_plan.h"

enum { PARTS = 8 / VL };

/* Eight sums of every eighth element of a row, in vectors and then in order. */
struct sums {
  vec lanes[PARTS];
  double part[8];
};

INLINE void fold_lanes(struct sums *s)
{
  for (int h = 0; h < PARTS; h++) vec_store(s->part + h * VL, s->lanes[h]);
}

INLINE double total(const double *part)
{
  return ((part[0] + part[4]) + (part[2] + part[6])) + ((part[1] + part[5]) + (part[3] + part[7]));
}

/* one row of the operator, its pointers at cell 0 */
struct row {
  double *q;
  const double *p, *west, *south, *north, *diagonal;
  int stride;
  double inverse;
};

#define STENCIL(i, load)                                                                           \
  ((((load(w->west + (i) + 1) * load(w->p + (i) + 1) + load(w->west + (i)) * load(w->p + (i)-1)) + \
     (load(w->north + (i)) * load(w->p + (i) + w->stride) +                                        \
      load(w->south + (i)) * load(w->p + (i)-w->stride))) -                                        \
    load(w->diagonal + (i)) * load(w->p + (i))) *                                                  \
   w->inverse)
#define SCALAR(pointer) (*(pointer))

INLINE double apply_row(const struct row *w, int n)
{
  struct sums s = {0};
  int i = 0;
  for (; i + 8 <= n; i += 8)
    for (int h = 0; h < PARTS; h++) {
      const vec q = STENCIL(i + h * VL, vec_load);
      vec_store(w->q + i + h * VL, q);
      s.lanes[h] += q * vec_load(w->p + i + h * VL);
    }
  fold_lanes(&s);
  for (; i < n; i++) {
    w->q[i] = STENCIL(i, SCALAR);
    s.part[i % 8] += w->q[i] * w->p[i];
  }
  return total(s.part);
}

static double apply(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s)
{
  const int nx = v->p->nx, ny = v->p->ny;
  double sum = 0;
  for (ptrdiff_t j = 0; j < ny; j++) {
    const struct row w = {s->q + j * nx,
                          s->p + j * v->stride,
                          s->east + j * (nx + 1),
                          s->north + j * nx,
                          s->north + (j + 1) * nx,
                          s->diagonal + j * nx,
                          v->stride,
                          v->inverse[j]};
    sum += v->p->volume[j] * apply_row(&w, nx);
  }
  return sum;
}

INLINE double advance_row(double *restrict x, double *restrict r, const double *p, const double *q,
                          const double *unscale, double a, int n)
{
  struct sums s = {0};
  int i = 0;
  for (; i + 8 <= n; i += 8)
    for (int h = 0; h < PARTS; h++) {
      const int k = i + h * VL;
      const vec left = vec_load(r + k) - vec_load(q + k) * a;
      const vec true_left = left * vec_load(unscale + k);
      vec_store(x + k, vec_load(x + k) + vec_load(p + k) * a);
      vec_store(r + k, left);
      s.lanes[h] += true_left * true_left;
    }
  fold_lanes(&s);
  for (; i < n; i++) {
    x[i] = x[i] + p[i] * a;
    r[i] = r[i] - q[i] * a;
    const double true_left = r[i] * unscale[i];
    s.part[i % 8] += true_left * true_left;
  }
  return total(s.part);
}

static double advance(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s,
                      double a)
{
  const int nx = v->p->nx, ny = v->p->ny;
  double sum = 0;
  for (ptrdiff_t j = 0; j < ny; j++)
    sum += v->p->volume[j] * advance_row(s->x + j * nx, s->r + j * nx, s->p + j * v->stride,
                                         s->q + j * nx, s->unscale + j * nx, a, nx);
  return sum;
}

INLINE double product_row(const double *r, const double *z, int n)
{
  struct sums s = {0};
  int i = 0;
  for (; i + 8 <= n; i += 8)
    for (int h = 0; h < PARTS; h++)
      s.lanes[h] += vec_load(r + i + h * VL) * vec_load(z + i + h * VL);
  fold_lanes(&s);
  for (; i < n; i++) s.part[i % 8] += r[i] * z[i];
  return total(s.part);
}

static double product(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s)
{
  const int nx = v->p->nx, ny = v->p->ny;
  double sum = 0;
  for (ptrdiff_t j = 0; j < ny; j++)
    sum += v->p->volume[j] * product_row(s->r + j * nx, s->z + j * nx, nx);
  return sum;
}

static void turn(const struct assay_varpoisson *v, const struct assay_varpoisson_space *s, double b)
{
  const int nx = v->p->nx, ny = v->p->ny;
  for (ptrdiff_t j = 0; j < ny; j++) {
    double *restrict p = s->p + j * v->stride;
    const double *restrict z = s->z + j * nx;
    for (int i = 0; i < nx; i++) p[i] = z[i] + b * p[i];
  }
}

const struct assay_varpoisson_kernels ASSAY_ISA_NAME(assay_varpoisson_kernels) = {apply, advance,
                                                                                  product, turn};
