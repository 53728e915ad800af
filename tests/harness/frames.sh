#!/bin/sh
# A set whose cases have different numbers of frames, all the way: made, merged, resumed, checked,
# exported, drawn and used in tasks. Usage: frames.sh PROGRAM
set -u
. "$(dirname "$0")/tap.sh"
set=cfdbench/cylinder-tiny file=cfdbench-cylinder-tiny

# ---- before it is made
expect 0 "each      18 to 36 frames of y = 16, x = 24" "dry run: from the fewest to the most" \
  "$assay" generate $set -n
expect 0 "each      18 frames of" "those of the cases that are made" "$assay" generate $set -n --cases 0:12
expect 0 "| $set geo | 4 | 144 |" "dry run: frames of a subset" "$assay" generate $set -n --markdown
expect 0 "each      5 frames of" "--set frames: all of them" "$assay" generate $set -n --set frames=5

# ---- one file whatever the workers, shards and interruptions
expect 0 "$file.nc: 16 cases" "generate" "$assay" generate $set -j 1
expect 0 "two.nc: 16 cases" "with two workers" "$assay" generate $set -j 2 -o two.nc
check "the same bytes" cmp $file.nc two.nc
for i in 1 2 3; do "$assay" generate $set --shard $i/3 >/dev/null 2>&1 || not_ok "shard $i"; done
expect 0 "merged.nc: 16 cases" "merge" "$assay" merge $file.shard-*.nc -o merged.nc
check "merged is the same file" cmp $file.nc merged.nc
expect 0 "x 18 frames every" "a shard of short cases is short for readers" \
  sh -c "'$assay' generate $set --cases 0:2 -o s.nc && '$assay' info s.nc --json | grep -q '\"fewest_frames\": 18' && echo 'x 18 frames every'"
expect 0 "ok: structure" "check a manifest" \
  sh -c "'$assay' merge $file.shard-*.nc -o m.json --manifest && '$assay' check m.json"
expect 0 "" "its own recipe" sh -c "'$assay' info $file.nc --recipe >r.yaml && '$assay' generate r.yaml -o from.nc"
check "makes the same file" cmp $file.nc from.nc
expect 0 "ok: structure" "compressed" \
  sh -c "'$assay' generate $set --compress deflate -o z.nc && '$assay' check z.nc"

# ---- or of the sets of its subsets, without computing anything anew
one() { # NAME FRAMES LOOP
  printf 'generator: cylinder\nfields: [u, v, p, mask, drag_coefficient, lift_coefficient]\nparams: {nx: 24, ny: 16, cells_per_diameter: 10, frames: %s, frame_interval: 5e-3}\nsweep: [%s]\n' \
    "$2" "$3" >"$1.yaml"
  "$assay" generate "$1.yaml" -o "$1.nc" >out 2>err || not_ok "set of $1"
}
one prop 18 '{kind: zip, values: {density: [20, 20, 5, 10, 10, 15], viscosity: [1e-3, 5e-3, 1e-3, 1e-3, 5e-3, 2e-3]}}'
one bc 18 '{kind: linspace, n: 6, ranges: {inlet_velocity: [0.25, 1.5]}}'
one geo 36 '{kind: zip, values: {diameter: [0.03, 0.02, 0.02, 0.02], upstream: [0.06, 0.04, 0.06, 0.06], below: [0.06, 0.06, 0.08, 0.1]}}'
expect 0 "joined.nc: 16 cases" "cases of other recipes" "$assay" merge geo.nc prop.nc bc.nc --recipe $set -o joined.nc
check "make the same file" cmp $file.nc joined.nc
expect 1 "case 6 of recipe '$set' is in none of the files" "not all are there" \
  "$assay" merge geo.nc prop.nc --recipe $set -o none.nc
one short 35 '{kind: zip, values: {diameter: [0.03, 0.02, 0.02, 0.02], upstream: [0.06, 0.04, 0.06, 0.06], below: [0.06, 0.06, 0.08, 0.1]}}'
expect 1 "case 12 of recipe '$set' is in none" "a frame too few is another case" \
  "$assay" merge short.nc prop.nc bc.nc --recipe $set -o none.nc
sed 's/, mask//' bc.yaml >less.yaml
expect 1 "its fields or their precision are not those" "fields that differ" \
  sh -c "'$assay' generate less.yaml && '$assay' merge geo.nc prop.nc less.nc --recipe $set -o none.nc"
expect 1 "generator is 'heat', that of recipe '$set' is 'cylinder'" "another generator" \
  sh -c "'$assay' generate heat-tiny && '$assay' merge heat-tiny.nc --recipe $set -o none.nc"
expect 1 "a manifest names shards of one recipe" "no manifest of them" \
  "$assay" merge geo.nc prop.nc bc.nc --recipe $set --manifest -o none.json
expect 1 "case 0 of recipe 'heat-tiny' is in none" "what is drawn at random goes by seed" \
  sh -c "'$assay' generate heat-tiny --set seed=8 -o eight.nc && '$assay' merge eight.nc --recipe heat-tiny -o none.nc"
expect 0 "heat.nc: 12 cases" "and by index" "$assay" merge heat-tiny.nc --recipe heat-tiny -o heat.nc
check "nothing else was written" test ! -e none.nc -a ! -e none.json

# longer, to be caught in the middle
sed 's/frames: 18$/frames: 54/; s/frames: 36$/frames: 108/' r.yaml >slow.yaml
check "a longer recipe" sh -c "grep -q 'frames: 54' slow.yaml && grep -q 'frames: 108' slow.yaml"
"$assay" generate slow.yaml -j 2 -o whole.nc >out 2>err || not_ok "slow set"
"$assay" generate slow.yaml -j 2 -o cut.nc >out 2>err &
pid=$!
i=0
while [ "$(ls cut.parts 2>/dev/null | grep -c '^case-[0-9]*$')" -lt 2 ] && [ $i -lt 600 ]; do sleep 0.02; i=$((i + 1)); done
kill -9 $pid
wait $pid 2>/dev/null
sleep 0.3 # its workers die with it
check "killed: parts but no file" test -d cut.parts -a ! -e cut.nc
expect 0 "cut.nc: 16 cases" "resume" "$assay" generate slow.yaml -j 1 -o cut.nc --resume
check "the same file as without interruption" cmp whole.nc cut.nc

# ---- what is not there takes no room: three fields of 16 x 36 frames alone would be larger
check "the tail is not on disk" test "$(stat -c %s $file.nc)" -lt $((3 * 16 * 36 * 24 * 16 * 4))

# ---- readers
expect 0 "16 cases (from 0) x 18 to 36 frames every 0.005 s" "info" "$assay" info $file.nc
expect 0 '"all_frames": 360' "info as JSON" "$assay" info $file.nc --json
expect 0 "the same bits again" "check, and some cases made again" "$assay" check $file.nc --regenerate 16
expect 0 "$set geo       4     144     144" "check: frames of a subset" "$assay" check $file.nc
expect 0 "" "view the last frame of a short case" "$assay" view $file.nc --case 3 --frame 17 -o short.png
expect 1 "frames 18 to 18 are not among the frames 0 to 17 of case 3" "there are no more" \
  "$assay" view $file.nc --case 3 --frame 18 -o none.png
expect 0 "" "a long case has them" "$assay" view $file.nc --case 13 --frame 35 -o long.png

expect 0 "" "export to CFDBench" "$assay" export $file.nc --as cfdbench -o tree
size() { # of an array of so many frames
  echo $((128 + $1 * 16 * 24 * 8))
}
check "frames of prop" test "$(stat -c %s tree/cylinder/prop/case0050/u.npy)" -eq "$(size 18)"
check "frames of geo" test "$(stat -c %s tree/cylinder/geo/case0165/v.npy)" -eq "$(size 36)"
expect 0 "" "export to tables" "$assay" export $file.nc --as csv -o tables
check "a line per frame" test "$(wc -l <tables/frames.csv)" -eq 361
expect 0 "" "export to arrays" "$assay" export $file.nc --as npy -o arrays
check "arrays are rectangular" test "$(stat -c %s arrays/u.npy)" -eq $((128 + 16 * 36 * 16 * 24 * 4))
check "and say what is there" sh -c "tr -d ' \\n' <arrays/set.json | grep -q '\"n_frames\":\\[18,18,18,18,18,18,18,18,18,18,18,18,36,36,36,36\\]'"

# ---- tasks: a case is asked for its own frames, and how many they are is not given
task() { # KIND SPLIT
  printf 'name: %s-%s\nkind: %s\ndataset: %s\nsplit: %s\nfields: [u, v]\nmetrics: [vrmse]\n' \
    "$1" "$2" "$1" $set "$2" >"$1-$2.yaml"
  [ "$1" = operator ] || echo 'first: 2' >>"$1-$2.yaml"
}
for split in random unseen-geometry; do
  task forecast $split && task operator $split
  for method in mean persistence pod_dmd; do
    expect 0 "ok" "forecast, $split, $method" "$assay" run --task forecast-$split.yaml --method $method
  done
  for method in mean pod_ridge; do
    expect 0 "ok" "operator, $split, $method" "$assay" run --task operator-$split.yaml --method $method
  done
done
for f in work/tasks/*/inputs.nc work/tasks/*/train.nc; do
  check "$(basename "$(dirname "$f")" | cut -d- -f1-2) $(basename "$f"): no parameter frames" \
    sh -c "'$assay' info $f --json | grep -q '\"name\": \"diameter\"' && ! '$assay' info $f --json | grep -q '\"name\": \"frames\"'"
done
expect 0 "x 0 to 35 frames" "operator, unseen geometries: all frames but the start" \
  sh -c "'$assay' info work/tasks/operator-unseen*/inputs.nc"
expect 0 "x 18 to 36 frames" "trained on cases as long as they are" \
  sh -c "'$assay' info work/tasks/operator-random*/train.nc"

finish
