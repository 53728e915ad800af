/* Files that every site holds as they are: results/report/site.css and site.js, built in. */
#ifndef ASSAY_RESULTS_REPORT_ASSETS_H
#define ASSAY_RESULTS_REPORT_ASSETS_H
#include "core/base/embed.h"

extern const struct assay_embedded assay_site_files[];

#endif
