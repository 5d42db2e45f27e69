#!/bin/bash
# G40: a registry has learnt the referrers API, and what older clients put under the fallback tag is not in its list.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 1
cd "$t"
run 0 aiops key generate --out k --no-passphrase
start_fake 'GET;referrers;*;200;Content-Type=application/vnd.oci.image.index.v1+json;body={"schemaVersion":2,"manifests":[]}'
run 0 aiops push oci:model:1 "$registry/m:1" -q
run 0 aiops sign "$registry/m:1" --key k.key
grep -q 'PUT .*manifests/sha256-' "$registry_log" || fail "no fallback tag"
run 0 aiops referrers "$registry/m:1" -q
[ "$(sort -u out | wc -l)" = 2 ] && [ "$(wc -l <out)" = 2 ] || fail "not two referrers: $(cat out)"
run 0 aiops verify "$registry/m:1" --key k.pub
