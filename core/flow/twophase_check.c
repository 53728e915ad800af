/* Whether the settings of a two-phase solver make sense. */
#include <math.h>

#include "core/base/err.h"
#include "core/flow/twophase_internal.h"

static const char *const names[ASSAY_MAC_SIDES] = {"left", "right", "bottom", "top"};

static int check_fluid(const struct assay_twophase_fluid *f, const char *which)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(f->density > 0 && isfinite(f->density), ASSAY_EARG,
              "density %g of the %s fluid is not positive", f->density, which);
  ASSAY_CHECK(f->viscosity > 0 && isfinite(f->viscosity), ASSAY_EARG,
              "viscosity %g of the %s fluid is not positive", f->viscosity, which);
done:
  return rc;
}

/* Whether x is on a face of cells of size h, 0..n. */
static int on_face(double x, double h, int n)
{
  const double k = floor(x / h + 0.5);
  return k >= 0 && k <= n && fabs(x / h - k) <= 1e-6;
}

static int check_segment(const struct assay_twophase_segment *g, const char *name, double h, int n)
{
  int rc = ASSAY_OK;
  const int whole = g->from == 0 && g->to == 0;
  ASSAY_CHECK(whole || (g->from < g->to && on_face(g->from, h, n) && on_face(g->to, h, n)),
              ASSAY_EARG,
              "%s side: segment from %g m to %g m does not end on cell faces (%g m apart)", name,
              g->from, g->to, h);
  ASSAY_CHECK(isfinite(g->velocity) && isfinite(g->pressure), ASSAY_EARG,
              "%s side: velocity %g or pressure %g is not finite", name, g->velocity, g->pressure);
  ASSAY_CHECK(g->kind != ASSAY_TWOPHASE_INFLOW || g->velocity >= 0, ASSAY_EARG,
              "%s side: inflow with velocity %g; it must not point outwards", name, g->velocity);
  ASSAY_CHECK(g->kind == ASSAY_TWOPHASE_INFLOW || g->kind == ASSAY_TWOPHASE_WALL ||
                  g->velocity == 0,
              ASSAY_EARG, "%s side: only an inflow or a wall has a velocity", name);
  ASSAY_CHECK(g->fraction >= 0 && g->fraction <= 1, ASSAY_EARG,
              "%s side: fraction %g is outside 0..1", name, g->fraction);
  ASSAY_CHECK(g->slip_length >= 0 && isfinite(g->slip_length), ASSAY_EARG,
              "%s side: slip length %g is negative", name, g->slip_length);
done:
  return rc;
}

static int is_periodic(const struct assay_twophase_side *a)
{
  return a->n == 1 && a->segment[0].kind == ASSAY_TWOPHASE_PERIODIC;
}

static int check_side(const struct assay_twophase_settings *s, int k)
{
  int rc = ASSAY_OK;
  const struct assay_twophase_side *a = &s->side[k];
  const int n = k < 2 ? s->ny : s->nx;
  const double h = (k < 2 ? s->height : s->width) / n;
  ASSAY_CHECK(a->n >= 0 && a->n <= ASSAY_TWOPHASE_SEGMENTS, ASSAY_EARG,
              "%s side: %d segments; 0 to %d", names[k], a->n, (int)ASSAY_TWOPHASE_SEGMENTS);
  for (int i = 0; i < a->n; i++) {
    ASSAY_TRY(check_segment(&a->segment[i], names[k], h, n));
    for (int l = 0; l < i; l++)
      ASSAY_CHECK(a->segment[l].to > 0 && a->segment[i].to > 0 &&
                      (a->segment[l].to <= a->segment[i].from + 1e-6 * h ||
                       a->segment[i].to <= a->segment[l].from + 1e-6 * h),
                  ASSAY_EARG, "%s side: segments %d and %d overlap", names[k], l, i);
    ASSAY_CHECK(a->segment[i].kind != ASSAY_TWOPHASE_PERIODIC ||
                    (a->n == 1 && a->segment[0].to == 0),
                ASSAY_EARG, "%s side: only a whole side is periodic", names[k]);
  }
  ASSAY_CHECK(is_periodic(a) == is_periodic(&s->side[k ^ 1]), ASSAY_EARG,
              "%s is periodic and %s is not", names[k], names[k ^ 1]);
done:
  return rc;
}

static int check_block(const struct assay_twophase_settings *s, int k)
{
  int rc = ASSAY_OK;
  const struct assay_twophase_block *b = &s->block[k];
  const double dx = s->width / s->nx, dy = s->height / s->ny;
  ASSAY_CHECK(b->x0 < b->x1 && b->y0 < b->y1, ASSAY_EARG,
              "block %d from (%g, %g) m to (%g, %g) m is empty", k, b->x0, b->y0, b->x1, b->y1);
  ASSAY_CHECK(on_face(b->x0, dx, s->nx) && on_face(b->x1, dx, s->nx) && on_face(b->y0, dy, s->ny) &&
                  on_face(b->y1, dy, s->ny),
              ASSAY_EARG,
              "block %d, %g..%g m x %g..%g m, is not on faces of cells of %g m x %g m inside the "
              "domain",
              k, b->x0, b->x1, b->y0, b->y1, dx, dy);
done:
  return rc;
}

/* Without an opening what flows in has nowhere to go. */
static int check_balance(const struct assay_twophase_settings *s)
{
  int rc = ASSAY_OK, open = 0, inflow = 0;
  for (int k = 0; k < ASSAY_MAC_SIDES; k++)
    for (int i = 0; i < s->side[k].n; i++) {
      open |= s->side[k].segment[i].kind == ASSAY_TWOPHASE_OPENING;
      inflow |= s->side[k].segment[i].kind == ASSAY_TWOPHASE_INFLOW;
    }
  ASSAY_CHECK(open || !inflow, ASSAY_EARG, "an inflow needs an opening for what it displaces");
done:
  return rc;
}

static int check_axis(const struct assay_twophase_settings *s)
{
  int rc = ASSAY_OK;
  const struct assay_twophase_side *a = &s->side[ASSAY_MAC_BOTTOM];
  ASSAY_CHECK(a->n == 1 && a->segment[0].to == 0 && a->segment[0].kind == ASSAY_TWOPHASE_SLIP,
              ASSAY_EARG, "axisymmetric: the bottom is the axis, one free-slip segment");
  ASSAY_CHECK(s->gravity[1] == 0 && s->force[1] == 0, ASSAY_EARG,
              "axisymmetric: gravity and force must point along the axis");
done:
  return rc;
}

int assay_twophase_check(const struct assay_twophase_settings *s)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(s->nx >= 4 && s->ny >= 4 && s->nx <= 1 << 14 && s->ny <= 1 << 14, ASSAY_EARG,
              "flow grid of %d x %d cells: 4 to 16384 each", s->nx, s->ny);
  ASSAY_CHECK(s->width > 0 && s->height > 0 && isfinite(s->width) && isfinite(s->height),
              ASSAY_EARG, "flow domain of %g m x %g m: both must be positive", s->width, s->height);
  ASSAY_TRY(check_fluid(&s->marked, "marked"));
  ASSAY_TRY(check_fluid(&s->unmarked, "unmarked"));
  ASSAY_CHECK(s->surface_tension >= 0 && isfinite(s->surface_tension), ASSAY_EARG,
              "surface tension %g is negative", s->surface_tension);
  for (int d = 0; d < 2; d++)
    ASSAY_CHECK(isfinite(s->gravity[d]) && isfinite(s->force[d]), ASSAY_EARG,
                "gravity or force is not finite");
  ASSAY_CHECK(s->cfl >= 0 && s->cfl <= 0.5, ASSAY_EARG, "Courant number %g is outside (0, 0.5]",
              s->cfl);
  ASSAY_CHECK(s->dt_max >= 0, ASSAY_EARG, "largest step %g is negative", s->dt_max);
  ASSAY_CHECK(s->tolerance >= 0 && s->tolerance < 1, ASSAY_EARG, "tolerance %g is outside (0, 1)",
              s->tolerance);
  ASSAY_CHECK(s->n_blocks >= 0 && s->n_blocks <= ASSAY_TWOPHASE_BLOCKS, ASSAY_EARG,
              "%d blocks; 0 to %d", s->n_blocks, (int)ASSAY_TWOPHASE_BLOCKS);
  for (int k = 0; k < ASSAY_MAC_SIDES; k++) ASSAY_TRY(check_side(s, k));
  for (int k = 0; k < s->n_blocks; k++) ASSAY_TRY(check_block(s, k));
  if (s->axisymmetric) ASSAY_TRY(check_axis(s));
  ASSAY_TRY(check_balance(s));
done:
  return rc;
}
