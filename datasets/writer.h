/* Writing a file of the data-set family (docs/format.md): a data set, train.nc, inputs.nc, a
 * prediction. The layout says what the file has; then come the cases, in file order. Fields go to
 * disk as they come; the small per-case tables are kept and written at the end. The same layout and
 * records give the same bytes (for the same library versions). */
#ifndef ASSAY_DATASETS_WRITER_H
#define ASSAY_DATASETS_WRITER_H
#include "datasets/dataset.h"

enum assay_compression { ASSAY_COMPRESS_NONE, ASSAY_COMPRESS_DEFLATE, ASSAY_COMPRESS_ZSTD };

struct assay_attribute {
  const char *name, *text;
};

/* Everything is borrowed and must outlive assay_writer_create, fields and params the writer. */
struct assay_layout {
  long n_cases;
  int n_times;        /* length of the time dimension; 0: none */
  const double *time; /* [n_times] s, shared by all cases; NULL: t(case, time) from the records */
  int n_axes;
  struct assay_axis axis[ASSAY_AXES_MAX];
  bool axis_varies[ASSAY_AXES_MAX]; /* coordinates xc(case, x) from the records */
  enum assay_dtype dtype;
  int n_fields;
  const struct assay_field *fields;
  int n_params;
  const struct assay_quantity *params;
  int n_splits;
  const char *const *splits;
  int n_subsets; /* 0: none; else every case is in one */
  const struct assay_subset *subsets;
  const char *const *origins; /* who chose a case, NULL-terminated; NULL: nothing is said */
  const int *boundary; /* [n_fields, ASSAY_SIDES] enum assay_boundary_type; NULL: no such group */
  /* [n_fields, ASSAY_SIDES]: the imposed value changes along the side; NULL: none does */
  const bool *profiled;
  int n_leads;        /* times asked for; 0: no lead_time */
  bool identity;      /* case_id, case_sha256 and content_sha256 */
  bool certificate;   /* certificate rows and error estimates */
  const char *recipe; /* resolved recipe text; NULL: none */
  int n_attributes;
  const struct assay_attribute *attributes; /* of the root group, beside those the writer adds */
  enum assay_compression compression;
  int level; /* of the compression; 0: its default */
};

/* One case. c holds what is stored: fields are found by name, those without data stay fill. */
struct assay_writer_record {
  const struct assay_case *c;
  const double *params;   /* [n_params] */
  const int8_t *splits;   /* [n_splits] */
  const double *boundary; /* [n_fields, n_times (1 without time), ASSAY_SIDES]; NaN: none */
  /* [n_fields, ASSAY_SIDES, assay_profile_room] factors along the sides; NaN: nothing is imposed */
  const double *profiles;
  const double *leads; /* [n_leads] s */
  int n_leads;         /* of this case */
  int origin;          /* index into layout.origins */
  const char *hash;    /* of the case, when layout.identity */
};

struct assay_writer;

/* The file appears under its name only on commit. ASSAY_EIO. */
int assay_writer_create(struct assay_writer **out, const char *path,
                        const struct assay_layout *layout);
/* The next case. ASSAY_EIO; ASSAY_EARG when the case does not fit the layout. */
int assay_writer_put(struct assay_writer *w, const struct assay_writer_record *record);
/* All cases must be there. Writes the tables, syncs, renames; frees w whatever happens. */
int assay_writer_commit(struct assay_writer *w);
/* Drop the file; NULL allowed. */
void assay_writer_abort(struct assay_writer *w);

/* Frames per chunk for a time dimension of this length: the longest even division up to 16. */
int assay_chunk_frames(int n_times);

#endif
