#!/bin/bash
# G27: wrong answers to a Range, 416, lengths that are absent or wrong, bodies too long: never is a whole appended to a half.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 6
layer=$(sha256sum "$t/model.files/part-1.bin" | cut -d' ' -f1)
pull() { # WANTED-EXIT OPTION|RULE...
  local want=$1
  shift
  start_fake "$@"
  run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
  run "$want" aiops pull "$registry/m:1" -d "$t/files" --retries 2 -q
  if [ "$want" = 0 ]; then cmp "$t/model.files/part-1.bin" "$t/files/part-1.bin"; else [ ! -e "$t/files" ] || fail "files after: $*"; fi
  rm -rf "$t/files"
}
cut="GET;$layer;1;rst;after=3000000"
for lie in range-start range-total range-multipart range-ignored 416; do pull 0 "$cut" "GET;$layer;1;$lie"; done
pull 0 ranges=none "$cut"
pull 0 "GET;$layer;*;no-length"
pull 0 "GET;$layer;*;chunked"
pull 3 "GET;$layer;*;short"
pull 3 "GET;$layer;*;long"
pull 3 "GET;$layer;*;endless"
