/* Training steps (forward, backward, Adam) of plain networks, one JSON line each; beside PyTorch:
 * bench_torch.py. Processor time, because other programs may run: median of the repeats.
 *
 *   bench_step [THREADS [ROWS]]      only the problems of at most so many rows */
#include <sys/resource.h>
#include <time.h>

#include <cblas.h>
#include <stdlib.h>

#include "baselines/neural/op_linear.h"
#include "baselines/neural/op_loss.h"
#include "baselines/neural/op_pointwise.h"
#include "baselines/neural/optimiser.h"
#include "baselines/neural/run.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "tests/test.h"

static const struct {
  const char *name;
  int width, depth, rows;
} problems[] = {
    {"ffn_w100_l8", 100, 8, 32}, {"ffn_w100_l8", 100, 8, 32000}, {"ffn_w256_l8", 256, 8, 4096}};
enum { PROBLEMS = sizeof problems / sizeof *problems, INPUTS = 8, REPEATS = 200 };

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

static void measure(int p, int threads, double peak)
{
  struct assay_nn_params params = {0};
  struct assay_nn_graph *g;
  struct assay_nn_run *run;
  struct assay_nn_optimiser *adam;
  double loss, cpu[REPEATS], wall[REPEATS];
  int n = 0;
  assert_ok(assay_nn_graph_create(&g, &params));
  int x = assay_nn_input(g, "x", 1, (int[]){INPUTS});
  for (int i = 0; i <= problems[p].depth; i++) {
    char name[32];
    snprintf(name, sizeof name, "layers.%d", i);
    x = assay_nn_linear(g, name, x, i < problems[p].depth ? problems[p].width : 1);
    if (i < problems[p].depth) x = assay_nn_relu(g, x);
  }
  assay_nn_mse(g, x, assay_nn_input(g, "y", 1, (int[]){1}), -1);
  assert_ok(assay_nn_graph_finish(g));
  assert_ok(assay_nn_params_allocate(&params, 1));
  assert_ok(assay_nn_optimiser_create(&adam, "adam", NULL, &params));
  const struct assay_nn_run_options options = {
      .batch = problems[p].rows, .training = true, .threads = threads};
  assert_ok(assay_nn_run_create(&run, g, &options));
  float *in = assay_nn_run_named(run, "x");
  for (int i = 0; i < problems[p].rows * INPUTS; i++) in[i] = (float)(i * 37 % 101) / 50 - 1;
  const double start = processor_time();
  while (n < REPEATS && (n < 3 || processor_time() - start < 1)) {
    const double c = processor_time(), w = assay_clock();
    assert_ok(assay_nn_run_step(&loss, run, problems[p].rows));
    assay_nn_optimiser_step(adam, 1e-3);
    cpu[n] = processor_time() - c;
    wall[n++] = assay_clock() - w;
  }
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  const struct assay_nn_run_info info = assay_nn_run_info(run);
  const double ms = 1e3 * median(cpu, n);
  printf("{\"name\": \"%s\", \"rows\": %d, \"threads\": %d, \"cpu_ms\": %.4f, \"wall_ms\": %.4f, "
         "\"rows_per_s\": %.0f, \"share_of_sgemm\": %.2f, \"shards\": %d, \"tile\": %d, "
         "\"run_mb\": %.1f, \"peak_mb\": %.0f}\n",
         problems[p].name, problems[p].rows, threads, ms, 1e3 * median(wall, n),
         problems[p].rows / (1e-3 * ms), 3 * info.work * problems[p].rows / (1e-3 * ms) / peak,
         info.shards, info.tile, 1e-6 * (double)info.bytes, 1e-3 * (double)use.ru_maxrss);
  fflush(stdout);
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
  for (int p = 0; p < PROBLEMS; p++)
    if (argc < 3 || problems[p].rows <= atoi(argv[2])) measure(p, threads > 0 ? threads : 1, peak);
  return 0;
}
