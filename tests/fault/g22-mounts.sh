#!/bin/bash
# G22: a blob that another repository of the registry has is mounted. Refused in any way, it is sent; a token for both may not be had.
. "$(dirname "$0")/lib-push.sh"
push 0
run 0 aiops push "oci:$t/model:1" "$registry/other:1" -o json
out_has '"blobs_mounted":2'
asked 2 POST 'uploads/\?mount=.*&from=m'
[ "$(counted blobs "$layer" received)" = "$layer_size" ] || fail "the layer was sent twice"
for refusal in 400 401 403 404 405 500 202 rst 'vanish'; do
  push 0 "POST;mount=;*;$refusal"
  push_again 0 other
done
push 0 'POST;mount=;*;202;Location=/v2/nowhere' # that session does not work
push_again 0 other
start_fake anonymous bearer=alice:s3cret-word 'GET;/token.*%3aother%3a.*%3am%3apull;*;403'
echo s3cret-word | aiops login "$registry" -u alice --password-stdin
push_again 0
push_again 0 other
asked 1 GET '/token.*%3aother%3a.*%3am%3apull' # and not asked for again with every blob
no_leaks "$t/err" "$t/out" "$XDG_STATE_HOME"/aiops/registry/hosts
