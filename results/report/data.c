#include "results/report/data.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/text.h"

int assay_report_file(struct report *r, const char *name,
                      int (*write)(struct report *r, void *context), void *context)
{
  int rc = ASSAY_OK;
  struct assay_outfile f = {0};
  const char *path = NULL;
  ASSAY_TRY(assay_arena_text(&r->arena, &path, "%s/%s", r->dir, name));
  ASSAY_TRY(assay_outfile_open(&f, path, true));
  r->to = f.stream;
  ASSAY_TRY(write(r, context));
  ASSAY_TRY(assay_outfile_commit(&f));
done:
  r->to = NULL;
  assay_outfile_abort(&f);
  return rc;
}

static int ranking_json(struct report *r, void *context)
{
  (void)context;
  return assay_ranking_write(r->ranking, ASSAY_RANKING_JSON, 0, r->to);
}

static int ranking_csv(struct report *r, void *context)
{
  (void)context;
  return assay_ranking_write(r->ranking, ASSAY_RANKING_CSV, 0, r->to);
}

static void csv_text(FILE *to, const char *text)
{
  fputc('"', to);
  for (; *text; text++) {
    if (*text == '"') fputc('"', to);
    fputc(*text, to);
  }
  fputc('"', to);
}

static void record_lines(FILE *to, const struct assay_record *record)
{
  char text[32];
  for (int i = 0; i < record->n_scores; i++) {
    const struct assay_record_score *s = &record->scores[i];
    for (int k = 0; k < record->n_cases; k++) {
      csv_text(to, record->key.method);
      fprintf(to, ",%lld,%lld,", (long long)record->key.seed, (long long)record->case_ids[k]);
      csv_text(to, record->case_labels[k]);
      fprintf(to, ",%s,%s,%s\n", s->metric, s->field,
              isnan(s->cases[k]) ? "" : assay_text_double(text, s->cases[k]));
    }
  }
}

static int case_lines(struct report *r, void *context)
{
  const struct assay_rank_table *t = context;
  fputs("method,seed,case,label,metric,field,value\n", r->to);
  for (int i = 0; i < t->n_rows; i++)
    for (int s = 0; s < t->rows[i].n_seeds; s++)
      if (t->rows[i].records[s]->status == ASSAY_RECORD_OK)
        record_lines(r->to, t->rows[i].records[s]);
  return ASSAY_OK;
}

int assay_report_data(struct report *r)
{
  int rc = ASSAY_OK;
  const char *folder = NULL, *name = NULL;
  ASSAY_TRY(assay_arena_text(&r->arena, &folder, "%s/data", r->dir));
  ASSAY_TRY(assay_dir_make(folder));
  ASSAY_TRY(assay_report_file(r, "data/ranking.json", ranking_json, NULL));
  ASSAY_TRY(assay_report_file(r, "data/ranking.csv", ranking_csv, NULL));
  for (int t = 0; t < r->ranking->n_tables; t++) {
    ASSAY_TRY(assay_arena_text(&r->arena, &name, "data/%s-cases.csv", r->tasks[t].slug));
    ASSAY_TRY(assay_report_file(r, name, case_lines, (void *)r->tasks[t].table));
  }
done:
  return rc;
}
