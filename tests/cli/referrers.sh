#!/bin/bash
# referrers lists who refers to an artifact in the store, a layout and a registry; the type is decided here.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 1
cd "$t"
run 0 aiops key generate --out k --no-passphrase
run 0 aiops copy oci:model:1 noise:1
run 0 aiops referrers noise:1
out_empty
run 0 aiops referrers noise:1 -o json
out_is '[]'
run 0 aiops sign noise:1 --key k.key
start_registry plain
run 0 aiops push noise:1 "$registry/n:1" -q
run 0 aiops copy "$registry/n:1" oci:back:1 --referrers
bundle=application/vnd.dev.sigstore.bundle.v0.3+json

run 0 aiops referrers noise:1 -q
sort out >signatures
[ "$(wc -l <signatures)" = 2 ] || fail "not two signatures: $(cat out)"
for place in "$registry/n:1" "$registry/n@$digest" oci:back:1; do
  run 0 aiops referrers "$place" -q
  sort out | cmp - signatures
  run 0 aiops referrers "$place"
  out_has "^sha256:[0-9a-f]{64}"$'\t'"${bundle/+/.}"$'\t[0-9]'
  run 0 aiops referrers "$place" --artifact-type "$bundle" -o json
  out_has '"mediaType":"application/vnd.oci.image.manifest.v1\+json","digest":"sha256:.*"annotations":\{.*"artifactType"'
  run 0 aiops referrers "$place" --artifact-type text/plain
  out_empty
done
run 5 aiops referrers "$registry/n:2"
run 0 aiops inspect "$registry/n:1" --referrers -q
sort out | cmp - signatures
