/* An exporter writes a data set in a layout that others read.
 *
 * To add one: write datasets/exporters/NAME.c that defines
 *     const struct assay_exporter assay_exporter_NAME
 * and put 'NAME' into the list in datasets/exporters/meson.build. Help, `assay list exporters` and
 * a conformance test follow from the struct. */
#ifndef ASSAY_DATASETS_EXPORTERS_EXPORTER_H
#define ASSAY_DATASETS_EXPORTERS_EXPORTER_H
#include "datasets/dataset.h"
#include "datasets/table_set.h"

/* What an exporter is asked for. */
struct assay_export {
  const struct assay_dataset *ds;       /* cases, or NULL */
  const struct assay_table_set *tables; /* tables, or NULL */
  const char *folder; /* empty; what is written here appears in `target` when all is done */
  const char *target; /* the user's folder */
  bool force;         /* replace what is there */
  void (*progress)(void *user, long done, long n); /* cases or tables; NULL: none */
  void *user;
};

enum { ASSAY_EXPORT_CASES = 1, ASSAY_EXPORT_TABLES = 2 };

struct assay_exporter {
  const char *name, *doc;
  const char *layout;    /* the files, one per line */
  const char *reference; /* where the layout is defined */
  unsigned of;           /* ASSAY_EXPORT_CASES, ASSAY_EXPORT_TABLES or both: what it can write */
  /* Whether the set can be expressed, and assay_export_vacant for everything it will write.
   * ASSAY_EUNSUPPORTED with the reason. */
  int (*check)(const struct assay_export *job);
  /* Fill job->folder; check() was fine. ASSAY_EIO. */
  int (*write)(const struct assay_export *job);
  /* 0: what is written replaces entries of target; 1: the folders target/A are shared with earlier
   * exports, and target/A/B replaced as a whole. */
  int shared_levels;
};

extern const struct assay_exporter *const assay_exporters[]; /* NULL-terminated */

/* ASSAY_ENOTFOUND with the nearest name and the full list. */
int assay_exporter_find(const struct assay_exporter **out, const char *name);

/* Nothing is called target/NAME, or it may be replaced; else ASSAY_EARG. */
int assay_export_vacant(const struct assay_export *job, const char *name);

/* Check, write into a hidden folder in target, and move the results to their places: what appears
 * is whole. ds or tables, target, force and progress of `job` are given; target is made when it is
 * not there. ASSAY_EUNSUPPORTED, ASSAY_EARG, ASSAY_EIO. */
int assay_export_run(const struct assay_exporter *exporter, const struct assay_export *job);

#endif
