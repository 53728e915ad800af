#include "core/draw/plot_layout.h"

#include <math.h>

#include "core/base/err.h"

const double assay_plot_label_size = 12;

static const double title_size = 15, line_height = 16, tick_length = 5;

bool assay_plot_has(const struct plot_side *side, double value)
{
  return isfinite(value) && (side->scale == ASSAY_SCALE_LINEAR || value > 0);
}

double assay_plot_at(const struct plot_side *side, double value)
{
  double t;
  if (side->scale == ASSAY_SCALE_LOG)
    t = log(value / side->lo) / log(side->hi / side->lo);
  else
    t = (value - side->lo) / (side->hi - side->lo);
  return side->from + t * (side->to - side->from);
}

/* ---- limits ------------------------------------------------------------------------------------
 */

static void join(struct plot_side *side, const double *values, int n)
{
  for (int i = 0; values && i < n; i++) {
    if (!assay_plot_has(side, values[i])) continue;
    side->lo = fmin(side->lo, values[i]);
    side->hi = fmax(side->hi, values[i]);
  }
}

static int begin_side(struct plot_side *side, const struct assay_plot_axis *axis, const char *name)
{
  int rc = ASSAY_OK;
  *side = (struct plot_side){.scale = axis->scale, .lo = INFINITY, .hi = -INFINITY};
  side->categories = axis->categories;
  while (side->categories && side->categories[side->n_categories]) side->n_categories++;
  if (side->categories) {
    side->scale = ASSAY_SCALE_LINEAR;
    side->lo = -0.6;
    side->hi = side->n_categories - 0.4;
  } else if (axis->lo != axis->hi) {
    side->lo = axis->lo;
    side->hi = axis->hi;
    ASSAY_CHECK(axis->lo < axis->hi && assay_plot_has(side, axis->lo) &&
                    assay_plot_has(side, axis->hi),
                ASSAY_EARG, "plot: %s limits %g to %g make no axis", name, axis->lo, axis->hi);
  }
done:
  return rc;
}

static bool is_free(const struct assay_plot_axis *axis)
{
  return !axis->categories && !(axis->lo != axis->hi);
}

/* Lines may touch the sides of the frame, points should not. */
static void widen_x(struct plot_side *x, const struct assay_plot *plot, int most)
{
  bool points = false;
  for (int i = 0; i < plot->n_series; i++)
    points = points || plot->series[i].draw == ASSAY_PLOT_POINTS;
  if (!(x->lo < x->hi) || (points && x->scale == ASSAY_SCALE_LOG)) {
    assay_ticks_widen(&x->lo, &x->hi, x->scale, most);
  } else if (points) {
    const double room = 0.04 * (x->hi - x->lo);
    x->lo -= room;
    x->hi += room;
  }
}

static int find_limits(struct plot_layout *l, const struct assay_plot *plot, int most_x, int most_y)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(begin_side(&l->x, &plot->x, "x"));
  ASSAY_TRY(begin_side(&l->y, &plot->y, "y"));
  for (int i = 0; i < plot->n_series; i++) {
    const struct assay_series *s = &plot->series[i];
    if (is_free(&plot->x)) {
      join(&l->x, s->x, s->n);
      join(&l->x, s->x_lo, s->n);
      join(&l->x, s->x_hi, s->n);
    }
    if (is_free(&plot->y)) {
      join(&l->y, s->y, s->n);
      join(&l->y, s->lo, s->n);
      join(&l->y, s->hi, s->n);
    }
  }
  if (is_free(&plot->x)) widen_x(&l->x, plot, most_x);
  if (is_free(&plot->y)) assay_ticks_widen(&l->y.lo, &l->y.hi, l->y.scale, most_y);
  if (!l->x.categories) assay_ticks_make(&l->x.ticks, l->x.scale, l->x.lo, l->x.hi, most_x);
  if (!l->y.categories) assay_ticks_make(&l->y.ticks, l->y.scale, l->y.lo, l->y.hi, most_y);
done:
  return rc;
}

/* ---- margins -----------------------------------------------------------------------------------
 */

static double widest_label(const struct plot_side *side)
{
  double widest = 0;
  for (int i = 0; i < side->n_categories; i++)
    widest = fmax(widest, assay_text_width(side->categories[i], assay_plot_label_size, false));
  for (int i = 0; i < side->ticks.n; i++)
    widest = fmax(widest, assay_text_width(side->ticks.text[i], assay_plot_label_size, false));
  return widest;
}

static double widest_name(const struct assay_plot *plot)
{
  double widest = 0;
  for (int i = 0; i < plot->n_series; i++)
    if (plot->series[i].name)
      widest = fmax(widest, assay_text_width(plot->series[i].name, assay_plot_label_size, false));
  return widest;
}

static void set_frame(struct plot_layout *l, double left, double right, double top, double bottom)
{
  l->left = l->x.from = left;
  l->right = l->x.to = right;
  l->top = top;
  l->bottom = bottom;
  l->y.from = l->y.categories ? top : bottom;
  l->y.to = l->y.categories ? bottom : top;
}

static double top_margin(const struct assay_plot *plot, const struct plot_layout *l)
{
  double top = 12;
  if (plot->title) top += title_size + 6;
  const int lines = assay_text_lines(plot->subtitle, assay_plot_label_size, l->width - 24);
  if (lines > 0) top += lines * line_height + 4;
  if (l->y.ticks.exponent != 0) top += line_height; /* written above the axis */
  return top;
}

static double bottom_margin(const struct assay_plot *plot, const struct plot_layout *l)
{
  double bottom = 10 + tick_length + line_height;
  if (plot->x.label || l->x.ticks.exponent != 0) bottom += line_height + 2;
  return bottom;
}

double assay_plot_legend_walk(const struct plot_layout *l, const struct assay_plot *plot,
                              void (*visit)(void *payload, int series, double x, double y),
                              void *payload)
{
  const double swatch = 28, gap = 18;
  double x = l->left, y = l->legend_top;
  int n = 0;
  for (int i = 0; i < plot->n_series; i++) {
    if (!plot->series[i].name) continue;
    const double w = swatch + assay_text_width(plot->series[i].name, assay_plot_label_size, false);
    if (x > l->left && x + w > l->width - 8) {
      x = l->left;
      y += line_height + 2;
    }
    if (visit) visit(payload, i, x, y);
    x += w + gap;
    n++;
  }
  return n > 0 ? y - l->legend_top + line_height + 2 : 0;
}

/* ---- names at the ends of lines ----------------------------------------------------------------
 */

bool assay_plot_line_end(struct assay_point *out, const struct plot_layout *l,
                         const struct assay_series *s)
{
  for (int i = s->n - 1; i >= 0; i--) {
    if (!assay_plot_has(&l->x, s->x[i]) || !assay_plot_has(&l->y, s->y[i])) continue;
    *out = (struct assay_point){assay_plot_at(&l->x, s->x[i]), assay_plot_at(&l->y, s->y[i])};
    if (out->x >= l->left - 1 && out->x <= l->right + 1 && out->y >= l->top - 1 &&
        out->y <= l->bottom + 1)
      return true;
  }
  return false;
}

static bool may_be_direct(const struct assay_plot *plot)
{
  if (plot->legend != ASSAY_LEGEND_AUTO || plot->n_series > PLOT_DIRECT_MAX) return false;
  for (int i = 0; i < plot->n_series; i++)
    if (plot->series[i].name && plot->series[i].draw == ASSAY_PLOT_POINTS) return false;
  return widest_name(plot) > 0;
}

/* Lines that end early have no room for a name at their end. */
static bool ends_at_right(const struct plot_layout *l, struct assay_point end)
{
  return end.x > l->right - 0.05 * (l->right - l->left);
}

/* Heights of the names: those of the line ends, pushed apart in their order. False when a name
 * would stand too far from its line. */
static bool place_names(struct plot_layout *l, const struct assay_plot *plot)
{
  int order[PLOT_DIRECT_MAX], n = 0;
  double end[PLOT_DIRECT_MAX];
  for (int i = 0; i < plot->n_series; i++) {
    struct assay_point at;
    if (!plot->series[i].name) continue;
    if (!assay_plot_line_end(&at, l, &plot->series[i]) || !ends_at_right(l, at)) return false;
    l->label_y[i] = end[i] = at.y;
    int k = n++;
    for (; k > 0 && end[order[k - 1]] > at.y; k--) order[k] = order[k - 1];
    order[k] = i;
  }
  const double apart = line_height - 1;
  if (n * apart > l->bottom - l->top) return false;
  for (int pass = 0; pass < 200; pass++) { /* neighbours that overlap share the way */
    bool moved = false;
    for (int k = 1; k < n; k++) {
      double *a = &l->label_y[order[k - 1]], *b = &l->label_y[order[k]];
      const double lack = apart - (*b - *a);
      if (lack < 0.05) continue;
      *a = fmax(*a - lack / 2, l->top);
      *b = fmin(*b + lack / 2, l->bottom);
      moved = true;
    }
    if (!moved) break;
  }
  for (int k = 0; k < n; k++)
    if (fabs(l->label_y[order[k]] - end[order[k]]) > 2.2 * apart) return false;
  return true;
}

int assay_plot_layout_make(struct plot_layout *l, const struct assay_plot *plot)
{
  int rc = ASSAY_OK;
  *l = (struct plot_layout){0};
  l->width = plot->width > 0 ? plot->width : 640;
  l->height = plot->height > 0 ? plot->height : 400;
  const int most_x = (int)fmax(2, l->width / 90), most_y = (int)fmax(2, l->height / 60);
  ASSAY_TRY(find_limits(l, plot, most_x, most_y));
  const double top = top_margin(plot, l), below = bottom_margin(plot, l);
  const double left =
      12 + (plot->y.label ? line_height + 4 : 0) + widest_label(&l->y) + tick_length + 4;
  double right = l->width - 16;
  if (may_be_direct(plot) && widest_name(plot) < 0.34 * l->width) {
    set_frame(l, left, right - 4 - widest_name(plot), top, l->height - below);
    l->direct = place_names(l, plot);
  }
  if (!l->direct) {
    set_frame(l, left, right, top, l->height - below);
    const double legend =
        plot->legend == ASSAY_LEGEND_NONE ? 0 : assay_plot_legend_walk(l, plot, NULL, NULL);
    set_frame(l, left, right, top, l->height - below - legend);
    l->legend_top = l->height - legend + line_height - 8;
  }
  ASSAY_CHECK(l->right - l->left >= 40 && l->bottom - l->top >= 30, ASSAY_EARG,
              "plot: %.0f x %.0f pixels leave no room between the labels", l->width, l->height);
done:
  return rc;
}
