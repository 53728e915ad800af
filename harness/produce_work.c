/* Making cases in a worker: one at a time, or those of a kind side by side, each with the bits it
 * has alone and its own part as soon as it is done. */
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "datasets/certify.h"
#include "datasets/part.h"
#include "harness/produce_run.h"

static double cpu_seconds(void)
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double peak_mb(void)
{
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)usage.ru_maxrss / 1024;
}

/* The part of a case that was made, and what the parent wants to know. */
static int leave_part(struct assay_pool_result *out, const struct assay_produce_run *run,
                      const struct assay_case *c, struct assay_part_cost cost)
{
  int rc = ASSAY_OK;
  char hash[ASSAY_SHA256_HEX];
  ASSAY_TRY(assay_recipe_hash(hash, run->p->recipe, c));
  out->fatal = true; /* a part that cannot be written: nobody's can */
  ASSAY_TRY(assay_part_write(run->parts, run->p->recipe, c, hash, &cost));
  out->fatal = false;
  out->number[NUMBER_CPU] = cost.cpu_seconds;
  out->number[NUMBER_WALL] = cost.wall_seconds;
  out->number[NUMBER_PEAK] = cost.peak_mb;
  out->number[NUMBER_STEPS] = c->certificate.steps;
  out->number[NUMBER_DIVERGED] = c->certificate.diverged;
  if (c->certificate.diverged) snprintf(out->text, sizeof out->text, "%s", c->certificate.reason);
done:
  return rc;
}

static void note_result(struct assay_pool_result *out, int rc)
{
  out->rc = rc;
  if (rc < 0) snprintf(out->text, sizeof out->text, "%s", assay_err_last());
}

static int make_part(struct assay_pool_result *out, const struct assay_produce_run *run, long id)
{
  int rc = ASSAY_OK;
  struct assay_case *c = NULL;
  const double wall = assay_clock(), cpu = cpu_seconds();
  ASSAY_TRY(assay_recipe_make(&c, run->p->recipe, id));
  ASSAY_TRY(leave_part(
      out, run, c, (struct assay_part_cost){cpu_seconds() - cpu, assay_clock() - wall, peak_mb()}));
done:
  assay_case_destroy(c);
  return rc;
}

/* A case that a worker has in its hands beside others; processor time is shared out evenly. */
struct held {
  long item; /* -1: none */
  double cpu, wall_start;
};

struct hands {
  struct assay_produce_run *run;
  struct assay_pool_hands *pool;
  long first; /* item to begin with, then -1 */
  struct held held[ASSAY_POOL_HOLDS];
  double cpu; /* when it was shared out last */
};

static void share_out(struct hands *h)
{
  const double now = cpu_seconds();
  int n = 0;
  for (int k = 0; k < ASSAY_POOL_HOLDS; k++) n += h->held[k].item >= 0;
  for (int k = 0; k < ASSAY_POOL_HOLDS; k++)
    if (h->held[k].item >= 0) h->held[k].cpu += (now - h->cpu) / n;
  h->cpu = now;
}

static bool is_of_same_kind(void *user, long item)
{
  const struct assay_produce_run *run = user;
  return run->kind[run->todo[item]] == run->worker_kind;
}

static long next_of_kind(void *user)
{
  struct hands *h = user;
  const long item = h->first >= 0 ? h->first : assay_pool_take(h->pool, is_of_same_kind);
  int k = 0;
  h->first = -1;
  if (item < 0) return -1;
  share_out(h);
  while (h->held[k].item >= 0) k++;
  h->held[k] = (struct held){item, 0, assay_clock()};
  return assay_produce_case(h->run->p, h->run->todo[item]);
}

static int finish_of_kind(void *user, long id, const struct assay_case *c, int rc)
{
  struct hands *h = user;
  const struct assay_produce_run *run = h->run;
  int k = 0;
  share_out(h);
  while (h->held[k].item < 0 || assay_produce_case(run->p, run->todo[h->held[k].item]) != id) k++;
  struct held *held = &h->held[k];
  struct assay_pool_result result = {.item = held->item};
  if (c)
    rc = leave_part(
        &result, run, c,
        (struct assay_part_cost){held->cpu, assay_clock() - held->wall_start, peak_mb()});
  note_result(&result, rc);
  assay_pool_send(h->pool, &result);
  held->item = -1;
  return result.fatal ? rc : ASSAY_OK;
}

/* Side by side: this case and those that are taken while it runs. */
static void work_group(struct assay_pool_hands *pool, struct assay_produce_run *run, long item)
{
  struct hands h = {.run = run, .pool = pool, .first = item, .cpu = cpu_seconds()};
  const struct assay_make_stream stream = {&h, next_of_kind, finish_of_kind};
  for (int k = 0; k < ASSAY_POOL_HOLDS; k++) h.held[k].item = -1;
  run->worker_kind = run->kind[run->todo[item]];
  const int rc = assay_recipe_make_group(run->p->recipe, &stream);
  for (int k = 0; k < ASSAY_POOL_HOLDS; k++) {
    struct assay_pool_result result = {.item = h.held[k].item};
    note_result(&result, rc);
    if (h.held[k].item >= 0) assay_pool_send(pool, &result);
  }
}

void assay_produce_work(struct assay_pool_hands *pool, void *user, long item, bool alone)
{
  struct assay_produce_run *run = user;
  struct assay_pool_result result = {.item = item};
  if (!alone && run->kind[run->todo[item]] >= 0) {
    work_group(pool, run, item);
    return;
  }
  note_result(&result, make_part(&result, run, assay_produce_case(run->p, run->todo[item])));
  assay_pool_send(pool, &result);
}

/* Kinds of open cases by the first case of each; alone where a kind has too few cases to keep all
 * workers busy side by side. */
int assay_produce_find_kinds(struct assay_produce_run *run)
{
  int rc = ASSAY_OK;
  const struct assay_recipe *r = run->p->recipe;
  const struct assay_generator *g = assay_recipe_generator(r);
  const int jobs = assay_produce_jobs(run->p->jobs);
  char *params = NULL, *other = NULL;
  long *size = NULL;
  for (long k = 0; k < run->n; k++) run->kind[k] = -1;
  if (!g->run_group) goto done;
  ASSAY_TRY(ASSAY_NEW(&params, g->params_size, "case parameters"));
  ASSAY_TRY(ASSAY_NEW(&other, g->params_size, "case parameters"));
  ASSAY_TRY(ASSAY_NEW(&size, (size_t)run->n, "kinds of cases"));
  for (long k = 0; k < run->n; k++) {
    if (run->state[k] != CASE_OPEN) continue;
    ASSAY_TRY(assay_recipe_params(r, params, assay_produce_case(run->p, k)));
    if (g->group(params) <= 0) continue;
    for (long i = 0; i <= k && run->kind[k] < 0; i++) {
      if (i < k && run->kind[i] != i) continue;
      ASSAY_TRY(assay_recipe_params(r, other, assay_produce_case(run->p, i)));
      if (g->goes_with(params, other)) run->kind[k] = i;
    }
    if (run->kind[k] >= 0) size[run->kind[k]]++;
  }
  for (long k = run->n - 1; k >= 0; k--) {
    if (run->kind[k] < 0) continue;
    ASSAY_TRY(assay_recipe_params(r, params, assay_produce_case(run->p, k)));
    if (size[run->kind[k]] < (long)jobs * g->group(params)) run->kind[k] = -1;
  }
done:
  assay_free(params);
  assay_free(other);
  assay_free(size);
  return rc;
}
