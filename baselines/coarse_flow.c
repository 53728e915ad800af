/* Incompressible flow in a box whose lid moves, on core/flow's staggered grid: from rest, or from
 * the velocities of a frame taken to the faces of the coarse cells. */
#include <math.h>
#include <string.h>

#include "baselines/coarse.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/flow/mac.h"

/* Velocities at the faces of the coarse cells, made divergence-free by the solver. */
static int start_from_frame(struct assay_mac *m, const struct assay_coarse *c)
{
  int rc = ASSAY_OK;
  const struct assay_axis *y = &c->coarse.axis[0], *x = &c->coarse.axis[1];
  const int u = assay_coarse_field(c, "u"), v = assay_coarse_field(c, "v");
  const size_t points = assay_shape_points(&c->fine);
  double *xs = NULL, *ys = NULL, *uf = NULL, *vf = NULL;
  ASSAY_CHECK(u >= 0 && v >= 0, ASSAY_EUNSUPPORTED,
              "a flow cannot start from a frame without the fields u and v");
  ASSAY_TRY(ASSAY_NEW(&xs, 2 * (size_t)x->n + 1, "faces")); /* nx + 1 faces, nx centres */
  ASSAY_TRY(ASSAY_NEW(&ys, 2 * (size_t)y->n + 1, "faces"));
  ASSAY_TRY(ASSAY_NEW(&uf, (size_t)y->n * ((size_t)x->n + 1), "faces"));
  ASSAY_TRY(ASSAY_NEW(&vf, ((size_t)y->n + 1) * (size_t)x->n, "faces"));
  for (int i = 0; i <= x->n; i++) xs[i] = x->lo + i * (x->hi - x->lo) / x->n;
  for (int j = 0; j <= y->n; j++) ys[j] = y->lo + j * (y->hi - y->lo) / y->n;
  double *xc = xs + x->n + 1, *yc = ys + y->n + 1;
  for (int i = 0; i < x->n; i++) xc[i] = assay_axis_at(x, i);
  for (int j = 0; j < y->n; j++) yc[j] = assay_axis_at(y, j);
  assay_coarse_sample(uf, y->n, yc, x->n + 1, xs, c->given + (size_t)u * points, &c->fine, NULL);
  assay_coarse_sample(vf, y->n + 1, ys, x->n, xc, c->given + (size_t)v * points, &c->fine, NULL);
  ASSAY_TRY(assay_mac_start(m, c->start_time, uf, vf));
done:
  assay_free(xs);
  assay_free(ys);
  assay_free(uf);
  assay_free(vf);
  return rc;
}

static int start(void **state, const struct assay_coarse *c)
{
  int rc = ASSAY_OK;
  struct assay_mac *m = NULL;
  const struct assay_axis *y = &c->coarse.axis[0], *x = &c->coarse.axis[1];
  struct assay_mac_settings s = {
      .nx = x->n, .ny = y->n, .width = x->hi - x->lo, .height = y->hi - y->lo};
  *state = NULL;
  ASSAY_TRY(assay_coarse_need(&s.density, c, "density"));
  ASSAY_TRY(assay_coarse_need(&s.viscosity, c, "viscosity"));
  ASSAY_TRY(assay_coarse_need(&s.side[ASSAY_MAC_TOP].velocity, c, "lid_velocity"));
  ASSAY_TRY(assay_mac_create(&m, &s));
  if (c->given) ASSAY_TRY(start_from_frame(m, c));
  *state = m;
  m = NULL;
done:
  assay_mac_destroy(m);
  return rc;
}

static int advance(void *state, double t)
{
  return t > assay_mac_time(state) ? assay_mac_run(state, t) : ASSAY_OK;
}

static int read(double *out, void *state, const struct assay_coarse *c, int field)
{
  int rc = ASSAY_OK;
  struct assay_mac_frame frame = {0};
  const struct {
    const char *name;
    double **slot;
  } slots[] = {{"u", &frame.u},
               {"v", &frame.v},
               {"p", &frame.p},
               {"vorticity", &frame.vorticity},
               {"stream_function", &frame.stream}};
  const char *name = c->question->task->fields.item[field];
  for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
    if (strcmp(slots[i].name, name) == 0) *slots[i].slot = out;
  ASSAY_CHECK(frame.u || frame.v || frame.p || frame.vorticity || frame.stream, ASSAY_EUNSUPPORTED,
              "the flow solver has no field '%s'", name);
  ASSAY_TRY(assay_mac_sample(state, 1, &frame));
done:
  return rc;
}

/* The fluid sticks to the walls, the upper one moves. */
static void walls(double *out, const struct assay_coarse *c, int field)
{
  double lid = 0;
  const bool u = field == assay_coarse_field(c, "u"), v = field == assay_coarse_field(c, "v");
  assay_coarse_param(&lid, c, "lid_velocity");
  for (int side = 0; side < ASSAY_SIDES; side++)
    out[side] = !u && !v ? (double)NAN : u && side == ASSAY_NORTH ? lid : 0;
}

static void finish(void *state)
{
  assay_mac_destroy(state);
}

const struct assay_coarse_equation assay_coarse_flow = {
    .name = "flow",
    .doc = "incompressible Navier-Stokes in a box with a moving lid",
    .params = (const char *const[]){"density", "viscosity", "lid_velocity", NULL},
    .axes = ASSAY_AXIS_CENTRES,
    .min_axes = 2,
    .max_axes = 2,
    .start = start,
    .advance = advance,
    .read = read,
    .walls = walls,
    .finish = finish,
};
