/* Cases of the cavity: one alone, or eight side by side in vector lanes (core/flow/mac_batch.h)
 * with the same bits. */
#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/flow/mac_batch.h"
#include "core/flow/random_stream.h"
#include "datasets/fill.h"
#include "generators/cavity.h"

/* A case on its way. */
struct course {
  const struct assay_cavity *p;
  struct assay_case *c;
  struct assay_mac *m;
  struct assay_fill fill;
  int frame; /* the next one */
  bool ended;
  int lane;
};

static int start_random(struct assay_mac *m, const struct assay_cavity *p,
                        struct assay_case_key key)
{
  int rc = ASSAY_OK;
  enum { STREAM = 0 };
  const struct assay_mac_settings s = assay_cavity_settings(p);
  const size_t nx = (size_t)s.nx, ny = (size_t)s.ny;
  const struct assay_random_stream set = {s.nx,     s.ny,           s.width,
                                          s.height, p->start_modes, p->start_speed};
  const struct assay_rng rng = assay_rng_init(key.seed, key.id, STREAM);
  double *psi = NULL, *u = NULL, *v = NULL;
  ASSAY_TRY(ASSAY_NEW(&psi, (nx + 1) * (ny + 1), "cavity start"));
  ASSAY_TRY(ASSAY_NEW(&u, (nx + 1) * ny, "cavity start"));
  ASSAY_TRY(ASSAY_NEW(&v, nx * (ny + 1), "cavity start"));
  ASSAY_TRY(assay_random_stream(psi, &set, &rng));
  assay_stream_to_faces(u, v, psi, s.nx, s.ny, s.width / s.nx, s.height / s.ny);
  ASSAY_TRY(assay_mac_start(m, 0, u, v));
done:
  assay_free(psi);
  assay_free(u);
  assay_free(v);
  return rc;
}

/* What is the same in all frames. */
static struct assay_fill_cell cell_at(const void *context, int j, int i)
{
  const struct assay_cavity *p = context;
  const double dx = p->width / p->nx, dy = p->height / p->ny;
  const double across = fmin(i + 0.5, p->nx - 0.5 - i) * dx;
  const int wall = i == 0 || j == 0 || i == p->nx - 1;
  return (struct assay_fill_cell){.mask = 1,
                                  .distance = fmin(across, fmin(j + 0.5, p->ny - 0.5 - j) * dy),
                                  .tag = j == p->ny - 1 ? 2 : wall};
}

static const int map_fields[3] = {ASSAY_CAVITY_MASK, ASSAY_CAVITY_DISTANCE, ASSAY_CAVITY_TAG};

/* mu du/dy on the lid by the first cells below it, as the solver has it, with the sign of the force
 * on the lid. */
static double lid_force(const struct assay_mac *m, const struct assay_cavity *p)
{
  const struct assay_mac_view u = assay_mac_u(m);
  const double *row = u.data + (u.ny - 1) * u.stride;
  const double dx = p->width / (u.nx - 1), half = 0.5 * p->height / u.ny;
  double sum = 0;
  for (int i = 1; i < u.nx - 1; i++) sum += (row[i] - p->lid_velocity) / half;
  return p->viscosity * dx * sum;
}

static int store(struct course *o)
{
  int rc = ASSAY_OK;
  double *const *field = o->fill.field;
  const struct assay_mac_frame out = {field[ASSAY_CAVITY_U], field[ASSAY_CAVITY_V],
                                      field[ASSAY_CAVITY_P], field[ASSAY_CAVITY_VORTICITY],
                                      field[ASSAY_CAVITY_STREAM]};
  struct assay_mac_diagnostics d;
  ASSAY_TRY(assay_mac_sample(o->m, assay_cavity_refine(o->p), &out));
  if (assay_case_wants(o->c, ASSAY_CAVITY_ENERGY)) {
    assay_mac_diagnose(o->m, &d);
    assay_case_put(o->c, ASSAY_CAVITY_ENERGY, o->frame, &d.kinetic_energy);
  }
  const double force = lid_force(o->m, o->p);
  assay_case_put(o->c, ASSAY_CAVITY_LID_FORCE, o->frame, &force);
  assay_fill_put(o->c, o->frame, &o->fill);
done:
  return rc;
}

/* Enter a frame into the certificate. The start has no step behind it. steady: the run stopped
 * before the frame because nothing changed any more. */
static void certify(struct assay_certificate *c, const struct assay_mac *m,
                    const struct assay_cavity *p, int frame, int steady)
{
  struct assay_mac_diagnostics d;
  assay_mac_diagnose(m, &d);
  const struct assay_mac_account a = assay_mac_account(m);
  const double speed = assay_cavity_speed(p), length = fmin(p->width, p->height);
  assay_fill_raise(&c->max_divergence, d.divergence * length / speed);
  assay_fill_raise(&c->mass_imbalance, fabs(d.boundary_flux) / (speed * length));
  assay_fill_raise(&c->cell_reynolds, d.cell_reynolds);
  c->convection_scheme =
      a.scheme == ASSAY_MAC_LIMITED ? ASSAY_CONVECTION_LIMITED : ASSAY_CONVECTION_CENTRAL;
  c->viscous_scheme =
      a.viscous == ASSAY_MAC_IMPLICIT ? ASSAY_VISCOUS_IMPLICIT : ASSAY_VISCOUS_EXPLICIT;
  if (frame == 0) return;
  assay_fill_raise(&c->energy_residual, d.energy_residual);
  c->steady_change = d.change * p->width / (speed * speed);
  assay_fill_steady(c, frame, steady || c->steady_change < p->steady_tolerance);
  c->dt_min = a.dt_min;
  c->dt_max = a.dt_max;
  c->steps = (double)a.steps;
}

/* Change in m/s^2 below which a run ends early; 0 where all frames are to be computed. */
static double tolerance(const struct assay_cavity *p)
{
  const double speed = assay_cavity_speed(p);
  return p->until == ASSAY_CAVITY_FRAMES ? 0 : p->steady_tolerance * speed * speed / p->width;
}

/* The solver has arrived at the next frame. */
static int enter_frame(struct course *o, int steady)
{
  int rc = ASSAY_OK;
  const int until = o->p->until;
  ASSAY_TRY(store(o));
  certify(&o->c->certificate, o->m, o->p, o->frame, steady);
  o->frame++;
  o->ended = o->frame == o->p->frames ||
             (until != ASSAY_CAVITY_FRAMES && o->c->certificate.steady_from >= 0);
  if (o->ended && until == ASSAY_CAVITY_REPEAT) assay_fill_repeat(o->c);
done:
  return rc;
}

/* From nothing to frame 0. */
static int begin(struct course *o, struct assay_case *c, const void *params,
                 struct assay_case_key key)
{
  int rc = ASSAY_OK;
  *o = (struct course){.p = params, .c = c};
  const struct assay_mac_settings settings = assay_cavity_settings(o->p);
  c->n_frames = 0;
  ASSAY_TRY(assay_mac_create(&o->m, &settings));
  ASSAY_TRY(assay_fill_create(&o->fill, c, assay_shape_points(&c->shape)));
  ASSAY_TRY(assay_fill_map(c, map_fields, cell_at, o->p));
  if (o->p->start == ASSAY_CAVITY_RANDOM) ASSAY_TRY(start_random(o->m, o->p, key));
  ASSAY_TRY(enter_frame(o, 0));
done:
  return rc;
}

/* All frames that are left. */
static int go_on_alone(struct course *o)
{
  int rc = ASSAY_OK;
  while (!o->ended) {
    int steady = 0;
    ASSAY_TRY(assay_mac_run_until(o->m, o->c->time[o->frame], tolerance(o->p), &steady));
    ASSAY_TRY(enter_frame(o, steady));
  }
done:
  return rc;
}

/* What a failure means for the case; the solver goes. */
static void end(struct course *o, int rc)
{
  if (rc == ASSAY_EDIVERGED) assay_fill_diverged(&o->c->certificate, assay_mac_time(o->m));
  assay_fill_destroy(&o->fill);
  assay_mac_destroy(o->m);
  *o = (struct course){0};
}

int assay_cavity_run(struct assay_case *out, const void *params, struct assay_case_key key)
{
  int rc = ASSAY_OK;
  struct course o = {0};
  ASSAY_TRY(begin(&o, out, params, key));
  ASSAY_TRY(go_on_alone(&o));
done:
  end(&o, rc);
  return rc;
}

/* ---- side by side --------------------------------------------------------------------------- */

struct group {
  const struct assay_case_stream *stream;
  struct assay_mac_batch *batch;
  struct course course[ASSAY_MAC_LANES]; /* by lane; c is NULL: free */
  int busy, least;
  bool dry; /* the stream has no more cases */
};

/* Out of the batch and back to who wanted it. */
static int give_back(struct group *g, struct course *o, int rc)
{
  struct assay_case *c = o->c;
  assay_mac_batch_take(g->batch, o->lane);
  g->busy--;
  end(o, rc);
  return g->stream->done(g->stream->user, c, rc);
}

static int send_on(struct group *g, struct course *o)
{
  return assay_mac_batch_aim(g->batch, o->lane, o->c->time[o->frame], tolerance(o->p));
}

/* A new case into a free lane; one that needs none is done at once. */
static int admit(struct group *g, struct assay_case *c, const void *params,
                 struct assay_case_key key)
{
  int rc = ASSAY_OK;
  struct course o;
  const struct assay_mac_settings settings = assay_cavity_settings(params);
  if (!g->batch) {
    ASSAY_TRY(assay_mac_batch_create(&g->batch, &settings));
    g->least = assay_mac_batch_least(&settings);
  }
  const int begun = begin(&o, c, params, key);
  if (begun < 0 || o.ended) {
    end(&o, begun);
    return g->stream->done(g->stream->user, c, begun);
  }
  ASSAY_TRY(assay_mac_batch_put(g->batch, &o.lane, o.m));
  g->course[o.lane] = o;
  g->busy++;
  ASSAY_TRY(send_on(g, &g->course[o.lane]));
done:
  return rc;
}

static int fill(struct group *g)
{
  int rc = ASSAY_OK;
  while (!g->dry && g->busy < ASSAY_MAC_LANES) {
    struct assay_case *c = NULL;
    const void *params = NULL;
    struct assay_case_key key = {0};
    ASSAY_TRY(g->stream->next(g->stream->user, &c, &params, &key));
    g->dry = !c;
    if (c) ASSAY_TRY(admit(g, c, params, key));
  }
done:
  return rc;
}

/* The run of a lane has ended: store, and on to the next frame. */
static int arrive(struct group *g, struct course *o)
{
  int rc = ASSAY_OK, steady = 0;
  int result = assay_mac_batch_result(g->batch, o->lane, &steady);
  if (result == ASSAY_OK) result = enter_frame(o, steady);
  if (result < 0 || o->ended)
    ASSAY_TRY(give_back(g, o, result));
  else
    ASSAY_TRY(send_on(g, o));
done:
  return rc;
}

/* Too few to go side by side: one after the other. */
static int finish_alone(struct group *g)
{
  int rc = ASSAY_OK;
  for (int k = 0; k < ASSAY_MAC_LANES; k++) {
    struct course *o = &g->course[k];
    int steady = 0;
    if (!o->c) continue;
    assay_mac_batch_finish(g->batch, k);
    int result = assay_mac_batch_result(g->batch, k, &steady);
    if (result == ASSAY_OK) result = enter_frame(o, steady);
    if (result == ASSAY_OK) result = go_on_alone(o);
    ASSAY_TRY(give_back(g, o, result));
  }
done:
  return rc;
}

static int step_group(struct group *g)
{
  int rc = ASSAY_OK;
  unsigned ended;
  if (g->dry && g->busy < g->least) return finish_alone(g);
  assay_mac_batch_run(g->batch, &ended);
  for (int k = 0; k < ASSAY_MAC_LANES; k++)
    if (ended >> k & 1) ASSAY_TRY(arrive(g, &g->course[k]));
done:
  return rc;
}

int assay_cavity_run_group(const struct assay_case_stream *stream)
{
  int rc = ASSAY_OK;
  struct group g = {.stream = stream};
  for (;;) {
    ASSAY_TRY(fill(&g));
    if (g.busy == 0) break;
    ASSAY_TRY(step_group(&g));
  }
done:
  assay_mac_batch_destroy(g.batch);
  for (int k = 0; k < ASSAY_MAC_LANES; k++)
    if (g.course[k].c) end(&g.course[k], ASSAY_OK);
  return rc;
}
