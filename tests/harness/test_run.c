/* The whole way from a suite to records, with methods of every kind of bad behaviour. This program
 * is the outside method: its method.yaml calls it with the name of a behaviour. */
#include "tests/harness/outside_program.h"

#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "core/base/log.h"
#include "datasets/prediction.h"
#include "harness/tree.h"

/* ---- the method ---------------------------------------------------------------------------- */

struct arguments {
  const char *task, *data, *model, *inputs, *output;
};

/* Prediction of a constant; `cases` less than there are: wrong shape. */
static int answer(const struct arguments *a, double value)
{
  int rc = ASSAY_OK;
  struct assay_task task;
  struct assay_task_store *store = NULL;
  struct assay_dataset *inputs = NULL;
  struct assay_prediction *p = NULL;
  double *v = NULL;
  ASSAY_TRY(assay_task_read(&task, &store, a->task));
  ASSAY_TRY(assay_dataset_open(&inputs, a->inputs));
  ASSAY_TRY(assay_prediction_create(&p, a->output, &task, inputs));
  const struct assay_dataset_info *info = assay_dataset_info(inputs);
  const size_t n = (size_t)assay_prediction_leads(p) * assay_shape_points(&info->shape);
  ASSAY_TRY(ASSAY_NEW(&v, n, "test"));
  for (size_t i = 0; i < n; i++) v[i] = value;
  for (long k = 0; k < info->n_cases; k++) ASSAY_TRY(assay_prediction_put(p, k, 0, v));
  ASSAY_TRY(assay_prediction_commit(p));
  p = NULL;
done:
  if (rc < 0) fprintf(stderr, "%s\n", assay_err_last());
  assay_free(v);
  return rc < 0 ? 1 : 0;
}

static int hang(void)
{
  signal(SIGTERM, SIG_IGN);
  FILE *f = fopen(".pid.new", "w");
  fprintf(f, "%d", (int)getpid());
  fclose(f);
  rename(".pid.new", ".pid");
  for (;;) pause_for(10);
  return 0;
}

static int write_into(const char *dir, const char *name, const char *text)
{
  char path[4200];
  snprintf(path, sizeof path, "%s/%s", dir, name);
  chmod(path, 0600); /* read-only to others than root */
  FILE *f = fopen(path, "w");
  if (!f) return 1;
  fputs(text, f);
  return fclose(f);
}

/* One byte of each page: much memory for little processor time, whose limit is not meant here. */
static void take_memory(size_t bytes)
{
  volatile char *block = malloc(bytes);
  for (size_t at = 0; block && at < bytes; at += 4096) block[at] = 1;
}

static int predict(const char *how, const struct arguments *a)
{
  if (strcmp(how, "status") == 0) {
    fprintf(stderr, "one line\nno idea what to do\n");
    return 3;
  }
  if (strcmp(how, "crash") == 0) {
    signal(SIGSEGV, SIG_DFL);
    return raise(SIGSEGV);
  }
  if (strcmp(how, "hang") == 0) return hang();
  if (strcmp(how, "spin") == 0)
    for (volatile unsigned long i = 0;; i++) {
    }
  if (strcmp(how, "hog") == 0)
    for (;; pause_for(0.01)) take_memory(40000000);
  if (strcmp(how, "flood") == 0)
    for (;;) puts("the same line over and over again, until somebody has enough of it");
  if (strcmp(how, "nan") == 0) return answer(a, (double)NAN);
  if (strcmp(how, "huge") == 0) return answer(a, 1e300);
  if (strcmp(how, "silent") == 0) return 0;
  if (strcmp(how, "text") == 0) {
    FILE *f = fopen(a->output, "w");
    fputs("u = 2.385", f);
    return fclose(f);
  }
  if (strcmp(how, "pipe") == 0) return mkfifo(a->output, 0600);
  if (strcmp(how, "vandal") == 0) {
    write_into(a->model, "weights", "spoiled");
    return answer(a, 1);
  }
  if (strcmp(how, "once") == 0 && access(".seen", F_OK) != 0) {
    close(open(".seen", O_CREAT | O_WRONLY, 0644));
    return hang();
  }
  return answer(a, 2.385);
}

/* argv: how, train or predict, arguments of the protocol */
static int behave(int argc, char **argv)
{
  const char *how = argv[1];
  const struct arguments a = {argument(argc, argv, "--task"), argument(argc, argv, "--data"),
                              argument(argc, argv, "--model"), argument(argc, argv, "--inputs"),
                              argument(argc, argv, "--output")};
  if (strcmp(argv[2], "predict") == 0) return predict(how, &a);
  if (strcmp(how, "dunce") == 0) {
    fprintf(stderr, "cannot learn this\n");
    return 7;
  }
  write_into(a.model, "weights", "learned");
  return 0;
}

static void put_task(double predict_seconds)
{
  char text[1000];
  snprintf(text, sizeof text,
           "name: small\nkind: operator\ndataset: heat-tiny\nsplit: random\nfields: [u]\n"
           "metrics: [rmse, nrmse]\ntrain_seconds: 20\npredict_seconds: %g\nmemory_mb: 500\n",
           predict_seconds);
  write_text("task.yaml", text);
}

static void put_suite(const char *methods)
{
  char text[1000];
  snprintf(text, sizeof text,
           "name: bad\ntitle: bad behaviour\ntasks: [./task.yaml]\nmethods: [%s]\n"
           "cpu_factor: 0.4\n",
           methods);
  write_text("suite.yaml", text);
}

/* ---- records ------------------------------------------------------------------------------- */

/* The last record of a method. */
static json_t *record_of(const json_t *journal, const char *method)
{
  for (size_t i = json_array_size(journal); i > 0; i--)
    if (strcmp(text_at(json_array_get(journal, i - 1), "key", "method"), method) == 0)
      return json_array_get(journal, i - 1);
  fail_msg("no record of %s", method);
  return NULL;
}

static int count_entries(const char *path)
{
  int n = 0;
  DIR *d = opendir(path);
  assert_non_null(d);
  for (const struct dirent *e; (e = readdir(d));) n += e->d_name[0] != '.';
  closedir(d);
  return n;
}

static int wait_for_pid(const char *path)
{
  char *text = NULL;
  size_t size;
  for (int i = 0; i < 6000 && !assay_file_exists(path); i++) pause_for(0.01);
  assert_ok(assay_file_read(&text, &size, path));
  const int pid = atoi(text);
  assay_free(text);
  return pid;
}

static bool gone_within(int pid, double seconds)
{
  struct assay_process p;
  for (const double until = assay_clock() + seconds; assay_clock() < until; pause_for(0.01))
    if (!assay_process_read(&p, pid)) return true;
  return false;
}

/* ---- tests --------------------------------------------------------------------------------- */

static void a_suite_ends_in_records(void **state)
{
  (void)state;
  assert_assay(0, "ok", "run", "tiny", "-j", "2");
  json_t *journal = read_journal("results");
  assert_int_equal(json_array_size(journal), 3);
  for (size_t i = 0; i < 3; i++) {
    const json_t *r = json_array_get(journal, i);
    assert_string_equal(json_string_value(json_object_get(r, "status")), "ok");
    assert_string_equal(text_at(r, "key", "suite"), "tiny");
    assert_true(strlen(text_at(r, "key", "data_hash")) == 64);
    assert_true(strlen(text_at(r, "provenance", "cpu")) > 0);
    assert_true(strlen(text_at(r, "provenance", "compiler")) > 4);
    assert_string_equal(text_at(r, "provenance", "isolation"), "none");
    const json_t *predict = json_object_get(json_object_get(r, "cost"), "predict");
    assert_true(json_number_value(json_object_get(predict, "wall_s")) > 0);
    assert_true(json_number_value(json_object_get(predict, "peak_rss_mb")) > 1);
    const char *const kept[] = {"prediction", "truth", "log"};
    for (int k = 0; k < 3; k++) {
      char path[300];
      snprintf(path, sizeof path, "results/%s", text_at(r, "artefacts", kept[k]));
      if (!assay_file_exists(path)) fail_msg("%s is not there", path);
    }
  }
  const json_t *mean = record_of(journal, "mean");
  assert_true(strstr(json_string_value(json_object_get(mean, "command")),
                     "assay run tiny --task heat-") != NULL);
  assert_int_equal(count_entries("work/jobs"), 0);
  json_decref(journal);
}

static void two_runs_give_the_same_scores(void **state)
{
  (void)state;
  assert_assay(0, "", "run", "demo-tiny", "--results", "a", "--work", "wa");
  assert_assay(0, "", "run", "demo-tiny", "--results", "b", "--work", "wb", "-j", "3");
  json_t *a = read_journal("a"), *b = read_journal("b");
  assert_int_equal(json_array_size(a), 7);
  for (size_t i = 0; i < json_array_size(a); i++) {
    const json_t *r = json_array_get(a, i);
    bool found = false;
    for (size_t k = 0; k < json_array_size(b); k++) {
      const json_t *other = json_array_get(b, k);
      if (!json_equal(json_object_get(r, "key"), json_object_get(other, "key"))) continue;
      found = true;
      assert_true(json_equal(json_object_get(r, "scores"), json_object_get(other, "scores")));
    }
    assert_true(found);
  }
  json_decref(a);
  json_decref(b);
}

static void all_flows_are_made_answered_and_scored(void **state)
{
  (void)state;
  static const char *const tasks[] = {"cavity-operator-tiny", "tube-operator-tiny",
                                      "dam-operator-tiny", "cylinder-forecast-tiny"};
  int seen[4] = {0};
  assert_assay(0, "", "run", "flows-tiny", "-j", "2");
  json_t *journal = read_journal("results");
  for (size_t i = 0; i < json_array_size(journal); i++) {
    const json_t *r = json_array_get(journal, i);
    assert_string_equal(json_string_value(json_object_get(r, "status")), "ok");
    for (int k = 0; k < 4; k++) seen[k] += strcmp(text_at(r, "key", "task"), tasks[k]) == 0;
  }
  for (int k = 0; k < 3; k++) assert_int_equal(seen[k], 2);
  assert_int_equal(seen[3], 3);
  json_decref(journal);
}

static void the_command_of_a_record_repeats_it(void **state)
{
  (void)state;
  char command[300];
  const char *args[ARGS_MAX] = {NULL};
  int n = 0;
  assert_assay(0, "", "run", "tiny", "--method", "persistence");
  json_t *journal = read_journal("results");
  snprintf(command, sizeof command, "%s",
           json_string_value(json_object_get(json_array_get(journal, 0), "command")));
  for (char *word = strtok(command, " "); word; word = strtok(NULL, " ")) args[n++] = word;
  assert_string_equal(args[0], "assay");
  assert_int_equal(assay(args + 1), 0);
  json_t *again = read_journal("results");
  assert_int_equal(json_array_size(again), 2);
  for (const char *const *member = (const char *const[]){"key", "scores", NULL}; *member; member++)
    assert_true(json_equal(json_object_get(json_array_get(again, 0), *member),
                           json_object_get(json_array_get(again, 1), *member)));
  json_decref(journal);
  json_decref(again);
}

/* every way to fail is a record with its reason; the good ones go on; nothing is left */
static void failures_are_recorded_and_the_suite_goes_on(void **state)
{
  (void)state;
  static const struct {
    const char *how, *kind, *phase, *reason;
  } row[] = {
      {"status", "crash", "predict", "predict: exit status 3"},
      {"crash", "crash", "predict", "predict: signal 11 (Segmentation fault)"},
      {"hang", "timeout", "predict", "ran past its limit of 5 s of wall time"},
      {"spin", "timeout", "predict", "ran past its limit of"}, /* CPU; wall on a busy machine */
      {"hog", "memory", "predict", "took more than its limit of 500 MB of memory"},
      {"flood", "disk", "predict", "printed more than its limit of 4"},
      {"nan", "nonfinite", "predict", "u of case 0 at time 0 is nan"},
      {"silent", "missing", "predict", "no prediction was written"},
      {"text", "shape", "predict", "cannot be read"},
      {"pipe", "shape", "predict", "not a regular file"},
      {"vandal", "other", "predict", "changed the model"},
      {"dunce", "crash", "train", "train: exit status 7"},
  };
  enum { ROWS = sizeof row / sizeof *row };
  char list[1000] = "./good";
  put_task(5);
  put_outside("good", "operator");
  for (int i = 0; i < ROWS; i++) {
    put_outside(row[i].how, "operator");
    snprintf(list + strlen(list), sizeof list - strlen(list), ", ./%s", row[i].how);
  }
  put_suite(list);
  assert_assay(2, "12 of 13 jobs failed", "run", "./suite.yaml", "-j", "3");
  assert_said("printed more than its limit");
  assert_said("predict: exit status 3: no idea what to do\n");
  assert_said("train: exit status 7: cannot learn this\n");
  json_t *journal = read_journal("results");
  assert_int_equal(json_array_size(journal), ROWS + 1);
  assert_string_equal(json_string_value(json_object_get(record_of(journal, "good"), "status")),
                      "ok");
  for (int i = 0; i < ROWS; i++) {
    const json_t *r = record_of(journal, row[i].how);
    const char *reason = text_at(r, "failure", "reason");
    if (strcmp(text_at(r, "failure", "kind"), row[i].kind) != 0 || !strstr(reason, row[i].reason) ||
        strcmp(text_at(r, "failure", "phase"), row[i].phase) != 0)
      fail_msg("%s: kind %s, phase %s, reason '%s'", row[i].how, text_at(r, "failure", "kind"),
               text_at(r, "failure", "phase"), reason);
    assert_string_equal(json_string_value(json_object_get(r, "status")), "failed");
  }
  const json_t *output =
      json_object_get(json_object_get(record_of(journal, "status"), "failure"), "output");
  assert_int_equal(json_array_size(output), 2);
  assert_string_equal(json_string_value(json_array_get(output, 1)), "no idea what to do");
  assert_false(gone_within(getpid(), 0));
  assert_true(gone_within(wait_for_pid("hang/.pid"), 0.5));
  assert_int_equal(count_entries("work/jobs"), 0);
  assert_int_equal(count_entries("results/predictions"), 1);
  json_decref(journal);
}

/* A folder for the model that is not there is made, not missed when all is learned. */
static void a_method_by_hand(void **state)
{
  (void)state;
  glob_t at;
  put_task(20);
  put_suite("mean");
  assert_assay(0, "ok\n", "run", "./suite.yaml", "--keep");
  assert_int_equal(glob("work/tasks/*/task.json", 0, NULL, &at), 0);
  char *task = at.gl_pathv[0], data[256];
  snprintf(data, sizeof data, "%.*strain.nc", (int)(strlen(task) - strlen("task.json")), task);
  assert_assay(1, "nowhere.nc: cannot open", "method", "mean", "train", "--task", task, "--data",
               "nowhere.nc", "--model", "some/model");
  assert_int_equal(access("some", F_OK), -1);
  assert_assay(0, "", "method", "mean", "train", "--task", task, "--data", data, "--model",
               "some/model");
  assert_int_equal(access("some/model/model.nc", F_OK), 0);
  globfree(&at);
}

static void resume_runs_what_is_missing_or_failed(void **state)
{
  (void)state;
  put_task(20);
  put_outside("good", "operator");
  put_outside("status", "operator");
  put_suite("./good, ./status");
  assert_assay(2, "1 of 2 jobs failed", "run", "./suite.yaml");
  assert_assay(2, "1 of 1 jobs failed", "run", "./suite.yaml", "--resume");
  assert_said("1 of 2 jobs had their record already");
  json_t *journal = read_journal("results");
  assert_int_equal(json_array_size(journal), 3);
  json_decref(journal);
  put_outside("good", "operator"); /* the same file again: the same method */
  assert_assay(0, "1 of 1 jobs had", "run", "./suite.yaml", "--resume", "--method", "good");
  write_text("good/code.txt", "another version");
  assert_assay(0, " ok", "run", "./suite.yaml", "--resume", "--method", "good");
}

static pid_t start_run(void)
{
  const pid_t pid = fork();
  if (pid != 0) return pid;
  const int nowhere = open("run.log", O_WRONLY | O_CREAT | O_TRUNC, 0644);
  dup2(nowhere, 1);
  dup2(nowhere, 2);
  execl(assay_program, "assay", "run", "./suite.yaml", (char *)NULL);
  _exit(127);
}

/* kill -9 at the worst moment: the method dies too, and resume completes the suite */
static void a_killed_run_resumes(void **state)
{
  (void)state;
  int status;
  put_task(60);
  put_outside("good", "operator");
  put_outside("once", "operator");
  put_suite("./good, ./once");
  const pid_t pid = start_run();
  const int method = wait_for_pid("once/.pid");
  kill(pid, SIGKILL);
  waitpid(pid, &status, 0);
  assert_true(WIFSIGNALED(status));
  assert_true(gone_within(method, 10));
  json_t *journal = read_journal("results");
  assert_int_equal(json_array_size(journal), 1);
  json_decref(journal);
  assert_assay(0, "1 of 2 jobs had their record already", "run", "./suite.yaml", "--resume");
  journal = read_journal("results");
  assert_int_equal(json_array_size(journal), 2);
  assert_string_equal(text_at(json_array_get(journal, 1), "key", "method"), "once");
  json_decref(journal);
  assert_int_equal(count_entries("work/jobs"), 0);
}

static void an_interrupted_run_says_how_to_go_on(void **state)
{
  (void)state;
  int status;
  char *log = NULL;
  put_task(60);
  put_outside("hang", "operator");
  put_suite("./hang");
  const pid_t pid = start_run();
  const int method = wait_for_pid("hang/.pid");
  assert_assay(5, "another run works here (process ", "run", "./suite.yaml");
  kill(pid, SIGINT);
  waitpid(pid, &status, 0);
  assert_true(WIFEXITED(status));
  assert_int_equal(WEXITSTATUS(status), 2);
  assert_ok(assay_log_tail(&log, "run.log", 100, 10000));
  assert_non_null(strstr(log, "--resume"));
  assay_free(log);
  assert_true(gone_within(method, 10));
  assert_false(assay_file_exists("results/journal.jsonl"));
}

static void mistakes_are_named_before_anything_is_made(void **state)
{
  (void)state;
  put_task(20);
  put_suite("./nowhere");
  assert_assay(1, "no suite 'tyni' (did you mean 'tiny'?", "run", "tyni");
  assert_assay(1, "no method in ./nowhere", "run", "./suite.yaml");
  assert_assay(1, "no choice 'slurm' (known: local)", "run", "tiny", "--executor", "slurm");
  assert_assay(1, "no method 'maen' (did you mean 'mean'?", "run", "tiny", "--method", "maen");
  assert_assay(1, "suite 'tiny' has no task 'heat' (known: heat-", "run", "tiny", "--task", "heat");
  assert_assay(1, "no task 'heat'", "run", "--task", "heat", "--method", "mean");
  assert_assay(1, "no method 'meen'", "run", "--task", "./task.yaml", "--method", "meen");
  assert_assay(1, "expected a whole number from 0, got '-1'", "run", "tiny", "--seed", "-1");
  assert_assay(1, "name a suite", "run");
  write_text("suite.yaml", "name: x\ntasks: [tiny]\nmethod: [mean]\n");
  assert_assay(1, "./suite.yaml:3:9: ", "run", "./suite.yaml");
  write_text("task.yaml", "name: a/b\nkind: operator\ndataset: heat-tiny\nsplit: random\n"
                          "fields: [u]\nmetrics: [rmse]\n");
  assert_assay(1, "task 'a/b': expected a name of letters", "run", "--task", "./task.yaml",
               "--method", "mean");
  put_task(0);
  assert_assay(1, "must be above 0", "run", "--task", "./task.yaml", "--method", "mean");
  assert_ok(assay_dir_make("kept"));
  write_text("kept/journal.jsonl.gz", "finished");
  assert_assay(1, "kept: its journal is packed", "run", "tiny", "--results", "kept");
  assert_false(assay_file_exists("work"));
  assert_false(assay_file_exists("results"));
}

/* a method of one's own on the tasks of a suite */
static void a_suite_takes_another_method(void **state)
{
  (void)state;
  put_outside("good", "operator");
  assert_assay(0, "heat-operator-tiny   good", "run", "tiny", "--method", "./good");
  json_t *journal = read_journal("results");
  const json_t *r = record_of(journal, "good");
  assert_int_equal(json_array_size(journal), 1);
  assert_string_equal(text_at(r, "key", "suite"), "tiny");
  assert_string_equal(json_string_value(json_object_get(r, "command")),
                      "assay run tiny --task heat-operator-tiny --method ./good --seed 0");
  json_decref(journal);
}

static void a_dry_run_lists_the_jobs(void **state)
{
  (void)state;
  assert_assay(0, "assay run tiny --task heat-forecast-tiny --method persistence --seed 0\n", "run",
               "tiny", "--dry-run", "--method", "persistence");
  assert_false(assay_file_exists("work"));
}

/* a prediction is scored by hand to the number in its record */
static void score_agrees_with_run(void **state)
{
  (void)state;
  char path[200], truth[200];
  double recorded = 0, printed = 0;
  assert_assay(0, "", "run", "tiny", "--task", "heat-operator-tiny", "--method", "mean");
  json_t *journal = read_journal("results");
  const json_t *r = json_array_get(journal, 0);
  snprintf(path, sizeof path, "results/%s", text_at(r, "artefacts", "prediction"));
  snprintf(truth, sizeof truth, "results/%s", text_at(r, "artefacts", "truth"));
  assert_int_equal(json_unpack((json_t *)r, "{s{s{s{s{sF}}}}}", "scores", "nrmse", "fields", "u",
                               "value", &recorded),
                   0);
  assert_assay(0, "", "score", path, "--truth", truth, "--metrics", "mae,nrmse", "--json");
  json_t *json = json_loads(said, 0, NULL);
  assert_non_null(json);
  assert_int_equal(
      json_unpack(json, "{s{s{s{s{sF}}}}}", "scores", "nrmse", "fields", "u", "value", &printed),
      0);
  assert_close(printed, recorded, 1e-12, 0);
  assert_assay(1, "no-such.nc", "score", path, "--truth", "no-such.nc");
  assert_assay(1, "did you mean 'nrmse'", "score", path, "--truth", truth, "--metrics", "nrsme");
  write_text("bad.nc", "not NetCDF");
  assert_assay(1, "bad.nc: not a data set", "score", "bad.nc", "--truth", truth);
  json_decref(json);
  json_decref(journal);
}

int main(int argc, char **argv)
{
  if (argc > 2) return behave(argc, argv);
  if (find_programs() != 0) return 77;
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
  const struct CMUnitTest tests[] = {
      TEST(a_suite_ends_in_records),
      TEST(two_runs_give_the_same_scores),
      TEST(all_flows_are_made_answered_and_scored),
      TEST(the_command_of_a_record_repeats_it),
      TEST(failures_are_recorded_and_the_suite_goes_on),
      TEST(a_method_by_hand),
      TEST(resume_runs_what_is_missing_or_failed),
      TEST(a_killed_run_resumes),
      TEST(an_interrupted_run_says_how_to_go_on),
      TEST(mistakes_are_named_before_anything_is_made),
      TEST(a_suite_takes_another_method),
      TEST(a_dry_run_lists_the_jobs),
      TEST(score_agrees_with_run),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
