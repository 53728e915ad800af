/* Are the obstacles where and as large as the grid demands? Asked before any work. */
#include <math.h>

#include "core/base/err.h"
#include "core/flow/mac_body.h"

static const char *const sides[ASSAY_MAC_SIDES] = {"left", "right", "bottom", "top"};

static double cell(const struct assay_mac_settings *s)
{
  return fmax(s->width / s->nx, s->height / s->ny);
}

static const char *name_of(const struct assay_mac_settings *s, int k)
{
  return s->body[k].name ? s->body[k].name : "the body";
}

/* Climb from (x, y) to a local maximum of sign times the distance. */
static double summit(const struct assay_body *b, double sign, double x, double y, double step)
{
  double best = sign * assay_body_distance(b, x, y);
  const double end = 1e-3 * step;
  while (step > end) {
    double bx = x, by = y, top = best;
    for (int k = 0; k < 8; k++) {
      static const int dx[8] = {1, -1, 0, 0, 1, 1, -1, -1}, dy[8] = {0, 0, 1, -1, 1, -1, 1, -1};
      const double d = sign * assay_body_distance(b, x + step * dx[k], y + step * dy[k]);
      if (d > top) top = d, bx = x + step * dx[k], by = y + step * dy[k];
    }
    if (top > best)
      best = top, x = bx, y = by;
    else
      step *= 0.5;
  }
  return best;
}

/* Diameter of the largest disc in the solid, or in the fluid of a body turned inside out; 0 if no
 * cell centre lies there. */
static double across(const struct assay_mac_settings *s, const struct assay_body *b)
{
  const double dx = s->width / s->nx, dy = s->height / s->ny, sign = b->inside_out ? 1 : -1;
  double best = -(double)INFINITY, x = 0, y = 0;
  for (int j = 0; j < s->ny; j++)
    for (int i = 0; i < s->nx; i++) {
      const double d = sign * assay_body_distance(b, (i + 0.5) * dx, (j + 0.5) * dy);
      if (d > best) best = d, x = (i + 0.5) * dx, y = (j + 0.5) * dy;
    }
  return best > 0 ? 2 * summit(b, sign, x, y, 0.5 * fmin(dx, dy)) : 0;
}

/* Smallest distance from the points of a side, every half cell. */
static double side_distance(const struct assay_mac_settings *s, const struct assay_body *b,
                            int side)
{
  const int vertical = side <= ASSAY_MAC_RIGHT, n = 2 * (vertical ? s->ny : s->nx);
  double least = (double)INFINITY;
  for (int k = 0; k <= n; k++) {
    const double along = (vertical ? s->height : s->width) * k / n;
    const double x = vertical ? (side & 1) * s->width : along;
    const double y = vertical ? along : (side & 1) * s->height;
    least =
        fmin(least, b->inside_out ? -assay_body_distance(b, x, y) : assay_body_distance(b, x, y));
  }
  return least;
}

static int check_sides(const struct assay_mac_settings *s, int k)
{
  int rc = ASSAY_OK;
  const struct assay_body *b = &s->body[k];
  for (int side = 0; side < ASSAY_MAC_SIDES; side++) {
    const double d = side_distance(s, b, side);
    ASSAY_CHECK(d > 0, ASSAY_EARG, "%s (%d) crosses the %s side", name_of(s, k), k, sides[side]);
    ASSAY_CHECK(d >= (b->inside_out ? 1 : 2) * cell(s) * (1 - 1e-9), ASSAY_EARG,
                "%s (%d) leaves %.3g cells to the %s side, at least 2 are needed", name_of(s, k), k,
                d / cell(s), sides[side]);
  }
done:
  return rc;
}

/* Width of the gap between two bodies: over the fluid, the smallest sum of both distances. */
static double gap(const struct assay_mac_settings *s, const struct assay_body *a,
                  const struct assay_body *b)
{
  const double dx = s->width / s->nx, dy = s->height / s->ny;
  double least = (double)INFINITY;
  for (int j = 0; j <= 2 * s->ny; j++)
    for (int i = 0; i <= 2 * s->nx; i++) {
      const double x = 0.5 * i * dx, y = 0.5 * j * dy;
      const double da = assay_body_distance(a, x, y), db = assay_body_distance(b, x, y);
      least = fmin(least, fmax(da, 0) + fmax(db, 0));
      if (da < 0 && db < 0) return 0;
    }
  return least;
}

static int check_gaps(const struct assay_mac_settings *s, int k)
{
  int rc = ASSAY_OK;
  for (int i = 0; i < k; i++) {
    const double d = gap(s, &s->body[i], &s->body[k]);
    ASSAY_CHECK(d >= 2 * cell(s) * (1 - 1e-6), ASSAY_EARG,
                "bodies %d and %d are %.3g cells apart, at least 2 are needed", i, k, d / cell(s));
  }
done:
  return rc;
}

int assay_mac_check_bodies(const struct assay_mac_settings *s)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(s->bodies >= 0 && s->bodies <= 1000, ASSAY_EARG, "%d bodies", s->bodies);
  ASSAY_CHECK((s->bodies > 0) == (s->body != NULL), ASSAY_EARG,
              "%d bodies, but where they are is %s", s->bodies, s->body ? "given" : "not given");
  for (int k = 0; k < s->bodies; k++) {
    const struct assay_body *b = &s->body[k];
    ASSAY_CHECK(b->shape, ASSAY_EARG, "%s (%d) has no shape", name_of(s, k), k);
    ASSAY_CHECK(isfinite(b->slide), ASSAY_EARG, "%s (%d): surface speed %g", name_of(s, k), k,
                b->slide);
    ASSAY_CHECK(isfinite(assay_body_distance(b, 0.5 * s->width, 0.5 * s->height)), ASSAY_EARG,
                "%s (%d): its distance function is not finite", name_of(s, k), k);
    const double d = across(s, b);
    ASSAY_CHECK(d > 0, ASSAY_EARG, "%s (%d) lies outside of the domain or between its cells",
                name_of(s, k), k);
    ASSAY_CHECK(d >= ASSAY_MAC_CELLS_ACROSS * cell(s) * (1 - 1e-9), ASSAY_EARG,
                "%s (%d) is %.3g cells across, at least %d are needed: refine the grid",
                name_of(s, k), k, d / cell(s), ASSAY_MAC_CELLS_ACROSS);
    ASSAY_TRY(check_sides(s, k));
    ASSAY_TRY(check_gaps(s, k));
  }
done:
  return rc;
}
