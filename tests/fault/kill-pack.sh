#!/bin/bash
# kill -9 at 50 random instants of pack: the store stays consistent, the next run completes, the digest is the same.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/fault/kill.sh"

make_model "$t/model" 48
reference=$(aiops pack "$t/model" -t whole:1 -q)
duration=$(seconds aiops --store "$t/timing" pack "$t/model" -t timing:1)
while until_killed 50; do
  kill_within "$duration" aiops --store "$t/killed" pack "$t/model" -t m:1
  [ -d "$t/killed" ] || continue
  run 0 aiops --store "$t/killed" store check
  if ((killed % 10 == 0)); then
    run 0 aiops --store "$t/killed" pack "$t/model" -t m:1 -q
    out_is "$reference"
    rm -rf "$t/killed"
  fi
done
run 0 aiops --store "$t/killed" pack "$t/model" -t m:1 -q
out_is "$reference"
run 0 aiops --store "$t/killed" store gc
run 0 aiops --store "$t/killed" store check
say_kills
