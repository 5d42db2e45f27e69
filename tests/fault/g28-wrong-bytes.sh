#!/bin/bash
# G28: the right length and the wrong bytes, another manifest than the digest says; Docker-Content-Digest is never believed.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 2
layer=$(sha256sum "$t/model.files/part-1.bin" | cut -d' ' -f1)
pull() { # WANTED-EXIT REFERENCE OPTION|RULE...
  local want=$1 reference=$2
  shift 2
  start_fake "$@"
  run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
  run "$want" aiops pull "$registry/m$reference" -d "$t/files" --retries 1 -o json
  if [ "$want" = 0 ]; then cmp "$t/model.files/part-1.bin" "$t/files/part-1.bin"; else err_has '"reason":"digest-mismatch"'; fi
  rm -rf "$t/files"
  [ -z "$(find "$t" -maxdepth 1 -name '.files*')" ] || fail "something stayed: $(ls -A "$t")"
}
pull 3 :1 "GET;$layer;*;flip"
pull 3 "@$digest" 'GET;manifests;*;flip'
for header in wrong absent sha512; do pull 0 :1 digest-header=$header; done
