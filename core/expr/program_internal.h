/* Layout of compiled programs. Internal to core/expr. */
#ifndef ASSAY_CORE_EXPR_PROGRAM_INTERNAL_H
#define ASSAY_CORE_EXPR_PROGRAM_INTERNAL_H
#include <stdint.h>

#include "core/expr/program.h"
#include "core/expr/program_kernels.h"

enum assay_expr_place {
  ASSAY_EXPR_SCALAR,   /* scalars: parameters, constants, then what is computed from them */
  ASSAY_EXPR_COLUMN,   /* a column of the table */
  ASSAY_EXPR_REGISTER, /* a block buffer */
};

/* One value: a leaf, or the result of one operation; equal ones are stored once. */
struct assay_expr_value {
  enum assay_expr_op op;
  enum assay_expr_place place;
  int a, b;              /* values of the operands, -1: none */
  int index;             /* of the scalar, column or register */
  int uses;              /* operands that name it */
  int need;              /* registers that its computation needs */
  bool by_param, by_var; /* what it depends on */
  uint64_t key;          /* leaf: variable, or bits of the constant */
};

struct assay_expr_program {
  int n_nodes, n_vars;
  int n_params;
  double *param;   /* [n_params] */
  int *param_node; /* [n_params] */
  int n_values;
  struct assay_expr_value *value;
  int n_scalars;  /* parameters first, then constants, then computed ones */
  double *scalar; /* [n_scalars], of the first two kinds */
  int n_scalar_ops, n_ops;
  int *scalar_op; /* [n_scalar_ops] values in order of computation */
  int *op;        /* [n_ops] */
  int n_registers;
  int root; /* value */
  /* compilation */
  int room, n_slots;
  int *slot;  /* [n_slots] hash table of values + 1 */
  int *stack; /* [room] */
  int *free_register;
  int n_free;
};

struct assay_expr_work {
  double *scalar, *block;
  size_t scalar_room, block_room; /* elements */
  const double **column;          /* for one block or one point */
  size_t column_room;
  double **pointer;
  size_t pointer_room;
};

/* At least this many elements. */
int assay_expr_work_scalars(struct assay_expr_work *w, size_t n);
int assay_expr_work_blocks(struct assay_expr_work *w, size_t n);

/* w->scalar [n_scalars] from params (NULL: the expression's). */
int assay_expr_program_scalars(const struct assay_expr_program *p, const double *params,
                               const struct assay_expr_kernels *k, struct assay_expr_work *w);

#endif
