#!/usr/bin/env python3
"""Known answers for the canonical form of expressions, computed once with sympy 1.11.1.

    python3 tests/core/expr/oracle.py EQUATIONS.tsv PER_EQUATION SEED [deep] > PAIRS.tsv

The checked-in tables: fresh_pairs.tsv is seeds 13, 14 and 31 with 3 pairs per equation, deep_pairs.tsv
seed 15 with 2 deep ones.

EQUATIONS.tsv has a header with the columns id and true_eq_expression. For every equation a few
predictions of the kind regressors make are drawn (from the seed), brought into canonical form as the
metric defines it (docs/equation-metrics.md) and compared by the tree edit distance of Zhang and
Shasha (1989). Output: one row per pair. Nothing here is used by the program itself."""
import csv
import random
import signal
import sys
import warnings

import sympy as sp

LIMIT = 20  # seconds per simplification; slower pairs are left out
FUNCTIONS = ("sin", "cos", "exp", "log", "sqrt", "tanh")


# ---- canonical form -----------------------------------------------------------------------------

def canonical(text):
    e = sp.sympify(text.replace("^", "**"))
    e = sp.sympify(str(e))
    e = e.subs(sp.pi, sp.pi.evalf()).evalf(15)
    e = sp.simplify(sp.factor(e)).subs(1.0, 1)
    return sp.sympify(str(e))


def tree(e):
    """(label, children)"""
    if e.is_Symbol:
        return (e.name, [])
    if e.is_number and not e.args or isinstance(e, sp.Number) or not e.args:
        return ("Const", [])
    return (type(e).__name__, [tree(a) for a in e.args])


def show(t):
    return t[0] + ("(" + ",".join(map(show, t[1])) + ")" if t[1] else "")


def size(t):
    return 1 + sum(map(size, t[1]))


def postorder(t):
    """labels, leftmost leaf of every node, keyroots"""
    labels, left = [], []

    def walk(node):
        first = None
        for child in node[1]:
            leaf = walk(child)
            first = leaf if first is None else first
        labels.append(node[0])
        left.append(len(labels) - 1 if first is None else first)
        return left[-1]

    walk(t)
    last = {}
    for i, l in enumerate(left):
        last[l] = i
    return labels, left, sorted(last.values())


def distance(a, b):
    """Zhang and Shasha (1989), unit costs"""
    la, fa, ka = postorder(a)
    lb, fb, kb = postorder(b)
    tree_d = [[0] * len(lb) for _ in la]
    for i in ka:
        for j in kb:
            i0, j0 = fa[i], fb[j]
            f = [[0] * (j - j0 + 2) for _ in range(i - i0 + 2)]
            for x in range(1, i - i0 + 2):
                f[x][0] = x
            for y in range(1, j - j0 + 2):
                f[0][y] = y
            for x in range(1, i - i0 + 2):
                for y in range(1, j - j0 + 2):
                    p, q = i0 + x - 1, j0 + y - 1
                    best = min(f[x - 1][y], f[x][y - 1]) + 1
                    if fa[p] == i0 and fb[q] == j0:
                        f[x][y] = min(best, f[x - 1][y - 1] + (la[p] != lb[q]))
                        tree_d[p][q] = f[x][y]
                    else:
                        f[x][y] = min(best, f[fa[p] - i0][fb[q] - j0] + tree_d[p][q])
    return tree_d[-1][-1]


# ---- predictions --------------------------------------------------------------------------------

def constant(rng):
    kind = rng.randrange(5)
    if kind == 0:
        return "%.2f" % rng.uniform(0.1, 9)
    if kind == 1:
        return "%.7g" % rng.uniform(-3, 3)
    if kind == 2:
        return "%d" % rng.randint(2, 6)
    if kind == 3:
        return "%.15g" % rng.lognormvariate(0, 3)
    return "%.6e" % (10 ** rng.uniform(-20, 20))


def variables(e):
    return sorted((s.name for s in e.free_symbols), key=lambda n: int(n[1:]))


def perturbed(e, rng):
    """every constant a little off"""
    return str(e.xreplace({c: sp.Float("%.9g" % (float(c) * rng.uniform(0.98, 1.02)))
                           for c in e.atoms(sp.Float)}))


def scaled(e, rng):
    return "%s*(%s)" % (constant(rng), e)


def offset(e, rng):
    return "%s + %s" % (e, constant(rng))


def missing(e, rng):
    """one argument of one sum or product dropped"""
    nodes = [n for n in sp.preorder_traversal(e) if (n.is_Add or n.is_Mul) and len(n.args) > 1]
    if not nodes:
        return None
    n = rng.choice(nodes)
    args = list(n.args)
    del args[rng.randrange(len(args))]
    return str(e.xreplace({n: n.func(*args)}))


def extra(e, rng):
    v = variables(e)
    term = rng.choice(["%s*%s*%s" % (constant(rng), rng.choice(v), rng.choice(v)),
                       "%s*sin(%s)" % (constant(rng), rng.choice(v)),
                       "%s/%s" % (rng.choice(v), rng.choice(v)),
                       "exp(-%s)" % rng.choice(v),
                       "sqrt(%s)" % rng.choice(v)])
    return "%s + %s" % (e, term)


def corrected(e, rng):
    v = rng.choice(variables(e))
    return "(%s)*(1 + %s*%s)" % (e, constant(rng), v)


def expanded(e, rng):
    return str(sp.expand(e))


def as_ratio(e, rng):
    n, d = sp.fraction(sp.together(e))
    v = rng.choice(variables(e))
    return "(%s)/(%s)" % (sp.expand(n / sp.Symbol(v)), sp.expand(d / sp.Symbol(v)))


def shifted(e, rng):
    v = sp.Symbol(rng.choice(variables(e)))
    return str(e.subs(v, v + sp.Float(constant(rng))))


def inside(e, rng):
    v = sp.Symbol(rng.choice(variables(e)))
    f = getattr(sp, rng.choice(FUNCTIONS))
    return str(e.subs(v, f(v)))


def float_powers(e, rng):
    return str(e.replace(lambda n: n.is_Pow and n.exp.is_Number and n.base.is_Symbol,
                         lambda n: n.base ** sp.Float("%.4g" % (float(n.exp) * rng.uniform(0.97, 1.03)))))


def power_law(e, rng):
    return "%s*%s" % (constant(rng), "*".join(
        "%s**%s" % (v, rng.choice(["2", "-1", "0.5", "1.5", "%.4g" % rng.uniform(-3, 3)]))
        for v in variables(e)))


def term(v, rng, depth):
    """a tree of the kind genetic programming breeds"""
    if depth == 0 or rng.random() < 0.15:
        return rng.choice(v) if rng.random() < 0.75 else constant(rng)
    if rng.random() < 0.25:
        return "%s(%s)" % (rng.choice(FUNCTIONS), term(v, rng, depth - 1))
    return "(%s %s %s)" % (term(v, rng, depth - 1), rng.choice("++--**/"), term(v, rng, depth - 1))


def bred(e, rng):
    return term(variables(e), rng, rng.choice((2, 3, 3, 4)))


def ratio_of_bred(e, rng):
    v = variables(e)
    return "%s / (%s + %s)" % (term(v, rng, 2), constant(rng), term(v, rng, 2))


def sum_of_bred(e, rng):
    v = variables(e)
    return "%s*%s + %s*%s - %s" % (constant(rng), term(v, rng, 2), constant(rng), term(v, rng, 1),
                                   term(v, rng, 1))


def polynomial(e, rng):
    v = variables(e)
    return " + ".join("%s*%s*%s" % (constant(rng), rng.choice(v), rng.choice(v))
                      for _ in range(rng.randint(2, 4)))


def factored(e, rng):
    v = variables(e)
    a, b, c = (rng.choice(v) for _ in range(3))
    k, m = "%.1f" % rng.uniform(0.2, 4), "%.1f" % rng.uniform(0.2, 4)
    return str(sp.expand("(%s*%s + %s)*(%s - %s*%s)" % (k, a, b, c, m, a)))


def deep_term(v, rng, depth):
    """larger trees with more functions, whole constants among them"""
    if depth == 0 or rng.random() < 0.1:
        if rng.random() < 0.75:
            return rng.choice(v)
        return rng.choice(["2", "3", "0.5", "1", "%.3g" % rng.uniform(0.1, 9)])
    if rng.random() < 0.3:
        return "%s(%s)" % (rng.choice(FUNCTIONS + ("tan", "Abs", "cosh", "sinh", "asin", "atan")),
                           deep_term(v, rng, depth - 1))
    if rng.random() < 0.12:
        return "(%s)**%s" % (deep_term(v, rng, depth - 1), rng.choice(["2", "3", "-1", "0.5", "1.37"]))
    return "(%s %s %s)" % (deep_term(v, rng, depth - 1), rng.choice("+-*/"),
                           deep_term(v, rng, depth - 1))


def deep(e, rng):
    return deep_term(variables(e), rng, rng.choice((3, 4, 5)))


KINDS = (perturbed, scaled, offset, missing, extra, corrected, expanded, as_ratio, shifted, inside,
         float_powers, power_law, bred, ratio_of_bred, sum_of_bred, polynomial, factored, bred)


# ---- output -------------------------------------------------------------------------------------

class Slow(Exception):
    pass


def late(signum, frame):
    raise Slow


def main():
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, late)
    with open(sys.argv[1], encoding="utf-8") as f:
        rows = list(csv.DictReader(f, delimiter="\t"))
    per_equation = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 13)
    kinds = (deep,) if sys.argv[4:] == ["deep"] else KINDS
    print("kind\tid\tpredicted\ttrue\tpredicted_canonical\ttrue_canonical\tpredicted_tree\t"
          "true_tree\tn_pred\tn_true\tedit_distance")
    n = 0
    for row in rows:
        text = row["true_eq_expression"]
        exact = sp.sympify(text.replace("^", "**")).subs(sp.pi, sp.pi.evalf())
        for _ in range(per_equation):
            kind = kinds[n % len(kinds)]
            n += 1
            signal.alarm(LIMIT)
            try:
                predicted = kind(exact, rng)
                if predicted is None:
                    continue
                p, t = canonical(predicted), canonical(text)
                if p.has(sp.I, sp.zoo, sp.oo, sp.nan, sp.Piecewise):
                    continue
                tp, tt = tree(p), tree(t)
                print(kind.__name__, row["id"], predicted.replace("**", "^"), text, p, t, show(tp),
                      show(tt), size(tp), size(tt), distance(tp, tt), sep="\t", flush=True)
            except Slow:
                print("left out, slow:", row["id"], kind.__name__, file=sys.stderr)
            except Exception as error:
                print("left out:", row["id"], kind.__name__, repr(error)[:100], file=sys.stderr)
            finally:
                signal.alarm(0)


if __name__ == "__main__":
    main()
