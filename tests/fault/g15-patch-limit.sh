#!/bin/bash
# G15: 416 "exceeds the maximum permissible limit of 4.00MiB" (GHCR) to a PATCH. One PUT or smaller pieces; remembered for the host.
layer_mib=9
. "$(dirname "$0")/lib-push.sh"
flags=(--chunk-size 8MiB)
push 0 patch-limit=4194304:ghcr
asked 4 PATCH uploads # 8 refused, 4, 4, 1
rm "$XDG_STATE_HOME"/aiops/registry/hosts/*.blobs # else it is mounted
push_again 0 other
asked 7 PATCH uploads # nothing refused
grep -q '"patch_limit":4194304' "$XDG_STATE_HOME"/aiops/registry/hosts/*.limits || fail "not remembered"
flags=()
push 0 keeps patch-limit=4194304:ghcr 'PUT;uploads;1;rst;after=1000000' # the rest in one PATCH would do elsewhere
at_most 130
push 0 patch-limit=2097152:ghcr put-limit=3145728:nginx # neither is taken whole
at_most 105

start_fake # the table of quirks knows the host, so nothing has to be refused first
run 0 env "http_proxy=http://$registry" aiops push "oci:$t/model:1" ghcr.io/m:1 --plain-http --chunk-size 8MiB -q
asked 3 PATCH 'http://ghcr.io/.*uploads'
