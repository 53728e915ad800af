#include "harness/selection.h"

#include <string.h>

#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "harness/marks.h"

static int check_name(const char *kind, const char *wanted, const char *const *names,
                      const char *dir)
{
  int rc = ASSAY_OK;
  char hint[1024];
  if (!wanted) return ASSAY_OK;
  for (int i = 0; names[i]; i++)
    if (strcmp(names[i], wanted) == 0) return ASSAY_OK;
  ASSAY_FAIL(ASSAY_ENOTFOUND, "%s: no records of %s '%s'%s", dir, kind, wanted,
             assay_text_suggest(hint, sizeof hint, wanted, names));
done:
  return rc;
}

int assay_selection_open(struct assay_selection *s, const char *dir, bool rebuild,
                         const struct assay_store_filter *filter,
                         const struct assay_ranking_options *options)
{
  int rc = ASSAY_OK;
  struct assay_marks marks = {0};
  const struct assay_table_marks known = {assay_marks_identifiable, &marks};
  *s = (struct assay_selection){0};
  ASSAY_TRY(assay_store_open(&s->store, dir, rebuild));
  const struct assay_store_info *info = assay_store_info(s->store);
  for (int i = 0; i < info->n_problems; i++)
    assay_log(ASSAY_LOG_WARN, "results", "%s: %s", dir, info->problems[i]);
  ASSAY_TRY(check_name("suite", filter->suite, assay_store_suites(s->store), dir));
  ASSAY_TRY(check_name("task", filter->task, assay_store_tasks(s->store), dir));
  ASSAY_TRY(assay_store_select(&s->records, &s->n, s->store, filter));
  ASSAY_CHECK(s->n > 0, ASSAY_ENOTFOUND, "%s: no records of suite '%s' and task '%s'", dir,
              filter->suite ? filter->suite : "any", filter->task ? filter->task : "any");
  ASSAY_TRY(assay_records_gather(s->records, &s->n, &known));
  ASSAY_TRY(assay_ranking_create(&s->ranking, s->records, s->n, options));
done:
  assay_marks_release(&marks);
  if (rc < 0) assay_selection_close(s);
  return rc;
}

void assay_selection_close(struct assay_selection *s)
{
  assay_ranking_destroy(s->ranking);
  assay_store_release(s->records, s->n);
  assay_store_close(s->store);
  *s = (struct assay_selection){0};
}
