/* Kernels of the volume-of-fluid method, compiled once per instruction set. With Q the volume and F
 * the marked volume through a face during the step, V the volume of a cell and d the difference of
 * opposite faces, the two sweeps of Weymouth & Yue (2010) are
 *
 *   c*   = c  - (dx F - C dx Q) / V,    F from the interface in c
 *   c^n+1 = c* - (dy F - C dy Q) / V,   F from the interface in c*,    C = 1 if c > 1/2 else 0,
 *
 * or y before x. C is that of the start of the step in both: with dx Q + dy Q = 0 the dilation
 * cancels and c changes by the fluxes alone; and since no cell can lose more than it holds in
 * either sweep, nor more than half a cell comes in while the sum of inflow is below V/2, c stays in
 * [0, 1].
 *
 * F is Q times the fraction of the donating cell where that is full or empty, which one vector loop
 * does for all; for the few cells crossed by the interface it is then replaced by the marked part
 * of the slab next to the face whose volume is Q (vof_geometry.h). Sums run over eight fixed lanes,
 * so that they do not depend on the instruction set. */
#include "core/flow/vof_kernels.h"

#include <math.h>

#include "core/flow/vof.h"
#include "core/flow/vof_geometry.h"
#include "core/num/choose_lanes.h"

enum { LANES = 8, BLOCK = 32, PARTS = LANES / VL };

/* Up to VL numbers of a row; what lies behind them reads as zero and is not written. */
INLINE vec load(const double *p, int count)
{
  return count >= VL ? vec_load(p) : vec_load_some(p, count);
}

INLINE void store(double *p, vec a, int count)
{
  if (count >= VL)
    vec_store(p, a);
  else
    vec_store_some(p, a, count);
}

/* Slabs thinner than this part of a cell are left to the donor's mean. */
static const double thin = 1e-30;

/* Half the volume per time through the faces of cell i over its volume. */
struct rates {
  const double *u, *v, *above;
  double a, b, c;
};

static inline double cell_rate(const struct rates *r, int i)
{
  return r->a * (fabs(r->u[i]) + fabs(r->u[i + 1])) +
         (r->b * fabs(r->v[i]) + r->c * fabs(r->above[i]));
}

static inline void note_rate(double *top, double *spoilt, double r)
{
  *top = r > *top ? r : *top;
  *spoilt += 0 * r;
}

static double rate(const struct assay_vof_sweep *s)
{
  double top[LANES] = {0}, spoilt[LANES] = {0}, all = 0, any = 0;
  for (int j = 0; j < s->ny; j++) {
    const struct assay_vof_row g = s->row[j];
    const double *v = s->v + j * s->v_stride, half = 0.5 * g.inv_volume;
    const struct rates r = {s->u + j * s->u_stride, v,
                            v + s->v_stride,        half * g.area,
                            half * g.area_below,    half * g.area_above};
    int i = 0;
    for (; i + LANES <= s->nx; i += LANES)
#pragma omp simd
      for (int l = 0; l < LANES; l++) note_rate(&top[l], &spoilt[l], cell_rate(&r, i + l));
    for (; i < s->nx; i++) note_rate(&top[0], &spoilt[0], cell_rate(&r, i));
  }
  for (int l = 0; l < LANES; l++) {
    all = top[l] > all ? top[l] : all;
    any += spoilt[l];
  }
  return any == 0 ? all : HUGE_VAL;
}

/* Fluxes through `count` faces, each from a donor that is full, empty or as good as that: the cell
 * `back` before the face where the flow is positive, else the one behind. */
INLINE void upwind(double *f, const double *q, const double *w, ptrdiff_t back, int count,
                   double scale)
{
  const vec zero = {0}, one = zero + 1, volume = load(q, count) * scale;
  const vec donor = vec_choose(vec_side_of(volume), load(w - back, count), load(w, count));
  store(f, volume * vec_least(one, vec_most(zero, donor)), count);
}

INLINE void upwind_row(double *restrict f, const double *restrict q, const double *restrict w,
                       ptrdiff_t back, int count, double scale)
{
  int i = 0;
  for (; i + VL <= count; i += VL) upwind(f + i, q + i, w + i, back, VL, scale);
  if (i < count) upwind(f + i, q + i, w + i, back, count - i, scale);
}

/* One bit for each of `count` cells that the interface crosses. */
INLINE unsigned mixed(const double *w, int count)
{
  const vec c = load(w, count), zero = {0};
  return vec_bits((c > zero + ASSAY_VOF_PURE) & (c < zero + (1 - ASSAY_VOF_PURE)));
}

/* Columns of the cells crossed by the interface: few, so most blocks hold none. */
static inline int mixed_cells(int *restrict list, const double *restrict w, int count)
{
  int n = 0;
  for (int first = 0; first < count; first += BLOCK) {
    unsigned bits = 0;
    for (int i = 0; i < BLOCK && first + i < count; i += VL)
      bits |= mixed(w + first + i, count - first - i) << i;
    for (; bits; bits &= bits - 1) list[n++] = first + __builtin_ctz(bits);
  }
  return n;
}

static void flux_x(const struct assay_vof_sweep *s)
{
  for (int j = 0; j < s->ny; j++) {
    const struct assay_vof_row g = s->row[j];
    const double *w = s->work + j * s->stride, *u = s->u + j * s->u_stride;
    double *f = s->flux_x + j * s->stride;
    const double scale = g.area * s->dt, slab = scale * g.inv_volume;
    upwind_row(f, u, w, 1, s->nx + 1, scale);
    const int n = mixed_cells(s->list, w, s->nx);
    for (int k = 0; k < n; k++) {
      const int i = s->list[k];
      const double left = -u[i] * slab, right = u[i + 1] * slab; /* outwards */
      if (left <= thin && right <= thin) continue;
      const struct vof_normal m = vof_normal_of(w + i, s->stride);
      const double alpha = vof_line(m, w[i], g.slant);
      if (left > thin) f[i] = -g.volume * vof_slab_x(m, alpha, g.slant, left, 0);
      if (right > thin) f[i + 1] = g.volume * vof_slab_x(m, alpha, g.slant, right, 1);
    }
  }
}

static void flux_y(const struct assay_vof_sweep *s)
{
  const ptrdiff_t st = s->stride;
  upwind_row(s->flux_y, s->v, s->work, st, s->nx, s->row[0].area_below * s->dt);
  for (int j = 0; j < s->ny; j++) {
    const struct assay_vof_row g = s->row[j];
    const double *w = s->work + j * st, *v = s->v + j * s->v_stride, *next = v + s->v_stride;
    double *f = s->flux_y + j * st;
    const double below = g.area_below * s->dt * g.inv_volume;
    const double above = g.area_above * s->dt * g.inv_volume;
    upwind_row(f + st, next, w + st, st, s->nx, g.area_above * s->dt);
    const int n = mixed_cells(s->list, w, s->nx);
    for (int k = 0; k < n; k++) {
      const int i = s->list[k];
      const double down = -v[i] * below, up = next[i] * above; /* outwards */
      if (down <= thin && up <= thin) continue;
      const struct vof_normal m = vof_normal_of(w + i, st);
      const double alpha = vof_line(m, w[i], g.slant);
      if (down > thin) {
        const double h = vof_slab_height(down, g.slant, 0);
        f[i] = -g.volume * vof_slab_y(m, alpha, g.slant, h, 0);
      }
      if (up > thin) {
        const double h = vof_slab_height(up, g.slant, 1);
        f[i + st] = g.volume * vof_slab_y(m, alpha, g.slant, h, 1);
      }
    }
  }
}

/* One row of either sweep: near and far are the fluxes through the lower and the upper faces, q the
 * velocities there, a their areas times dt. */
struct faces {
  const double *near, *far, *q_near, *q_far;
  double a_near, a_far;
};

static inline struct faces faces_x(const struct assay_vof_sweep *s, int j)
{
  const double *f = s->flux_x + j * s->stride, *u = s->u + j * s->u_stride;
  const double a = s->row[j].area * s->dt;
  return (struct faces){f, f + 1, u, u + 1, a, a};
}

static inline struct faces faces_y(const struct assay_vof_sweep *s, int j)
{
  const double *f = s->flux_y + j * s->stride, *v = s->v + j * s->v_stride;
  return (struct faces){f,
                        f + s->stride,
                        v,
                        v + s->v_stride,
                        s->row[j].area_below * s->dt,
                        s->row[j].area_above * s->dt};
}

/* What `count` cells at i hold after a sweep; c: at the start of the step. */
INLINE vec swept(const struct faces *f, int i, vec work, vec c, double inv_volume, int count)
{
  const vec half = (vec){0} + 0.5;
  const vec dilation =
      load(f->q_far + i, count) * f->a_far - load(f->q_near + i, count) * f->a_near;
  const vec loss = load(f->far + i, count) - load(f->near + i, count);
  return work - (loss - (vec)((vec_mask)dilation & (c > half))) * inv_volume;
}

INLINE void advance(double *w, const double *c, const struct faces *f, int i, int count,
                    double inv_volume)
{
  store(w + i, swept(f, i, load(w + i, count), load(c + i, count), inv_volume, count), count);
}

static inline void advance_row(double *restrict w, const double *restrict c, const struct faces f,
                               int count, double inv_volume)
{
  int i = 0;
  for (; i + VL <= count; i += VL) advance(w, c, &f, i, VL, inv_volume);
  if (i < count) advance(w, c, &f, i, count - i, inv_volume);
}

static void advance_x(const struct assay_vof_sweep *s)
{
  for (int j = 0; j < s->ny; j++)
    advance_row(s->work + j * s->stride, s->c + j * s->stride, faces_x(s, j), s->nx,
                s->row[j].inv_volume);
}

static void advance_y(const struct assay_vof_sweep *s)
{
  for (int j = 0; j < s->ny; j++)
    advance_row(s->work + j * s->stride, s->c + j * s->stride, faces_y(s, j), s->nx,
                s->row[j].inv_volume);
}

INLINE vec purified(vec c)
{
  const vec zero = {0}, one = zero + 1;
  const vec low = vec_pick(c > zero + (1 - ASSAY_VOF_PURE), one, c);
  return vec_pick(c < zero + ASSAY_VOF_PURE, zero, low);
}

/* Sums in eight lanes. */
struct balance {
  vec lost[PARTS], room[PARTS];
};

/* Last sweep of `count` cells, in part h of the lanes: adds the volume that the fluxes left there
 * and c does not show, and the room that rounding of other cells may fill or empty. */
INLINE void finish_cells(struct balance *b, int h, double *c, const double *w,
                         const struct faces *f, const struct faces *g, int i, int count,
                         const struct assay_vof_row *row)
{
  const vec before = load(c + i, count);
  const vec after = purified(swept(f, i, load(w + i, count), before, row->inv_volume, count));
  store(c + i, after, count);
  const vec lost = (before - after) * row->volume -
                   (load(f->far + i, count) - load(f->near + i, count)) -
                   (load(g->far + i, count) - load(g->near + i, count));
  const vec room = after * ((vec){0} + 1 - after) * row->volume;
  b->lost[h] += count < VL ? vec_first(lost, count) : lost;
  b->room[h] += count < VL ? vec_first(room, count) : room;
}

INLINE void finish_row(struct balance *b, double *restrict c, const double *restrict w,
                       const struct faces f, const struct faces g, int count,
                       const struct assay_vof_row row)
{
  int i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int h = 0; h < PARTS; h++) finish_cells(b, h, c, w, &f, &g, i + h * VL, VL, &row);
  for (int h = 0; h < PARTS && i < count; h++, i += VL)
    finish_cells(b, h, c, w, &f, &g, i, count - i < VL ? count - i : VL, &row);
}

static double sum_of_lanes(const vec *parts)
{
  double a[LANES];
  for (int h = 0; h < PARTS; h++) vec_store(a + h * VL, parts[h]);
  return ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]));
}

static inline struct assay_vof_balance finish(const struct assay_vof_sweep *s, const int along_x)
{
  struct balance b = {0};
  for (int j = 0; j < s->ny; j++) {
    const struct faces x = faces_x(s, j), y = faces_y(s, j);
    finish_row(&b, s->c + j * s->stride, s->work + j * s->stride, along_x ? x : y, along_x ? y : x,
               s->nx, s->row[j]);
  }
  return (struct assay_vof_balance){sum_of_lanes(b.lost), sum_of_lanes(b.room)};
}

static struct assay_vof_balance finish_x(const struct assay_vof_sweep *s)
{
  return finish(s, 1);
}

static struct assay_vof_balance finish_y(const struct assay_vof_sweep *s)
{
  return finish(s, 0);
}

static inline void spread_row(double *restrict c, int count, double share)
{
#pragma omp simd
  for (int i = 0; i < count; i++) c[i] += share * (c[i] * (1 - c[i]));
}

static void spread(const struct assay_vof_sweep *s, double share)
{
  for (int j = 0; j < s->ny; j++) spread_row(s->c + j * s->stride, s->nx, share);
}

const struct assay_vof_kernels ASSAY_ISA_NAME(assay_vof_kernels) = {
    .rate = rate,
    .flux_x = flux_x,
    .flux_y = flux_y,
    .advance_x = advance_x,
    .advance_y = advance_y,
    .finish_x = finish_x,
    .finish_y = finish_y,
    .spread = spread,
};
