/* Report pages: a static site made from a ranking, for file:// and any web server, without network,
 * readable without JavaScript. index.html is the summary, one page per task has the rest.
 *
 * Pages depend on the records only (and on the pictures an artist draws from kept predictions):
 * the same journal gives the same bytes, whenever and wherever they are made. Every text from a
 * record is escaped on the way out (results/report/html.h). */
#ifndef ASSAY_RESULTS_REPORT_REPORT_H
#define ASSAY_RESULTS_REPORT_REPORT_H
#include "results/ranking.h"

/* Draws what `results` cannot: it knows records, not data sets. The harness hands one in. */
struct assay_report_artist {
  /* Truth, prediction and error of case k (index into record->case_ids) as a PNG at path; caption
   * gets one line on what is shown ("t = 5 s; u, v (m s⁻¹), p (Pa)"). A negative code means: no
   * picture; the page then shows the message instead. */
  int (*draw)(void *context, const struct assay_record *record, int k, const char *path,
              char *caption, size_t caption_size);
  void *context;
};

struct assay_report_options {
  const char *title;                        /* "cavity-demo" */
  const char *repeat;                       /* command that makes these pages again */
  const struct assay_report_artist *artist; /* NULL: no pictures */
};

/* Write the site into the folder `site`. It is made beside it and renamed when whole, and replaces
 * an older site; a folder that is something else is refused (ASSAY_EARG). ASSAY_EIO. */
int assay_report_write(const char *site, const struct assay_ranking *ranking,
                       const struct assay_report_options *options);

#endif
