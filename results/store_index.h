/* The SQLite side of the store: the tables, and filling them from the journal. */
#ifndef ASSAY_RESULTS_STORE_INDEX_H
#define ASSAY_RESULTS_STORE_INDEX_H
#include <sqlite3.h>

#include "core/io/sha256.h"

/* What an index knows of the journal it was made from. */
struct assay_index_cover {
  long long size; /* bytes, up to the last newline then */
  long lines;
  char hash[ASSAY_SHA256_HEX]; /* SHA-256 of these bytes */
};

/* Set the error from the database's last one; returns ASSAY_EIO. */
int assay_index_fail(sqlite3 *db, const char *doing);
/* Statements without results, one after another. */
int assay_index_run(sqlite3 *db, const char *sql);
int assay_index_prepare(sqlite3_stmt **out, sqlite3 *db, const char *sql);
/* *row = there is one; at the end the statement can be stepped anew. */
int assay_index_step(int *row, sqlite3_stmt *statement);

/* Empty tables of the current version. */
int assay_index_create(sqlite3 *db);
/* ASSAY_ECORRUPT: damaged, or not an index of this version. */
int assay_index_check(sqlite3 *db);
int assay_index_cover_read(struct assay_index_cover *out, sqlite3 *db);
/* Add the lines behind what is covered; everything in one transaction. */
int assay_index_extend(sqlite3 *db, const char *dir);

/* SHA-256 of the first `size` bytes of the journal in dir; ASSAY_EIO also when it is shorter. */
int assay_index_hash(char hex[ASSAY_SHA256_HEX], const char *dir, long long size);

#endif
