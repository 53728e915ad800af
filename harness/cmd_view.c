/* assay view: pictures of what a file holds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "datasets/prediction.h"
#include "harness/picture.h"
#include "harness/tables.h"
#include "harness/verb.h"

enum { LAST = -1 };

struct view_options {
  const char *field, *frame, *compare, *split, *range, *output, *title, *cases;
  int case_id, strip, flow, form, map, contours, plane, width;
  double scale, fps;
  bool animate, cells;
};

static const struct assay_param rows[] = {
    {.name = "case",
     .type = ASSAY_PT_INT,
     .offset = ASSAY_OFFSET(view_options, case_id, int),
     .doc = "id of the case; -1: the first",
     .min = -1,
     .max = 2147483647},
    {ASSAY_P_STRING(view_options, cases),
     .doc = "ids of several cases, as 0,3,8:12 (12 not included): a line over time for each"},
    {ASSAY_P_STRING(view_options, field),
     .doc =
         "what to draw; also speed and vorticity of flows (default: speed, else the first field)"},
    {ASSAY_P_STRING(view_options, frame), .doc = "index of the frame, or last (default last)"},
    {ASSAY_P_STRING(view_options, compare),
     .doc = "a prediction: draw truth, prediction and error"},
    {ASSAY_P_STRING(view_options, split),
     .doc = "the prediction answers the test cases of this split (default: the one that fits)"},
    {ASSAY_P_INT(view_options, strip), .doc = "this many frames side by side", .min = 0,
     .max = 100},
    {ASSAY_P_BOOL(view_options, animate), .doc = "all frames (or --strip of them) as moving PNG"},
    {ASSAY_P_DOUBLE(view_options, fps), .doc = "frames per second of --animate", .min = 0.1,
     .max = 100},
    {ASSAY_P_CHOICE(view_options, flow, "auto", "none", "streamlines", "arrows"),
     .doc = "over the map of a flow"},
    {ASSAY_P_CHOICE(view_options, form, "auto", "lines", "spacetime"),
     .doc = "of fields of one dimension"},
    {ASSAY_P_CHOICE(view_options, map, "auto", "sequential", "diverging"), .doc = "colours"},
    {ASSAY_P_STRING(view_options, range),
     .doc = "LO:HI of the colours (default: that of the data)"},
    {ASSAY_P_INT(view_options, contours), .doc = "number of contour lines", .min = 0, .max = 100},
    {ASSAY_P_INT(view_options, plane),
     .doc = "of three dimensions: index along the first; -1: the middle", .min = -1,
     .max = 1000000},
    {ASSAY_P_BOOL(view_options, cells), .doc = "one square per cell, not interpolated"},
    {ASSAY_P_INT(view_options, width), .doc = "longer side of a map in units of 1/96 inch; 0: fits",
     .min = 0, .max = 4000},
    {ASSAY_P_DOUBLE(view_options, scale), .doc = "pixels per such unit; 0: 1.5, 1 when --animate",
     .min = 0, .max = 8},
    {ASSAY_P_STRING(view_options, title), .doc = "over the picture (default: file and case)"},
    {ASSAY_P_STRING(view_options, output), .letter = 'o',
     .doc = "PNG to write, or SVG of lines (default: made from FILE, case and field)"},
    {0},
};

static const struct view_options defaults = {.case_id = -1,
                                             .field = "",
                                             .cases = "",
                                             .frame = "",
                                             .compare = "",
                                             .split = "",
                                             .range = "",
                                             .output = "",
                                             .title = "",
                                             .plane = -1,

                                             .fps = 8};

static int parse_index(int *out, const char *text)
{
  int rc = ASSAY_OK;
  char *end = NULL;
  const long value = strtol(text, &end, 10);
  ASSAY_CHECK(end != text && !*end && value >= -1000000000 && value <= 1000000000, ASSAY_EPARSE,
              "--frame %s: expected a whole number or 'last'", text);
  *out = (int)value;
done:
  return rc;
}

static int parse_range(double *lo, double *hi, const char *text)
{
  int rc = ASSAY_OK;
  char low[64];
  const char *colon = strchr(text, ':');
  ASSAY_CHECK(colon && (size_t)(colon - text) < sizeof low, ASSAY_EPARSE,
              "--range %s: expected LO:HI", text);
  snprintf(low, sizeof low, "%.*s", (int)(colon - text), text);
  ASSAY_TRY(assay_err_prefix(assay_text_to_double(lo, low), "--range %s: ", text));
  ASSAY_TRY(assay_err_prefix(assay_text_to_double(hi, colon + 1), "--range %s: ", text));
  ASSAY_CHECK(*lo < *hi, ASSAY_EARG, "--range %s: the first must be below the second", text);
done:
  return rc;
}

enum { CASES_MAX = 64 };

static int add_case(long *cases, int *n, const struct assay_dataset *ds, long id)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(*n < CASES_MAX, ASSAY_EARG, "--cases: more than %d", CASES_MAX);
  ASSAY_TRY(assay_err_prefix(assay_picture_case(&cases[*n], ds, id), "--cases: "));
  ++*n;
done:
  return rc;
}

/* "0,3,8:12" as positions in the file */
static int parse_cases(long cases[CASES_MAX], int *n, const struct assay_dataset *ds,
                       const char *text)
{
  int rc = ASSAY_OK;
  char *end = NULL;
  *n = 0;
  for (const char *at = text; *at; at = end + (*end == ',')) {
    const long from = strtol(at, &end, 10);
    long to = from + 1;
    ASSAY_CHECK(end != at, ASSAY_EPARSE, "--cases %s: expected ids, as 0,3,8:12", text);
    if (*end == ':') {
      at = end + 1;
      to = strtol(at, &end, 10);
    }
    ASSAY_CHECK(end != at && to > from && (*end == ',' || !*end), ASSAY_EPARSE,
                "--cases %s: expected ids, as 0,3,8:12", text);
    for (long id = from; id < to; id++) ASSAY_TRY(add_case(cases, n, ds, id));
  }
done:
  return rc;
}

/* One frame, several of them, or what suits the data. */
static int choose_frames(struct assay_picture *p, const struct view_options *o)
{
  int rc = ASSAY_OK;
  p->first = 0;
  p->last = LAST;
  p->n_frames = o->strip;
  if (!*o->frame) goto done;
  ASSAY_CHECK(o->strip == 0 && !o->animate, ASSAY_EARG,
              "--frame shows one frame, --strip and --animate several");
  p->n_frames = 1;
  if (strcmp(o->frame, "last") == 0) goto done;
  ASSAY_TRY(parse_index(&p->last, o->frame));
  p->first = p->last;
done:
  return rc;
}

static int prepare(struct assay_picture *p, const struct view_options *o, long cases[CASES_MAX])
{
  int rc = ASSAY_OK;
  *p = (struct assay_picture){.truth = p->truth,
                              .prediction = p->prediction,
                              .field = o->field,
                              .flow = (enum assay_picture_flow)o->flow,
                              .form = (enum assay_picture_form)o->form,
                              .map = (enum assay_map)o->map,
                              .contours = o->contours,
                              .plane = o->plane,
                              .cells = o->cells,
                              .width = o->width,
                              .scale = o->scale,
                              .title = *o->title ? o->title : NULL};
  ASSAY_TRY(choose_frames(p, o));
  if (*o->range) ASSAY_TRY(parse_range(&p->lo, &p->hi, o->range));
  ASSAY_TRY(parse_cases(cases, &p->n_cases, p->truth, o->cases));
  ASSAY_CHECK(p->n_cases == 0 || o->case_id < 0, ASSAY_EARG,
              "--case shows one case, --cases several");
  p->cases = cases;
  if (p->n_cases > 0) p->k = cases[0];
  if (o->case_id >= 0) ASSAY_TRY(assay_picture_case(&p->k, p->truth, o->case_id));
  if (p->prediction)
    ASSAY_TRY(assay_picture_partner(&p->k_prediction, p->truth, p->prediction, p->k,
                                    *o->split ? o->split : NULL));
done:
  return rc;
}

/* "cavity-small-case12-speed.png" in the current folder. */
static int default_output(char **out, const char *file, const struct assay_picture *p,
                          const struct view_options *o)
{
  int rc = ASSAY_OK;
  char *stem = NULL;
  const char *name = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;
  ASSAY_TRY(assay_strdup(&stem, name));
  const size_t n = strlen(stem);
  if (n > 3 && strcmp(stem + n - 3, ".nc") == 0) stem[n - 3] = '\0';
  ASSAY_TRY(assay_asprintf(out, "%s-case%s%ld%s%s%s%s.png", stem, p->n_cases > 1 ? "s" : "",
                           assay_dataset_info(p->truth)->case_id[p->k], *o->field ? "-" : "",
                           o->field, p->prediction ? "-compared" : "",
                           o->animate ? "-animated" : ""));
done:
  assay_free(stem);
  return rc;
}

static int run(const void *options, int n_args, char **args, FILE *out)
{
  int rc = ASSAY_OK;
  const struct view_options *o = options;
  struct assay_dataset *truth = NULL, *prediction = NULL;
  struct assay_picture p = {0};
  char *path = NULL;
  long cases[CASES_MAX];
  (void)n_args;
  if (assay_table_set_is(args[0]))
    return assay_tables_view(args[0], o->case_id < 0 ? 0 : o->case_id, o->field, o->output,
                             o->title, out);
  ASSAY_TRY(assay_prediction_open(&truth, args[0]));
  if (*o->compare) ASSAY_TRY(assay_prediction_open(&prediction, o->compare));
  p.truth = truth;
  p.prediction = prediction;
  ASSAY_TRY(prepare(&p, o, cases));
  if (*o->output)
    ASSAY_TRY(assay_strdup(&path, o->output));
  else
    ASSAY_TRY(default_output(&path, args[0], &p, o));
  if (o->animate)
    ASSAY_TRY(assay_picture_animate(&p, path, 1 / o->fps));
  else
    ASSAY_TRY(assay_picture_file(&p, path));
  fprintf(out, "%s\n", path);
done:
  assay_free(path);
  assay_dataset_close(prediction);
  assay_dataset_close(truth);
  return rc;
}

const struct assay_verb assay_verb_view = {
    .name = "view",
    .doc = "draw what a file holds: fields, flows, errors, animations",
    .usage = "FILE [options]",
    .detail =
        "  assay view cavity-small.nc                       speed and streamlines, first case\n"
        "  assay view cavity-small.nc --case 7 --field vorticity --strip 5\n"
        "  assay view cavity-small.nc --animate --fps 12 -o lid.png\n"
        "  assay view heat-1d.nc --form spacetime\n"
        "  assay view cylinder-tiny.nc --field drag --cases 0:4\n"
        "  assay view cavity-small.nc --compare pred.nc --case 20 --field u\n"
        "  assay view srsd-feynman-i.12.1.nc --field x1     y over an input of a table",
    .options = rows,
    .options_size = sizeof(struct view_options),
    .defaults = &defaults,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
