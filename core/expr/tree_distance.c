/* Zhang and Shasha's dynamic programme.
 *
 * With nodes numbered in postfix order and l(i) the leftmost leaf below i, the distance of the
 * forests l(i)..p of the first and l(j)..q of the second tree is
 *
 *   f(p, q) = min f(p-1, q) + 1
 *                 f(p, q-1) + 1
 *                 f(p-1, q-1) + [label p != label q]      if l(p) = l(i) and l(q) = l(j)
 *                 f(l(p)-1, l(q)-1) + d(p, q)             otherwise
 *
 * and in the first case d(p, q) = f(p, q). It is evaluated for the pairs of keyroots (the root and
 * every node with a left sibling) in increasing order. Rows of f have a fixed stride, so that a row
 * is one run of memory. */
#include "core/expr/tree_distance.h"

#include "core/base/err.h"
#include "core/base/mem.h"

struct side {
  int n, n_roots;
  const int *label;
  int *left;  /* [n] leftmost leaf */
  int *roots; /* keyroots, ascending */
  int *stack; /* [n] leftmost leaves of trees not yet joined */
};

struct assay_tree_space {
  struct side a, b;
  int room_a, room_b; /* nodes */
  size_t room;        /* cells */
  int *tree, *forest;
};

int assay_tree_space_create(struct assay_tree_space **out)
{
  return ASSAY_NEW(out, 1, "tree distance");
}

static void free_side(struct side *s)
{
  assay_free(s->left);
  assay_free(s->roots);
  assay_free(s->stack);
}

void assay_tree_space_destroy(struct assay_tree_space *space)
{
  if (!space) return;
  free_side(&space->a);
  free_side(&space->b);
  assay_free(space->tree);
  assay_free(space->forest);
  assay_free(space);
}

static int grow_side(struct side *s, int *room, int n)
{
  int rc = ASSAY_OK;
  if (n <= *room) return rc;
  ASSAY_TRY(ASSAY_GROW(&s->left, (size_t)n, "tree distance"));
  ASSAY_TRY(ASSAY_GROW(&s->roots, (size_t)n, "tree distance"));
  ASSAY_TRY(ASSAY_GROW(&s->stack, (size_t)n, "tree distance"));
  *room = n;
done:
  return rc;
}

static int grow_cells(struct assay_tree_space *space, int n_a, int n_b)
{
  int rc = ASSAY_OK;
  const size_t cells = ((size_t)n_a + 1) * ((size_t)n_b + 1);
  if (cells <= space->room) return rc;
  ASSAY_TRY(ASSAY_GROW(&space->tree, cells, "tree distance"));
  ASSAY_TRY(ASSAY_GROW(&space->forest, cells, "tree distance"));
  space->room = cells;
done:
  return rc;
}

/* Leftmost leaves by joining subtrees; fails unless one tree results. */
static int find_left(struct side *s, const struct assay_label_tree *t)
{
  int rc = ASSAY_OK, depth = 0;
  for (int i = 0; i < t->n; i++) {
    const int k = t->arity[i];
    ASSAY_CHECK(k >= 0 && k <= depth, ASSAY_EARG, "node %d of a tree has %d children, found %d", i,
                k, depth);
    s->left[i] = k > 0 ? s->stack[depth - k] : i;
    depth -= k;
    s->stack[depth++] = s->left[i];
  }
  ASSAY_CHECK(depth == 1, ASSAY_EARG, "%d trees where one was expected", depth);
done:
  return rc;
}

/* Keyroots: for every leftmost leaf the last node that has it. */
static void find_roots(struct side *s)
{
  int *last = s->stack;
  for (int i = 0; i < s->n; i++) last[i] = -1;
  for (int i = 0; i < s->n; i++) last[s->left[i]] = i;
  s->n_roots = 0;
  for (int i = 0; i < s->n; i++)
    if (last[s->left[i]] == i) s->roots[s->n_roots++] = i;
}

static int prepare(struct side *s, int *room, const struct assay_label_tree *t)
{
  int rc = ASSAY_OK;
  ASSAY_CHECK(t->n > 0, ASSAY_EARG, "an empty tree");
  ASSAY_CHECK(t->n <= ASSAY_TREE_MAX_NODES, ASSAY_EARG,
              "a tree of %d nodes, at most %d are compared", t->n, ASSAY_TREE_MAX_NODES);
  ASSAY_TRY(grow_side(s, room, t->n));
  s->n = t->n;
  s->label = t->label;
  ASSAY_TRY(find_left(s, t));
  find_roots(s);
done:
  return rc;
}

static inline int least(int a, int b)
{
  return a < b ? a : b;
}

/* One row of f where p lies on the leftmost path of its keyroot: trees meet at every q that does.
 */
static void row_on_path(int *restrict row, const int *restrict above, int *restrict tree_row,
                        const int *restrict forest, const struct side *b, int j, int label)
{
  const int j0 = b->left[j];
  for (int q = j0; q <= j; q++) {
    const int y = q - j0 + 1, step = least(above[y], row[y - 1]) + 1;
    if (b->left[q] == j0) {
      row[y] = least(step, above[y - 1] + (label != b->label[q]));
      tree_row[q] = row[y];
    } else {
      row[y] = least(step, forest[b->left[q] - j0] + tree_row[q]);
    }
  }
}

/* One row of f elsewhere: before is the row of l(p) - 1. */
static void row_off_path(int *restrict row, const int *restrict above, const int *restrict before,
                         const int *restrict tree_row, const struct side *b, int j)
{
  const int j0 = b->left[j];
  const int *left = b->left + j0;
  for (int y = 1; y <= j - j0 + 1; y++)
    row[y] =
        least(least(above[y], row[y - 1]) + 1, before[left[y - 1] - j0] + tree_row[j0 + y - 1]);
}

static void keyroots(struct assay_tree_space *space, int i, int j)
{
  const struct side *a = &space->a, *b = &space->b;
  const int i0 = a->left[i], j0 = b->left[j], stride = b->n + 1;
  int *forest = space->forest;
  for (int y = 0; y <= j - j0 + 1; y++) forest[y] = y;
  for (int p = i0; p <= i; p++) {
    int *row = forest + (ptrdiff_t)(p - i0 + 1) * stride;
    int *tree_row = space->tree + (ptrdiff_t)p * b->n;
    row[0] = p - i0 + 1;
    if (a->left[p] == i0)
      row_on_path(row, row - stride, tree_row, forest, b, j, a->label[p]);
    else
      row_off_path(row, row - stride, forest + (ptrdiff_t)(a->left[p] - i0) * stride, tree_row, b,
                   j);
  }
}

int assay_tree_distance(int *out, struct assay_tree_space *space, const struct assay_label_tree *a,
                        const struct assay_label_tree *b)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(prepare(&space->a, &space->room_a, a));
  ASSAY_TRY(prepare(&space->b, &space->room_b, b));
  ASSAY_TRY(grow_cells(space, a->n, b->n));
  for (int i = 0; i < space->a.n_roots; i++)
    for (int j = 0; j < space->b.n_roots; j++)
      keyroots(space, space->a.roots[i], space->b.roots[j]);
  *out = space->tree[(ptrdiff_t)a->n * b->n - 1];
done:
  return rc;
}
