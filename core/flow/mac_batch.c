/* What the batch keeps in lanes are the fields of the cases; times, steps and everything scalar
 * stay in the solvers, which also judge by themselves how to go on (struct mac_plan). The fields
 * come back to a solver where it needs them: around a step whose energy balance is wanted, and for
 * steps that start a sequence, which it then does alone. */
#include "core/flow/mac_batch.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/flow/mac_batch_kernels.h"
#include "core/flow/mac_internal.h"

/* Vectors before face 0, after face nx, and rows beyond; steps until the velocity, which walks down
 * its memory, is put back. */
enum { BEFORE = 2, AFTER = 3, BELOW = 2, ABOVE = 3, LANES = ASSAY_MAC_LANES, FEWEST_VL = 2 };
enum { FIELDS = 4, ROWS = 6, WALK = 16 };

struct lane {
  struct assay_mac *m; /* NULL: free */
  struct mac_plan plan;
  int inside; /* the fields are in the batch, not in m */
  int going;  /* between aim and the end of the run */
  int ready;  /* the plan knows the next step and all lanes may take it */
  int rc;
  char message[192];
  struct mac_energy before; /* of a measured step */
};

struct assay_mac_batch {
  struct assay_mac_settings like;
  struct assay_mac_account choice;
  const struct assay_mac_batch_kernels *kernels;
  int vl, parts;
  struct assay_mac_lanes part[LANES / FEWEST_VL];
  struct assay_poisson_lanes *poisson[LANES / FEWEST_VL];
  int walked; /* rows that the velocity lies below its place */
  double *block;
  double *number, *rate; /* [parts, MAC_LANE_NUMBERS, vl], [parts, vl] */
  struct lane lane[LANES];
};

/* ---- what fits ------------------------------------------------------------------------------ */

static int is_box(const struct assay_mac_settings *s)
{
  for (int k = 0; k < ASSAY_MAC_SIDES; k++)
    if (s->side[k].wall != ASSAY_MAC_NO_SLIP) return 0;
  return !s->force && !s->kernels && s->bodies == 0;
}

/* Scheme and treatment of viscosity without the fields of a solver. */
static struct assay_mac_account choice_of(const struct assay_mac_settings *s)
{
  struct assay_mac m = {0};
  assay_mac_derive(&m, s);
  assay_mac_choose(&m);
  return m.account;
}

int assay_mac_batch_fits(const struct assay_mac_settings *a, const struct assay_mac_settings *b)
{
  const struct assay_mac_account x = choice_of(a), y = choice_of(b);
  return is_box(a) && is_box(b) && a->nx == b->nx && a->ny == b->ny && x.scheme == y.scheme &&
         x.viscous == ASSAY_MAC_EXPLICIT && y.viscous == ASSAY_MAC_EXPLICIT;
}

/* Lanes that must be busy for a step of all eight to cost less than one step of each, measured with
 * AVX2 and AVX-512 (tests/core/bench_mac_batch.c). Larger grids leave the second-level cache. */
static const struct {
  int cells; /* up to */
  int central, limited;
} least_lanes[] = {{16 * 16, 7, 6}, {40 * 40, 6, 6}, {80 * 80, 7, 7}, {128 * 128, 8, 8}};

int assay_mac_batch_least(const struct assay_mac_settings *s)
{
  if (!assay_mac_batch_fits(s, s)) return 0;
  const int limited = choice_of(s).scheme == ASSAY_MAC_LIMITED;
  for (size_t k = 0; k < sizeof least_lanes / sizeof *least_lanes; k++)
    if (s->nx * s->ny <= least_lanes[k].cells)
      return limited ? least_lanes[k].limited : least_lanes[k].central;
  return 0;
}

/* ---- memory --------------------------------------------------------------------------------- */

static ptrdiff_t stride_of(const struct assay_mac_batch *b)
{
  return (ptrdiff_t)(BEFORE + b->like.nx + 1 + AFTER) * b->vl;
}

static double *take(double *block, size_t *used, size_t n)
{
  enum { LINE = 8 };
  double *piece = block ? block + *used : NULL;
  *used += (n + LINE - 1) / LINE * LINE + 5 * LINE; /* of its own colour in the cache */
  return piece;
}

/* with so many rows below its halo */
static double *take_field(const struct assay_mac_batch *b, double *block, size_t *used, int below)
{
  const ptrdiff_t st = stride_of(b), rows = b->like.ny + 1 + BELOW + ABOVE + below;
  double *p = take(block, used, (size_t)(rows * st));
  return p ? p + (BELOW + below) * st + BEFORE * b->vl : NULL;
}

/* Place all arrays in block; with NULL only count the doubles. */
static size_t lay_out(struct assay_mac_batch *b, double *block)
{
  const size_t vl = (size_t)b->vl, nx = (size_t)b->like.nx, ny = (size_t)b->like.ny;
  size_t used = 0;
  b->number = take(block, &used, (size_t)b->parts * MAC_LANE_NUMBERS * vl);
  b->rate = take(block, &used, (size_t)b->parts * vl);
  for (int k = 0; k < b->parts; k++) {
    struct assay_mac_lanes *p = &b->part[k];
    *p = (struct assay_mac_lanes){.nx = b->like.nx, .ny = b->like.ny, .stride = stride_of(b)};
    p->u = take_field(b, block, &used, WALK);
    p->v = take_field(b, block, &used, WALK);
    p->hu = take_field(b, block, &used, 0);
    p->hv = take_field(b, block, &used, 0);
    p->g = take(block, &used, nx * ny * vl);
    p->rows = take(block, &used, ROWS * (nx + 2) * vl);
    p->carry = take(block, &used, assay_poisson_lanes_carry(b->poisson[k]));
    p->work = take(block, &used, assay_poisson_lanes_work(b->poisson[k]));
    p->poisson = b->poisson[k];
    if (!block) continue;
    p->number = b->number + (size_t)k * MAC_LANE_NUMBERS * vl;
    p->rate = b->rate + (size_t)k * vl;
  }
  return used;
}

int assay_mac_batch_create(struct assay_mac_batch **out, const struct assay_mac_settings *like)
{
  int rc = ASSAY_OK;
  struct assay_mac_batch *b = NULL;
  *out = NULL;
  ASSAY_CHECK(assay_mac_batch_fits(like, like), ASSAY_EUNSUPPORTED,
              "flows go side by side between no-slip walls with explicit viscosity only");
  ASSAY_TRY(assay_isa_init());
  ASSAY_TRY(ASSAY_NEW(&b, 1, "flow batch"));
  b->like = *like;
  b->choice = choice_of(like);
  b->kernels = ASSAY_ISA_PICK(assay_mac_batch_kernels, assay_isa());
  b->vl = b->kernels->vl;
  b->parts = LANES / b->vl;
  for (int k = 0; k < b->parts; k++)
    ASSAY_TRY(assay_poisson_lanes_create(&b->poisson[k], like->nx, like->ny, b->vl));
  ASSAY_TRY(ASSAY_NEW(&b->block, lay_out(b, NULL), "flow batch"));
  lay_out(b, b->block);
  *out = b;
  b = NULL;
done:
  assay_mac_batch_destroy(b);
  return rc;
}

void assay_mac_batch_destroy(struct assay_mac_batch *b)
{
  if (!b) return;
  for (int l = 0; l < LANES; l++)
    if (b->lane[l].m) assay_mac_batch_take(b, l);
  for (int k = 0; k < b->parts; k++) assay_poisson_lanes_destroy(b->poisson[k]);
  assay_free(b->block);
  assay_free(b);
}

/* ---- fields in and out ---------------------------------------------------------------------- */

/* Rows and columns of a field that a solver and a lane have in common, halo included. */
static void copy_in(double *to, ptrdiff_t to_row, int vl, const double *from, ptrdiff_t row, int nx,
                    int ny)
{
  for (int j = -BELOW; j < ny + ABOVE; j++)
    for (int i = -BEFORE; i < nx + AFTER; i++) to[j * to_row + i * vl] = from[j * row + i];
}

static void copy_out(double *to, ptrdiff_t row, const double *from, ptrdiff_t from_row, int vl,
                     int nx, int ny)
{
  for (int j = 0; j < ny; j++)
    for (int i = 0; i < nx; i++) to[j * row + i] = from[j * from_row + i * vl];
}

static struct assay_mac_lanes *part_of(struct assay_mac_batch *b, int lane)
{
  return &b->part[lane / b->vl];
}

static void clear_lane(struct assay_mac_batch *b, int lane)
{
  const struct assay_mac_lanes *p = part_of(b, lane);
  const int l = lane % b->vl;
  double *fields[FIELDS] = {p->u, p->v, p->hu, p->hv};
  for (int k = 0; k < FIELDS; k++)
    for (int j = -BELOW; j < p->ny + ABOVE; j++)
      for (int i = -BEFORE; i < p->nx + 1 + AFTER; i++)
        fields[k][j * p->stride + i * b->vl + l] = 0;
}

static double *number_of(struct assay_mac_batch *b, int lane, enum mac_lane_number k)
{
  return b->number + ((ptrdiff_t)(lane / b->vl) * MAC_LANE_NUMBERS + k) * b->vl + lane % b->vl;
}

/* An idle lane: all zero. */
static void silence(struct assay_mac_batch *b, int lane)
{
  for (int k = 0; k < MAC_LANE_NUMBERS; k++) *number_of(b, lane, (enum mac_lane_number)k) = 0;
  clear_lane(b, lane);
}

static void enter(struct assay_mac_batch *b, int lane)
{
  const struct assay_mac *m = b->lane[lane].m;
  const struct assay_mac_lanes *p = part_of(b, lane);
  const int l = lane % b->vl, nx = p->nx, ny = p->ny;
  copy_in(p->u + l, p->stride, b->vl, m->now.u, m->stride, nx, ny);
  copy_in(p->v + l, p->stride, b->vl, m->now.v, m->stride, nx, ny);
  copy_in(p->hu + l, p->stride, b->vl, m->rhs.u, m->stride, nx, ny);
  copy_in(p->hv + l, p->stride, b->vl, m->rhs.v, m->stride, nx, ny);
  b->lane[lane].inside = 1;
}

/* The velocity of a lane becomes m->now. */
static void show(struct assay_mac_batch *b, int lane)
{
  struct assay_mac *m = b->lane[lane].m;
  const struct assay_mac_lanes *p = part_of(b, lane);
  const int l = lane % b->vl;
  copy_out(m->now.u, m->stride, p->u + l, p->stride, b->vl, p->nx + 1, p->ny);
  copy_out(m->now.v, m->stride, p->v + l, p->stride, b->vl, p->nx, p->ny + 1);
  assay_mac_fill_halo(m, m->now);
}

static void leave(struct assay_mac_batch *b, int lane)
{
  struct assay_mac *m = b->lane[lane].m;
  const struct assay_mac_lanes *p = part_of(b, lane);
  const int l = lane % b->vl;
  if (!b->lane[lane].inside) return;
  show(b, lane);
  copy_out(m->rhs.u, m->stride, p->hu + l, p->stride, b->vl, p->nx, p->ny);
  copy_out(m->rhs.v, m->stride, p->hv + l, p->stride, b->vl, p->nx, p->ny);
  b->lane[lane].inside = 0;
}

/* ---- lanes ---------------------------------------------------------------------------------- */

int assay_mac_batch_put(struct assay_mac_batch *b, int *lane, struct assay_mac *m)
{
  int rc = ASSAY_OK, l = 0;
  unsigned busy = 0;
  while (l < LANES && b->lane[l].m) l++;
  ASSAY_CHECK(l < LANES, ASSAY_EARG, "all %d lanes are busy", LANES);
  ASSAY_CHECK(assay_mac_batch_fits(&b->like, &m->set), ASSAY_EARG,
              "this flow does not fit to the others in the batch");
  for (int k = 0; k < b->vl; k++) busy |= (unsigned)(b->lane[l / b->vl * b->vl + k].m != NULL) << k;
  b->lane[l] = (struct lane){.m = m};
  assay_poisson_lanes_put(b->poisson[l / b->vl], l % b->vl, busy, m->poisson);
  *lane = l;
done:
  return rc;
}

void assay_mac_batch_take(struct assay_mac_batch *b, int lane)
{
  leave(b, lane);
  silence(b, lane);
  b->lane[lane] = (struct lane){0};
}

int assay_mac_batch_aim(struct assay_mac_batch *b, int lane, double t_end, double tolerance)
{
  int rc = ASSAY_OK;
  struct lane *l = &b->lane[lane];
  ASSAY_TRY(assay_mac_plan(&l->plan, l->m, t_end, tolerance));
  l->going = 1;
  l->rc = ASSAY_OK;
done:
  return rc;
}

int assay_mac_batch_result(const struct assay_mac_batch *b, int lane, int *steady)
{
  const struct lane *l = &b->lane[lane];
  *steady = l->plan.steady;
  return l->rc < 0 ? assay_err_set(l->rc, __FILE__, __LINE__, "%s", l->message) : ASSAY_OK;
}

static void note_failure(struct lane *l, int rc)
{
  l->rc = rc;
  l->plan.done = 1;
  snprintf(l->message, sizeof l->message, "%s", assay_err_last());
}

/* ---- stepping ------------------------------------------------------------------------------- */

static void finish_measured(struct lane *l)
{
  assay_mac_balance(l->m, l->before, l->plan.dt);
  if (l->plan.last) l->m->t = l->plan.end;
  assay_mac_judge(&l->plan, l->m);
}

/* A step that the solver does alone. */
static int step_outside(struct lane *l)
{
  int rc = ASSAY_OK;
  if (l->plan.measured) l->before = assay_mac_energy(l->m);
  ASSAY_TRY(assay_mac_step(l->m, l->plan.dt));
  if (l->plan.measured) finish_measured(l);
done:
  return rc;
}

/* Bring a lane to where its next step can be done with the others, or its run has ended. */
static int get_ready(struct assay_mac_batch *b, int lane)
{
  int rc = ASSAY_OK;
  struct lane *l = &b->lane[lane];
  while (!l->plan.done && !l->ready) {
    ASSAY_TRY(assay_mac_next(&l->plan, l->m));
    l->ready = !assay_mac_restarts(l->m, l->plan.dt);
    if (l->ready) break;
    leave(b, lane);
    ASSAY_TRY(step_outside(l));
  }
  if (l->ready && !l->inside) enter(b, lane);
done:
  return rc;
}

static void set_numbers(struct assay_mac_batch *b, int lane)
{
  const struct assay_mac *m = b->lane[lane].m;
  const struct assay_mac_sweep s = assay_mac_sweep_of(m, m->now);
  const double dt = b->lane[lane].plan.dt, ratio = dt / m->dt;
  const double share = b->choice.scheme == ASSAY_MAC_LIMITED ? 1 : 0.25;
  const double number[MAC_LANE_NUMBERS] = {
      [MAC_IX] = s.inv_dx,
      [MAC_IY] = s.inv_dy,
      [MAC_NU_XX] = s.nu_xx,
      [MAC_NU_YY] = s.nu_yy,
      [MAC_CENTRE] = 2 * (s.nu_xx + s.nu_yy),
      [MAC_CX] = share * s.inv_dx,
      [MAC_CY] = share * s.inv_dy,
      [MAC_NOW] = dt * (1 + 0.5 * ratio),
      [MAC_BEFORE] = dt * 0.5 * ratio,
      [MAC_LEFT] = 2 * m->set.side[ASSAY_MAC_LEFT].velocity,
      [MAC_RIGHT] = 2 * m->set.side[ASSAY_MAC_RIGHT].velocity,
      [MAC_BOTTOM] = 2 * m->set.side[ASSAY_MAC_BOTTOM].velocity,
      [MAC_TOP] = 2 * m->set.side[ASSAY_MAC_TOP].velocity,
      [MAC_HALF] = 0.5,
      [MAC_TWO] = 2,
      [MAC_SIXTH] = 1.0 / 6,
      [MAC_MINUS] = -0.0,
  };
  for (int k = 0; k < MAC_LANE_NUMBERS; k++)
    *number_of(b, lane, (enum mac_lane_number)k) = number[k];
}

static void swap(struct mac_pair *a, struct mac_pair *c)
{
  const struct mac_pair t = *a;
  *a = *c;
  *c = t;
}

/* Before and after the step that all lanes do together. */
static void begin_step(struct assay_mac_batch *b, int lane)
{
  struct lane *l = &b->lane[lane];
  set_numbers(b, lane);
  if (!l->plan.measured) return;
  show(b, lane);
  l->before = assay_mac_energy(l->m);
  swap(&l->m->now, &l->m->other);
}

static int end_step(struct assay_mac_batch *b, int lane)
{
  int rc = ASSAY_OK;
  struct lane *l = &b->lane[lane];
  l->ready = 0;
  l->m->rate = b->rate[lane];
  ASSAY_TRY(assay_mac_account_step(l->m, l->plan.dt));
  if (!l->plan.measured) goto done;
  show(b, lane);
  finish_measured(l);
done:
  return rc;
}

static void put_back(const struct assay_mac_batch *b, double **field)
{
  const ptrdiff_t st = stride_of(b), start = BELOW * st + BEFORE * b->vl;
  const size_t size = (size_t)((b->like.ny + 1 + BELOW + ABOVE) * st) * sizeof **field;
  double *place = *field + WALK * st;
  memmove(place - start, *field - start, size);
  *field = place;
}

static void step_all(struct assay_mac_batch *b)
{
  const int limited = b->choice.scheme == ASSAY_MAC_LIMITED;
  for (int k = 0; k < b->parts; k++) {
    struct assay_mac_lanes *p = &b->part[k];
    (limited ? b->kernels->up_limited : b->kernels->up_central)(p);
    b->kernels->down(p);
    p->u -= p->stride, p->v -= p->stride;
  }
  if (++b->walked < WALK) return;
  b->walked = 0;
  for (int k = 0; k < b->parts; k++) {
    put_back(b, &b->part[k].u);
    put_back(b, &b->part[k].v);
  }
}

/* Lanes whose run has ended since they were aimed. */
static unsigned ended_lanes(struct assay_mac_batch *b)
{
  unsigned ended = 0;
  for (int k = 0; k < LANES; k++)
    if (b->lane[k].going && b->lane[k].plan.done) {
      b->lane[k].going = 0;
      ended |= 1U << k;
    }
  return ended;
}

/* A lane that waits while others go on. */
static void park(struct assay_mac_batch *b, int lane)
{
  if (!b->lane[lane].m || !b->lane[lane].inside) return;
  leave(b, lane);
  silence(b, lane);
}

/* Whether anything has been sent on. */
static int prepare(struct assay_mac_batch *b)
{
  int going = 0;
  for (int k = 0; k < LANES; k++) {
    struct lane *l = &b->lane[k];
    if (!l->going) {
      park(b, k);
      continue;
    }
    const int rc = get_ready(b, k);
    if (rc < 0) note_failure(l, rc);
    going = 1;
  }
  return going;
}

void assay_mac_batch_run(struct assay_mac_batch *b, unsigned *ended)
{
  *ended = 0;
  while (prepare(b)) {
    *ended = ended_lanes(b);
    if (*ended) return;
    for (int k = 0; k < LANES; k++)
      if (b->lane[k].going) begin_step(b, k);
    step_all(b);
    for (int k = 0; k < LANES; k++) {
      if (!b->lane[k].going) continue;
      const int rc = end_step(b, k);
      if (rc < 0) note_failure(&b->lane[k], rc);
    }
    *ended = ended_lanes(b);
    if (*ended) return;
  }
}

void assay_mac_batch_finish(struct assay_mac_batch *b, int lane)
{
  int rc = ASSAY_OK;
  struct lane *l = &b->lane[lane];
  leave(b, lane);
  while (!l->plan.done && rc == ASSAY_OK) {
    if (!l->ready) rc = assay_mac_next(&l->plan, l->m);
    l->ready = 0;
    if (rc == ASSAY_OK) rc = step_outside(l);
  }
  if (rc < 0) note_failure(l, rc);
  l->going = 0;
}
