#!/bin/sh
# Who may include whom: core nothing outside itself; datasets core; generators, metrics and baselines
# core, datasets and their own folder (recipes know the struct of generators/generator.h, not the
# registry); results core (and itself); harness and tests everything. Includes are
# written from the root, and only core/base/mem.c calls the allocator of the C library.
set -u
cd "$1"
bad=0
complain() { echo "# $1"; bad=1; }

allowed() { # folder of the file, folder of the include
  case $1:$2 in
    "$1:$1" | *:core | harness:* | tests:*) return 0 ;;
    generators:datasets | metrics:datasets | baselines:datasets) return 0 ;;
  esac
  return 1
}

for f in $(find core datasets generators metrics baselines results harness -name '*.[ch]' | sort); do
  from=${f%%/*}
  for i in $(sed -n 's/^#include "\([^"]*\)".*/\1/p' "$f"); do
    case $i in
      generators/generator.h) [ "$from" = datasets ] || allowed "$from" generators || complain "$f includes $i" ;;
      core/* | datasets/* | generators/* | metrics/* | baselines/* | results/* | harness/* | tests/*)
        allowed "$from" "${i%%/*}" || complain "$f includes $i" ;;
      *) [ -e "$i" ] || complain "$f includes $i, which is not a path from the root" ;;
    esac
  done
done

calls='(^|[^A-Za-z0-9_>.])(malloc|calloc|realloc|strdup|posix_memalign|aligned_alloc) *\('
for f in $(grep -rlE "$calls" core datasets generators metrics baselines results harness --include='*.[ch]'); do
  [ "$f" = core/base/mem.c ] || [ "$f" = core/base/mem.h ] || grep -vE '^ *(\*|/\*|//)' "$f" | grep -qE "$calls" &&
    [ "$f" != core/base/mem.c ] && complain "$f calls the C library's allocator"
done
exit $bad
