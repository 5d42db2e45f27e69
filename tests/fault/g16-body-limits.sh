#!/bin/bash
# G16: a proxy refuses large bodies, with 413 or 524. Smaller pieces are tried and remembered; else the error names the limit.
layer_mib=9
. "$(dirname "$0")/lib-push.sh"
push 0 put-limit=5000000:nginx patch-limit=5000000:nginx
asked 1 PUT "uploads/.*${layer#*:}"' 413'
asked 3 PATCH uploads
at_most 105
rm "$XDG_STATE_HOME"/aiops/registry/hosts/*.blobs # else it is mounted
push_again 0 other
asked 1 PUT "uploads/.*${layer#*:}"' 413' # not tried whole again
push 0 put-limit=1500000:nginx patch-limit=1500000:nginx
asked 1 PATCH 'uploads/[^ ]* 413'
push 1 put-limit=100000:nginx patch-limit=100000:nginx
err_has 'or a proxy before it limits bodies \(413\).*; not even 1.0 MiB at a time pass'
err_has 'client_max_body_size'
flags=(--chunk-size 4MiB)
push 0 patch-limit=1500000:524 put-limit=1500000:nginx
