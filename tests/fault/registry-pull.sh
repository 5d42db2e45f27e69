#!/bin/bash
# What a registry can do to a pull: only bytes that match their digest become files; credentials do not follow a redirect.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 3
layer=$(sha256sum "$t/model.files/part-1.bin" | cut -d' ' -f1)
pull() { # WANTED-EXIT RULE...
  local want=$1
  shift
  start_fake "$@"
  run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
  run "$want" aiops pull "$registry/m:1" -d "$t/files" --retries 2 -q
  if [ "$want" = 0 ]; then cmp "$t/model.files/part-1.bin" "$t/files/part-1.bin"; else [ ! -e "$t/files" ] || fail "files after exit $want"; fi
  rm -rf "$t/files"
}
pull 0 "GET;blobs/sha256:$layer;1;503;Retry-After=0"
pull 0 "GET;blobs/sha256:$layer;1;vanish"
pull 3 "GET;blobs/sha256:$layer;9;short"             # half of it, as if it were whole
pull 3 "GET;blobs/sha256:$layer;9;html"
pull 3 "GET;blobs/sha256:$layer;9;flip"
pull 5 "GET;blobs/sha256:$layer;9;404"
pull 6 "GET;blobs/sha256:$layer;9;500"
pull 1 'GET;manifests/1;9;html'
pull 1 "GET;blobs/sha256:$layer;99;307;Location=/v2/m/blobs/sha256:$layer"
err_has 'redirects more than 10 times'
pull 1 "GET;blobs/sha256:$layer;9;307;Location=http://user:secret@localhost/"
! grep -q secret "$t/err" || fail "the URL's password is shown"

start_fake
run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q # the place that the blob is fetched from
elsewhere=$registry elsewhere_log=$registry_log
start_fake basic "GET;blobs/sha256:$layer;1;307;Location=http://$elsewhere/v2/m/blobs/sha256:$layer?sig=topsecret"
run 0 bash -c "echo pw | aiops login $registry -u u --password-stdin"
run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
run 0 aiops pull "$registry/m:1" -d "$t/files" --debug
cmp "$t/model.files/part-1.bin" "$t/files/part-1.bin"
grep -q 'GET /v2/m/blobs/.*sig=topsecret 200' "$elsewhere_log" || fail "the redirect was not followed"
! grep -q authorized "$elsewhere_log" || fail "credentials went to another place"
grep -q authorized "$registry_log" || fail "no credentials where they belong"
! grep -qE 'topsecret|dTpwdw' "$t/err" || fail "the debug log holds a secret"
