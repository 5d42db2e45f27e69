#!/bin/bash
# G36: a registry that finds no token sufficient gets one fresh token for a request, not a stream of them.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 1
start_fake bearer=alice:s3cret-word insufficient
mkdir -p "$XDG_CONFIG_HOME/containers" # a login would be refused, too
printf '{"auths": {"%s": {"auth": "%s"}}}' "$registry" "$(printf alice:s3cret-word | base64)" >"$XDG_CONFIG_HOME/containers/auth.json"
before=$(counted requests 'GET token')
run 4 aiops pull "$registry/m:1" --retries 3
err_has "refuses the credentials from $XDG_CONFIG_HOME/containers/auth.json: unauthorized"
[ $(($(counted requests 'GET token') - before)) -le 2 ] || fail "$(counted requests 'GET token') tokens, $before before"
[ "$(counted requests 'GET manifests')" -le 2 ] || fail "asked $(counted requests 'GET manifests') times"
run 4 aiops push "oci:$t/model:1" "$registry/m:1" --jobs 1 --retries 3
[ "$(counted requests 'PUT uploads')" = 0 ] || fail "a blob was sent"
[ "$(counted requests 'GET token')" -le 8 ] || fail "$(counted requests 'GET token') tokens"
no_leaks "$t/err"
