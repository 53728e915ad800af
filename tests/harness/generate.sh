#!/bin/sh
# The verbs generate, merge, info and check as a user calls them: messages, exit codes, and nothing
# half-written, whatever goes wrong. Usage: generate.sh PROGRAM
set -u
. "$(dirname "$0")/tap.sh"
nothing_left() { [ -z "$(ls -A | grep -vE '^(out|err)$')" ]; }

# ---- bad input: code 1, a message that names it, no files
expect 1 "ASSAY_ISA=v9: no such instruction set" "unknown instruction set" \
  env ASSAY_ISA=v9 "$assay" generate heat-tiny
expect 1 "usage: assay generate RECIPE" "recipe is required" "$assay" generate
expect 1 "did you mean 'heat-tiny'" "unknown recipe" "$assay" generate heat-tinny
expect 1 "no.yaml: cannot open: No such file" "missing file" "$assay" generate ./no.yaml
expect 1 "did you mean 'resume'" "unknown option" "$assay" generate heat-tiny --resum
expect 1 "--set modes=x: modes: expected a whole number" "bad value" "$assay" generate heat-tiny --set modes=x
expect 1 "is outside [4, 16384]" "value out of range" "$assay" generate heat-tiny --set n=2
expect 1 "case 0: modes = 3 cannot be seen" "parameters that do not fit" "$assay" generate heat-tiny --set n=6
expect 1 "did you mean 'length'" "unknown parameter" "$assay" generate heat-tiny --set lenght=2
expect 1 "--cases 5:3: expected A:B" "empty range of cases" "$assay" generate heat-tiny --cases 5:3
expect 1 "--cases 3: expected A:B" "a case that is no range" "$assay" generate heat-tiny --cases 3
expect 1 "and S > 0" "a step of nothing" "$assay" generate heat-tiny --cases 0:9:0
expect 1 "expected A:B or A:B:S" "too many colons" "$assay" generate heat-tiny --cases 0:9:2:1
expect 1 "--shard 0/3: expected i/n" "bad shard" "$assay" generate heat-tiny --shard 0/3
expect 1 "exclude each other" "cases and shard" "$assay" generate heat-tiny --shard 1/3 --cases 1:2
expect 5 "no/where: cannot" "missing folder" "$assay" generate heat-tiny -o no/where/x.nc
check "nothing was written" nothing_left
printf 'generator: heat\nparams:\n  n: 16\n  modes 3\n' >bad.yaml
expect 1 "bad.yaml:" "broken YAML" "$assay" generate bad.yaml
printf 'generator: heat\nparams:\n  n: 16\n  mdoes: 3\n' >bad.yaml
expect 1 "bad.yaml:4:10: no parameter 'mdoes' (did you mean 'modes'?" "key and place" "$assay" generate bad.yaml
rm bad.yaml

# ---- a dry run makes nothing and knows the disk
expect 0 "12 (0 to 11 of 12)" "dry run" "$assay" generate heat-tiny -n
expect 0 "3 (1 to 9, every 4 of 12)" "dry run of every fourth case" "$assay" generate heat-tiny -n --cases 1:10:4
expect 0 "cfdbench/cavity-tiny bc        1       5" "every seventh case by subsets" "$assay" generate cfdbench/cavity-tiny -n --cases ::7
expect 0 "cavity-tiny geo 1 5 " "a sample of them" sh -c "'$assay' generate cfdbench/cavity-tiny --sample 0.2 --cases ::7 | tr -s ' '"
expect 0 "cfdbench/cavity-tiny geo       4      20   61 kB" "dry run with subsets" "$assay" generate cfdbench/cavity-tiny -n
expect 0 '"needed_bytes": ' "dry run as JSON" "$assay" generate heat-tiny -n --json
"$assay" generate cfdbench/tube-tiny -n --json >dry.json 2>err || not_ok "dry run of the tube as JSON"
check "it holds the whole table of cases" python3 - dry.json <<'END'
import json, sys
dry = json.load(open(sys.argv[1]))
varying, constant = dry["varying"], dry["constant"]
assert varying["diameter"] == [0.1] * 12 + [0.05, 0.1, 0.1], varying["diameter"]
assert varying["inlet_velocity"][6:12] == [0.5, 0.8, 1.1, 1.4, 1.7, 2], varying["inlet_velocity"]
assert constant["across"] == 16 and constant["until"] == "repeat", constant
assert not set(varying) & set(constant)
END
rm -f dry.json
expect 0 "| total | 36 | 192 |" "dry run of several recipes" "$assay" generate heat-tiny cfdbench/cavity-tiny -n --markdown
expect 0 '"sampled": 6' "a measured sample" "$assay" generate cfdbench/cavity-tiny --sample 0.2 --json
expect 0 "s per case" "of several recipes" "$assay" generate heat-tiny cavity-tiny --sample 0.1
expect 1 "exclude each other" "a sample is no dry run" "$assay" generate heat-tiny -n --sample 0.1
expect 1 "one recipe at a time" "several recipes" "$assay" generate heat-tiny cavity-tiny
expect 1 "go with --dry-run or --sample" "JSON of nothing" "$assay" generate heat-tiny --json
expect 5 "not enough room on disk" "dry run: too large" "$assay" generate heat-2d -n --set n=8192 --set frames=100000
expect 5 "not enough room on disk" "run: too large" "$assay" generate heat-2d --set n=8192 --set frames=100000
check "nothing was written by them" nothing_left

# ---- one file whatever the workers, shards and interruptions
expect 0 "heat-tiny.nc: 12 cases" "generate" "$assay" generate heat-tiny
expect 0 "again.nc: 12 cases" "again" "$assay" generate heat-tiny -j 3 -o again.nc
check "the same bytes" cmp heat-tiny.nc again.nc
expect 1 "heat-tiny.nc exists; --force replaces it" "no silent overwriting" "$assay" generate heat-tiny
expect 0 "heat-tiny.nc: 12 cases" "force" "$assay" generate heat-tiny --force
expect 0 "complete already" "resume of a finished file" "$assay" generate heat-tiny --resume
expect 1 "'seed: 7' there, 'seed: 8' now" "resume with another seed" "$assay" generate heat-tiny --resume --set seed=8
for i in 1 2 3 4 5; do "$assay" generate heat-tiny --shard $i/5 >/dev/null 2>&1 || not_ok "shard $i"; done
expect 0 "merged.nc: 12 cases" "merge" "$assay" merge heat-tiny.shard-*.nc -o merged.nc
check "merged is the same file" cmp heat-tiny.nc merged.nc
expect 0 "ok: structure" "check a manifest" sh -c "'$assay' merge heat-tiny.shard-*.nc -o m.json --manifest && '$assay' check m.json"
expect 1 "in none of the shards" "merge with a gap" "$assay" merge heat-tiny.shard-[13]*.nc -o gap.nc
expect 0 "" "cases" "$assay" generate heat-tiny --cases 3:5
expect 0 "2 cases (from 3)" "cases have a name of their own" "$assay" info heat-tiny.cases-3-5.nc
expect 0 "heat-tiny.cases-0-12-2.nc: 6 cases" "every second case" "$assay" generate heat-tiny --cases ::2 -j 2
expect 0 "6 cases (from 0 to 10, not all)" "which says so" "$assay" info heat-tiny.cases-0-12-2.nc
expect 0 "the same bits again" "and can be made again" "$assay" check heat-tiny.cases-0-12-2.nc --regenerate 6
expect 0 "complete already" "and resumed" "$assay" generate heat-tiny --cases 0:12:2 --resume
expect 1 "holds other cases" "but not as its range" "$assay" generate heat-tiny --cases 0:6 -o heat-tiny.cases-0-12-2.nc --resume
expect 0 "" "the cases between" "$assay" generate heat-tiny --cases 1::2
expect 0 "merged-2.nc: 12 cases" "merge of both" "$assay" merge heat-tiny.cases-0-12-2.nc heat-tiny.cases-1-12-2.nc -o merged-2.nc
check "is the same file" cmp heat-tiny.nc merged-2.nc
for c in deflate zstd; do
  expect 0 "" "compress $c" "$assay" generate heat-tiny --compress $c -o $c.nc
  expect 0 "ok: structure" "check $c" "$assay" check $c.nc
done
expect 0 "" "the recipe in the file" sh -c "'$assay' info heat-tiny.nc --recipe >r.yaml && '$assay' generate r.yaml -o from.nc"
check "makes the same file" cmp heat-tiny.nc from.nc

# ---- names with a folder
expect 0 "cfdbench-cavity-tiny.nc: 24 cases" "a recipe in a folder: its slash is a dash" "$assay" generate cfdbench/cavity-tiny
expect 0 "recipe cfdbench/cavity-tiny" "the file has the whole name" "$assay" info cfdbench-cavity-tiny.nc
expect 0 "subsets     prop 12, bc 8, geo 4" "and its subsets" "$assay" info cfdbench-cavity-tiny.nc
expect 0 "" "its recipe" sh -c "'$assay' info cfdbench-cavity-tiny.nc --recipe >r.yaml && '$assay' generate r.yaml -o from.nc --force"
check "makes the same file" cmp cfdbench-cavity-tiny.nc from.nc
expect 0 "c.cases-1-2.nc: 1 cases" "a name of one's own" "$assay" generate cfdbench/cavity-tiny --cases 1:2 --set name=a/b/c -o c.cases-1-2.nc
expect 0 "cfdbench-cavity-tiny.shard-2-of-3.nc: 8 cases" "a shard of it" "$assay" generate cfdbench/cavity-tiny --shard 2/3
expect 1 "did you mean 'cfdbench/cavity-tiny'" "misspelt in a folder" "$assay" generate cfdbench/cavity-tny
expect 0 '"group": "cfdbench"' "listed in its group" "$assay" list recipes --json
mkdir -p datasets/recipes/own && "$assay" info heat-tiny.nc --recipe | sed '/^name:/d' >datasets/recipes/own/heat.yaml
expect 0 "own-heat.cases-0-1.nc: 1 cases" "named like a built-in one" "$assay" generate datasets/recipes/own/heat.yaml --cases 0:1

mkdir my && printf 'name: folded\nkind: operator\ndataset: cfdbench/cavity-tiny\nsplit: random\nfields: [u]\nmetrics: [nrmse]\n' >my/task.yaml
expect 0 "folded" "a task elsewhere names it" "$assay" run --task my/task.yaml --method mean
check "pages about it" sh -c "'$assay' report -o site && grep -q 'cfdbench/cavity-tiny' site/task-folded.html"
printf 'name: folded\nkind: operator\ndataset: sub/r.yaml\nsplit: random\nfields: [T]\nmetrics: [nrmse]\n' >my/task.yaml
expect 1 "my/sub/r.yaml: cannot open" "a file is seen from the task" "$assay" run --task my/task.yaml --method mean

expect 0 "cfdbench/cavity-tiny geo       4      20      20 " "check of several files has a table" \
  "$assay" check heat-tiny.nc cfdbench-cavity-tiny.nc
expect 0 "| total | 36 | 192 | 192 | - | 0 |" "the table as Markdown" "$assay" check heat-tiny.nc cfdbench-cavity-tiny.nc --markdown
expect 0 "convection scheme: 24 central of 24 cases" "check tells the schemes" "$assay" check cfdbench-cavity-tiny.nc
expect 0 "viscosity   16 explicit, 8 implicit of 24 cases" "info tells the schemes" "$assay" info cfdbench-cavity-tiny.nc
expect 0 '"unique_frames": 192' "the table as JSON" "$assay" check heat-tiny.nc cfdbench-cavity-tiny.nc --json

# ---- files that are none
expect 1 "cannot open" "check: missing file" "$assay" check none.nc
echo "this is no data set" >text.nc
expect 1 "not a data set" "check: text" "$assay" check text.nc
head -c 50000 heat-tiny.nc >short.nc
expect 1 "truncated or damaged" "check: truncated" "$assay" check short.nc
cp heat-tiny.nc flip.nc && printf '\001' | dd of=flip.nc bs=1 seek=60000 conv=notrunc 2>/dev/null
expect 1 "do not fit its SHA-256" "check: one bit" "$assay" check flip.nc
expect 1 "flip.nc: 1 problem in all" "check of several files: one bit" "$assay" check heat-tiny.nc flip.nc
expect 0 '"ok": true' "check as JSON" "$assay" check heat-tiny.nc --json --regenerate 2
expect 0 "the same bits again" "regenerate" "$assay" check heat-tiny.nc --regenerate 12

# ---- killed and resumed: slow enough to be caught in the middle
big="--set n=128 --set modes=62 --set frames=30"
# shellcheck disable=SC2086
"$assay" generate heat-tiny $big -j 2 -o whole.nc >out 2>err || not_ok "slow set"
half_done() { # until at least two parts are there
  i=0
  while [ "$(ls "$1" 2>/dev/null | grep -c '^case-[0-9]*$')" -lt 2 ] && [ $i -lt 600 ]; do sleep 0.02; i=$((i + 1)); done
}
# shellcheck disable=SC2086
"$assay" generate heat-tiny $big -j 2 -o cut.nc >out 2>err &
pid=$!
half_done cut.parts
kill -9 $pid
wait $pid 2>/dev/null
if [ -e cut.nc ] || [ ! -d cut.parts ]; then not_ok "killed: parts but no file"; else ok "killed: parts but no file"; fi
sleep 0.3 # its workers die with it
# shellcheck disable=SC2086
expect 1 "--resume goes on with it" "after kill -9: no silent restart" "$assay" generate heat-tiny $big -o cut.nc
# shellcheck disable=SC2086
expect 0 "cut.nc: 12 cases" "after kill -9: resume" "$assay" generate heat-tiny $big -j 1 -o cut.nc --resume
check "the same file as without interruption" cmp whole.nc cut.nc
check "no parts and no temporary files are left" sh -c '! ls -d cut.parts cut.nc.tmp-* 2>/dev/null'
rm -f cut.nc
# shellcheck disable=SC2086
"$assay" generate heat-tiny $big -j 2 -o cut.nc >out 2>err &
pid=$!
half_done cut.parts
kill -TERM $pid
wait $pid
code=$?
if [ $code -eq 2 ] && grep -q "interrupted: .* of 12 cases are kept in cut.parts" err; then ok "interrupted: says how to go on"
else not_ok "interrupted: exit code $code"; fi
check "no temporary files are left" sh -c '! ls cut.nc* cut.parts/*tmp* 2>/dev/null'
# shellcheck disable=SC2086
expect 0 "were there)" "after the interruption: resume" "$assay" generate heat-tiny $big -o cut.nc --resume
check "again the same file" cmp whole.nc cut.nc

# ---- a full disk
# shellcheck disable=SC2086
(ulimit -f 200; "$assay" generate heat-tiny $big -o full.nc >out 2>err)
code=$?
if [ $code -eq 5 ] && grep -q "File too large" err; then ok "file-size limit: exit code 5"; else not_ok "file-size limit: exit code $code"; fi
check "nothing half-written" sh -c '! ls -d full.nc* full.parts 2>/dev/null'
if [ "$(id -u)" -eq 0 ] && mkdir tiny && mount -t tmpfs -o size=3m none tiny 2>/dev/null; then
  "$assay" generate heat-tiny --set n=128 --set frames=20 -o tiny/x.nc >out 2>err
  code=$?
  if [ $code -eq 5 ] && grep -q "not enough room" err; then ok "small disk: refused before the start"; else not_ok "small disk: exit code $code"; fi
  umount tiny
fi

# ---- cases that fail: the set is completed, they are marked, code 2
expect 2 "10 of 10 cases diverged" "a step count beyond reach" \
  "$assay" generate cavity-tiny --set frame_interval=1e9 --set frames=3 -o diverged.nc
expect 0 "10 diverged" "the file is there and says so" "$assay" info diverged.nc
rm -f diverged.nc diverged.journal.jsonl

finish
