#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/io/json.h"
#include "core/io/sha256.h"
#include "tests/test.h"

static char folder[] = "/tmp/assay-file-XXXXXX";

static int enter(void **state)
{
  (void)state;
  return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave(void **state)
{
  (void)state;
  return chdir("/") == 0 && assay_dir_remove(folder) == ASSAY_OK && !assay_file_exists(folder) ? 0
                                                                                               : -1;
}

static int files_here(void)
{
  int n = 0;
  FILE *ls = popen("ls -A | wc -l", "r");
  if (!ls || fscanf(ls, "%d", &n) != 1) n = -1;
  if (ls) pclose(ls);
  return n;
}

static void a_file_appears_only_when_committed(void **state)
{
  (void)state;
  struct assay_outfile f;
  assert_ok(assay_outfile_open(&f, "a.txt", true));
  fputs("half", f.stream);
  assert_false(assay_file_exists("a.txt"));
  assay_outfile_abort(&f);
  assert_int_equal(files_here(), 0);
  assert_ok(assay_file_write("a.txt", "whole", 5));
  char *text = NULL;
  size_t size = 0;
  assert_ok(assay_file_read(&text, &size, "a.txt"));
  assert_int_equal(size, 5);
  assert_string_equal(text, "whole");
  assay_free(text);
  assert_int_equal(files_here(), 1);
  unlink("a.txt");
}

static void a_full_disk_leaves_the_old_file_and_nothing_else(void **state)
{
  (void)state;
  char *big = NULL, *text = NULL;
  assert_ok(ASSAY_NEW(&big, 1 << 20, "test"));
  assert_ok(assay_file_write("b.txt", "old", 3));
  struct rlimit before, small = {4096, RLIM_INFINITY};
  getrlimit(RLIMIT_FSIZE, &before);
  small.rlim_max = before.rlim_max;
  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  const int rc = assay_file_write("b.txt", big, 1 << 20);
  setrlimit(RLIMIT_FSIZE, &before);
  assert_int_equal(rc, ASSAY_EIO);
  assert_non_null(strstr(assay_err_last(), "b.txt: cannot write: File too large"));
  assert_ok(assay_file_read(&text, NULL, "b.txt"));
  assert_string_equal(text, "old");
  assert_int_equal(files_here(), 1);
  assay_free(text);
  assay_free(big);
  unlink("b.txt");
}

static void folders_are_made_and_removed_with_their_content(void **state)
{
  (void)state;
  assert_ok(assay_dir_make("x/y/z"));
  assert_ok(assay_dir_make("x/y/z"));
  assert_ok(assay_file_write("x/y/z/f", "1", 1));
  assert_int_equal(symlink("/etc", "x/y/link"), 0);
  assert_int_equal(chmod("x/y/z", 0500), 0); /* stops everybody but root */
  assert_fails(assay_dir_make("x/y/z/f/deeper"), ASSAY_EIO, "x/y/z/f");
  assert_fails(assay_dir_make("x/y/z/f"), ASSAY_EIO, "Not a directory");
  assert_ok(assay_dir_remove("x"));
  assert_true(assay_file_exists("/etc/passwd"));
  assert_ok(assay_dir_remove("x"));
  assert_int_equal(files_here(), 0);
}

static void places_that_cannot_be_written_are_named(void **state)
{
  (void)state;
  assert_fails(assay_file_write("no/such/file", "x", 1), ASSAY_EIO, "cannot create: No such file");
  long long size = 0;
  assert_fails(assay_file_size(&size, "nothing"), ASSAY_ENOTFOUND, "nothing: cannot open");
}

static void known_digests(void **state)
{
  (void)state;
  struct assay_sha256 *s = NULL;
  char hex[ASSAY_SHA256_HEX];
  assert_ok(assay_sha256_create(&s));
  assay_sha256_add(s, "a", 1);
  assay_sha256_add(s, "bc", 2); /* FIPS 180-2, appendix B.1 */
  assay_sha256_finish(s, hex);
  assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assay_sha256_finish(s, hex); /* starts anew: the empty message */
  assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  assay_sha256_destroy(s);
  assert_ok(assay_file_write("m", "abc", 3));
  assert_ok(assay_sha256_file(hex, "m"));
  assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  unlink("m");
}

static void json_goes_through_files_exactly(void **state)
{
  (void)state;
  json_t *j = json_pack("{s:f, s:s}", "x", 0.1 + 0.2, "name", "a\"b"), *back = NULL;
  assert_ok(assay_json_write(j, "j.json"));
  assert_ok(assay_json_read(&back, "j.json"));
  assert_true(json_equal(j, back));
  const char *text = NULL;
  double x = 0;
  assert_ok(assay_json_text(&text, back, "name", "j.json"));
  assert_string_equal(text, "a\"b");
  assert_fails(assay_json_number(&x, back, "name", "j.json"), ASSAY_EPARSE,
               "j.json: key 'name': expected a number");
  assert_fails(assay_json_text(&text, back, "nam", "j.json"), ASSAY_EPARSE, "but it is missing");
  assert_string_equal(assay_json_get_text(back, "name"), "a\"b");
  assert_string_equal(assay_json_get_text(back, "x"), "");
  assert_true(assay_json_get_number(back, "x") == 0.1 + 0.2);
  assert_true(isnan(assay_json_get_number(back, "name")));
  assert_true(assay_json_get_whole(back, "none") == 0);
  json_decref(j);
  json_decref(back);
  assert_ok(assay_file_write("j.json", "{\"a\": 1,\n \"a\": 2}", 17));
  assert_fails(assay_json_read(&back, "j.json"), ASSAY_EPARSE, "j.json:2:");
  unlink("j.json");
  json_t *nan = assay_json_double((double)NAN), *inf = assay_json_double(-(double)INFINITY);
  assert_true(isnan(assay_json_to_double(nan)));
  assert_true(assay_json_to_double(inf) == -(double)INFINITY);
  json_decref(nan);
  json_decref(inf);
}

static void durations_read_like_a_person_says_them(void **state)
{
  (void)state;
  static const struct {
    double s;
    const char *text;
  } rows[] = {{2.385, "2.4 s"}, {42.4, "42 s"}, {125, "2 min 5 s"}, {7384, "2 h 3 min"}};
  char out[32];
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    assert_string_equal(assay_duration_text(out, rows[i].s), rows[i].text);
  assert_string_equal(assay_duration_text(out, (double)NAN), "?");
}

/* Lines printed by 40 steps that took ten seconds; the fifth goes to `fifth` [200]. */
static int progress_lines(char *fifth)
{
  FILE *to = tmpfile();
  struct assay_progress p;
  char line[200];
  int lines = 0;
  assay_progress_start(&p, "cases", 40, to);
  p.started -= 10; /* as if they had passed */
  for (int i = 0; i < 40; i++) assay_progress_add(&p, 1, NULL);
  assay_progress_finish(&p);
  rewind(to);
  while (fgets(line, sizeof line, to))
    if (++lines == 5) strcpy(fifth, line);
  fclose(to);
  return lines;
}

static void progress_is_for_terminals(void **state)
{
  (void)state;
  char fifth[200] = "";
  assert_int_equal(progress_lines(fifth), 0);
  assay_log_setup(ASSAY_LOG_DEBUG, stderr);
  assert_int_equal(progress_lines(fifth), 10);
  assay_log_setup(ASSAY_LOG_INFO, stderr);
  assert_non_null(strstr(fifth, "cases  50 %"));
  assert_null(strchr(fifth, '\r'));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_file_appears_only_when_committed),
      cmocka_unit_test(a_full_disk_leaves_the_old_file_and_nothing_else),
      cmocka_unit_test(folders_are_made_and_removed_with_their_content),
      cmocka_unit_test(places_that_cannot_be_written_are_named),
      cmocka_unit_test(known_digests),
      cmocka_unit_test(json_goes_through_files_exactly),
      cmocka_unit_test(durations_read_like_a_person_says_them),
      cmocka_unit_test(progress_is_for_terminals),
  };
  return cmocka_run_group_tests_name("core/base/file", tests, enter, leave);
}
