#!/bin/bash
# G38: 429 and 503 with every form of Retry-After, at the registry and at its realm, and a 429 that hides in another status.
# That one answer holds back all workers is shown by AuthenticatorTest.OneRefusalHoldsBackAllWorkers.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 1 1 1 1
start_fake
run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
for after in 0 1 0.2s '{date+1}' '{date-60}' '{epoch+1}' '{epoch-60}' 880.092us soon '' -3; do
  start_fake "GET;blobs/sha;3;429;Retry-After=$after" "PUT;manifests;1;503;Retry-After=$after"
  run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
  run 0 aiops pull "$registry/m:1" -d "$t/files" -q
  for part in 1 2 3 4; do cmp "$t/model.files/part-$part.bin" "$t/files/part-$part.bin"; done
  rm -rf "$t/files"
done
start_fake bearer=alice:s3cret-word 'GET;token;2;429;Retry-After=0.1s' 'GET;token;1;503'
sign_in alice s3cret-word
run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
hidden='body={"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}'
start_fake "POST;uploads;1;403;Retry-After=0;$hidden" "GET;manifests;1;400;Retry-After=0;$hidden"
run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
run 0 aiops pull "$registry/m:1" -d "$t/files" -q

start_fake 'GET;manifests;*;429;Retry-After=0'
run 6 aiops pull "$registry/m:1" --retries 2
[ "$(counted requests 'GET manifests')" = 3 ] || fail "$(counted requests 'GET manifests') requests, wanted 3"
err_has 'answered 429'
