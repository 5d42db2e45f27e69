#!/bin/bash
# G1: RST and FIN at random offsets of a download: it goes on by Range, and what had arrived is not sent again.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 12
layer=$(sha256sum "$t/model.files/part-1.bin" | cut -d' ' -f1)
rules=()
for i in 1 2 3; do
  rules+=("GET;$layer;1;rst;after=$((RANDOM * 40 + 1))" "GET;$layer;1;fin;after=$((RANDOM * 40 + 1))")
done
start_fake "${rules[@]}"
run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
run 0 aiops pull "$registry/m:1" -d "$t/files" -q
cmp "$t/model.files/part-1.bin" "$t/files/part-1.bin"
[ "$(grep -c ^CUT "$registry_log")" = 6 ] || fail "not six cuts: ${rules[*]}"
[ "$(grep -c "^GET .*$layer 206 " "$registry_log")" -ge 1 ] || fail "no range was asked for"
sent=$(counted blobs "sha256:$layer" sent)
[ "$sent" -le $((12 * 1048576 + 6 * 4194304)) ] || fail "$sent bytes were sent for 12 MiB: ${rules[*]}"
