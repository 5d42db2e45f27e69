#!/bin/bash
# G29: 200 with nothing, 200 with a page of HTML, a Content-Encoding that a proxy added: refused, and the bytes are never kept.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 2
layer=$(sha256sum "$t/model.files/part-1.bin" | cut -d' ' -f1)
for answer in empty html gzip; do
  start_fake "GET;$layer;3;$answer"
  run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
  run 3 aiops pull "$registry/m:1" -d "$t/files" --retries 0 -o json
  err_has '"reason":"digest-mismatch"'
  [ ! -e "$t/files" ] || fail "files after $answer"
done
err_has 'gzip'
