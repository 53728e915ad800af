#include "harness/score_set.h"

#include <sys/stat.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"

static bool is_folder(const char *path)
{
  struct stat s;
  return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

/* The file for a table; where there is none, the name that it should have. The caller frees it. */
static int find_prediction(char **out, const struct assay_table_set *set, int k,
                           const char *predictions)
{
  int rc = ASSAY_OK;
  static const char *const kinds[] = {"txt", "nc"};
  if (set->n == 1 && !is_folder(predictions)) return assay_strdup(out, predictions);
  for (int i = 0; i < 2; i++) {
    assay_free(*out);
    *out = NULL;
    ASSAY_TRY(assay_asprintf(out, "%s/%s.%s", predictions, set->entry[k].id, kinds[i]));
    if (assay_file_exists(*out)) break;
  }
done:
  return rc;
}

static int score_table(struct assay_scores *all, bool *found, struct assay_flaw *flaw,
                       const struct assay_task *task, const struct assay_table_set *set, int k,
                       const char *predictions)
{
  int rc = ASSAY_OK;
  char *table = NULL, *prediction = NULL;
  struct assay_scores *one = NULL;
  json_t *answer = NULL;
  ASSAY_TRY(assay_asprintf(&table, "%s/%s", set->folder, set->entry[k].file));
  ASSAY_TRY(find_prediction(&prediction, set, k, predictions));
  *found = *found || assay_file_exists(prediction);
  ASSAY_TRY(assay_score_equation(&one, &answer, flaw, task, table, prediction));
  for (int i = 0; i < all->n; i++) all->score[i].cases[k] = one->score[i].cases[0];
done:
  assay_scores_destroy(one);
  json_decref(answer);
  assay_free(table);
  assay_free(prediction);
  return rc;
}

int assay_score_set(struct assay_scores **out, struct assay_flaw *flaw,
                    const struct assay_task *task, const struct assay_table_set *set,
                    const char *predictions)
{
  int rc = ASSAY_OK;
  bool found = false;
  struct assay_scores *s = NULL;
  *out = NULL;
  ASSAY_TRY(assay_scores_of_equations(&s, &task->metrics, set->n));
  for (int k = 0; k < set->n; k++)
    ASSAY_TRY(score_table(s, &found, &flaw[k], task, set, k, predictions));
  ASSAY_CHECK(found, ASSAY_ENOTFOUND,
              "%s: no prediction for any of %d tables; expected ID.nc or ID.txt, as %s.txt",
              predictions, set->n, set->entry[0].id);
  *out = s;
  s = NULL;
done:
  assay_scores_destroy(s);
  return rc;
}
