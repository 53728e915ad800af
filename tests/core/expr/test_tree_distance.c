#include "core/expr/tree_distance.h"

#include "tests/core/expr/tree_table.h"
#include "tests/core/expr/trees.h"
#include "tests/test.h"

static struct assay_tree_space *space;

static int create(void **state)
{
  (void)state;
  return assay_tree_space_create(&space);
}

static int destroy(void **state)
{
  (void)state;
  assay_tree_space_destroy(space);
  return 0;
}

static int between(const char *a, const char *b)
{
  static struct read_tree x, y;
  const struct assay_label_tree p = read_tree(&x, a), q = read_tree(&y, b);
  int d = -1;
  assert_ok(assay_tree_distance(&d, space, &p, &q));
  return d;
}

static void small_trees(void **state)
{
  (void)state;
  assert_int_equal(between("a", "a"), 0);
  assert_int_equal(between("a", "b"), 1);
  assert_int_equal(between("a", "b(a)"), 1);
  assert_int_equal(between("f(a,b)", "f(b,a)"), 2); /* ordered */
  assert_int_equal(between("f(a,b,c)", "f(a,c)"), 1);
  assert_int_equal(between("f(g(a,b))", "f(a,b)"), 1); /* children move up */
  assert_int_equal(between("f(a)", "g(b(c))"), 3);
  /* figure 1 of Zhang and Shasha (1989) */
  assert_int_equal(between("f(d(a,c(b)),e)", "f(c(d(a,b)),e)"), 2);
}

static void pairs_with_known_distance(void **state)
{
  (void)state;
  struct table t;
  int n = 0;
  for (open_table(&t, ASSAY_TEST_SOURCE, "known_pairs.tsv"); next_row(&t);) {
    if (strcmp(t.cell[3], "-") == 0) continue;
    assert_int_equal(between(t.cell[3], t.cell[4]), atoi(t.cell[7]));
    n++;
  }
  assert_int_equal(n, 59);
}

/* ---- the definition, without any cleverness ------------------------------------------------ */

/* Distance of the forests of the last na nodes before end_a and nb before end_b: the rightmost
 * roots are deleted, inserted or matched. */
static int forest(const struct assay_label_tree *a, int a0, int a1,
                  const struct assay_label_tree *b, int b0, int b1);

static int first_of(const struct assay_label_tree *t, int i)
{
  int missing = 1;
  for (;; i--) {
    missing += t->arity[i] - 1;
    if (missing == 0) return i;
  }
}

static int min(int a, int b)
{
  return a < b ? a : b;
}

static int forest(const struct assay_label_tree *a, int a0, int a1,
                  const struct assay_label_tree *b, int b0, int b1)
{
  if (a1 < a0) return b1 - b0 + 1;
  if (b1 < b0) return a1 - a0 + 1;
  const int fa = first_of(a, a1), fb = first_of(b, b1);
  int best = min(forest(a, a0, a1 - 1, b, b0, b1), forest(a, a0, a1, b, b0, b1 - 1)) + 1;
  const int apart = forest(a, a0, fa - 1, b, b0, fb - 1) + forest(a, fa, a1 - 1, b, fb, b1 - 1);
  return min(best, apart + (a->label[a1] != b->label[b1]));
}

struct random_tree {
  int n, label[16], arity[16];
};

static struct assay_label_tree grow(struct random_tree *t, uint64_t *seed, int nodes)
{
  int roots = 0;
  t->n = 0;
  while (t->n < nodes - 1 || roots > 1 || t->n == 0) {
    int k = roots ? (int)(tree_random(seed) % (uint64_t)(min(roots, 3) + 1)) : 0;
    if (t->n >= nodes - 1) k = roots;
    t->label[t->n] = (int)(tree_random(seed) % 3);
    t->arity[t->n++] = k;
    roots += 1 - k;
  }
  return (struct assay_label_tree){.n = t->n, .label = t->label, .arity = t->arity};
}

static int distance(const struct assay_label_tree *a, const struct assay_label_tree *b)
{
  int d = -1;
  assert_ok(assay_tree_distance(&d, space, a, b));
  return d;
}

static void agrees_with_the_definition(void **state)
{
  (void)state;
  uint64_t seed = 2385;
  for (int i = 0; i < 300; i++) {
    struct random_tree x, y;
    const struct assay_label_tree a = grow(&x, &seed, 2 + i % 5),
                                  b = grow(&y, &seed, 2 + i / 5 % 6);
    assert_int_equal(distance(&a, &b), forest(&a, 0, a.n - 1, &b, 0, b.n - 1));
  }
}

static void is_a_metric(void **state)
{
  (void)state;
  uint64_t seed = 711;
  for (int i = 0; i < 2000; i++) {
    struct random_tree x, y, z;
    const struct assay_label_tree a = grow(&x, &seed, 2 + i % 11), b = grow(&y, &seed, 2 + i % 13),
                                  c = grow(&z, &seed, 2 + i % 7);
    const int ab = distance(&a, &b), bc = distance(&b, &c), ac = distance(&a, &c);
    assert_int_equal(ab, distance(&b, &a));
    assert_int_equal(distance(&a, &a), 0);
    assert_true(ac <= ab + bc);
    assert_true(ab >= abs(a.n - b.n) && ab <= a.n + b.n - 1);
  }
}

static void what_is_no_tree_is_refused(void **state)
{
  (void)state;
  const int label[3] = {4, 5, 6}, two[3] = {0, 0, 1}, missing[3] = {0, 2, 0};
  static int many[ASSAY_TREE_MAX_NODES + 1];
  const struct assay_label_tree good = {.n = 1, .label = label, .arity = two};
  const struct assay_label_tree bad[] = {
      {.n = 3, .label = label, .arity = two},
      {.n = 3, .label = label, .arity = missing},
      {.n = 0, .label = label, .arity = two},
      {.n = ASSAY_TREE_MAX_NODES + 1, .label = many, .arity = many},
  };
  const char *const message[] = {"2 trees", "has 2 children", "empty tree", "at most 4096"};
  int d;
  for (int i = 0; i < 4; i++) {
    assert_fails(assay_tree_distance(&d, space, &bad[i], &good), ASSAY_EARG, message[i]);
    assert_fails(assay_tree_distance(&d, space, &good, &bad[i]), ASSAY_EARG, message[i]);
  }
}

/* a chain against a chain, a star against a star */
static void long_trees(void **state)
{
  (void)state;
  enum { N = 1200 };
  static int label[N + 1], chain[N + 1], star[N + 1];
  for (int i = 0; i <= N; i++) {
    label[i] = i % 2;
    chain[i] = i > 0;
  }
  star[N] = N;
  const struct assay_label_tree a = {.n = N + 1, .label = label, .arity = chain},
                                b = {.n = N - 99, .label = label, .arity = chain},
                                c = {.n = N + 1, .label = label, .arity = star};
  assert_int_equal(distance(&a, &b), 100);
  assert_int_equal(distance(&c, &c), 0);
  assert_true(distance(&a, &c) >= N - 1);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(small_trees),
      cmocka_unit_test(pairs_with_known_distance),
      cmocka_unit_test(agrees_with_the_definition),
      cmocka_unit_test(is_a_metric),
      cmocka_unit_test(what_is_no_tree_is_refused),
      cmocka_unit_test(long_trees),
  };
  return cmocka_run_group_tests(tests, create, destroy);
}
