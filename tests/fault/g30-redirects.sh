#!/bin/bash
# G30: chains and loops of redirects, links that expire in the middle of a transfer, https to http, user information in a URL.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 6
layer=$(sha256sum "$t/model.files/part-1.bin" | cut -d' ' -f1)
pull() { # WANTED-EXIT OPTION|RULE...
  local want=$1
  shift
  start_fake "$@"
  run 0 aiops push "oci:$t/model:1" "$registry/m:1" "${tls[@]}" -q
  run "$want" aiops pull "$registry/m:1" -d "$t/files" "${tls[@]}" --retries 2 --debug
  if [ "$want" = 0 ]; then cmp "$t/model.files/part-1.bin" "$t/files/part-1.bin"; else [ ! -e "$t/files" ] || fail "files after: $*"; fi
  rm -rf "$t/files"
}
tls=()
pull 1 "GET;$layer;99;307;Location=/v2/m/blobs/sha256:$layer"
err_has 'redirects more than 10 times'
pull 1 "GET;$layer;9;307;Location=http://user:hunter2pass@localhost/"
! grep -q hunter2pass "$t/err" || fail "the URL's password is shown"
# A store of signed links, each good for one request and the first cut: the next attempt gets a fresh link from the registry.
start_fake presigned link-uses=1 "GET;$layer;1;rst;after=3000000"
store=$registry store_dir=$registry_dir
pull 0 "redirects=http://$store" "dir=$store_dir"
grep -q "^GET .*$layer.* 307 .*range=" "$registry_log" || fail "the registry was not asked for another link: $(cat "$registry_log")"
! grep -q 'sig=' "$t/err" || fail "a signed link is shown"
start_fake presigned link-uses=0 && store=$registry store_dir=$registry_dir # 403 for ever: bounded
pull 6 "redirects=http://$store" "dir=$store_dir"
tls=(--tls-ca "$registry_ca")
pull 1 tls "GET;$layer;9;307;Location=http://localhost:1/x"
