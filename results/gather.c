#include "results/gather.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

enum { PARTS_MAX = 100000 };

/* ---- which belong together ---------------------------------------------------------------- */

/* What a record says of its part; of == 0: it is whole. */
struct part {
  int index, of;
  const char *id, *set;
};

/* All records that are looked at. */
struct pile {
  struct assay_record *const *records; /* [n] */
  struct part *parts;                  /* [n] what they say of theirs */
  int n;
  const struct assay_table_marks *known; /* NULL: nothing */
};

static int read_part(struct part *out, const struct assay_record *r)
{
  int rc = ASSAY_OK;
  const json_t *part = json_object_get(r->json, "part");
  *out = (struct part){0};
  if (!part) goto done;
  out->index = (int)json_integer_value(json_object_get(part, "index"));
  out->of = (int)json_integer_value(json_object_get(part, "of"));
  out->id = json_string_value(json_object_get(part, "id"));
  out->set = json_string_value(json_object_get(part, "set"));
  ASSAY_CHECK(out->id && out->set && out->of > 0 && out->of <= PARTS_MAX && out->index >= 0 &&
                  out->index < out->of,
              ASSAY_EPARSE, "part: expected {index, id, of, set} with 0 <= index < of");
done:
  return rc;
}

static bool same_text(const char *a, const char *b)
{
  return strcmp(a, b) == 0;
}

/* One line of a leaderboard. */
static bool same_entry(const struct assay_record *a, const struct assay_record *b)
{
  return same_text(a->key.suite, b->key.suite) && same_text(a->key.task, b->key.task) &&
         same_text(a->key.method, b->key.method) && a->key.seed == b->key.seed;
}

static bool same_version(const struct assay_record *a, const struct part *p,
                         const struct assay_record *b, const struct part *q)
{
  return same_text(a->key.task_hash, b->key.task_hash) && p->of == q->of &&
         same_text(p->set, q->set) && same_text(a->key.method_hash, b->key.method_hash);
}

/* The parts of one entry: at[k] is the record of part k, NULL where it was not run. */
struct group {
  const struct assay_record *newest;
  struct part part; /* of the newest */
  const struct assay_record **at;
  bool *asked; /* [part.of] some method was run on this part */
  int n_done, n_failed, n_missing, n_differ;
};

/* Whether the values that a method gave with its equation are others than the equation's. */
static bool answer_differs(const struct assay_record *r)
{
  const json_t *answer = json_object_get(r->json, "answer");
  const json_t *differs = json_object_get(answer, "differs");
  if (differs) return json_is_true(differs);
  return json_number_value(json_object_get(answer, "values_differ")) > ASSAY_ANSWER_TOLERANCE;
}

static bool was_run(const struct assay_record *r)
{
  return r && r->status != ASSAY_RECORD_WITHDRAWN;
}

/* Is r of a part of the same set and task, whatever the method? */
static bool same_set(const struct assay_record *r, const struct part *p, const struct group *g)
{
  return p->of == g->part.of && same_text(p->set, g->part.set) &&
         same_text(r->key.task_hash, g->newest->key.task_hash);
}

/* Which parts any method was run on: the others count for nobody. */
static int find_asked(struct group *g, const struct pile *pile)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(ASSAY_NEW(&g->asked, (size_t)g->part.of + 1, "parts"));
  for (int i = 0; i < pile->n; i++) {
    const struct part *p = &pile->parts[i];
    if (was_run(pile->records[i]) && p->of > 0 && same_set(pile->records[i], p, g))
      g->asked[p->index] = true;
  }
done:
  return rc;
}

static void count_parts(struct group *g)
{
  for (int k = 0; k < g->part.of; k++) {
    const struct assay_record *r = g->at[k];
    g->n_done += was_run(r);
    g->n_failed += r && r->status == ASSAY_RECORD_FAILED;
    g->n_missing += g->asked[k] && !was_run(r);
    g->n_differ += was_run(r) && answer_differs(r);
  }
}

static int collect(struct group *g, const struct pile *pile, int first)
{
  int rc = ASSAY_OK, newest = first;
  for (int i = first; i < pile->n; i++)
    if (same_entry(pile->records[i], pile->records[first]) &&
        pile->records[i]->line > pile->records[newest]->line)
      newest = i;
  g->newest = pile->records[newest];
  g->part = pile->parts[newest];
  ASSAY_TRY(ASSAY_NEW(&g->at, (size_t)g->part.of + 1, "parts"));
  for (int i = first; i < pile->n; i++) {
    const struct assay_record *r = pile->records[i];
    const struct part *p = &pile->parts[i];
    if (!same_entry(r, pile->records[first]) || p->of == 0 ||
        !same_version(r, p, g->newest, &g->part))
      continue;
    if (!g->at[p->index] || g->at[p->index]->line < r->line) g->at[p->index] = r;
  }
  ASSAY_TRY(find_asked(g, pile));
  count_parts(g);
done:
  return rc;
}

/* ---- the record of all -------------------------------------------------------------------- */

/* Names of all parts: as far as any record of this set knows them. */
static int label_parts(json_t **out, const struct group *g, const struct pile *pile)
{
  int rc = ASSAY_OK;
  json_t *labels = json_array();
  for (int k = 0; k < g->part.of; k++) json_array_append_new(labels, json_sprintf("table %d", k));
  for (int i = 0; i < pile->n; i++) {
    const struct part *p = &pile->parts[i];
    if (p->of == g->part.of && same_text(p->set, g->part.set))
      json_array_set_new(labels, (size_t)p->index, json_string(p->id));
  }
  ASSAY_CHECK(json_array_size(labels) == (size_t)g->part.of, ASSAY_ENOMEM, "no memory for labels");
  *out = labels;
  labels = NULL;
done:
  json_decref(labels);
  return rc;
}

static int ask(bool *out, const struct pile *pile, const struct assay_record *r,
               const struct part *p)
{
  const json_t *said = json_object_get(json_object_get(r->json, "part"), "identifiable");
  const char *dataset = json_string_value(json_object_get(r->dataset, "name"));
  *out = !said || json_is_true(said);
  if (said || !pile->known || !dataset) return ASSAY_OK;
  return pile->known->identifiable(out, pile->known->self, dataset, p->id);
}

/* [true, ...]: which parts can be identified; true for those that no record tells of. */
static int mark_parts(json_t **out, const struct group *g, const struct pile *pile)
{
  int rc = ASSAY_OK;
  bool *known = NULL, identifiable;
  json_t *marks = json_array();
  ASSAY_TRY(ASSAY_NEW(&known, (size_t)g->part.of + 1, "parts"));
  for (int k = 0; k < g->part.of; k++) json_array_append_new(marks, json_true());
  for (int i = 0; i < pile->n; i++) {
    const struct part *p = &pile->parts[i];
    if (p->of != g->part.of || !same_text(p->set, g->part.set) || known[p->index]) continue;
    ASSAY_TRY(ask(&identifiable, pile, pile->records[i], p));
    json_array_set_new(marks, (size_t)p->index, json_boolean(identifiable));
    known[p->index] = true;
  }
  ASSAY_CHECK(json_array_size(marks) == (size_t)g->part.of, ASSAY_ENOMEM, "no memory for cases");
  *out = marks;
  marks = NULL;
done:
  json_decref(marks);
  assay_free(known);
  return rc;
}

static int put_cases(json_t *record, const struct group *g, const struct pile *pile)
{
  int rc = ASSAY_OK;
  json_t *labels = NULL, *marks = NULL, *ids = json_array();
  ASSAY_TRY(label_parts(&labels, g, pile));
  ASSAY_TRY(mark_parts(&marks, g, pile));
  for (int k = 0; k < g->part.of; k++) json_array_append_new(ids, json_integer(k));
  json_object_set_new(record, "cases",
                      json_pack("{sO,sO,sO}", "ids", ids, "labels", labels, "identifiable", marks));
  json_object_set_new(record, "parts",
                      json_pack("{si,si,si,si,si}", "of", g->part.of, "done", g->n_done, "failed",
                                g->n_failed, "missing", g->n_missing, "differ", g->n_differ));
done:
  json_decref(labels);
  json_decref(marks);
  json_decref(ids);
  return rc;
}

/* The value of a part alone; NaN: none. */
static double value_of(const struct assay_record *r, const struct assay_record_score *s)
{
  const struct assay_record_score *here = r ? assay_record_score(r, s->metric, s->field) : NULL;
  return here && r->n_cases == 1 ? here->cases[0] : (double)NAN;
}

/* Whether the metric has a value for part k at all (units may be unknown there, say): then some
 * method has one. */
static bool applies(const struct group *g, const struct assay_record_score *s, int k,
                    const struct pile *pile)
{
  for (int i = 0; i < pile->n; i++) {
    const struct part *p = &pile->parts[i];
    if (was_run(pile->records[i]) && p->of > 0 && p->index == k &&
        same_set(pile->records[i], p, g) && !isnan(value_of(pile->records[i], s)))
      return true;
  }
  return false;
}

/* One metric over all parts; it is described by the first record that has it. A part that others
 * were run on and this method was not has the worst value. */
static int put_score(json_t *record, const struct group *g, const struct assay_record_score *s,
                     const struct pile *pile)
{
  int rc = ASSAY_OK;
  double *cases = NULL;
  ASSAY_TRY(ASSAY_NEW(&cases, (size_t)g->part.of, "scores"));
  for (int k = 0; k < g->part.of; k++) {
    cases[k] = value_of(g->at[k], s);
    if (!g->asked[k] || was_run(g->at[k])) continue;
    cases[k] = applies(g, s, k, pile) ? s->worst : (double)NAN;
  }
  const struct assay_record_values values = {.metric = s->metric,
                                             .field = s->field,
                                             .unit = s->unit,
                                             .higher_is_better = s->higher_is_better,
                                             .version = s->version,
                                             .doc = s->doc,
                                             .floor = s->floor,
                                             .has_worst = !isnan(s->worst),
                                             .worst = s->worst,
                                             .n_cases = g->part.of,
                                             .cases = cases};
  ASSAY_TRY(assay_record_add_score(record, &values));
done:
  assay_free(cases);
  return rc;
}

/* A failed part may lack what others have: look for scores in all. */
static int put_scores(json_t *record, const struct group *g, const struct pile *pile)
{
  int rc = ASSAY_OK;
  json_object_set_new(record, "scores", json_object());
  for (int k = 0; k < g->part.of; k++)
    for (int i = 0; g->at[k] && i < g->at[k]->n_scores; i++) {
      const struct assay_record_score *s = &g->at[k]->scores[i];
      if (!json_object_get(json_object_get(record, "scores"), s->metric))
        ASSAY_TRY(put_score(record, g, s, pile));
    }
done:
  return rc;
}

static double add(double sum, double value)
{
  return isnan(value) ? sum : isnan(sum) ? value : sum + value;
}

static json_t *number(double value)
{
  return isnan(value) ? json_null() : json_real(value);
}

static json_t *cost_of(const struct group *g, bool train)
{
  struct assay_record_cost c = {(double)NAN, (double)NAN, (double)NAN};
  for (int k = 0; k < g->part.of; k++) {
    if (!g->at[k]) continue;
    const struct assay_record_cost *here = train ? &g->at[k]->train : &g->at[k]->predict;
    c.wall_s = add(c.wall_s, here->wall_s);
    c.cpu_s = add(c.cpu_s, here->cpu_s);
    c.peak_rss_mb = fmax(c.peak_rss_mb, here->peak_rss_mb);
  }
  return json_pack("{so,so,so}", "wall_s", number(c.wall_s), "cpu_s", number(c.cpu_s),
                   "peak_rss_mb", number(c.peak_rss_mb));
}

/* The command of a part without its table. */
static void put_command(json_t *record, const char *command)
{
  static const char option[] = " --table ";
  const char *at = strstr(command, option);
  if (!at) return;
  const char *rest = at + strlen(option) + strcspn(at + strlen(option), " ");
  json_object_set_new(record, "command",
                      json_sprintf("%.*s%s", (int)(at - command), command, rest));
}

static int describe_group(json_t **out, const struct group *g, const struct pile *pile)
{
  int rc = ASSAY_OK;
  static const char *const own[] = {"part", "answer", "artefacts", "leads", "notes"};
  json_t *record = json_deep_copy(g->newest->json);
  ASSAY_CHECK(record, ASSAY_ENOMEM, "no memory for a record");
  for (size_t i = 0; i < sizeof own / sizeof *own; i++) json_object_del(record, own[i]);
  json_object_set_new(json_object_get(record, "key"), "data_hash", json_string(g->part.set));
  const bool any = g->n_done > g->n_failed;
  if (any) {
    json_object_del(record, "failure");
    json_object_set_new(record, "status", json_string(assay_record_statuses[ASSAY_RECORD_OK]));
  }
  ASSAY_TRY(put_cases(record, g, pile));
  ASSAY_TRY(put_scores(record, g, pile));
  json_object_set_new(
      record, "cost",
      json_pack("{so,so}", "train", cost_of(g, true), "predict", cost_of(g, false)));
  put_command(record, g->newest->command);
  *out = record;
  record = NULL;
done:
  json_decref(record);
  return rc;
}

static int join(struct assay_record **out, const struct pile *pile, int first)
{
  int rc = ASSAY_OK;
  struct group g = {0};
  json_t *record = NULL;
  ASSAY_TRY(collect(&g, pile, first));
  ASSAY_TRY(describe_group(&record, &g, pile));
  ASSAY_TRY(assay_record_decode(out, record));
  (*out)->line = g.newest->line;
done:
  json_decref(record);
  assay_free(g.at);
  assay_free(g.asked);
  return rc;
}

/* ---- all ---------------------------------------------------------------------------------- */

static bool is_part(const struct pile *pile, int i)
{
  return pile->parts[i].of > 0 && was_run(pile->records[i]);
}

int assay_records_gather(struct assay_record **records, int *n,
                         const struct assay_table_marks *known)
{
  int rc = ASSAY_OK, kept = 0;
  struct assay_record **whole = NULL;
  bool *taken = NULL;
  struct pile pile = {records, NULL, *n, known};
  ASSAY_TRY(ASSAY_NEW(&whole, (size_t)*n + 1, "records"));
  ASSAY_TRY(ASSAY_NEW(&taken, (size_t)*n + 1, "records"));
  ASSAY_TRY(ASSAY_NEW(&pile.parts, (size_t)*n + 1, "parts"));
  for (int i = 0; i < *n; i++) ASSAY_TRY(read_part(&pile.parts[i], records[i]));
  for (int i = 0; i < *n; i++) { /* first all are made from what is there ... */
    if (!is_part(&pile, i) || taken[i]) continue;
    ASSAY_TRY(join(&whole[i], &pile, i));
    for (int k = i; k < *n; k++)
      taken[k] = taken[k] || (is_part(&pile, k) && same_entry(records[k], records[i]));
  }
  for (int i = 0; i < *n; i++) { /* ... then they replace it */
    struct assay_record *r = whole[i] ? whole[i] : taken[i] ? NULL : records[i];
    if (taken[i]) assay_record_destroy(records[i]);
    whole[i] = NULL;
    if (r) records[kept++] = r;
  }
  *n = kept;
done:
  for (int i = 0; whole && i < *n; i++) assay_record_destroy(whole[i]);
  assay_free(whole);
  assay_free(taken);
  assay_free(pile.parts);
  return rc;
}
