/* Every instruction set's kernels against the plain reference, bit for bit, and the factored
 * viscous operator against its definition. */
#include "core/base/mem.h"
#include "core/flow/mac_internal.h"
#include "tests/test.h"

enum { MARGIN = 8, EXTRA_ROWS = 6, N_ARRAYS = 12 };

/* All arrays a sweep touches, filled with noise that no kernel may depend on beyond the halo. */
struct field_set {
  struct assay_mac_sweep s;
  double *block, *array[N_ARRAYS], *phi;
  size_t length;
};

static uint64_t noise_state;

static double noise(void)
{
  noise_state = noise_state * 6364136223846793005u + 1442695040888963407u;
  return (double)(noise_state >> 11) * 0x1p-52 - 1;
}

struct problem {
  int nx, ny, periodic_x, periodic_y, force;
};

static void fields_create(struct field_set *f, const struct problem *p)
{
  const ptrdiff_t stride = (MARGIN + p->nx + 4 + 7) / 8 * 8;
  const size_t field = (size_t)stride * (size_t)(p->ny + EXTRA_ROWS);
  f->length = N_ARRAYS * field + 2 * (size_t)(p->nx * p->ny) + assay_mac_scratch(stride);
  assert_ok(ASSAY_NEW(&f->block, f->length, "test"));
  noise_state = 2385;
  for (size_t k = 0; k < f->length; k++) f->block[k] = noise();
  for (size_t k = 0; k < N_ARRAYS; k++) f->array[k] = f->block + k * field + 2 * stride + MARGIN;
  double **a = f->array;
  double *rest = f->block + N_ARRAYS * field;
  f->phi = rest + p->nx * p->ny;
  f->s = (struct assay_mac_sweep){.nx = p->nx,
                                  .ny = p->ny,
                                  .stride = stride,
                                  .periodic_x = p->periodic_x,
                                  .periodic_y = p->periodic_y,
                                  .inv_dx = 17.31,
                                  .inv_dy = 23.85,
                                  .nu_xx = 0.731,
                                  .nu_yy = 1.377,
                                  .u = a[0],
                                  .v = a[1],
                                  .u_out = a[2],
                                  .v_out = a[3],
                                  .hu = a[4],
                                  .hv = a[5],
                                  .hu_out = a[6],
                                  .hv_out = a[7],
                                  .p = a[8],
                                  .fx = p->force ? a[9] : NULL,
                                  .fy = p->force ? a[10] : NULL,
                                  .keep = 0.973,
                                  .now = 0.0151,
                                  .before = 0.00531,
                                  .visc = 0.0123,
                                  .grad = 0.0217,
                                  .div = rest,
                                  .rows = rest + 2 * p->nx * p->ny};
}

/* What a caller of the kernels may look at: everything but the scratch rows, the halo of outputs,
 * and the right-hand sides on walls. */
static void assert_same_fields(const struct field_set *a, const struct field_set *b,
                               const char *what)
{
  const struct assay_mac_sweep *s = &a->s;
  static const int looked_at[] = {2, 3, 6, 7, 8};
  for (size_t n = 0; n < sizeof looked_at / sizeof *looked_at; n++) {
    const int k = looked_at[n], is_h = k == 6 || k == 7;
    for (int j = is_h && k == 7 && !s->periodic_y; j < s->ny + (k == 3); j++)
      for (int i = is_h && k == 6 && !s->periodic_x; i < s->nx + (k == 2 && j < s->ny); i++) {
        const double x = a->array[k][j * s->stride + i], y = b->array[k][j * s->stride + i];
        if (!(x == y)) fail_msg("%s: array %d (%d, %d): %.17g, %.17g", what, k, j, i, x, y);
      }
  }
  for (int k = 0; k < s->nx * s->ny; k++)
    if (!(s->div[k] == b->s.div[k])) fail_msg("%s: div %d", what, k);
}

static void run_all(const struct assay_mac_kernels *k, struct field_set *f, const char *name)
{
  struct assay_mac_sweep *s = &f->s;
  if (strcmp(name, "explicit_central") == 0) k->explicit_central(s);
  if (strcmp(name, "explicit_limited") == 0) k->explicit_limited(s);
  if (strcmp(name, "implicit_central") == 0) k->implicit_central(s);
  if (strcmp(name, "implicit_limited") == 0) k->implicit_limited(s);
  if (strcmp(name, "add_increment") == 0) k->add_increment(s);
  if (strcmp(name, "project") == 0)
    s->div[0] += k->project(s, s->u_out, s->v_out, f->phi, f->array[8], 0.93, 0.37);
  if (strcmp(name, "project_plain") == 0)
    s->div[0] += k->project(s, s->u_out, s->v_out, f->phi, NULL, 0, 0);
}

static const struct problem problems[] = {
    {19, 13, 0, 0, 0}, {32, 9, 0, 0, 1}, {16, 24, 1, 0, 0}, {11, 17, 0, 1, 1},
    {24, 16, 1, 1, 0}, {2, 2, 0, 0, 0},  {3, 5, 1, 1, 1},
};
static const char *const kernels[] = {
    "explicit_central", "explicit_limited", "implicit_central", "implicit_limited",
    "add_increment",    "project",          "project_plain",
};

static void compare(const struct problem *p, enum assay_isa isa, const char *kernel)
{
  struct field_set f, ref;
  char what[96];
  fields_create(&f, p);
  fields_create(&ref, p);
  snprintf(what, sizeof what, "%s %s %dx%d", assay_isa_name(isa), kernel, p->nx, p->ny);
  run_all(ASSAY_ISA_PICK(assay_mac_kernels, isa), &f, kernel);
  run_all(&assay_mac_kernels_ref, &ref, kernel);
  assert_same_fields(&f, &ref, what);
  assay_free(f.block);
  assay_free(ref.block);
}

static void every_instruction_set_gives_the_bits_of_the_reference(void **state)
{
  (void)state;
  for (int isa = 0; isa < assay_isa_count(); isa++) {
    if (!assay_isa_available((enum assay_isa)isa)) continue;
    for (size_t p = 0; p < sizeof problems / sizeof *problems; p++)
      for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++)
        compare(&problems[p], (enum assay_isa)isa, kernels[k]);
  }
}

/* The limited flux by hand: flow to the right, differences a = 1.7 (upwind) and b = 0.4, so the
 * limiter takes 2 b; then both schemes on a field whose only variation is along x. */
static void limiter_takes_the_branch_of_its_definition(void **state)
{
  (void)state;
  const struct problem p = {8, 4, 1, 1, 0};
  struct field_set f;
  fields_create(&f, &p);
  const double profile[4] = {2.385, 4.085, 4.485, 4.5};
  for (int j = -2; j < p.ny + 3; j++)
    for (int i = -3; i < p.nx + 3; i++) {
      const ptrdiff_t k = j * f.s.stride + i;
      f.array[0][k] = profile[i < 2 ? 0 : i > 5 ? 3 : i - 2];
      f.array[1][k] = 0;
    }
  f.s.nu_xx = f.s.nu_yy = 0;
  f.s.inv_dx = 1;
  assay_mac_kernels_ref.explicit_limited(&f.s);
  /* face 3 is 4.085: its flux to face 4 carries 4.085 + (2*0.4)/2, that from face 2 carries 2.385
     since the difference upwind of face 2 is zero */
  const double east = 0.5 * (4.085 + 4.485) * (4.085 + 0.4);
  const double west = 0.5 * (2.385 + 4.085) * 2.385;
  assert_close(f.s.hu_out[3], west - east, 1e-13, 0);
  f.s.nu_xx = 0.5;
  assay_mac_kernels_ref.explicit_central(&f.s);
  const double central = (pow(2.385 + 4.085, 2) - pow(4.085 + 4.485, 2)) / 4;
  assert_close(f.s.hu_out[3], central + 0.5 * (4.485 - 2 * 4.085 + 2.385), 1e-13, 0);
  assay_free(f.block);
}

/* x - a (x[k-1] - 2 x[k] + x[k+1]), neighbours `step` apart. */
static void apply(double *out, const double *x, const struct assay_mac *m, ptrdiff_t step, double a)
{
  for (int j = 0; j <= m->set.ny; j++)
    for (int i = 0; i <= m->set.nx; i++) {
      const ptrdiff_t k = j * m->stride + i;
      out[k] = x[k] - a * (x[k - step] - 2 * x[k] + x[k + step]);
    }
}

/* w -> (1 - a d2/dx2)(1 - a d2/dy2) w between walls at rest. */
static void apply_factors(const struct assay_mac *m, struct mac_pair w, struct mac_pair work,
                          double a)
{
  const double ax = a / (m->dx * m->dx), ay = a / (m->dy * m->dy);
  assay_mac_fill_halo(m, w);
  apply(work.u, w.u, m, 1, ax);
  apply(work.v, w.v, m, 1, ax);
  assay_mac_fix_boundary(m, work, 0);
  assay_mac_fill_halo(m, work);
  apply(w.u, work.u, m, m->stride, ay);
  apply(w.v, work.v, m, m->stride, ay);
}

static void factors_invert_what_they_stand_for(void **state)
{
  (void)state;
  enum { NS = ASSAY_MAC_NO_SLIP, FS = ASSAY_MAC_FREE_SLIP, PE = ASSAY_MAC_PERIODIC };
  static const int walls[][ASSAY_MAC_SIDES] = {{NS, NS, NS, NS}, {FS, FS, FS, FS},
                                               {NS, FS, FS, NS}, {PE, PE, NS, NS},
                                               {FS, NS, PE, PE}, {PE, PE, PE, PE}};
  for (size_t n = 0; n < sizeof walls / sizeof *walls; n++) {
    struct assay_mac_settings s = {.nx = 13,
                                   .ny = 9,
                                   .width = 1.377,
                                   .height = 0.731,
                                   .density = 1,
                                   .viscosity = 0.1,
                                   .viscous = ASSAY_MAC_IMPLICIT};
    for (int k = 0; k < ASSAY_MAC_SIDES; k++) s.side[k].wall = (enum assay_mac_wall)walls[n][k];
    struct assay_mac *m = NULL;
    assert_ok(assay_mac_create(&m, &s));
    for (int j = 0; j < s.ny; j++)
      for (int i = 0; i < s.nx; i++) {
        m->now.u[j * m->stride + i] = m->other.u[j * m->stride + i] = noise();
        m->now.v[j * m->stride + i] = m->other.v[j * m->stride + i] = noise();
      }
    assay_mac_fix_boundary(m, m->now, 0);
    assay_mac_fix_boundary(m, m->other, 0);
    assay_mac_factor(m, 0.02385);
    assay_mac_solve_lines(m, m->other);
    assay_mac_fix_boundary(m, m->other, 0);
    apply_factors(m, m->other, m->trial, 0.02385);
    for (int j = 0; j < s.ny; j++)
      for (int i = 0; i < s.nx; i++) {
        const ptrdiff_t k = j * m->stride + i;
        if (i > 0 || m->periodic_x) assert_close(m->other.u[k], m->now.u[k], 0, 1e-12);
        if (j > 0 || m->periodic_y) assert_close(m->other.v[k], m->now.v[k], 0, 1e-12);
      }
    assay_mac_destroy(m);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_instruction_set_gives_the_bits_of_the_reference),
      cmocka_unit_test(factors_invert_what_they_stand_for),
      cmocka_unit_test(limiter_takes_the_branch_of_its_definition),
  };
  return cmocka_run_group_tests_name("core/flow kernels", tests, NULL, NULL);
}
