#include "harness/report_artist.h"

#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/draw/ticks.h"
#include "harness/picture.h"

static const int panel_width =
    130; /* small, so that texts stay legible where three stand in a row */

/* The files that were opened last: a task's pictures of one method come one after another. */
struct artist {
  char *results;
  char *truth_path, *prediction_path;
  struct assay_dataset *truth, *prediction;
};

/* Have *path open as *ds, closing what was open before. */
static int have_open(struct assay_dataset **ds, char **path, const struct artist *a,
                     const char *artefact, const char *what)
{
  int rc = ASSAY_OK;
  char *wanted = NULL;
  ASSAY_CHECK(*artefact, ASSAY_ENOTFOUND, "the record names no %s that was kept", what);
  ASSAY_TRY(assay_asprintf(&wanted, "%s/%s", a->results, artefact));
  if (*path && strcmp(*path, wanted) == 0) goto done;
  assay_dataset_close(*ds);
  *ds = NULL;
  assay_free(*path);
  *path = NULL;
  ASSAY_TRY(assay_dataset_open(ds, wanted));
  *path = wanted;
  wanted = NULL;
done:
  assay_free(wanted);
  return rc;
}

/* Position of the record's case k: files of a job hold its test cases in the record's order, data
 * sets have ids. */
static int position(long *out, const struct assay_dataset *ds, const struct assay_record *r, int k)
{
  *out = k;
  if (assay_dataset_info(ds)->n_cases == r->n_cases) return ASSAY_OK;
  return assay_picture_case(out, ds, (long)r->case_ids[k]);
}

/* "At time = 5 s, the last of 20." */
static void describe(char *out, size_t size, const struct assay_record *r)
{
  char time[32];
  *out = '\0';
  if (r->n_leads == 0) return;
  assay_number_text(time, sizeof time, r->lead_times[r->n_leads - 1]);
  snprintf(out, size, "At %s = %s%s%s, the last of %d",
           *r->lead_label ? r->lead_label : "lead time", time,
           strcmp(r->lead_unit, "1") != 0 ? " " : "",
           strcmp(r->lead_unit, "1") != 0 ? r->lead_unit : "", r->n_leads);
}

static int draw(void *context, const struct assay_record *r, int k, const char *path, char *caption,
                size_t caption_size)
{
  int rc = ASSAY_OK;
  struct artist *a = context;
  long at_truth = 0, at_prediction = 0;
  ASSAY_TRY(have_open(&a->truth, &a->truth_path, a, r->truth, "truth"));
  ASSAY_TRY(have_open(&a->prediction, &a->prediction_path, a, r->prediction, "prediction"));
  ASSAY_TRY(position(&at_truth, a->truth, r, k));
  ASSAY_TRY(position(&at_prediction, a->prediction, r, k));
  const struct assay_picture picture = {.truth = a->truth,
                                        .prediction = a->prediction,
                                        .k = at_truth,
                                        .k_prediction = at_prediction,
                                        .first = 0,
                                        .last = -1,
                                        .plane = -1,
                                        .width = panel_width,
                                        .scale = 2.5,
                                        .title = "",
                                        .subtitle = ""};
  ASSAY_TRY(assay_picture_file(&picture, path));
  describe(caption, caption_size, r);
done:
  return rc;
}

int assay_artist_create(struct assay_report_artist *out, const char *results)
{
  int rc = ASSAY_OK;
  struct artist *a = NULL;
  ASSAY_TRY(ASSAY_NEW(&a, 1, "artist"));
  *out = (struct assay_report_artist){.draw = draw, .context = a};
  ASSAY_TRY(assay_strdup(&a->results, results));
done:
  return rc;
}

void assay_artist_destroy(struct assay_report_artist *artist)
{
  struct artist *a = artist->context;
  if (!a) return;
  assay_dataset_close(a->truth);
  assay_dataset_close(a->prediction);
  assay_free(a->truth_path);
  assay_free(a->prediction_path);
  assay_free(a->results);
  assay_free(a);
  *artist = (struct assay_report_artist){0};
}
