#include "harness/estimate.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/num/random.h"
#include "datasets/part.h"
#include "harness/produce_run.h"

/* Cases of one subset, as far as they belong to the run: the k of assay_produce_case. */
struct part {
  const char *subset; /* NULL: the recipe names none */
  long first, last;
};

static json_t *number_or_null(double value)
{
  return isnan(value) ? json_null() : json_real(value);
}

/* ---- the sample ----------------------------------------------------------------------------- */

struct sample {
  struct assay_produce_run run; /* todo: the cases that are measured */
  double *cpu;                  /* [run.n_todo] */
  char folder[64];
};

/* Whether case k gets a run at half resolution beside it. */
static bool is_refined(const struct assay_produce *p, long k)
{
  return assay_recipe_certify(p->recipe, assay_produce_case(p, k)) == ASSAY_CERTIFY_REFINE;
}

/* An even choice of m from the cases of a stratum, in random order: always the same for a recipe.
 */
static int draw(struct sample *s, const struct part *part, bool refined, double share,
                ptrdiff_t *order)
{
  const struct assay_recipe *r = s->run.p->recipe;
  long n = 0;
  struct assay_rng rng =
      assay_rng_init(assay_recipe_head(r)->seed,
                     (uint64_t)assay_produce_case(s->run.p, part->first), refined ? 1 : 2);
  const long all = part->last - part->first;
  assay_rng_permutation(&rng, order, all);
  for (long i = 0; i < all; i++) n += is_refined(s->run.p, part->first + i) == refined;
  long wanted = (long)ceil(share * (double)n - 1e-9);
  for (long i = 0; i < all && wanted > 0; i++) {
    const long k = part->first + order[i];
    if (is_refined(s->run.p, k) != refined) continue;
    s->run.todo[s->run.n_todo++] = k;
    wanted--;
  }
  return ASSAY_OK;
}

static int draw_all(struct sample *s, const struct part *parts, int n_parts, double share)
{
  int rc = ASSAY_OK;
  ptrdiff_t *order = NULL;
  ASSAY_TRY(ASSAY_NEW(&order, (size_t)s->run.n, "sample"));
  for (int i = 0; i < n_parts; i++)
    for (int refined = 0; refined < 2; refined++)
      ASSAY_TRY(draw(s, &parts[i], refined, share, order));
done:
  assay_free(order);
  return rc;
}

static int remove_part(const struct sample *s, long k)
{
  int rc = ASSAY_OK;
  char *path = NULL;
  ASSAY_TRY(assay_part_path(&path, s->folder, assay_produce_case(s->run.p, k)));
  unlink(path);
done:
  assay_free(path);
  return rc;
}

static volatile sig_atomic_t interrupted;

static void note_signal(int signal_number)
{
  interrupted = signal_number;
}

static int collect(struct sample *s)
{
  int rc = ASSAY_OK;
  long open = s->run.n_todo;
  while (open > 0 && !interrupted) {
    struct assay_pool_result result;
    bool got = false;
    ASSAY_TRY(assay_pool_next(s->run.pool, &result, &got, 0.2));
    if (!got) continue;
    const long k = s->run.todo[result.item], id = assay_produce_case(s->run.p, k);
    ASSAY_CHECK(result.rc >= 0 && !result.lost, ASSAY_EJOB, "case %ld: %s", id, result.text);
    s->cpu[result.item] = result.number[NUMBER_CPU];
    if (s->run.p->progress)
      assay_progress_add(&s->run.bar, assay_recipe_cost(s->run.p->recipe, id), NULL);
    ASSAY_TRY(remove_part(s, k));
    open--;
  }
  ASSAY_CHECK(!interrupted, ASSAY_EJOB, "interrupted");
done:
  return rc;
}

/* Parts are made as in a real run, in a folder that goes with the program. */
static int measure(struct sample *s)
{
  int rc = ASSAY_OK;
  struct sigaction action = {.sa_handler = note_signal}, old[2];
  const struct assay_produce *p = s->run.p;
  const char *place = getenv("TMPDIR");
  double work = 0;
  for (long i = 0; i < s->run.n_todo; i++)
    work += assay_recipe_cost(p->recipe, assay_produce_case(p, s->run.todo[i]));
  snprintf(s->folder, sizeof s->folder, "%.40s/assay-sample-XXXXXX", place ? place : "/tmp");
  ASSAY_CHECK(mkdtemp(s->folder), ASSAY_EENV, "%s: no temporary folder", s->folder);
  s->run.parts = s->folder;
  interrupted = 0;
  sigaction(SIGINT, &action, &old[0]);
  sigaction(SIGTERM, &action, &old[1]);
  if (s->run.p->progress) assay_progress_start(&s->run.bar, "sample", work, s->run.p->progress);
  rc = assay_pool_create_many(&s->run.pool, assay_produce_jobs(s->run.p->jobs), s->run.n_todo,
                              assay_produce_work, &s->run);
  if (rc == ASSAY_OK) rc = collect(s);
  if (s->run.p->progress) assay_progress_finish(&s->run.bar);
  assay_pool_destroy(s->run.pool);
  sigaction(SIGINT, &old[0], NULL);
  sigaction(SIGTERM, &old[1], NULL);
  assay_dir_remove(s->folder);
done:
  return rc;
}

static int take_sample(struct sample *s, const struct assay_produce *p, const struct part *parts,
                       int n_parts, double share)
{
  int rc = ASSAY_OK;
  const size_t n = (size_t)assay_produce_count(p);
  s->run.p = p;
  s->run.n = (long)n;
  ASSAY_TRY(ASSAY_NEW(&s->run.todo, n, "sample"));
  ASSAY_TRY(ASSAY_NEW(&s->run.kind, n, "sample"));
  ASSAY_TRY(ASSAY_NEW(&s->run.state, n, "sample"));
  ASSAY_TRY(ASSAY_NEW(&s->cpu, n, "sample"));
  ASSAY_TRY(draw_all(s, parts, n_parts, share));
  /* side by side are only those that are measured */
  memset(s->run.state, CASE_DONE, n);
  for (long i = 0; i < s->run.n_todo; i++) s->run.state[s->run.todo[i]] = CASE_OPEN;
  ASSAY_TRY(assay_produce_find_kinds(&s->run));
  ASSAY_TRY(measure(s));
done:
  return rc;
}

static void drop_sample(struct sample *s)
{
  assay_free(s->run.todo);
  assay_free(s->run.kind);
  assay_free(s->run.state);
  assay_free(s->cpu);
}

/* ---- from the sample to the whole ----------------------------------------------------------- */

struct moments {
  long n;
  double mean, m2; /* Welford */
};

static void add(struct moments *m, double x)
{
  const double before = x - m->mean;
  m->n++;
  m->mean += before / (double)m->n;
  m->m2 += before * (x - m->mean);
}

static double variance(const struct moments *m)
{
  return m->n > 1 ? m->m2 / (double)(m->n - 1) : (double)NAN;
}

static void put_measured(json_t *row, const struct sample *s, const struct part *part)
{
  struct moments all = {0}, stratum[2] = {{0}};
  long size[2] = {0};
  double total = 0, error2 = 0;
  for (long k = part->first; k < part->last; k++) size[is_refined(s->run.p, k)]++;
  for (long i = 0; i < s->run.n_todo; i++) {
    const long k = s->run.todo[i];
    if (k < part->first || k >= part->last) continue;
    add(&stratum[is_refined(s->run.p, k)], s->cpu[i]);
    add(&all, s->cpu[i]);
  }
  for (int k = 0; k < 2; k++) {
    const double n = (double)size[k], measured = (double)stratum[k].n;
    if (size[k] == 0) continue;
    total += n * stratum[k].mean;
    if (n > measured) error2 += n * n * (1 - measured / n) * variance(&stratum[k]) / measured;
  }
  json_object_set_new(row, "sampled", json_integer(all.n));
  json_object_set_new(row, "mean_seconds", json_real(total / (double)(part->last - part->first)));
  json_object_set_new(row, "deviation_seconds", number_or_null(sqrt(variance(&all))));
  json_object_set_new(row, "total_seconds", json_real(total));
  json_object_set_new(row, "error_seconds", number_or_null(sqrt(error2)));
}

/* ---- rows ----------------------------------------------------------------------------------- */

static json_t *make_row(const struct assay_produce *p, const struct part *part)
{
  const struct assay_recipe *r = p->recipe;
  const bool predicts = assay_recipe_generator(r)->cost != NULL;
  json_int_t frames = 0, bytes = 0;
  double seconds = predicts ? 0 : (double)NAN;
  for (long k = part->first; k < part->last; k++) {
    const long id = assay_produce_case(p, k);
    frames += assay_recipe_frames(r, id);
    bytes += assay_recipe_case_bytes(r, id);
    if (predicts) seconds += assay_recipe_cost(r, id);
  }
  const long cases = part->last - part->first;
  return json_pack("{ss,ss?,sI,sI,sI,so}", "set", assay_recipe_head(r)->name, "subset",
                   part->subset, "cases", (json_int_t)cases, "frames", frames, "bytes", bytes,
                   "predicted_seconds", number_or_null(seconds));
}

/* How many cases of the run lie before case `id`. */
static long position(const struct assay_produce *p, long id)
{
  long k = 0;
  while (k < assay_produce_count(p) && assay_produce_case(p, k) < id) k++;
  return k;
}

/* The subsets of the recipe that have cases in the run, or all of it. */
static int list_parts(struct part parts[ASSAY_SUBSETS_MAX], const struct assay_produce *p)
{
  int n = 0;
  const struct assay_layout *l = assay_recipe_layout(p->recipe);
  for (int i = 0; i < l->n_subsets; i++) {
    const struct assay_subset *s = &l->subsets[i];
    const long first = position(p, s->first), last = position(p, s->first + s->n);
    if (first < last) parts[n++] = (struct part){s->name, first, last};
  }
  if (n == 0) parts[n++] = (struct part){NULL, 0, assay_produce_count(p)};
  return n;
}

int assay_estimate_rows(json_t *rows, const struct assay_produce *p, double share)
{
  int rc = ASSAY_OK;
  struct part parts[ASSAY_SUBSETS_MAX];
  struct sample sample = {0};
  json_t *row = NULL;
  const int n = list_parts(parts, p);
  if (share > 0) ASSAY_TRY(take_sample(&sample, p, parts, n, share));
  for (int i = 0; i < n; i++) {
    row = make_row(p, &parts[i]);
    ASSAY_CHECK(row, ASSAY_ENOMEM, "no memory for an estimate");
    if (share > 0) put_measured(row, &sample, &parts[i]);
    json_array_append(rows, row);
    json_decref(row);
    row = NULL;
  }
done:
  json_decref(row);
  drop_sample(&sample);
  return rc;
}

/* Sum of a key; null when one row does not know. */
static json_t *sum_of(const json_t *rows, const char *key, bool squares)
{
  size_t i;
  json_t *row;
  double sum = 0;
  json_array_foreach(rows, i, row)
  {
    const json_t *v = json_object_get(row, key);
    const double value = json_is_number(v) ? json_number_value(v) : (double)NAN;
    sum += squares ? value * value : value;
  }
  return number_or_null(squares ? sqrt(sum) : sum);
}

int assay_estimate_total(json_t **out, const json_t *rows)
{
  int rc = ASSAY_OK;
  static const char *const whole[] = {"cases", "frames", "bytes", "sampled"};
  static const char *const sums[] = {"predicted_seconds", "total_seconds"};
  const bool measured = json_object_get(json_array_get(rows, 0), "sampled") != NULL;
  *out = json_pack("{ss,sn}", "set", "total", "subset");
  ASSAY_CHECK(*out, ASSAY_ENOMEM, "no memory for an estimate");
  for (int k = 0; k < 3 + measured; k++) {
    json_t *sum = sum_of(rows, whole[k], false);
    json_object_set_new(*out, whole[k], json_integer((json_int_t)json_number_value(sum)));
    json_decref(sum);
  }
  for (int k = 0; k < 1 + measured; k++)
    json_object_set_new(*out, sums[k], sum_of(rows, sums[k], false));
  if (measured) {
    const double cases = json_number_value(json_object_get(*out, "cases"));
    const double total = json_number_value(json_object_get(*out, "total_seconds"));
    json_object_set_new(*out, "mean_seconds", json_real(total / cases));
    json_object_set_new(*out, "deviation_seconds", json_null());
    json_object_set_new(*out, "error_seconds", sum_of(rows, "error_seconds", true));
  }
done:
  return rc;
}
