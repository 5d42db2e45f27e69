#!/bin/bash
# What a registry can do to a push: a lost or false answer does not send a blob twice, a lost session starts again, 429 waits.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 3
layer=$(sha256sum "$t/model.files/part-1.bin" | cut -d' ' -f1)
uploads() { grep -cE "^PUT .*blobs/uploads.*$layer" "$registry_log" || true; }
push() { # WANTED-EXIT UPLOADS RULE...: one job, so that rules meet the layer first
  local want=$1 uploads=$2
  shift 2
  start_fake "$@"
  run "$want" aiops push "oci:$t/model:1" "$registry/m:1" --jobs 1 --retries 2 -q
  [ "$(uploads)" = "$uploads" ] || fail "$(uploads) uploads of the layer, wanted $uploads: $(cat "$registry_log")"
}
upload='blobs/uploads/.' lost='{"errors":[{"code":"BLOB_UPLOAD_INVALID"}]}'

push 0 1 relative
push 0 1 "PUT;$upload;1;then-503"                    # kept, but said otherwise
push 0 1 "PUT;$upload;1;then-500"
push 0 1 "PUT;$upload;1;vanish"                      # kept, and the answer lost
push 0 2 "PUT;$upload;1;404;body=$lost"              # the session is gone
push 0 2 "PUT;$upload;1;416"
push 0 2 "PUT;$upload;1;502;body=<html>bad gateway</html>"
push 6 3 "PUT;$upload;9;404;body=$lost"              # gone each time: give up in the end
push 1 1 "PUT|PATCH;$upload;*;early-413;body=<html>too large</html>"
err_has '413'
push 3 2 "PUT;$upload;9;400;body={\"errors\":[{\"code\":\"DIGEST_INVALID\"}]}"
push 4 0 'POST;uploads;9;403;body={"errors":[{"code":"DENIED","message":"quota \u001b[31m exceeded"}]}'
err_has 'quota \\x1b\[31m exceeded'
push 0 1 'POST;uploads;1;429;Retry-After=0.2s' 'PUT;manifests/1;1;503;Retry-After=0'
push 6 0 'POST;uploads;9;429;Retry-After=0'
push 0 1 'PUT;manifests/1;1;then-409'                # an immutable tag that is ours already
push 1 1 'PUT;manifests/1;1;409;body={"errors":[{"code":"TAG_INVALID","message":"the tag already exists"}]}'
err_has 'already exists'
push 1 0 "POST;uploads;9;202;Location=ftp://elsewhere/x"
