#!/bin/sh
# Every symbol that the archives export starts with assay_.
#   symbols.sh ARCHIVE...
set -u
nm -g --defined-only "$@" 2>/dev/null |
  awk 'NF == 3 && $3 !~ /^_*assay_/ && $3 !~ /^_*(asan|ubsan|odr_asan)/ && $3 !~ /^__/ {print "# exported without prefix: " $3; bad = 1} END {exit bad}'
