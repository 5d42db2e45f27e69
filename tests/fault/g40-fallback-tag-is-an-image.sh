#!/bin/bash
# G40: somebody's image under the fallback tag hides nothing that the API lists, and is not overwritten.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 1
cd "$t"
run 0 aiops copy oci:model:1 noise:1
run 0 aiops key generate --out k --no-passphrase
fallback=sha256-${digest#*:}
start_registry plain
run 0 aiops push noise:1 "$registry/m:1" -q
run 0 aiops push noise:1 "$registry/m:$fallback" -q
run 0 aiops referrers "$registry/m:1"
out_empty
run 1 aiops sign "$registry/m:1" --key k.key
err_has "$fallback is not an index"
run 0 aiops inspect "$registry/m:$fallback" -q
out_is "$digest"
run 3 aiops verify "$registry/m:1" --key k.pub

start_fake referrers # with an API the tag is just a tag
run 0 aiops push noise:1 "$registry/m:1" -q
run 0 aiops push noise:1 "$registry/m:$fallback" -q
run 0 aiops sign "$registry/m:1" --key k.key
run 0 aiops verify "$registry/m:1" --key k.pub
