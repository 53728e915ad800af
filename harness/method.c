#define _GNU_SOURCE
#include "harness/method.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/config.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "harness/files.h"

enum { WORDS_MAX = 64 };

/* A method and what it is made of. */
struct owner {
  struct assay_method method; /* first: assay_method_close gets its address */
  struct assay_config *config;
  char *spec, *base, *label, *program, *dir, *file, *version, *train_text, *predict_text;
  const char *train[WORDS_MAX + 1], *predict[WORDS_MAX + 1];
};

/* method.yaml */
struct description {
  const char *name, *version, *doc, *reference, *train, *predict;
  struct assay_list kinds;
  bool deterministic, pretrained, floor;
};
#define DESCRIPTION description
static const struct assay_param description_rows[] = {
    {ASSAY_P_STRING(DESCRIPTION, name), .doc = "name", .flags = ASSAY_PARAM_REQUIRED},
    {ASSAY_P_STRING(DESCRIPTION, version), .doc = "version", .flags = ASSAY_PARAM_REQUIRED},
    {ASSAY_P_STRING(DESCRIPTION, doc), .doc = "one line"},
    {ASSAY_P_STRING(DESCRIPTION, reference), .doc = "where it is published"},
    {ASSAY_P_LIST(DESCRIPTION, kinds), .doc = "kinds of tasks it answers"},
    {ASSAY_P_STRING(DESCRIPTION, train), .doc = "command line of training"},
    {ASSAY_P_STRING(DESCRIPTION, predict), .doc = "command line of prediction",
     .flags = ASSAY_PARAM_REQUIRED},
    {ASSAY_P_BOOL(DESCRIPTION, deterministic), .doc = "does not depend on the seed"},
    {ASSAY_P_BOOL(DESCRIPTION, pretrained), .doc = "may have seen the test cases elsewhere"},
    {ASSAY_P_BOOL(DESCRIPTION, floor), .doc = "a no-learning floor"},
    {0}};
static const struct description description_defaults = {.doc = "", .reference = "", .train = ""};

int assay_program_path(char **out)
{
  int rc = ASSAY_OK;
  char path[4096];
  const ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
  ASSAY_CHECK(n > 0, ASSAY_EENV, "/proc/self/exe: %s", strerror(errno));
  path[n] = 0;
  ASSAY_TRY(assay_strdup(out, path));
done:
  return rc;
}

/* Cut "base:key=value,key=value" into its parts, in place. */
static int split_spec(struct owner *o, const char *spec)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(assay_strdup(&o->spec, spec));
  ASSAY_TRY(assay_strdup(&o->base, spec));
  char *at = strrchr(o->base, ':');
  if (!at || !strchr(at, '=')) goto done;
  *at++ = 0;
  for (char *save = NULL, *item = strtok_r(at, ",", &save); item;
       item = strtok_r(NULL, ",", &save)) {
    ASSAY_CHECK(o->method.sets.n < ASSAY_LIST_MAX, ASSAY_EARG, "method '%s': too many parameters",
                spec);
    ASSAY_CHECK(strchr(item, '='), ASSAY_EARG, "method '%s': expected key=value, got '%s'", spec,
                item);
    o->method.sets.item[o->method.sets.n++] = item;
  }
done:
  return rc;
}

/* Words of a command line, in place. */
static int split_words(const char **word, char *text, const struct assay_node *where)
{
  int n = 0;
  for (char *in = text;;) {
    while (*in == ' ' || *in == '\n' || *in == '\t') in++;
    if (!*in) break;
    if (n == WORDS_MAX)
      return assay_node_fail(where, ASSAY_EPARSE, "more than %d words", WORDS_MAX);
    char *out = in, quote = 0;
    word[n++] = out;
    for (; *in && (quote || !strchr(" \n\t", *in)); in++)
      if (quote ? *in == quote : *in == '"' || *in == '\'')
        quote = quote ? 0 : *in;
      else
        *out++ = *in;
    if (quote) return assay_node_fail(where, ASSAY_EPARSE, "no closing %c", quote);
    const bool last = *in == 0;
    *out = 0;
    if (last) break;
    in++;
  }
  return n > 0 ? ASSAY_OK : assay_node_fail(where, ASSAY_EPARSE, "no command");
}

static int decode_kinds(unsigned *kinds, const struct assay_list *list,
                        const struct assay_node *root)
{
  const struct assay_node *node = assay_node_get(root, "kinds");
  if (list->n == 0) return assay_node_fail(root, ASSAY_EPARSE, "key 'kinds' is missing or empty");
  for (int i = 0; i < list->n; i++) {
    int k = 0;
    while (assay_task_kinds[k] && strcmp(assay_task_kinds[k], list->item[i]) != 0) k++;
    if (!assay_task_kinds[k])
      return assay_node_fail(node, ASSAY_EPARSE, "kinds: no kind of task is called '%s'",
                             list->item[i]);
    *kinds |= 1u << k;
  }
  return ASSAY_OK;
}

static int decode_outside(struct owner *o)
{
  int rc = ASSAY_OK;
  struct description d = description_defaults;
  struct assay_method *m = &o->method;
  const struct assay_node *root = assay_config_root(o->config);
  ASSAY_TRY(assay_node_decode(root, description_rows, &d, NULL));
  ASSAY_TRY(assay_err_prefix(assay_param_check(description_rows, &d), "%s: ", root->file));
  ASSAY_TRY(decode_kinds(&m->kinds, &d.kinds, root));
  if (*d.train) {
    ASSAY_TRY(assay_strdup(&o->train_text, d.train));
    ASSAY_TRY(split_words(o->train, o->train_text, assay_node_get(root, "train")));
    m->train = o->train;
  }
  ASSAY_TRY(assay_strdup(&o->predict_text, d.predict));
  ASSAY_TRY(split_words(o->predict, o->predict_text, assay_node_get(root, "predict")));
  m->predict = o->predict;
  /* what split_spec cut off: ":key=value,..." */
  ASSAY_TRY(assay_asprintf(&o->label, "%s%s", d.name, o->spec + strlen(o->base)));
  m->name = o->label;
  m->doc = d.doc;
  m->reference = d.reference;
  m->version = d.version;
  m->floor = d.floor;
  m->deterministic = d.deterministic;
  m->pretrained = d.pretrained;
done:
  return rc;
}

static int open_outside(struct owner *o)
{
  int rc = ASSAY_OK;
  char absolute[PATH_MAX];
  ASSAY_CHECK(realpath(o->base, absolute), ASSAY_ENOTFOUND, "no method in %s: %s", o->base,
              strerror(errno));
  ASSAY_TRY(assay_strdup(&o->dir, absolute));
  o->method.dir = o->dir;
  ASSAY_TRY(assay_asprintf(&o->file, "%s/method.yaml", o->dir)); /* nodes refer to it */
  ASSAY_CHECK(assay_file_exists(o->file), ASSAY_ENOTFOUND, "no method in %s: it has no method.yaml",
              o->base);
  ASSAY_TRY(assay_config_read(&o->config, o->file));
  ASSAY_TRY(decode_outside(o));
done:
  return rc;
}

/* A parameter that does not exist or does not parse is found now, not in the middle of a suite. */
static int check_sets(const struct assay_method *m)
{
  int rc = ASSAY_OK;
  char *params = NULL;
  const struct assay_baseline *b = m->builtin;
  if (m->sets.n == 0) goto done;
  ASSAY_CHECK(b->params, ASSAY_EARG, "method '%s' has no parameters", b->name);
  ASSAY_TRY(ASSAY_NEW(&params, b->params_size, "method parameters"));
  memcpy(params, b->defaults, b->params_size);
  for (int i = 0; i < m->sets.n; i++)
    ASSAY_TRY(assay_err_prefix(assay_param_assign(b->params, params, m->sets.item[i]),
                               "method '%s': ", b->name));
  ASSAY_TRY(assay_err_prefix(assay_param_check(b->params, params), "method '%s': ", b->name));
done:
  assay_free(params);
  return rc;
}

static int find_builtin(const struct assay_baseline **out, const char *name)
{
  int rc = ASSAY_OK, n = 0;
  char hint[1024];
  const char *names[256] = {NULL};
  *out = NULL;
  for (; assay_baselines[n] && n < 255; n++) {
    names[n] = assay_baselines[n]->name;
    if (strcmp(names[n], name) == 0) *out = assay_baselines[n];
  }
  ASSAY_CHECK(*out, ASSAY_ENOTFOUND,
              "no method '%s'%s; the folder of an outside method has a slash", name,
              assay_text_suggest(hint, sizeof hint, name, names));
done:
  return rc;
}

static int open_builtin(struct owner *o)
{
  int rc = ASSAY_OK;
  struct assay_method *m = &o->method;
  const struct assay_baseline *b;
  ASSAY_TRY(find_builtin(&b, o->base));
  m->builtin = b;
  ASSAY_TRY(check_sets(m));
  ASSAY_TRY(assay_program_path(&o->program));
  ASSAY_TRY(assay_asprintf(&o->version, "%d", b->version));
  const char *words[] = {o->program, "method", b->name};
  for (int i = 0; i < 3; i++) o->train[i] = o->predict[i] = words[i];
  o->train[3] = "train";
  o->predict[3] = "predict";
  m->train = b->train ? o->train : NULL;
  m->predict = o->predict;
  m->name = o->spec;
  m->doc = b->doc;
  m->reference = b->reference;
  m->version = o->version;
  m->kinds = b->kinds;
  m->floor = b->floor;
  m->deterministic = b->train == NULL;
done:
  return rc;
}

static int compute_hash(struct assay_method *m)
{
  int rc = ASSAY_OK;
  struct assay_sha256 *s = NULL;
  ASSAY_TRY(assay_sha256_create(&s));
  assay_sha256_add_text(s, m->builtin ? m->builtin->name : m->name);
  assay_sha256_add_text(s, m->version);
  for (int i = 0; i < m->sets.n; i++) assay_sha256_add_text(s, m->sets.item[i]);
  if (!m->builtin) ASSAY_TRY(assay_hash_folder(s, m->dir));
  assay_sha256_finish(s, m->hash);
done:
  assay_sha256_destroy(s);
  return rc;
}

int assay_method_open(struct assay_method **out, const char *spec)
{
  int rc = ASSAY_OK;
  struct owner *o = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&o, 1, "method"));
  ASSAY_TRY(split_spec(o, spec));
  ASSAY_TRY(strchr(o->base, '/') || strcmp(o->base, ".") == 0 ? open_outside(o) : open_builtin(o));
  ASSAY_TRY(compute_hash(&o->method));
  *out = &o->method;
  o = NULL;
done:
  if (o) assay_method_close(&o->method);
  return rc;
}

void assay_method_close(struct assay_method *m)
{
  if (!m) return;
  struct owner *o = (struct owner *)m;
  assay_config_destroy(o->config);
  assay_free(o->spec);
  assay_free(o->base);
  assay_free(o->label);
  assay_free(o->program);
  assay_free(o->dir);
  assay_free(o->file);
  assay_free(o->version);
  assay_free(o->train_text);
  assay_free(o->predict_text);
  assay_free(o);
}
