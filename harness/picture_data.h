/* The numbers behind a picture: private to harness/picture*.c. */
#ifndef ASSAY_HARNESS_PICTURE_DATA_H
#define ASSAY_HARNESS_PICTURE_DATA_H
#include "harness/picture.h"

/* A quantity that a file need not store. */
enum picture_derived { PICTURE_STORED, PICTURE_SPEED, PICTURE_VORTICITY };

struct picture_side {
  const struct assay_dataset *ds;
  long k;
  int field;    /* -1: derived, or not in this file */
  int fu, fv;   /* velocity components; -1: none */
  int fraction; /* field of the part of one of two fluids; -1: none */
  int n_times;
  double *times; /* [n_times] s; NULL: the file has none */
};

struct picture_data {
  const struct assay_picture *p;
  struct picture_side truth, guess; /* guess.ds == NULL: no comparison */
  enum picture_derived derived;
  enum assay_field_kind kind;
  char name[64], unit[64];
  char label[128]; /* "speed (m s⁻¹)" */
  int n_axes;
  struct assay_axis axis[ASSAY_AXES_MAX];
  int nx, ny;            /* of what is shown of one frame; 1 where there is no such axis */
  size_t points, offset; /* numbers of one frame in the file, and where the shown ones begin */
  double *x, *y;         /* [nx], [ny] coordinates */
  double *mask;          /* [ny, nx] part of the cell that is fluid; NULL: none */
  double *distance;      /* [ny, nx] from solid surfaces, negative inside; NULL: none */
  double *whole;         /* [points] scratch */
  int n_frames;          /* that can be shown: between first and last, with a partner */
  int *frame, *partner;  /* [n_frames] index in truth and guess */
};

/* Frees what it made when it fails. */
int assay_picture_data_open(struct picture_data *out, const struct assay_picture *p);
void assay_picture_data_close(struct picture_data *d);

/* Keep n of the frames, evenly, first and last included; n <= 1: the last. */
void assay_picture_data_thin(struct picture_data *d, int n);

/* Values of the i-th frame: [ny, nx] ([1] for scalars). */
int assay_picture_data_read(const struct picture_data *d, const struct picture_side *side, int i,
                            double *values);
/* Whether a side has a velocity, and its components at the i-th frame, [ny, nx]. */
bool assay_picture_data_flows(const struct picture_side *side);
int assay_picture_data_velocity(const struct picture_data *d, const struct picture_side *side,
                                int i, double *u, double *v);

/* Whether a side has two fluids whose interface belongs over the field shown, and the part of one
 * of them at the i-th frame, [ny, nx]. */
bool assay_picture_data_has_interface(const struct picture_data *d,
                                      const struct picture_side *side);
int assay_picture_data_fraction(const struct picture_data *d, const struct picture_side *side,
                                int i, double *fraction);

/* "t = 2.5 s" of the i-th frame; "" without times. */
void assay_picture_time_text(char *out, size_t size, const struct picture_data *d, int i);
/* "case 7: Re = 100": the case and its Re, or else the first two parameters that differ. */
int assay_picture_case_text(char *out, size_t size, const struct picture_data *d);
/* The caller owns *out. */
int assay_picture_title(char **out, const struct picture_data *d);
/* Parameters, plane, and the time of the i-th frame when i >= 0. */
int assay_picture_subtitle(char **out, const struct picture_data *d, int i);

#endif
