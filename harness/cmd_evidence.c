/* assay evidence: measure what the generators bring as evidence, and draw it. Items are measured by
 * forked workers, the slow ones first; the tables come in the generators' own order. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/io/json.h"
#include "generators/generator.h"
#include "harness/pool.h"
#include "harness/produce.h"
#include "harness/verb.h"
#include "results/text_table.h"

struct evidence_options {
  bool slow, json, markdown;
  int jobs;
  const char *output;
};
#define OPTIONS evidence_options
static const struct assay_param rows[] = {
    {ASSAY_P_BOOL(OPTIONS, slow), .doc = "also what takes more than a second"},
    {ASSAY_P_INT(OPTIONS, jobs), .letter = 'j', .doc = "worker processes, 0: one per processor",
     .min = 0, .max = 4096},
    {ASSAY_P_STRING(OPTIONS, output), .letter = 'o', .doc = "draw the pictures into this folder"},
    {ASSAY_P_BOOL(OPTIONS, markdown), .doc = "as Markdown, with the pictures of --output"},
    {ASSAY_P_BOOL(OPTIONS, json), .doc = "as JSON"},
    {0}};
static const struct evidence_options defaults = {0};

/* Something to be measured, or to be drawn. */
struct item {
  const struct assay_generator *generator;
  const struct assay_evidence *evidence;
  const struct assay_illustration *picture; /* instead of evidence */
  char *path;                               /* of the picture */
  int rc;
  double value, seconds;
  char reason[ASSAY_POOL_TEXT];
};

struct list {
  struct item *item; /* [n], the generators' order */
  long *order;       /* [n], the order of work */
  long n;
};

enum { VALUE, SECONDS }; /* numbers of a result */

static const char *const kinds[] = {"exact", "manufactured", "conserved", "published", "symmetry"};

static bool is_slow(const struct item *i)
{
  return i->evidence ? i->evidence->slow : i->picture->slow;
}

static bool holds(const struct item *i)
{
  if (i->rc < 0) return false;
  return !i->evidence || fabs(i->value - i->evidence->expected) <= i->evidence->limit;
}

static int add(struct list *list, struct item item)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_GROW(&list->item, (size_t)list->n + 1, "evidence"));
  list->item[list->n++] = item;
done:
  return rc;
}

static int add_generator(struct list *list, const struct assay_generator *g,
                         const struct evidence_options *o)
{
  int rc = ASSAY_OK;
  for (const struct assay_evidence *e = g->evidence; e->name; e++)
    if (o->slow || !e->slow) ASSAY_TRY(add(list, (struct item){.generator = g, .evidence = e}));
  for (const struct assay_illustration *p = g->illustrations; o->output && p && p->name; p++) {
    struct item item = {.generator = g, .picture = p};
    if (p->slow && !o->slow) continue;
    ASSAY_TRY(assay_asprintf(&item.path, "%s/%s-%s.png", o->output, g->name, p->name));
    ASSAY_TRY(add(list, item));
  }
done:
  return rc;
}

static int collect(struct list *list, const struct evidence_options *o, int n_args, char **args)
{
  int rc = ASSAY_OK;
  const struct assay_generator *g;
  long at = 0;
  for (int i = 0; i < n_args; i++) {
    ASSAY_TRY(assay_generator_find(&g, args[i]));
    ASSAY_TRY(add_generator(list, g, o));
  }
  for (int i = 0; n_args == 0 && assay_generators[i]; i++)
    ASSAY_TRY(add_generator(list, assay_generators[i], o));
  ASSAY_TRY(ASSAY_NEW(&list->order, (size_t)list->n + 1, "evidence"));
  for (int slow = 1; slow >= 0; slow--)
    for (long i = 0; i < list->n; i++)
      if (is_slow(&list->item[i]) == slow) list->order[at++] = i;
done:
  return rc;
}

static void drop(struct list *list)
{
  for (long i = 0; i < list->n; i++) assay_free(list->item[i].path);
  assay_free(list->item);
  assay_free(list->order);
}

/* In a worker. */
static void measure(struct assay_pool_result *out, void *user, long at)
{
  const struct list *list = user;
  const struct item *item = &list->item[list->order[at]];
  const double started = assay_clock();
  double value = (double)NAN;
  out->rc = item->evidence ? item->evidence->measure(&value) : item->picture->draw(item->path);
  out->number[VALUE] = value;
  out->number[SECONDS] = assay_clock() - started;
  if (out->rc < 0) snprintf(out->text, sizeof out->text, "%s", assay_err_last());
}

static int measure_all(struct list *list, int jobs)
{
  int rc = ASSAY_OK;
  struct assay_pool *pool = NULL;
  struct assay_progress bar;
  struct assay_pool_result r;
  ASSAY_TRY(assay_pool_create(&pool, assay_produce_jobs(jobs), list->n, measure, list));
  assay_progress_start(&bar, "measurements", (double)list->n, stderr);
  for (long done = 0; done < list->n;) {
    bool got = false;
    ASSAY_TRY(assay_pool_next(pool, &r, &got, 0.2));
    if (!got) {
      assay_progress_add(&bar, 0, NULL);
      continue;
    }
    struct item *item = &list->item[list->order[r.item]];
    item->rc = r.lost ? ASSAY_EJOB : r.rc;
    item->value = r.number[VALUE];
    item->seconds = r.number[SECONDS];
    memcpy(item->reason, r.text, sizeof item->reason);
    assay_progress_add(&bar, 1, NULL);
    done++;
  }
  assay_progress_finish(&bar);
done:
  assay_pool_destroy(pool);
  return rc;
}

/* ---- output -------------------------------------------------------------------------------- */

/* Items [first, next) belong to one generator. */
static long next_generator(const struct list *list, long first)
{
  long i = first;
  while (i < list->n && list->item[i].generator == list->item[first].generator) i++;
  return i;
}

static const char *verdict(const struct item *i)
{
  return i->rc < 0 ? "failed" : holds(i) ? "yes" : "NO";
}

enum { NAME, MEASURED, EXPECTED, LIMIT, HOLDS, TIME, KIND, WHAT, REFERENCE, COLUMNS };

static int fill_row(struct assay_text_table *t, int row, const struct item *i)
{
  int rc = ASSAY_OK;
  const struct assay_evidence *e = i->evidence;
  ASSAY_TRY(assay_text_table_put(t, row, NAME, "%s", e->name));
  ASSAY_TRY(assay_text_table_put(t, row, KIND, "%s", kinds[e->kind]));
  ASSAY_TRY(assay_text_table_put(t, row, WHAT, "%s", e->doc));
  ASSAY_TRY(assay_text_table_put(t, row, MEASURED, "%.4g", i->value));
  ASSAY_TRY(assay_text_table_put(t, row, EXPECTED, "%.4g", e->expected));
  ASSAY_TRY(assay_text_table_put(t, row, LIMIT, "%.2g", e->limit));
  ASSAY_TRY(assay_text_table_put(t, row, HOLDS, "%s", verdict(i)));
  ASSAY_TRY(assay_text_table_put(t, row, TIME, "%.1f", i->seconds));
  ASSAY_TRY(assay_text_table_put(t, row, REFERENCE, "%s", e->reference));
done:
  return rc;
}

static const struct assay_text_table_column columns[COLUMNS] = {
    [NAME] = {"evidence", "", true, 0},         [KIND] = {"kind", "", true, 1},
    [WHAT] = {"what is measured", "", true, 3}, [MEASURED] = {"measured", "", false, 0},
    [EXPECTED] = {"expected", "", false, 0},    [LIMIT] = {"+-", "", false, 0},
    [HOLDS] = {"holds", "", true, 0},           [TIME] = {"time", "s", false, 2},
    [REFERENCE] = {"reference", "", true, 4}};

static int print_table(const struct list *list, long first, long next,
                       const struct evidence_options *o, FILE *out)
{
  int rc = ASSAY_OK, n = 0;
  struct assay_text_table t = {0};
  for (long i = first; i < next; i++) n += list->item[i].evidence != NULL;
  ASSAY_TRY(assay_text_table_create(&t, COLUMNS, n));
  memcpy(t.columns, columns, sizeof columns);
  n = 0;
  for (long i = first; i < next; i++)
    if (list->item[i].evidence) ASSAY_TRY(fill_row(&t, n++, &list->item[i]));
  if (o->markdown)
    assay_text_table_markdown(&t, out);
  else
    assay_text_table_print(&t, isatty(STDOUT_FILENO) ? 120 : 0, out);
done:
  assay_arena_release(&t.arena);
  return rc;
}

static void print_pictures(const struct list *list, long first, long next,
                           const struct evidence_options *o, FILE *out)
{
  for (long i = first; i < next; i++) {
    const struct item *item = &list->item[i];
    if (!item->picture || item->rc < 0) continue;
    if (o->markdown)
      fprintf(out, "\n![%s](%s)\n", item->picture->caption, item->path);
    else
      fprintf(out, "%s: %s\n", item->path, item->picture->caption);
  }
}

static int print_text(const struct list *list, const struct evidence_options *o, FILE *out)
{
  int rc = ASSAY_OK;
  for (long i = 0, next; i < list->n; i = next) {
    const struct assay_generator *g = list->item[i].generator;
    next = next_generator(list, i);
    fprintf(out, "%s%s%s%s (version %d): %s\n\n", i > 0 ? "\n" : "", o->markdown ? "## " : "",
            g->name, "", g->version, g->doc);
    ASSAY_TRY(print_table(list, i, next, o, out));
    print_pictures(list, i, next, o, out);
  }
done:
  return rc;
}

static json_t *item_json(const struct item *i)
{
  const struct assay_evidence *e = i->evidence;
  if (!e)
    return json_pack("{ss,ss,ss,ss,sb,ss*}", "generator", i->generator->name, "picture",
                     i->picture->name, "caption", i->picture->caption, "path", i->path, "ok",
                     i->rc >= 0, "reason", i->rc < 0 ? i->reason : NULL);
  return json_pack("{ss,ss,ss,ss*,ss*,so,so,so,sb,so,ss*}", "generator", i->generator->name,
                   "evidence", e->name, "kind", kinds[e->kind], "doc", e->doc, "reference",
                   e->reference, "value", assay_json_double(i->value), "expected",
                   assay_json_double(e->expected), "limit", assay_json_double(e->limit), "holds",
                   holds(i), "seconds", assay_json_double(i->seconds), "reason",
                   i->rc < 0 ? i->reason : NULL);
}

static int print_json(const struct list *list, FILE *out)
{
  int rc = ASSAY_OK;
  json_t *all = json_array();
  for (long i = 0; i < list->n; i++) json_array_append_new(all, item_json(&list->item[i]));
  ASSAY_CHECK(all && json_dumpf(all, out, JSON_INDENT(2)) == 0, ASSAY_EIO,
              "the evidence could not be written as JSON");
  fprintf(out, "\n");
done:
  json_decref(all);
  return rc;
}

/* Failures are told one by one; the code says whether there was one. */
static int judge(const struct list *list)
{
  int rc = ASSAY_OK;
  long bad = 0;
  for (long i = 0; i < list->n; i++) {
    const struct item *item = &list->item[i];
    if (holds(item)) continue;
    bad++;
    assay_log(ASSAY_LOG_ERROR, "evidence", "%s, %s: %s", item->generator->name,
              item->evidence ? item->evidence->name : item->picture->name,
              item->rc < 0 ? item->reason : "outside its limit");
  }
  ASSAY_CHECK(bad == 0, ASSAY_EJOB, "%ld of %ld measurements failed", bad, list->n);
done:
  return rc;
}

static int run(const void *options, int n_args, char **args, FILE *out)
{
  int rc = ASSAY_OK;
  const struct evidence_options *o = options;
  struct list list = {0};
  ASSAY_TRY(collect(&list, o, n_args, args));
  if (o->output) ASSAY_TRY(assay_dir_make(o->output));
  ASSAY_TRY(measure_all(&list, o->jobs));
  ASSAY_TRY(o->json ? print_json(&list, out) : print_text(&list, o, out));
  ASSAY_TRY(judge(&list));
done:
  drop(&list);
  return rc;
}

const struct assay_verb assay_verb_evidence = {
    .name = "evidence",
    .doc = "measure how right the generators are: exact solutions, published values, orders",
    .usage = "[GENERATOR...] [--slow] [-j N] [-o DIR] [--markdown|--json]",
    .detail = "Every generator brings evidence: numbers with an expected value and a limit. This\n"
              "command measures them on this machine and prints the table; the tests demand the\n"
              "same. Exit code 2 when one is outside its limit.\n",
    .options = rows,
    .options_size = sizeof(struct evidence_options),
    .defaults = &defaults,
    .max_args = -1,
    .run = run,
};
