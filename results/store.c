#include "results/store.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "results/journal.h"
#include "results/packed.h"
#include "results/store_index.h"

struct names {
  int n;
  char **text; /* [n] and a final NULL */
};

struct assay_store {
  char *dir, *index;
  sqlite3 *db;
  struct assay_store_info info;
  char why[200];
  struct names problems, suites, tasks;
};

static const int wait_ms = 10000; /* for another process that extends the same index */

/* ---- bringing the index up to date ---- */

static int open_database(sqlite3 **out, const char *path, int flags)
{
  int rc = ASSAY_OK;
  *out = NULL;
  if (sqlite3_open_v2(path, out, flags, NULL) != SQLITE_OK) {
    rc = assay_err_set(ASSAY_EIO, __FILE__, __LINE__, "%s: cannot open: %s", path,
                       *out ? sqlite3_errmsg(*out) : "out of memory");
    sqlite3_close(*out);
    *out = NULL;
    return rc;
  }
  sqlite3_busy_timeout(*out, wait_ms);
  return ASSAY_OK;
}

static int journal_size(long long *out, const char *dir)
{
  int rc = ASSAY_OK;
  FILE *in = NULL;
  ASSAY_TRY(assay_journal_read(&in, dir));
  ASSAY_CHECK(fseeko(in, 0, SEEK_END) == 0 && (*out = ftello(in)) >= 0, ASSAY_EIO,
              "%s: cannot read the journal: %s", dir, strerror(errno));
done:
  if (in) fclose(in);
  return rc;
}

/* Use the index that is there; ASSAY_ECORRUPT says why it is of no use. */
static int use_existing(struct assay_store *s)
{
  int rc = ASSAY_OK;
  struct assay_index_cover cover;
  char hash[ASSAY_SHA256_HEX];
  long long size = 0;
  ASSAY_TRY(open_database(&s->db, s->index, SQLITE_OPEN_READWRITE));
  ASSAY_TRY(assay_index_check(s->db));
  ASSAY_TRY(assay_index_cover_read(&cover, s->db));
  ASSAY_TRY(journal_size(&size, s->dir));
  ASSAY_CHECK(size >= cover.size, ASSAY_ECORRUPT, "the journal is shorter than it was");
  ASSAY_TRY(assay_index_hash(hash, s->dir, cover.size));
  ASSAY_CHECK(strcmp(hash, cover.hash) == 0, ASSAY_ECORRUPT, "the journal is not the same");
  s->info.state = size > cover.size ? ASSAY_STORE_EXTENDED : ASSAY_STORE_FRESH;
  if (size > cover.size) ASSAY_TRY(assay_index_extend(s->db, s->dir));
done:
  if (rc < 0) {
    sqlite3_close(s->db);
    s->db = NULL;
  }
  return rc;
}

static int build_in(struct assay_store *s, const char *path)
{
  int rc = ASSAY_OK;
  sqlite3 *db = NULL;
  ASSAY_TRY(open_database(&db, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
  /* the file is not the index before it is whole, so SQLite need not protect it */
  ASSAY_TRY(assay_index_run(db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF"));
  ASSAY_TRY(assay_index_create(db));
  ASSAY_TRY(assay_index_extend(db, s->dir));
  s->db = db;
  db = NULL;
done:
  sqlite3_close(db);
  return rc;
}

static int build_in_memory(struct assay_store *s)
{
  s->info.in_memory = true;
  return build_in(s, ":memory:");
}

/* Beside the old index, then renamed over it; whoever has the old one open keeps it. */
static int build_in_file(struct assay_store *s)
{
  int rc = ASSAY_OK;
  struct assay_outfile f = {0};
  ASSAY_TRY(assay_outfile_open(&f, s->index, false));
  unlink(f.temporary);
  ASSAY_TRY(build_in(s, f.temporary));
  sqlite3_close(s->db);
  s->db = NULL;
  ASSAY_TRY(assay_outfile_commit(&f));
  ASSAY_TRY(open_database(&s->db, s->index, SQLITE_OPEN_READWRITE));
done:
  assay_outfile_abort(&f);
  return rc;
}

static int bring_up_to_date(struct assay_store *s, bool rebuild)
{
  const bool there = assay_file_exists(s->index);
  const bool writable = access(s->dir, W_OK) == 0;
  s->info.state = there ? ASSAY_STORE_REBUILT : ASSAY_STORE_BUILT;
  snprintf(s->why, sizeof s->why, "%s", there ? "asked for" : "");
  if (there && !rebuild) {
    if (use_existing(s) == ASSAY_OK) return ASSAY_OK;
    snprintf(s->why, sizeof s->why, "%s", assay_err_last());
    s->info.state = ASSAY_STORE_REBUILT;
  }
  return writable ? build_in_file(s) : build_in_memory(s);
}

/* ---- what it says ---- */

/* First column of all rows, NULL-terminated. */
static int read_names(struct names *out, sqlite3 *db, const char *sql)
{
  int rc = ASSAY_OK, row = 0;
  sqlite3_stmt *q = NULL;
  ASSAY_TRY(ASSAY_NEW(&out->text, 1, "store"));
  ASSAY_TRY(assay_index_prepare(&q, db, sql));
  while (true) {
    ASSAY_TRY(assay_index_step(&row, q));
    if (!row) break;
    ASSAY_TRY(ASSAY_GROW(&out->text, (size_t)out->n + 2, "store"));
    ASSAY_TRY(assay_strdup(&out->text[out->n], (const char *)sqlite3_column_text(q, 0)));
    out->n++;
  }
done:
  sqlite3_finalize(q);
  return rc;
}

static void free_names(struct names *names)
{
  for (int i = 0; i < names->n; i++) assay_free(names->text[i]);
  assay_free(names->text);
}

static int count(int *out, sqlite3 *db, const char *sql)
{
  int rc = ASSAY_OK, row = 0;
  sqlite3_stmt *q = NULL;
  ASSAY_TRY(assay_index_prepare(&q, db, sql));
  ASSAY_TRY(assay_index_step(&row, q));
  *out = sqlite3_column_int(q, 0);
done:
  sqlite3_finalize(q);
  return rc;
}

static int describe(struct assay_store *s)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(count(&s->info.records, s->db, "SELECT count(*) FROM record"));
  ASSAY_TRY(count(&s->info.current, s->db, "SELECT count(*) FROM record WHERE current"));
  ASSAY_TRY(read_names(&s->problems, s->db, "SELECT text FROM problem ORDER BY line"));
  ASSAY_TRY(read_names(&s->suites, s->db,
                       "SELECT suite FROM record WHERE current GROUP BY suite ORDER BY min(line)"));
  ASSAY_TRY(read_names(&s->tasks, s->db,
                       "SELECT task FROM record WHERE current GROUP BY task ORDER BY min(line)"));
  s->info.why = s->why;
  s->info.n_problems = s->problems.n;
  s->info.problems = (const char *const *)s->problems.text;
done:
  return rc;
}

/* ---- the public part ---- */

int assay_store_open(struct assay_store **out, const char *dir, bool rebuild)
{
  int rc = ASSAY_OK;
  struct assay_store *s = NULL;
  FILE *journal = NULL; /* to see whether there is one */
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&s, 1, "store"));
  ASSAY_TRY(assay_strdup(&s->dir, dir));
  ASSAY_TRY(assay_asprintf(&s->index, "%s/%s", dir, ASSAY_STORE_NAME));
  ASSAY_TRY(assay_journal_read(&journal, dir));
  ASSAY_TRY(bring_up_to_date(s, rebuild));
  ASSAY_TRY(describe(s));
  if (s->info.state == ASSAY_STORE_REBUILT && !s->info.in_memory)
    assay_log(ASSAY_LOG_INFO, "results", "%s: index built anew: %s", s->index, s->why);
  *out = s;
  s = NULL;
done:
  if (journal) fclose(journal);
  assay_store_close(s);
  return rc;
}

void assay_store_close(struct assay_store *s)
{
  if (!s) return;
  sqlite3_close(s->db);
  free_names(&s->problems);
  free_names(&s->suites);
  free_names(&s->tasks);
  assay_free(s->index);
  assay_free(s->dir);
  assay_free(s);
}

const struct assay_store_info *assay_store_info(const struct assay_store *store)
{
  return &store->info;
}

const char *assay_store_dir(const struct assay_store *store)
{
  return store->dir;
}

const char *const *assay_store_suites(const struct assay_store *store)
{
  return (const char *const *)store->suites.text;
}

const char *const *assay_store_tasks(const struct assay_store *store)
{
  return (const char *const *)store->tasks.text;
}

/* The record on the line that the row (offset, size, job, line) names. */
static int read_line(struct assay_record **out, FILE *in, sqlite3_stmt *q, const char *dir)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  const long long offset = sqlite3_column_int64(q, 0);
  const size_t size = (size_t)sqlite3_column_int64(q, 1);
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&text, size, "journal line"));
  ASSAY_CHECK(fseeko(in, offset, SEEK_SET) == 0 && fread(text, 1, size, in) == size, ASSAY_ECORRUPT,
              "%s: the journal changed while it was read (byte %lld)", dir, offset);
  rc = assay_record_parse(out, text, size);
  if (rc < 0 || strcmp((*out)->job, (const char *)sqlite3_column_text(q, 2)) != 0)
    ASSAY_FAIL(ASSAY_ECORRUPT, "%s: the journal changed while it was read (byte %lld)", dir,
               offset);
  (*out)->line = (long)sqlite3_column_int64(q, 3);
done:
  if (rc < 0) {
    assay_record_destroy(*out);
    *out = NULL;
  }
  assay_free(text);
  return rc;
}

static int read_rows(struct assay_record ***out, int *n, const struct assay_store *store,
                     sqlite3_stmt *q)
{
  int rc = ASSAY_OK, row = 0;
  FILE *in = NULL;
  ASSAY_TRY(assay_journal_read(&in, store->dir));
  while (true) {
    ASSAY_TRY(assay_index_step(&row, q));
    if (!row) break;
    ASSAY_TRY(ASSAY_GROW(out, (size_t)*n + 1, "records"));
    ASSAY_TRY(read_line(&(*out)[*n], in, q, store->dir));
    (*n)++;
  }
done:
  if (in) fclose(in);
  return rc;
}

int assay_store_select(struct assay_record ***out, int *n, const struct assay_store *store,
                       const struct assay_store_filter *filter)
{
  int rc = ASSAY_OK;
  sqlite3_stmt *q = NULL;
  *out = NULL;
  *n = 0;
  ASSAY_TRY(assay_index_prepare(
      &q, store->db,
      "SELECT offset, size, job, line FROM record JOIN (SELECT task, min(line) AS first FROM record"
      " GROUP BY task) USING(task) WHERE (?1 IS NULL OR suite = ?1) AND (?2 IS NULL OR task = ?2)"
      " AND (?3 IS NULL OR method = ?3) AND (current OR ?4) ORDER BY first, method, seed, line"));
  sqlite3_bind_text(q, 1, filter->suite, -1, SQLITE_STATIC);
  sqlite3_bind_text(q, 2, filter->task, -1, SQLITE_STATIC);
  sqlite3_bind_text(q, 3, filter->method, -1, SQLITE_STATIC);
  sqlite3_bind_int(q, 4, filter->history);
  ASSAY_TRY(read_rows(out, n, store, q));
done:
  sqlite3_finalize(q);
  if (rc < 0) {
    assay_store_release(*out, *n);
    *out = NULL;
    *n = 0;
  }
  return rc;
}

void assay_store_release(struct assay_record **records, int n)
{
  for (int i = 0; i < n; i++) assay_record_destroy(records[i]);
  assay_free(records);
}

int assay_store_find(struct assay_record **out, const struct assay_store *store, const char *job)
{
  int rc = ASSAY_OK, n = 0;
  sqlite3_stmt *q = NULL;
  struct assay_record **found = NULL;
  *out = NULL;
  ASSAY_TRY(assay_index_prepare(
      &q, store->db, "SELECT offset, size, job, line FROM record WHERE job = ?1 AND current"));
  sqlite3_bind_text(q, 1, job, -1, SQLITE_STATIC);
  ASSAY_TRY(read_rows(&found, &n, store, q));
  ASSAY_CHECK(n == 1, ASSAY_ENOTFOUND, "%s: no record of job %.12s", store->dir, job);
  *out = found[0];
  n = 0;
done:
  sqlite3_finalize(q);
  assay_store_release(found, n);
  return rc;
}
