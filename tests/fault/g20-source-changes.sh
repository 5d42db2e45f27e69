#!/bin/bash
# G20: the source changes or shrinks while it is sent. One clear error, the session cancelled, nothing repeated blindly.
layer_mib=12
. "$(dirname "$0")/lib-push.sh"
stored=$t/model/blobs/sha256/${layer#*:}
cp "$stored" "$t/good"
rewrite() { rm "$stored" && cp "$t/good" "$stored"; } # the layout links it to another name

rewrite
printf x | dd of="$stored" bs=1 seek=5000000 conv=notrunc status=none
push 3
err_has 'its source has changed'
asked 1 PUT "uploads/.*${layer#*:}"

rewrite
truncate -s 7000000 "$stored" # now it ends in the middle of the body
push 1
err_has "${layer#*:}: ends before byte"
asked 1 DELETE uploads
[ -z "$(ls "$XDG_STATE_HOME"/aiops/registry/uploads)" ] || fail "a cancelled session is still in the journal"

push 1 'DELETE;uploads;*;401' # cancelling may want a right that pushing does not need
err_has "${layer#*:}: ends before byte"
rewrite
push_again 0

push 0 'PUT;uploads;1;400;body={"errors":[{"code":"DIGEST_INVALID"}]}' # the source is right: the wire or the registry was not
push 3 'PUT;uploads;*;400;body={"errors":[{"code":"DIGEST_INVALID"}]}'
err_has 'computes another digest'
asked 2 PUT "uploads/.*${layer#*:}"
