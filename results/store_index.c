#include "results/store_index.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "results/journal.h"
#include "results/packed.h"

static const int schema_version = 1;

static const char schema[] =
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT;"
    "CREATE TABLE record("
    "  line INTEGER PRIMARY KEY, offset INTEGER NOT NULL, size INTEGER NOT NULL,"
    "  job TEXT NOT NULL, current INTEGER NOT NULL,"
    "  suite TEXT NOT NULL, task TEXT NOT NULL, method TEXT NOT NULL, seed INTEGER NOT NULL,"
    "  task_hash TEXT NOT NULL, data_hash TEXT NOT NULL, method_hash TEXT NOT NULL,"
    "  status TEXT NOT NULL, reason TEXT NOT NULL, primary_metric TEXT NOT NULL,"
    "  n_cases INTEGER NOT NULL, train_wall_s REAL, train_cpu_s REAL, train_peak_rss_mb REAL,"
    "  predict_wall_s REAL, predict_cpu_s REAL, predict_peak_rss_mb REAL,"
    "  started TEXT NOT NULL, revision TEXT NOT NULL) STRICT;"
    "CREATE INDEX record_job ON record(job);"
    "CREATE TABLE score("
    "  line INTEGER NOT NULL REFERENCES record(line) ON DELETE CASCADE,"
    "  metric TEXT NOT NULL, field TEXT NOT NULL, unit TEXT NOT NULL,"
    "  higher_is_better INTEGER NOT NULL, value REAL NOT NULL, floor REAL,"
    "  PRIMARY KEY(line, metric, field)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE problem(line INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"
    "INSERT INTO meta VALUES('journal_size', 0), ('journal_lines', 0), ('journal_sha256', '');";

enum statement { REPLACE, RECORD, SCORE, PROBLEM, N_STATEMENTS };
static const char *const statement_sql[N_STATEMENTS] = {
    [REPLACE] = "UPDATE record SET current = 0 WHERE job = ?1",
    [RECORD] =
        ("INSERT INTO record VALUES(?1, ?2, ?3, ?4, 1, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
         " ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)"),
    [SCORE] = "INSERT INTO score VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [PROBLEM] = "INSERT INTO problem VALUES(?1, ?2)",
};

int assay_index_fail(sqlite3 *db, const char *doing)
{
  return assay_err_set(ASSAY_EIO, __FILE__, __LINE__, "index: cannot %s: %s", doing,
                       sqlite3_errmsg(db));
}

int assay_index_run(sqlite3 *db, const char *sql)
{
  if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
    return assay_index_fail(db, "execute a statement");
  return ASSAY_OK;
}

int assay_index_prepare(sqlite3_stmt **out, sqlite3 *db, const char *sql)
{
  *out = NULL;
  if (sqlite3_prepare_v2(db, sql, -1, out, NULL) != SQLITE_OK)
    return assay_index_fail(db, "prepare a statement");
  return ASSAY_OK;
}

int assay_index_step(int *row, sqlite3_stmt *statement)
{
  const int code = sqlite3_step(statement);
  *row = code == SQLITE_ROW;
  if (code == SQLITE_ROW) return ASSAY_OK;
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement);
    return ASSAY_OK;
  }
  const int rc = assay_index_fail(sqlite3_db_handle(statement), "execute a statement");
  sqlite3_reset(statement);
  return rc;
}

/* ---- tables ---- */

int assay_index_create(sqlite3 *db)
{
  int rc = ASSAY_OK;
  char version[64];
  snprintf(version, sizeof version, "PRAGMA user_version = %d", schema_version);
  ASSAY_TRY(assay_index_run(db, schema));
  ASSAY_TRY(assay_index_run(db, version));
done:
  return rc;
}

/* The first column of the first row of a query, as text in out; "" when there is none. */
static int query_text(char *out, size_t size, sqlite3 *db, const char *sql)
{
  int rc = ASSAY_OK, row = 0;
  sqlite3_stmt *s = NULL;
  *out = '\0';
  ASSAY_TRY(assay_index_prepare(&s, db, sql));
  ASSAY_TRY(assay_index_step(&row, s));
  if (row && sqlite3_column_text(s, 0))
    snprintf(out, size, "%s", (const char *)sqlite3_column_text(s, 0));
done:
  sqlite3_finalize(s);
  return rc;
}

int assay_index_check(sqlite3 *db)
{
  int rc = ASSAY_OK;
  char version[32], expected[32], check[200];
  snprintf(expected, sizeof expected, "%d", schema_version);
  if (query_text(version, sizeof version, db, "PRAGMA user_version") < 0 ||
      query_text(check, sizeof check, db, "PRAGMA quick_check(1)") < 0)
    return assay_err_set(ASSAY_ECORRUPT, __FILE__, __LINE__, "it is damaged");
  ASSAY_CHECK(strcmp(version, expected) == 0, ASSAY_ECORRUPT, "it has another version");
  ASSAY_CHECK(strcmp(check, "ok") == 0, ASSAY_ECORRUPT, "it is damaged");
done:
  return rc;
}

int assay_index_cover_read(struct assay_index_cover *out, sqlite3 *db)
{
  int rc = ASSAY_OK, row = 0;
  sqlite3_stmt *s = NULL;
  *out = (struct assay_index_cover){0};
  ASSAY_TRY(assay_index_prepare(
      &s, db,
      "SELECT a.value, b.value, c.value FROM meta a, meta b, meta c WHERE a.name = 'journal_size'"
      " AND b.name = 'journal_lines' AND c.name = 'journal_sha256'"));
  ASSAY_TRY(assay_index_step(&row, s));
  ASSAY_CHECK(row, ASSAY_ECORRUPT, "it does not say what it covers");
  out->size = sqlite3_column_int64(s, 0);
  out->lines = (long)sqlite3_column_int64(s, 1);
  snprintf(out->hash, sizeof out->hash, "%s", (const char *)sqlite3_column_text(s, 2));
done:
  sqlite3_finalize(s);
  return rc;
}

static int write_cover(sqlite3 *db, const struct assay_index_cover *c)
{
  int rc = ASSAY_OK, row = 0;
  sqlite3_stmt *s = NULL;
  ASSAY_TRY(assay_index_prepare(&s, db,
                                "INSERT OR REPLACE INTO meta VALUES('journal_size', ?1),"
                                " ('journal_lines', ?2), ('journal_sha256', ?3)"));
  sqlite3_bind_int64(s, 1, c->size);
  sqlite3_bind_int64(s, 2, c->lines);
  sqlite3_bind_text(s, 3, c->hash, -1, SQLITE_STATIC);
  ASSAY_TRY(assay_index_step(&row, s));
done:
  sqlite3_finalize(s);
  return rc;
}

/* ---- filling them ---- */

struct filler {
  sqlite3 *db;
  sqlite3_stmt *statements[N_STATEMENTS];
};

static void bind_text(sqlite3_stmt *s, int at, const char *text)
{
  sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC);
}

static void bind_number(sqlite3_stmt *s, int at, double value)
{
  if (!isnan(value))
    sqlite3_bind_double(s, at, value);
  else
    sqlite3_bind_null(s, at);
}

static int execute(sqlite3_stmt *s)
{
  int row = 0;
  const int rc = assay_index_step(&row, s);
  sqlite3_clear_bindings(s);
  return rc;
}

static int add_scores(const struct filler *f, const struct assay_journal_line *line)
{
  int rc = ASSAY_OK;
  sqlite3_stmt *s = f->statements[SCORE];
  for (int i = 0; i < line->record->n_scores; i++) {
    const struct assay_record_score *score = &line->record->scores[i];
    sqlite3_bind_int64(s, 1, line->number);
    bind_text(s, 2, score->metric);
    bind_text(s, 3, score->field);
    bind_text(s, 4, score->unit);
    sqlite3_bind_int(s, 5, score->higher_is_better);
    bind_number(s, 6, score->value);
    bind_number(s, 7, score->floor);
    ASSAY_TRY(execute(s));
  }
done:
  return rc;
}

static const char *provenance_text(const struct assay_record *r, const char *key)
{
  const char *text = json_string_value(json_object_get(r->provenance, key));
  return text ? text : "";
}

static int add_record(const struct filler *f, const struct assay_journal_line *line)
{
  int rc = ASSAY_OK, at = 1;
  const struct assay_record *r = line->record;
  sqlite3_stmt *s = f->statements[REPLACE];
  bind_text(s, 1, r->job);
  ASSAY_TRY(execute(s));
  s = f->statements[RECORD];
  sqlite3_bind_int64(s, at++, line->number);
  sqlite3_bind_int64(s, at++, line->offset);
  sqlite3_bind_int64(s, at++, (sqlite3_int64)line->size);
  bind_text(s, at++, r->job);
  bind_text(s, at++, r->key.suite);
  bind_text(s, at++, r->key.task);
  bind_text(s, at++, r->key.method);
  sqlite3_bind_int64(s, at++, r->key.seed);
  bind_text(s, at++, r->key.task_hash);
  bind_text(s, at++, r->key.data_hash);
  bind_text(s, at++, r->key.method_hash);
  bind_text(s, at++, assay_record_statuses[r->status]);
  bind_text(s, at++, r->reason);
  bind_text(s, at++, r->primary);
  sqlite3_bind_int(s, at++, r->n_cases);
  const double costs[] = {r->train.wall_s,   r->train.cpu_s,   r->train.peak_rss_mb,
                          r->predict.wall_s, r->predict.cpu_s, r->predict.peak_rss_mb};
  for (int i = 0; i < 6; i++) bind_number(s, at++, costs[i]);
  bind_text(s, at++, provenance_text(r, "started"));
  bind_text(s, at++, provenance_text(r, "revision"));
  ASSAY_TRY(execute(s));
  ASSAY_TRY(add_scores(f, line));
done:
  return rc;
}

static int add_line(void *context, const struct assay_journal_line *line)
{
  struct filler *f = context;
  if (line->record) return add_record(f, line);
  sqlite3_bind_int64(f->statements[PROBLEM], 1, line->number);
  bind_text(f->statements[PROBLEM], 2, line->problem);
  return execute(f->statements[PROBLEM]);
}

/* Forget lines that were not yet ended by a newline when they were indexed. */
static int drop_unfinished(sqlite3 *db, long lines)
{
  int rc = ASSAY_OK;
  char sql[400];
  snprintf(sql, sizeof sql,
           "DELETE FROM problem WHERE line > %ld; DELETE FROM score WHERE line > %ld;"
           "DELETE FROM record WHERE line > %ld",
           lines, lines, lines);
  ASSAY_TRY(assay_index_run(db, sql));
  if (sqlite3_changes(db) > 0)
    ASSAY_TRY(assay_index_run(db, "UPDATE record SET current = line = (SELECT max(line) FROM"
                                  " record AS r WHERE r.job = record.job)"));
done:
  return rc;
}

static int fill(struct filler *f, const char *dir)
{
  int rc = ASSAY_OK;
  struct assay_index_cover cover;
  ASSAY_TRY(assay_index_cover_read(&cover, f->db));
  ASSAY_TRY(drop_unfinished(f->db, cover.lines));
  ASSAY_TRY(
      assay_journal_walk(dir, cover.size, cover.lines, &cover.size, &cover.lines, add_line, f));
  ASSAY_TRY(assay_index_hash(cover.hash, dir, cover.size));
  ASSAY_TRY(write_cover(f->db, &cover));
done:
  return rc;
}

int assay_index_extend(sqlite3 *db, const char *dir)
{
  int rc = ASSAY_OK;
  struct filler f = {.db = db};
  ASSAY_TRY(assay_index_run(db, "BEGIN IMMEDIATE"));
  for (int i = 0; i < N_STATEMENTS && rc == ASSAY_OK; i++)
    rc = assay_index_prepare(&f.statements[i], db, statement_sql[i]);
  if (rc == ASSAY_OK) rc = fill(&f, dir);
  for (int i = 0; i < N_STATEMENTS; i++) sqlite3_finalize(f.statements[i]);
  if (rc == ASSAY_OK) rc = assay_index_run(db, "COMMIT");
  if (rc < 0) sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
done:
  return rc;
}

int assay_index_hash(char hex[ASSAY_SHA256_HEX], const char *dir, long long size)
{
  int rc = ASSAY_OK;
  struct assay_sha256 *s = NULL;
  char block[1 << 14];
  FILE *in = NULL;
  ASSAY_TRY(assay_journal_read(&in, dir));
  ASSAY_TRY(assay_sha256_create(&s));
  while (size > 0) {
    const size_t want = size < (long long)sizeof block ? (size_t)size : sizeof block;
    ASSAY_CHECK(fread(block, 1, want, in) == want, ASSAY_EIO,
                "%s: the journal is shorter than it was", dir);
    assay_sha256_add(s, block, want);
    size -= (long long)want;
  }
  assay_sha256_finish(s, hex);
done:
  if (in) fclose(in);
  assay_sha256_destroy(s);
  return rc;
}
