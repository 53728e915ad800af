/* Dense products are OpenBLAS's: GSL brings a plain library of the same names, many times slower,
 * and whichever is linked first is taken. */
#include <cblas.h>
#include <dlfcn.h>
#include <string.h>

#include "tests/test.h"

static void products_are_those_of_openblas(void **state)
{
  (void)state;
  void *library = dlopen("libopenblas.so.0", RTLD_NOW), *theirs;
  double (*ours)(blasint, const double *, blasint, const double *, blasint) = cblas_ddot;
  void *used;
  assert_non_null(library);
  theirs = dlsym(library, "cblas_ddot");
  memcpy(&used, &ours, sizeof used);
  assert_non_null(theirs);
  assert_ptr_equal(used, theirs);
  dlclose(library);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(products_are_those_of_openblas)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
