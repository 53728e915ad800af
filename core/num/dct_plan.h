/* What plans and kernels of the cosine transform share; for core/num only.
 *
 * The DCT-II of even length n = 2 m falls into one of half the length and a DCT-IV of length m,
 *
 *   u[j] = x[j] + x[n-1-j],   X[2k]   = sum_j u[j] cos(pi k (2j+1) / 2m),
 *   v[j] = x[j] - x[n-1-j],   X[2k+1] = sum_j v[j] cos(pi (2k+1) (2j+1) / 4m) = V[k],
 *
 * again and again until the length is odd or small. A DCT-IV of even length m is a complex
 * transform of length m / 2 between two rotations,
 *
 *   z[j] = (v[2j] + i v[m-1-2j]) w[j],   w[j] = exp(-i pi (j + 1/8) / m),
 *   Z[k] = w[k] sum_j z[j] exp(-2 pi i j k / (m/2)),   V[2k] = Re Z[k],   V[m-1-2k] = -Im Z[k],
 *
 * itself done by Stockham passes of radix 2, 3, 4, 5, 8, 16 or other small odd ones, if need be as
 * a dense sum. All factors are
 * cosines and sines: no step amplifies rounding (G. Plonka, M. Tasche, Linear Algebra Appl. 394
 * (2005) 309, on this splitting; C. Van Loan, Computational Frameworks for the FFT, SIAM 1992).
 * The DCT-III runs the same steps backwards; DCT-IV is its own transpose.
 *
 * The real Fourier transform of even length n = 2 m is split alike, u[j] = x[j] + x[j+m] for the
 * even and v[j] = x[j] - x[j+m] for the odd wavenumbers; for even m these are
 *
 *   z[j] = (v[j] - i v[j+m/2]) exp(-i pi j / m),
 *   X[4q+1] = sum_j z[j] exp(-2 pi i j q / (m/2)),      0 <= j, q < m/2,
 *
 * kept as Re X, Im X. Its transpose, the way back, takes the complex conjugate steps.
 *
 * Kernels work on blocks of LINES = 8 lines in vectors of VL lanes: buf is [8 / VL][rows][VL] with
 * rows = n rounded up to 8. v lies where x[n-1-j] was, hence reversed, and V[k] takes the place of
 * v[k]. So the coefficients come out in banded order: position i holds wavenumber order[i].
 *
 * With sign[j] = (-1)^j as weights of x[j] the DCT-II becomes a DST-II with wavenumbers reversed,
 * X[n-1-k] = sum_j x[j] sin(pi (k+1) (2j+1) / 2n); likewise the DCT-III.
 *
 * Kind QUARTER is a single DCT-IV of the whole length, there and back. As both its sides are
 * reversed, position i holds wavenumber n-1-i of the line read from its end, that is of
 * cos(pi (2k+1) (2(n-1-j)+1) / 4n). With sign[j] it is, but for signs that the way back undoes,
 * wavenumber i of cos(pi (2k+1) (2j+1) / 4n). */
#ifndef ASSAY_CORE_NUM_DCT_PLAN_H
#define ASSAY_CORE_NUM_DCT_PLAN_H
#include <stddef.h>

#include "core/num/isa.h"

enum assay_dct_kind { ASSAY_DCT_COSINE, ASSAY_DCT_FOURIER, ASSAY_DCT_QUARTER };

enum {
  ASSAY_DCT_LINES = 8,
  ASSAY_DCT_LEVELS = 32,
  ASSAY_DCT_PASSES = 32,
  ASSAY_DCT_ODD = 13,      /* largest odd radix; others are dense */
  ASSAY_DCT_IN_PARTS = 256 /* shortest rows in parts */
};

/* What makes V of v, of length m in place: a DCT-IV or the odd wavenumbers of the Fourier
 * transform. No passes: dense, or a single rotation if m = 2. */
struct assay_dct4 {
  int m, passes;
  enum assay_dct_kind kind;
  int radix[ASSAY_DCT_PASSES];
  double *rotate;                    /* [m/2, 2] cos, sin of pi (j + 1/8) / m or pi j / m */
  double *twiddle[ASSAY_DCT_PASSES]; /* per pass but the last: [columns, radix - 1, 2] */
  double *roots[ASSAY_DCT_PASSES];   /* odd radix > 5: [radix, 2] cos, sin of 2 pi j / radix */
  double *dense;                     /* [m, m] */
};

struct assay_dct {
  int n, rows, levels;
  enum assay_dct_kind kind;
  struct assay_dct4 level[ASSAY_DCT_LEVELS]; /* m = n / 2, n / 4, ..., 1 or half the base */
  int base;      /* where the splitting ends: 2, 4, 8, 16, 32 (in registers) or dense */
  double *dense; /* [base, base] */
  int *order;    /* [n] wavenumbers */
  int in_parts;  /* rows are transformed in parts, see below */
  enum assay_isa isa;
};

struct assay_dct_kernels {
  int vl;
  /* buf = DCT-II of 8 columns of `in`, rows `stride` apart; scratch: 24 rows doubles */
  void (*forward)(const struct assay_dct *p, double *restrict buf, const double *restrict in,
                  ptrdiff_t stride, double *restrict scratch);
  /* 8 columns of out = DCT-III of buf, which is destroyed */
  void (*backward)(const struct assay_dct *p, double *restrict out, ptrdiff_t stride,
                   double *restrict buf, double *restrict scratch);
  /* the same for sign times 8 rows. sign: [n] (-1)^j or NULL for ones */
  void (*forward_rows)(const struct assay_dct *p, double *restrict buf, const double *restrict in,
                       ptrdiff_t stride, const double *sign, double *restrict scratch);
  void (*backward_rows)(const struct assay_dct *p, double *restrict out, ptrdiff_t stride,
                        double *restrict buf, const double *sign, double *restrict scratch);
  /* If the plan is in parts, buf holds only one of them when forward_part has made it (any order,
   * forward_rows before), or backward_part takes it (all of them, before backward_rows). Else these
   * two do nothing and buf holds the whole block. Group g of 8 wavenumbers of a part lies at 8 g in
   * buf, and is the one of assay_dct_group. */
  void (*forward_part)(const struct assay_dct *p, double *restrict buf, double *restrict scratch,
                       int part);
  void (*backward_part)(const struct assay_dct *p, double *restrict buf, double *restrict scratch,
                        int part);
  /* The same for vl lines only, element j of them at j vl, from aligned arrays and to others:
   * out [rows, vl] = DCT-II of in [n, vl]; out [n, vl] = DCT-III of in [rows, vl], which stays. */
  void (*forward_lanes)(const struct assay_dct *p, double *restrict out, const double *restrict in,
                        double *restrict scratch);
  void (*backward_lanes)(const struct assay_dct *p, double *restrict out, const double *restrict in,
                         double *restrict scratch);
};
/* parts of the first pass, or of the last one */
static inline int assay_dct_parts(const struct assay_dct4 *p, int pass)
{
  return p->m / p->radix[pass] / 16;
}

/* group g of part `part`, of so many */
static inline int assay_dct_group(int parts, int part, int g)
{
  return g / 2 * 2 * parts + (g % 2 ? 2 * parts - 1 - part : part);
}

/* as assay_dct_create (core/num/dct.h) for any kind */
int assay_dct_create_kind(struct assay_dct **out, int n, enum assay_dct_kind kind);

ASSAY_ISA_DECLARE(struct assay_dct_kernels, assay_dct_kernels)

#endif
