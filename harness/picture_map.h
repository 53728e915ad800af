/* Figures from the numbers of a picture: private to harness/picture*.c. */
#ifndef ASSAY_HARNESS_PICTURE_MAP_H
#define ASSAY_HARNESS_PICTURE_MAP_H
#include "core/draw/figure.h"
#include "harness/picture_data.h"

/* Colours that all panels of a kind share. */
struct picture_range {
  double lo, hi, error_lo, error_hi;
  enum assay_map map;
};

/* A figure and what it points to. */
struct picture_map {
  struct assay_figure figure;
  struct assay_figure_grid grid;
  struct assay_panel *panels; /* [rows, columns] */
  double *values;             /* room for all fields and velocities */
  char (*titles)[96];         /* [rows, columns] */
  char *title, *subtitle;
  char x_label[96], y_label[96], error_label[96];
};

/* The range of the truth over all frames of d, and of the error. */
int assay_picture_map_range(struct picture_range *out, const struct picture_data *d);
/* Frames [first, first + n) of d. Free with assay_picture_map_free, also after a failure. */
int assay_picture_map_make(struct picture_map *out, const struct picture_data *d, int first, int n,
                           const struct picture_range *range);
/* All frames of d as rows of one map over x and time. ASSAY_EARG: times are not evenly spaced. */
int assay_picture_map_spacetime(struct picture_map *out, const struct picture_data *d,
                                const struct picture_range *range);
void assay_picture_map_free(struct picture_map *m);

bool assay_picture_times_are_even(const struct picture_data *d);

#endif
