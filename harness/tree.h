/* All descendants of a process, from /proc: who they are, what they use, and how to end them.
 *
 * The root is a child subreaper (PR_SET_CHILD_SUBREAPER), so a descendant whose parent dies, or
 * that leaves its session, still hangs below it: nothing escapes the walk. */
#ifndef ASSAY_HARNESS_TREE_H
#define ASSAY_HARNESS_TREE_H
#include <stdbool.h>
#include <sys/types.h>

/* One line of /proc/PID/stat. */
struct assay_process {
  pid_t pid, parent;
  double cpu;    /* s, user + system, with that of children it has waited for */
  double start;  /* s since boot: with the pid, names a process for good */
  double memory; /* bytes resident */
  int threads;
};
/* false when there is no such process (any more) */
bool assay_process_read(struct assay_process *out, pid_t pid);

struct assay_tree_use {
  int processes;
  double cpu, memory;
};

struct assay_tree;
/* root is the calling process in practice; ASSAY_ENOMEM, ASSAY_EENV without /proc. */
int assay_tree_create(struct assay_tree **out, pid_t root);
void assay_tree_destroy(struct assay_tree *tree);

/* Look for new members and add up what the living ones use. Processes known to be strangers are not
 * read again before the next call with `all`, which makes frequent looks cheap. Memory counts
 * pages shared between members once (PSS) as soon as that could matter: when there are several
 * members and their plain sum is above `doubt` bytes. */
int assay_tree_look(struct assay_tree_use *use, struct assay_tree *tree, bool all, double doubt);

/* Send SIGKILL to all descendants, again until none is left or `patience` seconds have passed;
 * reaps those that become children of the caller. ASSAY_EENV when some cannot be ended. */
int assay_tree_kill(struct assay_tree *tree, double patience);

#endif
