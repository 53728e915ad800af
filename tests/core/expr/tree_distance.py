#!/usr/bin/env python3
"""The tree edit distance of Zhang and Shasha (1989) in plain Python, for the benchmark.

    python3 tree_distance.py TREES

TREES: one tree per line, "label arity" of every node in postfix order. Prints pairs per second over
all pairs of trees, and the sum of their distances."""
import sys
import time


def prepare(line):
    numbers = list(map(int, line.split()))
    labels, left, stack = numbers[::2], [], []
    for i, k in enumerate(numbers[1::2]):
        first = stack[-k] if k else i
        del stack[len(stack) - k:]
        stack.append(first)
        left.append(first)
    last = {}
    for i, l in enumerate(left):
        last[l] = i
    return labels, left, sorted(last.values())


def distance(a, b):
    la, fa, ka = a
    lb, fb, kb = b
    tree = [[0] * len(lb) for _ in la]
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
                        tree[p][q] = f[x][y]
                    else:
                        f[x][y] = min(best, f[fa[p] - i0][fb[q] - j0] + tree[p][q])
    return tree[-1][-1]


def main():
    with open(sys.argv[1], encoding="ascii") as f:
        trees = [prepare(line) for line in f]
    start = time.perf_counter()
    total = sum(distance(a, b) for a in trees for b in trees)
    print(len(trees) ** 2 / (time.perf_counter() - start), total)


if __name__ == "__main__":
    main()
