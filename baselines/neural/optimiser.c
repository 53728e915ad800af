#include "baselines/neural/optimiser.h"

#include <math.h>
#include <string.h>

#include "baselines/neural/kernels.h"
#include "baselines/neural/lbfgs.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/num/vmath.h"

/* ---- steps -------------------------------------------------------------------------------- */

static void sgd(struct assay_nn_optimiser *o, double rate, double loss)
{
  (void)loss;
  const struct assay_nn_params *p = o->params;
  const bool momentum = o->settings.beta1 != 0;
  for (int i = 0; i < p->n; i++) {
    const struct assay_nn_row *r = &p->row[i];
    if (r->learned)
      assay_nn_kernels()->sgd(p->value + r->offset, momentum ? o->state[0] + r->offset : NULL,
                              p->gradient + r->offset, r->size, (float)rate,
                              (float)o->settings.beta1, (float)o->settings.decay);
  }
}

static void adam_rows(struct assay_nn_optimiser *o, const struct assay_nn_adam *step)
{
  const struct assay_nn_params *p = o->params;
  for (int i = 0; i < p->n; i++) {
    const struct assay_nn_row *r = &p->row[i];
    if (r->learned)
      assay_nn_kernels()->adam(p->value + r->offset, o->state[0] + r->offset,
                               o->state[1] + r->offset, p->gradient + r->offset, r->size, step);
  }
}

static struct assay_nn_adam adam_step(const struct assay_nn_optimiser *o, double rate)
{
  const struct assay_nn_optimiser_settings *s = &o->settings;
  const double t = (double)o->steps;
  return (struct assay_nn_adam){.rate = (float)(rate / (1 - assay_math_pow(s->beta1, t))),
                                .correct = (float)(1 / sqrt(1 - assay_math_pow(s->beta2, t))),
                                .beta1 = (float)s->beta1,
                                .beta2 = (float)s->beta2,
                                .epsilon = (float)s->epsilon};
}

static void adam(struct assay_nn_optimiser *o, double rate, double loss)
{
  (void)loss;
  struct assay_nn_adam step = adam_step(o, rate);
  step.penalty = (float)o->settings.decay;
  adam_rows(o, &step);
}

static void adamw(struct assay_nn_optimiser *o, double rate, double loss)
{
  (void)loss;
  struct assay_nn_adam step = adam_step(o, rate);
  step.decay = (float)(rate * o->settings.decay);
  adam_rows(o, &step);
}

const struct assay_nn_optimiser_kind assay_nn_optimisers[] = {
    {.name = "adam",
     .doc = "Adam, Kingma and Ba 2015",
     .usual = {.beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8},
     .n_states = 2,
     .step = adam},
    {.name = "adamw",
     .doc = "Adam with weight decay apart from the gradient, Loshchilov and Hutter 2019",
     .usual = {.beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8, .decay = 1e-2},
     .n_states = 2,
     .step = adamw},
    {.name = "sgd",
     .doc = "gradient descent with momentum",
     .usual = {.beta1 = 0.9},
     .n_states = 1,
     .step = sgd},
    {.name = "lbfgs",
     .doc = "limited-memory BFGS with a search along lines, of the same samples in every step",
     .usual = {.beta1 = 1e-4, .beta2 = 0.9, .epsilon = 1e-6},
     .n_states = ASSAY_NN_LBFGS_STATES,
     .n_marks = ASSAY_NN_MARKS,
     .searches = true,
     .step = assay_nn_lbfgs_step,
     .finished = assay_nn_lbfgs_finished},
    {0}};

static int find_kind(const struct assay_nn_optimiser_kind **out, const char *name)
{
  int rc = ASSAY_OK;
  char *names = NULL;
  *out = NULL;
  for (const struct assay_nn_optimiser_kind *k = assay_nn_optimisers; k->name; k++) {
    if (strcmp(k->name, name) == 0) *out = k;
    ASSAY_TRY(assay_text_append(&names, ", ", k->name));
  }
  ASSAY_CHECK(*out, ASSAY_ENOTFOUND, "there is no optimiser '%s'; there are: %s", name, names);
done:
  assay_free(names);
  return rc;
}

int assay_nn_optimiser_create(struct assay_nn_optimiser **out, const char *name,
                              const struct assay_nn_optimiser_settings *settings,
                              struct assay_nn_params *params)
{
  int rc = ASSAY_OK;
  struct assay_nn_optimiser *o = NULL;
  *out = NULL;
  ASSAY_TRY(ASSAY_NEW(&o, 1, "optimiser"));
  ASSAY_TRY(find_kind(&o->kind, name));
  o->settings = settings ? *settings : o->kind->usual;
  o->params = params;
  for (int i = 0; i < o->kind->n_states; i++)
    ASSAY_TRY(ASSAY_NEW(&o->state[i], params->length, "optimiser"));
  *out = o;
  o = NULL;
done:
  assay_nn_optimiser_destroy(o);
  return rc;
}

void assay_nn_optimiser_destroy(struct assay_nn_optimiser *o)
{
  if (!o) return;
  for (int i = 0; i < ASSAY_NN_STATES; i++) assay_free(o->state[i]);
  assay_free(o);
}

void assay_nn_optimiser_step(struct assay_nn_optimiser *o, double rate, double loss)
{
  o->steps++;
  o->kind->step(o, rate, loss);
}

bool assay_nn_optimiser_finished(const struct assay_nn_optimiser *o)
{
  return o->kind->finished && o->kind->finished(o);
}

bool assay_nn_optimiser_retreats(const struct assay_nn_optimiser *o)
{
  return o->kind->searches && o->steps > 0;
}

/* ---- clipping ----------------------------------------------------------------------------- */

double assay_nn_gradient_norm(const struct assay_nn_params *p)
{
  double sum = 0;
  for (int i = 0; i < p->n; i++)
    if (p->row[i].learned)
      sum += assay_nn_kernels()->squares(p->gradient + p->row[i].offset, NULL, p->row[i].size);
  return sqrt(sum);
}

double assay_nn_clip(struct assay_nn_params *p, double largest)
{
  const double norm = assay_nn_gradient_norm(p), factor = largest / (norm + 1e-6);
  if (factor < 1)
    assay_nn_kernels()->copy(p->gradient, p->gradient, (float)factor, p->length, false);
  return norm;
}

/* ---- rate and averages -------------------------------------------------------------------- */

double assay_nn_schedule(const struct assay_nn_schedule *s, uint64_t step, double per_epoch,
                         double total)
{
  const double epoch = (double)step / per_epoch;
  const double rise = s->warm > 0 ? fmin(1, (double)(step + 1) / (s->warm * per_epoch)) : 1;
  switch (s->kind) {
  case ASSAY_NN_STEP:
    return rise * assay_math_pow(s->factor, floor(epoch / s->every));
  case ASSAY_NN_COSINE:
    return rise * (s->factor + (1 - s->factor) * 0.5 *
                                   (1 + assay_math_cos(3.14159265358979323846 *
                                                       fmin(1, (double)step / total))));
  default:
    return rise;
  }
}

void assay_nn_average(float *average, const struct assay_nn_params *p, double decay, uint64_t t)
{
  const double early = (1 + (double)t) / (10 + (double)t);
  assay_nn_kernels()->blend(average, p->value, (float)(1 - fmin(decay, early)), p->length);
}
