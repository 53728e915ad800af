#include "harness/journal.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/io/json.h"

struct assay_journal {
  FILE *to;
  char *path;
};

int assay_journal_open(struct assay_journal **out, const char *path, bool append)
{
  int rc = ASSAY_OK;
  struct assay_journal *j = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&j, 1, "journal"));
  ASSAY_TRY(assay_strdup(&j->path, path));
  j->to = fopen(path, append ? "ae" : "we");
  ASSAY_CHECK(j->to, ASSAY_EIO, "%s: cannot open: %s", path, strerror(errno));
  *out = j;
  j = NULL;
done:
  assay_journal_close(j);
  return rc;
}

/* Takes the reference. Lines are whole: a killed run leaves at most one that is cut. */
static int put_line(struct assay_journal *j, json_t *line)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  ASSAY_CHECK(line, ASSAY_ENOMEM, "%s: no memory for a line", j->path);
  ASSAY_TRY(assay_json_line(&text, line));
  ASSAY_CHECK(fprintf(j->to, "%s\n", text) > 0 && fflush(j->to) == 0, ASSAY_EIO,
              "%s: cannot write: %s", j->path, strerror(errno));
done:
  assay_free(text);
  json_decref(line);
  return rc;
}

int assay_journal_start(struct assay_journal *j, const char *recipe, int jobs)
{
  char host[256] = "", when[32] = "";
  struct tm utc;
  const time_t now = time(NULL);
  gethostname(host, sizeof host - 1);
  if (gmtime_r(&now, &utc)) strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return put_line(j, json_pack("{s:s, s:s, s:s, s:s, s:i}", "event", "start", "time", when, "host",
                               host, "recipe", recipe, "jobs", jobs));
}

int assay_journal_case(struct assay_journal *j, const char *status, long id,
                       const struct assay_journal_cost *cost, const char *reason)
{
  json_t *line =
      json_pack("{s:s, s:I, s:s}", "event", "case", "case", (json_int_t)id, "status", status);
  if (line && cost) {
    json_object_set_new(line, "cpu_seconds", json_real(cost->cpu_seconds));
    json_object_set_new(line, "wall_seconds", json_real(cost->wall_seconds));
    json_object_set_new(line, "steps", isnan(cost->steps) ? json_null() : json_real(cost->steps));
    json_object_set_new(line, "peak_mb", json_real(cost->peak_mb));
  }
  if (line && reason && *reason) json_object_set_new(line, "reason", json_string(reason));
  return put_line(j, line);
}

void assay_journal_close(struct assay_journal *j)
{
  if (!j) return;
  if (j->to) fclose(j->to);
  assay_free(j->path);
  assay_free(j);
}

/* A line that was cut, or is of another event, says nothing. */
static void read_line(const char *line, void *user,
                      void (*each)(void *, long, const struct assay_journal_cost *))
{
  json_int_t id = -1;
  const char *event = "";
  struct assay_journal_cost cost = {.steps = (double)NAN};
  json_t *object = json_loads(line, 0, NULL);
  if (object &&
      json_unpack(object, "{s:s, s:I, s:F, s:F, s:F}", "event", &event, "case", &id, "cpu_seconds",
                  &cost.cpu_seconds, "wall_seconds", &cost.wall_seconds, "peak_mb",
                  &cost.peak_mb) == 0 &&
      strcmp(event, "case") == 0) {
    const json_t *steps = json_object_get(object, "steps");
    if (json_is_number(steps)) cost.steps = json_number_value(steps);
    each(user, (long)id, &cost);
  }
  json_decref(object);
}

int assay_journal_costs(const char *path, void *user,
                        void (*each)(void *user, long id, const struct assay_journal_cost *cost))
{
  int rc = ASSAY_OK;
  size_t size = 0;
  char *text = NULL, *save = NULL;
  if (!assay_file_exists(path)) goto done;
  ASSAY_TRY(assay_file_read(&text, &size, path));
  for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
    read_line(line, user, each);
done:
  assay_free(text);
  return rc;
}
