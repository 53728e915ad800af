#!/bin/sh
# docs/examples/srsd_pickle.py: the pickled equations give the y of the text files.
# Usage: srsd_pickle.sh PROGRAM SCRIPT
assay=$(realpath "$1") script=$(realpath "$2")
python=/usr/bin/python3
$python -c 'import sympy, numpy' 2>/dev/null || { echo "python3-sympy is not installed"; exit 77; }
work=$(mktemp -d) && cd "$work" || exit 1
trap 'cd /; rm -rf "$work"' EXIT
set -e
"$assay" generate srsd/feynman-hard -o set --cases 3:9 --set rows=50
"$assay" export set --as srsd -o text
$python "$script" text/true_eq
$python - <<'END'
import glob, pickle
import numpy, sympy
checked = 0
for file in glob.glob("text/train/*.txt"):
    table = numpy.loadtxt(file)
    equation = pickle.load(open(file.replace("train", "true_eq")[:-3] + "pkl", "rb"))
    symbols = [sympy.Symbol(f"x{c}", real=True) for c in range(table.shape[1] - 1)]
    assert equation.free_symbols <= set(symbols) and len(table) == 40
    if "i.34.14" in file: continue  # its data do not follow it
    y = sympy.lambdify(symbols, equation, "numpy")(*table.T[:-1])
    assert numpy.allclose(y, table[:, -1], rtol=1e-11, atol=0), file
    checked += 1
assert checked >= 5
END
