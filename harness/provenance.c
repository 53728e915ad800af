#include "harness/provenance.h"

#include <cblas.h>
#include <fftw3.h>
#include <gsl/gsl_version.h>
#include <netcdf.h>
#include <openssl/crypto.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <zstd.h>

#include "core/base/err.h"
#include "core/num/isa.h"

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

/* "model name" of /proc/cpuinfo; "" when it is not there. */
static void read_cpu(char *out, size_t size)
{
  char line[512];
  FILE *f = fopen("/proc/cpuinfo", "r");
  out[0] = 0;
  while (f && !out[0] && fgets(line, sizeof line, f)) {
    const char *value = strchr(line, ':');
    if (strncmp(line, "model name", 10) != 0 || !value) continue;
    line[strcspn(line, "\n")] = 0;
    snprintf(out, size, "%s", value + 2);
  }
  if (f) fclose(f);
}

static void read_system(char *out, size_t size)
{
  struct utsname u;
  const int known = uname(&u) == 0;
  snprintf(out, size, "%s %s %s", known ? u.sysname : "", known ? u.release : "",
           known ? u.machine : "");
}

static void read_clock(char *out, size_t size)
{
  struct tm utc;
  const time_t now = time(NULL);
  gmtime_r(&now, &utc);
  strftime(out, size, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

/* First words of a text, as long as they fit. */
static const char *beginning(char out[64], const char *text)
{
  snprintf(out, 64, "%s", text);
  return out;
}

static json_t *list_libraries(void)
{
  char netcdf[64], blas[64];
  beginning(netcdf, nc_inq_libvers());
  netcdf[strcspn(netcdf, " ")] = 0;
  return json_pack("{ss,ss,ss,ss,ss,ss,ss,ss}", "fftw", fftw_version, "gsl", gsl_version, "jansson",
                   jansson_version_str(), "netcdf", netcdf, "openblas",
                   beginning(blas, openblas_get_config()), "openssl",
                   OpenSSL_version(OPENSSL_VERSION_STRING), "sqlite", sqlite3_libversion(), "zstd",
                   ZSTD_versionString());
}

int assay_provenance(json_t **out)
{
  int rc = ASSAY_OK;
  char cpu[256], system[256], started[32];
  read_cpu(cpu, sizeof cpu);
  read_system(system, sizeof system);
  read_clock(started, sizeof started);
  *out = json_pack("{ss,ss,ss,ss,ss,ss,ss,so,ss,ss}", "version", ASSAY_VERSION, "revision",
                   assay_revision, "compiler", COMPILER, "flags", ASSAY_FLAGS, "cpu", cpu, "isa",
                   assay_isa_name(assay_isa()), "host_os", system, "libraries", list_libraries(),
                   "started", started, "isolation", "none");
  ASSAY_CHECK(*out, ASSAY_ENOMEM, "no memory for the provenance of a result");
done:
  return rc;
}
