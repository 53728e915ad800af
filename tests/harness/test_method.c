/* method.yaml: what is read, what is refused and how the message sounds; hashes of folders. */
#include "tests/test.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "harness/files.h"
#include "harness/method.h"

static char folder[64];

static void put(const char *name, const char *text)
{
  char path[128];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  assert_ok(assay_file_write(path, text, strlen(text)));
}

static int make_folder(void **state)
{
  (void)state;
  snprintf(folder, sizeof folder, "/tmp/assay-method-XXXXXX");
  return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
  (void)state;
  return assay_dir_remove(folder) == 0 ? 0 : -1;
}

static const char good[] = "name: nearest\n"
                           "version: 1.2b\n"
                           "doc: the nearest training case\n"
                           "kinds: [operator, forecast]\n"
                           "train: python3 'my script.py' train --text \"a 'b'\"\n"
                           "predict: ./run   predict\n"
                           "deterministic: yes\n";

static void a_folder_is_a_method(void **state)
{
  (void)state;
  struct assay_method *m;
  put("method.yaml", good);
  assert_ok(assay_method_open(&m, folder));
  assert_string_equal(m->name, "nearest");
  assert_string_equal(m->version, "1.2b");
  assert_int_equal(m->kinds, 1 << ASSAY_TASK_OPERATOR | 1 << ASSAY_TASK_FORECAST);
  assert_true(m->deterministic && !m->pretrained && !m->floor && !m->builtin);
  const char *const train[] = {"python3", "my script.py", "train", "--text", "a 'b'"};
  for (int i = 0; i < 5; i++) assert_string_equal(m->train[i], train[i]);
  assert_null(m->train[5]);
  assert_string_equal(m->predict[0], "./run");
  assert_string_equal(m->predict[1], "predict");
  assert_null(m->predict[2]);
  assert_true(m->dir[0] == '/');
  assay_method_close(m);
}

static void parameters_are_part_of_the_name(void **state)
{
  (void)state;
  struct assay_method *m;
  char spec[128], plain[ASSAY_SHA256_HEX];
  put("method.yaml", good);
  assert_ok(assay_method_open(&m, folder));
  strcpy(plain, m->hash);
  assay_method_close(m);
  snprintf(spec, sizeof spec, "%s:k=3,p=2.385", folder);
  assert_ok(assay_method_open(&m, spec));
  assert_string_equal(m->name, "nearest:k=3,p=2.385");
  assert_int_equal(m->sets.n, 2);
  assert_string_equal(m->sets.item[1], "p=2.385");
  assert_string_not_equal(m->hash, plain);
  assay_method_close(m);
}

static void mistakes_are_named(void **state)
{
  (void)state;
  const struct {
    const char *text;
    int code;
    const char *message;
  } row[] = {
      {"name: a\nversion: 1\nkinds: [operator]\npredict: x\nvresion: 2\n", ASSAY_ENOTFOUND,
       "method.yaml:5:"},
      {"name: a\nversion: 1\nkinds: [operater]\npredict: x\n", ASSAY_EPARSE,
       "no kind of task is called 'operater'"},
      {"name: a\nversion: 1\npredict: x\n", ASSAY_EPARSE, "'kinds' is missing"},
      {"name: a\nversion: 1\nkinds: [operator]\n", ASSAY_EARG, "predict"},
      {"name: a\nversion: 1\nkinds: [operator]\npredict: run 'x\n", ASSAY_EPARSE, "no closing '"},
      {"name: a\nversion: 1\nkinds: [operator]\npredict: '  '\n", ASSAY_EPARSE, "no command"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    struct assay_method *m;
    put("method.yaml", row[i].text);
    assert_fails(assay_method_open(&m, folder), row[i].code, row[i].message);
  }
}

static void what_is_not_there_says_so(void **state)
{
  (void)state;
  struct assay_method *m;
  assert_fails(assay_method_open(&m, folder), ASSAY_ENOTFOUND, "it has no method.yaml");
  assert_fails(assay_method_open(&m, "./no-such-folder"), ASSAY_ENOTFOUND,
               "no method in ./no-such-folder");
  assert_fails(assay_method_open(&m, "no_such_baseline"), ASSAY_ENOTFOUND, "no_such_baseline");
}

static void the_hash_follows_the_files(void **state)
{
  (void)state;
  char a[ASSAY_SHA256_HEX], b[ASSAY_SHA256_HEX], path[128];
  put("method.yaml", good);
  put("code.py", "x = 2.385\n");
  assert_ok(assay_folder_digest(a, folder));
  put(".hidden", "no part of it");
  snprintf(path, sizeof path, "%s/__pycache__", folder);
  assert_ok(assay_dir_make(path));
  put("__pycache__/code.pyc", "nor this");
  assert_ok(assay_folder_digest(b, folder));
  assert_string_equal(a, b);
  put("code.py", "x = 2.386\n");
  assert_ok(assay_folder_digest(b, folder));
  assert_string_not_equal(a, b);
  put("code.py", "x = 2.385\n");
  assert_ok(assay_folder_digest(b, folder));
  assert_string_equal(a, b);
  snprintf(path, sizeof path, "%s/sub", folder);
  assert_ok(assay_dir_make(path));
  put("sub/more.py", "");
  assert_ok(assay_folder_digest(b, folder));
  assert_string_not_equal(a, b);
}

static void a_protected_folder_has_no_write_bits(void **state)
{
  (void)state;
  struct stat s;
  char path[128];
  put(".weights", "2.385");
  snprintf(path, sizeof path, "%s/.weights", folder);
  assert_ok(assay_folder_protect(folder, 0));
  assert_int_equal(stat(path, &s), 0);
  assert_int_equal(s.st_mode & 0222, 0);
  assert_int_equal(stat(folder, &s), 0);
  assert_int_equal(s.st_mode & 0222, 0);
  assert_int_equal(chmod(path, 0), 0);
  assert_ok(assay_folder_protect(folder, 1));
  assert_int_equal(stat(path, &s), 0);
  assert_int_equal(s.st_mode & 0777, 0600);
  assert_int_equal(stat(folder, &s), 0);
  assert_int_equal(s.st_mode & 0700, 0700);
}

static void one_lock_one_holder(void **state)
{
  (void)state;
  int fd, other;
  char path[128], wanted[64];
  snprintf(path, sizeof path, "%s/lock", folder);
  snprintf(wanted, sizeof wanted, "process %d", (int)getpid());
  assert_ok(assay_lock_take(&fd, path));
  assert_fails(assay_lock_take(&other, path), ASSAY_EENV, wanted);
  close(fd);
  assert_ok(assay_lock_take(&fd, path));
  close(fd);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
  const struct CMUnitTest tests[] = {
      TEST(a_folder_is_a_method),       TEST(parameters_are_part_of_the_name),
      TEST(mistakes_are_named),         TEST(what_is_not_there_says_so),
      TEST(the_hash_follows_the_files), TEST(a_protected_folder_has_no_write_bits),
      TEST(one_lock_one_holder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
