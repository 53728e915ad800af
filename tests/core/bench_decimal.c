/* Text of numbers with 19 digits: ours against printf, on the numbers of an SRSD table. */
#include <stdio.h>
#include <time.h>

#include "core/num/decimal.h"
#include "core/num/random.h"
#include "core/num/vmath.h"

enum { N = 400000 };
static double value[N];

static double cpu_seconds(void)
{
  return (double)clock() / CLOCKS_PER_SEC;
}

int main(void)
{
  struct assay_decimal *d = NULL;
  char text[ASSAY_DECIMAL_ROOM];
  long bytes[2] = {0};
  struct assay_rng rng = assay_rng_init(2385, 0, 0);
  if (assay_decimal_create(&d) < 0) return 1;
  for (int i = 0; i < N; i++) value[i] = assay_math_exp(assay_rng_between(&rng, -60, 60));
  const double start = cpu_seconds();
  for (int i = 0; i < N; i++) bytes[0] += assay_decimal_exp18(d, text, value[i]);
  const double middle = cpu_seconds();
  for (int i = 0; i < N; i++) bytes[1] += snprintf(text, sizeof text, "%.18e", value[i]);
  const double end = cpu_seconds();
  printf("{\"bench\": \"decimal\", \"ns\": %.1f, \"printf_ns\": %.1f, \"times_faster\": %.2f}\n",
         1e9 * (middle - start) / N, 1e9 * (end - middle) / N, (end - middle) / (middle - start));
  assay_decimal_destroy(d);
  return bytes[0] != bytes[1];
}
