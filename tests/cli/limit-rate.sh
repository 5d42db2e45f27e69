#!/bin/bash
# --limit-rate holds for all connections together and both ways, is a setting, and does not look like a stall.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 1 1 1
start_fake
seconds() { local began=$EPOCHREALTIME; "$@"; echo $(((${EPOCHREALTIME/./} - ${began/./}) / 1000)); }
took=$(seconds run 0 aiops push "oci:$t/model:1" "$registry/m:1" --limit-rate 2M --jobs 3 -q)
[ "$took" -ge 1300 ] || fail "3 MiB at 2 MiB/s went in $took ms"
took=$(seconds run 0 env AIOPS_REGISTRY_LIMIT_RATE=2M aiops pull "$registry/m:1" -d "$t/files" --jobs 3 -q)
[ "$took" -ge 1300 ] || fail "3 MiB at 2 MiB/s came in $took ms"
cmp "$t/model.files/part-3.bin" "$t/files/part-3.bin"
dd if=/dev/urandom of="$t/bytes" bs=1024 count=12 status=none
mkdir "$t/dir" && mv "$t/bytes" "$t/dir/b.bin"
run 0 aiops pack "$t/dir" -t slow:1 -q
run 0 aiops push slow:1 "$registry/s:1" --limit-rate 4K --timeout 1 --retries 0 -q # slower than a stalled one, by our own will
run 2 aiops tags "$registry/m" --limit-rate 5
err_has 'at least 1K'
run 2 aiops tags "$registry/m" --limit-rate fast
