#include "core/num/choose_lanes.h"
#include "core/num/sum_lanes.h"
#include "core/num/varpoisson_plan.h"

typedef const struct assay_varpoisson plan;
typedef const struct assay_varpoisson_space space;

/* Lanes i .. of n numbers in the caller's array; what lies behind them reads as zero. */
INLINE vec load(const double *p, int i, int n)
{
  if (i + VL <= n) return vec_load(p + i);
  return i < n ? vec_load_some(p + i, n - i) : (vec){0};
}

INLINE void store(double *p, int i, int n, vec a)
{
  if (i + VL <= n)
    vec_store(p + i, a);
  else if (i < n)
    vec_store_some(p + i, a, n - i);
}

/* ---- weights -------------------------------------------------------------------------------- */

/* out = link factor times beta */
INLINE void weigh_row(double *restrict out, const double *link, const double *beta, int n)
{
  for (int i = 0; i < n; i += VL) vec_store(out + i, vec_load(link + i) * load(beta, i, n));
}

/* The last faces of a periodic direction are the first ones. */
static void weigh(plan *v, space *s, const struct assay_varpoisson_problem *problem)
{
  const ptrdiff_t nx = v->p->nx, ny = v->p->ny, stride = v->stride;
  const struct assay_multigrid_level *l = &s->weights->level[0];
  weigh_row(l->north, v->link_y, problem->beta_y, (int)nx);
  for (ptrdiff_t j = 0, row = 0; j < ny; j++, row += stride) {
    double *east = l->east + row, *south = l->north + row, *north = south + stride;
    const int same = j == ny - 1 && v->p->periodic; /* as the first row */
    weigh_row(east, v->link_x + row, problem->beta_x + j * (nx + 1), (int)nx + 1);
    if (v->p->x == ASSAY_BC_PERIODIC) east[nx] = east[0];
    weigh_row(north, v->link_y + (same ? 0 : row + stride),
              problem->beta_y + (same ? 0 : (j + 1) * nx), (int)nx);
    for (int i = 0; i < nx; i += VL)
      vec_store(l->diagonal + row + i, (vec_load(east + i) + vec_load(east + i + 1)) +
                                           (vec_load(south + i) + vec_load(north + i)));
  }
}

/* Smallest and largest b so far, in every lane, and whether all were fit. */
struct range {
  vec low, high;
  vec_mask unfit;
};

/* VL cells, of which `count` are some */
INLINE void scale_cells(const struct assay_multigrid_level *l, plan *v, space *s, ptrdiff_t k,
                        int count, struct range *range)
{
  const vec zero = {0}, one = zero + 1, d = vec_load(l->diagonal + k),
            d1 = vec_load(v->reduced + k);
  const vec_mask some = d1 > zero, here = vec_lanes(count);
  const vec b = vec_pick(some, d / d1, one), root = vec_root(b);
  range->unfit |= here & ~((b > zero) & (b <= zero + ASSAY_VARPOISSON_MOST));
  range->low = vec_least(vec_pick(some & here, b, range->low), range->low);
  range->high = vec_most(vec_pick(some & here, b, range->high), range->high);
  vec_store(s->unscale + k, vec_first(root, count));
  vec_store(s->scale + k, vec_first(one / root, count));
  vec_store(l->inverse + k, vec_first(vec_pick(d > zero, one / d, zero), count));
}

static int scale(plan *v, space *s, double range[2])
{
  const int nx = v->p->nx;
  struct range r = {(vec){0} + __builtin_huge_val(), {0}, {0}};
  int fit = 1;
  for (ptrdiff_t j = 0; j < v->p->ny; j++)
    for (int i = 0; i < nx; i += VL)
      scale_cells(&s->weights->level[0], v, s, j * v->stride + i, nx - i < VL ? nx - i : VL, &r);
  range[0] = __builtin_huge_val(), range[1] = 0;
  for (int l = 0; l < VL; l++) {
    range[0] = r.low[l] < range[0] ? r.low[l] : range[0];
    range[1] = r.high[l] > range[1] ? r.high[l] : range[1];
    fit &= r.unfit[l] == 0;
  }
  return fit;
}

/* ---- the operator --------------------------------------------------------------------------- */

/* one row of the operator, its pointers at cell 0 */
struct row {
  const double *p, *scale, *west, *south, *north, *diagonal;
  int stride;
  double inverse;
};

INLINE struct row row_of(plan *v, space *s, const double *p, ptrdiff_t j)
{
  const struct assay_multigrid_level *l = &s->weights->level[0];
  const ptrdiff_t at = j * v->stride;
  return (struct row){
      p + at,          s->scale + at, l->east + at, l->north + at, l->north + at + v->stride,
      v->reduced + at, v->stride,     v->inverse[j]};
}

/* s E s p for one of the neighbours of the cells at i */
INLINE vec flux(const struct row *w, const double *face, vec scale, int at)
{
  return vec_load(face) * (scale * vec_load(w->scale + at)) * vec_load(w->p + at);
}

/* V^-1 s B s p */
INLINE vec operate(const struct row *w, int i)
{
  const vec scale = vec_load(w->scale + i), p = vec_load(w->p + i);
  return (((flux(w, w->west + i + 1, scale, i + 1) + flux(w, w->west + i, scale, i - 1)) +
           (flux(w, w->north + i, scale, i + w->stride) +
            flux(w, w->south + i, scale, i - w->stride))) -
          vec_load(w->diagonal + i) * p) *
         w->inverse;
}

/* q = V^-1 s B s p; <p, q> of the row */
INLINE double apply_row(plan *v, space *s, ptrdiff_t j)
{
  const struct row w = row_of(v, s, s->p, j);
  const int n = v->p->nx;
  double *restrict to = s->q + j * v->stride;
  struct sums sum = {0};
  for (int i = 0; i < n; i += SUM_LANES)
    for (int h = 0; h < SUM_VECS; h++) {
      const int k = i + h * VL;
      vec q = operate(&w, k);
      if (k + VL > n) q = vec_first(q, n - k);
      vec_store(to + k, q);
      sum.lanes[h] += q * vec_load(w.p + k);
    }
  return v->p->volume[j] * sums_total(&sum);
}

/* p = z + b times what was */
INLINE void turn_row(plan *v, space *s, const double *was, double b, ptrdiff_t j,
                     const int multigrid)
{
  const ptrdiff_t at = j * v->stride, nx = v->p->nx;
  const double *z = multigrid ? s->multigrid->level[0].x + at : s->z + at;
  const double *unscale = s->unscale + at;
  double *p = s->p + at;
  was += at;
  for (int i = 0; i < nx; i += VL) {
    const vec here = multigrid ? -vec_load(unscale + i) * vec_load(z + i) : vec_load(z + i);
    vec next = here + b * vec_load(was + i);
    if (i + VL > nx) next = vec_first(next, (int)nx - i);
    vec_store(p + i, next);
  }
  if (v->p->x == ASSAY_BC_PERIODIC) {
    p[-1] = p[nx - 1];
    p[nx] = p[0];
  }
}

/* the rows beyond, once all are there */
static void wrap_rows(plan *v, double *p)
{
  const ptrdiff_t n = v->p->ny * (ptrdiff_t)v->stride;
  for (int i = 0; i < v->p->nx; i++) {
    p[i - v->stride] = p[n - v->stride + i];
    p[n + i] = p[i];
  }
}

INLINE double turn_and_apply(plan *v, space *s, double b, int first, const int multigrid)
{
  const int ny = v->p->ny, ahead = v->p->periodic ? ny : 1;
  const double *was = first ? s->x : s->p;
  double sum = 0;
  for (ptrdiff_t j = 0; j < ny + ahead; j++) {
    if (j < ny) turn_row(v, s, was, b, j, multigrid);
    if (j == ny - 1 && v->p->periodic) wrap_rows(v, s->p);
    if (j >= ahead) sum += apply_row(v, s, j - ahead);
  }
  return sum;
}

static double apply(plan *v, space *s, double b, int first)
{
  return s->multigrid ? turn_and_apply(v, s, b, first, 1) : turn_and_apply(v, s, b, first, 0);
}

/* ---- vectors -------------------------------------------------------------------------------- */

static double start(plan *v, space *s, const double *phi, int *from_zero)
{
  const ptrdiff_t n = v->p->nx, ny = v->p->ny;
  double norm = 0;
  vec_mask some = {0};
  for (ptrdiff_t j = 0; j < ny; j++) {
    struct sums sum = {0};
    for (int i = 0; i < n; i += SUM_LANES)
      for (int h = 0; h < SUM_VECS; h++) {
        const int k = i + h * VL;
        const ptrdiff_t at = j * v->stride + k;
        const vec f = load(s->flat + j * n, k, (int)n), old = load(phi + j * n, k, (int)n);
        some |= (vec_mask)old;
        vec_store(s->b + at, vec_load(s->scale + at) * f);
        vec_store(s->x + at, vec_load(s->unscale + at) * old);
        sum.lanes[h] += f * f;
      }
    norm += v->p->volume[j] * sums_total(&sum);
  }
  *from_zero = 1;
  for (int l = 0; l < VL; l++) *from_zero &= some[l] == 0;
  return norm;
}

/* The last difference is that of a step of length zero. */
INLINE double residual_row(plan *v, space *s, ptrdiff_t j, const int from_zero)
{
  const struct row w = row_of(v, s, s->x, j);
  const ptrdiff_t at = j * v->stride;
  const int n = v->p->nx;
  const double *b = s->b + at, *unscale = s->unscale + at;
  double *restrict r = s->r + at;
  struct sums sum = {0};
  for (int i = 0; i < n; i += SUM_LANES)
    for (int h = 0; h < SUM_VECS; h++) {
      const int k = i + h * VL;
      const vec q = from_zero ? (vec){0} : operate(&w, k);
      vec left = vec_load(b + k) - q - q * 0.0;
      if (k + VL > n) left = vec_first(left, n - k);
      const vec true_left = left * vec_load(unscale + k);
      vec_store(r + k, left);
      sum.lanes[h] += true_left * true_left;
    }
  return v->p->volume[j] * sums_total(&sum);
}

static double residual(plan *v, space *s)
{
  double sum = 0;
  for (ptrdiff_t j = 0; j < v->p->ny; j++)
    sum += s->from_zero ? residual_row(v, s, j, 1) : residual_row(v, s, j, 0);
  return sum;
}

static double advance(plan *v, space *s, double a)
{
  double sum = 0;
  for (ptrdiff_t j = 0; j < v->p->ny; j++) {
    const ptrdiff_t at = j * v->stride;
    const double *p = s->p + at, *q = s->q + at, *unscale = s->unscale + at;
    double *restrict x = s->x + at, *restrict r = s->r + at;
    struct sums row = {0};
    for (int i = 0; i < v->p->nx; i += SUM_LANES)
      for (int h = 0; h < SUM_VECS; h++) {
        const int k = i + h * VL;
        const vec left = vec_load(r + k) - vec_load(q + k) * a;
        const vec true_left = left * vec_load(unscale + k);
        vec_store(x + k, vec_load(x + k) + vec_load(p + k) * a);
        vec_store(r + k, left);
        row.lanes[h] += true_left * true_left;
      }
    sum += v->p->volume[j] * sums_total(&row);
  }
  return sum;
}

static double product(plan *v, space *s)
{
  double sum = 0;
  for (ptrdiff_t j = 0; j < v->p->ny; j++) {
    const double *r = s->r + j * v->stride, *z = s->z + j * v->stride;
    struct sums row = {0};
    for (int i = 0; i < v->p->nx; i += SUM_LANES)
      for (int h = 0; h < SUM_VECS; h++)
        row.lanes[h] += vec_load(r + i + h * VL) * vec_load(z + i + h * VL);
    sum += v->p->volume[j] * sums_total(&row);
  }
  return sum;
}

static void finish(plan *v, space *s, double *phi)
{
  const int n = v->p->nx;
  for (ptrdiff_t j = 0; j < v->p->ny; j++)
    for (int i = 0; i < n; i += VL) {
      const ptrdiff_t at = j * v->stride + i;
      store(phi + j * n, i, n, vec_load(s->scale + at) * vec_load(s->x + at));
    }
}

const struct assay_varpoisson_kernels ASSAY_ISA_NAME(assay_varpoisson_kernels) = {
    .weigh = weigh,
    .scale = scale,
    .start = start,
    .residual = residual,
    .product = product,
    .apply = apply,
    .advance = advance,
    .finish = finish,
};
