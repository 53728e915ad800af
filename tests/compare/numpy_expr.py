"""Evaluation of random trees beside numpy, in one run on one core.

    tests/compare/numpy_expr.py BUILD_DIR

The benchmark core/expr/bench_program writes its 200 trees and its figure (node-evaluations per
second of the squared error, double and single precision); numpy evaluates the same trees on a table
of the same size and range with preallocated outputs. Runs alternate; the best of each counts.
"""
import os
import subprocess
import sys
import tempfile
import time

os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np

ROWS, VARIABLES, REPEATS = 10240, 5, 5
BINARY = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}
UNARY = {"sin": np.sin, "cos": np.cos, "exp": np.exp, "log": np.log, "sqrt": np.sqrt}


def operations(words):
    """Postfix list of (function, arity) and leaves."""
    return [(BINARY[w], 2) if w in BINARY else (UNARY[w], 1) if w in UNARY else (w, 0)
            for w in reversed(words)]


def evaluate(program, table, buffers, one):
    stack, free = [], list(buffers)
    for what, arity in program:
        if arity == 0:
            stack.append((table[int(what[1:])] if what[0] == "x" else one(what), None))
            continue
        arguments = [stack.pop() for _ in range(arity)]
        own = [b for _, b in arguments if b is not None]
        out = own[0] if own else free.pop()
        free.extend(own[1:])
        result = what(*(a for a, _ in arguments), out=out)
        stack.append((result, out))
    return stack[0][0]


def numpy_figure(programs, real):
    generator = np.random.default_rng(1)
    table = (0.5 + generator.random((VARIABLES, ROWS))).astype(real)
    y = generator.random(ROWS).astype(real)
    buffers = [np.empty(ROWS, real) for _ in range(16)]
    difference = np.empty(ROWS, real)
    with np.errstate(all="ignore"):
        start = time.thread_time()
        for program in programs:
            f = evaluate(program, table, buffers, real)
            np.subtract(f, y, out=difference)
            np.dot(difference, difference)
        seconds = time.thread_time() - start
    return sum(map(len, programs)) * ROWS / seconds * 1e-9


def main():
    bench = os.path.join(sys.argv[1], "tests", "core_expr_bench_program")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "trees")
        ours, theirs = [[], []], [[], []]
        for _ in range(REPEATS):
            said = subprocess.run([bench, "--trees", path], check=True, capture_output=True).stdout
            for figures, value in zip(ours, said.split()):
                figures.append(float(value))
            with open(path) as lines:
                programs = [operations(line.split()) for line in lines]
            for figures, real in zip(theirs, (np.float64, np.float32)):
                figures.append(numpy_figure(programs, real))
    for name, a, b in zip(("double", "single"), ours, theirs):
        if a:
            print(f"{name}: assay {max(a):.2f}, numpy {np.__version__} {max(b):.2f} Gnode/s, "
                  f"ratio {max(a) / max(b):.2f}")


if __name__ == "__main__":
    main()
