#!/bin/bash
# pull --key refuses an unsigned or strangely signed artifact before it asks for a layer, and leaves nothing.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
start_registry plain
make_layout "$t/model" 1
cd "$t"
run 0 aiops copy "oci:model:1" noise:1
run 0 aiops key generate --out mine --no-passphrase
run 0 aiops key generate --out other --no-passphrase
layer=$(sha256sum model.files/part-1.bin | cut -d' ' -f1)

run 0 aiops push noise:1 "$registry/noise:1"
run 3 aiops pull "$registry/noise:1" -d files --key mine.pub -o json
err_has '"reason":"unsigned"'
run 0 aiops sign noise:1 --key other.key
run 0 aiops push noise:1 "$registry/noise:1"
run 3 aiops pull "$registry/noise:1" -d files --key mine.pub -o json
err_has '"reason":"untrusted-key"'
out_empty
[ "$(count_requests GET "$layer")" = 0 ] || fail "a layer was fetched before the decision"
[ ! -e files ] || fail "a refused pull left $(ls files)"
run 0 aiops pull "$registry/noise:1" -d files --key mine.pub --key other.pub
cmp model.files/part-1.bin files/part-1.bin
