#!/bin/sh
# Searches a fuzz target with libFuzzer under the address and undefined-behaviour sanitizers.
#   tests/fuzz/run.sh NAME [SECONDS]       NAME: expr, simplify, units
# New inputs stay in a temporary folder, whose name is printed, and are not added to the corpus.
set -eu
cd "$(dirname "$0")/../.."
name=$1 seconds=${2:-600}
command -v clang >/dev/null || { echo "clang is not installed" >&2; exit 77; }
out=$(mktemp -d)
mkdir "$out/found"
flags="-std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -I. -g -O1 -ffp-contract=off
  -fno-math-errno -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -Wno-psabi"
# shellcheck disable=SC2086
clang $flags -DASSAY_ISA=base -o "$out/fuzz" "tests/fuzz/fuzz_$name.c" core/base/err.c core/base/mem.c \
  core/base/text.c core/num/isa.c core/num/fmath.c core/num/vmath.c core/num/vmath_kernels.c \
  core/expr/*.c datasets/dimension.c -lm -lpthread
dictionary=
[ ! -f "tests/fuzz/$name.dict" ] || dictionary=-dict=tests/fuzz/$name.dict
echo "searching for $seconds s in $out"
"$out/fuzz" -max_total_time="$seconds" -timeout=10 -max_len=4096 $dictionary \
  -artifact_prefix="$out/" "$out/found" "tests/fuzz/corpus/$name"
