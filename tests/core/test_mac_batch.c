/* Lanes of a batch against the solver alone, bit for bit. */
#include "core/base/mem.h"
#include "core/flow/mac_batch.h"
#include "core/num/isa.h"
#include "tests/test.h"

enum { LANES = ASSAY_MAC_LANES, FRAMES = 3 };

/* What differs from case to case. */
struct variant {
  double width, height, density, speed, re, interval, cfl;
};

static const struct variant variants[] = {
    {0.731, 0.731, 2.385, 1.377, 310, 0.31, 0.5},  {0.731, 0.731, 1.13, 0.377, 290, 0.77, 0.5},
    {1.31, 0.531, 0.385, 2.77, 420, 0.23, 0.41},   {0.231, 0.431, 23.85, -4.1, 333, 0.043, 0.5},
    {0.0731, 0.1, 2.385, 13.77, 371, 0.0113, 0.3}, {3.31, 3.7, 2.385, 1.4, 270, 1.7, 0.5},
    {0.531, 0.931, 6.1, 0.9, 388, 0.41, 0.47},     {1.1, 1.2, 1.3, 1.4, 401, 0.6, 0.5},
    {0.7, 0.9, 1.7, 2.3, 305, 0.37, 0.5},          {1.9, 1.1, 0.9, 0.7, 299, 1.9, 0.39},
    {0.731, 0.731, 2.385, 1.377, 366, 0.29, 0.5},
};
enum { VARIANTS = sizeof variants / sizeof *variants };

static struct assay_mac_settings settings(const struct variant *v, int nx, int ny,
                                          enum assay_mac_scheme scheme)
{
  struct assay_mac_settings s = {.nx = nx,
                                 .ny = ny,
                                 .width = v->width,
                                 .height = v->height,
                                 .density = v->density,
                                 .viscosity = v->density * fabs(v->speed) * v->width / v->re,
                                 .scheme = scheme,
                                 .viscous = ASSAY_MAC_EXPLICIT,
                                 .cfl = v->cfl};
  s.side[ASSAY_MAC_TOP].velocity = v->speed;
  return s;
}

/* Everything that a generator can see of a solver after a run. */
struct seen {
  int rc, steady;
  double time, velocity, pressure, stream, vorticity;
  struct assay_mac_diagnostics d;
  struct assay_mac_account a;
};

static double checksum(const double *x, int n)
{
  double s = 0;
  for (int k = 0; k < n; k++) s = 1.37 * s + x[k] * (1 + k % 7), s = fabs(s) > 1e9 ? s * 1e-9 : s;
  return s;
}

static struct seen look(struct assay_mac *m, const struct assay_mac_settings *s)
{
  static double field[5][64 * 64];
  const int n = s->nx * s->ny;
  struct seen r = {.time = assay_mac_time(m), .a = assay_mac_account(m)};
  const struct assay_mac_frame f = {field[0], field[1], field[2], field[3], field[4]};
  assay_mac_diagnose(m, &r.d);
  assert_ok(assay_mac_sample(m, 1, &f));
  r.velocity = checksum(field[0], n) + 3.1 * checksum(field[1], n);
  r.pressure = checksum(field[2], n);
  r.vorticity = checksum(field[3], n);
  r.stream = checksum(field[4], n);
  return r;
}

/* The specification: one case, all its frames. Ends with the first frame that does not end well. */
static int alone(struct seen *out, const struct assay_mac_settings *s, double interval,
                 double tolerance, int frames)
{
  struct assay_mac *m = NULL;
  int k = 0, rc = ASSAY_OK;
  assert_ok(assay_mac_create(&m, s));
  memset(out, 0, (size_t)frames * sizeof *out);
  for (; k < frames && rc == ASSAY_OK; k++) {
    int steady = 0;
    rc = assay_mac_run_until(m, (k + 1) * interval, tolerance, &steady);
    if (rc == ASSAY_OK) out[k] = look(m, s);
    out[k].rc = rc;
    out[k].steady = steady;
    if (rc < 0) out[k].time = assay_mac_time(m);
    if (steady) rc = 1;
  }
  assay_mac_destroy(m);
  return k;
}

struct job {
  struct assay_mac_settings s;
  double interval, tolerance;
  int frames, done;
  struct assay_mac *m;
  struct seen seen[8];
};

static void begin(struct assay_mac_batch *b, struct job *j, int *lane)
{
  assert_ok(assay_mac_create(&j->m, &j->s));
  assert_ok(assay_mac_batch_put(b, lane, j->m));
  assert_ok(assay_mac_batch_aim(b, *lane, j->interval, j->tolerance));
}

/* A run of this job has ended; whether there is another frame. */
static int advance(struct assay_mac_batch *b, struct job *j, int lane)
{
  struct seen *r = &j->seen[j->done];
  int steady = 0;
  const int rc = assay_mac_batch_result(b, lane, &steady);
  if (rc == ASSAY_OK) *r = look(j->m, &j->s);
  r->rc = rc;
  r->steady = steady;
  if (rc < 0) r->time = assay_mac_time(j->m);
  j->done++;
  if (rc < 0 || steady || j->done == j->frames) return 0;
  assert_ok(assay_mac_batch_aim(b, lane, (j->done + 1) * j->interval, j->tolerance));
  return 1;
}

/* All jobs through one batch, a new one for each that ends. */
static void together(struct job *job, int n)
{
  struct assay_mac_batch *b = NULL;
  int holds[LANES], next = 0, busy = 0;
  for (int k = 0; k < LANES; k++) holds[k] = -1;
  assert_ok(assay_mac_batch_create(&b, &job[0].s));
  while (next < n || busy > 0) {
    int lane = 0;
    for (; busy < LANES && next < n; busy++, next++) {
      begin(b, &job[next], &lane);
      assert_int_equal(holds[lane], -1);
      holds[lane] = next;
    }
    unsigned ended;
    assay_mac_batch_run(b, &ended);
    assert_true(ended != 0);
    for (int k = 0; k < LANES; k++) {
      if (!(ended >> k & 1) || advance(b, &job[holds[k]], k)) continue;
      assay_mac_batch_take(b, k);
      assay_mac_destroy(job[holds[k]].m);
      holds[k] = -1;
      busy--;
    }
  }
  assay_mac_batch_destroy(b);
}

static void compare(const struct job *job, int n)
{
  for (int k = 0; k < n; k++) {
    struct seen ref[8];
    const int frames = alone(ref, &job[k].s, job[k].interval, job[k].tolerance, job[k].frames);
    assert_int_equal(job[k].done, frames);
    for (int f = 0; f < frames; f++)
      if (memcmp(&ref[f], &job[k].seen[f], sizeof ref[f]) != 0)
        fail_msg(
            "case %d, frame %d: velocity %.17g and %.17g, pressure %.17g and %.17g, steps %lld "
            "and %lld, rc %d and %d",
            k, f, ref[f].velocity, job[k].seen[f].velocity, ref[f].pressure,
            job[k].seen[f].pressure, ref[f].a.steps, job[k].seen[f].a.steps, ref[f].rc,
            job[k].seen[f].rc);
  }
}

static void fill_jobs(struct job *job, int nx, int ny, enum assay_mac_scheme scheme)
{
  memset(job, 0, VARIANTS * sizeof *job);
  for (int k = 0; k < VARIANTS; k++) {
    job[k].s = settings(&variants[k], nx, ny, scheme);
    job[k].interval = variants[k].interval;
    job[k].frames = 1 + (k * 2 + 1) % FRAMES; /* some end before their neighbours */
  }
}

static void on_every_instruction_set(void (*test)(void))
{
  const enum assay_isa best = assay_isa();
  for (int k = 0; k < assay_isa_count(); k++) {
    if (!assay_isa_available((enum assay_isa)k)) continue;
    assert_ok(assay_isa_force((enum assay_isa)k));
    test();
  }
  assert_ok(assay_isa_force(best));
}

static void run_mixed(void)
{
  static struct job job[VARIANTS];
  static const int sizes[][2] = {{16, 16}, {24, 10}, {7, 13}};
  for (int k = 0; k < 3; k++)
    for (int scheme = ASSAY_MAC_CENTRAL; scheme <= ASSAY_MAC_LIMITED; scheme++) {
      fill_jobs(job, sizes[k][0], sizes[k][1], (enum assay_mac_scheme)scheme);
      together(job, VARIANTS);
      compare(job, VARIANTS);
    }
}

static void every_lane_has_the_bits_of_its_case(void **state)
{
  (void)state;
  on_every_instruction_set(run_mixed);
}

/* Same shape of cells in all lanes: the pivots are kept once. */
static void run_equal_shapes(void)
{
  static struct job job[VARIANTS];
  fill_jobs(job, 32, 32, ASSAY_MAC_LIMITED);
  for (int k = 0; k < VARIANTS; k++) {
    job[k].s.width = job[k].s.height = 0.731;
    job[k].interval = 0.2 * job[k].s.width / fabs(variants[k].speed);
  }
  together(job, VARIANTS);
  compare(job, VARIANTS);
}

static void lanes_of_equal_shape_agree_too(void **state)
{
  (void)state;
  on_every_instruction_set(run_equal_shapes);
}

/* One case is hopeless: it ends as it would alone, its neighbours do not notice. */
static void run_diverging(void)
{
  static struct job job[VARIANTS];
  fill_jobs(job, 16, 16, ASSAY_MAC_CENTRAL);
  job[2].s.cfl = job[5].s.cfl = 1;
  job[2].s.viscosity *= 1e-3, job[5].s.viscosity *= 1e-4;
  job[2].interval *= 300, job[2].frames = 2;
  job[5].interval *= 1e12, job[5].frames = 2; /* more steps to a frame than anybody takes */
  together(job, VARIANTS);
  compare(job, VARIANTS);
  assert_int_equal(job[5].seen[0].rc, ASSAY_EDIVERGED);
}

static void a_diverging_lane_harms_nobody(void **state)
{
  (void)state;
  on_every_instruction_set(run_diverging);
}

/* Runs that stop where the flow is steady, at different times. */
static void run_steady(void)
{
  static struct job job[VARIANTS];
  fill_jobs(job, 8, 8, ASSAY_MAC_CENTRAL);
  for (int k = 0; k < VARIANTS; k++) {
    const double speed = fabs(variants[k].speed);
    job[k].s.viscosity *= 4;
    job[k].interval = (20 + 9 * k) * variants[k].width / speed;
    job[k].tolerance = 1e-7 * speed * speed / variants[k].width;
    job[k].frames = 3;
  }
  together(job, VARIANTS);
  compare(job, VARIANTS);
  for (int k = 0; k < VARIANTS; k++) assert_true(job[k].seen[job[k].done - 1].steady);
}

static void steady_lanes_end_early(void **state)
{
  (void)state;
  on_every_instruction_set(run_steady);
}

/* Into a batch and out of it at any time. */
static void a_case_can_go_on_alone(void **state)
{
  (void)state;
  struct assay_mac_batch *b = NULL;
  struct assay_mac *m[3] = {NULL}, *ref = NULL;
  const struct assay_mac_settings s = settings(&variants[0], 16, 16, ASSAY_MAC_LIMITED),
                                  other = settings(&variants[2], 16, 16, ASSAY_MAC_LIMITED);
  int lane[3], steady;
  unsigned ended;
  assert_ok(assay_mac_create(&ref, &s));
  for (int k = 0; k < 3; k++) assert_ok(assay_mac_create(&m[k], k == 1 ? &other : &s));
  for (int k = 1; k <= 5; k++) assert_ok(assay_mac_run(ref, 0.1 * k));
  assert_ok(assay_mac_run(m[0], 0.1));
  assert_ok(assay_mac_batch_create(&b, &s));
  for (int k = 0; k < 3; k++) assert_ok(assay_mac_batch_put(b, &lane[k], m[k]));
  assert_ok(assay_mac_batch_aim(b, lane[0], 0.1 * 2, 0));
  assert_ok(assay_mac_batch_aim(b, lane[1], 10, 0));
  do assay_mac_batch_run(b, &ended);
  while (!(ended >> lane[0] & 1));
  assert_ok(assay_mac_batch_aim(b, lane[2], 0.13, 0)); /* lane 0 waits meanwhile */
  do assay_mac_batch_run(b, &ended);
  while (!(ended >> lane[2] & 1));
  assert_ok(assay_mac_batch_aim(b, lane[0], 0.1 * 3, 0));
  do assay_mac_batch_run(b, &ended);
  while (!(ended >> lane[0] & 1));
  assert_ok(assay_mac_batch_result(b, lane[0], &steady));
  assay_mac_batch_take(b, lane[0]);
  assert_ok(assay_mac_run(m[0], 0.1 * 4));
  assert_ok(assay_mac_batch_put(b, &lane[0], m[0]));
  assert_ok(assay_mac_batch_aim(b, lane[0], 0.1 * 5, 0));
  do assay_mac_batch_run(b, &ended);
  while (!(ended >> lane[0] & 1));
  const struct seen x = look(ref, &s), y = look(m[0], &s);
  assert_memory_equal(&x, &y, sizeof x);
  assay_mac_batch_destroy(b);
  for (int k = 0; k < 3; k++) assay_mac_destroy(m[k]);
  assay_mac_destroy(ref);
}

static void what_does_not_fit_is_refused(void **state)
{
  (void)state;
  struct assay_mac_batch *b = NULL;
  struct assay_mac *m = NULL;
  struct assay_mac_settings s = settings(&variants[0], 16, 16, ASSAY_MAC_CENTRAL), t = s;
  int lane;
  assert_int_equal(assay_mac_batch_fits(&s, &t), 1);
  t.nx = 24;
  assert_int_equal(assay_mac_batch_fits(&s, &t), 0);
  t = s, t.scheme = ASSAY_MAC_LIMITED;
  assert_int_equal(assay_mac_batch_fits(&s, &t), 0);
  assert_ok(assay_mac_batch_create(&b, &s));
  assert_ok(assay_mac_create(&m, &t));
  assert_fails(assay_mac_batch_put(b, &lane, m), ASSAY_EARG, "does not fit");
  assay_mac_destroy(m);
  assay_mac_batch_destroy(b);
  b = NULL;
  t = s, t.viscous = ASSAY_MAC_IMPLICIT;
  assert_fails(assay_mac_batch_create(&b, &t), ASSAY_EUNSUPPORTED, "explicit viscosity");
  t = s, t.side[ASSAY_MAC_LEFT].wall = ASSAY_MAC_FREE_SLIP;
  assert_fails(assay_mac_batch_create(&b, &t), ASSAY_EUNSUPPORTED, "no-slip");
  assert_null(b);
  assay_mac_batch_destroy(NULL);
}

static void memory_comes_back(void **state)
{
  (void)state;
  const size_t before = assay_mem_in_use().blocks;
  static struct job job[VARIANTS];
  fill_jobs(job, 8, 8, ASSAY_MAC_CENTRAL);
  together(job, VARIANTS);
  assert_int_equal(assay_mem_in_use().blocks, before);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_lane_has_the_bits_of_its_case),
      cmocka_unit_test(lanes_of_equal_shape_agree_too),
      cmocka_unit_test(a_diverging_lane_harms_nobody),
      cmocka_unit_test(steady_lanes_end_early),
      cmocka_unit_test(a_case_can_go_on_alone),
      cmocka_unit_test(what_does_not_fit_is_refused),
      cmocka_unit_test(memory_comes_back),
  };
  return cmocka_run_group_tests_name("core/flow/batch", tests, NULL, NULL);
}
