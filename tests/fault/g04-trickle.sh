#!/bin/bash
# G4: a server that keeps sending a few bytes a second is as bad as a silent one: a minimum rate bounds it.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 12
start_fake 'GET;blobs/sha256;1;trickle;after=3000000;rate=200'
run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
run 0 aiops pull "$registry/m:1" -d "$t/files" --timeout 2 -q
cmp "$t/model.files/part-1.bin" "$t/files/part-1.bin"
grep -q '^GET .* 206 .*range=' "$registry_log" || fail "not resumed: $(cat "$registry_log")"
start_fake 'GET;blobs/sha256;*;stall;after=1000' # a thousand bytes an attempt are no progress that could go on for ever
run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
run 6 aiops pull "$registry/m:1" -d "$t/never" --timeout 1 --retries 2
err_has 'at byte 3000 of'
[ ! -e "$t/never" ] || fail "files of a pull that failed"
