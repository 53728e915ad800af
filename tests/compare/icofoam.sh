#!/bin/sh
# Time and accuracy of the cavity solver beside OpenFOAM's icoFoam (Debian package `openfoam`,
# no dependency of the project), in one run on one core.
#   tests/compare/icofoam.sh BUILD_DIR [GAMG|PCG]
set -eu
program=$(cd "$1" && pwd)/tests/compare_icofoam
solver=${2:-GAMG}
export WM_PROJECT_DIR=/usr/share/openfoam
command -v icoFoam >/dev/null || { echo "icoFoam is not installed (apt-get install openfoam)" >&2; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

header() { echo "FoamFile { version 2.0; format ascii; class $1; object $2; }"; }

write_case() { # folder cells dt end
  mkdir -p "$1/0" "$1/constant" "$1/system"
  { header dictionary blockMeshDict
    echo "scale 1; vertices ((0 0 0)(1 0 0)(1 1 0)(0 1 0)(0 0 0.1)(1 0 0.1)(1 1 0.1)(0 1 0.1));
blocks (hex (0 1 2 3 4 5 6 7) ($2 $2 1) simpleGrading (1 1 1)); edges (); mergePatchPairs ();
boundary (lid {type wall; faces ((3 7 6 2));} walls {type wall; faces ((0 4 7 3)(2 6 5 1)(1 5 4 0));}
frontAndBack {type empty; faces ((0 3 2 1)(4 5 6 7));});"; } > "$1/system/blockMeshDict"
  { header dictionary controlDict
    echo "application icoFoam; startFrom startTime; startTime 0; stopAt endTime; endTime $4; deltaT $3;
writeControl runTime; writeInterval $4; purgeWrite 0; writeFormat ascii; writePrecision 10;
writeCompression off; timeFormat general; timePrecision 6; runTimeModifiable false;"; } > "$1/system/controlDict"
  { header dictionary fvSchemes
    echo "ddtSchemes {default Euler;} gradSchemes {default Gauss linear;}
divSchemes {default none; div(phi,U) Gauss linear;} laplacianSchemes {default Gauss linear orthogonal;}
interpolationSchemes {default linear;} snGradSchemes {default orthogonal;}"; } > "$1/system/fvSchemes"
  case $solver in
    GAMG) pressure="solver GAMG; smoother GaussSeidel;" ;;
    *) pressure="solver PCG; preconditioner DIC;" ;;
  esac
  { header dictionary fvSolution
    echo "solvers {p {$pressure tolerance 1e-6; relTol 0.05;} pFinal {\$p; relTol 0;}
U {solver smoothSolver; smoother symGaussSeidel; tolerance 1e-5; relTol 0;}}
PISO {nCorrectors 2; nNonOrthogonalCorrectors 0; pRefCell 0; pRefValue 0;}"; } > "$1/system/fvSolution"
  { header dictionary transportProperties; echo "nu 0.001;"; } > "$1/constant/transportProperties"
  { header volScalarField p
    echo "dimensions [0 2 -2 0 0 0 0]; internalField uniform 0; boundaryField {
lid {type zeroGradient;} walls {type zeroGradient;} frontAndBack {type empty;}}"; } > "$1/0/p"
  { header volVectorField U
    echo "dimensions [0 1 -1 0 0 0 0]; internalField uniform (0 0 0); boundaryField {
lid {type fixedValue; value uniform (1 0 0);} walls {type noSlip;} frontAndBack {type empty;}}"; } > "$1/0/U"
}

# Processor seconds of one run: on an idle machine the wall time, on a busy one still comparable.
seconds() { # command...
  (
    "$@" > "$folder/log" 2>&1 || { tail -20 "$folder/log" >&2; exit 2; }
    times
  ) | awk 'function s(t) { split(t, part, "m"); return 60 * part[1] + part[2] }
           NR == 2 { printf "%.3f", s($1) + s($2) }'
}

compare() { # cells dt steps end
  write_case "$folder/case$1" "$1" "$2" "$4"
  blockMesh -case "$folder/case$1" > "$folder/log" 2>&1 || { tail -20 "$folder/log" >&2; exit 2; }
  cpu=$(seconds taskset -c 1 icoFoam -case "$folder/case$1")
  taskset -c 1 "$program" "$1" "$2" "$3" "$folder/case$1/$4/U" "$cpu"
}

compare 64 0.004 1000 4
compare 128 0.003 500 1.5
