/* Pixels by cairo, light mode. cairo keeps 0xAARRGGBB words; the ground is opaque, so alpha stays
 * 255 and nothing is premultiplied. */
#include <cairo.h>
#include <math.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/draw/pen.h"

/* fontconfig keeps its tables until the process ends; a build that hunts leaks must not count them.
 */
#ifdef __SANITIZE_ADDRESS__
const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void)
{
  return "leak:libfontconfig";
}
#endif

struct pixels {
  struct assay_pen pen;
  cairo_surface_t *surface;
  cairo_t *cairo;
};

static cairo_t *cairo_of(struct assay_pen *pen)
{
  return ((struct pixels *)pen)->cairo;
}

static void source(cairo_t *c, int ink, double alpha)
{
  const struct assay_rgb rgb = assay_ink_colour(ink, false);
  cairo_set_source_rgba(c, rgb.r, rgb.g, rgb.b, alpha > 0 ? alpha : 1);
}

/* Fill and stroke the current path. */
static void paint(cairo_t *c, struct assay_stroke s)
{
  if (s.fill) {
    source(c, s.fill, s.fill_alpha);
    cairo_fill_preserve(c);
  }
  if (s.ink) {
    const double dash[2] = {5, 3};
    source(c, s.ink, s.alpha);
    cairo_set_line_width(c, s.width);
    cairo_set_dash(c, dash, s.dashed ? 2 : 0, 0);
    cairo_stroke_preserve(c);
  }
  cairo_new_path(c);
}

static void pixels_path(struct assay_pen *pen, const struct assay_point *at, int n, bool closed,
                        struct assay_stroke stroke, const char *tip)
{
  cairo_t *c = cairo_of(pen);
  (void)tip;
  if (n < 2) return;
  for (int i = 0; i < n; i++) cairo_line_to(c, at[i].x, at[i].y);
  if (closed) cairo_close_path(c);
  paint(c, stroke);
}

static void pixels_circle(struct assay_pen *pen, struct assay_point at, double r,
                          struct assay_stroke stroke, const char *tip)
{
  cairo_t *c = cairo_of(pen);
  (void)tip;
  cairo_arc(c, at.x, at.y, r, 0, 2 * 3.14159265358979323846);
  cairo_close_path(c);
  paint(c, stroke);
}

static void pixels_text(struct assay_pen *pen, struct assay_point at, struct assay_font font,
                        const char *text)
{
  cairo_t *c = cairo_of(pen);
  cairo_text_extents_t box;
  cairo_select_font_face(c, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                         font.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(c, font.size);
  cairo_text_extents(c, text, &box);
  cairo_save(c);
  cairo_translate(c, at.x, at.y);
  cairo_rotate(c, -font.angle * 3.14159265358979323846 / 180);
  cairo_move_to(c, -box.x_advance * 0.5 * (double)font.anchor, 0);
  source(c, font.ink, 1);
  cairo_show_text(c, text);
  cairo_new_path(c);
  cairo_restore(c);
}

static const struct assay_pen_kind pixels_kind = {pixels_path, pixels_circle, pixels_text};

void assay_pen_pixels_abort(struct assay_pen *pen)
{
  struct pixels *p = (struct pixels *)pen;
  if (!p) return;
  if (p->cairo) cairo_destroy(p->cairo);
  if (p->surface) cairo_surface_destroy(p->surface);
  assay_free(p);
}

/* Letters where they fall, not on whole pixels: pictures are shown at all sizes. */
static void set_up(cairo_t *c, double scale)
{
  cairo_font_options_t *options = cairo_font_options_create();
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_set_font_options(c, options);
  cairo_font_options_destroy(options);
  cairo_set_line_join(c, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap(c, CAIRO_LINE_CAP_ROUND);
  source(c, ASSAY_INK_PAPER, 1);
  cairo_paint(c);
  cairo_scale(c, scale, scale);
}

int assay_pen_pixels_create(struct assay_pen **out, double width, double height, double scale)
{
  int rc = ASSAY_OK;
  struct pixels *p = NULL;
  const double w = ceil(width * scale), h = ceil(height * scale);
  *out = NULL;
  ASSAY_CHECK(w >= 1 && h >= 1 && w <= 20000 && h <= 20000, ASSAY_EARG,
              "a picture of %.0f x %.0f pixels is outside 1..20000", w, h);
  ASSAY_TRY(ASSAY_NEW(&p, 1, "pen"));
  p->pen.kind = &pixels_kind;
  p->surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, (int)w, (int)h);
  p->cairo = cairo_create(p->surface);
  ASSAY_CHECK(cairo_status(p->cairo) == CAIRO_STATUS_SUCCESS, ASSAY_ENOMEM, "cairo: %s",
              cairo_status_to_string(cairo_status(p->cairo)));
  set_up(p->cairo, scale);
  *out = &p->pen;
  p = NULL;
done:
  assay_pen_pixels_abort((struct assay_pen *)p);
  return rc;
}

struct assay_raster assay_pen_pixels_raster(struct assay_pen *pen)
{
  cairo_surface_t *surface = ((struct pixels *)pen)->surface;
  cairo_surface_flush(surface);
  cairo_surface_mark_dirty(surface); /* the caller writes before the next stroke */
  return (struct assay_raster){
      .pixel = (uint32_t *)(void *)cairo_image_surface_get_data(surface),
      .width = cairo_image_surface_get_width(surface),
      .height = cairo_image_surface_get_height(surface),
      .pitch = cairo_image_surface_get_stride(surface) / 4,
  };
}

int assay_pen_pixels_finish(struct assay_image *out, struct assay_pen *pen)
{
  int rc = ASSAY_OK;
  cairo_t *c = cairo_of(pen);
  *out = (struct assay_image){0};
  ASSAY_CHECK(cairo_status(c) == CAIRO_STATUS_SUCCESS, ASSAY_ENOMEM, "cairo: %s",
              cairo_status_to_string(cairo_status(c)));
  const struct assay_raster from = assay_pen_pixels_raster(pen);
  ASSAY_TRY(assay_image_create(out, from.width, from.height));
  for (int y = 0; y < from.height; y++) {
    const uint32_t *line = from.pixel + (size_t)y * (size_t)from.pitch;
    uint8_t *to = out->rgba + 4 * (size_t)y * (size_t)from.width;
    for (int x = 0; x < from.width; x++) {
      to[4 * x] = (uint8_t)(line[x] >> 16);
      to[4 * x + 1] = (uint8_t)(line[x] >> 8);
      to[4 * x + 2] = (uint8_t)line[x];
      to[4 * x + 3] = 255;
    }
  }
done:
  assay_pen_pixels_abort(pen);
  return rc;
}
