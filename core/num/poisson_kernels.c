#include <stdint.h>
#include <string.h>

#include "core/num/lanes.h"
#include "core/num/poisson_plan.h"

#define DCT ASSAY_ISA_NAME(assay_dct_kernels)
enum { ROWS = 8, PARTS = ROWS / VL };

/* places in the caller's arrays */
struct space {
  double *g;       /* [blocks, groups, 8, 8]: G in tiles of 8 rows of 8 wavenumbers */
  double *buf;     /* one block of the transform */
  double *scratch; /* of the transform */
  double *carry;   /* [groups, 8]: G or f of the neighbouring row */
  double *sum;     /* [groups, 8]: sum of P G, then c */
  double *tail;    /* [8, nx]: the last block if it is not full */
};

static struct space divide(const struct assay_poisson *p, double *phi, double *work)
{
  const size_t columns = 8 * (size_t)p->groups;
  struct space s;
  s.buf = work + (64 - (uintptr_t)work % 64) % 64 / sizeof *work;
  s.scratch = s.buf + ROWS * columns;
  s.carry = s.scratch + 3 * ROWS * columns;
  s.sum = s.carry + columns;
  s.tail = s.sum + columns;
  s.g = p->in_phi ? phi : s.tail + ROWS * columns;
  return s;
}

static double *tiles(const struct assay_poisson *p, const struct space *s, int block)
{
  return s->g + (ptrdiff_t)block * p->groups * ASSAY_TILE;
}

/* Lanes part .. part + VL - 1 of a tile: a[j] = wavenumbers of row j of the block. In
 * buf wavenumbers lie below each other, `rows` of them per part, and the rows of the block in
 * lanes. */
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

/* What the elimination of a tile reads: rows of 8, of e a single one at rest; p may be NULL; vol,
 * lo, hi are per row. */
struct factors {
  const double *e, *p, *s, *vol, *lo, *hi;
  int rest;
};

INLINE struct factors factors(const struct assay_poisson *p, int group, int block, int down)
{
  const struct assay_poisson_group *g = &p->group[group];
  struct factors f = {.e = g->e_rest, .s = g->s, .rest = 1};
  if (block == p->blocks - 1)
    f.e = g->e_end, f.rest = 0;
  else if (block < g->tiles)
    f.e = g->e + block * ASSAY_TILE, f.rest = 0;
  if (block < g->p_tiles) f.p = (down ? g->p_down : g->p_up) + block * ASSAY_TILE;
  if (p->vol) f.vol = p->vol + 8 * block, f.lo = p->lo + 8 * block, f.hi = p->hi + 8 * block;
  return f;
}

/* Properties of a sweep that the compiler shall know: rows of any height; G is added to what is
 * there; tiny carries become zero; e is at rest. */
enum { LINES = 1, ADD = 2, FLUSH = 4, REST = 8 };

INLINE vec e_of(const struct factors *f, int j, int part, int kind)
{
  return vec_load(f->e + (kind & REST ? 0 : ROWS * j) + part);
}

INLINE void carry_on(double *carry, vec last, int kind)
{
  typedef long long bits __attribute__((vector_size(8 * VL)));
  const vec limit = (vec){0} + ASSAY_POISSON_TINY;
  const bits tiny = (last < limit) & (last > -limit);
  vec_store(carry, kind & FLUSH ? (vec)((bits)last & ~tiny) : last);
}

/* G[j] = e[j] (vol[j] r[j] + w[j] G[j-1]); sum += P[j-1] G[j]. x NULL: r = 0 */
INLINE void up(double *restrict g, double *restrict carry, double *restrict sum, const vec *x,
               int rows, struct factors f, int kind)
{
  for (int part = 0; part < ROWS; part += VL) {
    vec a[ROWS] = {0};
    if (x) gather(a, x, rows, part);
    vec last = vec_load(carry + part);
    for (int j = 0; j < ROWS; j++) {
      if (kind & LINES) a[j] = a[j] * f.vol[j], last = last * f.lo[j];
      last = e_of(&f, j, part, kind) * (a[j] + last);
      vec_store(g + ROWS * j + part, kind & ADD ? vec_load(g + ROWS * j + part) + last : last);
      a[j] = last;
    }
    carry_on(carry + part, last, kind);
    if (!f.p) continue;
    vec s = vec_load(sum + part);
    for (int j = 0; j < ROWS; j++) s += vec_load(f.p + 8 * j + part) * a[j];
    vec_store(sum + part, s);
  }
}

/* f[j] = e[j] w[j+1] f[j+1] + s G[j] + P[j] c; x NULL: only the carry is wanted */
INLINE void down(vec *x, int rows, const double *restrict g, double *restrict carry,
                 const double *restrict end, struct factors f, int kind)
{
  for (int part = 0; part < ROWS; part += VL) {
    vec a[ROWS];
    vec last = vec_load(carry + part);
    const vec scale = vec_load(f.s + part), c = vec_load(end + part);
    for (int j = ROWS - 1; j >= 0; j--) {
      vec t = vec_load(g + ROWS * j + part) * scale;
      if (f.p) t += vec_load(f.p + 8 * j + part) * c;
      if (kind & LINES) last = last * f.hi[j];
      last = e_of(&f, j, part, kind) * last + t;
      a[j] = last;
    }
    carry_on(carry + part, last, kind);
    if (x) scatter(x, rows, part, a);
  }
}

/* The same with what the factors tell about the kind. */
INLINE void tile_up(double *restrict g, double *restrict carry, double *restrict sum, const vec *x,
                    int rows, struct factors f, int kind)
{
  const struct factors plain = {f.e, NULL, f.s, f.vol, f.lo, f.hi, f.rest};
  if (f.p)
    up(g, carry, sum, x, rows, f, kind | (f.rest ? REST : 0));
  else if (f.vol)
    up(g, carry, sum, x, rows, plain, kind | LINES);
  else if (f.rest)
    up(g, carry, sum, x, rows, plain, kind | REST);
  else
    up(g, carry, sum, x, rows, plain, kind);
}

INLINE void tile_down(vec *x, int rows, const double *restrict g, double *restrict carry,
                      const double *restrict end, struct factors f, int kind)
{
  const struct factors plain = {f.e, NULL, f.s, f.vol, f.lo, f.hi, f.rest};
  if (f.p)
    down(x, rows, g, carry, end, f, kind | (f.rest ? REST : 0));
  else if (f.vol)
    down(x, rows, g, carry, end, plain, kind | LINES);
  else if (f.rest)
    down(x, rows, g, carry, end, plain, kind | REST);
  else
    down(x, rows, g, carry, end, plain, kind);
}

/* Group k on its way through the elimination, x its wavenumbers. */
INLINE void group_up(const struct assay_poisson *p, const struct space *s, int block, int k,
                     const vec *x, int kind)
{
  tile_up(tiles(p, s, block) + k * ASSAY_TILE, s->carry + 8 * k, s->sum + 8 * k, x, 8 * p->groups,
          factors(p, k, block, 0), kind);
}

INLINE void group_down(const struct assay_poisson *p, const struct space *s, int block, int k,
                       vec *x, int kind)
{
  tile_down(x, 8 * p->groups, tiles(p, s, block) + k * ASSAY_TILE, s->carry + 8 * k, s->sum + 8 * k,
            factors(p, k, block, 1), kind);
}

/* the same for a block of which the transform makes, or takes, one part after the other */
static void parts_up(const struct assay_poisson *p, const struct space *s, int block, int kind)
{
  const struct assay_dct4 *d = p->dct->level;
  const int parts = assay_dct_parts(d, d->passes - 1), flush = kind & FLUSH;
  for (int part = 0; part < parts; part++) {
    const vec *x = (const vec *)s->buf;
    DCT.forward_part(p->dct, s->buf, s->scratch, part);
    for (int i = 0; i < p->groups / parts; i++, x += 8)
      if (flush)
        group_up(p, s, block, assay_dct_group(parts, part, i), x, ADD | FLUSH);
      else
        group_up(p, s, block, assay_dct_group(parts, part, i), x, 0);
  }
}

static void parts_down(const struct assay_poisson *p, const struct space *s, int block, int kind)
{
  const int parts = assay_dct_parts(p->dct->level, 0), flush = kind & FLUSH;
  for (int part = 0; part < parts; part++) {
    vec *x = (vec *)s->buf;
    for (int i = 0; i < p->groups / parts; i++, x += 8)
      if (flush)
        group_down(p, s, block, assay_dct_group(parts, part, i), x, FLUSH);
      else
        group_down(p, s, block, assay_dct_group(parts, part, i), x, 0);
    DCT.backward_part(p->dct, s->buf, s->scratch, part);
  }
}

INLINE void blocks_up(const struct assay_poisson *p, const struct space *s, int block, int kind)
{
  const vec *x = (const vec *)s->buf;
  if (p->dct->in_parts)
    parts_up(p, s, block, kind);
  else
    for (int k = 0; k < p->groups; k++, x += 8) group_up(p, s, block, k, x, kind);
}

INLINE void blocks_down(const struct assay_poisson *p, const struct space *s, int block, int kind)
{
  vec *x = (vec *)s->buf;
  if (p->dct->in_parts)
    parts_down(p, s, block, kind);
  else
    for (int k = 0; k < p->groups; k++, x += 8) group_down(p, s, block, k, x, kind);
}

static void block_up(const struct assay_poisson *p, const struct space *s, int block)
{
  blocks_up(p, s, block, 0);
}

static void block_down(const struct assay_poisson *p, const struct space *s, int block)
{
  blocks_down(p, s, block, 0);
}

static int all_zero(const double *carry)
{
  for (int part = 0; part < ROWS; part += VL) {
    const vec c = vec_load(carry + part);
    if (vec_bits((c < 0) | (c > 0))) return 0;
  }
  return 1;
}

/* The same for few right-hand sides: buf holds some, or all are zero. */
static void block_add(const struct assay_poisson *p, const struct space *s, int block)
{
  blocks_up(p, s, block, ADD | FLUSH);
}

static void block_add_zeros(const struct assay_poisson *p, const struct space *s, int block)
{
  double *g = tiles(p, s, block);
  for (int k = 0; k < p->groups; k++, g += ASSAY_TILE)
    if (!all_zero(s->carry + 8 * k))
      tile_up(g, s->carry + 8 * k, s->sum + 8 * k, NULL, 0, factors(p, k, block, 0), ADD | FLUSH);
}

/* The solution of a block, or only what it carries to the next one. */
static void block_values(const struct assay_poisson *p, const struct space *s, int block)
{
  blocks_down(p, s, block, FLUSH);
}

static void block_pass(const struct assay_poisson *p, const struct space *s, int block)
{
  const double *g = tiles(p, s, block);
  for (int k = 0; k < p->groups; k++, g += ASSAY_TILE)
    tile_down(NULL, 0, g, s->carry + 8 * k, s->sum + 8 * k, factors(p, k, block, 1), FLUSH);
}

/* G of row j, wavenumber k */
static double *entry(const struct assay_poisson *p, const struct space *s, int j, int k)
{
  return tiles(p, s, j / 8) + k / 8 * ASSAY_TILE + j % 8 * 8 + k % 8;
}

static void remove_mean(const struct assay_poisson *p, const struct space *s)
{
  const int n = p->ny;
  const double mean = *entry(p, s, n - 1, 0) / p->total;
  double sum = 0;
  for (int j = 0; j < n - 1; j++) {
    double *g = entry(p, s, j, 0);
    *g -= p->h[j] * mean;
    sum += p->w[j] * *g;
  }
  *entry(p, s, n - 1, 0) = -sum / p->total;
}

/* Between up and down: the last row of periodic systems, the singular one, f[ny] = 0. */
static void turn_around(const struct assay_poisson *p, const struct space *s)
{
  const int k_end = 8 * p->groups, last = p->ny - 1;
  if (p->periodic)
    for (int k = 0; k < k_end; k++)
      *entry(p, s, last, k) += p->group[k / 8].e_end[last % 8 * 8 + k % 8] * s->sum[k];
  if (p->singular) remove_mean(p, s);
  for (int k = 0; k < k_end; k++)
    s->sum[k] = p->periodic ? p->group[k / 8].s[k % 8] * *entry(p, s, last, k) : 0;
  memset(s->carry, 0, (size_t)k_end * sizeof(double));
}

static void clear(const struct assay_poisson *p, const struct space *s)
{
  const size_t rows = 8 * (size_t)p->groups;
  memset(s->carry, 0, rows * sizeof(double));
  memset(s->sum, 0, rows * sizeof(double));
  for (size_t h = 0; h < PARTS; h++) /* rows of the buffer that no transform writes */
    for (size_t i = (h * rows + (size_t)p->nx) * VL; i < (h + 1) * rows * VL; i++) s->buf[i] = 0;
}

static void transform(const struct assay_poisson *p, const struct space *s, const double *in,
                      int block)
{
  const int rows = p->ny - ROWS * block, nx = p->nx;
  if (rows < ROWS) {
    memcpy(s->tail, in, (size_t)(rows * nx) * sizeof *in);
    memset(s->tail + rows * nx, 0, (size_t)((ROWS - rows) * nx) * sizeof *in);
    in = s->tail;
  }
  DCT.forward_rows(p->dct, s->buf, in, nx, p->sign, s->scratch);
}

static void transform_back(const struct assay_poisson *p, const struct space *s, double *phi,
                           int block)
{
  const int rows = p->ny - ROWS * block, nx = p->nx;
  double *out = phi + (ptrdiff_t)ROWS * block * nx;
  DCT.backward_rows(p->dct, rows < ROWS ? s->tail : out, nx, s->buf, p->sign, s->scratch);
  if (rows < ROWS) memcpy(out, s->tail, (size_t)(rows * nx) * sizeof *out);
}

/* phi may be rhs: whatever is written lies in rows that have been read */
static void sweep_up(const struct assay_poisson *p, double *phi, const double *rhs,
                     struct assay_poisson_blocks list, const double *rows, double *work)
{
  const struct space s = divide(p, phi, work);
  const ptrdiff_t size = ROWS * (ptrdiff_t)p->nx;
  clear(p, &s);
  for (int b = 0, i = 0; b < p->blocks; b++) {
    const int listed = i < list.n && list.block[i] == b;
    transform(p, &s, listed ? rows + i * size : rhs + b * size, b);
    i += listed;
    block_up(p, &s, b);
  }
  turn_around(p, &s);
}

static void sweep_down(const struct assay_poisson *p, double *phi, double *work)
{
  const struct space s = divide(p, phi, work);
  memset(s.carry, 0, 8 * (size_t)p->groups * sizeof(double));
  for (int b = p->blocks - 1; b >= 0; b--) {
    block_down(p, &s, b);
    transform_back(p, &s, phi, b);
  }
}

static void zero(const struct assay_poisson *p, double *phi, double *work)
{
  const struct space s = divide(p, phi, work);
  clear(p, &s);
  memset(s.g, 0, (size_t)p->blocks * (size_t)p->groups * ASSAY_TILE * sizeof(double));
}

static void values(const struct assay_poisson *p, double *phi, struct assay_poisson_blocks list,
                   double *rows, double *work)
{
  const struct space s = divide(p, phi, work);
  memset(s.carry, 0, 8 * (size_t)p->groups * sizeof(double));
  for (int b = p->blocks - 1, i = list.n - 1; i >= 0; b--) {
    if (list.block[i] != b) {
      block_pass(p, &s, b);
      continue;
    }
    block_values(p, &s, b);
    DCT.backward_rows(p->dct, rows + (ptrdiff_t)i * ROWS * p->nx, p->nx, s.buf, p->sign, s.scratch);
    i--;
  }
}

static void add(const struct assay_poisson *p, double *phi, struct assay_poisson_blocks list,
                const double *rows, double *work)
{
  const struct space s = divide(p, phi, work);
  clear(p, &s);
  if (p->singular) *entry(p, &s, p->ny - 1, 0) = 0; /* the sum of what has lost its mean */
  for (int b = list.n > 0 ? list.block[0] : p->blocks, i = 0; b < p->blocks; b++) {
    if (i == list.n || list.block[i] != b) {
      block_add_zeros(p, &s, b);
      continue;
    }
    DCT.forward_rows(p->dct, s.buf, rows + (ptrdiff_t)i++ * ROWS * p->nx, p->nx, p->sign,
                     s.scratch);
    block_add(p, &s, b);
  }
  turn_around(p, &s);
}

const struct assay_poisson_kernels ASSAY_ISA_NAME(assay_poisson_kernels) = {sweep_up, sweep_down,
                                                                            zero, values, add};
