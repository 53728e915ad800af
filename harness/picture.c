#include "harness/picture.h"

#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "harness/picture_data.h"
#include "harness/picture_map.h"
#include "harness/picture_plot.h"

enum { LINES_DEFAULT = 6, SPACETIME_LEAST = 8 };
static const double scale_default = 1.5;

/* What a picture turned out to be: a plot when `lines`, else a figure. */
struct drawn {
  struct picture_data data;
  struct picture_plot plot;
  struct picture_map map;
  bool lines;
};

static bool wants_lines(const struct picture_data *d)
{
  if (d->n_axes > 1) return false;
  if (assay_picture_is_history(d) || d->kind == ASSAY_FIELD_STATIC) return true;
  if (d->p->form != ASSAY_PICTURE_AUTO) return d->p->form == ASSAY_PICTURE_LINES;
  const bool many = d->p->n_frames == 0 && d->n_frames >= SPACETIME_LEAST;
  return !(d->guess.ds && many && assay_picture_times_are_even(d));
}

static int build(struct drawn *out, const struct assay_picture *p)
{
  int rc = ASSAY_OK;
  struct picture_range range;
  struct picture_data *d = &out->data;
  ASSAY_TRY(assay_picture_data_open(d, p));
  ASSAY_CHECK(p->form == ASSAY_PICTURE_AUTO || d->n_axes == 1, ASSAY_EARG,
              "%s: lines and space-time pictures need fields of one dimension, '%s' has %d",
              assay_dataset_info(p->truth)->path, d->name, d->n_axes);
  out->lines = wants_lines(d);
  if (out->lines) {
    if (!assay_picture_is_history(d))
      assay_picture_data_thin(d, p->n_frames > 0 ? p->n_frames : LINES_DEFAULT);
    ASSAY_TRY(assay_picture_plot_make(&out->plot, d));
    out->plot.plot.width = p->width;
  } else if (d->n_axes == 1) {
    ASSAY_TRY(assay_picture_map_range(&range, d));
    ASSAY_TRY(assay_picture_map_spacetime(&out->map, d, &range));
  } else {
    assay_picture_data_thin(d, p->n_frames);
    ASSAY_TRY(assay_picture_map_range(&range, d));
    ASSAY_TRY(assay_picture_map_make(&out->map, d, 0, d->n_frames, &range));
  }
done:
  return rc;
}

static void release(struct drawn *d)
{
  assay_picture_plot_free(&d->plot);
  assay_picture_map_free(&d->map);
  assay_picture_data_close(&d->data);
}

static int draw(struct assay_image *out, const struct drawn *d, double scale)
{
  if (d->lines) return assay_plot_image(out, &d->plot.plot, scale > 0 ? scale : scale_default);
  return assay_figure_image(out, &d->map.figure);
}

int assay_picture_image(struct assay_image *out, const struct assay_picture *p)
{
  int rc = ASSAY_OK;
  struct drawn d = {0};
  *out = (struct assay_image){0};
  ASSAY_TRY(build(&d, p));
  ASSAY_TRY(draw(out, &d, p->scale));
done:
  release(&d);
  return rc;
}

static bool ends_in(const char *path, const char *end)
{
  const size_t n = strlen(path), m = strlen(end);
  return n > m && strcmp(path + n - m, end) == 0;
}

/* What a PNG says about itself: title, file and case, parameters; the words live in `room`. */
static void describe(struct assay_png_text texts[4], char room[512], const char *title,
                     const char *subtitle, const struct assay_picture *p)
{
  const struct assay_dataset_info *info = assay_dataset_info(p->truth);
  const char *name = strrchr(info->path, '/') ? strrchr(info->path, '/') + 1 : info->path;
  snprintf(room, 512, "%s, case %ld", name, info->case_id[p->k]);
  texts[0] = (struct assay_png_text){"Title", title && *title ? title : name};
  texts[1] = (struct assay_png_text){"Source", room};
  texts[2] = (struct assay_png_text){"Description", subtitle ? subtitle : ""};
  texts[3] = (struct assay_png_text){NULL, NULL};
}

int assay_picture_file(const struct assay_picture *p, const char *path)
{
  int rc = ASSAY_OK;
  struct drawn d = {0};
  struct assay_image image = {0};
  struct assay_png_text texts[4];
  char room[512];
  ASSAY_TRY(build(&d, p));
  if (ends_in(path, ".svg")) {
    ASSAY_CHECK(d.lines, ASSAY_EUNSUPPORTED, "%s: only line plots can be SVG, maps are PNG", path);
    ASSAY_TRY(assay_plot_svg_file(&d.plot.plot, path));
    goto done;
  }
  describe(texts, room, d.lines ? d.plot.title : d.map.title,
           d.lines ? d.plot.subtitle : d.map.subtitle, p);
  ASSAY_TRY(draw(&image, &d, p->scale));
  ASSAY_TRY(assay_png_write(path, &image, texts));
done:
  assay_image_destroy(&image);
  release(&d);
  return rc;
}

int assay_picture_animate(const struct assay_picture *p, const char *path, double delay)
{
  int rc = ASSAY_OK;
  struct picture_data d = {0};
  struct picture_range range;
  struct picture_map map = {0};
  struct assay_image image = {0};
  struct assay_apng *file = NULL;
  struct assay_picture calm = *p; /* streamlines would jump from frame to frame */
  struct assay_png_text texts[4];
  char room[512];
  calm.flow = p->flow == ASSAY_PICTURE_FLOW_AUTO ? ASSAY_PICTURE_FLOW_NONE : p->flow;
  calm.scale = p->scale > 0 ? p->scale : 1;
  ASSAY_TRY(assay_picture_data_open(&d, &calm));
  ASSAY_CHECK(d.n_axes > 1, ASSAY_EARG, "%s: only maps can be animated, '%s' has %d dimension%s",
              assay_dataset_info(p->truth)->path, d.name, d.n_axes, d.n_axes == 1 ? "" : "s");
  if (p->n_frames > 0) assay_picture_data_thin(&d, p->n_frames);
  ASSAY_TRY(assay_picture_map_range(&range, &d));
  for (int i = 0; i < d.n_frames; i++) {
    ASSAY_TRY(assay_picture_map_make(&map, &d, i, 1, &range));
    if (!file) {
      describe(texts, room, map.title, "", p);
      ASSAY_TRY(assay_apng_create(&file, path, d.n_frames, delay, texts));
    }
    ASSAY_TRY(assay_figure_image(&image, &map.figure));
    ASSAY_TRY(assay_apng_add(file, &image));
    assay_image_destroy(&image);
    assay_picture_map_free(&map);
  }
  struct assay_apng *const whole = file;
  file = NULL; /* commit frees it */
  ASSAY_TRY(assay_apng_commit(whole));
done:
  assay_apng_abort(file);
  assay_image_destroy(&image);
  assay_picture_map_free(&map);
  assay_picture_data_close(&d);
  return rc;
}

/* ---- cases -------------------------------------------------------------------------------------
 */

int assay_picture_case(long *out, const struct assay_dataset *ds, long id)
{
  int rc = ASSAY_OK;
  const struct assay_dataset_info *info = assay_dataset_info(ds);
  for (*out = 0; *out < info->n_cases; ++*out)
    if (info->case_id[*out] == id) goto done;
  ASSAY_CHECK(info->n_cases > 0, ASSAY_EARG, "%s: holds no cases", info->path);
  ASSAY_FAIL(ASSAY_EARG, "%s: no case %ld, its cases are %ld to %ld", info->path, id,
             info->case_id[0], info->case_id[info->n_cases - 1]);
done:
  return rc;
}

/* Number of test cases of a split before case k, and in all; whether k is one. */
struct place {
  long before, all;
  bool is_test;
};

static int place_in_split(struct place *out, const struct assay_dataset *ds, long k,
                          const char *split)
{
  int rc = ASSAY_OK;
  int8_t *codes = NULL;
  const long n = assay_dataset_info(ds)->n_cases;
  *out = (struct place){0};
  ASSAY_TRY(ASSAY_NEW(&codes, (size_t)n, "split"));
  ASSAY_TRY(assay_dataset_split(ds, codes, split));
  for (long i = 0; i < n; i++) {
    if (codes[i] != 2) continue;
    out->all++;
    out->before += i < k;
    out->is_test = out->is_test || i == k;
  }
done:
  assay_free(codes);
  return rc;
}

/* The one split whose test cases are as many as the prediction has. */
static int guess_split(const char **out, const struct assay_dataset *truth,
                       const struct assay_dataset *prediction)
{
  int rc = ASSAY_OK;
  const struct assay_dataset_info *t = assay_dataset_info(truth);
  const struct assay_dataset_info *p = assay_dataset_info(prediction);
  int fitting = 0;
  for (int i = 0; i < t->n_splits; i++) {
    struct place place;
    ASSAY_TRY(place_in_split(&place, truth, 0, t->splits[i]));
    if (place.all != p->n_cases) continue;
    *out = t->splits[i];
    fitting++;
  }
  ASSAY_CHECK(fitting > 0, ASSAY_EARG,
              "%s has %ld cases, %s has %ld, and no split of it has as many test cases", p->path,
              p->n_cases, t->path, t->n_cases);
  ASSAY_CHECK(fitting == 1, ASSAY_EARG,
              "%s: %d splits of %s have as many test cases; say which with --split", p->path,
              fitting, t->path);
done:
  return rc;
}

int assay_picture_partner(long *out, const struct assay_dataset *truth,
                          const struct assay_dataset *prediction, long k, const char *split)
{
  int rc = ASSAY_OK;
  struct place place;
  const struct assay_dataset_info *t = assay_dataset_info(truth);
  const struct assay_dataset_info *p = assay_dataset_info(prediction);
  *out = k;
  if (!split && t->n_cases == p->n_cases) goto done;
  if (!split) ASSAY_TRY(guess_split(&split, truth, prediction));
  ASSAY_TRY(place_in_split(&place, truth, k, split));
  ASSAY_CHECK(place.all == p->n_cases, ASSAY_EARG,
              "%s has %ld cases, but split '%s' of %s has %ld test cases", p->path, p->n_cases,
              split, t->path, place.all);
  ASSAY_CHECK(place.is_test, ASSAY_EARG, "%s: case %ld is not a test case of split '%s'", t->path,
              t->case_id[k], split);
  *out = place.before;
done:
  return rc;
}
