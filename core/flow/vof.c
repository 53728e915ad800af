/* Life and steps of the volume-of-fluid method. */
#include "core/flow/vof.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/flow/vof_internal.h"

enum { BEFORE = 8, LINE = 8, MOST_PARTS = 8 };

static const double most_courant = 0.5;

static int check(const struct assay_vof_settings *s)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(s->nx >= 2 && s->ny >= 2 && s->nx <= 1 << 14 && s->ny <= 1 << 14, ASSAY_EARG,
              "volume of fluid on %d x %d cells: 2 to 16384 each", s->nx, s->ny);
  ASSAY_CHECK(s->dx > 0 && s->dy > 0 && isfinite(s->dx) && isfinite(s->dy), ASSAY_EARG,
              "cells of %g m x %g m: both must be positive", s->dx, s->dy);
  ASSAY_CHECK(!(s->axisymmetric && s->periodic_y), ASSAY_EARG,
              "an axisymmetric grid cannot be periodic in y");
done:
  return rc;
}

static void measure_rows(struct assay_vof *f)
{
  for (int j = 0; j < f->ny; j++) {
    struct assay_vof_row *g = &f->row[j];
    const double r = f->axisymmetric ? (j + 0.5) * f->dy : 1;
    g->volume = r * (f->dx * f->dy);
    g->inv_volume = 1 / g->volume;
    g->area = r * f->dy;
    g->area_below = f->axisymmetric ? j * f->dy * f->dx : f->dx;
    g->area_above = f->axisymmetric ? (j + 1) * f->dy * f->dx : f->dx;
    g->slant = f->axisymmetric ? 1 / (j + 0.5) : 0;
  }
}

static int create_arrays(struct assay_vof *f)
{
  int rc = ASSAY_OK;
  const size_t row = (size_t)f->stride, rows = (size_t)f->ny + 2 * VOF_HALO;
  const size_t fractions = rows * row, fluxes = ((size_t)f->ny + 1) * row;
  ASSAY_TRY(ASSAY_NEW(&f->block, 2 * fractions + 2 * fluxes, "volume of fluid"));
  f->c = f->block + VOF_HALO * row + BEFORE;
  f->work = f->c + fractions;
  f->flux_x = f->block + 2 * fractions + BEFORE;
  f->flux_y = f->flux_x + fluxes;
  f->fluxes = 2 * fluxes;
  ASSAY_TRY(ASSAY_NEW(&f->list, (size_t)f->nx, "volume of fluid"));
  ASSAY_TRY(ASSAY_NEW(&f->row, (size_t)f->ny, "volume of fluid"));
  for (int k = 0; k < ASSAY_MAC_SIDES; k++)
    ASSAY_TRY(
        ASSAY_NEW(&f->side[k], (size_t)(k < ASSAY_MAC_BOTTOM ? f->ny : f->nx), "volume of fluid"));
done:
  return rc;
}

int assay_vof_create(struct assay_vof **out, const struct assay_vof_settings *s)
{
  int rc = ASSAY_OK;
  struct assay_vof *f = NULL;
  *out = NULL;
  ASSAY_TRY(check(s));
  ASSAY_TRY(assay_isa_init());
  ASSAY_TRY(ASSAY_NEW(&f, 1, "volume of fluid"));
  *f = (struct assay_vof){.nx = s->nx,
                          .ny = s->ny,
                          .dx = s->dx,
                          .dy = s->dy,
                          .axisymmetric = s->axisymmetric,
                          .periodic_x = s->periodic_x,
                          .periodic_y = s->periodic_y};
  f->stride = (BEFORE + s->nx + 1 + VOF_HALO + LINE - 1) / LINE * LINE;
  f->kernels = s->kernels ? s->kernels : ASSAY_ISA_PICK(assay_vof_kernels, assay_isa());
  ASSAY_TRY(create_arrays(f));
  measure_rows(f);
  if (s->blocked) {
    const size_t cells = (size_t)s->nx * (size_t)s->ny;
    ASSAY_TRY(ASSAY_NEW(&f->blocked, cells, "volume of fluid"));
    memcpy(f->blocked, s->blocked, cells);
    ASSAY_TRY(assay_vof_create_solids(f));
  }
  *out = f;
  f = NULL;
done:
  assay_vof_destroy(f);
  return rc;
}

void assay_vof_destroy(struct assay_vof *f)
{
  if (!f) return;
  for (int k = 0; k < ASSAY_MAC_SIDES; k++) assay_free(f->side[k]);
  assay_free(f->blocked);
  assay_free(f->solid);
  assay_free(f->closed_x);
  assay_free(f->closed_y);
  assay_free(f->masked);
  assay_free(f->list);
  assay_free(f->row);
  assay_free(f->block);
  assay_free(f);
}

int assay_vof_boundary(struct assay_vof *f, enum assay_mac_side side, int first, int count,
                       double fraction, enum assay_vof_beyond beyond)
{
  int rc = ASSAY_OK;
  const int faces = side < ASSAY_MAC_BOTTOM ? f->ny : f->nx;
  ASSAY_CHECK(first >= 0 && count >= 0 && first <= faces - count, ASSAY_EARG,
              "boundary faces %d to %d of %d", first, first + count, faces);
  ASSAY_CHECK(fraction >= 0 && fraction <= 1, ASSAY_EARG, "inflow fraction %g is outside [0, 1]",
              fraction);
  for (int k = first; k < first + count; k++)
    f->side[side][k] = (struct vof_face){fraction, beyond == ASSAY_VOF_GIVEN};
done:
  return rc;
}

static struct assay_vof_sweep sweep_of(const struct assay_vof *f, double dt,
                                       struct assay_mac_view u, struct assay_mac_view v)
{
  return (struct assay_vof_sweep){.nx = f->nx,
                                  .ny = f->ny,
                                  .stride = f->stride,
                                  .row = f->row,
                                  .dt = dt,
                                  .u = u.data,
                                  .v = v.data,
                                  .u_stride = u.stride,
                                  .v_stride = v.stride,
                                  .c = f->c,
                                  .work = f->work,
                                  .flux_x = f->flux_x,
                                  .flux_y = f->flux_y,
                                  .list = f->list};
}

/* Spread the volume that rounding took from some cells over those that the interface crosses, each
 * by its room c (1 - c): the same relative change everywhere, and none leaves [0, 1]. */
static void redistribute(struct assay_vof *f, const struct assay_vof_sweep *s,
                         struct assay_vof_balance b)
{
  const double total = b.lost + f->account.unplaced;
  const int possible = total != 0 && fabs(total) <= b.room;
  f->account.unplaced = possible ? 0 : total;
  f->account.last_redistributed = fabs(b.lost);
  f->account.redistributed += fabs(b.lost);
  if (possible) f->kernels->spread(s, total / b.room);
}

static double pure(double c)
{
  return c < ASSAY_VOF_PURE ? 0 : c > 1 - ASSAY_VOF_PURE ? 1 : c;
}

int assay_vof_start(struct assay_vof *f, const double *c0)
{
  int rc = ASSAY_OK;
  struct assay_vof_balance b = {0, 0};
  const struct assay_mac_view none = {0};
  const struct assay_vof_sweep s = sweep_of(f, 0, none, none);
  for (ptrdiff_t k = 0; k < (ptrdiff_t)f->ny * f->nx; k++)
    ASSAY_CHECK(c0[k] >= 0 && c0[k] <= 1, ASSAY_EARG, "fraction %g in cell (%d, %d)", c0[k],
                (int)(k / f->nx), (int)(k % f->nx));
  f->account = (struct assay_vof_account){0};
  for (int j = 0; j < f->ny; j++)
    for (int i = 0; i < f->nx; i++) {
      const double c = vof_is_blocked(f, j, i) ? 0 : c0[(ptrdiff_t)j * f->nx + i];
      f->c[j * f->stride + i] = pure(c);
      b.lost += (c - pure(c)) * f->row[j].volume;
      b.room += pure(c) * (1 - pure(c)) * f->row[j].volume;
    }
  redistribute(f, &s, b);
  memset(f->flux_x - BEFORE, 0, f->fluxes * sizeof(double));
done:
  return rc;
}

double assay_vof_rate(const struct assay_vof *f, struct assay_mac_view u, struct assay_mac_view v)
{
  const struct assay_vof_sweep s = sweep_of(f, 0, u, v);
  return f->kernels->rate(&s);
}

/* Fluxes on the left and right boundary and on solid faces, after the kernel. */
static void bound_x(const struct assay_vof_sweep *s, const struct assay_vof *f)
{
  const int nx = f->nx;
  for (int j = 0; j < f->ny; j++) {
    double *flux = s->flux_x + j * s->stride;
    const double *u = s->u + j * s->u_stride, scale = f->row[j].area * s->dt;
    if (f->periodic_x) {
      if (u[0] > 0)
        flux[0] = flux[nx];
      else
        flux[nx] = flux[0];
      continue;
    }
    if (u[0] > 0) flux[0] = u[0] * scale * f->side[ASSAY_MAC_LEFT][j].fraction;
    if (u[nx] < 0) flux[nx] = u[nx] * scale * f->side[ASSAY_MAC_RIGHT][j].fraction;
  }
  for (size_t k = 0; k < f->closed_xs; k++) s->flux_x[f->closed_x[k]] = 0;
}

static void bound_y(const struct assay_vof_sweep *s, const struct assay_vof *f)
{
  const int ny = f->ny;
  const double *v = s->v, *top_v = s->v + ny * s->v_stride;
  const double below = f->row[0].area_below * s->dt, above = f->row[ny - 1].area_above * s->dt;
  double *flux = s->flux_y, *top = s->flux_y + ny * s->stride;
  for (int i = 0; i < f->nx; i++) {
    if (f->periodic_y) {
      if (v[i] > 0)
        flux[i] = top[i];
      else
        top[i] = flux[i];
      continue;
    }
    if (v[i] > 0) flux[i] = v[i] * below * f->side[ASSAY_MAC_BOTTOM][i].fraction;
    if (top_v[i] < 0) top[i] = top_v[i] * above * f->side[ASSAY_MAC_TOP][i].fraction;
  }
  for (size_t k = 0; k < f->closed_ys; k++) s->flux_y[f->closed_y[k]] = 0;
}

/* Both sweeps. */
static struct assay_vof_balance sweep(const struct assay_vof_sweep *s, const struct assay_vof *f,
                                      int x_first)
{
  const struct assay_vof_kernels *k = f->kernels;
  for (int pass = 0; pass < 2; pass++) {
    const int along_x = (pass == 0) == x_first;
    if (pass == 0)
      assay_vof_prepare(f);
    else
      assay_vof_fill_ghosts(f);
    (along_x ? k->flux_x : k->flux_y)(s);
    (along_x ? bound_x : bound_y)(s, f);
    if (pass == 0) (along_x ? k->advance_x : k->advance_y)(s);
  }
  for (size_t n = 0; n < f->maskeds; n++) f->work[f->masked[n]] = 0;
  return (x_first ? k->finish_y : k->finish_x)(s);
}

static void count_inflow(struct assay_vof *f)
{
  double *in = f->account.inflow, side[ASSAY_MAC_SIDES] = {0};
  for (int j = 0; j < f->ny; j++) {
    side[ASSAY_MAC_LEFT] += f->flux_x[j * f->stride];
    side[ASSAY_MAC_RIGHT] -= f->flux_x[j * f->stride + f->nx];
  }
  for (int i = 0; i < f->nx; i++) {
    side[ASSAY_MAC_BOTTOM] += f->flux_y[i];
    side[ASSAY_MAC_TOP] -= f->flux_y[f->ny * f->stride + i];
  }
  for (int k = 0; k < ASSAY_MAC_SIDES; k++) in[k] += side[k];
}

/* sum += fluxes of the part of the step just made; both hold flux_x and flux_y in one piece. */
static void add_fluxes(double *sum, const struct assay_vof *f)
{
  const double *part = f->flux_x - BEFORE;
  for (size_t k = 0; k < f->fluxes; k++) sum[k] += part[k];
}

/* Several short steps in place of one; the fluxes become those of all of them. */
static int step_in_parts(struct assay_vof *f, struct assay_vof_sweep *s, int parts)
{
  int rc = ASSAY_OK;
  double *sum = NULL;
  ASSAY_TRY(ASSAY_NEW(&sum, f->fluxes, "volume of fluid"));
  s->dt /= parts;
  for (int k = 0; k < parts; k++) {
    redistribute(f, s, sweep(s, f, (f->account.steps + k) % 2 == 0));
    add_fluxes(sum, f);
  }
  memcpy(f->flux_x - BEFORE, sum, f->fluxes * sizeof *sum);
done:
  assay_free(sum);
  return rc;
}

int assay_vof_step(struct assay_vof *f, double dt, struct assay_mac_view u, struct assay_mac_view v)
{
  int rc = ASSAY_OK;
  struct assay_vof_sweep s = sweep_of(f, dt, u, v);
  const double courant = f->kernels->rate(&s) * dt;
  ASSAY_CHECK(courant <= MOST_PARTS * most_courant, ASSAY_EDIVERGED,
              "Courant number %g of the marked fluid in step %lld exceeds %g", courant,
              f->account.steps, MOST_PARTS * most_courant);
  if (courant <= most_courant * (1 + 1e-9))
    redistribute(f, &s, sweep(&s, f, f->account.steps % 2 == 0));
  else
    ASSAY_TRY(step_in_parts(f, &s, (int)ceil(courant / most_courant)));
  count_inflow(f);
  f->account.steps++;
done:
  return rc;
}

struct assay_mac_view assay_vof_fraction(const struct assay_vof *f)
{
  return (struct assay_mac_view){f->c, f->stride, f->nx, f->ny};
}

struct assay_mac_view assay_vof_flux_x(const struct assay_vof *f)
{
  return (struct assay_mac_view){f->flux_x, f->stride, f->nx + 1, f->ny};
}

struct assay_mac_view assay_vof_flux_y(const struct assay_vof *f)
{
  return (struct assay_mac_view){f->flux_y, f->stride, f->nx, f->ny + 1};
}

double assay_vof_cell(const struct assay_vof *f, int j)
{
  return f->row[j].volume;
}

double assay_vof_volume(const struct assay_vof *f)
{
  double volume = 0;
  for (int j = 0; j < f->ny; j++) {
    double sum = 0;
    for (int i = 0; i < f->nx; i++) sum += f->c[j * f->stride + i];
    volume += sum * f->row[j].volume;
  }
  return volume;
}

struct assay_vof_account assay_vof_account(const struct assay_vof *f)
{
  return f->account;
}
