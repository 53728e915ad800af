/* Tables of known trees for tests, and reading a tree written as "Mul(x0,Pow(x1,Const))". */
#ifndef ASSAY_TESTS_CORE_EXPR_TREE_TABLE_H
#define ASSAY_TESTS_CORE_EXPR_TREE_TABLE_H
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/expr/tree_distance.h"
#include "tests/test.h"

enum { TABLE_COLUMNS = 16, TREE_ROOM = 4096 };

struct table {
  char *text, *rest;
  int n; /* columns of this row */
  const char *cell[TABLE_COLUMNS];
};

/* A file beside this one, of the source tree at root; the header is passed over. */
static inline void open_table(struct table *t, const char *root, const char *name)
{
  char path[4096];
  size_t size;
  snprintf(path, sizeof path, "%s/tests/core/expr/%s", root, name);
  assert_ok(assay_file_read(&t->text, &size, path));
  t->rest = strchr(t->text, '\n') + 1;
}

static inline bool next_row(struct table *t)
{
  char *line = t->rest;
  if (!*line) {
    assay_free(t->text);
    return false;
  }
  const size_t n = strcspn(line, "\n");
  t->rest = line + n + (line[n] != 0);
  line[n] = 0;
  t->n = 0;
  for (char *c = line; c && t->n < TABLE_COLUMNS;) {
    t->cell[t->n++] = c;
    c = strchr(c, '\t');
    if (c) *c++ = 0;
  }
  return true;
}

struct read_tree {
  int n, label[TREE_ROOM], arity[TREE_ROOM];
};

/* labels by their letters */
static inline int label_number(const char *text, size_t n)
{
  unsigned h = 5381;
  for (size_t i = 0; i < n; i++) h = h * 33 + (unsigned char)text[i];
  return (int)(h & 0x7fffffff);
}

static inline const char *read_node(struct read_tree *t, const char *text)
{
  const size_t n = strcspn(text, "(),");
  const int label = label_number(text, n);
  int arity = 0;
  text += n;
  if (*text == '(') {
    do {
      text = read_node(t, text + 1);
      arity++;
    } while (*text == ',');
    text++;
  }
  t->label[t->n] = label;
  t->arity[t->n++] = arity;
  return text;
}

static inline struct assay_label_tree read_tree(struct read_tree *t, const char *text)
{
  t->n = 0;
  read_node(t, text);
  return (struct assay_label_tree){.n = t->n, .label = t->label, .arity = t->arity};
}

#endif
