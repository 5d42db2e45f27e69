#!/bin/bash
# kill -9 at 50 random instants of push and 50 of pull: the next run completes, and no half file is ever visible.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
. "$SOURCE/tests/fault/kill.sh"

start_registry plain
make_model "$t/model" 48
digest=$(aiops pack "$t/model" -t m:1 -q)
duration=$(seconds aiops push m:1 "$registry/timing:1")
while until_killed 50; do
  kill_within "$duration" aiops push m:1 "$registry/killed$((killed / 10)):1"
  run 0 aiops store check
done
for i in 0 1 2 3 4 5; do
  run 0 aiops push m:1 "$registry/killed$i:1" -q
  out_is "$digest"
done

whole() { # DIR: whatever has appeared there under its own name is whole
  local file
  for file in "$1"/*; do [ ! -e "$file" ] || cmp "$file" "$t/model/${file##*/}"; done
}
mkdir "$t/place"
for way in "-d $t/place/files" "-t pulled:1"; do
  # shellcheck disable=SC2086 # two words
  duration=$(seconds aiops --store "$t/timing" pull "$registry/killed0:1" ${way/place/timing})
  killed=0 finished=0
  while until_killed 25; do
    # shellcheck disable=SC2086
    kill_within "$duration" aiops --store "$t/pulled" pull "$registry/killed0:1" $way
    [ ! -d "$t/pulled" ] || run 0 aiops --store "$t/pulled" store check
    whole "$t/place/files"
    if [ -e "$t/place/files" ] || ((RANDOM % 4 == 0)); then rm -rf "$t/pulled" "$t/place/files"; fi
  done
  rm -rf "$t/place/files"
  # shellcheck disable=SC2086
  run 0 aiops --store "$t/pulled" pull "$registry/killed0:1" $way -q
  out_is "$digest"
  [ ! -e "$t/place/files" ] || diff -r "$t/model" "$t/place/files"
  [ -z "$(find "$t/place" -name '.files*')" ] || fail "leftovers of killed pulls: $(ls -A "$t/place")"
done
run 0 aiops --store "$t/pulled" store check
say_kills
