/* YAML files as a tree that remembers where everything stood. The subset: mappings, sequences and
 * scalars; no anchors, aliases, tags or second documents. YAML's own guesses about types (no, 1e3,
 * 012) never matter: a scalar is text until a parameter row reads it. */
#ifndef ASSAY_CORE_BASE_CONFIG_H
#define ASSAY_CORE_BASE_CONFIG_H
#include <stddef.h>

#include "core/base/param.h"

enum assay_node_kind { ASSAY_NODE_SCALAR, ASSAY_NODE_SEQUENCE, ASSAY_NODE_MAPPING };

struct assay_node {
  enum assay_node_kind kind;
  const char *file;
  int line, column;         /* 1-based */
  const char *key;          /* inside a mapping, else NULL */
  const char *text;         /* scalar */
  struct assay_node *next;  /* sibling */
  struct assay_node *first; /* child */
  int n;                    /* children */
};

struct assay_config;

/* Read a file or a text (name stands for the file in messages). The root is a mapping; duplicate
 * keys are refused. ASSAY_EIO, ASSAY_EPARSE with "file:line:column: ". */
int assay_config_read(struct assay_config **out, const char *file);
int assay_config_parse(struct assay_config **out, const char *name, const char *text, size_t size);
void assay_config_destroy(struct assay_config *config);

/* Borrowed from config, as is everything below it. */
const struct assay_node *assay_config_root(const struct assay_config *config);

/* The child called key, or NULL. */
const struct assay_node *assay_node_get(const struct assay_node *mapping, const char *key);

/* Take a key out of a mapping of this tree; without the key nothing changes. */
void assay_config_remove(struct assay_config *config, const struct assay_node *mapping,
                         const char *key);

/* Set the error "file:line:column: message" and return code. */
int assay_node_fail(const struct assay_node *node, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Every key of the mapping must be a row of table and is read into obj; a sequence of scalars goes
 * into a LIST row. Keys in `others` (NULL-terminated, or NULL) are left to the caller. */
int assay_node_decode(const struct assay_node *mapping, const struct assay_param *table, void *obj,
                      const char *const *others);

/* A finite number; ASSAY_EPARSE. */
int assay_node_double(double *out, const struct assay_node *node);

#endif
