/* ns per value of every array function on every instruction set, of the scalar functions, and of
 * this machine's libm, in one run; then the same of random numbers. */
#define _GNU_SOURCE /* sincos */
#include "core/num/vmath.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#include "core/num/isa.h"
#include "core/num/random.h"

enum { N = 2048, REPEATS = 15 };

typedef void array_function(double *, const double *, ptrdiff_t);
typedef double scalar_function(double);

static double x[N], y[N], out[N], out2[N];
static double checksum;

static double now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void loop(double *o, const double *v, ptrdiff_t n, scalar_function *f)
{
  for (ptrdiff_t i = 0; i < n; i++) o[i] = f(v[i]);
}

static void ours_pow(double *o, const double *v, ptrdiff_t n)
{
  assay_vmath_pow(o, v, y, n);
}

static void libm_pow(double *o, const double *v, ptrdiff_t n)
{
  for (ptrdiff_t i = 0; i < n; i++) o[i] = pow(v[i], y[i]);
}

static void ours_sincos(double *o, const double *v, ptrdiff_t n)
{
  assay_vmath_sincos(o, out2, v, n);
}

static void libm_sincos(double *o, const double *v, ptrdiff_t n)
{
  for (ptrdiff_t i = 0; i < n; i++) sincos(v[i], &o[i], &out2[i]);
}

/* ns per value: the lowest of the repeats, each of about a millisecond */
static double measure(array_function *array, scalar_function *scalar)
{
  double lowest = 1e300;
  for (int r = 0; r < REPEATS; r++) {
    int calls = 0;
    const double start = now();
    double end = start;
    while (end - start < 1e-3) {
      if (array)
        array(out, x, N);
      else
        loop(out, x, N, scalar);
      checksum += out[calls % N];
      calls++;
      end = now();
    }
    const double each = (end - start) / calls / N * 1e9;
    if (each < lowest) lowest = each;
  }
  return lowest;
}

static struct assay_rng rng;

static void ours_uniform(double *o, const double *v, ptrdiff_t n)
{
  (void)v;
  rng.index = 0;
  assay_rng_fill_uniform(&rng, o, n);
}

static void ours_normal(double *o, const double *v, ptrdiff_t n)
{
  (void)v;
  rng.index = 0;
  assay_rng_fill_normal(&rng, o, n);
}

static double one_uniform(double v)
{
  (void)v;
  rng.index %= 1 << 20;
  return assay_rng_uniform(&rng);
}

static double one_normal(double v)
{
  (void)v;
  rng.index %= 1 << 20;
  return assay_rng_normal(&rng);
}

static const struct {
  const char *name;
  array_function *array, *libm_array;
  scalar_function *scalar, *libm;
  double lo, hi;
} rows[] = {
    {"exp", assay_vmath_exp, NULL, assay_math_exp, exp, -20, 20},
    {"expm1", assay_vmath_expm1, NULL, assay_math_expm1, expm1, -20, 20},
    {"log", assay_vmath_log, NULL, assay_math_log, log, 1e-3, 20},
    {"log1p", assay_vmath_log1p, NULL, assay_math_log1p, log1p, -0.9, 20},
    {"tanh", assay_vmath_tanh, NULL, assay_math_tanh, tanh, -5, 5},
    {"sin", assay_vmath_sin, NULL, assay_math_sin, sin, -20, 20},
    {"sin_huge", assay_vmath_sin, NULL, assay_math_sin, sin, 1e9, 2e9},
    {"cos", assay_vmath_cos, NULL, assay_math_cos, cos, -20, 20},
    {"sincos", ours_sincos, libm_sincos, NULL, NULL, -20, 20},
    {"pow", ours_pow, libm_pow, NULL, NULL, 1e-3, 20},
    {"uniform", ours_uniform, NULL, one_uniform, NULL, 0, 1},
    {"normal", ours_normal, NULL, one_normal, NULL, 0, 1},
};

static void fill_arguments(double lo, double hi)
{
  for (int i = 0; i < N; i++) {
    const int mixed = (i * 797) % N;
    x[i] = lo + (hi - lo) * (mixed + 0.5) / N;
    y[i] = 8.0 * ((i * 411) % N - N / 2) / N;
  }
}

int main(void)
{
  const enum assay_isa best = assay_isa();
  rng = assay_rng_init(1, 2, 3);
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
    fill_arguments(rows[r].lo, rows[r].hi);
    printf("{\"bench\": \"vmath\", \"function\": \"%s\", \"unit\": \"ns/value\"", rows[r].name);
    double libm = 0.0;
    if (rows[r].libm_array || rows[r].libm) {
      libm = measure(rows[r].libm_array, rows[r].libm);
      printf(", \"libm\": %.3f", libm);
    }
    if (rows[r].scalar) printf(", \"scalar\": %.3f", measure(NULL, rows[r].scalar));
    for (int isa = 0; isa < assay_isa_count(); isa++) {
      if (assay_isa_force((enum assay_isa)isa) < 0) continue;
      printf(", \"%s\": %.3f", assay_isa_name((enum assay_isa)isa), measure(rows[r].array, NULL));
    }
    assay_isa_force(best);
    if (libm > 0.0) printf(", \"libm_over_best\": %.2f", libm / measure(rows[r].array, NULL));
    printf("}\n");
  }
  return checksum != checksum;
}
