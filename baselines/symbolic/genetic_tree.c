#include "baselines/symbolic/genetic_tree.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"

/* SQUARE and CUBE read x^2 and x^3 */
static int exponent(int op)
{
  return op == ASSAY_SR_GENE_SQUARE ? 2 : op == ASSAY_SR_GENE_CUBE ? 3 : 0;
}

int assay_sr_gene_arity(int op)
{
  return exponent(op) ? 1 : assay_expr_ops[op].arity;
}

int assay_sr_gene_nodes(int op)
{
  return exponent(op) ? 3 - 1 : 1; /* beside the operand: the exponent and the power */
}

static const struct function {
  const char *word;
  unsigned char op;
} functions[] = {
    {"square", ASSAY_SR_GENE_SQUARE}, {"cube", ASSAY_SR_GENE_CUBE}, {"sqrt", ASSAY_EXPR_SQRT},
    {"exp", ASSAY_EXPR_EXP},          {"log", ASSAY_EXPR_LOG},      {"sin", ASSAY_EXPR_SIN},
    {"cos", ASSAY_EXPR_COS},          {"tanh", ASSAY_EXPR_TANH},    {NULL, 0},
};

int assay_sr_alphabet_functions(struct assay_sr_alphabet *a, const char *words)
{
  int rc = ASSAY_OK;
  for (const char *w = words + strspn(words, " "); *w; w += strspn(w, " ")) {
    const size_t n = strcspn(w, " ");
    const struct function *f = functions;
    while (f->word && (strlen(f->word) != n || strncmp(f->word, w, n) != 0)) f++;
    ASSAY_CHECK(f->word, ASSAY_EARG, "no function '%.*s' for genetic programming", (int)n, w);
    if (!memchr(a->unary, f->op, (size_t)a->n_unary)) a->unary[a->n_unary++] = f->op;
    w += n;
  }
done:
  return rc;
}

int assay_sr_tree_first(const struct assay_sr_tree *t, int i)
{
  int missing = assay_sr_gene_arity(t->gene[i].op);
  while (missing > 0) missing += assay_sr_gene_arity(t->gene[--i].op) - 1;
  return i;
}

static void count(struct assay_sr_tree *t)
{
  t->nodes = 0;
  for (int i = 0; i < t->n; i++) t->nodes += assay_sr_gene_nodes(t->gene[i].op);
}

void assay_sr_tree_copy(struct assay_sr_tree *to, const struct assay_sr_tree *from)
{
  to->n = from->n;
  to->nodes = from->nodes;
  memcpy(to->gene, from->gene, (size_t)from->n * sizeof *to->gene);
}

uint64_t assay_sr_tree_hash(const struct assay_sr_tree *t)
{
  uint64_t h = (uint64_t)t->n, bits;
  for (int i = 0; i < t->n; i++) {
    const struct assay_sr_gene *g = &t->gene[i];
    memcpy(&bits, &g->value, sizeof bits);
    h = (h ^ (uint64_t)g->op ^ (uint64_t)g->var << 8) * UINT64_C(0x9e3779b97f4a7c15);
    h = (h ^ h >> 29 ^ bits) * UINT64_C(0xbf58476d1ce4e5b9);
    h ^= h >> 32;
  }
  return h ? h : 1;
}

bool assay_sr_tree_constants(const struct assay_sr_tree *t)
{
  for (int i = 0; i < t->n; i++)
    if (t->gene[i].op == ASSAY_EXPR_CONST) return true;
  return false;
}

/* ---- random trees ------------------------------------------------------------------------- */

static double random_constant(struct assay_sr_dice *dice)
{
  static const double common[] = {1, 2, 0.5, 3, 4, 3.141592653589793};
  if (assay_sr_dice_uniform(dice) < 0.5)
    return common[assay_sr_dice_below(dice, sizeof common / sizeof *common)];
  return 2 * assay_sr_dice_normal(dice);
}

static struct assay_sr_gene random_leaf(const struct assay_sr_alphabet *a,
                                        struct assay_sr_dice *dice)
{
  struct assay_sr_gene g = {.op = ASSAY_EXPR_VAR};
  if (assay_sr_dice_uniform(dice) < 0.2) {
    g.op = ASSAY_EXPR_CONST;
    g.value = random_constant(dice);
  } else
    g.var = a->var[assay_sr_dice_below(dice, a->n_vars)];
  return g;
}

static struct assay_sr_gene random_binary(struct assay_sr_dice *dice)
{
  static const unsigned char op[] = {ASSAY_EXPR_ADD, ASSAY_EXPR_ADD, ASSAY_EXPR_SUB,
                                     ASSAY_EXPR_SUB, ASSAY_EXPR_MUL, ASSAY_EXPR_MUL,
                                     ASSAY_EXPR_MUL, ASSAY_EXPR_DIV, ASSAY_EXPR_DIV};
  return (struct assay_sr_gene){.op = op[assay_sr_dice_below(dice, sizeof op)]};
}

static struct assay_sr_gene random_unary(const struct assay_sr_alphabet *a,
                                         struct assay_sr_dice *dice)
{
  return (struct assay_sr_gene){.op = a->unary[assay_sr_dice_below(dice, a->n_unary)]};
}

static void grow(struct assay_sr_tree *t, int genes, const struct assay_sr_alphabet *a,
                 struct assay_sr_dice *dice)
{
  const bool unary = a->n_unary > 0 && (genes == 2 || assay_sr_dice_uniform(dice) < 0.25);
  if (genes <= 1 || (genes == 2 && !unary)) {
    t->gene[t->n++] = random_leaf(a, dice);
  } else if (unary) {
    grow(t, genes - 1, a, dice);
    t->gene[t->n++] = random_unary(a, dice);
  } else {
    const int left = 1 + assay_sr_dice_below(dice, genes - 2);
    grow(t, left, a, dice);
    grow(t, genes - 1 - left, a, dice);
    t->gene[t->n++] = random_binary(dice);
  }
}

void assay_sr_tree_random(struct assay_sr_tree *t, int genes, const struct assay_sr_alphabet *a,
                          struct assay_sr_dice *dice)
{
  const int most = a->nodes < ASSAY_SR_TREE_NODES ? a->nodes : ASSAY_SR_TREE_NODES;
  do {
    t->n = 0;
    grow(t, genes < most ? genes : most, a, dice);
    count(t);
  } while (t->nodes > most);
}

/* ---- changes ------------------------------------------------------------------------------ */

/* genes first..last of t make room for these */
static bool replace(struct assay_sr_tree *t, int first, int last, const struct assay_sr_gene *genes,
                    int n, const struct assay_sr_alphabet *a)
{
  const int grown = t->n - (last - first + 1) + n;
  int nodes = t->nodes;
  for (int i = first; i <= last; i++) nodes -= assay_sr_gene_nodes(t->gene[i].op);
  for (int i = 0; i < n; i++) nodes += assay_sr_gene_nodes(genes[i].op);
  if (nodes > a->nodes) return false;
  memmove(t->gene + first + n, t->gene + last + 1, (size_t)(t->n - last - 1) * sizeof *t->gene);
  memcpy(t->gene + first, genes, (size_t)n * sizeof *t->gene);
  t->n = grown;
  t->nodes = nodes;
  return true;
}

static int any(const struct assay_sr_tree *t, struct assay_sr_dice *dice)
{
  return assay_sr_dice_below(dice, t->n);
}

/* a place to cut: mostly not a leaf */
static int cut(const struct assay_sr_tree *t, struct assay_sr_dice *dice)
{
  int i = any(t, dice);
  for (int k = 0; k < 2 && assay_sr_gene_arity(t->gene[i].op) == 0; k++) i = any(t, dice);
  return i;
}

void assay_sr_tree_cross(struct assay_sr_tree *t, const struct assay_sr_tree *with,
                         const struct assay_sr_alphabet *a, struct assay_sr_dice *dice)
{
  for (int attempt = 0; attempt < 5; attempt++) {
    const int last = cut(t, dice), first = assay_sr_tree_first(t, last);
    const int to = cut(with, dice), from = assay_sr_tree_first(with, to);
    if (replace(t, first, last, with->gene + from, to - from + 1, a)) return;
  }
}

static void change_gene(struct assay_sr_tree *t, const struct assay_sr_alphabet *a,
                        struct assay_sr_dice *dice)
{
  const int i = any(t, dice), arity = assay_sr_gene_arity(t->gene[i].op);
  const struct assay_sr_gene other = arity == 0   ? random_leaf(a, dice)
                                     : arity == 2 ? random_binary(dice)
                                                  : random_unary(a, dice);
  replace(t, i, i, &other, 1, a);
}

static void change_subtree(struct assay_sr_tree *t, const struct assay_sr_alphabet *a,
                           struct assay_sr_dice *dice)
{
  struct assay_sr_tree fresh;
  const int last = any(t, dice), first = assay_sr_tree_first(t, last);
  assay_sr_tree_random(&fresh, 1 + assay_sr_dice_below(dice, 7), a, dice);
  replace(t, first, last, fresh.gene, fresh.n, a);
}

/* s becomes u(s), s op leaf or leaf op s */
static void insert(struct assay_sr_tree *t, const struct assay_sr_alphabet *a,
                   struct assay_sr_dice *dice)
{
  struct assay_sr_gene genes[2];
  const int last = any(t, dice), first = assay_sr_tree_first(t, last);
  if (a->n_unary > 0 && assay_sr_dice_uniform(dice) < 0.3) {
    genes[0] = random_unary(a, dice);
    replace(t, last + 1, last, genes, 1, a);
    return;
  }
  genes[0] = random_leaf(a, dice);
  genes[1] = random_binary(dice);
  if (assay_sr_dice_uniform(dice) < 0.5)
    replace(t, last + 1, last, genes, 2, a);
  else if (t->nodes + 2 <= a->nodes && replace(t, last + 1, last, genes + 1, 1, a))
    replace(t, first, first - 1, genes, 1, a);
}

/* a tree gives way to one of its operands */
static void hoist(struct assay_sr_tree *t, const struct assay_sr_alphabet *a,
                  struct assay_sr_dice *dice)
{
  struct assay_sr_gene kept[ASSAY_SR_TREE_NODES];
  const int last = cut(t, dice), arity = assay_sr_gene_arity(t->gene[last].op);
  if (arity == 0) return;
  const int first = assay_sr_tree_first(t, last);
  int root = last - 1;
  if (arity == 2 && assay_sr_dice_uniform(dice) < 0.5) root = assay_sr_tree_first(t, root) - 1;
  const int from = assay_sr_tree_first(t, root), n = root - from + 1;
  memcpy(kept, t->gene + from, (size_t)n * sizeof *kept);
  replace(t, first, last, kept, n, a);
}

/* operands change places */
static void swap(struct assay_sr_tree *t, struct assay_sr_dice *dice)
{
  struct assay_sr_gene right[ASSAY_SR_TREE_NODES];
  const int i = any(t, dice);
  if (assay_sr_gene_arity(t->gene[i].op) != 2) return;
  const int middle = assay_sr_tree_first(t, i - 1), first = assay_sr_tree_first(t, middle - 1);
  const size_t n_left = (size_t)(middle - first), n_right = (size_t)(i - middle);
  memcpy(right, t->gene + middle, n_right * sizeof *right);
  memmove(t->gene + first + n_right, t->gene + first, n_left * sizeof *right);
  memcpy(t->gene + first, right, n_right * sizeof *right);
}

static void shift_constant(struct assay_sr_tree *t, const struct assay_sr_alphabet *a,
                           struct assay_sr_dice *dice)
{
  int at[ASSAY_SR_TREE_NODES], n = 0;
  for (int i = 0; i < t->n; i++)
    if (t->gene[i].op == ASSAY_EXPR_CONST) at[n++] = i;
  if (n == 0) {
    insert(t, a, dice);
    return;
  }
  double *value = &t->gene[at[assay_sr_dice_below(dice, n)]].value;
  const double kind = assay_sr_dice_uniform(dice), z = assay_sr_dice_normal(dice);
  if (kind < 0.5)
    *value *= 1 + 0.3 * z;
  else if (kind < 0.7)
    *value += z;
  else if (kind < 0.8)
    *value = -*value;
  else
    *value = random_constant(dice);
}

void assay_sr_tree_mutate(struct assay_sr_tree *t, const struct assay_sr_alphabet *a,
                          struct assay_sr_dice *dice)
{
  const double kind = assay_sr_dice_uniform(dice);
  if (kind < 0.3)
    change_gene(t, a, dice);
  else if (kind < 0.5)
    change_subtree(t, a, dice);
  else if (kind < 0.7)
    insert(t, a, dice);
  else if (kind < 0.84)
    hoist(t, a, dice);
  else if (kind < 0.89)
    swap(t, dice);
  else
    shift_constant(t, a, dice);
}

/* ---- constants ---------------------------------------------------------------------------- */

double assay_sr_gene_apply(int op, double u, double v)
{
  switch (op) {
  case ASSAY_EXPR_ADD:
    return u + v;
  case ASSAY_EXPR_SUB:
    return u - v;
  case ASSAY_EXPR_MUL:
    return u * v;
  case ASSAY_EXPR_DIV:
    return u / v;
  case ASSAY_SR_GENE_SQUARE:
    return u * u;
  case ASSAY_SR_GENE_CUBE:
    return u * u * u;
  case ASSAY_EXPR_SQRT:
    return sqrt(u);
  case ASSAY_EXPR_EXP:
    return exp(u);
  case ASSAY_EXPR_LOG:
    return log(u);
  case ASSAY_EXPR_SIN:
    return sin(u);
  case ASSAY_EXPR_COS:
    return cos(u);
  default:
    return tanh(u);
  }
}

void assay_sr_tree_fold(struct assay_sr_tree *t)
{
  int n = 0;
  for (int i = 0; i < t->n; i++) {
    struct assay_sr_gene g = t->gene[i];
    const int arity = assay_sr_gene_arity(g.op);
    bool constant = arity > 0 && n >= arity;
    for (int k = 1; k <= arity && constant; k++) constant = t->gene[n - k].op == ASSAY_EXPR_CONST;
    if (constant) {
      const double u = t->gene[n - arity].value, v = t->gene[n - 1].value;
      g = (struct assay_sr_gene){.op = ASSAY_EXPR_CONST, .value = assay_sr_gene_apply(g.op, u, v)};
      n -= arity;
    }
    t->gene[n++] = g;
  }
  t->n = n;
  count(t);
}

/* ---- expressions -------------------------------------------------------------------------- */

int assay_sr_tree_express(struct assay_expr_node *node, const struct assay_sr_tree *t)
{
  int n = 0, n_vars = 0;
  for (int i = 0; i < t->n; i++) {
    const struct assay_sr_gene *g = &t->gene[i];
    const int power = exponent(g->op);
    if (power) {
      node[n++] = (struct assay_expr_node){ASSAY_EXPR_CONST, 0, true, power};
      node[n++] = (struct assay_expr_node){ASSAY_EXPR_POW, 0, false, 0};
      continue;
    }
    node[n++] = (struct assay_expr_node){(enum assay_expr_op)g->op, g->var, false, g->value};
    if (g->op == ASSAY_EXPR_VAR && g->var >= n_vars) n_vars = g->var + 1;
  }
  return n_vars;
}
