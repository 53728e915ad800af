#!/bin/sh
# Every header compiles alone, in C11 with all warnings as errors.
#   headers.sh SOURCE_DIR CC [flags...]
set -u
cd "$1"; shift
bad=0
for h in $(find core datasets generators metrics baselines results harness tests -name '*.h' | sort); do
  case $h in *_body.h) continue ;; esac # bodies of kernels: included by one .c only
  printf '#include "%s"\nextern int header_is_not_empty;\n' "$h" |
    "$@" -std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -DASSAY_ISA=base -Wall -Wextra -Wpedantic \
      -Werror -Wno-psabi -fsyntax-only -I. -x c - || { echo "# $h does not compile alone"; bad=1; }
done
exit $bad
