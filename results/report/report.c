#include "results/report/report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "results/report/assets.h"
#include "results/report/data.h"

static const char marker[] = "name=\"generator\" content=\"assay report\"";

/* ---- what the pages share ---- */

/* Competitors get the first colours, in the order of the overall table. */
static int collect_methods(struct report *r)
{
  int rc = ASSAY_OK, style = 0;
  r->n_methods = r->ranking->n_overall;
  ASSAY_TRY(ASSAY_TAKE(&r->arena, &r->methods, r->n_methods));
  for (int pass = 0; pass < 2; pass++) {
    for (int i = 0; i < r->n_methods; i++) {
      const struct assay_rank_overall_row *row = &r->ranking->overall[i];
      if (row->floor != (pass == 1)) continue;
      r->methods[i].name = row->method;
      r->methods[i].floor = row->floor;
      r->methods[i].style = pass == 0 ? ++style : 1;
      ASSAY_TRY(assay_slug(r->methods[i].slug, row->method));
    }
  }
done:
  return rc;
}

static int collect_tasks(struct report *r)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_TAKE(&r->arena, &r->tasks, r->ranking->n_tables));
  for (int t = 0; t < r->ranking->n_tables; t++) {
    r->tasks[t].table = &r->ranking->tables[t];
    ASSAY_TRY(assay_slug(r->tasks[t].slug, r->ranking->tables[t].task));
  }
done:
  return rc;
}

/* ---- files ---- */

static void theme_colours(FILE *to, bool dark)
{
  char hex[8];
  for (int i = 0; i < ASSAY_SERIES_STYLES; i++)
    fprintf(to, "--assay-s%d:%s;", i, assay_colour_hex(hex, assay_colour_series(i, dark)));
}

/* The style sheet ends with the plots' colours for both themes. */
static int write_asset(struct report *r, void *context)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  const char *name = context;
  ASSAY_TRY(assay_embedded_text(&text, assay_site_files, "site file", name));
  fputs(text, r->to);
  if (strcmp(name, "site.css") != 0) goto done;
  fputs(":root{", r->to);
  theme_colours(r->to, false);
  fputs("}\n:root[data-theme=\"dark\"]{", r->to);
  theme_colours(r->to, true);
  fputs("}\n@media (prefers-color-scheme: dark){:root:not([data-theme=\"light\"]){", r->to);
  theme_colours(r->to, true);
  fputs("}}\n", r->to);
done:
  assay_free(text);
  return rc;
}

static int write_index(struct report *r, void *context)
{
  (void)context;
  return assay_report_index(r);
}

static int write_task(struct report *r, void *context)
{
  return assay_report_task(r, context);
}

static int write_site(struct report *r)
{
  int rc = ASSAY_OK;
  const char *name = NULL;
  ASSAY_TRY(assay_dir_make(r->dir));
  for (int i = 0; assay_site_files[i].name; i++)
    ASSAY_TRY(assay_report_file(r, assay_site_files[i].name, write_asset,
                                (void *)assay_site_files[i].name));
  for (int t = 0; t < r->ranking->n_tables; t++) {
    ASSAY_TRY(assay_report_draw(r, &r->tasks[t]));
    ASSAY_TRY(assay_arena_text(&r->arena, &name, "task-%s.html", r->tasks[t].slug));
    ASSAY_TRY(assay_report_file(r, name, write_task, &r->tasks[t]));
  }
  ASSAY_TRY(assay_report_data(r));
  ASSAY_TRY(assay_report_file(r, "index.html", write_index, NULL));
done:
  return rc;
}

/* ---- putting it in place ---- */

/* Only a site that was made here may be replaced. */
static int check_replaceable(const char *site)
{
  int rc = ASSAY_OK;
  char *index = NULL, *text = NULL;
  if (!assay_file_exists(site) || rmdir(site) == 0) goto done; /* nothing, or an empty folder */
  ASSAY_TRY(assay_asprintf(&index, "%s/index.html", site));
  const bool readable = assay_file_exists(index) && assay_file_read(&text, NULL, index) == ASSAY_OK;
  ASSAY_CHECK(readable && strstr(text, marker), ASSAY_EARG,
              "%s: exists and is no report; choose another folder or remove it", site);
done:
  assay_free(index);
  assay_free(text);
  return rc;
}

static int put_in_place(const char *made, const char *site)
{
  int rc = ASSAY_OK;
  char *old = NULL;
  ASSAY_TRY(assay_asprintf(&old, "%s.old-%ld", site, (long)getpid()));
  const bool replaces = rename(site, old) == 0;
  if (rename(made, site) != 0) {
    const int error = errno;
    const bool restored = !replaces || rename(old, site) == 0;
    ASSAY_FAIL(ASSAY_EIO, "%s: cannot rename the finished site to it: %s%s%s", site,
               strerror(error), restored ? "" : "; the older one is now ", restored ? "" : old);
  }
  if (replaces) ASSAY_TRY(assay_dir_remove(old));
done:
  assay_free(old);
  return rc;
}

static int without_final_slash(char **out, const char *path)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(*path, ASSAY_EARG, "a folder for the report is needed");
  ASSAY_TRY(assay_strdup(out, path));
  for (size_t n = strlen(*out); n > 1 && (*out)[n - 1] == '/'; n--) (*out)[n - 1] = '\0';
done:
  return rc;
}

/* Remove what was half made; the message of the first failure stays. */
static void clean_up(const char *dir)
{
  char message[1024];
  snprintf(message, sizeof message, "%s", assay_err_last());
  if (assay_dir_remove(dir) < 0) assay_err_set(ASSAY_EIO, __FILE__, __LINE__, "%s", message);
}

int assay_report_write(const char *site, const struct assay_ranking *ranking,
                       const struct assay_report_options *options)
{
  int rc = ASSAY_OK;
  struct report r = {.ranking = ranking, .options = options};
  char *place = NULL;
  ASSAY_TRY(without_final_slash(&place, site));
  ASSAY_TRY(check_replaceable(place));
  ASSAY_TRY(assay_arena_text(&r.arena, &r.dir, "%s.tmp-%ld", place, (long)getpid()));
  ASSAY_TRY(collect_methods(&r));
  ASSAY_TRY(collect_tasks(&r));
  ASSAY_TRY(write_site(&r));
  ASSAY_TRY(put_in_place(r.dir, place));
done:
  if (rc < 0 && r.dir) clean_up(r.dir);
  assay_arena_release(&r.arena);
  assay_free(place);
  return rc;
}
