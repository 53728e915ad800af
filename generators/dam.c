/* Water over a barrier: a stream enters below air at the left and runs over a rectangular barrier
 * on the floor under gravity,
 *
 *   d(rho u)/dt + div(rho u u) = -grad p + div(mu (grad u + grad u^T)) + rho g,  div u = 0,
 *   dc/dt + div(c u) = 0,    rho = c rho_water + (1 - c) rho_air,  mu likewise,
 *
 * with water at the given speed through the lower part of the left side, air at its hydrostatic
 * pressure at the rest of the left side and at the right one (what comes back in is air), no-slip
 * floor, top and barrier. A column of water may stand on the floor at the start. Solver:
 * core/flow/twophase.h on square cells, on whose faces the barrier lies; the stored grid is filled
 * conservatively (core/flow/remap.h).
 *
 * Reference: Y. Luo, Y. Chen, Z. Zhang, "CFDBench", arXiv:2310.05963 (set-up); J. C. Martin, W. J.
 * Moyce, Phil. Trans. R. Soc. A 244 (1952) 312-324 (collapse of a column). */
#include "generators/dam.h"

#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "datasets/fill.h"

/* the order of the choices of `pressure` */
_Static_assert(ASSAY_TWOPHASE_AUTO == 0 && ASSAY_TWOPHASE_CONVERGED == 1 &&
                   ASSAY_TWOPHASE_SPLITTING == 2 && ASSAY_TWOPHASE_ITERATED == 3,
               "choices of the pressure");

static const struct assay_param params[] = {
    {ASSAY_P_DOUBLE(assay_dam, length), .unit = "m", .doc = "of the domain", .min = 1e-6,
     .max = 1e6},
    {ASSAY_P_DOUBLE(assay_dam, height), .unit = "m", .doc = "of what is stored", .min = 1e-6,
     .max = 1e6},
    {ASSAY_P_DOUBLE(assay_dam, simulated_height), .unit = "m",
     .doc = "of the domain; whole stored cells; 0: height", .min = 0, .max = 1e6},
    {ASSAY_P_DOUBLE(assay_dam, cell), .unit = "m", .doc = "side of the solver's square cells",
     .min = 1e-9, .max = 1e6},
    {ASSAY_P_DOUBLE(assay_dam, inlet_velocity), .unit = "m s-1",
     .doc = "of the water through the inlet", .min = 0, .max = 1e6},
    {ASSAY_P_DOUBLE(assay_dam, inlet_height), .unit = "m", .doc = "of the inlet, from the floor",
     .min = 1e-9, .max = 1e6},
    {ASSAY_P_DOUBLE(assay_dam, water_density), .unit = "kg m-3", .doc = "of the liquid",
     .min = 1e-9, .max = 1e9},
    {ASSAY_P_DOUBLE(assay_dam, water_viscosity), .unit = "Pa s", .doc = "of the liquid, dynamic",
     .min = 1e-12, .max = 1e9},
    {ASSAY_P_DOUBLE(assay_dam, air_density), .unit = "kg m-3", .doc = "of the gas", .min = 1e-9,
     .max = 1e9},
    {ASSAY_P_DOUBLE(assay_dam, air_viscosity), .unit = "Pa s", .doc = "of the gas, dynamic",
     .min = 1e-12, .max = 1e9},
    {ASSAY_P_DOUBLE(assay_dam, gravity), .unit = "m s-2", .doc = "downwards", .min = 0, .max = 1e6},
    {ASSAY_P_DOUBLE(assay_dam, surface_tension), .unit = "N m-1", .doc = "between water and air",
     .min = 0, .max = 1e3},
    {ASSAY_P_DOUBLE(assay_dam, slip_length), .unit = "m",
     .doc = "Navier slip on floor and top beside the interface", .min = 0, .max = 1e6},
    {ASSAY_P_DOUBLE(assay_dam, barrier_position), .unit = "m", .doc = "left face of the barrier",
     .min = 0, .max = 1e6},
    {ASSAY_P_DOUBLE(assay_dam, barrier_height), .unit = "m", .doc = "0: no barrier", .min = 0,
     .max = 1e6},
    {ASSAY_P_DOUBLE(assay_dam, barrier_width), .unit = "m", .doc = "along the floor", .min = 0,
     .max = 1e6},
    {ASSAY_P_CHOICE(assay_dam, start, "air", "column"),
     .doc = "air: no water at t = 0; column: one stands on the floor"},
    {ASSAY_P_DOUBLE(assay_dam, column_position), .unit = "m", .doc = "left face of the column",
     .min = 0, .max = 1e6},
    {ASSAY_P_DOUBLE(assay_dam, column_width), .unit = "m", .doc = "of the column", .min = 0,
     .max = 1e6},
    {ASSAY_P_DOUBLE(assay_dam, column_height), .unit = "m", .doc = "of the column", .min = 0,
     .max = 1e6},
    {ASSAY_P_INT(assay_dam, nx), .unit = "1", .doc = "stored cells along the floor", .min = 2,
     .max = 4096, .flags = ASSAY_PARAM_FIXED},
    {ASSAY_P_INT(assay_dam, ny), .unit = "1", .doc = "stored cells upwards", .min = 2, .max = 4096,
     .flags = ASSAY_PARAM_FIXED},
    {ASSAY_P_INT(assay_dam, frames), .unit = "1", .doc = "frames, the start included", .min = 1,
     .max = 1000000},
    {ASSAY_P_DOUBLE(assay_dam, frame_interval), .unit = "s", .doc = "time between frames",
     .min = 1e-12, .max = 1e12},
    {ASSAY_P_CHOICE(assay_dam, pressure, "auto", "converged", "splitting", "iterated"),
     .doc = "converged: variable-density equation to 1e-8; splitting: constant coefficients; "
            "iterated: to 1e-2; auto: splitting up to a density ratio of 3, iterated above"},
    {ASSAY_P_DOUBLE(assay_dam, tolerance), .unit = "1",
     .doc = "of the pressure where it is iterated, relative; 0: 1e-2, converged 1e-8", .min = 0,
     .max = 0.5},
    {ASSAY_P_DOUBLE(assay_dam, cfl), .unit = "1", .doc = "largest Courant number", .min = 1e-3,
     .max = 0.5},
    {0}};

static const struct assay_dam defaults = {
    .length = 1.5,
    .height = 0.4,
    .cell = 0.005,
    .inlet_velocity = 1,
    .inlet_height = 0.1,
    .water_density = 100,
    .water_viscosity = 0.1,
    .air_density = 1.225,
    .air_viscosity = 1.7894e-5,
    .gravity = 9.81,
    .slip_length = 0.0025,
    .barrier_position = 0.5,
    .barrier_height = 0.1,
    .barrier_width = 0.05,
    .column_width = 0.2,
    .column_height = 0.2,
    .nx = 64,
    .ny = 64,
    .frames = 100,
    .frame_interval = 0.1,
    .cfl = 0.4,
};

static const struct assay_field fields[] = {
    [ASSAY_DAM_U] = {.name = "u",
                     .unit = "m s-1",
                     .doc = "velocity along the floor, of both fluids by volume",
                     .vector = 'x'},
    [ASSAY_DAM_V] = {.name = "v",
                     .unit = "m s-1",
                     .doc = "velocity upwards, of both fluids by volume",
                     .vector = 'y'},
    [ASSAY_DAM_P] = {.name = "p", .unit = "Pa", .doc = "pressure above that of the air outside"},
    [ASSAY_DAM_VORTICITY] = {.name = "vorticity", .unit = "s-1", .doc = "dv/dx - du/dy"},
    [ASSAY_DAM_FRACTION] = {.name = "volume_fraction",
                            .unit = "1",
                            .doc = "of water in the fluid part of the cell"},
    [ASSAY_DAM_MASK] = {.name = "mask",
                        .unit = "1",
                        .doc = "part of the cell that is not barrier",
                        .kind = ASSAY_FIELD_STATIC},
    [ASSAY_DAM_DISTANCE] = {.name = "signed_distance",
                            .unit = "m",
                            .doc = "to the nearest floor, top or barrier; negative in the barrier",
                            .kind = ASSAY_FIELD_STATIC},
    [ASSAY_DAM_TAG] = {.name = "boundary_tag",
                       .unit = "1",
                       .doc = "0 interior, 1 beside a wall, 2 beside the inlet, 3 beside an open "
                              "side, 4 mostly barrier",
                       .kind = ASSAY_FIELD_STATIC},
    [ASSAY_DAM_ENERGY] = {.name = "kinetic_energy",
                          .unit = "J m-1",
                          .doc = "of both fluids, per depth",
                          .kind = ASSAY_FIELD_SCALAR},
    [ASSAY_DAM_FLUX_WEST] = {.name = "mass_flux_in",
                             .unit = "kg s-1 m-1",
                             .doc = "into the domain at the left side, per depth",
                             .kind = ASSAY_FIELD_SCALAR},
    [ASSAY_DAM_FLUX_EAST] = {.name = "mass_flux_out",
                             .unit = "kg s-1 m-1",
                             .doc = "out of the domain at the right side, per depth",
                             .kind = ASSAY_FIELD_SCALAR},
    [ASSAY_DAM_VOLUME] = {.name = "water_volume",
                          .unit = "m2",
                          .doc = "of the water in the domain, per depth",
                          .kind = ASSAY_FIELD_SCALAR},
    [ASSAY_DAM_FRONT] = {.name = "front",
                         .unit = "m",
                         .doc = "foremost water on the floor; 0: none",
                         .kind = ASSAY_FIELD_SCALAR},
    [ASSAY_DAM_FORCE_X] = {.name = "barrier_force_x",
                           .unit = "N m-1",
                           .doc =
                               "on the barrier along the floor, pressure and friction, per depth",
                           .kind = ASSAY_FIELD_SCALAR},
    [ASSAY_DAM_FORCE_Y] = {.name = "barrier_force_y",
                           .unit = "N m-1",
                           .doc = "on the barrier upwards, pressure and friction, per depth",
                           .kind = ASSAY_FIELD_SCALAR},
    [ASSAY_DAM_FIELDS] = {0}};

/* Cells in a length, -1 where it does not end on a cell face. */
static int cells(double length, double cell)
{
  const double n = floor(length / cell + 0.5);
  return n <= 1 << 14 && fabs(length - n * cell) <= 1e-6 * cell ? (int)n : -1;
}

/* Rows of the stored grid continued to the top of the domain. */
static int sampled_rows(const struct assay_dam *p)
{
  return cells(assay_dam_top(p), p->height / p->ny);
}

static void set_left(struct assay_twophase_side *side, const struct assay_dam *p)
{
  const double top = assay_dam_top(p);
  side->segment[side->n++] = (struct assay_twophase_segment){.to = p->inlet_height,
                                                             .kind = ASSAY_TWOPHASE_INFLOW,
                                                             .velocity = p->inlet_velocity,
                                                             .fraction = 1};
  if (cells(top - p->inlet_height, p->cell) > 0)
    side->segment[side->n++] = (struct assay_twophase_segment){
        .from = p->inlet_height, .to = top, .kind = ASSAY_TWOPHASE_OPENING};
}

struct assay_twophase_settings assay_dam_settings(const struct assay_dam *p)
{
  const double top = assay_dam_top(p);
  struct assay_twophase_settings s = {
      .nx = cells(p->length, p->cell),
      .ny = cells(top, p->cell),
      .width = p->length,
      .height = top,
      .marked = {p->water_density, p->water_viscosity},
      .unmarked = {p->air_density, p->air_viscosity},
      .surface_tension = p->surface_tension,
      .gravity = {0, -p->gravity},
      .pressure = (enum assay_twophase_pressure)p->pressure,
      .tolerance = p->tolerance,
      .cfl = p->cfl,
  };
  const struct assay_twophase_segment wall = {.kind = ASSAY_TWOPHASE_WALL,
                                              .slip_length = p->slip_length};
  set_left(&s.side[ASSAY_MAC_LEFT], p);
  s.side[ASSAY_MAC_RIGHT].segment[0].kind = ASSAY_TWOPHASE_OPENING;
  s.side[ASSAY_MAC_BOTTOM].segment[0] = wall;
  s.side[ASSAY_MAC_TOP].segment[0] = wall;
  s.side[ASSAY_MAC_RIGHT].n = s.side[ASSAY_MAC_BOTTOM].n = s.side[ASSAY_MAC_TOP].n = 1;
  if (assay_dam_has_barrier(p)) {
    const double x = p->barrier_position;
    s.block[s.n_blocks++] =
        (struct assay_twophase_block){x, x + p->barrier_width, 0, p->barrier_height};
  }
  return s;
}

static int check_barrier(const struct assay_dam *p)
{
  int rc = ASSAY_OK;
  if (p->barrier_height == 0) return ASSAY_OK;
  ASSAY_CHECK(p->barrier_width > 0, ASSAY_EARG,
              "barrier_width 0 m of a barrier of %g m; barrier_height 0 means none",
              p->barrier_height);
  const double right = p->barrier_position + p->barrier_width;
  ASSAY_CHECK(p->barrier_height < assay_dam_top(p), ASSAY_EARG,
              "barrier_height %g m: the domain is %g m high", p->barrier_height, assay_dam_top(p));
  ASSAY_CHECK(p->barrier_position > 0 && right < p->length, ASSAY_EARG,
              "barrier from %g to %g m: expected between 0 and %g m", p->barrier_position, right,
              p->length);
  const struct {
    const char *name;
    double value;
  } faces[] = {{"barrier_position", p->barrier_position},
               {"barrier_width", p->barrier_width},
               {"barrier_height", p->barrier_height}};
  for (int k = 0; k < 3; k++)
    ASSAY_CHECK(cells(faces[k].value, p->cell) > 0, ASSAY_EARG,
                "%s %g m is not a multiple of the cell of %g m", faces[k].name, faces[k].value,
                p->cell);
done:
  return rc;
}

static int check_column(const struct assay_dam *p)
{
  int rc = ASSAY_OK;
  if (p->start != ASSAY_DAM_COLUMN) return ASSAY_OK;
  const double right = p->column_position + p->column_width;
  ASSAY_CHECK(p->column_width > 0 && right <= p->length, ASSAY_EARG,
              "column from %g to %g m: expected within the domain of %g m", p->column_position,
              right, p->length);
  ASSAY_CHECK(p->column_height > 0 && p->column_height <= assay_dam_top(p), ASSAY_EARG,
              "column_height %g m: expected above 0, at most %g m", p->column_height,
              assay_dam_top(p));
done:
  return rc;
}

/* Constant coefficients leave errors in the air that grow with its lightness: at 10^5 they win. */
static const double splitting_up_to = 1e4;

static int check(const void *params_)
{
  int rc = ASSAY_OK;
  const struct assay_dam *p = params_;
  const double top = assay_dam_top(p);
  ASSAY_CHECK(top >= p->height, ASSAY_EARG, "simulated_height %g m is below height %g m", top,
              p->height);
  ASSAY_CHECK(cells(p->length, p->cell) >= 4 && cells(top, p->cell) >= 4, ASSAY_EARG,
              "a domain of %g m x %g m does not consist of 4 to 16384 cells of %g m each way",
              p->length, top, p->cell);
  ASSAY_CHECK(sampled_rows(p) > 0, ASSAY_EARG,
              "simulated_height %g m does not consist of stored cells of %g m", top,
              p->height / p->ny);
  ASSAY_CHECK(p->inlet_height <= top, ASSAY_EARG, "inlet_height %g m: the domain is %g m high",
              p->inlet_height, top);
  ASSAY_CHECK(cells(p->inlet_height, p->cell) > 0, ASSAY_EARG,
              "inlet_height %g m is not a multiple of the cell of %g m", p->inlet_height, p->cell);
  ASSAY_CHECK(p->inlet_velocity > 0 || p->start == ASSAY_DAM_COLUMN, ASSAY_EARG,
              "nothing moves: inlet_velocity is 0 and there is no column of water");
  ASSAY_CHECK(p->air_density <= p->water_density, ASSAY_EARG,
              "air_density %g kg/m3 is above water_density %g kg/m3", p->air_density,
              p->water_density);
  ASSAY_CHECK(p->pressure != ASSAY_TWOPHASE_SPLITTING ||
                  p->water_density <= splitting_up_to * p->air_density,
              ASSAY_EARG,
              "pressure: splitting is unstable at a density ratio of %g; expected at "
              "most %g (iterated and converged take any)",
              p->water_density / p->air_density, splitting_up_to);
  ASSAY_TRY(check_barrier(p));
  ASSAY_TRY(check_column(p));
done:
  return rc;
}

static int shape(struct assay_shape *out, const void *params_)
{
  const struct assay_dam *p = params_;
  *out = (struct assay_shape){
      .n_frames = p->frames,
      .frame_interval = p->frame_interval,
      .n_axes = 2,
      .axis = {{"y", "m", "height above the floor", ASSAY_AXIS_CENTRES, p->ny, 0, p->height},
               {"x", "m", "position along the floor", ASSAY_AXIS_CENTRES, p->nx, 0, p->length}}};
  return ASSAY_OK;
}

/* ---- one case ------------------------------------------------------------------------------ */

int assay_dam_fill(struct assay_twophase *m, const struct assay_dam *p)
{
  int rc = ASSAY_OK;
  const int nx = cells(p->length, p->cell), ny = cells(assay_dam_top(p), p->cell);
  const double dx = p->length / nx, dy = assay_dam_top(p) / ny;
  double *c = NULL;
  ASSAY_TRY(ASSAY_NEW(&c, (size_t)nx * (size_t)ny, "dam"));
  for (int j = 0; j < ny; j++)
    for (int i = 0; i < nx && p->start == ASSAY_DAM_COLUMN; i++)
      c[(ptrdiff_t)j * nx + i] =
          fmin(assay_dam_covered(i * dx, j * dy, dx, dy, p->column_position,
                                 p->column_position + p->column_width, p->column_height),
               1);
  ASSAY_TRY(assay_twophase_start(m, 0, c, NULL, NULL));
done:
  assay_free(c);
  return rc;
}

double assay_dam_front(const struct assay_twophase *m, double dx)
{
  const struct assay_mac_view c = assay_twophase_fraction(m);
  for (int i = c.nx - 1; i >= 0; i--) {
    if (c.data[i] < 0.5) continue;
    if (i == c.nx - 1) return c.nx * dx;
    const double here = c.data[i], next = c.data[i + 1]; /* the level 1/2 between the centres */
    return (i + 0.5 + (here - 0.5) / (here - next)) * dx;
  }
  return 0;
}

static double column_speed(const struct assay_dam *p)
{
  return p->start == ASSAY_DAM_COLUMN ? sqrt(p->gravity * p->column_height) : 0;
}

/* Speed scale of all non-dimensional numbers: the inlet, or the fall of the column. */
static double speed_scale(const struct assay_dam *p)
{
  return p->inlet_velocity > 0 ? p->inlet_velocity : column_speed(p);
}

static int store(struct assay_case *c, int frame, const struct assay_twophase *m,
                 const struct assay_dam *p, const struct assay_fill *b)
{
  int rc = ASSAY_OK;
  const struct assay_twophase_frame out = {.u = b->field[ASSAY_DAM_U],
                                           .v = b->field[ASSAY_DAM_V],
                                           .p = b->field[ASSAY_DAM_P],
                                           .vorticity = b->field[ASSAY_DAM_VORTICITY],
                                           .fraction = b->field[ASSAY_DAM_FRACTION]};
  ASSAY_TRY(assay_twophase_sample(m, p->nx, sampled_rows(p), &out));
  assay_fill_put(c, frame, b);
done:
  return rc;
}

static void store_scalars(struct assay_case *c, int frame, const struct assay_twophase *m,
                          const struct assay_dam *p, const struct assay_twophase_diagnostics *d)
{
  double force[2] = {0, 0};
  if (assay_dam_has_barrier(p)) assay_twophase_block_force(m, 0, force);
  const double value[ASSAY_DAM_FIELDS] = {
      [ASSAY_DAM_ENERGY] = d->kinetic_energy,
      [ASSAY_DAM_FLUX_WEST] = d->mass_flux[ASSAY_MAC_LEFT],
      [ASSAY_DAM_FLUX_EAST] = -d->mass_flux[ASSAY_MAC_RIGHT],
      [ASSAY_DAM_VOLUME] = d->volume,
      [ASSAY_DAM_FRONT] = assay_dam_front(m, p->cell),
      [ASSAY_DAM_FORCE_X] = force[0],
      [ASSAY_DAM_FORCE_Y] = force[1],
  };
  for (int f = ASSAY_DAM_ENERGY; f < ASSAY_DAM_FIELDS; f++) assay_case_put(c, f, frame, &value[f]);
}

/* Enter a frame into the certificate. The start has no step behind it. */
static void certify(struct assay_certificate *c, const struct assay_twophase *m,
                    const struct assay_dam *p, int frame,
                    const struct assay_twophase_diagnostics *d)
{
  const struct assay_twophase_account a = assay_twophase_account(m);
  const double speed = speed_scale(p), length = p->inlet_height;
  assay_fill_raise(&c->max_divergence, d->divergence * length / speed);
  assay_fill_raise(&c->mass_imbalance, fabs(d->boundary_flux) / (speed * length));
  assay_fill_raise(&c->cell_reynolds, d->cell_reynolds);
  c->convection_scheme = ASSAY_CONVECTION_LIMITED; /* core/flow/twophase.h has no other */
  c->viscous_scheme = ASSAY_VISCOUS_IMPLICIT;
  assay_fill_raise(&c->volume_balance, fabs(d->volume_error) / (p->length * assay_dam_top(p)));
  assay_fill_raise(&c->fraction_max, d->fraction_max);
  assay_fill_lower(&c->fraction_min, d->fraction_min);
  if (frame == 0) return;
  c->steady_change = d->change * length / (speed * speed);
  c->dt_min = a.dt_min;
  c->dt_max = a.dt_max;
  c->steps = (double)a.steps;
}

static int march(struct assay_case *c, struct assay_twophase *m, const struct assay_dam *p,
                 const struct assay_fill *b)
{
  int rc = ASSAY_OK;
  for (int k = 0; k < p->frames; k++) {
    struct assay_twophase_diagnostics d;
    ASSAY_TRY(assay_twophase_run(m, c->time[k]));
    ASSAY_TRY(store(c, k, m, p, b));
    assay_twophase_diagnose(m, &d);
    store_scalars(c, k, m, p, &d);
    certify(&c->certificate, m, p, k, &d);
  }
done:
  return rc;
}

static int run(struct assay_case *out, const void *params_, struct assay_case_key key)
{
  (void)key;
  int rc = ASSAY_OK;
  const struct assay_dam *p = params_;
  const struct assay_twophase_settings settings = assay_dam_settings(p);
  struct assay_twophase *m = NULL;
  struct assay_fill b = {0};
  out->n_frames = 0;
  ASSAY_TRY(assay_twophase_create(&m, &settings));
  ASSAY_TRY(assay_fill_create(&b, out, (size_t)p->nx * (size_t)sampled_rows(p)));
  ASSAY_TRY(assay_dam_put_static(out, p));
  ASSAY_TRY(assay_dam_fill(m, p));
  ASSAY_TRY(march(out, m, p, &b));
done:
  if (rc == ASSAY_EDIVERGED) assay_fill_diverged(&out->certificate, assay_twophase_time(m));
  assay_fill_destroy(&b);
  assay_twophase_destroy(m);
  return rc;
}

/* Twice the cell; the stored grid stays. */
static int coarsen(void *params_)
{
  int rc = ASSAY_OK;
  struct assay_dam *p = params_;
  struct assay_dam half = *p;
  half.cell = 2 * p->cell;
  ASSAY_TRY(assay_err_prefix(check(&half), "half resolution: "));
  *p = half;
done:
  return rc;
}

/* ---- description --------------------------------------------------------------------------- */

static void tiny(void *params_)
{
  struct assay_dam *p = params_;
  p->length = 0.8;
  p->cell = 0.02;
  p->inlet_height = 0.08;
  p->barrier_position = 0.32;
  p->barrier_height = 0.08;
  p->barrier_width = 0.04;
  p->slip_length = 0.01;
  p->start = ASSAY_DAM_COLUMN;
  p->column_width = 0.11;
  p->column_height = 0.17;
  p->nx = 12;
  p->ny = 7;
  p->frames = 4;
  p->frame_interval = 0.05;
}

static double reynolds(const void *params_)
{
  const struct assay_dam *p = params_;
  return p->water_density * speed_scale(p) * p->inlet_height / p->water_viscosity;
}

static double froude(const void *params_)
{
  const struct assay_dam *p = params_;
  return p->gravity > 0 ? speed_scale(p) / sqrt(p->gravity * p->inlet_height) : 0;
}

static double density_ratio(const void *params_)
{
  const struct assay_dam *p = params_;
  return p->water_density / p->air_density;
}

static double viscosity_ratio(const void *params_)
{
  const struct assay_dam *p = params_;
  return p->water_viscosity / p->air_viscosity;
}

static double barrier_ratio(const void *params_)
{
  const struct assay_dam *p = params_;
  return assay_dam_has_barrier(p) ? p->barrier_height / p->inlet_height : 0;
}

static double transit(const void *params_)
{
  const struct assay_dam *p = params_;
  return p->length / speed_scale(p);
}

static double fall_time(const void *params_)
{
  const struct assay_dam *p = params_;
  return p->gravity > 0 ? sqrt(p->inlet_height / p->gravity) : 0;
}

static const struct assay_derived derived[] = {
    {"Re", "1",
     "water_density * inlet_velocity * inlet_height / water_viscosity (without inflow: the speed "
     "sqrt(gravity * column_height))",
     reynolds},
    {"Fr", "1", "the same speed over sqrt(gravity * inlet_height); 0 without gravity", froude},
    {"density_ratio", "1", "water over air", density_ratio},
    {"viscosity_ratio", "1", "water over air, dynamic", viscosity_ratio},
    {"barrier_ratio", "1", "barrier_height / inlet_height", barrier_ratio},
    {"transit", "s", "length / speed", transit},
    {"fall_time", "s", "sqrt(inlet_height / gravity); 0 without gravity", fall_time},
    {0}};

/* Of a step, in steps of the splitting. */
static double pressure_cost(const struct assay_dam *p)
{
  const int split = p->pressure == ASSAY_TWOPHASE_AUTO && p->water_density <= 3 * p->air_density;
  if (p->pressure == ASSAY_TWOPHASE_CONVERGED) return 6;
  return split || p->pressure == ASSAY_TWOPHASE_SPLITTING ? 1 : 2.5;
}

/* Seconds for all steps: the fastest water has fallen from the crest or comes in, and what it
 * drives through the air is about as fast again. */
static double cost(const void *params_)
{
  const struct assay_dam *p = params_;
  const double n = (double)cells(p->length, p->cell) * cells(assay_dam_top(p), p->cell);
  const double drop = fmax(p->barrier_height, p->start == ASSAY_DAM_COLUMN ? p->column_height : 0);
  const double speed = p->inlet_velocity + 2 * sqrt(2 * p->gravity * fmax(drop, p->inlet_height));
  const double per_frame = fmax(ceil(p->frame_interval * speed / (p->cfl * p->cell)), 1);
  return 3.5e-8 * n * (p->frames - 1) * per_frame * pressure_cost(p);
}

const struct assay_generator assay_generator_dam = {
    .name = "dam",
    .version = 1,
    .doc = "water running over a barrier under gravity, below air",
    .reference = "Luo, Chen, Zhang, arXiv:2310.05963; Martin, Moyce, Phil. Trans. A 244 (1952) 312",
    .params = params,
    .params_size = sizeof(struct assay_dam),
    .defaults = &defaults,
    .fields = fields,
    .derived = derived,
    .evidence = assay_dam_evidence,
    .illustrations = assay_dam_illustrations,
    .order = 1,
    .check = check,
    .shape = shape,
    .run = run,
    .coarsen = coarsen,
    .boundary = assay_dam_boundary,
    .boundary_profile = assay_dam_boundary_profile,
    .tiny = tiny,
    .golden = "07f71613076980d60af797fed633dc1af82952ea0f2218c04b7c4ac3b380f7f4",
    .cost = cost,
};
