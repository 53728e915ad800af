# Sourced by the scripts that call the program as a user does, with the program as $1: a folder of
# their own to work in, and TAP. Sets assay; end with finish.
assay=$(realpath "$1")
work=$(mktemp -d) && cd "$work" || exit 1
trap 'kill $(jobs -p) 2>/dev/null; cd /; rm -rf "$work"' EXIT
n=0 bad=0
ok() { n=$((n + 1)); echo "ok $n - $1"; }
not_ok() { n=$((n + 1)); bad=1; echo "not ok $n - $1"; sed 's/^/# /' out err 2>/dev/null | head -20; }

# expect CODE TEXT WHAT COMMAND...: exit code, and TEXT somewhere in what it printed
expect() {
  code=$1 text=$2 what=$3
  shift 3
  "$@" >out 2>err
  got=$?
  if [ $got -eq "$code" ] && cat out err | grep -qF -- "$text"; then ok "$what"
  else not_ok "$what (exit code $got, expected $code and '$text')"; fi
}
check() { what=$1; shift; if "$@" >out 2>err; then ok "$what"; else not_ok "$what"; fi; }
finish() { echo "1..$n"; exit $bad; }
