/* The store: the journal with its SQLite index (RESULTS/index.sqlite). The journal is the truth;
 * the index only finds lines in it and answers SQL, and whoever opens a store first makes sure that
 * it says what the journal says: the index remembers how many bytes of the journal it covers and
 * their SHA-256. A longer journal is indexed further; anything else (no index, another version,
 * another beginning, damage) builds the index anew beside the old one and renames it over. Where
 * the folder cannot be written the index is made in memory.
 *
 * Tables (STRICT; columns in results/store_index.c): record (every line that is a record, `current`
 * for the newest of its job), score (value and floor of every metric and field), problem (lines
 * that are no records), meta. */
#ifndef ASSAY_RESULTS_STORE_H
#define ASSAY_RESULTS_STORE_H
#include "results/record.h"

#define ASSAY_STORE_NAME "index.sqlite"

struct assay_store;

/* How the index came to be up to date. */
enum assay_store_state {
  ASSAY_STORE_FRESH,    /* it was */
  ASSAY_STORE_EXTENDED, /* new lines of the journal were added */
  ASSAY_STORE_BUILT,    /* there was none */
  ASSAY_STORE_REBUILT,  /* it was damaged, foreign, of another journal, or rebuild was asked for */
};

struct assay_store_info {
  enum assay_store_state state;
  const char *why; /* it was rebuilt; "" otherwise */
  bool in_memory;  /* the folder cannot be written */
  int records;     /* lines that are records */
  int current;     /* jobs: records that no later line replaces */
  int n_problems;
  const char *const *problems; /* [n_problems] "line 17: schema: expected ..." */
};

/* Open the results folder dir. ASSAY_ENOTFOUND: it has no journal; ASSAY_EIO. */
int assay_store_open(struct assay_store **out, const char *dir, bool rebuild);
void assay_store_close(struct assay_store *store);
const struct assay_store_info *assay_store_info(const struct assay_store *store);
const char *assay_store_dir(const struct assay_store *store);

/* What to select: NULL members match everything. */
struct assay_store_filter {
  const char *suite, *task, *method;
  bool history; /* also records that a later one of the same job replaced */
};

/* Records in the order of their tasks (oldest first), then methods (by name), seeds, lines; the
 * caller frees them with assay_store_release. ASSAY_ECORRUPT: the journal changed under the index.
 */
int assay_store_select(struct assay_record ***out, int *n, const struct assay_store *store,
                       const struct assay_store_filter *filter);
void assay_store_release(struct assay_record **records, int n);

/* The newest record of a job (assay_record_job), withdrawn ones too; the caller destroys it.
 * ASSAY_ENOTFOUND. */
int assay_store_find(struct assay_record **out, const struct assay_store *store, const char *job);

/* Names in the current records, NULL-terminated, oldest first, borrowed from the store. */
const char *const *assay_store_suites(const struct assay_store *store);
const char *const *assay_store_tasks(const struct assay_store *store);

#endif
