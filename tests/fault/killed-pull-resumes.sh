#!/bin/bash
# A pull that is killed with -9 ten times, anywhere in it, comes to its end with at most 1.15 of the payload on the wire: into
# the store and into a directory. Nothing is visible before it is whole. AIOPS_TEST_MIB sets the size of its five blobs.
kill_mib=${AIOPS_TEST_MIB:-300}
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
. "$SOURCE/tests/fault/kill.sh"

make_layout "$t/model" "$kill_mib" "$kill_mib" "$kill_mib" "$kill_mib" "$kill_mib"
payload=$((5 * kill_mib << 20))
start_fake rate=80000000
run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
rm -rf "$t/model"
mkdir "$t/place"

killed_ten_times() { # PULL'S ARGUMENTS...
  local before place
  before=$(counted sent)
  for place in $(random_places 10 "$payload"); do
    kill_at $((before + place)) sent aiops --store "$t/store" pull "$registry/m:1" "$@" -q
    run 0 aiops --store "$t/store" store check
    [ ! -e "$t/place/files" ] || fail "files are visible before the pull is complete"
    run 0 aiops --store "$t/store" ls
    ! grep pulled "$t/out" || fail "a name before the artifact is whole"
  done
  run 0 aiops --store "$t/store" pull "$registry/m:1" "$@" -q
  out_is "$digest"
  at_most 115 $(($(counted sent) - before)) "$payload" "sent after ten kills of pull $*"
  run 0 aiops --store "$t/store" store check
}

killed_ten_times -t pulled:1
rm -rf "$t/store"
killed_ten_times -d "$t/place/files"
diff -r "$t/model.files" "$t/place/files"
[ "$(ls -A "$t/place")" = files ] || fail "leftovers of killed pulls: $(ls -A "$t/place")"
