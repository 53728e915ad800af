#include "core/num/isa.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"

#ifdef ASSAY_ISA_X86
enum { BUILT = 3 };
#else
enum { BUILT = 1 };
#endif

static const char *const names[] = {"base", "v3", "v4"};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *wanted; /* a copy of ASSAY_ISA's value, NULL when unset */
static int wanted_rc;
static atomic_int current;

int assay_isa_count(void)
{
  return BUILT;
}

const char *assay_isa_name(enum assay_isa isa)
{
  return (unsigned)isa < BUILT ? names[isa] : "?";
}

#ifdef ASSAY_ISA_X86
static int has_v3(void)
{
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}

static int has_v4(void)
{
  return has_v3() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
}
#endif

int assay_isa_available(enum assay_isa isa)
{
  switch (isa) {
  case ASSAY_ISA_BASE:
    return 1;
#ifdef ASSAY_ISA_X86
  case ASSAY_ISA_V3:
    return has_v3();
  case ASSAY_ISA_V4:
    return has_v4();
#else
  default:
    break;
#endif
  }
  return 0;
}

static enum assay_isa best(void)
{
  int isa = BUILT - 1;
  while (!assay_isa_available((enum assay_isa)isa)) isa--;
  return (enum assay_isa)isa;
}

static void choose(void)
{
  static char copy[32];
  const char *text = getenv("ASSAY_ISA");
  atomic_store(&current, (int)best());
  if (!text || !*text) return;
  strncpy(copy, text, sizeof copy - 1);
  wanted = copy;
  wanted_rc = ASSAY_EARG;
  for (int isa = 0; isa < BUILT; isa++) {
    if (strcmp(text, names[isa]) != 0) continue;
    wanted_rc = assay_isa_available((enum assay_isa)isa) ? ASSAY_OK : ASSAY_EENV;
    if (wanted_rc == ASSAY_OK) atomic_store(&current, isa);
  }
}

int assay_isa_init(void)
{
  int rc = ASSAY_OK;
  pthread_once(&once, choose);
  ASSAY_CHECK(wanted_rc != ASSAY_EARG, ASSAY_EARG,
              "ASSAY_ISA=%s: no such instruction set, expected %s", wanted,
              BUILT == 1 ? "base" : "base, v3 or v4");
  ASSAY_CHECK(wanted_rc != ASSAY_EENV, ASSAY_EENV,
              "ASSAY_ISA=%s: this processor lacks it, the best one it has is %s", wanted,
              assay_isa_name(best()));
done:
  return rc;
}

enum assay_isa assay_isa(void)
{
  pthread_once(&once, choose);
  return (enum assay_isa)atomic_load_explicit(&current, memory_order_relaxed);
}

int assay_isa_force(enum assay_isa isa)
{
  int rc = ASSAY_OK;
  pthread_once(&once, choose);
  ASSAY_CHECK(assay_isa_available(isa), ASSAY_EENV, "instruction set %s is not available here",
              assay_isa_name(isa));
  atomic_store(&current, (int)isa);
done:
  return rc;
}
