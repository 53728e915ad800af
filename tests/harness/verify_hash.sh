#!/bin/sh
# docs/examples/verify_hash.py, written from docs/format.md alone, finds the hashes that the program
# stored, and finds a changed bit. Usage: verify_hash.sh PROGRAM SCRIPT
assay=$(realpath "$1") script=$(realpath "$2")
python=/usr/bin/python3
$python -c 'import netCDF4' 2>/dev/null || { echo "python3-netcdf4 is not installed"; exit 77; }
work=$(mktemp -d) && cd "$work" || exit 1
trap 'cd /; rm -rf "$work"' EXIT
set -e
"$assay" generate heat-tiny
printf 'generator: heat\nprecision: float64\nparams: {n: 12, modes: 3, frames: 4}\nsweep: [{kind: grid, values: {length: [1, 1.7, 2.385]}}]\n' >lengths.yaml
"$assay" generate lengths.yaml
printf 'generator: cavity\nparams: {nx: 8, ny: 6, refine: 1, frames: 3}\nsweep: [{kind: grid, values: {frame_interval: [0.01, 0.017]}}]\n' >times.yaml
"$assay" generate times.yaml
"$assay" generate srsd/feynman-i.18.12 --set rows=64 --set target_noise=0.1 -o table.nc
for f in heat-tiny lengths times table; do $python "$script" $f.nc; done
printf '\001' | dd of=heat-tiny.nc bs=1 seek=60000 conv=notrunc 2>/dev/null
if $python "$script" heat-tiny.nc; then echo "a changed bit was not found"; exit 1; fi
