/* One case of the flow past a cylinder: solver core/flow/mac.h on refine_x x refine_y cells per
 * stored cell, obstacle core/flow/body.h.
 *
 * Inflow, with s the distance from the lower wall, H the height, U = inlet_velocity, e the
 * perturbation and T its time:
 *
 *   u(s, t) = U P(s) R(t) (1 + e exp(-t / T) sin(2 pi s / H)),
 *
 * P = 1 or 6 s (H - s) / H^2 as means over the faces, R the ramp. The perturbation turns the stream
 * a little, carries no volume, and starts the shedding, which in a symmetric channel would
 * otherwise have to grow out of rounding errors. */
#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/flow/random_stream.h"
#include "core/num/vmath.h"
#include "datasets/fill.h"
#include "generators/cylinder.h"

static const double pi = 3.14159265358979323846;

/* ---- what the solver is told ---------------------------------------------------------------- */

static double turned_distance(const void *data, double x, double y)
{
  const struct assay_cylinder_turned *t = data;
  const double dx = x - t->x, dy = y - t->y;
  return t->shape(t->data, t->cosine * dx + t->sine * dy, t->cosine * dy - t->sine * dx);
}

/* P(s): mean over the face about s. */
static double profile(const struct assay_cylinder_flow *f, double s)
{
  const double height = f->g.y1 - f->g.y0, z = s / height, cell = f->g.dy / height;
  if (f->p->inlet_profile == ASSAY_CYLINDER_UNIFORM) return 1;
  return 6 * (z * (1 - z) - cell * cell / 12);
}

static double inflow(void *context, double s, double t)
{
  const struct assay_cylinder_flow *f = context;
  const struct assay_cylinder *p = f->p;
  const double u = profile(f, s) * assay_cylinder_ramp(p, t);
  if (p->perturbation == 0) return u;
  const double decay =
      p->perturbation_time > 0 ? p->perturbation_time : 5 * p->diameter / p->inlet_velocity;
  const double wave = assay_math_sin(2 * pi * s / (f->g.y1 - f->g.y0));
  return u * (1 + p->perturbation * assay_math_exp(-t / decay) * wave);
}

static void set_body(struct assay_cylinder_flow *f)
{
  const struct assay_cylinder *p = f->p;
  const double a = 0.5 * (p->chord > 0 ? p->chord : p->diameter), b = 0.5 * p->diameter;
  f->body = (struct assay_body){.name = "obstacle"};
  f->circle = (struct assay_circle){-f->g.x0, -f->g.y0, b};
  f->ellipse = (struct assay_ellipse){0, 0, a, b};
  f->rectangle = (struct assay_rectangle){-a, -b, a, b, 0};
  f->turned = (struct assay_cylinder_turned){.x = -f->g.x0, .y = -f->g.y0};
  assay_math_sincos(&f->turned.sine, &f->turned.cosine, p->angle * pi / 180);
  if (p->shape == ASSAY_CYLINDER_CIRCLE) {
    f->body.shape = assay_circle_distance;
    f->body.data = &f->circle;
    f->body.slide = p->rotation_rate * b;
    return;
  }
  const bool ellipse = p->shape == ASSAY_CYLINDER_ELLIPSE;
  f->turned.shape = ellipse ? assay_ellipse_distance : assay_rectangle_distance;
  f->turned.data = ellipse ? (const void *)&f->ellipse : &f->rectangle;
  f->body.shape = turned_distance;
  f->body.data = &f->turned;
}

struct assay_mac_settings assay_cylinder_settings(struct assay_cylinder_flow *flow,
                                                  const struct assay_cylinder *p)
{
  *flow = (struct assay_cylinder_flow){.p = p, .g = assay_cylinder_geometry(p)};
  set_body(flow);
  struct assay_mac_settings s = {.nx = flow->g.nx,
                                 .ny = flow->g.ny,
                                 .width = flow->g.x1 - flow->g.x0,
                                 .height = flow->g.y1 - flow->g.y0,
                                 .density = p->density,
                                 .viscosity = p->viscosity,
                                 .body = &flow->body,
                                 .bodies = 1,
                                 .scheme = (enum assay_mac_scheme)p->scheme,
                                 .viscous = (enum assay_mac_viscous)p->diffusion,
                                 .cfl = p->cfl};
  s.side[ASSAY_MAC_LEFT].wall = ASSAY_MAC_INFLOW;
  s.side[ASSAY_MAC_LEFT].inflow = p->inlet_velocity;
  s.side[ASSAY_MAC_LEFT].profile = ASSAY_MAC_CUSTOM;
  s.side[ASSAY_MAC_LEFT].shape = inflow;
  s.side[ASSAY_MAC_LEFT].shape_context = flow;
  s.side[ASSAY_MAC_RIGHT].wall = ASSAY_MAC_OUTFLOW;
  for (int k = ASSAY_MAC_BOTTOM; k <= ASSAY_MAC_TOP; k++) {
    s.side[k].wall = p->walls == ASSAY_CYLINDER_FREE_SLIP ? ASSAY_MAC_FREE_SLIP : ASSAY_MAC_NO_SLIP;
    s.side[k].velocity = p->walls == ASSAY_CYLINDER_MOVING ? p->inlet_velocity : 0;
  }
  return s;
}

/* ---- start ---------------------------------------------------------------------------------- */

static int add_random(double *u, double *v, const struct assay_cylinder_flow *f,
                      struct assay_case_key key)
{
  int rc = ASSAY_OK;
  enum { STREAM = 0 };
  const struct assay_cylinder *p = f->p;
  const struct assay_cylinder_geometry *g = &f->g;
  const size_t nx = (size_t)g->nx, ny = (size_t)g->ny;
  const struct assay_random_stream set = {g->nx,          g->ny,
                                          g->x1 - g->x0,  g->y1 - g->y0,
                                          p->start_modes, p->start_speed * p->inlet_velocity};
  const struct assay_rng rng = assay_rng_init(key.seed, key.id, STREAM);
  double *psi = NULL, *ru = NULL, *rv = NULL;
  if (p->start_speed == 0) return ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(&psi, (nx + 1) * (ny + 1), "cylinder start"));
  ASSAY_TRY(ASSAY_NEW(&ru, (nx + 1) * ny, "cylinder start"));
  ASSAY_TRY(ASSAY_NEW(&rv, nx * (ny + 1), "cylinder start"));
  ASSAY_TRY(assay_random_stream(psi, &set, &rng));
  assay_stream_to_faces(ru, rv, psi, g->nx, g->ny, g->dx, g->dy);
  for (size_t k = 0; k < (nx + 1) * ny; k++) u[k] += ru[k];
  for (size_t k = 0; k < nx * (ny + 1); k++) v[k] += rv[k];
done:
  assay_free(psi);
  assay_free(ru);
  assay_free(rv);
  return rc;
}

/* The inflow profile everywhere, and what is random. From rest nothing is to be done. */
static int start(struct assay_mac *m, const struct assay_cylinder_flow *f,
                 struct assay_case_key key)
{
  int rc = ASSAY_OK;
  const int nx = f->g.nx, ny = f->g.ny;
  double *u = NULL, *v = NULL;
  if (f->p->start == ASSAY_CYLINDER_REST) return ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(&u, (size_t)(nx + 1) * (size_t)ny, "cylinder start"));
  ASSAY_TRY(ASSAY_NEW(&v, (size_t)nx * (size_t)(ny + 1), "cylinder start"));
  for (int j = 0; j < ny; j++)
    for (int i = 0; i <= nx; i++)
      u[(ptrdiff_t)j * (nx + 1) + i] = f->p->inlet_velocity * profile(f, (j + 0.5) * f->g.dy);
  if (f->p->start == ASSAY_CYLINDER_RANDOM) ASSAY_TRY(add_random(u, v, f, key));
  ASSAY_TRY(assay_mac_start(m, 0, u, v));
done:
  assay_free(u);
  assay_free(v);
  return rc;
}

/* ---- what is stored ------------------------------------------------------------------------- */

static enum assay_cylinder_tag tag(int j, int i, int ny, int nx, double fraction)
{
  if (fraction <= 0) return ASSAY_CYLINDER_TAG_SOLID;
  if (fraction < 1) return ASSAY_CYLINDER_TAG_SURFACE;
  if (i == nx - 1) return ASSAY_CYLINDER_TAG_OUTFLOW;
  if (i == 0) return ASSAY_CYLINDER_TAG_INFLOW;
  return j == 0 || j == ny - 1 ? ASSAY_CYLINDER_TAG_WALL : ASSAY_CYLINDER_TAG_INTERIOR;
}

struct map {
  const struct assay_cylinder_flow *f;
  const double *fraction; /* fluid, [ny, nx] */
};

static struct assay_fill_cell cell_at(const void *context, int j, int i)
{
  const struct map *m = context;
  const struct assay_cylinder_flow *f = m->f;
  const int nx = f->p->nx, ny = f->p->ny;
  const double fraction = m->fraction[(ptrdiff_t)j * nx + i];
  return (struct assay_fill_cell){
      .mask = fraction,
      .distance = assay_body_distance(&f->body, (i + 0.5) * f->g.refine_x * f->g.dx,
                                      (j + 0.5) * f->g.refine_y * f->g.dy),
      .tag = tag(j, i, ny, nx, fraction)};
}

static int store_map(struct assay_case *c, const struct assay_mac *m,
                     const struct assay_cylinder_flow *f)
{
  static const int map_fields[3] = {ASSAY_CYLINDER_MASK, ASSAY_CYLINDER_DISTANCE,
                                    ASSAY_CYLINDER_TAG};
  int rc = ASSAY_OK;
  double *fraction = NULL;
  ASSAY_TRY(ASSAY_NEW(&fraction, (size_t)f->p->nx * (size_t)f->p->ny, "cylinder map"));
  const struct assay_mac_map map = {.fraction = fraction};
  ASSAY_TRY(assay_mac_map(m, f->g.refine_x, f->g.refine_y, &map));
  ASSAY_TRY(assay_fill_map(c, map_fields, cell_at, &(struct map){f, fraction}));
done:
  assay_free(fraction);
  return rc;
}

/* Where the horizontal line through the centre leaves the obstacle, from the centre: bisection. */
static double reach(const struct assay_cylinder_flow *f, double direction)
{
  double in = 0, out = 2 * f->g.half_x;
  for (int k = 0; k < 60; k++) {
    const double middle = 0.5 * (in + out);
    const double d = assay_body_distance(&f->body, -f->g.x0 + direction * middle, -f->g.y0);
    *(d < 0 ? &in : &out) = middle;
  }
  return direction * out;
}

void assay_cylinder_probes(double point[2][2], const struct assay_cylinder_flow *f)
{
  const struct assay_cylinder *p = f->p;
  const bool at_body = p->probes == ASSAY_CYLINDER_AT_BODY;
  point[0][0] = -f->g.x0 + (at_body ? reach(f, -1) : p->probe1_x);
  point[0][1] = -f->g.y0 + (at_body ? 0 : p->probe1_y);
  point[1][0] = -f->g.x0 + (at_body ? reach(f, 1) : p->probe2_x);
  point[1][1] = -f->g.y0 + (at_body ? 0 : p->probe2_y);
}

/* Value at s of the parabola through (a, y[0]), (b, y[1]), (c, y[2]). */
static double parabola(double s, double a, double b, double c, const double y[3])
{
  return y[0] * (s - b) * (s - c) / ((a - b) * (a - c)) +
         y[1] * (s - a) * (s - c) / ((b - a) * (b - c)) +
         y[2] * (s - a) * (s - b) / ((c - a) * (c - b));
}

/* Cells that the surface cuts know the pressure to first order only: nearer than 1.5 cells to it, a
 * parabola through three points on the normal is continued. */
static int pressure_at(double *out, struct assay_mac *m, const struct assay_cylinder_flow *f,
                       const double point[2])
{
  int rc = ASSAY_OK;
  const double h = fmax(f->g.dx, f->g.dy), a = 1.5 * h, b = 2.25 * h, c = 3 * h;
  const double d = assay_body_distance(&f->body, point[0], point[1]), step[3] = {a, b, c};
  double normal[2], line[3][2], p[3];
  if (d >= a) return assay_mac_probe(out, m, 1, (const double(*)[2])point);
  assay_body_normal(normal, &f->body, point[0], point[1], 1e-3 * h);
  for (int k = 0; k < 3; k++)
    for (int i = 0; i < 2; i++) line[k][i] = point[i] + (step[k] - d) * normal[i];
  ASSAY_TRY(assay_mac_probe(p, m, 3, (const double(*)[2])line));
  *out = parabola(d, a, b, c, p);
done:
  return rc;
}

int assay_cylinder_pressure_difference(double *out, struct assay_mac *m,
                                       const struct assay_cylinder_flow *f)
{
  int rc = ASSAY_OK;
  double point[2][2], first, second;
  assay_cylinder_probes(point, f);
  ASSAY_TRY(pressure_at(&first, m, f, point[0]));
  ASSAY_TRY(pressure_at(&second, m, f, point[1]));
  *out = first - second;
done:
  return rc;
}

static int store_scalars(struct assay_case *c, int frame, struct assay_mac *m,
                         const struct assay_cylinder_flow *f, const struct assay_mac_diagnostics *d)
{
  int rc = ASSAY_OK;
  const struct assay_cylinder *p = f->p;
  const double u = assay_cylinder_speed(p);
  const double unit = 0.5 * p->density * u * u * assay_cylinder_length(p);
  double value[ASSAY_CYLINDER_FIELDS] = {0};
  struct assay_mac_load load;
  ASSAY_TRY(assay_mac_load(&load, m, 0));
  if (assay_case_wants(c, ASSAY_CYLINDER_DP))
    ASSAY_TRY(assay_cylinder_pressure_difference(&value[ASSAY_CYLINDER_DP], m, f));
  value[ASSAY_CYLINDER_DRAG] = load.fx;
  value[ASSAY_CYLINDER_LIFT] = load.fy;
  value[ASSAY_CYLINDER_TORQUE] = load.torque;
  value[ASSAY_CYLINDER_CD] = load.fx / unit;
  value[ASSAY_CYLINDER_CL] = load.fy / unit;
  value[ASSAY_CYLINDER_MASS_FLUX] = p->density * assay_mac_flux(m, f->g.nx);
  value[ASSAY_CYLINDER_ENERGY] = d->kinetic_energy;
  for (int k = ASSAY_CYLINDER_DRAG; k < ASSAY_CYLINDER_FIELDS; k++)
    assay_case_put(c, k, frame, &value[k]);
done:
  return rc;
}

static int store(struct assay_case *c, int frame, struct assay_mac *m,
                 const struct assay_cylinder_flow *f, const struct assay_mac_diagnostics *d,
                 const struct assay_fill *b)
{
  int rc = ASSAY_OK;
  const struct assay_mac_frame out = {
      .u = b->field[ASSAY_CYLINDER_U],
      .v = b->field[ASSAY_CYLINDER_V],
      .p = b->field[ASSAY_CYLINDER_P],
      .vorticity = b->field[ASSAY_CYLINDER_VORTICITY],
  };
  ASSAY_TRY(assay_mac_sample_xy(m, f->g.refine_x, f->g.refine_y, &out));
  ASSAY_TRY(store_scalars(c, frame, m, f, d));
  assay_fill_put(c, frame, b);
done:
  return rc;
}

/* ---- one case ------------------------------------------------------------------------------- */

/* Enter a frame into the certificate. The start has no step behind it. */
static void certify(struct assay_certificate *c, const struct assay_mac *m,
                    const struct assay_cylinder *p, int frame,
                    const struct assay_mac_diagnostics *d)
{
  const struct assay_mac_account a = assay_mac_account(m);
  const double speed = p->inlet_velocity, length = p->diameter;
  assay_fill_raise(&c->max_divergence, d->divergence * length / speed);
  assay_fill_raise(&c->mass_imbalance, fabs(d->boundary_flux) / (speed * (p->below + p->above)));
  assay_fill_raise(&c->cell_reynolds, d->cell_reynolds);
  c->convection_scheme =
      a.scheme == ASSAY_MAC_LIMITED ? ASSAY_CONVECTION_LIMITED_UPWIND : ASSAY_CONVECTION_CENTRAL;
  c->viscous_scheme =
      a.viscous == ASSAY_MAC_IMPLICIT ? ASSAY_VISCOUS_IMPLICIT : ASSAY_VISCOUS_EXPLICIT;
  if (frame == 0) return;
  assay_fill_raise(&c->energy_residual, d->energy_residual);
  c->steady_change = d->change * length / (speed * speed);
  assay_fill_steady(c, frame, c->steady_change < p->steady_tolerance);
  c->dt_min = a.dt_min;
  c->dt_max = a.dt_max;
  c->steps = (double)a.steps;
}

static int march(struct assay_case *c, struct assay_mac *m, const struct assay_cylinder_flow *f,
                 const struct assay_fill *b)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(store_map(c, m, f));
  for (int k = 0; k < f->p->frames; k++) {
    struct assay_mac_diagnostics d;
    ASSAY_TRY(assay_mac_run(m, c->time[k]));
    assay_mac_diagnose(m, &d);
    ASSAY_TRY(store(c, k, m, f, &d, b));
    certify(&c->certificate, m, f->p, k, &d);
  }
done:
  return rc;
}

int assay_cylinder_run(struct assay_case *out, const void *params, struct assay_case_key key)
{
  int rc = ASSAY_OK;
  const struct assay_cylinder *p = params;
  struct assay_cylinder_flow flow;
  const struct assay_mac_settings settings = assay_cylinder_settings(&flow, p);
  struct assay_mac *m = NULL;
  struct assay_fill b = {0};
  out->n_frames = 0;
  ASSAY_TRY(assay_mac_create(&m, &settings));
  ASSAY_TRY(assay_fill_create(&b, out, assay_shape_points(&out->shape)));
  ASSAY_TRY(start(m, &flow, key));
  ASSAY_TRY(march(out, m, &flow, &b));
done:
  if (rc == ASSAY_EDIVERGED) assay_fill_diverged(&out->certificate, assay_mac_time(m));
  assay_fill_destroy(&b);
  assay_mac_destroy(m);
  return rc;
}

/* Half the cells of one direction: of the solver if the refinement is even, else of both grids. */
static int halve(int *refine, int *stored, int now)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(now % 2 == 0 || *stored % 2 == 0, ASSAY_EARG,
              "%d stored cells of %d solver cells each cannot be halved", *stored, now);
  *refine = now % 2 == 0 ? now / 2 : now;
  if (now % 2 != 0) *stored /= 2;
done:
  return rc;
}

/* Half the solver cells with the choices of the fine run; the stored grid stays where it can. */
int assay_cylinder_coarsen(void *params)
{
  int rc = ASSAY_OK;
  struct assay_cylinder *p = params;
  struct assay_cylinder_flow flow;
  const struct assay_mac_settings settings = assay_cylinder_settings(&flow, p);
  const double cells = flow.g.thickness / fmax(flow.g.dx, flow.g.dy);
  struct assay_mac *m = NULL;
  ASSAY_CHECK(cells >= 2 * ASSAY_MAC_CELLS_ACROSS, ASSAY_EARG,
              "%.3g solver cells across the obstacle are too few to be halved", cells);
  ASSAY_TRY(assay_mac_create(&m, &settings));
  const struct assay_mac_account a = assay_mac_account(m);
  p->scheme = a.scheme;
  p->diffusion = a.viscous;
  ASSAY_TRY(halve(&p->refine_x, &p->nx, flow.g.refine_x));
  ASSAY_TRY(halve(&p->refine_y, &p->ny, flow.g.refine_y));
done:
  assay_mac_destroy(m);
  return rc;
}
