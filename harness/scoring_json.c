#include "harness/scoring_json.h"

#include <math.h>

#include "core/base/err.h"
#include "core/io/json.h"
#include "results/record.h"

int assay_scores_add(json_t *record, const struct assay_scores *scores,
                     const struct assay_list *fields)
{
  int rc = ASSAY_OK;
  for (int i = 0; i < scores->n; i++) {
    const struct assay_score *s = &scores->score[i];
    const struct assay_record_values values = {
        .metric = s->metric->name,
        .field = s->field < 0 ? ASSAY_RECORD_WHOLE : fields->item[s->field],
        .unit = s->unit,
        .higher_is_better = s->metric->better == ASSAY_HIGHER_IS_BETTER,
        .version = s->metric->version,
        .doc = s->metric->doc,
        .floor = s->floor,
        .has_worst = s->metric->equation && !isnan(s->metric->worst),
        .worst = s->metric->worst,
        .n_cases = (int)scores->n_cases,
        .n_leads = scores->n_leads,
        .cases = s->cases,
        .by_lead = s->by_lead};
    ASSAY_TRY(assay_record_add_score(record, &values));
  }
done:
  return rc;
}

json_t *assay_scores_leads(const struct assay_scores *scores)
{
  json_t *times = json_array();
  for (int l = 0; l < scores->n_leads; l++)
    json_array_append_new(times, json_real(scores->lead_times[l]));
  return json_pack("{ss,ss,so}", "label", "time", "unit", "s", "times", times);
}

int assay_scores_json(json_t **out, const struct assay_scores *scores,
                      const struct assay_list *fields)
{
  int rc = ASSAY_OK;
  json_t *json = json_object();
  ASSAY_TRY(assay_scores_add(json, scores, fields));
  ASSAY_CHECK(json_object_set_new(json, "leads", assay_scores_leads(scores)) == 0, ASSAY_ENOMEM,
              "no memory for scores");
  *out = json;
  json = NULL;
done:
  json_decref(json);
  return rc;
}
