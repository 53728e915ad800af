#include "datasets/nc.h"

#include <errno.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

int assay_nc_check(int status, const char *path, const char *doing)
{
  if (status == NC_NOERR) return ASSAY_OK;
  /* HDF5 says only "HDF error" when the disk is full; errno still knows */
  const char *why = errno == ENOSPC || errno == EFBIG || errno == EDQUOT ? strerror(errno) : NULL;
  return assay_err_set(ASSAY_EIO, __FILE__, __LINE__, "%s: cannot %s: %s%s%s%s", path, doing,
                       nc_strerror(status), why ? " (" : "", why ? why : "", why ? ")" : "");
}

int assay_nc_put_text(int group, int var, const char *path, const char *name, const char *text)
{
  return assay_nc_check(nc_put_att_text(group, var, name, strlen(text), text), path,
                        "write an attribute");
}

static int get_string(char **out, int group, int var, const char *name)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  ASSAY_CHECK(nc_get_att_string(group, var, name, &text) == NC_NOERR && text, ASSAY_ECORRUPT,
              "attribute '%s' cannot be read", name);
  ASSAY_TRY(assay_strdup(out, text));
done:
  if (text) nc_free_string(1, &text);
  return rc;
}

int assay_nc_get_text(char **out, int group, int var, const char *path, const char *name)
{
  int rc = ASSAY_OK;
  nc_type type;
  size_t size;
  *out = NULL;
  ASSAY_CHECK(nc_inq_att(group, var, name, &type, &size) == NC_NOERR, ASSAY_ENOTFOUND,
              "%s: no attribute '%s'", path, name);
  if (type == NC_STRING && size == 1) {
    ASSAY_TRY(assay_err_prefix(get_string(out, group, var, name), "%s: ", path));
    goto done;
  }
  ASSAY_CHECK(type == NC_CHAR, ASSAY_ECORRUPT, "%s: attribute '%s' is not a text", path, name);
  ASSAY_TRY(ASSAY_NEW(out, size + 1, "attribute"));
  ASSAY_TRY(assay_nc_check(nc_get_att_text(group, var, name, *out), path, "read an attribute"));
done:
  return rc;
}
