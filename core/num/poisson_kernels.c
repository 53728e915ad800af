#include <stdint.h>
#include <string.h>

#include "core/num/lanes.h"
#include "core/num/poisson_plan.h"

#define KERNELS ASSAY_ISA_NAME(assay_dct_kernels)
enum { LINES = 8, PARTS = LINES / VL };

/* places in the caller's work array */
struct space {
  double *g;       /* [blocks][groups] tiles */
  double *buf;     /* one block of the transform */
  double *scratch; /* of the transform */
  double *carry;   /* [groups][8]: G or f of the neighbouring block; sum of P G */
  double *sum;     /* [groups][8] */
  double *tail;    /* [ny][8] */
};

static struct space divide(const struct assay_poisson *p, double *work)
{
  const size_t rows = 8 * (size_t)p->groups;
  struct space s;
  s.g = work + (64 - (uintptr_t)work % 64) % 64 / sizeof *work;
  s.buf = s.g + (size_t)p->blocks * (size_t)p->groups * ASSAY_TILE;
  s.scratch = s.buf + LINES * rows;
  s.carry = s.scratch + 3 * LINES * rows;
  s.sum = s.carry + rows;
  s.tail = s.sum + rows;
  return s;
}

/* Lanes part .. part + VL - 1 of a tile: a[c] = wavenumbers of column c, from rows of buf. */
INLINE void gather(vec *a, const vec *x, int rows, int part)
{
  for (int h = 0; h < PARTS; h++) {
    for (int r = 0; r < VL; r++) a[h * VL + r] = x[h * rows + part + r];
    vec_transpose(a + h * VL);
  }
}

INLINE void scatter(vec *x, int rows, int part, vec *a)
{
  for (int h = 0; h < PARTS; h++) {
    vec_transpose(a + h * VL);
    for (int r = 0; r < VL; r++) x[h * rows + part + r] = a[h * VL + r];
  }
}

/* G[x] = e[x] (r[x] + G[x-1]); sum += P[x-1] G[x] */
INLINE void up(double *restrict g, double *restrict carry, double *restrict sum, const vec *x,
               int rows, const double *e, const double *p)
{
  for (int part = 0; part < LINES; part += VL) {
    vec a[LINES];
    gather(a, x, rows, part);
    vec last = vec_load(carry + part);
    for (int c = 0; c < LINES; c++) {
      last = vec_load(e + 8 * c + part) * (a[c] + last);
      vec_store(g + 8 * c + part, last);
      a[c] = last;
    }
    vec_store(carry + part, last);
    if (!p) continue;
    vec s = vec_load(sum + part);
    for (int c = 0; c < LINES; c++) s += vec_load(p + 8 * c + part) * a[c];
    vec_store(sum + part, s);
  }
}

/* f[x] = e[x] f[x+1] + s G[x] + P[x] c */
INLINE void down(vec *x, int rows, const double *restrict g, double *restrict carry,
                 const double *restrict end, const double *e, const double *p, const double *s)
{
  for (int part = 0; part < LINES; part += VL) {
    vec a[LINES];
    vec f = vec_load(carry + part);
    const vec scale = vec_load(s + part), c = vec_load(end + part);
    for (int i = LINES - 1; i >= 0; i--) {
      vec t = vec_load(g + 8 * i + part) * scale;
      if (p) t += vec_load(p + 8 * i + part) * c;
      f = vec_load(e + 8 * i + part) * f + t;
      a[i] = f;
    }
    vec_store(carry + part, f);
    scatter(x, rows, part, a);
  }
}

static const double *pivots(const struct assay_poisson *p, int group, int block)
{
  const struct assay_poisson_group *g = &p->group[group];
  if (block == p->blocks - 1) return g->e_end;
  return g->e + (block < g->tiles ? block : g->tiles - 1) * ASSAY_TILE;
}

static double *tiles(const struct assay_poisson *p, const struct space *s, int block)
{
  return s->g + (ptrdiff_t)block * p->groups * ASSAY_TILE;
}

static void block_up(const struct assay_poisson *p, const struct space *s, int block)
{
  double *g = tiles(p, s, block);
  const vec *x = (const vec *)s->buf;
  for (int k = 0; k < p->groups; k++, g += ASSAY_TILE, x += 8) {
    const double *e = pivots(p, k, block);
    if (block < p->group[k].p_tiles)
      up(g, s->carry + 8 * k, s->sum + 8 * k, x, 8 * p->groups, e,
         p->group[k].p_up + block * ASSAY_TILE);
    else
      up(g, s->carry + 8 * k, NULL, x, 8 * p->groups, e, NULL);
  }
}

static void block_down(const struct assay_poisson *p, const struct space *s, int block)
{
  const double *g = tiles(p, s, block);
  vec *x = (vec *)s->buf;
  for (int k = 0; k < p->groups; k++, g += ASSAY_TILE, x += 8) {
    const double *e = pivots(p, k, block);
    if (block < p->group[k].p_tiles)
      down(x, 8 * p->groups, g, s->carry + 8 * k, s->sum + 8 * k, e,
           p->group[k].p_down + block * ASSAY_TILE, p->group[k].s);
    else
      down(x, 8 * p->groups, g, s->carry + 8 * k, s->sum + 8 * k, e, NULL, p->group[k].s);
  }
}

/* G of column x, wavenumber k */
static double *entry(const struct assay_poisson *p, const struct space *s, int x, int k)
{
  return tiles(p, s, x / 8) + k / 8 * ASSAY_TILE + x % 8 * 8 + k % 8;
}

static void remove_mean(const struct assay_poisson *p, const struct space *s)
{
  const int n = p->nx;
  const double mean = *entry(p, s, n - 1, 0) / n;
  double sum = 0;
  for (int x = 0; x < n - 1; x++) {
    double *g = entry(p, s, x, 0);
    *g -= p->h[x] * mean;
    sum += p->w[x] * *g;
  }
  *entry(p, s, n - 1, 0) = -sum / n;
}

/* Between up and down: the last column of periodic systems, the singular one, f[nx] = 0. */
static void turn_around(const struct assay_poisson *p, const struct space *s)
{
  const int k_end = 8 * p->groups;
  if (p->periodic)
    for (int k = 0; k < k_end; k++)
      *entry(p, s, p->nx - 1, k) += p->group[k / 8].e_end[(p->nx - 1) % 8 * 8 + k % 8] * s->sum[k];
  if (p->singular) remove_mean(p, s);
  for (int k = 0; k < k_end; k++)
    s->sum[k] = p->periodic ? p->group[k / 8].s[k % 8] * *entry(p, s, p->nx - 1, k) : 0;
  memset(s->carry, 0, (size_t)k_end * sizeof(double));
}

static void clear(const struct assay_poisson *p, const struct space *s)
{
  const size_t rows = 8 * (size_t)p->groups;
  memset(s->carry, 0, rows * sizeof(double));
  memset(s->sum, 0, rows * sizeof(double));
  for (size_t h = 0; h < PARTS; h++) /* rows of the buffer that no transform writes */
    for (size_t i = (h * rows + (size_t)p->ny) * VL; i < (h + 1) * rows * VL; i++) s->buf[i] = 0;
}

static void transform(const struct assay_poisson *p, const struct space *s, const double *rhs,
                      int block)
{
  const int columns = p->nx - 8 * block;
  const double *in = rhs + 8 * block;
  ptrdiff_t stride = p->nx;
  if (columns < 8) {
    for (int j = 0; j < p->ny; j++)
      for (int i = 0; i < 8; i++) s->tail[8 * j + i] = i < columns ? in[j * stride + i] : 0;
    in = s->tail;
    stride = 8;
  }
  KERNELS.forward(p->dct, s->buf, in, stride, p->sign, s->scratch);
}

static void transform_back(const struct assay_poisson *p, const struct space *s, double *phi,
                           int block)
{
  const int columns = p->nx - 8 * block;
  double *out = phi + 8 * block;
  if (columns >= 8) {
    KERNELS.backward(p->dct, out, p->nx, s->buf, p->sign, s->scratch);
    return;
  }
  KERNELS.backward(p->dct, s->tail, 8, s->buf, p->sign, s->scratch);
  for (int j = 0; j < p->ny; j++)
    memcpy(out + (ptrdiff_t)j * p->nx, s->tail + 8 * j, (size_t)columns * sizeof *out);
}

static void solve(const struct assay_poisson *p, double *restrict phi, const double *restrict rhs,
                  double *restrict work)
{
  const struct space s = divide(p, work);
  clear(p, &s);
  for (int b = 0; b < p->blocks; b++) {
    transform(p, &s, rhs, b);
    block_up(p, &s, b);
  }
  turn_around(p, &s);
  for (int b = p->blocks - 1; b >= 0; b--) {
    block_down(p, &s, b);
    transform_back(p, &s, phi, b);
  }
}

const struct assay_poisson_kernels ASSAY_ISA_NAME(assay_poisson_kernels) = {solve};
