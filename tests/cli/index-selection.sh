#!/bin/bash
# Of an index its one model is unpacked, whatever lies beside it; of several the person names one, and is told how. Copies keep all.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 1
make_layout "$t/other" 1 && other=$digest
cp "$t/other/blobs/sha256/"* "$t/model/blobs/sha256/"
digest=sha256:$(sha256sum "$(grep -l model.manifest "$t/model/blobs/sha256/"* | grep -v "${other#*:}")" | cut -d' ' -f1)
index() { python3 "$SOURCE/tests/rig/make_index.py" "$t/model" "$@" >"$t/index-$1"; }
index mixed image attestation "$digest" referrer image
index images attestation image
index several "$digest,linux/amd64" attestation "$other,linux/arm64,org.opencontainers.image.title=small one"
index nothing image image
start_fake checks-blobs
for tag in mixed several images; do
  run 0 aiops copy "oci:$t/model:$tag" "$registry/m:$tag" -q
  out_is "$(cat "$t/index-$tag")"
done
for place in "oci:$t/model" "$registry/m"; do
  run 0 aiops unpack "$place:mixed" -d "$t/files" -q
  cmp "$t/model.files/part-1.bin" "$t/files/part-1.bin"
  rm -r "$t/files"
  run 0 aiops inspect "$place:mixed" --config-blob
  out_has '"noise"'
  run 2 aiops unpack "$place:several" -d "$t/files"
  err_has "an index of 2 models: $digest \\(linux/amd64\\); $other \\(linux/arm64, small one\\)\$"
  mend=$(sed -n 's/^  try: name one: //p' "$t/err")
  [ "$mend" = "$place@$digest" ]
  run 0 aiops unpack "$place@$other" -d "$t/files" -q
  cmp "$t/other.files/part-1.bin" "$t/files/part-1.bin"
  rm -r "$t/files"
done
run 0 aiops unpack "$mend" -d "$t/files" -q
cmp "$t/model.files/part-1.bin" "$t/files/part-1.bin"
run 2 aiops unpack "oci:$t/model:nothing" -d "$t/none"
err_has 'an index of 2 manifests, none a model: sha256:'
run 5 aiops unpack "$registry/m:images" -d "$t/none"
run 0 aiops copy "$registry/m:several" "oci:$t/back:1" -q
for file in $(grep -ohE 'sha256:[0-9a-f]{64}' "$t/model/blobs/sha256/$(cut -d: -f2 "$t/index-several")"); do
  cmp "$t/model/blobs/${file/://}" "$t/back/blobs/${file/://}"
done
