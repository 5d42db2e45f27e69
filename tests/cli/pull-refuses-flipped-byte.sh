#!/bin/bash
# One flipped byte on the server's disk: exit 3, the digest is named, and neither files nor store entry appear.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
start_registry plain
make_layout "$t/model" 1 2
run 0 aiops push "oci:$t/model:1" "$registry/noise"
layer=$(sha256sum "$t/model.files/part-2.bin" | cut -d' ' -f1)
file=$registry_data/docker/registry/v2/blobs/sha256/${layer:0:2}/$layer/data
byte=$(dd if="$file" bs=1 skip=1000000 count=1 status=none | od -An -tu1)
printf "\\x$(printf %x $((byte ^ 1)))" | dd of="$file" bs=1 seek=1000000 conv=notrunc status=none

run 3 aiops pull "$registry/noise:1" -d "$t/files" -o json
err_has '"reason":"digest-mismatch"'
out_empty
[ ! -e "$t/files" ] || fail "files appeared: $(ls "$t/files")"
[ -z "$(find "$t" -maxdepth 1 ! -path "$t" -name '.*')" ] || fail "a staging place was left: $(ls -A "$t")"
run 3 aiops pull "$registry/noise:1"
err_has "${layer:0:12}"
run 5 aiops copy noise:1 "oci:$t/copy:1"
