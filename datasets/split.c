/* Rules of splits: one table of kinds. Shares are rounded to whole cases; a share above zero gets
 * at least one case where there are three or more. */
#include "datasets/split_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/num/random.h"

static const char *const part_names[] = {"train", "validation", "test"};
enum { PARTS = ASSAY_SPLIT_PARTS };

struct split_kind {
  const char *name;
  const char *keys; /* allowed beside kind: " train by " */
  int (*assign)(const struct assay_split *s);
  bool literal; /* repeated cases stay where the rule puts them */
};

/* A case and what it is ordered by; equal keys keep the order of cases. */
struct ranked {
  double by;
  uint64_t bits;
  long id;
};

static int compare(const void *a, const void *b)
{
  const struct ranked *p = a, *q = b;
  if (p->by != q->by) return p->by < q->by ? -1 : 1;
  if (p->bits != q->bits) return p->bits < q->bits ? -1 : 1;
  return p->id < q->id ? -1 : p->id > q->id;
}

int assay_split_shares(double shares[PARTS], const struct assay_split *s)
{
  int rc = ASSAY_OK;
  double sum = 0;
  for (int p = 0; p < PARTS; p++) {
    const struct assay_node *share = assay_node_get(s->node, part_names[p]);
    shares[p] = 0;
    if (!share) continue;
    ASSAY_TRY(assay_node_double(&shares[p], share));
    if (!(shares[p] >= 0 && shares[p] <= 1))
      return assay_node_fail(share, ASSAY_EARG, "%s: expected a share from 0 to 1, got %s",
                             part_names[p], share->text);
    sum += shares[p];
  }
  if (!(sum > 0 && sum < 1 + 1e-9))
    return assay_node_fail(s->node, ASSAY_EARG,
                           "the shares of train, validation and test must sum to at most 1");
done:
  return rc;
}

void assay_split_counts(long counts[PARTS], const double shares[PARTS], long n)
{
  double sum = 0;
  for (int p = 0; p < PARTS; p++) {
    counts[p] = lround(shares[p] * (double)n);
    if (shares[p] > 0 && counts[p] == 0 && n >= PARTS) counts[p] = 1;
    sum += shares[p];
  }
  const long rest = n - counts[1] - counts[2];
  if (counts[0] > rest || (sum > 1 - 1e-9 && shares[0] > 0)) counts[0] = rest;
}

static void assign_in_order(const struct assay_split *s, const struct ranked *order,
                            const double shares[PARTS])
{
  long counts[PARTS], at = 0;
  const long n = s->source->n_cases;
  assay_split_counts(counts, shares, n);
  for (int p = 0; p < PARTS; p++)
    for (long i = 0; i < counts[p] && at < n; i++) s->codes[order[at++].id] = (int8_t)p;
}

/* Orders cases by fill() and deals them out by shares. */
static int assign_shares(const struct assay_split *s,
                         int (*fill)(struct ranked *, const struct assay_split *))
{
  int rc = ASSAY_OK;
  double shares[PARTS];
  struct ranked *order = NULL;
  const long n = s->source->n_cases;
  ASSAY_TRY(assay_split_shares(shares, s));
  ASSAY_TRY(ASSAY_NEW(&order, (size_t)n, "split"));
  for (long id = 0; id < n; id++) order[id].id = id;
  ASSAY_TRY(fill(order, s));
  qsort(order, (size_t)n, sizeof *order, compare);
  assign_in_order(s, order, shares);
done:
  assay_free(order);
  return rc;
}

/* The name is in the key: another split added later changes none of the others. */
static uint32_t stream_of(const char *name)
{
  uint32_t h = 2166136261u; /* FNV-1a */
  for (; *name; name++) h = (h ^ (unsigned char)*name) * 16777619u;
  return 0xc0000000u | (h & 0x3fffffffu);
}

uint64_t assay_split_bits(const struct assay_split *s, long id)
{
  struct assay_rng rng = assay_rng_init(s->source->seed, (uint64_t)id, stream_of(s->node->key));
  return assay_rng_bits(&rng);
}

static int fill_random(struct ranked *order, const struct assay_split *s)
{
  for (long id = 0; id < s->source->n_cases; id++) order[id].bits = assay_split_bits(s, id);
  return ASSAY_OK;
}

static int fill_blocks(struct ranked *order, const struct assay_split *s)
{
  (void)order;
  (void)s;
  return ASSAY_OK;
}

int assay_split_text(const char **out, const struct assay_split *s, const char *key,
                     const char *otherwise)
{
  const struct assay_node *node = assay_node_get(s->node, key);
  *out = node ? node->text : otherwise;
  if (*out) return ASSAY_OK;
  return assay_node_fail(node ? node : s->node, ASSAY_EPARSE, "key '%s' must be a name", key);
}

int assay_split_value(double *out, const struct assay_split *s, const char *name, long id)
{
  const struct assay_node *by = assay_node_get(s->node, "by");
  return assay_err_prefix(s->source->value(out, s->source->user, name, id), "%s:%d:%d: ", by->file,
                          by->line, by->column);
}

static int fill_sorted(struct ranked *order, const struct assay_split *s)
{
  int rc = ASSAY_OK;
  const char *by = NULL, *direction = NULL;
  ASSAY_TRY(assay_split_text(&by, s, "by", NULL));
  ASSAY_TRY(assay_split_text(&direction, s, "order", "ascending"));
  const bool down = strcmp(direction, "descending") == 0;
  if (!down && strcmp(direction, "ascending") != 0)
    return assay_node_fail(assay_node_get(s->node, "order"), ASSAY_EPARSE,
                           "order: expected ascending or descending, got '%s'", direction);
  for (long id = 0; id < s->source->n_cases; id++) {
    ASSAY_TRY(assay_split_value(&order[id].by, s, by, id));
    if (down) order[id].by = -order[id].by;
  }
done:
  return rc;
}

static int assign_random(const struct assay_split *s)
{
  return assign_shares(s, fill_random);
}

static int assign_blocks(const struct assay_split *s)
{
  return assign_shares(s, fill_blocks);
}

static int assign_sorted(const struct assay_split *s)
{
  return assign_shares(s, fill_sorted);
}

/* train: [lo, hi] of the quantity `by`, both ends included */
/* The cases whose quantity lies in one interval go to a part. */
static int assign_interval(const struct assay_split *s, const char *by,
                           const struct assay_node *range, int part)
{
  int rc = ASSAY_OK;
  double lo, hi, value;
  if (range->kind != ASSAY_NODE_SEQUENCE || range->n != 2)
    return assay_node_fail(range, ASSAY_EPARSE, "%s: expected [lowest, highest]", part_names[part]);
  ASSAY_TRY(assay_node_double(&lo, range->first));
  ASSAY_TRY(assay_node_double(&hi, range->first->next));
  for (long id = 0; id < s->source->n_cases; id++) {
    ASSAY_TRY(assay_split_value(&value, s, by, id));
    if (!(value >= lo && value <= hi)) continue;
    if (s->codes[id] != ASSAY_SPLIT_UNUSED)
      return assay_node_fail(range, ASSAY_EARG, "case %ld is in two parts of the split", id);
    s->codes[id] = (int8_t)part;
  }
done:
  return rc;
}

static int assign_ranges(const struct assay_split *s)
{
  int rc = ASSAY_OK;
  const char *by = NULL;
  ASSAY_TRY(assay_split_text(&by, s, "by", NULL));
  for (int p = 0; p < PARTS; p++) {
    const struct assay_node *range = assay_node_get(s->node, part_names[p]);
    if (!range) continue;
    if (range->kind != ASSAY_NODE_SEQUENCE || range->n == 0 ||
        range->first->kind != ASSAY_NODE_SEQUENCE) {
      ASSAY_TRY(assign_interval(s, by, range, p));
      continue;
    }
    for (const struct assay_node *r = range->first; r; r = r->next)
      ASSAY_TRY(assign_interval(s, by, r, p));
  }
done:
  return rc;
}

/* Calls put() with every item of the lists train, validation and test. */
static int each_item(const struct assay_split *s,
                     int (*put)(const struct assay_split *, const struct assay_node *, int part))
{
  int rc = ASSAY_OK;
  for (int p = 0; p < PARTS; p++) {
    const struct assay_node *list = assay_node_get(s->node, part_names[p]);
    if (!list) continue;
    if (list->kind != ASSAY_NODE_SEQUENCE)
      return assay_node_fail(list, ASSAY_EPARSE, "%s: expected a list", part_names[p]);
    for (const struct assay_node *item = list->first; item; item = item->next)
      ASSAY_TRY(put(s, item, p));
  }
done:
  return rc;
}

static int find_subset(int *out, const struct assay_split *s, const struct assay_node *item)
{
  *out = item->text ? s->source->find_subset(s->source->user, item->text) : -1;
  if (*out >= 0) return ASSAY_OK;
  return assay_node_fail(item, ASSAY_ENOTFOUND, "no subset '%s'", item->text ? item->text : "?");
}

static int put_subset(const struct assay_split *s, const struct assay_node *item, int part)
{
  int rc = ASSAY_OK, subset;
  ASSAY_TRY(find_subset(&subset, s, item));
  for (long id = 0; id < s->source->n_cases; id++) {
    if (s->source->subset_of(s->source->user, id) != subset) continue;
    if (s->codes[id] != ASSAY_SPLIT_UNUSED)
      return assay_node_fail(item, ASSAY_EARG, "subset '%s' is in two parts of the split",
                             item->text);
    s->codes[id] = (int8_t)part;
  }
done:
  return rc;
}

static int mark_subset(bool *wanted, const struct assay_split *s, const struct assay_node *item)
{
  int rc = ASSAY_OK, subset;
  ASSAY_TRY(find_subset(&subset, s, item));
  for (long id = 0; id < s->source->n_cases; id++)
    if (s->source->subset_of(s->source->user, id) == subset) wanted[id] = true;
done:
  return rc;
}

int assay_split_members(long **ids, long *n, const struct assay_split *s)
{
  int rc = ASSAY_OK;
  bool *wanted = NULL;
  const struct assay_node *list = assay_node_get(s->node, "subsets");
  *ids = NULL;
  *n = 0;
  if (list && (list->kind != ASSAY_NODE_SEQUENCE || list->n == 0))
    return assay_node_fail(list, ASSAY_EPARSE, "subsets: expected a list of names");
  ASSAY_TRY(ASSAY_NEW(ids, (size_t)s->source->n_cases, "split"));
  ASSAY_TRY(ASSAY_NEW(&wanted, (size_t)s->source->n_cases, "split"));
  for (const struct assay_node *item = list ? list->first : NULL; item; item = item->next)
    ASSAY_TRY(mark_subset(wanted, s, item));
  for (long id = 0; id < s->source->n_cases; id++)
    if (!list || wanted[id]) (*ids)[(*n)++] = id;
done:
  assay_free(wanted);
  return rc;
}

static int assign_subsets(const struct assay_split *s)
{
  return each_item(s, put_subset);
}

static int put_id(const struct assay_split *s, const struct assay_node *item, int part)
{
  int rc = ASSAY_OK;
  double id = 0;
  ASSAY_TRY(assay_node_double(&id, item));
  if (!(id >= 0 && id < (double)s->source->n_cases && id == floor(id)))
    return assay_node_fail(item, ASSAY_EARG, "no case %s (there are %ld)", item->text,
                           s->source->n_cases);
  if (s->codes[(long)id] != ASSAY_SPLIT_UNUSED)
    return assay_node_fail(item, ASSAY_EARG, "case %s is listed twice", item->text);
  s->codes[(long)id] = (int8_t)part;
done:
  return rc;
}

/* Without a list `train` all cases that no other list names train. */
static int assign_cases(const struct assay_split *s)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(each_item(s, put_id));
  for (long id = 0; !assay_node_get(s->node, "train") && id < s->source->n_cases; id++)
    if (s->codes[id] == ASSAY_SPLIT_UNUSED) s->codes[id] = ASSAY_SPLIT_TRAIN;
done:
  return rc;
}

#define SHARES " train validation test "
static const struct split_kind kinds[] = {
    {"random", SHARES, assign_random},
    {"blocks", SHARES, assign_blocks},
    {"sorted", SHARES "by order ", assign_sorted},
    {"ranges", SHARES "by ", assign_ranges},
    {"subsets", SHARES, assign_subsets},
    {"cases", SHARES, assign_cases, .literal = true},
    {"stratified", SHARES "by bins subsets ", assay_split_stratified},
    {"cfdbench", " rounding subsets ", assay_split_cfdbench, .literal = true},
};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

static int find_kind(const struct split_kind **out, const struct assay_node *node)
{
  char hint[512];
  const char *names[N_KINDS + 1] = {NULL};
  const struct assay_node *kind = assay_node_get(node, "kind");
  *out = NULL;
  if (!kind || !kind->text)
    return assay_node_fail(kind ? kind : node, ASSAY_EPARSE, "key 'kind' is missing");
  for (int k = 0; k < N_KINDS; k++) {
    names[k] = kinds[k].name;
    if (strcmp(kinds[k].name, kind->text) == 0) *out = &kinds[k];
  }
  if (*out) return ASSAY_OK;
  return assay_node_fail(kind, ASSAY_ENOTFOUND, "no kind of split '%s'%s", kind->text,
                         assay_text_suggest(hint, sizeof hint, kind->text, names));
}

static bool allowed(const struct split_kind *kind, const char *key)
{
  const char *found = strstr(kind->keys, key);
  const size_t n = strlen(key);
  return strcmp(key, "kind") == 0 ||
         (found && found > kind->keys && found[-1] == ' ' && found[n] == ' ');
}

/* The same case in two parts is used in the part where it comes first. */
static int drop_leaks(const struct assay_split *s)
{
  int rc = ASSAY_OK;
  const long n = s->source->n_cases;
  long *ids = NULL;
  ASSAY_TRY(ASSAY_NEW(&ids, 2 * (size_t)n, "split"));
  long *first = ids + n, used = 0;
  for (long id = 0; id < n; id++)
    if (s->codes[id] != ASSAY_SPLIT_UNUSED) ids[used++] = id;
  ASSAY_TRY(s->source->first_alike(first, s->source->user, ids, used));
  for (long i = 0; i < used; i++)
    if (s->codes[ids[i]] != s->codes[first[i]]) s->codes[ids[i]] = ASSAY_SPLIT_UNUSED;
done:
  assay_free(ids);
  return rc;
}

int assay_split_assign(int8_t *codes, const struct assay_node *node,
                       const struct assay_split_source *source)
{
  int rc = ASSAY_OK;
  const struct split_kind *kind = NULL;
  const struct assay_split s = {node, source, codes};
  if (node->kind != ASSAY_NODE_MAPPING)
    return assay_node_fail(node, ASSAY_EPARSE, "%s: expected a split: 'kind: ...'", node->key);
  for (long id = 0; id < source->n_cases; id++) codes[id] = ASSAY_SPLIT_UNUSED;
  ASSAY_TRY(find_kind(&kind, node));
  for (const struct assay_node *n = node->first; n; n = n->next)
    if (!allowed(kind, n->key))
      return assay_node_fail(n, ASSAY_ENOTFOUND, "no key '%s' in a split of kind '%s'", n->key,
                             kind->name);
  ASSAY_TRY(kind->assign(&s));
  if (!kind->literal) ASSAY_TRY(drop_leaks(&s));
done:
  return rc;
}
