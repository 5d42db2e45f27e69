#!/bin/bash
# docker-registry 2.8 keeps blobs by sha512, says of a mount of one that it has it although it has not, and refuses manifests
# by sha512: the artifact arrives whole, or the refusal says why and no tag is made.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/narrow" 1
python3 "$SOURCE/tests/rig/widen_layout.py" "$t/narrow" "$t/wide" >"$t/digests"
{ read -r layer; read -r wide; read -r narrow; } <"$t/digests"
start_registry plain
run 0 aiops push "oci:$t/wide:1" "$registry/m:1" -q
out_is "$narrow"
run 0 aiops push "oci:$t/wide:1" "$registry/n:1" -q
for name in m n; do
  run 0 aiops pull "$registry/$name:1" -d "$t/$name" -q
  cmp "$t/narrow.files/part-1.bin" "$t/$name/part-1.bin"
done
run 1 aiops push "oci:$t/wide:wide" "$registry/m:wide"
err_has 'answered 400: .*; it may not take manifests by sha512'
err_has '^  try: unpack the artifact and pack it again'
run 0 aiops tags "$registry/m"
out_is 1
run 0 aiops key generate --out "$t/k" --no-passphrase
run 0 aiops pull "oci:$t/wide:wide" -t wide:1
run 0 aiops sign wide:1 --key "$t/k.key"
run 0 aiops store gc
run 0 aiops verify wide:1 --key "$t/k.pub"
run 0 aiops ls
! grep -q sha512- "$t/out" || fail "the list of referrers shows as an artifact"
start_fake # with no referrers: the fallback tag has 64 digits, or it would be longer than a tag may be
run 0 aiops push wide:1 "$registry/m:1"
run 0 aiops verify "$registry/m@$wide" --key "$t/k.pub"
grep -q "PUT /v2/m/manifests/sha512-${wide:7:64} 201" "$registry_log"
run 0 aiops tags "$registry/m"
out_is 1
run 0 aiops rm wide:1 --yes
run 0 aiops store gc
[ -z "$(find "$XDG_DATA_HOME" -path '*blobs*' -type f)" ] || fail "something stayed: $(find "$XDG_DATA_HOME" -type f)"
