/* The street of vortices behind a cylinder in a channel: incompressible flow past an obstacle.
 *
 *   du/dt + div(u u) = -grad p / rho + nu lap u,   div u = 0   in [-upstream, downstream] x
 *                                                              [-below, above] without the obstacle
 *
 * Inflow on the left, outlet on the right, walls below and above; the fluid sticks to the obstacle,
 * which may turn. The origin is the centre of the obstacle. Method and its accuracy:
 * cylinder_flow.c and docs/cylinder.md.
 *
 * Solver grid. The stored grid is nx x ny cells over the rectangle, stored cells are whole numbers
 * of solver cells: with h = diameter / cells_per_diameter and stored cells of size a x b,
 *
 *   refine_x = ceil(a / g),  refine_y = ceil(b / g),  g = min(h, a, b)
 *
 * so that no side of a solver cell is longer than h and none is shorter than half of the other.
 *
 * Reference: C. H. K. Williamson, "Vortex dynamics in the cylinder wake", Annu. Rev. Fluid Mech. 28
 * (1996) 477-539. */
#include "generators/cylinder.h"

#include <math.h>

#include "core/base/err.h"
#include "core/num/vmath.h"

static const double pi = 3.14159265358979323846;

static const struct assay_param params[] = {
    {ASSAY_P_DOUBLE(assay_cylinder, inlet_velocity), .unit = "m s-1",
     .doc = "mean over the inflow side", .min = 1e-9, .max = 1e6},
    {ASSAY_P_DOUBLE(assay_cylinder, density), .unit = "kg m-3", .doc = "of the fluid", .min = 1e-9,
     .max = 1e9},
    {ASSAY_P_DOUBLE(assay_cylinder, viscosity), .unit = "Pa s", .doc = "dynamic", .min = 1e-12,
     .max = 1e9},
    {ASSAY_P_CHOICE(assay_cylinder, shape, "circle", "ellipse", "rectangle"),
     .doc = "of the obstacle"},
    {ASSAY_P_DOUBLE(assay_cylinder, diameter), .unit = "m",
     .doc = "of the obstacle across the stream, before it is turned by angle", .min = 1e-9,
     .max = 1e6},
    {ASSAY_P_DOUBLE(assay_cylinder, chord), .unit = "m",
     .doc = "of ellipse and rectangle along the stream; 0: the diameter", .min = 0, .max = 1e6},
    {ASSAY_P_DOUBLE(assay_cylinder, angle), .unit = "degree",
     .doc = "by which ellipse and rectangle are turned, anticlockwise", .min = -180, .max = 180},
    {ASSAY_P_DOUBLE(assay_cylinder, rotation_rate), .unit = "rad s-1",
     .doc = "of the surface of a circle, anticlockwise", .min = -1e9, .max = 1e9},
    {ASSAY_P_DOUBLE(assay_cylinder, upstream), .unit = "m",
     .doc = "from the inflow to the centre of the obstacle", .min = 1e-9, .max = 1e6},
    {ASSAY_P_DOUBLE(assay_cylinder, downstream), .unit = "m",
     .doc = "from the centre to the outlet", .min = 1e-9, .max = 1e6},
    {ASSAY_P_DOUBLE(assay_cylinder, below), .unit = "m",
     .doc = "from the lower wall to the centre, before offset", .min = 1e-9, .max = 1e6},
    {ASSAY_P_DOUBLE(assay_cylinder, above), .unit = "m",
     .doc = "from the centre, before offset, to the upper wall", .min = 1e-9, .max = 1e6},
    {ASSAY_P_DOUBLE(assay_cylinder, offset), .unit = "m",
     .doc = "moves the obstacle towards the upper wall", .min = -1e6, .max = 1e6},
    {ASSAY_P_CHOICE(assay_cylinder, inlet_profile, "uniform", "parabolic"),
     .doc = "of the inflow; parabolic: highest 1.5 inlet_velocity"},
    {ASSAY_P_DOUBLE(assay_cylinder, ramp_time), .unit = "s",
     .doc = "the inflow starts from zero and grows smoothly for so long; 0: at once", .min = 0,
     .max = 1e12},
    {ASSAY_P_CHOICE(assay_cylinder, walls, "no-slip", "free-slip", "moving"),
     .doc = "below and above; moving: with the inflow"},
    {ASSAY_P_INT(assay_cylinder, nx), .unit = "1", .doc = "stored cells along the channel",
     .min = 2, .max = 4096, .flags = ASSAY_PARAM_FIXED},
    {ASSAY_P_INT(assay_cylinder, ny), .unit = "1", .doc = "stored cells across the channel",
     .min = 2, .max = 4096, .flags = ASSAY_PARAM_FIXED},
    {ASSAY_P_DOUBLE(assay_cylinder, cells_per_diameter), .unit = "1",
     .doc = "least number of solver cells across the diameter", .min = 2, .max = 4096},
    {ASSAY_P_INT(assay_cylinder, refine_x), .unit = "1",
     .doc = "solver cells per stored cell along the channel; 0: by cells_per_diameter", .min = 0,
     .max = 256},
    {ASSAY_P_INT(assay_cylinder, refine_y), .unit = "1", .doc = "the same across the channel",
     .min = 0, .max = 256},
    {ASSAY_P_INT(assay_cylinder, frames), .unit = "1", .doc = "frames, the start included",
     .min = 1, .max = 1000000},
    {ASSAY_P_DOUBLE(assay_cylinder, frame_interval), .unit = "s", .doc = "time between frames",
     .min = 1e-12, .max = 1e12},
    {ASSAY_P_CHOICE(assay_cylinder, start, "rest", "stream", "random"),
     .doc = "the fluid just before t = 0; stream: the inflow everywhere; random: that and a random "
            "field"},
    {ASSAY_P_DOUBLE(assay_cylinder, start_speed), .unit = "1",
     .doc = "rms speed of the random field, of inlet_velocity", .min = 0, .max = 10},
    {ASSAY_P_INT(assay_cylinder, start_modes), .unit = "1",
     .doc = "largest wave number of a random start, in half waves per side", .min = 1, .max = 64},
    {ASSAY_P_DOUBLE(assay_cylinder, perturbation), .unit = "1",
     .doc = "antisymmetric change of the inflow at t = 0, of inlet_velocity: starts the shedding",
     .min = 0, .max = 1},
    {ASSAY_P_DOUBLE(assay_cylinder, perturbation_time), .unit = "s",
     .doc = "in which that decays by e; 0: 5 diameter / inlet_velocity", .min = 0, .max = 1e12},
    {ASSAY_P_DOUBLE(assay_cylinder, reference_speed), .unit = "m s-1",
     .doc = "of the coefficients and Re; 0: inlet_velocity", .min = 0, .max = 1e6},
    {ASSAY_P_DOUBLE(assay_cylinder, reference_length), .unit = "m",
     .doc = "of the coefficients and Re; 0: the diameter", .min = 0, .max = 1e6},
    {ASSAY_P_CHOICE(assay_cylinder, probes, "body", "points"),
     .doc = "of pressure_difference; body: the foremost and the last point at the height of the "
            "centre"},
    {ASSAY_P_DOUBLE(assay_cylinder, probe1_x), .unit = "m",
     .doc = "first point, from the centre of the obstacle", .min = -1e6, .max = 1e6},
    {ASSAY_P_DOUBLE(assay_cylinder, probe1_y), .unit = "m", .doc = "the same", .min = -1e6,
     .max = 1e6},
    {ASSAY_P_DOUBLE(assay_cylinder, probe2_x), .unit = "m", .doc = "second point", .min = -1e6,
     .max = 1e6},
    {ASSAY_P_DOUBLE(assay_cylinder, probe2_y), .unit = "m", .doc = "the same", .min = -1e6,
     .max = 1e6},
    {ASSAY_P_DOUBLE(assay_cylinder, steady_tolerance), .unit = "1",
     .doc = "a frame is steady when max |du/dt| L / U^2 is below this", .min = 1e-14, .max = 1},
    {ASSAY_P_CHOICE(assay_cylinder, scheme, "auto", "central", "limited"),
     .doc = "convection; auto: central up to a cell Reynolds number of 40, limited above"},
    {ASSAY_P_CHOICE(assay_cylinder, diffusion, "auto", "explicit", "implicit"),
     .doc = "viscous terms in time; auto: implicit where their limit would halve the step"},
    {ASSAY_P_DOUBLE(assay_cylinder, cfl), .unit = "1", .doc = "largest Courant number", .min = 1e-3,
     .max = 1},
    {0}};

static const struct assay_cylinder defaults = {
    .inlet_velocity = 1,
    .density = 10,
    .viscosity = 1e-3,
    .diameter = 0.02,
    .upstream = 0.06,
    .downstream = 0.16,
    .below = 0.06,
    .above = 0.06,
    .nx = 64,
    .ny = 64,
    .cells_per_diameter = 40,
    .frames = 101,
    .frame_interval = 0.01,
    .start_speed = 0.1,
    .start_modes = 8,
    .perturbation = 0.05,
    .steady_tolerance = 1e-6,
    .cfl = 0.5,
};

static const struct assay_field fields[] = {
    [ASSAY_CYLINDER_U] = {.name = "u",
                          .unit = "m s-1",
                          .doc = "velocity along the channel",
                          .vector = 'x'},
    [ASSAY_CYLINDER_V] = {.name = "v",
                          .unit = "m s-1",
                          .doc = "velocity across the channel",
                          .vector = 'y'},
    [ASSAY_CYLINDER_P] = {.name = "p", .unit = "Pa", .doc = "pressure, zero at the outlet"},
    [ASSAY_CYLINDER_VORTICITY] = {.name = "vorticity", .unit = "s-1", .doc = "dv/dx - du/dy"},
    [ASSAY_CYLINDER_MASK] = {.name = "mask",
                             .unit = "1",
                             .doc = "share of the cell that is fluid",
                             .kind = ASSAY_FIELD_STATIC},
    [ASSAY_CYLINDER_DISTANCE] = {.name = "signed_distance",
                                 .unit = "m",
                                 .doc = "from the centre of the cell to the surface of the "
                                        "obstacle, negative inside",
                                 .kind = ASSAY_FIELD_STATIC},
    [ASSAY_CYLINDER_TAG] = {.name = "boundary_tag",
                            .unit = "1",
                            .doc = "0 interior, touching 1 a wall, 2 the inflow, 3 the outlet; 4 "
                                   "fluid and obstacle, 5 obstacle",
                            .kind = ASSAY_FIELD_STATIC},
    [ASSAY_CYLINDER_DRAG] = {.name = "drag",
                             .unit = "N m-1",
                             .doc = "force on the obstacle along the channel, per depth",
                             .kind = ASSAY_FIELD_SCALAR},
    [ASSAY_CYLINDER_LIFT] = {.name = "lift",
                             .unit = "N m-1",
                             .doc = "force on the obstacle across the channel, per depth",
                             .kind = ASSAY_FIELD_SCALAR},
    [ASSAY_CYLINDER_TORQUE] = {.name = "torque",
                               .unit = "N",
                               .doc = "on the obstacle about its centre, anticlockwise, per depth",
                               .kind = ASSAY_FIELD_SCALAR},
    [ASSAY_CYLINDER_CD] = {.name = "drag_coefficient",
                           .unit = "1",
                           .doc = "drag / (density U^2 L / 2)",
                           .kind = ASSAY_FIELD_SCALAR},
    [ASSAY_CYLINDER_CL] = {.name = "lift_coefficient",
                           .unit = "1",
                           .doc = "lift / (density U^2 L / 2)",
                           .kind = ASSAY_FIELD_SCALAR},
    [ASSAY_CYLINDER_DP] = {.name = "pressure_difference",
                           .unit = "Pa",
                           .doc = "pressure at the first probe less that at the second",
                           .kind = ASSAY_FIELD_SCALAR},
    [ASSAY_CYLINDER_MASS_FLUX] = {.name = "mass_flux",
                                  .unit = "kg m-1 s-1",
                                  .doc = "through the outlet, per depth",
                                  .kind = ASSAY_FIELD_SCALAR},
    [ASSAY_CYLINDER_ENERGY] = {.name = "kinetic_energy",
                               .unit = "J m-1",
                               .doc = "of the fluid, per depth",
                               .kind = ASSAY_FIELD_SCALAR},
    [ASSAY_CYLINDER_FIELDS] = {0}};

/* ---- geometry ------------------------------------------------------------------------------- */

double assay_cylinder_speed(const struct assay_cylinder *p)
{
  return p->reference_speed > 0 ? p->reference_speed : p->inlet_velocity;
}

double assay_cylinder_length(const struct assay_cylinder *p)
{
  return p->reference_length > 0 ? p->reference_length : p->diameter;
}

double assay_cylinder_ramp(const struct assay_cylinder *p, double t)
{
  if (p->ramp_time == 0 || t >= p->ramp_time) return 1;
  const double s = fmax(t, 0) / p->ramp_time;
  return s * s * (3 - 2 * s);
}

/* Half width and half height of the box about the turned obstacle. */
static void bounding_box(struct assay_cylinder_geometry *g, const struct assay_cylinder *p)
{
  const double a = 0.5 * (p->chord > 0 ? p->chord : p->diameter), b = 0.5 * p->diameter;
  double s, c;
  assay_math_sincos(&s, &c, p->angle * pi / 180);
  g->thickness = 2 * fmin(a, b);
  switch ((enum assay_cylinder_shape)p->shape) {
  case ASSAY_CYLINDER_CIRCLE:
    g->half_x = g->half_y = b, g->thickness = p->diameter;
    break;
  case ASSAY_CYLINDER_ELLIPSE:
    g->half_x = sqrt(a * a * c * c + b * b * s * s);
    g->half_y = sqrt(a * a * s * s + b * b * c * c);
    break;
  case ASSAY_CYLINDER_RECTANGLE:
    g->half_x = a * fabs(c) + b * fabs(s);
    g->half_y = a * fabs(s) + b * fabs(c);
    break;
  }
}

/* Whole cells of at most `size` in `length`, blind to rounding. */
static int cells_in(double length, double size)
{
  return (int)fmin(fmax(ceil(length / size * (1 - 1e-9)), 1), 1 << 20);
}

struct assay_cylinder_geometry assay_cylinder_geometry(const struct assay_cylinder *p)
{
  struct assay_cylinder_geometry g = {.x0 = -p->upstream,
                                      .x1 = p->downstream,
                                      .y0 = -(p->below + p->offset),
                                      .y1 = p->above - p->offset};
  bounding_box(&g, p);
  const double a = (g.x1 - g.x0) / p->nx, b = (g.y1 - g.y0) / p->ny;
  const double size = fmin(p->diameter / p->cells_per_diameter, fmin(a, b));
  g.refine_x = p->refine_x > 0 ? p->refine_x : cells_in(a, size);
  g.refine_y = p->refine_y > 0 ? p->refine_y : cells_in(b, size);
  g.nx = g.refine_x * p->nx;
  g.ny = g.refine_y * p->ny;
  g.dx = a / g.refine_x;
  g.dy = b / g.refine_y;
  return g;
}

static int check_gap(const struct assay_cylinder *p, double centre, double half, const char *name,
                     const char *what, double cell)
{
  int rc = ASSAY_OK;
  const double least = fmax(0.05 * p->diameter, 3 * cell), gap = centre - half;
  ASSAY_CHECK(gap > 0, ASSAY_EARG,
              "the obstacle reaches through the %s: %g m from its centre (%s), %g m half across",
              what, centre, name, half);
  ASSAY_CHECK(gap >= least, ASSAY_EARG,
              "%g m between obstacle and %s (%s); expected at least %g m, the larger of 0.05 "
              "diameters and 3 solver cells",
              gap, what, name, least);
done:
  return rc;
}

static int check_probe(const struct assay_cylinder_flow *f, const double point[2], const char *name)
{
  int rc = ASSAY_OK;
  const struct assay_cylinder_geometry *g = &f->g;
  const double x = point[0] + g->x0, y = point[1] + g->y0;
  ASSAY_CHECK(x > g->x0 && x < g->x1 && y > g->y0 && y < g->y1, ASSAY_EARG,
              "%s at (%g, %g) m lies outside the channel", name, x, y);
  ASSAY_CHECK(assay_body_distance(&f->body, point[0], point[1]) > -1e-9 * f->p->diameter,
              ASSAY_EARG, "%s at (%g, %g) m lies in the obstacle", name, x, y);
done:
  return rc;
}

static int check_probes(const struct assay_cylinder *p)
{
  int rc = ASSAY_OK;
  double point[2][2];
  struct assay_cylinder_flow flow;
  assay_cylinder_settings(&flow, p);
  assay_cylinder_probes(point, &flow);
  ASSAY_TRY(check_probe(&flow, point[0], "probe1"));
  ASSAY_TRY(check_probe(&flow, point[1], "probe2"));
done:
  return rc;
}

static int check(const void *params_)
{
  int rc = ASSAY_OK;
  enum { CELLS_MOST = 16384 };
  const struct assay_cylinder *p = params_;
  const struct assay_cylinder_geometry g = assay_cylinder_geometry(p);
  const double cells = g.thickness / fmax(g.dx, g.dy);
  ASSAY_TRY(check_gap(p, -g.x0, g.half_x, "upstream", "inflow side", g.dx));
  ASSAY_TRY(check_gap(p, g.x1, g.half_x, "downstream", "outlet", g.dx));
  ASSAY_TRY(check_gap(p, -g.y0, g.half_y, "below, offset", "lower wall", g.dy));
  ASSAY_TRY(check_gap(p, g.y1, g.half_y, "above, offset", "upper wall", g.dy));
  ASSAY_CHECK(g.nx <= CELLS_MOST && g.ny <= CELLS_MOST, ASSAY_EARG,
              "solver grid of %d x %d cells; expected at most %d each", g.nx, g.ny, CELLS_MOST);
  ASSAY_CHECK(cells >= ASSAY_MAC_CELLS_ACROSS, ASSAY_EARG,
              "%.3g solver cells across the obstacle; expected at least %d (cells_per_diameter, "
              "refine_x, refine_y)",
              cells, ASSAY_MAC_CELLS_ACROSS);
  ASSAY_CHECK(p->start == ASSAY_CYLINDER_REST || p->ramp_time == 0, ASSAY_EARG,
              "ramp_time = %g s needs start: rest", p->ramp_time);
  ASSAY_CHECK(p->shape == ASSAY_CYLINDER_CIRCLE || p->rotation_rate == 0, ASSAY_EARG,
              "rotation_rate = %g: only a circle can turn in its place", p->rotation_rate);
  ASSAY_TRY(check_probes(p));
done:
  return rc;
}

static int shape(struct assay_shape *out, const void *params_)
{
  const struct assay_cylinder *p = params_;
  const struct assay_cylinder_geometry g = assay_cylinder_geometry(p);
  *out = (struct assay_shape){
      .n_frames = p->frames,
      .frame_interval = p->frame_interval,
      .n_axes = 2,
      .axis = {{"y", "m", "position across the channel, from the centre of the obstacle",
                ASSAY_AXIS_CENTRES, p->ny, g.y0, g.y1},
               {"x", "m", "position along the channel, from the centre of the obstacle",
                ASSAY_AXIS_CENTRES, p->nx, g.x0, g.x1}}};
  return ASSAY_OK;
}

/* ---- description ---------------------------------------------------------------------------- */

static enum assay_boundary_type at_inflow(double *value, const struct assay_cylinder *p, int field,
                                          double t)
{
  *value = field == ASSAY_CYLINDER_U ? p->inlet_velocity * assay_cylinder_ramp(p, t) : 0;
  return ASSAY_BOUNDARY_DIRICHLET;
}

/* The parabola over its mean; 1 elsewhere. */
static double boundary_profile(const void *params_, int field, enum assay_side side, double y)
{
  const struct assay_cylinder *p = params_;
  const struct assay_cylinder_geometry g = assay_cylinder_geometry(p);
  const double s = (y - g.y0) / (g.y1 - g.y0);
  const bool parabolic = p->inlet_profile == ASSAY_CYLINDER_PARABOLIC;
  return side == ASSAY_WEST && field == ASSAY_CYLINDER_U && parabolic ? 6 * s * (1 - s) : 1;
}

static enum assay_boundary_type at_wall(double *value, const struct assay_cylinder *p, int field)
{
  *value = 0;
  if (field == ASSAY_CYLINDER_U && p->walls == ASSAY_CYLINDER_FREE_SLIP)
    return ASSAY_BOUNDARY_NEUMANN;
  if (field == ASSAY_CYLINDER_U && p->walls == ASSAY_CYLINDER_MOVING) *value = p->inlet_velocity;
  return ASSAY_BOUNDARY_DIRICHLET;
}

static enum assay_boundary_type boundary(double *value, const void *params_, int field,
                                         enum assay_side side, double t)
{
  if (side == ASSAY_EAST || (field != ASSAY_CYLINDER_U && field != ASSAY_CYLINDER_V))
    return ASSAY_BOUNDARY_NONE;
  return side == ASSAY_WEST ? at_inflow(value, params_, field, t) : at_wall(value, params_, field);
}

static bool draws(const void *params_)
{
  const struct assay_cylinder *p = params_;
  return p->start == ASSAY_CYLINDER_RANDOM && p->start_speed > 0;
}

static void tiny(void *params_)
{
  struct assay_cylinder *p = params_;
  p->nx = 24;
  p->ny = 12;
  p->upstream = 0.04;
  p->downstream = 0.08;
  p->below = 0.025;
  p->above = 0.035;
  p->cells_per_diameter = 16;
  p->frames = 3;
  p->start = ASSAY_CYLINDER_RANDOM;
}

static double reynolds(const void *params_)
{
  const struct assay_cylinder *p = params_;
  return p->density * assay_cylinder_speed(p) * assay_cylinder_length(p) / p->viscosity;
}

static double blockage(const void *params_)
{
  const struct assay_cylinder_geometry g = assay_cylinder_geometry(params_);
  return 2 * g.half_y / (g.y1 - g.y0);
}

static double shedding_period(const void *params_)
{
  const struct assay_cylinder *p = params_;
  return p->diameter / (0.2 * p->inlet_velocity);
}

static double diffusive_time(const void *params_)
{
  const struct assay_cylinder *p = params_;
  return p->density * p->diameter * p->diameter / p->viscosity;
}

static double cells_across(const void *params_)
{
  const struct assay_cylinder *p = params_;
  const struct assay_cylinder_geometry g = assay_cylinder_geometry(p);
  return p->diameter / fmax(g.dx, g.dy);
}

static double solver_nx(const void *params_)
{
  return assay_cylinder_geometry(params_).nx;
}

static double solver_ny(const void *params_)
{
  return assay_cylinder_geometry(params_).ny;
}

static const struct assay_derived derived[] = {
    {"Re", "1", "density * speed * length / viscosity, by the reference speed and length",
     reynolds},
    {"blockage", "1", "height of the obstacle over height of the channel", blockage},
    {"shedding_period", "s", "estimate: diameter / (0.2 inlet_velocity)", shedding_period},
    {"diffusive_time", "s", "density * diameter^2 / viscosity", diffusive_time},
    {"cells_across", "1", "solver cells across the diameter, the coarser direction", cells_across},
    {"solver_nx", "1", "solver cells along the channel", solver_nx},
    {"solver_ny", "1", "solver cells across the channel", solver_ny},
    {0}};

/* Seconds for all steps: the fastest fluid beside the obstacle moves with some twice the inflow. */
static double cost(const void *params_)
{
  const struct assay_cylinder *p = params_;
  const struct assay_cylinder_geometry g = assay_cylinder_geometry(p);
  const double speed = 2 * p->inlet_velocity / fmax(1 - blockage(p), 0.1);
  const double step = p->cfl * fmin(g.dx, g.dy) / speed;
  const double per_frame = fmax(ceil(p->frame_interval / step), 1);
  return 1.2e-8 * g.nx * g.ny * (p->frames - 1) * per_frame;
}

const struct assay_generator assay_generator_cylinder = {
    .name = "cylinder",
    .version = 1,
    .doc = "incompressible flow past an obstacle in a channel, with its street of vortices",
    .reference = "Williamson, Annu. Rev. Fluid Mech. 28 (1996) 477-539",
    .params = params,
    .params_size = sizeof(struct assay_cylinder),
    .defaults = &defaults,
    .fields = fields,
    .derived = derived,
    .evidence = assay_cylinder_evidence,
    .illustrations = assay_cylinder_illustrations,
    .order = 2,
    .check = check,
    .shape = shape,
    .run = assay_cylinder_run,
    .coarsen = assay_cylinder_coarsen,
    .boundary = boundary,
    .boundary_profile = boundary_profile,
    .draws = draws,
    .tiny = tiny,
    .golden = "a326d1581ce0fbc6a5788b735b4562f5b273af93c9835b063e762ef867b7d8c3",
    .cost = cost,
};
