#include "baselines/neural/trainer.h"

#include <math.h>
#include <string.h>

#include "baselines/neural/checkpoint.h"
#include "baselines/neural/op_loss.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/num/random.h"

enum { ORDER_STREAM = 1 };

/* Scores of a run: at most so many, at most one per epoch, and so few that their samples are not
 * more than a fifth of those that are learned from (a score costs a third of a step). */
enum { SCORES = 40, LEARNED_PER_JUDGED = 5 };

const struct assay_nn_settings assay_nn_settings_usual = {
    .batch = 32,
    .epochs = 100,
    .threads = 1,
    .rate = 1e-3,
    .step_epochs = 20,
    .step_factor = 0.9,
    .schedule = ASSAY_NN_STEP,
};

int assay_nn_settings_loss(struct assay_nn_graph *g, const struct assay_nn_settings *s, int p,
                           int target, int weight)
{
  static int (*const loss[])(struct assay_nn_graph *, int, int, int) = {
      assay_nn_nmse, assay_nn_mse, assay_nn_relative_l2, assay_nn_h1};
  return loss[s->loss](g, p, target, weight);
}

static uint64_t steps_of_budget(const struct assay_nn_settings *s, uint64_t per_epoch)
{
  const uint64_t by_epochs = (uint64_t)s->epochs * per_epoch,
                 by_samples = (uint64_t)ceil(s->samples / s->batch);
  if (by_epochs == 0) return by_samples;
  return by_samples > 0 && by_samples < by_epochs ? by_samples : by_epochs;
}

int assay_nn_trainer_open(struct assay_nn_trainer *t, const struct assay_nn_settings *settings,
                          struct assay_nn_run *run, struct assay_nn_params *params,
                          const struct assay_nn_problem *problem, uint64_t seed)
{
  int rc = ASSAY_OK;
  *t = (struct assay_nn_trainer){.settings = *settings,
                                 .seed = seed,
                                 .params = params,
                                 .run = run,
                                 .best_score = HUGE_VAL,
                                 .checkpoint_every = 60};
  if (t->settings.batch > problem->n_samples) t->settings.batch = (int)problem->n_samples;
  const uint64_t batch = (uint64_t)t->settings.batch;
  t->per_epoch = ((uint64_t)problem->n_samples + batch - 1) / batch;
  t->total = steps_of_budget(&t->settings, t->per_epoch);
  ASSAY_CHECK(t->total > 0, ASSAY_EARG, "neither epochs nor samples to train are set");
  const struct assay_nn_optimiser_kind *kind = &assay_nn_optimisers[settings->optimiser];
  struct assay_nn_optimiser_settings usual = kind->usual;
  if (settings->decay > 0) usual.decay = settings->decay;
  ASSAY_TRY(assay_nn_optimiser_create(&t->optimiser, kind->name, &usual, params));
  ASSAY_TRY(ASSAY_NEW(&t->best, params->length, "trainer"));
  memcpy(t->best, params->value, params->length * sizeof *t->best);
  if (settings->average > 0) {
    ASSAY_TRY(ASSAY_NEW(&t->average, params->length, "trainer"));
    memcpy(t->average, params->value, params->length * sizeof *t->average);
  }
done:
  if (rc < 0) assay_nn_trainer_close(t);
  return rc;
}

void assay_nn_trainer_close(struct assay_nn_trainer *t)
{
  assay_nn_optimiser_destroy(t->optimiser);
  assay_free(t->average);
  assay_free(t->best);
  *t = (struct assay_nn_trainer){0};
}

/* ---- one step ------------------------------------------------------------------------------ */

/* Room for the order of an epoch and the samples of a step. */
struct deck {
  ptrdiff_t *order; /* [n_samples] */
  long *sample;     /* [batch] */
  uint64_t epoch;   /* of order */
  bool dealt;
  struct assay_progress progress;
  double started, saved; /* clock */
};

/* What decides which samples and random numbers a step has: its number, or always the same. */
static uint64_t turn(const struct assay_nn_trainer *t)
{
  return t->optimiser->kind->searches ? 0 : t->step;
}

/* Samples of a turn; the last one of an epoch has what is left. */
static int deal(struct deck *d, const struct assay_nn_trainer *t, long n_samples, uint64_t turn_of)
{
  const uint64_t epoch = turn_of / t->per_epoch, at = turn_of % t->per_epoch;
  const long batch = t->settings.batch, from = (long)at * batch;
  const long n = n_samples - from < batch ? n_samples - from : batch;
  if (!d->dealt || epoch != d->epoch) {
    struct assay_rng rng = assay_rng_init(t->seed, epoch, ORDER_STREAM);
    assay_rng_permutation(&rng, d->order, n_samples);
    d->epoch = epoch;
    d->dealt = true;
  }
  for (long i = 0; i < n; i++) d->sample[i] = (long)d->order[from + i];
  return (int)n;
}

/* The inputs of this step are filled: those of the next one can be looked for. Not over the end of
 * an epoch, as the order of this one may be needed again. */
static void announce(const struct assay_nn_trainer *t, const struct assay_nn_problem *problem,
                     struct deck *d)
{
  if (problem->ahead && (t->step + 1) % t->per_epoch != 0 && !t->optimiser->kind->searches)
    problem->ahead(problem->context, d->sample, deal(d, t, problem->n_samples, t->step + 1));
}

static bool all_finite(const struct assay_nn_params *p)
{
  for (int i = 0; i < p->n; i++)
    for (size_t j = 0; j < p->row[i].size; j++)
      if (!isfinite(p->value[p->row[i].offset + j])) return false;
  return true;
}

/* The last state that could be gone on from stays on disk: that before this step, or else what is
 * there already. */
static int complain(struct assay_nn_trainer *t, int items, double loss)
{
  int rc = ASSAY_OK;
  char *where = NULL;
  ASSAY_TRY(assay_nn_run_blame(&where, t->run, items));
  if (t->checkpoint && all_finite(t->params))
    ASSAY_TRY(assay_nn_checkpoint_write(t->checkpoint, t));
  memcpy(t->params->value, t->best, t->params->length * sizeof *t->best);
  ASSAY_FAIL(ASSAY_EDIVERGED,
             "the loss is %s in step %llu; the first number that is not finite: %s",
             isnan(loss)   ? "not a number"
             : isinf(loss) ? "infinite"
                           : "finite, its gradient not",
             (unsigned long long)t->step, where);
done:
  assay_free(where);
  return rc;
}

static int one_step(double *loss, struct assay_nn_trainer *t,
                    const struct assay_nn_problem *problem, struct deck *d)
{
  int rc = ASSAY_OK, items = 0;
  const struct assay_nn_settings *s = &t->settings;
  const struct assay_nn_schedule schedule = {.kind = s->schedule,
                                             .every = s->step_epochs,
                                             .factor = s->step_factor,
                                             .warm = s->warm_epochs};
  problem->fill(&items, problem->context, t->run, d->sample,
                deal(d, t, problem->n_samples, turn(t)), turn(t));
  announce(t, problem, d);
  assay_nn_run_seek(t->run, turn(t));
  ASSAY_TRY(assay_nn_run_step(loss, t->run, items));
  const bool clip = s->clip > 0 && !t->optimiser->kind->searches;
  const double norm = clip ? assay_nn_clip(t->params, s->clip) : assay_nn_gradient_norm(t->params);
  if ((!isfinite(*loss) || !isfinite(norm)) && !assay_nn_optimiser_retreats(t->optimiser))
    return complain(t, items, *loss);
  assay_nn_optimiser_step(
      t->optimiser,
      s->rate * assay_nn_schedule(&schedule, t->step, (double)t->per_epoch, (double)t->total),
      *loss);
  t->step++;
  if (t->average) assay_nn_average(t->average, t->params, s->average, t->step);
done:
  return rc;
}

/* ---- scores ------------------------------------------------------------------------------- */

static void swap(float *a, float *b, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    const float x = a[i];
    a[i] = b[i];
    b[i] = x;
  }
}

/* Of the averaged weights where there are any, of those where a search set out if it searches. */
static int judge(double *score, struct assay_nn_trainer *t, const struct assay_nn_problem *problem)
{
  int rc = ASSAY_OK;
  const size_t n = t->params->length;
  float *settled = t->average;
  if (!settled && assay_nn_optimiser_retreats(t->optimiser)) settled = t->optimiser->state[0];
  if (settled) swap(t->params->value, settled, n);
  rc = problem->score(score, problem->context);
  if (rc >= 0 && *score < t->best_score) {
    memcpy(t->best, t->params->value, n * sizeof *t->best);
    t->best_score = *score;
    t->best_step = t->step;
    t->since_best = 0;
  } else
    t->since_best++;
  if (settled) swap(t->params->value, settled, n);
  return rc;
}

static bool time_to_judge(const struct assay_nn_trainer *t, const struct assay_nn_problem *problem)
{
  const uint64_t judged = (uint64_t)(problem->n_judged * LEARNED_PER_JUDGED / t->settings.batch);
  uint64_t every = t->total / SCORES > t->per_epoch ? t->total / SCORES : t->per_epoch;
  if (every < judged) every = judged;
  return t->step % every == 0 || t->step == t->total;
}

static int after_score(struct assay_nn_trainer *t, struct deck *d, double loss, double score)
{
  int rc = ASSAY_OK;
  assay_log(ASSAY_LOG_DEBUG, "train", "step=%llu loss=%g score=%g best=%g",
            (unsigned long long)t->step, loss, score, t->best_score);
  if (t->checkpoint && assay_clock() - d->saved >= t->checkpoint_every) {
    ASSAY_TRY(assay_nn_checkpoint_write(t->checkpoint, t));
    d->saved = assay_clock();
  }
done:
  return rc;
}

static const char *reason_to_stop(const struct assay_nn_trainer *t, const struct deck *d)
{
  if (t->step >= t->total) return "budget";
  if (t->settings.patience > 0 && t->since_best >= t->settings.patience) return "patience";
  if (assay_nn_optimiser_finished(t->optimiser)) return "converged";
  if (t->time_limit > 0 && assay_clock() - d->started > t->time_limit) return "time";
  if (t->stop_at > 0 && t->step >= t->stop_at) return "interrupted";
  return NULL;
}

static int loop(struct assay_nn_trainer *t, const struct assay_nn_problem *problem, struct deck *d)
{
  int rc = ASSAY_OK;
  double loss = 0, score = HUGE_VAL;
  char note[96];
  while (!(t->stopped = reason_to_stop(t, d))) {
    ASSAY_TRY(one_step(&loss, t, problem, d));
    if (time_to_judge(t, problem)) {
      ASSAY_TRY(judge(&score, t, problem));
      ASSAY_TRY(after_score(t, d, loss, score));
    }
    snprintf(note, sizeof note, "loss %.3g, score %.3g", loss, score);
    assay_progress_add(&d->progress, 1, note);
  }
  const bool late = strcmp(t->stopped, "time") == 0;
  if (!late && strcmp(t->stopped, "converged") != 0) goto done;
  ASSAY_CHECK(!late || t->step >= t->per_epoch, ASSAY_EJOB,
              "the time limit ended training after %llu of the %llu steps of its first epoch",
              (unsigned long long)t->step, (unsigned long long)t->per_epoch);
  ASSAY_TRY(judge(&score, t, problem)); /* the last steps count too */
done:
  return rc;
}

int assay_nn_trainer_run(struct assay_nn_trainer *t, const struct assay_nn_problem *problem)
{
  int rc = ASSAY_OK;
  struct deck d = {.started = assay_clock()};
  d.saved = d.started;
  ASSAY_TRY(ASSAY_NEW(&d.order, (size_t)problem->n_samples, "trainer"));
  ASSAY_TRY(ASSAY_NEW(&d.sample, (size_t)t->settings.batch, "trainer"));
  assay_progress_start(&d.progress, "steps", (double)t->total, stderr);
  assay_progress_add(&d.progress, (double)t->step, "");
  rc = loop(t, problem, &d);
  assay_progress_finish(&d.progress);
  if (rc < 0) goto done;
  if (strcmp(t->stopped, "interrupted") == 0) {
    if (t->checkpoint) ASSAY_TRY(assay_nn_checkpoint_write(t->checkpoint, t));
    goto done;
  }
  memcpy(t->params->value, t->best, t->params->length * sizeof *t->best);
done:
  assay_free(d.order);
  assay_free(d.sample);
  return rc;
}
