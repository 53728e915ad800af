/* What the interface sees beyond the fluid: the mirror image at walls, so that it meets them at
 * right angles, the neighbours across a periodic side, the given fraction at inlets, and in solid
 * cells the mean of the fluid beside them. */
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/flow/vof_internal.h"

static void fill_solids(const struct assay_vof *f)
{
  double *w = f->work;
  for (size_t k = 0; k < f->solids; k++) {
    const struct vof_solid *s = &f->solid[k];
    double sum = 0;
    for (int n = 0; n < s->count; n++) sum += w[s->source[n]];
    w[s->at] = sum / s->count;
  }
}

/* Left and right of the rows of the grid. */
static void fill_columns(const struct assay_vof *f)
{
  const int nx = f->nx;
  for (int j = 0; j < f->ny; j++) {
    double *w = f->work + j * f->stride;
    const struct vof_face left = f->side[ASSAY_MAC_LEFT][j], right = f->side[ASSAY_MAC_RIGHT][j];
    for (int k = 0; k < VOF_HALO; k++) {
      const int mirror = k < nx ? k : nx - 1;
      if (f->periodic_x) {
        w[-1 - k] = w[(2 * nx - 1 - k) % nx];
        w[nx + k] = w[k % nx];
        continue;
      }
      w[-1 - k] = left.given ? left.fraction : w[mirror];
      w[nx + k] = right.given ? right.fraction : w[nx - 1 - mirror];
    }
  }
}

static const struct vof_face *face_below(const struct assay_vof *f, enum assay_mac_side side, int i)
{
  return &f->side[side][i < 0 ? 0 : i < f->nx ? i : f->nx - 1];
}

/* Below and above, corners included. */
static void fill_rows(const struct assay_vof *f)
{
  const ptrdiff_t st = f->stride;
  const int ny = f->ny;
  for (int k = 0; k < VOF_HALO; k++) {
    const int mirror = k < ny ? k : ny - 1;
    const double *low = f->work + (f->periodic_y ? (2 * ny - 1 - k) % ny : mirror) * st;
    const double *high = f->work + (f->periodic_y ? k % ny : ny - 1 - mirror) * st;
    double *below = f->work - (1 + k) * st, *above = f->work + (ny + k) * st;
    for (int i = -VOF_HALO; i < f->nx + VOF_HALO; i++) {
      const struct vof_face *bottom = face_below(f, ASSAY_MAC_BOTTOM, i);
      const struct vof_face *top = face_below(f, ASSAY_MAC_TOP, i);
      below[i] = bottom->given ? bottom->fraction : low[i];
      above[i] = top->given ? top->fraction : high[i];
    }
  }
}

void assay_vof_fill_ghosts(const struct assay_vof *f)
{
  fill_solids(f);
  fill_columns(f);
  fill_rows(f);
}

void assay_vof_prepare(const struct assay_vof *f)
{
  for (int j = 0; j < f->ny; j++)
    memcpy(f->work + j * f->stride, f->c + j * f->stride, (size_t)f->nx * sizeof *f->c);
  assay_vof_fill_ghosts(f);
}

/* Whether (j, i) + (dj, di) is a fluid cell of the grid; its offset then. */
static int fluid_beside(ptrdiff_t *at, const struct assay_vof *f, int j, int i)
{
  if (f->periodic_x) i = (i + f->nx) % f->nx;
  if (f->periodic_y) j = (j + f->ny) % f->ny;
  *at = j * f->stride + i;
  return i >= 0 && i < f->nx && j >= 0 && j < f->ny && !vof_is_blocked(f, j, i);
}

/* Sources of the solid cell (j, i): the fluid cells at its faces, else at its corners. */
static struct vof_solid solid_of(const struct assay_vof *f, int j, int i)
{
  static const int step[2][4][2] = {{{0, -1}, {0, 1}, {-1, 0}, {1, 0}},
                                    {{-1, -1}, {-1, 1}, {1, -1}, {1, 1}}};
  struct vof_solid s = {.at = j * f->stride + i};
  for (int ring = 0; ring < 2 && s.count == 0; ring++)
    for (int k = 0; k < 4; k++)
      s.count += fluid_beside(&s.source[s.count], f, j + step[ring][k][0], i + step[ring][k][1]);
  return s;
}

/* Faces left and right of, below and above the solid cell, and on periodic sides their copies. */
static void close_faces(struct assay_vof *f, int j, int i)
{
  const ptrdiff_t row = j * f->stride;
  f->closed_x[f->closed_xs++] = row + i;
  f->closed_x[f->closed_xs++] = row + i + 1;
  f->closed_y[f->closed_ys++] = row + i;
  f->closed_y[f->closed_ys++] = row + f->stride + i;
  if (f->periodic_x && i == 0) f->closed_x[f->closed_xs++] = row + f->nx;
  if (f->periodic_x && i == f->nx - 1) f->closed_x[f->closed_xs++] = row;
  if (f->periodic_y && j == 0) f->closed_y[f->closed_ys++] = f->ny * f->stride + i;
  if (f->periodic_y && j == f->ny - 1) f->closed_y[f->closed_ys++] = i;
}

int assay_vof_create_solids(struct assay_vof *f)
{
  int rc = ASSAY_OK;
  size_t n = 0;
  if (!f->blocked) return ASSAY_OK;
  for (ptrdiff_t k = 0; k < (ptrdiff_t)f->ny * f->nx; k++) n += f->blocked[k] != 0;
  ASSAY_TRY(ASSAY_NEW(&f->masked, n, "volume of fluid"));
  ASSAY_TRY(ASSAY_NEW(&f->solid, n, "volume of fluid"));
  ASSAY_TRY(ASSAY_NEW(&f->closed_x, 3 * n, "volume of fluid"));
  ASSAY_TRY(ASSAY_NEW(&f->closed_y, 3 * n, "volume of fluid"));
  for (int j = 0; j < f->ny; j++)
    for (int i = 0; i < f->nx; i++) {
      if (!vof_is_blocked(f, j, i)) continue;
      const struct vof_solid s = solid_of(f, j, i);
      f->masked[f->maskeds++] = s.at;
      if (s.count > 0) f->solid[f->solids++] = s;
      close_faces(f, j, i);
    }
done:
  return rc;
}
