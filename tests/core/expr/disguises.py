#!/usr/bin/env python3
"""The equations of the benchmark in disguise, and which of them are the same law, by sympy 1.11.1.

    python3 tests/core/expr/disguises.py EQUATIONS.tsv > tests/core/expr/disguises.tsv

EQUATIONS.tsv has a header with the columns id, true_eq_expression and variables
(name|kind|sign|distribution|low|high;...). Rows: id, kind of disguise, disguise, equation, geometric
means of the columns, 1 where a column is positive. Every disguise is checked with 50 digits."""
import csv
import math
import random
import re
import signal
import sys

import sympy as sp

X = sp.symbols("x0:12", positive=True)


def read(text):
    return sp.sympify(text.replace("^", "**"), locals={x.name: x for x in X})


def shown(text):
    return str(text).replace("**", "^")


def rewritten(e):
    """other functions"""
    half = sp.Symbol("halfpi")
    e = e.replace(sp.tanh, lambda a: (sp.exp(2 * a) - 1) / (sp.exp(2 * a) + 1))
    text = str(e.replace(sp.sin, lambda a: sp.Function("cosine")(a - half)))
    return text.replace("cosine", "cos").replace("halfpi", "pi/2")


def double_angles(e):
    e = e.replace(lambda n: n.is_Pow and n.base.func == sp.sin and n.exp == 2,
                  lambda n: (1 - sp.cos(2 * n.base.args[0])) / 2)
    return e.replace(lambda n: n.is_Pow and n.base.func == sp.cos and n.exp == 2,
                     lambda n: (1 + sp.cos(2 * n.base.args[0])) / 2)


def ratio(e):
    n, d = sp.fraction(sp.together(e))
    v = sorted(e.free_symbols, key=str)[0]
    return "(%s)/(%s)" % (sp.expand(n * v), sp.expand(d * v))


def inverted(e):
    return "1/((%s)/(%s))" % tuple(reversed(sp.fraction(sp.together(e))))


def fewer_digits(e):
    return e.xreplace({c: sp.Float("%.5g" % float(c)) for c in e.atoms(sp.Float)})


def shuffled(e):
    """every sum and product written in another order"""
    rng = random.Random(str(e))

    def text(n):
        if n.is_Add or n.is_Mul:
            args = list(n.args)
            rng.shuffle(args)
            return "(" + (" + " if n.is_Add else "*").join(map(text, args)) + ")"
        if n.is_Pow:
            return "(%s)**(%s)" % (text(n.base), n.exp)
        if n.args:
            return "%s(%s)" % (n.func.__name__, ", ".join(map(text, n.args)))
        return "(%s)" % n
    return text(e)


KINDS = {
    "written by sympy": str,
    "shuffled": shuffled,
    "expanded": sp.expand,
    "factored": sp.factor,
    "one fraction": sp.together,
    "ratio times a variable": ratio,
    "inverted twice": inverted,
    "simplified": sp.simplify,
    "other functions": rewritten,
    "double angles": double_angles,
    "logarithm and back": lambda e: "exp(log(%s))" % e,
    "root of the square": lambda e: "sqrt((%s)^2)" % e,
    "five digits": fewer_digits,
    "derivative of powers": lambda e: sp.powsimp(sp.expand_power_base(e)),
}


def value(e, point):
    return sp.N(e.subs({x: p for x, p in zip(X, point)}), 50)


def same_values(a, b, tolerance):
    rng = random.Random(7)
    for _ in range(3):
        p = [sp.Rational(rng.randint(200, 900), 600) for _ in X]
        u, v = value(a, p), value(b, p)
        if not abs(u - v) <= tolerance * abs(v):
            return False
    return True


def columns(row):
    means, signs = [], []
    for v in row["variables"].split(";"):
        _, _, sign, kind, low, high = v.split("|")
        low, high = float(low), float(high)
        lo, hi = max(min(abs(low), abs(high)), 1e-3 * max(abs(low), abs(high))), max(abs(low), abs(high))
        means.append("%.6g" % math.sqrt(lo * hi))
        signs.append("1" if sign == "pos" and low >= 0 else "0")
    return ",".join(means), ",".join(signs)


class Slow(Exception):
    pass


def late(signum, frame):
    raise Slow


def main():
    signal.signal(signal.SIGALRM, late)
    with open(sys.argv[1], encoding="utf-8") as f:
        rows = list(csv.DictReader(f, delimiter="\t"))
    print("id\tkind\tdisguise\tequation\tscales\tpositive")
    for row in rows:
        e = read(row["true_eq_expression"])
        scales, signs = columns(row)
        seen = set()
        for kind, f in KINDS.items():
            if kind == "root of the square" and ("0" in signs or e.has(sp.sin, sp.cos, sp.tanh, sp.log)):
                continue
            signal.alarm(3)
            try:
                text = shown(f(e))
                if text in seen:
                    continue
                if kind == "root of the square" and re.search(r"(?<!e)-", text):
                    continue  # its sign is not obvious
                seen.add(text)
                tolerance = 1e-4 if kind == "five digits" else sp.Float("1e-9")
                if not same_values(read(text), e, tolerance):
                    print("differs:", row["id"], kind, text, file=sys.stderr)
                    continue
                print(row["id"], kind, text, row["true_eq_expression"], scales, signs, sep="\t",
                      flush=True)
            except Slow:
                print("slow:", row["id"], kind, file=sys.stderr)
            finally:
                signal.alarm(0)


if __name__ == "__main__":
    main()
