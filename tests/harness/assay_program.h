/* Running the built program in a folder of its own, and what came of it. */
#ifndef ASSAY_TESTS_HARNESS_ASSAY_PROGRAM_H
#define ASSAY_TESTS_HARNESS_ASSAY_PROGRAM_H
#include "tests/test.h"

#include <libgen.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "harness/supervise.h"

/* Path of this test program and of assay, which lies beside it in the build folder. */
static char test_program[4096], assay_program[4200];
/* The folder of the test; every test gets a new one and starts in it. */
static char folder[64];

static inline int find_programs(void)
{
  char copy[4096];
  const ssize_t n = readlink("/proc/self/exe", test_program, sizeof test_program - 1);
  if (n <= 0) return -1;
  snprintf(copy, sizeof copy, "%s", test_program);
  snprintf(assay_program, sizeof assay_program, "%s/../harness/assay", dirname(copy));
  return access(assay_program, X_OK);
}

static inline int make_folder(void **state)
{
  (void)state;
  snprintf(folder, sizeof folder, "/tmp/assay-program-XXXXXX");
  return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static inline int remove_folder(void **state)
{
  (void)state;
  return chdir("/") == 0 && assay_dir_remove(folder) == 0 ? 0 : -1;
}

/* Standard output and error of the last call, and its exit code. */
static char *said;
enum { ARGS_MAX = 32 };

/* assay ARGS...; args ends with NULL */
static inline int assay(const char *const *args)
{
  char log[128];
  const char *argv[ARGS_MAX + 2] = {assay_program};
  struct assay_outcome o;
  for (int i = 0; i < ARGS_MAX && args[i]; i++) argv[i + 1] = args[i];
  snprintf(log, sizeof log, "%s.log", folder);
  const struct assay_command c = {
      .argv = argv, .dir = folder, .log = log, .limits = {.wall = 300, .output = 1e6}};
  assert_ok(assay_supervise(&o, &c));
  assay_free(said);
  assert_ok(assay_log_tail(&said, log, 100000, 1000000));
  unlink(log);
  if (o.end != ASSAY_END_OK && o.end != ASSAY_END_EXIT)
    fail_msg("assay ended by %s %d:\n%s", assay_end_names[o.end], o.code, said);
  return o.end == ASSAY_END_OK ? 0 : o.code;
}
#define ASSAY(...) assay((const char *const[]){__VA_ARGS__, NULL})

static inline void assert_said(const char *text)
{
  if (!said || !strstr(said, text)) {
    fputs(said ? said : "", stderr);
    fail_msg("expected %s", text);
  }
}

/* the call ends with this exit code and says this */
#define assert_assay(code, text, ...)                                                             \
  do {                                                                                            \
    const int assay_code = ASSAY(__VA_ARGS__);                                                    \
    if (assay_code != (code)) fail_msg("exit code %d, expected %d:\n%s", assay_code, code, said); \
    assert_said(text);                                                                            \
  } while (0)

static inline void write_text(const char *path, const char *text)
{
  assert_ok(assay_file_write(path, text, strlen(text)));
}

static inline void pause_for(double seconds)
{
  const struct timespec t = {.tv_sec = (time_t)seconds,
                             .tv_nsec = (long)(1e9 * (seconds - (double)(time_t)seconds))};
  nanosleep(&t, NULL);
}

#endif
