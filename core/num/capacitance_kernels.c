#include "core/num/capacitance_plan.h"
#include "core/num/lanes.h"

enum { STRIP = ASSAY_CAPACITANCE_STRIP, PANEL = ASSAY_CAPACITANCE_PANEL, PARTS = 8 / VL };

static void eliminate(double *restrict a, const double *restrict w, const double *restrict c, int n)
{
  for (int j = 0; j < n; j++) {
    double *column = a + (ptrdiff_t)j * n, factor[PANEL];
    for (int k = 0; k < PANEL; k++) factor[k] = c[(ptrdiff_t)k * n + j];
    for (int i = j / VL * VL; i < n; i += VL) {
      vec s = vec_load(column + i);
      for (int k = 0; k < PANEL; k++) s -= vec_load(w + (ptrdiff_t)k * n + i) * factor[k];
      vec_store(column + i, s);
    }
  }
}

/* Between two products the matrix has left the near caches; what fetches ahead by itself begins
 * anew with every page. */
enum { AHEAD = 20 };

static void product(double *restrict y, const double *restrict strips, const double *restrict x,
                    int strip_count, int n)
{
  for (int s = 0; s < strip_count; s++, y += STRIP) {
    vec sum[STRIP / VL] = {0};
    for (int j = 0; j < n; j++, strips += STRIP) {
#pragma GCC unroll 4
      for (int line = 0; line < STRIP; line += 8) __builtin_prefetch(strips + AHEAD * STRIP + line);
#pragma GCC unroll 16
      for (int v = 0; v < STRIP / VL; v++) sum[v] += vec_load(strips + v * VL) * x[j];
    }
    for (int v = 0; v < STRIP / VL; v++) vec_store(y + v * VL, sum[v]);
  }
}

/* eight sums of every eighth cell of a run */
static double sum_run(const double *x, int n)
{
  double part[8];
  vec s[PARTS] = {0};
  int i = 0;
  for (; i + 8 <= n; i += 8)
    for (int h = 0; h < PARTS; h++) s[h] += vec_load(x + i + h * VL);
  for (int h = 0; h < PARTS; h++) vec_store(part + h * VL, s[h]);
  for (; i < n; i++) part[i % 8] += x[i];
  return ((part[0] + part[4]) + (part[2] + part[6])) + ((part[1] + part[5]) + (part[3] + part[7]));
}

static double sum(const double *x, const struct assay_run *run, int n)
{
  double s = 0;
  for (int r = 0; r < n; r++) s += run[r].volume * sum_run(x + run[r].start, run[r].count);
  return s;
}

const struct assay_capacitance_kernels ASSAY_ISA_NAME(assay_capacitance_kernels) = {eliminate,
                                                                                    product, sum};
