#!/bin/bash
# G37: what is public can be read past a wrong stored password and a broken helper, with a warning that names the file; a
# write stops there.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 1
auth=$XDG_CONFIG_HOME/containers/auth.json
start_fake bearer=alice:s3cret-word anonymous
sign_in alice s3cret-word
run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
secret old-password
printf '{"auths": {"%s": {"auth": "%s"}}}' "$registry" "$(printf alice:old-password | base64)" >"$auth"

run 0 aiops pull "$registry/m:1" -d "$t/files"
err_has "warning: localhost refused the credentials from $auth; going on without credentials"
[ "$(grep -c warning "$t/err")" = 1 ] || fail "warned more than once: $(cat "$t/err")"
cmp "$t/model.files/part-1.bin" "$t/files/part-1.bin"
run 4 aiops push "oci:$t/model:1" "$registry/new:1"
err_has "refused the credentials from $auth"
run 4 bash -c "echo old-password | aiops login $registry -u alice --password-stdin" # no anonymous login

printf '{"credHelpers": {"%s": "gone"}}' "$registry" >"$auth"
run 0 aiops inspect "$registry/m:1" -q
err_has 'warning: .*docker-credential-gone.*going on without credentials'
run 4 aiops push "oci:$t/model:1" "$registry/new:1"
err_has 'docker-credential-gone: it is not installed'

printf '{"auths": {"%s": {"identitytoken": "stale-identity"}}}' "$registry" >"$auth"
run 0 aiops inspect "$registry/m:1" -q
err_has "warning: localhost does not take the identity token from $auth"
run 4 aiops push "oci:$t/model:1" "$registry/new:1"
err_has "$auth"
secret stale-identity
no_leaks "$t/err"
