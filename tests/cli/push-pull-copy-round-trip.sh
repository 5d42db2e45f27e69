#!/bin/bash
# An artifact goes store -> registry -> store -> archive -> layout -> registry -> files with the same digest and bytes.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
start_registry plain
make_layout "$t/model" 1 3 0.5 0

run 0 aiops copy "oci:$t/model:1" team/noise:1 -q
out_is "$digest"
run 0 aiops push team/noise:1 "$registry/team/noise"
out_is "$digest $registry/team/noise:1"
err_has "^pushed team/noise:1 to $registry/team/noise:1: 5 of 5 blobs, 4\.5 MiB, in "
export AIOPS_STORE=$t/second-store
run 0 aiops pull "$registry/team/noise:1"
out_is "$digest team/noise:1"
err_has "^pulled $registry/team/noise:1 as team/noise:1: 5 of 5 blobs, "
run 0 aiops pull "$registry/team/noise:1"
err_has 'already there'
run 0 aiops copy team/noise:1 "archive:$t/noise.tar"
run 0 aiops copy "archive:$t/noise.tar:1" "oci:$t/layout:two"
out_is "$digest oci:$t/layout:two"
run 0 aiops copy "oci:$t/layout:two" "$registry/again/noise" -q
out_is "$digest"
run 0 aiops pull "$registry/again/noise@$digest" -d "$t/files" -o json
out_has '"files":\["part-1.bin","part-2.bin","part-3.bin","part-4.bin"\]'
diff -r "$t/model.files" "$t/files" || fail "other files came out"
run 2 aiops pull team/noise:1
err_has 'aiops unpack'
run 2 aiops push team/noise:1
err_has 'names no registry'
