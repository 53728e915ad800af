/* .npy files, byte by byte as numpy.save writes them, and what is refused. */
#include <stdlib.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/io/npy.h"
#include "tests/test.h"

static char folder[64], path[128];

static int make_folder(void **state)
{
  (void)state;
  strcpy(folder, "assay_npy_XXXXXX");
  if (!mkdtemp(folder)) return 1;
  snprintf(path, sizeof path, "%s/a.npy", folder);
  return 0;
}

static int remove_folder(void **state)
{
  (void)state;
  return assay_dir_remove(folder);
}

/* The file is prefix, the header filled up with blanks to 128 bytes, and the values. */
static void assert_bytes(const char *header, const void *values, size_t size)
{
  char *text, expected[128];
  size_t n;
  assert_ok(assay_file_read(&text, &n, path));
  memset(expected, ' ', sizeof expected);
  memcpy(expected, "\x93NUMPY\x01\x00\x76\x00", 10);
  memcpy(expected + 10, header, strlen(header));
  expected[127] = '\n';
  assert_int_equal(n, 128 + size);
  assert_memory_equal(text, expected, 128);
  assert_memory_equal(text + 128, values, size);
  assay_free(text);
}

static void files_are_those_of_numpy(void **state)
{
  (void)state;
  const double doubles[6] = {2.385, -1e-300, 3, 4, 5, 6.5};
  const float floats[3] = {1.5f, -2.25f, 1e30f};
  const int8_t bytes[24] = {-3, 7};
  assert_ok(assay_npy_write(path, "f8", 2, (const size_t[]){2, 3}, doubles));
  assert_bytes("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }", doubles, 48);
  assert_ok(assay_npy_write(path, "f4", 1, (const size_t[]){3}, floats));
  assert_bytes("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", floats, 12);
  assert_ok(assay_npy_write(path, "i1", 3, (const size_t[]){2, 3, 4}, bytes));
  assert_bytes("{'descr': '|i1', 'fortran_order': False, 'shape': (2, 3, 4), }", bytes, 24);
  assert_ok(assay_npy_write(path, "f8", 0, NULL, doubles));
  assert_bytes("{'descr': '<f8', 'fortran_order': False, 'shape': (), }", doubles, 8);
}

static void values_may_come_in_pieces(void **state)
{
  (void)state;
  struct assay_npy *f;
  const double values[6] = {2.385, 7.1, 3, 4, 5, 6.5};
  assert_ok(assay_npy_create(&f, path, "f8", 2, (const size_t[]){3, 2}));
  assert_ok(assay_npy_put(f, values, 1));
  assert_false(assay_file_exists(path));
  assert_ok(assay_npy_put(f, values + 1, 5));
  assert_fails(assay_npy_put(f, values, 1), ASSAY_EARG, "more than 6 values");
  assert_ok(assay_npy_commit(f));
  assert_bytes("{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }", values, 48);
}

static void unfinished_files_do_not_appear(void **state)
{
  (void)state;
  struct assay_npy *f;
  const double values[6] = {2.385};
  assert_ok(assay_npy_create(&f, path, "f8", 1, (const size_t[]){6}));
  assert_ok(assay_npy_put(f, values, 4));
  assert_fails(assay_npy_commit(f), ASSAY_EARG, "only 4 of 6 values");
  assert_false(assay_file_exists(path));
  assert_fails(assay_npy_create(&f, path, "f2", 1, (const size_t[]){6}), ASSAY_EARG,
               "no type 'f2'");
  assert_fails(assay_npy_write("no/where/x.npy", "f8", 0, NULL, values), ASSAY_EIO,
               "no/where/x.npy");
  char command[160];
  snprintf(command, sizeof command, "[ -z \"$(ls -A %s)\" ]", folder);
  assert_int_equal(system(command), 0);
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(files_are_those_of_numpy, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(values_may_come_in_pieces, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(unfinished_files_do_not_appear, make_folder, remove_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
