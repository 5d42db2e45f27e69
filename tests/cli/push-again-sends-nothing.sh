#!/bin/bash
# What a registry has is not sent again; between two repositories of one registry nothing is sent at all.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
start_registry plain
make_layout "$t/model" 1 2 3

run 0 aiops push "oci:$t/model:1" "$registry/noise" -o json
out_has '"blobs_sent":4,"blobs_existed":0,"blobs_mounted":0,"bytes_sent":6291'
sent=$(count_requests PUT blobs)
[ "$sent" = 4 ] || fail "$sent uploads for 4 blobs"
run 0 aiops push "oci:$t/model:1" "$registry/noise" -o json
out_has '"blobs_sent":0,"blobs_existed":4,"blobs_mounted":0,"bytes_sent":0,.*"manifests_sent":0'
run 0 aiops push "oci:$t/model:1" "$registry/noise"
err_has "$registry/noise:1 is already there"
[ "$(count_requests '(PUT|POST|PATCH)' '')" = 9 ] || fail "an unchanged push writes: $(cat "$registry_log")"
run 0 aiops push "oci:$t/model:1" "$registry/noise:2" -o json
out_has '"blobs_sent":0.*"manifests_sent":1'
run 0 aiops copy "$registry/noise:1" "$registry/elsewhere:1" -o json
out_has '"bytes_sent":0,.*"manifests_sent":1'
[ "$(count_requests PUT blobs)" = 4 ] || fail "a copy inside the registry sends blobs"
run 0 aiops pull "$registry/elsewhere:1" -q
out_is "$digest"
