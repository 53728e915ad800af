/* Training steps (forward, backward, Adam) and answers (forward) of networks, one JSON line each;
 * beside PyTorch: bench_torch.py. Processor time, because other programs may run: median of the
 * repeats. Rows per second are by the clock on the wall.
 *
 *   bench_step [THREADS [ROWS [NAME [WORK]]]]      only the problems of at most so many rows
 *                                                  (samples), of names that begin so, of this work:
 *                                                  train, train_bf16 (where the processor has it)
 *                                                  or answer */
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cblas.h>
#include <stdlib.h>

#include "baselines/neural/bf16.h"
#include "baselines/neural/convnets.h"
#include "baselines/neural/op_conv.h"
#include "baselines/neural/op_linear.h"
#include "baselines/neural/op_loss.h"
#include "baselines/neural/op_pointwise.h"
#include "baselines/neural/op_shape.h"
#include "baselines/neural/op_spectral.h"
#include "baselines/neural/optimiser.h"
#include "baselines/neural/run.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "tests/test.h"

enum work { TRAIN, TRAIN_BF16, ANSWER };
static const char *const work_names[] = {"train", "train_bf16", "answer"};

struct problem {
  const char *name;
  enum work work;
  int (*build)(struct assay_nn_graph *g, const struct problem *p); /* the prediction */
  int width, depth, rows;
  int points; /* rows of an item */
};

static int layers(struct assay_nn_graph *g, const char *stack, int x, const struct problem *p,
                  int last)
{
  for (int i = 0; i <= p->depth; i++) {
    char name[32];
    snprintf(name, sizeof name, "%s.%d", stack, i);
    x = assay_nn_linear(g, name, x, i < p->depth ? p->width : last);
    if (i < p->depth) x = assay_nn_relu(g, x);
  }
  return x;
}

static int ffn(struct assay_nn_graph *g, const struct problem *p)
{
  return layers(g, "layers", assay_nn_input(g, "x", 1, (int[]){8}), p, 1);
}

/* An inner product of two of them, one of "x" and one of "places" [points, 3]. */
static int deeponet(struct assay_nn_graph *g, const struct problem *p)
{
  const int places = assay_nn_input(g, "places", 2, (int[]){p->points, 3});
  const int branch = layers(g, "branch", assay_nn_input(g, "x", 1, (int[]){8}), p, p->width),
            trunk = layers(g, "trunk", places, p, p->width);
  return assay_nn_bias(
      g, "offset", assay_nn_inner(g, assay_nn_reshape(g, branch, 2, (int[]){1, p->width}), trunk),
      1);
}

/* "x" [8, 64, 64] to two planes */
static int planes(struct assay_nn_graph *g)
{
  return assay_nn_input(g, "x", 3, (int[]){8, 64, 64});
}

static int unet(struct assay_nn_graph *g, const struct problem *p)
{
  const struct assay_nn_unet s = {.width = p->width, .levels = p->depth};
  return assay_nn_unet(g, planes(g), 2, &s);
}

static int resnet(struct assay_nn_graph *g, const struct problem *p)
{
  const struct assay_nn_resnet s = {
      .blocks = p->depth, .channels = p->width, .hidden = 64, .kernel = 7, .dropout = 0.2};
  return assay_nn_resnet(g, planes(g), 2, &s);
}

static int pointwise(struct assay_nn_graph *g, const char *name, int x, int channels)
{
  return assay_nn_conv(g, name, x, &(struct assay_nn_conv){.channels = channels, .kernel = 1});
}

static int fno(struct assay_nn_graph *g, const struct problem *p)
{
  int x = pointwise(g, "fc0", planes(g), p->width);
  for (int i = 0; i < p->depth; i++) {
    char name[2][16];
    snprintf(name[0], sizeof name[0], "conv%d", i);
    snprintf(name[1], sizeof name[1], "w%d", i);
    const int points = pointwise(g, name[1], x, p->width);
    x = assay_nn_gelu(g, assay_nn_spectral_onto(g, name[0], points, x, p->width, 12, 12));
  }
  return pointwise(g, "fc2", assay_nn_gelu(g, pointwise(g, "fc1", x, 128)), 2);
}

static const struct problem problems[] = {
    {"ffn_w100_l8", TRAIN, ffn, 100, 8, 32, 1},
    {"ffn_w100_l8", TRAIN, ffn, 100, 8, 32000, 1},
    {"ffn_w256_l8", TRAIN, ffn, 256, 8, 4096, 1},
    {"deeponet_w100_l8", TRAIN, deeponet, 100, 8, 32, 1},
    {"deeponet_w100_l8", TRAIN, deeponet, 100, 8, 32000, 250},
    {"fno_w32_l4", TRAIN, fno, 32, 4, 32, 1},
    {"unet_w12_l4", TRAIN, unet, 12, 4, 32, 1},
    {"resnet_w16_l6", TRAIN, resnet, 16, 6, 32, 1},
    {"ffn_w100_l8", TRAIN_BF16, ffn, 100, 8, 32000, 1},
    {"ffn_w256_l8", TRAIN_BF16, ffn, 256, 8, 4096, 1},
    {"unet_w12_l4", TRAIN_BF16, unet, 12, 4, 32, 1},
    {"resnet_w16_l6", TRAIN_BF16, resnet, 16, 6, 32, 1},
    {"ffn_w100_l8", ANSWER, ffn, 100, 8, 1, 1},
    {"ffn_w100_l8", ANSWER, ffn, 100, 8, 4096, 1},
    {"deeponet_w100_l8", ANSWER, deeponet, 100, 8, 1, 1},
    {"deeponet_w100_l8", ANSWER, deeponet, 100, 8, 4096, 4096},
    {"fno_w32_l4", ANSWER, fno, 32, 4, 1, 1},
    {"unet_w12_l4", ANSWER, unet, 12, 4, 1, 1},
    {"resnet_w16_l6", ANSWER, resnet, 16, 6, 1, 1},
};
enum { PROBLEMS = sizeof problems / sizeof *problems, REPEATS = 200 };

static double processor_time(void)
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *x, int n)
{
  qsort(x, (size_t)n, sizeof *x, ascending);
  return x[n / 2];
}

/* Multiply-adds per second of a large product. */
static double sgemm_peak(void)
{
  enum { N = 768 };
  static float a[N * N], b[N * N], c[N * N];
  double times[5];
  for (int i = 0; i < N * N; i++) a[i] = b[i] = (float)(i % 13) - 6;
  for (int r = 0; r < 5; r++) {
    const double start = processor_time();
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, N, N, N, 1, a, N, b, N, 0, c, N);
    times[r] = processor_time() - start;
  }
  return (double)N * N * N / median(times, 5);
}

static void fill(float *x, size_t n)
{
  for (size_t i = 0; i < n; i++) x[i] = (float)(i * 37 % 101) / 50 - 1;
}

static void report(const struct problem *p, const struct assay_nn_run *run, int threads, double cpu,
                   double wall, double peak)
{
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  const struct assay_nn_run_info info = assay_nn_run_info(run);
  printf("{\"name\": \"%s\", \"work\": \"%s\", \"rows\": %d, \"threads\": %d, \"cpu_ms\": %.4f, "
         "\"wall_ms\": %.4f, \"rows_per_s\": %.0f, \"share_of_sgemm\": %.2f, \"shards\": %d, "
         "\"tile\": %d, \"run_mb\": %.1f, \"peak_mb\": %.0f}\n",
         p->name, work_names[p->work], p->rows, threads, 1e3 * cpu, 1e3 * wall, p->rows / wall,
         (p->work == ANSWER ? 1 : 3) * info.work * p->rows / p->points / cpu / peak, info.shards,
         info.tile, 1e-6 * (double)info.bytes, 1e-3 * (double)use.ru_maxrss);
  fflush(stdout);
}

struct bench {
  struct assay_nn_params params;
  struct assay_nn_graph *graph;
  struct assay_nn_run *run;
  struct assay_nn_optimiser *adam;
};

static void begin(struct bench *b, const struct problem *p, int threads)
{
  *b = (struct bench){0};
  assert_ok(assay_nn_graph_create(&b->graph, &b->params));
  const int prediction = p->build(b->graph, p);
  if (p->work != ANSWER) {
    const struct assay_nn_shape shape = b->graph->value[prediction].shape;
    assay_nn_mse(b->graph, prediction, assay_nn_input(b->graph, "y", shape.n, shape.d), -1);
  } else
    assay_nn_output(b->graph, "prediction", prediction);
  assert_ok(assay_nn_graph_finish(b->graph));
  assert_ok(assay_nn_params_allocate(&b->params, 1));
  assert_ok(assay_nn_optimiser_create(&b->adam, "adam", NULL, &b->params));
  const struct assay_nn_run_options options = {.batch = p->rows / p->points,
                                               .training = p->work != ANSWER,
                                               .bf16 = p->work == TRAIN_BF16,
                                               .frozen = true,
                                               .threads = threads};
  assert_ok(assay_nn_run_create(&b->run, b->graph, &options));
  for (int v = 0; v < b->graph->n_values; v++)
    if (b->graph->value[v].input)
      fill(assay_nn_run_value(b->run, v),
           (size_t)options.batch * assay_nn_shape_size(&b->graph->value[v].shape));
}

static void end(struct bench *b)
{
  assay_nn_run_destroy(b->run);
  assay_nn_optimiser_destroy(b->adam);
  assay_nn_graph_destroy(b->graph);
  assay_nn_params_clear(&b->params);
}

static void once(struct bench *b, const struct problem *p)
{
  double loss;
  if (p->work != ANSWER) {
    assert_ok(assay_nn_run_step(&loss, b->run, p->rows / p->points));
    assay_nn_optimiser_step(b->adam, 1e-3, loss);
  } else
    assert_ok(assay_nn_run_forward(b->run, p->rows / p->points));
}

static void measure(const struct problem *p, int threads, double peak)
{
  struct bench b;
  double cpu[REPEATS], wall[REPEATS];
  int n = 0;
  begin(&b, p, threads);
  once(&b, p);
  const double start = processor_time();
  while (n < REPEATS && (n < 3 || processor_time() - start < 1)) {
    const double c = processor_time(), w = assay_clock();
    once(&b, p);
    cpu[n] = processor_time() - c;
    wall[n++] = assay_clock() - w;
  }
  report(p, b.run, threads, median(cpu, n), median(wall, n), peak);
  end(&b);
}

/* In a process of its own, so that its peak of memory is its own. */
static void measure_apart(const struct problem *p, int threads, double peak)
{
  int status = -1;
  const pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    measure(p, threads, peak);
    _exit(0);
  }
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
}

int main(int argc, char **argv)
{
  const int threads = argc > 1 ? atoi(argv[1]) : 1;
  openblas_set_num_threads(1);
  const double peak = sgemm_peak();
  for (const struct problem *p = problems; p < problems + PROBLEMS; p++)
    if ((argc < 3 || p->rows <= atoi(argv[2])) &&
        (argc < 4 || strncmp(p->name, argv[3], strlen(argv[3])) == 0) &&
        (argc < 5 || strcmp(work_names[p->work], argv[4]) == 0) &&
        (p->work != TRAIN_BF16 || assay_nn_bf16_available()))
      measure_apart(p, threads > 0 ? threads : 1, peak);
  return 0;
}
