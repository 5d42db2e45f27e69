#!/bin/bash
# --only and --include fetch nothing else: the registry is asked for one blob.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 1 2 3
start_fake
run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
run 0 aiops pull "$registry/m:1" -d "$t/files" --include part-2.bin -q
[ "$(ls "$t/files")" = part-2.bin ] || fail "other files: $(ls "$t/files")"
[ "$(counted requests 'GET blobs')" = 1 ] || fail "more than one blob was asked for: $(grep ^GET "$registry_log")"
[ "$(counted blobs "sha256:$(sha256sum "$t/model.files/part-2.bin" | cut -d' ' -f1)" sent)" = 2097152 ] || fail "not the whole blob"
run 5 aiops pull "$registry/m:1" -d "$t/none" --only docs -q
[ "$(counted requests 'GET blobs')" = 1 ] || fail "a blob was asked for in vain"
