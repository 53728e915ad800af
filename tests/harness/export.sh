#!/bin/sh
# `assay export` read by Python: the tree of CFDBench, and the arrays with numpy and json alone.
# Usage: export.sh PROGRAM READER
assay=$(realpath "$1") reader=$(realpath "$2")
python=/usr/bin/python3
$python -c 'import numpy, netCDF4' 2>/dev/null || { echo "python3-netcdf4 is not installed"; exit 77; }
work=$(mktemp -d) && cd "$work" || exit 1
trap 'cd /; rm -rf "$work"' EXIT
set -e
"$assay" generate cfdbench/cavity-tiny
"$assay" export cfdbench-cavity-tiny.nc --as cfdbench -o tree
$python "$reader" tree cavity | grep -q '^24 cases'
for p in dam tube; do
  "$assay" generate cfdbench/$p-tiny
  "$assay" export cfdbench-$p-tiny.nc --as cfdbench -o tree
done
$python "$reader" tree dam | grep -q '^16 cases'
$python "$reader" tree tube | grep -q '^15 cases'
printf 'name: own/cylinder-bc\ngenerator: cylinder\ncertificate: none\nparams: {nx: 24, ny: 12, upstream: 0.04, downstream: 0.08, below: 0.025, above: 0.035, cells_per_diameter: 16, frames: 3}\nsweep: [{kind: zip, values: {diameter: [0.02, 0.018]}}]\n' >cylinder.yaml
"$assay" generate cylinder.yaml -o cylinder.nc
"$assay" export cylinder.nc --as cfdbench -o tree
$python "$reader" tree cylinder | grep -q '^2 cases'
grep -q '"radius": 0.009, "x_min": -0.04, "x_max": 0.08, "y_min": -0.025, "y_max": 0.035' tree/cylinder/bc/case0001/case.json
"$assay" generate cfdbench/cylinder-tiny
"$assay" export cfdbench-cylinder-tiny.nc --as cfdbench -o joined
$python "$reader" joined cylinder | grep -q '^16 cases'
"$assay" export cfdbench-cavity-tiny.nc --as npy -o arrays
"$assay" export cfdbench-cavity-tiny.nc --as csv -o tables
$python - <<'PYTHON'
import csv, json
import netCDF4, numpy as np

truth = netCDF4.Dataset("cfdbench-cavity-tiny.nc")
info = json.load(open("arrays/set.json"))
for a in info["arrays"]:
    values = np.load("arrays/" + a["file"])
    assert list(values.shape) == a["shape"] and values.dtype == np.dtype("<" + a["type"])
    name = a["file"][:-4]
    if name in truth.variables:
        assert (values == truth[name][:]).all(), name
rows = list(csv.DictReader(open("tables/cases.csv", newline="")))
for name in ("density", "Re", "lid_velocity"):
    assert [float(r[name]) for r in rows] == list(truth["parameters/" + name][:])
    assert info["parameters"][name]["values"] == list(truth["parameters/" + name][:])
columns = list(csv.DictReader(open("tables/columns.csv", newline="")))
assert {c["column"] for c in columns if c["file"] == "cases.csv"} == set(rows[0])
assert len(list(csv.DictReader(open("tables/frames.csv", newline="")))) == 24 * 5

# frames that a case does not have are masked, all others are in the tree
truth = netCDF4.Dataset("cfdbench-cylinder-tiny.nc")
for k, (n, number) in enumerate(zip(truth["n_frames"][:], [*range(50, 56), *range(6), *range(165, 169)])):
    u, folder = truth["u"][k], ("bc", "prop", "geo")[(number >= 50) + (number >= 165)]
    assert not np.ma.getmaskarray(u[:n]).any() and np.ma.getmaskarray(u[n:]).all()
    assert (np.load(f"joined/cylinder/{folder}/case{number:04d}/u.npy") == u[:n]).all()
PYTHON
