/* Mersenne Twister and the shuffle of CPython. */
#include "tests/test.h"

#include "core/num/mt19937.h"

/* The reference program's first numbers for the key of its authors, and CPython's for seed(0). */
static void first_numbers_are_the_published_ones(void **state)
{
  (void)state;
  static const uint32_t authors[] = {0x123, 0x234, 0x345, 0x456}, zero[] = {0};
  static const uint32_t of_authors[] = {1067595299u, 955945823u, 477289528u, 4107218783u,
                                        4228976476u};
  static const uint32_t of_zero[] = {3626764237u, 1654615998u, 3255389356u, 3823568514u};
  struct assay_mt19937 mt;
  assay_mt19937_seed(&mt, authors, 4);
  for (int i = 0; i < 5; i++) assert_int_equal(assay_mt19937_next(&mt), of_authors[i]);
  assay_mt19937_seed(&mt, zero, 1);
  for (int i = 0; i < 4; i++) assert_int_equal(assay_mt19937_next(&mt), of_zero[i]);
}

/* behind the first 624 words the array has been twisted again; number 1000 of the authors' output
 */
static void numbers_go_on_behind_the_first_array(void **state)
{
  (void)state;
  static const uint32_t authors[] = {0x123, 0x234, 0x345, 0x456};
  struct assay_mt19937 mt;
  uint32_t last = 0;
  assay_mt19937_seed(&mt, authors, 4);
  for (int i = 0; i < 1000; i++) last = assay_mt19937_next(&mt);
  assert_int_equal(last, 3460025646u);
}

/* random.seed(0); items = list(range(10)); random.shuffle(items) */
static void shuffles_are_those_of_cpython(void **state)
{
  (void)state;
  static const long expected[] = {7, 8, 1, 5, 3, 4, 2, 0, 9, 6};
  static const uint32_t zero[] = {0};
  struct assay_mt19937 mt;
  long items[10];
  for (int i = 0; i < 10; i++) items[i] = i;
  assay_mt19937_seed(&mt, zero, 1);
  assay_mt19937_shuffle(&mt, items, 10);
  for (int i = 0; i < 10; i++) assert_int_equal(items[i], expected[i]);
}

static void numbers_below_a_bound_are_even(void **state)
{
  (void)state;
  static const uint32_t key[] = {7, 11};
  struct assay_mt19937 mt;
  int count[6] = {0};
  assay_mt19937_seed(&mt, key, 2);
  for (int i = 0; i < 6000; i++) count[assay_mt19937_below(&mt, 6)]++;
  for (int i = 0; i < 6; i++) assert_in_range(count[i], 850, 1150); /* 1000 +- 5 sigma */
  for (int i = 0; i < 9; i++) assert_int_equal(assay_mt19937_below(&mt, 1), 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(first_numbers_are_the_published_ones),
      cmocka_unit_test(numbers_go_on_behind_the_first_array),
      cmocka_unit_test(shuffles_are_those_of_cpython),
      cmocka_unit_test(numbers_below_a_bound_are_even),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
