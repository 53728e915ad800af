/* Real children that misbehave: this program runs itself with the name of a behaviour. */
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "harness/supervise.h"
#include "harness/tree.h"

#define MB 1e6

/* ---- behaviours; the working directory is the test's own folder ---- */

static void sleep_for(double seconds)
{
  const struct timespec t = {.tv_sec = (time_t)seconds,
                             .tv_nsec = (long)(1e9 * (seconds - (double)(time_t)seconds))};
  nanosleep(&t, NULL);
}

static int sleep_for_ever(void)
{
  for (;;) sleep_for(10);
  return 0;
}

static void take_memory(double bytes)
{
  char *block =
      mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (block == MAP_FAILED) _exit(9);
  memset(block, 7, (size_t)bytes);
}

static void write_pid(const char *path)
{
  FILE *f = fopen(path, "w");
  fprintf(f, "%d", (int)getpid());
  fclose(f);
}

static int do_talk(void)
{
  printf("first line\nsecond line \xff\xc3\xa9\033[1m\n");
  fflush(stdout);
  fprintf(stderr, "third line");
  return 0;
}

static int do_status(void)
{
  fprintf(stderr, "no such luck\n");
  return 3;
}

static int do_crash(void)
{
  signal(SIGSEGV, SIG_DFL);
  raise(SIGSEGV);
  return 0;
}

static int do_hang(void)
{
  signal(SIGTERM, SIG_IGN);
  write_pid("hang.pid");
  return sleep_for_ever();
}

static int do_spin(void)
{
  for (volatile unsigned long i = 0;; i++) {
  }
  return 0;
}

/* two children that each stay below a limit which they pass together */
static int do_spin_apart(void)
{
  for (int i = 0; i < 2; i++)
    if (fork() == 0) return do_spin();
  return sleep_for_ever();
}

/* 0.3 s of CPU each in parent, child and grandchild; nobody waits for anybody */
static int do_burn_apart(void)
{
  int ends[2];
  char byte;
  if (pipe(ends) < 0) return 98;
  const pid_t child = fork();
  if (child == 0 && fork() == 0) setsid();
  close(ends[1 - (child == 0)]);
  while (clock() < 0.3 * CLOCKS_PER_SEC) {
  }
  /* the pipe ends when both others have */
  return child == 0 ? 0 : (int)read(ends[0], &byte, 1);
}

static int do_hog(void)
{
  for (;;) {
    take_memory(5 * MB);
    sleep_for(0.01);
  }
  return 0;
}

static int do_hog_apart(void)
{
  for (int i = 0; i < 4; i++)
    if (fork() == 0) {
      take_memory(60 * MB);
      return sleep_for_ever();
    }
  return sleep_for_ever();
}

/* four children that share their parent's pages: 120 MB, not 600 */
static int do_share(void)
{
  take_memory(120 * MB);
  for (int i = 0; i < 4; i++)
    if (fork() == 0) {
      sleep_for(0.4);
      _exit(0);
    }
  while (wait(NULL) > 0) {
  }
  return 0;
}

static int do_flood(void)
{
  char line[1000];
  memset(line, 'x', sizeof line);
  for (;;) fwrite(line, 1, sizeof line, stdout);
  return 0;
}

static int do_huge_file(void)
{
  FILE *f = fopen("huge", "w");
  for (int i = 0; i < 1000; i++) fprintf(f, "%1000d", i);
  fclose(f);
  return 0;
}

static int do_breed(void)
{
  for (;;) {
    if (fork() == 0) return sleep_for_ever();
    sleep_for(0.002);
  }
  return 0;
}

/* leaves its session twice over, ignores polite signals, closes everything it inherited */
static int do_escape(void)
{
  if (fork() != 0) {
    while (!assay_file_exists("escape.pid")) sleep_for(0.002);
    return 0;
  }
  setsid();
  if (fork() != 0) _exit(0);
  signal(SIGHUP, SIG_IGN);
  signal(SIGTERM, SIG_IGN);
  for (int fd = 0; fd < 64; fd++) close(fd);
  write_pid("escape.new");
  rename("escape.new", "escape.pid");
  return sleep_for_ever();
}

static int do_escape_and_hang(void)
{
  do_escape();
  return do_hang();
}

static int do_environment(void)
{
  extern char **environ;
  for (char **e = environ; *e; e++) puts(*e);
  char byte;
  printf("stdin gives %d\n", (int)read(0, &byte, 1));
  printf("fd 5 is %s\n", fcntl(5, F_GETFD) < 0 ? "closed" : "open");
  printf("session is %s\n", getsid(0) == getpid() ? "own" : "inherited");
  return 0;
}

static int do_be_silent(void)
{
  close(1);
  close(2);
  sleep_for(0.15);
  return 4;
}

static const struct behaviour {
  const char *name;
  int (*act)(void);
} behaviours[] = {
    {"talk", do_talk},
    {"status", do_status},
    {"crash", do_crash},
    {"hang", do_hang},
    {"spin", do_spin},
    {"spin-apart", do_spin_apart},
    {"burn-apart", do_burn_apart},
    {"hog", do_hog},
    {"hog-apart", do_hog_apart},
    {"share", do_share},
    {"flood", do_flood},
    {"huge-file", do_huge_file},
    {"breed", do_breed},
    {"escape", do_escape},
    {"escape-and-hang", do_escape_and_hang},
    {"environment", do_environment},
    {"be-silent", do_be_silent},
};

static int behave(const char *name)
{
  for (size_t i = 0; i < sizeof behaviours / sizeof *behaviours; i++)
    if (strcmp(behaviours[i].name, name) == 0) return behaviours[i].act();
  return 99;
}

/* ---- the tests ---- */

static char program[4096], folder[4096], log_file[5000], lock_file[5000];

static int make_folder(void **state)
{
  (void)state;
  snprintf(folder, sizeof folder, "/tmp/assay-supervise-XXXXXX");
  if (!mkdtemp(folder)) return -1;
  snprintf(log_file, sizeof log_file, "%s/log", folder);
  snprintf(lock_file, sizeof lock_file, "%s/lock", folder);
  return 0;
}

static int remove_folder(void **state)
{
  (void)state;
  return assay_dir_remove(folder) == 0 ? 0 : -1;
}

static struct assay_command command(const char **argv, const char *behaviour,
                                    struct assay_limits limits)
{
  argv[0] = program;
  argv[1] = behaviour;
  argv[2] = NULL;
  if (limits.wall == 0) limits.wall = 60;
  return (struct assay_command){
      .argv = argv, .dir = folder, .log = log_file, .lock = lock_file, .limits = limits};
}

static struct assay_outcome run(const char *behaviour, struct assay_limits limits)
{
  const char *argv[3];
  const struct assay_command c = command(argv, behaviour, limits);
  struct assay_outcome o;
  assert_ok(assay_supervise(&o, &c));
  return o;
}

static void assert_text(const struct assay_outcome *o, struct assay_limits limits,
                        const char *wanted)
{
  char *text;
  assert_ok(assay_outcome_text(&text, o, &limits));
  assert_string_equal(text, wanted);
  assay_free(text);
}

static void assert_tail(int lines, const char *wanted)
{
  char *text;
  assert_ok(assay_log_tail(&text, log_file, lines, 4000));
  assert_string_equal(text, wanted);
  assay_free(text);
}

static bool runs(int pid)
{
  struct assay_process p;
  return assay_process_read(&p, pid);
}

static int read_pid(const char *name)
{
  char path[5000], *text;
  size_t size;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  for (int i = 0; i < 2000 && !assay_file_exists(path); i++) sleep_for(0.005);
  sleep_for(0.02);
  assert_ok(assay_file_read(&text, &size, path));
  const int pid = atoi(text);
  assay_free(text);
  assert_true(pid > 1);
  return pid;
}

static void a_good_command_is_measured_and_its_output_kept(void **state)
{
  (void)state;
  const struct assay_outcome o = run("talk", (struct assay_limits){0});
  assert_int_equal(o.end, ASSAY_END_OK);
  assert_true(o.wall > 0 && o.wall < 20);
  assert_true(o.cpu_user + o.cpu_system < 20);
  assert_true(o.memory > 0.1 * MB && o.memory < 400 * MB);
  assert_int_equal(o.left_behind, 0);
  assert_tail(20, "first line\nsecond line ?\xc3\xa9?[1m\nthird line");
  assert_tail(2, "second line ?\xc3\xa9?[1m\nthird line");
}

/* every way to fail, its name, and the sentence people see */
static void failures_have_their_reason(void **state)
{
  (void)state;
  const struct {
    const char *behaviour;
    struct assay_limits limits;
    int end, code;
    const char *text;
  } row[] = {
      {"status", {0}, ASSAY_END_EXIT, 3, "exit status 3"},
      {"crash", {0}, ASSAY_END_SIGNAL, SIGSEGV, "signal 11 (Segmentation fault)"},
      {"be-silent", {0}, ASSAY_END_EXIT, 4, "exit status 4"},
      {"hang", {.wall = 0.35}, ASSAY_END_WALL, 0, "ran past its limit of 0.35 s of wall time"},
      {"spin", {.cpu = 0.35}, ASSAY_END_CPU, 0, "ran past its limit of 0.35 s of CPU time"},
      {"spin-apart", {.cpu = 0.4}, ASSAY_END_CPU, 0, "ran past its limit of 0.4 s of CPU time"},
      {"hog",
       {.memory = 160 * MB},
       ASSAY_END_MEMORY,
       0,
       "took more than its limit of 160 MB of memory"},
      {"hog-apart",
       {.memory = 160 * MB},
       ASSAY_END_MEMORY,
       0,
       "took more than its limit of 160 MB of memory"},
      {"flood", {.output = 300e3}, ASSAY_END_OUTPUT, 0, "printed more than its limit of 300 kB"},
      {"huge-file",
       {.file = 300e3},
       ASSAY_END_FILE,
       SIGXFSZ,
       "wrote a file larger than its limit of 300 kB"},
      {"breed",
       {.processes = 20},
       ASSAY_END_PROCESSES,
       0,
       "had more than its limit of 20 processes"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const struct assay_outcome o = run(row[i].behaviour, row[i].limits);
    if (o.end != row[i].end || o.code != row[i].code)
      fail_msg("%s: ended by %s, code %d", row[i].behaviour, assay_end_names[o.end], o.code);
    assert_text(&o, row[i].limits, row[i].text);
  }
}

static void limits_stop_a_command_soon(void **state)
{
  (void)state;
  struct assay_outcome o = run("hang", (struct assay_limits){.wall = 0.4});
  assert_true(o.wall >= 0.4 && o.wall < 3);
  assert_false(runs(read_pid("hang.pid")));
  o = run("spin", (struct assay_limits){.cpu = 0.4});
  assert_true(o.cpu_user + o.cpu_system >= 0.35 && o.cpu_user + o.cpu_system < 3);
  o = run("hog", (struct assay_limits){.memory = 160 * MB});
  assert_true(o.memory > 160 * MB && o.memory < 300 * MB);
}

static void flooding_output_is_cut_at_the_limit(void **state)
{
  (void)state;
  long long size;
  const struct assay_outcome o = run("flood", (struct assay_limits){.output = 123456});
  assert_true(o.output > 123456);
  assert_ok(assay_file_size(&size, log_file));
  assert_int_equal(size, 123456);
}

static void a_large_file_is_cut_at_the_limit(void **state)
{
  (void)state;
  char path[5000];
  long long size;
  run("huge-file", (struct assay_limits){.file = 234567});
  snprintf(path, sizeof path, "%s/huge", folder);
  assert_ok(assay_file_size(&size, path));
  assert_in_range(size, 1, 234567);
}

static void shared_pages_count_once(void **state)
{
  (void)state;
  const struct assay_outcome o = run("share", (struct assay_limits){.memory = 350 * MB});
  assert_int_equal(o.end, ASSAY_END_OK);
  assert_true(o.processes >= 5);
  assert_true(o.memory > 120 * MB);
}

static void cpu_of_the_whole_tree_is_counted(void **state)
{
  (void)state;
  const struct assay_outcome o = run("burn-apart", (struct assay_limits){0});
  assert_int_equal(o.end, ASSAY_END_OK);
  assert_close(o.cpu_user + o.cpu_system, 0.9, 0.2, 0);
}

static void a_process_that_detaches_is_killed_too(void **state)
{
  (void)state;
  const struct assay_outcome o = run("escape", (struct assay_limits){0});
  assert_int_equal(o.end, ASSAY_END_OK);
  assert_int_equal(o.left_behind, 1);
  assert_false(runs(read_pid("escape.pid")));
}

static void a_command_that_is_not_there_says_so(void **state)
{
  (void)state;
  const char *argv[3];
  struct assay_command c = command(argv, "", (struct assay_limits){0});
  argv[0] = "./no-such-program";
  struct assay_outcome o;
  assert_ok(assay_supervise(&o, &c));
  assert_int_equal(o.end, ASSAY_END_START);
  assert_text(&o, c.limits, "cannot be started: No such file or directory");
  c.log = "/nowhere/at/all";
  assert_fails(assay_supervise(&o, &c), ASSAY_EIO, "cannot write /nowhere/at/all");
}

static void the_environment_is_clean(void **state)
{
  (void)state;
  char *text;
  setenv("SECRET_TOKEN", "2.385", 1);
  const int extra = open("/dev/null", O_RDONLY);
  for (int fd = extra; fd <= 5; fd++) assert_true(dup(extra) >= 0);
  run("environment", (struct assay_limits){0});
  unsetenv("SECRET_TOKEN");
  assert_ok(assay_log_tail(&text, log_file, 100, 20000));
  const char *const wanted[] = {
      "OPENBLAS_NUM_THREADS=1\n", "OMP_NUM_THREADS=1\n", "PATH=",           "stdin gives 0\n",
      "fd 5 is closed\n",         "ASSAY_JOB=",          "session is own\n"};
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
    if (!strstr(text, wanted[i])) fail_msg("no '%s' in\n%s", wanted[i], text);
  assert_null(strstr(text, "SECRET_TOKEN"));
  assay_free(text);
}

/* A process that supervises; killed from outside. */
static pid_t start_caller(const char *behaviour)
{
  const pid_t pid = fork();
  if (pid != 0) return pid;
  const char *argv[3];
  const struct assay_command c = command(argv, behaviour, (struct assay_limits){0});
  struct assay_outcome o;
  _exit(assay_supervise(&o, &c) < 0 ? 1 : 0);
}

static pid_t child_of(pid_t parent)
{
  struct assay_process p;
  for (int pid = parent + 1; pid < parent + 5000; pid++)
    if (assay_process_read(&p, pid) && p.parent == parent) return pid;
  fail_msg("process %d has no child", (int)parent);
  return 0;
}

static bool gone_within(int pid, double seconds)
{
  for (const double until = assay_clock() + seconds; assay_clock() < until; sleep_for(0.01))
    if (!runs(pid)) return true;
  return false;
}

static void the_tree_ends_with_its_caller(void **state)
{
  (void)state;
  const pid_t caller = start_caller("escape-and-hang");
  const int escaped = read_pid("escape.pid"), hanging = read_pid("hang.pid");
  kill(caller, SIGKILL);
  waitpid(caller, NULL, 0);
  assert_true(gone_within(escaped, 10));
  assert_true(gone_within(hanging, 10));
}

static void survivors_of_a_killed_supervisor_are_found(void **state)
{
  (void)state;
  int status;
  prctl(PR_SET_CHILD_SUBREAPER, 1); /* so that the orphan is ours to wait for, whoever is init */
  const pid_t caller = start_caller("escape-and-hang");
  const int escaped = read_pid("escape.pid");
  read_pid("hang.pid");
  kill(child_of(caller), SIGKILL);
  waitpid(caller, &status, 0);
  assert_int_equal(WEXITSTATUS(status), 1); /* the caller was told */
  sleep_for(0.1);
  assert_true(runs(escaped));
  signal(SIGCHLD, SIG_IGN);
  assert_ok(assay_supervise_end(lock_file));
  assert_true(gone_within(escaped, 5));
  signal(SIGCHLD, SIG_DFL);
  prctl(PR_SET_CHILD_SUBREAPER, 0);
  assert_ok(assay_supervise_end(lock_file)); /* nothing left: fine */
}

static void a_lock_that_is_held_is_not_taken(void **state)
{
  (void)state;
  const char *argv[3];
  const struct assay_command c = command(argv, "talk", (struct assay_limits){0});
  struct assay_outcome o;
  const int fd = open(lock_file, O_RDWR | O_CREAT, 0644);
  assert_int_equal(flock(fd, LOCK_EX), 0);
  assert_fails(assay_supervise(&o, &c), ASSAY_EENV, "another process still holds the lock");
  close(fd);
  assert_ok(assay_supervise(&o, &c));
}

int main(int argc, char **argv)
{
  if (argc > 1) return behave(argv[1]);
  const ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
  if (n < 0) return 77;
  program[n] = 0;
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
  const struct CMUnitTest tests[] = {
      TEST(a_good_command_is_measured_and_its_output_kept),
      TEST(failures_have_their_reason),
      TEST(limits_stop_a_command_soon),
      TEST(flooding_output_is_cut_at_the_limit),
      TEST(a_large_file_is_cut_at_the_limit),
      TEST(shared_pages_count_once),
      TEST(cpu_of_the_whole_tree_is_counted),
      TEST(a_process_that_detaches_is_killed_too),
      TEST(a_command_that_is_not_there_says_so),
      TEST(the_environment_is_clean),
      TEST(the_tree_ends_with_its_caller),
      TEST(survivors_of_a_killed_supervisor_are_found),
      TEST(a_lock_that_is_held_is_not_taken),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
