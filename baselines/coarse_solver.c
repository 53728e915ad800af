/* The coarse solver: what a classical method gives for next to nothing. The equation behind a task
 * is recognised by its parameters, solved on a grid `coarsening` times coarser in every direction
 * (at least 8 cells), from the last context frame or from rest, and interpolated linearly to the
 * points asked for. It learns nothing, but knows the equation: methods that only see data may
 * fairly lose to it, and those that cannot beat it have no use. */
#include <math.h>
#include <string.h>

#include "baselines/coarse.h"
#include "core/base/err.h"
#include "core/base/mem.h"

enum { CELLS_MIN = 8 };

struct settings {
  int coarsening;
};
static const struct settings defaults = {.coarsening = 4};
#define S settings
static const struct assay_param rows[] = {{ASSAY_P_INT(S, coarsening), .unit = "1",
                                           .doc = "cells of the data per coarse cell, each way",
                                           .min = 1, .max = 1024},
                                          {0}};

const struct assay_coarse_equation *const assay_coarse_equations[] = {&assay_coarse_flow,
                                                                      &assay_coarse_heat, NULL};

/* ---- what equations use ------------------------------------------------------------------- */

bool assay_coarse_param(double *out, const struct assay_coarse *c, const char *name)
{
  const struct assay_view *v = c->question->view;
  for (int i = 0; i < v->n_params; i++)
    if (strcmp(v->info->params[v->param[i]].name, name) == 0) {
      *out = c->question->params[i];
      return true;
    }
  return false;
}

int assay_coarse_need(double *out, const struct assay_coarse *c, const char *name)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(assay_coarse_param(out, c, name), ASSAY_ENOTFOUND,
              "the coarse solver needs the parameter '%s', which the task does not give", name);
done:
  return rc;
}

int assay_coarse_field(const struct assay_coarse *c, const char *name)
{
  const struct assay_list *fields = &c->question->task->fields;
  for (int f = 0; f < fields->n; f++)
    if (strcmp(fields->item[f], name) == 0) return f;
  return -1;
}

/* Neighbours lo, hi of a place along an axis, and the weight of hi; -1 and n are the walls. */
struct between {
  int lo, hi;
  double weight;
};

static struct between on_ring(const struct assay_axis *a, double s)
{
  const double cell = floor(s);
  const int i = (int)(cell - a->n * floor(cell / a->n));
  return (struct between){i, i + 1 < a->n ? i + 1 : 0, s - cell};
}

/* walls: values at the lower and the upper end, NaN unknown */
static struct between locate(const struct assay_axis *a, double x, const double *walls)
{
  const double s = (x - a->lo) / ((a->hi - a->lo) / a->n);
  if (a->n == 1) return (struct between){0, 0, 0};
  if (a->kind == ASSAY_AXIS_PERIODIC) return on_ring(a, s);
  const double first = 0.5, last = a->n - 0.5; /* centres of the outermost cells */
  if (s < first && walls && !isnan(walls[0])) return (struct between){-1, 0, s / 0.5};
  if (s > last && walls && !isnan(walls[1]))
    return (struct between){a->n - 1, a->n, (s - last) / 0.5};
  const int i = (int)fmin(fmax(floor(s - first), 0), a->n - 2);
  return (struct between){i, i + 1, s - first - i};
}

/* Along one row of n values. */
static double along(const double *row, struct between a, int n, const double *walls)
{
  const double lo = a.lo < 0 ? walls[0] : row[a.lo], hi = a.hi >= n ? walls[1] : row[a.hi];
  return lo + a.weight * (hi - lo);
}

void assay_coarse_sample(double *out, int ny, const double *ys, int nx, const double *xs,
                         const double *values, const struct assay_shape *from, const double *walls)
{
  const struct assay_axis *x = &from->axis[from->n_axes - 1];
  const struct assay_axis *y = from->n_axes > 1 ? &from->axis[from->n_axes - 2] : NULL;
  const double *ends = walls ? walls + ASSAY_SOUTH : NULL;
  for (int j = 0; j < ny; j++) {
    const struct between b = y ? locate(y, ys[j], ends) : (struct between){0, 0, 0};
    for (int i = 0; i < nx; i++) {
      const struct between a = locate(x, xs[i], walls);
      const double lo = b.lo < 0 ? ends[0] : along(values + (ptrdiff_t)b.lo * x->n, a, x->n, walls);
      const double hi =
          y && b.hi >= y->n ? ends[1] : along(values + (ptrdiff_t)b.hi * x->n, a, x->n, walls);
      out[(ptrdiff_t)j * nx + i] = lo + b.weight * (hi - lo);
    }
  }
}

/* ---- one case ----------------------------------------------------------------------------- */

static bool gives_all(const struct assay_view *v, const char *const *params)
{
  for (; *params; params++) {
    bool found = false;
    for (int i = 0; i < v->n_params; i++)
      found = found || strcmp(v->info->params[v->param[i]].name, *params) == 0;
    if (!found) return false;
  }
  return true;
}

static int recognise(const struct assay_coarse_equation **out, const struct assay_view *v)
{
  int rc = ASSAY_OK;
  const struct assay_shape *shape = &v->info->shape;
  *out = NULL;
  for (int e = 0; assay_coarse_equations[e] && !*out; e++) {
    const struct assay_coarse_equation *eq = assay_coarse_equations[e];
    bool fits = shape->n_axes >= eq->min_axes && shape->n_axes <= eq->max_axes;
    for (int a = 0; a < shape->n_axes; a++) fits = fits && shape->axis[a].kind == eq->axes;
    if (fits && gives_all(v, eq->params)) *out = eq;
  }
  ASSAY_CHECK(*out, ASSAY_EUNSUPPORTED,
              "the coarse solver knows no equation for this task: a box needs the parameters "
              "density, viscosity and lid_velocity, a periodic grid diffusivity");
done:
  return rc;
}

/* Axis a of case k with the ends that its coordinates tell. */
static int axis_of(struct assay_axis *out, const struct assay_view *v, long k, int a)
{
  int rc = ASSAY_OK;
  double *x = NULL;
  *out = v->info->shape.axis[a];
  if (out->n < 2) goto done;
  ASSAY_TRY(ASSAY_NEW(&x, (size_t)out->n, "coordinates"));
  ASSAY_TRY(assay_dataset_coordinate(v->data, x, k, a));
  const double h = (x[out->n - 1] - x[0]) / (out->n - 1);
  out->lo = out->kind == ASSAY_AXIS_CENTRES ? x[0] - h / 2 : x[0];
  out->hi = out->lo + h * out->n;
done:
  assay_free(x);
  return rc;
}

static int set_grids(struct assay_coarse *c, int coarsening)
{
  int rc = ASSAY_OK;
  const struct assay_view *v = c->question->view;
  c->fine = v->info->shape;
  for (int a = 0; a < c->fine.n_axes; a++)
    ASSAY_TRY(axis_of(&c->fine.axis[a], v, c->question->k, a));
  c->coarse = c->fine;
  for (int a = 0; a < c->coarse.n_axes; a++) {
    const int n = (c->fine.axis[a].n + coarsening / 2) / coarsening;
    c->coarse.axis[a].n = n > CELLS_MIN ? n : CELLS_MIN;
  }
done:
  return rc;
}

/* Room for reading one case. */
struct work {
  double *xs, *ys; /* points asked for */
  double *field;   /* on the coarse grid */
  int *order;      /* leads by time */
};

static int open_work(struct work *w, const struct assay_coarse *c)
{
  int rc = ASSAY_OK;
  const int axes = c->fine.n_axes;
  const struct assay_axis *x = &c->fine.axis[axes - 1], *y = axes > 1 ? &c->fine.axis[0] : NULL;
  const double *times = c->question->times;
  ASSAY_TRY(ASSAY_NEW(&w->xs, (size_t)x->n, "points"));
  ASSAY_TRY(ASSAY_NEW(&w->ys, (size_t)(y ? y->n : 1), "points"));
  ASSAY_TRY(ASSAY_NEW(&w->field, assay_shape_points(&c->coarse), "coarse field"));
  ASSAY_TRY(ASSAY_NEW(&w->order, (size_t)c->question->n_leads, "order of leads"));
  for (int i = 0; i < x->n; i++) w->xs[i] = assay_axis_at(x, i);
  for (int j = 0; y && j < y->n; j++) w->ys[j] = assay_axis_at(y, j);
  for (int l = 0; l < c->question->n_leads; l++) { /* insertion sort: usually in order already */
    int k = l;
    for (; k > 0 && times[w->order[k - 1]] > times[l]; k--) w->order[k] = w->order[k - 1];
    w->order[k] = l;
  }
done:
  return rc;
}

static void close_work(struct work *w)
{
  assay_free(w->xs);
  assay_free(w->ys);
  assay_free(w->field);
  assay_free(w->order);
}

/* All fields at one lead, interpolated into answer [n_fields, n_leads, points]. */
static int read_lead(double *answer, const struct assay_coarse_equation *eq, void *state,
                     const struct assay_coarse *c, struct work *w, int lead)
{
  int rc = ASSAY_OK;
  const struct assay_question *q = c->question;
  const int axes = c->fine.n_axes, nx = c->fine.axis[axes - 1].n;
  const int ny = axes > 1 ? c->fine.axis[0].n : 1;
  for (int f = 0; f < q->view->n_fields; f++) {
    double *out = answer + ((size_t)f * (size_t)q->n_leads + (size_t)lead) * q->view->points;
    double walls[ASSAY_SIDES];
    ASSAY_TRY(eq->read(w->field, state, c, f));
    if (eq->walls) eq->walls(walls, c, f);
    assay_coarse_sample(out, ny, w->ys, nx, w->xs, w->field, &c->coarse, eq->walls ? walls : NULL);
  }
done:
  return rc;
}

static int solve(double *answer, const struct assay_question *q, void *context)
{
  int rc = ASSAY_OK;
  const struct settings *set = context;
  const struct assay_coarse_equation *eq = NULL;
  void *state = NULL;
  struct work w = {NULL, NULL, NULL, NULL};
  struct assay_coarse c = {.question = q, .given = q->context, .start_time = q->start_time};
  ASSAY_TRY(recognise(&eq, q->view));
  ASSAY_TRY(set_grids(&c, set->coarsening));
  ASSAY_TRY(open_work(&w, &c));
  ASSAY_TRY(eq->start(&state, &c));
  for (int l = 0; l < q->n_leads; l++) {
    ASSAY_TRY(eq->advance(state, q->times[w.order[l]]));
    ASSAY_TRY(read_lead(answer, eq, state, &c, &w, w.order[l]));
  }
done:
  if (eq) eq->finish(state);
  close_work(&w);
  return rc;
}

static int predict(const struct assay_predict_job *job)
{
  struct settings set = job->params ? *(const struct settings *)job->params : defaults;
  return assay_question_each(job, solve, &set);
}

const struct assay_baseline assay_baseline_coarse_solver = {
    .name = "coarse_solver",
    .version = 1,
    .doc = "the same equations on a grid a quarter as fine, interpolated",
    .reference = "second-order finite differences and volumes",
    .kinds = 1u << ASSAY_TASK_FORECAST | 1u << ASSAY_TASK_OPERATOR,
    .floor = true,
    .params = rows,
    .params_size = sizeof(struct settings),
    .defaults = &defaults,
    .predict = predict,
};
