/* Lid-driven cavity: incompressible flow in a rectangle whose upper wall slides,
 *
 *   du/dt + div(u u) = -grad p / rho + nu lap u,  div u = 0,
 *   u = (lid_velocity, 0) on the upper wall, u = 0 on the others,
 *
 * from rest or from a random divergence-free field that is itself at rest on the walls. Solver:
 * core/flow/mac.h on refine x refine cells per stored cell; stored values: core/flow/mac_sample.c.
 *
 * Reference: U. Ghia, K. N. Ghia, C. T. Shin, "High-Re solutions for incompressible flow using the
 * Navier-Stokes equations and a multigrid method", J. Comput. Phys. 48 (1982) 387-411. */
#include "generators/cavity.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/flow/mac_batch.h"
#include "core/flow/random_stream.h"

static const struct assay_param params[] = {
    {ASSAY_P_DOUBLE(assay_cavity, width), .unit = "m", .doc = "along the lid", .min = 1e-9,
     .max = 1e6},
    {ASSAY_P_DOUBLE(assay_cavity, height), .unit = "m", .doc = "across the lid", .min = 1e-9,
     .max = 1e6},
    {ASSAY_P_DOUBLE(assay_cavity, lid_velocity), .unit = "m s-1",
     .doc = "of the upper wall, towards +x", .min = -1e6, .max = 1e6},
    {ASSAY_P_DOUBLE(assay_cavity, density), .unit = "kg m-3", .doc = "of the fluid", .min = 1e-9,
     .max = 1e9},
    {ASSAY_P_DOUBLE(assay_cavity, viscosity), .unit = "Pa s", .doc = "dynamic", .min = 1e-12,
     .max = 1e9},
    {ASSAY_P_INT(assay_cavity, nx), .unit = "1", .doc = "stored cells along the lid", .min = 2,
     .max = 4096, .flags = ASSAY_PARAM_FIXED},
    {ASSAY_P_INT(assay_cavity, ny), .unit = "1", .doc = "stored cells across the lid", .min = 2,
     .max = 4096, .flags = ASSAY_PARAM_FIXED},
    {ASSAY_P_INT(assay_cavity, refine), .unit = "1",
     .doc = "solver cells per stored cell, in each direction; 0: 2 up to Re = 8000, else 1",
     .min = 0, .max = 64},
    {ASSAY_P_INT(assay_cavity, frames), .unit = "1", .doc = "most frames, the start included",
     .min = 1, .max = 1000000},
    {ASSAY_P_DOUBLE(assay_cavity, frame_interval), .unit = "s", .doc = "time between frames",
     .min = 1e-12, .max = 1e12},
    {ASSAY_P_DOUBLE(assay_cavity, frame_turnovers), .unit = "1",
     .doc = "the same in lid turnovers, width / speed; 0: frame_interval counts", .min = 0,
     .max = 1e6},
    {ASSAY_P_CHOICE(assay_cavity, until, "frames", "steady", "repeat"),
     .doc =
         "frames: compute all; steady: end with the first steady frame; repeat: repeat that one"},
    {ASSAY_P_DOUBLE(assay_cavity, steady_tolerance), .unit = "1",
     .doc = "a frame is steady when max |du/dt| L / U^2 is below this", .min = 1e-14, .max = 1},
    {ASSAY_P_CHOICE(assay_cavity, start, "rest", "random"), .doc = "the fluid at t = 0"},
    {ASSAY_P_DOUBLE(assay_cavity, start_speed), .unit = "m s-1",
     .doc = "rms speed of a random start", .min = 0, .max = 1e6},
    {ASSAY_P_INT(assay_cavity, start_modes), .unit = "1",
     .doc = "largest wave number of a random start, in half waves per side", .min = 1,
     .max = ASSAY_RANDOM_STREAM_MODES},
    {ASSAY_P_CHOICE(assay_cavity, scheme, "auto", "central", "limited"),
     .doc = "convection; auto: central up to a cell Reynolds number of 40, limited above"},
    {ASSAY_P_CHOICE(assay_cavity, diffusion, "auto", "explicit", "implicit"),
     .doc = "viscous terms in time; auto: implicit where their limit would halve the step"},
    {ASSAY_P_DOUBLE(assay_cavity, cfl), .unit = "1", .doc = "largest Courant number", .min = 1e-3,
     .max = 1},
    {0}};

static const struct assay_cavity defaults = {
    .width = 0.01,
    .height = 0.01,
    .lid_velocity = 1,
    .density = 1,
    .viscosity = 1e-5,
    .nx = 64,
    .ny = 64,
    .refine = 2,
    .frames = 41,
    .frame_interval = 0.01,
    .steady_tolerance = 1e-8,
    .start_speed = 0.5,
    .start_modes = 6,
    .cfl = 0.5,
};

static const struct assay_field fields[] = {
    [ASSAY_CAVITY_U] = {.name = "u",
                        .unit = "m s-1",
                        .doc = "velocity along the lid",
                        .vector = 'x'},
    [ASSAY_CAVITY_V] = {.name = "v",
                        .unit = "m s-1",
                        .doc = "velocity towards the lid",
                        .vector = 'y'},
    [ASSAY_CAVITY_P] = {.name = "p", .unit = "Pa", .doc = "pressure, zero mean over the cavity"},
    [ASSAY_CAVITY_VORTICITY] = {.name = "vorticity", .unit = "s-1", .doc = "dv/dx - du/dy"},
    [ASSAY_CAVITY_STREAM] = {.name = "stream_function",
                             .unit = "m2 s-1",
                             .doc = "psi with u = dpsi/dy, v = -dpsi/dx, zero on the walls"},
    [ASSAY_CAVITY_MASK] = {.name = "mask",
                           .unit = "1",
                           .doc = "share of the cell that is fluid: all of it",
                           .kind = ASSAY_FIELD_STATIC,
                           .optional = true},
    [ASSAY_CAVITY_DISTANCE] = {.name = "signed_distance",
                               .unit = "m",
                               .doc = "from the centre of the cell to the nearest wall",
                               .kind = ASSAY_FIELD_STATIC,
                               .optional = true},
    [ASSAY_CAVITY_TAG] = {.name = "boundary_tag",
                          .unit = "1",
                          .doc = "0 interior, 1 beside a wall that stands, 2 beside the lid",
                          .kind = ASSAY_FIELD_STATIC,
                          .optional = true},
    [ASSAY_CAVITY_ENERGY] = {.name = "kinetic_energy",
                             .unit = "J m-1",
                             .doc = "of the fluid, per depth",
                             .kind = ASSAY_FIELD_SCALAR,
                             .optional = true},
    [ASSAY_CAVITY_LID_FORCE] = {.name = "lid_force",
                                .unit = "N m-1",
                                .doc = "friction on the lid in the direction +x, per depth",
                                .kind = ASSAY_FIELD_SCALAR,
                                .optional = true},
    [ASSAY_CAVITY_FIELDS] = {0}};

double assay_cavity_speed(const struct assay_cavity *p)
{
  return p->lid_velocity != 0 ? fabs(p->lid_velocity) : p->start_speed;
}

static double reynolds(const void *params_)
{
  const struct assay_cavity *p = params_;
  return p->density * assay_cavity_speed(p) * p->width / p->viscosity;
}

/* The flow in a square becomes periodic near Re = 8000. Below, a steady state is worth resolving;
 * above, frames far apart show statistics. */
static const double steady_up_to = 8000;

int assay_cavity_refine(const struct assay_cavity *p)
{
  return p->refine > 0 ? p->refine : reynolds(p) <= steady_up_to * (1 + 1e-9) ? 2 : 1;
}

struct assay_mac_settings assay_cavity_settings(const struct assay_cavity *p)
{
  const int refine = assay_cavity_refine(p);
  struct assay_mac_settings s = {.nx = p->nx * refine,
                                 .ny = p->ny * refine,
                                 .width = p->width,
                                 .height = p->height,
                                 .density = p->density,
                                 .viscosity = p->viscosity,
                                 .scheme = (enum assay_mac_scheme)p->scheme,
                                 .viscous = (enum assay_mac_viscous)p->diffusion,
                                 .cfl = p->cfl};
  s.side[ASSAY_MAC_TOP].velocity = p->lid_velocity;
  /* the fastest places of a random field are about twice as fast as its rms */
  if (p->start == ASSAY_CAVITY_RANDOM) s.velocity_scale = 2 * p->start_speed;
  return s;
}

static int check(const void *params_)
{
  int rc = ASSAY_OK;
  const struct assay_cavity *p = params_;
  ASSAY_CHECK(p->lid_velocity != 0 || (p->start == ASSAY_CAVITY_RANDOM && p->start_speed > 0),
              ASSAY_EARG, "nothing moves: lid_velocity is 0 and the fluid starts at rest");
  const int refine = assay_cavity_refine(p);
  ASSAY_CHECK(refine * p->nx <= 16384 && refine * p->ny <= 16384, ASSAY_EARG,
              "solver grid of %d x %d cells; expected at most 16384 each", refine * p->nx,
              refine * p->ny);
done:
  return rc;
}

/* s between frames */
static double interval(const struct assay_cavity *p)
{
  return p->frame_turnovers > 0 ? p->frame_turnovers * p->width / assay_cavity_speed(p)
                                : p->frame_interval;
}

static int shape(struct assay_shape *out, const void *params_)
{
  const struct assay_cavity *p = params_;
  *out = (struct assay_shape){
      .n_frames = p->frames,
      .frame_interval = interval(p),
      .n_axes = 2,
      .axis = {{"y", "m", "position across the lid", ASSAY_AXIS_CENTRES, p->ny, 0, p->height},
               {"x", "m", "position along the lid", ASSAY_AXIS_CENTRES, p->nx, 0, p->width}}};
  return ASSAY_OK;
}

/* ---- what the data set asks ------------------------------------------------------------------ */

/* How many of these cases pay side by side in vector lanes. */
static int group(const void *params_)
{
  const struct assay_mac_settings s = assay_cavity_settings(params_);
  return assay_mac_batch_least(&s);
}

static bool goes_with(const void *a, const void *b)
{
  const struct assay_mac_settings s = assay_cavity_settings(a), t = assay_cavity_settings(b);
  return assay_mac_batch_fits(&s, &t);
}

static bool draws(const void *params_)
{
  return ((const struct assay_cavity *)params_)->start == ASSAY_CAVITY_RANDOM;
}

/* Half the solver cells with the choices of the fine run; the stored grid stays where it can. */
static int coarsen(void *params_)
{
  int rc = ASSAY_OK;
  struct assay_cavity *p = params_;
  const struct assay_mac_settings settings = assay_cavity_settings(p);
  struct assay_mac *m = NULL;
  ASSAY_CHECK(settings.nx % 2 == 0 && settings.ny % 2 == 0 && settings.nx >= 4 && settings.ny >= 4,
              ASSAY_EARG, "a solver grid of %d x %d cells cannot be halved", settings.nx,
              settings.ny);
  ASSAY_CHECK(assay_cavity_refine(p) % 2 == 0 || (p->nx % 2 == 0 && p->ny % 2 == 0), ASSAY_EARG,
              "a stored grid of %d x %d cells cannot be halved", p->nx, p->ny);
  ASSAY_TRY(assay_mac_create(&m, &settings));
  const struct assay_mac_account a = assay_mac_account(m);
  p->scheme = a.scheme;
  p->diffusion = a.viscous;
  p->refine = assay_cavity_refine(p);
  if (p->refine % 2 == 0) {
    p->refine /= 2;
  } else {
    p->nx /= 2;
    p->ny /= 2;
  }
done:
  assay_mac_destroy(m);
  return rc;
}

/* ---- description --------------------------------------------------------------------------- */

static enum assay_boundary_type boundary(double *value, const void *params_, int field,
                                         enum assay_side side, double t)
{
  (void)t;
  const struct assay_cavity *p = params_;
  *value = 0;
  if (field == ASSAY_CAVITY_P || field == ASSAY_CAVITY_VORTICITY) return ASSAY_BOUNDARY_NONE;
  if (field == ASSAY_CAVITY_U && side == ASSAY_NORTH) *value = p->lid_velocity;
  return ASSAY_BOUNDARY_DIRICHLET;
}

static void tiny(void *params_)
{
  struct assay_cavity *p = params_;
  p->nx = 8;
  p->ny = 12;
  p->height = 1.5 * p->width;
  p->frames = 3;
  p->start = ASSAY_CAVITY_RANDOM;
}

static double turnover(const void *params_)
{
  const struct assay_cavity *p = params_;
  return p->width / assay_cavity_speed(p);
}

static double aspect(const void *params_)
{
  const struct assay_cavity *p = params_;
  return p->height / p->width;
}

static double solver_cells(const void *params_)
{
  const struct assay_cavity *p = params_;
  return (double)p->nx * assay_cavity_refine(p);
}

static const struct assay_derived derived[] = {
    {"Re", "1", "density * lid_velocity * width / viscosity (start_speed where the lid stands)",
     reynolds},
    {"turnover", "s", "width / lid_velocity: a point of the lid crosses the cavity", turnover},
    {"aspect", "1", "height / width", aspect},
    {"solver_cells", "1", "solver cells along the lid", solver_cells},
    {0}};

/* Seconds per cell and step of the scheme that will be chosen, and its steps per cell that the lid
 * passes; measured on one core (docs/cavity.md). */
static double cost_per_cell(double cell_reynolds)
{
  if (cell_reynolds > 40) return 4.7e-9 / 0.4;
  return (cell_reynolds < 2.5 ? 6e-9 : 3.5e-9) / 0.5;
}

/* Seconds for all steps. Flows that come to rest do so after some Re / 5 turnovers. */
static double cost(const void *params_)
{
  const struct assay_cavity *p = params_;
  const int refine = assay_cavity_refine(p);
  const double cells = (double)p->nx * p->ny * refine * refine;
  const double cell = fmin(p->width / p->nx, p->height / p->ny) / refine, re = reynolds(p);
  const double speed =
      fmax(assay_cavity_speed(p), p->start == ASSAY_CAVITY_RANDOM ? 2 * p->start_speed : 0);
  double way = (p->frames - 1) * interval(p) * speed;
  if (p->until != ASSAY_CAVITY_FRAMES && re <= steady_up_to)
    way = fmin(way, (2 + 0.2 * re) * p->width);
  return cost_per_cell(speed * cell * p->density / p->viscosity) * cells * fmax(way / cell, 1);
}

const struct assay_generator assay_generator_cavity = {
    .name = "cavity",
    .version = 2,
    .doc = "incompressible flow in a rectangle driven by its sliding upper wall",
    .reference = "Ghia, Ghia, Shin, J. Comput. Phys. 48 (1982) 387-411",
    .params = params,
    .params_size = sizeof(struct assay_cavity),
    .defaults = &defaults,
    .fields = fields,
    .derived = derived,
    .evidence = assay_cavity_evidence,
    .illustrations = assay_cavity_illustrations,
    .order = 2,
    .check = check,
    .shape = shape,
    .run = assay_cavity_run,
    .group = group,
    .goes_with = goes_with,
    .run_group = assay_cavity_run_group,
    .draws = draws,
    .coarsen = coarsen,
    .boundary = boundary,
    .tiny = tiny,
    .golden = "e8c529e9e9c4a87a30653001ca55b7cf0ec9c9f19e8fed2e544f29c995c05676",
    .cost = cost,
};
