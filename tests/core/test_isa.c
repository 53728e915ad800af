#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/num/isa.h"
#include "tests/test.h"

/* The choice is made once per process, so every case runs in a child: its exit status is 100 + the
 * set it uses, or the code of assay_isa_init when that fails with a message that holds `text`. */
static int child_status(const char *value, const char *text)
{
  fflush(NULL);
  pid_t pid = fork();
  if (pid == 0) {
    if (value)
      setenv("ASSAY_ISA", value, 1);
    else
      unsetenv("ASSAY_ISA");
    int rc = assay_isa_init();
    if (rc == ASSAY_OK) _exit(100 + (int)assay_isa());
    _exit(strstr(assay_err_last(), text) ? -rc : 99);
  }
  int status = 0;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  assert_true(WIFEXITED(status));
  return WEXITSTATUS(status);
}

static enum assay_isa best(void)
{
  enum assay_isa isa = ASSAY_ISA_BASE;
  for (int i = 0; i < assay_isa_count(); i++)
    if (assay_isa_available((enum assay_isa)i)) isa = (enum assay_isa)i;
  return isa;
}

static void best_set_is_chosen_without_a_wish(void **state)
{
  (void)state;
  assert_int_equal(child_status(NULL, ""), 100 + (int)best());
  assert_int_equal(child_status("", ""), 100 + (int)best());
}

static void environment_forces_a_set_that_exists(void **state)
{
  (void)state;
  for (int i = 0; i < assay_isa_count(); i++) {
    const char *name = assay_isa_name((enum assay_isa)i);
    int expected = assay_isa_available((enum assay_isa)i) ? 100 + i : -ASSAY_EENV;
    assert_int_equal(child_status(name, name), expected);
  }
}

static void unknown_name_is_refused_with_the_known_ones(void **state)
{
  (void)state;
  assert_int_equal(child_status("avx9", "ASSAY_ISA=avx9: no such instruction set, expected base"),
                   -ASSAY_EARG);
  assert_int_equal(child_status("v4 ", "ASSAY_ISA=v4 "), -ASSAY_EARG);
  assert_int_equal(child_status("a name much longer than any buffer for it would be", "a name"),
                   -ASSAY_EARG);
}

static void tests_can_switch_sets(void **state)
{
  (void)state;
  for (int i = 0; i < assay_isa_count(); i++) {
    if (!assay_isa_available((enum assay_isa)i)) continue;
    assert_ok(assay_isa_force((enum assay_isa)i));
    assert_int_equal(assay_isa(), i);
  }
  assert_fails(assay_isa_force((enum assay_isa)17), ASSAY_EENV, "not available");
}

struct probe {
  int set;
};
extern const struct probe probe_base, probe_v3, probe_v4;
const struct probe probe_base = {17}, probe_v3 = {23}, probe_v4 = {29};

static void pick_takes_the_table_of_the_set(void **state)
{
  (void)state;
  const int expected[] = {17, 23, 29};
  for (int i = 0; i < assay_isa_count(); i++)
    assert_int_equal(ASSAY_ISA_PICK(probe, (enum assay_isa)i)->set, expected[i]);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(best_set_is_chosen_without_a_wish),
      cmocka_unit_test(environment_forces_a_set_that_exists),
      cmocka_unit_test(unknown_name_is_refused_with_the_known_ones),
      cmocka_unit_test(tests_can_switch_sets),
      cmocka_unit_test(pick_takes_the_table_of_the_set),
  };
  return cmocka_run_group_tests_name("core/num/isa", tests, NULL, NULL);
}
