/* Several tables that belong together: a folder with a file per equation and a manifest. */
#ifndef ASSAY_DATASETS_TABLE_SET_H
#define ASSAY_DATASETS_TABLE_SET_H
#include "datasets/table.h"

#define ASSAY_TABLE_SET_SCHEMA "assay-tables/1"
#define ASSAY_TABLE_SET_FILE "set.json"

/* Texts are owned by the set. */
struct assay_table_entry {
  char *id, *file; /* file: relative to the manifest */
  long rows;
  int columns;
  char content[ASSAY_SHA256_HEX];
};

struct assay_table_set {
  char *path;                     /* as opened */
  char *folder;                   /* where the files are */
  char *name, *title, *recipe;    /* of the recipe that made all; "" for a single table */
  char content[ASSAY_SHA256_HEX]; /* over those of the tables */
  int n;
  struct assay_table_entry *entry; /* [n] in the order of the recipe */
};

/* A table, a manifest, or a folder with one. A single table is a set of one. ASSAY_EIO,
 * ASSAY_EPARSE, ASSAY_ECORRUPT. */
int assay_table_set_open(struct assay_table_set **out, const char *path);
void assay_table_set_close(struct assay_table_set *s); /* NULL allowed */
/* Whether `path` is one of these. */
bool assay_table_set_is(const char *path);

/* The k-th table, read and verified; its content must be what the manifest says. ASSAY_ECORRUPT. */
int assay_table_set_read(struct assay_table **out, const struct assay_table_set *s, int k);

/* A new manifest; entries are added in order, then it is written into the folder. The content hash
 * is that of the entries. */
int assay_table_set_create(struct assay_table_set **out, const char *folder, const char *name,
                           const char *title, const char *recipe);
int assay_table_set_add(struct assay_table_set *s, const char *id, const char *file, long rows,
                        int columns, const char *content);
int assay_table_set_write(struct assay_table_set *s);

#endif
