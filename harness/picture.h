/* Pictures of what a data-set file holds: fields at one or several times, alone or as truth,
 * prediction and error. `assay view` and the report draw with it.
 *
 * Grids of two dimensions are drawn as maps (of three: one plane), of one dimension as lines at
 * several times or as a space-time map; scalars and state vectors as lines over time. */
#ifndef ASSAY_HARNESS_PICTURE_H
#define ASSAY_HARNESS_PICTURE_H
#include "core/draw/colour.h"
#include "core/io/png.h"
#include "datasets/dataset.h"

enum assay_picture_flow {                          /* over maps of files that hold a velocity */
                          ASSAY_PICTURE_FLOW_AUTO, /* streamlines over the speed, nothing over other
                                                      fields */
                          ASSAY_PICTURE_FLOW_NONE,
                          ASSAY_PICTURE_FLOW_STREAMLINES,
                          ASSAY_PICTURE_FLOW_ARROWS,
};
enum assay_picture_form {
  ASSAY_PICTURE_AUTO,
  ASSAY_PICTURE_LINES,
  ASSAY_PICTURE_SPACETIME,
};

/* Zeros are good defaults, but for the frame: see there. */
struct assay_picture {
  const struct assay_dataset *truth;
  const struct assay_dataset *prediction; /* NULL: the truth alone */
  long k, k_prediction;                   /* positions of the case in either file */
  const long *cases; /* [n_cases] positions of several cases, each a line over */
  int n_cases;       /* time; 0: the case k alone */
  const char *field; /* NULL or "": the speed where there is a velocity, else the first field.
                        "speed" and "vorticity" are computed from u, v when not stored */
  int first, last;   /* frames of the truth; negative: counted from the end, -1 is the last */
  int n_frames;      /* shown, evenly from first to last, both included; <= 1: only the last */
  enum assay_picture_flow flow;
  enum assay_picture_form form;
  enum assay_map map;
  double lo, hi;                /* range of the colours; lo == hi: that of the truth */
  int contours;                 /* levels; 0: none */
  int plane;                    /* index along the first of three axes; < 0: the middle */
  bool cells;                   /* every cell a square of one colour, not interpolated */
  int width;                    /* longer side of a map in CSS pixels; 0: by number of panels */
  double scale;                 /* pixels per CSS pixel; 0: 1.5 */
  const char *title, *subtitle; /* NULL: made from the file and the case; "": none */
};

/* All frames in one picture; the caller owns out->rgba. ASSAY_ENOTFOUND: no such field (lists
 * them); ASSAY_EARG: a case, frame or plane that is not there, files that do not fit together. */
int assay_picture_image(struct assay_image *out, const struct assay_picture *picture);
/* The same as a PNG with title and source inside, or as SVG where it is a line plot and path ends
 * in
 * ".svg". */
int assay_picture_file(const struct assay_picture *picture, const char *path);
/* One animated PNG of n_frames frames (0: all) with common colours. Maps only; AUTO draws no flow
 * lines, scale 0 means 1. */
int assay_picture_animate(const struct assay_picture *picture, const char *path, double delay);

/* Position of the case with this id; ASSAY_EARG names the ids there are. */
int assay_picture_case(long *out, const struct assay_dataset *ds, long id);
/* Which case of the prediction answers case k of the truth: the same position when both files have
 * the same cases; else the prediction answers the test cases of a split, of the only one that fits
 * or of the one named (NULL: none named). ASSAY_EARG says what does not fit. */
int assay_picture_partner(long *out, const struct assay_dataset *truth,
                          const struct assay_dataset *prediction, long k, const char *split);

#endif
