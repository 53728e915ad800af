/* Pairs of trees compared per second, beside the same algorithm in plain Python in the same run,
 * and equations brought into canonical form per second. One JSON line per figure. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/expr/canonical.h"
#include "core/expr/parse.h"
#include "core/expr/tree_distance.h"
#include "tests/core/expr/tree_table.h"
#include "tests/core/expr/trees.h"

enum { TREES = 24 };

struct bench_tree {
  int n, *label, *arity;
};

static double seconds(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* n nodes, every inner one with one to three children */
static void grow(struct bench_tree *t, uint64_t *seed, int n)
{
  int roots = 0;
  t->label = calloc((size_t)n, sizeof(int));
  t->arity = calloc((size_t)n, sizeof(int));
  for (t->n = 0; t->n < n; t->n++) {
    int k = roots > 1 ? (int)(tree_random(seed) % 4) : 0;
    if (k > roots) k = roots;
    if (t->n == n - 1) k = roots;
    t->label[t->n] = (int)(tree_random(seed) % 9);
    t->arity[t->n] = k;
    roots += 1 - k;
  }
}

static struct assay_label_tree view(const struct bench_tree *t)
{
  return (struct assay_label_tree){.n = t->n, .label = t->label, .arity = t->arity};
}

static double pairs_per_second(const struct bench_tree *tree, struct assay_tree_space *space,
                               long *sum)
{
  long pairs = 0;
  const double start = seconds();
  do {
    *sum = 0;
    for (int i = 0; i < TREES; i++)
      for (int k = 0; k < TREES; k++) {
        const struct assay_label_tree a = view(&tree[i]), b = view(&tree[k]);
        int d = 0;
        if (assay_tree_distance(&d, space, &a, &b) < 0) exit(1);
        *sum += d;
      }
    pairs += TREES * TREES;
  } while (seconds() - start < 0.5);
  return (double)pairs / (seconds() - start);
}

/* the same pairs in Python; 0 where there is none */
static double python_pairs_per_second(const struct bench_tree *tree, long *sum)
{
  char path[] = "/tmp/assay-trees-XXXXXX", command[4400];
  double rate = 0.0;
  const int fd = mkstemp(path);
  FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
  if (!f) return 0.0;
  for (int i = 0; i < TREES; i++) {
    for (int k = 0; k < tree[i].n; k++) fprintf(f, "%d %d ", tree[i].label[k], tree[i].arity[k]);
    fputc('\n', f);
  }
  fclose(f);
  snprintf(command, sizeof command, "python3 %s/tests/core/expr/tree_distance.py %s 2>/dev/null",
           ASSAY_TEST_SOURCE, path);
  FILE *p = popen(command, "r");
  if (!p || fscanf(p, "%lf %ld", &rate, sum) != 2) rate = 0.0;
  if (p) pclose(p);
  remove(path);
  return rate;
}

static void distances(int n)
{
  struct bench_tree tree[TREES];
  struct assay_tree_space *space;
  uint64_t seed = (uint64_t)n;
  long ours = 0, theirs = 0;
  if (assay_tree_space_create(&space) < 0) exit(1);
  for (int i = 0; i < TREES; i++) grow(&tree[i], &seed, n);
  const double fast = pairs_per_second(tree, space, &ours);
  const double plain = python_pairs_per_second(tree, &theirs);
  printf("{\"bench\": \"tree_distance\", \"nodes\": %d, \"pairs_per_s\": %.0f", n, fast);
  if (plain > 0.0)
    printf(", \"python_pairs_per_s\": %.1f, \"ratio\": %.1f, \"same_sum\": %s", plain, fast / plain,
           ours == theirs ? "true" : "false");
  printf("}\n");
  for (int i = 0; i < TREES; i++) {
    free(tree[i].label);
    free(tree[i].arity);
  }
  assay_tree_space_destroy(space);
}

static void forms(void)
{
  struct table t;
  int n = 0;
  const double start = seconds();
  for (open_table(&t, ASSAY_TEST_SOURCE, "known_forms.tsv"); next_row(&t); n++) {
    struct assay_expr *e;
    struct assay_canonical *c;
    if (assay_expr_parse(&e, t.cell[1], &assay_expr_styles[0]) < 0) exit(1);
    if (assay_canonical_make(&c, e) < 0) exit(1);
    assay_expr_free(e);
    assay_canonical_free(c);
  }
  printf("{\"bench\": \"canonical\", \"equations_per_s\": %.1f}\n", n / (seconds() - start));
}

int main(void)
{
  distances(10);
  distances(20);
  distances(30);
  distances(50);
  forms();
  return 0;
}
