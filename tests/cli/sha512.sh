#!/bin/bash
# Digests by sha512 are as good as by sha256: from a layout to a registry, back, to the store, unpacked; a flipped bit is found.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/narrow" 1
python3 "$SOURCE/tests/rig/widen_layout.py" "$t/narrow" "$t/wide" >"$t/digests"
{ read -r layer; read -r wide; read -r narrow; } <"$t/digests"
start_fake
run 0 aiops copy "oci:$t/wide:1" "$registry/m:1" -q
out_is "$narrow"
run 0 aiops copy "$registry/m:1" "oci:$t/back:1" -q
cmp "$t/narrow.files/part-1.bin" "$t/back/blobs/${layer/://}"
run 0 aiops pull "$registry/m:1" -q
out_is "$narrow"
run 0 aiops unpack "$registry/m:1" -d "$t/files"
cmp "$t/narrow.files/part-1.bin" "$t/files/part-1.bin"
curl -sf -T "$t/wide/blobs/${narrow/://}" -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' "http://$registry/v2/m/manifests/$wide"
run 0 aiops pull "$registry/m@$wide" -d "$t/by-digest"
cmp "$t/narrow.files/part-1.bin" "$t/by-digest/part-1.bin"
run 0 aiops pull "$registry/m@$wide" -t wide:1 -q
out_is "$wide"
run 0 aiops unpack wide:1 -d "$t/stored"
cmp "$t/narrow.files/part-1.bin" "$t/stored/part-1.bin"
run 0 aiops copy wide:1 "oci:$t/wide-name:1" -q
out_is "$wide"
for path in "manifests/$wide" "blobs/$layer"; do
  change_fake "GET;$path;*;flip"
  run 3 aiops pull "$registry/m@$wide" -d "$t/none"
  err_has 'sha512:'
done
printf "not these bytes" | dd of="$t/back/blobs/${layer/://}" bs=1 seek=9 conv=notrunc status=none
run 3 aiops pull "oci:$t/back:1" -d "$t/none"
err_has 'sha512:'
[ ! -e "$t/none" ] || fail "bytes that are wrong were kept"
