#!/usr/bin/env python3
"""True equations as the programs around SRSD read them: pickled sympy expressions.

    srsd_pickle.py DIR/true_eq

writes ID.pkl beside every ID.txt that `assay export --as srsd` made: an expression over real symbols
x0, x1, ... in the form of the text. Needs sympy, nothing else."""
import pathlib
import pickle
import re
import sys

import sympy


def expression(text):
    """The grammar of assay is Python's but for the power sign."""
    names = sorted(set(re.findall(r"\bx\d+\b", text)), key=lambda name: int(name[1:]))
    known = {name: sympy.Symbol(name, real=True) for name in names}
    return sympy.sympify(text.replace("^", "**"), locals=known)


def main(folder):
    files = sorted(pathlib.Path(folder).glob("*.txt"))
    if not files:
        sys.exit(f"{folder}: no ID.txt; expected the folder true_eq of an export")
    for file in files:
        with open(file.with_suffix(".pkl"), "wb") as out:
            pickle.dump(expression(file.read_text().strip()), out)
    print(f"{folder}: {len(files)} equations")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
