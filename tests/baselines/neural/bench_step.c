/* Training steps (forward, backward, Adam) of networks, one JSON line each; beside PyTorch:
 * bench_torch.py. Processor time, because other programs may run: median of the repeats.
 *
 *   bench_step [THREADS [ROWS [NAME]]]      only the problems of at most so many rows (samples), of
 *                                           names that begin so */
#include <sys/resource.h>
#include <time.h>

#include <cblas.h>
#include <stdlib.h>

#include "baselines/neural/convnets.h"
#include "baselines/neural/op_linear.h"
#include "baselines/neural/op_loss.h"
#include "baselines/neural/op_pointwise.h"
#include "baselines/neural/optimiser.h"
#include "baselines/neural/run.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "tests/test.h"

struct problem {
  const char *name;
  int (*build)(struct assay_nn_graph *g, const struct problem *p);
  int width, depth, rows;
};

/* "x" [8], "y" [1] */
static int plain(struct assay_nn_graph *g, const struct problem *p)
{
  int x = assay_nn_input(g, "x", 1, (int[]){8});
  for (int i = 0; i <= p->depth; i++) {
    char name[32];
    snprintf(name, sizeof name, "layers.%d", i);
    x = assay_nn_linear(g, name, x, i < p->depth ? p->width : 1);
    if (i < p->depth) x = assay_nn_relu(g, x);
  }
  return assay_nn_mse(g, x, assay_nn_input(g, "y", 1, (int[]){1}), -1);
}

/* "x" [8, 64, 64], "y" [2, 64, 64] */
static int against_planes(struct assay_nn_graph *g, int prediction)
{
  return assay_nn_mse(g, prediction, assay_nn_input(g, "y", 3, (int[]){2, 64, 64}), -1);
}

static int unet(struct assay_nn_graph *g, const struct problem *p)
{
  const int x = assay_nn_input(g, "x", 3, (int[]){8, 64, 64});
  const struct assay_nn_unet s = {.width = p->width, .levels = p->depth};
  return against_planes(g, assay_nn_unet(g, x, 2, &s));
}

static int resnet(struct assay_nn_graph *g, const struct problem *p)
{
  const int x = assay_nn_input(g, "x", 3, (int[]){8, 64, 64});
  const struct assay_nn_resnet s = {
      .blocks = p->depth, .channels = p->width, .hidden = 64, .kernel = 7, .dropout = 0.2};
  return against_planes(g, assay_nn_resnet(g, x, 2, &s));
}

static const struct problem problems[] = {
    {"ffn_w100_l8", plain, 100, 8, 32},   {"ffn_w100_l8", plain, 100, 8, 32000},
    {"ffn_w256_l8", plain, 256, 8, 4096}, {"unet_w12_l4", unet, 12, 4, 32},
    {"resnet_w16_l6", resnet, 16, 6, 32},
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
  printf("{\"name\": \"%s\", \"rows\": %d, \"threads\": %d, \"cpu_ms\": %.4f, \"wall_ms\": %.4f, "
         "\"rows_per_s\": %.0f, \"share_of_sgemm\": %.2f, \"shards\": %d, \"tile\": %d, "
         "\"run_mb\": %.1f, \"peak_mb\": %.0f}\n",
         p->name, p->rows, threads, 1e3 * cpu, 1e3 * wall, p->rows / cpu,
         3 * info.work * p->rows / cpu / peak, info.shards, info.tile, 1e-6 * (double)info.bytes,
         1e-3 * (double)use.ru_maxrss);
  fflush(stdout);
}

static void measure(const struct problem *p, int threads, double peak)
{
  struct assay_nn_params params = {0};
  struct assay_nn_graph *g;
  struct assay_nn_run *run;
  struct assay_nn_optimiser *adam;
  double loss, cpu[REPEATS], wall[REPEATS];
  int n = 0;
  assert_ok(assay_nn_graph_create(&g, &params));
  p->build(g, p);
  assert_ok(assay_nn_graph_finish(g));
  assert_ok(assay_nn_params_allocate(&params, 1));
  assert_ok(assay_nn_optimiser_create(&adam, "adam", NULL, &params));
  const struct assay_nn_run_options options = {
      .batch = p->rows, .training = true, .threads = threads};
  assert_ok(assay_nn_run_create(&run, g, &options));
  const int x = assay_nn_graph_find(g, "x");
  fill(assay_nn_run_value(run, x), (size_t)p->rows * assay_nn_shape_size(&g->value[x].shape));
  const double start = processor_time();
  while (n < REPEATS && (n < 3 || processor_time() - start < 1)) {
    const double c = processor_time(), w = assay_clock();
    assert_ok(assay_nn_run_step(&loss, run, p->rows));
    assay_nn_optimiser_step(adam, 1e-3);
    cpu[n] = processor_time() - c;
    wall[n++] = assay_clock() - w;
  }
  report(p, run, threads, median(cpu, n), median(wall, n), peak);
  assay_nn_run_destroy(run);
  assay_nn_optimiser_destroy(adam);
  assay_nn_graph_destroy(g);
  assay_nn_params_clear(&params);
}

int main(int argc, char **argv)
{
  const int threads = argc > 1 ? atoi(argv[1]) : 1;
  openblas_set_num_threads(1);
  const double peak = sgemm_peak();
  for (const struct problem *p = problems; p < problems + PROBLEMS; p++)
    if ((argc < 3 || p->rows <= atoi(argv[2])) &&
        (argc < 4 || strncmp(p->name, argv[3], strlen(argv[3])) == 0))
      measure(p, threads > 0 ? threads : 1, peak);
  return 0;
}
