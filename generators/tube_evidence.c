/* Evidence for the tube generator: steady profiles, start-up flow and entrance lengths of one fluid
 * in the same solver, and the balances of a tube that fills. */
#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "generators/tube.h"

/* ---- developed flow under a constant pressure gradient --------------------------------------- */

static const double radius = 0.05, density = 100, viscosity = 0.1, gradient = 40;

/* Half the gap or the radius; a few cells along, the same again and again. */
static struct assay_twophase_settings driven(int across, int radial)
{
  struct assay_twophase_settings s = {.nx = 4,
                                      .ny = across,
                                      .width = radius,
                                      .height = radial ? radius : 2 * radius,
                                      .axisymmetric = radial,
                                      .marked = {density, viscosity},
                                      .unmarked = {density, viscosity},
                                      .force = {gradient, 0}};
  s.side[ASSAY_MAC_LEFT].n = s.side[ASSAY_MAC_RIGHT].n = 1;
  s.side[ASSAY_MAC_LEFT].segment[0].kind = ASSAY_TWOPHASE_PERIODIC;
  s.side[ASSAY_MAC_RIGHT].segment[0].kind = ASSAY_TWOPHASE_PERIODIC;
  if (radial) {
    s.side[ASSAY_MAC_BOTTOM].n = 1;
    s.side[ASSAY_MAC_BOTTOM].segment[0].kind = ASSAY_TWOPHASE_SLIP;
  }
  return s;
}

double assay_tube_top_speed(int radial)
{
  return gradient * radius * radius / viscosity * (radial ? 0.25 : 0.5);
}

int assay_tube_start_up(struct assay_twophase **out, int across, int radial, double time,
                        double steps)
{
  int rc = ASSAY_OK;
  const double end = time * radius * radius * density / viscosity;
  struct assay_twophase_settings s = driven(across, radial);
  s.dt_max = end / steps;
  ASSAY_TRY(assay_twophase_create(out, &s));
  ASSAY_TRY(assay_twophase_run(*out, end));
done:
  return rc;
}

/* Largest deviation from the parabola, over its top. */
static int profile_error(double *out, int across, int radial)
{
  int rc = ASSAY_OK;
  struct assay_twophase *m = NULL;
  ASSAY_TRY(assay_tube_start_up(&m, across, radial, 20, 200));
  const struct assay_mac_view u = assay_twophase_u(m);
  *out = 0;
  for (int j = 0; j < across; j++) {
    const double r = radial ? (j + 0.5) / across : 2 * (j + 0.5) / across - 1;
    *out = fmax(*out, fabs(u.data[j * u.stride + 1] / assay_tube_top_speed(radial) - (1 - r * r)));
  }
done:
  assay_twophase_destroy(m);
  return rc;
}

static int plane_profile(double *out)
{
  return profile_error(out, 48, 0);
}

static int pipe_profile(double *out)
{
  return profile_error(out, 24, 1);
}

static int profile_order(double *out, int radial)
{
  int rc = ASSAY_OK;
  double coarse, fine;
  ASSAY_TRY(profile_error(&coarse, 16, radial));
  ASSAY_TRY(profile_error(&fine, 32, radial));
  *out = log2(coarse / fine);
done:
  return rc;
}

static int plane_order(double *out)
{
  return profile_order(out, 0);
}

static int pipe_order(double *out)
{
  return profile_order(out, 1);
}

/* u/u_max of the series at y/h or r/R = 0, 0.25, 0.5, 0.75 for nu t / h^2 = 0.1, 0.5. */
static const double series[2][2][4] = {{{0.19774637, 0.19409157, 0.17687827, 0.12506087},
                                        {0.69945453, 0.65983188, 0.53748145, 0.32248548}},
                                       {{0.38518950, 0.37480510, 0.33258078, 0.22497478},
                                        {0.93851837, 0.88144973, 0.70881160, 0.41672646}}};

/* Fourth-order value between the four centres around position r from the middle; n cells per h. */
static double between(struct assay_mac_view u, int first, double r, int n)
{
  const int k = first + (int)(r * n);
  const double *c = u.data + (ptrdiff_t)k * u.stride + 1;
  const double outer = c[-2 * u.stride] + c[u.stride];
  return (9 * (c[-u.stride] + c[0]) - outer) / 16;
}

static int start_up(double *out, int radial)
{
  int rc = ASSAY_OK;
  enum { HALF = 32 };
  struct assay_twophase *m = NULL;
  *out = 0;
  for (int t = 0; t < 2; t++) {
    ASSAY_TRY(assay_tube_start_up(&m, radial ? HALF : 2 * HALF, radial, t == 0 ? 0.1 : 0.5, 80));
    const struct assay_mac_view u = assay_twophase_u(m);
    for (int k = radial; k < 4; k++) { /* the axis has no cells on both sides */
      const double value =
          between(u, radial ? 0 : HALF, 0.25 * k, HALF) / assay_tube_top_speed(radial);
      *out = fmax(*out, fabs(value - series[radial][t][k]));
    }
    assay_twophase_destroy(m);
    m = NULL;
  }
done:
  assay_twophase_destroy(m);
  return rc;
}

static int plane_start_up(double *out)
{
  return start_up(out, 0);
}

static int pipe_start_up(double *out)
{
  return start_up(out, 1);
}

/* ---- entrance -------------------------------------------------------------------------------- */

double assay_tube_middle(struct assay_mac_view u, int radial, int i)
{
  const double *c = u.data + (radial ? 0 : u.ny / 2) * u.stride + i;
  if (radial) return (9 * c[0] - c[u.stride]) / 8;
  return (9 * (c[0] + c[-u.stride]) - (c[u.stride] + c[-2 * u.stride])) / 16;
}

int assay_tube_develop(struct assay_twophase **out, double *length, int radial, double re)
{
  int rc = ASSAY_OK;
  struct assay_tube p = *(const struct assay_tube *)assay_generator_tube.defaults;
  *length = 1.4 * assay_tube_entrance(radial, re);
  p.geometry = radial ? ASSAY_TUBE_AXISYMMETRIC : ASSAY_TUBE_PLANE;
  p.inlet_velocity = 1;
  p.length = *length * p.diameter;
  p.water_viscosity = p.water_density * p.diameter / re;
  p.air_density = p.water_density;
  p.air_viscosity = p.water_viscosity;
  p.across = radial ? 32 : 64;
  p.aspect = 2;
  struct assay_twophase_settings s = assay_tube_settings(&p);
  s.side[ASSAY_MAC_LEFT].segment[0].fraction = 0;
  ASSAY_TRY(assay_twophase_create(out, &s));
  ASSAY_TRY(assay_twophase_run(*out, 2.5 * p.length + p.diameter));
done:
  return rc;
}

/* Where the speed in the middle reaches 99 % of the developed one, in faces. */
static double reach(struct assay_mac_view u, int radial, double speed)
{
  const double goal = 0.99 * speed;
  double before = 0;
  for (int i = 0; i < u.nx; i++) {
    const double here = assay_tube_middle(u, radial, i);
    if (here >= goal) return i - (here - goal) / (here - before);
    before = here;
  }
  return (double)INFINITY;
}

/* Entrance length over that of Durst et al., minus 1. */
static int entrance(double *out, int radial, double re)
{
  int rc = ASSAY_OK;
  struct assay_twophase *m = NULL;
  double length;
  ASSAY_TRY(assay_tube_develop(&m, &length, radial, re));
  const struct assay_mac_view u = assay_twophase_u(m);
  *out = reach(u, radial, radial ? 2 : 1.5) * length / (u.nx - 1);
  *out = *out / assay_tube_entrance(radial, re) - 1;
done:
  assay_twophase_destroy(m);
  return rc;
}

static int plane_entrance_20(double *out)
{
  return entrance(out, 0, 20);
}

static int plane_entrance_100(double *out)
{
  return entrance(out, 0, 100);
}

static int pipe_entrance_20(double *out)
{
  return entrance(out, 1, 20);
}

static int pipe_entrance_100(double *out)
{
  return entrance(out, 1, 100);
}

/* ---- filling --------------------------------------------------------------------------------- */

/* An empty tube at half its filling time: the water in it over what flowed in, minus 1. */
static int filling(double *out, int radial)
{
  int rc = ASSAY_OK;
  struct assay_tube p = *(const struct assay_tube *)assay_generator_tube.defaults;
  struct assay_twophase_diagnostics d;
  struct assay_twophase *m = NULL;
  p.geometry = radial ? ASSAY_TUBE_AXISYMMETRIC : ASSAY_TUBE_PLANE;
  p.water_density = 998.2;
  p.across = radial ? 10 : 20;
  p.length = 5 * p.diameter;
  const struct assay_twophase_settings s = assay_tube_settings(&p);
  const double time = 0.5 * p.length / p.inlet_velocity, height = assay_tube_height(&p);
  const double area = radial ? 0.5 * height * height : height;
  ASSAY_TRY(assay_twophase_create(&m, &s));
  ASSAY_TRY(assay_twophase_run(m, time));
  assay_twophase_diagnose(m, &d);
  *out = d.volume / (area * p.inlet_velocity * time) - 1;
done:
  assay_twophase_destroy(m);
  return rc;
}

static int plane_filling(double *out)
{
  return filling(out, 0);
}

static int pipe_filling(double *out)
{
  return filling(out, 1);
}

/* Largest difference of u between places mirrored at the middle, over the speed at the inlet, while
 * the front is on its way. With rows that can be halved down to one all parts of a step are
 * symmetric, multigrid included. It pairs rows from below: of 20 come 10, 5 and 3, which are not
 * the same from above, and what the iterated pressure leaves unsolved (1e-2 of the residual) is
 * then as little symmetric. The difference goes with that tolerance: 5e-12 at 1e-8. */
static int mirror(double *out, int across)
{
  int rc = ASSAY_OK;
  struct assay_tube p = *(const struct assay_tube *)assay_generator_tube.defaults;
  struct assay_twophase *m = NULL;
  p.across = across;
  p.length = 3 * p.diameter;
  const struct assay_twophase_settings s = assay_tube_settings(&p);
  ASSAY_TRY(assay_twophase_create(&m, &s));
  ASSAY_TRY(assay_twophase_run(m, 0.5 * p.length / p.inlet_velocity));
  const struct assay_mac_view u = assay_twophase_u(m);
  *out = 0;
  for (int j = 0; j < u.ny; j++)
    for (int i = 0; i < u.nx; i++)
      *out = fmax(*out, fabs(u.data[j * u.stride + i] - u.data[(u.ny - 1 - j) * u.stride + i]));
done:
  assay_twophase_destroy(m);
  return rc;
}

static int mirror_of_halves(double *out)
{
  return mirror(out, 32);
}

static int mirror_of_odd_rows(double *out)
{
  return mirror(out, 20);
}

#define DURST "Durst, Ray, Uensal, Bayoumi, J. Fluids Eng. 127 (2005) 1154-1160"

const struct assay_evidence assay_tube_evidence[] = {
    {.name = "profile, plane",
     .doc = "largest deviation of the developed flow from the parabola, over its top, 48 cells",
     .reference = "Poiseuille flow",
     .kind = ASSAY_EVIDENCE_EXACT,
     .limit = 5e-4,
     .measure = plane_profile},
    {.name = "profile, pipe",
     .doc = "the same in a pipe, 24 cells from axis to wall",
     .reference = "Poiseuille flow",
     .kind = ASSAY_EVIDENCE_EXACT,
     .limit = 5e-4,
     .measure = pipe_profile},
    {.name = "order, plane",
     .doc = "observed order of that deviation, 16 to 32 cells",
     .reference = "second-order scheme",
     .kind = ASSAY_EVIDENCE_EXACT,
     .expected = 2,
     .limit = 0.1,
     .measure = plane_order},
    {.name = "order, pipe",
     .doc = "observed order of that deviation, 16 to 32 cells",
     .reference = "second-order scheme",
     .kind = ASSAY_EVIDENCE_EXACT,
     .expected = 2,
     .limit = 0.1,
     .measure = pipe_order},
    {.name = "start-up, plane",
     .doc =
         "flow from rest under a constant pressure gradient: largest deviation over the top speed "
         "at four places, nu t / h^2 = 0.1 and 0.5, 64 cells",
     .reference = "Fourier series",
     .kind = ASSAY_EVIDENCE_EXACT,
     .limit = 3e-4,
     .measure = plane_start_up},
    {.name = "start-up, pipe",
     .doc = "the same in a pipe at r/R = 0.25, 0.5, 0.75, 32 cells from axis to wall",
     .reference = "Bessel series",
     .kind = ASSAY_EVIDENCE_EXACT,
     .limit = 3e-4,
     .measure = pipe_start_up},
    {.name = "filling, plane",
     .doc = "water in an empty tube at half its filling time over what flowed in, minus 1, density "
            "ratio 815",
     .reference = "conservation of volume",
     .kind = ASSAY_EVIDENCE_CONSERVED,
     .limit = 1e-10,
     .measure = plane_filling},
    {.name = "filling, pipe",
     .doc = "the same in a pipe",
     .reference = "conservation of volume",
     .kind = ASSAY_EVIDENCE_CONSERVED,
     .limit = 1e-10,
     .measure = pipe_filling},
    {.name = "mirror",
     .doc = "largest difference of u between mirrored places at half the filling time, over the "
            "inlet velocity, 32 cells across",
     .reference = "symmetry",
     .kind = ASSAY_EVIDENCE_SYMMETRY,
     .limit = 1e-13, /* rounding, fifty times what it is */
     .measure = mirror_of_halves},
    {.name = "mirror, odd rows",
     .doc = "the same with 20 cells across, which are 5 on a coarse grid: the iterated pressure is "
            "symmetric to its tolerance only",
     .reference = "symmetry",
     .kind = ASSAY_EVIDENCE_SYMMETRY,
     .limit = 2e-5, /* four times what a hundredth of the residual leaves */
     .measure = mirror_of_odd_rows},
    {.name = "entrance, plane, Re 20",
     .doc = "length to 99 % of the final speed in the middle over the published one, minus 1",
     .reference = DURST,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .limit = 0.05,
     .slow = true,
     .measure = plane_entrance_20},
    {.name = "entrance, plane, Re 100",
     .doc = "length to 99 % of the final speed in the middle over the published one, minus 1",
     .reference = DURST,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .limit = 0.05,
     .slow = true,
     .measure = plane_entrance_100},
    {.name = "entrance, pipe, Re 20",
     .doc = "length to 99 % of the final speed in the middle over the published one, minus 1",
     .reference = DURST,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .limit = 0.05,
     .slow = true,
     .measure = pipe_entrance_20},
    {.name = "entrance, pipe, Re 100",
     .doc = "length to 99 % of the final speed in the middle over the published one, minus 1",
     .reference = DURST,
     .kind = ASSAY_EVIDENCE_PUBLISHED,
     .limit = 0.05,
     .slow = true,
     .measure = pipe_entrance_100},
    {0}};
