/* The loop of training: it learns, repeats, goes on from a checkpoint with the same bits, stops for
 * its reasons, and says where a loss went wrong. */
#include <stdlib.h>
#include <unistd.h>

#include "baselines/neural/checkpoint.h"
#include "baselines/neural/op_linear.h"
#include "baselines/neural/op_loss.h"
#include "baselines/neural/op_pointwise.h"
#include "baselines/neural/trainer.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/num/random.h"
#include "tests/test.h"

enum { SAMPLES = 150, BATCH = 16 };

/* y = sin(2 a) b from 150 points of the square, and as many to judge. */
struct school {
  struct assay_nn_params params;
  struct assay_nn_graph *graph;
  struct assay_nn_run *learning, *judging;
  struct assay_nn_problem problem;
  struct assay_nn_trainer trainer;
  float x[2 * SAMPLES][2], y[2 * SAMPLES];
  long poisoned; /* sample that is NaN, -1: none */
  int scored;    /* scores that were told (score_as_told) */
  float *best;   /* [params.length] at the third of them */
};

static void fill(int *items, void *context, struct assay_nn_run *run, const long *sample, int n,
                 uint64_t draw)
{
  const struct school *s = context;
  (void)draw;
  for (int i = 0; i < n; i++) {
    memcpy(assay_nn_run_named(run, "x") + 2 * i, s->x[sample[i]], sizeof s->x[0]);
    assay_nn_run_named(run, "y")[i] = sample[i] == s->poisoned ? NAN : s->y[sample[i]];
  }
  *items = n;
}

static int score(double *out, void *context)
{
  int rc = ASSAY_OK;
  struct school *s = context;
  double error = 0;
  for (int i = SAMPLES; i < 2 * SAMPLES; i += BATCH) {
    const int n = 2 * SAMPLES - i < BATCH ? 2 * SAMPLES - i : BATCH;
    memcpy(assay_nn_run_named(s->judging, "x"), s->x[i], (size_t)n * sizeof s->x[0]);
    ASSAY_TRY(assay_nn_run_forward(s->judging, n));
    for (int j = 0; j < n; j++)
      error += pow((double)(assay_nn_run_named(s->judging, "p")[j] - s->y[i + j]), 2);
  }
  *out = error / SAMPLES;
done:
  return rc;
}

static void open_school(struct school *s, const struct assay_nn_settings *settings, int width)
{
  struct assay_rng rng = assay_rng_init(12, 0, 0);
  *s = (struct school){.poisoned = -1};
  for (int i = 0; i < 2 * SAMPLES; i++) {
    s->x[i][0] = (float)assay_rng_between(&rng, -1, 1);
    s->x[i][1] = (float)assay_rng_between(&rng, -1, 1);
    s->y[i] = (float)(sin(2 * (double)s->x[i][0]) * (double)s->x[i][1]);
  }
  assert_ok(assay_nn_graph_create(&s->graph, &s->params));
  const int x = assay_nn_input(s->graph, "x", 1, (int[]){2}),
            y = assay_nn_input(s->graph, "y", 1, (int[]){1});
  const int h = assay_nn_tanh(s->graph, assay_nn_linear(s->graph, "a", x, width));
  const int p = assay_nn_linear(
      s->graph, "c", assay_nn_tanh(s->graph, assay_nn_linear(s->graph, "b", h, width)), 1);
  assay_nn_settings_loss(s->graph, settings, assay_nn_output(s->graph, "p", p), y, -1);
  assert_ok(assay_nn_graph_finish(s->graph));
  assert_ok(assay_nn_params_allocate(&s->params, 4));
  assert_ok(assay_nn_run_create(
      &s->learning, s->graph,
      &(struct assay_nn_run_options){.batch = settings->batch, .training = true}));
  assert_ok(
      assay_nn_run_create(&s->judging, s->graph, &(struct assay_nn_run_options){.batch = BATCH}));
  s->problem =
      (struct assay_nn_problem){.context = s, .n_samples = SAMPLES, .fill = fill, .score = score};
  assert_ok(assay_nn_trainer_open(&s->trainer, settings, s->learning, &s->params, &s->problem, 9));
}

static void close_school(struct school *s)
{
  assay_nn_trainer_close(&s->trainer);
  assay_nn_run_destroy(s->learning);
  assay_nn_run_destroy(s->judging);
  assay_nn_graph_destroy(s->graph);
  assay_nn_params_clear(&s->params);
}

static struct assay_nn_settings settings(int epochs)
{
  struct assay_nn_settings s = assay_nn_settings_usual;
  s.batch = BATCH;
  s.epochs = epochs;
  s.rate = 8e-3;
  return s;
}

static void it_learns(void **state)
{
  (void)state;
  struct assay_nn_settings how = settings(60);
  for (int i = 0; i < 3; i++) {
    struct school s;
    double now;
    how.optimiser = i;
    how.schedule = i;
    how.loss = i == 1;
    how.average = i == 0 ? 0.98 : 0;
    how.decay = i == 1 ? 1e-4 : 0;
    how.rate = i == 2 ? 0.02 : 8e-3;
    open_school(&s, &how, 16);
    assert_ok(assay_nn_trainer_run(&s.trainer, &s.problem));
    assert_string_equal(s.trainer.stopped, "budget");
    assert_int_equal(s.trainer.step, 600); /* 10 an epoch, the last with 6 samples */
    if (!(s.trainer.best_score < 4e-3))
      fail_msg("optimiser %d reaches %g", i, s.trainer.best_score);
    assert_ok(score(&now, &s)); /* the parameters are the best ones */
    assert_memory_equal(&now, &s.trainer.best_score, sizeof now);
    close_school(&s);
  }
}

static char folder[64] = "/tmp/assay-trainer-XXXXXX", checkpoint[128];

/* 7 epochs, interrupted after 33 steps in the middle of an epoch and taken up by another process's
 * memory: the same bits. */
static void check_resumed(int optimiser)
{
  struct assay_nn_settings how = settings(7);
  how.optimiser = optimiser;
  how.average = 0.95;
  how.clip = 0.3;
  how.schedule = ASSAY_NN_COSINE;
  how.step_factor = 0.1;
  struct school whole, first, second;
  open_school(&whole, &how, 8);
  assert_ok(assay_nn_trainer_run(&whole.trainer, &whole.problem));
  open_school(&first, &how, 8);
  first.trainer.checkpoint = checkpoint;
  first.trainer.stop_at = 33;
  assert_ok(assay_nn_trainer_run(&first.trainer, &first.problem));
  assert_string_equal(first.trainer.stopped, "interrupted");
  close_school(&first);
  open_school(&second, &how, 8);
  assert_ok(assay_nn_checkpoint_read(&second.trainer, checkpoint));
  assert_int_equal(second.trainer.step, 33);
  assert_ok(assay_nn_trainer_run(&second.trainer, &second.problem));
  const size_t bytes = whole.params.length * sizeof(float);
  assert_memory_equal(whole.params.value, second.params.value, bytes);
  assert_memory_equal(whole.trainer.average, second.trainer.average, bytes);
  for (int i = 0; i < whole.trainer.optimiser->kind->n_states; i++)
    assert_memory_equal(whole.trainer.optimiser->state[i], second.trainer.optimiser->state[i],
                        bytes);
  assert_memory_equal(whole.trainer.optimiser->mark, second.trainer.optimiser->mark,
                      sizeof whole.trainer.optimiser->mark);
  assert_memory_equal(&whole.trainer.best_score, &second.trainer.best_score, sizeof(double));
  close_school(&second);
  close_school(&whole);
}

static void resumed_training_gives_the_same_bits(void **state)
{
  (void)state;
  for (int i = 0; assay_nn_optimisers[i].name; i++) check_resumed(i);
}

/* All samples in every step. */
static void searching_along_lines_learns_much_more(void **state)
{
  (void)state;
  struct assay_nn_settings how = settings(300);
  struct school s;
  while (strcmp(assay_nn_optimisers[how.optimiser].name, "lbfgs") != 0) how.optimiser++;
  how.batch = SAMPLES;
  how.schedule = ASSAY_NN_CONSTANT;
  open_school(&s, &how, 16);
  assert_ok(assay_nn_trainer_run(&s.trainer, &s.problem));
  assert_true(s.trainer.best_score < 2e-4);
  close_school(&s);
}

static void other_checkpoints_are_refused(void **state)
{
  (void)state;
  struct assay_nn_settings how = settings(7);
  struct school s;
  char *bytes = NULL;
  size_t size = 0;
  open_school(&s, &how, 8);
  assert_ok(assay_nn_checkpoint_write(checkpoint, &s.trainer));
  assert_ok(assay_nn_checkpoint_read(&s.trainer, checkpoint));
  close_school(&s);
  open_school(&s, &how, 9);
  assert_fails(assay_nn_checkpoint_read(&s.trainer, checkpoint), ASSAY_ECORRUPT,
               "its table is 'a.weight [8, 2]; a.bias [8]");
  close_school(&s);
  open_school(&s, &how, 8);
  s.trainer.lag = 3;
  assert_fails(assay_nn_checkpoint_read(&s.trainer, checkpoint), ASSAY_ECORRUPT, "lag 0, ");
  s.trainer.lag = 0;
  s.trainer.settings.bfloat16 = true;
  assert_fails(assay_nn_checkpoint_read(&s.trainer, checkpoint), ASSAY_ECORRUPT, "bfloat16 0, ");
  close_school(&s);
  how.rate = 7e-3;
  open_school(&s, &how, 8);
  assert_fails(assay_nn_checkpoint_read(&s.trainer, checkpoint), ASSAY_ECORRUPT,
               "of another run: its settings is");
  assert_ok(assay_file_read(&bytes, &size, checkpoint));
  assert_ok(assay_file_write(checkpoint, bytes, size / 2));
  assert_fails(assay_nn_checkpoint_read(&s.trainer, checkpoint), ASSAY_ECORRUPT, "cut off");
  bytes[size - 100] ^= 1; /* a bit somewhere: found, or in a gap and harmless */
  assert_ok(assay_file_write(checkpoint, bytes, 100));
  assert_fails(assay_nn_checkpoint_read(&s.trainer, checkpoint), ASSAY_ECORRUPT,
               "not a checkpoint");
  assert_ok(assay_dir_remove(checkpoint));
  assert_fails(assay_nn_checkpoint_read(&s.trainer, checkpoint), ASSAY_EIO, "no checkpoint");
  assay_free(bytes);
  close_school(&s);
}

static void it_stops_for_a_reason(void **state)
{
  (void)state;
  struct assay_nn_settings how = settings(1000);
  struct school s;
  how.patience = 3;
  how.rate = 1e-9; /* nothing gets better */
  how.optimiser = 2;
  open_school(&s, &how, 4);
  assert_ok(assay_nn_trainer_run(&s.trainer, &s.problem));
  assert_string_equal(s.trainer.stopped, "patience");
  assert_true(s.trainer.step < 10000);
  close_school(&s);
  how = settings(0);
  how.samples = 16 * 37;
  open_school(&s, &how, 4);
  assert_ok(assay_nn_trainer_run(&s.trainer, &s.problem));
  assert_string_equal(s.trainer.stopped, "budget");
  assert_int_equal(s.trainer.step, 37);
  close_school(&s);
  how = settings(100000);
  open_school(&s, &how, 4);
  s.trainer.time_limit = 0.2;
  const double start = assay_clock();
  assert_ok(assay_nn_trainer_run(&s.trainer, &s.problem));
  assert_string_equal(s.trainer.stopped, "time");
  assert_true(assay_clock() - start < 10 && s.trainer.best_step > 0);
  close_school(&s);
  how = settings(0);
  assert_fails(assay_nn_trainer_open(&s.trainer, &how, NULL, &s.params, &s.problem, 1), ASSAY_EARG,
               "neither epochs nor samples");
}

static void a_loss_that_is_not_finite_is_explained(void **state)
{
  (void)state;
  struct assay_nn_settings how = settings(20);
  struct school s;
  open_school(&s, &how, 8);
  s.trainer.stop_at = 25;
  assert_ok(assay_nn_trainer_run(&s.trainer, &s.problem));
  s.poisoned = 17;
  s.trainer.stop_at = 0;
  assert_fails(assay_nn_trainer_run(&s.trainer, &s.problem), ASSAY_EDIVERGED,
               "the loss is not a number in step");
  assert_non_null(strstr(assay_err_last(), "input y"));
  assert_true(s.trainer.step >= 25 && s.trainer.step < 36);
  assert_memory_equal(s.params.value, s.trainer.best, s.params.length * sizeof(float));
  close_school(&s);
  open_school(&s, &how, 8);
  float *c = s.params.value + s.params.row[assay_nn_params_find(&s.params, "c.weight")].offset;
  for (int i = 0; i < 8; i++) c[i] *= 1e38f; /* the layer before gets the square of it */
  assert_fails(assay_nn_trainer_run(&s.trainer, &s.problem), ASSAY_EDIVERGED,
               "finite, its gradient not in step 0; the first number that is not finite: gradient "
               "of a.weight");
  close_school(&s);
}

/* Scores as they are told, whatever was learned. */
static int score_as_told(double *out, void *context)
{
  static const double told[] = {0.9, 0.7, 0.4, 0.6, 0.4, 0.41, 0.8, 0.1};
  struct school *s = context;
  if (s->scored == 2) memcpy(s->best, s->params.value, s->params.length * sizeof(float));
  *out = told[s->scored++];
  return ASSAY_OK;
}

static void scores_decide_what_is_kept_and_when_it_ends(void **state)
{
  (void)state;
  struct assay_nn_settings how = settings(1000);
  struct school s;
  how.patience = 4;
  open_school(&s, &how, 8);
  assert_ok(ASSAY_NEW(&s.best, s.params.length, "test"));
  s.problem.score = score_as_told;
  assert_ok(assay_nn_trainer_run(&s.trainer, &s.problem));
  assert_string_equal(s.trainer.stopped, "patience");
  assert_int_equal(s.scored, 7); /* four after the best; as good as the best is no progress */
  assert_int_equal(s.trainer.best_step, 3 * 250); /* 40 scores in 10000 steps */
  assert_int_equal(s.trainer.step, 7 * 250);
  assert_memory_equal(s.params.value, s.best, s.params.length * sizeof(float));
  assay_free(s.best);
  close_school(&s);
}

/* The state before the step that failed is on disk, and training goes on from it with the bits of a
 * run to which nothing happened. */
static void the_last_good_state_is_kept(void **state)
{
  (void)state;
  const struct assay_nn_settings how = settings(4);
  struct school whole, torn, healed;
  open_school(&whole, &how, 8);
  assert_ok(assay_nn_trainer_run(&whole.trainer, &whole.problem));
  open_school(&torn, &how, 8);
  torn.trainer.checkpoint = checkpoint;
  torn.trainer.stop_at = 23;
  assert_ok(assay_nn_trainer_run(&torn.trainer, &torn.problem));
  torn.trainer.stop_at = 0;
  torn.poisoned = 101;
  assert_fails(assay_nn_trainer_run(&torn.trainer, &torn.problem), ASSAY_EDIVERGED, "input y");
  open_school(&healed, &how, 8);
  assert_ok(assay_nn_checkpoint_read(&healed.trainer, checkpoint));
  assert_int_equal(healed.trainer.step, torn.trainer.step);
  assert_true(healed.trainer.step > 23);
  assert_ok(assay_nn_trainer_run(&healed.trainer, &healed.problem));
  assert_memory_equal(healed.params.value, whole.params.value, whole.params.length * sizeof(float));
  /* what is not good itself does not replace it */
  char *before = NULL, *after = NULL;
  size_t size[2];
  assert_ok(assay_file_read(&before, &size[0], checkpoint));
  torn.poisoned = -1;
  torn.params.value[torn.params.row[0].offset + 3] = INFINITY;
  assert_fails(assay_nn_trainer_run(&torn.trainer, &torn.problem), ASSAY_EDIVERGED,
               "parameter a.weight");
  assert_ok(assay_file_read(&after, &size[1], checkpoint));
  assert_int_equal(size[0], size[1]);
  assert_memory_equal(before, after, size[0]);
  assay_free(before);
  assay_free(after);
  close_school(&whole);
  close_school(&torn);
  close_school(&healed);
}

static void rates_follow_their_schedule(void **state)
{
  (void)state;
  const struct assay_nn_schedule step = {.kind = ASSAY_NN_STEP, .every = 2.5, .factor = 0.7},
                                 cosine = {.kind = ASSAY_NN_COSINE, .factor = 0.2},
                                 warm = {.kind = ASSAY_NN_CONSTANT, .warm = 2};
  assert_close(assay_nn_schedule(&step, 24, 10, 100), 1, 1e-12, 0);
  assert_close(assay_nn_schedule(&step, 25, 10, 100), 0.7, 1e-12, 0);
  assert_close(assay_nn_schedule(&step, 99, 10, 100), 0.343, 1e-12, 0);
  assert_close(assay_nn_schedule(&cosine, 0, 10, 90), 1, 1e-12, 0);
  assert_close(assay_nn_schedule(&cosine, 30, 10, 90), 0.8, 1e-12, 0);
  assert_close(assay_nn_schedule(&cosine, 90, 10, 90), 0.2, 1e-12, 0);
  assert_close(assay_nn_schedule(&warm, 0, 10, 90), 0.05, 1e-12, 0);
  assert_close(assay_nn_schedule(&warm, 14, 10, 90), 0.75, 1e-12, 0);
  assert_close(assay_nn_schedule(&warm, 40, 10, 90), 1, 1e-12, 0);
}

static void clipping_and_averaging(void **state)
{
  (void)state;
  struct assay_nn_params p = {0};
  int row;
  float average[16] = {0};
  const struct assay_nn_shape shape = assay_nn_shape(1, (int[]){2});
  assert_ok(assay_nn_params_add(&row, &p, "p", &shape,
                                &(struct assay_nn_start){.how = ASSAY_NN_ONES}, true));
  assert_ok(assay_nn_params_allocate(&p, 1));
  p.gradient[0] = 3;
  p.gradient[1] = -4;
  assert_close(assay_nn_clip(&p, 7), 5, 1e-6, 0);
  assert_close((double)p.gradient[1], -4, 1e-6, 0);
  assert_close(assay_nn_clip(&p, 2.5), 5, 1e-6, 0);
  assert_close((double)p.gradient[1], -2, 1e-6, 0);
  assay_nn_average(average, &p, 0.9, 1); /* early: 2 / 11 stays */
  assert_close((double)average[0], 9 / 11.0, 1e-6, 0);
  average[0] = 3;
  assay_nn_average(average, &p, 0.9, 100000);
  assert_close((double)average[0], 2.8, 1e-6, 0);
  assay_nn_params_clear(&p);
}

static void nothing_is_left(void **state)
{
  (void)state;
  assert_int_equal(assay_mem_in_use().blocks, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_learns),
      cmocka_unit_test(resumed_training_gives_the_same_bits),
      cmocka_unit_test(searching_along_lines_learns_much_more),
      cmocka_unit_test(other_checkpoints_are_refused),
      cmocka_unit_test(it_stops_for_a_reason),
      cmocka_unit_test(a_loss_that_is_not_finite_is_explained),
      cmocka_unit_test(scores_decide_what_is_kept_and_when_it_ends),
      cmocka_unit_test(the_last_good_state_is_kept),
      cmocka_unit_test(rates_follow_their_schedule),
      cmocka_unit_test(clipping_and_averaging),
      cmocka_unit_test(nothing_is_left),
  };
  assert_non_null(mkdtemp(folder));
  snprintf(checkpoint, sizeof checkpoint, "%s/checkpoint.h5", folder);
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  assert_ok(assay_dir_remove(folder));
  return failed;
}
