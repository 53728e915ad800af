/* Line plots from the numbers of a picture: private to harness/picture*.c. */
#ifndef ASSAY_HARNESS_PICTURE_PLOT_H
#define ASSAY_HARNESS_PICTURE_PLOT_H
#include "core/draw/plot.h"
#include "harness/picture_data.h"

enum { PICTURE_SERIES_MAX = 8 };

/* A plot and what it points to. */
struct picture_plot {
  struct assay_plot plot;
  struct assay_series series[2 * PICTURE_SERIES_MAX];
  char names[PICTURE_SERIES_MAX][96];
  double *values, *values_of[PICTURE_SERIES_MAX]; /* of the cases */
  char *title, *subtitle;
  char x_label[96];
};

/* Lines over x, one per frame of d (at most PICTURE_SERIES_MAX of them), or, of scalars and state
 * vectors, over time; of a scalar of several cases one line per case. A prediction is drawn as
 * symbols. Free with assay_picture_plot_free, also after a failure. */
int assay_picture_plot_make(struct picture_plot *out, struct picture_data *d);
void assay_picture_plot_free(struct picture_plot *p);

/* Whether the values belong over time: scalars, states. */
bool assay_picture_is_history(const struct picture_data *d);

#endif
