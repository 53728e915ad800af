/* How far every heavy kernel is from what the processor can do, measured in the same run.
 *
 * First the processor: additions, multiplications, divisions, shuffles, loads and stores of the
 * widest vectors per ns, none fused (results must not depend on that), and bandwidths of each level
 * of the memory. Then the kernels: time per cell, share of the step, and what bounds it. Per cell
 * are counted, by hand from the source,
 *
 *   add, multiply    + and -, *
 *   other            comparison, choice, minimum, maximum, sign: on the same pipes
 *   shuffle          of transpositions, log2 of the width per number; they share a pipe with add
 *   divide           square roots as well
 *   load, across     vectors read from the first-level cache, and those of them that are one number
 *                    off their place, so that the widest ones touch two lines
 *   store            vectors written into the first-level cache, scratch included
 *   bytes            of fields read and written; what is only written is read as well, since whole
 *                    lines of the cache are; not those of scratch rows
 *
 * and the bound is the largest of the times that each of them needs alone, bytes at the rate of
 * a += k b whose arrays are as large together as the fields, phases that cannot overlap one after
 * the other. `reached` is bound over time.
 * Processor time, least of several repeats; one JSON line per figure. */
#include <stdio.h>
#include <string.h>

#include "core/flow/mac_batch_kernels.h"
#include "core/flow/mac_body.h"
#include "core/flow/mac_internal.h"
#include "core/flow/twophase_internal.h"
#include "core/flow/vof_internal.h"
#include "core/num/capacitance_plan.h"
#include "core/num/poisson_lanes.h"
#include "core/num/varpoisson_plan.h"
#include "tests/core/bench_cost.h"
#include "tests/core/bench_dam.h"

/* ---- a cavity alone ------------------------------------------------------------------------- */

static const struct mode {
  const char *name;
  double cell_reynolds;
  enum assay_mac_scheme scheme;
  enum assay_mac_viscous viscous;
  struct cost alone, lanes; /* of the sweep, divergence included */
} modes[] = {
    {"explicit-central",
     8,
     ASSAY_MAC_CENTRAL,
     ASSAY_MAC_EXPLICIT,
     {.add = 27, .multiply = 23, .store = 6, .bytes = 96, .load = 24, .across = 7},
     {.add = 27, .multiply = 21, .store = 6, .bytes = 64, .load = 13}},
    {"explicit-limited",
     100,
     ASSAY_MAC_LIMITED,
     ASSAY_MAC_EXPLICIT,
     {.add = 47, .multiply = 46, .other = 40, .store = 9, .bytes = 96, .load = 44, .across = 14},
     {.add = 43, .multiply = 34, .other = 48, .store = 7, .bytes = 64, .load = 19}},
    {"implicit-central",
     0.5,
     ASSAY_MAC_CENTRAL,
     ASSAY_MAC_IMPLICIT,
     {.add = 34, .multiply = 29, .store = 5, .bytes = 88, .load = 26, .across = 7},
     {0}},
};

struct solo {
  struct assay_mac *m;
  struct assay_mac_sweep s;
  double dt;
};

static void solo_step(void *context)
{
  const struct solo *a = context;
  if (assay_mac_step(a->m, a->dt) < 0) fprintf(stderr, "%s\n", assay_err_last());
}

static void solo_sweep(void *context)
{
  const struct solo *a = context;
  const struct assay_mac_kernels *k = a->m->kernels;
  const int limited = a->m->account.scheme == ASSAY_MAC_LIMITED;
  if (a->m->account.viscous == ASSAY_MAC_IMPLICIT)
    (limited ? k->implicit_limited : k->implicit_central)(&a->s);
  else
    (limited ? k->explicit_limited : k->explicit_central)(&a->s);
}

static void solo_poisson(void *context)
{
  const struct solo *a = context;
  assay_poisson_solve(a->m->poisson, a->m->phi, a->m->div, a->m->work);
}

static void solo_project(void *context)
{
  const struct solo *a = context;
  a->m->kernels->project(&a->s, a->s.u_out, a->s.v_out, a->m->phi, (double *)a->s.p, 0, 0);
}

static void solo_lines(void *context)
{
  const struct solo *a = context;
  assay_mac_solve_lines(a->m, a->m->other);
  a->m->kernels->add_increment(&a->s);
}

static void solo_capacitance(void *context)
{
  const struct solo *a = context;
  assay_capacitance_solve(a->m->bodies->capacitance, a->m->phi, a->m->div, a->m->work);
}

/* Two runs of x and y, forth and back, for both components; then increments and divergence. */
static struct cost lines_cost(const struct machine *m)
{
  const double turns = log2(bench_widths[m->isa]);
  return (struct cost){.add = 8 + 5,
                       .multiply = 12 + 2,
                       .shuffle = 2 * 2 * turns,
                       .store = 8 + 3,
                       .bytes = 192,
                       .load = 20,
                       .across = 1};
}

static void prepare(struct solo *a)
{
  a->s = assay_mac_sweep_of(a->m, a->m->now);
  a->s.u_out = a->m->other.u, a->s.v_out = a->m->other.v;
  a->s.hu = a->s.hu_out = a->m->rhs.u, a->s.hv = a->s.hv_out = a->m->rhs.v;
  a->s.keep = 1, a->s.now = 1.5 * a->dt, a->s.before = 0.5 * a->dt;
  a->s.visc = a->s.grad = a->dt;
  a->s.p = a->m->p;
}

static int bench_solo(int n, const struct mode *mode, const struct machine *machine)
{
  int rc = ASSAY_OK;
  struct assay_mac_settings set = {.nx = n, .ny = n, .width = 1, .height = 1, .density = 1};
  set.viscosity = 1 / (mode->cell_reynolds * n);
  set.scheme = mode->scheme;
  set.viscous = mode->viscous;
  set.side[ASSAY_MAC_TOP].velocity = 1;
  struct solo a = {0};
  char what[64];
  const int calls = 400000 / (n * n) + 1, implicit = mode->viscous == ASSAY_MAC_IMPLICIT;
  ASSAY_TRY(assay_mac_create(&a.m, &set));
  a.dt = 0.9 * assay_mac_dt_limit(a.m);
  ASSAY_TRY(assay_mac_run(a.m, 60 * a.dt));
  const double step = bench_least(solo_step, &a, calls), cells = (double)n * n, field = 8 * cells;
  prepare(&a);
  const struct cost project = implicit ? (struct cost){7, 7, 3, 0, 0, 3, 64, 8, 1}
                                       : (struct cost){5, 5, 3, 0, 0, 2, 40, 5, 1};
  const struct kernel k[] = {
      {"sweep", bench_least(solo_sweep, &a, calls), 1, cells, 9 * field, mode->alone},
      {"poisson", bench_least(solo_poisson, &a, calls), 1, cells, 2 * field,
       direct(a.m->poisson, machine)},
      {"projection", bench_least(solo_project, &a, calls), 1, cells, (implicit ? 5 : 3) * field,
       project},
      {"lines", implicit ? bench_least(solo_lines, &a, calls) : 0, 1, cells, 5 * field,
       lines_cost(machine)},
  };
  snprintf(what, sizeof what, "cavity %d^2 %s, alone", n, mode->name);
  ASSAY_TRY(report(what, k, 4, step, 1, machine));
done:
  assay_mac_destroy(a.m);
  return rc;
}

/* ---- in lanes ------------------------------------------------------------------------------- */

struct many {
  const struct assay_mac_batch_kernels *kernels;
  struct assay_mac_lanes s;
  struct assay_poisson_lanes *poisson;
  int limited;
  double *block;
};

static void many_up(void *context)
{
  const struct many *a = context;
  (a->limited ? a->kernels->up_limited : a->kernels->up_central)(&a->s);
}

static void many_down(void *context)
{
  const struct many *a = context;
  a->kernels->down(&a->s);
}

static void many_step(void *context)
{
  many_up(context);
  many_down(context);
}

/* Fields of a fluid at rest whose walls do not move: the arithmetic is the same. */
static int create_many(struct many *a, int n, const struct mode *mode,
                       const struct assay_poisson *plan, enum assay_isa isa)
{
  int rc = ASSAY_OK;
  *a = (struct many){.kernels = ASSAY_ISA_PICK(assay_mac_batch_kernels, isa),
                     .limited = mode->scheme == ASSAY_MAC_LIMITED};
  const int vl = a->kernels->vl;
  const size_t row = (size_t)(n + 6) * (size_t)vl, field = (size_t)(n + 8) * row + 40;
  const size_t line = (size_t)(n + 8) * (size_t)vl;
  ASSAY_TRY(assay_poisson_lanes_create(&a->poisson, n, n, vl));
  assay_poisson_lanes_put(a->poisson, 0, 0, plan);
  ASSAY_TRY(ASSAY_NEW(&a->block, 5 * field + 40 * line, "bench"));
  double *p = a->block;
  double **fields[] = {&a->s.u, &a->s.v, &a->s.hu, &a->s.hv};
  for (int k = 0; k < 4; k++, p += field) *fields[k] = p + 3 * row + 2 * (size_t)vl;
  double **lines[] = {&a->s.g, &a->s.rows, &a->s.carry, &a->s.work, &a->s.rate};
  const size_t sizes[] = {field, 8 * line, line + 40, 6 * line, line};
  for (int k = 0; k < 5; k++, p += sizes[k - 1]) *lines[k] = p;
  double *number = p;
  a->s.nx = a->s.ny = n, a->s.stride = (ptrdiff_t)row;
  a->s.number = number;
  a->s.poisson = a->poisson;
  for (int k = 0; k < MAC_LANE_NUMBERS * vl; k++) number[k] = k / vl >= MAC_LEFT ? 0 : 1e-3;
done:
  return rc;
}

static int bench_many(int n, const struct mode *mode, const struct machine *machine)
{
  int rc = ASSAY_OK;
  struct many a = {0};
  struct assay_poisson *plan = NULL;
  char what[64];
  const int calls = 60000 / (n * n) + 1;
  ASSAY_TRY(
      assay_poisson_create(&plan, n, n, 1.0 / n, 1.0 / n, ASSAY_BC_NEUMANN, ASSAY_BC_NEUMANN));
  ASSAY_TRY(create_many(&a, n, mode, plan, machine->isa));
  const double cells = (double)n * n * a.kernels->vl, step = bench_least(many_step, &a, calls);
  const struct cost one_way = transform(plan->dct),
                    up = {.add = 1, .multiply = 1, .store = 1, .bytes = 8},
                    down = {.add = 6, .multiply = 6, .other = 3, .store = 3, .bytes = 40};
  const struct kernel k[] = {
      {"pass up", bench_least(many_up, &a, calls), 1, cells, 5 * 8 * cells,
       plus(plus(mode->lanes, 1, one_way), 1, up)},
      {"pass down", bench_least(many_down, &a, calls), 1, cells, 5 * 8 * cells,
       plus(down, 1, one_way)},
  };
  snprintf(what, sizeof what, "cavity %d^2 %s, %d in lanes", n, mode->name, a.kernels->vl);
  ASSAY_TRY(report(what, k, 2, step, 1, machine));
done:
  assay_free(a.block);
  assay_poisson_lanes_destroy(a.poisson);
  assay_poisson_destroy(plan);
  return rc;
}

/* ---- an obstacle ---------------------------------------------------------------------------- */

static int bench_body(const struct machine *machine)
{
  int rc = ASSAY_OK;
  static const struct assay_circle circle = {4.0, 4.03, 0.5};
  static const struct assay_body body = {.shape = assay_circle_distance, .data = &circle};
  struct assay_mac_settings set = {.nx = 512,
                                   .ny = 256,
                                   .width = 16,
                                   .height = 8,
                                   .density = 1,
                                   .viscosity = 0.01,
                                   .body = &body,
                                   .bodies = 1};
  struct solo a = {0};
  set.side[ASSAY_MAC_LEFT].wall = ASSAY_MAC_INFLOW;
  set.side[ASSAY_MAC_LEFT].inflow = 1;
  set.side[ASSAY_MAC_RIGHT].wall = ASSAY_MAC_OUTFLOW;
  ASSAY_TRY(assay_mac_create(&a.m, &set));
  a.dt = 0.7 * assay_mac_dt_limit(a.m);
  const double step = bench_least(solo_step, &a, 6), cells = 512 * 256, field = 8 * cells;
  prepare(&a);
  const double poisson = bench_least(solo_poisson, &a, 6);
  const struct assay_capacitance *c = a.m->bodies->capacitance;
  /* Blocks of rows that hold a changed face, and those that the elimination must pass, reading G on
   * the way down and changing it on the way up; then the dense matrix, which is read from where the
   * fields leave room for it. */
  const double touched = 8.0 * c->blocks.n * 512, matrix = 8.0 * c->rank * c->rank;
  const double passed = 8.0 * (c->p->blocks - c->block[0]) * 512;
  const struct cost change =
      plus(direct(a.m->poisson, machine), passed / touched - 1,
           (struct cost){.add = 3, .multiply = 3, .load = 4, .store = 1, .bytes = 24});
  double reading;
  ASSAY_TRY(bench_bandwidth(&reading, machine->isa, BENCH_READ, 2 * field + matrix));
  const struct kernel k[] = {
      {"sweep", bench_least(solo_sweep, &a, 6), 1, cells, 9 * field, modes[0].alone},
      {"poisson", poisson, 1, cells, 2 * field, direct(a.m->poisson, machine)},
      {"change around the body", bench_least(solo_capacitance, &a, 6) - poisson, 1, touched,
       2 * field + matrix, change, matrix / reading},
      {"projection",
       bench_least(solo_project, &a, 6),
       1,
       cells,
       3 * field,
       {5, 5, 3, 0, 0, 2, 40, 5, 1}},
  };
  ASSAY_TRY(report("cylinder 512 x 256, explicit-central", k, 4, step, 1, machine));
done:
  assay_mac_destroy(a.m);
  return rc;
}

/* ---- two fluids ----------------------------------------------------------------------------- */

struct two {
  struct assay_twophase *m;
  struct assay_vof_sweep fraction;
  struct assay_varpoisson_problem problem;
  struct assay_multigrid multigrid;
  double *block;
};

#define TWO(kernel)                                                    \
  static void two_##kernel(void *context)                              \
  {                                                                    \
    const struct assay_twophase *m = ((const struct two *)context)->m; \
    m->kernels->kernel(&m->s);                                         \
  }
TWO(extrapolate)
TWO(mixture)
TWO(faces)
TWO(momentum)
#undef TWO

static void two_fraction(void *context)
{
  const struct two *a = context;
  const struct assay_vof_kernels *k = a->m->vof->kernels;
  assay_vof_prepare(a->m->vof);
  k->flux_x(&a->fraction);
  k->advance_x(&a->fraction);
  assay_vof_fill_ghosts(a->m->vof);
  k->flux_y(&a->fraction);
  k->finish_y(&a->fraction);
}

static void two_lines_x(void *context)
{
  const struct assay_twophase *m = ((const struct two *)context)->m;
  const struct assay_twophase_lines l = {.n = m->set.nx + 1,
                                         .lines = m->set.ny,
                                         .stride = m->s.stride,
                                         .scale = 2 * m->s.dt * m->s.inv_dx * m->s.inv_dx,
                                         .w = m->s.light.u,
                                         .k = m->s.mu - 1,
                                         .x = m->s.rate.u,
                                         .scratch = m->line_scratch};
  m->kernels->lines_x(&l);
}

static void two_lines_y(void *context)
{
  const struct assay_twophase *m = ((const struct two *)context)->m;
  const struct assay_twophase_lines l = {.n = m->set.ny,
                                         .lines = m->set.nx + 1,
                                         .stride = m->s.stride,
                                         .scale = m->s.dt * m->s.inv_dy * m->s.inv_dy,
                                         .w = m->s.light.u,
                                         .k = m->s.shear.u,
                                         .lo = m->along_y[0],
                                         .hi = m->along_y[1],
                                         .spin = m->spin + m->set.ny + 1,
                                         .x = m->s.rate.u,
                                         .scratch = m->line_scratch};
  m->kernels->lines_y(&l);
}

static void two_direct(void *context)
{
  const struct assay_twophase *m = ((const struct two *)context)->m;
  assay_capacitance_solve(m->capacitance, m->phi, m->s.div, m->work);
}

/* Always as many iterations as allowed. */
static void two_solve(void *context)
{
  const struct two *a = context;
  const size_t cells = (size_t)a->m->set.nx * (size_t)a->m->set.ny;
  memset(a->m->phi, 0, cells * sizeof *a->m->phi);
  assay_varpoisson_solve(a->m->varpoisson, a->m->phi, &a->problem, a->m->work, NULL);
}

static void two_cycle(void *context)
{
  struct two *a = context;
  assay_multigrid_cycle(&a->multigrid);
}

/* Weights of a uniform fluid: the arithmetic is the same. */
static int create_multigrid(struct two *a, enum assay_isa isa)
{
  int rc = ASSAY_OK;
  const int nx = a->m->set.nx, ny = a->m->set.ny;
  const size_t work = assay_multigrid_work(nx, ny), field = (size_t)ny * (size_t)(nx + 16) + 64;
  ASSAY_TRY(ASSAY_NEW(&a->block, work + 3 * field, "bench"));
  assay_multigrid_lay_out(&a->multigrid, nx, ny, 0, 0, isa, a->block);
  const struct assay_multigrid_level *l = &a->multigrid.level[0];
  double *r = a->block + work + 64 - work % 8;
  for (size_t k = 0; k < 3 * field - 64; k++) r[k] = 1 + 0.01 * (double)(k % 101);
  for (int j = 0; j < ny; j++)
    for (int i = 0; i <= nx; i++) l->east[j * l->stride + i] = i > 0 && i < nx ? 1.25 : 0;
  for (int j = 0; j <= ny; j++)
    for (int i = 0; i < nx; i++) l->north[j * l->stride + i] = j > 0 ? 0.75 : 0;
  assay_multigrid_prepare(&a->multigrid);
  a->multigrid.ends = (struct assay_multigrid_ends){r, r + field, r + 2 * field};
done:
  return rc;
}

static int create_two(struct two *a, enum assay_isa isa)
{
  int rc = ASSAY_OK;
  const struct assay_twophase_settings s = bench_dam(ASSAY_TWOPHASE_ITERATED);
  ASSAY_TRY(assay_twophase_create(&a->m, &s));
  ASSAY_TRY(assay_twophase_run(a->m, 0.3));
  ASSAY_TRY(create_multigrid(a, isa));
done:
  return rc;
}

/* What the kernels are called with, as the last step left it. */
static void ready(struct two *a)
{
  const struct assay_vof *f = a->m->vof;
  a->fraction = (struct assay_vof_sweep){
      f->nx,          f->ny,          f->stride,      f->row,         a->m->s.dt,
      a->m->s.half.u, a->m->s.half.v, a->m->s.stride, a->m->s.stride, f->c,
      f->work,        f->flux_x,      f->flux_y,      f->list};
  a->problem = (struct assay_varpoisson_problem){.rhs = a->m->s.div,
                                                 .beta_x = a->m->beta_x,
                                                 .beta_y = a->m->beta_y,
                                                 .values = a->m->open_values,
                                                 .method = ASSAY_VARPOISSON_MULTIGRID};
  for (int k = 0; k < 300 * 80; k++) a->m->s.div[k] = (k * 7919 % 1009) / 1009.0 - 0.5;
}

static double least(void (*call)(void *context), struct two *a)
{
  return bench_least(call, a, 30);
}

/* Time and iterations of a step, as the flow goes on. */
static int time_steps(double *step, double *iterations, struct two *a)
{
  int rc = ASSAY_OK;
  const struct assay_twophase_account before = assay_twophase_account(a->m);
  const double since = bench_seconds();
  ASSAY_TRY(assay_twophase_run(a->m, 0.4));
  const struct assay_twophase_account after = assay_twophase_account(a->m);
  const double steps = (double)(after.steps - before.steps);
  *step = (bench_seconds() - since) / steps;
  *iterations = (double)(after.iterations - before.iterations) / steps;
done:
  return rc;
}

/* Time of an iteration, and of all that a solve does but for these. */
static void time_solve(double *each, double *besides, struct two *a)
{
  enum { FEW = 2, MANY = 10 };
  a->problem.max_iterations = FEW;
  const double few = least(two_solve, a);
  a->problem.max_iterations = MANY;
  *each = (least(two_solve, a) - few) / (MANY - FEW);
  *besides = few - FEW * *each;
}

static int bench_two(const struct machine *machine)
{
  int rc = ASSAY_OK;
  const double cells = 300 * 80, field = 8 * cells, turns = log2(bench_widths[machine->isa]);
  double step, iterations, each, besides, bandwidth;
  struct two a = {0};
  ASSAY_TRY(create_two(&a, machine->isa));
  ASSAY_TRY(time_steps(&step, &iterations, &a));
  ready(&a);
  const double fraction = least(two_fraction, &a), cycle = least(two_cycle, &a);
  time_solve(&each, &besides, &a);
  const struct cost line = {
      .add = 5, .multiply = 8, .divide = 1, .store = 3, .bytes = 32, .load = 6};
  const struct cost both = direct(a.m->poisson, machine);
  /* x and r wait for <p, q>, so for the end of the other pass */
  const double advance = 56;
  ASSAY_TRY(bench_bandwidth(&bandwidth, machine->isa, BENCH_UPDATE, 10 * field));
  const struct kernel k[] = {
      {"extrapolation",
       least(two_extrapolate, &a),
       1,
       cells,
       11 * field,
       {8, 6, 0, 0, 0, 6, 136, 8, 1}},
      {"volume of fluid", fraction, 1, cells, 7 * field, {15, 14, 14, 0, 0, 5, 176, 25, 4}},
      {"mixture", least(two_mixture, &a), 1, cells, 5 * field, {3, 2, 11, 0, 1, 6, 72, 10, 4}},
      {"faces", least(two_faces, &a), 1, cells, 11 * field, {5, 6, 0, 0, 3, 5, 128, 11, 3}},
      {"momentum",
       least(two_momentum, &a),
       1,
       cells,
       22 * field,
       {78, 90, 52, 0, 0, 18, 192, 95, 36}},
      {"lines along x", least(two_lines_x, &a), 2, cells, 3 * field,
       plus(line, 1, (struct cost){.shuffle = 4 * turns, .store = 4, .load = 4})},
      {"lines along y", least(two_lines_y, &a), 2, cells, 3 * field,
       plus(line, 1, (struct cost){.multiply = 3, .add = 1})},
      {"multigrid cycle",
       cycle,
       iterations,
       cells,
       9.4 * field,
       {30, 39, 0, 12, 0, 11, 224, 59, 0}},
      {"conjugate gradients",
       each - cycle,
       iterations,
       cells,
       10 * field,
       {7, 17, 0, 0, 0, 2, 80, 19, 5},
       cells * advance / bandwidth},
      {"their matrix", besides, 1, cells, 24 * field, {30, 30, 10, 0, 4.3, 16, 408, 50, 14}},
      {"direct solve", least(two_direct, &a), 1, cells, 4 * field, plus((struct cost){0}, 2, both)},
  };
  ASSAY_TRY(report("dam 300 x 80, iterated", k, sizeof k / sizeof *k, step, 1, machine));
done:
  assay_twophase_destroy(a.m);
  assay_free(a.block);
  return rc;
}

/* ---- all of it ------------------------------------------------------------------------------ */

static int bench_processor(const struct machine *m)
{
  int rc = ASSAY_OK;
  static const double kib[] = {16, 256, 768, 4096, 16384, 262144};
  static const char *const ways[] = {"read", "write", "copy", "triad", "update"};
  for (int k = 0; k < BENCH_RATES; k++)
    printf("{\"bench\": \"processor\", \"isa\": \"%s\", \"what\": \"%s\", \"numbers_per_ns\": "
           "%.2f}\n",
           assay_isa_name(m->isa), bench_rate_names[k], 1e-9 * m->rate[k]);
  for (size_t k = 0; k < sizeof kib / sizeof *kib; k++)
    for (int way = 0; way < BENCH_WAYS; way++) {
      double rate;
      ASSAY_TRY(bench_bandwidth(&rate, m->isa, (enum bench_way)way, 1024 * kib[k]));
      printf("{\"bench\": \"processor\", \"isa\": \"%s\", \"what\": \"%s\", \"kib\": %.0f, "
             "\"gbytes_per_s\": %.1f}\n",
             assay_isa_name(m->isa), ways[way], kib[k], 1e-9 * rate);
    }
done:
  return rc;
}

static int bench_isa(enum assay_isa isa)
{
  int rc = ASSAY_OK;
  struct machine m = {.isa = isa};
  ASSAY_TRY(assay_isa_force(isa));
  bench_rates(m.rate, isa);
  ASSAY_TRY(bench_processor(&m));
  for (size_t k = 0; k < sizeof modes / sizeof *modes; k++) {
    for (int n = 64; n <= 128; n *= 2) ASSAY_TRY(bench_solo(n, &modes[k], &m));
    if (modes[k].viscous != ASSAY_MAC_IMPLICIT) ASSAY_TRY(bench_many(64, &modes[k], &m));
  }
  ASSAY_TRY(bench_body(&m));
  ASSAY_TRY(bench_two(&m));
  fflush(stdout);
done:
  return rc;
}

/* The instruction set named by the argument; without one, the best. */
int main(int argc, char **argv)
{
  int rc = ASSAY_OK, found = 0;
  ASSAY_TRY(assay_isa_init());
  const char *name = argc > 1 ? argv[1] : assay_isa_name(assay_isa());
  for (int isa = 0; isa < assay_isa_count(); isa++) {
    const int wanted = strcmp(name, assay_isa_name((enum assay_isa)isa)) == 0;
    if (!wanted || !assay_isa_available((enum assay_isa)isa)) continue;
    found = 1;
    ASSAY_TRY(bench_isa((enum assay_isa)isa));
  }
  ASSAY_CHECK(found, ASSAY_EARG, "%s: not an instruction set of this machine", name);
done:
  if (rc < 0) fprintf(stderr, "%s\n", assay_err_last());
  return rc < 0;
}
