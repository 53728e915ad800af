#include "core/base/config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/text.h"

enum { DEPTH_MAX = 32 };

/* Every node and text is one link of a chain that is freed at once. */
struct link {
  struct link *next;
};

struct assay_config {
  struct link *chain;
  const char *name;
  struct assay_node *root;
};

static int chain_alloc(struct assay_config *c, void **out, size_t size)
{
  int rc = ASSAY_OK;
  struct link *l = NULL;
  ASSAY_TRY(assay_alloc((void **)&l, 1, sizeof *l + size, "configuration"));
  l->next = c->chain;
  c->chain = l;
  *out = l + 1;
done:
  return rc;
}

static int chain_text(struct assay_config *c, const char **out, const void *text, size_t size)
{
  int rc = ASSAY_OK;
  char *copy = NULL;
  ASSAY_TRY(chain_alloc(c, (void **)&copy, size + 1));
  memcpy(copy, text, size);
  *out = copy;
done:
  return rc;
}

static int fail_at(const struct assay_config *c, yaml_mark_t mark, const char *what)
{
  return assay_err_set(ASSAY_EPARSE, __FILE__, __LINE__, "%s:%zu:%zu: %s", c->name, mark.line + 1,
                       mark.column + 1, what);
}

static int next_event(struct assay_config *c, yaml_parser_t *parser, yaml_event_t *event)
{
  if (yaml_parser_parse(parser, event)) return ASSAY_OK;
  memset(event, 0, sizeof *event);
  char what[256];
  snprintf(what, sizeof what, "%s%s%s", parser->problem ? parser->problem : "not YAML",
           parser->context ? " " : "", parser->context ? parser->context : "");
  return fail_at(c, parser->problem_mark.line ? parser->problem_mark : parser->mark, what);
}

static int read_node(struct assay_config *c, yaml_parser_t *parser, const yaml_event_t *event,
                     struct assay_node **out, int depth);

static void append(struct assay_node *parent, struct assay_node ***tail, struct assay_node *child)
{
  **tail = child;
  *tail = &child->next;
  parent->n++;
}

/* The value behind a key, or the next item of a sequence, given its first event. */
static int read_child(struct assay_config *c, yaml_parser_t *parser, struct assay_node *parent,
                      struct assay_node ***tail, const char *key, const yaml_event_t *first,
                      int depth)
{
  int rc = ASSAY_OK;
  struct assay_node *child = NULL;
  yaml_event_t value = {0};
  if (key) {
    if (assay_node_get(parent, key)) {
      char what[160];
      snprintf(what, sizeof what, "key '%.100s' appears twice", key);
      rc = fail_at(c, first->start_mark, what);
      goto done;
    }
    ASSAY_TRY(next_event(c, parser, &value));
  }
  ASSAY_TRY(read_node(c, parser, key ? &value : first, &child, depth + 1));
  child->key = key;
  append(parent, tail, child);
done:
  yaml_event_delete(&value);
  return rc;
}

static int read_children(struct assay_config *c, yaml_parser_t *parser, struct assay_node *parent,
                         yaml_event_type_t end, int depth)
{
  int rc = ASSAY_OK;
  struct assay_node **tail = &parent->first;
  for (;;) {
    yaml_event_t event = {0};
    const char *key = NULL;
    ASSAY_TRY(next_event(c, parser, &event));
    const bool finished = event.type == end;
    if (!finished && parent->kind == ASSAY_NODE_MAPPING) {
      if (event.type != YAML_SCALAR_EVENT)
        rc = fail_at(c, event.start_mark, "expected a key");
      else
        rc = chain_text(c, &key, event.data.scalar.value, event.data.scalar.length);
    }
    if (rc == ASSAY_OK && !finished) rc = read_child(c, parser, parent, &tail, key, &event, depth);
    yaml_event_delete(&event);
    if (rc < 0 || finished) goto done;
  }
done:
  return rc;
}

static bool has_anchor_or_tag(const yaml_event_t *e)
{
  switch (e->type) {
  case YAML_SCALAR_EVENT:
    return e->data.scalar.anchor || e->data.scalar.tag;
  case YAML_SEQUENCE_START_EVENT:
    return e->data.sequence_start.anchor || e->data.sequence_start.tag;
  case YAML_MAPPING_START_EVENT:
    return e->data.mapping_start.anchor || e->data.mapping_start.tag;
  default:
    return false;
  }
}

static int read_node(struct assay_config *c, yaml_parser_t *parser, const yaml_event_t *event,
                     struct assay_node **out, int depth)
{
  int rc = ASSAY_OK;
  struct assay_node *node = NULL;
  if (has_anchor_or_tag(event) || event->type == YAML_ALIAS_EVENT)
    return fail_at(c, event->start_mark, "anchors, aliases and tags are not supported");
  if (depth > DEPTH_MAX) return fail_at(c, event->start_mark, "nested too deeply");
  ASSAY_TRY(chain_alloc(c, (void **)&node, sizeof *node));
  node->file = c->name;
  node->line = (int)event->start_mark.line + 1;
  node->column = (int)event->start_mark.column + 1;
  *out = node;
  switch (event->type) {
  case YAML_SCALAR_EVENT:
    node->kind = ASSAY_NODE_SCALAR;
    ASSAY_TRY(chain_text(c, &node->text, event->data.scalar.value, event->data.scalar.length));
    if (strlen(node->text) != event->data.scalar.length)
      rc = fail_at(c, event->start_mark, "a zero byte inside text");
    break;
  case YAML_SEQUENCE_START_EVENT:
    node->kind = ASSAY_NODE_SEQUENCE;
    ASSAY_TRY(read_children(c, parser, node, YAML_SEQUENCE_END_EVENT, depth));
    break;
  case YAML_MAPPING_START_EVENT:
    node->kind = ASSAY_NODE_MAPPING;
    ASSAY_TRY(read_children(c, parser, node, YAML_MAPPING_END_EVENT, depth));
    break;
  default:
    rc = fail_at(c, event->start_mark, "expected a value");
  }
done:
  return rc;
}

static int expect(struct assay_config *c, yaml_parser_t *parser, yaml_event_type_t type,
                  const char *otherwise)
{
  yaml_event_t event = {0};
  int rc = next_event(c, parser, &event);
  if (rc == ASSAY_OK && event.type != type) rc = fail_at(c, event.start_mark, otherwise);
  yaml_event_delete(&event);
  return rc;
}

static int read_document(struct assay_config *c, yaml_parser_t *parser)
{
  int rc = ASSAY_OK;
  yaml_event_t event = {0};
  ASSAY_TRY(expect(c, parser, YAML_STREAM_START_EVENT, "not a YAML stream"));
  ASSAY_TRY(expect(c, parser, YAML_DOCUMENT_START_EVENT, "the file is empty"));
  ASSAY_TRY(next_event(c, parser, &event));
  if (event.type != YAML_MAPPING_START_EVENT) {
    rc = fail_at(c, event.start_mark, "expected 'key: value' lines");
    goto done;
  }
  ASSAY_TRY(read_node(c, parser, &event, &c->root, 0));
  ASSAY_TRY(expect(c, parser, YAML_DOCUMENT_END_EVENT, "expected the end of the document"));
  ASSAY_TRY(expect(c, parser, YAML_STREAM_END_EVENT, "only one document is allowed"));
done:
  yaml_event_delete(&event);
  return rc;
}

int assay_config_parse(struct assay_config **out, const char *name, const char *text, size_t size)
{
  int rc = ASSAY_OK;
  yaml_parser_t parser = {0};
  struct assay_config *c = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&c, 1, "configuration"));
  ASSAY_TRY(chain_text(c, &c->name, name, strlen(name)));
  ASSAY_CHECK(yaml_parser_initialize(&parser), ASSAY_ENOMEM, "no memory for the YAML parser");
  yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
  ASSAY_TRY(read_document(c, &parser));
  *out = c;
  c = NULL;
done:
  yaml_parser_delete(&parser);
  assay_config_destroy(c);
  return rc;
}

int assay_config_read(struct assay_config **out, const char *file)
{
  int rc = ASSAY_OK;
  char *text = NULL;
  size_t size = 0;
  *out = NULL;
  ASSAY_TRY(assay_file_read(&text, &size, file));
  ASSAY_TRY(assay_config_parse(out, file, text, size));
done:
  assay_free(text);
  return rc;
}

void assay_config_destroy(struct assay_config *config)
{
  if (!config) return;
  for (struct link *l = config->chain, *next; l; l = next) {
    next = l->next;
    assay_free(l);
  }
  assay_free(config);
}

const struct assay_node *assay_config_root(const struct assay_config *config)
{
  return config->root;
}

const struct assay_node *assay_node_get(const struct assay_node *mapping, const char *key)
{
  for (const struct assay_node *n = mapping ? mapping->first : NULL; n; n = n->next)
    if (n->key && strcmp(n->key, key) == 0) return n;
  return NULL;
}

void assay_config_remove(struct assay_config *config, const struct assay_node *mapping,
                         const char *key)
{
  (void)config; /* whose nodes they are: not constant to it */
  struct assay_node *parent = (struct assay_node *)(uintptr_t)mapping;
  for (struct assay_node **at = &parent->first; *at; at = &(*at)->next)
    if (strcmp((*at)->key, key) == 0) {
      *at = (*at)->next;
      parent->n--;
      return;
    }
}

int assay_node_fail(const struct assay_node *node, int code, const char *fmt, ...)
{
  char text[1024];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  return assay_err_set(code, __FILE__, __LINE__, "%s:%d:%d: %s", node->file, node->line,
                       node->column, text);
}

/* Put the node's position in front of the last message. */
static int at_node(const struct assay_node *node, int rc)
{
  return rc < 0 ? assay_err_prefix(rc, "%s:%d:%d: ", node->file, node->line, node->column) : rc;
}

static int decode_list(const struct assay_node *node, const struct assay_param *table, void *obj)
{
  int rc = ASSAY_OK;
  for (const struct assay_node *item = node->first; item; item = item->next) {
    if (item->kind != ASSAY_NODE_SCALAR)
      return assay_node_fail(item, ASSAY_EPARSE, "%s: expected a list of plain values", node->key);
    ASSAY_TRY(at_node(item, assay_param_set(table, obj, node->key, item->text)));
  }
done:
  return rc;
}

static int decode_key(const struct assay_node *node, const struct assay_param *table, void *obj)
{
  const struct assay_param *row = assay_param_find(table, node->key);
  if (row && row->type == ASSAY_PT_LIST)
    ((struct assay_list *)(void *)((char *)obj + row->offset))->n = 0;
  if (row && row->type == ASSAY_PT_LIST && node->kind == ASSAY_NODE_SEQUENCE)
    return decode_list(node, table, obj);
  if (row && node->kind != ASSAY_NODE_SCALAR)
    return assay_node_fail(node, ASSAY_EPARSE, "%s: expected a single value", node->key);
  return at_node(node, assay_param_set(table, obj, node->key, node->text ? node->text : ""));
}

static bool among(const char *key, const char *const *names)
{
  for (; names && *names; names++)
    if (strcmp(key, *names) == 0) return true;
  return false;
}

int assay_node_decode(const struct assay_node *mapping, const struct assay_param *table, void *obj,
                      const char *const *others)
{
  int rc = ASSAY_OK;
  if (mapping->kind != ASSAY_NODE_MAPPING)
    return assay_node_fail(mapping, ASSAY_EPARSE, "%s: expected 'key: value' lines",
                           mapping->key ? mapping->key : "item");
  for (const struct assay_node *n = mapping->first; n; n = n->next)
    if (!among(n->key, others)) ASSAY_TRY(decode_key(n, table, obj));
done:
  return rc;
}

int assay_node_double(double *out, const struct assay_node *node)
{
  int rc = ASSAY_OK;
  if (node->kind != ASSAY_NODE_SCALAR)
    return assay_node_fail(node, ASSAY_EPARSE, "%s: expected a number",
                           node->key ? node->key : "item");
  ASSAY_TRY(at_node(node, assay_text_to_double(out, node->text)));
done:
  return rc;
}
