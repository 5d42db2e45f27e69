#!/bin/bash
# G35: tokens whose life is short, absent, absurd or dated by a skewed clock; a token server that is busy, broken or endless.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 2
round() { # FAKE ARGUMENT...: a push and a pull with credentials
  start_fake bearer=alice:s3cret-word "$@"
  sign_in alice s3cret-word
  run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q --retries 2
  run 0 aiops pull "$registry/m:1" -d "$t/files" -q --retries 2
  cmp "$t/model.files/part-1.bin" "$t/files/part-1.bin"
  rm -rf "$t/files"
}
for life in 0 absent null -5 1e99 '"300"'; do round "expires-in=$life"; done
round issued-at=2001-01-01T00:00:00Z
round issued-at=2101-01-01T00:00:00Z token-field=access_token
round token-life=0.3 expires-in=300 up-rate=4000000 # dies before the layer has arrived, though it promised better
[ "$(counted requests 'GET token')" -ge 3 ] || fail "the dead token was not replaced"
round 'GET;token;1;429;Retry-After=0.1s'
round 'GET;token;2;500'
round 'GET;token;1;rst'

realm() { # WANTED-EXIT WORDS RULE: a realm that stays broken
  start_fake bearer=alice:s3cret-word "GET;token;*;$3"
  run "$1" aiops pull "$registry/m:1" -q --retries 1
  err_has "$2"
}
realm 6 'ask for a token at http://localhost.*answered 500' 500
realm 6 'answered 429' '429;Retry-After=0'
realm 1 'the token of localhost' html
realm 1 'larger than 65536 bytes' endless
realm 1 'no usable token' '200;body={"token":""}'
realm 1 'answered 307' "307;Location=http://$registry/elsewhere"
no_leaks "$t/err" "$t/out"
