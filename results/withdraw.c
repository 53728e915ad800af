#include "results/withdraw.h"

#include <time.h>

#include "core/base/err.h"
#include "results/journal.h"

static bool seed_wanted(int64_t seed, const int64_t *seeds, int n_seeds)
{
  bool wanted = n_seeds == 0;
  for (int i = 0; i < n_seeds; i++) wanted = wanted || seeds[i] == seed;
  return wanted;
}

static int withdraw_one(const char *dir, const struct assay_record *r, const char *reason)
{
  int rc = ASSAY_OK;
  json_t *line = NULL;
  char now[32];
  const time_t t = time(NULL);
  struct tm utc;
  strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &utc));
  ASSAY_TRY(assay_record_create(&line, &r->key, ASSAY_RECORD_WITHDRAWN));
  ASSAY_CHECK(json_object_set_new(line, "failure", json_pack("{s:s}", "reason", reason)) == 0 &&
                  json_object_set_new(line, "provenance", json_pack("{s:s}", "started", now)) == 0,
              ASSAY_EARG, "the reason is not UTF-8");
  ASSAY_TRY(assay_journal_append(dir, line));
done:
  json_decref(line);
  return rc;
}

int assay_withdraw(int *n, const struct assay_store *store, const struct assay_store_filter *filter,
                   const int64_t *seeds, int n_seeds, const char *reason)
{
  int rc = ASSAY_OK, n_records = 0;
  struct assay_record **records = NULL;
  *n = 0;
  ASSAY_CHECK(*reason, ASSAY_EARG, "a withdrawal needs a reason");
  ASSAY_TRY(assay_store_select(&records, &n_records, store, filter));
  for (int i = 0; i < n_records; i++) {
    if (records[i]->status == ASSAY_RECORD_WITHDRAWN ||
        !seed_wanted(records[i]->key.seed, seeds, n_seeds))
      continue;
    ASSAY_TRY(withdraw_one(assay_store_dir(store), records[i], reason));
    (*n)++;
  }
  ASSAY_CHECK(*n > 0, ASSAY_ENOTFOUND, "%s: no record of %s to withdraw", assay_store_dir(store),
              filter->method ? filter->method : "any method");
done:
  assay_store_release(records, n_records);
  return rc;
}
