#!/bin/bash
# G3: a server that goes silent in the middle of a blob, without a FIN: the watch breaks the connection and the pull goes on.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 12
start_fake 'GET;blobs/sha256;1;stall;after=3000000'
run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
run 0 aiops pull "$registry/m:1" -d "$t/files" --timeout 1 -q
cmp "$t/model.files/part-1.bin" "$t/files/part-1.bin"
grep -q '^GET .* 206 .*range=' "$registry_log" || fail "not resumed: $(cat "$registry_log")"
start_fake 'GET;manifests;1;stall;after=0' # nor does a server that never answers at all
run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
start=$SECONDS
run 6 aiops pull "$registry/m:1" --timeout 1 --retries 0
[ $((SECONDS - start)) -lt 60 ] || fail "waited $((SECONDS - start)) s"
err_has 'stalled'
