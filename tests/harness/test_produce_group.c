/* Cases made side by side: the same file as one after the other, whatever the number of workers,
 * the shards, and what happens to a worker that holds several. */
#include "tests/test.h"

#include <signal.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "datasets/certify.h"
#include "datasets/merge.h"
#include "harness/produce.h"
#include "tests/harness/same_files.h"

/* The cavity, without and with groups. Case 11 may kill its worker; the most that were in one hand.
 */
static const struct assay_generator *real;
static struct assay_generator alone, side;
static const struct assay_case_stream *outer;
static int held, most;

static void maybe_die(long id)
{
  if (id != 11) return;
  if (access("die-once", F_OK) == 0) {
    unlink("die-once");
    raise(SIGKILL);
  }
  if (access("die-always", F_OK) == 0) raise(SIGKILL);
}

static int next(void *user, struct assay_case **c, const void **params, struct assay_case_key *key)
{
  (void)user;
  const int rc = outer->next(outer->user, c, params, key);
  if (*c && ++held > most) most = held;
  return rc;
}

static int done(void *user, struct assay_case *c, int rc)
{
  (void)user;
  held--;
  maybe_die(c->id);
  return outer->done(outer->user, c, rc);
}

static int run_group(const struct assay_case_stream *stream)
{
  const struct assay_case_stream inner = {NULL, next, done};
  outer = stream;
  return real->run_group(&inner);
}

static int run(struct assay_case *out, const void *params, struct assay_case_key key)
{
  maybe_die((long)key.id);
  return real->run(out, params, key);
}

static int find_alone(const struct assay_generator **out, const char *name)
{
  (void)name;
  *out = &alone;
  return ASSAY_OK;
}

static int find_side(const struct assay_generator **out, const char *name)
{
  (void)name;
  *out = &side;
  return ASSAY_OK;
}

/* Two kinds: central and limited; different frame intervals, ends, and estimates. */
static const char mixed[] =
    "generator: cavity\nseed: 23\nprecision: float64\n"
    "params: {nx: 12, ny: 12, refine: 1, frames: 4, start: random, until: repeat,\n"
    "  steady_tolerance: 1e-2}\n"
    "certificate: {sample: 0.3}\n"
    "sweep:\n"
    "  - {kind: lhs, n: 20, ranges: {lid_velocity: [1, 3], height: [0.01, 0.02],\n"
    "     frame_interval: [0.01, 0.03]}}\n"
    "  - {kind: zip, values: {viscosity: [3e-5, 5e-7]}}\n";

static struct assay_recipe *recipe(assay_generator_finder *find)
{
  struct assay_recipe *r = NULL;
  assert_ok(assay_recipe_parse(&r, "group.yaml", mixed, strlen(mixed), NULL, find));
  return r;
}

static struct assay_produce job(const struct assay_recipe *r, const char *path, int jobs)
{
  return (struct assay_produce){
      .recipe = r, .path = path, .last = assay_recipe_cases(r), .jobs = jobs};
}

static void make(assay_generator_finder *find, const char *path, int jobs, long first, long last)
{
  struct assay_produce_report report;
  struct assay_recipe *r = recipe(find);
  struct assay_produce p = job(r, path, jobs);
  p.first = first;
  p.last = last;
  assert_ok(assay_produce(&report, &p));
  assert_int_equal(report.made, last - first);
  assay_recipe_destroy(r);
}

/* All cases of one kind, from where the next is. */
static long next_limited(void *user)
{
  long *id = user;
  if (*id >= 40) return -1;
  *id += 2;
  return *id - 1;
}

static int compare_alone(void *user, long id, const struct assay_case *c, int rc)
{
  struct assay_case *ref = NULL;
  struct assay_recipe *r = recipe(find_alone);
  (void)user;
  assert_int_equal(rc, ASSAY_OK);
  assert_ok(assay_recipe_make(&ref, r, id));
  assert_int_equal(c->n_frames, ref->n_frames);
  for (int f = 0; f < c->n_fields; f++)
    if (assay_case_wants(c, f))
      assert_memory_equal(c->data[f], ref->data[f],
                          (size_t)c->n_frames * assay_case_elements(c, f) * sizeof(double));
  assert_memory_equal(&c->certificate, &ref->certificate, sizeof c->certificate);
  assay_case_destroy(ref);
  assay_recipe_destroy(r);
  return ASSAY_OK;
}

static void a_group_gives_each_case_what_it_gets_alone(void **state)
{
  (void)state;
  long id = 0;
  char params[1024];
  const size_t before = assay_mem_in_use().blocks;
  struct assay_recipe *r = recipe(find_side);
  const struct assay_make_stream s = {&id, next_limited, compare_alone};
  assert_true(sizeof params >= real->params_size);
  assert_ok(assay_recipe_params(r, params, 1));
  assert_in_range(side.group(params), 2, 8);
  held = most = 0;
  assert_ok(assay_recipe_make_group(r, &s));
  assert_int_equal(held, 0);
  assert_int_equal(most, 8);
  assay_recipe_destroy(r);
  assert_int_equal(assay_mem_in_use().blocks, before);
}

static void the_file_is_the_same(void **state)
{
  (void)state;
  make(find_side, "one.nc", 1, 0, 40);
  assert_same_files("alone.nc", "one.nc");
  make(find_side, "two.nc", 2, 0, 40);
  assert_same_files("alone.nc", "two.nc");
}

static void shards_and_parts_of_it_too(void **state)
{
  (void)state;
  make(find_side, "a.nc", 1, 0, 23);
  make(find_side, "b.nc", 1, 23, 24);
  make(find_side, "c.nc", 2, 24, 40);
  const struct assay_merge m = {.path = "m.nc",
                                .shards = (const char *const[]){"c.nc", "a.nc", "b.nc"},
                                .n_shards = 3,
                                .find = find_alone};
  assert_ok(assay_merge(&m));
  assert_same_files("alone.nc", "m.nc");
}

/* cases 0, 3, .., 39; 1, 4, .., 37; 2, 5, .., 38: the last one stops short of the end */
static void every_third_case_too(void **state)
{
  (void)state;
  static const char *const paths[] = {"0.nc", "1.nc", "2.nc"};
  static const long count[] = {14, 13, 13};
  struct assay_produce_report report;
  struct assay_recipe *r = recipe(find_side);
  for (long i = 0; i < 3; i++) {
    struct assay_produce p = job(r, paths[i], 1);
    p.first = i;
    p.step = 3;
    assert_int_equal(assay_produce_count(&p), count[i]);
    assert_int_equal(assay_produce_case(&p, count[i] - 1), i + 3 * count[i] - 3);
    assert_ok(assay_produce(&report, &p));
    assert_int_equal(report.made, count[i]);
  }
  const struct assay_merge m = {
      .path = "thirds.nc", .shards = paths, .n_shards = 3, .find = find_alone};
  assert_ok(assay_merge(&m));
  assert_same_files("alone.nc", "thirds.nc");
  assay_recipe_destroy(r);
}

static void touch(const char *path)
{
  assert_ok(assay_file_write(path, "", 0));
}

static void a_worker_that_dies_with_a_full_hand_costs_nothing(void **state)
{
  (void)state;
  touch("die-once");
  make(find_side, "dead.nc", 2, 0, 40);
  assert_false(assay_file_exists("die-once"));
  assert_same_files("alone.nc", "dead.nc");
}

static void only_the_guilty_case_fails_and_resume_makes_it(void **state)
{
  (void)state;
  struct assay_produce_report report;
  struct assay_recipe *r = recipe(find_side);
  struct assay_produce p = job(r, "bad.nc", 2);
  touch("die-always");
  assert_fails(assay_produce(&report, &p), ASSAY_EJOB, "1 of 40 cases failed");
  assert_int_equal(report.failed, 1);
  assert_int_equal(report.made, 40);
  unlink("die-always");
  p.resume = true;
  p.force = true;
  assert_ok(assay_produce(&report, &p));
  assert_int_equal(report.made, 1);
  assert_int_equal(report.reused, 39);
  assert_same_files("alone.nc", "bad.nc");
  assay_recipe_destroy(r);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_group_gives_each_case_what_it_gets_alone),
      cmocka_unit_test(the_file_is_the_same),
      cmocka_unit_test(shards_and_parts_of_it_too),
      cmocka_unit_test(every_third_case_too),
      cmocka_unit_test(a_worker_that_dies_with_a_full_hand_costs_nothing),
      cmocka_unit_test(only_the_guilty_case_fails_and_resume_makes_it),
  };
  char folder[] = "test_group-XXXXXX";
  assay_log_setup(ASSAY_LOG_ERROR, stderr);
  if (assay_generator_find(&real, "cavity") < 0) return 1;
  alone = side = *real;
  alone.run_group = NULL;
  side.run_group = run_group;
  side.run = run;
  if (!mkdtemp(folder) || chdir(folder) != 0) return 1;
  make(find_alone, "alone.nc", 2, 0, 40);
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  if (chdir("..") == 0) assay_dir_remove(folder);
  return failed;
}
