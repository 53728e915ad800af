/* Making records: the key, and scores with their summaries. */
#include "results/record.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/stats.h"

const char *const assay_record_statuses[] = {"ok", "failed", "withdrawn", NULL};

static const double low_share = 0.1, high_share = 0.9;

int assay_record_create(json_t **out, const struct assay_record_key *key,
                        enum assay_record_status status)
{
  int rc = ASSAY_OK;
  *out =
      json_pack("{s:s, s:{s:s, s:s, s:s, s:I, s:s, s:s, s:s}, s:s}", "schema", ASSAY_RECORD_SCHEMA,
                "key", "suite", key->suite, "task", key->task, "method", key->method, "seed",
                (json_int_t)key->seed, "task_hash", key->task_hash, "data_hash", key->data_hash,
                "method_hash", key->method_hash, "status", assay_record_statuses[status]);
  ASSAY_CHECK(*out, ASSAY_ENOMEM, "no memory for a record of %s, or its key is not UTF-8",
              key->method);
done:
  return rc;
}

int assay_record_job(char hex[ASSAY_SHA256_HEX], const struct assay_record_key *key)
{
  int rc = ASSAY_OK;
  struct assay_sha256 *s = NULL;
  char seed[32];
  ASSAY_TRY(assay_sha256_create(&s));
  snprintf(seed, sizeof seed, "%lld", (long long)key->seed);
  const char *const members[] = {key->suite,     key->task,      key->method,     seed,
                                 key->task_hash, key->data_hash, key->method_hash};
  for (size_t i = 0; i < sizeof members / sizeof *members; i++)
    assay_sha256_add_text(s, members[i]);
  assay_sha256_finish(s, hex);
done:
  assay_sha256_destroy(s);
  return rc;
}

/* The numbers of one column (stride apart) that are there, into out; returns how many. */
static int present(double *out, const double *x, int n, int stride)
{
  int m = 0;
  for (int k = 0; k < n; k++)
    if (!isnan(x[(size_t)k * (size_t)stride])) out[m++] = x[(size_t)k * (size_t)stride];
  return m;
}

static double mean(const double *x, int n)
{
  return n > 0 ? assay_stats_mean(x, n) : (double)NAN;
}

static double quantile(const double *x, int n, double share)
{
  return n > 0 ? assay_stats_quantile(x, n, share) : (double)NAN;
}

static json_t *number_or_null(double value)
{
  return isnan(value) ? json_null() : json_real(value);
}

static int append_number(json_t *array, double value)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(json_array_append_new(array, number_or_null(value)) == 0, ASSAY_ENOMEM,
              "no memory for a score");
done:
  return rc;
}

/* *out = array of x; the caller owns it. */
static int numbers(json_t **out, const double *x, int n)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(*out = json_array(), ASSAY_ENOMEM, "no memory for a score");
  for (int i = 0; i < n; i++) ASSAY_TRY(append_number(*out, x[i]));
done:
  return rc;
}

/* leads, leads_low and leads_high of the field object; work holds n_cases numbers. */
static int add_leads(json_t *object, const struct assay_record_values *v, double *work)
{
  int rc = ASSAY_OK;
  json_t *middle = json_array(), *low = json_array(), *high = json_array();
  ASSAY_CHECK(middle && low && high, ASSAY_ENOMEM, "no memory for a score");
  for (int lead = 0; lead < v->n_leads; lead++) {
    const int m = present(work, v->by_lead + lead, v->n_cases, v->n_leads);
    ASSAY_TRY(append_number(middle, mean(work, m)));
    assay_stats_sort(work, m);
    ASSAY_TRY(append_number(low, quantile(work, m, low_share)));
    ASSAY_TRY(append_number(high, quantile(work, m, high_share)));
  }
  ASSAY_CHECK(json_object_set(object, "leads", middle) == 0 &&
                  json_object_set(object, "leads_low", low) == 0 &&
                  json_object_set(object, "leads_high", high) == 0,
              ASSAY_ENOMEM, "no memory for a score");
done:
  json_decref(middle);
  json_decref(low);
  json_decref(high);
  return rc;
}

/* scores.METRIC of the record, made when it is not there yet; borrowed. */
static int metric_object(json_t **out, json_t *record, const struct assay_record_values *v)
{
  int rc = ASSAY_OK;
  json_t *scores = json_object_get(record, "scores");
  if (!scores) {
    ASSAY_CHECK(json_object_set_new(record, "scores", scores = json_object()) == 0, ASSAY_ENOMEM,
                "no memory for scores");
  }
  *out = json_object_get(scores, v->metric);
  if (*out) goto done;
  *out =
      json_pack("{s:s, s:s, s:i, s:s*, s:{}}", "better", v->higher_is_better ? "higher" : "lower",
                "unit", v->unit, "version", v->version, "doc", v->doc, "fields");
  ASSAY_CHECK(json_object_set_new(scores, v->metric, *out) == 0, ASSAY_ENOMEM,
              "no memory for the scores of %s", v->metric);
done:
  return rc;
}

static int check_finite(const struct assay_record_values *v)
{
  int rc = ASSAY_OK;
  for (int k = 0; k < v->n_cases; k++)
    ASSAY_CHECK(!isinf(v->cases[k]), ASSAY_EARG, "%s of %s is infinite in case %d", v->metric,
                v->field, k);
  for (int i = 0; v->by_lead && i < v->n_cases * v->n_leads; i++)
    ASSAY_CHECK(!isinf(v->by_lead[i]), ASSAY_EARG, "%s of %s is infinite in case %d, lead %d",
                v->metric, v->field, i / v->n_leads, i % v->n_leads);
done:
  return rc;
}

int assay_record_add_score(json_t *record, const struct assay_record_values *v)
{
  int rc = ASSAY_OK;
  double *work = NULL;
  json_t *metric = NULL, *field = NULL, *cases = NULL;
  ASSAY_TRY(check_finite(v));
  ASSAY_TRY(ASSAY_NEW(&work, (size_t)v->n_cases, "scores"));
  const int m = present(work, v->cases, v->n_cases, 1);
  if (m == 0) goto done;
  ASSAY_TRY(metric_object(&metric, record, v));
  field = json_pack("{s:f, s:s}", "value", mean(work, m), "unit", v->unit);
  ASSAY_CHECK(field, ASSAY_ENOMEM, "no memory for a score");
  if (!isnan(v->floor))
    ASSAY_CHECK(json_object_set_new(field, "floor", json_real(v->floor)) == 0, ASSAY_ENOMEM,
                "no memory for a score");
  if (v->has_worst)
    ASSAY_CHECK(json_object_set_new(field, "worst", json_real(v->worst)) == 0, ASSAY_ENOMEM,
                "no memory for a score");
  ASSAY_TRY(numbers(&cases, v->cases, v->n_cases));
  ASSAY_CHECK(json_object_set(field, "cases", cases) == 0, ASSAY_ENOMEM, "no memory for a score");
  if (v->by_lead) ASSAY_TRY(add_leads(field, v, work));
  ASSAY_CHECK(json_object_set(json_object_get(metric, "fields"), v->field, field) == 0,
              ASSAY_ENOMEM, "no memory for a score");
done:
  json_decref(field);
  json_decref(cases);
  assay_free(work);
  return rc;
}
