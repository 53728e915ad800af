/* The state shared by the two readers (infix and polish) and what both need. */
#ifndef ASSAY_CORE_EXPR_PARSE_INTERNAL_H
#define ASSAY_CORE_EXPR_PARSE_INTERNAL_H
#include "core/expr/parse.h"

/* A function as called: an operator, or a short form that appends `tail` behind its argument. */
struct assay_expr_call {
  const char *name;
  int arity;                      /* arguments, at least */
  bool fold;                      /* more are allowed, folded from the left */
  struct assay_expr_node tail[4]; /* [n_tail] */
  int n_tail;
};

enum assay_expr_frame_kind { ASSAY_EXPR_FRAME_OP, ASSAY_EXPR_FRAME_PAREN, ASSAY_EXPR_FRAME_CALL };

/* What waits for operands. */
struct assay_expr_frame {
  enum assay_expr_frame_kind kind;
  enum assay_expr_op op;       /* OP */
  struct assay_expr_call call; /* CALL */
  int n_args;                  /* complete arguments of a CALL */
  bool paren;                  /* polish: a ')' is due at the end */
  size_t at;                   /* where it stands in the text */
};

struct assay_expr_reader {
  const char *text;
  size_t at;
  const struct assay_expr_style *style;
  size_t fault; /* position of the failure */
  struct assay_expr_node *node;
  int n, room;
  int *depth; /* levels of the operands waiting in `node` */
  int n_depth, depth_room;
  struct assay_expr_frame *frame;
  int n_frames, frame_room;
  int n_parens;
};

/* Line and column, both from 1, of this byte; columns count characters. */
void assay_expr_reader_place(int *line, int *column, const struct assay_expr_reader *r, size_t at);

/* Set the message "line l, column c: ..." for this byte; returns ASSAY_EPARSE. */
int assay_expr_reader_fail(struct assay_expr_reader *r, size_t at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* ": expected WHAT, found ..." at the present position */
int assay_expr_reader_expected(struct assay_expr_reader *r, const char *what);

/* Append a node, whose operands must be there; `at` is named if a limit is passed. */
int assay_expr_reader_emit(struct assay_expr_reader *r, struct assay_expr_node node, size_t at);
int assay_expr_reader_emit_call(struct assay_expr_reader *r, const struct assay_expr_call *call,
                                size_t at);
int assay_expr_reader_push(struct assay_expr_reader *r, struct assay_expr_frame frame);

char assay_expr_reader_peek(struct assay_expr_reader *r); /* after blanks, which are skipped */
size_t
assay_expr_reader_word(const struct assay_expr_reader *r); /* length of the name here, or 0 */
bool assay_expr_reader_number_here(const struct assay_expr_reader *r, size_t at);

/* Length of the number or "inf" here; 0 if there is neither. */
size_t assay_expr_reader_literal(const struct assay_expr_reader *r);

/* Read and append the number or inf here, times -1 if negative (at: where the sign stands). */
int assay_expr_reader_number(struct assay_expr_reader *r, bool negative, size_t at);

/* Append the variable or constant named here; *found = false and nothing read if it is neither. */
int assay_expr_reader_leaf(struct assay_expr_reader *r, bool *found);
/* The function named here (length bytes); false if there is none. */
bool assay_expr_reader_call(struct assay_expr_call *out, const char *name, size_t length);
/* The message for a name that is none; called: an opening parenthesis follows. */
int assay_expr_reader_unknown(struct assay_expr_reader *r, size_t length, bool called);

/* The operator + - * / ^ ** or word here between operands; *length 0 if there is none. */
enum assay_expr_op assay_expr_reader_binary(size_t *length, const struct assay_expr_reader *r);

int assay_expr_read_infix(struct assay_expr_reader *r);
int assay_expr_read_polish(struct assay_expr_reader *r);

#endif
