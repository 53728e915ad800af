/* What both readers of expressions share: positions, names, numbers, the growing output. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/expr/number.h"
#include "core/expr/parse_internal.h"

/* ---- messages ----------------------------------------------------------------------------- */

static bool is_continuation(char c)
{
  return ((unsigned char)c & 0xc0) == 0x80; /* of a character in UTF-8 */
}

void assay_expr_reader_place(int *line, int *column, const struct assay_expr_reader *r, size_t at)
{
  *line = *column = 1;
  for (size_t i = 0; i < at; i++) {
    *column += !is_continuation(r->text[i]);
    if (r->text[i] != '\n') continue;
    (*line)++;
    *column = 1;
  }
}

int assay_expr_reader_fail(struct assay_expr_reader *r, size_t at, const char *fmt, ...)
{
  char message[512];
  int line, column;
  va_list args;
  va_start(args, fmt);
  vsnprintf(message, sizeof message, fmt, args);
  va_end(args);
  assay_expr_reader_place(&line, &column, r, at);
  r->fault = at;
  return assay_err_set(ASSAY_EPARSE, __FILE__, __LINE__, "line %d, column %d: %s", line, column,
                       message);
}

/* the word, number or character at the present position, as the message shows it */
static void describe_found(char *out, size_t size, const struct assay_expr_reader *r)
{
  const char *here = r->text + r->at;
  size_t length = assay_expr_reader_word(r);
  if (*here == '\0') {
    snprintf(out, size, "the end");
    return;
  }
  if (length == 0 && assay_expr_reader_number_here(r, r->at)) length = strspn(here, "0123456789.");
  if (length == 0)
    for (length = 1; is_continuation(here[length]); length++) continue;
  if (length == 1 && ((unsigned char)*here < 0x20 || (unsigned char)*here >= 0x7f))
    snprintf(out, size, "the byte 0x%02x", (unsigned)(unsigned char)*here);
  else
    snprintf(out, size, "'%.*s%s'", length > 40 ? 40 : (int)length, here, length > 40 ? "..." : "");
}

int assay_expr_reader_expected(struct assay_expr_reader *r, const char *what)
{
  char found[64];
  describe_found(found, sizeof found, r);
  return assay_expr_reader_fail(r, r->at, "expected %s, found %s", what, found);
}

/* ---- output ------------------------------------------------------------------------------- */

int assay_expr_reader_emit(struct assay_expr_reader *r, struct assay_expr_node node, size_t at)
{
  int rc = ASSAY_OK, deepest = 0;
  if (r->n == ASSAY_EXPR_MAX_NODES)
    return assay_expr_reader_fail(r, at, "more than %d nodes", ASSAY_EXPR_MAX_NODES);
  if (r->n == r->room) {
    r->room = r->room ? 2 * r->room : 32;
    ASSAY_TRY(ASSAY_GROW(&r->node, (size_t)r->room, "expression nodes"));
  }
  for (int k = assay_expr_ops[node.op].arity; k > 0; k--) {
    const int d = r->depth[--r->n_depth];
    if (d > deepest) deepest = d;
  }
  if (deepest + 1 > ASSAY_EXPR_MAX_DEPTH)
    return assay_expr_reader_fail(r, at, "more than %d levels deep", ASSAY_EXPR_MAX_DEPTH);
  if (r->n_depth == r->depth_room) {
    r->depth_room = r->depth_room ? 2 * r->depth_room : 32;
    ASSAY_TRY(ASSAY_GROW(&r->depth, (size_t)r->depth_room, "expression depth"));
  }
  r->depth[r->n_depth++] = deepest + 1;
  r->node[r->n++] = node;
done:
  return rc;
}

int assay_expr_reader_emit_call(struct assay_expr_reader *r, const struct assay_expr_call *call,
                                size_t at)
{
  int rc = ASSAY_OK;
  for (int i = 0; i < call->n_tail; i++) ASSAY_TRY(assay_expr_reader_emit(r, call->tail[i], at));
done:
  return rc;
}

/* Parentheses are counted apart; what else can pile up is signs and powers. */
int assay_expr_reader_push(struct assay_expr_reader *r, struct assay_expr_frame frame)
{
  int rc = ASSAY_OK;
  if (r->n_frames == 6 * ASSAY_EXPR_MAX_DEPTH)
    return assay_expr_reader_fail(r, frame.at, "more than %d levels deep", ASSAY_EXPR_MAX_DEPTH);
  if (r->n_frames == r->frame_room) {
    r->frame_room = r->frame_room ? 2 * r->frame_room : 16;
    ASSAY_TRY(ASSAY_GROW(&r->frame, (size_t)r->frame_room, "expression stack"));
  }
  r->frame[r->n_frames++] = frame;
done:
  return rc;
}

/* ---- tokens ------------------------------------------------------------------------------- */

char assay_expr_reader_peek(struct assay_expr_reader *r)
{
  r->at += strspn(r->text + r->at, " \t\r\n");
  return r->text[r->at];
}

static bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

size_t assay_expr_reader_word(const struct assay_expr_reader *r)
{
  const char *here = r->text + r->at;
  size_t length = 0;
  if (!is_letter(*here)) return 0;
  while (is_letter(here[length]) || is_digit(here[length])) length++;
  return length;
}

bool assay_expr_reader_number_here(const struct assay_expr_reader *r, size_t at)
{
  return is_digit(r->text[at]) || (r->text[at] == '.' && is_digit(r->text[at + 1]));
}

size_t assay_expr_reader_literal(const struct assay_expr_reader *r)
{
  double value;
  bool exact;
  size_t length = 0;
  if (assay_expr_reader_number_here(r, r->at))
    assay_expr_number_read(&value, &exact, &length, r->text + r->at);
  else if (assay_expr_reader_word(r) == 3 && strncmp(r->text + r->at, "inf", 3) == 0)
    length = 3;
  return length;
}

int assay_expr_reader_number(struct assay_expr_reader *r, bool negative, size_t at)
{
  struct assay_expr_node node = {.op = ASSAY_EXPR_CONST};
  size_t length;
  const char *here = r->text + r->at;
  enum assay_expr_number_fault fault = ASSAY_EXPR_NUMBER_OK;
  if (assay_expr_reader_number_here(r, r->at)) {
    fault = assay_expr_number_read(&node.value, &node.exact, &length, here);
  } else {
    length = assay_expr_reader_literal(r);
    node.value = (double)INFINITY;
  }
  const int shown = length > 40 ? 40 : (int)length;
  if (fault == ASSAY_EXPR_NUMBER_EXPONENT)
    return assay_expr_reader_fail(r, r->at + length, "expected the digits of an exponent");
  if (fault == ASSAY_EXPR_NUMBER_LARGE)
    return assay_expr_reader_fail(r, at, "%.*s is beyond the largest number, 1.8e308", shown, here);
  if (fault == ASSAY_EXPR_NUMBER_SMALL)
    return assay_expr_reader_fail(r, at, "%.*s is too near to zero, the smallest number is 5e-324",
                                  shown, here);
  r->at += length;
  if (negative) node.value = -node.value;
  return assay_expr_reader_emit(r, node, at);
}

static bool same_word(const char *text, size_t length, const char *word)
{
  return strlen(word) == length && memcmp(text, word, length) == 0;
}

/* x3 in the style's spelling; -1 if it is none */
static int numbered_variable(const struct assay_expr_style *style, const char *word, size_t length)
{
  const size_t stem = strlen(style->stem);
  int number = 0;
  if (length <= stem || memcmp(word, style->stem, stem) != 0) return -1;
  if (word[stem] == '0' && length > stem + 1) return -1;
  for (size_t i = stem; i < length; i++) {
    if (!is_digit(word[i])) return -1;
    if (number < ASSAY_EXPR_MAX_VARS + 1) number = 10 * number + (word[i] - '0');
  }
  return number - style->base;
}

static int named_variable(const struct assay_expr_style *style, const char *word, size_t length)
{
  for (int i = 0; i < style->n_columns; i++)
    if (same_word(word, length, style->columns[i])) return i;
  return -1;
}

/* Named constants; e is e^1, an expression of two nodes. */
static const struct {
  const char *name;
  struct assay_expr_node node[2];
  int n;
} constants[] = {
    {"pi", {{.op = ASSAY_EXPR_PI}}, 1},
    {"E", {{.op = ASSAY_EXPR_CONST, .value = 1.0, .exact = true}, {.op = ASSAY_EXPR_EXP}}, 2},
    {"nan", {{.op = ASSAY_EXPR_CONST, .value = (double)NAN}}, 1},
    {"inf", {{.op = ASSAY_EXPR_CONST, .value = (double)INFINITY}}, 1},
    {"oo", {{.op = ASSAY_EXPR_CONST, .value = (double)INFINITY}}, 1},
    {"NaN", {{.op = ASSAY_EXPR_CONST, .value = (double)NAN}}, 1},
    {"infinity", {{.op = ASSAY_EXPR_CONST, .value = (double)INFINITY}}, 1},
    {"PI", {{.op = ASSAY_EXPR_PI}}, 1},
};

int assay_expr_reader_leaf(struct assay_expr_reader *r, bool *found)
{
  int rc = ASSAY_OK;
  const size_t at = r->at, length = assay_expr_reader_word(r);
  const char *word = r->text + at;
  const int var = r->style->columns ? named_variable(r->style, word, length)
                                    : numbered_variable(r->style, word, length);
  *found = true;
  if (var >= ASSAY_EXPR_MAX_VARS)
    return assay_expr_reader_fail(r, at, "no more than %d variables", ASSAY_EXPR_MAX_VARS);
  r->at += length;
  if (var >= 0)
    return assay_expr_reader_emit(r, (struct assay_expr_node){.op = ASSAY_EXPR_VAR, .var = var},
                                  at);
  for (size_t i = 0; i < sizeof constants / sizeof *constants; i++) {
    if (!same_word(word, length, constants[i].name)) continue;
    for (int k = 0; k < constants[i].n; k++)
      ASSAY_TRY(assay_expr_reader_emit(r, constants[i].node[k], at));
    return ASSAY_OK;
  }
  r->at = at;
  *found = false;
done:
  return rc;
}

enum assay_expr_op assay_expr_reader_binary(size_t *length, const struct assay_expr_reader *r)
{
  const char *here = r->text + r->at;
  const size_t word = assay_expr_reader_word(r);
  *length = here[0] == '*' && here[1] == '*' ? 2 : 0;
  if (*length) return ASSAY_EXPR_POW;
  for (int op = ASSAY_EXPR_ADD; op <= ASSAY_EXPR_POW; op++) {
    const struct assay_expr_op_info *info = &assay_expr_ops[op];
    *length = *here == *info->name ? 1 : same_word(here, word, info->alias[0]) ? word : 0;
    if (*length) return (enum assay_expr_op)op;
  }
  return ASSAY_EXPR_ADD;
}

/* ---- functions ---------------------------------------------------------------------------- */

#define NUMBER(v)                                       \
  {                                                     \
    .op = ASSAY_EXPR_CONST, .value = (v), .exact = true \
  }
#define OP(name)            \
  {                         \
    .op = ASSAY_EXPR_##name \
  }

/* Spellings of other programs that stand for more than one operator, without protection. */
static const struct assay_expr_call short_forms[] = {
    {"square", 1, false, {NUMBER(2), OP(POW)}, 2},
    {"cube", 1, false, {NUMBER(3), OP(POW)}, 2},
    {"pow2", 1, false, {NUMBER(2), OP(POW)}, 2},
    {"pow3", 1, false, {NUMBER(3), OP(POW)}, 2},
    {"n2", 1, false, {NUMBER(2), OP(POW)}, 2},
    {"n3", 1, false, {NUMBER(3), OP(POW)}, 2},
    {"inv", 1, false, {NUMBER(-1), OP(POW)}, 2},
    {"sec", 1, false, {OP(COS), NUMBER(-1), OP(POW)}, 3},
    {"csc", 1, false, {OP(SIN), NUMBER(-1), OP(POW)}, 3},
    {"log2", 1, false, {OP(LOG), NUMBER(2), OP(LOG), OP(DIV)}, 4},
    {"log10", 1, false, {OP(LOG), NUMBER(10), OP(LOG), OP(DIV)}, 4},
    {"log1p", 1, false, {NUMBER(1), OP(ADD), OP(LOG)}, 3},
    {"expm1", 1, false, {OP(EXP), NUMBER(1), OP(SUB)}, 3},
    {"logabs", 1, false, {OP(ABS), OP(LOG)}, 2},
    {"sqrtabs", 1, false, {OP(ABS), OP(SQRT)}, 2},
};
enum { N_SHORT = sizeof short_forms / sizeof *short_forms };

static bool names_op(const struct assay_expr_op_info *info, const char *name, size_t length)
{
  if (same_word(name, length, info->name)) return true;
  for (int i = 0; i < 4 && info->alias[i]; i++)
    if (same_word(name, length, info->alias[i])) return true;
  return false;
}

static bool folds(int op)
{
  return op == ASSAY_EXPR_ADD || op == ASSAY_EXPR_MUL || op == ASSAY_EXPR_MIN ||
         op == ASSAY_EXPR_MAX;
}

bool assay_expr_reader_call(struct assay_expr_call *out, const char *name, size_t length)
{
  for (int op = ASSAY_EXPR_ADD; op < ASSAY_EXPR_N_OPS; op++) {
    const struct assay_expr_op_info *info = &assay_expr_ops[op];
    if (!names_op(info, name, length)) continue;
    *out = (struct assay_expr_call){.name = info->precedence ? info->alias[0] : info->name,
                                    .arity = info->arity,
                                    .fold = folds(op),
                                    .tail = {{.op = (enum assay_expr_op)op}},
                                    .n_tail = 1};
    return true;
  }
  for (int i = 0; i < N_SHORT; i++) {
    if (!same_word(name, length, short_forms[i].name)) continue;
    *out = short_forms[i];
    return true;
  }
  return false;
}

static int unknown_function(struct assay_expr_reader *r, const char *word)
{
  char known[1024];
  const char *names[ASSAY_EXPR_N_OPS + N_SHORT + 1] = {0};
  int n = 0;
  for (int op = ASSAY_EXPR_ADD; op < ASSAY_EXPR_N_OPS; op++)
    names[n++] =
        assay_expr_ops[op].precedence ? assay_expr_ops[op].alias[0] : assay_expr_ops[op].name;
  for (int i = 0; i < N_SHORT; i++) names[n++] = short_forms[i].name;
  return assay_expr_reader_fail(r, r->at, "unknown function '%s'%s", word,
                                assay_text_suggest(known, sizeof known, word, names));
}

static int unknown_variable(struct assay_expr_reader *r, const char *word)
{
  const struct assay_expr_style *style = r->style;
  for (const struct assay_expr_style *s = assay_expr_styles; s->name && !style->columns; s++)
    if (numbered_variable(s, word, strlen(word)) >= 0)
      return assay_expr_reader_fail(
          r, r->at, "variables are %s%d, %s%d, ... here, found '%s' (the style '%s' has such)",
          style->stem, style->base, style->stem, style->base + 1, word, s->name);
  if (!style->columns)
    return assay_expr_reader_fail(r, r->at, "unknown name '%s', variables are %s%d, %s%d, ...",
                                  word, style->stem, style->base, style->stem, style->base + 1);
  char known[400];
  const char *names[16] = {0};
  for (int i = 0; i < style->n_columns && i < 15; i++) names[i] = style->columns[i];
  return assay_expr_reader_fail(r, r->at, "unknown name '%s'%s", word,
                                assay_text_suggest(known, sizeof known, word, names));
}

int assay_expr_reader_unknown(struct assay_expr_reader *r, size_t length, bool called)
{
  char word[64];
  struct assay_expr_call call;
  snprintf(word, sizeof word, "%.*s", length > 60 ? 60 : (int)length, r->text + r->at);
  if (called) return unknown_function(r, word);
  if (assay_expr_reader_call(&call, word, strlen(word)))
    return assay_expr_reader_fail(r, r->at, "expected '(' after the function %s", word);
  return unknown_variable(r, word);
}

/* ---- caret -------------------------------------------------------------------------------- */

int assay_expr_caret(char **out, const char *text, size_t position)
{
  enum { BEFORE = 60, AFTER = 20 };
  size_t begin = position, end = position, blanks = 0;
  while (begin > 0 && text[begin - 1] != '\n' && position - begin < BEFORE) begin--;
  while (is_continuation(text[begin])) begin++;
  while (text[end] && text[end] != '\n' && end - position < AFTER) end++;
  while (end > position && is_continuation(text[end])) end--;
  for (size_t i = begin; i < position; i++) blanks += !is_continuation(text[i]);
  return assay_asprintf(out, "%.*s\n%*s^\n", (int)(end - begin), text + begin, (int)blanks, "");
}
