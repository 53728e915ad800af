/* Water fills a tube: a plane gap or a round pipe into which water flows at a given speed on the
 * left, and that is open on the right,
 *
 *   d(rho u)/dt + div(rho u u) = -grad p + div(mu (grad u + grad u^T)),  div u = 0,
 *   dc/dt + div(c u) = 0,    rho = c rho_water + (1 - c) rho_air,
 *
 * with no-slip walls, along which the fluid slips by a fixed length next to the interface. At the
 * end the tube is full and the flow that of its entrance. Solver: core/flow/twophase.h on `across`
 * cells over the height; the stored grid is filled conservatively (core/flow/remap.h).
 *
 * Reference: Y. Luo, Y. Chen, Z. Zhang, "CFDBench", arXiv:2310.05963 (set-up); F. Durst, S. Ray, B.
 * Uensal, O. A. Bayoumi, J. Fluids Eng. 127 (2005) 1154-1160 (entrance length). */
#include "generators/tube.h"

#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/vmath.h"
#include "datasets/fill.h"

static const struct assay_param params[] = {
    {ASSAY_P_CHOICE(assay_tube, geometry, "plane", "axisymmetric"),
     .doc = "a gap between plates, or a pipe of which the half from axis to wall is stored",
     .flags = ASSAY_PARAM_FIXED},
    {ASSAY_P_DOUBLE(assay_tube, length), .unit = "m", .doc = "of the tube", .min = 1e-9,
     .max = 1e6},
    {ASSAY_P_DOUBLE(assay_tube, diameter), .unit = "m", .doc = "between the walls", .min = 1e-9,
     .max = 1e6},
    {ASSAY_P_DOUBLE(assay_tube, inlet_velocity), .unit = "m s-1",
     .doc = "of the water at the inlet, mean", .min = 1e-9, .max = 1e6},
    {ASSAY_P_CHOICE(assay_tube, profile, "uniform", "parabolic"), .doc = "of the inlet velocity"},
    {ASSAY_P_DOUBLE(assay_tube, water_density), .unit = "kg m-3", .doc = "of the liquid",
     .min = 1e-9, .max = 1e9},
    {ASSAY_P_DOUBLE(assay_tube, water_viscosity), .unit = "Pa s", .doc = "of the liquid, dynamic",
     .min = 1e-12, .max = 1e9},
    {ASSAY_P_DOUBLE(assay_tube, air_density), .unit = "kg m-3", .doc = "of the gas", .min = 1e-9,
     .max = 1e9},
    {ASSAY_P_DOUBLE(assay_tube, air_viscosity), .unit = "Pa s", .doc = "of the gas, dynamic",
     .min = 1e-12, .max = 1e9},
    {ASSAY_P_DOUBLE(assay_tube, surface_tension), .unit = "N m-1", .doc = "between water and air",
     .min = 0, .max = 1e3},
    {ASSAY_P_DOUBLE(assay_tube, slip_length), .unit = "m",
     .doc = "Navier slip of the walls next to the interface", .min = 0, .max = 1e6},
    {ASSAY_P_CHOICE(assay_tube, start, "empty", "full", "part"),
     .doc = "the tube at t = 0: air, water, or water up to start_length, at rest"},
    {ASSAY_P_DOUBLE(assay_tube, start_length), .unit = "m",
     .doc = "water from the inlet to here at t = 0, with start: part", .min = 0, .max = 1e6},
    {ASSAY_P_INT(assay_tube, across), .unit = "1",
     .doc = "solver cells from wall to wall, or from axis to wall", .min = 4, .max = 4096},
    {ASSAY_P_DOUBLE(assay_tube, aspect), .unit = "1",
     .doc = "length over height of a solver cell, about", .min = 0.05, .max = 20},
    {ASSAY_P_INT(assay_tube, nx), .unit = "1", .doc = "stored cells along the tube", .min = 2,
     .max = 4096, .flags = ASSAY_PARAM_FIXED},
    {ASSAY_P_INT(assay_tube, ny), .unit = "1", .doc = "stored cells across the domain", .min = 2,
     .max = 4096, .flags = ASSAY_PARAM_FIXED},
    {ASSAY_P_INT(assay_tube, frames), .unit = "1", .doc = "most frames, the start included",
     .min = 1, .max = 1000000},
    {ASSAY_P_DOUBLE(assay_tube, frame_interval), .unit = "s", .doc = "time between frames",
     .min = 1e-12, .max = 1e12},
    {ASSAY_P_CHOICE(assay_tube, until, "frames", "steady", "repeat"),
     .doc =
         "frames: compute all; steady: end with the first steady frame; repeat: repeat that one"},
    {ASSAY_P_DOUBLE(assay_tube, steady_tolerance), .unit = "1",
     .doc =
         "a frame is steady when max |du/dt| d / U^2 and the rate of filling over the inflow are "
         "below this",
     .min = 1e-14, .max = 1},
    {ASSAY_P_CHOICE(assay_tube, pressure, "auto", "converged", "splitting", "iterated"),
     .doc = "constant-coefficient splitting, after solving the variable-density equation to "
            "convergence or by a few iterations; auto: splitting where it is safe, else iterated"},
    {ASSAY_P_DOUBLE(assay_tube, cfl), .unit = "1", .doc = "largest Courant number", .min = 1e-3,
     .max = 0.5},
    {0}};

static const struct assay_tube defaults = {
    .length = 1,
    .diameter = 0.1,
    .inlet_velocity = 1,
    .water_density = 100,
    .water_viscosity = 0.1,
    .air_density = 1.225,
    .air_viscosity = 1.7894e-5,
    .slip_length = 0.0005,
    .start_length = 0.2,
    .across = 48,
    .aspect = 2,
    .nx = 64,
    .ny = 64,
    .frames = 226,
    .frame_interval = 0.1,
    .until = ASSAY_TUBE_REPEAT,
    .steady_tolerance = 1e-6,
    .cfl = 0.4,
};

static const struct assay_field fields[] = {
    [ASSAY_TUBE_U] = {.name = "u",
                      .unit = "m s-1",
                      .doc = "velocity along the tube, of both fluids by volume",
                      .vector = 'x'},
    [ASSAY_TUBE_V] = {.name = "v",
                      .unit = "m s-1",
                      .doc = "velocity across, away from the axis of a pipe",
                      .vector = 'y'},
    [ASSAY_TUBE_P] = {.name = "p", .unit = "Pa", .doc = "pressure, zero at the open end"},
    [ASSAY_TUBE_VORTICITY] = {.name = "vorticity", .unit = "s-1", .doc = "dv/dx - du/dy"},
    [ASSAY_TUBE_FRACTION] = {.name = "volume_fraction", .unit = "1", .doc = "of water"},
    [ASSAY_TUBE_MASK] = {.name = "mask",
                         .unit = "1",
                         .doc = "part of the cell that is fluid: all of it",
                         .kind = ASSAY_FIELD_STATIC},
    [ASSAY_TUBE_DISTANCE] = {.name = "signed_distance",
                             .unit = "m",
                             .doc = "to the nearest wall",
                             .kind = ASSAY_FIELD_STATIC},
    [ASSAY_TUBE_TAG] = {.name = "boundary_tag",
                        .unit = "1",
                        .doc = "0 interior, 1 beside a wall, 2 beside the inlet, 3 beside the "
                               "open end, 4 solid (none)",
                        .kind = ASSAY_FIELD_STATIC},
    [ASSAY_TUBE_ENERGY] = {.name = "kinetic_energy",
                           .unit = "J m-1",
                           .doc = "of both fluids, per depth (pipe: J, per radian)",
                           .kind = ASSAY_FIELD_SCALAR},
    [ASSAY_TUBE_FLUX_IN] = {.name = "mass_flux_in",
                            .unit = "kg s-1 m-1",
                            .doc = "through the inlet, per depth (pipe: kg s-1, per radian)",
                            .kind = ASSAY_FIELD_SCALAR},
    [ASSAY_TUBE_FLUX_OUT] = {.name = "mass_flux_out",
                             .unit = "kg s-1 m-1",
                             .doc = "out of the open end, per depth (pipe: kg s-1, per radian)",
                             .kind = ASSAY_FIELD_SCALAR},
    [ASSAY_TUBE_VOLUME] = {.name = "water_volume",
                           .unit = "m2",
                           .doc = "of the water in the tube, per depth (pipe: m3, per radian)",
                           .kind = ASSAY_FIELD_SCALAR},
    [ASSAY_TUBE_DROP] = {.name = "pressure_drop",
                         .unit = "Pa",
                         .doc = "mean pressure in the first cells at the inlet, above the open end",
                         .kind = ASSAY_FIELD_SCALAR},
    [ASSAY_TUBE_FIELDS] = {0}};

double assay_tube_height(const struct assay_tube *p)
{
  return p->geometry == ASSAY_TUBE_AXISYMMETRIC ? 0.5 * p->diameter : p->diameter;
}

/* Solver cells along the tube, a multiple of four. */
static double cells_along(const struct assay_tube *p)
{
  const double cell = p->aspect * assay_tube_height(p) / p->across;
  return fmax(4 * floor(0.25 * p->length / cell + 0.5), 4);
}

struct assay_twophase_settings assay_tube_settings(const struct assay_tube *p)
{
  struct assay_twophase_settings s = {
      .nx = (int)cells_along(p),
      .ny = p->across,
      .width = p->length,
      .height = assay_tube_height(p),
      .axisymmetric = p->geometry == ASSAY_TUBE_AXISYMMETRIC,
      .marked = {p->water_density, p->water_viscosity},
      .unmarked = {p->air_density, p->air_viscosity},
      .surface_tension = p->surface_tension,
      .pressure = (enum assay_twophase_pressure)p->pressure,
      .cfl = p->cfl,
  };
  const struct assay_twophase_segment wall = {.kind = ASSAY_TWOPHASE_WALL,
                                              .slip_length = p->slip_length};
  for (int k = 0; k < ASSAY_MAC_SIDES; k++) s.side[k].n = 1;
  s.side[ASSAY_MAC_LEFT].segment[0] =
      (struct assay_twophase_segment){.kind = ASSAY_TWOPHASE_INFLOW,
                                      .velocity = p->inlet_velocity,
                                      .profile = (enum assay_twophase_profile)p->profile,
                                      .fraction = 1};
  s.side[ASSAY_MAC_RIGHT].segment[0].kind = ASSAY_TWOPHASE_OPENING;
  s.side[ASSAY_MAC_TOP].segment[0] = s.side[ASSAY_MAC_BOTTOM].segment[0] = wall;
  if (s.axisymmetric)
    s.side[ASSAY_MAC_BOTTOM].segment[0] =
        (struct assay_twophase_segment){.kind = ASSAY_TWOPHASE_SLIP};
  return s;
}

static int check(const void *params_)
{
  int rc = ASSAY_OK;
  const struct assay_tube *p = params_;
  const double nx = cells_along(p);
  ASSAY_CHECK(nx <= 16384, ASSAY_EARG, "solver grid of %.0f x %d cells; expected at most 16384", nx,
              p->across);
  ASSAY_CHECK(p->length * p->across >= 2 * p->aspect * assay_tube_height(p), ASSAY_EARG,
              "length %g m is too short for cells %g times as long as high", p->length, p->aspect);
  ASSAY_CHECK(p->start != ASSAY_TUBE_PART || p->start_length <= p->length, ASSAY_EARG,
              "start_length %g m: the tube is %g m long", p->start_length, p->length);
done:
  return rc;
}

static int shape(struct assay_shape *out, const void *params_)
{
  const struct assay_tube *p = params_;
  *out = (struct assay_shape){
      .n_frames = p->frames,
      .frame_interval = p->frame_interval,
      .n_axes = 2,
      .axis = {{"y", "m", "position across the tube", ASSAY_AXIS_CENTRES, p->ny, 0,
                assay_tube_height(p)},
               {"x", "m", "position along the tube", ASSAY_AXIS_CENTRES, p->nx, 0, p->length}}};
  return ASSAY_OK;
}

/* ---- one case ------------------------------------------------------------------------------ */

/* Mask, distance and tags follow from the stored grid alone. */
static struct assay_fill_cell cell_at(const void *context, int j, int i)
{
  const struct assay_tube *p = context;
  const int nx = p->nx, ny = p->ny, radial = p->geometry == ASSAY_TUBE_AXISYMMETRIC;
  const double height = assay_tube_height(p), dy = height / ny, y = (j + 0.5) * dy;
  const int wall = j == ny - 1 || (j == 0 && !radial);
  return (struct assay_fill_cell){.mask = 1,
                                  .distance = radial ? height - y : fmin(y, height - y),
                                  .tag = wall          ? 1
                                         : i == 0      ? 2
                                         : i == nx - 1 ? 3
                                                       : 0};
}

static const int map_fields[3] = {ASSAY_TUBE_MASK, ASSAY_TUBE_DISTANCE, ASSAY_TUBE_TAG};

static int fill(struct assay_twophase *m, const struct assay_tube *p)
{
  int rc = ASSAY_OK;
  const struct assay_twophase_settings s = assay_tube_settings(p);
  const double water = p->start == ASSAY_TUBE_EMPTY  ? 0
                       : p->start == ASSAY_TUBE_FULL ? p->length
                                                     : p->start_length;
  double *c = NULL;
  ASSAY_TRY(ASSAY_NEW(&c, (size_t)s.nx * (size_t)s.ny, "tube start"));
  for (int k = 0; k < s.nx * s.ny; k++)
    c[k] = fmin(fmax(water / p->length * s.nx - k % s.nx, 0), 1);
  ASSAY_TRY(assay_twophase_start(m, 0, c, NULL, NULL));
done:
  assay_free(c);
  return rc;
}

static void put_scalars(struct assay_case *c, int frame, const struct assay_twophase_diagnostics *d)
{
  const double in = d->mass_flux[ASSAY_MAC_LEFT], out = -d->mass_flux[ASSAY_MAC_RIGHT];
  const double drop = d->mean_pressure[ASSAY_MAC_LEFT];
  assay_case_put(c, ASSAY_TUBE_ENERGY, frame, &d->kinetic_energy);
  assay_case_put(c, ASSAY_TUBE_FLUX_IN, frame, &in);
  assay_case_put(c, ASSAY_TUBE_FLUX_OUT, frame, &out);
  assay_case_put(c, ASSAY_TUBE_VOLUME, frame, &d->volume);
  assay_case_put(c, ASSAY_TUBE_DROP, frame, &drop);
}

/* Enter a frame into the certificate; volume_before: of the water one frame back. */
static void certify(struct assay_certificate *c, const struct assay_twophase *m,
                    const struct assay_tube *p, int frame,
                    const struct assay_twophase_diagnostics *d, double volume_before)
{
  const struct assay_twophase_account a = assay_twophase_account(m);
  const double height = assay_tube_height(p), speed = p->inlet_velocity;
  const double area = p->geometry == ASSAY_TUBE_AXISYMMETRIC ? 0.5 * height * height : height;
  assay_fill_raise(&c->max_divergence, d->divergence * p->diameter / speed);
  assay_fill_raise(&c->mass_imbalance, fabs(d->boundary_flux) / (speed * area));
  assay_fill_raise(&c->volume_balance, fabs(d->volume_error) / (area * p->length));
  assay_fill_lower(&c->fraction_min, d->fraction_min);
  assay_fill_raise(&c->fraction_max, d->fraction_max);
  assay_fill_raise(&c->cell_reynolds, d->cell_reynolds);
  c->convection_scheme = ASSAY_CONVECTION_LIMITED; /* core/flow/twophase.h has no other */
  c->viscous_scheme = ASSAY_VISCOUS_IMPLICIT;
  if (frame == 0) return;
  const double filling = fabs(d->volume - volume_before) / (speed * area * p->frame_interval);
  c->steady_change = fmax(d->change * p->diameter / (speed * speed), filling);
  assay_fill_steady(c, frame, c->steady_change < p->steady_tolerance);
  c->dt_min = a.dt_min;
  c->dt_max = a.dt_max;
  c->steps = (double)a.steps;
}

static int march(struct assay_case *c, struct assay_twophase *m, const struct assay_tube *p,
                 const struct assay_fill *b)
{
  int rc = ASSAY_OK;
  const struct assay_twophase_frame out = {b->field[ASSAY_TUBE_U], b->field[ASSAY_TUBE_V],
                                           b->field[ASSAY_TUBE_P], b->field[ASSAY_TUBE_VORTICITY],
                                           b->field[ASSAY_TUBE_FRACTION]};
  struct assay_twophase_diagnostics d = {0};
  for (int k = 0; k < p->frames; k++) {
    const double before = d.volume;
    ASSAY_TRY(assay_twophase_run(m, c->time[k]));
    ASSAY_TRY(assay_twophase_sample(m, p->nx, p->ny, &out));
    assay_twophase_diagnose(m, &d);
    assay_fill_put(c, k, b);
    put_scalars(c, k, &d);
    certify(&c->certificate, m, p, k, &d, before);
    if (p->until != ASSAY_TUBE_FRAMES && c->certificate.steady_from >= 0) break;
  }
  if (p->until == ASSAY_TUBE_REPEAT) assay_fill_repeat(c);
done:
  return rc;
}

static int run(struct assay_case *out, const void *params_, struct assay_case_key key)
{
  (void)key;
  int rc = ASSAY_OK;
  const struct assay_tube *p = params_;
  const struct assay_twophase_settings settings = assay_tube_settings(p);
  struct assay_twophase *m = NULL;
  struct assay_fill b = {0};
  out->n_frames = 0;
  ASSAY_TRY(assay_twophase_create(&m, &settings));
  ASSAY_TRY(assay_fill_create(&b, out, assay_shape_points(&out->shape)));
  ASSAY_TRY(assay_fill_map(out, map_fields, cell_at, p));
  ASSAY_TRY(fill(m, p));
  ASSAY_TRY(march(out, m, p, &b));
done:
  if (rc == ASSAY_EDIVERGED && m) assay_fill_diverged(&out->certificate, assay_twophase_time(m));
  assay_fill_destroy(&b);
  assay_twophase_destroy(m);
  return rc;
}

static int coarsen(void *params_)
{
  int rc = ASSAY_OK;
  struct assay_tube *p = params_;
  ASSAY_CHECK(p->across % 2 == 0 && p->across >= 8, ASSAY_EARG,
              "%d solver cells across cannot be halved", p->across);
  p->across /= 2;
done:
  return rc;
}

/* ---- description --------------------------------------------------------------------------- */

static enum assay_boundary_type at_inlet(double *value, const struct assay_tube *p, int field)
{
  *value = field == ASSAY_TUBE_U ? p->inlet_velocity : field == ASSAY_TUBE_FRACTION ? 1 : 0;
  return field == ASSAY_TUBE_P ? ASSAY_BOUNDARY_NONE : ASSAY_BOUNDARY_DIRICHLET;
}

static enum assay_boundary_type boundary(double *value, const void *params_, int field,
                                         enum assay_side side, double t)
{
  (void)t;
  const struct assay_tube *p = params_;
  *value = 0;
  const int velocity = field == ASSAY_TUBE_U || field == ASSAY_TUBE_V;
  if (!velocity && field != ASSAY_TUBE_P && field != ASSAY_TUBE_FRACTION)
    return ASSAY_BOUNDARY_NONE;
  if (side == ASSAY_WEST) return at_inlet(value, p, field);
  if (side == ASSAY_EAST)
    return field == ASSAY_TUBE_P ? ASSAY_BOUNDARY_DIRICHLET : ASSAY_BOUNDARY_NONE;
  if (!velocity) return ASSAY_BOUNDARY_NONE;
  const int axis = side == ASSAY_SOUTH && p->geometry == ASSAY_TUBE_AXISYMMETRIC;
  return axis && field == ASSAY_TUBE_U ? ASSAY_BOUNDARY_NEUMANN : ASSAY_BOUNDARY_DIRICHLET;
}

/* What the parabola is at height s over its mean; 1 elsewhere. */
static double boundary_profile(const void *params_, int field, enum assay_side side, double s)
{
  const struct assay_tube *p = params_;
  if (side != ASSAY_WEST || field != ASSAY_TUBE_U || p->profile != ASSAY_TWOPHASE_PARABOLIC)
    return 1;
  const double r = s / assay_tube_height(p);
  return p->geometry == ASSAY_TUBE_AXISYMMETRIC ? 2 * (1 - r * r) : 6 * r * (1 - r);
}

static void tiny(void *params_)
{
  struct assay_tube *p = params_;
  p->length = 0.3;
  p->across = 8;
  p->aspect = 1.5;
  p->nx = 12;
  p->ny = 6;
  p->frames = 4;
  p->start = ASSAY_TUBE_PART;
  p->start_length = 0.1;
}

static double reynolds(const void *params_)
{
  const struct assay_tube *p = params_;
  return p->water_density * p->inlet_velocity * p->diameter / p->water_viscosity;
}

static double transit(const void *params_)
{
  const struct assay_tube *p = params_;
  return p->length / p->inlet_velocity;
}

static double density_ratio(const void *params_)
{
  const struct assay_tube *p = params_;
  return p->water_density / p->air_density;
}

static double slenderness(const void *params_)
{
  const struct assay_tube *p = params_;
  return p->length / p->diameter;
}

double assay_tube_entrance(int geometry, double re)
{
  const double still = geometry == ASSAY_TUBE_AXISYMMETRIC ? 0.619 : 0.631;
  const double slope = geometry == ASSAY_TUBE_AXISYMMETRIC ? 0.0567 : 0.0442;
  return assay_math_pow(assay_math_pow(still, 1.6) + assay_math_pow(slope * re, 1.6), 1 / 1.6);
}

static double entrance(const void *params_)
{
  const struct assay_tube *p = params_;
  return p->diameter * assay_tube_entrance(p->geometry, reynolds(p));
}

static const struct assay_derived derived[] = {
    {"Re", "1", "water_density * inlet_velocity * diameter / water_viscosity", reynolds},
    {"transit", "s", "length / inlet_velocity: the time to fill the tube", transit},
    {"density_ratio", "1", "water_density / air_density", density_ratio},
    {"slenderness", "1", "length / diameter", slenderness},
    {"entrance_length", "m", "to 99 % of the final speed in the middle, uniform inlet (Durst)",
     entrance},
    {0}};

/* Steps while the tube fills and comes to rest, three transits, at some 1e7 cells per second. */
static double cost(const void *params_)
{
  const struct assay_tube *p = params_;
  const double nx = cells_along(p), dx = p->length / nx, dy = assay_tube_height(p) / p->across;
  const double all = (p->frames - 1) * p->frame_interval;
  const double time = p->until == ASSAY_TUBE_FRAMES ? all : fmin(all, 3 * transit(p));
  const double steps = time * p->inlet_velocity * (1.5 / dx + 0.3 / dy) / p->cfl;
  static const double relative[] = {[ASSAY_TWOPHASE_AUTO] = 1,
                                    [ASSAY_TWOPHASE_CONVERGED] = 2,
                                    [ASSAY_TWOPHASE_SPLITTING] = 0.4,
                                    [ASSAY_TWOPHASE_ITERATED] = 1};
  return 1.2e-7 * nx * p->across * relative[p->pressure] * (steps + 10);
}

const struct assay_generator assay_generator_tube = {
    .name = "tube",
    .version = 1,
    .doc = "water filling a plane or round tube against air",
    .reference = "Luo, Chen, Zhang, arXiv:2310.05963; Durst et al., J. Fluids Eng. 127 (2005) 1154",
    .params = params,
    .params_size = sizeof(struct assay_tube),
    .defaults = &defaults,
    .fields = fields,
    .derived = derived,
    .evidence = assay_tube_evidence,
    .illustrations = assay_tube_illustrations,
    .order = 2,
    .check = check,
    .shape = shape,
    .run = run,
    .coarsen = coarsen,
    .boundary = boundary,
    .boundary_profile = boundary_profile,
    .tiny = tiny,
    .golden = "0db9b400592fff6aa40915b99d5c1b1df3de426f37dd7413acc1ec28383aecec",
    .cost = cost,
};
