#!/bin/bash
# kill -9 at 50 random instants of push and 50 of pull: the next run completes, and no half file is ever visible.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
. "$SOURCE/tests/fault/kill.sh"

start_registry plain
make_model "$t/model" 48
digest=$(aiops pack "$t/model" -t m:1 -q)
duration=$(seconds aiops push m:1 "$registry/timing:1")
for i in $(seq 50); do
  kill_within "$duration" aiops push m:1 "$registry/killed$((i / 10)):1"
  run 0 aiops store check
done
for i in 0 1 2 3 4 5; do
  run 0 aiops push m:1 "$registry/killed$i:1" -q
  out_is "$digest"
done

duration=$(seconds aiops --store "$t/timing" pull "$registry/killed0:1" -d "$t/timing-out")
for i in $(seq 50); do
  kill_within "$duration" aiops --store "$t/pulled" pull "$registry/killed0:1" -d "$t/files"
  [ ! -d "$t/pulled" ] || run 0 aiops --store "$t/pulled" store check
  for file in "$t"/files/*; do  # whatever has appeared under its own name is whole
    [ ! -e "$file" ] || cmp "$file" "$t/model/${file##*/}"
  done
  ((i % 10)) || rm -rf "$t/pulled" "$t/files"
done
rm -rf "$t/files"
run 0 aiops --store "$t/pulled" pull "$registry/killed0:1" -d "$t/files" -q
out_is "$digest"
for file in "$t"/model/*; do cmp "$file" "$t/files/${file##*/}"; done
say_kills
