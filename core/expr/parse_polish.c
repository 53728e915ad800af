/* Reader of prefix notation: operators and functions before their operands; parentheses and
 * commas may stand where gplearn and Lisp put them. */
#include <string.h>

#include "core/base/err.h"
#include "core/expr/parse_internal.h"

/* An operand is complete: finish what it was the last operand of. */
static int complete(struct assay_expr_reader *r)
{
  int rc = ASSAY_OK;
  while (r->n_frames > 0) {
    struct assay_expr_frame *f = &r->frame[r->n_frames - 1];
    if (++f->n_args < f->call.arity) {
      if (assay_expr_reader_peek(r) == ',') r->at++;
      break;
    }
    if (f->paren) {
      if (assay_expr_reader_peek(r) != ')') ASSAY_TRY(assay_expr_reader_expected(r, "')'"));
      r->at++;
      r->n_parens--;
    }
    const struct assay_expr_frame closed = *f;
    r->n_frames--;
    if (closed.kind == ASSAY_EXPR_FRAME_CALL)
      ASSAY_TRY(assay_expr_reader_emit_call(r, &closed.call, closed.at));
  }
done:
  return rc;
}

static int open_paren(struct assay_expr_reader *r)
{
  if (++r->n_parens > ASSAY_EXPR_MAX_DEPTH)
    return assay_expr_reader_fail(r, r->at, "more than %d parentheses inside each other",
                                  ASSAY_EXPR_MAX_DEPTH);
  r->at++;
  return ASSAY_OK;
}

/* f a b, f(a, b) */
static int call(struct assay_expr_reader *r, struct assay_expr_frame f, size_t length)
{
  int rc = ASSAY_OK;
  r->at += length;
  if (assay_expr_reader_peek(r) == '(') {
    /* "(" may also open the first operand: "+ (sin x0) x1" has a blank before it */
    f.paren = r->at == f.at + length;
    if (f.paren) ASSAY_TRY(open_paren(r));
  }
  ASSAY_TRY(assay_expr_reader_push(r, f));
done:
  return rc;
}

static int operand(struct assay_expr_reader *r)
{
  int rc = ASSAY_OK;
  bool found = false;
  const char c = assay_expr_reader_peek(r);
  const size_t at = r->at;
  size_t length = assay_expr_reader_word(r);
  struct assay_expr_frame f = {.kind = ASSAY_EXPR_FRAME_CALL, .at = at};
  if (c == '(') {
    f.kind = ASSAY_EXPR_FRAME_PAREN;
    f.call.arity = 1;
    f.paren = true;
    ASSAY_TRY(open_paren(r));
    return assay_expr_reader_push(r, f);
  }
  struct assay_expr_reader next = *r;
  next.at++;
  const bool sign = c == '-' && assay_expr_reader_literal(&next) > 0;
  if (sign || assay_expr_reader_number_here(r, at)) {
    r->at += sign;
    ASSAY_TRY(assay_expr_reader_number(r, sign, at));
    return complete(r);
  }
  if (length > 0 && assay_expr_reader_call(&f.call, r->text + at, length))
    return call(r, f, length);
  if (length > 0) {
    ASSAY_TRY(assay_expr_reader_leaf(r, &found));
    if (!found) ASSAY_TRY(assay_expr_reader_unknown(r, length, false));
    return complete(r);
  }
  const enum assay_expr_op op = assay_expr_reader_binary(&length, r);
  if (length == 0) return assay_expr_reader_expected(r, "an operator, a number or a variable");
  f.call = (struct assay_expr_call){
      .name = assay_expr_ops[op].name, .arity = 2, .tail = {{.op = op}}, .n_tail = 1};
  return call(r, f, length);
done:
  return rc;
}

int assay_expr_read_polish(struct assay_expr_reader *r)
{
  int rc = ASSAY_OK;
  do ASSAY_TRY(operand(r));
  while (r->n_frames > 0);
  if (assay_expr_reader_peek(r) != '\0') ASSAY_TRY(assay_expr_reader_expected(r, "the end"));
done:
  return rc;
}
