/* From a hidden folder to the user's: common to all exporters. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "datasets/exporters/exporter.h"

int assay_export_vacant(const struct assay_export *job, const char *name)
{
  int rc = ASSAY_OK;
  char *path = NULL;
  ASSAY_TRY(assay_asprintf(&path, "%s/%s", job->target, name));
  ASSAY_CHECK(job->force || !assay_file_exists(path), ASSAY_EARG, "%s exists; --force replaces it",
              path);
done:
  assay_free(path);
  return rc;
}

static int move_into(const char *from, const char *to, int levels);

/* A finished file or folder to its place. Folders are not replaced by rename: the old one goes. */
static int move_entry(const char *from, const char *to, int levels)
{
  int rc = ASSAY_OK;
  if (levels > 0) return move_into(from, to, levels - 1);
  if (assay_file_exists(to)) ASSAY_TRY(assay_dir_remove(to));
  ASSAY_CHECK(rename(from, to) == 0, ASSAY_EIO, "%s: cannot be put in place: %s", to,
              strerror(errno));
done:
  return rc;
}

/* Everything in `from`; `levels` more folders below are shared with what is in `to`. */
static int move_into(const char *from, const char *to, int levels)
{
  int rc = ASSAY_OK;
  char *source = NULL, *place = NULL;
  DIR *dir = NULL;
  ASSAY_TRY(assay_dir_make(to));
  dir = opendir(from);
  ASSAY_CHECK(dir, ASSAY_EIO, "%s: cannot open: %s", from, strerror(errno));
  for (const struct dirent *e; (e = readdir(dir));) {
    if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
    ASSAY_TRY(assay_asprintf(&source, "%s/%s", from, e->d_name));
    ASSAY_TRY(assay_asprintf(&place, "%s/%s", to, e->d_name));
    ASSAY_TRY(move_entry(source, place, levels));
    assay_free(source);
    assay_free(place);
    source = place = NULL;
  }
  ASSAY_TRY(assay_file_sync(to));
done:
  if (dir) closedir(dir);
  assay_free(source);
  assay_free(place);
  return rc;
}

int assay_export_run(const struct assay_exporter *exporter, const struct assay_export *given)
{
  int rc = ASSAY_OK;
  char *hidden = NULL;
  struct assay_export job = *given;
  const bool ours = !assay_file_exists(job.target);
  ASSAY_TRY(assay_asprintf(&hidden, "%s/.export-%ld", job.target, (long)getpid()));
  job.folder = hidden;
  ASSAY_CHECK(exporter->of & (job.tables ? ASSAY_EXPORT_TABLES : ASSAY_EXPORT_CASES),
              ASSAY_EUNSUPPORTED, "layout '%s' is for %s; `assay list exporters` shows others",
              exporter->name,
              job.tables ? "fields on grids, not for tables" : "tables of equations");
  ASSAY_TRY(exporter->check(&job));
  ASSAY_TRY(assay_dir_make(hidden));
  ASSAY_TRY(exporter->write(&job));
  ASSAY_TRY(assay_dir_sync(hidden));
  ASSAY_TRY(move_into(hidden, job.target, exporter->shared_levels));
done:
  if (hidden && assay_file_exists(hidden)) assay_dir_remove(hidden);
  if (rc < 0 && ours) rmdir(job.target); /* only when nothing is in it */
  assay_free(hidden);
  return rc;
}
