#!/bin/bash
# G40: referrers with the API and without it, in every way of not having it: found, listed once, never "unsigned" for a lost answer.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 1
cd "$t"
run 0 aiops copy oci:model:1 noise:1
run 0 aiops key generate --out k --no-passphrase
run 0 aiops sign noise:1 --key k.key
fallback=sha256-${digest#*:}
round() { # API|TAG FAKE ARGUMENT...: up with the referrers, found there, and down again
  local kind=$1
  shift
  start_fake "$@"
  run 0 aiops copy noise:1 "$registry/m:1" --referrers -q
  [ "$kind" = API ] || grep -q "PUT .*manifests/$fallback 201" "$registry_log" || fail "no fallback tag: $*"
  [ "$kind" = TAG ] || ! grep -q "PUT .*manifests/$fallback" "$registry_log" || fail "a fallback tag although there is an API: $*"
  run 0 aiops verify "$registry/m:1" --key k.pub
  run 0 aiops referrers "$registry/m:1" -q
  [ "$(wc -l <out)" = 2 ] || fail "not two referrers: $(cat out)"
  rm -rf back
  run 0 aiops copy "$registry/m:1" oci:back:1 --referrers -q
  run 0 aiops verify oci:back:1 --key k.pub
}
round API referrers # lists everything twice, without artifactType
round API referrers=paged
round API referrers filters
round TAG referrers no-oci-subject # an API that does not say so
for answer in 404 400 405 406 html '200;Content-Type=application/json;body={}'; do round TAG "GET;referrers;*;$answer"; done
round TAG "GET;manifests/$fallback;1+1;404"                      # another writer's index appears between two looks
round TAG "PUT;manifests/$fallback;1;vanish"                     # a lost answer

start_fake "GET;manifests/sha256-;*;500"
run 0 aiops push noise:1 "$registry/m:1" --no-referrers -q
run 6 aiops pull "$registry/m:1" -d files --key k.pub --retries 1 -o json
err_has '"name":"unavailable"'
! grep -q unsigned err || fail "a transport error is reported as unsigned"
[ ! -e files ] || fail "files without a verdict"
