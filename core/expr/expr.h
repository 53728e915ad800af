/* Expressions as written: an exact tree of constants, variables, operators and functions.
 *
 * Stored in postfix order: the operands of node i end directly before it, the root is the last
 * node. A binary node's right operand ends at i - 1, its left one directly before the right one
 * begins. Nothing is simplified here: "x0 + 0" keeps the sum (canonical.h and normal.h change
 * that). Every expression in the program is at most ASSAY_EXPR_MAX_DEPTH levels deep, so that
 * recursion over it is safe. */
#ifndef ASSAY_CORE_EXPR_EXPR_H
#define ASSAY_CORE_EXPR_EXPR_H
#include <stdbool.h>
#include <stddef.h>

#define ASSAY_EXPR_MAX_DEPTH 1000
#define ASSAY_EXPR_MAX_NODES (1 << 20)
#define ASSAY_EXPR_MAX_VARS 10000

enum assay_expr_op {
  ASSAY_EXPR_CONST, /* value; `exact`: written as an integer */
  ASSAY_EXPR_PI,
  ASSAY_EXPR_VAR, /* var: index of the column, from 0 */
  /* two operands */
  ASSAY_EXPR_ADD,
  ASSAY_EXPR_SUB,
  ASSAY_EXPR_MUL,
  ASSAY_EXPR_DIV,
  ASSAY_EXPR_POW,
  ASSAY_EXPR_MIN,
  ASSAY_EXPR_MAX,
  /* one operand */
  ASSAY_EXPR_NEG,
  ASSAY_EXPR_ABS,
  ASSAY_EXPR_SQRT,
  ASSAY_EXPR_EXP,
  ASSAY_EXPR_LOG,
  ASSAY_EXPR_SIN,
  ASSAY_EXPR_COS,
  ASSAY_EXPR_TAN,
  ASSAY_EXPR_COT,
  ASSAY_EXPR_ASIN,
  ASSAY_EXPR_ACOS,
  ASSAY_EXPR_ATAN,
  ASSAY_EXPR_SINH,
  ASSAY_EXPR_COSH,
  ASSAY_EXPR_TANH,
  ASSAY_EXPR_N_OPS
};

struct assay_expr_node {
  enum assay_expr_op op;
  int var;      /* VAR */
  bool exact;   /* CONST: a whole number, |value| <= 2^53, written without point and exponent */
  double value; /* CONST; may be negative, infinite or NaN */
};

struct assay_expr {
  int n;                        /* nodes, at least 1 */
  int n_vars;                   /* 1 + the highest variable, 0 if none */
  struct assay_expr_node *node; /* [n] */
};

/* What is known about an operator: one row per enum value. */
struct assay_expr_op_info {
  const char *name;     /* as printed: "+", "sin" */
  const char *alias[4]; /* further spellings read: "arcsin"; for symbols the first is the word */
  int arity;
  int precedence; /* of infix printing: 1 sums, 2 products, 3 minus, 4 powers; 0: call or leaf */
};
extern const struct assay_expr_op_info assay_expr_ops[ASSAY_EXPR_N_OPS];

/* How variables are named: x0, x_0, x1 counted from one ... (parse.h, which also gives positions
 * of errors). NULL: native. */
struct assay_expr_style;

/* Parse; the caller owns *out. On failure (ASSAY_EPARSE) the message names line and column, what
 * was found and what was expected. Deeper than ASSAY_EXPR_MAX_DEPTH or more than
 * ASSAY_EXPR_MAX_NODES: refused. */
int assay_expr_parse(struct assay_expr **out, const char *text,
                     const struct assay_expr_style *style);
void assay_expr_free(struct assay_expr *e); /* NULL is allowed */
int assay_expr_copy(struct assay_expr **out, const struct assay_expr *e);

/* From nodes [n] in postfix order (copied); checks that one tree results and that it keeps the
 * limits. ASSAY_EARG. */
int assay_expr_make(struct assay_expr **out, const struct assay_expr_node *node, int n);

/* First node of the subtree whose root is i (so it is nodes first..i). */
int assay_expr_first(const struct assay_expr *e, int i);

/* first[i] of all nodes in one pass, [n]. */
void assay_expr_firsts(int *first, const struct assay_expr *e);

/* Levels of the tree: 1 for a leaf. */
int assay_expr_depth(const struct assay_expr *e);

/* Same operators, variables and constants, those compared bit by bit (NaN equals NaN); `exact`,
 * which only tells how a constant was written, does not count. */
bool assay_expr_equal(const struct assay_expr *a, const struct assay_expr *b);

/* Print; the caller frees with assay_free. INFIX reads back to an equal tree in the native style
 * and has only the parentheses it needs; constants have the fewest digits that read back. PREFIX
 * is add(x0, mul(2, x1)), which every style reads; POLISH the same without punctuation (style
 * `polish`); TREE is one line per node. */
enum assay_expr_format {
  ASSAY_EXPR_INFIX,
  ASSAY_EXPR_PREFIX,
  ASSAY_EXPR_LATEX,
  ASSAY_EXPR_TREE,
  ASSAY_EXPR_POLISH
};
int assay_expr_print(char **out, const struct assay_expr *e, enum assay_expr_format format);

/* The same with these names for variables 0.. (NULL: x0, x1, ...). */
int assay_expr_print_names(char **out, const struct assay_expr *e, enum assay_expr_format format,
                           const char *const *names);

#endif
