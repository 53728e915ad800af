/* Reader of infix expressions: operator precedence with an explicit stack, so that no input can
 * exhaust the stack of the process (Dijkstra's shunting yard, output in postfix order). */
#include "core/expr/parse.h"

#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/expr/parse_internal.h"

static struct assay_expr_frame *top(struct assay_expr_reader *r)
{
  return r->n_frames > 0 ? &r->frame[r->n_frames - 1] : NULL;
}

static int pop_operator(struct assay_expr_reader *r)
{
  const struct assay_expr_frame f = r->frame[--r->n_frames];
  return assay_expr_reader_emit(r, (struct assay_expr_node){.op = f.op}, f.at);
}

/* Apply the operators on the stack that bind tighter than one of this precedence to come. */
static int reduce(struct assay_expr_reader *r, int precedence, bool right)
{
  int rc = ASSAY_OK;
  while (top(r) && top(r)->kind == ASSAY_EXPR_FRAME_OP &&
         assay_expr_ops[top(r)->op].precedence >= precedence + right)
    ASSAY_TRY(pop_operator(r));
done:
  return rc;
}

/* One more argument is complete: fold min(a, b, c) as min(min(a, b), c). */
static int finish_argument(struct assay_expr_reader *r, size_t at)
{
  int rc = ASSAY_OK;
  struct assay_expr_frame *f = top(r);
  const struct assay_expr_call *call = &f->call;
  f->n_args++;
  if (call->fold) {
    if (f->n_args > 1) rc = assay_expr_reader_emit_call(r, call, f->at);
  } else if (f->n_args > call->arity) {
    rc = assay_expr_reader_fail(r, at, "%s takes %d argument%s, found one more", call->name,
                                call->arity, call->arity == 1 ? "" : "s");
  }
  return rc;
}

static int close_call(struct assay_expr_reader *r)
{
  int rc = ASSAY_OK;
  const size_t at = r->at;
  ASSAY_TRY(finish_argument(r, at));
  const struct assay_expr_frame f = *top(r);
  if (f.n_args < f.call.arity && !f.call.fold)
    ASSAY_TRY(assay_expr_reader_fail(r, at, "%s takes %d arguments, found %d", f.call.name,
                                     f.call.arity, f.n_args));
  r->n_frames--;
  if (!f.call.fold) ASSAY_TRY(assay_expr_reader_emit_call(r, &f.call, f.at));
done:
  return rc;
}

static int close_paren(struct assay_expr_reader *r)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(reduce(r, 0, false));
  if (!top(r)) ASSAY_TRY(assay_expr_reader_fail(r, r->at, "')' without a '('"));
  if (top(r)->kind == ASSAY_EXPR_FRAME_CALL)
    ASSAY_TRY(close_call(r));
  else
    r->n_frames--;
  r->n_parens--;
  r->at++;
done:
  return rc;
}

static int open_paren(struct assay_expr_reader *r, struct assay_expr_frame frame)
{
  if (++r->n_parens > ASSAY_EXPR_MAX_DEPTH)
    return assay_expr_reader_fail(r, r->at, "more than %d parentheses inside each other",
                                  ASSAY_EXPR_MAX_DEPTH);
  r->at++;
  return assay_expr_reader_push(r, frame);
}

static int comma(struct assay_expr_reader *r)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(reduce(r, 0, false));
  if (!top(r) || top(r)->kind != ASSAY_EXPR_FRAME_CALL)
    ASSAY_TRY(assay_expr_reader_fail(r, r->at, "',' outside the arguments of a function"));
  if (!top(r)->call.fold && top(r)->n_args + 1 >= top(r)->call.arity)
    ASSAY_TRY(assay_expr_reader_fail(r, r->at, "%s takes %d argument%s, found one more",
                                     top(r)->call.name, top(r)->call.arity,
                                     top(r)->call.arity == 1 ? "" : "s"));
  ASSAY_TRY(finish_argument(r, r->at));
  r->at++;
done:
  return rc;
}

static int end_of_text(struct assay_expr_reader *r)
{
  int rc = ASSAY_OK;
  ASSAY_TRY(reduce(r, 0, false));
  if (top(r)) {
    int line, column;
    const size_t at = top(r)->at;
    const bool call = top(r)->kind == ASSAY_EXPR_FRAME_CALL;
    assay_expr_reader_place(&line, &column, r, call ? at + strcspn(r->text + at, "(") : at);
    ASSAY_TRY(assay_expr_reader_fail(r, r->at, "expected ')' for the '(' at %d:%d, found the end",
                                     line, column));
  }
done:
  return rc;
}

/* Whether what stands here is the base of a power: then a minus before it negates the power. */
static bool power_follows(const struct assay_expr_reader *r, size_t length)
{
  size_t operator_length;
  struct assay_expr_reader look = *r;
  look.at += length;
  assay_expr_reader_peek(&look);
  return assay_expr_reader_binary(&operator_length, &look) == ASSAY_EXPR_POW;
}

static int minus(struct assay_expr_reader *r, bool *want_operand)
{
  const size_t at = r->at++;
  assay_expr_reader_peek(r);
  const size_t length = assay_expr_reader_literal(r);
  if (length > 0 && !power_follows(r, length)) {
    *want_operand = false;
    return assay_expr_reader_number(r, true, at);
  }
  const struct assay_expr_frame f = {.kind = ASSAY_EXPR_FRAME_OP, .op = ASSAY_EXPR_NEG, .at = at};
  return assay_expr_reader_push(r, f);
}

/* a variable, a constant or the beginning of a call */
static int name(struct assay_expr_reader *r, bool *want_operand)
{
  int rc = ASSAY_OK;
  bool found = false;
  const size_t at = r->at, length = assay_expr_reader_word(r);
  struct assay_expr_reader look = *r;
  look.at += length;
  const bool called = assay_expr_reader_peek(&look) == '(';
  struct assay_expr_frame f = {.kind = ASSAY_EXPR_FRAME_CALL, .at = at};
  if (called && assay_expr_reader_call(&f.call, r->text + at, length)) {
    r->at = look.at;
    return open_paren(r, f);
  }
  ASSAY_TRY(assay_expr_reader_leaf(r, &found));
  if (!found) ASSAY_TRY(assay_expr_reader_unknown(r, length, called));
  *want_operand = false;
done:
  return rc;
}

static int read_operand(struct assay_expr_reader *r, bool *want_operand)
{
  const char c = assay_expr_reader_peek(r);
  if (c == '(') {
    const struct assay_expr_frame f = {.kind = ASSAY_EXPR_FRAME_PAREN, .at = r->at};
    return open_paren(r, f);
  }
  if (c == '-') return minus(r, want_operand);
  if (c == '+') {
    r->at++;
    return ASSAY_OK;
  }
  if (assay_expr_reader_number_here(r, r->at)) {
    *want_operand = false;
    return assay_expr_reader_number(r, false, r->at);
  }
  if (assay_expr_reader_word(r) > 0) return name(r, want_operand);
  return assay_expr_reader_expected(r, "a number, a variable, a function or '('");
}

static int read_operator(struct assay_expr_reader *r, bool *want_operand, bool *finished)
{
  int rc = ASSAY_OK;
  size_t length;
  const char c = assay_expr_reader_peek(r);
  *finished = c == '\0';
  if (c == '\0') return end_of_text(r);
  if (c == ')') return close_paren(r);
  if (c == ',') {
    *want_operand = true;
    return comma(r);
  }
  const enum assay_expr_op op = assay_expr_reader_binary(&length, r);
  if (length == 0)
    return assay_expr_reader_expected(r, r->n_parens > 0 ? "an operator, ',' or ')'"
                                                         : "an operator or the end");
  ASSAY_TRY(reduce(r, assay_expr_ops[op].precedence, op == ASSAY_EXPR_POW));
  const struct assay_expr_frame f = {.kind = ASSAY_EXPR_FRAME_OP, .op = op, .at = r->at};
  ASSAY_TRY(assay_expr_reader_push(r, f));
  r->at += length;
  *want_operand = true;
done:
  return rc;
}

int assay_expr_read_infix(struct assay_expr_reader *r)
{
  int rc = ASSAY_OK;
  bool want_operand = true, finished = false;
  while (!finished) {
    if (want_operand)
      ASSAY_TRY(read_operand(r, &want_operand));
    else
      ASSAY_TRY(read_operator(r, &want_operand, &finished));
  }
done:
  return rc;
}

int assay_expr_parse_at(struct assay_expr **out, const char *text,
                        const struct assay_expr_style *style, size_t *position)
{
  int rc = ASSAY_OK;
  struct assay_expr_reader r = {.text = text, .style = style ? style : &assay_expr_styles[0]};
  *out = NULL;
  ASSAY_TRY(r.style->polish ? assay_expr_read_polish(&r) : assay_expr_read_infix(&r));
  ASSAY_TRY(assay_expr_make(out, r.node, r.n));
done:
  if (position) *position = r.fault;
  assay_free(r.node);
  assay_free(r.depth);
  assay_free(r.frame);
  return rc;
}

int assay_expr_parse(struct assay_expr **out, const char *text,
                     const struct assay_expr_style *style)
{
  return assay_expr_parse_at(out, text, style, NULL);
}
