#!/bin/bash
# G21: the blob appears meanwhile because somebody else pushes it, too. Both succeed.
layer_mib=8
. "$(dirname "$0")/lib-push.sh"
start_fake keeps up-rate=8000000
for i in 1 2 3; do
  aiops push "oci:$t/model:1" "$registry/m:$i" -q >"$t/out$i" 2>&1 &
  pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid" || fail "one pusher failed: $(cat "$t"/out?)"; done
[ "$(cat "$t"/out? | sort -u)" = "$digest" ] || fail "$(cat "$t"/out?)"
[ -z "$(ls "$XDG_STATE_HOME"/aiops/registry/uploads)" ] || fail "the journal is not empty"

push 0 'PUT;uploads;1;then-409;body=somebody was faster'
asked 1 PUT "uploads/.*${layer#*:}"
push 0 keeps 'PATCH|PUT;uploads;1;rst;after=3000000' 'HEAD;blobs;1+1;200' # while we were cut
asked 1 PUT "uploads/.*${layer#*:}"
