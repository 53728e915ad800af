#!/bin/sh
# Format, blanks, and words that do not belong into the project.
set -u
cd "$1"
bad=0
complain() { echo "# $1"; bad=1; }
sources=$(find core datasets generators metrics baselines results harness tests -name '*.[ch]' | sort)

# shellcheck disable=SC2086
if command -v clang-format-14 >/dev/null; then
  clang-format-14 --dry-run -Werror $sources 2>&1 | grep -E '^[^ ]+:[0-9]+:' | head -5 | sed 's/^/# /' | grep . && bad=1
fi
tracked=$(git ls-files 2>/dev/null | grep -vE '\.(png|nc|gz)$|^LICENSE$')
[ -n "$tracked" ] || tracked=$sources
# shellcheck disable=SC2086
{
  grep -nE '[[:blank:]]+$' $tracked /dev/null | head -3 | sed 's/^/# trailing blank: /' | grep . && bad=1
  grep -nP '\t' $(echo "$tracked" | grep -vE '\.tsv$|Makefile') /dev/null | head -3 | sed 's/^/# tab: /' | grep . && bad=1
  grep -nP '[\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}\x{FEFF}]' $tracked /dev/null | head -3 | sed 's/^/# invisible character: /' | grep . && bad=1
  grep -nE '\b(TODO|FIXME|XXX)\b' $(echo "$tracked" | grep -v tests/checks/style.sh) /dev/null | head -3 | sed 's/^/# unfinished: /' | grep . && bad=1
  grep -nE '(^|[^A-Za-z0-9_.])/(work|root|home)/' $(echo "$tracked" | grep -v tests/checks/style.sh) /dev/null | head -3 | sed 's/^/# path of one machine: /' | grep . && bad=1
}
for f in $tracked; do
  [ -s "$f" ] && [ "$(tail -c 1 "$f" | wc -l)" -eq 0 ] && complain "$f does not end with a newline"
done
exit $bad
