/* Edit distance of ordered labelled trees: the least number of insertions, deletions and
 * relabellings of single nodes (unit costs) that turn one tree into the other.
 *
 * Reference: K. Zhang and D. Shasha, Simple fast algorithms for the editing distance between trees
 * and related problems, SIAM J. Comput. 18 (1989) 1245-1262. */
#ifndef ASSAY_CORE_EXPR_TREE_DISTANCE_H
#define ASSAY_CORE_EXPR_TREE_DISTANCE_H

/* Largest tree that is compared: the tables hold 2 n_a n_b numbers of four bytes. */
#define ASSAY_TREE_MAX_NODES 4096

/* Nodes in postfix order, the root last. Equal labels have equal numbers, the meaning of which is
 * the caller's. Borrowed. */
struct assay_label_tree {
  int n;
  const int *label; /* [n] */
  const int *arity; /* [n] number of children */
};

/* Memory that is reused from pair to pair. */
struct assay_tree_space;
int assay_tree_space_create(struct assay_tree_space **out);
void assay_tree_space_destroy(struct assay_tree_space *space);

/* *out = distance of a and b. ASSAY_EARG: not one tree, or more than ASSAY_TREE_MAX_NODES nodes;
 * ASSAY_ENOMEM. Memory is only asked for when a pair is larger than all before. */
int assay_tree_distance(int *out, struct assay_tree_space *space, const struct assay_label_tree *a,
                        const struct assay_label_tree *b);

#endif
