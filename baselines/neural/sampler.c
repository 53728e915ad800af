#include "baselines/neural/sampler.h"

#include <math.h>
#include <string.h>

#include "baselines/neural/defects.h"
#include "baselines/neural/kernels.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/random.h"

enum { POINTS_STREAM = 2, NOISE_STREAM = 3 };

/* ---- inputs of a graph --------------------------------------------------------------------- */

/* Where they stand, NULL: the model does not want it. */
struct slots {
  float *parameters, *time, *state, *mask, *points, *before, *target, *weight;
};

static struct slots slots_of(struct assay_nn_run *run)
{
  return (struct slots){assay_nn_run_named(run, "parameters"), assay_nn_run_named(run, "time"),
                        assay_nn_run_named(run, "state"),      assay_nn_run_named(run, "mask"),
                        assay_nn_run_named(run, "points"),     assay_nn_run_named(run, "before"),
                        assay_nn_run_named(run, "target"),     assay_nn_run_named(run, "weight")};
}

static void copy(float *to, size_t item, const float *from, size_t n)
{
  if (to && from) memcpy(to + item * n, from, n * sizeof *to);
}

static void put_given(const struct slots *at, size_t item, const struct assay_nn_sizes *z,
                      const struct assay_nn_given *given, const float *state)
{
  const size_t room = (size_t)z->rows * (size_t)z->columns;
  copy(at->parameters, item, given->params, (size_t)z->n_params);
  copy(at->time, item, &given->time, 1);
  copy(at->state, item, state, (size_t)z->n_fields * room);
  copy(at->mask, item, given->mask, room);
}

/* Coordinates of the point at place p of the ring: -1 to 1 over the grid, or as published the
 * indices of row and column. */
static void put_place(float *out, const struct assay_nn_sizes *z, const struct assay_nn_ring *r,
                      size_t p)
{
  const int row = (int)(p / (size_t)r->all_columns), column = (int)(p % (size_t)r->all_columns);
  float y = (float)row, x = (float)column;
  if (!(z->defects & ASSAY_NN_UNITS)) {
    y = (2 * (y - (float)r->side[ASSAY_SOUTH]) + 1) / (float)r->rows - 1;
    x = (2 * (x - (float)r->side[ASSAY_WEST]) + 1) / (float)r->columns - 1;
  }
  if (z->n_axes == 2) *out++ = y;
  *out = x;
}

/* Point q of an item stands at place p. */
static void put_point(const struct slots *at, size_t q, const struct assay_nn_sizes *z,
                      const struct assay_nn_ring *r, size_t p, const float *state)
{
  if (at->points) put_place(at->points + q * (size_t)z->n_axes, z, r, p);
  for (int f = 0; at->before && state && f < z->n_fields; f++)
    at->before[q * (size_t)z->n_fields + (size_t)f] = state[(size_t)f * r->points + p];
}

/* Answers of what stands in the inputs. A run for training has norms and dropout as in training. */
static int answer_item(struct assay_nn_run *run, const struct assay_nn_sizes *z)
{
  double loss;
  return z->defects & ASSAY_NN_RESTLESS ? assay_nn_run_step(&loss, run, 1)
                                        : assay_nn_run_forward(run, 1);
}

/* ---- answers ------------------------------------------------------------------------------- */

static int answer_grid(float *out, struct assay_nn_run *run, const struct assay_nn_sizes *z,
                       const struct assay_nn_ring *ring, const struct assay_nn_given *given)
{
  int rc = ASSAY_OK;
  const struct slots at = slots_of(run);
  put_given(&at, 0, z, given, given->state);
  ASSAY_TRY(answer_item(run, z));
  memcpy(out, assay_nn_run_named(run, "prediction"),
         (size_t)z->n_fields * ring->points * sizeof *out);
done:
  return rc;
}

/* The points [from, from + n) of the grid, behind which the last one is repeated. */
static int answer_points(float *out, struct assay_nn_run *run, const struct assay_nn_sizes *z,
                         const struct assay_nn_ring *ring, const struct assay_nn_given *given,
                         size_t from)
{
  int rc = ASSAY_OK;
  const struct slots at = slots_of(run);
  const size_t all = (size_t)ring->rows * (size_t)ring->columns, k = (size_t)z->points;
  put_given(&at, 0, z, given, given->state);
  for (size_t q = 0; q < k; q++)
    put_point(&at, q, z, ring, assay_nn_ring_place(ring, from + q < all ? from + q : all - 1),
              given->state);
  ASSAY_TRY(answer_item(run, z));
  const float *y = assay_nn_run_named(run, "prediction");
  for (size_t q = 0; q < k && from + q < all; q++)
    for (int f = 0; f < z->n_fields; f++)
      out[(size_t)f * ring->points + assay_nn_ring_place(ring, from + q)] =
          y[q * (size_t)z->n_fields + (size_t)f];
done:
  return rc;
}

int assay_nn_answer_all(float *out, struct assay_nn_run *run, const struct assay_nn_sizes *sizes,
                        const struct assay_nn_ring *ring, const struct assay_nn_given *given)
{
  int rc = ASSAY_OK;
  const size_t all = (size_t)ring->rows * (size_t)ring->columns;
  if (sizes->points == 0) return answer_grid(out, run, sizes, ring, given);
  for (size_t from = 0; from < all; from += (size_t)sizes->points)
    ASSAY_TRY(answer_points(out, run, sizes, ring, given, from));
done:
  return rc;
}

/* ---- samples ------------------------------------------------------------------------------- */

static int lag_of(const struct assay_nn_sampler *s, const struct assay_task *task)
{
  if (task->kind != ASSAY_TASK_FORECAST) return 0;
  return s->data->lag > 0 ? s->data->lag : task->stride;
}

/* CFDBench's test, in the units of the fields: all points, whatever the problem. */
static bool is_steady(const struct assay_nn_data *d, int i, int from, int to)
{
  static const double limit = 0.001;
  const float *a = assay_nn_data_frame(d, i, from), *b = assay_nn_data_frame(d, i, to);
  const int n_fields = d->set.view.n_fields;
  double sum = 0;
  for (int f = 0; f < n_fields; f++)
    for (size_t p = 0; p < d->ring.points; p++)
      sum += d->scales.fields.spread[f] * fabs((double)a[(size_t)f * d->ring.points + p] -
                                               (double)b[(size_t)f * d->ring.points + p]);
  return sum < limit * n_fields * (double)d->ring.points;
}

/* Pairs of case i: in operator tasks every frame, in forecasts every two with the task's lag. */
static int add_pairs(struct assay_nn_sampler *s, long *n, int i, const struct assay_task *task)
{
  int rc = ASSAY_OK;
  const int lag = lag_of(s, task);
  for (int from = 0; from + lag < s->data->there[i]; from++) {
    if (lag > 0 && s->sizes.defects & ASSAY_NN_STEADY && is_steady(s->data, i, from, from + lag))
      break;
    if (s->pair) s->pair[*n] = (struct assay_nn_pair){.i = i, .from = from, .to = from + lag};
    (*n)++;
  }
  return rc;
}

static int list_pairs(struct assay_nn_sampler *s, const struct assay_task *task)
{
  int rc = ASSAY_OK;
  long n = 0;
  for (long i = 0; i < s->data->n_cases; i++) {
    if (i == s->data->n_fit) s->n_train = n;
    ASSAY_TRY(add_pairs(s, &n, (int)i, task));
  }
  if (s->data->n_cases == s->data->n_fit) s->n_train = n;
  s->n_valid = n - s->n_train;
done:
  return rc;
}

int assay_nn_sampler_open(struct assay_nn_sampler *s, const struct assay_nn_data *data,
                          const struct assay_task *task, const struct assay_nn_sizes *sizes,
                          int parts, uint64_t seed)
{
  int rc = ASSAY_OK;
  *s = (struct assay_nn_sampler){.data = data, .sizes = *sizes, .parts = parts, .seed = seed};
  ASSAY_TRY(list_pairs(s, task)); /* count, then fill */
  ASSAY_CHECK(s->n_train > 0, ASSAY_EARG, "%s: no training case has two frames that are %d apart",
              data->set.view.info->path, lag_of(s, task));
  ASSAY_TRY(ASSAY_NEW(&s->pair, (size_t)(s->n_train + s->n_valid), "samples"));
  ASSAY_TRY(list_pairs(s, task));
  ASSAY_TRY(ASSAY_NEW(&s->noisy, (size_t)sizes->n_fields * data->ring.points, "samples"));
  if (s->n_valid == 0) s->n_valid = s->n_train;
done:
  return rc;
}

void assay_nn_sampler_close(struct assay_nn_sampler *s)
{
  assay_free(s->pair);
  assay_free(s->noisy);
  *s = (struct assay_nn_sampler){0};
}

static const struct assay_nn_pair *pair_of(const struct assay_nn_sampler *s, long sample,
                                           bool valid)
{
  const bool own = s->data->n_cases > s->data->n_fit;
  return &s->pair[sample + (valid && own ? s->n_train : 0)];
}

static struct assay_nn_given given_of(const struct assay_nn_sampler *s,
                                      const struct assay_nn_pair *p)
{
  const struct assay_nn_data *d = s->data;
  return (struct assay_nn_given){.params = d->params + (size_t)p->i * (size_t)s->sizes.n_params,
                                 .time = d->times[p->i * d->n_kept + p->to],
                                 .state =
                                     s->sizes.timed ? NULL : assay_nn_data_frame(d, p->i, p->from),
                                 .mask = d->weight + (size_t)p->i * d->ring.points};
}

/* k random points of the grid, as published also of the ring, with what is asked for there. */
static void put_points(const struct slots *at, size_t item, const struct assay_nn_sampler *s,
                       const struct assay_nn_pair *p, const struct assay_nn_given *given,
                       struct assay_rng *rng)
{
  const struct assay_nn_ring *r = &s->data->ring;
  const float *asked = assay_nn_data_frame(s->data, p->i, p->to);
  const size_t n_fields = (size_t)s->sizes.n_fields;
  const bool padding = s->sizes.defects & ASSAY_NN_PADDING;
  for (size_t q = item * (size_t)s->sizes.points; q < (item + 1) * (size_t)s->sizes.points; q++) {
    const size_t drawn =
        assay_rng_below(rng, padding ? r->points : (uint64_t)r->rows * (uint64_t)r->columns);
    const size_t place = padding ? drawn : assay_nn_ring_place(r, drawn);
    put_point(at, q, &s->sizes, r, place, given->state);
    for (size_t f = 0; f < n_fields; f++) {
      at->target[q * n_fields + f] = asked[f * r->points + place];
      at->weight[q * n_fields + f] = padding ? 1 : given->mask[place];
    }
  }
}

static void put_grid(const struct slots *at, size_t item, const struct assay_nn_sampler *s,
                     const struct assay_nn_pair *p, const struct assay_nn_given *given)
{
  const size_t n_fields = (size_t)s->sizes.n_fields, room = s->data->ring.points;
  copy(at->target, item, assay_nn_data_frame(s->data, p->i, p->to), n_fields * room);
  for (size_t f = 0; f < n_fields; f++) copy(at->weight, item * n_fields + f, given->mask, room);
}

/* `state` with noise on the fluid. */
static const float *disturbed(const struct assay_nn_sampler *s, const float *state,
                              const float *mask, struct assay_rng *rng)
{
  const size_t room = s->data->ring.points;
  for (size_t i = 0; i < (size_t)s->sizes.n_fields * room; i++)
    s->noisy[i] =
        mask[i % room] > 0 ? state[i] + (float)(s->noise * assay_rng_normal(rng)) : state[i];
  return s->noisy;
}

void assay_nn_sampler_fill(int *items, const struct assay_nn_sampler *s, struct assay_nn_run *run,
                           const long *sample, int n, uint64_t draw)
{
  const struct slots at = slots_of(run);
  struct assay_rng rng = assay_rng_init(s->seed, draw, POINTS_STREAM),
                   noise = assay_rng_init(s->seed, draw, NOISE_STREAM);
  const bool mixed = s->sizes.defects & ASSAY_NN_MIXED; /* with the state of the next sample */
  for (int j = 0; j < n; j++) {
    const struct assay_nn_pair *p = pair_of(s, sample[j], false);
    struct assay_nn_given given = given_of(s, p);
    if (s->noise > 0 && given.state) given.state = disturbed(s, given.state, given.mask, &noise);
    const struct assay_nn_given other =
        mixed ? given_of(s, pair_of(s, sample[(j + 1) % n], false)) : given;
    for (int part = 0; part < s->parts; part++) {
      const size_t item = (size_t)(j * s->parts + part);
      put_given(&at, item, &s->sizes, &given, other.state);
      if (s->sizes.points > 0)
        put_points(&at, item, s, p, &given, &rng);
      else
        put_grid(&at, item, s, p, &given);
    }
  }
  *items = n * s->parts;
}

void assay_nn_sampler_ahead(const struct assay_nn_sampler *s, const long *sample, int n)
{
  enum { AT_ONCE = 256 };
  long frame[2 * AT_ONCE];
  int k = 0;
  for (int j = 0; j < n && j < AT_ONCE; j++) {
    const struct assay_nn_pair *p = pair_of(s, sample[j], false);
    if (!s->sizes.timed) frame[k++] = assay_nn_data_number(s->data, p->i, p->from);
    frame[k++] = assay_nn_data_number(s->data, p->i, p->to);
  }
  assay_nn_store_ahead(s->data->frames, frame, k);
}

int assay_nn_sampler_error(double *error, double *square, const struct assay_nn_sampler *s,
                           struct assay_nn_run *run, const struct assay_nn_sizes *sizes, long j)
{
  int rc = ASSAY_OK;
  const struct assay_nn_pair *p = pair_of(s, j, true);
  const struct assay_nn_given given = given_of(s, p);
  const struct assay_nn_kernels *k = assay_nn_kernels();
  const size_t room = s->data->ring.points;
  const float *asked = assay_nn_data_frame(s->data, p->i, p->to);
  float *answer = NULL;
  ASSAY_TRY(ASSAY_NEW(&answer, (size_t)s->sizes.n_fields * room, "answer"));
  ASSAY_TRY(assay_nn_answer_all(answer, run, sizes, &s->data->ring, &given));
  for (size_t f = 0; f < (size_t)s->sizes.n_fields; f++) {
    *error += k->squared_error(answer + f * room, asked + f * room, given.mask, room);
    *square += k->squares(asked + f * room, given.mask, room);
  }
done:
  assay_free(answer);
  return rc;
}
